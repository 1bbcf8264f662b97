//! Asking somebody while the customer waits, handing on after that, and speaking all together. Anybody
//! may leave at any point: each row of the table in `interaction/survivors.rs` is a test here.

use crate::support::{Bench, key};
use switchboard::id::{BridgeId, EffectId, EngagementId, LegId, ParticipantId};
use switchboard::message::{
    AnsweredBy, CommandBody, ConferenceEvent, ConsultEnd, ConsultEvent, Destination, EffectKind,
    EndKind, EngagementEvent, EngagementRole, Event, HostError, HostEvent, InteractionEvent,
    LegRef, Outcome, ParticipantRole, Personal, Phase, Receipt, RejectionReason, RequestEvent,
    TransferEvent, TransferResult,
};
use switchboard::model::{Agent, Brand, Center, EntryPoint, Host, Media, Queue, Skill, WrapUpMode};
use switchboard::time::Duration;

fn center(wrap_up: WrapUpMode) -> Center {
    let wraps = || Queue::new().wrap_up(wrap_up, Duration::from_mins(5));
    let few = || Queue::new().requires("law", 1).max_wait(Duration::from_secs(20));
    Center::builder()
        .host("pbx", Host::new("PBX"))
        .skill("law", Skill::new("Law"))
        .brand("north", Brand::new("North").caller_id("+49 30 555"))
        .skill("sales", Skill::new("Sales"))
        .skill("advice", Skill::new("Advice"))
        .queue("sales", wraps().requires("sales", 1))
        .queue("advice", wraps().requires("advice", 1))
        .queue("experts", few().overflow_to("advice"))
        .entry_point("main", EntryPoint::voice("100").to_queue("sales").brand("north"))
        .agent("ana", Agent::new("Ana").skill("sales", 1).phone("pbx", "1"))
        .agent("ben", Agent::new("Ben").skill("advice", 1).phone("pbx", "2"))
        .agent("cem", Agent::new("Cem").phone("pbx", "3"))
        .build()
        .unwrap()
}

/// A customer who talks to Ana, and whom she asks.
struct Scene {
    bench: Bench,
    ana: EngagementId,
    ana_leg: LegId,
}

impl std::ops::Deref for Scene {
    type Target = Bench;
    fn deref(&self) -> &Bench {
        &self.bench
    }
}

impl std::ops::DerefMut for Scene {
    fn deref_mut(&mut self) -> &mut Bench {
        &mut self.bench
    }
}

impl Scene {
    fn talking() -> Self {
        Self::talking_with(WrapUpMode::Optional)
    }

    fn talking_with(wrap_up: WrapUpMode) -> Self {
        Self::talking_in(center(wrap_up))
    }

    fn talking_in(center: Center) -> Self {
        let mut bench = Bench::new(center);
        for agent in ["ana", "ben", "cem"] {
            bench.sign_in(agent);
        }
        let _ = bench.call("pbx", "call-1", "100");
        bench.joins("pbx");
        bench.seconds(30);
        let (ana, ana_leg) = (bench.engagement(), bench.ringing_leg());
        Self { bench, ana, ana_leg }
    }

    fn asks(to: Destination) -> Self {
        let mut scene = Self::talking();
        scene.consults(scene.ana, to);
        scene
    }

    fn consults(&mut self, engagement: EngagementId, to: Destination) {
        self.does(CommandBody::Consult { engagement, to });
        self.accept_all();
    }

    /// Ben rings for Ana.
    fn seeking() -> Self {
        Self::asks(Destination::Queue(key("advice")))
    }

    /// Ben speaks with Ana, the customer is on hold.
    fn advised() -> Self {
        let mut scene = Self::seeking();
        scene.joins("pbx");
        assert!(scene.answered());
        scene
    }

    /// The same, with somebody outside.
    fn advised_from_outside() -> Self {
        let mut scene = Self::asks(Destination::External(Personal::Clear("+49 30 1".into())));
        scene.joins("pbx");
        assert!(scene.answered());
        scene
    }

    /// Customer, Ana and Ben speak together.
    fn together() -> Self {
        let mut scene = Self::advised();
        let engagement = scene.ana;
        scene.does(CommandBody::Conference { engagement });
        scene.accept_all();
        scene
    }

    fn complete(&mut self) {
        let engagement = self.ana;
        self.does(CommandBody::CompleteConsult { engagement });
        self.accept_all();
    }

    fn answered(&self) -> bool {
        self.events().any(|event| matches!(event, Event::Consult(ConsultEvent::Answered { .. })))
    }

    fn ends(&self) -> Vec<ConsultEnd> {
        self.events()
            .filter_map(|event| match event {
                Event::Consult(ConsultEvent::Ended { end, .. }) => Some(*end),
                _ => None,
            })
            .collect()
    }

    fn role(&self, part: EngagementId) -> EngagementRole {
        self.events()
            .rev()
            .find_map(|event| match event {
                Event::Engagement(EngagementEvent::Opened { id, role, .. }) if *id == part => {
                    Some(*role)
                }
                Event::Engagement(EngagementEvent::RoleChanged { id, role }) if *id == part => {
                    Some(*role)
                }
                _ => None,
            })
            .expect("a part")
    }

    fn is_over(&self) -> bool {
        self.events()
            .any(|event| matches!(event, Event::Interaction(InteractionEvent::Ended { .. })))
    }

