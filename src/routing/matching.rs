//! The match in its plain form: walk the one side in its order until somebody fits.
//!
//! A request looks for the longest idle agent who may serve it; an agent looks for the request that is
//! due first among all queues it may serve. The interface is these two functions; the index behind
//! them may become as clever as it likes.

use smallvec::SmallVec;

use crate::id::{AgentId, RequestId, TeamId};
use crate::message::{Choice, Target};
use crate::state::{
    AgentPlan, Class, QueuePlan, Request, RequestState, ServiceKey, State, capacity,
};

/// How many idle agents after the chosen one are looked at for up to three runners-up.
const RUNNERS_UP_SEEN: usize = 8;

/// The agent who should get the waiting request, if one is free.
pub(crate) fn best_agent(state: &State, id: RequestId) -> Option<(AgentId, Choice)> {
    let request = state.request(id)?;
    if request.state != RequestState::Waiting || !host_is_up(state, request) {
        return None;
    }
    if let Target::Agents(named) = &request.target {
        return first_idle(state, request, named);
    }
    let queue = state.config.queue(request.queue)?;
    let fits = |(agent, channels): (AgentId, u16)| {
        let fits = channels & (1 << request.channel.index()) != 0
            && state.config.agent(agent).is_some_and(|plan| queue.admits(plan))
            && may_take(state, request, agent);
        fits.then_some(agent)
    };
    let mut idle = teams(queue).flat_map(|team| state.index.idle(team));
    let chosen = idle.find_map(fits)?;
    let runners_up = idle.take(RUNNERS_UP_SEEN).filter_map(fits).take(3).collect();
    Some((chosen, choice(state, chosen, runners_up)))
}

/// The longest idle of the agents who alone are wanted. What the queue asks of agents does not matter.
fn first_idle(state: &State, request: &Request, named: &[AgentId]) -> Option<(AgentId, Choice)> {
    let free = |agent: &AgentId| {
        let free = state.index.free(*agent)?;
        let fits = free.admits(request.channel) && may_take(state, request, *agent);
        fits.then_some((free.idle_since, *agent))
    };
    let (_, chosen) = named.iter().filter_map(free).min()?;
    Some((chosen, sole_choice(state, chosen)))
}

/// The place of the request that the free agent should get, if one waits.
pub(crate) fn best_request(state: &State, agent: AgentId) -> Option<ServiceKey> {
    let plan = state.config.agent(agent)?;
    let free = state.index.free(agent)?;
    let mut best = state.index.direct(agent).find(|key| {
        state
            .request(key.request)
            .is_some_and(|request| free.admits(request.channel) && may_take(state, request, agent))
    });
    for (class, head) in state.index.classes() {
        let Class { queue, channel } = class;
        let Some(queue) = state.config.queue(queue) else { continue };
        if !free.admits(channel) || best.is_some_and(|best| best <= head) || !queue.admits(plan) {
            continue;
        }
        let first = state.index.waiting(class).find(|key| {
            state.request(key.request).is_some_and(|request| may_take(state, request, agent))
        });
        if let Some(first) = first
            && best.is_none_or(|best| first < best)
        {
            best = Some(first);
        }
    }
    best
}

/// Why an agent gets a request that nobody else was free for.
pub(crate) fn sole_choice(state: &State, agent: AgentId) -> Choice {
    choice(state, agent, SmallVec::new())
}

fn choice(state: &State, agent: AgentId, runners_up: SmallVec<[AgentId; 3]>) -> Choice {
    Choice {
        plan: state.config.version,
        step: 0,
        idle_since: state.agent(agent).map_or(state.at, |agent| agent.idle_since.at),
        considered: u32::try_from(runners_up.len() + 1).unwrap_or(u32::MAX),
        runners_up,
    }
}

/// The teams to look through, one after the other; all agents at once where none are named.
fn teams(queue: &QueuePlan) -> impl Iterator<Item = Option<TeamId>> + '_ {
    let all = queue.teams.is_none().then_some(None);
    queue.teams.iter().flatten().map(|team| Some(*team)).chain(all)
}

fn may_take(state: &State, request: &Request, agent: AgentId) -> bool {
    !request.excludes(agent)
        && state.takes_from(agent, request.queue)
        && match &request.target {
            Target::Queue => true,
            Target::Agents(agents) => agents.contains(&agent),
            Target::Requirement(levels) => state.config.agent(agent).is_some_and(|plan| {
                levels.iter().all(|(skill, least)| plan.level(*skill) >= *least)
            }),
        }
}

fn host_is_up(state: &State, request: &Request) -> bool {
    state.interaction(request.interaction).is_some_and(|i| state.host_is_up(i.host))
}

/// Why an agent does not get a request, the first reason that holds.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) enum Refusal {
    NotConfigured,
    NotCapable,
    NotNamed,
    SignedOut,
    NotReady,
    Leaving,
    NotRoutable,
    Unreachable,
    NoCapacity,
    Excluded,
    HostAway,
}

/// The rule that keeps an agent from a request now; `None` if nothing does.
pub(crate) fn refusal(state: &State, request: &Request, agent: AgentId) -> Option<Refusal> {
    refusals(state, request, agent).next()
}

/// All rules that keep an agent from a request now. Reads the tables alone, so that it can stand beside
/// the index as its proof.
pub(crate) fn refusals(
    state: &State,
    request: &Request,
    agent: AgentId,
) -> impl Iterator<Item = Refusal> + use<> {
    let known = state.config.agent(agent).zip(state.agent(agent));
    let present = known.and_then(|(plan, row)| Some((plan, row, row.session.as_ref()?)));
    let rules = match (known, present) {
        (None, _) => vec![(Refusal::NotConfigured, true)],
        (_, None) => vec![(Refusal::SignedOut, true)],
        (_, Some((plan, row, session))) => vec![
            (Refusal::NotCapable, !capable(state, request, plan)),
            (
                Refusal::NotNamed,
                matches!(&request.target, Target::Agents(agents) if !agents.contains(&agent)),
            ),
            (Refusal::NotReady, row.presence != crate::message::Presence::Ready),
            (Refusal::Leaving, row.pending.is_some()),
            (
                Refusal::NotRoutable,
                !row.takes_channel(request.channel) || !state.takes_from(agent, request.queue),
            ),
            (
                Refusal::Unreachable,
                !state.is_reachable(session) || request.channel.has_media() && !session.has_media(),
            ),
            (
                Refusal::NoCapacity,
                !capacity::admits(&state.config, plan, &row.work, request.channel),
            ),
            (Refusal::Excluded, request.excludes(agent)),
            (Refusal::HostAway, !host_is_up(state, request)),
        ],
    };
    rules.into_iter().filter(|(_, holds)| *holds).map(|(refusal, _)| refusal)
}

/// Whether the agent has what the queue asks for. Whoever is wanted by name need not.
pub(crate) fn capable(state: &State, request: &Request, plan: &AgentPlan) -> bool {
    request.is_direct() || state.config.queue(request.queue).is_some_and(|queue| queue.admits(plan))
}
