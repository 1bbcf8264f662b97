//! Transfers that an agent asks for with the buttons of the phone.

use crate::support::{Bench, key};
use switchboard::id::{EngagementId, LegId};
use switchboard::message::{
    CommandBody, Destination, EffectKind, EngagementEvent, Event, HostEvent, LegEvent, LegRef,
    Party, Personal, ReferAnswer, RequestEvent, TransferEvent, TransferKind, TransferResult,
};
use switchboard::model::{Agent, Center, EntryPoint, Flow, Host, Queue, Skill, WrapUpMode};
use switchboard::time::Duration;

fn center() -> Center {
    let wraps = || Queue::new().wrap_up(WrapUpMode::Optional, Duration::from_mins(5));
    Center::builder()
        .host("pbx", Host::new("PBX"))
        .flow("menu", Flow::new("Menu"))
        .skill("sales", Skill::new("Sales"))
        .skill("advice", Skill::new("Advice"))
        .queue("sales", wraps().requires("sales", 1))
        .queue("advice", wraps().requires("advice", 1))
        .entry_point("main", EntryPoint::voice("100").to_queue("sales"))
        .entry_point("menu", EntryPoint::voice("300").to_flow("menu"))
        .entry_point("experts", EntryPoint::voice("200").to_queue("advice"))
        .agent("ana", Agent::new("Ana").skill("sales", 1).phone("pbx", "1"))
        .agent("ben", Agent::new("Ben").skill("advice", 1).phone("pbx", "2"))
        .build()
        .unwrap()
}

/// Ana talks to a customer; her phone's leg.
fn talking() -> (Bench, EngagementId, LegId) {
    let mut bench = Bench::new(center());
    bench.sign_in("ana");
    bench.sign_in("ben");
    let _ = bench.call("pbx", "call-1", "100");
    bench.joins("pbx");
    bench.seconds(30);
    let (part, leg) = (bench.engagement(), bench.ringing_leg());
    (bench, part, leg)
}

fn refers(bench: &mut Bench, leg: LegRef, to: &str, replaces: Option<LegRef>) {
    let to = Personal::Clear(to.to_owned());
    let _ = bench.report("pbx", HostEvent::ReferRequested { leg, to, replaces });
    bench.accept_all();
}

/// What the phone was told, in order.
fn told(bench: &Bench) -> Vec<ReferAnswer> {
    bench
        .effects
        .iter()
        .filter_map(|effect| match &effect.kind {
            EffectKind::AnswerRefer { answer, .. } => Some(*answer),
            _ => None,
        })
        .collect()
}

fn handed_to(bench: &Bench) -> Option<(TransferKind, Party)> {
    bench.events().find_map(|event| match event {
        Event::Transfer(TransferEvent::Started { kind, to, .. }) => Some((*kind, to.clone())),
        _ => None,
    })
}

fn wraps_up(bench: &Bench, part: EngagementId) -> bool {
    bench.events().any(|event| {
        matches!(event, Event::Engagement(EngagementEvent::WrapUpStarted { id, .. }) if *id == part)
    })
}

const DECLINED: ReferAnswer = ReferAnswer::Refused { sip: 603 };

#[test]
fn a_number_of_ours_is_the_queue_behind_it() {
    let (mut bench, part, leg) = talking();
    refers(&mut bench, LegRef::Ours(leg), "200", None);
    assert!(matches!(handed_to(&bench), Some((TransferKind::Blind, Party::Queue(_)))));
    assert!(wraps_up(&bench, part));
    assert_eq!(told(&bench), [ReferAnswer::Accepted, ReferAnswer::Completed]);
    let order: Vec<_> = bench
        .effects
        .iter()
        .filter_map(|effect| match &effect.kind {
            EffectKind::AnswerRefer { .. } => Some("answer"),
            EffectKind::Hangup { leg: to, .. } if to.leg == leg => Some("hangup"),
            _ => None,
        })
        .collect();
    assert_eq!(order, ["answer", "answer", "hangup"], "told before it is hung up");
}

