//! Estimates of waits in five simulated centers, against what came of them.
//!
//! The centers are those of a comparison of predictors that were told the true parameters: how long a call takes, how
//! long people wait, how many call, how many work. The engine is told none of it, and its error must stay within a
//! tenth of theirs; and within a tenth of the error that the same formula has on the same calls when it is told. What
//! the comparison leaves open (patience, the variation of the lognormal times, the shares of the two classes) is chosen
//! so that people wait as long as there.
//!
//! Those whose patience would hide their wait are left out: only callers who never leave are compared, as there.
//!
//! `ESTIMATE_CALLS=1000000 cargo test --release --test estimates -- --nocapture` simulates more and prints what came out.

#[path = "estimates/lab.rs"]
mod lab;

use std::io::Write as _;

use lab::{Center, Found, Kind, Lab, exponential, lognormal};

/// Completions a second of an agent.
const PACE: f64 = 1.0 / 300.0;
/// The part of callers who never leave, where others do: few, so that they change little.
const PROBES: f64 = 0.04;

/// Lets callers come, as many as the test is told or so many, and compares: with the error of the predictor that is
/// told, for callers who waited `mean` seconds.
fn compare(name: &str, center: Center, calls: u32, (mean, rmse): (f64, f64)) {
    let asked = std::env::var("ESTIMATE_CALLS").ok().map(|text| text.parse().unwrap());
    let found = Lab::new(center).run(asked.unwrap_or(calls));
    let _ = writeln!(std::io::stdout(), "{name} ({mean} s, {rmse} s): {found}");
    let Found { compared, rmse: own, told, within, answered, by_head, .. } = found;
    assert!(compared > 2_000, "{name}: {found}");
    assert!((found.mean / mean - 1.0).abs() < 0.12, "{name}: another center, {found}");
    assert!(own <= 1.1 * rmse, "{name}: worse than the comparison, {found}");
    assert!(own <= 1.1 * told, "{name}: worse than with the true parameters, {found}");
    assert!((0.75..=0.85).contains(&within[1]), "{name}: the p80 does not hold, {found}");
    assert!((0.86..=0.94).contains(&within[2]), "{name}: the p90 does not hold, {found}");
    assert_eq!(by_head, 0, "{name}: nothing was known of the pace");
    // What the engine says of its estimates is what can be counted.
    assert_eq!(found.accuracy, answered, "{name}");
}

#[test]
fn a_hundred_agents_at_98_percent() {
    let kinds = vec![Kind { rate: 98.0 * PACE, ..Kind::patient() }];
    // So near its capacity a center takes days to forget how it was: this is one in which people wait as long as there.
    let center = Center { agents: 100, kinds, seed: 1, ..Center::default() };
    compare("M/M/100, 0.98", center, 400_000, (155.0, 20.9));
}

#[test]
fn a_hundred_agents_and_people_who_leave() {
    let kinds = vec![Kind { rate: 120.0 * PACE, ..Kind::leaving(exponential(300.0), PROBES) }];
    let center = Center { agents: 100, kinds, ..Center::default() };
    compare("M/M/100+M, 1.2", center, 120_000, (57.0, 12.4));
}

#[test]
fn a_staff_that_comes_and_goes() {
    let kinds = vec![Kind { rate: 106.0 * PACE, ..Kind::leaving(exponential(600.0), PROBES) }];
    let service = Some(lognormal(300.0, 1.3));
    let center = Center { agents: 100, absent: 30, service, kinds, ..Center::default() };
    compare("lognormal, staff -30 %", center, 120_000, (128.0, 33.8));
}

#[test]
fn two_classes_of_which_one_goes_first() {
    let kinds = vec![
        Kind { rate: 35.0 * PACE, first: true, ..Kind::leaving(exponential(300.0), 0.0) },
        Kind { rate: 79.0 * PACE, ..Kind::leaving(exponential(300.0), PROBES) },
    ];
    let center = Center { agents: 100, kinds, ..Center::default() };
    compare("two classes", center, 120_000, (68.0, 23.8));
}

#[test]
fn ten_agents_and_people_who_leave() {
    let kinds = vec![Kind { rate: 11.0 * PACE, ..Kind::leaving(exponential(600.0), PROBES) }];
    let center = Center { agents: 10, kinds, ..Center::default() };
    compare("M/M/10+M, 1.1", center, 120_000, (148.0, 64.2));
}
