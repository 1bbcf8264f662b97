//! A center made of numbers, with every order of service and every order of agents, and what happens to it; after
//! each step every choice is compared with what looking at everybody finds.
#![allow(dead_code, unreachable_pub)] // each test uses its part

use switchboard::id::{ExternalRef, Key, OfferId, RequestId};
use switchboard::message::{
    AgentEvent, Arrival, CommandBody, CustomerRef, Direction, Event, Input, OfferEvent, Origin,
    Receipt, RequestEvent,
};
use switchboard::model::*;
use switchboard::sim::check::{Checker, Depth};
use switchboard::time::Duration;

use crate::support::{Bench, key};

pub const AGENTS: u8 = 9;
pub const QUEUES: u8 = 4;

const CHANNELS: [Channel; 3] = [Channel::Voice, Channel::Chat, Channel::Task];

/// What a queue is made of, by number.
#[derive(Clone, Copy, Debug)]
pub struct QueueNumbers {
    pub asks: u8,
    pub order: u8,
    pub agents: u8,
    pub groups: u8,
    pub weights: [u8; 3],
    pub reserve: u8,
    pub relaxes: u8,
    pub rings: u8,
}

#[derive(Clone, Copy, Debug)]
pub enum Act {
    Arrive { queue: u8, tier: u8, channel: u8, preferred: u8 },
    HangUp(usize),
    SignIn(u8),
    SignOut(u8),
    Ready(u8, bool),
    Accept(usize),
    Reject(usize),
    Pull(u8, usize),
    Score(u8, u8, i32),
    Prioritize(usize, i64),
    Configure(u8, QueueNumbers),
    Order(u8),
    Across(u8),
    Reskill(u8, u8),
    Offer(u8, usize),
    Elsewhere(bool),
    Wait(i64),
}

const fn secs(secs: i64) -> Duration {
    Duration::from_secs(secs)
}

fn agent(number: u8, n: u8) -> Agent {
    let skill = |agent: Draft<Agent>, (name, level): (&str, u8)| match level {
        0 => agent,
        level => agent.skill(name, level),
    };
    let skills = [("en", n % 4), ("es", n / 4 % 4), ("tech", n / 16 % 4)];
    let agent = skills
        .into_iter()
        .fold(Agent::new(""), skill)
        .team(["red", "blue", "green"][usize::from(number % 3)])
        .weight(u32::from(n / 64));
    agent.build().unwrap()
}

fn name(what: &str, number: u8) -> String {
    format!("{what}{number}")
}

fn order(n: u8) -> OrderPolicy {
    match n {
        0 => OrderPolicy::ServiceTarget,
        1 => OrderPolicy::FirstComeFirstServed,
        2 => OrderPolicy::Priority { worth: secs(10) },
        3 => OrderPolicy::StrictPriority,
        _ => OrderPolicy::Triage,
    }
}

fn across(n: u8) -> AcrossQueues {
    match n {
        0 => AcrossQueues::Order,
        1 => AcrossQueues::Urgency,
        2 => AcrossQueues::CostOfWaiting(CostGrowth::Linear),
        3 => AcrossQueues::CostOfWaiting(CostGrowth::Quadratic),
        _ => AcrossQueues::QueueRatio,
    }
}

fn queue(own: u8, n: QueueNumbers) -> Queue {
    let asks = ["anybody", "en >= 2", "es >= 1 or tech >= 2", "not team == \"red\"", "en", "tech"];
    let [a, b, c] = n.weights;
    let mut queue = Queue::new()
        .requirement(asks[usize::from(n.asks)])
        .service_target(secs(i64::from(a) * 7))
        .priority(b)
        .agent_order(match n.agents {
            0 => AgentOrder::LongestIdle,
            1 => AgentOrder::LongestWeightedIdle,
            2 => AgentOrder::LeastOccupied,
            3 => AgentOrder::FewestHandled,
            4 => AgentOrder::RoundRobin,
            5 => AgentOrder::MostSkilled,
            6 => AgentOrder::LeastSkilled,
            7 => AgentOrder::WeightedRandom,
            8 => AgentOrder::Fixed([7, 2, 5].map(|n| key(&name("agent", n))).to_vec()),
            9 => AgentOrder::HostScored(HoldOut::new(0, secs(0))),
            _ => AgentOrder::HostScored(HoldOut::new(2, secs(15))),
        })
        .groups(match n.groups {
            0 | 1 => AgentGroups::Together,
            2 => AgentGroups::Teams(["blue", "red", "green"].map(key).to_vec()),
            3 => AgentGroups::Allocation(shares(b, c)),
            _ => AgentGroups::IdlenessRatio(shares(b, c)),
        })
        .weights(|w| {
            w.aging = secs(i64::from(c) * 5 + 5);
            w.cost = u32::from(a) + 1;
            w.handling = (b > 0).then(|| secs(60 + 30 * i64::from(b)));
            w.share = u32::from(c) + 1;
        })
        .preferred(Preferred::new(secs(5)).last_agent(secs(60)));
    if n.order < 3 {
        queue = queue.order(order(n.order));
    }
    queue = match n.rings {
        0 => queue.ringing(Ringing::All),
        1 => queue.ringing(Ringing::AtOnce(3)),
        2 => queue.ringing(Ringing::Progressive { first: 1, add: 2, every: secs(6) }),
        _ => queue,
    };
    let other = name("queue", n.reserve % QUEUES);
    if n.reserve < 2 * QUEUES && n.reserve % QUEUES < own {
        queue = queue.reserve(&other, u32::from(n.reserve / QUEUES) + 1);
    }
    if n.relaxes < 2 && n.reserve % QUEUES != own {
        let wider = RelaxationStep::after(secs(10)).add_queue(&other).boost(secs(9));
        queue = queue.relax(wider).relax(RelaxationStep::after(secs(25)).or("es"));
    }
    queue.build().unwrap()
}

