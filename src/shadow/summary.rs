//! How often the two agree.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use super::finding::{Decision, Finding, Judged};
use crate::time::Duration;

/// Counts of all that was found, and of what was followed.
#[derive(Clone, Default, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Summary {
    /// Facts that came in.
    pub facts: u64,
    /// Decisions by what they were judged ([`Judged::name`]).
    pub decisions: BTreeMap<String, u64>,
    /// Contradictions by kind.
    pub contradictions: BTreeMap<String, u64>,
    /// How much sooner the engine would have made the same decision: how often which.
    pub sooner: BTreeMap<Duration, u64>,
    /// What became of the calls of each queue, in the other system's words and by its facts.
    pub queues: BTreeMap<String, QueueCounts>,
}

/// Calls of one queue.
#[derive(Clone, Copy, Default, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[non_exhaustive]
pub struct QueueCounts {
    /// Began to wait.
    pub entered: u64,
    /// Were taken by an agent.
    pub answered: u64,
    /// Hung up while waiting.
    pub abandoned: u64,
    /// Left the queue otherwise.
    pub left: u64,
    /// Were there when the other system began anew.
    pub lost: u64,
}

impl Summary {
    pub(super) fn count(&mut self, finding: &Finding) {
        let (counts, name) = match finding {
            Finding::Decision(decision) => {
                let Decision { judged, .. } = &**decision;
                if let Judged::Same { sooner } = judged {
                    *self.sooner.entry(*sooner).or_default() += 1;
                }
                (&mut self.decisions, judged.name())
            }
            Finding::Contradiction(contradiction) => {
                (&mut self.contradictions, contradiction.what.name())
            }
        };
        *counts.entry(name.to_owned()).or_default() += 1;
    }

    pub(super) fn queue(&mut self, name: &str) -> &mut QueueCounts {
        self.queues.entry(name.to_owned()).or_default()
    }

    /// Decisions in all.
    pub fn compared(&self) -> u64 {
        self.decisions.values().sum()
    }

    /// Decisions that the engine would have made likewise.
    pub fn same(&self) -> u64 {
        self.decisions.get("same").copied().unwrap_or_default()
    }

    /// How much sooner the engine would have been in the middle one of the decisions that agree; of two the lower.
    pub fn median_sooner(&self) -> Option<Duration> {
        let half = self.same().div_ceil(2);
        let mut so_far = 0;
        self.sooner.iter().find_map(|(sooner, count)| {
            so_far += count;
            (so_far >= half).then_some(*sooner)
        })
    }

    /// The mean of the same, cut off to microseconds.
    pub fn mean_sooner(&self) -> Option<Duration> {
        let of = |(sooner, count): (&Duration, &u64)| {
            i128::from(sooner.as_micros()) * i128::from(*count)
        };
        let all: i128 = self.sooner.iter().map(of).sum();
        let mean = all.checked_div(i128::from(self.same()))?;
        i64::try_from(mean).ok().map(Duration::from_micros)
    }
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (same, compared) = (self.same(), self.compared());
        writeln!(f, "{compared} decisions in {} facts, {same} as the engine's", self.facts)?;
        for (name, count) in self.decisions.iter().filter(|(name, _)| *name != "same") {
            writeln!(f, "  {count:>6} {name}")?;
        }
        if let (Some(median), Some(mean)) = (self.median_sooner(), self.mean_sooner()) {
            writeln!(
                f,
                "the engine would have made those that agree {median} sooner (median), {mean} (mean)"
            )?;
        }
        for (name, count) in &self.contradictions {
            writeln!(f, "contradictions: {count} {name}")?;
        }
        for (name, counts) in &self.queues {
            let QueueCounts { entered, answered, abandoned, left, lost } = counts;
            writeln!(
                f,
                "{name}: {entered} entered, {answered} answered, {abandoned} abandoned, {left} left otherwise, \
                 {lost} lost"
            )?;
        }
        Ok(())
    }
}
