//! Which agent gets a request: orders, groups, reserves, scores.

use crate::support::{Bench, key, refusal};
use switchboard::id::Seq;
use switchboard::message::{
    Choice, ChosenBy, CommandBody, Event, OfferEvent, RejectionReason, RequestEvent,
    RoutabilityScope, ShardEvent,
};
use switchboard::model::{
    Agent, AgentGroups, AgentOrder, Center, CenterBuilder, Change, Channel, ChannelCapacity, Draft,
    EntryPoint, GroupBy, HoldOut, Queue, Shares, Site, Skill, Team,
};
use switchboard::time::Duration;
use switchboard::{Question, Replica, RestoreError, Verdict, explain_at};

const fn secs(secs: i64) -> Duration {
    Duration::from_secs(secs)
}

const NAMES: [&str; 4] = ["ana", "ben", "cem", "dan"];

/// Ana can do much, Ben is best at Spanish, Cem and Dan know a little. Two teams, two sites.
fn floor() -> CenterBuilder {
    Center::builder()
        .skill("spanish", Skill::new("").levels(9))
        .skill("sales", Skill::new("").levels(9))
        .site("berlin", Site::new(""))
        .site("partner", Site::new(""))
        .team("red", Team::new("").site("berlin"))
        .team("blue", Team::new("").site("partner"))
        .agent("ana", Agent::new("").skill("spanish", 5).skill("sales", 9).team("red").weight(1))
        .agent("ben", Agent::new("").skill("spanish", 9).team("red").weight(3))
        .agent("cem", Agent::new("").skill("spanish", 2).team("blue").weight(1))
        .agent("dan", Agent::new("").skill("spanish", 1).skill("sales", 2).team("blue").weight(0))
        .entry_point("main", EntryPoint::voice("100").to_queue("q"))
}

fn center(queue: Draft<Queue>) -> Center {
    floor().queue("q", queue).build().unwrap()
}

/// All four are there, signed in one second after the other.
fn bench(queue: Draft<Queue>) -> Bench {
    all_sign_in(center(queue))
}

fn all_sign_in(center: Center) -> Bench {
    let mut bench = Bench::new(center);
    for name in NAMES {
        bench.sign_in(name);
        bench.seconds(1);
    }
    bench
}

fn by(order: AgentOrder) -> Draft<Queue> {
    Queue::new().requires("spanish", 1).agent_order(order)
}

fn choices(bench: &Bench) -> Vec<(&'static str, Choice)> {
    let made = |event: &Event| match event {
        Event::Offer(OfferEvent::Made(made)) => {
            Some((NAMES[made.agent.0 as usize], made.choice.clone()))
        }
        _ => None,
    };
    bench.events().filter_map(made).collect()
}

fn agents(bench: &Bench) -> Vec<&'static str> {
    choices(bench).into_iter().map(|(agent, _)| agent).collect()
}

/// So many calls come in, one second after the other, and stay with their agents.
fn calls(bench: &mut Bench, names: &[&str]) {
    for name in names {
        let _ = bench.call("app", name, "100");
        bench.seconds(1);
    }
}

/// The agent of the latest offer takes it.
fn takes(bench: &mut Bench) {
    let offer = bench.offer();
    bench.does(CommandBody::AcceptOffer { offer });
}

/// A call comes in, is answered, and is over at once.
fn served(bench: &mut Bench, name: &str) {
    let _ = bench.call("app", name, "100");
    takes(bench);
    let _ = bench.hangs_up("app", name);
    bench.seconds(1);
}

#[test]
fn each_order_asks_its_own_first() {
    let fixed = AgentOrder::Fixed(vec![key("dan"), key("ben")]);
    for (order, asked, by_what) in [
        (AgentOrder::LongestIdle, ["ana", "ben", "cem", "dan"], ChosenBy::LongestIdle),
        (AgentOrder::MostSkilled, ["ben", "ana", "cem", "dan"], ChosenBy::MostSkilled),
        (AgentOrder::LeastSkilled, ["cem", "dan", "ben", "ana"], ChosenBy::LeastSkilled),
        (fixed, ["dan", "ben", "ana", "cem"], ChosenBy::Fixed),
    ] {
        let mut bench = bench(by(order));
        calls(&mut bench, &["1", "2", "3", "4"]);
        assert_eq!(agents(&bench), asked);
        let first = &choices(&bench)[0].1;
        let next: Vec<&str> =
            first.runners_up.iter().map(|agent| NAMES[agent.0 as usize]).collect();
        assert_eq!((first.by, next.as_slice()), (by_what, &asked[1..]));
    }
}

