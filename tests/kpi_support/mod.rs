//! A small host on virtual time: it takes random actions of agents, customers and hosts to a real
//! engine and keeps the records.

use proptest::prelude::*;
use switchboard::id::{
    CommandId, EffectId, EngagementId, ExternalRef, HostId, InteractionId, Key, LegId, OfferId,
    RequestId,
};
use switchboard::message::{
    Actor, AnsweredBy, Arrival, Command, CommandBody, Effect, EffectEvent, EffectKind, EndKind,
    EngagementEvent, Event, HeldBy, HostError, HostEvent, HostReport, Input, InteractionEvent,
    LegEvent, LiveLeg, MessageEvent, OfferEvent, Output, Personal, Record, RequestEvent,
    ShardEvent, Switch,
};
use switchboard::model::{
    Agent, Brand, Center, Channel, ChannelCapacity, Disposition, EntryPoint, HandOver, Host, Media,
    Misses, NoAgents, Queue, Reason, WrapUpMode,
};
use switchboard::time::{Duration, Timestamp};
use switchboard::{Engine, Opening};

/// Something that happens. Numbers choose among what is there.
#[derive(Clone, Debug)]
pub(crate) enum Action {
    Wait {
        millis: i64,
    },
    Arrive {
        entry: usize,
    },
    CustomerLeaves {
        which: usize,
        cause: usize,
        late: i64,
    },
    /// A text message: the first of a thread, or another one.
    Write {
        thread: usize,
    },
    SignIn {
        agent: usize,
        ready: bool,
    },
    SignOut {
        agent: usize,
        force: bool,
    },
    Presence {
        agent: usize,
        ready: bool,
    },
    Desktop {
        agent: usize,
        connected: bool,
    },
    OtherWork {
        agent: usize,
    },
    EndOtherWork {
        which: usize,
    },
    Accept {
        which: usize,
    },
    Reject {
        which: usize,
    },
    Hold {
        which: usize,
    },
    Unhold {
        which: usize,
    },
    HangUp {
        which: usize,
    },
    Finish {
        which: usize,
    },
    Dispose {
        which: usize,
    },
    Withdraw {
        which: usize,
    },
    Close {
        which: usize,
    },
    Park {
        which: usize,
    },
    Unpark {
        which: usize,
    },
    Switch {
        queue: usize,
        how: usize,
    },
    HostDoes {
        which: usize,
        how: usize,
        late: i64,
    },
    FarEnd {
        which: usize,
        held: bool,
    },
    HostLost,
    HostBack,
    ClockBack {
        millis: i64,
    },
}

const ENTRIES: [(&str, Channel, &str); 6] = [
    ("app", Channel::Voice, "100"),
    ("app", Channel::Voice, "101"),
    ("pbx", Channel::Voice, "100"),
    ("pbx", Channel::Voice, "102"),
    ("app", Channel::Chat, "web"),
    ("app", Channel::Voice, "999"),
];
const AGENTS: [&str; 5] = ["ana", "ben", "eve", "max", "zoe"];
const QUEUES: [&str; 4] = ["chats", "late", "sales", "support"];

