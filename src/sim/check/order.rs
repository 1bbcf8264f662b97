//! The order of service: no offer goes to a request while one that goes first, and that the same agent
//! could take, still waits; but for urgent work that takes the place of an offer.

use std::collections::BTreeSet;

use super::{Broken, broken, name};
use crate::id::{AgentId, OfferId, RequestId};
use crate::message::{Event, OfferEnd, OfferEvent, Record, RequestEvent, Target};
use crate::routing::{Refusal, refusal};
use crate::state::{Hold, Request, State, capacity};

/// What the steps since the last check did.
#[derive(Default)]
pub(super) struct Order {
    /// Offers of the last step, in order.
    made: Vec<(OfferId, RequestId, AgentId)>,
    /// Requests that something happened to.
    touched: BTreeSet<RequestId>,
    /// Requests that waited, or rang fewer than they may, at the last check.
    waited: BTreeSet<RequestId>,
}

impl Order {
    pub(super) fn follow(&mut self, record: &Record) {
        self.made.clear();
        let mut outranked = false;
        for event in &record.events {
            match event {
                Event::Offer(OfferEvent::Made(made)) => {
                    // Urgent work is the one exception: it takes the place of what it outranks.
                    let outranks = std::mem::take(&mut outranked);
                    if !outranks {
                        self.made.push((made.id, made.request, made.agent));
                    }
                    self.touched.insert(made.request);
                }
                Event::Offer(OfferEvent::Ended { end: OfferEnd::Outranked, .. }) => {
                    outranked = true;
                }
                Event::Request(RequestEvent::Opened(opened)) => {
                    self.touched.insert(opened.id);
                }
                Event::Request(
                    RequestEvent::Reordered { id, .. }
                    | RequestEvent::Relaxed { id, .. }
                    | RequestEvent::ExclusionEnded { id, .. }
                    | RequestEvent::Rings { id, .. },
                ) => {
                    self.touched.insert(*id);
                }
                _ => {}
            }
        }
    }

    pub(super) fn check(&mut self, state: &State) -> Result<(), Broken> {
        for (place, (offer, request, agent)) in self.made.iter().enumerate() {
            let Some(served) = state.request(*request) else { continue };
            if state.offer(*offer).is_none_or(|row| row.request != *request) {
                continue;
            }
            let later: Vec<OfferId> =
                self.made.iter().skip(place).map(|(offer, ..)| *offer).collect();
            let passed_over = state.requests.iter().find(|other| {
                self.waited.contains(&other.id)
                    && !self.touched.contains(&other.id)
                    && state.wants_agents(other)
                    && key(other) < key(served)
                    && could_take(state, other, *agent, &later)
            });
            if let Some(other) = passed_over {
                let agent = name(state, *agent);
                return broken(format!("{agent} got {request:?} before {:?}", other.id));
            }
        }
        let waiting = state.requests.iter().filter(|r| state.wants_agents(r));
        self.waited = waiting.map(|request| request.id).collect();
        self.touched.clear();
        self.made.clear();
        Ok(())
    }
}

/// The order of service, from the request alone.
fn key(request: &Request) -> impl Ord + use<> {
    (!request.channel.is_live(), request.due_at, request.id)
}

/// Whether the agent could have taken the request in place of these offers.
fn could_take(state: &State, request: &Request, agent: AgentId, offers: &[OfferId]) -> bool {
    match refusal(state, request, agent) {
        None => return true,
        Some(Refusal::NoCapacity) => {}
        Some(_) => return false,
    }
    let Some((plan, row)) = state.config.agent(agent).zip(state.agent(agent)) else { return false };
    let given = |hold: Hold| matches!(hold, Hold::Offer(offer) if offers.contains(&offer));
    let work: Vec<_> = row.work.iter().filter(|item| !given(item.hold)).copied().collect();
    let host = state.interaction(request.interaction).map(|interaction| interaction.host);
    capacity::admits(&state.config, plan, &work, request.channel)
        && !request.excludes(agent)
        && request.target != Target::Claim
        && host.is_some_and(|host| state.host_is_up(host))
}
