//! Another system says who takes what: the engine makes no offers of its own, and says what it would do.

use crate::support::{Bench, key, refusal};
use switchboard::message::{ChosenBy, CommandBody, OfferEnd, Receipt, RejectionReason};
use switchboard::model::{Agent, Center, Change, EntryPoint, OrderPolicy, Queue};
use switchboard::{Question, Verdict};

fn center() -> Center {
    Center::builder()
        .queue("q", Queue::new())
        .queue("gold", Queue::new().priority(9))
        .entry_point("main", EntryPoint::voice("100").to_queue("q"))
        .entry_point("gold", EntryPoint::voice("200").to_queue("gold"))
        .agent("ana", Agent::new("Ana"))
        .agent("ben", Agent::new("Ben"))
        .order(OrderPolicy::StrictPriority)
        .policies(|policies| policies.matched_elsewhere = true)
        .build()
        .unwrap()
}

/// Ana has been there for a while, Ben for less, and two calls wait.
fn waiting() -> Bench {
    let mut bench = Bench::new(center());
    bench.sign_in("ana");
    bench.seconds(5);
    bench.sign_in("ben");
    bench.seconds(5);
    let _ = bench.call("app", "call-1", "100");
    bench.seconds(1);
    let _ = bench.call("app", "call-2", "200");
    bench
}

fn offer(bench: &Bench, place: usize, agent: &str) -> CommandBody {
    CommandBody::OfferRequest { request: bench.requests()[place], agent: key(agent) }
}

#[test]
fn nothing_is_offered_and_that_is_said() {
    let mut bench = waiting();
    bench.seconds(100);
    assert_eq!(bench.offered(), []);
    let why = bench.engine.explain(Question::Request(bench.requests()[0])).unwrap();
    assert!(why.agents.iter().all(|agent| agent.verdict == Verdict::Elsewhere));
    let text = why.to_string();
    assert!(text.contains("it waits until another system says who gets it:"), "{text}");
    assert!(text.contains("ana is free; another system says who gets it"), "{text}");
}

#[test]
fn what_is_told_rings_and_may_be_declined() {
    let mut bench = waiting();
    bench.does(offer(&bench, 1, "ben"));
    assert_eq!(bench.offered(), [bench.requests()[1]]);
    let again = bench.command(offer(&bench, 1, "ana"));
    assert_eq!(refusal(again).reason, RejectionReason::WrongState("with an agent".into()));
    let busy = bench.command(offer(&bench, 0, "ben"));
    assert_eq!(refusal(busy).reason, RejectionReason::NoCapacity);
    bench.does(CommandBody::RejectOffer { offer: bench.offer(), reason: None });
    assert_eq!(bench.offer_ends(), [OfferEnd::Rejected(None)]);
    // Back at its place, and kept from Ben for a while.
    let kept = bench.command(offer(&bench, 1, "ben"));
    assert!(matches!(kept, Receipt::Rejected { .. }), "{kept:?}");
    bench.does(offer(&bench, 1, "ana"));
    bench.does(CommandBody::AcceptOffer { offer: bench.offer() });
    assert_eq!(bench.outcomes().len(), 1);
}

#[test]
fn pulls_and_assignments_work_as_ever() {
    let mut bench = waiting();
    let [first, second] = [0, 1].map(|place| bench.requests()[place]);
    bench.does(CommandBody::PullRequest { agent: key("ben"), request: second });
    assert_eq!(bench.outcomes().len(), 1);
    bench.does(CommandBody::AssignRequest { agent: key("ana"), request: first });
    assert_eq!(bench.offered(), [second, first]);
}

#[test]
fn what_would_be_offered_is_what_is_offered_once_the_engine_may() {
    let mut bench = waiting();
    let hash = bench.engine.state_hash();
    let wishes = bench.engine.would_offer(&[]);
    let told: Vec<_> =
        wishes.iter().map(|wish| (wish.queue.as_str(), wish.agent.as_str())).collect();
    assert_eq!(told, [("gold", "ana"), ("q", "ben")]);
    assert_eq!(wishes[0].choice.by, ChosenBy::LongestIdle);
    assert_eq!(wishes[0].since, bench.now);
    let explained = bench.engine.explain_would_offer(&[]);
    assert_eq!(explained[0].candidates.len(), 2);
    assert_eq!(explained[1].candidates.len(), 1);
    assert_eq!(explained[1].refused[0].verdict, Verdict::Busy);
    assert_eq!(bench.engine.state_hash(), hash);
    let mut policies = bench.engine.center().policies.clone();
    policies.matched_elsewhere = false;
    bench.configures(vec![Change::Policies(policies)]);
    let [q, gold] = [0, 1].map(|place| bench.requests()[place]);
    assert_eq!(bench.offered(), [gold, q]);
}

#[test]
fn what_was_wished_for_stays_as_long_as_it_is_possible() {
    let mut bench = Bench::new(center());
    bench.sign_in("ana");
    let _ = bench.call("app", "call-1", "100");
    let first = bench.engine.would_offer(&[]);
    assert_eq!(first.len(), 1);
    bench.seconds(3);
    let _ = bench.call("app", "call-2", "200");
    // By now it would ring, and whoever goes before it comes too late.
    assert_eq!(bench.engine.would_offer(&first), first);
    assert_eq!(bench.engine.explain_would_offer(&first), []);
    assert_eq!(bench.engine.would_offer(&[])[0].queue, key("gold"));
    bench.does(CommandBody::SetPresence { agent: key("ana"), ready: false, reason: None });
    assert_eq!(bench.engine.would_offer(&first), []);
}
