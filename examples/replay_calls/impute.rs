//! What a log cannot know, drawn by named estimators from what it does know.
//!
//! A caller who was answered would have waited some time longer; one who hung up would have been
//! served for some time. A replay in which waits change needs both.
//!
//! - **Patience of the answered**: Kaplan and Meier's estimate of the survival of patience (JASA 1958),
//!   from waits that ended in hanging up (seen) and in an answer or otherwise (censored), per queue, or
//!   over all where a queue has seen fewer than thirty. A caller who was answered after w draws from
//!   the estimate given patience > w. Beyond the longest wait that ended in hanging up the estimate
//!   says nothing; there patience goes on at the mean hazard, hang-ups per time waited.
//! - **Service of the abandoned**: one of the recorded services, each equally likely, of the same
//!   queue and hour of day; of the queue where the hour has fewer than thirty; of all where the queue
//!   has. Services of no length are kept out: a log writes them for services it did not see.
//!
//! The draws of one call depend on the seed and the call's line alone, so they are the same in every
//! run that is compared, whatever order calls are handled in.

use std::collections::BTreeMap;

use switchboard::time::{Duration, Timestamp};

use super::log::{CallLog, LoggedCall, Outcome};

/// Observations that an estimate of its own takes.
const ENOUGH: usize = 30;
/// Microseconds of an hour.
const HOUR: i64 = 3_600_000_000;

/// What one call brings into a replay.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Imputed {
    /// How long the caller waits before hanging up.
    pub patience: Duration,
    /// How long the service takes once it begins.
    pub service: Duration,
}

/// Estimators over one log.
#[derive(Debug)]
pub(crate) struct Imputer {
    seed: u64,
    patience: BTreeMap<usize, Survival>,
    patience_of_all: Survival,
    services: BTreeMap<(usize, i64), Vec<Duration>>,
    services_of_queue: BTreeMap<usize, Vec<Duration>>,
    services_of_all: Vec<Duration>,
}

impl Imputer {
    /// The names of the estimators, for the report.
    pub(crate) const METHODS: [&'static str; 2] = [
        "patience: Kaplan-Meier by queue, conditional on the wait, exponential tail",
        "service: empirical by queue and hour of day",
    ];

    /// Estimates from the offered calls of a log.
    pub(crate) fn new(log: &CallLog, seed: u64) -> Self {
        let mut waits: BTreeMap<usize, Vec<(Duration, bool)>> = BTreeMap::new();
        let mut imputer = Self {
            seed,
            patience: BTreeMap::new(),
            patience_of_all: Survival::default(),
            services: BTreeMap::new(),
            services_of_queue: BTreeMap::new(),
            services_of_all: Vec::new(),
        };
        for call in log.calls.iter().filter(|call| call.outcome.is_offered()) {
            // How long the lost had waited is not on record.
            if call.outcome != Outcome::Lost {
                let seen = call.outcome == Outcome::Abandoned;
                waits.entry(call.queue).or_default().push((call.wait, seen));
            }
            if let Some(service) = service(call) {
                let of_hour = (call.queue, hour_of(call.entered));
                imputer.services.entry(of_hour).or_default().push(service);
                imputer.services_of_queue.entry(call.queue).or_default().push(service);
                imputer.services_of_all.push(service);
            }
        }
        imputer.patience_of_all = Survival::new(waits.values().flatten().copied().collect());
        for (queue, waits) in waits {
            if waits.iter().filter(|(_, seen)| *seen).count() >= ENOUGH {
                imputer.patience.insert(queue, Survival::new(waits));
            }
        }
        imputer
    }

    /// What the log says of a call, completed by draws.
    pub(crate) fn impute(&self, call: &LoggedCall) -> Imputed {
        let mut random = SplitMix::new(self.seed, call.line);
        self.impute_with(call, || random.uniform())
    }

    /// The same with any source of numbers in (0, 1); two are drawn for every call.
    pub(crate) fn impute_with(
        &self,
        call: &LoggedCall,
        mut uniform: impl FnMut() -> f64,
    ) -> Imputed {
        let (for_patience, for_service) = (uniform(), uniform());
        let patience = if call.outcome == Outcome::Abandoned {
            call.wait
        } else {
            let survival = self.patience.get(&call.queue).unwrap_or(&self.patience_of_all);
            survival.draw_beyond(call.wait, for_patience)
        };
        let service = service(call).unwrap_or_else(|| self.draw_service(call, for_service));
        Imputed { patience, service }
    }

