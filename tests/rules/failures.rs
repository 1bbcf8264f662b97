//! Failures of other contact centers, as they were reported, that cannot happen here: each test is named after
//! the public thread. Those of offers stand in `failures_offers.rs`.

use crate::support::{Bench, START, key};
use switchboard::id::{EngagementId, ExternalRef, RequestId};
use switchboard::kpi::{ContactRecords, Kpis, Options, SegmentKind};
use switchboard::message::{
    Activity, Arrival, CommandBody, Destination, EffectKind, EngagementEvent, Event, HostEvent,
    LiveLeg, OfferEnd, OfferEvent, Outcome, Phase,
};
use switchboard::model::{
    Agent, AgentOrder, Center, CenterBuilder, Change, Channel, ChannelCapacity, Draft, EntryPoint,
    Host, Preferred, Queue, Reason, WrapUpMode,
};
use switchboard::time::Duration;
use switchboard::{Question, Replica};

const NAMES: [&str; 4] = ["ana", "ben", "cem", "dan"];

const fn secs(secs: i64) -> Duration {
    Duration::from_secs(secs)
}

fn floor() -> CenterBuilder {
    Center::builder()
        .host("pbx", Host::new("PBX"))
        .reason("lunch", Reason::new("Lunch"))
        .reason("no_answer", Reason::new("No answer"))
        .agent("ana", Agent::new("Ana"))
        .agent("ben", Agent::new("Ben"))
        .agent("cem", Agent::new("Cem"))
        .agent("dan", Agent::new("Dan"))
}

/// Queues `q0`, `q1`, ... at 100, 101, ..., all alike.
fn queues(mut builder: CenterBuilder, number: usize, queue: &Draft<Queue>) -> Center {
    for n in 0..number {
        let name = format!("q{n}");
        let entry = EntryPoint::voice(&(100 + n).to_string()).to_queue(&name);
        builder = builder.queue(&name, queue.clone()).entry_point(&name, entry);
    }
    builder.build().unwrap()
}

fn one(queue: &Draft<Queue>) -> Bench {
    Bench::new(queues(floor(), 1, queue))
}

/// Agents who sign in one second after the other.
fn come(bench: &mut Bench, agents: &[&str]) {
    for agent in agents {
        bench.sign_in(agent);
        bench.seconds(1);
    }
}

fn call(bench: &mut Bench, name: &str) -> RequestId {
    let _ = bench.call("app", name, "100");
    *bench.requests().last().unwrap()
}

fn takes(bench: &mut Bench) -> EngagementId {
    let offer = bench.offer();
    bench.does(CommandBody::AcceptOffer { offer });
    bench.engagement()
}

fn agents(bench: &Bench) -> Vec<&'static str> {
    let made = |event: &Event| match event {
        Event::Offer(OfferEvent::Made(made)) => Some(NAMES[made.agent.0 as usize]),
        _ => None,
    };
    bench.events().filter_map(made).collect()
}

#[test]
fn asterisk_1736_counters_do_not_double_count() {
    let mut bench = Bench::new(queues(floor(), 40, &Queue::new()));
    come(&mut bench, &["ana"]);
    for n in 0..6 {
        let name = format!("call-{n}");
        let _ = bench.call("app", &name, &(100 + n).to_string());
        takes(&mut bench);
        bench.seconds(10);
        let _ = bench.hangs_up("app", &name);
    }
    let (mut kpis, mut contacts) = (Kpis::new(Options::default()), ContactRecords::new());
    for record in &bench.records {
        kpis.apply(record);
        contacts.apply(record);
    }
    let report = kpis.report(bench.now);
    assert_eq!((report.total.answered, report.agents["ana"].handled), (6, 6));
    assert_eq!(report.queues.values().map(|queue| queue.answered).sum::<u64>(), 6);
    assert_eq!(contacts.take_closed().len(), 6);
}

#[test]
fn asterisk_1006_wrap_up_has_one_clock_however_many_queues_there_are() {
    let queue = Queue::new().wrap_up(WrapUpMode::TimeBoxedFixed, secs(60));
    let mut bench = Bench::new(queues(floor(), 6, &queue));
    come(&mut bench, &["ana"]);
    call(&mut bench, "call-0");
    takes(&mut bench);
    let _ = bench.hangs_up("app", "call-0");
    for n in 1..6 {
        let _ = bench.call("app", &format!("call-{n}"), &(100 + n).to_string());
        bench.seconds(5);
    }
    bench.wait(secs(35) - Duration::from_micros(1));
    assert_eq!(bench.offered().len(), 1);
    bench.wait(Duration::from_micros(1));
    assert_eq!(bench.offered().len(), 2);
}

