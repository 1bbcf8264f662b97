//! Events of promised calls.

use super::Place;
use crate::id::{EngagementId, RequestId};
use crate::message::{CallbackEvent, TimerId};
use crate::state::{Callback, Promise, State};

impl State {
    pub(super) fn apply_callback(&mut self, place: Place, event: &CallbackEvent) {
        match event {
            CallbackEvent::Scheduled {
                request,
                conversation,
                queue,
                host,
                to,
                not_before,
                not_after,
            } => {
                let promise = Promise {
                    conversation: *conversation,
                    queue: *queue,
                    host: *host,
                    to: to.clone(),
                    not_before: *not_before,
                    not_after: *not_after,
                };
                self.callbacks.insert(*request, promise);
                self.set_timer(TimerId::Callback(*request), Some(*not_before));
                self.take_up(*conversation);
            }
            CallbackEvent::Due { request, interaction } => {
                let Some(promise) = self.end_promise(place, *request) else { return };
                let due = Callback { request: *request, to: promise.to, reached: false };
                if let Some(row) = self.interactions.get_mut(interaction.bits()) {
                    row.meeting.get_or_insert_default().callback = Some(due);
                }
            }
            CallbackEvent::Ended { request, interaction: None, .. } => {
                self.end_promise(place, *request);
            }
            CallbackEvent::Ended { interaction: Some(id), .. } => {
                let row = self.interactions.get_mut(id.bits());
                if let Some(meeting) = row.and_then(|row| row.meeting.as_mut()) {
                    meeting.callback = None;
                }
            }
            CallbackEvent::Attempted { .. } => {}
        }
    }

    /// The promise is none any more; its conversation need not be kept for it.
    fn end_promise(&mut self, place: Place, request: RequestId) -> Option<Promise> {
        let promise = self.callbacks.remove(&request)?;
        self.set_timer(TimerId::Callback(request), None);
        self.let_go(place.at, promise.conversation);
        Some(promise)
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
