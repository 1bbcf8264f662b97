//! Hosts that go away and come back.

use std::collections::BTreeMap;

use super::{legs, on_call};
use crate::id::{EffectId, EngagementId, HostId, InteractionId, LegId, OfferId};
use crate::message::{
    Alert, AnsweredBy, Effect, EffectEnd, EffectEvent, EffectKind, EndKind, HostLeg,
    HostStateEvent, Lane, LegPurpose, LiveLeg, LiveState, OfferEnd, Personal, Side,
};
use crate::queue::{offer, outbound};
use crate::state::{Interaction, Leg, LegState, Offer, RequestState, Stage, State, Step};
use crate::time::Timestamp;

/// The host is away: nobody on it is offered anything until it is back, or given up.
pub(crate) fn lost(step: &mut Step<'_>, host: HostId, reason: Personal<String>) {
    let until = step.at + step.state().config.center.policies.host_lost_grace;
    step.emit(HostStateEvent::Lost { host, until, reason });
    let alert = EffectKind::Alert { about: Alert::HostLost(host) };
    step.effect(HostId(0), Lane::None, step.at, alert);
    take_back_offers(step, host);
}

/// What rings at a phone of a host that is away could not be heard to answer, and who waits there could
/// not be connected: such offers are taken back, without blame.
fn take_back_offers(step: &mut Step<'_>, host: HostId) {
    let state = step.state();
    let rings = |offer: &Offer| {
        offer.leg.and_then(|leg| state.leg(leg)).is_some_and(|leg| leg.host == host)
    };
    let waits = |offer: &Offer| {
        let request = state.request(offer.request);
        request
            .and_then(|request| state.interaction(request.interaction))
            .is_some_and(|row| row.host == host)
    };
    let concerned = |offer: &&Offer| rings(offer) || waits(offer);
    let mut offers: Vec<OfferId> =
        state.offers.iter().filter(concerned).map(|offer| offer.id).collect();
    offers.sort_unstable();
    for id in offers {
        offer::end(step, id, OfferEnd::Canceled);
    }
}

/// The host is back and has listed its legs: what it does not know is lost, what we do not know is
/// hung up, and what it may have forgotten to tell or to do is taken from the list or asked again.
pub(crate) fn resynced(step: &mut Step<'_>, host: HostId, generation: u64, live: &[LiveLeg]) {
    step.emit(HostStateEvent::Resynced { host, generation });
    let mut known: BTreeMap<LegId, &LiveLeg> = BTreeMap::new();
    for leg in live {
        let state = step.state();
        let ours = leg
            .leg
            .filter(|id| state.leg(*id).is_some())
            .or_else(|| state.leg_named(host, &leg.external));
        match ours {
            Some(id) => {
                known.insert(id, leg);
            }
            None => hang_up_stranger(step, host, leg),
        }
    }
    for id in legs_of(step, host) {
        match known.get(&id) {
            Some(live) => still_there(step, id, live),
            None => not_there(step, id),
        }
    }
    rearm(step, |effect| effect.host == host);
    reissue_levels(step, host);
}

/// The host lists the leg: what it tells of it counts as reported.
fn still_there(step: &mut Step<'_>, id: LegId, live: &LiveLeg) {
    let Some(leg) = step.state().leg(id).cloned() else { return };
    let answered = live.state != LiveState::Ringing;
    if answered && leg.state == LegState::Ringing {
        let (by, external) = (AnsweredBy::Unknown, None);
        legs::answered(step, id, legs::Answer { by, verdict_after: None, external });
    }
    let told = |kind: &EffectKind| match kind {
        EffectKind::Answer { .. } | EffectKind::Originate { .. } => answered,
        EffectKind::Bridge { bridge, .. } => live.bridge == Some(*bridge),
        _ => false,
    };
    let state = step.state();
    let done: Vec<EffectId> = leg
        .ops
        .iter()
        .copied()
        .filter(|op| state.effects.get(op).is_some_and(|effect| told(&effect.kind)))
        .collect();
    for op in done {
        legs::op_ended(step, op, EffectEnd::Done);
    }
}

