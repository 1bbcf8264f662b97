//! Events of on-call duty.

use serde::{Deserialize, Serialize};

use crate::id::{BridgeId, Key, LegId, RequestId};
use crate::message::Party;
use crate::time::Timestamp;

/// Outside of hours a request goes through a rota: somebody is called and has to press a key, else the
/// next one, level by level, over and over, until a last resort takes it. Every attempt is told.
///
/// The request itself has ended by then, as flowed out to those on call
/// ([`FlowOutReason::OnCall`](crate::message::FlowOutReason::OnCall)): its queue is closed, and what happens at
/// night is no wait for its agents and spoils none of its figures. All that follows is told under its id, from
/// `Started` to exactly one `Ended`.
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
        /// The attempt that was accepted; none where the last resort took over, or the customer has gone.
        attempt: Option<u32>,
    },
    /// Somebody has accepted, and is being joined with the customer.
    Joining {
        /// The request.
        request: RequestId,
        /// Where they meet.
        bridge: BridgeId,
        /// By when they must hear each other.
        deadline: Timestamp,
    },
    /// Nobody has accepted in all rounds, or the rota is there no more: the last resort. A number outside
    /// is one more attempt.
    LastResort {
        /// The request.
        request: RequestId,
        /// Who takes the customer; nobody where the customer is disconnected.
        to: Option<Party>,
    },
}

/// How an attempt to reach somebody on call ended.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum OnCallEnd {
    /// Answered, the key was pressed, and both hear each other.
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
    /// Accepted, but customer and whoever accepted could not be joined.
    NotJoined,
}
