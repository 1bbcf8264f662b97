//! Legs: what hosts report of them, and how they are hung up.

use super::{callback, conference, consult, dial, monitor, on_call, thread, transfer, voicemail};
use crate::agent;
use crate::id::{BridgeId, EffectId, EngagementId, ExternalRef, LegId, OfferId};
use crate::message::{
    AnsweredBy, CollectEnd, EffectEnd, EffectEvent, EffectKind, EndCause, EndKind, HostError,
    LegEvent, LegPurpose, MediaTarget, OfferEnd, Personal, Phase, Side, TransferFailure,
    TransferResult,
};
use crate::queue::{call_back, offer, outbound};
use crate::state::{Leg, LegState, OnDuty, State, Step};
use crate::time::Duration;

/// What a host says of an answer.
pub(crate) struct Answer {
    pub(crate) by: AnsweredBy,
    pub(crate) verdict_after: Option<Duration>,
    pub(crate) external: Option<ExternalRef>,
}

/// An outbound leg was answered: an agent who picks up takes the offer.
pub(crate) fn answered(step: &mut Step<'_>, id: LegId, answer: Answer) {
    let Some(leg) = step.state().leg(id).cloned() else { return };
    end_ops(step, &leg, |kind| matches!(kind, EffectKind::Originate { .. }));
    let Answer { by, verdict_after, external } = answer;
    step.emit(LegEvent::Answered { id, by, external, verdict_after });
    if let LegPurpose::Offer(offer, _) = leg.purpose
        && step.state().offer(offer).is_some_and(|offer| offer.accepted.is_none())
    {
        offer::accept(step, offer);
    }
    match leg.purpose {
        LegPurpose::External => outsider_answered(step, &leg, by),
        LegPurpose::Part(part, _) => {
            dial::agent_answered(step, part);
            monitor::answered(step, part);
        }
        LegPurpose::Customer if outbound::is_called_first(step.state(), leg.interaction) => {
            callback::came(step, leg.interaction, by);
        }
        LegPurpose::Customer => dial::customer_answered(step, leg.interaction),
        _ => {}
    }
}

/// The far end answered a leg that we are hanging up: what is behind the call in its lane may go on.
pub(crate) fn answered_too_late(step: &mut Step<'_>, id: LegId) {
    let Some(leg) = step.state().leg(id).cloned() else { return };
    end_ops(step, &leg, |kind| matches!(kind, EffectKind::Originate { .. }));
}

/// A leg is gone.
pub(crate) fn ended(step: &mut Step<'_>, id: LegId, by: Side, cause: EndCause) {
    let Some(leg) = step.state().leg(id).cloned() else { return };
    end_ops(step, &leg, |kind| {
        matches!(kind, EffectKind::Hangup { .. } | EffectKind::Reject { .. })
    });
    for op in step.state().leg(id).map(|leg| leg.ops.to_vec()).unwrap_or_default() {
        let joining = consult::joining(step.state(), id, op);
        step.emit(EffectEvent::Ended { id: op, end: EffectEnd::Moot });
        if let Some((interaction, asker)) = joining {
            consult::not_joined(step, interaction, asker, (TransferFailure::Failed, 0));
        }
    }
    step.emit(LegEvent::Ended { id, by, cause });
    if leg.state == LegState::Ending {
        return;
    }
    match leg.purpose {
        LegPurpose::Offer(offer, _) => agent_gone(step, &leg, offer, cause),
        LegPurpose::External => outsider_gone(step, &leg, by, cause.kind),
        LegPurpose::Part(part, _) => part_gone(step, &leg, part),
        LegPurpose::Customer | LegPurpose::Line(_) => {
            dial::customer_gone(step, leg.interaction, cause);
            super::end(step, leg.interaction, by, cause);
        }
    }
}

/// Somebody outside has answered: on call, asked by an agent, or wanted in a conference.
fn outsider_answered(step: &mut Step<'_>, leg: &Leg, by: AnsweredBy) {
    if !on_call::answered(step, leg.id, by) {
        consult::outsider_answered(step, leg.interaction, leg.id);
    }
}

/// Whoever of them it is, is among the others now.
fn outsider_joined(step: &mut Step<'_>, leg: &Leg, bridge: BridgeId) {
    if !on_call::joined(step, leg.id) {
        consult::outsider_joined(step, leg.interaction, leg.id, Some(bridge));
    }
}

