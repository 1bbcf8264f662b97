//! The figures: workload, goal, baseline.

use std::hint::black_box;
// Measuring is what this program is for.
use std::time::Instant;

use switchboard::Replica;
use switchboard::message::{AnsweredBy, EffectKind, HostEvent, LegRef, Receipt, codec};
use switchboard::time::Duration;

use crate::baseline::{Row, scan};
use crate::world::{Journal, Numbers, Plan, World};

/// One figure of the table.
pub(crate) struct Figure {
    pub(crate) id: &'static str,
    pub(crate) unit: &'static str,
    pub(crate) median: f64,
    pub(crate) p99: Option<f64>,
    /// On a quiet core; orientation.
    pub(crate) goal: Option<f64>,
    /// The same decision or work by plainer means, in this run.
    pub(crate) baseline: Option<f64>,
    /// How many times better than the baseline it should be.
    pub(crate) goal_ratio: Option<f64>,
}

impl Figure {
    fn is_rate(&self) -> bool {
        self.unit == "/s"
    }

    pub(crate) fn ratio(&self) -> Option<f64> {
        let baseline = self.baseline?;
        Some(if self.is_rate() { self.median / baseline } else { baseline / self.median })
    }

    /// By ratio where there is one, else against the goal.
    pub(crate) fn is_reached(&self) -> bool {
        match (self.ratio(), self.goal_ratio, self.goal) {
            (Some(ratio), Some(goal), _) => ratio >= goal,
            (_, _, Some(goal)) if self.is_rate() => self.median >= goal,
            (_, _, Some(goal)) => self.median <= goal,
            _ => true,
        }
    }

    pub(crate) fn to_json(&self) -> serde_json::Value {
        serde_json::json!({
            "id": self.id, "unit": self.unit, "median": self.median, "p99": self.p99,
            "goal": self.goal, "baseline": self.baseline, "ratio": self.ratio(),
            "goal_ratio": self.goal_ratio,
        })
    }
}

/// A run that yields one or more figures.
pub(crate) struct Measure {
    pub(crate) ids: &'static [&'static str],
    pub(crate) run: fn() -> Vec<Figure>,
}

/// All figures, in the order of the table.
pub(crate) const MEASURES: &[Measure] = &[
    Measure { ids: &["step", "commands_per_s"], run: step },
    Measure {
        ids: &["interaction_end_to_end", "records_per_call", "bytes_per_call"],
        run: end_to_end,
    },
    Measure { ids: &["recovery_1m_records"], run: recovery },
    Measure { ids: &["bytes_per_agent", "bytes_per_waiting"], run: memory },
    Measure { ids: &["snapshot_100k_1m"], run: snapshot },
];

/// A clock for measuring.
#[allow(clippy::disallowed_methods)] // measuring is what this program is for
fn clock() -> Instant {
    Instant::now()
}

#[allow(clippy::cast_precision_loss)]
fn nanos(since: Instant) -> f64 {
    since.elapsed().as_nanos() as f64
}

fn quantile(sorted: &[f64], per_mille: usize) -> f64 {
    sorted.get((sorted.len() * per_mille / 1000).min(sorted.len() - 1)).copied().unwrap_or(0.0)
}

fn spread(mut samples: Vec<f64>) -> (f64, f64) {
    samples.sort_unstable_by(f64::total_cmp);
    (quantile(&samples, 500), quantile(&samples, 990))
}

