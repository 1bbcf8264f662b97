//! Group voicemail: a message is queued or claimed by one member, everybody sees what waits, and what
//! nobody hears in time goes further.

use crate::support::{Bench, key, refusal};
use switchboard::Verdict;
use switchboard::id::{EngagementId, ExternalRef, InteractionId, QueueId};
use switchboard::message::{
    Alert, CommandBody, CustomerRef, EffectKind, EngagementEnd, Event, FlowOutReason, HostEvent,
    InteractionEvent, LeftMessage, Mailbox, Outcome, Personal, Receipt, RequestCause, RequestEvent,
    RequestOpened, Target, VoicemailEvent,
};
use switchboard::model::{
    Agent, Center, Change, Channel, ChannelCapacity, EntryPoint, Host, Queue, RelaxationStep,
    Skill, Voicemail, WrapUpMode,
};
use switchboard::time::Duration;

// Numbers go by the order of the keys.
const LEADS: QueueId = QueueId(0);
const SUPPORT: QueueId = QueueId(1);

fn center(mailbox: Voicemail) -> Center {
    let leads = Queue::new().requires("lead", 1);
    Center::builder()
        .host("pbx", Host::new("PBX"))
        .skill("lead", Skill::new("Leads"))
        .channel(Channel::Voicemail, ChannelCapacity::new(100, 1))
        .queue("support", Queue::new().voicemail(mailbox))
        .queue(
            "leads",
            leads.voicemail(Voicemail::claimed().unheard_after(Duration::from_hours(1))),
        )
        .entry_point("box", EntryPoint::on(Channel::Voicemail, "8000").to_queue("support"))
        .entry_point("main", EntryPoint::voice("100").to_queue("support"))
        .agent("ana", Agent::new("Ana"))
        .agent("ben", Agent::new("Ben"))
        .build()
        .unwrap()
}

trait Mailboxes {
    fn leaves(&mut self, name: &str) -> Receipt;
    fn message(&self) -> InteractionId;
    fn claims(&mut self, agent: &str) -> Receipt;
    fn releases(&mut self, agent: &str) -> Receipt;
    fn hears(&mut self, agent: &str) -> Receipt;
    fn told(&self) -> Vec<VoicemailEvent>;
    fn waiting(&self, queue: QueueId) -> Option<(u32, u32)>;
    fn shown(&self) -> Vec<(Mailbox, u32, u32)>;
    fn alerts(&self) -> usize;
    fn waits(&self) -> RequestOpened;
}

impl Mailboxes for Bench {
    fn leaves(&mut self, name: &str) -> Receipt {
        let message = LeftMessage {
            message: ExternalRef::new(name).unwrap(),
            to: "8000".into(),
            from: CustomerRef::default(),
            reference: Personal::Clear(format!("file:{name}.wav")),
            duration: Duration::from_secs(12),
            transcript: Some(Personal::Clear("Please call me back".into())),
        };
        self.report("pbx", HostEvent::VoicemailLeft(Box::new(message)))
    }

    fn message(&self) -> InteractionId {
        let last = self.told().into_iter().rev().find_map(|event| match event {
            VoicemailEvent::Left { interaction, .. } => Some(interaction),
            _ => None,
        });
        last.expect("a message")
    }

    fn claims(&mut self, agent: &str) -> Receipt {
        let (agent, interaction) = (key(agent), self.message());
        self.command(CommandBody::ClaimVoicemail { agent, interaction })
    }

    fn releases(&mut self, agent: &str) -> Receipt {
        let (agent, interaction) = (key(agent), self.message());
        self.command(CommandBody::ReleaseVoicemail { agent, interaction })
    }

    fn hears(&mut self, agent: &str) -> Receipt {
        let (agent, interaction) = (key(agent), self.message());
        self.command(CommandBody::MarkVoicemailHeard { agent, interaction })
    }

    fn told(&self) -> Vec<VoicemailEvent> {
        let voicemail = |event: &Event| match event {
            Event::Voicemail(event) => Some(event.clone()),
            _ => None,
        };
        self.events().filter_map(voicemail).collect()
    }

    /// What was last told of a queue's mailbox: unheard, heard.
    fn waiting(&self, queue: QueueId) -> Option<(u32, u32)> {
        self.told().into_iter().rev().find_map(|event| match event {
            VoicemailEvent::WaitingChanged { mailbox, unheard, heard }
                if mailbox == Mailbox::Queue(queue) =>
            {
                Some((unheard, heard))
            }
            _ => None,
        })
    }

