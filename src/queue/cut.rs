//! Taking work away from an agent who leaves by force, or whose desktop or phone is gone.

use super::offer;
use crate::agent;
use crate::id::{AgentId, EngagementId, OfferId};
use crate::message::{EngagementEnd, OfferEnd, Phase};
use crate::model::Channel;
use crate::state::{Hold, Request, State, Step, WorkItem};

/// Cuts all of the agent's work: offers return to their queue, engagements end. What was put away stays.
pub(crate) fn all(step: &mut Step<'_>, agent: AgentId, end: EngagementEnd) {
    each(step, agent, end, |_, phase| phase != Some(Phase::Parked));
}

/// Cuts the agent's calls. What is wrapped up needs no phone.
pub(crate) fn calls(step: &mut Step<'_>, agent: AgentId, end: EngagementEnd) {
    each(step, agent, end, |channel, phase| channel.has_media() && phase != Some(Phase::WrapUp));
}

/// Cuts such work of the agent, told by its channel and, where it is not only offered, its phase.
fn each(
    step: &mut Step<'_>,
    agent: AgentId,
    end: EngagementEnd,
    which: impl Fn(Channel, Option<Phase>) -> bool,
) {
    let first = |state: &State| {
        let phase = |item: &WorkItem| match item.hold {
            Hold::Engagement(id) => state.engagement(id).map(|part| part.phase),
            Hold::Offer(_) => None,
        };
        let work = &state.agent(agent)?.work;
        work.iter().find(|item| which(item.channel, phase(item))).copied()
    };
    while let Some(item) = first(step.state()) {
        match item.hold {
            Hold::Offer(id) => offer::end(step, id, OfferEnd::Canceled),
            Hold::Engagement(id) => engagement(step, id, end),
        }
    }
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
