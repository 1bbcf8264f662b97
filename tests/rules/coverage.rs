//! Coverage: who stands in for an agent who alone is wanted, and cannot.

use crate::support::{Bench, key};
use switchboard::id::{AgentId, QueueId};
use switchboard::message::{
    CommandBody, Destination, EffectKind, FlowOutReason, Outcome, RequestCause, RequestOpened,
    Target,
};
use switchboard::model::{Agent, Center, Change, EntryPoint, Host, Queue, Skill, Team};
use switchboard::time::Duration;

// Numbers go by the order of the keys.
const BEN: AgentId = AgentId(1);
const CEM: AgentId = AgentId(2);
const BILLING: QueueId = QueueId(0);
const GENERAL: QueueId = QueueId(1);

/// Ana takes the calls. Cem, of the team that stands in for himself, is wanted by name; of that team are
/// Ben and Dan too.
fn center() -> Center {
    Center::builder()
        .host("pbx", Host::new("PBX"))
        .skill("calls", Skill::new("Calls"))
        .team("blue", Team::new("Blue"))
        .queue("billing", Queue::new().requires("calls", 1))
        .queue("general", Queue::new())
        .entry_point("main", EntryPoint::voice("100").to_queue("billing"))
        .agent("ana", Agent::new("Ana").skill("calls", 1).phone("pbx", "1"))
        .agent("ben", Agent::new("Ben").team("blue").phone("pbx", "2"))
        .agent("cem", Agent::new("Cem").team("blue").coverage_team("blue").phone("pbx", "3"))
        .agent("dan", Agent::new("Dan").team("blue").phone("pbx", "4"))
        .policies(|policies| policies.direct_wait = Duration::from_secs(20))
        .build()
        .unwrap()
}

/// Ana has a customer, and these are at work but not ready.
fn at_work(center: Center, others: &[&str]) -> Bench {
    let mut bench = Bench::new(center);
    bench.sign_in("ana");
    for agent in others {
        bench.sign_in(agent);
        bench.does(CommandBody::SetPresence { agent: key(agent), ready: false, reason: None });
    }
    let _ = bench.call("pbx", "call-1", "100");
    bench.accept_all();
    bench.done("pbx", |kind| matches!(kind, EffectKind::Answer { .. }));
    bench.joins("pbx");
    bench.seconds(30);
    bench
}

/// Ana hands the customer on to Cem.
fn wants_cem(bench: &mut Bench) {
    let engagement = bench.engagement();
    let (to, boost, fallback) = (Destination::Agent(key("cem")), None, None);
    bench.does(CommandBody::Transfer { engagement, to, boost, fallback });
}

fn last(bench: &Bench) -> RequestOpened {
    bench.requests_opened().pop().unwrap()
}

fn covered(to: QueueId) -> Outcome {
    Outcome::FlowedOut { reason: FlowOutReason::Coverage, to: Some(to) }
}

#[test]
fn the_members_of_a_team_who_are_at_work_stand_in_by_name() {
    let mut bench = at_work(center(), &["cem", "ben"]);
    wants_cem(&mut bench);
    let direct = last(&bench);
    bench.seconds(20);
    assert_eq!(bench.outcomes().last(), Some(&covered(BILLING)));
    let team = last(&bench);
    assert_eq!(team.target, Target::Agents(vec![BEN]), "Dan is at home, Cem has had his time");
    assert_eq!((team.cause, team.parent), (RequestCause::Coverage, Some(direct.id)));
    assert_eq!((team.order_at, team.boost), (direct.order_at, direct.boost));
    assert_eq!(team.home_queue, BILLING, "where the customer came through");
    bench.does(CommandBody::SetPresence { agent: key("ben"), ready: true, reason: None });
    assert_eq!(bench.offered().last(), Some(&team.id), "though not one of the queue's agents");
}

#[test]
fn a_team_is_waited_for_as_long_as_an_agent_then_comes_the_queue() {
    let mut bench = at_work(center(), &["cem", "ben"]);
    wants_cem(&mut bench);
    bench.seconds(20);
    let team = last(&bench);
    bench.seconds(19);
    assert_eq!(last(&bench).id, team.id);
    bench.seconds(1);
    let queue = last(&bench);
    assert_eq!((queue.parent, queue.home_queue), (Some(team.id), BILLING));
    assert_eq!((queue.target, queue.cause), (Target::Queue, RequestCause::Overflow));
    assert_eq!(queue.order_at, team.order_at);
}

