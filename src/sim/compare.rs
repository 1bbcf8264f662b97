//! What if: the same days under several policies, compared by differences day by day.
//!
//! All policies meet the same calls: every day has substreams of its own, and service time and patience
//! are drawn as a call comes in, so that what differs is what the policy did (common random numbers).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::engine_switch::EngineSwitch;
use super::figures_of_day::{Subject, of_day, subjects};
use super::followed::Followed;
use super::load::ModelError;
use super::measure::Collector;
use super::model::{Draw, SimulationModel};
use super::per_period::PerPeriod;
use super::routing::Routing;
use super::statistics::{Tally, confidence_interval};
use super::switch::SwitchError;
use super::workload::Workload;

/// The level of all intervals.
const LEVEL: f64 = 0.95;

/// A way to run a center: changes to its model.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Policy {
    /// Its name.
    pub name: String,
    /// What it is about, for people.
    #[serde(default)]
    pub about: String,
    /// Changes to the routing.
    #[serde(default)]
    pub routing: Routing,
    /// Other numbers of agents, by group.
    #[serde(default)]
    pub staff: BTreeMap<String, PerPeriod<u32>>,
}

impl Policy {
    /// A policy that differs in routing alone.
    pub fn new(name: &str, routing: Routing) -> Self {
        Self { name: name.to_owned(), routing, ..Self::default() }
    }

    /// The model with this policy.
    ///
    /// # Errors
    /// If a change does not fit the model.
    pub fn applied(&self, model: &SimulationModel) -> Result<SimulationModel, ModelError> {
        let wrong = |message: String| ModelError(format!("policy \"{}\": {message}", self.name));
        let mut model = model.clone();
        model.routing = Some(model.routing.unwrap_or_default().changed(&self.routing));
        for (name, staff) in &self.staff {
            match model.groups.iter_mut().find(|group| group.name == *name) {
                Some(group) => group.staff = Some(staff.clone()),
                None => return Err(wrong(format!("there is no group \"{name}\""))),
            }
        }
        // What is drawn as a call comes in is the same whatever becomes of it.
        model.draws = vec![Draw::Service, Draw::Patience, Draw::Routing, Draw::NextArrival];
        model.validate().map_err(|fault| wrong(fault.to_string()))?;
        Ok(model)
    }
}

/// What came of a comparison.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Comparison {
    /// The model's name.
    pub model: String,
    /// Days under each policy.
    pub days: u32,
    /// Calls on those days.
    pub calls: u64,
    /// Whether every call has the same service time and patience under all policies. Not so where phones
    /// ring, agents work on after calls, or callers give up at the sight of the queue and call again: what
    /// is drawn for these depends on the policy, and only the days are the same.
    pub same_call_by_call: bool,
    /// The policy that the others are compared with.
    pub baseline: String,
    /// The level of the intervals.
    pub level: f64,
    /// How many times wider the intervals of differences would be on independent days: the median of all.
    pub narrower: Option<f64>,
    /// The figures.
    pub figures: Vec<ComparedFigure>,
}

/// A figure under all policies: its mean over days.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ComparedFigure {
    /// What it is.
    pub name: String,
    /// Of which type of calls; of all when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub queue: Option<String>,
    /// Its unit: `share` or `seconds`.
    pub unit: String,
    /// Under the baseline; absent where no day gave one.
    pub baseline: Option<f64>,
    /// The interval of that.
    pub interval: Option<[f64; 2]>,
    /// The other policies against it.
    pub differences: Vec<Difference>,
}

/// A policy against the baseline in one figure.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Difference {
    /// The policy.
    pub policy: String,
    /// The figure under it.
    pub value: Option<f64>,
    /// The mean difference of the days that both gave a figure for.
    pub difference: Option<f64>,
    /// Its interval, from the differences day by day (paired t).
    pub interval: Option<[f64; 2]>,
    /// Whether the interval leaves out 0.
    pub clear: bool,
    /// How many times wider it would be on independent days: the baseline on as many days of other random
    /// numbers, at the same quantile. Absent where all differences are the same.
    pub narrower: Option<f64>,
}

