//! The order of service: who goes first within a queue, and which queue goes first.

use crate::support::{Bench, key};
use switchboard::Question;
use switchboard::id::{ExternalRef, RequestId};
use switchboard::message::{
    Arrival, CommandBody, CustomerRef, Event, HostEvent, LiveLeg, Receipt, RequestEvent,
};
use switchboard::model::{
    AcrossQueues, Agent, Center, CenterBuilder, Change, Channel, ChannelCapacity, CostGrowth,
    EntryPoint, Host, OrderPolicy, Queue, validate,
};
use switchboard::time::Duration;

const fn secs(secs: i64) -> Duration {
    Duration::from_secs(secs)
}

/// Two queues, `a` at 100 and `b` at 200, one agent for both.
fn floor() -> CenterBuilder {
    Center::builder()
        .agent("ana", Agent::new("Ana"))
        .entry_point("a", EntryPoint::voice("100").to_queue("a"))
        .entry_point("b", EntryPoint::voice("200").to_queue("b"))
}

fn center(order: OrderPolicy, across: AcrossQueues, a: Draft, b: Draft) -> Center {
    floor().order(order).across(across).queue("a", a).queue("b", b).build().unwrap()
}

type Draft = switchboard::model::Draft<Queue>;

fn arrives(bench: &mut Bench, channel: Channel, (name, to): (&str, &str), tier: u8) {
    let from = CustomerRef { tier, ..CustomerRef::default() };
    let arrival = Arrival::new(ExternalRef::new(name).unwrap(), channel, to).from(from);
    let receipt = bench.report("app", arrival.into());
    assert!(matches!(receipt, Receipt::Recorded(_)), "{receipt:?}");
}

/// Whom a center serves, and how.
struct Day {
    bench: Bench,
    calls: Vec<(&'static str, RequestId)>,
}

impl Day {
    fn new(center: Center) -> Self {
        Self { bench: Bench::new(center), calls: Vec::new() }
    }

    /// A call comes in at a time of the day, in seconds.
    fn call(&mut self, name: &'static str, to: &str, tier: u8) {
        arrives(&mut self.bench, Channel::Voice, (name, to), tier);
        self.calls.push((name, *self.bench.requests().last().unwrap()));
    }

    /// An agent comes, and serves one after the other at once.
    fn served(mut self) -> Vec<&'static str> {
        self.bench.sign_in("ana");
        let mut names = Vec::new();
        while names.len() < self.calls.len() {
            let last = *self.bench.offered().last().unwrap();
            let name = self.calls.iter().find(|(_, id)| *id == last).unwrap().0;
            names.push(name);
            let offer = self.bench.offer();
            self.bench.does(CommandBody::AcceptOffer { offer });
            let _ = self.bench.hangs_up("app", name);
        }
        names
    }
}

#[test]
fn a_queue_may_have_an_order_of_its_own() {
    let (by_target, fifo) = (OrderPolicy::ServiceTarget, OrderPolicy::FirstComeFirstServed);
    for (own, order) in [(None, ["slow", "quick"]), (Some(by_target), ["quick", "slow"])] {
        // Of one queue: tier 1 has a credit that counts whatever the order is; the targets differ by channel.
        let queue = Queue::new().service_target(secs(60)).channel_target(Channel::Chat, secs(5));
        let queue = own.map_or(queue.clone(), |own| queue.order(own));
        let center = floor()
            .order(fifo)
            .channel(Channel::Voice, ChannelCapacity::new(100, 1))
            .channel(Channel::Chat, ChannelCapacity::new(100, 1))
            .entry_point("chat", EntryPoint::on(Channel::Chat, "c").to_queue("a"))
            .queue("a", queue)
            .queue("b", Queue::new())
            .build()
            .unwrap();
        let mut bench = Bench::new(center);
        let _ = bench.call("app", "slow", "100");
        bench.seconds(3);
        arrives(&mut bench, Channel::Chat, ("quick", "c"), 0);
        let ids = bench.requests();
        bench.sign_in("ana");
        let first = *bench.offered().first().unwrap();
        assert_eq!(first, if order[0] == "slow" { ids[0] } else { ids[1] });
    }
}

