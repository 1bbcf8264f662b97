//! What hosts lose, forget or tell late: nobody stays on a line, nobody is blamed, and a customer who
//! left is not one who was lost.

use crate::support::{Bench, key};
use switchboard::id::ExternalRef;
use switchboard::message::{
    AgentEvent, CommandBody, EffectKind, EndKind, EngagementEvent, Event, HeldBy, HostError,
    HostEvent, HostReport, LegRef, LiveLeg, LostCause, OfferEnd, Outcome, Phase, Receipt,
};
use switchboard::model::{Agent, Center, Change, EntryPoint, Host, Queue};

fn center() -> Center {
    Center::builder()
        .host("pbx", Host::new("PBX"))
        .host("carrier", Host::new("Carrier"))
        .queue("q", Queue::new())
        .entry_point("main", EntryPoint::voice("100").to_queue("q"))
        .agent("ana", Agent::new("Ana").phone("pbx", "1"))
        .build()
        .unwrap()
}

fn answer(kind: &EffectKind) -> bool {
    matches!(kind, EffectKind::Answer { .. })
}

fn bridge(kind: &EffectKind) -> bool {
    matches!(kind, EffectKind::Bridge { .. })
}

fn hang_up(kind: &EffectKind) -> bool {
    matches!(kind, EffectKind::Hangup { .. })
}

fn music(on: bool) -> impl Fn(&EffectKind) -> bool {
    move |kind| matches!(kind, EffectKind::Music { on: is, .. } if *is == on)
}

fn fails(bench: &mut Bench, of: impl Fn(&EffectKind) -> bool, error: HostError) -> Receipt {
    let op = bench.effects.iter().rev().find(|e| of(&e.kind)).expect("an operation").id;
    bench.report("pbx", HostEvent::OpFailed { op, error })
}

fn struck(bench: &Bench) -> bool {
    bench.events().any(|event| matches!(event, Event::Agent(AgentEvent::Struck { .. })))
}

fn live(name: &str) -> LiveLeg {
    LiveLeg::new(ExternalRef::new(name).unwrap(), None)
}

/// A call that talks to Ana.
fn talking() -> Bench {
    let mut bench = Bench::new(center());
    bench.sign_in("ana");
    let _ = bench.call("pbx", "call-1", "100");
    bench.accept_all();
    bench.picks_up("pbx");
    bench.accept_all();
    bench.done("pbx", bridge);
    bench
}

#[test]
fn a_caller_whose_answer_was_never_heard_of_is_hung_up() {
    let mut bench = Bench::new(center());
    let _ = bench.call("pbx", "call-1", "100");
    bench.seconds(5);
    let interaction = bench.interaction();
    bench.does(CommandBody::CloseInteraction { interaction });
    assert_eq!(bench.handed_out(hang_up), 0, "it stands behind the answer");
    bench.seconds(30);
    assert_eq!(bench.handed_out(hang_up), 1, "past its deadline the answer holds nothing up");
    assert!(matches!(bench.hangs_up("pbx", "call-1"), Receipt::Recorded(_)), "the leg is known");
}

#[test]
fn a_caller_who_waits_on_a_line_that_was_never_taken_up_is_lost_and_hung_up() {
    let mut bench = Bench::new(center());
    let _ = bench.call("pbx", "call-1", "100");
    bench.accept_all();
    bench.seconds(31);
    assert_eq!(bench.outcomes(), [Outcome::Lost(LostCause::Network)]);
    assert_eq!(bench.handed_out(hang_up), 1);
    assert!(matches!(bench.hangs_up("pbx", "call-1"), Receipt::Recorded(_)), "the leg is known");
}

#[test]
fn whoever_was_bridged_has_been_answered() {
    let mut bench = talking();
    bench.seconds(60);
    assert_eq!(bench.handed_out(hang_up), 0, "the talk goes on though Answer was never heard of");
    let _ = bench.hangs_up("pbx", "call-1");
}

