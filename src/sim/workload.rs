//! The random side of a model: everything that is drawn is drawn here.

use super::day::Day;
use super::load::ModelError;
use super::measure::Collector;
use super::model::{Arrivals, Busyness, CallType, Draw, SimulationModel};
use super::random::{Stream, Streams};
use super::switch::{Switch, Switched};

/// The random side of a model: its streams, which go on from day to day.
#[derive(Clone, Debug)]
pub struct Workload<'m> {
    pub(super) model: &'m SimulationModel,
    pub(super) draws: Vec<Draw>,
    streams: Vec<Stream>,
    calls: u64,
}

impl<'m> Workload<'m> {
    /// The streams of the model at their starts.
    ///
    /// # Errors
    /// If the model is faulty.
    pub fn new(model: &'m SimulationModel) -> Result<Self, ModelError> {
        model.validate()?;
        let most = model.streams().iter().map(|(_, number)| *number).max().unwrap_or(1);
        let family = Streams::new(model.seed).unwrap_or_default();
        let absent =
            [Draw::Service, Draw::Patience].into_iter().filter(|draw| !model.draws.contains(draw));
        let draws = absent.chain(model.draws.iter().copied()).collect();
        Ok(Self { model, draws, streams: family.take(most as usize).collect(), calls: 0 })
    }

    /// Calls that have arrived so far, on all days.
    pub const fn calls(&self) -> u64 {
        self.calls
    }

    /// Simulates the next day; the collector is told of everything that is measured.
    ///
    /// # Errors
    /// If the switch fails.
    pub fn run_day(&mut self, switch: &mut impl Switch, collector: &mut Collector) -> Switched {
        let (of_day, busyness) = self.busyness();
        switch.begin()?;
        collector.begin(of_day);
        let mut day = Day::new(self, switch, collector, busyness);
        let ended = day.run();
        let calls = day.calls();
        self.calls += calls;
        ended?;
        switch.end()
    }

    /// Moves every stream to the start of its next substream (L'Ecuyer et al., "An object-oriented
    /// random-number package", Operations Research 50(6), 2002): the next day draws the same numbers
    /// whatever happened on this one.
    pub fn next_substreams(&mut self) {
        self.streams.iter_mut().for_each(Stream::next_substream);
    }

    /// The factor of the day, and by type that factor times the type's own.
    fn busyness(&mut self) -> (f64, Vec<f64>) {
        let model = self.model;
        let mut draw = |busyness: &Option<Busyness>| {
            let of = |busyness: &Busyness| {
                self.stream(busyness.stream).map(|stream| busyness.distribution.sample(stream))
            };
            busyness.as_ref().and_then(of)
        };
        let day = draw(&model.busyness).unwrap_or(1.0);
        let of_type = |kind: &CallType| draw(&kind.busyness).map_or(day, |factor| day * factor);
        (day, model.types.iter().map(of_type).collect())
    }

    fn stream(&mut self, number: u32) -> Option<&mut Stream> {
        self.streams.get_mut((number as usize).saturating_sub(1))
    }

    /// The next number of a stream, counted from 1.
    pub(super) fn uniform(&mut self, number: u32) -> f64 {
        // Validation keeps numbers within the streams; a half would be as good as any.
        self.stream(number).map_or(0.5, Stream::uniform)
    }

    /// The Poisson rate of a type in a period, without the factor of the day.
    pub(super) fn rate(&self, kind: usize, period: usize) -> f64 {
        let over = period >= self.model.periods.len();
        match self.model.types.get(kind).map(|kind| &kind.arrivals) {
            Some(Arrivals::Poisson(rates)) if !over => rates.get(period).copied().unwrap_or(0.0),
            _ => 0.0,
        }
    }

    /// Draws a service time.
    pub(super) fn service(&mut self, kind: usize, period: usize) -> f64 {
        let model = self.model;
        let Some(kind) = model.types.get(kind) else { return 0.0 };
        let u = self.uniform(kind.service_stream);
        kind.service.get(period).map_or(0.0, |service| service.quantile(u))
    }

    /// Draws a patience; without end for a type that has none.
    pub(super) fn patience(&mut self, kind: usize, period: usize) -> f64 {
        let model = self.model;
        let patience = model
            .types
            .get(kind)
            .and_then(|kind| Some((kind.patience.as_ref()?.get(period)?, kind.patience_stream?)));
        match patience {
            Some((distribution, stream)) => distribution.quantile(self.uniform(stream)),
            None => f64::INFINITY,
        }
    }

    /// Whether a caller who finds so many of the type waiting gives up at once.
    pub(super) fn balks(&mut self, kind: usize, waiting: u32) -> bool {
        let model = self.model;
        let Some(balking) = model.types.get(kind).and_then(|kind| kind.balking.as_ref()) else {
            return false;
        };
        let last = balking.probability.last();
        let probability = balking.probability.get(waiting as usize).or(last).copied();
        self.uniform(balking.stream) < probability.unwrap_or(0.0)
    }

    /// How much later a caller who went unserved calls again; `None` if not.
    pub(super) fn retrial(&mut self, kind: usize) -> Option<f64> {
        let model = self.model;
        let retrial = model.types.get(kind)?.retrial.as_ref()?;
        let again = self.uniform(retrial.stream) < retrial.probability;
        again.then(|| retrial.after.quantile(self.uniform(retrial.stream)))
    }

    /// How long a phone of the group rings until it is answered, without end if nobody is there;
    /// `None` where phones do not ring.
    pub(super) fn ring(&mut self, group: usize) -> Option<f64> {
        let model = self.model;
        let ring = model.groups.get(group)?.ring.as_ref()?;
        if ring.no_answer > 0.0 && self.uniform(ring.stream) < ring.no_answer {
            return Some(f64::INFINITY);
        }
        Some(ring.time.quantile(self.uniform(ring.stream)))
    }

    /// How long an agent of the group works on after a call; `None` where agents do not.
    pub(super) fn wrap_up(&mut self, group: usize) -> Option<f64> {
        let model = self.model;
        let wrap_up = model.groups.get(group)?.wrap_up.as_ref()?;
        Some(wrap_up.time.quantile(self.uniform(wrap_up.stream)))
    }

    /// The factor on service times of a type by a group.
    pub(super) fn service_factor(&self, kind: usize, group: usize) -> f64 {
        let pair = self.model.types.get(kind).zip(self.model.groups.get(group));
        pair.map_or(1.0, |(kind, group)| group.service_factor.of(&kind.name))
    }
}
