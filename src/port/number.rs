//! Numbers of inputs: how a report is taken in exactly once, whatever crashes in between.
//!
//! An adapter numbers each report when it hands it over, rising per source and incarnation. The engine
//! takes what is not above the last number it recorded for a duplicate; gaps are legal. So an adapter
//! - hands reports of one source over in the order of their numbers, and a driver passes them on in that
//!   order: one that finds the engine busy is handed in again, and one that is refused is released, before
//!   the next. The engine remembers no refusal: given again later, the report would be a duplicate;
//! - keeps a report until it is released, that is until the engine's receipt for it is safe;
//! - gives a new owner what is not released again, with the same numbers.
//!
//! A medium that keeps its messages itself and counts them (a mailbox, a message log) is the best keeper:
//! its count is the number, and nothing is lost with the process. For reports that live in memory alone
//! there is [`Numbered`].

use std::collections::VecDeque;

use crate::id::Key;
use crate::message::{HostEvent, HostReport, Receipt, Rejection};
use crate::time::Timestamp;

/// The number of one report: its source, the source's run, and its place within that.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct InputNumber {
    /// The source: a host, by its key in the configuration.
    pub source: Key,
    /// The source's run.
    pub incarnation: u64,
    /// The place within the run.
    pub seq: u64,
}

impl InputNumber {
    /// The number that a report bears.
    pub fn of(report: &HostReport) -> Self {
        let HostReport { host, incarnation, seq, .. } = report;
        Self { source: host.clone(), incarnation: *incarnation, seq: *seq }
    }
}

/// What became of a report, once that is safe.
#[derive(Clone, PartialEq, Debug)]
#[non_exhaustive]
pub enum Fate {
    /// The engine has it, now or since an earlier hand-over.
    Taken,
    /// The engine refused it, and would again: an adapter keeps the message where people find it.
    Refused(Rejection),
}

impl Fate {
    /// What a receipt means for the report; `None` where the engine was busy and the report must be
    /// handed in again.
    pub fn of(receipt: &Receipt) -> Option<Self> {
        match receipt {
            Receipt::Recorded(_) | Receipt::Noted | Receipt::Duplicate(_) => Some(Self::Taken),
            Receipt::Rejected { rejection, .. } => Some(Self::Refused(rejection.clone())),
            Receipt::Busy(_) => None,
        }
    }
}

/// Reports of one source in memory: numbered, handed over in order, kept until released.
#[derive(Clone, Debug)]
pub struct Numbered {
    source: Key,
    incarnation: u64,
    last: u64,
    /// Not released, by rising number.
    kept: VecDeque<HostReport>,
    /// The last number handed over to the present owner.
    handed: u64,
}

impl Numbered {
    /// A source's run that has reported nothing yet. `incarnation` must be above that of every earlier
    /// run: what an earlier run reported is never given again.
    pub const fn new(source: Key, incarnation: u64) -> Self {
        Self { source, incarnation, last: 0, kept: VecDeque::new(), handed: 0 }
    }

    /// Adds a report behind all others.
    pub fn push(&mut self, occurred_at: Timestamp, event: HostEvent) {
        self.last += 1;
        let (host, incarnation, seq) = (self.source.clone(), self.incarnation, self.last);
        self.kept.push_back(HostReport { host, incarnation, seq, occurred_at, event });
    }

    /// The next report for the present owner.
    pub fn next_report(&mut self) -> Option<HostReport> {
        let next = self.kept.iter().find(|report| report.seq > self.handed)?.clone();
        self.handed = next.seq;
        Some(next)
    }

    /// A new owner took over: what is not released comes again, with the numbers it had.
    pub fn rewind(&mut self) {
        self.handed = 0;
    }

    /// Lets go of a report; whether it was there.
    pub fn release(&mut self, number: &InputNumber) -> bool {
        if number.source != self.source || number.incarnation != self.incarnation {
            return false;
        }
        let place = self.kept.iter().position(|report| report.seq == number.seq);
        place.is_some_and(|place| self.kept.remove(place).is_some())
    }

    /// How many reports are not released.
    pub fn unreleased(&self) -> usize {
        self.kept.len()
    }
}