#[test]
fn an_agent_who_picks_up_too_late_is_hung_up() {
    let mut bench = Bench::new(center());
    bench.sign_in("ana");
    let _ = bench.call("pbx", "call-1", "100");
    bench.seconds(20);
    assert_eq!(bench.offer_ends(), [OfferEnd::Timeout]);
    assert_eq!(bench.handed_out(hang_up), 0, "the call to the phone was never accepted");
    bench.picks_up("pbx");
    assert_eq!(bench.handed_out(hang_up), 1);
}

#[test]
fn a_hang_up_is_handed_out_even_when_its_own_time_ran_out_in_line() {
    let mut bench = Bench::new(center());
    bench.sign_in("ana");
    let _ = bench.call("pbx", "call-1", "100");
    bench.seconds(200);
    assert!(bench.handed_out(hang_up) > 0);
}

#[test]
fn a_leg_that_is_gone_waits_for_the_word_on_why() {
    let mut bench = Bench::new(center());
    let _ = bench.call("pbx", "call-1", "100");
    bench.accept_all();
    let _ = fails(&mut bench, answer, HostError::LegGone);
    assert!(bench.outcomes().is_empty());
    let _ = bench.hangs_up("pbx", "call-1");
    assert!(matches!(bench.outcomes()[..], [Outcome::Abandoned { .. }]), "{:?}", bench.outcomes());
}

#[test]
fn a_leg_that_is_gone_without_a_word_is_lost() {
    let mut bench = Bench::new(center());
    let _ = bench.call("pbx", "call-1", "100");
    bench.accept_all();
    let _ = fails(&mut bench, answer, HostError::LegGone);
    bench.accept_all();
    let _ = fails(&mut bench, hang_up, HostError::LegGone);
    assert_eq!(bench.outcomes(), [Outcome::Lost(LostCause::Host)]);
}

#[test]
fn a_customer_who_leaves_while_being_connected_has_abandoned_and_nobody_is_blamed() {
    let mut bench = Bench::new(center());
    bench.sign_in("ana");
    let _ = bench.call("pbx", "call-1", "100");
    bench.accept_all();
    bench.picks_up("pbx");
    bench.accept_all();
    let _ = fails(&mut bench, bridge, HostError::LegGone);
    let _ = bench.hangs_up("pbx", "call-1");
    let [Outcome::Abandoned { phase, .. }] = bench.outcomes()[..] else {
        panic!("{:?}", bench.outcomes())
    };
    assert_eq!(phase, switchboard::message::AbandonPhase::Connecting);
    assert!(!struck(&bench));
}

#[test]
fn a_phone_that_declines_is_no_broken_device() {
    let mut bench = Bench::new(center());
    bench.sign_in("ana");
    let _ = bench.call("pbx", "call-1", "100");
    bench.accept_all();
    let ringing = |kind: &EffectKind| matches!(kind, EffectKind::Originate { .. });
    let _ = fails(&mut bench, ringing, HostError::LegGone);
    let leg = LegRef::Ours(bench.ringing_leg());
    let _ = bench.leg_ends("pbx", leg, EndKind::Declined);
    assert_eq!(bench.offer_ends(), [OfferEnd::Rejected(None)]);
    assert!(!struck(&bench));
}

#[test]
fn a_resync_tells_what_the_host_forgot_to_tell() {
    let mut bench = Bench::new(center());
    let _ = bench.call("pbx", "call-1", "100");
    bench.accept_all();
    let _ = bench.report("pbx", HostEvent::HostLost { reason: String::new().into() });
    let legs = vec![live("call-1")];
    let _ = bench.report("pbx", HostEvent::HostResync { generation: 1, legs });
    bench.seconds(60);
    assert!(bench.outcomes().is_empty(), "it was answered, and waits: {:?}", bench.outcomes());
}

#[test]
fn a_resync_asks_again_for_a_hang_up_that_the_host_lost() {
    let mut bench = Bench::new(center());
    let _ = bench.call("pbx", "call-1", "100");
    bench.done("pbx", answer);
    let interaction = bench.interaction();
    bench.does(CommandBody::CloseInteraction { interaction });
    bench.accept_all();
    assert_eq!(bench.handed_out(hang_up), 1);
    let legs = vec![live("call-1")];
    let _ = bench.report("pbx", HostEvent::HostResync { generation: 1, legs });
    assert_eq!(bench.handed_out(hang_up), 2);
}

