//! A center on virtual time: callers and agents as a model says, decided by the engine, which is asked how long each
//! caller will wait.
#![allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss)] // figures of a test

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};
use std::fmt;

use switchboard::id::{CommandId, ExternalRef, Key, RequestId};
use switchboard::message::{Accuracy, Estimate, EstimateMethod};
use switchboard::message::{
    Actor, Command, CommandBody, EndKind, EngagementEvent, Event, HostEvent, HostReport, Input,
    LegRef, Output, Receipt, Record, RequestEvent,
};
use switchboard::model::{self, Agent, EntryPoint, OrderPolicy, Queue};
use switchboard::sim::distribution::Distribution;
use switchboard::sim::random::{Stream, Streams};
use switchboard::time::{Duration, Timestamp};
use switchboard::{Engine, Opening};

const START: Timestamp = Timestamp::from_secs(1_772_442_000);
/// Half of the time that a part of the staff comes and goes in.
const HALF: f64 = 1_800.0;
/// Callers are compared from this part of them on: before that the center fills and the engine learns.
const WARM: f64 = 0.1;

pub(crate) fn exponential(mean: f64) -> Distribution {
    Distribution::exponential(1.0 / mean)
}

/// A lognormal time by its mean and its coefficient of variation.
pub(crate) fn lognormal(mean: f64, variation: f64) -> Distribution {
    let (mean, sd) = (Some(mean), Some(mean * variation));
    Distribution::Lognormal { mu: None, sigma: None, mean, sd }
}

/// Callers of one queue.
pub(crate) struct Kind {
    /// Calls a second.
    pub(crate) rate: f64,
    /// How long they wait; for ever when absent.
    pub(crate) patience: Option<Distribution>,
    /// The part of them that waits for ever all the same: those who are compared.
    pub(crate) patient: f64,
    /// They go before all others.
    pub(crate) first: bool,
}

impl Kind {
    pub(crate) fn patient() -> Self {
        Self { rate: 0.0, patience: None, patient: 1.0, first: false }
    }

    pub(crate) fn leaving(patience: Distribution, patient: f64) -> Self {
        Self { patience: Some(patience), patient, ..Self::patient() }
    }
}

/// A center.
pub(crate) struct Center {
    pub(crate) agents: u32,
    /// So many of them are away every other half hour.
    pub(crate) absent: u32,
    /// Exponential of 300 s when absent.
    pub(crate) service: Option<Distribution>,
    pub(crate) kinds: Vec<Kind>,
    pub(crate) seed: u32,
}

impl Default for Center {
    fn default() -> Self {
        Self { agents: 0, absent: 0, service: None, kinds: Vec::new(), seed: 12_345 }
    }
}

/// What came of the callers who are compared: those of the last kind, who never leave and had to wait.
#[derive(Clone, Default, Debug)]
pub(crate) struct Found {
    pub(crate) compared: u32,
    pub(crate) mean: f64,
    /// The engine's error, and that of the formula that is told the true parameters.
    pub(crate) rmse: f64,
    pub(crate) bias: f64,
    pub(crate) told: f64,
    /// Who waited no longer than p50, p80 and p90.
    pub(crate) within: [f64; 3],
    /// What the engine says of its own estimates of the last kind, those included who might have left.
    pub(crate) accuracy: Accuracy,
    /// The same counted here.
    pub(crate) answered: Accuracy,
    /// Estimates that were made without knowing the pace.
    pub(crate) by_head: u32,
}

impl fmt::Display for Found {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { compared, mean, rmse, bias, told, within, by_head, .. } = self;
        write!(
            f,
            "{compared} waited {mean:.1}: rmse {rmse:.1} bias {bias:.1}, told {told:.1}, within {within:.3?}, by head {by_head}"
        )
    }
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum What {
    Arrives(usize),
    Leaves(u32),
    Done(u32),
    Staff(bool),
}

/// A caller who is there.
#[derive(Clone, Copy)]
struct Caller {
    kind: usize,
    patient: bool,
    arrived: Timestamp,
    served: bool,
    expected: Option<Estimate>,
    told: f64,
}

pub(crate) struct Lab {
    center: Center,
    engine: Engine,
    now: Timestamp,
    pending: BinaryHeap<Reverse<(Timestamp, u64, What)>>,
    order: u64,
    inputs: u64,
    callers: BTreeMap<u32, Caller>,
    requests: BTreeMap<RequestId, u32>,
    arriving: Option<u32>,
    waiting: Vec<f64>,
    staff: u32,
    streams: [Stream; 4],
    after: u32,
    errors: Vec<(f64, f64, [bool; 3])>,
    found: Found,
}

/// An answer after such a wait, where that was expected.
fn count(counted: &mut Accuracy, expected: &Estimate, waited: Duration) {
    let error = (waited - expected.p50).as_millis();
    counted.answered += 1;
    counted.error_ms += error;
    counted.squared_ms += (error * error) as u64;
    counted.within_p50 += u64::from(waited <= expected.p50);
    counted.within_p80 += u64::from(waited <= expected.p80);
    counted.within_p90 += u64::from(waited <= expected.p90);
}

