//! Recordings, and who agreed to what.

use serde::{Deserialize, Serialize};
use smallvec::SmallVec;

use super::table::Entity;
use super::{Interaction, State};
use crate::id::{
    EffectId, EngagementId, InteractionId, Key, LegId, Origin, ParticipantId, RecordingId,
};
use crate::time::{Duration, Timestamp};

/// A recording that runs, or of which the host has not said yet where it lies.
#[derive(Clone, Hash, Debug, Serialize, Deserialize)]
pub(crate) struct Recording {
    pub(crate) id: RecordingId,
    pub(crate) interaction: InteractionId,
    /// The operation that records.
    pub(crate) op: Option<EffectId>,
    /// Whose voices it holds.
    pub(crate) legs: SmallVec<[LegId; 2]>,
    pub(crate) paused: bool,
    pub(crate) retention: Option<Duration>,
    pub(crate) legal_hold: bool,
    /// Once it was asked to end: when nothing more is expected of the host.
    pub(crate) stopping_until: Option<Timestamp>,
}

impl Entity for Recording {
    fn key(&self) -> u128 {
        self.id.bits()
    }
}

/// What a participant said to a purpose.
#[derive(Clone, Hash, Debug, Serialize, Deserialize)]
pub(crate) struct Consent {
    pub(crate) participant: ParticipantId,
    pub(crate) purpose: Key,
    pub(crate) granted: bool,
}

/// What of an interaction concerns the privacy of those who take part.
#[derive(Clone, Default, Hash, Debug, Serialize, Deserialize)]
pub(crate) struct Privacy {
    pub(crate) consents: Vec<Consent>,
    /// The recording that runs.
    pub(crate) recording: Option<RecordingId>,
    /// Somebody ended a recording, or it failed: no rule begins another one.
    pub(crate) let_be: bool,
}

impl Interaction {
    pub(super) fn privacy(&mut self) -> &mut Privacy {
        self.privacy.get_or_insert_default()
    }

    /// The recording that runs.
    pub(crate) fn recording(&self) -> Option<RecordingId> {
        self.privacy.as_ref()?.recording
    }

    /// What participants said.
    pub(crate) fn consents(&self) -> &[Consent] {
        self.privacy.as_ref().map_or(&[], |privacy| &privacy.consents)
    }
}

/// So many numbers before a participant's own stands what it takes part in, or what is the part.
const NEAR: u32 = 4;

impl State {
    /// The interaction that somebody takes part in.
    pub(crate) fn interaction_of(&self, id: ParticipantId) -> Option<InteractionId> {
        // Participants are made right after what they take part in; whoever numbers them otherwise is
        // found all the same.
        let origin = id.origin();
        let mut near = (1..=NEAR)
            .filter_map(|back| Some(Origin { index: origin.index.checked_sub(back)?, ..origin }));
        near.find_map(|origin| self.takes_part_near(origin, id)).or_else(|| {
            let customer = self.interactions.iter().find(|row| row.participant == id);
            let agent = || self.engagements.iter().find(|row| row.participant == Some(id));
            customer.map(|row| row.id).or_else(|| agent()?.interaction)
        })
    }

    fn takes_part_near(&self, origin: Origin, id: ParticipantId) -> Option<InteractionId> {
        let customer = self.interaction(InteractionId::new(origin)?);
        let customer = customer.filter(|row| row.participant == id);
        let agent = self.engagement(EngagementId::new(origin)?);
        let agent = agent.filter(|row| row.participant == Some(id));
        customer.map(|row| row.id).or_else(|| agent?.interaction)
    }
}
