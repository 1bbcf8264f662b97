//! Why an agent does not get a request.

use crate::id::AgentId;
use crate::message::Target;
use crate::model::Channel;
use crate::state::{AgentState, Request, Session, State, Steps, capacity};
use crate::time::Timestamp;

/// Whether nothing between the two stands against it.
pub(super) fn may_take(state: &State, request: &Request, agent: AgentId) -> bool {
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

pub(super) fn host_is_up(state: &State, request: &Request) -> bool {
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
    Reserved,
    /// It rings there already.
    Ringing,
    /// The customer is called first, and is not there yet.
    CustomerAway,
    /// Missed an offer, and is spared until then.
    BackedOff(Timestamp),
    /// Another system says who takes what.
    Elsewhere,
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
            (Refusal::CustomerAway, state.awaits_customer(request)),
            (Refusal::Reserved, is_kept_for_others(state, request, agent)),
            (Refusal::Elsewhere, is_matched_elsewhere(state, request)),
        ],
    };
    rules.into_iter().filter(|(_, holds)| *holds).map(|(refusal, _)| refusal)
}

/// Whether another system says who gets the request. Who is wanted by name has been chosen already.
pub(super) fn is_matched_elsewhere(state: &State, request: &Request) -> bool {
    state.config.matched_elsewhere && !matches!(request.target, Target::Agents(_))
}

/// Whether the agent is one of those who are kept for another queue, and not more than those are free.
fn is_kept_for_others(state: &State, request: &Request, agent: AgentId) -> bool {
    let Some(plan) = state.config.queue(request.queue) else { return false };
    let of_queue = matches!(request.target, Target::Queue | Target::Requirement(_));
    of_queue
        && plan.reserves.iter().any(|(queue, keep)| {
            let serves = |agent| {
                state.config.admits(*queue, Steps::default(), agent)
                    && state.takes_from(agent, *queue)
            };
            let free = |row: &&AgentState| serves(row.id) && is_free(state, row, request.channel);
            serves(agent) && state.agents.iter().filter(free).count() <= *keep as usize
        })
}

/// Whether the agent could be offered something on the channel.
pub(super) fn is_free(state: &State, row: &AgentState, channel: Channel) -> bool {
    let plan = state.config.agent(row.id);
    state.is_routable(row)
        && row.back_off.is_none()
        && row.takes_channel(channel)
        && (!channel.has_media() || row.session.as_ref().is_some_and(Session::has_media))
        && plan.is_some_and(|plan| capacity::admits(&state.config, plan, &row.work, channel))
}

/// Whether the agent has what is asked for. Whoever is wanted by name need not.
pub(crate) fn capable(state: &State, request: &Request, agent: AgentId) -> bool {
    let preferred = matches!(&request.target, Target::Preferred(named) if named.contains(&agent));
    request.is_direct()
        || preferred
        || state.config.admits(request.queue, state.in_force(request), agent)
            && has_levels(state, request, agent)
}
