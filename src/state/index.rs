//! Who waits and who is free, each in its complete order. Derived from the tables, never journaled;
//! rebuilt after a restore, and equal to what it would have been.
//!
//! Whenever somebody enters one of the two sides, or may take more than before, the index notes it as
//! [`Woken`]. The step that caused it serves all that were woken before it ends, so no decision is
//! ever left to a poll.

use std::collections::{BTreeMap, BTreeSet};

use super::entity::OrderKey;
use super::hash::Map;
use crate::id::{AgentId, QueueId, RequestId, TeamId};
use crate::model::Channel;
use crate::time::Timestamp;

/// Requests that the same agents may serve: those of one queue on one channel.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub(crate) struct Class {
    pub(crate) queue: QueueId,
    pub(crate) channel: Channel,
}

/// The order of service: live channels before the others, then the due time, then age.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub(crate) struct ServiceKey {
    pub(crate) deferrable: bool,
    pub(crate) due_at: Timestamp,
    pub(crate) request: RequestId,
}

/// Somebody for whom a match may have become possible.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Woken {
    Request(RequestId),
    Agent(AgentId),
}

/// A free agent's entry: the order among the idle, and the channels that capacity admits.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Free {
    pub(crate) idle_since: OrderKey,
    /// One bit per channel.
    pub(crate) channels: u16,
    pub(crate) team: Option<TeamId>,
}

impl Free {
    pub(crate) const fn admits(&self, channel: Channel) -> bool {
        self.channels & (1 << channel.index()) != 0
    }
}

/// What an [`Index`] holds: requests by class, agents in their order with the channels they admit.
#[derive(PartialEq, Eq, Debug)]
pub(crate) struct Contents {
    waiting: Vec<(Class, ServiceKey)>,
    direct: Vec<(AgentId, ServiceKey)>,
    idle: Vec<(AgentId, u16, OrderKey)>,
}

/// Both sides of the match.
#[derive(Default)]
pub(crate) struct Index {
    waiting: BTreeMap<Class, BTreeSet<ServiceKey>>,
    /// Requests that want named agents alone.
    direct: BTreeMap<AgentId, BTreeSet<ServiceKey>>,
    /// Free agents in their order, each with one bit per channel that capacity admits.
    idle: BTreeMap<(OrderKey, AgentId), u16>,
    idle_by_team: BTreeMap<TeamId, BTreeMap<(OrderKey, AgentId), u16>>,
    free: Map<AgentId, Free>,
    woken: Vec<Woken>,
}

impl Index {
    /// Requests of the class in the order of service.
    pub(crate) fn waiting(&self, class: Class) -> impl Iterator<Item = ServiceKey> + '_ {
        self.waiting.get(&class).into_iter().flatten().copied()
    }

    /// Requests that want this agent alone, or with others, in the order of service.
    pub(crate) fn direct(&self, agent: AgentId) -> impl Iterator<Item = ServiceKey> + '_ {
        self.direct.get(&agent).into_iter().flatten().copied()
    }

    pub(super) fn add_direct(&mut self, agents: &[AgentId], key: ServiceKey) {
        for agent in agents {
            self.direct.entry(*agent).or_default().insert(key);
        }
        self.woken.push(Woken::Request(key.request));
    }

    pub(super) fn remove_direct(&mut self, agents: &[AgentId], key: ServiceKey) {
        for agent in agents {
            if let Some(waiting) = self.direct.get_mut(agent) {
                waiting.remove(&key);
                if waiting.is_empty() {
                    self.direct.remove(agent);
                }
            }
        }
    }

    /// Classes in which somebody waits.
    pub(crate) fn classes(&self) -> impl Iterator<Item = (Class, ServiceKey)> + '_ {
        self.waiting
            .iter()
            .filter_map(|(class, waiting)| waiting.first().map(|head| (*class, *head)))
    }

    /// Free agents with the channels they admit, the longest idle first; of one team where one is
    /// named.
    pub(crate) fn idle(&self, team: Option<TeamId>) -> impl Iterator<Item = (AgentId, u16)> + '_ {
        let idle = match team {
            Some(team) => self.idle_by_team.get(&team),
            None => Some(&self.idle),
        };
        idle.into_iter().flatten().map(|((_, agent), channels)| (*agent, *channels))
    }

    /// The entry of a free agent.
    pub(crate) fn free(&self, agent: AgentId) -> Option<Free> {
        self.free.get(&agent).copied()
    }

    pub(super) fn add_request(&mut self, class: Class, key: ServiceKey) {
        self.waiting.entry(class).or_default().insert(key);
        self.woken.push(Woken::Request(key.request));
    }

    pub(super) fn remove_request(&mut self, class: Class, key: ServiceKey) {
        if let Some(waiting) = self.waiting.get_mut(&class) {
            waiting.remove(&key);
            if waiting.is_empty() {
                self.waiting.remove(&class);
            }
        }
    }

    /// Sets what the agent is free for; `None` when not free at all.
    pub(super) fn set_agent(&mut self, agent: AgentId, now: Option<Free>) {
        let before = self.free.get(&agent).copied();
        if before == now {
            return;
        }
        if let Some(old) = before {
            self.idle.remove(&(old.idle_since, agent));
            if let Some(team) = old.team.and_then(|team| self.idle_by_team.get_mut(&team)) {
                team.remove(&(old.idle_since, agent));
            }
        }
        if let Some(new) = now {
            let place = (new.idle_since, agent);
            self.idle.insert(place, new.channels);
            if let Some(team) = new.team {
                self.idle_by_team.entry(team).or_default().insert(place, new.channels);
            }
        }
        match now {
            Some(new) => {
                self.free.insert(agent, new);
                if new.channels & !before.map_or(0, |old| old.channels) != 0 {
                    self.woken.push(Woken::Agent(agent));
                }
            }
            None => {
                self.free.remove(&agent);
            }
        }
    }

    /// Notes that a match may have become possible for other reasons than the index can see.
    pub(super) fn wake(&mut self, woken: Woken) {
        self.woken.push(woken);
    }

    /// One of those who were woken, in no order.
    pub(super) fn take_woken(&mut self) -> Option<Woken> {
        self.woken.pop()
    }

    pub(super) fn forget_woken(&mut self) {
        self.woken.clear();
    }

    /// What the index says, in a form that two indexes can be compared by.
    pub(crate) fn contents(&self) -> Contents {
        let waiting = self
            .waiting
            .iter()
            .flat_map(|(class, keys)| keys.iter().map(move |key| (*class, *key)))
            .collect();
        let direct = self
            .direct
            .iter()
            .flat_map(|(agent, keys)| keys.iter().map(move |key| (*agent, *key)))
            .collect();
        let idle =
            self.idle.iter().map(|((key, agent), channels)| (*agent, *channels, *key)).collect();
        Contents { waiting, direct, idle }
    }
}
