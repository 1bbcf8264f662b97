//! Why this agent, why not that one, why still waiting, and what will change that when.

mod past;
mod text;

pub(super) use past::of_offer;
pub use past::{Candidate, OfferExplanation, explain_at};

use serde::{Deserialize, Serialize};

use crate::id::{AgentId, Key, QueueId, RequestId};
use crate::message::{Estimate, Party, Target};
use crate::model::{Guard, Kind, RelaxationStep, Requirement, StepMode};
use crate::queue;
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
    /// Those whom it rings besides.
    pub also_offered_to: Vec<Key>,
    /// Every configured agent who could ever serve it, with the rule that keeps it away now.
    pub agents: Vec<AgentVerdict>,
    /// Agents who do not meet the requirement or are not of the teams.
    pub not_capable: u32,
    /// What is asked of agents by now.
    pub requirement: Requirement,
    /// The teams that alone serve its queue; any where none is named.
    pub teams: Vec<Key>,
    /// Why it waits in vain until the configuration changes: nobody who is configured can serve it.
    pub unmeetable: Option<Unmeetable>,
    /// The steps of its queue's relaxation, in order.
    pub steps: Vec<StepVerdict>,
    /// Until when it waits for agents who are preferred; then others may serve it.
    pub preferred_until: Option<Timestamp>,
    /// How long it still waits, as far as anybody can tell.
    pub estimate: Option<Estimate>,
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

/// One step of relaxation.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[non_exhaustive]
pub struct StepVerdict {
    /// Its number, the first is 1.
    pub step: u8,
    /// Whether it holds, or what has become of it.
    pub state: StepState,
    /// What must hold for it to be taken.
    pub when: Option<Guard>,
    /// Configured agents who may serve once it is in force, with what is by then.
    pub agents: u32,
}

/// What has become of a step.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum StepState {
    /// It holds.
    InForce,
    /// Its guard did not hold when its time had come, or a later one overtook it.
    PassedOver,
    /// It falls due then.
    Due(Timestamp),
    /// It waits for its guard.
    Guarded,
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
    /// Its queue has changed, and it is planned anew in a moment.
    Replanning,
    /// Kept free for another queue.
    Reserved,
    /// The request rings there.
    Ringing,
    /// Free; the customer, who is called first, is not there yet.
    CustomerAway,
    /// Ready, and offered nothing until then after missing an offer.
    BackedOff(Timestamp),
    /// Free; the engine offers nothing by itself, another system says who gets the request.
    Elsewhere,
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
            Refusal::Replanning => Self::Replanning,
            Refusal::Reserved => Self::Reserved,
            Refusal::Ringing => Self::Ringing,
            Refusal::CustomerAway => Self::CustomerAway,
            Refusal::BackedOff(until) => Self::BackedOff(until),
            Refusal::Elsewhere => Self::Elsewhere,
        }
    }
}

pub(super) fn key(state: &State, kind: Kind, number: u32) -> Option<Key> {
    state.config.numbers.key(kind, number).cloned()
}

pub(super) fn explain(state: &State, question: Question) -> Option<Explanation> {
    let Question::Request(id) = question;
    let Some(request) = state.request(id) else {
        return with_rota(state, state.on_calls.get(&id)?);
    };
    let queue = key(state, Kind::Queue, request.queue.0)?;
    let (requirement, teams) = asked(state, request, &queue);
    let steps = steps(state, request);
    let preferred = matches!(request.target, Target::Preferred(_));
    let (agents, not_capable) = verdicts(state, request);
    let offered_to = match request.state {
        RequestState::Offered(offer) => {
            state.offer(offer).and_then(|offer| key(state, Kind::Agent, offer.agent.0))
        }
        RequestState::Waiting => None,
    };
    let open = |step: &StepVerdict| matches!(step.state, StepState::Due(_) | StepState::Guarded);
    let hopeless = agents.is_empty() && !steps.iter().any(|step| open(step) && step.agents > 0);
    let unmeetable = hopeless.then(|| {
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
        boost: state.credit(request),
        also_offered_to: also_offered_to(state, request),
        offered_to,
        agents,
        not_capable,
        steps,
        preferred_until: request.wait_until.filter(|_| preferred),
        estimate: queue::estimate::of(state, state.at, request, state.in_force(request)),
        wait_until: request.wait_until.filter(|_| !preferred),
        exclusions: request
            .exclusions
            .iter()
            .filter_map(|(agent, until)| Some((key(state, Kind::Agent, agent.0)?, *until)))
            .collect(),
        on_call: None,
    })
}

