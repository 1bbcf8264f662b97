//! Distributions as data. Every variate is made by inversion, from exactly one uniform number, so that
//! a stream's numbers go to the same draws whatever the distribution.

use serde::{Deserialize, Serialize};

use super::gamma::gamma_quantile;
use super::random::Stream;

/// A distribution of non-negative times or of a factor. Parameters are in the model's time unit, rates
/// in one over it; of `rate`, `scale` and `mean` exactly one is given.
///
/// ```toml
/// service = { exponential = { mean = 10.0 } }
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
#[non_exhaustive]
pub enum Distribution {
    /// Always this value; one uniform is spent on it all the same.
    Constant(f64),
    /// `min + (max - min) * u`.
    Uniform {
        /// Least value.
        min: f64,
        /// Greatest value.
        max: f64,
    },
    /// `-ln(1 - u) / rate`, as `-log1p(-u) / rate`.
    Exponential {
        /// One over the mean.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        rate: Option<f64>,
        /// The mean; the variate is then `-log1p(-u) * mean`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        mean: Option<f64>,
    },
    /// Gamma: mean `shape / rate`, `shape * scale` or `mean`, squared coefficient of variation `1 / shape`.
    Gamma {
        /// Shape.
        shape: f64,
        /// Rate, one over the scale.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        rate: Option<f64>,
        /// Scale.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        scale: Option<f64>,
        /// Mean.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        mean: Option<f64>,
    },
    /// The sum of `stages` exponential times of the same rate each.
    Erlang {
        /// How many.
        stages: u32,
        /// Rate of each stage; the mean of the whole is `stages / rate`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        rate: Option<f64>,
        /// Mean of the whole.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        mean: Option<f64>,
    },
    /// Normal; values below 0 are taken as 0.
    Normal {
        /// Mean.
        mean: f64,
        /// Standard deviation.
        sd: f64,
    },
    /// `exp(mu + sigma * z)` with `z` standard normal; by `mu` and `sigma`, or by `mean` and `sd`:
    /// `sigma^2 = ln(1 + (sd / mean)^2)`, `mu = ln(mean) - sigma^2 / 2`.
    Lognormal {
        /// Mean of the logarithm.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        mu: Option<f64>,
        /// Standard deviation of the logarithm.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        sigma: Option<f64>,
        /// Mean.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        mean: Option<f64>,
        /// Standard deviation.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        sd: Option<f64>,
    },
    /// `scale * (-ln(1 - u))^(1 / shape)`.
    Weibull {
        /// Shape.
        shape: f64,
        /// Scale.
        scale: f64,
    },
    /// Triangular between `min` and `max`, densest at `mode`.
    Triangular {
        /// Least value.
        min: f64,
        /// Most likely value.
        mode: f64,
        /// Greatest value.
        max: f64,
    },
    /// One of these values, each with the probability of its weight: the first whose cumulated weight
    /// exceeds `u` times their sum.
    Empirical {
        /// Values, in the order in which weights are cumulated.
        values: Vec<f64>,
        /// Weights; all the same when empty.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        weights: Vec<f64>,
    },
    /// A value with a probability, otherwise another distribution: `value` if `u <= probability`, else
    /// the variate of `otherwise` at `(u - probability) / (1 - probability)`, or, when `reversed`, at
    /// one minus that.
    Atom {
        /// The value.
        value: f64,
        /// Its probability, below 1.
        probability: f64,
        /// The distribution of the rest.
        otherwise: Box<Distribution>,
        /// Whether the rest decreases in `u`.
        #[serde(default)]
        reversed: bool,
    },
    /// One of several distributions, by weight: `u` times the sum of the weights falls to one of them,
    /// and where it falls within its weight is that one's probability. A hyperexponential distribution
    /// is a mixture of exponential ones.
    Mixture {
        /// Weights.
        weights: Vec<f64>,
        /// As many distributions.
        of: Vec<Distribution>,
    },
    /// Another distribution moved by a constant.
    Shifted {
        /// What is added.
        by: f64,
        /// The distribution.
        of: Box<Distribution>,
    },
    /// Another distribution times a constant.
    Scaled {
        /// The factor.
        by: f64,
        /// The distribution.
        of: Box<Distribution>,
    },
}

