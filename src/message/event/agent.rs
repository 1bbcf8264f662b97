//! Events of agents.

use serde::{Deserialize, Serialize};

use crate::id::{AgentId, AgentSessionId, Key, QueueId, ReasonId};
use crate::message::Presence;
use crate::model::{Channel, Station};
use crate::time::Timestamp;

/// An agent at work.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum AgentEvent {
    /// The agent came to work.
    SignedIn {
        /// The agent.
        agent: AgentId,
        /// The session.
        session: AgentSessionId,
        /// The desktop in use.
        device: Option<Key>,
        /// How the agent hears and speaks.
        station: Station,
    },
    /// The agent left.
    SignedOut {
        /// The agent.
        agent: AgentId,
        /// The session.
        session: AgentSessionId,
        /// Why.
        cause: SignOutCause,
    },
    /// What the agent says of themselves, in force from now on.
    PresenceSet {
        /// The agent.
        agent: AgentId,
        /// The presence.
        presence: Presence,
    },
    /// What will be in force when work in progress ends; no new offer from now on.
    PresencePending {
        /// The agent.
        agent: AgentId,
        /// What; nothing takes it back.
        pending: Option<PendingPresence>,
        /// When the supervisor is told that it takes long.
        until: Option<Timestamp>,
    },
    /// The drain took longer than allowed; the supervisor was told.
    DrainOverdue {
        /// The agent.
        agent: AgentId,
    },
    /// The desktop is gone: no offers; live work goes on until the grace ends.
    DesktopLost {
        /// The agent.
        agent: AgentId,
        /// The end of the grace.
        until: Timestamp,
    },
    /// The desktop is back.
    DesktopRestored {
        /// The agent.
        agent: AgentId,
    },
    /// One more failure in a row, as far as they are remembered; zero when a success forgave them.
    Struck {
        /// The agent.
        agent: AgentId,
        /// Whose failure.
        kind: StrikeKind,
        /// How many in a row.
        count: u8,
    },
    /// One more piece of the gapless timeline. Why stands in the activity, who brought it about in the cause
    /// of the record.
    StateChanged {
        /// The agent.
        agent: AgentId,
        /// What ended.
        from: Activity,
        /// What began.
        to: Activity,
    },
    /// The agent takes work of a channel or of a queue, or none of it, whatever the presence says of the
    /// rest.
    RoutabilitySet {
        /// The agent.
        agent: AgentId,
        /// Of what.
        on: RoutableOn,
        /// Whether the agent takes it.
        routable: bool,
        /// Why not.
        reason: Option<ReasonId>,
    },
    /// When the agent's shift ends, as far as it is known, and what is not offered any more until then.
    ShiftSet {
        /// The agent.
        agent: AgentId,
        /// When it ends.
        ends: Option<Timestamp>,
        /// When the next channel closes, or the shift ends.
        next: Option<Timestamp>,
        /// The channels that are closed.
        closed: Vec<Channel>,
    },
    /// The agent's phone or softphone is away: no offers that need it; calls go on until the grace ends.
    MediaLost {
        /// The agent.
        agent: AgentId,
        /// The end of the grace.
        until: Timestamp,
    },
    /// It is back.
    MediaRestored {
        /// The agent.
        agent: AgentId,
    },
    /// It did not come back in time: its calls ended. The agent stays at work, without calls until it is
    /// back.
    MediaGone {
        /// The agent.
        agent: AgentId,
    },
    /// After a miss the agent, who stays ready, is offered nothing for a while.
    BackedOff {
        /// The agent.
        agent: AgentId,
        /// Until when.
        until: Timestamp,
    },
    /// That is over: its time has come, or the agent said ready or answered an offer.
    BackOffEnded {
        /// The agent.
        agent: AgentId,
    },
}

/// What an agent may be routable on, each by itself.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum RoutableOn {
    /// A medium.
    Channel(Channel),
    /// A queue.
    Queue(QueueId),
}

/// What an agent waits for to come into force.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum PendingPresence {
    /// Not ready, for a reason.
    NotReady(Option<ReasonId>),
    /// Leaving.
    SignOut,
}

/// Why an agent left.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum SignOutCause {
    /// The agent signed out.
    Asked,
    /// Somebody signed the agent out.
    Forced,
    /// A second sign-in took over.
    TakenOver,
    /// The desktop stayed away too long.
    DesktopLost,
    /// The agent was removed from the configuration.
    Removed,
    /// Too many offers in a row were missed.
    Missed,
}

/// Whose failure a missed offer is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum StrikeKind {
    /// The agent did not answer.
    NoAnswer,
    /// The device could not be reached.
    Device,
}

/// What an agent is doing: one at a time, the weightiest of all that goes on.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Activity {
    /// Not at work.
    SignedOut,
    /// At work, not taking work.
    NotReady(Option<ReasonId>),
    /// Ready, with nothing to do.
    Idle,
    /// At work, but desktop or phone are away.
    Unreachable,
    /// An offer rings.
    Alerting,
    /// An accepted offer is being connected.
    Connecting,
    /// With a customer.
    Talking,
    /// A customer is on hold.
    Holding,
    /// Finishing after a customer.
    WrapUp,
    /// Work from outside the queues, a call with a colleague among it.
    OtherWork(Option<ReasonId>),
    /// Calling a customer by hand, on behalf of a queue, from the preview to the answer.
    ManualOutbound,
    /// Following an interaction or an agent, as a supervisor.
    Monitoring,
}
