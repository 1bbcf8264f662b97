//! Relaxation: who may serve a request that waits on, step by step.

use crate::support::{Bench, START, key};
use switchboard::id::{ExternalRef, RequestId};
use switchboard::message::{
    Arrival, Choice, CommandBody, Event, FlowOutReason, HostReport, Input, OfferEvent, Output,
    RequestEvent,
};
use switchboard::model::{
    Agent, Center, CenterBuilder, Change, Channel, Draft, EntryPoint, Guard, Hours, NoAgents,
    Queue, RelaxationStep, Skill, Team, Weekday, validate,
};
use switchboard::time::Duration;
use switchboard::{Engine, Question, StepState, explain_at};

const fn secs(secs: i64) -> Duration {
    Duration::from_secs(secs)
}

fn floor() -> CenterBuilder {
    Center::builder()
        .skill("spanish", Skill::new("Spanish").levels(5))
        .skill("sales", Skill::new("Sales").levels(5))
        .team("day", Team::new("Day"))
        .team("night", Team::new("Night"))
        .agent("ana", Agent::new("Ana").skill("spanish", 5).team("day"))
        .agent("ben", Agent::new("Ben").skill("spanish", 2).team("night"))
        .agent("cem", Agent::new("Cem").skill("sales", 5).team("day"))
}

fn center(queue: Draft<Queue>) -> Center {
    floor()
        .queue("q", queue)
        .queue("sales", Queue::new().requires("sales", 3))
        .entry_point("main", EntryPoint::voice("100").to_queue("q"))
        .entry_point("sales", EntryPoint::voice("200").to_queue("sales"))
        .build()
        .unwrap()
}

fn expert() -> Draft<Queue> {
    Queue::new().requires("spanish", 4)
}

/// Ben, who is no expert, and Cem, who speaks no Spanish, are there; Ana is not.
fn bench(queue: Draft<Queue>) -> Bench {
    let mut bench = Bench::new(center(queue));
    bench.sign_in("ben");
    bench.sign_in("cem");
    bench
}

/// A call, and what it waits as.
fn calls(bench: &mut Bench, name: &str) -> RequestId {
    let _ = bench.call("app", name, "100");
    *bench.requests().last().unwrap()
}

/// Which agents got offers, in order.
fn agents(bench: &Bench) -> Vec<String> {
    let names = ["ana", "ben", "cem", "dan"];
    choices(bench).into_iter().map(|(agent, _)| names[agent as usize].to_owned()).collect()
}

fn choices(bench: &Bench) -> Vec<(u32, Choice)> {
    let made = |event: &Event| match event {
        Event::Offer(OfferEvent::Made(made)) => Some((made.agent.0, made.choice.clone())),
        _ => None,
    };
    bench.events().filter_map(made).collect()
}

/// The steps in force and the number decided, as last said.
fn relaxed(bench: &Bench) -> Option<(Vec<u8>, u8)> {
    bench.events().rev().find_map(|event| match event {
        Event::Request(RequestEvent::Relaxed { steps, decided, .. }) => {
            Some((steps.clone(), *decided))
        }
        _ => None,
    })
}

#[test]
fn a_step_lets_others_serve_at_its_time_and_not_before() {
    let mut bench = bench(expert().relax(RelaxationStep::after(secs(30)).or("spanish >= 2")));
    calls(&mut bench, "call-1");
    bench.wait(secs(30) - Duration::from_micros(1));
    assert!(agents(&bench).is_empty());
    bench.wait(Duration::from_micros(1));
    assert_eq!(agents(&bench), ["ben"]);
    assert_eq!(bench.now, START + secs(30));
    assert_eq!(choices(&bench)[0].1.step, 1, "the offer says under which step");
}