    fn conference(&self) -> Option<bool> {
        self.events().rev().find_map(|event| match event {
            Event::Conference(ConferenceEvent::Started { .. }) => Some(true),
            Event::Conference(ConferenceEvent::Ended { .. }) => Some(false),
            _ => None,
        })
    }

    fn handed_on(&self) -> bool {
        self.events().any(|event| matches!(event, Event::Transfer(TransferEvent::Completed { .. })))
    }

    fn leaves(&mut self, leg: LegId) {
        let _ = self.leg_ends("pbx", LegRef::Ours(leg), EndKind::Normal);
    }

    /// The host has joined the customer with somebody outside, as it was asked to.
    fn is_handed_outside(&mut self, nth: usize) {
        let op = handed_outside(self)[nth];
        let result = TransferResult::Completed;
        let _ = self.report("pbx", HostEvent::TransferDone { op, result, sip: 200 });
    }

    /// When all have gone and time has passed, nobody is held by anything.
    fn comes_to_rest(mut self) {
        let _ = self.hangs_up("pbx", "call-1");
        self.seconds(3600);
        self.accept_all();
        for agent in ["ana", "ben", "cem"] {
            self.does(CommandBody::SetPresence { agent: key(agent), ready: false, reason: None });
            self.does(CommandBody::SetPresence { agent: key(agent), ready: true, reason: None });
        }
        let _ = self.call("pbx", "call-2", "100");
        let again = self.offered().len();
        assert!(again >= 2, "Ana is free again");
    }
}

fn moved(kind: &EffectKind) -> bool {
    matches!(kind, EffectKind::Move { .. })
}

fn unheld(kind: &EffectKind) -> bool {
    matches!(kind, EffectKind::Unhold { .. })
}

fn held(kind: &EffectKind) -> bool {
    matches!(kind, EffectKind::Hold { .. })
}

fn hung_up(kind: &EffectKind) -> bool {
    matches!(kind, EffectKind::Hangup { .. })
}

/// Who was moved where so far.
fn moves(bench: &Bench) -> Vec<(LegId, BridgeId)> {
    let moved = |kind: &EffectKind| match kind {
        EffectKind::Move { leg, bridge } => Some((leg.leg, *bridge)),
        _ => None,
    };
    bench.effects.iter().filter_map(|effect| moved(&effect.kind)).collect()
}

/// The bridges that were made so far.
fn bridges(bench: &Bench) -> Vec<BridgeId> {
    let bridge = |kind: &EffectKind| match kind {
        EffectKind::Bridge { bridge, .. } => Some(*bridge),
        _ => None,
    };
    bench.effects.iter().filter_map(|effect| bridge(&effect.kind)).collect()
}

/// The legs that were joined last: the one who waited, the one who came.
fn joined_last(bench: &Bench) -> Vec<LegId> {
    let legs = |kind: &EffectKind| match kind {
        EffectKind::Bridge { legs, .. } => Some(legs.iter().map(|leg| leg.leg).collect()),
        _ => None,
    };
    bench.effects.iter().rev().find_map(|effect| legs(&effect.kind)).expect("two who were joined")
}

fn outside() -> Destination {
    Destination::External(Personal::Clear("+49 30 1".into()))
}

fn completing(kind: &EffectKind) -> bool {
    matches!(kind, EffectKind::CompleteConsult { .. })
}

/// The operations that hand the customer to somebody outside who was asked.
fn handed_outside(bench: &Bench) -> Vec<EffectId> {
    let joins = |kind: &EffectKind| matches!(kind, EffectKind::AttendedTransfer { .. });
    bench.effects.iter().filter(|effect| joins(&effect.kind)).map(|effect| effect.id).collect()
}

#[test]
fn the_customer_is_on_hold_while_somebody_is_asked() {
    let scene = Scene::seeking();
    assert_eq!(scene.phase(scene.ana), Some(Phase::Held));
    assert_eq!(scene.handed_out(|kind| matches!(kind, EffectKind::Hold { .. })), 1);
}

#[test]
fn whoever_is_asked_speaks_with_the_agent_alone() {
    let scene = Scene::advised();
    assert_eq!(joined_last(&scene)[0], scene.ana_leg);
    assert_ne!(bridges(&scene)[0], bridges(&scene)[1], "not where the customer is");
    assert_eq!(scene.role(scene.engagement()), EngagementRole::Consulted);
}

#[test]
fn whoever_is_called_outside_sees_the_brand_and_rings_as_long_as_the_consult_waits() {
    let scene = Scene::asks(outside());
    let deadline = scene.events().find_map(|event| match event {
        Event::Consult(ConsultEvent::Started { deadline, .. }) => Some(*deadline),
        _ => None,
    });
    let called = scene.effects.iter().rev().find_map(|effect| match &effect.kind {
        EffectKind::Originate { from, timeout, .. } => {
            Some((from.clone(), *timeout, effect.deadline))
        }
        _ => None,
    });
    let ((from, timeout, by), deadline) = called.zip(deadline).unwrap();
    assert_eq!(from.as_deref(), Some("+49 30 555"));
    assert_eq!(timeout, deadline.since(scene.now));
    assert!(by > deadline, "the consult ends first, and then the call is given up");
}

#[test]
fn whoever_is_asked_outside_speaks_with_the_agent_alone() {
    let scene = Scene::advised_from_outside();
    assert_eq!(joined_last(&scene)[0], scene.ana_leg);
}

