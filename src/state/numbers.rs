//! Numbers of keys: each object of the configuration gets one, once.

use std::collections::BTreeMap;

use hashbrown::HashTable;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::hash::fingerprint;
use super::plan::HostPlan;
use crate::id::{HostId, Key, QueueId};
use crate::model::{BUILT_IN, Center, Kind};

/// Numbers of the keys of one kind. A number is never used for another key, also after removal.
#[derive(Clone, Debug, Default)]
pub(crate) struct Numbering {
    keys: Vec<Key>,
    by_key: HashTable<u32>,
}

impl Numbering {
    pub(crate) fn get(&self, key: &str) -> Option<u32> {
        let is_it = |number: &u32| self.key(*number).is_some_and(|known| known.as_str() == key);
        self.by_key.find(fingerprint(key), is_it).copied()
    }

    pub(crate) fn key(&self, number: u32) -> Option<&Key> {
        self.keys.get(number as usize)
    }

    /// The number that the next new key will get.
    pub(crate) fn next(&self) -> u32 {
        u32::try_from(self.keys.len()).unwrap_or(u32::MAX)
    }

    fn add(&mut self, key: &Key) {
        if self.get(key.as_str()).is_none() {
            let number = self.next();
            self.keys.push(key.clone());
            let Self { keys, by_key } = self;
            by_key.insert_unique(fingerprint(key.as_str()), number, |number| {
                keys.get(*number as usize).map_or(0, |key| fingerprint(key.as_str()))
            });
        }
    }
}

/// As the list of the keys, each of which stands at its number.
impl Serialize for Numbering {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.keys.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Numbering {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let keys = Vec::<Key>::deserialize(deserializer)?;
        let mut numbering = Self::default();
        for key in &keys {
            numbering.add(key);
        }
        Ok(numbering)
    }
}

/// Numbers by kind of object.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Numbers {
    kinds: BTreeMap<Kind, Numbering>,
    /// Who inherits the waiting requests of each queue that was removed.
    pub(super) heirs: BTreeMap<QueueId, QueueId>,
    /// Hosts that were removed: what they still hold has to end.
    pub(super) retired: BTreeMap<HostId, HostPlan>,
}

impl Numbers {
    pub(super) fn of(center: &Center) -> Self {
        let mut numbers = Self::default();
        for (kind, key) in BUILT_IN {
            if let Ok(key) = Key::new(key) {
                numbers.add(kind, &key);
            }
        }
        for (kind, key) in center.objects() {
            numbers.add(kind, key);
        }
        numbers
    }

    pub(super) fn add(&mut self, kind: Kind, key: &Key) {
        self.kinds.entry(kind).or_default().add(key);
    }

    pub(crate) fn get(&self, kind: Kind, key: &str) -> Option<u32> {
        self.kinds.get(&kind)?.get(key)
    }

    pub(crate) fn key(&self, kind: Kind, number: u32) -> Option<&Key> {
        self.kinds.get(&kind)?.key(number)
    }

    /// The number of the key, the next one of its kind if it has none yet.
    pub(crate) fn number(&mut self, kind: Kind, key: &Key) -> u32 {
        self.add(kind, key);
        self.get(kind, key.as_str()).unwrap_or(u32::MAX)
    }

    pub(crate) fn next(&self, kind: Kind) -> u32 {
        self.kinds.get(&kind).map_or(0, Numbering::next)
    }
}