    fn shown(&self) -> Vec<(Mailbox, u32, u32)> {
        let shown = |kind: &EffectKind| match kind {
            EffectKind::MessagesWaiting { mailbox, unheard, heard } => {
                Some((*mailbox, *unheard, *heard))
            }
            _ => None,
        };
        self.effects.iter().filter_map(|effect| shown(&effect.kind)).collect()
    }

    fn alerts(&self) -> usize {
        self.handed_out(|kind| {
            matches!(kind, EffectKind::Alert { about: Alert::VoicemailUnheard(_) })
        })
    }

    /// The latest wait.
    fn waits(&self) -> RequestOpened {
        let last = self.events().rev().find_map(|event| match event {
            Event::Request(RequestEvent::Opened(opened)) => Some((**opened).clone()),
            _ => None,
        });
        last.expect("a wait")
    }
}

/// Ana and Ben are there, and one message has been left.
fn with(mailbox: Voicemail) -> Bench {
    let mut bench = Bench::new(center(mailbox));
    bench.sign_in("ana");
    bench.sign_in("ben");
    assert!(matches!(bench.leaves("m1"), Receipt::Recorded(_)));
    bench
}

fn recorded(receipt: &Receipt) -> bool {
    matches!(receipt, Receipt::Recorded(_))
}

#[test]
fn a_message_is_an_interaction_of_its_own() {
    let bench = with(Voicemail::queued());
    let opened = bench.events().find_map(|event| match event {
        Event::Interaction(InteractionEvent::Opened(opened)) => Some(opened),
        _ => None,
    });
    assert_eq!(opened.map(|opened| opened.channel), Some(Channel::Voicemail));
    let VoicemailEvent::Left { mailbox, duration, unheard_until, .. } = &bench.told()[0] else {
        panic!("not left: {:?}", bench.told());
    };
    assert_eq!((*mailbox, *duration), (Mailbox::Queue(SUPPORT), Duration::from_secs(12)));
    assert_eq!(*unheard_until, None, "no rule, no deadline");
}

#[test]
fn the_same_message_is_told_once() {
    let mut bench = with(Voicemail::queued());
    assert_eq!(refusal(bench.leaves("m1")).field, "event.message");
}

#[test]
fn what_is_no_mailbox_takes_no_message() {
    let mut bench = with(Voicemail::queued());
    let left = LeftMessage {
        message: ExternalRef::new("m2").unwrap(),
        to: "9999".into(),
        from: CustomerRef::default(),
        reference: Personal::Clear(String::new()),
        duration: Duration::ZERO,
        transcript: None,
    };
    let _ = bench.report("pbx", HostEvent::VoicemailLeft(Box::new(left)));
    let rejected = |event: &&Event| {
        matches!(event, Event::Interaction(InteractionEvent::EntryRejected { .. }))
    };
    assert_eq!(bench.events().filter(rejected).count(), 1);
}

#[test]
fn voice_messages_are_not_told_as_text() {
    let mut bench = with(Voicemail::queued());
    let receipt = bench.report(
        "pbx",
        HostEvent::MessageReceived {
            thread: ExternalRef::new("t").unwrap(),
            message: ExternalRef::new("m").unwrap(),
            channel: Channel::Voicemail,
            to: "8000".into(),
            from: Box::default(),
            subject: None,
            text: Personal::Clear(String::new()),
            in_reply_to: None,
            attachments: Vec::new(),
        },
    );
    assert_eq!(refusal(receipt).field, "event.channel");
}

#[test]
fn a_queued_message_is_offered_like_other_work() {
    let mut bench = with(Voicemail::queued());
    let offer = bench.offer();
    bench.does(CommandBody::AcceptOffer { offer });
    let claimed = bench.told().into_iter().any(|e| matches!(e, VoicemailEvent::Claimed { .. }));
    assert!(claimed, "whoever takes it takes care of it");
}

#[test]
fn a_claimed_message_is_offered_to_nobody() {
    let mut bench = with(Voicemail::claimed());
    assert_eq!(bench.try_offer(), None);
    assert_eq!(bench.waits().target, Target::Claim);
    bench.wait(Duration::from_hours(2));
    assert_eq!(bench.try_offer(), None);
    let why = bench.engine.explain(switchboard::Question::Request(bench.waits().id)).unwrap();
    assert!(why.agents.iter().all(|agent| agent.verdict == Verdict::ByHand), "{why}");
}

#[test]
fn a_message_is_claimed_by_one_member() {
    let mut bench = with(Voicemail::claimed());
    assert!(recorded(&bench.claims("ana")));
    assert!(bench.outcomes().iter().any(|o| matches!(o, Outcome::Answered { .. })));
    assert_eq!(refusal(bench.claims("ben")).field, "interaction", "nobody else gets it");
}

