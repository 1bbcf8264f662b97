//! Centers in which every step makes a decision: somebody arrives, or an agent becomes free.

use std::collections::VecDeque;
use std::hint::black_box;
use std::time::{Duration as Span, Instant};

use switchboard::id::{Key, RequestId};
use switchboard::message::{CommandBody, EffectKind, Event, Input, Receipt, RequestEvent};
use switchboard::model::Channel;
use switchboard::time::Duration;

use crate::baseline::{Row, Waits, scan, scan_waiting};
use crate::world::{Journal, Numbers, Plan, SKILLS, World};

/// A clock for measuring.
#[allow(clippy::disallowed_methods)] // measuring is what this is for
fn clock() -> Instant {
    Instant::now()
}

/// The time of a step alone, without what it hands out.
fn timed(world: &mut World, input: Input) -> Span {
    let began = clock();
    let receipt = world.engine.handle(world.now, input);
    let spent = began.elapsed();
    assert!(matches!(receipt, Receipt::Recorded(_)), "{receipt:?}");
    world.drain();
    spent
}

/// Decisions in one sample: one alone takes hardly longer than to read the clock.
const BATCH: u32 = 16;

/// The time of one decision, over a few that differ.
fn timed_decisions<T>(asked: &[T], decide: impl Fn(&T) -> bool) -> Span {
    let began = clock();
    let found = asked.iter().filter(|asked| decide(asked)).count();
    let spent = began.elapsed();
    black_box(found);
    spent / BATCH
}

fn timed_scan<T>(scan: impl FnOnce() -> T) -> Span {
    let began = clock();
    black_box(scan());
    began.elapsed()
}

fn agent_key(number: usize) -> Key {
    Key::new(format!("a{number}")).expect("a key")
}

fn queue_key(number: usize) -> Key {
    Key::new(format!("q{number}")).expect("a key")
}

/// A center whose customers come one at a time, and leave again before the next.
pub(crate) struct Arrivals {
    plan: Plan,
    world: World,
    rows: Vec<Row>,
    numbers: Numbers,
    call: u64,
}

impl Arrivals {
    /// Agents of these numbers come in, one after another.
    pub(crate) fn new(plan: Plan, there: impl Iterator<Item = usize>) -> Self {
        let mut world = World::new(plan.center(false), "app", Journal::Dropped);
        let row = |levels: &[u8; SKILLS]| Row { free: false, levels: *levels, idle_since: 0 };
        let mut rows: Vec<Row> = plan.agents.iter().map(row).collect();
        for agent in there {
            world.sign_in(agent);
            world.effects.clear();
            rows[agent].free = true;
            rows[agent].idle_since = world.now.as_micros();
            world.pass(Duration::from_micros(10));
        }
        Self { plan, world, rows, numbers: Numbers(11), call: 0 }
    }

    /// Nobody takes work any more.
    pub(crate) fn all_pause(&mut self) {
        for (agent, row) in self.rows.iter_mut().enumerate().filter(|(_, row)| row.free) {
            row.free = false;
            let (agent, reason) = (agent_key(agent), None);
            self.world.command(CommandBody::SetPresence { agent, ready: false, reason });
            self.world.effects.clear();
        }
    }

    /// Somebody arrives, and is offered to an agent in the same step if one is free.
    pub(crate) fn step(&mut self) -> Span {
        let queue = self.numbers.below(self.plan.queues.len());
        let arrival = self.world.call(self.call, queue);
        let spent = timed(&mut self.world, arrival);
        let left = self.world.hang_up(self.call);
        self.world.does(left);
        self.world.effects.clear();
        self.world.pass(Duration::from_micros(50));
        self.call += 1;
        spent
    }

    /// The agent for somebody who would arrive now, and nothing else of the step.
    pub(crate) fn decide(&mut self) -> Span {
        let queues = self.plan.queues.len();
        let keys: Vec<Key> = (0..BATCH).map(|_| queue_key(self.numbers.below(queues))).collect();
        let (engine, now) = (&self.world.engine, self.world.now);
        timed_decisions(&keys, |queue| engine.agent_for(queue, Channel::Voice, now).is_some())
    }

