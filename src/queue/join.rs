//! Joining a queue, through overflows until one takes the request or the chain ends.

use super::order::{Standing, Wait};
use super::returning::{self, Place};
use super::{
    announce, call_back, coverage, estimate, leave, offer, on_call, outbound, relax, urgent,
};
use crate::id::{AgentId, InteractionId, QueueId, RequestId};
use crate::message::{
    FlowOutReason, IncidentAction, IncidentArea, KeptPlace, Outcome, RequestCause, RequestEvent,
    RequestOpened, Target, TransferEvent,
};
use crate::model::{Channel, Policies, VoicemailDelivery};
use crate::state::{Interaction, OverflowTo, QueuePlan, Request, Served, State, Step, Steps};
use crate::time::{Duration, Timestamp};

/// What somebody wants of a queue.
#[derive(Clone, Debug)]
pub(crate) struct Wish {
    pub(crate) cause: RequestCause,
    pub(crate) target: Target,
    /// The wait before, whose place is kept.
    pub(crate) past: Option<Past>,
    /// Waiting credit beside that of the customer and of the queue.
    pub(crate) boost: Duration,
    /// Somebody else waits no longer than this.
    pub(crate) until: Option<Timestamp>,
    /// Whom the host wants the customer to get first.
    pub(crate) preferred: Vec<AgentId>,
}

impl Wish {
    /// Whoever the queue has, for a wait that begins now.
    pub(crate) const fn new(cause: RequestCause) -> Self {
        Self {
            cause,
            target: Target::Queue,
            past: None,
            boost: Duration::ZERO,
            until: None,
            preferred: Vec::new(),
        }
    }

    /// This agent alone.
    pub(crate) fn direct(cause: RequestCause, agent: AgentId) -> Self {
        Self { target: Target::Agents(vec![agent]), ..Self::new(cause) }
    }

    /// No longer than this.
    pub(crate) fn within(self, until: Timestamp) -> Self {
        Self { until: Some(until), ..self }
    }

    /// At the place of a wait before.
    pub(crate) fn after(self, past: Option<Past>) -> Self {
        Self { past, ..self }
    }
}

/// What a request takes along from the one before it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Past {
    /// None where the customer waits in another interaction already.
    parent: Option<RequestId>,
    attempt: u32,
    place: Place,
    /// The customer comes in, with a place from before.
    new: bool,
    /// The wait goes on in the same queue since then.
    entered: Option<Timestamp>,
}

impl Past {
    /// A place without a request that had it.
    const fn at(place: Place, new: bool) -> Self {
        Self { parent: None, attempt: 0, place, new, entered: None }
    }

    fn of(request: &Request) -> Self {
        let place = Place::of(request);
        let (parent, attempt) = (Some(request.id), request.attempt + 1);
        Self { parent, attempt, place, new: false, entered: None }
    }
}

impl From<KeptPlace> for Past {
    fn from(kept: KeptPlace) -> Self {
        let KeptPlace { customer_wait_since, order_at, .. } = kept;
        Self {
            parent: Some(kept.parent),
            attempt: kept.attempt,
            place: Place { customer_wait_since, order_at },
            new: false,
            entered: Some(kept.queue_entered_at),
        }
    }
}

impl From<Served> for Past {
    fn from(served: Served) -> Self {
        let Served { request, attempt, customer_wait_since, order_at } = served;
        let place = Place { customer_wait_since, order_at };
        let (parent, attempt) = (Some(request), attempt + 1);
        Self { parent, attempt, place, new: false, entered: None }
    }
}

/// The customer of the interaction joins the queue, at a place in time where there is one already, wanting some agents
/// first.
pub(crate) fn join(
    step: &mut Step<'_>,
    interaction: InteractionId,
    queue: QueueId,
    place: Option<Place>,
    preferred: Vec<AgentId>,
) {
    let id = step.new_id();
    let again = place.map_or_else(|| returning::place_left(step, interaction, queue), |_| None);
    let cause = if again.is_some() { RequestCause::Resume } else { RequestCause::Initial };
    let past = place.or(again).map(|place| Past::at(place, true));
    let wish = Wish { preferred, ..Wish::new(cause).after(past) };
    enter(step, id, interaction, queue, wish);
}

