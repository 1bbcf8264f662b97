//! The same days under several policies: that they are the same, and that what differs is as theory says.
#![cfg(feature = "toml")]

use switchboard::model::OrderPolicy;
use switchboard::sim::model::Outcome;
use switchboard::sim::{
    CallRow, Collector, Comparison, Difference, EngineSwitch, Followed, Policy, Routing,
    SimulationModel, Workload, compare,
};

const CENTER: &str = include_str!("../examples/compare_policies/center.toml");
const POLICIES: &str = include_str!("../examples/compare_policies/policies.toml");

/// The center of the example, on short days.
fn center() -> SimulationModel {
    let mut model = SimulationModel::from_toml(CENTER).unwrap();
    model.periods = vec![90.0];
    model
}

fn policies() -> Vec<Policy> {
    Policy::all_from_toml(POLICIES).unwrap()
}

/// Calls under a policy, day by day.
fn days(model: &SimulationModel, policy: &Policy, days: u32) -> Vec<Vec<CallRow>> {
    let model = policy.applied(model).unwrap();
    let mut load = Workload::new(&model).unwrap();
    let mut switch = Followed::new(EngineSwitch::new(&model).unwrap());
    let mut collector = Collector::new(&model);
    let day = |_| {
        load.run_day(&mut switch, &mut collector).unwrap();
        load.next_substreams();
        switch.calls().to_vec()
    };
    (0..days).map(day).collect()
}

fn order(order: OrderPolicy) -> Policy {
    let mut routing = Routing::default();
    routing.order = Some(order);
    Policy::new("order", routing)
}

fn figure<'c>(comparison: &'c Comparison, name: &str, queue: Option<&str>) -> &'c [Difference] {
    let figures = &comparison.figures;
    let found = figures.iter().find(|f| f.name == name && f.queue.as_deref() == queue);
    &found.unwrap().differences
}

#[test]
fn every_policy_meets_the_same_calls() {
    let model = center();
    let policies = policies();
    assert_eq!(policies.len(), 11);
    let first = days(&model, &policies[0], 2);
    let (mut waits_differ, mut both_gave_up) = (0, 0);
    for policy in &policies[1..] {
        let other = days(&model, policy, 2);
        for (day, (left, right)) in first.iter().zip(&other).enumerate() {
            assert_eq!(left.len(), right.len(), "{}, day {day}", policy.name);
            for (one, two) in left.iter().zip(right) {
                assert_eq!(one.kind, two.kind);
                assert_eq!(one.arrived.to_bits(), two.arrived.to_bits());
                if let (Some(one), Some(two)) = (one.service, two.service) {
                    assert!((one - two).abs() < 1e-9, "{}: {one} and {two}", policy.name);
                }
                let gave_up = |row: &CallRow| row.outcome == Some(Outcome::Abandoned);
                if gave_up(one) && gave_up(two) {
                    let difference = one.wait.unwrap() - two.wait.unwrap();
                    assert!(difference.abs() < 1e-9, "their patience is the same");
                    both_gave_up += 1;
                } else if one.wait != two.wait {
                    waits_differ += 1;
                }
            }
        }
    }
    assert!(waits_differ > 100 && both_gave_up > 10, "{waits_differ}, {both_gave_up}");
}

#[test]
fn more_agents_meet_the_same_calls() {
    let model = center();
    let more = "[[policies]]\nname = \"more\"\nstaff = { generalists = 5 }\n";
    let more = Policy::all_from_toml(more).unwrap().remove(0);
    let [few, many] = [policies().remove(0), more].map(|policy| days(&model, &policy, 1).remove(0));
    assert_eq!(few.len(), many.len());
    assert!(few.iter().zip(&many).all(|(one, two)| one.arrived.to_bits() == two.arrived.to_bits()));
    let waits = |rows: &[CallRow]| rows.iter().filter_map(|row| row.wait).sum::<f64>();
    assert!(waits(&many) < waits(&few));
}

