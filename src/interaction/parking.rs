//! Work that is put away until later, and taken up again: by its owner, when its time has come, or because
//! the customer wrote.

use crate::agent;
use crate::id::{EngagementId, InteractionId};
use crate::message::{EngagementEnd, EngagementEvent, MessageEvent, Phase, RequestCause};
use crate::queue::join::{self, Wish};
use crate::state::Step;
use crate::time::Timestamp;

/// The agent puts the work away. It stays the agent's, and takes no room.
pub(crate) fn park(step: &mut Step<'_>, id: EngagementId, until: Option<Timestamp>) {
    let Some(row) = step.state().engagement(id) else { return };
    let (Some(interaction), owner) = (row.interaction, Some(row.agent)) else { return };
    step.emit(EngagementEvent::PhaseChanged { id, phase: Phase::Parked });
    step.emit(MessageEvent::Parked { interaction, until, owner });
}

/// The agent takes it up again.
pub(crate) fn unpark(step: &mut Step<'_>, id: EngagementId) {
    let Some(row) = step.state().engagement(id) else { return };
    let (Some(interaction), agent, channel) = (row.interaction, row.agent, row.channel) else {
        return;
    };
    step.emit(MessageEvent::Resumed { interaction });
    agent::suspend_for(step, agent, channel);
    step.emit(EngagementEvent::PhaseChanged { id, phase: Phase::Active });
}

/// The work goes on because its time has come or the customer wrote: with its owner, if that agent can
/// take it within the center's hold, else with whoever the queue has.
pub(crate) fn resume(step: &mut Step<'_>, interaction: InteractionId) {
    let state = step.state();
    let Some(row) = state.interaction(interaction) else { return };
    if !row.thread.as_ref().is_some_and(|thread| thread.parked) {
        return;
    }
    let mut parts = row.engagements.iter().filter_map(|id| state.engagement(*id));
    let Some((id, owner, Some(queue))) = parts
        .find(|part| part.phase == Phase::Parked)
        .map(|part| (part.id, part.agent, part.queue))
    else {
        step.emit(MessageEvent::Resumed { interaction });
        return;
    };
    step.emit(MessageEvent::Resumed { interaction });
    let request = step.new_id();
    let wish = Wish::direct(RequestCause::Resume, owner);
    join::enter(step, request, interaction, queue, wish);
    agent::end_engagement(step, id, EngagementEnd::Parked);
}
