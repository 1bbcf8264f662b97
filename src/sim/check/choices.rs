//! Choices: each offer went to the request and the agent that looking at everybody finds, at the moment it was made.
//!
//! The moment is found again by following the records event by event, so what the index says is compared decision by
//! decision, not at the end of a step.

use super::{Broken, broken, name};
use crate::message::{ChosenBy, Event, OfferEvent, OfferMade};
use crate::routing::{Turn, oracle, refusal};
use crate::state::{Request, State};
use crate::time::Timestamp;

/// Compares an offer that is about to be made with what should be.
pub(super) fn is_right(state: &State, now: Timestamp, event: &Event) -> Result<(), Broken> {
    let Event::Offer(OfferEvent::Made(made)) = event else { return Ok(()) };
    let Some(request) = state.request(made.request) else {
        return broken(format!("{:?} is for a request that is not there", made.id));
    };
    if matches!(made.choice.by, ChosenBy::Pulled | ChosenBy::Told | ChosenBy::Urgent) {
        return Ok(());
    }
    agent_is_first(state, now, request, made)?;
    request_is_first(state, now, request, made)
}

fn agent_is_first(
    state: &State,
    now: Timestamp,
    request: &Request,
    made: &OfferMade,
) -> Result<(), Broken> {
    let (order, by_chance) = oracle::agents_in_order(state, now, request);
    let chosen = made.agent;
    let right = match order.split_first() {
        _ if by_chance => order.contains(&chosen),
        Some((first, next)) => {
            let runners_up = next.get(..next.len().min(3)).unwrap_or_default();
            let named = request.target.named().is_some();
            *first == chosen && (named || *runners_up == *made.choice.runners_up)
        }
        None => false,
    };
    if right {
        return Ok(());
    }
    let names: Vec<String> = order.iter().map(|agent| name(state, *agent)).collect();
    let (agent, choice) = (name(state, chosen), &made.choice);
    broken(format!("{agent} got {:?} by {choice:?}, in order were {names:?}", made.request))
}

/// Nobody waits who goes before, and whom the agent could take.
fn request_is_first(
    state: &State,
    now: Timestamp,
    request: &Request,
    made: &OfferMade,
) -> Result<(), Broken> {
    let turn = |row: &Request| Turn::of(state, now, row.service_key());
    let before = state.requests.iter().find(|other| {
        state.wants_agents(other)
            && turn(other) < turn(request)
            && refusal(state, other, made.agent).is_none()
    });
    match before {
        Some(other) => {
            let agent = name(state, made.agent);
            broken(format!("{agent} got {:?} before {:?}", made.request, other.id))
        }
        None => Ok(()),
    }
}
