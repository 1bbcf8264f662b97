//! What comes in is refused where it is mistyped, incomplete or too large.

use crate::message_support::examples;
use crate::support::{Bench, key};
use serde_json::{Value, json};
use switchboard::id::{
    AgentId, BrandId, CommandId, DispositionId, ExternalRef, InteractionId, Origin,
};
use switchboard::message::{
    Actor, Arrival, Command, CommandBody, ContextEntry, Event, Fact, FactBatch, FactBody,
    HostEvent, HostReport, Input, LiveLeg, NumberedFactBody, Personal, Receipt, Rejection,
    RejectionReason, Sealed, StreamEventKind,
};
use switchboard::model::{
    Agent, Brand, Center, Channel, Disposition, EntryPoint, Host, Queue, Station,
};
use switchboard::time::Timestamp;

// ---------------------------------------------------------------------------------------------
// JSON
// ---------------------------------------------------------------------------------------------

/// Every way in, each as JSON.
fn inputs() -> Vec<(&'static str, Value)> {
    let command = |(name, body): (&'static str, CommandBody)| {
        let id = CommandId::new("c").unwrap();
        (name, Input::from(Command::new(id, Actor::application(), body)))
    };
    let report = |(name, event): (&'static str, HostEvent)| {
        (name, Input::from(HostReport::new(key("pbx"), 1, Timestamp::from_secs(0), event)))
    };
    let commands = examples::<CommandBody>().1.into_iter().map(command);
    let reports = examples::<HostEvent>().1.into_iter().map(report);
    let facts = examples::<FactBody>().1.into_iter().map(|(name, body)| {
        let [(_, fact)] = &examples::<Fact>().1[..] else { panic!("facts are one struct") };
        let facts = vec![Fact { body: Some(body), ..fact.clone() }];
        let batch = FactBatch { source: key("wfm"), source_seq: 1, facts };
        command((name, CommandBody::ReportFacts(batch)))
    });
    let kind = StreamEventKind::Message(sealed(1, vec![2], vec![3]));
    let op = serde_json::from_value(json!(InteractionId::from(origin()).to_string())).unwrap();
    let others = examples::<Input>().1;
    commands
        .chain(reports)
        .chain(facts)
        .chain(others)
        .chain([report(("sealed", HostEvent::StreamEvent { op, kind }))])
        .map(|(name, input)| (name, serde_json::to_value(input).unwrap()))
        .collect()
}

fn origin() -> Origin {
    Origin { shard: 1, epoch: 1, seq: 1, index: 0 }
}

/// The objects within a value, by their paths. Maps of the configuration take any key.
fn objects(value: &Value, path: &str, found: &mut Vec<String>) {
    match value {
        Value::Object(fields) => {
            found.push(path.to_owned());
            for (name, value) in fields.iter().filter(|(name, _)| *name != "changes") {
                objects(value, &format!("{path}/{name}"), found);
            }
        }
        Value::Array(items) => {
            for (place, item) in items.iter().enumerate() {
                objects(item, &format!("{path}/{place}"), found);
            }
        }
        _ => {}
    }
}

#[test]
fn a_field_of_another_name_is_refused_everywhere() {
    let mut tried = 0;
    for (name, input) in inputs() {
        let mut paths = Vec::new();
        objects(&input, "", &mut paths);
        for path in paths {
            let mut mistyped = input.clone();
            let object = mistyped.pointer_mut(&path).unwrap().as_object_mut().unwrap();
            object.insert("untill".to_owned(), Value::Null);
            let read = serde_json::from_value::<Input>(mistyped);
            assert!(read.is_err(), "{name} takes an unknown field at {path}");
            tried += 1;
        }
    }
    assert!(tried > 400, "only {tried} objects");
}

#[test]
fn where_nothing_acts_it_has_to_be_said() {
    let acts = [
        ("switch_queue", "until"),
        ("set_incident", "action"),
        ("set_incident", "until"),
        ("block_customer", "until"),
        ("park", "until"),
        ("schedule_callback", "not_after"),
    ];
    let inputs = inputs();
    for (name, field) in acts {
        let (_, input) = inputs.iter().find(|(of, _)| *of == name).unwrap();
        let path = format!("/command/body/{name}");
        let mut said = input.clone();
        let body = said.pointer_mut(&path).unwrap().as_object_mut().unwrap();
        body.insert(field.to_owned(), Value::Null);
        let mut forgotten = said.clone();
        forgotten.pointer_mut(&path).unwrap().as_object_mut().unwrap().remove(field);
        serde_json::from_value::<Input>(said).unwrap();
        let read = serde_json::from_value::<Input>(forgotten);
        assert!(read.is_err(), "{name} does something without {field}");
    }
    let [(_, fact)] = &examples::<Fact>().1[..] else { panic!("facts are one struct") };
    let mut fact = serde_json::to_value(fact).unwrap();
    fact.as_object_mut().unwrap().remove("body");
    assert!(serde_json::from_value::<Fact>(fact).is_err(), "a fact is taken back by a lost field");
}

