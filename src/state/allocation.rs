//! Sharing out: how far each group of a queue's agents is behind its share of what was offered.

use serde::{Deserialize, Serialize};

use super::State;
use super::plan::Turns;
use crate::id::QueueId;

/// A group that nobody could be chosen of catches up on so many offers of the whole queue at most.
const CAUGHT_UP: i64 = 20;

/// What the groups of a queue are owed: error diffusion over integers, so that no group is ever a whole
/// offer ahead of its share while all have somebody free.
#[derive(Clone, PartialEq, Eq, Default, Hash, Debug, Serialize, Deserialize)]
pub(crate) struct Allocated {
    shares: Vec<u32>,
    /// Share times offers so far, less all shares times those that the group got.
    owed: Vec<i64>,
}

impl Allocated {
    /// With all that is owed at nothing.
    pub(crate) fn new(shares: &[u32]) -> Self {
        Self { shares: shares.to_vec(), owed: vec![0; shares.len()] }
    }

    /// What each group is owed once the next offer is counted.
    pub(crate) fn next(&self) -> impl Iterator<Item = i64> + '_ {
        self.owed.iter().zip(&self.shares).map(|(owed, share)| owed + i64::from(*share))
    }

    fn give(&mut self, group: usize) {
        let all: i64 = self.shares.iter().map(|share| i64::from(*share)).sum();
        let next: Vec<i64> = self.next().collect();
        for (place, (owed, next)) in self.owed.iter_mut().zip(next).enumerate() {
            let given = if place == group { all } else { 0 };
            *owed = (next - given).clamp(-CAUGHT_UP * all, CAUGHT_UP * all);
        }
    }
}

impl State {
    /// What the groups of the queue are owed; nothing where it does not share out.
    pub(crate) fn allocated(&self, queue: QueueId) -> Option<Allocated> {
        let Turns::Allocation(shares) = &self.config.queue(queue)?.turns else { return None };
        let known = self.allocated.get(&queue).filter(|known| known.shares == *shares);
        Some(known.cloned().unwrap_or_else(|| Allocated::new(shares)))
    }

    /// A group got an offer. Shares that are other ones now begin anew.
    pub(super) fn allocate(&mut self, queue: QueueId, group: usize) {
        if let Some(mut allocated) = self.allocated(queue) {
            allocated.give(group);
            self.allocated.insert(queue, allocated);
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn no_group_is_a_whole_offer_ahead_of_its_share(
            shares in prop::collection::vec(1..100_u32, 1..6),
        ) {
            let all: i64 = shares.iter().map(|share| i64::from(*share)).sum();
            let mut allocated = Allocated::new(&shares);
            let mut given = vec![0_i64; shares.len()];
            for offers in 1..400_i64 {
                let next: Vec<i64> = allocated.next().collect();
                let most = next.iter().max().unwrap();
                let group = next.iter().position(|owed| owed == most).unwrap();
                allocated.give(group);
                given[group] += 1;
                let bound = i64::try_from(shares.len()).unwrap();
                for (given, share) in given.iter().zip(&shares) {
                    let off = given * all - i64::from(*share) * offers;
                    prop_assert!(off < all && off > -all * bound, "{off} of {all}");
                }
            }
        }
    }
}
