//! A small center with its people, on virtual time.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, BinaryHeap};

use switchboard::id::{
    CommandId, EngagementId, ExternalRef, InteractionId, Key, OfferId, RequestId,
};
use switchboard::message::{
    Actor, AgentEvent, Command, CommandBody, EffectClass, EngagementEnd, EngagementEvent, Event,
    HostEvent, HostReport, HostStateEvent, Input, InteractionEvent, OfferEnd, OfferEvent, Outcome,
    Output, Receipt, Record, RequestEvent,
};
use switchboard::model::{
    Agent, AtClose, Center, Disposition, Draft, EntryPoint, Host, NoAgents, Queue, Reason, Skill,
    Team, WrapUpMode,
};
use switchboard::sim::check::{Checker, Depth, all_is_free};
use switchboard::time::{Duration, Timestamp};
use switchboard::{Engine, Opening};

use crate::chance::Chance;
use crate::pbx::{Does, Pbx};

const START: Timestamp = Timestamp::from_secs(1_772_442_000);
const HOST: &str = "pbx";

/// Something that is going to happen.
enum What {
    Arrives,
    Leaves(ExternalRef),
    Reports(Box<HostEvent>),
    /// Somebody at a desktop does something about an offer or a call.
    Answers(OfferId),
    Ends(EngagementId),
    Holds(EngagementId, bool),
    Finishes(EngagementId),
    /// An agent does something about the own presence.
    Turns(usize),
    Supervises,
    Fails,
    Returns,
}

pub(crate) struct World {
    pub(crate) engine: Engine,
    checker: Checker,
    chance: Chance,
    now: Timestamp,
    end: Timestamp,
    agenda: BinaryHeap<Reverse<(Timestamp, u64)>>,
    plans: BTreeMap<u64, What>,
    pbx: Pbx,
    /// The host is away; what it has to say waits, unless it is lost.
    away: bool,
    agents: Vec<Key>,
    desktops: BTreeSet<Key>,
    interactions: Vec<InteractionId>,
    requests: Vec<RequestId>,
    counts: [u64; 4],
    generation: u64,
    broken: Option<String>,
    /// How often what happened.
    pub(crate) seen: BTreeMap<&'static str, u64>,
}

/// A center of two to six agents and three queues; who rings at a phone, who at the desktop, who is
/// connected at once.
fn center(chance: &mut Chance) -> (Center, BTreeSet<Key>) {
    let modes = [
        WrapUpMode::None,
        WrapUpMode::Optional,
        WrapUpMode::Forced,
        WrapUpMode::TimeBoxed,
        WrapUpMode::Extendable,
    ];
    let mut queue = |queue: Draft<Queue>| {
        let mode = *chance.pick(&modes).unwrap();
        let queue = queue.wrap_up(mode, chance.span(2_000, 20_000));
        if chance.percent(50) { queue.max_wait(chance.span(5_000, 90_000)) } else { queue }
    };
    let [first, second, third] = [queue(Queue::new()), queue(Queue::new()), queue(Queue::new())];
    let mut builder = Center::builder()
        .skill("a", Skill::new("A"))
        .skill("b", Skill::new("B"))
        .reason("lunch", Reason::new("Lunch"))
        .reason("no_answer", Reason::new("No answer"))
        .reason("device_failure", Reason::new("Device failure"))
        .disposition("done", Disposition::new("Done"))
        .host(HOST, Host::new("Switch"))
        .team("blue", Team::new("Blue"))
        .team("red", Team::new("Red"))
        .queue("first", first.requires("a", 2).max_depth(4).overflow_to("third"))
        .queue(
            "second",
            second
                .requires("b", 1)
                .team("red")
                .team("blue")
                .estimates()
                .at_close(AtClose::Disconnect),
        )
        .queue("third", third.estimates().no_agents(NoAgents::NoneSignedIn, Duration::from_secs(8)))
        .entry_point("x", EntryPoint::voice("100").to_queue("first"))
        .entry_point("y", EntryPoint::voice("200").to_queue("second").max_concurrent(4))
        .entry_point("z", EntryPoint::voice("300").to_queue("third"))
        .policies(|policies| {
            policies.closed_retention = Duration::from_secs(20);
            policies.conversation_retention = Duration::from_secs(60);
            policies.effect_timeout = Duration::from_secs(8);
            policies.host_lost_grace = Duration::from_secs(15);
            policies.exclusion = Duration::from_secs(10);
        });
    let mut desktops = BTreeSet::new();
    for number in 0..2 + chance.below(5) {
        let name = format!("agent{number}");
        let team = if chance.percent(50) { "blue" } else { "red" };
        let mut agent = Agent::new(&name).team(team).skill("a", 1 + (number % 3) as u8);
        if chance.percent(60) {
            agent = agent.skill("b", 2);
        }
        agent = match chance.below(10) {
            0 => agent.auto_answer(),
            1..3 => {
                desktops.insert(Key::new(name.as_str()).unwrap());
                agent
            }
            _ => agent.phone(HOST, &number.to_string()),
        };
        builder = builder.agent(&name, agent);
    }
    (builder.build().unwrap(), desktops)
}

