//! Opening and closing, by hours or by a switch.

use super::{call_back, join, outbound};
use crate::id::{QueueId, RequestId};
use crate::message::{FlowOutReason, QueueEvent, RequestCause, Switch};
use crate::model::AtClose;
use crate::state::{QueuePlan, Request, RequestState, State, Step};
use crate::time::{Duration, Timestamp};

/// Brings every queue in line with its hours; the first act of a shard and of a new owner.
pub(crate) fn review_all(step: &mut Step<'_>) {
    for queue in step.state().config.all_queue_ids() {
        review(step, queue);
    }
    outbound::review_bounds(step);
}

/// Opens or closes the queue as its switch and its hours say now.
pub(crate) fn review(step: &mut Step<'_>, queue: QueueId) {
    let state = step.state();
    let Some(row) = state.queue(queue) else { return };
    let Some(plan) = state.config.queue(queue) else {
        // Removed: no hours any more, so that nothing is due for them.
        if row.next_change.is_some() {
            let open = row.open;
            step.emit(QueueEvent::OpenChanged { queue, open, next_change: None });
        }
        return;
    };
    let (scheduled, next_change) = match &plan.calendar {
        // Calendars read wall time; deadlines are engine time.
        Some(calendar) => {
            let wall = step.at + state.wall_offset;
            let next = calendar.next_change(wall).map(|next| next - state.wall_offset);
            (calendar.is_open(wall), next)
        }
        None => (true, None),
    };
    let open = match row.switch {
        Switch::Scheduled => scheduled,
        Switch::Open => true,
        Switch::Closed => false,
    };
    let leaving = !open && row.depth > 0 && plan.at_close != AtClose::Serve;
    let (some, more) = if leaving { some_waiting_in(state, queue) } else { (Vec::new(), false) };
    let next_change = if more { Some(step.at + NEXT_BATCH) } else { next_change };
    if open != row.open || next_change != row.next_change {
        step.emit(QueueEvent::OpenChanged { queue, open, next_change });
    }
    for request in some {
        leave_closed(step, request);
    }
}

/// The request leaves its queue, which has closed: called back when it is open again, if that is its rule and can be,
/// else along the overflow.
fn leave_closed(step: &mut Step<'_>, id: RequestId) {
    let state = step.state();
    let Some(request) = state.request(id) else { return };
    let plan = state.config.queue(request.queue);
    let calls_back = plan.is_some_and(|plan| plan.at_close == AtClose::CallBack);
    let opens = opens_again(state, request.queue, step.at).unwrap_or(step.at);
    if !calls_back || !call_back::by_rule(step, id, opens) {
        join::overflow(step, id, FlowOutReason::Closed);
    }
}

/// When a queue that is closed opens again, as far as that is known.
fn opens_again(state: &State, queue: QueueId, at: Timestamp) -> Option<Timestamp> {
    let row = state.queue(queue)?;
    let calendar = state.config.queue(queue)?.calendar.as_ref();
    let next = |from: Timestamp| {
        let wall = from + state.wall_offset;
        match calendar {
            Some(calendar) if !calendar.is_open(wall) => {
                calendar.next_change(wall).map(|next| next - state.wall_offset)
            }
            _ => Some(from),
        }
    };
    match row.switch {
        Switch::Scheduled => next(at),
        Switch::Closed => row.switch_until.and_then(next),
        Switch::Open => None,
    }
}

/// Whether its queue has closed and lets nobody wait after that.
pub(super) fn is_shut_out(state: &State, request: &Request) -> bool {
    let disconnects = |plan: &QueuePlan| plan.at_close != AtClose::Serve;
    goes_at_close(request)
        && state.queue(request.queue).is_some_and(|row| !row.open)
        && state.config.queue(request.queue).is_some_and(disconnects)
}

/// A request that waits in a queue which lets nobody wait after closing, because an agent was alerted
/// for it when the queue closed, leaves now. Whether it has.
pub(crate) fn left_behind(step: &mut Step<'_>, id: RequestId) -> bool {
    let state = step.state();
    let waits = |r: &&Request| r.state == RequestState::Waiting;
    let Some(request) = state.request(id).filter(waits) else { return false };
    let shut = is_shut_out(state, request);
    if shut {
        leave_closed(step, id);
    }
    shut
}

/// Sets the switch of a queue.
pub(crate) fn switch(
    step: &mut Step<'_>,
    queue: QueueId,
    switch: Switch,
    until: Option<Timestamp>,
) {
    step.emit(QueueEvent::Switched { queue, switch, until });
    review(step, queue);
}

/// Waits, for whoever the queue has, on a line: other work stays for the next day.
fn leaves_at_close(request: &Request) -> bool {
    request.state == RequestState::Waiting && goes_at_close(request)
}

/// Is for whoever the queue has, on a line.
fn goes_at_close(request: &Request) -> bool {
    let on_a_line = request.channel.is_live() && request.cause != RequestCause::Callback;
    !request.is_direct() && on_a_line
}

/// Most requests that leave a queue in one step: a record has room for a million ids.
const BATCH: usize = 10_000;
/// When the next step follows.
pub(super) const NEXT_BATCH: Duration = Duration::from_micros(1);

/// The first requests of the queue that are not with an agent, in the order of their ids, and whether
/// there are more.
pub(super) fn some_waiting_in(state: &State, queue: QueueId) -> (Vec<RequestId>, bool) {
    let mut waiting: Vec<RequestId> = state
        .requests
        .iter()
        .filter(|r| r.queue == queue && leaves_at_close(r))
        .map(|r| r.id)
        .collect();
    let more = waiting.len() > BATCH;
    if more {
        let _ = waiting.select_nth_unstable(BATCH);
        waiting.truncate(BATCH);
    }
    waiting.sort_unstable();
    (waiting, more)
}
