//! The engine with its journal and its hosts: an input goes in, and everything that comes of it is
//! taken before the next.

use std::collections::VecDeque;

use switchboard::id::{AgentId, CommandId, Epoch, ExternalRef, HostId, Key, LegId};
use switchboard::kpi::{Kpis, Report};
use switchboard::message::{
    Actor, Arrival, Command, CommandBody, CustomerRef, CustomerToken, EffectKind, HostEvent,
    HostReport, Input, Output, Personal, Receipt, Record, codec,
};
use switchboard::model::{Center, Channel, Kind};
use switchboard::time::{Duration, Timestamp};
use switchboard::{Engine, Explanation, Opening, Question, Replica};

use super::phones::Phones;
use super::tell;
use super::view::{End, View};

/// Monday, 2 March 2026, 09:00.
const START: Timestamp = Timestamp::from_secs(1_772_442_000);

/// A record in words.
pub(crate) struct Told {
    pub(crate) seq: u64,
    pub(crate) at: Timestamp,
    pub(crate) lines: Vec<String>,
}

pub(crate) struct House {
    engine: Engine,
    pub(crate) now: Timestamp,
    pub(crate) journal: Vec<Record>,
    pub(crate) view: View,
    pub(crate) phones: Phones,
    kpis: Kpis,
    told: Vec<Told>,
    reports: VecDeque<(Key, HostEvent)>,
    /// The connection to the phone system is down.
    away: bool,
    /// Our run, and how much was said in it.
    incarnation: u64,
    reported: u64,
    commands: u64,
    resyncs: u64,
    calls: u32,
    chats: u32,
    messages: u32,
}

impl House {
    pub(crate) fn open(center: Center) -> Result<Self, String> {
        let opened = Engine::open(START, Opening::new(center));
        let mut house = Self {
            engine: opened.map_err(|faults| faults.to_string())?,
            now: START,
            journal: Vec::new(),
            view: View::default(),
            phones: Phones::default(),
            kpis: Kpis::default(),
            told: Vec::new(),
            reports: VecDeque::new(),
            away: false,
            incarnation: 1,
            reported: 0,
            commands: 0,
            resyncs: 0,
            calls: 0,
            chats: 0,
            messages: 0,
        };
        house.drain();
        Ok(house)
    }

    /// The shop of `examples/centers/small.toml`.
    pub(crate) fn small() -> Result<Self, String> {
        let center = Center::from_toml(include_str!("../../centers/small.toml"));
        Self::open(center.map_err(|error| error.to_string())?)
    }

    /// What was recorded since this was asked last.
    pub(crate) fn take_told(&mut self) -> Vec<Told> {
        std::mem::take(&mut self.told)
    }

    pub(crate) fn center(&self) -> &Center {
        self.engine.center()
    }

    pub(crate) fn report(&self) -> Report {
        self.kpis.report(self.now)
    }

    pub(crate) fn explain(&self, question: Question) -> Option<Explanation> {
        self.engine.explain(question)
    }

    /// When the engine has something to do by itself.
    pub(crate) fn next_deadline(&self) -> Option<Timestamp> {
        self.engine.next_deadline()
    }

    // -- people -----------------------------------------------------------------------------------

    /// Somebody of the house says something: a user as that user, an agent as that agent.
    pub(crate) fn command(&mut self, who: &str, body: CommandBody) -> Result<(), String> {
        let key = key(who)?;
        let actor = match self.center().users.get(who) {
            Some(user) => Actor::user(key, user.role),
            None => Actor::agent(key),
        };
        self.commands += 1;
        let id = CommandId::new(format!("c{}", self.commands)).map_err(|e| e.to_string())?;
        self.input(Command::new(id, actor, body).into())
    }

    /// A customer calls; the name of the call is the answer.
    pub(crate) fn calls(&mut self, number: &str) -> Result<String, String> {
        self.calls += 1;
        let name = format!("call-{}", self.calls);
        let leg = external(&name)?;
        self.phones.comes_in(&leg);
        let from = CustomerRef {
            token: Some(CustomerToken(u64::from(self.calls))),
            address: Some(Personal::Clear(format!("+4930{:03}", self.calls))),
            ..CustomerRef::default()
        };
        let arrival = Arrival::new(leg, Channel::Voice, number).from(from);
        self.hears("pbx", arrival.into())?;
        Ok(name)
    }

