//! Written channels: messages with author and delivery, several at once, work that is put away, its
//! owner, silence, interactions that open again, and a target in business time.

use crate::support::{Bench, START, key};
use switchboard::id::{EngagementId, ExternalRef, InteractionId, MessageId, QueueId, RequestId};
use switchboard::message::{
    Alert, CommandBody, CustomerRef, CustomerToken, DeliveryState, Destination, Direction,
    EffectKind, EndKind, Event, HostError, HostEvent, InteractionEvent, LegEvent, MessageEvent,
    Origin, Outcome, Personal, Phase, Receipt, RequestCause, ShardEvent, Target, TransferEvent,
};
use switchboard::model::{
    Agent, Center, Change, Channel, ChannelCapacity, EntryPoint, Host, Hours, Queue, Silence,
    Weekday, WrapUpMode,
};
use switchboard::time::{Duration, Timestamp};

fn silence() -> Silence {
    let mut silence = Silence::default();
    silence.customer = Some(Duration::from_mins(5));
    silence.ask = "Are you still there?".into();
    silence.close = Some(Duration::from_mins(2));
    silence.agent = Some(Duration::from_mins(3));
    silence
}

fn center() -> Center {
    Center::builder()
        .host("mail", Host::new("Mail"))
        .hours("office", Hours::new().open(&Weekday::ALL, "09:00", "17:00"))
        .channel(Channel::Email, ChannelCapacity::new(40, 2))
        .channel(Channel::Sms, ChannelCapacity::new(20, 4))
        .channel(Channel::Task, ChannelCapacity::new(40, 2))
        .queue("letters", Queue::new().hours("office").service_target(Duration::from_hours(4)))
        .queue("calls", Queue::new())
        .queue("care", Queue::new().wrap_up(WrapUpMode::Optional, Duration::from_mins(5)))
        .entry_point("mailbox", EntryPoint::on(Channel::Email, "help@x.org").to_queue("letters"))
        .entry_point("sms", EntryPoint::on(Channel::Sms, "4242").to_queue("calls"))
        .entry_point("tasks", EntryPoint::on(Channel::Task, "tasks").to_queue("calls"))
        .entry_point("main", EntryPoint::voice("100").to_queue("calls"))
        .agent("ana", Agent::new("Ana"))
        .agent("ben", Agent::new("Ben"))
        .policies(|policies| {
            policies.silence.insert(Channel::Sms, silence());
        })
        .build()
        .unwrap()
}

fn name(text: &str) -> ExternalRef {
    ExternalRef::new(text).unwrap()
}

trait Letters {
    fn writes(&mut self, channel: Channel, thread: &str, message: &str) -> Receipt;
    fn writes_at(
        &mut self,
        at: Timestamp,
        channel: Channel,
        thread: &str,
        message: &str,
    ) -> Receipt;
    fn takes(&mut self) -> EngagementId;
    fn sends(&mut self, engagement: EngagementId) -> MessageId;
    fn messages(&self) -> Vec<&MessageEvent>;
}

impl Letters for Bench {
    fn writes(&mut self, channel: Channel, thread: &str, message: &str) -> Receipt {
        self.writes_at(self.now, channel, thread, message)
    }

    fn writes_at(
        &mut self,
        at: Timestamp,
        channel: Channel,
        thread: &str,
        message: &str,
    ) -> Receipt {
        let to = if channel == Channel::Email { "help@x.org" } else { "4242" };
        self.report_at(
            at,
            "mail",
            HostEvent::MessageReceived {
                thread: name(thread),
                message: name(message),
                channel,
                to: to.into(),
                from: Box::new(CustomerRef {
                    token: Some(CustomerToken(7)),
                    ..CustomerRef::default()
                }),
                subject: None,
                text: Personal::Clear("Hello".into()),
                in_reply_to: None,
                attachments: Vec::new(),
            },
        )
    }

    /// The latest offer is accepted.
    fn takes(&mut self) -> EngagementId {
        let offer = self.offer();
        self.does(CommandBody::AcceptOffer { offer });
        self.engagement()
    }

