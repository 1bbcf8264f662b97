//! Failures of other contact centers, as they were reported, that cannot happen here: each test is named after
//! the public thread.

use crate::misses::{center, doubling};
use crate::ringing::{self, bridges, offer_of, picks_up};
use crate::support::{Bench, key};
use switchboard::id::{ExternalRef, OfferId, ReasonId};
use switchboard::message::{
    AbandonPhase, Activity, AgentEvent, Arrival, CommandBody, EffectKind, EndKind, Event,
    HostEvent, LegRef, OfferEnd, OfferEvent, Outcome, Receipt, SignOutCause, StrikeKind,
};
use switchboard::model::{Center, Channel, Misses, Station};
use switchboard::time::Duration;

/// A call comes in and is taken up.
fn call(bench: &mut Bench, name: &str) {
    let _ = bench.call("pbx", name, "100");
    bench.accept_all();
    bench.done("pbx", |kind| matches!(kind, EffectKind::Answer { .. }));
}

fn rung(center: Center) -> Bench {
    let mut bench = Bench::new(center);
    bench.sign_in("ana");
    call(&mut bench, "call-1");
    bench
}

fn ready(bench: &mut Bench, ready: bool) {
    bench.does(CommandBody::SetPresence { agent: key("ana"), ready, reason: None });
}

/// The failures counted so far, the latest last.
fn strikes(bench: &Bench) -> Vec<(StrikeKind, u8)> {
    bench
        .events()
        .filter_map(|event| match event {
            Event::Agent(AgentEvent::Struck { kind, count, .. }) => Some((*kind, *count)),
            _ => None,
        })
        .collect()
}

fn hang_ups(bench: &Bench) -> usize {
    bench.handed_out(|kind| matches!(kind, EffectKind::Hangup { .. }))
}

#[test]
fn kazoo_6609_whoever_was_signed_out_for_misses_comes_back() {
    let mut bench = rung(center(Misses::new().sign_out_after(1), Misses::new()));
    bench.seconds(20);
    let left = bench.events().any(|event| {
        matches!(event, Event::Agent(AgentEvent::SignedOut { cause: SignOutCause::Missed, .. }))
    });
    assert!(left, "and it says why");
    bench.accept_all();
    bench.seconds(30);
    bench.sign_in("ana");
    bench.joins("pbx");
    assert_eq!(bench.activity(), Activity::Talking);
    assert_eq!(strikes(&bench), [(StrikeKind::NoAnswer, 1)], "with a clean slate");
}

#[test]
fn kazoo_6569_whoever_pauses_is_not_rung_any_more() {
    let mut bench = rung(center(Misses::new(), Misses::new()));
    bench.accept_all();
    ready(&mut bench, false);
    bench.accept_all();
    assert_eq!(bench.offer_ends(), [OfferEnd::Canceled]);
    assert_eq!(hang_ups(&bench), 1, "in the step that states the pause");
    assert_eq!(bench.activity(), Activity::NotReady(None));
    bench.seconds(120);
    assert_eq!(bench.offered().len(), 1);
    assert_eq!(strikes(&bench), []);
}

#[test]
fn kazoo_6569_neither_is_one_whose_miss_makes_a_pause() {
    // Two calls ring; the first to time out is the miss, and takes the other one back.
    let mut center = center(Misses::new().not_ready_after(1), Misses::new());
    let voice = switchboard::model::ChannelCapacity::new(50, 2);
    center.capacity.channels.insert(switchboard::model::Channel::Voice, voice);
    let mut bench = rung(center);
    bench.seconds(5);
    call(&mut bench, "call-2");
    assert_eq!(bench.offered().len(), 2);
    bench.seconds(15);
    assert_eq!(bench.offer_ends(), [OfferEnd::Timeout, OfferEnd::Canceled]);
    assert_eq!(strikes(&bench), [(StrikeKind::NoAnswer, 1)]);
}