impl Distribution {
    /// An exponential distribution by its rate.
    pub const fn exponential(rate: f64) -> Self {
        Self::Exponential { rate: Some(rate), mean: None }
    }

    /// One variate, from one uniform of the stream.
    pub fn sample(&self, stream: &mut Stream) -> f64 {
        self.quantile(stream.uniform())
    }

    /// The value at probability `u`, which lies strictly between 0 and 1.
    pub fn quantile(&self, u: f64) -> f64 {
        match self {
            Self::Constant(value) => *value,
            Self::Uniform { min, max } => min + (max - min) * u,
            Self::Exponential { rate, mean } => {
                let standard = standard_exponential(u);
                match (rate, mean) {
                    (Some(rate), _) => standard / rate,
                    (None, Some(mean)) => standard * mean,
                    (None, None) => standard,
                }
            }
            Self::Gamma { shape, rate, scale, mean } => {
                let standard = gamma_quantile(*shape, u);
                match (rate, scale, mean) {
                    (Some(rate), ..) => standard / rate,
                    (_, Some(scale), _) => standard * scale,
                    (_, _, Some(mean)) => standard * (mean / shape),
                    _ => standard,
                }
            }
            Self::Erlang { stages, rate, mean } => {
                let stages = f64::from(*stages);
                let standard = gamma_quantile(stages, u);
                match (rate, mean) {
                    (Some(rate), _) => standard / rate,
                    (None, Some(mean)) => standard * (mean / stages),
                    (None, None) => standard,
                }
            }
            Self::Normal { mean, sd } => (mean + sd * normal_quantile(u)).max(0.0),
            Self::Lognormal { mu, sigma, mean, sd } => {
                let (mu, sigma) = match (mu, sigma, mean, sd) {
                    (_, _, Some(mean), Some(sd)) => of_mean_and_sd(*mean, *sd),
                    _ => (mu.unwrap_or(0.0), sigma.unwrap_or(1.0)),
                };
                libm::exp(mu + sigma * normal_quantile(u))
            }
            Self::Weibull { shape, scale } => {
                scale * libm::pow(standard_exponential(u), 1.0 / shape)
            }
            Self::Triangular { min, mode, max } => triangular(*min, *mode, *max, u),
            Self::Empirical { values, weights } => empirical(values, weights, u),
            Self::Atom { value, probability, otherwise, reversed } => {
                if u <= *probability {
                    return *value;
                }
                let rest = 1.0 - probability;
                let rest = if *reversed { (1.0 - u) / rest } else { (u - probability) / rest };
                otherwise.quantile(rest)
            }
            Self::Mixture { weights, of } => mixture(weights, of, u),
            Self::Shifted { by, of } => of.quantile(u) + by,
            Self::Scaled { by, of } => of.quantile(u) * by,
        }
    }

    /// The mean, roughly: over the middles of a thousand equal parts of the probability.
    pub fn rough_mean(&self) -> f64 {
        let parts = 1_000;
        let middle = |part: u32| (f64::from(part) + 0.5) / f64::from(parts);
        (0..parts).map(|part| self.quantile(middle(part))).sum::<f64>() / f64::from(parts)
    }

