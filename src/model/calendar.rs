//! Opening hours evaluated: open or closed at an instant, and when that changes next.
//!
//! Every opening span begins on a local date and is turned into two instants. Where clocks change:
//! - a time that the change skips stands for the moment of the change;
//! - of a time that the change repeats, an opening takes the first and a closing the second, so
//!   that whenever the wall clock shows an open time, it is open.

use std::collections::BTreeMap;

use chrono::{
    DateTime, Datelike, Days, MappedLocalTime, NaiveDate, NaiveDateTime, NaiveTime, Offset,
    TimeDelta, TimeZone,
};
use chrono_tz::Tz;

use super::{Fault, Faults, Hours, TimeOfDay};
use crate::time::{Duration, Timestamp};

const BEGINS_LATE: &str = "a span cannot begin at 24:00; use 00:00 of the next day";

/// How far [`Calendar::next_change`] looks ahead.
const HORIZON_DAYS: u64 = 400;

/// [`Hours`] made ready for evaluation: zone resolved, dates parsed, spans sorted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Calendar {
    zone: Tz,
    /// Spans that begin on each day of the week, from Monday.
    weekly: [Vec<Span>; 7],
    special: BTreeMap<NaiveDate, Vec<Span>>,
}

/// Minutes from the midnight at which the local date begins; `to` is after `from`, at most 48 hours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Span {
    from: u16,
    to: u16,
}

impl Span {
    /// `to` at or before `from` is a time of the next day.
    fn new(from: TimeOfDay, to: TimeOfDay) -> Self {
        let (from, to) = (from.minutes(), to.minutes());
        Self { from, to: if to > from { to } else { to + 24 * 60 } }
    }
}

/// The IANA zone of that name; UTC when empty.
pub(super) fn zone(name: &str) -> Result<Tz, String> {
    if name.is_empty() {
        return Ok(Tz::UTC);
    }
    name.parse()
        .map_err(|_| format!("unknown time zone {name:?}; use a name such as \"Europe/Madrid\""))
}

impl Calendar {
    /// Makes hours ready for evaluation. `default_zone` (the center's) is used by hours that name
    /// none; empty means UTC.
    ///
    /// # Errors
    /// All faults of the hours, with paths relative to them: an unknown time zone, a date that is
    /// none or given twice, a span that begins at 24:00, a weekly span without days.
    pub fn new(hours: &Hours, default_zone: &str) -> Result<Self, Faults> {
        let mut faults = Vec::new();
        let mut fault = |path: String, message: String| faults.push(Fault { path, message });
        let name = if hours.time_zone.is_empty() { default_zone } else { &hours.time_zone };
        let zone = zone(name).unwrap_or_else(|message| {
            fault("time_zone".to_owned(), message);
            Tz::UTC
        });
        let late = |from: TimeOfDay| from.minutes() >= 24 * 60;
        let mut weekly: [Vec<Span>; 7] = Default::default();
        for (i, span) in hours.weekly.iter().enumerate() {
            if span.days.is_empty() {
                fault(format!("weekly.{i}.days"), "names no day".to_owned());
            }
            if late(span.from) {
                fault(format!("weekly.{i}.from"), BEGINS_LATE.to_owned());
            }
            for day in &span.days {
                if let Some(spans) = weekly.get_mut(*day as usize) {
                    spans.push(Span::new(span.from, span.to));
                }
            }
        }
        let mut special = BTreeMap::new();
        for (i, day) in hours.special.iter().enumerate() {
            if day.open.iter().any(|(from, _)| late(*from)) {
                fault(format!("special.{i}.open"), BEGINS_LATE.to_owned());
            }
            let spans: Vec<Span> =
                day.open.iter().map(|(from, to)| Span::new(*from, *to)).collect();
            match date(&day.date) {
                None => fault(
                    format!("special.{i}.date"),
                    format!("{:?} is no date YYYY-MM-DD", day.date),
                ),
                Some(date) if special.insert(date, spans).is_some() => {
                    fault(format!("special.{i}.date"), format!("{} is given twice", day.date));
                }
                Some(_) => {}
            }
        }
        Faults::none_of(faults)?;
        weekly.iter_mut().chain(special.values_mut()).for_each(|spans| spans.sort_unstable());
        Ok(Self { zone, weekly, special })
    }

