//! Commands about consent and recording.

use super::Judged;
use super::named::{known, reason_id};
use crate::agent;
use crate::id::{InteractionId, Key, ParticipantId, RecordingId};
use crate::interaction::recording::{self, Said};
use crate::message::{ActorKind, Authority, CommandBody, Rejection, Side};
use crate::state::{Interaction, State, Step};

/// Judges and decides.
pub(super) fn decide(step: &mut Step<'_>, authority: &Authority, body: CommandBody) -> Judged {
    match body {
        CommandBody::SetConsent { participant, purpose, granted, basis } => {
            let state = step.state();
            let id = takes_part_in(state, authority, participant)?;
            has_room(state, id, participant, &purpose)?;
            let source = source_of(authority)?;
            let said = Said { participant, purpose, granted, basis, source };
            recording::consent(step, id, said);
            Ok(())
        }
        CommandBody::StartRecording { interaction } => {
            let state = step.state();
            let row =
                known(state, state.interaction(interaction), interaction.origin(), "interaction")?;
            agent::may_work_on(state, authority, row.conversation)?;
            recording::request(step, interaction)
        }
        CommandBody::PauseRecording { recording, reason } => {
            may_touch(step.state(), authority, recording)?;
            let reason = reason_id(step.state(), reason.as_ref(), "reason")?;
            recording::pause(step, recording, reason)
        }
        CommandBody::ResumeRecording { recording } => {
            may_touch(step.state(), authority, recording)?;
            recording::resume(step, recording)
        }
        CommandBody::StopRecording { recording } => {
            may_touch(step.state(), authority, recording)?;
            recording::running(step.state(), recording)?;
            recording::stop(step, recording, Side::Command);
            Ok(())
        }
        _ => Err(Rejection::not_yet("command")),
    }
}

fn takes_part_in(
    state: &State,
    authority: &Authority,
    participant: ParticipantId,
) -> Result<InteractionId, Rejection> {
    let found = state.interaction_of(participant).and_then(|id| state.interaction(id));
    let row = known(state, found, participant.origin(), "participant")?;
    agent::may_work_on(state, authority, row.conversation)?;
    Ok(row.id)
}

/// What is said anew is kept apart from all that was said before, within a bound.
fn has_room(state: &State, id: InteractionId, participant: ParticipantId, purpose: &Key) -> Judged {
    let said = state.interaction(id).map(Interaction::consents).unwrap_or_default();
    let again = said.iter().any(|c| c.participant == participant && c.purpose == *purpose);
    if !again && said.len() >= state.config.center.limits.context_entries as usize {
        return Err(Rejection::limit("context_entries"));
    }
    Ok(())
}

/// Who says so: by name where there is one.
fn source_of(authority: &Authority) -> Result<Key, Rejection> {
    if let Some(id) = &authority.actor.id {
        return Ok(id.clone());
    }
    let kind = match authority.actor.kind {
        ActorKind::Agent => "agent",
        ActorKind::User => "user",
        ActorKind::Customer => "customer",
        ActorKind::Application => "application",
        ActorKind::Engine => "engine",
    };
    Key::new(kind).map_err(|_| Rejection::unknown("authority.actor"))
}

fn may_touch(state: &State, authority: &Authority, id: RecordingId) -> Judged {
    let recording = known(state, state.recording(id), id.origin(), "recording")?;
    let row = state.interaction(recording.interaction);
    let row = known(state, row, recording.interaction.origin(), "recording")?;
    agent::may_work_on(state, authority, row.conversation)
}
