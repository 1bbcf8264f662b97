//! Steps of relaxation.

use super::report::{Place, Report};
use crate::id::Key;
use crate::model::{Center, Guard, MAX_STEPS, Queue, RelaxationStep};

pub(super) fn check(
    center: &Center,
    (place, key): (Place<'_>, &Key),
    queue: &Queue,
    report: &mut Report,
) {
    if queue.relaxation.len() > MAX_STEPS {
        report.fault(place, "relaxation", format!("has more than {MAX_STEPS} steps"));
        return;
    }
    let mut before = None;
    for (number, step) in queue.relaxation.iter().enumerate() {
        let at = |field: &str| format!("relaxation.{number}.{field}");
        if let Some(after) = step.after {
            report.not_negative(place, &at("after"), after);
            if before.is_some_and(|before| after < before) {
                report.fault(place, &at("after"), "is earlier than that of a step before");
            }
            before = Some(after);
        }
        check_guard(center, place, step, &at("when"), report);
        if let Some(requirement) = &step.requirement {
            super::requirement::check(center, (place, &at("requirement")), requirement, report);
        }
        for (field, queues) in
            [("add_queues", &step.add_queues), ("remove_queues", &step.remove_queues)]
        {
            for queue in queues {
                report.known(place, &at(field), ("queue", &center.queues), queue);
            }
            report.distinct(place, &at(field), queues);
        }
        if step.add_queues.contains(key) && !removed_before(queue, number, key) {
            report.fault(place, &at("add_queues"), "names the queue itself");
        }
    }
}

fn removed_before(queue: &Queue, number: usize, key: &Key) -> bool {
    queue.relaxation.iter().take(number).any(|step| step.remove_queues.contains(key))
}

fn check_guard(
    center: &Center,
    place: Place<'_>,
    step: &RelaxationStep,
    field: &str,
    report: &mut Report,
) {
    match &step.when {
        None if step.after.is_none() => {
            report.fault(
                place,
                field,
                "is missing, and so is `after`: the step would hold at once",
            );
        }
        Some(Guard::During(hours)) => {
            report.known(place, field, ("hours", &center.hours), hours);
            if step.after.is_none() {
                report.fault(place, field, "needs `after`: hours are looked at when it falls due");
            }
        }
        Some(Guard::ExpectedWaitOver(wait)) => report.not_negative(place, field, *wait),
        _ => {}
    }
}
