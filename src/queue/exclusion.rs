//! Agents from whom a request is kept for a while: after a miss, or by somebody's hand.

use super::{join, offer, preferred};
use crate::id::{AgentId, OfferId, RequestId};
use crate::message::{FlowOutReason, OfferEnd, RequestEvent};
use crate::state::{Request, Step};
use crate::time::Timestamp;

/// Keeps the request from the agent until then; what rings for it there is taken back.
pub(crate) fn begin(step: &mut Step<'_>, id: RequestId, agent: AgentId, until: Timestamp) {
    step.emit(RequestEvent::Excluded { id, agent, until });
    let state = step.state();
    let rings = |offer: &OfferId| {
        state.offer(*offer).is_some_and(|row| row.agent == agent && row.accepted.is_none())
    };
    if let Some(offer) = state.offers_of(id).iter().copied().find(rings) {
        offer::end(step, offer, OfferEnd::Canceled);
    }
    follow(step, id);
}

/// Whoever asks for somebody by name hears at once that this one does not come; whoever waits for preferred agents
/// waits for those who still may.
pub(super) fn follow(step: &mut Step<'_>, id: RequestId) {
    let asks = |request: &Request| request.is_direct() && request.cause.is_of_agent();
    if step.state().request(id).is_some_and(asks) {
        join::overflow(step, id, FlowOutReason::Coverage);
        return;
    }
    let _ = preferred::review(step, id);
}
