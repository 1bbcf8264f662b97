//! A quotient that is divided last.

use serde::{Deserialize, Serialize};

/// A quotient kept as its two integers, so that it can be explained and merged exactly.
///
/// Ratios of several queues, agents or intervals are never averaged: their parts are added first.
#[derive(
    Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize,
)]
pub struct Ratio {
    /// What is counted, or a sum of milliseconds.
    pub num: u64,
    /// Out of how many.
    pub den: u64,
}

impl Ratio {
    /// `num` out of `den`.
    pub const fn new(num: u64, den: u64) -> Self {
        Self { num, den }
    }

    /// The quotient; `None` where there is nothing to divide by: not 0, not 100 %.
    ///
    /// ```
    /// use switchboard::kpi::Ratio;
    ///
    /// assert_eq!(Ratio::new(1, 4).value(), Some(0.25));
    /// assert_eq!(Ratio::new(0, 0).value(), None);
    /// ```
    #[allow(clippy::cast_precision_loss)] // a figure for people: 53 bits are enough
    pub fn value(self) -> Option<f64> {
        (self.den > 0).then(|| self.num as f64 / self.den as f64)
    }

    /// The quotient of a sum of milliseconds, in seconds.
    pub fn seconds(self) -> Option<f64> {
        self.value().map(|millis| millis / 1_000.0)
    }
}
