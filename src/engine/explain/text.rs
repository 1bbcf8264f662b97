//! What is explained, as a text that a supervisor can read.

use std::fmt;

use super::{AgentVerdict, Explanation, RotaAtWork, StepState, StepVerdict, Unmeetable, Verdict};
use crate::id::Key;
use crate::message::{Estimate, EstimateMethod};
use crate::model::{Guard, NoAgents};
use crate::time::Duration;

impl fmt::Display for RotaAtWork {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { rota, level, round, attempt, agent, last_resort, until } = self;
        let whom = agent.as_ref().map_or("a number outside", Key::as_str);
        if *last_resort {
            writeln!(f, "  {rota} calls its last resort, until {until}: attempt {attempt}")
        } else {
            writeln!(
                f,
                "  {rota} calls {whom} until {until}: attempt {attempt}, level {level}, round {round}"
            )
        }
    }
}

impl Explanation {
    fn fmt_unmeetable(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { requirement, teams, wait_until, .. } = self;
        let who = match self.unmeetable {
            Some(Unmeetable::Contradiction) => {
                "nobody can ever serve it, its queue contradicts itself"
            }
            _ => "nobody who is configured can serve it",
        };
        write!(f, "  {who}: it asks for {requirement}")?;
        for (place, team) in teams.iter().enumerate() {
            write!(f, "{}{team}", if place == 0 { " of " } else { ", " })?;
        }
        writeln!(f)?;
        match wait_until {
            None => writeln!(f, "  it waits until that is changed, or the customer leaves"),
            Some(_) => Ok(()),
        }
    }
}

/// To the second: nobody waits for less.
fn fmt_estimate(f: &mut fmt::Formatter<'_>, estimate: &Estimate) -> fmt::Result {
    let Estimate { p50, p80, p90, method, n, .. } = *estimate;
    let [p50, p80, p90] = [p50, p80, p90].map(|span| Duration::from_secs(span.as_millis() / 1_000));
    let from = match method {
        EstimateMethod::QueueLength => "by the length of the line",
        EstimateMethod::HeadOfLine => "by how long others waited",
    };
    writeln!(
        f,
        "  it waits {p50} more or less, {p80} at most in 8 of 10 cases, {p90} in 9: {from}, the pace known from {n}"
    )
}

impl Explanation {
    /// What will change by itself.
    fn fmt_steps(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for StepVerdict { step, state, when, agents } in &self.steps {
            match state {
                StepState::InForce => writeln!(f, "  step {step} is in force")?,
                StepState::PassedOver => writeln!(f, "  step {step} was passed over")?,
                StepState::Due(at) => {
                    let only = when.as_ref().map(|when| format!(" if {}", words(when)));
                    let only = only.unwrap_or_default();
                    writeln!(
                        f,
                        "  step {step} falls due at {at}{only}: {agents} agents may serve then"
                    )?;
                }
                StepState::Guarded => {
                    let when = when.as_ref().map(words).unwrap_or_default();
                    writeln!(
                        f,
                        "  step {step} is taken once {when}: {agents} agents may serve then"
                    )?;
                }
            }
        }
        Ok(())
    }
}

/// What must hold for a step to be taken.
fn words(when: &Guard) -> String {
    match when {
        Guard::Nobody(NoAgents::NoneSignedIn) => "nobody who may serve is signed in".to_owned(),
        Guard::Nobody(NoAgents::NoneRoutable) => "nobody who may serve takes work".to_owned(),
        Guard::DepthOver(most) => format!("more than {most} wait in the queue"),
        Guard::PositionOver(place) => format!("its place is behind {place}"),
        Guard::During(hours) => format!("{hours} is open"),
        Guard::ExpectedWaitOver(wait) => format!("it is expected to wait longer than {wait}"),
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::BackedOff(until) => {
                return write!(f, "missed an offer and is offered nothing until {until}");
            }
            Self::Free => "is free",
            Self::NotNamed => "is not meant",
            Self::SignedOut => "is signed out",
            Self::NotReady => "is not ready",
            Self::Leaving => "is about to leave",
            Self::Unreachable => "cannot be reached",
            Self::Busy => "is busy",
            Self::Ringing => "is rung for it",
            Self::CustomerAway => "is free; the customer is called first",
            Self::Excluded => "declined or missed it a moment ago",
            Self::HostAway => "waits for the host of the customer",
            Self::ByHand => "may claim it",
            Self::Replanning => "waits until it is planned anew",
            Self::Reserved => "is kept free for another queue",
            Self::NotRoutable => "takes no work of the channel or the queue",
            Self::Elsewhere => "is free; another system says who gets it",
        })
    }
}

impl fmt::Display for Explanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(on_call) = &self.on_call {
            let Self { request, queue, waited, .. } = self;
            writeln!(f, "{request} waits for somebody on call for {queue}, for {waited} now")?;
            return on_call.fmt(f);
        }
        writeln!(
            f,
            "{} waits in {} for {} now, place {}, due at {}",
            self.request, self.queue, self.waited, self.position, self.due_at
        )?;
        if self.boost != Duration::ZERO {
            writeln!(f, "  with a waiting credit of {}", self.boost)?;
        }
        match &self.offered_to {
            Some(agent) => {
                write!(f, "  it is with {agent}")?;
                for other in &self.also_offered_to {
                    write!(f, ", {other}")?;
                }
                writeln!(f)?;
            }
            None if self.agents.iter().any(|agent| agent.verdict == Verdict::ByHand) => {
                writeln!(f, "  it waits until somebody claims it:")?;
            }
            None if self.agents.iter().any(|agent| agent.verdict == Verdict::Elsewhere) => {
                writeln!(f, "  it waits until another system says who gets it:")?;
            }
            None if self.unmeetable.is_some() => self.fmt_unmeetable(f)?,
            None => writeln!(f, "  nobody is free who may serve it:")?,
        }
        for AgentVerdict { agent, verdict } in &self.agents {
            writeln!(f, "  {agent} {verdict}")?;
        }
        if self.unmeetable.is_none() {
            writeln!(
                f,
                "  {} agents do not meet what it asks for or are of other teams",
                self.not_capable
            )?;
        }
        for (agent, until) in &self.exclusions {
            writeln!(f, "  {agent} may be offered it again at {until}")?;
        }
        if let Some(until) = self.preferred_until {
            writeln!(f, "  others may serve it at {until}")?;
        }
        self.fmt_steps(f)?;
        if let Some(estimate) = &self.estimate {
            fmt_estimate(f, estimate)?;
        }
        match self.wait_until {
            Some(until) => writeln!(f, "  it leaves the queue unserved at {until}"),
            None => Ok(()),
        }
    }
}
