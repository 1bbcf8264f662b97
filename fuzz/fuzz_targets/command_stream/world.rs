//! The engine, its host, its journal, and everybody who acts on it.

use std::collections::{BTreeMap, BTreeSet};

use switchboard::id::{
    CommandId, ConversationId, EffectId, EngagementId, Epoch, ExternalRef, HostId, InteractionId,
    Key, LegId, OfferId, Origin, RequestId, Seq,
};
use switchboard::message::{
    Actor, AnsweredBy, Arrival, Command, CommandBody, ConversationEvent, CustomerRef,
    CustomerToken, Effect, EffectClass, EffectEvent, EffectKind, EndCause, EndKind,
    EngagementEvent, Event, Fact, FactBatch, HeldBy, HostError, HostEvent, HostReport, Input,
    InteractionEvent, Lane, LegRef, LiveLeg, OfferEvent, Output, Personal, Receipt, Record,
    RejectionReason, RequestEvent, Switch, codec,
};
use switchboard::model::Channel;
use switchboard::sim::check::{Checker, Depth, all_is_free};
use switchboard::time::{Duration, Timestamp};
use switchboard::{Engine, Opening, Replica};

use crate::act::Act;
use crate::center::{AGENTS, ENTRIES, QUEUES, center, change};
use crate::model::Model;

/// Nine o'clock on a Monday.
const START: Timestamp = Timestamp::from_secs(1_772_442_000);
const PBX: HostId = HostId(1);

pub fn key(text: &str) -> Key {
    Key::new(text).expect("a key")
}

fn nth<T: Clone>(from: &[T], n: u8) -> Option<T> {
    from.iter().rev().nth(usize::from(n % 8)).cloned()
}

fn one<T: Copy>(from: &[T], n: u8) -> T {
    from[usize::from(n) % from.len()]
}

fn cause(n: u8) -> EndCause {
    let kinds = [
        EndKind::Normal,
        EndKind::Busy,
        EndKind::NoAnswer,
        EndKind::Declined,
        EndKind::Unreachable,
        EndKind::Failed,
        EndKind::Lost,
    ];
    EndCause::from(one(&kinds, n))
}

/// What was seen, alive or not.
#[derive(Default)]
struct Seen {
    calls: Vec<(&'static str, ExternalRef)>,
    offers: Vec<OfferId>,
    engagements: Vec<EngagementId>,
    interactions: Vec<InteractionId>,
    conversations: Vec<ConversationId>,
    requests: Vec<RequestId>,
    phones: Vec<LegId>,
    ops: Vec<EffectId>,
    commands: Vec<Command>,
    reports: Vec<HostReport>,
}

/// What was handed out and not answered for.
#[derive(Default)]
struct HandedOut {
    effects: BTreeSet<EffectId>,
    /// Effects that were handed out and will be once more.
    again: Vec<EffectId>,
    replies: BTreeSet<(CommandId, Seq)>,
    /// The one effect of each lane that was not accepted yet, and its deadline.
    lanes: BTreeMap<Lane, (EffectId, Timestamp)>,
    /// Effects of each lane that were decided and not handed out.
    queued: BTreeMap<Lane, Vec<EffectId>>,
    unaccepted: Vec<EffectId>,
    /// Operations that a record, by now safe, says have ended.
    ended: BTreeMap<EffectId, Seq>,
}

pub struct World {
    engine: Engine,
    checker: Checker,
    model: Model,
    records: Vec<Record>,
    now: Timestamp,
    seen: Seen,
    out: HandedOut,
    persisted: Seq,
    persist_at_once: bool,
    accept_at_once: bool,
    number: u64,
    generation: u64,
}

impl World {
    pub fn new() -> Self {
        let mut world = Self {
            engine: Engine::open(START, Opening::new(center())).expect("a valid opening"),
            checker: Checker::new(),
            model: Model::default(),
            records: Vec::new(),
            now: START,
            seen: Seen::default(),
            out: HandedOut::default(),
            persisted: Seq(0),
            persist_at_once: true,
            accept_at_once: true,
            number: 0,
            generation: 0,
        };
        world.drain();
        world
    }

