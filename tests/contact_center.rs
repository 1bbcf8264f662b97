//! The main example: the same seed gives the same day, byte for byte, and in that day everything happens
//! that should.

#[path = "../examples/contact_center/day.rs"]
mod day;
#[path = "../examples/contact_center/desk.rs"]
mod desk;
#[path = "../examples/common/floor/mod.rs"]
mod floor;
#[path = "../examples/contact_center/leads.rs"]
mod leads;
#[path = "../examples/contact_center/pbx.rs"]
mod pbx;
#[path = "../examples/contact_center/people.rs"]
mod people;
#[path = "../examples/contact_center/threads.rs"]
mod threads;
#[path = "../examples/contact_center/trace.rs"]
mod trace;
#[path = "../examples/contact_center/workload.rs"]
mod workload;

use day::Day;
use switchboard::kpi::{Figures, Report};
use switchboard::model::{Center, Channel};
use switchboard::time::{Duration, Timestamp};

const START: Timestamp = Timestamp::from_secs(1_772_433_000);

fn day(seed: u64) -> Day {
    let center = Center::from_toml(include_str!("../examples/centers/day.toml")).unwrap();
    let hours = Duration::from_mins(13 * 60 + 15);
    Day::new(center, START, hours, seed, Some(300)).unwrap()
}

/// Lives on until so many minutes after the start.
fn until(day: &mut Day, minutes: i64) {
    while let Some(next) = day.next().filter(|next| *next <= START + Duration::from_mins(minutes)) {
        day.step(next).unwrap();
    }
}

fn live(seed: u64) -> (Day, bool) {
    let mut day = day(seed);
    until(&mut day, i64::MAX / 120_000_000);
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
    for figures in report.queues.values().chain(report.channels.values()).chain([total]) {
        let ends = figures.answered
            + figures.abandoned
            + figures.flowed_out
            + figures.withdrawn
            + figures.lost
            + figures.waiting;
        assert_eq!(figures.offered, ends);
    }
    // Whoever is left in the house waits at the line that is open into the night, or for the morning; or
    // an agent has put the letter away.
    let left = day.open.len() as u64;
    let contacts = &report.interactions;
    assert_eq!(contacts.opened + day.reopened, contacts.closed + left);
    assert_eq!(left, total.waiting + day.desk.parked.len() as u64);
    assert_eq!(empty, left == 0);
    assert!(day.progress() >= 1.0 && day.steps > 10_000 && day.arrived > 4_000);
    assert!(day.trace.as_ref().is_some_and(|trace| trace.text().contains("contact record")));
    assert!(day.refused.is_empty(), "nothing is asked that cannot be: {:?}", day.refused);
    let idle: Vec<_> = report.agents.iter().filter(|(_, agent)| agent.handled == 0).collect();
    assert!(idle.is_empty() && report.agents.len() == 60, "everybody gets calls: {idle:?}");
}

#[test]
fn the_day_goes_on_on_all_channels() {
    let (day, _) = live(7);
    let report = day.kpis.report(day.now);
    let channels: Vec<&str> = report.channels.keys().map(String::as_str).collect();
    assert_eq!(channels, ["chat", "email", "sms", "voice"]);
    let counts = |f: &Figures| [f.offered, f.answered, f.waiting, f.handled];
    let sums = [0, 1, 2, 3].map(|at| report.channels.values().map(|f| counts(f)[at]).sum::<u64>());
    assert_eq!(sums, counts(&report.total));
    for (channel, begun) in &day.desk.begun {
        let figures = &report.channels[channel.as_str()];
        assert!(*begun > 300 && figures.answered > 300, "{channel:?}: {begun} begun, {figures:?}");
    }
    // A live customer is served first, and letters last; chats find somebody beside calls.
    let asa = |channel: &str| report.channels[channel].asa_s.unwrap();
    assert!(asa("chat") < asa("voice") && asa("voice") < asa("email"), "{:?}", report.channels);
    let seen = [day.desk.interrupted, day.desk.put_away, day.reopened, day.fell_silent];
    assert!(
        seen.iter().all(|count| *count > 50),
        "calls between, put away, again, silent: {seen:?}"
    );
    assert!(day.leads.followed >= 5 && day.leads.heard > day.leads.followed, "leads listened in");
    let several = report.agents.values().filter(|agent| agent.time.monitoring_s > 0.0).count();
    assert!(several >= 3, "{several} leads listened in");
}

/// What the head of the example promises, on any day.
#[test]
fn every_day_has_its_rush_its_lunches_its_outage_and_a_queue_at_closing() {
    for seed in 1..=4 {
        let mut day = day(seed);
        until(&mut day, 3 * 60);
        let away = |day: &Day| {
            let report = day.kpis.report(day.now);
            report.agents.values().map(|agent| agent.time.not_ready_s).sum::<f64>()
        };
        let before_lunch = away(&day);
        // 14:00, when the line fails.
        until(&mut day, 6 * 60 + 29);
        assert!(away(&day) - before_lunch > 30.0 * 30.0 * 60.0, "seed {seed}: half the people ate");
        let lost = day.kpis.report(day.now).total.lost;
        until(&mut day, 6 * 60 + 32);
        let report = day.kpis.report(day.now);
        let cube = day.kpis.cube(day.now);
        let cut = (day.cut_off, report.total.lost - lost);
        assert!(cut.0 >= 10 && cut.1 > 0, "seed {seed}: calls cut off, of these waiting: {cut:?}");
        let hour = |hour: i64| {
            let from = START + Duration::from_mins((hour - 7) * 60 - 30);
            let within = |at: Timestamp| at >= from && at < from + Duration::from_hours(1);
            let calls = cube.requests().filter(|(cell, _)| cell.channel == Channel::Voice);
            let calls = calls.filter(|(cell, _)| within(cell.interval));
            calls.map(|(_, counts)| counts.offered).sum::<u64>()
        };
        assert!(hour(10) > hour(9) * 3 / 2 && hour(10) > hour(11) * 5 / 4, "seed {seed}: the rush");
        // 20:00, when the lines close.
        until(&mut day, 12 * 60 + 30);
        let waiting = day.kpis.report(day.now).channels["voice"].waiting;
        assert!(waiting >= 3, "seed {seed}: {waiting} callers wait at closing");
        until(&mut day, i64::MAX / 120_000_000);
        assert!(day.refused.is_empty(), "seed {seed}: {:?}", day.refused);
    }
}

#[test]
fn a_call_that_comes_and_goes_in_one_record_is_told_too() {
    let (day, _) = live(7);
    let text = day.trace.as_ref().unwrap().text();
    assert!(text.contains("offered to") && text.contains("contact record\n"), "{text}");
    // The first calls come before the lines open, and are sent away at once.
    let center = Center::from_toml(include_str!("../examples/centers/day.toml")).unwrap();
    let mut day = Day::new(center, START, Duration::from_mins(30), 7, Some(1)).unwrap();
    until(&mut day, 30);
    let text = day.trace.as_ref().unwrap().text();
    assert!(text.contains("contact record\n"), "{text}");
}
