//! Events of offers and engagements.

use serde::{Deserialize, Serialize};
use smallvec::SmallVec;

use crate::id::{
    AgentId, BridgeId, DispositionId, EngagementId, InteractionId, LegId, OfferId, ParticipantId,
    QueueId, ReasonId, RequestId,
};
use crate::message::MonitorMode;
use crate::model::Channel;
use crate::time::Timestamp;

/// A lease on an agent's capacity for one request.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum OfferEvent {
    /// The lease began: capacity is taken from here on.
    Made(Box<OfferMade>),
    /// The agent's device rings or the desktop shows it.
    Delivered {
        /// The offer.
        id: OfferId,
    },
    /// The agent took it; what remains is to connect.
    Accepted {
        /// The offer.
        id: OfferId,
        /// The agent's part, from now on.
        engagement: EngagementId,
        /// Where the legs meet.
        bridge: Option<BridgeId>,
        /// By when they must.
        deadline: Timestamp,
    },
    /// The lease is over.
    Ended {
        /// The offer.
        id: OfferId,
        /// How.
        end: OfferEnd,
        /// The agent is not offered this request again before.
        excluded_until: Option<Timestamp>,
    },
}

/// How a lease began.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct OfferMade {
    /// The offer; every lease has an id of its own, so a late answer to an old one is known as such.
    pub id: OfferId,
    /// For which request.
    pub request: RequestId,
    /// To whom.
    pub agent: AgentId,
    /// The leg that rings, where one does.
    pub leg: Option<LegId>,
    /// The medium.
    pub channel: Channel,
    /// Units of capacity taken.
    pub cost: u32,
    /// Until when it stands.
    pub deadline: Timestamp,
    /// Why this agent.
    pub choice: Choice,
}

/// Why an agent was chosen, kept for `explain`.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Choice {
    /// Version of the configuration by which it was decided.
    pub plan: u64,
    /// Relaxation step of the request.
    pub step: u8,
    /// Since when the agent was idle: the key of the choice.
    pub idle_since: Timestamp,
    /// How many lines of free agents alike had their first looked at, or how many agents were looked at one by one; 1
    /// where there was no choice.
    pub considered: u32,
    /// Who would have been next.
    #[cfg_attr(feature = "schema", schemars(with = "Vec<AgentId>"))]
    pub runners_up: SmallVec<[AgentId; 3]>,
    /// What it was chosen by.
    pub by: ChosenBy,
    /// What that says of the agent, in its own unit.
    pub key: i64,
    /// The agent's group, where the queue shares out among groups.
    pub group: Option<u8>,
    /// The queue through which the agent serves the request, where a step of relaxation has added that.
    pub served_via: Option<QueueId>,
}

/// What an agent was chosen by, and the unit of the key.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ChosenBy {
    /// The longest idle, in microseconds.
    LongestIdle,
    /// The greatest product of weight and idle time, in microseconds.
    LongestWeightedIdle,
    /// The least part of the budget in use, in 65,536ths.
    LeastOccupied,
    /// The fewest answered, in 65,536ths.
    FewestHandled,
    /// The earliest latest offer: the record that made it.
    RoundRobin,
    /// The greatest sum of levels.
    MostSkilled,
    /// The least sum of levels over all skills.
    LeastSkilled,
    /// The first place of a list, counted from 0.
    Fixed,
    /// By chance: the weight.
    WeightedRandom,
    /// The highest score.
    HostScored,
    /// Wanted by name; the longest idle of those, in microseconds.
    Named,
    /// The agent has taken it.
    Pulled,
    /// It took the place of what is less urgent.
    Urgent,
    /// Somebody else, another system perhaps, has said that this agent is to be offered it.
    Told,
}

/// How a lease ended.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum OfferEnd {
    /// Customer and agent are connected.
    Connected,
    /// The agent did not answer.
    Timeout,
    /// The agent declined.
    Rejected(Option<ReasonId>),
    /// The customer left, a rule or somebody took the request away, the agent left, or the host of the
    /// agent's phone went away.
    Canceled,
    /// The device could not be reached, or the legs could not be joined.
    SetupFailed,
    /// The owner of the shard changed while it rang; no fault of the agent.
    Stale,
    /// Urgent work took its place.
    Outranked,
    /// Somebody else whom the request rang has taken it: no fault of the agent.
    TakenByAnother,
}

