//! What agents are chosen by beside the time they have been idle: grades that come from the configuration, and what
//! changes with their work. Only what some queue asks for is kept.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::index::IdleKey;
use super::shelf::Shelf;
use super::{Config, Free, State};
use crate::id::{AgentId, Key, QueueId};
use crate::message::TimerId;
use crate::model::{Agent, Atom, HoldOut, Requirement};
use crate::time::Timestamp;

/// A number that the configuration gives each agent. Agents of one signature have the same.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) enum Grade {
    Weight,
    /// Levels added up, over these skills or over all.
    Levels(Option<BTreeSet<Key>>),
    /// The place in a list; behind all others who is not in it.
    Place(Vec<Key>),
}

impl Grade {
    pub(super) fn of(&self, key: &Key, agent: &Agent) -> u32 {
        match self {
            Self::Weight => agent.weight.unwrap_or(1),
            Self::Levels(only) => {
                let counts = |skill: &Key| only.as_ref().is_none_or(|only| only.contains(skill));
                let levels = agent.skills.iter().filter(|(skill, _)| counts(skill));
                levels.map(|(_, level)| u32::from(*level)).sum()
            }
            Self::Place(list) => {
                let place = list.iter().position(|other| other == key).unwrap_or(list.len());
                u32::try_from(place).unwrap_or(u32::MAX)
            }
        }
    }
}

/// How a queue chooses among its agents; grades by number.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Ranking {
    Idle,
    WeightedIdle(usize),
    Kept(Kept),
    MostSkilled(usize),
    LeastSkilled(usize),
    Fixed(usize),
    Random(usize),
    Scored(HoldOut),
}

/// What is kept of each agent's work.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Kept {
    /// The part of the budget in use, in parts of [`PARTS`].
    Occupied,
    /// Requests answered, in parts of [`PARTS`].
    Handled,
    /// The record of the latest offer.
    Offered,
}

impl Kept {
    const ALL: [Self; 3] = [Self::Occupied, Self::Handled, Self::Offered];

    const fn index(self) -> usize {
        match self {
            Self::Occupied => 0,
            Self::Handled => 1,
            Self::Offered => 2,
        }
    }
}

/// Parts of one.
pub(crate) const PARTS: u64 = 1 << 16;

/// What an agent has been given.
#[derive(Clone, Copy, PartialEq, Eq, Default, Hash, Debug, Serialize, Deserialize)]
pub(crate) struct Tally {
    /// Requests answered, in parts of [`PARTS`]; halved from time to time.
    pub(crate) handled: u64,
    /// The record of the latest offer.
    pub(crate) offered: u64,
}

/// The order of free agents by something else than idle time, which decides ties.
pub(crate) type RankedKey = (u64, IdleKey);

/// Free agents in other orders than by idle time.
#[derive(Clone, Default)]
pub(crate) struct Ranked {
    /// Which of [`Kept`] are asked for.
    kept: [bool; 3],
    shelves: [Shelf<u16, RankedKey>; 3],
    filed: Vec<Option<(Free, [u64; 3])>>,
}

impl Ranked {
    /// Without anybody, with what is asked for.
    pub(super) fn of(config: &Config) -> Self {
        Self { kept: config.kept, ..Self::default() }
    }

    pub(super) fn is_kept(&self) -> bool {
        self.kept.contains(&true)
    }

    pub(crate) fn shelf(&self, kept: Kept) -> Option<&Shelf<u16, RankedKey>> {
        self.shelves.get(kept.index())
    }

    /// Files an agent where the agent stands now; `None` when not free at all.
    pub(super) fn set(&mut self, agent: AgentId, now: Option<(Free, [u64; 3])>) {
        if !self.is_kept() {
            return;
        }
        if self.filed.len() <= agent.index() {
            self.filed.resize(agent.index() + 1, None);
        }
        let Some(entry) = self.filed.get_mut(agent.index()) else { return };
        let before = std::mem::replace(entry, now);
        if before == now {
            return;
        }
        for (place, (lines, _)) in
            self.shelves.iter_mut().zip(self.kept).enumerate().filter(|(_, (_, kept))| *kept)
        {
            let key = |(free, ranks): (Free, [u64; 3])| {
                let rank = ranks.get(place).copied().unwrap_or_default();
                (free.signature as usize, free.channels, (rank, (free.idle_since, agent)))
            };
            if let Some((signature, channels, key)) = before.map(key) {
                lines.remove(signature, channels, key);
            }
            if let Some((signature, channels, key)) = now.map(key) {
                lines.insert(signature, channels, key);
            }
        }
    }

