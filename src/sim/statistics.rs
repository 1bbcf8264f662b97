//! Statistics of simulation output: tallies, confidence intervals, ratios of means, integrals over
//! time, and the way figures are printed.

use super::student::student_t_quantile;

/// Number, bounds, mean and variance of observations.
///
/// The sum carries along what rounding loses (Neumaier, "Rundungsfehleranalyse einiger Verfahren zur
/// Summation endlicher Summen", ZAMM 54, 1974): a mean that is a tie of the last printed digit comes
/// out as that tie. The variance follows Welford ("Note on a method for calculating corrected sums of
/// squares and products", Technometrics 4(3), 1962), divisor n - 1.
#[derive(Clone, Debug, PartialEq)]
pub struct Tally {
    n: u64,
    sum: f64,
    lost: f64,
    running_mean: f64,
    squares: f64,
    min: f64,
    max: f64,
}

impl Default for Tally {
    fn default() -> Self {
        let (min, max) = (f64::INFINITY, f64::NEG_INFINITY);
        Self { n: 0, sum: 0.0, lost: 0.0, running_mean: 0.0, squares: 0.0, min, max }
    }
}

impl Tally {
    /// Adds an observation.
    #[allow(clippy::cast_precision_loss)] // below 2^53 observations
    pub fn add(&mut self, value: f64) {
        self.n += 1;
        let sum = self.sum + value;
        self.lost += if self.sum.abs() >= value.abs() {
            (self.sum - sum) + value
        } else {
            (value - sum) + self.sum
        };
        self.sum = sum;
        self.min = self.min.min(value);
        self.max = self.max.max(value);
        let difference = value - self.running_mean;
        self.running_mean += difference / self.n as f64;
        self.squares += difference * (value - self.running_mean);
    }

    /// How many observations.
    pub const fn n(&self) -> u64 {
        self.n
    }

    /// The least one; `None` without any.
    pub fn min(&self) -> Option<f64> {
        (self.n > 0).then_some(self.min)
    }

    /// The greatest one; `None` without any.
    pub fn max(&self) -> Option<f64> {
        (self.n > 0).then_some(self.max)
    }

    /// Their sum.
    pub const fn sum(&self) -> f64 {
        self.sum + self.lost
    }

    /// Their mean; `None` without any.
    #[allow(clippy::cast_precision_loss)]
    pub fn mean(&self) -> Option<f64> {
        (self.n > 0).then(|| self.sum() / self.n as f64)
    }

    /// Sample variance; `None` for fewer than two observations.
    #[allow(clippy::cast_precision_loss)]
    pub fn variance(&self) -> Option<f64> {
        (self.n > 1).then(|| self.squares / (self.n - 1) as f64)
    }

    /// Sample standard deviation; `None` for fewer than two observations.
    pub fn sd(&self) -> Option<f64> {
        self.variance().map(f64::sqrt)
    }
}

impl Extend<f64> for Tally {
    fn extend<I: IntoIterator<Item = f64>>(&mut self, values: I) {
        values.into_iter().for_each(|value| self.add(value));
    }
}

impl FromIterator<f64> for Tally {
    fn from_iter<I: IntoIterator<Item = f64>>(values: I) -> Self {
        let mut tally = Self::default();
        tally.extend(values);
        tally
    }
}

/// The mean of one quantity over the mean of another, over the same replications.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RatioOfMeans {
    /// The ratio.
    pub value: f64,
    /// Its standard deviation for one replication, by the delta method: that of `x - value * y`, over
    /// the mean of `y`; `None` for fewer than two replications.
    pub sd: Option<f64>,
}

impl RatioOfMeans {
    /// The ratio of pairs `(x, y)`; `None` without pairs or with a mean of `y` of 0.
    pub fn of(pairs: &[(f64, f64)]) -> Option<Self> {
        let upper = pairs.iter().map(|(x, _)| *x).collect::<Tally>().mean()?;
        let lower = pairs.iter().map(|(_, y)| *y).collect::<Tally>().mean()?;
        if lower == 0.0 {
            return None;
        }
        let value = upper / lower;
        let residual: Tally = pairs.iter().map(|(x, y)| x - value * y).collect();
        Some(Self { value, sd: residual.sd().map(|sd| sd / lower.abs()) })
    }
}

/// The two-sided confidence interval `center ± t * sd / sqrt(n)`, Student's t with `n - 1` degrees of
/// freedom, at `level` (0.95 for 95 %); `None` for fewer than two observations.
#[allow(clippy::cast_precision_loss)]
pub fn confidence_interval(center: f64, sd: f64, n: u64, level: f64) -> Option<[f64; 2]> {
    if n < 2 {
        return None;
    }
    let t = student_t_quantile(f64::midpoint(1.0, level), (n - 1) as f64);
    let half = t * sd / (n as f64).sqrt();
    Some([center - half, center + half])
}

