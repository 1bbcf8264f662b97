//! Checkers of the engine's promises, by brute force over the whole state.
//!
//! Each looks at the tables alone and knows nothing of the indexes: what they say must follow from
//! what is there. They cost time in proportion to the state, for every step; large runs use
//! [`Depth::Cheap`].

use crate::engine::{Engine, Replica};
use crate::id::{AgentId, RequestId};
use crate::message::{Phase, Record, TimerId};
use crate::model::Kind;
use crate::routing::refusal;
use crate::state::{Hold, LegState, RequestState, Stage, State};

/// How much is checked.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum Depth {
    /// What costs little in any state: sums and sizes.
    Cheap,
    /// Every pair of request and agent, every lease, every timer.
    BruteForce,
}

/// A promise that does not hold, in words.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{0}")]
pub struct Broken(String);

fn broken<T>(what: String) -> Result<T, Broken> {
    Err(Broken(what))
}

/// Follows an engine and checks it after every step.
#[derive(Default)]
pub struct Checker {
    replica: Option<Replica>,
}

impl Checker {
    /// A checker for an engine from its first record on.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes note of a record that the engine handed out.
    ///
    /// # Errors
    /// If it does not follow on the one before.
    pub fn follow(&mut self, record: &Record) -> Result<(), Broken> {
        let followed = match &mut self.replica {
            Some(replica) => replica.apply(record),
            None => Replica::open(record).map(|replica| self.replica = Some(replica)),
        };
        followed.map_err(|error| Broken(error.to_string()))
    }

    /// Checks all promises; all records so far must have been followed.
    ///
    /// # Errors
    /// The first promise that does not hold.
    pub fn check(&mut self, engine: &mut Engine, depth: Depth) -> Result<(), Broken> {
        sizes(engine.state())?;
        if depth == Depth::Cheap {
            return Ok(());
        }
        nobody_waits_needlessly(engine.state())?;
        leases_agree(engine.state())?;
        capacity_is_kept(engine.state())?;
        transitions_have_deadlines(engine.state())?;
        timelines_are_current(engine.state())?;
        self.replay_is_equal(engine)
    }

    /// Replay gives the same state, and so does a state made anew from a snapshot, indexes included.
    fn replay_is_equal(&mut self, engine: &mut Engine) -> Result<(), Broken> {
        let Some(replica) = &mut self.replica else {
            return broken("no record was followed".to_owned());
        };
        if replica.seq() != engine.seq() || replica.state_hash() != engine.state_hash() {
            return broken(format!("replay differs at {:?}", engine.seq()));
        }
        let snapshot = replica.snapshot().map_err(|error| Broken(error.to_string()))?;
        let mut restored =
            Replica::restore(&snapshot).map_err(|error| Broken(error.to_string()))?;
        if restored.state_hash() != replica.state_hash() {
            return broken(format!("the snapshot at {:?} restores to another hash", engine.seq()));
        }
        let (live, again) = (engine.state().derived(), restored.state().derived());
        if live != again || replica.state().derived() != live {
            return broken(format!("indexes differ: {live:?} live, {again:?} restored"));
        }
        Ok(())
    }
}

/// Promise 2, at rest: no agent holds anything.
///
/// # Errors
/// The agent and what is still held.
pub fn all_is_free(engine: &Engine) -> Result<(), Broken> {
    let state = engine.state();
    for agent in state.agents.iter() {
        if !agent.work.is_empty() {
            return broken(format!("{} still holds {:?}", name(state, agent.id), agent.work));
        }
    }
    let left = (state.offers.len(), state.requests.len(), state.engagements.len());
    if left != (0, 0, 0) {
        return broken(format!("offers, requests, engagements left: {left:?}"));
    }
    Ok(())
}

fn name(state: &State, agent: AgentId) -> String {
    let key = state.config.numbers.key(Kind::Agent, agent.0);
    key.map_or_else(|| format!("{agent:?}"), ToString::to_string)
}

/// Counters equal what they count.
fn sizes(state: &State) -> Result<(), Broken> {
    let depth: usize = state.queues.iter().map(|queue| queue.depth as usize).sum();
    if depth != state.requests.len() {
        return broken(format!("queues count {depth} requests of {}", state.requests.len()));
    }
    let alive: usize = state.entry_points.values().map(|alive| *alive as usize).sum();
    let open = state.interactions.iter().filter(|i| i.stage == Stage::Open).count();
    if alive != open {
        return broken(format!("entry points count {alive} interactions of {open}"));
    }
    let closed = state.interactions.iter().filter(|i| i.stage == Stage::Closed).count();
    if closed != state.closed.len() {
        return broken(format!("{} closed interactions in line of {closed}", state.closed.len()));
    }
    Ok(())
}

/// Promise 4: no request waits that a free, eligible, capable agent could take.
fn nobody_waits_needlessly(state: &State) -> Result<(), Broken> {
    for request in state.requests.iter().filter(|r| r.state == RequestState::Waiting) {
        for agent in state.agents.iter() {
            if refusal(state, request, agent.id).is_none() {
                let agent = name(state, agent.id);
                return broken(format!("{:?} waits though {agent} is free", request.id));
            }
        }
    }
    Ok(())
}

