//! Estimates of waits: what they are made from, what is kept of them, and what rules make of them.

use crate::support::{Bench, START, key};
use switchboard::id::{ExternalRef, RequestId};
use switchboard::message::{
    Arrival, CommandBody, Estimate, EstimateMethod, Event, FlowOutReason, HostEvent, Outcome,
    Personal, RequestEvent,
};
use switchboard::model::{
    Agent, Center, CenterBuilder, Channel, ChannelCapacity, Draft, EntryPoint, Guard, Queue,
    RelaxationStep, Skill, WrapUpMode,
};
use switchboard::time::Duration;
use switchboard::{Engine, Question, Replica};

const fn secs(secs: i64) -> Duration {
    Duration::from_secs(secs)
}

fn floor() -> CenterBuilder {
    Center::builder()
        .skill("sales", Skill::new("Sales").levels(5))
        .entry_point("main", EntryPoint::voice("100").to_queue("q"))
        .agent("ana", Agent::new("Ana").auto_answer())
        .agent("ben", Agent::new("Ben").auto_answer())
}

/// One queue, which Ana and Ben serve; both are there.
fn bench(queue: Draft<Queue>) -> Bench {
    started(floor().queue("q", queue))
}

fn started(center: CenterBuilder) -> Bench {
    let mut bench = Bench::new(center.build().unwrap());
    bench.sign_in("ana");
    bench.sign_in("ben");
    bench
}

/// So many calls, one after the other, each answered at once and over after `span`.
fn learn(bench: &mut Bench, calls: u32, span: Duration) {
    for call in 0..calls {
        let name = format!("past-{call}");
        let _ = bench.call("app", &name, "100");
        bench.wait(span);
        let _ = bench.hangs_up("app", &name);
    }
}

/// Calls that come at once; what they wait as.
fn call(bench: &mut Bench, names: &[&str], to: &str) -> Vec<RequestId> {
    let before = bench.requests().len();
    for name in names {
        let _ = bench.call("app", name, to);
    }
    bench.requests().split_off(before)
}

fn joining(bench: &Bench) -> Option<Estimate> {
    bench.engine.estimate_for(&key("q"), Channel::Voice)
}

/// The middle of a sum of so many exponential times, as Wilson and Hilferty have it; to the hundredth of a second.
fn middle(stages: f64, mean: f64) -> i64 {
    let root = 1.0 - 1.0 / (9.0 * stages);
    hundredths(stages * mean * root * root * root)
}

fn hundredths(seconds: f64) -> i64 {
    #[allow(clippy::cast_possible_truncation)]
    let rounded = (seconds * 100.0).round() as i64;
    rounded
}

fn p50(estimate: Option<Estimate>) -> i64 {
    hundredths(estimate.expect("an estimate").p50.as_secs_f64())
}

fn kept(bench: &Bench) -> Vec<(RequestId, Estimate)> {
    let estimated = |event: &Event| match event {
        Event::Request(RequestEvent::Estimated { id, estimate }) => Some((*id, *estimate)),
        _ => None,
    };
    bench.events().filter_map(estimated).collect()
}

#[test]
fn who_goes_before_how_many_serve_and_at_which_pace_say_how_long_one_waits() {
    let mut bench = bench(Queue::new());
    learn(&mut bench, 30, secs(100));
    let talking = call(&mut bench, &["a", "b"], "100");
    let waiting = call(&mut bench, &["c", "d", "e"], "100");
    // Two agents, a hundred seconds each: one every fifty.
    for (place, request) in (1_u32..).zip(&waiting) {
        let estimate = bench.engine.estimate(*request).unwrap();
        assert_eq!(p50(Some(estimate)), middle(f64::from(place), 50.0));
        assert!(estimate.p50 < estimate.p80 && estimate.p80 < estimate.p90);
        assert_eq!((estimate.method, estimate.n), (EstimateMethod::QueueLength, 29));
    }
    assert_eq!(p50(joining(&bench)), middle(4.0, 50.0));
    assert_eq!(bench.engine.estimate(talking[0]), None, "who is served does not wait");
    // Somebody is about to leave.
    bench.does(CommandBody::SetPresence { agent: key("ben"), ready: false, reason: None });
    assert_eq!(p50(joining(&bench)), middle(4.0, 100.0));
    bench.does(CommandBody::SetPresence { agent: key("ana"), ready: false, reason: None });
    assert_eq!(joining(&bench), None, "nobody will serve: that may last");
    bench.does(CommandBody::SetPresence { agent: key("ana"), ready: true, reason: None });
    // Whoever is first leaves.
    let _ = bench.hangs_up("app", "c");
    assert_eq!(p50(bench.engine.estimate(waiting[2])), middle(2.0, 100.0));
}

