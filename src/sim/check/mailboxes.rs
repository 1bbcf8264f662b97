//! What must hold of mailboxes and of callers who leave a message.

use super::tables::armed;
use super::{Broken, broken};
use crate::message::{EffectKind, Lane, Mailbox, Target, TimerId};
use crate::state::{Interaction, Request, Stage, State, Waiting};

/// Mailboxes hold the voice messages that are said to be in them, and no message without one.
pub(super) fn hold(state: &State) -> Result<(), Broken> {
    let groups = state.queues.iter().map(|row| (Mailbox::Queue(row.id), row.mailbox));
    let own = state.agents.iter().map(|row| (Mailbox::Agent(row.id), row.mailbox));
    for (mailbox, said) in groups.chain(own) {
        counts_what_it_holds(state, mailbox, said)?;
    }
    state.interactions.iter().try_for_each(|row| is_somebodys(state, row))?;
    let claimed = |r: &&Request| r.target == Target::Claim;
    match state.requests.iter().filter(claimed).find(|r| state.voicemail(r.interaction).is_none()) {
        Some(stray) => broken(format!("{:?} can be claimed and is no voice message", stray.id)),
        None => Ok(()),
    }
}

fn counts_what_it_holds(state: &State, mailbox: Mailbox, said: Waiting) -> Result<(), Broken> {
    let messages = |heard| {
        let open = state.interactions.iter().filter(|row| row.stage == Stage::Open);
        let of = open.filter_map(|row| state.voicemail(row.id));
        of.filter(|message| (message.mailbox, message.heard) == (mailbox, heard)).count()
    };
    let said = [said.unheard, said.heard].map(|count| count as usize);
    let are = [messages(false), messages(true)];
    if said != are {
        return broken(format!("{mailbox:?} counts {said:?} voice messages of {are:?}"));
    }
    Ok(())
}

/// What is kept is open, in an agent's own mailbox, and with nobody.
fn is_somebodys(state: &State, row: &Interaction) -> Result<(), Broken> {
    let Some(message) = state.voicemail(row.id).filter(|message| message.kept) else {
        return Ok(());
    };
    let own = matches!(message.mailbox, Mailbox::Agent(_));
    if !own || row.stage != Stage::Open || row.request.is_some() {
        return broken(format!("{:?} is kept, and {row:?}", message.mailbox));
    }
    Ok(())
}

/// Whether nobody has to serve the interaction: it is a message that is kept for its agent, or its caller
/// is asked for one, with an operation of the host behind it.
pub(super) fn rests(state: &State, row: &Interaction) -> bool {
    let asked = row.meeting().is_some_and(|meeting| meeting.asked_for_message.is_some());
    let behind = || {
        state.effects.values().any(|effect| {
            matches!(effect.kind, EffectKind::TakeMessage { .. })
                && effect.lane == Lane::Interaction(row.id)
                && armed(state, TimerId::Effect(effect.id))
        })
    };
    state.voicemail(row.id).is_some_and(|message| message.kept) || asked && behind()
}
