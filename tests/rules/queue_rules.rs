//! Rules of queues: who goes first, who leaves when nobody is there, what closing and changing does to
//! those who wait.

use crate::support::{Bench, key};
use switchboard::message::{
    CommandBody, Event, FlowOutReason, HostEvent, LiveLeg, Outcome, QueueEvent, Receipt,
    RequestCause, RequestEvent, ShardEvent, Switch,
};
use switchboard::model::{
    Agent, AtClose, Center, Change, Draft, EntryPoint, Host, Hours, NoAgents, Queue, Skill, Weekday,
};
use switchboard::time::Duration;

fn secs(secs: i64) -> Duration {
    Duration::from_secs(secs)
}

fn center(queue: impl Into<Draft<Queue>>) -> Center {
    Center::builder()
        .skill("rare", Skill::new("Rare"))
        .hours("morning", Hours::new().open(&Weekday::ALL, "00:00", "10:00"))
        .host("pbx", Host::new("PBX"))
        .queue("q", queue)
        .queue("heir", Queue::new())
        .queue("last", Queue::new())
        .entry_point("main", EntryPoint::voice("100").to_queue("q"))
        .agent("ana", Agent::new("Ana"))
        .agent("ben", Agent::new("Ben"))
        .build()
        .unwrap()
}

fn flowed_out(bench: &Bench) -> Vec<FlowOutReason> {
    bench
        .outcomes()
        .iter()
        .filter_map(|outcome| match outcome {
            Outcome::FlowedOut { reason, .. } => Some(*reason),
            _ => None,
        })
        .collect()
}

#[test]
fn a_caller_who_joins_a_queue_without_staff_leaves_after_the_grace() {
    let mut bench = Bench::new(center(Queue::new().no_agents(NoAgents::NoneSignedIn, secs(30))));
    let _ = bench.call("app", "call-1", "100");
    bench.seconds(29);
    assert!(bench.outcomes().is_empty());
    bench.seconds(1);
    assert_eq!(flowed_out(&bench), [FlowOutReason::NoAgents]);
}

#[test]
fn the_grace_ends_with_the_first_agent_who_comes_though_busy_at_once() {
    for rule in [NoAgents::NoneSignedIn, NoAgents::NoneRoutable] {
        let mut bench = Bench::new(center(Queue::new().no_agents(rule, secs(10))));
        let _ = bench.call("app", "call-1", "100");
        let _ = bench.call("app", "call-2", "100");
        bench.seconds(5);
        bench.sign_in("ana");
        assert_eq!(bench.offered().len(), 1);
        bench.seconds(10);
        assert!(flowed_out(&bench).is_empty(), "{rule:?}: {:?}", bench.outcomes());
    }
}

#[test]
fn an_agent_who_will_not_take_more_is_not_routable() {
    let queue = Queue::new().no_agents(NoAgents::NoneRoutable, secs(10));
    let mut bench = Bench::new(center(queue));
    bench.sign_in("ana");
    let _ = bench.call("app", "call-1", "100");
    let offer = bench.offer();
    bench.does(CommandBody::AcceptOffer { offer });
    let _ = bench.call("app", "call-2", "100");
    let agent = key("ana");
    bench.does(CommandBody::SetPresence { agent, ready: false, reason: None });
    bench.seconds(10);
    assert_eq!(flowed_out(&bench), [FlowOutReason::NoAgents]);
}

#[test]
fn a_rule_that_is_taken_away_ends_the_grace() {
    let mut bench = Bench::new(center(Queue::new().no_agents(NoAgents::NoneSignedIn, secs(10))));
    let _ = bench.call("app", "call-1", "100");
    bench.configures(vec![Change::Queue { key: key("q"), to: Some(Box::new(Queue::default())) }]);
    let ended = |e: &Event| matches!(e, Event::Queue(QueueEvent::UnstaffedEnded { .. }));
    assert!(bench.last_events().iter().any(ended));
    bench.seconds(60);
    assert!(bench.outcomes().is_empty());
}

/// Whatever wakes several at once, the one who waits longest is served.
#[test]
fn the_first_in_line_is_served_when_a_host_comes_back() {
    let mut bench = Bench::new(center(Queue::new()));
    for n in 1..=5 {
        let _ = bench.call("pbx", &format!("call-{n}"), "100");
        bench.done("pbx", |kind| matches!(kind, switchboard::message::EffectKind::Answer { .. }));
        bench.seconds(1);
    }
    let _ = bench.report("pbx", HostEvent::HostLost { reason: String::new().into() });
    bench.sign_in("ana");
    assert!(bench.offered().is_empty());
    let legs = (1..=5)
        .map(|n| {
            let name = switchboard::id::ExternalRef::new(format!("call-{n}")).unwrap();
            LiveLeg::new(name, None)
        })
        .collect();
    let _ = bench.report("pbx", HostEvent::HostResync { generation: 1, legs });
    assert_eq!(bench.offered(), bench.requests()[..1]);
}

