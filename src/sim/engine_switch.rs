//! The engine as a switch: callers and agents act through its inputs, and what it has decided is read
//! from its records. An arriving call takes one input, and so does its end.

use std::collections::BTreeMap;

use super::engine_center::{Bounds, Clock, address, agent_key, app, center, queue_key};
use super::engine_news::{Agent, Call, Stage};
use super::load::ModelError;
use super::model::{Outcome, SimulationModel};
use super::plan::Plan;
use super::switch::{CallId, News, Switch, SwitchError, Switched};
use crate::engine::{Engine, Opening};
use crate::id::{AgentId, CommandId, ExternalRef, Key, RequestId, Seq};
use crate::message::{
    self, Actor, Command, CommandBody, EffectKind, EndCause, HostEvent, HostReport, Input, LegRef,
    Output, Receipt,
};
use crate::model::Center;
use crate::time::Timestamp;

/// Records are declared safe when one holds effects, and at the latest after so many.
const PERSISTED_AFTER: u64 = 256;

/// The engine, its center made from a model, driven through its inputs.
///
/// Every day begins with an engine of its own.
pub struct EngineSwitch {
    plan: Plan,
    center: Center,
    clock: Clock,
    bounds: Bounds,
    app: Key,
    queues: Vec<Key>,
    addresses: Vec<String>,
    engine: Option<Engine>,
    pub(super) agents: Vec<Vec<Agent>>,
    /// Agents that each group should have at work.
    staff: Vec<usize>,
    /// Agents of each group that are.
    pub(super) there: Vec<usize>,
    /// Group and place of the agents that have signed in.
    pub(super) known: BTreeMap<AgentId, (usize, usize)>,
    pub(super) requests: BTreeMap<RequestId, CallId>,
    /// By slot.
    pub(super) calls: Vec<Option<Call>>,
    pub(super) in_system: u32,
    pub(super) waiting: u32,
    /// The call whose arrival is being handled.
    pub(super) arriving: Option<CallId>,
    /// The call that the seam sends away, so that its end is no abandonment.
    pub(super) turned_away: Option<CallId>,
    /// The agent who is signing in.
    pub(super) signing_in: Option<(usize, usize)>,
    hang_ups: Vec<ExternalRef>,
    decided: Seq,
    persisted: Seq,
    numbered: u64,
    inputs: u64,
}

/// An error in words.
pub(super) fn wrong(message: String) -> SwitchError {
    SwitchError(message)
}

impl EngineSwitch {
    /// An engine for the model.
    ///
    /// # Errors
    /// If the model is faulty or asks for what the engine cannot do.
    pub fn new(model: &SimulationModel) -> Result<Self, ModelError> {
        model.validate()?;
        let plan = Plan::of(model);
        let (center, clock, bounds) = center(model, &plan)?;
        let key = |text: String| Key::new(text).map_err(|error| ModelError(error.to_string()));
        let kinds = plan.groups_of.len();
        let mut agents = Vec::new();
        for (group, most) in plan.most_agents.iter().enumerate() {
            let keys = (0..*most).map(|place| key(agent_key(group, place)));
            let keys: Vec<Key> = keys.collect::<Result<_, _>>()?;
            let agent = |key| Agent { key, stage: Stage::Out, busy: false };
            agents.push(keys.into_iter().map(agent).collect());
        }
        Ok(Self {
            queues: (0..kinds).map(|kind| key(queue_key(kind))).collect::<Result<_, _>>()?,
            addresses: (0..kinds).map(address).collect(),
            app: app()?,
            staff: vec![0; agents.len()],
            there: vec![0; agents.len()],
            agents,
            plan,
            center,
            clock,
            bounds,
            engine: None,
            known: BTreeMap::new(),
            requests: BTreeMap::new(),
            calls: Vec::new(),
            in_system: 0,
            waiting: 0,
            arriving: None,
            turned_away: None,
            signing_in: None,
            hang_ups: Vec::new(),
            decided: Seq(0),
            persisted: Seq(0),
            numbered: 0,
            inputs: 0,
        })
    }

    /// The engine of the current day.
    pub const fn engine(&self) -> Option<&Engine> {
        self.engine.as_ref()
    }

    fn time(&self, at: f64) -> Result<Timestamp, SwitchError> {
        let late = || wrong("the day is longer than the engine's clock".to_owned());
        self.clock.at(at).ok_or_else(late)
    }

    fn call(&self, id: CallId) -> Result<&Call, SwitchError> {
        let call = self.calls.get(id.slot as usize).and_then(Option::as_ref);
        call.filter(|call| call.serial == id.serial)
            .ok_or_else(|| wrong(format!("call {} is not there", id.serial)))
    }

    fn number(&mut self) -> u64 {
        self.numbered += 1;
        self.numbered
    }