#[test]
fn who_comes_while_somebody_is_free_does_not_wait() {
    let mut bench = bench(Queue::new());
    let estimate = joining(&bench).unwrap();
    assert_eq!((estimate.p90, estimate.n), (Duration::ZERO, 0));
    bench.does(CommandBody::SignOut { agent: key("ana"), force: true });
    bench.does(CommandBody::SignOut { agent: key("ben"), force: true });
    assert_eq!(joining(&bench), None, "nothing is known");
    assert_eq!(bench.engine.estimate_for(&key("nowhere"), Channel::Voice), None);
}

#[test]
fn while_the_pace_is_not_known_the_head_of_the_line_tells() {
    let mut bench = bench(Queue::new());
    learn(&mut bench, 19, secs(100));
    call(&mut bench, &["a", "b", "c"], "100");
    bench.seconds(40);
    // Estimates are as of the last record.
    call(&mut bench, &["d"], "100");
    let _ = bench.hangs_up("app", "d");
    let head = joining(&bench).unwrap();
    assert_eq!((head.method, head.n), (EstimateMethod::HeadOfLine, 19));
    // 40 s, with a variance of 2 / (Q + 1) of its square.
    assert_eq!(p50(Some(head)), middle(1.0, 40.0));
    let _ = bench.hangs_up("app", "a");
    let last = joining(&bench).unwrap();
    assert_eq!(last.n, 20);
    assert_eq!(last.method, EstimateMethod::QueueLength, "twenty are enough");
}

#[test]
fn the_last_who_was_answered_tells_where_nobody_waits() {
    let mut bench = bench(Queue::new());
    call(&mut bench, &["a", "b", "c"], "100");
    assert_eq!(joining(&bench), None, "nobody has waited yet");
    bench.seconds(30);
    let _ = bench.hangs_up("app", "a");
    let last = joining(&bench).unwrap();
    assert_eq!((last.method, last.n), (EstimateMethod::HeadOfLine, 1));
    // 30 s, nobody before: the widest that there is, of a shape of one half.
    let ninth = 2.0 / 9.0;
    assert_eq!(
        p50(Some(last)),
        hundredths(30.0 * (1.0_f64 - ninth) * (1.0 - ninth) * (1.0 - ninth))
    );
    // Somebody waits already for 10 s: 20 are left.
    let waiting = call(&mut bench, &["d"], "100");
    bench.seconds(10);
    call(&mut bench, &["e"], "100");
    let left = bench.engine.estimate(waiting[0]);
    assert_eq!(p50(left), hundredths(20.0 * (1.0_f64 - ninth) * (1.0 - ninth) * (1.0 - ninth)));
}

#[test]
fn the_pace_is_from_the_offer_to_the_end_of_the_wrap_up() {
    let center = Center::builder()
        .queue("q", Queue::new().wrap_up(WrapUpMode::TimeBoxedFixed, secs(20)))
        .entry_point("main", EntryPoint::voice("100").to_queue("q"))
        .agent("ana", Agent::new("Ana"));
    let mut bench = Bench::new(center.build().unwrap());
    bench.sign_in("ana");
    for call in 0..25 {
        let name = format!("past-{call}");
        let _ = bench.call("app", &name, "100");
        bench.seconds(5);
        bench.does(CommandBody::AcceptOffer { offer: bench.offer() });
        bench.seconds(75);
        let _ = bench.hangs_up("app", &name);
        bench.seconds(20);
    }
    call(&mut bench, &["a", "b"], "100");
    assert_eq!(p50(joining(&bench)), middle(2.0, 100.0));
}