/// The host does not list the leg: it is gone, or the call that makes it has not reached the host yet.
fn not_there(step: &mut Step<'_>, id: LegId) {
    let state = step.state();
    let Some(leg) = state.leg(id) else { return };
    let called = |op: &EffectId| {
        state
            .effects
            .get(op)
            .is_some_and(|effect| matches!(effect.kind, EffectKind::Originate { .. }))
    };
    if !leg.ops.iter().any(called) {
        let kind = if leg.state == LegState::Ending { EndKind::Normal } else { EndKind::Lost };
        legs::ended(step, id, Side::Network, kind.into());
        return;
    }
    match leg.purpose {
        LegPurpose::Offer(offer, _) if leg.state == LegState::Ringing => {
            offer::end(step, offer, OfferEnd::Canceled);
        }
        _ => {}
    }
}

/// Has pending effects handed out once more, with time of their own.
pub(crate) fn rearm(step: &mut Step<'_>, which: impl Fn(&Effect) -> bool) {
    let by = step.op_deadline();
    let effects: Vec<(EffectId, Timestamp)> = step
        .state()
        .effects
        .values()
        .filter(|effect| which(effect))
        .map(|effect| (effect.id, effect.deadline.max(by)))
        .collect();
    if !effects.is_empty() {
        step.emit(EffectEvent::Rearmed { effects });
    }
}

/// The host did not come back: all it held is lost.
pub(crate) fn abandoned(step: &mut Step<'_>, host: HostId) {
    step.emit(HostStateEvent::Abandoned { host });
    for id in legs_of(step, host) {
        legs::ended(step, id, Side::Network, EndKind::Lost.into());
    }
}

fn legs_of(step: &Step<'_>, host: HostId) -> Vec<LegId> {
    let state = step.state();
    // What is written does not end with a connection.
    let live = |leg: &&Leg| {
        leg.host == host
            && state.interaction(leg.interaction).is_none_or(|row| row.channel.is_live())
    };
    let mut legs: Vec<LegId> = state.legs.iter().filter(live).map(|leg| leg.id).collect();
    legs.sort_unstable();
    legs
}

fn hang_up_stranger(step: &mut Step<'_>, host: HostId, leg: &LiveLeg) {
    let id = leg.leg.unwrap_or_else(|| step.new_id());
    let leg = HostLeg { leg: id, external: Some(leg.external.clone()) };
    let by = step.op_deadline();
    step.effect(
        host,
        Lane::None,
        by,
        EffectKind::Hangup { leg, cause: EndKind::Normal, after: None },
    );
}

/// Brings about again what the host may have forgotten: music for those who wait or are on hold.
fn reissue_levels(step: &mut Step<'_>, host: HostId) {
    let state = step.state();
    let on_host = |interaction: &&Interaction| {
        interaction.host == host
            && interaction.stage == Stage::Open
            && interaction.channel.has_media()
    };
    let mut music: Vec<(InteractionId, EffectKind)> = state
        .interactions
        .iter()
        .filter(on_host)
        .filter_map(|interaction| Some((interaction.id, music_of(state, interaction)?)))
        .collect();
    music.sort_unstable_by_key(|(interaction, _)| *interaction);
    for (interaction, music) in music {
        step.effect(host, Lane::Interaction(interaction), step.at, music);
    }
}

/// The music that the customer should hear now: of the queue until connected, or while on hold.
fn music_of(state: &State, interaction: &Interaction) -> Option<EffectKind> {
    let leg = state.leg(interaction.leg).filter(|leg| legs::is_controlled(state, leg))?;
    // A customer who is being called hears no music.
    if outbound::is_called_first(state, interaction.id) {
        return None;
    }
    let held = |id: &EngagementId| state.engagement(*id).is_some_and(|e| e.desktop_hold);
    let class = match interaction.request.and_then(|request| state.request(request)) {
        Some(request) => {
            let accepted = match request.state {
                RequestState::Waiting => None,
                RequestState::Offered(offer) => state.offer(offer)?.accepted,
            };
            if accepted.is_some() {
                return None;
            }
            state.config.queue(request.queue).and_then(|queue| queue.music.clone())
        }
        None if interaction.engagements.iter().any(held) => None,
        None => {
            let queue = on_call::hears_music_of(state, interaction.id)?;
            state.config.queue(queue).and_then(|queue| queue.music.clone())
        }
    };
    let leg = HostLeg { leg: leg.id, external: leg.external.clone() };
    Some(EffectKind::Music { leg, on: true, class })
}