#[test]
fn whoever_has_picked_up_outside_is_joined_within_the_time_to_connect() {
    let mut scene = Scene::asks(outside());
    scene.picks_up("pbx");
    let joins = |kind: &EffectKind| matches!(kind, EffectKind::Bridge { .. });
    let by = scene.effects.iter().rev().find(|effect| joins(&effect.kind)).unwrap().deadline;
    assert_eq!(by, scene.now + Duration::from_secs(10));
}

#[test]
fn a_consult_counts_as_offered_by_configuration_only() {
    for counted in [false, true] {
        let mut center = center(WrapUpMode::Optional);
        center.queues.get_mut(&key("advice")).unwrap().consults_count = counted;
        let mut scene = Scene::talking_in(center);
        scene.consults(scene.ana, Destination::Queue(key("advice")));
        let counts: Vec<bool> = scene
            .events()
            .filter_map(|event| match event {
                Event::Request(RequestEvent::Opened(opened)) => Some(opened.counts_as_offered),
                _ => None,
            })
            .collect();
        assert_eq!(counts, [true, counted]);
    }
}

#[test]
fn completing_hands_the_customer_on_once_the_host_has_joined_them() {
    let mut scene = Scene::advised();
    let (ana, ben) = (scene.ana, scene.engagement());
    scene.complete();
    assert!(!scene.handed_on());
    scene.done("pbx", completing);
    assert!(scene.handed_on());
    assert_eq!(scene.ends(), [ConsultEnd::Completed]);
    assert_eq!(scene.role(ben), EngagementRole::Handler);
    assert_eq!(scene.phase(ana), Some(Phase::WrapUp));
    assert_eq!(scene.phase(ben), Some(Phase::Active));
    assert!(!scene.is_over());
    let _ = scene.hangs_up("pbx", "call-1");
    assert_eq!(scene.phase(ben), Some(Phase::WrapUp), "each handler has an own wrap-up");
    scene.comes_to_rest();
}

#[test]
fn a_hand_over_that_the_host_cannot_do_leaves_all_as_it_was() {
    let mut scene = Scene::advised();
    let ana = scene.ana;
    scene.complete();
    let op = scene.effects.iter().rev().find(|e| completing(&e.kind)).unwrap().id;
    let error = HostError::Unsupported;
    let _ = scene.report("pbx", HostEvent::OpFailed { op, error });
    assert!(!scene.handed_on());
    assert_eq!(scene.phase(ana), Some(Phase::Held));
    assert_eq!(scene.ends(), []);
    scene.does(CommandBody::CancelConsult { engagement: ana });
    assert_eq!(scene.phase(ana), Some(Phase::Active));
    scene.comes_to_rest();
}

#[test]
fn canceling_returns_to_the_customer() {
    let mut scene = Scene::advised();
    let (engagement, ben) = (scene.ana, scene.engagement());
    scene.does(CommandBody::CancelConsult { engagement });
    scene.accept_all();
    assert_eq!(scene.phase(engagement), Some(Phase::Active));
    assert_eq!(scene.phase(ben), None, "whoever was asked has nothing to finish");
    assert_eq!((scene.handed_out(moved), scene.handed_out(unheld)), (1, 1));
    scene.comes_to_rest();
}

#[test]
fn what_nobody_has_answered_is_taken_back_whole() {
    let mut scene = Scene::seeking();
    let engagement = scene.ana;
    scene.does(CommandBody::CancelConsult { engagement });
    scene.accept_all();
    assert!(matches!(scene.outcomes().last(), Some(Outcome::Withdrawn { .. })));
    assert_eq!(scene.handed_out(moved), 0, "the agent never left the customer's bridge");
    assert_eq!(scene.handed_out(unheld), 1);
    scene.comes_to_rest();
}

#[test]
fn somebody_outside_who_is_not_needed_any_more_is_let_go() {
    let mut scene = Scene::advised_from_outside();
    let (engagement, before) = (scene.ana, scene.handed_out(hung_up));
    scene.does(CommandBody::CancelConsult { engagement });
    scene.accept_all();
    assert_eq!(scene.handed_out(hung_up), before + 1);
    let left = |event: &Event| {
        matches!(event, Event::Interaction(InteractionEvent::ParticipantLeft { .. }))
    };
    assert_eq!(scene.events().filter(|event| left(event)).count(), 1);
    scene.comes_to_rest();
}

#[test]
fn who_turns_back_before_an_answer_turns_to_nobody() {
    let mut scene = Scene::seeking();
    let engagement = scene.ana;
    scene.does(CommandBody::Unhold { engagement });
    let turned = |event: &Event| matches!(event, Event::Consult(ConsultEvent::Alternated { .. }));
    assert!(!scene.events().any(turned));
    assert_eq!(scene.handed_out(moved), 0);
    scene.comes_to_rest();
}

#[test]
fn the_agent_moves_between_customer_and_the_one_who_is_asked() {
    let mut scene = Scene::advised();
    let (engagement, leg) = (scene.ana, scene.ana_leg);
    let (customers, consults) = (bridges(&scene)[0], bridges(&scene)[1]);
    scene.does(CommandBody::Unhold { engagement });
    scene.accept_all();
    scene.done("pbx", moved);
    scene.does(CommandBody::Hold { engagement });
    scene.accept_all();
    assert_eq!(moves(&scene), [(leg, customers), (leg, consults)]);
}

#[test]
fn a_customer_on_hold_is_let_out_of_it_to_be_handed_on() {
    let mut scene = Scene::advised();
    scene.complete();
    assert_eq!(scene.handed_out(unheld), 1);
    let mut scene = Scene::advised();
    let engagement = scene.ana;
    scene.does(CommandBody::Unhold { engagement });
    scene.complete();
    assert_eq!(scene.handed_out(unheld), 1, "once: the agent had turned to the customer");
}

