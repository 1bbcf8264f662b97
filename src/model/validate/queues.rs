//! Queues, their chains, and levels of skills.

use std::collections::{BTreeMap, BTreeSet};

use super::chain::{describe, loops};
use super::report::{Place, Report, segment};
use crate::id::Key;
use crate::model::{
    Callbacks, CalledFirst, Center, Flowout, Proficiency, Queue, QueueLimits, Ringing, WrapUpMode,
};
use crate::time::Duration;

/// The longest chain of overflows: a caller walks it in one step.
pub(crate) const MAX_OVERFLOWS: usize = 16;

pub(super) fn check(center: &Center, report: &mut Report) {
    for (key, queue) in &center.queues {
        let place = Place::of("queues", key);
        check_references(center, (place, key), queue, report);
        super::relaxation::check(center, (place, key), queue, report);
        check_ranges(place, queue, report);
        super::order::check_queue(place, queue, report);
        check_ringing(place, queue.ringing, center.limits.offers_at_once, report);
    }
    let chain = |next: fn(&Queue) -> Option<&Key>| {
        let links = center.queues.iter().filter_map(move |(key, queue)| Some((key, next(queue)?)));
        loops(&links.collect())
    };
    let chains = [
        ("overflow", chain(overflow_queue)),
        ("heir", chain(heir)),
        ("voicemail.escalate_to", chain(escalation)),
    ];
    for (field, turns) in chains {
        for turn in turns {
            if let Some(first) = turn.first() {
                let message = format!("comes back to itself: {}", describe(&turn));
                report.fault(Place::of("queues", first), field, message);
            }
        }
    }
    check_lengths(center, report);
}

/// Chains that are too long, each at its first queue.
fn check_lengths(center: &Center, report: &mut Report) {
    let reached: BTreeSet<&Key> = center.queues.values().filter_map(overflow_queue).collect();
    for first in center.queues.keys().filter(|key| !reached.contains(key)) {
        let chain = std::iter::successors(Some(first), |key| {
            center.queues.get(*key).and_then(overflow_queue)
        });
        if chain.take(MAX_OVERFLOWS + 2).count() > MAX_OVERFLOWS + 1 {
            let message = format!("leads through more than {MAX_OVERFLOWS} queues");
            report.fault(Place::of("queues", first), "overflow", message);
        }
    }
}

/// The queue that a queue overflows to.
pub(in crate::model) fn overflow_queue(queue: &Queue) -> Option<&Key> {
    match &queue.overflow.as_ref()?.to {
        Flowout::Queue(key) => Some(key),
        Flowout::HangUp | Flowout::CallBack => None,
    }
}

fn heir(queue: &Queue) -> Option<&Key> {
    queue.heir.as_ref()
}

fn escalation(queue: &Queue) -> Option<&Key> {
    queue.voicemail.escalate_to.as_ref()
}

