//! Host reports: which leg or operation is meant, and which decision it leads to.

use crate::id::{EffectId, ExternalRef, HostId, LegId, RecordingId};
use crate::interaction::thread::{self, Written};
use crate::interaction::voicemail::Place;
use crate::interaction::{entry, hosts, legs, recording, refer, transfer, voicemail};
use crate::message::{
    Effect, EffectEnd, EffectKind, EndKind, EndedBy, HeldBy, HostEvent, HostLeg, LeftIn,
    LeftMessage, LegPurpose, LegRef, LiveLeg, Mailbox, MediaEnd, Rejection, RejectionReason, Side,
};
use crate::model::Channel;
use crate::state::{LegState, State, Step, leg_of};
use crate::time::Timestamp;

/// Decides what the report leads to; nothing, where it tells nothing new.
pub(super) fn decide(step: &mut Step<'_>, host: HostId, event: HostEvent) -> Result<(), Rejection> {
    if let Some(name) = event.not_yet() {
        return Err(Rejection::not_yet(name));
    }
    match event {
        HostEvent::Offered(arrival) => {
            if step.state().leg_named(host, &arrival.leg).is_some() {
                return Err(Rejection::wrong_state("event.leg", "known already"));
            }
            if !arrival.channel.is_live() {
                return Err(Rejection::not_yet("offered on a written channel"));
            }
            let most = step.state().config.center.limits.pending_effects;
            if step.state().effects.len() >= most as usize {
                return Err(Rejection::limit("pending_effects"));
            }
            entry::offered(step, host, *arrival);
        }
        HostEvent::Answered { leg, by, verdict_after, external } => {
            answered(step, host, &leg, legs::Answer { by, verdict_after, external })?;
        }
        HostEvent::Ended { leg, cause, by } => {
            if let Some(op) = turned_away(step.state(), host, &leg) {
                legs::op_ended(step, op, EffectEnd::Done);
                return Ok(());
            }
            let id = find(step.state(), host, &leg)?;
            let by = side(step.state(), id, by, cause.kind);
            legs::ended(step, id, by, cause);
        }
        HostEvent::Held { leg, by } => held(step, host, &leg, (by, true))?,
        HostEvent::Resumed { leg, by } => held(step, host, &leg, (by, false))?,
        HostEvent::OpDone { op } => op_ended(step, op, EffectEnd::Done)?,
        HostEvent::OpFailed { op, error } => op_ended(step, op, EffectEnd::Failed(error))?,
        HostEvent::MediaDone { op, reason } => op_ended(step, op, played(reason))?,
        HostEvent::CollectDone { op, input, reason } => {
            collects(step.state(), host, op)?;
            legs::collected(step, op, &input, reason);
        }
        HostEvent::MessageReceived { .. }
        | HostEvent::MessageUpdated { .. }
        | HostEvent::VoicemailLeft(_) => of_thread(step, host, event)?,
        HostEvent::ReferRequested { leg, to, replaces } => {
            let id = find(step.state(), host, &leg)?;
            let state = step.state();
            let replaces = replaces.map(|leg| find(state, host, &leg)).transpose()?;
            refer::requested(step, id, to, replaces);
        }
        HostEvent::TransferProgress { .. } | HostEvent::TransferDone { .. } => {
            of_transfer(step, &event)?;
        }
        HostEvent::RecordingDone { op, reference, duration, .. } => {
            let id = recording_of(step.state(), host, op)?;
            recording::done(step, op, id, recording::Done { reference, duration });
        }
        HostEvent::RecordingFailed { op, error } => {
            let id = recording_of(step.state(), host, op)?;
            recording::failed(step, op, id, error);
        }
        HostEvent::HostLost { reason } if step.state().host_is_up(host) => {
            hosts::lost(step, host, reason);
        }
        HostEvent::HostResync { generation, legs } => resynced(step, host, generation, &legs)?,
        // What these tell changes nothing that the engine decides.
        _ => {}
    }
    Ok(())
}

