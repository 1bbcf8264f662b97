//! Opening and closing, by hours or by a switch.

use super::join;
use crate::id::{QueueId, RequestId};
use crate::message::{FlowOutReason, QueueEvent, Switch};
use crate::model::AtClose;
use crate::state::{RequestState, State, Step};
use crate::time::Timestamp;

/// Brings every queue in line with its hours; the first act of a shard and of a new owner.
pub(crate) fn review_all(step: &mut Step<'_>) {
    let queues: Vec<QueueId> = step.state().config.queue_ids().collect();
    for queue in queues {
        review(step, queue);
    }
}

/// Opens or closes the queue as its switch and its hours say now.
pub(crate) fn review(step: &mut Step<'_>, queue: QueueId) {
    let state = step.state();
    let Some((row, plan)) = state.queue(queue).zip(state.config.queue(queue)) else { return };
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
    let (was_open, at_close) = (row.open, plan.at_close);
    if open != was_open || next_change != row.next_change {
        step.emit(QueueEvent::OpenChanged { queue, open, next_change });
    }
    if was_open && !open && at_close == AtClose::Disconnect {
        for request in waiting_in(step.state(), queue) {
            join::overflow(step, request, FlowOutReason::Closed);
        }
    }
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

/// Requests of the queue that are not with an agent, in the order of their ids.
pub(super) fn waiting_in(state: &State, queue: QueueId) -> Vec<RequestId> {
    let mut waiting: Vec<RequestId> = state
        .requests
        .iter()
        .filter(|r| r.queue == queue && r.state == RequestState::Waiting)
        .map(|r| r.id)
        .collect();
    waiting.sort_unstable();
    waiting
}
