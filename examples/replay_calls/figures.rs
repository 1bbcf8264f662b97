//! The figures of a report: counts, averages, service levels, and how far chance moves them.
//!
//! Times add up as whole microseconds and are divided last. A ratio without a denominator is null.
//! Thresholds are inclusive (within = wait ≤ T), short abandons are not (wait < S).
//!
//! Intervals are over batches of calls: calendar days of queue entry; where a log has fewer than five,
//! ten equal runs of consecutive calls. Fewer than fifty calls get no interval.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};
use switchboard::time::{Duration, Timestamp};

use super::interval::{Ratio, interval, sum};
use super::log::{CallLog, Outcome};

/// Microseconds of a day.
pub(crate) const DAY: i64 = 86_400_000_000;
/// Days that are enough for batches.
const FEWEST_DAYS: usize = 5;
/// Batches where days are too few.
const RUNS: usize = 10;

/// The thresholds of the service levels.
#[derive(Debug, Clone)]
pub(crate) struct Goals {
    /// T, for queues that have none of their own.
    pub within: Duration,
    /// T of single queues, by name.
    pub of_queue: BTreeMap<String, Duration>,
    /// S: an abandoned call that waited less is short.
    pub short: Duration,
}

/// One offered call.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Offered {
    /// Place of the queue.
    pub queue: usize,
    /// When it entered the queue.
    pub entered: Timestamp,
    /// Time in the queue.
    pub wait: Duration,
    /// How it ended.
    pub end: End,
}

/// How an offered call ended.
#[derive(Debug, Clone, Copy)]
pub(crate) enum End {
    /// Answered; handled for so long, if that is known.
    Answered(Option<Duration>),
    /// The caller hung up.
    Abandoned,
    /// Went elsewhere.
    FlowedOut,
    /// Taken out.
    Withdrawn,
    /// Lost with the switch, after its wait if that is known.
    Lost { wait_known: bool },
    /// Not ended.
    Waiting,
}

/// The offered calls of a log as it tells them.
pub(crate) fn recorded(log: &CallLog) -> Vec<Offered> {
    let offered = log.calls.iter().filter(|call| call.outcome.is_offered());
    let as_offered = offered.filter_map(|call| {
        let end = match call.outcome {
            Outcome::Answered { start, end, .. } => End::Answered(end.map(|end| end.since(start))),
            Outcome::Abandoned => End::Abandoned,
            Outcome::FlowedOut => End::FlowedOut,
            Outcome::Withdrawn => End::Withdrawn,
            // Nobody wrote down how long it had waited when it left.
            Outcome::Lost => End::Lost { wait_known: false },
            Outcome::Waiting => End::Waiting,
            Outcome::NeverOffered | Outcome::Excluded => return None,
        };
        Some(Offered { queue: call.queue, entered: call.entered, wait: call.wait, end })
    });
    as_offered.collect()
}

/// Sums over calls; all that the figures need.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Tally {
    pub offered: u64,
    pub answered: u64,
    pub abandoned: u64,
    pub flowed_out: u64,
    pub withdrawn: u64,
    pub lost: u64,
    pub waiting: u64,
    /// Answered with a known service time.
    pub handled: u64,
    /// Left the queue after a known wait.
    pub exits: u64,
    pub answered_within: u64,
    pub abandoned_within: u64,
    pub abandoned_short: u64,
    pub waited: Duration,
    pub waited_answered: Duration,
    pub service: Duration,
}

impl Tally {
    fn add(&mut self, call: &Offered, within: Duration, short: Duration) {
        self.offered += 1;
        let in_time = u64::from(call.wait <= within);
        match call.end {
            End::Answered(service) => {
                self.answered += 1;
                self.answered_within += in_time;
                self.waited_answered += call.wait;
                self.handled += u64::from(service.is_some());
                self.service += service.unwrap_or_default();
            }
            End::Abandoned => {
                self.abandoned += 1;
                self.abandoned_within += in_time;
                self.abandoned_short += u64::from(call.wait < short);
            }
            End::FlowedOut => self.flowed_out += 1,
            End::Withdrawn => self.withdrawn += 1,
            End::Lost { .. } => self.lost += 1,
            End::Waiting => self.waiting += 1,
        }
        if !matches!(call.end, End::Lost { wait_known: false } | End::Waiting) {
            self.exits += 1;
            self.waited += call.wait;
        }
    }
}