    fn sends(&mut self, engagement: EngagementId) -> MessageId {
        self.does(CommandBody::SendMessage {
            engagement,
            text: Personal::Clear("Dear customer".into()),
            in_reply_to: None,
            attachments: Vec::new(),
        });
        self.messages()
            .into_iter()
            .rev()
            .find_map(|event| match event {
                MessageEvent::Added { id, direction: Direction::Outbound, .. } => Some(*id),
                _ => None,
            })
            .expect("a message")
    }

    fn messages(&self) -> Vec<&MessageEvent> {
        self.events()
            .filter_map(|event| match event {
                Event::Message(event) => Some(event),
                _ => None,
            })
            .collect()
    }
}

fn is_over(bench: &Bench) -> bool {
    bench.events().any(|event| matches!(event, Event::Interaction(InteractionEvent::Ended { .. })))
}

/// Ana has a letter in hand.
fn in_hand() -> (Bench, EngagementId) {
    let mut bench = Bench::new(center());
    bench.sign_in("ana");
    let _ = bench.writes(Channel::Email, "thread-1", "m1");
    let part = bench.takes();
    (bench, part)
}

#[test]
fn five_hundred_emails_and_one_call() {
    let mut bench = Bench::new(center());
    // The day before, after the office has closed.
    bench.wait(Duration::from_hours(9));
    for n in 0..500 {
        let (thread, message) = (format!("thread-{n}"), format!("m{n}"));
        assert!(matches!(bench.writes(Channel::Email, &thread, &message), Receipt::Recorded(_)));
    }
    assert_eq!(bench.outcomes(), [], "they wait for the morning");
    bench.wait(Duration::from_hours(15));
    let _ = bench.call("mail", "call-1", "100");
    bench.sign_in("ana");
    let first = bench.offered()[0];
    assert_eq!(Some(&first), bench.requests().last(), "the call is served first");
}

#[test]
fn what_is_overdue_in_writing_does_not_go_before_a_call() {
    let mut bench = Bench::new(center());
    let _ = bench.writes(Channel::Email, "thread-1", "m1");
    // Due at one, and nobody has come until three.
    bench.wait(Duration::from_hours(6));
    let _ = bench.call("mail", "call-1", "100");
    bench.sign_in("ana");
    let [letter, call] = bench.requests_opened().try_into().unwrap();
    assert!(letter.due_at < call.order_at);
    assert_eq!(bench.offered(), [call.id]);
}

#[test]
fn a_target_of_written_work_runs_in_business_time() {
    let mut bench = Bench::new(center());
    // At three in the afternoon two hours of business are left, and the target is four.
    bench.wait(Duration::from_hours(6));
    let _ = bench.writes(Channel::Email, "thread-1", "m1");
    let opened = bench.requests_opened().pop().unwrap();
    assert_eq!(opened.due_at, START + Duration::from_hours(24 + 2));
}

#[test]
fn several_at_once_as_capacity_allows() {
    let mut bench = Bench::new(center());
    bench.sign_in("ana");
    for n in 0..3 {
        let (thread, message) = (format!("thread-{n}"), format!("m{n}"));
        let _ = bench.writes(Channel::Email, &thread, &message);
        if n < 2 {
            let _ = bench.takes();
        }
    }
    assert_eq!(bench.offered().len(), 2, "a third letter does not fit");
}

#[test]
fn a_message_carries_its_author_and_where_it_got() {
    let (mut bench, part) = in_hand();
    let message = bench.sends(part);
    let sent = bench.effects.iter().rev().find_map(|effect| match &effect.kind {
        EffectKind::SendMessage { message, thread, .. } => {
            Some((effect.id, *message, thread.clone()))
        }
        _ => None,
    });
    let (op, id, thread) = sent.unwrap();
    assert_eq!((id, thread), (message, name("thread-1")));
    let _ = bench.report("mail", HostEvent::OpDone { op });
    let (external, state) = (Some(name("m2")), DeliveryState::Delivered);
    let _ = bench.report("mail", HostEvent::MessageUpdated { message, external, state });
    assert!(matches!(
        bench.messages().last(),
        Some(MessageEvent::Updated { state: DeliveryState::Delivered, .. })
    ));
    let authors: Vec<bool> = bench
        .messages()
        .iter()
        .filter_map(|event| match event {
            MessageEvent::Added { author, .. } => Some(author.is_some()),
            _ => None,
        })
        .collect();
    assert_eq!(authors, [false, true]);
}

