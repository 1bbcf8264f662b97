//! Planning waiting requests anew after a change of the configuration, some at a time. Until its turn
//! comes a request keeps its old due time: the stated rule `replanning`.

use crate::id::RequestId;
use crate::message::ShardEvent;
use crate::state::Step;

use super::join;

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
    left.sort_unstable();
    let more = left.len() > most;
    left.truncate(most);
    let mut planned = Vec::new();
    let mut homeless = Vec::new();
    for id in &left {
        let Some(request) = state.request(*id) else { continue };
        match state.config.queue(request.queue) {
            Some(plan) => {
                let target = plan.target(request.channel);
                planned.push((*id, state.config.due_at(request.order_at, target, request.boost)));
            }
            None => homeless.push(*id),
        }
    }
    let cursor = left.last().copied().filter(|_| more);
    step.emit(ShardEvent::Replanned { requests: planned, cursor });
    for request in homeless {
        join::removed(step, request);
    }
}
