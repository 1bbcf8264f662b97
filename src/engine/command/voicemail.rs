//! Commands about voice messages.

use super::Judged;
use super::named::{in_phase, known, queue_id, serves, signed_in};
use super::requests::pull;
use crate::agent::{self, Reach};
use crate::id::{AgentId, EngagementId, InteractionId};
use crate::interaction::voicemail;
use crate::message::{
    Authority, CommandBody, EngagementEnd, Mailbox, PendingPresence, Permission, Phase, Rejection,
    RejectionReason,
};
use crate::model::Channel;
use crate::state::{Engagement, Interaction, Stage, State, Step, Steps};

/// Judges and decides.
pub(super) fn decide(step: &mut Step<'_>, authority: &Authority, body: CommandBody) -> Judged {
    let state = step.state();
    match body {
        CommandBody::ClaimVoicemail { agent, interaction } => {
            let agent = signed_in(state, authority, &agent)?;
            let request = message(state, interaction)?.request;
            if is_kept(state, interaction) {
                return open_own(step, interaction, agent);
            }
            let taken = || Rejection::wrong_state("interaction", "with an agent");
            pull(step, agent, request.ok_or_else(taken)?)?;
        }
        CommandBody::ReleaseVoicemail { agent, interaction } => {
            let agent = signed_in(state, authority, &agent)?;
            let part = part(state, message(state, interaction)?, agent);
            let part = part.ok_or_else(|| Rejection::unknown("interaction"))?;
            serves(part)?;
            in_phase(part, &[Phase::Active])?;
            with_nobody_else(state, interaction, part.id)?;
            voicemail::release(step, part.id, EngagementEnd::Released);
        }
        CommandBody::MarkVoicemailHeard { agent, interaction } => {
            let agent = signed_in(state, authority, &agent)?;
            let row = message(state, interaction)?;
            if state.voicemail(interaction).is_some_and(|message| message.heard) {
                return Err(Rejection::wrong_state("interaction", "heard already"));
            }
            if part(state, row, agent).is_none() {
                is_member(state, interaction, agent)?;
            }
            voicemail::heard(step, interaction, agent);
        }
        CommandBody::MoveVoicemail { interaction, queue } => {
            let row = message(state, interaction)?;
            let mailbox = state.voicemail(interaction).map(|message| message.mailbox);
            let Some(Mailbox::Agent(owner)) = mailbox else {
                return Err(Rejection::wrong_state("interaction", "in no agent's own mailbox"));
            };
            if agent::may_act_for(state, authority, owner).is_err() {
                let what = Reach::interaction(state, row.id);
                agent::may_manage(state, authority, Permission::ManageInteractions, what)?;
            }
            if !is_kept(state, interaction) {
                return Err(Rejection::wrong_state("interaction", "with an agent"));
            }
            let to = queue_id(state, &queue)?;
            voicemail::on_to_group(step, interaction, to);
        }
        _ => return Err(Rejection::not_yet("command")),
    }
    Ok(())
}

/// A voice message that is not done with.
fn message(state: &State, id: InteractionId) -> Result<&Interaction, Rejection> {
    let row = known(state, state.interaction(id), id.origin(), "interaction")?;
    if state.voicemail(id).is_none() {
        return Err(Rejection::wrong_state("interaction", "no voice message"));
    }
    if row.stage != Stage::Open {
        return Err(Rejection::wrong_state("interaction", "over"));
    }
    Ok(row)
}

/// The agent's part in it.
fn part<'s>(state: &'s State, row: &Interaction, agent: AgentId) -> Option<&'s Engagement> {
    let mut parts = row.engagements.iter().filter_map(|id| state.engagement(*id));
    parts.find(|part| part.agent == agent)
}

/// The agent is one of the group that serves the mailbox, or the one whose own it is.
fn is_member(state: &State, id: InteractionId, agent: AgentId) -> Judged {
    let queue = match state.voicemail(id).map(|message| message.mailbox) {
        Some(Mailbox::Agent(owner)) => return is_owner(owner, agent),
        Some(Mailbox::Queue(queue)) => Some(queue),
        None => None,
    };
    // Whoever may claim it may have heard it.
    let waits = state.interaction(id).and_then(|row| state.request(row.request?));
    let steps = waits.map_or(Steps::default(), |request| state.in_force(request));
    let member = queue.is_some_and(|queue| state.config.admits(queue, steps, agent));
    member.then_some(()).ok_or_else(|| Rejection::wrong_state("agent", "not one of the group"))
}

fn is_owner(owner: AgentId, agent: AgentId) -> Judged {
    let whose = || Rejection::wrong_state("agent", "not the one whose mailbox it is in");
    (owner == agent).then_some(()).ok_or_else(whose)
}

/// A message of somebody's own is given back by whoever is the last to have it.
fn with_nobody_else(state: &State, id: InteractionId, part: EngagementId) -> Judged {
    let own = state.voicemail(id).is_some_and(|it| matches!(it.mailbox, Mailbox::Agent(_)));
    let parts = state.interaction(id).into_iter().flat_map(|row| &row.engagements);
    let serves = |id: &EngagementId| {
        let row = state.engagement(*id);
        row.is_some_and(|row| row.phase != Phase::WrapUp && agent::serves(row.role))
    };
    if own && parts.filter(|id| **id != part).any(serves) {
        return Err(Rejection::wrong_state("interaction", "with a colleague too"));
    }
    Ok(())
}

fn is_kept(state: &State, id: InteractionId) -> bool {
    state.voicemail(id).is_some_and(|message| message.kept)
}

/// The agent takes care of a message of the own mailbox, if there is room for it.
fn open_own(step: &mut Step<'_>, id: InteractionId, agent: AgentId) -> Judged {
    let state = step.state();
    if let Some(Mailbox::Agent(owner)) = state.voicemail(id).map(|message| message.mailbox) {
        is_owner(owner, agent)?;
    }
    let row = state.agent(agent);
    if row.is_some_and(|row| row.pending == Some(PendingPresence::SignOut)) {
        return Err(Rejection::wrong_state("agent", "about to leave"));
    }
    let most = state.config.center.limits.engagements_per_agent as usize;
    if row.is_some_and(|row| row.work.len() >= most) {
        return Err(Rejection::limit("engagements_per_agent"));
    }
    if !state.has_room(agent, Channel::Voicemail) {
        return Err(Rejection::new(RejectionReason::NoCapacity, "agent"));
    }
    voicemail::open_own(step, id, agent);
    Ok(())
}
