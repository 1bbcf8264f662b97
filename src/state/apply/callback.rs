//! Events of promised calls.

use super::Place;
use crate::id::{EffectId, EngagementId, InteractionId, LegId, RequestId};
use crate::message::{CallbackEvent, CallbackQuestion, RequestCause, RequestOpened, TimerId};
use crate::state::{Callback, CustomerIs, Promise, State};

impl State {
    pub(super) fn apply_callback(&mut self, at: Place, event: &CallbackEvent) {
        match event {
            CallbackEvent::Scheduled {
                request,
                conversation,
                queue,
                host,
                to,
                not_before,
                not_after,
                place,
                attempts,
            } => {
                let promise = Promise {
                    conversation: *conversation,
                    queue: *queue,
                    host: *host,
                    to: to.clone(),
                    not_before: *not_before,
                    not_after: *not_after,
                    place: *place,
                    attempts: *attempts,
                };
                self.callbacks.insert(*request, promise);
                self.set_timer(TimerId::Callback(*request), Some(*not_before));
                self.take_up(*conversation);
            }
            CallbackEvent::Due { request, interaction, customer_first } => {
                let Some(promise) = self.end_promise(at, *request) else { return };
                let customer = match customer_first {
                    true => CustomerIs::ToBeCalled,
                    false => CustomerIs::CalledByAgent,
                };
                let (request, tried, reached) = (*request, false, false);
                let due = Callback { request, promise, customer, tried, reached };
                if let Some(row) = self.interactions.get_mut(interaction.bits()) {
                    row.meeting.get_or_insert_default().callback = Some(due);
                }
            }
            CallbackEvent::Ended { request, interaction: None, .. } => {
                self.end_promise(at, *request);
            }
            CallbackEvent::Ended { interaction: Some(id), .. } => {
                let row = self.interactions.get_mut(id.bits());
                if let Some(meeting) = row.and_then(|row| row.meeting.as_mut()) {
                    meeting.callback = None;
                }
            }
            CallbackEvent::Attempted { leg, .. } => self.note_tried(*leg),
            CallbackEvent::Came { interaction, .. } => {
                self.change_callback(*interaction, |callback| {
                    callback.customer = CustomerIs::There;
                });
            }
            CallbackEvent::PutOff { request, not_before } => {
                if let Some(promise) = self.callbacks.get_mut(request) {
                    promise.not_before = *not_before;
                    self.set_timer(TimerId::Callback(*request), Some(*not_before));
                }
            }
            CallbackEvent::Asked { request, what, op } => {
                self.note_asked_back(*request, what.clone().zip(*op));
            }
        }
    }

    fn note_asked_back(&mut self, request: RequestId, asked: Option<(CallbackQuestion, EffectId)>) {
        match asked.filter(|_| self.requests.get(request.bits()).is_some()) {
            Some(asked) => {
                self.asked_back.insert(request, asked);
            }
            None => {
                self.asked_back.remove(&request);
            }
        }
    }

    fn note_tried(&mut self, leg: LegId) {
        let Some(interaction) = self.leg(leg).map(|leg| leg.interaction) else { return };
        self.change_callback(interaction, |callback| {
            callback.tried = true;
            if callback.customer == CustomerIs::ToBeCalled {
                callback.customer = CustomerIs::BeingCalled;
            }
        });
    }

    /// Changes what is known of a promised call that waits; it is filed by that.
    fn change_callback(&mut self, id: InteractionId, change: impl FnOnce(&mut Callback)) {
        let request = self.interactions.get(id.bits()).and_then(|row| row.request);
        if let Some(request) = request {
            self.unfile_request(request);
        }
        let row = self.interactions.get_mut(id.bits());
        if let Some(callback) = row.and_then(|row| row.meeting.as_mut()?.callback.as_mut()) {
            change(callback);
        }
        if let Some(request) = request {
            self.file_request(request);
        }
    }

    /// The promise is none any more; its conversation need not be kept for it.
    fn end_promise(&mut self, place: Place, request: RequestId) -> Option<Promise> {
        let promise = self.callbacks.remove(&request)?;
        self.set_timer(TimerId::Callback(request), None);
        self.let_go(place.at, promise.conversation);
        Some(promise)
    }

    /// A promise waits in another queue from now on: there it goes on where its customer is not reached.
    pub(super) fn note_promise_waits(&mut self, opened: &RequestOpened) {
        let row = self.interactions.get_mut(opened.interaction.bits());
        if opened.cause == RequestCause::Callback
            && let Some(callback) = row.and_then(|row| row.meeting.as_mut()?.callback.as_mut())
        {
            callback.promise.queue = opened.home_queue;
        }
    }

    /// An agent has answered the request: whoever was called first, and waited on the line, was reached.
    pub(super) fn note_came_and_answered(&mut self, id: RequestId) {
        let interaction = self.requests.get(id.bits()).map(|request| request.interaction);
        let row = interaction.and_then(|id| self.interactions.get_mut(id.bits()));
        if let Some(callback) = row.and_then(|row| row.meeting.as_mut()?.callback.as_mut())
            && callback.customer == CustomerIs::There
        {
            callback.reached = true;
        }
    }

    /// Agent and customer are together.
    pub(super) fn note_reached(&mut self, engagement: EngagementId) {
        let row = self.engagements.get(engagement.bits());
        let interaction = row.and_then(|row| row.interaction);
        if let Some(row) = interaction.and_then(|id| self.interactions.get_mut(id.bits()))
            && let Some(promise) = row.meeting.as_mut().and_then(|m| m.callback.as_mut())
        {
            promise.reached = true;
        }
    }
}
