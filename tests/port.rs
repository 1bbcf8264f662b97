//! The ports: numbers of reports, what becomes of effects that were handed over, who a customer is.

use std::collections::VecDeque;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use proptest::prelude::*;
use switchboard::id::{EffectId, ExternalRef, HostId, Key, MessageId, Origin, Seq};
use switchboard::memory::MemoryDirectory;
use switchboard::message::{
    Arrival, CustomerRef, CustomerToken, Effect, EffectKind, HostEvent, HostReport, Input, Lane,
    Personal, Receipt, Rejection, RejectionReason,
};
use switchboard::model::Channel;
use switchboard::port::{
    Candidate, Directory, Fate, InputNumber, Known, Lookup, Numbered, Outgoing, PortError,
    handed_over, recognize,
};
use switchboard::time::Timestamp;

const AT: Timestamp = Timestamp::from_secs(1_772_442_000);

fn key(text: &str) -> Key {
    Key::new(text).unwrap()
}

fn name(text: &str) -> ExternalRef {
    ExternalRef::new(text).unwrap()
}

fn origin(seq: u64) -> Origin {
    Origin { shard: 1, epoch: 1, seq, index: 0 }
}

fn op(seq: u64) -> EffectId {
    EffectId::new(origin(seq)).unwrap()
}

/// The result of a future that never waits.
fn now<T>(future: impl Future<Output = T>) -> T {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => value,
        Poll::Pending => panic!("it waits"),
    }
}

fn effect(kind: EffectKind) -> Effect {
    Effect { id: op(3), host: HostId(1), lane: Lane::None, deadline: AT, kind }
}

fn letter(to: Option<Personal<String>>, text: Personal<String>) -> Effect {
    effect(EffectKind::SendMessage {
        message: MessageId::new(origin(2)).unwrap(),
        thread: ExternalRef::new("t-1").unwrap(),
        channel: Channel::Email,
        from: "help@x.org".into(),
        to,
        subject: Some(Personal::Clear("My order".into())),
        text,
        in_reply_to: None,
        attachments: vec![Personal::Clear("a-1".into()), Personal::Erased],
    })
}

#[test]
fn an_outgoing_message_is_what_the_effect_says() {
    let to = Some(Personal::Clear("eva@y.org".to_owned()));
    let outgoing = Outgoing::try_from(letter(to, Personal::Clear("Dear Eva".into()))).unwrap();
    assert_eq!((outgoing.op, outgoing.deadline), (op(3), AT));
    assert_eq!(outgoing.address(), Ok("eva@y.org"));
    assert_eq!(outgoing.readable_text(), Ok("Dear Eva"));
    assert_eq!(outgoing.readable_subject(), Ok(Some("My order")));
    let erased = PortError::invalid("attachments", "sealed or erased");
    assert_eq!(outgoing.readable_attachments(), Err(erased));
    assert!(!format!("{outgoing:?}").contains("eva@"), "personal data is not shown");
}

#[test]
fn what_cannot_be_sent_names_the_field() {
    let nobody = Outgoing::try_from(letter(None, Personal::Erased)).unwrap();
    assert_eq!(nobody.address(), Err(PortError::invalid("to", "no address is known")));
    assert_eq!(nobody.readable_text(), Err(PortError::invalid("text", "sealed or erased")));
    let other = effect(EffectKind::StopMedia { op: op(1) });
    assert_eq!(Outgoing::try_from(other), Err(PortError::invalid("effect", "sends no message")));
}

#[test]
fn the_engine_is_told_what_became_of_the_hand_over() {
    let told = |result| handed_over(op(3), &result);
    assert_eq!(told(Ok(())), Input::EffectAccepted(op(3)));
    assert_eq!(told(Err(PortError::unavailable("relay", "down"))), Input::EffectUnknown(op(3)));
    assert_eq!(told(Err(PortError::timed_out("relay"))), Input::EffectUnknown(op(3)));
    assert_eq!(told(Err(PortError::refused("relay", "no"))), Input::EffectRefused(op(3)));
    assert_eq!(told(Err(PortError::invalid("to", "empty"))), Input::EffectRefused(op(3)));
}

#[test]
fn a_receipt_says_whether_the_report_may_be_forgotten() {
    let rejection = Rejection::new(RejectionReason::Gone, "event.message");
    let rejected = Receipt::Rejected { rejection: rejection.clone(), judged_at: Seq(4) };
    assert_eq!(Fate::of(&Receipt::Recorded(Seq(1))), Some(Fate::Taken));
    assert_eq!(Fate::of(&Receipt::Duplicate(Seq(1))), Some(Fate::Taken));
    assert_eq!(Fate::of(&Receipt::Noted), Some(Fate::Taken));
    assert_eq!(Fate::of(&rejected), Some(Fate::Refused(rejection)));
    assert_eq!(Fate::of(&Receipt::Busy(Box::new(Input::Tick))), None);
}

fn customer(directory: &MemoryDirectory, address: &str) -> (Known, CustomerRef) {
    let lookup = Lookup::new(Channel::Email, Personal::Clear(address.into()), "help@x.org");
    let known = now(directory.look_up(&lookup)).unwrap();
    let mut customer = CustomerRef::default();
    known.complete(&mut customer);
    (known, customer)
}

