//! Events of supervision.

use serde::{Deserialize, Serialize};

use crate::id::{AgentId, BridgeId, EngagementId, InteractionId, LegId, QueueId};
use crate::message::MonitorMode;

/// A supervisor follows an interaction, or an agent across interactions, as an engagement of its own
/// role that takes no capacity until the supervisor takes over.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum MonitorEvent {
    /// It began.
    Started {
        /// The supervisor's part.
        engagement: EngagementId,
        /// The supervisor.
        supervisor: AgentId,
        /// What is followed.
        target: Watched,
        /// How.
        mode: MonitorMode,
    },
    /// The mode changed in place.
    ModeChanged {
        /// The supervisor's part.
        engagement: EngagementId,
        /// How from now on.
        mode: MonitorMode,
    },
    /// The followed agent went on to another interaction, and the supervisor along.
    Followed {
        /// The supervisor's part.
        engagement: EngagementId,
        /// The supervisor.
        supervisor: AgentId,
        /// The interaction; none while the agent is between two.
        interaction: Option<InteractionId>,
    },
    /// The host was asked to let the supervisor take part.
    Attached {
        /// The supervisor's part.
        engagement: EngagementId,
        /// Whom the supervisor hears.
        heard: Heard,
        /// How.
        mode: MonitorMode,
    },
    /// The supervisor is about to take the interaction over: the capacity that it costs is taken from now
    /// on, the agent serves until the supervisor is joined with the customer.
    TakingOver {
        /// The supervisor's part.
        engagement: EngagementId,
        /// The part of the agent who serves.
        from: EngagementId,
        /// Units of capacity.
        cost: u32,
    },
    /// The supervisor took the interaction over: handler from now on.
    TookOver {
        /// The supervisor's part.
        engagement: EngagementId,
        /// The supervisor.
        supervisor: AgentId,
        /// The part of the agent who served until then.
        from: EngagementId,
        /// The queue that it was served for.
        queue: Option<QueueId>,
    },
    /// The supervisor could not be joined with the customer, or the agent has left meanwhile: all is as
    /// before.
    NotTakenOver {
        /// The supervisor's part.
        engagement: EngagementId,
    },
    /// It is over.
    Ended {
        /// The supervisor's part.
        engagement: EngagementId,
        /// How.
        end: MonitorEnd,
    },
}

/// What a supervisor follows: a [`MonitorTarget`](crate::message::MonitorTarget) with its number.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Watched {
    /// One interaction.
    Interaction(InteractionId),
    /// An agent, across interactions.
    Agent(AgentId),
}

/// Whom a supervisor hears.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Heard {
    /// All in a bridge.
    Bridge(BridgeId),
    /// An agent, and whomever the agent hears.
    Leg(LegId),
}

/// How following ended.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum MonitorEnd {
    /// The supervisor stopped.
    Stopped,
    /// What was followed is over.
    TargetGone,
    /// The supervisor's leg is gone.
    LegGone,
    /// Network or host failed.
    Failed,
}
