//! Commands about interactions and conversations, and their context.

use super::Judged;
use super::named::known;
use crate::agent::{self, Reach};
use crate::id::{ConversationId, InteractionId};
use crate::message::{
    Authority, CommandBody, ContextEntry, EndCause, Outcome, Permission, Personal, Rejection, Side,
};
use crate::state::{Stage, State, Step};
use crate::{interaction, queue};

/// Judges and decides.
pub(super) fn decide(step: &mut Step<'_>, authority: &Authority, body: CommandBody) -> Judged {
    match body {
        CommandBody::CloseInteraction { interaction } => {
            may_close(step.state(), authority, interaction)?;
            close(step, authority, interaction)
        }
        CommandBody::SetContext { conversation, entries } => {
            let state = step.state();
            known(state, state.conversation(conversation), conversation.origin(), "conversation")?;
            agent::may_work_on(state, authority, conversation)?;
            context_fits(state, conversation, &entries)?;
            interaction::set_context(step, conversation, entries);
            Ok(())
        }
        _ => Err(Rejection::not_yet("command")),
    }
}

/// Whoever serves the customer may close where the same customer waits besides; else it takes a role.
fn may_close(state: &State, authority: &Authority, id: InteractionId) -> Judged {
    let row = state.interaction(id).filter(|row| row.engagements.is_empty());
    if row.is_some_and(|row| agent::may_work_on(state, authority, row.conversation).is_ok()) {
        return Ok(());
    }
    let what = Reach::interaction(state, id);
    agent::may_manage(state, authority, Permission::ManageInteractions, what)
}

fn close(step: &mut Step<'_>, authority: &Authority, id: InteractionId) -> Judged {
    let state = step.state();
    let row = known(state, state.interaction(id), id.origin(), "interaction")?;
    if row.stage != Stage::Open {
        return Err(Rejection::wrong_state("interaction", "over"));
    }
    if let Some(request) = row.request {
        let actor = authority.actor.clone();
        queue::leave::end(step, request, Outcome::Withdrawn { actor });
    }
    interaction::end(step, id, Side::Command, EndCause::default());
    Ok(())
}

fn context_fits(state: &State, id: ConversationId, entries: &[ContextEntry]) -> Judged {
    let limits = &state.config.center.limits;
    let held = state.conversation(id).map(|c| &*c.context).unwrap_or_default();
    let new = entries.iter().filter(|e| !held.iter().any(|old| old.key == e.key)).count();
    if held.len() + new > limits.context_entries as usize {
        return Err(Rejection::limit("context_entries"));
    }
    let long = |entry: &ContextEntry| {
        let bytes = match &entry.value {
            Personal::Clear(value) => value.len(),
            Personal::Sealed(sealed) => sealed.bytes.len(),
            Personal::Erased => 0,
        };
        bytes > limits.context_bytes as usize
    };
    if entries.iter().any(long) {
        return Err(Rejection::limit("context_bytes"));
    }
    Ok(())
}
