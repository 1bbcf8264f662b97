//! Promised calls: due when they are due, kept by whoever the queue has, over when nobody could in time.

use crate::support::{Bench, key, refusal};
use switchboard::id::{ConversationId, RequestId};
use switchboard::kpi::Kpis;
use switchboard::message::{
    CallbackEvent, CommandBody, ConversationEvent, Direction, EffectKind, EndKind, Event, Identity,
    LegRef, Origin, Outcome, Personal, Receipt, RequestCause, RequestEvent, RequestOpened, Switch,
};
use switchboard::model::{Agent, Brand, Center, Change, EntryPoint, Host, Queue, WrapUpMode};
use switchboard::time::Duration;

fn builder() -> switchboard::model::CenterBuilder {
    let wraps = Queue::new().wrap_up(WrapUpMode::Optional, Duration::from_mins(5));
    Center::builder()
        .host("pbx", Host::new("PBX"))
        .brand("north", Brand::new("North").caller_id("+49 30 555"))
        .brand("south", Brand::new("South"))
        .queue(
            "sales",
            wraps.brand("north").max_depth(1).max_wait(Duration::from_mins(1)).heir("spill"),
        )
        .queue("spill", Queue::new().brand("north"))
        .queue("other", Queue::new().brand("south"))
        .entry_point("main", EntryPoint::voice("100").to_queue("sales").brand("north"))
        .agent("ana", Agent::new("Ana").phone("pbx", "1"))
}

trait Callbacks {
    fn promises(&mut self, body: CommandBody) -> Receipt;
    fn told(&self) -> Vec<CallbackEvent>;
    fn promised(&self) -> RequestId;
    fn over(&self) -> Option<bool>;
    fn waits(&self) -> RequestOpened;
    fn called(&self) -> Vec<String>;
}

impl Callbacks for Bench {
    fn promises(&mut self, body: CommandBody) -> Receipt {
        self.command(body)
    }

    fn told(&self) -> Vec<CallbackEvent> {
        let told = |event: &Event| match event {
            Event::Callback(event) => Some(event.clone()),
            _ => None,
        };
        self.events().filter_map(told).collect()
    }

    fn promised(&self) -> RequestId {
        let last = self.told().into_iter().rev().find_map(|event| match event {
            CallbackEvent::Scheduled { request, .. } => Some(request),
            _ => None,
        });
        last.expect("a promise")
    }

    /// Whether the customer was reached, once the promise is over.
    fn over(&self) -> Option<bool> {
        self.told().into_iter().find_map(|event| match event {
            CallbackEvent::Ended { reached, .. } => Some(reached),
            _ => None,
        })
    }

    fn waits(&self) -> RequestOpened {
        let opened = self.events().rev().find_map(|event| match event {
            Event::Request(RequestEvent::Opened(opened)) => Some((**opened).clone()),
            _ => None,
        });
        opened.expect("a wait")
    }

    fn called(&self) -> Vec<String> {
        let called = |kind: &EffectKind| match kind {
            EffectKind::Originate { to: Personal::Clear(to), .. } => Some(to.clone()),
            _ => None,
        };
        self.effects.iter().filter_map(|effect| called(&effect.kind)).collect()
    }
}

/// A customer has called and hung up.
fn known_to(center: Center) -> (Bench, ConversationId) {
    let mut bench = Bench::new(center);
    let _ = bench.call("pbx", "call-1", "100");
    bench.accept_all();
    let _ = bench.hangs_up("pbx", "call-1");
    let conversation = bench.events().find_map(|event| match event {
        Event::Conversation(ConversationEvent::Opened { id, .. }) => Some(*id),
        _ => None,
    });
    (bench, conversation.expect("a conversation"))
}

/// In an hour, for an hour.
fn promise(bench: &Bench, conversation: ConversationId) -> CommandBody {
    CommandBody::ScheduleCallback {
        conversation,
        queue: key("sales"),
        to: Personal::Clear("+49 40 1".into()),
        not_before: bench.now + Duration::from_hours(1),
        not_after: Some(bench.now + Duration::from_hours(2)),
        host: None,
    }
}

fn scheduled() -> Bench {
    let (mut bench, conversation) = known_to(builder().build().unwrap());
    let body = promise(&bench, conversation);
    bench.does(body);
    bench
}

fn due() -> Bench {
    let mut bench = scheduled();
    bench.wait(Duration::from_hours(1));
    bench
}

/// Ana has picked up, and the customer's phone rings.
fn ringing() -> Bench {
    let mut bench = due();
    bench.sign_in("ana");
    bench.accept_all();
    let phone = bench.ringing_leg();
    bench.leg_answers("pbx", phone);
    bench
}

#[test]
fn until_it_is_due_nobody_waits() {
    let mut bench = scheduled();
    bench.sign_in("ana");
    bench.wait(Duration::from_mins(59));
    assert_eq!(bench.told().len(), 1, "{:?}", bench.told());
    assert_eq!(bench.try_offer(), None);
    bench.wait(Duration::from_mins(1));
    assert!(bench.try_offer().is_some(), "its time has come");
}

