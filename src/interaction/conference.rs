//! More than two speak with each other: who joins, who leaves, who is muted.

use super::consult;
use crate::agent;
use crate::id::{EngagementId, InteractionId, LegId, ParticipantId};
use crate::message::{
    ConferenceEvent, ConsultEnd, ConsultEvent, EffectKind, EngagementEvent, EngagementRole,
    InteractionEvent, Lane, ParticipantRole, Party, Phase, RequestCause,
};
use crate::queue::handover;
use crate::queue::join::{self, Wish};
use crate::state::{Consult, Engagement, Leg, PartyOf, State, Step};

/// Joins customer, asking agent and consulted party.
pub(crate) fn join_all(step: &mut Step<'_>, asker: EngagementId) {
    let state = step.state();
    let interaction = state.engagement(asker).and_then(|row| row.interaction);
    let (Some(consult), Some(interaction)) = (state.consult_of(asker), interaction) else {
        return;
    };
    let party = consult::party_leg(state, &consult);
    let bridge = state.meeting_of(interaction).and_then(|meeting| meeting.bridge);
    let end = ConsultEnd::Conference;
    step.emit(ConsultEvent::Ended { interaction, engagement: asker, end });
    if let Some(id) = consult.with {
        step.emit(EngagementEvent::RoleChanged { id, role: EngagementRole::Conference });
    }
    handover::conference_joined(step, interaction, asker);
    if !consult.with_customer {
        consult::move_asker(step, interaction, &consult, false);
        agent::unhold(step, asker);
    }
    if let (Some(leg), Some(bridge)) = (party, bridge) {
        consult::move_leg(step, interaction, leg, bridge);
    }
}

/// Asks somebody to join who is not consulted first.
pub(crate) fn invite(step: &mut Step<'_>, interaction: InteractionId, to: Party) {
    let state = step.state();
    let deadline = step.at + state.config.center.policies.transfer_timeout;
    let home = serving(state, interaction).find_map(|row| row.queue);
    let (queue, wish) = match to {
        Party::External(address) => {
            consult::call(step, interaction, address, deadline);
            return;
        }
        Party::Queue(queue) => (queue, Wish::new(RequestCause::Consult)),
        Party::Agent(agent) => {
            let Some(home) = home else { return };
            (home, Wish::direct(RequestCause::Consult, agent))
        }
        Party::Flow(_) => return,
    };
    let id = step.new_id();
    join::enter(step, id, interaction, queue, wish.within(deadline));
}

/// Whether a leg is somebody's from outside who is to join customer and agents, not asked by an agent alone
/// and not on call.
pub(super) fn is_invited(state: &State, leg: &Leg) -> bool {
    let asked = |consult: &Consult| consult.leg == Some(leg.id);
    let consulted =
        state.meeting_of(leg.interaction).is_some_and(|meeting| meeting.consults.iter().any(asked));
    let called = state.on_call_for(leg.interaction).and_then(|row| row.call);
    !consulted && called.is_none_or(|call| call.leg != leg.id)
}

/// Agents who serve the customer now.
fn serving(state: &State, interaction: InteractionId) -> impl Iterator<Item = &Engagement> {
    state
        .interaction(interaction)
        .into_iter()
        .flat_map(|row| &row.engagements)
        .filter_map(|id| state.engagement(*id))
        .filter(|row| row.phase != Phase::WrapUp && agent::serves(row.role))
}

/// Takes somebody out: an agent's part ends, somebody from outside is hung up.
pub(crate) fn take_out(step: &mut Step<'_>, party: PartyOf) {
    match party {
        PartyOf::Customer(_) => {}
        PartyOf::Agent(id) => agent::finish(step, id),
        PartyOf::Guest(leg) => {
            let interaction = step.state().leg(leg).map(|row| row.interaction);
            if let Some(interaction) = interaction {
                guest_left(step, interaction, leg);
                step.hang_up(leg);
                super::tidy_up(step, interaction, crate::message::Side::Command);
            }
        }
    }
}

/// Lets nobody hear a participant, or all again.
pub(crate) fn mute(
    step: &mut Step<'_>,
    interaction: InteractionId,
    participant: ParticipantId,
    muted: bool,
) {
    let state = step.state();
    let leg = state.party(participant).and_then(|party| state.leg_of_party(party));
    step.emit(InteractionEvent::Muted { id: interaction, participant, muted });
    let Some((leg, host)) = leg.and_then(|leg| step.state().leg(leg)).map(|row| (row.id, row.host))
    else {
        return;
    };
    let leg = step.state().host_leg(leg);
    let kind = EffectKind::Mute { leg, speak: !muted, hear: true };
    step.effect(host, Lane::Interaction(interaction), step.at, kind);
}

/// Somebody from outside takes part from here on.
pub(super) fn guest_joins(step: &mut Step<'_>, id: InteractionId, leg: LegId) {
    let participant = step.new_id();
    step.emit(InteractionEvent::ParticipantJoined {
        id,
        participant,
        role: ParticipantRole::External,
        agent: None,
        leg: Some(leg),
    });
}

/// Somebody from outside takes part no more.
pub(super) fn guest_left(step: &mut Step<'_>, id: InteractionId, leg: LegId) {
    let meeting = step.state().meeting_of(id);
    let guest = meeting.and_then(|meeting| meeting.guests.iter().find(|guest| guest.leg == leg));
    if let Some(participant) = guest.map(|guest| guest.participant) {
        step.emit(InteractionEvent::ParticipantLeft { id, participant });
    }
}

/// Somebody from outside has joined customer and agent.
pub(super) fn began(step: &mut Step<'_>, id: InteractionId) {
    let first = serving(step.state(), id).map(|row| row.id).next();
    if let Some(first) = first {
        handover::conference_joined(step, id, first);
    }
}

/// After somebody left: with two or fewer it is a conference no more, and of the agents who are left one
/// is the handler. Whether that changed anything.
pub(super) fn review(step: &mut Step<'_>, id: InteractionId) -> bool {
    let state = step.state();
    let agents = serving(state, id).filter(|row| row.phase != Phase::Connecting).count();
    let Some(meeting) = state.meeting_of(id) else { return false };
    // One of them is the customer.
    let over = meeting.conference && 1 + agents + meeting.guests.len() <= 2;
    let handled = serving(state, id).any(|row| row.role == EngagementRole::Handler);
    let heir = serving(state, id)
        .find(|row| row.role == EngagementRole::Conference && row.phase != Phase::Connecting)
        .map(|row| row.id)
        .filter(|_| !handled);
    if over {
        step.emit(ConferenceEvent::Ended { interaction: id });
    }
    if let Some(id) = heir {
        step.emit(EngagementEvent::RoleChanged { id, role: EngagementRole::Handler });
    }
    over || heir.is_some()
}
