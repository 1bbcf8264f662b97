//! Customers and agents write to each other: the engine, the adapter and both servers together.

mod support;

use std::collections::VecDeque;

use support::{Kind, NOW, Post, US, key, next};
use switchboard::id::{CommandId, EngagementId, InteractionId, MessageId, OfferId};
use switchboard::memory::MemoryDirectory;
use switchboard::message::{
    Actor, Command, CommandBody, ConversationEvent, DeliveryState, Direction, Effect,
    EngagementEvent, Event, Input, InteractionEvent, MessageEvent, OfferEvent, Output, Personal,
    Receipt, Record,
};
use switchboard::model::{Agent, Center, Channel, ChannelCapacity, EntryPoint, Host, Queue};
use switchboard::port::{
    Candidate, Fate, Incoming, InputNumber, Messaging as _, Outgoing, handed_over, recognize,
};
use switchboard::{Engine, Opening};
use switchboard_mail::{MailAdapter, read_mail};

fn center() -> Center {
    Center::builder()
        .host("mail", Host::new("Mailbox"))
        .host("mail-out", Host::new("What became of sending"))
        .channel(Channel::Email, ChannelCapacity::new(40, 2))
        .queue("letters", Queue::new())
        .entry_point("mailbox", EntryPoint::on(Channel::Email, US).to_queue("letters"))
        .agent("ana", Agent::new("Ana"))
        .build()
        .unwrap()
}

/// An engine with the adapter as its host: what a driver does, one input after the other.
struct Desk {
    engine: Engine,
    adapter: MailAdapter,
    directory: MemoryDirectory,
    records: Vec<Record>,
    commands: u32,
}

impl Desk {
    async fn open(post: &Post) -> Self {
        let engine = Engine::open(NOW, Opening::new(center())).unwrap();
        let directory =
            MemoryDirectory::new().with("eva@y.org", Candidate::new("customer-7").tier(2));
        let (adapter, records, commands) = (post.adapter(), Vec::new(), 0);
        let mut desk = Self { engine, adapter, directory, records, commands };
        desk.drain().await;
        desk.does(CommandBody::sign_in(key("ana"))).await;
        desk
    }

    async fn input(&mut self, input: Input) -> Receipt {
        let receipt = self.engine.handle(NOW, input);
        self.drain().await;
        receipt
    }

    async fn drain(&mut self) {
        let mut effects: VecDeque<Effect> = VecDeque::new();
        loop {
            while let Some(output) = self.engine.poll_output() {
                match output {
                    Output::Record(record) => {
                        let seq = record.seq;
                        self.records.push(record);
                        let _ = self.engine.handle(NOW, Input::Persisted(seq));
                    }
                    Output::Effect(effect) => effects.push_back(effect),
                    Output::Reply(_) => {}
                }
            }
            let Some(effect) = effects.pop_front() else { return };
            let op = effect.id;
            let result = match Outgoing::try_from(effect) {
                Ok(outgoing) => self.adapter.send(outgoing).await,
                Err(_) => Ok(()), // for the agent's desktop
            };
            let _ = self.engine.handle(NOW, handed_over(op, &result));
        }
    }

    async fn does(&mut self, body: CommandBody) {
        self.commands += 1;
        let id = CommandId::new(format!("c-{}", self.commands)).unwrap();
        let receipt = self.input(Command::new(id, Actor::agent(key("ana")), body).into()).await;
        assert!(matches!(receipt, Receipt::Recorded(_)), "{receipt:?}");
    }

    /// Takes in what comes next, releases it, and tells what the engine said.
    async fn takes_in(&mut self) -> Receipt {
        let Incoming::Report(mut report) = next(&self.adapter).await else {
            panic!("not a report")
        };
        recognize(&self.directory, &mut report.event).await.unwrap();
        let number = InputNumber::of(&report);
        let receipt = self.input(Input::Host(report)).await;
        let fate = Fate::of(&receipt).expect("the engine has room");
        self.adapter.release(&number, fate).await.unwrap();
        receipt
    }

    fn events(&self) -> impl DoubleEndedIterator<Item = &Event> {
        self.records.iter().flat_map(|record| &record.events)
    }

    fn last<T>(&self, of: impl Fn(&Event) -> Option<T>) -> Option<T> {
        self.events().rev().find_map(of)
    }

    fn offer(&self) -> OfferId {
        let offer = self.last(|event| match event {
            Event::Offer(OfferEvent::Made(made)) => Some(made.id),
            _ => None,
        });
        offer.expect("an offer")
    }

    fn engagement(&self) -> EngagementId {
        let part = self.last(|event| match event {
            Event::Engagement(EngagementEvent::Opened { id, .. }) => Some(*id),
            _ => None,
        });
        part.expect("an engagement")
    }

    fn interactions(&self) -> usize {
        let opened =
            |event: &&Event| matches!(event, Event::Interaction(InteractionEvent::Opened { .. }));
        self.events().filter(opened).count()
    }

    /// Messages of all interactions, in order: where, whence, the message it answers.
    fn messages(&self) -> Vec<(InteractionId, MessageId, Direction, Option<MessageId>)> {
        let added = |event: &Event| match event {
            Event::Message(MessageEvent::Added {
                id, interaction, direction, in_reply_to, ..
            }) => Some((*interaction, *id, *direction, *in_reply_to)),
            _ => None,
        };
        self.events().filter_map(added).collect()
    }

