//! Whom a line shares its staff with: what an estimate of its wait is made from.

use std::cmp::Ordering;

use smallvec::SmallVec;

use super::relaxing::Steps;
use super::{Bits, ServiceKey, State};
use crate::id::QueueId;
use crate::model::Channel;

/// The staff of a line, and all lines that it serves, the line itself among them.
#[derive(Default)]
pub(crate) struct Pool {
    /// Agents of the moment who may serve the line, busy or not; those who are about to leave do not count.
    pub(crate) staff: u32,
    pub(crate) sharing: SmallVec<[Sharing; 1]>,
}

/// A class of requests that agents of a pool serve.
pub(crate) struct Sharing {
    pub(crate) queue: QueueId,
    /// Nothing is relaxed: whoever comes to the queue comes here.
    pub(crate) entry: bool,
    /// Agents of the pool who may serve it.
    pub(crate) common: u32,
    /// All agents of the moment who may.
    pub(crate) all: u32,
    /// Those who wait in it and go first: on a line; on none.
    pub(crate) ahead: [u32; 2],
}

impl State {
    /// Who serves requests of the class on that channel, and whom else; for each class, who goes before the key.
    ///
    /// Looks at all classes in which somebody waits, or whose queue has learned anything.
    pub(crate) fn pool(
        &self,
        (queue, steps): (QueueId, Steps),
        channel: Channel,
        key: &ServiceKey,
    ) -> Pool {
        let classes = &self.config.classes;
        let Some(own) = classes.tiers(queue, steps) else { return Pool::default() };
        let phone = channel.has_media();
        let mut pool = Pool { staff: self.in_both(own, own, phone), sharing: SmallVec::new() };
        let numbered = (0..).map_while(|number| Some((number, classes.of(number)?)));
        for (number, (other, under)) in numbered {
            let ahead = self.before_in_class(number, key);
            let is_own = (other, under) == (queue, steps);
            let entry = under == Steps::default();
            let learned = || self.queue(other).is_some_and(|row| row.pace.is_some());
            if !is_own && ahead == [0; 2] && !(entry && learned()) {
                continue;
            }
            let tiers = classes.tiers(other, under).unwrap_or_default();
            let common = if is_own { pool.staff } else { self.in_both(own, tiers, phone) };
            if common > 0 {
                let all = if is_own { common } else { self.in_both(tiers, tiers, phone) };
                pool.sharing.push(Sharing { queue: other, entry, common, all, ahead });
            }
        }
        pool
    }

    /// Agents of the moment whose signatures are in both; within one class no signature is of two tiers.
    fn in_both(&self, some: &[Bits], others: &[Bits], phone: bool) -> u32 {
        let mut sum = 0_u32;
        for (a, b) in some.iter().flat_map(|a| others.iter().map(move |b| (a, b))) {
            a.each_common(b, |signature| {
                sum = sum.saturating_add(self.staff.routable(signature, phone));
            });
        }
        sum
    }

    /// How many requests of a class go before the key: those on a line, and the others.
    fn before_in_class(&self, number: usize, key: &ServiceKey) -> [u32; 2] {
        let mut before = [0_u32; 2];
        for line in self.index.waiting.at(number) {
            let deferrable = !line.band.channel.is_live();
            let rank = match (deferrable, line.band.rank).cmp(&(key.deferrable, key.rank)) {
                Ordering::Less => line.len(),
                Ordering::Equal => line.rank(&(key.due_at, key.request)),
                Ordering::Greater => 0,
            };
            if let Some(count) = before.get_mut(usize::from(deferrable)) {
                *count = count.saturating_add(u32::try_from(rank).unwrap_or(u32::MAX));
            }
        }
        before
    }

    /// Whether an agent is free who may serve requests of the class on that channel.
    pub(crate) fn has_somebody_free(
        &self,
        (queue, steps): (QueueId, Steps),
        channel: Channel,
    ) -> bool {
        let mut found = false;
        for tier in self.config.classes.tiers(queue, steps).into_iter().flatten() {
            self.index.idle.each(tier, |_, line| found |= line.admits(channel));
        }
        found
    }

    /// Who is first in the line of the class on that channel.
    pub(crate) fn head_of_line(
        &self,
        (queue, steps): (QueueId, Steps),
        channel: Channel,
    ) -> Option<crate::id::RequestId> {
        let number = self.config.classes.number(queue, steps)?;
        let lines = self.index.waiting.at(number as usize);
        let of_channel = lines.filter(|line| line.band.channel == channel);
        Some(of_channel.min_by_key(|line| (line.band.rank, line.head))?.head.1)
    }
}
