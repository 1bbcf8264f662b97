//! What a record of the engine means to the simulation.

use std::collections::BTreeMap;

use super::engine_switch::{EngineSwitch, wrong};
use super::model::Outcome;
use super::switch::{CallId, News, Switched};
use crate::id::{AgentId, EngagementId, ExternalRef, Key, OfferId, RequestId};
use crate::message::{
    self, Activity, AgentEvent, EngagementEvent, EntryRejection, Event, FlowOutReason,
    InteractionEvent, OfferEnd, OfferEvent, OfferMade, Record, RequestEvent,
};
use crate::time::{Duration, Timestamp};

/// An agent of the center.
#[derive(Clone, Debug)]
pub(super) struct Agent {
    pub(super) key: Key,
    pub(super) stage: Stage,
    pub(super) busy: bool,
    /// What the agent does, and since when.
    doing: Activity,
    since: Timestamp,
    /// Time at work on this day so far, and time idle in it.
    present: Duration,
    idle: Duration,
}

impl Agent {
    pub(super) const fn new(key: Key) -> Self {
        Self {
            key,
            stage: Stage::Out,
            busy: false,
            doing: Activity::SignedOut,
            since: Timestamp::EPOCH,
            present: Duration::ZERO,
            idle: Duration::ZERO,
        }
    }

    /// A day begins.
    pub(super) fn begin(&mut self) {
        (self.stage, self.busy, self.doing) = (Stage::Out, false, Activity::SignedOut);
        (self.present, self.idle) = (Duration::ZERO, Duration::ZERO);
    }

    /// Time at work and idle up to a time.
    pub(super) fn times(&self, at: Timestamp) -> (Duration, Duration) {
        let spent = at.since(self.since).max(Duration::ZERO);
        match self.doing {
            Activity::SignedOut => (self.present, self.idle),
            Activity::Idle => (self.present + spent, self.idle + spent),
            _ => (self.present + spent, self.idle),
        }
    }
}

/// Whether an agent is at work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stage {
    Out,
    In,
}

/// A call as the engine's host knows it.
#[derive(Clone, Debug)]
pub(super) struct Call {
    pub(super) serial: u64,
    pub(super) leg: ExternalRef,
    pub(super) arrived: Timestamp,
    pub(super) kind: usize,
    /// Group and place of the agent who serves it.
    pub(super) agent: Option<(usize, usize)>,
    pub(super) engagement: Option<EngagementId>,
    /// The offer that rings for it, whose, and since when.
    pub(super) rings: Option<(OfferId, (usize, usize), Timestamp)>,
}

impl Call {
    pub(super) const fn new(
        serial: u64,
        leg: ExternalRef,
        arrived: Timestamp,
        kind: usize,
    ) -> Self {
        Self { serial, leg, arrived, kind, agent: None, engagement: None, rings: None }
    }
}

impl EngineSwitch {
    /// Takes over what the record has decided.
    pub(super) fn read(&mut self, record: &Record, news: &mut Vec<News>) -> Switched {
        for event in &record.events {
            match event {
                Event::Interaction(InteractionEvent::EntryRejected { reason, .. }) => {
                    self.not_taken_in(*reason, news)?;
                }
                Event::Request(RequestEvent::Opened(opened)) => {
                    if let Some(call) = self.arriving {
                        self.requests.insert(opened.id, call);
                        self.waits(call, 1);
                        self.heads_of(call, |heads| heads.insert(call.serial, opened.id));
                    }
                }
                Event::Offer(OfferEvent::Made(made)) => self.offered(record.at, made, news),
                Event::Offer(OfferEvent::Ended { id, end: OfferEnd::Timeout, .. }) => {
                    self.unanswered(*id, news);
                }
                Event::Engagement(EngagementEvent::Opened {
                    id,
                    agent,
                    request: Some(request),
                    ..
                }) => self.served(*id, *agent, *request, news)?,
                Event::Request(RequestEvent::Ended { id, outcome }) => {
                    self.ended(*id, outcome, news)?;
                }
                Event::Agent(AgentEvent::SignedIn { agent, .. }) => {
                    self.known.extend(self.signing_in.map(|place| (*agent, place)));
                }
                Event::Agent(AgentEvent::StateChanged { agent, to, .. }) => {
                    self.agent_does(record.at, *agent, *to);
                }
                _ => {}
            }
        }
        Ok(())
    }

    fn not_taken_in(&mut self, reason: EntryRejection, news: &mut Vec<News>) -> Switched {
        match (reason, self.arriving) {
            (EntryRejection::Busy, Some(call)) => {
                self.forget(call);
                news.push(News::Left { call, outcome: Outcome::Blocked });
                Ok(())
            }
            _ => Err(wrong(format!("a call was not taken in: {reason:?}"))),
        }
    }

