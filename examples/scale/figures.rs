//! The figures: workload, goal, baseline.

use std::hint::black_box;
// Measuring is what this program is for.
use std::time::Instant;

use switchboard::Replica;
use switchboard::message::{AnsweredBy, EffectKind, HostEvent, LegRef, Receipt, codec};
use switchboard::sim::switch::Switch;
use switchboard::sim::{BareSwitch, EngineSwitch, SimulationModel, replicate};
use switchboard::time::Duration;

use crate::baseline::{Row, scan};
use crate::world::{Journal, Numbers, Plan, World};
use crate::{shapes, written};

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
    // First: what others have freed would hide what this one takes.
    Measure { ids: &["bytes_per_agent", "bytes_per_waiting"], run: memory },
    Measure { ids: &["arrival_10k_200"], run: shapes::arrives_10k_200 },
    Measure {
        ids: &["arrival_100k_200", "arrival_100k_2000", "arrival_100k_unique"],
        run: shapes::arrives_100k,
    },
    Measure { ids: &["free_1m_500", "free_1m_2000"], run: shapes::frees },
    Measure { ids: &["step", "commands_per_s"], run: step },
    Measure { ids: &["arrival_all_idle", "arrival_none_idle"], run: shapes::all_or_none },
    Measure { ids: &["one_skill_for_all"], run: shapes::one_skill },
    Measure { ids: &["unique_signatures_100k"], run: shapes::unique_signatures },
    Measure { ids: &["classes_2000"], run: shapes::classes },
    Measure { ids: &["mass_sign_in"], run: shapes::mass_sign_in },
    Measure { ids: &["backlog_500k_drains"], run: shapes::backlog_drains },
    Measure {
        ids: &["interaction_end_to_end", "records_per_call", "bytes_per_call"],
        run: end_to_end,
    },
    Measure { ids: &["chat_message"], run: written::chat },
    Measure { ids: &["email_day_100k", "call_beside_parked"], run: written::email_day },
    Measure { ids: &["simulation_calls_per_s"], run: simulation },
    Measure { ids: &["recovery_1m_records"], run: recovery },
    Measure { ids: &["snapshot_100k_1m"], run: snapshot },
];

/// A clock for measuring.
#[allow(clippy::disallowed_methods)] // measuring is what this program is for
pub(crate) fn clock() -> Instant {
    Instant::now()
}

#[allow(clippy::cast_precision_loss)]
pub(crate) fn nanos(since: Instant) -> f64 {
    since.elapsed().as_nanos() as f64
}

fn quantile(sorted: &[f64], per_mille: usize) -> f64 {
    sorted.get((sorted.len() * per_mille / 1000).min(sorted.len() - 1)).copied().unwrap_or(0.0)
}

pub(crate) fn spread(mut samples: Vec<f64>) -> (f64, f64) {
    samples.sort_unstable_by(f64::total_cmp);
    (quantile(&samples, 500), quantile(&samples, 990))
}

/// 100,000 agents with 200 signatures, half of them idle, 200 queues.
fn half_idle(plan: &Plan) -> (World, Vec<Row>) {
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
    (world, rows)
}

/// In that center a call arrives and is offered: one step with validation, decision, application and
/// the finished record, timed alone (`step`; baseline: the linear scan for the same agent, alone). The
/// customer leaves again before the next.
///
/// `commands_per_s` times the whole loop over more of the same, two inputs a call: the host makes the
/// input, hands it in, takes record and effects out, says that the record is safe, lets timers fire.
fn step() -> Vec<Figure> {
    let plan = Plan::new(100_000, 200, 200);
    let (mut world, rows) = half_idle(&plan);
    let mut numbers = Numbers(11);
    let mut steps = Vec::new();
    for call in 0..120_000_u64 {
        let arrival = world.call(call, numbers.below(200));
        let began = clock();
        let receipt = world.engine.handle(world.now, arrival);
        let arrived = nanos(began);
        assert!(matches!(receipt, Receipt::Recorded(_)), "{receipt:?}");
        world.drain();
        leave(&mut world, call);
        if call >= 20_000 {
            steps.push(arrived);
        }
    }
    let scans = (0..200).map(|_| {
        let began = clock();
        black_box(scan(&rows, &plan.queues[numbers.below(200)]));
        nanos(began)
    });
    let (baseline, _) = spread(scans.collect());
    let (median, p99) = spread(steps);
    let began = clock();
    let mut inputs = 0.0;
    for call in 120_000..320_000_u64 {
        let arrival = world.call(call, numbers.below(200));
        world.does(arrival);
        leave(&mut world, call);
        inputs += 2.0;
    }
    let per_second = inputs * 1e9 / nanos(began);
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
        plain("commands_per_s", "/s", per_second, 500_000.0),
    ]
}

