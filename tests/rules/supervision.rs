//! Supervisors who listen, whisper, barge, follow an agent and take over; agents who ask for help.

use crate::support::{Bench, key};
use switchboard::id::{CommandId, EngagementId, LegId};
use switchboard::kpi::{ContactRecords, SegmentKind};
use switchboard::message::{
    Activity, Actor, Alert, Command, CommandBody, Destination, EffectKind, EndKind,
    EngagementEvent, EngagementRole, Event, HostError, HostEvent, LegRef, MediaTarget, MonitorEnd,
    MonitorEvent, MonitorMode, MonitorTarget, Permission, Personal, Phase, Receipt,
    RejectionReason,
};
use switchboard::model::{
    Agent, Brand, Center, Channel, ChannelCapacity, Draft, EntryPoint, Host, Queue, Role, Skill,
    Team, User, WrapUpMode,
};
use switchboard::time::Duration;

fn center() -> Center {
    center_where_sue_is(User::new("Sue", Role::Supervisor))
}

fn center_where_sue_is(sue: impl Into<Draft<User>>) -> Center {
    let wraps = || Queue::new().wrap_up(WrapUpMode::Optional, Duration::from_mins(5));
    Center::builder()
        .host("pbx", Host::new("PBX"))
        .host("texts", Host::new("Texts"))
        .brand("north", Brand::new("North"))
        .brand("south", Brand::new("South"))
        .team("blue", Team::new("Blue").lead("lena"))
        .team("red", Team::new("Red"))
        .channel(Channel::Voice, ChannelCapacity::new(70, 1).interrupts(Channel::Email))
        .channel(Channel::Email, ChannelCapacity::new(70, 1))
        .channel(Channel::Sms, ChannelCapacity::new(30, 2))
        .skill("sales", Skill::new("Sales"))
        .skill("letters", Skill::new("Letters"))
        .queue("sales", wraps().requires("sales", 1))
        .queue("letters", wraps().requires("letters", 1))
        .entry_point("texts", EntryPoint::on(Channel::Sms, "4242").to_queue("letters"))
        .entry_point("main", EntryPoint::voice("100").to_queue("sales").brand("north"))
        .entry_point("other", EntryPoint::voice("200").to_queue("sales").brand("south"))
        .agent(
            "ana",
            Agent::new("Ana").skill("sales", 1).skill("letters", 1).team("blue").phone("pbx", "1"),
        )
        .agent("sue", Agent::new("Sue").phone("pbx", "2"))
        .agent("tom", Agent::new("Tom").phone("pbx", "3"))
        .agent("lena", Agent::new("Lena").team("blue"))
        .user("sue", sue)
        .build()
        .unwrap()
}

/// Ana talks to a customer; Sue is there, and takes no calls.
struct Scene {
    bench: Bench,
    ana: EngagementId,
    ana_leg: LegId,
    commands: u32,
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
    fn quiet() -> Self {
        Self::at(center())
    }

    fn at(center: Center) -> Self {
        let mut bench = Bench::new(center);
        for agent in ["ana", "sue", "tom", "lena"] {
            bench.sign_in(agent);
        }
        let none =
            EngagementId::new(switchboard::id::Origin { shard: 1, epoch: 1, seq: 1, index: 9 });
        let leg = LegId::new(switchboard::id::Origin { shard: 1, epoch: 1, seq: 1, index: 9 });
        Self { bench, ana: none.unwrap(), ana_leg: leg.unwrap(), commands: 0 }
    }

    fn talking() -> Self {
        let mut scene = Self::quiet();
        scene.next_call();
        scene
    }

    fn next_call(&mut self) {
        self.calls_ana();
        self.seconds(30);
        (self.ana, self.ana_leg) = (self.engagement(), self.ringing_leg());
    }

    fn calls_ana(&mut self) {
        let name = format!("call-{}", self.records.len());
        let _ = self.call("pbx", &name, "100");
        self.joins("pbx");
    }

    /// A customer writes, and Ana answers.
    fn texts_ana(&mut self) -> EngagementId {
        let name = |text: &str| switchboard::id::ExternalRef::new(text).unwrap();
        let _ = self.report(
            "texts",
            HostEvent::MessageReceived {
                thread: name("thread-1"),
                message: name("message-1"),
                channel: Channel::Sms,
                to: "4242".into(),
                from: Box::default(),
                subject: None,
                text: switchboard::message::Personal::Clear("Hello".into()),
                in_reply_to: None,
                attachments: Vec::new(),
            },
        );
        let offer = self.offer();
        self.does(CommandBody::AcceptOffer { offer });
        self.engagement()
    }

