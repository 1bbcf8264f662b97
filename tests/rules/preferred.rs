//! Preferred agents: whom a customer gets first, for how long, and what happens when they cannot come.

use crate::support::{Bench, START, key};
use switchboard::id::{EngagementId, ExternalRef, RequestId};
use switchboard::message::{
    Arrival, CommandBody, CustomerRef, CustomerToken, Event, FlowOutReason, OfferEvent, Outcome,
    Receipt, RequestEvent, Target,
};
use switchboard::model::{
    Agent, Center, Change, Channel, Draft, EntryPoint, Preferred, PreferredWhile, Queue,
    RelaxationStep, Skill, validate,
};
use switchboard::time::Duration;
use switchboard::{Question, Verdict};

const fn secs(secs: i64) -> Duration {
    Duration::from_secs(secs)
}

fn center(queue: Draft<Queue>) -> Center {
    Center::builder()
        .skill("sales", Skill::new("Sales"))
        .queue("q", queue)
        .queue("spill", Queue::new())
        .entry_point("main", EntryPoint::voice("100").to_queue("q"))
        .agent("ana", Agent::new("Ana").skill("sales", 1))
        .agent("ben", Agent::new("Ben").skill("sales", 1))
        .agent("cem", Agent::new("Cem"))
        .policies(|p| p.exclusion = secs(300))
        .build()
        .unwrap()
}

fn sales() -> Draft<Queue> {
    Queue::new().requires("sales", 1)
}

fn held() -> Preferred {
    Preferred::new(secs(20)).last_agent(Duration::from_hours(1))
}

fn bench(rule: Preferred) -> Bench {
    let mut bench = Bench::new(center(sales().preferred(rule)));
    bench.sign_in("ana");
    bench.sign_in("ben");
    bench
}

fn calls(bench: &mut Bench, name: &str, token: u64, preferred: &[&str]) -> RequestId {
    let from = CustomerRef { token: Some(CustomerToken(token)), ..CustomerRef::default() };
    let leg = ExternalRef::new(name).unwrap();
    let mut arrival = Arrival::new(leg, Channel::Voice, "100").from(from);
    arrival.preferred = preferred.iter().map(|name| key(name)).collect();
    let receipt = bench.report("app", arrival.into());
    assert!(matches!(receipt, Receipt::Recorded(_)), "{receipt:?}");
    *bench.requests().last().unwrap()
}

fn agents(bench: &Bench) -> Vec<u32> {
    let made = |event: &Event| match event {
        Event::Offer(OfferEvent::Made(made)) => Some(made.agent.0),
        _ => None,
    };
    bench.events().filter_map(made).collect()
}

const ANA: u32 = 0;
const BEN: u32 = 1;
const CEM: u32 = 2;

fn busy(bench: &mut Bench, agent: &str) -> EngagementId {
    let channel = Channel::Voice;
    bench.does(CommandBody::BeginOtherWork { agent: key(agent), channel, reason: None });
    bench.engagement()
}

#[test]
fn the_agent_whom_the_host_names_gets_the_customer() {
    let mut bench = bench(held());
    calls(&mut bench, "call-1", 1, &["ben"]);
    assert_eq!(agents(&bench), [BEN], "though Ana is idle for longer");
}

#[test]
fn a_customer_waits_for_the_agent_and_then_for_everybody() {
    let mut bench = bench(held());
    busy(&mut bench, "ben");
    let request = calls(&mut bench, "call-1", 1, &["ben"]);
    let why = bench.engine.explain(Question::Request(request)).unwrap();
    assert_eq!((why.preferred_until, why.wait_until), (Some(START + secs(20)), None));
    assert!(why.to_string().contains("others may serve it at"), "{why}");
    let ana = why.agents.iter().find(|agent| agent.agent == key("ana")).unwrap();
    assert_eq!(ana.verdict, Verdict::NotNamed);
    bench.wait(secs(20) - Duration::from_micros(1));
    assert!(agents(&bench).is_empty());
    bench.wait(Duration::from_micros(1));
    assert_eq!(agents(&bench), [ANA]);
    assert_eq!(bench.offered(), [request], "the same request, at its place");
    assert_eq!(bench.requests().len(), 1);
}

