//! How long somebody waits, as far as anybody can tell.

use serde::{Deserialize, Serialize};

use crate::time::Duration;

/// How long somebody who waits, or would join, still waits: with what chance the wait is no longer.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Estimate {
    /// No longer than this for one of two.
    pub p50: Duration,
    /// No longer than this for eight of ten.
    pub p80: Duration,
    /// No longer than this for nine of ten.
    pub p90: Duration,
    /// What it is made from.
    pub method: EstimateMethod,
    /// So many pieces of work that were finished lately tell the pace of the staff.
    pub n: u32,
}

impl Estimate {
    /// An estimate by its quantiles.
    pub(crate) const fn new(quantiles: [Duration; 3], method: EstimateMethod, n: u32) -> Self {
        let [p50, p80, p90] = quantiles;
        Self { p50, p80, p90, method, n }
    }
}

/// What an estimate is made from.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum EstimateMethod {
    /// Who goes before, how many serve, at which pace, and how many of those who wait leave.
    QueueLength,
    /// The pace is not known yet: how long whoever is first in the line has waited, or the last who was answered.
    HeadOfLine,
}

impl EstimateMethod {
    /// Its name, as in messages.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::QueueLength => "queue_length",
            Self::HeadOfLine => "head_of_line",
        }
    }
}

/// How well the estimates of a queue have held: sums over all waits of which one was kept, from the first on.
///
/// Only those who were answered tell how long the wait was. Who left, or was sent on, would have waited longer: they
/// are counted beside, and the more there are the better the rest looks.
#[derive(
    Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Debug, Serialize, Deserialize,
)]
#[non_exhaustive]
pub struct Accuracy {
    /// Waits that ended with an answer.
    pub answered: u64,
    /// Waits that ended otherwise.
    pub unanswered: u64,
    /// Of those answered, the sum of the wait less the middle of the estimate, in milliseconds.
    pub error_ms: i64,
    /// The sum of the squares of that.
    pub squared_ms: u64,
    /// How many waited no longer than `p50`.
    pub within_p50: u64,
    /// How many no longer than `p80`.
    pub within_p80: u64,
    /// How many no longer than `p90`.
    pub within_p90: u64,
}

impl Accuracy {
    /// A wait is over for which that was expected; how long it was, if it was answered.
    pub(crate) fn compare(&mut self, expected: &Estimate, waited: Option<Duration>) {
        let Some(waited) = waited else {
            self.unanswered = self.unanswered.saturating_add(1);
            return;
        };
        self.answered = self.answered.saturating_add(1);
        let error = (waited - expected.p50).as_millis();
        self.error_ms = self.error_ms.saturating_add(error);
        let square = error.unsigned_abs().saturating_mul(error.unsigned_abs());
        self.squared_ms = self.squared_ms.saturating_add(square);
        let within = |bound| u64::from(waited <= bound);
        self.within_p50 = self.within_p50.saturating_add(within(expected.p50));
        self.within_p80 = self.within_p80.saturating_add(within(expected.p80));
        self.within_p90 = self.within_p90.saturating_add(within(expected.p90));
    }
}
