//! One run: the scenario through a real engine on virtual time.
//!
//! The run is the host `app`: it brings calls in, ends them when their service is over or their
//! patience is at an end, signs agents in and out by the roster, and ends each agent's wrap-up when the
//! agent is back. What became of the calls is read from the engine's records alone.

use std::collections::{BTreeMap, BTreeSet};

use switchboard::id::{
    AgentId, CommandId, EngagementId, ExternalRef, InteractionId, Key, OfferId, RequestId,
};
use switchboard::message::{
    Actor, AgentEvent, Command, CommandBody, Effect, EffectKind, EndCause, EngagementEvent, Event,
    HostEvent, HostReport, Input, InteractionEvent, LegRef, Outcome, Output, Receipt, Record,
    RequestEvent,
};
use switchboard::sim::check::{Checker, Depth, all_is_free};
use switchboard::time::Timestamp;
use switchboard::{Engine, Opening};

use super::figures::{End, Goals, Occupancy, Offered};
use super::roster::{Span, occupancy};
use super::rules::{self, Rules};
use super::scenario::{Leaving, Scenario, Seat};

/// Steps between two looks at the engine's promises.
const CHECK_EVERY: u64 = 1_000;

/// What a run came to.
#[derive(Debug)]
pub(crate) struct Run {
    /// What became of each case, in their order.
    pub calls: Vec<Offered>,
    /// Work of the agents and time at work.
    pub occupancy: Occupancy,
    /// Records that the engine made.
    pub records: u64,
    /// Hash of the engine's state at the end.
    #[allow(dead_code)] // the tests' view
    pub state_hash: u64,
}

/// What is to be done; of one instant in this order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Act {
    /// A service is over.
    Complete(usize),
    /// An agent is back after a service.
    Back(EngagementId),
    /// A stay ends: before the next begins.
    SignOut(usize),
    /// A stay begins.
    SignIn(usize),
    /// An agent picks up.
    PickUp(OfferId),
    /// A call comes in.
    Arrive(usize),
    /// A call leaves, unless it was answered.
    Leave(usize, Leaving),
}

/// How far a case is.
#[derive(Debug, Clone, Copy, Default)]
struct Course {
    request: Option<RequestId>,
    since: Timestamp,
    end: Option<(Timestamp, End)>,
    offers: u64,
}

struct Host<'a> {
    scenario: &'a Scenario<'a>,
    app: Key,
    engine: Engine,
    checker: Checker,
    agenda: BTreeSet<(Timestamp, Act)>,
    now: Timestamp,
    reports: u64,
    commands: u64,
    steps: u64,
    courses: Vec<Course>,
    by_interaction: BTreeMap<InteractionId, usize>,
    by_request: BTreeMap<RequestId, usize>,
    /// Case and seat.
    by_engagement: BTreeMap<EngagementId, (usize, usize)>,
    /// Seats by the engine's number.
    seats: BTreeMap<AgentId, usize>,
    /// The seat whose sign-in is being handed in.
    signing_in: Option<usize>,
    /// Phones that will be picked up, and when.
    ringing: BTreeMap<OfferId, Timestamp>,
    /// The seat that each agent at work sits on.
    at_work: BTreeMap<usize, usize>,
    /// Stays of agents who are still busy on another seat.
    coming: BTreeMap<usize, usize>,
    /// By agent.
    services: Vec<Vec<Span>>,
}

/// Runs a scenario by some rules.
pub(crate) fn run(scenario: &Scenario<'_>, rules: Rules<'_>, goals: &Goals) -> Result<Run, String> {
    let center = rules::center(scenario, rules, goals)?;
    let agenda = agenda(scenario);
    let start = agenda.first().map_or(Timestamp::EPOCH, |(at, _)| *at);
    let engine = Engine::open(start, Opening::new(center)).map_err(|faults| faults.to_string())?;
    let mut host = Host {
        scenario,
        app: Key::new("app").map_err(|error| error.to_string())?,
        engine,
        checker: Checker::new(),
        agenda,
        now: start,
        reports: 0,
        commands: 0,
        steps: 0,
        courses: vec![Course::default(); scenario.cases.len()],
        by_interaction: BTreeMap::new(),
        by_request: BTreeMap::new(),
        by_engagement: BTreeMap::new(),
        seats: BTreeMap::new(),
        signing_in: None,
        ringing: BTreeMap::new(),
        at_work: BTreeMap::new(),
        coming: BTreeMap::new(),
        services: vec![Vec::new(); scenario.log.agents.all().len()],
    };
    host.drain()?;
    while host.goes_on()? {}
    host.finish()
}