/// Whoever had no part in it stands where he stood, and so do the two by when they were done.
#[test]
fn asterisk_607_an_attended_transfer_moves_nobody_among_the_idle() {
    let mut bench = one(&Queue::new());
    come(&mut bench, &["ana", "ben", "cem"]);
    call(&mut bench, "call-1");
    let engagement = takes(&mut bench);
    bench.does(CommandBody::Consult { engagement, to: Destination::Agent(key("ben")) });
    takes(&mut bench);
    bench.seconds(30);
    bench.does(CommandBody::CompleteConsult { engagement });
    bench.seconds(30);
    let _ = bench.hangs_up("app", "call-1");
    for name in ["call-2", "call-3", "call-4"] {
        call(&mut bench, name);
    }
    assert_eq!(agents(&bench), ["ana", "ben", "cem", "ana", "ben"]);
}

#[test]
fn asterisk_759_a_transfer_is_in_the_record_with_both_talks() {
    let mut bench = one(&Queue::new());
    come(&mut bench, &["ana", "ben"]);
    call(&mut bench, "call-1");
    let engagement = takes(&mut bench);
    bench.seconds(20);
    bench.does(CommandBody::Transfer {
        engagement,
        to: Destination::Agent(key("ben")),
        boost: None,
        fallback: None,
    });
    bench.seconds(5);
    takes(&mut bench);
    bench.seconds(40);
    let _ = bench.hangs_up("app", "call-1");
    let mut contacts = ContactRecords::new();
    bench.records.iter().for_each(|record| contacts.apply(record));
    let contact = contacts.take_closed().remove(0);
    let talks: Vec<_> = contact
        .segments
        .iter()
        .filter_map(|segment| match segment.kind {
            SegmentKind::Talk { agent, .. } => Some((agent.0, segment.end.since(segment.start))),
            _ => None,
        })
        .collect();
    assert_eq!(talks, [(0, secs(20)), (1, secs(40))]);
}

#[test]
fn freeswitch_1216_an_order_goes_on_when_the_last_one_is_away() {
    let names = NAMES.map(key).to_vec();
    for order in [AgentOrder::Fixed(names), AgentOrder::RoundRobin] {
        let mut bench = one(&Queue::new().agent_order(order));
        come(&mut bench, &NAMES);
        for name in ["call-1", "call-2", "call-3"] {
            call(&mut bench, name);
            takes(&mut bench);
        }
        bench.does(CommandBody::SignOut { agent: key("dan"), force: false });
        let _ = bench.hangs_up("app", "call-1");
        call(&mut bench, "call-4");
        assert_eq!(agents(&bench), ["ana", "ben", "cem", "ana"]);
    }
}

/// There is no thread that could die: whoever calls again, an hour late, finds done what was due, in its order.
#[test]
fn freeswitch_1641_what_nobody_asked_for_is_done_when_somebody_does() {
    let mut bench = one(&Queue::new().max_wait(secs(60)));
    let late = call(&mut bench, "call-1");
    assert_eq!(bench.engine.next_deadline(), Some(START + secs(60)), "a host can watch over it");
    bench.now += Duration::from_hours(1);
    bench.sign_in("ana");
    assert!(bench.offered().is_empty());
    assert!(matches!(bench.outcomes().as_slice(), [Outcome::FlowedOut { .. }]));
    assert!(bench.engine.explain(Question::Request(late)).is_none());
}

#[test]
fn freeswitch_2511_equal_scores_go_by_entry() {
    let mut bench = one(&Queue::new());
    let waiting: Vec<RequestId> = (0..12).map(|n| call(&mut bench, &format!("call-{n}"))).collect();
    come(&mut bench, &["ana"]);
    for n in 0..12 {
        takes(&mut bench);
        let _ = bench.hangs_up("app", &format!("call-{n}"));
    }
    assert_eq!(bench.offered(), waiting);
}

#[test]
fn fusionpbx_6743_a_place_that_was_told_does_not_go_up() {
    let center = floor()
        .queue("q0", Queue::new())
        .entry_point("q0", EntryPoint::voice("100").to_queue("q0"))
        .entry_point("vip", EntryPoint::voice("101").to_queue("q0").boost(secs(600)))
        .build()
        .unwrap();
    let mut bench = Bench::new(center);
    let waiting: Vec<RequestId> = (0..7).map(|n| call(&mut bench, &format!("call-{n}"))).collect();
    let told = bench.engine.position(waiting[6], None);
    assert_eq!(told, Some(7));
    let _ = bench.call("app", "vip", "101");
    assert_eq!(bench.engine.position(waiting[6], None), Some(8), "so it is");
    assert_eq!(bench.engine.position(waiting[6], told), Some(7), "so it is told");
}