#[test]
fn additive_steps_keep_who_could_serve_before_and_replacing_ones_do_not() {
    for (step, who) in [
        (RelaxationStep::after(secs(30)).or("sales >= 1"), vec!["ana"]),
        (RelaxationStep::after(secs(30)).instead("sales >= 1"), vec![]),
    ] {
        let mut bench = Bench::new(center(expert().relax(step)));
        calls(&mut bench, "call-1");
        bench.seconds(30);
        bench.sign_in("ana");
        assert_eq!(agents(&bench), who);
        bench.does(CommandBody::SignOut { agent: key("ana"), force: true });
        bench.sign_in("cem");
        assert_eq!(agents(&bench).last().map(String::as_str), Some("cem"));
    }
}

#[test]
fn steps_count_from_the_entry_and_no_offer_moves_them() {
    let queue = expert().relax(RelaxationStep::after(secs(30)).or("spanish >= 2"));
    let mut bench = Bench::new(center(queue));
    bench.sign_in("ana");
    calls(&mut bench, "call-1");
    bench.seconds(10);
    bench.does(CommandBody::RejectOffer { offer: bench.offer(), reason: None });
    bench.sign_in("ben");
    bench.seconds(19);
    assert_eq!(agents(&bench), ["ana"]);
    bench.seconds(1);
    assert_eq!(agents(&bench), ["ana", "ben"]);
}

#[test]
fn a_step_that_falls_due_while_an_agent_is_alerted_holds_afterwards() {
    let queue = expert().relax(RelaxationStep::after(secs(10)).or("spanish >= 2"));
    let mut bench = Bench::new(center(queue));
    bench.sign_in("ana");
    bench.sign_in("ben");
    calls(&mut bench, "call-1");
    bench.seconds(15);
    assert_eq!(agents(&bench), ["ana"]);
    bench.does(CommandBody::RejectOffer { offer: bench.offer(), reason: None });
    assert_eq!(agents(&bench), ["ana", "ben"]);
}

#[test]
fn after_the_last_step_nobody_else_serves() {
    let mut bench = bench(expert().relax(RelaxationStep::after(secs(5)).or("spanish >= 3")));
    calls(&mut bench, "call-1");
    bench.wait(Duration::from_hours(2));
    assert!(agents(&bench).is_empty(), "there is no implicit last step");
    assert_eq!(relaxed(&bench), Some((vec![1], 1)));
}

#[test]
fn a_step_may_give_credit_against_other_queues() {
    let queue = expert().relax(RelaxationStep::after(secs(30)).boost(secs(60)));
    let mut bench = Bench::new(center(queue));
    let _ = bench.call("app", "call-1", "200");
    bench.seconds(10);
    let later = calls(&mut bench, "call-2");
    let due = |bench: &Bench| bench.engine.explain(Question::Request(later)).unwrap();
    let before = due(&bench);
    bench.seconds(30);
    let after = due(&bench);
    assert_eq!(after.due_at, before.due_at - secs(60));
    assert_eq!(after.boost, before.boost + secs(60));
}

#[test]
fn credit_that_somebody_sets_by_hand_comes_beside_that_of_steps() {
    let queue = expert().relax(RelaxationStep::after(secs(30)).boost(secs(60)));
    let mut bench = Bench::new(center(queue));
    let request = calls(&mut bench, "call-1");
    bench.seconds(30);
    bench.does(CommandBody::PrioritizeRequest { request, boost: secs(5) });
    let why = bench.engine.explain(Question::Request(request)).unwrap();
    assert_eq!((why.boost, why.due_at), (secs(65), START + secs(20 - 65)));
}

#[test]
fn nothing_is_left_of_it_when_the_customer_leaves() {
    let queue = expert().relax(RelaxationStep::after(secs(600)).boost(secs(60)));
    let mut bench = Bench::new(center(queue));
    calls(&mut bench, "call-1");
    let _ = bench.hangs_up("app", "call-1");
    bench.seconds(120);
    let left = bench.engine.next_deadline().map(|at| at > START + Duration::from_hours(1));
    assert_ne!(left, Some(false), "but for what is remembered of the customer");
}

#[test]
fn credit_of_steps_does_not_go_along_to_another_queue() {
    let queue = expert()
        .relax(RelaxationStep::after(secs(5)).boost(secs(60)))
        .max_wait(secs(20))
        .overflow_to("sales");
    let mut bench = bench(queue);
    bench.does(CommandBody::SignOut { agent: key("cem"), force: true });
    calls(&mut bench, "call-1");
    bench.seconds(20);
    let [first, second] = &bench.requests_opened()[..] else { panic!("flows out") };
    assert_eq!(second.boost, first.boost);
}