#[test]
fn kazoo_6578_no_phone_rings_for_a_caller_who_has_gone() {
    let mut bench = rung(center(Misses::new(), Misses::new()));
    bench.accept_all();
    let leg = bench.ringing_leg();
    let _ = bench.hangs_up("pbx", "call-1");
    bench.accept_all();
    assert_eq!(bench.offer_ends(), [OfferEnd::Canceled]);
    assert_eq!(hang_ups(&bench), 1);
    // Whoever picks up all the same is with nobody.
    bench.leg_answers("pbx", leg);
    let _ = bench.leg_ends("pbx", LegRef::Ours(leg), EndKind::Normal);
    assert_eq!(bench.activity(), Activity::Idle);
    assert_eq!(bench.handed_out(|kind| matches!(kind, EffectKind::Bridge { .. })), 0);
}

#[test]
fn openacd_6_a_phone_that_registers_anew_is_no_fault_of_its_agent() {
    let device = Misses::new().not_ready_after(3);
    let mut bench = rung(center(Misses::new().not_ready_after(1), device));
    bench.accept_all();
    let leg = LegRef::Ours(bench.ringing_leg());
    let _ = bench.leg_ends("pbx", leg, EndKind::Unreachable);
    assert_eq!(bench.activity(), Activity::Idle, "its phone was away for a moment");
    bench.accept_all();
    bench.seconds(30);
    bench.accept_all();
    bench.seconds(20);
    assert_eq!(bench.activity(), Activity::NotReady(Some(ReasonId(0))), "nobody answered");
    assert_eq!(strikes(&bench), [(StrikeKind::Device, 1), (StrikeKind::NoAnswer, 1)]);
}

#[test]
fn connect_streams_re_ring_loop_backs_off() {
    let rule = Misses::new().back_off(doubling());
    let mut center = center(rule, Misses::new());
    // Nothing keeps the agent from the same call but the back-off.
    center.policies.exclusion = Duration::ZERO;
    let mut bench = rung(center);
    for _ in 0..600 {
        bench.seconds(1);
        bench.accept_all();
    }
    // At 0 s, 80 s, 220 s and 440 s; the next one would be at 660 s.
    assert_eq!(bench.offered().len(), 4);
}

/// Some agents are at work, and a call comes in at an address of the queues that ring several.
fn ring_all(agents: &[&str], to: &str) -> Bench {
    let mut bench = Bench::new(ringing::center());
    for agent in agents {
        bench.sign_in(agent);
    }
    ringing::call(&mut bench, "call-1", to);
    bench
}

fn bridged(bench: &Bench) -> usize {
    bench.handed_out(|kind| matches!(kind, EffectKind::Bridge { .. }))
}

#[test]
fn asterisk_176_of_two_who_answer_at_once_one_has_the_caller() {
    for to in ["100", "400"] {
        let mut bench = ring_all(&["ana", "ben", "cem"], to);
        picks_up(&mut bench, "ben");
        // Said at the same instant, before any hang-up can have reached a phone.
        picks_up(&mut bench, "ana");
        picks_up(&mut bench, "cem");
        bridges(&mut bench);
        assert_eq!(bridged(&bench), 1, "{to}");
        assert!(matches!(bench.outcomes()[..], [Outcome::Answered { .. }]));
        let lost = |end: &&OfferEnd| **end == OfferEnd::TakenByAnother;
        assert_eq!(bench.offer_ends().iter().filter(lost).count(), 2);
        assert_eq!(hang_ups(&bench), 2, "and the others hear that it is over");
    }
}

#[test]
fn asterisk_1557_one_who_answers_and_drops_leaves_the_others_ringing() {
    let mut bench = ring_all(&["ana", "ben", "cem"], "400");
    picks_up(&mut bench, "ana");
    bench.accept_all();
    let leg = LegRef::Ours(offer_of(&bench, "ana").leg.unwrap());
    let _ = bench.leg_ends("pbx", leg, EndKind::Normal);
    assert_eq!(bench.offer_ends(), [OfferEnd::SetupFailed]);
    assert_eq!(hang_ups(&bench), 0, "nobody else is dropped");
    picks_up(&mut bench, "cem");
    bridges(&mut bench);
    assert!(matches!(bench.outcomes()[..], [Outcome::Answered { .. }]));
}