/// The request leaves its queue for `reason`, along the queue's overflow: into another queue, with its
/// place in time, or out of the center.
pub(crate) fn overflow(step: &mut Step<'_>, request: RequestId, reason: FlowOutReason) {
    let Some(request) = step.state().request(request).cloned() else { return };
    flow_out(step, &request, reason);
}

/// The request is sent on to another queue, whatever its own queue's overflow says.
pub(crate) fn sent(
    step: &mut Step<'_>,
    id: RequestId,
    to: QueueId,
    (reason, cause): (FlowOutReason, RequestCause),
) {
    let Some(request) = step.state().request(id).cloned() else { return };
    leave::end(step, id, Outcome::FlowedOut { reason, to: Some(to) });
    go_on(step, &request, to, Wish::new(cause));
}

/// The request's queue was removed: on to its heir, or out of the center.
pub(crate) fn removed(step: &mut Step<'_>, id: RequestId) {
    let state = step.state();
    let Some(request) = state.request(id).cloned() else { return };
    let to = state.config.heir(request.queue);
    let reason = FlowOutReason::Removed;
    leave::end(step, id, Outcome::FlowedOut { reason, to });
    if let Some(to) = to {
        go_on(step, &request, to, Wish::new(RequestCause::Overflow));
    }
}

/// The chain of overflows has an end: a valid center has no loop in it, and bounds its length.
fn flow_out(step: &mut Step<'_>, request: &Request, reason: FlowOutReason) {
    let state = step.state();
    let Some(overflow) = state.config.queue(request.queue).map(|plan| plan.overflow) else {
        return removed(step, request.id);
    };
    if let Some(rota) = on_call::rota_for(state, request, reason) {
        return on_call::hand_over(step, request.id, rota);
    }
    if let Target::Agents(agents) = &request.target {
        return coverage::goes_on(step, request, agents);
    }
    // The time for a promised call is over, wherever it waits.
    let over = request.cause == RequestCause::Callback && reason == FlowOutReason::MaxWait;
    let at = step.at;
    if overflow == OverflowTo::CallBack && call_back::by_rule(step, request.id, at) {
        return;
    }
    let to = match overflow {
        OverflowTo::Queue(to) if !over => Some(to),
        _ => None,
    };
    leave::end(step, request.id, Outcome::FlowedOut { reason, to });
    if let Some(to) = to {
        go_on(step, request, to, Wish::new(RequestCause::Overflow));
    }
}

/// Who was handed to somebody else, to those on call or to a mailbox, waits on in a queue.
pub(crate) fn goes_back(step: &mut Step<'_>, handed: &Request, to: QueueId) {
    go_on(step, handed, to, Wish::new(RequestCause::Overflow));
}

/// The wait goes on in another queue, or for others.
pub(super) fn go_on(step: &mut Step<'_>, request: &Request, to: QueueId, wish: Wish) {
    let id = step.new_id();
    let state = step.state();
    let transfer = state.meeting_of(request.interaction).and_then(|meeting| meeting.transfer);
    let ordinary = state.interaction(request.interaction).map(|row| row.boost).unwrap_or_default()
        + state.config.queue(request.queue).map(|plan| plan.boost).unwrap_or_default();
    let resumes = request.cause == RequestCause::Resume && request.is_direct();
    let stays = request.cause.is_of_agent() || resumes || request.cause == RequestCause::Callback;
    let cause = if stays { request.cause } else { wish.cause };
    let boost = (request.boost - ordinary).max(Duration::ZERO);
    let wish = Wish { cause, boost, ..wish.after(Some(Past::of(request))) };
    if let (RequestCause::Recall, Some(transfer)) = (request.cause, transfer) {
        let (engagement, interaction) = (transfer.engagement, request.interaction);
        step.emit(TransferEvent::FellBack { interaction, engagement, queue: to, request: id });
    }
    enter(step, id, request.interaction, to, wish);
}

/// Work that somebody had goes on without that agent: it waits at its place. The request; none where
/// there is no such queue any more.
pub(crate) fn again(
    step: &mut Step<'_>,
    interaction: InteractionId,
    queue: QueueId,
) -> Option<RequestId> {
    let meeting = step.state().meeting_of(interaction);
    let past = meeting.and_then(|meeting| meeting.served).map(Past::from);
    resume(step, interaction, queue, past)
}

