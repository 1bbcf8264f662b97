//! The event loop of a day. At one instant a change of period comes before every other event.

use std::collections::BinaryHeap;

use super::call::{Call, Pending, Stage, What};
use super::distribution::standard_exponential;
use super::measure::{Collector, Left};
use super::model::{Arrivals, AtHorizon, Draw, Outcome};
use super::switch::{CallId, News, Switch, SwitchError, Switched};
use super::workload::Workload;

/// A day in progress.
pub(super) struct Day<'d, 'm, S> {
    load: &'d mut Workload<'m>,
    switch: &'d mut S,
    collector: &'d mut Collector,
    busyness: f64,
    now: f64,
    /// The number of periods stands for the time after them.
    period: usize,
    open: bool,
    /// The pending arrival of each type.
    next: Vec<f64>,
    /// Arrivals so far of types with given times.
    arrivals_so_far: Vec<usize>,
    heap: BinaryHeap<Pending>,
    order: u64,
    /// By slot.
    calls: Vec<Call>,
    free: Vec<u32>,
    in_system: u32,
    serial: u64,
    news: Vec<News>,
}

impl<'d, 'm, S: Switch> Day<'d, 'm, S> {
    pub(super) fn new(
        load: &'d mut Workload<'m>,
        switch: &'d mut S,
        collector: &'d mut Collector,
        busyness: f64,
    ) -> Self {
        let kinds = load.model.types.len();
        Self {
            load,
            switch,
            collector,
            busyness,
            now: 0.0,
            period: 0,
            open: true,
            next: vec![f64::INFINITY; kinds],
            arrivals_so_far: vec![0; kinds],
            heap: BinaryHeap::new(),
            order: 0,
            calls: Vec::new(),
            free: Vec::new(),
            in_system: 0,
            serial: 0,
            news: Vec::new(),
        }
    }

    /// Calls that have arrived.
    pub(super) const fn calls(&self) -> u64 {
        self.serial
    }

    /// Goes from the start of the day to its end.
    pub(super) fn run(&mut self) -> Switched {
        for kind in 0..self.next.len() {
            let rate = self.load.rate(kind, 0) * self.busyness;
            self.first_arrival(kind, rate);
        }
        self.enter_period(0, None)?;
        loop {
            let change = self.load.model.periods.get(self.period).copied();
            if change.is_none() && self.in_system == 0 {
                break;
            }
            let (kind, arrival) = self.next_arrival();
            let pending = self.heap.peek().map_or(f64::INFINITY, |pending| pending.at);
            let earliest = arrival.min(pending);
            match change {
                Some(change) if change <= earliest => {
                    self.now = change;
                    if !self.change_period()? {
                        break;
                    }
                }
                _ if arrival <= pending && arrival.is_finite() => {
                    self.now = arrival;
                    self.arrive(kind)?;
                }
                _ => match self.heap.pop() {
                    Some(pending) => self.happen(pending)?,
                    None => break,
                },
            }
        }
        self.collector.end(self.now);
        Ok(())
    }

    /// The type whose call comes next, and when; the first type at the same instant.
    fn next_arrival(&self) -> (usize, f64) {
        let mut first = (0, f64::INFINITY);
        for (kind, at) in self.next.iter().enumerate() {
            if *at < first.1 {
                first = (kind, *at);
            }
        }
        first
    }

    fn set_next(&mut self, kind: usize, at: f64) {
        if let Some(next) = self.next.get_mut(kind) {
            *next = at;
        }
    }

    /// Draws the first arrival of a type, at the start of the day or when its rate rises from 0.
    fn first_arrival(&mut self, kind: usize, rate: f64) {
        let model = self.load.model;
        let Some(plan) = model.types.get(kind) else { return };
        let at = match &plan.arrivals {
            Arrivals::Poisson(_) if rate > 0.0 => {
                self.now + standard_exponential(self.load.uniform(plan.arrival_stream)) / rate
            }
            Arrivals::Poisson(_) => f64::INFINITY,
            Arrivals::Renewal(between) => {
                self.now + between.quantile(self.load.uniform(plan.arrival_stream))
            }
            Arrivals::Times(times) => {
                let place = self.arrivals_so_far.get(kind).copied().unwrap_or(0);
                times.get(place).copied().unwrap_or(f64::INFINITY)
            }
        };
        self.set_next(kind, at);
    }

    /// Ends a period; false if the day stops here.
    fn change_period(&mut self) -> Result<bool, SwitchError> {
        let model = self.load.model;
        let old = self.period;
        self.period += 1;
        let over = self.period >= model.periods.len();
        if over {
            self.collector.horizon(self.now);
            self.next.fill(f64::INFINITY);
            if model.at_horizon == AtHorizon::Stop {
                return Ok(false);
            }
        } else {
            for kind in 0..self.next.len() {
                self.change_rate(kind, old);
            }
        }
        self.enter_period(self.period, Some(old))?;
        Ok(true)
    }

