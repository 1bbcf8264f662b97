//! Commands about the voice messages of a group.

use super::Judged;
use super::named::{in_phase, known, serves, signed_in};
use super::requests::pull;
use crate::id::{AgentId, InteractionId};
use crate::interaction::voicemail;
use crate::message::{Authority, CommandBody, EngagementEnd, Phase, Rejection};
use crate::state::{Engagement, Interaction, Stage, State, Step};

/// Judges and decides.
pub(super) fn decide(step: &mut Step<'_>, authority: &Authority, body: CommandBody) -> Judged {
    let state = step.state();
    match body {
        CommandBody::ClaimVoicemail { agent, interaction } => {
            let agent = signed_in(state, authority, &agent)?;
            let request = message(state, interaction)?.request;
            let taken = || Rejection::wrong_state("interaction", "with an agent");
            pull(step, agent, request.ok_or_else(taken)?)?;
        }
        CommandBody::ReleaseVoicemail { agent, interaction } => {
            let agent = signed_in(state, authority, &agent)?;
            let part = part(state, message(state, interaction)?, agent);
            let part = part.ok_or_else(|| Rejection::unknown("interaction"))?;
            serves(part)?;
            in_phase(part, &[Phase::Active])?;
            voicemail::release(step, part.id, EngagementEnd::Released);
        }
        CommandBody::MarkVoicemailHeard { agent, interaction } => {
            let agent = signed_in(state, authority, &agent)?;
            let row = message(state, interaction)?;
            if state.voicemail(interaction).is_some_and(|message| message.heard) {
                return Err(Rejection::wrong_state("interaction", "heard already"));
            }
            if part(state, row, agent).is_none() && !is_member(state, interaction, agent) {
                return Err(Rejection::wrong_state("agent", "not one of the group"));
            }
            voicemail::heard(step, interaction, agent);
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

/// Whether the agent is one of the group that serves the mailbox.
fn is_member(state: &State, id: InteractionId, agent: AgentId) -> bool {
    let queue = state.voicemail(id).and_then(|message| state.config.queue(message.queue));
    queue.zip(state.config.agent(agent)).is_some_and(|(queue, plan)| queue.admits(plan))
}
