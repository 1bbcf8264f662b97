//! A customer comes in.
//!
//! Judged in this order: a call to an emergency number is put through, whatever else holds; then the
//! address, the block list, incidents, bounds.

use super::incident::{self, Incident};
use super::returning;
use crate::id::{
    AgentId, BrandId, ConversationId, EntryPointId, ExternalRef, HostId, InteractionId, Key,
    QueueId,
};
use crate::message::{
    Arrival, ConversationEvent, Direction, EffectKind, EndKind, EntryRejection, HostLeg,
    InteractionEvent, InteractionOpened, Lane, Language, Origin, Personal,
};
use crate::queue;
use crate::queue::returning::Place;
use crate::state::{EntryLeads, EntryPlan, State, Step};

/// Somebody who is taken in.
struct Admitted {
    entry: EntryPointId,
    brand: Option<BrandId>,
    queue: QueueId,
    announcement: Option<Key>,
}

impl Admitted {
    const fn way(&self) -> Way {
        Way { entry: Some(self.entry), brand: self.brand, conversation: None }
    }
}

/// By which way somebody comes in.
pub(super) struct Way {
    pub(super) entry: Option<EntryPointId>,
    pub(super) brand: Option<BrandId>,
    /// The conversation that it goes on with, where that is known.
    pub(super) conversation: Option<ConversationId>,
}

/// Somebody who is not.
struct Refused {
    reason: EntryRejection,
    /// Where the host sends the caller instead.
    to: Option<Personal<String>>,
}

impl From<EntryRejection> for Refused {
    fn from(reason: EntryRejection) -> Self {
        Self { reason, to: None }
    }
}

/// Opens an interaction and sends it where its entry point leads, or refuses it.
pub(crate) fn offered(step: &mut Step<'_>, host: HostId, arrival: Arrival) {
    let entry = step.state().config.entry_at(arrival.channel, &arrival.to);
    match judge(step, &arrival, entry) {
        Ok(admitted) => admit(step, host, arrival, admitted),
        Err(refused) => reject(step, host, arrival, entry, refused),
    }
}

fn judge(
    step: &Step<'_>,
    arrival: &Arrival,
    entry: Option<EntryPointId>,
) -> Result<Admitted, Refused> {
    let state = step.state();
    if let Some(number) = emergency(state, arrival) {
        let to = Some(Personal::Clear(number.clone()));
        return Err(Refused { reason: EntryRejection::Emergency, to });
    }
    let entry = entry.ok_or(EntryRejection::UnknownAddress)?;
    let plan = state.config.entry_point(entry).ok_or(EntryRejection::UnknownAddress)?;
    if arrival.from.token.is_some_and(|token| state.blocked.contains(token, step.at)) {
        return Err(EntryRejection::Blocked.into());
    }
    let mut leads_to = plan.leads_to;
    let mut announcement = None;
    let queue = match leads_to {
        EntryLeads::Queue(queue) => Some(queue),
        EntryLeads::Flow => None,
    };
    match incident::met(state, entry, queue, plan.brand) {
        None => {}
        Some(Incident::Announce(key)) => announcement = Some(key),
        Some(Incident::Queue(queue)) => leads_to = EntryLeads::Queue(queue),
        Some(Incident::External(to)) => {
            return Err(Refused { reason: EntryRejection::Incident, to: Some(to) });
        }
        Some(Incident::Close) => return Err(EntryRejection::Incident.into()),
    }
    has_room(state, entry, plan)?;
    match leads_to {
        EntryLeads::Queue(queue) => Ok(Admitted { entry, brand: plan.brand, queue, announcement }),
        EntryLeads::Flow => Err(EntryRejection::NotYet.into()),
    }
}

/// The emergency number that was called, also where a diversion made another one of it.
fn emergency<'a>(state: &State, arrival: &'a Arrival) -> Option<&'a String> {
    let called = std::iter::once(&arrival.to).chain(&arrival.did);
    called.into_iter().find(|number| state.config.is_emergency(arrival.channel, number))
}

fn has_room(state: &State, entry: EntryPointId, plan: &EntryPlan) -> Result<(), EntryRejection> {
    let alive = state.entry_points.get(&entry).copied().unwrap_or(0);
    if plan.max_concurrent.is_some_and(|most| alive >= most) {
        return Err(EntryRejection::Busy);
    }
    if state.is_full() {
        return Err(EntryRejection::Full);
    }
    Ok(())
}

fn reject(
    step: &mut Step<'_>,
    host: HostId,
    arrival: Arrival,
    entry_point: Option<EntryPointId>,
    Refused { reason, to }: Refused,
) {
    let leg = HostLeg { leg: step.new_id(), external: Some(arrival.leg.clone()) };
    let location = arrival.location.clone().filter(|_| reason == EntryRejection::Emergency);
    note_refusal(step, host, arrival, entry_point, reason);
    let Some(to) = to else {
        let cause = match reason {
            EntryRejection::Busy | EntryRejection::Full => EndKind::Busy,
            EntryRejection::UnknownAddress => EndKind::Unreachable,
            _ => EndKind::Declined,
        };
        turn_away(step, host, leg, cause);
        return;
    };
    let by = step.op_deadline();
    step.effect(host, Lane::None, by, EffectKind::Redirect { leg, to, location });
}