/// A voice message that lay in an agent's own mailbox waits in a queue, at the place of its age; whatever
/// the queue's bounds say, it is not lost. The request; none where there is no such queue any more.
pub(crate) fn by_age(
    step: &mut Step<'_>,
    interaction: InteractionId,
    queue: QueueId,
) -> Option<RequestId> {
    let since = step.state().interaction(interaction)?.opened_at;
    let place = Place { customer_wait_since: since, order_at: since };
    resume(step, interaction, queue, Some(Past::at(place, false)))
}

fn resume(
    step: &mut Step<'_>,
    interaction: InteractionId,
    queue: QueueId,
    past: Option<Past>,
) -> Option<RequestId> {
    step.state().config.standing(queue)?;
    let id = step.new_id();
    enter(step, id, interaction, queue, Wish::new(RequestCause::Resume).after(past));
    Some(id)
}

/// Somebody joins the queue, or the one that has inherited it, or is sent on by its rules.
pub(crate) fn enter(
    step: &mut Step<'_>,
    id: RequestId,
    interaction: InteractionId,
    queue: QueueId,
    wish: Wish,
) {
    let state = step.state();
    let Some(queue) = state.config.standing(queue) else { return };
    let Some((row, plan)) = state.interaction(interaction).zip(state.config.queue(queue)) else {
        return;
    };
    let refused = match &wish.target {
        Target::Agents(agents) => nobody_of(state, agents).then_some(FlowOutReason::Coverage),
        // What was promised is kept, and what was at work already goes on.
        _ if wish.cause == RequestCause::Callback => None,
        _ if wish.cause == RequestCause::Resume && wish.past.is_some_and(|past| !past.new) => None,
        _ => refusal((state, step.at), queue, plan, row.channel),
    };
    let opened = opened(step, id, row, plan, queue, wish);
    step.emit(RequestEvent::Opened(Box::new(opened)));
    if let Some(reason) = refused {
        if let Some(request) = step.state().request(id).cloned() {
            flow_out(step, &request, reason);
        }
        return;
    }
    offer::set_music(step, id, true);
    relax::begin(step, id);
    estimate::keep(step, id);
    announce::begin(step, id);
    super::staffing::review(step, queue);
    if urgent::is_urgent(step.state(), id) {
        step.note_urgent(id);
    }
}

/// Whether none of the agents is at work.
pub(super) fn nobody_of(state: &State, agents: &[AgentId]) -> bool {
    !agents.iter().any(|agent| state.agent(*agent).is_some_and(|row| row.session.is_some()))
}

/// The agent has left: who waits for nobody else goes on to the coverage at once. Whether anybody did.
pub(super) fn left(step: &mut Step<'_>, agent: AgentId) -> bool {
    let state = step.state();
    let waiting: Vec<RequestId> = state
        .index
        .direct(agent)
        .map(|key| key.request)
        .filter(|id| match state.request(*id).map(|request| &request.target) {
            Some(Target::Agents(agents)) => nobody_of(state, agents),
            _ => false,
        })
        .collect();
    for id in &waiting {
        overflow(step, *id, FlowOutReason::Coverage);
    }
    !waiting.is_empty()
}

/// The bound that keeps a request out of the queue, if one does. Who waits on no line waits for the queue
/// to open.
fn refusal(
    (state, at): (&State, Timestamp),
    queue: QueueId,
    plan: &QueuePlan,
    channel: Channel,
) -> Option<FlowOutReason> {
    let live = channel.is_live();
    let class = (queue, Steps::default());
    let row = state.queue(queue)?;
    if is_shut(state, queue) || !row.open && live {
        return Some(FlowOutReason::Closed);
    }
    let promises = if plan.callbacks.count_as_waiting { 0 } else { row.promises };
    if plan.depth.is_some_and(|depth| row.depth.saturating_sub(promises) >= depth) {
        return Some(FlowOutReason::Full);
    }
    let expected = || estimate::joining(state, at, queue, channel).map(|estimate| estimate.p50);
    if plan.longest_estimate.is_some_and(|most| expected().is_some_and(|wait| wait > most)) {
        return Some(FlowOutReason::LongWait);
    }
    if !live {
        return None;
    }
    let nobody = plan.no_agents_grace == Duration::ZERO
        && plan.no_agents.is_some_and(|rule| !state.is_served(class, rule, channel.has_media()));
    if nobody {
        return Some(FlowOutReason::NoAgents);
    }
    super::staffing::closes_before(state, queue, plan).then_some(FlowOutReason::LastAdmission)
}

