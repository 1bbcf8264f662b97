//! Commands about offers and waiting requests.

use super::Judged;
use super::named::{known, own_offer, reason_id};
use crate::agent;
use crate::id::{OfferId, RequestId};
use crate::message::{
    Authority, CommandBody, OfferEnd, Outcome, Permission, Rejection, RequestEvent,
};
use crate::queue;
use crate::state::Step;
use crate::time::Duration;

/// Judges and decides.
pub(super) fn decide(step: &mut Step<'_>, authority: &Authority, body: CommandBody) -> Judged {
    match body {
        CommandBody::AcceptOffer { offer } => {
            own_offer(step.state(), authority, offer)?;
            accept(step, offer)
        }
        CommandBody::RejectOffer { offer, reason } => {
            own_offer(step.state(), authority, offer)?;
            let reason = reason_id(step.state(), reason.as_ref(), "reason")?;
            queue::offer::end(step, offer, OfferEnd::Rejected(reason));
            Ok(())
        }
        CommandBody::PrioritizeRequest { request, boost } => {
            agent::may_manage(authority, Permission::ManageInteractions)?;
            prioritize(step, request, boost)
        }
        CommandBody::WithdrawRequest { request } => {
            agent::may_manage(authority, Permission::ManageInteractions)?;
            known(step.state(), step.state().request(request), request.origin(), "request")?;
            let actor = authority.actor.clone();
            queue::leave::end(step, request, Outcome::Withdrawn { actor });
            Ok(())
        }
        _ => Err(Rejection::not_yet("command")),
    }
}

fn accept(step: &mut Step<'_>, id: OfferId) -> Judged {
    let state = step.state();
    let offer = state.offer(id).ok_or_else(|| Rejection::stale("offer"))?;
    if offer.accepted.is_some() {
        return Err(Rejection::wrong_state("offer", "accepted already"));
    }
    if offer.leg.is_some() {
        return Err(Rejection::wrong_state("offer", "answered by the phone that rings"));
    }
    queue::offer::accept(step, id);
    Ok(())
}

fn prioritize(step: &mut Step<'_>, id: RequestId, boost: Duration) -> Judged {
    let state = step.state();
    let request = known(state, state.request(id), id.origin(), "request")?;
    let due_at = state.config.due_at(request.order_at, request.service_target, boost);
    step.emit(RequestEvent::Reordered { id, boost, due_at });
    Ok(())
}
