//! What hosts and clients say is kept, and what they are told is whole.

use crate::support::{Bench, key};
use switchboard::id::{ExternalRef, QueueId};
use switchboard::kpi::{Kpis, Options};
use switchboard::message::{
    AcceptMode, Actor, ActorKind, AnsweredBy, Arrival, CommandBody, ContextEntry,
    ConversationEvent, CustomerRef, CustomerToken, Destination, EffectKind, EndKind, EndedBy,
    EngagementEvent, Event, Fact, FactBatch, FactBody, HeldBy, HostEvent, HostStateEvent, Input,
    InteractionEvent, LegEvent, LegRef, LostCause, Made, Outcome, Personal, Receipt, Rejection,
    RejectionReason, RequestEvent, Side,
};
use switchboard::model::{
    Agent, Brand, Center, Change, Channel, EntryPoint, Host, Queue, Reason, Requirement, Skill,
};
use switchboard::time::Duration;

fn center() -> Center {
    let brand = Brand::new("Acme").answer_phrase("Acme, good morning");
    Center::builder()
        .brand("acme", brand)
        .skill("billing", Skill::new("Billing"))
        .reason("lunch", Reason::new("Lunch"))
        .host("pbx", Host::new("PBX"))
        .queue("billing", Queue::new().requires("billing", 1).brand("acme"))
        .entry_point("main", EntryPoint::voice("100").to_queue("billing").address("101"))
        .entry_point("widget", EntryPoint::on(Channel::Chat, "widget").to_queue("billing"))
        .agent("ana", Agent::new("Ana").skill("billing", 3).phone("pbx", "SIP/ana"))
        .agent("ben", Agent::new("Ben").skill("billing", 3).phone("pbx", "SIP/ben").auto_answer())
        .build()
        .unwrap()
}

fn name(text: &str) -> ExternalRef {
    ExternalRef::new(text).unwrap()
}

fn accept_all(bench: &mut Bench) {
    let mut seen = 0;
    while seen < bench.effects.len() {
        let id = bench.effects[seen].id;
        let _ = bench.input(Input::EffectAccepted(id));
        seen += 1;
    }
}

fn answer(bench: &mut Bench) {
    let leg = bench.ringing_leg();
    let _ = bench.report("pbx", HostEvent::answered(leg, AnsweredBy::Human));
}

fn connect(bench: &mut Bench) {
    answer(bench);
    accept_all(bench);
    bench.done("pbx", |kind| matches!(kind, EffectKind::Bridge { .. }));
}

fn ends(bench: &mut Bench, leg: &str, by: EndedBy) {
    let leg = LegRef::External(name(leg));
    let event = HostEvent::Ended { leg, cause: EndKind::Normal.into(), by };
    let receipt = bench.report("pbx", event);
    assert!(matches!(receipt, Receipt::Recorded(_)), "{receipt:?}");
}

fn ended_by(bench: &Bench) -> Option<Side> {
    bench.events().rev().find_map(|event| match event {
        Event::Interaction(InteractionEvent::Ended { by, .. }) => Some(*by),
        _ => None,
    })
}

fn outcome(bench: &Bench) -> Option<Outcome> {
    bench.events().rev().find_map(|event| match event {
        Event::Request(RequestEvent::Ended { outcome, .. }) => Some(outcome.clone()),
        _ => None,
    })
}

fn refused(receipt: &Receipt) -> Option<&Rejection> {
    match receipt {
        Receipt::Rejected { rejection, .. } => Some(rejection),
        _ => None,
    }
}

#[test]
fn who_ended_a_leg_is_as_the_host_says() {
    for (by, side) in [
        (EndedBy::Unknown, Side::Customer),
        (EndedBy::Caller, Side::Customer),
        (EndedBy::Agent, Side::Agent),
        (EndedBy::Us, Side::Engine),
        (EndedBy::Network, Side::Network),
    ] {
        let mut bench = Bench::new(center());
        bench.sign_in("ana");
        let _ = bench.call("pbx", "call-1", "100");
        connect(&mut bench);
        ends(&mut bench, "call-1", by);
        assert_eq!(ended_by(&bench), Some(side), "{by:?}");
    }
}

#[test]
fn a_wait_ended_by_somebody_else_is_not_abandoned() {
    let ended = |by| {
        let mut bench = Bench::new(center());
        let _ = bench.call("pbx", "call-1", "100");
        ends(&mut bench, "call-1", by);
        outcome(&bench).unwrap()
    };
    assert!(matches!(ended(EndedBy::Unknown), Outcome::Abandoned { .. }));
    assert!(matches!(ended(EndedBy::Caller), Outcome::Abandoned { .. }));
    assert_eq!(ended(EndedBy::Network), Outcome::Lost(LostCause::Network));
    assert_eq!(ended(EndedBy::Us), Outcome::Withdrawn { actor: Actor::engine() });
    let Outcome::Withdrawn { actor } = ended(EndedBy::Agent) else { panic!("not withdrawn") };
    assert_eq!(actor.kind, ActorKind::Agent);
}

