//! The day on virtual time: what happens when, and what the engine makes of it.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, BinaryHeap};

use switchboard::id::{AgentId, CommandId, EngagementId, InteractionId, Key, QueueId, RequestId};
use switchboard::kpi::Kpis;
use switchboard::message::{
    Activity, Actor, AgentEvent, Command, CommandBody, EndKind, EngagementEvent, Event, HostEvent,
    HostReport, Input, InteractionEvent, MessageEvent, Output, Receipt, Record, RequestEvent, Side,
};
use switchboard::model::{Center, Kind};
use switchboard::sim::check::{Broken, Checker, Depth, all_is_free};
use switchboard::time::{Duration, Timestamp};
use switchboard::{Engine, Opening};

use crate::desk::{Act, Desk, Move};
use crate::leads::Leads;
use crate::pbx::{Pbx, call_number, caller_name};
use crate::people::{Turn, turns};
use crate::trace::Trace;
use crate::workload;

/// The carrier fails at 14:00 and is back before the engine gives its calls up.
const OUTAGE: (Duration, Duration) =
    (Duration::from_mins(390), Duration::from_millis(390 * 60_000 + 25_000));

/// Something that is going to happen.
enum What {
    Arrives(u64),
    Impatient(u64),
    TalkOver(u64, EngagementId),
    Hold(EngagementId),
    Unhold(EngagementId),
    WrapUpOver(EngagementId),
    Turn(Key, Turn),
    Back(Key),
    /// A team lead has nothing else to do any more.
    Listens(Key),
    Reports(Box<HostEvent>),
    /// On a channel that is written.
    Desk(Act),
    CarrierFails,
    CarrierBack,
}

struct Event_ {
    at: Timestamp,
    seq: u64,
    what: What,
}

impl PartialEq for Event_ {
    fn eq(&self, other: &Self) -> bool {
        (self.at, self.seq) == (other.at, other.seq)
    }
}
impl Eq for Event_ {}
impl PartialOrd for Event_ {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}
impl Ord for Event_ {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        (self.at, self.seq).cmp(&(other.at, other.seq))
    }
}

/// An agent's part in a call.
struct Part {
    queue: Option<QueueId>,
    wraps_up: bool,
}

/// The center, its switch and its people.
pub(crate) struct Day {
    engine: Engine,
    pub(crate) now: Timestamp,
    start: Timestamp,
    end: Timestamp,
    seed: u64,
    agenda: BinaryHeap<Reverse<Event_>>,
    pbx: Pbx,
    /// Customers who write, and agents' desktops.
    pub(crate) desk: Desk,
    /// Team leads who listen in.
    pub(crate) leads: Leads,
    pub(crate) kpis: Kpis,
    checker: Checker,
    broken: Option<Broken>,
    pub(crate) trace: Option<Trace>,
    /// Calls by interaction, and the other way round.
    calls: BTreeMap<InteractionId, u64>,
    waiting: BTreeMap<RequestId, InteractionId>,
    /// Interactions that are not closed.
    pub(crate) open: BTreeSet<InteractionId>,
    /// Of those that were over and opened again, how many.
    pub(crate) reopened: u64,
    /// Chats that were closed because the customer had fallen silent.
    pub(crate) fell_silent: u64,
    at_work: BTreeSet<Key>,
    /// Agents' parts that are not over.
    parts: BTreeMap<EngagementId, Part>,
    out: bool,
    seqs: u64,
    reports: u64,
    commands: u64,
    pub(crate) steps: u64,
    pub(crate) arrived: u64,
    pub(crate) cut_off: usize,
    /// What the engine refused, by reason.
    pub(crate) refused: BTreeMap<String, u64>,
}

impl Day {
    pub(crate) fn new(
        center: Center,
        start: Timestamp,
        hours: Duration,
        seed: u64,
        trace: Option<u64>,
    ) -> Result<Self, String> {
        let leads = Leads::new(&center);
        let people = turns(&center, &leads);
        let mut opening = Opening::new(center);
        opening.seed = seed;
        let engine = Engine::open(start, opening).map_err(|faults| faults.to_string())?;
        let mut day = Self {
            engine,
            now: start,
            start,
            end: start + hours,
            seed,
            agenda: BinaryHeap::new(),
            pbx: Pbx::new(seed),
            desk: Desk::new(seed, start),
            leads,
            kpis: Kpis::default(),
            checker: Checker::cheap(),
            broken: None,
            trace: trace.map(Trace::new),
            calls: BTreeMap::new(),
            waiting: BTreeMap::new(),
            open: BTreeSet::new(),
            reopened: 0,
            fell_silent: 0,
            at_work: BTreeSet::new(),
            parts: BTreeMap::new(),
            out: false,
            seqs: 0,
            reports: 0,
            commands: 0,
            steps: 0,
            arrived: 0,
            cut_off: 0,
            refused: BTreeMap::new(),
        };
        for (after, agent, turn) in people {
            day.at(start + after, What::Turn(agent, turn));
        }
        day.at(start + OUTAGE.0, What::CarrierFails);
        day.at(start + OUTAGE.1, What::CarrierBack);
        day.next_call(0);
        day.plan();
        day.drain();
        Ok(day)
    }