#[test]
fn whoever_has_several_at_hand_gives_each_a_part_of_the_time() {
    let center = Center::builder()
        .channel(Channel::Chat, ChannelCapacity::new(50, 2))
        .queue("q", Queue::new())
        .entry_point("chat", EntryPoint::on(Channel::Chat, "widget").to_queue("q"))
        .agent("ana", Agent::new("Ana").auto_answer());
    let mut bench = Bench::new(center.build().unwrap());
    bench.sign_in("ana");
    let comes = |bench: &mut Bench, number: i32| {
        let leg = ExternalRef::new(format!("chat-{number}")).unwrap();
        let _ = bench.report("app", Arrival::new(leg, Channel::Chat, "widget").into());
    };
    (0..2).for_each(|number| comes(&mut bench, number));
    // Two at hand, for a hundred seconds each: one is done every fifty.
    for number in 2..400 {
        comes(&mut bench, number);
        bench.seconds(50);
        let _ = bench.hangs_up("app", &format!("chat-{}", number - 2));
    }
    comes(&mut bench, 400);
    let estimate = bench.engine.estimate_for(&key("q"), Channel::Chat);
    let expected = middle(2.0, 50.0);
    assert!((p50(estimate) - expected).abs() <= expected / 50, "{estimate:?} {expected}");
}

/// Letters and calls in one queue; Ana takes one at a time.
fn letters() -> Bench {
    let center = Center::builder()
        .queue("q", Queue::new())
        .entry_point("main", EntryPoint::voice("100").to_queue("q"))
        .entry_point("mail", EntryPoint::on(Channel::Email, "help").to_queue("q"))
        .agent("ana", Agent::new("Ana").auto_answer());
    let mut bench = Bench::new(center.build().unwrap());
    bench.sign_in("ana");
    bench
}

fn writes(bench: &mut Bench, name: &str) {
    let named = || ExternalRef::new(name).unwrap();
    let event = HostEvent::MessageReceived {
        thread: named(),
        message: named(),
        channel: Channel::Email,
        to: "help".into(),
        from: Box::default(),
        subject: None,
        text: Personal::Clear("Hello".into()),
        in_reply_to: None,
        attachments: Vec::new(),
    };
    let _ = bench.report("app", event);
}

#[test]
fn work_that_is_put_away_takes_no_time_meanwhile() {
    let mut bench = letters();
    for letter in 0..25 {
        writes(&mut bench, &format!("letter-{letter}"));
        let engagement = bench.engagement();
        bench.seconds(30);
        bench.does(CommandBody::Park { engagement, until: None });
        bench.seconds(1_000);
        bench.does(CommandBody::Unpark { engagement });
        bench.seconds(70);
        bench.does(CommandBody::HangUp { engagement });
    }
    let comes = bench.engine.estimate_for(&key("q"), Channel::Email).unwrap();
    assert_eq!((comes.p90, comes.n), (Duration::ZERO, 24));
    writes(&mut bench, "one");
    writes(&mut bench, "two");
    let estimate = p50(bench.engine.estimate_for(&key("q"), Channel::Email));
    assert!((estimate - middle(2.0, 100.0)).abs() <= 20, "to the fifth of a second: {estimate}");
}

#[test]
fn calls_go_before_letters_also_those_that_come_later() {
    let mut bench = letters();
    // Each letter takes a hundred seconds, and so does each call; one call in two hundred seconds.
    for round in 0..300 {
        let name = format!("call-{round}");
        let _ = bench.call("app", &name, "100");
        bench.seconds(100);
        let _ = bench.hangs_up("app", &name);
        writes(&mut bench, &format!("letter-{round}"));
        let engagement = bench.engagement();
        bench.seconds(100);
        bench.does(CommandBody::HangUp { engagement });
    }
    let _ = bench.call("app", "a", "100");
    writes(&mut bench, "b");
    let _ = bench.call("app", "c", "100");
    let call = bench.engine.estimate_for(&key("q"), Channel::Voice);
    assert_eq!(p50(call), middle(2.0, 100.0), "one call is before, and no letter");
    // Two are before, and calls take half of the capacity: the mean of 300 s is doubled.
    let letter = bench.engine.estimate_for(&key("q"), Channel::Email);
    let expected = middle_of(600.0, 600.0 * 600.0 / 3.0 * 1.5 / 0.5);
    assert!((p50(letter) - expected).abs() <= expected / 50, "{letter:?} {expected}");
}

