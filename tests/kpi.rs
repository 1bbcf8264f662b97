//! Readings of the log of a real engine: what must hold at every record.

mod kpi_support;

use std::collections::{BTreeMap, BTreeSet};

use kpi_support::{Action, Rig, actions};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{TestCaseResult, TestRunner};
use serde_json::json;
use switchboard::id::{
    AgentId, DispositionId, EngagementId, ExternalRef, InteractionId, Key, QueueId, RequestId,
};
use switchboard::kpi::{
    AgentTime, Alerting, ContactRecord, ContactRecords, Counts, Cube, Handling, Kpis, Options,
    SegmentKind, group,
};
use switchboard::message::{
    Activity, AgentEvent, CommandBody, EngagementEnd, Event, Fact, FactBatch, FactBody,
    InteractionEvent, MessageEvent, Outcome, Record, RequestCause, RequestEvent, ShardEvent, Side,
};
use switchboard::model::Channel;
use switchboard::time::{Duration, Timestamp};

/// Short intervals, so that much lies across their borders.
const INTERVAL: i64 = 60_000;

fn fold() -> Kpis {
    Kpis::new(Options::default().interval(Duration::from_millis(INTERVAL)))
}

fn total(cube: &Cube) -> Counts {
    group(cube.requests(), |_| ()).remove(&()).unwrap_or_default()
}

