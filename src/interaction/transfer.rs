//! Handing the customer on: to a queue, to an agent, outside; and back, when that fails.
//!
//! ```text
//!            ┌─▶ queue or agent: the transferor is free, the customer waits ──▶ completed
//!  started ──┤          │ time is up, turned away
//!            │          ▼
//!            │       failed ──▶ the transferor is wanted back ──▶ recalled
//!            │                          │ cannot, is gone
//!            │                          └──▶ the fallback queue: fell back
//!            └─▶ outside: the transferor stays until the host says ──▶ completed
//!                       │ refused, busy, no answer, time is up
//!                       └──▶ failed: customer and transferor are together as before
//! ```

use crate::id::{EffectId, EngagementId, InteractionId, LegId, QueueId};
use crate::message::{
    EffectKind, EndCause, FlowOutReason, Lane, Outcome, Party, Phase, RequestCause, Side,
    TransferEvent, TransferFailure, TransferKind, TransferResult,
};
use crate::queue::join::{self, Past, Wish};
use crate::state::{Engagement, Meeting, State, Step, Transfer};
use crate::time::Duration;
use crate::{agent, queue};

/// What an agent asks for who hands a customer on.
pub(crate) struct Order {
    pub(crate) to: Party,
    /// Waiting credit in addition.
    pub(crate) boost: Duration,
    /// The queue that takes the customer if all else fails.
    pub(crate) fallback: Option<QueueId>,
}

/// Begins to hand the customer on without asking.
pub(crate) fn begin(step: &mut Step<'_>, engagement: EngagementId, order: Order) {
    let Some(row) = step.state().engagement(engagement).cloned() else { return };
    let (Some(interaction), home) = (row.interaction, row.queue) else { return };
    match &order.to {
        Party::External(_) => outside(step, engagement, interaction, order),
        Party::Queue(queue) => {
            let wish = Wish::new(RequestCause::Transfer);
            let within = step.state().config.center.policies.queue_transfer_timeout;
            inside(step, engagement, interaction, (*queue, wish, within), order);
        }
        Party::Agent(agent) => {
            let Some(home) = home else { return };
            let wish = Wish::direct(RequestCause::Transfer, *agent);
            let within = step.state().config.center.policies.transfer_timeout;
            inside(step, engagement, interaction, (home, wish, within), order);
        }
        Party::Flow(_) => {}
    }
}

/// The customer waits for somebody else, at the place of the wait before, and the transferor is free.
fn inside(
    step: &mut Step<'_>,
    engagement: EngagementId,
    interaction: InteractionId,
    (queue, wish, within): (QueueId, Wish, Duration),
    order: Order,
) {
    let id = step.new_id();
    let state = step.state();
    let past = state.meeting_of(interaction).and_then(|meeting| meeting.served).map(Past::from);
    let home = state.engagement(engagement).and_then(|row| row.queue);
    let Order { to, boost, fallback } = order;
    let deadline = step.at + within;
    step.emit(TransferEvent::Started {
        engagement,
        interaction,
        kind: TransferKind::Blind,
        to,
        request: Some(id),
        op: None,
        boost,
        fallback: fallback.or(home),
        deadline,
    });
    let held = step.state().engagement(engagement).is_some_and(|row| row.phase == Phase::Held);
    if held {
        agent::release(step, interaction);
    }
    take_out(step, interaction);
    join::enter(step, id, interaction, queue, Wish { boost, ..wish.after(past) });
    agent::finish(step, engagement);
}

/// Takes the customer out of the bridge with the agent who leaves.
fn take_out(step: &mut Step<'_>, id: InteractionId) {
    let state = step.state();
    let Some((row, bridge)) =
        state.interaction(id).and_then(|row| Some((row, row.meeting()?.bridge?)))
    else {
        return;
    };
    let (host, leg) = (row.host, state.host_leg(row.leg));
    let by = step.op_deadline();
    step.effect(host, Lane::Interaction(id), by, EffectKind::Unbridge { bridge, leg });
}

/// The host sends the customer's far end elsewhere; the transferor stays until that has succeeded.
fn outside(
    step: &mut Step<'_>,
    engagement: EngagementId,
    interaction: InteractionId,
    order: Order,
) {
    let state = step.state();
    let Some(row) = state.interaction(interaction) else { return };
    let (host, leg) = (row.host, state.host_leg(row.leg));
    let bridge = row.meeting().and_then(|meeting| meeting.bridge);
    let deadline = step.at + state.config.center.policies.transfer_timeout;
    let Order { to: Party::External(to), boost, fallback } = order else { return };
    let kind =
        EffectKind::BlindTransfer { leg, to: to.clone(), headers: Vec::new(), fallback: bridge };
    let op = step.effect(host, Lane::Interaction(interaction), deadline, kind);
    step.emit(TransferEvent::Started {
        engagement,
        interaction,
        kind: TransferKind::Blind,
        to: Party::External(to),
        request: None,
        op: Some(op),
        boost,
        fallback,
        deadline,
    });
}

