//! Hosts that go away and come back.

use std::collections::BTreeSet;

use super::legs;
use crate::id::{HostId, LegId, OfferId};
use crate::message::{
    Alert, EffectKind, EndKind, HostLeg, HostStateEvent, Lane, LiveLeg, OfferEnd, Personal, Side,
};
use crate::queue::offer;
use crate::state::{LegState, Offer, RequestState, Step};

/// The host is away: nobody on it is offered anything until it is back, or given up.
pub(crate) fn lost(step: &mut Step<'_>, host: HostId, reason: Personal<String>) {
    let until = step.at + step.state().config.center.policies.host_lost_grace;
    step.emit(HostStateEvent::Lost { host, until, reason });
    let alert = EffectKind::Alert { about: Alert::HostLost(host) };
    step.effect(HostId(0), Lane::None, step.at, alert);
    take_back_offers(step, host);
}

/// Nobody could hear the answer of a phone at a host that is away: what rings there is taken back,
/// without blame.
fn take_back_offers(step: &mut Step<'_>, host: HostId) {
    let state = step.state();
    let rings = |offer: &&Offer| {
        offer.leg.and_then(|leg| state.leg(leg)).is_some_and(|leg| leg.host == host)
    };
    let mut offers: Vec<OfferId> =
        state.offers.iter().filter(rings).map(|offer| offer.id).collect();
    offers.sort_unstable();
    for id in offers {
        offer::end(step, id, OfferEnd::Canceled);
    }
}

/// The host is back and has listed its legs: what it does not know is lost, what we do not know is
/// hung up.
pub(crate) fn resynced(step: &mut Step<'_>, host: HostId, generation: u64, live: &[LiveLeg]) {
    step.emit(HostStateEvent::Resynced { host, generation });
    let mut known: BTreeSet<LegId> = BTreeSet::new();
    for leg in live {
        let state = step.state();
        let ours = leg
            .leg
            .filter(|id| state.leg(*id).is_some())
            .or_else(|| state.by_external.get(&(host, leg.external.clone())).copied());
        match ours {
            Some(id) => {
                known.insert(id);
            }
            None => hang_up_stranger(step, host, leg),
        }
    }
    for id in legs_of(step, host) {
        let hanging_up = step.state().leg(id).is_some_and(|leg| leg.state == LegState::Ending);
        if !known.contains(&id) {
            let kind = if hanging_up { EndKind::Normal } else { EndKind::Lost };
            legs::ended(step, id, Side::Network, kind.into());
        }
    }
    reissue_levels(step, host);
}

/// The host did not come back: all it held is lost.
pub(crate) fn abandoned(step: &mut Step<'_>, host: HostId) {
    step.emit(HostStateEvent::Abandoned { host });
    for id in legs_of(step, host) {
        legs::ended(step, id, Side::Network, EndKind::Lost.into());
    }
}

fn legs_of(step: &Step<'_>, host: HostId) -> Vec<LegId> {
    let mut legs: Vec<LegId> =
        step.state().legs.iter().filter(|leg| leg.host == host).map(|leg| leg.id).collect();
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

/// Brings about again what the host may have forgotten: music for those who wait.
pub(crate) fn reissue_levels(step: &mut Step<'_>, host: HostId) {
    let state = step.state();
    let mut waiting: Vec<_> = state
        .requests
        .iter()
        .filter(|request| request.state == RequestState::Waiting)
        .filter_map(|request| {
            let interaction = state.interaction(request.interaction)?;
            let leg = state.leg(interaction.leg).filter(|leg| leg.host == host)?;
            if !interaction.channel.has_media() || !legs::is_controlled(state, leg) {
                return None;
            }
            let class = state.config.queue(request.queue)?.music.clone();
            let leg = HostLeg { leg: leg.id, external: leg.external.clone() };
            Some((interaction.id, EffectKind::Music { leg, on: true, class }))
        })
        .collect();
    waiting.sort_unstable_by_key(|(interaction, _)| *interaction);
    for (interaction, music) in waiting {
        step.effect(host, Lane::Interaction(interaction), step.at, music);
    }
}