    /// Compares the engine with all that watch it.
    pub fn check(&mut self) {
        let last = self.records.last().map_or(START, |record| record.at);
        let settled = self.engine.next_deadline().is_none_or(|next| next > last.max(self.now));
        self.model.compare(&self.engine, settled);
        if settled {
            self.lanes_move(last);
        }
        let depth = if settled { Depth::BruteForce } else { Depth::Cheap };
        if let Err(broken) = self.checker.check(&mut self.engine, depth) {
            panic!("{broken}\nafter {:#?}", self.records.last());
        }
    }

    /// A lane moves on when its effect was accepted, has ended, or is past its deadline.
    fn lanes_move(&self, last: Timestamp) {
        for (lane, queue) in &self.out.queued {
            let Some(next) = queue.iter().find(|id| id.origin().seq <= self.persisted.0) else {
                continue;
            };
            let head = self.out.lanes.get(lane);
            assert!(
                head.is_some_and(|(_, deadline)| *deadline > last),
                "{next:?} is stuck in {lane:?} behind {head:?}"
            );
        }
    }

    /// Takes all outputs; effects are accepted after the last.
    fn drain(&mut self) {
        while let Some(output) = self.next_output() {
            match output {
                Output::Record(record) => self.record(record),
                Output::Effect(effect) => self.effect(effect),
                Output::Reply(reply) => {
                    assert!(reply.seq <= self.persisted, "a reply before its record is safe");
                    let told = self.out.replies.insert((reply.command.clone(), reply.seq));
                    assert!(told, "{reply:?} twice");
                }
            }
        }
    }

    fn next_output(&mut self) -> Option<Output> {
        let output = self.engine.poll_output();
        if output.is_some() || !self.accept_at_once || self.out.unaccepted.is_empty() {
            return output;
        }
        self.accept();
        self.engine.poll_output()
    }

    fn record(&mut self, record: Record) {
        let bytes = codec::encode(&record).expect("a record can be written");
        assert_eq!(codec::decode(&bytes).as_ref(), Ok(&record));
        self.note(&record);
        self.records.push(record);
        if self.persist_at_once {
            self.persist();
        }
    }

    /// All that follow the journal take note.
    fn note(&mut self, record: &Record) {
        self.checker.follow(record).expect("the next record");
        self.model.follow(record, self.engine.center());
        for effect in &record.effects {
            if effect.host == PBX && effect.lane != Lane::None {
                self.out.queued.entry(effect.lane).or_default().push(effect.id);
            }
        }
        for event in &record.events {
            match event {
                Event::Offer(OfferEvent::Made(made)) => self.seen.offers.push(made.id),
                Event::Engagement(EngagementEvent::Opened { id, .. }) => {
                    self.seen.engagements.push(*id);
                }
                Event::Request(RequestEvent::Opened(opened)) => {
                    self.seen.requests.push(opened.id);
                }
                Event::Interaction(InteractionEvent::Opened(opened)) => {
                    self.seen.interactions.push(opened.id);
                }
                Event::Conversation(ConversationEvent::Opened { id, .. }) => {
                    self.seen.conversations.push(*id);
                }
                Event::Effect(EffectEvent::Ended { id, .. }) => {
                    self.out.ended.insert(*id, record.seq);
                    self.out.lanes.retain(|_, (head, _)| head != id);
                    self.out
                        .queued
                        .values_mut()
                        .for_each(|queue| queue.retain(|other| other != id));
                }
                Event::Effect(EffectEvent::Rearmed { effects }) => {
                    let again = effects.iter().map(|(id, _)| *id);
                    self.out.again.extend(again.filter(|id| self.out.effects.contains(id)));
                }
                _ => {}
            }
        }
    }

    fn effect(&mut self, effect: Effect) {
        let Effect { id, host, lane, deadline, .. } = effect;
        assert!(id.origin().seq <= self.persisted.0, "an effect before its record is safe");
        let first = self.out.effects.insert(id);
        let again = self.out.again.iter().position(|other| *other == id);
        assert!(first || again.is_some(), "{id:?} is handed out twice");
        if let Some(place) = again.filter(|_| !first) {
            self.out.again.remove(place);
        }
        // A hang-up goes out even if nothing was heard of it in time.
        let over = self.out.ended.get(&id).copied();
        if let Some(ended) = over.filter(|_| !matches!(effect.kind, EffectKind::Hangup { .. })) {
            assert!(ended > self.persisted, "{effect:?} is handed out after it ended in {ended:?}");
        }
        if effect.class() == EffectClass::Operation {
            self.seen.ops.push(id);
        }
        if let EffectKind::Originate { leg, .. } = effect.kind {
            self.seen.phones.push(leg);
        }
        if host == PBX && lane != Lane::None {
            self.out.queued.entry(lane).or_default().retain(|other| *other != id);
            let before = self.out.lanes.get(&lane).filter(|(head, _)| *head != id);
            assert!(before.is_none(), "{id:?} overtakes {before:?} in {lane:?}");
            // Levels hold nothing: nobody acknowledges them.
            if effect.class() == EffectClass::Operation && over.is_none() {
                self.out.lanes.insert(lane, (id, deadline));
            }
        }
        self.out.unaccepted.push(id);
    }

