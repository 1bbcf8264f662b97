//! Handing a customer on without asking: to a queue, to an agent, outside; and back when that fails.

use crate::support::{Bench, key};
use switchboard::id::EngagementId;
use switchboard::message::{
    AbandonPhase, CommandBody, ContextEntry, Destination, EffectKind, EngagementEvent, Event,
    FlowOutReason, HostEvent, InteractionEvent, Outcome, Personal, Receipt, RequestCause, Target,
    TransferEvent, TransferFailure, TransferResult,
};
use switchboard::model::{Agent, Center, Change, EntryPoint, Host, Queue, Skill, WrapUpMode};
use switchboard::time::Duration;

fn center() -> Center {
    let wraps = || Queue::new().wrap_up(WrapUpMode::Optional, Duration::from_mins(5));
    Center::builder()
        .host("pbx", Host::new("PBX"))
        .skill("sales", Skill::new("Sales"))
        .skill("billing", Skill::new("Billing"))
        .queue("sales", wraps().requires("sales", 1))
        .queue("billing", wraps().requires("billing", 1))
        .queue("anybody", wraps())
        .entry_point("main", EntryPoint::voice("100").to_queue("sales"))
        .agent("ana", Agent::new("Ana").skill("sales", 1).phone("pbx", "1"))
        .agent("ben", Agent::new("Ben").skill("billing", 1).phone("pbx", "2"))
        .agent("cem", Agent::new("Cem").phone("pbx", "3").coverage_queue("billing"))
        .build()
        .unwrap()
}

/// A customer talks to Ana.
fn talking() -> (Bench, EngagementId) {
    talking_in(center())
}

fn talking_in(center: Center) -> (Bench, EngagementId) {
    let mut bench = Bench::new(center);
    bench.sign_in("ana");
    comes_in(&mut bench);
    bench.seconds(10);
    bench.joins("pbx");
    bench.seconds(60);
    let engagement = bench.engagement();
    (bench, engagement)
}

/// A call comes in and is taken up.
fn comes_in(bench: &mut Bench) {
    let _ = bench.call("pbx", "call-1", "100");
    bench.accept_all();
    bench.done("pbx", |kind| matches!(kind, EffectKind::Answer { .. }));
}

fn hands_on(bench: &mut Bench, engagement: EngagementId, to: Destination) -> Receipt {
    bench.command(CommandBody::Transfer { engagement, to, boost: None, fallback: None })
}

/// The same, with a queue that takes the customer if all else fails.
fn hands_on_or_else(bench: &mut Bench, engagement: EngagementId, to: Destination) {
    let fallback = Some(key("anybody"));
    bench.does(CommandBody::Transfer { engagement, to, boost: None, fallback });
}

fn outside() -> Destination {
    Destination::External(Personal::Clear("+49 30 1".into()))
}

fn transfers(bench: &Bench) -> Vec<&'static str> {
    bench
        .events()
        .filter_map(|event| match event {
            Event::Transfer(event) => Some(match event {
                TransferEvent::Started { .. } => "started",
                TransferEvent::Progressed { .. } => "progressed",
                TransferEvent::Completed { .. } => "completed",
                TransferEvent::Failed { .. } => "failed",
                TransferEvent::Recalled { .. } => "recalled",
                TransferEvent::FellBack { .. } => "fell back",
                _ => "asked",
            }),
            _ => None,
        })
        .collect()
}

fn failure(bench: &Bench) -> Option<TransferFailure> {
    bench.events().rev().find_map(|event| match event {
        Event::Transfer(TransferEvent::Failed { reason, .. }) => Some(*reason),
        _ => None,
    })
}

fn wraps_up(bench: &Bench) -> usize {
    bench
        .events()
        .filter(|event| matches!(event, Event::Engagement(EngagementEvent::WrapUpStarted { .. })))
        .count()
}

