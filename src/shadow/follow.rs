//! Facts as inputs of the engine.

use std::collections::BTreeSet;

use super::{Call, Course, Misfit, Shadow, Stage, What, address};
use crate::id::{ExternalRef, Key, OfferId, RequestId};
use crate::message::{
    Arrival, CommandBody, CustomerRef, CustomerToken, EndKind, HostEvent, LegRef, Phase, Rejection,
    RejectionReason,
};
use crate::model::Channel;
use crate::time::Duration;

/// What may stand between an agent and a call at once: not at work, about to leave, kept from it, still wrapping up, it
/// rings elsewhere.
const OBSTACLES: usize = 5;

impl Shadow {
    /// Follows a fact.
    pub(super) fn follow(&mut self, what: &What) {
        match what {
            What::Entered { call, customer, credit } => self.entered(call, *customer, *credit),
            What::Rings { call, agent } => self.rings(call, agent),
            What::RangInVain { call, agent, rang } => self.rang_in_vain(call, agent, *rang),
            What::Connected { call, agent, rang } => self.connected(call, agent, *rang),
            What::Ended { call, .. } => self.ended(call),
            What::Abandoned { call } => self.left(call, None),
            What::Left { call, why } => self.left(call, Some(why)),
            What::Member { agent, queue, now } => {
                let queue = match queue.as_deref().map(|name| self.queue_of(name)) {
                    Some(None) => return,
                    queue => queue.flatten(),
                };
                if let Some(agent) = self.agent_of(agent, queue.as_ref()) {
                    self.change_member(&agent, queue.as_ref(), *now);
                }
            }
            What::Freed { agent } => {
                if let Some(agent) = self.agent_of(agent, None) {
                    self.finish_wrap_up(&agent);
                    self.make_room(&agent);
                }
            }
            What::Restarted => self.restarted(),
        }
    }

    fn entered(&mut self, call: &Call, customer: Option<CustomerToken>, credit: Duration) {
        if self.calls.contains_key(call) {
            return self.contradicts(Misfit::CallTwice(call.clone()));
        }
        let Some(queue) = self.queue_of(&call.queue) else { return };
        self.summary.queue(&call.queue).entered += 1;
        self.numbers += 1;
        let Ok(leg) = ExternalRef::new(self.numbers.to_string()) else { return };
        let course = Course {
            leg: leg.clone(),
            interaction: None,
            request: None,
            entered: self.now,
            stage: Stage::Gone(self.now, None),
            judged: BTreeSet::new(),
            wished: Vec::new(),
        };
        self.calls.insert(call.clone(), course);
        self.entering = Some(call.clone());
        let from = CustomerRef { token: customer, ..CustomerRef::default() };
        let arrival = Arrival::new(leg, Channel::Voice, address(&queue)).from(from);
        if let Err(rejection) = self.report(arrival.into()) {
            let input = format!("{} enters {}", call.id, call.queue);
            self.contradicts(Misfit::Refused { input, rejection });
        }
        self.entering = None;
        let request = self.calls.get(call).and_then(|course| course.request);
        if let Some(request) = request.filter(|_| credit != Duration::ZERO) {
            let own = self.engine.state().request(request).map(|row| row.boost);
            let boost = own.unwrap_or_default() + credit;
            self.expect(CommandBody::PrioritizeRequest { request, boost });
        }
    }

    fn rings(&mut self, call: &Call, named: &str) {
        let Some((agent, Stage::Waiting | Stage::Gone(..))) = self.both(call, named) else {
            return;
        };
        // Whoever it rang at before, and does no more, is rung anew.
        let rings = self.calls.get(call).and_then(|course| course.request);
        let rings = rings.is_some_and(|request| self.offer_to(request, &agent).is_some());
        if let Some(course) = self.calls.get_mut(call).filter(|_| !rings) {
            course.judged.remove(&agent);
        }
        self.judge(call, (&agent, named), self.now);
        // Where it cannot ring there for the engine, it is seen when somebody takes the call.
        let _ = self.offer(call, &agent);
    }

