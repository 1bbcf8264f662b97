//! Ordered lines side by side, each with its head at hand: what the two sides of the match stand in.
//!
//! A decision looks at the heads of some lines and walks into the few that matter, so it costs as much
//! as there are lines, however long they are.

use smallvec::SmallVec;

use super::bits::Bits;
use super::sorted::Sorted;
use crate::model::Channel;

/// Keys in their order. Never empty.
#[derive(Clone, Debug)]
pub(crate) struct Line<B, K> {
    /// What tells the line from others at the same place.
    pub(crate) band: B,
    /// The least key.
    pub(crate) head: K,
    keys: Sorted<K>,
    len: u32,
}

impl<K> Line<u16, K> {
    /// Whether those in it have room for an item of the channel.
    pub(crate) const fn admits(&self, channel: Channel) -> bool {
        self.band & (1 << channel.index()) != 0
    }
}

impl<B, K: Copy + Ord> Line<B, K> {
    /// How many keys there are.
    pub(crate) const fn len(&self) -> usize {
        self.len as usize
    }

    /// How many keys are less.
    pub(super) fn rank(&self, key: &K) -> usize {
        self.keys.rank(key)
    }

    /// The first key that is greater than this one, which need not be here.
    pub(crate) fn after(&self, key: &K) -> Option<K> {
        self.keys.after(key)
    }

    /// All keys, the least first.
    pub(crate) fn keys(&self) -> impl Iterator<Item = K> + '_ {
        self.keys.iter()
    }
}

/// Lines by a number, and by a band where they differ in more than that.
#[derive(Clone, Debug)]
pub(crate) struct Shelf<B, K> {
    lines: Vec<SmallVec<[Line<B, K>; 1]>>,
    /// Numbers with a line.
    occupied: Bits,
    /// How many numbers have one.
    count: usize,
}

impl<B, K> Default for Shelf<B, K> {
    fn default() -> Self {
        Self { lines: Vec::new(), occupied: Bits::default(), count: 0 }
    }
}

impl<B: Copy + Eq, K: Copy + Ord> Shelf<B, K> {
    /// Whether the key was not there yet.
    pub(super) fn insert(&mut self, number: usize, band: B, key: K) -> bool {
        if self.lines.len() <= number {
            self.lines.resize_with(number + 1, SmallVec::new);
        }
        let Some(lines) = self.lines.get_mut(number) else { return false };
        if let Some(line) = lines.iter_mut().find(|line| line.band == band) {
            line.head = line.head.min(key);
            let new = line.keys.insert(key);
            line.len += u32::from(new);
            new
        } else {
            let mut keys = Sorted::default();
            keys.insert(key);
            self.count += usize::from(lines.is_empty());
            lines.push(Line { band, head: key, keys, len: 1 });
            self.occupied.insert(number);
            true
        }
    }

    /// Whether the key was there.
    pub(super) fn remove(&mut self, number: usize, band: B, key: K) -> bool {
        let Some(lines) = self.lines.get_mut(number) else { return false };
        let Some(place) = lines.iter().position(|line| line.band == band) else { return false };
        let Some(line) = lines.get_mut(place) else { return false };
        let gone = line.keys.remove(&key);
        line.len -= u32::from(gone);
        if let Some(head) = line.keys.first() {
            line.head = head;
            return gone;
        }
        lines.swap_remove(place);
        if lines.is_empty() {
            self.occupied.remove(number);
            self.count -= 1;
        }
        gone
    }

    /// How many numbers have a line.
    pub(crate) const fn occupied(&self) -> usize {
        self.count
    }

    /// Looks at the lines of those numbers.
    pub(crate) fn each<'a>(&'a self, numbers: &Bits, mut look: impl FnMut(usize, &'a Line<B, K>)) {
        self.occupied.each_common(numbers, |number| {
            for line in self.lines.get(number).into_iter().flatten() {
                look(number, line);
            }
        });
    }

    /// The lines of a number.
    pub(crate) fn at(&self, number: usize) -> impl Iterator<Item = &Line<B, K>> {
        self.lines.get(number).into_iter().flatten()
    }

    /// All lines, each with its number.
    pub(super) fn all(&self) -> impl Iterator<Item = (usize, &Line<B, K>)> {
        let numbered = self.lines.iter().enumerate();
        numbered.flat_map(|(number, lines)| lines.iter().map(move |line| (number, line)))
    }
}
