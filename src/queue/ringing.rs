//! Requests that ring several agents at once: how many, who takes one, and who rings no more then.
//!
//! ```text
//!                 rings so many          accepted: nobody joins       connected
//!   waiting ──────────────────▶ ringing ────────────────▶ taken ──────────────▶ answered
//!      ▲    more join: freed,   │   ▲ │                    │ the others end, here or at the accept
//!      │    or by the timer     │   └─┴─── it failed ──────┘
//!      └────── the last ended ──┘          and others ring still
//! ```
//!
//! Each offer is a lease of its own: it ends by its own deadline, reject or failure, and the others ring on. While
//! there is room the request stands among those that wait, so that the next agent who is free joins in its turn.

use super::{hours, offer, preferred};
use crate::id::{OfferId, RequestId};
use crate::message::{OfferEnd, RequestEvent, Target};
use crate::model::{OthersRing, Ringing};
use crate::state::{RequestState, State, Step};

/// Says how many the request rings, where its queue lets it ring several and the first is about to be rung.
pub(super) fn begin(step: &mut Step<'_>, id: RequestId) {
    let state = step.state();
    let Some(request) = state.request(id).filter(|row| row.state == RequestState::Waiting) else {
        return;
    };
    // Who is wanted by name is rung one at a time.
    if !matches!(request.target, Target::Queue | Target::Requirement(_)) {
        return;
    }
    let limit = state.config.center.limits.offers_at_once;
    let (most, every) = match state.config.queue(request.queue).map(|plan| plan.ringing) {
        None | Some(Ringing::One) => return,
        Some(Ringing::AtOnce(most)) => (most.min(limit), None),
        Some(Ringing::All) => (limit, None),
        Some(Ringing::Progressive { first, every, .. }) => (first.min(limit), Some(every)),
    };
    let grows_at = every.map(|every| step.at + every);
    step.emit(RequestEvent::Rings { id, most, grows_at });
}

/// Nobody has taken the request: it rings more, until it may ring all there are.
pub(crate) fn grow(step: &mut Step<'_>, id: RequestId) {
    let state = step.state();
    let Some((group, request)) = state.groups.get(&id).zip(state.request(id)) else { return };
    let center = &state.config.center;
    let there = u32::try_from(center.agents.len()).unwrap_or(u32::MAX);
    let limit = center.limits.offers_at_once.min(there);
    let (most, every) = match state.config.queue(request.queue).map(|plan| plan.ringing) {
        Some(Ringing::Progressive { add, every, .. }) => {
            (group.most.saturating_add(add).min(limit).max(group.most), Some(every))
        }
        // The queue has another rule by now.
        _ => (group.most, None),
    };
    let grows_at = every.filter(|_| most < limit).map(|every| step.at + every);
    step.emit(RequestEvent::Rings { id, most, grows_at });
}

/// Whether the others stand by until whoever takes the request is connected.
pub(super) fn others_stand_by(state: &State, id: RequestId) -> bool {
    let plan = state.request(id).and_then(|request| state.config.queue(request.queue));
    plan.is_some_and(|plan| plan.others_ring == OthersRing::UntilConnected)
}

/// Ends all offers of the request but one, whose agent has it.
pub(super) fn end_others(step: &mut Step<'_>, id: RequestId, winner: OfferId) {
    let others: Vec<OfferId> =
        step.state().offers_of(id).iter().copied().filter(|offer| *offer != winner).collect();
    for offer in others {
        offer::end(step, offer, OfferEnd::TakenByAnother);
    }
}

/// Ends all offers of the request: it is for none of them any more.
pub(super) fn take_back(step: &mut Step<'_>, id: RequestId) {
    let all = step.state().offers_of(id).to_vec();
    for offer in all {
        offer::end(step, offer, OfferEnd::Canceled);
    }
}

/// One of several has ended in vain while others ring. A bound that rests while somebody is alerted does not rest for
/// ever because the others began later, nor does anybody stay in a queue that has closed.
pub(super) fn bounded(step: &mut Step<'_>, id: RequestId) {
    let state = step.state();
    let Some(request) = state.request(id).filter(|row| row.state != RequestState::Waiting) else {
        return;
    };
    if state.taken_offer(id).is_some() {
        return;
    }
    if request.wait_until.is_some_and(|until| until <= step.at) {
        take_back(step, id);
        preferred::waited(step, id);
    } else if hours::is_shut_out(state, request) {
        take_back(step, id);
    }
}
