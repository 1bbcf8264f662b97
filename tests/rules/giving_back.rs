//! Choosing a request out of a queue, and giving one back to its place.

use crate::ringing::{self, bridges, offer_of, picks_up};
use crate::support::{Bench, key, refusal};
use switchboard::id::{EngagementId, ExternalRef, RequestId};
use switchboard::message::{
    Activity, Arrival, CommandBody, EngagementEnd, HostEvent, OfferEnd, Outcome, Receipt,
    RejectionReason, RequestCause,
};
use switchboard::model::{
    Agent, Center, Change, Channel, ChannelCapacity, EntryPoint, Host, Preferred, Queue, Skill,
};
use switchboard::time::Duration;

fn center() -> Center {
    Center::builder()
        .host("pbx", Host::new("PBX"))
        .skill("care", Skill::new("Care"))
        .channel(Channel::Chat, ChannelCapacity::new(50, 1))
        .queue("q", Queue::new())
        .queue("care", Queue::new().requires("care", 1))
        .queue("held", Queue::new().preferred(Preferred::new(Duration::from_secs(60))))
        .entry_point("calls", EntryPoint::voice("100").to_queue("q"))
        .entry_point("care", EntryPoint::voice("200").to_queue("care"))
        .entry_point("held", EntryPoint::voice("300").to_queue("held"))
        .entry_point("chats", EntryPoint::on(Channel::Chat, "widget").to_queue("q"))
        .agent("ana", Agent::new("Ana").phone("pbx", "1"))
        .agent("ben", Agent::new("Ben").phone("pbx", "2"))
        .build()
        .unwrap()
}

fn bench() -> Bench {
    let mut bench = Bench::new(center());
    bench.sign_in("ana");
    bench
}

fn give_back(engagement: EngagementId) -> CommandBody {
    CommandBody::GiveBack { engagement }
}

fn pull(agent: &str, request: RequestId) -> CommandBody {
    CommandBody::PullRequest { agent: key(agent), request }
}

fn pause(bench: &mut Bench, agent: &str) {
    bench.does(CommandBody::SetPresence { agent: key(agent), ready: false, reason: None });
}

fn chat(bench: &mut Bench, name: &str) {
    let arrival = Arrival::new(ExternalRef::new(name).unwrap(), Channel::Chat, "widget");
    let _ = bench.report("app", HostEvent::Offered(Box::new(arrival)));
}

#[test]
fn a_call_that_is_not_connected_yet_is_given_back_to_its_place() {
    let mut bench = bench();
    ringing::call(&mut bench, "call-1", "100");
    ringing::call(&mut bench, "call-2", "100");
    bench.picks_up("pbx");
    let part = bench.engagement();
    assert_eq!(bench.activity(), Activity::Connecting);
    bench.does(give_back(part));
    assert_eq!(bench.offer_ends(), [OfferEnd::Rejected(None)]);
    assert_eq!(bench.part_end(part), Some(EngagementEnd::NotConnected));
    let [first, second] = bench.requests().try_into().unwrap();
    assert_eq!(bench.offered(), [first, second], "Ana is spared it for a while");
    bench.sign_in("ben");
    assert_eq!(bench.offered(), [first, second, first], "and it is the first in line");
    assert_eq!(bench.outcomes(), []);
}

#[test]
fn it_is_offered_again_when_nobody_else_has_come() {
    let mut bench = bench();
    ringing::call(&mut bench, "call-1", "100");
    bench.picks_up("pbx");
    bench.does(give_back(bench.engagement()));
    bench.accept_all();
    bench.seconds(29);
    assert_eq!((bench.offered().len(), bench.activity()), (1, Activity::Idle));
    bench.seconds(1);
    assert_eq!(bench.offered().len(), 2);
}

#[test]
fn those_who_stand_by_ring_on_when_it_is_given_back() {
    let mut bench = Bench::new(ringing::center());
    for agent in ["ana", "ben"] {
        bench.sign_in(agent);
    }
    ringing::call(&mut bench, "call-1", "400");
    picks_up(&mut bench, "ana");
    bench.does(give_back(bench.engagement()));
    assert_eq!(bench.offer_ends(), [OfferEnd::Rejected(None)]);
    assert_eq!(bench.offered().len(), 2, "Ben rings on");
    picks_up(&mut bench, "ben");
    bridges(&mut bench);
    assert!(matches!(
        bench.outcomes()[..],
        [Outcome::Answered { agent, .. }] if agent == offer_of(&bench, "ben").agent
    ));
}

