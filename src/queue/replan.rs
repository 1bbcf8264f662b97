//! Planning waiting requests anew after a change of the configuration, some at a time. Until its turn
//! comes a request keeps its old due time: the stated rule `replanning`.

use crate::id::RequestId;
use crate::message::{Replan, RequestCause, ShardEvent};
use crate::state::{QueuePlan, Request, State, Step};
use crate::time::Timestamp;

use super::order::{Standing, Wait};
use super::{join, relax};

/// Plans the next requests.
pub(crate) fn next_chunk(step: &mut Step<'_>) {
    let state = step.state();
    let Some((_, cursor)) = state.replan else { return };
    let most = state.config.center.limits.replan_chunk as usize;
    let mut left: Vec<RequestId> = state
        .requests
        .iter()
        .map(|request| request.id)
        .filter(|id| cursor.is_none_or(|cursor| *id > cursor))
        .collect();
    let more = left.len() > most;
    if more {
        let _ = left.select_nth_unstable(most);
        left.truncate(most);
    }
    left.sort_unstable();
    let mut planned = Vec::new();
    let mut homeless = Vec::new();
    for request in left.iter().filter_map(|id| state.request(*id)) {
        match state.config.queue(request.queue) {
            Some(queue) => planned.push(plan((state, step.at), request, queue)),
            None => homeless.push(request.id),
        }
    }
    let cursor = left.last().copied().filter(|_| more);
    step.emit(ShardEvent::Replanned { requests: planned, cursor });
    for request in left {
        if step.state().is_stale(request) {
            relax::anew(step, request);
        }
    }
    for request in homeless {
        join::removed(step, request);
    }
}

/// What the request would get if it came now, but for what somebody set by hand.
fn plan((state, now): (&State, Timestamp), request: &Request, queue: &QueuePlan) -> Replan {
    let service_target = queue.target(request.channel);
    let of_interaction = state.interaction(request.interaction).map(|row| row.boost);
    let boost = match of_interaction {
        Some(boost) if !request.prioritized => boost + queue.boost,
        _ => request.boost,
    };
    // What relaxation gives comes beside it.
    let credit = boost + state.credit(request) - request.boost;
    let wait = Wait { service_target, credit, ..Wait::of(state, request) };
    let Standing { rank, late_at } = wait.standing(state, now);
    Replan {
        id: request.id,
        service_target,
        boost,
        rank,
        due_at: wait.due_at(state),
        late_at,
        // Who waits for somebody by name waits as long as was said then, and a promise has its own bound.
        wait_until: if request.target.named().is_some() || request.cause == RequestCause::Callback {
            request.wait_until
        } else {
            queue.wait.map(|wait| request.queue_entered_at + wait)
        },
        target: join::target(queue, request.channel, request.target.clone()),
    }
}
