//! The end of a shift: channel by channel nothing new is offered, then the agent leaves.

use crate::support::{Bench, START, key};
use switchboard::id::ExternalRef;
use switchboard::message::{
    AgentEvent, Arrival, CommandBody, Event, Receipt, RejectionReason, SignOutCause,
};
use switchboard::model::{Agent, Center, Channel, ChannelCapacity, EntryPoint, Queue, WrapUpMode};
use switchboard::time::{Duration, Timestamp};

fn center() -> Center {
    Center::builder()
        .channel(Channel::Voice, ChannelCapacity::new(50, 1))
        .channel(Channel::Chat, ChannelCapacity::new(50, 2))
        .queue("a", Queue::new().wrap_up(WrapUpMode::Optional, Duration::from_mins(5)))
        .entry_point("a", EntryPoint::voice("100").to_queue("a"))
        .entry_point("chat", EntryPoint::on(Channel::Chat, "widget").to_queue("a"))
        .agent("ana", Agent::new("Ana"))
        .policies(|p| {
            p.shift_cutoffs.insert(Channel::Chat, Duration::from_mins(10));
        })
        .build()
        .unwrap()
}

fn ends(at: Option<Timestamp>) -> CommandBody {
    CommandBody::SetShiftEnd { agent: key("ana"), at }
}

fn in_mins(bench: &Bench, mins: i64) -> Timestamp {
    bench.now + Duration::from_mins(mins)
}

fn chats(bench: &mut Bench, name: &str) {
    let arrival = Arrival::new(ExternalRef::new(name).unwrap(), Channel::Chat, "widget");
    let _ = bench.report("app", arrival.into());
}

fn left(bench: &Bench) -> Option<SignOutCause> {
    bench.events().find_map(|event| match event {
        Event::Agent(AgentEvent::SignedOut { cause, .. }) => Some(*cause),
        _ => None,
    })
}

fn bench() -> Bench {
    let mut bench = Bench::new(center());
    bench.sign_in("ana");
    assert!(bench.now >= START);
    bench
}

#[test]
fn each_channel_has_its_cutoff() {
    let mut bench = bench();
    bench.does(ends(Some(in_mins(&bench, 30))));
    bench.wait(Duration::from_mins(19));
    chats(&mut bench, "chat-1");
    assert_eq!(bench.offered().len(), 1, "before the cutoff");
    bench.does(CommandBody::AcceptOffer { offer: bench.offer() });
    bench.wait(Duration::from_mins(2));
    chats(&mut bench, "chat-2");
    assert_eq!(bench.offered().len(), 1, "after it");
    let _ = bench.call("app", "call-1", "100");
    assert_eq!(bench.offered().len(), 2, "calls have none");
}

#[test]
fn a_shift_that_ends_soon_closes_at_once() {
    let mut bench = bench();
    bench.does(ends(Some(in_mins(&bench, 5))));
    chats(&mut bench, "chat-1");
    assert!(bench.offered().is_empty());
}

#[test]
fn at_the_end_the_agent_leaves_when_the_work_is_done() {
    let mut bench = bench();
    bench.does(ends(Some(in_mins(&bench, 30))));
    bench.wait(Duration::from_mins(29));
    let _ = bench.call("app", "call-1", "100");
    bench.does(CommandBody::AcceptOffer { offer: bench.offer() });
    let engagement = bench.engagement();
    bench.wait(Duration::from_mins(2));
    assert_eq!(left(&bench), None, "in the middle of a call");
    let _ = bench.call("app", "call-2", "100");
    bench.does(CommandBody::HangUp { engagement });
    assert_eq!(left(&bench), None, "wrapping up");
    bench.does(CommandBody::FinishWrapUp { engagement, disposition: None });
    assert!(left(&bench).is_some());
    assert_eq!(bench.offered().len(), 1, "nothing new after the end");
}

#[test]
fn whoever_has_nothing_to_do_leaves_on_time() {
    let mut bench = bench();
    bench.does(ends(Some(in_mins(&bench, 30))));
    bench.wait(Duration::from_mins(30));
    assert_eq!(left(&bench), Some(SignOutCause::Asked));
}

#[test]
fn a_shift_that_is_made_longer_opens_again() {
    let mut bench = bench();
    bench.does(ends(Some(in_mins(&bench, 5))));
    chats(&mut bench, "chat-1");
    assert!(bench.offered().is_empty());
    bench.does(ends(Some(in_mins(&bench, 60))));
    assert_eq!(bench.offered().len(), 1);
    bench.does(ends(None));
    bench.wait(Duration::from_mins(90));
    assert_eq!(left(&bench), None);
}

#[test]
fn the_next_shift_begins_anew() {
    let mut bench = bench();
    bench.does(ends(Some(in_mins(&bench, 5))));
    bench.does(CommandBody::SignOut { agent: key("ana"), force: false });
    bench.sign_in("ana");
    chats(&mut bench, "chat-1");
    assert_eq!(bench.offered().len(), 1);
    bench.wait(Duration::from_mins(10));
    let outs =
        bench.events().filter(|event| matches!(event, Event::Agent(AgentEvent::SignedOut { .. })));
    assert_eq!(outs.count(), 1);
}

#[test]
fn an_end_that_has_passed_is_refused() {
    let mut bench = bench();
    let refused = bench.command(ends(Some(bench.now)));
    assert!(
        matches!(&refused, Receipt::Rejected { rejection, .. }
            if rejection.field == "at" && matches!(rejection.reason, RejectionReason::Invalid(_))),
        "{refused:?}"
    );
}
