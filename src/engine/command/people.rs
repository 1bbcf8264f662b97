//! Commands about more people than one customer and one agent: transfers, consults, conferences.

use super::Judged;
use super::named::{in_phase, known, own, queue_id, serves, somebody};
use crate::agent::{self, Reach};
use crate::id::{EngagementId, InteractionId, ParticipantId};
use crate::interaction::{conference, consult, transfer};
use crate::message::{
    Authority, CommandBody, ConsultEnd, Destination, Party, Permission, Personal, Phase, Rejection,
    RejectionReason,
};
use crate::state::{Engagement, PartyOf, Stage, State, Step};
use crate::time::Duration;

/// Judges and decides.
pub(super) fn decide(step: &mut Step<'_>, authority: &Authority, body: CommandBody) -> Judged {
    let state = step.state();
    match body {
        CommandBody::Transfer { engagement, to, boost, fallback } => {
            let row = talks(state, authority, engagement)?;
            alone_with_customer(state, row)?;
            if row.queue.is_none() {
                return Err(Rejection::wrong_state("engagement", "not of a queue"));
            }
            let to = party(state, row, to)?;
            let fallback = fallback.map(|key| queue_id(state, &key)).transpose()?;
            let boost = boost.unwrap_or_default();
            if boost < Duration::ZERO {
                return Err(Rejection::invalid("boost", "is negative"));
            }
            transfer::begin(step, engagement, transfer::Order { to, boost, fallback });
        }
        CommandBody::Consult { engagement, to } => {
            let row = talks(state, authority, engagement)?;
            has_room(state, row.interaction)?;
            let to = party(state, row, to)?;
            consult::begin(step, engagement, to);
        }
        CommandBody::CompleteConsult { engagement } => {
            let interaction = in_consult(state, authority, engagement, true)?;
            let Some(found) = state.consult_of(engagement) else { return Ok(()) };
            consult::complete(step, interaction, &found);
        }
        CommandBody::CancelConsult { engagement } => {
            in_consult(state, authority, engagement, false)?;
            consult::cancel(step, engagement, ConsultEnd::Canceled);
        }
        CommandBody::Conference { engagement } => {
            in_consult(state, authority, engagement, true)?;
            conference::join_all(step, engagement);
        }
        CommandBody::AddParticipant { interaction, to } => {
            let row = member(state, authority, interaction)?;
            let to = party(state, row, to)?;
            has_room(state, Some(interaction))?;
            conference::invite(step, interaction, to);
        }
        CommandBody::RemoveParticipant { participant } => {
            let (interaction, party) = participant_of(state, participant)?;
            if let PartyOf::Customer(_) = party {
                return Err(Rejection::wrong_state("participant", "the customer"));
            }
            member(state, authority, interaction)?;
            conference::take_out(step, party);
        }
        CommandBody::SetMuted { participant, muted } => {
            let (interaction, party) = participant_of(state, participant)?;
            member(state, authority, interaction)?;
            let leg = state.leg_of_party(party).and_then(|leg| state.leg(leg));
            if leg.is_some_and(|leg| leg.muted == muted) {
                let is = if muted { "muted" } else { "not muted" };
                return Err(Rejection::wrong_state("participant", is));
            }
            conference::mute(step, interaction, participant, muted);
        }
        _ => return Err(Rejection::not_yet("command")),
    }
    Ok(())
}

/// The agent's own part, in which the customer is there and nobody else is asked or wanted.
fn talks<'s>(
    state: &'s State,
    authority: &Authority,
    id: EngagementId,
) -> Result<&'s Engagement, Rejection> {
    let row = own(state, authority, id)?;
    serves(row)?;
    in_phase(row, &[Phase::Active, Phase::Held])?;
    let meeting = row.interaction.and_then(|interaction| state.meeting_of(interaction));
    if meeting.is_some_and(|meeting| meeting.transfer.is_some()) {
        return Err(Rejection::wrong_state("engagement", "in a transfer"));
    }
    if state.consult_of(id).is_some() {
        return Err(Rejection::wrong_state("engagement", "in a consult"));
    }
    Ok(row)
}

