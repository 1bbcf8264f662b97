//! The entities: what the engine knows of each conversation, interaction, leg, request, offer,
//! engagement and agent. Plain data, changed by `apply` alone.

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};
use smallvec::SmallVec;

use super::customers::Learned;
use super::index::{Band, ServiceKey};
use super::on_call::OnDuty;
use super::outbound::Callback;
use super::pace::Pace;
use super::rare::Rare;
use super::recordings::Privacy;
use super::table::Entity;
use crate::id::{
    AgentId, AgentSessionId, BrandId, BridgeId, ConversationId, DispositionId, EffectId,
    EngagementId, EntryPointId, ExternalRef, HostId, InteractionId, LegId, MessageId, OfferId,
    ParticipantId, QueueId, ReasonId, RequestId,
};
use crate::message::{
    Activity, ContextEntry, CustomerRef, EngagementRole, Estimate, Identity, Language, LegPurpose,
    Mailbox, PendingPresence, Personal, Phase, Presence, RequestCause, RoutableOn, Switch, Target,
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
    pub(crate) context: Rare<ContextEntry>,
    /// Interactions that are not closed.
    pub(crate) open: u32,
    /// Since when none is open; of one that joined another, that one counts.
    pub(crate) idle_since: Option<Timestamp>,
    pub(crate) learned: Option<Box<Learned>>,
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
    /// A call among colleagues: no customer is there.
    pub(crate) internal: bool,
    /// Who came, where that was not said when the conversation opened.
    pub(crate) customer: Option<Box<CustomerRef>>,
    pub(crate) language: Option<Box<Language>>,
    pub(crate) identity: Option<Box<Identity>>,
    /// The open request of the customer; those of agents who ask somebody stand in the meeting.
    pub(crate) request: Option<RequestId>,
    /// The engagements that have not ended.
    pub(crate) engagements: SmallVec<[EngagementId; 1]>,
    /// Kept apart, so that those who only wait stay small.
    pub(crate) meeting: Option<Box<Meeting>>,
    /// The same, for those who write.
    pub(crate) thread: Option<Box<Thread>>,
    /// Who agreed to what, and what is recorded; absent where neither was ever a matter.
    pub(crate) privacy: Option<Box<Privacy>>,
}

/// What was written in an interaction, and who is to write next.
#[derive(Clone, Default, Hash, Debug, Serialize, Deserialize)]
pub(crate) struct Thread {
    /// The address of ours that the customer wrote to; empty where nobody wrote to one.
    pub(crate) address: String,
    /// What it is about, as its first message said.
    pub(crate) subject: Option<Personal<String>>,
    /// The latest messages, each with the host's name of it: what an answer may refer to.
    pub(crate) messages: VecDeque<(MessageId, Option<ExternalRef>)>,
    /// The agent who wrote last, or put the work away.
    pub(crate) owner: Option<AgentId>,
    /// The work was put away.
    pub(crate) parked: bool,
    /// Until when, at most.
    pub(crate) parked_until: Option<Timestamp>,
    /// When whoever is to write counts as silent.
    pub(crate) idle_until: Option<Timestamp>,
    /// The customer wrote last.
    pub(crate) awaits_agent: bool,
    /// The customer has been asked whether anybody is there.
    pub(crate) asked: bool,
    /// It is about a voice message.
    pub(crate) voicemail: Option<Voicemail>,
}

/// A voice message that a customer has left.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub(crate) struct Voicemail {
    pub(crate) mailbox: Mailbox,
    /// It lies in an agent's own mailbox and waits for nobody else.
    pub(crate) kept: bool,
    /// The queue through which its caller came, where the engine sent one there.
    pub(crate) via: Option<QueueId>,
    pub(crate) heard: bool,
    /// When it must have been heard.
    pub(crate) unheard_until: Option<Timestamp>,
}

/// How many voice messages are in a mailbox.
#[derive(Clone, Copy, PartialEq, Eq, Default, Hash, Debug, Serialize, Deserialize)]
pub(crate) struct Waiting {
    pub(crate) unheard: u32,
    /// Heard and not done with.
    pub(crate) heard: u32,
}

