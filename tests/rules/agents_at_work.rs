//! Agents: taking over a session, leaving while something rings, being removed, being interrupted.

use crate::support::{Bench, key};
use switchboard::id::{CommandId, ExternalRef};
use switchboard::message::{
    Activity, Actor, AgentEvent, Alert, Arrival, Command, CommandBody, ContextEntry, EffectKind,
    EngagementEnd, EngagementEvent, Event, OfferEnd, Personal, Phase, Receipt, RejectionReason,
    SignOutCause,
};
use switchboard::model::{
    Agent, Center, Change, Channel, ChannelCapacity, EntryPoint, Queue, Reason, WrapUpMode,
};
use switchboard::time::Duration;

fn center() -> Center {
    Center::builder()
        .reason("lunch", Reason::new("Lunch"))
        .queue("q", Queue::new().wrap_up(WrapUpMode::Optional, Duration::from_secs(20)))
        .entry_point("main", EntryPoint::voice("100").to_queue("q"))
        .agent("ana", Agent::new("Ana"))
        .agent("ben", Agent::new("Ben"))
        .build()
        .unwrap()
}

fn agent_events(bench: &Bench) -> impl Iterator<Item = &AgentEvent> {
    bench.events().filter_map(|event| match event {
        Event::Agent(event) => Some(event),
        _ => None,
    })
}

fn sign_outs(bench: &Bench) -> Vec<SignOutCause> {
    agent_events(bench)
        .filter_map(|event| match event {
            AgentEvent::SignedOut { cause, .. } => Some(*cause),
            _ => None,
        })
        .collect()
}

/// Ana talks.
fn talking() -> Bench {
    let mut bench = Bench::new(center());
    bench.sign_in("ana");
    let _ = bench.call("app", "call-1", "100");
    let offer = bench.offer();
    bench.does(CommandBody::AcceptOffer { offer });
    assert_eq!(bench.activity(), Activity::Talking);
    bench
}

#[test]
fn a_second_sign_in_takes_over_and_the_talk_goes_on() {
    let mut bench = talking();
    bench.does(CommandBody::SignIn {
        agent: key("ana"),
        device: None,
        station: None,
        ready: false,
    });
    assert_eq!(sign_outs(&bench), [SignOutCause::TakenOver]);
    assert_eq!(bench.activity(), Activity::Talking);
    assert!(bench.outcomes().len() == 1, "answered, and nothing else: {:?}", bench.outcomes());
    let engagement = bench.engagement();
    bench.does(CommandBody::HangUp { engagement });
    bench.does(CommandBody::FinishWrapUp { engagement, disposition: None });
    assert_eq!(bench.activity(), Activity::Idle, "ready, as before");
}

#[test]
fn a_take_over_rings_anew() {
    let mut bench = Bench::new(center());
    bench.sign_in("ana");
    let _ = bench.call("app", "call-1", "100");
    bench.sign_in("ana");
    assert_eq!(bench.offer_ends(), [OfferEnd::Canceled]);
    assert_eq!(bench.offered().len(), 2);
}

#[test]
fn by_policy_a_second_sign_in_is_refused_and_what_rings_goes_on_ringing() {
    let mut center = center();
    center.policies.sign_in_takes_over = false;
    let mut bench = Bench::new(center);
    bench.sign_in("ana");
    let _ = bench.call("app", "call-1", "100");
    let offer = bench.offer();
    let receipt = bench.command(CommandBody::sign_in(key("ana")));
    let Receipt::Rejected { rejection, .. } = receipt else { panic!("{receipt:?}") };
    assert_eq!(rejection.field, "agent");
    assert!(matches!(rejection.reason, RejectionReason::WrongState(_)), "{rejection:?}");
    bench.does(CommandBody::AcceptOffer { offer });
    assert_eq!(bench.activity(), Activity::Talking);
    assert_eq!(sign_outs(&bench), []);
}

fn desktop(connected: bool) -> CommandBody {
    CommandBody::SetDesktop { agent: key("ana"), connected }
}