    fn accept(&mut self) {
        for id in std::mem::take(&mut self.out.unaccepted) {
            self.out.lanes.retain(|_, (head, _)| *head != id);
            let _ = self.engine.handle(self.now, Input::EffectAccepted(id));
        }
    }

    fn persist(&mut self) {
        self.persisted = self.records.last().map_or(Seq(0), |record| record.seq);
        let receipt = self.engine.handle(self.now, Input::Persisted(self.persisted));
        assert_eq!(receipt, Receipt::Noted);
    }

    /// Hands the input in, again as often as the engine is busy.
    fn input(&mut self, input: impl Into<Input>) -> Receipt {
        let mut input: Input = input.into();
        for _ in 0..100 {
            let receipt = self.engine.handle(self.now, input.clone());
            let seq = self.engine.seq();
            match receipt {
                Receipt::Recorded(at) => assert_eq!(at, seq),
                Receipt::Rejected { judged_at, .. } => assert_eq!(judged_at, seq),
                Receipt::Busy(back) => {
                    assert_eq!(*back, input, "what is handed back is what came");
                    self.drain();
                    self.persist();
                    self.drain();
                    input = *back;
                    continue;
                }
                _ => {}
            }
            self.drain();
            return receipt;
        }
        panic!("the engine is always busy");
    }

    fn command(&mut self, body: CommandBody) {
        self.number += 1;
        let id = CommandId::new(format!("c{}", self.number)).expect("an id");
        let command = Command::new(id, Actor::application(), body);
        if let Receipt::Recorded(_) = self.input(command.clone()) {
            self.seen.commands.push(command);
        }
    }

    fn report(&mut self, host: &str, event: HostEvent) {
        self.number += 1;
        let late = Duration::from_millis((self.number % 700).cast_signed());
        let report = HostReport::new(key(host), self.number, self.now - late, event);
        if let Receipt::Recorded(_) = self.input(report.clone()) {
            self.seen.reports.push(report);
        }
    }

    pub fn act(&mut self, act: Act) {
        match act {
            Act::SignIn { agent, ready } => {
                let agent = key(one(&AGENTS, agent));
                self.command(CommandBody::SignIn { agent, device: None, station: None, ready });
            }
            Act::SignOut { agent, force } => {
                self.command(CommandBody::SignOut { agent: key(one(&AGENTS, agent)), force });
            }
            Act::Presence { agent, ready } => {
                let reason = (!ready).then(|| key("lunch"));
                let agent = key(one(&AGENTS, agent));
                self.command(CommandBody::SetPresence { agent, ready, reason });
            }
            Act::Desktop { agent, connected } => {
                let agent = key(one(&AGENTS, agent));
                self.command(CommandBody::SetDesktop { agent, connected });
            }
            Act::OtherWork { agent } => {
                let (agent, channel) = (key(one(&AGENTS, agent)), Channel::Task);
                self.command(CommandBody::BeginOtherWork { agent, channel, reason: None });
            }
            Act::Arrives { entry, by_app, customer } => self.arrives(entry, by_app, customer),
            Act::Switch { queue, to, for_a_while } => {
                let switch = one(&[Switch::Scheduled, Switch::Open, Switch::Closed], to);
                let until = for_a_while.then(|| self.now + Duration::from_secs(30));
                let queue = key(one(&QUEUES, queue));
                self.command(CommandBody::SwitchQueue { queue, switch, until });
            }
            Act::Configure(number) => {
                let base_version = self.engine.config_version();
                let changes = vec![change(number)];
                self.command(CommandBody::Configure { base_version, changes });
            }
            Act::Facts(count) => self.facts(count),
            Act::Foreign(n) => self.foreign(n),
            Act::Repeat { nth: n, changed } => self.repeat(n, changed),
            Act::RepeatReport(n) => {
                if let Some(report) = nth(&self.seen.reports, n) {
                    let receipt = self.input(report);
                    assert!(matches!(receipt, Receipt::Duplicate(_)), "{receipt:?}");
                }
            }
            _ => self.act_on_what_is_there(act),
        }
    }

