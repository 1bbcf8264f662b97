//! The rings of a [`super::Wheel`]: slots of one era, unfolded where it pays.
//!
//! Entries lie in a slab and hang together in a doubly linked list per slot, so that one leaves its
//! slot without a search. Masks of the occupied slots lead to the earliest without a walk.

use super::{LEVELS, SLOT_BITS, tick};
use crate::time::Timestamp;

/// No entry, no ring.
const NONE: u32 = u32::MAX;
/// Slots of a ring.
const SLOTS: usize = 1 << SLOT_BITS;
/// Entries that the earliest slot is searched through for; beyond, it unfolds.
const GLANCE: usize = 6;
/// Entries beyond which any slot unfolds, so that no single step ever moves many.
const CROWD: u8 = 64;

/// Names an entry while it is in the rings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct EntryId(u32);

/// What [`Rings::earliest`] finds.
pub(super) enum Earliest<K> {
    /// The rings are empty.
    None,
    /// The earliest entry by (deadline, key).
    Entry(Timestamp, K),
    /// A crowd within the earliest tick, taken out of the rings: to be ordered elsewhere.
    Crowd(Vec<(Timestamp, K)>),
}

#[derive(Clone, Debug)]
struct Entry<K> {
    key: K,
    deadline: Timestamp,
    prev: u32,
    next: u32,
    /// The ring whose slot the entry hangs in; the slot follows from the deadline.
    ring: u32,
}

#[derive(Clone, Debug)]
struct Ring {
    /// Slots that hold something.
    occupied: u64,
    /// Slots that hold a ring in place of a list.
    unfolded: u64,
    /// First entry of the list, or the ring.
    slots: [u32; SLOTS],
    /// How many entries a list has; at most [`CROWD`].
    crowd: [u8; SLOTS],
    level: u32,
    parent: u32,
    /// The slot of the parent that this ring stands in.
    slot: usize,
}

/// The slot of a deadline in a ring of `level`.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // six bits remain
const fn slot_of(deadline: Timestamp, level: u32) -> usize {
    (tick(deadline) >> (SLOT_BITS * level)) as usize & (SLOTS - 1)
}

impl Ring {
    const fn new(level: u32, parent: u32, slot: usize) -> Self {
        let (slots, crowd) = ([NONE; SLOTS], [0; SLOTS]);
        Self { occupied: 0, unfolded: 0, slots, crowd, level, parent, slot }
    }

    const fn is_unfolded(&self, slot: usize) -> bool {
        self.unfolded >> slot & 1 == 1
    }

    fn at(&self, slot: usize) -> u32 {
        self.slots.get(slot).copied().unwrap_or(NONE)
    }

    /// Lets `slot` hold `what`: a list, a ring or nothing.
    fn put(&mut self, slot: usize, what: u32, unfolded: bool) {
        if let Some(place) = self.slots.get_mut(slot) {
            *place = what;
        }
        self.occupied = self.occupied & !(1 << slot) | u64::from(what != NONE) << slot;
        self.unfolded = self.unfolded & !(1 << slot) | u64::from(unfolded) << slot;
    }

    fn crowd_mut(&mut self, slot: usize) -> Option<&mut u8> {
        self.crowd.get_mut(slot)
    }
}

/// Puts an item where one was given back, or at the end; `None` if numbers run out.
fn store<T>(items: &mut Vec<T>, unused: &mut Vec<u32>, item: T) -> Option<u32> {
    if let Some(id) = unused.pop() {
        *items.get_mut(id as usize)? = item;
        return Some(id);
    }
    let id = u32::try_from(items.len()).ok().filter(|id| *id != NONE)?;
    items.push(item);
    Some(id)
}

/// Entries of one era by deadline.
#[derive(Clone, Debug)]
pub(super) struct Rings<K> {
    entries: Vec<Entry<K>>,
    unused_entries: Vec<u32>,
    /// The first is the top ring; it stays.
    all: Vec<Ring>,
    unused: Vec<u32>,
}

