//! The engine as a switch: callers and agents act through its inputs, and what it has decided is read
//! from its records. An arriving call takes one input, and so does its end.

use std::collections::{BTreeMap, VecDeque};

use super::check::{Broken, Depth};
use super::engine_center::{Bounds, Clock, address, agent_key, app, center, queue_key};
use super::engine_news::{Agent, Call, Stage};
use super::engine_watch::Watch;
use super::followed::AgentDay;
use super::load::ModelError;
use super::model::SimulationModel;
use super::plan::Plan;
use super::switch::{CallId, News, SwitchError, Switched};
use crate::engine::Engine;
use crate::id::{AgentId, CommandId, EngagementId, Key, OfferId, RequestId, Seq};
use crate::message::{
    Actor, Command, CommandBody, EffectKind, EndCause, HostEvent, HostReport, Input, LegRef,
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
    pub(super) plan: Plan,
    pub(super) center: Center,
    pub(super) clock: Clock,
    pub(super) bounds: Bounds,
    /// The end of the last period.
    pub(super) horizon: Timestamp,
    app: Key,
    pub(super) queues: Vec<Key>,
    pub(super) addresses: Vec<String>,
    pub(super) engine: Option<Engine>,
    pub(super) agents: Vec<Vec<Agent>>,
    /// Agents that each group should have at work.
    pub(super) staff: Vec<usize>,
    /// Agents of each group that are.
    pub(super) there: Vec<usize>,
    /// Group and place of the agents that have signed in.
    pub(super) known: BTreeMap<AgentId, (usize, usize)>,
    pub(super) requests: BTreeMap<RequestId, CallId>,
    pub(super) offers: BTreeMap<OfferId, CallId>,
    /// By group: agents who did not answer, the first one first.
    pub(super) away: BTreeMap<usize, VecDeque<usize>>,
    /// Work after calls, by the call's number: whose it is.
    pub(super) wrap_ups: BTreeMap<u64, (EngagementId, (usize, usize))>,
    /// By slot.
    pub(super) calls: Vec<Option<Call>>,
    pub(super) in_system: u32,
    pub(super) waiting: u32,
    /// By type.
    pub(super) waiting_of: Vec<u32>,
    /// By type: who waits, in the order of arrival; kept where the seam raises who is to go first.
    pub(super) heads: Vec<BTreeMap<u64, RequestId>>,
    /// The call whose arrival is being handled.
    pub(super) arriving: Option<CallId>,
    /// The call that the seam sends away, so that its end is no abandonment.
    pub(super) turned_away: Option<CallId>,
    /// The agent who is signing in.
    pub(super) signing_in: Option<(usize, usize)>,
    /// What the engine asked for and is still to be told of.
    pub(super) asked: Vec<HostEvent>,
    pub(super) decided: Seq,
    pub(super) persisted: Seq,
    numbered: u64,
    pub(super) inputs: u64,
    pub(super) watch: Option<Watch>,
}

/// An error in words.
pub(super) fn wrong(message: String) -> SwitchError {
    SwitchError(message)
}