    /// What is wrong with the parameters, in words, if anything is.
    pub fn fault(&self) -> Option<String> {
        match self {
            Self::Constant(value) => (value.is_nan() || *value < 0.0)
                .then(|| "a constant must not be below 0".to_owned()),
            Self::Uniform { min, max } => ordered(*min, *min, *max),
            Self::Exponential { rate, mean } => one_of(&[("rate", *rate), ("mean", *mean)]),
            Self::Gamma { shape, rate, scale, mean } => {
                let scales = [("rate", *rate), ("scale", *scale), ("mean", *mean)];
                positive("shape", *shape).or_else(|| one_of(&scales))
            }
            Self::Erlang { stages, rate, mean } => positive("stages", f64::from(*stages))
                .or_else(|| one_of(&[("rate", *rate), ("mean", *mean)])),
            Self::Normal { mean, sd } => {
                finite("the mean", *mean).or_else(|| positive("the standard deviation", *sd))
            }
            Self::Lognormal { mu, sigma, mean, sd } => match (mu, sigma, mean, sd) {
                (Some(mu), Some(sigma), None, None) => {
                    finite("mu", *mu).or_else(|| positive("sigma", *sigma))
                }
                (None, None, Some(mean), Some(sd)) => {
                    positive("mean", *mean).or_else(|| positive("sd", *sd))
                }
                _ => Some("either mu and sigma or mean and sd must be given".to_owned()),
            },
            Self::Weibull { shape, scale } => {
                positive("shape", *shape).or_else(|| positive("scale", *scale))
            }
            Self::Triangular { min, mode, max } => ordered(*min, *mode, *max),
            Self::Empirical { values, weights } => empirical_fault(values, weights),
            Self::Atom { value, probability, otherwise, .. } => {
                let within = *probability >= 0.0 && *probability < 1.0 && *value >= 0.0;
                let wrong = "an atom needs a value not below 0 and a probability in [0, 1)";
                (!within).then(|| wrong.to_owned()).or_else(|| otherwise.fault())
            }
            Self::Mixture { weights, of } => {
                let fit = weights.len() == of.len() && weights.iter().all(|weight| *weight > 0.0);
                let finite = weights.iter().sum::<f64>().is_finite();
                let wrong = "weights must be as many as distributions, and above 0";
                (!fit || !finite || of.is_empty())
                    .then(|| wrong.to_owned())
                    .or_else(|| of.iter().find_map(Self::fault))
            }
            Self::Shifted { by, of } => {
                let wrong = "a shift must be finite and not below 0";
                let within = *by >= 0.0 && by.is_finite();
                (!within).then(|| wrong.to_owned()).or_else(|| of.fault())
            }
            Self::Scaled { by, of } => positive("a factor", *by).or_else(|| of.fault()),
        }
    }
}

fn positive(name: &str, value: f64) -> Option<String> {
    (!(value > 0.0 && value.is_finite())).then(|| format!("{name} must be above 0"))
}

fn finite(name: &str, value: f64) -> Option<String> {
    (!value.is_finite()).then(|| format!("{name} must be a finite number"))
}

/// Exactly one of the parameters is given, and it is above 0.
fn one_of(parameters: &[(&str, Option<f64>)]) -> Option<String> {
    let mut given = parameters.iter().filter_map(|(name, value)| Some((*name, (*value)?)));
    if let (Some((name, value)), None) = (given.next(), given.next()) {
        return positive(name, value);
    }
    let names: Vec<&str> = parameters.iter().map(|(name, _)| *name).collect();
    Some(format!("exactly one of {} must be given", names.join(", ")))
}

/// Mean and standard deviation of the logarithm of a lognormal variable.
fn of_mean_and_sd(mean: f64, sd: f64) -> (f64, f64) {
    let variance = libm::log1p((sd / mean) * (sd / mean));
    (libm::log(mean) - variance / 2.0, variance.sqrt())
}

fn mixture(weights: &[f64], of: &[Distribution], u: f64) -> f64 {
    let aim = u * weights.iter().sum::<f64>();
    let mut before = 0.0;
    for (place, (weight, distribution)) in weights.iter().zip(of).enumerate() {
        if before + weight > aim || place + 1 == of.len() {
            // Rounding must not lead out of the open interval.
            let within = (aim - before) / weight;
            return distribution.quantile(within.clamp(f64::MIN_POSITIVE, 1.0 - f64::EPSILON));
        }
        before += weight;
    }
    0.0
}

/// `-ln(1 - u)`: exponential with rate 1.
pub fn standard_exponential(u: f64) -> f64 {
    -libm::log1p(-u)
}

fn ordered(min: f64, mode: f64, max: f64) -> Option<String> {
    let within = min >= 0.0 && min <= mode && mode <= max && min < max && max.is_finite();
    (!within).then(|| "bounds must be 0 or above and in ascending order".to_owned())
}

fn triangular(min: f64, mode: f64, max: f64, u: f64) -> f64 {
    let width = max - min;
    if u * width <= mode - min {
        min + (u * width * (mode - min)).sqrt()
    } else {
        max - ((1.0 - u) * width * (max - mode)).sqrt()
    }
}