/// Somebody outside has left, or was not reached.
fn outsider_gone(step: &mut Step<'_>, leg: &Leg, by: Side, cause: EndKind) {
    let interaction = leg.interaction;
    if on_call::gone(step, interaction, (leg.id, leg.state), cause) {
        return;
    }
    conference::guest_left(step, interaction, leg.id);
    super::tidy_up(step, interaction, by);
}

/// The agent's device rang in vain, refused, or went away during the call.
fn agent_gone(step: &mut Step<'_>, leg: &Leg, offer: OfferId, cause: EndCause) {
    if let Some(row) = step.state().offer(offer) {
        let end = match (row.accepted, cause.kind) {
            (None, EndKind::NoAnswer) => OfferEnd::Timeout,
            (None, EndKind::Declined) => OfferEnd::Rejected(None),
            _ => OfferEnd::SetupFailed,
        };
        offer::end(step, offer, end);
        return;
    }
    talker_gone(step, leg);
}

/// The leg of somebody who was offered nothing is gone: of one who follows, or who serves.
fn part_gone(step: &mut Step<'_>, leg: &Leg, part: EngagementId) {
    if !monitor::leg_gone(step, part) {
        talker_gone(step, leg);
    }
}

/// The agent's part in which the leg was used is over.
fn talker_gone(step: &mut Step<'_>, leg: &Leg) {
    let state = step.state();
    let engagement = state.interaction(leg.interaction).and_then(|row| {
        let with_leg =
            |id: &&EngagementId| state.engagement(**id).is_some_and(|e| e.leg == Some(leg.id));
        row.engagements.iter().find(with_leg).copied()
    });
    if let Some(engagement) = engagement {
        agent::finish(step, engagement);
    }
}

/// The far end of an agent's leg went on hold or came back: the agent holds the customer. A hold from
/// the desktop is ended there.
pub(crate) fn far_end_hold(step: &mut Step<'_>, id: LegId, held: bool) {
    let state = step.state();
    let Some(leg) = state.leg(id) else { return };
    let phases = if held { (Phase::Active, Phase::Held) } else { (Phase::Held, Phase::Active) };
    let engagement = state.interaction(leg.interaction).and_then(|row| {
        row.engagements
            .iter()
            .filter_map(|id| state.engagement(*id))
            .find(|e| e.leg == Some(leg.id) && e.phase == phases.0 && !e.desktop_hold)
            .map(|e| e.id)
    });
    step.emit(if held { LegEvent::Held { id } } else { LegEvent::Resumed { id } });
    if let Some(id) = engagement {
        step.emit(crate::message::EngagementEvent::PhaseChanged { id, phase: phases.1 });
    }
}

/// An operation without an event of its own ended.
pub(crate) fn op_ended(step: &mut Step<'_>, op: EffectId, end: EffectEnd) {
    let Some(effect) = step.state().effects.get(&op).cloned() else { return };
    let (done, gone) = (end == EffectEnd::Done, end == EffectEnd::Failed(HostError::LegGone));
    let refused = matches!(end, EffectEnd::Failed(_));
    let ended = end.clone();
    step.emit(EffectEvent::Ended { id: op, end });
    match effect.kind {
        EffectKind::Bridge { bridge, legs, .. } => {
            if let Some(leg) = legs.last().map(|leg| leg.leg) {
                bridged(step, bridge, leg, (done, gone));
            }
        }
        EffectKind::BlindTransfer { leg, .. }
        | EffectKind::CompleteConsult { leg, .. }
        | EffectKind::AttendedTransfer { a: leg, .. } => {
            let result = if done { TransferResult::Completed } else { TransferResult::Failed };
            transferred(step, (leg.leg, op), (result, 0));
        }
        // With a prompt or without.
        EffectKind::Play { target: MediaTarget::Leg(leg), .. } if !gone => {
            on_call::prompted(step, leg.leg);
        }
        EffectKind::TakeMessage { .. } => voicemail::not_left(step, &effect.lane, done),
        _ if done => {}
        EffectKind::SendMessage { message, .. } => thread::not_sent(step, message, ended),
        kind @ (EffectKind::Record { .. } | EffectKind::PauseRecord { .. }) => {
            super::recording::op_failed(step, &kind);
        }
        EffectKind::Collect { leg, .. } if !gone => {
            on_call::not_asked(step, leg.leg);
            call_back::not_asked(step, (leg.leg, op));
        }
        EffectKind::Redirect { leg, .. } => super::entry::not_sent_on(step, effect.host, leg),
        // What cannot be hung up is no longer there.
        EffectKind::Hangup { leg, .. } => vanished(step, leg.leg, gone),
        // Why it is gone its host is about to say; if not, it is asked for.
        EffectKind::Answer { leg } if gone => step.make_sure_it_ends(leg.leg),
        EffectKind::Originate { leg, .. } if gone => step.make_sure_it_ends(leg),
        EffectKind::Answer { leg } => not_taken_up(step, leg.leg),
        EffectKind::Originate { leg, .. } => not_called(step, leg, refused),
        // Who cannot be brought to where the others are hears nobody.
        EffectKind::Move { leg, .. } if refused && !gone => let_go(step, leg.leg),
        EffectKind::Monitor { leg, .. } if !gone => monitor::not_attached(step, leg.leg),
        _ => {}
    }
}

