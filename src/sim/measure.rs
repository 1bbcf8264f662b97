//! What is counted and integrated during a day, compiled from the quantities and figures of a model.

use super::model::{Filter, Measure, Outcome, Quantity, SimulationModel, Span, Until};
use super::statistics::{Tally, TimeIntegral};

/// A call at the end of its wait.
#[derive(Clone, Copy, Debug)]
pub(super) struct Left {
    pub(super) kind: usize,
    pub(super) period: usize,
    pub(super) wait: f64,
    pub(super) outcome: Outcome,
    pub(super) group: Option<usize>,
}

/// A filter with names replaced by places; an empty list is no condition.
#[derive(Clone, Debug)]
struct Sieve {
    outcomes: Vec<Outcome>,
    below: f64,
    from: f64,
    kinds: Vec<usize>,
    periods: Vec<usize>,
    groups: Vec<usize>,
}

impl Sieve {
    fn all(model: &SimulationModel, filters: &[Filter]) -> Vec<Self> {
        filters.iter().map(|filter| Self::of(model, filter)).collect()
    }

    fn of(model: &SimulationModel, filter: &Filter) -> Self {
        Self {
            outcomes: filter.outcomes.clone(),
            below: filter.wait_below.unwrap_or(f64::INFINITY),
            from: filter.wait_from.unwrap_or(0.0),
            kinds: kinds(model, &filter.types),
            periods: filter.periods.clone(),
            groups: groups(model, &filter.groups),
        }
    }

    fn passes(&self, call: &Left) -> bool {
        fn meets<T: PartialEq>(list: &[T], value: Option<&T>) -> bool {
            list.is_empty() || value.is_some_and(|value| list.contains(value))
        }
        call.wait < self.below
            && call.wait >= self.from
            && meets(&self.outcomes, Some(&call.outcome))
            && meets(&self.kinds, Some(&call.kind))
            && meets(&self.periods, Some(&call.period))
            && meets(&self.groups, call.group.as_ref())
    }
}

fn any(sieves: &[Sieve], call: &Left) -> bool {
    sieves.iter().any(|sieve| sieve.passes(call))
}

fn kinds(model: &SimulationModel, names: &[String]) -> Vec<usize> {
    names.iter().filter_map(|name| model.types.iter().position(|k| k.name == *name)).collect()
}

fn groups(model: &SimulationModel, names: &[String]) -> Vec<usize> {
    names.iter().filter_map(|name| model.groups.iter().position(|g| g.name == *name)).collect()
}

/// Places named by a span; all when none is.
fn places(count: usize, named: Vec<usize>) -> Vec<usize> {
    if named.is_empty() { (0..count).collect() } else { named }
}

/// A level that is integrated.
#[derive(Clone, Copy, Debug)]
enum Level {
    Busy,
    Staffed,
    Scheduled,
    Waiting,
}

/// The time that an integral is over.
#[derive(Clone, Debug)]
enum Over {
    Until(Until),
    Periods(Vec<usize>),
}

impl Over {
    fn of(span: &Span) -> Self {
        if span.periods.is_empty() {
            Self::Until(span.until)
        } else {
            Self::Periods(span.periods.clone())
        }
    }
}

/// How the value of a quantity comes about.
#[derive(Clone, Debug)]
enum Source {
    Constant(f64),
    /// Calls, or their waits, in total and by type and period.
    Calls {
        sieves: Vec<Sieve>,
        waits: bool,
        total: f64,
        cells: Vec<f64>,
    },
    Arrivals(Vec<usize>),
    Area(Level, Vec<usize>, Over),
    /// Of quantities by their places.
    Sum(Vec<usize>),
}

impl Source {
    fn cells(&self) -> Vec<f64> {
        match self {
            Self::Calls { cells, .. } => cells.clone(),
            _ => Vec::new(),
        }
    }
}

/// The values of all quantities after a day.
#[derive(Clone, Debug, Default)]
pub(super) struct DayValues {
    /// In the order of the quantities' names.
    pub(super) totals: Vec<f64>,
    /// By type and period, the periods of the first type first; empty where nobody asks.
    pub(super) cells: Vec<Vec<f64>>,
    /// Arrivals by type.
    pub(super) arrivals: Vec<f64>,
    /// The factor of the day.
    pub(super) busyness: f64,
}

/// Integrals at one time: busy, staffed, scheduled by group, waiting by type.
#[derive(Clone, Debug, Default)]
struct Areas([Vec<f64>; 4]);

impl Areas {
    fn sum(&self, level: Level, places: &[usize]) -> f64 {
        let [busy, staffed, scheduled, waiting] = &self.0;
        let areas = match level {
            Level::Busy => busy,
            Level::Staffed => staffed,
            Level::Scheduled => scheduled,
            Level::Waiting => waiting,
        };
        places.iter().filter_map(|place| areas.get(*place)).sum()
    }
}

/// Level of a queue over the first day.
#[derive(Clone, Debug)]
pub(super) struct QueueSize {
    kinds: Vec<usize>,
    pub(super) level: TimeIntegral,
    /// The end of the first day, once it is over.
    pub(super) until: Option<f64>,
}