#[test]
fn those_who_leave_make_the_wait_of_the_others_shorter() {
    let mut bench = bench(Queue::new());
    learn(&mut bench, 30, secs(100));
    call(&mut bench, &["a", "b"], "100");
    let before = p50(joining(&bench));
    for round in 0..20 {
        let name = format!("leaves-{round}");
        let _ = bench.call("app", &name, "100");
        bench.seconds(50);
        let _ = bench.hangs_up("app", &name);
    }
    // Nobody goes before: nothing has changed.
    assert_eq!(p50(joining(&bench)), before);
    call(&mut bench, &["c", "d"], "100");
    // One leaves in fifty seconds of waiting: 1 / (r + 0 / 50) + 1 / (r + 1 / 50) + 1 / (r + 2 / 50), with r = 1 / 50.
    let (mean, square) =
        (50.0 * (1.0 + 1.0 / 2.0 + 1.0 / 3.0), 2_500.0 * (1.0 + 1.0 / 4.0 + 1.0 / 9.0));
    assert_eq!(p50(joining(&bench)), middle_of(mean, square));
}

fn middle_of(mean: f64, variance: f64) -> i64 {
    let stages = mean * mean / variance;
    middle(stages, mean / stages)
}

/// Two queues: `q`, and another one that goes before by so much.
fn two(other: Draft<Queue>) -> CenterBuilder {
    floor()
        .queue("q", Queue::new())
        .queue("other", other)
        .entry_point("other", EntryPoint::voice("200").to_queue("other"))
}

#[test]
fn whoever_waits_for_the_same_agents_in_another_queue_goes_before() {
    let mut bench = started(two(Queue::new()));
    learn(&mut bench, 30, secs(100));
    call(&mut bench, &["a", "b"], "100");
    call(&mut bench, &["o", "p"], "200");
    call(&mut bench, &["c"], "100");
    assert_eq!(p50(joining(&bench)), middle(4.0, 50.0));
}

#[test]
fn whoever_waits_for_others_does_not_go_before() {
    let mut bench = started(
        floor()
            .queue("q", Queue::new().requirement("sales == 0"))
            .queue("other", Queue::new().requires("sales", 3))
            .entry_point("other", EntryPoint::voice("200").to_queue("other"))
            .agent("cem", Agent::new("Cem").skill("sales", 5)),
    );
    learn(&mut bench, 30, secs(100));
    bench.sign_in("cem");
    call(&mut bench, &["a", "b"], "100");
    call(&mut bench, &["o", "p", "r"], "200");
    assert_eq!(p50(joining(&bench)), middle(1.0, 50.0));
}

#[test]
fn where_half_of_the_staff_is_shared_half_of_those_who_wait_count() {
    // Ana serves both; Ben serves `q`; Cem, who is busy, serves `other`.
    let center = Center::builder()
        .skill("q", Skill::new("Q").levels(5))
        .skill("other", Skill::new("Other").levels(5))
        .queue("q", Queue::new().requires("q", 1))
        .queue("other", Queue::new().requires("other", 1))
        .entry_point("main", EntryPoint::voice("100").to_queue("q"))
        .entry_point("other", EntryPoint::voice("200").to_queue("other"))
        .agent("ana", Agent::new("Ana").auto_answer().skill("q", 1).skill("other", 1))
        .agent("ben", Agent::new("Ben").auto_answer().skill("q", 1))
        .agent("cem", Agent::new("Cem").auto_answer().skill("other", 1));
    let mut bench = started(center);
    learn(&mut bench, 30, secs(100));
    bench.sign_in("cem");
    call(&mut bench, &["a", "b"], "100");
    call(&mut bench, &["x"], "200");
    call(&mut bench, &["y", "z"], "200");
    assert_eq!(p50(joining(&bench)), middle(2.0, 50.0));
}