#[test]
fn without_a_desktop_nothing_is_offered() {
    let mut bench = Bench::new(center());
    bench.sign_in("ana");
    let _ = bench.call("app", "call-1", "100");
    bench.does(desktop(false));
    assert_eq!(bench.offer_ends(), [OfferEnd::Canceled]);
    assert!(!agent_events(&bench).any(|event| matches!(event, AgentEvent::Struck { .. })));
    assert_eq!(bench.activity(), Activity::Unreachable);
    bench.seconds(20);
    let _ = bench.call("app", "call-2", "100");
    assert_eq!(bench.offered().len(), 1);
    bench.does(desktop(true));
    assert_eq!(bench.offered(), [bench.requests()[0]; 2], "it has kept its place");
    bench.seconds(19);
    assert_eq!(sign_outs(&bench), []);
}

#[test]
fn live_work_goes_on_for_a_grace_without_a_desktop() {
    let mut bench = talking();
    bench.does(desktop(false));
    bench.seconds(10);
    bench.does(desktop(false));
    bench.seconds(19);
    assert_eq!(bench.activity(), Activity::Talking);
    bench.seconds(1);
    assert_eq!(bench.activity(), Activity::SignedOut);
    assert_eq!(bench.part_end(bench.engagement()), Some(EngagementEnd::DesktopLost));
    assert_eq!(sign_outs(&bench), [SignOutCause::DesktopLost]);
}

#[test]
fn a_desktop_that_is_back_in_time_was_never_missed() {
    let mut bench = talking();
    bench.does(desktop(false));
    bench.seconds(29);
    bench.does(desktop(true));
    bench.seconds(60);
    assert_eq!(bench.activity(), Activity::Talking);
    assert_eq!(sign_outs(&bench), []);
}

#[test]
fn of_a_drain_that_takes_long_a_supervisor_is_told_and_live_work_goes_on() {
    let told = |bench: &Bench| {
        bench.handed_out(|kind| matches!(kind, EffectKind::Alert { about: Alert::DrainOverdue(_) }))
    };
    let mut bench = talking();
    bench.does(CommandBody::SignOut { agent: key("ana"), force: false });
    bench.seconds(60 * 60 - 1);
    assert_eq!(told(&bench), 0);
    bench.seconds(1);
    assert_eq!(told(&bench), 1);
    bench.wait(Duration::from_hours(2));
    assert_eq!((told(&bench), bench.activity()), (1, Activity::Talking));
    let engagement = bench.engagement();
    bench.does(CommandBody::HangUp { engagement });
    assert_eq!(sign_outs(&bench), []);
    bench.seconds(20);
    assert_eq!(sign_outs(&bench), [SignOutCause::Asked]);
}

/// Several chats fit beside a call.
fn several() -> Bench {
    let mut center = center();
    center.capacity.channels.insert(Channel::Voice, ChannelCapacity::new(40, 1));
    center.capacity.channels.insert(Channel::Chat, ChannelCapacity::new(20, 2));
    let chat = EntryPoint::on(Channel::Chat, "widget").to_queue("q").build().unwrap();
    center.entry_points.insert(key("chat"), chat);
    Bench::new(center)
}

fn chats(bench: &mut Bench, name: &str) {
    let arrival = Arrival::new(ExternalRef::new(name).unwrap(), Channel::Chat, "widget");
    let receipt = bench.report("app", arrival.into());
    assert!(matches!(receipt, Receipt::Recorded(_)), "{receipt:?}");
}

#[test]
fn a_pending_presence_admits_nothing_new_on_any_channel() {
    let agent = || key("ana");
    for pending in [
        CommandBody::SetPresence { agent: agent(), ready: false, reason: Some(key("lunch")) },
        CommandBody::SignOut { agent: agent(), force: false },
    ] {
        let mut bench = several();
        bench.sign_in("ana");
        chats(&mut bench, "chat-1");
        bench.does(CommandBody::AcceptOffer { offer: bench.offer() });
        bench.does(pending);
        chats(&mut bench, "chat-2");
        let _ = bench.call("app", "call-1", "100");
        assert_eq!(bench.offered().len(), 1, "nothing new");
        bench.does(CommandBody::SetPresence { agent: agent(), ready: true, reason: None });
        assert_eq!(bench.offered().len(), 3, "there is room for both");
    }
}