#[test]
fn an_answer_names_the_message_it_answers() {
    let (mut bench, part) = in_hand();
    let message = bench.sends(part);
    let (external, state) = (Some(name("m2")), DeliveryState::Sent);
    let _ = bench.report("mail", HostEvent::MessageUpdated { message, external, state });
    let _ = bench.report(
        "mail",
        HostEvent::MessageReceived {
            thread: name("thread-1"),
            message: name("m3"),
            channel: Channel::Email,
            to: "help@x.org".into(),
            from: Box::default(),
            subject: None,
            text: Personal::Clear("Thanks".into()),
            in_reply_to: Some(name("m2")),
            attachments: Vec::new(),
        },
    );
    let answers = bench.messages().into_iter().rev().find_map(|event| match event {
        MessageEvent::Added { in_reply_to, .. } => *in_reply_to,
        _ => None,
    });
    assert_eq!(answers, Some(message));
}

#[test]
fn a_message_that_is_not_taken_has_failed() {
    let (mut bench, part) = in_hand();
    let message = bench.sends(part);
    bench.accept_all();
    bench.seconds(31);
    let failed = bench.messages().into_iter().any(|event| {
        matches!(event, MessageEvent::Updated { id, state: DeliveryState::Failed(HostError::Timeout), .. }
            if *id == message)
    });
    assert!(failed);
}

#[test]
fn a_message_that_the_host_cannot_take_has_failed_for_that_reason() {
    let (mut bench, part) = in_hand();
    let message = bench.sends(part);
    let op = bench.op(|kind| matches!(kind, EffectKind::SendMessage { .. }));
    let _ = bench.report("mail", HostEvent::OpFailed { op, error: HostError::Rejected });
    assert!(matches!(
        bench.messages().last(),
        Some(MessageEvent::Updated { id, state: DeliveryState::Failed(HostError::Rejected), .. })
            if *id == message
    ));
}

#[test]
fn parked_work_takes_no_room_and_blocks_no_presence() {
    let (mut bench, part) = in_hand();
    bench.does(CommandBody::Park { engagement: part, until: None });
    for n in 2..4 {
        let (thread, message) = (format!("thread-{n}"), format!("m{n}"));
        let _ = bench.writes(Channel::Email, &thread, &message);
        let other = bench.takes();
        bench.does(CommandBody::Park { engagement: other, until: None });
    }
    bench.does(CommandBody::SetPresence { agent: key("ana"), ready: false, reason: None });
    assert_eq!(bench.activity(), switchboard::message::Activity::NotReady(None));
    assert!(!is_over(&bench), "it is kept");
}

#[test]
fn the_owner_takes_parked_work_up_again() {
    let (mut bench, part) = in_hand();
    bench.does(CommandBody::Park { engagement: part, until: None });
    assert_eq!(bench.phase(part), Some(Phase::Parked));
    bench.does(CommandBody::Unpark { engagement: part });
    assert_eq!(bench.phase(part), Some(Phase::Active));
    assert_eq!(bench.requests_opened().len(), 1, "no request is needed");
}

#[test]
fn a_reply_to_parked_work_goes_to_its_owner() {
    let (mut bench, part) = in_hand();
    bench.sign_in("ben");
    bench.does(CommandBody::Park { engagement: part, until: None });
    let _ = bench.writes(Channel::Email, "thread-1", "m2");
    let resume = bench.requests_opened().pop().unwrap();
    assert_eq!(resume.cause, RequestCause::Resume);
    assert!(matches!(&resume.target, Target::Agents(agents) if agents.len() == 1));
    assert_eq!(bench.phase(part), None);
    let again = bench.takes();
    assert_eq!(bench.phase(again), Some(Phase::Active));
    assert!(!is_over(&bench));
}

