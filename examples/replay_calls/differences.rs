//! What may be claimed: how near the control comes to the record, and what the engine's rules change.
//!
//! The control stands for the log's own rules. Where it misses the record, the model misses something
//! that those calls were subject to, and what a change of rules would do to them is not known either.
//! So a figure of the engine counts as different from the control only if
//!
//! - the control is near the record in that figure: their difference is within a tolerance, or chance
//!   explains it (its interval holds zero), and
//! - the interval of the difference from the control does not hold zero, and
//! - the difference is larger than that between control and record: what is smaller may be the model's.
//!
//! Both are judged for all queues together and for each queue by itself.

use serde_json::{Map, Value, json};

use super::figures::{Figures, Formula, Occupancy, RATIOS, Report, SERVICE_LEVELS};
use super::interval::{self, Ratio};

/// Control and record may differ so much in a rate or a service level.
const RATE: f64 = 0.01;
/// Control and record may differ by this part of a recorded time.
const TIME: f64 = 0.05;
/// The figures that tell whether a queue was served by the modelled rule.
const TELLING: [&str; 2] = ["avg_queue_time_s", "abandon_rate"];

/// The tolerances in a line, for the report.
pub(crate) const TOLERANCES: &str = "a difference of the engine is claimed only where the control is \
    near the record (within 5 % of a time, 0.01 of a rate or level, or explained by chance: the interval \
    of control - recorded holds zero), where its own interval does not hold zero, and where it is larger \
    than the difference between control and record";

/// How much larger a figure is, and the 95 % interval of that.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Difference {
    pub gain: f64,
    pub about: Option<(f64, f64)>,
}

impl Difference {
    /// Over batches that belong together in pairs; without an interval where these are too few.
    fn new((before, after): (Ratio, Ratio), batches: (&[Ratio], &[Ratio])) -> Option<Self> {
        let alone = (after.value()? - before.value()?, None);
        let (gain, about) = interval::difference(batches.0, batches.1).unwrap_or(alone);
        Some(Self { gain, about })
    }

    /// Whether chance may be all there is to it; without an interval nobody knows.
    fn holds_zero(&self) -> Option<bool> {
        self.about.map(|(low, high)| low <= 0.0 && 0.0 <= high)
    }
}

/// What a difference of the engine is worth.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// It is one.
    Claimed,
    /// The control is not near the record.
    NotNear,
    /// Chance may be all there is to it.
    Chance,
    /// The control misses the record by as much.
    Small,
    /// Too few calls, or none with such a figure.
    TooFew,
}

impl Verdict {
    /// Why it is not claimed.
    pub(crate) const fn why(self) -> Option<&'static str> {
        match self {
            Self::Claimed => None,
            Self::NotNear => Some("the control is not near the record"),
            Self::Chance => Some("within chance"),
            Self::Small => Some("not larger than the control's distance from the record"),
            Self::TooFew => Some("too few calls"),
        }
    }
}

/// One figure, compared.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Compared {
    /// Its key in the report.
    pub key: &'static str,
    /// Control against record.
    pub control: Option<Difference>,
    /// Engine against control.
    pub engine: Option<Difference>,
    /// Whether the control is near the record.
    pub near: bool,
    /// What the engine's difference is worth.
    pub verdict: Verdict,
}

impl Compared {
    fn new(
        key: &'static str,
        recorded: Option<f64>,
        control: Option<Difference>,
        engine: Option<Difference>,
    ) -> Self {
        let tolerance = if key.ends_with("_s") { recorded.map_or(0.0, |s| s * TIME) } else { RATE };
        let near = control.is_some_and(|control| {
            control.gain.abs() <= tolerance || control.holds_zero() == Some(true)
        });
        let verdict = match (control, engine, engine.and_then(|engine| engine.holds_zero())) {
            (Some(_), _, _) if !near => Verdict::NotNear,
            (Some(_), _, Some(true)) => Verdict::Chance,
            (Some(control), Some(engine), Some(false)) => {
                let larger = engine.gain.abs() > control.gain.abs();
                if larger { Verdict::Claimed } else { Verdict::Small }
            }
            _ => Verdict::TooFew,
        };
        Self { key, control, engine, near, verdict }
    }
}

/// The figures of a queue, or of all, compared.
#[derive(Debug, Clone)]
pub(crate) struct Comparison {
    /// The queue; all of them where none is named.
    pub queue: Option<String>,
    /// Averages and rates.
    pub ratios: Vec<Compared>,
    /// Service levels.
    pub levels: Vec<Compared>,
}

impl Comparison {
    fn new(queue: Option<&str>, columns: [&Figures; 3]) -> Self {
        let all = |formulas: &[(&'static str, Formula)]| {
            formulas.iter().map(|(key, formula)| compare(key, *formula, columns)).collect()
        };
        let queue = queue.map(str::to_owned);
        Self { queue, ratios: all(&RATIOS), levels: all(&SERVICE_LEVELS) }
    }

    /// All figures in the order of the report.
    pub(crate) fn figures(&self) -> impl Iterator<Item = &Compared> {
        self.ratios.iter().chain(&self.levels)
    }

    /// The figures by which the queue was not served by the modelled rule.
    pub(crate) fn off_the_rule(&self) -> Vec<&'static str> {
        let off = self.ratios.iter().filter(|one| one.verdict == Verdict::NotNear);
        off.map(|one| one.key).filter(|key| TELLING.contains(key)).collect()
    }

