//! Calls that agents make by hand, and calls that were promised.

use serde::{Deserialize, Serialize};

use crate::id::{ConversationId, HostId, QueueId, RequestId};
use crate::message::Personal;
use crate::time::Timestamp;

/// A call that an agent makes by hand, until it is an engagement like any other.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub(crate) struct Dial {
    pub(crate) to: Personal<String>,
    /// Where the agent is, for an emergency number.
    pub(crate) location: Option<Personal<String>>,
    /// Until when the agent may look, while looking.
    pub(crate) preview_until: Option<Timestamp>,
}

/// A promised call that is not due yet.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub(crate) struct Promise {
    pub(crate) conversation: ConversationId,
    pub(crate) queue: QueueId,
    pub(crate) host: HostId,
    pub(crate) to: Personal<String>,
    pub(crate) not_before: Timestamp,
    pub(crate) not_after: Option<Timestamp>,
}

/// A promised call that is due: what an interaction is to keep.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub(crate) struct Callback {
    /// The request by which it is known.
    pub(crate) request: RequestId,
    pub(crate) to: Personal<String>,
    /// Agent and customer were together.
    pub(crate) reached: bool,
}
