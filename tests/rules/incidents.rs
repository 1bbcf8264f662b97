//! Incident switches per brand, entry point and queue; calls to emergency numbers.

use crate::support::{Bench, START, key};
use switchboard::id::ExternalRef;
use switchboard::message::{
    Arrival, Cause, CommandBody, CustomerRef, CustomerToken, Destination, EffectKind,
    EntryRejection, Event, FlowOutReason, HostError, HostEvent, IncidentAction, IncidentScope,
    InteractionEvent, Outcome, Personal, QueueEvent, Receipt, RejectionReason, RequestEvent,
    Segment, TimerId,
};
use switchboard::model::{Agent, Brand, Center, Channel, EntryPoint, Flow, Host, Queue, validate};
use switchboard::time::Duration;

fn secs(secs: i64) -> Duration {
    Duration::from_secs(secs)
}

fn center() -> Center {
    Center::builder()
        .brand("acme", Brand::new("Acme"))
        .host("pbx", Host::new("PBX"))
        .flow("menu", Flow::new("Menu"))
        .queue("q", Queue::new().brand("acme"))
        .queue("spare", Queue::new().max_depth(1).overflow_to("q"))
        .entry_point("main", EntryPoint::voice("100").to_queue("q"))
        .entry_point("side", EntryPoint::voice("200").to_queue("q").max_concurrent(1))
        .entry_point("spare", EntryPoint::voice("300").to_queue("spare"))
        .agent("ana", Agent::new("Ana"))
        .emergency_number("112")
        .build()
        .unwrap()
}

fn set(scope: IncidentScope, action: IncidentAction) -> CommandBody {
    CommandBody::SetIncident { scope, action: Some(action), until: None }
}

fn queue(name: &str) -> IncidentScope {
    IncidentScope::Queue(key(name))
}

fn entry(name: &str) -> IncidentScope {
    IncidentScope::EntryPoint(key(name))
}

fn brand() -> IncidentScope {
    IncidentScope::Brand(key("acme"))
}

fn outside(number: &str) -> IncidentAction {
    IncidentAction::Deflect(Destination::External(number.to_owned().into()))
}

fn rejections(bench: &Bench) -> Vec<EntryRejection> {
    bench
        .events()
        .filter_map(|event| match event {
            Event::Interaction(InteractionEvent::EntryRejected { reason, .. }) => Some(*reason),
            _ => None,
        })
        .collect()
}

fn redirects(bench: &Bench) -> Vec<String> {
    bench
        .effects
        .iter()
        .filter_map(|effect| match &effect.kind {
            EffectKind::Redirect { to, .. } => to.clear().cloned(),
            _ => None,
        })
        .collect()
}

/// In which queue the last request was opened.
fn last_queue(bench: &Bench) -> u32 {
    bench
        .events()
        .rev()
        .find_map(|event| match event {
            Event::Request(RequestEvent::Opened(opened)) => Some(opened.home_queue.0),
            _ => None,
        })
        .expect("a request")
}

/// The queues in the order of their keys.
const Q: u32 = 0;
const SPARE: u32 = 1;

#[test]
fn an_incident_that_closes_takes_nobody_in_and_leaves_alone_who_waits() {
    let mut bench = Bench::new(center());
    let _ = bench.call("app", "call-1", "100");
    bench.does(set(queue("q"), IncidentAction::Close));
    let _ = bench.call("app", "call-2", "100");
    assert_eq!(rejections(&bench), [EntryRejection::Incident]);
    assert!(bench.outcomes().is_empty(), "call-1 waits");
    // Nobody gets in by a detour either.
    let _ = bench.call("app", "call-3", "300");
    let _ = bench.call("app", "call-4", "300");
    let ways: Vec<_> = bench.outcomes();
    assert!(
        matches!(
            ways[..],
            [
                Outcome::FlowedOut { reason: FlowOutReason::Full, to: Some(_) },
                Outcome::FlowedOut { reason: FlowOutReason::Closed, to: None }
            ]
        ),
        "{ways:?}"
    );
    let scope = queue("q");
    bench.does(CommandBody::SetIncident { scope, action: None, until: None });
    let _ = bench.call("app", "call-5", "100");
    assert_eq!(rejections(&bench).len(), 1);
}

