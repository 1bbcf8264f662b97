//! Near its close a queue takes in whom its staff can still serve.

use crate::support::{Bench, START, key};
use switchboard::message::{CommandBody, FlowOutReason, Outcome};
use switchboard::model::{Agent, Center, EntryPoint, Hours, Queue, Skill, Weekday, validate};
use switchboard::time::Duration;

/// The queue closes an hour after the benches begin.
fn center(queue: Queue) -> Center {
    Center::builder()
        .skill("care", Skill::new("Care"))
        .hours("office", Hours::new().open(&Weekday::ALL, "00:00", "10:00"))
        .queue("q", queue)
        .entry_point("main", EntryPoint::voice("100").to_queue("q"))
        .agent("ana", Agent::new("Ana").skill("care", 1))
        .agent("ben", Agent::new("Ben").skill("care", 1))
        .agent("cem", Agent::new("Cem"))
        .build()
        .unwrap()
}

fn queue() -> Queue {
    let queue = Queue::new().requires("care", 1).hours("office");
    queue.last_admission(Duration::from_mins(10)).build().unwrap()
}

fn turned_away(bench: &Bench) -> usize {
    let late = |outcome: &Outcome| {
        matches!(outcome, Outcome::FlowedOut { reason: FlowOutReason::LastAdmission, .. })
    };
    bench.outcomes().iter().filter(|outcome| late(outcome)).count()
}

fn calls(bench: &mut Bench, many: usize) {
    for _ in 0..many {
        let name = format!("call-{}", bench.records.len());
        let _ = bench.call("app", &name, "100");
    }
}

/// So many are taken in by these agents, so many minutes before the close.
fn taken_in(agents: &[&str], mins: i64) -> usize {
    let mut bench = Bench::new(center(queue()));
    for agent in agents {
        bench.sign_in(agent);
        bench.does(CommandBody::SetPresence { agent: key(agent), ready: false, reason: None });
    }
    let close = START + Duration::from_hours(1);
    bench.wait(close.since(bench.now) - Duration::from_mins(mins));
    calls(&mut bench, 12);
    12 - turned_away(&bench)
}

#[test]
fn as_many_are_taken_in_as_the_staff_can_serve() {
    assert_eq!(taken_in(&["ana"], 45), 4, "four of ten minutes in 45");
    assert_eq!(taken_in(&["ana", "ben"], 45), 9, "nine in twice 45");
    assert_eq!(taken_in(&["ana"], 9), 0);
    assert_eq!(taken_in(&["ana", "ben"], 9), 1, "eighteen minutes of staff");
    assert_eq!(taken_in(&["ana", "ben"], 55), 11);
}

#[test]
fn whoever_cannot_serve_the_queue_counts_for_nothing() {
    assert_eq!(taken_in(&["ana", "cem"], 45), 4);
    assert_eq!(taken_in(&[], 45), 0);
}

#[test]
fn whoever_is_about_to_leave_counts_for_nothing() {
    let mut bench = Bench::new(center(queue()));
    bench.sign_in("ana");
    bench.sign_in("ben");
    let _ = bench.call("app", "call", "100");
    bench.does(CommandBody::AcceptOffer { offer: bench.offer() });
    bench.does(CommandBody::SignOut { agent: key("ana"), force: false });
    bench.wait(Duration::from_mins(30));
    calls(&mut bench, 6);
    assert_eq!(turned_away(&bench), 3, "Ben alone has half an hour");
}

#[test]
fn a_queue_that_is_held_open_takes_in_all() {
    let mut bench = Bench::new(center(queue()));
    let switch = switchboard::message::Switch::Open;
    bench.does(CommandBody::SwitchQueue { queue: key("q"), switch, until: None });
    bench.wait(Duration::from_mins(55));
    calls(&mut bench, 3);
    assert_eq!(turned_away(&bench), 0);
}

#[test]
fn a_queue_without_hours_never_closes() {
    let queue = Queue::new().last_admission(Duration::from_mins(10));
    let faults = Center::builder().queue("q", queue).build().unwrap_err().to_string();
    assert!(faults.contains("queues.q.last_admission: needs `hours`"), "{faults}");
    assert!(validate(&center(self::queue())).is_ok());
}
