//! A voice call, whole: each state and each way out of it.

use crate::support::{Bench, key};
use switchboard::id::{ExternalRef, ReasonId};
use switchboard::message::{
    AbandonPhase, Activity, AgentEvent, AnsweredBy, CommandBody, EffectKind, EndCause, EndKind,
    EngagementEnd, EngagementEvent, Event, HostEvent, InteractionEvent, LegRef, OfferEnd,
    OfferEvent, Outcome, Phase, Receipt, RejectionReason, RequestEvent,
};
use switchboard::model::{
    Agent, Center, EntryPoint, Host, Misses, Queue, Reason, Skill, WrapUpMode,
};
use switchboard::time::Duration;

fn center() -> Center {
    Center::builder()
        .skill("billing", Skill::new("Billing"))
        .reason("device_failure", Reason::new("Device failure"))
        .reason("no_answer", Reason::new("No answer"))
        .host("pbx", Host::new("PBX"))
        .queue(
            "billing",
            Queue::new()
                .requires("billing", 1)
                .wrap_up(WrapUpMode::Optional, Duration::from_secs(60)),
        )
        .entry_point("main", EntryPoint::voice("100").to_queue("billing"))
        .agent("ana", Agent::new("Ana").skill("billing", 3).phone("pbx", "SIP/ana"))
        .agent("ben", Agent::new("Ben").skill("billing", 3).phone("pbx", "SIP/ben"))
        .build()
        .unwrap()
}

// The reasons that the engine gives by itself are numbered before all others.
const NO_ANSWER: Activity = Activity::NotReady(Some(ReasonId(0)));
const DEVICE_FAILURE: Activity = Activity::NotReady(Some(ReasonId(1)));

fn outcome(bench: &Bench) -> Outcome {
    bench
        .events()
        .rev()
        .find_map(|event| match event {
            Event::Request(RequestEvent::Ended { outcome, .. }) => Some(outcome.clone()),
            _ => None,
        })
        .expect("an outcome")
}

fn activity(bench: &Bench) -> Activity {
    bench
        .events()
        .rev()
        .find_map(|event| match event {
            Event::Agent(AgentEvent::StateChanged { to, .. }) => Some(*to),
            _ => None,
        })
        .expect("an activity")
}

/// A call comes in and is taken up.
fn call(bench: &mut Bench, name: &str) {
    let _ = bench.call("pbx", name, "100");
    accept_all(bench);
    bench.done("pbx", |kind| matches!(kind, EffectKind::Answer { .. }));
}

/// Rings Ana, who answers, and bridges.
fn connect(bench: &mut Bench) {
    let leg = LegRef::Ours(bench.ringing_leg());
    let receipt = bench.report("pbx", HostEvent::answered(leg, AnsweredBy::Human));
    assert!(matches!(receipt, Receipt::Recorded(_)), "{receipt:?}");
    accept_all(bench);
    bench.done("pbx", |kind| matches!(kind, EffectKind::Bridge { .. }));
}

fn accept_all(bench: &mut Bench) {
    let mut seen = 0;
    while seen < bench.effects.len() {
        let id = bench.effects[seen].id;
        let _ = bench.input(switchboard::message::Input::EffectAccepted(id));
        seen += 1;
    }
}

#[test]
fn a_call_is_answered_held_and_wrapped_up() {
    let mut bench = Bench::new(center());
    bench.sign_in("ana");
    call(&mut bench, "call-1");
    assert_eq!(activity(&bench), Activity::Alerting);
    bench.seconds(3);
    connect(&mut bench);
    assert!(matches!(outcome(&bench), Outcome::Answered { .. }));
    assert_eq!(activity(&bench), Activity::Talking);
    bench.seconds(30);
    let engagement = bench.engagement();
    bench.does(CommandBody::Hold { engagement });
    assert_eq!(activity(&bench), Activity::Holding);
    bench.seconds(5);
    bench.does(CommandBody::Unhold { engagement });
    bench.seconds(5);
    let _ = bench.hangs_up("pbx", "call-1");
    assert_eq!(activity(&bench), Activity::WrapUp);
    bench.seconds(5);
    bench.does(CommandBody::FinishWrapUp { engagement, disposition: None });
    assert_eq!(activity(&bench), Activity::Idle);
    assert!(
        bench
            .events()
            .any(|event| matches!(event, Event::Interaction(InteractionEvent::Closed { .. })))
    );
}

