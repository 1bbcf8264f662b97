//! The live fold: records in, counts out.

use super::by_id::ById;
use super::intervals::{Intervals, millis};
use super::timelines::Timelines;
use super::{Alerting, Cube, Handling, InteractionCell, Names, Report, RequestCell};
use crate::id::{AgentId, EngagementId, InteractionId, RequestId, Seq};
use crate::message::{
    AgentEvent, DialEnd, DialEvent, EngagementEvent, EngagementRole, Event, InteractionEvent,
    MonitorEvent, Outcome, Phase, Record, RequestEvent, RequestOpened, ShardEvent,
};
use crate::time::{Duration, Timestamp};

/// How is counted.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub struct Options {
    /// Length of the intervals, cut from the Unix epoch in wall time; nothing or less for a single
    /// interval that holds all time. 15 minutes by default.
    pub interval: Duration,
    /// How alerting counts for occupancy in reports. Apart by default.
    pub alerting: Alerting,
}

impl Default for Options {
    fn default() -> Self {
        Self { interval: Duration::from_mins(15), alerting: Alerting::default() }
    }
}

impl Options {
    /// With intervals of another length.
    #[must_use]
    pub const fn interval(self, interval: Duration) -> Self {
        Self { interval, ..self }
    }

    /// With alerting counted in another way.
    #[must_use]
    pub const fn alerting(self, alerting: Alerting) -> Self {
        Self { alerting, ..self }
    }
}

/// An interaction that is not closed.
#[derive(Clone, Copy, Default, Debug)]
struct Contact {
    cell: InteractionCell,
    test: bool,
}

/// A request that has not ended.
#[derive(Clone, Copy, Debug)]
struct Wait {
    cell: RequestCell,
    /// Instant of queue entry, in ms.
    since: i64,
    /// Service target, in ms.
    target: u64,
}

/// An engagement that has not ended.
#[derive(Clone, Copy, Debug)]
struct Part {
    cell: RequestCell,
    agent: AgentId,
    phase: Phase,
    /// Whether the agent is the one who serves the customer: only that is handling.
    handles: bool,
    /// Instant at which the phase began, in ms.
    since: i64,
    time: Handling,
    clamped: u64,
    /// Of an agent who calls by hand: how long the customer's phone has been ringing.
    dialing: Option<u64>,
}

/// The KPIs of a shard as a fold over its records.
///
/// Give it every record once, in order; a record seen before changes nothing. What is asked at any time
/// agrees with what a later reading of the same log says of that time.
///
/// - Counts are of requests, by the interval of their queue entry; interactions are counted beside.
/// - Requests that do not count as offered, and interactions marked as tests, are left out. What agents
///   did with their time holds test calls too: they did take that time.
/// - A duration is that of instants in whole milliseconds. One below zero adds nothing and is counted
///   as clamped. The engine bounds the times that hosts report; how often is counted as well.
///
/// ```
/// use switchboard::kpi::{Kpis, Options};
/// use switchboard::message::{Input, Output};
/// use switchboard::model::{Center, Queue};
/// use switchboard::time::Timestamp;
/// use switchboard::{Engine, Opening};
///
/// let center = Center::builder().queue("support", Queue::new()).build()?;
/// let now = Timestamp::from_secs(0);
/// let mut engine = Engine::open(now, Opening::new(center))?;
/// let mut kpis = Kpis::new(Options::default());
/// while let Some(output) = engine.poll_output() {
///     if let Output::Record(record) = output {
///         kpis.apply(&record);
///         let _ = engine.handle(now, Input::Persisted(record.seq));
///     }
/// }
/// println!("{}", kpis.report(now));
/// # Ok::<(), switchboard::model::Faults>(())
/// ```
#[derive(Clone, Debug)]
pub struct Kpis {
    options: Options,
    intervals: Intervals,
    seq: Seq,
    names: Names,
    cube: Cube,
    agents: Timelines,
    contacts: ById<InteractionId, Contact>,
    waits: ById<RequestId, Wait>,
    parts: ById<EngagementId, Part>,
}

impl Default for Kpis {
    fn default() -> Self {
        Self::new(Options::default())
    }
}

impl Kpis {
    /// A fold that has seen nothing.
    pub fn new(options: Options) -> Self {
        Self {
            options,
            intervals: Intervals::new(options.interval),
            seq: Seq::default(),
            names: Names::default(),
            cube: Cube::default(),
            agents: Timelines::default(),
            contacts: ById::default(),
            waits: ById::default(),
            parts: ById::default(),
        }
    }

    /// The last record that was counted.
    pub const fn seq(&self) -> Seq {
        self.seq
    }

    /// Names learned from the log.
    pub const fn names(&self) -> &Names {
        &self.names
    }

    /// All that was counted since the beginning, or since it was last taken, with agents' time that is
    /// still running up to `now`, the host's clock as the engine is given it.
    pub fn cube(&self, now: Timestamp) -> Cube {
        let mut cube = self.cube.clone();
        cube.merge(&self.unsettled(now));
        cube
    }