/// An agent's part in an interaction.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum EngagementEvent {
    /// It began. Work outside queues has neither interaction nor queue.
    Opened {
        /// The engagement.
        id: EngagementId,
        /// The agent.
        agent: AgentId,
        /// As what.
        role: EngagementRole,
        /// In which interaction.
        interaction: Option<InteractionId>,
        /// The agent as participant.
        participant: Option<ParticipantId>,
        /// From which offer.
        offer: Option<OfferId>,
        /// Through which queue.
        queue: Option<QueueId>,
        /// By which request.
        request: Option<RequestId>,
        /// The agent's leg.
        leg: Option<LegId>,
        /// The medium.
        channel: Channel,
        /// Units of capacity taken.
        cost: u32,
        /// Its first phase.
        phase: Phase,
        /// Why, for work outside queues.
        reason: Option<ReasonId>,
    },
    /// It went on to another phase.
    PhaseChanged {
        /// The engagement.
        id: EngagementId,
        /// The phase.
        phase: Phase,
    },
    /// It went on to wrap-up, with a cost and a deadline of its own.
    WrapUpStarted {
        /// The engagement.
        id: EngagementId,
        /// Units of capacity taken from here on.
        cost: u32,
        /// The end at the latest.
        until: Timestamp,
    },
    /// Wrap-up got more time.
    WrapUpExtended {
        /// The engagement.
        id: EngagementId,
        /// The new end.
        until: Timestamp,
    },
    /// The agent stated the result; the latest counts.
    DispositionSet {
        /// The engagement.
        id: EngagementId,
        /// The result.
        disposition: DispositionId,
    },
    /// It is over and its capacity free.
    Ended {
        /// The engagement.
        id: EngagementId,
        /// How.
        end: EngagementEnd,
    },
    /// The agent is something else to the interaction from now on.
    RoleChanged {
        /// The engagement.
        id: EngagementId,
        /// What.
        role: EngagementRole,
    },
    /// The agent asked for help.
    AssistanceRequested {
        /// The engagement.
        id: EngagementId,
        /// The request that waits for somebody to help, where one does.
        request: Option<RequestId>,
    },
    /// Help came, or is not needed any more.
    AssistanceEnded {
        /// The engagement.
        id: EngagementId,
        /// The part of the one who came.
        by: Option<EngagementId>,
    },
}

/// What an agent is to an interaction.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum EngagementRole {
    /// Serves the customer.
    Handler,
    /// Was asked by another agent.
    Consulted,
    /// Takes part in a conference.
    Conference,
    /// Listens.
    Monitor,
    /// Whispers.
    Whisper,
    /// Speaks to all.
    Barge,
    /// Helps.
    Assist,
    /// Does work that came from no queue.
    OtherWork,
    /// Talks with a colleague; no customer is there.
    Internal,
}

impl EngagementRole {
    /// Whether somebody of this role is there for a customer.
    pub const fn is_with_customer(self) -> bool {
        !self.observes() && !matches!(self, Self::OtherWork | Self::Internal)
    }

    /// Whether somebody of this role follows what others do, which takes no capacity.
    pub const fn observes(self) -> bool {
        matches!(self, Self::Monitor | Self::Whisper | Self::Barge)
    }
}

impl From<MonitorMode> for EngagementRole {
    fn from(mode: MonitorMode) -> Self {
        match mode {
            MonitorMode::Listen => Self::Monitor,
            MonitorMode::Whisper => Self::Whisper,
            MonitorMode::Barge => Self::Barge,
        }
    }
}

/// Phases of an engagement.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Phase {
    /// The agent looks at the case before dialing.
    Previewing,
    /// The customer is being called.
    Dialing,
    /// Accepted, not yet joined.
    Connecting,
    /// Customer and agent are together.
    Active,
    /// The customer is on hold.
    Held,
    /// A live channel pushed it aside.
    Suspended,
    /// Put away until later.
    Parked,
    /// The customer is gone; the agent finishes.
    WrapUp,
}

/// How an engagement ended.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum EngagementEnd {
    /// Without wrap-up, by its queue's mode.
    NoWrapUp,
    /// The agent finished.
    Finished,
    /// The time for wrap-up was over.
    TimedOut,
    /// The time was over and the forced disposition missing.
    DispositionMissing,
    /// Customer and agent were never joined.
    NotConnected,
    /// A forced sign-out or another command cut it off.
    Forced,
    /// The desktop stayed away too long.
    DesktopLost,
    /// It was put away, and goes on in another part.
    Parked,
    /// Phone or softphone stayed away too long.
    MediaLost,
    /// The work went back to its queue: the agent gave it back, or did not finish in time.
    Released,
}