#[test]
fn an_unanswered_offer_makes_the_agent_not_ready_and_goes_to_the_next() {
    let mut bench = Bench::new(center());
    bench.sign_in("ana");
    bench.seconds(1);
    bench.sign_in("ben");
    call(&mut bench, "call-1");
    let first = bench.offer();
    bench.seconds(20);
    assert_ne!(bench.offer(), first, "the next agent rings in the same step");
    assert!(bench.events().any(|event| matches!(
        event,
        Event::Offer(OfferEvent::Ended { end: OfferEnd::Timeout, .. })
    )));
    connect(&mut bench);
    assert!(matches!(outcome(&bench), Outcome::Answered { .. }));
}

#[test]
fn the_customer_may_leave_in_every_state() {
    for (at, expected) in
        [(0, AbandonPhase::Waiting), (1, AbandonPhase::Alerting), (2, AbandonPhase::Connecting)]
    {
        let mut bench = Bench::new(center());
        if at > 0 {
            bench.sign_in("ana");
        }
        call(&mut bench, "call-1");
        if at > 1 {
            let leg = LegRef::Ours(bench.ringing_leg());
            let _ = bench.report("pbx", HostEvent::answered(leg, AnsweredBy::Human));
        }
        bench.seconds(if at == 0 { 10 } else { 2 });
        let _ = bench.hangs_up("pbx", "call-1");
        assert_eq!(outcome(&bench), Outcome::Abandoned { phase: expected, short: at != 0 });
        if at > 0 {
            assert_eq!(activity(&bench), Activity::Idle);
        }
    }
}

#[test]
fn an_agent_who_hangs_up_disconnects_the_customer() {
    let mut bench = Bench::new(center());
    bench.sign_in("ana");
    call(&mut bench, "call-1");
    connect(&mut bench);
    let leg = LegRef::Ours(bench.ringing_leg());
    let _ = bench.report("pbx", HostEvent::ended(leg, EndCause::default()));
    accept_all(&mut bench);
    assert!(bench.effects.iter().any(|e| matches!(e.kind, EffectKind::Hangup { .. })));
    assert_eq!(activity(&bench), Activity::WrapUp);
    bench.seconds(60);
    assert!(bench.events().any(|event| matches!(
        event,
        Event::Engagement(EngagementEvent::Ended { end: EngagementEnd::TimedOut, .. })
    )));
    assert_eq!(activity(&bench), Activity::Idle);
}

#[test]
fn a_late_answer_to_an_old_lease_changes_nothing() {
    let mut bench = Bench::new(
        Center::builder()
            .queue("q", Queue::new())
            .entry_point("main", EntryPoint::voice("100").to_queue("q"))
            .agent("ana", Agent::new("Ana"))
            .build()
            .unwrap(),
    );
    bench.sign_in("ana");
    let _ = bench.call("app", "call-1", "100");
    let offer = bench.offer();
    bench.seconds(20);
    let before = bench.engine.state_hash();
    let receipt = bench.command(CommandBody::AcceptOffer { offer });
    let Receipt::Rejected { rejection, .. } = receipt else { panic!("{receipt:?}") };
    assert_eq!(rejection.reason, RejectionReason::Stale);
    assert_eq!(bench.engine.state_hash(), before);
}

