//! Callers who let the line go and keep their place: asked, called back in their turn, tried again.

use crate::support::{Bench, key, refusal};
use switchboard::id::{ExternalRef, RequestId};
use switchboard::message::{
    AnsweredBy, Arrival, CallbackEvent, CollectEnd, CommandBody, CustomerRef, CustomerToken,
    EffectKind, EndKind, Estimate, Event, FlowOutReason, HostError, HostEvent, LegRef, OfferEvent,
    Outcome, Personal, RequestCause, RequestOpened, Segment, Switch,
};
use switchboard::model::{
    Agent, AtClose, CallbackOffer, Callbacks, CalledFirst, Center, CenterBuilder, Change, Channel,
    Draft, EntryPoint, Host, Hours, NoAgents, Queue, RelaxationStep, Skill, Weekday,
};
use switchboard::time::Duration;
use switchboard::{Question, Verdict};

const NUMBER: &str = "+49 40 1";

const fn secs(secs: i64) -> Duration {
    Duration::from_secs(secs)
}

fn builder(queue: Draft<Queue>) -> CenterBuilder {
    Center::builder()
        .host("pbx", Host::new("PBX"))
        .skill("spanish", Skill::new("Spanish"))
        .queue("q", queue)
        .agent("ana", Agent::new("Ana").phone("pbx", "1"))
        .agent("ben", Agent::new("Ben").phone("pbx", "2").skill("spanish", 2))
        .entry_point("main", EntryPoint::voice("100").to_queue("q"))
        .entry_point("vip", EntryPoint::voice("200").to_queue("q").boost(secs(900)))
}

fn callbacks(set: impl FnOnce(&mut Callbacks)) -> Draft<Queue> {
    let mut callbacks = Callbacks::default();
    set(&mut callbacks);
    Queue::new().callbacks(callbacks)
}

fn bench(queue: Draft<Queue>) -> Bench {
    Bench::new(builder(queue).build().unwrap())
}

fn asking() -> Draft<Queue> {
    callbacks(|c| {
        c.offer = Some(CallbackOffer::once(secs(20), "call-you-back", "is-it").or_enter("enter"));
    })
}

trait Calls {
    fn comes_to(&mut self, to: &str, name: &str, number: Option<&str>) -> RequestId;
    fn comes(&mut self, name: &str) -> RequestId;
    fn presses(&mut self, keys: &str, reason: CollectEnd);
    fn asked(&self) -> Vec<String>;
    fn told(&self) -> Vec<CallbackEvent>;
    fn promised(&self) -> RequestOpened;
    fn over(&self) -> Vec<(bool, bool)>;
    fn dialed(&self) -> Vec<String>;
    fn takes(&mut self);
    fn call_ends(&mut self, kind: EndKind);
    fn calls_back(&mut self, request: RequestId);
    fn offers(&self) -> usize;
}

impl Calls for Bench {
    fn comes_to(&mut self, to: &str, name: &str, number: Option<&str>) -> RequestId {
        let address = number.map(|number| Personal::Clear(number.to_owned()));
        let token = name.bytes().fold(7, |sum, byte| sum * 31 + u64::from(byte));
        let from =
            CustomerRef { token: Some(CustomerToken(token)), address, ..CustomerRef::default() };
        let leg = ExternalRef::new(name).unwrap();
        let _ = self.report("pbx", Arrival::new(leg, Channel::Voice, to).from(from).into());
        self.accept_all();
        self.done("pbx", |kind| matches!(kind, EffectKind::Answer { .. }));
        *self.requests().last().unwrap()
    }

    fn comes(&mut self, name: &str) -> RequestId {
        self.comes_to("100", name, Some(NUMBER))
    }

    fn presses(&mut self, keys: &str, reason: CollectEnd) {
        self.accept_all();
        let op = self.op(|kind| matches!(kind, EffectKind::Collect { .. }));
        let input = Personal::Clear(keys.to_owned());
        let _ = self.report("pbx", HostEvent::CollectDone { op, input, reason });
        self.accept_all();
        self.wait(Duration::ZERO);
    }

    /// What callers were asked.
    fn asked(&self) -> Vec<String> {
        let words = |segment: &Segment| match segment {
            Segment::Audio(sound) => sound.clone(),
            Segment::SayAs(way, value) => format!("{way} {}", value.clear().unwrap()),
            other => format!("{other:?}"),
        };
        let of = |kind: &EffectKind| match kind {
            EffectKind::Collect { segments, .. } => {
                Some(segments.iter().map(words).collect::<Vec<_>>().join(", "))
            }
            _ => None,
        };
        let all = self.records.iter().flat_map(|record| &record.effects);
        all.filter_map(|effect| of(&effect.kind)).collect()
    }

    fn told(&self) -> Vec<CallbackEvent> {
        let told = |event: &Event| match event {
            Event::Callback(event) => Some(event.clone()),
            _ => None,
        };
        self.events().filter_map(told).collect()
    }

    /// The last request that stands for somebody who is called back.
    fn promised(&self) -> RequestOpened {
        let opened = self.requests_opened().into_iter();
        opened.rev().find(|opened| opened.cause == RequestCause::Callback).expect("a promise")
    }

