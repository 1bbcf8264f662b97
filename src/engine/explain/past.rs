//! Offers that were made: the moment is restored, and everybody is looked at once more.

use std::cmp::Ordering;
use std::fmt;

use serde::{Deserialize, Serialize};

use super::{AgentVerdict, Verdict, key, verdicts};
use crate::engine::replica::{Replica, RestoreError, Snapshot};
use crate::id::{AgentId, Key, OfferId, RequestId, Seq};
use crate::message::{Choice, ChosenBy, Event, OfferEvent, OfferMade, Record};
use crate::model::Kind;
use crate::routing::{measure, oracle, refusal};
use crate::state::State;
use crate::time::{Duration, Timestamp};

/// Why an offer was made, and to this agent; its `Display` is a text for people.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[non_exhaustive]
pub struct OfferExplanation {
    /// The record that made it.
    pub seq: Seq,
    /// Its time.
    pub at: Timestamp,
    /// The offer.
    pub offer: OfferId,
    /// For which request.
    pub request: RequestId,
    /// Of which queue.
    pub queue: Key,
    /// To whom.
    pub agent: Key,
    /// The queue through which the agent serves it, where a step of relaxation has added that.
    pub served_via: Option<Key>,
    /// What the record says of the choice.
    pub choice: Choice,
    /// All who could have taken it, in the order of the queue: the chosen one first, but where chance decided or
    /// somebody has taken it by hand.
    pub candidates: Vec<Candidate>,
    /// Agents who could serve the request, and what kept each away then.
    pub refused: Vec<AgentVerdict>,
    /// Agents who do not meet what is asked for or are of other groups.
    pub not_capable: u32,
    /// Other requests that waited and that the agent could have taken.
    pub others: u32,
}

/// Somebody who could have taken a request.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Candidate {
    /// Who.
    pub agent: Key,
    /// What the queue chooses by.
    pub by: ChosenBy,
    /// What that says of the agent, in its own unit.
    pub key: i64,
    /// How long the agent had been idle: what decides where keys are equal.
    pub idle: Duration,
}

/// Explains every offer that a record made: goes on from the snapshot, or from record 1 where there is none, to the
/// moment before it. Records up to that one must be given, in their order; what follows is not looked at.
///
/// # Errors
/// If the records do not follow each other, or the record is not among them ([`RestoreError::Empty`]).
pub fn explain_at<'r>(
    snapshot: Option<&Snapshot>,
    records: impl IntoIterator<Item = &'r Record>,
    seq: Seq,
) -> Result<Vec<OfferExplanation>, RestoreError> {
    let mut replica = snapshot.map(Replica::restore).transpose()?;
    for record in records {
        let Some(replica) = &mut replica else {
            replica = Some(Replica::open(record)?);
            continue;
        };
        match record.seq.cmp(&seq) {
            Ordering::Less => replica.apply(record)?,
            Ordering::Equal => return replica.apply_explained(record),
            Ordering::Greater => break,
        }
    }
    Err(RestoreError::Empty)
}

impl Replica {
    /// Applies the next record, and explains every offer that it made as of the moment when it was made.
    ///
    /// # Errors
    /// If it is not the next one of this shard; nothing is applied then.
    pub fn apply_explained(
        &mut self,
        record: &Record,
    ) -> Result<Vec<OfferExplanation>, RestoreError> {
        let mut explained = Vec::new();
        self.apply_watching(record, &mut |state, event| {
            if let Event::Offer(OfferEvent::Made(made)) = event {
                explained.extend(of_offer(state, record, made));
            }
        })?;
        Ok(explained)
    }
}