#[test]
fn agents_of_a_queue_that_is_added_serve_too() {
    let mut bench = bench(expert().relax(RelaxationStep::after(secs(30)).add_queue("sales")));
    calls(&mut bench, "call-1");
    bench.seconds(30);
    assert_eq!(agents(&bench), ["cem"]);
    let seq = bench.records.last().unwrap().seq;
    let told = &explain_at(None, &bench.records, seq).unwrap()[0];
    assert_eq!(told.served_via, Some(key("sales")));
    assert!(told.to_string().contains("under step 1, through sales"), "{told}");
}

#[test]
fn whoever_meets_the_queues_own_requirement_goes_before_agents_of_others() {
    let queue = expert().relax(RelaxationStep::after(secs(0)).add_queue("sales"));
    let mut bench = Bench::new(center(queue));
    bench.sign_in("cem");
    bench.seconds(60);
    bench.sign_in("ana");
    calls(&mut bench, "call-1");
    assert_eq!(agents(&bench), ["ana"], "though idle for less long");
    let seq = bench.records.last().unwrap().seq;
    assert_eq!(explain_at(None, &bench.records, seq).unwrap()[0].served_via, None);
    bench.does(CommandBody::RejectOffer { offer: bench.offer(), reason: None });
    assert_eq!(agents(&bench), ["ana", "cem"]);
}

#[test]
fn agents_of_a_queue_that_is_removed_serve_no_more() {
    let step = RelaxationStep::after(secs(30)).add_queue("sales").remove_queue("q");
    let mut bench = Bench::new(center(expert().relax(step)));
    calls(&mut bench, "call-1");
    bench.seconds(30);
    bench.sign_in("ana");
    assert!(agents(&bench).is_empty());
    bench.sign_in("cem");
    assert_eq!(agents(&bench), ["cem"]);
}

// -- guards -------------------------------------------------------------------------------------------

fn nobody() -> Guard {
    Guard::Nobody(NoAgents::NoneSignedIn)
}

#[test]
fn a_step_whose_guard_does_not_hold_when_it_is_due_is_passed_over() {
    let queue = expert()
        .relax(RelaxationStep::after(secs(10)).when(nobody()).or("spanish >= 2"))
        .relax(RelaxationStep::after(secs(20)).boost(secs(1)));
    let mut bench = Bench::new(center(queue));
    bench.sign_in("ana");
    bench.does(CommandBody::SetPresence { agent: key("ana"), ready: false, reason: None });
    calls(&mut bench, "call-1");
    bench.sign_in("ben");
    bench.seconds(10);
    assert_eq!(relaxed(&bench), Some((vec![], 1)));
    // Never again, though it would hold now.
    bench.does(CommandBody::SignOut { agent: key("ana"), force: true });
    bench.seconds(10);
    assert_eq!(relaxed(&bench), Some((vec![2], 2)));
    assert!(agents(&bench).is_empty());
}

#[test]
fn where_no_expert_is_there_others_serve_at_once() {
    let queue = || expert().relax(RelaxationStep::once(nobody()).or("spanish >= 2"));
    let mut one = bench(queue());
    calls(&mut one, "call-1");
    assert_eq!(agents(&one), ["ben"], "in the step in which it came");
    // With an expert there, though away from work, it waits for her, until she leaves.
    let mut bench = bench(queue());
    bench.sign_in("ana");
    bench.does(CommandBody::SetPresence { agent: key("ana"), ready: false, reason: None });
    calls(&mut bench, "call-1");
    bench.wait(Duration::from_mins(5));
    assert!(agents(&bench).is_empty());
    bench.does(CommandBody::SignOut { agent: key("ana"), force: false });
    assert_eq!(agents(&bench), ["ben"], "in the step in which she left");
}

