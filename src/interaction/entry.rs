//! A customer comes in.

use crate::id::{EntryPointId, ExternalRef, HostId, InteractionId, Key};
use crate::message::{
    Arrival, ConversationEvent, Direction, EffectKind, EndKind, EntryRejection, HostLeg,
    InteractionEvent, InteractionOpened, Lane, Language, Origin,
};
use crate::model::Media;
use crate::queue;
use crate::state::{EntryLeads, State, Step};

/// Opens an interaction and sends it where its entry point leads, or refuses it.
pub(crate) fn offered(step: &mut Step<'_>, host: HostId, arrival: Arrival) {
    let entry = step.state().config.entry_at(arrival.channel, &arrival.to);
    match admission(step.state(), entry) {
        Ok((entry, leads_to)) => admit(step, host, arrival, entry, leads_to),
        Err(reason) => reject(step, host, arrival, entry, reason),
    }
}

fn admission(
    state: &State,
    entry: Option<EntryPointId>,
) -> Result<(EntryPointId, crate::id::QueueId), EntryRejection> {
    let entry = entry.ok_or(EntryRejection::UnknownAddress)?;
    let plan = state.config.entry_point(entry).ok_or(EntryRejection::UnknownAddress)?;
    let alive = state.entry_points.get(&entry).copied().unwrap_or(0);
    if plan.max_concurrent.is_some_and(|most| alive >= most) {
        return Err(EntryRejection::Busy);
    }
    let open = state.interactions.len().saturating_sub(state.closed.len());
    if open >= state.config.center.limits.interactions as usize {
        return Err(EntryRejection::Full);
    }
    match plan.leads_to {
        EntryLeads::Queue(queue) => Ok((entry, queue)),
        EntryLeads::Flow => Err(EntryRejection::NotYet),
    }
}

fn reject(
    step: &mut Step<'_>,
    host: HostId,
    arrival: Arrival,
    entry_point: Option<EntryPointId>,
    reason: EntryRejection,
) {
    let leg = HostLeg { leg: step.new_id(), external: Some(arrival.leg.clone()) };
    refuse(step, host, arrival, entry_point, reason);
    let cause = match reason {
        EntryRejection::Busy | EntryRejection::Full => EndKind::Busy,
        EntryRejection::UnknownAddress => EndKind::Unreachable,
        _ => EndKind::Declined,
    };
    let by = step.op_deadline();
    step.effect(host, Lane::None, by, EffectKind::Reject { leg, cause, sip: cause.sip() });
}

/// Notes that somebody was not taken in.
fn refuse(
    step: &mut Step<'_>,
    host: HostId,
    arrival: Arrival,
    entry_point: Option<EntryPointId>,
    reason: EntryRejection,
) {
    let Arrival { leg: external, channel, to: dialed, test, .. } = arrival;
    step.emit(InteractionEvent::EntryRejected {
        entry_point,
        host,
        external,
        channel,
        dialed,
        reason,
        test,
    });
}

/// Somebody has written who had no interaction: opens one, or refuses it.
pub(super) fn written(
    step: &mut Step<'_>,
    host: HostId,
    arrival: Arrival,
    first: impl FnOnce(&mut Step<'_>, InteractionId),
) {
    let entry = step.state().config.entry_at(arrival.channel, &arrival.to);
    match admission(step.state(), entry) {
        Ok((entry, queue)) => {
            let how = How { host, entry, direction: Direction::Inbound, origin: Origin::Customer };
            let id = open(step, how, Some(arrival.leg.clone()), arrival);
            first(step, id);
            queue::join(step, id, queue);
        }
        Err(reason) => refuse(step, host, arrival, entry, reason),
    }
}

/// The application opens an interaction: a task, a form. Where it leads, if it is taken in.
pub(crate) fn opened_by_command(
    step: &mut Step<'_>,
    entry: EntryPointId,
    (direction, origin): (Direction, Origin),
    arrival: Arrival,
) -> Result<(), EntryRejection> {
    let (entry, queue) = admission(step.state(), Some(entry))?;
    let how = How { host: HostId(0), entry, direction, origin };
    let id = open(step, how, None, arrival);
    queue::join(step, id, queue);
    Ok(())
}

fn admit(
    step: &mut Step<'_>,
    host: HostId,
    arrival: Arrival,
    entry: EntryPointId,
    queue: crate::id::QueueId,
) {
    let media = arrival.channel.has_media();
    let how = How { host, entry, direction: Direction::Inbound, origin: Origin::Customer };
    let id = open(step, how, Some(arrival.leg.clone()), arrival);
    if media && controls_media(step.state(), host) {
        let by = step.op_deadline();
        if let Some(leg) = step.state().interaction(id).map(|row| row.leg) {
            let leg = step.state().host_leg(leg);
            step.effect(host, Lane::Interaction(id), by, EffectKind::Answer { leg });
        }
    }
    queue::join(step, id, queue);
}

/// Where and how an interaction begins.
#[derive(Clone, Copy)]
struct How {
    host: HostId,
    entry: EntryPointId,
    direction: Direction,
    origin: Origin,
}

/// Opens the interaction, and the conversation if the customer has none.
fn open(
    step: &mut Step<'_>,
    how: How,
    external: Option<ExternalRef>,
    arrival: Arrival,
) -> InteractionId {
    let How { host, entry, direction, origin } = how;
    let state = step.state();
    let plan = state.config.entry_point(entry);
    let brand = plan.and_then(|plan| plan.brand);
    let boost = plan.map(|plan| plan.boost).unwrap_or_default();
    let language = plan
        .and_then(|plan| plan.language.clone())
        .and_then(|value| Some(Language { value, source: Key::new("entry_point").ok()? }));
    let known = arrival.from.token.and_then(|token| state.by_token.get(&token).copied());
    let tier = arrival.from.tier;
    let (conversation, customer) = if let Some(id) = known {
        (id, Some(Box::new(arrival.from)))
    } else {
        let id = step.new_id();
        step.emit(ConversationEvent::Opened { id, brand, customer: arrival.from });
        (id, None)
    };
    // These three follow on each other; see `State::party`.
    let (id, participant, leg) = (step.new_id(), step.new_id(), step.new_id());
    step.emit(InteractionEvent::Opened(Box::new(InteractionOpened {
        id,
        conversation,
        channel: arrival.channel,
        direction,
        origin,
        entry_point: Some(entry),
        dialed: Some(arrival.to).filter(|to| !to.is_empty()),
        did: arrival.did,
        brand,
        participant,
        leg,
        host,
        external,
        customer,
        references: arrival.references,
        language,
        verified: arrival.verified,
        attestation: arrival.attestation,
        headers: arrival.headers,
        tier,
        boost,
        test: arrival.test,
    })));
    id
}

fn controls_media(state: &State, host: HostId) -> bool {
    state.config.host(host).is_some_and(|host| host.media == Media::Engine)
}