fn contacts(records: &[Record]) -> Vec<ContactRecord> {
    let mut fold = ContactRecords::new();
    let mut closed = Vec::new();
    for record in records {
        fold.apply(record);
        closed.extend(fold.take_closed());
    }
    closed
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn what_is_offered_is_somewhere_at_every_record(actions in actions(true)) {
        let rig = Rig::run(&actions);
        let mut kpis = fold();
        let mut channels: BTreeMap<InteractionId, Channel> = BTreeMap::new();
        let mut waiting: BTreeMap<RequestId, (QueueId, Channel)> = BTreeMap::new();
        let mut offered: BTreeMap<(QueueId, Channel), u64> = BTreeMap::new();
        for record in &rig.records {
            kpis.apply(record);
            for event in &record.events {
                match event {
                    Event::Interaction(InteractionEvent::Opened(opened)) => {
                        channels.insert(opened.id, opened.channel);
                    }
                    Event::Request(RequestEvent::Opened(opened)) => {
                        let place = (opened.home_queue, channels[&opened.interaction]);
                        waiting.insert(opened.id, place);
                        *offered.entry(place).or_default() += 1;
                    }
                    Event::Request(RequestEvent::Ended { id, .. }) => {
                        prop_assert!(waiting.remove(id).is_some());
                    }
                    _ => {}
                }
            }
            let cube = kpis.cube(record.at);
            let by_place = group(cube.requests(), |cell| (cell.queue, cell.channel));
            for (place, counts) in &by_place {
                let here = waiting.values().filter(|there| *there == place).count();
                prop_assert_eq!(counts.waiting, here as u64);
                prop_assert_eq!(counts.offered, counts.exits() + counts.waiting, "{:?}", place);
            }
            let counted = by_place.iter().map(|(place, counts)| (*place, counts.offered));
            let counted: BTreeMap<_, _> = counted.filter(|(_, offered)| *offered > 0).collect();
            prop_assert_eq!(counted, offered.clone());
            let all = total(&cube);
            prop_assert_eq!(all.waiting, waiting.len() as u64);
            prop_assert_eq!(all.offered, all.exits() + all.waiting);
        }
    }

    #[test]
    fn parts_of_a_log_merge_into_the_whole(
        actions in actions(true), cuts in prop::collection::btree_set(0..400_usize, 0..6),
    ) {
        let rig = Rig::run(&actions);
        let (mut whole, mut cut) = (fold(), fold());
        let mut parts = Vec::new();
        for (place, record) in rig.records.iter().enumerate() {
            whole.apply(record);
            cut.apply(record);
            cut.apply(record); // delivered twice
            if cuts.contains(&place) {
                parts.push(cut.take());
            }
        }
        parts.push(cut.cube(rig.now));
        for order in [parts.clone(), parts.into_iter().rev().collect()] {
            let mut merged = Cube::default();
            for part in &order {
                merged.merge(part);
            }
            prop_assert_eq!(&merged, &whole.cube(rig.now));
        }
    }

    #[test]
    fn asking_changes_nothing(actions in actions(true)) {
        let rig = Rig::run(&actions);
        let (mut asked, mut quiet) = (fold(), fold());
        for record in &rig.records {
            asked.apply(record);
            let _ = asked.report(record.at);
            quiet.apply(record);
        }
        prop_assert_eq!(asked.report(rig.now), quiet.report(rig.now));
    }

    /// Every party's segments follow on each other without a gap.
    #[test]
    fn a_contact_record_accounts_for_all_the_time(actions in actions(true)) {
        let mut rig = Rig::run(&actions);
        rig.finish();
        let mut closed = BTreeSet::new();
        let away = away(&rig.records);
        for contact in contacts(&rig.records) {
            of_the_customer(&contact, &away)?;
            of_the_agents(&contact)?;
            // Again, if the customer wrote again.
            closed.insert(contact.interaction);
        }
        let opened = rig.records.iter().flat_map(|record| &record.events);
        let opened = opened.filter(|event| {
            matches!(event, Event::Interaction(InteractionEvent::Opened(_)))
        });
        prop_assert_eq!(closed.len(), opened.count(), "every interaction is closed in the end");
    }

    /// The two readings of the log agree: the times here are whole milliseconds.
    #[test]
    fn contact_records_add_up_to_the_figures(actions in actions(true)) {
        let mut rig = Rig::run(&actions);
        rig.finish();
        let mut kpis = fold();
        rig.records.iter().for_each(|record| kpis.apply(record));
        let mut read: BTreeMap<Channel, [i64; 6]> = BTreeMap::new();
        for contact in contacts(&rig.records) {
            let [wait, talk, hold, wrap_up, answered, handled] =
                read.entry(contact.channel).or_default();
            *wait += contact.totals.wait.as_millis();
            *talk += contact.totals.talk.as_millis();
            *hold += contact.totals.hold.as_millis();
            *wrap_up += contact.totals.wrap_up.as_millis();
            for segment in &contact.segments {
                match &segment.kind {
                    SegmentKind::Wait { outcome: Outcome::Answered { .. }, .. } => *answered += 1,
                    SegmentKind::WrapUp { .. } => *handled += 1,
                    _ => {}
                }
            }
        }
        let counted: BTreeMap<Channel, [i64; 6]> =
            group(kpis.cube(rig.now).requests(), |cell| cell.channel)
                .into_iter()
                .map(|(channel, counts)| {
                    let Handling { handled, talk, hold, wrap_up } = counts.handling;
                    let figures = [counts.wait_all, talk, hold, wrap_up, counts.answered, handled];
                    (channel, figures.map(u64::cast_signed))
                })
                .collect();
        prop_assert_eq!(counted, read);
        prop_assert_eq!(total(&kpis.cube(rig.now)).waiting, 0);
    }

    /// What agents did in an interval is as long as they were at work in it.
    #[test]
    fn the_timelines_of_agents_have_no_gap(actions in actions(false)) {
        let rig = Rig::run(&actions);
        let mut kpis = fold();
        let mut at_work = BTreeMap::new();
        let mut since: BTreeMap<AgentId, Timestamp> = BTreeMap::new();
        let mut doing: BTreeMap<AgentId, Activity> = BTreeMap::new();
        for record in &rig.records {
            kpis.apply(record);
            for event in &record.events {
                match event {
                    Event::Agent(AgentEvent::SignedIn { agent, .. }) => {
                        since.insert(*agent, record.at);
                    }
                    Event::Agent(AgentEvent::SignedOut { agent, .. }) => {
                        clip(&mut at_work, *agent, since.remove(agent).unwrap(), record.at);
                    }
                    Event::Agent(AgentEvent::StateChanged { agent, from, to }) => {
                        let before = doing.insert(*agent, *to).unwrap_or(Activity::SignedOut);
                        prop_assert_eq!(before, *from);
                    }
                    _ => {}
                }
            }
        }
        for (agent, since) in since {
            clip(&mut at_work, agent, since, rig.now);
        }
        let cube = kpis.cube(rig.now);
        let mut seen = BTreeMap::new();
        for (cell, counts) in cube.agents() {
            let signed_in = counts.time.signed_in();
            prop_assert!(signed_in <= INTERVAL.cast_unsigned());
            prop_assert_eq!(counts.clamped, 0);
            let occupancy = counts.time.occupancy(Alerting::Busy);
            prop_assert!(occupancy.num <= occupancy.den);
            if signed_in > 0 {
                seen.insert((cell.agent, cell.interval), signed_in);
            }
        }
        prop_assert_eq!(seen, at_work);
    }

    #[test]
    fn the_report_is_the_sum_of_its_parts(actions in actions(true)) {
        let rig = Rig::run(&actions);
        let mut kpis = fold();
        rig.records.iter().for_each(|record| kpis.apply(record));
        let report = kpis.report(rig.now);
        let sum = |of: fn(&switchboard::kpi::Figures) -> u64| {
            let queues: u64 = report.queues.values().map(of).sum();
            let channels: u64 = report.channels.values().map(of).sum();
            let intervals: u64 = report.intervals.iter().map(|i| of(&i.figures)).sum();
            [queues, channels, intervals]
        };
        let total = &report.total;
        prop_assert_eq!(sum(|f| f.offered), [total.offered; 3]);
        prop_assert_eq!(sum(|f| f.answered), [total.answered; 3]);
        prop_assert_eq!(sum(|f| f.waiting), [total.waiting; 3]);
        prop_assert_eq!(sum(|f| f.handled), [total.handled; 3]);
        let handled: u64 = report.agents.values().map(|agent| agent.handled).sum();
        prop_assert_eq!(handled, total.handled);
        prop_assert!(report.interactions.closed <= report.interactions.ended);
        prop_assert!(report.occupancy.is_none_or(|o| (0.0..=1.0).contains(&o)));
        let json = serde_json::to_value(&report).unwrap();
        prop_assert!(report.queues.keys().all(|name| !name.starts_with('#')));
        let read: switchboard::kpi::Report = serde_json::from_value(json).unwrap();
        prop_assert_eq!(read.total.offered, total.offered);
    }
}