#[test]
fn a_transfer_keeps_the_place_and_the_wait_of_the_customer() {
    let (mut bench, ana) = talking();
    let receipt = hands_on(&mut bench, ana, Destination::Queue(key("billing")));
    assert!(matches!(receipt, Receipt::Recorded(_)), "{receipt:?}");
    let [first, second] = bench.requests_opened().try_into().unwrap();
    assert_eq!(second.cause, RequestCause::Transfer);
    assert_eq!(second.parent, Some(first.id));
    assert_eq!(second.attempt, first.attempt + 1);
    assert_eq!(second.order_at, first.order_at);
    assert_eq!(second.customer_wait_since, first.customer_wait_since);
    assert!(second.queue_entered_at > first.queue_entered_at);
}

#[test]
fn whoever_hands_on_wraps_up_and_so_does_whoever_takes_over() {
    let (mut bench, ana) = talking();
    let _ = hands_on(&mut bench, ana, Destination::Queue(key("billing")));
    assert_eq!(wraps_up(&bench), 1);
    bench.sign_in("ben");
    bench.joins("pbx");
    assert_eq!(transfers(&bench), ["started", "completed"]);
    let _ = bench.hangs_up("pbx", "call-1");
    assert_eq!(wraps_up(&bench), 2, "each handler has an own wrap-up");
}

#[test]
fn a_customer_who_is_handed_on_leaves_the_hold_and_the_talk() {
    let (mut bench, engagement) = talking();
    bench.does(CommandBody::Hold { engagement });
    let _ = hands_on(&mut bench, engagement, Destination::Queue(key("billing")));
    bench.accept_all();
    assert_eq!(bench.handed_out(|kind| matches!(kind, EffectKind::Unhold { .. })), 1);
    assert_eq!(bench.handed_out(|kind| matches!(kind, EffectKind::Unbridge { .. })), 1);
}

#[test]
fn an_agent_is_waited_for_shorter_than_a_queue() {
    let deadline = |to| {
        let (mut bench, ana) = talking();
        bench.sign_in("cem");
        bench.does(CommandBody::SetPresence { agent: key("cem"), ready: false, reason: None });
        let _ = hands_on(&mut bench, ana, to);
        let started = bench.events().find_map(|event| match event {
            Event::Transfer(TransferEvent::Started { deadline, .. }) => Some(*deadline),
            _ => None,
        });
        started.unwrap().since(bench.now)
    };
    assert_eq!(deadline(Destination::Agent(key("cem"))), Duration::from_secs(60));
    assert_eq!(deadline(Destination::Queue(key("billing"))), Duration::from_mins(30));
}

#[test]
fn one_wait_ends_before_the_recall_begins_at_the_same_place() {
    let (mut bench, ana) = talking();
    let _ = hands_on(&mut bench, ana, Destination::Queue(key("billing")));
    bench.seconds(30 * 60);
    let timed_out = Outcome::FlowedOut { reason: FlowOutReason::MaxWait, to: None };
    assert!(bench.outcomes().contains(&timed_out), "{:?}", bench.outcomes());
    let waits = bench.requests_opened();
    let recall = waits.iter().find(|wait| wait.cause == RequestCause::Recall).unwrap();
    assert_eq!(recall.order_at, waits[0].order_at);
    assert_eq!(recall.customer_wait_since, waits[0].customer_wait_since);
}

/// A customer who talks to Ana and Cem.
fn with_cem() -> (Bench, EngagementId, EngagementId) {
    let (mut bench, ana) = talking();
    bench.sign_in("cem");
    let interaction = bench.interaction();
    bench.does(CommandBody::AddParticipant { interaction, to: Destination::Agent(key("cem")) });
    bench.joins("pbx");
    let cem = bench.engagement();
    assert_ne!(cem, ana);
    (bench, ana, cem)
}

