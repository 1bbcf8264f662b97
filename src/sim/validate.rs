//! What must hold of a model before it can be simulated.

use super::distribution::Distribution;
use super::load::ModelError;
use super::model::{
    AgentGroup, Arrivals, Balking, CallType, Draw, Factor, Figure, Filter, ForEach, Measure,
    Quantity, SimulationModel, Span,
};
use super::per_period::PerPeriod;
use super::random::Streams;

/// Streams that a model may name.
const MOST_STREAMS: u32 = 10_000;

/// Calls of a type on one day; beyond that a day would not end.
const MOST_CALLS: f64 = 1e9;

type Checked = Result<(), ModelError>;

fn fault(path: &str, message: &str) -> ModelError {
    ModelError(format!("{path}: {message}"))
}

fn demand(holds: bool, path: &str, message: &str) -> Checked {
    if holds { Ok(()) } else { Err(fault(path, message)) }
}

impl SimulationModel {
    /// Checks that the model can be simulated.
    ///
    /// # Errors
    /// The first fault, with the place where it is.
    pub fn validate(&self) -> Checked {
        let ascending = self
            .periods
            .iter()
            .try_fold(0.0, |last, end| (*end > last && end.is_finite()).then_some(*end));
        demand(ascending.is_some(), "periods", "ends must be above 0 and ascend")?;
        demand(!self.periods.is_empty(), "periods", "at least one is needed")?;
        demand(Streams::new(self.seed).is_some(), "seed", "is no state of the generator")?;
        demand(self.replications > 0, "replications", "must be at least 1")?;
        demand(!self.types.is_empty(), "types", "at least one is needed")?;
        demand(!self.groups.is_empty(), "groups", "at least one is needed")?;
        self.streams().iter().try_for_each(|(path, number)| stream(path, *number))?;
        sound_if("busyness", self.busyness.as_ref().map(|busyness| &busyness.distribution))?;
        self.check_draws()?;
        self.list("open", &self.open)?;
        distinct("types", self.types.iter().map(|kind| kind.name.as_str()))?;
        distinct("groups", self.groups.iter().map(|group| group.name.as_str()))?;
        for kind in &self.types {
            self.check_type(kind)?;
        }
        self.check_groups()?;
        self.check_routing()?;
        self.check_quantities()?;
        self.figures.iter().try_for_each(|figure| self.check_figure(figure))
    }

    fn check_draws(&self) -> Checked {
        for draw in [Draw::Service, Draw::Patience, Draw::Routing, Draw::NextArrival] {
            let times = self.draws.iter().filter(|other| **other == draw).count();
            demand(times <= 1, "draws", "a step is named twice")?;
            let needed = matches!(draw, Draw::Routing | Draw::NextArrival);
            demand(!needed || times == 1, "draws", "routing and next_arrival must be named")?;
        }
        Ok(())
    }

    fn check_type(&self, kind: &CallType) -> Checked {
        let path = |field: &str| format!("type \"{}\", {field}", kind.name);
        self.check_arrivals(&path("arrivals"), &kind.arrivals)?;
        self.distributions(&path("service"), &kind.service)?;
        if let Some(patience) = &kind.patience {
            self.distributions(&path("patience"), patience)?;
            demand(kind.patience_stream.is_some(), &path("patience_stream"), "is needed")?;
        }
        let busyness = kind.busyness.as_ref().map(|busyness| &busyness.distribution);
        sound_if(&path("busyness"), busyness)?;
        if let Some(Balking { probability, .. }) = &kind.balking {
            let fine = !probability.is_empty() && probability.iter().all(|p| is_probability(*p));
            demand(fine, &path("balking"), "probabilities must be given, within 0 and 1")?;
        }
        if let Some(retrial) = &kind.retrial {
            // With 1, nobody who is always blocked would ever stop.
            let fine = is_probability(retrial.probability) && retrial.probability < 1.0;
            demand(fine, &path("retrial"), "the probability must be 0 or above, and below 1")?;
            sound(&path("retrial"), &retrial.after)?;
        }
        if let Some(wait) = kind.max_wait {
            demand(wait > 0.0, &path("max_wait"), "must be above 0")?;
        }
        demand(!kind.groups.is_empty(), &path("groups"), "nobody serves the type")?;
        distinct(&path("groups"), kind.groups.iter().map(String::as_str))?;
        kind.groups.iter().try_for_each(|name| self.group_known(&path("groups"), name))
    }