impl World {
    pub(crate) fn new(seed: u64) -> Self {
        let mut chance = Chance::new(seed);
        let (center, desktops) = center(&mut chance);
        let agents = center.agents.keys().cloned().collect();
        let mut world = Self {
            engine: Engine::open(START, Opening::new(center)).unwrap(),
            checker: Checker::new(),
            chance,
            now: START,
            end: START + Duration::from_mins(12),
            agenda: BinaryHeap::new(),
            plans: BTreeMap::new(),
            pbx: Pbx::default(),
            away: false,
            agents,
            desktops,
            interactions: Vec::new(),
            requests: Vec::new(),
            counts: [0; 4],
            generation: 0,
            broken: None,
            seen: BTreeMap::new(),
        };
        world.drain();
        for agent in world.agents.clone() {
            world.command(CommandBody::sign_in(agent));
        }
        for agent in 0..world.agents.len() {
            world.after(10_000, 120_000, What::Turns(agent));
        }
        world.after(0, 4_000, What::Arrives);
        world.after(30_000, 200_000, What::Fails);
        world.after(5_000, 60_000, What::Supervises);
        world
    }

    /// Lives until the end, then lets everybody go home.
    pub(crate) fn live(&mut self) -> Result<(), String> {
        self.run(self.end)?;
        self.plans.clear();
        self.agenda.clear();
        self.away = false;
        self.pbx.empty();
        self.resync();
        self.check()?;
        self.run(self.now + Duration::from_hours(3))?;
        all_is_free(&self.engine).map_err(|broken| format!("at rest: {broken}"))
    }

    fn run(&mut self, until: Timestamp) -> Result<(), String> {
        loop {
            let planned = self.agenda.peek().map(|Reverse((at, _))| *at);
            let deadline = self.engine.next_deadline();
            let next = planned.into_iter().chain(deadline).min().filter(|next| *next <= until);
            let Some(next) = next else { break };
            self.now = self.now.max(next);
            if deadline.is_some_and(|deadline| deadline <= self.now) {
                self.input(Input::Tick);
            } else if let Some(Reverse((_, number))) = self.agenda.pop()
                && let Some(what) = self.plans.remove(&number)
            {
                self.happens(what);
            }
            self.check()?;
        }
        self.now = until;
        self.input(Input::Tick);
        self.check()
    }

    fn check(&mut self) -> Result<(), String> {
        if let Some(broken) = self.broken.take() {
            return Err(format!("at {}: {broken}", self.now));
        }
        let checked = self.checker.check(&mut self.engine, Depth::BruteForce);
        checked.map_err(|broken| format!("at {}: {broken}", self.now))
    }

    fn saw(&mut self, what: &'static str) {
        *self.seen.entry(what).or_default() += 1;
    }

    fn at(&mut self, at: Timestamp, what: What) {
        self.counts[0] += 1;
        self.agenda.push(Reverse((at, self.counts[0])));
        self.plans.insert(self.counts[0], what);
    }

    fn after(&mut self, from: u64, to: u64, what: What) {
        let at = self.now + self.chance.span(from, to);
        self.at(at, what);
    }

