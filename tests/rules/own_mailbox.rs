//! An agent's own mailbox: how a message gets there, that it is that agent's alone, and what becomes of it
//! when the agent goes. And callers whom a coverage sends to a mailbox.

use crate::support::{Bench, key, refusal};
use switchboard::id::{AgentId, EffectId, ExternalRef, InteractionId, QueueId};
use switchboard::message::{
    Alert, CommandBody, CustomerRef, CustomerToken, Destination, EffectKind, EndKind,
    EngagementEnd, Event, FlowOutReason, HostError, HostEvent, InteractionEvent, LeftIn,
    LeftMessage, Mailbox, Outcome, Personal, Receipt, RejectionReason, RequestCause, Target,
    TransferEvent, VoicemailEvent,
};
use switchboard::model::{
    Agent, AlreadyWaiting, Center, Change, Channel, ChannelCapacity, Coverage, EntryPoint, Host,
    Queue, Role, User, Voicemail,
};
use switchboard::time::Duration;

// Numbers go by the order of the keys.
const CEM: AgentId = AgentId(1);
const CALLS: QueueId = QueueId(0);
const HELP: QueueId = QueueId(1);
const OWN: Mailbox = Mailbox::Agent(CEM);

fn center(coverage: Option<Coverage>) -> Center {
    let mut center = Center::builder()
        .host("pbx", Host::new("PBX"))
        .channel(Channel::Voicemail, ChannelCapacity::new(100, 1))
        .channel(Channel::Chat, ChannelCapacity::new(10, 3))
        .queue("calls", Queue::new())
        .queue(
            "help",
            Queue::new()
                .max_depth(1)
                .voicemail(Voicemail::claimed().unheard_after(Duration::from_mins(30))),
        )
        .entry_point("main", EntryPoint::voice("100").to_queue("calls"))
        .entry_point("chat", EntryPoint::on(Channel::Chat, "widget").to_queue("calls"))
        .agent("ana", Agent::new("Ana").phone("pbx", "1"))
        .agent("cem", Agent::new("Cem").phone("pbx", "2"))
        .user("sue", User::new("Sue", Role::Supervisor))
        .policies(|policies| policies.message_max = Duration::from_mins(2))
        .build()
        .unwrap();
    center.agents.get_mut(&key("cem")).unwrap().coverage = coverage;
    center
}

trait Own {
    fn leaves(&mut self, name: &str, to: LeftIn) -> Receipt;
    fn told(&self) -> Vec<VoicemailEvent>;
    fn message(&self) -> InteractionId;
    fn claims(&mut self, agent: &str) -> Receipt;
    fn hears(&mut self, agent: &str) -> Receipt;
    fn releases(&mut self, agent: &str) -> Receipt;
    fn moves(&mut self, queue: &str) -> Receipt;
    fn waiting(&self, mailbox: Mailbox) -> Option<(u32, u32)>;
    fn is_over(&self, interaction: InteractionId) -> bool;
    fn alerts(&self) -> usize;
    fn taking(&self) -> Option<EffectId>;
    fn removes_cem(&mut self);
}

impl Own for Bench {
    fn leaves(&mut self, name: &str, to: LeftIn) -> Receipt {
        let message = LeftMessage {
            message: ExternalRef::new(name).unwrap(),
            to,
            from: CustomerRef::default(),
            reference: Personal::Clear(format!("file:{name}.wav")),
            duration: Duration::from_secs(12),
            transcript: None,
        };
        self.report("pbx", HostEvent::VoicemailLeft(Box::new(message)))
    }

    fn told(&self) -> Vec<VoicemailEvent> {
        let told = |event: &Event| match event {
            Event::Voicemail(event) => Some(event.clone()),
            _ => None,
        };
        self.events().filter_map(told).collect()
    }

    fn message(&self) -> InteractionId {
        let left = |event| match event {
            VoicemailEvent::Left { interaction, .. } => Some(interaction),
            _ => None,
        };
        self.told().into_iter().rev().find_map(left).expect("a message")
    }

    fn claims(&mut self, agent: &str) -> Receipt {
        let (agent, interaction) = (key(agent), self.message());
        self.command(CommandBody::ClaimVoicemail { agent, interaction })
    }