    /// Whether it is open at `at` (wall time). An instant beyond the calendar's range is closed.
    pub fn is_open(&self, at: Timestamp) -> bool {
        // Yesterday's spans may still run, and clock changes may move a midnight.
        self.intervals(at, 4).any(|(from, to)| from <= at && at < to)
    }

    /// The next instant strictly after `at` (wall time) at which it opens or closes; none if it
    /// stays as it is for about the next 400 days.
    pub fn next_change(&self, at: Timestamp) -> Option<Timestamp> {
        // Intervals come sorted by their beginning; those that touch or overlap make one.
        let mut open_until = None;
        for (from, to) in self.intervals(at, HORIZON_DAYS).filter(|(_, to)| *to > at) {
            match open_until {
                None if from > at => return Some(from),
                Some(end) if from > end => return Some(end),
                _ => open_until = open_until.max(Some(to)),
            }
        }
        // An end beyond the last day looked at may be continued by the day after.
        let unseen = self.first_date(at)?.checked_add_days(Days::new(HORIZON_DAYS))?;
        let unseen = self.instant(unseen, 0, Pass::First)?;
        open_until.filter(|end| *end < unseen)
    }

    /// The instant (wall time) at which it has been open for `span` since `from`: a clock that runs while
    /// the calendar is open. Plainly `span` later where it stays closed before that for about 400 days.
    pub fn after_open(&self, from: Timestamp, span: Duration) -> Timestamp {
        let (mut at, mut left) = (from, span);
        // Each round is one opening or closing.
        while left > Duration::ZERO {
            let open = self.is_open(at);
            let Some(next) = self.next_change(at) else {
                return if open { at + left } else { from + span };
            };
            if open {
                let passed = next.since(at).min(left);
                left = left - passed;
                at += passed;
            } else {
                at = next;
            }
        }
        at
    }

    /// The intervals that begin on one of `days` local dates, from two days before the one of `at`.
    fn intervals(
        &self,
        at: Timestamp,
        days: u64,
    ) -> impl Iterator<Item = (Timestamp, Timestamp)> + '_ {
        let dates = self.first_date(at).into_iter().flat_map(move |first| {
            (0..days).map_while(move |ahead| first.checked_add_days(Days::new(ahead)))
        });
        dates.flat_map(move |date| {
            self.spans_of(date).iter().filter_map(move |span| {
                let from = self.instant(date, span.from, Pass::First)?;
                let to = self.instant(date, span.to, Pass::Second)?;
                (from < to).then_some((from, to))
            })
        })
    }

    fn first_date(&self, at: Timestamp) -> Option<NaiveDate> {
        let utc = at.to_utc()?.naive_utc();
        let offset = self.zone.offset_from_utc_datetime(&utc).fix();
        utc.checked_add_offset(offset)?.date().checked_sub_days(Days::new(2))
    }

    fn spans_of(&self, date: NaiveDate) -> &[Span] {
        let of_week = || self.weekly.get(date.weekday().num_days_from_monday() as usize);
        self.special.get(&date).or_else(of_week).map_or(&[], Vec::as_slice)
    }

    /// The instant at which the wall clock shows `minutes` after the beginning of `date`.
    fn instant(&self, date: NaiveDate, minutes: u16, pass: Pass) -> Option<Timestamp> {
        let midnight = date.and_time(NaiveTime::MIN);
        let local = midnight.checked_add_signed(TimeDelta::minutes(minutes.into()))?;
        let found = match self.zone.from_local_datetime(&local) {
            MappedLocalTime::Single(instant) => instant,
            MappedLocalTime::Ambiguous(first, second) => match pass {
                Pass::First => first,
                Pass::Second => second,
            },
            MappedLocalTime::None => self.end_of_gap(local)?,
        };
        Some(Timestamp::from_micros(found.timestamp_micros()))
    }

    /// The first minute that the wall clock shows after a time it skips; a gap is a day at most.
    fn end_of_gap(&self, skipped: NaiveDateTime) -> Option<DateTime<Tz>> {
        (1..=24 * 60).find_map(|minutes| {
            let later = skipped.checked_add_signed(TimeDelta::minutes(minutes))?;
            self.zone.from_local_datetime(&later).earliest()
        })
    }
}