#[allow(clippy::cast_precision_loss)] // counts of a log are far below 2^53
pub(crate) const fn of(count: u64) -> f64 {
    count as f64
}

/// What a figure is, from sums.
pub(crate) type Formula = fn(&Tally) -> Ratio;

/// The averages and rates, by key of the report.
pub(crate) const RATIOS: [(&str, Formula); 4] = [
    ("avg_queue_time_s", |t| Ratio(t.waited.as_secs_f64(), of(t.exits))),
    ("asa_s", |t| Ratio(t.waited_answered.as_secs_f64(), of(t.answered))),
    ("aht_s", |t| Ratio(t.service.as_secs_f64(), of(t.handled))),
    ("abandon_rate", |t| Ratio(of(t.abandoned), of(t.offered))),
];

/// The service levels by mode.
pub(crate) const SERVICE_LEVELS: [(&str, Formula); 6] = [
    ("answered_only", |t| Ratio(of(t.answered_within), of(t.answered))),
    ("abandon_negative", |t| Ratio(of(t.answered_within), of(t.offered))),
    ("abandon_ignored", |t| Ratio(of(t.answered_within), of(t.offered - t.abandoned_within))),
    ("abandon_positive", |t| Ratio(of(t.answered_within + t.abandoned_within), of(t.offered))),
    ("genesys", |t| Ratio(of(t.answered_within), of(t.answered + t.abandoned))),
    ("short_excluded", |t| {
        Ratio(of(t.answered_within), of(t.answered + t.abandoned - t.abandoned_short))
    }),
];

type Count = fn(&Tally) -> u64;

/// The counts by key of the report.
pub(crate) const COUNTS: [(&str, Count); 7] = [
    ("offered", |t| t.offered),
    ("answered", |t| t.answered),
    ("abandoned", |t| t.abandoned),
    ("flowed_out", |t| t.flowed_out),
    ("withdrawn", |t| t.withdrawn),
    ("lost", |t| t.lost),
    ("waiting", |t| t.waiting),
];

/// Work and time at work of the agents, day by day.
#[derive(Debug, Clone, Default)]
pub(crate) struct Occupancy {
    /// (busy, at work) by day.
    pub days: BTreeMap<i64, (Duration, Duration)>,
}

impl Occupancy {
    fn ratios(&self) -> Vec<Ratio> {
        let of_day = |(busy, at_work): &(Duration, Duration)| {
            Ratio(busy.as_secs_f64(), at_work.as_secs_f64())
        };
        self.days.values().map(of_day).collect()
    }

    /// Day by day, the same days in each; none under five of them.
    pub(crate) fn paired(columns: [&Self; 3]) -> [Vec<Ratio>; 3] {
        let days: BTreeSet<i64> =
            columns.iter().flat_map(|column| column.days.keys()).copied().collect();
        let days = if days.len() < FEWEST_DAYS { BTreeSet::new() } else { days };
        columns.map(|column| {
            let of_day = days.iter().map(|day| column.days.get(day).copied().unwrap_or_default());
            Self { days: days.iter().copied().zip(of_day).collect() }.ratios()
        })
    }

    /// Busy over at work, all days together.
    pub(crate) fn ratio(&self) -> Ratio {
        sum(&self.ratios())
    }

    /// The 95 % interval of it, over days; none under five of them.
    pub(crate) fn interval(&self) -> Option<(f64, f64)> {
        let ratios = self.ratios();
        if ratios.len() < FEWEST_DAYS { None } else { interval(&ratios) }
    }
}

/// The day, counted from the epoch, that an instant lies in.
pub(crate) const fn day_of(at: Timestamp) -> i64 {
    at.as_micros().div_euclid(DAY)
}

/// Figures with the tallies of their batches.
#[derive(Debug, Clone, Default)]
pub(crate) struct Figures {
    /// All batches together.
    pub total: Tally,
    batches: Vec<Tally>,
}

impl Figures {
    /// The 95 % interval of a figure.
    pub(crate) fn interval(&self, formula: Formula) -> Option<(f64, f64)> {
        interval(&self.ratios(formula))
    }