#[test]
fn a_policy_against_itself_differs_by_exactly_nothing() {
    let mut policies = policies();
    policies.truncate(1);
    policies.push(Policy::new("again", policies[0].routing.clone()));
    let comparison = compare(&center(), &policies, "service_target", 3).unwrap();
    assert_eq!(comparison.figures.len(), 18);
    for figure in &comparison.figures {
        let [difference] = figure.differences.as_slice() else { panic!("one other policy") };
        assert_eq!(difference.difference, Some(0.0), "{}", figure.name);
        assert_eq!(difference.interval, Some([0.0, 0.0]));
        assert_eq!(difference.value, figure.baseline);
        assert!(!difference.clear && difference.narrower.is_none());
    }
}

#[test]
fn a_comparison_comes_out_the_same_again() {
    let (model, mut policies) = (center(), policies());
    policies.retain(|policy| ["service_target", "weighted_random"].contains(&policy.name.as_str()));
    let run = || compare(&model, &policies, "service_target", 3).unwrap();
    assert_eq!(run(), run());
}

#[test]
fn what_does_not_fit_is_refused_by_name() {
    let model = center();
    let refused = |text: &str| {
        let policies = Policy::all_from_toml(text).map_err(|fault| fault.to_string())?;
        compare(&model, &policies, "p", 2).map(|_| ()).map_err(|fault| fault.to_string())
    };
    for (text, reason) in [
        ("name = \"q\"", "the baseline \"p\" is none of the policies"),
        ("name = \"p\"\n[[policies]]\nname = \"p\"", "two policies are named \"p\""),
        ("name = \"p\"\nstaff = { none = 1 }", "there is no group \"none\""),
        ("name = \"p\"\nrouting = { queues = { none = {} } }", "there is no type \"none\""),
        ("name = \"p\"\nrouting = { groups = { sellers = { levels = { billing = 2 } } } }", "does"),
        ("name = \"p\"\nrouting = { agent_order = { fixed = [\"a\"] } }", "neither keys nor"),
        ("name = \"p\"\nrouting = { order = \"best\" }", "line 3"),
    ] {
        let text = format!("[[policies]]\n{text}\n");
        let told = refused(&text).unwrap_err();
        assert!(told.contains(reason), "{told}");
    }
    let one_day = compare(&model, &policies(), "triage", 1).unwrap_err();
    assert!(one_day.to_string().contains("two days"));
    let text = CENTER.replace("\"minute\"", "\"abstract\"");
    let fault = SimulationModel::from_toml(&text).unwrap_err();
    assert!(fault.to_string().contains("time_unit"), "{fault}");
}

/// Two classes that differ in nothing but their level, four agents, nobody gives up.
fn two_classes() -> SimulationModel {
    let mut text = "name = \"two\"\nperiods = [6000.0]\n".to_owned();
    for (name, rate, streams) in [("first", 0.3, [1, 2]), ("second", 0.34, [3, 4])] {
        let [arrival, service] = streams;
        text.extend([format!(
            "[[types]]\nname = \"{name}\"\narrivals = {{ poisson = {rate} }}\narrival_stream = {arrival}\n\
             service = {{ exponential = {{ mean = 5.0 }} }}\nservice_stream = {service}\n\
             groups = [\"agents\"]\n"
        )]);
    }
    text += "[[groups]]\nname = \"agents\"\ntypes = [\"first\", \"second\"]\nstaff = 4\n\
             [routing.queues.first]\npriority = 1\n";
    SimulationModel::from_toml(&text).unwrap()
}

/// Erlang's C: the probability to wait with `servers` at an offered load.
fn erlang_c(servers: u32, load: f64) -> f64 {
    let blocked = (1..=servers).fold(1.0, |b, n| load * b / (f64::from(n) + load * b));
    let free = 1.0 - load / f64::from(servers);
    blocked / (free + (1.0 - free) * blocked)
}