/// Ana has been idle for 4 s, Ben for 3 s with three times the weight, Dan's counts nothing.
#[test]
fn idle_time_is_weighted() {
    let mut bench = bench(by(AgentOrder::LongestWeightedIdle));
    calls(&mut bench, &["1", "2", "3", "4"]);
    assert_eq!(agents(&bench), ["ben", "ana", "cem", "dan"]);
    assert_eq!(choices(&bench)[0].1.key, 9_000_000);
}

#[test]
fn the_least_occupied_has_the_least_of_the_own_budget_in_use() {
    let mut center = floor()
        .channel(Channel::Chat, ChannelCapacity::new(20, 5))
        .entry_point("chat", EntryPoint::on(Channel::Chat, "c").to_queue("q"))
        .queue("q", by(AgentOrder::LeastOccupied))
        .build()
        .unwrap();
    center.agents.get_mut(&key("ana")).unwrap().budget = Some(200);
    let mut bench = all_sign_in(center);
    let chats: Vec<String> = (0..7).map(|n| format!("chat-{n}")).collect();
    for name in &chats {
        let leg = switchboard::id::ExternalRef::new(name).unwrap();
        let arrival = switchboard::message::Arrival::new(leg, Channel::Chat, "c");
        let _ = bench.report("app", arrival.into());
    }
    // Ana has twice the budget: two chats are to her what one is to the others.
    assert_eq!(agents(&bench), ["ana", "ben", "cem", "dan", "ana", "ana", "ben"]);
}

#[test]
fn the_fewest_handled_is_counted_over_all_and_fades() {
    let half_life = secs(600);
    let center = floor()
        .queue("q", by(AgentOrder::FewestHandled))
        .policies(|p| p.handled_half_life = half_life)
        .build()
        .unwrap();
    let mut bench = all_sign_in(center);
    bench.does(CommandBody::SignOut { agent: key("dan"), force: false });
    bench.does(CommandBody::SignOut { agent: key("cem"), force: false });
    for call in ["1", "2", "3"] {
        served(&mut bench, call);
    }
    // Ana has two, Ben one. Cem comes back, has none, and gets two.
    bench.sign_in("cem");
    served(&mut bench, "4");
    served(&mut bench, "5");
    assert_eq!(agents(&bench), ["ana", "ben", "ana", "cem", "ben"]);
    let halved = |bench: &Bench| {
        let halved = |e: &&Event| matches!(e, Event::Shard(ShardEvent::TalliesHalved { .. }));
        bench.events().filter(halved).count()
    };
    bench.wait(half_life);
    assert_eq!(halved(&bench), 1);
    served(&mut bench, "6");
    assert_eq!(choices(&bench).last().unwrap().1.key, 1 << 15, "one counts half");
    // Nothing is halved for ever.
    bench.wait(Duration::from_hours(100));
    bench.wait(Duration::from_hours(100));
    let before = halved(&bench);
    bench.wait(Duration::from_hours(100));
    assert_eq!(halved(&bench), before);
}

/// Who declined had a turn, too; idle time does not matter.
#[test]
fn each_has_a_turn() {
    let mut bench = bench(by(AgentOrder::RoundRobin));
    served(&mut bench, "1");
    let _ = bench.call("app", "2", "100");
    let offer = bench.offer();
    bench.does(CommandBody::RejectOffer { offer, reason: None });
    takes(&mut bench);
    let _ = bench.hangs_up("app", "2");
    bench.seconds(1);
    for call in ["3", "4", "5"] {
        served(&mut bench, call);
    }
    assert_eq!(agents(&bench), ["ana", "ben", "cem", "dan", "ana", "ben"]);
}

/// Three of five have weight, Ben three times that of the others; the same seed draws the same.
#[test]
fn chance_follows_the_weights() {
    let drawn = || {
        let mut bench = bench(by(AgentOrder::WeightedRandom));
        for call in 0..500 {
            served(&mut bench, &format!("call-{call}"));
        }
        agents(&bench)
    };
    let first = drawn();
    let of = |name| first.iter().filter(|agent| **agent == name).count();
    // Binomial with n = 500: 300 of Ben and 100 each, within four deviations of 11 and 9.
    assert!(of("ben").abs_diff(300) < 44, "{}", of("ben"));
    assert!(of("ana").abs_diff(100) < 36 && of("cem").abs_diff(100) < 36);
    assert_eq!(of("dan"), 0);
    assert_eq!(first, drawn());
}