#[test]
fn whoever_meets_the_customer_too_is_not_left_behind() {
    let (mut bench, ana, cem) = with_cem();
    let to = || Destination::Queue(key("billing"));
    assert!(matches!(hands_on(&mut bench, ana, to()), Receipt::Rejected { .. }));
    bench.does(CommandBody::HangUp { engagement: cem });
    assert_eq!(wraps_up(&bench), 1, "who wraps up meets nobody");
    assert!(matches!(hands_on(&mut bench, ana, to()), Receipt::Recorded(_)));
}

#[test]
fn nobody_who_is_asked_or_called_is_left_behind() {
    let to = || Destination::Queue(key("billing"));
    let (mut bench, ana) = talking();
    let interaction = bench.interaction();
    bench.does(CommandBody::AddParticipant { interaction, to: to() });
    assert!(matches!(hands_on(&mut bench, ana, to()), Receipt::Rejected { .. }), "asked");
    let (mut bench, ana) = talking();
    bench.does(CommandBody::AddParticipant { interaction: bench.interaction(), to: outside() });
    assert!(matches!(hands_on(&mut bench, ana, to()), Receipt::Rejected { .. }), "called");
    bench.joins("pbx");
    assert!(matches!(hands_on(&mut bench, ana, to()), Receipt::Rejected { .. }), "there");
}

#[test]
fn the_transferor_is_not_offered_the_customer() {
    let (mut bench, ana) = talking();
    bench.does(CommandBody::SetPresence { agent: key("ana"), ready: true, reason: None });
    let _ = hands_on(&mut bench, ana, Destination::Queue(key("anybody")));
    bench.does(CommandBody::FinishWrapUp { engagement: ana, disposition: None });
    let offers = bench.offered().len();
    bench.seconds(60);
    assert_eq!(bench.offered().len(), offers, "Ana alone is there, and she is not asked");
    bench.sign_in("cem");
    assert_eq!(bench.offered().len(), offers + 1);
}

#[test]
fn the_transferor_is_not_offered_the_customer_when_the_time_is_up() {
    let (mut bench, ana) = talking();
    let _ = hands_on(&mut bench, ana, Destination::Queue(key("anybody")));
    let request = *bench.requests().last().unwrap();
    bench.does(CommandBody::FinishWrapUp { engagement: ana, disposition: None });
    bench.seconds(30 * 60);
    assert_eq!(failure(&bench), Some(TransferFailure::TimedOut));
    assert!(!bench.offered().contains(&request), "she is recalled instead");
}

#[test]
fn a_boost_moves_the_customer_forward() {
    let (mut bench, engagement) = talking();
    bench.does(CommandBody::Transfer {
        engagement,
        to: Destination::Queue(key("billing")),
        boost: Some(Duration::from_secs(90)),
        fallback: None,
    });
    assert_eq!(bench.requests_opened()[1].boost, Duration::from_secs(90));
}

#[test]
fn a_transfer_to_a_queue_that_takes_nobody_recalls_the_transferor() {
    let (mut bench, ana) = talking();
    bench.does(CommandBody::SwitchQueue {
        queue: key("billing"),
        switch: switchboard::message::Switch::Closed,
        until: None,
    });
    let _ = hands_on(&mut bench, ana, Destination::Queue(key("billing")));
    assert_eq!(failure(&bench), Some(TransferFailure::Refused));
    let recall = bench.requests_opened().pop().unwrap();
    assert_eq!(recall.cause, RequestCause::Recall);
    assert!(matches!(&recall.target, Target::Agents(agents) if agents.len() == 1));
    bench.does(CommandBody::FinishWrapUp { engagement: ana, disposition: None });
    bench.joins("pbx");
    assert_eq!(transfers(&bench), ["started", "failed", "recalled"]);
}

