//! Requests that ring several agents at once: how many, and exactly one who has it.

use crate::support::{Bench, key, refusal};
use switchboard::Question;
use switchboard::id::{AgentId, LegId, OfferId, RequestId};
use switchboard::kpi::{AlertResult, ContactRecords, SegmentKind};
use switchboard::message::{
    Activity, AgentEvent, Arrival, CommandBody, EffectKind, EndKind, Event, HostEvent, LegRef,
    OfferEnd, OfferEvent, OfferMade, Outcome, RequestEvent,
};
use switchboard::model::{
    Agent, Center, Change, Channel, ChannelCapacity, EntryPoint, Host, Misses, OthersRing,
    Preferred, Queue, Ringing, Skill,
};
use switchboard::time::Duration;

const fn secs(secs: i64) -> Duration {
    Duration::from_secs(secs)
}

const AGENTS: [&str; 4] = ["ana", "ben", "cem", "dora"];

/// Four agents with phones, and queues that ring them in every way; "100" and so on.
pub(crate) fn center() -> Center {
    let mut center = Center::builder()
        .host("pbx", Host::new("PBX"))
        .skill("care", Skill::new("Care"))
        .channel(Channel::Voice, ChannelCapacity::new(100, 1))
        .channel(Channel::Chat, ChannelCapacity::new(40, 2))
        .queue("all", Queue::new().ringing(Ringing::All))
        .queue("two", Queue::new().ringing(Ringing::AtOnce(2)))
        .queue(
            "more",
            Queue::new().ringing(Ringing::Progressive { first: 1, add: 2, every: secs(5) }),
        )
        .queue("safe", Queue::new().ringing(Ringing::All).others_ring(OthersRing::UntilConnected))
        .queue("one", Queue::new())
        .queue("urgent", Queue::new().requires("care", 1).urgent())
        .queue("short", Queue::new().ringing(Ringing::All).max_wait(secs(30)))
        .entry_point("chats", EntryPoint::on(Channel::Chat, "widget").to_queue("all"))
        .policies(|policies| policies.no_answer = Misses::new());
    let queues = ["all", "two", "more", "safe", "one", "urgent", "short"];
    for (number, queue) in queues.into_iter().enumerate() {
        let address = (100 * (number + 1)).to_string();
        center = center.entry_point(queue, EntryPoint::voice(&address).to_queue(queue));
    }
    for (number, name) in AGENTS.into_iter().enumerate() {
        let phone = (number + 1).to_string();
        let care = u8::from(name == "ana");
        let agent = Agent::new(name).phone("pbx", &phone);
        center = center.agent(name, if care > 0 { agent.skill("care", 1) } else { agent });
    }
    center.build().unwrap()
}

fn of(center: Center, agents: &[&str]) -> Bench {
    let mut bench = Bench::new(center);
    for agent in agents {
        bench.sign_in(agent);
        bench.seconds(1);
    }
    bench
}

fn bench(agents: &[&str]) -> Bench {
    of(center(), agents)
}

/// A call comes in and is taken up.
pub(crate) fn call(bench: &mut Bench, name: &str, to: &str) {
    let _ = bench.call("pbx", name, to);
    bench.accept_all();
    bench.done("pbx", |kind| matches!(kind, EffectKind::Answer { .. }));
}

fn made(bench: &Bench) -> Vec<OfferMade> {
    bench
        .events()
        .filter_map(|event| match event {
            Event::Offer(OfferEvent::Made(made)) => Some((**made).clone()),
            _ => None,
        })
        .collect()
}

fn number(agent: &str) -> AgentId {
    let number = AGENTS.iter().position(|name| *name == agent).unwrap();
    AgentId(u32::try_from(number).unwrap())
}

fn name(agent: AgentId) -> &'static str {
    AGENTS[agent.0 as usize]
}

/// The agent's latest offer.
pub(crate) fn offer_of(bench: &Bench, agent: &str) -> OfferMade {
    made(bench).into_iter().rev().find(|made| made.agent == number(agent)).expect("an offer")
}

fn leg_of(bench: &Bench, agent: &str) -> LegId {
    offer_of(bench, agent).leg.expect("a phone")
}