fn shares(by: GroupBy, of: [(&str, u32); 2]) -> Shares {
    of.into_iter().fold(Shares::new(by), |shares, (group, n)| shares.with(key(group), n))
}

/// 70 and 30 of a hundred between a site and a partner, exactly.
#[test]
fn offers_are_allocated_by_share() {
    let shares = shares(GroupBy::Site, [("berlin", 70), ("partner", 30)]);
    let mut bench = bench(by(AgentOrder::LongestIdle).groups(AgentGroups::Allocation(shares)));
    for call in 0..100 {
        served(&mut bench, &format!("call-{call}"));
        let partner = agents(&bench).iter().filter(|agent| ["cem", "dan"].contains(*agent)).count();
        let off = (call + 1) * 30 - i64::try_from(partner).unwrap() * 100;
        assert!(off.abs() < 100, "after {call} calls the partner has {partner}");
    }
}

/// A partner who was away does not get everything when it is back.
#[test]
fn a_group_that_was_away_catches_up_on_so_much() {
    let shares = shares(GroupBy::Team, [("blue", 50), ("red", 50)]);
    let center = center(by(AgentOrder::LongestIdle).groups(AgentGroups::Allocation(shares)));
    let mut bench = Bench::new(center);
    bench.sign_in("ana");
    for call in 0..100 {
        served(&mut bench, &format!("call-{call}"));
    }
    bench.sign_in("cem");
    for call in 100..160 {
        served(&mut bench, &format!("call-{call}"));
    }
    let names = agents(&bench);
    let first_ana = names[100..].iter().position(|name| *name == "ana").unwrap();
    assert!((38..=42).contains(&first_ana), "Cem had {first_ana} in a row");
}

/// Two of three of all idle agents may be red: blue is asked until it has less than its part.
#[test]
fn groups_keep_their_part_of_the_idle() {
    let shares = shares(GroupBy::Team, [("red", 2), ("blue", 1)]);
    let mut bench = bench(by(AgentOrder::LongestIdle).groups(AgentGroups::IdlenessRatio(shares)));
    calls(&mut bench, &["1", "2", "3", "4"]);
    // Above their part, red and blue: 2 - 8/3 and 2 - 4/3; 2 - 2 and 1 - 1, where the first key is asked; then red alone.
    assert_eq!(agents(&bench), ["cem", "dan", "ana", "ben"]);
}

/// Two who speak Spanish and sell are kept for sales.
fn with_reserve() -> Bench {
    let center = floor()
        .entry_point("sales", EntryPoint::voice("200").to_queue("sales"))
        .queue("sales", Queue::new().requires("sales", 1))
        .queue("q", Queue::new().requires("spanish", 1).reserve("sales", 1))
        .build()
        .unwrap();
    all_sign_in(center)
}

#[test]
fn some_are_kept_free_for_another_queue() {
    let mut bench = with_reserve();
    calls(&mut bench, &["1", "2", "3", "4"]);
    // Ana and Dan sell: one of them is kept, and the fourth waits.
    assert_eq!(agents(&bench), ["ana", "ben", "cem"]);
    let request = *bench.requests().last().unwrap();
    let why = bench.engine.explain(Question::Request(request)).unwrap().to_string();
    assert!(why.contains("dan is kept free for another queue"), "{why}");
    let pulled = bench.command(CommandBody::PullRequest { agent: key("dan"), request });
    assert!(matches!(refusal(pulled).reason, RejectionReason::WrongState(_)));
    // Sales gets the one who was kept.
    let _ = bench.call("app", "5", "200");
    assert_eq!(agents(&bench).last(), Some(&"dan"));
}

/// Who becomes free may be of no use to the queue, and yet free another one.
#[test]
fn one_more_in_the_pool_frees_another() {
    let center = floor()
        .agent("eve", Agent::new("").skill("sales", 9))
        .queue("sales", Queue::new().requires("sales", 1))
        .queue("q", Queue::new().requires("spanish", 1).reserve("sales", 1))
        .build()
        .unwrap();
    let mut bench = Bench::new(center);
    bench.sign_in("dan");
    calls(&mut bench, &["1"]);
    assert!(agents(&bench).is_empty());
    bench.sign_in("eve");
    assert_eq!(agents(&bench), ["dan"]);
}