    fn hears(&mut self, agent: &str) -> Receipt {
        let (agent, interaction) = (key(agent), self.message());
        self.command(CommandBody::MarkVoicemailHeard { agent, interaction })
    }

    fn releases(&mut self, agent: &str) -> Receipt {
        let (agent, interaction) = (key(agent), self.message());
        self.command(CommandBody::ReleaseVoicemail { agent, interaction })
    }

    fn moves(&mut self, queue: &str) -> Receipt {
        let (interaction, queue) = (self.message(), key(queue));
        self.command(CommandBody::MoveVoicemail { interaction, queue })
    }

    fn waiting(&self, mailbox: Mailbox) -> Option<(u32, u32)> {
        let shown = |kind: &EffectKind| match kind {
            EffectKind::MessagesWaiting { mailbox: of, unheard, heard } if *of == mailbox => {
                Some((*unheard, *heard))
            }
            _ => None,
        };
        self.effects.iter().rev().find_map(|effect| shown(&effect.kind))
    }

    fn is_over(&self, interaction: InteractionId) -> bool {
        self.events().any(|event| {
            matches!(event, Event::Interaction(InteractionEvent::Ended { id, .. }) if *id == interaction)
        })
    }

    fn alerts(&self) -> usize {
        let unheard = |kind: &EffectKind| {
            matches!(kind, EffectKind::Alert { about: Alert::VoicemailUnheard(_) })
        };
        self.handed_out(unheard)
    }

    /// The latest operation that takes a message.
    fn taking(&self) -> Option<EffectId> {
        let takes = |kind: &EffectKind| matches!(kind, EffectKind::TakeMessage { .. });
        self.effects.iter().rev().find(|effect| takes(&effect.kind)).map(|effect| effect.id)
    }

    fn removes_cem(&mut self) {
        self.configures(vec![Change::Agent { key: key("cem"), to: None }]);
    }
}

fn recorded(receipt: &Receipt) -> bool {
    matches!(receipt, Receipt::Recorded(_))
}

/// A message lies in Cem's mailbox; Ana and Cem are at work.
fn with_message(coverage: Option<Coverage>) -> Bench {
    let mut bench = Bench::new(center(coverage));
    bench.sign_in("ana");
    bench.sign_in("cem");
    assert!(recorded(&bench.leaves("m1", LeftIn::Agent(key("cem")))));
    bench
}

#[test]
fn a_message_for_an_agent_is_kept_for_that_agent() {
    let mut bench = with_message(None);
    let VoicemailEvent::Left { mailbox, unheard_until, .. } = bench.told()[0].clone() else {
        panic!("not left: {:?}", bench.told());
    };
    assert_eq!((mailbox, unheard_until), (OWN, None));
    assert_eq!(bench.waiting(OWN), Some((1, 0)));
    bench.wait(Duration::from_hours(48));
    assert!(bench.requests().is_empty(), "no queue has it");
    assert!(!bench.is_over(bench.message()));
}

#[test]
fn nobody_else_claims_or_hears_it() {
    let mut bench = with_message(None);
    assert_eq!(refusal(bench.claims("ana")).field, "agent");
    assert_eq!(refusal(bench.hears("ana")).field, "agent");
    assert!(recorded(&bench.claims("cem")));
    assert_eq!(refusal(bench.claims("cem")).field, "interaction", "Cem has it");
    assert_eq!(refusal(bench.releases("ana")).field, "interaction");
}

#[test]
fn whoever_takes_care_of_it_has_room_for_it() {
    let mut bench = with_message(None);
    bench.does(CommandBody::BeginOtherWork {
        agent: key("cem"),
        channel: Channel::Chat,
        reason: None,
    });
    assert_eq!(refusal(bench.claims("cem")).reason, RejectionReason::NoCapacity);
    bench.does(CommandBody::SignOut { agent: key("ana"), force: false });
    assert_eq!(refusal(bench.claims("ana")).field, "agent", "signed out");
}

#[test]
fn what_waits_rises_and_falls() {
    let mut bench = with_message(None);
    let _ = bench.leaves("m2", LeftIn::Agent(key("cem")));
    assert_eq!(bench.waiting(OWN), Some((2, 0)));
    assert!(recorded(&bench.hears("cem")));
    assert_eq!(bench.waiting(OWN), Some((1, 1)));
    assert_eq!(refusal(bench.hears("cem")).field, "interaction", "once");
    assert!(recorded(&bench.claims("cem")));
    let engagement = bench.engagement();
    bench.does(CommandBody::HangUp { engagement });
    assert_eq!(bench.waiting(OWN), Some((1, 0)), "done with");
    assert!(bench.is_over(bench.message()));
}