/// Which of two instants a repeated wall-clock time stands for.
#[derive(Clone, Copy)]
enum Pass {
    First,
    Second,
}

/// `YYYY-MM-DD` and nothing else; chrono alone would take `2026-1-1` too.
fn date(text: &str) -> Option<NaiveDate> {
    let date: NaiveDate = text.parse().ok()?;
    (date.format("%Y-%m-%d").to_string() == text).then_some(date)
}

#[cfg(test)]
mod tests {
    use chrono::Timelike;
    use proptest::prelude::*;

    use super::*;
    use crate::model::{SpecialDay, Weekday, WeeklySpan};
    use crate::time::Duration;

    const ZONES: [&str; 6] = [
        "UTC",
        "Europe/Madrid",
        "America/New_York",
        "Australia/Lord_Howe", // half an hour
        "America/Havana",      // at midnight
        "Asia/Kathmandu",
    ];

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn time(text: &str) -> TimeOfDay {
        text.parse().unwrap()
    }

    /// Open on one date alone.
    fn once(zone: &str, date: &str, from: &str, to: &str) -> Calendar {
        let day = SpecialDay::closed(date, "").open(time(from), time(to));
        let hours = Hours { time_zone: zone.to_owned(), special: vec![day], ..Hours::default() };
        Calendar::new(&hours, "").unwrap()
    }

    /// The one opening after the beginning of 2026.
    fn opening(calendar: &Calendar) -> Option<(Timestamp, Timestamp)> {
        let from = calendar.next_change(at("2026-01-01T00:00:00Z"))?;
        Some((from, calendar.next_change(from)?))
    }

    #[test]
    fn skipped_times_stand_for_the_moment_of_the_change() {
        // 02:00 to 03:00 is skipped at 01:00 UTC in Madrid, at 07:00 UTC in New York.
        for (zone, date, change) in [
            ("Europe/Madrid", "2026-03-29", "2026-03-29T01:00:00Z"),
            ("America/New_York", "2026-03-08", "2026-03-08T07:00:00Z"),
        ] {
            let change = at(change);
            let hours = Duration::from_hours;
            let open = |from, to| opening(&once(zone, date, from, to));
            assert_eq!(open("01:00", "02:30"), Some((change - hours(1), change)), "{zone}");
            for from in ["02:00", "02:30", "02:59"] {
                assert_eq!(open(from, "04:00"), Some((change, change + hours(1))), "{zone}");
            }
            assert_eq!(open("01:00", "04:00"), Some((change - hours(1), change + hours(1))));
            assert_eq!(open("02:10", "02:50"), None, "{zone}");
        }
    }

    #[test]
    fn a_whole_date_may_be_skipped() {
        // Samoa went from the 29th straight to the 31st, at 10:00 UTC.
        let day = SpecialDay::closed("2011-12-30", "").open(time("00:00"), time("09:00"));
        let weekly = WeeklySpan::new(&[Weekday::Thursday], time("22:00"), time("00:00"));
        let hours = Hours { weekly: vec![weekly], special: vec![day], ..Hours::default() };
        let calendar = Calendar::new(&hours, "Pacific/Apia").unwrap();
        let change = at("2011-12-30T10:00:00Z");
        assert!(calendar.is_open(change - Duration::from_mins(1)));
        assert_eq!(calendar.next_change(change - Duration::from_mins(1)), Some(change));
        assert!(!calendar.is_open(change));
    }

