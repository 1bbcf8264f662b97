//! Records in words, one short line for each thing that was decided. What only repeats another line of
//! its record is left out; the record itself holds everything.

use std::fmt::{Debug, Write as _};

use switchboard::kpi::Names;
use switchboard::message::{
    AbandonPhase, ConversationEvent, Direction, EffectEnd, EffectEvent, EngagementEnd,
    EngagementEvent, EngagementRole, Event, FlowOutReason, HostStateEvent, InteractionEvent,
    InteractionOpened, LegEvent, OfferEnd, OfferEvent, OfferMade, Origin, Outcome, Phase, Record,
    RequestCause, RequestEvent, RequestOpened, ShardEvent, Side, Target,
};
use switchboard::model::Kind;
use switchboard::time::Timestamp;

use super::house::Told;
use super::view::View;
use super::{effects, people};

/// The lines of a record; the view knows it already.
pub(crate) fn record(view: &View, record: &Record) -> Vec<String> {
    let events = record.events.iter().filter_map(|event| event_line(view, event));
    let asked = record.effects.iter().map(|effect| effects::line(view, effect));
    let mut lines: Vec<String> = events.chain(asked).collect();
    if lines.is_empty() {
        let ended = record.events.iter().filter_map(|event| leg_ended(view, event));
        lines.extend(ended);
    }
    if lines.is_empty() {
        lines.extend(record.events.iter().filter_map(|event| minor(view, event)));
    }
    if lines.is_empty() {
        lines.extend(record.events.iter().map(bare));
    }
    lines
}

/// A record as a block of text: its number, the time, a line for each thing.
pub(crate) fn record_lines(view: &View, it: &Record) -> String {
    told_lines(&Told { seq: it.seq.0, at: it.at, lines: record(view, it) })
}

/// The same of a record that has been told.
pub(crate) fn told_lines(told: &Told) -> String {
    let mut head = format!("  {:<4}{}", format!("#{}", told.seq), clock(told.at));
    let mut text = String::new();
    for line in &told.lines {
        let _ = writeln!(text, "{head}  {line}");
        head = " ".repeat(head.chars().count());
    }
    text
}

/// The time of day.
pub(crate) fn clock(at: Timestamp) -> String {
    at.to_utc().map_or_else(|| at.to_string(), |utc| utc.format("%H:%M:%S").to_string())
}

/// The name of an event and of what it says, where there are no other words for it.
fn bare(event: &Event) -> String {
    let text = format!("{event:?}");
    let inner = text.split_once('(').map_or("", |(_, inner)| inner);
    format!("{}: {}", words(event), in_words(inner))
}

/// The name of a variant in words: `NoAnswer` is "no answer".
pub(super) fn words(value: &impl Debug) -> String {
    in_words(&format!("{value:?}"))
}

fn in_words(name: &str) -> String {
    let mut text = String::new();
    for letter in name.chars().take_while(|letter| letter.is_alphanumeric()) {
        if letter.is_uppercase() && !text.is_empty() {
            text.push(' ');
        }
        text.extend(letter.to_lowercase());
    }
    text
}

/// Who would have been next, had the agent of the offer not been there.
pub(crate) fn runners_up(names: &Names, made: &OfferMade) -> String {
    let next = made.choice.runners_up.iter().map(|agent| names.text(Kind::Agent, agent.0));
    let next: Vec<String> = next.collect();
    if next.is_empty() {
        "nobody else free".to_owned()
    } else {
        format!("next: {}", next.join(", "))
    }
}