/// One level is worth 30 s: that much longer must a lower one have waited.
#[test]
fn priority_ages() {
    let order = OrderPolicy::Priority { worth: secs(30) };
    for (later, first) in [(29, "high"), (30, "low"), (31, "low")] {
        let (a, b) = (Queue::new(), Queue::new().priority(1));
        let mut day = Day::new(center(order, AcrossQueues::Order, a, b));
        day.call("low", "100", 0);
        day.bench.seconds(later);
        day.call("high", "200", 0);
        assert_eq!(day.served()[0], first, "{later} s later");
    }
}

#[test]
fn levels_of_queue_and_customer_add_up() {
    let order = OrderPolicy::Priority { worth: secs(30) };
    let mut day =
        Day::new(center(order, AcrossQueues::Order, Queue::new(), Queue::new().priority(2)));
    day.call("plain of b", "200", 0);
    day.bench.seconds(10);
    day.call("third tier of a", "100", 3);
    day.bench.seconds(10);
    day.call("second tier of b", "200", 2);
    day.call("plain of a", "100", 0);
    assert_eq!(day.served(), ["second tier of b", "third tier of a", "plain of b", "plain of a"]);
}

#[test]
fn strict_priority_knows_no_wait() {
    let across = AcrossQueues::Order;
    let center =
        center(OrderPolicy::StrictPriority, across, Queue::new(), Queue::new().priority(1));
    let mut day = Day::new(center);
    day.call("old", "100", 0);
    day.bench.seconds(600);
    day.call("third tier", "100", 3);
    day.bench.seconds(10);
    day.call("level one", "200", 0);
    day.bench.seconds(10);
    day.call("fourth tier", "100", 4);
    assert_eq!(day.served(), ["fourth tier", "third tier", "level one", "old"]);
}

/// The place that callers are told follows the bands.
#[test]
fn a_place_counts_those_of_higher_bands() {
    let across = AcrossQueues::Order;
    let center = center(OrderPolicy::StrictPriority, across, Queue::new(), Queue::new());
    let mut day = Day::new(center);
    day.call("old", "100", 0);
    day.bench.seconds(10);
    day.call("vip", "100", 2);
    let places: Vec<u32> = day.calls.iter().map(|(_, id)| position(&day.bench, *id)).collect();
    assert_eq!(places, [2, 1]);
}

fn position(bench: &Bench, id: RequestId) -> u32 {
    bench.engine.explain(Question::Request(id)).unwrap().position
}

/// Who has missed the target goes behind those who can still be served within theirs; credit makes nobody late.
#[test]
fn triage_serves_first_whom_it_can_serve_in_time() {
    let (a, b) = (Queue::new().service_target(secs(20)), Queue::new().service_target(secs(60)));
    let policies = |p: &mut switchboard::model::Policies| p.tier_boosts = vec![secs(90)];
    let center = floor()
        .order(OrderPolicy::Triage)
        .policies(policies)
        .queue("a", a)
        .queue("b", b)
        .build()
        .unwrap();
    let mut day = Day::new(center);
    day.call("lost", "100", 0);
    day.bench.seconds(5);
    day.call("lost too", "100", 0);
    day.bench.seconds(10);
    day.call("patient", "200", 0);
    day.call("credit", "200", 1);
    day.bench.seconds(10);
    // 25 s have passed for the first, 20 for the second: just late.
    day.call("new", "100", 0);
    assert_eq!(day.served(), ["credit", "new", "patient", "lost", "lost too"]);
}

#[test]
fn a_request_that_comes_late_is_late_at_once_and_one_in_time_is_so_to_the_second() {
    let triage = OrderPolicy::Triage;
    let mut day = Day::new(center(triage, AcrossQueues::Order, Queue::new(), Queue::new()));
    day.call("x", "100", 0);
    day.bench.wait(secs(20) - Duration::from_micros(1));
    let late = |bench: &Bench| {
        bench.events().any(|event| matches!(event, Event::Request(RequestEvent::Late { .. })))
    };
    assert!(!late(&day.bench));
    day.bench.wait(Duration::from_micros(1));
    assert!(late(&day.bench));
    let mut day = Day::new(center(
        triage,
        AcrossQueues::Order,
        Queue::new().service_target(Duration::ZERO),
        Queue::new(),
    ));
    day.call("x", "100", 0);
    let opened = day.bench.requests_opened()[0].clone();
    assert_eq!((opened.rank, opened.late_at), (1, None));
}