#[test]
fn a_phone_asks_for_nothing_before_its_agent_was_with_the_customer() {
    let (mut bench, _, leg) = talking();
    let (leg, to) = (LegRef::Ours(leg), Personal::Clear("200".to_owned()));
    let early = bench.now - Duration::from_mins(5);
    let refer = HostEvent::ReferRequested { leg, to, replaces: None };
    let _ = bench.report_at(early, "pbx", refer);
    let waits = bench.events().filter_map(|event| match event {
        Event::Request(RequestEvent::Opened(opened)) => Some(opened.queue_entered_at),
        _ => None,
    });
    let waits: Vec<_> = waits.collect();
    assert_eq!(waits.len(), 2);
    assert!(waits[1] >= waits[0], "no time counts twice: {waits:?}");
}

#[test]
fn a_phone_asks_for_nothing_while_its_agent_is_being_joined_with_the_customer() {
    let mut bench = Bench::new(center());
    bench.sign_in("ana");
    let _ = bench.call("pbx", "call-1", "100");
    bench.accept_all();
    bench.picks_up("pbx");
    let leg = LegRef::Ours(bench.ringing_leg());
    refers(&mut bench, leg, "200", None);
    assert_eq!(told(&bench), [DECLINED]);
}

#[test]
fn the_phone_of_an_agent_is_that_agent() {
    let (mut bench, _, leg) = talking();
    refers(&mut bench, LegRef::Ours(leg), "2", None);
    assert!(matches!(handed_to(&bench), Some((TransferKind::Blind, Party::Agent(_)))));
}

#[test]
fn any_other_number_is_outside_and_the_phone_hears_how_it_went() {
    for (result, answer, leaves) in [
        (TransferResult::Completed, ReferAnswer::Completed, true),
        (TransferResult::Busy, ReferAnswer::Refused { sip: 486 }, false),
    ] {
        let (mut bench, part, leg) = talking();
        refers(&mut bench, LegRef::Ours(leg), "+49 40 1", None);
        assert!(matches!(handed_to(&bench), Some((TransferKind::Blind, Party::External(_)))));
        assert_eq!(told(&bench), [ReferAnswer::Accepted], "nothing has come of it yet");
        let sends = |kind: &EffectKind| matches!(kind, EffectKind::BlindTransfer { .. });
        let op = bench.op(sends);
        let sip = if leaves { 0 } else { 486 };
        let _ = bench.report("pbx", HostEvent::TransferDone { op, result, sip });
        bench.accept_all();
        assert_eq!(told(&bench), [ReferAnswer::Accepted, answer]);
        assert_eq!(wraps_up(&bench, part), leaves);
        let ends =
            bench.events().filter(|event| matches!(event, Event::Leg(LegEvent::ReferEnded { .. })));
        assert_eq!(ends.count(), 1);
    }
}

#[test]
fn the_leg_of_who_is_consulted_completes_the_consult() {
    let (mut bench, part, leg) = talking();
    let to = Destination::Queue(key("advice"));
    bench.does(CommandBody::Consult { engagement: part, to });
    bench.accept_all();
    bench.joins("pbx");
    let bens = bench.ringing_leg();
    refers(&mut bench, LegRef::Ours(leg), "2", Some(LegRef::Ours(leg)));
    assert_eq!(told(&bench), [DECLINED], "its own leg");
    refers(&mut bench, LegRef::Ours(leg), "2", None);
    assert_eq!(told(&bench), [DECLINED; 2], "in a consult nobody is handed on blindly");
    refers(&mut bench, LegRef::Ours(leg), "2", Some(LegRef::Ours(bens)));
    assert!(matches!(handed_to(&bench), Some((TransferKind::Attended, Party::Agent(_)))));
    bench.done("pbx", |kind| matches!(kind, EffectKind::CompleteConsult { .. }));
    bench.accept_all();
    assert!(wraps_up(&bench, part));
    assert_eq!(told(&bench)[2..], [ReferAnswer::Accepted, ReferAnswer::Completed]);
}