    /// Hands an input in, reads all that the engine has to say, and does what it asks for.
    fn give(&mut self, at: Timestamp, input: Input, news: &mut Vec<News>) -> Switched {
        let mut next = Some(input);
        while let Some(input) = next {
            let Some(engine) = &mut self.engine else {
                return Err(wrong("the day has not begun".to_owned()));
            };
            self.inputs += 1;
            match engine.handle(at, input) {
                Receipt::Recorded(_) | Receipt::Noted => {}
                other => return Err(wrong(format!("an input was refused at {at}: {other:?}"))),
            }
            let gates = self.drain(news)?;
            next = self.follow_up(at, gates);
        }
        Ok(())
    }

    /// What the engine waits for: that records are safe, or that a leg has been hung up.
    fn follow_up(&mut self, at: Timestamp, gates: bool) -> Option<Input> {
        if gates || self.decided.0 - self.persisted.0 >= PERSISTED_AFTER {
            self.persisted = self.decided;
            return Some(Input::Persisted(self.decided));
        }
        let leg = LegRef::External(self.hang_ups.pop()?);
        Some(self.report_of(at, HostEvent::ended(leg, EndCause::default())).into())
    }

    fn report_of(&mut self, at: Timestamp, event: HostEvent) -> HostReport {
        let (host, seq) = (self.app.clone(), self.number());
        HostReport { host, incarnation: 1, seq, occurred_at: at, event }
    }

    fn report(&mut self, at: Timestamp, event: HostEvent, news: &mut Vec<News>) -> Switched {
        let report = self.report_of(at, event);
        self.give(at, report.into(), news)
    }

    fn command(&mut self, at: Timestamp, body: CommandBody, news: &mut Vec<News>) -> Switched {
        let id = CommandId::new(self.number().to_string()).map_err(|e| wrong(e.to_string()))?;
        self.give(at, Command::new(id, Actor::application(), body).into(), news)
    }

    /// Takes all that the engine has to say; true if a record holds effects, which go out only when
    /// it is safe.
    fn drain(&mut self, news: &mut Vec<News>) -> Result<bool, SwitchError> {
        let mut gates = false;
        while let Some(output) = self.engine.as_mut().and_then(Engine::poll_output) {
            match output {
                Output::Record(record) => {
                    gates |= !record.effects.is_empty();
                    self.decided = record.seq;
                    self.read(&record, news)?;
                }
                Output::Effect(effect) => match effect.kind {
                    EffectKind::Hangup { leg, .. } => self.hang_ups.extend(leg.external),
                    other => {
                        return Err(wrong(format!("an effect without meaning here: {other:?}")));
                    }
                },
                Output::Reply(_) => {}
            }
        }
        Ok(gates)
    }

    /// The customer's leg ends.
    fn end_leg(&mut self, at: f64, call: CallId, news: &mut Vec<News>) -> Switched {
        let at = self.time(at)?;
        let leg = LegRef::External(self.call(call)?.leg.clone());
        self.report(at, HostEvent::ended(leg, EndCause::default()), news)
    }

    /// Whether a bound that the engine does not keep has no place for this waiting call.
    fn is_over(&self, kind: usize) -> bool {
        if self.bounds.queue_by_engine.get(kind).copied().unwrap_or(true) {
            return false;
        }
        let own = self.plan.capacity_of.get(kind).copied().flatten();
        own == Some(0) || self.plan.queue_capacity.is_some_and(|most| self.waiting > most)
    }

    fn act(
        &mut self,
        at: Timestamp,
        (group, place): (usize, usize),
        act: Act,
        news: &mut Vec<News>,
    ) -> Switched {
        let row = self.agents.get_mut(group).and_then(|row| row.get_mut(place));
        let Some(row) = row else { return Err(wrong("there is no such agent".to_owned())) };
        let agent = row.key.clone();
        let body = match act {
            Act::SignIn => {
                row.stage = Stage::In;
                if let Some(there) = self.there.get_mut(group) {
                    *there += 1;
                }
                CommandBody::SignIn { agent, device: None, station: None, ready: true }
            }
            Act::SignOut => CommandBody::SignOut { agent, force: false },
        };
        self.signing_in = Some((group, place));
        self.command(at, body, news)
    }

    /// Agents of the group at work, and how many there should be.
    fn strength(&self, group: usize) -> (usize, usize) {
        let of = |counts: &[usize]| counts.get(group).copied().unwrap_or(0);
        (of(&self.there), of(&self.staff))
    }