/// The customer's wait begins where the agent's work has ended, whatever the host's clock says.
#[test]
fn a_reply_is_not_older_than_what_it_answers() {
    let (mut bench, part) = in_hand();
    bench.seconds(60);
    bench.does(CommandBody::Park { engagement: part, until: None });
    let parked_at = bench.now;
    bench.seconds(5);
    let wrote_at = parked_at - Duration::from_secs(10);
    let _ = bench.writes_at(wrote_at, Channel::Email, "thread-1", "m2");
    let resume = bench.requests_opened().pop().unwrap();
    assert_eq!(resume.cause, RequestCause::Resume);
    assert_eq!(resume.queue_entered_at, parked_at, "no time counts twice");
    let told = |event: &Event| matches!(event, Event::Shard(ShardEvent::TimeBounded { .. }));
    assert!(bench.last_events().iter().any(told));
}

#[test]
fn after_the_hold_others_take_the_reply() {
    let (mut bench, part) = in_hand();
    bench.sign_in("ben");
    bench.does(CommandBody::Park { engagement: part, until: None });
    bench.does(CommandBody::SetPresence { agent: key("ana"), ready: false, reason: None });
    let _ = bench.writes(Channel::Email, "thread-1", "m2");
    assert_eq!(bench.offered().len(), 1);
    bench.wait(Duration::from_mins(5));
    assert_eq!(bench.offered().len(), 2, "Ben is asked");
    assert_eq!(bench.requests_opened().pop().unwrap().cause, RequestCause::Resume);
}

#[test]
fn an_owner_who_has_left_is_not_waited_for() {
    let (mut bench, part) = in_hand();
    bench.sign_in("ben");
    bench.does(CommandBody::Park { engagement: part, until: None });
    bench.does(CommandBody::SignOut { agent: key("ana"), force: false });
    let _ = bench.writes(Channel::Email, "thread-1", "m2");
    assert_eq!(bench.offered().len(), 2, "Ben is asked at once");
}

#[test]
fn parked_work_comes_back_when_its_time_has_come() {
    let (mut bench, part) = in_hand();
    let until = Some(bench.now + Duration::from_hours(2));
    bench.does(CommandBody::Park { engagement: part, until });
    bench.wait(Duration::from_hours(2));
    assert_eq!(bench.requests_opened().pop().unwrap().cause, RequestCause::Resume);
    assert_eq!(bench.offered().len(), 2);
}

#[test]
fn a_silent_customer_is_asked_then_let_go() {
    let mut bench = Bench::new(center());
    bench.sign_in("ana");
    let _ = bench.writes(Channel::Sms, "sms-1", "m1");
    let part = bench.takes();
    let _ = bench.sends(part);
    bench.wait(Duration::from_mins(5));
    let asked = bench.handed_out(|kind| {
        matches!(kind, EffectKind::SendMessage { text: Personal::Clear(text), .. }
            if text == "Are you still there?")
    });
    assert_eq!(asked, 1);
    assert!(!is_over(&bench));
    bench.wait(Duration::from_mins(2));
    assert!(is_over(&bench));
}

#[test]
fn a_customer_who_answers_is_not_silent() {
    let mut bench = Bench::new(center());
    bench.sign_in("ana");
    let _ = bench.writes(Channel::Sms, "sms-1", "m1");
    let part = bench.takes();
    let _ = bench.sends(part);
    bench.wait(Duration::from_mins(5));
    let _ = bench.writes(Channel::Sms, "sms-1", "m2");
    bench.wait(Duration::from_mins(2));
    assert!(!is_over(&bench));
}