#[test]
fn an_incident_deflects_to_a_queue_or_outside() {
    let mut bench = Bench::new(center());
    let to = Destination::Queue(key("spare"));
    bench.does(set(brand(), IncidentAction::Deflect(to)));
    let _ = bench.call("app", "call-1", "100");
    assert_eq!(last_queue(&bench), SPARE);
    bench.does(set(brand(), outside("+3491")));
    let _ = bench.call("app", "call-2", "100");
    assert_eq!(rejections(&bench), [EntryRejection::Incident]);
    assert_eq!(redirects(&bench), ["+3491"]);
    assert_eq!(bench.requests().len(), 1);
}

#[test]
fn the_most_specific_incident_holds() {
    let mut bench = Bench::new(center());
    bench.does(set(brand(), IncidentAction::Close));
    bench.does(set(queue("q"), outside("+1")));
    bench.does(set(entry("side"), outside("+2")));
    let _ = bench.call("app", "call-1", "100");
    let _ = bench.call("app", "call-2", "200");
    assert_eq!(redirects(&bench), ["+1", "+2"]);
    let scope = queue("q");
    bench.does(CommandBody::SetIncident { scope, action: None, until: None });
    let _ = bench.call("app", "call-3", "100");
    assert_eq!(redirects(&bench).len(), 2);
    assert_eq!(rejections(&bench), [EntryRejection::Incident; 3]);
}

#[test]
fn an_announcement_is_played_and_the_caller_goes_on() {
    let mut bench = Bench::new(center());
    bench.does(set(entry("main"), IncidentAction::Announce(key("outage"))));
    let _ = bench.call("pbx", "call-1", "100");
    bench.accept_all();
    let kinds: Vec<&EffectKind> = bench.effects.iter().map(|effect| &effect.kind).collect();
    assert!(
        matches!(
            kinds[..],
            [EffectKind::Answer { .. }, EffectKind::Play { .. }, EffectKind::Music { .. }]
        ),
        "{kinds:?}"
    );
    let EffectKind::Play { segments, .. } = kinds[1] else { panic!("{kinds:?}") };
    assert_eq!(*segments, [Segment::Audio("outage".to_owned())]);
    assert_eq!(last_queue(&bench), Q);
    let request = *bench.requests().last().unwrap();
    assert!(bench.events().any(|event| matches!(
        event,
        Event::Queue(QueueEvent::Announced { request: to, .. }) if *to == request
    )));
    // A host that controls its own media plays nothing for us.
    let _ = bench.call("app", "call-2", "100");
    assert_eq!(bench.handed_out(|kind| matches!(kind, EffectKind::Play { .. })), 1);
}

#[test]
fn an_incident_falls_back_at_its_time_and_says_so() {
    let mut bench = Bench::new(center());
    let until = Some(bench.now + secs(60));
    bench.does(CommandBody::SetIncident {
        scope: brand(),
        action: Some(IncidentAction::Close),
        until,
    });
    bench.seconds(60);
    let last = bench.records.last().unwrap();
    assert!(matches!(last.cause, Cause::Timer(TimerId::Incident(_))), "{last:?}");
    assert!(matches!(
        last.events[..],
        [Event::Queue(QueueEvent::IncidentSet { action: None, until: None, .. })]
    ));
    let _ = bench.call("app", "call-1", "100");
    assert!(rejections(&bench).is_empty());
    assert_eq!(bench.engine.next_deadline(), None);
}

#[test]
fn an_incident_that_leads_nowhere_is_refused_by_name() {
    let mut bench = Bench::new(center());
    let deflect = |to| set(queue("q"), IncidentAction::Deflect(to));
    let reason = |bench: &mut Bench, body| match bench.command(body) {
        Receipt::Rejected { rejection, .. } => rejection.reason,
        other => panic!("{other:?}"),
    };
    let not_yet = |name: &'static str| RejectionReason::NotYet(name.into());
    let to_agent = deflect(Destination::Agent(key("ana")));
    assert_eq!(reason(&mut bench, to_agent), not_yet("deflect to an agent"));
    let to_flow = deflect(Destination::Flow(key("menu")));
    assert_eq!(reason(&mut bench, to_flow), not_yet("deflect to a flow"));
    let to_nobody = deflect(Destination::Queue(key("nowhere")));
    assert_eq!(reason(&mut bench, to_nobody), RejectionReason::Unknown);
    let to_itself = deflect(Destination::Queue(key("q")));
    assert!(matches!(reason(&mut bench, to_itself), RejectionReason::Invalid(_)));
    let of_nobody = set(queue("nowhere"), IncidentAction::Close);
    assert_eq!(reason(&mut bench, of_nobody), RejectionReason::Unknown);
    let past = CommandBody::SetIncident {
        scope: queue("q"),
        action: Some(IncidentAction::Close),
        until: Some(START),
    };
    assert!(matches!(reason(&mut bench, past), RejectionReason::Invalid(_)));
}