    /// Promises that are over: whether the customer was reached, whether it goes on.
    fn over(&self) -> Vec<(bool, bool)> {
        let over = |event: CallbackEvent| match event {
            CallbackEvent::Ended { reached, next, .. } => Some((reached, next.is_some())),
            _ => None,
        };
        self.told().into_iter().filter_map(over).collect()
    }

    /// Customers who were called.
    fn dialed(&self) -> Vec<String> {
        let all = self.records.iter().flat_map(|record| &record.effects);
        let called = all.filter_map(|effect| match &effect.kind {
            EffectKind::Originate { to: Personal::Clear(to), .. } => Some(to.clone()),
            _ => None,
        });
        called.filter(|to| to.len() > 2).collect()
    }

    /// The agent picks up the phone that rings for a promise.
    fn takes(&mut self) {
        self.accept_all();
        let leg = self.ringing_leg();
        self.leg_answers("pbx", leg);
        self.accept_all();
    }

    /// The call to the customer comes to nothing.
    fn call_ends(&mut self, kind: EndKind) {
        self.accept_all();
        let leg = LegRef::Ours(self.ringing_leg());
        let _ = self.leg_ends("pbx", leg, kind);
        self.accept_all();
    }

    fn calls_back(&mut self, request: RequestId) {
        self.does(CommandBody::CallBack { request, to: None, not_after: None });
        self.wait(Duration::ZERO);
    }

    fn offers(&self) -> usize {
        self.events().filter(|event| matches!(event, Event::Offer(OfferEvent::Made(_)))).count()
    }
}

#[test]
fn a_caller_who_wants_it_keeps_the_place_and_lets_the_line_go() {
    let mut bench = bench(asking());
    let first = bench.comes("call-1");
    bench.seconds(19);
    assert!(bench.asked().is_empty());
    bench.seconds(1);
    assert_eq!(bench.asked(), ["call-you-back"]);
    bench.presses("1", CollectEnd::Matched);
    assert_eq!(bench.asked()[1..], [format!("is-it, telephone {NUMBER}")]);
    let before = bench.requests_opened()[0].clone();
    bench.presses("1", CollectEnd::Matched);
    let flowed = Outcome::FlowedOut { reason: FlowOutReason::Callback, to: None };
    assert_eq!(bench.outcomes(), [flowed]);
    let promised = bench.promised();
    assert_eq!((promised.parent, promised.attempt), (Some(first), 1));
    let place =
        |r: &RequestOpened| (r.customer_wait_since, r.queue_entered_at, r.order_at, r.due_at);
    assert_eq!(place(&promised), place(&before));
    assert!(
        bench.handed_out(|kind| matches!(kind, EffectKind::Hangup { .. })) > 0,
        "the line is let go"
    );
}

#[test]
fn whoever_came_later_and_stayed_goes_after_the_one_who_is_called_back() {
    let mut bench = bench(Queue::new());
    let first = bench.comes("call-1");
    bench.seconds(5);
    bench.comes("call-2");
    bench.calls_back(first);
    bench.sign_in("ana");
    assert_eq!(bench.offered(), [bench.promised().id]);
    assert!(bench.dialed().is_empty(), "the agent comes first");
    bench.takes();
    assert_eq!(bench.dialed(), [NUMBER]);
}

#[test]
fn a_credit_that_the_caller_had_is_kept() {
    let mut bench = bench(Queue::new().boost(secs(7)));
    bench.comes("call-1");
    let vip = bench.comes_to("200", "call-2", Some(NUMBER));
    bench.calls_back(vip);
    bench.sign_in("ana");
    assert_eq!(bench.promised().boost, secs(907));
    assert_eq!(bench.offered(), [bench.promised().id]);
}

#[test]
fn steps_of_relaxation_count_from_the_first_entry() {
    let step = RelaxationStep::after(secs(60)).or("spanish >= 2");
    let mut bench = bench(Queue::new().requires("spanish", 3).relax(step));
    bench.sign_in("ben");
    let request = bench.comes("call-1");
    bench.seconds(59);
    bench.calls_back(request);
    assert_eq!(bench.offers(), 0);
    bench.seconds(1);
    assert_eq!(bench.offers(), 1);
}

#[test]
fn whoever_says_nothing_waits_on() {
    let mut bench = bench(asking());
    bench.comes("call-1");
    bench.seconds(20);
    bench.presses("", CollectEnd::Timeout);
    bench.seconds(600);
    assert_eq!(bench.asked().len(), 1, "asked once");
    assert!(bench.outcomes().is_empty());
    assert_eq!(bench.told().len(), 2, "asked, and put aside: {:?}", bench.told());
}

