//! Which agent gets a request: the group first, then who in it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::id::Key;
use crate::time::Duration;

/// Which of the agents that may serve a request gets it. Ties go to whoever has been idle longest.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum AgentOrder {
    /// Whoever has been idle longest. Among equally fast agents this is as good as chance for those who wait
    /// (M/M/N/K with unequal rates: arXiv 1305.6249); it is fair to agents.
    #[default]
    LongestIdle,
    /// The greatest product of idle time and the agent's `weight`: idle time is shared out in inverse proportion to
    /// the weights.
    LongestWeightedIdle,
    /// Whoever has the least part of the own budget in use.
    LeastOccupied,
    /// Whoever has answered the fewest requests of all queues; older ones count less and less
    /// (`policies.handled_half_life`).
    FewestHandled,
    /// Each in turn: whoever was offered something longest ago, answered or not.
    RoundRobin,
    /// The highest levels, added up over the skills that the queue asks for; over all where it asks for none.
    MostSkilled,
    /// The lowest levels, added up over all skills: who can do much is kept free.
    LeastSkilled,
    /// By chance, in proportion to the agents' `weight`. The same inputs give the same chance.
    WeightedRandom,
    /// These agents in this order, then all others.
    Fixed(Vec<Key>),
    /// The highest score that the host has given for the queue; agents without one come last.
    HostScored(HoldOut),
}

/// How long a request waits for agents whom the host scores high enough; nobody is waited for at zero. Everybody else
/// may serve it when the time is over, or at once where none of the high ones is there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct HoldOut {
    /// The score that is high enough.
    pub at_least: i32,
    /// How long, from the entry into the queue.
    pub hold_for: Duration,
}

impl HoldOut {
    /// Waits so long for agents of that score or above.
    pub const fn new(at_least: i32, hold_for: Duration) -> Self {
        Self { at_least, hold_for }
    }
}

/// Which group of agents is asked first. Whoever is of none does not serve the queue.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum AgentGroups {
    /// All agents are one group.
    #[default]
    Together,
    /// The first of these teams that has somebody free.
    Teams(Vec<Key>),
    /// The group that is furthest behind its share of all that was offered, among those that have somebody free.
    Allocation(Shares),
    /// The group whose idle agents are furthest above its share of all who are idle
    /// (queue-and-idleness-ratio, Gurvich and Whitt 2009).
    IdlenessRatio(Shares),
}

impl AgentGroups {
    /// By what groups are told apart, and which there are, each with its share; `None` where all are one.
    pub(crate) fn parts(&self) -> Option<(GroupBy, Vec<(&Key, u32)>)> {
        match self {
            Self::Together => None,
            Self::Teams(teams) => Some((GroupBy::Team, teams.iter().map(|key| (key, 1)).collect())),
            Self::Allocation(shares) | Self::IdlenessRatio(shares) => {
                let of = shares.of.iter().map(|(key, share)| (key, *share));
                Some((shares.by, of.collect()))
            }
        }
    }
}

/// What tells groups of agents apart.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum GroupBy {
    /// The team.
    #[default]
    Team,
    /// The site: a place, or a partner.
    Site,
}

/// Shares of groups, in whatever unit.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Shares {
    /// What tells the groups apart.
    #[serde(default)]
    pub by: GroupBy,
    /// The share of each.
    pub of: BTreeMap<Key, u32>,
}

impl Shares {
    /// No group yet.
    pub const fn new(by: GroupBy) -> Self {
        Self { by, of: BTreeMap::new() }
    }

    /// A group and its share.
    #[must_use]
    pub fn with(mut self, group: Key, share: u32) -> Self {
        self.of.insert(group, share);
        self
    }
}

/// Agents that are kept back for another queue.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Reserve {
    /// The queue they are kept for.
    pub queue: Key,
    /// Of those who may serve that queue, one is taken only while more than so many are free.
    pub keep: u32,
}

impl Reserve {
    /// So many are kept for the queue.
    pub const fn new(queue: Key, keep: u32) -> Self {
        Self { queue, keep }
    }
}
