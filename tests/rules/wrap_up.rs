//! Wrap-up: its modes, its limit, its disposition, and what it takes of the agent.

use crate::support::{Bench, START, key, refusal};
use switchboard::id::{DispositionId, EngagementId, ExternalRef};
use switchboard::kpi::{ContactRecords, SegmentKind};
use switchboard::message::{
    Activity, Arrival, CommandBody, EngagementEnd, EngagementEvent, Event, RejectionReason,
};
use switchboard::model::{
    Agent, Center, Channel, ChannelCapacity, Disposition, EntryPoint, Queue, WrapUpMode,
};
use switchboard::time::{Duration, Timestamp};

const LIMIT: Duration = Duration::from_secs(60);

fn center(mode: WrapUpMode) -> Center {
    Center::builder()
        .disposition("open", Disposition::new("Open"))
        .disposition("sold", Disposition::new("Sold"))
        .disposition("solved", Disposition::new("Solved"))
        .disposition("at-once", Disposition::new("At once").under("solved"))
        .disposition("by-phone", Disposition::new("By phone").under("at-once"))
        .channel(Channel::Chat, ChannelCapacity::new(50, 2).wrap_up_cost(0))
        .queue("care", Queue::new().wrap_up(mode, LIMIT).disposition("open").disposition("solved"))
        .entry_point("main", EntryPoint::voice("100").to_queue("care"))
        .entry_point("chat", EntryPoint::on(Channel::Chat, "widget").to_queue("care"))
        .agent("ana", Agent::new("Ana"))
        .build()
        .unwrap()
}

/// Ana talks.
fn talking(mode: WrapUpMode) -> (Bench, EngagementId) {
    let mut bench = Bench::new(center(mode));
    bench.sign_in("ana");
    let _ = bench.call("app", "call-1", "100");
    bench.does(CommandBody::AcceptOffer { offer: bench.offer() });
    let engagement = bench.engagement();
    (bench, engagement)
}

/// The customer has hung up, and Ana wraps up.
fn wrapping(mode: WrapUpMode) -> (Bench, EngagementId) {
    let (mut bench, engagement) = talking(mode);
    let _ = bench.hangs_up("app", "call-1");
    assert_eq!(bench.activity(), Activity::WrapUp);
    (bench, engagement)
}

fn finish(engagement: EngagementId, disposition: Option<&str>) -> CommandBody {
    CommandBody::FinishWrapUp { engagement, disposition: disposition.map(key) }
}

fn state(engagement: EngagementId, disposition: &str) -> CommandBody {
    CommandBody::SetDisposition { engagement, disposition: key(disposition) }
}

fn extend(engagement: EngagementId, secs: i64) -> CommandBody {
    CommandBody::ExtendWrapUp { engagement, by: Duration::from_secs(secs) }
}

/// How engagements ended so far.
fn ends(bench: &Bench) -> Vec<(EngagementId, EngagementEnd)> {
    let ended = |event: &Event| match event {
        Event::Engagement(EngagementEvent::Ended { id, end }) => Some((*id, *end)),
        _ => None,
    };
    bench.events().filter_map(ended).collect()
}

/// The ends of wrap-ups as they were said when they began, or got more time.
fn deadlines(bench: &Bench) -> Vec<Timestamp> {
    let until = |event: &Event| match event {
        Event::Engagement(
            EngagementEvent::WrapUpStarted { until, .. }
            | EngagementEvent::WrapUpExtended { until, .. },
        ) => Some(*until),
        _ => None,
    };
    bench.events().filter_map(until).collect()
}

// -- forced --------------------------------------------------------------------------------------

#[test]
fn a_forced_wrap_up_is_not_finished_without_a_disposition() {
    let (mut bench, engagement) = wrapping(WrapUpMode::Forced);
    let refused = refusal(bench.command(finish(engagement, None)));
    assert_eq!(refused.field, "disposition");
    assert!(matches!(refused.reason, RejectionReason::Invalid(_)), "{refused:?}");
    assert_eq!(bench.activity(), Activity::WrapUp);
    bench.does(finish(engagement, Some("solved")));
    assert_eq!(ends(&bench), [(engagement, EngagementEnd::Finished)]);
    assert_eq!(bench.activity(), Activity::Idle);
}

