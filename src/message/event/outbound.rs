//! Events of calls that agents make by hand.

use serde::{Deserialize, Serialize};

use crate::id::{BridgeId, EngagementId};
use crate::message::{EndCause, Personal};
use crate::time::Timestamp;

/// An agent calls a customer by hand.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum DialEvent {
    /// It began; the engagement says whether the agent looks first.
    Begun {
        /// The agent's part.
        engagement: EngagementId,
        /// Whom.
        to: Personal<String>,
        /// Where the agent is, for an emergency number.
        location: Option<Personal<String>>,
        /// Until when the agent may look; absent where the call is made at once.
        preview_until: Option<Timestamp>,
    },
    /// The agent has looked: the call is made.
    Placed {
        /// The agent's part.
        engagement: EngagementId,
    },
    /// The customer has answered, and agent and customer are being joined.
    Joining {
        /// The agent's part.
        engagement: EngagementId,
        /// Where they meet.
        bridge: BridgeId,
    },
    /// It is over as an attempt: what follows is an engagement like any other, or its end.
    Ended {
        /// The agent's part.
        engagement: EngagementId,
        /// How.
        end: DialEnd,
    },
}

/// How an attempt to call a customer ended.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum DialEnd {
    /// Customer and agent are together.
    Connected,
    /// The customer was called and not reached.
    NotReached(EndCause),
    /// Customer and agent could not be joined.
    NotJoined,
    /// The agent, or somebody else on this side, gave it up before that.
    GivenUp,
}
