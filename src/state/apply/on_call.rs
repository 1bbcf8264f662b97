//! Events of rotas at work.

use crate::id::{Key, RequestId};
use crate::message::{OnCallEnd, OnCallEvent, Party, TimerId};
use crate::state::{OnCall, OnCallAttempt, OnDuty, Request, State};

impl State {
    pub(super) fn apply_on_call(&mut self, event: &OnCallEvent) {
        match event {
            OnCallEvent::Started { request, rota } => self.start_on_call(*request, rota),
            OnCallEvent::Attempted { request, attempt, to, leg, deadline, .. } => {
                let call = leg.map(|leg| OnCallAttempt { leg, joining: None, deadline: *deadline });
                self.set_timer(TimerId::OnCall(*request), call.map(|call| call.deadline));
                self.change_on_call(*request, |row| {
                    row.attempt = *attempt;
                    row.asked.push(to.clone());
                    row.rang |= call.is_some();
                    row.call = call;
                });
            }
            OnCallEvent::Joining { request, bridge, deadline } => {
                self.set_timer(TimerId::OnCall(*request), Some(*deadline));
                self.change_on_call(*request, |row| {
                    if let Some(call) = &mut row.call {
                        call.joining = Some(*bridge);
                        call.deadline = *deadline;
                    }
                });
            }
            OnCallEvent::AttemptEnded { request, end, .. } => {
                self.end_on_call_attempt(*request, *end == OnCallEnd::Accepted);
            }
            OnCallEvent::Escalated { request, level, round } => {
                self.change_on_call(*request, |row| {
                    row.rang &= row.round == *round;
                    row.level = *level;
                    row.round = *round;
                    row.asked.clear();
                });
            }
            OnCallEvent::LastResort { request, to } => {
                self.change_on_call(*request, |row| {
                    row.asked.clear();
                    row.last_resort = to.clone().filter(|to| matches!(to, Party::External(_)));
                });
            }
            OnCallEvent::Ended { request, .. } => {
                self.timers.clear(&TimerId::OnCall(*request));
                let Some(row) = self.on_calls.remove(request) else { return };
                self.change_meeting(row.request.interaction, |meeting| {
                    if meeting.on_duty == OnDuty::Sought(*request) {
                        meeting.on_duty = OnDuty::InVain;
                    }
                });
            }
        }
    }

    fn start_on_call(&mut self, id: RequestId, rota: &Key) {
        let Some(request) = self.requests.get(id.bits()).cloned() else { return };
        let interaction = request.interaction;
        let row = OnCall {
            request,
            rota: rota.clone(),
            attempt: 0,
            level: 1,
            round: 1,
            asked: Vec::new(),
            rang: false,
            last_resort: None,
            call: None,
        };
        self.on_calls.insert(id, row);
        self.change_meeting(interaction, |meeting| meeting.on_duty = OnDuty::Sought(id));
    }

    fn end_on_call_attempt(&mut self, id: RequestId, accepted: bool) {
        self.timers.clear(&TimerId::OnCall(id));
        let mut over = None;
        self.change_on_call(id, |row| {
            let Request { interaction, queue, .. } = row.request;
            over = row.call.take().map(|call| (interaction, queue, call));
        });
        if let Some((interaction, queue, call)) = over.filter(|_| accepted) {
            self.change_meeting(interaction, |meeting| {
                meeting.on_duty = OnDuty::Has(call.leg, queue);
                meeting.bridge = call.joining;
            });
        }
    }

    fn change_on_call(&mut self, id: RequestId, change: impl FnOnce(&mut OnCall)) {
        if let Some(row) = self.on_calls.get_mut(&id) {
            change(row);
        }
    }
}