/// From when to when a customer was gone who wrote again before the agent had wrapped up.
type Away = BTreeSet<(InteractionId, Timestamp, Timestamp)>;

fn away(records: &[Record]) -> Away {
    let mut left: BTreeMap<InteractionId, Timestamp> = BTreeMap::new();
    let mut away = Away::new();
    for (at, event) in records.iter().flat_map(Record::timed_events) {
        match event {
            Event::Interaction(InteractionEvent::Ended { id, .. }) => {
                left.insert(*id, at);
            }
            Event::Message(MessageEvent::Reopened { interaction }) => {
                away.extend(left.remove(interaction).map(|from| (*interaction, from, at)));
            }
            _ => {}
        }
    }
    away
}

/// Wait, talk and hold cover the time from the beginning to the end, in that order, except for times at
/// which the customer was away.
fn of_the_customer(contact: &ContactRecord, away: &Away) -> TestCaseResult {
    let totals = contact.totals;
    let mut with_us = totals.wait + totals.talk + totals.hold + totals.aside;
    let mut at = contact.opened_at;
    for segment in &contact.segments {
        prop_assert!(segment.start <= segment.end);
        if matches!(
            segment.kind,
            SegmentKind::Wait { .. }
                | SegmentKind::Talk { .. }
                | SegmentKind::Hold { .. }
                | SegmentKind::Aside { .. }
        ) {
            if away.contains(&(contact.interaction, at, segment.start)) {
                with_us += segment.start.since(at);
                at = segment.start;
            }
            prop_assert_eq!(segment.start, at, "{:#?}", contact);
            at = segment.end;
        }
    }
    prop_assert_eq!(at, contact.ended_at);
    prop_assert_eq!(with_us, contact.ended_at.since(contact.opened_at), "{:#?}", contact);
    prop_assert!(contact.closed_at >= contact.ended_at);
    Ok(())
}

