//! Student's t distribution, by the incomplete beta function (Abramowitz and Stegun, "Handbook of
//! Mathematical Functions", 26.7.1 and 26.5.8, the fraction by the method of Lentz).
#![allow(clippy::many_single_char_names)] // the letters of the formulas

const MOST_TERMS: u32 = 10_000;
const TINY: f64 = 1e-300;

/// The value that Student's t with `freedom` degrees does not exceed with probability `p`.
pub fn student_t_quantile(p: f64, freedom: f64) -> f64 {
    if p < 0.5 {
        return -student_t_quantile(1.0 - p, freedom);
    }
    if p <= 0.5 {
        return 0.0;
    }
    let tail = 1.0 - p;
    let (mut low, mut high) = (0.0_f64, 1.0_f64);
    while upper_tail(high, freedom) > tail && high < 1e300 {
        low = high;
        high *= 2.0;
    }
    let mut t = f64::midpoint(low, high);
    for _ in 0..200 {
        let excess = upper_tail(t, freedom) - tail;
        if excess > 0.0 {
            low = t;
        } else {
            high = t;
        }
        let step = excess / density(t, freedom);
        if step.abs() <= 1e-9 * t {
            return t + step;
        }
        let next = t + step;
        t = if next > low && next < high { next } else { f64::midpoint(low, high) };
    }
    t
}

/// The probability to exceed `t`, which is not negative.
fn upper_tail(t: f64, freedom: f64) -> f64 {
    let square = t * t;
    let (x, y) = (freedom / (freedom + square), square / (freedom + square));
    0.5 * beta(freedom / 2.0, 0.5, x, y)
}

fn density(t: f64, freedom: f64) -> f64 {
    let log = libm::lgamma(f64::midpoint(freedom, 1.0))
        - libm::lgamma(freedom / 2.0)
        - f64::midpoint(freedom, 1.0) * libm::log1p(t * t / freedom);
    libm::exp(log) / (freedom * std::f64::consts::PI).sqrt()
}

/// The regularized incomplete beta function at `x`, with `y = 1 - x` given apart.
fn beta(a: f64, b: f64, x: f64, y: f64) -> f64 {
    if x <= 0.0 || y <= 0.0 {
        return if x <= 0.0 { 0.0 } else { 1.0 };
    }
    let log = libm::lgamma(a + b) - libm::lgamma(a) - libm::lgamma(b)
        + a * libm::log(x)
        + b * libm::log(y);
    let front = libm::exp(log);
    if x < (a + 1.0) / (a + b + 2.0) {
        front * fraction(a, b, x) / a
    } else {
        1.0 - front * fraction(b, a, y) / b
    }
}

fn fraction(a: f64, b: f64, x: f64) -> f64 {
    let away = |value: f64| if value.abs() < TINY { TINY } else { value };
    let mut c = 1.0;
    let mut d = 1.0 / away(1.0 - (a + b) * x / (a + 1.0));
    let mut result = d;
    for m in 1..MOST_TERMS {
        let m = f64::from(m);
        let even = m * (b - m) * x / ((a + 2.0 * m - 1.0) * (a + 2.0 * m));
        d = 1.0 / away(1.0 + even * d);
        c = away(1.0 + even / c);
        result *= d * c;
        let odd = -(a + m) * (a + b + m) * x / ((a + 2.0 * m) * (a + 2.0 * m + 1.0));
        d = 1.0 / away(1.0 + odd * d);
        c = away(1.0 + odd / c);
        let factor = d * c;
        result *= factor;
        if (factor - 1.0).abs() < 1e-16 {
            break;
        }
    }
    result
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_those_of_the_tables() {
        for (p, freedom, expected) in [
            (0.975, 1.0, 12.706_204_736_174_698),
            (0.975, 2.0, 4.302_652_729_749_464),
            (0.975, 9.0, 2.262_157_162_798_205),
            (0.95, 30.0, 1.697_260_886_593_957_5),
            (0.975, 999.0, 1.962_341_461_133_449_3),
            (0.995, 5.0, 4.032_142_983_555_228),
        ] {
            let t = student_t_quantile(p, freedom);
            assert!((t / expected - 1.0).abs() < 1e-10, "{p} {freedom}: {t}");
            assert!((student_t_quantile(1.0 - p, freedom) + t).abs() < 1e-9 * t);
        }
    }
}
