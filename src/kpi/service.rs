//! Service level: no two vendors agree on it, so every way of counting has a name.

use serde::{Deserialize, Serialize};

use super::{Counts, Ratio};

/// A named way to count the service level. T is the service target that was in force when the
/// request was opened, and includes the target itself (wait ≤ T).
///
/// Source: service-level modes of the KPI reference. "Offered" contains those who flowed out, were
/// withdrawn, lost or are waiting; "answered + abandoned" does not.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ServiceLevelMode {
    /// Answered within T / answered. Cisco UCCX "only handled", Asterisk `SL:`.
    AnsweredOnly,
    /// Answered within T / offered. Cisco "negative", Amazon Connect.
    AbandonNegative,
    /// Answered within T / (offered − abandoned within T). Cisco "ignored".
    AbandonIgnored,
    /// (Answered within T + abandoned within T) / offered. Cisco "positive", Asterisk `SL2:`.
    AbandonPositive,
    /// Answered within T / (answered + abandoned). Genesys Cloud with its switches off: flow-outs are not
    /// in it, short and other abandons are.
    Genesys,
    /// Answered within T / (answered + abandoned − short abandons). Genesys Stat Server, RingCentral.
    ShortExcluded,
}

impl ServiceLevelMode {
    /// All modes, in order.
    pub const ALL: [Self; 6] = [
        Self::AnsweredOnly,
        Self::AbandonNegative,
        Self::AbandonIgnored,
        Self::AbandonPositive,
        Self::Genesys,
        Self::ShortExcluded,
    ];

    /// The name of the mode, as in reports.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::AnsweredOnly => "answered_only",
            Self::AbandonNegative => "abandon_negative",
            Self::AbandonIgnored => "abandon_ignored",
            Self::AbandonPositive => "abandon_positive",
            Self::Genesys => "genesys",
            Self::ShortExcluded => "short_excluded",
        }
    }
}

/// What the service level is made of: numbers of requests.
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash, Debug)]
pub struct ServiceCounts {
    /// All who entered the queue.
    pub offered: u64,
    /// Those who were answered.
    pub answered: u64,
    /// Of these, within the target.
    pub answered_in_target: u64,
    /// Those who left by themselves.
    pub abandoned: u64,
    /// Of these, within the target.
    pub abandoned_in_target: u64,
    /// Of the abandoned, the short ones.
    pub short: u64,
    /// Of the short ones, within the target.
    pub short_in_target: u64,
}

impl ServiceCounts {
    /// The same as if those who abandoned early had never come (Cisco UCCE, PressOne).
    ///
    /// Exclusions are one set: an abandon that is both short and within the target leaves a
    /// denominator once, whatever the mode also excludes.
    #[must_use]
    pub const fn without_short(self) -> Self {
        Self {
            offered: self.offered.saturating_sub(self.short),
            abandoned: self.abandoned.saturating_sub(self.short),
            abandoned_in_target: self.abandoned_in_target.saturating_sub(self.short_in_target),
            short: 0,
            short_in_target: 0,
            ..self
        }
    }

    /// The service level in a mode (KPI dictionary row 3).
    pub const fn level(self, mode: ServiceLevelMode) -> Ratio {
        let Self { offered, answered, answered_in_target: good, abandoned, short, .. } = self;
        let gone = self.abandoned_in_target;
        match mode {
            ServiceLevelMode::AnsweredOnly => Ratio::new(good, answered),
            ServiceLevelMode::AbandonNegative => Ratio::new(good, offered),
            ServiceLevelMode::AbandonIgnored => Ratio::new(good, offered.saturating_sub(gone)),
            ServiceLevelMode::AbandonPositive => Ratio::new(good + gone, offered),
            ServiceLevelMode::Genesys => Ratio::new(good, answered + abandoned),
            ServiceLevelMode::ShortExcluded => {
                Ratio::new(good, answered + abandoned.saturating_sub(short))
            }
        }
    }