    fn states(&self, message: MessageId) -> Vec<DeliveryState> {
        let updated = |event: &Event| match event {
            Event::Message(MessageEvent::Updated { id, state, .. }) if *id == message => {
                Some(state.clone())
            }
            _ => None,
        };
        self.events().filter_map(updated).collect()
    }

    async fn ana_writes(&mut self, text: &str) {
        let engagement = self.engagement();
        let text = Personal::Clear(text.to_owned());
        let (in_reply_to, attachments) = (None, Vec::new());
        self.does(CommandBody::SendMessage { engagement, text, in_reply_to, attachments }).await;
    }
}

fn mail(id: &str, more: &str, text: &str) -> Vec<u8> {
    let head = format!("From: eva@y.org\r\nTo: {US}\r\nSubject: My order\r\n");
    format!("{head}Message-ID: <{id}>\r\n{more}\r\n{text}\r\n").into_bytes()
}

fn is_recorded(receipt: &Receipt) -> bool {
    matches!(receipt, Receipt::Recorded(_))
}

#[tokio::test]
async fn an_answer_lands_in_the_interaction_it_belongs_to() {
    let Some(mut post) = Post::start(Kind::Plain) else { return };
    let mut desk = Desk::open(&post).await;

    post.dovecot.deliver(&mail("one@y.org", "", "Where is it?"));
    assert!(is_recorded(&desk.takes_in().await));
    let customer = desk.last(|event| match event {
        Event::Conversation(ConversationEvent::Opened { customer, .. }) => Some(customer.clone()),
        _ => None,
    });
    let customer = customer.expect("a conversation");
    assert_eq!(customer.candidates, [Personal::Clear("customer-7".into())]);
    assert_eq!(customer.tier, 2);
    let offer = desk.offer();
    desk.does(CommandBody::AcceptOffer { offer }).await;
    desk.ana_writes("It is on its way.").await;

    let sent = read_mail(&post.relay.next().await.raw).unwrap();
    assert_eq!(sent.headers.in_reply_to, ["one@y.org"]);
    assert_eq!(sent.headers.subject.as_deref(), Some("Re: My order"));
    assert!(is_recorded(&desk.takes_in().await), "sent");
    assert!(is_recorded(&desk.takes_in().await), "the operation is done");
    let ours = desk.messages()[1].1;
    assert_eq!(desk.states(ours), [DeliveryState::Sent]);

    // The customer's program keeps nothing but In-Reply-To.
    let answered = sent.headers.message_id.unwrap();
    let more = format!("In-Reply-To: <{answered}>\r\n");
    post.dovecot.deliver(&mail("two@y.org", &more, "Thank you"));
    assert!(is_recorded(&desk.takes_in().await));
    let messages = desk.messages();
    assert_eq!(messages.len(), 3);
    assert_eq!((messages[2].2, messages[2].3), (Direction::Inbound, Some(ours)));
    assert!(messages.iter().all(|message| message.0 == messages[0].0));
    assert_eq!(desk.interactions(), 1);

    // Another customer's mail is another matter.
    post.dovecot.deliver(&mail("other@z.org", "", "Hello"));
    assert!(is_recorded(&desk.takes_in().await));
    assert_eq!(desk.interactions(), 2);
    assert_eq!(post.dovecot.count("INBOX"), 0);
}

#[tokio::test]
async fn a_mail_whose_receipt_was_lost_is_a_duplicate() {
    let Some(post) = Post::start(Kind::Plain) else { return };
    let mut desk = Desk::open(&post).await;
    post.dovecot.deliver(&mail("one@y.org", "", "Where is it?"));
    // The engine has it; the process ends before the mail is released.
    let Incoming::Report(report) = next(&desk.adapter).await else { panic!("not a report") };
    assert!(is_recorded(&desk.input(Input::Host(report)).await));
    desk.adapter = post.adapter();
    let receipt = desk.takes_in().await;
    assert!(matches!(receipt, Receipt::Duplicate(_)), "{receipt:?}");
    assert_eq!((desk.messages().len(), desk.interactions()), (1, 1));
    assert_eq!(post.dovecot.count("INBOX"), 0, "and leaves the inbox now");
}

#[tokio::test]
async fn a_message_that_nobody_takes_has_failed() {
    let Some(mut post) = Post::start(Kind::Plain) else { return };
    let mut desk = Desk::open(&post).await;
    let from_nobody = String::from_utf8(mail("one@y.org", "", "Hi")).unwrap();
    let from_nobody = from_nobody.replace("eva@y.org", "nobody@y.org");
    post.dovecot.deliver(from_nobody.as_bytes());
    assert!(is_recorded(&desk.takes_in().await));
    let offer = desk.offer();
    desk.does(CommandBody::AcceptOffer { offer }).await;
    desk.ana_writes("It is on its way.").await;
    assert!(is_recorded(&desk.takes_in().await));
    let states = desk.states(desk.messages()[1].1);
    assert!(matches!(states.as_slice(), [DeliveryState::Failed(_)]), "{states:?}");
    assert!(post.relay.is_quiet());
}