#[test]
fn a_transfer_that_nobody_answers_in_time_recalls_then_falls_back() {
    let (mut bench, engagement) = talking();
    hands_on_or_else(&mut bench, engagement, Destination::Queue(key("billing")));
    bench.seconds(30 * 60);
    assert_eq!(failure(&bench), Some(TransferFailure::TimedOut));
    // Ana is called back and does not answer; the wait at her ends, and the fallback takes over.
    bench.seconds(120);
    assert_eq!(transfers(&bench), ["started", "failed", "fell back"]);
    bench.sign_in("cem");
    bench.joins("pbx");
    assert!(matches!(bench.outcomes().last(), Some(Outcome::Answered { .. })));
}

#[test]
fn a_transferor_who_has_left_is_not_waited_for() {
    let (mut bench, engagement) = talking();
    hands_on_or_else(&mut bench, engagement, Destination::Queue(key("billing")));
    bench.does(CommandBody::SignOut { agent: key("ana"), force: true });
    bench.seconds(30 * 60);
    assert_eq!(transfers(&bench), ["started", "failed", "fell back"]);
    let causes: Vec<_> = bench.requests_opened().iter().map(|opened| opened.cause).collect();
    assert_eq!(causes.last(), Some(&RequestCause::Overflow));
}

#[test]
fn a_customer_who_leaves_meanwhile_has_abandoned() {
    let (mut bench, ana) = talking();
    let _ = hands_on(&mut bench, ana, Destination::Queue(key("billing")));
    let _ = bench.hangs_up("pbx", "call-1");
    assert_eq!(failure(&bench), Some(TransferFailure::CustomerGone));
    let abandoned = Outcome::Abandoned { phase: AbandonPhase::Waiting, short: false };
    assert_eq!(bench.outcomes().last(), Some(&abandoned));
    bench.seconds(3600);
    assert_eq!(transfers(&bench).len(), 2, "nobody is recalled");
}

#[test]
fn a_named_agent_is_waited_for_then_covered() {
    let mut center = center();
    center.policies.direct_wait = Duration::from_secs(20);
    let (mut bench, ana) = talking_in(center);
    bench.sign_in("cem");
    bench.does(CommandBody::SetPresence { agent: key("cem"), ready: false, reason: None });
    let _ = hands_on(&mut bench, ana, Destination::Agent(key("cem")));
    let direct = bench.requests_opened().pop().unwrap();
    assert!(matches!(&direct.target, Target::Agents(agents) if agents.len() == 1));
    bench.seconds(19);
    assert_eq!(bench.requests_opened().len(), 2);
    bench.seconds(1);
    let covered = bench.requests_opened().pop().unwrap();
    let (reason, to) = (FlowOutReason::Coverage, Some(covered.home_queue));
    assert_eq!(bench.outcomes().last(), Some(&Outcome::FlowedOut { reason, to }));
    assert_eq!(covered.parent, Some(direct.id));
    assert_eq!(covered.order_at, bench.requests_opened()[0].order_at);
    assert_eq!(covered.customer_wait_since, direct.customer_wait_since);
    bench.sign_in("ben");
    assert_eq!(bench.offered().last(), Some(&covered.id), "of the queue that stands in for Cem");
}

#[test]
fn what_is_known_of_the_matter_goes_along_with_the_customer() {
    let (mut bench, ana) = talking();
    let conversation = bench.engine.customer(bench.interaction(), bench.now).unwrap().conversation;
    let entries = vec![ContextEntry {
        key: key("invoice"),
        value: Personal::Clear("2026-117".into()),
        source: key("agent"),
        at: bench.now,
        sensitive: false,
    }];
    bench.does(CommandBody::SetContext { conversation, entries: entries.clone() });
    let _ = hands_on(&mut bench, ana, Destination::Queue(key("billing")));
    bench.sign_in("ben");
    let shown = bench.effects.iter().rev().find_map(|effect| match &effect.kind {
        EffectKind::PresentOffer { context, .. } => Some(context.clone()),
        _ => None,
    });
    assert_eq!(shown, Some(entries));
}

