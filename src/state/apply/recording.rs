//! Events of consent and recordings.

use crate::id::{InteractionId, Key, LegId, ParticipantId, RecordingId};
use crate::message::{Effect, EffectKind, RecordingEvent, Side, TimerId};
use crate::state::recordings::{Consent, Recording};
use crate::state::{Interaction, State};

impl State {
    pub(super) fn apply_recording(&mut self, event: &RecordingEvent) {
        match event {
            RecordingEvent::Started { id, interaction, legs, retention, legal_hold } => {
                self.recordings.insert(Recording {
                    id: *id,
                    interaction: *interaction,
                    op: None,
                    legs: legs.iter().copied().collect(),
                    paused: false,
                    retention: *retention,
                    legal_hold: *legal_hold,
                    stopping_until: None,
                });
                if let Some(row) = self.interactions.get_mut(interaction.bits()) {
                    row.privacy().recording = Some(*id);
                    row.privacy().let_be = false;
                }
            }
            RecordingEvent::Paused { id, .. } => self.set_paused(*id, true),
            RecordingEvent::Resumed { id } => self.set_paused(*id, false),
            RecordingEvent::Stopping { id, by, until } => {
                self.change_recording(*id, |row| row.stopping_until = Some(*until));
                self.timers.set(TimerId::Recording(*id), *until);
                self.not_recorded_by(*id, *by == Side::Command);
            }
            RecordingEvent::Ended { id, .. } => {
                // The host ended what nobody had asked it to end.
                self.not_recorded_by(*id, true);
                self.timers.clear(&TimerId::Recording(*id));
                if let Some(row) = self.recordings.remove(id.bits()) {
                    self.heard.push(row.interaction);
                }
            }
        }
    }

    fn change_recording(&mut self, id: RecordingId, change: impl FnOnce(&mut Recording)) {
        if let Some(row) = self.recordings.get_mut(id.bits()) {
            change(row);
        }
    }

    fn set_paused(&mut self, id: RecordingId, paused: bool) {
        self.change_recording(id, |row| row.paused = paused);
    }

    /// The interaction is not recorded by this any more, nor by a rule if it is to be let be.
    fn not_recorded_by(&mut self, id: RecordingId, let_be: bool) {
        let of = self.recordings.get(id.bits()).map(|row| row.interaction);
        if let Some(row) = of.and_then(|of| self.interactions.get_mut(of.bits()))
            && row.recording() == Some(id)
        {
            row.privacy().recording = None;
            row.privacy().let_be |= let_be;
        }
    }

    pub(super) fn change_consent(
        &mut self,
        id: InteractionId,
        participant: ParticipantId,
        purpose: &Key,
        granted: bool,
    ) {
        let Some(row) = self.interactions.get_mut(id.bits()) else { return };
        let consents = &mut row.privacy().consents;
        let same = |c: &&mut Consent| c.participant == participant && c.purpose == *purpose;
        match consents.iter_mut().find(same) {
            Some(known) => known.granted = granted,
            None => consents.push(Consent { participant, purpose: purpose.clone(), granted }),
        }
        self.heard.push(id);
    }

    /// Notes the operation that records.
    pub(super) fn note_recorder(&mut self, effect: &Effect) {
        if let EffectKind::Record { recording, .. } = effect.kind {
            self.change_recording(recording, |row| row.op = Some(effect.id));
        }
    }

    /// Another voice is heard in the interaction.
    pub(super) fn note_voice(&mut self, interaction: Option<InteractionId>, leg: Option<LegId>) {
        let of = interaction.and_then(|id| self.interactions.get(id.bits()));
        if let (Some(recording), Some(leg)) = (of.and_then(Interaction::recording), leg) {
            self.change_recording(recording, |row| {
                if !row.legs.contains(&leg) {
                    row.legs.push(leg);
                }
            });
        }
        self.heard.extend(interaction);
    }
}
