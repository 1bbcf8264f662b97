//! What a line does: the command of the library that stands for it, or what a customer, a phone or
//! the time does.

use switchboard::Question;
use switchboard::id::{EngagementId, Key, RequestId};
use switchboard::message::{
    CommandBody, Destination, EngagementRole, MonitorMode, MonitorTarget, Personal, Phase, Watched,
};
use switchboard::time::Duration;

use crate::floor::{End, House, Part, key, record_lines};
use crate::now;
use crate::order::{Order, Verb};
use crate::pick::{self, Way};

/// Nobody waits longer in one go.
const LONGEST: Duration = Duration::from_hours(24);

/// What comes of a line, besides records.
pub(crate) enum Done {
    Did,
    Says(String),
    Quit,
}

/// Does what was said, or says why not.
pub(crate) fn play(house: &mut House, order: &Order) -> Result<Done, String> {
    let rest = order.rest.as_str();
    match order.verb {
        Verb::Call => called(house, rest)?,
        Verb::Chat => {
            let text = if rest.is_empty() { "Hello" } else { rest };
            house.chats(text)?;
        }
        Verb::Write => writes(house, rest)?,
        Verb::HangUp => hangs_up(house, order)?,
        Verb::SignIn | Verb::SignOut | Verb::Ready | Verb::NotReady => {
            comes_and_goes(house, order)?;
        }
        Verb::Answer | Verb::Decline => answers(house, order)?,
        Verb::Hold | Verb::Resume | Verb::Complete | Verb::Cancel | Verb::Conference => {
            in_talk(house, order)?;
        }
        Verb::Transfer | Verb::Consult => hands_on(house, order)?,
        Verb::Reply => replies(house, order)?,
        Verb::WrapUp => wraps_up(house, order)?,
        Verb::Dial | Verb::Preview | Verb::Place => dials(house, order)?,
        Verb::Promise => promises(house, order)?,
        Verb::Monitor | Verb::Whisper | Verb::Barge => follows(house, order)?,
        Verb::Stop | Verb::TakeOver => follows_no_more(house, order)?,
        Verb::Wait => waits(house, rest)?,
        Verb::Fail => house.phones_fail("the line is down")?,
        Verb::Return => house.phones_return()?,
        Verb::Restart => {
            let same = house.restart()?;
            let same = if same { "is the same as" } else { "DIFFERS from that" };
            return Ok(Done::Says(format!("the state {same} before the restart\n")));
        }
        Verb::Explain => return explains(house, rest).map(Done::Says),
        Verb::Report => return Ok(Done::Says(house.report().to_string())),
        Verb::Records => return records(house, rest).map(Done::Says),
        Verb::Help if rest == "all" => return Ok(Done::Says(now::all())),
        Verb::Help => return Ok(Done::Says(now::possible(house))),
        Verb::Quit => return Ok(Done::Quit),
    }
    Ok(Done::Did)
}

// -- customers --------------------------------------------------------------------------------------

fn called(house: &mut House, number: &str) -> Result<(), String> {
    if number.is_empty() {
        let numbers: Vec<String> = now::numbers(house).into_iter().map(|(to, _)| to).collect();
        return Err(format!("which number? {}", numbers.join(", ")));
    }
    house.calls(number).map(|_| ())
}

fn writes(house: &mut House, rest: &str) -> Result<(), String> {
    let view = &house.view;
    let (first, text) = rest.split_once(' ').unwrap_or((rest, ""));
    let chats = || view.contacts.values().filter(|it| now::is_chat(it.channel));
    if let Some(chat) = chats().find(|chat| chat.name == first).map(|chat| chat.name.clone()) {
        return house.writes(&chat, if text.is_empty() { "Hello?" } else { text });
    }
    if rest.is_empty() {
        return Err("what? say `write TEXT`".to_owned());
    }
    let mut open: Vec<String> =
        chats().filter(|chat| !chat.over).map(|chat| chat.name.clone()).collect();
    match (open.pop(), open.is_empty()) {
        (Some(chat), true) => house.writes(&chat, rest),
        (None, _) => Err("there is no chat; open one with `chat TEXT`".to_owned()),
        (Some(last), false) => {
            Err(format!("which chat? {}, {last}; say `write {last} TEXT`", open.join(", ")))
        }
    }
}

