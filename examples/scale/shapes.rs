//! Figures of routing, each in turns with the linear scan for the same decision.
//!
//! First the decision alone, as a host may ask for it; then, where an index could be at its worst, whole steps that
//! make an offer, with validation, decision, application and the finished record. Goals of these are those of `step`;
//! where the decision may take longer than there, that comes on top.

use std::time::Duration as Span;

use crate::crowd::{Arrivals, Backlog};
use crate::figures::{Figure, spread};
use crate::world::Plan;

/// Agents of a large center.
const AGENTS: usize = 100_000;

/// Scans for a baseline; one of a million rows takes milliseconds.
const SCANS: usize = 200;

/// Steps and scans in turns, the first tenth of the steps left out: it fills caches and buffers.
fn figure<T>(
    id: &'static str,
    (goal, goal_ratio): (f64, f64),
    (on, most): (&mut T, usize),
    step: impl Fn(&mut T, usize) -> Option<Span>,
    scan: impl Fn(&mut T) -> Span,
) -> Figure {
    let (mut steps, mut scans) = (Vec::new(), Vec::new());
    for turn in 0..most {
        let Some(spent) = step(on, turn) else { break };
        steps.push(spent);
        if turn % (most / SCANS) == 0 {
            scans.push(scan(on));
        }
    }
    steps.drain(..steps.len() / 10);
    let nanos = |spans: Vec<Span>| spread(spans.iter().map(|s| s.as_secs_f64() * 1e9).collect());
    let ((median, p99), (baseline, _)) = (nanos(steps), nanos(scans));
    Figure {
        id,
        unit: "ns",
        median,
        p99: Some(p99),
        goal: Some(goal),
        baseline: Some(baseline),
        goal_ratio: Some(goal_ratio),
    }
}

fn arrival(id: &'static str, goals: (f64, f64), on: &mut Arrivals) -> Figure {
    figure(id, goals, (on, 50_000), |center, _| Some(center.step()), Arrivals::scan)
}

/// Half of the agents are free, 200 queues: who would be offered somebody who comes now. A sample is the mean of 16
/// such questions, with the look-up of the queue by its key; between two samples somebody calls and leaves again.
fn arrives(id: &'static str, goals: (f64, f64), (agents, signatures): (usize, usize)) -> Figure {
    let plan = Plan::new(agents, signatures, 200);
    let mut center = Arrivals::new(plan, (0..agents).step_by(2));
    let decide = |center: &mut Arrivals, _| {
        center.step();
        Some(center.decide())
    };
    figure(id, goals, (&mut center, 20_000), decide, Arrivals::scan)
}

/// 10,000 agents with 200 signatures.
pub(crate) fn arrives_10k_200() -> Vec<Figure> {
    vec![arrives("arrival_10k_200", (80.0, 200.0), (10_000, 200))]
}

/// 100,000 agents with 200 signatures, with 2,000, and no two alike.
pub(crate) fn arrives_100k() -> Vec<Figure> {
    vec![
        arrives("arrival_100k_200", (120.0, 3_000.0), (AGENTS, 200)),
        arrives("arrival_100k_2000", (250.0, 1_500.0), (AGENTS, 2_000)),
        arrives("arrival_100k_unique", (1_200.0, 300.0), (AGENTS, AGENTS)),
    ]
}

/// 1,000,000 calls wait for 1,000 agents, in 500 queues and in 2,000: whom an agent would be offered who became free. A
/// sample is the mean of 16 such questions, with the look-up of the agent by its key; between two samples an agent
/// becomes free and is offered somebody.
pub(crate) fn frees() -> Vec<Figure> {
    let shapes =
        [("free_1m_500", (500.0, 5_000.0), 500), ("free_1m_2000", (1_000.0, 2_000.0), 2_000)];
    let decide = |center: &mut Backlog, _| {
        center.step()?;
        Some(center.decide())
    };
    let free = |(id, goals, queues)| {
        let mut center = Backlog::new(Plan::new(1_000, 200, queues), 1_000_000).staffed();
        figure(id, goals, (&mut center, 20_000), decide, Backlog::scan)
    };
    shapes.map(free).into()
}

/// 200 signatures, 200 queues: `arrival_all_idle` with all agents free, `arrival_none_idle` when none of
/// them takes work and everybody has to wait: the step finds out that there is nobody.
pub(crate) fn all_or_none() -> Vec<Figure> {
    let mut center = Arrivals::new(Plan::new(AGENTS, 200, 200), 0..AGENTS);
    let all = arrival("arrival_all_idle", (1_000.0, 300.0), &mut center);
    center.all_pause();
    vec![all, arrival("arrival_none_idle", (1_000.0, 300.0), &mut center)]
}

/// One skill that all agents have at one level, and one queue that asks for it: everybody stands in one
/// line.
pub(crate) fn one_skill() -> Vec<Figure> {
    let mut center = Arrivals::new(Plan::one_skill(AGENTS), 0..AGENTS);
    vec![arrival("one_skill_for_all", (1_000.0, 300.0), &mut center)]
}

/// No two agents are alike, half of them are free, 200 queues: everybody stands in a line of their own.
pub(crate) fn unique_signatures() -> Vec<Figure> {
    let mut center = Arrivals::new(Plan::new(AGENTS, AGENTS, 200), (0..AGENTS).step_by(2));
    vec![arrival("unique_signatures_100k", (2_200.0, 150.0), &mut center)]
}

/// 100,000 calls wait in 200 queues when 100,000 agents with 200 signatures come in at the same moment.
/// A step is one who signs in and is offered a call.
pub(crate) fn mass_sign_in() -> Vec<Figure> {
    let mut center = Backlog::new(Plan::new(AGENTS, 200, 200), 100_000);
    let step = |center: &mut Backlog, agent| Some(center.sign_in(agent));
    vec![figure("mass_sign_in", (1_500.0, 300.0), (&mut center, AGENTS), step, Backlog::scan)]
}

/// 500,000 calls wait in 200 queues for 1,000 agents. A step frees an agent, who is offered the next;
/// nobody waits in the end.
pub(crate) fn backlog_drains() -> Vec<Figure> {
    let mut center = Backlog::new(Plan::new(1_000, 200, 200), 500_000).staffed();
    let on = (&mut center, 500_000);
    let step = |center: &mut Backlog, _| center.step();
    vec![figure("backlog_500k_drains", (1_500.0, 800.0), on, step, Backlog::scan)]
}

/// 1,000,000 calls wait in 2,000 queues that all ask for something of 1,000 agents. A step frees an agent,
/// who is offered the next.
pub(crate) fn classes() -> Vec<Figure> {
    let mut center = Backlog::new(Plan::new(1_000, 200, 2_000), 1_000_000).staffed();
    let on = (&mut center, 100_000);
    let step = |center: &mut Backlog, _| center.step();
    vec![figure("classes_2000", (2_000.0, 1_000.0), on, step, Backlog::scan)]
}
