//! How far the relaxation of each request is.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::table::Entity;
use super::{Band, GuardPlan, Request, RequestState, State, WaitingKey};
use crate::id::{QueueId, RequestId};
use crate::message::{RequestCause, TimerId};
use crate::model::Channel;
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
    /// The steps of its queue are other ones now, and it has not been planned anew: it is offered to nobody until then.
    pub(crate) stale: bool,
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

/// Requests whose next step waits for a long wait, or that leave when theirs is long, by what makes their waits alike:
/// queue, line, steps in force and the step that is next; none for those who leave. Among them whoever is behind waits no
/// shorter, so that the last one tells of all.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub(crate) struct LongWaits(BTreeMap<Alike, BTreeSet<WaitingKey>>);

type Alike = (QueueId, Band, Steps, Option<u8>);

impl LongWaits {
    fn add(&mut self, alike: Alike, key: WaitingKey) {
        self.0.entry(alike).or_default().insert(key);
    }

    fn remove(&mut self, alike: Alike, key: WaitingKey) {
        if let Some(waiting) = self.0.get_mut(&alike) {
            waiting.remove(&key);
            if waiting.is_empty() {
                self.0.remove(&alike);
            }
        }
    }

    /// Those of a queue.
    fn of(&self, queue: QueueId) -> impl Iterator<Item = (&Alike, &BTreeSet<WaitingKey>)> {
        let [channel, ..] = Channel::ALL;
        let first = Band { channel, rank: 0 };
        let from_here = self.0.range((queue, first, Steps::default(), None)..);
        from_here.take_while(move |((of, ..), _)| *of == queue)
    }

    /// The last ones that wait of a queue, or of all, each with whether it leaves when its wait is long.
    fn last(
        &self,
        queue: Option<QueueId>,
        waits: impl Fn(RequestId) -> bool,
    ) -> Vec<(RequestId, bool)> {
        let last = |((.., step), waiting): (&Alike, &BTreeSet<WaitingKey>)| {
            let (_, request) = waiting.iter().rev().find(|(_, request)| waits(*request))?;
            Some((*request, step.is_none()))
        };
        match queue {
            Some(queue) => self.of(queue).filter_map(last).collect(),
            None => self.0.iter().filter_map(last).collect(),
        }
    }
}

impl State {
    /// Notes a request that waits in a line, if its next step waits for a long wait or it leaves when that is long.
    pub(in crate::state) fn note_long_wait(&mut self, id: RequestId, key: WaitingKey) {
        let Some(request) = self.request(id) else { return };
        let Some(plan) = self.config.queue(request.queue) else { return };
        let (queue, band, steps) = (request.queue, request.band(), self.in_force(request));
        let leaves = plan.longest_left.is_some() && leaves_when_long(request);
        let row = self.relaxing(id).filter(|row| row.guarded);
        let next = row.and_then(|row| {
            let step = plan.steps.get(usize::from(row.decided))?;
            let guarded = matches!(step.when, Some(GuardPlan::ExpectedWaitOver(_)));
            guarded.then_some(row.decided)
        });
        if leaves {
            self.long_waits.add((queue, band, steps, None), key);
        }
        if next.is_some() {
            self.long_waits.add((queue, band, steps, next), key);
        }
    }

    pub(in crate::state) fn no_long_wait(&mut self, id: RequestId, key: WaitingKey) {
        let Some(request) = self.request(id) else { return };
        let (queue, band, steps) = (request.queue, request.band(), self.in_force(request));
        let decided = self.relaxing(id).map(|row| row.decided);
        self.long_waits.remove((queue, band, steps, None), key);
        if decided.is_some() {
            self.long_waits.remove((queue, band, steps, decided), key);
        }
    }