fn shares(a: u8, b: u8) -> Shares {
    let shares = Shares::new(GroupBy::Team).with(key("red"), 1 + u32::from(a));
    shares.with(key("blue"), 1 + u32::from(b)).with(key("green"), 2)
}

pub fn center(numbers: &[QueueNumbers], rules: [u8; 2]) -> Center {
    let mut builder = Center::builder()
        .order(order(rules[0]))
        .across(across(rules[1]))
        .channel(Channel::Voice, ChannelCapacity::new(60, 1).interrupts(Channel::Task))
        .channel(Channel::Chat, ChannelCapacity::new(40, 2))
        .channel(Channel::Task, ChannelCapacity::new(30, 3));
    builder = builder.reason("no_answer", Reason::new(""));
    for skill in ["en", "es", "tech"] {
        builder = builder.skill(skill, Skill::new(""));
    }
    for team in ["red", "blue", "green"] {
        builder = builder.team(team, Team::new(""));
    }
    for (number, n) in (0..).zip(numbers) {
        let to = name("queue", number);
        let entry = |channel| EntryPoint::on(channel, &to).to_queue(&to);
        builder = builder.queue(&to, queue(number, *n));
        for channel in [Channel::Voice, Channel::Chat, Channel::Task] {
            let point = format!("{to}-{}", channel.as_str());
            builder = builder.entry_point(&point, entry(channel));
        }
    }
    for number in 0..AGENTS {
        let made = agent(number, number.wrapping_mul(37).wrapping_add(11));
        builder = builder.agent(&name("agent", number), made);
    }
    let policies = |p: &mut Policies| {
        p.tier_boosts = vec![secs(10), secs(25)];
        p.exclusion = secs(12);
        p.handled_half_life = secs(90);
        p.closed_retention = secs(30);
        p.offer_timeout = secs(15);
        p.no_answer = Misses::default().not_ready_after(3).back_off(BackOff {
            base: secs(5),
            factor: 2,
            cap: secs(60),
        });
    };
    builder.policies(policies).build().unwrap()
}

/// Who gets whom in the next step, as the engine says before.
#[derive(Debug)]
enum Foreseen {
    /// Whom the customer who comes is offered to.
    Agent(Option<Key>),
    /// Whom the agent who comes is offered.
    Request(Key, Option<RequestId>),
}

impl Foreseen {
    /// Compares it with the first offer that the step has made.
    fn check(&self, events: &[Event]) {
        // Others may serve whoever waits than before, or somebody waits again.
        let upsets = |event: &Event| {
            matches!(
                event,
                Event::Request(RequestEvent::Relaxed { .. })
                    | Event::Agent(AgentEvent::SignedOut { .. })
            )
        };
        if events.iter().any(upsets) {
            return;
        }
        let number = |id: u32| name("agent", u8::try_from(id).unwrap());
        let made = |event: &Event| match event {
            Event::Offer(OfferEvent::Made(made)) => Some(made.clone()),
            _ => None,
        };
        let first = events.iter().find_map(made);
        let first = first.as_ref();
        match self {
            Self::Agent(foreseen) => {
                let agent = first.map(|made| number(made.agent.0));
                assert_eq!(agent, foreseen.as_ref().map(|key| key.as_str().to_owned()));
            }
            Self::Request(agent, foreseen) => {
                let comes =
                    |event: &Event| matches!(event, Event::Agent(AgentEvent::SignedIn { .. }));
                if events.iter().any(comes) {
                    assert_eq!(first.map(|made| made.request), *foreseen, "{agent}");
                }
            }
        }
    }
}

