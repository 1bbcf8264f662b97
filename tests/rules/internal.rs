//! Calls among colleagues: two phones, the room of a call with both, and no customer.

use crate::support::{Bench, key, refusal};
use switchboard::id::{CommandId, EngagementId, LegId};
use switchboard::kpi::{ContactRecords, Kpis, SegmentKind};
use switchboard::message::{
    Activity, Actor, AgentEvent, Command, CommandBody, Destination, DialEnd, DialEvent, Direction,
    EffectKind, EndKind, EndedBy, EngagementEvent, EngagementRole, Event, HeldBy, HostEvent,
    InteractionEvent, LegEvent, LegRef, MonitorMode, MonitorTarget, Origin, Personal, Phase,
    Receipt, Rejection, RejectionReason, Side,
};
use switchboard::model::{
    Agent, Brand, Center, Disposition, EntryPoint, Host, Queue, Skill, WrapUpMode,
};
use switchboard::time::Duration;

fn center() -> Center {
    let wraps = Queue::new().wrap_up(WrapUpMode::Forced, Duration::from_mins(5));
    Center::builder()
        .host("pbx", Host::new("PBX"))
        .host("far", Host::new("Far"))
        .brand("north", Brand::new("North").caller_id("+49 30 555"))
        .skill("sales", Skill::new("Sales"))
        .disposition("done", Disposition::new("Done"))
        .emergency_number("112")
        .queue("sales", wraps.brand("north").requires("sales", 1))
        .entry_point("main", EntryPoint::voice("100").to_queue("sales").brand("north"))
        .agent("ana", Agent::new("Ana").skill("sales", 1).phone("pbx", "1"))
        .agent("ben", Agent::new("Ben").skill("sales", 1).phone("pbx", "2"))
        .agent("cem", Agent::new("Cem"))
        .agent("eva", Agent::new("Eva").phone("far", "5"))
        .agent("zoe", Agent::new("Zoe").skill("sales", 1).phone("pbx", "6"))
        .build()
        .unwrap()
}

/// Ana calls Ben. Cem has no phone, Eva's is at another host, and Zoe is at home.
struct Scene {
    bench: Bench,
    ana: EngagementId,
    ben: EngagementId,
    ana_leg: LegId,
    ben_leg: LegId,
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

fn dial(agent: &str, to: &str) -> CommandBody {
    CommandBody::DialAgent { agent: key(agent), to: key(to) }
}

fn bench() -> Bench {
    let mut bench = Bench::new(center());
    for agent in ["ana", "ben", "cem", "eva"] {
        bench.sign_in(agent);
    }
    bench
}

impl Scene {
    /// Ana's phone rings.
    fn begun() -> Self {
        let mut bench = bench();
        bench.does(dial("ana", "ben"));
        bench.accept_all();
        let parts: Vec<EngagementId> = bench
            .events()
            .filter_map(|event| match event {
                Event::Engagement(EngagementEvent::Opened { id, .. }) => Some(*id),
                _ => None,
            })
            .collect();
        let [ana, ben] = parts[..] else { panic!("two take part: {parts:?}") };
        let (ana_leg, ben_leg) = (bench.ringing_leg(), bench.interaction_opened().leg);
        Self { bench, ana, ben, ana_leg, ben_leg }
    }

    /// Ben's phone rings.
    fn ringing() -> Self {
        let mut scene = Self::begun();
        let leg = scene.ana_leg;
        scene.leg_answers("pbx", leg);
        scene.accept_all();
        scene
    }

    fn talking() -> Self {
        let mut scene = Self::ringing();
        let leg = scene.ben_leg;
        scene.leg_answers("pbx", leg);
        scene.done("pbx", |kind| matches!(kind, EffectKind::Bridge { .. }));
        scene.accept_all();
        scene
    }

    /// Whom hosts were asked to call, and from which number.
    fn calls(&self) -> Vec<(String, Option<String>)> {
        let call = |kind: &EffectKind| match kind {
            EffectKind::Originate { to: Personal::Clear(to), from, .. } => {
                Some((to.clone(), from.clone()))
            }
            _ => None,
        };
        self.effects.iter().filter_map(|effect| call(&effect.kind)).collect()
    }

