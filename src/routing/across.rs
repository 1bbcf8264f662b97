//! Which queue goes first where an agent may serve several.
//!
//! The order of service stands still while time goes by, so requests wait in sorted lines. What weighs queues against
//! each other changes with every second or with every arrival; it is looked at on the heads of lines alone.

use std::cmp::Reverse;

use crate::id::RequestId;
use crate::model::{AcrossQueues, CostGrowth, OrderPolicy};
use crate::state::{ServiceKey, State};
use crate::time::{Duration, Timestamp};

/// How long one customer takes while that is not known.
const HANDLING: Duration = Duration::from_mins(5);

/// Parts of one, where weights are divided.
const PARTS: i128 = 1 << 20;

/// The turn of a request among all that wait: the least goes first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) struct Turn {
    deferrable: bool,
    rank: u16,
    weight: Reverse<i128>,
    due_at: Timestamp,
    pub(crate) request: RequestId,
}

impl Turn {
    /// That of a request that stands there in the order of service.
    pub(crate) fn of(state: &State, now: Timestamp, key: ServiceKey) -> Self {
        let ServiceKey { deferrable, rank, due_at, request } = key;
        let weight = match state.config.center.across {
            AcrossQueues::Order => 0,
            rule => weight(state, now, key, rule).unwrap_or_default(),
        };
        Self { deferrable, rank, weight: Reverse(weight), due_at, request }
    }
}

/// What speaks for the request's queue. Whoever goes before another in a line has no less of it, so that the head of a
/// line speaks for all of it: a wait counts with its credit, as in the order of service.
fn weight(state: &State, now: Timestamp, key: ServiceKey, rule: AcrossQueues) -> Option<i128> {
    let request = state.request(key.request)?;
    let plan = state.config.queue(request.queue)?;
    let target = match state.config.order(request.queue) {
        OrderPolicy::ServiceTarget | OrderPolicy::Triage => plan.target(request.channel),
        _ => Duration::ZERO,
    };
    let waited = i128::from((now.since(key.due_at) + target).as_micros());
    let cost = i128::from(plan.weights.cost);
    let handling = plan.weights.handling.or_else(|| state.handling(request.queue, key.deferrable));
    let handling = i128::from(handling.unwrap_or(HANDLING).as_micros().max(1));
    Some(match rule {
        AcrossQueues::Order => 0,
        AcrossQueues::Urgency => {
            let aging = i128::from(plan.weights.aging.as_micros().max(1));
            i128::from(plan.priority) * PARTS + waited * PARTS / aging
        }
        AcrossQueues::CostOfWaiting(CostGrowth::Linear) => cost * PARTS * PARTS / handling,
        AcrossQueues::CostOfWaiting(CostGrowth::Quadratic) => cost * waited * PARTS / handling,
        AcrossQueues::QueueRatio => {
            let (here, all) = state.waiting(request.queue, key.deferrable);
            i128::from(here) * i128::from(state.config.shares)
                - i128::from(plan.weights.share) * i128::from(all)
        }
    })
}
