//! Where a request stands in the order of service: in which band, at which time, and from when on it is late.
//!
//! All is fixed when it is worked out, so lines stay sorted while time goes by; what weighs queues against each other
//! is looked at when an agent is free (`routing/across.rs`).

use crate::id::{QueueId, RequestId};
use crate::message::RequestEvent;
use crate::model::{Channel, OrderPolicy};
use crate::state::{Request, State, Step};
use crate::time::{Duration, Timestamp};

/// The band of those who are late (`triage`).
const LATE: u16 = 1;

/// A wait, as far as the order of service is concerned.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Wait {
    pub(crate) queue: QueueId,
    pub(crate) channel: Channel,
    /// Rank of the customer.
    pub(crate) tier: u8,
    pub(crate) order_at: Timestamp,
    pub(crate) service_target: Duration,
    /// The whole waiting credit.
    pub(crate) credit: Duration,
}

/// The band of a wait, and when it falls into the next one.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Standing {
    pub(crate) rank: u16,
    pub(crate) late_at: Option<Timestamp>,
}

impl Wait {
    /// That of a request, with its whole credit.
    pub(crate) fn of(state: &State, request: &Request) -> Self {
        Self {
            queue: request.queue,
            channel: request.channel,
            tier: state.interaction(request.interaction).map_or(0, |row| row.tier),
            order_at: request.order_at,
            service_target: request.service_target,
            credit: state.credit(request),
        }
    }

    /// The least goes first.
    pub(crate) fn due_at(&self, state: &State) -> Timestamp {
        let place = match state.config.order(self.queue) {
            OrderPolicy::ServiceTarget | OrderPolicy::Triage => self.target_at(state),
            OrderPolicy::FirstComeFirstServed | OrderPolicy::StrictPriority => self.order_at,
            OrderPolicy::Priority { worth } => {
                let worth = worth.as_micros().saturating_mul(i64::from(self.level(state)));
                self.order_at - Duration::from_micros(worth)
            }
        };
        place - self.credit
    }

    /// The bands hold for the whole center, whatever order the queue has.
    pub(crate) fn standing(&self, state: &State, now: Timestamp) -> Standing {
        match state.config.center.order {
            OrderPolicy::StrictPriority => {
                Standing { rank: u16::MAX - self.level(state), late_at: None }
            }
            OrderPolicy::Triage => match self.target_at(state) {
                late_at if late_at <= now => Standing { rank: LATE, late_at: None },
                late_at => Standing { rank: 0, late_at: Some(late_at) },
            },
            _ => Standing { rank: 0, late_at: None },
        }
    }

    fn level(&self, state: &State) -> u16 {
        state.config.queue(self.queue).map_or(0, |plan| plan.level(self.tier))
    }

    /// By when it should be answered. Where nobody waits on the line, the target runs in business time.
    fn target_at(&self, state: &State) -> Timestamp {
        let calendar = state.config.queue(self.queue).and_then(|plan| plan.calendar.as_ref());
        match calendar.filter(|_| !self.channel.is_live()) {
            // Calendars read wall time.
            Some(calendar) => {
                let from = self.order_at + state.wall_offset;
                calendar.after_open(from, self.service_target) - state.wall_offset
            }
            None => self.order_at + self.service_target,
        }
    }
}

/// The request has missed its target.
pub(crate) fn late(step: &mut Step<'_>, id: RequestId) {
    step.emit(RequestEvent::Late { id, rank: LATE });
}