impl<K> Default for Rings<K> {
    fn default() -> Self {
        Self {
            entries: Vec::new(),
            unused_entries: Vec::new(),
            all: vec![Ring::new(LEVELS - 1, NONE, 0)],
            unused: Vec::new(),
        }
    }
}

impl<K: Copy + Ord> Rings<K> {
    /// Adds an entry of this era. `None` if there is no room for it: its tick is crowded, or there
    /// are four thousand million others.
    pub(super) fn insert(&mut self, key: K, deadline: Timestamp) -> Option<EntryId> {
        let mut ring = 0;
        let slot = loop {
            let at = self.ring(ring)?;
            let slot = slot_of(deadline, at.level);
            if at.is_unfolded(slot) {
                ring = at.at(slot);
            } else if at.crowd.get(slot).is_none_or(|crowd| *crowd < CROWD) {
                break slot;
            } else if at.level == 0 {
                return None;
            } else {
                ring = self.unfold(ring, slot)?;
            }
        };
        let entry = Entry { key, deadline, prev: NONE, next: NONE, ring };
        let id = store(&mut self.entries, &mut self.unused_entries, entry)?;
        self.link(id, ring, slot);
        Some(EntryId(id))
    }

    /// Takes an entry out.
    pub(super) fn remove(&mut self, EntryId(id): EntryId) {
        let Some(&Entry { deadline, prev, next, ring, .. }) = self.entry(id) else { return };
        if let Some(prev) = self.entry_mut(prev) {
            prev.next = next;
        }
        if let Some(next) = self.entry_mut(next) {
            next.prev = prev;
        }
        self.unused_entries.push(id);
        let Some(home) = self.ring_mut(ring) else { return };
        let slot = slot_of(deadline, home.level);
        if let Some(crowd) = home.crowd_mut(slot) {
            *crowd = crowd.saturating_sub(1);
        }
        if prev == NONE {
            home.put(slot, next, false);
            if home.occupied == 0 {
                self.fold(ring);
            }
        }
    }

    /// Finds the earliest entry; unfolds on the way where a list is long.
    pub(super) fn earliest(&mut self) -> Earliest<K> {
        let mut ring = 0;
        while let Some(at) = self.ring(ring).filter(|ring| ring.occupied != 0) {
            let slot = at.occupied.trailing_zeros() as usize;
            let (level, first) = (at.level, at.at(slot));
            if at.is_unfolded(slot) {
                ring = first;
            } else if let Some((deadline, key)) = self.glance(first) {
                return Earliest::Entry(deadline, key);
            } else if level > 0
                && let Some(below) = self.unfold(ring, slot)
            {
                ring = below;
            } else {
                return Earliest::Crowd(self.take_list(first));
            }
        }
        Earliest::None
    }

    /// Takes everything out, in no order.
    pub(super) fn drain(&mut self) -> Vec<(Timestamp, K)> {
        let mut all = Vec::new();
        let mut rings = vec![0];
        while let Some(ring) = rings.pop().and_then(|ring| self.ring(ring)) {
            for slot in 0..SLOTS {
                let what = ring.at(slot);
                if ring.is_unfolded(slot) {
                    rings.push(what);
                } else {
                    all.extend(self.list(what).map(|(_, entry)| (entry.deadline, entry.key)));
                }
            }
        }
        *self = Self::default();
        all
    }

    /// The earliest of a short list; `None` if the list is long.
    fn glance(&self, first: u32) -> Option<(Timestamp, K)> {
        let mut earliest = None;
        for (place, (_, entry)) in self.list(first).enumerate() {
            if place == GLANCE {
                return None;
            }
            let this = (entry.deadline, entry.key);
            earliest = Some(earliest.map_or(this, |other| this.min(other)));
        }
        earliest
    }