/// Whoever takes no work of the other queue is not kept for it, and does not count among those who are.
#[test]
fn nobody_is_kept_for_a_queue_that_the_agent_declines() {
    let sales = || RoutabilityScope::Queue(key("sales"));
    let declines = |bench: &mut Bench, agent, routable| {
        let (agent, reason) = (key(agent), None);
        bench.does(CommandBody::SetRoutability { agent, on: sales(), routable, reason });
    };
    let mut bench = with_reserve();
    calls(&mut bench, &["1", "2", "3", "4"]);
    assert_eq!(agents(&bench), ["ana", "ben", "cem"]);
    declines(&mut bench, "dan", false);
    assert_eq!(agents(&bench).last(), Some(&"dan"));
    // Ana alone takes sales now: she is the one who is kept.
    let mut bench = with_reserve();
    declines(&mut bench, "dan", false);
    calls(&mut bench, &["1", "2", "3", "4"]);
    assert_eq!(agents(&bench), ["ben", "cem", "dan"]);
}

/// A lost phone is no part of those who are free for calls.
#[test]
fn an_agent_without_a_phone_is_none_of_those_who_are_free() {
    let mut bench = with_reserve();
    let lost = CommandBody::SetMedia { agent: key("dan"), connected: false };
    bench.does(lost);
    calls(&mut bench, &["1"]);
    assert_eq!(agents(&bench), ["ben"], "Ana is the only one for sales");
    let request = *bench.requests().last().unwrap();
    let ana = bench.engine.explain(Question::Request(request)).unwrap();
    let ana = ana.agents.iter().find(|it| it.agent.as_str() == "ana").unwrap().verdict;
    assert_eq!(ana, Verdict::Reserved);
}

#[test]
fn scores_go_with_the_agent_and_the_queue() {
    let center = floor()
        .queue("q", by(AgentOrder::HostScored(HoldOut::default())))
        .limits(|l| l.scores = 1)
        .build()
        .unwrap();
    let mut bench = Bench::new(center.clone());
    score(&mut bench, &[("ana", Some(1))]);
    let ana = center.agents[&key("ana")].clone();
    bench.configures(vec![Change::Agent { key: key("ana"), to: None }]);
    score(&mut bench, &[("ben", Some(2))]);
    bench.configures(vec![Change::Agent { key: key("ana"), to: Some(ana) }]);
    bench.sign_in("ana");
    bench.sign_in("cem");
    calls(&mut bench, &["1"]);
    assert_eq!(choices(&bench)[0].1.by, ChosenBy::LongestIdle, "the score of before is gone");
}

/// What one group was owed is not handed on to another with the same share.
#[test]
fn groups_that_are_other_ones_begin_anew() {
    let of = |first| {
        let shares = shares(GroupBy::Team, [(first, 1), ("red", 1)]);
        by(AgentOrder::LongestIdle).groups(AgentGroups::Allocation(shares))
    };
    let builder = floor().team("zoe", Team::new("")).agent("eve", Agent::new("").team("zoe"));
    let center = builder.queue("q", of("blue").requirement("anybody")).build().unwrap();
    let mut center = center;
    center.queues.get_mut(&key("q")).unwrap().requirement = "anybody".parse().unwrap();
    let mut bench = Bench::new(center.clone());
    bench.sign_in("ana");
    for call in 0..30 {
        served(&mut bench, &format!("call-{call}"));
    }
    let mut queue = of("zoe").build().unwrap();
    queue.requirement = "anybody".parse().unwrap();
    bench.configures(vec![Change::Queue { key: key("q"), to: Some(Box::new(queue)) }]);
    bench.sign_in("eve");
    let before = bench.offered().len();
    for call in 30..40 {
        served(&mut bench, &format!("call-{call}"));
    }
    let made = bench.events().filter_map(|event| match event {
        Event::Offer(OfferEvent::Made(made)) => Some(made.agent.0),
        _ => None,
    });
    let of_ana = made.skip(before).filter(|agent| *agent == 0).count();
    assert_eq!(of_ana, 5);
}

fn score(bench: &mut Bench, scores: &[(&str, Option<i32>)]) {
    let scores = scores.iter().map(|(agent, score)| (key(agent), *score)).collect();
    bench.does(CommandBody::ScoreAgents { queue: key("q"), scores });
}

