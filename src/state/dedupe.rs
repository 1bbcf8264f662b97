//! Commands that were recorded, remembered for a while so that a retry is known as one.

use std::collections::VecDeque;

use hashbrown::HashTable;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::hash::fingerprint;
use crate::id::{CommandId, Seq};
use crate::time::{Duration, Timestamp};

/// A recorded command.
#[derive(Clone, Hash, Debug, Serialize, Deserialize)]
pub(crate) struct Seen {
    pub(crate) id: CommandId,
    pub(crate) digest: u64,
    pub(crate) seq: Seq,
    pub(crate) at: Timestamp,
}

/// The window of recorded commands, bounded by time and number.
#[derive(Clone, Default)]
pub(crate) struct Dedupe {
    window: VecDeque<Seen>,
    /// How many have left the window.
    gone: u64,
    /// Numbers of those in the window, counted from the first of all.
    by_id: HashTable<u64>,
    /// Wrapping sum of the hashes of all that is in the window.
    sum: u64,
}

impl Dedupe {
    /// Digest and record of the command, if it is remembered.
    pub(crate) fn get(&self, id: &CommandId) -> Option<(u64, Seq)> {
        let number = self.by_id.find(fingerprint(id), |number| self.is(*number, id))?;
        self.at(*number).map(|seen| (seen.digest, seen.seq))
    }

    fn at(&self, number: u64) -> Option<&Seen> {
        self.window.get(usize::try_from(number - self.gone).ok()?)
    }

    fn is(&self, number: u64, id: &CommandId) -> bool {
        self.at(number).is_some_and(|seen| seen.id == *id)
    }

    pub(super) fn add(&mut self, seen: Seen, span: Duration, most: u32) {
        self.sum = self.sum.wrapping_add(fingerprint(&seen));
        let now = seen.at;
        let (number, hash) = (self.gone + self.window.len() as u64, fingerprint(&seen.id));
        self.window.push_back(seen);
        let Self { window, gone, by_id, .. } = self;
        by_id.insert_unique(hash, number, |number| {
            let place = usize::try_from(*number - *gone).ok();
            place.and_then(|place| window.get(place)).map_or(0, |seen| fingerprint(&seen.id))
        });
        while let Some(oldest) = self.window.front()
            && (self.window.len() > most as usize || oldest.at + span < now)
        {
            self.sum = self.sum.wrapping_sub(fingerprint(oldest));
            if let Ok(entry) = self.by_id.find_entry(fingerprint(&oldest.id), |n| *n == self.gone) {
                entry.remove();
            }
            self.window.pop_front();
            self.gone += 1;
        }
    }

    pub(crate) fn digest(&self) -> u64 {
        self.sum
    }
}

/// As the list of what is remembered, the oldest first.
impl Serialize for Dedupe {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.window.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Dedupe {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let seen = VecDeque::<Seen>::deserialize(deserializer)?;
        let mut dedupe = Self::default();
        for seen in seen {
            dedupe.add(seen, Duration::MAX, u32::MAX);
        }
        Ok(dedupe)
    }
}
