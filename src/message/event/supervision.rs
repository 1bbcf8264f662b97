//! Events of supervision. Their behavior comes with later versions; their shapes are here so that the
//! log need not change for it.

use serde::{Deserialize, Serialize};

use crate::id::{AgentId, EngagementId, InteractionId, LegId};
use crate::message::MonitorMode;

/// A supervisor follows an interaction, or an agent across interactions, as an engagement of its own
/// role that takes no capacity.
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
        /// The supervisor's leg.
        leg: Option<LegId>,
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
        /// The interaction; none while the agent is between two.
        interaction: Option<InteractionId>,
    },
    /// The supervisor took the interaction over: handler from now on, with the capacity that it costs.
    TookOver {
        /// The supervisor's part.
        engagement: EngagementId,
        /// The part of the agent who served until then.
        from: EngagementId,
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

/// How following ended.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum MonitorEnd {
    /// The supervisor stopped.
    Stopped,
    /// The supervisor took over.
    TookOver,
    /// What was followed is over.
    TargetGone,
    /// The supervisor's leg is gone.
    LegGone,
    /// Network or host failed.
    Failed,
}