#[test]
fn a_host_that_is_lost_and_comes_back_reconciles_its_legs() {
    let mut bench = Bench::new(center());
    bench.sign_in("ana");
    call(&mut bench, "call-1");
    connect(&mut bench);
    call(&mut bench, "call-2");
    call(&mut bench, "call-3");
    let _ = bench.report("pbx", HostEvent::HostLost { reason: "cable".to_owned().into() });
    bench.seconds(5);
    let live = |name: &str| {
        switchboard::message::LiveLeg::new(switchboard::id::ExternalRef::new(name).unwrap(), None)
    };
    let legs = vec![live("call-3"), live("stranger")];
    let _ = bench.report("pbx", HostEvent::HostResync { generation: 1, legs });
    let lost = bench
        .events()
        .filter(|e| {
            matches!(e, Event::Request(RequestEvent::Ended { outcome: Outcome::Lost(_), .. }))
        })
        .count();
    assert_eq!(lost, 1, "call-2 waited and is lost; call-3 goes on waiting");
    assert!(bench.effects.iter().any(|e| matches!(
        &e.kind,
        EffectKind::Hangup { leg, .. } if leg.external.as_ref().is_some_and(|x| x.as_str() == "stranger")
    )));
    // Ana's phone is gone too; after wrap-up the one who waits is offered to her.
    assert_eq!(activity(&bench), Activity::WrapUp);
    bench.seconds(60);
    assert_eq!(activity(&bench), Activity::Alerting);
}

#[test]
fn a_device_that_cannot_be_reached_is_no_fault_of_the_agent() {
    let mut bench = Bench::new(center());
    bench.sign_in("ana");
    call(&mut bench, "call-1");
    let leg = LegRef::Ours(bench.ringing_leg());
    let cause = EndCause::from(EndKind::Unreachable);
    let _ = bench.report("pbx", HostEvent::ended(leg, cause));
    assert_eq!(activity(&bench), Activity::Idle);
    bench.seconds(30);
    assert_eq!(activity(&bench), Activity::Alerting, "offered again when the exclusion ends");
}

#[test]
fn whoever_does_not_answer_is_not_ready_until_saying_otherwise() {
    let mut bench = Bench::new(center());
    bench.sign_in("ana");
    call(&mut bench, "call-1");
    bench.seconds(20);
    assert_eq!(bench.offer_ends(), [OfferEnd::Timeout]);
    assert_eq!(activity(&bench), NO_ANSWER);
    bench.seconds(60);
    call(&mut bench, "call-2");
    assert_eq!(bench.offered().len(), 1);
    bench.does(CommandBody::SetPresence { agent: key("ana"), ready: true, reason: None });
    assert_eq!(activity(&bench), Activity::Alerting);
    assert_eq!(bench.offered()[1], bench.requests()[0], "it has kept its place");
}

#[test]
fn by_policy_whoever_does_not_answer_stays_ready_and_is_spared_that_call_for_a_while() {
    let mut center = center();
    center.policies.no_answer = Misses::new();
    let mut bench = Bench::new(center);
    bench.sign_in("ana");
    call(&mut bench, "call-1");
    bench.seconds(20);
    assert_eq!(activity(&bench), Activity::Idle);
    bench.seconds(29);
    assert_eq!(bench.offered().len(), 1);
    bench.seconds(1);
    assert_eq!(bench.offered().len(), 2);
}

/// The phone that rang last cannot be reached.
fn fails(bench: &mut Bench) {
    let leg = LegRef::Ours(bench.ringing_leg());
    let receipt = bench.leg_ends("pbx", leg, EndKind::Unreachable);
    assert!(matches!(receipt, Receipt::Recorded(_)), "{receipt:?}");
}

#[test]
fn a_device_that_fails_time_and_again_takes_its_agent_out_of_service() {
    let mut bench = Bench::new(center());
    bench.sign_in("ana");
    call(&mut bench, "call-1");
    for expected in [Activity::Idle, Activity::Idle, DEVICE_FAILURE] {
        fails(&mut bench);
        assert_eq!(activity(&bench), expected);
        bench.seconds(30);
    }
    assert_eq!(bench.offer_ends(), [OfferEnd::SetupFailed; 3]);
    assert_eq!(bench.offered().len(), 3);
}