// ---------------------------------------------------------------------------------------------
// Limits
// ---------------------------------------------------------------------------------------------

fn bench() -> Bench {
    let center = Center::builder()
        .host("pbx", Host::new("PBX"))
        .brand("acme", Brand::new("Acme"))
        .disposition("done", Disposition::new("Done"))
        .queue("support", Queue::new())
        .agent("ana", Agent::new("Ana"))
        .agent("ben", Agent::new("Ben"))
        .entry_point("main", EntryPoint::voice("100").to_queue("support"))
        .limits(|limits| {
            limits.text_bytes = 100;
            limits.items_per_message = 10;
            limits.facts_per_command = 3;
            limits.context_bytes = 20;
        })
        .build();
    Bench::new(center.unwrap())
}

fn reason(receipt: Receipt) -> RejectionReason {
    match receipt {
        Receipt::Rejected { rejection, .. } => rejection.reason,
        other => panic!("not refused: {other:?}"),
    }
}

fn limit(name: &'static str) -> RejectionReason {
    RejectionReason::LimitReached(name.into())
}

fn leg(name: &str) -> ExternalRef {
    ExternalRef::new(name).unwrap()
}

#[test]
fn the_longest_text_of_an_input_is_bounded() {
    let mut bench = bench();
    let before = bench.seq();
    let long = || "x".repeat(101);
    let arrival = |leg_name: &str| Arrival::new(leg(leg_name), Channel::Voice, "100");
    let texts = [
        Arrival { to: long(), ..arrival("1") },
        Arrival { headers: vec![(key("h"), Personal::Clear(long()))], ..arrival("2") },
        Arrival { verified: Some(sealed(1, vec![], vec![0; 101])), ..arrival("3") },
    ];
    for arrival in texts {
        assert_eq!(reason(bench.report("pbx", arrival.into())), limit("text_bytes"));
    }
    let reason_of_loss = HostEvent::HostLost { reason: Personal::Clear(long()) };
    assert_eq!(reason(bench.report("pbx", reason_of_loss)), limit("text_bytes"));
    let station = Some(Station::Direct);
    let address = json!({"phone": {"host": "pbx", "address": long()}});
    let phone: Station = serde_json::from_value(address).unwrap();
    let sign_in =
        |station| CommandBody::SignIn { agent: key("ana"), device: None, station, ready: true };
    assert_eq!(reason(bench.command(sign_in(Some(phone)))), limit("text_bytes"));
    assert_eq!(bench.seq(), before, "a refusal is not recorded");
    bench.does(sign_in(station));
    let fits = Arrival { did: Some("x".repeat(100)), ..arrival("4") };
    assert!(matches!(bench.report("pbx", fits.into()), Receipt::Recorded(_)));
}

#[test]
fn the_items_of_an_input_are_bounded() {
    let mut bench = bench();
    let legs =
        |count: usize| (0..count).map(|n| LiveLeg::new(leg(&format!("{n}")), None)).collect();
    let resync = |count, generation| HostEvent::HostResync { generation, legs: legs(count) };
    assert_eq!(reason(bench.report("pbx", resync(11, 1))), limit("items_per_message"));
    assert!(matches!(bench.report("pbx", resync(10, 1)), Receipt::Recorded(_)));
    // Lists within the items of a list count as well.
    let mut nested: Vec<LiveLeg> = legs(6);
    nested[0].media = Some(vec![bench.effects[0].id; 5]);
    let event = HostEvent::HostResync { generation: 2, legs: nested };
    assert_eq!(reason(bench.report("pbx", event)), limit("items_per_message"));
}

fn sealed(key: u64, nonce: Vec<u8>, bytes: Vec<u8>) -> Personal<String> {
    Personal::Sealed(Box::new(Sealed { key, nonce, bytes }))
}

