//! Calling the far end of an interaction that begins with us: by hand, or because a call was promised.

use super::{announce, estimate, join, offer, urgent};
use crate::agent::phone;
use crate::id::{EngagementId, InteractionId, QueueId, RequestId};
use crate::message::{
    CallbackEvent, DialEvent, EffectKind, EngagementEvent, EngagementRole, FlowOutReason, Lane,
    LegEvent, LegPurpose, Personal, Phase, RequestCause, RequestEvent, Target,
};
use crate::model::{CalledFirst, NoAgents};
use crate::state::{Callback, CallsOpen, CustomerIs, Interaction, QueuePlan, Request, State, Step};
use crate::time::Timestamp;

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

/// Until when a promise waits in a queue: until its own end, or until no customers may be called any more; one whose
/// customer is on the line has no bound.
pub(super) fn bound(
    (state, at): (&State, Timestamp),
    plan: &QueuePlan,
    callback: &Callback,
) -> Option<Timestamp> {
    if callback.customer == CustomerIs::There {
        return None;
    }
    let closes = match state.calls_open(plan, at) {
        CallsOpen::Now { until } => until,
        CallsOpen::From(_) | CallsOpen::Never => Some(at),
    };
    callback.promise.not_after.into_iter().chain(closes).min()
}

/// The promise that a request stands for, and its queue.
fn waits_for<'s>(state: &'s State, request: &Request) -> Option<(&'s Callback, &'s QueuePlan)> {
    let due = request.cause == RequestCause::Callback;
    let callback = state.meeting_of(request.interaction).filter(|_| due)?.callback.as_ref()?;
    Some((callback, state.config.queue(request.queue)?))
}

/// Hours have changed, or what the clock says: promises that wait are bound by what holds now.
pub(super) fn review_bounds(step: &mut Step<'_>) {
    let state = step.state();
    let changed = |request: &Request| {
        let (callback, plan) = waits_for(state, request)?;
        let until = bound((state, step.at), plan, callback);
        // Who waits for somebody by name waits as long as was said.
        let other = request.target.named().is_none() && until != request.wait_until;
        other.then(|| (request.id, request.target.clone(), until))
    };
    let mut changed: Vec<_> = state.requests.iter().filter_map(changed).collect();
    changed.sort_unstable_by_key(|(id, ..)| *id);
    for (id, target, wait_until) in changed {
        step.emit(RequestEvent::Retargeted { id, target, wait_until });
    }
}

/// Whether the promise that the offer is of may be kept now: not outside the hours for calls, or after its end.
pub(super) fn may_be_kept(state: &State, at: Timestamp, request: &Request) -> bool {
    waits_for(state, request).is_none_or(|(callback, plan)| {
        let until = bound((state, at), plan, callback);
        until.is_none_or(|until| until > at)
    })
}

/// The customer who was called first waits on the line, at the place that was kept.
pub(crate) fn came(step: &mut Step<'_>, interaction: InteractionId) {
    let Some(row) = step.state().interaction(interaction) else { return };
    let promise = row.meeting().and_then(|meeting| meeting.callback.as_ref());
    let Some((promised, id)) = promise.map(|promise| promise.request).zip(row.request) else {
        return;
    };
    step.emit(CallbackEvent::Came { request: promised, interaction });
    let Some(target) = step.state().request(id).map(|request| request.target.clone()) else {
        return;
    };
    offer::set_music(step, id, true);
    match &target {
        Target::Agents(agents) if join::nobody_of(step.state(), agents) => {
            return join::overflow(step, id, FlowOutReason::Coverage);
        }
        Target::Agents(_) | Target::Preferred(_) => {}
        // Nobody is sent away who was called and asked to wait.
        _ => step.emit(RequestEvent::Retargeted { id, target, wait_until: None }),
    }
    announce::begin(step, id);
    if urgent::is_urgent(step.state(), id) {
        step.note_urgent(id);
    }
}

/// Calls those customers of the queue whose turn comes near, where customers are called before agents are asked.
/// Whoever is called already counts like others ahead, also for the estimate. Whether anybody was called.
pub(super) fn call_near(step: &mut Step<'_>, queue: QueueId) -> bool {
    let mut called = false;
    for line in step.state().lines_to_call(queue) {
        while let Some(id) = step.state().next_to_call(&line).filter(|id| is_near(step, *id)) {
            let state = step.state();
            let row = state.request(id).and_then(|request| state.interaction(request.interaction));
            let promise = row.and_then(|row| Some((row.id, row.meeting()?.callback.as_ref()?)));
            let Some((interaction, to)) =
                promise.map(|(interaction, callback)| (interaction, callback.promise.to.clone()))
            else {
                break;
            };
            originate(step, interaction, (to, None), true);
            called = true;
        }
    }
    called
}

/// Whether it is soon the turn of a customer who is to be called.
fn is_near(step: &Step<'_>, id: RequestId) -> bool {
    let state = step.state();
    let Some(request) = state.request(id) else { return false };
    let Some(plan) = state.config.queue(request.queue) else { return false };
    if !may_be_kept(state, step.at, request) {
        return false;
    }
    if let Some(agents) = request.target.named() {
        return !join::nobody_of(state, agents);
    }
    let (steps, rule) = (state.in_force(request), NoAgents::NoneRoutable);
    if !state.is_served((request.queue, steps), rule, request.channel.has_media()) {
        return false;
    }
    let ahead = i64::from(state.place_in_queue(request)) - 1;
    let all = ahead + i64::from(state.customers_coming(request.queue));
    // Whoever is first is near, however long the work of others takes.
    if all == 0 {
        return true;
    }
    let CalledFirst::Customer(lead) = plan.callbacks.first else { return false };
    let wait = estimate::of(state, step.at, request, steps);
    wait.is_some_and(|wait| {
        wait.p50.as_micros().saturating_mul(all + 1) / (ahead + 1) <= lead.as_micros()
    })
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
