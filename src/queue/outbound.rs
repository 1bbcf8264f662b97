//! Calling the far end of an interaction that begins with us: by hand, or because a call was promised.

use super::offer;
use crate::agent::phone;
use crate::id::{EngagementId, RequestId};
use crate::message::{
    CallbackEvent, DialEvent, EffectKind, EngagementEvent, EngagementRole, Lane, LegEvent,
    LegPurpose, Phase, RequestCause,
};
use crate::state::{Callback, Interaction, Request, State, Step};

/// What was promised, where the request is for a customer who is to be called back.
pub(super) fn promised<'s>(state: &'s State, request: &Request) -> Option<&'s Callback> {
    let due = request.cause == RequestCause::Callback;
    state.meeting_of(request.interaction).filter(|_| due)?.callback.as_ref()
}

/// An agent has taken up a promised call: the customer is called.
pub(super) fn keep_promise(step: &mut Step<'_>, engagement: EngagementId, promise: &Callback) {
    let to = promise.to.clone();
    step.emit(DialEvent::Begun { engagement, to, location: None, preview_until: None });
    call(step, engagement);
}

/// Takes back a call that was promised and is not due yet.
pub(crate) fn take_back(step: &mut Step<'_>, request: RequestId) {
    step.emit(CallbackEvent::Ended { request, interaction: None, reached: false });
}

/// Calls the customer, or the colleague, for the agent who makes the call.
pub(crate) fn call(step: &mut Step<'_>, id: EngagementId) {
    let state = step.state();
    let Some((dial, row)) = state.dials.get(&id).cloned().zip(dialed_in(state, id)) else { return };
    let (interaction, leg, host) = (row.id, row.leg, row.host);
    let promise = row.meeting().and_then(|meeting| meeting.callback.as_ref());
    let promised = promise.map(|promise| promise.request);
    let from = match state.engagement(id) {
        // A colleague sees which phone calls.
        Some(part) if part.role == EngagementRole::Internal => {
            phone::of(state, part.agent).map(|(_, address)| address)
        }
        _ => offer::shown_number(state, row),
    };
    let policies = &state.config.center.policies;
    let timeout = policies.dial_timeout;
    let by = step.at + timeout + policies.effect_timeout;
    step.emit(EngagementEvent::PhaseChanged { id, phase: Phase::Dialing });
    step.emit(LegEvent::Originated { id: leg, interaction, host, purpose: LegPurpose::Customer });
    if let Some(request) = promised {
        step.emit(CallbackEvent::Attempted { request, leg });
    }
    step.effect(
        host,
        Lane::Interaction(interaction),
        by,
        EffectKind::Originate {
            leg,
            to: dial.to,
            from,
            timeout,
            early_media: true,
            detect_machine: false,
            headers: Vec::new(),
            location: dial.location,
        },
    );
}

fn dialed_in(state: &State, id: EngagementId) -> Option<&Interaction> {
    state.interaction(state.engagement(id)?.interaction?)
}