#[test]
fn where_no_expert_takes_work_others_serve() {
    let guard = Guard::Nobody(NoAgents::NoneRoutable);
    let mut bench = bench(expert().relax(RelaxationStep::once(guard).or("spanish >= 2")));
    bench.sign_in("ana");
    bench.does(CommandBody::SetRoutability {
        agent: key("ana"),
        on: switchboard::message::RoutabilityScope::Channel(Channel::Voice),
        routable: false,
        reason: None,
    });
    calls(&mut bench, "call-1");
    assert!(agents(&bench).is_empty(), "she is ready for other work");
    bench.does(CommandBody::SetPresence { agent: key("ana"), ready: false, reason: None });
    assert_eq!(agents(&bench), ["ben"]);
}

#[test]
fn a_step_may_wait_for_so_many_in_the_queue() {
    let guard = Guard::DepthOver(2);
    let mut bench = bench(expert().relax(RelaxationStep::once(guard).or("spanish >= 2")));
    calls(&mut bench, "call-1");
    calls(&mut bench, "call-2");
    assert!(agents(&bench).is_empty());
    calls(&mut bench, "call-3");
    assert_eq!(agents(&bench), ["ben"]);
    assert_eq!(bench.offered(), bench.requests()[..1], "the first of them");
}

#[test]
fn whoever_stands_far_behind_takes_the_step_also_when_overtaken() {
    let guard = Guard::PositionOver(2);
    let queue = expert().relax(RelaxationStep::once(guard).or("spanish >= 2"));
    let mut bench = Bench::new(center(queue));
    let [_, second, third, fourth] = ["1", "2", "3", "4"].map(|name| calls(&mut bench, name));
    // The last goes first from now on, so that the second is third.
    bench.does(CommandBody::PrioritizeRequest { request: fourth, boost: secs(600) });
    bench.sign_in("ben");
    for _ in 0..3 {
        bench.does(CommandBody::RejectOffer { offer: bench.offer(), reason: None });
    }
    assert_eq!(bench.offered(), [fourth, second, third]);
}

#[test]
fn whoever_waits_by_name_may_fall_behind_as_well() {
    let guard = Guard::PositionOver(1);
    let mut bench = bench(expert().relax(RelaxationStep::once(guard).or("spanish >= 2")));
    bench.sign_in("ana");
    bench.does(CommandBody::SetPresence { agent: key("ana"), ready: false, reason: None });
    let first = calls(&mut bench, "call-1");
    bench.does(CommandBody::AssignRequest { request: first, agent: key("ana") });
    bench.does(CommandBody::SetPresence { agent: key("ben"), ready: false, reason: None });
    calls(&mut bench, "call-2");
    let relaxed = |bench: &Bench| {
        let ids = bench.events().filter_map(|event| match event {
            Event::Request(RequestEvent::Relaxed { id, steps, .. }) if !steps.is_empty() => {
                Some(*id)
            }
            _ => None,
        });
        ids.collect::<Vec<_>>()
    };
    assert!(relaxed(&bench).is_empty());
    bench.does(CommandBody::PrioritizeRequest { request: first, boost: secs(-1) });
    assert_eq!(relaxed(&bench), [first]);
}

#[test]
fn whoever_comes_back_into_the_line_may_push_others_behind() {
    let guard = Guard::PositionOver(2);
    let queue = expert().relax(RelaxationStep::once(guard).or("spanish >= 2"));
    let mut bench = Bench::new(center(queue));
    bench.sign_in("ana");
    let [first, second, third] = ["1", "2", "3"].map(|name| calls(&mut bench, name));
    bench.sign_in("ben");
    assert_eq!(bench.offered(), [first], "the other two are first and second in the line");
    bench.does(CommandBody::RejectOffer { offer: bench.offer(), reason: None });
    assert_eq!(bench.offered(), [first, second, third]);
    assert_eq!(agents(&bench), ["ana", "ana", "ben"]);
}

