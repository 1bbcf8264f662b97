//! Presence: what an agent says, and when it comes into force.

use super::session;
use crate::id::{AgentId, HostId, InteractionId, ReasonId, RequestId};
use crate::message::Phase;
use crate::message::{
    AgentEvent, Alert, EffectKind, Lane, PendingPresence, Presence, SignOutCause, StrikeKind,
};
use crate::model::{DEVICE_FAILURE, Kind, Misses, NO_ANSWER};
use crate::state::{AgentState, Engagement, Hold, State, Step, Strikes};
use crate::time::Duration;

/// Work that a pending presence waits for; parked work does not block it.
fn is_blocked(state: &State, agent: &AgentState) -> bool {
    agent.work.iter().any(|item| match item.hold {
        Hold::Offer(_) => true,
        Hold::Engagement(id) => state.engagement(id).is_some_and(is_unfinished),
    })
}

/// Whether the agent has something to finish.
pub(crate) fn is_at_work(state: &State, agent: AgentId) -> bool {
    state.agent(agent).is_some_and(|row| is_blocked(state, row))
}

fn is_unfinished(part: &Engagement) -> bool {
    part.phase != Phase::Parked && !part.role.observes()
}

/// The agent states a presence. Not ready during work waits until the work is done, and keeps new
/// offers away from now on.
pub(crate) fn set_presence(step: &mut Step<'_>, agent: AgentId, presence: Presence) {
    let state = step.state();
    let Some(row) = state.agent(agent) else { return };
    let blocked = is_blocked(state, row);
    let (had_pending, current) = (row.pending.is_some(), row.presence);
    match presence {
        Presence::NotReady(reason) if blocked => {
            let pending = Some(PendingPresence::NotReady(reason));
            pend(step, agent, pending);
        }
        _ => {
            if had_pending {
                step.emit(AgentEvent::PresencePending { agent, pending: None, until: None });
            }
            if presence != current {
                step.emit(AgentEvent::PresenceSet { agent, presence });
            }
            // Whoever says ready is there.
            if presence == Presence::Ready {
                back_off_over(step, agent);
            }
        }
    }
}

/// States what will be in force when the agent's work is done.
pub(super) fn pend(step: &mut Step<'_>, agent: AgentId, pending: Option<PendingPresence>) {
    let until = step.at + step.state().config.center.policies.drain_timeout;
    step.emit(AgentEvent::PresencePending { agent, pending, until: Some(until) });
}

/// Lets a pending presence come into force once nothing blocks it.
pub(super) fn settle_pending(step: &mut Step<'_>, agent: AgentId) {
    let state = step.state();
    let Some(row) = state.agent(agent) else { return };
    let Some(pending) = row.pending else { return };
    if is_blocked(state, row) {
        return;
    }
    step.emit(AgentEvent::PresencePending { agent, pending: None, until: None });
    match pending {
        PendingPresence::NotReady(reason) => {
            step.emit(AgentEvent::PresenceSet { agent, presence: Presence::NotReady(reason) });
        }
        PendingPresence::SignOut => {
            let removed = step.state().config.agent(agent).is_none();
            let missed =
                step.state().agent(agent).is_some_and(|row| missed_too_many(step.state(), row));
            let cause = match (removed, missed) {
                (true, _) => SignOutCause::Removed,
                (false, true) => SignOutCause::Missed,
                (false, false) => SignOutCause::Asked,
            };
            session::leave(step, agent, cause);
        }
    }
}

/// The drain took longer than allowed: the supervisor is told, live work goes on.
pub(crate) fn drain_overdue(step: &mut Step<'_>, agent: AgentId) {
    step.emit(AgentEvent::DrainOverdue { agent });
    alert(step, Alert::DrainOverdue(agent));
}

/// The agent has answered a customer who waits in another interaction too.
pub(crate) fn also_waiting(step: &mut Step<'_>, agent: AgentId, other: InteractionId) {
    alert(step, Alert::AlsoWaiting(agent, other));
}

/// The agent has answered a customer who was promised a call.
pub(crate) fn also_promised(step: &mut Step<'_>, agent: AgentId, promise: RequestId) {
    alert(step, Alert::AlsoPromised(agent, promise));
}

fn alert(step: &mut Step<'_>, about: Alert) {
    step.effect(HostId(0), Lane::None, step.at, EffectKind::Alert { about });
}

/// One more failure in a row, as far as the rule remembers them; how many those are.
pub(crate) fn strike(step: &mut Step<'_>, agent: AgentId, kind: StrikeKind) -> u8 {
    let Some(row) = step.state().agent(agent) else { return 0 };
    let [human, device] = row.strikes;
    let Strikes { count, last } = match kind {
        StrikeKind::NoAnswer => human,
        StrikeKind::Device => device,
    };
    let rule = rule(step.state(), kind);
    let forgotten = rule.forget_after.is_some_and(|span| last + span <= step.at);
    let count = if forgotten { 1 } else { count.saturating_add(1) };
    step.emit(AgentEvent::Struck { agent, kind, count });
    count
}

/// What follows on failures of the kind.
pub(crate) fn rule(state: &State, kind: StrikeKind) -> &Misses {
    let policies = &state.config.center.policies;
    match kind {
        StrikeKind::NoAnswer => &policies.no_answer,
        StrikeKind::Device => &policies.device_failure,
    }
}

/// Whether the agent has missed so many offers that the rule ends the session.
fn missed_too_many(state: &State, agent: &AgentState) -> bool {
    let kinds = [StrikeKind::NoAnswer, StrikeKind::Device].into_iter().zip(agent.strikes);
    let reached = |(kind, strikes): (StrikeKind, Strikes)| {
        rule(state, kind).sign_out_after.is_some_and(|most| strikes.count >= most)
    };
    kinds.into_iter().any(reached)
}

/// The agent is not ready, because of failures of the kind.
pub(crate) fn not_ready_for(step: &mut Step<'_>, agent: AgentId, kind: StrikeKind) {
    let reason = match kind {
        StrikeKind::NoAnswer => NO_ANSWER,
        StrikeKind::Device => DEVICE_FAILURE,
    };
    let reason = step.state().config.numbers.get(Kind::Reason, reason).map(ReasonId);
    step.emit(AgentEvent::PresenceSet { agent, presence: Presence::NotReady(reason) });
}

/// The agent is offered nothing for a while; what was said of that before holds where it is longer.
pub(crate) fn back_off(step: &mut Step<'_>, agent: AgentId, span: Duration) {
    let until = step.at + span;
    let before = step.state().agent(agent).and_then(|row| row.back_off);
    if before.is_none_or(|before| before < until) {
        step.emit(AgentEvent::BackedOff { agent, until });
    }
}

/// The agent may be offered something again.
pub(crate) fn back_off_over(step: &mut Step<'_>, agent: AgentId) {
    if step.state().agent(agent).is_some_and(|row| row.back_off.is_some()) {
        step.emit(AgentEvent::BackOffEnded { agent });
    }
}

/// A success forgives the failures in a row.
pub(crate) fn forgive(step: &mut Step<'_>, agent: AgentId) {
    let Some([human, device]) = step.state().agent(agent).map(|row| row.strikes) else { return };
    if human.count > 0 {
        step.emit(AgentEvent::Struck { agent, kind: StrikeKind::NoAnswer, count: 0 });
    }
    if device.count > 0 {
        step.emit(AgentEvent::Struck { agent, kind: StrikeKind::Device, count: 0 });
    }
    back_off_over(step, agent);
}
