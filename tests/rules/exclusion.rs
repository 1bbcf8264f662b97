//! Keeping a request from an agent by hand, for a while.

use crate::support::{Bench, key, refusal};
use switchboard::Question;
use switchboard::id::{CommandId, RequestId};
use switchboard::message::{
    Actor, Command, CommandBody, Destination, FlowOutReason, OfferEnd, Outcome, Receipt,
    RejectionReason,
};
use switchboard::model::{Agent, Center, EntryPoint, Preferred, Queue};
use switchboard::time::Duration;

fn center() -> Center {
    Center::builder()
        .queue("q", Queue::new())
        .queue("held", Queue::new().preferred(Preferred::new(Duration::from_secs(60))))
        .entry_point("main", EntryPoint::voice("100").to_queue("q"))
        .entry_point("held", EntryPoint::voice("200").to_queue("held"))
        .agent("ana", Agent::new("Ana"))
        .agent("ben", Agent::new("Ben"))
        .limits(|limits| limits.exclusions_per_request = 1)
        .build()
        .unwrap()
}

/// A call waits.
fn waiting() -> (Bench, RequestId) {
    let mut bench = Bench::new(center());
    let _ = bench.call("app", "call-1", "100");
    let request = bench.requests()[0];
    (bench, request)
}

fn exclude(bench: &Bench, request: RequestId, agent: &str, secs: i64) -> CommandBody {
    CommandBody::ExcludeAgent {
        request,
        agent: key(agent),
        until: bench.now + Duration::from_secs(secs),
    }
}

fn lift(request: RequestId, agent: &str) -> CommandBody {
    CommandBody::LiftExclusion { request, agent: key(agent) }
}

#[test]
fn an_agent_is_not_offered_what_is_kept_from_the_agent_until_the_time_is_over() {
    let (mut bench, request) = waiting();
    bench.does(exclude(&bench, request, "ana", 45));
    bench.sign_in("ana");
    assert_eq!(bench.offered(), []);
    let why = bench.engine.explain(Question::Request(request)).unwrap();
    assert_eq!(why.exclusions, [(key("ana"), bench.now + Duration::from_secs(45))]);
    bench.seconds(44);
    assert_eq!(bench.offered(), []);
    bench.seconds(1);
    assert_eq!(bench.offered(), [request]);
}

#[test]
fn others_are_and_she_is_offered_others() {
    let (mut bench, request) = waiting();
    bench.does(exclude(&bench, request, "ana", 45));
    bench.sign_in("ana");
    bench.sign_in("ben");
    let _ = bench.call("app", "call-2", "100");
    assert_eq!(bench.offered(), bench.requests());
}

#[test]
fn what_rings_is_taken_back_and_goes_to_the_next() {
    let (mut bench, request) = waiting();
    bench.sign_in("ana");
    bench.sign_in("ben");
    bench.does(exclude(&bench, request, "ana", 45));
    assert_eq!(bench.offer_ends(), [OfferEnd::Canceled]);
    assert_eq!(bench.offered(), [request; 2], "in the same step");
}

#[test]
fn it_is_lifted_by_hand() {
    let (mut bench, request) = waiting();
    bench.does(exclude(&bench, request, "ana", 45));
    bench.sign_in("ana");
    bench.does(lift(request, "ana"));
    assert_eq!(bench.offered(), [request]);
    // The same for one who has declined it.
    bench.does(CommandBody::RejectOffer { offer: bench.offer(), reason: None });
    bench.does(lift(request, "ana"));
    assert_eq!(bench.offered(), [request; 2]);
    bench.seconds(120);
    assert_eq!(bench.offered().len(), 2, "no timer is left of either");
}

#[test]
fn a_later_word_takes_the_place_of_an_earlier_one() {
    let (mut bench, request) = waiting();
    bench.does(exclude(&bench, request, "ana", 45));
    bench.does(exclude(&bench, request, "ana", 10));
    bench.sign_in("ana");
    bench.seconds(10);
    assert_eq!(bench.offered(), [request]);
}