#[test]
fn a_customer_who_was_on_hold_is_so_again_if_the_host_cannot_hand_on() {
    let fails = |turned: bool| {
        let mut scene = Scene::advised();
        let engagement = scene.ana;
        if turned {
            scene.does(CommandBody::Unhold { engagement });
        }
        scene.complete();
        let op = scene.effects.iter().rev().find(|e| completing(&e.kind)).unwrap().id;
        let error = HostError::Unsupported;
        let _ = scene.report("pbx", HostEvent::OpFailed { op, error });
        scene.accept_all();
        scene.handed_out(held)
    };
    assert_eq!(fails(false), 2);
    assert_eq!(fails(true), 1, "who talks to the agent is not put on hold");
}

#[test]
fn a_hand_over_that_fails_after_the_agent_has_left_is_over() {
    let mut scene = Scene::advised();
    let leg = scene.ana_leg;
    scene.complete();
    scene.leaves(leg);
    let op = scene.effects.iter().rev().find(|e| completing(&e.kind)).unwrap().id;
    let error = HostError::Unsupported;
    let _ = scene.report("pbx", HostEvent::OpFailed { op, error });
    assert_eq!(scene.ends(), [ConsultEnd::AgentGone]);
    scene.comes_to_rest();
}

#[test]
fn the_agent_may_turn_to_the_customer_meanwhile() {
    let mut scene = Scene::advised();
    let engagement = scene.ana;
    scene.does(CommandBody::Unhold { engagement });
    assert_eq!(scene.phase(engagement), Some(Phase::Active));
    scene.does(CommandBody::Hold { engagement });
    assert_eq!(scene.phase(engagement), Some(Phase::Held));
    let turns = scene
        .events()
        .filter(|event| matches!(event, Event::Consult(ConsultEvent::Alternated { .. })));
    assert_eq!(turns.count(), 2);
    scene.comes_to_rest();
}

#[test]
fn who_asks_cannot_hang_up_on_both() {
    let mut scene = Scene::advised();
    let engagement = scene.ana;
    let receipt = scene.command(CommandBody::HangUp { engagement });
    let Receipt::Rejected { rejection, .. } = receipt else { panic!("{receipt:?}") };
    assert_eq!(rejection.reason, RejectionReason::WrongState("in a consult".into()));
}

#[test]
fn whoever_was_asked_has_all_the_time_after_the_answer() {
    let mut scene = Scene::advised();
    scene.seconds(3600);
    assert_eq!(scene.ends(), []);
    assert_eq!(scene.phase(scene.ana), Some(Phase::Held));
}

#[test]
fn the_customer_waits_again_when_whoever_is_asked_answers() {
    let mut scene = Scene::seeking();
    let engagement = scene.ana;
    scene.does(CommandBody::Unhold { engagement });
    scene.joins("pbx");
    assert_eq!(scene.phase(engagement), Some(Phase::Held));
}

#[test]
fn a_customer_who_is_on_hold_already_is_not_put_on_hold_to_ask() {
    let mut scene = Scene::talking();
    let engagement = scene.ana;
    scene.does(CommandBody::Hold { engagement });
    scene.consults(engagement, Destination::Queue(key("advice")));
    assert_eq!(scene.handed_out(held), 1);
}

#[test]
fn who_is_with_the_customer_when_the_consult_ends_stays_there() {
    let mut scene = Scene::advised();
    let engagement = scene.ana;
    scene.does(CommandBody::Unhold { engagement });
    scene.accept_all();
    scene.done("pbx", moved);
    scene.does(CommandBody::CancelConsult { engagement });
    scene.accept_all();
    assert_eq!((scene.handed_out(moved), scene.handed_out(unheld)), (1, 1));
    scene.comes_to_rest();
}

#[test]
fn nobody_is_brought_back_to_a_customer_who_has_left() {
    let mut scene = Scene::advised();
    let _ = scene.hangs_up("pbx", "call-1");
    scene.accept_all();
    assert_eq!((scene.handed_out(moved), scene.handed_out(unheld)), (0, 0));
}

#[test]
fn a_hand_over_that_fails_after_the_work_of_the_agent_is_over_is_over() {
    let mut scene = Scene::talking_with(WrapUpMode::None);
    scene.consults(scene.ana, Destination::Queue(key("advice")));
    scene.joins("pbx");
    let leg = scene.ana_leg;
    scene.complete();
    scene.leaves(leg);
    assert_eq!(scene.phase(scene.ana), None);
    let op = scene.op(completing);
    let error = HostError::Unsupported;
    let _ = scene.report("pbx", HostEvent::OpFailed { op, error });
    assert_eq!(scene.ends(), [ConsultEnd::AgentGone]);
    scene.comes_to_rest();
}

#[test]
fn somebody_outside_who_is_taken_out_of_a_consult_ends_it_at_once() {
    let mut scene = Scene::advised_from_outside();
    let participant = guest(&scene).unwrap();
    scene.does(CommandBody::RemoveParticipant { participant });
    assert_eq!(scene.ends(), [ConsultEnd::ConsultedGone]);
    assert_eq!(scene.phase(scene.ana), Some(Phase::Active));
    scene.comes_to_rest();
}

