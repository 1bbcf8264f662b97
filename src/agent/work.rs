//! An agent's part in an interaction: hold, hang-up, wrap-up; and work from outside the queues.

use crate::id::{AgentId, DispositionId, EngagementId, HostId, InteractionId, ReasonId};
use crate::message::{
    DialEnd, DialEvent, EffectKind, EngagementEnd, EngagementEvent, EngagementRole, HostLeg, Lane,
    Phase,
};
use crate::model::{Channel, WrapUpMode};
use crate::state::{Engagement, Hold, State, Step, WorkItem};
use crate::time::Duration;

/// The customer's leg and the host that holds it, where the engine controls it.
fn customer_leg(state: &State, id: InteractionId) -> Option<(HostId, HostLeg)> {
    let leg = state.leg(state.interaction(id)?.leg)?;
    state.controls_media(leg.host).then(|| (leg.host, state.host_leg(leg.id)))
}

/// Puts the customer on hold.
pub(crate) fn hold(step: &mut Step<'_>, id: EngagementId) {
    step.emit(EngagementEvent::PhaseChanged { id, phase: Phase::Held });
    if let Some(interaction) = step.state().engagement(id).and_then(|row| row.interaction) {
        keep_waiting(step, interaction);
    }
}

/// Takes the customer off hold.
pub(crate) fn unhold(step: &mut Step<'_>, id: EngagementId) {
    step.emit(EngagementEvent::PhaseChanged { id, phase: Phase::Active });
    if let Some(interaction) = step.state().engagement(id).and_then(|row| row.interaction) {
        release(step, interaction);
    }
}

/// Lets the customer hear music instead of others, where the engine controls the media.
pub(crate) fn keep_waiting(step: &mut Step<'_>, interaction: InteractionId) {
    if let Some((host, leg)) = customer_leg(step.state(), interaction) {
        let (lane, by) = (Lane::Interaction(interaction), step.op_deadline());
        step.effect(host, lane, by, EffectKind::Hold { leg: leg.clone() });
        step.effect(host, lane, step.at, EffectKind::Music { leg, on: true, class: None });
    }
}

/// Lets a customer who is on hold hear others again: the agent, or whoever comes in place of the agent.
pub(crate) fn release(step: &mut Step<'_>, interaction: InteractionId) {
    if let Some((host, leg)) = customer_leg(step.state(), interaction) {
        let (lane, by) = (Lane::Interaction(interaction), step.op_deadline());
        let music = EffectKind::Music { leg: leg.clone(), on: false, class: None };
        step.effect(host, lane, step.at, music);
        step.effect(host, lane, by, EffectKind::Unhold { leg });
    }
}

/// The customer's part of the engagement is over: on to wrap-up, by the queue's mode.
pub(crate) fn finish(step: &mut Step<'_>, id: EngagementId) {
    let state = step.state();
    let Some(engagement) = state.engagement(id) else { return };
    if engagement.phase == Phase::WrapUp {
        return;
    }
    let connecting = matches!(engagement.phase, Phase::Connecting | Phase::Previewing);
    let wrap_up =
        engagement.queue.and_then(|queue| state.config.queue(queue)).map(|plan| &plan.wrap_up);
    let wrap_up = wrap_up.filter(|wrap_up| {
        wrap_up.mode != WrapUpMode::None
            && !connecting
            && takes_room(state, engagement)
            && serves(engagement.role)
    });
    let limit = wrap_up.map(|wrap_up| wrap_up.limit);
    // Wrapping up beside what pushed it aside takes nothing from that.
    let aside = engagement.phase == Phase::Suspended;
    let cost = if aside { 0 } else { state.config.channel(engagement.channel).wrap_up_cost };
    let leg = engagement.leg;
    give_up_call(step, id);
    match limit {
        Some(limit) => {
            if let Some(leg) = leg {
                step.hang_up(leg);
            }
            let until = step.at + limit;
            step.emit(EngagementEvent::WrapUpStarted { id, cost, until });
        }
        None if connecting => end(step, id, EngagementEnd::NotConnected),
        None => end(step, id, EngagementEnd::NoWrapUp),
    }
}

