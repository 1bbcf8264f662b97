//! Preferred agents: a request waits for them first, then for whoever its queue has.

use super::join;
use crate::id::{AgentId, ConversationId, QueueId, RequestId};
use crate::message::{FlowOutReason, Presence, RequestEvent, Target};
use crate::model::{HoldOut, PreferredWhile};
use crate::state::{QueuePlan, Ranking, Request, RequestState, State, Step, Steps};
use crate::time::{Duration, Timestamp};

/// Of those whom the host scores high enough only so many of the highest are waited for.
const HIGHEST: usize = 64;
/// Among so many, those who are away counted.
const LOOKS: usize = 1_000;

/// Whom a request waits for, and how long: those who are preferred, else those whom the host scores high enough.
pub(super) fn wanted(
    state: &State,
    (queue, plan): (QueueId, &QueuePlan),
    named: &[AgentId],
    customer: (ConversationId, Timestamp),
) -> Option<(Vec<AgentId>, Duration)> {
    let some = |(agents, hold_for): (Vec<AgentId>, Duration)| {
        (!agents.is_empty() && hold_for > Duration::ZERO).then_some((agents, hold_for))
    };
    let hold_for = plan.preferred.hold_for;
    let preferred = (hold_for > Duration::ZERO).then(|| agents(state, plan, named, customer));
    preferred.and_then(|agents| some((agents, hold_for))).or_else(|| match plan.ranking {
        Ranking::Scored(hold_out) => some((high(state, queue, plan, hold_out), hold_out.hold_for)),
        _ => None,
    })
}

/// Those who are there of the agents with the highest scores, if these are high enough.
fn high(state: &State, queue: QueueId, plan: &QueuePlan, hold_out: HoldOut) -> Vec<AgentId> {
    let high = |(score, _): &(i32, AgentId)| *score >= hold_out.at_least;
    let highest = state.scores.highest(queue).take_while(high).take(LOOKS);
    let able = |agent: &AgentId| {
        is_there(state, plan, *agent) && state.config.admits(queue, Steps::default(), *agent)
    };
    highest.map(|(_, agent)| agent).filter(able).take(HIGHEST).collect()
}

/// Those of the preferred agents for whom the request would wait: whom the host has named, and whoever answered the
/// customer last.
fn agents(
    state: &State,
    plan: &QueuePlan,
    named: &[AgentId],
    (conversation, at): (ConversationId, Timestamp),
) -> Vec<AgentId> {
    let last = plan.preferred.last_agent_within.and_then(|within| {
        let (agent, answered) = state.last_agent(conversation)?;
        (answered + within >= at).then_some(agent)
    });
    let mut wanted: Vec<AgentId> = Vec::new();
    for agent in named.iter().copied().chain(last) {
        if is_there(state, plan, agent) && !wanted.contains(&agent) {
            wanted.push(agent);
        }
    }
    wanted
}

fn is_there(state: &State, plan: &QueuePlan, agent: AgentId) -> bool {
    let configured = state.config.agent(agent).is_some();
    configured
        && state.agent(agent).is_some_and(|row| match plan.preferred.only {
            PreferredWhile::SignedIn => row.session.is_some(),
            PreferredWhile::Ready => row.presence == Presence::Ready && row.pending.is_none(),
        })
}

/// The bound of a wait has come: of the wait for preferred agents, or of the whole.
pub(crate) fn waited(step: &mut Step<'_>, id: RequestId) {
    let state = step.state();
    let only_held = state.request(id).is_some_and(|request| {
        let bound = bound(state, request);
        is_held(request) && bound.is_none_or(|bound| bound > step.at)
    });
    if only_held {
        release(step, id);
    } else {
        join::overflow(step, id, FlowOutReason::MaxWait);
    }
}

/// An agent has come, gone, or changed presence: whoever waits for nobody else who could come waits for all.
pub(super) fn review_of(step: &mut Step<'_>, agent: AgentId) -> bool {
    let state = step.state();
    let waiting: Vec<RequestId> = state.index.direct(agent).map(|key| key.request).collect();
    let mut released = false;
    for id in waiting {
        released |= review(step, id);
    }
    released
}

/// Lets others serve a request that waits for preferred agents none of whom can come. Whether it did.
pub(super) fn review(step: &mut Step<'_>, id: RequestId) -> bool {
    let state = step.state();
    let Some(request) = state.request(id).filter(|request| is_held(request)) else { return false };
    let Some(plan) = state.config.queue(request.queue) else { return false };
    let wanted = request.target.named().unwrap_or_default();
    let may_come = |agent: &AgentId| is_there(state, plan, *agent) && !request.excludes(*agent);
    let vain = request.state == RequestState::Waiting && !wanted.iter().any(may_come);
    if vain {
        release(step, id);
    }
    vain
}

/// Others may serve it from now on.
fn release(step: &mut Step<'_>, id: RequestId) {
    let state = step.state();
    let Some(request) = state.request(id) else { return };
    let Some(plan) = state.config.queue(request.queue) else { return };
    let target = join::target(plan, request.channel, Target::Queue);
    let wait_until = bound(state, request);
    step.emit(RequestEvent::Retargeted { id, target, wait_until });
}

const fn is_held(request: &Request) -> bool {
    matches!(request.target, Target::Preferred(_))
}

/// The bound of the whole wait.
fn bound(state: &State, request: &Request) -> Option<Timestamp> {
    let wait = state.config.queue(request.queue)?.wait?;
    Some(request.queue_entered_at + wait)
}
