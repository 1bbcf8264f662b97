//! The rule for queues that nobody is there to serve.

use crate::id::{AgentId, QueueId};
use crate::message::{Activity, FlowOutReason, QueueEvent};
use crate::model::NoAgents;
use crate::state::{State, Step};

use super::join;

/// Whether anybody who may serve the queue is there.
pub(crate) fn is_staffed(state: &State, queue: QueueId, rule: NoAgents) -> bool {
    let Some(plan) = state.config.queue(queue) else { return false };
    state.agents.iter().any(|agent| {
        let there = match rule {
            NoAgents::NoneSignedIn => agent.session.is_some(),
            NoAgents::NoneRoutable => state.is_routable(agent),
        };
        there && state.config.agent(agent.id).is_some_and(|agent| plan.admits(agent))
    })
}

/// After agents changed: starts or ends the grace of queues that have the rule.
pub(crate) fn check(step: &mut Step<'_>, changed: &[AgentId]) {
    if changed.is_empty() || !changed.iter().any(|agent| came_or_went(step.state(), *agent)) {
        return;
    }
    let ruled: Vec<(QueueId, NoAgents)> = step
        .state()
        .config
        .queue_ids()
        .filter_map(|id| Some((id, step.state().config.queue(id)?.no_agents?)))
        .collect();
    for (queue, rule) in ruled {
        review(step, queue, rule);
    }
}

/// A request has joined the queue: starts the grace where nobody is there who could serve it.
pub(super) fn joined(step: &mut Step<'_>, queue: QueueId) {
    if let Some(rule) = step.state().config.queue(queue).and_then(|plan| plan.no_agents) {
        review(step, queue, rule);
    }
}

/// Starts or ends the grace of a queue, as its staff says now.
fn review(step: &mut Step<'_>, queue: QueueId, rule: NoAgents) {
    let state = step.state();
    let Some((row, plan)) = state.queue(queue).zip(state.config.queue(queue)) else { return };
    let staffed = is_staffed(state, queue, rule);
    if staffed && row.unstaffed_until.is_some() {
        step.emit(QueueEvent::UnstaffedEnded { queue });
    } else if !staffed && row.unstaffed_until.is_none() && row.depth > 0 {
        let until = step.at + plan.no_agents_grace;
        step.emit(QueueEvent::Unstaffed { queue, until });
    }
}

/// An agent who is busy has been there before and still is: only coming and going matters.
fn came_or_went(state: &State, agent: AgentId) -> bool {
    state.agent(agent).is_some_and(|agent| {
        !matches!(
            agent.activity,
            Activity::Talking | Activity::Holding | Activity::Alerting | Activity::Connecting
        )
    })
}

/// The grace is over: those who wait flow out.
pub(crate) fn grace_over(step: &mut Step<'_>, queue: QueueId) {
    step.emit(QueueEvent::UnstaffedEnded { queue });
    for request in super::hours::waiting_in(step.state(), queue) {
        join::overflow(step, request, FlowOutReason::NoAgents);
    }
}