    /// The agent for somebody who arrives, by looking at all.
    pub(crate) fn scan(&mut self) -> Span {
        let queue = self.numbers.below(self.plan.queues.len());
        timed_scan(|| scan(&self.rows, &self.plan.queues[queue]))
    }
}

/// A center whose customers all wait before the first agent comes.
pub(crate) struct Backlog {
    plan: Plan,
    world: World,
    rows: Vec<Waits>,
    /// Of each call.
    requests: Vec<RequestId>,
    /// Calls that ring, each with the number of its agent.
    ringing: VecDeque<(usize, u32)>,
    numbers: Numbers,
}

impl Backlog {
    pub(crate) fn new(plan: Plan, calls: usize) -> Self {
        let mut world = World::new(plan.center(false), "app", Journal::Kept);
        world.records.clear();
        let (rows, requests, ringing) = Default::default();
        let mut backlog = Self { plan, world, rows, requests, ringing, numbers: Numbers(5) };
        for _ in 0..calls {
            let queue = backlog.arrive();
            let since = backlog.world.now.as_micros();
            let queue = u16::try_from(queue).unwrap_or(u16::MAX);
            backlog.rows.push(Waits { there: true, queue, since });
            backlog.world.pass(Duration::from_micros(1));
        }
        assert_eq!(backlog.requests.len(), calls, "each call waits");
        backlog
    }

    /// One more calls; the number of the queue.
    pub(crate) fn arrive(&mut self) -> usize {
        let queue = self.numbers.below(self.plan.queues.len());
        let arrival = self.world.call(self.requests.len() as u64, queue);
        self.world.does(arrival);
        let opened = |event: &Event| match event {
            Event::Request(RequestEvent::Opened(opened)) => Some(opened.id),
            _ => None,
        };
        let events = self.world.records.iter().flat_map(|record| &record.events);
        self.requests.extend(events.filter_map(opened));
        self.note_offers();
        queue
    }

    fn note_offers(&mut self) {
        self.world.records.clear();
        for effect in self.world.effects.drain(..) {
            if let EffectKind::PresentOffer { agent, request, .. } = effect.kind {
                let call = self.requests.binary_search(&request).expect("one of the calls");
                self.ringing.push_back((call, agent.0));
                if let Some(row) = self.rows.get_mut(call) {
                    row.there = false;
                }
            }
        }
    }

    /// An agent comes in, and is offered somebody who waits in the same step.
    pub(crate) fn sign_in(&mut self, agent: usize) -> Span {
        let input = self.world.make(CommandBody::sign_in(agent_key(agent)));
        let spent = timed(&mut self.world, input);
        self.note_offers();
        spent
    }

    /// All agents come in.
    pub(crate) fn staffed(mut self) -> Self {
        for agent in 0..self.plan.agents.len() {
            self.sign_in(agent);
        }
        self
    }

    /// Whoever rings longest hangs up, which frees an agent, who is offered the next in the same step;
    /// none when nobody rings any more.
    pub(crate) fn step(&mut self) -> Option<Span> {
        let (call, _) = self.ringing.pop_front()?;
        let left = self.world.hang_up(call as u64);
        let spent = timed(&mut self.world, left);
        self.note_offers();
        self.world.pass(Duration::from_micros(50));
        Some(spent)
    }

    /// Whom an agent would get who became free now, and nothing else of the step.
    pub(crate) fn decide(&mut self) -> Span {
        let agents = self.plan.agents.len();
        let keys: Vec<Key> = (0..BATCH).map(|_| agent_key(self.numbers.below(agents))).collect();
        let (engine, now) = (&self.world.engine, self.world.now);
        timed_decisions(&keys, |agent| engine.request_for(agent, now).is_some())
    }

    /// Whom an agent should get, by looking at all who wait, or have waited.
    pub(crate) fn scan(&mut self) -> Span {
        let agent = self.numbers.below(self.plan.agents.len());
        let levels = &self.plan.agents[agent];
        timed_scan(|| scan_waiting(&self.rows, &self.plan.queues, levels))
    }
}
