//! The center itself, and the objects that are neither people nor queues.

use std::collections::BTreeMap;

use super::chain::{describe, loops};
use super::report::{Place, Report};
use crate::model::{Calendar, Center, Channel, EntryTarget, calendar};

/// The center's zone, skills, dispositions and hours.
pub(super) fn check(center: &Center, report: &mut Report) {
    if let Err(message) = calendar::zone(&center.time_zone) {
        report.fault(Place::single("time_zone"), "", message);
    }
    for (key, skill) in &center.skills {
        report.at_least_one(Place::of("skills", key), "levels", skill.levels.into());
    }
    check_dispositions(center, report);
    for (key, brand) in &center.brands {
        if let Some(recording) = &brand.recording {
            super::rules::check_recording(Place::of("brands", key), recording, report);
        }
    }
    check_emergency_numbers(center, report);
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

fn check_emergency_numbers(center: &Center, report: &mut Report) {
    let place = Place::single("emergency_numbers");
    if center.emergency_numbers.iter().any(String::is_empty) {
        report.fault(place, "", "a number is empty");
    }
    report.distinct(place, "", &center.emergency_numbers);
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
        let emergency = entry.channel == Channel::Voice;
        for address in &entry.addresses {
            if address.is_empty() {
                report.fault(place, "addresses", "an address is empty");
            } else if emergency && center.emergency_numbers.contains(address) {
                let message = format!("{address:?} is an emergency number: nobody would get here");
                report.fault(place, "addresses", message);
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
pub(crate) fn is_language_tag(text: &str) -> bool {
    let first = text.split('-').next().unwrap_or_default();
    first.chars().all(|c| c.is_ascii_alphabetic())
        && text.split('-').all(|subtag| {
            (1..=8).contains(&subtag.len()) && subtag.chars().all(|c| c.is_ascii_alphanumeric())
        })
}