/// Who is rung now, in the order in which that began.
fn rung(bench: &Bench) -> Vec<&'static str> {
    let over = |id: OfferId| {
        bench.events().any(|event| match event {
            Event::Offer(OfferEvent::Ended { id: ended, .. }) => *ended == id,
            _ => false,
        })
    };
    let going_on = made(bench).into_iter().filter(|made| !over(made.id));
    going_on.map(|made| name(made.agent)).collect()
}

fn end_of(bench: &Bench, offer: OfferId) -> Option<OfferEnd> {
    bench.events().find_map(|event| match event {
        Event::Offer(OfferEvent::Ended { id, end, .. }) if *id == offer => Some(*end),
        _ => None,
    })
}

/// How the offers ended that ended in the latest record.
fn ended_now(bench: &Bench) -> Vec<OfferEnd> {
    let end = |event: &Event| match event {
        Event::Offer(OfferEvent::Ended { end, .. }) => Some(*end),
        _ => None,
    };
    bench.last_events().iter().filter_map(end).collect()
}

/// The agent's phone is picked up.
pub(crate) fn picks_up(bench: &mut Bench, agent: &str) {
    let leg = leg_of(bench, agent);
    let answered = HostEvent::answered(LegRef::Ours(leg), switchboard::message::AnsweredBy::Human);
    let _ = bench.report("pbx", answered);
}

/// Whoever has picked up hears the customer.
pub(crate) fn bridges(bench: &mut Bench) {
    bench.accept_all();
    bench.done("pbx", |kind| matches!(kind, EffectKind::Bridge { .. }));
}

fn fails(bench: &mut Bench, agent: &str) {
    let leg = leg_of(bench, agent);
    let _ = bench.leg_ends("pbx", LegRef::Ours(leg), EndKind::Unreachable);
}

fn rejects(bench: &mut Bench, agent: &str) {
    let offer = offer_of(bench, agent).id;
    bench.does(CommandBody::RejectOffer { offer, reason: None });
}

fn activity_of(bench: &Bench, agent: &str) -> Activity {
    let latest = bench.events().rev().find_map(|event| match event {
        Event::Agent(AgentEvent::StateChanged { agent: of, to, .. }) if *of == number(agent) => {
            Some(*to)
        }
        _ => None,
    });
    latest.expect("an activity")
}

fn strikes(bench: &Bench) -> usize {
    bench.events().filter(|event| matches!(event, Event::Agent(AgentEvent::Struck { .. }))).count()
}

fn winners(bench: &Bench) -> Vec<&'static str> {
    bench
        .events()
        .filter_map(|event| match event {
            Event::Request(RequestEvent::Ended {
                outcome: Outcome::Answered { agent, .. },
                ..
            }) => Some(name(*agent)),
            _ => None,
        })
        .collect()
}

#[test]
fn all_who_are_free_ring_and_whoever_is_first_has_it() {
    let mut bench = bench(&["ana", "ben", "cem"]);
    let _ = bench.call("pbx", "call-1", "100");
    assert_eq!(rung(&bench), ["ana", "ben", "cem"], "in the step of the arrival, the idlest first");
    bench.accept_all();
    bench.done("pbx", |kind| matches!(kind, EffectKind::Answer { .. }));
    bench.seconds(3);
    picks_up(&mut bench, "ben");
    assert_eq!(ended_now(&bench), [OfferEnd::TakenByAnother; 2], "in the step of the accept");
    bench.accept_all();
    assert_eq!(bench.handed_out(|kind| matches!(kind, EffectKind::Hangup { .. })), 2);
    assert_eq!(bench.handed_out(|kind| matches!(kind, EffectKind::WithdrawOffer { .. })), 2);
    bridges(&mut bench);
    assert_eq!(winners(&bench), ["ben"]);
    for (agent, expected) in
        [("ana", Activity::Idle), ("ben", Activity::Talking), ("cem", Activity::Idle)]
    {
        assert_eq!(activity_of(&bench, agent), expected, "{agent}");
    }
    assert_eq!(strikes(&bench), 0, "nobody has missed anything");
}

