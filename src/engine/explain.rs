//! Why this agent, why not that one, why still waiting, and what will change that when.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::id::{AgentId, Key, QueueId, RequestId};
use crate::message::Party;
use crate::model::{AgentOrder, Kind, Requirement};
use crate::routing::{Refusal, capable, refusal};
use crate::state::{OnCall, Request, RequestState, State};
use crate::time::{Duration, Timestamp};

/// A question about what is going on now.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum Question {
    /// Why does this request wait, or where is it?
    Request(RequestId),
}

/// The answer, as data; its `Display` is a text for people.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Explanation {
    /// The request.
    pub request: RequestId,
    /// Its queue.
    pub queue: Key,
    /// How long the customer has waited.
    pub waited: Duration,
    /// Requests of the same queue and channel that go before it, plus one.
    pub position: u32,
    /// Its key in the order of service.
    pub due_at: Timestamp,
    /// Waiting credit in that key: of the customer's rank, for coming again, of entry point and queue.
    pub boost: Duration,
    /// The agent it is with, if it is offered or being connected.
    pub offered_to: Option<Key>,
    /// Every configured agent who could ever serve it, with the rule that keeps it away now.
    pub agents: Vec<AgentVerdict>,
    /// Agents who do not meet the requirement or are not of the teams.
    pub not_capable: u32,
    /// What its queue asks of agents.
    pub requirement: Requirement,
    /// The teams that alone serve its queue; any where none is named.
    pub teams: Vec<Key>,
    /// Why it waits in vain until the configuration changes: nobody who is configured can serve it.
    pub unmeetable: Option<Unmeetable>,
    /// When it leaves the queue unserved, if it has waited till then.
    pub wait_until: Option<Timestamp>,
    /// Agents it is kept from for a while, and until when.
    pub exclusions: Vec<(Key, Timestamp)>,
    /// The rota that was handed the request and calls somebody now; agents do not matter then.
    pub on_call: Option<RotaAtWork>,
}

/// Why nobody can serve a request.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Unmeetable {
    /// What the queue asks contradicts itself: no agent could ever meet it.
    Contradiction,
    /// Nobody who is configured meets it and is of the queue's teams.
    NobodyConfigured,
}

/// How far a rota is with a request.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[non_exhaustive]
pub struct RotaAtWork {
    /// The rota.
    pub rota: Key,
    /// The level whose turn it is, from 1.
    pub level: u8,
    /// The round, from 1.
    pub round: u32,
    /// Number of the attempt, from 1.
    pub attempt: u32,
    /// The agent who is called; none where it is a number outside.
    pub agent: Option<Key>,
    /// All have been asked in vain: it is the last resort that is called.
    pub last_resort: bool,
    /// When the next one is called if nothing comes of it.
    pub until: Timestamp,
}

/// What holds for one agent.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct AgentVerdict {
    /// The agent.
    pub agent: Key,
    /// Why not, or that nothing stands against it.
    pub verdict: Verdict,
}

/// The first rule that keeps an agent from a request.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Verdict {
    /// Nothing stands against it.
    Free,
    /// The request is meant for other agents.
    NotNamed,
    /// Not at work.
    SignedOut,
    /// Not ready.
    NotReady,
    /// About to leave or to go not ready.
    Leaving,
    /// Desktop or phone are away.
    Unreachable,
    /// Busy: one more does not fit.
    Busy,
    /// Declined or missed this request a moment ago.
    Excluded,
    /// The host that holds the customer is away.
    HostAway,
    /// Takes no work of the channel or the queue.
    NotRoutable,
    /// Free; the request is offered to nobody, and waits until somebody claims it.
    ByHand,
}

impl From<Refusal> for Verdict {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::NotNamed => Self::NotNamed,
            Refusal::SignedOut | Refusal::NotConfigured | Refusal::NotCapable => Self::SignedOut,
            Refusal::NotReady => Self::NotReady,
            Refusal::Leaving => Self::Leaving,
            Refusal::NotRoutable => Self::NotRoutable,
            Refusal::Unreachable => Self::Unreachable,
            Refusal::NoCapacity => Self::Busy,
            Refusal::Excluded => Self::Excluded,
            Refusal::HostAway => Self::HostAway,
            Refusal::ByHand => Self::ByHand,
        }
    }
}

