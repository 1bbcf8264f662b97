//! What follows when offers to an agent fail one after the other.

use crate::support::{Bench, key};
use switchboard::id::ReasonId;
use switchboard::message::{
    Activity, AgentEvent, CommandBody, EffectKind, EndKind, Event, LegRef, SignOutCause,
};
use switchboard::model::{
    Agent, BackOff, Center, Channel, ChannelCapacity, EntryPoint, Host, Misses, Queue,
};
use switchboard::time::Duration;
use switchboard::{Question, Verdict};

const fn secs(secs: i64) -> Duration {
    Duration::from_secs(secs)
}

/// Calls of "100" ring at the phones of Ana and Ben, those of "200" on their desktops.
pub(crate) fn center(no_answer: Misses, device_failure: Misses) -> Center {
    Center::builder()
        .host("pbx", Host::new("PBX"))
        .channel(Channel::Voice, ChannelCapacity::new(50, 1))
        .channel(Channel::Task, ChannelCapacity::new(50, 1))
        .channel(Channel::Chat, ChannelCapacity::new(50, 1))
        .queue("q", Queue::new())
        .entry_point("calls", EntryPoint::voice("100").to_queue("q"))
        .entry_point("chats", EntryPoint::on(Channel::Chat, "widget").to_queue("q"))
        .agent("ana", Agent::new("Ana").phone("pbx", "1"))
        .agent("ben", Agent::new("Ben").phone("pbx", "2"))
        .policies(|policies| {
            policies.no_answer = no_answer;
            policies.device_failure = device_failure;
        })
        .build()
        .unwrap()
}

/// Ana is there, alone, and a call waits.
fn rung(no_answer: Misses, device_failure: Misses) -> Bench {
    let mut bench = Bench::new(center(no_answer, device_failure));
    bench.sign_in("ana");
    call(&mut bench, "call-1");
    bench
}

/// A call comes in and is taken up.
fn call(bench: &mut Bench, name: &str) {
    let _ = bench.call("pbx", name, "100");
    bench.accept_all();
    bench.done("pbx", |kind| matches!(kind, EffectKind::Answer { .. }));
}

pub(crate) fn doubling() -> BackOff {
    BackOff { base: secs(60), factor: 2, cap: secs(200) }
}

/// The phone that rang last cannot be reached.
fn fails(bench: &mut Bench) {
    bench.accept_all();
    let leg = LegRef::Ours(bench.ringing_leg());
    let _ = bench.leg_ends("pbx", leg, EndKind::Unreachable);
}

fn verdict(bench: &Bench) -> Verdict {
    let why = bench.engine.explain(Question::Request(bench.requests()[0])).unwrap();
    why.agents.iter().find(|agent| agent.agent.as_str() == "ana").unwrap().verdict
}

fn sign_outs(bench: &Bench) -> Vec<SignOutCause> {
    bench
        .events()
        .filter_map(|event| match event {
            Event::Agent(AgentEvent::SignedOut { cause, .. }) => Some(*cause),
            _ => None,
        })
        .collect()
}

#[test]
fn whoever_misses_an_offer_stays_ready_and_is_spared_for_longer_each_time() {
    let mut bench = rung(Misses::new().back_off(doubling()), Misses::new());
    // Twenty seconds of ringing, then one, two and at most three and a third minutes.
    for (offers, pause) in [(1, 60), (2, 120), (3, 200), (4, 200)] {
        assert_eq!(bench.offered().len(), offers);
        bench.seconds(20);
        let until = bench.now + secs(pause);
        assert_eq!(bench.activity(), Activity::Idle);
        assert_eq!(verdict(&bench), Verdict::BackedOff(until));
        bench.seconds(pause - 1);
        assert_eq!(bench.offered().len(), offers, "spared, though the exclusion is long over");
        bench.seconds(1);
    }
}

#[test]
fn others_are_offered_meanwhile_what_the_agent_would_get() {
    let mut bench = rung(Misses::new().back_off(doubling()), Misses::new());
    bench.seconds(20);
    call(&mut bench, "call-2");
    assert_eq!(bench.offered().len(), 1, "Ana is spared other calls as well");
    bench.sign_in("ben");
    assert_eq!(bench.offered().len(), 2);
}

