//! Who waits, who is free, who holds what: told by the records alone, and compared with the engine.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use switchboard::id::{
    AgentId, CommandId, EngagementId, HostId, InteractionId, Key, OfferId, QueueId, RequestId, Seq,
};
use switchboard::message::{
    AgentEvent, Cause, EngagementEvent, Event, HostStateEvent, InteractionEvent, OfferEnd,
    OfferEvent, Phase, Presence, Record, RequestEvent, ShardEvent, SignOutCause,
};
use switchboard::model::{AgentGroups, Center, Channel, Station};
use switchboard::time::Timestamp;
use switchboard::{AgentVerdict, Engine, Question, Verdict};

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Hold {
    Offer(OfferId),
    Engagement(EngagementId),
}

#[derive(Clone, Debug)]
struct Item {
    hold: Hold,
    channel: Channel,
    cost: u32,
    suspended: bool,
}

#[derive(Clone, Debug, Default)]
struct Agent {
    /// At work, and through the phone of which host.
    session: Option<Option<HostId>>,
    ready: bool,
    leaving: bool,
    desktop_away: bool,
    work: Vec<Item>,
}

#[derive(Clone, Debug)]
struct Request {
    interaction: InteractionId,
    queue: QueueId,
    channel: Channel,
    due_at: Timestamp,
    /// The offer that it is with.
    with: Option<OfferId>,
    excluded: BTreeSet<AgentId>,
}

/// What the records say.
#[derive(Default)]
pub struct Model {
    agents: BTreeMap<AgentId, Agent>,
    requests: BTreeMap<RequestId, Request>,
    offers: BTreeMap<OfferId, (RequestId, AgentId)>,
    interactions: BTreeMap<InteractionId, HostId>,
    away: BTreeSet<HostId>,
    /// Numbers of the configuration: position is the number.
    agent_keys: Vec<Key>,
    queue_keys: Vec<Key>,
    /// Commands that a repetition is known by.
    commands: VecDeque<(CommandId, Seq, Timestamp)>,
    last: Option<Record>,
}

fn number(keys: &mut Vec<Key>, key: &Key) {
    if !keys.contains(key) {
        keys.push(key.clone());
    }
}

impl Model {
    /// The record in which the command was decided, if it is remembered.
    pub fn known(&self, id: &CommandId) -> Option<Seq> {
        self.commands.iter().find(|(known, ..)| known == id).map(|(_, seq, _)| *seq)
    }

    pub fn follow(&mut self, record: &Record, center: &Center) {
        if let Some(last) = &self.last {
            assert_eq!(record.seq, last.seq.next(), "no gap");
            assert!(record.at >= last.at, "time does not run back");
        }
        let mut ids = BTreeSet::new();
        for effect in &record.effects {
            assert_eq!(effect.id.origin().seq, record.seq.0);
            assert!(ids.insert(effect.id), "{:?} twice", effect.id);
        }
        for event in &record.events {
            self.event(event);
        }
        if let Cause::Command { id, .. } = &record.cause {
            self.commands.push_back((id.clone(), record.seq, record.at));
            let limits = &center.limits;
            while let Some((_, _, at)) = self.commands.front()
                && (self.commands.len() > limits.dedupe_commands as usize
                    || *at + limits.dedupe_window < record.at)
            {
                self.commands.pop_front();
            }
        }
        self.last = Some(record.clone());
    }

    fn event(&mut self, event: &Event) {
        match event {
            Event::Shard(event) => self.shard(event),
            Event::Host(HostStateEvent::Lost { host, .. } | HostStateEvent::Abandoned { host }) => {
                self.away.insert(*host);
            }
            Event::Host(HostStateEvent::Resynced { host, .. }) => {
                self.away.remove(host);
            }
            Event::Interaction(InteractionEvent::Opened(opened)) => {
                self.interactions.insert(opened.id, opened.host);
            }
            Event::Request(event) => self.request(event),
            Event::Offer(event) => self.offer(event),
            Event::Engagement(event) => self.engagement(event),
            Event::Agent(event) => self.agent(event),
            _ => {}
        }
    }

    fn shard(&mut self, event: &ShardEvent) {
        match event {
            ShardEvent::Opened { center, .. } => {
                self.agent_keys = center.agents.keys().cloned().collect();
                self.queue_keys = center.queues.keys().cloned().collect();
            }
            ShardEvent::Configured { changes, .. } => {
                for change in changes {
                    match &change.change {
                        switchboard::model::Change::Agent { key, .. } => {
                            number(&mut self.agent_keys, key);
                        }
                        switchboard::model::Change::Queue { key, .. } => {
                            number(&mut self.queue_keys, key);
                        }
                        _ => {}
                    }
                }
            }
            ShardEvent::Replanned { requests, .. } => {
                for plan in requests {
                    self.requests.get_mut(&plan.id).expect("replanned").due_at = plan.due_at;
                }
            }
            _ => {}
        }
    }