#[allow(clippy::cast_precision_loss)] // lists are shorter than 2^52
fn empirical(values: &[f64], weights: &[f64], u: f64) -> f64 {
    let weight = |place: usize| weights.get(place).copied().unwrap_or(1.0);
    let sum: f64 = if weights.is_empty() { values.len() as f64 } else { weights.iter().sum() };
    let aim = u * sum;
    let mut cumulated = 0.0;
    for (place, value) in values.iter().enumerate() {
        cumulated += weight(place);
        if cumulated > aim {
            return *value;
        }
    }
    values.last().copied().unwrap_or(0.0)
}

fn empirical_fault(values: &[f64], weights: &[f64]) -> Option<String> {
    let all = |list: &[f64]| list.iter().all(|value| *value >= 0.0 && value.is_finite());
    if values.is_empty() || !all(values) {
        return Some("values must be given, finite and not below 0".to_owned());
    }
    let fit = weights.is_empty() || (weights.len() == values.len() && all(weights));
    let some = weights.is_empty() || weights.iter().sum::<f64>() > 0.0;
    (!(fit && some)).then(|| "weights must be as many as values, not below 0, not all 0".to_owned())
}

/// The value that a standard normal variable does not exceed with probability `p`, to about 1e-16:
/// algorithm AS 241, PPND16 (Wichura, Applied Statistics 37(3), 1988).
pub fn normal_quantile(p: f64) -> f64 {
    let q = p - 0.5;
    if q.abs() <= 0.425 {
        let r = 0.180_625 - q * q;
        return q * polynomial(&CENTER_A, r) / polynomial(&CENTER_B, r);
    }
    let tail = if q < 0.0 { p } else { 1.0 - p };
    let r = (-libm::log(tail)).sqrt();
    let z = if r <= 5.0 {
        polynomial(&MIDDLE_C, r - 1.6) / polynomial(&MIDDLE_D, r - 1.6)
    } else {
        polynomial(&FAR_E, r - 5.0) / polynomial(&FAR_F, r - 5.0)
    };
    if q < 0.0 { -z } else { z }
}

/// A polynomial by Horner's rule, coefficients from the lowest power on.
fn polynomial(coefficients: &[f64; 8], x: f64) -> f64 {
    coefficients.iter().rev().fold(0.0, |sum, coefficient| sum * x + coefficient)
}

const CENTER_A: [f64; 8] = [
    3.387_132_872_796_366_5,
    133.141_667_891_784_38,
    1_971.590_950_306_551_3,
    13_731.693_765_509_46,
    45_921.953_931_549_87,
    67_265.770_927_008_7,
    33_430.575_583_588_13,
    2_509.080_928_730_122_7,
];
const CENTER_B: [f64; 8] = [
    1.0,
    42.313_330_701_600_91,
    687.187_007_492_057_9,
    5_394.196_021_424_751,
    21_213.794_301_586_597,
    39_307.895_800_092_71,
    28_729.085_735_721_943,
    5_226.495_278_852_854,
];
const MIDDLE_C: [f64; 8] = [
    1.423_437_110_749_683_5,
    4.630_337_846_156_546,
    5.769_497_221_460_691,
    3.647_848_324_763_204_5,
    1.270_458_252_452_368_4,
    0.241_780_725_177_450_6,
    0.022_723_844_989_269_184,
    7.745_450_142_783_414e-4,
];
const MIDDLE_D: [f64; 8] = [
    1.0,
    2.053_191_626_637_759,
    1.676_384_830_183_803_8,
    0.689_767_334_985_1,
    0.148_103_976_427_480_08,
    0.015_198_666_563_616_457,
    5.475_938_084_995_345e-4,
    1.050_750_071_644_416_9e-9,
];
const FAR_E: [f64; 8] = [
    6.657_904_643_501_103,
    5.463_784_911_164_114,
    1.784_826_539_917_291_3,
    0.296_560_571_828_504_87,
    0.026_532_189_526_576_124,
    0.001_242_660_947_388_078_4,
    2.711_555_568_743_487_6e-5,
    2.010_334_399_292_288e-7,
];
const FAR_F: [f64; 8] = [
    1.0,
    0.599_832_206_555_888,
    0.136_929_880_922_735_8,
    0.014_875_361_290_850_615,
    7.868_691_311_456_133e-4,
    1.846_318_317_510_054_8e-5,
    1.421_511_758_316_446e-7,
    2.044_263_103_389_94e-15,
];