    fn says(&mut self, actor: Actor, body: CommandBody) -> Receipt {
        self.commands += 1;
        let id = CommandId::new(format!("s{}", self.commands)).unwrap();
        self.input(Command::new(id, actor, body))
    }

    /// Sue says it.
    fn sue(&mut self, body: CommandBody) -> Receipt {
        self.says(Actor::user(key("sue"), Role::Supervisor), body)
    }

    fn refused(&mut self, body: CommandBody) -> RejectionReason {
        match self.sue(body) {
            Receipt::Rejected { rejection, .. } => rejection.reason,
            other => panic!("{other:?}"),
        }
    }

    /// Sue says it for somebody else.
    fn says_for(&mut self, agent: &str, body: CommandBody) -> Receipt {
        self.commands += 1;
        let id = CommandId::new(format!("s{}", self.commands)).unwrap();
        let mut command = Command::new(id, Actor::user(key("sue"), Role::Supervisor), body);
        command.authority.on_behalf_of = Some(key(agent));
        self.input(command)
    }

    fn refused_for(&mut self, agent: &str, body: CommandBody) -> RejectionReason {
        match self.says_for(agent, body) {
            Receipt::Rejected { rejection, .. } => rejection.reason,
            other => panic!("{other:?}"),
        }
    }

    fn this(&self) -> MonitorTarget {
        MonitorTarget::Interaction(self.interaction())
    }

    fn follows(&mut self, target: MonitorTarget, mode: MonitorMode) {
        let receipt = self.sue(CommandBody::Monitor { target, mode });
        assert!(matches!(receipt, Receipt::Recorded(_)), "{receipt:?}");
        self.accept_all();
    }

    /// Sue's phone has rung, and the host has done what it was asked.
    fn listens(&mut self, target: MonitorTarget) -> (EngagementId, LegId) {
        self.follows(target, MonitorMode::Listen);
        let (part, leg) = (self.engagement(), self.ringing_leg());
        self.picks_up("pbx");
        self.accept_all();
        self.attached();
        (part, leg)
    }

    fn attached(&mut self) {
        self.done("pbx", |kind| matches!(kind, EffectKind::Monitor { .. }));
        self.accept_all();
    }

    /// What the host was asked last to let Sue hear.
    fn asked(&self) -> Option<(MediaTarget, MonitorMode)> {
        self.effects.iter().rev().find_map(|effect| match &effect.kind {
            EffectKind::Monitor { target, mode, .. } => Some((target.clone(), *mode)),
            _ => None,
        })
    }

    fn news(&self) -> Vec<&MonitorEvent> {
        self.events()
            .filter_map(|event| match event {
                Event::Monitor(event) => Some(event),
                _ => None,
            })
            .collect()
    }

    fn ended(&self) -> Option<MonitorEnd> {
        self.news().iter().find_map(|event| match event {
            MonitorEvent::Ended { end, .. } => Some(*end),
            _ => None,
        })
    }

    fn takes_over(&mut self) -> Receipt {
        let engagement = self.ana;
        let receipt = self.sue(CommandBody::TakeOver { engagement });
        self.accept_all();
        receipt
    }

    fn consults_tom(&mut self) {
        let (engagement, to) = (self.ana, Destination::Agent(key("tom")));
        self.does(CommandBody::Consult { engagement, to });
        self.accept_all();
        self.joins("pbx");
    }

    fn took_over(&self) -> bool {
        self.news().iter().any(|event| matches!(event, MonitorEvent::TookOver { .. }))
    }

    fn wraps_up(&self, part: EngagementId) -> bool {
        self.events().any(|event| {
            matches!(event, Event::Engagement(EngagementEvent::WrapUpStarted { id, .. }) if *id == part)
        })
    }

    fn activity_of(&self, agent: &str) -> Activity {
        let id = match agent {
            "ana" => 0,
            "lena" => 1,
            "sue" => 2,
            _ => 3,
        };
        self.events()
            .rev()
            .find_map(|event| match event {
                Event::Agent(switchboard::message::AgentEvent::StateChanged {
                    agent, to, ..
                }) if agent.0 == id => Some(*to),
                _ => None,
            })
            .unwrap()
    }
}

#[test]
fn a_supervisor_listens_by_phone() {
    let mut scene = Scene::talking();
    let target = scene.this();
    scene.listens(target);
    assert!(matches!(scene.asked(), Some((MediaTarget::Bridge(_), MonitorMode::Listen))));
    assert_eq!(scene.activity_of("sue"), Activity::Monitoring);
    assert_eq!(scene.activity_of("ana"), Activity::Talking);
}