#[test]
fn opensips_2679_nobody_idles_after_wrap_up_while_somebody_waits() {
    let mut bench = one(&Queue::new().wrap_up(WrapUpMode::TimeBoxedFixed, secs(30)));
    come(&mut bench, &NAMES);
    for name in ["1", "2", "3", "4"] {
        call(&mut bench, name);
        takes(&mut bench);
    }
    for name in ["1", "2", "3", "4"] {
        let _ = bench.hangs_up("app", name);
    }
    for name in ["5", "6", "7", "8"] {
        call(&mut bench, name);
    }
    assert_eq!(bench.offered().len(), 4);
    bench.seconds(30);
    assert_eq!(bench.offered().len(), 8, "all four in the instant in which wrap-up ends");
}

/// Somebody calls Eve, who has a phone.
fn calls_eve(queue: Draft<Queue>) -> Bench {
    let center = floor()
        .queue("q0", queue)
        .agent("eve", Agent::new("Eve").phone("pbx", "1"))
        .entry_point("q0", EntryPoint::voice("100").to_queue("q0"))
        .build()
        .unwrap();
    let mut bench = Bench::new(center);
    bench.sign_in("eve");
    let _ = bench.call("pbx", "call-1", "100");
    bench
}

/// The host lists what is alive: a call whose end got lost is over.
#[test]
fn opensips_2530_a_lost_end_of_a_call_locks_nobody() {
    let mut bench = calls_eve(Queue::new());
    bench.joins("pbx");
    assert_eq!(bench.activity(), Activity::Talking);
    let legs: Vec<LiveLeg> = Vec::new();
    let _ = bench.report("pbx", HostEvent::HostResync { generation: 1, legs });
    assert_eq!(bench.activity(), Activity::Idle);
    assert_eq!(bench.outcomes().len(), 1);
}

/// The caller hangs up between the agent's answer and the bridge.
#[test]
fn opensips_984_a_caller_who_leaves_while_being_joined_leaves_all_in_order() {
    let mut bench = calls_eve(Queue::new().music("classic"));
    bench.accept_all();
    bench.done("pbx", |kind| matches!(kind, EffectKind::Answer { .. }));
    bench.picks_up("pbx");
    bench.accept_all();
    assert_eq!(bench.phase(bench.engagement()), Some(Phase::Connecting));
    let _ = bench.hangs_up("pbx", "call-1");
    assert!(matches!(bench.outcomes().as_slice(), [Outcome::Abandoned { .. }]));
    assert!(bench.handed_out(|kind| matches!(kind, EffectKind::Hangup { .. })) > 0);
}

/// Whoever follows the log knows of agents what the writer knows.
#[test]
fn opensips_2920_the_state_of_agents_is_in_the_log() {
    let mut bench = one(&Queue::new());
    come(&mut bench, &NAMES);
    call(&mut bench, "call-1");
    takes(&mut bench);
    let not_ready = |agent| CommandBody::SetPresence {
        agent: key(agent),
        ready: false,
        reason: Some(key("lunch")),
    };
    bench.does(not_ready("ben"));
    bench.does(not_ready("ana"));
    let mut follower = Replica::open(&bench.records[0]).unwrap();
    for record in &bench.records[1..] {
        follower.apply(record).unwrap();
    }
    assert_eq!(follower.state_hash(), bench.engine.state_hash());
}

/// Whoever is open is found, whatever happens to the one at work on it.
#[test]
fn rocketchat_29402_no_conversation_is_lost_from_view() {
    let mut bench = one(&Queue::new());
    come(&mut bench, &["ana"]);
    let first = call(&mut bench, "call-1");
    let offer = bench.offer();
    bench.does(CommandBody::RejectOffer { offer, reason: None });
    bench.does(CommandBody::SignOut { agent: key("ana"), force: true });
    let why = bench.engine.explain(Question::Request(first)).unwrap();
    assert_eq!((why.position, why.offered_to), (1, None));
}