/// Random actions; with `late`, hosts also report late and clocks step back.
pub(crate) fn actions(late: bool) -> impl Strategy<Value = Vec<Action>> {
    let n = || 0..1_000_usize;
    let most = if late { 8_000_i64 } else { 1 };
    let back = if late { 1_500..90_000_i64 } else { 0..1 };
    let action = prop_oneof![
        10 => (0..25_000_i64).prop_map(|millis| Action::Wait { millis }),
        1 => (60_000..300_000_i64).prop_map(|millis| Action::Wait { millis }),
        8 => n().prop_map(|entry| Action::Arrive { entry }),
        5 => (n(), n(), 0..most)
            .prop_map(|(which, cause, late)| Action::CustomerLeaves { which, cause, late }),
        4 => n().prop_map(|thread| Action::Write { thread }),
        2 => n().prop_map(|which| Action::Park { which }),
        1 => n().prop_map(|which| Action::Unpark { which }),
        4 => (n(), prop::bool::weighted(0.8)).prop_map(|(agent, ready)| Action::SignIn { agent, ready }),
        1 => (n(), any::<bool>()).prop_map(|(agent, force)| Action::SignOut { agent, force }),
        3 => (n(), prop::bool::weighted(0.7)).prop_map(|(agent, ready)| Action::Presence { agent, ready }),
        1 => (n(), any::<bool>()).prop_map(|(agent, connected)| Action::Desktop { agent, connected }),
        1 => n().prop_map(|agent| Action::OtherWork { agent }),
        1 => n().prop_map(|which| Action::EndOtherWork { which }),
        8 => n().prop_map(|which| Action::Accept { which }),
        1 => n().prop_map(|which| Action::Reject { which }),
        2 => n().prop_map(|which| Action::Hold { which }),
        2 => n().prop_map(|which| Action::Unhold { which }),
        3 => n().prop_map(|which| Action::HangUp { which }),
        3 => n().prop_map(|which| Action::Finish { which }),
        1 => n().prop_map(|which| Action::Dispose { which }),
        1 => n().prop_map(|which| Action::Withdraw { which }),
        1 => n().prop_map(|which| Action::Close { which }),
        1 => (n(), n()).prop_map(|(queue, how)| Action::Switch { queue, how }),
        9 => (n(), n(), 0..most).prop_map(|(which, how, late)| Action::HostDoes { which, how, late }),
        1 => (n(), any::<bool>()).prop_map(|(which, held)| Action::FarEnd { which, held }),
        1 => Just(Action::HostLost),
        1 => Just(Action::HostBack),
        1 => back.prop_map(|millis| Action::ClockBack { millis }),
    ];
    prop::collection::vec(action, 10..160)
}

/// Two brands, four queues, agents on phones and desktops, a host that bridges and one that does not.
fn center() -> Center {
    let secs = Duration::from_secs;
    Center::builder()
        .brand("north", Brand::new("North"))
        .brand("south", Brand::new("South"))
        .reason("lunch", Reason::new("Lunch"))
        .disposition("sold", Disposition::new("Sold"))
        .host("pbx", Host::new("PBX").media(Media::Engine).hand_over(HandOver::Acknowledged))
        .channel(Channel::Voice, ChannelCapacity::new(100, 1).interrupts(Channel::Chat))
        .channel(Channel::Chat, ChannelCapacity::new(30, 3))
        .channel(Channel::Sms, ChannelCapacity::new(20, 2))
        .queue(
            "sales",
            Queue::new()
                .brand("north")
                .wrap_up(WrapUpMode::Optional, secs(30))
                .max_depth(3)
                .service_target(secs(15))
                .overflow_to("support"),
        )
        .queue(
            "support",
            Queue::new().brand("south").wrap_up(WrapUpMode::TimeBoxed, secs(20)).max_wait(secs(60)),
        )
        .queue(
            "late",
            Queue::new()
                .wrap_up(WrapUpMode::Forced, secs(10))
                .no_agents(NoAgents::NoneSignedIn, secs(30))
                .overflow_to("support"),
        )
        .queue("chats", Queue::new().brand("north").service_target(secs(40)))
        .entry_point("a", EntryPoint::voice("100").to_queue("sales"))
        .entry_point("b", EntryPoint::voice("101").to_queue("support").max_concurrent(2))
        .entry_point("c", EntryPoint::voice("102").to_queue("late"))
        .entry_point("d", EntryPoint::on(Channel::Chat, "web").to_queue("chats"))
        // Two channels in one queue: neither can be told from the other.
        .entry_point("e", EntryPoint::on(Channel::Sms, "4242").to_queue("support"))
        .agent("ana", Agent::new("Ana"))
        .agent("ben", Agent::new("Ben"))
        .agent("eve", Agent::new("Eve").phone("pbx", "201"))
        .agent("max", Agent::new("Max").auto_answer())
        .agent("zoe", Agent::new("Zoe").phone("pbx", "202"))
        .policies(|p| {
            p.offer_timeout = secs(10);
            p.connect_timeout = secs(5);
            p.exclusion = secs(10);
            p.host_lost_grace = secs(20);
            p.no_answer = Misses::new();
        })
        .build()
        .unwrap()
}