#[test]
fn it_goes_on_with_the_conversation_that_is_kept_for_it() {
    let bench = due();
    let opened = bench.interaction_opened();
    assert_eq!((opened.direction, opened.origin), (Direction::Outbound, Origin::Callback));
    let first = bench.events().find_map(|event| match event {
        Event::Conversation(ConversationEvent::Opened { id, .. }) => Some(*id),
        _ => None,
    });
    assert_eq!(Some(opened.conversation), first);
    assert_eq!(bench.waits().id, bench.promised(), "the request that was promised");
    assert_eq!(bench.waits().cause, RequestCause::Callback);
}

#[test]
fn who_waits_for_a_call_waits_on_no_line() {
    let mut bench = due();
    // Longer than the queue lets callers wait, over its close, and with nobody there.
    bench.does(CommandBody::SwitchQueue {
        queue: key("sales"),
        switch: Switch::Closed,
        until: None,
    });
    bench.wait(Duration::from_mins(30));
    assert_eq!(bench.over(), None);
    assert!(!bench.waits().counts_as_offered, "the caller's own wait was counted already");
}

#[test]
fn the_agent_answers_first_and_then_the_customer_is_called() {
    let mut bench = due();
    bench.sign_in("ana");
    bench.accept_all();
    assert_eq!(bench.called(), ["1"], "the agent's phone");
    let phone = bench.ringing_leg();
    bench.leg_answers("pbx", phone);
    assert_eq!(bench.called(), ["1", "+49 40 1"]);
    let customer = bench.interaction_opened().leg;
    bench.leg_answers("pbx", customer);
    bench.done("pbx", |kind| matches!(kind, EffectKind::Bridge { .. }));
    let engagement = bench.engagement();
    bench.does(CommandBody::HangUp { engagement });
    assert_eq!(bench.over(), Some(true));
    let attempts = bench.told().into_iter();
    assert_eq!(attempts.filter(|e| matches!(e, CallbackEvent::Attempted { .. })).count(), 1);
}

#[test]
fn a_customer_who_does_not_answer_was_not_reached() {
    let mut bench = ringing();
    let leg = LegRef::Ours(bench.interaction_opened().leg);
    let _ = bench.leg_ends("pbx", leg, EndKind::NoAnswer);
    assert_eq!(bench.over(), Some(false));
    let ended = bench.outcomes();
    assert!(
        matches!(ended.last(), Some(Outcome::Answered { .. })),
        "an agent took it up: {ended:?}"
    );
}

#[test]
fn an_agent_who_gives_up_ends_the_promise() {
    let mut bench = ringing();
    let engagement = bench.engagement();
    bench.does(CommandBody::HangUp { engagement });
    assert_eq!(bench.over(), Some(false));
}

#[test]
fn nobody_in_time_and_it_is_over() {
    let mut bench = due();
    bench.wait(Duration::from_mins(59));
    assert_eq!(bench.over(), None);
    bench.wait(Duration::from_mins(1));
    assert_eq!(bench.over(), Some(false));
    bench.sign_in("ana");
    assert_eq!(bench.try_offer(), None);
}

#[test]
fn a_promise_is_taken_back_before_it_is_due_and_while_it_waits() {
    for lives in [scheduled, due] {
        let mut bench = lives();
        let request = bench.promised();
        bench.does(CommandBody::CancelCallback { request });
        assert_eq!(bench.over(), Some(false));
        bench.sign_in("ana");
        bench.wait(Duration::from_hours(3));
        assert_eq!(bench.called().len(), 0);
        let again = bench.command(CommandBody::CancelCallback { request });
        assert_eq!(refusal(again).field, "request");
    }
}

#[test]
fn what_an_agent_has_taken_up_is_not_taken_back() {
    let mut bench = ringing();
    let request = bench.promised();
    let receipt = bench.command(CommandBody::CancelCallback { request });
    assert_eq!(refusal(receipt).field, "request");
    assert_eq!(bench.over(), None);
}

#[test]
fn only_promises_are_taken_back() {
    let mut bench = scheduled();
    let _ = bench.call("pbx", "call-2", "100");
    let request = bench.waits().id;
    let receipt = bench.command(CommandBody::CancelCallback { request });
    assert_eq!(refusal(receipt).field, "request");
}

#[test]
fn a_full_queue_keeps_its_promises() {
    let mut bench = scheduled();
    bench.wait(Duration::from_mins(59) + Duration::from_secs(30));
    let _ = bench.call("pbx", "call-2", "100");
    bench.wait(Duration::from_secs(40));
    assert_eq!(bench.waits().cause, RequestCause::Callback);
    assert_eq!(bench.over(), None);
}