#[test]
fn the_host_scores_agents() {
    let mut bench = bench(by(AgentOrder::HostScored(HoldOut::default())));
    score(&mut bench, &[("cem", Some(5)), ("dan", Some(70)), ("ben", Some(-3))]);
    calls(&mut bench, &["1"]);
    score(&mut bench, &[("cem", None)]);
    calls(&mut bench, &["2", "3", "4"]);
    // Cem's was taken back: he stands with Ana, who has none, and was idle less long.
    assert_eq!(agents(&bench), ["dan", "ben", "ana", "cem"]);
    let by: Vec<ChosenBy> = choices(&bench).iter().map(|(_, choice)| choice.by).collect();
    let (scored, idle) = (ChosenBy::HostScored, ChosenBy::LongestIdle);
    assert_eq!(by, [scored, scored, idle, idle]);
}

/// A request waits for high scores for a bounded time, and for nobody who is not there.
#[test]
fn a_request_is_held_for_high_scores_and_no_longer() {
    let order = || AgentOrder::HostScored(HoldOut::new(50, secs(10)));
    let mut bench = bench(by(order()));
    score(&mut bench, &[("ana", Some(80)), ("ben", Some(20))]);
    calls(&mut bench, &["1"]);
    assert_eq!(agents(&bench), ["ana"]);
    let _ = bench.call("app", "2", "100");
    bench.wait(secs(10) - Duration::from_micros(1));
    assert_eq!(agents(&bench), ["ana"], "it waits for Ana");
    bench.wait(Duration::from_micros(1));
    assert_eq!(agents(&bench), ["ana", "ben"]);
    takes(&mut bench);
    let _ = bench.hangs_up("app", "1");
    bench.does(CommandBody::SignOut { agent: key("ana"), force: false });
    let _ = bench.call("app", "3", "100");
    assert_eq!(agents(&bench).last(), Some(&"cem"), "Ana is not there");
}

#[test]
fn scores_are_bounded_and_of_configured_agents() {
    let center = floor()
        .queue("q", by(AgentOrder::HostScored(HoldOut::default())))
        .limits(|l| l.scores = 2)
        .build()
        .unwrap();
    let mut bench = Bench::new(center);
    let send = |bench: &mut Bench, scores: Vec<(&str, i32)>| {
        let scores = scores.into_iter().map(|(agent, score)| (key(agent), Some(score))).collect();
        bench.command(CommandBody::ScoreAgents { queue: key("q"), scores })
    };
    let unknown = refusal(send(&mut bench, vec![("nobody", 1)]));
    assert_eq!((unknown.reason, &*unknown.field), (RejectionReason::Unknown, "scores"));
    let full = refusal(send(&mut bench, vec![("ana", 1), ("ben", 1), ("cem", 1)]));
    assert_eq!(full.reason, RejectionReason::LimitReached("scores".into()));
    score(&mut bench, &[("ana", Some(1)), ("ana", Some(4)), ("ben", Some(2))]);
    score(&mut bench, &[("ana", Some(3)), ("ben", None)]);
    score(&mut bench, &[("cem", Some(3))]);
}

/// A queue that changes how it chooses does so at once, and what was counted before counts.
#[test]
fn an_order_changes_while_agents_are_idle() {
    let mut bench = bench(by(AgentOrder::LongestIdle));
    let to = by(AgentOrder::MostSkilled).build().unwrap();
    bench.configures(vec![Change::Queue { key: key("q"), to: Some(Box::new(to)) }]);
    calls(&mut bench, &["1"]);
    let to = by(AgentOrder::RoundRobin).build().unwrap();
    bench.configures(vec![Change::Queue { key: key("q"), to: Some(Box::new(to)) }]);
    calls(&mut bench, &["2"]);
    assert_eq!(agents(&bench), ["ben", "ana"]);
    let relaxed = |event: &Event| matches!(event, Event::Request(RequestEvent::Relaxed { .. }));
    assert!(!bench.events().any(relaxed));
}