    /// The caller of that name hangs up.
    pub(crate) fn caller_leaves(&mut self, name: &str) -> Result<(), String> {
        let gone = self.phones.leaves(&external(name)?);
        self.hears("pbx", gone.ok_or_else(|| format!("{name} is not on the line"))?)
    }

    /// A phone that rings is picked up.
    pub(crate) fn picks_up(&mut self, leg: LegId) -> Result<(), String> {
        let answered = self.phones.picks_up(leg);
        self.hears("pbx", answered.ok_or("that phone does not ring")?)
    }

    /// A phone is put down.
    pub(crate) fn puts_down(&mut self, leg: LegId) -> Result<(), String> {
        let ended = self.phones.puts_down(leg);
        self.hears("pbx", ended.ok_or("that phone is not in use")?)
    }

    /// A customer opens a chat; its name is the answer.
    pub(crate) fn chats(&mut self, text: &str) -> Result<String, String> {
        self.chats += 1;
        let name = format!("chat-{}", self.chats);
        self.writes(&name, text)?;
        Ok(name)
    }

    /// A customer writes in a chat.
    pub(crate) fn writes(&mut self, chat: &str, text: &str) -> Result<(), String> {
        self.messages += 1;
        let thread = external(chat)?;
        self.phones.writes(&thread);
        let written = HostEvent::MessageReceived {
            thread,
            message: external(&format!("message-{}", self.messages))?,
            channel: Channel::Chat,
            to: "shop.example".to_owned(),
            from: Box::default(),
            subject: None,
            text: Personal::Clear(text.to_owned()),
            in_reply_to: None,
            attachments: Vec::new(),
        };
        self.hears("texts", written)
    }

    /// The leg of the agent's phone that rings.
    pub(crate) fn rings(&self, agent: &str) -> Option<LegId> {
        let rings = |leg: &LegId| match self.view.legs.get(leg) {
            Some(End::Agent(id)) => self.view.agent(*id) == agent,
            _ => false,
        };
        self.phones.ringing().map(|line| line.leg).find(rings)
    }

    /// The number of the agent.
    pub(crate) fn agent(&self, name: &str) -> Option<AgentId> {
        let numbers = (0..).map(AgentId).zip(0..self.center().agents.len());
        numbers.map(|(id, _)| id).find(|id| self.view.agent(*id) == name)
    }

    // -- time and failures ------------------------------------------------------------------------

    /// Time passes; every timer of the engine goes off at its time.
    pub(crate) fn wait(&mut self, span: Duration) {
        let until = self.now + span;
        while let Some(next) = self.engine.next_deadline().filter(|next| *next <= until) {
            self.now = self.now.max(next);
            let _ = self.engine.handle(self.now, Input::Tick);
            self.drain();
        }
        self.now = until;
    }

    /// The connection to the phone system breaks. Talks go on there; we hear nothing of them.
    pub(crate) fn phones_fail(&mut self, why: &str) -> Result<(), String> {
        let lost = HostEvent::HostLost { reason: Personal::Clear(why.to_owned()) };
        self.hears("pbx", lost)?;
        self.away = true;
        Ok(())
    }

    /// It is back, and the phone system lists the legs that are alive.
    pub(crate) fn phones_return(&mut self) -> Result<(), String> {
        self.away = false;
        self.resyncs += 1;
        let (generation, legs) = (self.resyncs, self.phones.live());
        self.hears("pbx", HostEvent::HostResync { generation, legs })
    }

    /// This program dies and starts again: from a snapshot, and from what the journal has after it.
    /// Whether the state is what it was is the answer.
    pub(crate) fn restart(&mut self) -> Result<bool, String> {
        let before = self.engine.state_hash();
        let stored = self.journal.iter().map(codec::encode).collect::<Result<Vec<_>, _>>();
        let stored = stored.map_err(|error| error.to_string())?;
        let read = stored.iter().map(|bytes| codec::decode(bytes)).collect::<Result<Vec<_>, _>>();
        let journal = read.map_err(|error| error.to_string())?;
        let (early, late) = journal.split_at(journal.len() / 2);
        let snapshot = snapshot(early)?;
        let engine = Engine::restore(Some(&snapshot), late).map_err(|error| error.to_string())?;
        self.engine = engine;
        let same = self.engine.state_hash() == before;
        (self.incarnation, self.reported) = (self.incarnation + 1, 0);
        let epoch = Epoch(u32::try_from(self.incarnation).unwrap_or(u32::MAX));
        self.input(Input::Resume { epoch })?;
        Ok(same)
    }