/// Who may serve what comes to the queue: of voice messages, by its mailbox.
pub(super) fn target(plan: &QueuePlan, channel: Channel, wanted: Target) -> Target {
    let claimed =
        channel == Channel::Voicemail && plan.voicemail.delivery == VoicemailDelivery::Claimed;
    match wanted {
        Target::Queue if claimed => Target::Claim,
        Target::Claim if !claimed => Target::Queue,
        _ => wanted,
    }
}

/// Whether an incident switch keeps the queue closed.
pub(super) fn is_shut(state: &State, queue: QueueId) -> bool {
    let shut = state.incidents.get(&IncidentArea::Queue(queue));
    shut.is_some_and(|(action, _)| *action == IncidentAction::Close)
}

/// How long somebody waits, where that is bounded.
fn wait(
    (plan, policies): (&QueuePlan, &Policies),
    cause: RequestCause,
    target: &Target,
    hold_for: Duration,
) -> Option<Duration> {
    match target {
        Target::Agents(_) if cause == RequestCause::Resume => Some(policies.owner_hold),
        Target::Agents(_) => Some(policies.direct_wait),
        Target::Preferred(_) => Some(plan.wait.map_or(hold_for, |wait| wait.min(hold_for))),
        _ if cause == RequestCause::Callback => None,
        _ => plan.wait,
    }
}

fn opened(
    step: &Step<'_>,
    id: RequestId,
    interaction: &Interaction,
    plan: &QueuePlan,
    queue: QueueId,
    wish: Wish,
) -> RequestOpened {
    // A host's report of itself may be older than what is known of the interaction.
    let now = step.happened.max(interaction.last_fact_at);
    let Wish { cause, target, past, boost, until, preferred } = wish;
    let config = &step.state().config;
    let new = Place { customer_wait_since: now, order_at: now };
    let Place { customer_wait_since, order_at } = past.map_or(new, |past| past.place);
    let boost = interaction.boost + plan.boost + boost;
    let service_target = plan.target(interaction.channel);
    let mut target = self::target(plan, interaction.channel, target);
    let new = cause == RequestCause::Initial || past.is_some_and(|past| past.new);
    let comes_in = new && target == Target::Queue;
    let mut hold_for = Duration::ZERO;
    if comes_in {
        let customer = (interaction.conversation, now);
        let wanted = super::preferred::wanted(step.state(), (queue, plan), &preferred, customer);
        if let Some((agents, time)) = wanted {
            (target, hold_for) = (Target::Preferred(agents), time);
        }
    }
    let wait = wait((plan, &config.center.policies), cause, &target, hold_for);
    // A promise has its own bound, wherever it waits.
    let promise = interaction.meeting().and_then(|meeting| meeting.callback.as_ref());
    let promise = promise.filter(|_| cause == RequestCause::Callback);
    let bound = promise.and_then(|it| outbound::bound((step.state(), step.at), plan, it));
    let order = Wait {
        queue,
        channel: interaction.channel,
        tier: interaction.tier,
        order_at,
        service_target,
        credit: boost,
    };
    let Standing { rank, late_at } = order.standing(step.state(), step.at);
    RequestOpened {
        id,
        interaction: interaction.id,
        parent: past.and_then(|past| past.parent),
        attempt: past.map_or(0, |past| past.attempt),
        cause,
        target,
        home_queue: queue,
        visible_queues: Vec::new(),
        channel: interaction.channel,
        customer_wait_since,
        queue_entered_at: past.and_then(|past| past.entered).unwrap_or(now),
        order_at,
        boost,
        service_target,
        rank,
        due_at: order.due_at(step.state()),
        late_at,
        wait_until: wait.map(|wait| now + wait).into_iter().chain(until).chain(bound).min(),
        counts_as_offered: match cause {
            RequestCause::Consult => plan.consults_count,
            RequestCause::Assist | RequestCause::Callback => false,
            _ => true,
        },
    }
}