#[test]
fn another_number_may_be_entered_and_is_asked_for_three_times() {
    let mut bench = bench(asking());
    bench.comes("call-1");
    bench.seconds(20);
    bench.presses("1", CollectEnd::Matched);
    bench.presses("2", CollectEnd::Matched);
    bench.presses("12", CollectEnd::Terminator);
    bench.presses("03012345", CollectEnd::Terminator);
    let confirm = "is-it, telephone 03012345".to_owned();
    assert_eq!(bench.asked()[2..], ["enter".to_owned(), "enter".to_owned(), confirm]);
    bench.presses("1", CollectEnd::Matched);
    bench.sign_in("ana");
    bench.takes();
    assert_eq!(bench.dialed(), ["03012345"]);
}

#[test]
fn after_three_numbers_that_are_none_the_caller_waits_on() {
    let mut bench = bench(asking());
    bench.comes_to("100", "call-1", None);
    bench.seconds(20);
    bench.presses("1", CollectEnd::Matched);
    for wrong in ["", "12", "1*3"] {
        bench.presses(wrong, CollectEnd::Terminator);
    }
    assert_eq!(bench.asked(), ["call-you-back", "enter", "enter", "enter"]);
    assert!(bench.outcomes().is_empty());
    bench.sign_in("ana");
    assert_eq!(bench.offers(), 1);
}

#[test]
fn nobody_is_asked_who_has_no_number_to_be_called_at() {
    let offer = CallbackOffer::once(secs(20), "call-you-back", "is-it").every(secs(30));
    let mut bench = bench(callbacks(|c| c.offer = Some(offer)));
    bench.comes_to("100", "call-1", None);
    bench.seconds(300);
    assert!(bench.asked().is_empty());
}

#[test]
fn nobody_is_asked_whose_wait_is_short_or_unknown() {
    let offer = CallbackOffer::once(secs(20), "call-you-back", "is-it").if_longer_than(secs(60));
    let mut bench = bench(callbacks(|c| c.offer = Some(offer)));
    bench.comes("call-1");
    bench.seconds(300);
    assert!(bench.asked().is_empty());
}

#[test]
fn an_agent_who_comes_in_the_middle_of_the_question_gets_the_caller() {
    let mut bench = bench(asking());
    bench.comes("call-1");
    bench.seconds(20);
    bench.sign_in("ana");
    bench.picks_up("pbx");
    bench.presses("1", CollectEnd::Matched);
    assert_eq!(bench.asked(), ["call-you-back"], "the agent is being connected");
    bench.done("pbx", |kind| matches!(kind, EffectKind::Bridge { .. }));
    assert!(matches!(bench.outcomes()[..], [Outcome::Answered { .. }]), "{:?}", bench.outcomes());
}

#[test]
fn an_agent_who_is_being_connected_keeps_a_caller_who_agrees() {
    let mut bench = bench(asking());
    bench.comes("call-1");
    bench.seconds(20);
    bench.presses("1", CollectEnd::Matched);
    bench.sign_in("ana");
    bench.accept_all();
    bench.picks_up("pbx");
    let op = bench.op(|kind| matches!(kind, EffectKind::Collect { .. }));
    let (input, reason) = (Personal::Clear("1".to_owned()), CollectEnd::Matched);
    let _ = bench.report("pbx", HostEvent::CollectDone { op, input, reason });
    bench.accept_all();
    bench.done("pbx", |kind| matches!(kind, EffectKind::Bridge { .. }));
    assert!(matches!(bench.outcomes()[..], [Outcome::Answered { .. }]), "{:?}", bench.outcomes());
}

#[test]
fn whoever_was_given_to_an_agent_in_the_middle_of_the_question_waits_for_that_agent() {
    let mut bench = bench(asking());
    let request = bench.comes("call-1");
    bench.seconds(20);
    bench.presses("1", CollectEnd::Matched);
    bench.sign_in("ana");
    bench.does(CommandBody::SetPresence { agent: key("ana"), ready: false, reason: None });
    bench.does(CommandBody::AssignRequest { request, agent: key("ana") });
    bench.presses("1", CollectEnd::Matched);
    assert!(bench.outcomes().is_empty(), "{:?}", bench.outcomes());
}

#[test]
fn what_is_closed_by_a_command_is_tried_no_more() {
    let mut bench = bench(callbacks(|c| c.attempts = 5));
    let request = bench.comes("call-1");
    bench.calls_back(request);
    bench.sign_in("ana");
    bench.takes();
    let interaction = bench.interaction_opened().id;
    bench.does(CommandBody::CloseInteraction { interaction });
    assert_eq!(bench.over(), [(false, false)]);
}

#[test]
fn a_host_that_cannot_ask_keeps_the_caller_waiting() {
    let mut bench = bench(asking());
    bench.comes("call-1");
    bench.seconds(20);
    let op = bench.op(|kind| matches!(kind, EffectKind::Collect { .. }));
    let error = HostError::Unsupported;
    let _ = bench.report("pbx", HostEvent::OpFailed { op, error });
    assert!(matches!(
        bench.told()[..],
        [CallbackEvent::Asked { .. }, CallbackEvent::Asked { what: None, .. }]
    ));
    assert!(bench.outcomes().is_empty());
}