#[test]
fn a_withdrawal_says_who_wanted_it() {
    let mut bench = Bench::new(center());
    let _ = bench.call("pbx", "call-1", "100");
    let Some(Made::Request(request)) = bench.events().rev().find_map(|event| match event.made() {
        Some(made @ Made::Request(_)) => Some(made),
        _ => None,
    }) else {
        panic!("nobody waits")
    };
    bench.does(CommandBody::WithdrawRequest { request });
    assert_eq!(outcome(&bench), Some(Outcome::Withdrawn { actor: Actor::application() }));
    let _ = bench.call("pbx", "call-2", "100");
    let interaction = bench.interaction();
    bench.does(CommandBody::CloseInteraction { interaction });
    assert_eq!(outcome(&bench), Some(Outcome::Withdrawn { actor: Actor::application() }));
    assert_eq!(ended_by(&bench), Some(Side::Command));
}

#[test]
fn the_echo_of_our_own_hold_is_nobodys_doing() {
    let mut bench = Bench::new(center());
    bench.sign_in("ana");
    let _ = bench.call("pbx", "call-1", "100");
    connect(&mut bench);
    let leg = || LegRef::External(name("call-1"));
    let before = bench.seq();
    for event in [
        HostEvent::Held { leg: leg(), by: HeldBy::Us },
        HostEvent::Resumed { leg: leg(), by: HeldBy::Us },
    ] {
        assert_eq!(bench.report("pbx", event), Receipt::Noted);
    }
    assert_eq!(bench.seq(), before);
    let _ = bench.report("pbx", HostEvent::Held { leg: leg(), by: HeldBy::FarEnd });
    assert!(matches!(bench.last_events(), [Event::Leg(LegEvent::Held { .. }), ..]));
}

#[test]
fn a_host_may_name_the_legs_that_we_made() {
    let mut bench = Bench::new(center());
    bench.sign_in("ana");
    let _ = bench.call("pbx", "call-1", "100");
    let leg = bench.ringing_leg();
    let answered = |external: &str| HostEvent::Answered {
        leg: leg.into(),
        by: AnsweredBy::Human,
        verdict_after: Some(Duration::from_millis(800)),
        external: Some(name(external)),
    };
    let receipt = bench.report("pbx", answered("call-1"));
    let rejection = refused(&receipt).expect("the name is the caller's");
    assert_eq!(rejection.field, "event.external");
    let receipt = bench.report("pbx", answered("PJSIP/ana-7"));
    assert!(matches!(receipt, Receipt::Recorded(_)), "{receipt:?}");
    let said = bench.last_events().iter().find_map(|event| match event {
        Event::Leg(LegEvent::Answered { verdict_after, external, .. }) => {
            Some((*verdict_after, external.clone()))
        }
        _ => None,
    });
    assert_eq!(said, Some((Some(Duration::from_millis(800)), Some(name("PJSIP/ana-7")))));
    accept_all(&mut bench);
    let bridged = bench.effects.iter().rev().find_map(|effect| match &effect.kind {
        EffectKind::Bridge { legs, .. } => Some(legs.clone()),
        _ => None,
    });
    assert_eq!(bridged.unwrap()[1].external, Some(name("PJSIP/ana-7")));
    ends(&mut bench, "PJSIP/ana-7", EndedBy::Unknown);
}

#[test]
fn all_that_is_said_of_an_arrival_is_kept() {
    let mut bench = Bench::new(center());
    let from = |caller: &str| CustomerRef {
        token: Some(CustomerToken(7)),
        address: Some(Personal::Clear(caller.to_owned())),
        ..CustomerRef::default()
    };
    let arrival = |leg: &str, to: &str| Arrival {
        did: Some("800".to_owned()),
        verified: Some(Personal::Clear("+34900".to_owned())),
        references: vec![(key("case"), name("4711"))],
        ..Arrival::new(name(leg), Channel::Voice, to)
    };
    let _ = bench.report("pbx", arrival("call-1", "101").from(from("+34600")).into());
    let first = bench.interaction_opened();
    assert_eq!(first.dialed.as_deref(), Some("101"));
    assert_eq!(first.did.as_deref(), Some("800"));
    assert_eq!(first.verified, Some(Personal::Clear("+34900".to_owned())));
    assert_eq!(first.references, [(key("case"), name("4711"))]);
    assert_eq!(first.customer, None, "the conversation that opened says it");
    let said = |event: &Event| match event {
        Event::Conversation(ConversationEvent::Opened { customer, .. }) => Some(customer.clone()),
        _ => None,
    };
    assert_eq!(bench.events().find_map(said), Some(from("+34600")));

    // The same customer from another phone: the conversation is known, the phone is new.
    let _ = bench.report("pbx", arrival("call-2", "100").from(from("+34611")).into());
    let second = bench.interaction_opened();
    assert_eq!(second.dialed.as_deref(), Some("100"));
    assert_eq!(second.customer.as_deref(), Some(&from("+34611")));
}