#[test]
fn a_promise_of_a_removed_queue_goes_to_its_heir_with_its_bound() {
    let mut bench = due();
    bench.configures(vec![
        Change::EntryPoint { key: key("main"), to: None },
        Change::Queue { key: key("sales"), to: None },
    ]);
    bench.seconds(1);
    let waits = bench.waits();
    assert_eq!(waits.cause, RequestCause::Callback);
    assert_ne!(waits.id, bench.promised());
    bench.wait(Duration::from_hours(1));
    assert_eq!(bench.over(), Some(false), "no later than was promised");
}

#[test]
fn a_promise_that_is_not_due_goes_to_the_heir_too() {
    let mut bench = scheduled();
    bench.configures(vec![
        Change::EntryPoint { key: key("main"), to: None },
        Change::Queue { key: key("sales"), to: None },
    ]);
    bench.wait(Duration::from_hours(1));
    assert_eq!(bench.waits().id, bench.promised());
    assert_eq!(bench.over(), None);
}

#[test]
fn a_promise_that_nobody_is_left_to_keep_is_over_when_it_is_due() {
    let (mut bench, conversation) =
        known_to(builder().host("second", Host::new("Second")).build().unwrap());
    let CommandBody::ScheduleCallback { queue, to, not_before, not_after, .. } =
        promise(&bench, conversation)
    else {
        panic!("no promise")
    };
    let host = Some(key("second"));
    bench.does(CommandBody::ScheduleCallback {
        conversation,
        queue,
        to,
        not_before,
        not_after,
        host,
    });
    bench.configures(vec![Change::Host { key: key("second"), to: None }]);
    assert_eq!(bench.over(), None);
    bench.wait(Duration::from_hours(1));
    assert_eq!(bench.over(), Some(false));
}

#[test]
fn whoever_is_called_back_has_to_say_again_who_it_is() {
    let mut bench = Bench::new(builder().build().unwrap());
    let _ = bench.call("pbx", "call-1", "100");
    bench.accept_all();
    let first = bench.interaction_opened();
    let identity = Identity { level: 2, method: Some(key("pin")), ..Identity::default() };
    bench.does(CommandBody::SetIdentity { interaction: first.id, identity });
    bench.does(CommandBody::ScheduleCallback {
        conversation: first.conversation,
        queue: key("sales"),
        to: Personal::Clear("+49 40 1".into()),
        not_before: bench.now + Duration::from_secs(30),
        not_after: None,
        host: Some(key("pbx")),
    });
    bench.seconds(30);
    let second = bench.interaction_opened();
    assert_eq!((second.origin, second.conversation), (Origin::Callback, first.conversation));
    let level = |id| bench.engine.customer(id, bench.now).unwrap().identity.level;
    assert_eq!((level(first.id), level(second.id)), (2, 0));
}

#[test]
fn a_promise_for_now_is_due_now() {
    let (mut bench, conversation) = known_to(builder().build().unwrap());
    bench.does(CommandBody::ScheduleCallback {
        conversation,
        queue: key("sales"),
        to: Personal::Clear("+49 40 1".into()),
        not_before: bench.now,
        not_after: None,
        host: Some(key("pbx")),
    });
    assert_eq!(bench.waits().cause, RequestCause::Callback);
    assert_eq!(bench.waits().wait_until, None);
}

#[test]
fn what_cannot_be_kept_is_not_promised() {
    let (mut bench, conversation) =
        known_to(builder().host("second", Host::new("Second")).build().unwrap());
    let wrong = |queue: &str, host: Option<&str>, hours: (i64, i64)| {
        let (from, to) = hours;
        CommandBody::ScheduleCallback {
            conversation,
            queue: key(queue),
            to: Personal::Clear("+49 40 1".into()),
            not_before: bench.now + Duration::from_hours(from),
            not_after: Some(bench.now + Duration::from_hours(to)),
            host: host.map(key),
        }
    };
    let cases = [
        (wrong("sales", None, (1, 2)), "host"),
        (wrong("sales", Some("third"), (1, 2)), "host"),
        (wrong("nowhere", Some("pbx"), (1, 2)), "queue"),
        (wrong("other", Some("pbx"), (1, 2)), "conversation"),
        (wrong("sales", Some("pbx"), (2, 1)), "not_after"),
        (wrong("sales", Some("pbx"), (-2, -1)), "not_after"),
    ];
    for (body, field) in cases {
        assert_eq!(refusal(bench.promises(body)).field, field);
    }
}

#[test]
fn a_promise_counts_among_the_calls_made_and_not_among_the_waits() {
    let mut bench = ringing();
    let customer = bench.interaction_opened().leg;
    bench.leg_answers("pbx", customer);
    bench.done("pbx", |kind| matches!(kind, EffectKind::Bridge { .. }));
    let engagement = bench.engagement();
    bench.does(CommandBody::HangUp { engagement });
    bench.does(CommandBody::FinishWrapUp { engagement, disposition: None });
    let mut kpis = Kpis::default();
    bench.records.iter().for_each(|record| kpis.apply(record));
    let sales = kpis.report(bench.now).queues["sales"];
    assert_eq!((sales.offered, sales.answered), (1, 0), "the call at the beginning");
    assert_eq!((sales.calls_made, sales.calls_connected), (1, 1));
}