#[test]
fn a_consult_that_goes_on_to_another_queue_is_still_the_one_that_was_asked_for() {
    let mut scene = Scene::asks(Destination::Queue(key("experts")));
    scene.seconds(20);
    scene.joins("pbx");
    assert!(scene.answered());
    assert_eq!(scene.role(scene.engagement()), EngagementRole::Consulted);
}

#[test]
fn where_the_host_has_the_media_a_consult_is_completed_by_word() {
    let mut center = center(WrapUpMode::Optional);
    center.hosts.get_mut("pbx").unwrap().media = Media::Host;
    let mut bench = Bench::new(center);
    let takes = |bench: &mut Bench| {
        bench.does(CommandBody::AcceptOffer { offer: bench.offer() });
        bench.engagement()
    };
    bench.sign_in("ana");
    bench.sign_in("ben");
    let _ = bench.call("pbx", "call-1", "100");
    let engagement = takes(&mut bench);
    bench.does(CommandBody::Consult { engagement, to: Destination::Queue(key("advice")) });
    let ben = takes(&mut bench);
    bench.does(CommandBody::CompleteConsult { engagement });
    assert_eq!(bench.handed_out(completing), 0);
    let handed_on = |event: &Event| {
        matches!(event, Event::Transfer(TransferEvent::Completed { to: Some(to), .. })
            if *to == ben)
    };
    assert!(bench.events().any(handed_on));
}

// -- who leaves, and what becomes of the others ------------------------------------------------------

#[test]
fn the_customer_leaves_while_somebody_is_sought() {
    let mut scene = Scene::seeking();
    let _ = scene.hangs_up("pbx", "call-1");
    assert_eq!(scene.ends(), [ConsultEnd::CustomerGone]);
    assert!(matches!(scene.outcomes().last(), Some(Outcome::Withdrawn { .. })));
    assert_eq!(scene.phase(scene.ana), Some(Phase::WrapUp));
    scene.comes_to_rest();
}

#[test]
fn the_customer_leaves_while_the_agent_is_advised() {
    let mut scene = Scene::advised();
    let ben = scene.engagement();
    let _ = scene.hangs_up("pbx", "call-1");
    assert_eq!(scene.ends(), [ConsultEnd::CustomerGone]);
    assert_eq!(scene.phase(scene.ana), Some(Phase::WrapUp));
    assert_eq!(scene.phase(ben), None);
    scene.comes_to_rest();
}

#[test]
fn the_customer_leaves_while_the_host_joins() {
    let mut scene = Scene::advised();
    let ben = scene.engagement();
    scene.complete();
    let _ = scene.hangs_up("pbx", "call-1");
    scene.done("pbx", completing);
    assert!(!scene.handed_on());
    assert_eq!(scene.phase(ben), None);
    scene.comes_to_rest();
}

#[test]
fn the_asking_agent_leaves_while_somebody_is_sought() {
    let mut scene = Scene::seeking();
    let leg = scene.ana_leg;
    scene.leaves(leg);
    assert_eq!(scene.ends(), [ConsultEnd::AgentGone]);
    assert!(scene.is_over(), "a customer who is left alone is disconnected");
    scene.comes_to_rest();
}

#[test]
fn the_asking_agent_leaves_after_the_answer() {
    let mut scene = Scene::advised();
    let (leg, ben) = (scene.ana_leg, scene.engagement());
    scene.leaves(leg);
    scene.accept_all();
    assert!(!scene.is_over(), "the customer is not left alone");
    scene.done("pbx", completing);
    assert!(scene.handed_on());
    assert_eq!(scene.role(ben), EngagementRole::Handler);
    scene.comes_to_rest();
}

#[test]
fn an_agent_whose_work_is_over_has_handed_the_customer_on() {
    let mut scene = Scene::talking_with(WrapUpMode::None);
    scene.consults(scene.ana, outside());
    scene.joins("pbx");
    let leg = scene.ana_leg;
    scene.leaves(leg);
    scene.accept_all();
    assert_eq!(scene.phase(scene.ana), None);
    assert_eq!(handed_outside(&scene).len(), 1);
    scene.is_handed_outside(0);
    assert_eq!(scene.ends(), [ConsultEnd::Completed]);
    assert!(scene.is_over());
    scene.comes_to_rest();
}

#[test]
fn a_hand_over_to_somebody_who_leaves_meanwhile_has_failed() {
    let mut scene = Scene::advised();
    let ben_leg = scene.ringing_leg();
    scene.complete();
    scene.leaves(ben_leg);
    scene.accept_all();
    assert_eq!(scene.ends(), [ConsultEnd::ConsultedGone]);
    assert_eq!(scene.phase(scene.ana), Some(Phase::Active));
    let engagement = scene.ana;
    // In no transfer any more: she may ask again.
    scene.consults(engagement, outside());
    scene.does(CommandBody::CancelConsult { engagement });
    scene.does(CommandBody::HangUp { engagement });
    assert!(scene.is_over());
    scene.comes_to_rest();
}

#[test]
fn a_hand_over_that_comes_too_late_changes_nothing() {
    let mut scene = Scene::advised();
    let ben = scene.engagement();
    scene.complete();
    scene.does(CommandBody::HangUp { engagement: ben });
    scene.done("pbx", completing);
    assert!(!scene.handed_on() && !scene.is_over());
    assert_eq!(scene.phase(scene.ana), Some(Phase::Active));
    let engagement = scene.ana;
    scene.does(CommandBody::Consult { engagement, to: outside() });
    scene.comes_to_rest();
}