    fn at(&mut self, at: Timestamp, what: What) {
        self.seqs += 1;
        self.agenda.push(Reverse(Event_ { at, seq: self.seqs, what }));
    }

    fn after(&mut self, span: Duration, what: What) {
        self.at(self.now + span, what);
    }

    /// Enters what people at their desks are going to do.
    fn plan(&mut self) {
        for (at, act) in self.desk.take_plans() {
            self.at(at, What::Desk(act));
        }
    }

    fn next_call(&mut self, number: u64) {
        if let Some(call) = workload::call(self.seed, number) {
            self.at(self.start + call.arrival, What::Arrives(number));
        }
    }

    /// How much of the day is over, from 0 to 1.
    pub(crate) fn progress(&self) -> f64 {
        (self.now.since(self.start).as_secs_f64() / self.end.since(self.start).as_secs_f64())
            .min(1.0)
    }

    /// When the next thing happens; none when the day is over.
    pub(crate) fn next(&self) -> Option<Timestamp> {
        let planned = self.agenda.peek().map(|Reverse(event)| event.at);
        let next = planned.into_iter().chain(self.engine.next_deadline()).min()?;
        (next <= self.end).then_some(next)
    }

    /// Lets the next thing happen. A timer of the engine comes before what happens at the same instant.
    pub(crate) fn step(&mut self, next: Timestamp) -> Result<(), String> {
        self.now = self.now.max(next);
        self.steps += 1;
        if self.engine.next_deadline().is_some_and(|deadline| deadline <= self.now) {
            let _ = self.engine.handle(self.now, Input::Tick);
            self.drain();
        } else if let Some(Reverse(event)) = self.agenda.pop() {
            self.happens(event.what);
        }
        let checked = self.checker.check(&mut self.engine, Depth::Cheap);
        match self.broken.take().or(checked.err()) {
            Some(broken) => Err(format!("at {}: {broken}", self.now)),
            None => Ok(()),
        }
    }

    /// Ends the day at its hour, and says whether the house is empty then.
    pub(crate) fn close(&mut self) -> bool {
        self.now = self.end;
        all_is_free(&self.engine).is_ok()
    }

    fn happens(&mut self, what: What) {
        match what {
            What::Arrives(call) => self.arrives(call),
            // Whoever is talking by then has been answered.
            What::Impatient(call) if self.is_waiting(call) => self.caller_leaves(call),
            What::Impatient(_) => {}
            What::TalkOver(call, engagement) => {
                let agent_first = workload::call(self.seed, call).is_some_and(|c| c.agent_hangs_up);
                if agent_first && self.pbx.holds(call) {
                    self.talking(engagement, CommandBody::HangUp { engagement });
                } else {
                    self.caller_leaves(call);
                }
            }
            What::Hold(engagement) => self.talking(engagement, CommandBody::Hold { engagement }),
            What::Unhold(engagement) => {
                self.talking(engagement, CommandBody::Unhold { engagement });
            }
            What::WrapUpOver(engagement) => self.finish(engagement),
            What::Turn(agent, turn) => self.turn(agent, turn),
            What::Back(agent) => self.ready(agent, true, None),
            What::Listens(lead) => {
                if let Some((lead, body)) = self.leads.listen(lead) {
                    self.command_of(lead, body);
                }
            }
            What::Reports(event) => self.report(*event),
            What::Desk(act) => {
                for step in self.desk.happens(act, self.now) {
                    match step {
                        Move::Report(event) => self.report_of("messages", event),
                        Move::Command(body) => self.command(body),
                    }
                }
                self.plan();
            }
            What::CarrierFails => {
                self.report(HostEvent::HostLost {
                    reason: "the carrier's line is down".to_owned().into(),
                });
                self.out = true;
                let seed = self.seed;
                self.cut_off =
                    self.pbx.cut(|call| workload::call(seed, call).is_some_and(|c| c.cut));
            }
            What::CarrierBack => {
                self.out = false;
                let legs = self.pbx.live();
                self.report(HostEvent::HostResync { generation: 1, legs });
            }
        }
    }