    fn dial_ends(&self) -> Vec<DialEnd> {
        self.events()
            .filter_map(|event| match event {
                Event::Dial(DialEvent::Ended { end, .. }) => Some(*end),
                _ => None,
            })
            .collect()
    }

    /// The interaction and both parts are over, and who ended it.
    fn is_over(&self) -> Option<Side> {
        let ended = self.events().find_map(|event| match event {
            Event::Interaction(InteractionEvent::Ended { by, .. }) => Some(*by),
            _ => None,
        });
        let closed =
            self.events().any(|e| matches!(e, Event::Interaction(InteractionEvent::Closed { .. })));
        assert_eq!(ended.is_some(), closed, "nothing is left to do when it is over");
        if closed {
            assert_eq!((self.phase(self.ana), self.phase(self.ben)), (None, None));
        }
        ended
    }

    /// Both are free for the next call, and no phone goes on ringing.
    fn comes_to_rest(mut self) {
        self.accept_all();
        for leg in [self.ana_leg, self.ben_leg] {
            let _ = self.leg_ends("pbx", LegRef::Ours(leg), EndKind::Normal);
        }
        self.seconds(1);
        for caller in ["call-1", "call-2", "call-3"] {
            let _ = self.call("pbx", caller, "100");
        }
        assert_eq!(self.offered().len(), 2, "one to each of them");
    }
}

/// Why, and of which field.
fn refused(receipt: &Receipt) -> (RejectionReason, String) {
    let Rejection { reason, field } = refusal(receipt.clone());
    (reason, field.into_owned())
}

#[test]
fn the_callers_phone_rings_first_then_the_colleagues() {
    let scene = Scene::begun();
    assert_eq!(scene.calls(), [("1".into(), None)]);
    let scene = Scene::ringing();
    assert_eq!(scene.calls()[1], ("2".into(), Some("1".into())), "Ben sees who calls");
    assert_eq!(scene.phase(scene.ana), Some(Phase::Dialing));
    assert_eq!(scene.phase(scene.ben), Some(Phase::Connecting));
    let scene = Scene::talking();
    assert_eq!(scene.phase(scene.ana), Some(Phase::Active));
    assert_eq!(scene.phase(scene.ben), Some(Phase::Active));
    assert_eq!(scene.dial_ends(), [DialEnd::Connected]);
    scene.comes_to_rest();
}

#[test]
fn no_customer_and_no_queue_have_a_part_in_it() {
    let scene = Scene::talking();
    let opened = scene.interaction_opened();
    assert_eq!((opened.direction, opened.origin), (Direction::Internal, Origin::Manual));
    assert_eq!((opened.brand, opened.customer), (None, None));
    let roles: Vec<_> = scene
        .events()
        .filter_map(|event| match event {
            Event::Engagement(EngagementEvent::Opened { role, queue, request, .. }) => {
                Some((*role, *queue, *request))
            }
            _ => None,
        })
        .collect();
    assert_eq!(roles, [(EngagementRole::Internal, None, None); 2]);
    assert!(scene.requests().is_empty());
}

#[test]
fn it_takes_the_room_of_a_call_with_both_from_the_beginning() {
    for scene in [Scene::begun, Scene::ringing, Scene::talking] {
        let mut scene = scene();
        let _ = scene.call("pbx", "call-1", "100");
        assert_eq!(scene.offered(), [], "neither is free");
        let busy = [dial("ana", "ben"), dial("cem", "ben")].map(|body| scene.command(body));
        let no_room = |field: &str| (RejectionReason::NoCapacity, field.to_owned());
        assert_eq!(busy.each_ref().map(refused), [no_room("to"), no_room("to")]);
        let receipt = scene.command(dial("ben", "ana"));
        assert_eq!(refused(&receipt), no_room("to"));
    }
}

#[test]
fn an_offer_that_rings_leaves_no_room_for_it() {
    let mut bench = bench();
    let _ = bench.call("pbx", "call-1", "100");
    let (caller, called) = (bench.command(dial("ana", "ben")), bench.command(dial("ben", "ana")));
    assert_eq!(refused(&caller), (RejectionReason::NoCapacity, "agent".into()));
    assert_eq!(refused(&called), (RejectionReason::NoCapacity, "to".into()));
}

#[test]
fn whoever_does_not_take_work_may_be_called_and_call() {
    let mut bench = bench();
    for agent in ["ana", "ben"] {
        let (ready, reason) = (false, None);
        bench.does(CommandBody::SetPresence { agent: key(agent), ready, reason });
    }
    bench.does(dial("ana", "ben"));
}

#[test]
fn only_a_phone_that_can_be_joined_is_called() {
    let mut bench = bench();
    let refusal =
        |bench: &mut Bench, agent: &str, to: &str| refused(&bench.command(dial(agent, to)));
    let wrong = |is: &'static str| RejectionReason::WrongState(is.into());
    assert_eq!(refusal(&mut bench, "ana", "nobody"), (RejectionReason::Unknown, "to".into()));
    assert_eq!(refusal(&mut bench, "zoe", "ana"), (wrong("signed out"), "agent".into()));
    assert_eq!(refusal(&mut bench, "ana", "zoe"), (wrong("signed out"), "to".into()));
    let phoneless = wrong("without a phone to be called");
    assert_eq!(refusal(&mut bench, "ana", "cem"), (phoneless, "to".into()));
    let elsewhere = wrong("at another host than the caller's phone");
    assert_eq!(refusal(&mut bench, "ana", "eva"), (elsewhere, "to".into()));
    let own = RejectionReason::Invalid("is the caller".into());
    assert_eq!(refusal(&mut bench, "ana", "ana"), (own, "to".into()));
    let _ = bench.report("pbx", HostEvent::HostLost { reason: String::new().into() });
    let (reason, field) = refusal(&mut bench, "ana", "ben");
    assert_eq!((reason, &*field), (wrong("not to be reached"), "to"));
    assert!(bench.requests().is_empty() && bench.try_offer().is_none());
}

#[test]
fn nobody_is_called_who_is_about_to_leave_or_calls_for_help() {
    let mut bench = bench();
    let _ = bench.call("pbx", "call-1", "100");
    bench.joins("pbx");
    bench.does(CommandBody::SignOut { agent: key("ana"), force: false });
    let (reason, field) = refused(&bench.command(dial("ben", "ana")));
    assert_eq!((reason, &*field), (RejectionReason::WrongState("about to leave".into()), "to"));

    // A call for help takes no room where there is none; that leaves none for others.
    let mut bench = self::bench();
    let _ = bench.call("pbx", "call-1", "100");
    bench.joins("pbx");
    bench.does(CommandBody::Dial {
        agent: key("ana"),
        queue: key("sales"),
        to: Personal::Clear("112".into()),
        preview: false,
        location: None,
        host: None,
        conversation: None,
    });
    let _ = bench.hangs_up("pbx", "call-1");
    let talk = bench.events().find_map(|event| match event {
        Event::Engagement(EngagementEvent::WrapUpStarted { id, .. }) => Some(*id),
        _ => None,
    });
    let (engagement, disposition) = (talk.expect("a wrap-up"), Some(key("done")));
    bench.does(CommandBody::FinishWrapUp { engagement, disposition });
    let (reason, field) = refused(&bench.command(dial("ben", "ana")));
    assert_eq!((reason, &*field), (RejectionReason::NoCapacity, "to"));
}

#[test]
fn a_phone_that_is_taken_over_is_not_called_any_more() {
    let mut scene = Scene::ringing();
    scene.sign_in("ben");
    assert!(scene.is_over().is_some());
    let mut scene = Scene::talking();
    scene.sign_in("ben");
    assert_eq!(scene.is_over(), None, "a talk goes on");
}

#[test]
fn whose_phone_rings_is_no_customer_when_the_host_says_so_late() {
    for by in [EndedBy::Unknown, EndedBy::Caller] {
        let mut scene = Scene::talking();
        let (engagement, id) = (scene.ana, scene.ben_leg);
        scene.does(CommandBody::HangUp { engagement });
        scene.accept_all();
        let (leg, cause) = (LegRef::Ours(id), EndKind::Normal.into());
        let _ = scene.report("pbx", HostEvent::Ended { leg, by, cause });
        let ended = LegEvent::Ended { id, by: Side::Agent, cause };
        assert!(scene.last_events().contains(&Event::Leg(ended)), "{by:?}");
    }
}

#[test]
fn agents_call_for_themselves_alone() {
    let mut bench = bench();
    let by = |name: &str, id: &str| {
        Command::new(CommandId::new(id).unwrap(), Actor::agent(key(name)), dial("ana", "ben"))
    };
    let receipt = bench.input(by("ben", "x1"));
    assert!(matches!(refused(&receipt).0, RejectionReason::NotPermitted(_)));
    let receipt = bench.input(by("ana", "x2"));
    assert!(matches!(receipt, Receipt::Recorded(_)), "{receipt:?}");
}

#[test]
fn whoever_has_no_phone_talks_as_soon_as_the_colleague_answers() {
    let mut bench = bench();
    bench.does(dial("cem", "ben"));
    bench.accept_all();
    let leg = bench.ringing_leg();
    assert_eq!(leg, bench.interaction_opened().leg);
    bench.leg_answers("pbx", leg);
    let active = |event: &&Event| {
        matches!(
            event,
            Event::Engagement(EngagementEvent::PhaseChanged { phase: Phase::Active, .. })
        )
    };
    assert_eq!(bench.events().filter(active).count(), 2);
}

#[test]
fn either_may_leave_and_it_is_over_for_both() {
    for of_ana in [true, false] {
        let mut scene = Scene::talking();
        let leg = if of_ana { scene.ana_leg } else { scene.ben_leg };
        let _ = scene.leg_ends("pbx", LegRef::Ours(leg), EndKind::Normal);
        assert_eq!(scene.is_over(), Some(Side::Agent));
        scene.comes_to_rest();

        let mut scene = Scene::talking();
        let engagement = if of_ana { scene.ana } else { scene.ben };
        scene.does(CommandBody::HangUp { engagement });
        assert_eq!(scene.is_over(), Some(Side::Agent));
        scene.accept_all();
        let hung_up = |kind: &EffectKind| matches!(kind, EffectKind::Hangup { .. });
        assert_eq!(scene.handed_out(hung_up), 2, "both phones");
        scene.comes_to_rest();
    }
}

#[test]
fn either_may_give_it_up_while_it_rings() {
    for (scene, phones) in [(Scene::begun as fn() -> Scene, 1), (Scene::ringing, 2)] {
        for of_ana in [true, false] {
            let mut scene = scene();
            let engagement = if of_ana { scene.ana } else { scene.ben };
            scene.does(CommandBody::HangUp { engagement });
            assert_eq!(scene.is_over(), Some(Side::Agent));
            assert_eq!(scene.dial_ends(), [DialEnd::GivenUp]);
            scene.accept_all();
            let hung_up = |kind: &EffectKind| matches!(kind, EffectKind::Hangup { .. });
            assert_eq!(scene.handed_out(hung_up), phones, "whose phone was rung");
            scene.comes_to_rest();
        }
    }
}

#[test]
fn a_colleague_who_does_not_answer_ends_it() {
    for kind in [EndKind::Busy, EndKind::NoAnswer, EndKind::Declined] {
        let mut scene = Scene::ringing();
        let leg = scene.ben_leg;
        let _ = scene.leg_ends("pbx", LegRef::Ours(leg), kind);
        assert_eq!(scene.dial_ends(), [DialEnd::NotReached(kind.into())]);
        assert!(scene.is_over().is_some());
        scene.comes_to_rest();
    }
}

#[test]
fn a_caller_who_does_not_pick_up_calls_nobody() {
    let mut scene = Scene::begun();
    let leg = scene.ana_leg;
    let _ = scene.leg_ends("pbx", LegRef::Ours(leg), EndKind::NoAnswer);
    assert_eq!(scene.calls().len(), 1);
    assert_eq!(scene.dial_ends(), [DialEnd::GivenUp]);
    assert_eq!(scene.is_over(), Some(Side::Agent));
    scene.comes_to_rest();
}

#[test]
fn what_is_never_heard_of_ends() {
    for scene in [Scene::begun, Scene::ringing] {
        let mut scene = scene();
        scene.wait(Duration::from_mins(2));
        assert!(scene.is_over().is_some());
        scene.comes_to_rest();
    }
}

#[test]
fn a_phone_that_signs_out_or_is_lost_ends_it() {
    let mut scene = Scene::talking();
    scene.does(CommandBody::SignOut { agent: key("ben"), force: true });
    assert!(scene.is_over().is_some());
    let mut scene = Scene::talking();
    let _ = scene.report("pbx", HostEvent::HostLost { reason: String::new().into() });
    scene.wait(Duration::from_mins(30));
    assert!(scene.is_over().is_some());
}

#[test]
fn it_is_work_from_outside_the_queues() {
    let mut scene = Scene::ringing();
    let other_work = Activity::OtherWork(None);
    let told: Vec<Activity> = scene
        .events()
        .filter_map(|event| match event {
            Event::Agent(AgentEvent::StateChanged { to, .. }) => Some(*to),
            _ => None,
        })
        .collect();
    assert_eq!(told[told.len() - 2..], [other_work, other_work]);
    let leg = scene.ben_leg;
    scene.leg_answers("pbx", leg);
    scene.done("pbx", |kind| matches!(kind, EffectKind::Bridge { .. }));
    assert_eq!(scene.activity(), other_work, "also when they talk");
}

#[test]
fn the_place_among_the_idle_is_kept() {
    let mut scene = Scene::talking();
    scene.seconds(30);
    scene.sign_in("zoe");
    scene.seconds(30);
    let engagement = scene.ana;
    scene.does(CommandBody::HangUp { engagement });
    scene.accept_all();
    let _ = scene.call("pbx", "call-1", "100");
    assert_eq!(
        scene.calls().last(),
        Some(&("1".into(), Some("+49 30 555".into()))),
        "Ana has waited longest"
    );
}

#[test]
fn nobody_is_handed_on_asked_or_followed_in_it() {
    let mut scene = Scene::talking();
    let (engagement, agent) = (scene.ana, || Destination::Agent(key("cem")));
    let interaction = scene.interaction_opened().id;
    let (boost, fallback) = (None, None);
    let commands = [
        CommandBody::Hold { engagement },
        CommandBody::Transfer { engagement, to: agent(), boost, fallback },
        CommandBody::Consult { engagement, to: agent() },
        CommandBody::RequestAssistance { engagement },
    ];
    for body in commands {
        let (reason, field) = refused(&scene.command(body));
        let no_customer = RejectionReason::WrongState("not one that serves the customer".into());
        assert_eq!((reason, &*field), (no_customer, "engagement"));
    }
    let added = CommandBody::AddParticipant { interaction, to: agent() };
    assert_eq!(refused(&scene.command(added)).1, "interaction");
    let (target, mode) = (MonitorTarget::Interaction(interaction), MonitorMode::Listen);
    let receipt = scene.command_of("cem", CommandBody::Monitor { target, mode });
    assert_eq!(refused(&receipt).1, "target.interaction");
}

#[test]
fn a_phone_may_hold_it() {
    let mut scene = Scene::talking();
    let leg = LegRef::Ours(scene.ana_leg);
    let _ = scene.report("pbx", HostEvent::Held { leg: leg.clone(), by: HeldBy::FarEnd });
    assert_eq!(scene.phase(scene.ana), Some(Phase::Held));
    let _ = scene.report("pbx", HostEvent::Resumed { leg, by: HeldBy::FarEnd });
    assert_eq!(scene.phase(scene.ana), Some(Phase::Active));
}

#[test]
fn contact_record_and_figures_show_it_apart() {
    let mut scene = Scene::talking();
    scene.seconds(60);
    let leg = scene.ben_leg;
    let _ = scene.leg_ends("pbx", LegRef::Ours(leg), EndKind::Normal);
    let mut contacts = ContactRecords::new();
    let mut kpis = Kpis::default();
    for record in &scene.records {
        contacts.apply(record);
        kpis.apply(record);
    }
    let contact = contacts.take_closed().remove(0);
    assert_eq!((contact.direction, contact.ended_by), (Direction::Internal, Side::Agent));
    let talks = contact.segments.iter().filter(|segment| match segment.kind {
        SegmentKind::Talk { .. } => segment.end.since(segment.start) == Duration::from_secs(60),
        _ => false,
    });
    assert_eq!(talks.count(), 2);
    let report = kpis.report(scene.now);
    assert_eq!((report.interactions.internal, report.interactions.opened), (1, 0));
    assert_eq!((report.interactions.ended, report.interactions.closed), (0, 0));
    assert!(report.queues.is_empty(), "{:?}", report.queues);
}
