//! What is modelled and has no behavior yet is refused by name, and the documentation lists it all.

use std::collections::BTreeSet;

use crate::message_support::examples;
use crate::support::Bench;
use switchboard::message::{CommandBody, HostEvent, Receipt, Rejection, RejectionReason};
use switchboard::model::{Agent, Center, EntryPoint, Queue};

fn bench() -> Bench {
    let center = Center::builder()
        .queue("support", Queue::new())
        .agent("agent", Agent::new("Ana"))
        .entry_point("main", EntryPoint::voice("100").to_queue("support"))
        .build();
    Bench::new(center.unwrap())
}

/// The name that a receipt says is not yet.
fn refused(receipt: &Receipt) -> Option<&str> {
    match receipt {
        Receipt::Rejected {
            rejection: Rejection { reason: RejectionReason::NotYet(name), field },
            ..
        } => {
            assert_eq!(field, "");
            Some(name)
        }
        _ => None,
    }
}

#[test]
fn every_command_has_a_behavior() {
    for (name, body) in examples::<CommandBody>().1 {
        let receipt = bench().command(body);
        assert_eq!(refused(&receipt), None, "{name}: {receipt:?}");
    }
}

#[test]
fn reports_without_behavior_are_refused_by_name() {
    let mut bench = bench();
    let before = bench.seq();
    for (name, event) in examples::<HostEvent>().1 {
        let promised = event.not_yet();
        assert!(promised.is_none_or(|promised| promised == name), "{promised:?} for {name}");
        if promised.is_some() {
            assert_eq!(refused(&bench.report("app", event)), promised);
        }
    }
    assert_eq!(bench.seq(), before, "a refusal is not recorded");
}

#[test]
fn reports_with_behavior_are_not() {
    for (name, event) in examples::<HostEvent>().1 {
        if event.not_yet().is_none() {
            let receipt = bench().report("app", event);
            assert_eq!(refused(&receipt), None, "{name}: {receipt:?}");
        }
    }
}

/// Names in backquotes in the table above `fn not_yet`.
fn documented(source: &str) -> BTreeSet<String> {
    let (above, _) = source.split_once("pub const fn not_yet").expect("the list");
    above
        .lines()
        .rev()
        .skip(1)
        .take_while(|line| line.trim_start().starts_with("///"))
        .filter(|line| line.trim_start().starts_with("/// |"))
        .flat_map(|line| line.split('`').skip(1).step_by(2).map(str::to_owned).collect::<Vec<_>>())
        .collect()
}

#[test]
fn the_documentation_lists_them_all() {
    let events = examples::<HostEvent>().1;
    let names = events.iter().filter_map(|(_, event)| event.not_yet()).map(str::to_owned);
    assert_eq!(
        documented(include_str!("../../src/message/host.rs")),
        names.collect::<BTreeSet<_>>()
    );
}