#[cfg(test)]
mod tests {
    use super::*;

    fn close(found: f64, expected: f64) {
        assert!((found - expected).abs() < 1e-14 * expected.abs().max(1.0), "{found} {expected}");
    }

    #[test]
    fn normal_quantiles_are_those_of_the_tables() {
        close(normal_quantile(0.975), 1.959_963_984_540_054);
        close(normal_quantile(0.5), 0.0);
        close(normal_quantile(0.001), -3.090_232_306_167_813_5);
        close(normal_quantile(1e-20), -9.262_340_089_798_408);
    }

    #[test]
    fn each_inverse_is_its_formula() {
        let at = |distribution: Distribution, u| distribution.quantile(u);
        close(at(Distribution::Uniform { min: 2.0, max: 6.0 }, 0.25), 3.0);
        close(at(Distribution::exponential(2.0), 0.5), libm::log(2.0) / 2.0);
        close(at(Distribution::Weibull { shape: 2.0, scale: 3.0 }, 0.5), 2.497_663_833_473_093);
        close(at(Distribution::Triangular { min: 0.0, mode: 1.0, max: 2.0 }, 0.5), 1.0);
        let values = vec![1.0, 2.0, 3.0];
        let weights = vec![1.0, 0.0, 1.0];
        close(at(Distribution::Empirical { values: values.clone(), weights: vec![] }, 0.34), 2.0);
        close(at(Distribution::Empirical { values, weights }, 0.5), 3.0);
        let otherwise = Box::new(Distribution::exponential(1.0));
        let atom = Distribution::Atom { value: 0.0, probability: 0.2, otherwise, reversed: true };
        close(at(atom.clone(), 0.2), 0.0);
        close(at(atom, 0.6), libm::log(2.0));
        // Erlang with 2 stages: 1 - (1 + x) e^-x at its median.
        let x = at(Distribution::Erlang { stages: 2, rate: Some(1.0), mean: None }, 0.5);
        close((1.0 + x) * libm::exp(-x), 0.5);
        close(at(Distribution::Erlang { stages: 2, rate: None, mean: Some(2.0) }, 0.5), x);
        let gamma = Distribution::Gamma { shape: 2.0, rate: None, scale: None, mean: Some(2.0) };
        close(at(gamma, 0.5), x);
    }

    #[test]
    fn a_mixture_takes_each_at_its_weight() {
        let of = vec![Distribution::exponential(1.0), Distribution::Constant(7.0)];
        let mixed = Distribution::Mixture { weights: vec![1.0, 3.0], of };
        close(mixed.quantile(0.125), libm::log(2.0));
        close(mixed.quantile(0.25), 7.0);
        close(mixed.quantile(0.99), 7.0);
        assert!((mixed.rough_mean() - (0.25 + 0.75 * 7.0)).abs() < 0.01);
        let faulty = Distribution::Mixture { weights: vec![1.0], of: Vec::new() };
        assert!(faulty.fault().is_some());
    }

    #[test]
    fn a_lognormal_by_mean_and_deviation_has_them() {
        let of = Distribution::Lognormal { mu: None, sigma: None, mean: Some(3.0), sd: Some(2.0) };
        assert!((of.rough_mean() - 3.0).abs() < 0.02);
        // The median is mean / sqrt(1 + (sd / mean)^2).
        close(of.quantile(0.5), 3.0 / (1.0_f64 + 4.0 / 9.0).sqrt());
        let half =
            Distribution::Lognormal { mu: None, sigma: Some(1.0), mean: Some(3.0), sd: None };
        assert!(half.fault().is_some());
    }

    #[test]
    fn faulty_parameters_are_told() {
        let both = Distribution::Exponential { rate: Some(1.0), mean: Some(1.0) };
        assert!(both.fault().is_some());
        assert!(Distribution::exponential(-1.0).fault().is_some());
        assert!(Distribution::Constant(f64::NAN).fault().is_some());
        assert!(Distribution::Constant(f64::INFINITY).fault().is_none());
        assert!(Distribution::Uniform { min: 3.0, max: 2.0 }.fault().is_some());
        assert!(Distribution::exponential(0.5).fault().is_none());
    }
}
