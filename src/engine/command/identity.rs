//! Commands about who the customer is: identity, language, conversations that are one, the block list.

use super::Judged;
use super::named::known;
use crate::agent::{self, Reach};
use crate::id::{ConversationId, InteractionId};
use crate::interaction::identity;
use crate::message::{
    Authority, CommandBody, CustomerToken, Identity, Language, Permission, Rejection,
};
use crate::model::is_language_tag;
use crate::state::{Conversation, State, Step};
use crate::time::Timestamp;

/// Judges and decides.
pub(super) fn decide(step: &mut Step<'_>, authority: &Authority, body: CommandBody) -> Judged {
    let state = step.state();
    match body {
        CommandBody::IdentifyCustomer { conversation, customer } => {
            found(state, conversation, "conversation")?;
            agent::may_work_on(state, authority, conversation)?;
            identity::identify(step, conversation, customer);
        }
        CommandBody::SetIdentity { interaction, identity } => {
            may_state(state, authority, interaction)?;
            let identity = in_engine_time(step, identity)?;
            identity::set(step, interaction, identity);
        }
        CommandBody::SetLanguage { interaction, language } => {
            may_state(state, authority, interaction)?;
            is_known_form(&language)?;
            identity::set_language(step, interaction, language);
        }
        CommandBody::LinkConversations { keep, join } => {
            let kept = found(state, keep, "keep")?;
            let joined = found(state, join, "join")?;
            let what = Reach::Brand(kept.brand);
            agent::may_manage(state, authority, Permission::ManageInteractions, what)?;
            if kept.brand != joined.brand {
                return Err(Rejection::invalid("join", "is of another brand"));
            }
            if state.links.root(keep) == state.links.root(join) {
                return Err(Rejection::wrong_state("join", "linked already"));
            }
            identity::link(step, keep, join);
        }
        CommandBody::UnlinkConversations { conversation } => {
            let row = found(state, conversation, "conversation")?;
            let what = Reach::Brand(row.brand);
            agent::may_manage(state, authority, Permission::ManageInteractions, what)?;
            if !state.links.is_joined(conversation) {
                return Err(Rejection::wrong_state("conversation", "joined to none"));
            }
            identity::unlink(step, conversation);
        }
        CommandBody::BlockCustomer { customer, blocked, until } => {
            let permission = Permission::ManageInteractions;
            agent::may_manage(state, authority, permission, Reach::Center)?;
            let until = super::named::ahead(step, until, "until")?;
            if blocked {
                block_list_has_room(step, customer)?;
            }
            identity::block(step, customer, blocked, until);
        }
        _ => return Err(Rejection::not_yet("command")),
    }
    Ok(())
}

fn found<'s>(
    state: &'s State,
    id: ConversationId,
    field: &'static str,
) -> Result<&'s Conversation, Rejection> {
    known(state, state.conversation(id), id.origin(), field)
}

fn may_state(state: &State, authority: &Authority, id: InteractionId) -> Judged {
    let row = known(state, state.interaction(id), id.origin(), "interaction")?;
    agent::may_work_on(state, authority, row.conversation)
}

/// The identity with its end in engine time: said by somebody's watch.
fn in_engine_time(step: &Step<'_>, identity: Identity) -> Result<Identity, Rejection> {
    let expires_at = identity.expires_at.map(|at| at - step.state().wall_offset);
    if expires_at.is_some_and(|at: Timestamp| at <= step.at) {
        return Err(Rejection::invalid("identity.expires_at", "is not in the future"));
    }
    Ok(Identity { expires_at, ..identity })
}

fn is_known_form(language: &Language) -> Judged {
    if is_language_tag(&language.value) {
        return Ok(());
    }
    Err(Rejection::invalid("language.value", "is not a tag such as es-ES"))
}

fn block_list_has_room(step: &Step<'_>, customer: CustomerToken) -> Judged {
    let state = step.state();
    let list = &state.blocked;
    let most = state.config.center.limits.blocked_customers as usize;
    if !list.contains(customer, step.at) && list.len(step.at) >= most {
        return Err(Rejection::limit("blocked_customers"));
    }
    Ok(())
}
