//! The match: the longest idle agent who may serve a request, the request that is due first among all
//! that an agent may serve.
//!
//! Which signatures serve which queue is known beforehand (`state/signature.rs`), so both sides look at
//! heads of lines alone (`state/index.rs`): a decision costs as much as there are signatures or queues,
//! however many are idle or wait. What concerns one pair alone, exclusions and named agents, is looked
//! at in the order of the line until somebody fits.

use smallvec::SmallVec;

use crate::id::{AgentId, RequestId};
use crate::message::{Choice, Target};
use crate::model::Channel;
use crate::state::{Bits, IdleKey, Request, ServiceKey, State, capacity};
use crate::time::Timestamp;

/// How many runners-up a choice names.
const RUNNERS_UP: usize = 3;

/// The agent who should get the waiting request, if one is free.
pub(crate) fn best_agent(state: &State, id: RequestId) -> Option<(AgentId, Choice)> {
    let request = state.request(id)?;
    let held = !host_is_up(state, request) || state.is_stale(id);
    if !state.wants_agents(request) || held {
        return None;
    }
    match &request.target {
        Target::Agents(named) | Target::Preferred(named) => {
            return first_idle(state, request, named);
        }
        Target::Claim => return None,
        Target::Queue | Target::Requirement(_) => {}
    }
    let mut first: First<AgentId> = First::new();
    let tiers = state.config.classes.tiers(request.queue, state.in_force(request));
    for tier in tiers.into_iter().flatten() {
        first.extend(longest_idle(state, request, tier, RUNNERS_UP + 1 - first.len()));
    }
    let (chosen, runners_up) = first.split_first()?;
    Some((*chosen, choice(state, id, *chosen, runners_up.into())))
}

/// The first agents of the tier, by how long they have been idle, who may take the request.
fn longest_idle(state: &State, request: &Request, tier: &Bits, wanted: usize) -> First<AgentId> {
    let fits = |(_, agent): &IdleKey| may_take(state, request, *agent);
    let bit = 1 << request.channel.index();
    // Nobody stands before the head of a line: only the lines with the first heads matter.
    let mut heads: First<(IdleKey, _)> = First::new();
    state.index.idle.each(tier, |line| {
        let too_late = |(last, _): &(IdleKey, _)| heads.len() == wanted && *last <= line.head;
        if line.band & bit == 0 || heads.last().is_some_and(too_late) {
            return;
        }
        let head = if fits(&line.head) { Some(line.head) } else { line.keys().find(&fits) };
        if let Some(head) = head {
            keep_first(&mut heads, (head, line), wanted, |(head, _)| *head);
        }
    });
    let mut first: First<IdleKey> = First::new();
    for (_, line) in heads {
        for key in line.keys().filter(&fits) {
            if !keep_first(&mut first, key, wanted, |key| *key) {
                break;
            }
        }
    }
    first.into_iter().map(|(_, agent)| agent).collect()
}

/// The few that go first.
type First<T> = SmallVec<[T; RUNNERS_UP + 1]>;

/// Keeps the item in its order if it is one of the `most` first; whether it is.
fn keep_first<T, K: Ord>(
    first: &mut First<T>,
    item: T,
    most: usize,
    key: impl Fn(&T) -> K,
) -> bool {
    let place = first.iter().rposition(|other| key(other) <= key(&item)).map_or(0, |last| last + 1);
    if place == most {
        return false;
    }
    first.truncate(most - 1);
    first.insert(place, item);
    true
}

/// The longest idle of the agents who alone are wanted. What the queue asks of agents does not matter.
fn first_idle(state: &State, request: &Request, named: &[AgentId]) -> Option<(AgentId, Choice)> {
    let free = |agent: &AgentId| {
        let free = state.index.free(*agent)?;
        let fits = free.admits(request.channel) && may_take(state, request, *agent);
        fits.then_some((free.idle_since, *agent))
    };
    let (_, chosen) = named.iter().filter_map(free).min()?;
    Some((chosen, sole_choice(state, request.id, chosen)))
}