    /// A figure of each batch.
    pub(crate) fn ratios(&self, formula: Formula) -> Vec<Ratio> {
        self.batches.iter().map(formula).collect()
    }

    /// As the report's object, without what stands only at the top.
    fn to_json(&self) -> Map<String, Value> {
        let mut object = Map::new();
        let mut intervals = Map::new();
        for (key, count) in COUNTS {
            object.insert(key.to_owned(), json!(count(&self.total)));
        }
        for (key, formula) in RATIOS {
            object.insert(key.to_owned(), json!(formula(&self.total).value()));
            intervals.insert(key.to_owned(), json!(self.interval(formula)));
        }
        let (mut levels, mut level_intervals) = (Map::new(), Map::new());
        for (mode, formula) in SERVICE_LEVELS {
            levels.insert(mode.to_owned(), json!(formula(&self.total).value()));
            level_intervals.insert(mode.to_owned(), json!(self.interval(formula)));
        }
        object.insert("service_level".to_owned(), Value::Object(levels));
        intervals.insert("service_level".to_owned(), Value::Object(level_intervals));
        object.insert("intervals".to_owned(), Value::Object(intervals));
        object
    }
}

/// One column of the report: a run, or the record.
#[derive(Debug, Clone, Default)]
pub(crate) struct Report {
    /// All queues.
    pub all: Figures,
    /// Each queue by name.
    pub queues: BTreeMap<String, Figures>,
    /// Work of the agents.
    pub occupancy: Occupancy,
    /// What a batch is.
    pub batch: &'static str,
    /// Calls a run took per second of real time, if that was asked for.
    pub speed: Option<f64>,
}

impl Report {
    /// Figures of offered calls.
    pub(crate) fn new(
        calls: &[Offered],
        queues: &[String],
        goals: &Goals,
        occupancy: Occupancy,
    ) -> Self {
        let (batch_of, count, batch) = batches(calls);
        let mut all = Figures { total: Tally::default(), batches: vec![Tally::default(); count] };
        let mut each = vec![all.clone(); queues.len()];
        let within: Vec<Duration> = queues
            .iter()
            .map(|queue| goals.of_queue.get(queue).copied().unwrap_or(goals.within))
            .collect();
        for (call, batch) in calls.iter().zip(batch_of) {
            let within = within.get(call.queue).copied().unwrap_or(goals.within);
            for figures in std::iter::once(&mut all).chain(each.get_mut(call.queue)) {
                let of_batch = batch.and_then(|batch| figures.batches.get_mut(batch));
                for tally in std::iter::once(&mut figures.total).chain(of_batch) {
                    tally.add(call, within, goals.short);
                }
            }
        }
        Self {
            all,
            queues: queues.iter().cloned().zip(each).collect(),
            occupancy,
            batch,
            speed: None,
        }
    }

    /// The report's object: figures at the top, the same per queue under `queues`.
    pub(crate) fn to_json(&self) -> Value {
        let mut object = self.all.to_json();
        object.insert("occupancy".to_owned(), json!(self.occupancy.ratio().value()));
        if let Some(speed) = self.speed {
            object.insert("interactions_per_s".to_owned(), json!(speed));
        }
        if let Some(Value::Object(intervals)) = object.get_mut("intervals") {
            intervals.insert("occupancy".to_owned(), json!(self.occupancy.interval()));
        }
        let queues: Map<String, Value> = self
            .queues
            .iter()
            .map(|(queue, figures)| (queue.clone(), Value::Object(figures.to_json())))
            .collect();
        object.insert("queues".to_owned(), Value::Object(queues));
        Value::Object(object)
    }
}

