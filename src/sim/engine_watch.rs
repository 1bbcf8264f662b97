//! The checkers of the promises over a simulated day.

use super::check::{Broken, Checker, Depth, identity};
use crate::engine::Engine;
use crate::kpi::{Kpis, Options};
use crate::message::Record;
use crate::time::Duration;

/// Checks the engine of a day, after every step and at its end.
pub(super) struct Watch {
    depth: Depth,
    checker: Checker,
    kpis: Kpis,
}

impl Watch {
    pub(super) fn new(depth: Depth) -> Self {
        let checker = match depth {
            Depth::Cheap => Checker::cheap(),
            Depth::BruteForce => Checker::new(),
        };
        // One interval: on the scaled clock of a model a day has a great many.
        let kpis = Kpis::new(Options::default().interval(Duration::ZERO));
        Self { depth, checker, kpis }
    }

    /// A new day, with an engine of its own.
    pub(super) fn begin(&mut self) {
        *self = Self::new(self.depth);
    }

    pub(super) fn follow(&mut self, record: &Record) -> Result<(), Broken> {
        self.kpis.apply(record);
        self.checker.follow(record)
    }

    pub(super) fn check(&mut self, engine: &mut Engine) -> Result<(), Broken> {
        self.checker.check(engine, self.depth)
    }

    /// The figures of the day add up, by queue and in total.
    pub(super) fn end(&self, engine: &Engine) -> Result<(), Broken> {
        let report = self.kpis.report(engine.state().at);
        let there = u64::try_from(engine.state().requests.len()).unwrap_or(u64::MAX);
        identity("in total", &report.total, there)?;
        report
            .queues
            .iter()
            .try_for_each(|(queue, figures)| identity(queue, figures, figures.waiting))
    }
}