#[test]
fn a_queued_message_may_be_claimed_before_it_is_offered() {
    let mut bench = Bench::new(center(Voicemail::queued()));
    bench.sign_in("ana");
    bench.does(CommandBody::SetPresence { agent: key("ana"), ready: false, reason: None });
    let _ = bench.leaves("m1");
    assert!(recorded(&bench.claims("ana")), "by somebody who is not sent anything");
}

#[test]
fn who_lacks_the_skill_claims_nothing() {
    let mut bench =
        with(Voicemail::claimed().unheard_after(Duration::from_mins(30)).escalate_to(key("leads")));
    bench.wait(Duration::from_mins(31));
    assert_eq!(refusal(bench.claims("ana")).field, "agent");
}

#[test]
fn everybody_sees_what_waits() {
    let mut bench = with(Voicemail::claimed());
    let queue = Mailbox::Queue(SUPPORT);
    let _ = bench.leaves("m2");
    assert_eq!(bench.shown(), [(queue, 1, 0), (queue, 2, 0)]);
    let _ = bench.claims("ana");
    assert_eq!(bench.waiting(SUPPORT), Some((2, 0)), "claimed is not heard");
    let _ = bench.hears("ana");
    assert_eq!(bench.waiting(SUPPORT), Some((1, 1)));
    let engagement = bench.engagement();
    bench.does(CommandBody::HangUp { engagement });
    assert_eq!(bench.waiting(SUPPORT), Some((1, 0)), "done with");
    assert_eq!(bench.shown().last(), Some(&(queue, 1, 0)));
}

#[test]
fn a_message_is_heard_once_and_by_a_member() {
    let mut bench = with(Voicemail::claimed());
    assert!(recorded(&bench.hears("ben")), "also by one who leaves it to others");
    assert_eq!(refusal(bench.hears("ana")).field, "interaction");
    let opened = bench.waits();
    bench.does(CommandBody::MoveRequest { request: opened.id, queue: key("leads") });
    let _ = bench.leaves("m2");
    let opened = bench.waits();
    bench.does(CommandBody::MoveRequest { request: opened.id, queue: key("leads") });
    assert_eq!(refusal(bench.hears("ana")).field, "agent");
}

#[test]
fn who_gives_a_message_back_is_not_asked_again_at_once() {
    let mut bench = Bench::new(center(Voicemail::queued()));
    bench.sign_in("ana");
    let _ = bench.leaves("m1");
    let before = bench.waits();
    let offer = bench.offer();
    bench.does(CommandBody::AcceptOffer { offer });
    bench.seconds(90);
    assert!(recorded(&bench.releases("ana")));
    let after = bench.waits();
    assert_eq!(after.cause, RequestCause::Resume);
    assert_eq!(after.order_at, before.order_at, "it keeps its place");
    assert_eq!(bench.offered().len(), 1, "not to the one who gave it back");
    bench.sign_in("ben");
    assert_eq!(bench.offered().len(), 2, "another member's turn");
    let ended =
        bench.events().any(|e| matches!(e, Event::Interaction(InteractionEvent::Ended { .. })));
    assert!(!ended);
}

#[test]
fn after_a_while_it_may_go_to_the_same_member_again() {
    let mut bench = Bench::new(center(Voicemail::queued()));
    bench.sign_in("ana");
    let _ = bench.leaves("m1");
    let offer = bench.offer();
    bench.does(CommandBody::AcceptOffer { offer });
    let _ = bench.releases("ana");
    bench.wait(Duration::from_hours(1));
    assert!(bench.offered().len() >= 2);
}

#[test]
fn only_who_has_a_message_gives_it_back() {
    let mut bench = with(Voicemail::claimed());
    assert_eq!(refusal(bench.releases("ana")).field, "interaction");
    let _ = bench.claims("ana");
    assert_eq!(refusal(bench.releases("ben")).field, "interaction");
}

#[test]
fn what_nobody_hears_in_time_is_told_and_goes_to_who_stands_in() {
    let rule =
        Voicemail::claimed().unheard_after(Duration::from_mins(30)).escalate_to(key("leads"));
    let mut bench = with(rule);
    bench.wait(Duration::from_mins(29));
    assert_eq!(bench.alerts(), 0);
    bench.wait(Duration::from_mins(1));
    assert_eq!(bench.alerts(), 1);
    let flowed = Outcome::FlowedOut { reason: FlowOutReason::Unheard, to: Some(LEADS) };
    assert!(bench.outcomes().contains(&flowed), "{:?}", bench.outcomes());
    assert_eq!((bench.waiting(SUPPORT), bench.waiting(LEADS)), (Some((0, 0)), Some((1, 0))));
    // The other group has an hour.
    bench.wait(Duration::from_mins(59));
    assert_eq!(bench.alerts(), 1);
    bench.wait(Duration::from_mins(1));
    assert_eq!(bench.alerts(), 2, "and then it is told once more, and stays");
    bench.wait(Duration::from_hours(24));
    assert_eq!(bench.alerts(), 2);
}

