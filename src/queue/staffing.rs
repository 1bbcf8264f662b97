//! The rule for queues that nobody is there to serve.

use crate::id::{QueueId, RequestId};
use crate::message::{FlowOutReason, QueueEvent, Switch};
use crate::model::{Channel, NoAgents};
use crate::state::{AgentState, QueuePlan, Session, State, Step, Steps};
use crate::time::Duration;

use super::join;

/// Whether the queue closes before its staff could serve all who wait in it and one more: by what is left of
/// the staff's time, at the time that the queue counts for one customer. Agents who are about to leave
/// count for nothing. Looked at agent by agent only where one agent alone could not do it.
pub(super) fn closes_before(state: &State, queue: QueueId, plan: &QueuePlan) -> bool {
    let Some((handling, row)) = plan.last_admission.zip(state.queue(queue)) else { return false };
    let Some(closes) = row.next_change.filter(|_| row.open && row.switch == Switch::Scheduled)
    else {
        return false;
    };
    let left = closes.since(state.at).as_micros();
    let needed = handling.as_micros().saturating_mul(i64::from(row.depth) + 1);
    let stays = |agent: &&AgentState| {
        let there = agent.session.is_some() && agent.pending.is_none();
        let serves = state.config.admits(queue, Steps::default(), agent.id);
        let phone = agent.session.as_ref().is_some_and(Session::has_media);
        there && phone && serves && state.takes_from(agent.id, queue)
    };
    let mut staffed = 0_i64;
    for _ in state.agents.iter().filter(stays) {
        staffed = staffed.saturating_add(left);
        if staffed >= needed {
            return false;
        }
    }
    true
}

/// After agents came or went: starts or ends the grace of the queues that have the rule, and sends on
/// who waited for one who left. Whether it sent anybody on.
pub(crate) fn check(step: &mut Step<'_>) -> bool {
    let changed = step.take_came_or_went();
    if changed.is_empty() {
        return false;
    }
    let mut sent = false;
    for agent in changed {
        if step.state().agent(agent).is_none_or(|row| row.session.is_none()) {
            sent |= join::left(step, agent);
        }
        sent |= super::preferred::review_of(step, agent);
    }
    review_all(step);
    sent
}

/// Starts or ends the grace of every queue, as its staff and its rule say now.
pub(crate) fn review_all(step: &mut Step<'_>) {
    let state = step.state();
    let concerned = |queue: &QueueId| {
        let ruled = state.config.queue(*queue).is_some_and(|plan| plan.no_agents.is_some());
        ruled || state.queue(*queue).is_some_and(|row| row.unstaffed_until.is_some())
    };
    let queues: Vec<QueueId> = state.config.all_queue_ids().filter(concerned).collect();
    for queue in queues {
        review(step, queue);
    }
}

/// Starts the grace where nobody is there who could serve those who wait, ends it where somebody is or
/// the queue has no such rule any more.
pub(super) fn review(step: &mut Step<'_>, queue: QueueId) {
    let state = step.state();
    let Some(row) = state.queue(queue) else { return };
    let grace = unstaffed(state, queue);
    match (grace, row.unstaffed_until) {
        (None, Some(_)) => step.emit(QueueEvent::UnstaffedEnded { queue }),
        (Some(grace), None) if row.depth > 0 => {
            let until = step.at + grace;
            step.emit(QueueEvent::Unstaffed { queue, until });
        }
        _ => {}
    }
}

/// The grace of the queue, if it has the rule and nobody is there.
fn unstaffed(state: &State, queue: QueueId) -> Option<Duration> {
    let plan = state.config.queue(queue)?;
    let rule = plan.no_agents?;
    let class = (queue, Steps::default());
    (!state.is_served(class, rule, calls_wait(state, queue))).then_some(plan.no_agents_grace)
}

/// Whether somebody waits there who can be served on a phone alone.
fn calls_wait(state: &State, queue: QueueId) -> bool {
    state.channels_waiting(queue).any(Channel::has_media)
}

/// Whether somebody may serve the request by now, though nobody could when it came.
fn is_relaxed(state: &State, id: RequestId, rule: NoAgents) -> bool {
    state.request(id).is_some_and(|request| {
        let class = (request.queue, state.in_force(request));
        state.is_served(class, rule, request.channel.has_media())
    })
}

/// The grace is over: those who wait flow out, so many in a step; but for those whom somebody may serve by now.
pub(crate) fn grace_over(step: &mut Step<'_>, queue: QueueId) {
    if unstaffed(step.state(), queue).is_none() {
        step.emit(QueueEvent::UnstaffedEnded { queue });
        return;
    }
    let (some, more) = super::hours::some_waiting_in(step.state(), queue);
    if more {
        let until = step.at + super::hours::NEXT_BATCH;
        step.emit(QueueEvent::Unstaffed { queue, until });
    } else {
        step.emit(QueueEvent::UnstaffedEnded { queue });
    }
    let rule = step.state().config.queue(queue).and_then(|plan| plan.no_agents);
    for request in some {
        if rule.is_none_or(|rule| !is_relaxed(step.state(), request, rule)) {
            join::overflow(step, request, FlowOutReason::NoAgents);
        }
    }
}
