//! The event loop of a day. At one instant a change of period or shift comes before every other event,
//! then bounds that are reached, then arrivals.
//! What happens to single calls is in `day_calls.rs`.

use std::collections::BinaryHeap;

use super::call::{Call, Pending, What};
use super::distribution::standard_exponential;
use super::measure::Collector;
use super::model::{Arrivals, AtHorizon};
use super::shifts::{self, ShiftChange};
use super::switch::{CallId, News, Switch, SwitchError, Switched};
use super::workload::Workload;

/// A day in progress.
pub(super) struct Day<'d, 'm, S> {
    pub(super) load: &'d mut Workload<'m>,
    pub(super) switch: &'d mut S,
    pub(super) collector: &'d mut Collector,
    /// By type: the factors of this day.
    busyness: Vec<f64>,
    pub(super) now: f64,
    /// The number of periods stands for the time after them.
    pub(super) period: usize,
    open: bool,
    /// By group: agents at work by shifts, and in all as the switch was told.
    on_shift: Vec<i64>,
    staffed: Vec<u32>,
    /// Changes of shifts still to come.
    shifts: std::iter::Peekable<std::vec::IntoIter<ShiftChange>>,
    /// The pending arrival of each type.
    next: Vec<f64>,
    /// Arrivals so far of types with given times.
    pub(super) arrivals_so_far: Vec<usize>,
    heap: BinaryHeap<Pending>,
    pub(super) order: u64,
    /// By slot.
    pub(super) calls: Vec<Call>,
    pub(super) free: Vec<u32>,
    pub(super) in_system: u32,
    /// Agents in wrap-up.
    pub(super) wrapping_up: u32,
    /// By type: calls that wait.
    pub(super) waiting: Vec<u32>,
    pub(super) serial: u64,
    pub(super) news: Vec<News>,
}

impl<'d, 'm, S: Switch> Day<'d, 'm, S> {
    pub(super) fn new(
        load: &'d mut Workload<'m>,
        switch: &'d mut S,
        collector: &'d mut Collector,
        busyness: Vec<f64>,
    ) -> Self {
        let (kinds, groups) = (load.model.types.len(), load.model.groups.len());
        let shifts = shifts::changes(load.model).into_iter().peekable();
        Self {
            load,
            switch,
            collector,
            busyness,
            now: 0.0,
            period: 0,
            open: true,
            on_shift: vec![0; groups],
            staffed: vec![0; groups],
            shifts,
            next: vec![f64::INFINITY; kinds],
            arrivals_so_far: vec![0; kinds],
            heap: BinaryHeap::new(),
            order: 0,
            calls: Vec::new(),
            free: Vec::new(),
            in_system: 0,
            wrapping_up: 0,
            waiting: vec![0; kinds],
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
            let rate = self.rate(kind, 0);
            self.first_arrival(kind, rate);
        }
        self.enter_period(0)?;
        while self.go_on()? {}
        let left = self.waiting.iter().map(|count| u64::from(*count)).sum();
        self.collector.end(self.now, left);
        Ok(())
    }

    /// Lets the next thing happen; false when the day is over.
    fn go_on(&mut self) -> Result<bool, SwitchError> {
        let change = self.load.model.periods.get(self.period).copied();
        if change.is_none() && self.in_system == 0 && self.wrapping_up == 0 {
            return Ok(false);
        }
        let (kind, arrival) = self.next_arrival();
        let (pending, bound) = self
            .heap
            .peek()
            .map_or((f64::INFINITY, false), |pending| (pending.at, pending.is_bound()));
        let shift = self.shifts.peek().map_or(f64::INFINITY, |change| change.at);
        let earliest = arrival.min(pending);
        match change {
            Some(change) if change <= earliest.min(shift) => {
                self.now = change;
                return self.change_period();
            }
            _ if shift <= earliest && shift.is_finite() => {
                self.now = shift;
                self.restaff()?;
            }
            _ if arrival.is_finite() && (arrival < pending || arrival <= pending && !bound) => {
                self.now = arrival;
                self.arrive(kind, false)?;
            }
            _ => match self.heap.pop() {
                Some(pending) => self.happen(pending)?,
                None => return Ok(false),
            },
        }
        Ok(true)
    }

    /// The Poisson rate of a type in a period of this day.
    pub(super) fn rate(&self, kind: usize, period: usize) -> f64 {
        self.load.rate(kind, period) * self.busyness.get(kind).copied().unwrap_or(1.0)
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

    /// Draws the next arrival of a type: after an arrival, at the start of the day, or when its rate
    /// rises from 0.
    pub(super) fn first_arrival(&mut self, kind: usize, rate: f64) {
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
        self.collector.period_ends(self.now);
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
        self.enter_period(self.period)?;
        Ok(true)
    }

    /// Moves, draws or cancels the pending arrival of a Poisson process.
    fn change_rate(&mut self, kind: usize, old: usize) {
        let plan = self.load.model.types.get(kind);
        if !plan.is_some_and(|plan| matches!(plan.arrivals, Arrivals::Poisson(_))) {
            return;
        }
        let (before, after) = (self.rate(kind, old), self.rate(kind, self.period));
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
    fn enter_period(&mut self, period: usize) -> Switched {
        let open = self.load.model.open.get(period).copied().unwrap_or(true);
        if open != self.open {
            self.open = open;
            self.switch.set_open(self.now, open, &mut self.news)?;
            self.take_in_news()?;
        }
        self.restaff()
    }

    /// Tells the switch of groups that have more or fewer agents from now on, by period or by shift.
    fn restaff(&mut self) -> Switched {
        while let Some(change) = self.shifts.next_if(|change| change.at <= self.now) {
            if let Some(count) = self.on_shift.get_mut(change.group) {
                *count += change.by;
            }
        }
        let model = self.load.model;
        for (place, group) in model.groups.iter().enumerate() {
            let staff = group.staff.as_ref().and_then(|staff| staff.get(self.period).copied());
            let shift = self.on_shift.get(place).copied().unwrap_or(0);
            let shift = u32::try_from(shift).unwrap_or(0);
            let agents = staff.unwrap_or(0).saturating_add(shift);
            if self.staffed.get(place) == Some(&agents) {
                continue;
            }
            if let Some(staffed) = self.staffed.get_mut(place) {
                *staffed = agents;
            }
            self.collector.scheduled(self.now, place, agents);
            self.switch.staff(self.now, place, agents, &mut self.news)?;
            self.take_in_news()?;
        }
        Ok(())
    }

    pub(super) fn schedule(&mut self, at: f64, call: CallId, what: What) {
        self.heap.push(Pending { at, order: self.order, call, what });
        self.order += 1;
    }
}