/// The line of one event; none where another line of its record says it.
pub(crate) fn event_line(view: &View, event: &Event) -> Option<String> {
    match event {
        Event::Shard(event) => shard(event),
        Event::Host(event) => host(view, event),
        Event::Conversation(event) => conversation(event),
        Event::Interaction(event) => interaction(view, event),
        Event::Leg(event) => leg(view, event),
        Event::Request(event) => request(view, event),
        Event::Queue(event) => Some(people::queue(view, event)),
        Event::Offer(event) => offer(view, event),
        Event::Engagement(event) => engagement(view, event),
        Event::Agent(event) => people::agent(view, event),
        Event::Message(event) => Some(people::message(view, event)),
        Event::Transfer(event) => people::transfer(view, event),
        Event::Consult(event) => people::consult(view, event),
        Event::Conference(event) => Some(people::conference(view, event)),
        Event::Monitor(event) => people::monitor(view, event),
        Event::Dial(event) => people::dial(view, event),
        Event::Callback(event) => people::callback(view, event),
        Event::Effect(EffectEvent::Ended { id, end: EffectEnd::Failed(error) }) => {
            let asked = view.asked.get(id).map_or("an operation", String::as_str);
            Some(format!("not done: {asked} ({})", words(error)))
        }
        Event::Effect(EffectEvent::Ended { id, end: EffectEnd::TimedOut }) => {
            let asked = view.asked.get(id).map_or("an operation", String::as_str);
            Some(format!("nothing heard of: {asked}"))
        }
        Event::Effect(_) => None,
        other => Some(words(other)),
    }
}

/// The end of a leg, where it is all that happened.
fn leg_ended(view: &View, event: &Event) -> Option<String> {
    match event {
        Event::Leg(LegEvent::Ended { id, .. }) => {
            Some(format!("{} is off the line", view.leg(*id)))
        }
        _ => None,
    }
}

/// What is worth a line where nothing else happened.
fn minor(view: &View, event: &Event) -> Option<String> {
    match event {
        Event::Effect(EffectEvent::Ended { id, end }) => {
            let asked = view.asked.get(id).map_or("an operation", String::as_str);
            Some(match end {
                EffectEnd::Done => format!("done: {asked}"),
                _ => format!("not needed any more: {asked}"),
            })
        }
        Event::Effect(EffectEvent::Rearmed { .. }) => Some("what was asked is asked again".into()),
        Event::Leg(LegEvent::Ending { id, .. }) => {
            Some(format!("{} is to be hung up", view.leg(*id)))
        }
        _ => None,
    }
}

fn shard(event: &ShardEvent) -> Option<String> {
    Some(match event {
        ShardEvent::Opened { center, .. } => format!(
            "the center opens: {} queues, {} agents",
            center.queues.len(),
            center.agents.len()
        ),
        ShardEvent::Resumed { epoch } => format!("the engine goes on, in term {}", epoch.0),
        ShardEvent::TimeBounded { .. } => return None,
        ShardEvent::Evicted { interactions, .. } => match interactions.len() {
            0 => "idle conversations leave the memory".to_owned(),
            1 => "a closed interaction leaves the memory".to_owned(),
            many => format!("{many} closed interactions leave the memory"),
        },
        other => words(other),
    })
}

fn host(view: &View, event: &HostStateEvent) -> Option<String> {
    Some(match event {
        HostStateEvent::Lost { host, until, .. } => {
            let host = view.names.text(Kind::Host, host.0);
            format!("{host} is away; what it holds is kept until {}", clock(*until))
        }
        HostStateEvent::Resynced { host, .. } => {
            format!("{} is back, with its list of live legs", view.names.text(Kind::Host, host.0))
        }
        HostStateEvent::Abandoned { host } => {
            let host = view.names.text(Kind::Host, host.0);
            format!("{host} stayed away too long: what it held is lost")
        }
        _ => return None,
    })
}

fn conversation(event: &ConversationEvent) -> Option<String> {
    match event {
        // Its interaction is told.
        ConversationEvent::Opened { .. } => None,
        other => Some(format!("the conversation: {}", words(other))),
    }
}

fn interaction(view: &View, event: &InteractionEvent) -> Option<String> {
    Some(match event {
        InteractionEvent::Opened(opened) => comes(view, opened),
        InteractionEvent::EntryRejected { external, reason, dialed, .. } => {
            format!("{external} is not taken in at {dialed}: {}", words(reason))
        }
        InteractionEvent::Ended { id, by, .. } => {
            let who = match by {
                Side::Customer => "the customer has left",
                Side::Agent => "the agent has ended it",
                Side::Network => "the network or the host has lost it",
                Side::Command => "by command",
                _ => "by a rule",
            };
            format!("{} is over: {who}", view.contact(*id))
        }
        InteractionEvent::Closed { id } => {
            format!("{} is closed: nothing is left to do", view.contact(*id))
        }
        InteractionEvent::ParticipantJoined { .. } | InteractionEvent::ParticipantLeft { .. } => {
            return None;
        }
        other => words(other),
    })
}