#[test]
fn who_prefers_somebody_goes_before_nobody_who_came_earlier() {
    let mut bench = bench(held());
    let engagement = busy(&mut bench, "ben");
    busy(&mut bench, "ana");
    let before = calls(&mut bench, "call-0", 2, &[]);
    let preferring = calls(&mut bench, "call-1", 1, &["ben"]);
    bench.does(CommandBody::EndOtherWork { engagement });
    assert_eq!(bench.offered(), [before]);
    bench.does(CommandBody::RejectOffer { offer: bench.offer(), reason: None });
    assert_eq!(bench.offered(), [before, preferring]);
}

#[test]
fn nobody_waits_for_an_agent_who_is_not_there() {
    let mut bench = bench(held());
    bench.does(CommandBody::SetPresence { agent: key("ben"), ready: false, reason: None });
    calls(&mut bench, "call-1", 1, &["ben", "cem", "nobody-knows"]);
    assert_eq!(agents(&bench), [ANA]);
}

#[test]
fn by_rule_an_agent_who_is_away_for_a_moment_is_waited_for() {
    let mut bench = bench(held().only(PreferredWhile::SignedIn));
    bench.does(CommandBody::SetPresence { agent: key("ben"), ready: false, reason: None });
    calls(&mut bench, "call-1", 1, &["ben"]);
    bench.seconds(10);
    assert!(agents(&bench).is_empty());
    bench.does(CommandBody::SetPresence { agent: key("ben"), ready: true, reason: None });
    assert_eq!(agents(&bench), [BEN]);
}

#[test]
fn an_agent_who_leaves_is_waited_for_no_longer() {
    for leave in [
        CommandBody::SetPresence { agent: key("ben"), ready: false, reason: None },
        CommandBody::SignOut { agent: key("ben"), force: true },
    ] {
        let mut bench = bench(held());
        busy(&mut bench, "ben");
        calls(&mut bench, "call-1", 1, &["ben"]);
        bench.seconds(5);
        bench.does(leave);
        assert_eq!(agents(&bench), [ANA], "in the step in which Ben left");
    }
}

#[test]
fn an_agent_who_declines_is_waited_for_no_longer() {
    let mut bench = bench(held());
    calls(&mut bench, "call-1", 1, &["ben"]);
    bench.does(CommandBody::RejectOffer { offer: bench.offer(), reason: None });
    assert_eq!(agents(&bench), [BEN, ANA]);
}

#[test]
fn a_preferred_agent_need_not_have_the_skill() {
    let mut bench = bench(held());
    bench.sign_in("cem");
    calls(&mut bench, "call-1", 1, &["cem"]);
    assert_eq!(agents(&bench), [CEM]);
    let second = calls(&mut bench, "call-2", 2, &["cem"]);
    let why = bench.engine.explain(Question::Request(second)).unwrap();
    let cem = why.agents.iter().find(|agent| agent.agent == key("cem")).unwrap();
    assert_eq!(cem.verdict, Verdict::Busy);
}

#[test]
fn a_changed_queue_leaves_the_wait_for_somebody_as_it_was() {
    let mut bench = bench(held());
    busy(&mut bench, "ben");
    calls(&mut bench, "call-1", 1, &["ben"]);
    let queue = sales().preferred(held()).max_wait(secs(60)).build().unwrap();
    let change = Change::Queue { key: key("q"), to: Some(Box::new(queue)) };
    let base_version = bench.engine.config_version();
    bench.does(CommandBody::Configure { base_version, changes: vec![change] });
    bench.seconds(19);
    assert!(agents(&bench).is_empty());
    bench.seconds(1);
    assert_eq!(agents(&bench), [ANA]);
}

#[test]
fn whoever_answered_last_is_preferred_for_so_long() {
    for (later, expected) in [(59, BEN), (61, ANA)] {
        let mut bench = bench(held());
        calls(&mut bench, "call-1", 1, &["ben"]);
        bench.does(CommandBody::AcceptOffer { offer: bench.offer() });
        bench.seconds(60);
        let _ = bench.hangs_up("app", "call-1");
        // Ana has been idle for longer all the time.
        bench.wait(Duration::from_mins(later) - secs(60));
        calls(&mut bench, "call-2", 1, &[]);
        assert_eq!(agents(&bench)[1..], [expected], "after {later} minutes");
        calls(&mut bench, "stranger", 2, &[]);
        assert_eq!(agents(&bench).len(), 3);
    }
}