#[test]
fn a_forced_wrap_up_ends_at_its_limit_and_says_what_is_missing() {
    let (mut bench, engagement) = wrapping(WrapUpMode::Forced);
    bench.seconds(59);
    assert_eq!(ends(&bench), []);
    bench.seconds(1);
    assert_eq!(ends(&bench), [(engagement, EngagementEnd::DispositionMissing)]);
    assert_eq!(bench.activity(), Activity::Idle);
}

#[test]
fn a_disposition_that_was_stated_before_is_not_missing() {
    let (mut bench, engagement) = talking(WrapUpMode::Forced);
    bench.does(state(engagement, "solved"));
    let _ = bench.hangs_up("app", "call-1");
    bench.wait(LIMIT);
    assert_eq!(ends(&bench), [(engagement, EngagementEnd::TimedOut)]);
    let (mut bench, engagement) = wrapping(WrapUpMode::Forced);
    bench.does(state(engagement, "solved"));
    bench.does(finish(engagement, None));
    assert_eq!(ends(&bench), [(engagement, EngagementEnd::Finished)]);
}

// -- time-boxed, extendable -----------------------------------------------------------------------

#[test]
fn a_time_boxed_wrap_up_may_end_early() {
    let (mut bench, engagement) = wrapping(WrapUpMode::TimeBoxed);
    bench.seconds(10);
    bench.does(finish(engagement, None));
    assert_eq!(ends(&bench), [(engagement, EngagementEnd::Finished)]);
    let (mut bench, engagement) = wrapping(WrapUpMode::TimeBoxed);
    bench.wait(LIMIT);
    assert_eq!(ends(&bench), [(engagement, EngagementEnd::TimedOut)]);
}

#[test]
fn a_fixed_wrap_up_ends_at_its_time_and_not_before() {
    let (mut bench, engagement) = wrapping(WrapUpMode::TimeBoxedFixed);
    let refused = refusal(bench.command(finish(engagement, Some("solved"))));
    assert!(matches!(refused.reason, RejectionReason::WrongState(_)), "{refused:?}");
    bench.seconds(59);
    assert_eq!(bench.activity(), Activity::WrapUp);
    bench.seconds(1);
    assert_eq!(ends(&bench), [(engagement, EngagementEnd::TimedOut)]);
}

#[test]
fn an_extension_moves_the_end_by_what_was_asked_for() {
    let (mut bench, engagement) = wrapping(WrapUpMode::Extendable);
    bench.seconds(50);
    bench.does(extend(engagement, 30));
    assert_eq!(deadlines(&bench), [START + LIMIT, START + LIMIT + Duration::from_secs(30)]);
    bench.seconds(39);
    assert_eq!(bench.activity(), Activity::WrapUp);
    bench.seconds(1);
    assert_eq!(ends(&bench), [(engagement, EngagementEnd::TimedOut)]);
}

#[test]
fn extensions_are_bounded_in_number_and_length() {
    let (mut bench, engagement) = wrapping(WrapUpMode::Extendable);
    for secs in [0, -1, 61] {
        let refused = refusal(bench.command(extend(engagement, secs)));
        assert_eq!(refused.field, "by");
        assert!(matches!(refused.reason, RejectionReason::Invalid(_)), "{refused:?}");
    }
    for _ in 0..3 {
        bench.does(extend(engagement, 60));
    }
    let refused = refusal(bench.command(extend(engagement, 1)));
    assert_eq!(refused.reason, RejectionReason::LimitReached("wrap_up.extensions".into()));
    assert_eq!(deadlines(&bench).last(), Some(&(START + Duration::from_mins(4))));
}

#[test]
fn only_an_extendable_wrap_up_is_extended() {
    for mode in [
        WrapUpMode::Optional,
        WrapUpMode::Forced,
        WrapUpMode::TimeBoxed,
        WrapUpMode::TimeBoxedFixed,
    ] {
        let (mut bench, engagement) = wrapping(mode);
        let refused = refusal(bench.command(extend(engagement, 30)));
        assert!(matches!(refused.reason, RejectionReason::WrongState(_)), "{mode:?}: {refused:?}");
    }
}