/// Runs so many days under each policy and compares them with the baseline, which is one of them.
///
/// # Errors
/// If the model or a policy is faulty, the baseline is none of them, there are fewer than two days, or the
/// engine fails.
pub fn compare(
    model: &SimulationModel,
    policies: &[Policy],
    baseline: &str,
    days: u32,
) -> Result<Comparison, SwitchError> {
    let wrong = |message: String| Err(SwitchError(message));
    let Some(base) = policies.iter().find(|policy| policy.name == baseline) else {
        return wrong(format!("the baseline \"{baseline}\" is none of the policies"));
    };
    for (place, policy) in policies.iter().enumerate() {
        if policies.iter().take(place).any(|other| other.name == policy.name) {
            return wrong(format!("two policies are named \"{}\"", policy.name));
        }
        policy.applied(model).map_err(|fault| SwitchError(fault.to_string()))?;
    }
    if days < 2 {
        return wrong("an interval needs two days or more".to_owned());
    }
    let routing = model.routing.clone().unwrap_or_default();
    let subjects = subjects(model, &routing);
    let first = run(model, base, &subjects, 0, days)?;
    let apart = run(model, base, &subjects, days, days)?;
    let mut others = Vec::new();
    for policy in policies.iter().filter(|policy| policy.name != baseline) {
        others.push((policy.name.clone(), run(model, policy, &subjects, 0, days)?.figures));
    }
    let figure = |(place, subject): (usize, &Subject)| {
        let [base, apart] = [&first.figures, &apart.figures].map(|days| column(days, place));
        let against = |(name, days): &(String, Vec<Vec<Option<f64>>>)| {
            difference(name, &column(days, place), &base, &apart)
        };
        let tally: Tally = base.iter().copied().flatten().collect();
        ComparedFigure {
            name: subject.figure.name().to_owned(),
            queue: subject.kind.and_then(|kind| Some(model.types.get(kind)?.name.clone())),
            unit: subject.figure.unit().to_owned(),
            baseline: tally.mean(),
            interval: interval(&tally),
            differences: others.iter().map(against).collect(),
        }
    };
    let figures: Vec<ComparedFigure> = subjects.iter().enumerate().map(figure).collect();
    let ratios = figures.iter().flat_map(|figure| &figure.differences);
    Ok(Comparison {
        model: model.name.clone(),
        days,
        calls: first.calls,
        same_call_by_call: same_call_by_call(model),
        baseline: baseline.to_owned(),
        level: LEVEL,
        narrower: median(ratios.filter_map(|difference| difference.narrower).collect()),
        figures,
    })
}

fn same_call_by_call(model: &SimulationModel) -> bool {
    let groups = model.groups.iter().all(|group| group.ring.is_none() && group.wrap_up.is_none());
    groups && model.types.iter().all(|kind| kind.balking.is_none() && kind.retrial.is_none())
}

/// What days under one policy gave.
struct Days {
    calls: u64,
    /// By day, in the order of subjects.
    figures: Vec<Vec<Option<f64>>>,
}

/// Runs days under a policy, after as many days as are to be left out.
fn run(
    model: &SimulationModel,
    policy: &Policy,
    subjects: &[Subject],
    after: u32,
    days: u32,
) -> Result<Days, SwitchError> {
    let model = policy.applied(model).map_err(|fault| SwitchError(fault.to_string()))?;
    let wrong = |fault: ModelError| SwitchError(format!("policy \"{}\": {fault}", policy.name));
    let mut load = Workload::new(&model).map_err(wrong)?;
    let mut switch = Followed::new(EngineSwitch::new(&model).map_err(wrong)?);
    let mut collector = Collector::new(&model);
    (0..after).for_each(|_| load.next_substreams());
    let mut figures = Vec::new();
    for _ in 0..days {
        load.run_day(&mut switch, &mut collector)?;
        load.next_substreams();
        let seconds = model.seconds_per_unit().unwrap_or(1.0);
        figures.push(of_day(subjects, switch.calls(), &switch.switch().agents(), seconds));
    }
    Ok(Days { calls: load.calls(), figures })
}

fn column(days: &[Vec<Option<f64>>], place: usize) -> Vec<Option<f64>> {
    days.iter().map(|day| day.get(place).copied().flatten()).collect()
}

fn interval(tally: &Tally) -> Option<[f64; 2]> {
    confidence_interval(tally.mean()?, tally.sd()?, tally.n(), LEVEL)
}

#[allow(clippy::cast_precision_loss)] // days
fn difference(
    name: &str,
    policy: &[Option<f64>],
    base: &[Option<f64>],
    apart: &[Option<f64>],
) -> Difference {
    let pairs = policy.iter().zip(base).filter_map(|(new, old)| Some((*new)? - (*old)?));
    let pairs: Tally = pairs.collect();
    let [policy, apart] = [policy, apart].map(|days| days.iter().copied().flatten().collect());
    let error = |tally: &Tally| Some(tally.variance()? / tally.n() as f64);
    let independent = error(&policy).zip(error(&apart)).map(|(new, old)| (new + old).sqrt());
    let paired = error(&pairs).map(f64::sqrt).filter(|error| *error > 0.0);
    let interval = interval(&pairs);
    Difference {
        policy: name.to_owned(),
        value: Tally::mean(&policy),
        difference: pairs.mean(),
        interval,
        clear: interval.is_some_and(|[low, high]| low > 0.0 || high < 0.0),
        narrower: independent.zip(paired).map(|(independent, paired)| independent / paired),
    }
}

fn median(mut values: Vec<f64>) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied()
}
