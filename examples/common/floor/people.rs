//! Agents and what they do with each other, in words: presence, messages, transfers, consults,
//! conferences, supervision, calls by hand and calls that were promised.

use switchboard::message::{
    Activity, AgentEvent, CallbackEvent, CallbackQuestion, ConferenceEvent, ConsultEnd,
    ConsultEvent, DeliveryState, DialEnd, DialEvent, Direction, MessageEvent, MonitorEvent, Party,
    Presence, QueueEvent, SignOutCause, TransferEvent, Watched,
};
use switchboard::model::Kind;

use super::effects::quoted;
use super::tell::{clock, words};
use super::view::View;

pub(super) fn agent(view: &View, event: &AgentEvent) -> Option<String> {
    Some(match event {
        AgentEvent::SignedIn { agent, .. } => format!("{} signs in", view.agent(*agent)),
        AgentEvent::SignedOut { agent, cause, .. } => {
            let why = match cause {
                SignOutCause::Asked => String::new(),
                cause => format!(" ({})", words(cause)),
            };
            format!("{} signs out{why}", view.agent(*agent))
        }
        AgentEvent::PresenceSet { agent, presence } => {
            let how = match presence {
                Presence::NotReady(Some(reason)) => {
                    format!("not ready ({})", view.names.text(Kind::Reason, reason.0))
                }
                presence => words(presence),
            };
            format!("{} is {how}", view.agent(*agent))
        }
        AgentEvent::PresencePending { agent, pending: Some(pending), .. } => {
            let what = words(pending);
            format!("{} gets no new offers: {what} once the work is done", view.agent(*agent))
        }
        AgentEvent::PresencePending { agent, .. } => {
            format!("{} stays", view.agent(*agent))
        }
        AgentEvent::Struck { agent, kind, count } if *count > 0 => {
            format!("{}: {}, {count} in a row", view.agent(*agent), words(kind))
        }
        AgentEvent::Struck { .. } => return None,
        AgentEvent::StateChanged { agent, from, to } => {
            format!("{}: {} → {}", view.agent(*agent), activity(from), activity(to))
        }
        AgentEvent::DesktopLost { agent, until } | AgentEvent::MediaLost { agent, until } => {
            format!("{}: {}, until {}", view.agent(*agent), words(event), clock(*until))
        }
        other => words(other),
    })
}

/// What an agent does.
pub(crate) fn activity(activity: &Activity) -> String {
    match activity {
        Activity::Alerting => "ringing".to_owned(),
        Activity::ManualOutbound => "calling".to_owned(),
        activity => words(activity),
    }
}

pub(super) fn queue(view: &View, event: &QueueEvent) -> String {
    match event {
        QueueEvent::OpenChanged { queue, open, .. } => {
            format!("{} is {}", view.queue(*queue), if *open { "open" } else { "closed" })
        }
        QueueEvent::Unstaffed { queue, until } => {
            format!(
                "nobody is there for {}: its line is cleared at {}",
                view.queue(*queue),
                clock(*until)
            )
        }
        QueueEvent::UnstaffedEnded { queue } => {
            format!("somebody is there for {}", view.queue(*queue))
        }
        other => words(other),
    }
}

pub(super) fn message(view: &View, event: &MessageEvent) -> String {
    match event {
        MessageEvent::Added { interaction, direction, author, text, .. } => {
            let who = match (direction, author) {
                (Direction::Inbound, _) => "the customer".to_owned(),
                (_, Some(agent)) => view.agent(*agent),
                _ => "the engine".to_owned(),
            };
            format!("{who} writes in {}: {}", view.contact(*interaction), quoted(text))
        }
        MessageEvent::Updated { interaction, state, .. } => {
            let how = match state {
                DeliveryState::Failed(error) => format!("failed, {}", words(error)),
                state => words(state),
            };
            format!("the message in {} is {how}", view.contact(*interaction))
        }
        other => words(other),
    }
}

fn party(view: &View, to: &Party) -> String {
    match to {
        Party::Queue(queue) => view.queue(*queue),
        Party::Agent(agent) => view.agent(*agent),
        Party::External(number) => {
            number.clear().map_or("somebody outside", String::as_str).to_owned()
        }
        other => words(other),
    }
}

pub(super) fn transfer(view: &View, event: &TransferEvent) -> Option<String> {
    Some(match event {
        TransferEvent::Started { engagement, to, .. } => {
            let (agent, of) = view.part(*engagement);
            format!("{agent} hands {of} on to {}", party(view, to))
        }
        TransferEvent::Completed { interaction, .. } => {
            format!("{} has been handed on", view.contact(*interaction))
        }
        TransferEvent::Failed { interaction, reason, .. } => {
            format!("{} could not be handed on: {}", view.contact(*interaction), words(reason))
        }
        TransferEvent::Recalled { interaction, engagement, .. } => {
            format!("{} is back with {}", view.contact(*interaction), view.part(*engagement).0)
        }
        TransferEvent::FellBack { interaction, queue, .. } => {
            format!("{} goes to {} instead", view.contact(*interaction), view.queue(*queue))
        }
        _ => return None,
    })
}

