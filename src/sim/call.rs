//! Calls of a day in progress, and events that are pending for them.

use std::cmp::Ordering;

use super::switch::CallId;

/// What comes to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum What {
    /// The caller gives up.
    Patience,
    /// The longest wait of the type is over.
    Wait,
    /// The service is over.
    Service,
    /// A phone that rings for the call is answered, or is not.
    Ring {
        /// The number of the ring.
        number: u64,
        answered: bool,
    },
    /// The agent who had the call, of this group, has finished the work after it.
    WrapUp(usize),
    /// An agent of this group who did not answer is back.
    Back(usize),
    /// A caller of this type calls again.
    Retrial(usize),
}

/// A pending event; the earliest is the greatest, for the heap.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pending {
    pub(super) at: f64,
    pub(super) order: u64,
    pub(super) call: CallId,
    pub(super) what: What,
}

impl Pending {
    /// Whether a bound is reached: at one instant that comes before whatever people do.
    pub(super) const fn is_bound(&self) -> bool {
        matches!(self.what, What::Wait | What::Ring { answered: false, .. })
    }
}

impl Ord for Pending {
    fn cmp(&self, other: &Self) -> Ordering {
        let key = |pending: &Self| (!pending.is_bound(), pending.order);
        other.at.total_cmp(&self.at).then(key(other).cmp(&key(self)))
    }
}

impl PartialOrd for Pending {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Pending {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Pending {}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stage {
    /// Came in; the switch has not spoken yet.
    Arriving,
    Waiting,
    Served(usize),
    Gone,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Call {
    pub(super) id: CallId,
    pub(super) kind: usize,
    pub(super) period: usize,
    pub(super) arrived: f64,
    /// Drawn already, or drawn when service begins.
    pub(super) service: Option<f64>,
    pub(super) stage: Stage,
    /// The number of the ring, while a phone rings for it.
    pub(super) rings: Option<u64>,
    /// It has reached its longest wait while a phone rang.
    pub(super) overdue: bool,
}

impl Call {
    pub(super) const fn new(id: CallId, kind: usize, period: usize, arrived: f64) -> Self {
        let (service, stage) = (None, Stage::Arriving);
        Self { id, kind, period, arrived, service, stage, rings: None, overdue: false }
    }
}