pub(super) fn broken(at: Timestamp, promise: &Broken) -> SwitchError {
    wrong(format!("a promise is broken at {at}: {promise}"))
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
            agents.push(keys.into_iter().map(Agent::new).collect());
        }
        Ok(Self {
            horizon: clock.at(model.horizon()).unwrap_or(Timestamp::EPOCH + clock.beyond()),
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
            offers: BTreeMap::new(),
            away: BTreeMap::new(),
            wrap_ups: BTreeMap::new(),
            calls: Vec::new(),
            in_system: 0,
            waiting: 0,
            waiting_of: vec![0; kinds],
            heads: vec![BTreeMap::new(); kinds],
            arriving: None,
            turned_away: None,
            signing_in: None,
            asked: Vec::new(),
            decided: Seq(0),
            persisted: Seq(0),
            numbered: 0,
            inputs: 0,
            watch: None,
        })
    }

    /// Checks the engine's promises after every step; one that does not hold ends the simulation.
    #[must_use]
    pub fn checked(mut self, depth: Depth) -> Self {
        self.watch = Some(Watch::new(depth));
        self
    }

    /// The engine of the current day.
    pub const fn engine(&self) -> Option<&Engine> {
        self.engine.as_ref()
    }

    /// The agents of the current day who were at work, up to the horizon.
    pub fn agents(&self) -> Vec<AgentDay> {
        let now = self.engine.as_ref().map_or(Timestamp::EPOCH, |engine| engine.state().at);
        let of_row = |(group, row): (usize, &Vec<Agent>)| {
            let times = row.iter().map(|agent| agent.times(now.min(self.horizon)));
            let units =
                times.map(|(present, idle)| (self.clock.units(present), self.clock.units(idle)));
            let days = units.map(|(present, idle)| AgentDay { group, present, idle });
            days.filter(|day| day.present > 0.0).collect::<Vec<_>>()
        };
        self.agents.iter().enumerate().flat_map(of_row).collect()
    }

    pub(super) fn time(&self, at: f64) -> Result<Timestamp, SwitchError> {
        let late = || wrong("the day is longer than the engine's clock".to_owned());
        self.clock.at(at).ok_or_else(late)
    }

    pub(super) fn call(&self, id: CallId) -> Result<&Call, SwitchError> {
        let call = self.calls.get(id.slot as usize).and_then(Option::as_ref);
        call.filter(|call| call.serial == id.serial)
            .ok_or_else(|| wrong(format!("call {} is not there", id.serial)))
    }

    fn number(&mut self) -> u64 {
        self.numbered += 1;
        self.numbered
    }

    /// Hands an input in, reads all that the engine has to say, and does what it asks for.
    pub(super) fn give(&mut self, at: Timestamp, input: Input, news: &mut Vec<News>) -> Switched {
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
            if let (Some(watch), Some(engine)) = (&mut self.watch, &mut self.engine) {
                watch.check(engine).map_err(|promise| broken(at, &promise))?;
            }
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
        let done = self.asked.pop()?;
        Some(self.report_of(at, done).into())
    }

    fn report_of(&mut self, at: Timestamp, event: HostEvent) -> HostReport {
        let (host, seq) = (self.app.clone(), self.number());
        HostReport { host, incarnation: 1, seq, occurred_at: at, event }
    }

    pub(super) fn report(
        &mut self,
        at: Timestamp,
        event: HostEvent,
        news: &mut Vec<News>,
    ) -> Switched {
        let report = self.report_of(at, event);
        self.give(at, report.into(), news)
    }

    pub(super) fn command(
        &mut self,
        at: Timestamp,
        body: CommandBody,
        news: &mut Vec<News>,
    ) -> Switched {
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
                    if let Some(watch) = &mut self.watch {
                        watch.follow(&record).map_err(|promise| broken(record.at, &promise))?;
                    }
                    self.read(&record, news)?;
                }
                Output::Effect(effect) => match effect.kind {
                    EffectKind::Hangup { leg, .. } => {
                        let leg = LegRef::Ours(leg.leg);
                        self.asked.push(HostEvent::ended(leg, EndCause::default()));
                    }
                    EffectKind::Reject { .. } => {
                        self.asked.push(HostEvent::OpDone { op: effect.id });
                    }
                    // Agents know of their offers from the records.
                    EffectKind::PresentOffer { .. } | EffectKind::WithdrawOffer { .. } => {}
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
    pub(super) fn end_leg(&mut self, at: f64, call: CallId, news: &mut Vec<News>) -> Switched {
        let at = self.time(at)?;
        let leg = LegRef::External(self.call(call)?.leg.clone());
        self.report(at, HostEvent::ended(leg, EndCause::default()), news)
    }

    /// Whether a bound that the engine does not keep has no place for this waiting call.
    pub(super) fn is_over(&self, kind: usize) -> bool {
        if self.bounds.queue_by_engine.get(kind).copied().unwrap_or(true) {
            return false;
        }
        let own = self.plan.capacity_of.get(kind).copied().flatten();
        let waiting = self.waiting_of.get(kind).copied().unwrap_or(0);
        own.is_some_and(|most| waiting > most)
            || self.plan.queue_capacity.is_some_and(|most| self.waiting > most)
    }

    /// The offer that rings for the call, whose it is and since when it does.
    pub(super) fn ring(
        &self,
        call: CallId,
    ) -> Result<(OfferId, (usize, usize), Timestamp), SwitchError> {
        let missing = || wrong(format!("no phone rings for call {}", call.serial));
        self.call(call)?.rings.ok_or_else(missing)
    }

    /// An agent of the group is about to be free: the waiting call that the group's list puts first is
    /// raised above all others, where the engine's one order cannot say the same of all groups.
    pub(super) fn raise(&mut self, at: f64, group: usize, news: &mut Vec<News>) -> Switched {
        if !self.bounds.raises {
            return Ok(());
        }
        let waits = |request: &RequestId| {
            let call = self.requests.get(request);
            call.is_some_and(|call| self.call(*call).is_ok_and(|call| call.rings.is_none()))
        };
        let kinds = self.plan.types_of.get(group).into_iter().flatten();
        let mut heads = kinds.filter_map(|kind| {
            self.heads.get(*kind)?.values().find(|request| waits(request)).copied()
        });
        let Some(request) = heads.next() else { return Ok(()) };
        let (at, boost) = (self.time(at)?, self.clock.beyond());
        self.command(at, CommandBody::PrioritizeRequest { request, boost }, news)
    }

    /// An agent is about to finish. If there is one too many of the group, this one, the first to
    /// finish since then, leaves and takes no other call.
    pub(super) fn leaves_if_too_many(
        &mut self,
        at: f64,
        place: (usize, usize),
        news: &mut Vec<News>,
    ) -> Switched {
        let (there, target) = self.strength(place.0);
        if there <= target {
            return self.raise(at, place.0, news);
        }
        let at = self.time(at)?;
        self.act(at, place, Act::SignOut, news)
    }

    pub(super) fn finish_wrap_up(
        &mut self,
        at: f64,
        engagement: EngagementId,
        news: &mut Vec<News>,
    ) -> Switched {
        let at = self.time(at)?;
        self.command(at, CommandBody::FinishWrapUp { engagement, disposition: None }, news)
    }

    pub(super) fn act(
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
            Act::Ready => CommandBody::SetPresence { agent, ready: true, reason: None },
        };
        self.signing_in = Some((group, place));
        self.command(at, body, news)
    }

    /// Agents of the group at work, and how many there should be.
    pub(super) fn strength(&self, group: usize) -> (usize, usize) {
        let of = |counts: &[usize]| counts.get(group).copied().unwrap_or(0);
        (of(&self.there), of(&self.staff))
    }

    /// The next thing to do for the group to have as many agents at work as it should. Nobody who is
    /// busy is chosen: which of them leave is known when they finish.
    pub(super) fn next_act(&self, group: usize) -> Option<(usize, Act)> {
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
pub(super) enum Act {
    SignIn,
    SignOut,
    /// Takes calls again.
    Ready,
}
