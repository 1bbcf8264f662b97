//! Leaving a queue without an agent. An interaction whose last request has ended and that nobody
//! serves is over: the end of the step sees to that.

use super::ringing;
use crate::id::RequestId;
use crate::message::{AbandonPhase, EndCause, EndKind, LostCause, Outcome, RequestEvent, Side};
use crate::state::{RequestState, Step};

/// The customer has gone: the request ends as abandoned, or as lost where it was no will of theirs.
pub(crate) fn customer_gone(step: &mut Step<'_>, id: RequestId, by: Side, cause: EndCause) {
    let state = step.state();
    let Some(request) = state.request(id) else { return };
    let waited = step.happened.since(request.customer_wait_since);
    let short = waited < state.config.center.policies.short_abandon;
    let phase = match request.state {
        RequestState::Waiting => AbandonPhase::Waiting,
        RequestState::Offered(offer) => match state.offer(offer).and_then(|o| o.accepted) {
            Some(_) => AbandonPhase::Connecting,
            None => AbandonPhase::Alerting,
        },
    };
    let outcome = match cause.kind {
        EndKind::Lost => Outcome::Lost(LostCause::Host),
        EndKind::Failed | EndKind::Unreachable => Outcome::Lost(LostCause::Network),
        _ if by == Side::Network => Outcome::Lost(LostCause::Network),
        _ => Outcome::Abandoned { phase, short },
    };
    end(step, id, outcome);
}

/// Ends the request; all who are alerted or being connected for it are released.
pub(crate) fn end(step: &mut Step<'_>, id: RequestId, outcome: Outcome) {
    ringing::take_back(step, id);
    step.emit(RequestEvent::Ended { id, outcome });
}