/// Who meets in an interaction once somebody has answered, and who is asked to join.
#[derive(Clone, Default, Hash, Debug, Serialize, Deserialize)]
pub(crate) struct Meeting {
    /// Where the customer meets others.
    pub(crate) bridge: Option<BridgeId>,
    /// The wait that was answered last: its place is kept when the customer is handed on.
    pub(crate) served: Option<Served>,
    pub(crate) transfer: Option<Transfer>,
    /// One for each agent who asks somebody.
    pub(crate) consults: Vec<Consult>,
    /// Requests of agents for somebody to join.
    pub(crate) asked: Vec<RequestId>,
    /// Legs of people outside, also of those who have not answered.
    pub(crate) outside: Vec<LegId>,
    /// Parties from outside who take part.
    pub(crate) guests: Vec<Guest>,
    /// More than two speak with each other.
    pub(crate) conference: bool,
    /// The promised call that it is.
    pub(crate) callback: Option<Callback>,
    /// What those on call are to the customer.
    pub(crate) on_duty: OnDuty,
    /// The wait of a caller who is asked to leave a message.
    pub(crate) asked_for_message: Option<Box<Request>>,
}

/// A wait that was answered.
#[derive(Clone, Copy, Hash, Debug, Serialize, Deserialize)]
pub(crate) struct Served {
    pub(crate) request: RequestId,
    pub(crate) attempt: u32,
    pub(crate) customer_wait_since: Timestamp,
    pub(crate) order_at: Timestamp,
}

/// A customer who is being handed on.
#[derive(Clone, Copy, Hash, Debug, Serialize, Deserialize)]
pub(crate) struct Transfer {
    /// The transferor's part.
    pub(crate) engagement: EngagementId,
    /// Whom to want back; nobody, where the asking agent's part was over before the consulted party
    /// was joined.
    pub(crate) agent: Option<AgentId>,
    /// What the host does about it, where it goes outside or follows a consult.
    pub(crate) op: Option<EffectId>,
    /// The queue that takes the customer if all else fails.
    pub(crate) fallback: Option<QueueId>,
    /// It failed: the transferor is wanted back.
    pub(crate) failed: bool,
    pub(crate) deadline: Timestamp,
}

/// An agent asks somebody while the customer waits.
#[derive(Clone, Copy, Hash, Debug, Serialize, Deserialize)]
pub(crate) struct Consult {
    /// The asking agent's part.
    pub(crate) engagement: EngagementId,
    /// The request that waits for somebody to ask.
    pub(crate) request: Option<RequestId>,
    /// The leg of the one outside who is asked.
    pub(crate) leg: Option<LegId>,
    /// The part of the agent who is asked.
    pub(crate) with: Option<EngagementId>,
    /// Where the two meet.
    pub(crate) bridge: Option<BridgeId>,
    pub(crate) answered: bool,
    /// The agent has turned to the customer meanwhile.
    pub(crate) with_customer: bool,
    pub(crate) deadline: Timestamp,
}

/// Somebody from outside who takes part.
#[derive(Clone, Copy, Hash, Debug, Serialize, Deserialize)]
pub(crate) struct Guest {
    pub(crate) participant: ParticipantId,
    pub(crate) leg: LegId,
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
    /// We let nobody hear it.
    pub(crate) muted: bool,
    /// Its far end has asked for a transfer that goes on.
    pub(crate) refers: bool,
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

/// What somebody who waits is told.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub(crate) struct Announcing {
    /// When something is told next.
    pub(crate) next: Timestamp,
    /// The place that has been told.
    pub(crate) told: Option<u32>,
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
    /// The band of the order of service; the least goes first, whatever is due when.
    pub(crate) rank: u16,
    pub(crate) due_at: Timestamp,
    pub(crate) wait_until: Option<Timestamp>,
    pub(crate) state: RequestState,
    /// Agents it is kept from, and until when.
    pub(crate) exclusions: Rare<(AgentId, Timestamp)>,
    /// What was expected of its wait when it began, in queues that keep that.
    pub(crate) expected: Option<Box<Estimate>>,
}

impl Request {
    /// Whether it waits for agents by name: what its queue asks of agents, and its hours, do not matter.
    pub(crate) const fn is_direct(&self) -> bool {
        matches!(self.target, Target::Agents(_))
    }

    /// The line of its class in which it waits.
    pub(crate) const fn band(&self) -> Band {
        Band { channel: self.channel, rank: self.rank }
    }