    fn rang_in_vain(&mut self, call: &Call, named: &str, rang: Duration) {
        let Some((agent, stage)) = self.both(call, named) else { return };
        if !matches!(stage, Stage::Waiting | Stage::Gone(..)) {
            return self.contradicts(Misfit::Answered(call.clone()));
        }
        self.judge(call, (&agent, named), self.now - rang);
        let Some(course) = self.calls.get_mut(call) else { return };
        course.judged.remove(&agent);
        let Some(request) = course.request else { return };
        if let Some(offer) = self.offer_to(request, &agent) {
            return self.expect(CommandBody::RejectOffer { offer, reason: None });
        }
        let exclusion = self.engine.center().policies.exclusion;
        if exclusion > Duration::ZERO {
            let until = self.now + exclusion;
            self.expect(CommandBody::ExcludeAgent { request, agent, until });
        }
    }

    fn connected(&mut self, call: &Call, named: &str, rang: Duration) {
        let Some((agent, stage)) = self.both(call, named) else {
            return self.connected_unknown(call, named);
        };
        if matches!(stage, Stage::With(_) | Stage::Apart(..)) {
            return self.contradicts(Misfit::Answered(call.clone()));
        }
        self.summary.queue(&call.queue).answered += 1;
        self.judge(call, (&agent, named), self.now - rang);
        if matches!(stage, Stage::Gone(..)) {
            return self.follow_apart(call, &agent, None);
        }
        let taken = self.offer(call, &agent);
        match taken.and_then(|offer| self.command(CommandBody::AcceptOffer { offer })) {
            Ok(()) => {
                if let Some(course) = self.calls.get_mut(call) {
                    course.stage = Stage::With(agent);
                }
            }
            Err(rejection) => self.follow_apart(call, &agent, Some(rejection)),
        }
    }

    /// A call that nobody has seen enter: the agent is busy with it all the same.
    fn connected_unknown(&mut self, call: &Call, named: &str) {
        if self.calls.contains_key(call) {
            return;
        }
        let Some(queue) = self.queue_of(&call.queue) else { return };
        let Some(agent) = self.agent_of(named, Some(&queue)) else { return };
        self.numbers += 1;
        let Ok(leg) = ExternalRef::new(self.numbers.to_string()) else { return };
        let course = Course {
            leg,
            interaction: None,
            request: None,
            entered: self.now,
            stage: Stage::Waiting,
            judged: BTreeSet::new(),
            wished: Vec::new(),
        };
        self.calls.insert(call.clone(), course);
        self.follow_apart(call, &agent, None);
    }

    fn ended(&mut self, call: &Call) {
        let Some(stage) = self.stage(call) else { return };
        let agent = match stage {
            Stage::With(agent) => {
                self.hang_up(call, EndKind::Normal);
                Some(agent)
            }
            Stage::Apart(agent, _) => {
                self.end_apart(call, &agent);
                Some(agent)
            }
            Stage::Waiting | Stage::Gone(..) => {
                self.contradicts(Misfit::NotAnswered(call.clone()));
                self.hang_up(call, EndKind::Normal);
                None
            }
        };
        self.forget(call);
        if let Some(agent) = agent {
            self.make_room(&agent);
        }
    }

    /// The call left the queue: its caller hung up, or the other system says why.
    fn left(&mut self, call: &Call, why: Option<&String>) {
        let Some(stage) = self.stage(call) else { return };
        if matches!(stage, Stage::With(_) | Stage::Apart(..)) {
            self.contradicts(Misfit::Answered(call.clone()));
            return self.ended(call);
        }
        let counts = self.summary.queue(&call.queue);
        match why {
            None => counts.abandoned += 1,
            Some(_) => counts.left += 1,
        }
        if let Some(why) = why {
            self.judge_left(call, why);
        }
        match self.calls.get(call).and_then(|course| course.request) {
            Some(request) if why.is_some() => {
                self.expect(CommandBody::WithdrawRequest { request });
            }
            Some(_) => self.hang_up(call, EndKind::Normal),
            None => {}
        }
        self.forget(call);
    }

    fn restarted(&mut self) {
        let calls: Vec<Call> = self.calls.keys().cloned().collect();
        for call in calls {
            match self.stage(&call) {
                Some(Stage::Apart(agent, _)) => self.end_apart(&call, &agent),
                Some(Stage::With(_)) => self.hang_up(&call, EndKind::Lost),
                Some(Stage::Waiting | Stage::Gone(..)) => {
                    self.summary.queue(&call.queue).lost += 1;
                    self.hang_up(&call, EndKind::Lost);
                }
                None => {}
            }
            self.forget(&call);
        }
    }