#[test]
fn those_who_come_later_and_go_first_make_the_wait_longer() {
    let mut bench = started(two(Queue::new().boost(Duration::from_hours(10))));
    learn(&mut bench, 30, secs(100));
    let alone = |bench: &mut Bench| {
        call(bench, &["a", "b"], "100");
        let estimate = joining(bench);
        for name in ["a", "b"] {
            let _ = bench.hangs_up("app", name);
        }
        p50(estimate)
    };
    assert_eq!(alone(&mut bench), middle(1.0, 50.0));
    // From now on somebody comes first every hundred seconds, and takes one of the two for a hundred.
    for round in 0..400 {
        let name = format!("first-{round}");
        let _ = bench.call("app", &name, "200");
        bench.seconds(100);
        let _ = bench.hangs_up("app", &name);
    }
    let longer = alone(&mut bench);
    // Half of the capacity is left: the mean is twice as long, and less sure.
    let (mean, variance): (f64, f64) = (100.0, 2_500.0 * 1.5 / 0.125);
    let expected = middle_of(mean, variance.min(4.0 * mean * mean));
    assert!((longer - expected).abs() <= expected / 50, "{longer} is not {expected}");
}

#[test]
fn what_a_queue_expects_is_kept_where_it_is_asked_for_and_compared_with_what_comes() {
    let mut bench = bench(Queue::new().estimates());
    learn(&mut bench, 30, secs(100));
    assert!(kept(&bench).is_empty(), "nobody has waited");
    call(&mut bench, &["a", "b"], "100");
    let before = joining(&bench).unwrap();
    let waiting = call(&mut bench, &["c", "d"], "100");
    let kept = kept(&bench);
    assert_eq!(kept.iter().map(|(id, _)| *id).collect::<Vec<_>>(), waiting);
    assert_eq!(kept[0].1, before, "as it was told before");
    // One is answered after 40 s, the other leaves.
    bench.seconds(40);
    let _ = bench.hangs_up("app", "a");
    let _ = bench.hangs_up("app", "d");
    let accuracy = bench.engine.accuracy(&key("q")).unwrap();
    assert_eq!((accuracy.answered, accuracy.unanswered), (1, 1));
    let error = (secs(40) - before.p50).as_millis();
    assert_eq!((accuracy.error_ms, accuracy.squared_ms), (error, error.pow(2).unsigned_abs()));
    assert_eq!(accuracy.rmse().map(Duration::as_millis), Some(error.abs()));
    assert_eq!(accuracy.bias().map(Duration::as_millis), Some(error));
    assert_eq!(accuracy.shares_within(), Some([0.0, 1.0, 1.0]));
}

#[test]
fn nothing_is_kept_where_nobody_asks_for_it() {
    let mut bench = bench(Queue::new());
    learn(&mut bench, 30, secs(100));
    call(&mut bench, &["a", "b", "c"], "100");
    let _ = bench.hangs_up("app", "a");
    assert!(kept(&bench).is_empty());
    let accuracy = bench.engine.accuracy(&key("q")).unwrap();
    assert_eq!((accuracy.rmse(), accuracy.bias(), accuracy.shares_within()), (None, None, None));
    assert_eq!(bench.engine.accuracy(&key("nowhere")), None);
}

#[test]
fn what_was_learned_survives_a_restart() {
    let mut bench = bench(Queue::new().estimates());
    learn(&mut bench, 30, secs(100));
    let waiting = call(&mut bench, &["a", "b", "c", "d"], "100");
    let mut replica = Replica::open(&bench.records[0]).unwrap();
    for record in &bench.records[1..] {
        replica.apply(record).unwrap();
    }
    let snapshot = replica.snapshot().unwrap();
    let mut again = Engine::restore(Some(&snapshot), []).unwrap();
    assert_eq!(again.state_hash(), bench.engine.state_hash());
    for request in waiting {
        assert_eq!(again.estimate(request), bench.engine.estimate(request));
    }
    assert_eq!(again.estimate_for(&key("q"), Channel::Voice), joining(&bench));
    assert!(joining(&bench).is_some());
}

