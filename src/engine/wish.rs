//! What would be offered, where another system says who gets what: the very same matching, on a copy of the state.

use serde::{Deserialize, Serialize};

use super::explain::{OfferExplanation, key, of_offer};
use super::{Engine, settle};
use crate::id::{AgentId, Key, RequestId};
use crate::message::{Cause, Choice, Event, OfferEvent, OfferMade, Record};
use crate::model::Kind;
use crate::queue;
use crate::routing::{Refusal, refusals};
use crate::state::{State, Step};
use crate::time::Timestamp;

/// An offer that the engine would make if it were let.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Wish {
    /// Since when, in engine time.
    pub since: Timestamp,
    /// The request.
    pub request: RequestId,
    /// Its queue.
    pub queue: Key,
    /// To whom.
    pub agent: Key,
    /// Why this agent.
    pub choice: Choice,
}

/// Offers made on a copy of the state.
struct Matched {
    record: Record,
    /// So many of them were wished for before.
    standing: usize,
}

impl Engine {
    /// The offers that the engine would make at the time of its last input if it were let
    /// ([`Policies::matched_elsewhere`](crate::model::Policies)), those first that are made first. Nothing is changed.
    ///
    /// `standing` is what it said the last time: those come first and stay as they were, for by now they would be made
    /// and ring, as long as request and agent could still be brought together.
    ///
    /// The matching is the one that makes offers, so nothing is wished for that would not be offered. What is not seen:
    /// urgent work that takes the place of what rings, and offers that later ones would follow on (an agent whom the
    /// engine connects at once, say).
    ///
    /// It costs a copy of the state, where somebody waits and somebody is free, and nothing otherwise.
    pub fn would_offer(&self, standing: &[Wish]) -> Vec<Wish> {
        let Some(matched) = self.matched(standing) else { return Vec::new() };
        let made = offers(&matched.record).enumerate().filter_map(|(place, made)| {
            if place < matched.standing {
                return standing.iter().find(|wish| self.is_of(wish, made)).cloned();
            }
            Some(Wish {
                since: matched.record.at,
                request: made.request,
                queue: key(&self.state, Kind::Queue, self.state.request(made.request)?.queue.0)?,
                agent: key(&self.state, Kind::Agent, made.agent.0)?,
                choice: made.choice.clone(),
            })
        });
        made.collect()
    }

    /// The same with all that was to be considered; only of those that are new. The offer that each names does not
    /// exist, nor does its record.
    pub fn explain_would_offer(&self, standing: &[Wish]) -> Vec<OfferExplanation> {
        let Some(matched) = self.matched(standing) else { return Vec::new() };
        let mut before = self.scratch();
        let (record, mut place) = (&matched.record, 0);
        let mut explained = Vec::new();
        before.apply_watching(record, &mut |state, event| {
            if let Event::Offer(OfferEvent::Made(made)) = event {
                if place >= matched.standing {
                    explained.extend(of_offer(state, record, made));
                }
                place += 1;
            }
        });
        explained
    }

    /// A copy of the state in which the engine may match.
    fn scratch(&self) -> State {
        let mut state = self.state.clone();
        state.match_here();
        state
    }

    fn matched(&self, standing: &[Wish]) -> Option<Matched> {
        if self.state.requests.len() == 0 || self.state.index.everybody().next().is_none() {
            return None;
        }
        let mut state = self.scratch();
        let at = self.seen.max(state.at);
        let mut step = Step::new(&mut state, at, at);
        let mut kept = 0;
        for wish in standing {
            if let Some(agent) = self.still_possible(step.state(), wish) {
                queue::offer::make(&mut step, wish.request, agent, wish.choice.clone());
                kept += 1;
            }
        }
        step.wake_free_agents();
        settle::serve(&mut step);
        let record = step.finish(Cause::Open)?;
        Some(Matched { record, standing: kept })
    }

    /// The agent of a wish, if it could still be fulfilled. Whom it would have been offered to is not kept back from it
    /// afterwards.
    fn still_possible(&self, state: &State, wish: &Wish) -> Option<AgentId> {
        let request = state.request(wish.request).filter(|request| state.wants_agents(request))?;
        let agent = self.state.config.agent_id(&wish.agent)?;
        refusals(state, request, agent).all(|rule| rule == Refusal::Reserved).then_some(agent)
    }

    fn is_of(&self, wish: &Wish, made: &OfferMade) -> bool {
        wish.request == made.request && self.state.config.agent_id(&wish.agent) == Some(made.agent)
    }
}

fn offers(record: &Record) -> impl Iterator<Item = &OfferMade> {
    record.events.iter().filter_map(|event| match event {
        Event::Offer(OfferEvent::Made(made)) => Some(made.as_ref()),
        _ => None,
    })
}