#[test]
fn saying_ready_ends_the_back_off() {
    let mut bench = rung(Misses::new().back_off(doubling()), Misses::new());
    bench.seconds(20);
    call(&mut bench, "call-2");
    bench.does(CommandBody::SetPresence { agent: key("ana"), ready: true, reason: None });
    assert_eq!(bench.offered(), bench.requests(), "the first one is excluded for a while");
}

#[test]
fn a_success_ends_the_back_off_and_forgives() {
    let mut bench = rung(Misses::new().back_off(doubling()), Misses::new());
    bench.seconds(20);
    bench.seconds(60);
    bench.joins("pbx");
    let part = bench.engagement();
    bench.does(CommandBody::HangUp { engagement: part });
    call(&mut bench, "call-2");
    bench.seconds(20);
    assert_eq!(verdict_of_last(&bench), Verdict::BackedOff(bench.now + secs(60)), "the first");
}

fn verdict_of_last(bench: &Bench) -> Verdict {
    let request = *bench.requests().last().unwrap();
    bench.engine.explain(Question::Request(request)).unwrap().agents[0].verdict
}

#[test]
fn whoever_is_spared_may_take_a_call_by_hand() {
    let mut bench = rung(Misses::new().back_off(doubling()), Misses::new());
    bench.seconds(20);
    call(&mut bench, "call-2");
    let request = bench.requests()[1];
    bench.does(CommandBody::PullRequest { agent: key("ana"), request });
    assert_eq!(bench.offered().last(), Some(&request));
    bench.joins("pbx");
    let part = bench.engagement();
    bench.does(CommandBody::HangUp { engagement: part });
    bench.seconds(30);
    assert_eq!(bench.offered().len(), 3, "the answer has ended the back-off");
}

#[test]
fn misses_that_lie_far_back_are_forgotten() {
    // A miss is twenty seconds of ringing, and thirty of exclusion come before the next.
    for (forget, expected) in [(50, Activity::Idle), (51, Activity::NotReady(Some(ReasonId(0))))] {
        let rule = Misses::new().not_ready_after(2).forget_after(secs(forget));
        let mut bench = rung(rule, Misses::new());
        bench.seconds(20 + 30 + 20);
        assert_eq!(bench.offer_ends().len(), 2);
        assert_eq!(bench.activity(), expected, "forgotten after {forget} s");
    }
}

#[test]
fn so_many_misses_sign_the_agent_out() {
    let mut bench = rung(Misses::new().sign_out_after(2), Misses::new());
    bench.seconds(20 + 30 + 20);
    assert_eq!(sign_outs(&bench), [SignOutCause::Missed]);
    assert_eq!(bench.activity(), Activity::SignedOut);
    assert_eq!(verdict(&bench), Verdict::SignedOut);
}

#[test]
fn whoever_has_work_at_hand_is_signed_out_when_it_is_done() {
    let mut bench = Bench::new(center(Misses::new().sign_out_after(1), Misses::new()));
    bench.sign_in("ana");
    bench.does(CommandBody::BeginOtherWork {
        agent: key("ana"),
        channel: Channel::Task,
        reason: None,
    });
    let work = bench.engagement();
    call(&mut bench, "call-1");
    assert!(bench.try_offer().is_some(), "room beside a task");
    bench.seconds(20);
    assert_eq!(sign_outs(&bench), []);
    assert_eq!(verdict(&bench), Verdict::Leaving);
    bench.does(CommandBody::EndOtherWork { engagement: work });
    assert_eq!(sign_outs(&bench), [SignOutCause::Missed]);
}

#[test]
fn failures_of_a_device_have_a_rule_of_their_own() {
    let device = Misses::new().not_ready_after(2).back_off(doubling());
    let mut bench = rung(Misses::new().sign_out_after(1), device);
    fails(&mut bench);
    assert_eq!(verdict(&bench), Verdict::BackedOff(bench.now + secs(60)));
    bench.seconds(60);
    fails(&mut bench);
    assert_eq!(bench.activity(), Activity::NotReady(Some(ReasonId(1))));
    assert_eq!(sign_outs(&bench), [], "nobody has declined to answer");
}

#[test]
fn by_a_rule_that_says_nothing_nothing_follows() {
    let mut bench = rung(Misses::new(), Misses::new());
    bench.seconds(20);
    assert_eq!((bench.activity(), verdict(&bench)), (Activity::Idle, Verdict::Excluded));
    bench.seconds(30);
    for _ in 0..4 {
        fails(&mut bench);
        assert_eq!(bench.activity(), Activity::Idle);
        bench.seconds(30);
    }
}