    fn happens(&mut self, what: What) {
        match what {
            What::Arrives => self.arrives(),
            What::Leaves(name) => {
                if let Some(event) = self.pbx.leaves(&name) {
                    self.report(event);
                }
            }
            What::Reports(event) => self.report(*event),
            What::Answers(offer) => self.answers(offer),
            What::Ends(engagement) => self.command(CommandBody::HangUp { engagement }),
            What::Holds(engagement, true) => {
                self.command(CommandBody::Hold { engagement });
                self.after(500, 5_000, What::Holds(engagement, false));
            }
            What::Holds(engagement, false) => self.command(CommandBody::Unhold { engagement }),
            What::Finishes(engagement) => {
                let disposition = Key::new("done").ok().filter(|_| self.chance.percent(70));
                self.command(CommandBody::FinishWrapUp { engagement, disposition });
            }
            What::Turns(agent) => self.turns(agent),
            What::Supervises => self.supervises(),
            What::Fails => self.fails(),
            What::Returns => {
                self.away = false;
                if self.chance.percent(80) {
                    self.pbx.cut(&mut self.chance);
                }
                self.resync();
                self.after(60_000, 240_000, What::Fails);
            }
        }
    }

    fn arrives(&mut self) {
        self.after(200, 9_000, What::Arrives);
        if self.away {
            return;
        }
        self.counts[3] += 1;
        let name = ExternalRef::new(format!("call-{}", self.counts[3])).unwrap();
        let to = *self.chance.pick(&["100", "200", "300", "300"]).unwrap();
        self.pbx.arrives(&name);
        self.report(HostEvent::call(name.clone(), to));
        self.after(1_000, 90_000, What::Leaves(name));
    }

    fn answers(&mut self, offer: OfferId) {
        let reason = None;
        let body = match self.chance.below(10) {
            0 => CommandBody::RejectOffer { offer, reason },
            // Nobody at the desktop.
            1 => return,
            _ => CommandBody::AcceptOffer { offer },
        };
        self.command(body);
    }

    fn turns(&mut self, number: usize) {
        self.after(10_000, 120_000, What::Turns(number));
        let Some(agent) = self.agents.get(number).cloned() else { return };
        let lunch = Key::new("lunch").ok();
        let body = match self.chance.below(10) {
            0 => CommandBody::SignOut { agent, force: false },
            1 => CommandBody::SignOut { agent, force: true },
            2 | 3 => CommandBody::SetPresence { agent, ready: false, reason: lunch },
            4 => CommandBody::SetDesktop { agent, connected: false },
            5 => CommandBody::SetDesktop { agent, connected: true },
            6 => CommandBody::sign_in(agent),
            _ => CommandBody::SetPresence { agent, ready: true, reason: None },
        };
        self.command(body);
    }

    /// Somebody interferes with who waits.
    fn supervises(&mut self) {
        self.after(5_000, 60_000, What::Supervises);
        let request = self.requests.last().copied();
        let interaction = self.chance.pick(&self.interactions).copied();
        let boost = self.chance.span(0, 60_000);
        match (self.chance.below(4), request, interaction) {
            (0, Some(request), _) => self.command(CommandBody::WithdrawRequest { request }),
            (1, _, Some(interaction)) => {
                self.command(CommandBody::CloseInteraction { interaction });
            }
            (_, Some(request), _) => {
                self.command(CommandBody::PrioritizeRequest { request, boost });
            }
            _ => {}
        }
    }

    fn fails(&mut self) {
        self.report(HostEvent::HostLost { reason: "the line is down".to_owned().into() });
        self.away = true;
        // Half of the times longer than anybody waits for it.
        self.after(1_000, 30_000, What::Returns);
    }

    fn resync(&mut self) {
        self.generation += 1;
        let event = HostEvent::HostResync { generation: self.generation, legs: self.pbx.live() };
        self.report(event);
    }

    fn report(&mut self, event: HostEvent) {
        if self.away {
            // What is not lost is told later.
            if self.chance.percent(50) {
                self.after(1_000, 40_000, What::Reports(Box::new(event)));
            }
            return;
        }
        self.counts[1] += 1;
        let report = HostReport::new(Key::new(HOST).unwrap(), self.counts[1], self.now, event);
        self.input(report.into());
    }

