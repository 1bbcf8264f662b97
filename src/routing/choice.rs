//! Why an agent was chosen, as it stands in the record.

use smallvec::SmallVec;

use crate::id::{AgentId, RequestId};
use crate::message::{Choice, ChosenBy};
use crate::state::{Kept, Ranking, Request, State, Turns};
use crate::time::Timestamp;

/// What the agent is chosen by, and what that says of the agent.
pub(crate) fn measure(
    (state, now): (&State, Timestamp),
    request: &Request,
    agent: AgentId,
) -> (ChosenBy, i64) {
    let idle_since = state.agent(agent).map_or(now, |agent| agent.idle_since.at);
    let idle = now.since(idle_since).as_micros();
    let signature = state.config.agent(agent).map(|plan| plan.signature);
    let grade = |grade| {
        signature.map_or(0, |number| i64::from(state.config.signatures.grade(number, grade)))
    };
    let ranking = state.config.queue(request.queue).map_or(Ranking::Idle, |plan| plan.ranking);
    match ranking {
        Ranking::Scored(_) => match state.scores.of(request.queue, agent) {
            Some(score) => (ChosenBy::HostScored, score.into()),
            None => (ChosenBy::LongestIdle, idle),
        },
        _ if request.target.named().is_some() => (ChosenBy::Named, idle),
        Ranking::Idle => (ChosenBy::LongestIdle, idle),
        Ranking::WeightedIdle(weight) => {
            (ChosenBy::LongestWeightedIdle, idle.saturating_mul(grade(weight)))
        }
        Ranking::Kept(kept) => {
            let by = match kept {
                Kept::Occupied => ChosenBy::LeastOccupied,
                Kept::Handled => ChosenBy::FewestHandled,
                Kept::Offered => ChosenBy::RoundRobin,
            };
            (by, i64::try_from(state.rank(kept, agent)).unwrap_or(i64::MAX))
        }
        Ranking::MostSkilled(number) => (ChosenBy::MostSkilled, grade(number)),
        Ranking::LeastSkilled(number) => (ChosenBy::LeastSkilled, grade(number)),
        Ranking::Fixed(number) => (ChosenBy::Fixed, grade(number)),
        Ranking::Random(weight) => (ChosenBy::WeightedRandom, grade(weight)),
    }
}

/// The choice of an agent by the order of the queue, from among so many lines, with those who would have been next.
pub(super) fn choice(
    (state, now): (&State, Timestamp),
    request: &Request,
    agent: AgentId,
    (considered, runners_up): (u32, SmallVec<[AgentId; 3]>),
) -> Choice {
    let (by, key) = measure((state, now), request, agent);
    let plan = state.config.queue(request.queue);
    let shares_out = plan.filter(|plan| matches!(plan.turns, Turns::Allocation(_)));
    let steps = state.in_force(request);
    let group = shares_out.filter(|_| request.target.named().is_none()).and_then(|plan| {
        let tier = state.config.tier_of((request.queue, steps), agent)?;
        u8::try_from(tier).ok().filter(|_| tier < plan.tiers())
    });
    // Steps alone add queues.
    let via = match steps.last() {
        0 => None,
        _ => state.config.via((request.queue, steps), agent),
    };
    Choice {
        plan: state.config.version,
        step: steps.last(),
        idle_since: state.agent(agent).map_or(now, |agent| agent.idle_since.at),
        considered,
        runners_up,
        by,
        key,
        group,
        served_via: via,
    }
}

/// Why an agent gets a request that nobody else was looked at for, by the order of the queue or for another reason.
pub(crate) fn sole_choice(
    state: &State,
    now: Timestamp,
    request: RequestId,
    agent: AgentId,
    by: Option<ChosenBy>,
) -> Option<Choice> {
    let request = state.request(request)?;
    let of_order = choice((state, now), request, agent, (1, SmallVec::new()));
    let key = now.since(of_order.idle_since).as_micros();
    Some(match by {
        Some(by) => Choice { by, key, ..of_order },
        None => of_order,
    })
}