#[test]
fn who_waits_by_name_counts_among_those_in_the_queue() {
    let guard = Guard::DepthOver(1);
    let mut bench = bench(expert().relax(RelaxationStep::once(guard).or("spanish >= 2")));
    bench.sign_in("ana");
    bench.does(CommandBody::SetPresence { agent: key("ana"), ready: false, reason: None });
    let first = calls(&mut bench, "call-1");
    bench.does(CommandBody::AssignRequest { request: first, agent: key("ana") });
    calls(&mut bench, "call-2");
    assert_eq!(agents(&bench), ["ben"]);
}

#[test]
fn an_expert_who_is_none_any_more_leaves_nobody_there() {
    let mut bench = bench(expert().relax(RelaxationStep::once(nobody()).or("spanish >= 2")));
    bench.sign_in("ana");
    bench.does(CommandBody::SetPresence { agent: key("ana"), ready: false, reason: None });
    calls(&mut bench, "call-1");
    assert!(agents(&bench).is_empty());
    let ana = Agent::new("Ana").skill("spanish", 1).build().unwrap();
    let change = Change::Agent { key: key("ana"), to: Some(ana) };
    let base_version = bench.engine.config_version();
    bench.does(CommandBody::Configure { base_version, changes: vec![change] });
    assert_eq!(agents(&bench), ["ben"], "in the step of the change");
}

#[test]
fn an_expert_who_takes_nothing_of_the_queue_leaves_nobody_there() {
    let guard = Guard::Nobody(NoAgents::NoneRoutable);
    let mut bench = bench(expert().relax(RelaxationStep::once(guard).or("spanish >= 2")));
    bench.sign_in("ana");
    calls(&mut bench, "call-0");
    bench.does(CommandBody::AcceptOffer { offer: bench.offer() });
    calls(&mut bench, "call-1");
    assert_eq!(agents(&bench), ["ana"], "she comes back to it");
    let on = switchboard::message::RoutabilityScope::Queue(key("q"));
    bench.does(CommandBody::SetRoutability {
        agent: key("ana"),
        on,
        routable: false,
        reason: None,
    });
    assert_eq!(agents(&bench), ["ana", "ben"]);
}

#[test]
fn a_step_may_hold_in_some_hours_only() {
    let center = |from: &str, to: &str| {
        let queue = expert().relax(
            RelaxationStep::after(secs(5)).when(Guard::During(key("evening"))).or("spanish >= 2"),
        );
        let hours = Hours::new().open(&Weekday::ALL, from, to);
        let center = floor().hours("evening", hours).queue("q", queue);
        center.entry_point("main", EntryPoint::voice("100").to_queue("q")).build().unwrap()
    };
    for (from, to, served) in [("00:00", "24:00", 1), ("03:00", "03:01", 0)] {
        let mut bench = Bench::new(center(from, to));
        bench.sign_in("ben");
        calls(&mut bench, "call-1");
        bench.seconds(5);
        assert_eq!(agents(&bench).len(), served);
    }
}

#[test]
fn a_later_step_overtakes_one_that_waits_for_its_guard() {
    let queue = expert()
        .relax(RelaxationStep::once(Guard::DepthOver(5)).add_queue("sales"))
        .relax(RelaxationStep::after(secs(30)).or("spanish >= 2"));
    let mut bench = bench(queue);
    calls(&mut bench, "call-1");
    bench.seconds(30);
    assert_eq!(relaxed(&bench), Some((vec![2], 2)));
    assert_eq!(agents(&bench), ["ben"]);
}

// -- what it goes together with -----------------------------------------------------------------------

#[test]
fn teams_keep_their_turn() {
    let queue = Queue::new()
        .requires("spanish", 4)
        .team("day")
        .team("night")
        .relax(RelaxationStep::after(secs(30)).or("spanish >= 2 or sales >= 1"));
    let mut bench = Bench::new(center(queue));
    bench.sign_in("ben");
    bench.seconds(60);
    bench.sign_in("cem");
    calls(&mut bench, "call-1");
    bench.seconds(30);
    assert_eq!(agents(&bench), ["cem"], "of the first team, though idle for less long");
}