/// Two legs hear each other, or could not be joined; the second is the one who came.
fn bridged(step: &mut Step<'_>, bridge: BridgeId, id: LegId, (done, gone): (bool, bool)) {
    let Some(leg) = step.state().leg(id).cloned() else { return };
    if let Some(caller) = dial::caller_on(step.state(), &leg) {
        return dial::joined(step, caller, done);
    }
    let offer = connecting(step.state(), id);
    match (leg.purpose, offer) {
        // Somebody who is let go already joins nobody.
        (LegPurpose::External, _) if leg.state == LegState::Ending => {}
        (LegPurpose::External, _) if done => {
            outsider_joined(step, &leg, bridge);
        }
        (LegPurpose::Part(part, _), _) if !gone => monitor::joined(step, part, done),
        (_, Some((offer, engagement))) if done => offer::connected(step, offer, engagement),
        // Nothing else would end the wait of somebody who was invited.
        (LegPurpose::External, _) if !gone || conference::is_invited(step.state(), &leg) => {
            let_go(step, id);
        }
        // One of the two has left: its host is about to say which. Else time runs out.
        _ if gone => {}
        (_, Some((offer, _))) => offer::end(step, offer, OfferEnd::SetupFailed),
        (_, None) => {}
    }
}

/// The host told how a transfer ended.
pub(crate) fn transfer_ended(
    step: &mut Step<'_>,
    leg: LegId,
    op: EffectId,
    how: (TransferResult, u16),
) {
    let end = match how.0 {
        TransferResult::Completed => EffectEnd::Done,
        _ => EffectEnd::Failed(HostError::Rejected),
    };
    step.emit(EffectEvent::Ended { id: op, end });
    transferred(step, (leg, op), how);
}

/// A transfer that a host carries out has ended, also one that completes a consult.
fn transferred(step: &mut Step<'_>, (leg, op): (LegId, EffectId), how: (TransferResult, u16)) {
    let Some((interaction, transfer)) = transfer::of_op(step.state(), leg, op) else { return };
    let asker = transfer.engagement;
    let joins = consult::joining(step.state(), leg, op).is_some();
    let meeting = step.state().meeting_of(interaction);
    let consults = meeting.is_some_and(|m| m.consults.iter().any(|c| c.engagement == asker));
    match (consults, how.0) {
        // Whom the customer was to be joined with has left meanwhile.
        (false, result) if joins => {
            let reason = transfer::failure(result);
            consult::not_joined(step, interaction, asker, (reason, how.1));
        }
        (false, _) => return transfer::done(step, interaction, &transfer, how),
        (true, TransferResult::Completed) => consult::completed(step, interaction, asker),
        (true, result) => {
            let reason = transfer::failure(result);
            consult::not_completed(step, interaction, asker, (reason, how.1));
        }
    }
    // Somebody else who asked may have left meanwhile.
    super::tidy_up(step, interaction, Side::Agent);
}