/// What the scenario brings by itself.
fn agenda(scenario: &Scenario<'_>) -> BTreeSet<(Timestamp, Act)> {
    let mut agenda = BTreeSet::new();
    for (place, case) in scenario.cases.iter().enumerate() {
        agenda.insert((case.entered, Act::Arrive(place)));
        if let Some((at, how)) = case.leaves {
            agenda.insert((at, Act::Leave(place, how)));
        }
    }
    for (place, stay) in scenario.roster.stays.iter().enumerate() {
        agenda.insert((stay.start, Act::SignIn(place)));
        agenda.insert((stay.end, Act::SignOut(place)));
    }
    agenda
}

impl Host<'_> {
    /// The next thing that happens: a timer of the engine, or what stands on the agenda. A timer may
    /// bring new things onto it, so each is looked for anew. Timers alone go on while somebody waits.
    fn goes_on(&mut self) -> Result<bool, String> {
        let act = self.agenda.first().map(|(at, _)| *at);
        let timer = self.engine.next_deadline().filter(|next| match act {
            Some(act) => *next <= act,
            None => !self.by_request.is_empty(),
        });
        if let Some(next) = timer {
            self.now = self.now.max(next);
            return self.input(Input::Tick).map(|()| true);
        }
        let Some((at, act)) = self.agenda.pop_first() else { return Ok(false) };
        self.now = self.now.max(at);
        self.act(act).map(|()| true)
    }

    fn act(&mut self, act: Act) -> Result<(), String> {
        match act {
            Act::Arrive(place) => self.arrive(place),
            Act::Complete(place) => self.hang_up(place),
            Act::Leave(place, how) => self.leave(place, how),
            Act::Back(engagement) => {
                self.command(CommandBody::FinishWrapUp { engagement, disposition: None })
            }
            Act::PickUp(offer) => {
                self.ringing.remove(&offer);
                self.command(CommandBody::AcceptOffer { offer })
            }
            Act::SignIn(place) => self.sign_in(place),
            Act::SignOut(stay) => self.sign_out(stay),
        }
    }

    /// The seat of a stay, and whose it is.
    fn seat_of(&self, stay: usize) -> Option<(usize, usize)> {
        let seat = *self.scenario.seat_of_stay.get(stay)?;
        Some((seat, self.scenario.seats.get(seat)?.agent))
    }

    fn sign_in(&mut self, stay: usize) -> Result<(), String> {
        let Some((seat, person)) = self.seat_of(stay) else { return Ok(()) };
        let agent = rules::seat_key(seat)?;
        match self.at_work.get(&person) {
            // Whoever is still at work from the last stay just stays.
            Some(now) if *now == seat => {
                self.command(CommandBody::SetPresence { agent, ready: true, reason: None })
            }
            // Nobody sits on two seats.
            Some(_) => {
                self.coming.insert(person, stay);
                Ok(())
            }
            None => {
                self.signing_in = Some(seat);
                self.command(CommandBody::sign_in(agent))
            }
        }
    }

    fn sign_out(&mut self, stay: usize) -> Result<(), String> {
        let Some((seat, person)) = self.seat_of(stay) else { return Ok(()) };
        if self.coming.get(&person) == Some(&stay) {
            self.coming.remove(&person);
            return Ok(());
        }
        self.command(CommandBody::SignOut { agent: rules::seat_key(seat)?, force: false })
    }

    fn arrive(&mut self, place: usize) -> Result<(), String> {
        let Some(case) = self.scenario.cases.get(place) else { return Ok(()) };
        let to = rules::address(case.queue, case.credit);
        self.report(HostEvent::call(leg(place)?, to))
    }

    fn leave(&mut self, place: usize, how: Leaving) -> Result<(), String> {
        let Some(Course { request: Some(request), end: None, .. }) =
            self.courses.get(place).copied()
        else {
            return Ok(());
        };
        match how {
            Leaving::HangUp => self.hang_up(place),
            Leaving::TakenOut => self.command(CommandBody::WithdrawRequest { request }),
        }
    }

    fn hang_up(&mut self, place: usize) -> Result<(), String> {
        let leg = LegRef::External(leg(place)?);
        self.report(HostEvent::ended(leg, EndCause::default()))
    }

    fn report(&mut self, event: HostEvent) -> Result<(), String> {
        self.reports += 1;
        self.input(HostReport::new(self.app.clone(), self.reports, self.now, event))
    }

    fn command(&mut self, body: CommandBody) -> Result<(), String> {
        self.commands += 1;
        let id = CommandId::new(format!("command-{}", self.commands));
        let id = id.map_err(|error| error.to_string())?;
        self.input(Command::new(id, Actor::application(), body))
    }

    fn input(&mut self, input: impl Into<Input>) -> Result<(), String> {
        let receipt = self.engine.handle(self.now, input.into());
        self.drain()?;
        self.steps += 1;
        if self.steps.is_multiple_of(CHECK_EVERY) {
            self.check()?;
        }
        match receipt {
            Receipt::Recorded(_) | Receipt::Noted => Ok(()),
            other => Err(format!("at {}: {other:?}", self.now)),
        }
    }

    fn check(&mut self) -> Result<(), String> {
        self.checker.check(&mut self.engine, Depth::Cheap).map_err(|broken| broken.to_string())
    }

    /// Takes all outputs; records are safe at once.
    fn drain(&mut self) -> Result<(), String> {
        while let Some(output) = self.engine.poll_output() {
            match output {
                Output::Record(record) => {
                    self.checker.follow(&record).map_err(|broken| broken.to_string())?;
                    let _ = self.engine.handle(self.now, Input::Persisted(record.seq));
                    self.read(&record);
                }
                Output::Effect(effect) => self.perform(&effect)?,
                Output::Reply(_) => {}
            }
        }
        Ok(())
    }

    /// Does what the engine asks of its host.
    fn perform(&mut self, effect: &Effect) -> Result<(), String> {
        match &effect.kind {
            EffectKind::Hangup { leg, .. } => {
                let leg = LegRef::Ours(leg.leg);
                self.report(HostEvent::ended(leg, EndCause::default()))
            }
            EffectKind::PresentOffer { offer, request, .. } => {
                self.ring(*offer, *request);
                Ok(())
            }
            EffectKind::WithdrawOffer { offer, .. } => {
                if let Some(at) = self.ringing.remove(offer) {
                    self.agenda.remove(&(at, Act::PickUp(*offer)));
                }
                Ok(())
            }
            _ => Ok(()),
        }
    }

    fn ring(&mut self, offer: OfferId, request: RequestId) {
        let Some(place) = self.by_request.get(&request) else { return };
        let Some(course) = self.courses.get_mut(*place) else { return };
        let Some(case) = self.scenario.cases.get(*place) else { return };
        course.offers += 1;
        if let Some(ring) = self.scenario.picked_up(case, course.offers) {
            self.ringing.insert(offer, self.now + ring);
            self.agenda.insert((self.now + ring, Act::PickUp(offer)));
        }
    }

    /// Reads from a record what became of calls and agents.
    fn read(&mut self, record: &Record) {
        for (at, event) in record.timed_events() {
            match event {
                Event::Interaction(InteractionEvent::Opened(opened)) => {
                    let name = opened.external.as_ref().map(ExternalRef::as_str);
                    if let Some(place) =
                        name.and_then(|name| name.strip_prefix("call-")?.parse().ok())
                    {
                        self.by_interaction.insert(opened.id, place);
                    }
                }
                Event::Request(RequestEvent::Opened(opened)) => {
                    let Some(place) = self.by_interaction.remove(&opened.interaction) else {
                        continue;
                    };
                    self.by_request.insert(opened.id, place);
                    if let Some(course) = self.courses.get_mut(place) {
                        (course.request, course.since) =
                            (Some(opened.id), opened.customer_wait_since);
                    }
                }
                Event::Request(RequestEvent::Ended { id, outcome }) => self.ended(at, *id, outcome),
                Event::Engagement(EngagementEvent::WrapUpStarted { id, .. }) => {
                    let Some((place, seat)) = self.by_engagement.remove(id) else { continue };
                    let gone = self.scenario.gone(place, seat);
                    self.agenda.insert((at + gone, Act::Back(*id)));
                }
                Event::Agent(event) => self.presence(event),
                _ => {}
            }
        }
    }

    fn ended(&mut self, at: Timestamp, request: RequestId, outcome: &Outcome) {
        let Some(place) = self.by_request.remove(&request) else { return };
        let Some((course, case)) = self.courses.get_mut(place).zip(self.scenario.cases.get(place))
        else {
            return;
        };
        let end = match outcome {
            Outcome::Answered { engagement, agent } => {
                let seat = self.seats.get(agent).copied().unwrap_or(usize::MAX);
                self.by_engagement.insert(*engagement, (place, seat));
                let over = at + case.service;
                self.agenda.insert((over, Act::Complete(place)));
                let person = self.scenario.seats.get(seat).map_or(usize::MAX, |seat| seat.agent);
                if let Some(services) = self.services.get_mut(person) {
                    services.push((at, over));
                }
                End::Answered(Some(case.service))
            }
            Outcome::Abandoned { .. } => End::Abandoned,
            Outcome::FlowedOut { .. } => End::FlowedOut,
            Outcome::Withdrawn { .. } => End::Withdrawn,
            _ => End::Lost { wait_known: true },
        };
        course.end = Some((at, end));
    }

    fn presence(&mut self, event: &AgentEvent) {
        match event {
            AgentEvent::SignedIn { agent, .. } => {
                let seat = self.signing_in.take().and_then(|place| {
                    self.seats.insert(*agent, place);
                    Some((place, self.scenario.seats.get(place)?.agent))
                });
                if let Some((place, person)) = seat {
                    self.at_work.insert(person, place);
                }
            }
            AgentEvent::SignedOut { agent, .. } => {
                let seat = self.seats.get(agent).and_then(|place| self.scenario.seats.get(*place));
                let Some(Seat { agent: person, .. }) = seat else { return };
                self.at_work.remove(person);
                if let Some(stay) = self.coming.remove(person) {
                    self.agenda.insert((self.now, Act::SignIn(stay)));
                }
            }
            _ => {}
        }
    }

    /// Counts, then sends home whoever is left, and sees that nothing is held any more.
    fn finish(mut self) -> Result<Run, String> {
        let cases = self.scenario.cases.iter().zip(&self.courses);
        let calls = cases.map(|(case, course)| {
            let (at, end) = course.end.unwrap_or((self.now, End::Waiting));
            let wait = at.since(course.since);
            Offered { queue: case.queue, entered: case.entered, wait, end }
        });
        let calls: Vec<Offered> = calls.collect();
        let left: Vec<usize> = self.by_request.values().copied().collect();
        for place in left {
            self.hang_up(place)?;
        }
        self.check()?;
        all_is_free(&self.engine).map_err(|broken| broken.to_string())?;
        Ok(Run {
            calls,
            occupancy: occupancy(&self.scenario.roster.stays, &self.services),
            records: self.engine.seq().0,
            state_hash: self.engine.state_hash(),
        })
    }
}

/// The host's name of a call.
fn leg(place: usize) -> Result<ExternalRef, String> {
    ExternalRef::new(format!("call-{place}")).map_err(|error| error.to_string())
}