#[test]
fn the_mode_changes_in_place() {
    let mut scene = Scene::talking();
    let (target, leg) = (scene.this(), scene.ana_leg);
    scene.listens(target.clone());
    scene.follows(target.clone(), MonitorMode::Whisper);
    scene.attached();
    let agents = matches!(scene.asked(), Some((MediaTarget::Leg(to), MonitorMode::Whisper)) if to.leg == leg);
    assert!(agents, "a whisper is for the agent: {:?}", scene.asked());
    scene.follows(target.clone(), MonitorMode::Barge);
    assert!(matches!(scene.asked(), Some((MediaTarget::Bridge(_), MonitorMode::Barge))));
    let calls = scene.handed_out(|kind| matches!(kind, EffectKind::Originate { .. }));
    assert_eq!(calls, 2, "Ana's phone and Sue's, once each");
    let again = CommandBody::Monitor { target, mode: MonitorMode::Barge };
    assert_eq!(scene.refused(again), RejectionReason::WrongState("in force already".into()));
}

#[test]
fn following_takes_no_capacity() {
    let mut scene = Scene::talking();
    let target = scene.this();
    scene.listens(target);
    let work =
        CommandBody::BeginOtherWork { agent: key("sue"), channel: Channel::Voice, reason: None };
    scene.does(work);
}

#[test]
fn whoever_stops_is_let_go() {
    let mut scene = Scene::talking();
    let target = scene.this();
    let (_, leg) = scene.listens(target.clone());
    let receipt = scene.sue(CommandBody::EndMonitor { target: target.clone() });
    assert!(matches!(receipt, Receipt::Recorded(_)), "{receipt:?}");
    assert_eq!(scene.ended(), Some(MonitorEnd::Stopped));
    let hung_up =
        |kind: &EffectKind| matches!(kind, EffectKind::Hangup { leg: to, .. } if to.leg == leg);
    assert_eq!(scene.handed_out(hung_up), 1);
    assert_eq!(scene.activity_of("sue"), Activity::Idle);
    let again = scene.refused(CommandBody::EndMonitor { target });
    assert_eq!(again, RejectionReason::WrongState("not followed".into()));
}

#[test]
fn an_interaction_that_is_over_is_followed_no_more() {
    let mut scene = Scene::talking();
    let target = scene.this();
    scene.listens(target);
    let engagement = scene.ana;
    scene.does(CommandBody::HangUp { engagement });
    assert_eq!(scene.ended(), Some(MonitorEnd::TargetGone));
}

#[test]
fn a_supervisor_who_hangs_up_follows_no_more() {
    let mut scene = Scene::talking();
    let target = scene.this();
    let (_, leg) = scene.listens(target);
    let _ = scene.leg_ends("pbx", LegRef::Ours(leg), EndKind::Normal);
    assert_eq!(scene.ended(), Some(MonitorEnd::LegGone));
    assert_eq!(scene.activity_of("ana"), Activity::Talking);
}

#[test]
fn a_phone_that_nobody_answers_ends_it() {
    let mut scene = Scene::talking();
    let target = scene.this();
    scene.follows(target, MonitorMode::Listen);
    let leg = scene.ringing_leg();
    let _ = scene.leg_ends("pbx", LegRef::Ours(leg), EndKind::NoAnswer);
    assert_eq!(scene.ended(), Some(MonitorEnd::LegGone));
    assert_eq!(scene.activity_of("sue"), Activity::Idle, "no strike for a supervisor");
}

#[test]
fn a_host_that_cannot_ends_it() {
    let mut scene = Scene::talking();
    let target = scene.this();
    scene.follows(target, MonitorMode::Listen);
    scene.picks_up("pbx");
    scene.accept_all();
    let is_monitor = |kind: &EffectKind| matches!(kind, EffectKind::Monitor { .. });
    let op = scene.op(is_monitor);
    let _ = scene.report("pbx", HostEvent::OpFailed { op, error: HostError::Unsupported });
    assert_eq!(scene.ended(), Some(MonitorEnd::Failed));
}

