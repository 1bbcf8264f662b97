//! Relaxation: what changes for a request that waits on.
//!
//! A queue has any number of steps (up to [`MAX_STEPS`]). Each falls due so long after the request's entry into
//! the queue, or when its guard first holds; offers and their timeouts move nothing. Steps are decided in their
//! order: one whose time has come and whose guard does not hold is passed over, and so is one that waits for its
//! guard alone once a later one is due. After the last step the request waits on under it: there is no last step
//! that the queue does not name, and the bound on the wait is the queue's (`limits.wait`).

use serde::{Deserialize, Serialize};

use super::{NoAgents, Requirement};
use crate::id::Key;
use crate::time::Duration;

/// How many steps a queue may have.
pub const MAX_STEPS: usize = 64;

/// What a step makes of the requirement in force before it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum StepMode {
    /// Whoever meets either may serve.
    #[default]
    Additive,
    /// Only whoever meets the new one.
    Replace,
}

/// What must hold for a step to be taken.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Guard {
    /// Nobody is there who may serve the request by now: signed in, or in a routable presence.
    Nobody(NoAgents),
    /// More requests than this wait in the queue, on whatever channel; those being offered or connected count.
    DepthOver(u32),
    /// The request's place among those that wait in the queue on its channel is behind this one; the first
    /// place is 1.
    PositionOver(u32),
    /// These hours are open. The step needs a time.
    During(Key),
    /// The request is expected to wait longer than this from now on, as the middle of its estimate says; looked at when
    /// somebody joins its queue or a place in it changes, and when agents come or go. It does not hold where there is
    /// no estimate.
    ExpectedWaitOver(Duration),
}

/// One step.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct RelaxationStep {
    /// How long after its entry into the queue a request takes it; as soon as `when` holds where absent.
    pub after: Option<Duration>,
    /// What must hold; nothing more than the time where absent.
    pub when: Option<Guard>,
    /// Who may serve from here on; as before where absent.
    pub requirement: Option<Requirement>,
    /// Whether that comes beside what was asked before, or in its place.
    pub mode: StepMode,
    /// Waiting credit that it gives; takes, where negative.
    pub boost: Duration,
    /// Queues whose agents may serve the request too, by what these queues ask for.
    pub add_queues: Vec<Key>,
    /// Queues whose agents may serve it no more; its own may be among them.
    pub remove_queues: Vec<Key>,
}