/// Waits of single calls, and the first of them one by one.
#[derive(Clone, Debug, Default)]
pub(super) struct Waits {
    pub(super) tally: Tally,
    pub(super) first: Vec<f64>,
}

/// How many waits are told one by one.
const FIRST_WAITS: usize = 12;

/// Counts and integrates what happens.
#[derive(Clone, Debug)]
pub struct Collector {
    periods: usize,
    /// Whether an integral over chosen periods is wanted.
    by_period: bool,
    sources: Vec<Source>,
    arrivals: Vec<f64>,
    busy: Vec<TimeIntegral>,
    staffed: Vec<TimeIntegral>,
    scheduled: Vec<TimeIntegral>,
    waiting: Vec<TimeIntegral>,
    at_horizon: Option<Areas>,
    at_end: Areas,
    /// At the end of each period.
    at_periods: Vec<Areas>,
    /// The factor of the day.
    busyness: f64,
    /// Calls that still waited when their day ended.
    left_waiting: u64,
    /// By figure: waits of single calls over all days.
    waits: Vec<(usize, Vec<Sieve>, Waits)>,
    /// By figure.
    queues: Vec<(usize, QueueSize)>,
}

impl Collector {
    /// A collector for what the model measures.
    pub fn new(model: &SimulationModel) -> Self {
        let nothing = TimeIntegral::new(0.0, 0.0);
        let by_group = vec![nothing; model.groups.len()];
        let mut waits = Vec::new();
        let mut queues = Vec::new();
        for (place, figure) in model.figures.iter().enumerate() {
            match &figure.measure {
                Measure::WaitOfEach(filters) => {
                    waits.push((place, Sieve::all(model, filters), Waits::default()));
                }
                Measure::QueueSize(types) => {
                    let kinds = places(model.types.len(), kinds(model, types));
                    queues.push((place, QueueSize { kinds, level: nothing, until: None }));
                }
                _ => {}
            }
        }
        let sources = sources(model);
        let chosen = |source: &Source| matches!(source, Source::Area(_, _, Over::Periods(_)));
        Self {
            periods: model.periods.len(),
            by_period: sources.iter().any(chosen),
            sources,
            arrivals: vec![0.0; model.types.len()],
            busy: by_group.clone(),
            staffed: by_group.clone(),
            scheduled: by_group,
            waiting: vec![nothing; model.types.len()],
            at_horizon: None,
            at_end: Areas::default(),
            at_periods: Vec::new(),
            busyness: 1.0,
            left_waiting: 0,
            waits,
            queues,
        }
    }

    pub(super) fn begin(&mut self, busyness: f64) {
        self.busyness = busyness;
        self.at_periods.clear();
        let nothing = TimeIntegral::new(0.0, 0.0);
        for levels in [&mut self.busy, &mut self.staffed, &mut self.scheduled, &mut self.waiting] {
            levels.fill(nothing);
        }
        self.arrivals.fill(0.0);
        self.at_horizon = None;
        for source in &mut self.sources {
            if let Source::Calls { total, cells, .. } = source {
                *total = 0.0;
                cells.fill(0.0);
            }
        }
    }

    pub(super) fn arrived(&mut self, kind: usize) {
        if let Some(count) = self.arrivals.get_mut(kind) {
            *count += 1.0;
        }
    }

    pub(super) fn left(&mut self, call: &Left) {
        let cell = call.kind * self.periods + call.period;
        for source in &mut self.sources {
            if let Source::Calls { sieves, waits, total, cells } = source
                && any(sieves, call)
            {
                let value = if *waits { call.wait } else { 1.0 };
                *total += value;
                if let Some(cell) = cells.get_mut(cell) {
                    *cell += value;
                }
            }
        }
        for (_, sieves, waits) in &mut self.waits {
            if any(sieves, call) {
                waits.tally.add(call.wait);
                if waits.first.len() < FIRST_WAITS {
                    waits.first.push(call.wait);
                }
            }
        }
    }

    pub(super) fn scheduled(&mut self, at: f64, group: usize, agents: u32) {
        if let Some(level) = self.scheduled.get_mut(group) {
            level.set(at, f64::from(agents));
        }
        self.restaff(at, group);
    }

    pub(super) fn busy(&mut self, at: f64, group: usize, change: i32) {
        if let Some(level) = self.busy.get_mut(group) {
            level.set(at, level.level() + f64::from(change));
        }
        self.restaff(at, group);
    }

    fn restaff(&mut self, at: f64, group: usize) {
        let busy = self.busy.get(group).map_or(0.0, TimeIntegral::level);
        let scheduled = self.scheduled.get(group).map_or(0.0, TimeIntegral::level);
        if let Some(level) = self.staffed.get_mut(group) {
            level.set(at, busy.max(scheduled));
        }
    }

    pub(super) fn waiting(&mut self, at: f64, kind: usize, change: i32) {
        let change = f64::from(change);
        if let Some(level) = self.waiting.get_mut(kind) {
            level.set(at, level.level() + change);
        }
        for (_, queue) in &mut self.queues {
            if queue.until.is_none() && queue.kinds.contains(&kind) {
                queue.level.set(at, queue.level.level() + change);
            }
        }
    }