pub(super) fn consult(view: &View, event: &ConsultEvent) -> Option<String> {
    let asker = |engagement| view.part(engagement).0;
    Some(match event {
        ConsultEvent::Started { engagement, to, .. } => {
            let (agent, of) = view.part(*engagement);
            format!("{agent} asks {} about {of}", party(view, to))
        }
        ConsultEvent::Answered { engagement, with, .. } => {
            let with = with.map_or_else(|| "somebody outside".to_owned(), asker);
            format!("{} speaks with {with}, the customer does not hear it", asker(*engagement))
        }
        ConsultEvent::Alternated { engagement, with_customer } => {
            let to = if *with_customer { "to the customer" } else { "back to whom was asked" };
            format!("{} turns {to}", asker(*engagement))
        }
        ConsultEvent::Ended { engagement, end, .. } => {
            let how = match end {
                ConsultEnd::Completed => "the customer is handed on",
                ConsultEnd::Conference => "all speak together",
                ConsultEnd::Canceled => "taken back",
                ConsultEnd::CustomerGone => "the customer has gone",
                ConsultEnd::ConsultedGone => "whoever was asked has gone",
                ConsultEnd::AgentGone => "the agent has gone",
                ConsultEnd::NoAnswer => "nobody answered",
                _ => "it failed",
            };
            format!("{}'s question is over: {how}", asker(*engagement))
        }
        _ => return None,
    })
}

pub(super) fn conference(view: &View, event: &ConferenceEvent) -> String {
    match event {
        ConferenceEvent::Started { interaction, .. } => {
            format!("all in {} speak together", view.contact(*interaction))
        }
        ConferenceEvent::Ended { interaction } => {
            format!("the conference in {} is over", view.contact(*interaction))
        }
        other => words(other),
    }
}

pub(super) fn monitor(view: &View, event: &MonitorEvent) -> Option<String> {
    let who = |engagement| view.part(engagement).0;
    Some(match event {
        MonitorEvent::Started { supervisor, target, mode, .. } => {
            let target = match target {
                Watched::Interaction(interaction) => view.contact(*interaction),
                Watched::Agent(agent) => view.agent(*agent),
            };
            format!("{} follows {target} ({})", view.agent(*supervisor), words(mode))
        }
        MonitorEvent::ModeChanged { engagement, mode } => {
            format!("{} is to {} from now on", who(*engagement), words(mode))
        }
        MonitorEvent::Followed { supervisor, interaction, .. } => match interaction {
            Some(interaction) => {
                format!("{} goes along to {}", view.agent(*supervisor), view.contact(*interaction))
            }
            None => format!("{} waits for the next talk", view.agent(*supervisor)),
        },
        MonitorEvent::Attached { engagement, mode, .. } => {
            format!("{} takes part ({})", who(*engagement), words(mode))
        }
        MonitorEvent::TakingOver { engagement, from, .. } => {
            format!("{} is about to take over from {}", who(*engagement), who(*from))
        }
        MonitorEvent::TookOver { supervisor, from, .. } => {
            format!("{} has taken over from {}", view.agent(*supervisor), who(*from))
        }
        MonitorEvent::NotTakenOver { engagement } => {
            format!("{} could not take over", who(*engagement))
        }
        MonitorEvent::Ended { engagement, end } => {
            format!("{} follows no more ({})", who(*engagement), words(end))
        }
        _ => return None,
    })
}

pub(super) fn dial(view: &View, event: &DialEvent) -> Option<String> {
    Some(match event {
        DialEvent::Begun { engagement, to, preview_until, .. } => {
            let agent = view.part(*engagement).0;
            let number = to.clear().map_or("a number", String::as_str);
            match preview_until {
                Some(until) => {
                    format!("{agent} looks before calling {number}, until {}", clock(*until))
                }
                None => format!("{agent} calls {number}"),
            }
        }
        DialEvent::Placed { engagement } => {
            format!("{} has looked, and calls", view.part(*engagement).0)
        }
        DialEvent::Ended { engagement, end } => {
            let (agent, of) = view.part(*engagement);
            match end {
                DialEnd::Connected => format!("{of} was answered"),
                DialEnd::NotReached(cause) => {
                    format!("{of} was not answered: {}", words(&cause.kind))
                }
                DialEnd::NotJoined => format!("{of} could not be joined with {agent}"),
                _ => format!("{agent} has given up calling"),
            }
        }
        _ => return None,
    })
}

/// A call that was promised.
pub(super) fn callback(view: &View, event: &CallbackEvent) -> Option<String> {
    Some(match event {
        CallbackEvent::Scheduled { to, not_before, .. } => {
            let number = to.clear().map_or("a number", String::as_str);
            format!("a call to {number} is promised, not before {}", clock(*not_before))
        }
        CallbackEvent::Due { interaction, .. } => {
            format!("{} is the call that was promised", view.contact(*interaction))
        }
        CallbackEvent::Ended { reached: true, .. } => "the promise was kept".to_owned(),
        CallbackEvent::Ended { next: Some(_), .. } => {
            "nobody was reached; the promise goes on".to_owned()
        }
        CallbackEvent::PutOff { not_before, .. } => {
            format!("nobody may be called now: not before {}", clock(*not_before))
        }
        CallbackEvent::Came { .. } => "the customer who was called waits on the line".to_owned(),
        CallbackEvent::Asked { what: Some(what), .. } => match what {
            CallbackQuestion::Wanted => "the caller is asked whether to be called back".to_owned(),
            CallbackQuestion::Right(_) => {
                "the caller is asked whether the number is right".to_owned()
            }
            _ => "the caller is asked for another number".to_owned(),
        },
        CallbackEvent::Ended { .. } => "the promise is over: nobody was reached".to_owned(),
        _ => return None,
    })
}
