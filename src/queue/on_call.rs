//! A closed queue hands its calls to a rota.

use super::{join, leave, offer};
use crate::id::{Key, RequestId};
use crate::message::{FlowOutReason, OnCallEvent, Outcome};
use crate::model::Channel;
use crate::state::{OnDuty, Request, State, Step};

/// The rota to which a request goes that would leave its queue for `reason`: a customer's, on the phone, of a
/// queue that its hours or its switch keep closed. Not one whose media the engine does not control: nobody
/// could be joined with it. And not one that comes from a rota: the last resort is the last.
pub(super) fn rota_for(state: &State, request: &Request, reason: FlowOutReason) -> Option<Key> {
    let closed = reason == FlowOutReason::Closed && !join::is_shut(state, request.queue);
    if !closed || request.cause.is_of_agent() || request.channel != Channel::Voice {
        return None;
    }
    let row = state.interaction(request.interaction)?;
    let asked = row.meeting().is_some_and(|meeting| meeting.on_duty != OnDuty::Unasked);
    if asked || !state.controls_media(row.host) {
        return None;
    }
    let rota = state.config.queue(request.queue)?.on_call.as_ref()?;
    state.config.rota(rota).map(|_| rota.clone())
}

/// Hands the request to the rota. Whom to call is decided by the last act of the step, which finds a
/// customer for whom somebody is sought and nobody is called.
pub(super) fn hand_over(step: &mut Step<'_>, request: RequestId, rota: Key) {
    offer::set_music(step, request, true);
    step.emit(OnCallEvent::Started { request, rota });
    leave::end(step, request, Outcome::FlowedOut { reason: FlowOutReason::OnCall, to: None });
}