    #[test]
    fn repeated_times_are_open_both_times_and_between() {
        // 02:00 to 03:00 comes twice in Madrid, from 00:00 UTC; 01:00 to 02:00 in New York, from 05:00.
        for (zone, date, first, times) in [
            (
                "Europe/Madrid",
                "2026-10-25",
                "2026-10-25T00:00:00Z",
                ["02:15", "02:45", "01:00", "04:00"],
            ),
            (
                "America/New_York",
                "2026-11-01",
                "2026-11-01T05:00:00Z",
                ["01:15", "01:45", "00:00", "03:00"],
            ),
        ] {
            let [early, late, before, after] = times;
            let minutes = |n| at(first) + Duration::from_mins(n);
            let open = |from, to| opening(&once(zone, date, from, to));
            assert_eq!(open(early, late), Some((minutes(15), minutes(105))), "{zone}");
            assert_eq!(open(before, early), Some((minutes(-60), minutes(75))), "{zone}");
            assert_eq!(open(late, after), Some((minutes(45), minutes(180))), "{zone}");
        }
    }

    #[test]
    fn a_special_day_replaces_what_begins_on_it_and_nothing_else() {
        let night = WeeklySpan::new(&Weekday::ALL, time("22:00"), time("02:00"));
        let hours = Hours {
            weekly: vec![night],
            special: vec![SpecialDay::closed("2026-12-25", "Christmas")],
            ..Hours::default()
        };
        let calendar = Calendar::new(&hours, "Europe/Madrid").unwrap();
        assert!(calendar.is_open(at("2026-12-25T00:30:00+01:00")), "begun the evening before");
        assert!(!calendar.is_open(at("2026-12-25T22:30:00+01:00")));
        assert!(!calendar.is_open(at("2026-12-26T01:30:00+01:00")));
        assert!(calendar.is_open(at("2026-12-26T22:00:00+01:00")));
    }

    #[test]
    fn always_and_never_open_do_not_change() {
        let always = WeeklySpan::new(&Weekday::ALL, time("00:00"), time("24:00"));
        let hours = Hours { weekly: vec![always], ..Hours::default() };
        for zone in ZONES {
            let now = at("2026-06-01T12:00:00Z");
            let always = Calendar::new(&hours, zone).unwrap();
            assert_eq!((always.is_open(now), always.next_change(now)), (true, None), "{zone}");
            let never = Calendar::new(&Hours::default(), zone).unwrap();
            assert_eq!((never.is_open(now), never.next_change(now)), (false, None), "{zone}");
            for micros in
                [i64::MIN, -8_000_000_000_000_000_000, 8_000_000_000_000_000_000, i64::MAX]
            {
                let extreme = Timestamp::from_micros(micros);
                let _ = (always.is_open(extreme), always.next_change(extreme));
            }
        }
    }

    #[test]
    fn faults_are_collected() {
        let hours = Hours {
            time_zone: "Europe/Madird".to_owned(),
            weekly: vec![WeeklySpan::new(&[], time("24:00"), time("08:00"))],
            special: ["2026-2-1", "2026-02-30", "2026-02-01", "2026-02-01"]
                .map(|date| SpecialDay::closed(date, ""))
                .to_vec(),
            ..Hours::default()
        };
        let faults = Calendar::new(&hours, "").unwrap_err();
        let paths: Vec<&str> = faults.iter().map(|fault| fault.path.as_str()).collect();
        let expected = [
            "time_zone",
            "weekly.0.days",
            "weekly.0.from",
            "special.0.date",
            "special.1.date",
            "special.3.date",
        ];
        assert_eq!(paths, expected);
    }

    /// Hours with few spans on coarse times, so that spans touch and overlap.
    fn hours() -> impl Strategy<Value = Hours> {
        let time = |last: u16| (0..=last).prop_map(|n| TimeOfDay::from_minutes(n * 15).unwrap());
        let weekly = (prop::sample::subsequence(Weekday::ALL.to_vec(), 1..=7), time(95), time(96))
            .prop_map(|(days, from, to)| WeeklySpan::new(&days, from, to));
        let open = prop::collection::vec((time(95), time(96)), 0..3);
        let special = prop::collection::btree_map(0..DATES.len(), open, 0..3).prop_map(|days| {
            let day = |(date, open): (usize, Vec<_>)| SpecialDay {
                date: DATES[date].to_owned(),
                name: String::new(),
                open,
            };
            days.into_iter().map(day).collect()
        });
        let zone = prop::sample::select(ZONES.to_vec());
        (prop::collection::vec(weekly, 0..4), special, zone).prop_map(|(weekly, special, zone)| {
            Hours { name: String::new(), time_zone: zone.to_owned(), weekly, special }
        })
    }

