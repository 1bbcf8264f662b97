//! What it means for a transfer, a consult or a conference that somebody has answered.

use crate::agent;
use crate::id::{BridgeId, EngagementId, InteractionId, LegId};
use crate::message::{
    ConferenceEvent, ConsultEvent, EngagementRole, Phase, RequestCause, TransferEvent,
    VoicemailEvent,
};
use crate::state::{Consult, Request, State, Step};

/// What an agent who answers the request will be to the interaction.
pub(super) fn role(state: &State, request: &Request) -> EngagementRole {
    match request.cause {
        RequestCause::Consult if asked_by(state, request).is_some() => EngagementRole::Consulted,
        RequestCause::Consult => EngagementRole::Conference,
        RequestCause::Assist => EngagementRole::Assist,
        _ => EngagementRole::Handler,
    }
}

/// The consult that the request is for.
fn asked_by(state: &State, request: &Request) -> Option<Consult> {
    let meeting = state.meeting_of(request.interaction)?;
    meeting.consults.iter().find(|consult| consult.request == Some(request.id)).copied()
}

/// Whom the agent is to hear: the customer, or the agent who asks; nobody where that one has no leg.
pub(super) fn counterpart(state: &State, request: &Request) -> Option<LegId> {
    match asked_by(state, request) {
        Some(consult) => state.engagement(consult.engagement)?.leg,
        None => state.interaction(request.interaction).map(|row| row.leg),
    }
}

/// Where they are to meet, if that place is there already.
pub(super) fn meeting_place(state: &State, request: &Request) -> Option<BridgeId> {
    let joins = role(state, request) == EngagementRole::Conference;
    state.meeting_of(request.interaction).filter(|_| joins)?.bridge
}

/// An agent has answered the request, which has ended with that.
pub(super) fn answered(
    step: &mut Step<'_>,
    request: &Request,
    part: EngagementId,
    bridge: Option<BridgeId>,
) {
    let (state, interaction) = (step.state(), request.interaction);
    if request.cause == RequestCause::Consult {
        match asked_by(state, request) {
            Some(consult) => consult_answered(step, &consult, Some(part), bridge),
            None => conference_joined(step, interaction, part),
        }
        return;
    }
    if request.cause.is_of_agent() {
        return;
    }
    let transfer = state.meeting_of(interaction).and_then(|meeting| meeting.transfer);
    if let Some(agent) = state.engagement(part).map(|row| row.agent)
        && state.voicemail(interaction).is_some()
    {
        step.emit(VoicemailEvent::Claimed { interaction, agent });
    }
    let Some(transfer) = transfer else { return };
    let engagement = transfer.engagement;
    step.emit(if transfer.failed {
        TransferEvent::Recalled { interaction, engagement, part }
    } else {
        TransferEvent::Completed { interaction, engagement, to: Some(part) }
    });
}

/// The consulted party is there; the customer waits, also if the agent had turned back meanwhile.
pub(crate) fn consult_answered(
    step: &mut Step<'_>,
    consult: &Consult,
    with: Option<EngagementId>,
    bridge: Option<BridgeId>,
) {
    let engagement = consult.engagement;
    if step.state().engagement(engagement).is_some_and(|e| e.phase == Phase::Active) {
        agent::hold(step, engagement);
    }
    step.emit(ConsultEvent::Answered { engagement, with, bridge });
}

/// One more speaks with customer and agent.
pub(crate) fn conference_joined(step: &mut Step<'_>, id: InteractionId, part: EngagementId) {
    let meeting = step.state().meeting_of(id);
    if meeting.is_some_and(|meeting| meeting.conference) {
        return;
    }
    let bridge = meeting.and_then(|meeting| meeting.bridge).unwrap_or_else(|| step.new_id());
    step.emit(ConferenceEvent::Started { interaction: id, engagement: part, bridge });
}
