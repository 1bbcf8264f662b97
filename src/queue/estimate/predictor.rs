//! How long a wait is, from what is known of its line: pure functions.
//!
//! All times are in seconds. Only what IEEE 754 defines to the last bit, so the same on every machine.

/// Terms of the sum that are taken one by one; those behind them in blocks.
const EXACT_TERMS: f64 = 256.0;
/// Within a block the terms differ by one part in so many at most.
const BLOCK: f64 = 32.0;
/// The least part of its capacity that those who overtake leave to a line, for the estimate.
const LEAST_LEFT: f64 = 0.05;
/// The normal deviates that are not exceeded in 50, 80 and 90 of 100 cases.
const DEVIATES: [f64; 3] = [0.0, 0.841_621_233_572_914_3, 1.281_551_565_544_600_4];
/// One ninth of the inverse shape, at most: the cube of Wilson and Hilferty does not hold for shapes below 1/4.
const LARGEST_NINTH: f64 = 4.0 / 9.0;

/// What is known of a line, for one who waits in it.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(super) struct Line {
    /// Who goes before; parts of one, where only a part of the staff is shared with them.
    pub(super) ahead: f64,
    /// Completions per second while all of the staff is busy.
    pub(super) rate: f64,
    /// How many of those who wait leave, per second of the wait of each.
    pub(super) leaving: f64,
}

/// Those who come later and go first.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(super) struct Overtaking {
    /// How many a second.
    pub(super) rate: f64,
    /// For how long from now those who come still go first.
    pub(super) window: f64,
}

/// Mean and variance of a wait.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(super) struct Moments {
    pub(super) mean: f64,
    pub(super) variance: f64,
}

/// The wait of one who has `ahead` others before, `QLm` of Ibrahim and Whitt ("Real-time delay estimation in
/// overloaded multiserver queues with abandonments", Management Science 55, 2009): with `j` left before, the next
/// one goes by a completion or an abandonment, after an exponential time with the rate of both together. So
///
/// ```text
/// mean = sum over j = 0..ahead of 1 / (rate + j leaving),  variance = sum of the squares
/// ```
///
/// The rate must be above 0.
pub(super) fn queue_length(line: &Line) -> Moments {
    let Line { ahead, rate, leaving } = *line;
    if leaving <= 0.0 {
        let stages = ahead + 1.0;
        return Moments { mean: stages / rate, variance: stages / (rate * rate) };
    }
    let whole = ahead.floor();
    let mut sum = Moments { mean: 0.0, variance: 0.0 };
    let mut add = |many: f64, at: f64| {
        let stage = 1.0 / (rate + leaving * at);
        sum.mean += many * stage;
        sum.variance += many * stage * stage;
    };
    add(ahead - whole, whole + 1.0);
    let mut j = 0.0;
    while j <= whole {
        // A block counts as so many times its middle: wrong by less than one part in four thousand.
        let even = ((rate / leaving + j) / BLOCK).floor().min(whole - j + 1.0);
        let many = if j < EXACT_TERMS { 1.0 } else { even.max(1.0) };
        add(many, j + (many - 1.0) / 2.0);
        j += many;
    }
    sum
}

/// The wait when others come later and go first.
///
/// Those who go first all the time leave the line a part of the capacity alone, `1 - overtaking / rate` of it, so
/// that the line goes on by so much less: where nobody leaves, the mean is that of a delay busy period, `QL / (1 -
/// overtaking / rate)`. Those whose time to go first ends before the wait does come before, as many as come in that
/// time. The variance is in the ratio of a delay busy period of exponential times to its beginning, `(1 + b) / (1 -
/// b)^3`, with `b` the part of the wait that overtaking makes (Conway, Maxwell and Miller, "Theory of Scheduling", 1967,
/// chapter 8). `overtaking` is in the order of the windows, the shortest first.
pub(super) fn overtaken(line: &Line, overtaking: &[Overtaking]) -> Moments {
    let alone = queue_length(line);
    let mut open: f64 = overtaking.iter().map(|other| other.rate).sum();
    let (mut ahead, mut past) = (line.ahead, 0.0);
    let wait = |ahead: f64, open: f64| {
        let left = (1.0 - open / line.rate).max(LEAST_LEFT);
        queue_length(&Line { ahead, rate: line.rate * left, ..*line }).mean
    };
    for other in overtaking {
        if wait(ahead, open) <= other.window {
            break;
        }
        ahead += other.rate * other.window;
        open -= other.rate;
        past = other.window;
    }
    // It was not over when that window was.
    let mean = wait(ahead, open).max(past);
    let left = alone.mean / mean;
    Moments { mean, variance: alone.variance * (2.0 - left) / (left * left * left) }
}

