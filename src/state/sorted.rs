//! A sorted set for lines that are joined at one end and left at the other: a row of short, dense runs.
//!
//! What stands first lies at hand, an end is reached in one step, and anywhere else costs a search and
//! the shift of half a run at most.

use std::collections::VecDeque;

/// Keys of a run at most; a full one is split.
const RUN: usize = 128;

/// Keys in their order, each once.
#[derive(Clone, Debug)]
pub(super) struct Sorted<K> {
    /// None is empty.
    runs: VecDeque<VecDeque<K>>,
}

impl<K> Default for Sorted<K> {
    fn default() -> Self {
        Self { runs: VecDeque::new() }
    }
}

impl<K: Copy + Ord> Sorted<K> {
    pub(super) fn first(&self) -> Option<K> {
        self.runs.front()?.front().copied()
    }

    /// How many keys are less than this one, which need not be here.
    pub(super) fn rank(&self, key: &K) -> usize {
        let place = self.run_of(key);
        let before: usize = self.runs.iter().take(place).map(VecDeque::len).sum();
        let within = self.runs.get(place).map_or(0, |run| run.partition_point(|k| k < key));
        before + within
    }

    /// The first key that is greater than this one, which need not be here.
    pub(super) fn after(&self, key: &K) -> Option<K> {
        let runs = self.runs.iter().skip(self.run_of(key));
        let mut first = runs.take(2).map(|run| run.get(run.partition_point(|k| k <= key)));
        first.find_map(|found| found).copied()
    }

    /// All keys, the least first.
    pub(super) fn iter(&self) -> impl Iterator<Item = K> + '_ {
        self.runs.iter().flatten().copied()
    }

    /// Whether the key was not here yet.
    pub(super) fn insert(&mut self, key: K) -> bool {
        let place = self.run_of(&key);
        let last = place + 1 == self.runs.len();
        let Some(run) = self.runs.get_mut(place) else {
            self.runs.push_back(VecDeque::from([key]));
            return true;
        };
        let Err(at) = run.binary_search(&key) else { return false };
        if run.len() < RUN {
            run.insert(at, key);
            return true;
        }
        // Whoever joins at the end begins a new run: those before stay full.
        let mut rest = run.split_off(if last && at == RUN { RUN } else { RUN / 2 });
        match at.checked_sub(run.len()) {
            Some(at) => rest.insert(at, key),
            None => run.insert(at, key),
        }
        self.runs.insert(place + 1, rest);
        true
    }

    /// Whether the key was here.
    pub(super) fn remove(&mut self, key: &K) -> bool {
        let place = self.run_of(key);
        let Some(run) = self.runs.get_mut(place) else { return false };
        let found = run.binary_search(key);
        if let Ok(at) = found {
            run.remove(at);
        }
        if run.is_empty() {
            self.runs.remove(place);
        }
        found.is_ok()
    }

    /// The run that the key is in, or should be: the last that does not begin after it.
    fn run_of(&self, key: &K) -> usize {
        let begins_by_then = |run: &VecDeque<K>| run.front().is_some_and(|first| first <= key);
        match (self.runs.front(), self.runs.back()) {
            (Some(front), _) if !begins_by_then(front) => 0,
            (_, Some(back)) if begins_by_then(back) => self.runs.len() - 1,
            _ => self.runs.partition_point(begins_by_then).saturating_sub(1),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn it_is_an_ordered_set(
            steps in prop::collection::vec((any::<bool>(), 0..700_u32, 0..300_u32), 0..300),
        ) {
            let (mut sorted, mut plain) = (Sorted::default(), BTreeSet::new());
            for (add, from, many) in steps {
                for key in from..from + many {
                    if add {
                        prop_assert_eq!(sorted.insert(key), plain.insert(key));
                    } else {
                        prop_assert_eq!(sorted.remove(&key), plain.remove(&key));
                    }
                }
                prop_assert_eq!(sorted.first(), plain.first().copied());
                prop_assert_eq!(sorted.after(&from), plain.range(from + 1..).next().copied());
                prop_assert!(sorted.iter().eq(plain.iter().copied()));
                prop_assert!(sorted.runs.iter().all(|run| (1..=RUN).contains(&run.len())));
            }
        }
    }

    #[test]
    fn keys_that_come_in_order_lie_densely() {
        let mut sorted = Sorted::default();
        (0..10_000).for_each(|key| assert!(sorted.insert(key)));
        assert_eq!(sorted.runs.len(), 10_000_usize.div_ceil(RUN));
    }
}
