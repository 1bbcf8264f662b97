//! Events of the shard itself: its owner, clock, configuration, hosts and effects.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::id::{ConversationId, EffectId, Epoch, HostId, InteractionId, RequestId, ShardId};
use crate::message::{HostError, Personal, Target};
use crate::model::{Center, Change};
use crate::time::{Duration, Timestamp};

/// The shard, its clock and its configuration.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ShardEvent {
    /// Record 1. Objects of the center are numbered from 0, kind by kind, as [`Center::objects`] lists them.
    Opened {
        /// The shard.
        shard: ShardId,
        /// The first term.
        epoch: Epoch,
        /// Seed of every random choice the engine will make.
        seed: u64,
        /// The configuration.
        center: Arc<Center>,
    },
    /// A new owner begins its term.
    Resumed {
        /// The term.
        epoch: Epoch,
    },
    /// Engine time went forward by more than the limit. Taken as it is.
    ClockJumped {
        /// By how much.
        by: Duration,
    },
    /// The host's clock went back by more than the limit: wall time is engine time plus this offset.
    ClockRebased {
        /// The whole offset from now on.
        offset: Duration,
    },
    /// A reported time lay before an earlier fact or after now; the bound was taken instead.
    TimeBounded {
        /// What was reported, in engine time.
        reported: Timestamp,
        /// What was taken.
        taken: Timestamp,
    },
    /// The configuration changed.
    Configured {
        /// The new version.
        version: u64,
        /// The changes, in order.
        changes: Vec<NumberedChange>,
    },
    /// Some waiting requests were planned anew after a change of the configuration.
    Replanned {
        /// What holds for each from now on.
        requests: Vec<Replan>,
        /// The last request done, where more follow; nothing when all are.
        cursor: Option<RequestId>,
    },
    /// Closed interactions and idle conversations left the state.
    Evicted {
        /// The interactions.
        interactions: Vec<InteractionId>,
        /// The conversations.
        conversations: Vec<ConversationId>,
    },
    /// What agents have answered counts half from now on.
    TalliesHalved {
        /// When it is halved again; never while nobody has answered anything.
        next: Option<Timestamp>,
    },
}

/// What a waiting request gets of a changed configuration.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Replan {
    /// The request.
    pub id: RequestId,
    /// The wait to stay within.
    pub service_target: Duration,
    /// Waiting credit.
    pub boost: Duration,
    /// The band of the order of service: the least goes first.
    pub rank: u16,
    /// The order of service within the band: the least goes first.
    pub due_at: Timestamp,
    /// When it counts as late, and goes into the next band.
    pub late_at: Option<Timestamp>,
    /// When it leaves the queue unserved, by the queue's bound.
    pub wait_until: Option<Timestamp>,
    /// Who may serve it.
    pub target: Target,
}

/// A change of the configuration with the number of the object it concerns.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct NumberedChange {
    /// The change.
    pub change: Change,
    /// The object's number within its kind; absent where the change concerns no numbered object.
    pub number: Option<u32>,
}

/// A host's connection.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum HostStateEvent {
    /// The host is away. Its calls go on as far as we know; nobody on it is offered anything.
    Lost {
        /// The host.
        host: HostId,
        /// When its calls count as lost.
        until: Timestamp,
        /// Why, in the host's words.
        reason: Personal<String>,
    },
    /// The host is back and has listed its legs.
    Resynced {
        /// The host.
        host: HostId,
        /// The number of the resync.
        generation: u64,
    },
    /// The host did not come back in time: its calls are lost.
    Abandoned {
        /// The host.
        host: HostId,
    },
}

/// An effect's end.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum EffectEvent {
    /// A pending effect is pending no more.
    Ended {
        /// The effect.
        id: EffectId,
        /// How it ended.
        end: EffectEnd,
    },
    /// Pending effects are handed out once more, with their ids, and have till then: a host or an
    /// owner that went away may have lost them. Whoever carries out effects knows by the id what is
    /// done already.
    Rearmed {
        /// The effects, each with its new deadline.
        effects: Vec<(EffectId, Timestamp)>,
    },
}

/// How an effect ended.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum EffectEnd {
    /// The host did it.
    Done,
    /// The host could not.
    Failed(HostError),
    /// Nothing was heard by the deadline.
    TimedOut,
    /// It no longer matters: its leg has ended.
    Moot,
}
