//! The main example: the same seed gives the same day, byte for byte, and in that day everything happens
//! that should.

#[path = "../examples/contact_center/day.rs"]
mod day;
#[path = "../examples/contact_center/pbx.rs"]
mod pbx;
#[path = "../examples/contact_center/people.rs"]
mod people;
#[path = "../examples/contact_center/trace.rs"]
mod trace;
#[path = "../examples/contact_center/workload.rs"]
mod workload;

use day::Day;
use switchboard::kpi::Report;
use switchboard::model::Center;
use switchboard::time::{Duration, Timestamp};

const START: Timestamp = Timestamp::from_secs(1_772_433_000);

fn live(seed: u64) -> (Day, bool) {
    let center = Center::from_toml(include_str!("../examples/centers/day.toml")).unwrap();
    let hours = Duration::from_mins(13 * 60 + 15);
    let mut day = Day::new(center, START, hours, seed, Some(300)).unwrap();
    while let Some(next) = day.next() {
        day.step(next).unwrap();
    }
    let empty = day.close();
    (day, empty)
}

fn bytes(report: &Report) -> String {
    serde_json::to_string(report).unwrap()
}

#[test]
fn a_day_goes_the_same_way_twice_and_everything_happens_in_it() {
    let (day, empty) = live(7);
    let (again, _) = live(7);
    let report = day.kpis.report(day.now);
    assert!(bytes(&report) == bytes(&again.kpis.report(again.now)), "the same seed");
    assert!(bytes(&report) != bytes(&live(8).0.kpis.report(day.now)), "another seed");
    let total = &report.total;
    assert!(total.offered > 4_000, "a real day: {} offered", total.offered);
    let seen = [total.abandoned, total.flowed_out, total.lost];
    assert!(seen.iter().all(|count| *count > 0), "abandoned, flowed out, lost: {seen:?}");
    assert!(day.cut_off > 0, "the carrier cut calls off");
    for figures in report.queues.values().chain([total]) {
        let ends = figures.answered
            + figures.abandoned
            + figures.flowed_out
            + figures.withdrawn
            + figures.lost
            + figures.waiting;
        assert_eq!(figures.offered, ends);
    }
    // Whoever is left in the house waits at the line that is open into the night.
    assert_eq!(report.interactions.opened, report.interactions.closed + total.waiting);
    assert_eq!(empty, total.waiting == 0);
    assert!(day.progress() >= 1.0 && day.steps > 10_000 && day.arrived > 4_000);
    assert!(day.trace.as_ref().is_some_and(|trace| trace.text().contains("contact record")));
    // What the engine refuses is what came too late: an end that was told twice, an answer after the
    // caller had gone. Never an unknown object, never a missing permission.
    for reason in day.refused.keys() {
        assert!(!reason.contains("not permitted"), "{reason}");
    }
}
