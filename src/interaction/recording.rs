//! Consent and recording: when it begins, who stops it, what its host says of it.
//!
//! ```text
//!   connected, and the rule and the consents allow it
//!        │                                            done, failed, or not heard of again
//!        ▼                                                            │
//!     records ◀──▶ paused ──── asked to end (by a rule, by somebody) ─┴──▶ ended
//! ```
//!
//! The customer's leg is recorded, and with it all that the customer says and hears, whoever comes and
//! goes. After every step [`settle`] looks at the interactions in which somebody came, went or changed
//! their mind; whoever hands customers on has nothing to do for it.

use crate::id::{EffectId, InteractionId, Key, ParticipantId, QueueId, ReasonId, RecordingId};
use crate::message::{
    EffectEnd, EffectEvent, EffectKind, EngagementRole, HostError, HostLeg, InteractionEvent, Lane,
    MediaTarget, Personal, Phase, RecordingEvent, Rejection, Side, Sink,
};
use crate::model::{Media, Recording as Rule, RecordingMode};
use crate::state::{
    Engagement, Guest, Interaction, LegState, OnDuty, Recording, Stage, State, Step,
};
use crate::time::Duration;

/// The purpose to which a participant agrees who may be recorded.
const PURPOSE: &str = "recording";

/// What a participant says.
pub(crate) struct Said {
    pub(crate) participant: ParticipantId,
    pub(crate) purpose: Key,
    pub(crate) granted: bool,
    pub(crate) basis: Option<Key>,
    pub(crate) source: Key,
}

/// A participant agrees to something or takes it back.
pub(crate) fn consent(step: &mut Step<'_>, id: InteractionId, said: Said) {
    let Said { participant, purpose, granted, basis, source } = said;
    step.emit(InteractionEvent::ConsentChanged {
        id,
        participant,
        purpose,
        granted,
        basis,
        source,
    });
}

/// Begins or ends what is recorded of the interactions that this step has changed.
pub(crate) fn settle(step: &mut Step<'_>, heard: &[InteractionId]) {
    for interaction in heard {
        reevaluate(step, *interaction);
    }
}

/// Begins or ends the recording of an interaction, as its rule and those who take part say now.
pub(crate) fn reevaluate(step: &mut Step<'_>, id: InteractionId) {
    let state = step.state();
    let Some(row) = state.interaction(id) else { return };
    let let_be = row.privacy.as_ref().is_some_and(|privacy| privacy.let_be);
    match (row.recording(), may_record(state, row)) {
        (Some(recording), Err(_)) => stop(step, recording, Side::Engine),
        (None, Ok(rule)) if rule.mode == RecordingMode::Always && !let_be => {
            let rule = rule.clone();
            start(step, id, &rule);
        }
        _ => {}
    }
}

/// Somebody asks for a recording.
pub(crate) fn request(step: &mut Step<'_>, id: InteractionId) -> Result<(), Rejection> {
    let state = step.state();
    let Some(row) = state.interaction(id) else { return Err(Rejection::unknown("interaction")) };
    if row.recording().is_some() {
        return Err(Rejection::wrong_state("interaction", "recorded already"));
    }
    let rule = may_record(state, row).cloned();
    let rule = rule.map_err(|why| Rejection::wrong_state("interaction", why))?;
    start(step, id, &rule);
    Ok(())
}

/// The rule by which the interaction may be recorded now; else what it is instead.
fn may_record<'s>(state: &'s State, row: &Interaction) -> Result<&'s Rule, &'static str> {
    if row.stage != Stage::Open {
        return Err("over");
    }
    let parts = || row.engagements.iter().filter_map(|id| state.engagement(*id));
    let handler = parts().find(|part| is_connected(part));
    // Somebody on call stands in for the agents of the queue.
    let queue = match handler {
        Some(handler) => handler.queue,
        None => Some(on_call_for(state, row).ok_or("not connected")?),
    };
    let rule = rule_for(state, row, queue).filter(|rule| rule.mode != RecordingMode::Never);
    let rule = rule.ok_or("of a queue that records nothing")?;
    let leg = state.leg(row.leg).filter(|leg| leg.state == LegState::Up);
    let host = leg.and_then(|leg| state.config.host(leg.host));
    if !row.channel.has_media() || host.is_none_or(|host| host.media != Media::Engine) {
        return Err("on a host that controls its own media");
    }
    let said = |id: ParticipantId| {
        let of = |c: &&_| is_of(c, id);
        row.consents().iter().find(of).map(|consent| consent.granted)
    };
    let there = |part: &Engagement| is_connected(part).then_some(part.participant).flatten();
    let guests = guests(row).map(|guest| guest.participant);
    let others = parts().filter_map(there).chain(guests);
    let refused = |id: ParticipantId| said(id) == Some(false);
    if refused(row.participant) || others.into_iter().any(refused) {
        return Err("refused by a participant");
    }
    if rule.consent && said(row.participant) != Some(true) {
        return Err("without the customer's consent");
    }
    Ok(rule)
}