#[test]
fn an_agent_is_followed_from_call_to_call() {
    let mut scene = Scene::quiet();
    scene.follows(MonitorTarget::Agent(key("ana")), MonitorMode::Listen);
    let calls =
        |scene: &Scene| scene.handed_out(|kind| matches!(kind, EffectKind::Originate { .. }));
    assert_eq!(calls(&scene), 0, "nothing to hear yet");
    scene.next_call();
    // Ana's phone, then Sue's.
    assert_eq!(calls(&scene), 2);
    scene.picks_up("pbx");
    scene.accept_all();
    scene.attached();
    let first = scene.interaction();
    let ana = scene
        .events()
        .find_map(|event| match event {
            Event::Engagement(EngagementEvent::Opened {
                id,
                role: EngagementRole::Handler,
                ..
            }) => Some(*id),
            _ => None,
        })
        .unwrap();
    scene.does(CommandBody::HangUp { engagement: ana });
    scene.does(CommandBody::FinishWrapUp { engagement: ana, disposition: None });
    let between = scene.news().last().copied().cloned();
    assert!(
        matches!(between, Some(MonitorEvent::Followed { interaction: None, .. })),
        "{between:?}"
    );
    scene.calls_ana();
    scene.attached();
    assert_ne!(scene.interaction(), first);
    assert_eq!(calls(&scene), 3, "Sue stays on the line");
    let heard = scene.handed_out(|kind| matches!(kind, EffectKind::Monitor { .. }));
    assert_eq!(heard, 2, "once for each call");
    scene.does(CommandBody::SignOut { agent: key("ana"), force: true });
    assert_eq!(scene.ended(), Some(MonitorEnd::TargetGone));
}

#[test]
fn a_supervisor_takes_over() {
    let mut scene = Scene::talking();
    let (target, ana) = (scene.this(), scene.ana);
    let (sue, _) = scene.listens(target);
    let receipt = scene.takes_over();
    assert!(matches!(receipt, Receipt::Recorded(_)), "{receipt:?}");
    assert!(!scene.took_over(), "Ana serves until Sue is there");
    assert!(!scene.wraps_up(ana));
    scene.done("pbx", |kind| matches!(kind, EffectKind::Bridge { .. }));
    scene.accept_all();
    assert!(scene.took_over());
    assert!(scene.wraps_up(ana), "each handler has a wrap-up");
    assert_eq!(scene.activity_of("sue"), Activity::Talking);
    scene.does(CommandBody::HangUp { engagement: sue });
    assert!(scene.wraps_up(sue), "also the one who took over");
    scene.does(CommandBody::FinishWrapUp { engagement: sue, disposition: None });
    scene.does(CommandBody::FinishWrapUp { engagement: ana, disposition: None });
    let mut contacts = ContactRecords::new();
    scene.records.iter().for_each(|record| contacts.apply(record));
    let closed = contacts.take_closed();
    let kinds: Vec<_> = closed[0].segments.iter().map(|segment| &segment.kind).collect();
    let talks = kinds.iter().filter(|kind| matches!(kind, SegmentKind::Talk { .. })).count();
    let observes = kinds.iter().filter(|kind| matches!(kind, SegmentKind::Observe { .. })).count();
    assert_eq!((talks, observes), (2, 1), "{kinds:?}");
}

#[test]
fn taking_over_takes_capacity() {
    let mut scene = Scene::talking();
    let target = scene.this();
    scene.listens(target);
    let _ = scene.takes_over();
    let work =
        CommandBody::BeginOtherWork { agent: key("sue"), channel: Channel::Voice, reason: None };
    let receipt = scene.command(work);
    assert!(
        matches!(&receipt, Receipt::Rejected { rejection, .. } if rejection.reason == RejectionReason::NoCapacity),
        "{receipt:?}"
    );
}

#[test]
fn whoever_has_no_room_takes_nothing_over() {
    let mut scene = Scene::talking();
    let target = scene.this();
    scene.listens(target);
    scene.does(CommandBody::BeginOtherWork {
        agent: key("sue"),
        channel: Channel::Voice,
        reason: None,
    });
    let engagement = scene.ana;
    assert_eq!(scene.refused(CommandBody::TakeOver { engagement }), RejectionReason::NoCapacity);
}

#[test]
fn a_take_over_that_fails_leaves_all_as_it_was() {
    let mut scene = Scene::talking();
    let (target, ana) = (scene.this(), scene.ana);
    scene.listens(target);
    let _ = scene.takes_over();
    let bridge = |kind: &EffectKind| matches!(kind, EffectKind::Bridge { .. });
    let op = scene.op(bridge);
    let _ = scene.report("pbx", HostEvent::OpFailed { op, error: HostError::Rejected });
    assert!(!scene.took_over() && !scene.wraps_up(ana));
    assert_eq!(scene.activity_of("ana"), Activity::Talking);
    let last = scene.news().last().copied().cloned();
    assert!(
        matches!(last, Some(MonitorEvent::Attached { mode: MonitorMode::Listen, .. })),
        "{last:?}"
    );
}

