//! Joining a queue, through overflows until one takes the request or the chain ends.

use super::returning::Place;
use super::{leave, offer};
use crate::id::{InteractionId, QueueId, RequestId};
use crate::message::{
    FlowOutReason, IncidentAction, IncidentArea, Outcome, RequestCause, RequestEvent,
    RequestOpened, Target,
};
use crate::state::{Interaction, OverflowTo, QueuePlan, Request, State, Step};

/// What a request takes along from the one before it.
#[derive(Clone, Copy)]
struct Past {
    /// None where the customer waits in another interaction already.
    parent: Option<RequestId>,
    attempt: u32,
    place: Place,
}

impl Past {
    fn of(request: &Request) -> Self {
        Self { parent: Some(request.id), attempt: request.attempt + 1, place: Place::of(request) }
    }
}

/// The customer of the interaction joins the queue, at a place in time where there is one already.
pub(crate) fn join(
    step: &mut Step<'_>,
    interaction: InteractionId,
    queue: QueueId,
    place: Option<Place>,
) {
    let past = place.map(|place| Past { parent: None, attempt: 0, place });
    enter(step, interaction, queue, past);
}

/// The request leaves its queue for `reason`, along the queue's overflow: into another queue, with its
/// place in time, or out of the center.
pub(crate) fn overflow(step: &mut Step<'_>, request: RequestId, reason: FlowOutReason) {
    let Some(request) = step.state().request(request).cloned() else { return };
    flow_out(step, &request, reason);
}

/// The request's queue was removed: on to its heir, or out of the center.
pub(crate) fn removed(step: &mut Step<'_>, id: RequestId) {
    let state = step.state();
    let Some(request) = state.request(id).cloned() else { return };
    let to = state.config.heir(request.queue);
    let reason = FlowOutReason::Removed;
    leave::end(step, id, Outcome::FlowedOut { reason, to });
    if let Some(to) = to {
        enter(step, request.interaction, to, Some(Past::of(&request)));
    }
}

/// The chain of overflows has an end: a valid center has no loop in it, and bounds its length.
fn flow_out(step: &mut Step<'_>, request: &Request, reason: FlowOutReason) {
    let Some(plan) = step.state().config.queue(request.queue) else {
        return removed(step, request.id);
    };
    let to = match plan.overflow {
        OverflowTo::Queue(to) => Some(to),
        OverflowTo::HangUp => None,
    };
    step.emit(RequestEvent::Ended { id: request.id, outcome: Outcome::FlowedOut { reason, to } });
    if let Some(to) = to {
        enter(step, request.interaction, to, Some(Past::of(request)));
    }
}

fn enter(step: &mut Step<'_>, interaction: InteractionId, queue: QueueId, past: Option<Past>) {
    let id = step.new_id();
    let state = step.state();
    let Some((row, plan)) = state.interaction(interaction).zip(state.config.queue(queue)) else {
        return;
    };
    let refused = refusal(state, queue, plan);
    let opened = opened(step, id, row, plan, queue, past);
    step.emit(RequestEvent::Opened(Box::new(opened)));
    if let Some(reason) = refused {
        if let Some(request) = step.state().request(id).cloned() {
            flow_out(step, &request, reason);
        }
        return;
    }
    offer::set_music(step, id, true);
    super::staffing::review(step, queue);
}

/// The bound that keeps a request out of the queue, if one does.
fn refusal(state: &State, queue: QueueId, plan: &QueuePlan) -> Option<FlowOutReason> {
    let row = state.queue(queue)?;
    let shut = state.incidents.get(&IncidentArea::Queue(queue));
    if !row.open || shut.is_some_and(|(action, _)| *action == IncidentAction::Close) {
        return Some(FlowOutReason::Closed);
    }
    if plan.depth.is_some_and(|depth| row.depth >= depth) {
        return Some(FlowOutReason::Full);
    }
    let nobody = plan.no_agents_grace == crate::time::Duration::ZERO
        && plan.no_agents.is_some_and(|rule| !super::staffing::is_staffed(state, queue, rule));
    nobody.then_some(FlowOutReason::NoAgents)
}

fn opened(
    step: &Step<'_>,
    id: RequestId,
    interaction: &Interaction,
    plan: &QueuePlan,
    queue: QueueId,
    past: Option<Past>,
) -> RequestOpened {
    let now = step.happened;
    let new = Place { customer_wait_since: now, order_at: now };
    let Place { customer_wait_since, order_at } = past.map_or(new, |past| past.place);
    let parent = past.and_then(|past| past.parent);
    let boost = interaction.boost + plan.boost;
    let service_target = plan.target(interaction.channel);
    RequestOpened {
        id,
        interaction: interaction.id,
        parent,
        attempt: past.map_or(0, |past| past.attempt),
        cause: if parent.is_some() { RequestCause::Overflow } else { RequestCause::Initial },
        target: Target::Queue,
        home_queue: queue,
        visible_queues: Vec::new(),
        served_via: None,
        channel: interaction.channel,
        customer_wait_since,
        queue_entered_at: now,
        order_at,
        boost,
        service_target,
        due_at: step.state().config.due_at(order_at, service_target, boost),
        wait_until: plan.wait.map(|wait| now + wait),
        counts_as_offered: true,
    }
}