fn is_of(consent: &crate::state::Consent, participant: ParticipantId) -> bool {
    consent.participant == participant && consent.purpose.as_str() == PURPOSE
}

/// Whether the agent is with the customer.
fn is_connected(part: &Engagement) -> bool {
    let role = matches!(part.role, EngagementRole::Handler | EngagementRole::Conference);
    role && matches!(part.phase, Phase::Active | Phase::Held | Phase::Suspended)
}

/// Those from outside who hear the customer, people on call too. Whoever is only asked by an agent does
/// not, and is not recorded.
fn guests(row: &Interaction) -> impl Iterator<Item = &Guest> {
    row.meeting().into_iter().flat_map(|meeting| {
        let asked = |leg| meeting.consults.iter().any(|consult| consult.leg == Some(leg));
        meeting.guests.iter().filter(move |guest| !asked(guest.leg))
    })
}

/// The queue for which somebody on call has the customer.
fn on_call_for(state: &State, row: &Interaction) -> Option<QueueId> {
    let OnDuty::Has(leg, queue) = row.meeting()?.on_duty else { return None };
    state.leg(leg).filter(|leg| leg.state == LegState::Up).map(|_| queue)
}

fn rule_for<'s>(state: &'s State, row: &Interaction, queue: Option<QueueId>) -> Option<&'s Rule> {
    let queue = queue.and_then(|queue| state.config.queue(queue));
    let of_queue = queue.and_then(|queue| queue.recording.as_ref());
    of_queue.or_else(|| state.config.brand(row.brand?)?.recording.as_ref())
}

fn start(step: &mut Step<'_>, interaction: InteractionId, rule: &Rule) {
    let id = step.new_id();
    let state = step.state();
    let Some(row) = state.interaction(interaction) else { return };
    let Some(leg) = state.leg(row.leg) else { return };
    let host = leg.host;
    let named = HostLeg { leg: leg.id, external: leg.external.clone() };
    let agents = row.engagements.iter().filter_map(|id| state.engagement(*id)?.leg);
    let others = agents.chain(guests(row).map(|guest| guest.leg));
    let legs = std::iter::once(leg.id).chain(others).collect();
    let (retention, legal_hold) = (rule.retention, rule.legal_hold);
    step.emit(RecordingEvent::Started { id, interaction, legs, retention, legal_hold });
    // The host ends it at its longest; only if it says nothing of that is it given up.
    let by = step.op_deadline() + rule.max;
    let record = EffectKind::Record {
        recording: id,
        target: MediaTarget::Leg(named),
        format: None,
        max: rule.max,
        silence: None,
        beep: rule.beep,
        terminators: Vec::new(),
    };
    step.effect(host, Lane::Interaction(interaction), by, record);
}

/// A recording that nobody has asked to end.
pub(crate) fn running(state: &State, id: RecordingId) -> Result<&Recording, Rejection> {
    let Some(recording) = state.recording(id) else {
        return Err(Rejection::gone_or_unknown(state.was_made(id.origin()), "recording"));
    };
    if recording.stopping_until.is_some() {
        return Err(Rejection::wrong_state("recording", "about to end"));
    }
    Ok(recording)
}

/// Keeps what is said, shown and entered from every trace for a while.
pub(crate) fn pause(
    step: &mut Step<'_>,
    id: RecordingId,
    reason: Option<ReasonId>,
) -> Result<(), Rejection> {
    if running(step.state(), id)?.paused {
        return Err(Rejection::wrong_state("recording", "paused already"));
    }
    let sinks = Sink::ALL.to_vec();
    step.emit(RecordingEvent::Paused { id, sinks: sinks.clone(), reason });
    ask(step, id, |op| EffectKind::PauseRecord { op, sinks });
    Ok(())
}