#[test]
fn what_somebody_takes_care_of_stays_there() {
    let rule =
        Voicemail::claimed().unheard_after(Duration::from_mins(30)).escalate_to(key("leads"));
    let mut bench = with(rule);
    let _ = bench.claims("ana");
    bench.wait(Duration::from_mins(20));
    let _ = bench.leaves("m2");
    bench.wait(Duration::from_mins(11));
    assert_eq!(bench.alerts(), 1, "claimed, and still not heard");
    assert_eq!(bench.waiting(LEADS), None, "it stays, and what was left later does too");
}

#[test]
fn what_is_heard_is_not_told() {
    let mut bench = with(Voicemail::claimed().unheard_after(Duration::from_mins(30)));
    let _ = bench.hears("ana");
    bench.wait(Duration::from_hours(1));
    assert_eq!(bench.alerts(), 0);
}

/// Ana has claimed the message and is done with it.
fn done_with() -> Bench {
    let mut bench = with(Voicemail::claimed().unheard_after(Duration::from_secs(5)));
    let _ = bench.claims("ana");
    let engagement = bench.engagement();
    bench.does(CommandBody::HangUp { engagement });
    assert_eq!(bench.waiting(SUPPORT), Some((0, 0)));
    bench
}

#[test]
fn what_is_over_is_not_told() {
    let mut bench = done_with();
    assert_eq!(refusal(bench.hears("ana")).field, "interaction", "nor heard");
    bench.wait(Duration::from_secs(6));
    assert_eq!(bench.alerts(), 0);
}

#[test]
fn who_was_given_a_message_hears_it_too() {
    let mut bench = with(Voicemail::claimed());
    let request = bench.waits().id;
    bench.does(CommandBody::MoveRequest { request, queue: key("leads") });
    let request = bench.waits().id;
    bench.does(CommandBody::AssignRequest { request, agent: key("ana") });
    let offer = bench.offer();
    bench.does(CommandBody::AcceptOffer { offer });
    assert!(recorded(&bench.hears("ana")), "though not one of the group");
}

#[test]
fn whoever_may_claim_it_by_a_step_may_have_heard_it() {
    let mut center = center(Voicemail::claimed());
    let queue = center.queues.get_mut(&key("support")).unwrap();
    queue.requirement = "lead >= 1".parse().unwrap();
    let step = RelaxationStep::after(Duration::from_secs(30)).or("anybody");
    queue.relaxation = Queue::new().relax(step).build().unwrap().relaxation;
    let mut bench = Bench::new(center);
    bench.sign_in("ana");
    let _ = bench.leaves("m1");
    assert!(matches!(bench.hears("ana"), Receipt::Rejected { .. }));
    bench.seconds(30);
    assert!(recorded(&bench.hears("ana")));
}

#[test]
fn what_is_no_voice_message_is_not_claimed() {
    let mut bench = with(Voicemail::claimed());
    let _ = bench.call("pbx", "call-1", "100");
    let call = bench.events().rev().find_map(|event| match event {
        Event::Interaction(InteractionEvent::Opened(opened)) => Some(opened.id),
        _ => None,
    });
    let (agent, interaction) = (key("ana"), call.unwrap());
    let receipt = bench.command(CommandBody::MarkVoicemailHeard { agent, interaction });
    assert_eq!(refusal(receipt).field, "interaction");
}

#[test]
fn who_is_done_with_a_message_cannot_give_it_back() {
    let mut center = center(Voicemail::claimed());
    let queue = center.queues.get_mut(&key("support")).unwrap();
    queue.wrap_up.mode = WrapUpMode::Optional;
    let mut bench = Bench::new(center);
    bench.sign_in("ana");
    let _ = bench.leaves("m1");
    let _ = bench.claims("ana");
    let engagement = bench.engagement();
    bench.does(CommandBody::HangUp { engagement });
    assert!(matches!(bench.releases("ana"), Receipt::Rejected { .. }));
}

