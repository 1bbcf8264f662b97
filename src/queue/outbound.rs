//! Calling the far end of an interaction that begins with us: by hand, or because a call was promised.

use super::{estimate, offer};
use crate::agent::phone;
use crate::id::{EngagementId, InteractionId, QueueId, RequestId};
use crate::message::{
    CallbackEvent, DialEvent, EffectKind, EngagementEvent, EngagementRole, Lane, LegEvent,
    LegPurpose, Personal, Phase, RequestCause,
};
use crate::model::{CalledFirst, NoAgents};
use crate::state::{Callback, CustomerIs, Interaction, Request, State, Step};

/// What was promised, where the request is for a customer who is to be called back by whoever takes it.
pub(super) fn promised<'s>(state: &'s State, request: &Request) -> Option<&'s Callback> {
    let due = request.cause == RequestCause::Callback;
    let callback = state.meeting_of(request.interaction).filter(|_| due)?.callback.as_ref();
    callback.filter(|callback| callback.customer == CustomerIs::CalledByAgent)
}

/// An agent has taken up a promised call: the customer is called.
pub(super) fn keep_promise(step: &mut Step<'_>, engagement: EngagementId, promise: &Callback) {
    let to = promise.promise.to.clone();
    step.emit(DialEvent::Begun { engagement, to, location: None, preview_until: None });
    call(step, engagement);
}

/// Takes back a call that was promised and is not due yet.
pub(crate) fn take_back(step: &mut Step<'_>, request: RequestId) {
    step.emit(CallbackEvent::Ended { request, interaction: None, reached: false, next: None });
}

/// Whether the customer of the interaction was called, or is about to be, before an agent was asked, and is not there yet.
pub(crate) fn is_called_first(state: &State, interaction: InteractionId) -> bool {
    let callback = state.meeting_of(interaction).and_then(|meeting| meeting.callback.as_ref());
    callback.is_some_and(|callback| callback.customer.is_awaited())
}

/// The customer who was called first waits on the line, at the place that was kept.
pub(crate) fn came(step: &mut Step<'_>, interaction: InteractionId) {
    let Some(row) = step.state().interaction(interaction) else { return };
    let promise = row.meeting().and_then(|meeting| meeting.callback.as_ref());
    let Some((request, wait)) = promise.map(|promise| promise.request).zip(row.request) else {
        return;
    };
    step.emit(CallbackEvent::Came { request, interaction });
    offer::set_music(step, wait, true);
}

/// Calls those customers of the queue whose turn comes near, where customers are called before agents are asked.
/// Whoever is called already counts like others ahead, also for the estimate. Whether anybody was called.
pub(super) fn call_near(step: &mut Step<'_>, queue: QueueId) -> bool {
    let mut called = false;
    let state = step.state();
    let coming = state.customers_coming(queue);
    for (more, id) in (coming..).zip(state.customers_to_call(queue)) {
        if !is_near(step, id, more) {
            break;
        }
        let state = step.state();
        let row = state.request(id).and_then(|request| state.interaction(request.interaction));
        let promise = row.and_then(|row| Some((row.id, row.meeting()?.callback.as_ref()?)));
        let Some((interaction, to)) =
            promise.map(|(interaction, callback)| (interaction, callback.promise.to.clone()))
        else {
            continue;
        };
        originate(step, interaction, (to, None), true);
        called = true;
    }
    called
}

/// Whether it is soon the turn of a customer who is to be called, behind so many who are being called.
fn is_near(step: &Step<'_>, id: RequestId, coming: u32) -> bool {
    let state = step.state();
    let Some(request) = state.request(id) else { return false };
    let Some(plan) = state.config.queue(request.queue) else { return false };
    let CalledFirst::Customer(lead) = plan.callbacks.first else { return true };
    let (steps, rule) = (state.in_force(request), NoAgents::NoneRoutable);
    if !state.is_served((request.queue, steps), rule, request.channel.has_media()) {
        return false;
    }
    let ahead = state.place_in_queue(request) - 1;
    match estimate::of(state, step.at, request, steps) {
        Some(wait) => {
            let whole = i64::from(ahead + coming) + 1;
            wait.p50.as_micros().saturating_mul(whole) / (i64::from(ahead) + 1) <= lead.as_micros()
        }
        None => ahead + coming == 0,
    }
}

/// Calls the customer, or the colleague, for the agent who makes the call.
pub(crate) fn call(step: &mut Step<'_>, id: EngagementId) {
    let state = step.state();
    let Some((dial, row)) = state.dials.get(&id).cloned().zip(dialed_in(state, id)) else { return };
    let interaction = row.id;
    let from = match state.engagement(id) {
        // A colleague sees which phone calls.
        Some(part) if part.role == EngagementRole::Internal => {
            phone::of(state, part.agent).map(|(_, address)| address)
        }
        _ => offer::shown_number(state, row),
    };
    step.emit(EngagementEvent::PhaseChanged { id, phase: Phase::Dialing });
    originate_from(step, interaction, (dial.to, dial.location), (from, false));
}

/// Calls the customer of an interaction that begins with us.
fn originate(
    step: &mut Step<'_>,
    interaction: InteractionId,
    to: (Personal<String>, Option<Personal<String>>),
    detect_machine: bool,
) {
    let state = step.state();
    let from = state.interaction(interaction).and_then(|row| offer::shown_number(state, row));
    originate_from(step, interaction, to, (from, detect_machine));
}

fn originate_from(
    step: &mut Step<'_>,
    interaction: InteractionId,
    (to, location): (Personal<String>, Option<Personal<String>>),
    (from, detect_machine): (Option<String>, bool),
) {
    let state = step.state();
    let Some(row) = state.interaction(interaction) else { return };
    let (leg, host) = (row.leg, row.host);
    let promise = row.meeting().and_then(|meeting| meeting.callback.as_ref());
    let promised = promise.map(|promise| promise.request);
    let policies = &state.config.center.policies;
    let timeout = policies.dial_timeout;
    let by = step.at + timeout + policies.effect_timeout;
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
            to,
            from,
            timeout,
            early_media: !detect_machine,
            detect_machine,
            headers: Vec::new(),
            location,
        },
    );
}

fn dialed_in(state: &State, id: EngagementId) -> Option<&Interaction> {
    state.interaction(state.engagement(id)?.interaction?)
}