    fn act_on_what_is_there(&mut self, act: Act) {
        let seen = &self.seen;
        let body = match act {
            Act::EndOtherWork(n) => {
                nth(&seen.engagements, n).map(|engagement| CommandBody::EndOtherWork { engagement })
            }
            Act::Accept(n) => nth(&seen.offers, n).map(|offer| CommandBody::AcceptOffer { offer }),
            Act::Reject(n) => {
                nth(&seen.offers, n).map(|offer| CommandBody::RejectOffer { offer, reason: None })
            }
            Act::Hold(n) => {
                nth(&seen.engagements, n).map(|engagement| CommandBody::Hold { engagement })
            }
            Act::Unhold(n) => {
                nth(&seen.engagements, n).map(|engagement| CommandBody::Unhold { engagement })
            }
            Act::HangUp(n) => {
                nth(&seen.engagements, n).map(|engagement| CommandBody::HangUp { engagement })
            }
            Act::FinishWrapUp { nth: n, disposition } => {
                let disposition = disposition.then(|| key("done"));
                nth(&seen.engagements, n)
                    .map(|engagement| CommandBody::FinishWrapUp { engagement, disposition })
            }
            Act::ExtendWrapUp(n) => nth(&seen.engagements, n).map(|engagement| {
                CommandBody::ExtendWrapUp { engagement, by: Duration::from_secs(5) }
            }),
            Act::Disposition(n) => nth(&seen.engagements, n).map(|engagement| {
                CommandBody::SetDisposition { engagement, disposition: key("done") }
            }),
            Act::Prioritize { nth: n, seconds } => nth(&seen.requests, n).map(|request| {
                let boost = Duration::from_secs(i64::from(seconds));
                CommandBody::PrioritizeRequest { request, boost }
            }),
            Act::Withdraw(n) => {
                nth(&seen.requests, n).map(|request| CommandBody::WithdrawRequest { request })
            }
            Act::Close(n) => nth(&seen.interactions, n)
                .map(|interaction| CommandBody::CloseInteraction { interaction }),
            _ => return self.the_world_acts(act),
        };
        if let Some(body) = body {
            self.command(body);
        }
    }

    fn the_world_acts(&mut self, act: Act) {
        let seen = &self.seen;
        match act {
            Act::Leaves { nth: n, cause: why } => {
                if let Some((host, leg)) = nth(&seen.calls, n) {
                    let (leg, cause) = (LegRef::External(leg), cause(why));
                    self.report(host, HostEvent::ended(leg, cause));
                }
            }
            Act::LegAnswers(n) => {
                if let Some(leg) = nth(&seen.phones, n).map(LegRef::from) {
                    self.report("pbx", HostEvent::answered(leg, AnsweredBy::Unknown));
                }
            }
            Act::LegEnds { nth: n, cause: why } => {
                if let Some(leg) = nth(&seen.phones, n).map(LegRef::from) {
                    self.report("pbx", HostEvent::ended(leg, cause(why)));
                }
            }
            Act::PhoneHold { nth: n, held } => {
                if let Some(leg) = nth(&seen.phones, n).map(LegRef::from) {
                    let event = if held {
                        HostEvent::Held { leg, by: HeldBy::FarEnd }
                    } else {
                        HostEvent::Resumed { leg, by: HeldBy::FarEnd }
                    };
                    self.report("pbx", event);
                }
            }
            Act::OpDone(n) => {
                if let Some(op) = nth(&seen.ops, n) {
                    self.report("pbx", HostEvent::OpDone { op });
                }
            }
            Act::OpFails(n) => {
                if let Some(op) = nth(&seen.ops, n) {
                    self.report("pbx", HostEvent::OpFailed { op, error: HostError::Timeout });
                }
            }
            Act::OpRefused(n) => {
                if let Some(op) = nth(&seen.ops, n) {
                    self.out.lanes.retain(|_, (head, _)| *head != op);
                    let _ = self.input(Input::EffectRefused(op));
                }
            }
            Act::OpUnknown(n) => {
                if let Some(op) = nth(&seen.ops, n) {
                    let _ = self.input(Input::EffectUnknown(op));
                }
            }
            Act::HostLost => {
                self.report("pbx", HostEvent::HostLost { reason: Personal::Clear(String::new()) })
            }
            Act::HostBack { legs, with_strangers, old } => {
                self.host_back(legs, with_strangers, old);
            }
            Act::AcceptAtOnce(at_once) => {
                self.accept_at_once = at_once;
                self.accept();
                self.drain();
            }
            Act::EffectsAccepted => {
                self.accept();
                self.drain();
            }
            Act::PersistAtOnce(at_once) => {
                self.persist_at_once = at_once;
                self.persist();
                self.drain();
            }
            Act::Persisted => {
                self.persist();
                self.drain();
            }
            Act::Wait { millis } => self.wait(Duration::from_millis(i64::from(millis))),
            Act::WaitLong { minutes } => self.wait(Duration::from_mins(i64::from(minutes % 8))),
            Act::ClockBack { millis } => {
                self.now = self.now - Duration::from_millis(i64::from(millis) / 8);
            }
            Act::Restart { cut } => self.restart(cut),
            other => unreachable!("{other:?}"),
        }
    }

