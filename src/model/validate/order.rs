//! The order of service and the weights of queues.

use super::report::{Place, Report};
use crate::model::{AcrossQueues, Center, OrderPolicy, Queue};

/// The order of the whole center, and what would do nothing under it.
pub(super) fn check(center: &Center, report: &mut Report) {
    check_worth(Place::single("order"), "", center.order, report);
    let levels = |order: OrderPolicy| {
        matches!(order, OrderPolicy::Priority { .. } | OrderPolicy::StrictPriority)
    };
    let across = center.across == AcrossQueues::Urgency || levels(center.order);
    for (key, queue) in &center.queues {
        if queue.priority > 0 && !across && !queue.order.is_some_and(levels) {
            let message = "does nothing: no order of the center or of the queue counts levels";
            report.warn(Place::of("queues", key), "priority", message);
        }
    }
}

/// The order and the weights of one queue.
pub(super) fn check_queue(place: Place<'_>, queue: &Queue, report: &mut Report) {
    if let Some(order) = queue.order {
        check_worth(place, "order", order, report);
        if order.has_bands() {
            let message = "holds for the whole center or not at all: one queue would come before, or behind, all others";
            report.fault(place, "order", message);
        }
    }
    report.positive(place, "weights.aging", queue.weights.aging);
    if let Some(handling) = queue.weights.handling {
        report.positive(place, "weights.handling", handling);
    }
    report.at_least_one(place, "weights.cost", queue.weights.cost);
    report.at_least_one(place, "weights.share", queue.weights.share);
}

fn check_worth(place: Place<'_>, field: &str, order: OrderPolicy, report: &mut Report) {
    if let OrderPolicy::Priority { worth } = order {
        report.positive(place, format!("{field}.priority.worth").trim_start_matches('.'), worth);
    }
}