/// Promise 3: request, offer, engagement and the agent's account say the same of each other.
fn leases_agree(state: &State) -> Result<(), Broken> {
    for request in state.requests.iter() {
        let owner = state.interaction(request.interaction);
        if owner.is_none_or(|i| i.request != Some(request.id) || i.stage != Stage::Open) {
            return broken(format!("{:?} belongs to no open interaction", request.id));
        }
        if let RequestState::Offered(offer) = request.state
            && state.offer(offer).is_none_or(|offer| offer.request != request.id)
        {
            return broken(format!("{:?} is with an offer that is gone", request.id));
        }
    }
    for offer in state.offers.iter() {
        let at = |id: RequestId| state.request(id).map(|request| request.state);
        if at(offer.request) != Some(RequestState::Offered(offer.id)) {
            return broken(format!("{:?} is for a request that is elsewhere", offer.id));
        }
        let hold = offer.accepted.map_or(Hold::Offer(offer.id), |a| Hold::Engagement(a.engagement));
        if held_once(state, offer.agent, hold) != Some(true) {
            return broken(format!("{:?} holds no capacity, or holds it twice", offer.id));
        }
    }
    for engagement in state.engagements.iter() {
        if held_once(state, engagement.agent, Hold::Engagement(engagement.id)) != Some(true) {
            return broken(format!("{:?} holds no capacity, or holds it twice", engagement.id));
        }
        let of = engagement.interaction.map(|i| state.interaction(i));
        if of.is_some_and(|i| i.is_none_or(|i| !i.engagements.contains(&engagement.id))) {
            return broken(format!("{:?} is unknown to its interaction", engagement.id));
        }
    }
    for agent in state.agents.iter() {
        for item in &agent.work {
            let there = match item.hold {
                Hold::Offer(id) => state.offer(id).is_some(),
                Hold::Engagement(id) => state.engagement(id).is_some(),
            };
            if !there {
                return broken(format!("{} holds {item:?}, which is gone", name(state, agent.id)));
            }
        }
    }
    Ok(())
}

fn held_once(state: &State, agent: AgentId, hold: Hold) -> Option<bool> {
    let work = &state.agent(agent)?.work;
    Some(work.iter().filter(|item| item.hold == hold).count() == 1)
}

/// The costs of all that is not suspended stay within the agent's budget.
fn capacity_is_kept(state: &State) -> Result<(), Broken> {
    for agent in state.agents.iter() {
        let Some(plan) = state.config.agent(agent.id) else { continue };
        let suspended = |hold| match hold {
            Hold::Engagement(id) => {
                state.engagement(id).is_some_and(|e| e.phase == Phase::Suspended)
            }
            Hold::Offer(_) => false,
        };
        let held: u64 = agent
            .work
            .iter()
            .filter(|item| !suspended(item.hold))
            .map(|item| u64::from(item.cost))
            .sum();
        if held > u64::from(plan.budget) {
            return broken(format!("{} holds {held} of {}", name(state, agent.id), plan.budget));
        }
    }
    Ok(())
}

/// Promise 2: every state that must not last has a timer behind it.
fn transitions_have_deadlines(state: &State) -> Result<(), Broken> {
    let armed = |timer| state.timers.deadline(&timer).is_some();
    for offer in state.offers.iter() {
        let timer = match offer.accepted {
            Some(_) => TimerId::Connect(offer.id),
            None => TimerId::Offer(offer.id),
        };
        if !armed(timer) {
            return broken(format!("nothing stands behind {:?}", offer.id));
        }
    }
    for engagement in state.engagements.iter() {
        if engagement.phase == Phase::WrapUp && !armed(TimerId::WrapUp(engagement.id)) {
            return broken(format!("nothing stands behind the wrap-up of {:?}", engagement.id));
        }
    }
    for leg in state.legs.iter() {
        let passing = leg.state != LegState::Up;
        if passing && !leg.ops.iter().any(|op| armed(TimerId::Effect(*op))) {
            return broken(format!("nothing stands behind {leg:?}"));
        }
        // A leg being hung up may outlive its interaction, until the host says that it is done.
        let owned = leg.state == LegState::Ending || state.interaction(leg.interaction).is_some();
        if !owned {
            return broken(format!("{leg:?} belongs to nobody"));
        }
    }
    for host in state.hosts.iter() {
        if host.lost_until.is_some() && !armed(TimerId::Host(host.id)) {
            return broken(format!("nothing stands behind the loss of {:?}", host.id));
        }
    }
    for interaction in state.interactions.iter().filter(|i| i.stage != Stage::Closed) {
        if interaction.request.is_none() && interaction.engagements.is_empty() {
            return broken(format!("{:?} is left alone", interaction.id));
        }
    }
    Ok(())
}

/// The last piece of each agent's timeline is what the agent is doing.
fn timelines_are_current(state: &State) -> Result<(), Broken> {
    for agent in state.agents.iter() {
        let doing = state.activity_of(agent);
        if agent.activity != doing {
            return broken(format!(
                "{} is {doing:?}, the timeline says {:?}",
                name(state, agent.id),
                agent.activity
            ));
        }
    }
    Ok(())
}