/// An engine, its host, and everything it has decided.
pub(crate) struct Rig {
    engine: Engine,
    /// The host's clock.
    pub(crate) now: Timestamp,
    /// Wall time is engine time plus this.
    offset: Duration,
    pub(crate) records: Vec<Record>,
    commands: u32,
    reports: u64,
    offers: Vec<OfferId>,
    engagements: Vec<EngagementId>,
    other_work: Vec<EngagementId>,
    requests: Vec<RequestId>,
    interactions: Vec<InteractionId>,
    /// Legs that have not ended; those of customers with the host's name of them.
    legs: Vec<(&'static str, LegId, Option<ExternalRef>)>,
    /// What hosts were asked to do and have not done.
    asked: Vec<Effect>,
    gone: Vec<EffectId>,
}

impl Rig {
    pub(crate) fn new() -> Self {
        // Not at the beginning of any interval.
        let now = Timestamp::from_millis(1_800_000_123_456);
        let engine = Engine::open(now, Opening::new(center())).unwrap();
        let mut rig = Self {
            engine,
            now,
            offset: Duration::ZERO,
            records: Vec::new(),
            commands: 0,
            reports: 0,
            offers: Vec::new(),
            engagements: Vec::new(),
            other_work: Vec::new(),
            requests: Vec::new(),
            interactions: Vec::new(),
            legs: Vec::new(),
            asked: Vec::new(),
            gone: Vec::new(),
        };
        rig.drain();
        rig
    }

    /// Carries out actions.
    pub(crate) fn run(actions: &[Action]) -> Self {
        let mut rig = Self::new();
        for action in actions {
            rig.act(action);
        }
        rig
    }

    /// Lets everything come to its end.
    pub(crate) fn finish(&mut self) {
        self.act(&Action::HostBack);
        for _ in 0..200 {
            if self.interactions.is_empty() && self.requests.is_empty() {
                break;
            }
            for which in 0..self.legs.len() {
                self.act(&Action::CustomerLeaves { which, cause: 0, late: 0 });
            }
            for which in 0..self.interactions.len() {
                self.act(&Action::Close { which });
            }
            while !self.asked.is_empty() {
                self.act(&Action::HostDoes { which: 0, how: 0, late: 0 });
            }
            self.act(&Action::Wait { millis: 60_000 });
        }
    }

    #[allow(clippy::too_many_lines)] // a table
    pub(crate) fn act(&mut self, action: &Action) {
        let agent = |n: usize| Key::new(AGENTS[n % AGENTS.len()]).unwrap();
        match *action {
            Action::Wait { millis } => self.wait(Duration::from_millis(millis)),
            Action::Arrive { entry } => self.arrive(entry),
            Action::CustomerLeaves { which, cause, late } => {
                let causes = [EndKind::Normal, EndKind::Normal, EndKind::Failed, EndKind::Lost];
                if let Some((host, leg, _)) = pick(&self.legs, which) {
                    let cause = causes[cause % causes.len()];
                    self.report(host, late, HostEvent::ended(leg, cause));
                }
            }
            Action::Write { thread } => self.write(thread % 5),
            Action::SignIn { agent: n, ready } => self.command(CommandBody::SignIn {
                agent: agent(n),
                device: None,
                station: None,
                ready,
            }),
            Action::SignOut { agent: n, force } => {
                self.command(CommandBody::SignOut { agent: agent(n), force });
            }
            Action::Presence { agent: n, ready } => {
                let reason = (!ready).then(|| Key::new("lunch").unwrap());
                self.command(CommandBody::SetPresence { agent: agent(n), ready, reason });
            }
            Action::Desktop { agent: n, connected } => {
                self.command(CommandBody::SetDesktop { agent: agent(n), connected });
            }
            Action::OtherWork { agent: n } => self.command(CommandBody::BeginOtherWork {
                agent: agent(n),
                channel: Channel::Task,
                reason: None,
            }),
            Action::EndOtherWork { which } => {
                if let Some(engagement) = pick(&self.other_work, which) {
                    self.command(CommandBody::EndOtherWork { engagement });
                }
            }
            Action::Accept { which } => {
                if let Some(offer) = pick(&self.offers, which) {
                    self.command(CommandBody::AcceptOffer { offer });
                }
            }
            Action::Reject { which } => {
                if let Some(offer) = pick(&self.offers, which) {
                    self.command(CommandBody::RejectOffer { offer, reason: None });
                }
            }
            Action::Withdraw { which } => {
                if let Some(request) = pick(&self.requests, which) {
                    self.command(CommandBody::WithdrawRequest { request });
                }
            }
            Action::Close { which } => {
                if let Some(interaction) = pick(&self.interactions, which) {
                    self.command(CommandBody::CloseInteraction { interaction });
                }
            }
            Action::Switch { queue, how } => {
                let queue = Key::new(QUEUES[queue % QUEUES.len()]).unwrap();
                let switch = [Switch::Open, Switch::Scheduled, Switch::Closed][how % 3];
                self.command(CommandBody::SwitchQueue { queue, switch, until: None });
            }
            Action::HostDoes { which, how, late } => self.host_does(which, how, late),
            Action::FarEnd { which, held } => {
                if let Some((host, leg, _)) = pick(&self.legs, which) {
                    let leg = leg.into();
                    let held = if held {
                        HostEvent::Held { leg, by: HeldBy::FarEnd }
                    } else {
                        HostEvent::Resumed { leg, by: HeldBy::FarEnd }
                    };
                    self.report(host, 0, held);
                }
            }
            Action::HostLost => {
                self.report(
                    "pbx",
                    0,
                    HostEvent::HostLost { reason: Personal::Clear(String::new()) },
                );
            }
            Action::HostBack => self.host_back(),
            Action::ClockBack { millis } => {
                self.now = self.now - Duration::from_millis(millis);
                self.input(Input::Tick);
            }
            ref part => self.act_on_part(part),
        }
    }