/// A center on its day.
pub struct Floor {
    pub bench: Bench,
    checker: Checker,
    followed: usize,
    calls: Vec<String>,
    arrived: u32,
}

impl Floor {
    pub fn new(center: Center) -> Self {
        let bench = Bench::new(center);
        Self { bench, checker: Checker::new(), followed: 0, calls: Vec::new(), arrived: 0 }
    }

    fn offers(&self) -> Vec<OfferId> {
        let made = |event: &Event| match event {
            Event::Offer(OfferEvent::Made(made)) => Some(made.id),
            _ => None,
        };
        self.bench.events().filter_map(made).collect()
    }

    fn requests(&self) -> Vec<RequestId> {
        let opened = |event: &Event| match event {
            Event::Request(RequestEvent::Opened(opened)) => Some(opened.id),
            _ => None,
        };
        self.bench.events().filter_map(opened).collect()
    }

    fn command(&mut self, body: CommandBody) {
        let _ = self.bench.command(body);
    }

    /// Does it; who then gets whom must be what the engine said before.
    pub fn act(&mut self, act: Act) {
        let foreseen = self.foreseen(act);
        let before = self.bench.records.len();
        self.carry_out(act);
        // A timer that was due fires before, and may change who is free.
        let [record] = &self.bench.records[before..] else { return };
        if let Some(foreseen) = foreseen {
            foreseen.check(&record.events);
        }
    }

    fn foreseen(&self, act: Act) -> Option<Foreseen> {
        let (engine, now) = (&self.bench.engine, self.bench.now);
        match act {
            Act::Arrive { queue, channel, preferred, .. }
                if preferred >= AGENTS || channel == 2 =>
            {
                let queue = key(&name("queue", queue));
                let order = &engine.center().queues.get(&queue)?.agent_order;
                let by_lot = match order {
                    AgentOrder::WeightedRandom => true,
                    AgentOrder::HostScored(hold_out) => *hold_out != HoldOut::new(0, secs(0)),
                    _ => false,
                };
                let agent = engine.agent_for(&queue, CHANNELS[usize::from(channel)], now);
                (!by_lot).then(|| Foreseen::Agent(agent.cloned()))
            }
            Act::SignIn(agent) => {
                // Where agents are kept back, one more of them may free another one.
                let keeps = |queue: &Queue| !queue.reserves.is_empty();
                if engine.center().queues.values().any(keeps) {
                    return None;
                }
                let agent = key(&name("agent", agent));
                let request = engine.request_for(&agent, now);
                Some(Foreseen::Request(agent, request))
            }
            _ => None,
        }
    }

    fn carry_out(&mut self, act: Act) {
        let agent_key = |agent| key(&name("agent", agent));
        match act {
            Act::Arrive { queue, tier, channel, preferred } => {
                self.arrive(queue, tier, channel, preferred);
            }
            Act::HangUp(n) => {
                if let Some(place) = self.calls.len().checked_sub(1 + n) {
                    let call = self.calls.remove(place);
                    let _ = self.bench.hangs_up("app", &call);
                }
            }
            Act::SignIn(agent) => self.command(CommandBody::sign_in(agent_key(agent))),
            Act::SignOut(agent) => {
                self.command(CommandBody::SignOut { agent: agent_key(agent), force: true });
            }
            Act::Ready(agent, ready) => {
                let reason = None;
                self.command(CommandBody::SetPresence { agent: agent_key(agent), ready, reason });
            }
            Act::Accept(n) => {
                if let Some(offer) = last(&self.offers(), n) {
                    self.command(CommandBody::AcceptOffer { offer });
                }
            }
            Act::Reject(n) => {
                if let Some(offer) = last(&self.offers(), n) {
                    self.command(CommandBody::RejectOffer { offer, reason: None });
                }
            }
            Act::Pull(agent, n) => {
                if let Some(request) = last(&self.requests(), n) {
                    self.command(CommandBody::PullRequest { agent: agent_key(agent), request });
                }
            }
            Act::Score(queue, agent, score) => {
                let score = (score > -3).then_some(score);
                let (queue, scores) = (key(&name("queue", queue)), vec![(agent_key(agent), score)]);
                self.command(CommandBody::ScoreAgents { queue, scores });
            }
            Act::Prioritize(n, boost) => {
                if let Some(request) = last(&self.requests(), n) {
                    let boost = secs(boost);
                    self.command(CommandBody::PrioritizeRequest { request, boost });
                }
            }
            Act::Configure(number, to) => {
                let to = Some(Box::new(queue(number, to)));
                self.configure(Change::Queue { key: key(&name("queue", number)), to });
            }
            Act::Order(n) => self.configure(Change::Order(order(n))),
            Act::Across(n) => self.configure(Change::Across(across(n))),
            Act::Reskill(number, n) => {
                let to = Some(agent(number, n));
                self.configure(Change::Agent { key: agent_key(number), to });
            }
            Act::Offer(agent, n) => {
                if let Some(request) = last(&self.requests(), n) {
                    self.command(CommandBody::OfferRequest { agent: agent_key(agent), request });
                }
            }
            Act::Elsewhere(elsewhere) => self.match_elsewhere(elsewhere),
            Act::Wait(time) => self.bench.seconds(time),
        }
    }

