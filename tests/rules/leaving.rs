//! Agents who leave before their work is done: by force, because the desktop does not come back, because a
//! drain takes too long. Written work waits again at its place; what was put away stays.

use crate::support::{Bench, key};
use switchboard::id::{EngagementId, ExternalRef, InteractionId};
use switchboard::message::{
    AgentEvent, Alert, CommandBody, CustomerRef, Destination, EffectKind, EngagementEnd, Event,
    HostEvent, InteractionEvent, Outcome, Personal, Presence, Receipt, RequestCause, SignOutCause,
};
use switchboard::model::{Agent, Center, Channel, ChannelCapacity, EntryPoint, Host, Queue};
use switchboard::time::Duration;

fn center() -> Center {
    Center::builder()
        .host("pbx", Host::new("PBX"))
        .host("mail", Host::new("Mail"))
        .channel(Channel::Email, ChannelCapacity::new(20, 3))
        .channel(Channel::Chat, ChannelCapacity::new(20, 3))
        .channel(Channel::Voice, ChannelCapacity::new(100, 1).interrupts(Channel::Email))
        .queue("help", Queue::new().max_depth(1))
        .entry_point("mailbox", EntryPoint::on(Channel::Email, "help@x.org").to_queue("help"))
        .entry_point("site", EntryPoint::on(Channel::Chat, "site").to_queue("help"))
        .entry_point("main", EntryPoint::voice("100").to_queue("help"))
        .agent("ana", Agent::new("Ana").phone("pbx", "1"))
        .agent("ben", Agent::new("Ben").phone("pbx", "2"))
        .build()
        .unwrap()
}

fn bench() -> Bench {
    let mut bench = Bench::new(center());
    bench.sign_in("ana");
    bench
}

fn writes(bench: &mut Bench, channel: Channel, thread: &str) {
    let to = if channel == Channel::Email { "help@x.org" } else { "site" };
    let receipt = bench.report(
        "mail",
        HostEvent::MessageReceived {
            thread: ExternalRef::new(thread).unwrap(),
            message: ExternalRef::new(format!("{thread}-1")).unwrap(),
            channel,
            to: to.into(),
            from: Box::new(CustomerRef::default()),
            subject: None,
            text: Personal::Clear("Hello".into()),
            in_reply_to: None,
            attachments: Vec::new(),
        },
    );
    assert!(matches!(receipt, Receipt::Recorded(_)), "{receipt:?}");
}

/// Somebody writes, and Ana takes it.
fn taken(bench: &mut Bench, channel: Channel, thread: &str) -> EngagementId {
    writes(bench, channel, thread);
    let offer = bench.offer();
    bench.does(CommandBody::AcceptOffer { offer });
    bench.engagement()
}

/// Somebody calls, and Ana answers.
fn talks(bench: &mut Bench) -> EngagementId {
    let _ = bench.call("pbx", "call-1", "100");
    bench.joins("pbx");
    bench.engagement()
}

fn over(bench: &Bench) -> Vec<InteractionId> {
    let over = |event: &Event| match event {
        Event::Interaction(InteractionEvent::Ended { id, .. }) => Some(*id),
        _ => None,
    };
    bench.events().filter_map(over).collect()
}

fn signed_out(bench: &Bench) -> Option<SignOutCause> {
    bench.events().find_map(|event| match event {
        Event::Agent(AgentEvent::SignedOut { cause, .. }) => Some(*cause),
        _ => None,
    })
}

fn alerts(bench: &Bench) -> usize {
    bench.handed_out(|kind| matches!(kind, EffectKind::Alert { about: Alert::DrainOverdue(_) }))
}

fn sign_out(bench: &mut Bench, force: bool) {
    bench.does(CommandBody::SignOut { agent: key("ana"), force });
}