#[test]
fn asterisk_313_what_answers_in_two_ways_answers_once() {
    // The phone is answered, and the same agent takes the offer at the desktop.
    let mut bench = ring_all(&["ana", "ben"], "400");
    let offer = offer_of(&bench, "ana").id;
    picks_up(&mut bench, "ana");
    assert!(matches!(bench.command(CommandBody::AcceptOffer { offer }), Receipt::Rejected { .. }));
    picks_up(&mut bench, "ana");
    bridges(&mut bench);
    assert_eq!((bridged(&bench), bench.outcomes().len()), (1, 1));
}

#[test]
fn asterisk_2679_whoever_serves_several_queues_is_rung_by_one() {
    let mut bench = ring_all(&["ana", "ben"], "100");
    for (name, to) in [("call-2", "200"), ("call-3", "300"), ("call-4", "400"), ("call-5", "500")] {
        ringing::call(&mut bench, name, to);
    }
    assert_eq!(bench.offered().len(), 2, "one phone each");
    picks_up(&mut bench, "ana");
    bridges(&mut bench);
    assert_eq!(bench.offered().len(), 3, "Ben's is free again");
    bench.seconds(19);
    assert_eq!(bench.offered().len(), 3);
}

#[test]
fn freeswitch_2540_nobody_stays_reserved_after_a_ring_all() {
    // Whoever lost is free in the same step, whatever became of the one who won.
    for drops in [false, true] {
        let mut bench = ring_all(&["ana", "ben", "cem"], "400");
        picks_up(&mut bench, "ben");
        bench.accept_all();
        if drops {
            let _ = bench.hangs_up("pbx", "call-1");
        } else {
            bridges(&mut bench);
            let _ = bench.hangs_up("pbx", "call-1");
        }
        ringing::call(&mut bench, "call-2", "100");
        assert_eq!(bench.offered().len(), 6, "all three can be rung again");
        // And with nobody answering, everybody is free when it has rung out.
        bench.seconds(20);
        let _ = bench.hangs_up("pbx", "call-2");
        ringing::call(&mut bench, "call-3", "500");
        assert_eq!(bench.offered().len(), 7);
    }
}

#[test]
fn freeswitch_1973_nobody_has_answered_a_caller_who_hung_up() {
    let mut bench = ring_all(&["ana", "ben"], "400");
    picks_up(&mut bench, "ana");
    let _ = bench.hangs_up("pbx", "call-1");
    assert!(matches!(
        bench.outcomes()[..],
        [Outcome::Abandoned { phase: AbandonPhase::Connecting, .. }]
    ));
    assert_eq!(bench.offer_ends(), [OfferEnd::Canceled; 2]);
    bench.accept_all();
    bench.seconds(3_600);
    assert_eq!(bench.outcomes().len(), 1, "and nothing comes of it hours later");
    assert_eq!(bench.activity(), Activity::Idle);
}

#[test]
fn freeswitch_2529_no_agent_is_dialed_for_a_caller_who_has_gone() {
    let mut bench = ring_all(&["ana", "ben", "cem"], "100");
    let _ = bench.hangs_up("pbx", "call-1");
    let ended = |event: &&Event| matches!(event, Event::Offer(OfferEvent::Ended { .. }));
    assert_eq!(bench.last_events().iter().filter(ended).count(), 3, "in the same step");
    bench.accept_all();
    assert_eq!(hang_ups(&bench), 3);
    bench.seconds(60);
    assert_eq!(bench.offered().len(), 3);
}