    fn arrive(&mut self, queue: u8, tier: u8, channel: u8, preferred: u8) {
        let call = format!("call-{}", self.arrived);
        self.arrived += 1;
        let channel = CHANNELS[usize::from(channel)];
        let customer = CustomerRef { tier, ..CustomerRef::default() };
        if channel == Channel::Task {
            let entry_point = key(&format!("{}-task", name("queue", queue)));
            return self.task(entry_point, customer);
        }
        let leg = ExternalRef::new(&call).unwrap();
        let mut arrival = Arrival::new(leg, channel, name("queue", queue)).from(customer);
        if preferred < AGENTS {
            arrival.preferred = vec![key(&name("agent", preferred))];
        }
        let receipt = self.bench.report("app", arrival.into());
        assert!(matches!(receipt, Receipt::Recorded(_)), "{receipt:?}");
        self.calls.push(call);
    }

    fn task(&mut self, entry_point: Key, customer: CustomerRef) {
        self.command(CommandBody::OpenInteraction {
            entry_point,
            customer,
            direction: Direction::Inbound,
            origin: Origin::Api,
            references: Vec::new(),
            test: false,
        });
    }

    /// What would be offered is what is offered once the engine may.
    fn match_elsewhere(&mut self, elsewhere: bool) {
        // What is due comes before any input; and what would be offered is asked as of the last one.
        self.bench.wait(secs(0));
        let _ = self.bench.input(Input::Tick);
        let center = self.bench.engine.center();
        let mut policies = center.policies.clone();
        let now = std::mem::replace(&mut policies.matched_elsewhere, elsewhere);
        let hash = self.bench.engine.state_hash();
        let wishes = self.bench.engine.would_offer(&[]);
        let explained = self.bench.engine.explain_would_offer(&[]);
        assert_eq!(self.bench.engine.state_hash(), hash);
        let before = self.bench.records.len();
        self.configure(Change::Policies(policies));
        if now && !elsewhere {
            let record = &self.bench.records[before];
            let agent = |n: u32| key(&name("agent", u8::try_from(n).unwrap()));
            let made = record.events.iter().filter_map(|event| match event {
                Event::Offer(OfferEvent::Made(made)) => {
                    Some((made.request, agent(made.agent.0), made.choice.runners_up.clone()))
                }
                _ => None,
            });
            let made: Vec<_> = made.collect();
            let wished = |wish: &switchboard::Wish| {
                (wish.request, wish.agent.clone(), wish.choice.runners_up.clone())
            };
            assert_eq!(made, wishes.iter().map(wished).collect::<Vec<_>>());
            let standing = self.bench.engine.would_offer(&wishes);
            assert!(standing.is_empty(), "{standing:?}");
        }
        assert!(explained.iter().map(|why| &why.agent).eq(wishes.iter().map(|wish| &wish.agent)));
    }

    fn configure(&mut self, change: Change) {
        let base_version = self.bench.engine.config_version();
        self.command(CommandBody::Configure { base_version, changes: vec![change] });
    }

    pub fn check(&mut self) {
        for record in &self.bench.records[self.followed..] {
            if let Err(broken) = self.checker.follow(record) {
                panic!("{broken}\nin {record:#?}");
            }
        }
        self.followed = self.bench.records.len();
        if let Err(broken) = self.checker.check(&mut self.bench.engine, Depth::BruteForce) {
            let tail: Vec<_> = self.bench.records.iter().rev().take(2).collect();
            panic!("{broken}\nafter {tail:#?}");
        }
    }
}

fn last<T: Copy>(of: &[T], n: usize) -> Option<T> {
    of.len().checked_sub(1 + n).and_then(|place| of.get(place)).copied()
}
