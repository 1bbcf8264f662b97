//! Counts by queue, channel, brand, agent and interval; cubes of parts of a log merge into that of the whole.

use std::collections::BTreeMap;
use std::ops::AddAssign;

use super::{AgentCounts, Counts, InteractionCounts};
use crate::id::{AgentId, BrandId, QueueId};
use crate::model::Channel;
use crate::time::Timestamp;

/// Where requests are counted, with all that becomes of them: the interval in which they entered the
/// queue (a cohort), so that the parts of an interval add up to what was offered in it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct RequestCell {
    /// Beginning of the interval of queue entry, in wall time.
    pub interval: Timestamp,
    /// The queue.
    pub queue: QueueId,
    /// The medium, which a request shares with its interaction; calls by hand are those of their phone.
    pub channel: Channel,
    /// The brand of the interaction.
    pub brand: Option<BrandId>,
}

/// Where agents' time is counted: the interval in which it passed.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct AgentCell {
    /// Beginning of the interval, in wall time.
    pub interval: Timestamp,
    /// The agent.
    pub agent: AgentId,
}

/// Where interactions are counted: the interval in which they began.
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct InteractionCell {
    /// Beginning of the interval, in wall time.
    pub interval: Timestamp,
    /// The brand of the interaction.
    pub brand: Option<BrandId>,
}

/// Everything that is counted. All of it is integers, merged by +: in any order, over parts of a log,
/// over shards (whose numbers mean the same only if their configurations do), over nodes.
#[derive(Clone, Default, PartialEq, Eq, Debug)]
pub struct Cube {
    pub(super) requests: BTreeMap<RequestCell, Counts>,
    pub(super) agents: BTreeMap<AgentCell, AgentCounts>,
    pub(super) interactions: BTreeMap<InteractionCell, InteractionCounts>,
    pub(super) bounded: u64,
}

impl Cube {
    /// Requests by queue, channel, brand and interval of entry, in the order of the intervals.
    pub fn requests(&self) -> impl Iterator<Item = (&RequestCell, &Counts)> {
        self.requests.iter()
    }

    /// Agents' time and finished work by agent and interval, in the order of the intervals.
    pub fn agents(&self) -> impl Iterator<Item = (&AgentCell, &AgentCounts)> {
        self.agents.iter()
    }

    /// Interactions by brand and interval of their beginning, in the order of the intervals.
    pub fn interactions(&self) -> impl Iterator<Item = (&InteractionCell, &InteractionCounts)> {
        self.interactions.iter()
    }

    /// Times reported by hosts that the engine bounded: they lay before an earlier fact, or after now.
    pub const fn bounded(&self) -> u64 {
        self.bounded
    }

    /// Adds what another cube has counted.
    pub fn merge(&mut self, other: &Self) {
        add_all(&mut self.requests, &other.requests);
        add_all(&mut self.agents, &other.agents);
        add_all(&mut self.interactions, &other.interactions);
        self.bounded += other.bounded;
    }

    /// Whether nothing has been counted.
    pub fn is_empty(&self) -> bool {
        self == &Self::default()
    }

    /// Takes everything out except the requests that wait: these are still to be counted down.
    pub(super) fn take(&mut self) -> Self {
        let mut taken = std::mem::take(self);
        for (cell, counts) in &mut taken.requests {
            let waiting = std::mem::take(&mut counts.waiting);
            if waiting > 0 {
                self.requests.insert(*cell, Counts { waiting, ..Counts::default() });
            }
        }
        taken
    }
}

fn add_all<K: Ord + Copy, V: Default + for<'a> AddAssign<&'a V>>(
    to: &mut BTreeMap<K, V>,
    from: &BTreeMap<K, V>,
) {
    for (key, value) in from {
        *to.entry(*key).or_default() += value;
    }
}

/// Adds up cells that have something in common: `group(cube.requests(), |cell| cell.queue)`.
///
/// ```
/// use switchboard::kpi::{Cube, group};
///
/// let cube = Cube::default();
/// let by_queue_and_interval = group(cube.requests(), |cell| (cell.queue, cell.interval));
/// assert!(by_queue_and_interval.is_empty());
/// ```
pub fn group<'a, C: 'a, V, K>(
    cells: impl IntoIterator<Item = (&'a C, &'a V)>,
    by: impl Fn(&C) -> K,
) -> BTreeMap<K, V>
where
    V: Default + for<'v> AddAssign<&'v V> + 'a,
    K: Ord,
{
    let mut groups = BTreeMap::new();
    for (cell, counts) in cells {
        *groups.entry(by(cell)).or_insert_with(V::default) += counts;
    }
    groups
}
