//! Who is meant: where only one can be, nobody has to be named; where several can be, the answer says
//! how to name them.

use switchboard::id::{EngagementId, InteractionId, LegId, OfferId, RequestId};
use switchboard::message::{Destination, EngagementRole, MonitorTarget, Personal, Phase};
use switchboard::model::Channel;

use crate::close;
use crate::floor::{End, House, Part, key};
use crate::order::Order;

/// Something that can be answered: a phone, or an offer on a screen.
#[derive(Clone)]
pub(crate) struct Call {
    /// Who answers it: an agent, or the number of somebody outside.
    pub(crate) whose: String,
    pub(crate) way: Way,
}

#[derive(Clone, Copy)]
pub(crate) enum Way {
    Phone(LegId),
    Screen(OfferId),
}

/// All that rings or is shown, waiting for an answer.
pub(crate) fn ringing(house: &House) -> Vec<Call> {
    let view = &house.view;
    let phones = house.phones.ringing().map(|line| {
        let whose = match view.legs.get(&line.leg) {
            Some(End::Agent(agent)) => view.agent(*agent),
            _ => line.number.clone(),
        };
        Call { whose, way: Way::Phone(line.leg) }
    });
    let screens = view.leases.iter().filter(|(_, lease)| lease.open && lease.leg.is_none());
    let screens =
        screens.map(|(id, lease)| Call { whose: view.agent(lease.agent), way: Way::Screen(*id) });
    phones.chain(screens).collect()
}

/// The one that is meant by `answer` and `decline`.
pub(crate) fn call(house: &House, order: &Order) -> Result<Call, String> {
    let all = ringing(house);
    let named = named(order);
    let places: Vec<String> = all.iter().map(|call| call.whose.clone()).collect();
    let found = all.into_iter().filter(|call| named.is_none_or(|name| call.whose == name));
    one(found, |call| call.whose.clone(), "nothing rings", named).map_err(|why| {
        let elsewhere = named.is_some() && !places.is_empty();
        if elsewhere { format!("{why}; it rings at {}", places.join(", ")) } else { why }
    })
}

/// A part that is not over and that fits; by its agent or its contact where one was named.
pub(crate) fn part(
    house: &House,
    order: &Order,
    fits: impl Fn(&Part) -> bool,
    nobody: &str,
) -> Result<(String, EngagementId), String> {
    let view = &house.view;
    let named = named(order);
    let found = view.open_parts().filter(|part| fits(part)).filter(|part| {
        let (agent, contact) = view.part(part.id);
        named.is_none_or(|name| name == agent || name == contact)
    });
    let shown = |part: &&Part| {
        let (agent, contact) = view.part(part.id);
        format!("{agent} ({contact})")
    };
    let part = one(found, shown, nobody, named)?;
    Ok((view.agent(part.agent), part.id))
}

/// The same, where what follows is no name.
pub(crate) fn part_of(
    house: &House,
    who: Option<&str>,
    fits: impl Fn(&Part) -> bool,
    nobody: &str,
) -> Result<(String, EngagementId), String> {
    let rest = who.unwrap_or_default().to_owned();
    let order = Order { who: None, verb: crate::order::Verb::Help, rest };
    part(house, &order, fits, nobody)
}

/// Talks by voice, of whoever serves or was asked.
pub(crate) fn talks(part: &Part) -> bool {
    part.channel == Channel::Voice && !part.role.observes() && part.phase != Phase::WrapUp
}

pub(crate) fn serves(part: &Part) -> bool {
    talks(part) && matches!(part.role, EngagementRole::Handler | EngagementRole::Conference)
}

pub(crate) fn chats(part: &Part) -> bool {
    part.channel == Channel::Chat && part.phase == Phase::Active && !part.role.observes()
}

/// An agent of the center: the one before the phrase or after it.
pub(crate) fn agent(house: &House, order: &Order) -> Result<String, String> {
    match named(order) {
        Some(name) => is_agent(house, name).map(|()| name.to_owned()),
        None => Err(format!("who? there are {}", agents(house).join(", "))),
    }
}

/// An agent at work, who need not be named where there is only one who fits.
pub(crate) fn worker(
    house: &House,
    order: &Order,
    fits: impl Fn(&str, bool) -> bool,
) -> Result<String, String> {
    if named(order).is_some() {
        return agent(house, order);
    }
    let view = &house.view;
    let all = view.workers.iter().map(|(agent, worker)| (view.agent(*agent), worker.ready));
    let names: Vec<String> =
        all.filter(|(name, ready)| fits(name, *ready)).map(|(name, _)| name).collect();
    one(names.iter(), |name| (*name).clone(), "nobody at work can say that now", None).cloned()
}

