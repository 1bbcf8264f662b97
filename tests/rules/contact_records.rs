//! A contact record accounts for the time of everybody who took part, once.

use crate::support::{Bench, START, key};
use switchboard::id::{DispositionId, EngagementId};
use switchboard::kpi::{ContactRecord, ContactRecords, SegmentKind};
use switchboard::message::{
    CommandBody, Destination, EndKind, HostEvent, LegRef, MonitorMode, MonitorTarget, Personal,
    Receipt,
};
use switchboard::model::{
    Agent, Center, Disposition, EntryPoint, Host, Queue, Role, User, WrapUpMode,
};
use switchboard::time::Duration;

const SECOND: Duration = Duration::from_secs(1);

fn bench() -> Bench {
    let center = Center::builder()
        .host("pbx", Host::new("PBX"))
        .disposition("busy", Disposition::new("Busy"))
        .queue("calls", Queue::new().wrap_up(WrapUpMode::None, SECOND))
        .queue("sales", Queue::new().wrap_up(WrapUpMode::Optional, Duration::from_mins(5)))
        .entry_point("main", EntryPoint::voice("100").to_queue("calls"))
        .agent("ana", Agent::new("Ana").phone("pbx", "1"))
        .agent("ben", Agent::new("Ben"))
        .agent("sue", Agent::new("Sue"))
        .user("sue", User::new("Sue", Role::Supervisor))
        .build()
        .unwrap();
    Bench::new(center)
}

/// A customer waits for ten seconds and talks to Ben.
fn talking() -> (Bench, EngagementId) {
    let mut bench = bench();
    bench.sign_in("ben");
    let _ = bench.call("app", "call-1", "100");
    bench.seconds(10);
    let offer = bench.offer();
    bench.does(CommandBody::AcceptOffer { offer });
    let ben = bench.engagement();
    (bench, ben)
}

fn the_record(bench: &Bench) -> ContactRecord {
    let mut fold = ContactRecords::new();
    bench.records.iter().for_each(|record| fold.apply(record));
    let mut closed = fold.take_closed();
    assert_eq!(closed.len(), 1);
    closed.remove(0)
}

#[test]
fn an_agent_who_asks_somebody_waits_and_the_customer_does_not() {
    let (mut bench, ben) = talking();
    bench.seconds(30);
    bench.sign_in("sue");
    bench.does(CommandBody::Consult { engagement: ben, to: Destination::Agent(key("sue")) });
    bench.seconds(8);
    let offer = bench.offer();
    bench.does(CommandBody::AcceptOffer { offer });
    bench.seconds(20);
    bench.does(CommandBody::CancelConsult { engagement: ben });
    bench.seconds(5);
    let _ = bench.hangs_up("app", "call-1");
    let record = the_record(&bench);
    let totals = record.totals;
    assert_eq!((totals.wait, totals.ask), (Duration::from_secs(10), Duration::from_secs(8)));
    assert_eq!((totals.hold, totals.advise), (Duration::from_secs(28), Duration::from_secs(20)));
    let passed = record.ended_at.since(record.opened_at);
    assert_eq!(totals.wait + totals.talk + totals.hold, passed, "{record:#?}");
}

#[test]
fn a_call_that_nobody_answers_is_wrapped_up_in_the_record() {
    let mut bench = bench();
    bench.sign_in("ana");
    bench.does(CommandBody::Dial {
        agent: key("ana"),
        queue: key("sales"),
        to: Personal::Clear("+49 40 1".into()),
        preview: false,
        location: None,
        host: Some(key("pbx")),
        conversation: None,
    });
    bench.accept_all();
    bench.picks_up("pbx");
    bench.accept_all();
    bench.seconds(12);
    let customer = LegRef::Ours(bench.ringing_leg());
    let _ = bench.leg_ends("pbx", customer, EndKind::Busy);
    bench.seconds(9);
    let (engagement, disposition) = (bench.engagement(), Some(key("busy")));
    bench.does(CommandBody::FinishWrapUp { engagement, disposition });
    let record = the_record(&bench);
    assert_eq!(record.totals.wrap_up, Duration::from_secs(9));
    let said = record.segments.iter().find_map(|segment| match segment.kind {
        SegmentKind::WrapUp { disposition, .. } => disposition,
        _ => None,
    });
    assert_eq!(said, Some(DispositionId(0)), "which says how it went");
}

#[test]
fn who_follows_to_the_end_is_in_the_record() {
    let (mut bench, _) = talking();
    bench.sign_in("sue");
    bench.does(CommandBody::SetPresence { agent: key("sue"), ready: false, reason: None });
    let target = MonitorTarget::Interaction(bench.interaction());
    let receipt =
        bench.command_of("sue", CommandBody::Monitor { target, mode: MonitorMode::Listen });
    assert!(matches!(receipt, Receipt::Recorded(_)), "{receipt:?}");
    bench.seconds(40);
    let _ = bench.hangs_up("app", "call-1");
    let record = the_record(&bench);
    assert_eq!(record.totals.observe, Duration::from_secs(40), "{record:#?}");
}

/// A host that comes back says, with a clock that is slow, that a call is gone.
#[test]
fn a_fact_that_came_too_early_counts_once() {
    let (mut bench, _) = talking();
    let gone = HostEvent::HostResync { generation: 1, legs: Vec::new() };
    let _ = bench.report_at(START + SECOND, "app", gone);
    let record = the_record(&bench);
    assert_eq!(record.totals.talk, Duration::ZERO);
    // Of the customer's end, and of the agent's part with its wrap-up of no length.
    assert_eq!(record.clamped, 2, "{record:#?}");
}
