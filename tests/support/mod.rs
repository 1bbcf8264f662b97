//! A host for tests: it hands inputs in, keeps every record, and follows with a replica that must
//! agree with the writer after each record.
#![allow(dead_code, unreachable_pub)] // each test uses its part

use switchboard::id::{
    CommandId, EngagementId, ExternalRef, InteractionId, Key, LegId, OfferId, Seq,
};
use switchboard::message::{
    Actor, AnsweredBy, Command, CommandBody, Effect, EffectKind, EndKind, EngagementEnd,
    EngagementEvent, Event, HostEvent, HostReport, Input, InteractionEvent, InteractionOpened,
    LegRef, OfferEnd, OfferEvent, Outcome, Output, Phase, Receipt, Record, Rejection, Reply,
    RequestEvent, RequestOpened,
};
use switchboard::model::Center;
use switchboard::time::{Duration, Timestamp};
use switchboard::{Engine, Opening, Replica};

/// Nine o'clock on a Monday.
pub const START: Timestamp = Timestamp::from_secs(1_772_442_000);

pub fn key(text: &str) -> Key {
    Key::new(text).unwrap()
}

/// Why an input was refused.
pub fn refusal(receipt: Receipt) -> Rejection {
    match receipt {
        Receipt::Rejected { rejection, .. } => rejection,
        other => panic!("not refused: {other:?}"),
    }
}

/// An engine, its host and its follower.
pub struct Bench {
    pub engine: Engine,
    pub now: Timestamp,
    pub records: Vec<Record>,
    pub effects: Vec<Effect>,
    pub replies: Vec<Reply>,
    replica: Option<Replica>,
    commands: u64,
    reports: u64,
}

impl Bench {
    pub fn new(center: Center) -> Self {
        let engine = Engine::open(START, Opening::new(center)).expect("a valid center");
        let mut bench = Self {
            engine,
            now: START,
            records: Vec::new(),
            effects: Vec::new(),
            replies: Vec::new(),
            replica: None,
            commands: 0,
            reports: 0,
        };
        bench.drain();
        bench
    }

    /// Takes all outputs; every record is persisted at once and followed.
    pub fn drain(&mut self) {
        while let Some(output) = self.engine.poll_output() {
            match output {
                Output::Record(record) => {
                    match &mut self.replica {
                        Some(replica) => replica.apply(&record).unwrap(),
                        None => self.replica = Some(Replica::open(&record).unwrap()),
                    }
                    let seq = record.seq;
                    self.records.push(record);
                    assert_eq!(self.engine.handle(self.now, Input::Persisted(seq)), Receipt::Noted);
                }
                Output::Effect(effect) => self.effects.push(effect),
                Output::Reply(reply) => self.replies.push(reply),
            }
        }
        let replica = self.replica.as_mut().unwrap();
        assert_eq!(replica.seq(), self.engine.seq());
        assert_eq!(
            replica.state_hash(),
            self.engine.state_hash(),
            "after {:?}",
            self.records.last()
        );
    }

    pub fn input(&mut self, input: impl Into<Input>) -> Receipt {
        let receipt = self.engine.handle(self.now, input.into());
        self.drain();
        receipt
    }

    /// Lets time pass; every timer fires at its time.
    pub fn wait(&mut self, span: Duration) {
        let until = self.now + span;
        while let Some(next) = self.engine.next_deadline().filter(|next| *next <= until) {
            self.now = self.now.max(next);
            let _ = self.input(Input::Tick);
        }
        self.now = until;
    }

    pub fn seconds(&mut self, secs: i64) {
        self.wait(Duration::from_secs(secs));
    }

    pub fn command(&mut self, body: CommandBody) -> Receipt {
        self.commands += 1;
        let id = CommandId::new(format!("c{}", self.commands)).unwrap();
        self.input(Command::new(id, Actor::application(), body))
    }

    /// A command for an agent, by whoever may give it.
    pub fn command_of(&mut self, agent: &str, body: CommandBody) -> Receipt {
        self.commands += 1;
        let id = CommandId::new(format!("c{}", self.commands)).unwrap();
        let mut command = Command::new(id, Actor::application(), body);
        command.authority.on_behalf_of = Some(key(agent));
        self.input(command)
    }