    /// The steps of a queue are other ones from now on: its requests wait for their turn to be planned anew.
    pub(in crate::state) fn forget_steps_of(&mut self, queue: QueueId) {
        let of_queue = |request: &&Request| request.queue == queue;
        let ids: Vec<RequestId> =
            self.requests.iter().filter(of_queue).map(|request| request.id).collect();
        for id in ids {
            self.unfile_request(id);
            let before = self.relaxing(id).cloned();
            let (in_force, credit) =
                before.map(|row| (row.in_force, row.credit)).unwrap_or_default();
            let row = Relaxing {
                id,
                in_force,
                credit,
                decided: 0,
                at: None,
                guarded: false,
                stale: true,
            };
            self.timers.clear(&TimerId::Relaxation(id));
            self.guarded_no_more(queue, id);
            self.relaxing.insert(row);
        }
    }

    /// Whether a request has to be planned anew before it is offered.
    pub(crate) fn is_stale(&self, id: RequestId) -> bool {
        self.relaxing(id).is_some_and(|row| row.stale)
    }

    /// Notes whether what guards look at may move the request on.
    pub(in crate::state) fn note_guarded(&mut self, queue: QueueId, row: &Relaxing) {
        self.guarded_no_more(queue, row.id);
        if !row.guarded {
            return;
        }
        let step =
            self.config.queue(queue).and_then(|plan| plan.steps.get(usize::from(row.decided)));
        let of_staff = match step.and_then(|step| step.when.as_ref()) {
            // Filed with the request, by its place.
            Some(GuardPlan::ExpectedWaitOver(_)) => return,
            Some(GuardPlan::Nobody(_)) => true,
            _ => false,
        };
        self.guarded.entry((of_staff, queue)).or_default().insert(row.id);
        if of_staff {
            self.staff_guards = true;
        } else {
            self.guards.push(queue);
        }
    }

    pub(in crate::state) fn guarded_no_more(&mut self, queue: QueueId, id: RequestId) {
        for key in [(false, queue), (true, queue)] {
            if let Some(guarded) = self.guarded.get_mut(&key) {
                guarded.remove(&id);
                if guarded.is_empty() {
                    self.guarded.remove(&key);
                }
            }
        }
    }

    /// Who waits in the queue, or stands where, has changed: guards that ask for it are to be looked at.
    pub(in crate::state) fn look_at_guards(&mut self, queue: QueueId) {
        let guarded = self.guarded.contains_key(&(false, queue));
        if guarded || self.long_waits.of(queue).next().is_some() {
            self.guards.push(queue);
        }
        self.look_at_calls(queue);
    }

    /// Who serves has changed: guards of all queues that ask for it are to be looked at.
    pub(in crate::state) const fn look_at_all_guards(&mut self) {
        self.staff_guards = true;
    }

    /// Requests that wait for a long wait, the last ones of a queue or of all: where it does not hold for them, it does
    /// for nobody. Each with whether it leaves when its wait is long; the others wait for a step.
    pub(crate) fn last_long_waits(&self, queue: Option<QueueId>) -> Vec<(RequestId, bool)> {
        // Whoever rings several agents is in the line as well, and has no wait to tell of.
        let waits = |id| self.request(id).is_some_and(|r| r.state == RequestState::Waiting);
        self.long_waits.last(queue, waits)
    }

    /// Requests of a queue that wait for others in it, to be more or to go first.
    pub(crate) fn guarded_in(&self, queue: QueueId) -> Vec<RequestId> {
        self.guarded.get(&(false, queue)).into_iter().flatten().copied().collect()
    }

    /// Requests of all queues that wait for agents to be away.
    pub(crate) fn guarded_by_staff(&self) -> Vec<RequestId> {
        let of_staff = self.guarded.iter().filter(|((of_staff, _), _)| *of_staff);
        of_staff.flat_map(|(_, guarded)| guarded).copied().collect()
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

/// Whether the request is one that leaves when it has to wait long: somebody waits on a line.
fn leaves_when_long(request: &Request) -> bool {
    request.channel.is_live()
        && request.cause != RequestCause::Callback
        && !request.cause.is_of_agent()
}
