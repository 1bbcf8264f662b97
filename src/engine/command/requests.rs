//! Commands about offers and waiting requests.

use super::Judged;
use super::named::{known, own_offer, reason_id};
use crate::agent::{self, Reach};
use crate::id::{OfferId, RequestId};
use crate::message::{
    Authority, CommandBody, OfferEnd, Outcome, Permission, Rejection, RequestEvent,
};
use crate::queue;
use crate::state::{State, Step};
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
            may_manage(step.state(), authority, request)?;
            prioritize(step, request, boost)
        }
        CommandBody::WithdrawRequest { request } => {
            may_manage(step.state(), authority, request)?;
            known(step.state(), step.state().request(request), request.origin(), "request")?;
            let actor = authority.actor.clone();
            queue::leave::end(step, request, Outcome::Withdrawn { actor });
            Ok(())
        }
        _ => Err(Rejection::not_yet("command")),
    }
}

fn may_manage(state: &State, authority: &Authority, request: RequestId) -> Judged {
    let of = state.request(request).map(|request| request.interaction);
    let what = of.map_or(Reach::Brand(None), |id| Reach::interaction(state, id));
    agent::may_manage(state, authority, Permission::ManageInteractions, what)
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