#[test]
fn each_channel_has_a_maximum_whatever_the_cost() {
    let mut bench = several();
    let nothing_written = Agent::new("Ben").max(Channel::Chat, 0).build().unwrap();
    bench.configures(vec![Change::Agent { key: key("ben"), to: Some(nothing_written) }]);
    bench.sign_in("ben");
    for name in ["chat-1", "chat-2", "chat-3"] {
        chats(&mut bench, name);
    }
    assert_eq!(bench.offered(), [], "Ben has no chats");
    bench.sign_in("ana");
    assert_eq!(bench.offered(), bench.requests()[..2], "two at a time");
    let _ = bench.call("app", "call-1", "100");
    assert_eq!(bench.offered().last(), bench.requests().last(), "calls are another thing");
}

#[test]
fn saying_not_ready_or_leaving_takes_back_what_rings() {
    let agent = || key("ana");
    let away = [
        CommandBody::SetPresence { agent: agent(), ready: false, reason: Some(key("lunch")) },
        CommandBody::SignOut { agent: agent(), force: false },
    ];
    for command in away {
        let mut bench = Bench::new(center());
        bench.sign_in("ana");
        bench.seconds(1);
        bench.sign_in("ben");
        let _ = bench.call("app", "call-1", "100");
        bench.does(command);
        assert_eq!(bench.offer_ends(), [OfferEnd::Canceled]);
        assert_eq!(bench.offered().len(), 2, "the next agent rings in the same step");
        bench.seconds(60);
        let blamed =
            |event: &AgentEvent| matches!(event, AgentEvent::Struck { agent, .. } if agent.0 == 0);
        assert!(!agent_events(&bench).any(blamed));
    }
}

#[test]
fn a_removed_agent_finishes_and_leaves() {
    let mut bench = talking();
    bench.configures(vec![Change::Agent { key: key("ana"), to: None }]);
    assert!(sign_outs(&bench).is_empty(), "the talk goes on");
    let engagement = bench.engagement();
    bench.does(CommandBody::HangUp { engagement });
    bench.seconds(20);
    assert_eq!(sign_outs(&bench), [SignOutCause::Removed]);
    // One who has nothing to finish leaves at once; one who is stuck can be signed out.
    let mut bench = Bench::new(center());
    bench.sign_in("ana");
    bench.configures(vec![Change::Agent { key: key("ana"), to: None }]);
    assert_eq!(sign_outs(&bench), [SignOutCause::Removed]);
    let mut bench = talking();
    bench.configures(vec![Change::Agent { key: key("ana"), to: None }]);
    bench.does(CommandBody::SignOut { agent: key("ana"), force: true });
    assert_eq!(sign_outs(&bench), [SignOutCause::Forced]);
}

#[test]
fn an_agent_sets_context_of_its_own_customers_alone() {
    let mut bench = talking();
    let conversation = bench
        .events()
        .find_map(|event| match event {
            Event::Conversation(switchboard::message::ConversationEvent::Opened { id, .. }) => {
                Some(*id)
            }
            _ => None,
        })
        .unwrap();
    let entries = vec![ContextEntry {
        key: key("note"),
        value: Personal::Clear("likes tea".into()),
        source: key("agent"),
        at: bench.now,
        sensitive: false,
    }];
    let body = || CommandBody::SetContext { conversation, entries: entries.clone() };
    let by = |name: &str, id: &str| {
        Command::new(CommandId::new(id).unwrap(), Actor::agent(key(name)), body())
    };
    assert!(matches!(bench.input(by("ana", "x1")), Receipt::Recorded(_)));
    let Receipt::Rejected { rejection, .. } = bench.input(by("ben", "x2")) else {
        panic!("a stranger may not")
    };
    assert!(matches!(rejection.reason, RejectionReason::NotPermitted(_)), "{rejection:?}");
}

#[test]
fn work_that_was_pushed_aside_comes_back_even_if_its_channel_interrupts_itself() {
    let mut center = center();
    let chat = ChannelCapacity::new(40, 2).interrupts(Channel::Chat);
    center.capacity.channels.insert(Channel::Chat, chat);
    let mut bench = Bench::new(center);
    bench.sign_in("ana");
    let begin =
        || CommandBody::BeginOtherWork { agent: key("ana"), channel: Channel::Chat, reason: None };
    bench.does(begin());
    bench.does(begin());
    let second = bench.engagement();
    bench.does(CommandBody::EndOtherWork { engagement: second });
    let phase = bench.events().rev().find_map(|event| match event {
        Event::Engagement(EngagementEvent::PhaseChanged { phase, .. }) => Some(*phase),
        _ => None,
    });
    assert_eq!(phase, Some(Phase::Active));
}