fn played(end: MediaEnd) -> EffectEnd {
    match end {
        MediaEnd::Failed(error) => EffectEnd::Failed(error),
        _ => EffectEnd::Done,
    }
}

fn resynced(
    step: &mut Step<'_>,
    host: HostId,
    generation: u64,
    legs: &[LiveLeg],
) -> Result<(), Rejection> {
    let known = step.state().host(host).map_or(0, |row| row.generation);
    if generation <= known {
        return Err(Rejection::stale("event.generation"));
    }
    hosts::resynced(step, host, generation, legs);
    Ok(())
}

/// The operation that ends a leg which was never taken in, or is no longer known: a caller who was
/// refused, a stranger.
fn turned_away(state: &State, host: HostId, leg: &LegRef) -> Option<EffectId> {
    if find(state, host, leg).is_ok() {
        return None;
    }
    let named = |named: &HostLeg| match leg {
        LegRef::Ours(id) => named.leg == *id,
        LegRef::External(external) => named.external.as_ref() == Some(external),
    };
    let ends = |effect: &&Effect| match &effect.kind {
        EffectKind::Reject { leg, .. }
        | EffectKind::Hangup { leg, .. }
        | EffectKind::Redirect { leg, .. } => effect.host == host && named(leg),
        _ => false,
    };
    state.effects.values().map(AsRef::as_ref).find(ends).map(|effect| effect.id)
}

/// Who ended the leg: as the host says, and only where it cannot tell, by what the leg is for.
fn side(state: &State, leg: LegId, by: EndedBy, cause: EndKind) -> Side {
    let row = state.leg(leg);
    let internal =
        row.and_then(|row| state.interaction(row.interaction)).is_some_and(|i| i.internal);
    match by {
        EndedBy::Caller if internal => Side::Agent,
        EndedBy::Caller => Side::Customer,
        EndedBy::Agent => Side::Agent,
        EndedBy::Us => Side::Engine,
        EndedBy::Network => Side::Network,
        EndedBy::Unknown if cause == EndKind::Lost => Side::Network,
        EndedBy::Unknown if internal => Side::Agent,
        EndedBy::Unknown => match row.map(|leg| leg.purpose) {
            Some(LegPurpose::Offer(..) | LegPurpose::Line(_) | LegPurpose::Part(..)) => Side::Agent,
            // Somebody on call serves in place of an agent.
            Some(LegPurpose::External) if state.is_on_duty(leg) => Side::Agent,
            _ => Side::Customer,
        },
    }
}

/// A leg went on hold or came back; the echo of what we asked for changes nothing.
fn held(
    step: &mut Step<'_>,
    host: HostId,
    leg: &LegRef,
    (by, held): (HeldBy, bool),
) -> Result<(), Rejection> {
    let id = find(step.state(), host, leg)?;
    if by == HeldBy::FarEnd {
        legs::far_end_hold(step, id, held);
    }
    Ok(())
}

fn answered(
    step: &mut Step<'_>,
    host: HostId,
    leg: &LegRef,
    answer: legs::Answer,
) -> Result<(), Rejection> {
    let id = find(step.state(), host, leg)?;
    match step.state().leg(id).map(|leg| leg.state) {
        Some(LegState::Ringing) => {}
        Some(LegState::Ending) => {
            legs::answered_too_late(step, id);
            return Ok(());
        }
        _ => return Ok(()),
    }
    if let Some(external) = &answer.external
        && step.state().leg_named(host, external).is_some()
    {
        return Err(Rejection::wrong_state("event.external", "the name of another leg"));
    }
    legs::answered(step, id, answer);
    Ok(())
}

