//! Offers: leases on an agent's capacity, from the first ring to the connection.

use super::{call_back, exclusion, handover, join, misses, outbound, ringing};
use crate::id::{
    AgentId, BridgeId, EngagementId, HostId, InteractionId, LegId, OfferId, RequestId,
};
use crate::message::{
    AcceptMode, BridgeMode, Choice, ChosenBy, EffectKind, EngagementEnd, EngagementEvent,
    FlowOutReason, HostLeg, Lane, LegEvent, LegPurpose, OfferEnd, OfferEvent, OfferMade, Outcome,
    Personal, Phase, RequestEvent, StrikeKind,
};
use crate::model::Brand;
use crate::routing::sole_choice;
use crate::state::{Interaction, RequestState, State, Step};
use crate::{agent, time::Timestamp};

/// Leases the agent's capacity for the request and rings; the first of several, where its queue rings several.
pub(crate) fn make(step: &mut Step<'_>, id: RequestId, agent: AgentId, choice: Choice) {
    ringing::begin(step, id);
    make_one(step, id, agent, choice);
}

/// Leases the agent's capacity for the request and rings.
fn make_one(step: &mut Step<'_>, id: RequestId, agent: AgentId, choice: Choice) {
    let offer = step.new_id();
    let state = step.state();
    let Some(request) = state.request(id) else { return };
    let Some(plan) = state.config.agent(agent) else { return };
    let timeout = state
        .config
        .queue(request.queue)
        .and_then(|queue| queue.offer_timeout)
        .unwrap_or(state.config.center.policies.offer_timeout);
    let deadline = step.at + timeout;
    let auto_answer = plan.auto_answer;
    let channel = request.channel;
    let interaction = request.interaction;
    let cost = state.config.channel(channel).cost;
    let phone = phone_of(state, id, agent);
    let leg = phone.as_ref().map(|_| step.new_id());
    step.emit(OfferEvent::Made(Box::new(OfferMade {
        id: offer,
        request: id,
        agent,
        leg,
        channel,
        cost,
        deadline,
        choice,
    })));
    agent::suspend_for(step, agent, channel);
    if let (Some(leg), Some((host, to))) = (leg, phone) {
        let purpose = LegPurpose::Offer(offer, agent);
        step.emit(LegEvent::Originated { id: leg, interaction, host, purpose });
        let from = caller_id(step.state(), id);
        // The offer's own deadline comes first; the call as an operation is given up only after that.
        let by = deadline + step.state().config.center.policies.effect_timeout;
        step.effect(
            host,
            Lane::Agent(agent),
            by,
            EffectKind::Originate {
                leg,
                to: Personal::Clear(to),
                from,
                timeout,
                early_media: false,
                detect_machine: false,
                headers: Vec::new(),
                location: None,
            },
        );
    }
    let mode = match leg {
        _ if auto_answer => AcceptMode::Auto,
        Some(_) => AcceptMode::Phone,
        None => AcceptMode::Manual,
    };
    if let Some(present) = presentation(step, offer, mode) {
        step.effect(HostId(0), Lane::None, deadline, present);
    }
    // Nothing rings that the agent would have to answer.
    if auto_answer && leg.is_none() {
        accept(step, offer);
    }
}

/// The agent has chosen the request: an offer that is taken at once, or by the phone that rings.
pub(crate) fn pull(step: &mut Step<'_>, id: RequestId, agent: AgentId) {
    let by = Some(ChosenBy::Pulled);
    let Some(choice) = sole_choice(step.state(), step.at, id, agent, by) else { return };
    make_one(step, id, agent, choice);
    let made = step.state().request(id).map(|request| request.state);
    if let Some(RequestState::Offered(offer)) = made
        && step.state().offer(offer).is_some_and(|row| row.leg.is_none() && row.accepted.is_none())
    {
        accept(step, offer);
    }
}

/// Somebody has said that the agent is to be offered the request: it rings there.
pub(crate) fn told(step: &mut Step<'_>, id: RequestId, agent: AgentId) {
    let by = Some(ChosenBy::Told);
    if let Some(choice) = sole_choice(step.state(), step.at, id, agent, by) {
        make(step, id, agent, choice);
    }
}

