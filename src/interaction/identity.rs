//! Who the customer is, as it becomes known; conversations that turn out to be one; the block list.
//!
//! A level of authentication belongs to one interaction and ends at its time, whatever the state says:
//! [`Interaction::level`](crate::state::Interaction::level) is how it is read, and no timer is needed.

use crate::id::{ConversationId, InteractionId};
use crate::message::{
    ConversationEvent, CustomerRef, CustomerToken, Identity, InteractionEvent, Language,
};
use crate::state::Step;
use crate::time::Timestamp;

/// Somebody says how sure we are of the customer.
pub(crate) fn set(step: &mut Step<'_>, id: InteractionId, identity: Identity) {
    step.emit(InteractionEvent::IdentitySet { id, identity });
}

/// The language became known.
pub(crate) fn set_language(step: &mut Step<'_>, id: InteractionId, language: Language) {
    step.emit(InteractionEvent::LanguageSet { id, language });
}

/// Somebody says who the customer is. Where the same customer has another conversation with the brand,
/// the two are one from here on.
pub(crate) fn identify(step: &mut Step<'_>, id: ConversationId, customer: CustomerRef) {
    let state = step.state();
    let brand = state.conversation(id).and_then(|row| row.brand);
    let other = customer.token.and_then(|token| state.by_token.find(brand, token));
    let keep = other.filter(|other| state.links.root(*other) != state.links.root(id));
    step.emit(ConversationEvent::Identified { id, customer });
    if let Some(keep) = keep {
        link(step, keep, id);
    }
}

/// The two conversations are one: what stands for the one joins what stands for the other.
pub(crate) fn link(step: &mut Step<'_>, keep: ConversationId, join: ConversationId) {
    let links = &step.state().links;
    let (keep, join) = (links.root(keep), links.root(join));
    step.emit(ConversationEvent::Linked { keep, join });
}

/// Takes that back.
pub(crate) fn unlink(step: &mut Step<'_>, id: ConversationId) {
    step.emit(ConversationEvent::Unlinked { id });
}

/// Puts a customer on the block list or takes one off; nothing where there is none to take off.
pub(crate) fn block(
    step: &mut Step<'_>,
    customer: CustomerToken,
    blocked: bool,
    until: Option<Timestamp>,
) {
    if blocked || step.state().blocked.contains(customer, step.at) {
        let until = until.filter(|_| blocked);
        step.emit(ConversationEvent::Blocked { customer, blocked, until });
    }
}