/// What is reported of a written channel.
fn of_thread(step: &mut Step<'_>, host: HostId, event: HostEvent) -> Result<(), Rejection> {
    match event {
        HostEvent::MessageReceived {
            thread,
            message,
            channel,
            to,
            from,
            subject,
            text,
            in_reply_to,
            attachments,
        } => {
            if channel.has_media() || channel == Channel::Voicemail {
                return Err(Rejection::invalid("event.channel", "is no written channel"));
            }
            let written = Written {
                thread,
                message,
                channel,
                to,
                from,
                subject,
                text,
                in_reply_to,
                attachments,
            };
            thread::received(step, host, written);
        }
        HostEvent::MessageUpdated { message, external, state } => {
            let interaction = step.state().thread_of(message);
            let Some(interaction) = interaction else {
                let made = step.state().was_made(message.origin());
                let reason = if made { RejectionReason::Gone } else { RejectionReason::Unknown };
                return Err(Rejection::new(reason, "event.message"));
            };
            thread::updated(step, interaction, message, (external, state));
        }
        HostEvent::VoicemailLeft(left) => {
            if step.state().leg_named(host, &left.message).is_some() {
                return Err(Rejection::wrong_state("event.message", "known already"));
            }
            voicemail_left(step, host, *left)?;
        }
        _ => {}
    }
    Ok(())
}

/// A voice message was left, in a mailbox that there is.
fn voicemail_left(step: &mut Step<'_>, host: HostId, left: LeftMessage) -> Result<(), Rejection> {
    let state = step.state();
    let place =
        match &left.to {
            LeftIn::Address(_) => Place::Entry,
            LeftIn::Queue(key) => {
                let queue = state.config.queue_id(key);
                let queue = queue.ok_or_else(|| Rejection::unknown("event.to.queue"))?;
                Place::Mailbox(Mailbox::Queue(queue))
            }
            LeftIn::Agent(key) => {
                let agent = state.config.agent_id(key);
                let agent = agent.ok_or_else(|| Rejection::unknown("event.to.agent"))?;
                Place::Mailbox(Mailbox::Agent(agent))
            }
            LeftIn::Op(op) => match taking(state, *op)? {
                Effect {
                    host: of, kind: EffectKind::TakeMessage { mailbox, .. }, lane, ..
                } if *of == host => Place::Caller(*op, *lane, *mailbox),
                _ => return Err(Rejection::invalid("event.to.op", "takes no message of the host")),
            },
        };
    voicemail::left(step, host, left, place);
    Ok(())
}

fn taking(state: &State, op: EffectId) -> Result<&Effect, Rejection> {
    pending(state, op).map_err(|rejection| Rejection::new(rejection.reason, "event.to.op"))
}

/// What is reported of a transfer that a host carries out.
fn of_transfer(step: &mut Step<'_>, event: &HostEvent) -> Result<(), Rejection> {
    match *event {
        HostEvent::TransferProgress { op, sip } => {
            let leg = transfer_leg(step.state(), op)?;
            transfer::progressed(step, leg, op, sip);
        }
        HostEvent::TransferDone { op, result, sip } => {
            let leg = transfer_leg(step.state(), op)?;
            legs::transfer_ended(step, leg, op, (result, sip));
        }
        _ => {}
    }
    Ok(())
}

/// The leg that a running transfer sends on.
fn transfer_leg(state: &State, op: EffectId) -> Result<LegId, Rejection> {
    match pending(state, op)?.kind {
        EffectKind::BlindTransfer { ref leg, .. }
        | EffectKind::CompleteConsult { ref leg, .. }
        | EffectKind::AttendedTransfer { a: ref leg, .. } => Ok(leg.leg),
        _ => Err(Rejection::wrong_state("event.op", "no transfer")),
    }
}

/// What the operation of the host records.
fn recording_of(state: &State, host: HostId, op: EffectId) -> Result<RecordingId, Rejection> {
    match pending(state, op)? {
        Effect { host: of, kind: EffectKind::Record { recording, .. }, .. } if *of == host => {
            Ok(*recording)
        }
        _ => Err(Rejection::invalid("event.op", "is no recording of the host")),
    }
}

