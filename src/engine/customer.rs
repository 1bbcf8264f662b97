//! What is known of a customer, for whoever shows it.

use serde::{Deserialize, Serialize};

use crate::id::{ConversationId, InteractionId, RecordingId};
use crate::message::{ContextEntry, CustomerRef, Identity, Language};
use crate::state::State;
use crate::time::{Duration, Timestamp};

/// What is known of the customer of an interaction now.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[non_exhaustive]
pub struct KnownCustomer {
    /// The conversation of the interaction.
    pub conversation: ConversationId,
    /// The conversations that are one with it, the one that stands for all of them first.
    pub linked: Vec<ConversationId>,
    /// Who it is.
    pub customer: CustomerRef,
    /// Rank when the customer came in.
    pub tier: u8,
    /// Waiting credit of the interaction.
    pub boost: Duration,
    /// How sure we are: level 0 once it has expired.
    pub identity: Identity,
    /// The language, if known.
    pub language: Option<Language>,
    /// What is known of the matter, over all linked conversations; of one key the latest.
    pub context: Vec<ContextEntry>,
    /// The recording that runs.
    pub recording: Option<RecordingId>,
}

pub(super) fn known(state: &State, id: InteractionId, at: Timestamp) -> Option<KnownCustomer> {
    let row = state.interaction(id)?;
    let identity = row.identity.as_deref().cloned().unwrap_or_default();
    let linked = state.links.members(row.conversation);
    Some(KnownCustomer {
        conversation: row.conversation,
        linked: if linked.len() > 1 { linked } else { Vec::new() },
        customer: state.customer_of(row).cloned().unwrap_or_default(),
        tier: row.tier,
        boost: row.boost,
        identity: Identity { level: row.level(at), ..identity },
        language: row.language.as_deref().cloned(),
        context: state.context_of(row.conversation).into_iter().cloned().collect(),
        recording: row.recording(),
    })
}
