//! What was opened and has not ended, counted from records alone: it must be what the state holds. A
//! check costs the same in any state.

use std::collections::BTreeMap;

use super::{Broken, broken};
use crate::engine::Engine;
use crate::id::{InteractionId, Seq};
use crate::message::{
    EngagementEvent, Event, InteractionEvent, LegEvent, MessageEvent, OfferEvent, Record,
    RequestEvent, ShardEvent,
};

/// Counts that go up and down with the events.
#[derive(Default)]
pub(super) struct Ledger {
    seq: Seq,
    requests: i64,
    offers: i64,
    engagements: i64,
    legs: i64,
    interactions: i64,
    closed: i64,
    /// Threads of messages, and whether they are closed: those may open again.
    threads: BTreeMap<InteractionId, bool>,
}

impl Ledger {
    pub(super) fn follow(&mut self, record: &Record) {
        self.seq = record.seq;
        for event in &record.events {
            match event {
                Event::Request(RequestEvent::Opened(_)) => self.requests += 1,
                Event::Request(RequestEvent::Ended { .. }) => self.requests -= 1,
                Event::Offer(OfferEvent::Made(_)) => self.offers += 1,
                Event::Offer(OfferEvent::Ended { .. }) => self.offers -= 1,
                Event::Engagement(EngagementEvent::Opened { .. }) => self.engagements += 1,
                Event::Engagement(EngagementEvent::Ended { .. }) => self.engagements -= 1,
                Event::Leg(LegEvent::Originated { .. }) => self.legs += 1,
                Event::Leg(LegEvent::Ended { .. }) => self.legs -= 1,
                Event::Interaction(InteractionEvent::Opened(opened)) => {
                    self.interactions += 1;
                    self.legs += i64::from(opened.came_by_leg());
                    if !opened.channel.is_live() {
                        self.threads.insert(opened.id, false);
                    }
                }
                Event::Interaction(InteractionEvent::Closed { id }) => {
                    self.closed += 1;
                    self.threads.entry(*id).and_modify(|closed| *closed = true);
                }
                Event::Message(MessageEvent::Reopened { interaction }) => {
                    let closed = self.threads.insert(*interaction, false);
                    self.closed -= i64::from(closed == Some(true));
                }
                Event::Shard(ShardEvent::Evicted { interactions, .. }) => {
                    let gone = i64::try_from(interactions.len()).unwrap_or(i64::MAX);
                    for id in interactions {
                        self.threads.remove(id);
                    }
                    self.interactions -= gone;
                    self.closed -= gone;
                }
                _ => {}
            }
        }
    }

    pub(super) fn check(&self, engine: &Engine) -> Result<(), Broken> {
        let state = engine.state();
        if self.seq != engine.seq() {
            return broken(format!("{:?} was followed of {:?}", self.seq, engine.seq()));
        }
        let depth = state.queues.iter().map(|queue| queue.depth as usize).sum();
        let counts = [
            ("requests", self.requests, state.requests.len()),
            ("requests in queues", self.requests, depth),
            ("offers", self.offers, state.offers.len()),
            ("engagements", self.engagements, state.engagements.len()),
            ("legs", self.legs, state.legs.len()),
            ("interactions", self.interactions, state.interactions.len()),
            ("closed interactions", self.closed, state.closed.len()),
        ];
        for (what, counted, there) in counts {
            if usize::try_from(counted) != Ok(there) {
                return broken(format!(
                    "{what}: {counted} were opened and not ended, {there} are there"
                ));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::Opening;
    use crate::id::{ExternalRef, Key};
    use crate::message::{HostEvent, HostReport, Input, Output};
    use crate::model::{Center, EntryPoint, Queue};
    use crate::time::Timestamp;

    #[test]
    fn an_event_that_was_not_written_is_missed() {
        let entry = EntryPoint::voice("100").to_queue("q");
        let center = Center::builder().queue("q", Queue::new()).entry_point("e", entry);
        let now = Timestamp::EPOCH;
        let mut engine = Engine::open(now, Opening::new(center.build().unwrap())).unwrap();
        let call = HostEvent::call(ExternalRef::new("1").unwrap(), "100");
        let _ = engine.handle(now, HostReport::new(Key::new("app").unwrap(), 1, now, call).into());
        let (mut sound, mut lossy) = (Ledger::default(), Ledger::default());
        while let Some(output) = engine.poll_output() {
            let Output::Record(mut record) = output else { continue };
            let _ = engine.handle(now, Input::Persisted(record.seq));
            sound.follow(&record);
            record.events.retain(|event| !matches!(event, Event::Request(_)));
            lossy.follow(&record);
        }
        sound.check(&engine).unwrap();
        assert!(lossy.check(&engine).is_err());
    }
}