#[test]
fn a_phone_that_was_about_to_ring_at_a_resync_is_nobodys_fault() {
    let mut bench = Bench::new(center());
    bench.sign_in("ana");
    let _ = bench.call("pbx", "call-1", "100");
    bench.done("pbx", answer);
    let legs = vec![live("call-1")];
    let _ = bench.report("pbx", HostEvent::HostResync { generation: 1, legs });
    assert_eq!(bench.offer_ends(), [OfferEnd::Canceled]);
    assert!(!struck(&bench));
}

#[test]
fn those_who_wait_or_are_held_hear_music_again_after_a_resync() {
    let mut bench = talking();
    bench.done("pbx", answer);
    let engagement = bench.engagement();
    bench.does(CommandBody::Hold { engagement });
    bench.accept_all();
    let before = bench.handed_out(music(true));
    let legs = vec![live("call-1"), LiveLeg { leg: Some(bench.ringing_leg()), ..live("ana-1") }];
    let _ = bench.report("pbx", HostEvent::HostResync { generation: 1, legs });
    bench.accept_all();
    assert_eq!(bench.handed_out(music(true)), before + 1);
}

#[test]
fn an_offer_for_a_customer_whose_host_is_away_is_taken_back_without_blame() {
    let mut bench = Bench::new(center());
    bench.sign_in("ana");
    let _ = bench.call("carrier", "call-1", "100");
    let _ = bench.report("carrier", HostEvent::HostLost { reason: String::new().into() });
    assert_eq!(bench.offer_ends(), [OfferEnd::Canceled]);
    assert!(!struck(&bench));
}

#[test]
fn a_phone_does_not_end_a_hold_of_the_desktop() {
    let mut bench = talking();
    let engagement = bench.engagement();
    bench.does(CommandBody::Hold { engagement });
    let leg = || LegRef::Ours(bench.ringing_leg());
    let (held, resumed) = (
        HostEvent::Held { leg: leg(), by: HeldBy::FarEnd },
        HostEvent::Resumed { leg: leg(), by: HeldBy::FarEnd },
    );
    let _ = bench.report("pbx", held);
    let _ = bench.report("pbx", resumed);
    let phases: Vec<Phase> = bench
        .events()
        .filter_map(|event| match event {
            Event::Engagement(EngagementEvent::PhaseChanged { phase, .. }) => Some(*phase),
            _ => None,
        })
        .collect();
    assert_eq!(phases.last(), Some(&Phase::Held));
    bench.does(CommandBody::Unhold { engagement });
}

#[test]
fn music_ends_when_an_agent_without_a_phone_takes_the_call() {
    let mut center = center();
    let ana = center.agents.values_mut().next().unwrap();
    ana.station = switchboard::model::Station::Direct;
    let mut bench = Bench::new(center);
    bench.sign_in("ana");
    let _ = bench.call("pbx", "call-1", "100");
    bench.accept_all();
    assert_eq!(bench.handed_out(music(true)), 1);
    let offer = bench.offer();
    bench.does(CommandBody::AcceptOffer { offer });
    assert_eq!(bench.handed_out(music(false)), 1);
}

#[test]
fn a_removed_host_still_tells_the_end_of_what_it_holds() {
    let mut bench = Bench::new(center());
    let _ = bench.call("carrier", "call-1", "100");
    bench.configures(vec![Change::Host { key: key("carrier"), to: None }]);
    // What was recorded before is known; what is new is not taken in.
    let arrived = HostEvent::call(ExternalRef::new("call-1").unwrap(), "100");
    let again = HostReport::new(key("carrier"), 1, bench.now, arrived);
    assert!(matches!(bench.input(again), Receipt::Duplicate(_)));
    let refused = bench.call("carrier", "call-2", "100");
    assert!(matches!(refused, Receipt::Rejected { .. }), "{refused:?}");
    assert!(matches!(bench.hangs_up("carrier", "call-1"), Receipt::Recorded(_)));
    assert!(matches!(bench.outcomes()[..], [Outcome::Abandoned { .. }]));
}