#[test]
fn a_refused_entry_tells_where_it_was_going() {
    let mut bench = Bench::new(center());
    let _ = bench.call("pbx", "call-1", "999");
    let [Event::Interaction(InteractionEvent::EntryRejected { dialed, test: false, .. }), ..] =
        bench.last_events()
    else {
        panic!("{:?}", bench.last_events())
    };
    assert_eq!(dialed, "999");
    let codes = bench.effects.iter().filter_map(|effect| match effect.kind {
        EffectKind::Reject { sip, .. } => Some(sip),
        _ => None,
    });
    assert_eq!(codes.collect::<Vec<_>>(), [404]);
}

#[test]
fn test_calls_are_in_no_figure() {
    let mut bench = Bench::new(center());
    for (leg, to) in [("call-1", "100"), ("call-2", "999")] {
        let arrival = Arrival { test: true, ..Arrival::new(name(leg), Channel::Voice, to) };
        let _ = bench.report("pbx", arrival.into());
    }
    assert!(bench.interaction_opened().test);
    let mut kpis = Kpis::new(Options::default());
    bench.records.iter().for_each(|record| kpis.apply(record));
    let cube = kpis.cube(bench.now);
    assert!(cube.is_empty(), "{cube:?}");
}

/// What an agent is shown of the latest offer.
fn presented(bench: &Bench) -> &EffectKind {
    let shown = |effect: &&switchboard::message::Effect| {
        matches!(effect.kind, EffectKind::PresentOffer { .. })
    };
    &bench.effects.iter().rev().find(shown).expect("an offer").kind
}

#[test]
fn an_offer_shows_who_waits_for_what() {
    let mut bench = Bench::new(center());
    let customer = CustomerRef {
        name: Some(Personal::Clear("Rosa".to_owned())),
        tier: 2,
        ..CustomerRef::default()
    };
    let arrival = Arrival::new(name("call-1"), Channel::Voice, "100").from(customer.clone());
    let _ = bench.report("pbx", arrival.into());
    let conversation = bench.interaction_opened().conversation;
    let entry = |entry: &str, sensitive| ContextEntry {
        key: key(entry),
        value: Personal::Clear("12".to_owned()),
        source: key("ivr"),
        at: bench.now,
        sensitive,
    };
    let entries = vec![entry("invoice", false), entry("card", true)];
    bench.does(CommandBody::SetContext { conversation, entries: entries.clone() });
    bench.sign_in("ana");
    let EffectKind::PresentOffer { brand, answer_phrase, customer: who, context, accept, .. } =
        presented(&bench)
    else {
        unreachable!()
    };
    assert_eq!(answer_phrase, "Acme, good morning");
    assert_eq!((brand.map(|brand| brand.0), &**who), (Some(0), &customer));
    assert_eq!(context[..], entries[..1], "what is sensitive is not shown");
    assert_eq!(*accept, AcceptMode::Phone);

    // A customer who is known comes from somewhere else: that is what is shown.
    bench.sign_in("ben");
    let token = Some(CustomerToken(1));
    for (leg, tier) in [("call-2", 0), ("call-3", 1)] {
        let from = CustomerRef { token, tier, ..CustomerRef::default() };
        let arrival = Arrival::new(name(leg), Channel::Voice, "100").from(from);
        let _ = bench.report("pbx", arrival.into());
    }
    let EffectKind::PresentOffer { accept: AcceptMode::Auto, .. } = presented(&bench) else {
        panic!("{:?}", presented(&bench))
    };
    ends(&mut bench, "call-2", EndedBy::Caller);
    let EffectKind::PresentOffer { customer: who, .. } = presented(&bench) else { unreachable!() };
    assert_eq!(who.tier, 1);
}

