//! Warnings: work that nobody who is configured could do.

use super::queues::overflow_queue;
use super::report::{Place, Report};
use crate::id::Key;
use crate::model::{
    Agent, Center, Channel, DEVICE_FAILURE, EntryTarget, Misses, NO_ANSWER, Policies, Queue,
    Requirement,
};

/// Only for centers without faults: chains end and references hold.
pub(super) fn check(center: &Center, report: &mut Report) {
    check_reasons(center, report);
    check_memory(center, report);
    let contradictory = super::requirement::check_contradictions(center, report);
    if center.agents.is_empty() {
        // Agents may be fed apart from policy; one word about it, not one for each queue.
        if !center.queues.is_empty() {
            report.warn(Place::single("agents"), "", "nobody is configured yet");
        }
        return;
    }
    check_budgets(center, report);
    super::requirement::check_custom(center, report);
    let mut unserved = contradictory;
    for (key, queue) in &center.queues {
        if unserved.contains(key) {
            continue;
        }
        if let Some((field, message)) = unserved_because(center, queue) {
            report.warn(Place::of("queues", key), field, message);
            unserved.insert(key);
        }
    }
    for (key, entry) in &center.entry_points {
        let EntryTarget::Queue(queue) = &entry.leads_to else { continue };
        let mut chain = std::iter::successors(Some(queue), |queue| {
            center.queues.get(*queue).and_then(overflow_queue)
        });
        if chain.all(|queue| unserved.contains(queue)) {
            let message = format!("nobody serves queue {queue:?} or what it overflows to");
            report.warn(Place::of("entry_points", key), "leads_to", message);
        }
    }
}

/// Whether the agent may serve the queue, if not at once then under one of its steps.
fn serves_at_last(center: &Center, queue: &Queue, (key, agent): (&Key, &Agent)) -> bool {
    queue.admits(center, key, agent)
        || queue.relaxation.iter().any(|step| {
            let meets = |requirement: &Requirement| requirement.is_met_by(center, key, agent);
            let own =
                queue.has_in_group(center, agent) && step.requirement.as_ref().is_some_and(meets);
            let mut others = step.add_queues.iter().filter_map(|other| center.queues.get(other));
            own || others.any(|other| other.admits(center, key, agent))
        })
}

fn unserved_because(center: &Center, queue: &Queue) -> Option<(&'static str, &'static str)> {
    let adds = queue.relaxation.iter().any(|step| !step.add_queues.is_empty());
    if !adds && !center.agents.values().any(|agent| queue.has_in_group(center, agent)) {
        return Some(("groups", "none of its groups has an agent"));
    }
    // Few are looked at where somebody meets it.
    let served =
        center.agents.iter().any(|(key, agent)| serves_at_last(center, queue, (key, agent)));
    (!served).then_some(("requirement", "no configured agent who may serve the queue meets it"))
}

/// An agent whose budget is below what any item costs would never be offered one.
fn check_budgets(center: &Center, report: &mut Report) {
    let cheapest = Channel::ALL.into_iter().map(|channel| center.capacity.cost(channel)).min();
    let Some(cheapest) = cheapest else { return };
    for (key, agent) in &center.agents {
        if let Some(budget) = agent.budget.filter(|budget| *budget < cheapest) {
            let message =
                format!("{budget} is below {cheapest}, the least cost of an item: none fits");
            report.warn(Place::of("agents", key), "budget", message);
        }
    }
}

/// The engine gives two reasons by name; where reasons are listed, these should have their names.
fn check_reasons(center: &Center, report: &mut Report) {
    let Policies { no_answer, device_failure, .. } = &center.policies;
    if center.reasons.is_empty() {
        return;
    }
    let used = |rule: &Misses| rule.not_ready_after.is_some();
    let given = [(NO_ANSWER, used(no_answer)), (DEVICE_FAILURE, used(device_failure))];
    for (name, _) in
        given.iter().filter(|(name, used)| *used && !center.reasons.contains_key(*name))
    {
        let message = format!("{name:?} is missing, which the engine gives by itself");
        report.warn(Place::single("reasons"), "", message);
    }
}

/// Who comes again is known by a conversation that is still remembered.
fn check_memory(center: &Center, report: &mut Report) {
    let Policies { repeat_window, conversation_retention, .. } = center.policies;
    if repeat_window > conversation_retention {
        let message = format!("{repeat_window} is beyond the conversation_retention");
        report.warn(Place::single("policies"), "repeat_window", message);
    }
    for (key, queue) in &center.queues {
        let within = queue.preferred.last_agent_within;
        if let Some(within) = within.filter(|within| *within > conversation_retention) {
            let message = format!("{within} is beyond the conversation_retention");
            report.warn(Place::of("queues", key), "preferred.last_agent_within", message);
        }
    }
}