#[test]
fn who_was_rung_in_vain_is_offered_the_next_one_at_once() {
    let mut bench = bench(&["ana", "ben"]);
    call(&mut bench, "call-1", "100");
    call(&mut bench, "call-2", "100");
    assert_eq!(bench.offered().len(), 2, "both ring for the first");
    picks_up(&mut bench, "ana");
    assert_eq!(bench.offered()[2], bench.requests()[1], "in the step that frees Ben");
    assert_eq!(rung(&bench), ["ana", "ben"]);
}

#[test]
fn at_once_are_so_many_and_the_next_one_takes_a_place_that_is_free() {
    let mut bench = bench(&["ana", "ben", "cem"]);
    call(&mut bench, "call-1", "200");
    assert_eq!(rung(&bench), ["ana", "ben"]);
    bench.sign_in("dora");
    assert_eq!(rung(&bench), ["ana", "ben"], "there is no room");
    rejects(&mut bench, "ana");
    assert_eq!(ended_now(&bench), [OfferEnd::Rejected(None)]);
    assert_eq!(rung(&bench), ["ben", "cem"], "in the same step");
    bench.accept_all();
    fails(&mut bench, "ben");
    assert_eq!(rung(&bench), ["cem", "dora"]);
}

#[test]
fn whoever_becomes_free_while_there_is_room_joins_in() {
    let mut bench = bench(&["ana"]);
    call(&mut bench, "call-1", "100");
    call(&mut bench, "call-2", "500");
    bench.sign_in("ben");
    assert_eq!(rung(&bench), ["ana", "ben"], "the one that came first is joined first");
    assert_eq!(bench.offered(), [bench.requests()[0]; 2]);
    picks_up(&mut bench, "ben");
    assert_eq!(bench.offered()[2], bench.requests()[1], "Ana is free for the other");
}

#[test]
fn more_are_rung_as_long_as_nobody_takes_it() {
    let mut bench = bench(&["ana", "ben", "cem", "dora"]);
    call(&mut bench, "call-1", "300");
    assert_eq!(rung(&bench), ["ana"]);
    bench.seconds(4);
    assert_eq!(rung(&bench), ["ana"]);
    bench.seconds(1);
    assert_eq!(rung(&bench), ["ana", "ben", "cem"]);
    bench.seconds(5);
    assert_eq!(rung(&bench), AGENTS);
    let records = bench.records.len();
    bench.seconds(9);
    assert_eq!(bench.records.len(), records, "there are no more");
}

#[test]
fn who_joins_a_request_that_rings_more_and_more_counts_among_them() {
    let mut bench = bench(&["ana"]);
    call(&mut bench, "call-1", "300");
    bench.sign_in("ben");
    assert_eq!(rung(&bench), ["ana"]);
    bench.seconds(5);
    assert_eq!(rung(&bench), ["ana", "ben"]);
    bench.sign_in("cem");
    bench.sign_in("dora");
    assert_eq!(rung(&bench), ["ana", "ben", "cem"], "three by now");
}

#[test]
fn each_offer_ends_by_itself_and_with_the_last_the_request_is_back_at_its_place() {
    let mut bench = bench(&["ana", "ben"]);
    call(&mut bench, "call-1", "100");
    bench.seconds(10);
    bench.sign_in("cem");
    rejects(&mut bench, "ben");
    bench.seconds(10);
    assert_eq!(bench.offer_ends(), [OfferEnd::Rejected(None), OfferEnd::Timeout]);
    assert_eq!(rung(&bench), ["cem"], "who began ten seconds later");
    assert_eq!(strikes(&bench), 1, "Ana has missed it");
    bench.seconds(10);
    // Ben's exclusion ends thirty seconds after he declined.
    assert_eq!(rung(&bench), [""; 0]);
    let why = bench.engine.explain(Question::Request(bench.requests()[0])).unwrap();
    assert_eq!((why.offered_to, why.exclusions.len()), (None, 3));
    bench.seconds(10);
    assert_eq!(rung(&bench), ["ben"]);
    bench.seconds(10);
    assert_eq!(rung(&bench), ["ben", "ana"], "who joins when her exclusion ends");
    assert_eq!(bench.requests().len(), 1);
}

