//! Somebody who might come: asked about, never decided.

use super::join::target;
use crate::id::{InteractionId, MAX_INDEX, Origin, QueueId, RequestId};
use crate::message::{RequestCause, Target};
use crate::model::Channel;
use crate::state::{Rare, Request, RequestState, State};
use crate::time::{Duration, Timestamp};

/// The request of a customer without rank or wishes who joins the queue now; it has the last id of the next record.
pub(crate) fn request(
    state: &State,
    now: Timestamp,
    queue: QueueId,
    channel: Channel,
) -> Option<Request> {
    let plan = state.config.queue(queue)?;
    let origin = Origin {
        shard: state.shard.0,
        epoch: state.epoch.0,
        seq: state.seq.next().0,
        index: MAX_INDEX,
    };
    Some(Request {
        id: RequestId::new(origin)?,
        interaction: InteractionId::new(origin)?,
        queue,
        channel,
        cause: RequestCause::Initial,
        target: target(plan, channel, Target::Queue),
        attempt: 0,
        customer_wait_since: now,
        queue_entered_at: now,
        order_at: now,
        boost: Duration::ZERO,
        prioritized: false,
        service_target: Duration::ZERO,
        rank: 0,
        due_at: now,
        wait_until: None,
        state: RequestState::Waiting,
        exclusions: Rare::default(),
        expected: None,
    })
}