/// The place of the request that the free agent should get, if one waits.
pub(crate) fn best_request(state: &State, agent: AgentId) -> Option<ServiceKey> {
    let free = state.index.free(agent)?;
    let direct = state.index.direct(agent).find(|key| {
        state
            .request(key.request)
            .is_some_and(|request| free.admits(request.channel) && may_take(state, request, agent))
    });
    let classes = state.config.signatures.classes(free.signature)?;
    let mut best: Option<ServiceKey> = direct;
    state.index.waiting.each(classes, |line| {
        let channel: Channel = line.band;
        let at = |key| ServiceKey::new(channel, key);
        let later = |key: ServiceKey| best.is_some_and(|best| best <= key);
        if !free.admits(channel) || later(at(line.head)) {
            return;
        }
        let fits = |(_, id): &(_, RequestId)| {
            state.request(*id).is_some_and(|request| may_take(state, request, agent))
        };
        if let Some(first) = line.keys().find(fits).map(at).filter(|first| !later(*first)) {
            best = Some(first);
        }
    });
    best
}

/// Why an agent gets a request that nobody else was free for.
pub(crate) fn sole_choice(state: &State, request: RequestId, agent: AgentId) -> Choice {
    choice(state, request, agent, SmallVec::new())
}

fn choice(
    state: &State,
    request: RequestId,
    agent: AgentId,
    runners_up: SmallVec<[AgentId; 3]>,
) -> Choice {
    let steps = state.relaxing(request).map(|row| row.in_force).unwrap_or_default();
    Choice {
        plan: state.config.version,
        step: steps.last(),
        idle_since: state.agent(agent).map_or(state.at, |agent| agent.idle_since.at),
        considered: u32::try_from(runners_up.len() + 1).unwrap_or(u32::MAX),
        runners_up,
    }
}

fn may_take(state: &State, request: &Request, agent: AgentId) -> bool {
    !request.excludes(agent)
        && !state.rings_at(request, agent)
        && state.takes_from(agent, request.queue)
        && match &request.target {
            Target::Queue => true,
            Target::Agents(agents) | Target::Preferred(agents) => agents.contains(&agent),
            Target::Requirement(_) => has_levels(state, request, agent),
            Target::Claim => false,
        }
}

/// Whether the agent has the levels that the request asks for beside what its queue does.
fn has_levels(state: &State, request: &Request, agent: AgentId) -> bool {
    match &request.target {
        Target::Requirement(levels) => {
            levels.iter().all(|(skill, least)| state.config.level(agent, *skill) >= *least)
        }
        _ => true,
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
    ByHand,
    Replanning,
    /// It rings there already.
    Ringing,
    /// Missed an offer, and is spared until then.
    BackedOff(Timestamp),
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
            (Refusal::NotCapable, !capable(state, request, agent)),
            (
                Refusal::NotNamed,
                request.target.named().is_some_and(|named| !named.contains(&agent)),
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
            (Refusal::Ringing, state.rings_at(request, agent)),
            (
                Refusal::NoCapacity,
                !capacity::admits(&state.config, plan, &row.work, request.channel),
            ),
            (Refusal::BackedOff(row.back_off.unwrap_or_default()), row.back_off.is_some()),
            (Refusal::Excluded, request.excludes(agent)),
            (Refusal::HostAway, !host_is_up(state, request)),
            (Refusal::ByHand, request.target == Target::Claim),
            (Refusal::Replanning, state.is_stale(request.id)),
        ],
    };
    rules.into_iter().filter(|(_, holds)| *holds).map(|(refusal, _)| refusal)
}

/// Whether the agent has what is asked for. Whoever is wanted by name need not.
pub(crate) fn capable(state: &State, request: &Request, agent: AgentId) -> bool {
    let preferred = matches!(&request.target, Target::Preferred(named) if named.contains(&agent));
    request.is_direct()
        || preferred
        || state.config.admits(request.queue, state.in_force(request), agent)
            && has_levels(state, request, agent)
}
