//! Urgent work: what an agent has not accepted yet gives way to it.

use super::offer;
use crate::id::{AgentId, OfferId, RequestId};
use crate::message::{ChosenBy, OfferEnd};
use crate::routing::{Refusal, refusals, sole_choice};
use crate::state::{Hold, Offer, Request, RequestState, State, Step, WorkItem, capacity};

/// Serves the urgent requests of this step for which nobody was free, by agents who are alerted for other
/// work. Whether any was served.
pub(crate) fn settle(step: &mut Step<'_>) -> bool {
    let mut served = false;
    for request in step.take_urgent() {
        if let Some((lower, agent)) = gives_way(step.state(), request) {
            offer::end(step, lower, OfferEnd::Outranked);
            let by = Some(ChosenBy::Urgent);
            if let Some(choice) = sole_choice(step.state(), step.at, request, agent, by) {
                offer::make(step, request, agent, choice);
                served = true;
            }
        }
    }
    served
}

/// The offer that gives way: of other work, not accepted, to an agent who could serve the request without
/// it; of several the one whose work is due last.
fn gives_way(state: &State, id: RequestId) -> Option<(OfferId, AgentId)> {
    let request = state.request(id).filter(|r| r.state == RequestState::Waiting)?;
    let lower = |offer: &&Offer| offer.accepted.is_none() && !is_urgent(state, offer.request);
    let due = |offer: &Offer| state.request(offer.request).map(|request| request.due_at);
    state
        .offers
        .iter()
        .filter(lower)
        .filter(|offer| could_serve(state, request, offer))
        .max_by_key(|offer| (due(offer), offer.id))
        .map(|offer| (offer.id, offer.agent))
}

pub(crate) fn is_urgent(state: &State, request: RequestId) -> bool {
    let plan = state.request(request).and_then(|request| state.config.queue(request.queue));
    plan.is_some_and(|plan| plan.urgent)
}

fn could_serve(state: &State, request: &Request, offer: &Offer) -> bool {
    let only_capacity =
        refusals(state, request, offer.agent).all(|refusal| refusal == Refusal::NoCapacity);
    let both = state.config.agent(offer.agent).zip(state.agent(offer.agent));
    only_capacity
        && both.is_some_and(|(plan, row)| {
            let others = row.work.iter().filter(|item| item.hold != Hold::Offer(offer.id));
            let others: Vec<WorkItem> = others.copied().collect();
            capacity::admits(&state.config, plan, &others, request.channel)
        })
}