#[test]
fn taking_over_needs_no_listening_before() {
    let mut scene = Scene::talking();
    let ana = scene.ana;
    let _ = scene.takes_over();
    scene.picks_up("pbx");
    scene.accept_all();
    scene.done("pbx", |kind| matches!(kind, EffectKind::Bridge { .. }));
    assert!(scene.took_over() && scene.wraps_up(ana));
}

#[test]
fn a_customer_who_hangs_up_is_taken_over_by_nobody() {
    let mut scene = Scene::talking();
    let target = scene.this();
    scene.listens(target);
    let _ = scene.takes_over();
    let name = scene
        .events()
        .find_map(|event| match event {
            Event::Interaction(switchboard::message::InteractionEvent::Opened(opened)) => {
                opened.external.clone()
            }
            _ => None,
        })
        .unwrap();
    let _ = scene.hangs_up("pbx", name.as_str());
    assert_eq!(scene.ended(), Some(MonitorEnd::TargetGone));
    assert_eq!(scene.activity_of("sue"), Activity::Idle);
}

#[test]
fn whoever_may_not_supervise_is_told_which_permission_is_missing() {
    let mut scene = Scene::talking();
    let body = CommandBody::Monitor { target: scene.this(), mode: MonitorMode::Listen };
    let missing = |receipt: Receipt| match receipt {
        Receipt::Rejected { rejection, .. } => {
            rejection.reason == RejectionReason::NotPermitted(Permission::Supervise)
        }
        _ => false,
    };
    let tom = scene.says(Actor::agent(key("tom")), body.clone());
    assert!(missing(tom), "an agent");
    let lena =
        scene.says(Actor { role: Role::TeamLead, ..Actor::agent(key("lena")) }, body.clone());
    assert!(matches!(lena, Receipt::Recorded(_)), "the lead of Ana's team: {lena:?}");
}

#[test]
fn a_permission_reaches_as_far_as_teams_and_brands_say() {
    let user = User::new("Sue", Role::Supervisor);
    for (limited, reaches) in [
        (user.clone().team("red"), false),
        (user.clone().team("blue"), true),
        (user.clone().brand("south"), false),
        (user.clone().brand("north"), true),
    ] {
        let what = format!("{limited:?}");
        let mut scene = Scene::at(center_where_sue_is(limited));
        scene.next_call();
        let body = CommandBody::Monitor { target: scene.this(), mode: MonitorMode::Listen };
        let receipt = scene.sue(body);
        assert_eq!(matches!(receipt, Receipt::Recorded(_)), reaches, "{what}: {receipt:?}");
    }
}

#[test]
fn who_is_limited_to_a_brand_follows_no_agent_across_brands() {
    let limited = User::new("Sue", Role::Supervisor).brand("north");
    let mut scene = Scene::at(center_where_sue_is(limited));
    scene.next_call();
    let target = MonitorTarget::Agent(key("ana"));
    let refused = scene.refused(CommandBody::Monitor { target, mode: MonitorMode::Listen });
    assert_eq!(refused, RejectionReason::NotPermitted(Permission::Supervise));
}

#[test]
fn one_thing_is_followed_at_a_time() {
    let mut scene = Scene::talking();
    let target = scene.this();
    scene.listens(target);
    let other = MonitorTarget::Agent(key("tom"));
    let refused = scene.refused(CommandBody::Monitor { target: other, mode: MonitorMode::Listen });
    assert_eq!(refused, RejectionReason::WrongState("following something else".into()));
    let own = MonitorTarget::Agent(key("sue"));
    let refused = scene.refused(CommandBody::Monitor { target: own, mode: MonitorMode::Listen });
    assert!(matches!(refused, RejectionReason::Invalid(_)), "{refused:?}");
}

#[test]
fn whoever_leaves_follows_nothing_and_may_leave_at_once() {
    let mut scene = Scene::talking();
    let target = scene.this();
    let (_, leg) = scene.listens(target);
    scene.does(CommandBody::SignOut { agent: key("sue"), force: false });
    assert_eq!(scene.activity_of("sue"), Activity::SignedOut);
    let hung_up =
        |kind: &EffectKind| matches!(kind, EffectKind::Hangup { leg: to, .. } if to.leg == leg);
    assert_eq!(scene.handed_out(hung_up), 1);
    assert_eq!(scene.activity_of("ana"), Activity::Talking);
}