#[test]
fn each_of_several_customers_is_silent_by_its_own_clock() {
    let asked = |bench: &Bench| -> Vec<ExternalRef> {
        let asked = |kind: &EffectKind| match kind {
            EffectKind::SendMessage { text: Personal::Clear(text), thread, .. }
                if text == "Are you still there?" =>
            {
                Some(thread.clone())
            }
            _ => None,
        };
        bench.effects.iter().filter_map(|effect| asked(&effect.kind)).collect()
    };
    let mut bench = Bench::new(center());
    bench.sign_in("ana");
    for thread in ["sms-1", "sms-2"] {
        let _ = bench.writes(Channel::Sms, thread, &format!("{thread}-m1"));
        let part = bench.takes();
        let _ = bench.sends(part);
        bench.seconds(60);
    }
    bench.wait(Duration::from_mins(3));
    assert_eq!(asked(&bench), [name("sms-1")]);
    bench.seconds(30);
    let _ = bench.writes(Channel::Sms, "sms-1", "sms-1-m2");
    bench.seconds(30);
    assert_eq!(asked(&bench), [name("sms-1"), name("sms-2")]);
    bench.wait(Duration::from_mins(2));
    let over: Vec<_> = bench
        .events()
        .filter_map(|event| match event {
            Event::Interaction(InteractionEvent::Ended { id, .. }) => Some(*id),
            _ => None,
        })
        .collect();
    assert_eq!(over, interactions(&bench)[1..], "who has answered goes on");
}

#[test]
fn while_a_customer_waits_again_nobody_is_silent() {
    let mut bench = Bench::new(center());
    bench.sign_in("ana");
    let _ = bench.writes(Channel::Sms, "sms-1", "m1");
    let part = bench.takes();
    let _ = bench.sends(part);
    bench.does(CommandBody::SignOut { agent: key("ana"), force: true });
    bench.wait(Duration::from_mins(30));
    let idle = |event: &Event| {
        matches!(
            event,
            Event::Message(MessageEvent::CustomerIdle { .. } | MessageEvent::AgentIdle { .. })
        )
    };
    assert!(!bench.events().any(idle));
    bench.sign_in("ben");
    assert_eq!(bench.offered().len(), 2);
}

#[test]
fn a_customer_may_be_silent_while_the_agent_asks_somebody() {
    let mut bench = Bench::new(center());
    bench.sign_in("ana");
    let _ = bench.writes(Channel::Sms, "sms-1", "m1");
    let engagement = bench.takes();
    let _ = bench.sends(engagement);
    bench.sign_in("ben");
    let to = Destination::Agent(key("ben"));
    bench.does(CommandBody::Consult { engagement, to });
    bench.wait(Duration::from_mins(5));
    let idle = |event: &Event| matches!(event, Event::Message(MessageEvent::CustomerIdle { .. }));
    assert!(bench.events().any(idle));
}

#[test]
fn of_a_silent_agent_a_supervisor_is_told() {
    let mut bench = Bench::new(center());
    bench.sign_in("ana");
    let _ = bench.writes(Channel::Sms, "sms-1", "m1");
    let _ = bench.takes();
    let _ = bench.writes(Channel::Sms, "sms-1", "m2");
    bench.wait(Duration::from_mins(3));
    let told =
        bench.handed_out(|kind| matches!(kind, EffectKind::Alert { about: Alert::AgentIdle(_) }));
    assert_eq!(told, 1);
    assert!(matches!(bench.messages().last(), Some(MessageEvent::AgentIdle { .. })));
}

#[test]
fn whoever_writes_again_opens_the_interaction_again() {
    let (mut bench, part) = in_hand();
    let _ = bench.sends(part);
    bench.sign_in("ben");
    bench.does(CommandBody::HangUp { engagement: part });
    assert!(is_over(&bench));
    bench.seconds(30);
    let _ = bench.writes(Channel::Email, "thread-1", "m2");
    assert!(bench.messages().iter().any(|event| matches!(event, MessageEvent::Reopened { .. })));
    assert_eq!(interactions(&bench).len(), 1);
    let resume = bench.requests_opened().pop().unwrap();
    assert_eq!(resume.cause, RequestCause::Resume);
    assert!(matches!(&resume.target, Target::Agents(_)), "whoever wrote last is asked first");
    let again = bench.takes();
    bench.does(CommandBody::HangUp { engagement: again });
}

#[test]
fn after_the_retention_it_is_another_interaction_of_the_same_conversation() {
    let (mut bench, part) = in_hand();
    bench.does(CommandBody::HangUp { engagement: part });
    bench.wait(Duration::from_mins(10));
    let _ = bench.writes(Channel::Email, "thread-1", "m2");
    assert_eq!(interactions(&bench).len(), 2);
    let conversations = bench.events().filter(|event| {
        matches!(event, Event::Conversation(switchboard::message::ConversationEvent::Opened { .. }))
    });
    assert_eq!(conversations.count(), 1);
}