    /// Its place in the whole order of service.
    pub(crate) fn service_key(&self) -> ServiceKey {
        ServiceKey::new(self.band(), (self.due_at, self.id))
    }

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
    pub(crate) made_at: Timestamp,
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
    /// The agent as participant.
    pub(crate) participant: Option<ParticipantId>,
    pub(crate) queue: Option<QueueId>,
    pub(crate) leg: Option<LegId>,
    /// The lease it came from, while it is being connected.
    pub(crate) offer: Option<OfferId>,
    pub(crate) channel: Channel,
    pub(crate) phase: Phase,
    /// The hold was asked for at the desktop, so the phone does not end it.
    pub(crate) desktop_hold: bool,
    /// The phase to return to when what pushed it aside is over.
    pub(crate) suspended_from: Option<Phase>,
    pub(crate) wrap_up_until: Option<Timestamp>,
    pub(crate) extensions: u8,
    pub(crate) disposition: Option<DispositionId>,
    pub(crate) reason: Option<ReasonId>,
    /// The agent has asked for help, and nobody has come.
    pub(crate) wants_help: bool,
    /// Since when the agent has given time to it, from the offer on; anew when it comes back from having been put away.
    pub(crate) since: Timestamp,
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
    /// It takes no room: put away until later, only followed, or a call for help.
    pub(crate) parked: bool,
}

impl WorkItem {
    /// Put away until later: it has a cost and takes no room.
    pub(crate) const fn is_put_away(&self) -> bool {
        self.parked && self.cost > 0
    }
}

/// Of an agent's work what is at hand. Agents hold many items that are put away; these stand first, so
/// that whoever looks from the end sees none of them.
pub(crate) fn at_hand(work: &[WorkItem]) -> &[WorkItem] {
    let last = work.iter().rposition(WorkItem::is_put_away);
    work.get(last.map_or(0, |last| last + 1)..).unwrap_or_default()
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
    pub(crate) media: MediaLease,
}

/// Whether phone or softphone is there.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub(crate) enum MediaLease {
    There,
    /// Away; calls go on until the grace ends.
    Lost {
        until: Timestamp,
    },
    /// Did not come back in time.
    Gone,
}

impl MediaLease {
    /// The end of the grace.
    pub(crate) const fn deadline(self) -> Option<Timestamp> {
        match self {
            Self::Lost { until } => Some(until),
            Self::There | Self::Gone => None,
        }
    }
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
    /// What is put away, then what is at hand in the order in which it was taken on.
    pub(crate) work: SmallVec<[WorkItem; 1]>,
    /// Failures in a row: the agent's, the device's.
    pub(crate) strikes: [Strikes; 2],
    /// Until when the agent is offered nothing after a miss.
    pub(crate) back_off: Option<Timestamp>,
    /// What the agent takes no work of, whatever the presence says, and why.
    pub(crate) declines: Rare<(RoutableOn, Option<ReasonId>)>,
    pub(crate) shift: Shift,
    /// The agent's own.
    pub(crate) mailbox: Waiting,
}

/// Failures in a row, of one cause.
#[derive(Clone, Copy, PartialEq, Eq, Default, Hash, Debug, Serialize, Deserialize)]
pub(crate) struct Strikes {
    pub(crate) count: u8,
    /// When the last one was.
    pub(crate) last: Timestamp,
}

/// The end of an agent's shift.
#[derive(Clone, Copy, PartialEq, Eq, Default, Hash, Debug, Serialize, Deserialize)]
pub(crate) struct Shift {
    pub(crate) ends: Option<Timestamp>,
    /// When the next channel closes, or the shift ends.
    pub(crate) next: Option<Timestamp>,
    /// One bit per channel of which nothing is offered any more.
    pub(crate) closed: u16,
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
            strikes: [Strikes::default(); 2],
            back_off: None,
            declines: Rare::default(),
            shift: Shift::default(),
            mailbox: Waiting::default(),
        }
    }
}

/// What the engine knows of a queue.
#[derive(Clone, Hash, Debug, Serialize, Deserialize)]
pub(crate) struct QueueState {
    pub(crate) id: QueueId,
    /// Requests that wait, are offered or being connected.
    pub(crate) depth: u32,
    /// Those of them that stand for customers who are called back.
    pub(crate) promises: u32,
    pub(crate) open: bool,
    pub(crate) next_change: Option<Timestamp>,
    pub(crate) switch: Switch,
    pub(crate) switch_until: Option<Timestamp>,
    pub(crate) unstaffed_until: Option<Timestamp>,
    pub(crate) mailbox: Waiting,
    /// What has been learned of its waits, once there were any.
    pub(crate) pace: Option<Box<Pace>>,
}

impl QueueState {
    pub(crate) fn new(id: QueueId) -> Self {
        Self {
            id,
            depth: 0,
            promises: 0,
            open: true,
            next_change: None,
            switch: Switch::Scheduled,
            switch_until: None,
            unstaffed_until: None,
            mailbox: Waiting::default(),
            pace: None,
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