/// 100,000 agents with 200 signatures, half of them idle, 200 queues. A call arrives and is offered:
/// one step with validation, decision, application and the finished record. The customer leaves
/// again before the next. Baseline: the linear scan for the same agent, alone.
fn step() -> Vec<Figure> {
    let plan = Plan::new(100_000, 200, 200);
    let mut world = World::new(plan.center(false), "app", Journal::Dropped);
    let mut rows: Vec<Row> = plan
        .agents
        .iter()
        .map(|levels| Row { free: false, levels: *levels, idle_since: 0 })
        .collect();
    for agent in (0..100_000).step_by(2) {
        world.sign_in(agent);
        rows[agent].free = true;
        rows[agent].idle_since = world.now.as_micros();
        world.pass(Duration::from_micros(10));
    }
    let mut numbers = Numbers(11);
    let mut steps = Vec::new();
    let mut all = Vec::new();
    for call in 0..200_000_u64 {
        let arrival = world.call(call, numbers.below(200));
        let began = clock();
        let receipt = world.engine.handle(world.now, arrival);
        let arrived = nanos(began);
        assert!(matches!(receipt, Receipt::Recorded(_)), "{receipt:?}");
        world.drain();
        let left = world.hang_up(call);
        let began = clock();
        let receipt = world.engine.handle(world.now, left);
        let gone = nanos(began);
        assert!(matches!(receipt, Receipt::Recorded(_)), "{receipt:?}");
        world.drain();
        world.effects.clear();
        world.pass(Duration::from_micros(50));
        if call >= 20_000 {
            steps.push(arrived);
            all.push(f64::midpoint(arrived, gone));
        }
    }
    let scans = (0..200).map(|_| {
        let began = clock();
        black_box(scan(&rows, &plan.queues[numbers.below(200)]));
        nanos(began)
    });
    let (baseline, _) = spread(scans.collect());
    let (median, p99) = spread(steps);
    let mean = all.iter().sum::<f64>() / all.iter().map(|_| 1.0).sum::<f64>();
    vec![
        Figure {
            id: "step",
            unit: "ns",
            median,
            p99: Some(p99),
            goal: Some(1_000.0),
            baseline: Some(baseline),
            goal_ratio: Some(300.0),
        },
        Figure {
            id: "commands_per_s",
            unit: "/s",
            median: 1e9 / mean,
            p99: None,
            goal: Some(500_000.0),
            baseline: None,
            goal_ratio: None,
        },
    ]
}

/// One call through a switch: arrival, answer, ring, bridge, hang-up of both legs, with all effects
/// acknowledged and every record encoded. Returns records and bytes.
fn one_call(world: &mut World, call: u64) -> (usize, usize) {
    world.effects.clear();
    let input = world.call(call, 0);
    world.does(input);
    let op = world.last_op(|kind| matches!(kind, EffectKind::Answer { .. }));
    let input = world.report(HostEvent::OpDone { op });
    world.does(input);
    let ringing = world.effects.iter().rev().find_map(|effect| match effect.kind {
        EffectKind::Originate { leg, .. } => Some(leg),
        _ => None,
    });
    let leg = LegRef::from(ringing.expect("a phone rings"));
    let input = world.report(HostEvent::answered(leg.clone(), AnsweredBy::Human));
    world.does(input);
    let op = world.last_op(|kind| matches!(kind, EffectKind::Bridge { .. }));
    let input = world.report(HostEvent::OpDone { op });
    world.does(input);
    let input = world.hang_up(call);
    world.does(input);
    let input = world.report(HostEvent::ended(leg, switchboard::message::EndCause::default()));
    world.does(input);
    let mut bytes = 0;
    let records = world.records.len();
    for record in world.records.drain(..) {
        bytes += codec::encode(&record).expect("a record").len();
    }
    (records, bytes)
}

/// A small center: 50 agents at phones of a switch, one queue.
fn phone_world() -> World {
    let plan = Plan { queues: vec![Vec::new()], ..Plan::new(50, 10, 1) };
    let mut world = World::new(plan.center(true), "pbx", Journal::Kept);
    for agent in 0..50 {
        world.sign_in(agent);
        world.pass(Duration::from_micros(10));
    }
    world
}

fn end_to_end() -> Vec<Figure> {
    let mut world = phone_world();
    world.records.clear();
    let (mut records, mut bytes, mut calls) = (0, 0, 0_u32);
    for call in 0..20_000 {
        let _ = one_call(&mut world, call);
        world.pass(Duration::from_millis(1));
    }
    let began = clock();
    for call in 20_000..220_000 {
        let (r, b) = one_call(&mut world, call);
        records += r;
        bytes += b;
        calls += 1;
        world.pass(Duration::from_millis(1));
    }
    let spent = nanos(began);
    let per_call =
        |sum: usize| f64::from(u32::try_from(sum).unwrap_or(u32::MAX)) / f64::from(calls);
    vec![
        plain("interaction_end_to_end", "/s", f64::from(calls) * 1e9 / spent, 80_000.0),
        plain("records_per_call", "", per_call(records), 12.0),
        plain("bytes_per_call", "B", per_call(bytes), 2_048.0),
    ]
}