#[test]
fn a_chat_is_given_back_and_others_are_asked_first() {
    let mut bench = bench();
    chat(&mut bench, "c1");
    bench.seconds(5);
    bench.does(CommandBody::AcceptOffer { offer: bench.offer() });
    let part = bench.engagement();
    bench.seconds(60);
    chat(&mut bench, "c2");
    bench.does(give_back(part));
    assert_eq!(bench.part_end(part), Some(EngagementEnd::Released));
    let opened = bench.requests_opened();
    let [first, second, again] = &opened[..] else { panic!("{opened:?}") };
    assert_eq!(again.cause, RequestCause::Resume);
    assert_eq!(again.order_at, first.order_at, "at its place, before the one that came since");
    assert_eq!(bench.offered(), [first.id, second.id], "but not by Ana");
    bench.sign_in("ben");
    assert_eq!(bench.offered(), [first.id, second.id, again.id]);
}

#[test]
fn what_cannot_be_given_back_is_refused() {
    let mut bench = bench();
    ringing::call(&mut bench, "call-1", "100");
    bench.joins("pbx");
    let talk = bench.engagement();
    let before = bench.engine.state_hash();
    assert_eq!(refusal(bench.command(give_back(talk))).field, "engagement");
    assert_eq!(bench.engine.state_hash(), before);
    bench.does(CommandBody::HangUp { engagement: talk });
    assert_eq!(refusal(bench.command(give_back(talk))).reason, RejectionReason::Gone);
    let task =
        CommandBody::BeginOtherWork { agent: key("ana"), channel: Channel::Chat, reason: None };
    bench.does(task);
    assert!(matches!(bench.command(give_back(bench.engagement())), Receipt::Rejected { .. }));
}

#[test]
fn any_request_that_the_agent_may_serve_can_be_chosen() {
    let mut bench = bench();
    pause(&mut bench, "ana");
    for name in ["call-1", "call-2", "call-3"] {
        ringing::call(&mut bench, name, "100");
    }
    let [_, second, _] = bench.requests().try_into().unwrap();
    bench.does(pull("ana", second));
    assert_eq!(bench.offered(), [second]);
    // What was chosen and not answered is missed like any other.
    bench.accept_all();
    bench.seconds(20);
    assert_eq!(bench.offer_ends(), [OfferEnd::Timeout]);
    assert_eq!(refusal(bench.command(pull("ana", second))).field, "agent", "kept from it now");
}

#[test]
fn what_is_written_is_taken_at_once() {
    let mut bench = bench();
    pause(&mut bench, "ana");
    chat(&mut bench, "c1");
    let request = bench.requests()[0];
    bench.does(pull("ana", request));
    assert!(matches!(bench.outcomes()[..], [Outcome::Answered { .. }]));
}

#[test]
fn choosing_is_bound_by_the_same_rules_as_being_offered() {
    let mut bench = bench();
    pause(&mut bench, "ana");
    ringing::call(&mut bench, "call-1", "200");
    let care = bench.requests()[0];
    assert_eq!(refusal(bench.command(pull("ana", care))).field, "agent", "not capable");
    ringing::call(&mut bench, "call-2", "100");
    let call = bench.requests()[1];
    let until = bench.now + Duration::from_secs(30);
    bench.does(CommandBody::ExcludeAgent { request: call, agent: key("ana"), until });
    assert_eq!(refusal(bench.command(pull("ana", call))).field, "agent", "excluded");
    bench.does(CommandBody::LiftExclusion { request: call, agent: key("ana") });
    let mut arrival = Arrival::new(ExternalRef::new("call-3").unwrap(), Channel::Voice, "300");
    arrival.preferred = vec![key("ben")];
    bench.sign_in("ben");
    pause(&mut bench, "ben");
    bench.does(CommandBody::SetPresence { agent: key("ben"), ready: true, reason: None });
    bench.accept_all();
    let _ = bench.report("pbx", HostEvent::Offered(Box::new(arrival)));
    let held = bench.requests()[2];
    assert_eq!(refusal(bench.command(pull("ana", held))).field, "agent", "for Ben");
    assert_eq!(refusal(bench.command(pull("ana", call))).field, "request", "it rings at Ben");
}

#[test]
fn a_queue_that_is_gone_takes_nothing_back() {
    let mut bench = bench();
    chat(&mut bench, "c1");
    bench.does(CommandBody::AcceptOffer { offer: bench.offer() });
    let part = bench.engagement();
    bench.configures(vec![
        Change::EntryPoint { key: key("calls"), to: None },
        Change::EntryPoint { key: key("chats"), to: None },
        Change::Queue { key: key("q"), to: None },
    ]);
    bench.seconds(1);
    let before = bench.engine.state_hash();
    assert_eq!(refusal(bench.command(give_back(part))).field, "engagement");
    assert_eq!(bench.engine.state_hash(), before);
}
