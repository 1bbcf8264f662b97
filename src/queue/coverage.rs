//! Coverage: who stands in for agents who alone are wanted, and do not come.
//!
//! | what waits for them | goes on to |
//! |---|---|
//! | advice, help | nobody |
//! | a recall | the fallback queue of the transfer |
//! | work that its owner does not take up again, what a team did not take either | the queue through which it came |
//! | a promised call | the coverage of the first of them, if that is a queue; else the queue through which it came |
//! | anything else | the coverage of the first of them; without any, the queue through which it came |
//!
//! A queue that was removed meanwhile is the matter of its heir, before any coverage.

use super::{join, leave};
use crate::id::{AgentId, QueueId, TeamId};
use crate::message::{FlowOutReason, Outcome, RequestCause, Target};
use crate::queue::join::Wish;
use crate::state::{CoveragePlan, Request, State, Step};

/// Who stands in.
enum StandIn {
    Queue(QueueId),
    /// By name, in the queue through which the customer came.
    Agents(Vec<AgentId>),
}

/// Those who alone are wanted do not come: on to whoever stands in.
pub(super) fn goes_on(step: &mut Step<'_>, request: &Request, wanted: &[AgentId]) {
    let reason = FlowOutReason::Coverage;
    let (to, wish) = match stands_in(step.state(), request, wanted) {
        None => return leave::end(step, request.id, Outcome::FlowedOut { reason, to: None }),
        Some(StandIn::Queue(to)) => (to, Wish::new(RequestCause::Overflow)),
        Some(StandIn::Agents(agents)) => {
            let target = Target::Agents(agents);
            (request.queue, Wish { target, ..Wish::new(RequestCause::Coverage) })
        }
    };
    leave::end(step, request.id, Outcome::FlowedOut { reason, to: Some(to) });
    join::go_on(step, request, to, wish);
}

/// The table above.
fn stands_in(state: &State, request: &Request, wanted: &[AgentId]) -> Option<StandIn> {
    let home = StandIn::Queue(request.queue);
    let promised = request.cause == RequestCause::Callback;
    match request.cause {
        cause if cause.is_of_agent() => return None,
        RequestCause::Recall => {
            let transfer = state.meeting_of(request.interaction)?.transfer?;
            return transfer.fallback.map(StandIn::Queue);
        }
        RequestCause::Resume | RequestCause::Coverage => return Some(home),
        _ => {}
    }
    let coverage = wanted.first().and_then(|agent| state.config.agent(*agent)?.coverage);
    Some(match coverage {
        Some(CoveragePlan::Queue(queue)) => StandIn::Queue(queue),
        Some(CoveragePlan::Team(team)) if !promised => {
            let members = members(state, request, team, wanted);
            if members.is_empty() { home } else { StandIn::Agents(members) }
        }
        _ => home,
    })
}

/// The members of the team who are at work. Those who were waited for have had their time, and whoever
/// hands a customer on is not the one to get the customer.
fn members(state: &State, request: &Request, team: TeamId, wanted: &[AgentId]) -> Vec<AgentId> {
    let transfer = state.meeting_of(request.interaction).and_then(|meeting| meeting.transfer);
    let transferor = transfer.and_then(|transfer| transfer.agent);
    let stands_in = |agent: AgentId| {
        let plan = state.config.agent(agent);
        plan.is_some_and(|plan| plan.signature.0.team == Some(team))
            && !wanted.contains(&agent)
            && transferor != Some(agent)
    };
    let at_work = state.agents.iter().filter(|row| row.session.is_some());
    at_work.map(|row| row.id).filter(|agent| stands_in(*agent)).collect()
}