#[test]
fn a_success_forgives_the_failures_of_a_device() {
    let mut bench = Bench::new(center());
    bench.sign_in("ana");
    call(&mut bench, "call-1");
    for _ in 0..2 {
        fails(&mut bench);
        bench.seconds(30);
    }
    connect(&mut bench);
    let engagement = bench.engagement();
    let _ = bench.hangs_up("pbx", "call-1");
    bench.does(CommandBody::FinishWrapUp { engagement, disposition: None });
    call(&mut bench, "call-2");
    for expected in [Activity::Idle, Activity::Idle, DEVICE_FAILURE] {
        fails(&mut bench);
        assert_eq!(activity(&bench), expected);
        bench.seconds(30);
    }
}

#[test]
fn failures_of_a_device_are_counted_apart_from_missed_calls() {
    let mut center = center();
    center.policies.no_answer = Misses::new();
    let mut bench = Bench::new(center);
    bench.sign_in("ana");
    call(&mut bench, "call-1");
    fails(&mut bench);
    bench.seconds(30);
    accept_all(&mut bench);
    bench.seconds(20);
    accept_all(&mut bench);
    bench.seconds(30);
    accept_all(&mut bench);
    fails(&mut bench);
    let ends = [OfferEnd::SetupFailed, OfferEnd::Timeout, OfferEnd::SetupFailed];
    assert_eq!(bench.offer_ends(), ends);
    assert_eq!(activity(&bench), Activity::Idle, "two of three");
    bench.seconds(30);
    fails(&mut bench);
    assert_eq!(activity(&bench), DEVICE_FAILURE);
}

#[test]
fn accepted_is_not_answered_and_connecting_has_a_deadline() {
    // Whether the host was reached, and does not join them, or is not reached at all.
    for taken_on in [true, false] {
        let mut bench = Bench::new(center());
        bench.sign_in("ana");
        call(&mut bench, "call-1");
        bench.picks_up("pbx");
        if taken_on {
            accept_all(&mut bench);
        }
        bench.seconds(9);
        assert_eq!(activity(&bench), Activity::Connecting);
        assert_eq!(bench.offer_ends(), []);
        bench.seconds(1);
        assert_eq!(bench.offer_ends(), [OfferEnd::SetupFailed]);
        assert_eq!(bench.outcomes(), [], "the customer waits on");
        // Ana is spared that call for a while; Ben is asked for it before a later one.
        call(&mut bench, "call-2");
        call(&mut bench, "call-3");
        bench.sign_in("ben");
        let [first, second, _] = bench.requests().try_into().unwrap();
        assert_eq!(bench.offered(), [first, second, first]);
    }
}

#[test]
fn presence_pends_until_work_is_done() {
    let mut bench = Bench::new(center());
    bench.sign_in("ana");
    call(&mut bench, "call-1");
    connect(&mut bench);
    bench.does(CommandBody::SetPresence { agent: key("ana"), ready: false, reason: None });
    call(&mut bench, "call-2");
    let _ = bench.hangs_up("pbx", "call-1");
    assert_eq!(activity(&bench), Activity::WrapUp);
    let engagement = bench.engagement();
    bench.does(CommandBody::FinishWrapUp { engagement, disposition: None });
    assert_eq!(activity(&bench), Activity::NotReady(None));
    bench.does(CommandBody::SetPresence { agent: key("ana"), ready: true, reason: None });
    assert_eq!(activity(&bench), Activity::Alerting);
    let phases = bench
        .events()
        .filter(|e| {
            matches!(
                e,
                Event::Engagement(EngagementEvent::PhaseChanged { phase: Phase::Active, .. })
            )
        })
        .count();
    assert_eq!(phases, 1);
}

#[test]
fn a_forced_sign_out_returns_what_rings_and_ends_what_runs() {
    let mut bench = Bench::new(center());
    bench.sign_in("ana");
    call(&mut bench, "call-1");
    bench.does(CommandBody::SignOut { agent: key("ana"), force: true });
    assert_eq!(activity(&bench), Activity::SignedOut);
    bench.sign_in("ben");
    connect(&mut bench);
    bench.does(CommandBody::SignOut { agent: key("ben"), force: true });
    assert_eq!(activity(&bench), Activity::SignedOut);
    assert!(
        bench.events().any(|e| matches!(e, Event::Interaction(InteractionEvent::Closed { .. })))
    );
}

