//! Replications: day after day of a model, and the report of its figures.

use serde::{Deserialize, Serialize};

use super::measure::{Collector, DayValues};
use super::model::{Figure, ForEach, Measure, Quantity, SimulationModel};
use super::statistics::{RatioOfMeans, Tally, confidence_interval};
use super::switch::{Switch, SwitchError};
use super::workload::Workload;

/// The result of a simulation.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// The model's name.
    pub model: String,
    /// What decided who serves whom.
    pub switch: String,
    /// Days simulated.
    pub replications: u32,
    /// Calls that arrived on all days.
    pub calls: u64,
    /// Inputs that the switch took in on all days.
    pub inputs: u64,
    /// Calls that were neither served nor gone when their day ended: nobody was left to serve them, or
    /// the day stopped at the horizon. They are in no count of outcomes.
    pub left_waiting: u64,
    /// The figures, in the order of the model.
    pub figures: Vec<FigureReport>,
    /// Quantities of the first days, at most [`DAYS_REPORTED`], each in the order of days.
    pub first_days: std::collections::BTreeMap<String, Vec<f64>>,
    /// The factors drawn for those days, in a model that has one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub busyness: Vec<f64>,
}

/// How many days are reported one by one.
pub const DAYS_REPORTED: usize = 5;

/// What kind of number a figure is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FigureKind {
    /// A mean of observations.
    Mean,
    /// The mean of one quantity over the mean of another.
    RatioOfMeans,
    /// The mean of a level over time.
    TimeIntegral,
    /// A figure in parts.
    Parts,
}

/// A figure. Fields that its kind does not have, or that too few observations do not give, are absent.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FigureReport {
    /// Its name.
    pub name: String,
    /// What it is.
    pub kind: FigureKind,
    /// The time that a level was observed: from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from_time: Option<f64>,
    /// To.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to_time: Option<f64>,
    /// The first observations of single calls, one by one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub first: Vec<f64>,
    /// Observations, or replications in a ratio of means.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub observations: Option<u64>,
    /// The least observation or level.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min: Option<f64>,
    /// The greatest observation or level.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max: Option<f64>,
    /// The mean, or the ratio of means.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<f64>,
    /// Sample variance.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub variance: Option<f64>,
    /// Sample standard deviation; of a ratio by the delta method, for one replication.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sd: Option<f64>,
    /// Level of the interval.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ci_level: Option<f64>,
    /// The confidence interval.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ci: Option<[f64; 2]>,
    /// Parts by type and period.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub parts: Vec<FigureReport>,
}

/// Simulates so many days of a model on a switch. The model's streams go on from day to day.
///
/// # Errors
/// If the model is faulty, there are no days to simulate, or the switch fails.
pub fn replicate(
    model: &SimulationModel,
    switch: &mut impl Switch,
    replications: u32,
) -> Result<Report, SwitchError> {
    let mut load = Workload::new(model).map_err(|fault| SwitchError(fault.to_string()))?;
    if replications == 0 {
        return Err(SwitchError("there is no day to simulate".to_owned()));
    }
    let mut collector = Collector::new(model);
    let mut days = Vec::new();
    for _ in 0..replications {
        load.run_day(switch, &mut collector)?;
        days.push(collector.day());
    }
    let results = Results { model, days, collector };
    let figures = (0..model.figures.len()).filter_map(|place| results.figure(place)).collect();
    Ok(Report {
        model: model.name.clone(),
        switch: switch.name().to_owned(),
        replications,
        calls: load.calls(),
        inputs: switch.inputs(),
        left_waiting: results.collector.left_waiting(),
        figures,
        first_days: results.first_days(),
        busyness: results.busyness(),
    })
}

struct Results<'m> {
    model: &'m SimulationModel,
    days: Vec<DayValues>,
    collector: Collector,
}

/// A part of a quantity: all of it, or the sum over these cells of type and period.
struct Part {
    name: String,
    /// The type, where parts are by type.
    kind: Option<usize>,
    cells: Option<Vec<usize>>,
}

