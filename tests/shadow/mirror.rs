//! What a live engine has decided, as facts of another system.

use std::collections::{BTreeMap, BTreeSet};

use switchboard::id::{AgentId, EngagementId, InteractionId, RequestId};
use switchboard::message::{
    AgentEvent, Cause, EngagementEvent, Event, InteractionEvent, OfferEnd, OfferEvent, Outcome,
    Presence, Record, RequestEvent, SignOutCause,
};
use switchboard::shadow::{Call, Membership, What};
use switchboard::time::Duration;

/// What has to be remembered of the records so far.
#[derive(Default)]
pub(crate) struct Mirror {
    interactions: BTreeMap<InteractionId, String>,
    requests: BTreeMap<RequestId, Call>,
    offers: BTreeMap<switchboard::id::OfferId, (RequestId, AgentId)>,
    talks: BTreeMap<EngagementId, Call>,
    wrapping: BTreeMap<EngagementId, AgentId>,
    pub there: BTreeSet<AgentId>,
    pub offered: usize,
}

fn agent(id: AgentId) -> String {
    format!("agent{}", id.0)
}

impl Mirror {
    /// What happened in one record, in its order.
    pub(crate) fn facts(&mut self, record: &Record) -> Vec<What> {
        let by_hand = matches!(record.cause, Cause::Command { .. });
        record.events.iter().filter_map(|event| self.fact(event, by_hand)).collect()
    }

    fn fact(&mut self, event: &Event, by_hand: bool) -> Option<What> {
        match event {
            Event::Interaction(InteractionEvent::Opened(opened)) => {
                let name = opened.external.as_ref()?.to_string();
                self.interactions.insert(opened.id, name);
                None
            }
            Event::Request(event) => self.request(event),
            Event::Offer(event) => self.offer(event),
            Event::Engagement(event) => self.engagement(event, by_hand),
            Event::Agent(event) => self.agent(event),
            _ => None,
        }
    }

    fn request(&mut self, event: &RequestEvent) -> Option<What> {
        match event {
            RequestEvent::Opened(opened) => {
                let name = &self.interactions[&opened.interaction];
                let call = Call::new(name, format!("queue{}", opened.home_queue.0));
                self.requests.insert(opened.id, call.clone());
                Some(What::Entered { call, customer: None, credit: Duration::ZERO })
            }
            RequestEvent::Ended { id, outcome } => {
                let call = self.requests.remove(id)?;
                Some(match outcome {
                    Outcome::Answered { engagement, agent: by } => {
                        self.talks.insert(*engagement, call.clone());
                        What::Connected { call, agent: agent(*by), rang: Duration::ZERO }
                    }
                    Outcome::Abandoned { .. } => What::Abandoned { call },
                    other => What::Left { call, why: format!("{other:?}") },
                })
            }
            _ => None,
        }
    }

    fn offer(&mut self, event: &OfferEvent) -> Option<What> {
        match event {
            OfferEvent::Made(made) => {
                self.offered += 1;
                self.offers.insert(made.id, (made.request, made.agent));
                let call = self.requests.get(&made.request)?.clone();
                Some(What::Rings { call, agent: agent(made.agent) })
            }
            OfferEvent::Ended { id, end, .. } => {
                let (request, by) = self.offers.remove(id)?;
                let call = self.requests.get(&request)?.clone();
                let missed = matches!(end, OfferEnd::Timeout | OfferEnd::Rejected(_));
                let rang = Duration::ZERO;
                missed.then(|| What::RangInVain { call, agent: agent(by), rang })
            }
            _ => None,
        }
    }

    fn engagement(&mut self, event: &EngagementEvent, by_hand: bool) -> Option<What> {
        match event {
            EngagementEvent::Opened { id, agent, .. } => {
                self.wrapping.insert(*id, *agent);
                None
            }
            EngagementEvent::WrapUpStarted { id, .. } => {
                let call = self.talks.remove(id)?;
                Some(What::Ended { call, transferred: false })
            }
            EngagementEvent::Ended { id, .. } => {
                let by = self.wrapping.remove(id);
                if let Some(call) = self.talks.remove(id) {
                    return Some(What::Ended { call, transferred: false });
                }
                by.filter(|_| by_hand).map(|by| What::Freed { agent: agent(by) })
            }
            _ => None,
        }
    }

    fn agent(&mut self, event: &AgentEvent) -> Option<What> {
        let (id, now) = match event {
            AgentEvent::SignedIn { agent, .. } => {
                self.there.insert(*agent);
                (agent, Membership::Joined)
            }
            AgentEvent::SignedOut { cause: SignOutCause::TakenOver, .. } => return None,
            AgentEvent::SignedOut { agent, .. } => {
                self.there.remove(agent);
                (agent, Membership::Left)
            }
            AgentEvent::PresenceSet { agent, presence: Presence::Ready } => {
                (agent, Membership::Resumed)
            }
            AgentEvent::PresenceSet { agent, .. } => (agent, Membership::Paused),
            AgentEvent::PresencePending { agent, pending: Some(what), .. } => match what {
                switchboard::message::PendingPresence::SignOut => (agent, Membership::Left),
                switchboard::message::PendingPresence::NotReady(_) => (agent, Membership::Paused),
            },
            AgentEvent::PresencePending { agent, .. } => (agent, Membership::Resumed),
            _ => return None,
        };
        Some(What::Member { agent: agent(*id), queue: None, now })
    }
}