#[test]
fn chatwoot_10583_who_waits_is_given_out_when_there_is_room() {
    let center = floor()
        .channel(Channel::Chat, ChannelCapacity::new(50, 9))
        .queue("q0", Queue::new())
        .entry_point("chat", EntryPoint::on(Channel::Chat, "c").to_queue("q0"))
        .build()
        .unwrap();
    let mut bench = Bench::new(center);
    come(&mut bench, &["ana"]);
    let chats: Vec<String> = (0..9).map(|n| format!("chat-{n}")).collect();
    for chat in &chats {
        let arrival = Arrival::new(ExternalRef::new(chat).unwrap(), Channel::Chat, "c");
        let _ = bench.report("app", arrival.into());
    }
    assert_eq!(bench.offered().len(), 2);
    // One ends: the next comes in the same record.
    let offers: Vec<_> = bench
        .events()
        .filter_map(|event| match event {
            Event::Offer(OfferEvent::Made(made)) => Some(made.id),
            _ => None,
        })
        .collect();
    for offer in offers {
        bench.does(CommandBody::AcceptOffer { offer });
    }
    let _ = bench.hangs_up("app", "chat-0");
    assert!(bench.last_events().iter().any(|e| matches!(e, Event::Offer(OfferEvent::Made(_)))));
    assert_eq!(bench.offered().len(), 3);
    // More room by the configuration: as many more as fit, at once.
    let ana = Agent::new("Ana").budget(200).build().unwrap();
    bench.configures(vec![Change::Agent { key: key("ana"), to: Some(ana) }]);
    assert_eq!(bench.offered().len(), 5);
}

#[test]
fn chatwoot_4158_nobody_sticks_to_an_agent_who_is_away() {
    let mut bench = one(&Queue::new().preferred(Preferred::new(secs(60))));
    come(&mut bench, &["ben"]);
    let mut arrival = Arrival::new(ExternalRef::new("call-1").unwrap(), Channel::Voice, "100");
    arrival.preferred = vec![key("ana")];
    let _ = bench.report("app", arrival.clone().into());
    assert_eq!(agents(&bench), ["ben"]);
    // Nor to one who goes while being waited for.
    takes(&mut bench);
    come(&mut bench, &["ana", "cem"]);
    bench.does(CommandBody::BeginOtherWork {
        agent: key("ana"),
        channel: Channel::Voice,
        reason: None,
    });
    arrival.leg = ExternalRef::new("call-2").unwrap();
    let _ = bench.report("app", arrival.into());
    assert_eq!(agents(&bench), ["ben"]);
    bench.does(CommandBody::SignOut { agent: key("ana"), force: true });
    assert_eq!(agents(&bench), ["ben", "cem"]);
}

#[test]
fn connect_streams_613_the_next_status_is_kept_and_room_is_free_at_once() {
    let mut bench = one(&Queue::new());
    come(&mut bench, &["ana"]);
    call(&mut bench, "call-1");
    takes(&mut bench);
    call(&mut bench, "call-2");
    let _ = bench.hangs_up("app", "call-1");
    let offered = |event: &Event| matches!(event, Event::Offer(OfferEvent::Made(_)));
    assert!(bench.last_events().iter().any(offered), "in the record of the hang-up");
    takes(&mut bench);
    let reason = Some(key("lunch"));
    bench.does(CommandBody::SetPresence { agent: key("ana"), ready: false, reason });
    call(&mut bench, "call-3");
    let _ = bench.hangs_up("app", "call-2");
    assert!(matches!(bench.activity(), Activity::NotReady(Some(_))));
    assert_eq!(bench.offered().len(), 2);
}

#[test]
fn flex_290_nobody_becomes_available_against_the_own_will() {
    let mut bench = one(&Queue::new().offer_timeout(secs(15)));
    come(&mut bench, &["ana"]);
    let reason = Some(key("lunch"));
    bench.does(CommandBody::SetPresence { agent: key("ana"), ready: false, reason });
    let request = call(&mut bench, "call-1");
    bench.does(CommandBody::PullRequest { agent: key("ana"), request });
    let ended = |event: &Event| matches!(event, Event::Engagement(EngagementEvent::Ended { .. }));
    let _ = bench.hangs_up("app", "call-1");
    assert!(bench.events().any(ended));
    assert!(matches!(bench.activity(), Activity::NotReady(Some(_))), "as before");
    // What nobody answers ends as that, and not as if somebody had called it off.
    come(&mut bench, &["ben"]);
    call(&mut bench, "call-2");
    bench.seconds(15);
    assert_eq!(bench.offer_ends().last(), Some(&OfferEnd::Timeout));
}
