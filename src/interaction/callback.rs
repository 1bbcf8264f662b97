//! Promised calls.
//!
//! ```text
//!              scheduled ◀─────────────────────────────────────────────────┐ not reached, and to be tried again;
//!                 │                                                        │ or nobody may be called any more today
//!                 ▼                                                        │
//!  canceled ◀── due: an outbound interaction waits in the queue ──▶ an agent takes it ──▶ the customer is called
//!                 │         │ its queue calls the customer first ──▶ the customer is called ──▶ waits on the line
//!                 ▼
//!               over, not reached: nobody in time
//! ```
//!
//! Until it is due a promise is no interaction: nobody waits. What follows once an agent has taken it is a call like
//! those that agents make by hand; a customer who was called first is served like one who has called. A caller who let
//! the line go has a place that is kept (`queue/call_back.rs`); so has whoever was not reached.

use super::dial::{self, Outgoing};
use crate::id::{InteractionId, RequestId};
use crate::message::{
    AnsweredBy, CallbackEvent, Direction, EndKind, KeptPlace, Origin, RequestCause, Side,
};
use crate::queue::call_back;
use crate::queue::join::{self, Wish};
use crate::queue::outbound;
use crate::state::{Callback, CallsOpen, CustomerIs, Interaction, Promise, State, Step};
use crate::time::{Duration, Timestamp};

/// Promises it; the request that will stand for the customer has its id already.
pub(crate) fn schedule(step: &mut Step<'_>, promise: Promise) {
    let request = step.new_id();
    let now = promise.not_before <= step.at;
    call_back::promised(step, request, promise);
    if now {
        due(step, request);
    }
}

/// Its time has come: it joins its queue, or the queue that has inherited it; later, if no customers are called now.
pub(crate) fn due(step: &mut Step<'_>, request: RequestId) {
    let state = step.state();
    let Some(promise) = state.callbacks.get(&request).cloned() else { return };
    let config = &state.config;
    let standing = config.standing(promise.queue).filter(|_| !config.is_retired(promise.host));
    let Some((queue, plan)) = standing.and_then(|queue| Some((queue, config.queue(queue)?))) else {
        // Nobody is left who could keep it.
        return outbound::take_back(step, request);
    };
    let customer_first = plan.calls_customers_first();
    if promise.not_after.is_some_and(|end| end <= step.at) {
        return outbound::take_back(step, request);
    }
    match state.calls_open(plan, step.at) {
        CallsOpen::Now { .. } => {}
        CallsOpen::From(not_before) if promise.not_after.is_none_or(|end| not_before < end) => {
            return step.emit(CallbackEvent::PutOff { request, not_before });
        }
        CallsOpen::From(_) | CallsOpen::Never => return outbound::take_back(step, request),
    }
    let place = promise.place;
    let interaction = dial::open(
        step,
        &Outgoing {
            direction: Direction::Outbound,
            queue: Some(queue),
            host: promise.host,
            to: Some(promise.to),
            conversation: Some(promise.conversation),
            origin: Origin::Callback,
            tier: place.map_or(0, |place| place.tier),
            boost: place.map(|place| place.boost).unwrap_or_default(),
        },
    );
    step.emit(CallbackEvent::Due { request, interaction, customer_first });
    let wish = Wish::new(RequestCause::Callback).after(place.map(Into::into));
    join::enter(step, request, interaction, queue, wish);
}

/// The customer who was called before an agent was asked has answered, or a machine has.
pub(super) fn came(step: &mut Step<'_>, id: InteractionId, by: AnsweredBy) {
    if by == AnsweredBy::Machine {
        return super::end(step, id, Side::Engine, EndKind::NoAnswer.into());
    }
    outbound::came(step, id);
}

/// The interaction is over, and with it the promise that it was to keep, unless that is to be tried again.
pub(super) fn over(step: &mut Step<'_>, id: InteractionId, by: Side) {
    let state = step.state();
    let Some(row) = state.interaction(id) else { return };
    let Some(callback) = row.meeting().and_then(|meeting| meeting.callback.as_ref()) else {
        return;
    };
    let (request, reached) = (callback.request, callback.reached);
    let again = again((state, step.at), row, callback, by);
    let next = again.as_ref().map(|_| step.new_id());
    step.emit(CallbackEvent::Ended { request, interaction: Some(id), reached, next });
    if let (Some(promise), Some(next)) = (again, next) {
        call_back::promised(step, next, promise);
    }
}

/// The promise that goes on, where its customer was not reached and there is another try; where nobody has tried,
/// because no customers are called for the time being.
fn again(
    (state, at): (&State, Timestamp),
    row: &Interaction,
    callback: &Callback,
    by: Side,
) -> Option<Promise> {
    let has_left = callback.customer == CustomerIs::There && by == Side::Customer;
    if callback.reached || has_left || by == Side::Command {
        return None;
    }
    let promise = &callback.promise;
    let plan = state.config.queue(state.config.standing(promise.queue)?)?;
    let (attempts, not_before) = if callback.tried {
        let attempts = promise.attempts + 1;
        let more = attempts < u32::from(plan.callbacks.attempts);
        (attempts, more.then_some(at + plan.callbacks.retry_after)?)
    } else {
        match state.calls_open(plan, at) {
            CallsOpen::From(next) => (promise.attempts, next),
            CallsOpen::Now { .. } | CallsOpen::Never => return None,
        }
    };
    if promise.not_after.is_some_and(|end| end <= not_before) {
        return None;
    }
    let kept = promise.place.unwrap_or(KeptPlace {
        parent: callback.request,
        attempt: 0,
        customer_wait_since: row.opened_at,
        queue_entered_at: row.opened_at,
        order_at: row.opened_at,
        boost: Duration::ZERO,
        tier: row.tier,
    });
    let place = KeptPlace { parent: callback.request, attempt: kept.attempt + 1, ..kept };
    Some(Promise { not_before, place: Some(place), attempts, ..promise.clone() })
}