#[test]
fn a_team_of_which_nobody_is_at_work_is_passed_over_at_once() {
    let mut bench = at_work(center(), &[]);
    wants_cem(&mut bench);
    assert_eq!(last(&bench).target, Target::Queue);
    let causes: Vec<_> = bench.requests_opened().iter().map(|opened| opened.cause).collect();
    let (direct, queue) = (RequestCause::Transfer, RequestCause::Overflow);
    assert_eq!(causes, [RequestCause::Initial, direct, queue], "in one step");
}

#[test]
fn a_team_that_goes_home_is_waited_for_no_longer() {
    let mut bench = at_work(center(), &["ben", "dan"]);
    wants_cem(&mut bench);
    let team = last(&bench);
    assert_eq!(team.target, Target::Agents(vec![BEN, AgentId(3)]), "Cem is at home");
    bench.does(CommandBody::SignOut { agent: key("ben"), force: false });
    assert_eq!(last(&bench).id, team.id, "Dan is still there");
    bench.does(CommandBody::SignOut { agent: key("dan"), force: false });
    assert_eq!((last(&bench).target, last(&bench).home_queue), (Target::Queue, BILLING));
}

#[test]
fn the_coverage_of_a_team_leads_no_further() {
    let mut center = center();
    // Ben stands in for Cem, and Cem's team for Ben.
    let coverage = center.agents[&key("cem")].coverage.clone();
    center.agents.get_mut(&key("ben")).unwrap().coverage = coverage;
    let mut bench = at_work(center, &["ben", "cem"]);
    wants_cem(&mut bench);
    bench.seconds(20);
    assert_eq!(last(&bench).target, Target::Agents(vec![BEN]));
    bench.seconds(20);
    assert_eq!(last(&bench).target, Target::Queue);
}

#[test]
fn whoever_hands_a_customer_on_does_not_stand_in() {
    let mut center = center();
    center.agents.get_mut(&key("ana")).unwrap().team = Some(key("blue"));
    let mut bench = at_work(center, &[]);
    wants_cem(&mut bench);
    assert_eq!(last(&bench).target, Target::Queue, "Ana alone of the team is at work");
}

#[test]
fn a_queue_stands_in_for_an_agent() {
    let mut center = center();
    let cem = Agent::new("Cem").coverage_queue("general").build().unwrap();
    center.agents.insert(key("cem"), cem);
    let mut bench = at_work(center, &["ben"]);
    wants_cem(&mut bench);
    assert_eq!(bench.outcomes().last(), Some(&covered(GENERAL)), "Cem is at home");
    assert_eq!(last(&bench).home_queue, GENERAL);
}

#[test]
fn what_a_team_is_wanted_for_is_the_heirs_when_its_queue_goes() {
    let mut center = center();
    center.queues.get_mut(&key("billing")).unwrap().heir = Some(key("general"));
    let mut bench = at_work(center, &["cem", "ben"]);
    wants_cem(&mut bench);
    bench.seconds(20);
    assert_eq!(last(&bench).target, Target::Agents(vec![BEN]));
    bench.configures(vec![
        Change::EntryPoint { key: key("main"), to: None },
        Change::Queue { key: key("billing"), to: None },
    ]);
    bench.seconds(1);
    assert_eq!((last(&bench).home_queue, last(&bench).target), (GENERAL, Target::Queue));
}

#[test]
fn a_changed_coverage_holds_for_those_who_wait() {
    let mut bench = at_work(center(), &["cem", "ben"]);
    wants_cem(&mut bench);
    let cem = Agent::new("Cem").coverage_queue("general").build().unwrap();
    bench.configures(vec![Change::Agent { key: key("cem"), to: Some(cem) }]);
    bench.seconds(20);
    assert_eq!(last(&bench).home_queue, GENERAL);
    assert!(!matches!(last(&bench).target, Target::Agents(agents) if agents.contains(&CEM)));
}