#[test]
fn whoever_hangs_up_in_the_middle_of_the_question_has_abandoned() {
    let mut bench = bench(asking());
    bench.comes("call-1");
    bench.seconds(20);
    bench.presses("1", CollectEnd::Matched);
    let _ = bench.hangs_up("pbx", "call-1");
    assert!(matches!(bench.outcomes()[..], [Outcome::Abandoned { .. }]));
    bench.wait(Duration::from_hours(1));
    assert_eq!(bench.requests().len(), 1);
}

#[test]
fn who_is_not_reached_is_called_again_at_the_same_place() {
    let mut bench = bench(callbacks(|c| (c.attempts, c.retry_after) = (2, secs(300))));
    let request = bench.comes("call-1");
    bench.calls_back(request);
    let first = bench.promised();
    bench.sign_in("ana");
    bench.takes();
    bench.call_ends(EndKind::NoAnswer);
    assert_eq!(bench.over(), [(false, true)]);
    bench.seconds(299);
    assert_eq!(bench.promised().id, first.id);
    bench.seconds(1);
    let second = bench.promised();
    assert_eq!((second.parent, second.attempt), (Some(first.id), 2));
    assert_eq!(
        (second.order_at, second.queue_entered_at),
        (first.order_at, first.queue_entered_at)
    );
    bench.takes();
    bench.call_ends(EndKind::Busy);
    assert_eq!(bench.over(), [(false, true), (false, false)], "twice is enough");
    assert_eq!(bench.dialed(), [NUMBER, NUMBER]);
    bench.wait(Duration::from_hours(1));
    assert_eq!(bench.promised().id, second.id);
}

#[test]
fn who_was_moved_and_is_not_reached_is_called_again_by_the_other_queue() {
    let queue = callbacks(|c| (c.attempts, c.retry_after) = (2, secs(300)));
    let mut bench = Bench::new(builder(queue.clone()).queue("other", queue).build().unwrap());
    let request = bench.comes("call-1");
    bench.calls_back(request);
    let id = bench.promised().id;
    bench.does(CommandBody::MoveRequest { request: id, queue: key("other") });
    let other = bench.promised().home_queue;
    bench.sign_in("ana");
    bench.takes();
    bench.call_ends(EndKind::NoAnswer);
    bench.seconds(300);
    assert_eq!((bench.promised().home_queue, bench.dialed().len()), (other, 1));
    assert_ne!(bench.requests_opened()[0].home_queue, other);
}

#[test]
fn whoever_is_reached_is_called_no_more() {
    let mut bench = bench(callbacks(|c| (c.attempts, c.retry_after) = (3, secs(300))));
    let request = bench.comes("call-1");
    bench.calls_back(request);
    bench.sign_in("ana");
    bench.takes();
    bench.joins("pbx");
    let customer = bench.events().rev().find_map(|event| match event {
        Event::Callback(CallbackEvent::Attempted { leg, .. }) => Some(*leg),
        _ => None,
    });
    let _ = bench.leg_ends("pbx", LegRef::Ours(customer.unwrap()), EndKind::Normal);
    assert_eq!(bench.over(), [(true, false)]);
}

#[test]
fn a_promise_is_over_when_it_was_kept_for_long_enough() {
    let mut bench = bench(callbacks(|c| {
        (c.attempts, c.retry_after) = (9, secs(300));
        c.keep_for = Some(secs(500));
    }));
    let request = bench.comes("call-1");
    bench.calls_back(request);
    bench.sign_in("ana");
    bench.takes();
    bench.call_ends(EndKind::NoAnswer);
    bench.does(CommandBody::SetPresence { agent: key("ana"), ready: false, reason: None });
    bench.seconds(300);
    assert_eq!(bench.over(), [(false, true)]);
    bench.seconds(200);
    assert_eq!(bench.over(), [(false, true), (false, false)]);
}

#[test]
fn nobody_is_called_again_after_the_end_of_a_promise() {
    let mut bench = bench(callbacks(|c| {
        (c.attempts, c.retry_after) = (9, secs(300));
        c.keep_for = Some(secs(200));
    }));
    let request = bench.comes("call-1");
    bench.calls_back(request);
    bench.sign_in("ana");
    bench.takes();
    bench.call_ends(EndKind::NoAnswer);
    assert_eq!(bench.over(), [(false, false)], "the next call would come too late");
}

fn business() -> Draft<Hours> {
    Hours::new().open(&Weekday::ALL, "08:00", "09:10")
}

#[test]
fn nobody_is_called_outside_the_hours_for_it() {
    let queue = callbacks(|c| c.hours = Some(key("calls")));
    let mut bench = Bench::new(builder(queue).hours("calls", business()).build().unwrap());
    let request = bench.comes("call-1");
    bench.calls_back(request);
    let first = bench.promised();
    // At 9:10 the promise leaves the queue; the next day it is back at its place.
    bench.wait(Duration::from_mins(10));
    assert_eq!(bench.over(), [(false, true)]);
    bench.sign_in("ana");
    assert_eq!(bench.offers(), 0);
    let late = bench.comes("call-2");
    assert_eq!(bench.offers(), 1);
    bench.does(CommandBody::SetPresence { agent: key("ana"), ready: false, reason: None });
    let _ = bench.hangs_up("pbx", "call-2");
    bench.wait(Duration::from_hours(22) + Duration::from_mins(49));
    assert_eq!(bench.promised().id, first.id);
    bench.wait(Duration::from_mins(1));
    let again = bench.promised();
    assert_eq!((again.order_at, again.parent), (first.order_at, Some(first.id)));
    assert_ne!(again.id, late);
    assert!(bench.dialed().is_empty());
}