    /// A command that has to be recorded.
    pub fn does(&mut self, body: CommandBody) {
        let receipt = self.command(body);
        assert!(matches!(receipt, Receipt::Recorded(_)), "{receipt:?}");
    }

    pub fn report(&mut self, host: &str, event: HostEvent) -> Receipt {
        self.report_at(self.now, host, event)
    }

    /// What a host says has happened at another time than now.
    pub fn report_at(&mut self, at: Timestamp, host: &str, event: HostEvent) -> Receipt {
        self.reports += 1;
        self.input(HostReport::new(key(host), self.reports, at, event))
    }

    /// A call comes in at an address; its name is the leg's.
    pub fn call(&mut self, host: &str, name: &str, to: &str) -> Receipt {
        self.report(host, HostEvent::call(ExternalRef::new(name).unwrap(), to))
    }

    pub fn hangs_up(&mut self, host: &str, name: &str) -> Receipt {
        let leg = LegRef::External(ExternalRef::new(name).unwrap());
        self.leg_ends(host, leg, EndKind::Normal)
    }

    pub fn leg_ends(&mut self, host: &str, leg: LegRef, kind: EndKind) -> Receipt {
        self.report(host, HostEvent::ended(leg, kind))
    }

    /// Somebody answers the leg; what is asked for then is taken on.
    pub fn leg_answers(&mut self, host: &str, leg: LegId) {
        let _ = self.report(host, HostEvent::answered(LegRef::Ours(leg), AnsweredBy::Human));
        self.accept_all();
    }

    /// The phone that rang last is picked up.
    pub fn picks_up(&mut self, host: &str) {
        let leg = LegRef::Ours(self.ringing_leg());
        let receipt = self.report(host, HostEvent::answered(leg, AnsweredBy::Human));
        assert!(matches!(receipt, Receipt::Recorded(_)), "{receipt:?}");
    }

    /// The phone that rang last is picked up, and whoever it belongs to hears whom they are to hear.
    pub fn joins(&mut self, host: &str) {
        self.accept_all();
        self.picks_up(host);
        self.accept_all();
        self.done(host, |kind| matches!(kind, EffectKind::Bridge { .. }));
        self.accept_all();
    }

    /// Every effect handed out so far is accepted by its host.
    pub fn accept_all(&mut self) {
        let mut seen = 0;
        while seen < self.effects.len() {
            let id = self.effects[seen].id;
            let _ = self.input(Input::EffectAccepted(id));
            seen += 1;
        }
    }

    /// The outcomes of requests so far, the latest last.
    pub fn outcomes(&self) -> Vec<Outcome> {
        self.events()
            .filter_map(|event| match event {
                Event::Request(RequestEvent::Ended { outcome, .. }) => Some(outcome.clone()),
                _ => None,
            })
            .collect()
    }

    /// How offers ended so far, the latest last.
    pub fn offer_ends(&self) -> Vec<OfferEnd> {
        self.events()
            .filter_map(|event| match event {
                Event::Offer(OfferEvent::Ended { end, .. }) => Some(*end),
                _ => None,
            })
            .collect()
    }

    pub fn handed_out(&self, of: impl Fn(&EffectKind) -> bool) -> usize {
        self.effects.iter().filter(|effect| of(&effect.kind)).count()
    }

    /// The interactions of the requests that were offered, in order.
    pub fn offered(&self) -> Vec<switchboard::id::RequestId> {
        self.events()
            .filter_map(|event| match event {
                Event::Offer(OfferEvent::Made(made)) => Some(made.request),
                _ => None,
            })
            .collect()
    }

    /// The requests in the order in which they were opened.
    pub fn requests(&self) -> Vec<switchboard::id::RequestId> {
        self.events()
            .filter_map(|event| match event {
                Event::Request(RequestEvent::Opened(opened)) => Some(opened.id),
                _ => None,
            })
            .collect()
    }