#[test]
fn a_directory_knows_nobody_one_or_several() {
    let eva = Candidate::new("c-1")
        .named("Eva")
        .tier(2)
        .language("de")
        .attribute(key("contract"), "gold");
    let directory = MemoryDirectory::new()
        .with("Eva@Y.org", eva.clone())
        .token("eva@y.org", CustomerToken(7))
        .with("family@y.org", eva.clone())
        .with("family@y.org", Candidate::new("c-2").named("Tom"));

    assert_eq!(customer(&directory, "new@y.org"), Default::default());

    let (known, one) = customer(&directory, " eva@y.ORG ");
    assert_eq!(known.only(), Some(&eva));
    assert_eq!((one.token, one.tier), (Some(CustomerToken(7)), 2));
    assert_eq!(one.name, Some(Personal::Clear("Eva".into())));
    assert_eq!(one.candidates, [Personal::Clear("c-1".into())]);

    let (known, several) = customer(&directory, "family@y.org");
    assert_eq!(known.only(), None);
    assert_eq!((several.tier, several.name), (0, None), "nobody knows which of the two");
    assert_eq!(several.candidates.len(), 2);
    assert!(!format!("{directory:?}").contains("eva"), "personal data is not shown");
}

#[test]
fn the_name_that_a_customer_gives_stays() {
    let known = Known::new(None, vec![Candidate::new("c-1").named("Eva")]);
    let name = Some(Personal::Clear("Eva M.".to_owned()));
    let mut customer = CustomerRef { name: name.clone(), ..CustomerRef::default() };
    known.complete(&mut customer);
    assert_eq!(customer.name, name);
}

#[test]
fn who_comes_in_is_recognized_before_the_engine_hears_of_it() {
    let directory = MemoryDirectory::new().with("+431", Candidate::new("c-1").tier(3));
    let caller = |address: &str| CustomerRef {
        address: Some(Personal::Clear(address.into())),
        ..CustomerRef::default()
    };
    let call =
        |from| HostEvent::from(Arrival::new(name("call-1"), Channel::Voice, "100").from(from));
    let recognized = |mut event| {
        now(recognize(&directory, &mut event)).unwrap();
        event
    };
    let candidates = vec![Personal::Clear("c-1".into())];
    let known = CustomerRef { tier: 3, candidates, ..caller("+431") };
    assert_eq!(recognized(call(caller("+431"))), call(known.clone()));
    assert_eq!(recognized(call(CustomerRef::default())), call(CustomerRef::default()));
    let letter = |from: CustomerRef| HostEvent::MessageReceived {
        thread: name("t"),
        message: name("m"),
        channel: Channel::Sms,
        to: "4242".into(),
        from: Box::new(from),
        subject: None,
        text: Personal::Clear("Hi".into()),
        in_reply_to: None,
        attachments: Vec::new(),
    };
    assert_eq!(recognized(letter(caller("+431"))), letter(known));
    let done = HostEvent::OpDone { op: op(1) };
    assert_eq!(recognized(done.clone()), done);
}

#[test]
fn an_erased_address_is_not_looked_up() {
    let lookup = Lookup::new(Channel::Email, Personal::Erased, "help@x.org");
    let answer = now(MemoryDirectory::new().look_up(&lookup));
    assert_eq!(answer, Err(PortError::invalid("address", "sealed or erased")));
}

/// What happens to an adapter that keeps its reports in memory.
#[derive(Clone, Debug)]
enum Act {
    Push,
    Next,
    /// The receipt of one of those that are handed over is safe.
    Release(prop::sample::Index),
    NewOwner,
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        3 => Just(Act::Push),
        3 => Just(Act::Next),
        2 => any::<prop::sample::Index>().prop_map(Act::Release),
        1 => Just(Act::NewOwner),
    ]
}

proptest! {
    /// Each owner gets all that is not released, in the order of numbers, each once.
    #[test]
    fn reports_are_kept_until_released(acts in prop::collection::vec(act(), 0..60)) {
        let mut numbered = Numbered::new(key("sms"), 4);
        let (mut pushed, mut to_come) = (0, VecDeque::new());
        let mut handed: Vec<HostReport> = Vec::new();
        for act in acts {
            match act {
                Act::Push => {
                    pushed += 1;
                    to_come.push_back(pushed);
                    numbered.push(AT, HostEvent::OpDone { op: op(pushed) });
                }
                Act::Next => {
                    let report = numbered.next_report();
                    prop_assert_eq!(report.as_ref().map(|report| report.seq), to_come.pop_front());
                    if let Some(report) = report {
                        // The same report has the same number, whoever gets it.
                        let event = HostEvent::OpDone { op: op(report.seq) };
                        prop_assert_eq!(&report.event, &event);
                        handed.push(report);
                    }
                }
                Act::Release(which) if !handed.is_empty() => {
                    let number = InputNumber::of(&handed.remove(which.index(handed.len())));
                    let other = InputNumber { incarnation: 3, ..number.clone() };
                    prop_assert!(!numbered.release(&other), "of another run");
                    prop_assert!(numbered.release(&number));
                    prop_assert!(!numbered.release(&number), "once");
                }
                Act::Release(_) => {}
                Act::NewOwner => {
                    numbered.rewind();
                    let again = handed.drain(..).map(|report| report.seq);
                    let mut all: Vec<u64> = again.chain(to_come.drain(..)).collect();
                    all.sort_unstable();
                    to_come = all.into();
                }
            }
            prop_assert_eq!(numbered.unreleased(), handed.len() + to_come.len());
        }
    }
}