/// What holds for each configured agent who could ever serve the request, and how many could not.
fn verdicts(state: &State, request: &Request) -> (Vec<AgentVerdict>, u32) {
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
    (agents, not_capable)
}

/// The agents whom the request rings beside the one it is with.
fn also_offered_to(state: &State, request: &Request) -> Vec<Key> {
    let others = state.offers_of(request.id).iter();
    let others = others.filter(|offer| request.state != RequestState::Offered(**offer));
    let agents = others.filter_map(|offer| state.offer(*offer)).map(|offer| offer.agent);
    agents.filter_map(|agent| key(state, Kind::Agent, agent.0)).collect()
}

/// The same, of a request that was handed to a rota.
fn with_rota(state: &State, row: &OnCall) -> Option<Explanation> {
    let request = &row.request;
    let agent = match row.asked.last()? {
        Party::Agent(agent) => key(state, Kind::Agent, agent.0),
        _ => None,
    };
    let queue = key(state, Kind::Queue, request.queue.0)?;
    let (requirement, teams) = asked(state, request, &queue);
    Some(Explanation {
        request: request.id,
        queue,
        requirement,
        teams,
        unmeetable: None,
        waited: state.at.since(request.customer_wait_since),
        position: position(state, request),
        due_at: request.due_at,
        boost: state.credit(request),
        offered_to: None,
        also_offered_to: Vec::new(),
        agents: Vec::new(),
        not_capable: 0,
        steps: Vec::new(),
        preferred_until: None,
        estimate: None,
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

/// What is asked of agents by now, and the teams of the queue where only they serve.
fn asked(state: &State, request: &Request, queue: &Key) -> (Requirement, Vec<Key>) {
    let Some(queue) = state.config.center.queues.get(queue) else { return Default::default() };
    let groups = queue.groups.parts().map(|(_, groups)| groups).unwrap_or_default();
    let teams = groups.into_iter().map(|(group, _)| group.clone()).collect();
    let in_force = state.in_force(request);
    let taken = queue.relaxation.iter().enumerate().filter(|(place, _)| in_force.contains(*place));
    let asked = taken.filter_map(|(_, step)| Some((step.requirement.clone()?, step.mode))).fold(
        queue.requirement.clone(),
        |before, (new, mode)| match mode {
            StepMode::Additive => before.or(new),
            StepMode::Replace => new,
        },
    );
    (asked, teams)
}

/// What has become of each step of the queue's relaxation.
fn steps(state: &State, request: &Request) -> Vec<StepVerdict> {
    let queue = key(state, Kind::Queue, request.queue.0);
    let queue = queue.and_then(|queue| state.config.center.queues.get(&queue));
    let Some((queue, row)) = queue.zip(state.relaxing(request.id)) else { return Vec::new() };
    let mut by_then = row.in_force;
    let of_step = |(place, step): (usize, &RelaxationStep)| {
        let verdict = match step.after {
            _ if row.in_force.contains(place) => StepState::InForce,
            _ if place < usize::from(row.decided) => StepState::PassedOver,
            Some(after) => StepState::Due(request.queue_entered_at + after),
            None => StepState::Guarded,
        };
        if verdict != StepState::PassedOver {
            by_then = by_then.with(place);
        }
        let agents = (0..state.config.numbers.next(Kind::Agent)).map(AgentId);
        let able = agents.filter(|agent| state.config.admits(request.queue, by_then, *agent));
        StepVerdict {
            step: u8::try_from(place + 1).unwrap_or(u8::MAX),
            state: verdict,
            when: step.when.clone(),
            agents: u32::try_from(able.count()).unwrap_or(u32::MAX),
        }
    };
    queue.relaxation.iter().enumerate().map(of_step).collect()
}

fn position(state: &State, request: &Request) -> u32 {
    let (queue, channel): (QueueId, _) = (request.queue, request.channel);
    let ahead = state
        .requests
        .iter()
        .filter(|other| other.queue == queue && other.channel == channel)
        .filter(|other| other.service_key() < request.service_key())
        .count();
    u32::try_from(ahead + 1).unwrap_or(u32::MAX)
}
