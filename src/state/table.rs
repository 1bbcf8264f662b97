//! Tables of entities, each with a hash that is settled on demand: [`Table`] by id, [`Rows`] by number.
//!
//! Slots are an internal matter: they never appear in events, ids or hashes, and nothing may depend
//! on the order in which a table is walked.

use std::fmt;
use std::hash::Hash;

use hashbrown::HashTable;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use super::bits::Bits;
use super::hash::fingerprint;
use crate::id::INDEX_BITS;

/// Where a look-up by id begins. Ids tell in which record they were made, and what was made together is needed
/// together: records that follow each other stand side by side, 32 in a row, and the rows are spread over the table.
#[allow(clippy::cast_possible_truncation)] // the lower half of an id: most of the sequence number, and the index
fn place(key: u128) -> u64 {
    let key = key as u64;
    let seq = key >> INDEX_BITS;
    let spread = fingerprint(&(seq >> 5)) << 5 | seq & 31;
    // The upper bits tell neighbours from each other.
    spread ^ fingerprint(&key) << 57
}

/// Something that lives in a table.
pub(crate) trait Entity: Hash {
    /// The bits of its id, unique within the table.
    fn key(&self) -> u128;
}

/// Entities in slots, and the sum of their hashes.
#[derive(Clone)]
struct Slots<T> {
    entities: Vec<Option<T>>,
    /// The part of the sum that stands for each slot; short where no hash has been asked for.
    hashes: Vec<u64>,
    sum: u64,
    /// Slots that have changed since the sum was settled.
    dirty: Bits,
}

impl<T> Default for Slots<T> {
    fn default() -> Self {
        Self { entities: Vec::new(), hashes: Vec::new(), sum: 0, dirty: Bits::default() }
    }
}

impl<T: Entity> Slots<T> {
    fn get(&self, slot: usize) -> Option<&T> {
        self.entities.get(slot)?.as_ref()
    }

    /// The entity, to be changed; a number that nobody has leaves no trace.
    fn get_mut(&mut self, slot: usize) -> Option<&mut T> {
        let entity = self.entities.get_mut(slot)?.as_mut()?;
        self.dirty.insert(slot);
        Some(entity)
    }

    /// Puts an entity into a slot; there may be more slots afterwards.
    fn put(&mut self, slot: usize, entity: T) {
        if self.entities.len() <= slot {
            self.entities.resize_with(slot + 1, || None);
        }
        if let Some(place) = self.entities.get_mut(slot) {
            *place = Some(entity);
            self.dirty.insert(slot);
        }
    }

    fn take(&mut self, slot: usize) -> Option<T> {
        let entity = self.entities.get_mut(slot)?.take()?;
        self.dirty.insert(slot);
        Some(entity)
    }

    fn iter(&self) -> impl Iterator<Item = &T> {
        self.entities.iter().flatten()
    }

    /// Tells the slot of the entity with the key.
    fn of(&self, key: u128) -> impl Fn(&u32) -> bool {
        move |slot| self.get(*slot as usize).is_some_and(|entity| entity.key() == key)
    }

    /// The wrapping sum of the hashes of all entities; only those that changed are hashed again.
    fn settle_hash(&mut self) -> u64 {
        let Self { entities, hashes, sum, dirty } = self;
        hashes.resize(entities.len(), 0);
        dirty.drain(|slot| {
            let hash = entities.get(slot).and_then(Option::as_ref).map_or(0, fingerprint);
            if let Some(old) = hashes.get_mut(slot) {
                *sum = sum.wrapping_sub(*old).wrapping_add(hash);
                *old = hash;
            }
        });
        *sum
    }
}

/// Entities by id. The look-up holds slots alone; whose they are, the entities there say.
#[derive(Clone)]
pub(crate) struct Table<T> {
    slots: Slots<T>,
    free: Vec<u32>,
    by_key: HashTable<u32>,
    /// The slot changed last: a step comes back to the same few entities again and again.
    recent: usize,
}

impl<T> Default for Table<T> {
    fn default() -> Self {
        Self { slots: Slots::default(), free: Vec::new(), by_key: HashTable::new(), recent: 0 }
    }
}

impl<T: Entity> Table<T> {
    pub(crate) fn len(&self) -> usize {
        self.by_key.len()
    }

    /// Where the entity of the key is.
    fn slot(&self, key: u128) -> Option<usize> {
        if self.slots.get(self.recent).is_some_and(|entity| entity.key() == key) {
            return Some(self.recent);
        }
        let slot = self.by_key.find(place(key), self.slots.of(key))?;
        Some(*slot as usize)
    }

    pub(crate) fn get(&self, key: u128) -> Option<&T> {
        self.slots.get(self.slot(key)?)
    }

    /// The entity with the slot that it keeps while it is here.
    pub(super) fn find(&self, key: u128) -> Option<(u32, &T)> {
        let slot = self.slot(key)?;
        Some((u32::try_from(slot).ok()?, self.slots.get(slot)?))
    }

    /// What is in a slot.
    pub(super) fn at(&self, slot: u32) -> Option<&T> {
        self.slots.get(slot as usize)
    }

    /// The entity, to be changed.
    pub(super) fn get_mut(&mut self, key: u128) -> Option<&mut T> {
        let slot = self.slot(key)?;
        self.recent = slot;
        self.slots.get_mut(slot)
    }