#[test]
fn who_waits_when_triage_is_taken_up_is_late_in_time() {
    let by_target = OrderPolicy::ServiceTarget;
    let mut day = Day::new(center(by_target, AcrossQueues::Order, Queue::new(), Queue::new()));
    day.call("old", "100", 0);
    day.bench.configures(vec![Change::Order(OrderPolicy::Triage)]);
    day.bench.seconds(19);
    day.call("new", "100", 0);
    day.bench.seconds(1);
    assert_eq!(day.served(), ["new", "old"]);
}

/// A center that takes up triage sorts those who wait already, and one that gives it up forgets it.
#[test]
fn a_change_of_the_order_sorts_those_who_wait() {
    let by_target = OrderPolicy::ServiceTarget;
    for (change, first) in [(true, "new"), (false, "old")] {
        let mut day = Day::new(center(by_target, AcrossQueues::Order, Queue::new(), Queue::new()));
        day.call("old", "100", 0);
        day.bench.seconds(21);
        day.call("new", "100", 0);
        day.bench.configures(vec![Change::Order(OrderPolicy::Triage)]);
        if !change {
            day.bench.seconds(1);
            day.bench.configures(vec![Change::Order(by_target)]);
        }
        day.bench.seconds(1);
        assert_eq!(day.served()[0], first);
    }
}

/// A level is gained in 60 s in one queue and in 10 s in the other.
#[test]
fn urgency_ages_at_the_pace_of_each_queue() {
    let a = Queue::new().priority(2).weights(|w| w.aging = secs(60));
    let b = Queue::new().weights(|w| w.aging = secs(10));
    // After 24 s: 2 + 0.4 against 2.4, and the older one goes first; a second later b has won.
    for (after, first) in [(23, "a"), (24, "a"), (25, "b")] {
        let across = AcrossQueues::Urgency;
        let mut day =
            Day::new(center(OrderPolicy::FirstComeFirstServed, across, a.clone(), b.clone()));
        day.call("a", "100", 0);
        day.call("b", "200", 0);
        day.bench.seconds(after);
        assert_eq!(day.served()[0], first, "after {after} s");
    }
}

/// van Mieghem's rule: cost times wait over handling time.
#[test]
fn the_cost_of_waiting_weighs_wait_and_handling_time() {
    let quadratic = AcrossQueues::CostOfWaiting(CostGrowth::Quadratic);
    let linear = AcrossQueues::CostOfWaiting(CostGrowth::Linear);
    let costly = Queue::new().weights(|w| (w.cost, w.handling) = (4, Some(secs(600))));
    let short = Queue::new().weights(|w| (w.cost, w.handling) = (1, Some(secs(100))));
    // 4 / 600 against 1 / 100: the short ones go first whatever the waits are; with quadratic cost until the
    // costly one has waited more than 1.5 times as long.
    for (across, ahead, first) in
        [(linear, 600, "short"), (quadratic, 4, "short"), (quadratic, 6, "costly")]
    {
        let fifo = OrderPolicy::FirstComeFirstServed;
        let mut day = Day::new(center(fifo, across, costly.clone(), short.clone()));
        day.call("costly", "100", 0);
        day.bench.seconds(ahead);
        day.call("short", "200", 0);
        day.bench.seconds(10);
        assert_eq!(day.served()[0], first, "{across:?}, {ahead} s ahead");
    }
}

