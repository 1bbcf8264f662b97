//! The incomplete gamma function and its inverse.
//!
//! Series and continued fraction: Abramowitz and Stegun, "Handbook of Mathematical Functions", 6.5.29
//! and 6.5.31, the fraction by the method of Lentz. The density by the saddle-point expansion of
//! Loader ("Fast and accurate computation of binomial probabilities", 2000), which loses no digits for
//! large shapes. Only `libm` and what IEEE 754 defines, so the same on every machine.
#![allow(clippy::many_single_char_names)] // the letters of the formulas

use std::f64::consts::PI;

/// Steps after which a sum or fraction is taken as it is; never reached for shapes up to 10^8.
const MOST_TERMS: u32 = 200_000;
/// Steps of the search for a quantile.
const MOST_STEPS: u32 = 200;
/// From this shape on the density comes from the saddle-point expansion.
const SADDLE_POINT_FROM: f64 = 10.0;
/// A step of the search, relative to the value, after which the next would change nothing.
const SETTLED: f64 = 1e-8;
const TINY: f64 = 1e-300;

/// The distribution function of Gamma(shape, 1) at `x` and its complement.
pub fn gamma_cdf(shape: f64, x: f64) -> (f64, f64) {
    if x <= 0.0 {
        return (0.0, 1.0);
    }
    if !x.is_finite() {
        return (1.0, 0.0);
    }
    if x < shape + 1.0 {
        let lower = below(shape, x);
        (lower, 1.0 - lower)
    } else {
        let upper = above(shape, x);
        (1.0 - upper, upper)
    }
}

/// The value of Gamma(shape, 1) that is not exceeded with probability `u`, for `shape > 0` and `u` in
/// (0, 1), to about 1e-14 relative.
///
/// Halley's method on the logarithm of the value, held between bounds that close in on the root; it
/// follows whichever of the two tails is the smaller one.
pub fn gamma_quantile(shape: f64, u: f64) -> f64 {
    if u <= 0.0 {
        return 0.0;
    }
    if u >= 1.0 {
        return f64::INFINITY;
    }
    let mut x = first_guess(shape, u);
    let (mut low, mut high) = (0.0_f64, f64::INFINITY);
    for _ in 0..MOST_STEPS {
        let (lower, upper) = gamma_cdf(shape, x);
        let excess = if u < 0.5 { lower - u } else { (1.0 - u) - upper };
        if excess > 0.0 {
            high = x;
        } else {
            low = x;
        }
        // In t = ln x the density is x * f(x) and its logarithmic derivative shape - x.
        let newton = excess / log_scale_density(shape, x);
        let halley = newton / (1.0 - 0.5 * newton * (shape - x)).clamp(0.5, 2.0);
        if halley.abs() <= SETTLED {
            // The steps shrink with the third power: what is left after this one is below rounding.
            return x * (1.0 - halley);
        }
        let next = x * libm::exp(-halley.clamp(-5.0, 5.0));
        x = if next > low && next < high {
            next
        } else if high.is_finite() {
            f64::midpoint(low, high)
        } else {
            x * 2.0
        };
    }
    x
}

/// Wilson and Hilferty's cube, or the leading term of the lower tail where that fails.
fn first_guess(shape: f64, u: f64) -> f64 {
    let tail = libm::exp((libm::log(u) + libm::lgamma(shape + 1.0)) / shape);
    if shape < 0.5 || tail < 0.1 * shape {
        return if tail > 0.0 && tail.is_finite() { tail.min(shape + 50.0) } else { TINY };
    }
    let c = 1.0 / (9.0 * shape);
    let cube = 1.0 - c + super::distribution::normal_quantile(u) * c.sqrt();
    if cube > 0.1 { shape * cube * cube * cube } else { tail }
}

/// `x * f(x)` of Gamma(shape, 1): `x^shape * e^-x / gamma(shape)`.
fn log_scale_density(shape: f64, x: f64) -> f64 {
    if shape < SADDLE_POINT_FROM {
        return libm::exp(shape * libm::log(x) - x - libm::lgamma(shape));
    }
    let exponent = -stirling_error(shape) - deviance(shape, x);
    shape * libm::exp(exponent) / (2.0 * PI * shape).sqrt()
}