#[test]
fn two_who_asked_and_leave_hand_the_customer_on_one_after_the_other() {
    let leave = || {
        let mut scene = Scene::together();
        let (leg, ben, ben_leg) = (scene.ana_leg, scene.engagement(), scene.ringing_leg());
        for asker in [scene.ana, ben] {
            scene.consults(asker, outside());
            scene.joins("pbx");
        }
        scene.leaves(leg);
        scene.leaves(ben_leg);
        scene.accept_all();
        assert_eq!(handed_outside(&scene).len(), 1);
        scene
    };
    let mut scene = leave();
    scene.is_handed_outside(0);
    assert!(scene.is_over(), "the first one has the customer");
    assert_eq!(scene.ends().last(), Some(&ConsultEnd::CustomerGone), "the second one is let go");
    scene.comes_to_rest();

    let mut scene = leave();
    let op = handed_outside(&scene)[0];
    let error = HostError::Unsupported;
    let _ = scene.report("pbx", HostEvent::OpFailed { op, error });
    assert_eq!(scene.ends().last(), Some(&ConsultEnd::AgentGone));
    scene.accept_all();
    assert!(!scene.is_over(), "there is a second one");
    scene.is_handed_outside(1);
    assert_eq!(scene.ends().last(), Some(&ConsultEnd::Completed));
    assert!(scene.is_over());
    scene.comes_to_rest();
}

#[test]
fn the_consulted_party_does_not_answer() {
    let mut scene = Scene::seeking();
    scene.seconds(61);
    assert_eq!(scene.ends(), [ConsultEnd::NoAnswer]);
    assert_eq!(scene.phase(scene.ana), Some(Phase::Active), "back with the customer");
    scene.comes_to_rest();
}

#[test]
fn the_consulted_party_leaves_after_the_answer() {
    let mut scene = Scene::advised();
    let leg = scene.ringing_leg();
    scene.leaves(leg);
    assert_eq!(scene.ends(), [ConsultEnd::ConsultedGone]);
    assert_eq!(scene.phase(scene.ana), Some(Phase::Active), "back with the customer");
    scene.comes_to_rest();
}

#[test]
fn a_queue_that_takes_nobody_refuses_the_consult() {
    let mut scene = Scene::talking();
    scene.does(CommandBody::SwitchQueue {
        queue: key("advice"),
        switch: switchboard::message::Switch::Closed,
        until: None,
    });
    let engagement = scene.ana;
    scene.does(CommandBody::Consult { engagement, to: Destination::Queue(key("advice")) });
    assert_eq!(scene.ends(), [ConsultEnd::Refused]);
    assert_eq!(scene.phase(engagement), Some(Phase::Active));
    scene.comes_to_rest();
}

#[test]
fn an_agent_who_is_asked_by_name_and_does_not_come_ends_the_consult() {
    for kind in [EndKind::Declined, EndKind::NoAnswer] {
        let mut scene = Scene::asks(Destination::Agent(key("cem")));
        let leg = LegRef::Ours(scene.ringing_leg());
        let _ = scene.leg_ends("pbx", leg, kind);
        assert_eq!(scene.ends(), [ConsultEnd::Refused], "at once");
        assert_eq!(scene.phase(scene.ana), Some(Phase::Active));
        scene.comes_to_rest();
    }
}

#[test]
fn a_queue_that_is_asked_goes_on_looking_after_one_who_does_not_come() {
    let mut scene = Scene::seeking();
    let leg = LegRef::Ours(scene.ringing_leg());
    let _ = scene.leg_ends("pbx", leg, EndKind::Declined);
    assert_eq!(scene.ends(), []);
}

#[test]
fn somebody_outside_does_not_answer() {
    let mut scene = Scene::asks(Destination::External(Personal::Clear("+49 30 1".into())));
    let leg = LegRef::Ours(scene.ringing_leg());
    let _ = scene.leg_ends("pbx", leg, EndKind::Busy);
    assert_eq!(scene.ends(), [ConsultEnd::Refused]);
    assert_eq!(scene.phase(scene.ana), Some(Phase::Active));
    scene.comes_to_rest();
}

#[test]
fn somebody_outside_who_is_let_go_while_being_joined_joins_nobody() {
    let mut scene = Scene::asks(Destination::External(Personal::Clear("+49 30 1".into())));
    scene.picks_up("pbx");
    scene.accept_all();
    let engagement = scene.ana;
    scene.does(CommandBody::CancelConsult { engagement });
    scene.done("pbx", |kind| matches!(kind, EffectKind::Bridge { .. }));
    let joins = |event: &Event| {
        matches!(
            event,
            Event::Interaction(InteractionEvent::ParticipantJoined { .. })
                | Event::Conference(ConferenceEvent::Started { .. })
        )
    };
    assert!(!scene.events().any(joins));
    scene.comes_to_rest();
}

#[test]
fn somebody_outside_is_handed_the_customer() {
    let mut scene = Scene::advised_from_outside();
    scene.complete();
    scene.is_handed_outside(0);
    assert!(scene.handed_on());
    assert_eq!(scene.ends(), [ConsultEnd::Completed]);
    assert!(scene.is_over());
    assert_eq!(scene.phase(scene.ana), Some(Phase::WrapUp));
    scene.comes_to_rest();
}

