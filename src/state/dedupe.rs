//! Commands that were recorded, remembered for a while so that a retry is known as one.

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

use super::hash::{Map, fingerprint};
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
#[derive(Default)]
pub(crate) struct Dedupe {
    window: VecDeque<Seen>,
    by_id: Map<CommandId, (u64, Seq)>,
    /// Wrapping sum of the hashes of all that is in the window.
    sum: u64,
}

impl Dedupe {
    /// Digest and record of the command, if it is remembered.
    pub(crate) fn get(&self, id: &CommandId) -> Option<(u64, Seq)> {
        self.by_id.get(id).copied()
    }

    pub(super) fn add(&mut self, seen: Seen, span: Duration, most: u32) {
        self.sum = self.sum.wrapping_add(fingerprint(&seen));
        let now = seen.at;
        self.by_id.insert(seen.id.clone(), (seen.digest, seen.seq));
        self.window.push_back(seen);
        while let Some(oldest) = self.window.front()
            && (self.window.len() > most as usize || oldest.at + span < now)
        {
            self.sum = self.sum.wrapping_sub(fingerprint(oldest));
            self.by_id.remove(&oldest.id);
            self.window.pop_front();
        }
    }

    pub(crate) fn digest(&self) -> u64 {
        self.sum
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &Seen> {
        self.window.iter()
    }
}

impl FromIterator<Seen> for Dedupe {
    fn from_iter<I: IntoIterator<Item = Seen>>(seen: I) -> Self {
        let mut dedupe = Self::default();
        for seen in seen {
            dedupe.add(seen, Duration::MAX, u32::MAX);
        }
        dedupe
    }
}