#[test]
fn what_is_given_back_is_in_the_same_mailbox() {
    let mut bench = with_message(None);
    let _ = bench.claims("cem");
    let part = bench.engagement();
    assert!(recorded(&bench.releases("cem")));
    assert_eq!(bench.part_end(part), Some(EngagementEnd::Released));
    assert!(!bench.is_over(bench.message()));
    assert!(bench.requests().is_empty());
    assert_eq!(bench.waiting(OWN), Some((1, 0)));
    assert!(recorded(&bench.claims("cem")), "and opened once more");
}

#[test]
fn an_agent_who_is_forced_out_loses_no_message() {
    let mut bench = with_message(None);
    let _ = bench.claims("cem");
    let part = bench.engagement();
    bench.does(CommandBody::SignOut { agent: key("cem"), force: true });
    assert_eq!(bench.part_end(part), Some(EngagementEnd::Forced));
    assert!(!bench.is_over(bench.message()));
    bench.sign_in("cem");
    assert!(recorded(&bench.claims("cem")));
}

#[test]
fn it_is_handed_on_by_moving_it_alone() {
    let mut bench = with_message(None);
    let _ = bench.claims("cem");
    let engagement = bench.engagement();
    let (to, boost, fallback) = (Destination::Queue(key("help")), None, None);
    let handed_on = bench.command(CommandBody::Transfer { engagement, to, boost, fallback });
    assert_eq!(refusal(handed_on).field, "engagement");
    assert_eq!(refusal(bench.moves("help")).field, "interaction", "with an agent");
    let _ = bench.releases("cem");
    assert_eq!(refusal(bench.moves("nowhere")).field, "queue");
    bench.seconds(60);
    assert!(recorded(&bench.moves("help")));
    assert_eq!(
        (bench.waiting(OWN), bench.waiting(Mailbox::Queue(HELP))),
        (Some((0, 0)), Some((1, 0)))
    );
    let waits = bench.requests_opened().pop().unwrap();
    assert_eq!((waits.home_queue, waits.target), (HELP, Target::Claim));
    assert_eq!(waits.cause, RequestCause::Resume);
    assert_eq!(waits.order_at + Duration::from_secs(60), bench.now, "at the place of its age");
    assert!(recorded(&bench.claims("ana")), "a member of that group");
    assert_eq!(refusal(bench.moves("calls")).field, "interaction", "in no agent's own mailbox");
}

#[test]
fn a_moved_message_is_escalated_like_others_of_the_group() {
    let mut bench = with_message(None);
    let _ = bench.moves("help");
    bench.wait(Duration::from_mins(29));
    assert_eq!(bench.alerts(), 0);
    bench.wait(Duration::from_mins(1));
    assert_eq!(bench.alerts(), 1);
}

#[test]
fn the_agent_and_those_who_may_move_what_waits_move_it() {
    use switchboard::id::CommandId;
    use switchboard::message::{Actor, ActorKind, Command};
    let mut bench = with_message(None);
    let (interaction, queue) = (bench.message(), key("help"));
    let mut by = |name: &str, kind, role| {
        let actor = Actor { kind, id: Some(key(name)), role };
        let body = CommandBody::MoveVoicemail { interaction, queue: queue.clone() };
        bench.input(Command::new(CommandId::new(name).unwrap(), actor, body))
    };
    let refused = refusal(by("ana", ActorKind::Agent, Role::Agent));
    assert!(matches!(refused.reason, RejectionReason::NotPermitted(_)), "{refused:?}");
    assert!(recorded(&by("sue", ActorKind::User, Role::Supervisor)));
    let mut bench = with_message(None);
    let interaction = bench.message();
    let actor = Actor { kind: ActorKind::Agent, id: Some(key("cem")), role: Role::Agent };
    let body = CommandBody::MoveVoicemail { interaction, queue };
    assert!(recorded(&bench.input(Command::new(CommandId::new("own").unwrap(), actor, body))));
}