/// Connect, talk, hold and wrap-up of each part follow on each other, and one wrap-up ends it.
fn of_the_agents(contact: &ContactRecord) -> TestCaseResult {
    let mut parts: BTreeMap<EngagementId, (Timestamp, bool)> = BTreeMap::new();
    let mut together = BTreeSet::new();
    for segment in &contact.segments {
        let (engagement, last) = match &segment.kind {
            SegmentKind::Connect { engagement, connected, .. } => (*engagement, !connected),
            SegmentKind::Talk { engagement, .. }
            | SegmentKind::Hold { engagement, .. }
            | SegmentKind::Aside { engagement, .. } => {
                together.insert(*engagement);
                (*engagement, false)
            }
            SegmentKind::WrapUp { engagement, .. } => (*engagement, true),
            _ => continue,
        };
        if let Some((until, over)) = parts.insert(engagement, (segment.end, last)) {
            prop_assert_eq!(segment.start, until, "{:#?}", contact);
            prop_assert!(!over);
        }
    }
    prop_assert!(parts.values().all(|(_, over)| *over), "{:#?}", contact);
    let wrapped = contact.segments.iter().filter(|s| matches!(s.kind, SegmentKind::WrapUp { .. }));
    prop_assert_eq!(wrapped.count(), together.len());
    Ok(())
}

/// Time at work by agent and interval, counted in the plainest way.
fn clip(
    cells: &mut BTreeMap<(AgentId, Timestamp), u64>,
    agent: AgentId,
    from: Timestamp,
    to: Timestamp,
) {
    let (mut at, to) = (from.as_micros() / 1_000, to.as_micros() / 1_000);
    while at < to {
        let start = at - at % INTERVAL;
        let until = to.min(start + INTERVAL);
        *cells.entry((agent, Timestamp::from_millis(start))).or_default() +=
            (until - at).cast_unsigned();
        at = until;
    }
}

/// The random runs are worth something: together they reach every outcome and every activity.
#[test]
fn the_runs_reach_everything() {
    let mut runner = TestRunner::deterministic();
    let (mut cube, mut kinds, mut clamped) = (Cube::default(), BTreeSet::new(), 0);
    for _ in 0..150 {
        let mut rig = Rig::run(&actions(true).new_tree(&mut runner).unwrap().current());
        rig.finish();
        let mut kpis = fold();
        rig.records.iter().for_each(|record| kpis.apply(record));
        cube.merge(&kpis.cube(rig.now));
        for contact in contacts(&rig.records) {
            clamped += contact.clamped;
            let names = contact.segments.iter().map(|segment| format!("{:?}", segment.kind));
            kinds.extend(names.map(|name| name.split(' ').next().unwrap_or_default().to_owned()));
        }
    }
    let channels: Vec<Channel> =
        group(cube.requests().filter(|(_, counts)| counts.handling.handled > 20), |c| c.channel)
            .into_keys()
            .collect();
    assert_eq!(channels, [Channel::Voice, Channel::Chat, Channel::Sms]);
    let all = total(&cube);
    let outcomes = [all.answered, all.abandoned, all.flowed_out, all.withdrawn, all.lost];
    assert!(outcomes.iter().all(|count| *count > 20), "{all:?}");
    assert!(all.short_in_target > 0, "{all:?}");
    // The engine bounds what hosts report; a log of its own never needs clamping.
    assert_eq!((all.clamped, clamped), (0, 0), "{all:?}");
    assert_eq!(kinds.len(), 7, "{kinds:?}");
    let agents = group(cube.agents(), |_| ()).remove(&()).unwrap_or_default();
    let AgentTime { not_ready, idle, unreachable, alerting, connecting, .. } = agents.time;
    let AgentTime { talking, holding, wrap_up, other_work, .. } = agents.time;
    let times = [not_ready, idle, unreachable, alerting, connecting];
    let work = [talking, holding, wrap_up, other_work];
    assert!(times.iter().chain(&work).all(|time| *time > 0), "{agents:?}");
    let contacts = group(cube.interactions(), |_| ()).remove(&()).unwrap_or_default();
    assert!(contacts.blocked.len() >= 2, "{contacts:?}");
}

