//! How far chance moves a ratio of sums.
//!
//! 95 % confidence intervals over batches: with R = Σn/Σd over k batches, the variance is
//! k/(k−1) · Σ(nᵢ − R·dᵢ)² / (Σd)² (Cochran, Sampling Techniques, 6.4, without the finite population
//! correction), the quantile Student's t with k−1 degrees of freedom.

/// A numerator and a denominator.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Ratio(pub f64, pub f64);

impl Ratio {
    /// The quotient; `None` without a denominator.
    pub(crate) fn value(self) -> Option<f64> {
        (self.1 > 0.0).then(|| self.0 / self.1)
    }
}

/// All batches together.
pub(crate) fn sum(ratios: &[Ratio]) -> Ratio {
    ratios.iter().fold(Ratio(0.0, 0.0), |a, b| Ratio(a.0 + b.0, a.1 + b.1))
}

/// The 95 % interval of a ratio of sums over batches; see the head of this file.
pub(crate) fn interval(batches: &[Ratio]) -> Option<(f64, f64)> {
    let total = sum(batches);
    let ratio = total.value()?;
    // A batch without denominator tells nothing of the ratio: a queue without calls on that day.
    let told: Vec<&Ratio> = batches.iter().filter(|batch| batch.1 > 0.0).collect();
    let count = u32::try_from(told.len()).ok().filter(|count| *count >= 2)?;
    let squares: f64 = told.iter().map(|batch| libm::pow(batch.0 - ratio * batch.1, 2.0)).sum();
    let (k, free) = (f64::from(count), f64::from(count - 1));
    let half = student(free) * (k / free * squares).sqrt() / total.1;
    Some((ratio - half, ratio + half))
}

/// How much larger the ratio of `after` is than that of `before`, and the 95 % interval of it, over
/// batches that belong together in pairs: the residuals of both enter the variance as a difference.
pub(crate) fn difference(before: &[Ratio], after: &[Ratio]) -> Option<(f64, Option<(f64, f64)>)> {
    let (old, new) = (sum(before), sum(after));
    let gain = new.value()? - old.value()?;
    let residual = |batch: &Ratio, total: Ratio| (batch.0 - total.0 / total.1 * batch.1) / total.1;
    let pairs: Vec<f64> = before
        .iter()
        .zip(after)
        .filter(|(before, after)| before.1 > 0.0 || after.1 > 0.0)
        .map(|(before, after)| residual(after, new) - residual(before, old))
        .collect();
    let Some(count) = u32::try_from(pairs.len()).ok().filter(|count| *count >= 2) else {
        return Some((gain, None));
    };
    let squares: f64 = pairs.iter().map(|pair| pair * pair).sum();
    let (k, free) = (f64::from(count), f64::from(count - 1));
    let half = student(free) * (k / free * squares).sqrt();
    Some((gain, Some((gain - half, gain + half))))
}

/// The 97.5 % quantile of Student's t. Up to ten degrees of freedom from the table, beyond by the
/// expansion in 1/ν (Abramowitz and Stegun 26.7.5), then within 0.0001.
fn student(free: f64) -> f64 {
    const TABLE: [f64; 10] = [
        12.706_205, 4.302_653, 3.182_446, 2.776_445, 2.570_582, 2.446_912, 2.364_624, 2.306_004,
        2.262_157, 2.228_139,
    ];
    let of_table =
        TABLE.iter().zip(1_u8..).find(|(_, place)| (free - f64::from(*place)).abs() < 0.5);
    if let Some((quantile, _)) = of_table {
        return *quantile;
    }
    let z: f64 = 1.959_963_985;
    let first = (libm::pow(z, 3.0) + z) / 4.0;
    let second = (5.0 * libm::pow(z, 5.0) + 16.0 * libm::pow(z, 3.0) + 3.0 * z) / 96.0;
    let third = (3.0 * libm::pow(z, 7.0) + 19.0 * libm::pow(z, 5.0) + 17.0 * libm::pow(z, 3.0)
        - 15.0 * z)
        / 384.0;
    let fourth = 79.0 * libm::pow(z, 9.0) + 776.0 * libm::pow(z, 7.0) + 1482.0 * libm::pow(z, 5.0)
        - 1920.0 * libm::pow(z, 3.0);
    let fourth = (fourth - 945.0 * z) / 92_160.0;
    z + (first + (second + (third + fourth / free) / free) / free) / free
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(a: f64, b: f64) -> bool {
        (a - b).abs() < 1e-4
    }

    #[test]
    fn intervals_by_hand() {
        // Equal denominators: the ratio interval is the textbook one of the means 1, 2, 3.
        let batches = [Ratio(10.0, 10.0), Ratio(20.0, 10.0), Ratio(30.0, 10.0)];
        let (low, high) = interval(&batches).unwrap();
        assert!(close(low, 2.0 - 4.302_653 / 3.0_f64.sqrt()), "{low}");
        assert!(close(high, 2.0 + 4.302_653 / 3.0_f64.sqrt()), "{high}");
        assert_eq!(interval(&batches[..1]), None);
        // Pairs that all differ by 1/2 leave nothing to chance, whatever each of them varies.
        let more = [Ratio(15.0, 10.0), Ratio(25.0, 10.0), Ratio(35.0, 10.0)];
        let (gain, Some((low, high))) = difference(&batches, &more).unwrap() else { panic!() };
        assert!(close(gain, 0.5) && close(low, 0.5) && close(high, 0.5));
        // Against the constant 2 the interval is that of the means.
        let (gain, Some((low, _))) = difference(&[Ratio(20.0, 10.0); 3], &batches).unwrap() else {
            panic!()
        };
        assert!(close(gain, 0.0) && close(low, -4.302_653 / 3.0_f64.sqrt()), "{low}");
        for (free, quantile) in [(11.0, 2.200_985), (27.0, 2.051_831), (120.0, 1.979_930)] {
            assert!(close(student(free), quantile), "{free}: {}", student(free));
        }
    }
}
