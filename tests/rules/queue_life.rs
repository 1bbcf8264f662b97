//! Life in a queue: what those who wait are told, and the place of those who hang up and come again.

use crate::support::{Bench, key};
use switchboard::id::{ExternalRef, RequestId};
use switchboard::message::{
    Arrival, CommandBody, CustomerRef, CustomerToken, EffectKind, Event, HostEvent, OfferEvent,
    Personal, QueueEvent, RequestCause, Segment,
};
use switchboard::model::{
    Agent, Announcement, Center, Channel, Draft, EntryPoint, Host, Queue, Told,
};
use switchboard::time::Duration;

const fn secs(secs: i64) -> Duration {
    Duration::from_secs(secs)
}

fn bench(queue: Draft<Queue>) -> Bench {
    let center = Center::builder()
        .host("pbx", Host::new("PBX"))
        .queue("q", queue)
        .agent("ana", Agent::new("Ana").phone("pbx", "1"))
        .agent("ben", Agent::new("Ben"))
        .entry_point("main", EntryPoint::voice("100").to_queue("q"))
        .entry_point("vip", EntryPoint::voice("200").to_queue("q").boost(secs(900)))
        .build()
        .unwrap();
    Bench::new(center)
}

fn comes(bench: &mut Bench, host: &str, (name, to): (&str, &str), token: u64) -> RequestId {
    let from = CustomerRef { token: Some(CustomerToken(token)), ..CustomerRef::default() };
    let leg = ExternalRef::new(name).unwrap();
    let arrival = Arrival::new(leg, Channel::Voice, to).from(from);
    let _ = bench.report(host, arrival.into());
    if host == "pbx" {
        bench.accept_all();
        bench.done("pbx", |kind| matches!(kind, EffectKind::Answer { .. }));
    }
    *bench.requests().last().unwrap()
}

/// What was played so far: sounds, and what was said.
fn played(bench: &Bench) -> Vec<String> {
    let words = |segment: &Segment| match segment {
        Segment::Audio(sound) => sound.clone(),
        Segment::SayAs(way, value) => format!("{way} {}", value.clear().unwrap()),
        other => format!("{other:?}"),
    };
    let of_effect = |kind: &EffectKind| match kind {
        EffectKind::Play { segments, .. } => {
            Some(segments.iter().map(words).collect::<Vec<_>>().join(", "))
        }
        _ => None,
    };
    let all = bench.records.iter().flat_map(|record| &record.effects);
    all.filter_map(|effect| of_effect(&effect.kind)).collect()
}

fn told(bench: &Bench) -> Vec<(Option<u32>, bool)> {
    let announced = |event: &Event| match event {
        Event::Queue(QueueEvent::Announced { position, estimate, .. }) => {
            Some((*position, estimate.is_some()))
        }
        _ => None,
    };
    bench.events().filter_map(announced).collect()
}

#[test]
fn announcements_come_on_their_schedule() {
    let queue = Queue::new()
        .announcement(Announcement::once("welcome", Duration::ZERO))
        .announcement(Announcement::once("patience", secs(20)).every(secs(30)));
    let mut bench = bench(queue);
    comes(&mut bench, "pbx", ("call-1", "100"), 1);
    bench.wait(Duration::from_micros(1));
    assert_eq!(played(&bench), ["welcome"]);
    for (until, number) in [(19, 1), (20, 2), (49, 2), (50, 3), (80, 4)] {
        let start = crate::support::START;
        bench.wait((start + secs(until)).since(bench.now) + Duration::from_micros(1));
        assert_eq!(played(&bench).len(), number, "after {until} s");
    }
    // Many at once where nobody called for long: each missed one is not made up for.
    bench.now += Duration::from_hours(1);
    bench.wait(secs(30));
    assert!(played(&bench).len() < 8, "{:?}", played(&bench));
    let _ = bench.hangs_up("pbx", "call-1");
    let before = played(&bench).len();
    bench.wait(Duration::from_hours(1));
    assert_eq!(played(&bench).len(), before, "nobody is there to hear it");
}

#[test]
fn a_place_is_said_and_never_goes_up() {
    let place = Announcement::once("place", secs(10)).every(secs(10)).telling(Told::Position);
    let mut bench = bench(Queue::new().announcement(place));
    for name in ["1", "2", "3"] {
        comes(&mut bench, "app", (name, "100"), 0);
    }
    comes(&mut bench, "pbx", ("call-4", "100"), 4);
    bench.seconds(10);
    comes(&mut bench, "app", ("vip", "200"), 0);
    bench.seconds(10);
    let _ = bench.hangs_up("app", "vip");
    let _ = bench.hangs_up("app", "1");
    bench.seconds(10);
    assert_eq!(played(&bench), ["place, number 4", "place, number 4", "place, number 3"]);
    assert_eq!(told(&bench), [(Some(4), false), (Some(4), false), (Some(3), false)]);
}

