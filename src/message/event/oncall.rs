//! Events of on-call duty. Its behavior comes with a later version; the shapes are here so that the
//! log need not change for it.

use serde::{Deserialize, Serialize};

use crate::id::{Key, LegId, RequestId};
use crate::message::Party;
use crate::time::Timestamp;

/// Outside of hours a request goes through a rota: somebody is called and has to press a key, else the
/// next one, level by level, over and over, until a last resort takes it. Every attempt is told.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum OnCallEvent {
    /// The request was handed to the rota.
    Started {
        /// The request.
        request: RequestId,
        /// The rota.
        rota: Key,
    },
    /// Somebody is called.
    Attempted {
        /// The request.
        request: RequestId,
        /// Number of the attempt, from 1.
        attempt: u32,
        /// Level of the rota, from 1.
        level: u8,
        /// Whom.
        to: Party,
        /// The leg that rings.
        leg: Option<LegId>,
        /// By when it must have been accepted.
        deadline: Timestamp,
    },
    /// The attempt is over.
    AttemptEnded {
        /// The request.
        request: RequestId,
        /// Its number.
        attempt: u32,
        /// How.
        end: OnCallEnd,
    },
    /// On to the next level, or to the first one again.
    Escalated {
        /// The request.
        request: RequestId,
        /// The level, from 1.
        level: u8,
        /// Number of the round through all levels, from 1.
        round: u32,
    },
    /// The rota has done its work.
    Ended {
        /// The request.
        request: RequestId,
        /// The attempt that was accepted; none where the last resort took over.
        attempt: Option<u32>,
    },
}

/// How an attempt to reach somebody on call ended.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum OnCallEnd {
    /// Answered, and the key was pressed.
    Accepted,
    /// Answered, and the key was not pressed.
    NotConfirmed,
    /// Answered by a machine.
    Machine,
    /// Nobody answered.
    NoAnswer,
    /// The line was busy.
    Busy,
    /// The call was declined.
    Declined,
    /// The address cannot be reached.
    Unreachable,
    /// The customer left meanwhile.
    CustomerGone,
}
