//! The engine under Criterion: a step, a call end to end, encoding and decoding, restore.
//!
//! The workloads are those of `examples/scale`, in smaller centers.

#[path = "../examples/scale/world.rs"]
#[allow(dead_code, clippy::expect_used)] // the example uses all of it
mod world;

use criterion::{BatchSize, Criterion, criterion_group, criterion_main};
use switchboard::message::{AnsweredBy, EffectKind, EndCause, HostEvent, LegRef, Record, codec};
use switchboard::model::Center;
use switchboard::time::Duration;
use switchboard::{Engine, Replica};
use world::{Journal, Numbers, Plan, World};

/// One call through a switch, from arrival to the end of both legs.
fn call(world: &mut World, number: u64) {
    world.effects.clear();
    let input = world.call(number, 0);
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
    let input = world.hang_up(number);
    world.does(input);
    let input = world.report(HostEvent::ended(leg, EndCause::default()));
    world.does(input);
    world.pass(Duration::from_millis(1));
}

fn phones(journal: Journal) -> World {
    let plan = Plan { queues: vec![Vec::new()], ..Plan::new(50, 10, 1) };
    let mut world = World::new(plan.center(true), "pbx", journal);
    for agent in 0..50 {
        world.sign_in(agent);
        world.pass(Duration::from_micros(10));
    }
    world
}

/// Records of some calls, the first included.
fn records(calls: u64) -> Vec<Record> {
    let mut world = phones(Journal::Kept);
    for number in 0..calls {
        call(&mut world, number);
    }
    world.records
}

/// A call arrives at a center of 10,000 agents with 200 signatures and is offered; it leaves again
/// outside the measured part.
fn step(criterion: &mut Criterion) {
    let plan = Plan::new(10_000, 200, 200);
    let mut world = World::new(plan.center(false), "app", Journal::Dropped);
    for agent in (0..10_000).step_by(2) {
        world.sign_in(agent);
        world.pass(Duration::from_micros(10));
    }
    let (mut numbers, mut number) = (Numbers(3), 0);
    criterion.bench_function("step", |bencher| {
        bencher.iter_custom(|times| {
            let mut spent = std::time::Duration::ZERO;
            for _ in 0..times {
                number += 1;
                let arrival = world.call(number, numbers.below(200));
                #[allow(clippy::disallowed_methods)] // measuring is what this is for
                let began = std::time::Instant::now();
                let receipt = world.engine.handle(world.now, arrival);
                spent += began.elapsed();
                assert!(receipt.seq().is_some());
                world.drain();
                let left = world.hang_up(number);
                world.does(left);
                world.effects.clear();
                world.pass(Duration::from_micros(50));
            }
            spent
        });
    });
}

fn call_end_to_end(criterion: &mut Criterion) {
    let mut world = phones(Journal::Dropped);
    let mut number = 0;
    criterion.bench_function("call_end_to_end", |bencher| {
        bencher.iter(|| {
            number += 1;
            call(&mut world, number);
        });
    });
}

fn encode_and_decode(criterion: &mut Criterion) {
    let records = records(200);
    let tail = records.get(60..).expect("records of calls");
    let bytes: Vec<Vec<u8>> =
        tail.iter().map(|record| codec::encode(record).expect("a record")).collect();
    criterion.bench_function("encode_records_of_calls", |bencher| {
        bencher.iter(|| {
            tail.iter().map(|record| codec::encode(record).map(|b| b.len())).collect::<Vec<_>>()
        });
    });
    criterion.bench_function("decode_records_of_calls", |bencher| {
        bencher.iter(|| bytes.iter().map(|bytes| codec::decode(bytes)).collect::<Vec<_>>());
    });
}

/// A snapshot and the records of a thousand calls after it.
fn restore(criterion: &mut Criterion) {
    let records = records(1_000);
    let (head, tail) = records.split_at(60);
    let (first, rest) = head.split_first().expect("record 1");
    let mut replica = Replica::open(first).expect("record 1");
    for record in rest {
        replica.apply(record).expect("the next record");
    }
    let snapshot = replica.snapshot().expect("a snapshot");
    criterion.bench_function("restore_1000_calls", |bencher| {
        bencher.iter_batched(
            || snapshot.clone(),
            |snapshot| Engine::restore(Some(&snapshot), tail).expect("they fit together"),
            BatchSize::LargeInput,
        );
    });
}

/// A center of 10,000 agents from its text: parsed, validated, nothing kept back. Goal: 100 ms.
fn load_center(criterion: &mut Criterion) {
    let center = Plan::new(10_000, 200, 200).center(true);
    let json = center.to_json().expect("a center can be written");
    let toml = center.to_toml().expect("a center can be written");
    criterion.bench_function("load_10k_agents_json", |bencher| {
        bencher.iter(|| Center::from_json(&json).expect("a valid center"));
    });
    criterion.bench_function("load_10k_agents_toml", |bencher| {
        bencher.iter(|| Center::from_toml(&toml).expect("a valid center"));
    });
}

criterion_group!(engine, load_center, step, call_end_to_end, encode_and_decode, restore);
criterion_main!(engine);
