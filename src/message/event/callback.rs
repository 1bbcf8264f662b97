//! Events of promised calls.

use serde::{Deserialize, Serialize};

use crate::id::{ConversationId, EffectId, HostId, InteractionId, LegId, QueueId, RequestId};
use crate::message::Personal;
use crate::time::{Duration, Timestamp};

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
        /// The place in the line that the customer keeps; a new one when it is due, where absent.
        place: Option<KeptPlace>,
        /// How many times the customer was called for it already.
        attempts: u32,
    },
    /// Its time has come: it waits for an agent.
    Due {
        /// The request.
        request: RequestId,
        /// The interaction that the call will be.
        interaction: InteractionId,
        /// The customer is called before an agent is asked.
        customer_first: bool,
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
        /// The request that stands for the customer from now on: the promise goes on, and is due again later.
        next: Option<RequestId>,
    },
    /// No customer may be called now: it is due later.
    PutOff {
        /// The request.
        request: RequestId,
        /// When.
        not_before: Timestamp,
    },
    /// The customer who was called before an agent was asked is on the line, and waits.
    Came {
        /// The request.
        request: RequestId,
        /// The interaction that the call is.
        interaction: InteractionId,
    },
    /// Somebody who waits on a line is asked about being called back.
    Asked {
        /// The request.
        request: RequestId,
        /// What; nothing any more where absent.
        what: Option<CallbackQuestion>,
        /// The operation that asks.
        op: Option<EffectId>,
    },
}

/// The place in a queue that somebody keeps without being on a line.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct KeptPlace {
    /// The request that had it last.
    pub parent: RequestId,
    /// How many requests had it.
    pub attempt: u32,
    /// Since when the customer waits, over all queues.
    pub customer_wait_since: Timestamp,
    /// Since when in the queue: what it relaxes after a time counts from here.
    pub queue_entered_at: Timestamp,
    /// The place in time.
    pub order_at: Timestamp,
    /// Waiting credit beside that of the queue.
    pub boost: Duration,
    /// Rank of the customer.
    pub tier: u8,
}

/// What a caller is asked about being called back.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum CallbackQuestion {
    /// Whether that is wanted.
    Wanted,
    /// Whether this is the number.
    Right(Personal<String>),
    /// Which number it is, for the so-manieth time.
    Number(u8),
}