fn comes(view: &View, opened: &InteractionOpened) -> String {
    let name = view.contact(opened.id);
    let earlier = view
        .contacts
        .iter()
        .filter(|(id, contact)| **id < opened.id && contact.conversation == opened.conversation);
    let earlier = earlier.map(|(_, contact)| contact.name.as_str()).next_back();
    let follows = match (opened.origin, earlier) {
        (Origin::FollowUp, Some(earlier)) => format!(", in the conversation of {earlier}"),
        _ => String::new(),
    };
    if opened.direction == Direction::Outbound {
        let how = words(&opened.origin);
        return format!("{name} begins: {}, {how}{follows}", opened.channel.as_str());
    }
    if opened.direction == Direction::Internal {
        return format!("{name} begins: a call among colleagues");
    }
    let at = opened.dialed.as_deref().unwrap_or("nowhere");
    format!("{name} comes in at {at} ({})", opened.channel.as_str())
}

fn leg(view: &View, event: &LegEvent) -> Option<String> {
    Some(match event {
        LegEvent::Answered { id, .. } => format!("{} answers", view.leg(*id)),
        LegEvent::Held { id } => format!("{} holds", view.leg(*id)),
        LegEvent::Resumed { id } => format!("{} is back from hold", view.leg(*id)),
        _ => return None,
    })
}

fn request(view: &View, event: &RequestEvent) -> Option<String> {
    Some(match event {
        RequestEvent::Opened(opened) => waits(view, opened),
        RequestEvent::Ended { id, outcome } => outcome_of(view, &view.wait(*id), outcome),
        RequestEvent::ExclusionEnded { id, agent } => {
            format!("{} may be asked for {} again", view.agent(*agent), view.wait(*id))
        }
        RequestEvent::Retargeted { id, .. } => {
            format!("{} now waits for others too", view.wait(*id))
        }
        RequestEvent::Reordered { id, boost, .. } => {
            format!("{} has a waiting credit of {boost}", view.wait(*id))
        }
        _ => return None,
    })
}

fn waits(view: &View, opened: &RequestOpened) -> String {
    let why = match opened.cause {
        RequestCause::Initial | RequestCause::Consult | RequestCause::Assist => String::new(),
        cause => format!(" ({})", words(&cause)),
    };
    let (name, queue) = (view.wait(opened.id), view.queue(opened.home_queue));
    if let Target::Agents(named) = &opened.target {
        let named: Vec<String> = named.iter().map(|agent| view.agent(*agent)).collect();
        return format!("{name} waits for {}, in {queue}{why}", named.join(" or "));
    }
    format!("{name} waits in {queue}{why}")
}

fn outcome_of(view: &View, name: &str, outcome: &Outcome) -> String {
    match outcome {
        Outcome::Answered { agent, .. } => format!("{name} is answered by {}", view.agent(*agent)),
        Outcome::Abandoned { phase, short } => {
            let phase = match phase {
                AbandonPhase::Waiting => "while waiting",
                AbandonPhase::Alerting => "while a phone rang",
                AbandonPhase::Connecting => "while being connected",
            };
            format!("{name} has given up {phase}{}", if *short { ", at once" } else { "" })
        }
        Outcome::FlowedOut { reason, to } => {
            let to = to.map_or_else(String::new, |to| format!(" to {}", view.queue(to)));
            let why = match reason {
                FlowOutReason::MaxWait => "after its longest wait".to_owned(),
                FlowOutReason::NoAgents => "since nobody is there".to_owned(),
                reason => format!("({})", words(reason)),
            };
            format!("{name} leaves the queue{to} {why}")
        }
        Outcome::Withdrawn { .. } => format!("{name} is taken out of the queue"),
        Outcome::Lost(cause) => format!("{name} is lost ({})", words(cause)),
        other => format!("{name}: {}", words(other)),
    }
}

