//! One attempt: somebody's phone is called, whoever answers is asked for the key, and is joined with the
//! customer.

use super::ended;
use crate::id::{HostId, InteractionId, LegId, QueueId, RequestId};
use crate::interaction::conference;
use crate::message::{
    AnsweredBy, Barge, CollectEnd, EffectKind, EndKind, Grammar, Lane, LegEvent, LegPurpose,
    MediaTarget, OnCallEnd, OnCallEvent, Party, Personal, Segment, TransferEvent,
};
use crate::model::Station;
use crate::queue::offer;
use crate::state::{LegState, OnCall, OnCallAttempt, RotaPlan, State, Step};
use crate::time::{Duration, Timestamp};

/// Calls somebody; who has no phone that can be called is not reached.
pub(super) fn call(
    step: &mut Step<'_>,
    interaction: InteractionId,
    (to, ring, accept): (Party, Duration, Option<Duration>),
) {
    let state = step.state();
    let Some(row) = state.on_call_for(interaction) else { return };
    let (request, attempt, level) = (row.request.id, row.attempt + 1, row.level);
    let deadline = step.at + ring + accept.unwrap_or_default();
    let Some((host, address)) = phone(state, interaction, &to) else {
        step.emit(OnCallEvent::Attempted { request, attempt, level, to, leg: None, deadline });
        let end = OnCallEnd::Unreachable;
        step.emit(OnCallEvent::AttemptEnded { request, attempt, end });
        return;
    };
    // A key tells people from machines; where there is none the host has to.
    let asks_for_key = row.last_resort.is_none()
        && state.config.rota(&row.rota).is_some_and(|rota| rota.accept_key.is_some());
    let detect_machine = row.last_resort.is_none() && !asks_for_key;
    let from = state.interaction(interaction).and_then(|row| offer::shown_number(state, row));
    let by = deadline + state.config.center.policies.effect_timeout;
    let leg = step.new_id();
    step.emit(LegEvent::Originated { id: leg, interaction, host, purpose: LegPurpose::External });
    let leg_of = Some(leg);
    step.emit(OnCallEvent::Attempted { request, attempt, level, to, leg: leg_of, deadline });
    let kind = EffectKind::Originate {
        leg,
        to: address,
        from,
        timeout: ring,
        early_media: false,
        detect_machine,
        headers: Vec::new(),
        location: None,
    };
    step.effect(host, Lane::Interaction(interaction), by, kind);
}

/// Which host calls somebody, and what it calls: of an agent the phone of the session, else the one that
/// is configured; none on a host that was given up.
fn phone(
    state: &State,
    interaction: InteractionId,
    to: &Party,
) -> Option<(HostId, Personal<String>)> {
    let agent = match to {
        Party::Agent(agent) => *agent,
        Party::External(to) => return Some((state.interaction(interaction)?.host, to.clone())),
        Party::Queue(_) | Party::Flow(_) => return None,
    };
    let session = state.agent(agent).and_then(|row| row.session.as_ref());
    let stations = [session.map(|session| &session.station), state.config.station(agent)];
    stations.into_iter().flatten().find_map(|station| match station {
        Station::Phone { host, address } | Station::NailedUp { host, address } => {
            let host = state.config.host_id(host)?;
            let down = state.host(host).is_none_or(|row| row.down);
            (!down).then(|| (host, Personal::Clear(address.clone())))
        }
        Station::Direct => None,
    })
}

/// The attempt in which the leg is called, and the request it is for.
fn attempt_by(state: &State, leg: LegId) -> Option<(&OnCall, OnCallAttempt)> {
    let row = state.on_call_for(state.leg(leg)?.interaction)?;
    row.call.filter(|call| call.leg == leg).map(|call| (row, call))
}

