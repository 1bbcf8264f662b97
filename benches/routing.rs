//! Routing under Criterion: decisions alone and whole steps that make one, beside the linear scan for the same decision.
//!
//! The shapes are those of `examples/scale`, in smaller centers.

#[path = "../examples/scale/baseline.rs"]
mod baseline;
#[path = "../examples/scale/crowd.rs"]
#[allow(clippy::expect_used)] // of an example
mod crowd;
#[path = "../examples/scale/world.rs"]
#[allow(dead_code, clippy::expect_used)] // the example uses all of it
mod world;

use std::time::Duration;

use criterion::measurement::WallTime;
use criterion::{BenchmarkGroup, Criterion, criterion_group, criterion_main};
use crowd::{Arrivals, Backlog};
use switchboard::id::Key;
use switchboard::model::{AcrossQueues, AgentOrder, CostGrowth};
use world::Plan;

/// Agents of a center.
const AGENTS: usize = 10_000;

/// Calls that wait.
const WAITING: usize = 50_000;

fn half() -> impl Iterator<Item = usize> {
    (0..AGENTS).step_by(2)
}

fn arrival(group: &mut BenchmarkGroup<'_, WallTime>, shape: &str, center: &mut Arrivals) {
    group.bench_function(format!("{shape}/engine"), |bencher| {
        bencher.iter_custom(|times| (0..times).map(|_| center.step()).sum());
    });
    group.bench_function(format!("{shape}/decision"), |bencher| {
        bencher.iter_custom(|times| (0..times).map(|_| center.decide()).sum());
    });
    group.bench_function(format!("{shape}/scan"), |bencher| {
        bencher.iter_custom(|times| (0..times).map(|_| center.scan()).sum());
    });
}

/// An agent becomes free and is offered one of those who wait; another one calls meanwhile.
fn frees(group: &mut BenchmarkGroup<'_, WallTime>, shape: &str, plan: Plan) {
    let mut center = Backlog::new(plan, WAITING).staffed();
    group.bench_function(format!("{shape}/scan"), |bencher| {
        bencher.iter_custom(|times| (0..times).map(|_| center.scan()).sum());
    });
    group.bench_function(format!("{shape}/decision"), |bencher| {
        bencher.iter_custom(|times| (0..times).map(|_| center.decide()).sum());
    });
    group.bench_function(format!("{shape}/engine"), |bencher| {
        bencher.iter_custom(|times| {
            let step = |_| {
                center.arrive();
                center.step().expect("somebody rings")
            };
            (0..times).map(step).sum()
        });
    });
}

/// A group whose setup takes longer than its measurement.
fn group<'c>(criterion: &'c mut Criterion, name: &str) -> BenchmarkGroup<'c, WallTime> {
    let mut group = criterion.benchmark_group(name);
    group.sample_size(20).warm_up_time(Duration::from_millis(500));
    group.measurement_time(Duration::from_secs(2));
    group
}

fn arrivals(criterion: &mut Criterion) {
    let mut group = group(criterion, "arrival");
    let mut center = Arrivals::new(Plan::new(AGENTS, 200, 200), 0..AGENTS);
    arrival(&mut group, "all_idle", &mut center);
    center.all_pause();
    arrival(&mut group, "none_idle", &mut center);
    let mut center = Arrivals::new(Plan::one_skill(AGENTS), 0..AGENTS);
    arrival(&mut group, "one_skill_for_all", &mut center);
    for (shape, signatures) in [("signatures_2000", 2_000), ("unique_signatures", AGENTS)] {
        let mut center = Arrivals::new(Plan::new(AGENTS, signatures, 200), half());
        arrival(&mut group, shape, &mut center);
    }
}

fn agent_frees(criterion: &mut Criterion) {
    let mut group = group(criterion, "agent_frees");
    for (shape, queues) in [("classes_200", 200), ("classes_2000", 2_000)] {
        frees(&mut group, shape, Plan::new(500, 200, queues));
    }
}

/// An agent comes in at the moment when all others do.
fn sign_in(criterion: &mut Criterion) {
    let mut group = group(criterion, "mass_sign_in");
    group.sample_size(10);
    let mut center = Backlog::new(Plan::new(1_000, 200, 200), 2_000);
    group.bench_function("scan", |bencher| {
        bencher.iter_custom(|times| (0..times).map(|_| center.scan()).sum());
    });
    group.bench_function("engine", |bencher| {
        bencher.iter_custom(|times| {
            let (mut spent, mut left) = (Duration::ZERO, usize::try_from(times).unwrap_or(1));
            while left > 0 {
                let mut center = Backlog::new(Plan::new(1_000, 200, 200), 2_000);
                let now = left.min(1_000);
                spent += (0..now).map(|agent| center.sign_in(agent)).sum::<Duration>();
                left -= now;
            }
            spent
        });
    });
}

/// Every way to choose among agents, half of them idle; the scan knows the longest idle alone.
fn orders(criterion: &mut Criterion) {
    let mut group = group(criterion, "agent_order");
    let list = [7, 2, 500].map(|n| Key::new(format!("a{n}")).expect("a key"));
    for (name, by) in [
        ("longest_idle", AgentOrder::LongestIdle),
        ("longest_weighted_idle", AgentOrder::LongestWeightedIdle),
        ("least_occupied", AgentOrder::LeastOccupied),
        ("fewest_handled", AgentOrder::FewestHandled),
        ("round_robin", AgentOrder::RoundRobin),
        ("most_skilled", AgentOrder::MostSkilled),
        ("least_skilled", AgentOrder::LeastSkilled),
        ("weighted_random", AgentOrder::WeightedRandom),
        ("fixed", AgentOrder::Fixed(list.to_vec())),
    ] {
        let plan = Plan { by, ..Plan::new(AGENTS, 200, 200) };
        arrival(&mut group, name, &mut Arrivals::new(plan, half()));
    }
}

/// Agents who are kept for another queue, and queues that are weighed against each other.
fn rules(criterion: &mut Criterion) {
    let mut group = group(criterion, "rules");
    let plan = Plan { reserve: Some(20), ..Plan::new(AGENTS, 200, 200) };
    arrival(&mut group, "reserve", &mut Arrivals::new(plan, half()));
    for (name, across) in [
        ("urgency", AcrossQueues::Urgency),
        ("cost_of_waiting", AcrossQueues::CostOfWaiting(CostGrowth::Quadratic)),
        ("queue_ratio", AcrossQueues::QueueRatio),
    ] {
        frees(&mut group, name, Plan { across, ..Plan::new(500, 200, 200) });
    }
}

criterion_group!(routing, arrivals, agent_frees, sign_in, orders, rules);
criterion_main!(routing);