#[test]
fn one_of_two_agents_leaves_a_conference() {
    let mut scene = Scene::together();
    let (leg, ben) = (scene.ana_leg, scene.engagement());
    assert_eq!(scene.conference(), Some(true));
    assert_eq!(scene.role(ben), EngagementRole::Conference);
    scene.leaves(leg);
    assert_eq!(scene.conference(), Some(false), "two are left");
    assert_eq!(scene.role(ben), EngagementRole::Handler);
    assert!(!scene.is_over());
    scene.comes_to_rest();
}

#[test]
fn the_customer_leaves_a_conference() {
    let mut scene = Scene::together();
    let ben = scene.engagement();
    let _ = scene.hangs_up("pbx", "call-1");
    assert_eq!(scene.conference(), Some(false));
    assert_eq!(scene.phase(scene.ana), Some(Phase::WrapUp));
    assert_eq!(scene.phase(ben), Some(Phase::WrapUp), "whoever served has something to finish");
    scene.comes_to_rest();
}

#[test]
fn the_last_agent_leaves_a_conference_with_somebody_outside() {
    let mut scene = Scene::advised_from_outside();
    let engagement = scene.ana;
    scene.does(CommandBody::Conference { engagement });
    scene.accept_all();
    let hang_ups = scene.handed_out(|kind| matches!(kind, EffectKind::Hangup { .. }));
    scene.does(CommandBody::HangUp { engagement });
    assert!(scene.is_over());
    scene.accept_all();
    let after = scene.handed_out(|kind| matches!(kind, EffectKind::Hangup { .. }));
    assert_eq!(after - hang_ups, 3, "customer, agent and the one from outside");
    scene.comes_to_rest();
}

#[test]
fn the_customer_leaves_while_somebody_is_invited() {
    let mut scene = Scene::talking();
    let interaction = scene.interaction();
    scene.does(CommandBody::AddParticipant { interaction, to: Destination::Queue(key("advice")) });
    let _ = scene.hangs_up("pbx", "call-1");
    assert!(matches!(scene.outcomes().last(), Some(Outcome::Withdrawn { .. })));
    scene.comes_to_rest();
}

#[test]
fn with_the_customer_whoever_came_from_outside_leaves() {
    let mut scene = Scene::advised_from_outside();
    let engagement = scene.ana;
    scene.does(CommandBody::Conference { engagement });
    scene.accept_all();
    let _ = scene.hangs_up("pbx", "call-1");
    let left = guest(&scene);
    let leaves = |event: &Event| {
        matches!(event, Event::Interaction(InteractionEvent::ParticipantLeft { participant, .. })
            if Some(*participant) == left)
    };
    assert_eq!(scene.events().filter(|event| leaves(event)).count(), 1);
}

#[test]
fn whoever_is_not_there_yet_makes_no_conference() {
    let mut scene = Scene::together();
    let (interaction, leg) = (scene.interaction(), scene.ana_leg);
    scene.does(CommandBody::AddParticipant { interaction, to: Destination::Agent(key("cem")) });
    scene.accept_all();
    scene.picks_up("pbx");
    scene.leaves(leg);
    assert_eq!(scene.conference(), Some(false), "Ben and the customer are left");
    scene.accept_all();
    scene.done("pbx", |kind| matches!(kind, EffectKind::Bridge { .. }));
    assert_eq!(scene.conference(), Some(true));
}

#[test]
fn whoever_is_not_there_yet_takes_nobody_over() {
    let mut scene = Scene::talking();
    let (interaction, leg) = (scene.interaction(), scene.ana_leg);
    scene.does(CommandBody::AddParticipant { interaction, to: Destination::Agent(key("cem")) });
    scene.accept_all();
    scene.picks_up("pbx");
    let cem = scene.engagement();
    scene.leaves(leg);
    assert_eq!(scene.role(cem), EngagementRole::Conference);
    scene.accept_all();
    scene.done("pbx", |kind| matches!(kind, EffectKind::Bridge { .. }));
    assert!(!scene.is_over());
    assert_eq!(scene.role(cem), EngagementRole::Handler);
}

// -- conferences --------------------------------------------------------------------------------------

#[test]
fn all_meet_where_the_customer_is() {
    let scene = Scene::together();
    let customers = bridges(&scene)[0];
    let ben = joined_last(&scene)[1];
    assert_eq!(moves(&scene), [(scene.ana_leg, customers), (ben, customers)]);
    assert_eq!(scene.handed_out(unheld), 1);
}

#[test]
fn who_is_with_the_customer_already_stays_there() {
    let mut scene = Scene::advised();
    let engagement = scene.ana;
    scene.does(CommandBody::Unhold { engagement });
    scene.accept_all();
    scene.done("pbx", moved);
    scene.does(CommandBody::Conference { engagement });
    scene.accept_all();
    let customers = bridges(&scene)[0];
    let ben = joined_last(&scene)[1];
    assert_eq!(moves(&scene), [(scene.ana_leg, customers), (ben, customers)]);
    assert_eq!(scene.handed_out(unheld), 1);
}

#[test]
fn whoever_is_invited_is_waited_for_a_minute() {
    let mut scene = Scene::talking();
    let interaction = scene.interaction();
    scene.does(CommandBody::AddParticipant { interaction, to: Destination::Queue(key("advice")) });
    let until = scene.events().rev().find_map(|event| match event {
        Event::Request(RequestEvent::Opened(opened)) => opened.wait_until,
        _ => None,
    });
    assert_eq!(until, Some(scene.now + Duration::from_mins(1)));
}

