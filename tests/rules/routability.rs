//! What an agent takes no work of, per channel and per queue; the media lease, apart from the desktop.

use crate::support::{Bench, START, key};
use switchboard::Question;
use switchboard::id::ExternalRef;
use switchboard::message::{
    Activity, AgentEvent, Arrival, CommandBody, EngagementEnd, Event, FlowOutReason, OfferEnd,
    Outcome, Receipt, RoutabilityScope,
};
use switchboard::model::{
    Agent, Center, Channel, ChannelCapacity, EntryPoint, NoAgents, Queue, Reason, WrapUpMode,
};
use switchboard::time::Duration;
use switchboard::{Engine, Verdict};

fn center() -> Center {
    Center::builder()
        .reason("tired", Reason::new("Tired"))
        .channel(Channel::Voice, ChannelCapacity::new(50, 1))
        .channel(Channel::Chat, ChannelCapacity::new(50, 2))
        .queue("a", Queue::new())
        .queue(
            "b",
            Queue::new()
                .no_agents(NoAgents::NoneRoutable, Duration::from_secs(10))
                .wrap_up(WrapUpMode::Optional, Duration::from_mins(2)),
        )
        .entry_point("a", EntryPoint::voice("100").to_queue("a"))
        .entry_point("b", EntryPoint::voice("200").to_queue("b"))
        .entry_point("chat", EntryPoint::on(Channel::Chat, "widget").to_queue("a"))
        .agent("ana", Agent::new("Ana"))
        .agent("ben", Agent::new("Ben"))
        .policies(|p| p.media_grace = Duration::from_secs(30))
        .build()
        .unwrap()
}

fn routable(on: RoutabilityScope, routable: bool) -> CommandBody {
    let reason = (!routable).then(|| key("tired"));
    CommandBody::SetRoutability { agent: key("ana"), on, routable, reason }
}

fn voice() -> RoutabilityScope {
    RoutabilityScope::Channel(Channel::Voice)
}

fn queue(name: &str) -> RoutabilityScope {
    RoutabilityScope::Queue(key(name))
}

fn chats(bench: &mut Bench, name: &str) {
    let arrival = Arrival::new(ExternalRef::new(name).unwrap(), Channel::Chat, "widget");
    let receipt = bench.report("app", arrival.into());
    assert!(matches!(receipt, Receipt::Recorded(_)), "{receipt:?}");
}

fn verdict(bench: &Bench, agent: &str) -> Verdict {
    let request = *bench.requests().last().unwrap();
    let why = bench.engine.explain(Question::Request(request)).unwrap();
    why.agents.iter().find(|verdict| verdict.agent == key(agent)).unwrap().verdict
}

fn media(connected: bool) -> CommandBody {
    CommandBody::SetMedia { agent: key("ana"), connected }
}

#[test]
fn an_agent_who_takes_no_calls_is_offered_chats() {
    let mut bench = Bench::new(center());
    bench.sign_in("ana");
    bench.does(routable(voice(), false));
    let _ = bench.call("app", "call-1", "100");
    assert!(bench.try_offer().is_none());
    assert_eq!(verdict(&bench, "ana"), Verdict::NotRoutable);
    chats(&mut bench, "chat-1");
    assert_eq!(bench.offered(), bench.requests()[1..]);
    // Taken back, the call is offered in the same step.
    bench.does(routable(voice(), true));
    assert_eq!(bench.offered().last(), bench.requests().first());
}

#[test]
fn an_agent_who_takes_nothing_of_a_queue_is_offered_the_others() {
    let mut bench = Bench::new(center());
    bench.sign_in("ana");
    bench.does(routable(queue("a"), false));
    let _ = bench.call("app", "call-1", "100");
    assert!(bench.try_offer().is_none());
    assert_eq!(verdict(&bench, "ana"), Verdict::NotRoutable);
    let _ = bench.call("app", "call-2", "200");
    assert_eq!(bench.offered(), bench.requests()[1..]);
    let _ = bench.hangs_up("app", "call-2");
    bench.does(routable(queue("a"), true));
    assert_eq!(bench.offered().last(), bench.requests().first());
}

#[test]
fn what_rings_of_it_is_taken_back_without_blame() {
    for on in [voice(), queue("a")] {
        let mut bench = Bench::new(center());
        bench.sign_in("ana");
        let _ = bench.call("app", "call-1", "100");
        bench.does(routable(on, false));
        assert_eq!(bench.offer_ends(), [OfferEnd::Canceled]);
        assert_eq!(bench.activity(), Activity::Idle, "ready for the rest");
        bench.sign_in("ben");
        assert_eq!(bench.offered().len(), 2, "it kept its place");
    }
}

#[test]
fn routability_is_kept_over_the_session_and_forgotten_at_its_end() {
    let mut bench = Bench::new(center());
    bench.sign_in("ana");
    bench.does(routable(voice(), false));
    bench.does(routable(queue("b"), false));
    // A second sign-in goes on as the first.
    bench.sign_in("ana");
    let _ = bench.call("app", "call-1", "100");
    assert!(bench.try_offer().is_none());
    bench.does(CommandBody::SignOut { agent: key("ana"), force: false });
    bench.sign_in("ana");
    assert_eq!(bench.offered(), bench.requests());
    let _ = bench.hangs_up("app", "call-1");
    let _ = bench.call("app", "call-2", "200");
    assert_eq!(bench.offered(), bench.requests());
}

