//! What can be said now: derived from who waits, what rings, who is at work and who talks.

use std::fmt::Write as _;

use switchboard::id::{ExternalRef, Key};
use switchboard::message::{Activity, EngagementRole, Phase};
use switchboard::model::Channel;

use crate::floor::{House, Part, activity, clock};
use crate::order::PHRASES;
use crate::pick;

/// A line that could be said now, and what it would do.
type Choice = (String, String);

pub(crate) const fn is_chat(channel: Channel) -> bool {
    matches!(channel, Channel::Chat)
}

/// The numbers that customers can call, and which queue each leads to.
pub(crate) fn numbers(house: &House) -> Vec<(String, String)> {
    let entries = house.center().entry_points.iter();
    let voice = entries.filter(|(_, entry)| entry.channel == Channel::Voice);
    let numbers = voice
        .filter_map(|(name, entry)| Some((entry.addresses.first()?.clone(), name.to_string())));
    let mut numbers: Vec<(String, String)> = numbers.collect();
    numbers.sort();
    numbers
}

/// Callers who are on the line.
pub(crate) fn callers(house: &House) -> Vec<String> {
    let on_line = |name: &&String| {
        ExternalRef::new(name.as_str()).is_ok_and(|name| house.phones.holds(&name))
    };
    house.view.contacts.values().map(|contact| &contact.name).filter(on_line).cloned().collect()
}

/// What can be said now, by whom.
pub(crate) fn possible(house: &House) -> String {
    let mut text = going_on(house);
    let groups = [
        ("as a customer", customers(house)),
        ("as an agent", agents(house)),
        ("as a supervisor", supervisors(house)),
        ("at any time", always(house)),
    ];
    for (who, choices) in groups {
        if choices.is_empty() {
            continue;
        }
        let _ = writeln!(text, "{who}:");
        for (line, does) in choices {
            let _ = writeln!(text, "  {line:<24} {does}");
        }
    }
    text
}

/// All that can be said, now or not.
pub(crate) fn all() -> String {
    let mut text = String::from("an agent's name before the phrase says who: `ben hold`\n");
    for phrase in PHRASES {
        let form = phrase.forms.first().copied().unwrap_or_default();
        let line = format!("{form} {}", phrase.takes);
        let _ = writeln!(text, "  {line:<24} {}", phrase.does);
    }
    text
}

/// Who is where, in a few lines.
fn going_on(house: &House) -> String {
    let view = &house.view;
    let mut text = String::new();
    for (agent, worker) in &view.workers {
        let parts = view.open_parts().filter(|part| part.agent == *agent);
        let of: Vec<String> = parts.map(|part| view.part(part.id).1).collect();
        let of = if of.is_empty() { String::new() } else { format!(" ({})", of.join(", ")) };
        let not_ready = matches!(worker.activity, Activity::NotReady(_));
        let more = if worker.ready || not_ready { "" } else { ", takes no new work" };
        let doing = activity(&worker.activity);
        let _ = writeln!(text, "{}: {doing}{of}{more}", view.agent(*agent));
    }
    for (id, wait) in view.waits.iter().filter(|(_, wait)| !wait.over) {
        let _ = writeln!(text, "{} waits in {}", view.wait(*id), view.queue(wait.queue));
    }
    if text.is_empty() {
        text.push_str("the house is empty\n");
    }
    text
}

fn customers(house: &House) -> Vec<Choice> {
    let mut choices: Vec<Choice> = numbers(house)
        .into_iter()
        .map(|(to, entry)| (format!("call {to}"), format!("a customer calls about {entry}")))
        .collect();
    choices.push(("chat TEXT".into(), "a customer opens a chat".into()));
    for name in callers(house) {
        choices.push((format!("hang up {name}"), "the caller leaves".into()));
    }
    let chats = house.view.contacts.values().filter(|it| is_chat(it.channel) && !it.over);
    for chat in chats {
        choices.push((format!("write {} TEXT", chat.name), "the customer writes".into()));
    }
    for call in pick::ringing(house) {
        if house.agent(&call.whose).is_none() {
            let line = format!("answer {}", call.whose);
            choices.push((line, "somebody outside picks up".into()));
        }
    }
    choices
}

