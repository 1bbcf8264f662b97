//! Calls that the engine would not let the agent have, and the agent has all the same: they are followed as other work,
//! as soon as the agent's account has room for it.

use super::{Call, Misfit, Shadow, Stage};
use crate::id::Key;
use crate::message::{CommandBody, Rejection};
use crate::model::Channel;

impl Shadow {
    /// The call is with the agent, and not in the engine.
    pub(super) fn follow_apart(&mut self, call: &Call, agent: &Key, why: Option<Rejection>) {
        if let Some(rejection) = why {
            let (call, agent) = (call.clone(), agent.clone());
            self.contradicts(Misfit::Apart { call, agent, rejection });
        }
        if let Some(request) = self.calls.get(call).and_then(|course| course.request) {
            self.expect(CommandBody::WithdrawRequest { request });
        }
        if let Some(course) = self.calls.get_mut(call) {
            course.stage = Stage::Apart(agent.clone(), None);
        }
        self.apart.entry(agent.clone()).or_default().push(call.clone());
        self.make_room(agent);
    }

    /// Takes calls that the agent has into the account, as far as there is room.
    pub(super) fn make_room(&mut self, agent: &Key) {
        for call in self.apart.get(agent).cloned().unwrap_or_default() {
            let Some(Stage::Apart(_, None)) = self.calls.get(&call).map(|course| &course.stage)
            else {
                continue;
            };
            let agent = agent.clone();
            let (channel, reason) = (Channel::Voice, None);
            let work = CommandBody::BeginOtherWork { agent: agent.clone(), channel, reason };
            self.begun = None;
            // Until there is room the agent is busy anyway.
            let _ = self.command(work);
            if let Some(course) = self.calls.get_mut(&call) {
                course.stage = Stage::Apart(agent, self.begun);
            }
        }
    }

    /// The talk is over.
    pub(super) fn end_apart(&mut self, call: &Call, agent: &Key) {
        if let Some(calls) = self.apart.get_mut(agent) {
            calls.retain(|other| other != call);
            if calls.is_empty() {
                self.apart.remove(agent);
            }
        }
        let stage = self.calls.get(call).map(|course| course.stage.clone());
        if let Some(Stage::Apart(_, Some(engagement))) = stage {
            // Whoever has signed out by force has no such work any more.
            let _ = self.command(CommandBody::EndOtherWork { engagement });
        }
    }
}