#[test]
fn a_queue_of_which_nobody_takes_work_is_without_staff() {
    let mut bench = Bench::new(center());
    bench.sign_in("ana");
    bench.does(routable(queue("b"), false));
    let _ = bench.call("app", "call-1", "200");
    bench.seconds(5);
    bench.does(routable(queue("b"), true));
    let offer = bench.offer();
    bench.does(CommandBody::RejectOffer { offer, reason: None });
    bench.does(routable(queue("b"), false));
    bench.seconds(10);
    assert!(
        matches!(
            bench.outcomes()[..],
            [Outcome::FlowedOut { reason: FlowOutReason::NoAgents, .. }]
        ),
        "{:?}",
        bench.outcomes()
    );
}

#[test]
fn routability_needs_a_session_and_a_queue() {
    let mut bench = Bench::new(center());
    assert!(matches!(bench.command(routable(voice(), false)), Receipt::Rejected { .. }));
    bench.sign_in("ana");
    let unknown = bench.command(routable(queue("nowhere"), false));
    let Receipt::Rejected { rejection, .. } = unknown else { panic!("{unknown:?}") };
    assert_eq!(rejection.field, "queue");
}

#[test]
fn without_a_phone_no_calls_are_offered_and_chats_are() {
    let mut bench = Bench::new(center());
    bench.sign_in("ana");
    let _ = bench.call("app", "call-1", "100");
    bench.does(media(false));
    assert_eq!(bench.offer_ends(), [OfferEnd::Canceled]);
    assert_eq!(bench.activity(), Activity::Unreachable);
    assert_eq!(verdict(&bench, "ana"), Verdict::Unreachable);
    chats(&mut bench, "chat-1");
    assert_eq!(bench.activity(), Activity::Alerting);
    assert_eq!(bench.offered().last(), bench.requests().last());
    bench.does(media(true));
    assert_eq!(bench.offered().last(), bench.requests().first());
    bench.does(CommandBody::RejectOffer { offer: bench.offer(), reason: None });
    bench.seconds(60);
    assert!(
        bench
            .events()
            .all(|event| { !matches!(event, Event::Agent(AgentEvent::SignedOut { .. })) })
    );
}

#[test]
fn a_call_goes_on_for_a_grace_and_ends_while_the_chat_beside_it_stays() {
    let mut bench = Bench::new(center());
    bench.sign_in("ana");
    chats(&mut bench, "chat-1");
    bench.does(CommandBody::AcceptOffer { offer: bench.offer() });
    let chat = bench.engagement();
    let _ = bench.call("app", "call-1", "100");
    bench.does(CommandBody::AcceptOffer { offer: bench.offer() });
    let call = bench.engagement();
    bench.does(media(false));
    bench.does(media(false));
    bench.seconds(29);
    assert_eq!(bench.part_end(call), None);
    bench.seconds(1);
    assert_eq!(bench.part_end(call), Some(EngagementEnd::MediaLost));
    assert_eq!((bench.part_end(chat), bench.activity()), (None, Activity::Talking));
    // Still no calls, until the phone is back; nothing else ends.
    let _ = bench.call("app", "call-2", "100");
    bench.seconds(600);
    assert_eq!(bench.offered().len(), 2);
    assert_eq!(verdict(&bench, "ana"), Verdict::Unreachable);
    assert_eq!((bench.part_end(chat), bench.activity()), (None, Activity::Talking));
    bench.does(media(true));
    assert_eq!(bench.offered().last(), bench.requests().last());
    assert_eq!(bench.now, START + Duration::from_secs(630));
}

#[test]
fn wrapping_up_a_call_needs_no_phone() {
    let mut bench = Bench::new(center());
    bench.sign_in("ana");
    let _ = bench.call("app", "call-1", "200");
    bench.does(CommandBody::AcceptOffer { offer: bench.offer() });
    bench.does(media(false));
    let _ = bench.hangs_up("app", "call-1");
    assert_eq!(bench.activity(), Activity::WrapUp);
    bench.seconds(31);
    assert_eq!(bench.activity(), Activity::WrapUp);
    assert_eq!(bench.part_end(bench.engagement()), None);
}

#[test]
fn agents_without_a_phone_are_no_staff_for_calls() {
    let mut bench = Bench::new(center());
    bench.sign_in("ana");
    let _ = bench.call("app", "call-1", "200");
    bench.does(CommandBody::RejectOffer { offer: bench.offer(), reason: None });
    bench.does(media(false));
    bench.seconds(9);
    assert!(bench.outcomes().is_empty());
    bench.seconds(1);
    let [Outcome::FlowedOut { reason: FlowOutReason::NoAgents, .. }] = bench.outcomes()[..] else {
        panic!("{:?}", bench.outcomes())
    };
}

#[test]
fn a_lost_phone_is_still_lost_after_a_restart() {
    let mut bench = Bench::new(center());
    bench.sign_in("ana");
    bench.does(routable(queue("b"), false));
    bench.does(media(false));
    let mut replica = switchboard::Replica::open(&bench.records[0]).unwrap();
    for record in &bench.records[1..] {
        replica.apply(record).unwrap();
    }
    let mut engine = Engine::restore(Some(&replica.snapshot().unwrap()), []).unwrap();
    let resume = switchboard::message::Input::Resume { epoch: switchboard::id::Epoch(2) };
    let _ = engine.handle(bench.now, resume);
    assert_eq!(engine.next_deadline(), Some(bench.now + Duration::from_secs(30)));
    let call = switchboard::message::HostEvent::call(ExternalRef::new("call-1").unwrap(), "200");
    let report = switchboard::message::HostReport::new(key("app"), 1, bench.now, call);
    let _ = engine.handle(bench.now, report.into());
    while let Some(output) = engine.poll_output() {
        if let switchboard::message::Output::Record(record) = output {
            assert!(!record.events.iter().any(|event| matches!(event, Event::Offer(_))));
        }
    }
}