    fn arrives(&mut self, entry: u8, by_app: bool, customer: Option<u8>) {
        let (channel, to) = one(&ENTRIES, entry);
        let host = if by_app { "app" } else { "pbx" };
        let leg = ExternalRef::new(format!("call-{}", self.seen.calls.len())).expect("a name");
        self.seen.calls.push((host, leg.clone()));
        let token = customer.map(|customer| CustomerToken(u64::from(customer % 4)));
        let from = CustomerRef { token, ..CustomerRef::default() };
        self.report(host, Arrival::new(leg, channel, to).from(from).into());
    }

    fn facts(&mut self, count: u8) {
        let fact = |n: u8| Fact {
            id: ExternalRef::new(format!("fact-{n}")).expect("a name"),
            revision: 1,
            occurred_at: self.now,
            body: None,
        };
        let facts = (0..count % 4).map(fact).collect();
        self.command(CommandBody::ReportFacts(FactBatch {
            source: key("wfm"),
            source_seq: 1,
            facts,
        }));
    }

    /// Ids that were never made: of another shard, another term, the future.
    fn foreign(&mut self, n: u8) {
        let origin = match n % 3 {
            0 => Origin { shard: 2, epoch: 1, seq: 1, index: 0 },
            1 => Origin { shard: 1, epoch: 900, seq: 2, index: 0 },
            _ => Origin { shard: 1, epoch: 1, seq: 1 << 40, index: 0 },
        };
        let made = "within range";
        let body = match n / 3 % 4 {
            0 => CommandBody::AcceptOffer { offer: OfferId::new(origin).expect(made) },
            1 => CommandBody::HangUp { engagement: EngagementId::new(origin).expect(made) },
            2 => CommandBody::WithdrawRequest { request: RequestId::new(origin).expect(made) },
            _ => CommandBody::SetContext {
                conversation: ConversationId::new(origin).expect(made),
                entries: Vec::new(),
            },
        };
        let id = CommandId::new("foreign").expect("an id");
        let receipt = self.input(Command::new(id, Actor::application(), body));
        let unknown = matches!(
            &receipt,
            Receipt::Rejected { rejection, .. } if rejection.reason == RejectionReason::Unknown
        );
        assert!(unknown, "{receipt:?}");
    }

    fn repeat(&mut self, n: u8, changed: bool) {
        let Some(mut command) = nth(&self.seen.commands, n) else { return };
        if changed {
            self.number += 1;
            command.authority.reason = Some(key(&format!("another-{}", self.number)));
        }
        let known = self.model.known(&command.id);
        let receipt = self.input(command.clone());
        match (known, changed) {
            (Some(seq), false) => assert_eq!(receipt, Receipt::Duplicate(seq)),
            (Some(_), true) => assert!(
                matches!(
                    &receipt,
                    Receipt::Rejected { rejection, .. }
                        if rejection.reason == RejectionReason::IdReused
                ),
                "{receipt:?}"
            ),
            // It is forgotten, and judged as a new one; from now on the id stands for this body.
            (None, _) => {
                self.seen.commands.retain(|other| other.id != command.id);
                if let Receipt::Recorded(_) = receipt {
                    self.seen.commands.push(command);
                }
            }
        }
    }