    fn to_json(&self, one: fn(&Compared) -> Value) -> Map<String, Value> {
        let object = |figures: &[Compared]| -> Map<String, Value> {
            figures.iter().map(|figure| (figure.key.to_owned(), one(figure))).collect()
        };
        let mut all = object(&self.ratios);
        all.insert("service_level".to_owned(), Value::Object(object(&self.levels)));
        all
    }
}

fn compare(key: &'static str, formula: Formula, columns: [&Figures; 3]) -> Compared {
    let totals = columns.map(|figures| formula(&figures.total));
    let batches = columns.map(|figures| figures.ratios(formula));
    of_columns(key, totals, &batches)
}

fn of_columns(key: &'static str, totals: [Ratio; 3], batches: &[Vec<Ratio>; 3]) -> Compared {
    let ([recorded, control, engine], [of_recorded, of_control, of_engine]) = (totals, batches);
    Compared::new(
        key,
        recorded.value(),
        Difference::new((recorded, control), (of_recorded, of_control)),
        Difference::new((control, engine), (of_control, of_engine)),
    )
}

/// All comparisons of three columns: of all queues first, then of each.
pub(crate) fn comparisons(columns: [&Report; 3]) -> Vec<Comparison> {
    let mut all = Comparison::new(None, columns.map(|report| &report.all));
    let totals = columns.map(|report| report.occupancy.ratio());
    let batches = Occupancy::paired(columns.map(|report| &report.occupancy));
    all.ratios.push(of_columns("occupancy", totals, &batches));
    let [recorded, ..] = columns;
    let of_queue = recorded.queues.keys().filter_map(|queue| {
        let [recorded, control, engine] = columns.map(|report| report.queues.get(queue));
        Some(Comparison::new(Some(queue), [recorded?, control?, engine?]))
    });
    std::iter::once(all).chain(of_queue).collect()
}

/// The comparisons as an object of the report.
pub(crate) fn to_json(comparisons: &[Comparison]) -> Value {
    let one = |name: &str, figure: fn(&Compared) -> Value| {
        let (mut all, mut queues) = (Map::new(), Map::new());
        for comparison in comparisons {
            let object = comparison.to_json(figure);
            match &comparison.queue {
                Some(queue) => {
                    queues.insert(queue.clone(), Value::Object(object));
                }
                None => all = object,
            }
        }
        all.insert("queues".to_owned(), Value::Object(queues));
        (name.to_owned(), Value::Object(all))
    };
    let off: Map<String, Value> = comparisons
        .iter()
        .filter(|comparison| !comparison.off_the_rule().is_empty())
        .filter_map(|one| Some((one.queue.clone()?, json!(one.off_the_rule()))))
        .collect();
    let mut object: Map<String, Value> = [
        one("control_minus_recorded", |figure| {
            difference(figure.control, &[("near", json!(figure.near))])
        }),
        one("engine_minus_control", |figure| {
            let claimed = json!(figure.verdict == Verdict::Claimed);
            difference(figure.engine, &[("claimed", claimed), ("why", json!(figure.verdict.why()))])
        }),
    ]
    .into_iter()
    .collect();
    object.insert("queues_off_the_rule".to_owned(), Value::Object(off));
    Value::Object(object)
}

