//! A large center and a host that drives it.

use switchboard::id::{CommandId, ExternalRef, Key};
use switchboard::message::{
    Actor, Command, CommandBody, Effect, EffectKind, EndCause, HostEvent, HostReport, Input,
    LegRef, Output, Receipt, Record,
};
use switchboard::model::{
    AcrossQueues, Agent, AgentOrder, Center, Channel, ChannelCapacity, EntryPoint, HandOver, Host,
    Queue, Skill, Team,
};
use switchboard::time::{Duration, Timestamp};
use switchboard::{Engine, Opening, Replica};

/// Skills of the center.
pub(crate) const SKILLS: usize = 64;

/// A small generator of reproducible numbers (SplitMix64).
pub(crate) struct Numbers(pub(crate) u64);

impl Numbers {
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub(crate) fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.next() % bound as u64).unwrap_or(0)
    }
}

/// Levels by skill of each agent, and requirements of each queue.
pub(crate) struct Plan {
    pub(crate) agents: Vec<[u8; SKILLS]>,
    pub(crate) queues: Vec<Vec<(usize, u8)>>,
    /// The queues belong to a team without members: whoever calls waits, and no agent is looked at.
    pub(crate) nobody: bool,
    /// Customers also write: chats and e-mails come to the first queue.
    pub(crate) written: bool,
    /// How each queue chooses among its agents.
    pub(crate) by: AgentOrder,
    /// Which queue goes first for an agent who serves several.
    pub(crate) across: AcrossQueues,
    /// Each queue leaves so many of its agents to the next one.
    pub(crate) reserve: Option<u32>,
}

impl Plan {
    /// `signatures` different sets of 4 to 12 skills at levels 1 to 5, spread over `agents`; queues that
    /// ask for one or two of the skills of some signature, at its levels or below.
    pub(crate) fn new(agents: usize, signatures: usize, queues: usize) -> Self {
        let mut numbers = Numbers(7);
        let signatures: Vec<[u8; SKILLS]> = (0..signatures)
            .map(|_| {
                let mut levels = [0; SKILLS];
                for _ in 0..4 + numbers.below(9) {
                    levels[numbers.below(SKILLS)] = 1 + u8::try_from(numbers.below(5)).unwrap_or(0);
                }
                levels
            })
            .collect();
        let queues = (0..queues)
            .map(|_| {
                let levels = &signatures[numbers.below(signatures.len())];
                let held: Vec<usize> = (0..SKILLS).filter(|skill| levels[*skill] > 0).collect();
                let mut asked: Vec<(usize, u8)> = (0..=numbers.below(2))
                    .map(|_| {
                        let skill = held[numbers.below(held.len())];
                        (
                            skill,
                            1 + u8::try_from(numbers.below(usize::from(levels[skill])))
                                .unwrap_or(0),
                        )
                    })
                    .collect();
                asked.sort_unstable();
                asked.dedup_by_key(|(skill, _)| *skill);
                asked
            })
            .collect();
        let agents = (0..agents).map(|_| signatures[numbers.below(signatures.len())]).collect();
        Self {
            agents,
            queues,
            nobody: false,
            written: false,
            by: AgentOrder::default(),
            across: AcrossQueues::default(),
            reserve: None,
        }
    }

    /// Agents who all have one skill, and a queue that asks for it.
    pub(crate) fn one_skill(agents: usize) -> Self {
        let mut levels = [0; SKILLS];
        levels[0] = 1;
        Self { agents: vec![levels; agents], queues: vec![vec![(0, 1)]], ..Self::new(1, 1, 1) }
    }

    /// The center of the plan. Phones, where wanted, are at a host whose media the engine controls.
    pub(crate) fn center(&self, phones: bool) -> Center {
        let mut center = Center::builder()
            .across(self.across)
            .host("pbx", Host::new("Switch").hand_over(HandOver::Direct))
            .policies(|policies| {
                policies.closed_retention = Duration::from_millis(100);
                policies.conversation_retention = Duration::from_millis(100);
                policies.exclusion = Duration::from_millis(1);
            });
        for skill in 0..SKILLS {
            center = center.skill(&format!("s{skill}"), Skill::new(""));
        }
        if self.nobody {
            center = center.team("nobody", Team::new("Nobody"));
        }
        for (number, asked) in self.queues.iter().enumerate() {
            let mut queue = Queue::new().agent_order(self.by.clone());
            if let Some(keep) = self.reserve {
                queue = queue.reserve(&format!("q{}", (number + 1) % self.queues.len()), keep);
            }
            if self.nobody {
                queue = queue.team("nobody");
            }
            for (skill, level) in asked {
                queue = queue.requires(&format!("s{skill}"), *level);
            }
            center = center.queue(&format!("q{number}"), queue).entry_point(
                &format!("e{number}"),
                EntryPoint::voice(&number.to_string()).to_queue(&format!("q{number}")),
            );
        }
        if self.written {
            for (channel, most) in [(Channel::Chat, 3), (Channel::Email, 2)] {
                let name = channel.as_str();
                center = center
                    .channel(channel, ChannelCapacity::new(30, most))
                    .entry_point(name, EntryPoint::on(channel, name).to_queue("q0"));
            }
        }
        for (number, levels) in self.agents.iter().enumerate() {
            let weight = u32::from(levels.iter().sum::<u8>() % 4) + 1;
            let mut agent = Agent::new("").weight(weight);
            for (skill, level) in levels.iter().enumerate().filter(|(_, level)| **level > 0) {
                agent = agent.skill(&format!("s{skill}"), *level);
            }
            if phones {
                agent = agent.phone("pbx", &number.to_string());
            }
            center = center.agent(&format!("a{number}"), agent);
        }
        center.build().expect("the plan makes a valid center")
    }
}