#[test]
fn a_sealed_context_value_is_as_bounded_as_a_clear_one() {
    let mut bench = bench();
    let _ = bench.call("pbx", "call-1", "100");
    let conversation = bench.events().find_map(|event| match event.made() {
        Some(switchboard::message::Made::Conversation(id)) => Some(id),
        _ => None,
    });
    let now = bench.now;
    let mut set = |value| {
        let entry =
            ContextEntry { key: key("k"), value, source: key("app"), at: now, sensitive: false };
        let conversation = conversation.unwrap();
        bench.command(CommandBody::SetContext { conversation, entries: vec![entry] })
    };
    let sealed = |count| sealed(1, vec![], vec![0; count]);
    assert_eq!(reason(set(Personal::Clear("x".repeat(21)))), limit("context_bytes"));
    assert_eq!(reason(set(sealed(21))), limit("context_bytes"));
    assert!(matches!(set(sealed(20)), Receipt::Recorded(_)));
}

#[test]
fn a_recorded_command_is_known_also_when_the_limits_have_shrunk() {
    let mut bench = bench();
    let id = CommandId::new("once").unwrap();
    let body = CommandBody::SignIn {
        agent: key("ana"),
        device: Some(key("desktop-of-many-letters")),
        station: None,
        ready: true,
    };
    let command = Command::new(id, Actor::application(), body);
    let first = bench.input(command.clone());
    let mut limits = bench.engine.center().limits.clone();
    limits.text_bytes = 10;
    let changes = vec![switchboard::model::Change::Limits(limits)];
    bench.does(CommandBody::Configure { base_version: 1, changes });
    assert_eq!(bench.input(command), Receipt::Duplicate(first.seq().unwrap()));
}

// ---------------------------------------------------------------------------------------------
// Facts
// ---------------------------------------------------------------------------------------------

fn facts(bodies: Vec<FactBody>) -> CommandBody {
    let facts = bodies.into_iter().enumerate().map(|(n, body)| Fact {
        id: leg(&format!("fact-{n}")),
        revision: 1,
        occurred_at: Timestamp::from_secs(0),
        body: Some(body),
    });
    let (source, facts) = (key("wfm"), facts.collect());
    CommandBody::ReportFacts(FactBatch { source, source_seq: 7, facts })
}

#[test]
fn facts_come_with_keys_and_are_recorded_with_numbers() {
    let mut bench = bench();
    let engagement = serde_json::from_value(json!(InteractionId::from(origin()).to_string()));
    let engagement = engagement.unwrap();
    bench.does(facts(vec![
        FactBody::Hired { agent: key("ben") },
        FactBody::Cost {
            brand: Some(key("acme")),
            interaction: None,
            minor: 5,
            currency: key("EUR"),
        },
        FactBody::LateDisposition { engagement, disposition: key("done") },
    ]));
    let [Event::Facts(recorded)] = bench.last_events() else { panic!("{:?}", bench.last_events()) };
    assert_eq!((&recorded.source, recorded.source_seq), (&key("wfm"), 7));
    let bodies: Vec<_> = recorded.facts.iter().map(|fact| fact.body.clone().unwrap()).collect();
    let cost = NumberedFactBody::Cost {
        brand: Some(BrandId(0)),
        interaction: None,
        minor: 5,
        currency: key("EUR"),
    };
    let late = NumberedFactBody::LateDisposition { engagement, disposition: DispositionId(0) };
    assert_eq!(bodies, [NumberedFactBody::Hired { agent: AgentId(1) }, cost, late]);
}

#[test]
fn facts_about_nobody_are_refused() {
    let mut bench = bench();
    for (body, field) in [
        (FactBody::Hired { agent: key("nobody") }, "facts.body.agent"),
        (
            FactBody::Cost {
                brand: Some(key("none")),
                interaction: None,
                minor: 1,
                currency: key("EUR"),
            },
            "facts.body.brand",
        ),
    ] {
        let Receipt::Rejected { rejection, .. } = bench.command(facts(vec![body])) else {
            panic!("taken")
        };
        assert_eq!(rejection, Rejection::new(RejectionReason::Unknown, field));
    }
    let many = vec![FactBody::Hired { agent: key("ana") }; 4];
    assert_eq!(reason(bench.command(facts(many))), limit("facts_per_command"));
}

#[test]
fn addresses_of_stations_are_not_shown() {
    let station: Station =
        serde_json::from_value(json!({"phone": {"host": "pbx", "address": "+34600"}})).unwrap();
    let shown = format!("{station:?}");
    assert!(shown.contains("pbx") && !shown.contains("600"), "{shown}");
}