    fn request(&mut self, event: &RequestEvent) {
        match event {
            RequestEvent::Opened(opened) => {
                let request = Request {
                    interaction: opened.interaction,
                    queue: opened.home_queue,
                    channel: opened.channel,
                    due_at: opened.due_at,
                    with: None,
                    excluded: BTreeSet::new(),
                };
                assert!(self.requests.insert(opened.id, request).is_none(), "opened twice");
                let same = |other: &&Request| other.interaction == opened.interaction;
                assert_eq!(self.requests.values().filter(same).count(), 1, "one wait at a time");
            }
            RequestEvent::Reordered { id, due_at, .. } => {
                self.requests.get_mut(id).expect("reordered").due_at = *due_at;
            }
            RequestEvent::Ended { id, .. } => {
                self.requests.remove(id).expect("one outcome");
            }
            RequestEvent::ExclusionEnded { id, agent } => {
                self.requests.get_mut(id).expect("excluded").excluded.remove(agent);
            }
            _ => {}
        }
    }

    fn offer(&mut self, event: &OfferEvent) {
        match event {
            OfferEvent::Made(made) => {
                let request = self.requests.get_mut(&made.request).expect("offered");
                assert_eq!(request.with.replace(made.id), None, "offered once at a time");
                self.offers.insert(made.id, (made.request, made.agent));
                self.agents.entry(made.agent).or_default().work.push(Item {
                    hold: Hold::Offer(made.id),
                    channel: made.channel,
                    cost: made.cost,
                    suspended: false,
                });
            }
            OfferEvent::Ended { id, end, excluded_until } => {
                let (request, agent) = self.offers.remove(id).expect("ends once");
                self.release(agent, Hold::Offer(*id));
                let request = self.requests.get_mut(&request).expect("still there");
                if *end != OfferEnd::Connected {
                    request.with = None;
                    if excluded_until.is_some() {
                        request.excluded.insert(agent);
                    }
                }
            }
            _ => {}
        }
    }

    fn release(&mut self, agent: AgentId, hold: Hold) {
        self.agents.entry(agent).or_default().work.retain(|item| item.hold != hold);
    }

    fn holder(&mut self, id: EngagementId) -> (AgentId, &mut Item) {
        self.agents
            .iter_mut()
            .find_map(|(agent, row)| {
                let item = row.work.iter_mut().find(|i| i.hold == Hold::Engagement(id))?;
                Some((*agent, item))
            })
            .expect("an engagement holds capacity")
    }

    fn engagement(&mut self, event: &EngagementEvent) {
        match event {
            EngagementEvent::Opened { id, agent, offer, channel, cost, .. } => {
                if let Some(offer) = offer {
                    self.release(*agent, Hold::Offer(*offer));
                }
                let hold = Hold::Engagement(*id);
                let item = Item { hold, channel: *channel, cost: *cost, suspended: false };
                self.agents.entry(*agent).or_default().work.push(item);
            }
            EngagementEvent::PhaseChanged { id, phase } => {
                self.holder(*id).1.suspended = *phase == Phase::Suspended;
            }
            EngagementEvent::WrapUpStarted { id, cost, .. } => {
                let item = self.holder(*id).1;
                item.suspended = false;
                item.cost = *cost;
            }
            EngagementEvent::Ended { id, .. } => {
                let (agent, _) = self.holder(*id);
                self.release(agent, Hold::Engagement(*id));
            }
            _ => {}
        }
    }

    fn agent(&mut self, event: &AgentEvent) {
        match event {
            AgentEvent::SignedIn { agent, station, .. } => {
                let row = self.agents.entry(*agent).or_default();
                assert!(row.session.is_none(), "signed in twice");
                // The one host beside the application, which is number 0.
                let host = matches!(station, Station::Phone { .. }).then_some(HostId(1));
                row.session = Some(host);
            }
            // Presence and work go on in the session that takes over.
            AgentEvent::SignedOut { agent, cause: SignOutCause::TakenOver, .. } => {
                let row = self.agents.entry(*agent).or_default();
                assert!(row.session.take().is_some(), "taken over from nobody");
                row.desktop_away = false;
            }
            AgentEvent::SignedOut { agent, .. } => {
                let row = self.agents.entry(*agent).or_default();
                assert!(row.session.take().is_some(), "signed out twice");
                assert!(row.work.is_empty(), "left with work: {:?}", row.work);
                *row = Agent::default();
            }
            AgentEvent::PresenceSet { agent, presence } => {
                self.agents.entry(*agent).or_default().ready = *presence == Presence::Ready;
            }
            AgentEvent::PresencePending { agent, pending, .. } => {
                self.agents.entry(*agent).or_default().leaving = pending.is_some();
            }
            AgentEvent::DesktopLost { agent, .. } => {
                self.agents.entry(*agent).or_default().desktop_away = true;
            }
            AgentEvent::DesktopRestored { agent } => {
                self.agents.entry(*agent).or_default().desktop_away = false;
            }
            _ => {}
        }
    }

