//! The center itself, its rules, and the objects that are neither people nor queues.

use std::collections::BTreeMap;

use super::chain::{describe, loops};
use super::report::{Place, Report};
use crate::model::{Calendar, Capacity, Center, EntryTarget, Limits, Policies, calendar};

/// The center's zone, skills, dispositions and hours.
pub(super) fn check(center: &Center, report: &mut Report) {
    if let Err(message) = calendar::zone(&center.time_zone) {
        report.fault(Place::single("time_zone"), "", message);
    }
    for (key, skill) in &center.skills {
        report.at_least_one(Place::of("skills", key), "levels", skill.levels.into());
    }
    check_dispositions(center, report);
    // A bad zone of the center is one fault, not one for each calendar that relies on it.
    let zone = calendar::zone(&center.time_zone).map_or("", |_| center.time_zone.as_str());
    for (key, hours) in &center.hours {
        for fault in Calendar::new(hours, zone).err().into_iter().flatten() {
            report.fault(Place::of("hours", key), &fault.path, fault.message);
        }
    }
}

fn check_dispositions(center: &Center, report: &mut Report) {
    let mut parents = BTreeMap::new();
    for (key, disposition) in &center.dispositions {
        if let Some(parent) = &disposition.parent {
            let place = Place::of("dispositions", key);
            report.known(place, "parent", ("disposition", &center.dispositions), parent);
            parents.insert(key, parent);
        }
    }
    for turn in loops(&parents) {
        if let Some(first) = turn.first() {
            let message = format!("comes back to itself: {}", describe(&turn));
            report.fault(Place::of("dispositions", first), "parent", message);
        }
    }
}

/// Entry points: where they lead, and that every address leads to one place.
pub(super) fn check_entry_points(center: &Center, report: &mut Report) {
    let mut taken = BTreeMap::new();
    for (key, entry) in &center.entry_points {
        let place = Place::of("entry_points", key);
        match &entry.leads_to {
            EntryTarget::Queue(queue) => {
                report.known(place, "leads_to", ("queue", &center.queues), queue);
            }
            EntryTarget::Flow(flow) => {
                report.known(place, "leads_to", ("flow", &center.flows), flow);
            }
        }
        if let Some(brand) = &entry.brand {
            report.known(place, "brand", ("brand", &center.brands), brand);
        }
        for address in &entry.addresses {
            if address.is_empty() {
                report.fault(place, "addresses", "an address is empty");
            } else if let Some(other) = taken.insert((entry.channel, address), key) {
                let channel = entry.channel.as_str();
                let message = format!("{channel} address {address:?} already leads to {other:?}");
                report.fault(place, "addresses", message);
            }
        }
        if let Some(language) = entry.language.as_ref().filter(|text| !is_language_tag(text)) {
            report.fault(place, "language", format!("{language:?} is not a tag such as \"es-ES\""));
        }
        if let Some(max) = entry.max_concurrent {
            report.at_least_one(place, "max_concurrent", max);
        }
        report.not_negative(place, "boost", entry.boost);
    }
}

/// The outer form of a BCP 47 tag: subtags of one to eight letters and digits, the first of letters.
fn is_language_tag(text: &str) -> bool {
    let first = text.split('-').next().unwrap_or_default();
    first.chars().all(|c| c.is_ascii_alphabetic())
        && text.split('-').all(|subtag| {
            (1..=8).contains(&subtag.len()) && subtag.chars().all(|c| c.is_ascii_alphanumeric())
        })
}

/// Capacity, policies and limits.
pub(super) fn check_rules(center: &Center, report: &mut Report) {
    check_capacity(&center.capacity, report);
    check_policies(&center.policies, report);
    check_limits(&center.limits, report);
    for (part, count, limit) in [
        ("agents", center.agents.len(), center.limits.agents),
        ("queues", center.queues.len(), center.limits.queues),
    ] {
        if u32::try_from(count).map_or(true, |count| count > limit) {
            let message = format!("{count} are configured, limits.{part} is {limit}");
            report.fault(Place::single(part), "", message);
        }
    }
}