    /// Abandonment rate: abandoned / offered (KPI dictionary row 4). The variant in which short
    /// abandons leave both sides is that of [`ServiceCounts::without_short`].
    pub const fn abandon_rate(self) -> Ratio {
        Ratio::new(self.abandoned, self.offered)
    }
}

impl From<&Counts> for ServiceCounts {
    fn from(counts: &Counts) -> Self {
        Self {
            offered: counts.offered,
            answered: counts.answered,
            answered_in_target: counts.answered_in_target,
            abandoned: counts.abandoned,
            abandoned_in_target: counts.abandoned_in_target,
            short: counts.short_abandoned,
            short_in_target: counts.short_in_target,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn percent(counts: ServiceCounts, mode: ServiceLevelMode) -> String {
        counts.level(mode).value().map_or("–".to_owned(), |v| format!("{:.1}", v * 100.0))
    }

    /// Of 100 calls 70 were answered within T, 10 abandoned within T, 20 came to an end later.
    #[test]
    fn the_manufacturers_own_example_comes_out() {
        let counts = ServiceCounts {
            offered: 100,
            answered: 90,
            answered_in_target: 70,
            abandoned: 10,
            abandoned_in_target: 10,
            ..ServiceCounts::default()
        };
        assert_eq!(percent(counts, ServiceLevelMode::AbandonIgnored), "77.8");
        assert_eq!(percent(counts, ServiceLevelMode::AbandonNegative), "70.0");
        assert_eq!(percent(counts, ServiceLevelMode::AbandonPositive), "80.0");
        assert_eq!(percent(counts, ServiceLevelMode::AnsweredOnly), "77.8");
    }

    /// The queues of a real Asterisk log: 97 = 58 + 38 + 1 timed out, and 34 = 29 + 5.
    #[test]
    fn a_real_log_gives_its_published_figures() {
        let support = ServiceCounts {
            offered: 97,
            answered: 58,
            answered_in_target: 17,
            abandoned: 38,
            abandoned_in_target: 27,
            ..ServiceCounts::default()
        };
        let sales = ServiceCounts {
            offered: 34,
            answered: 29,
            answered_in_target: 14,
            abandoned: 5,
            abandoned_in_target: 1,
            ..ServiceCounts::default()
        };
        let modes = ServiceLevelMode::ALL;
        let levels = |counts| modes.map(|mode| percent(counts, mode));
        assert_eq!(levels(support), ["29.3", "17.5", "24.3", "45.4", "17.7", "17.7"]);
        assert_eq!(levels(sales), ["48.3", "41.2", "42.4", "44.1", "41.2", "41.2"]);
        assert_eq!(support.level(ServiceLevelMode::Genesys), Ratio::new(17, 96));
        assert_eq!(sales.level(ServiceLevelMode::Genesys), Ratio::new(14, 34));
    }

    #[test]
    fn an_abandon_both_short_and_in_target_is_excluded_once() {
        let counts = ServiceCounts {
            offered: 10,
            answered: 6,
            answered_in_target: 6,
            abandoned: 4,
            abandoned_in_target: 3,
            short: 2,
            short_in_target: 2,
        };
        // Four abandons, three of them in target, two of these short: one is neither.
        let left = counts.without_short();
        assert_eq!(left.level(ServiceLevelMode::AbandonIgnored), Ratio::new(6, 7));
        assert_eq!(counts.level(ServiceLevelMode::AbandonIgnored), Ratio::new(6, 7));
        assert_eq!(counts.level(ServiceLevelMode::ShortExcluded), Ratio::new(6, 8));
        assert_eq!(left.level(ServiceLevelMode::ShortExcluded), Ratio::new(6, 8));
        assert_eq!(counts.level(ServiceLevelMode::Genesys), Ratio::new(6, 10));
        assert_eq!(left.level(ServiceLevelMode::AbandonNegative), Ratio::new(6, 8));
    }

    #[test]
    fn nothing_offered_is_no_level() {
        for mode in ServiceLevelMode::ALL {
            assert_eq!(ServiceCounts::default().level(mode).value(), None, "{}", mode.as_str());
        }
    }
}