    fn act_on_part(&mut self, action: &Action) {
        let (Action::Hold { which }
        | Action::Unhold { which }
        | Action::HangUp { which }
        | Action::Finish { which }
        | Action::Park { which }
        | Action::Unpark { which }
        | Action::Dispose { which }) = action
        else {
            return;
        };
        let Some(engagement) = pick(&self.engagements, *which) else { return };
        let sold = Key::new("sold").unwrap();
        self.command(match action {
            Action::Hold { .. } => CommandBody::Hold { engagement },
            Action::Unhold { .. } => CommandBody::Unhold { engagement },
            Action::HangUp { .. } => CommandBody::HangUp { engagement },
            Action::Park { .. } => CommandBody::Park { engagement, until: None },
            Action::Unpark { .. } => CommandBody::Unpark { engagement },
            Action::Finish { .. } => {
                CommandBody::FinishWrapUp { engagement, disposition: Some(sold) }
            }
            _ => CommandBody::SetDisposition { engagement, disposition: sold },
        });
    }

    /// Lets time pass, ticking the engine when it asks.
    fn wait(&mut self, span: Duration) {
        let until = self.now + span;
        for _ in 0..10_000 {
            let due = self.engine.next_deadline().map(|due| (due + self.offset).max(self.now));
            let Some(due) = due.filter(|due| *due <= until) else { break };
            self.now = due;
            self.input(Input::Tick);
        }
        self.now = until;
        self.input(Input::Tick);
    }

    fn arrive(&mut self, entry: usize) {
        let (host, channel, to) = ENTRIES[entry % ENTRIES.len()];
        let leg = ExternalRef::new(format!("call-{}", self.reports)).unwrap();
        self.report(host, 0, Arrival::new(leg, channel, to).into());
    }

    fn write(&mut self, thread: usize) {
        let name = |text: String| ExternalRef::new(text).unwrap();
        let event = HostEvent::MessageReceived {
            thread: name(format!("thread-{thread}")),
            message: name(format!("message-{}", self.reports)),
            channel: Channel::Sms,
            to: "4242".to_owned(),
            from: Box::default(),
            subject: None,
            text: Personal::Clear("Hello".to_owned()),
            in_reply_to: None,
            attachments: Vec::new(),
        };
        self.report("app", 0, event);
    }

    /// A host carries out something it was asked, or fails to.
    fn host_does(&mut self, which: usize, how: usize, late: i64) {
        if self.asked.is_empty() {
            return;
        }
        let effect = self.asked.remove(which % self.asked.len());
        if self.gone.contains(&effect.id) {
            return;
        }
        let (host, op) = (host(effect.host), effect.id);
        let fails = how % 8 == 7;
        let event = match effect.kind {
            EffectKind::Originate { leg, .. } => match how % 8 {
                5 => HostEvent::ended(leg, EndKind::NoAnswer),
                6 => HostEvent::ended(leg, EndKind::Declined),
                7 => HostEvent::OpFailed { op, error: HostError::Timeout },
                _ => HostEvent::answered(leg, AnsweredBy::Unknown),
            },
            EffectKind::Hangup { leg, .. } | EffectKind::Reject { leg, .. } => {
                HostEvent::ended(leg.leg, EndKind::Normal)
            }
            _ if fails => HostEvent::OpFailed { op, error: HostError::Timeout },
            _ => HostEvent::OpDone { op },
        };
        self.report(host, late, event);
    }