    /// Dates around clock changes of the zones.
    const DATES: [&str; 8] = [
        "2026-03-08",
        "2026-03-28",
        "2026-03-29",
        "2026-04-05",
        "2026-10-04",
        "2026-10-24",
        "2026-10-25",
        "2026-11-01",
    ];

    proptest! {
        /// Five days minute by minute, most of them around clock changes.
        #[test]
        fn next_change_is_where_a_scan_sees_it(
            hours in hours(), date in prop::sample::select(DATES.to_vec()), seconds in 0..60_i64,
        ) {
            let calendar = Calendar::new(&hours, "").unwrap();
            let minute = Duration::from_mins(1);
            let start = at(&format!("{date}T00:00:00Z")) - Duration::from_hours(48);
            let mut told = calendar.next_change(start + Duration::from_secs(seconds));
            for n in 1..=5 * 24 * 60 {
                let now = start + Duration::from_mins(n);
                let flips = calendar.is_open(now - minute) != calendar.is_open(now);
                if flips {
                    prop_assert_eq!(told, Some(now));
                    told = calendar.next_change(now);
                } else {
                    prop_assert_ne!(told, Some(now), "no change there");
                }
            }
        }

        /// A clock that runs while it is open shows the span, minute by minute.
        #[test]
        fn business_time_runs_while_it_is_open(
            hours in hours(), date in prop::sample::select(DATES.to_vec()), span in 0..3000_i64,
        ) {
            let calendar = Calendar::new(&hours, "").unwrap();
            let start = at(&format!("{date}T00:00:00Z")) - Duration::from_hours(24);
            let span = Duration::from_mins(span);
            let end = calendar.after_open(start, span);
            let minutes = end.since(start).as_micros() / 60_000_000;
            // A longer way than this a scan need not go.
            prop_assume!(minutes <= 10 * 24 * 60);
            let open = (0..minutes).filter(|n| calendar.is_open(start + Duration::from_mins(*n)));
            let open = Duration::from_mins(i64::try_from(open.count()).unwrap());
            if open < span {
                // It gave up, because it does not open any more.
                prop_assert_eq!(end, start + span);
                let changes = std::iter::successors(Some(start), |at| calendar.next_change(*at));
                let last = changes.take(1_000).last().unwrap();
                prop_assert!(calendar.next_change(last).is_none() && !calendar.is_open(last));
            } else {
                prop_assert_eq!(open, span);
            }
        }

        /// Whenever the wall clock shows an open time, it is open; without a clock change, only then.
        #[test]
        fn open_is_what_the_wall_clock_says(
            hours in hours(), date in prop::sample::select(DATES.to_vec()), minutes in 0..7200_i64,
        ) {
            let calendar = Calendar::new(&hours, "").unwrap();
            let now = at(&format!("{date}T00:00:00Z")) + Duration::from_mins(minutes - 3600);
            let local = now.to_utc().unwrap().with_timezone(&calendar.zone);
            let minute = i64::from(local.num_seconds_from_midnight() / 60);
            let shows = [0_i64, 1].iter().any(|ago| {
                let date = local.date_naive() - TimeDelta::days(*ago);
                calendar.spans_of(date).iter().any(|span| {
                    (i64::from(span.from)..i64::from(span.to)).contains(&(minute + ago * 1440))
                })
            });
            let offset = |at: Timestamp| at.to_utc().unwrap().with_timezone(&calendar.zone).offset().fix();
            let days = |n: i64| Duration::from_hours(24 * n);
            if offset(now - days(3)) == offset(now + days(2)) {
                prop_assert_eq!(calendar.is_open(now), shows);
            } else if shows {
                prop_assert!(calendar.is_open(now));
            }
        }
    }
}
