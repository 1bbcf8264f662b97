//! Constructors and setters of agents.

use super::Draft;
use crate::id::Key;
use crate::model::{Agent, Channel, Coverage, Role, Station};

impl Agent {
    /// An agent of that name, whom the host connects by itself.
    pub fn new(name: &str) -> Draft<Self> {
        Draft::from(Self { name: name.to_owned(), ..Self::default() })
    }
}

impl Draft<Agent> {
    /// The agent's team.
    pub fn team(self, team: &str) -> Self {
        self.with_parsed("team", team, |agent, key| agent.team = Some(key))
    }

    /// The agent's site; the team's when not set.
    pub fn site(self, site: &str) -> Self {
        self.with_parsed("site", site, |agent, key| agent.site = Some(key))
    }

    /// What the agent may do.
    pub fn role(self, role: Role) -> Self {
        self.with(|agent| agent.role = role)
    }

    /// A skill at a level.
    pub fn skill(self, skill: &str, level: u8) -> Self {
        self.with_parsed("skills", skill, |agent, key: Key| {
            agent.skills.insert(key, level);
        })
    }

    /// A phone that a host calls for every offer.
    pub fn phone(self, host: &str, address: &str) -> Self {
        let address = address.to_owned();
        self.with_parsed("station", host, |agent, host| {
            agent.station = Station::Phone { host, address };
        })
    }

    /// A line that a host holds open for the whole session.
    pub fn nailed_up(self, host: &str, address: &str) -> Self {
        let address = address.to_owned();
        self.with_parsed("station", host, |agent, host| {
            agent.station = Station::NailedUp { host, address };
        })
    }

    /// Units of work at once, where they differ from the center's.
    pub fn budget(self, units: u32) -> Self {
        self.with(|agent| agent.budget = Some(units))
    }

    /// Items of a channel at once, where they differ from the center's; 0: none at all.
    pub fn max(self, channel: Channel, items: u32) -> Self {
        self.with(|agent| {
            agent.max.insert(channel, items);
        })
    }

    /// Offers are accepted by the engine at once.
    pub fn auto_answer(self) -> Self {
        self.with(|agent| agent.auto_answer = true)
    }

    /// The queue that stands in where this agent alone is wanted and cannot.
    pub fn coverage_queue(self, queue: &str) -> Self {
        self.with_parsed("coverage.queue", queue, |agent, key| {
            agent.coverage = Some(Coverage::Queue(key));
        })
    }

    /// The team that stands in: its members who are at work are wanted by name.
    pub fn coverage_team(self, team: &str) -> Self {
        self.with_parsed("coverage.team", team, |agent, key| {
            agent.coverage = Some(Coverage::Team(key));
        })
    }

    /// A caller leaves a voice message for the group of a queue.
    pub fn coverage_queue_mailbox(self, queue: &str) -> Self {
        self.with_parsed("coverage.queue_mailbox", queue, |agent, key| {
            agent.coverage = Some(Coverage::QueueMailbox(key));
        })
    }

    /// A caller leaves a voice message for this agent.
    pub fn coverage_own_mailbox(self) -> Self {
        self.with(|agent| agent.coverage = Some(Coverage::OwnMailbox))
    }

    /// A language that the agent speaks (BCP 47).
    pub fn language(self, tag: &str) -> Self {
        self.with(|agent| agent.languages.push(tag.to_owned()))
    }

    /// How long the agent has been here, in whole months.
    pub fn tenure(self, months: u32) -> Self {
        self.with(|agent| agent.tenure = Some(months))
    }

    /// What the agent costs, in minor units of money an hour.
    pub fn cost(self, minor_units: u32) -> Self {
        self.with(|agent| agent.cost = Some(minor_units))
    }

    /// The agent's part where queues share out by weight.
    pub fn weight(self, weight: u32) -> Self {
        self.with(|agent| agent.weight = Some(weight))
    }

    /// An attribute of the center's own.
    pub fn attribute(self, name: &str, value: &str) -> Self {
        let value = value.to_owned();
        self.with_parsed("attributes", name, |agent, key: Key| {
            agent.attributes.insert(key, value);
        })
    }
}