fn key(text: String) -> Key {
    Key::new(text).unwrap()
}

impl Lab {
    pub(crate) fn new(center: Center) -> Self {
        let long = Duration::from_hours(10_000);
        let mut builder = model::Center::builder().order(OrderPolicy::FirstComeFirstServed);
        for (kind, row) in center.kinds.iter().enumerate() {
            let credit = if row.first { Duration::from_hours(100) } else { Duration::ZERO };
            let queue = Queue::new().boost(credit).estimates();
            let name = format!("queue-{kind}");
            let entry = EntryPoint::voice(&kind.to_string()).to_queue(&name);
            builder = builder.queue(&name, queue).entry_point(&format!("entry-{kind}"), entry);
        }
        for agent in 0..center.agents {
            let name = format!("agent-{agent}");
            builder = builder.agent(&name, Agent::new(&name).auto_answer());
        }
        let built = builder
            .policies(|policies| {
                policies.drain_timeout = long;
                policies.closed_retention = Duration::from_secs(1);
                policies.conversation_retention = Duration::from_secs(1);
            })
            .limits(|limits| {
                limits.timers_per_call = u32::MAX;
                limits.dedupe_window = Duration::from_secs(1);
                limits.clock_jump = long;
            })
            .build()
            .unwrap();
        let mut streams = Streams::new([center.seed; 6]).unwrap();
        let streams = [(); 4].map(|()| streams.next().unwrap());
        let mut lab = Self {
            engine: Engine::open(START, Opening::new(built)).unwrap(),
            now: START,
            pending: BinaryHeap::new(),
            order: 0,
            inputs: 0,
            callers: BTreeMap::new(),
            requests: BTreeMap::new(),
            arriving: None,
            waiting: vec![0.0; center.kinds.len()],
            staff: center.agents,
            streams,
            after: 0,
            errors: Vec::new(),
            found: Found::default(),
            center,
        };
        for agent in 0..lab.center.agents {
            lab.does(CommandBody::sign_in(key(format!("agent-{agent}"))));
        }
        lab
    }

    /// Lets so many callers come.
    pub(crate) fn run(mut self, calls: u32) -> Found {
        self.after = (f64::from(calls) * WARM) as u32;
        for kind in 0..self.center.kinds.len() {
            self.comes(kind);
        }
        if self.center.absent > 0 {
            self.later(HALF, What::Staff(false));
        }
        let mut number = 0;
        while let Some(Reverse((at, _, what))) = self.pending.pop() {
            self.now = at;
            match what {
                What::Arrives(kind) => {
                    number += 1;
                    if number > calls {
                        break;
                    }
                    self.arrives(number, kind);
                    self.comes(kind);
                }
                What::Leaves(call) => self.leaves(call),
                What::Done(call) => self.hangs_up(call),
                What::Staff(there) => self.comes_or_goes(there),
            }
        }
        self.figures()
    }

    fn draw(&mut self, stream: usize, distribution: &Distribution) -> f64 {
        distribution.sample(&mut self.streams[stream])
    }

    fn later(&mut self, span: f64, what: What) {
        self.order += 1;
        let at = self.now + Duration::from_micros((span * 1e6).round() as i64);
        self.pending.push(Reverse((at, self.order, what)));
    }

    fn comes(&mut self, kind: usize) {
        let between = Distribution::exponential(self.center.kinds[kind].rate);
        let span = self.draw(0, &between);
        self.later(span, What::Arrives(kind));
    }

    fn arrives(&mut self, call: u32, kind: usize) {
        let row = &self.center.kinds[kind];
        let patient = self.streams[1].uniform() < row.patient;
        let caller = Caller {
            kind,
            patient,
            arrived: self.now,
            served: false,
            expected: None,
            told: self.told(kind),
        };
        if let Some(patience) = row.patience.clone().filter(|_| !patient) {
            let span = self.draw(2, &patience);
            self.later(span, What::Leaves(call));
        }
        self.callers.insert(call, caller);
        self.waiting[kind] += 1.0;
        self.arriving = Some(call);
        let leg = ExternalRef::new(call.to_string()).unwrap();
        self.report(HostEvent::call(leg, kind.to_string()));
        self.arriving = None;
    }

    /// The same formula, told the true parameters.
    fn told(&self, kind: usize) -> f64 {
        let rows = || self.center.kinds.iter().zip(&self.waiting);
        let own = &self.center.kinds[kind];
        let ahead: f64 = rows()
            .enumerate()
            .filter(|(k, (row, _))| *k == kind || row.first)
            .map(|(_, (_, w))| w)
            .sum();
        let rate = f64::from(self.staff) / 300.0;
        let theta =
            own.patience.as_ref().map_or(0.0, |p| 1.0 / p.rough_mean()) * (1.0 - own.patient);
        let before: f64 =
            rows().filter(|(row, _)| row.first && !own.first).map(|(row, _)| row.rate).sum();
        let rate = rate * (1.0 - before / rate).max(0.05);
        (0..=ahead as u32).map(|j| 1.0 / (rate + f64::from(j) * theta)).sum()
    }

