//! What people on call are to a contact: they are sought, and one of them is with the customer.

use super::{Begin, ContactRecords};
use crate::id::{InteractionId, RequestId};
use crate::kpi::contact::SegmentKind;
use crate::message::{OnCallEnd, OnCallEvent, Party};
use crate::time::Timestamp;

/// A customer of those on call.
#[derive(Clone, Debug)]
pub(super) struct Duty {
    begin: Begin,
    request: RequestId,
    /// Who was called last, and which attempt that was.
    called: Option<(u32, Party)>,
    accepted: bool,
    /// When nobody was sought any more.
    given_up: Option<Timestamp>,
}

impl ContactRecords {
    pub(super) fn on_call(&mut self, at: Timestamp, event: &OnCallEvent) {
        match event {
            OnCallEvent::Started { request, .. } => self.sought(at, *request),
            OnCallEvent::Attempted { request, attempt, to, .. } => {
                if let Some(duty) = self.duty(*request) {
                    duty.called = Some((*attempt, to.clone()));
                }
            }
            OnCallEvent::AttemptEnded { request, end: OnCallEnd::Accepted, .. } => {
                self.together(at, *request);
            }
            OnCallEvent::Ended { request, .. } => {
                if let Some(duty) = self.duty(*request) {
                    duty.given_up = Some(at);
                }
                self.rotas.remove(request);
            }
            OnCallEvent::AttemptEnded { .. }
            | OnCallEvent::Escalated { .. }
            | OnCallEvent::Joining { .. }
            | OnCallEvent::LastResort { .. } => {}
        }
    }

    fn duty(&mut self, request: RequestId) -> Option<&mut Duty> {
        let interaction = self.rotas.get(&request)?;
        self.duties.get_mut(interaction)
    }

    fn sought(&mut self, at: Timestamp, request: RequestId) {
        let Some(wait) = self.waits.get(&request).copied() else { return };
        let interaction = wait.begin.interaction;
        if let Some(begin) = self.begin(interaction, at.max(wait.begin.at)) {
            let duty = Duty { begin, request, called: None, accepted: false, given_up: None };
            self.rotas.insert(request, interaction);
            self.duties.insert(interaction, duty);
        }
    }

    /// Somebody has accepted and hears the customer.
    fn together(&mut self, at: Timestamp, request: RequestId) {
        let Some(mut duty) = self.duty(request).cloned() else { return };
        duty.accepted = true;
        let end = self.end(duty.begin, at, duty.sought());
        if let Some(begin) = self.begin(duty.begin.interaction, end) {
            duty.begin = begin;
            self.duties.insert(begin.interaction, duty);
        }
    }

    /// The customer waits for others, is with others, or is gone: whatever those on call were to the
    /// customer is over. A search goes on until the wait that follows on it.
    pub(super) fn duty_over(&mut self, interaction: InteractionId, at: Timestamp) {
        let Some(duty) = self.duties.remove(&interaction) else { return };
        let begin = duty.begin;
        if let (true, Some((attempt, with))) = (duty.accepted, duty.called.clone()) {
            let request = duty.request;
            self.end(begin, at, SegmentKind::OnCall { request, attempt, with });
        } else {
            let given_up = duty.given_up.unwrap_or(at);
            let end = at.max(given_up).max(begin.at);
            self.end_at(begin, end, given_up < begin.at, duty.sought());
        }
    }
}

impl Duty {
    fn sought(&self) -> SegmentKind {
        let attempts = self.called.as_ref().map_or(0, |(attempt, _)| *attempt);
        SegmentKind::Seek { request: self.request, attempts, accepted: self.accepted }
    }
}