    fn host_back(&mut self) {
        let live = |(host, leg, external): &(&str, LegId, Option<ExternalRef>)| {
            let external =
                external.clone().unwrap_or_else(|| ExternalRef::new(leg.to_string()).unwrap());
            (*host == "pbx").then_some(LiveLeg::new(external, Some(*leg)))
        };
        let legs = self.legs.iter().filter_map(live).collect();
        self.report("pbx", 0, HostEvent::HostResync { generation: self.reports + 1, legs });
    }

    pub(crate) fn command(&mut self, body: CommandBody) {
        self.commands += 1;
        let id = CommandId::new(format!("c{}", self.commands)).unwrap();
        self.input(Command::new(id, Actor::application(), body).into());
    }

    fn report(&mut self, host: &str, late: i64, event: HostEvent) {
        self.reports += 1;
        let report = HostReport {
            host: Key::new(host).unwrap(),
            incarnation: 1,
            seq: self.reports,
            occurred_at: self.now - Duration::from_millis(late),
            event,
        };
        self.input(report.into());
    }

    fn input(&mut self, input: Input) {
        let _ = self.engine.handle(self.now, input);
        self.drain();
    }

    fn drain(&mut self) {
        while let Some(output) = self.engine.poll_output() {
            match output {
                Output::Record(record) => {
                    for event in &record.events {
                        self.note(event);
                    }
                    let seq = record.seq;
                    self.records.push(record);
                    let _ = self.engine.handle(self.now, Input::Persisted(seq));
                }
                Output::Effect(effect) => {
                    let _ = self.engine.handle(self.now, Input::EffectAccepted(effect.id));
                    let notice = matches!(
                        effect.kind,
                        EffectKind::Music { .. }
                            | EffectKind::PresentOffer { .. }
                            | EffectKind::WithdrawOffer { .. }
                            | EffectKind::Alert { .. }
                    );
                    if !notice {
                        self.asked.push(effect);
                    }
                }
                Output::Reply(_) => {}
            }
        }
    }

    /// Keeps the lists of what is there.
    fn note(&mut self, event: &Event) {
        match event {
            Event::Shard(ShardEvent::ClockRebased { offset }) => self.offset = *offset,
            Event::Effect(EffectEvent::Ended { id, .. }) => self.gone.push(*id),
            Event::Offer(OfferEvent::Made(made)) => self.offers.push(made.id),
            Event::Offer(OfferEvent::Ended { id, .. }) => self.offers.retain(|o| o != id),
            Event::Engagement(EngagementEvent::Opened { id, interaction, .. }) => {
                if interaction.is_some() {
                    self.engagements.push(*id);
                } else {
                    self.other_work.push(*id);
                }
            }
            Event::Engagement(EngagementEvent::Ended { id, .. }) => {
                self.engagements.retain(|e| e != id);
                self.other_work.retain(|e| e != id);
            }
            Event::Request(RequestEvent::Opened(opened)) => self.requests.push(opened.id),
            Event::Request(RequestEvent::Ended { id, .. }) => self.requests.retain(|r| r != id),
            Event::Interaction(InteractionEvent::Opened(opened)) => {
                self.interactions.push(opened.id);
                self.legs.push((host(opened.host), opened.leg, opened.external.clone()));
            }
            Event::Message(MessageEvent::Reopened { interaction }) => {
                self.interactions.push(*interaction);
            }
            Event::Leg(LegEvent::Originated { id, host: holder, .. }) => {
                self.legs.push((host(*holder), *id, None));
            }
            Event::Interaction(InteractionEvent::Closed { id }) => {
                self.interactions.retain(|i| i != id);
            }
            Event::Leg(LegEvent::Ended { id, .. }) => {
                self.legs.retain(|(_, leg, _)| leg != id);
            }
            _ => {}
        }
    }
}

fn pick<T: Clone>(list: &[T], which: usize) -> Option<T> {
    (!list.is_empty()).then(|| list[which % list.len()].clone())
}

fn host(id: HostId) -> &'static str {
    if id.0 == 0 { "app" } else { "pbx" }
}
