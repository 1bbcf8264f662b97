//! Recordings, and who agreed to what.

use serde::{Deserialize, Serialize};
use smallvec::SmallVec;

use super::Interaction;
use super::table::Entity;
use crate::id::{EffectId, InteractionId, Key, LegId, ParticipantId, RecordingId};
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