#[test]
fn by_default_a_connection_that_fails_rings_them_all_again() {
    let mut bench = bench(&["ana", "ben"]);
    call(&mut bench, "call-1", "100");
    picks_up(&mut bench, "ana");
    assert_eq!(rung(&bench), ["ana"]);
    bench.accept_all();
    bench.seconds(10);
    assert_eq!(rung(&bench), ["ben"], "Ana is spared it for a while");
    assert_eq!(bench.outcomes(), []);
}

#[test]
fn others_stand_by_until_it_is_connected() {
    let mut bench = bench(&["ana", "ben", "cem"]);
    call(&mut bench, "call-1", "400");
    picks_up(&mut bench, "ben");
    assert_eq!(rung(&bench), ["ana", "ben", "cem"]);
    bench.sign_in("dora");
    assert_eq!(rung(&bench), ["ana", "ben", "cem"], "nobody joins what somebody has taken");
    bridges(&mut bench);
    assert_eq!(rung(&bench), [""; 0]);
    assert_eq!(
        ended_now(&bench),
        [OfferEnd::TakenByAnother, OfferEnd::TakenByAnother, OfferEnd::Connected]
    );
    assert_eq!(winners(&bench), ["ben"]);
}

#[test]
fn a_connection_that_fails_leaves_those_who_stand_by_ringing() {
    let mut bench = bench(&["ana", "ben"]);
    call(&mut bench, "call-1", "400");
    bench.sign_in("cem");
    let before = made(&bench).len();
    picks_up(&mut bench, "ana");
    bench.accept_all();
    let leg = leg_of(&bench, "ana");
    let _ = bench.leg_ends("pbx", LegRef::Ours(leg), EndKind::Normal);
    assert_eq!(rung(&bench), ["ben", "cem"]);
    assert_eq!(made(&bench).len(), before, "they have rung on");
    picks_up(&mut bench, "cem");
    bridges(&mut bench);
    assert_eq!(winners(&bench), ["cem"]);
}

#[test]
fn whoever_is_second_is_too_late_and_without_blame() {
    let mut bench = bench(&["ana", "ben", "cem"]);
    call(&mut bench, "call-1", "400");
    picks_up(&mut bench, "ana");
    picks_up(&mut bench, "ben");
    assert_eq!(end_of(&bench, offer_of(&bench, "ben").id), Some(OfferEnd::TakenByAnother));
    // Cem's phone has rung to its end: somebody else had taken it long before.
    bench.accept_all();
    assert_eq!(rung(&bench), ["ana", "cem"]);
    bench.seconds(9);
    let _ = bench.leg_ends("pbx", LegRef::Ours(leg_of(&bench, "cem")), EndKind::NoAnswer);
    assert_eq!(end_of(&bench, offer_of(&bench, "cem").id), Some(OfferEnd::TakenByAnother));
    assert_eq!(strikes(&bench), 0);
    bridges(&mut bench);
    assert_eq!(winners(&bench), ["ana"]);
}

#[test]
fn at_the_desktop_the_second_is_refused() {
    let mut center = center();
    for agent in center.agents.values_mut() {
        agent.station = switchboard::model::Station::Direct;
    }
    let mut bench = of(center, &["ana", "ben"]);
    call(&mut bench, "call-1", "100");
    let (ana, ben) = (offer_of(&bench, "ana").id, offer_of(&bench, "ben").id);
    bench.does(CommandBody::AcceptOffer { offer: ana });
    let before = bench.engine.state_hash();
    let receipt = bench.command(CommandBody::AcceptOffer { offer: ben });
    assert_eq!(refusal(receipt).reason, switchboard::message::RejectionReason::Stale);
    assert_eq!(bench.engine.state_hash(), before);
    assert_eq!(winners(&bench), ["ana"]);
    assert_eq!(end_of(&bench, ben), Some(OfferEnd::TakenByAnother));
}