/// Whether the operation is one of the host that collects what is entered.
fn collects(state: &State, host: HostId, op: EffectId) -> Result<(), Rejection> {
    match pending(state, op)? {
        Effect { host: of, kind: EffectKind::Collect { .. }, .. } if *of == host => Ok(()),
        _ => Err(Rejection::invalid("event.op", "is no collection of the host")),
    }
}

fn pending(state: &State, op: EffectId) -> Result<&Effect, Rejection> {
    let found = state.effects.get(&op).map(AsRef::as_ref);
    found.ok_or_else(|| Rejection::gone_or_unknown(state.was_made(op.origin()), "event.op"))
}

fn op_ended(step: &mut Step<'_>, op: EffectId, end: EffectEnd) -> Result<(), Rejection> {
    let state = step.state();
    let effect = pending(state, op)?;
    // These end with their leg, or with its answer; "done" alone says nothing yet.
    let by_leg = match &effect.kind {
        EffectKind::Originate { leg, .. } => state.leg(*leg).is_some(),
        EffectKind::Hangup { leg, .. } => state.leg(leg.leg).is_some(),
        // Where it lies, or what was entered, its own event says.
        EffectKind::Record { .. } | EffectKind::Collect { .. } => true,
        _ => false,
    };
    if !(by_leg && end == EffectEnd::Done) {
        crate::interaction::legs::op_ended(step, op, end);
    }
    Ok(())
}

fn find(state: &State, host: HostId, leg: &LegRef) -> Result<LegId, Rejection> {
    match leg {
        LegRef::Ours(id) => ours(state, host, *id),
        LegRef::External(external) => by_name(state, host, external),
    }
}

fn ours(state: &State, host: HostId, id: LegId) -> Result<LegId, Rejection> {
    match state.leg(id) {
        Some(leg) if leg.host == host => Ok(id),
        None if state.was_made(id.origin()) => {
            Err(Rejection::new(RejectionReason::Gone, "event.leg"))
        }
        _ => Err(Rejection::unknown("event.leg")),
    }
}

fn by_name(state: &State, host: HostId, external: &ExternalRef) -> Result<LegId, Rejection> {
    state.leg_named(host, external).ok_or_else(|| Rejection::unknown("event.leg"))
}

/// The time at which the reported fact happened: not after now, not before earlier facts of the same
/// interaction; an arrival not longer ago than the center's bound for a jump of the clock.
pub(super) fn bounded(
    state: &State,
    host: HostId,
    event: &HostEvent,
    reported: Timestamp,
    at: Timestamp,
) -> Timestamp {
    let leg = match event {
        HostEvent::Answered { leg, .. }
        | HostEvent::Ended { leg, .. }
        | HostEvent::Held { leg, .. }
        | HostEvent::Resumed { leg, .. }
        | HostEvent::ReferRequested { leg, .. } => find(state, host, leg).ok(),
        HostEvent::MessageReceived { thread, .. } => state.leg_named(host, thread),
        HostEvent::OpDone { op }
        | HostEvent::OpFailed { op, .. }
        | HostEvent::TransferProgress { op, .. }
        | HostEvent::TransferDone { op, .. }
        | HostEvent::CollectDone { op, .. }
        | HostEvent::MediaDone { op, .. } => {
            state.effects.get(op).and_then(|effect| leg_of(&effect.kind))
        }
        _ => None,
    };
    let last_fact = leg
        .and_then(|leg| state.leg(leg))
        .and_then(|leg| state.interaction(leg.interaction))
        .map(|interaction| interaction.last_fact_at);
    // A host whose clock is slow would put its callers before all others.
    let comes_in = matches!(
        event,
        HostEvent::Offered { .. }
            | HostEvent::MessageReceived { .. }
            | HostEvent::VoicemailLeft { .. }
    );
    let earliest = last_fact.max(comes_in.then(|| at - state.config.center.limits.clock_jump));
    reported.max(earliest.unwrap_or(reported)).min(at)
}
