//! Which agents get what: groups, orders, reserves.

use std::collections::BTreeSet;

use super::report::{Place, Report, segment};
use crate::id::Key;
use crate::model::{AgentGroups, AgentOrder, Center, GroupBy, Queue};

pub(super) fn check(
    center: &Center,
    (place, key): (Place<'_>, &Key),
    queue: &Queue,
    report: &mut Report,
) {
    check_groups(center, place, &queue.groups, report);
    match &queue.agent_order {
        AgentOrder::Fixed(agents) => {
            for agent in agents {
                report.known(place, "agent_order.fixed", ("agent", &center.agents), agent);
            }
            report.distinct(place, "agent_order.fixed", agents);
            if agents.is_empty() {
                report.fault(place, "agent_order.fixed", "names no agent");
            }
        }
        AgentOrder::HostScored(hold_out) => {
            report.not_negative(place, "agent_order.host_scored.hold_for", hold_out.hold_for);
        }
        _ => {}
    }
    for reserve in &queue.reserves {
        report.known(place, "reserves", ("queue", &center.queues), &reserve.queue);
        if reserve.queue == *key {
            report.fault(place, "reserves", "keeps agents back from the queue for itself");
        }
        let field = format!("reserves.{}.keep", segment(reserve.queue.as_str()));
        report.at_least_one(place, &field, reserve.keep);
    }
    if comes_back(center, key) {
        let message = "come back to it over other queues: agents of both would serve neither";
        report.fault(place, "reserves", message);
    }
    let reserved: Vec<&Key> = queue.reserves.iter().map(|reserve| &reserve.queue).collect();
    report.distinct(place, "reserves", &reserved);
}

/// Whether the queue keeps agents for one that keeps agents for it, over others or at once.
fn comes_back(center: &Center, key: &Key) -> bool {
    let kept_for = |key: &Key| {
        let queue = center.queues.get(key).into_iter();
        queue.flat_map(|queue| &queue.reserves).map(|reserve| &reserve.queue)
    };
    let mut known: BTreeSet<&Key> = BTreeSet::new();
    let mut next: Vec<&Key> = kept_for(key).filter(|other| *other != key).collect();
    while let Some(queue) = next.pop() {
        if queue == key {
            return true;
        }
        if known.insert(queue) {
            next.extend(kept_for(queue));
        }
    }
    false
}

fn check_groups(center: &Center, place: Place<'_>, groups: &AgentGroups, report: &mut Report) {
    let Some((by, parts)) = groups.parts() else { return };
    for (group, share) in &parts {
        match by {
            GroupBy::Team => report.known(place, "groups", ("team", &center.teams), group),
            GroupBy::Site => report.known(place, "groups", ("site", &center.sites), group),
        }
        let field = format!("groups.of.{}", segment(group.as_str()));
        report.at_least_one(place, &field, *share);
    }
    let names: Vec<&Key> = parts.iter().map(|(group, _)| *group).collect();
    report.distinct(place, "groups", &names);
    if parts.is_empty() {
        report.fault(place, "groups", "names no group, so nobody would serve the queue");
    }
    if parts.len() > usize::from(u8::MAX) {
        report.fault(place, "groups", "names more than 255 groups");
    }
}
