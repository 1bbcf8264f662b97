//! Failures of other contact centers, as they were reported, that cannot happen here: each test is named after
//! the public thread.

use crate::misses::{center, doubling};
use crate::support::{Bench, key};
use switchboard::id::ReasonId;
use switchboard::message::{
    Activity, AgentEvent, CommandBody, EffectKind, EndKind, Event, LegRef, OfferEnd, SignOutCause,
    StrikeKind,
};
use switchboard::model::{Center, Misses};
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
