//! What happens to the calls of a day, from arrival to the end of the agent's part.

use super::call::{Call, Pending, Stage, What};
use super::day::Day;
use super::measure::Left;
use super::model::{Draw, Outcome};
use super::switch::{CallId, News, Switch, SwitchError, Switched};

impl<S: Switch> Day<'_, '_, S> {
    /// A call comes in; `again` if its caller was here before, beside the stream of arrivals.
    pub(super) fn arrive(&mut self, kind: usize, again: bool) -> Switched {
        let id = self.new_call(kind);
        self.collector.arrived(kind);
        if let Some(count) = self.arrivals_so_far.get_mut(kind).filter(|_| !again) {
            *count += 1;
        }
        let mut patience = None;
        let mut routed = false;
        for step in 0..self.load.draws.len() {
            match self.load.draws.get(step).copied() {
                Some(Draw::Service) if !routed => {
                    let service = self.load.service(kind, self.period);
                    if let Some(call) = self.call(id) {
                        call.service = Some(service);
                    }
                }
                Some(Draw::Patience) if !routed => {
                    patience = Some(self.load.patience(kind, self.period));
                }
                Some(Draw::Patience) if self.waits(id) => {
                    patience = Some(self.load.patience(kind, self.period));
                }
                Some(Draw::Routing) => {
                    routed = true;
                    self.route(id, kind)?;
                }
                Some(Draw::NextArrival) if !again => {
                    let rate = self.rate(kind, self.period);
                    self.first_arrival(kind, rate);
                }
                _ => {}
            }
        }
        if self.waits(id) {
            self.limit_wait(id, kind, patience.unwrap_or(f64::INFINITY));
        }
        Ok(())
    }

    /// The switch takes the call, or it waits from now on, unless its caller will not.
    fn route(&mut self, id: CallId, kind: usize) -> Switched {
        let ahead = self.waiting.get(kind).copied().unwrap_or(0);
        self.switch.arrive(self.now, id, kind, &mut self.news)?;
        self.take_in_news()?;
        self.joins_queue(id, kind);
        let in_queue =
            self.call(id).is_some_and(|call| call.stage == Stage::Waiting && call.rings.is_none());
        if in_queue && self.load.balks(kind, ahead) {
            self.switch.abandon(self.now, id, &mut self.news)?;
            self.take_in_news()?;
        }
        Ok(())
    }

    fn new_call(&mut self, kind: usize) -> CallId {
        let fresh = u32::try_from(self.calls.len()).unwrap_or(u32::MAX);
        let slot = self.free.pop().unwrap_or(fresh);
        let id = CallId { slot, serial: self.serial };
        self.serial += 1;
        self.in_system += 1;
        let call = Call::new(id, kind, self.period, self.now);
        match self.calls.get_mut(slot as usize) {
            Some(cell) => *cell = call,
            None => self.calls.push(call),
        }
        id
    }

    fn call(&mut self, id: CallId) -> Option<&mut Call> {
        self.calls.get_mut(id.slot as usize).filter(|call| call.id == id)
    }

    fn waits(&mut self, id: CallId) -> bool {
        self.call(id).is_some_and(|call| call.stage == Stage::Waiting)
    }

    /// What the switch has neither served nor sent away waits from now on.
    fn joins_queue(&mut self, id: CallId, kind: usize) {
        let now = self.now;
        if let Some(call) = self.call(id).filter(|call| call.stage == Stage::Arriving) {
            call.stage = Stage::Waiting;
            self.collector.waiting(now, kind, 1);
            if let Some(count) = self.waiting.get_mut(kind) {
                *count += 1;
            }
        }
    }

    /// Sets the end of a wait: patience or the longest wait of the type, whichever comes first.
    fn limit_wait(&mut self, call: CallId, kind: usize, patience: f64) {
        let most = self.load.model.types.get(kind).and_then(|kind| kind.max_wait);
        let (span, what) = match most {
            Some(most) if patience > most => (most, What::Wait),
            _ => (patience, What::Patience),
        };
        if span.is_finite() {
            self.schedule(self.now + span, call, what);
        }
    }

    pub(super) fn happen(&mut self, pending: Pending) -> Switched {
        let Pending { at, call: id, what, .. } = pending;
        match what {
            What::WrapUp(group) => {
                self.now = at;
                self.wrapping_up -= 1;
                self.collector.busy(at, group, -1);
                self.switch.wrapped_up(at, id, group, &mut self.news)?;
                return self.take_in_news();
            }
            What::Back(group) => {
                self.now = at;
                self.switch.back(at, group, &mut self.news)?;
                return self.take_in_news();
            }
            What::Retrial(kind) => {
                self.now = at;
                return self.arrive(kind, true);
            }
            _ => {}
        }
        let Some(call) = self.call(id).copied() else { return Ok(()) };
        match (what, call.stage) {
            (What::Patience, Stage::Waiting) => {
                self.now = at;
                self.switch.abandon(at, id, &mut self.news)?;
            }
            // While somebody is alerted for it, the bound rests.
            (What::Wait, Stage::Waiting) if call.rings.is_some() => {
                self.call(id).into_iter().for_each(|call| call.overdue = true);
                return Ok(());
            }
            (What::Wait, Stage::Waiting) => {
                self.now = at;
                self.switch.expire(at, id, &mut self.news)?;
            }
            (What::Ring { number, answered }, Stage::Waiting) if call.rings == Some(number) => {
                self.now = at;
                return self.rung(id, answered);
            }
            (What::Service, Stage::Served(group)) => {
                self.now = at;
                self.service_ends(&call, group)?;
            }
            // The call was answered or left before.
            _ => return Ok(()),
        }
        self.take_in_news()
    }

