//! The entities: what the engine knows of each conversation, interaction, leg, request, offer,
//! engagement and agent. Plain data, changed by `apply` alone.

use serde::{Deserialize, Serialize};
use smallvec::SmallVec;

use super::table::Entity;
use crate::id::{
    AgentId, AgentSessionId, BrandId, BridgeId, ConversationId, DispositionId, EffectId,
    EngagementId, EntryPointId, ExternalRef, HostId, InteractionId, LegId, OfferId, ParticipantId,
    QueueId, RequestId,
};
use crate::message::{
    Activity, ContextEntry, CustomerRef, EngagementRole, Identity, Language, LegPurpose,
    PendingPresence, Phase, Presence, RequestCause, Switch, Target,
};
use crate::model::{Channel, Station};
use crate::time::{Duration, Timestamp};

/// A place in an order that is complete: by time, and by the event that set it where times agree.
#[derive(
    Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default, Serialize, Deserialize,
)]
pub(crate) struct OrderKey {
    pub(crate) at: Timestamp,
    pub(crate) epoch: u32,
    pub(crate) seq: u64,
    /// Ordinal of the event within its record.
    pub(crate) index: u32,
}

/// A customer's thread.
#[derive(Clone, Hash, Debug, Serialize, Deserialize)]
pub(crate) struct Conversation {
    pub(crate) id: ConversationId,
    pub(crate) brand: Option<BrandId>,
    pub(crate) customer: CustomerRef,
    pub(crate) context: Vec<ContextEntry>,
    /// Interactions that are not closed.
    pub(crate) open: u32,
    /// Since when none is open.
    pub(crate) idle_since: Option<Timestamp>,
}

/// How far an interaction is.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub(crate) enum Stage {
    /// The customer is there.
    Open,
    /// The customer's part is over; agents may still wrap up.
    Ended,
    /// Nothing is left to do.
    Closed,
}

/// One session on one channel.
#[derive(Clone, Hash, Debug, Serialize, Deserialize)]
pub(crate) struct Interaction {
    pub(crate) id: InteractionId,
    pub(crate) conversation: ConversationId,
    pub(crate) channel: Channel,
    pub(crate) entry_point: Option<EntryPointId>,
    pub(crate) brand: Option<BrandId>,
    pub(crate) participant: ParticipantId,
    pub(crate) leg: LegId,
    pub(crate) host: HostId,
    pub(crate) stage: Stage,
    pub(crate) opened_at: Timestamp,
    /// When the latest fact about it happened; no later fact may lie before it.
    pub(crate) last_fact_at: Timestamp,
    pub(crate) tier: u8,
    pub(crate) boost: Duration,
    pub(crate) test: bool,
    /// Who came, where that was not said when the conversation opened.
    pub(crate) customer: Option<Box<CustomerRef>>,
    pub(crate) language: Option<Box<Language>>,
    pub(crate) identity: Option<Box<Identity>>,
    /// The open request.
    pub(crate) request: Option<RequestId>,
    /// The engagements that have not ended.
    pub(crate) engagements: SmallVec<[EngagementId; 1]>,
}

/// How far a leg is.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub(crate) enum LegState {
    /// Being called.
    Ringing,
    /// Connected.
    Up,
    /// We hung up; the host has still to say that it is done.
    Ending,
}

/// A media connection.
#[derive(Clone, Hash, Debug, Serialize, Deserialize)]
pub(crate) struct Leg {
    pub(crate) id: LegId,
    pub(crate) interaction: InteractionId,
    pub(crate) host: HostId,
    pub(crate) external: Option<ExternalRef>,
    pub(crate) purpose: LegPurpose,
    pub(crate) state: LegState,
    /// The far end has put us on hold.
    pub(crate) held: bool,
    /// Operations that have not ended.
    pub(crate) ops: SmallVec<[EffectId; 1]>,
}

/// Where a request stands.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub(crate) enum RequestState {
    /// In its queue.
    Waiting,
    /// An agent is alerted or being connected.
    Offered(OfferId),
}

/// A wait for an agent.
#[derive(Clone, Hash, Debug, Serialize, Deserialize)]
pub(crate) struct Request {
    pub(crate) id: RequestId,
    pub(crate) interaction: InteractionId,
    pub(crate) queue: QueueId,
    pub(crate) channel: Channel,
    pub(crate) cause: RequestCause,
    pub(crate) target: Target,
    pub(crate) attempt: u32,
    pub(crate) customer_wait_since: Timestamp,
    pub(crate) queue_entered_at: Timestamp,
    pub(crate) order_at: Timestamp,
    pub(crate) boost: Duration,
    /// Somebody set the boost by hand; a changed configuration leaves it alone.
    pub(crate) prioritized: bool,
    pub(crate) service_target: Duration,
    pub(crate) due_at: Timestamp,
    pub(crate) wait_until: Option<Timestamp>,
    pub(crate) state: RequestState,
    /// Agents it is kept from, and until when.
    pub(crate) exclusions: SmallVec<[(AgentId, Timestamp); 1]>,
}

impl Request {
    /// Whether the agent may not be offered this request now.
    pub(crate) fn excludes(&self, agent: AgentId) -> bool {
        self.exclusions.iter().any(|(excluded, _)| *excluded == agent)
    }
}

