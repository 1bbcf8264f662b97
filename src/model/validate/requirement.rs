//! What queues ask of agents, and the attributes that agents have for it.

use std::collections::BTreeSet;

use super::is_language_tag;
use super::queues::check_level;
use super::report::{Place, Report};
use super::suggest::suggest;
use crate::id::Key;
use crate::model::requirement::{Atom, Comparison, RESERVED, Requirement, TextAttribute};
use crate::model::{Agent, Center, Queue};

/// The most languages and the most attributes of one agent.
const MOST: usize = 64;
/// The longest value of an attribute, in bytes.
const MAX_VALUE: usize = 128;

const FIELD: &str = "requirement";

/// Everything that a requirement names is there, every level one that the skill has.
pub(super) fn check(
    center: &Center,
    (place, field): (Place<'_>, &str),
    requirement: &Requirement,
    report: &mut Report,
) {
    if let Err(message) = requirement.check_size() {
        report.fault(place, field, message);
        return;
    }
    // What stands in it twice is told once.
    let atoms: BTreeSet<&Atom> = requirement.atoms().into_iter().collect();
    for atom in atoms {
        match atom {
            Atom::Level { skill, is, level } => {
                let least = u8::from(*is == Comparison::AtLeast);
                check_level(center, place, field, (skill, *level, least), report);
            }
            Atom::Number { .. } => {}
            Atom::Text { attribute, among } => {
                check_texts(center, (place, field), attribute, among, report);
            }
        }
    }
}

fn check_texts(
    center: &Center,
    (place, field): (Place<'_>, &str),
    attribute: &TextAttribute,
    among: &BTreeSet<String>,
    report: &mut Report,
) {
    for text in among {
        match attribute {
            TextAttribute::Agent => report.known(place, field, ("agent", &center.agents), text),
            TextAttribute::Site => report.known(place, field, ("site", &center.sites), text),
            TextAttribute::Team => report.known(place, field, ("team", &center.teams), text),
            TextAttribute::Language => check_tag(place, field, text, report),
            TextAttribute::Custom(_) => {}
        }
    }
}

fn check_tag(place: Place<'_>, field: &str, tag: &str, report: &mut Report) {
    if !is_language_tag(tag) {
        report.fault(place, field, format!("{tag:?} is not a tag such as \"es-ES\""));
    }
}

/// Languages and attributes of an agent.
pub(super) fn check_attributes(place: Place<'_>, agent: &Agent, report: &mut Report) {
    for tag in &agent.languages {
        check_tag(place, "languages", tag, report);
    }
    report.distinct(place, "languages", &agent.languages);
    for (name, value) in &agent.attributes {
        if RESERVED.contains(&name.as_str()) {
            let message = format!("{name:?} means something else in a requirement");
            report.fault(place, "attributes", message);
        }
        if value.is_empty() || value.len() > MAX_VALUE {
            let message = format!("the value of {name:?} is not 1 to {MAX_VALUE} bytes long");
            report.fault(place, "attributes", message);
        }
    }
    for (field, count) in
        [("languages", agent.languages.len()), ("attributes", agent.attributes.len())]
    {
        if count > MOST {
            report.fault(place, field, format!("are more than {MOST}"));
        }
    }
}

/// Queues whose requirement nobody could meet, whoever comes: each is warned of.
pub(super) fn check_contradictions<'a>(
    center: &'a Center,
    report: &mut Report,
) -> BTreeSet<&'a Key> {
    let contradicts = |requirement: &Requirement| requirement.is_contradictory(&center.skills);
    // What contradicts itself at first may be asked in another way later.
    let relaxed = |queue: &Queue| !queue.relaxation.is_empty();
    let queues = center.queues.iter();
    let queues = queues.filter(|(_, queue)| contradicts(&queue.requirement) && !relaxed(queue));
    let contradictory: BTreeSet<&Key> = queues.map(|(key, _)| key).collect();
    for key in &contradictory {
        let message = "contradicts itself: no agent could ever meet it";
        report.warn(Place::of("queues", key), FIELD, message);
    }
    contradictory
}

/// Attributes of the center's own that a requirement names and no agent has.
pub(super) fn check_custom(center: &Center, report: &mut Report) {
    let known: BTreeSet<&Key> =
        center.agents.values().flat_map(|agent| agent.attributes.keys()).collect();
    for (key, queue) in &center.queues {
        let asked = queue.requirement.atoms().into_iter().filter_map(|atom| match atom {
            Atom::Text { attribute: TextAttribute::Custom(name), .. } => Some(name),
            _ => None,
        });
        let asked: BTreeSet<&Key> = asked.filter(|name| !known.contains(name)).collect();
        for name in asked {
            let close = suggest(name.as_str(), known.iter().map(|key| key.as_str()));
            let hint = close.map(|key| format!(", did you mean {key:?}?")).unwrap_or_default();
            let message = format!("no agent has an attribute {name:?}{hint}");
            report.warn(Place::of("queues", key), FIELD, message);
        }
    }
}