/// The customer leaves, and a little time passes.
fn leave(world: &mut World, call: u64) {
    let left = world.hang_up(call);
    world.does(left);
    world.effects.clear();
    world.pass(Duration::from_micros(50));
}

/// One call through a switch: arrival, answer, ring, bridge, hang-up of both legs, with all effects
/// acknowledged. Its records are left with the world.
pub(crate) fn one_call(world: &mut World, call: u64) {
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
}

/// The records so far, encoded and let go.
fn encoded(world: &mut World) -> impl Iterator<Item = Vec<u8>> + '_ {
    world.records.drain(..).map(|record| codec::encode(&record).expect("a record"))
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

/// 50 agents at phones, one queue: calls one after the other, with all their inputs from arrival to the
/// end of the agent's part, every record encoded.
fn end_to_end() -> Vec<Figure> {
    let mut world = phone_world();
    world.records.clear();
    let (mut records, mut bytes, mut calls) = (0, 0, 0_u32);
    for call in 0..20_000 {
        one_call(&mut world, call);
        world.records.clear();
        world.pass(Duration::from_millis(1));
    }
    let began = clock();
    for call in 20_000..220_000 {
        one_call(&mut world, call);
        for record in encoded(&mut world) {
            records += 1;
            bytes += record.len();
        }
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

/// The published model `MMC`: 12 agents, 2,016 calls a day, each of which comes and ends; records are
/// declared safe by the hundred. 100 days at a time, the medians of five runs each, taken in turns.
/// Baseline: the same model, streams and statistics on queues and counters, without the engine.
fn simulation() -> Vec<Figure> {
    let model = SimulationModel::from_toml(include_str!("../models/mmc.toml")).expect("a model");
    let mut runs: [Vec<f64>; 2] = [Vec::new(), Vec::new()];
    for _ in 0..5 {
        let mut engine = EngineSwitch::new(&model).expect("a model for the engine");
        runs[0].push(calls_per_second(&model, &mut engine));
        runs[1].push(calls_per_second(&model, &mut BareSwitch::new(&model)));
    }
    let [(median, _), (baseline, _)] = runs.map(spread);
    vec![Figure {
        baseline: Some(baseline),
        goal_ratio: Some(0.03),
        ..plain("simulation_calls_per_s", "/s", median, 250_000.0)
    }]
}

#[allow(clippy::cast_precision_loss)] // some hundred thousand calls
fn calls_per_second(model: &SimulationModel, switch: &mut impl Switch) -> f64 {
    let began = clock();
    let report = replicate(model, switch, 100).expect("the model runs");
    report.calls as f64 * 1e9 / nanos(began)
}

/// A replica decodes and applies one million records of whole calls, from arrival to the end of the
/// agent's part.
fn recovery() -> Vec<Figure> {
    let mut world = phone_world();
    let mut journal: Vec<Vec<u8>> = encoded(&mut world).collect();
    let mut call = 0;
    while journal.len() < 1_000_000 {
        one_call(&mut world, call);
        journal.extend(encoded(&mut world));
        call += 1;
        world.pass(Duration::from_millis(1));
    }
    journal.extend(encoded(&mut world));
    let began = clock();
    let mut records = journal.iter().map(|bytes| codec::decode(bytes).expect("a sound record"));
    let mut replica = Replica::open(&records.next().expect("record 1")).expect("record 1");
    for record in records {
        replica.apply(&record).expect("the next record");
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

pub(crate) fn plain(id: &'static str, unit: &'static str, median: f64, goal: f64) -> Figure {
    Figure { id, unit, median, p99: None, goal: Some(goal), baseline: None, goal_ratio: None }
}

/// 100,000 agents signed in and idle, and a queue that none of them serves.
fn crowd(journal: Journal) -> World {
    let plan = Plan { nobody: true, ..Plan::new(100_000, 200, 1) };
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