#[test]
fn the_messages_of_an_agent_who_is_removed_go_to_the_queue_of_the_coverage() {
    let mut bench = with_message(Some(Coverage::Queue(key("help"))));
    let _ = bench.leaves("m2", LeftIn::Agent(key("cem")));
    let _ = bench.claims("cem");
    bench.removes_cem();
    let opened = bench.requests_opened();
    assert_eq!(opened.len(), 1, "Cem goes on with the other one");
    assert_eq!(opened[0].home_queue, HELP);
    assert_eq!(bench.waiting(Mailbox::Queue(HELP)), Some((2, 0)));
    assert_eq!(bench.waiting(OWN), Some((0, 0)));
    bench.does(CommandBody::SignOut { agent: key("cem"), force: true });
    let opened = bench.requests_opened();
    assert_eq!((opened.len(), opened[1].home_queue), (2, HELP), "full as the queue is");
    assert!(!bench.is_over(bench.message()));
}

#[test]
fn messages_that_nobody_inherits_stay_and_supervisors_are_told() {
    let mut bench = with_message(Some(Coverage::OwnMailbox));
    bench.removes_cem();
    assert_eq!(bench.alerts(), 1);
    assert!(!bench.is_over(bench.message()));
    assert_eq!(bench.waiting(OWN), Some((1, 0)));
    assert!(recorded(&bench.moves("help")));
    assert!(recorded(&bench.claims("ana")));
    assert_eq!(refusal(bench.leaves("m2", LeftIn::Agent(key("cem")))).field, "event.to.agent");
}

#[test]
fn a_message_that_opens_again_is_kept_again() {
    let mut bench = with_message(None);
    let _ = bench.claims("cem");
    let engagement = bench.engagement();
    bench.does(CommandBody::HangUp { engagement });
    bench.does(CommandBody::Reopen { interaction: bench.message() });
    assert_eq!(bench.waiting(OWN), Some((1, 0)));
    assert!(recorded(&bench.claims("cem")));
}

#[test]
fn a_message_that_opens_again_for_an_agent_who_was_removed_is_told() {
    let mut bench = with_message(None);
    let _ = bench.claims("cem");
    let engagement = bench.engagement();
    bench.does(CommandBody::HangUp { engagement });
    bench.removes_cem();
    assert_eq!(bench.alerts(), 0);
    bench.does(CommandBody::Reopen { interaction: bench.message() });
    assert_eq!(bench.alerts(), 1);
}

#[test]
fn whoever_has_asked_a_colleague_in_does_not_give_it_back_alone() {
    let mut bench = with_message(None);
    let _ = bench.claims("cem");
    let engagement = bench.engagement();
    let to = Destination::Queue(key("calls"));
    bench.does(CommandBody::Consult { engagement, to });
    bench.does(CommandBody::AcceptOffer { offer: bench.offer() });
    bench.does(CommandBody::Conference { engagement });
    assert_eq!(refusal(bench.releases("cem")).field, "interaction");
}

#[test]
fn a_second_message_of_a_customer_takes_nothing_from_the_first() {
    let mut center = center(None);
    center.policies.already_waiting = AlreadyWaiting::Replace;
    let mut bench = Bench::new(center);
    for (name, to) in [
        ("m1", LeftIn::Queue(key("help"))),
        ("m2", LeftIn::Agent(key("cem"))),
        ("m3", LeftIn::Queue(key("help"))),
    ] {
        let from = CustomerRef { token: Some(CustomerToken(7)), ..CustomerRef::default() };
        let message = LeftMessage {
            message: ExternalRef::new(name).unwrap(),
            to,
            from,
            reference: Personal::Clear("file".to_owned()),
            duration: Duration::from_secs(12),
            transcript: None,
        };
        let _ = bench.report("pbx", HostEvent::VoicemailLeft(Box::new(message)));
    }
    assert_eq!(bench.waiting(Mailbox::Queue(HELP)), Some((1, 0)), "one finds no room");
    assert_eq!(bench.waiting(OWN), Some((1, 0)));
    assert!(bench.outcomes().iter().all(|outcome| !matches!(outcome, Outcome::Withdrawn { .. })));
}

#[test]
fn a_message_that_is_closed_by_command_waits_no_more() {
    let mut bench = with_message(None);
    bench.does(CommandBody::CloseInteraction { interaction: bench.message() });
    assert_eq!(bench.waiting(OWN), Some((0, 0)));
    assert_eq!(refusal(bench.claims("cem")).field, "interaction");
}