    /// Takes the whole list of a slot out.
    fn take_list(&mut self, first: u32) -> Vec<(Timestamp, K)> {
        let ids: Vec<u32> = self.list(first).map(|(id, _)| id).collect();
        let mut taken = Vec::with_capacity(ids.len());
        for id in ids {
            taken.extend(self.entry(id).map(|entry| (entry.deadline, entry.key)));
            self.remove(EntryId(id));
        }
        taken
    }

    /// Gives a slot that holds a list a ring of its own and spreads the list over it.
    fn unfold(&mut self, ring: u32, slot: usize) -> Option<u32> {
        let at = self.ring(ring)?;
        let first = at.at(slot);
        let new = Ring::new(at.level.checked_sub(1)?, ring, slot);
        let level = new.level;
        let below = store(&mut self.all, &mut self.unused, new)?;
        let at = self.ring_mut(ring)?;
        at.put(slot, below, true);
        if let Some(crowd) = at.crowd_mut(slot) {
            *crowd = 0;
        }
        let mut next = first;
        while let Some(entry) = self.entry(next) {
            let (this, deadline) = (next, entry.deadline);
            next = entry.next;
            self.link(this, below, slot_of(deadline, level));
        }
        Some(below)
    }

    /// Gives an empty ring back, and those above it that are empty without it.
    fn fold(&mut self, mut ring: u32) {
        while let Some(&Ring { occupied: 0, parent, slot, .. }) = self.ring(ring)
            && let Some(above) = self.ring_mut(parent)
        {
            above.put(slot, NONE, false);
            self.unused.push(ring);
            ring = parent;
        }
    }

    /// Hangs an entry in front of the list of a slot.
    fn link(&mut self, id: u32, ring: u32, slot: usize) {
        let Some(home) = self.ring_mut(ring) else { return };
        let next = home.at(slot);
        home.put(slot, id, false);
        if let Some(crowd) = home.crowd_mut(slot) {
            *crowd = crowd.saturating_add(1);
        }
        if let Some(entry) = self.entry_mut(id) {
            (entry.prev, entry.next, entry.ring) = (NONE, next, ring);
        }
        if let Some(next) = self.entry_mut(next) {
            next.prev = id;
        }
    }

    fn list(&self, first: u32) -> impl Iterator<Item = (u32, &Entry<K>)> {
        let mut next = first;
        std::iter::from_fn(move || {
            let id = next;
            let entry = self.entry(id)?;
            next = entry.next;
            Some((id, entry))
        })
    }

    fn entry(&self, id: u32) -> Option<&Entry<K>> {
        self.entries.get(id as usize)
    }

    fn entry_mut(&mut self, id: u32) -> Option<&mut Entry<K>> {
        self.entries.get_mut(id as usize)
    }

    fn ring(&self, id: u32) -> Option<&Ring> {
        self.all.get(id as usize)
    }

    fn ring_mut(&mut self, id: u32) -> Option<&mut Ring> {
        self.all.get_mut(id as usize)
    }
}

#[cfg(test)]
impl<K: Copy + Ord> Rings<K> {
    /// How many entries and rings there is room for.
    pub(super) fn room(&self) -> (usize, usize) {
        (self.entries.len(), self.all.len())
    }

    /// Fails if the books of the rings in use do not agree with what hangs in them.
    pub(super) fn check(&self) {
        for (id, ring) in self.all.iter().enumerate() {
            if self.unused.iter().any(|unused| *unused as usize == id) {
                continue;
            }
            assert!(id == 0 || ring.occupied != 0, "an empty ring is kept");
            for slot in 0..SLOTS {
                let in_list =
                    if ring.is_unfolded(slot) { 0 } else { self.list(ring.at(slot)).count() };
                assert_eq!(usize::from(ring.crowd[slot]), in_list, "slot {slot} of ring {id}");
                assert_eq!(ring.occupied >> slot & 1 == 1, ring.at(slot) != NONE);
            }
        }
    }
}