/// Ana takes a call after 4 s, talks, holds, talks and wraps up; one waits to the bound of a minute;
/// one leaves after 3 s, one after 7 s while Ana is alerted; one is still waiting; one dials nonsense.
fn known() -> Rig {
    let mut rig = Rig::new();
    let wait = |seconds: i64| Action::Wait { millis: seconds * 1_000 };
    let leave = |which| Action::CustomerLeaves { which, cause: 0, late: 0 };
    let (which, entry) = (0, 1);
    for action in [
        Action::SignIn { agent: 0, ready: true },
        Action::Arrive { entry },
        wait(4),
        Action::Accept { which },
        Action::Arrive { entry },
        wait(26),
        Action::Hold { which },
        wait(10),
        Action::Unhold { which },
        wait(20),
        Action::Dispose { which },
        Action::HangUp { which },
        Action::Arrive { entry },
        wait(3),
        leave(2),
        wait(27),
        Action::Arrive { entry },
        wait(7),
        leave(3),
        wait(3),
        Action::Arrive { entry },
        Action::Arrive { entry: 5 },
        wait(5),
    ] {
        rig.act(&action);
    }
    rig
}

#[test]
fn a_known_minute_has_known_figures() {
    let rig = known();
    let mut kpis = Kpis::default();
    rig.records.iter().for_each(|record| kpis.apply(record));
    let report = kpis.report(rig.now);
    let json = serde_json::to_value(&report).unwrap();
    let support = json!({
        "offered": 5, "answered": 1, "abandoned": 2, "flowed_out": 1, "withdrawn": 0, "lost": 0,
        "waiting": 1, "avg_queue_time_s": 18.5, "asa_s": 4.0, "aht_s": 76.0, "abandon_rate": 0.4,
        "service_level": {
            "answered_only": 1.0, "abandon_negative": 0.2, "abandon_ignored": 1.0 / 3.0,
            "abandon_positive": 0.6, "genesys": 1.0 / 3.0, "short_excluded": 0.5,
        },
        "handled": 1, "talk_s": 46.0, "hold_s": 10.0, "wrap_up_s": 20.0,
        "calls_made": 0, "calls_connected": 0, "outbound_aht_s": null,
    });
    for (key, value) in support.as_object().unwrap() {
        assert_eq!(&json[key], value, "{key}");
    }
    assert_eq!(json["queues"], json!({ "support": support }));
    assert_eq!(json["channels"], json!({ "voice": support }));
    assert_eq!(json["occupancy"], json!(76.0 / 89.0));
    assert_eq!(json["agents"]["ana"]["time"]["alerting_s"], json!(16.0));
    assert_eq!(json["interactions"]["blocked"], json!({ "unknown_address": 1 }));
    assert_eq!(json["interactions"]["blocked_rate"], json!(1.0 / 6.0));
    assert_eq!(json["intervals"][0]["start"], json!("2027-01-15T08:00:00.000000Z"));
    assert_eq!(report.to_string(), include_str!("kpi_support/known.txt"));
}

/// Hosts report times that cannot be: the figures say how often the engine bounded one.
#[test]
fn the_report_tells_of_bounded_times() {
    let mut runner = TestRunner::deterministic();
    let mut seen = 0;
    for _ in 0..20 {
        let rig = Rig::run(&actions(true).new_tree(&mut runner).unwrap().current());
        let events = rig.records.iter().flat_map(|record| &record.events);
        let bounded =
            events.filter(|event| matches!(event, Event::Shard(ShardEvent::TimeBounded { .. })));
        let bounded = bounded.count() as u64;
        let mut kpis = fold();
        rig.records.iter().for_each(|record| kpis.apply(record));
        let report = kpis.report(rig.now);
        assert_eq!(report.time_bounded, bounded);
        assert_eq!(report.to_string().contains("reported times were out of order"), bounded > 0);
        seen += bounded;
    }
    assert!(seen > 0);
}