#[test]
fn the_last_agent_is_known_by_all_conversations_of_the_customer() {
    let mut bench = bench(held());
    let of = |bench: &Bench| bench.engine.customer(bench.interaction(), bench.now).unwrap();
    calls(&mut bench, "call-1", 1, &["ben"]);
    let keep = of(&bench).conversation;
    bench.does(CommandBody::AcceptOffer { offer: bench.offer() });
    let _ = bench.hangs_up("app", "call-1");
    let parts = ["ana", "ben"].map(|agent| busy(&mut bench, agent));
    calls(&mut bench, "call-2", 2, &[]);
    let join = of(&bench).conversation;
    let _ = bench.hangs_up("app", "call-2");
    bench.does(CommandBody::LinkConversations { keep: join, join: keep });
    for engagement in parts {
        bench.does(CommandBody::EndOtherWork { engagement });
    }
    calls(&mut bench, "call-3", 1, &[]);
    assert_eq!(agents(&bench).last(), Some(&BEN));
}

#[test]
fn without_the_rule_nobody_is_preferred() {
    let mut bench = bench(Preferred::default());
    calls(&mut bench, "call-1", 1, &["ben"]);
    assert_eq!(agents(&bench), [ANA]);
}

#[test]
fn the_bound_of_the_queue_holds_also_for_who_waits_for_somebody() {
    let queue = sales().preferred(held()).max_wait(secs(10)).overflow_to("spill");
    let mut bench = Bench::new(center(queue));
    bench.sign_in("ben");
    busy(&mut bench, "ben");
    calls(&mut bench, "call-1", 1, &["ben"]);
    bench.seconds(10);
    let out = |outcome: &Outcome| {
        matches!(outcome, Outcome::FlowedOut { reason: FlowOutReason::MaxWait, .. })
    };
    assert!(out(&bench.outcomes()[0]), "{:?}", bench.outcomes());
    let last = bench.requests_opened();
    assert_eq!(last.last().unwrap().target, Target::Queue, "nobody is preferred there");
}

#[test]
fn the_wait_and_its_steps_count_from_the_entry() {
    let queue = sales()
        .preferred(held())
        .max_wait(secs(50))
        .relax(RelaxationStep::after(secs(30)).instead("anybody"));
    let mut bench = Bench::new(center(queue));
    for agent in ["ana", "ben"] {
        bench.sign_in(agent);
        busy(&mut bench, agent);
    }
    bench.sign_in("cem");
    calls(&mut bench, "call-1", 1, &["ben"]);
    bench.seconds(20);
    let released = bench.events().rev().find_map(|event| match event {
        Event::Request(RequestEvent::Retargeted { target, wait_until, .. }) => {
            Some((target.clone(), *wait_until))
        }
        _ => None,
    });
    assert_eq!(released, Some((Target::Queue, Some(START + secs(50)))));
    bench.seconds(10);
    assert_eq!(agents(&bench), [CEM]);
}

#[test]
fn the_rule_is_checked() {
    let faults = |rule: Preferred| {
        let mut center = center(sales());
        center.queues.get_mut("q").unwrap().preferred = rule;
        match validate(&center) {
            Ok(warnings) => warnings.iter().map(ToString::to_string).collect::<Vec<_>>(),
            Err(faults) => faults.iter().map(ToString::to_string).collect(),
        }
    };
    let said = |rule, what: &str| faults(rule).iter().any(|fault| fault.contains(what));
    assert!(said(Preferred::new(secs(-1)), "preferred.hold_for: -1s is negative"));
    assert!(said(Preferred::new(secs(0)).last_agent(secs(9)), "nobody is waited for"));
    assert!(said(Preferred::new(secs(5)).last_agent(secs(0)), "must be longer than 0s"));
    let beyond = Preferred::new(secs(5)).last_agent(Duration::from_hours(25));
    assert!(said(beyond, "is beyond the conversation_retention"));
}
