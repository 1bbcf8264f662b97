//! What a record of the engine means to the simulation.

use super::engine_switch::{EngineSwitch, wrong};
use super::model::Outcome;
use super::switch::{CallId, News, Switched};
use crate::id::{AgentId, ExternalRef, Key, RequestId};
use crate::message::{
    self, Activity, AgentEvent, EngagementEvent, EntryRejection, Event, FlowOutReason,
    InteractionEvent, Record, RequestEvent,
};
use crate::time::Timestamp;

/// An agent of the center.
#[derive(Clone, Debug)]
pub(super) struct Agent {
    pub(super) key: Key,
    pub(super) stage: Stage,
    pub(super) busy: bool,
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
                        self.waiting += 1;
                    }
                }
                Event::Engagement(EngagementEvent::Opened {
                    agent,
                    request: Some(request),
                    ..
                }) => self.served(*agent, *request, news)?,
                Event::Request(RequestEvent::Ended { id, outcome }) => {
                    self.ended(*id, outcome, news)?;
                }
                Event::Agent(AgentEvent::SignedIn { agent, .. }) => {
                    self.known.extend(self.signing_in.map(|place| (*agent, place)));
                }
                Event::Agent(AgentEvent::StateChanged { agent, to, .. }) => {
                    self.agent_does(*agent, *to);
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

    fn served(&mut self, agent: AgentId, request: RequestId, news: &mut Vec<News>) -> Switched {
        let call = self.requests.get(&request).copied();
        let place = self.known.get(&agent).copied();
        let Some((call, place)) = call.zip(place) else {
            return Err(wrong(format!("{agent:?} serves {request:?}, one of them unknown")));
        };
        if let Some(Some(row)) = self.calls.get_mut(call.slot as usize) {
            row.agent = Some(place);
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
        self.waiting -= 1;
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

    fn agent_does(&mut self, agent: AgentId, activity: Activity) {
        let Some((group, place)) = self.known.get(&agent).copied() else { return };
        let Some(row) = self.agents.get_mut(group).and_then(|row| row.get_mut(place)) else {
            return;
        };
        row.busy = !matches!(activity, Activity::Idle | Activity::SignedOut);
        if activity == Activity::SignedOut {
            row.stage = Stage::Out;
            if let Some(there) = self.there.get_mut(group) {
                *there = there.saturating_sub(1);
            }
        }
    }

    pub(super) fn forget(&mut self, call: CallId) {
        if let Some(row) = self.calls.get_mut(call.slot as usize)
            && row.take().is_some()
        {
            self.in_system -= 1;
        }
    }
}