/// The latest request stands at the place of the first one, and another agent gets it.
fn waits_at_its_place(bench: &mut Bench) {
    let all = bench.requests_opened();
    let (first, again) = (&all[0], all.last().unwrap());
    assert_eq!(again.interaction, first.interaction);
    assert_eq!((again.parent, again.cause), (Some(first.id), RequestCause::Resume));
    assert_eq!((again.order_at, again.attempt), (first.order_at, first.attempt + 1));
    assert_eq!(again.customer_wait_since, first.customer_wait_since);
    let wanted = again.id;
    bench.sign_in("ben");
    assert_eq!(bench.offered().last(), Some(&wanted));
}

#[test]
fn forced_out_an_agent_leaves_what_is_written_to_others() {
    for channel in [Channel::Email, Channel::Chat] {
        let mut bench = bench();
        let part = taken(&mut bench, channel, "t");
        bench.seconds(60);
        sign_out(&mut bench, true);
        assert_eq!(bench.part_end(part), Some(EngagementEnd::Forced));
        assert_eq!(signed_out(&bench), Some(SignOutCause::Forced));
        assert_eq!(over(&bench), []);
        waits_at_its_place(&mut bench);
    }
}

#[test]
fn a_desktop_that_does_not_come_back_leaves_it_to_others() {
    let mut bench = bench();
    let part = taken(&mut bench, Channel::Email, "t");
    bench.does(CommandBody::SetDesktop { agent: key("ana"), connected: false });
    bench.seconds(29);
    assert_eq!(bench.part_end(part), None);
    bench.seconds(1);
    assert_eq!(bench.part_end(part), Some(EngagementEnd::DesktopLost));
    assert_eq!(over(&bench), []);
    waits_at_its_place(&mut bench);
}

#[test]
fn a_phone_that_does_not_come_back_takes_away_nothing_that_is_written() {
    let mut bench = bench();
    let part = taken(&mut bench, Channel::Email, "t");
    bench.does(CommandBody::SetMedia { agent: key("ana"), connected: false });
    bench.wait(Duration::from_mins(10));
    assert_eq!((bench.part_end(part), signed_out(&bench)), (None, None));
}

#[test]
fn a_full_queue_takes_back_what_it_has_given() {
    let mut bench = bench();
    let part = taken(&mut bench, Channel::Email, "t");
    bench.does(CommandBody::SetPresence { agent: key("ana"), ready: false, reason: None });
    let _ = bench.call("pbx", "call-1", "100");
    sign_out(&mut bench, true);
    assert_eq!(bench.part_end(part), Some(EngagementEnd::Forced));
    assert_eq!(over(&bench), []);
    let _ = bench.hangs_up("pbx", "call-1");
    waits_at_its_place(&mut bench);
}

#[test]
fn whoever_was_asked_in_vain_is_asked_no_more() {
    let mut bench = bench();
    let part = taken(&mut bench, Channel::Chat, "t");
    let (interaction, to) = (bench.interaction(), Destination::Agent(key("ben")));
    bench.sign_in("ben");
    bench.does(CommandBody::AddParticipant { interaction, to });
    assert_eq!(bench.offered().len(), 2);
    sign_out(&mut bench, true);
    assert_eq!((bench.part_end(part), over(&bench)), (Some(EngagementEnd::Forced), vec![]));
    let again = bench.requests_opened().last().unwrap().clone();
    assert_eq!(again.cause, RequestCause::Resume);
    let asked = bench.outcomes();
    assert!(matches!(asked[..], [.., Outcome::Withdrawn { .. }]), "{asked:?}");
    assert_eq!(bench.offered().last(), Some(&again.id), "the customer, and not Ana, needs Ben now");
}

#[test]
fn a_talk_ends_with_the_agent_who_is_forced_out() {
    let mut bench = bench();
    let part = talks(&mut bench);
    sign_out(&mut bench, true);
    assert_eq!(bench.part_end(part), Some(EngagementEnd::Forced));
    assert_eq!(over(&bench).len(), 1);
}