    /// The next thing to do for the group to have as many agents at work as it should. Nobody who is
    /// busy is chosen: which of them leave is known when they finish.
    fn next_act(&self, group: usize) -> Option<(usize, Act)> {
        let (there, target) = self.strength(group);
        let row = self.agents.get(group)?;
        let first = |stage| row.iter().position(|agent| agent.stage == stage && !agent.busy);
        match there.cmp(&target) {
            std::cmp::Ordering::Equal => None,
            std::cmp::Ordering::Less => Some((first(Stage::Out)?, Act::SignIn)),
            std::cmp::Ordering::Greater => Some((first(Stage::In)?, Act::SignOut)),
        }
    }
}

/// What an agent is made to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Act {
    SignIn,
    SignOut,
}

impl Switch for EngineSwitch {
    fn begin(&mut self) -> Switched {
        let engine = Engine::open(Timestamp::EPOCH, Opening::new(self.center.clone()))
            .map_err(|faults| wrong(faults.to_string()))?;
        self.engine = Some(engine);
        for agent in self.agents.iter_mut().flatten() {
            (agent.stage, agent.busy) = (Stage::Out, false);
        }
        self.staff.fill(0);
        self.there.fill(0);
        self.known.clear();
        self.requests.clear();
        self.calls.clear();
        self.hang_ups.clear();
        (self.in_system, self.waiting) = (0, 0);
        (self.decided, self.persisted) = (Seq(0), Seq(0));
        self.give(Timestamp::EPOCH, Input::Tick, &mut Vec::new())?;
        Ok(())
    }

    fn arrive(&mut self, at: f64, call: CallId, kind: usize, news: &mut Vec<News>) -> Switched {
        let time = self.time(at)?;
        let over = self.plan.lines.is_some_and(|lines| self.in_system >= lines);
        if over && !self.bounds.lines_by_engine {
            news.push(News::Left { call, outcome: Outcome::Blocked });
            return Ok(());
        }
        let leg = ExternalRef::new(call.serial.to_string()).map_err(|e| wrong(e.to_string()))?;
        let slot = call.slot as usize;
        if slot >= self.calls.len() {
            self.calls.resize(slot + 1, None);
        }
        let row = Call { serial: call.serial, leg: leg.clone(), arrived: time, kind, agent: None };
        if let Some(cell) = self.calls.get_mut(slot) {
            *cell = Some(row);
        }
        self.in_system += 1;
        let to = self.addresses.get(kind).cloned().unwrap_or_default();
        let event = HostEvent::call(leg, to);
        self.arriving = Some(call);
        self.report(time, event, news)?;
        self.arriving = None;
        let waits = self.call(call).is_ok_and(|call| call.agent.is_none());
        if waits && self.is_over(kind) {
            self.turned_away = Some(call);
            self.end_leg(at, call, news)?;
            self.turned_away = None;
        }
        Ok(())
    }

    fn abandon(&mut self, at: f64, call: CallId, news: &mut Vec<News>) -> Switched {
        self.end_leg(at, call, news)
    }

    fn expire(&mut self, at: f64, call: CallId, news: &mut Vec<News>) -> Switched {
        let Call { arrived, kind, .. } = *self.call(call)?;
        let wait = self.plan.max_wait_of.get(kind).copied().flatten();
        let wait = wait.and_then(|wait| self.clock.span(wait)).unwrap_or_default();
        // Two roundings may differ by a tick from one.
        let due = self.time(at)?.max(arrived + wait);
        self.give(due, Input::Tick, news)?;
        if self.call(call).is_ok() {
            return Err(wrong(format!("call {} waits beyond its bound", call.serial)));
        }
        Ok(())
    }

    fn finish(&mut self, at: f64, call: CallId, news: &mut Vec<News>) -> Switched {
        let agent = self.call(call)?.agent;
        if let Some((group, place)) = agent {
            let (there, target) = self.strength(group);
            if there > target {
                // One too many, and the first to finish since then: leaves and takes no other call.
                let time = self.time(at)?;
                self.act(time, (group, place), Act::SignOut, news)?;
            }
        }
        self.end_leg(at, call, news)?;
        self.forget(call);
        Ok(())
    }

    fn staff(&mut self, at: f64, group: usize, agents: u32, news: &mut Vec<News>) -> Switched {
        let at = self.time(at)?;
        if let Some(staff) = self.staff.get_mut(group) {
            *staff = agents as usize;
        }
        while let Some((place, act)) = self.next_act(group) {
            self.act(at, (group, place), act, news)?;
        }
        Ok(())
    }

    fn set_open(&mut self, at: f64, open: bool, news: &mut Vec<News>) -> Switched {
        let at = self.time(at)?;
        let switch = if open { message::Switch::Open } else { message::Switch::Closed };
        for queue in self.queues.clone() {
            self.command(at, CommandBody::SwitchQueue { queue, switch, until: None }, news)?;
        }
        Ok(())
    }

    fn name(&self) -> &'static str {
        "engine"
    }

    fn inputs(&self) -> u64 {
        self.inputs
    }
}