fn alone_with_customer(state: &State, row: &Engagement) -> Judged {
    if transfer::others_meet(state, row) {
        return Err(Rejection::wrong_state("engagement", "in a conference"));
    }
    Ok(())
}

/// The interaction of an agent who asks somebody, and who has been answered where that is needed.
fn in_consult(
    state: &State,
    authority: &Authority,
    id: EngagementId,
    answered: bool,
) -> Result<InteractionId, Rejection> {
    let row = own(state, authority, id)?;
    let consult = state.consult_of(id).zip(row.interaction);
    let Some((consult, interaction)) = consult else {
        return Err(Rejection::wrong_state("engagement", "not in a consult"));
    };
    if answered && !consult.answered {
        return Err(Rejection::wrong_state("engagement", "in a consult that nobody answered"));
    }
    if state.meeting_of(interaction).is_some_and(|meeting| meeting.transfer.is_some()) {
        return Err(Rejection::wrong_state("engagement", "in a transfer"));
    }
    Ok(interaction)
}

/// An open interaction in which somebody serves, for one who serves there or may manage it; the part of
/// that agent, else of the first.
fn member<'s>(
    state: &'s State,
    authority: &Authority,
    id: InteractionId,
) -> Result<&'s Engagement, Rejection> {
    let row = known(state, state.interaction(id), id.origin(), "interaction")?;
    if row.stage != Stage::Open {
        return Err(Rejection::wrong_state("interaction", "over"));
    }
    let serving = || {
        row.engagements.iter().filter_map(|id| state.engagement(*id)).filter(|row| {
            agent::serves(row.role) && matches!(row.phase, Phase::Active | Phase::Held)
        })
    };
    let own = serving().find(|row| agent::may_act_for(state, authority, row.agent).is_ok());
    if let Some(own) = own {
        return Ok(own);
    }
    let what = Reach::interaction(state, id);
    agent::may_manage(state, authority, Permission::ManageInteractions, what)?;
    serving().next().ok_or_else(|| Rejection::wrong_state("interaction", "not served by anybody"))
}

fn participant_of(state: &State, id: ParticipantId) -> Result<(InteractionId, PartyOf), Rejection> {
    let party = state.party(id);
    let party = *known(state, party.as_ref(), id.origin(), "participant")?;
    let gone = || Rejection::new(RejectionReason::Gone, "participant");
    state.interaction_of(id).map(|interaction| (interaction, party)).ok_or_else(gone)
}

/// One more may take part.
fn has_room(state: &State, id: Option<InteractionId>) -> Judged {
    let Some(row) = id.and_then(|id| state.interaction(id)) else { return Ok(()) };
    let asked = row.meeting().map_or(0, |meeting| meeting.asked.len() + meeting.outside.len());
    let there = 1 + row.engagements.len() + asked;
    if there >= state.config.center.limits.participants as usize {
        return Err(Rejection::limit("participants"));
    }
    Ok(())
}

/// Whom the agent wants: somebody else, who can be reached on the channel.
fn party(state: &State, row: &Engagement, to: Destination) -> Result<Party, Rejection> {
    match to {
        Destination::Queue(key) => queue_id(state, &key).map(Party::Queue),
        Destination::Agent(key) => {
            let agent = somebody(state, &key, "to.agent")?;
            if agent == row.agent {
                return Err(Rejection::invalid("to.agent", "is the one who asks"));
            }
            if row.queue.is_none() {
                return Err(Rejection::wrong_state("engagement", "not of a queue"));
            }
            Ok(Party::Agent(agent))
        }
        Destination::Flow(_) => Err(Rejection::not_yet("flow as a destination")),
        Destination::External(to) => {
            if !row.channel.has_media() {
                return Err(Rejection::invalid("to.external", "is no address of the channel"));
            }
            if matches!(&to, Personal::Clear(to) if to.is_empty()) {
                return Err(Rejection::invalid("to.external", "is empty"));
            }
            Ok(Party::External(to))
        }
    }
}