#[test]
fn what_is_promised_outside_the_hours_is_put_off() {
    let queue = callbacks(|c| c.hours = Some(key("calls")));
    let mut bench = Bench::new(builder(queue).hours("calls", business()).build().unwrap());
    let request = bench.comes("call-1");
    bench.wait(Duration::from_mins(30));
    bench.calls_back(request);
    assert!(
        matches!(bench.told().last(), Some(CallbackEvent::PutOff { .. })),
        "{:?}",
        bench.told()
    );
    assert_eq!(bench.requests().len(), 1, "nobody waits until tomorrow");
    bench.wait(Duration::from_hours(23));
    assert_eq!(bench.promised().parent, Some(request));
}

#[test]
fn a_promise_that_ends_before_anybody_may_be_called_is_over() {
    let queue = callbacks(|c| c.hours = Some(key("calls")));
    for (hours, promised) in [(1, false), (30, true)] {
        let queue = queue.clone();
        let mut bench = Bench::new(builder(queue).hours("calls", business()).build().unwrap());
        let request = bench.comes("call-1");
        bench.wait(Duration::from_mins(30));
        let not_after = Some(bench.now + Duration::from_hours(hours));
        bench.does(CommandBody::CallBack { request, to: None, not_after });
        bench.wait(Duration::ZERO);
        let put_off = matches!(bench.told().last(), Some(CallbackEvent::PutOff { .. }));
        assert_eq!((put_off, bench.over().len()), (promised, usize::from(!promised)));
    }
}

#[test]
fn at_closing_callers_become_promises_for_the_next_opening() {
    let queue = Queue::new().hours("day").at_close(AtClose::CallBack);
    let mut bench = Bench::new(builder(queue).hours("day", business()).build().unwrap());
    let known = bench.comes("call-1");
    bench.comes_to("100", "call-2", None);
    bench.wait(Duration::from_mins(10));
    let by = |reason| Outcome::FlowedOut { reason, to: None };
    assert_eq!(bench.outcomes(), [by(FlowOutReason::Callback), by(FlowOutReason::Closed)]);
    assert_eq!(bench.requests().len(), 2);
    bench.wait(Duration::from_hours(22) + Duration::from_mins(50));
    assert_eq!(bench.promised().parent, Some(known));
}

#[test]
fn a_queue_that_is_switched_off_calls_back_when_the_switch_falls_back() {
    let mut bench = bench(Queue::new().at_close(AtClose::CallBack));
    bench.comes("call-1");
    let until = Some(bench.now + secs(600));
    bench.does(CommandBody::SwitchQueue { queue: key("q"), switch: Switch::Closed, until });
    bench.seconds(599);
    assert_eq!(bench.requests().len(), 1);
    bench.seconds(1);
    assert_eq!(bench.promised().attempt, 1);
}

#[test]
fn overflow_may_be_a_call_back_and_promises_wait_on() {
    let mut queue = Queue::new().max_depth(1).no_agents(NoAgents::NoneSignedIn, secs(60));
    queue = queue.overflow_to_callback();
    let mut bench = bench(queue);
    let first = bench.comes("call-1");
    bench.comes("call-2");
    let second = bench.requests()[1];
    // The queue is full.
    assert_eq!(bench.promised().parent, Some(second));
    bench.seconds(60);
    // Nobody is there.
    assert_eq!(bench.promised().parent, Some(first));
    bench.wait(Duration::from_hours(10));
    assert_eq!(bench.outcomes().len(), 2, "promises wait for somebody to come");
    bench.sign_in("ana");
    bench.sign_in("ben");
    assert_eq!(bench.offers(), 2);
}

#[test]
fn promises_may_leave_room_in_the_queue() {
    for (counts, outcomes) in [(true, 2), (false, 1)] {
        let mut bench = bench(callbacks(|c| c.count_as_waiting = counts).max_depth(1));
        let request = bench.comes("call-1");
        bench.calls_back(request);
        bench.comes("call-2");
        assert_eq!(bench.outcomes().len(), outcomes, "{counts}");
    }
}

fn first(lead: i64) -> Draft<Queue> {
    callbacks(|c| c.first = CalledFirst::Customer(secs(lead)))
}