    /// Adds an entity, or replaces the one with the same id.
    pub(super) fn insert(&mut self, entity: T) {
        let key = entity.key();
        if let Some(slot) = self.slot(key) {
            self.slots.put(slot, entity);
            return;
        }
        let next = || u32::try_from(self.slots.entities.len()).unwrap_or(u32::MAX);
        let slot = self.free.pop().unwrap_or_else(next);
        self.slots.put(slot as usize, entity);
        self.recent = slot as usize;
        let slots = &self.slots;
        let hash = |slot: &u32| slots.get(*slot as usize).map_or(0, |e| place(e.key()));
        self.by_key.insert_unique(place(key), slot, hash);
    }

    /// Makes room in the look-up, so that it does not grow by and by.
    fn reserve(&mut self, more: usize) {
        let slots = &self.slots;
        self.by_key.reserve(more, |slot| slots.get(*slot as usize).map_or(0, |e| place(e.key())));
    }

    pub(super) fn remove(&mut self, key: u128) -> Option<T> {
        let found = self.by_key.find_entry(place(key), self.slots.of(key)).ok()?;
        let (slot, _) = found.remove();
        self.free.push(slot);
        self.slots.take(slot as usize)
    }

    /// All entities, in no meaningful order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &T> {
        self.slots.iter()
    }

    /// All entities in the order of their ids, for snapshots and rebuilt indexes.
    pub(crate) fn sorted(&self) -> Vec<&T> {
        let mut all: Vec<&T> = self.iter().collect();
        all.sort_unstable_by_key(|entity| entity.key());
        all
    }

    pub(super) fn settle_hash(&mut self) -> u64 {
        self.slots.settle_hash()
    }
}

/// Entities by their number in the configuration: the number is the slot.
#[derive(Clone)]
pub(crate) struct Rows<T> {
    slots: Slots<T>,
}

impl<T> Default for Rows<T> {
    fn default() -> Self {
        Self { slots: Slots::default() }
    }
}

impl<T: Entity> Rows<T> {
    pub(crate) fn get(&self, key: u128) -> Option<&T> {
        self.slots.get(usize::try_from(key).ok()?)
    }

    /// The entity, to be changed.
    pub(super) fn get_mut(&mut self, key: u128) -> Option<&mut T> {
        self.slots.get_mut(usize::try_from(key).ok()?)
    }

    /// Adds the entity of the next number, or replaces an earlier one; numbers leave no gap.
    pub(super) fn insert(&mut self, entity: T) {
        let next = self.slots.entities.len();
        if let Some(slot) = usize::try_from(entity.key()).ok().filter(|slot| *slot <= next) {
            self.slots.put(slot, entity);
        }
    }

    /// All entities in the order of their numbers.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &T> {
        self.slots.iter()
    }

    pub(super) fn settle_hash(&mut self) -> u64 {
        self.slots.settle_hash()
    }
}

/// As a list in the order of ids, so that equal tables are written alike.
impl<T: Entity + Serialize> Serialize for Table<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.sorted())
    }
}

impl<T: Entity + Serialize> Serialize for Rows<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.iter().collect::<Vec<&T>>())
    }
}

impl<'de, T: Entity + Deserialize<'de>> Deserialize<'de> for Table<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_seq(Listed(Self::default(), Self::reserve, Self::insert))
    }
}

impl<'de, T: Entity + Deserialize<'de>> Deserialize<'de> for Rows<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_seq(Listed(Self::default(), |_, _| {}, Self::insert))
    }
}

/// Reads a list item by item into what makes room and takes it in.
struct Listed<C, T>(C, fn(&mut C, usize), fn(&mut C, T));

impl<'de, C, T: Deserialize<'de>> de::Visitor<'de> for Listed<C, T> {
    type Value = C;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list")
    }

    fn visit_seq<A: de::SeqAccess<'de>>(mut self, mut items: A) -> Result<C, A::Error> {
        // The list may lie about its length.
        (self.1)(&mut self.0, items.size_hint().unwrap_or(0).min(1 << 20));
        while let Some(item) = items.next_element()? {
            (self.2)(&mut self.0, item);
        }
        Ok(self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Hash)]
    struct Row(u32);

    impl Entity for Row {
        fn key(&self) -> u128 {
            self.0.into()
        }
    }

    /// Rows of records that follow each other are found side by side, and all rows spread over the whole look-up.
    #[test]
    fn what_is_made_together_is_found_together() {
        let of = |seq: u128, index: u128| place(7 << 94 | seq << INDEX_BITS | index);
        for seq in [0, 32, 1 << 20, 5 << 30] {
            let apart = |other| of(seq + other, 3).wrapping_sub(of(seq, 0)) & 0xffff_ffff;
            assert!((0..32).all(|other| apart(other) == u64::try_from(other).unwrap()));
        }
        let mut taken = [0_u32; 64];
        for seq in 0..64 * 1024 {
            taken[usize::try_from(of(seq * 32, 0) >> 5 & 63).unwrap()] += 1;
        }
        assert!(taken.iter().all(|taken| (900..1150).contains(taken)), "{taken:?}");
    }

    /// Records may name any number; one byte of them must not cost megabytes.
    #[test]
    fn numbers_that_nobody_has_take_no_room() {
        let mut rows = Rows::default();
        rows.insert(Row(0));
        rows.insert(Row(u32::MAX));
        assert!(rows.get_mut(u32::MAX.into()).is_none());
        let mut table = Table::default();
        table.insert(Row(7));
        assert!(table.get_mut(u32::MAX.into()).is_none());
        assert!(table.remove(u32::MAX.into()).is_none());
        assert_eq!([&rows.slots.dirty, &table.slots.dirty].map(Bits::room), [1, 1]);
    }
}