#[test]
fn freeswitch_1062_no_call_freezes_while_it_rings_or_is_received() {
    // Nothing is heard any more of phones that ring, of a phone that was picked up, of a bridge.
    for picked_up in [false, true] {
        let mut bench = ring_all(&["ana", "ben", "cem", "dora"], "400");
        if picked_up {
            picks_up(&mut bench, "ana");
        }
        bench.seconds(20);
        assert_eq!(bench.offer_ends().len(), 4, "each has its deadline");
        assert_eq!(bench.outcomes(), []);
        bench.accept_all();
        bench.seconds(30);
        assert!(bench.offered().len() > 4, "and they are rung again after it");
    }
}

#[test]
fn opensips_2886_a_reject_drops_nobody() {
    let mut bench = ring_all(&["ana"], "100");
    ringing::call(&mut bench, "call-2", "100");
    let offer = bench.offer();
    bench.does(CommandBody::RejectOffer { offer, reason: None });
    let [first, second] = bench.requests().try_into().unwrap();
    assert_eq!(bench.outcomes(), []);
    assert_eq!(bench.offered(), [first, second], "spared the one, she gets the next");
    // Both wait at their places: somebody else gets the first one first.
    bench.sign_in("ben");
    assert_eq!(bench.offered(), [first, second, first]);
    bench.accept_all();
    bench.does(CommandBody::RejectOffer { offer: bench.offer(), reason: None });
    bench.does(CommandBody::RejectOffer { offer: offer_of(&bench, "ana").id, reason: None });
    bench.accept_all();
    // Ben is spared the first one and joined the second; thirty seconds later it is the first one's turn again.
    bench.seconds(30);
    assert!(bench.offered().iter().filter(|request| **request == first).count() > 2);
    assert_eq!(bench.outcomes(), []);
}

#[test]
fn kazoo_2689_other_calls_are_in_the_same_account() {
    let mut bench = Bench::new(ringing::center());
    bench.sign_in("ana");
    bench.sign_in("ben");
    bench.does(CommandBody::BeginOtherWork {
        agent: key("ana"),
        channel: Channel::Voice,
        reason: None,
    });
    let other = bench.engagement();
    ringing::call(&mut bench, "call-1", "100");
    assert_eq!(bench.offered().len(), 1, "she speaks with somebody else");
    bench.does(CommandBody::EndOtherWork { engagement: other });
    assert_eq!(bench.offered().len(), 2, "and joins when that is over");
    picks_up(&mut bench, "ana");
    bridges(&mut bench);
    let work =
        CommandBody::BeginOtherWork { agent: key("ana"), channel: Channel::Voice, reason: None };
    assert!(matches!(bench.command(work), Receipt::Rejected { .. }));
}

#[test]
fn rocketchat_22206_of_several_who_take_a_chat_one_has_it() {
    let mut center = ringing::center();
    for agent in center.agents.values_mut() {
        agent.station = Station::Direct;
    }
    let mut bench = Bench::new(center);
    for agent in ["ana", "ben", "cem"] {
        bench.sign_in(agent);
    }
    // Two chats each fit; three come, and all ring at all who have room.
    for name in ["c1", "c2", "c3"] {
        let arrival = Arrival::new(ExternalRef::new(name).unwrap(), Channel::Chat, "widget");
        let _ = bench.report("app", HostEvent::Offered(Box::new(arrival)));
    }
    assert_eq!(bench.offered().len(), 6, "no agent holds more than two");
    let offers: Vec<OfferId> = bench
        .events()
        .filter_map(|event| match event {
            Event::Offer(OfferEvent::Made(made)) => Some(made.id),
            _ => None,
        })
        .collect();
    let taken = offers
        .into_iter()
        .filter(|offer| {
            let accept = CommandBody::AcceptOffer { offer: *offer };
            matches!(bench.command(accept), Receipt::Recorded(_))
        })
        .count();
    assert_eq!(taken, 2, "each chat once, the others too late");
    let answered = |outcome: &&Outcome| matches!(outcome, Outcome::Answered { .. });
    assert_eq!(bench.outcomes().iter().filter(answered).count(), 2);
}