    /// Compares with the engine: why each request waits, where it stands, that nobody holds too much.
    ///
    /// While the engine says that it has more to do at once, somebody may wait whom that will serve.
    pub fn compare(&self, engine: &Engine, settled: bool) {
        let center = engine.center();
        for (id, request) in &self.requests {
            let told = engine.explain(Question::Request(*id)).expect("a request that is open");
            let Some(queue) = self.queue_keys.get(request.queue.index()) else { continue };
            assert_eq!(&told.queue, queue);
            assert_eq!(told.due_at, request.due_at);
            let ahead = self
                .requests
                .iter()
                .filter(|(_, r)| (r.queue, r.channel) == (request.queue, request.channel))
                .filter(|(other, r)| (r.due_at, *other) < (request.due_at, id))
                .count();
            assert_eq!(told.position as usize, ahead + 1, "the place of {id:?}");
            let with = request.with.map(|offer| self.agent_key(self.offers[&offer].1));
            assert_eq!(told.offered_to.as_ref(), with, "who has {id:?}");
            let verdicts: Vec<AgentVerdict> = (0..)
                .zip(&self.agent_keys)
                .filter(|(_, key)| is_capable(center, queue, key))
                .map(|(n, key)| AgentVerdict {
                    agent: key.clone(),
                    verdict: self.verdict(center, request, AgentId(n)),
                })
                .collect();
            assert_eq!(told.agents, verdicts, "about {id:?}");
            let free = verdicts.iter().find(|v| v.verdict == Verdict::Free);
            assert!(
                request.with.is_some() || free.is_none() || !settled,
                "{id:?} waits needlessly: {free:?} after {:#?}",
                self.last
            );
        }
        for (id, agent) in &self.agents {
            self.holds_no_more_than_it_can(center, *id, agent);
        }
    }

    fn agent_key(&self, id: AgentId) -> &Key {
        &self.agent_keys[id.index()]
    }

    fn holds_no_more_than_it_can(&self, center: &Center, id: AgentId, agent: &Agent) {
        let cost: u32 = agent.work.iter().filter(|i| !i.suspended).map(|i| i.cost).sum();
        assert!(
            cost <= center.capacity.budget,
            "{} holds {cost}: {:?} after {:#?}",
            self.agent_key(id),
            agent.work,
            self.last
        );
        for (channel, rule) in &center.capacity.channels {
            let items = agent.work.iter().filter(|i| i.channel == *channel).count();
            assert!(
                items <= rule.max as usize,
                "{} has {items} of {channel:?}",
                self.agent_key(id)
            );
        }
    }

    /// The first rule that keeps the agent from the request.
    fn verdict(&self, center: &Center, request: &Request, id: AgentId) -> Verdict {
        let nobody = Agent::default();
        let agent = self.agents.get(&id).unwrap_or(&nobody);
        let Some(phone) = agent.session else { return Verdict::SignedOut };
        let phone_away = phone.is_some_and(|host| self.away.contains(&host));
        let host = self.interactions[&request.interaction];
        if !agent.ready {
            Verdict::NotReady
        } else if agent.leaving {
            Verdict::Leaving
        } else if agent.desktop_away || phone_away {
            Verdict::Unreachable
        } else if request
            .with
            .is_some_and(|offer| agent.work.iter().any(|i| i.hold == Hold::Offer(offer)))
        {
            Verdict::Ringing
        } else if !has_room(center, &agent.work, request.channel) {
            Verdict::Busy
        } else if request.excluded.contains(&id) {
            Verdict::Excluded
        } else if self.away.contains(&host) {
            Verdict::HostAway
        } else {
            Verdict::Free
        }
    }

    /// Nothing is held when all is over.
    pub fn is_at_rest(&self) {
        assert!(self.requests.is_empty(), "left: {:?}", self.requests);
        assert!(self.offers.is_empty(), "left: {:?}", self.offers);
        for agent in self.agents.values() {
            assert!(agent.work.is_empty(), "left: {:?}", agent.work);
        }
    }
}

fn is_capable(center: &Center, queue: &Key, agent: &Key) -> bool {
    let Some((queue, key)) = center.queues.get(queue).zip(Some(agent)) else { return false };
    let Some(agent) = center.agents.get(key) else { return false };
    let in_team = match &queue.groups {
        AgentGroups::Teams(teams) => agent.team.as_ref().is_some_and(|team| teams.contains(team)),
        _ => true,
    };
    in_team && queue.requirement.is_met_by(center, key, agent)
}

/// `n[c] + 1 <= max[c]`, and the cost of `c` fits beside all that `c` may not interrupt.
fn has_room(center: &Center, work: &[Item], channel: Channel) -> bool {
    let rule = &center.capacity.channels[&channel];
    let items = work.iter().filter(|item| item.channel == channel).count();
    let stays = |item: &&Item| !rule.interrupts.contains(&item.channel);
    let held: u32 = work.iter().filter(stays).map(|item| item.cost).sum();
    items < rule.max as usize && held + rule.cost <= center.capacity.budget
}