#[test]
fn a_named_agent_who_is_signed_out_is_covered_at_once() {
    let (mut bench, ana) = talking();
    bench.sign_in("ben");
    let _ = hands_on(&mut bench, ana, Destination::Agent(key("cem")));
    bench.joins("pbx");
    assert_eq!(transfers(&bench), ["started", "completed"], "Ben stands in for Cem");
}

#[test]
fn a_named_agent_who_signs_out_sends_those_who_wait_on() {
    let (mut bench, ana) = talking();
    bench.sign_in("ben");
    bench.sign_in("cem");
    bench.does(CommandBody::SetPresence { agent: key("cem"), ready: false, reason: None });
    let _ = hands_on(&mut bench, ana, Destination::Agent(key("cem")));
    let offers = bench.offered().len();
    bench.does(CommandBody::SignOut { agent: key("cem"), force: false });
    assert_eq!(bench.offered().len(), offers + 1, "Ben is asked in the same step");
}

#[test]
fn a_named_agent_takes_the_customer_without_the_skill_of_the_queue() {
    let (mut bench, ana) = talking();
    bench.sign_in("cem");
    let _ = hands_on(&mut bench, ana, Destination::Agent(key("cem")));
    bench.joins("pbx");
    assert_eq!(transfers(&bench), ["started", "completed"]);
}

#[test]
fn a_customer_sent_outside_is_with_the_agent_until_that_has_succeeded() {
    let (mut bench, ana) = talking();
    let _ = hands_on(&mut bench, ana, outside());
    bench.accept_all();
    assert_eq!(wraps_up(&bench), 0);
    let op = sent(&bench);
    let _ = bench.report("pbx", HostEvent::TransferProgress { op, sip: 180 });
    let result = TransferResult::Busy;
    let _ = bench.report("pbx", HostEvent::TransferDone { op, result, sip: 486 });
    assert_eq!(failure(&bench), Some(TransferFailure::Busy));
    assert_eq!(wraps_up(&bench), 0, "customer and agent are together as before");
    let _ = hands_on(&mut bench, ana, outside());
    bench.accept_all();
    let (op, result) = (sent(&bench), TransferResult::Completed);
    let _ = bench.report("pbx", HostEvent::TransferDone { op, result, sip: 200 });
    assert_eq!(transfers(&bench), ["started", "progressed", "failed", "started", "completed"]);
    assert_eq!(wraps_up(&bench), 1);
}

fn sent(bench: &Bench) -> switchboard::id::EffectId {
    let of = |kind: &EffectKind| matches!(kind, EffectKind::BlindTransfer { .. });
    bench.effects.iter().rev().find(|effect| of(&effect.kind)).expect("a transfer").id
}

#[test]
fn a_transfer_outside_that_is_not_heard_of_has_failed() {
    let (mut bench, ana) = talking();
    let _ = hands_on(&mut bench, ana, outside());
    bench.accept_all();
    bench.seconds(60);
    assert_eq!(failure(&bench), Some(TransferFailure::Failed));
}

#[test]
fn a_host_that_sends_a_customer_outside_knows_where_to_fall_back_to() {
    let (mut bench, ana) = talking();
    let _ = hands_on(&mut bench, ana, outside());
    let mut bridges = bench.effects.iter().rev().filter_map(|effect| match &effect.kind {
        EffectKind::Bridge { bridge, .. } => Some(*bridge),
        _ => None,
    });
    let joined = bridges.next();
    let fallback = bench.effects.iter().find_map(|effect| match &effect.kind {
        EffectKind::BlindTransfer { fallback, .. } => Some(*fallback),
        _ => None,
    });
    assert!(joined.is_some());
    assert_eq!(fallback, Some(joined));
}

#[test]
fn a_transfer_that_is_refused_outside_is_told_so() {
    let (mut bench, ana) = talking();
    let _ = hands_on(&mut bench, ana, outside());
    bench.accept_all();
    let (op, result) = (sent(&bench), TransferResult::Refused);
    let _ = bench.report("pbx", HostEvent::TransferDone { op, result, sip: 603 });
    assert_eq!(failure(&bench), Some(TransferFailure::Refused));
}

