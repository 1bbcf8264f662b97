//! Whole milliseconds and the intervals they fall into.

use crate::time::{Duration, Timestamp};

/// A span over more intervals than this counts in its first one as a whole: it comes from a clock that
/// jumped, and must not make a cell for every quarter of an hour of a century.
const MOST_INTERVALS: i64 = 4_096;

/// An instant of engine time in whole milliseconds. Instants are rounded, once and toward the past, and
/// durations are differences of these: so parts add up to the whole exactly.
pub(super) const fn millis(at: Timestamp) -> i64 {
    at.as_micros().div_euclid(1_000)
}

/// Cuts time into intervals of wall time.
#[derive(Clone, Copy, Debug)]
pub(super) struct Intervals {
    /// Length in ms; zero for a single interval that holds all time.
    length: i64,
    /// Wall time is engine time plus this.
    offset: Duration,
}

impl Intervals {
    pub(super) fn new(length: Duration) -> Self {
        Self { length: length.as_millis().max(0), offset: Duration::ZERO }
    }

    pub(super) const fn rebase(&mut self, offset: Duration) {
        self.offset = offset;
    }

    /// Engine time of the host's clock, in ms.
    pub(super) fn engine_millis(&self, now: Timestamp) -> i64 {
        millis(now - self.offset)
    }

    /// The beginning, in wall time, of the interval that an instant falls into.
    pub(super) const fn start_of(&self, at: i64) -> Timestamp {
        match at.saturating_add(self.offset.as_millis()).checked_rem_euclid(self.length) {
            Some(into) => Timestamp::from_millis(at.saturating_add(self.offset.as_millis() - into)),
            None => Timestamp::EPOCH,
        }
    }

    /// Cuts `from..to` at the borders of intervals.
    pub(super) fn split(&self, from: i64, to: i64, mut part: impl FnMut(Timestamp, u64)) {
        let length = |from: i64, to: i64| u64::try_from(to.saturating_sub(from)).unwrap_or(0);
        let most = self.length.saturating_mul(MOST_INTERVALS);
        if self.length == 0 || to.saturating_sub(from) > most {
            part(self.start_of(from), length(from, to));
            return;
        }
        let mut from = from;
        while from < to {
            let start = self.start_of(from);
            let border = millis(start - self.offset_millis()).saturating_add(self.length);
            let until = border.min(to);
            part(start, length(from, until));
            from = until;
        }
    }

    /// The offset in whole ms, as a span.
    const fn offset_millis(&self) -> Duration {
        Duration::from_millis(self.offset.as_millis())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn parts_lie_in_their_intervals_and_add_up(
            length in 1_i64..5_000, offset in -10_000_000_i64..10_000_000,
            from in -1_000_000_i64..1_000_000, span in 0_i64..1_000_000,
        ) {
            let mut intervals = Intervals::new(Duration::from_millis(length));
            intervals.rebase(Duration::from_micros(offset));
            let (mut at, mut sum) = (from, 0);
            intervals.split(from, from + span, |start, part| {
                assert_eq!(intervals.start_of(at), start);
                sum += part;
                at += i64::try_from(part).unwrap();
                if span <= length * MOST_INTERVALS {
                    assert_eq!(intervals.start_of(at - 1), start);
                    assert!(part > 0 && part <= u64::try_from(length).unwrap());
                }
            });
            prop_assert_eq!(sum, u64::try_from(span).unwrap());
        }
    }

    #[test]
    fn without_a_length_there_is_one_interval() {
        let intervals = Intervals::new(Duration::ZERO);
        let mut parts = Vec::new();
        intervals.split(5, 1_000_000_000, |start, part| parts.push((start, part)));
        assert_eq!(parts, [(Timestamp::EPOCH, 999_999_995)]);
    }
}
