//! Taking work away from an agent who leaves by force, or whose desktop is gone.

use super::offer;
use crate::agent;
use crate::id::{AgentId, EngagementId, OfferId};
use crate::message::{EngagementEnd, OfferEnd, Phase};
use crate::state::{Hold, Request, State, Step, WorkItem};

/// Cuts all of the agent's work: offers return to their queue, engagements end. What was put away stays.
pub(crate) fn all(step: &mut Step<'_>, agent: AgentId, end: EngagementEnd) {
    while let Some(item) = not_put_away(step.state(), agent) {
        match item.hold {
            Hold::Offer(id) => offer::end(step, id, OfferEnd::Canceled),
            Hold::Engagement(id) => engagement(step, id, end),
        }
    }
}

fn not_put_away(state: &State, agent: AgentId) -> Option<WorkItem> {
    let put_away = |item: &&WorkItem| match item.hold {
        Hold::Engagement(id) => state.engagement(id).is_some_and(|e| e.phase == Phase::Parked),
        Hold::Offer(_) => false,
    };
    state.agent(agent)?.work.iter().find(|item| !put_away(item)).copied()
}

/// Takes back what rings at the agent.
pub(crate) fn offers(step: &mut Step<'_>, agent: AgentId) {
    offers_of(step, agent, |_| true);
}

/// Takes back what rings at the agent for some requests.
pub(crate) fn offers_of(step: &mut Step<'_>, agent: AgentId, which: impl Fn(&Request) -> bool) {
    let state = step.state();
    let concerned = |id: &OfferId| {
        state.offer(*id).and_then(|offer| state.request(offer.request)).is_some_and(&which)
    };
    let ringing: Vec<OfferId> = state
        .agent(agent)
        .into_iter()
        .flat_map(|row| &row.work)
        .filter_map(|item| match item.hold {
            Hold::Offer(id) => Some(id),
            Hold::Engagement(_) => None,
        })
        .filter(concerned)
        .collect();
    for id in ringing {
        offer::end(step, id, OfferEnd::Canceled);
    }
}

/// One that is still being connected returns to its queue; any other ends without wrap-up.
fn engagement(step: &mut Step<'_>, id: EngagementId, end: EngagementEnd) {
    match connecting(step.state(), id) {
        Some(offer) => offer::end(step, offer, OfferEnd::Canceled),
        None => agent::end_engagement(step, id, end),
    }
}

fn connecting(state: &State, id: EngagementId) -> Option<OfferId> {
    state.engagement(id).filter(|e| e.phase == Phase::Connecting)?.offer
}