#[test]
fn the_agent_asks_for_help_and_a_supervisor_comes() {
    let mut scene = Scene::talking();
    let engagement = scene.ana;
    scene.does(CommandBody::RequestAssistance { engagement });
    let told =
        |kind: &EffectKind| matches!(kind, EffectKind::Alert { about: Alert::Assistance(_) });
    assert_eq!(scene.handed_out(told), 1);
    let again = scene.command(CommandBody::RequestAssistance { engagement });
    assert!(matches!(again, Receipt::Rejected { .. }), "{again:?}");
    scene.follows(MonitorTarget::Agent(key("ana")), MonitorMode::Whisper);
    let sue = scene.engagement();
    let came = scene.events().any(|event| {
        matches!(event, Event::Engagement(EngagementEvent::AssistanceEnded { id, by: Some(by) })
            if *id == engagement && *by == sue)
    });
    assert!(came);
    scene.does(CommandBody::RequestAssistance { engagement });
}

#[test]
fn what_is_on_hold_comes_off_hold_when_it_is_taken_over() {
    let mut scene = Scene::talking();
    let (target, engagement) = (scene.this(), scene.ana);
    let (sue, _) = scene.listens(target);
    scene.does(CommandBody::Hold { engagement });
    let _ = scene.takes_over();
    scene.done("pbx", |kind| matches!(kind, EffectKind::Bridge { .. }));
    assert!(scene.took_over());
    scene.accept_all();
    assert_eq!(scene.handed_out(|kind| matches!(kind, EffectKind::Unhold { .. })), 1);
    let phase = scene.events().rev().find_map(|event| match event {
        Event::Engagement(EngagementEvent::PhaseChanged { id, phase }) if *id == sue => {
            Some(*phase)
        }
        _ => None,
    });
    assert!(phase.is_none_or(|phase| phase == Phase::Active));
}

#[test]
fn help_that_nobody_asked_for_ends_no_wait() {
    let mut scene = Scene::talking();
    let target = scene.this();
    scene.listens(target);
    let ended =
        |event: &Event| matches!(event, Event::Engagement(EngagementEvent::AssistanceEnded { .. }));
    assert!(!scene.events().any(ended));
}

#[test]
fn a_supervisor_who_follows_another_agent_is_no_help() {
    let mut scene = Scene::talking();
    let engagement = scene.ana;
    scene.consults_tom();
    let part = scene.engagement();
    scene.does(CommandBody::RequestAssistance { engagement });
    scene.follows(MonitorTarget::Agent(key("tom")), MonitorMode::Listen);
    let ended =
        |event: &Event| matches!(event, Event::Engagement(EngagementEvent::AssistanceEnded { .. }));
    assert_ne!(part, engagement);
    assert!(!scene.events().any(ended));
}

#[test]
fn what_is_written_is_taken_over_at_once() {
    let mut scene = Scene::quiet();
    scene.ana = scene.texts_ana();
    let ana = scene.ana;
    let _ = scene.takes_over();
    assert!(scene.took_over() && scene.wraps_up(ana));
    assert_eq!(scene.handed_out(|kind| matches!(kind, EffectKind::Originate { .. })), 0);
}

#[test]
fn a_call_taken_over_interrupts_as_any_other_does() {
    let mut scene = Scene::talking();
    let letter =
        CommandBody::BeginOtherWork { agent: key("sue"), channel: Channel::Email, reason: None };
    scene.does(letter);
    let work = scene.engagement();
    let _ = scene.takes_over();
    let suspended = scene.events().any(|event| {
        matches!(event, Event::Engagement(EngagementEvent::PhaseChanged { id, phase: Phase::Suspended })
            if *id == work)
    });
    assert!(suspended);
}

#[test]
fn of_an_agent_who_speaks_and_writes_the_call_is_followed() {
    let mut scene = Scene::talking();
    let call = scene.interaction();
    let _ = scene.texts_ana();
    assert_ne!(scene.interaction(), call);
    scene.follows(MonitorTarget::Agent(key("ana")), MonitorMode::Listen);
    let follows = scene.events().rev().find_map(|event| match event {
        Event::Engagement(EngagementEvent::Opened { interaction, role, .. }) if role.observes() => {
            *interaction
        }
        _ => None,
    });
    assert_eq!(follows, Some(call));
}

