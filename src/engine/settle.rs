//! The last act of every decision: whoever can be served now is served, what nobody serves any more is
//! ended, and the agents' timelines are brought up to date.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use smallvec::SmallVec;

use crate::id::{AgentId, RequestId};
use crate::model::AcrossQueues;
use crate::routing::{Turn, anybody, best_agent, best_request, sole_choice};
use crate::state::{ServiceKey, State, Step, Steps, Woken};
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

/// Makes the offers that have become possible, and does nothing else of what settles a step.
pub(super) fn serve(step: &mut Step<'_>) {
    follow_up(step, Some(Pool::default()), &mut SmallVec::new());
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
    requests: SmallVec<[Turn; 4]>,
    /// Agents, each with the request that it would get, as of so many offers made.
    agents: BinaryHeap<Reverse<(Turn, AgentId, u32)>>,
    offers: u32,
    /// Offers made when all turns were worked out last.
    weighed: u32,
}

impl Pool {
    /// Makes the next offer that has become possible. False if there is nothing left to try.
    fn serve_next(&mut self, step: &mut Step<'_>) -> bool {
        self.take_in(step);
        self.weigh_again(step);
        let first = self.requests.last().copied();
        match self.agents.peek().copied() {
            Some(Reverse((key, agent, offers))) if first.is_none_or(|first| key <= first) => {
                if offers != self.offers {
                    // Since then somebody else may have been given that request.
                    self.agents.pop();
                    self.add_agent(step, agent);
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

    /// Where queues are weighed by who waits, every offer changes all turns.
    fn weigh_again(&mut self, step: &Step<'_>) {
        let state = step.state();
        let by_count = state.config.center.across == AcrossQueues::QueueRatio;
        if !by_count || std::mem::replace(&mut self.weighed, self.offers) == self.offers {
            return;
        }
        let again = |turn: &Turn| state.service_key(turn.request);
        let before = std::mem::take(&mut self.requests);
        let turns = before.iter().filter_map(again).map(|key| Turn::of(state, step.at, key));
        self.add_requests(turns);
        let agents: Vec<AgentId> =
            self.agents.drain().map(|Reverse((_, agent, _))| agent).collect();
        for agent in agents {
            self.add_agent(step, agent);
        }
    }

    /// Makes the offer of a request: to the one agent there can be, else to the best of all.
    fn serve(&mut self, step: &mut Step<'_>, request: RequestId, sole: Option<AgentId>) {
        if queue::hours::left_behind(step, request) {
            self.offers += 1;
            return;
        }
        let state = step.state();
        let best = match sole {
            Some(agent) if !holds_back(state, request) => {
                sole_choice(state, step.at, request, agent, None).map(|choice| (agent, choice))
            }
            _ => best_agent(state, step.at, request),
        };
        match best {
            Some((agent, choice)) => {
                queue::offer::make(step, request, agent, choice);
                self.offers += 1;
            }
            None => self.drop_agents_of(request),
        }
        self.add_requests(next_held_back(step, request));
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
                    let key = step.state().service_key(request);
                    self.requests.extend(key.map(|key| Turn::of(step.state(), step.at, key)));
                }
                Woken::Agent(agent) => {
                    self.add_agent(step, agent);
                    self.requests.extend(first_held_back(step, agent));
                }
            }
        }
        self.put_in_order(before);
    }

    /// Takes in requests, each once, in their order.
    fn add_requests(&mut self, turns: impl IntoIterator<Item = Turn>) {
        let before = self.requests.len();
        self.requests.extend(turns);
        self.put_in_order(before);
    }

    /// There may be more requests than those first ones, which stand in their order.
    fn put_in_order(&mut self, before: usize) {
        if self.requests.len() > before {
            self.requests.sort_unstable_by(|a, b| b.cmp(a));
            self.requests.dedup();
        }
    }

    fn add_agent(&mut self, step: &Step<'_>, agent: AgentId) {
        if let Some(key) = best_request(step.state(), step.at, agent) {
            self.agents.push(Reverse((key, agent, self.offers)));
        }
    }
}

/// Whether the request's queue leaves agents to other queues: then one who becomes free may free another one.
fn holds_back(state: &State, request: RequestId) -> bool {
    let plan = state.request(request).and_then(|request| state.config.queue(request.queue));
    plan.is_some_and(|plan| !plan.reserves.is_empty())
}

/// The first requests of the queues that leave agents like this one to others: there is one more of them now.
fn first_held_back(step: &Step<'_>, agent: AgentId) -> impl Iterator<Item = Turn> {
    let state = step.state();
    let serves = move |queue| state.config.admits(queue, Steps::default(), agent);
    let reserving = state.config.reserving.iter().filter(move |(kept_for, _)| serves(**kept_for));
    let classes = reserving.flat_map(|(_, queues)| queues).flat_map(|queue| {
        state
            .config
            .classes
            .of_queue(*queue)
            .flat_map(|class| state.index.waiting.at(class as usize))
    });
    classes.map(|line| Turn::of(state, step.at, ServiceKey::new(line.band, line.head)))
}

/// The next in the line of a request that has had its turn, where its queue leaves agents to others: there may still be
/// more than these.
fn next_held_back(step: &Step<'_>, id: RequestId) -> Option<Turn> {
    let state = step.state();
    let request = state.request(id).filter(|_| holds_back(state, id))?;
    if request.target.named().is_some() || !anybody(state, request) {
        return None;
    }
    let class = state.config.classes.number(request.queue, state.in_force(request))?;
    let mut lines = state.index.waiting.at(class as usize);
    let line = lines.find(|line| line.band == request.band())?;
    let next = line.after(&(request.due_at, id))?;
    Some(Turn::of(state, step.at, ServiceKey::new(line.band, next)))
}