/// What the agent is shown of an offer.
fn presentation(step: &Step<'_>, offer: OfferId, accept: AcceptMode) -> Option<EffectKind> {
    let state = step.state();
    let row = state.offer(offer)?;
    let request = state.request(row.request)?;
    let interaction = state.interaction(request.interaction)?;
    let customer = Box::new(state.customer_of(interaction).cloned().unwrap_or_default());
    let context = state.context_of(interaction.conversation).into_iter();
    let phrase = brand_of(state, interaction).map(|brand| brand.answer_phrase.clone());
    Some(EffectKind::PresentOffer {
        offer,
        agent: row.agent,
        request: request.id,
        interaction: interaction.id,
        brand: interaction.brand,
        answer_phrase: phrase.unwrap_or_default(),
        queue: request.queue,
        waited: step.at.since(request.customer_wait_since),
        customer,
        context: context.filter(|entry| !entry.sensitive).cloned().collect(),
        accept,
        deadline: row.deadline,
    })
}

/// The phone to ring, where the agent has one and the engine controls the customer's media.
fn phone_of(state: &State, request: RequestId, agent: AgentId) -> Option<(HostId, String)> {
    let request = state.request(request)?;
    let interaction = state.interaction(request.interaction)?;
    let bridged = request.channel.has_media() && state.controls_media(interaction.host);
    agent::phone::of(state, agent).filter(|_| bridged)
}

fn caller_id(state: &State, request: RequestId) -> Option<String> {
    shown_number(state, state.interaction(state.request(request)?.interaction)?)
}

/// The number that those see whom the engine calls for the interaction.
pub(crate) fn shown_number(state: &State, interaction: &Interaction) -> Option<String> {
    brand_of(state, interaction)?.caller_id.clone()
}

fn brand_of<'s>(state: &'s State, interaction: &Interaction) -> Option<&'s Brand> {
    state.config.brand(interaction.brand?)
}

/// The agent takes the offer: connected at once where nothing has to be bridged. Whoever comes too late for one that
/// rings at several rings no more.
pub(crate) fn accept(step: &mut Step<'_>, id: OfferId) {
    let Some(offer) = step.state().offer(id).cloned() else { return };
    if step.state().taken_offer(offer.request).is_some_and(|taken| taken != id) {
        end(step, id, OfferEnd::TakenByAnother);
        return;
    }
    let kept = |request| outbound::may_be_kept(step.state(), step.at, request);
    if !step.state().request(offer.request).is_none_or(kept) {
        // No customer is called any more now.
        end(step, id, OfferEnd::Canceled);
        return join::overflow(step, offer.request, FlowOutReason::MaxWait);
    }
    let (engagement, participant) = (step.new_id(), step.new_id());
    let state = step.state();
    let Some(request) = state.request(offer.request) else { return };
    let (interaction, queue, channel) = (request.interaction, request.queue, request.channel);
    let role = handover::role(state, request);
    let cost = state.config.channel(channel).cost;
    let deadline = step.at + state.config.center.policies.connect_timeout;
    let promise = outbound::promised(state, request).cloned();
    let counterpart = if promise.is_some() { None } else { handover::counterpart(state, request) };
    let place = handover::meeting_place(state, request);
    let bridge: Option<BridgeId> =
        offer.leg.and(counterpart).map(|_| place.unwrap_or_else(|| step.new_id()));
    if bridge.is_some() {
        step.emit(OfferEvent::Accepted { id, engagement, bridge, deadline });
        if !ringing::others_stand_by(step.state(), offer.request) {
            ringing::end_others(step, offer.request, id);
        }
    }
    step.emit(EngagementEvent::Opened {
        id: engagement,
        agent: offer.agent,
        role,
        interaction: Some(interaction),
        participant: Some(participant),
        offer: Some(id),
        queue: Some(queue),
        request: Some(offer.request),
        leg: offer.leg,
        channel,
        cost,
        phase: if bridge.is_some() || promise.is_some() {
            Phase::Connecting
        } else {
            Phase::Active
        },
        reason: None,
    });
    call_back::taken(step, offer.request);
    set_music(step, offer.request, false);
    if let Some(promise) = promise {
        outbound::keep_promise(step, engagement, &promise);
    }
    match (bridge, counterpart, offer.leg) {
        (Some(bridge), Some(counterpart), Some(leg)) => {
            join_legs(step, interaction, bridge, [counterpart, leg], deadline);
        }
        _ => connected(step, id, engagement),
    }
}