    fn check_arrivals(&self, path: &str, arrivals: &Arrivals) -> Checked {
        let horizon = self.horizon();
        let too_many = "more than a thousand million calls a day";
        match arrivals {
            Arrivals::Poisson(rates) => {
                self.list(path, rates)?;
                let fine = rates.values().iter().all(|rate| *rate >= 0.0 && rate.is_finite());
                demand(fine, path, "rates must be finite and not below 0")?;
                let most = rates.values().iter().copied().fold(0.0, f64::max);
                demand(most * horizon <= MOST_CALLS, path, too_many)
            }
            Arrivals::Renewal(between) => {
                sound(path, between)?;
                let mean = between.rough_mean();
                demand(mean > 0.0, path, "all calls would come at once")?;
                demand(horizon / mean <= MOST_CALLS, path, too_many)
            }
            Arrivals::Times(times) => {
                let fine = times.iter().try_fold(0.0, |last, time| {
                    (*time >= last && time.is_finite()).then_some(*time)
                });
                demand(fine.is_some(), path, "times must ascend from 0")?;
                let last = times.last().copied().unwrap_or(0.0);
                demand(last < horizon, path, "a time is not before the horizon")
            }
        }
    }

    fn check_groups(&self) -> Checked {
        for group in &self.groups {
            let path = |field: &str| format!("group \"{}\", {field}", group.name);
            self.check_people(group)?;
            distinct(&path("types"), group.types.iter().map(String::as_str))?;
            for name in &group.types {
                self.type_known(&path("types"), name)?;
            }
            let serves = |name: &String| {
                self.types
                    .iter()
                    .any(|kind| kind.name == *name && kind.groups.contains(&group.name))
            };
            let agree = group.types.iter().all(serves)
                && self.types.iter().all(|kind| {
                    !kind.groups.contains(&group.name) || group.types.contains(&kind.name)
                });
            demand(agree, &path("types"), "the lists of types and of groups do not agree")?;
        }
        Ok(())
    }

    fn check_people(&self, group: &AgentGroup) -> Checked {
        let path = |field: &str| format!("group \"{}\", {field}", group.name);
        let there = group.staff.is_some() || !group.shifts.is_empty();
        demand(there, &path("staff"), "staff or shifts must be given")?;
        if let Some(staff) = &group.staff {
            self.list(&path("staff"), staff)?;
        }
        for shift in &group.shifts {
            let fine = shift.from >= 0.0 && shift.from < shift.to && shift.to.is_finite();
            demand(fine, &path("shifts"), "a shift must begin at 0 or later and before its end")?;
            let within = shift.breaks.iter().try_fold(shift.from, |last, [from, to]| {
                (*from >= last && from < to && *to <= shift.to).then_some(*to)
            });
            demand(within.is_some(), &path("shifts"), "breaks must ascend, within the shift")?;
        }
        if let Factor::ByType(factors) = &group.service_factor {
            factors.keys().try_for_each(|name| self.type_known(&path("service_factor"), name))?;
        }
        let factors = group.service_factor.values();
        let fine = factors.iter().all(|factor| *factor > 0.0 && factor.is_finite());
        demand(fine, &path("service_factor"), "must be above 0")?;
        sound_if(&path("wrap_up"), group.wrap_up.as_ref().map(|wrap_up| &wrap_up.time))?;
        if let Some(ring) = &group.ring {
            sound(&path("ring"), &ring.time)?;
            demand(is_probability(ring.no_answer), &path("ring"), "no_answer must be in 0 to 1")?;
            let limit = self.ring_limit.is_some_and(|limit| limit > 0.0 && limit.is_finite());
            demand(limit, "ring_limit", "must be given, above 0, where phones ring")?;
            let pause = self.no_answer_pause;
            demand(pause > 0.0 && pause.is_finite(), "no_answer_pause", "must be above 0")?;
        }
        Ok(())
    }

    fn check_quantities(&self) -> Checked {
        for (name, quantity) in &self.quantities {
            let path = format!("quantity \"{name}\"");
            match quantity {
                Quantity::Constant(value) => demand(value.is_finite(), &path, "is no number")?,
                Quantity::Calls(filters) | Quantity::Waits(filters) => {
                    self.check_filters(&path, filters)?;
                }
                Quantity::Arrivals(types) => {
                    types.iter().try_for_each(|name| self.type_known(&path, name))?;
                }
                Quantity::Busy(span) | Quantity::Staffed(span) | Quantity::Scheduled(span) => {
                    span.of.iter().try_for_each(|name| self.group_known(&path, name))?;
                    self.periods_known(&path, &span.periods)?;
                }
                Quantity::Waiting(Span { of, periods, .. }) => {
                    of.iter().try_for_each(|name| self.type_known(&path, name))?;
                    self.periods_known(&path, periods)?;
                }
                Quantity::Sum(parts) => {
                    for part in parts {
                        let simple = self
                            .quantities
                            .get(part)
                            .is_some_and(|part| !matches!(part, Quantity::Sum(_)));
                        demand(simple, &path, "a sum is of quantities that are no sums")?;
                    }
                }
            }
        }
        Ok(())
    }