    fn leaves(&mut self, call: u32) {
        if self.callers.get(&call).is_some_and(|caller| !caller.served) {
            let Caller { kind, expected, .. } = self.callers[&call];
            self.waiting[kind] -= 1.0;
            let last = kind + 1 == self.center.kinds.len();
            self.found.answered.unanswered += u64::from(last && expected.is_some());
            self.hangs_up(call);
        }
    }

    fn hangs_up(&mut self, call: u32) {
        let leg = LegRef::External(ExternalRef::new(call.to_string()).unwrap());
        self.callers.remove(&call);
        self.report(HostEvent::ended(leg, EndKind::Normal));
    }

    fn comes_or_goes(&mut self, there: bool) {
        for agent in 0..self.center.absent {
            let agent = key(format!("agent-{agent}"));
            self.does(CommandBody::SetPresence { agent, ready: there, reason: None });
        }
        self.staff =
            if there { self.center.agents } else { self.center.agents - self.center.absent };
        self.later(HALF, What::Staff(!there));
    }

    fn does(&mut self, body: CommandBody) {
        self.inputs += 1;
        let id = CommandId::new(format!("c{}", self.inputs)).unwrap();
        self.give(Command::new(id, Actor::application(), body).into());
    }

    fn report(&mut self, event: HostEvent) {
        self.inputs += 1;
        let report = HostReport::new(key("app".to_owned()), self.inputs, self.now, event);
        self.give(report.into());
    }

    fn give(&mut self, input: Input) {
        let receipt = self.engine.handle(self.now, input);
        assert!(matches!(receipt, Receipt::Recorded(_) | Receipt::Noted), "{receipt:?}");
        while let Some(output) = self.engine.poll_output() {
            if let Output::Record(record) = output {
                self.read(&record);
                let _ = self.engine.handle(self.now, Input::Persisted(record.seq));
            }
        }
    }

    fn read(&mut self, record: &Record) {
        for event in &record.events {
            match event {
                Event::Request(RequestEvent::Opened(opened)) => {
                    self.requests.extend(self.arriving.map(|call| (opened.id, call)));
                }
                Event::Request(RequestEvent::Estimated { id, estimate }) => {
                    let call = self.requests[id];
                    self.callers.get_mut(&call).unwrap().expected = Some(*estimate);
                }
                Event::Request(RequestEvent::Ended { id, .. }) => {
                    self.requests.remove(id);
                }
                Event::Engagement(EngagementEvent::Opened { request: Some(id), .. }) => {
                    self.served(self.requests[id]);
                }
                _ => {}
            }
        }
    }

    fn served(&mut self, call: u32) {
        let service = self.center.service.clone().unwrap_or_else(|| exponential(300.0));
        let span = self.draw(3, &service);
        self.later(span, What::Done(call));
        let caller = self.callers.get_mut(&call).unwrap();
        caller.served = true;
        self.waiting[caller.kind] -= 1.0;
        if caller.kind + 1 != self.center.kinds.len() {
            return;
        }
        let waited = self.now.since(caller.arrived);
        if let Some(expected) = caller.expected {
            count(&mut self.found.answered, &expected, waited);
        }
        if call <= self.after || !caller.patient || waited == Duration::ZERO {
            return;
        }
        let expected = caller.expected.expect("who waits is told");
        self.found.by_head += u32::from(expected.method == EstimateMethod::HeadOfLine);
        let error = (waited - expected.p50).as_secs_f64();
        let within = [expected.p50, expected.p80, expected.p90].map(|bound| waited <= bound);
        self.found.mean += waited.as_secs_f64();
        self.errors.push((error, waited.as_secs_f64() - caller.told, within));
    }

    fn figures(mut self) -> Found {
        let last = key(format!("queue-{}", self.center.kinds.len() - 1));
        self.found.accuracy = self.engine.accuracy(&last).unwrap();
        let many = self.errors.len() as f64;
        let mean = |sum: f64| sum / many;
        self.found.compared = self.errors.len() as u32;
        self.found.mean = mean(self.found.mean);
        self.found.rmse = mean(self.errors.iter().map(|(e, ..)| e * e).sum()).sqrt();
        self.found.bias = mean(self.errors.iter().map(|(e, ..)| e).sum());
        self.found.told = mean(self.errors.iter().map(|(_, e, _)| e * e).sum()).sqrt();
        for (place, share) in self.found.within.iter_mut().enumerate() {
            *share = mean(self.errors.iter().filter(|(.., within)| within[place]).count() as f64);
        }
        self.found
    }
}