    /// All keys that are filed, for comparison.
    pub(super) fn contents(&self) -> Vec<(usize, u16, RankedKey)> {
        let shelves = self.shelves.iter().enumerate();
        let lines = shelves.flat_map(|(n, shelf)| shelf.all().map(move |(_, line)| (n, line)));
        let mut all: Vec<_> =
            lines.flat_map(|(n, line)| line.keys().map(move |key| (n, line.band, key))).collect();
        all.sort_unstable();
        all
    }
}

/// The skills that a requirement asks for; `None` where it asks for none.
pub(super) fn asked_skills(requirement: &Requirement) -> Option<BTreeSet<Key>> {
    let skill = |atom: &Atom| match atom {
        Atom::Level { skill, .. } => Some(skill.clone()),
        _ => None,
    };
    let skills: BTreeSet<Key> = requirement.atoms().into_iter().filter_map(skill).collect();
    (!skills.is_empty()).then_some(skills)
}

/// Which of [`Kept`] queues ask for.
pub(super) fn kept(rankings: &[Ranking]) -> [bool; 3] {
    Kept::ALL.map(|kept| rankings.contains(&Ranking::Kept(kept)))
}

/// Scores that the host has given to agents, by queue.
#[derive(Clone, Default)]
pub(crate) struct Scores {
    given: BTreeMap<(AgentId, QueueId), i32>,
    /// All who have one, the highest first.
    highest: BTreeMap<QueueId, BTreeSet<(Reverse<i32>, AgentId)>>,
    /// Those who are free, the highest first.
    free: BTreeMap<QueueId, BTreeSet<(Reverse<i32>, IdleKey)>>,
}

impl Scores {
    pub(super) fn new(given: BTreeMap<(AgentId, QueueId), i32>) -> Self {
        let mut scores = Self::default();
        for ((agent, queue), score) in given {
            scores.set(queue, agent, Some(score), None);
        }
        scores
    }

    /// Who is free by score, for comparison.
    pub(super) fn contents(&self) -> BTreeMap<QueueId, BTreeSet<(Reverse<i32>, IdleKey)>> {
        self.free.clone()
    }

    pub(crate) const fn given(&self) -> &BTreeMap<(AgentId, QueueId), i32> {
        &self.given
    }

    pub(crate) fn of(&self, queue: QueueId, agent: AgentId) -> Option<i32> {
        self.given.get(&(agent, queue)).copied()
    }

    /// All who have a score of the queue, the highest first.
    pub(crate) fn highest(&self, queue: QueueId) -> impl Iterator<Item = (i32, AgentId)> + '_ {
        let all = self.highest.get(&queue).into_iter().flatten();
        all.map(|(Reverse(score), agent)| (*score, *agent))
    }

    /// Those who are free, the highest first.
    pub(crate) fn free(&self, queue: QueueId) -> impl Iterator<Item = AgentId> + '_ {
        self.free.get(&queue).into_iter().flatten().map(|(_, (_, agent))| *agent)
    }

    fn set(&mut self, queue: QueueId, agent: AgentId, score: Option<i32>, free: Option<IdleKey>) {
        let before = match score {
            Some(score) => self.given.insert((agent, queue), score),
            None => self.given.remove(&(agent, queue)),
        };
        for (score, add) in [(before, false), (score, true)] {
            let Some(score) = score.map(Reverse) else { continue };
            change(&mut self.highest, queue, (score, agent), add);
            if let Some(key) = free {
                change(&mut self.free, queue, (score, key), add);
            }
        }
    }

    /// An agent is free from now on, or not any more, or stands elsewhere among the idle.
    fn set_free(&mut self, agent: AgentId, before: Option<IdleKey>, now: Option<IdleKey>) {
        for ((_, queue), score) in
            self.given.range((agent, QueueId(0))..=(agent, QueueId(u32::MAX)))
        {
            for (key, add) in [(before, false), (now, true)] {
                if let Some(key) = key {
                    change(&mut self.free, *queue, (Reverse(*score), key), add);
                }
            }
        }
    }
}