fn hangs_up(house: &mut House, order: &Order) -> Result<(), String> {
    let Some(name) = pick::named(order) else {
        let callers = now::callers(house);
        return match callers.as_slice() {
            [caller] => house.caller_leaves(caller),
            [] => Err("nobody is on the line".to_owned()),
            _ => Err(format!("who? {}, or an agent", callers.join(", "))),
        };
    };
    if now::callers(house).iter().any(|caller| caller == name) {
        return house.caller_leaves(name);
    }
    // Somebody whom we called: a customer or a number outside.
    let outside = house.phones.lines().find(|line| match house.view.legs.get(&line.leg) {
        Some(End::Agent(_)) => false,
        Some(End::Customer(interaction)) => {
            line.number == name || house.view.contact(*interaction) == name
        }
        _ => line.number == name,
    });
    if let Some(leg) = outside.map(|line| line.leg) {
        return house.puts_down(leg);
    }
    let talks = |part: &Part| pick::talks(part) || pick::chats(part);
    let (agent, engagement) = pick::part(house, order, talks, "there is no talk to end")?;
    house.command(&agent, CommandBody::HangUp { engagement })
}

// -- agents -----------------------------------------------------------------------------------------

fn comes_and_goes(house: &mut House, order: &Order) -> Result<(), String> {
    let (agent, body) = match order.verb {
        Verb::SignIn => {
            let agent = pick::agent(house, order)?;
            let body = CommandBody::sign_in(key(&agent)?);
            (agent, body)
        }
        Verb::SignOut => {
            let agent = pick::worker(house, order, |_, _| true)?;
            let body = CommandBody::SignOut { agent: key(&agent)?, force: false };
            (agent, body)
        }
        verb => {
            let ready = verb == Verb::Ready;
            let agent = pick::worker(house, order, |_, is_ready| is_ready != ready)?;
            let reason = if ready { None } else { Some(key("break")?) };
            let body = CommandBody::SetPresence { agent: key(&agent)?, ready, reason };
            (agent, body)
        }
    };
    house.command(&agent, body)
}

fn answers(house: &mut House, order: &Order) -> Result<(), String> {
    let call = pick::call(house, order)?;
    match (call.way, order.verb) {
        (Way::Phone(leg), Verb::Answer) => house.picks_up(leg),
        (Way::Phone(leg), _) => house.puts_down(leg),
        (Way::Screen(offer), Verb::Answer) => {
            house.command(&call.whose, CommandBody::AcceptOffer { offer })
        }
        (Way::Screen(offer), _) => {
            house.command(&call.whose, CommandBody::RejectOffer { offer, reason: None })
        }
    }
}

fn in_talk(house: &mut House, order: &Order) -> Result<(), String> {
    let asks: Vec<EngagementId> = house.view.consults.keys().copied().collect();
    let asks = |part: &Part| asks.contains(&part.id);
    let (agent, engagement) = match order.verb {
        Verb::Hold => {
            let active = |part: &Part| pick::serves(part) && part.phase == Phase::Active;
            pick::part(house, order, active, "nobody talks to a customer")?
        }
        Verb::Resume => {
            let held = |part: &Part| part.phase == Phase::Held;
            pick::part(house, order, held, "no customer is on hold")?
        }
        _ => pick::part(house, order, asks, "nobody asks anybody; say `consult` first")?,
    };
    let body = match order.verb {
        Verb::Hold => CommandBody::Hold { engagement },
        Verb::Resume => CommandBody::Unhold { engagement },
        Verb::Complete => CommandBody::CompleteConsult { engagement },
        Verb::Cancel => CommandBody::CancelConsult { engagement },
        _ => CommandBody::Conference { engagement },
    };
    house.command(&agent, body)
}

fn hands_on(house: &mut House, order: &Order) -> Result<(), String> {
    let to = pick::destination(house, &order.rest)?;
    let serves = |part: &Part| pick::serves(part) || pick::chats(part);
    let nobody = "nobody talks to a customer";
    let (agent, engagement) = pick::part_of(house, order.who.as_deref(), serves, nobody)?;
    let body = match order.verb {
        Verb::Consult => CommandBody::Consult { engagement, to },
        _ => CommandBody::Transfer { engagement, to, boost: None, fallback: None },
    };
    house.command(&agent, body)
}