/// `shape * ln(shape / x) + x - shape` without cancellation near `x = shape`.
fn deviance(shape: f64, x: f64) -> f64 {
    let difference = shape - x;
    if difference.abs() >= 0.1 * (shape + x) {
        return shape * libm::log(shape / x) - difference;
    }
    let v = difference / (shape + x);
    let mut sum = difference * v;
    let mut power = 2.0 * shape * v;
    let square = v * v;
    for term in 1..MOST_TERMS {
        power *= square;
        let next = sum + power / (2.0 * f64::from(term) + 1.0);
        if next.to_bits() == sum.to_bits() {
            break;
        }
        sum = next;
    }
    sum
}

/// `ln(gamma(n + 1)) - ((n + 1/2) ln n - n + ln(2 pi) / 2)`, Stirling's series, for `n >= 10`.
fn stirling_error(n: f64) -> f64 {
    let square = n * n;
    let tail = 1.0 / 1188.0 - 691.0 / 360_360.0 / square;
    let tail = 1.0 / 1680.0 - tail / square;
    let tail = 1.0 / 1260.0 - tail / square;
    let tail = 1.0 / 360.0 - tail / square;
    (1.0 / 12.0 - tail / square) / n
}

/// The lower tail by its series, for `x < shape + 1`.
fn below(shape: f64, x: f64) -> f64 {
    let mut term = 1.0 / shape;
    let mut sum = term;
    let mut n = shape;
    for _ in 0..MOST_TERMS {
        n += 1.0;
        term *= x / n;
        sum += term;
        if term < sum * 1e-17 {
            break;
        }
    }
    sum * log_scale_density(shape, x)
}

/// The upper tail by its continued fraction, for `x >= shape + 1`.
fn above(shape: f64, x: f64) -> f64 {
    let mut b = x + 1.0 - shape;
    let mut c = 1.0 / TINY;
    let mut d = 1.0 / b;
    let mut fraction = d;
    for i in 1..MOST_TERMS {
        let i = f64::from(i);
        let a = -i * (i - shape);
        b += 2.0;
        d = a * d + b;
        d = 1.0 / if d.abs() < TINY { TINY } else { d };
        c = b + a / c;
        c = if c.abs() < TINY { TINY } else { c };
        let factor = d * c;
        fraction *= factor;
        if (factor - 1.0).abs() < 1e-16 {
            break;
        }
    }
    fraction * log_scale_density(shape, x)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(found: f64, expected: f64, relative: f64) {
        assert!((found / expected - 1.0).abs() < relative, "{found} is not {expected}");
    }

    #[test]
    fn shape_one_is_the_exponential() {
        for u in [1e-12, 1e-3, 0.1, 0.5, 0.9, 0.999, 1.0 - 1e-9] {
            close(gamma_quantile(1.0, u), -libm::log1p(-u), 1e-14);
        }
    }

    #[test]
    fn shape_one_half_is_half_a_squared_normal() {
        for u in [0.01, 0.3, 0.5, 0.77, 0.99] {
            let z = super::super::distribution::normal_quantile(f64::midpoint(1.0, u));
            close(gamma_quantile(0.5, u), z * z / 2.0, 1e-12);
        }
    }

    #[test]
    fn the_quantile_inverts_the_distribution_function() {
        for shape in [0.01, 0.3, 0.999, 2.5, 9.99, 10.0, 28.7, 400.0, 1e5] {
            for u in [1e-10, 0.001, 0.0957, 0.5, 0.66, 0.975, 1.0 - 1e-7] {
                let x = gamma_quantile(shape, u);
                if x < 1e-290 {
                    continue; // below what a double tells apart
                }
                let (lower, upper) = gamma_cdf(shape, x);
                if u < 0.5 {
                    close(lower, u, 1e-12);
                } else {
                    close(upper, 1.0 - u, 1e-12);
                }
            }
        }
    }

    #[test]
    fn the_published_busyness_factors_come_out() {
        // First three uniforms of stream 4, Gamma(28.7, rate 28.7), published to 16 digits.
        let uniforms = [0.095_702_620_899_804_22, 0.662_870_618_020_437_9, 0.236_428_390_065_465_4];
        let factors = [0.765_587_349_643_464_6, 1.068_397_123_597_728_8, 0.861_236_043_048_920_2];
        for (u, factor) in uniforms.into_iter().zip(factors) {
            close(gamma_quantile(28.7, u) / 28.7, factor, 1e-13);
        }
    }
}