/// Goes on.
pub(crate) fn resume(step: &mut Step<'_>, id: RecordingId) -> Result<(), Rejection> {
    if !running(step.state(), id)?.paused {
        return Err(Rejection::wrong_state("recording", "not paused"));
    }
    step.emit(RecordingEvent::Resumed { id });
    ask(step, id, |op| EffectKind::ResumeRecord { op });
    Ok(())
}

/// Asks for the end of a recording.
pub(crate) fn stop(step: &mut Step<'_>, id: RecordingId, by: Side) {
    // What was asked for before in the lane takes its time, and so does the last word on it.
    let until = step.op_deadline() + step.state().config.center.policies.effect_timeout;
    step.emit(RecordingEvent::Stopping { id, by, until });
    ask(step, id, |op| EffectKind::StopRecord { op });
}

/// Asks the host that records for something.
fn ask(step: &mut Step<'_>, id: RecordingId, what: impl FnOnce(EffectId) -> EffectKind) {
    let state = step.state();
    let Some(recording) = state.recording(id) else { return };
    let Some(op) = recording.op else { return };
    let Some(host) = state.effects.get(&op).map(|effect| effect.host) else { return };
    let (lane, by) = (Lane::Interaction(recording.interaction), step.op_deadline());
    step.effect(host, lane, by, what(op));
}

/// What a host says of a recording that is complete.
pub(crate) struct Done {
    pub(crate) reference: Personal<String>,
    pub(crate) duration: Duration,
}

/// The recording is complete.
pub(crate) fn done(step: &mut Step<'_>, op: EffectId, id: RecordingId, done: Done) {
    let longest = match step.state().effects.get(&op).map(|effect| &effect.kind) {
        Some(EffectKind::Record { max, .. }) => done.duration >= *max,
        _ => false,
    };
    step.emit(EffectEvent::Ended { id: op, end: EffectEnd::Done });
    let asked = step.state().recording(id).is_none_or(|row| row.stopping_until.is_some());
    if longest && !asked {
        // Its length was the rule's, so a rule may begin another one.
        let until = step.at;
        step.emit(RecordingEvent::Stopping { id, by: Side::Engine, until });
    }
    over(step, id, Some(done));
}

/// The host could not record.
pub(crate) fn failed(step: &mut Step<'_>, op: EffectId, id: RecordingId, error: HostError) {
    step.emit(EffectEvent::Ended { id: op, end: EffectEnd::Failed(error) });
    over(step, id, None);
}

/// Nothing more is expected of a host that was asked to end a recording.
pub(crate) fn never_confirmed(step: &mut Step<'_>, id: RecordingId) {
    if let Some(op) = step.state().recording(id).and_then(|row| row.op) {
        step.emit(EffectEvent::Ended { id: op, end: EffectEnd::TimedOut });
    }
    over(step, id, None);
}

/// An operation about a recording came to nothing: what could not be paused is ended, since it must not
/// keep what comes now.
pub(super) fn op_failed(step: &mut Step<'_>, kind: &EffectKind) {
    match kind {
        EffectKind::Record { recording, .. } => over(step, *recording, None),
        EffectKind::PauseRecord { op, .. } => {
            let state = step.state();
            let of = state.effects.get(op).map(|effect| &effect.kind);
            if let Some(EffectKind::Record { recording, .. }) = of
                && running(state, *recording).is_ok()
            {
                let id = *recording;
                stop(step, id, Side::Engine);
            }
        }
        _ => {}
    }
}

fn over(step: &mut Step<'_>, id: RecordingId, done: Option<Done>) {
    let Some(row) = step.state().recording(id) else { return };
    let (retention, legal_hold, legs) = (row.retention, row.legal_hold, row.legs.to_vec());
    let (reference, duration) = match done {
        Some(Done { reference, duration }) => (Some(reference), duration),
        None => (None, Duration::ZERO),
    };
    step.emit(RecordingEvent::Ended { id, reference, legs, duration, retention, legal_hold });
}