#[test]
fn whatever_ends_the_wait_ends_all_offers_in_the_same_step() {
    let acts: [fn(&mut Bench, RequestId); 6] = [
        |bench, _| drop(bench.hangs_up("pbx", "call-1")),
        |bench, request| bench.does(CommandBody::WithdrawRequest { request }),
        |bench, _| {
            let interaction = bench.interaction();
            bench.does(CommandBody::CloseInteraction { interaction });
        },
        |bench, request| bench.does(CommandBody::AssignRequest { request, agent: key("dora") }),
        |bench, _| {
            let lost = HostEvent::HostLost { reason: "cable".to_owned().into() };
            let _ = bench.report("pbx", lost);
        },
        |bench, request| {
            bench.does(CommandBody::MoveRequest { request, queue: key("urgent") });
        },
    ];
    for (number, act) in acts.into_iter().enumerate() {
        for taken in [false, true] {
            let mut bench = bench(&["ben", "cem"]);
            bench.sign_in("dora");
            bench.does(CommandBody::SetPresence { agent: key("dora"), ready: false, reason: None });
            call(&mut bench, "call-1", "400");
            if taken {
                picks_up(&mut bench, "ben");
            }
            let request = bench.requests()[0];
            act(&mut bench, request);
            assert_eq!(rung(&bench), [""; 0], "{number}");
            assert_eq!(ended_now(&bench), [OfferEnd::Canceled; 2], "{number}");
            assert_eq!(strikes(&bench), 0);
        }
    }
}

#[test]
fn a_queue_that_is_removed_rings_nobody() {
    let mut bench = bench(&["ana", "ben"]);
    call(&mut bench, "call-1", "100");
    let remove = Change::EntryPoint { key: key("all"), to: None };
    let chats = Change::EntryPoint { key: key("chats"), to: None };
    let queue = Change::Queue { key: key("all"), to: None };
    bench.configures(vec![remove, chats, queue]);
    bench.seconds(1);
    assert_eq!(bench.offer_ends(), [OfferEnd::Canceled; 2]);
}

#[test]
fn a_phone_host_that_goes_away_takes_its_own_phones_along() {
    let mut bench = Bench::new({
        let mut center = center();
        let host = Host::new("Other");
        center.hosts.insert(key("other"), host);
        let ben = center.agents.get_mut(&key("ben")).unwrap();
        ben.station =
            switchboard::model::Station::Phone { host: key("other"), address: "9".into() };
        center
    });
    bench.sign_in("ana");
    bench.sign_in("ben");
    call(&mut bench, "call-1", "100");
    let _ = bench.report("other", HostEvent::HostLost { reason: "cable".to_owned().into() });
    assert_eq!(bench.offer_ends(), [OfferEnd::Canceled]);
    assert_eq!(rung(&bench), ["ana"]);
}

#[test]
fn urgent_work_takes_one_of_them_and_the_others_ring_on() {
    let mut bench = bench(&["ana", "ben"]);
    call(&mut bench, "call-1", "100");
    call(&mut bench, "call-2", "600");
    assert_eq!(bench.offer_ends(), [OfferEnd::Outranked]);
    assert_eq!(rung(&bench), ["ben", "ana"]);
    assert_eq!(bench.offered()[2], bench.requests()[1]);
}

#[test]
fn an_agent_with_room_for_two_is_rung_once() {
    let mut bench = bench(&["ana", "ben"]);
    let leg = switchboard::id::ExternalRef::new("chat-1").unwrap();
    let chat = Arrival::new(leg, Channel::Chat, "widget");
    let chat = HostEvent::Offered(Box::new(chat));
    let _ = bench.report("app", chat);
    assert_eq!(rung(&bench), ["ana", "ben"]);
    let why = bench.engine.explain(Question::Request(bench.requests()[0])).unwrap();
    assert_eq!(why.offered_to, Some(key("ana")));
    assert_eq!(why.also_offered_to, [key("ben")]);
    assert!(why.to_string().contains("it is with ana, ben"), "{why}");
    assert!(why.to_string().contains("ben is rung for it"), "{why}");
}

#[test]
fn the_bound_of_the_wait_rests_while_anybody_is_rung() {
    let mut bench = bench(&["ana", "ben"]);
    call(&mut bench, "call-1", "700");
    bench.seconds(10);
    rejects(&mut bench, "ana");
    bench.seconds(9);
    assert_eq!(bench.outcomes(), []);
    rejects(&mut bench, "ben");
    bench.seconds(10);
    assert_eq!(bench.outcomes(), []);
    bench.seconds(1);
    assert!(matches!(bench.outcomes()[..], [Outcome::FlowedOut { .. }]), "thirty from its entry");
}

