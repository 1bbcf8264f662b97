//! The checkers of the promises over a simulated day.

use super::check::{Broken, Checker, Depth, identity};
use crate::engine::Engine;
use crate::kpi::{Kpis, Options};
use crate::message::Record;
use crate::time::Duration;

/// Days of long runs whose key figures are folded.
const FOLDED_DAYS: u32 = 20;

/// Checks the engine of a day, after every step and at its end.
pub(super) struct Watch {
    depth: Depth,
    checker: Checker,
    kpis: Option<Kpis>,
    days: u32,
}

impl Watch {
    pub(super) fn new(depth: Depth) -> Self {
        Self { depth, checker: Checker::cheap(), kpis: None, days: 0 }
    }

    /// A new day, with an engine of its own.
    pub(super) fn begin(&mut self) {
        self.days += 1;
        self.checker = match self.depth {
            Depth::Cheap => Checker::cheap(),
            Depth::BruteForce => Checker::new(),
        };
        // One interval: on the scaled clock of a model a day has a great many.
        let fold = || Kpis::new(Options::default().interval(Duration::ZERO));
        self.kpis = (self.days <= FOLDED_DAYS).then(fold);
    }

    pub(super) fn follow(&mut self, record: &Record) -> Result<(), Broken> {
        if let Some(kpis) = &mut self.kpis {
            kpis.apply(record);
        }
        self.checker.follow(record)
    }

    pub(super) fn check(&mut self, engine: &mut Engine) -> Result<(), Broken> {
        self.checker.check(engine, self.depth)
    }

    /// The figures of the day add up, by queue and in total.
    pub(super) fn end(&self, engine: &Engine) -> Result<(), Broken> {
        let Some(kpis) = &self.kpis else { return Ok(()) };
        let report = kpis.report(engine.state().at);
        let there = u64::try_from(engine.state().requests.len()).unwrap_or(u64::MAX);
        identity("in total", &report.total, there)?;
        report
            .queues
            .iter()
            .try_for_each(|(queue, figures)| identity(queue, figures, figures.waiting))
    }
}