    fn draw_service(&self, call: &LoggedCall, uniform: f64) -> Duration {
        let of_hour = self.services.get(&(call.queue, hour_of(call.entered)));
        let of_queue = self.services_of_queue.get(&call.queue);
        let pool = of_hour
            .filter(|pool| pool.len() >= ENOUGH)
            .or_else(|| of_queue.filter(|pool| pool.len() >= ENOUGH))
            .unwrap_or(&self.services_of_all);
        pool.get(place(uniform, pool.len())).copied().unwrap_or_default()
    }
}

/// The recorded service of a call, if it took any time.
fn service(call: &LoggedCall) -> Option<Duration> {
    match call.outcome {
        Outcome::Answered { start, end: Some(end), .. } if start < end => Some(end.since(start)),
        _ => None,
    }
}

/// The hour of the day, from 0.
const fn hour_of(at: Timestamp) -> i64 {
    at.as_micros().div_euclid(HOUR).rem_euclid(24)
}

/// One of `count` places, by a number in (0, 1).
#[allow(clippy::cast_precision_loss, clippy::cast_possible_truncation, clippy::cast_sign_loss)] // counts of a log are far below 2^52, and the product is not negative
fn place(uniform: f64, count: usize) -> usize {
    ((uniform * count as f64) as usize).min(count.saturating_sub(1))
}

/// Kaplan and Meier's estimate of P(patience > t).
#[derive(Debug, Clone, Default)]
pub(crate) struct Survival {
    /// (t, P(patience > t)) at each time that somebody hung up, rising in t.
    steps: Vec<(Duration, f64)>,
    /// Mean time waited per hang-up, in seconds: the mean of the exponential tail.
    tail: Option<f64>,
}

impl Survival {
    /// From waits and whether each ended in hanging up.
    #[allow(clippy::cast_precision_loss)] // counts
    pub(crate) fn new(mut waits: Vec<(Duration, bool)>) -> Self {
        waits.sort_unstable();
        let waited: f64 = waits.iter().map(|(wait, _)| wait.as_secs_f64()).sum();
        let hang_ups = waits.iter().filter(|(_, seen)| *seen).count();
        let mut at_risk = waits.len();
        let mut alive = 1.0;
        let mut steps = Vec::new();
        // At one and the same time those who hang up go first: the censored were still at risk.
        for same in waits.chunk_by(|one, next| one.0 == next.0) {
            let gone = same.iter().filter(|(_, seen)| *seen).count();
            if let (true, Some((wait, _))) = (gone > 0, same.first()) {
                alive *= 1.0 - gone as f64 / at_risk as f64;
                steps.push((*wait, alive));
            }
            at_risk -= same.len();
        }
        Self { steps, tail: (hang_ups > 0).then(|| waited / hang_ups as f64) }
    }

    /// P(patience > `wait`).
    pub(crate) fn at(&self, wait: Duration) -> f64 {
        let below = self.steps.partition_point(|(time, _)| *time <= wait);
        below.checked_sub(1).and_then(|place| self.steps.get(place)).map_or(1.0, |step| step.1)
    }

    /// A patience above `wait`, by a number in (0, 1).
    pub(crate) fn draw_beyond(&self, wait: Duration, uniform: f64) -> Duration {
        // With no hang-up on record nobody is known to lose patience.
        let Some(tail) = self.tail else { return Duration::MAX };
        let level = uniform * self.at(wait);
        let place = self.steps.partition_point(|(time, alive)| *time <= wait || *alive > level);
        if let Some((time, _)) = self.steps.get(place) {
            return *time;
        }
        let (last, alive) = self.steps.last().copied().unwrap_or_default();
        // What is left of (0, 1) beyond the last step, spread over the tail.
        let left = if last > wait && alive > 0.0 { level / alive } else { uniform };
        last.max(wait) + seconds(-tail * libm::log(left))
    }
}