#[test]
fn a_message_may_be_left_for_a_group_by_its_queue() {
    let mut bench = with_message(None);
    assert!(recorded(&bench.leaves("m2", LeftIn::Queue(key("help")))));
    assert_eq!(bench.waiting(Mailbox::Queue(HELP)), Some((1, 0)));
    assert_eq!(bench.requests_opened().pop().map(|opened| opened.home_queue), Some(HELP));
    assert_eq!(refusal(bench.leaves("m3", LeftIn::Queue(key("calls2")))).field, "event.to.queue");
    assert_eq!(refusal(bench.leaves("m2", LeftIn::Queue(key("help")))).field, "event.message");
    let _ = bench.claims("ana");
    let engagement = bench.engagement();
    bench.does(CommandBody::HangUp { engagement });
    bench.does(CommandBody::Reopen { interaction: bench.message() });
    assert_eq!(bench.waiting(Mailbox::Queue(HELP)), Some((1, 0)), "also without an entry point");
}

/// A caller wants Cem, who is at home.
fn wants_cem(coverage: Coverage) -> Bench {
    let mut bench = Bench::new(center(Some(coverage)));
    bench.sign_in("ana");
    let _ = bench.call("pbx", "call-1", "100");
    bench.accept_all();
    bench.done("pbx", |kind| matches!(kind, EffectKind::Answer { .. }));
    bench.joins("pbx");
    let engagement = bench.engagement();
    let (to, boost, fallback) = (Destination::Agent(key("cem")), None, None);
    bench.does(CommandBody::Transfer { engagement, to, boost, fallback });
    bench.accept_all();
    bench
}

fn caller(bench: &Bench) -> InteractionId {
    bench.requests_opened()[0].interaction
}

#[test]
fn a_caller_is_asked_to_leave_a_message_for_the_agent() {
    let mut bench = wants_cem(Coverage::OwnMailbox);
    let voicemail = Outcome::FlowedOut { reason: FlowOutReason::Voicemail, to: None };
    assert_eq!(bench.outcomes().last(), Some(&voicemail));
    let completed =
        |event: &Event| matches!(event, Event::Transfer(TransferEvent::Completed { .. }));
    assert!(bench.events().any(completed), "nobody is wanted back");
    let op = bench.taking().expect("a message is taken");
    let kind = &bench.effects.iter().find(|effect| effect.id == op).unwrap().kind;
    let EffectKind::TakeMessage { mailbox, max, .. } = kind else { panic!("{kind:?}") };
    assert_eq!((*mailbox, *max), (OWN, Duration::from_mins(2)));
    bench.seconds(30);
    assert!(!bench.is_over(caller(&bench)), "the caller speaks");
    assert!(recorded(&bench.leaves("m1", LeftIn::Op(op))));
    assert!(bench.is_over(caller(&bench)), "and is disconnected after that");
    assert!(bench.handed_out(|kind| matches!(kind, EffectKind::Hangup { .. })) > 0);
    assert_eq!(bench.waiting(OWN), Some((1, 0)));
    let opened = bench.interaction_opened();
    let call = bench.engine.customer(caller(&bench), bench.now).map(|call| call.conversation);
    assert_eq!(Some(opened.conversation), call, "of the same conversation");
    bench.sign_in("cem");
    assert!(recorded(&bench.claims("cem")));
}

#[test]
fn a_caller_who_hangs_up_has_left_a_message_all_the_same() {
    let mut bench = wants_cem(Coverage::OwnMailbox);
    let op = bench.taking().unwrap();
    let _ = bench.hangs_up("pbx", "call-1");
    assert!(bench.is_over(caller(&bench)));
    bench.seconds(90);
    assert!(recorded(&bench.leaves("m1", LeftIn::Op(op))));
    assert_eq!(bench.waiting(OWN), Some((1, 0)));
    assert_eq!(refusal(bench.leaves("m2", LeftIn::Op(op))).field, "event.to.op", "once");
}