fn interactions(bench: &Bench) -> Vec<InteractionId> {
    bench
        .events()
        .filter_map(|event| match event {
            Event::Interaction(InteractionEvent::Opened(opened)) => Some(opened.id),
            _ => None,
        })
        .collect()
}

#[test]
fn the_application_opens_a_task() {
    let mut bench = Bench::new(center());
    bench.sign_in("ana");
    bench.does(CommandBody::OpenInteraction {
        entry_point: key("tasks"),
        customer: CustomerRef::default(),
        direction: Direction::Inbound,
        origin: Origin::Api,
        references: Vec::new(),
        test: false,
    });
    let part = bench.takes();
    let receipt = bench.command(CommandBody::SendMessage {
        engagement: part,
        text: Personal::Clear("x".into()),
        in_reply_to: None,
        attachments: Vec::new(),
    });
    assert!(matches!(receipt, Receipt::Rejected { .. }), "nobody reads it: {receipt:?}");
    bench.does(CommandBody::HangUp { engagement: part });
    assert!(is_over(&bench));
    assert!(matches!(bench.outcomes()[..], [Outcome::Answered { .. }]));
}

#[test]
fn what_is_written_outlives_the_connection_of_its_host() {
    let (mut bench, part) = in_hand();
    let _ = bench.report("mail", HostEvent::HostLost { reason: Personal::Clear(String::new()) });
    bench.wait(Duration::from_mins(10));
    assert_eq!(bench.phase(part), Some(Phase::Active));
    let _ = bench.report("mail", HostEvent::HostResync { generation: 1, legs: Vec::new() });
    let _ = bench.writes(Channel::Email, "thread-1", "m2");
    assert_eq!(interactions(&bench).len(), 1);
}

#[test]
fn a_hundred_parked_letters_leave_room_for_a_call() {
    let mut bench = Bench::new(center());
    bench.sign_in("ana");
    for n in 0..100 {
        let (thread, message) = (format!("thread-{n}"), format!("m{n}"));
        let _ = bench.writes(Channel::Email, &thread, &message);
        let engagement = bench.takes();
        bench.does(CommandBody::Park { engagement, until: None });
    }
    let request: RequestId = *bench.requests().last().unwrap();
    let receipt = bench.command(CommandBody::WithdrawRequest { request });
    assert!(matches!(receipt, Receipt::Rejected { .. }), "it was answered: {receipt:?}");
    let _ = bench.call("mail", "call-1", "100");
    assert_eq!(bench.offered().len(), 101);
}

/// What is sent says all that an adapter needs: whence and where to, what about, and what it answers.
#[test]
fn a_message_says_whence_and_where_to_and_what_about() {
    let mut bench = Bench::new(center());
    let address = Some(Personal::Clear("erin@y.org".to_owned()));
    let from = CustomerRef { address: address.clone(), ..CustomerRef::default() };
    for (message, subject) in [("m1", Some("My order")), ("m2", Some("Re: My order"))] {
        let event = HostEvent::MessageReceived {
            thread: name("thread-1"),
            message: name(message),
            channel: Channel::Email,
            to: "help@x.org".into(),
            from: Box::new(from.clone()),
            subject: subject.map(|text| Personal::Clear(text.into())),
            text: Personal::Clear("Where is it?".into()),
            in_reply_to: None,
            attachments: Vec::new(),
        };
        let _ = bench.report("mail", event);
    }
    bench.sign_in("ana");
    let part = bench.takes();
    bench.sends(part);
    let sent = bench.effects.iter().find_map(|effect| match &effect.kind {
        EffectKind::SendMessage { channel, from, to, subject, in_reply_to, .. } => {
            Some((*channel, from.clone(), to.clone(), subject.clone(), in_reply_to.clone()))
        }
        _ => None,
    });
    let subject = Some(Personal::Clear("My order".to_owned()));
    let expected = (Channel::Email, "help@x.org".to_owned(), address, subject, Some(name("m2")));
    assert_eq!(sent, Some(expected));
}