/// A difference with what is said of it; null where there is none.
fn difference(difference: Option<Difference>, more: &[(&str, Value)]) -> Value {
    let Some(Difference { gain, about }) = difference else { return Value::Null };
    let mut object = Map::new();
    object.insert("difference".to_owned(), json!(gain));
    object.insert("interval".to_owned(), json!(about));
    object.extend(more.iter().map(|(key, value)| ((*key).to_owned(), value.clone())));
    Value::Object(object)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use switchboard::time::{Duration, Timestamp};

    use super::super::figures::{End, Goals, Offered};
    use super::*;

    /// Ten days of ten answered calls in each of two queues, in milliseconds of wait by day.
    fn report(waits: [fn(i64) -> i64; 2], days: i64) -> Report {
        let call = |queue: usize, day: i64| Offered {
            queue,
            entered: Timestamp::from_secs(day * 86_400),
            wait: Duration::from_millis(waits[queue](day)),
            end: End::Answered(Some(Duration::from_secs(60))),
        };
        let calls = (0..days).flat_map(|day| [0, 1].map(|queue| [call(queue, day); 10]));
        let calls: Vec<Offered> = calls.flatten().collect();
        let (within, short) = (Duration::from_secs(20), Duration::from_secs(5));
        let goals = Goals { within, short, of_queue: BTreeMap::new() };
        let occupancy = Occupancy::default();
        Report::new(&calls, &["q", "r"].map(str::to_owned), &goals, occupancy)
    }

    fn verdict(of: &Comparison, key: &str) -> Verdict {
        of.figures().find(|figure| figure.key == key).unwrap().verdict
    }

    /// 18, 19 or 20 s, by day.
    const fn usual(day: i64) -> i64 {
        18_000 + day % 3 * 1_000
    }

    #[test]
    fn nothing_is_claimed_where_the_control_is_not_near() {
        // In r the control is 5 s off the record; the engine adds 5 s to both.
        let recorded = report([usual, usual], 10);
        let control = report([usual, |day| usual(day) + 5_000], 10);
        let engine = report([|day| usual(day) + 5_000, |day| usual(day) + 10_000], 10);
        let all = comparisons([&recorded, &control, &engine]);
        let [total, q, r] = all.as_slice() else { panic!("{all:?}") };
        for key in ["avg_queue_time_s", "asa_s", "abandon_negative", "genesys"] {
            assert_eq!(verdict(q, key), Verdict::Claimed, "{key}");
            assert_eq!(verdict(total, key), Verdict::NotNear, "{key}");
        }
        assert_eq!(verdict(r, "asa_s"), Verdict::NotNear);
        assert_eq!(verdict(r, "abandon_negative"), Verdict::NotNear);
        // The same in all columns: near, and no difference.
        assert_eq!(verdict(r, "aht_s"), Verdict::Chance);
        assert_eq!(verdict(total, "occupancy"), Verdict::TooFew);
        assert_eq!((q.off_the_rule(), r.off_the_rule()), (vec![], vec!["avg_queue_time_s"]));

        let json = to_json(&all);
        let (control, engine) = (&json["control_minus_recorded"], &json["engine_minus_control"]);
        assert_eq!(control["queues"]["r"]["asa_s"]["near"], false);
        assert_eq!(control["queues"]["q"]["asa_s"]["near"], true);
        assert_eq!(engine["queues"]["q"]["service_level"]["genesys"]["claimed"], true);
        let gated = &engine["queues"]["r"]["service_level"]["abandon_negative"];
        assert_eq!(gated["claimed"], false);
        assert_eq!(gated["why"], "the control is not near the record");
        assert_eq!(engine["asa_s"]["claimed"], false);
        assert_eq!(engine["occupancy"], Value::Null);
        assert_eq!(json["queues_off_the_rule"], json!({ "r": ["avg_queue_time_s"] }));
    }

    #[test]
    fn a_difference_is_more_than_chance_and_more_than_the_models_error() {
        let recorded = report([usual, usual], 10);
        // q: within 5 % of the record, but not by chance; r: the control hits the record.
        let control = report([|day| usual(day) + 500, usual], 10);
        let by_chance = |day: i64| usual(day) + if day % 2 == 0 { 900 } else { -800 };
        let engine = report([|day| usual(day) + 900, by_chance], 10);
        let all = comparisons([&recorded, &control, &engine]);
        assert_eq!(verdict(&all[1], "asa_s"), Verdict::Small);
        assert_eq!(verdict(&all[2], "asa_s"), Verdict::Chance);
        // Where chance explains what the control misses, it is near, however far it is.
        let far = |day: i64| usual(day) + if day % 2 == 0 { 9_000 } else { -6_000 };
        let control = report([far, usual], 10);
        let engine = report([|day| usual(day) + 30_000, usual], 10);
        let all = comparisons([&recorded, &control, &engine]);
        assert_eq!(verdict(&all[1], "asa_s"), Verdict::Claimed);
        // Twenty calls of a queue have no interval.
        let few = comparisons([&report([usual, usual], 2), &report([usual, usual], 2), &engine]);
        assert_eq!(verdict(&few[1], "asa_s"), Verdict::TooFew);
    }

    #[test]
    fn occupancy_is_compared_on_the_same_days() {
        let with = |busy: fn(i64) -> i64, from: i64| {
            let day = |day| (day, (Duration::from_secs(busy(day)), Duration::from_secs(100)));
            let occupancy = Occupancy { days: (from..10).map(day).collect() };
            Report { occupancy, ..report([usual, usual], 10) }
        };
        let recorded = with(|day| 50 + day, 0);
        let more = with(|day| 60 + day, 0);
        let all = comparisons([&recorded, &recorded, &more]);
        assert_eq!(verdict(&all[0], "occupancy"), Verdict::Claimed);
        assert_eq!(to_json(&all)["engine_minus_control"]["occupancy"]["claimed"], true);
        assert_eq!(
            verdict(&comparisons([&recorded, &more, &more])[0], "occupancy"),
            Verdict::NotNear
        );
        // A day without work in one column is a day of nothing there, not another day.
        let later = with(|day| 50 + day, 1);
        let paired =
            Occupancy::paired([&recorded, &later, &recorded].map(|column| &column.occupancy));
        assert_eq!(paired.map(|days| days.len()), [10; 3]);
    }
}