#[test]
fn a_customer_who_is_called_first_waits_on_the_line_when_the_turn_comes() {
    let mut bench = bench(first(30));
    let request = bench.comes("call-1");
    bench.comes("call-2");
    bench.calls_back(request);
    let promised = bench.promised().id;
    assert!(bench.dialed().is_empty(), "nobody is there to be waited for");
    bench.sign_in("ana");
    // Whoever is on a line is served while the customer is called.
    assert_eq!(bench.offers(), 1);
    assert_eq!(bench.dialed(), [NUMBER]);
    let why = bench.engine.explain(Question::Request(promised)).unwrap();
    assert!(why.agents.iter().any(|row| row.verdict == Verdict::Busy), "{why}");
    bench.does(CommandBody::RejectOffer { offer: bench.offer(), reason: None });
    let why = bench.engine.explain(Question::Request(promised)).unwrap();
    assert_eq!(why.agents[0].verdict, Verdict::CustomerAway, "{why}");
    bench.takes();
    assert_eq!(bench.offered().last(), Some(&promised), "{:?}", bench.told());
    bench.joins("pbx");
    assert!(matches!(bench.outcomes().last(), Some(Outcome::Answered { .. })));
    let leg = bench.told().into_iter().find_map(|event| match event {
        CallbackEvent::Attempted { leg, .. } => Some(leg),
        _ => None,
    });
    let _ = bench.leg_ends("pbx", LegRef::Ours(leg.unwrap()), EndKind::Normal);
    assert_eq!(bench.over(), [(true, false)]);
}

/// Thirty calls of five minutes have taught the queue its pace.
fn learned(queue: Draft<Queue>) -> Bench {
    let mut bench = bench(queue);
    bench.sign_in("ana");
    for n in 0..30 {
        let name = format!("before-{n}");
        let _ = bench.comes_to("100", &name, Some("+49 40 9"));
        bench.joins("pbx");
        bench.seconds(300);
        let _ = bench.hangs_up("pbx", &name);
        bench.accept_all();
    }
    bench
}

#[test]
fn the_first_in_the_line_is_called_however_long_others_talk() {
    let mut bench = learned(first(30));
    let request = bench.comes("call-1");
    // Ana declines, and is the only one.
    bench.accept_all();
    bench.does(CommandBody::RejectOffer { offer: bench.offer(), reason: None });
    bench.calls_back(request);
    assert_eq!(bench.dialed(), [NUMBER], "nobody is ahead");
}

#[test]
fn whoever_is_behind_others_is_called_when_the_wait_has_become_short() {
    let mut bench = learned(first(700));
    bench.comes_to("100", "talks", Some("+49 40 9"));
    bench.joins("pbx");
    for name in ["1", "2", "3"] {
        bench.comes_to("100", name, Some("+49 40 9"));
    }
    let request = bench.comes("call-1");
    bench.calls_back(request);
    assert!(bench.dialed().is_empty(), "three are ahead: about twenty minutes");
    let _ = bench.hangs_up("pbx", "1");
    let _ = bench.hangs_up("pbx", "2");
    assert_eq!(bench.dialed(), [NUMBER], "one is ahead: about ten");
}

#[test]
fn nobody_is_called_first_where_the_queue_calls_agents_first_and_nobody_is_there() {
    let mut bench = bench(first(30));
    for name in ["1", "2", "3"] {
        let request = bench.comes(name);
        bench.calls_back(request);
    }
    let mut queue = bench.engine.center().queues[&key("q")].clone();
    queue.callbacks.first = CalledFirst::Agent;
    bench.configures(vec![Change::Queue { key: key("q"), to: Some(Box::new(queue)) }]);
    assert!(bench.dialed().is_empty(), "nobody is there");
    bench.sign_in("ana");
    assert_eq!(bench.dialed().len(), 1, "the first one alone");
}

fn busy(bench: &mut Bench, agent: &str) {
    let (agent, channel) = (key(agent), Channel::Voice);
    bench.does(CommandBody::BeginOtherWork { agent, channel, reason: None });
}

#[test]
fn whoever_was_called_first_and_came_is_not_sent_away_when_calls_end() {
    let queue = callbacks(|c| {
        (c.first, c.hours) = (CalledFirst::Customer(secs(30)), Some(key("calls")));
    });
    let queue = queue.max_wait(Duration::from_hours(1));
    let mut bench = customer_rings(queue);
    let leg = bench.ringing_leg();
    bench.leg_answers("pbx", leg);
    let why = bench.engine.explain(Question::Request(bench.promised().id)).unwrap();
    assert_eq!(why.wait_until, None);
    bench.wait(Duration::from_mins(30));
    assert!(bench.over().is_empty(), "{:?}", bench.told());
}

#[test]
fn hours_that_change_bind_promises_that_wait() {
    let queue = callbacks(|c| c.hours = Some(key("calls")));
    let mut bench = Bench::new(builder(queue).hours("calls", business()).build().unwrap());
    let request = bench.comes("call-1");
    bench.calls_back(request);
    let set = |bench: &mut Bench, until: &str| {
        let hours = Hours::new().open(&Weekday::ALL, "08:00", until).build().unwrap();
        bench.configures(vec![Change::Hours { key: key("calls"), to: Some(hours) }]);
    };
    set(&mut bench, "09:30");
    bench.wait(Duration::from_mins(15));
    assert!(bench.over().is_empty(), "twenty minutes longer");
    set(&mut bench, "09:05");
    bench.wait(Duration::ZERO);
    assert_eq!(bench.over(), [(false, true)], "until tomorrow");
}