/// Lets two legs of an interaction hear each other; the operation is filed under the second.
pub(crate) fn join_legs(
    step: &mut Step<'_>,
    interaction: InteractionId,
    bridge: BridgeId,
    legs: [LegId; 2],
    deadline: Timestamp,
) {
    let state = step.state();
    let Some(host) = state.interaction(interaction).map(|row| row.host) else { return };
    let legs = legs.map(|leg| state.host_leg(leg)).to_vec();
    let kind = EffectKind::Bridge { bridge, legs, mode: BridgeMode::Mix };
    step.effect(host, Lane::Interaction(interaction), deadline, kind);
}

/// Customer and agent are together: the request is answered.
pub(crate) fn connected(step: &mut Step<'_>, id: OfferId, engagement: EngagementId) {
    let Some(offer) = step.state().offer(id).cloned() else { return };
    ringing::end_others(step, offer.request, id);
    if step.state().engagement(engagement).is_some_and(|e| e.phase == Phase::Connecting) {
        step.emit(EngagementEvent::PhaseChanged { id: engagement, phase: Phase::Active });
    }
    step.emit(OfferEvent::Ended { id, end: OfferEnd::Connected, excluded_until: None });
    let request = step.state().request(offer.request).cloned();
    step.emit(RequestEvent::Ended {
        id: offer.request,
        outcome: Outcome::Answered { engagement, agent: offer.agent },
    });
    if let Some(request) = request {
        let bridge = offer.accepted.and_then(|accepted| accepted.bridge);
        handover::answered(step, &request, engagement, bridge);
    }
    super::returning::answered(step, engagement, offer.agent);
    agent::forgive(step, offer.agent);
}

/// The lease ends without a connection; the request, unless it ends too, is back at its place.
pub(crate) fn end(step: &mut Step<'_>, id: OfferId, end: OfferEnd) {
    let state = step.state();
    let Some(offer) = state.offer(id).cloned() else { return };
    // Nobody has missed what somebody else has taken.
    let taken = state.taken_offer(offer.request).is_some_and(|taken| taken != id);
    let end = if taken && end == OfferEnd::Timeout { OfferEnd::TakenByAnother } else { end };
    let exclusion = state.config.center.policies.exclusion;
    let excluded_until = match end {
        OfferEnd::Timeout | OfferEnd::Rejected(_) | OfferEnd::SetupFailed => {
            Some(step.at + exclusion)
        }
        OfferEnd::Connected
        | OfferEnd::Canceled
        | OfferEnd::Stale
        | OfferEnd::Outranked
        | OfferEnd::TakenByAnother => None,
    };
    if let Some(leg) = offer.leg {
        step.hang_up(leg);
    }
    step.emit(OfferEvent::Ended { id, end, excluded_until });
    if let Some(accepted) = offer.accepted {
        // The one who waits hears music again after a connection that failed.
        set_music(step, offer.request, true);
        let end = EngagementEnd::NotConnected;
        step.emit(EngagementEvent::Ended { id: accepted.engagement, end });
    } else {
        let withdraw = EffectKind::WithdrawOffer { offer: id, agent: offer.agent };
        step.effect(HostId(0), Lane::None, step.at, withdraw);
    }
    match end {
        OfferEnd::Timeout => misses::missed(step, offer.agent, StrikeKind::NoAnswer),
        OfferEnd::SetupFailed => misses::missed(step, offer.agent, StrikeKind::Device),
        _ => {}
    }
    if excluded_until.is_some() {
        exclusion::follow(step, offer.request);
        ringing::bounded(step, offer.request);
    } else {
        let _ = super::preferred::review(step, offer.request);
    }
}

/// Turns the music of the one who waits on or off, where the engine controls the media.
pub(super) fn set_music(step: &mut Step<'_>, request: RequestId, on: bool) {
    let state = step.state();
    let Some(request) = state.request(request).filter(|request| !request.cause.is_of_agent())
    else {
        return;
    };
    let Some(interaction) = state.interaction(request.interaction) else { return };
    let Some(leg) = state.leg(interaction.leg) else { return };
    if !state.controls_media(interaction.host) || !interaction.channel.has_media() {
        return;
    }
    let queue = state.config.queue(request.queue).filter(|_| on);
    let class = queue.and_then(|queue| queue.music.clone());
    let (host, lane) = (interaction.host, Lane::Interaction(interaction.id));
    let leg = HostLeg { leg: leg.id, external: leg.external.clone() };
    step.effect(host, lane, step.at, EffectKind::Music { leg, on, class });
}