/// Nothing is known at first; then the pace of the agents is.
#[test]
fn a_wait_is_said_once_it_is_known() {
    let wait = Announcement::once("wait", secs(5)).every(secs(5)).telling(Told::Estimate);
    let mut bench = bench(Queue::new().announcement(wait));
    comes(&mut bench, "pbx", ("call-0", "100"), 9);
    bench.seconds(5);
    assert_eq!(played(&bench), ["wait"]);
    let _ = bench.hangs_up("pbx", "call-0");
    bench.sign_in("ben");
    for n in 0..25 {
        let name = format!("call-{n}");
        comes(&mut bench, "app", (&name, "100"), 0);
        let offer = bench.offer();
        bench.does(CommandBody::AcceptOffer { offer });
        bench.seconds(60);
        let _ = bench.hangs_up("app", &name);
    }
    comes(&mut bench, "app", ("busy", "100"), 0);
    let offer = bench.offer();
    bench.does(CommandBody::AcceptOffer { offer });
    comes(&mut bench, "pbx", ("waits", "100"), 10);
    bench.seconds(5);
    let last = played(&bench).pop().unwrap();
    assert!(last.starts_with("wait, duration "), "{last}");
    assert_eq!(told(&bench).last(), Some(&(None, true)));
}

/// An agent's phone rings: nothing is played into that; when nobody answers, the schedule goes on.
#[test]
fn nothing_is_played_while_an_agent_is_alerted() {
    let patience = Announcement::once("patience", secs(10)).every(secs(10));
    let mut bench = bench(Queue::new().announcement(patience));
    bench.sign_in("ana");
    comes(&mut bench, "pbx", ("call-1", "100"), 1);
    bench.seconds(15);
    assert!(played(&bench).is_empty());
    bench.seconds(15);
    assert_eq!(played(&bench).len(), 2, "she did not answer within 20 s");
}

/// Nobody is on the line yet of a call that was promised, and a host that is away plays nothing later.
#[test]
fn nothing_is_played_where_nobody_hears_it() {
    let patience = || Queue::new().announcement(Announcement::once("p", secs(1)).every(secs(5)));
    let mut waits = bench(patience());
    let not_before = waits.now + secs(1);
    comes(&mut waits, "app", ("first", "100"), 1);
    let of = waits.interaction();
    let conversation = waits.engine.customer(of, waits.now).unwrap().conversation;
    let _ = waits.hangs_up("app", "first");
    waits.does(CommandBody::ScheduleCallback {
        conversation,
        queue: key("q"),
        to: Personal::Clear(String::from("+1")),
        not_before,
        not_after: None,
        host: Some(key("pbx")),
    });
    waits.seconds(60);
    assert_eq!(waits.requests().len(), 2, "it is due");
    assert!(played(&waits).is_empty());
    let mut away = bench(patience());
    comes(&mut away, "pbx", ("call-1", "100"), 1);
    away.seconds(2);
    assert_eq!(played(&away).len(), 1);
    let _ = away.report("pbx", HostEvent::HostLost { reason: String::new().into() });
    away.seconds(20);
    assert_eq!(played(&away).len(), 1);
}

fn hangs_up_and_comes_again(queue: Draft<Queue>, after: i64, token: u64) -> (Bench, bool) {
    let mut bench = bench(queue);
    comes(&mut bench, "app", ("first", "100"), 1);
    bench.seconds(30);
    comes(&mut bench, "app", ("other", "100"), 2);
    bench.seconds(10);
    let _ = bench.hangs_up("app", "first");
    bench.seconds(after);
    let again = comes(&mut bench, "app", ("again", "100"), token);
    bench.sign_in("ben");
    let made = bench.events().find_map(|event| match event {
        Event::Offer(OfferEvent::Made(made)) => Some(made.request),
        _ => None,
    });
    (bench, made == Some(again))
}

#[test]
fn who_hangs_up_and_comes_again_has_the_place_again() {
    let resumes = || Queue::new().resume_within(secs(60));
    for (queue, after, token, first) in [
        (resumes(), 60, 1, true),
        (resumes(), 61, 1, false),
        (resumes(), 5, 3, false),
        (Queue::new(), 5, 1, false),
    ] {
        let (bench, has_place) = hangs_up_and_comes_again(queue, after, token);
        assert_eq!(has_place, first, "after {after} s, customer {token}");
        let opened = bench.requests_opened();
        let again = opened.last().unwrap();
        let cause = if first { RequestCause::Resume } else { RequestCause::Initial };
        assert_eq!(again.cause, cause);
        assert_eq!(again.customer_wait_since, again.queue_entered_at, "the wait begins anew");
    }
}

/// Coming again does not open a queue that takes nobody.
#[test]
fn a_place_from_before_is_no_way_into_a_full_queue() {
    let queue = Queue::new().resume_within(secs(60)).max_depth(1);
    let mut bench = bench(queue);
    comes(&mut bench, "app", ("first", "100"), 1);
    let _ = bench.hangs_up("app", "first");
    comes(&mut bench, "app", ("other", "100"), 2);
    comes(&mut bench, "app", ("again", "100"), 1);
    assert_eq!(bench.outcomes().len(), 2, "{:?}", bench.outcomes());
}

/// Whoever was answered meanwhile has had the turn.
#[test]
fn a_place_is_given_back_once() {
    let mut bench = bench(Queue::new().resume_within(secs(600)));
    comes(&mut bench, "app", ("first", "100"), 1);
    let _ = bench.hangs_up("app", "first");
    bench.sign_in("ben");
    comes(&mut bench, "app", ("again", "100"), 1);
    let offer = bench.offer();
    bench.does(CommandBody::AcceptOffer { offer });
    let _ = bench.hangs_up("app", "again");
    bench.does(CommandBody::SignOut { agent: key("ben"), force: false });
    comes(&mut bench, "app", ("third", "100"), 1);
    assert_eq!(bench.requests_opened().last().unwrap().cause, RequestCause::Initial);
}