/// A span of so many seconds, to the microsecond.
#[allow(clippy::cast_possible_truncation)] // far within range, and saturating anyway
fn seconds(seconds: f64) -> Duration {
    Duration::from_micros((seconds * 1e6) as i64)
}

/// A small generator (Steele, Lea and Flood, OOPSLA 2014); one per call.
#[derive(Debug, Clone)]
pub(crate) struct SplitMix(u64);

impl SplitMix {
    const GAMMA: u64 = 0x9e37_79b9_7f4a_7c15;

    /// The stream of one call.
    pub(crate) fn new(seed: u64, line: u64) -> Self {
        let mut start = Self(seed);
        Self(start.next() ^ line.wrapping_mul(0xd605_bbb5_8c8a_bbcd))
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(Self::GAMMA);
        let mut word = self.0;
        word = (word ^ (word >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        word ^ (word >> 31)
    }

    /// A number above 0 and below 1.
    #[allow(clippy::cast_precision_loss)] // 52 bits
    pub(crate) fn uniform(&mut self) -> f64 {
        ((self.next() >> 12) as f64 + 0.5) / (1_u64 << 52) as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn secs(secs: i64) -> Duration {
        Duration::from_secs(secs)
    }

    fn close(a: f64, b: f64) -> bool {
        (a - b).abs() < 1e-12
    }

    #[test]
    fn the_estimate_of_a_small_sample_by_hand() {
        // Six waits: 1 hangs up, 2 answered, 3 hangs up and is answered, 5 hangs up, 8 answered.
        let waits = vec![(8, false), (3, true), (1, true), (5, true), (2, false), (3, false)];
        let survival =
            Survival::new(waits.into_iter().map(|(wait, seen)| (secs(wait), seen)).collect());
        let expected =
            [(0, 1.0), (1, 5.0 / 6.0), (2, 5.0 / 6.0), (3, 0.625), (5, 0.3125), (9, 0.3125)];
        for (time, alive) in expected {
            assert!(close(survival.at(secs(time)), alive), "{time}: {}", survival.at(secs(time)));
        }
        // Given more than 2 s, S falls from 5/6 to 5/8: a quarter hangs up at 3.
        assert_eq!(survival.draw_beyond(secs(2), 0.99), secs(3));
        assert_eq!(survival.draw_beyond(secs(2), 0.76), secs(3));
        assert_eq!(survival.draw_beyond(secs(2), 0.74), secs(5));
        // Beyond the last step: an exponential with mean 22 s / 3 hang-ups.
        let beyond = survival.draw_beyond(secs(6), 0.5).as_secs_f64();
        assert!((beyond - (6.0 + 22.0 / 3.0 * libm::log(2.0))).abs() < 1e-5, "{beyond}");
        assert_eq!(Survival::new(vec![(secs(4), false)]).draw_beyond(secs(4), 0.5), Duration::MAX);
    }

    #[test]
    fn draws_exceed_the_wait_and_follow_the_estimate() {
        let waits: Vec<_> = (1..2_000).map(|i| (secs(i * 37 % 97), i % 3 == 0)).collect();
        let survival = Survival::new(waits);
        let mut random = SplitMix::new(1, 1);
        let (draws, mut beyond) = (20_000, 0);
        for _ in 0..draws {
            let patience = survival.draw_beyond(secs(20), random.uniform());
            assert!(patience > secs(20));
            beyond += u32::from(patience > secs(50));
        }
        let expected = survival.at(secs(50)) / survival.at(secs(20));
        assert!((f64::from(beyond) / f64::from(draws) - expected).abs() < 0.01);
    }

    #[test]
    fn a_call_draws_the_same_in_any_order() {
        let (mut a, mut b) = (SplitMix::new(7, 1), SplitMix::new(7, 2));
        assert!(!close(a.uniform(), b.uniform()));
        assert!(close(SplitMix::new(7, 1).uniform(), SplitMix::new(7, 1).uniform()));
        // First values for seed 0 without the mixing-in of a line, as published with the generator.
        let mut plain = SplitMix(0);
        assert_eq!([plain.next(), plain.next()], [0xe220_a839_7b1d_cdaf, 0x6e78_9e6a_a1b9_65f4]);
    }
}