/// Nobody says how long the work of a queue takes: it is learned.
#[test]
fn the_handling_time_of_a_queue_is_learned() {
    let linear = AcrossQueues::CostOfWaiting(CostGrowth::Linear);
    let fifo = OrderPolicy::FirstComeFirstServed;
    let mut bench = Bench::new(center(fifo, linear, Queue::new(), Queue::new()));
    let first_is_b = |bench: &mut Bench, round: usize| {
        let (a, b) = (format!("a{round}"), format!("b{round}"));
        arrives(bench, Channel::Voice, (&a, "100"), 0);
        arrives(bench, Channel::Voice, (&b, "200"), 0);
        let ids = bench.requests();
        bench.sign_in("ana");
        let first = *bench.offered().last().unwrap();
        for _ in 0..2 {
            let offer = bench.offer();
            let of_a = *bench.offered().last().unwrap() == ids[ids.len() - 2];
            bench.does(CommandBody::AcceptOffer { offer });
            bench.seconds(if of_a { 600 } else { 60 });
            let _ = bench.hangs_up("app", if of_a { &a } else { &b });
        }
        bench.does(CommandBody::SignOut { agent: key("ana"), force: false });
        first == ids[ids.len() - 1]
    };
    assert!(!first_is_b(&mut bench, 0), "nothing is known: the older one");
    for round in 1..25 {
        first_is_b(&mut bench, round);
    }
    assert!(first_is_b(&mut bench, 25), "the shorter work first");
}

/// Three of four who wait may be of `a`: it is served only while more are.
#[test]
fn the_queue_above_its_share_goes_first() {
    let (a, b) = (Queue::new().weights(|w| w.share = 3), Queue::new());
    let fifo = OrderPolicy::FirstComeFirstServed;
    let mut day = Day::new(center(fifo, AcrossQueues::QueueRatio, a, b));
    for name in ["a1", "a2", "a3", "a4"] {
        day.call(name, "100", 0);
        day.bench.seconds(1);
    }
    for name in ["b1", "b2"] {
        day.call(name, "200", 0);
        day.bench.seconds(1);
    }
    // Excess of a and b over their shares, times 4: 4 and 2: -2, 2. 4, 1: 1, -1. 3, 1: 0, 0. 2, 1: -1, 1.
    assert_eq!(day.served(), ["b1", "a1", "a2", "b2", "a3", "a4"]);
}

/// Many requests can be served from one step on: each choice is weighed anew.
#[test]
fn shares_hold_within_one_step_too() {
    let mut builder = floor()
        .host("pbx", Host::default())
        .across(AcrossQueues::QueueRatio)
        .queue("a", Queue::new())
        .queue("b", Queue::new());
    for name in ["ben", "cem", "dan"] {
        builder = builder.agent(name, Agent::new(""));
    }
    let mut bench = Bench::new(builder.build().unwrap());
    let calls = [("1", "100"), ("2", "100"), ("3", "100"), ("4", "200"), ("5", "200")];
    for (call, to) in calls {
        let _ = bench.call("pbx", call, to);
    }
    let ids = bench.requests();
    let _ = bench.report("pbx", HostEvent::HostLost { reason: String::new().into() });
    for name in ["ana", "ben", "cem", "dan"] {
        bench.sign_in(name);
    }
    let live = |(name, _)| LiveLeg::new(ExternalRef::new(name).unwrap(), None);
    let legs = calls.into_iter().map(live).collect();
    let _ = bench.report("pbx", HostEvent::HostResync { generation: 1, legs });
    // 3 and 2 wait, then 2 and 2, where the older one goes first, then 1 and 2, then 1 and 1.
    assert_eq!(bench.offered(), [ids[0], ids[1], ids[3], ids[2]]);
}

#[test]
fn levels_that_nobody_counts_are_warned_of() {
    let warned = |center: &Center| {
        let warnings = validate(center).unwrap();
        warnings.iter().any(|w| w.path == "queues.b.priority")
    };
    let plain = |order| center(order, AcrossQueues::Order, Queue::new(), Queue::new().priority(1));
    assert!(warned(&plain(OrderPolicy::ServiceTarget)));
    assert!(!warned(&plain(OrderPolicy::StrictPriority)));
    assert!(!warned(&plain(OrderPolicy::Priority { worth: secs(1) })));
}

#[test]
fn bands_are_for_the_whole_center() {
    for order in [OrderPolicy::StrictPriority, OrderPolicy::Triage] {
        let faults = floor()
            .queue("a", Queue::new().order(order))
            .queue("b", Queue::new())
            .build()
            .unwrap_err();
        let text = faults.to_string();
        assert!(text.contains("queues.a.order: holds for the whole center"), "{text}");
    }
}
