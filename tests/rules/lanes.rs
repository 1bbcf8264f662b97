//! Lanes: an operation holds its lane until it is accepted or has ended, and nothing else does.

use crate::support::{Bench, key};
use switchboard::id::ExternalRef;
use switchboard::message::{
    AnsweredBy, Arrival, CommandBody, EffectKind, EndCause, Event, HostEvent, Input,
    InteractionEvent, LegRef, OfferEvent, Output, Personal, Receipt,
};
use switchboard::model::{
    Agent, Center, Channel, ChannelCapacity, EntryPoint, Host, Queue, Reason,
};
use switchboard::sim::check::{Checker, Depth};
use switchboard::time::Duration;

fn center() -> Center {
    Center::builder()
        .reason("no_answer", Reason::new("No answer"))
        .host("pbx", Host::new("PBX"))
        .channel(Channel::Voice, ChannelCapacity::new(60, 1).interrupts(Channel::Chat))
        .channel(Channel::Chat, ChannelCapacity::new(40, 2))
        .queue("q", Queue::new())
        .entry_point("main", EntryPoint::voice("100").to_queue("q"))
        .entry_point("chat", EntryPoint::on(Channel::Chat, "widget").to_queue("q"))
        .agent("ana", Agent::new("Ana").phone("pbx", "1"))
        .build()
        .unwrap()
}

fn accept(bench: &mut Bench, of: impl Fn(&EffectKind) -> bool) {
    let id = bench.effects.iter().rev().find(|e| of(&e.kind)).expect("an effect").id;
    let _ = bench.input(Input::EffectAccepted(id));
}

fn has(bench: &Bench, of: impl Fn(&EffectKind) -> bool) -> bool {
    bench.effects.iter().any(|effect| of(&effect.kind))
}

#[test]
fn no_hang_up_is_stuck_behind_a_level_whose_acceptance_was_lost() {
    let mut bench = Bench::new(center());
    let _ = bench.call("pbx", "call-1", "100");
    accept(&mut bench, |kind| matches!(kind, EffectKind::Answer { .. }));
    assert!(has(&bench, |kind| matches!(kind, EffectKind::Music { .. })));
    let interaction = bench.interaction();
    bench.does(CommandBody::CloseInteraction { interaction });
    assert!(has(&bench, |kind| matches!(kind, EffectKind::Hangup { .. })));
}

#[test]
fn a_lane_goes_on_when_what_holds_it_has_ended() {
    let mut bench = Bench::new(center());
    let _ = bench.call("pbx", "call-1", "100");
    let interaction = bench.interaction();
    bench.does(CommandBody::CloseInteraction { interaction });
    assert!(!has(&bench, |kind| matches!(kind, EffectKind::Hangup { .. })), "Answer holds it");
    bench.done("pbx", |kind| matches!(kind, EffectKind::Answer { .. }));
    assert!(has(&bench, |kind| matches!(kind, EffectKind::Hangup { .. })));
}

#[test]
fn what_ended_before_its_record_was_safe_is_not_handed_out() {
    let mut bench = Bench::new(center());
    // Two inputs before any record is said to be safe.
    let report = |seq, event| {
        switchboard::message::HostReport::new(key("pbx"), seq, crate::support::START, event)
    };
    let leg = ExternalRef::new("call-1").unwrap();
    let arrives = report(1, HostEvent::call(leg.clone(), "100"));
    let leaves = HostEvent::ended(LegRef::External(leg), EndCause::default());
    for input in [arrives, report(2, leaves)] {
        let receipt = bench.engine.handle(crate::support::START, input.into());
        assert!(matches!(receipt, Receipt::Recorded(_)));
    }
    let mut last = bench.seq();
    let mut effects = Vec::new();
    while let Some(output) = bench.engine.poll_output() {
        match output {
            Output::Record(record) => last = record.seq,
            Output::Effect(effect) => effects.push(effect.kind),
            Output::Reply(_) => {}
        }
    }
    assert!(effects.is_empty(), "nothing goes out before it is safe");
    let _ = bench.engine.handle(crate::support::START, Input::Persisted(last));
    while let Some(output) = bench.engine.poll_output() {
        if let Output::Effect(effect) = output {
            assert!(!matches!(effect.kind, EffectKind::Answer { .. }), "{effect:?}");
        }
    }
}

#[test]
fn a_caller_who_is_refused_ends_by_the_end_of_the_leg() {
    let mut bench = Bench::new(center());
    let _ = bench.call("pbx", "call-1", "999");
    let entry =
        |event: &Event| matches!(event, Event::Interaction(InteractionEvent::EntryRejected { .. }));
    assert!(bench.last_events().iter().any(entry));
    let receipt = bench.hangs_up("pbx", "call-1");
    assert!(matches!(receipt, Receipt::Recorded(_)), "{receipt:?}");
    assert!(matches!(bench.hangs_up("pbx", "call-1"), Receipt::Rejected { .. }), "only once");
}

#[test]
fn a_host_that_goes_away_is_no_fault_of_the_agent_it_rings() {
    let mut bench = Bench::new(center());
    bench.sign_in("ana");
    let _ = bench.call("pbx", "call-1", "100");
    bench.seconds(2);
    let _ = bench.report("pbx", HostEvent::HostLost { reason: Personal::Clear(String::new()) });
    bench.seconds(25);
    assert!(!bench.events().any(|event| matches!(
        event,
        Event::Agent(switchboard::message::AgentEvent::Struck { .. })
    )));
}

/// Two chats ring at an agent when a call arrives: what rings cannot be pushed aside, so the call waits.
#[test]
fn what_rings_cannot_be_pushed_aside() {
    let mut bench = Bench::new(center());
    let mut checker = Checker::new();
    for name in ["chat-1", "chat-2"] {
        let leg = ExternalRef::new(name).unwrap();
        let _ = bench.report("app", Arrival::new(leg, Channel::Chat, "widget").into());
    }
    bench.sign_in("ana");
    let _ = bench.call("pbx", "call-1", "100");
    for record in &bench.records {
        checker.follow(record).unwrap();
    }
    checker.check(&mut bench.engine, Depth::BruteForce).unwrap();
    let made = |event: &&Event| matches!(event, Event::Offer(OfferEvent::Made(_)));
    assert_eq!(bench.events().filter(made).count(), 2, "the chats alone are offered");

    // Once one is taken up it yields, and the call fits beside the other.
    let chat = bench.offer();
    bench.does(CommandBody::AcceptOffer { offer: chat });
    let first = bench.records.len();
    assert_eq!(bench.events().filter(made).count(), 3, "the call is offered in that step");
    let leg = LegRef::Ours(bench.ringing_leg());
    let _ = bench.report("pbx", HostEvent::answered(leg, AnsweredBy::Human));
    bench.wait(Duration::from_secs(1));
    for record in &bench.records[first - 1..] {
        checker.follow(record).unwrap();
    }
    checker.check(&mut bench.engine, Depth::BruteForce).unwrap();
}