    fn row(&mut self, call: CallId) -> Option<&mut Call> {
        self.calls.get_mut(call.slot as usize)?.as_mut()
    }

    /// A phone rings, in groups whose phones do; elsewhere an offer is answered in the same step.
    fn offered(&mut self, at: Timestamp, made: &OfferMade, news: &mut Vec<News>) {
        let call = self.requests.get(&made.request).copied();
        let place = self.known.get(&made.agent).copied();
        let Some((call, place)) = call.zip(place).filter(|(_, place)| self.plan.rings(place.0))
        else {
            return;
        };
        self.offers.insert(made.id, call);
        if let Some(row) = self.row(call) {
            row.rings = Some((made.id, place, at));
        }
        news.push(News::Offered { call, group: place.0 });
    }

    fn unanswered(&mut self, offer: OfferId, news: &mut Vec<News>) {
        let Some(call) = self.offers.remove(&offer) else { return };
        let Some((_, (group, place), _)) = self.row(call).and_then(|row| row.rings.take()) else {
            return;
        };
        self.away.entry(group).or_default().push_back(place);
        news.push(News::Unanswered { call, group });
    }

    fn served(
        &mut self,
        engagement: EngagementId,
        agent: AgentId,
        request: RequestId,
        news: &mut Vec<News>,
    ) -> Switched {
        let call = self.requests.get(&request).copied();
        let place = self.known.get(&agent).copied();
        let Some((call, place)) = call.zip(place) else {
            return Err(wrong(format!("{agent:?} serves {request:?}, one of them unknown")));
        };
        if let Some(row) = self.row(call) {
            row.agent = Some(place);
            row.engagement = Some(engagement);
            row.rings = None;
        }
        news.push(News::Served { call, group: place.0 });
        Ok(())
    }

    fn ended(
        &mut self,
        request: RequestId,
        outcome: &message::Outcome,
        news: &mut Vec<News>,
    ) -> Switched {
        let Some(call) = self.requests.remove(&request) else { return Ok(()) };
        self.waits(call, -1);
        self.heads_of(call, |heads| heads.remove(&call.serial));
        let outcome = match outcome {
            message::Outcome::Answered { .. } => return Ok(()),
            message::Outcome::Abandoned { .. } if self.turned_away == Some(call) => {
                Outcome::Blocked
            }
            message::Outcome::Abandoned { .. } => Outcome::Abandoned,
            message::Outcome::FlowedOut { reason, .. } => match reason {
                FlowOutReason::MaxWait => Outcome::Message,
                FlowOutReason::Closed => Outcome::Disconnected,
                FlowOutReason::Full => Outcome::Blocked,
                other => return Err(wrong(format!("a call flowed out: {other:?}"))),
            },
            other => return Err(wrong(format!("a wait ended without reason: {other:?}"))),
        };
        self.forget(call);
        news.push(News::Left { call, outcome });
        Ok(())
    }

    fn agent_does(&mut self, at: Timestamp, agent: AgentId, activity: Activity) {
        let at = at.min(self.horizon);
        let Some((group, place)) = self.known.get(&agent).copied() else { return };
        let Some(row) = self.agents.get_mut(group).and_then(|row| row.get_mut(place)) else {
            return;
        };
        (row.present, row.idle) = row.times(at);
        (row.doing, row.since) = (activity, at);
        row.busy = !matches!(activity, Activity::Idle | Activity::SignedOut);
        if activity == Activity::SignedOut {
            row.stage = Stage::Out;
            if let Some(there) = self.there.get_mut(group) {
                *there = there.saturating_sub(1);
            }
        }
    }

    fn waits(&mut self, call: CallId, change: i32) {
        self.waiting = self.waiting.saturating_add_signed(change);
        let kind = self.row(call).map(|row| row.kind);
        if let Some(count) = kind.and_then(|kind| self.waiting_of.get_mut(kind)) {
            *count = count.saturating_add_signed(change);
        }
    }

    fn heads_of(
        &mut self,
        call: CallId,
        change: impl FnOnce(&mut BTreeMap<u64, RequestId>) -> Option<RequestId>,
    ) {
        if !self.bounds.raises {
            return;
        }
        let kind = self.row(call).map(|row| row.kind);
        if let Some(heads) = kind.and_then(|kind| self.heads.get_mut(kind)) {
            change(heads);
        }
    }

    pub(super) fn forget(&mut self, call: CallId) {
        let row = self.calls.get_mut(call.slot as usize).and_then(Option::take);
        if let Some(row) = row {
            self.in_system -= 1;
            if let Some((offer, ..)) = row.rings {
                self.offers.remove(&offer);
            }
        }
    }
}