    /// Hands out what was counted since the last time, to be stored or sent: the parts, and the cube
    /// at the end, merge into the cube of the whole. Counts of those who wait, and time that is still
    /// running, stay here.
    #[must_use = "what is taken is counted here no more"]
    pub fn take(&mut self) -> Cube {
        self.agents.settle(&mut self.cube);
        self.cube.take()
    }

    /// The figures at `now`, the host's clock as the engine is given it.
    pub fn report(&self, now: Timestamp) -> Report {
        let cubes = [&self.cube, &self.unsettled(now)];
        Report::new(now, &cubes, &self.names, self.options.alerting)
    }

    fn unsettled(&self, now: Timestamp) -> Cube {
        self.agents.unsettled(&self.intervals, self.intervals.engine_millis(now))
    }

    /// Counts a record.
    pub fn apply(&mut self, record: &Record) {
        if record.seq <= self.seq {
            return;
        }
        self.seq = record.seq;
        for (happened, event) in record.timed_events() {
            let at = millis(happened);
            match event {
                Event::Shard(event) => self.shard(millis(record.at), event),
                Event::Interaction(event) => self.interaction(at, event),
                Event::Request(RequestEvent::Opened(opened)) => self.request_opened(opened),
                Event::Request(RequestEvent::Ended { id, outcome }) => {
                    self.request_ended(at, *id, outcome);
                }
                Event::Engagement(event) => self.engagement(at, event),
                Event::Monitor(event) => self.taken_over(at, event),
                Event::Dial(DialEvent::Ended { engagement, end: DialEnd::Connected }) => {
                    if let Some(part) = self.parts.get(engagement) {
                        self.cube.requests.entry(part.cell).or_default().outbound.connected += 1;
                    }
                }
                Event::Agent(AgentEvent::StateChanged { agent, to, .. }) => {
                    let change = (at, *agent, *to);
                    self.agents.change(&mut self.cube, &self.intervals, change);
                }
                _ => {}
            }
        }
    }

    fn shard(&mut self, at: i64, event: &ShardEvent) {
        match event {
            ShardEvent::ClockRebased { offset } => {
                // What has passed lies in intervals of the old wall time.
                self.agents.cut(&mut self.cube, &self.intervals, at);
                self.intervals.rebase(*offset);
            }
            ShardEvent::TimeBounded { .. } => self.cube.bounded += 1,
            ShardEvent::Evicted { interactions, .. } => {
                for id in interactions {
                    self.contacts.remove(id);
                }
            }
            _ => {}
        }
        self.names.apply(event);
    }

    fn interaction(&mut self, at: i64, event: &InteractionEvent) {
        match event {
            InteractionEvent::Opened(opened) => {
                let interval = self.intervals.start_of(at);
                let cell = InteractionCell { interval, brand: opened.brand };
                if opened.is_internal_call() {
                    self.cube.interactions.entry(cell).or_default().internal += 1;
                    return;
                }
                self.contacts.insert(opened.id, Contact { cell, test: opened.test });
                if !opened.test {
                    self.cube.interactions.entry(cell).or_default().opened += 1;
                }
            }
            InteractionEvent::EntryRejected { reason, test: false, .. } => {
                let interval = self.intervals.start_of(at);
                let cell = InteractionCell { interval, brand: None };
                let counts = self.cube.interactions.entry(cell).or_default();
                *counts.blocked.entry(*reason).or_default() += 1;
            }
            InteractionEvent::Ended { id, .. } => {
                if let Some(contact) = self.contacts.get(id).filter(|contact| !contact.test) {
                    self.cube.interactions.entry(contact.cell).or_default().ended += 1;
                }
            }
            InteractionEvent::Closed { id } => {
                // It may open again, until it leaves the state.
                if let Some(contact) = self.contacts.get(id).filter(|contact| !contact.test) {
                    self.cube.interactions.entry(contact.cell).or_default().closed += 1;
                }
            }
            _ => {}
        }
    }

    /// What is known of an interaction. One that the log did not open has no brand and is no test.
    fn contact(&self, id: InteractionId) -> Contact {
        self.contacts.get(&id).copied().unwrap_or_default()
    }

    fn request_opened(&mut self, opened: &RequestOpened) {
        let contact = self.contact(opened.interaction);
        if contact.test || !opened.counts_as_offered {
            return;
        }
        let since = millis(opened.queue_entered_at);
        let interval = self.intervals.start_of(since);
        let (queue, channel, brand) = (opened.home_queue, opened.channel, contact.cell.brand);
        let cell = RequestCell { interval, queue, channel, brand };
        let target = u64::try_from(opened.service_target.as_millis()).unwrap_or(0);
        self.waits.insert(opened.id, Wait { cell, since, target });
        let counts = self.cube.requests.entry(cell).or_default();
        counts.offered += 1;
        counts.waiting += 1;
    }