#[test]
fn what_was_put_away_stays_until_its_time_comes() {
    let mut bench = bench();
    let part = taken(&mut bench, Channel::Email, "t");
    let until = Some(bench.now + Duration::from_mins(30));
    bench.does(CommandBody::Park { engagement: part, until });
    sign_out(&mut bench, true);
    assert_eq!((bench.part_end(part), over(&bench)), (None, vec![]));
    assert_eq!(signed_out(&bench), Some(SignOutCause::Forced));
    bench.sign_in("ben");
    assert_eq!(bench.offered().len(), 1, "nobody works on it now");
    bench.wait(Duration::from_mins(30));
    assert_eq!(bench.part_end(part), Some(EngagementEnd::Parked));
    assert_eq!(bench.offered().len(), 2, "Ben gets what Ana is not there for");
}

#[test]
fn a_drain_that_takes_too_long_gives_back_what_nobody_waits_for_now() {
    let mut bench = bench();
    let letter = taken(&mut bench, Channel::Email, "letter");
    let talk = talks(&mut bench);
    sign_out(&mut bench, false);
    bench.wait(Duration::from_mins(59));
    assert_eq!((bench.part_end(letter), alerts(&bench)), (None, 0), "put aside by the talk");
    bench.wait(Duration::from_mins(1));
    assert_eq!(bench.part_end(letter), Some(EngagementEnd::Released));
    assert_eq!(bench.part_end(talk), None, "a customer is there");
    assert_eq!((alerts(&bench), signed_out(&bench)), (1, None));
    let _ = bench.hangs_up("pbx", "call-1");
    assert_eq!(signed_out(&bench), Some(SignOutCause::Asked));
    waits_at_its_place(&mut bench);
}

#[test]
fn what_a_colleague_goes_on_with_waits_for_nobody() {
    let mut bench = bench();
    let part = taken(&mut bench, Channel::Chat, "chat");
    bench.sign_in("ben");
    let (interaction, to) = (bench.interaction(), Destination::Agent(key("ben")));
    bench.does(CommandBody::AddParticipant { interaction, to });
    let offer = bench.offer();
    bench.does(CommandBody::AcceptOffer { offer });
    assert_ne!(bench.engagement(), part);
    let before = bench.requests_opened().len();
    sign_out(&mut bench, true);
    assert_eq!(bench.part_end(part), Some(EngagementEnd::Forced));
    assert_eq!((bench.requests_opened().len(), over(&bench)), (before, vec![]));
}

#[test]
fn a_chat_goes_on_in_an_overdue_drain() {
    let mut bench = bench();
    let chat = taken(&mut bench, Channel::Chat, "chat");
    sign_out(&mut bench, false);
    bench.wait(Duration::from_mins(60));
    assert_eq!((bench.part_end(chat), alerts(&bench)), (None, 1));
    bench.wait(Duration::from_mins(120));
    assert_eq!(alerts(&bench), 1, "supervisors are told once");
}

#[test]
fn an_agent_with_nothing_but_letters_leaves_when_the_drain_is_over() {
    let mut bench = bench();
    for thread in ["a", "b"] {
        let _ = taken(&mut bench, Channel::Email, thread);
    }
    sign_out(&mut bench, false);
    bench.wait(Duration::from_mins(60));
    assert_eq!((alerts(&bench), signed_out(&bench)), (0, Some(SignOutCause::Asked)));
    assert_eq!(bench.requests_opened().len(), 4);

    let mut bench = self::bench();
    let _ = taken(&mut bench, Channel::Email, "t");
    bench.does(CommandBody::SetPresence { agent: key("ana"), ready: false, reason: None });
    bench.wait(Duration::from_mins(60));
    let not_ready = |event: &Event| {
        matches!(
            event,
            Event::Agent(AgentEvent::PresenceSet { presence: Presence::NotReady(_), .. })
        )
    };
    assert!(bench.events().any(not_ready), "a break has waited long enough");
    waits_at_its_place(&mut bench);
}

#[test]
fn a_wrap_up_is_not_given_to_others() {
    let mut bench = bench();
    let part = taken(&mut bench, Channel::Email, "t");
    bench.does(CommandBody::HangUp { engagement: part });
    sign_out(&mut bench, true);
    assert_eq!(bench.requests_opened().len(), 1);
    assert_eq!(over(&bench).len(), 1);
}