    fn command(&mut self, body: CommandBody) {
        self.counts[2] += 1;
        let id = CommandId::new(format!("c{}", self.counts[2])).unwrap();
        self.input(Command::new(id, Actor::application(), body).into());
    }

    fn input(&mut self, input: Input) {
        if let Receipt::Busy(input) = self.engine.handle(self.now, input) {
            self.broken.get_or_insert(format!("busy with {input:?}"));
        }
        self.drain();
    }

    fn drain(&mut self) {
        while let Some(output) = self.engine.poll_output() {
            match output {
                Output::Record(record) => {
                    if let Err(broken) = self.checker.follow(&record) {
                        self.broken.get_or_insert(broken.to_string());
                    }
                    self.follow(&record);
                    let _ = self.engine.handle(self.now, Input::Persisted(record.seq));
                }
                // A host that is away hears nothing.
                Output::Effect(effect) if self.away && effect.class() != EffectClass::Notice => {}
                Output::Effect(effect) => match self.pbx.carry_out(&effect, &mut self.chance) {
                    Does::Takes(told) => {
                        let _ = self.engine.handle(self.now, Input::EffectAccepted(effect.id));
                        for (after, event) in told {
                            self.at(self.now + after, What::Reports(Box::new(event)));
                        }
                    }
                    Does::Refuses => {
                        self.saw("effect refused");
                        let _ = self.engine.handle(self.now, Input::EffectRefused(effect.id));
                    }
                    Does::Loses => {}
                },
                Output::Reply(_) => {}
            }
        }
    }

    /// What people do about what was decided.
    fn follow(&mut self, record: &Record) {
        for event in &record.events {
            match event {
                Event::Interaction(InteractionEvent::Opened(opened)) => {
                    self.interactions.push(opened.id);
                }
                Event::Request(RequestEvent::Opened(opened)) => self.requests.push(opened.id),
                Event::Request(RequestEvent::Ended { outcome, .. }) => self.saw(match outcome {
                    Outcome::Answered { .. } => "answered",
                    Outcome::Abandoned { .. } => "abandoned",
                    Outcome::FlowedOut { .. } => "flowed out",
                    Outcome::Lost(_) => "lost",
                    _ => "withdrawn",
                }),
                Event::Offer(OfferEvent::Made(made)) => self.offered(made.id, made.agent.index()),
                Event::Offer(OfferEvent::Ended { end, .. }) => self.saw(match end {
                    OfferEnd::Connected => "connected",
                    OfferEnd::Timeout => "timeout",
                    OfferEnd::Rejected(_) => "rejected",
                    OfferEnd::SetupFailed => "setup failed",
                    _ => "canceled",
                }),
                Event::Engagement(EngagementEvent::Opened { id, .. }) => self.talks(*id),
                Event::Engagement(EngagementEvent::WrapUpStarted { id, .. }) => {
                    self.after(500, 25_000, What::Finishes(*id));
                }
                Event::Engagement(EngagementEvent::Ended { end, .. }) => {
                    if matches!(end, EngagementEnd::TimedOut | EngagementEnd::DispositionMissing) {
                        self.saw("wrap-up over");
                    }
                }
                Event::Agent(AgentEvent::SignedOut { .. }) => self.saw("signed out"),
                Event::Host(HostStateEvent::Lost { .. }) => self.saw("host lost"),
                Event::Host(HostStateEvent::Resynced { .. }) => self.saw("resynced"),
                _ => {}
            }
        }
    }

    fn offered(&mut self, offer: OfferId, agent: usize) {
        if self.agents.get(agent).is_some_and(|agent| self.desktops.contains(agent)) {
            self.after(500, 15_000, What::Answers(offer));
        }
    }

    fn talks(&mut self, engagement: EngagementId) {
        if self.chance.percent(30) {
            self.after(200, 8_000, What::Holds(engagement, true));
        }
        self.after(1_000, 60_000, What::Ends(engagement));
    }
}