    fn request_ended(&mut self, at: i64, id: RequestId, outcome: &Outcome) {
        if let Some(wait) = self.waits.remove(&id) {
            // Answered means: from the instant at which they are together.
            let together = match outcome {
                Outcome::Answered { engagement, .. } => self.parts.get(engagement),
                _ => None,
            };
            let at = together.map_or(at, |part| at.max(part.since));
            let counts = self.cube.requests.entry(wait.cell).or_default();
            counts.end(outcome, at.saturating_sub(wait.since), wait.target);
        }
    }

    fn engagement(&mut self, at: i64, event: &EngagementEvent) {
        match event {
            EngagementEvent::Opened {
                id,
                agent,
                role,
                interaction: Some(interaction),
                queue: Some(queue),
                request,
                channel,
                phase,
                ..
            } => {
                let contact = self.contact(*interaction);
                if contact.test {
                    return;
                }
                let (queue, channel, brand) = (*queue, *channel, contact.cell.brand);
                let wait = request.and_then(|request| self.waits.get(&request));
                let cell = wait.map_or_else(
                    || RequestCell { interval: self.intervals.start_of(at), queue, channel, brand },
                    |wait| wait.cell,
                );
                let since = wait.map_or(at, |wait| at.max(wait.since));
                let (agent, phase) = (*agent, *phase);
                let handles = *role == EngagementRole::Handler;
                let handled = u64::from(handles && phase == Phase::Active);
                let time = Handling { handled, ..Handling::default() };
                let part =
                    Part { cell, agent, phase, handles, since, time, clamped: 0, dialing: None };
                self.parts.insert(*id, part);
            }
            EngagementEvent::PhaseChanged { id, phase } => {
                if let Some(part) = self.parts.get_mut(id) {
                    part.go_on(at, *phase);
                    if *phase == Phase::Dialing {
                        self.cube.requests.entry(part.cell).or_default().outbound.made += 1;
                    }
                }
            }
            EngagementEvent::WrapUpStarted { id, .. } => {
                if let Some(part) = self.parts.get_mut(id) {
                    part.go_on(at, Phase::WrapUp);
                }
            }
            EngagementEvent::RoleChanged { id, role } => {
                if let Some(part) = self.parts.get_mut(id) {
                    part.go_on(at, part.phase);
                    part.handles = *role == EngagementRole::Handler;
                    part.go_on(at, part.phase);
                }
            }
            EngagementEvent::Ended { id, .. } => {
                if let Some(part) = self.parts.remove(id) {
                    self.part_ended(at, part);
                }
            }
            _ => {}
        }
    }

    /// A supervisor goes on with what an agent has begun, in the same cell.
    fn taken_over(&mut self, at: i64, event: &MonitorEvent) {
        if let MonitorEvent::TookOver { engagement, supervisor, from, .. } = event
            && let Some(Part { cell, dialing, .. }) = self.parts.get(from).copied()
        {
            let (time, phase) = (Handling::default(), Phase::Active);
            let part = Part {
                cell,
                agent: *supervisor,
                phase,
                handles: false,
                since: at,
                time,
                clamped: 0,
                dialing: dialing.map(|_| 0),
            };
            self.parts.insert(*engagement, part);
        }
    }

    fn part_ended(&mut self, at: i64, mut part: Part) {
        part.go_on(at, part.phase);
        if part.time.handled == 0 {
            return;
        }
        let counts = self.cube.requests.entry(part.cell).or_default();
        counts.clamped += part.clamped;
        if let Some(dialing) = part.dialing {
            counts.outbound.dialing = counts.outbound.dialing.saturating_add(dialing);
            counts.outbound.handling += &part.time;
        } else {
            counts.handling += &part.time;
        }
        let work = (part.since, part.agent, &part.time);
        self.agents.finish(&mut self.cube, &self.intervals, work);
    }
}

impl Part {
    /// Ends the present phase and begins the next.
    fn go_on(&mut self, at: i64, next: Phase) {
        let passed = at.saturating_sub(self.since);
        self.clamped += u64::from(passed < 0);
        let passed = u64::try_from(passed).unwrap_or(0);
        match self.phase {
            _ if !self.handles => {}
            Phase::Active => self.time.talk = self.time.talk.saturating_add(passed),
            Phase::Held => self.time.hold = self.time.hold.saturating_add(passed),
            Phase::WrapUp => self.time.wrap_up = self.time.wrap_up.saturating_add(passed),
            Phase::Dialing => {
                self.dialing = self.dialing.map(|dialing| dialing.saturating_add(passed));
            }
            // Before the customer is there, or while something else goes on.
            Phase::Previewing | Phase::Connecting | Phase::Suspended | Phase::Parked => {}
        }
        if self.handles && next == Phase::Active {
            self.time.handled = 1;
        }
        if next == Phase::Dialing {
            self.dialing.get_or_insert(0);
        }
        self.since = self.since.max(at);
        self.phase = next;
    }
}