#[test]
fn nobody_joins_who_would_wait_too_long() {
    let mut bench = bench(Queue::new().max_estimate(secs(60)));
    call(&mut bench, &["x", "y", "z"], "100");
    for name in ["x", "y", "z"] {
        let _ = bench.hangs_up("app", name);
    }
    assert_eq!(bench.outcomes().len(), 3, "nothing is known: nobody is kept out");
    learn(&mut bench, 30, secs(100));
    let _ = call(&mut bench, &["a", "b", "c"], "100");
    assert!(
        bench.engine.estimate(*bench.requests().last().unwrap()).is_some(),
        "35 s are not too long"
    );
    // The next one would wait for two: 84 s.
    call(&mut bench, &["d"], "100");
    let last = bench.outcomes().pop();
    assert!(
        matches!(last, Some(Outcome::FlowedOut { reason: FlowOutReason::LongWait, to: None })),
        "{last:?}"
    );
}

#[test]
fn whoever_would_have_to_wait_too_long_leaves_when_agents_go() {
    let mut bench = bench(Queue::new().max_estimate_left(secs(100)));
    learn(&mut bench, 30, secs(100));
    let talking = bench.outcomes().len();
    call(&mut bench, &["a", "b"], "100");
    let waiting = call(&mut bench, &["c", "d"], "100");
    assert_eq!(bench.outcomes().len(), talking + 2, "35 s and 84 s are not too long");
    bench.does(CommandBody::SetPresence { agent: key("ben"), ready: false, reason: None });
    let left = bench.events().filter_map(|event| match event {
        Event::Request(RequestEvent::Ended { id, outcome: Outcome::FlowedOut { reason, .. } }) => {
            Some((*id, *reason))
        }
        _ => None,
    });
    assert_eq!(left.collect::<Vec<_>>(), [(waiting[1], FlowOutReason::LongWait)]);
}

#[test]
fn nobody_leaves_for_a_long_wait_whom_somebody_is_free_for() {
    let mut bench = bench(Queue::new().max_estimate_left(secs(30)));
    learn(&mut bench, 30, secs(100));
    let before = bench.outcomes().len();
    // With both free, two are served; the third would wait for 35 s.
    call(&mut bench, &["a", "b"], "100");
    assert_eq!(bench.outcomes().len(), before + 2);
    assert!(matches!(bench.outcomes().last(), Some(Outcome::Answered { .. })));
    call(&mut bench, &["c"], "100");
    assert!(matches!(bench.outcomes().last(), Some(Outcome::FlowedOut { .. })));
}

#[test]
fn all_of_a_line_leave_who_would_have_to_wait_too_long_the_last_one_first() {
    let mut bench = bench(Queue::new().max_estimate_left(secs(140)));
    learn(&mut bench, 30, secs(100));
    call(&mut bench, &["a", "b"], "100");
    let waiting = call(&mut bench, &["c", "d", "e", "f", "g", "h"], "100");
    let left = |bench: &Bench| {
        let left = bench.events().filter_map(|event| match event {
            Event::Request(RequestEvent::Ended {
                id,
                outcome: Outcome::FlowedOut { reason: FlowOutReason::LongWait, .. },
            }) => Some(*id),
            _ => None,
        });
        left.collect::<Vec<_>>()
    };
    // Whoever comes as the fourth would wait for 183 s, each time.
    assert_eq!(left(&bench), waiting[3..]);
    bench.does(CommandBody::SetPresence { agent: key("ben"), ready: false, reason: None });
    assert_eq!(left(&bench)[3..], [waiting[2], waiting[1]]);
}

