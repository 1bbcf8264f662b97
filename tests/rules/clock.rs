//! The clock: engine time never runs back, and what the host's watch does is told.

use crate::support::{Bench, START};
use switchboard::message::{Event, Input, ShardEvent};
use switchboard::model::{Center, EntryPoint, Queue};
use switchboard::time::{Duration, Timestamp};

fn secs(secs: i64) -> Duration {
    Duration::from_secs(secs)
}

fn bench() -> Bench {
    let queue = Queue::new().max_wait(secs(3600));
    let center = Center::builder()
        .queue("q", queue)
        .entry_point("main", EntryPoint::voice("100").to_queue("q"))
        .limits(|limits| limits.clock_jump = secs(60))
        .build()
        .unwrap();
    Bench::new(center)
}

fn tick(bench: &mut Bench, now: Timestamp) {
    bench.now = now;
    let _ = bench.input(Input::Tick);
}

fn jumps(bench: &Bench) -> Vec<Duration> {
    bench
        .events()
        .filter_map(|event| match event {
            Event::Shard(ShardEvent::ClockJumped { by }) => Some(*by),
            _ => None,
        })
        .collect()
}

fn offsets(bench: &Bench) -> Vec<Duration> {
    bench
        .events()
        .filter_map(|event| match event {
            Event::Shard(ShardEvent::ClockRebased { offset }) => Some(*offset),
            _ => None,
        })
        .collect()
}

#[test]
fn quiet_time_with_ticks_is_no_jump() {
    let mut bench = bench();
    for minute in 1..=5 {
        tick(&mut bench, START + secs(50 * minute));
    }
    let _ = bench.call("app", "call-1", "100");
    assert!(jumps(&bench).is_empty(), "nothing was recorded for long, but time was seen to pass");
}

#[test]
fn sleeping_until_the_deadline_is_no_jump() {
    let mut bench = bench();
    let _ = bench.call("app", "call-1", "100");
    let deadline = bench.engine.next_deadline().unwrap();
    assert_eq!(deadline, START + secs(3600));
    tick(&mut bench, deadline + secs(1));
    assert!(jumps(&bench).is_empty());
    assert_eq!(bench.outcomes().len(), 1, "the wait is over");
}

#[test]
fn a_step_ahead_is_taken_and_told() {
    let mut bench = bench();
    tick(&mut bench, START + secs(61));
    assert_eq!(jumps(&bench), [secs(61)]);
}

#[test]
fn a_step_back_is_measured_from_the_latest_time_seen() {
    let mut bench = bench();
    let _ = bench.call("app", "call-1", "100");
    for minute in 1..=20 {
        tick(&mut bench, START + secs(59 * minute));
    }
    // The host's watch is put back: the customer's wait goes on from where it was.
    let seen = bench.now;
    tick(&mut bench, START + secs(5));
    assert_eq!(offsets(&bench), [(START + secs(5)).since(seen)]);
    assert_eq!(
        bench.engine.next_deadline(),
        Some(START + secs(5) + (secs(3600) - seen.since(START)))
    );
}

#[test]
fn a_small_step_back_repeats_the_time() {
    let mut bench = bench();
    tick(&mut bench, START + secs(50));
    bench.now = START + secs(50) - Duration::from_millis(500);
    let _ = bench.call("app", "call-1", "100");
    assert!(offsets(&bench).is_empty());
    assert_eq!(bench.records.last().unwrap().at, START + secs(50));
}