#[test]
fn a_changed_queue_plans_those_who_wait_anew() {
    let mut bench = bench(expert());
    calls(&mut bench, "call-1");
    bench.seconds(40);
    let change = |queue: Draft<Queue>| Change::Queue {
        key: key("q"),
        to: Some(Box::new(queue.build().unwrap())),
    };
    let configure = |bench: &mut Bench, queue: Draft<Queue>| {
        let base_version = bench.engine.config_version();
        bench.does(CommandBody::Configure { base_version, changes: vec![change(queue)] });
        bench.wait(Duration::from_micros(1));
    };
    configure(&mut bench, expert().relax(RelaxationStep::after(secs(60)).or("spanish >= 2")));
    bench.seconds(19);
    assert!(agents(&bench).is_empty());
    configure(&mut bench, expert().relax(RelaxationStep::after(secs(50)).or("spanish >= 2")));
    assert_eq!(agents(&bench), ["ben"], "its time was over already");
    bench.does(CommandBody::RejectOffer { offer: bench.offer(), reason: None });
    configure(&mut bench, expert());
    bench.wait(Duration::from_hours(1));
    assert_eq!(agents(&bench), ["ben"], "the step is gone");
}

fn configure(bench: &mut Bench, name: &str, queue: Draft<Queue>) {
    let change = Change::Queue { key: key(name), to: Some(Box::new(queue.build().unwrap())) };
    let base_version = bench.engine.config_version();
    bench.does(CommandBody::Configure { base_version, changes: vec![change] });
}

#[test]
fn nobody_is_offered_a_request_by_steps_of_before() {
    let step = |secs_: i64, text: &str| RelaxationStep::after(secs(secs_)).or(text);
    let mut bench = bench(expert().relax(step(10, "spanish >= 3")));
    calls(&mut bench, "call-1");
    bench.seconds(20);
    assert_eq!(relaxed(&bench), Some((vec![1], 1)));
    configure(&mut bench, "q", expert().relax(step(600, "spanish >= 2")));
    assert!(agents(&bench).is_empty(), "the first step is another one now");
    bench.seconds(579);
    assert!(agents(&bench).is_empty());
    bench.seconds(1);
    assert_eq!(agents(&bench), ["ben"]);
}

#[test]
fn a_change_of_anything_else_leaves_the_steps_that_were_taken() {
    let queue = expert().relax(RelaxationStep::once(nobody()).or("spanish >= 2").boost(secs(7)));
    let mut bench = Bench::new(center(queue.clone()));
    let request = calls(&mut bench, "call-1");
    assert_eq!(relaxed(&bench), Some((vec![1], 1)));
    bench.sign_in("ana");
    bench.does(CommandBody::RejectOffer { offer: bench.offer(), reason: None });
    configure(&mut bench, "sales", Queue::new().requires("sales", 2).music("other"));
    bench.wait(Duration::from_micros(1));
    configure(&mut bench, "q", queue.music("other"));
    bench.wait(Duration::from_micros(1));
    let why = bench.engine.explain(Question::Request(request)).unwrap();
    assert_eq!((why.boost, why.due_at), (secs(7), START + secs(20 - 7)), "its credit stays too");
    bench.sign_in("ben");
    assert_eq!(agents(&bench), ["ana", "ben"]);
}

#[test]
fn urgent_work_takes_an_offer_when_a_step_lets_it() {
    let queue = Queue::new()
        .requires("spanish", 5)
        .urgent()
        .relax(RelaxationStep::after(secs(5)).or("sales >= 1"));
    let mut bench = Bench::new(center(queue));
    bench.sign_in("cem");
    let _ = bench.call("app", "call-0", "200");
    let lower = bench.offer();
    calls(&mut bench, "call-1");
    bench.seconds(5);
    assert_ne!(bench.offer(), lower, "Cem was alerted for something else");
    assert_eq!(bench.offered().last(), bench.requests().last());
}

