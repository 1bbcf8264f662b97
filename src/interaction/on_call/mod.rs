//! Somebody on call is sought for a customer whose queue is closed.
//!
//! ```text
//!              ┌──────────── no answer · busy · declined · a machine · no key ◀───────────┐
//!              ▼                                                                          │
//!  started ──▶ next on duty ──▶ the phone rings ──▶ answered: prompt and key ──▶ joining ─┴─▶ talks
//!              │ nobody left: next level, next round                                          with the customer
//!              ▼
//!          last resort: a queue · a number outside, called like anybody on duty · disconnected
//! ```
//!
//! Whoever is called is a party from outside, agents too: it takes no capacity, and nobody is set not
//! ready for it. The configuration is read at every turn: a rota that is changed goes on as it is then, one
//! that is removed is over, and the customer takes the overflow of the queue.

mod attempt;

pub(super) use attempt::{answered, collected, gone, hears_music_of, joined, not_asked, prompted};

use crate::id::{InteractionId, QueueId, RequestId};
use crate::message::{OnCallEnd, OnCallEvent, Party, Side};
use crate::queue::join;
use crate::state::{DutyPlan, LastResortPlan, LegState, OnCall, OnDuty, OverflowTo, State, Step};
use crate::time::{Duration, Timestamp};

/// What a rota does next.
enum Next {
    Call {
        to: Party,
        ring: Duration,
        accept: Option<Duration>,
    },
    Escalate {
        level: u8,
        round: u32,
    },
    LastResort(LastResortPlan),
    /// The last resort was in vain too.
    GiveUp,
}

/// Goes on seeking somebody for the customer of an interaction, where that is not under way. Whether the
/// customer is left to somebody: is being sought for, is with somebody on call, or waits again.
pub(super) fn goes_on(step: &mut Step<'_>, id: InteractionId) -> bool {
    loop {
        let state = step.state();
        let Some(row) = state.on_call_for(id) else { break };
        if row.call.is_some() {
            return true;
        }
        let request = row.request.id;
        match next(state, row, step.at) {
            Next::Call { to, ring, accept } => attempt::call(step, id, (to, ring, accept)),
            Next::Escalate { level, round } => {
                step.emit(OnCallEvent::Escalated { request, level, round });
            }
            Next::LastResort(resort) => last_resort(step, request, &resort),
            Next::GiveUp => step.emit(OnCallEvent::Ended { request, attempt: None }),
        }
    }
    let state = step.state();
    let talks = |leg| state.leg(leg).is_some_and(|leg| leg.state != LegState::Ending);
    match state.meeting_of(id).map(|meeting| meeting.on_duty) {
        Some(OnDuty::Has(leg, _)) => talks(leg),
        Some(OnDuty::InVain) => state.interaction(id).is_some_and(|row| row.request.is_some()),
        _ => false,
    }
}

fn next(state: &State, row: &OnCall, at: Timestamp) -> Next {
    let rota = state.config.rota(&row.rota);
    if let Some(to) = &row.last_resort {
        let ring = rota.map_or(state.config.center.policies.dial_timeout, |r| r.ring_timeout);
        let called = row.asked.contains(to);
        let to = to.clone();
        return if called { Next::GiveUp } else { Next::Call { to, ring, accept: None } };
    }
    let Some(rota) = rota else {
        let overflow = state.config.queue(row.request.queue).map(|plan| plan.overflow);
        return Next::LastResort(match overflow {
            Some(OverflowTo::Queue(queue)) => LastResortPlan::Queue(queue),
            // Which sends the caller on by its rule.
            Some(OverflowTo::CallBack) => LastResortPlan::Queue(row.request.queue),
            Some(OverflowTo::HangUp) | None => LastResortPlan::HangUp,
        });
    };
    let wall = at + state.wall_offset;
    let level = rota.levels.get(usize::from(row.level).saturating_sub(1));
    let transfer = state.meeting_of(row.request.interaction).and_then(|meeting| meeting.transfer);
    // Whoever hands a customer on is not the one to get the customer.
    let transferor = transfer.and_then(|transfer| transfer.agent).map(Party::Agent);
    let has_turn = |duty: &&DutyPlan| {
        let asked = row.asked.contains(&duty.who) || transferor.as_ref() == Some(&duty.who);
        duty.is_on(wall) && !asked
    };
    if let Some(duty) = level.into_iter().flatten().find(has_turn) {
        let asks = rota.accept_key.is_some() || rota.prompt.is_some();
        let accept = asks.then_some(rota.accept_timeout);
        return Next::Call { to: duty.who.clone(), ring: rota.ring_timeout, accept };
    }
    if usize::from(row.level) < rota.levels.len() {
        return Next::Escalate { level: row.level + 1, round: row.round };
    }
    // After a round in which nobody could be called another one is no use.
    if row.round < rota.rounds && row.rang {
        return Next::Escalate { level: 1, round: row.round + 1 };
    }
    Next::LastResort(rota.last_resort.clone())
}

/// Nobody has accepted: what the rota says for that.
fn last_resort(step: &mut Step<'_>, request: RequestId, resort: &LastResortPlan) {
    let to = match resort {
        LastResortPlan::HangUp => None,
        LastResortPlan::Queue(queue) => Some(Party::Queue(*queue)),
        LastResortPlan::External(number) => Some(Party::External(number.clone())),
    };
    step.emit(OnCallEvent::LastResort { request, to });
    match resort {
        // Called in its turn.
        LastResortPlan::External(_) => {}
        LastResortPlan::HangUp => step.emit(OnCallEvent::Ended { request, attempt: None }),
        LastResortPlan::Queue(queue) => on_to_queue(step, request, *queue),
    }
}

fn on_to_queue(step: &mut Step<'_>, request: RequestId, queue: QueueId) {
    let handed = step.state().on_calls.get(&request).map(|row| row.request.clone());
    step.emit(OnCallEvent::Ended { request, attempt: None });
    if let Some(handed) = handed {
        join::goes_back(step, &handed, queue);
    }
}

/// Nobody has accepted in time, or could be joined.
pub(crate) fn timed_out(step: &mut Step<'_>, request: RequestId) {
    if let Some(end) = attempt::in_vain(step.state(), request) {
        ended(step, request, end);
    }
}

/// The attempt was in vain: whoever was called is let go, and the next one is called.
fn ended(step: &mut Step<'_>, request: RequestId, end: OnCallEnd) {
    let Some(row) = step.state().on_calls.get(&request) else { return };
    let interaction = row.request.interaction;
    if row.call.is_some_and(|call| call.joining.is_some()) {
        attempt::music(step, request, true);
    }
    attempt::end_attempt(step, request, end);
    super::tidy_up(step, interaction, Side::Engine);
}

/// The customer has gone, or is let go.
pub(super) fn customer_gone(step: &mut Step<'_>, interaction: InteractionId) {
    let row = step.state().on_call_for(interaction);
    if let Some(request) = row.map(|row| row.request.id) {
        attempt::end_attempt(step, request, OnCallEnd::CustomerGone);
        step.emit(OnCallEvent::Ended { request, attempt: None });
    }
}

/// Nobody is sought any more: whoever handed the customer on is wanted back.
pub(super) fn withdraw(step: &mut Step<'_>, interaction: InteractionId) {
    let state = step.state();
    let Some(request) = state.on_call_for(interaction).map(|row| row.request.id) else { return };
    if let Some(end) = attempt::in_vain(state, request) {
        attempt::end_attempt(step, request, end);
    }
    step.emit(OnCallEvent::Ended { request, attempt: None });
}
