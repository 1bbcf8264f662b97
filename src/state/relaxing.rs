//! How far the relaxation of each request is.

use serde::{Deserialize, Serialize};

use super::table::Entity;
use super::{Request, State};
use crate::id::{QueueId, RequestId};
use crate::time::{Duration, Timestamp};

/// The relaxation of one request; only those of queues with steps have one.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub(crate) struct Relaxing {
    pub(crate) id: RequestId,
    pub(crate) in_force: Steps,
    /// So many steps have been decided: taken or passed over.
    pub(crate) decided: u8,
    /// The waiting credit that these give.
    pub(crate) credit: Duration,
    /// When the next step falls due by its time.
    pub(crate) at: Option<Timestamp>,
    /// The next step waits for its guard alone.
    pub(crate) guarded: bool,
}

impl Entity for Relaxing {
    fn key(&self) -> u128 {
        self.id.bits()
    }
}

/// Steps of a queue, one bit each.
#[derive(
    Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Hash, Debug, Serialize, Deserialize,
)]
pub(crate) struct Steps(u64);

impl Steps {
    /// Steps by their numbers, the first is 1. What no queue can have is left out.
    pub(crate) fn numbered(numbers: impl IntoIterator<Item = u8>) -> Self {
        let bit = |number: u8| 1_u64.checked_shl(u32::from(number.checked_sub(1)?));
        Self(numbers.into_iter().filter_map(bit).fold(0, |all, bit| all | bit))
    }

    pub(crate) fn contains(self, place: usize) -> bool {
        place < 64 && self.0 & (1 << place) != 0
    }

    #[must_use]
    pub(crate) fn with(self, place: usize) -> Self {
        if place < 64 { Self(self.0 | 1 << place) } else { self }
    }

    /// Their numbers, the first is 1.
    pub(crate) fn numbers(self) -> impl Iterator<Item = u8> {
        (1..=64).filter(move |number| self.contains(usize::from(*number) - 1))
    }

    /// The number of the last one; 0 where there is none.
    pub(crate) fn last(self) -> u8 {
        self.numbers().last().unwrap_or(0)
    }
}

impl State {
    /// Notes whether what guards look at may move the request on.
    pub(in crate::state) fn note_guarded(&mut self, queue: QueueId, row: &Relaxing) {
        if row.guarded {
            self.guarded.entry(queue).or_default().insert(row.id);
            self.guards.push(queue);
        } else {
            self.guarded_no_more(queue, row.id);
        }
    }

    pub(in crate::state) fn guarded_no_more(&mut self, queue: QueueId, id: RequestId) {
        if let Some(guarded) = self.guarded.get_mut(&queue) {
            guarded.remove(&id);
            if guarded.is_empty() {
                self.guarded.remove(&queue);
            }
        }
    }

    /// Who waits in the queue, or stands where, has changed: guards there are to be looked at.
    pub(in crate::state) fn look_at_guards(&mut self, queue: QueueId) {
        if self.guarded.contains_key(&queue) {
            self.guards.push(queue);
        }
    }

    /// The same of all queues: who serves has changed.
    pub(in crate::state) fn look_at_all_guards(&mut self) {
        self.guards.extend(self.guarded.keys().copied());
    }

    /// Requests of a queue whose next step waits for its guard alone.
    pub(crate) fn guarded_in(&self, queue: QueueId) -> Vec<RequestId> {
        self.guarded.get(&queue).into_iter().flatten().copied().collect()
    }

    /// The place of a request among those that wait in its queue on its channel, in the order of service.
    pub(crate) fn place_in_queue(&self, request: &Request) -> u32 {
        let key = (request.due_at, request.id);
        let classes = self.config.classes.of_queue(request.queue);
        let before: usize =
            classes.map(|class| self.index.before(class, request.channel, key)).sum();
        u32::try_from(before + 1).unwrap_or(u32::MAX)
    }

    pub(crate) fn relaxing(&self, id: RequestId) -> Option<&Relaxing> {
        self.relaxing.get(id.bits())
    }

    /// The whole waiting credit of a request: its own, and that of steps in force.
    pub(crate) fn credit(&self, request: &Request) -> Duration {
        let of_steps = self.relaxing(request.id).map(|row| row.credit).unwrap_or_default();
        request.boost + of_steps
    }

    /// The steps of relaxation that are in force for a request.
    pub(crate) fn in_force(&self, request: &Request) -> Steps {
        self.relaxing(request.id).map(|row| row.in_force).unwrap_or_default()
    }
}
