//! What hosts are asked, in words.

use switchboard::message::{Alert, Effect, EffectKind, HostLeg, MediaTarget, Personal};
use switchboard::model::Kind;

use super::tell::{clock, words};
use super::view::{End, View};

/// The line of an effect: who is asked, and what.
pub(super) fn line(view: &View, effect: &Effect) -> String {
    let host = match &effect.kind {
        EffectKind::PresentOffer { agent, .. } | EffectKind::WithdrawOffer { agent, .. } => {
            format!("{}'s screen", view.agent(*agent))
        }
        EffectKind::Alert { .. } => "supervisors".to_owned(),
        _ => view.names.text(Kind::Host, effect.host.0),
    };
    format!("→ {host}: {}", asked(view, &effect.kind))
}

/// A text in quotes, where it may be read.
pub(super) fn quoted(text: &Personal<String>) -> String {
    text.clear().map_or_else(|| "(not readable)".to_owned(), |text| format!("\"{text}\""))
}

/// What is asked.
pub(super) fn asked(view: &View, kind: &EffectKind) -> String {
    let leg = |leg: &HostLeg| match &leg.external {
        // Whoever was not taken in is known to the host alone.
        Some(name) if !view.legs.contains_key(&leg.leg) => name.to_string(),
        _ => view.leg(leg.leg),
    };
    let target = |target: &MediaTarget| match target {
        MediaTarget::Leg(it) => leg(it),
        MediaTarget::Bridge(_) => "all on the line".to_owned(),
    };
    match kind {
        EffectKind::Originate { leg, to, .. } => match view.legs.get(leg) {
            Some(End::Agent(_)) => format!("ring {}", view.leg(*leg)),
            _ => format!("call {}", to.clear().map_or("a number", String::as_str)),
        },
        EffectKind::Answer { leg: it } => format!("answer {}", leg(it)),
        EffectKind::Reject { leg: it, .. } => format!("refuse {}", leg(it)),
        EffectKind::Hangup { leg: it, .. } if is_written(view, it) => format!("close {}", leg(it)),
        EffectKind::Hangup { leg: it, .. } => format!("hang up {}", leg(it)),
        EffectKind::Redirect { leg: it, to, .. } => {
            format!("send {} on to {}", leg(it), quoted(to))
        }
        EffectKind::Music { leg: it, on: true, .. } => format!("music for {}", leg(it)),
        EffectKind::Music { leg: it, .. } => format!("no more music for {}", leg(it)),
        EffectKind::Hold { leg: it } => format!("hold {}", leg(it)),
        EffectKind::Unhold { leg: it } => format!("{} off hold", leg(it)),
        EffectKind::Bridge { legs, .. } => {
            format!("join {}", legs.iter().map(leg).collect::<Vec<_>>().join(" and "))
        }
        EffectKind::Unbridge { leg: it, .. } => format!("take {} out of the talk", leg(it)),
        EffectKind::Move { leg: it, .. } => format!("move {} over", leg(it)),
        EffectKind::Monitor { leg: it, target: to, mode } => {
            format!("{} takes part in {} ({})", leg(it), target(to), words(mode))
        }
        EffectKind::BlindTransfer { leg: it, to, .. } => {
            format!("transfer {} to {}", leg(it), to.clear().map_or("a number", String::as_str))
        }
        EffectKind::AttendedTransfer { a, b } => format!("join {} and {}", leg(a), leg(b)),
        EffectKind::CompleteConsult { leg: it, .. } => {
            format!("join the customer and {}", leg(it))
        }
        EffectKind::CancelConsult { leg: it } => format!("let {} go", leg(it)),
        EffectKind::SendMessage { text, .. } => format!("send {}", quoted(text)),
        EffectKind::PresentOffer { request, deadline, .. } => {
            format!("offer of {}, until {}", view.wait(*request), clock(*deadline))
        }
        EffectKind::WithdrawOffer { .. } => "the offer is gone".to_owned(),
        EffectKind::Alert { about } => alert(view, about),
        EffectKind::Play { target: to, .. } => format!("play to {}", target(to)),
        EffectKind::Mute { leg: it, speak, .. } => {
            format!("{} {}", if *speak { "let us hear" } else { "mute" }, leg(it))
        }
        other => words(other),
    }
}

fn is_written(view: &View, leg: &HostLeg) -> bool {
    let contact = match view.legs.get(&leg.leg) {
        Some(End::Customer(interaction)) => view.contacts.get(interaction),
        _ => None,
    };
    contact.is_some_and(|contact| !contact.channel.has_media())
}

fn alert(view: &View, about: &Alert) -> String {
    match about {
        Alert::Assistance(agent) => format!("{} asks for help", view.agent(*agent)),
        Alert::DrainOverdue(agent) => format!("{} takes long to leave", view.agent(*agent)),
        Alert::HostLost(host) => format!("{} is away", view.names.text(Kind::Host, host.0)),
        Alert::AgentIdle(agent) => format!("{} has not written for long", view.agent(*agent)),
        Alert::AlsoWaiting(agent, interaction) => {
            format!(
                "{} serves a customer of {} too",
                view.agent(*agent),
                view.contact(*interaction)
            )
        }
        Alert::AlsoPromised(agent, _) => {
            format!("{} serves a customer who was promised a call", view.agent(*agent))
        }
        other => words(other),
    }
}