#[test]
fn a_message_that_is_not_taken_in_was_not_left() {
    let mut bench = wants_cem(Coverage::OwnMailbox);
    let op = bench.taking().unwrap();
    let mut limits = bench.engine.center().limits.clone();
    limits.interactions = 1;
    bench.configures(vec![Change::Limits(limits)]);
    let _ = bench.leaves("m1", LeftIn::Op(op));
    let ended = bench.told().into_iter().find_map(|event| match event {
        VoicemailEvent::AskEnded { left, .. } => Some(left),
        _ => None,
    });
    assert_eq!(ended, Some(false));
    assert_eq!(bench.waiting(OWN), None);
}

#[test]
fn a_caller_who_says_nothing_is_disconnected() {
    let mut bench = wants_cem(Coverage::OwnMailbox);
    bench.done("pbx", |kind| matches!(kind, EffectKind::TakeMessage { .. }));
    assert!(bench.is_over(caller(&bench)));
    assert_eq!(bench.waiting(OWN), None);
}

#[test]
fn a_caller_whose_message_cannot_be_taken_waits_in_the_queue() {
    for how in 0..3 {
        let mut bench = wants_cem(Coverage::OwnMailbox);
        let op = bench.taking().unwrap();
        let before = bench.requests_opened().pop().unwrap();
        match how {
            0 => drop(bench.report("pbx", HostEvent::OpFailed { op, error: HostError::Rejected })),
            1 => drop(bench.input(switchboard::message::Input::EffectRefused(op))),
            // Nothing is heard of it.
            _ => bench.seconds(150),
        }
        let after = bench.requests_opened().pop().unwrap();
        assert_eq!((after.parent, after.home_queue), (Some(before.id), CALLS), "{how}");
        assert_eq!(after.order_at, before.order_at);
        assert!(!bench.is_over(caller(&bench)));
    }
}

#[test]
fn a_caller_whose_leg_is_gone_is_asked_nothing_more() {
    let mut bench = wants_cem(Coverage::OwnMailbox);
    let leg = ExternalRef::new("call-1").unwrap();
    let _ = bench.leg_ends("pbx", leg.into(), EndKind::Lost);
    bench.seconds(200);
    assert!(bench.is_over(caller(&bench)));
    assert_eq!(bench.requests_opened().len(), 2, "nobody waits");
}

#[test]
fn a_caller_leaves_a_message_for_the_group_of_a_queue() {
    let mut bench = wants_cem(Coverage::QueueMailbox(key("help")));
    let op = bench.taking().unwrap();
    assert!(recorded(&bench.leaves("m1", LeftIn::Op(op))));
    assert_eq!(bench.waiting(Mailbox::Queue(HELP)), Some((1, 0)));
    assert_eq!(bench.requests_opened().pop().map(|opened| opened.target), Some(Target::Claim));
}

#[test]
fn whoever_writes_leaves_no_voice_message() {
    let mut bench = Bench::new(center(Some(Coverage::OwnMailbox)));
    bench.sign_in("cem");
    bench.does(CommandBody::SetPresence { agent: key("cem"), ready: false, reason: None });
    let chat = ExternalRef::new("chat-1").unwrap();
    let arrival = switchboard::message::Arrival::new(chat, Channel::Chat, "widget");
    let _ = bench.report("pbx", arrival.into());
    let request = bench.requests()[0];
    bench.does(CommandBody::AssignRequest { request, agent: key("cem") });
    bench.does(CommandBody::SignOut { agent: key("cem"), force: false });
    assert_eq!(bench.taking(), None);
    assert_eq!(bench.requests_opened().pop().map(|opened| opened.home_queue), Some(CALLS));
}

#[test]
fn a_message_for_an_agent_who_was_removed_meanwhile_goes_to_the_group_of_the_callers_queue() {
    let mut bench = wants_cem(Coverage::OwnMailbox);
    let op = bench.taking().unwrap();
    bench.removes_cem();
    assert!(recorded(&bench.leaves("m1", LeftIn::Op(op))));
    assert_eq!(bench.waiting(Mailbox::Queue(CALLS)), Some((1, 0)));
}

#[test]
fn a_callers_message_goes_to_the_callers_queue_when_the_agent_is_removed() {
    let mut bench = wants_cem(Coverage::OwnMailbox);
    let op = bench.taking().unwrap();
    let _ = bench.leaves("m1", LeftIn::Op(op));
    bench.removes_cem();
    assert_eq!(bench.waiting(Mailbox::Queue(CALLS)), Some((1, 0)));
    assert_eq!(bench.alerts(), 0);
}