/// When the latest record's facts happened.
fn happened(bench: &Bench) -> switchboard::time::Timestamp {
    let record = bench.records.last().expect("a record");
    record.timed_events().next().expect("an event").0
}

#[test]
fn a_fact_never_lies_before_an_earlier_one() {
    let mut bench = Bench::new(
        Center::builder()
            .queue("q", Queue::new())
            .entry_point("main", EntryPoint::voice("100").to_queue("q"))
            .agent("ana", Agent::new("Ana"))
            .build()
            .unwrap(),
    );
    bench.sign_in("ana");
    let _ = bench.call("app", "call-1", "100");
    bench.seconds(5);
    let offer = bench.offer();
    bench.does(CommandBody::AcceptOffer { offer });
    let answered = bench.now;
    bench.seconds(2);
    let told = bench.now;
    bench.now = answered - Duration::from_secs(3);
    let leg = LegRef::External(switchboard::id::ExternalRef::new("call-1").unwrap());
    let report = switchboard::message::HostReport::new(
        key("app"),
        99,
        bench.now,
        HostEvent::ended(leg, EndCause::default()),
    );
    bench.now = told;
    let _ = bench.input(report);
    assert_eq!(happened(&bench), answered, "bounded by the answer");
    assert!(bench.last_events().iter().any(|event| matches!(
        event,
        Event::Shard(switchboard::message::ShardEvent::TimeBounded { .. })
    )));
}

#[test]
fn a_fact_does_not_lie_after_now() {
    let mut bench = Bench::new(center());
    bench.seconds(10);
    let (now, reported) = (bench.now, bench.now + Duration::from_secs(60));
    let call = HostEvent::call(ExternalRef::new("call-1").unwrap(), "100");
    let _ = bench.report_at(reported, "pbx", call);
    assert_eq!(happened(&bench), now);
    let bounded =
        Event::Shard(switchboard::message::ShardEvent::TimeBounded { reported, taken: now });
    assert!(bench.last_events().contains(&bounded), "{:?}", bench.last_events());
    let since = bench.events().find_map(|event| match event {
        Event::Request(RequestEvent::Opened(opened)) => Some(opened.customer_wait_since),
        _ => None,
    });
    assert_eq!(since, Some(now));
}

#[test]
fn an_operation_is_not_done_before_it_was_asked_for() {
    let mut bench = Bench::new(center());
    bench.sign_in("ana");
    call(&mut bench, "call-1");
    bench.seconds(3);
    let leg = LegRef::Ours(bench.ringing_leg());
    let _ = bench.report("pbx", HostEvent::answered(leg, AnsweredBy::Human));
    let answered = bench.now;
    accept_all(&mut bench);
    let is_bridge = |e: &&switchboard::message::Effect| matches!(e.kind, EffectKind::Bridge { .. });
    let op = bench.effects.iter().rev().find(is_bridge).unwrap().id;
    let report = switchboard::message::HostReport::new(
        key("pbx"),
        99,
        answered - Duration::from_mins(1),
        HostEvent::OpDone { op },
    );
    let _ = bench.input(report);
    assert_eq!(happened(&bench), answered);
}

#[test]
fn the_next_deadline_is_told_by_the_clock_of_the_host() {
    let mut bench = Bench::new(
        Center::builder()
            .queue("q", Queue::new().max_wait(Duration::from_secs(60)))
            .entry_point("main", EntryPoint::voice("100").to_queue("q"))
            .build()
            .unwrap(),
    );
    bench.now = bench.now - Duration::from_mins(1);
    let _ = bench.call("app", "call-1", "100");
    let expected = bench.now + Duration::from_secs(60);
    assert_eq!(bench.engine.next_deadline(), Some(expected));
}