/// Whether somebody of this role serves the customer, and so has something to finish afterwards.
pub(crate) const fn serves(role: EngagementRole) -> bool {
    matches!(role, EngagementRole::Handler | EngagementRole::Conference)
}

/// Ends the engagement without wrap-up, or with it.
pub(crate) fn end(step: &mut Step<'_>, id: EngagementId, end: EngagementEnd) {
    give_up_call(step, id);
    if let Some(leg) = step.state().engagement(id).and_then(|engagement| engagement.leg) {
        step.hang_up(leg);
    }
    step.emit(EngagementEvent::Ended { id, end });
}

/// What had no room of its own has none for a wrap-up either: work that was put away, a call for help.
fn takes_room(state: &State, engagement: &Engagement) -> bool {
    let work = state.agent(engagement.agent).map(|row| row.work.as_slice()).unwrap_or_default();
    let own = |item: &&WorkItem| item.hold == Hold::Engagement(engagement.id);
    work.iter().find(own).is_some_and(|item| !item.parked)
}

/// A call that the agent is making comes to nothing.
fn give_up_call(step: &mut Step<'_>, id: EngagementId) {
    if step.state().dials.contains_key(&id) {
        step.emit(DialEvent::Ended { engagement: id, end: DialEnd::GivenUp });
    }
}

/// The agent is done with wrap-up.
pub(crate) fn finish_wrap_up(
    step: &mut Step<'_>,
    id: EngagementId,
    disposition: Option<DispositionId>,
) {
    if let Some(disposition) = disposition {
        step.emit(EngagementEvent::DispositionSet { id, disposition });
    }
    end(step, id, EngagementEnd::Finished);
}

/// Wrap-up reached its end.
pub(crate) fn wrap_up_over(step: &mut Step<'_>, id: EngagementId) {
    let state = step.state();
    let Some(engagement) = state.engagement(id) else { return };
    let mode =
        engagement.queue.and_then(|queue| state.config.queue(queue)).map(|plan| plan.wrap_up.mode);
    let missing = mode == Some(WrapUpMode::Forced) && engagement.disposition.is_none();
    end(
        step,
        id,
        if missing { EngagementEnd::DispositionMissing } else { EngagementEnd::TimedOut },
    );
}

/// Gives wrap-up more time.
pub(crate) fn extend_wrap_up(step: &mut Step<'_>, id: EngagementId, by: Duration) {
    let until = step.state().engagement(id).and_then(|engagement| engagement.wrap_up_until);
    if let Some(until) = until {
        step.emit(EngagementEvent::WrapUpExtended { id, until: until + by });
    }
}

/// The agent states the result.
pub(crate) fn set_disposition(step: &mut Step<'_>, id: EngagementId, disposition: DispositionId) {
    step.emit(EngagementEvent::DispositionSet { id, disposition });
}

/// The agent begins work that comes from no queue.
pub(crate) fn begin_other_work(
    step: &mut Step<'_>,
    agent: AgentId,
    channel: Channel,
    reason: Option<ReasonId>,
) {
    let id = step.new_id();
    let cost = step.state().config.channel(channel).cost;
    super::suspend_for(step, agent, channel);
    step.emit(EngagementEvent::Opened {
        id,
        agent,
        role: EngagementRole::OtherWork,
        interaction: None,
        participant: None,
        offer: None,
        queue: None,
        request: None,
        leg: None,
        channel,
        cost,
        phase: Phase::Active,
        reason,
    });
}

/// That work is done.
pub(crate) fn end_other_work(step: &mut Step<'_>, id: EngagementId) {
    end(step, id, EngagementEnd::Finished);
}