fn note_refusal(
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

fn turn_away(step: &mut Step<'_>, host: HostId, leg: HostLeg, cause: EndKind) {
    let by = step.op_deadline();
    step.effect(host, Lane::None, by, EffectKind::Reject { leg, cause, sip: cause.sip() });
}

/// The host could not send on somebody who was not taken in: nobody is left on a line.
pub(super) fn not_sent_on(step: &mut Step<'_>, host: HostId, leg: HostLeg) {
    if step.state().leg(leg.leg).is_none() {
        turn_away(step, host, leg, EndKind::Unreachable);
    }
}

/// Somebody has written who had no interaction: opens one, or refuses it.
pub(super) fn written(
    step: &mut Step<'_>,
    host: HostId,
    arrival: Arrival,
    first: impl FnOnce(&mut Step<'_>, InteractionId, QueueId),
) {
    let entry = step.state().config.entry_at(arrival.channel, &arrival.to);
    match judge(step, &arrival, entry) {
        Ok(admitted) => {
            let how = How { host, direction: Direction::Inbound, origin: Origin::Customer };
            let way = admitted.way();
            let preferred = preferred(step.state(), &arrival);
            let (id, place) = open(step, how, &way, Some(arrival.leg.clone()), arrival);
            first(step, id, admitted.queue);
            queue::join(step, id, admitted.queue, place, preferred);
        }
        Err(refused) => note_refusal(step, host, arrival, entry, refused.reason),
    }
}

/// Somebody has left something at no entry point: opens an interaction, or refuses it. The interaction,
/// and the place in time that the customer has already.
pub(super) fn left(
    step: &mut Step<'_>,
    host: HostId,
    arrival: Arrival,
    way: &Way,
) -> Option<(InteractionId, Option<Place>)> {
    let state = step.state();
    let blocked = arrival.from.token.is_some_and(|token| state.blocked.contains(token, step.at));
    let refused = match () {
        () if blocked => Some(EntryRejection::Blocked),
        () if state.is_full() => Some(EntryRejection::Full),
        () => None,
    };
    if let Some(reason) = refused {
        note_refusal(step, host, arrival, None, reason);
        return None;
    }
    let how = How { host, direction: Direction::Inbound, origin: Origin::Customer };
    Some(open(step, how, way, Some(arrival.leg.clone()), arrival))
}

/// The application opens an interaction: a task, a form. Why not, if it is not taken in.
pub(crate) fn opened_by_command(
    step: &mut Step<'_>,
    entry: EntryPointId,
    (direction, origin): (Direction, Origin),
    arrival: Arrival,
) -> Result<(), EntryRejection> {
    let admitted = judge(step, &arrival, Some(entry)).map_err(|refused| refused.reason)?;
    let how = How { host: HostId(0), direction, origin };
    let preferred = preferred(step.state(), &arrival);
    let (id, place) = open(step, how, &admitted.way(), None, arrival);
    queue::join(step, id, admitted.queue, place, preferred);
    Ok(())
}

fn admit(step: &mut Step<'_>, host: HostId, arrival: Arrival, admitted: Admitted) {
    let how = How { host, direction: Direction::Inbound, origin: Origin::Customer };
    let media = arrival.channel.has_media();
    let way = admitted.way();
    let preferred = preferred(step.state(), &arrival);
    let (id, place) = open(step, how, &way, Some(arrival.leg.clone()), arrival);
    let Admitted { queue, announcement, .. } = admitted;
    let Some(named) = step.state().interaction(id).map(|row| step.state().host_leg(row.leg)) else {
        return;
    };
    let controlled = media && step.state().controls_media(host);
    if controlled {
        let by = step.op_deadline();
        let answer = EffectKind::Answer { leg: named.clone() };
        step.effect(host, Lane::Interaction(id), by, answer);
    }
    let announcement = announcement.filter(|_| controlled);
    if let Some(announcement) = &announcement {
        incident::play(step, id, host, named, announcement);
    }
    queue::join(step, id, queue, place, preferred);
    if let Some(announcement) = announcement {
        incident::note_announced(step, id, announcement);
    }
}

/// Agents whom the host wants the customer to get first; those whom nobody has configured are not there.
fn preferred(state: &State, arrival: &Arrival) -> Vec<AgentId> {
    arrival.preferred.iter().filter_map(|key| state.config.agent_id(key)).collect()
}

/// How an interaction begins.
#[derive(Clone, Copy)]
struct How {
    host: HostId,
    direction: Direction,
    origin: Origin,
}

/// Opens the interaction, and the conversation if the customer has none. The place in time that the
/// customer has already goes along.
fn open(
    step: &mut Step<'_>,
    How { host, direction, origin }: How,
    &Way { entry, brand, conversation: goes_on_with }: &Way,
    external: Option<ExternalRef>,
    arrival: Arrival,
) -> (InteractionId, Option<Place>) {
    let state = step.state();
    let plan = entry.and_then(|entry| state.config.entry_point(entry));
    let language = plan
        .and_then(|plan| plan.language.clone())
        .and_then(|value| Some(Language { value, source: Key::new("entry_point").ok()? }));
    let tier = arrival.from.tier;
    let known = goes_on_with.or_else(|| returning::conversation_of(state, brand, &arrival.from));
    let boost = plan.map(|plan| plan.boost).unwrap_or_default()
        + returning::boost(state, tier, known, step.happened);
    let place = known.and_then(|known| returning::take_place(step, known, arrival.channel));
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
        entry_point: entry,
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
    (id, place)
}