/// The wait by how long the head of the line has waited. Its error is about twice that of the estimate by the
/// length of the line where arrivals are Poisson (Ibrahim and Whitt, "Real-time delay estimation based on delay
/// history", M&SOM 11, 2009): `c^2 + 1` times, with `c` the variation of the times between arrivals.
pub(super) fn head_of_line(waited: f64, ahead: f64) -> Moments {
    Moments { mean: waited, variance: 2.0 * waited * waited / (ahead + 1.0) }
}

/// What the wait does not exceed in 50, 80 and 90 of 100 cases, if it has a gamma distribution of that mean and
/// variance: Wilson and Hilferty, "The distribution of chi-square", PNAS 17, 1931.
pub(super) fn quantiles(wait: Moments) -> [f64; 3] {
    if wait.mean <= 0.0 {
        return [0.0; 3];
    }
    let ninth = (wait.variance / (9.0 * wait.mean * wait.mean)).min(LARGEST_NINTH);
    DEVIATES.map(|deviate| {
        let root = (1.0 - ninth + deviate * ninth.sqrt()).max(0.0);
        wait.mean * root * root * root
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::sim::gamma::gamma_quantile;

    fn line(ahead: f64, rate: f64, leaving: f64) -> Line {
        Line { ahead, rate, leaving }
    }

    fn near(found: f64, expected: f64, relative: f64) {
        assert!((found / expected - 1.0).abs() <= relative, "{found} is not {expected}");
    }

    #[test]
    fn a_short_line_is_summed_term_by_term_and_a_long_one_nearly_so() {
        for (ahead, exact) in [(0, 1e-15), (1, 1e-15), (255, 1e-13), (5_000, 3e-4), (300_000, 3e-4)]
        {
            for (rate, leaving) in [(0.33, 0.003), (0.01, 0.2), (30.0, 0.0001)] {
                let terms = || (0..=ahead).map(|j| 1.0 / (rate + f64::from(j) * leaving));
                let found = queue_length(&line(f64::from(ahead), rate, leaving));
                near(found.mean, terms().sum(), exact);
                near(found.variance, terms().map(|t| t * t).sum(), exact);
            }
        }
    }

    #[test]
    fn half_of_one_before_counts_half() {
        let of = |ahead| queue_length(&line(ahead, 0.5, 0.125)).mean;
        near(of(2.5), f64::midpoint(of(2.0), of(3.0)), 1e-15);
    }

    #[test]
    fn without_anybody_leaving_it_is_erlang() {
        for ahead in [0_u32, 1, 3, 10, 50, 400] {
            let stages = f64::from(ahead) + 1.0;
            let found = quantiles(queue_length(&line(f64::from(ahead), 0.25, 0.0)));
            for (found, u) in found.into_iter().zip([0.5, 0.8, 0.9]) {
                near(
                    found,
                    gamma_quantile(stages, u) / 0.25,
                    if ahead == 0 { 0.015 } else { 0.005 },
                );
            }
        }
    }

    #[test]
    fn a_line_that_is_overtaken_all_the_time_is_a_busy_period() {
        // Ten exponential times of 3 s, begun anew by 0.1 a second: E = 30 / 0.7, V = 10 (1 + 0.3) / 0.7^3 * 9.
        let line = line(9.0, 1.0 / 3.0, 0.0);
        let always = |rate| [Overtaking { rate, window: f64::INFINITY }];
        let found = overtaken(&line, &always(0.1));
        near(found.mean, 30.0 / 0.7, 1e-12);
        near(found.variance, 10.0 * 1.3 / 0.343 * 9.0, 1e-12);
        near(overtaken(&line, &always(0.4)).mean, 30.0 / 0.05, 1e-12);
        assert_eq!(overtaken(&line, &[]), queue_length(&line));
    }

    #[test]
    fn a_line_that_others_leave_goes_on_by_what_overtaking_leaves_and_by_those() {
        let sum: f64 = (0..=9).map(|j| 1.0 / (0.7 / 3.0 + f64::from(j) * 0.01)).sum();
        let always = [Overtaking { rate: 0.1, window: f64::INFINITY }];
        near(overtaken(&line(9.0, 1.0 / 3.0, 0.01), &always).mean, sum, 1e-12);
    }

    #[test]
    fn who_can_overtake_for_a_while_brings_what_comes_in_that_while() {
        let line = line(9.0, 1.0 / 3.0, 0.0);
        let of = |window| [Overtaking { rate: 0.1, window }];
        near(overtaken(&line, &of(20.0)).mean, 30.0 + 0.1 * 20.0 * 3.0, 1e-12);
        // The window is as long as the wait: both say the same.
        let (shorter, longer) = (30.0 / 0.7 - 1e-9, 30.0 / 0.7 + 1e-9);
        near(overtaken(&line, &of(shorter)).mean, overtaken(&line, &of(longer)).mean, 1e-9);
        near(overtaken(&line, &of(shorter)).variance, overtaken(&line, &of(longer)).variance, 1e-9);
        let both = [
            Overtaking { rate: 0.05, window: 10.0 },
            Overtaking { rate: 0.1, window: f64::INFINITY },
        ];
        near(overtaken(&line, &both).mean, (30.0 + 1.5) / 0.7, 1e-12);
    }

    #[test]
    fn nothing_is_waited_for() {
        let zero = |quantiles: [f64; 3]| quantiles.iter().all(|p| p.abs() < f64::MIN_POSITIVE);
        assert!(zero(quantiles(Moments { mean: 0.0, variance: 0.0 })));
        assert!(zero(quantiles(head_of_line(0.0, 3.0))));
    }

    proptest! {
        #[test]
        fn more_before_is_longer_and_more_staff_is_shorter(
            ahead in 0.0..2_000.0_f64,
            more in 0.0..50.0_f64,
            rate in 0.001..50.0_f64,
            faster in 1.0..3.0_f64,
            leaving in prop_oneof![Just(0.0), 0.00001..0.1_f64],
            overtaking in 0.0..1.2_f64,
            window in prop_oneof![Just(f64::INFINITY), 0.0..3_000.0_f64],
        ) {
            // Blocks may begin elsewhere: that shows in the fourth digit.
            let longer = |more: f64, less: f64| more >= less * (1.0 - 1e-3);
            let [now, behind, staffed] =
                [(ahead, rate), (ahead + more, rate), (ahead, rate * faster)]
                    .map(|(ahead, rate)| line(ahead, rate, leaving));
            let wait = |line: &Line| quantiles(queue_length(line));
            for place in 0..3 {
                prop_assert!(longer(wait(&behind)[place], wait(&now)[place]));
                prop_assert!(longer(wait(&now)[place], wait(&staffed)[place]));
            }
            // Overtaking: so it is with the mean. What is less sure has a lower middle.
            let overtaking = [Overtaking { rate: overtaking * rate, window }];
            let wait = |line: &Line| overtaken(line, &overtaking);
            prop_assert!(longer(wait(&behind).mean, wait(&now).mean));
            prop_assert!(longer(wait(&now).mean, wait(&staffed).mean));
            prop_assert!(longer(wait(&now).mean, queue_length(&now).mean));
            let [p50, p80, p90] = quantiles(wait(&now));
            prop_assert!(0.0 <= p50 && p50 <= p80 && p80 <= p90 && p90.is_finite());
        }
    }
}
