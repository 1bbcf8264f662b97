//! Events of promised calls.

use serde::{Deserialize, Serialize};

use crate::id::{ConversationId, HostId, InteractionId, LegId, QueueId, RequestId};
use crate::message::Personal;
use crate::time::Timestamp;

/// A promised call.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum CallbackEvent {
    /// It was promised.
    Scheduled {
        /// The request that will stand for the customer.
        request: RequestId,
        /// The conversation that it goes on with.
        conversation: ConversationId,
        /// The queue.
        queue: QueueId,
        /// The host that calls.
        host: HostId,
        /// Where to call.
        to: Personal<String>,
        /// Not before.
        not_before: Timestamp,
        /// Not after.
        not_after: Option<Timestamp>,
    },
    /// Its time has come: it waits for an agent.
    Due {
        /// The request.
        request: RequestId,
        /// The interaction that the call will be.
        interaction: InteractionId,
    },
    /// The customer is being called.
    Attempted {
        /// The request.
        request: RequestId,
        /// The leg.
        leg: LegId,
    },
    /// It is over.
    Ended {
        /// The request.
        request: RequestId,
        /// The interaction that it was; none where it was not due yet.
        interaction: Option<InteractionId>,
        /// Whether customer and agent were together.
        reached: bool,
    },
}