#[test]
fn a_promise_given_to_an_agent_who_does_not_come_waits_on() {
    let mut bench = bench(Queue::new());
    let request = bench.comes("call-1");
    bench.calls_back(request);
    for agent in ["ana", "ben"] {
        bench.sign_in(agent);
        bench.does(CommandBody::SetPresence { agent: key(agent), ready: false, reason: None });
    }
    bench.accept_all();
    bench.does(CommandBody::AssignRequest { request: bench.promised().id, agent: key("ana") });
    bench.wait(Duration::from_hours(2));
    assert!(bench.over().is_empty(), "it goes on in the queue: {:?}", bench.outcomes());
    bench.does(CommandBody::SetPresence { agent: key("ben"), ready: true, reason: None });
    assert_eq!(bench.offered().last(), Some(&bench.promised().id));
}

#[test]
fn a_credit_outlives_a_change_of_the_queue() {
    let mut bench = bench(Queue::new());
    let vip = bench.comes_to("200", "call-2", Some(NUMBER));
    bench.calls_back(vip);
    let mut queue = bench.engine.center().queues[&key("q")].clone();
    queue.service_target = secs(33);
    bench.configures(vec![Change::Queue { key: key("q"), to: Some(Box::new(queue)) }]);
    bench.wait(secs(60));
    let why = bench.engine.explain(Question::Request(bench.promised().id)).unwrap();
    assert_eq!(why.boost, secs(900));
}

#[test]
fn a_promise_that_lasted_overnight_says_nothing_of_waits() {
    let queue = Queue::new().hours("day").at_close(AtClose::CallBack);
    let mut bench = Bench::new(builder(queue).hours("day", business()).build().unwrap());
    bench.sign_in("ana");
    busy(&mut bench, "ana");
    bench.comes("call-1");
    bench.wait(Duration::from_hours(23));
    assert_eq!(bench.promised().attempt, 1);
    let late = bench.comes_to("100", "call-2", None);
    let short = |wait: Option<Estimate>| wait.is_none_or(|wait| wait.p90 < Duration::from_hours(1));
    assert!(short(bench.engine.estimate(late)), "{:?}", bench.engine.estimate(late));
    bench.sign_in("ben");
    bench.takes();
    let joining = bench.engine.estimate_for(&key("q"), Channel::Voice);
    assert!(short(joining), "{joining:?}");
}

#[test]
fn whom_nobody_can_serve_stands_in_nobodys_way() {
    let step = RelaxationStep::after(secs(60)).or("spanish >= 2");
    let mut bench = bench(first(30).requires("spanish", 3).relax(step));
    let early = bench.comes("call-1");
    bench.seconds(61);
    let vip = bench.comes_to("200", "call-2", Some("+49 40 2"));
    bench.calls_back(vip);
    bench.calls_back(early);
    bench.sign_in("ben");
    assert_eq!(bench.dialed(), [NUMBER], "the other one needs an expert");
}

#[test]
fn a_full_center_lets_callers_go_all_the_same() {
    let center = builder(asking()).limits(|limits| limits.interactions = 1).build().unwrap();
    let mut bench = Bench::new(center);
    bench.comes("call-1");
    bench.seconds(20);
    bench.presses("1", CollectEnd::Matched);
    bench.presses("1", CollectEnd::Matched);
    assert_eq!(bench.promised().attempt, 1);
}

fn scheduled(bench: &Bench, to: &str) -> CommandBody {
    CommandBody::ScheduleCallback {
        conversation: bench.interaction_opened().conversation,
        queue: key("q"),
        to: Personal::Clear(to.to_owned()),
        not_before: bench.now + secs(100),
        not_after: Some(bench.now + secs(200)),
        host: Some(key("pbx")),
    }
}

#[test]
fn a_promise_that_is_overdue_is_not_called() {
    let mut bench = bench(Queue::new());
    bench.comes("call-1");
    let body = scheduled(&bench, NUMBER);
    bench.does(body);
    // Nobody looks at the clock for an hour.
    bench.now += Duration::from_hours(1);
    let _ = bench.input(switchboard::message::Input::Tick);
    assert_eq!(bench.over(), [(false, false)]);
    assert_eq!(bench.requests().len(), 1);
}

#[test]
fn nobody_is_promised_a_call_to_an_emergency_number() {
    let mut bench = Bench::new(builder(Queue::new()).emergency_number("112").build().unwrap());
    let request = bench.comes("call-1");
    let schedule = scheduled(&bench, "112");
    assert_eq!(refusal(bench.command(schedule)).field, "to");
    let to = Some(Personal::Clear("112".to_owned()));
    let body = CommandBody::CallBack { request, to, not_after: None };
    assert_eq!(refusal(bench.command(body)).field, "to");
}

#[test]
fn a_question_is_stopped_when_somebody_takes_the_call() {
    let mut bench = bench(asking());
    bench.comes("call-1");
    bench.seconds(20);
    bench.sign_in("ana");
    bench.accept_all();
    let asks = bench.op(|kind| matches!(kind, EffectKind::Collect { .. }));
    bench.picks_up("pbx");
    bench.accept_all();
    let stops = |kind: &EffectKind| matches!(kind, EffectKind::StopMedia { op } if *op == asks);
    assert_eq!(bench.handed_out(stops), 1);
    assert!(matches!(bench.told().last(), Some(CallbackEvent::Asked { what: None, .. })));
}