// -- emergencies --------------------------------------------------------------------------------

fn arrival(name: &str, to: &str, did: Option<&str>) -> HostEvent {
    let leg = ExternalRef::new(name).unwrap();
    let mut arrival = Arrival::new(leg, Channel::Voice, to);
    arrival.did = did.map(str::to_owned);
    arrival.from = CustomerRef { token: Some(CustomerToken(7)), ..CustomerRef::default() };
    arrival.into()
}

#[test]
fn a_call_to_an_emergency_number_is_put_through_whatever_else_holds() {
    let mut bench = Bench::new(center());
    let customer = CustomerToken(7);
    bench.does(CommandBody::BlockCustomer { customer, blocked: true, until: None });
    bench.does(set(brand(), IncidentAction::Close));
    let _ = bench.report("pbx", arrival("call-1", "112", None));
    // Also where a diversion made one of our numbers of it.
    let _ = bench.report("pbx", arrival("call-2", "200", Some("112")));
    assert_eq!(rejections(&bench), [EntryRejection::Emergency; 2]);
    assert_eq!(redirects(&bench), ["112", "112"]);
    assert!(bench.requests().is_empty(), "never queued");
    let _ = bench.report("pbx", arrival("call-3", "200", None));
    assert_eq!(rejections(&bench).last(), Some(&EntryRejection::Blocked));
}

#[test]
fn a_call_to_an_emergency_number_takes_along_where_the_caller_is() {
    let mut bench = Bench::new(center());
    let (brand, elsewhere) = (brand(), outside("+1"));
    for (name, to) in [("call-1", "112"), ("call-2", "200")] {
        if to == "200" {
            bench.does(set(brand.clone(), elsewhere.clone()));
        }
        let HostEvent::Offered(mut arrival) = arrival(name, to, None) else { panic!() };
        arrival.location = Some(Personal::Clear("pidf:lobby".to_owned()));
        let _ = bench.report("pbx", HostEvent::Offered(arrival));
    }
    let locations: Vec<_> = bench
        .effects
        .iter()
        .filter_map(|effect| match &effect.kind {
            EffectKind::Redirect { location, .. } => {
                Some(location.as_ref().and_then(|at| at.clear().cloned()))
            }
            _ => None,
        })
        .collect();
    // Whoever is sent on to somebody else tells nobody.
    assert_eq!(locations, [Some("pidf:lobby".to_owned()), None]);
}

#[test]
fn nobody_is_left_on_a_line_when_a_host_cannot_send_on() {
    let mut bench = Bench::new(center());
    bench.does(set(brand(), outside("+1")));
    let _ = bench.call("pbx", "call-1", "100");
    let op = bench.effects.last().unwrap().id;
    let _ = bench.report("pbx", HostEvent::OpFailed { op, error: HostError::Unsupported });
    let turned_away = |kind: &EffectKind| match kind {
        EffectKind::Reject { leg, .. } => leg.external.as_ref().unwrap().as_str() == "call-1",
        _ => false,
    };
    assert_eq!(bench.handed_out(turned_away), 1);
    let _ = bench.hangs_up("pbx", "call-1");
    bench.seconds(120);
    assert_eq!(bench.engine.next_deadline(), None);
}

#[test]
fn an_emergency_number_is_no_entry_point() {
    let mut center = center();
    center.entry_points.get_mut(&key("main")).unwrap().addresses.push("112".to_owned());
    let faults = validate(&center).unwrap_err();
    let paths: Vec<&str> = faults.iter().map(|fault| fault.path.as_str()).collect();
    assert_eq!(paths, ["entry_points.main.addresses"]);
}

#[test]
fn what_is_personal_of_a_deflection_shows_nowhere() {
    let mut bench = Bench::new(center());
    bench.does(set(brand(), outside("+34secret")));
    let _ = bench.call("app", "call-1", "100");
    assert!(!format!("{:?}", bench.records).contains("secret"));
}