/// Somebody has answered. Whether it was somebody on call.
pub(in crate::interaction) fn answered(step: &mut Step<'_>, leg: LegId, by: AnsweredBy) -> bool {
    let state = step.state();
    let Some((row, call)) = attempt_by(state, leg) else { return false };
    let request = row.request.id;
    if row.last_resort.is_some() {
        // Whoever is last may be a machine that takes messages.
        join_with_customer(step, request);
        return true;
    }
    if by == AnsweredBy::Machine {
        ended(step, request, OnCallEnd::Machine);
        return true;
    }
    let Some(rota) = state.config.rota(&row.rota) else {
        // What to press, nobody knows any more.
        ended(step, request, OnCallEnd::NotConfirmed);
        return true;
    };
    match ask(state, rota, (leg, call.deadline.since(step.at))) {
        Some(kind) => ask_host(step, leg, call.deadline, kind),
        None => join_with_customer(step, request),
    }
    true
}

/// What whoever answers is told and asked for; nothing where answering is enough.
fn ask(state: &State, rota: &RotaPlan, (leg, left): (LegId, Duration)) -> Option<EffectKind> {
    let leg = state.host_leg(leg);
    let segments: Vec<Segment> = rota.prompt.iter().cloned().map(Segment::Audio).collect();
    let timeout = rota.accept_timeout.min(left);
    match rota.accept_key {
        Some(key) => Some(EffectKind::Collect {
            leg,
            segments,
            grammar: Some(Grammar::Patterns(vec![key.to_string()])),
            min: 1,
            max: 1,
            terminator: None,
            first_timeout: timeout,
            next_timeout: timeout,
            barge: Barge::Keys,
            sensitive: false,
        }),
        None if segments.is_empty() => None,
        None => Some(EffectKind::Play { target: MediaTarget::Leg(leg), segments, repeat: 1 }),
    }
}

fn ask_host(step: &mut Step<'_>, leg: LegId, deadline: Timestamp, kind: EffectKind) {
    let state = step.state();
    let Some(row) = state.leg(leg) else { return };
    // The attempt is given up before the operation is.
    let by = deadline + state.config.center.policies.effect_timeout;
    let (host, lane) = (row.host, Lane::Interaction(row.interaction));
    step.effect(host, lane, by, kind);
}

/// A prompt was played, or could not be: who answers without a key takes the call.
pub(in crate::interaction) fn prompted(step: &mut Step<'_>, leg: LegId) {
    let prompted = attempt_by(step.state(), leg).filter(|(_, call)| call.joining.is_none());
    if let Some(request) = prompted.map(|(row, _)| row.request.id) {
        join_with_customer(step, request);
    }
}

/// What somebody on call has pressed, if anything, when asked for what the grammar says.
pub(in crate::interaction) fn collected(
    step: &mut Step<'_>,
    leg: LegId,
    (input, reason): (&Personal<String>, CollectEnd),
    grammar: Option<&Grammar>,
) {
    let Some(request) = attempt_by(step.state(), leg).map(|(row, _)| row.request.id) else {
        return;
    };
    let pressed = matches!(reason, CollectEnd::Matched | CollectEnd::Terminator);
    let right = match (grammar, input) {
        (Some(Grammar::Patterns(keys)), Personal::Clear(input)) => keys.contains(input),
        _ => false,
    };
    if pressed && right {
        join_with_customer(step, request);
    } else {
        ended(step, request, OnCallEnd::NotConfirmed);
    }
}

/// The host could not ask for the key.
pub(in crate::interaction) fn not_asked(step: &mut Step<'_>, leg: LegId) {
    if let Some(request) = attempt_by(step.state(), leg).map(|(row, _)| row.request.id) {
        ended(step, request, OnCallEnd::NotConfirmed);
    }
}

/// Somebody takes the call.
fn join_with_customer(step: &mut Step<'_>, request: RequestId) {
    let state = step.state();
    let Some(row) = state.on_calls.get(&request) else { return };
    let Some((call, interaction)) = row.call.zip(state.interaction(row.request.interaction)) else {
        return;
    };
    let (id, customer) = (interaction.id, interaction.leg);
    let deadline = step.at + state.config.center.policies.connect_timeout;
    let bridge = step.new_id();
    music(step, request, false);
    step.emit(OnCallEvent::Joining { request, bridge, deadline });
    offer::join_legs(step, id, bridge, [customer, call.leg], deadline);
}