/// Ana is at work on something else, and the phone of a customer who is called first rings.
fn customer_rings(queue: Draft<Queue>) -> Bench {
    let mut bench = Bench::new(builder(queue).hours("calls", business()).build().unwrap());
    bench.sign_in("ana");
    busy(&mut bench, "ana");
    let request = bench.comes("call-1");
    bench.calls_back(request);
    bench.accept_all();
    bench
}

#[test]
fn a_machine_that_answers_is_nobody() {
    let mut bench = customer_rings(callbacks(|c| {
        c.first = CalledFirst::Customer(secs(30));
        (c.attempts, c.retry_after) = (2, secs(300));
    }));
    let leg = LegRef::Ours(bench.ringing_leg());
    let _ = bench.report("pbx", HostEvent::answered(leg, AnsweredBy::Machine));
    assert_eq!(bench.over(), [(false, true)]);
    let flowed = Outcome::FlowedOut { reason: FlowOutReason::Callback, to: None };
    assert_eq!(bench.outcomes(), [flowed.clone(), flowed]);
    bench.accept_all();
    bench.seconds(300);
    assert_eq!(bench.dialed(), [NUMBER, NUMBER]);
}

#[test]
fn a_customer_who_came_and_leaves_has_abandoned_and_is_called_no_more() {
    let mut bench = customer_rings(callbacks(|c| {
        c.first = CalledFirst::Customer(secs(30));
        (c.attempts, c.retry_after) = (5, secs(300));
    }));
    let leg = bench.ringing_leg();
    let music =
        |bench: &Bench| bench.handed_out(|kind| matches!(kind, EffectKind::Music { on: true, .. }));
    let before = music(&bench);
    bench.leg_answers("pbx", leg);
    assert_eq!(music(&bench), before + 1);
    let _ = bench.leg_ends("pbx", LegRef::Ours(leg), EndKind::Normal);
    assert!(matches!(bench.outcomes().last(), Some(Outcome::Abandoned { .. })));
    assert_eq!(bench.over(), [(false, false)]);
}

#[test]
fn only_as_many_are_called_first_as_come_near() {
    let mut bench = bench(first(30));
    let requests = ["1", "2", "3"].map(|name| bench.comes(name));
    for request in requests {
        bench.calls_back(request);
    }
    bench.sign_in("ana");
    assert_eq!(bench.dialed().len(), 1, "nothing is known of the pace: the first one alone");
    bench.call_ends(EndKind::NoAnswer);
    assert_eq!(bench.dialed().len(), 2);
}

#[test]
fn a_change_of_who_is_called_first_holds_for_new_promises() {
    let mut bench = bench(first(30));
    let request = bench.comes("call-1");
    bench.calls_back(request);
    let mut queue = bench.engine.center().queues[&key("q")].clone();
    queue.callbacks.first = CalledFirst::Agent;
    bench.configures(vec![Change::Queue { key: key("q"), to: Some(Box::new(queue)) }]);
    bench.sign_in("ana");
    assert_eq!((bench.offers(), bench.dialed().len()), (0, 1), "this one was promised otherwise");
}

#[test]
fn only_who_waits_on_a_line_for_a_queue_is_called_back() {
    let mut bench = bench(Queue::new());
    let request = bench.comes("call-1");
    bench.sign_in("ana");
    bench.picks_up("pbx");
    let body = CommandBody::CallBack { request, to: None, not_after: None };
    let rejected = refusal(bench.command(body));
    assert_eq!(rejected.field, "request");
    let nameless = bench.comes_to("100", "call-2", None);
    let body = |to: Option<&str>| CommandBody::CallBack {
        request: nameless,
        to: to.map(|to| Personal::Clear(to.to_owned())),
        not_after: None,
    };
    assert_eq!(refusal(bench.command(body(None))).field, "to");
    assert_eq!(refusal(bench.command(body(Some(" ")))).field, "to");
    let not_after = Some(bench.now - secs(1));
    let late = CommandBody::CallBack { request: nameless, to: None, not_after };
    assert!(["to", "not_after"].contains(&&*refusal(bench.command(late)).field));
    bench.does(body(Some(NUMBER)));
    bench.wait(Duration::ZERO);
    assert_eq!(bench.promised().parent, Some(nameless));
    let again = refusal(bench.command(CommandBody::CallBack {
        request: bench.promised().id,
        to: None,
        not_after: None,
    }));
    assert_eq!(again.field, "request", "it is one already");
}

#[test]
fn a_caller_who_is_called_back_may_be_taken_back() {
    let mut bench = bench(callbacks(|c| c.attempts = 5));
    let request = bench.comes("call-1");
    bench.calls_back(request);
    bench.does(CommandBody::CancelCallback { request: bench.promised().id });
    assert_eq!(bench.over(), [(false, false)]);
}