fn is_agent(house: &House, name: &str) -> Result<(), String> {
    let all = agents(house);
    if all.iter().any(|agent| agent == name) {
        return Ok(());
    }
    let near = close::nearest(name, all.iter().map(String::as_str));
    Err(if near.is_empty() {
        format!("there is no agent `{name}`; there are {}", all.join(", "))
    } else {
        format!("there is no agent `{name}`; did you mean {}?", close::either(&near))
    })
}

pub(crate) fn agents(house: &House) -> Vec<String> {
    house.center().agents.keys().map(ToString::to_string).collect()
}

/// The agent who may supervise.
pub(crate) fn supervisor(house: &House, order: &Order) -> Result<String, String> {
    let found =
        order.who.clone().or_else(|| house.center().users.keys().next().map(ToString::to_string));
    found.ok_or_else(|| "there is no supervisor".to_owned())
}

/// Where somebody is sent or asked: a queue, an agent, or a number outside.
pub(crate) fn destination(house: &House, text: &str) -> Result<Destination, String> {
    let queues: Vec<String> = house.center().queues.keys().map(ToString::to_string).collect();
    let agents = agents(house);
    let name = text.to_lowercase();
    if queues.contains(&name) {
        return Ok(Destination::Queue(key(&name)?));
    }
    if agents.contains(&name) {
        return Ok(Destination::Agent(key(&name)?));
    }
    let digits = text.strip_prefix('+').unwrap_or(text);
    if !digits.is_empty() && digits.chars().all(|c| c.is_ascii_digit()) {
        return Ok(Destination::External(Personal::Clear(text.to_owned())));
    }
    let all: Vec<&str> = queues.iter().chain(&agents).map(String::as_str).collect();
    Err(match close::nearest(&name, all.iter().copied()) {
        _ if text.is_empty() => format!("to whom? {}, or a number", all.join(", ")),
        near if near.is_empty() => {
            format!("there is no `{text}`; there are {}, or a number like +49301", all.join(", "))
        }
        near => format!("there is no `{text}`; did you mean {}?", close::either(&near)),
    })
}

/// What a supervisor is to follow: an agent, or an interaction.
pub(crate) fn target(house: &House, name: &str) -> Result<MonitorTarget, String> {
    if agents(house).iter().any(|agent| agent == name) {
        return Ok(MonitorTarget::Agent(key(name)?));
    }
    let found = house.view.contact_named(name);
    let found = found.map(|(interaction, _)| MonitorTarget::Interaction(interaction));
    found.map_or_else(|| is_agent(house, name).and_then(|()| Err(name.to_owned())), Ok)
}

/// The interaction of that name.
pub(crate) fn contact(house: &House, name: &str) -> Result<InteractionId, String> {
    let view = &house.view;
    if let Some((id, _)) = view.contact_named(name) {
        return Ok(id);
    }
    let names: Vec<&str> = view.contacts.values().map(|contact| contact.name.as_str()).collect();
    Err(match close::nearest(name, names.iter().copied()) {
        _ if names.is_empty() => "nobody has called or written yet".to_owned(),
        near if near.is_empty() => format!("there is no `{name}`; there are {}", names.join(", ")),
        near => format!("there is no `{name}`; did you mean {}?", close::either(&near)),
    })
}

/// The open request of that name, or the only one.
pub(crate) fn request(house: &House, name: &str) -> Result<RequestId, String> {
    let view = &house.view;
    let open = view.waits.iter().filter(|(_, wait)| !wait.over);
    if name.is_empty() {
        let name = |(id, _): &(&RequestId, _)| view.wait(**id);
        return one(open, name, "nobody waits", None).map(|(id, _)| *id);
    }
    let interaction = contact(house, name)?;
    let mut open = open.filter(|(_, wait)| wait.interaction == interaction);
    let with = || {
        let mut parts = view.open_parts().filter(|part| part.interaction == Some(interaction));
        let with = parts.next().map(|part| format!(": {} has it", view.agent(part.agent)));
        format!("{name} does not wait{}", with.unwrap_or_default())
    };
    open.next().map(|(id, _)| *id).ok_or_else(with)
}

/// The name in an order, before the phrase or after it.
pub(crate) fn named(order: &Order) -> Option<&str> {
    order.who.as_deref().or(Some(order.rest.as_str()).filter(|rest| !rest.is_empty()))
}

/// The only one; else what there is to choose from.
fn one<T>(
    found: impl Iterator<Item = T>,
    shown: impl Fn(&T) -> String,
    nobody: &str,
    named: Option<&str>,
) -> Result<T, String> {
    let mut found: Vec<T> = found.collect();
    if found.len() > 1 {
        let names: Vec<String> = found.iter().map(shown).collect();
        return Err(format!("which one? {}; add the name", names.join(", ")));
    }
    let name = named.map_or_else(String::new, |name| format!(" ({name})"));
    found.pop().ok_or_else(|| format!("{nobody}{name}"))
}