    fn is_waiting(&self, call: u64) -> bool {
        self.waiting.values().any(|interaction| self.calls.get(interaction) == Some(&call))
    }

    fn arrives(&mut self, number: u64) {
        self.next_call(number + 1);
        let Some(call) = workload::call(self.seed, number).filter(|_| !self.out) else {
            // While the carrier is out nobody gets through to us.
            return;
        };
        self.arrived += 1;
        self.pbx.arrives(number);
        self.report(HostEvent::call(caller_name(number), call.dialed));
        self.after(call.patience, What::Impatient(number));
    }

    fn caller_leaves(&mut self, call: u64) {
        if let Some(event) = self.pbx.caller_leaves(call) {
            self.report(event);
        }
    }

    fn turn(&mut self, agent: Key, turn: Turn) {
        match turn {
            Turn::SignIn => self.command(CommandBody::sign_in(agent)),
            Turn::Lunch => self.ready(agent, false, Some("lunch")),
            Turn::Back => self.ready(agent, true, None),
            Turn::Listen => {
                self.leads.prepares(&agent);
                self.ready(agent, false, Some("training"));
            }
            Turn::Heard => {
                if let Some((lead, body)) = self.leads.stop(&agent) {
                    self.command_of(lead, body);
                }
                self.ready(agent, true, None);
            }
            Turn::SignOut => self.command(CommandBody::SignOut { agent, force: false }),
        }
    }

    /// An agent says so, unless gone home by now.
    fn ready(&mut self, agent: Key, ready: bool, reason: Option<&str>) {
        if !self.at_work.contains(&agent) {
            return;
        }
        let reason = reason.and_then(|reason| Key::new(reason).ok());
        self.command(CommandBody::SetPresence { agent, ready, reason });
    }

    /// The agent ends wrap-up, unless its time was over before, with the first disposition that the
    /// queue lists.
    fn finish(&mut self, engagement: EngagementId) {
        let Some(part) = self.parts.get(&engagement) else { return };
        let queue = part.queue.and_then(|queue| self.kpis.names().key(Kind::Queue, queue.0));
        let queue = queue.and_then(|queue| self.engine.center().queues.get(queue));
        let disposition = queue.and_then(|queue| queue.dispositions.first()).cloned();
        self.command(CommandBody::FinishWrapUp { engagement, disposition });
    }

    /// What an agent does at the desktop while the customer is there; nothing once that is over.
    fn talking(&mut self, engagement: EngagementId, body: CommandBody) {
        if self.parts.get(&engagement).is_some_and(|part| !part.wraps_up) {
            self.command(body);
        }
    }

    fn report(&mut self, event: HostEvent) {
        // While the carrier is out nobody hears it; the list of live legs tells afterwards.
        if !self.pbx.comes_about(&event) || self.out {
            return;
        }
        self.report_of("pbx", event);
    }

    fn report_of(&mut self, host: &str, event: HostEvent) {
        self.reports += 1;
        let host = Key::new(host).expect("a key");
        let report = HostReport::new(host, self.reports, self.now, event);
        self.input(report.into());
    }

    fn command(&mut self, body: CommandBody) {
        self.command_of(Actor::application(), body);
    }

    fn command_of(&mut self, actor: Actor, body: CommandBody) {
        self.commands += 1;
        let id = CommandId::new(format!("day-{}", self.commands)).expect("a short id");
        self.input(Command::new(id, actor, body).into());
    }

    fn input(&mut self, input: Input) {
        match self.engine.handle(self.now, input) {
            Receipt::Rejected { rejection, .. } => {
                *self.refused.entry(rejection.to_string()).or_default() += 1;
            }
            Receipt::Busy(input) => {
                self.drain();
                let _ = self.engine.handle(self.now, *input);
            }
            _ => {}
        }
        self.drain();
    }