#[test]
fn whoever_follows_the_agent_takes_over_the_call() {
    let mut scene = Scene::talking();
    scene.listens(MonitorTarget::Agent(key("ana")));
    assert!(matches!(scene.asked(), Some((MediaTarget::Leg(_), MonitorMode::Listen))));
    let _ = scene.takes_over();
    scene.done("pbx", |kind| matches!(kind, EffectKind::Bridge { .. }));
    assert!(scene.took_over());
}

#[test]
fn the_host_is_asked_once_whatever_else_happens() {
    let mut scene = Scene::talking();
    let (target, engagement) = (scene.this(), scene.ana);
    scene.listens(target);
    scene.does(CommandBody::Hold { engagement });
    scene.accept_all();
    scene.does(CommandBody::Unhold { engagement });
    assert_eq!(scene.handed_out(|kind| matches!(kind, EffectKind::Monitor { .. })), 1);
}

#[test]
fn an_agent_in_the_middle_of_something_is_not_relieved() {
    let mut scene = Scene::talking();
    let engagement = scene.ana;
    scene.consults_tom();
    let refused = scene.refused(CommandBody::TakeOver { engagement });
    assert_eq!(refused, RejectionReason::WrongState("in a consult".into()));
    let mut scene = Scene::talking();
    let engagement = scene.ana;
    let to = Destination::Queue(key("letters"));
    scene.does(CommandBody::Transfer { engagement, to, boost: None, fallback: None });
    let refused = scene.refused(CommandBody::TakeOver { engagement });
    assert_eq!(refused, RejectionReason::WrongState("not with the customer".into()));
}

#[test]
fn an_agent_whose_customer_is_being_handed_on_is_not_relieved() {
    let outside = || Destination::External(Personal::Clear("+49 30 1".into()));
    let in_a_transfer = RejectionReason::WrongState("in a transfer".into());
    let mut scene = Scene::talking();
    let engagement = scene.ana;
    scene.does(CommandBody::Transfer { engagement, to: outside(), boost: None, fallback: None });
    assert_eq!(scene.refused(CommandBody::TakeOver { engagement }), in_a_transfer, "by Ana");
    // In a conference with Tom, Ana asks somebody outside and hands the customer on to them.
    let mut scene = Scene::talking();
    let engagement = scene.ana;
    scene.consults_tom();
    let tom = scene.engagement();
    scene.does(CommandBody::Conference { engagement });
    scene.does(CommandBody::Consult { engagement, to: outside() });
    scene.joins("pbx");
    scene.does(CommandBody::CompleteConsult { engagement });
    let refused = scene.refused(CommandBody::TakeOver { engagement: tom });
    assert_eq!(refused, in_a_transfer, "by a colleague in the same conference");
}

#[test]
fn an_agent_who_asks_a_colleague_meanwhile_is_not_relieved() {
    let mut scene = Scene::talking();
    let target = scene.this();
    scene.listens(target);
    let _ = scene.takes_over();
    scene.consults_tom();
    let kept = |event: &&MonitorEvent| matches!(event, MonitorEvent::NotTakenOver { .. });
    assert!(scene.news().iter().any(kept));
    let left = scene.news().iter().any(|event| matches!(event, MonitorEvent::Ended { .. }));
    assert!(!left && !scene.took_over());
}

#[test]
fn nobody_relieves_oneself() {
    let mut scene = Scene::talking();
    let engagement = scene.ana;
    let refused = scene.refused_for("ana", CommandBody::TakeOver { engagement });
    assert!(matches!(refused, RejectionReason::Invalid(_)), "{refused:?}");
}

#[test]
fn whoever_follows_one_takes_over_no_other() {
    let mut scene = Scene::talking();
    let engagement = scene.ana;
    scene.follows(MonitorTarget::Agent(key("tom")), MonitorMode::Listen);
    let refused = scene.refused(CommandBody::TakeOver { engagement });
    assert_eq!(refused, RejectionReason::WrongState("following something else".into()));
}

#[test]
fn what_is_being_taken_over_is_so_once() {
    let mut scene = Scene::talking();
    let (target, engagement) = (scene.this(), scene.ana);
    scene.listens(target.clone());
    let _ = scene.takes_over();
    let taken = RejectionReason::WrongState("being taken over".into());
    assert_eq!(scene.refused(CommandBody::TakeOver { engagement }), taken);
    let listen = CommandBody::Monitor { target, mode: MonitorMode::Whisper };
    assert_eq!(scene.refused(listen), taken);
}

