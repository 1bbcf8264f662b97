//! The figures of a day that policies are compared by.

use super::followed::{AgentDay, CallRow};
use super::model::{Outcome, SimulationModel};
use super::routing::Routing;
use super::statistics::Tally;

/// A figure of a day.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum DayFigure {
    /// Calls answered within the target, of all that came in; the targets are those of each type.
    ServiceLevel,
    /// The mean wait of those answered.
    SpeedOfAnswer,
    /// The wait that 95 % of those answered did not exceed.
    Wait95,
    /// Callers who gave up, of all that came in.
    Abandonment,
    /// Time at work that was not idle.
    Occupancy,
    /// Jain's index of the agents' idle shares (Jain, Chiu, Hawe, DEC TR-301, 1984): 1 when all are idle
    /// for the same part of their time, 1/n when one of n has it all.
    IdleFairness,
}

impl DayFigure {
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::ServiceLevel => "service_level",
            Self::SpeedOfAnswer => "speed_of_answer",
            Self::Wait95 => "wait_95",
            Self::Abandonment => "abandonment",
            Self::Occupancy => "occupancy",
            Self::IdleFairness => "idle_fairness",
        }
    }

    pub(super) const fn unit(self) -> &'static str {
        match self {
            Self::SpeedOfAnswer | Self::Wait95 => "seconds",
            _ => "share",
        }
    }
}

/// What is measured, and of which type of calls.
#[derive(Clone, Debug)]
pub(super) struct Subject {
    pub(super) figure: DayFigure,
    /// All types when absent.
    pub(super) kind: Option<usize>,
    /// By type: the targets, in seconds.
    targets: Vec<f64>,
}

/// Everything that is measured. Targets are those of the model, whatever a policy makes of them.
pub(super) fn subjects(model: &SimulationModel, routing: &Routing) -> Vec<Subject> {
    let of_call = [
        DayFigure::ServiceLevel,
        DayFigure::SpeedOfAnswer,
        DayFigure::Wait95,
        DayFigure::Abandonment,
    ];
    let target = |name: &str| routing.target(name).as_secs_f64();
    let targets: Vec<f64> = model.types.iter().map(|kind| target(&kind.name)).collect();
    let kinds = (0..model.types.len()).map(Some).filter(|_| model.types.len() > 1);
    let subject = |figure, kind| Subject { figure, kind, targets: targets.clone() };
    let mut all = Vec::new();
    for kind in kinds.chain([None]) {
        all.extend(of_call.map(|figure| subject(figure, kind)));
    }
    all.extend([DayFigure::Occupancy, DayFigure::IdleFairness].map(|figure| subject(figure, None)));
    all
}

/// The figures of a day; absent where nothing was there to measure.
pub(super) fn of_day(
    subjects: &[Subject],
    calls: &[CallRow],
    agents: &[AgentDay],
    seconds_per_unit: f64,
) -> Vec<Option<f64>> {
    subjects.iter().map(|subject| subject.measured(calls, agents, seconds_per_unit)).collect()
}

impl Subject {
    fn measured(&self, calls: &[CallRow], agents: &[AgentDay], seconds: f64) -> Option<f64> {
        let calls = calls.iter().filter(|call| self.kind.is_none_or(|kind| call.kind == kind));
        let offered = calls.clone().count();
        let answered = calls.clone().filter(|call| call.outcome == Some(Outcome::Served));
        let waits = answered.filter_map(|call| Some((call.kind, call.wait? * seconds)));
        match self.figure {
            DayFigure::ServiceLevel => {
                let target = |kind: usize| self.targets.get(kind).copied().unwrap_or(0.0);
                share(waits.filter(|(kind, wait)| *wait <= target(*kind)).count(), offered)
            }
            DayFigure::SpeedOfAnswer => waits.map(|(_, wait)| wait).collect::<Tally>().mean(),
            DayFigure::Wait95 => {
                let mut waits: Vec<f64> = waits.map(|(_, wait)| wait).collect();
                waits.sort_by(f64::total_cmp);
                waits.get((waits.len() * 95).div_ceil(100).saturating_sub(1)).copied()
            }
            DayFigure::Abandonment => {
                let gave_up = |call: &&CallRow| call.outcome == Some(Outcome::Abandoned);
                share(calls.filter(gave_up).count(), offered)
            }
            DayFigure::Occupancy => {
                let present: f64 = agents.iter().map(|agent| agent.present).sum();
                let idle: f64 = agents.iter().map(|agent| agent.idle).sum();
                (present > 0.0).then(|| 1.0 - idle / present)
            }
            DayFigure::IdleFairness => {
                let shares = agents.iter().map(|agent| agent.idle / agent.present);
                let squares =
                    shares.clone().map(|share| share * share).collect::<Tally>().mean()?;
                let mean = shares.collect::<Tally>().mean()?;
                (squares > 0.0).then(|| mean * mean / squares)
            }
        }
    }
}

#[allow(clippy::cast_precision_loss)] // calls of a day
fn share(part: usize, of: usize) -> Option<f64> {
    (of > 0).then(|| part as f64 / of as f64)
}