pub(super) fn explain(state: &State, question: Question) -> Option<Explanation> {
    let Question::Request(id) = question;
    let Some(request) = state.request(id) else {
        return with_rota(state, state.on_calls.get(&id)?);
    };
    let queue = key(state, Kind::Queue, request.queue.0)?;
    let (requirement, teams) = asked(state, &queue);
    let all = state.config.numbers.next(Kind::Agent);
    let mut agents = Vec::new();
    let mut not_capable = 0;
    for agent in (0..all).map(AgentId).filter(|agent| state.config.agent(*agent).is_some()) {
        if !capable(state, request, agent) {
            not_capable += 1;
            continue;
        }
        let verdict = refusal(state, request, agent).map_or(Verdict::Free, Verdict::from);
        agents
            .extend(key(state, Kind::Agent, agent.0).map(|agent| AgentVerdict { agent, verdict }));
    }
    let offered_to = match request.state {
        RequestState::Offered(offer) => {
            state.offer(offer).and_then(|offer| key(state, Kind::Agent, offer.agent.0))
        }
        RequestState::Waiting => None,
    };
    let unmeetable = agents.is_empty().then(|| {
        let contradicts = requirement.is_contradictory(&state.config.center.skills);
        if contradicts { Unmeetable::Contradiction } else { Unmeetable::NobodyConfigured }
    });
    Some(Explanation {
        request: id,
        queue,
        requirement,
        teams,
        unmeetable,
        waited: state.at.since(request.customer_wait_since),
        position: position(state, request),
        due_at: request.due_at,
        boost: request.boost,
        offered_to,
        agents,
        not_capable,
        wait_until: request.wait_until,
        exclusions: request
            .exclusions
            .iter()
            .filter_map(|(agent, until)| Some((key(state, Kind::Agent, agent.0)?, *until)))
            .collect(),
        on_call: None,
    })
}

/// The same, of a request that was handed to a rota.
fn with_rota(state: &State, row: &OnCall) -> Option<Explanation> {
    let request = &row.request;
    let agent = match row.asked.last()? {
        Party::Agent(agent) => key(state, Kind::Agent, agent.0),
        _ => None,
    };
    let queue = key(state, Kind::Queue, request.queue.0)?;
    let (requirement, teams) = asked(state, &queue);
    Some(Explanation {
        request: request.id,
        queue,
        requirement,
        teams,
        unmeetable: None,
        waited: state.at.since(request.customer_wait_since),
        position: position(state, request),
        due_at: request.due_at,
        boost: request.boost,
        offered_to: None,
        agents: Vec::new(),
        not_capable: 0,
        wait_until: None,
        exclusions: Vec::new(),
        on_call: Some(RotaAtWork {
            rota: row.rota.clone(),
            level: row.level,
            round: row.round,
            attempt: row.attempt,
            agent,
            last_resort: row.last_resort.is_some(),
            until: row.call?.deadline,
        }),
    })
}

fn key(state: &State, kind: Kind, number: u32) -> Option<Key> {
    state.config.numbers.key(kind, number).cloned()
}

/// What the queue asks of agents, and its teams where only they serve.
fn asked(state: &State, queue: &Key) -> (Requirement, Vec<Key>) {
    let queue = state.config.center.queues.get(queue);
    let teams = match queue.map(|queue| &queue.agent_order) {
        Some(AgentOrder::Teams(teams)) => teams.clone(),
        _ => Vec::new(),
    };
    (queue.map(|queue| queue.requirement.clone()).unwrap_or_default(), teams)
}

fn position(state: &State, request: &Request) -> u32 {
    let (queue, channel): (QueueId, _) = (request.queue, request.channel);
    let ahead = state
        .requests
        .iter()
        .filter(|other| other.queue == queue && other.channel == channel)
        .filter(|other| (other.due_at, other.id) < (request.due_at, request.id))
        .count();
    u32::try_from(ahead + 1).unwrap_or(u32::MAX)
}

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
            Some(agent) => writeln!(f, "  it is with {agent}")?,
            None if self.agents.iter().any(|agent| agent.verdict == Verdict::ByHand) => {
                writeln!(f, "  it waits until somebody claims it:")?;
            }
            None if self.unmeetable.is_some() => self.fmt_unmeetable(f)?,
            None => writeln!(f, "  nobody is free who may serve it:")?,
        }
        for AgentVerdict { agent, verdict } in &self.agents {
            let text = match verdict {
                Verdict::Free => "is free",
                Verdict::NotNamed => "is not meant",
                Verdict::SignedOut => "is signed out",
                Verdict::NotReady => "is not ready",
                Verdict::Leaving => "is about to leave",
                Verdict::Unreachable => "cannot be reached",
                Verdict::Busy => "is busy",
                Verdict::Excluded => "declined or missed it a moment ago",
                Verdict::HostAway => "waits for the host of the customer",
                Verdict::ByHand => "may claim it",
                Verdict::NotRoutable => "takes no work of the channel or the queue",
            };
            writeln!(f, "  {agent} {text}")?;
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
        match self.wait_until {
            Some(until) => writeln!(f, "  it leaves the queue unserved at {until}"),
            None => Ok(()),
        }
    }
}
