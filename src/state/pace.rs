//! What a queue has learned of its waits: the pace at which its work is done, how many leave, how many are answered.
//!
//! All of it is counted in integers and forgotten little by little, so that the latest counts most. Written work and
//! what customers wait for on a line are told apart: they are done at another pace, in another order.

use serde::{Deserialize, Serialize};

use super::{QueueState, Request, State};
use crate::id::QueueId;
use crate::message::{Accuracy, Outcome, RequestCause};
use crate::time::{Duration, Timestamp};

/// So many pieces of work must have been finished for the pace to be known.
pub(crate) const ENOUGH: u64 = 20;

/// One event, in the units of [`Faded::count`].
pub(crate) const ONE: u64 = 1 << 16;

/// How much is remembered, as a power of two: the last 512 pieces of work, the last 1,024 waits for whether people
/// leave (which is rarer), the last 128 answers for how many there are an hour (which changes with the hour).
///
/// A memory that fades over `N` tells the mean of exponential times to one part in `sqrt(2 N)`: 3 %, which adds less
/// than a second to the error of an estimate of two minutes whose own is 20 s.
const PACE: u32 = 9;
const LEAVING: u32 = 10;
const ANSWERS: u32 = 7;

/// How many and over how long, the older the less.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default, Debug, Serialize, Deserialize)]
pub(crate) struct Faded {
    /// So many times 65,536.
    pub(crate) count: u64,
    /// Microseconds.
    pub(crate) over: u64,
}

impl Faded {
    /// What was before counts for less by one part in `2^memory`.
    const fn fade(&mut self, memory: u32) {
        self.count -= self.count >> memory;
        self.over -= self.over >> memory;
    }

    const fn add(&mut self, count: u64, over: Duration) {
        self.count = self.count.saturating_add(count);
        self.over = self.over.saturating_add(micros(over));
    }

    /// How many, in whole numbers.
    pub(crate) const fn whole(self) -> u64 {
        self.count.saturating_add(ONE / 2) / ONE
    }
}

/// A span that is not below zero, in microseconds.
#[allow(clippy::cast_sign_loss)]
const fn micros(span: Duration) -> u64 {
    if span.is_negative() { 0 } else { span.as_micros() as u64 }
}

/// What is learned of the waits of one kind.
#[derive(Clone, PartialEq, Eq, Hash, Default, Debug, Serialize, Deserialize)]
pub(crate) struct Flow {
    /// Work that was finished, over the time that agents gave to it, from the offer to the end of the wrap-up.
    pub(crate) done: Faded,
    /// Customers who left while they waited, over the time that all waited.
    pub(crate) left: Faded,
    /// Answers, over the times between them.
    pub(crate) answers: Faded,
    pub(crate) last_answer: Option<Timestamp>,
    /// How long the last one had waited who was answered and had to wait.
    pub(crate) last_wait: Option<Duration>,
}

/// What a queue has learned of its waits.
#[derive(Clone, PartialEq, Eq, Hash, Default, Debug, Serialize, Deserialize)]
pub(crate) struct Pace {
    /// What customers wait for on a line; the rest.
    flows: [Flow; 2],
    /// How well what was expected has held.
    pub(crate) accuracy: Accuracy,
}

impl Pace {
    pub(crate) const fn flow(&self, deferrable: bool) -> &Flow {
        let [live, rest] = &self.flows;
        if deferrable { rest } else { live }
    }

    const fn flow_mut(&mut self, deferrable: bool) -> &mut Flow {
        let [live, rest] = &mut self.flows;
        if deferrable { rest } else { live }
    }
}

impl QueueState {
    fn learns(&mut self, deferrable: bool) -> &mut Flow {
        self.pace.get_or_insert_default().flow_mut(deferrable)
    }

    /// An agent has given that time to a piece of work, and is done with it or not.
    pub(super) fn learn_work(&mut self, deferrable: bool, span: Duration, done: bool) {
        let flow = self.learns(deferrable);
        if done {
            flow.done.fade(PACE);
        }
        flow.done.add(if done { ONE } else { 0 }, span);
    }

    /// A wait is over, at that time by what was decided and after having lasted that long.
    pub(super) fn learn_wait(
        &mut self,
        request: &Request,
        (at, waited): (Timestamp, Duration),
        outcome: &Outcome,
    ) {
        let answered = matches!(outcome, Outcome::Answered { .. });
        let left = matches!(outcome, Outcome::Abandoned { .. });
        // The wait of somebody who is called back is not one on a line, and may have lasted overnight.
        let on_a_line = request.cause != RequestCause::Callback;
        let waited = if on_a_line { waited.max(Duration::ZERO) } else { Duration::ZERO };
        if let Some(expected) = request.expected.as_ref().filter(|_| on_a_line) {
            let pace = self.pace.get_or_insert_default();
            pace.accuracy.compare(expected, answered.then_some(waited));
        }
        // Who was never made to wait tells nothing of patience.
        if !answered && waited == Duration::ZERO {
            return;
        }
        let flow = self.learns(!request.channel.is_live());
        if waited > Duration::ZERO {
            flow.left.fade(LEAVING);
            flow.left.add(if left { ONE } else { 0 }, waited);
        }
        if answered && let Some(before) = flow.last_answer.replace(at) {
            flow.answers.fade(ANSWERS);
            flow.answers.add(ONE, at.since(before));
        }
        if answered && waited > Duration::ZERO {
            flow.last_wait = Some(waited);
        }
    }
}

impl State {
    /// How long an agent of the queue was busy with one customer lately, once enough is known.
    pub(crate) fn handling(&self, queue: QueueId, deferrable: bool) -> Option<Duration> {
        let done = self.queue(queue)?.pace.as_ref()?.flow(deferrable).done;
        let mean = u128::from(done.over) * u128::from(ONE) / u128::from(done.count.max(1));
        let known = done.whole() >= ENOUGH;
        i64::try_from(mean).ok().filter(|_| known).map(Duration::from_micros)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_older_counts_less_and_nothing_overflows() {
        let mut faded = Faded::default();
        for _ in 0..20 {
            faded.fade(PACE);
            faded.add(ONE, Duration::from_secs(100));
        }
        assert_eq!(faded.whole(), 20);
        for _ in 0..5_000 {
            faded.fade(PACE);
            faded.add(ONE, Duration::from_secs(300));
        }
        assert_eq!(faded.whole(), 512, "no more than is remembered");
        let per = faded.over * ONE / faded.count / 1_000_000;
        assert!((299..=300).contains(&per), "the pace of before is forgotten: {per}");
        faded.add(ONE, Duration::MAX);
        faded.add(u64::MAX, Duration::MAX);
        faded.add(0, Duration::from_secs(-5));
        assert_eq!(faded.count, u64::MAX);
        faded.fade(PACE);
        assert!(faded.whole() > 0);
    }
}
