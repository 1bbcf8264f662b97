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
use crate::id::{ConversationId, HostId, InteractionId, QueueId, RequestId};
use crate::message::{CallbackEvent, Origin, Personal, RequestCause};
use crate::queue::join::{self, Wish};
use crate::state::Step;
use crate::time::Timestamp;

/// A call that is promised.
pub(crate) struct Promised {
    pub(crate) conversation: ConversationId,
    pub(crate) queue: QueueId,
    pub(crate) host: HostId,
    pub(crate) to: Personal<String>,
    pub(crate) not_before: Timestamp,
    pub(crate) not_after: Option<Timestamp>,
}

/// Promises it; the request that will stand for the customer has its id already.
pub(crate) fn schedule(step: &mut Step<'_>, promised: Promised) {
    let request = step.new_id();
    let Promised { conversation, queue, host, to, not_before, not_after } = promised;
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
    let lives = config.queue(promise.queue).is_some();
    let queue = if lives { Some(promise.queue) } else { config.heir(promise.queue) };
    let Some(queue) = queue.filter(|_| config.host(promise.host).is_some()) else {
        // Nobody is left who could keep it.
        return cancel(step, request);
    };
    let interaction = dial::open(
        step,
        &Outgoing {
            queue,
            host: promise.host,
            to: promise.to,
            conversation: Some(promise.conversation),
            origin: Origin::Callback,
        },
    );
    step.emit(CallbackEvent::Due { request, interaction });
    let wish = Wish::new(RequestCause::Callback);
    let wish = promise.not_after.map_or(wish.clone(), |until| wish.within(until));
    join::enter(step, request, interaction, queue, wish);
}

/// The promise is taken back before it is due.
pub(crate) fn cancel(step: &mut Step<'_>, request: RequestId) {
    step.emit(CallbackEvent::Ended { request, interaction: None, reached: false });
}

/// The interaction is over, and with it the promise that it was to keep.
pub(super) fn over(step: &mut Step<'_>, id: InteractionId) {
    let promise = step.state().meeting_of(id).and_then(|meeting| meeting.callback.as_ref());
    if let Some((request, reached)) = promise.map(|promise| (promise.request, promise.reached)) {
        step.emit(CallbackEvent::Ended { request, interaction: Some(id), reached });
    }
}