/// An offer that was accepted and is being connected.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub(crate) struct Acceptance {
    pub(crate) engagement: EngagementId,
    pub(crate) bridge: Option<BridgeId>,
    pub(crate) deadline: Timestamp,
}

/// A lease on an agent's capacity.
#[derive(Clone, Hash, Debug, Serialize, Deserialize)]
pub(crate) struct Offer {
    pub(crate) id: OfferId,
    pub(crate) request: RequestId,
    pub(crate) agent: AgentId,
    pub(crate) leg: Option<LegId>,
    pub(crate) deadline: Timestamp,
    pub(crate) accepted: Option<Acceptance>,
}

/// An agent's part in an interaction, or work outside queues.
#[derive(Clone, Hash, Debug, Serialize, Deserialize)]
pub(crate) struct Engagement {
    pub(crate) id: EngagementId,
    pub(crate) agent: AgentId,
    pub(crate) role: EngagementRole,
    pub(crate) interaction: Option<InteractionId>,
    pub(crate) queue: Option<QueueId>,
    pub(crate) leg: Option<LegId>,
    pub(crate) channel: Channel,
    pub(crate) phase: Phase,
    /// The hold was asked for at the desktop, so the phone does not end it.
    pub(crate) desktop_hold: bool,
    /// The phase to return to when what pushed it aside is over.
    pub(crate) suspended_from: Option<Phase>,
    pub(crate) wrap_up_until: Option<Timestamp>,
    pub(crate) extensions: u8,
    pub(crate) disposition: Option<DispositionId>,
    pub(crate) reason: Option<crate::id::ReasonId>,
}

/// What holds an agent's capacity.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub(crate) enum Hold {
    Offer(OfferId),
    Engagement(EngagementId),
}

/// One entry of an agent's account of work.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub(crate) struct WorkItem {
    pub(crate) hold: Hold,
    pub(crate) channel: Channel,
    pub(crate) cost: u32,
    /// Whether it may be pushed aside: what rings, connects or is wrapped up may not.
    pub(crate) yields: bool,
}

/// An agent at work.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub(crate) struct Session {
    pub(crate) id: AgentSessionId,
    pub(crate) station: Station,
    /// The host of the station's phone, where it has one.
    pub(crate) host: Option<HostId>,
    /// The end of the grace, while the desktop is away.
    pub(crate) desktop_lost_until: Option<Timestamp>,
}

/// What the engine knows of an agent.
#[derive(Clone, Hash, Debug, Serialize, Deserialize)]
pub(crate) struct AgentState {
    pub(crate) id: AgentId,
    pub(crate) session: Option<Session>,
    pub(crate) presence: Presence,
    pub(crate) pending: Option<PendingPresence>,
    pub(crate) drain_until: Option<Timestamp>,
    pub(crate) activity: Activity,
    pub(crate) idle_since: OrderKey,
    pub(crate) work: SmallVec<[WorkItem; 1]>,
    /// Failures in a row: the agent's, the device's.
    pub(crate) strikes: [u8; 2],
}

impl AgentState {
    pub(crate) fn new(id: AgentId) -> Self {
        Self {
            id,
            session: None,
            presence: Presence::NotReady(None),
            pending: None,
            drain_until: None,
            activity: Activity::SignedOut,
            idle_since: OrderKey::default(),
            work: SmallVec::new(),
            strikes: [0; 2],
        }
    }
}

/// What the engine knows of a queue.
#[derive(Clone, Hash, Debug, Serialize, Deserialize)]
pub(crate) struct QueueState {
    pub(crate) id: QueueId,
    /// Requests that wait, are offered or being connected.
    pub(crate) depth: u32,
    pub(crate) open: bool,
    pub(crate) next_change: Option<Timestamp>,
    pub(crate) switch: Switch,
    pub(crate) switch_until: Option<Timestamp>,
    pub(crate) unstaffed_until: Option<Timestamp>,
}

impl QueueState {
    pub(crate) fn new(id: QueueId) -> Self {
        Self {
            id,
            depth: 0,
            open: true,
            next_change: None,
            switch: Switch::Scheduled,
            switch_until: None,
            unstaffed_until: None,
        }
    }
}

/// What the engine knows of a host.
#[derive(Clone, Hash, Debug, Serialize, Deserialize)]
pub(crate) struct HostState {
    pub(crate) id: HostId,
    /// While it is away: when its calls count as lost.
    pub(crate) lost_until: Option<Timestamp>,
    /// Away past the grace, not back yet.
    pub(crate) down: bool,
    pub(crate) generation: u64,
    /// Run, number and record of its last recorded report.
    pub(crate) last: Option<(u64, u64, u64)>,
}

impl HostState {
    pub(crate) fn new(id: HostId) -> Self {
        Self { id, lost_until: None, down: false, generation: 0, last: None }
    }

    /// Whether it can be asked to do something.
    pub(crate) fn is_up(&self) -> bool {
        self.lost_until.is_none() && !self.down
    }
}

macro_rules! entity {
    ($($type:ident),*) => {$(
        impl Entity for $type {
            fn key(&self) -> u128 {
                self.id.bits()
            }
        }
    )*};
}

entity!(Conversation, Interaction, Leg, Request, Offer, Engagement);

macro_rules! numbered {
    ($($type:ident),*) => {$(
        impl Entity for $type {
            fn key(&self) -> u128 {
                u128::from(self.id.0)
            }
        }
    )*};
}

numbered!(AgentState, QueueState, HostState);
