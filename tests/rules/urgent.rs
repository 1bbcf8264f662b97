//! Urgent work takes the place of other work that an agent has not accepted.

use crate::support::Bench;
use switchboard::message::{CommandBody, OfferEnd, Outcome};
use switchboard::model::{
    Agent, Center, Channel, ChannelCapacity, EntryPoint, Host, Queue, Skill, WrapUpMode,
};
use switchboard::time::Duration;

fn center() -> Center {
    Center::builder()
        .skill("care", Skill::new("Care"))
        .channel(Channel::Voice, ChannelCapacity::new(100, 1))
        .queue("plain", Queue::new().wrap_up(WrapUpMode::None, Duration::ZERO))
        .queue("late", Queue::new().service_target(Duration::from_mins(5)))
        .queue("urgent", Queue::new().requires("care", 1).urgent())
        .entry_point("plain", EntryPoint::voice("100").to_queue("plain"))
        .entry_point("late", EntryPoint::voice("200").to_queue("late"))
        .entry_point("urgent", EntryPoint::voice("900").to_queue("urgent"))
        .agent("ana", Agent::new("Ana").skill("care", 1))
        .agent("ben", Agent::new("Ben").skill("care", 1))
        .agent("cem", Agent::new("Cem"))
        .host("pbx", Host::new("PBX"))
        .agent("dora", Agent::new("Dora").skill("care", 1).phone("pbx", "1"))
        .build()
        .unwrap()
}

fn bench(agents: &[&str]) -> Bench {
    let mut bench = Bench::new(center());
    for agent in agents {
        bench.sign_in(agent);
    }
    bench
}

#[test]
fn an_offer_that_was_not_accepted_gives_way() {
    let mut bench = bench(&["ana"]);
    let _ = bench.call("app", "call-1", "100");
    let _ = bench.call("app", "call-2", "900");
    assert_eq!(bench.offer_ends(), [OfferEnd::Outranked]);
    assert_eq!(bench.offered(), bench.requests(), "first the one, then the other");
    // The one that gave way is back at its place, and is served next.
    bench.does(CommandBody::AcceptOffer { offer: bench.offer() });
    let engagement = bench.engagement();
    bench.does(CommandBody::HangUp { engagement });
    assert_eq!(bench.offered().last(), bench.requests().first());
}

#[test]
fn what_was_accepted_does_not() {
    let mut bench = bench(&["ana"]);
    let _ = bench.call("app", "call-1", "100");
    bench.does(CommandBody::AcceptOffer { offer: bench.offer() });
    let _ = bench.call("app", "call-2", "900");
    assert_eq!(bench.offer_ends(), [OfferEnd::Connected]);
    assert_eq!(bench.offered().len(), 1);
    assert!(matches!(bench.outcomes()[..], [Outcome::Answered { .. }]));
}

#[test]
fn what_is_being_connected_does_not_either() {
    let mut bench = bench(&["dora"]);
    let _ = bench.call("pbx", "call-1", "100");
    bench.picks_up("pbx");
    let _ = bench.call("pbx", "call-2", "900");
    assert!(bench.offer_ends().is_empty());
}

#[test]
fn urgent_work_does_not_give_way_to_urgent_work() {
    let mut bench = bench(&["ana"]);
    let _ = bench.call("app", "call-1", "900");
    let _ = bench.call("app", "call-2", "900");
    assert!(bench.offer_ends().is_empty());
}

#[test]
fn nothing_gives_way_while_somebody_is_free() {
    let mut bench = bench(&["ana", "ben"]);
    let _ = bench.call("app", "call-1", "100");
    let _ = bench.call("app", "call-2", "900");
    assert!(bench.offer_ends().is_empty());
    assert_eq!(bench.offered().len(), 2);
}

#[test]
fn only_who_can_serve_it_is_taken_from_other_work() {
    let mut bench = bench(&["cem"]);
    let _ = bench.call("app", "call-1", "100");
    let _ = bench.call("app", "call-2", "900");
    assert!(bench.offer_ends().is_empty(), "Cem lacks the skill");
}

#[test]
fn of_several_that_which_is_due_last_gives_way() {
    let mut bench = bench(&["ana", "ben"]);
    let _ = bench.call("app", "call-1", "200");
    let _ = bench.call("app", "call-2", "100");
    let late = bench.offered()[0];
    let _ = bench.call("app", "call-3", "900");
    assert_eq!(bench.offer_ends(), [OfferEnd::Outranked]);
    bench.sign_in("cem");
    assert_eq!(bench.offered().last(), Some(&late), "by who comes next");
}