#[test]
fn a_message_that_opens_again_counts_again() {
    let mut bench = done_with();
    let interaction = bench.message();
    assert_eq!(refusal(bench.claims("ana")).field, "interaction", "it is over");
    bench.does(CommandBody::Reopen { interaction });
    assert_eq!(bench.waiting(SUPPORT), Some((1, 0)));
    assert!(recorded(&bench.claims("ben")));
}

#[test]
fn a_changed_mailbox_reaches_what_waits() {
    let mut bench = with(Voicemail::claimed());
    let mut queue = bench.engine.center().queues[&key("support")].clone();
    queue.voicemail = Voicemail::queued();
    bench.configures(vec![Change::Queue { key: key("support"), to: Some(Box::new(queue)) }]);
    bench.seconds(1);
    assert!(bench.try_offer().is_some(), "it is offered from now on");
}

#[test]
fn a_direct_wait_keeps_its_bound_when_its_queue_changes() {
    let mut bench = Bench::new(center(Voicemail::queued()));
    bench.sign_in("ana");
    bench.does(CommandBody::SetPresence { agent: key("ana"), ready: false, reason: None });
    let _ = bench.leaves("m1");
    let request = bench.waits().id;
    bench.does(CommandBody::AssignRequest { request, agent: key("ana") });
    let mut queue = bench.engine.center().queues[&key("support")].clone();
    queue.name = "Support".into();
    bench.configures(vec![Change::Queue { key: key("support"), to: Some(Box::new(queue)) }]);
    bench.wait(Duration::from_hours(1));
    let coverage =
        |o: &Outcome| matches!(o, Outcome::FlowedOut { reason: FlowOutReason::Coverage, .. });
    assert!(bench.outcomes().iter().any(coverage), "{:?}", bench.outcomes());
}

#[test]
fn an_agents_part_ends_as_released() {
    let mut bench = with(Voicemail::claimed());
    let _ = bench.claims("ana");
    let part: EngagementId = bench.engagement();
    let _ = bench.releases("ana");
    assert_eq!(bench.part_end(part), Some(EngagementEnd::Released));
    assert_eq!(bench.waits().target, Target::Claim, "and it waits to be claimed");
}

#[test]
fn who_follows_a_message_and_leaves_gives_nothing_back() {
    let mut bench = with(Voicemail::claimed());
    let target = switchboard::message::MonitorTarget::Interaction(bench.message());
    let mode = switchboard::message::MonitorMode::Listen;
    assert!(recorded(&bench.command_of("ben", CommandBody::Monitor { target, mode })));
    bench.does(CommandBody::SignOut { agent: key("ben"), force: true });
    assert_eq!(bench.requests().len(), 1, "it waits as before");
}

#[test]
fn who_is_asked_about_a_message_does_not_get_it() {
    let mut bench = with(Voicemail::claimed());
    let _ = bench.claims("ana");
    let engagement = bench.engagement();
    let to = switchboard::message::Destination::Queue(key("leads"));
    bench.does(CommandBody::Consult { engagement, to });
    assert_eq!(bench.waiting(LEADS), None);
    assert_eq!(bench.waiting(SUPPORT), Some((1, 0)));
}

#[test]
fn a_message_of_a_removed_group_is_given_back_to_its_heir() {
    let mut bench = Bench::new({
        let mut center = center(Voicemail::claimed());
        center.queues.get_mut(&key("support")).unwrap().heir = Some(key("leads"));
        center
    });
    bench.sign_in("ana");
    let _ = bench.leaves("vm-1");
    assert!(recorded(&bench.claims("ana")));
    bench.configures(vec![
        Change::EntryPoint { key: key("box"), to: None },
        Change::EntryPoint { key: key("main"), to: None },
        Change::Queue { key: key("support"), to: None },
    ]);
    assert!(recorded(&bench.releases("ana")));
    assert_eq!(bench.waits().home_queue, LEADS);
    let over = |event: &Event| matches!(event, Event::Interaction(InteractionEvent::Ended { .. }));
    assert!(!bench.events().any(over), "nobody has heard it");
}

#[test]
fn a_message_of_a_member_who_is_forced_out_is_everybodys_again() {
    let mut bench = with(Voicemail::claimed());
    let _ = bench.claims("ana");
    let part = bench.engagement();
    bench.does(CommandBody::SignOut { agent: key("ana"), force: true });
    assert_eq!(bench.part_end(part), Some(EngagementEnd::Forced));
    let released = |event: &VoicemailEvent| matches!(event, VoicemailEvent::Released { .. });
    assert!(bench.told().iter().any(released));
    assert_eq!(bench.waits().target, Target::Claim);
    assert_eq!(bench.waiting(SUPPORT), Some((1, 0)));
}