/// Ana and Ben are busy; Cem may serve once a step is taken.
fn guarded() -> Bench {
    let step = RelaxationStep::once(Guard::ExpectedWaitOver(secs(60))).instead("sales >= 1");
    let center = floor()
        .queue("q", Queue::new().requirement(r#"not agent == "cem""#).relax(step))
        .agent("cem", Agent::new("Cem").auto_answer().skill("sales", 5));
    let mut bench = started(center);
    learn(&mut bench, 30, secs(100));
    bench.sign_in("cem");
    call(&mut bench, &["a", "b"], "100");
    bench
}

/// Requests that have taken the step.
fn relaxed(bench: &Bench) -> Vec<RequestId> {
    let taken = |event: &Event| match event {
        Event::Request(RequestEvent::Relaxed { id, steps, .. }) if steps == &[1] => Some(*id),
        _ => None,
    };
    bench.events().filter_map(taken).collect()
}

#[test]
fn a_step_that_waits_for_a_long_wait_is_taken_by_whoever_has_one() {
    let mut bench = guarded();
    let waiting = call(&mut bench, &["c", "d"], "100");
    assert_eq!(relaxed(&bench), waiting[1..], "only the second one waits longer than a minute");
}

#[test]
fn a_step_that_waits_for_a_long_wait_is_taken_when_agents_go() {
    let mut bench = guarded();
    let waiting = call(&mut bench, &["c"], "100");
    assert!(relaxed(&bench).is_empty());
    bench.does(CommandBody::SetPresence { agent: key("ben"), ready: false, reason: None });
    assert_eq!(relaxed(&bench), waiting, "one agent alone: 69 s");
}

#[test]
fn when_agents_go_all_take_the_step_whose_wait_becomes_long() {
    let step = RelaxationStep::once(Guard::ExpectedWaitOver(secs(200))).or("sales >= 5");
    let mut bench = bench(Queue::new().requirement("sales == 0").relax(step));
    learn(&mut bench, 30, secs(100));
    call(&mut bench, &["a", "b"], "100");
    let waiting = call(&mut bench, &["c", "d", "e", "f", "g", "h"], "100");
    assert_eq!(relaxed(&bench), waiting[4..], "3m3s for the fourth, 3m53s for the fifth");
    bench.does(CommandBody::SetPresence { agent: key("ben"), ready: false, reason: None });
    // The last one tells of those before it: it is looked at first.
    let [.., third, fourth] = relaxed(&bench)[..] else { panic!() };
    assert_eq!(
        (fourth, third),
        (waiting[2], waiting[3]),
        "2m47s for the second, 4m27s for the third"
    );
    assert_eq!(relaxed(&bench).len(), 4);
}

#[test]
fn a_place_that_was_told_does_not_go_up() {
    let mut bench = bench(Queue::new());
    let requests = call(&mut bench, &["a", "b", "c", "d"], "100");
    let place = |bench: &Bench, told| bench.engine.position(requests[3], told);
    assert_eq!(place(&bench, None), Some(2));
    let urgent = call(&mut bench, &["e"], "100")[0];
    bench.does(CommandBody::PrioritizeRequest { request: urgent, boost: secs(60) });
    assert_eq!((place(&bench, None), place(&bench, Some(2))), (Some(3), Some(2)));
    let _ = bench.hangs_up("app", "c");
    let _ = bench.hangs_up("app", "e");
    assert_eq!((place(&bench, None), place(&bench, Some(2))), (Some(1), Some(1)));
    assert_eq!(bench.engine.position(requests[0], None), None, "who is served has no place");
}

#[test]
fn an_explanation_tells_it() {
    let mut bench = bench(Queue::new());
    learn(&mut bench, 30, secs(100));
    let waiting = call(&mut bench, &["a", "b", "c", "d"], "100");
    let explanation = bench.engine.explain(Question::Request(waiting[3])).unwrap();
    assert_eq!(explanation.estimate, bench.engine.estimate(waiting[3]));
    let text = explanation.to_string();
    let told = "it waits 1m24s more or less, 2m29s at most in 8 of 10 cases, 3m13s in 9: by the length of the line";
    assert!(text.contains(told), "{text}");
    assert_eq!(bench.engine.explain(Question::Request(waiting[0])), None);
    assert!(bench.now > START);
}