fn agents(house: &House) -> Vec<Choice> {
    let mut choices = Vec::new();
    for name in pick::agents(house) {
        let worker = house.agent(&name).and_then(|id| house.view.workers.get(&id));
        let (line, does) = match worker {
            None => (format!("sign in {name}"), "comes to work"),
            Some(worker) if worker.ready => (format!("{name} not ready"), "takes no more work"),
            Some(_) => (format!("{name} ready"), "takes work"),
        };
        choices.push((line, does.to_owned()));
    }
    for call in pick::ringing(house) {
        if house.agent(&call.whose).is_some() {
            choices.push((format!("{} answer", call.whose), "what rings, or is offered".into()));
            choices.push((format!("{} decline", call.whose), "leaves it to others".into()));
        }
    }
    for part in house.view.open_parts().filter(|part| !part.role.observes()) {
        choices.extend(in_part(house, part));
    }
    let idle = house.view.workers.iter().filter(|(_, worker)| worker.activity == Activity::Idle);
    for (agent, _) in idle {
        let line = format!("{} dial +49301", house.view.agent(*agent));
        choices.push((line, "calls a customer by hand".into()));
    }
    choices
}

/// What an agent can do about one contact.
fn in_part(house: &House, part: &Part) -> Vec<Choice> {
    let (agent, of) = house.view.part(part.id);
    let choice = |line: &str, does: &str| (format!("{agent} {line}"), format!("{does} ({of})"));
    if let Some(answered) = house.view.consults.get(&part.id) {
        let mut choices = vec![choice("cancel", "back to the customer")];
        if *answered {
            choices.push(choice("complete", "hands the customer on to whom was asked"));
            choices.push(choice("conference", "all speak together"));
        }
        return choices;
    }
    match part.phase {
        Phase::Active if is_chat(part.channel) => {
            vec![choice("reply TEXT", "writes to the customer"), choice("hang up", "ends the chat")]
        }
        Phase::Active if pick::serves(part) => vec![
            choice("hold", "music for the customer"),
            choice("consult support", "asks somebody meanwhile"),
            choice("transfer to support", "hands the customer on"),
            choice("hang up", "ends the talk"),
        ],
        Phase::Active => vec![choice("hang up", "leaves the talk")],
        Phase::Held => vec![choice("resume", "back to the customer"), choice("hang up", "ends it")],
        Phase::Previewing => vec![choice("place", "calls"), choice("hang up", "gives it up")],
        Phase::Connecting | Phase::Dialing
            if matches!(part.role, EngagementRole::Handler | EngagementRole::Internal) =>
        {
            vec![choice("hang up", "gives it up")]
        }
        Phase::WrapUp => {
            let results = house.center().dispositions.keys();
            let results: Vec<&str> = results.map(Key::as_str).collect();
            vec![choice("wrap up done", &format!("or {}, or without a result", results.join(", ")))]
        }
        _ => Vec::new(),
    }
}

fn supervisors(house: &House) -> Vec<Choice> {
    let view = &house.view;
    let mut choices = Vec::new();
    let follows = view.monitors.values().next();
    if let Some((who, _)) = follows {
        let who = view.agent(*who);
        for (line, does) in [
            ("whisper", "is heard by the agent alone"),
            ("barge in", "is heard by all"),
            ("take over", "serves the customer instead"),
            ("stop", "listens no more"),
        ] {
            choices.push((line.to_owned(), format!("{who} {does}")));
        }
        return choices;
    }
    let at_work = |name: &str| house.agent(name).is_some_and(|id| view.workers.contains_key(&id));
    let supervisor = house.center().users.keys().map(ToString::to_string).find(|it| at_work(it));
    let Some(supervisor) = supervisor else { return choices };
    for part in view.open_parts().filter(|part| pick::serves(part)) {
        let agent = view.agent(part.agent);
        if agent != supervisor {
            choices.push((format!("monitor {agent}"), format!("{supervisor} listens")));
        }
    }
    choices
}

fn always(house: &House) -> Vec<Choice> {
    let mut choices = Vec::new();
    let due = house.next_deadline().map(|at| format!(", or `wait` until {}", clock(at)));
    choices.push(("wait 30s".into(), format!("time passes{}", due.unwrap_or_default())));
    for wait in house.view.waits.values().filter(|wait| !wait.over) {
        let name = house.view.contact(wait.interaction);
        choices.push((format!("explain {name}"), "why it waits".into()));
    }
    choices.push(("report".into(), "the key figures so far".into()));
    choices.push(("records".into(), "the journal in words; `record 4` is one, whole".into()));
    choices.push(("help all".into(), "all that can be said".into()));
    choices.push(("quit".into(), "the end".into()));
    choices
}