#[test]
fn without_a_fallback_a_customer_whom_nobody_takes_is_let_go() {
    let (mut bench, engagement) = talking();
    let _ = hands_on(&mut bench, engagement, outside());
    bench.accept_all();
    bench.does(CommandBody::HangUp { engagement });
    let (op, result) = (sent(&bench), TransferResult::NoAnswer);
    let _ = bench.report("pbx", HostEvent::TransferDone { op, result, sip: 480 });
    let ended = |event: &Event| matches!(event, Event::Interaction(InteractionEvent::Ended { .. }));
    assert!(bench.events().any(ended));
}

#[test]
fn a_transferor_who_left_before_it_failed_leaves_the_customer_to_the_fallback() {
    let (mut bench, engagement) = talking();
    hands_on_or_else(&mut bench, engagement, outside());
    bench.accept_all();
    bench.does(CommandBody::HangUp { engagement });
    let (op, result) = (sent(&bench), TransferResult::NoAnswer);
    let _ = bench.report("pbx", HostEvent::TransferDone { op, result, sip: 480 });
    assert_eq!(transfers(&bench), ["started", "failed", "fell back"]);
    let waits = bench.requests_opened();
    assert_eq!(waits[1].order_at, waits[0].order_at, "at the place of the first wait");
    bench.sign_in("cem");
    bench.joins("pbx");
    assert!(matches!(bench.outcomes().last(), Some(Outcome::Answered { .. })));
}

#[test]
fn a_request_moves_to_another_queue_at_its_place() {
    let mut bench = Bench::new(center());
    comes_in(&mut bench);
    bench.seconds(30);
    bench.sign_in("ben");
    let request = bench.requests()[0];
    bench.does(CommandBody::MoveRequest { request, queue: key("billing") });
    let [first, second] = bench.requests_opened().try_into().unwrap();
    assert_eq!((second.cause, second.order_at), (RequestCause::Moved, first.order_at));
    assert!(bench.try_offer().is_some(), "Ben serves billing");
}

#[test]
fn an_assigned_request_waits_for_that_agent_then_goes_on() {
    let mut bench = Bench::new(center());
    bench.sign_in("ben");
    bench.sign_in("cem");
    comes_in(&mut bench);
    assert!(bench.try_offer().is_none());
    let request = bench.requests()[0];
    bench.does(CommandBody::AssignRequest { request, agent: key("cem") });
    assert!(bench.try_offer().is_some(), "Cem is asked at once, though without the skill");
    bench.does(CommandBody::SetPresence { agent: key("cem"), ready: false, reason: None });
    bench.seconds(61);
    let last = bench.offered().pop().unwrap();
    assert_ne!(last, request, "Ben has what stands in for Cem asks for");
}

#[test]
fn an_agent_who_is_not_ready_picks_no_more_than_capacity_admits() {
    let mut bench = Bench::new(center());
    bench.sign_in("ana");
    bench.does(CommandBody::SetPresence { agent: key("ana"), ready: false, reason: None });
    bench.does(CommandBody::BeginOtherWork {
        agent: key("ana"),
        channel: switchboard::model::Channel::Task,
        reason: None,
    });
    let _ = bench.call("pbx", "call-1", "100");
    let request = bench.requests()[0];
    let receipt = bench.command(CommandBody::PullRequest { agent: key("ana"), request });
    let Receipt::Rejected { rejection, .. } = receipt else { panic!("{receipt:?}") };
    assert_eq!(rejection.reason, switchboard::message::RejectionReason::NoCapacity);
}