    fn drain(&mut self) {
        while let Some(output) = self.engine.poll_output() {
            match output {
                Output::Record(record) => {
                    let followed = self.checker.follow(&record);
                    self.broken = self.broken.take().or(followed.err());
                    self.kpis.apply(&record);
                    self.follow(&record);
                    if let Some(trace) = &mut self.trace {
                        trace.follow(&record, &self.engine);
                    }
                    let _ = self.engine.handle(self.now, Input::Persisted(record.seq));
                }
                Output::Effect(effect) => {
                    let _ = self.engine.handle(self.now, Input::EffectAccepted(effect.id));
                    let host = self.kpis.names().key(Kind::Host, effect.host.0);
                    if host.is_some_and(|host| host.as_str() != "pbx") {
                        self.desk.carry_out(&effect, self.now);
                    } else if let Some((delay, event)) = self.pbx.carry_out(&effect) {
                        self.after(delay, What::Reports(Box::new(event)));
                    }
                }
                Output::Reply(_) => {}
            }
        }
        self.plan();
    }

    /// What callers and agents do about what was decided.
    fn follow(&mut self, record: &Record) {
        for event in &record.events {
            self.desk.follow(event, self.now);
            let names = self.kpis.names();
            self.leads.follow(event, |agent| names.key(Kind::Agent, agent.0).cloned());
            match event {
                Event::Interaction(InteractionEvent::Opened(opened)) => {
                    self.open.insert(opened.id);
                    if let Some(call) = opened.external.as_ref().and_then(call_number) {
                        self.calls.insert(opened.id, call);
                    }
                }
                Event::Interaction(InteractionEvent::Closed { id }) => {
                    self.calls.remove(id);
                    self.open.remove(id);
                }
                Event::Message(MessageEvent::Reopened { interaction }) => {
                    self.reopened += u64::from(self.open.insert(*interaction));
                }
                Event::Interaction(InteractionEvent::Ended { by: Side::Engine, cause, .. })
                    if cause.kind == EndKind::NoAnswer =>
                {
                    self.fell_silent += 1;
                }
                Event::Request(RequestEvent::Opened(opened)) => {
                    self.waiting.insert(opened.id, opened.interaction);
                }
                Event::Request(RequestEvent::Ended { id, outcome }) => {
                    let interaction = self.waiting.remove(id);
                    if let switchboard::message::Outcome::Answered { engagement, .. } = outcome {
                        self.answered(interaction, *engagement);
                    }
                }
                Event::Engagement(EngagementEvent::Opened { id, queue, .. }) => {
                    self.parts.insert(*id, Part { queue: *queue, wraps_up: false });
                }
                Event::Engagement(EngagementEvent::Ended { id, .. }) => {
                    self.parts.remove(id);
                }
                Event::Engagement(EngagementEvent::WrapUpStarted { id, .. }) => {
                    if let Some(part) = self.parts.get_mut(id) {
                        part.wraps_up = true;
                    }
                    let pause = workload::uniform(self.seed, id.origin().seq, 6);
                    #[allow(clippy::cast_possible_truncation)] // some ten thousand milliseconds
                    let pause = Duration::from_millis(5_000 + (pause * 45_000.0) as i64);
                    self.after(pause, What::WrapUpOver(*id));
                }
                Event::Agent(event) => self.follow_agent(event),
                _ => {}
            }
        }
    }

    fn follow_agent(&mut self, event: &AgentEvent) {
        match event {
            AgentEvent::SignedIn { agent, .. } => {
                let key = self.agent(*agent);
                self.at_work.extend(key);
            }
            AgentEvent::SignedOut { agent, .. } => {
                if let Some(key) = self.agent(*agent) {
                    self.at_work.remove(&key);
                }
            }
            AgentEvent::Struck { agent, count, .. } if *count > 0 => {
                // Back at the desk after two minutes.
                if let Some(key) = self.agent(*agent) {
                    self.after(Duration::from_mins(2), What::Back(key));
                }
            }
            AgentEvent::StateChanged { agent, to: Activity::NotReady(_), .. } => {
                if let Some(lead) = self.agent(*agent).filter(|lead| self.leads.is_free(lead)) {
                    self.after(Duration::from_secs(2), What::Listens(lead));
                }
            }
            _ => {}
        }
    }

    fn agent(&self, agent: AgentId) -> Option<Key> {
        self.kpis.names().key(Kind::Agent, agent.0).cloned()
    }

    fn answered(&mut self, interaction: Option<InteractionId>, engagement: EngagementId) {
        let number = interaction.and_then(|interaction| self.calls.get(&interaction)).copied();
        let Some((number, call)) = number.and_then(|n| Some((n, workload::call(self.seed, n)?)))
        else {
            return;
        };
        self.after(call.talk, What::TalkOver(number, engagement));
        if let Some((begin, length)) = call.hold {
            self.after(begin, What::Hold(engagement));
            self.after(begin + length, What::Unhold(engagement));
        }
    }
}