fn check_references(
    center: &Center,
    (place, key): (Place<'_>, &Key),
    queue: &Queue,
    report: &mut Report,
) {
    if let Some(brand) = &queue.brand {
        report.known(place, "brand", ("brand", &center.brands), brand);
    }
    super::requirement::check(center, (place, "requirement"), &queue.requirement, report);
    super::selection::check(center, (place, key), queue, report);
    if let Some(hours) = &queue.hours {
        report.known(place, "hours", ("hours", &center.hours), hours);
    }
    if let Some(hours) = &queue.callbacks.hours {
        report.known(place, "callbacks.hours", ("hours", &center.hours), hours);
    }
    if let Some(to) = overflow_queue(queue) {
        report.known(place, "overflow", ("queue", &center.queues), to);
    }
    if let Some(heir) = &queue.heir {
        report.known(place, "heir", ("queue", &center.queues), heir);
    }
    if let Some(to) = escalation(queue) {
        report.known(place, "voicemail.escalate_to", ("queue", &center.queues), to);
    }
    if let Some(rota) = &queue.on_call {
        report.known(place, "on_call", ("rota", &center.rotas), rota);
    }
    for disposition in &queue.dispositions {
        let table = ("disposition", &center.dispositions);
        report.known(place, "dispositions", table, disposition);
    }
    report.distinct(place, "dispositions", &queue.dispositions);
}

fn check_ranges(place: Place<'_>, queue: &Queue, report: &mut Report) {
    report.not_negative(place, "service_target", queue.service_target);
    for (channel, target) in &queue.channel_targets {
        report.not_negative(place, &format!("channel_targets.{}", channel.as_str()), *target);
    }
    report.not_negative(place, "boost", queue.boost);
    check_limits(place, &queue.limits, report);
    report.not_negative(place, "no_agents_grace", queue.no_agents_grace);
    match queue.wrap_up.mode {
        WrapUpMode::None => report.not_negative(place, "wrap_up.limit", queue.wrap_up.limit),
        _ => report.positive(place, "wrap_up.limit", queue.wrap_up.limit),
    }
    if let Some(recording) = &queue.recording {
        super::rules::check_recording(place, recording, report);
    }
    if let Some(handling) = queue.last_admission {
        report.positive(place, "last_admission", handling);
        if queue.hours.is_none() {
            report.fault(
                place,
                "last_admission",
                "needs `hours`: a queue without them never closes",
            );
        }
    }
    match (queue.voicemail.unheard_after, &queue.voicemail.escalate_to) {
        (Some(after), _) => report.positive(place, "voicemail.unheard_after", after),
        (None, Some(_)) => {
            report.fault(
                place,
                "voicemail.escalate_to",
                "needs `unheard_after`: never is too late",
            );
        }
        (None, None) => {}
    }
    report.not_negative(place, "preferred.hold_for", queue.preferred.hold_for);
    if let Some(within) = queue.preferred.last_agent_within {
        report.positive(place, "preferred.last_agent_within", within);
        if queue.preferred.hold_for == Duration::ZERO {
            report.fault(place, "preferred.hold_for", "is missing: nobody is waited for");
        }
    }
    for (number, one) in queue.announcements.iter().enumerate() {
        let field = |name: &str| format!("announcements.{number}.{name}");
        report.not_negative(place, &field("after"), one.after);
        if let Some(every) = one.every {
            report.positive(place, &field("every"), every);
        }
        if Key::new(&one.sound).is_err() {
            report.fault(place, &field("sound"), "is no name");
        }
    }
    check_callbacks(place, &queue.callbacks, report);
    if let Some(within) = queue.resume_within {
        report.positive(place, "resume_within", within);
    }
    if let Some(timeout) = queue.offer_timeout {
        report.positive(place, "offer_timeout", timeout);
    }
}

fn check_limits(place: Place<'_>, limits: &QueueLimits, report: &mut Report) {
    if let Some(depth) = limits.depth {
        report.at_least_one(place, "limits.depth", depth);
    }
    if let Some(wait) = limits.wait {
        report.not_negative(place, "limits.wait", wait);
    }
    if let Some(estimate) = limits.estimate {
        report.positive(place, "limits.estimate", estimate);
    }
    if let Some(estimate) = limits.estimate_left {
        report.positive(place, "limits.estimate_left", estimate);
    }
}

/// Customers are called at least once, at most twenty times; whoever asks them has something to say.
fn check_callbacks(place: Place<'_>, callbacks: &Callbacks, report: &mut Report) {
    if !(1..=20).contains(&callbacks.attempts) {
        report.fault(place, "callbacks.attempts", "is not from 1 to 20");
    }
    report.positive(place, "callbacks.retry_after", callbacks.retry_after);
    if let Some(span) = callbacks.keep_for {
        report.positive(place, "callbacks.keep_for", span);
    }
    if let CalledFirst::Customer(lead) = callbacks.first {
        report.not_negative(place, "callbacks.first.customer", lead);
    }
    let Some(offer) = &callbacks.offer else { return };
    report.not_negative(place, "callbacks.offer.after", offer.after);
    for (field, span) in [("every", offer.every), ("if_longer_than", offer.if_longer_than)] {
        if let Some(span) = span {
            report.positive(place, &format!("callbacks.offer.{field}"), span);
        }
    }
    let sounds = [("ask", Some(&offer.ask)), ("confirm", Some(&offer.confirm))];
    for (field, sound) in sounds.into_iter().chain([("enter", offer.enter.as_ref())]) {
        if sound.is_some_and(|sound| Key::new(sound).is_err()) {
            report.fault(place, &format!("callbacks.offer.{field}"), "is no name");
        }
    }
}

/// A request rings at least one agent, and no more than the center lets it.
fn check_ringing(place: Place<'_>, ringing: Ringing, most: u32, report: &mut Report) {
    let first = match ringing {
        Ringing::One | Ringing::All => return,
        Ringing::AtOnce(agents) => ("ringing.at_once", agents),
        Ringing::Progressive { first, add, every } => {
            report.at_least_one(place, "ringing.progressive.add", add);
            report.positive(place, "ringing.progressive.every", every);
            ("ringing.progressive.first", first)
        }
    };
    let (field, agents) = first;
    report.at_least_one(place, field, agents);
    if agents > most {
        report.fault(place, field, format!("{agents} is above limits.offers_at_once, {most}"));
    }
}

/// Levels of skills: each skill known, each level from 1 to the skill's highest.
pub(super) fn check_levels(
    center: &Center,
    place: Place<'_>,
    field: &str,
    levels: &BTreeMap<Key, Proficiency>,
    report: &mut Report,
) {
    for (key, level) in levels {
        check_level(center, place, field, (key, *level, 1), report);
    }
}

/// The skill is known, and the level from `least` to its highest.
pub(super) fn check_level(
    center: &Center,
    place: Place<'_>,
    field: &str,
    (skill, level, least): (&Key, Proficiency, Proficiency),
    report: &mut Report,
) {
    match center.skills.get(skill) {
        None => report.known(place, field, ("skill", &center.skills), skill.as_str()),
        Some(known) if level < least || level > known.levels => {
            let field = format!("{field}.{}", segment(skill.as_str()));
            let message = format!("level {level} is not from {least} to {}", known.levels);
            report.fault(place, &field, message);
        }
        Some(_) => {}
    }
}