/// The batch of each call, the number of batches, and what a batch is.
fn batches(calls: &[Offered]) -> (Vec<Option<usize>>, usize, &'static str) {
    let mut days: Vec<i64> = calls.iter().map(|call| day_of(call.entered)).collect();
    days.sort_unstable();
    days.dedup();
    if days.len() >= FEWEST_DAYS {
        let of_call = calls.iter().map(|call| days.binary_search(&day_of(call.entered)).ok());
        return (of_call.collect(), days.len(), "calendar days of queue entry");
    }
    if calls.len() < 5 * RUNS {
        return (vec![None; calls.len()], 0, "none: fewer than fifty calls");
    }
    let mut order: Vec<usize> = (0..calls.len()).collect();
    order.sort_by_key(|place| calls.get(*place).map(|call| call.entered));
    let mut of_call = vec![None; calls.len()];
    for (rank, place) in order.into_iter().enumerate() {
        if let Some(batch) = of_call.get_mut(place) {
            *batch = Some(rank * RUNS / calls.len());
        }
    }
    (of_call, RUNS, "ten equal runs of consecutive calls")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(a: f64, b: f64) -> bool {
        (a - b).abs() < 1e-4
    }

    fn goals() -> Goals {
        let (within, short) = (Duration::from_secs(20), Duration::from_secs(5));
        Goals { within, short, of_queue: BTreeMap::new() }
    }

    fn call(wait: i64, end: End) -> Offered {
        let (queue, entered) = (0, Timestamp::from_secs(7));
        Offered { queue, entered, wait: Duration::from_secs(wait), end }
    }

    #[test]
    fn the_modes_of_service_level_on_ciscos_example() {
        // 70 answered in time, 10 abandoned in time, 20 answered late.
        let mut calls = vec![call(20, End::Answered(None)); 70];
        calls.extend([call(20, End::Abandoned); 10]);
        calls.extend([call(21, End::Answered(None)); 20]);
        let queues = ["q".to_owned()];
        let report = Report::new(&calls, &queues, &goals(), Occupancy::default());
        let level = |mode: &str| {
            let (_, formula) = SERVICE_LEVELS.iter().find(|(name, _)| *name == mode).unwrap();
            formula(&report.all.total).value().unwrap()
        };
        assert!(close(level("abandon_ignored"), 70.0 / 90.0));
        assert!(close(level("abandon_negative"), 0.70));
        assert!(close(level("abandon_positive"), 0.80));
        assert!(close(level("answered_only"), 70.0 / 90.0));
        assert!(close(level("genesys"), 0.70));
        assert!(close(level("short_excluded"), 0.70));
        assert_eq!(report.queues["q"].total, report.all.total);
    }

    #[test]
    fn short_means_under_and_flow_outs_are_offered() {
        let calls = [
            call(4, End::Abandoned),
            call(5, End::Abandoned),
            call(1, End::FlowedOut),
            call(0, End::Answered(Some(Duration::from_secs(60)))),
        ];
        let report = Report::new(&calls, &["q".to_owned()], &goals(), Occupancy::default());
        assert_eq!(report.all.total.abandoned_short, 1);
        let json = report.to_json();
        assert_eq!(json["service_level"]["short_excluded"], 0.5);
        assert_eq!(json["service_level"]["genesys"], 1.0 / 3.0);
        assert_eq!(json["service_level"]["abandon_negative"], 0.25);
        assert_eq!(json["avg_queue_time_s"], 2.5);
        assert_eq!(json["aht_s"], 60.0);
        assert_eq!(json["occupancy"], Value::Null);
        assert_eq!(json["queues"]["q"]["intervals"]["asa_s"], Value::Null);
    }

    #[test]
    fn whoever_left_after_a_known_wait_counts_in_the_mean() {
        let mean = |wait_known| {
            let calls = [call(2, End::Abandoned), call(8, End::Lost { wait_known })];
            let report = Report::new(&calls, &["q".to_owned()], &goals(), Occupancy::default());
            assert_eq!(report.all.total.lost, 1);
            report.to_json()["avg_queue_time_s"].as_f64()
        };
        assert_eq!([mean(true), mean(false)], [Some(5.0), Some(2.0)]);
    }

    #[test]
    fn without_calls_every_ratio_is_null() {
        let json = Report::new(&[], &["q".to_owned()], &goals(), Occupancy::default()).to_json();
        for object in [&json, &json["queues"]["q"]] {
            assert_eq!(object["offered"], 0);
            for key in ["avg_queue_time_s", "asa_s", "aht_s", "abandon_rate"] {
                assert_eq!(object[key], Value::Null);
            }
            assert!(object["service_level"].as_object().unwrap().values().all(Value::is_null));
        }
        assert!(json["queues"]["q"].get("occupancy").is_none());
    }
}