    // -- inside -----------------------------------------------------------------------------------

    fn hears(&mut self, host: &str, event: HostEvent) -> Result<(), String> {
        if self.away && host == "pbx" {
            return Ok(());
        }
        self.reported += 1;
        let mut report = HostReport::new(key(host)?, self.reported, self.now, event);
        report.incarnation = self.incarnation;
        self.input(report.into())
    }

    fn input(&mut self, input: Input) -> Result<(), String> {
        let receipt = match self.engine.handle(self.now, input) {
            Receipt::Busy(input) => {
                self.drain();
                self.engine.handle(self.now, *input)
            }
            receipt => receipt,
        };
        self.drain();
        match receipt {
            Receipt::Rejected { rejection, .. } => Err(format!("refused: {rejection}")),
            Receipt::Busy(_) => Err("the engine is busy".to_owned()),
            _ => Ok(()),
        }
    }

    /// Takes all that comes out, and lets the hosts do what they are asked.
    fn drain(&mut self) {
        loop {
            while let Some(output) = self.engine.poll_output() {
                self.output(output);
            }
            let Some((host, event)) = self.reports.pop_front() else { return };
            self.reported += 1;
            let mut report = HostReport::new(host, self.reported, self.now, event);
            report.incarnation = self.incarnation;
            if let Receipt::Rejected { rejection, .. } = self.engine.handle(self.now, report.into())
            {
                let lines = vec![format!("a report was refused: {rejection}")];
                self.told.push(Told { seq: self.engine.seq().0, at: self.now, lines });
            }
        }
    }

    fn output(&mut self, output: Output) {
        match output {
            Output::Record(record) => {
                self.kpis.apply(&record);
                self.view.apply(&record);
                let lines = tell::record(&self.view, &record);
                self.told.push(Told { seq: record.seq.0, at: record.at, lines });
                let seq = record.seq;
                // The journal is this list. Effects and replies wait until it says: safe.
                self.journal.push(record);
                let _ = self.engine.handle(self.now, Input::Persisted(seq));
            }
            Output::Effect(effect) if self.away && !on_screen(&effect.kind) => {
                let _ = self.engine.handle(self.now, Input::EffectRefused(effect.id));
            }
            Output::Effect(effect) => {
                let _ = self.engine.handle(self.now, Input::EffectAccepted(effect.id));
                if let Some(host) = self.host(effect.host) {
                    let events = self.phones.carry_out(&effect);
                    self.reports.extend(events.into_iter().map(|event| (host.clone(), event)));
                }
            }
            Output::Reply(_) => {}
        }
    }

    fn host(&self, id: HostId) -> Option<Key> {
        self.view.names.key(Kind::Host, id.0).cloned()
    }
}

/// Whether the phone system has no part in it.
fn on_screen(kind: &EffectKind) -> bool {
    matches!(
        kind,
        EffectKind::PresentOffer { .. }
            | EffectKind::WithdrawOffer { .. }
            | EffectKind::Alert { .. }
            | EffectKind::SendMessage { .. }
    )
}

/// What a follower that has read these records stores.
fn snapshot(records: &[Record]) -> Result<switchboard::Snapshot, String> {
    let (first, rest) = records.split_first().ok_or("the journal is empty")?;
    let mut replica = Replica::open(first).map_err(|error| error.to_string())?;
    for record in rest {
        replica.apply(record).map_err(|error| error.to_string())?;
    }
    replica.snapshot().map_err(|error| error.to_string())
}

pub(crate) fn key(text: &str) -> Result<Key, String> {
    Key::new(text).map_err(|error| error.to_string())
}

fn external(text: &str) -> Result<ExternalRef, String> {
    ExternalRef::new(text).map_err(|error| error.to_string())
}