/// A replica applies one million records of calls that are answered by the switch and leave the queue
/// again; they were decoded before.
fn recovery() -> Vec<Figure> {
    let mut world = phone_world();
    let mut call = 0;
    while world.records.len() < 1_000_000 {
        world.effects.clear();
        let input = world.call(call, 0);
        world.does(input);
        let op = world.last_op(|kind| matches!(kind, EffectKind::Answer { .. }));
        let input = world.report(HostEvent::OpDone { op });
        world.does(input);
        let input = world.hang_up(call);
        world.does(input);
        call += 1;
        world.pass(Duration::from_millis(1));
    }
    let (first, tail) = world.records.split_first().expect("records");
    let mut replica = Replica::open(first).expect("record 1");
    let began = clock();
    for record in tail {
        replica.apply(record).expect("the next record");
    }
    let spent = nanos(began) / 1e9;
    assert_eq!(replica.state_hash(), world.engine.state_hash(), "replay gives the same state");
    vec![plain("recovery_1m_records", "s", spent, 1.0)]
}

/// Resident bytes of this process; none where the system does not tell.
fn resident() -> Option<f64> {
    let statm = std::fs::read_to_string("/proc/self/statm").ok()?;
    let pages: u32 = statm.split_whitespace().nth(1)?.parse().ok()?;
    Some(f64::from(pages) * 4096.0)
}

fn plain(id: &'static str, unit: &'static str, median: f64, goal: f64) -> Figure {
    Figure { id, unit, median, p99: None, goal: Some(goal), baseline: None, goal_ratio: None }
}

/// 100,000 agents signed in.
fn crowd(journal: Journal) -> World {
    let mut plan = Plan::new(100_000, 200, 1);
    // Level 6 is above what any agent has: everybody who calls waits.
    plan.queues = vec![vec![(0, 6)]];
    let mut world = World::new(plan.center(false), "app", journal);
    for agent in 0..100_000 {
        world.sign_in(agent);
    }
    world.pass(Duration::from_hours(1));
    world
}

/// 1,000,000 calls that wait.
fn fill(world: &mut World) {
    for call in 0..1_000_000 {
        let input = world.call(call, 0);
        world.does(input);
        world.effects.clear();
    }
}

/// Resident memory after 100,000 agents have signed in, their configuration included, and after
/// 1,000,000 calls wait beside them.
fn memory() -> Vec<Figure> {
    let before = resident();
    let mut world = crowd(Journal::Dropped);
    let agents = resident();
    fill(&mut world);
    let waiting = resident();
    let Some(((before, agents), waiting)) = before.zip(agents).zip(waiting) else {
        return Vec::new();
    };
    vec![
        plain("bytes_per_agent", "B", (agents - before) / 100_000.0, 1_024.0),
        plain("bytes_per_waiting", "B", (waiting - agents) / 1_000_000.0, 768.0),
    ]
}

/// A snapshot of 100,000 agents and 1,000,000 waiting calls, written and read again.
fn snapshot() -> Vec<Figure> {
    let mut world = crowd(Journal::Followed(None));
    fill(&mut world);
    let Journal::Followed(Some(replica)) = &world.journal else { return Vec::new() };
    let began = clock();
    let snapshot = replica.snapshot().expect("a snapshot");
    let mut restored = Replica::restore(&snapshot).expect("the snapshot is sound");
    let spent = nanos(began) / 1e9;
    assert_eq!(restored.state_hash(), world.engine.state_hash(), "the snapshot is the state");
    vec![plain("snapshot_100k_1m", "s", spent, 2.0)]
}