    /// The caller is gone, if the engine knows of one.
    fn hang_up(&mut self, call: &Call, kind: EndKind) {
        let Some(course) = self.calls.get(call).filter(|course| course.interaction.is_some())
        else {
            return;
        };
        let leg = LegRef::External(course.leg.clone());
        // The engine may have ended the call itself, and its leg with it.
        let _ = self.report(HostEvent::ended(leg, kind));
    }

    /// How far the call is; one that is not there is found.
    fn stage(&mut self, call: &Call) -> Option<Stage> {
        let stage = self.calls.get(call).map(|course| course.stage.clone());
        if stage.is_none() {
            self.contradicts(Misfit::UnknownCall(call.clone()));
        }
        stage
    }

    /// The agent, and how far the call is.
    fn both(&mut self, call: &Call, agent: &str) -> Option<(Key, Stage)> {
        let stage = self.stage(call)?;
        let queue = self.queue_of(&call.queue)?;
        Some((self.agent_of(agent, Some(&queue))?, stage))
    }

    /// The offer by which the call rings at the agent, made if it is not there. What stands against it in the engine, and
    /// not in the other system, is cleared away.
    fn offer(&mut self, call: &Call, agent: &Key) -> Result<OfferId, Rejection> {
        let mut refused = Rejection::new(RejectionReason::Gone, "request");
        for _ in 0..=OBSTACLES {
            let Some(request) = self.calls.get(call).and_then(|course| course.request) else {
                return Err(refused);
            };
            if let Some(offer) = self.offer_to(request, agent) {
                return Ok(offer);
            }
            match self.command(CommandBody::OfferRequest { request, agent: agent.clone() }) {
                Ok(()) => {}
                Err(rejection) => {
                    refused = rejection;
                    if !self.clear_away(request, agent) {
                        return Err(refused);
                    }
                }
            }
        }
        Err(refused)
    }

    fn offer_to(&self, request: RequestId, agent: &Key) -> Option<OfferId> {
        let state = self.engine.state();
        let agent = state.config.agent_id(agent)?;
        let offers = state.offers_of(request).iter().copied();
        let mut offers =
            offers.filter(|offer| state.offer(*offer).map(|row| row.agent) == Some(agent));
        offers.next()
    }

    /// Clears one thing away that keeps the engine from offering the request to the agent. Whether there was one.
    fn clear_away(&mut self, request: RequestId, agent: &Key) -> bool {
        let state = self.engine.state();
        let (Some(row), Some(id)) = (state.request(request), state.config.agent_id(agent)) else {
            return false;
        };
        if !state.wants_agents(row) {
            let offers = state.offers_of(request).to_vec();
            for offer in &offers {
                self.expect(CommandBody::RejectOffer { offer: *offer, reason: None });
            }
            return !offers.is_empty();
        }
        let session = state.agent(id).filter(|row| row.session.is_some());
        let Some(of_agent) = session else {
            let (agent, device, station) = (agent.clone(), None, None);
            let body = CommandBody::SignIn { agent, device, station, ready: true };
            return self.command(body).is_ok();
        };
        if of_agent.pending.is_some() {
            let (agent, ready, reason) = (agent.clone(), true, None);
            return self.command(CommandBody::SetPresence { agent, ready, reason }).is_ok();
        }
        if row.excludes(id) {
            let agent = agent.clone();
            return self.command(CommandBody::LiftExclusion { request, agent }).is_ok();
        }
        self.finish_wrap_up(agent)
    }

    /// Whoever takes the next call has finished what came after the one before. Whether there was anything.
    pub(super) fn finish_wrap_up(&mut self, agent: &Key) -> bool {
        let state = self.engine.state();
        let Some(id) = state.config.agent_id(agent) else { return false };
        let parts = state.parts_of(id).filter(|part| part.phase == Phase::WrapUp);
        let parts: Vec<_> = parts.map(|part| part.id).collect();
        for engagement in &parts {
            let (engagement, disposition) = (*engagement, None);
            let _ = self.command(CommandBody::FinishWrapUp { engagement, disposition });
        }
        !parts.is_empty()
    }
}
