//! Who waits and who is free, each in its complete order. Derived from the tables, never journaled;
//! rebuilt after a restore, and equal to what it would have been.
//!
//! Free agents stand in one line for each signature and set of channels, waiting requests in one line
//! for each class and channel. Whenever somebody enters one of the two sides, or may take more than
//! before, the index notes it as [`Woken`]. The step that caused it serves all that were woken before
//! it ends, so no decision is ever left to a poll.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

use super::classes::Classes;
use super::entity::OrderKey;
use super::relaxing::Steps;
use super::shelf::Shelf;
use super::sorted::Sorted;
use crate::id::{AgentId, QueueId, RequestId};
use crate::model::Channel;
use crate::time::Timestamp;

/// The order of service: live channels before the others, then the band of the order, then the due time,
/// then age.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub(crate) struct ServiceKey {
    pub(crate) deferrable: bool,
    pub(crate) rank: u16,
    pub(crate) due_at: Timestamp,
    pub(crate) request: RequestId,
}

impl Free {
    pub(crate) const fn admits(&self, channel: Channel) -> bool {
        self.channels & (1 << channel.index()) != 0
    }
}

impl ServiceKey {
    pub(crate) fn new(Band { channel, rank }: Band, (due_at, request): WaitingKey) -> Self {
        Self { deferrable: !channel.is_live(), rank, due_at, request }
    }
}

/// What tells lines of the same class apart.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub(crate) struct Band {
    pub(crate) channel: Channel,
    /// The band of the order of service: the least goes first.
    pub(crate) rank: u16,
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
    /// Number of the agent's signature.
    pub(crate) signature: u32,
}

/// The order of free agents, the longest idle first.
pub(crate) type IdleKey = (OrderKey, AgentId);

/// The order within a class and band.
pub(crate) type WaitingKey = (Timestamp, RequestId);

/// What an [`Index`] holds: requests by class, agents in their order with the channels they admit.
#[derive(PartialEq, Eq, Debug)]
pub(crate) struct Contents {
    waiting: Vec<((QueueId, Steps, Band), WaitingKey)>,
    direct: Vec<(AgentId, ServiceKey)>,
    idle: Vec<(IdleKey, u16)>,
}

/// Both sides of the match.
#[derive(Clone, Default)]
pub(crate) struct Index {
    /// By class and band.
    pub(crate) waiting: Shelf<Band, WaitingKey>,
    /// Requests that want named agents alone.
    direct: BTreeMap<AgentId, BTreeSet<ServiceKey>>,
    /// By signature and the channels that capacity admits.
    pub(crate) idle: Shelf<u16, IdleKey>,
    /// All free agents in one line, with their channels and signature.
    everybody: Sorted<(IdleKey, u16, u32)>,
    /// Entries by number of the agent.
    free: Vec<Option<Free>>,
    woken: Vec<Woken>,
    /// How many wait in lines: those on the line, those that can be deferred.
    all_waiting: [u64; 2],
}

impl Index {
    /// The entry of a free agent.
    pub(crate) fn free(&self, agent: AgentId) -> Option<Free> {
        self.free.get(agent.index()).copied().flatten()
    }

    /// All free agents, the longest idle first.
    pub(crate) fn everybody(&self) -> impl Iterator<Item = (AgentId, Free)> + '_ {
        self.everybody.iter().map(|((idle_since, agent), channels, signature)| {
            (agent, Free { idle_since, channels, signature })
        })
    }

    pub(super) fn add_request(&mut self, class: u32, band: Band, key: WaitingKey) {
        let new = self.waiting.insert(class as usize, band, key);
        self.note_waiting(band, |all| all + u64::from(new));
        self.woken.push(Woken::Request(key.1));
    }

    pub(super) fn remove_request(&mut self, class: u32, band: Band, key: WaitingKey) {
        let gone = self.waiting.remove(class as usize, band, key);
        self.note_waiting(band, |all| all - u64::from(gone));
    }

    fn note_waiting(&mut self, band: Band, change: impl FnOnce(u64) -> u64) {
        let [live, deferrable] = &mut self.all_waiting;
        let all = if band.channel.is_live() { live } else { deferrable };
        *all = change(*all);
    }

    /// How many wait in lines, on the line or not.
    pub(crate) const fn all_waiting(&self, deferrable: bool) -> u64 {
        let [live, others] = self.all_waiting;
        if deferrable { others } else { live }
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

    /// Sets what the agent is free for; `None` when not free at all.
    pub(super) fn set_agent(&mut self, agent: AgentId, now: Option<Free>) {
        if self.free.len() <= agent.index() {
            self.free.resize(agent.index() + 1, None);
        }
        let Some(entry) = self.free.get_mut(agent.index()) else { return };
        let before = std::mem::replace(entry, now);
        if before == now {
            return;
        }
        if let Some(Free { idle_since, channels, signature }) = before {
            self.idle.remove(signature as usize, channels, (idle_since, agent));
            self.everybody.remove(&((idle_since, agent), channels, signature));
        }
        if let Some(Free { idle_since, channels, signature }) = now {
            self.idle.insert(signature as usize, channels, (idle_since, agent));
            self.everybody.insert(((idle_since, agent), channels, signature));
            if channels & !before.map_or(0, |old| old.channels) != 0 {
                self.woken.push(Woken::Agent(agent));
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

    /// How many requests of the class wait on the channel of the band and go before its key.
    pub(crate) fn before(&self, class: u32, band: Band, key: WaitingKey) -> usize {
        let lines =
            self.waiting.at(class as usize).filter(|line| line.band.channel == band.channel);
        lines
            .map(|line| match line.band.rank.cmp(&band.rank) {
                Ordering::Less => line.len(),
                Ordering::Equal => line.rank(&key),
                Ordering::Greater => 0,
            })
            .sum()
    }

    /// What the index says, in a form that two indexes can be compared by: neither numbers of
    /// signatures and classes nor the order of lines is part of it.
    pub(crate) fn contents(&self, classes: &Classes) -> Contents {
        let lines = self.waiting.all().flat_map(|(number, line)| {
            let class = classes.of(number).map(|(queue, steps)| (queue, steps, line.band));
            line.keys().filter_map(move |key| Some((class?, key)))
        });
        let mut waiting: Vec<_> = lines.collect();
        waiting.sort_unstable();
        let idle = self.idle.all().flat_map(|(_, line)| line.keys().map(|key| (key, line.band)));
        let mut idle: Vec<_> = idle.collect();
        idle.sort_unstable();
        let direct = self
            .direct
            .iter()
            .flat_map(|(agent, keys)| keys.iter().map(move |key| (*agent, *key)))
            .collect();
        Contents { waiting, direct, idle }
    }
}
