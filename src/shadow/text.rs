//! What is found, as a text that people can read.

use std::fmt;

use super::fact::Call;
use super::finding::{Contradiction, Decision, Judged, Misfit};
use crate::engine::OfferExplanation;
use crate::message::Outcome;
use crate::time::Duration;

impl fmt::Display for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} of {}", self.id, self.queue)
    }
}

impl fmt::Display for Decision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { at, call, agent, waited, judged, .. } = self;
        match agent {
            Some(agent) => writeln!(f, "{at} {call}: given to {agent} after {waited}")?,
            None => writeln!(f, "{at} {call}: sent away after {waited}")?,
        }
        self.fmt_judged(f)?;
        if let Judged::OtherCallFirst { wish, .. } = judged {
            write!(f, "{}", wish.reasons())?;
        }
        match (&self.wish, &self.held) {
            (Some(wish), _) if !judged.is_same() => write!(f, "{}", wish.reasons()),
            (None, Some(held)) => write!(f, "  by the engine's rules {held}"),
            _ => Ok(()),
        }
    }
}

impl Decision {
    fn fmt_judged(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { agent, call, .. } = self;
        let agent = agent.as_deref().unwrap_or_default();
        match &self.judged {
            Judged::Same { sooner } => {
                let by = Sooner(*sooner, self.resolution);
                writeln!(f, "  the engine would have done the same, {by}")
            }
            Judged::OtherAgent => self.fmt_wish(f),
            Judged::OtherCallFirst { call, wish } => writeln!(
                f,
                "  the engine would have offered {agent} {call} before it, at {}",
                wish.at
            ),
            Judged::MayNot { verdict: Some(verdict) } => {
                writeln!(f, "  the engine would not have offered it to {agent}, who {verdict}")?;
                self.fmt_wish(f)
            }
            Judged::MayNot { verdict: None } => {
                writeln!(
                    f,
                    "  the engine would not have offered it to {agent}, who does not meet what {} asks for",
                    call.queue
                )?;
                self.fmt_wish(f)
            }
            Judged::NoWish => writeln!(f, "  the engine would have offered it to nobody yet"),
            Judged::Gone { since, outcome } => {
                let what = match outcome {
                    None => "would not have let it in",
                    Some(Outcome::FlowedOut { .. }) => "would have sent it on",
                    Some(Outcome::Lost(_)) => "would have given it up as lost",
                    Some(_) => "would have ended its wait",
                };
                writeln!(f, "  the engine {what} at {since}")
            }
            Judged::SentAway { why } => {
                writeln!(f, "  the engine would have let it wait on; the other system says {why}")
            }
        }
    }

    fn fmt_wish(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.wish {
            Some(OfferExplanation { at, agent, .. }) => {
                writeln!(f, "  the engine would have offered it to {agent} at {at}")
            }
            None => Ok(()),
        }
    }
}

/// How much sooner or later, and how well that is known.
struct Sooner(Duration, Duration);

impl fmt::Display for Sooner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(sooner, resolution) = *self;
        match sooner {
            Duration::ZERO => f.write_str("at the same time")?,
            sooner if sooner.is_negative() => write!(f, "{} later", Duration::ZERO - sooner)?,
            sooner => write!(f, "{sooner} sooner")?,
        }
        match resolution {
            Duration::ZERO => Ok(()),
            resolution => write!(f, " (times are told to {resolution})"),
        }
    }
}

impl fmt::Display for Contradiction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{} {}", self.at, self.what)
    }
}

impl fmt::Display for Misfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnknownQueue(queue) => write!(f, "no queue is called {queue}"),
            Self::UnknownAgent(agent) => write!(f, "no agent is called {agent}"),
            Self::UnknownCall(call) => write!(f, "{call} is not there"),
            Self::CallTwice(call) => write!(f, "{call} is there already"),
            Self::Answered(call) => write!(f, "{call} is with an agent already"),
            Self::NotAnswered(call) => write!(f, "{call} is with no agent"),
            Self::BadName(name) => write!(f, "`{}` is no name", name.escape_debug()),
            Self::Late(before) => write!(f, "what is stamped so comes after {before}"),
            Self::Apart { call, agent, rejection } => {
                write!(f, "{call} is with {agent}, which the engine does not allow: {rejection}")
            }
            Self::Refused { input, rejection } => write!(f, "{input} was refused: {rejection}"),
        }
    }
}
