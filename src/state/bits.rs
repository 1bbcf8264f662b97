//! Sets of small numbers, one bit each.

/// A set of numbers, as words of 64 bits.
#[derive(Clone, Debug, Default)]
pub(crate) struct Bits {
    words: Vec<u64>,
}

impl Bits {
    pub(super) fn insert(&mut self, number: usize) {
        let word = number / 64;
        if self.words.len() <= word {
            self.words.resize(word + 1, 0);
        }
        if let Some(word) = self.words.get_mut(word) {
            *word |= 1 << (number % 64);
        }
    }

    pub(crate) fn contains(&self, number: usize) -> bool {
        self.words.get(number / 64).is_some_and(|word| word & 1 << (number % 64) != 0)
    }

    /// The words that it takes up.
    #[cfg(test)]
    pub(super) fn room(&self) -> usize {
        self.words.len()
    }

    pub(super) fn remove(&mut self, number: usize) {
        if let Some(word) = self.words.get_mut(number / 64) {
            *word &= !(1 << (number % 64));
        }
    }

    /// Looks at the numbers that are in both sets, the least first.
    pub(super) fn each_common(&self, other: &Self, mut look: impl FnMut(usize)) {
        for (first, (a, b)) in (0..).step_by(64).zip(self.words.iter().zip(&other.words)) {
            each_bit(a & b, |bit| look(first + bit));
        }
    }

    /// Takes out every number, the least first.
    pub(super) fn drain(&mut self, mut look: impl FnMut(usize)) {
        for (first, word) in (0..).step_by(64).zip(&mut self.words) {
            each_bit(std::mem::take(word), |bit| look(first + bit));
        }
    }
}

fn each_bit(mut word: u64, mut look: impl FnMut(usize)) {
    while word != 0 {
        look(word.trailing_zeros() as usize);
        word &= word - 1;
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn they_are_a_set(a in prop::collection::btree_set(0..300_usize, 0..40),
            b in prop::collection::btree_set(0..300_usize, 0..40), gone in 0..300_usize) {
            let of = |numbers: &BTreeSet<usize>| {
                let mut bits = Bits::default();
                for number in numbers {
                    bits.insert(*number);
                }
                bits
            };
            let (mut x, y) = (of(&a), of(&b));
            let mut common = Vec::new();
            x.each_common(&y, |number| common.push(number));
            prop_assert!(common.into_iter().eq(a.intersection(&b).copied()));
            prop_assert!((0..300).all(|number| x.contains(number) == a.contains(&number)));
            x.remove(gone);
            let mut drained = Vec::new();
            x.drain(|number| drained.push(number));
            prop_assert!(drained.into_iter().eq(a.into_iter().filter(|number| *number != gone)));
            x.drain(|number| panic!("{number} is still there"));
        }
    }
}