#[test]
fn somebody_from_outside_makes_it_a_conference_of_three_and_is_let_go() {
    let mut scene = Scene::talking();
    let interaction = scene.interaction();
    scene.does(CommandBody::AddParticipant { interaction, to: outside() });
    scene.accept_all();
    scene.joins("pbx");
    assert_eq!(scene.conference(), Some(true));
    let (participant, before) = (guest(&scene).unwrap(), scene.handed_out(hung_up));
    scene.does(CommandBody::RemoveParticipant { participant });
    scene.accept_all();
    assert_eq!(scene.handed_out(hung_up), before + 1);
    assert_eq!(scene.conference(), Some(false));
}

#[test]
fn whoever_is_invited_and_cannot_be_joined_is_let_go() {
    for error in [HostError::LegGone, HostError::Rejected] {
        let mut scene = Scene::talking();
        let interaction = scene.interaction();
        scene.does(CommandBody::AddParticipant { interaction, to: outside() });
        scene.accept_all();
        scene.picks_up("pbx");
        scene.accept_all();
        let before = scene.handed_out(hung_up);
        let join = |kind: &EffectKind| matches!(kind, EffectKind::Bridge { .. });
        let op = scene.effects.iter().rev().find(|effect| join(&effect.kind)).unwrap().id;
        let _ = scene.report("pbx", HostEvent::OpFailed { op, error });
        assert_eq!(scene.handed_out(hung_up), before + 1);
        assert!(!scene.is_over() && guest(&scene).is_none());
        scene.comes_to_rest();
    }
}

#[test]
fn a_conference_of_four_goes_on_with_three() {
    let mut scene = Scene::together();
    let interaction = scene.interaction();
    scene.does(CommandBody::AddParticipant { interaction, to: Destination::Agent(key("cem")) });
    scene.joins("pbx");
    let engagement = scene.engagement();
    scene.does(CommandBody::HangUp { engagement });
    assert_eq!(scene.conference(), Some(true));
}

#[test]
fn several_may_join() {
    let mut scene = Scene::together();
    let interaction = scene.interaction();
    scene.does(CommandBody::AddParticipant { interaction, to: Destination::Agent(key("cem")) });
    scene.joins("pbx");
    assert_eq!(scene.role(scene.engagement()), EngagementRole::Conference);
    scene.does(CommandBody::AddParticipant {
        interaction,
        to: Destination::External(Personal::Clear("+49 30 1".into())),
    });
    scene.accept_all();
    let leg = LegRef::Ours(scene.ringing_leg());
    let _ = scene.report("pbx", HostEvent::answered(leg, AnsweredBy::Human));
    scene.accept_all();
    scene.done("pbx", |kind| matches!(kind, EffectKind::Bridge { .. }));
    assert!(guest(&scene).is_some());
    scene.comes_to_rest();
}

fn customer(scene: &Scene) -> ParticipantId {
    let customer = scene.events().find_map(|event| match event {
        Event::Interaction(InteractionEvent::Opened(opened)) => Some(opened.participant),
        _ => None,
    });
    customer.expect("a customer")
}

fn guest(scene: &Scene) -> Option<ParticipantId> {
    scene.events().rev().find_map(|event| match event {
        Event::Interaction(InteractionEvent::ParticipantJoined {
            participant,
            role: ParticipantRole::External,
            ..
        }) => Some(*participant),
        _ => None,
    })
}

#[test]
fn somebody_is_taken_out_and_the_others_go_on() {
    let mut scene = Scene::advised_from_outside();
    let engagement = scene.ana;
    scene.does(CommandBody::Conference { engagement });
    let participant = guest(&scene).unwrap();
    scene.does(CommandBody::RemoveParticipant { participant });
    assert_eq!(scene.conference(), Some(false));
    assert!(!scene.is_over());
    scene.comes_to_rest();
}

#[test]
fn a_participant_is_muted_once() {
    let mut scene = Scene::together();
    let participant = customer(&scene);
    scene.does(CommandBody::SetMuted { participant, muted: true });
    scene.accept_all();
    assert_eq!(
        scene.handed_out(|k| matches!(k, EffectKind::Mute { speak: false, hear: true, .. })),
        1
    );
    let receipt = scene.command(CommandBody::SetMuted { participant, muted: true });
    assert!(matches!(receipt, Receipt::Rejected { .. }), "{receipt:?}");
    scene.comes_to_rest();
}

#[test]
fn the_customer_cannot_be_taken_out() {
    let mut scene = Scene::together();
    let participant = customer(&scene);
    let receipt = scene.command(CommandBody::RemoveParticipant { participant });
    assert!(matches!(receipt, Receipt::Rejected { .. }), "{receipt:?}");
}

#[test]
fn whoever_was_taken_out_takes_part_no_more() {
    let mut scene = Scene::advised_from_outside();
    let engagement = scene.ana;
    scene.does(CommandBody::Conference { engagement });
    let participant = guest(&scene).unwrap();
    scene.does(CommandBody::RemoveParticipant { participant });
    let receipt = scene.command(CommandBody::RemoveParticipant { participant });
    assert!(matches!(receipt, Receipt::Rejected { .. }), "{receipt:?}");
}

#[test]
fn a_conference_begins_once() {
    let mut scene = Scene::together();
    let interaction = scene.interaction();
    scene.does(CommandBody::AddParticipant { interaction, to: Destination::Agent(key("cem")) });
    scene.joins("pbx");
    let begun = |event: &Event| matches!(event, Event::Conference(ConferenceEvent::Started { .. }));
    assert_eq!(scene.events().filter(|event| begun(event)).count(), 1);
}