#[test]
fn whoever_answers_by_setting_is_shown_the_case_too() {
    for auto in [true, false] {
        let agent = if auto { Agent::new("Eva").auto_answer() } else { Agent::new("Eva") };
        let center = Center::builder()
            .queue("help", Queue::new())
            .entry_point("main", EntryPoint::voice("100").to_queue("help"))
            .agent("eva", agent)
            .build()
            .unwrap();
        let mut bench = Bench::new(center);
        bench.sign_in("eva");
        let _ = bench.call("app", "call-1", "100");
        let EffectKind::PresentOffer { accept, .. } = presented(&bench) else { unreachable!() };
        assert_eq!(*accept, if auto { AcceptMode::Auto } else { AcceptMode::Manual });
        let accepted =
            |event: &Event| matches!(event, Event::Engagement(EngagementEvent::Opened { .. }));
        assert_eq!(bench.events().any(accepted), auto);
    }
}

#[test]
fn an_offer_shows_the_queue_and_how_long_the_customer_has_waited_in_all() {
    let shown = |bench: &Bench| match presented(bench) {
        EffectKind::PresentOffer { queue, waited, .. } => (*queue, *waited),
        _ => unreachable!(),
    };
    let mut bench = Bench::new(center());
    let _ = bench.call("pbx", "call-1", "100");
    bench.seconds(5);
    bench.sign_in("ana");
    assert_eq!(shown(&bench), (QueueId(0), Duration::from_secs(5)));
    connect(&mut bench);
    bench.seconds(30);
    let engagement = bench.engagement();
    bench.does(CommandBody::Transfer {
        engagement,
        to: Destination::Queue(key("billing")),
        boost: None,
        fallback: None,
    });
    bench.seconds(10);
    bench.sign_in("ben");
    assert_eq!(shown(&bench), (QueueId(0), Duration::from_secs(45)), "not from the hand-over on");
}

#[test]
fn facts_from_outside_change_nothing_of_routing() {
    let mut bench = Bench::new(center());
    bench.sign_in("ana");
    let (from, to) = (bench.now, bench.now + Duration::from_hours(8));
    let ana = || key("ana");
    let facts = [
        FactBody::Absent { agent: ana(), planned: false, from, to },
        FactBody::Scheduled { agent: ana(), activity: key("lunch"), from, to },
        FactBody::Left { agent: ana(), voluntary: true },
    ];
    let facts = (1..).zip(facts).map(|(n, body)| Fact {
        id: name(&format!("fact-{n}")),
        revision: 1,
        occurred_at: from,
        body: Some(body),
    });
    let batch = FactBatch { source: key("wfm"), source_seq: 1, facts: facts.collect() };
    bench.does(CommandBody::ReportFacts(batch));
    assert!(matches!(bench.last_events(), [Event::Facts(facts)] if facts.facts.len() == 3));
    let _ = bench.call("pbx", "call-1", "100");
    assert_eq!(bench.offered(), bench.requests());
}

#[test]
fn a_reply_names_what_the_command_made() {
    let mut bench = Bench::new(center());
    bench.sign_in("ana");
    assert!(matches!(bench.replies.last().unwrap().made[..], [Made::Session(_)]));
    bench.does(CommandBody::BeginOtherWork {
        agent: key("ana"),
        channel: Channel::Task,
        reason: None,
    });
    let [Made::Engagement(engagement)] = bench.replies.last().unwrap().made[..] else {
        panic!("{:?}", bench.replies.last())
    };
    bench.does(CommandBody::EndOtherWork { engagement });
    assert_eq!(bench.replies.last().unwrap().made, []);
}

#[test]
fn a_refused_configuration_lists_every_fault() {
    let mut bench = Bench::new(center());
    let broken = |name: &str| {
        let mut queue = Queue::default();
        queue.requirement = Requirement::level(key("unheard-of"), 1);
        Change::Queue { key: key(name), to: Some(Box::new(queue)) }
    };
    let changes = vec![broken("one"), broken("two")];
    let receipt = bench.command(CommandBody::Configure { base_version: 1, changes });
    let Some(Rejection { reason: RejectionReason::Faulty(faults), .. }) = refused(&receipt) else {
        panic!("{receipt:?}")
    };
    let paths: Vec<&str> = faults.iter().map(|fault| fault.path.as_str()).collect();
    assert_eq!(paths.len(), 2);
    assert!(paths[0].starts_with("queues.one.") && paths[1].starts_with("queues.two."));
}

#[test]
fn why_a_host_was_lost_is_recorded() {
    let mut bench = Bench::new(center());
    let reason = Personal::Clear("the socket was closed".to_owned());
    let _ = bench.report("pbx", HostEvent::HostLost { reason: reason.clone() });
    let [Event::Host(HostStateEvent::Lost { reason: recorded, .. }), ..] = bench.last_events()
    else {
        panic!("{:?}", bench.last_events())
    };
    assert_eq!(*recorded, reason);
}
