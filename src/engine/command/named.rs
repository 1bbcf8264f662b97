//! What a command names: found, and within what the actor may reach.

use crate::agent;
use crate::id::{AgentId, DispositionId, EngagementId, Key, OfferId, Origin, QueueId, ReasonId};
use crate::message::{Authority, EngagementRole, Phase, Rejection};
use crate::model::{Kind, WrapUp};
use crate::state::{Engagement, State, Step};
use crate::time::Timestamp;

use super::Judged;

/// What the id names; gone if it was there once.
pub(super) fn known<'s, T>(
    state: &State,
    found: Option<&'s T>,
    origin: Origin,
    field: &'static str,
) -> Result<&'s T, Rejection> {
    found.ok_or_else(|| Rejection::gone_or_unknown(state.was_made(origin), field))
}

pub(super) fn agent_id(
    state: &State,
    authority: &Authority,
    key: &Key,
) -> Result<AgentId, Rejection> {
    let id = state.config.agent_id(key).ok_or_else(|| Rejection::unknown("agent"))?;
    agent::may_act_for(state, authority, id)?;
    Ok(id)
}

/// A configured agent who is at work.
pub(super) fn signed_in(
    state: &State,
    authority: &Authority,
    key: &Key,
) -> Result<AgentId, Rejection> {
    let id = agent_id(state, authority, key)?;
    let present = state.agent(id).is_some_and(|row| row.session.is_some());
    present.then_some(id).ok_or_else(|| Rejection::wrong_state("agent", "signed out"))
}

/// An agent who is at work, also one who was removed and finishes.
pub(super) fn present(
    state: &State,
    authority: &Authority,
    key: &Key,
) -> Result<AgentId, Rejection> {
    let numbered = state.config.numbers.get(Kind::Agent, key.as_str()).map(AgentId);
    let finishing = |id: &AgentId| state.agent(*id).is_some_and(|row| row.session.is_some());
    match numbered.filter(finishing) {
        Some(id) => agent::may_act_for(state, authority, id).map(|()| id),
        None => signed_in(state, authority, key),
    }
}

pub(super) fn queue_id(state: &State, key: &Key) -> Result<QueueId, Rejection> {
    state.config.queue_id(key).ok_or_else(|| Rejection::unknown("queue"))
}

/// A time ahead, said by somebody's watch, in engine time.
pub(super) fn ahead(
    step: &Step<'_>,
    until: Option<Timestamp>,
    field: &'static str,
) -> Result<Option<Timestamp>, Rejection> {
    let until = until.map(|until| until - step.state().wall_offset);
    if until.is_some_and(|until| until <= step.at) {
        return Err(Rejection::invalid(field, "is not in the future"));
    }
    Ok(until)
}

pub(super) fn reason_id(
    state: &State,
    key: Option<&Key>,
    field: &'static str,
) -> Result<Option<ReasonId>, Rejection> {
    key.map(|key| state.config.reason_id(key).ok_or_else(|| Rejection::unknown(field))).transpose()
}

/// The offer is the actor's own, or the actor may act for its agent. A late answer to an old lease is
/// refused as stale.
pub(super) fn own_offer(state: &State, authority: &Authority, id: OfferId) -> Judged {
    let Some(offer) = state.offer(id) else {
        return Err(if state.was_made(id.origin()) {
            Rejection::stale("offer")
        } else {
            Rejection::unknown("offer")
        });
    };
    agent::may_act_for(state, authority, offer.agent)
}

pub(super) fn own<'s>(
    state: &'s State,
    authority: &Authority,
    id: EngagementId,
) -> Result<&'s Engagement, Rejection> {
    let engagement = known(state, state.engagement(id), id.origin(), "engagement")?;
    agent::may_act_for(state, authority, engagement.agent)?;
    Ok(engagement)
}

pub(super) fn handler(engagement: &Engagement) -> Judged {
    if engagement.role == EngagementRole::OtherWork {
        return Err(Rejection::wrong_state("engagement", "work without a customer"));
    }
    if engagement.role.observes() {
        return Err(Rejection::wrong_state("engagement", "one that only follows"));
    }
    Ok(())
}

/// The agent serves the customer, alone or with others.
pub(super) fn serves(engagement: &Engagement) -> Judged {
    if !agent::serves(engagement.role) {
        return Err(Rejection::wrong_state("engagement", "not one that serves the customer"));
    }
    Ok(())
}

pub(super) fn in_phase(engagement: &Engagement, phases: &[Phase]) -> Judged {
    if phases.contains(&engagement.phase) {
        return Ok(());
    }
    let phase = match engagement.phase {
        Phase::Previewing => "in preview",
        Phase::Dialing => "dialing",
        Phase::Connecting => "connecting",
        Phase::Active => "active",
        Phase::Held => "on hold",
        Phase::Suspended => "suspended",
        Phase::Parked => "parked",
        Phase::WrapUp => "in wrap-up",
    };
    Err(Rejection::wrong_state("engagement", phase))
}

pub(super) fn wrap_up<'s>(state: &'s State, engagement: &Engagement) -> Option<&'s WrapUp> {
    Some(&state.config.queue(engagement.queue?)?.wrap_up)
}

pub(super) fn disposition_id(
    state: &State,
    engagement: &Engagement,
    key: &Key,
) -> Result<DispositionId, Rejection> {
    let config = &state.config;
    let id = config.disposition_id(key).ok_or_else(|| Rejection::unknown("disposition"))?;
    // A queue that lists one has all that are below it in the tree.
    let tree = &config.center.dispositions;
    let line = std::iter::successors(Some(key), |key| tree.get(*key)?.parent.as_ref());
    let mut line = line.filter_map(|key| config.disposition_id(key));
    let allowed = engagement.queue.and_then(|queue| config.queue(queue)).is_none_or(|plan| {
        plan.dispositions.is_empty() || line.any(|id| plan.dispositions.contains(&id))
    });
    allowed
        .then_some(id)
        .ok_or_else(|| Rejection::invalid("disposition", "is not one of the queue's"))
}

/// A configured agent whom somebody else wants.
pub(super) fn somebody(
    state: &State,
    key: &Key,
    field: &'static str,
) -> Result<AgentId, Rejection> {
    let id = state.config.agent_id(key).filter(|id| state.config.agent(*id).is_some());
    id.ok_or_else(|| Rejection::unknown(field))
}