#[test]
fn an_agent_picks_a_request_out_of_a_queue() {
    let mut bench = Bench::new(center());
    bench.sign_in("ana");
    bench.does(CommandBody::SetPresence { agent: key("ana"), ready: false, reason: None });
    let _ = bench.call("pbx", "call-1", "100");
    let _ = bench.call("pbx", "call-2", "100");
    let second = bench.requests()[1];
    bench.does(CommandBody::PullRequest { agent: key("ana"), request: second });
    assert_eq!(bench.offered(), [second]);
    bench.joins("pbx");
    assert!(matches!(bench.outcomes()[..], [Outcome::Answered { .. }]));
}

#[test]
fn an_earlier_consult_does_not_change_the_place_of_the_customer() {
    let (mut bench, engagement) = talking();
    bench.sign_in("ben");
    bench.does(CommandBody::Consult { engagement, to: Destination::Queue(key("billing")) });
    bench.joins("pbx");
    bench.does(CommandBody::CancelConsult { engagement });
    bench.accept_all();
    let _ = hands_on(&mut bench, engagement, Destination::Queue(key("anybody")));
    let waits = bench.requests_opened();
    assert_eq!(waits[2].cause, RequestCause::Transfer);
    assert_eq!((waits[2].parent, waits[2].order_at), (Some(waits[0].id), waits[0].order_at));
}

#[test]
fn a_transfer_that_has_failed_fails_once() {
    let (mut bench, ana) = talking();
    let _ = hands_on(&mut bench, ana, Destination::Queue(key("billing")));
    bench.seconds(30 * 60);
    let _ = bench.hangs_up("pbx", "call-1");
    assert_eq!(transfers(&bench), ["started", "failed"]);
}

/// A customer talks to Ana, and is waited for ten seconds where she hands on to.
fn in_haste() -> (Bench, EngagementId) {
    let mut center = center();
    center.policies.queue_transfer_timeout = Duration::from_secs(10);
    talking_in(center)
}

#[test]
fn the_time_of_a_transfer_that_was_turned_away_is_over() {
    let (mut bench, ana) = in_haste();
    bench.does(CommandBody::SwitchQueue {
        queue: key("billing"),
        switch: switchboard::message::Switch::Closed,
        until: None,
    });
    let _ = hands_on(&mut bench, ana, Destination::Queue(key("billing")));
    let outcomes = bench.outcomes();
    bench.seconds(10);
    assert_eq!(transfers(&bench), ["started", "failed"]);
    assert_eq!(bench.outcomes(), outcomes, "the transferor is waited for still");
}

#[test]
fn the_time_of_one_transfer_does_not_end_the_next() {
    let (mut bench, ana) = in_haste();
    bench.sign_in("ben");
    let _ = hands_on(&mut bench, ana, Destination::Queue(key("billing")));
    bench.joins("pbx");
    let ben = bench.engagement();
    let _ = hands_on(&mut bench, ben, outside());
    bench.accept_all();
    bench.seconds(10);
    assert_eq!(transfers(&bench), ["started", "completed", "started"]);
}

#[test]
fn somebody_outside_is_waited_for_a_minute() {
    let (mut bench, ana) = talking();
    let _ = hands_on(&mut bench, ana, outside());
    let of = |kind: &EffectKind| matches!(kind, EffectKind::BlindTransfer { .. });
    let sent = bench.effects.iter().find(|effect| of(&effect.kind)).unwrap();
    assert_eq!(sent.deadline, bench.now + Duration::from_mins(1));
}

#[test]
fn a_recall_whose_queue_is_gone_is_not_begun_again() {
    let (mut bench, engagement) = talking();
    hands_on_or_else(&mut bench, engagement, Destination::Queue(key("billing")));
    bench.seconds(30 * 60);
    bench.configures(vec![Change::Queue { key: key("anybody"), to: None }]);
    bench.seconds(300);
    let ended = |event: &Event| matches!(event, Event::Interaction(InteractionEvent::Ended { .. }));
    assert_eq!(transfers(&bench), ["started", "failed"]);
    assert!(bench.events().any(ended), "nobody else takes the customer");
}