impl Results<'_> {
    fn first_days(&self) -> std::collections::BTreeMap<String, Vec<f64>> {
        let of = |place: usize| {
            let days = self.days.iter().take(DAYS_REPORTED);
            days.filter_map(|day| day.totals.get(place).copied()).collect()
        };
        self.model.quantities.keys().cloned().enumerate().map(|(i, name)| (name, of(i))).collect()
    }

    fn busyness(&self) -> Vec<f64> {
        let days = self.days.iter().take(DAYS_REPORTED);
        days.filter(|_| self.model.busyness.is_some()).map(|day| day.busyness).collect()
    }

    fn figure(&self, place: usize) -> Option<FigureReport> {
        let figure = self.model.figures.get(place)?;
        match (&figure.measure, figure.for_each) {
            (Measure::WaitOfEach(_), _) => {
                let waits = self.collector.waits_of(place)?;
                let mut report = of_tally(&figure.name, figure, &waits.tally);
                report.first = waits.first.iter().map(|wait| wait * figure.times).collect();
                Some(report)
            }
            (Measure::QueueSize(_), _) => self.queue_size(place, figure),
            (_, None) => {
                let whole = Part { name: figure.name.clone(), kind: None, cells: None };
                Some(self.part(figure, &whole))
            }
            (_, Some(by)) => {
                let mut report = FigureReport::empty(&figure.name, FigureKind::Parts);
                report.parts = self.parts(by).iter().map(|part| self.part(figure, part)).collect();
                Some(report)
            }
        }
    }

    fn parts(&self, by: ForEach) -> Vec<Part> {
        let (kinds, periods) = (self.model.types.len(), self.model.periods.len());
        let cell = |kind: usize, period: usize| kind * periods + period;
        let type_name = |kind: usize| {
            self.model.types.get(kind).map(|kind| kind.name.clone()).unwrap_or_default()
        };
        match by {
            ForEach::Type => (0..kinds)
                .map(|kind| Part {
                    name: type_name(kind),
                    kind: Some(kind),
                    cells: Some((0..periods).map(|period| cell(kind, period)).collect()),
                })
                .collect(),
            ForEach::Period => (0..periods)
                .map(|period| Part {
                    name: format!("period {period}"),
                    kind: None,
                    cells: Some((0..kinds).map(|kind| cell(kind, period)).collect()),
                })
                .collect(),
            ForEach::TypeAndPeriod => (0..kinds)
                .flat_map(|kind| (0..periods).map(move |period| (kind, period)))
                .map(|(kind, period)| Part {
                    name: format!("{}, period {period}", type_name(kind)),
                    kind: None,
                    cells: Some(vec![cell(kind, period)]),
                })
                .collect(),
        }
    }

    fn part(&self, figure: &Figure, part: &Part) -> FigureReport {
        match &figure.measure {
            Measure::Ratio([upper, lower]) => {
                let pairs: Vec<(f64, f64)> =
                    self.values(upper, part).into_iter().zip(self.values(lower, part)).collect();
                of_ratio(&part.name, figure, &pairs)
            }
            Measure::MeanOfRatio([upper, lower]) => {
                let pairs = self.values(upper, part).into_iter().zip(self.values(lower, part));
                let ratios = pairs
                    .filter(|(_, lower)| *lower != 0.0)
                    .map(|(upper, lower)| figure.times * upper / lower);
                of_tally(&part.name, figure, &ratios.collect())
            }
            Measure::Mean(of) => {
                let values = self.values(of, part).into_iter().map(|value| value * figure.times);
                of_tally(&part.name, figure, &values.collect())
            }
            Measure::WaitOfEach(_) | Measure::QueueSize(_) => {
                FigureReport::empty(&part.name, FigureKind::Mean)
            }
        }
    }

    /// The values of a quantity, day by day.
    fn values(&self, name: &str, part: &Part) -> Vec<f64> {
        let place = self.model.quantities.keys().position(|other| other == name);
        let Some(place) = place else { return Vec::new() };
        let constant = matches!(self.model.quantities.get(name), Some(Quantity::Constant(_)));
        let of_day = |day: &DayValues| {
            let total = day.totals.get(place).copied().unwrap_or(0.0);
            let Some(cells) = part.cells.as_ref().filter(|_| !constant) else { return total };
            let values = day.cells.get(place).filter(|values| !values.is_empty());
            match (values, part.kind) {
                (Some(values), _) => cells.iter().filter_map(|cell| values.get(*cell)).sum(),
                (None, Some(kind)) => day.arrivals.get(kind).copied().unwrap_or(0.0),
                (None, None) => total,
            }
        };
        self.days.iter().map(of_day).collect()
    }

    fn queue_size(&self, place: usize, figure: &Figure) -> Option<FigureReport> {
        let queue = self.collector.queue_of(place)?;
        let until = queue.until?;
        let mut report = FigureReport::empty(&figure.name, FigureKind::TimeIntegral);
        (report.from_time, report.to_time) = (Some(0.0), Some(until));
        report.min = Some(queue.level.min() * figure.times);
        report.max = Some(queue.level.max() * figure.times);
        report.value = Some(queue.level.mean(until) * figure.times);
        Some(report)
    }
}

impl FigureReport {
    fn empty(name: &str, kind: FigureKind) -> Self {
        Self {
            name: name.to_owned(),
            kind,
            from_time: None,
            to_time: None,
            first: Vec::new(),
            observations: None,
            min: None,
            max: None,
            value: None,
            variance: None,
            sd: None,
            ci_level: None,
            ci: None,
            parts: Vec::new(),
        }
    }

    fn with_interval(mut self, level: f64) -> Self {
        self.ci = match (self.value, self.sd, self.observations) {
            (Some(value), Some(sd), Some(n)) => confidence_interval(value, sd, n, level),
            _ => None,
        };
        self.ci_level = self.ci.map(|_| level);
        self
    }
}

/// The tally holds values already multiplied, save those of single calls.
fn of_tally(name: &str, figure: &Figure, tally: &Tally) -> FigureReport {
    let times = match figure.measure {
        Measure::WaitOfEach(_) => figure.times,
        _ => 1.0,
    };
    let mut report = FigureReport::empty(name, FigureKind::Mean);
    report.observations = Some(tally.n());
    report.min = tally.min().map(|value| value * times);
    report.max = tally.max().map(|value| value * times);
    report.value = tally.mean().map(|value| value * times);
    report.variance = tally.variance().map(|value| value * times * times);
    report.sd = tally.sd().map(|value| value * times.abs());
    report.with_interval(figure.level)
}

fn of_ratio(name: &str, figure: &Figure, pairs: &[(f64, f64)]) -> FigureReport {
    let mut report = FigureReport::empty(name, FigureKind::RatioOfMeans);
    report.observations = u64::try_from(pairs.len()).ok();
    if let Some(ratio) = RatioOfMeans::of(pairs) {
        report.value = Some(ratio.value * figure.times);
        report.sd = ratio.sd.map(|sd| sd * figure.times.abs());
    }
    report.with_interval(figure.level)
}
