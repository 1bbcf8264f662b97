//! What queues ask of agents: who is offered the work, and what changes when agents or queues do.

use crate::support::{Bench, key, refusal};
use switchboard::message::{CommandBody, RejectionReason};
use switchboard::model::{
    Agent, Center, CenterBuilder, Change, Draft, EntryPoint, Queue, Requirement, Site, Skill, Team,
};
use switchboard::{Question, Unmeetable, Verdict};

/// A queue `q` with an entry point `100`, and what it may ask for.
fn center(asked: &str) -> CenterBuilder {
    Center::builder()
        .skill("spanish", Skill::new("Spanish"))
        .skill("billing", Skill::new("Bills"))
        .site("madrid", Site::new("Madrid"))
        .site("porto", Site::new("Porto"))
        .team("north", Team::new("North").site("madrid"))
        .queue("q", Queue::new().requirement(asked))
        .entry_point("main", EntryPoint::voice("100").to_queue("q"))
}

fn agent() -> Draft<Agent> {
    Agent::new("")
}

/// Whom a call is offered to with these two at work, the one who may not first in the line of the idle.
fn served(asked: &str, not: Draft<Agent>, may: Draft<Agent>) -> Option<String> {
    let center = center(asked).agent("not", not).agent("may", may).build().unwrap();
    let mut bench = Bench::new(center);
    bench.sign_in("not");
    bench.seconds(1);
    bench.sign_in("may");
    let _ = bench.call("app", "call-1", "100");
    offered_to(&bench)
}

/// Who has the call, by the engine's explanation.
fn offered_to(bench: &Bench) -> Option<String> {
    let request = *bench.requests().last().unwrap();
    bench.engine.explain(Question::Request(request))?.offered_to.map(|agent| agent.to_string())
}

#[test]
fn a_call_goes_to_whoever_meets_the_expression() {
    let spanish = |level| agent().skill("spanish", level);
    for (asked, not, may) in [
        ("spanish >= 3", spanish(2), spanish(3)),
        ("spanish < 3", spanish(3), agent()),
        ("spanish <= 3 and spanish", agent(), spanish(3)),
        ("spanish == 3 or billing", spanish(2), agent().skill("billing", 1)),
        ("spanish != 3", spanish(3), spanish(4)),
        ("not spanish", spanish(1), agent()),
        ("site == \"madrid\"", agent().site("porto"), agent().site("madrid")),
        // The site is the team's for who has none of his own.
        ("site == \"madrid\"", agent().team("north").site("porto"), agent().team("north")),
        ("site != \"madrid\"", agent().team("north"), agent()),
        ("team == \"north\"", agent(), agent().team("north")),
        ("agent != \"not\"", agent(), agent()),
        ("agent in (\"may\")", agent(), agent()),
        ("language == \"ES-es\"", agent().language("es"), agent().language("en").language("es-ES")),
        ("tenure >= 6", agent().tenure(5), agent().tenure(6)),
        ("tenure < 6", agent(), agent().tenure(0)),
        ("not tenure >= 6", agent().tenure(6), agent()),
        ("cost < 2500", agent().cost(2500), agent().cost(2499)),
        ("tier == \"gold\"", agent().attribute("tier", "Gold"), agent().attribute("tier", "gold")),
        ("tier not in (\"gold\", \"tin\")", agent().attribute("tier", "tin"), agent()),
        (
            "spanish >= 3 and (billing >= 2 or tier == \"gold\") and not site == \"porto\"",
            spanish(5).attribute("tier", "gold").site("porto"),
            spanish(3).attribute("tier", "gold"),
        ),
    ] {
        assert_eq!(served(asked, not, may).as_deref(), Some("may"), "{asked}");
    }
}

/// Teams in their turn, each among those who meet the expression.
#[test]
fn teams_are_asked_in_turn_among_those_who_meet_it() {
    let queue = Queue::new().requirement("not tenure < 6").team("second").team("first");
    let center = Center::builder()
        .team("first", Team::new(""))
        .team("second", Team::new(""))
        .queue("q", queue)
        .entry_point("main", EntryPoint::voice("100").to_queue("q"))
        .agent("ana", agent().team("first").tenure(9))
        .agent("ben", agent().team("second").tenure(5))
        .agent("cleo", agent().team("second"))
        .build();
    let mut bench = Bench::new(center.unwrap());
    for name in ["ana", "ben", "cleo"] {
        bench.sign_in(name);
        bench.seconds(1);
    }
    for (name, expected) in [("call-1", Some("cleo")), ("call-2", Some("ana")), ("call-3", None)] {
        let _ = bench.call("app", name, "100");
        assert_eq!(offered_to(&bench).as_deref(), expected);
    }
}

#[test]
fn an_agent_whose_attributes_change_takes_the_call_in_the_same_step() {
    let asked = "tier == \"gold\" and not tenure < 6";
    let before = || agent().attribute("tier", "tin").tenure(3);
    let center = center(asked).agent("ana", before()).agent("ben", before()).build().unwrap();
    let mut bench = Bench::new(center);
    bench.sign_in("ben");
    bench.sign_in("ana");
    let _ = bench.call("app", "call-1", "100");
    let becomes = |agent: Draft<Agent>| Change::Agent {
        key: key("ana"),
        to: Some(agent.auto_answer().build().unwrap()),
    };
    bench.configures(vec![becomes(before().attribute("tier", "gold"))]);
    assert!(bench.offered().is_empty());
    bench.configures(vec![becomes(agent().attribute("tier", "gold").tenure(6))]);
    assert_eq!(bench.offered(), bench.requests(), "offered in the step of the change");
    // And the other way: who no longer meets it gets no more.
    let offer = bench.offer();
    let _ = bench.command(CommandBody::AcceptOffer { offer });
    bench.configures(vec![becomes(before())]);
    let _ = bench.hangs_up("app", "call-1");
    let _ = bench.call("app", "call-2", "100");
    assert_eq!(bench.offered().len(), 1);
}

