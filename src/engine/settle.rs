//! The last act of every decision: whoever can be served now is served, what nobody serves any more is
//! ended, and the agents' timelines are brought up to date.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use smallvec::SmallVec;

use crate::id::{AgentId, RequestId};
use crate::routing::{best_agent, best_request, sole_choice};
use crate::state::{ServiceKey, State, Step, Woken};
use crate::{agent, interaction, queue};

/// Follows up on all that the step has touched, until nothing is left to do.
pub(super) fn settle(step: &mut Step<'_>) {
    let mut seen = SmallVec::new();
    if step.happened != step.at {
        // What was reported late changed timelines then; offers are made now.
        follow_up(step, None, &mut seen);
    }
    step.end_of_report();
    loop {
        follow_up(step, Some(Pool::default()), &mut seen);
        let heard = step.take_heard();
        interaction::recording::settle(step, &heard);
        let followed = interaction::monitor::settle(step, &heard, &seen);
        let urgent = queue::urgent::settle(step);
        if !queue::staffing::check(step) && !followed && !urgent {
            break;
        }
        seen.clear();
    }
    interaction::voicemail::settle(step);
}

/// Lets come into force what follows from what has been decided; makes offers to those who were woken,
/// where there is a pool to take them in. Whom it concerned is added to `seen`.
fn follow_up(step: &mut Step<'_>, mut woken: Option<Pool>, seen: &mut SmallVec<[AgentId; 4]>) {
    loop {
        while let Some((interaction, by)) = step.take_left() {
            interaction::tidy_up(step, interaction, by);
        }
        let touched = step.take_touched();
        for agent in &touched {
            agent::follow_up(step, *agent);
        }
        seen.extend_from_slice(&touched);
        // Whoever may be served by more than before is among those who choose in their order.
        let mut serve = |woken: &mut Pool| queue::relax::settle(step) || woken.serve_next(step);
        if touched.is_empty() && !woken.as_mut().is_some_and(&mut serve) {
            break;
        }
    }
    seen.sort_unstable();
    seen.dedup();
    for agent in seen.iter() {
        agent::record_activity(step, *agent);
    }
}

/// Those for whom an offer may have become possible in this step. Whatever woke them, the request that
/// goes first in the order of service gets the first choice of agents.
#[derive(Default)]
struct Pool {
    /// Requests, the first one last.
    requests: SmallVec<[ServiceKey; 4]>,
    /// Agents, each with the request that it would get, as of so many offers made.
    agents: BinaryHeap<Reverse<(ServiceKey, AgentId, u32)>>,
    offers: u32,
}

impl Pool {
    /// Makes the next offer that has become possible. False if there is nothing left to try.
    fn serve_next(&mut self, step: &mut Step<'_>) -> bool {
        self.take_in(step);
        let first = self.requests.last().copied();
        match self.agents.peek().copied() {
            Some(Reverse((key, agent, offers))) if first.is_none_or(|first| key <= first) => {
                if offers != self.offers {
                    // Since then somebody else may have been given that request.
                    self.agents.pop();
                    self.add_agent(step.state(), agent);
                    return true;
                }
                // What waited before this step could not be served by whoever was free then.
                let sole = self.agents.len() == 1 && first != Some(key);
                self.serve(step, key.request, sole.then_some(agent));
            }
            _ => match self.requests.pop() {
                Some(key) => self.serve(step, key.request, None),
                None => return false,
            },
        }
        true
    }

    /// Makes the offer of a request: to the one agent there can be, else to the best of all.
    fn serve(&mut self, step: &mut Step<'_>, request: RequestId, sole: Option<AgentId>) {
        if queue::hours::left_behind(step, request) {
            self.offers += 1;
            return;
        }
        let state = step.state();
        let best = match sole {
            Some(agent) => Some((agent, sole_choice(state, request, agent))),
            None => best_agent(state, request),
        };
        match best {
            Some((agent, choice)) => {
                queue::offer::make(step, request, agent, choice);
                self.offers += 1;
            }
            None => self.drop_agents_of(request),
        }
    }

    /// An agent whose best request turned out to be for nobody would be asked for ever.
    fn drop_agents_of(&mut self, request: RequestId) {
        while self.agents.peek().is_some_and(|Reverse((key, ..))| key.request == request) {
            self.agents.pop();
        }
    }

    /// Takes in who was woken since the last time.
    fn take_in(&mut self, step: &mut Step<'_>) {
        let before = self.requests.len();
        while let Some(woken) = step.take_woken() {
            match woken {
                Woken::Request(request) => {
                    self.requests.extend(step.state().service_key(request));
                }
                Woken::Agent(agent) => self.add_agent(step.state(), agent),
            }
        }
        if self.requests.len() > before {
            self.requests.sort_unstable_by(|a, b| b.cmp(a));
            self.requests.dedup();
        }
    }

    fn add_agent(&mut self, state: &State, agent: AgentId) {
        if let Some(key) = best_request(state, agent) {
            self.agents.push(Reverse((key, agent, self.offers)));
        }
    }
}