/// The moment is restored from the journal, or from a snapshot and what follows it, and everybody is looked at.
#[test]
fn a_past_offer_is_explained_in_full() {
    let mut bench = bench(by(AgentOrder::MostSkilled));
    bench.does(CommandBody::SetPresence { agent: key("dan"), ready: false, reason: None });
    let at = bench.seq();
    calls(&mut bench, &["1"]);
    let made = bench.seq().0;
    let snapshot = {
        let mut replica = Replica::open(&bench.records[0]).unwrap();
        for record in &bench.records[1..usize::try_from(at.0).unwrap()] {
            replica.apply(record).unwrap();
        }
        replica.snapshot().unwrap()
    };
    let of_offer = (1..=made).map(Seq).find_map(|seq| {
        let explained = explain_at(None, &bench.records, seq).ok()?;
        explained.into_iter().next()
    });
    let whole = of_offer.unwrap();
    let rest = bench.records.iter().filter(|record| record.seq > at);
    let again = explain_at(Some(&snapshot), rest, whole.seq).unwrap();
    assert_eq!(again.as_slice(), std::slice::from_ref(&whole));
    let order: Vec<(&str, i64)> =
        whole.candidates.iter().map(|it| (it.agent.as_str(), it.key)).collect();
    assert_eq!(order, [("ben", 9), ("ana", 5), ("cem", 2)]);
    let text = whole.to_string();
    for line in [
        "of q was offered to ben at",
        "levels add up to 9, by version 1 of the configuration",
        "    ana: levels add up to 5; idle for 4s",
        "  dan is not ready",
        "  0 agents could not serve it",
        "  nothing else waited that ben could have taken",
    ] {
        assert!(text.contains(line), "{line:?} is not in {text}");
    }
    let missing = explain_at(None, &bench.records, Seq(made + 1000));
    assert_eq!(missing.unwrap_err(), RestoreError::Empty);
    let later = bench.records.iter().filter(|record| record.seq > at);
    let past = explain_at(Some(&snapshot), later, Seq(1));
    assert_eq!(past.unwrap_err(), RestoreError::Empty, "the snapshot lies behind it");
}

#[test]
fn faults_name_the_place() {
    let fixed = AgentOrder::Fixed(vec![key("nobody"), key("ana"), key("ana")]);
    let shares = shares(GroupBy::Site, [("moon", 1), ("berlin", 0)]);
    let queue = by(fixed).groups(AgentGroups::Allocation(shares)).reserve("q", 0).reserve("w", 1);
    let (x, y) = (Queue::new().reserve("y", 1), Queue::new().reserve("x", 1));
    let faults =
        floor().queue("q", queue).queue("x", x).queue("y", y).build().unwrap_err().to_string();
    for fault in [
        "queues.q.agent_order.fixed: unknown agent \"nobody\"",
        "queues.q.agent_order.fixed: \"ana\" is given twice",
        "queues.q.groups: unknown site \"moon\"",
        "queues.q.groups.of.berlin: must be at least 1",
        "queues.q.reserves: keeps agents back from the queue for itself",
        "queues.q.reserves.q.keep: must be at least 1",
        "queues.x.reserves: come back to it over other queues",
        "queues.q.reserves: unknown queue \"w\"",
    ] {
        assert!(faults.contains(fault), "{fault} is not among {faults}");
    }
}

/// What is asked before is what happens then, and asking changes nothing.
#[test]
fn who_would_get_whom_can_be_asked_before() {
    let mut bench = bench(by(AgentOrder::MostSkilled));
    let q = key("q");
    let agent = |bench: &Bench| {
        let agent = bench.engine.agent_for(&q, Channel::Voice, bench.now);
        agent.map(|key| key.as_str().to_owned())
    };
    let seq = bench.engine.seq();
    assert_eq!(bench.engine.agent_for(&key("nowhere"), Channel::Voice, bench.now), None);
    for name in ["ben", "ana", "cem", "dan"] {
        assert_eq!(agent(&bench).as_deref(), Some(name));
        calls(&mut bench, &[name]);
        assert_eq!(agents(&bench).last(), Some(&name));
    }
    assert_eq!(bench.engine.seq(), Seq(seq.0 + 4), "a record for each call, none for a question");
    assert_eq!(agent(&bench), None, "nobody is free");

    let request = |bench: &Bench, agent| bench.engine.request_for(&key(agent), bench.now);
    assert_eq!(request(&bench, "ana"), None, "nobody waits");
    calls(&mut bench, &["5", "6"]);
    let waiting = bench.requests()[4..].to_vec();
    assert_eq!(request(&bench, "nobody"), None);
    for (agent, first) in [("cem", waiting[0]), ("ana", waiting[1])] {
        assert_eq!(request(&bench, agent), Some(first));
        let _ = bench.hangs_up("app", agent);
        assert_eq!((bench.offered().last(), agents(&bench).last()), (Some(&first), Some(&agent)));
    }
    assert_eq!(request(&bench, "cem"), None, "all are offered");
}