#[test]
fn a_consult_that_cannot_be_completed_is_said_to_have_failed() {
    let (mut bench, part, leg) = talking();
    let to = Destination::Queue(key("advice"));
    bench.does(CommandBody::Consult { engagement: part, to });
    bench.accept_all();
    bench.joins("pbx");
    let bens = bench.ringing_leg();
    refers(&mut bench, LegRef::Ours(leg), "2", Some(LegRef::Ours(bens)));
    let completes = |kind: &EffectKind| matches!(kind, EffectKind::CompleteConsult { .. });
    let op = bench.op(completes);
    let error = switchboard::message::HostError::Rejected;
    let _ = bench.report("pbx", HostEvent::OpFailed { op, error });
    bench.accept_all();
    assert_eq!(told(&bench), [ReferAnswer::Accepted, DECLINED]);
    assert!(!wraps_up(&bench, part));
}

#[test]
fn a_customers_phone_sends_nobody_anywhere() {
    let (mut bench, _, _) = talking();
    let customer = switchboard::id::ExternalRef::new("call-1").unwrap();
    refers(&mut bench, LegRef::External(customer), "200", None);
    assert_eq!(told(&bench), [DECLINED]);
    assert_eq!(handed_to(&bench), None);
}

#[test]
fn who_is_in_a_transfer_or_asks_for_oneself_is_refused() {
    let (mut bench, _, leg) = talking();
    refers(&mut bench, LegRef::Ours(leg), "1", None);
    assert_eq!(told(&bench), [DECLINED], "Ana's own phone");
    refers(&mut bench, LegRef::Ours(leg), "", None);
    assert_eq!(told(&bench), [DECLINED; 2], "nobody");
    refers(&mut bench, LegRef::Ours(leg), "+49 40 1", None);
    refers(&mut bench, LegRef::Ours(leg), "200", None);
    assert_eq!(told(&bench)[2..], [ReferAnswer::Accepted, DECLINED], "already in a transfer");
}

#[test]
fn a_phone_that_has_asked_for_nothing_is_told_nothing() {
    let (mut bench, engagement, _) = talking();
    let to = Destination::External(Personal::Clear("+49 40 1".into()));
    bench.does(CommandBody::Transfer { engagement, to, boost: None, fallback: None });
    bench.accept_all();
    let op = bench.op(|kind| matches!(kind, EffectKind::BlindTransfer { .. }));
    let result = TransferResult::Busy;
    let _ = bench.report("pbx", HostEvent::TransferDone { op, result, sip: 486 });
    assert_eq!(told(&bench), []);
}

#[test]
fn nobody_is_left_behind_by_the_buttons_of_a_phone() {
    let (mut bench, _, leg) = talking();
    let interaction = bench.interaction();
    let to = Destination::Queue(key("advice"));
    bench.does(CommandBody::AddParticipant { interaction, to });
    bench.joins("pbx");
    refers(&mut bench, LegRef::Ours(leg), "200", None);
    assert_eq!(told(&bench), [DECLINED]);
}

#[test]
fn the_leg_of_who_is_asked_outside_completes_the_consult_once_it_has_answered() {
    let (mut bench, engagement, leg) = talking();
    let to = Destination::External(Personal::Clear("+49 40 1".into()));
    bench.does(CommandBody::Consult { engagement, to });
    bench.accept_all();
    let theirs = LegRef::Ours(bench.ringing_leg());
    refers(&mut bench, LegRef::Ours(leg), "+49 40 1", Some(theirs.clone()));
    assert_eq!(told(&bench), [DECLINED], "it rings");
    bench.joins("pbx");
    refers(&mut bench, LegRef::Ours(leg), "+49 40 1", Some(theirs));
    assert_eq!(told(&bench)[1..], [ReferAnswer::Accepted]);
    assert!(matches!(handed_to(&bench), Some((TransferKind::Attended, Party::External(_)))));
}

#[test]
fn a_number_of_ours_that_leads_to_a_flow_is_nowhere_to_send_a_customer() {
    let (mut bench, _, leg) = talking();
    refers(&mut bench, LegRef::Ours(leg), "300", None);
    assert_eq!(told(&bench), [DECLINED]);
}