#[test]
fn what_cannot_be_is_refused() {
    let (mut bench, request) = waiting();
    let why = |bench: &mut Bench, body| refusal(bench.command(body));
    let body = lift(request, "ana");
    assert_eq!(why(&mut bench, body).field, "agent");
    let body = exclude(&bench, request, "nobody", 5);
    assert_eq!(why(&mut bench, body).reason, RejectionReason::Unknown);
    let body = exclude(&bench, request, "ana", 0);
    assert_eq!(why(&mut bench, body).field, "until");
    bench.does(exclude(&bench, request, "ana", 5));
    let body = exclude(&bench, request, "ben", 5);
    assert!(matches!(why(&mut bench, body).reason, RejectionReason::LimitReached(_)));
    bench.does(CommandBody::WithdrawRequest { request });
    let body = exclude(&bench, request, "ana", 5);
    assert_eq!(why(&mut bench, body).reason, RejectionReason::Gone);
    let body = lift(request, "ana");
    assert_eq!(why(&mut bench, body).reason, RejectionReason::Gone);
}

#[test]
fn an_agent_may_not_choose_whom_it_is_kept_from() {
    let (mut bench, request) = waiting();
    bench.sign_in("ben");
    for body in [exclude(&bench, request, "ben", 5), lift(request, "ben")] {
        let id = CommandId::new("x").unwrap();
        let receipt = bench.input(Command::new(id, Actor::agent(key("ben")), body));
        assert!(matches!(refusal(receipt).reason, RejectionReason::NotPermitted(_)));
    }
}

#[test]
fn whoever_waits_for_somebody_preferred_waits_for_all_then() {
    let mut bench = Bench::new(center());
    bench.sign_in("ana");
    bench.sign_in("ben");
    bench.does(CommandBody::BeginOtherWork {
        agent: key("ana"),
        channel: switchboard::model::Channel::Voice,
        reason: None,
    });
    let mut arrival = switchboard::message::Arrival::new(
        switchboard::id::ExternalRef::new("call-1").unwrap(),
        switchboard::model::Channel::Voice,
        "200",
    );
    arrival.preferred = vec![key("ana")];
    let _ = bench.report("app", switchboard::message::HostEvent::Offered(Box::new(arrival)));
    let request = bench.requests()[0];
    assert_eq!(bench.offered(), [], "for Ana, who is busy");
    bench.does(exclude(&bench, request, "ana", 45));
    assert_eq!(bench.offered(), [request], "for Ben now");
}

#[test]
fn whoever_asks_for_that_agent_alone_hears_at_once_that_nobody_comes() {
    let (mut bench, _) = waiting();
    bench.sign_in("ana");
    bench.does(CommandBody::AcceptOffer { offer: bench.offer() });
    let engagement = bench.engagement();
    bench.sign_in("ben");
    bench.does(CommandBody::Consult { engagement, to: Destination::Agent(key("ben")) });
    let asked = *bench.requests().last().unwrap();
    bench.does(exclude(&bench, asked, "ben", 45));
    assert!(matches!(
        bench.outcomes().last(),
        Some(Outcome::FlowedOut { reason: FlowOutReason::Coverage, .. })
    ));
    assert!(matches!(bench.command(lift(asked, "ben")), Receipt::Rejected { .. }));
}

#[test]
fn whom_the_customer_is_being_connected_with_keeps_the_customer() {
    let center = Center::builder()
        .host("pbx", switchboard::model::Host::new("PBX"))
        .queue("q", Queue::new())
        .entry_point("main", EntryPoint::voice("100").to_queue("q"))
        .agent("ana", Agent::new("Ana").phone("pbx", "1"))
        .build()
        .unwrap();
    let mut bench = Bench::new(center);
    bench.sign_in("ana");
    crate::ringing::call(&mut bench, "call-1", "100");
    bench.picks_up("pbx");
    let body = exclude(&bench, bench.requests()[0], "ana", 45);
    assert_eq!(refusal(bench.command(body)).field, "request");
}