    /// Moves, draws or cancels the pending arrival of a Poisson process.
    fn change_rate(&mut self, kind: usize, old: usize) {
        let plan = self.load.model.types.get(kind);
        if !plan.is_some_and(|plan| matches!(plan.arrivals, Arrivals::Poisson(_))) {
            return;
        }
        let before = self.load.rate(kind, old) * self.busyness;
        let after = self.load.rate(kind, self.period) * self.busyness;
        let pending = self.next.get(kind).copied().unwrap_or(f64::INFINITY);
        if after <= 0.0 {
            self.set_next(kind, f64::INFINITY);
        } else if before <= 0.0 {
            self.first_arrival(kind, after);
        } else if before.to_bits() != after.to_bits() {
            self.set_next(kind, self.now + (pending - self.now) * (before / after));
        }
    }

    /// Opens or closes and sets the staffing of a period.
    fn enter_period(&mut self, period: usize, old: Option<usize>) -> Switched {
        let model = self.load.model;
        let open = model.open.get(period).copied().unwrap_or(true);
        if open != self.open {
            self.open = open;
            self.switch.set_open(self.now, open, &mut self.news)?;
            self.take_in_news()?;
        }
        for (place, group) in model.groups.iter().enumerate() {
            let agents = group.staff.get(period).copied().unwrap_or(0);
            let before = old.and_then(|old| group.staff.get(old).copied()).unwrap_or(0);
            if agents != before {
                self.collector.scheduled(self.now, place, agents);
                self.switch.staff(self.now, place, agents, &mut self.news)?;
                self.take_in_news()?;
            }
        }
        Ok(())
    }

    fn arrive(&mut self, kind: usize) -> Switched {
        let id = self.new_call(kind);
        self.collector.arrived(kind);
        if let Some(count) = self.arrivals_so_far.get_mut(kind) {
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
                    self.switch.arrive(self.now, id, kind, &mut self.news)?;
                    self.take_in_news()?;
                    self.joins_queue(id, kind);
                }
                Some(Draw::NextArrival) => {
                    let rate = self.load.rate(kind, self.period) * self.busyness;
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

    fn new_call(&mut self, kind: usize) -> CallId {
        let fresh = u32::try_from(self.calls.len()).unwrap_or(u32::MAX);
        let slot = self.free.pop().unwrap_or(fresh);
        let id = CallId { slot, serial: self.serial };
        self.serial += 1;
        self.in_system += 1;
        let (arrived, period) = (self.now, self.period);
        let call = Call { id, kind, period, arrived, service: None, stage: Stage::Arriving };
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

    fn schedule(&mut self, at: f64, call: CallId, what: What) {
        self.heap.push(Pending { at, order: self.order, call, what });
        self.order += 1;
    }

    fn happen(&mut self, pending: Pending) -> Switched {
        let Pending { at, call, what, .. } = pending;
        let Some(stage) = self.call(call).map(|call| call.stage) else { return Ok(()) };
        match (what, stage) {
            (What::Patience, Stage::Waiting) => {
                self.now = at;
                self.switch.abandon(at, call, &mut self.news)?;
            }
            (What::Wait, Stage::Waiting) => {
                self.now = at;
                self.switch.expire(at, call, &mut self.news)?;
            }
            (What::Service, Stage::Served(group)) => {
                self.now = at;
                self.collector.busy(at, group, -1);
                self.release(call);
                self.switch.finish(at, call, &mut self.news)?;
            }
            // The call was answered or left before.
            _ => return Ok(()),
        }
        self.take_in_news()
    }

    fn take_in_news(&mut self) -> Switched {
        let mut news = std::mem::take(&mut self.news);
        for item in news.drain(..) {
            match item {
                News::Served { call, group } => self.served(call, group)?,
                News::Left { call, outcome } => self.left(call, outcome)?,
            }
        }
        self.news = news;
        Ok(())
    }

    fn served(&mut self, id: CallId, group: usize) -> Switched {
        let call = self.observe(id, Outcome::Served, Some(group))?;
        let service = match call.service {
            Some(service) => service,
            None => self.load.service(call.kind, call.period),
        };
        let factor = self.load.model.groups.get(group).map_or(1.0, |group| group.service_factor);
        if let Some(call) = self.call(id) {
            call.stage = Stage::Served(group);
        }
        self.collector.busy(self.now, group, 1);
        self.schedule(self.now + service * factor, id, What::Service);
        Ok(())
    }

    fn left(&mut self, id: CallId, outcome: Outcome) -> Switched {
        self.observe(id, outcome, None)?;
        self.release(id);
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