fn offer(view: &View, event: &OfferEvent) -> Option<String> {
    let lease = |id| {
        let lease = view.leases.get(id);
        lease.map(|lease| (view.agent(lease.agent), view.wait(lease.request)))
    };
    Some(match event {
        OfferEvent::Made(made) => format!(
            "{} is offered to {} until {}, for {} units ({})",
            view.wait(made.request),
            view.agent(made.agent),
            clock(made.deadline),
            made.cost,
            runners_up(&view.names, made)
        ),
        OfferEvent::Accepted { id, .. } => {
            let (agent, name) = lease(id)?;
            format!("{agent} takes {name}")
        }
        OfferEvent::Ended { id, end, excluded_until } => {
            let (agent, name) = lease(id)?;
            let again = excluded_until.map_or_else(String::new, |until| {
                format!("; {agent} is not asked again before {}", clock(until))
            });
            match end {
                // Told as the answer.
                OfferEnd::Connected => return None,
                OfferEnd::Timeout => format!("{agent} did not answer {name}{again}"),
                OfferEnd::Rejected(_) => format!("{agent} declined {name}{again}"),
                OfferEnd::SetupFailed => format!("{agent} could not be reached for {name}{again}"),
                OfferEnd::Stale => format!("the offer of {name} to {agent} is void: a new owner"),
                _ => format!("the offer of {name} to {agent} is taken back"),
            }
        }
        _ => return None,
    })
}

fn engagement(view: &View, event: &EngagementEvent) -> Option<String> {
    Some(match event {
        // The offer that was taken, or who follows, is told.
        EngagementEvent::Opened { offer: Some(_), .. } => return None,
        EngagementEvent::Opened { role, .. } if role.observes() => return None,
        EngagementEvent::Opened { id, phase, .. } => {
            let (agent, of) = view.part(*id);
            format!("{agent} begins {of}, {}", words(phase))
        }
        EngagementEvent::PhaseChanged { id, phase } => {
            let (agent, of) = view.part(*id);
            match phase {
                Phase::Active => format!("{agent} and {of} are together"),
                Phase::Held => format!("{agent} has put {of} on hold"),
                Phase::Suspended => format!("{of} has to wait for {agent}"),
                Phase::Parked => format!("{agent} has put {of} away"),
                phase => format!("{agent} in {of}: {}", words(phase)),
            }
        }
        EngagementEvent::WrapUpStarted { id, until, .. } => {
            let (agent, of) = view.part(*id);
            format!("{agent} wraps up {of}, until {} at the latest", clock(*until))
        }
        EngagementEvent::WrapUpExtended { id, until } => {
            format!("{} may wrap up until {}", view.part(*id).0, clock(*until))
        }
        EngagementEvent::DispositionSet { id, disposition } => {
            let (agent, of) = view.part(*id);
            let result = view.names.text(Kind::Disposition, disposition.0);
            format!("{agent} states the result of {of}: {result}")
        }
        EngagementEvent::Ended { id, end } => {
            let (agent, of) = view.part(*id);
            let how = match end {
                EngagementEnd::Finished | EngagementEnd::NoWrapUp => String::new(),
                EngagementEnd::TimedOut => ": the time for wrap-up is over".to_owned(),
                end => format!(" ({})", words(end)),
            };
            format!("{agent} is done with {of}{how}")
        }
        EngagementEvent::RoleChanged { id, role } => {
            let (agent, of) = view.part(*id);
            match role {
                EngagementRole::Handler => format!("{agent} serves {of} from now on"),
                role => format!("{agent} is {} in {of} from now on", words(role)),
            }
        }
        EngagementEvent::AssistanceRequested { id, .. } => {
            format!("{} asks for help with {}", view.part(*id).0, view.part(*id).1)
        }
        EngagementEvent::AssistanceEnded { id, .. } => {
            format!("{} needs no more help", view.part(*id).0)
        }
        _ => return None,
    })
}