#[test]
fn who_are_wanted_by_name_are_rung_one_at_a_time() {
    let mut center = center();
    center.queues.get_mut(&key("all")).unwrap().preferred = Preferred::new(secs(60));
    let mut bench = of(center, &["ana", "ben", "cem"]);
    let leg = switchboard::id::ExternalRef::new("call-1").unwrap();
    let mut arrival = Arrival::new(leg, Channel::Voice, "100");
    arrival.preferred = vec![key("ben"), key("cem")];
    let _ = bench.report("pbx", HostEvent::Offered(Box::new(arrival)));
    assert_eq!(rung(&bench), ["ben"]);
    rejects(&mut bench, "ben");
    assert_eq!(rung(&bench), ["cem"]);
    rejects(&mut bench, "cem");
    assert_eq!(rung(&bench), ["ana"], "and then all the others, who are one");
}

#[test]
fn at_a_desktop_that_stands_by_the_second_is_refused_too() {
    let mut center = center();
    center.agents.get_mut(&key("ben")).unwrap().station = switchboard::model::Station::Direct;
    let mut bench = of(center, &["ana", "ben"]);
    call(&mut bench, "call-1", "400");
    picks_up(&mut bench, "ana");
    let offer = offer_of(&bench, "ben").id;
    let before = bench.engine.state_hash();
    let receipt = bench.command(CommandBody::AcceptOffer { offer });
    assert_eq!(refusal(receipt).field, "offer");
    assert_eq!(bench.engine.state_hash(), before);
    assert_eq!(rung(&bench), ["ana", "ben"], "Ben stands by");
    fails(&mut bench, "ana");
    bench.does(CommandBody::AcceptOffer { offer });
    assert_eq!(winners(&bench), ["ben"]);
}

#[test]
fn a_pulled_request_rings_nobody_else() {
    let mut bench = bench(&["ana"]);
    bench.does(CommandBody::SetPresence { agent: key("ana"), ready: false, reason: None });
    call(&mut bench, "call-1", "100");
    let request = bench.requests()[0];
    bench.does(CommandBody::PullRequest { agent: key("ana"), request });
    bench.sign_in("ben");
    assert_eq!(rung(&bench), ["ana"]);
}

#[test]
fn a_contact_is_one_wait_and_an_alert_of_each() {
    let mut bench = bench(&["ana", "ben"]);
    call(&mut bench, "call-1", "100");
    bench.seconds(4);
    picks_up(&mut bench, "ben");
    bridges(&mut bench);
    bench.seconds(60);
    let _ = bench.hangs_up("pbx", "call-1");
    bench.accept_all();
    let mut fold = ContactRecords::new();
    bench.records.iter().for_each(|record| fold.apply(record));
    let closed = fold.take_closed();
    let [contact] = &closed[..] else { panic!("{closed:?}") };
    let waits = contact.segments.iter().filter(|s| matches!(s.kind, SegmentKind::Wait { .. }));
    assert_eq!(waits.count(), 1);
    let alerts: Vec<_> = contact
        .segments
        .iter()
        .filter_map(|segment| match segment.kind {
            SegmentKind::Alert { agent, result } => Some((name(agent), result, segment.length())),
            _ => None,
        })
        .collect();
    assert_eq!(
        alerts,
        [("ana", AlertResult::TakenByAnother, secs(4)), ("ben", AlertResult::Accepted, secs(4))]
    );
}

/// One begins to ring before the other has stopped, for ever: the bound of the wait holds all the same.
#[test]
fn a_bound_is_not_outrun_by_agents_who_ring_in_turn() {
    let mut center = center();
    center.policies.exclusion = secs(5);
    let mut bench = of(center, &["ana"]);
    call(&mut bench, "call-1", "700");
    bench.seconds(10);
    bench.sign_in("ben");
    bench.accept_all();
    for _ in 0..40 {
        bench.seconds(1);
        bench.accept_all();
    }
    assert!(matches!(bench.outcomes().as_slice(), [Outcome::FlowedOut { .. }]));
}
