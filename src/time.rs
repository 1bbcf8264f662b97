//! Engine time: microseconds since the Unix epoch, and spans of it.
//!
//! The core never reads a clock. Every function that needs the time takes a [`Timestamp`].
//! In binary both types are a plain integer; in JSON and TOML a timestamp is RFC 3339 text
//! (`"2026-03-01T09:00:00.000000Z"`) and a span is text with units (`"1m30s"`, `"250ms"`).

use std::fmt;
use std::ops::{Add, AddAssign, Sub};
use std::str::FromStr;

use chrono::{DateTime, Datelike, SecondsFormat, Utc};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// An instant of engine time in microseconds since 1970-01-01T00:00:00Z.
///
/// Wall time is engine time plus the offset that the engine records when the clock is rebased.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Timestamp(i64);

impl Timestamp {
    /// The Unix epoch.
    pub const EPOCH: Self = Self(0);
    /// The latest instant; stands for "never".
    pub const MAX: Self = Self(i64::MAX);

    /// The instant `micros` microseconds after the Unix epoch.
    pub const fn from_micros(micros: i64) -> Self {
        Self(micros)
    }

    /// The instant `millis` milliseconds after the Unix epoch, saturating.
    pub const fn from_millis(millis: i64) -> Self {
        Self(millis.saturating_mul(1_000))
    }

    /// The instant `secs` seconds after the Unix epoch, saturating.
    pub const fn from_secs(secs: i64) -> Self {
        Self(secs.saturating_mul(1_000_000))
    }

    /// Microseconds since the Unix epoch.
    pub const fn as_micros(self) -> i64 {
        self.0
    }

    /// The span from `earlier` to `self`; negative if `earlier` is later.
    #[must_use]
    pub const fn since(self, earlier: Self) -> Duration {
        Duration(self.0.saturating_sub(earlier.0))
    }

    /// As a chrono instant, for calendars and display; `None` outside chrono's range.
    pub fn to_utc(self) -> Option<DateTime<Utc>> {
        DateTime::from_timestamp_micros(self.0)
    }
}

impl Add<Duration> for Timestamp {
    type Output = Self;
    /// Saturates at the ends of the range: a deadline past the end of time is "never".
    fn add(self, span: Duration) -> Self {
        Self(self.0.saturating_add(span.0))
    }
}

impl AddAssign<Duration> for Timestamp {
    fn add_assign(&mut self, span: Duration) {
        *self = *self + span;
    }
}

impl Sub<Duration> for Timestamp {
    type Output = Self;
    fn sub(self, span: Duration) -> Self {
        Self(self.0.saturating_sub(span.0))
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // RFC 3339 has four-digit years; what lies outside (scaled model clocks) is told in ticks.
        match self.to_utc().filter(|utc| (1..=9999).contains(&utc.year())) {
            Some(utc) => f.write_str(&utc.to_rfc3339_opts(SecondsFormat::Micros, true)),
            None => write!(f, "@{}us", self.0),
        }
    }
}

impl fmt::Debug for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for Timestamp {
    type Err = TimeError;
    fn from_str(text: &str) -> Result<Self, TimeError> {
        let bad = || TimeError { text: text.to_owned(), expected: "an RFC 3339 timestamp" };
        if let Some(micros) = text.strip_prefix('@').and_then(|t| t.strip_suffix("us")) {
            return micros.parse().map(Self).map_err(|_| bad());
        }
        DateTime::parse_from_rfc3339(text).map(|t| Self(t.timestamp_micros())).map_err(|_| bad())
    }
}

/// A span of time in microseconds; may be negative where a difference is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Duration(i64);

/// Unit suffixes of the text form, largest first.
const UNITS: [(&str, i64); 6] = [
    ("d", 86_400_000_000),
    ("h", 3_600_000_000),
    ("m", 60_000_000),
    ("s", 1_000_000),
    ("ms", 1_000),
    ("us", 1),
];

impl Duration {
    /// No time at all.
    pub const ZERO: Self = Self(0);
    /// The longest span; stands for "without limit".
    pub const MAX: Self = Self(i64::MAX);

    /// A span of `micros` microseconds.
    pub const fn from_micros(micros: i64) -> Self {
        Self(micros)
    }

    /// A span of `millis` milliseconds, saturating.
    pub const fn from_millis(millis: i64) -> Self {
        Self(millis.saturating_mul(1_000))
    }

    /// A span of `secs` seconds, saturating.
    pub const fn from_secs(secs: i64) -> Self {
        Self(secs.saturating_mul(1_000_000))
    }

    /// A span of `mins` minutes, saturating.
    pub const fn from_mins(mins: i64) -> Self {
        Self(mins.saturating_mul(60_000_000))
    }

    /// A span of `hours` hours, saturating.
    pub const fn from_hours(hours: i64) -> Self {
        Self(hours.saturating_mul(3_600_000_000))
    }

    /// Whole microseconds.
    pub const fn as_micros(self) -> i64 {
        self.0
    }