fn replies(house: &mut House, order: &Order) -> Result<(), String> {
    let (first, after) = order.rest.split_once(' ').unwrap_or((order.rest.as_str(), ""));
    let names_chat = house.view.contact_named(first).is_some();
    let (name, text) =
        if names_chat { (Some(first), after) } else { (order.who.as_deref(), order.rest.as_str()) };
    if text.is_empty() {
        return Err("what? say `reply TEXT`".to_owned());
    }
    let (agent, engagement) = pick::part_of(house, name, pick::chats, "nobody is in a chat")?;
    let text = Personal::Clear(text.to_owned());
    let body =
        CommandBody::SendMessage { engagement, text, in_reply_to: None, attachments: vec![] };
    house.command(&agent, body)
}

fn wraps_up(house: &mut House, order: &Order) -> Result<(), String> {
    let wraps = |part: &Part| part.phase == Phase::WrapUp;
    let is_result = house.center().dispositions.contains_key(order.rest.as_str());
    let name = if is_result || order.rest.is_empty() { None } else { Some(order.rest.as_str()) };
    let name = order.who.as_deref().or(name);
    let (agent, engagement) =
        pick::part_of(house, name, wraps, "nobody wraps up").map_err(|why| {
            let results: Vec<&str> = house.center().dispositions.keys().map(Key::as_str).collect();
            format!("{why}; results are {}", results.join(", "))
        })?;
    let disposition = if is_result { Some(key(&order.rest)?) } else { None };
    house.command(&agent, CommandBody::FinishWrapUp { engagement, disposition })
}

fn dials(house: &mut House, order: &Order) -> Result<(), String> {
    if order.verb == Verb::Place {
        let looks = |part: &Part| part.phase == Phase::Previewing;
        let (agent, engagement) = pick::part(house, order, looks, "nobody looks before a call")?;
        return house.command(&agent, CommandBody::PlaceCall { engagement });
    }
    if order.rest.is_empty() {
        return Err("which number? say `dial +49301`, or a call of before".to_owned());
    }
    // A call of before is called back, in its conversation.
    let earlier = house
        .view
        .contact_named(&order.rest)
        .map(|(_, contact)| (contact.conversation, contact.address.clone()));
    let (conversation, to) = match earlier {
        Some((conversation, Some(address))) => (Some(conversation), address),
        _ => match pick::destination(house, &order.rest)? {
            Destination::External(Personal::Clear(number)) => (None, number),
            Destination::Agent(to) if order.verb == Verb::Dial => {
                return dials_agent(house, order, to);
            }
            _ => return Err(format!("`{}` cannot be called", order.rest)),
        },
    };
    let agent = caller(house, order, "")?;
    let body = CommandBody::Dial {
        agent: key(&agent)?,
        queue: key("sales")?,
        to: Personal::Clear(to),
        preview: order.verb == Verb::Preview,
        location: None,
        host: None,
        conversation,
    };
    house.command(&agent, body)
}

fn dials_agent(house: &mut House, order: &Order, to: Key) -> Result<(), String> {
    let agent = caller(house, order, to.as_str())?;
    house.command(&agent, CommandBody::DialAgent { agent: key(&agent)?, to })
}

/// Who calls: whoever is named, else somebody ready. Supervisors call when they are named.
fn caller(house: &House, order: &Order, called: &str) -> Result<String, String> {
    let whose = Order { who: order.who.clone(), verb: order.verb, rest: String::new() };
    let users = &house.center().users;
    pick::worker(house, &whose, |name, ready| ready && !users.contains_key(name) && name != called)
}

/// A call back later, in the conversation of a call; or of somebody who waits, in the place in the line.
fn promises(house: &mut House, order: &Order) -> Result<(), String> {
    let (name, span) = order.rest.split_once(' ').unwrap_or((order.rest.as_str(), "10m"));
    if span == "in turn" {
        return promises_place(house, order, name);
    }
    let of_call = house.view.contact_named(name).map(|(_, contact)| contact);
    let Some((conversation, Some(to))) =
        of_call.map(|contact| (contact.conversation, contact.address.clone()))
    else {
        return Err("of which call? say `promise call-1 10m`".to_owned());
    };
    let later: Duration =
        span.parse().map_err(|_| format!("`{span}` is no span; say 30s or 10m"))?;
    if later.is_negative() || later > LONGEST {
        return Err("a span is at least 0s and at most 24h".to_owned());
    }
    // Whoever serves the customer may promise, and supervisors may.
    let who = pick::supervisor(house, order)?;
    let body = CommandBody::ScheduleCallback {
        conversation,
        queue: key("sales")?,
        to: Personal::Clear(to),
        not_before: house.now + later,
        not_after: Some(house.now + later + Duration::from_hours(1)),
        host: Some(key("pbx")?),
    };
    house.command(&who, body)
}