    pub(super) fn period_ends(&mut self, at: f64) {
        if self.by_period {
            self.at_periods.push(self.areas(at));
        }
    }

    pub(super) fn horizon(&mut self, at: f64) {
        self.at_horizon = Some(self.areas(at));
    }

    pub(super) fn end(&mut self, at: f64, waiting: u64) {
        self.left_waiting += waiting;
        self.at_end = self.areas(at);
        for (_, queue) in &mut self.queues {
            queue.until.get_or_insert(at);
        }
    }

    fn areas(&self, at: f64) -> Areas {
        let all = [&self.busy, &self.staffed, &self.scheduled, &self.waiting];
        Areas(all.map(|levels| levels.iter().map(|level| level.area(at)).collect()))
    }

    /// The values of the day that has ended.
    pub(super) fn day(&self) -> DayValues {
        let mut totals: Vec<f64> = self.sources.iter().map(|source| self.value(source)).collect();
        for (place, source) in self.sources.iter().enumerate() {
            if let Source::Sum(parts) = source {
                let sum = parts.iter().filter_map(|part| totals.get(*part)).sum();
                if let Some(total) = totals.get_mut(place) {
                    *total = sum;
                }
            }
        }
        let cells = self.sources.iter().map(Source::cells).collect();
        DayValues { totals, cells, arrivals: self.arrivals.clone(), busyness: self.busyness }
    }

    fn value(&self, source: &Source) -> f64 {
        match source {
            Source::Constant(value) => *value,
            Source::Calls { total, .. } => *total,
            Source::Arrivals(kinds) => {
                kinds.iter().filter_map(|kind| self.arrivals.get(*kind)).sum()
            }
            Source::Area(level, places, Over::Until(until)) => {
                let areas = match until {
                    Until::Horizon => self.at_horizon.as_ref().unwrap_or(&self.at_end),
                    Until::End => &self.at_end,
                };
                areas.sum(*level, places)
            }
            Source::Area(level, places, Over::Periods(periods)) => {
                let until = |end: usize| {
                    self.at_periods.get(end).map_or(0.0, |areas| areas.sum(*level, places))
                };
                let of = |period: &usize| until(*period) - period.checked_sub(1).map_or(0.0, until);
                periods.iter().map(of).sum()
            }
            Source::Sum(_) => 0.0,
        }
    }

    /// Waits of single calls, for the figure at that place.
    pub(super) fn waits_of(&self, figure: usize) -> Option<&Waits> {
        self.waits.iter().find(|(place, ..)| *place == figure).map(|(_, _, waits)| waits)
    }

    /// Calls that still waited when their day ended, over all days.
    pub(super) const fn left_waiting(&self) -> u64 {
        self.left_waiting
    }

    /// The queue over the first day, for the figure at that place.
    pub(super) fn queue_of(&self, figure: usize) -> Option<&QueueSize> {
        self.queues.iter().find(|(place, _)| *place == figure).map(|(_, queue)| queue)
    }
}

fn sources(model: &SimulationModel) -> Vec<Source> {
    let group_span = |level, span: &Span| {
        let places = places(model.groups.len(), groups(model, &span.of));
        Source::Area(level, places, Over::of(span))
    };
    let calls = |name: &String, filters: &[Filter], waits| {
        let cells =
            if is_divided(model, name) { model.types.len() * model.periods.len() } else { 0 };
        let sieves = Sieve::all(model, filters);
        Source::Calls { sieves, waits, total: 0.0, cells: vec![0.0; cells] }
    };
    let of = |(name, quantity): (&String, &Quantity)| match quantity {
        Quantity::Constant(value) => Source::Constant(*value),
        Quantity::Calls(filters) => calls(name, filters, false),
        Quantity::Waits(filters) => calls(name, filters, true),
        Quantity::Arrivals(names) => {
            Source::Arrivals(places(model.types.len(), kinds(model, names)))
        }
        Quantity::Busy(span) => group_span(Level::Busy, span),
        Quantity::Staffed(span) => group_span(Level::Staffed, span),
        Quantity::Scheduled(span) => group_span(Level::Scheduled, span),
        Quantity::Waiting(span) => {
            let places = places(model.types.len(), kinds(model, &span.of));
            Source::Area(Level::Waiting, places, Over::of(span))
        }
        Quantity::Sum(parts) => {
            let place = |part: &String| model.quantities.keys().position(|name| name == part);
            Source::Sum(parts.iter().filter_map(place).collect())
        }
    };
    model.quantities.iter().map(of).collect()
}

/// Whether a figure wants the quantity by type or period.
fn is_divided(model: &SimulationModel, name: &String) -> bool {
    model.figures.iter().filter(|figure| figure.for_each.is_some()).any(|figure| {
        match &figure.measure {
            Measure::Mean(of) => of == name,
            Measure::Ratio(pair) | Measure::MeanOfRatio(pair) => pair.contains(name),
            _ => false,
        }
    })
}