#[test]
fn the_first_in_line_is_served_when_a_change_lets_an_agent_serve() {
    let mut bench = Bench::new(center(Queue::new().requires("rare", 1)));
    bench.sign_in("ana");
    for n in 1..=4 {
        let _ = bench.call("app", &format!("call-{n}"), "100");
        bench.seconds(1);
    }
    let able = Agent::new("Ana").skill("rare", 1).build().unwrap();
    bench.configures(vec![Change::Agent { key: key("ana"), to: Some(able) }]);
    assert_eq!(bench.offered(), bench.requests()[..1]);
    // The same by a change of the queue.
    let mut bench = Bench::new(center(Queue::new().requires("rare", 1)));
    bench.sign_in("ana");
    for n in 1..=4 {
        let _ = bench.call("app", &format!("call-{n}"), "100");
        bench.seconds(1);
    }
    bench.configures(vec![Change::Queue { key: key("q"), to: Some(Box::new(Queue::default())) }]);
    bench.seconds(1);
    assert_eq!(bench.offered(), bench.requests()[..1]);
}

#[test]
fn a_call_that_rang_when_its_queue_closed_does_not_wait_behind_closed_doors() {
    let mut bench = Bench::new(center(Queue::new().at_close(AtClose::Disconnect)));
    bench.sign_in("ana");
    let _ = bench.call("app", "call-1", "100");
    let offer = bench.offer();
    bench.does(CommandBody::SwitchQueue { queue: key("q"), switch: Switch::Closed, until: None });
    assert!(bench.outcomes().is_empty(), "it rings");
    bench.does(CommandBody::RejectOffer { offer, reason: None });
    assert_eq!(flowed_out(&bench), [FlowOutReason::Closed]);
}

#[test]
fn those_who_wait_when_the_hours_end_are_served_and_nobody_else() {
    let queue = Queue::new().hours("morning").at_close(AtClose::Serve);
    let mut bench = Bench::new(center(queue));
    bench.wait(Duration::from_mins(59));
    let _ = bench.call("app", "call-1", "100");
    bench.wait(Duration::from_mins(2));
    assert_eq!(bench.outcomes(), []);
    let _ = bench.call("app", "call-2", "100");
    assert_eq!(flowed_out(&bench), [FlowOutReason::Closed]);
    bench.sign_in("ana");
    assert_eq!(bench.offered(), bench.requests()[..1]);
}

#[test]
fn those_who_wait_when_the_hours_end_go_along_the_overflow() {
    let queue = Queue::new().hours("morning").at_close(AtClose::Disconnect).overflow_to("heir");
    let mut bench = Bench::new(center(queue));
    bench.wait(Duration::from_mins(59));
    let _ = bench.call("app", "call-1", "100");
    bench.seconds(59);
    assert_eq!(bench.outcomes(), []);
    bench.seconds(1);
    let [before, after] = bench.requests_opened().try_into().unwrap();
    let went = Outcome::FlowedOut { reason: FlowOutReason::Closed, to: Some(after.home_queue) };
    assert_eq!(bench.outcomes(), [went]);
    assert_eq!(after.order_at, before.order_at);
    bench.sign_in("ana");
    assert_eq!(bench.offered(), [after.id]);
}

#[test]
fn a_place_is_kept_through_every_overflow() {
    let mut center = center(Queue::new().max_wait(secs(60)).overflow_to("heir"));
    let heir = Queue::new().max_depth(1).overflow_to("last").build().unwrap();
    center.queues.insert(key("heir"), heir);
    let other = EntryPoint::voice("200").to_queue("heir").build().unwrap();
    center.entry_points.insert(key("other"), other);
    let mut bench = Bench::new(center);
    let _ = bench.call("app", "call-1", "200");
    let _ = bench.call("app", "call-2", "100");
    let called = bench.now;
    bench.seconds(60);
    // Too long in the one queue, and the next one is full.
    assert_eq!(flowed_out(&bench), [FlowOutReason::MaxWait, FlowOutReason::Full]);
    let [_, waits @ ..] = &bench.requests_opened()[..] else { panic!("nobody waits") };
    let [first, second, third] = waits else { panic!("{waits:?}") };
    for (before, after) in [(first, second), (second, third)] {
        assert_eq!(after.parent, Some(before.id));
        assert_eq!(after.attempt, before.attempt + 1);
        assert_eq!(after.cause, RequestCause::Overflow);
        assert_eq!((after.order_at, after.customer_wait_since), (called, called));
        assert_eq!(after.queue_entered_at, bench.now);
    }
}

