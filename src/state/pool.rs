//! Whom a line shares its staff with: what an estimate of its wait is made from.

use std::cmp::Ordering;
use std::collections::BTreeMap;

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
    steps: Steps,
    /// Agents of the pool who may serve it.
    pub(crate) common: u32,
    /// All agents of the moment who may.
    pub(crate) all: u32,
    /// Those who wait in it and go first: on a line; on none.
    pub(crate) ahead: [u32; 2],
}

impl Sharing {
    /// Nothing is relaxed: whoever comes to the queue comes here.
    pub(crate) fn is_entry(&self) -> bool {
        self.steps == Steps::default()
    }
}

impl State {
    /// Who serves requests of the class on that channel, and whom else; for each class, who goes before the key. In
    /// an order that no numbering changes.
    ///
    /// Looks at the classes that agents of the pool serve, for as many of them as there are signatures.
    pub(crate) fn pool(
        &self,
        (queue, steps): (QueueId, Steps),
        channel: Channel,
        key: &ServiceKey,
    ) -> Pool {
        let classes = &self.config.classes;
        let Some(own) = classes.tiers(queue, steps) else { return Pool::default() };
        let phone = channel.has_media();
        let mut pool = Pool::default();
        let mut common: BTreeMap<usize, u32> = BTreeMap::new();
        self.each_signature(own, phone, |signature, agents| {
            pool.staff = pool.staff.saturating_add(agents);
            let served = u32::try_from(signature).ok();
            let served = served.and_then(|number| self.config.signatures.classes(number));
            if let Some(served) = served.filter(|_| agents > 0) {
                served.each_common(served, |class| {
                    let sum = common.entry(class).or_default();
                    *sum = sum.saturating_add(agents);
                });
            }
        });
        for (number, common) in common {
            let Some((queue, steps)) = classes.of(number) else { continue };
            let ahead = self.before_in_class(number, key);
            let learned = || self.queue(queue).is_some_and(|row| row.pace.is_some());
            if ahead == [0; 2] && !(steps == Steps::default() && learned()) {
                continue;
            }
            let tiers = classes.tiers(queue, steps).unwrap_or_default();
            let mut all = 0_u32;
            self.each_signature(tiers, phone, |_, agents| all = all.saturating_add(agents));
            pool.sharing.push(Sharing { queue, steps, common, all, ahead });
        }
        pool.sharing.sort_unstable_by_key(|sharing| (sharing.queue, sharing.steps));
        pool
    }

    /// Looks at the signatures of a class, each with its agents of the moment; none is of two tiers.
    fn each_signature(&self, tiers: &[Bits], phone: bool, mut look: impl FnMut(usize, u32)) {
        for tier in tiers {
            tier.each_common(tier, |signature| {
                look(signature, self.staff.routable(signature, phone));
            });
        }
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
}