/// A text in the hands of Ana.
fn texting() -> (Bench, EngagementId) {
    texting_in(center())
}

fn texting_in(center: Center) -> (Bench, EngagementId) {
    let mut bench = Bench::new(center);
    bench.sign_in("ana");
    let _ = bench.writes(Channel::Sms, "sms-1", "m1");
    let part = bench.takes();
    (bench, part)
}

fn idle_agents(bench: &Bench) -> Vec<Option<EngagementId>> {
    let idle = |event: &MessageEvent| match event {
        MessageEvent::AgentIdle { engagement, .. } => Some(*engagement),
        _ => None,
    };
    bench.messages().into_iter().filter_map(idle).collect()
}

fn taken_up(bench: &Bench) -> usize {
    let resumed = |event: &&MessageEvent| matches!(event, MessageEvent::Resumed { .. });
    bench.messages().into_iter().filter(resumed).count()
}

#[test]
fn only_an_agent_who_is_there_can_be_silent() {
    let mut bench = Bench::new(center());
    let _ = bench.writes(Channel::Sms, "sms-1", "m1");
    bench.wait(Duration::from_mins(5));
    assert_eq!(idle_agents(&bench), [], "nobody has taken it");

    let (mut bench, engagement) = texting();
    bench.does(CommandBody::Park { engagement, until: None });
    bench.does(CommandBody::SetPresence { agent: key("ana"), ready: false, reason: None });
    let _ = bench.writes(Channel::Sms, "sms-1", "m2");
    bench.wait(Duration::from_mins(5));
    assert_eq!(idle_agents(&bench), [], "it was put away");
}

#[test]
fn who_is_silent_is_named() {
    let (mut bench, part) = texting();
    let _ = bench.writes(Channel::Sms, "sms-1", "m2");
    bench.wait(Duration::from_mins(3));
    assert_eq!(idle_agents(&bench), [Some(part)]);
}

#[test]
fn without_a_question_nothing_is_sent_to_a_silent_customer() {
    let mut quiet = center();
    quiet.policies.silence.get_mut(&Channel::Sms).unwrap().ask.clear();
    let (mut bench, part) = texting_in(quiet);
    let _ = bench.sends(part);
    bench.wait(Duration::from_mins(7));
    assert_eq!(bench.handed_out(|kind| matches!(kind, EffectKind::SendMessage { .. })), 1);
    let gave_up = bench.events().any(|event| {
        matches!(event, Event::Interaction(InteractionEvent::Ended { cause, .. })
            if cause.kind == EndKind::NoAnswer)
    });
    assert!(gave_up);
}

#[test]
fn what_was_taken_up_is_put_away_no_more() {
    let (mut bench, engagement) = in_hand();
    let _ = bench.writes(Channel::Email, "thread-1", "m2");
    assert_eq!(taken_up(&bench), 0, "it was not put away");
    let until = Some(bench.now + Duration::from_hours(2));
    bench.does(CommandBody::Park { engagement, until });
    bench.does(CommandBody::Unpark { engagement });
    assert_eq!(taken_up(&bench), 1);
    bench.wait(Duration::from_hours(2));
    let _ = bench.writes(Channel::Email, "thread-1", "m3");
    assert_eq!(taken_up(&bench), 1);
}

#[test]
fn whoever_put_it_away_is_asked_first_when_it_opens_again() {
    let (mut bench, engagement) = in_hand();
    bench.does(CommandBody::Park { engagement, until: None });
    bench.does(CommandBody::Unpark { engagement });
    bench.does(CommandBody::HangUp { engagement });
    let _ = bench.writes(Channel::Email, "thread-1", "m2");
    assert!(matches!(&bench.requests_opened().pop().unwrap().target, Target::Agents(_)));
}

#[test]
fn the_name_of_a_thread_is_forgotten_with_its_interaction() {
    let (mut bench, part) = in_hand();
    bench.does(CommandBody::HangUp { engagement: part });
    let forgotten = |event: &Event| matches!(event, Event::Leg(LegEvent::Ended { .. }));
    assert!(!bench.events().any(forgotten));
    bench.wait(Duration::from_mins(10));
    assert!(bench.events().any(forgotten));
}

