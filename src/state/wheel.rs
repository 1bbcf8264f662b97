//! Deadlines by time: a hierarchical timer wheel.
//!
//! Six levels of 64 slots over ticks of one millisecond; a level-5 slot is 12.4 days, the whole wheel
//! 2.2 years, an *era*. Three things differ from the usual wheel:
//!
//! - **A slot unfolds into the ring below it only when that pays**: when it is crowded, or when it is
//!   the earliest and more than a handful wait in it. There is no hand that walks over the slots, so
//!   a jump over days costs nothing, and a deadline that moves closer or lies in the past is nothing
//!   special. An entry moves down at most five times in its life, never up.
//! - **The earliest deadline is always known exactly**, to the microsecond: hosts sleep until then.
//! - **Order is complete**: entries leave by (deadline, key), however and in whatever order they came
//!   in, so a wheel that is rebuilt from the state equals the one that was kept.
//!
//! What slots cannot hold lies in one ordered set: deadlines of other eras, and crowds within one tick.

use std::collections::BTreeSet;
use std::hash::Hash;

use super::hash::Map;
use crate::time::Timestamp;

mod rings;

use rings::{Earliest, Rings};

/// Microseconds of a tick.
const TICK: i64 = 1_000;
/// Bits of a slot number.
const SLOT_BITS: u32 = 6;
/// Number of levels.
const LEVELS: u32 = 6;

/// The tick that `deadline` lies in.
const fn tick(deadline: Timestamp) -> i64 {
    deadline.as_micros().div_euclid(TICK)
}

/// The turn of the whole wheel that `deadline` lies in.
const fn era(deadline: Timestamp) -> i64 {
    tick(deadline) >> (SLOT_BITS * LEVELS)
}

/// The armed deadlines of many keys, at most one per key.
#[derive(Clone, Debug)]
pub(crate) struct Wheel<K> {
    /// The era that the rings stand for.
    era: i64,
    rings: Rings<K>,
    /// Deadlines of other eras, and of ticks that are too crowded for a list.
    ordered: BTreeSet<(Timestamp, K)>,
    places: Map<K, Place>,
    /// The earliest of all, always exact.
    head: Option<(Timestamp, K)>,
}

/// Where the deadline of a key is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Place {
    deadline: Timestamp,
    /// The entry in the rings; `None` if it lies in the ordered set.
    entry: Option<rings::EntryId>,
}

impl<K: Copy + Ord + Hash> Default for Wheel<K> {
    fn default() -> Self {
        Self::new(Timestamp::EPOCH)
    }
}

impl<K: Copy + Ord + Hash> Wheel<K> {
    /// An empty wheel, at its best for deadlines in the 2.2-year turn that `start` lies in.
    ///
    /// Other deadlines are kept just as exactly; the wheel follows the time seen by
    /// [`Wheel::pop_due`].
    pub(crate) fn new(start: Timestamp) -> Self {
        Self {
            era: era(start),
            rings: Rings::default(),
            ordered: BTreeSet::new(),
            places: Map::default(),
            head: None,
        }
    }

    /// The number of armed keys.
    pub(crate) fn len(&self) -> usize {
        self.places.len()
    }

    /// Whether nothing is armed.
    #[cfg(test)]
    pub(crate) fn is_empty(&self) -> bool {
        self.places.is_empty()
    }

    /// The deadline of `key`, if it is armed.
    pub(crate) fn deadline(&self, key: &K) -> Option<Timestamp> {
        self.places.get(key).map(|place| place.deadline)
    }

    /// The earliest deadline of all.
    pub(crate) fn next_deadline(&self) -> Option<Timestamp> {
        self.head.map(|(deadline, _)| deadline)
    }

    /// Arms `key` for `deadline`, in place of an earlier setting. [`Timestamp::MAX`] means never: it
    /// disarms.
    pub(crate) fn set(&mut self, key: K, deadline: Timestamp) {
        if deadline == Timestamp::MAX {
            self.clear(&key);
            return;
        }
        let old = self.put(key, deadline);
        if old != Some(deadline) && old.is_some_and(|old| self.head == Some((old, key))) {
            self.find_head();
        } else if self.head.is_none_or(|head| (deadline, key) < head) {
            self.head = Some((deadline, key));
        }
    }

    /// Disarms `key`; returns the deadline it had.
    pub(crate) fn clear(&mut self, key: &K) -> Option<Timestamp> {
        let place = self.places.remove(key)?;
        self.unfile(*key, place);
        if self.head == Some((place.deadline, *key)) {
            self.find_head();
        }
        Some(place.deadline)
    }

    /// Disarms and returns the earliest (deadline, key) at or before `now`.
    pub(crate) fn pop_due(&mut self, now: Timestamp) -> Option<(Timestamp, K)> {
        if era(now) != self.era {
            self.turn_to(era(now));
        }
        let (deadline, key) = self.head.filter(|(deadline, _)| *deadline <= now)?;
        self.clear(&key);
        Some((deadline, key))
    }

    /// Files a deadline in place of the key's old one, which it returns. The caller sees to the head.
    fn put(&mut self, key: K, deadline: Timestamp) -> Option<Timestamp> {
        let entry = if era(deadline) == self.era { self.rings.insert(key, deadline) } else { None };
        if entry.is_none() {
            self.ordered.insert((deadline, key));
        }
        // The new place first: so one search of the table does for both.
        let old = self.places.insert(key, Place { deadline, entry })?;
        if old != (Place { deadline, entry: None }) || entry.is_some() {
            self.unfile(key, old);
        }
        Some(old.deadline)
    }

    /// Takes a key out of the place where it was kept. The caller sees to the rest.
    fn unfile(&mut self, key: K, place: Place) {
        match place.entry {
            Some(entry) => self.rings.remove(entry),
            None => {
                self.ordered.remove(&(place.deadline, key));
            }
        }
    }

    /// Makes the head exact again.
    fn find_head(&mut self) {
        let in_rings = loop {
            match self.rings.earliest() {
                Earliest::None => break None,
                Earliest::Entry(deadline, key) => break Some((deadline, key)),
                Earliest::Crowd(crowd) => {
                    for (deadline, key) in crowd {
                        self.ordered.insert((deadline, key));
                        self.places.insert(key, Place { deadline, entry: None });
                    }
                }
            }
        };
        let in_order = self.ordered.first().copied();
        self.head = match (in_rings, in_order) {
            (Some(a), Some(b)) => Some(a.min(b)),
            (one, other) => one.or(other),
        };
    }

    /// Lets the rings stand for another era. Rare: time moves on by 2.2 years, or for the first time.
    fn turn_to(&mut self, new: i64) {
        self.era = new;
        let mut all: Vec<(Timestamp, K)> = self.rings.drain();
        self.ordered.retain(|(deadline, key)| {
            let stays = era(*deadline) != new;
            if !stays {
                all.push((*deadline, *key));
            }
            stays
        });
        for (deadline, key) in all {
            // Its old place is gone with the drain.
            self.places.remove(&key);
            self.put(key, deadline);
        }
    }
}

#[cfg(test)]
mod tests;