#[test]
fn late_results_are_handed_out_by_id_and_revision() {
    let mut rig = known();
    rig.finish();
    let engagement = contacts(&rig.records)
        .iter()
        .flat_map(|contact| &contact.segments)
        .find_map(|segment| match segment.kind {
            SegmentKind::WrapUp { engagement, .. } => Some(engagement),
            _ => None,
        })
        .unwrap();
    let fact = |revision, body| Fact {
        id: ExternalRef::new("late-1").unwrap(),
        revision,
        occurred_at: Timestamp::EPOCH,
        body,
    };
    let sold = || Key::new("sold").unwrap();
    let late = || Some(FactBody::LateDisposition { engagement, disposition: sold() });
    let source = Key::new("crm").unwrap();
    let hired = Some(FactBody::Hired { agent: Key::new("ana").unwrap() });
    let batches = [vec![fact(1, late()), fact(1, hired)], vec![fact(2, late()), fact(3, None)]];
    for (source_seq, facts) in (1..).zip(batches) {
        let source = source.clone();
        rig.command(CommandBody::ReportFacts(FactBatch { source, source_seq, facts }));
    }
    let mut fold = ContactRecords::new();
    for record in rig.records.iter().chain(rig.records.last()) {
        fold.apply(record);
    }
    let told: Vec<_> = fold
        .take_corrections()
        .into_iter()
        .map(|told| {
            assert_eq!((told.source, told.id.as_str()), (source.clone(), "late-1"));
            (told.revision, told.disposition)
        })
        .collect();
    let result = Some((engagement, DispositionId(0)));
    assert_eq!(told, [(1, result), (2, result), (3, None)]);
    assert!(fold.take_corrections().is_empty());
}

/// A wait tells why it was opened, and which wait it follows.
#[test]
fn waits_tell_their_cause_attempt_and_parent() {
    let mut rig = known();
    rig.finish();
    let told: BTreeMap<RequestId, _> = contacts(&rig.records)
        .into_iter()
        .flat_map(|contact| contact.segments)
        .filter_map(|segment| match segment.kind {
            SegmentKind::Wait { request, cause, attempt, parent, .. } => {
                Some((request, (cause, attempt, parent)))
            }
            _ => None,
        })
        .collect();
    assert!(told.values().all(|told| *told == (RequestCause::Initial, 0, None)), "{told:?}");
    // As an overflow, a transfer or a second try would say it.
    let parent = told.keys().next().copied();
    for event in rig.records.iter_mut().flat_map(|record| &mut record.events) {
        if let Event::Request(RequestEvent::Opened(opened)) = event {
            (opened.cause, opened.attempt, opened.parent) = (RequestCause::Overflow, 2, parent);
        }
    }
    let waits = contacts(&rig.records).into_iter().flat_map(|contact| contact.segments);
    let mut waits = waits.filter(|segment| matches!(segment.kind, SegmentKind::Wait { .. }));
    let (first, cause) = (waits.next().unwrap(), RequestCause::Overflow);
    let SegmentKind::Wait { cause: told, attempt, parent: from, .. } = first.kind else { panic!() };
    assert_eq!((told, attempt, from), (cause, 2, parent));
}

/// Channels stand in the text as soon as there are several.
#[test]
fn the_text_tells_channels_apart() {
    let text = |rig: &Rig| {
        let mut kpis = Kpis::default();
        rig.records.iter().for_each(|record| kpis.apply(record));
        kpis.report(rig.now).to_string()
    };
    let mut rig = known();
    assert!(!text(&rig).contains("channel"));
    rig.act(&Action::Write { thread: 0 });
    let text = text(&rig);
    for channel in ["channel voice", "channel sms"] {
        assert_eq!(text.matches(channel).count(), 2, "requests and service levels: {text}");
    }
}

#[test]
fn an_empty_log_has_no_figures() {
    let report = Kpis::default().report(Timestamp::EPOCH);
    let json = serde_json::to_value(&report).unwrap();
    assert_eq!(json["offered"], json!(0));
    for key in ["avg_queue_time_s", "asa_s", "aht_s", "abandon_rate", "occupancy"] {
        assert_eq!(json[key], json!(null), "{key}");
    }
    assert_eq!(json["service_level"]["answered_only"], json!(null));
}

