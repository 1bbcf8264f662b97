//! Promised calls.
//!
//! ```text
//!  scheduled ──▶ due: an outbound interaction waits in the queue ──▶ an agent takes it ──▶ the customer
//!      │           │ nobody in time                                                        is called
//!      └── canceled └── over, not reached
//! ```
//!
//! Until it is due a promise is no interaction: nobody waits. What follows once an agent has taken it is a
//! call like those that agents make by hand.

use super::dial::{self, Outgoing};
use crate::id::{InteractionId, RequestId};
use crate::message::{CallbackEvent, Direction, Origin, RequestCause};
use crate::queue::join::{self, Wish};
use crate::queue::outbound;
use crate::state::{Promise, Step};

/// Promises it; the request that will stand for the customer has its id already.
pub(crate) fn schedule(step: &mut Step<'_>, promise: Promise) {
    let request = step.new_id();
    let Promise { conversation, queue, host, to, not_before, not_after } = promise;
    step.emit(CallbackEvent::Scheduled {
        request,
        conversation,
        queue,
        host,
        to,
        not_before,
        not_after,
    });
    if not_before <= step.at {
        due(step, request);
    }
}

/// Its time has come: it joins its queue, or the queue that has inherited it.
pub(crate) fn due(step: &mut Step<'_>, request: RequestId) {
    let state = step.state();
    let Some(promise) = state.callbacks.get(&request).cloned() else { return };
    let config = &state.config;
    let Some(queue) = config.standing(promise.queue).filter(|_| !config.is_retired(promise.host))
    else {
        // Nobody is left who could keep it.
        return outbound::take_back(step, request);
    };
    let interaction = dial::open(
        step,
        &Outgoing {
            direction: Direction::Outbound,
            queue: Some(queue),
            host: promise.host,
            to: Some(promise.to),
            conversation: Some(promise.conversation),
            origin: Origin::Callback,
        },
    );
    step.emit(CallbackEvent::Due { request, interaction });
    let wish = Wish { until: promise.not_after, ..Wish::new(RequestCause::Callback) };
    join::enter(step, request, interaction, queue, wish);
}

/// The interaction is over, and with it the promise that it was to keep.
pub(super) fn over(step: &mut Step<'_>, id: InteractionId) {
    let promise = step.state().meeting_of(id).and_then(|meeting| meeting.callback.as_ref());
    if let Some((request, reached)) = promise.map(|promise| (promise.request, promise.reached)) {
        step.emit(CallbackEvent::Ended { request, interaction: Some(id), reached });
    }
}