/// A level that holds until it changes, integrated over time.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TimeIntegral {
    from: f64,
    last: f64,
    level: f64,
    area: f64,
    min: f64,
    max: f64,
}

impl TimeIntegral {
    /// A level from a time on.
    pub const fn new(at: f64, level: f64) -> Self {
        Self { from: at, last: at, level, area: 0.0, min: level, max: level }
    }

    /// The level changes.
    pub fn set(&mut self, at: f64, level: f64) {
        if level.to_bits() == self.level.to_bits() {
            return;
        }
        self.area += self.level * (at - self.last);
        self.last = at;
        self.level = level;
        self.min = self.min.min(level);
        self.max = self.max.max(level);
    }

    /// The level now.
    pub const fn level(&self) -> f64 {
        self.level
    }

    /// The integral up to `at`, which is not before the last change.
    pub fn area(&self, at: f64) -> f64 {
        self.area + self.level * (at - self.last)
    }

    /// The mean level up to `at`; 0 when no time has passed.
    pub fn mean(&self, at: f64) -> f64 {
        if at > self.from { self.area(at) / (at - self.from) } else { 0.0 }
    }

    /// The least level so far.
    pub const fn min(&self) -> f64 {
        self.min
    }

    /// The greatest level so far.
    pub const fn max(&self) -> f64 {
        self.max
    }
}

/// A figure as it is printed: three decimals, or two significant digits where it is below 0.01; zeros
/// at the end are left out.
///
/// ```
/// use switchboard::sim::statistics::format_figure;
/// assert_eq!(format_figure(1588.0), "1588");
/// assert_eq!(format_figure(0.90157), "0.902");
/// assert_eq!(format_figure(0.007_91), "0.0079");
/// ```
pub fn format_figure(value: f64) -> String {
    if !value.is_finite() {
        return value.to_string();
    }
    let size = value.abs();
    if size == 0.0 {
        return "0".to_owned();
    }
    let mut decimals = 3;
    let mut below = 0.01;
    while size < below && decimals < 300 {
        decimals += 1;
        below /= 10.0;
    }
    let text = format!("{value:.decimals$}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    if text == "-0" { "0".to_owned() } else { text.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tally_knows_the_textbook_values() {
        let tally: Tally = [2.0, 4.0, 4.0, 4.0, 5.0, 5.0, 7.0, 9.0].into_iter().collect();
        assert_eq!((tally.n(), tally.mean()), (8, Some(5.0)));
        assert_eq!((tally.min(), tally.max()), (Some(2.0), Some(9.0)));
        assert!((tally.variance().unwrap() - 32.0 / 7.0).abs() < 1e-14);
        assert_eq!(Tally::default().mean(), None);
        assert_eq!([1.0].into_iter().collect::<Tally>().sd(), None);
    }

    #[test]
    fn a_sum_loses_nothing() {
        let tally: Tally = (0..1000).map(|n| if n % 2 == 0 { 95.1 } else { 94.953 }).collect();
        assert_eq!(tally.mean(), Some(95.0265));
        assert_eq!(format_figure(95.0265), "95.026");
        let tally: Tally = [1e17, 1.0, -1e17].into_iter().collect();
        assert_eq!(tally.sum().to_bits(), 1.0_f64.to_bits());
    }

    #[test]
    fn a_ratio_of_proportional_quantities_is_exact() {
        let pairs: Vec<_> = (1..10).map(|n| (f64::from(n) * 3.0, f64::from(n))).collect();
        let ratio = RatioOfMeans::of(&pairs).unwrap();
        assert!((ratio.value - 3.0).abs() < 1e-15 && ratio.sd.unwrap() < 1e-14);
        assert_eq!(RatioOfMeans::of(&[(1.0, 0.0)]), None);
    }

    #[test]
    fn the_published_interval_follows_from_mean_and_deviation() {
        let [low, high] = confidence_interval(1816.158, 57.043_202_600_861_78, 1000, 0.95).unwrap();
        assert_eq!(
            (format_figure(low), format_figure(high)),
            ("1812.618".into(), "1819.698".into())
        );
    }

    #[test]
    fn an_integral_adds_up_areas() {
        let mut queue = TimeIntegral::new(0.0, 0.0);
        queue.set(1.0, 2.0);
        queue.set(3.0, 1.0);
        assert!((queue.area(5.0) - 6.0).abs() < 1e-15);
        assert!((queue.mean(5.0) - 1.2).abs() < 1e-15);
        assert!((queue.max() - 2.0).abs() < 1e-15);
    }

    #[test]
    fn figures_are_printed_with_three_decimals_or_two_digits() {
        for (value, text) in [
            (0.0, "0"),
            (0.005_99, "0.006"),
            (0.009_94, "0.0099"),
            (0.000_123, "0.00012"),
            (0.0104, "0.01"),
            (-1.5, "-1.5"),
            (104.2, "104.2"),
        ] {
            assert_eq!(format_figure(value), text);
        }
    }
}