#[test]
fn a_contact_record_tells_what_happened() {
    let mut rig = known();
    rig.finish();
    let answered = |contact: &ContactRecord| contact.totals.talk > Duration::ZERO;
    let contact = contacts(&rig.records).into_iter().find(answered).unwrap();
    let named =
        |kind: &SegmentKind| format!("{kind:?}").split(' ').next().unwrap_or_default().to_owned();
    let told: Vec<(String, i64, i64)> = contact
        .segments
        .iter()
        .map(|segment| {
            let from = segment.start.since(contact.opened_at).as_millis();
            (named(&segment.kind), from / 1_000, segment.length().as_millis() / 1_000)
        })
        .collect();
    let expected = [
        ("Wait", 0, 4),
        ("Alert", 0, 4),
        ("Talk", 4, 26),
        ("Hold", 30, 10),
        ("Talk", 40, 20),
        ("WrapUp", 60, 20),
    ];
    assert_eq!(told, expected.map(|(name, from, length)| (name.to_owned(), from, length)));
    let Some(SegmentKind::WrapUp { disposition, end, .. }) =
        contact.segments.last().map(|segment| &segment.kind)
    else {
        panic!("{contact:#?}")
    };
    assert_eq!((*disposition, *end), (Some(DispositionId(0)), EngagementEnd::TimedOut));
    assert_eq!(contact.ended_by, Side::Agent);
    let json = serde_json::to_string(&contact).unwrap();
    assert_eq!(serde_json::from_str::<ContactRecord>(&json).unwrap(), contact);
}

#[test]
fn tests_and_requests_that_do_not_count_are_left_out() {
    let mut rig = known();
    let figures = |records: &[Record]| {
        let mut kpis = Kpis::default();
        for record in records {
            kpis.apply(record);
        }
        kpis.report(Timestamp::EPOCH)
    };
    let events = |rig: &mut Rig, change: fn(&mut Event)| {
        rig.records.iter_mut().flat_map(|record| &mut record.events).for_each(change);
    };
    events(&mut rig, |event| {
        if let Event::Request(RequestEvent::Opened(opened)) = event {
            opened.counts_as_offered = false;
        }
    });
    let report = figures(&rig.records);
    assert_eq!((report.total.offered, report.total.waiting, report.total.abandoned), (0, 0, 0));
    assert_eq!((report.total.handled, report.interactions.opened), (1, 5));
    events(&mut rig, |event| {
        if let Event::Interaction(InteractionEvent::Opened(opened)) = event {
            opened.test = true;
        }
    });
    let report = figures(&rig.records);
    assert_eq!((report.total.handled, report.interactions.opened), (0, 0));
    assert!(report.agents["ana"].time.talking_s > 45.0, "it did take the agent's time");
}

/// The hour that the clock shows twice is counted twice; no time is lost or doubled.
#[test]
fn intervals_follow_the_wall_clock_when_it_is_set_back() {
    let mut rig = Rig::new(); // 123.456 s into a quarter of an hour
    for action in [
        Action::SignIn { agent: 0, ready: true },
        Action::Wait { millis: 800_000 },
        Action::ClockBack { millis: 100_000 },
        Action::Wait { millis: 50_000 },
    ] {
        rig.act(&action);
    }
    let mut kpis = Kpis::default();
    rig.records.iter().for_each(|record| kpis.apply(record));
    let cube = kpis.cube(rig.now);
    let idle: Vec<u64> = cube.agents().map(|(_, counts)| counts.time.idle).collect();
    assert_eq!(idle, [776_544 + 50_000, 23_456]);
}

#[test]
fn counts_merge_in_any_order() {
    let one = Counts { offered: 3, answered: 2, wait_all: 5, ..Counts::default() };
    let two = Counts { offered: 7, lost: 1, wait_all: u64::MAX, ..Counts::default() };
    let three = Counts { abandoned: 4, clamped: 1, wait_all: 9, ..Counts::default() };
    let sum = |parts: &[&Counts]| {
        let mut sum = Counts::default();
        for part in parts {
            sum += part;
        }
        sum
    };
    let all = sum(&[&one, &two, &three]);
    assert_eq!(all, sum(&[&three, &one, &two]));
    assert_eq!(all, sum(&[&one, &sum(&[&two, &three])]));
    assert_eq!(AgentTime::default().signed_in(), 0);
}
