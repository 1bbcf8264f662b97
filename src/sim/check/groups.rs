//! What must hold of requests that ring several agents: each offer is one of theirs, at most one is taken.

use std::collections::{BTreeMap, BTreeSet};

use super::tables::armed;
use super::{Broken, broken};
use crate::id::{OfferId, RequestId};
use crate::message::{Target, TimerId};
use crate::state::{Group, Offer, Request, RequestState, State};

/// Every offer belongs to a request that is offered; several to one alone where it rings several.
pub(super) fn hold(state: &State) -> Result<(), Broken> {
    let mut of: BTreeMap<RequestId, Vec<&Offer>> = BTreeMap::new();
    for offer in state.offers.iter() {
        of.entry(offer.request).or_default().push(offer);
    }
    for (id, offers) in &of {
        let Some(request) = state.request(*id) else {
            return broken(format!("{offers:?} is for a request that is gone"));
        };
        one_stands_for_all(request, offers)?;
        let known: BTreeSet<OfferId> = state.offers_of(*id).iter().copied().collect();
        let are: BTreeSet<OfferId> = offers.iter().map(|offer| offer.id).collect();
        if known != are {
            return broken(format!("{id:?} rings by {known:?} and not {are:?}"));
        }
    }
    for request in state.requests.iter() {
        if request.state != RequestState::Waiting && !of.contains_key(&request.id) {
            return broken(format!("{:?} is with an offer that is gone", request.id));
        }
    }
    state.groups.iter().try_for_each(|(id, group)| is_sound(state, *id, group))
}

/// The request is with one of its offers: the one that is taken, if one is. No agent is rung twice for it.
fn one_stands_for_all(request: &Request, offers: &[&Offer]) -> Result<(), Broken> {
    let taken: Vec<OfferId> =
        offers.iter().filter(|offer| offer.accepted.is_some()).map(|offer| offer.id).collect();
    let RequestState::Offered(lead) = request.state else {
        return broken(format!("{:?} waits and rings: {offers:?}", request.id));
    };
    let leads = offers.iter().any(|offer| offer.id == lead);
    if !leads || taken.len() > 1 || taken.iter().any(|taken| *taken != lead) {
        return broken(format!("{:?} is with {lead:?}, taken are {taken:?}", request.id));
    }
    let agents: BTreeSet<_> = offers.iter().map(|offer| offer.agent).collect();
    if agents.len() != offers.len() {
        return broken(format!("{:?} rings an agent twice: {offers:?}", request.id));
    }
    Ok(())
}

/// A group has members, no more than it may, and a timer where it grows; nobody is in it by name.
fn is_sound(state: &State, id: RequestId, group: &Group) -> Result<(), Broken> {
    let gone = group.members.iter().any(|id| state.offer(*id).is_none());
    if gone || group.members.is_empty() || group.members.len() > group.most as usize {
        return broken(format!("{id:?} rings {group:?}"));
    }
    if group.grows_at.is_some() && !armed(state, TimerId::Ringing(id)) {
        return broken(format!("nothing stands behind the growth of {id:?}"));
    }
    let anybody = |row: &Request| matches!(row.target, Target::Queue | Target::Requirement(_));
    if !state.request(id).is_some_and(anybody) {
        return broken(format!("{id:?} rings several by name"));
    }
    if group.most > state.config.center.limits.offers_at_once.max(1) {
        return broken(format!("{id:?} may ring {} agents", group.most));
    }
    Ok(())
}
