//! The random side of a model: everything that is drawn is drawn here.

use super::day::Day;
use super::load::ModelError;
use super::measure::Collector;
use super::model::{Arrivals, Draw, SimulationModel};
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
        let named = model.types.iter().flat_map(|kind| {
            [kind.arrival_stream, kind.service_stream, kind.patience_stream.unwrap_or(1)]
        });
        let most = named.chain(model.busyness.as_ref().map(|b| b.stream)).max().unwrap_or(1);
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
        let busyness = match &self.model.busyness {
            Some(busyness) => self.stream(busyness.stream).map(|s| busyness.distribution.sample(s)),
            None => None,
        };
        switch.begin()?;
        collector.begin();
        let mut day = Day::new(self, switch, collector, busyness.unwrap_or(1.0));
        let ended = day.run();
        let calls = day.calls();
        self.calls += calls;
        ended
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
}