    /// Whole milliseconds, rounded toward negative infinity.
    pub const fn as_millis(self) -> i64 {
        self.0.div_euclid(1_000)
    }

    /// Seconds as a float, for reports; never for a decision.
    #[allow(clippy::cast_precision_loss)]
    pub fn as_secs_f64(self) -> f64 {
        self.0 as f64 / 1e6
    }

    /// Whether the span is below zero.
    pub const fn is_negative(self) -> bool {
        self.0 < 0
    }
}

impl Add for Duration {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }
}

impl AddAssign for Duration {
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}

impl Sub for Duration {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }
}

impl fmt::Display for Duration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0 == 0 {
            return f.write_str("0s");
        }
        if self.0 < 0 {
            f.write_str("-")?;
        }
        let mut rest = self.0.unsigned_abs();
        for (unit, micros) in UNITS {
            let size = micros.unsigned_abs();
            if rest >= size {
                write!(f, "{}{unit}", rest / size)?;
                rest %= size;
            }
        }
        Ok(())
    }
}

impl fmt::Debug for Duration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for Duration {
    type Err = TimeError;
    /// Reads `1h30m`, `20s`, `1.5s`, `250ms`; each number needs a unit (d, h, m, s, ms, us).
    fn from_str(text: &str) -> Result<Self, TimeError> {
        let bad = || TimeError { text: text.to_owned(), expected: "a span such as 20s or 1m30s" };
        let (sign, mut rest) = match text.strip_prefix('-') {
            Some(rest) => (-1, rest),
            None => (1, text),
        };
        if rest.is_empty() {
            return Err(bad());
        }
        let mut micros: i64 = 0;
        while !rest.is_empty() {
            let number = rest.find(|c: char| c != '.' && !c.is_ascii_digit()).ok_or_else(bad)?;
            let (digits, tail) = rest.split_at(number);
            let unit = tail.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(tail.len());
            let (name, tail) = tail.split_at(unit);
            let (_, size) = UNITS.iter().find(|(u, _)| *u == name).ok_or_else(bad)?;
            let part = decimal_micros(digits, *size).ok_or_else(bad)?;
            micros = micros.checked_add(sign * part).ok_or_else(bad)?;
            rest = tail;
        }
        Ok(Self(micros))
    }
}

/// `digits` (with an optional decimal point) times `size`, exact to the microsecond or nothing.
fn decimal_micros(digits: &str, size: i64) -> Option<i64> {
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let mut micros = whole.parse::<i64>().ok()?.checked_mul(size)?;
    let mut place = size;
    for digit in fraction.bytes() {
        if place % 10 != 0 {
            return None;
        }
        place /= 10;
        micros = micros.checked_add(i64::from(digit.checked_sub(b'0')?) * place)?;
    }
    Some(micros)
}

/// A text that is not a time.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not {expected}")]
pub struct TimeError {
    text: String,
    expected: &'static str,
}

macro_rules! serde_as_micros_or_text {
    ($type:ident, $example:literal) => {
        impl Serialize for $type {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                if serializer.is_human_readable() {
                    serializer.collect_str(self)
                } else {
                    serializer.serialize_i64(self.0)
                }
            }
        }

        impl<'de> Deserialize<'de> for $type {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                if deserializer.is_human_readable() {
                    let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
                    text.parse().map_err(de::Error::custom)
                } else {
                    i64::deserialize(deserializer).map(Self)
                }
            }
        }

        #[cfg(feature = "schema")]
        impl schemars::JsonSchema for $type {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($type).into()
            }
            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                schemars::json_schema!({ "type": "string", "examples": [$example] })
            }
        }
    };
}

serde_as_micros_or_text!(Timestamp, "2026-03-01T09:00:00.000000Z");
serde_as_micros_or_text!(Duration, "1m30s");

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn text_forms_round_trip(micros in -200_000_000_000_000_000_i64..200_000_000_000_000_000) {
            let span = Duration::from_micros(micros);
            prop_assert_eq!(span.to_string().parse::<Duration>().unwrap(), span);
            let at = Timestamp::from_micros(micros);
            prop_assert_eq!(at.to_string().parse::<Timestamp>().unwrap(), at);
        }
    }

    #[test]
    fn extremes_round_trip_too() {
        for micros in [i64::MAX, i64::MIN + 1] {
            let at = Timestamp::from_micros(micros);
            assert_eq!(at.to_string().parse::<Timestamp>().unwrap(), at);
            let span = Duration::from_micros(micros);
            assert_eq!(span.to_string().parse::<Duration>().unwrap(), span);
        }
    }

    #[test]
    fn spans_read_as_people_write_them() {
        assert_eq!("1.5s".parse::<Duration>().unwrap(), Duration::from_millis(1_500));
        assert_eq!("1h30m".parse::<Duration>().unwrap(), Duration::from_mins(90));
        for bad in ["", "20", "s", "1.5us", "-", "20 s", "1..5s", "99999999999d"] {
            assert!(bad.parse::<Duration>().is_err(), "{bad}");
        }
    }
}