    /// All requests that were opened, as they were.
    pub fn requests_opened(&self) -> Vec<RequestOpened> {
        self.events()
            .filter_map(|event| match event {
                Event::Request(RequestEvent::Opened(opened)) => Some((**opened).clone()),
                _ => None,
            })
            .collect()
    }

    /// The interaction that was opened last, as it was.
    pub fn interaction_opened(&self) -> InteractionOpened {
        self.events()
            .rev()
            .find_map(|event| match event {
                Event::Interaction(InteractionEvent::Opened(opened)) => Some((**opened).clone()),
                _ => None,
            })
            .expect("an interaction")
    }

    /// The phase that an agent's part is in; none when it is over.
    pub fn phase(&self, part: EngagementId) -> Option<Phase> {
        self.events().fold(None, |phase, event| match event {
            Event::Engagement(EngagementEvent::Opened { id, phase, .. }) if *id == part => {
                Some(*phase)
            }
            Event::Engagement(EngagementEvent::PhaseChanged { id, phase }) if *id == part => {
                Some(*phase)
            }
            Event::Engagement(EngagementEvent::WrapUpStarted { id, .. }) if *id == part => {
                Some(Phase::WrapUp)
            }
            Event::Engagement(EngagementEvent::Ended { id, .. }) if *id == part => None,
            _ => phase,
        })
    }

    /// How an agent's part ended, if it has.
    pub fn part_end(&self, part: EngagementId) -> Option<EngagementEnd> {
        self.events().find_map(|event| match event {
            Event::Engagement(EngagementEvent::Ended { id, end }) if *id == part => Some(*end),
            _ => None,
        })
    }

    /// A configuration command with these changes.
    pub fn configures(&mut self, changes: Vec<switchboard::model::Change>) {
        let base_version = self.engine.config_version();
        self.does(CommandBody::Configure { base_version, changes });
    }

    /// What an agent was last seen doing.
    pub fn activity(&self) -> switchboard::message::Activity {
        self.events()
            .rev()
            .find_map(|event| match event {
                Event::Agent(switchboard::message::AgentEvent::StateChanged { to, .. }) => {
                    Some(*to)
                }
                _ => None,
            })
            .expect("an activity")
    }

    pub fn sign_in(&mut self, agent: &str) {
        self.does(CommandBody::SignIn {
            agent: key(agent),
            device: None,
            station: None,
            ready: true,
        });
    }

    /// The latest offer made.
    pub fn offer(&self) -> OfferId {
        self.try_offer().expect("an offer")
    }

    pub fn try_offer(&self) -> Option<OfferId> {
        self.events().rev().find_map(|event| match event {
            Event::Offer(OfferEvent::Made(made)) => Some(made.id),
            _ => None,
        })
    }

    pub fn events(&self) -> impl DoubleEndedIterator<Item = &Event> {
        self.records.iter().flat_map(|record| &record.events)
    }

    pub fn engagement(&self) -> EngagementId {
        self.events()
            .rev()
            .find_map(|event| match event {
                Event::Engagement(EngagementEvent::Opened { id, .. }) => Some(*id),
                _ => None,
            })
            .expect("an engagement")
    }

    pub fn interaction(&self) -> InteractionId {
        self.interaction_opened().id
    }

    /// The leg that was last originated.
    pub fn ringing_leg(&self) -> LegId {
        self.effects
            .iter()
            .rev()
            .find_map(|effect| match &effect.kind {
                EffectKind::Originate { leg, .. } => Some(*leg),
                _ => None,
            })
            .expect("a ringing phone")
    }

    /// The host does the latest operation of a kind.
    pub fn done(&mut self, host: &str, of: impl Fn(&EffectKind) -> bool) {
        let op = self.op(of);
        let _ = self.report(host, HostEvent::OpDone { op });
    }

    /// The last operation of that kind.
    pub fn op(&self, of: impl Fn(&EffectKind) -> bool) -> switchboard::id::EffectId {
        self.effects.iter().rev().find(|effect| of(&effect.kind)).expect("an operation").id
    }

    pub fn last_events(&self) -> &[Event] {
        &self.records.last().expect("a record").events
    }

    pub fn seq(&self) -> Seq {
        self.engine.seq()
    }
}