#[test]
fn whoever_is_rejected_goes_before_whoever_came_later() {
    let mut bench = Bench::new(center(Queue::new()));
    bench.sign_in("ana");
    for name in ["call-1", "call-2", "call-3"] {
        let _ = bench.call("app", name, "100");
        bench.seconds(1);
    }
    bench.does(CommandBody::RejectOffer { offer: bench.offer(), reason: None });
    bench.sign_in("ben");
    let [first, second, _] = bench.requests().try_into().unwrap();
    assert_eq!(bench.offered(), [first, second, first]);
}

#[test]
fn those_who_wait_in_a_removed_queue_go_to_its_heir_over_removed_heirs() {
    let mut bench = Bench::new(center(Queue::new().heir("heir")));
    let heir = Queue::new().heir("last").build().unwrap();
    bench.configures(vec![Change::Queue { key: key("heir"), to: Some(Box::new(heir)) }]);
    let _ = bench.call("app", "call-1", "100");
    let other = EntryPoint::voice("100").to_queue("last").build().unwrap();
    bench.configures(vec![
        Change::EntryPoint { key: key("main"), to: Some(other) },
        Change::Queue { key: key("q"), to: None },
        Change::Queue { key: key("heir"), to: None },
    ]);
    bench.seconds(1);
    assert!(
        matches!(
            bench.outcomes()[..],
            [Outcome::FlowedOut { reason: FlowOutReason::Removed, to: Some(_) }]
        ),
        "{:?}",
        bench.outcomes()
    );
    bench.sign_in("ana");
    assert_eq!(bench.offered().len(), 1);
}

#[test]
fn a_removed_queue_with_hours_leaves_no_timer_behind() {
    let mut center = center(Queue::new());
    let office = Hours::new().open(&[Weekday::Monday, Weekday::Tuesday], "08:00", "18:00");
    center.hours.insert(key("office"), office.build().unwrap());
    center.queues.get_mut(&key("last")).unwrap().hours = Some(key("office"));
    let mut bench = Bench::new(center);
    assert!(bench.engine.next_deadline().is_some());
    bench.configures(vec![Change::Queue { key: key("last"), to: None }]);
    bench.seconds(3600 * 24);
    assert_eq!(bench.engine.next_deadline(), None);
}

#[test]
fn a_changed_queue_reaches_those_who_wait() {
    let mut bench = Bench::new(center(Queue::new()));
    let _ = bench.call("app", "call-1", "100");
    let changed = Queue::new().service_target(secs(60)).boost(secs(7)).max_wait(secs(90));
    let changed = changed.build().unwrap();
    bench.configures(vec![Change::Queue { key: key("q"), to: Some(Box::new(changed)) }]);
    bench.seconds(1);
    let replanned = bench.events().rev().find_map(|event| match event {
        Event::Shard(ShardEvent::Replanned { requests, .. }) => requests.first().cloned(),
        _ => None,
    });
    let plan = replanned.expect("a plan");
    assert_eq!((plan.service_target, plan.boost), (secs(60), secs(7)));
    // What somebody set by hand stays.
    bench.does(CommandBody::PrioritizeRequest { request: plan.id, boost: secs(30) });
    let due_at = bench.events().rev().find_map(|event| match event {
        Event::Request(RequestEvent::Reordered { due_at, .. }) => Some(*due_at),
        _ => None,
    });
    assert_eq!(due_at, Some(crate::support::START + secs(60) - secs(30)));
    bench.seconds(90);
    assert_eq!(flowed_out(&bench), [FlowOutReason::MaxWait]);
}

#[test]
fn a_switch_falls_back_by_the_watch_of_whoever_set_it() {
    let mut bench = Bench::new(center(Queue::new()));
    bench.seconds(10);
    let _ = bench.input(switchboard::message::Input::Tick);
    // The host's clock is put back by an hour.
    bench.now = bench.now - secs(3600);
    let until = Some(bench.now + secs(30));
    let command = CommandBody::SwitchQueue { queue: key("q"), switch: Switch::Closed, until };
    assert!(matches!(bench.command(command), Receipt::Recorded(_)));
    bench.seconds(30);
    let back = bench.events().rev().find_map(|event| match event {
        Event::Queue(QueueEvent::Switched { switch, .. }) => Some(*switch),
        _ => None,
    });
    assert_eq!(back, Some(Switch::Scheduled));
}