/// The host told what was entered.
pub(crate) fn collected(
    step: &mut Step<'_>,
    op: EffectId,
    input: &Personal<String>,
    reason: CollectEnd,
) {
    let Some(effect) = step.state().effects.get(&op).cloned() else { return };
    step.emit(EffectEvent::Ended { id: op, end: EffectEnd::Done });
    if let EffectKind::Collect { leg, grammar, .. } = effect.kind {
        on_call::collected(step, leg.leg, (input, reason), grammar.as_ref());
        call_back::answered(step, (leg.leg, op), (input, reason));
    }
}

/// Lets somebody go who can be joined with nobody.
fn let_go(step: &mut Step<'_>, id: LegId) {
    let Some(leg) = step.state().leg(id).cloned() else { return };
    match leg.purpose {
        LegPurpose::Offer(..) => talker_gone(step, &leg),
        LegPurpose::Part(part, _) => part_gone(step, &leg, part),
        LegPurpose::External => {
            step.hang_up(id);
            outsider_gone(step, &leg, Side::Engine, EndKind::Failed);
        }
        LegPurpose::Customer | LegPurpose::Line(_) => {}
    }
}

/// The host could not hang the leg up, or was not heard of: it is forgotten.
fn vanished(step: &mut Step<'_>, id: LegId, gone: bool) {
    let asked = step.state().leg(id).is_some_and(|leg| leg.state == LegState::Ending);
    let kind = match (asked, gone) {
        (true, true) => EndKind::Normal,
        (true, false) => EndKind::Failed,
        (false, _) => EndKind::Lost,
    };
    ended(step, id, Side::Network, kind.into());
}

/// The customer's call could not be taken up, or nothing was heard of it.
fn not_taken_up(step: &mut Step<'_>, id: LegId) {
    let state = step.state();
    let Some(row) = state.leg(id).and_then(|leg| state.interaction(leg.interaction)) else {
        return;
    };
    let talks =
        |id: &EngagementId| state.engagement(*id).is_some_and(|e| e.phase != Phase::Connecting);
    // Whoever was bridged has been taken up.
    let on_duty = row.meeting().map(|meeting| meeting.on_duty);
    if row.engagements.iter().any(talks) || matches!(on_duty, Some(OnDuty::Has(..))) {
        return;
    }
    let interaction = row.id;
    super::end(step, interaction, Side::Network, EndKind::Failed.into());
}

/// A call of ours came to nothing: refused by the host, or never heard of, in which case there may be
/// somebody on the line.
fn not_called(step: &mut Step<'_>, id: LegId, refused: bool) {
    let Some(leg) = step.state().leg(id).cloned() else { return };
    match leg.purpose {
        _ if refused => ended(step, id, Side::Network, EndKind::Failed.into()),
        LegPurpose::Offer(offer, _) if leg.state == LegState::Ringing => {
            offer::end(step, offer, OfferEnd::SetupFailed);
        }
        LegPurpose::Customer => dial::customer_not_called(step, leg.interaction),
        LegPurpose::Part(part, _) => part_gone(step, &leg, part),
        _ => step.hang_up(id),
    }
}

/// An operation was not heard of again.
pub(crate) fn op_timed_out(step: &mut Step<'_>, op: EffectId) {
    op_ended(step, op, EffectEnd::TimedOut);
}

/// An operation was refused by its host.
pub(crate) fn op_refused(step: &mut Step<'_>, op: EffectId) {
    op_ended(step, op, EffectEnd::Failed(HostError::Rejected));
}

/// The offer that waits for the agent's leg to be bridged.
fn connecting(state: &State, leg: LegId) -> Option<(OfferId, EngagementId)> {
    let LegPurpose::Offer(offer, _) = state.leg(leg)?.purpose else { return None };
    Some((offer, state.offer(offer)?.accepted?.engagement))
}

/// Ends the leg's open operations of a kind as done.
fn end_ops(step: &mut Step<'_>, leg: &Leg, of_kind: impl Fn(&EffectKind) -> bool) {
    for op in &leg.ops {
        if step.state().effects.get(op).is_some_and(|effect| of_kind(&effect.kind)) {
            step.emit(EffectEvent::Ended { id: *op, end: EffectEnd::Done });
        }
    }
}

/// Whether the engine tells the leg's host what to do with it.
pub(crate) fn is_controlled(state: &State, leg: &Leg) -> bool {
    state.controls_media(leg.host)
}