/// The mean over days of the mean wait of a class, or of all, and the half width of the 95 % interval.
#[allow(clippy::cast_precision_loss)] // calls and days
fn mean_wait(days: &[Vec<CallRow>], kind: Option<usize>) -> (f64, f64) {
    let of_day = |day: &Vec<CallRow>| {
        let rows = day.iter().filter(|row| kind.is_none_or(|kind| kind == row.kind));
        let waits: Vec<f64> = rows.map(|row| row.wait.unwrap()).collect();
        waits.iter().sum::<f64>() / waits.len() as f64
    };
    let tally: switchboard::sim::statistics::Tally = days.iter().map(of_day).collect();
    (tally.mean().unwrap(), 2.1 * tally.sd().unwrap() / (days.len() as f64).sqrt())
}

/// Cobham, "Priority assignment in waiting line problems", Operations Research 2(1), 1954: waits without
/// interruption, same exponential service.
#[test]
fn strict_priority_has_the_waits_of_cobham() {
    let model = two_classes();
    let found = days(&model, &order(OrderPolicy::StrictPriority), 20);
    let (agents, service) = (4, 5.0);
    let (load, first) = (0.64 * service, 0.3 * service / f64::from(agents));
    let all = load / f64::from(agents);
    let residual = erlang_c(agents, load) * service / f64::from(agents);
    for (kind, expected) in
        [residual / (1.0 - first), residual / (1.0 - first) / (1.0 - all)].into_iter().enumerate()
    {
        let (mean, half) = mean_wait(&found, Some(kind));
        println!("class {kind}: {mean:.4} +- {half:.4}, theory {expected:.4}");
        assert!((mean - expected).abs() < half, "{mean} +- {half} is not {expected}");
        assert!(half < 0.15 * expected, "{half} tells little");
    }
}

/// Kleinrock's conservation law: with the same service for all, the order of service moves waits from one
/// class to the other, and the mean over all stays (*Queueing Systems* II, 3.4).
#[test]
fn no_order_of_service_changes_the_mean_wait_of_all() {
    let mut model = two_classes();
    model.periods = vec![1500.0];
    let weights = Policy::all_from_toml(
        "[[policies]]\nname = \"cost\"\nrouting = { across = { cost_of_waiting = \"linear\" }, \
         queues = { first = { weights = { cost = 3 } } } }\n\
         [[policies]]\nname = \"ratio\"\nrouting = { across = \"queue_ratio\" }\n",
    );
    let orders = [
        OrderPolicy::FirstComeFirstServed,
        OrderPolicy::ServiceTarget,
        OrderPolicy::StrictPriority,
        OrderPolicy::Triage,
    ];
    let policies = orders.map(order).into_iter().chain(weights.unwrap());
    let waits: Vec<_> = policies
        .map(|policy| {
            let days = days(&model, &policy, 8);
            (mean_wait(&days, None), mean_wait(&days, Some(0)).0)
        })
        .collect();
    println!("{waits:?}");
    let ((all, half), _) = waits[0];
    for ((other, _), _) in &waits {
        // Whose service comes next differs with the order, so the mean agrees as a mean, not call by call.
        assert!((other - all).abs() < half / 2.0, "{other} is not {all} +- {half}");
    }
    let least = waits.iter().map(|(_, first)| *first).fold(f64::INFINITY, f64::min);
    let most = waits.iter().map(|(_, first)| *first).fold(0.0, f64::max);
    assert!(most > 2.0 * least, "the orders move waits: {least} to {most}");
}

#[test]
fn pairing_narrows_the_intervals() {
    let mut policies = policies();
    policies.retain(|policy| policy.name == "service_target" || policy.name == "strict_priority");
    let comparison = compare(&center(), &policies, "service_target", 12).unwrap();
    assert!(comparison.same_call_by_call);
    assert!(comparison.narrower.unwrap() > 1.5, "{:?}", comparison.narrower);
    let [sales] = figure(&comparison, "speed_of_answer", Some("sales")) else { panic!("one") };
    assert!(sales.clear && sales.difference.unwrap() < 0.0, "sales go first: {sales:?}");
}
