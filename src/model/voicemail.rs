//! What becomes of the voice messages that customers leave for the group that serves a queue.

use serde::{Deserialize, Serialize};

use crate::id::Key;
use crate::time::Duration;

/// How a voice message finds the member of the group who takes care of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum VoicemailDelivery {
    /// It is offered like any other work of the queue, and may be claimed before that.
    #[default]
    Queued,
    /// It waits in the group's mailbox until a member claims it.
    Claimed,
}

/// The group mailbox of a queue.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct Voicemail {
    /// Who takes care of a message.
    pub delivery: VoicemailDelivery,
    /// Supervisors are told of a message that nobody has heard for so long.
    pub unheard_after: Option<Duration>,
    /// The queue to whose mailbox it then goes, if nobody has claimed it.
    pub escalate_to: Option<Key>,
}

impl Voicemail {
    /// Messages are offered like other work.
    pub const fn queued() -> Self {
        Self { delivery: VoicemailDelivery::Queued, unheard_after: None, escalate_to: None }
    }

    /// Messages wait until somebody claims them.
    pub const fn claimed() -> Self {
        Self { delivery: VoicemailDelivery::Claimed, unheard_after: None, escalate_to: None }
    }

    /// Supervisors are told of a message that nobody has heard for so long.
    #[must_use]
    pub fn unheard_after(self, span: Duration) -> Self {
        Self { unheard_after: Some(span), ..self }
    }

    /// It then goes to the mailbox of this queue.
    #[must_use]
    pub fn escalate_to(self, queue: Key) -> Self {
        Self { escalate_to: Some(queue), ..self }
    }
}