/// Whoever came hears the customer. Whether it was somebody on call.
pub(in crate::interaction) fn joined(step: &mut Step<'_>, leg: LegId) -> bool {
    let state = step.state();
    let Some((row, _)) = attempt_by(state, leg) else { return false };
    let (request, attempt) = (row.request.id, row.attempt);
    let (interaction, last) = (row.request.interaction, row.last_resort.is_some());
    conference::guest_joins(step, interaction, leg);
    let end = OnCallEnd::Accepted;
    step.emit(OnCallEvent::AttemptEnded { request, attempt, end });
    step.emit(OnCallEvent::Ended { request, attempt: (!last).then_some(attempt) });
    let transfer = step.state().meeting_of(interaction).and_then(|meeting| meeting.transfer);
    if let Some(transfer) = transfer.filter(|transfer| !transfer.failed) {
        let engagement = transfer.engagement;
        step.emit(TransferEvent::Completed { interaction, engagement, to: None });
    }
    true
}

/// The leg of somebody is gone, or cannot be joined with the customer. Whether it was somebody on call who
/// does not have the customer yet.
pub(in crate::interaction) fn gone(
    step: &mut Step<'_>,
    interaction: InteractionId,
    (leg, was): (LegId, LegState),
    cause: EndKind,
) -> bool {
    let row = step.state().on_call_for(interaction);
    let Some((row, call)) = row.and_then(|row| Some((row, row.call?))) else { return false };
    if call.leg != leg {
        return false;
    }
    let request = row.request.id;
    let end = match cause {
        _ if call.joining.is_some() => OnCallEnd::NotJoined,
        _ if was == LegState::Up => OnCallEnd::NotConfirmed,
        EndKind::Busy => OnCallEnd::Busy,
        EndKind::Declined => OnCallEnd::Declined,
        EndKind::NoAnswer | EndKind::Normal => OnCallEnd::NoAnswer,
        EndKind::Unreachable | EndKind::Failed | EndKind::Lost => OnCallEnd::Unreachable,
    };
    ended(step, request, end);
    true
}

/// How an attempt that goes on ends by our doing.
pub(super) fn in_vain(state: &State, request: RequestId) -> Option<OnCallEnd> {
    let call = state.on_calls.get(&request)?.call?;
    let rings = state.leg(call.leg).is_some_and(|leg| leg.state == LegState::Ringing);
    Some(match call.joining {
        Some(_) => OnCallEnd::NotJoined,
        None if rings => OnCallEnd::NoAnswer,
        None => OnCallEnd::NotConfirmed,
    })
}

pub(super) fn end_attempt(step: &mut Step<'_>, request: RequestId, end: OnCallEnd) {
    let Some(row) = step.state().on_calls.get(&request) else { return };
    let Some((attempt, leg)) = row.call.map(|call| (row.attempt, call.leg)) else { return };
    step.emit(OnCallEvent::AttemptEnded { request, attempt, end });
    step.hang_up(leg);
}

/// Turns the music of the customer on or off.
pub(super) fn music(step: &mut Step<'_>, request: RequestId, on: bool) {
    let state = step.state();
    let Some(row) = state.on_calls.get(&request).map(|row| &row.request) else { return };
    let Some(interaction) = state.interaction(row.interaction) else { return };
    let (id, host) = (interaction.id, interaction.host);
    let queue = state.config.queue(row.queue).filter(|_| on);
    let class = queue.and_then(|queue| queue.music.clone());
    let kind = EffectKind::Music { leg: state.host_leg(interaction.leg), on, class };
    step.effect(host, Lane::Interaction(id), step.at, kind);
}

/// The queue whose music the customer of an interaction hears while somebody on call is sought.
pub(in crate::interaction) fn hears_music_of(
    state: &State,
    interaction: InteractionId,
) -> Option<QueueId> {
    let row = state.on_call_for(interaction)?;
    let waits = row.call.is_none_or(|call| call.joining.is_none());
    waits.then_some(row.request.queue)
}