    fn check_figure(&self, figure: &Figure) -> Checked {
        let path = format!("figure \"{}\"", figure.name);
        let known = |name: &String| {
            let message = format!("there is no quantity \"{name}\"");
            demand(self.quantities.contains_key(name), &path, &message)
        };
        demand(figure.times.is_finite(), &path, "`times` must be a number")?;
        demand(figure.level > 0.0 && figure.level < 1.0, &path, "`level` must be within 0 and 1")?;
        match &figure.measure {
            Measure::Mean(of) => known(of)?,
            Measure::Ratio(pair) | Measure::MeanOfRatio(pair) => pair.iter().try_for_each(known)?,
            Measure::WaitOfEach(filters) => self.check_filters(&path, filters)?,
            Measure::QueueSize(types) => {
                types.iter().try_for_each(|name| self.type_known(&path, name))?;
            }
        }
        let by = figure.for_each;
        let countable = |name: &String| {
            let fine = match self.quantities.get(name) {
                Some(Quantity::Calls(_) | Quantity::Waits(_) | Quantity::Constant(_)) => true,
                Some(Quantity::Arrivals(_)) => by.is_none_or(|by| by == ForEach::Type),
                _ => false,
            };
            demand(fine, &path, "only calls and waits can be told by type and period")
        };
        match (&figure.measure, by) {
            (_, None) => Ok(()),
            (Measure::Mean(of), _) => countable(of),
            (Measure::Ratio(pair) | Measure::MeanOfRatio(pair), _) => {
                pair.iter().try_for_each(countable)
            }
            _ => Err(fault(&path, "`for_each` is for means and ratios")),
        }
    }

    fn check_filters(&self, path: &str, filters: &[Filter]) -> Checked {
        for filter in filters {
            filter.types.iter().try_for_each(|name| self.type_known(path, name))?;
            filter.groups.iter().try_for_each(|name| self.group_known(path, name))?;
            self.periods_known(path, &filter.periods)?;
        }
        Ok(())
    }

    fn periods_known(&self, path: &str, periods: &[usize]) -> Checked {
        let fine = periods.iter().all(|period| *period < self.periods.len());
        demand(fine, path, "there is no such period")
    }

    fn distributions(&self, path: &str, values: &PerPeriod<Distribution>) -> Checked {
        self.list(path, values)?;
        values.values().iter().try_for_each(|distribution| sound(path, distribution))
    }

    fn list<T>(&self, path: &str, values: &PerPeriod<T>) -> Checked {
        let count = values.values().len();
        demand(count > 0, path, "the list is empty")?;
        demand(count <= self.periods.len() + 1, path, "there are more values than periods")
    }

    fn type_known(&self, path: &str, name: &str) -> Checked {
        let known = self.types.iter().any(|kind| kind.name == name);
        demand(known, path, &format!("there is no type \"{name}\""))
    }

    fn group_known(&self, path: &str, name: &str) -> Checked {
        let known = self.groups.iter().any(|group| group.name == name);
        demand(known, path, &format!("there is no group \"{name}\""))
    }
}

fn sound(path: &str, distribution: &Distribution) -> Checked {
    distribution.fault().map_or(Ok(()), |wrong| Err(fault(path, &wrong)))
}

fn sound_if(path: &str, distribution: Option<&Distribution>) -> Checked {
    distribution.map_or(Ok(()), |distribution| sound(path, distribution))
}

fn is_probability(value: f64) -> bool {
    (0.0..=1.0).contains(&value)
}

fn stream(path: &str, number: u32) -> Checked {
    demand((1..=MOST_STREAMS).contains(&number), path, "streams are counted from 1")
}

fn distinct<'a>(path: &str, names: impl Iterator<Item = &'a str>) -> Checked {
    let mut seen = std::collections::BTreeSet::new();
    for name in names {
        demand(seen.insert(name), path, &format!("\"{name}\" is there twice"))?;
    }
    Ok(())
}
