//! Agents, their stations, and what work costs them.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use super::keyed::keyed;
use super::{Center, Channel};
use crate::id::Key;

/// What somebody may do. Roles are data; permissions follow from them, within team, site and brand.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Role {
    /// Serves customers.
    #[default]
    Agent,
    /// Leads a team.
    TeamLead,
    /// Watches over queues and agents.
    Supervisor,
    /// Listens and scores.
    Quality,
    /// Sees everything, changes nothing.
    Director,
    /// Changes the configuration.
    Administrator,
    /// The engine itself.
    System,
    /// The application that embeds the engine.
    Host,
}

/// The level of one skill, 1 to the skill's highest.
pub type Proficiency = u8;

/// How an agent hears and speaks.
///
/// Addresses may be numbers of people's homes: they stand as plain text in the configuration and the
/// journal, which whoever keeps them has to guard, and are not shown by `Debug`.
#[derive(Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
#[non_exhaustive]
pub enum Station {
    /// The host connects customer and agent by itself: accepting an offer connects it.
    #[default]
    Direct,
    /// A phone that is called for every offer; answering it accepts the offer.
    Phone {
        /// The host that calls it.
        host: Key,
        /// What it calls.
        address: String,
    },
    /// A line that stays open for the whole session; an accepted offer is bridged to it.
    NailedUp {
        /// The host that holds it.
        host: Key,
        /// Where it leads.
        address: String,
    },
}

impl fmt::Debug for Station {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (name, host) = match self {
            Self::Direct => return f.write_str("Direct"),
            Self::Phone { host, .. } => ("Phone", host),
            Self::NailedUp { host, .. } => ("NailedUp", host),
        };
        f.debug_struct(name).field("host", host).finish_non_exhaustive()
    }
}

/// Somebody who serves customers.
///
/// Names and stations of agents are plain text, so that people can write a configuration; sealing is
/// for what comes in about customers.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct Agent {
    /// Display name.
    pub name: String,
    /// The agent's team.
    pub team: Option<Key>,
    /// The agent's site; the team's when absent.
    pub site: Option<Key>,
    /// What the agent may do.
    pub role: Role,
    /// What the agent can do.
    #[serde(deserialize_with = "keyed")]
    pub skills: BTreeMap<Key, Proficiency>,
    /// How the agent hears and speaks, unless the sign-in says otherwise.
    pub station: Station,
    /// Units of work the agent can do at once; the center's budget when absent.
    pub budget: Option<u32>,
    /// Largest number of items by channel, where it differs from the center's; 0: none at all.
    #[serde(deserialize_with = "keyed")]
    pub max: BTreeMap<Channel, u32>,
    /// Offers are accepted by the engine at once.
    pub auto_answer: bool,
    /// Who stands in when somebody wants this agent alone and the agent cannot; the queue through which
    /// the customer came when absent.
    pub coverage: Option<Coverage>,
    /// Languages that the agent speaks (BCP 47).
    pub languages: Vec<String>,
    /// How long the agent has been here, in whole months.
    pub tenure: Option<u32>,
    /// What the agent costs, in minor units of money an hour.
    pub cost: Option<u32>,
    /// The agent's part where queues share out by weight; 1 when absent.
    pub weight: Option<u32>,
    /// Attributes of the center's own, which requirements may ask for.
    #[serde(deserialize_with = "keyed")]
    pub attributes: BTreeMap<Key, String>,
}

impl Agent {
    /// Where the agent works: the agent's own site, or that of the team.
    pub fn site_in<'a>(&'a self, center: &'a Center) -> Option<&'a Key> {
        let of_team = || center.teams.get(self.team.as_ref()?)?.site.as_ref();
        self.site.as_ref().or_else(of_team)
    }
}

/// Who stands in for an agent who alone is wanted, and does not come in time or is not at work.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Coverage {
    /// A queue, at the place in time that the customer has.
    Queue(Key),
    /// The members of a team who are at work: they are wanted by name, once more for as long as an agent
    /// alone is waited for (`policies.direct_wait`). Then, or where none of them is at work, comes the
    /// queue through which the customer came.
    Team(Key),
    /// The mailbox of a queue's group: the caller leaves a voice message there. Whoever cannot, in writing
    /// or on a host that controls its own media, goes on to the queue through which the customer came.
    QueueMailbox(Key),
    /// The same, with the agent's own mailbox.
    OwnMailbox,
}

impl Coverage {
    /// The queue that it needs.
    pub(super) const fn queue(&self) -> Option<&Key> {
        match self {
            Self::Queue(queue) | Self::QueueMailbox(queue) => Some(queue),
            Self::Team(_) | Self::OwnMailbox => None,
        }
    }
}

/// What one item of a channel costs, and what it may push aside.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct ChannelCapacity {
    /// Units one item takes.
    pub cost: u32,
    /// Items one agent may hold at once.
    pub max: u32,
    /// Units one item takes while in wrap-up; the cost when absent.
    #[serde(default)]
    pub wrap_up_cost: Option<u32>,
    /// Channels whose items it suspends.
    #[serde(default)]
    pub interrupts: Vec<Channel>,
}

/// The account of every agent's work.
///
/// An item of channel `c` is admitted when `n[c] + 1 <= max[c]` and its cost plus the costs of all
/// items that `c` may not interrupt stay within the budget.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct Capacity {
    /// Units each agent can do at once.
    pub budget: u32,
    /// What items cost; a channel that is absent takes the whole budget, one at a time.
    #[serde(deserialize_with = "keyed")]
    pub channels: BTreeMap<Channel, ChannelCapacity>,
}

impl Capacity {
    /// What one item of the channel costs.
    pub(crate) fn cost(&self, channel: Channel) -> u32 {
        self.channels.get(&channel).map_or(self.budget, |of_channel| of_channel.cost)
    }
}

impl Default for Capacity {
    fn default() -> Self {
        Self { budget: 100, channels: BTreeMap::new() }
    }
}