// -- several at once ------------------------------------------------------------------------------

/// Ana has two chats; the customer of the second leaves ten seconds after that of the first.
fn two_chats() -> (Bench, [EngagementId; 2]) {
    let mut bench = Bench::new(center(WrapUpMode::Optional));
    bench.sign_in("ana");
    let both = ["chat-1", "chat-2"].map(|name| {
        let arrival = Arrival::new(ExternalRef::new(name).unwrap(), Channel::Chat, "widget");
        let _ = bench.report("app", arrival.into());
        bench.does(CommandBody::AcceptOffer { offer: bench.offer() });
        bench.engagement()
    });
    let _ = bench.hangs_up("app", "chat-1");
    bench.seconds(10);
    let _ = bench.hangs_up("app", "chat-2");
    (bench, both)
}

#[test]
fn each_of_several_chats_has_its_own_wrap_up() {
    let (mut bench, [first, second]) = two_chats();
    assert_eq!(deadlines(&bench), [START + LIMIT, START + LIMIT + Duration::from_secs(10)]);
    bench.seconds(50);
    assert_eq!(ends(&bench), [(first, EngagementEnd::TimedOut)]);
    assert_eq!(bench.activity(), Activity::WrapUp);
    bench.seconds(10);
    assert_eq!(ends(&bench)[1..], [(second, EngagementEnd::TimedOut)]);
    assert_eq!(bench.activity(), Activity::Idle);
}

#[test]
fn units_that_a_wrap_up_does_not_cost_are_free_during_it() {
    let (mut bench, _) = two_chats();
    let _ = bench.call("app", "call-1", "100");
    assert_eq!(bench.offered().len(), 3, "a call takes the whole budget, and all of it is free");
    // A call costs as much in wrap-up as before.
    let (mut bench, _) = wrapping(WrapUpMode::Optional);
    let _ = bench.call("app", "call-2", "100");
    assert_eq!(bench.offered().len(), 1);
    bench.wait(LIMIT);
    assert_eq!(bench.offered().len(), 2);
}

// -- dispositions ---------------------------------------------------------------------------------

#[test]
fn a_disposition_is_one_of_the_queues() {
    let (mut bench, engagement) = wrapping(WrapUpMode::Optional);
    for body in [state(engagement, "sold"), finish(engagement, Some("sold"))] {
        let refused = refusal(bench.command(body));
        assert_eq!(refused.field, "disposition");
        assert!(matches!(refused.reason, RejectionReason::Invalid(_)), "{refused:?}");
    }
    let unknown = refusal(bench.command(state(engagement, "unheard-of")));
    assert_eq!(unknown.reason, RejectionReason::Unknown);
    bench.does(state(engagement, "open"));
}

#[test]
fn a_disposition_of_the_queue_has_others_below_it() {
    for below in ["at-once", "by-phone"] {
        let (mut bench, engagement) = wrapping(WrapUpMode::Forced);
        bench.does(finish(engagement, Some(below)));
    }
}

#[test]
fn a_later_disposition_supersedes() {
    let (mut bench, engagement) = talking(WrapUpMode::Optional);
    bench.does(state(engagement, "open"));
    let _ = bench.hangs_up("app", "call-1");
    bench.does(state(engagement, "solved"));
    bench.does(finish(engagement, None));
    let mut fold = ContactRecords::new();
    bench.records.iter().for_each(|record| fold.apply(record));
    let closed = fold.take_closed();
    let said: Vec<_> = closed
        .iter()
        .flat_map(|contact| &contact.segments)
        .filter_map(|segment| match segment.kind {
            SegmentKind::WrapUp { disposition, .. } => Some(disposition),
            _ => None,
        })
        .collect();
    // Numbered in the order of their keys: at-once, by-phone, open, sold, solved.
    assert_eq!(said, [Some(DispositionId(4))]);
}