#[test]
fn a_transfer_that_ended_with_its_interaction_is_not_taken_up_again() {
    let (mut bench, engagement) = in_hand();
    let to = Destination::Queue(key("calls"));
    bench.does(CommandBody::Transfer { engagement, to, boost: None, fallback: None });
    let interaction = bench.interaction();
    bench.does(CommandBody::CloseInteraction { interaction });
    let _ = bench.writes(Channel::Email, "thread-1", "m2");
    bench.takes();
    let done = |event: &Event| {
        matches!(
            event,
            Event::Transfer(TransferEvent::Recalled { .. } | TransferEvent::Completed { .. })
        )
    };
    assert!(!bench.events().any(done));
}

#[test]
fn what_is_taken_up_again_interrupts_as_anything_new_does() {
    let mut center = center();
    let letters = ChannelCapacity::new(40, 2).interrupts(Channel::Sms);
    center.capacity.channels.insert(Channel::Email, letters);
    let mut bench = Bench::new(center);
    bench.sign_in("ana");
    let _ = bench.writes(Channel::Email, "thread-1", "m1");
    let engagement = bench.takes();
    bench.does(CommandBody::Park { engagement, until: None });
    let _ = bench.writes(Channel::Sms, "sms-1", "m2");
    let text = bench.takes();
    assert_eq!(bench.phase(text), Some(Phase::Active));
    bench.does(CommandBody::Unpark { engagement });
    assert_eq!(bench.phase(text), Some(Phase::Suspended));
}

#[test]
fn whoever_put_it_away_takes_it_up_though_another_wraps_up() {
    let mut bench = Bench::new(center());
    let _ = bench.writes(Channel::Email, "thread-1", "m1");
    let request = bench.requests()[0];
    bench.does(CommandBody::MoveRequest { request, queue: key("care") });
    bench.sign_in("ana");
    let (ana, to) = (bench.takes(), Destination::Queue(key("calls")));
    bench.does(CommandBody::Transfer { engagement: ana, to, boost: None, fallback: None });
    bench.sign_in("ben");
    let ben = bench.takes();
    bench.does(CommandBody::Park { engagement: ben, until: None });
    let _ = bench.writes(Channel::Email, "thread-1", "m2");
    assert_eq!(bench.requests_opened().pop().unwrap().cause, RequestCause::Resume);
    assert_eq!(bench.phase(ben), None, "it is Ben's");
}

#[test]
fn what_nobody_serves_any_more_is_over_again_at_once() {
    let (mut bench, engagement) = in_hand();
    bench.does(CommandBody::HangUp { engagement });
    bench.configures(vec![Change::EntryPoint { key: key("mailbox"), to: None }]);
    let _ = bench.writes(Channel::Email, "thread-1", "m2");
    let ends = |event: &&Event| matches!(event, Event::Interaction(InteractionEvent::Ended { .. }));
    assert_eq!(bench.events().filter(ends).count(), 2);
}

#[test]
fn what_was_put_away_goes_on_in_the_queue_that_has_inherited_its_own() {
    let mut center = center();
    center.queues.get_mut(&key("letters")).unwrap().heir = Some(key("calls"));
    let mut bench = Bench::new(center);
    bench.sign_in("ana");
    let _ = bench.writes(Channel::Email, "thread-1", "m1");
    let engagement = bench.takes();
    let until = Some(bench.now + Duration::from_mins(10));
    bench.does(CommandBody::Park { engagement, until });
    bench.configures(vec![
        Change::EntryPoint { key: key("mailbox"), to: None },
        Change::Queue { key: key("letters"), to: None },
    ]);
    bench.wait(Duration::from_mins(10));
    assert!(!is_over(&bench));
    let again = bench.requests_opened().pop().unwrap();
    assert_eq!((again.cause, again.home_queue), (RequestCause::Resume, QueueId(0)), "calls");
    assert_eq!(bench.offered().last(), Some(&again.id));
}