    fn host_back(&mut self, mask: u16, with_strangers: bool, old: bool) {
        if !old {
            self.generation += 1;
        }
        let live = LiveLeg::new;
        let name = |leg: &LegId| ExternalRef::new(leg.to_string()).expect("a name");
        let callers = self.seen.calls.iter().filter(|(host, _)| *host == "pbx");
        let callers = callers.map(|(_, leg)| live(leg.clone(), None));
        let phones = self.seen.phones.iter().map(|leg| live(name(leg), Some(*leg)));
        let mut legs: Vec<LiveLeg> = callers.chain(phones).collect();
        let mut place = 0;
        legs.retain(|_| {
            place = (place + 1) % 16;
            mask >> place & 1 == 1
        });
        if with_strangers {
            legs.push(live(ExternalRef::new("stranger").expect("a name"), None));
            // Told twice, and of another host.
            legs.extend(legs.first().cloned());
            let other = self.seen.calls.iter().find(|(host, _)| *host == "app");
            legs.extend(other.map(|(_, leg)| live(leg.clone(), None)));
        }
        self.report("pbx", HostEvent::HostResync { generation: self.generation, legs });
    }

    /// The process dies with what was not safe; the next one begins a new term.
    fn restart(&mut self, cut: u8) {
        self.records.truncate(usize::try_from(self.persisted.0).expect("a short journal"));
        let cut = 1 + usize::from(cut) % self.records.len();
        let mut replica = Replica::open(&self.records[0]).expect("the first record");
        for record in &self.records[1..cut] {
            replica.apply(record).expect("the next record");
        }
        let snapshot = replica.snapshot().expect("a state can be written");
        self.engine =
            Engine::restore(Some(&snapshot), &self.records[cut..]).expect("a good journal");
        let whole = Engine::restore(None, &self.records);
        let hash = whole.expect("a good journal").state_hash();
        assert_eq!(self.engine.state_hash(), hash, "the cut makes no difference");
        assert!(self.engine.poll_output().is_none());
        let tick = self.engine.handle(self.now, Input::Tick);
        assert!(matches!(tick, Receipt::Rejected { .. }), "nothing before the resume");

        (self.checker, self.model) = (Checker::new(), Model::default());
        self.out = HandedOut::default();
        let sent = std::mem::take(&mut self.seen.commands);
        for record in std::mem::take(&mut self.records) {
            self.note(&record);
            self.records.push(record);
        }
        // Operations that are pending go out again; levels wait for the host's list of legs.
        self.out.queued.clear();
        self.seen.commands =
            sent.into_iter().filter(|command| self.model.known(&command.id).is_some()).collect();
        let last = self.records.last().expect("a record");
        let epoch = Epoch(last.epoch.0 + 1);
        let safe = last.seq;
        self.seen.reports.retain(|_| false);
        let receipt = self.engine.handle(self.now, Input::Resume { epoch });
        assert_eq!(receipt, Receipt::Recorded(self.engine.seq()));
        assert!(self.engine.seq() > safe);
        self.drain();
    }

    fn wait(&mut self, span: Duration) {
        let until = self.now + span;
        for _ in 0..5_000 {
            match self.engine.next_deadline() {
                Some(next) if next <= until => {
                    self.now = self.now.max(next);
                    let _ = self.input(Input::Tick);
                    self.check();
                }
                _ => {
                    self.now = until;
                    let _ = self.input(Input::Tick);
                    return;
                }
            }
        }
        panic!("time does not pass: {:?}", self.engine.next_deadline());
    }

    /// Everybody leaves and all timers fire: nothing may be held.
    pub fn come_to_rest(&mut self) {
        (self.persist_at_once, self.accept_at_once) = (true, true);
        self.accept();
        self.persist();
        self.drain();
        self.generation += 10;
        self.report("pbx", HostEvent::HostResync { generation: self.generation, legs: Vec::new() });
        for (host, leg) in self.seen.calls.clone() {
            if host == "app" {
                let (leg, cause) = (LegRef::External(leg), EndCause::default());
                self.report(host, HostEvent::ended(leg, cause));
            }
        }
        for engagement in self.seen.engagements.clone() {
            self.command(CommandBody::EndOtherWork { engagement });
        }
        self.wait(Duration::from_hours(3));
        self.check();
        self.model.is_at_rest();
        if let Err(broken) = all_is_free(&self.engine) {
            panic!("{broken}");
        }
    }
}