fn check_capacity(capacity: &Capacity, report: &mut Report) {
    let place = Place::single("capacity");
    report.at_least_one(place, "budget", capacity.budget);
    for (channel, of_channel) in &capacity.channels {
        let field = |name| format!("channels.{}.{name}", channel.as_str());
        let (cost, budget) = (of_channel.cost, capacity.budget);
        report.at_least_one(place, &field("cost"), cost);
        report.at_least_one(place, &field("max"), of_channel.max);
        if cost > budget {
            let message = format!("{cost} is above the budget of {budget}: no item fits");
            report.fault(place, &field("cost"), message);
        }
        // Wrap-up begins without a new admission, so it may only give units back.
        if let Some(wrap_up) = of_channel.wrap_up_cost.filter(|wrap_up| *wrap_up > cost) {
            let message = format!("{wrap_up} is above the cost of {cost} that admits the item");
            report.fault(place, &field("wrap_up_cost"), message);
        }
        report.distinct(place, &field("interrupts"), &of_channel.interrupts);
    }
}

fn check_policies(policies: &Policies, report: &mut Report) {
    let Policies {
        offer_timeout,
        connect_timeout,
        exclusion,
        no_answer_not_ready: _,
        device_failure_strikes,
        desktop_grace,
        drain_timeout,
        host_lost_grace,
        sign_in_takes_over: _,
        short_abandon,
        closed_retention,
        conversation_retention,
        effect_timeout,
        transfer_timeout,
        queue_transfer_timeout,
        direct_wait,
        owner_hold,
        silence,
    } = policies;
    let place = Place::single("policies");
    for (field, span) in [
        ("offer_timeout", offer_timeout),
        ("connect_timeout", connect_timeout),
        ("effect_timeout", effect_timeout),
        ("transfer_timeout", transfer_timeout),
        ("queue_transfer_timeout", queue_transfer_timeout),
        ("direct_wait", direct_wait),
        ("owner_hold", owner_hold),
    ] {
        report.positive(place, field, *span);
    }
    for (field, span) in [
        ("exclusion", exclusion),
        ("desktop_grace", desktop_grace),
        ("drain_timeout", drain_timeout),
        ("host_lost_grace", host_lost_grace),
        ("short_abandon", short_abandon),
        ("closed_retention", closed_retention),
        ("conversation_retention", conversation_retention),
    ] {
        report.not_negative(place, field, *span);
    }
    for (channel, rule) in silence {
        let field = |name| format!("silence.{}.{name}", channel.as_str());
        let spans = [("customer", rule.customer), ("close", rule.close), ("agent", rule.agent)];
        for (name, span) in spans {
            if let Some(span) = span {
                report.positive(place, &field(name), span);
            }
        }
        if channel.has_media() {
            report.fault(place, &format!("silence.{}", channel.as_str()), "is no written channel");
        }
    }
    report.at_least_one(place, "device_failure_strikes", (*device_failure_strikes).into());
}

fn check_limits(limits: &Limits, report: &mut Report) {
    let place = Place::single("limits");
    for (field, count) in counts(limits) {
        report.at_least_one(place, field, count);
    }
    report.positive(place, "dedupe_window", limits.dedupe_window);
    report.positive(place, "clock_jump", limits.clock_jump);
    report.positive(place, "clock_step_back", limits.clock_step_back);
}

/// Every bound that is a number; taken apart whole, so that a new one cannot be forgotten.
fn counts(limits: &Limits) -> [(&'static str, u32); 19] {
    let Limits {
        interactions,
        closed_interactions,
        conversations,
        agents,
        queues,
        engagements_per_agent,
        participants,
        context_entries,
        context_bytes,
        pending_effects,
        dedupe_commands,
        dedupe_window: _,
        sources,
        changes_per_command,
        facts_per_command,
        text_bytes,
        items_per_message,
        replan_chunk,
        timers_per_call,
        unpersisted_records,
        clock_jump: _,
        clock_step_back: _,
    } = *limits;
    [
        ("interactions", interactions),
        ("closed_interactions", closed_interactions),
        ("conversations", conversations),
        ("agents", agents),
        ("queues", queues),
        ("engagements_per_agent", engagements_per_agent),
        ("participants", participants),
        ("context_entries", context_entries),
        ("context_bytes", context_bytes),
        ("pending_effects", pending_effects),
        ("dedupe_commands", dedupe_commands),
        ("sources", sources),
        ("changes_per_command", changes_per_command),
        ("facts_per_command", facts_per_command),
        ("text_bytes", text_bytes),
        ("items_per_message", items_per_message),
        ("replan_chunk", replan_chunk),
        ("timers_per_call", timers_per_call),
        ("unpersisted_records", unpersisted_records),
    ]
}
