//! Legs: what hosts report of them, and how they are hung up.

use crate::agent;
use crate::id::{EffectId, ExternalRef, LegId, OfferId};
use crate::message::{
    AnsweredBy, EffectEnd, EffectEvent, EffectKind, EndCause, EndKind, HostError, LegEvent,
    LegPurpose, OfferEnd, Phase, Side,
};
use crate::model::Media;
use crate::queue::offer;
use crate::state::{Leg, LegState, State, Step};
use crate::time::Duration;

/// What a host says of an answer.
pub(crate) struct Answer {
    pub(crate) by: AnsweredBy,
    pub(crate) verdict_after: Option<Duration>,
    pub(crate) external: Option<ExternalRef>,
}

/// An outbound leg was answered: an agent who picks up takes the offer.
pub(crate) fn answered(step: &mut Step<'_>, id: LegId, answer: Answer) {
    let Some(leg) = step.state().leg(id).cloned() else { return };
    end_ops(step, &leg, |kind| matches!(kind, EffectKind::Originate { .. }));
    let Answer { by, verdict_after, external } = answer;
    step.emit(LegEvent::Answered { id, by, external, verdict_after });
    if let LegPurpose::Offer(offer, _) = leg.purpose
        && step.state().offer(offer).is_some_and(|offer| offer.accepted.is_none())
    {
        offer::accept(step, offer);
    }
}

/// A leg is gone.
pub(crate) fn ended(step: &mut Step<'_>, id: LegId, by: Side, cause: EndCause) {
    let Some(leg) = step.state().leg(id).cloned() else { return };
    end_ops(step, &leg, |kind| {
        matches!(kind, EffectKind::Hangup { .. } | EffectKind::Reject { .. })
    });
    for op in step.state().leg(id).map(|leg| leg.ops.to_vec()).unwrap_or_default() {
        step.emit(EffectEvent::Ended { id: op, end: EffectEnd::Moot });
    }
    step.emit(LegEvent::Ended { id, by, cause });
    if leg.state == LegState::Ending {
        return;
    }
    match leg.purpose {
        LegPurpose::Offer(offer, _) => agent_gone(step, &leg, offer, cause),
        _ => super::end(step, leg.interaction, by, cause),
    }
}

/// The agent's device rang in vain, refused, or went away during the call.
fn agent_gone(step: &mut Step<'_>, leg: &Leg, offer: OfferId, cause: EndCause) {
    if let Some(row) = step.state().offer(offer) {
        let end = match (row.accepted, cause.kind) {
            (None, EndKind::NoAnswer) => OfferEnd::Timeout,
            (None, EndKind::Declined) => OfferEnd::Rejected(None),
            _ => OfferEnd::SetupFailed,
        };
        offer::end(step, offer, end);
        return;
    }
    let state = step.state();
    let engagement = state.interaction(leg.interaction).and_then(|row| {
        let with_leg = |id: &&crate::id::EngagementId| {
            state.engagement(**id).is_some_and(|e| e.leg == Some(leg.id))
        };
        row.engagements.iter().find(with_leg).copied()
    });
    if let Some(engagement) = engagement {
        agent::finish(step, engagement);
    }
}

/// The far end of an agent's leg went on hold or came back: the agent holds the customer.
pub(crate) fn far_end_hold(step: &mut Step<'_>, id: LegId, held: bool) {
    let state = step.state();
    let Some(leg) = state.leg(id) else { return };
    let phases = if held { (Phase::Active, Phase::Held) } else { (Phase::Held, Phase::Active) };
    let engagement = state.interaction(leg.interaction).and_then(|row| {
        row.engagements
            .iter()
            .filter_map(|id| state.engagement(*id))
            .find(|e| e.leg == Some(leg.id) && e.phase == phases.0)
            .map(|e| e.id)
    });
    step.emit(if held { LegEvent::Held { id } } else { LegEvent::Resumed { id } });
    if let Some(id) = engagement {
        step.emit(crate::message::EngagementEvent::PhaseChanged { id, phase: phases.1 });
    }
}

/// An operation without an event of its own ended.
pub(crate) fn op_ended(step: &mut Step<'_>, op: EffectId, end: EffectEnd) {
    let Some(effect) = step.state().effects.get(&op).cloned() else { return };
    let done = end == EffectEnd::Done;
    step.emit(EffectEvent::Ended { id: op, end });
    match effect.kind {
        EffectKind::Bridge { legs, .. } => {
            let offer = legs.last().and_then(|leg| connecting(step.state(), leg.leg));
            match offer {
                Some((offer, engagement)) if done => offer::connected(step, offer, engagement),
                Some((offer, _)) => offer::end(step, offer, OfferEnd::SetupFailed),
                None => {}
            }
        }
        // What cannot be taken up or hung up is no longer there.
        EffectKind::Answer { leg } | EffectKind::Hangup { leg, .. } if !done => {
            ended(step, leg.leg, Side::Network, EndKind::Failed.into());
        }
        EffectKind::Originate { leg, .. } if !done => {
            ended(step, leg, Side::Network, EndKind::Failed.into());
        }
        _ => {}
    }
}

/// An operation was not heard of again.
pub(crate) fn op_timed_out(step: &mut Step<'_>, op: EffectId) {
    op_ended(step, op, EffectEnd::TimedOut);
}

/// An operation was refused by its host.
pub(crate) fn op_refused(step: &mut Step<'_>, op: EffectId) {
    op_ended(step, op, EffectEnd::Failed(HostError::Rejected));
}

/// The offer that waits for the agent's leg to be bridged.
fn connecting(state: &State, leg: LegId) -> Option<(OfferId, crate::id::EngagementId)> {
    let LegPurpose::Offer(offer, _) = state.leg(leg)?.purpose else { return None };
    Some((offer, state.offer(offer)?.accepted?.engagement))
}

/// Ends the leg's open operations of a kind as done.
fn end_ops(step: &mut Step<'_>, leg: &Leg, of_kind: impl Fn(&EffectKind) -> bool) {
    for op in &leg.ops {
        if step.state().effects.get(op).is_some_and(|effect| of_kind(&effect.kind)) {
            step.emit(EffectEvent::Ended { id: *op, end: EffectEnd::Done });
        }
    }
}

/// Whether the engine tells the leg's host what to do with it.
pub(crate) fn is_controlled(state: &State, leg: &Leg) -> bool {
    state.config.host(leg.host).is_some_and(|host| host.media == Media::Engine)
}