/// Why an offer that is about to be made is made.
pub(in crate::engine) fn of_offer(
    state: &State,
    record: &Record,
    made: &OfferMade,
) -> Option<OfferExplanation> {
    let request = state.request(made.request)?;
    let now = (state, record.at);
    let named = |agent: AgentId| key(state, Kind::Agent, agent.0);
    let (order, _) = oracle::agents_in_order(state, record.at, request);
    let candidates = order.into_iter().filter_map(|agent| {
        let (by, key) = measure(now, request, agent);
        let idle = state.agent(agent).map(|row| record.at.since(row.idle_since.at));
        Some(Candidate { agent: named(agent)?, by, key, idle: idle.unwrap_or_default() })
    });
    let (mut refused, not_capable) = verdicts(state, request);
    refused.retain(|row| row.verdict != Verdict::Free);
    let others = state.requests.iter().filter(|other| {
        other.id != request.id
            && state.wants_agents(other)
            && refusal(state, other, made.agent).is_none()
    });
    Some(OfferExplanation {
        seq: record.seq,
        at: record.at,
        offer: made.id,
        request: made.request,
        queue: key(state, Kind::Queue, request.queue.0)?,
        agent: named(made.agent)?,
        served_via: made.choice.served_via.and_then(|via| key(state, Kind::Queue, via.0)),
        choice: made.choice.clone(),
        candidates: candidates.collect(),
        refused,
        not_capable,
        others: u32::try_from(others.count()).unwrap_or(u32::MAX),
    })
}

/// A key in words.
struct Measured(ChosenBy, i64);

impl fmt::Display for Measured {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(by, key) = self;
        let span = Duration::from_micros(*key);
        // Parts of 65,536, in hundredths.
        let hundredths = i128::from(*key) * 100 / 65_536;
        match by {
            ChosenBy::LongestIdle => write!(f, "idle for {span}"),
            ChosenBy::LongestWeightedIdle => write!(f, "weight times idle time is {span}"),
            ChosenBy::LeastOccupied => write!(f, "{hundredths} % of the budget in use"),
            ChosenBy::FewestHandled => {
                write!(f, "{}.{:02} answered", hundredths / 100, hundredths % 100)
            }
            ChosenBy::RoundRobin if *key == 0 => f.write_str("was offered nothing yet"),
            ChosenBy::RoundRobin => write!(f, "was offered something last in record {key}"),
            ChosenBy::MostSkilled => write!(f, "levels add up to {key}"),
            ChosenBy::LeastSkilled => write!(f, "all levels add up to {key}"),
            ChosenBy::Fixed => write!(f, "place {} of the list", key.saturating_add(1)),
            ChosenBy::WeightedRandom => write!(f, "by chance, weight {key}"),
            ChosenBy::HostScored => write!(f, "score {key}"),
            ChosenBy::Named => write!(f, "wanted by name, idle for {span}"),
            ChosenBy::Pulled => f.write_str("took it by hand"),
            ChosenBy::Told => f.write_str("was offered it by hand"),
            ChosenBy::Urgent => f.write_str("urgent work took the place of other work"),
        }
    }
}

impl fmt::Display for OfferExplanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { at, request, queue, agent, .. } = self;
        writeln!(f, "{request} of {queue} was offered to {agent} at {at}")?;
        self.reasons().fmt(f)
    }
}

/// What speaks for an offer, apart from what it is.
pub(crate) struct Reasons<'e>(&'e OfferExplanation);

impl OfferExplanation {
    pub(crate) const fn reasons(&self) -> Reasons<'_> {
        Reasons(self)
    }
}

impl fmt::Display for Reasons<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let OfferExplanation { agent, choice, .. } = self.0;
        write!(
            f,
            "  {}, by version {} of the configuration",
            Measured(choice.by, choice.key),
            choice.plan
        )?;
        match choice.step {
            0 => {}
            step => write!(f, ", under step {step}")?,
        }
        match &self.0.served_via {
            Some(via) => writeln!(f, ", through {via}")?,
            None => writeln!(f)?,
        }
        writeln!(f, "  who could have taken it, in order:")?;
        for Candidate { agent, by, key, idle } in &self.0.candidates {
            write!(f, "    {agent}: {}", Measured(*by, *key))?;
            match by {
                ChosenBy::LongestIdle | ChosenBy::Named => writeln!(f)?,
                _ => writeln!(f, "; idle for {idle}")?,
            }
        }
        for AgentVerdict { agent, verdict } in &self.0.refused {
            writeln!(f, "  {agent} {verdict}")?;
        }
        writeln!(f, "  {} agents could not serve it", self.0.not_capable)?;
        match self.0.others {
            0 => writeln!(f, "  nothing else waited that {agent} could have taken"),
            others => writeln!(
                f,
                "  {others} more waited that {agent} could have taken, and came after it"
            ),
        }
    }
}