fn change<T: Ord>(of: &mut BTreeMap<QueueId, BTreeSet<T>>, queue: QueueId, item: T, add: bool) {
    let items = of.entry(queue).or_default();
    if add {
        items.insert(item);
    } else {
        items.remove(&item);
    }
    if items.is_empty() {
        of.remove(&queue);
    }
}

impl Config {
    /// Whether offers and answers of agents are counted.
    pub(crate) fn counts_work(&self) -> bool {
        let [_, handled, offered] = self.kept;
        handled || offered
    }
}

impl State {
    /// Sets or takes back what the host thinks of an agent for a queue.
    pub(super) fn set_score(&mut self, queue: QueueId, agent: AgentId, score: Option<i32>) {
        let free = self.index.free(agent).map(|free| (free.idle_since, agent));
        self.scores.set(queue, agent, score, free);
    }

    /// Takes back the scores of an agent or of a queue.
    pub(super) fn forget_scores(&mut self, gone: impl Fn((AgentId, QueueId)) -> bool) {
        let rows: Vec<(AgentId, QueueId)> =
            self.scores.given.keys().copied().filter(|row| gone(*row)).collect();
        for (agent, queue) in rows {
            self.set_score(queue, agent, None);
        }
    }

    /// Files a free agent in all orders.
    pub(super) fn file_agent(&mut self, agent: AgentId, now: Option<Free>) {
        let key = |free: Free| (free.idle_since, agent);
        if !self.scores.given.is_empty() {
            let before = self.index.free(agent).map(key);
            self.scores.set_free(agent, before, now.map(key));
        }
        if self.ranked.is_kept() {
            let ranks = now.map(|free| (free, self.ranks(agent)));
            self.ranked.set(agent, ranks);
        }
        self.index.set_agent(agent, now);
    }

    /// What is kept of an agent's work, by [`Kept`].
    pub(crate) fn ranks(&self, agent: AgentId) -> [u64; 3] {
        let tally = self.tallies.get(&agent).copied().unwrap_or_default();
        [self.occupied(agent), tally.handled, tally.offered]
    }

    pub(crate) fn rank(&self, kept: Kept, agent: AgentId) -> u64 {
        self.ranks(agent).get(kept.index()).copied().unwrap_or_default()
    }

    fn occupied(&self, agent: AgentId) -> u64 {
        let Some((plan, row)) = self.config.agent(agent).zip(self.agent(agent)) else { return 0 };
        let used: u64 = row.work.iter().filter(|i| !i.parked).map(|i| u64::from(i.cost)).sum();
        used * PARTS / u64::from(plan.budget.max(1))
    }

    /// Notes an offer, or that it was answered, where queues choose by it.
    pub(super) fn note_tally(&mut self, agent: AgentId, change: impl FnOnce(&mut Tally)) {
        if !self.config.counts_work() || self.agent(agent).is_none() {
            return;
        }
        change(self.tallies.entry(agent).or_default());
    }

    /// Counts one more request that the agent has answered; from time to time all counts are halved.
    pub(super) fn note_handled(&mut self, agent: AgentId, at: Timestamp) {
        self.note_tally(agent, |tally| tally.handled += PARTS);
        if self.config.counts_work() && self.tallies_until.is_none() {
            self.set_tallies_until(Some(at + self.config.center.policies.handled_half_life));
        }
    }

    pub(super) fn set_tallies_until(&mut self, until: Option<Timestamp>) {
        self.tallies_until = until;
        self.set_timer(TimerId::Tallies, until);
    }

    /// Halves what agents have answered.
    pub(super) fn halve_tallies(&mut self) {
        let agents: Vec<AgentId> = self.tallies.keys().copied().collect();
        for agent in agents {
            if let Some(tally) = self.tallies.get_mut(&agent).filter(|tally| tally.handled > 0) {
                tally.handled /= 2;
                let free = self.index.free(agent);
                self.file_agent(agent, free);
            }
        }
    }
}