/// What becomes of the records.
pub(crate) enum Journal {
    Dropped,
    Kept,
    Followed(Option<Box<Replica>>),
}

/// An engine with its host, on virtual time.
pub(crate) struct World {
    pub(crate) engine: Engine,
    pub(crate) now: Timestamp,
    pub(crate) records: Vec<Record>,
    pub(crate) effects: Vec<Effect>,
    /// What becomes of the records: dropped, kept, or followed by a replica.
    pub(crate) journal: Journal,
    host: Key,
    pub(crate) reports: u64,
    commands: u64,
}

impl World {
    pub(crate) fn new(center: Center, host: &str, journal: Journal) -> Self {
        let now = Timestamp::from_secs(1_772_442_000);
        let engine = Engine::open(now, Opening::new(center)).expect("a valid center");
        let mut world = Self {
            engine,
            now,
            records: Vec::new(),
            effects: Vec::new(),
            journal,
            host: Key::new(host).expect("a key"),
            reports: 0,
            commands: 0,
        };
        world.drain();
        world
    }

    /// Takes all outputs: records are safe at once, effects are kept for the caller.
    pub(crate) fn drain(&mut self) {
        while let Some(output) = self.engine.poll_output() {
            match output {
                Output::Record(record) => {
                    let _ = self.engine.handle(self.now, Input::Persisted(record.seq));
                    match &mut self.journal {
                        Journal::Dropped => {}
                        Journal::Kept => self.records.push(record),
                        Journal::Followed(Some(replica)) => {
                            replica.apply(&record).expect("the next record");
                        }
                        Journal::Followed(none) => {
                            *none = Some(Box::new(Replica::open(&record).expect("record 1")));
                        }
                    }
                }
                Output::Effect(effect) => self.effects.push(effect),
                Output::Reply(_) => {}
            }
        }
    }

    pub(crate) fn sign_in(&mut self, agent: usize) {
        let agent = Key::new(format!("a{agent}")).expect("a key");
        self.command(CommandBody::sign_in(agent));
    }

    pub(crate) fn command(&mut self, body: CommandBody) {
        let input = self.make(body);
        self.does(input);
    }

    /// The next command of the application, not yet handed in.
    pub(crate) fn make(&mut self, body: CommandBody) -> Input {
        self.commands += 1;
        let id = CommandId::new(format!("c{}", self.commands)).expect("an id");
        Command::new(id, Actor::application(), body).into()
    }

    /// The next report of the host, not yet handed in.
    pub(crate) fn report(&mut self, event: HostEvent) -> Input {
        self.reports += 1;
        HostReport::new(self.host.clone(), self.reports, self.now, event).into()
    }

    pub(crate) fn call(&mut self, number: u64, queue: usize) -> Input {
        let leg = ExternalRef::new(format!("call-{number}")).expect("a name");
        self.report(HostEvent::call(leg, queue.to_string()))
    }

    pub(crate) fn hang_up(&mut self, number: u64) -> Input {
        let leg = ExternalRef::new(format!("call-{number}")).expect("a name");
        self.report(HostEvent::ended(LegRef::External(leg), EndCause::default()))
    }

    pub(crate) fn does(&mut self, input: Input) {
        let receipt = self.engine.handle(self.now, input);
        assert!(matches!(receipt, Receipt::Recorded(_)), "{receipt:?}");
        self.drain();
    }

    /// Lets a little time pass, so that evictions and exclusions take their turn outside the
    /// measured calls.
    pub(crate) fn pass(&mut self, span: Duration) {
        self.now += span;
        while self.engine.next_deadline().is_some_and(|next| next <= self.now) {
            let _ = self.engine.handle(self.now, Input::Tick);
            self.drain();
        }
    }

    /// The latest operation of a kind.
    pub(crate) fn last_op(&self, of: impl Fn(&EffectKind) -> bool) -> switchboard::id::EffectId {
        self.effects.iter().rev().find(|e| of(&e.kind)).expect("an operation").id
    }
}
