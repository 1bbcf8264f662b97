//! Tables of entities: an arena with a look-up by id and a hash that is settled on demand.
//!
//! Slots are an internal matter: they never appear in events, ids or hashes, and nothing may depend
//! on the order in which a table is walked.

use std::hash::Hash;

use super::hash::{Map, fingerprint};

/// Something that lives in a [`Table`].
pub(crate) trait Entity: Hash {
    /// The bits of its id, unique within the table.
    fn key(&self) -> u128;
}

struct Slot<T> {
    entity: Option<T>,
    /// The part of the table's sum that stands for this entity.
    hash: u64,
    dirty: bool,
}

/// Entities by id.
pub(crate) struct Table<T> {
    slots: Vec<Slot<T>>,
    free: Vec<u32>,
    by_key: Map<u128, u32>,
    sum: u64,
    dirty: Vec<u32>,
}

impl<T> Default for Table<T> {
    fn default() -> Self {
        Self {
            slots: Vec::new(),
            free: Vec::new(),
            by_key: Map::default(),
            sum: 0,
            dirty: Vec::new(),
        }
    }
}

impl<T: Entity> Table<T> {
    pub(crate) fn len(&self) -> usize {
        self.by_key.len()
    }

    pub(crate) fn get(&self, key: u128) -> Option<&T> {
        let slot = *self.by_key.get(&key)?;
        self.slots.get(slot as usize)?.entity.as_ref()
    }

    /// The entity, to be changed.
    pub(super) fn get_mut(&mut self, key: u128) -> Option<&mut T> {
        let slot = *self.by_key.get(&key)?;
        self.mark(slot);
        self.slots.get_mut(slot as usize)?.entity.as_mut()
    }

    /// Adds an entity, or replaces the one with the same id.
    pub(super) fn insert(&mut self, entity: T) {
        let key = entity.key();
        if let Some(&slot) = self.by_key.get(&key) {
            self.mark(slot);
            if let Some(place) = self.slots.get_mut(slot as usize) {
                place.entity = Some(entity);
            }
            return;
        }
        let slot = self.free.pop().unwrap_or_else(|| {
            self.slots.push(Slot { entity: None, hash: 0, dirty: false });
            u32::try_from(self.slots.len() - 1).unwrap_or(u32::MAX)
        });
        if let Some(place) = self.slots.get_mut(slot as usize) {
            place.entity = Some(entity);
        }
        self.by_key.insert(key, slot);
        self.mark(slot);
    }

    pub(super) fn remove(&mut self, key: u128) -> Option<T> {
        let slot = self.by_key.remove(&key)?;
        self.mark(slot);
        self.free.push(slot);
        self.slots.get_mut(slot as usize)?.entity.take()
    }

    /// All entities, in no meaningful order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &T> {
        self.slots.iter().filter_map(|slot| slot.entity.as_ref())
    }

    /// All entities in the order of their ids, for snapshots and rebuilt indexes.
    pub(crate) fn sorted(&self) -> Vec<&T> {
        let mut all: Vec<&T> = self.iter().collect();
        all.sort_unstable_by_key(|entity| entity.key());
        all
    }

    fn mark(&mut self, slot: u32) {
        if let Some(place) = self.slots.get_mut(slot as usize)
            && !place.dirty
        {
            place.dirty = true;
            self.dirty.push(slot);
        }
    }

    /// The wrapping sum of the hashes of all entities; only those that changed are hashed again.
    pub(super) fn settle_hash(&mut self) -> u64 {
        for slot in std::mem::take(&mut self.dirty) {
            let Some(place) = self.slots.get_mut(slot as usize) else { continue };
            let hash = place.entity.as_ref().map_or(0, fingerprint);
            self.sum = self.sum.wrapping_sub(place.hash).wrapping_add(hash);
            place.hash = hash;
            place.dirty = false;
        }
        self.sum
    }
}

impl<T: Entity> FromIterator<T> for Table<T> {
    fn from_iter<I: IntoIterator<Item = T>>(entities: I) -> Self {
        let mut table = Self::default();
        for entity in entities {
            table.insert(entity);
        }
        table
    }
}