    /// A phone was answered, or has rung in vain.
    fn rung(&mut self, id: CallId, answered: bool) -> Switched {
        if answered {
            self.switch.answer(self.now, id, &mut self.news)?;
            return self.take_in_news();
        }
        self.switch.no_answer(self.now, id, &mut self.news)?;
        self.take_in_news()?;
        let overdue = self.call(id).is_some_and(|call| {
            call.stage == Stage::Waiting && call.rings.is_none() && call.overdue
        });
        if overdue {
            self.switch.expire(self.now, id, &mut self.news)?;
            self.take_in_news()?;
        }
        Ok(())
    }

    /// The caller is gone; the agent may have work left.
    fn service_ends(&mut self, call: &Call, group: usize) -> Switched {
        match self.load.wrap_up(group) {
            Some(span) => {
                self.wrapping_up += 1;
                self.schedule(self.now + span, call.id, What::WrapUp(group));
            }
            None => self.collector.busy(self.now, group, -1),
        }
        self.release(call.id);
        self.switch.finish(self.now, call.id, &mut self.news)
    }

    pub(super) fn take_in_news(&mut self) -> Switched {
        let mut news = std::mem::take(&mut self.news);
        for item in news.drain(..) {
            match item {
                News::Offered { call, group } => self.offered(call, group)?,
                News::Unanswered { call, group } => self.unanswered(call, group),
                News::Served { call, group } => self.served(call, group)?,
                News::Left { call, outcome } => self.left(call, outcome)?,
            }
        }
        self.news = news;
        Ok(())
    }

    fn offered(&mut self, id: CallId, group: usize) -> Switched {
        let (number, limit) = (self.order, self.load.model.ring_limit.unwrap_or(f64::INFINITY));
        let Some(time) = self.load.ring(group) else {
            return Err(SwitchError(format!("call {} rings where no phone does", id.serial)));
        };
        let Some(call) = self.call(id) else {
            return Err(SwitchError(format!("call {} rings and is not there", id.serial)));
        };
        call.rings = Some(number);
        let answered = time < limit;
        self.schedule(self.now + time.min(limit), id, What::Ring { number, answered });
        Ok(())
    }

    fn unanswered(&mut self, id: CallId, group: usize) {
        if let Some(call) = self.call(id) {
            call.rings = None;
        }
        let pause = self.load.model.no_answer_pause;
        self.schedule(self.now + pause, id, What::Back(group));
    }

    fn served(&mut self, id: CallId, group: usize) -> Switched {
        let call = self.observe(id, Outcome::Served, Some(group))?;
        let service = match call.service {
            Some(service) => service,
            None => self.load.service(call.kind, call.period),
        };
        let factor = self.load.service_factor(call.kind, group);
        if let Some(call) = self.call(id) {
            call.stage = Stage::Served(group);
            call.rings = None;
        }
        self.collector.busy(self.now, group, 1);
        self.schedule(self.now + service * factor, id, What::Service);
        Ok(())
    }

    fn left(&mut self, id: CallId, outcome: Outcome) -> Switched {
        let call = self.observe(id, outcome, None)?;
        self.release(id);
        let calls_again = matches!(outcome, Outcome::Abandoned | Outcome::Blocked);
        let after = if calls_again { self.load.retrial(call.kind) } else { None };
        let at = after.map(|after| self.now + after);
        if let Some(at) = at.filter(|at| *at < self.load.model.horizon()) {
            self.schedule(at, id, What::Retrial(call.kind));
        }
        Ok(())
    }

    /// Reports the end of a wait, of a call that has not been reported yet.
    fn observe(
        &mut self,
        id: CallId,
        outcome: Outcome,
        group: Option<usize>,
    ) -> Result<Call, SwitchError> {
        let call = self
            .call(id)
            .copied()
            .filter(|call| matches!(call.stage, Stage::Waiting | Stage::Arriving));
        let Some(call) = call else {
            let message =
                format!("the switch told news of call {}, which does not wait", id.serial);
            return Err(SwitchError(message));
        };
        if call.stage == Stage::Waiting {
            self.collector.waiting(self.now, call.kind, -1);
            if let Some(count) = self.waiting.get_mut(call.kind) {
                *count -= 1;
            }
        }
        let wait = self.now - call.arrived;
        let (kind, period) = (call.kind, call.period);
        self.collector.left(&Left { kind, period, wait, outcome, group });
        Ok(call)
    }

    fn release(&mut self, id: CallId) {
        if let Some(call) = self.call(id) {
            call.stage = Stage::Gone;
            self.free.push(id.slot);
            self.in_system -= 1;
        }
    }
}