#[test]
fn those_who_wait_are_served_in_order_when_their_queue_asks_for_less() {
    let mut bench = Bench::new(center("site == \"porto\"").agent("ana", agent()).build().unwrap());
    bench.sign_in("ana");
    for name in ["call-1", "call-2"] {
        let _ = bench.call("app", name, "100");
        bench.seconds(1);
    }
    assert!(bench.offered().is_empty());
    let queue = |asked: &str| Change::Queue {
        key: key("q"),
        to: Some(Box::new(Queue::new().requirement(asked).build().unwrap())),
    };
    bench.configures(vec![queue("site in (\"porto\", \"madrid\")")]);
    assert!(bench.offered().is_empty());
    bench.configures(vec![queue("site in (\"porto\", \"madrid\") or not spanish")]);
    assert_eq!(bench.offered(), bench.requests()[..1]);
}

/// The site of a team is that of its members.
#[test]
fn a_team_that_moves_takes_its_agents_along() {
    let center = center("site == \"porto\"").agent("ana", agent().team("north")).build().unwrap();
    let mut bench = Bench::new(center);
    bench.sign_in("ana");
    let _ = bench.call("app", "call-1", "100");
    assert!(bench.offered().is_empty());
    let team = Team::new("North").site("porto").build().unwrap();
    bench.configures(vec![Change::Team { key: key("north"), to: Some(team) }]);
    assert_eq!(bench.offered().len(), 1);
}

#[test]
fn a_requirement_that_nobody_meets_is_explained() {
    let asked = "spanish >= 3 and site == \"porto\"";
    let center = center(asked).agent("ana", agent().skill("spanish", 5)).agent("ben", agent());
    let mut bench = Bench::new(center.build().unwrap());
    bench.sign_in("ana");
    let _ = bench.call("app", "call-1", "100");
    let question = Question::Request(bench.requests()[0]);
    let told = bench.engine.explain(question).unwrap();
    assert_eq!((told.agents.as_slice(), told.not_capable), ([].as_slice(), 2));
    assert_eq!(told.unmeetable, Some(Unmeetable::NobodyConfigured));
    assert_eq!(told.requirement, asked.parse().unwrap());
    let text = told.to_string();
    let expected = "  nobody who is configured can serve it: it asks for spanish >= 3 and site == \"porto\"\n  \
                    it waits until that is changed, or the customer leaves\n";
    assert!(text.ends_with(expected), "{text}");

    let asks = |asked: &str, team: bool| {
        let queue = Queue::new().requirement(asked);
        let queue = if team { queue.team("north") } else { queue };
        Change::Queue { key: key("q"), to: Some(Box::new(queue.build().unwrap())) }
    };
    bench.configures(vec![asks("spanish >= 3 and not spanish", false)]);
    let told = bench.engine.explain(question).unwrap();
    assert_eq!(told.unmeetable, Some(Unmeetable::Contradiction));
    assert!(told.to_string().contains("nobody can ever serve it"), "{told}");
    bench.configures(vec![asks("spanish", true)]);
    let told = bench.engine.explain(question).unwrap();
    assert_eq!(
        (told.unmeetable, told.teams.as_slice()),
        (Some(Unmeetable::NobodyConfigured), [key("north")].as_slice())
    );
    assert!(told.to_string().contains("it asks for spanish of north\n"), "{told}");
    // Somebody who could, though away, makes it an ordinary wait.
    bench.configures(vec![asks("not spanish", false)]);
    let told = bench.engine.explain(question).unwrap();
    assert_eq!(told.unmeetable, None);
    assert_eq!(told.agents.iter().map(|a| a.verdict).collect::<Vec<_>>(), [Verdict::SignedOut]);
}

#[test]
fn who_takes_a_request_by_hand_must_meet_it() {
    let asked = "not site == \"porto\"";
    let center = center(asked).agent("ana", agent().site("porto")).agent("ben", agent());
    let mut bench = Bench::new(center.build().unwrap());
    let _ = bench.call("app", "call-1", "100");
    bench.sign_in("ana");
    let request = bench.requests()[0];
    let pulls = |agent: &str| CommandBody::PullRequest { agent: key(agent), request };
    let refused = refusal(bench.command_of("ana", pulls("ana")));
    assert_eq!(refused.reason, RejectionReason::WrongState("not one who may serve it".into()));
    assert!(bench.offered().is_empty());
    bench.sign_in("ben");
    assert_eq!(offered_to(&bench).as_deref(), Some("ben"));
}

/// The last word of a snapshot and of a journal is the text; what comes out of them is the same.
#[test]
fn a_restored_engine_asks_the_same() {
    let requirement: Requirement = "spanish or tier == \"gold\"".parse().unwrap();
    let center = center(&requirement.to_string()).agent("ana", agent().attribute("tier", "gold"));
    let mut bench = Bench::new(center.build().unwrap());
    bench.sign_in("ana");
    let _ = bench.call("app", "call-1", "100");
    // The bench's replica follows each record; a fresh one reads them from their bytes.
    let records = bench.records.iter().map(|record| {
        let bytes = switchboard::message::codec::encode(record).unwrap();
        switchboard::message::codec::decode(&bytes).unwrap()
    });
    let records: Vec<_> = records.collect();
    assert_eq!(records, bench.records);
    let mut replica = switchboard::Replica::open(&records[0]).unwrap();
    for record in &records[1..] {
        replica.apply(record).unwrap();
    }
    assert_eq!(replica.state_hash(), bench.engine.state_hash());
    assert_eq!(offered_to(&bench).as_deref(), Some("ana"));
}