/// The transfer that the operation carries out.
pub(crate) fn of_op(state: &State, leg: LegId, op: EffectId) -> Option<(InteractionId, Transfer)> {
    let interaction = state.leg(leg)?.interaction;
    let transfer = state.meeting_of(interaction)?.transfer?;
    (transfer.op == Some(op)).then_some((interaction, transfer))
}

/// The host told how far a transfer is.
pub(crate) fn progressed(step: &mut Step<'_>, leg: LegId, op: EffectId, sip: u16) {
    if let Some((_, transfer)) = of_op(step.state(), leg, op) {
        step.emit(TransferEvent::Progressed { engagement: transfer.engagement, sip });
    }
}

/// Why a transfer failed, as its host says.
pub(super) const fn failure(result: TransferResult) -> TransferFailure {
    match result {
        TransferResult::Refused => TransferFailure::Refused,
        TransferResult::Busy => TransferFailure::Busy,
        TransferResult::NoAnswer => TransferFailure::NoAnswer,
        TransferResult::Completed | TransferResult::Failed => TransferFailure::Failed,
    }
}

/// The host told how a transfer outside ended. After a failure the customer is with the transferor
/// again, or with the fallback queue if that one has left.
pub(super) fn done(
    step: &mut Step<'_>,
    interaction: InteractionId,
    transfer: &Transfer,
    (result, sip): (TransferResult, u16),
) {
    let Transfer { engagement, fallback, .. } = *transfer;
    if result == TransferResult::Completed {
        step.emit(TransferEvent::Completed { interaction, engagement, to: None });
        super::end(step, interaction, Side::Agent, EndCause::default());
        return;
    }
    let reason = failure(result);
    step.emit(TransferEvent::Failed { interaction, engagement, reason, sip });
    super::refer::failed(step, engagement, sip);
    let state = step.state();
    if state.engagement(engagement).is_some_and(|row| row.phase != Phase::WrapUp) {
        return;
    }
    let past = state.meeting_of(interaction).and_then(|meeting| meeting.served).map(Past::from);
    if let Some(queue) = fallback {
        let request = step.new_id();
        step.emit(TransferEvent::FellBack { interaction, engagement, queue, request });
        let wish = Wish::new(RequestCause::Transfer).after(past);
        join::enter(step, request, interaction, queue, wish);
    }
    super::tidy_up(step, interaction, Side::Agent);
}

/// Nobody has answered in time: the request ends, and the transferor is wanted back.
pub(crate) fn timed_out(step: &mut Step<'_>, interaction: InteractionId) {
    if let Some(request) = step.state().interaction(interaction).and_then(|row| row.request) {
        let outcome = Outcome::FlowedOut { reason: FlowOutReason::MaxWait, to: None };
        queue::leave::end(step, request, outcome);
    }
    super::on_call::withdraw(step, interaction);
    failed(step, interaction, TransferFailure::TimedOut);
}

/// Nobody inside took the customer: the transferor is wanted back, then the fallback.
pub(crate) fn failed(step: &mut Step<'_>, interaction: InteractionId, reason: TransferFailure) {
    let state = step.state();
    let Some(meeting) = state.meeting_of(interaction) else { return };
    let Some(Transfer { engagement, agent, fallback, .. }) = meeting.transfer else { return };
    let past = meeting.served.map(Past::from);
    step.emit(TransferEvent::Failed { interaction, engagement, reason, sip: 0 });
    if let (Some(home), Some(agent)) = (fallback, agent) {
        let id = step.new_id();
        let wish = Wish::direct(RequestCause::Recall, agent).after(past);
        join::enter(step, id, interaction, home, wish);
    }
}

/// Whether others would be left with a customer who is handed on.
pub(crate) fn others_meet(state: &State, row: &Engagement) -> bool {
    let Some(interaction) = row.interaction.and_then(|id| state.interaction(id)) else {
        return false;
    };
    let works = |id: &EngagementId| {
        state.engagement(*id).is_some_and(|other| {
            other.id != row.id && other.phase != Phase::WrapUp && agent::serves(other.role)
        })
    };
    let asked = |meeting: &Meeting| {
        !meeting.guests.is_empty() || !meeting.asked.is_empty() || !meeting.outside.is_empty()
    };
    interaction.engagements.iter().any(works) || interaction.meeting().is_some_and(asked)
}