#[test]
fn whom_somebody_may_serve_by_now_stays_when_the_grace_is_over() {
    let queue = expert()
        .no_agents(NoAgents::NoneSignedIn, secs(20))
        .relax(RelaxationStep::after(secs(5)).or("spanish >= 2"));
    let mut bench = Bench::new(center(queue));
    bench.sign_in("ben");
    calls(&mut bench, "call-1");
    calls(&mut bench, "call-2");
    bench.seconds(19);
    bench.does(CommandBody::AcceptOffer { offer: bench.offer() });
    bench.seconds(60);
    assert_eq!(bench.outcomes().len(), 1, "the second still waits for Ben");
}

#[test]
fn an_expert_whose_phone_is_gone_takes_no_calls() {
    let guard = Guard::Nobody(NoAgents::NoneRoutable);
    let mut bench = bench(expert().relax(RelaxationStep::once(guard).or("spanish >= 2")));
    bench.sign_in("ana");
    bench.does(CommandBody::SetMedia { agent: key("ana"), connected: false });
    calls(&mut bench, "call-1");
    assert_eq!(agents(&bench), ["ben"]);
}

#[test]
fn who_is_wanted_by_name_relaxes_nothing_until_others_may_serve() {
    let queue = expert().relax(RelaxationStep::after(secs(30)).or("spanish >= 2"));
    let mut bench = bench(queue);
    bench.sign_in("ana");
    bench.does(CommandBody::SetPresence { agent: key("ana"), ready: false, reason: None });
    let request = calls(&mut bench, "call-1");
    bench.does(CommandBody::AssignRequest { request, agent: key("ana") });
    bench.seconds(40);
    assert!(agents(&bench).is_empty());
}

#[test]
fn it_goes_on_after_a_restart() {
    let queue = expert()
        .relax(RelaxationStep::after(secs(10)).boost(secs(1)))
        .relax(RelaxationStep::once(Guard::DepthOver(1)).or("spanish >= 2"));
    let mut bench = bench(queue);
    calls(&mut bench, "call-1");
    bench.seconds(10);
    let mut replica = switchboard::Replica::open(&bench.records[0]).unwrap();
    for record in &bench.records[1..] {
        replica.apply(record).unwrap();
    }
    let mut engine = Engine::restore(Some(&replica.snapshot().unwrap()), []).unwrap();
    assert_eq!(engine.state_hash(), bench.engine.state_hash());
    let _ = engine.handle(bench.now, Input::Resume { epoch: switchboard::id::Epoch(2) });
    let arrival = Arrival::new(ExternalRef::new("call-2").unwrap(), Channel::Voice, "100");
    let report = HostReport::new(key("app"), 99, bench.now, arrival.into());
    let _ = engine.handle(bench.now, report.into());
    let mut offers = 0;
    while let Some(output) = engine.poll_output() {
        if let Output::Record(record) = output {
            let made = |event: &&Event| matches!(event, Event::Offer(OfferEvent::Made(_)));
            offers += record.events.iter().filter(made).count();
        }
    }
    assert_eq!(offers, 1, "the guard is still looked at");
}

#[test]
fn a_queue_that_nobody_may_serve_before_a_step_still_counts_as_unstaffed() {
    let queue = expert()
        .no_agents(NoAgents::NoneSignedIn, Duration::ZERO)
        .relax(RelaxationStep::after(secs(5)).or("spanish >= 2"));
    let mut bench = bench(queue);
    calls(&mut bench, "call-1");
    let out = |event: &Event| match event {
        Event::Request(RequestEvent::Ended { outcome, .. }) => {
            matches!(outcome, switchboard::message::Outcome::FlowedOut { reason, .. }
                if *reason == FlowOutReason::NoAgents)
        }
        _ => false,
    };
    assert!(bench.events().any(out));
}

// -- what is said of it -------------------------------------------------------------------------------