/// Whoever waits need not stay on the line.
fn promises_place(house: &mut House, order: &Order, name: &str) -> Result<(), String> {
    let waits = house.view.contact_named(name).and_then(|(id, _)| {
        let of_call = house.view.waits.iter().filter(|(_, wait)| wait.interaction == id);
        of_call.filter(|(_, wait)| !wait.over).map(|(request, _)| *request).max()
    });
    let request = waits.ok_or_else(|| format!("`{name}` is nobody who waits"))?;
    let who = pick::supervisor(house, order)?;
    house.command(&who, CommandBody::CallBack { request, to: None, not_after: None })
}

// -- supervisors ------------------------------------------------------------------------------------

fn follows(house: &mut House, order: &Order) -> Result<(), String> {
    let supervisor = pick::supervisor(house, order)?;
    let mode = match order.verb {
        Verb::Whisper => MonitorMode::Whisper,
        Verb::Barge => MonitorMode::Barge,
        _ => MonitorMode::Listen,
    };
    let target = match order.rest.as_str() {
        "" => watched(house, &supervisor)?.1,
        name => pick::target(house, name)?,
    };
    house.command(&supervisor, CommandBody::Monitor { target, mode })
}

/// What the supervisor follows.
fn watched(house: &House, supervisor: &str) -> Result<(Watched, MonitorTarget), String> {
    let view = &house.view;
    let mut all = view.monitors.values();
    let found = all.find(|(who, _)| view.agent(*who) == supervisor).map(|(_, watched)| *watched);
    let watched =
        found.ok_or_else(|| format!("whom? {supervisor} follows nobody; say `monitor AGENT`"))?;
    let target = match watched {
        Watched::Agent(agent) => MonitorTarget::Agent(key(&view.agent(agent))?),
        Watched::Interaction(interaction) => MonitorTarget::Interaction(interaction),
    };
    Ok((watched, target))
}

fn follows_no_more(house: &mut House, order: &Order) -> Result<(), String> {
    let supervisor = pick::supervisor(house, order)?;
    let (watched, target) = watched(house, &supervisor)?;
    if order.verb == Verb::Stop {
        return house.command(&supervisor, CommandBody::EndMonitor { target });
    }
    let of = |part: &&Part| match watched {
        Watched::Agent(agent) => part.agent == agent,
        Watched::Interaction(interaction) => part.interaction == Some(interaction),
    };
    let handles = |part: &&Part| part.role == EngagementRole::Handler && pick::talks(part);
    let found = house.view.open_parts().filter(of).find(handles).map(|part| part.id);
    let engagement = found.ok_or("there is no talk to take over")?;
    house.command(&supervisor, CommandBody::TakeOver { engagement })
}

// -- time and questions -----------------------------------------------------------------------------

fn waits(house: &mut House, rest: &str) -> Result<(), String> {
    if rest.is_empty() {
        let next = house.next_deadline().ok_or("nothing is due; say `wait 30s`")?;
        house.wait(next.max(house.now).since(house.now));
        return Ok(());
    }
    let span: Duration =
        rest.parse().map_err(|_| format!("`{rest}` is no span; say 20s, 1m30s or 2h"))?;
    if span.is_negative() || span > LONGEST {
        return Err("a span is at least 0s and at most 24h".to_owned());
    }
    house.wait(span);
    Ok(())
}

fn explains(house: &House, name: &str) -> Result<String, String> {
    let request: RequestId = pick::request(house, name)?;
    let explained = house.explain(Question::Request(request)).ok_or("it is over")?;
    Ok(explained.to_string().replace(&request.to_string(), &house.view.wait(request)))
}

fn records(house: &House, rest: &str) -> Result<String, String> {
    if rest.is_empty() {
        let told = house.journal.iter().map(|record| record_lines(&house.view, record));
        return Ok(told.collect());
    }
    let digits = rest.trim_start_matches('#');
    let found = digits
        .parse()
        .ok()
        .and_then(|seq: u64| house.journal.iter().find(|record| record.seq.0 == seq));
    let record = found.ok_or_else(|| {
        format!("there is no record `{rest}`; there are 1 to {}", house.journal.len())
    })?;
    let json = serde_json::to_string_pretty(record).map_err(|error| error.to_string())?;
    Ok(format!("{json}\n"))
}