#[test]
fn following_needs_a_place_in_the_account() {
    let mut limited = center();
    limited.limits.engagements_per_agent = 1;
    let mut scene = Scene::at(limited);
    scene.next_call();
    let letter =
        CommandBody::BeginOtherWork { agent: key("sue"), channel: Channel::Email, reason: None };
    scene.does(letter);
    let target = scene.this();
    let refused = scene.refused(CommandBody::Monitor { target, mode: MonitorMode::Listen });
    assert!(matches!(refused, RejectionReason::LimitReached(_)), "{refused:?}");
}

#[test]
fn only_who_may_act_for_another_supervises_for_another() {
    let user = User::new("Sue", Role::Supervisor).team("blue");
    let mut scene = Scene::at(center_where_sue_is(user));
    scene.next_call();
    let listen = CommandBody::Monitor { target: scene.this(), mode: MonitorMode::Listen };
    let refused = scene.refused_for("tom", listen.clone());
    assert_eq!(refused, RejectionReason::NotPermitted(Permission::ManageAgents));
    let receipt = scene.says_for("lena", listen);
    assert!(matches!(receipt, Receipt::Recorded(_)), "of her team: {receipt:?}");
}

#[test]
fn whoever_is_not_there_supervises_nobody() {
    let mut scene = Scene::talking();
    let listen = CommandBody::Monitor { target: scene.this(), mode: MonitorMode::Listen };
    scene.does(CommandBody::SignOut { agent: key("sue"), force: false });
    let away = RejectionReason::WrongState("signed out or away".into());
    assert_eq!(scene.refused(listen), away);
}

#[test]
fn what_is_not_there_is_not_followed() {
    let mut scene = Scene::talking();
    let (target, engagement) = (scene.this(), scene.ana);
    scene.does(CommandBody::HangUp { engagement });
    let refused = scene.refused(CommandBody::Monitor { target, mode: MonitorMode::Listen });
    assert_eq!(refused, RejectionReason::WrongState("over".into()));
    scene.does(CommandBody::SignOut { agent: key("tom"), force: false });
    let target = MonitorTarget::Agent(key("tom"));
    let refused = scene.refused(CommandBody::Monitor { target, mode: MonitorMode::Listen });
    assert_eq!(refused, RejectionReason::WrongState("signed out".into()));
}

#[test]
fn only_who_may_supervise_takes_over() {
    let mut scene = Scene::talking();
    let engagement = scene.ana;
    let receipt = scene.says(Actor::agent(key("tom")), CommandBody::TakeOver { engagement });
    let missing = RejectionReason::NotPermitted(Permission::Supervise);
    assert!(
        matches!(&receipt, Receipt::Rejected { rejection, .. } if rejection.reason == missing),
        "{receipt:?}"
    );
}

#[test]
fn a_phone_that_is_never_heard_of_ends_it() {
    let mut scene = Scene::talking();
    let target = scene.this();
    scene.follows(target, MonitorMode::Listen);
    scene.wait(Duration::from_mins(2));
    assert_eq!(scene.ended(), Some(MonitorEnd::LegGone));
    assert_eq!(scene.activity_of("sue"), Activity::Idle);
}

#[test]
fn a_call_by_hand_that_is_taken_over_is_still_one_call() {
    let mut scene = Scene::quiet();
    scene.does(CommandBody::Dial {
        agent: key("tom"),
        queue: key("sales"),
        to: switchboard::message::Personal::Clear("+49 40 1".into()),
        preview: false,
        location: None,
        host: None,
        conversation: None,
    });
    scene.ana = scene.engagement();
    scene.picks_up("pbx");
    scene.picks_up("pbx");
    scene.done("pbx", |kind| matches!(kind, EffectKind::Bridge { .. }));
    let tom = scene.ana;
    let _ = scene.takes_over();
    let sue = scene.engagement();
    scene.picks_up("pbx");
    scene.accept_all();
    scene.done("pbx", |kind| matches!(kind, EffectKind::Bridge { .. }));
    assert!(scene.took_over());
    scene.does(CommandBody::HangUp { engagement: sue });
    scene.does(CommandBody::FinishWrapUp { engagement: sue, disposition: None });
    scene.does(CommandBody::FinishWrapUp { engagement: tom, disposition: None });
    let mut kpis = switchboard::kpi::Kpis::default();
    scene.records.iter().for_each(|record| kpis.apply(record));
    let total = kpis.report(scene.now).total;
    assert_eq!((total.calls_made, total.calls_connected), (1, 1));
    assert_eq!((total.offered, total.handled), (0, 0), "no work of a request");
}