#[test]
fn explain_tells_each_step_and_what_it_would_change() {
    let queue = expert()
        .relax(RelaxationStep::after(secs(10)).when(Guard::DepthOver(9)).or("sales >= 1"))
        .relax(RelaxationStep::after(secs(20)).or("spanish >= 3"))
        .relax(RelaxationStep::once(Guard::PositionOver(4)).boost(secs(1)))
        .relax(RelaxationStep::after(secs(60)).when(nobody()).or("spanish >= 2"));
    let mut bench = Bench::new(center(queue));
    let request = calls(&mut bench, "call-1");
    bench.seconds(20);
    let why = bench.engine.explain(Question::Request(request)).unwrap();
    let said: Vec<_> = why.steps.iter().map(|step| (step.step, step.state, step.agents)).collect();
    let expected = [
        (1, StepState::PassedOver, 1),
        (2, StepState::InForce, 1),
        (3, StepState::Guarded, 1),
        (4, StepState::Due(START + secs(60)), 2),
    ];
    assert_eq!(said, expected);
    assert_eq!(why.requirement.to_string(), "spanish >= 3 or spanish >= 4");
    let text = why.to_string();
    for line in [
        "step 1 was passed over",
        "step 2 is in force",
        "step 3 is taken once its place is behind 4: 1 agents may serve then",
        "if nobody who may serve is signed in: 2 agents may serve then",
    ] {
        assert!(text.contains(line), "{text}");
    }
}

#[test]
fn nobody_waits_in_vain_who_will_be_served_after_a_step() {
    let queue = Queue::new().requires("spanish", 5).requires("sales", 5);
    let step = |text: &str| RelaxationStep::after(secs(20)).or(text);
    for (queue, hopeless) in
        [(queue.clone().relax(step("sales >= 5")), false), (queue.relax(step("sales < 0")), true)]
    {
        let center = center(queue);
        let warned = validate(&center).unwrap().iter().any(|w| w.path == "queues.q.requirement");
        let mut bench = Bench::new(center);
        let request = calls(&mut bench, "call-1");
        let why = bench.engine.explain(Question::Request(request)).unwrap();
        assert_eq!((why.unmeetable.is_some(), warned), (hopeless, hopeless));
    }
}

// -- configuration ------------------------------------------------------------------------------------

#[test]
fn steps_are_checked() {
    let wrong = |step: Draft<RelaxationStep>| {
        let queue = expert().relax(RelaxationStep::after(secs(30)).boost(secs(1))).relax(step);
        let mut center = center(expert());
        center.queues.insert(key("q"), queue.build().unwrap());
        let faults = validate(&center).unwrap_err();
        faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
    };
    let hours = Guard::During(key("evening"));
    for (step, said) in [
        (RelaxationStep::after(secs(20)), "is earlier than that of a step before"),
        (RelaxationStep::after(secs(-1)), "is negative"),
        (RelaxationStep::after(secs(40)).or("spansh >= 2"), "did you mean \"spanish\"?"),
        (RelaxationStep::after(secs(40)).or("spanish >= 9"), "level 9 is not from"),
        (RelaxationStep::after(secs(40)).add_queue("sale"), "did you mean \"sales\"?"),
        (RelaxationStep::after(secs(40)).add_queue("q"), "names the queue itself"),
        (RelaxationStep::after(secs(40)).when(hours.clone()), "unknown hours"),
        (RelaxationStep::once(hours), "needs `after`"),
    ] {
        let faults = wrong(step);
        assert!(faults.contains(said) && faults.contains("queues.q.relaxation.1."), "{faults}");
    }
    let neither = RelaxationStep::default();
    assert!(wrong(neither.into()).contains("the step would hold at once"));
}

#[test]
fn a_step_is_read_from_text() {
    let toml = r#"
        [skills.spanish]
        levels = 5
        [queues.q]
        requirement = { spanish = 4 }
        [[queues.q.relaxation]]
        after = "30s"
        requirement = "spanish >= 2"
        [[queues.q.relaxation]]
        when = { nobody = "none_signed_in" }
        boost = "1m"
        [[queues.q.relaxation]]
        after = "60s"
        when = { depth_over = 5 }
        mode = "replace"
        requirement = { spanish = 1 }
    "#;
    let center = Center::from_toml(toml).unwrap();
    let steps = &center.queues["q"].relaxation;
    assert_eq!(steps.len(), 3);
    assert_eq!(steps[2].when, Some(Guard::DepthOver(5)));
    let again = Center::from_toml(&center.to_toml().unwrap()).unwrap();
    assert_eq!(again, center);
}
