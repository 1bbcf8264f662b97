//! Who should get what, by looking at everybody: the proof of the index, and the full answer for `explain`.
//!
//! It reads tables and configuration alone and knows nothing of lines, signatures or classes. Slow on purpose.

use std::cmp::Reverse;

use super::refusal::{is_free, refusal};
use crate::id::AgentId;
use crate::model::{AgentGroups, AgentOrder, Atom, GroupBy, Kind, Queue};
use crate::state::{Request, State};
use crate::time::Timestamp;

/// All agents who may take the request now, in the order of its queue, and whether chance decides among them.
pub(crate) fn agents_in_order(
    state: &State,
    now: Timestamp,
    request: &Request,
) -> (Vec<AgentId>, bool) {
    let all = state.agents.iter().map(|row| row.id);
    let mut able: Vec<AgentId> =
        all.filter(|agent| refusal(state, request, *agent).is_none()).collect();
    let queue = state.config.numbers.key(Kind::Queue, request.queue.0);
    let Some(queue) = queue.and_then(|key| state.config.center.queues.get(key)) else {
        return (able, false);
    };
    let named = request.target.named().is_some();
    let idle = |agent: AgentId| state.agent(agent).map(|row| row.idle_since);
    able.sort_by_cached_key(|agent| {
        let rank = match &queue.agent_order {
            AgentOrder::HostScored(_) => rank(state, now, (request, queue), *agent),
            _ if named => 0,
            _ => rank(state, now, (request, queue), *agent),
        };
        let turn = if named { 0 } else { turn(state, request, queue, *agent) };
        (turn, rank, idle(*agent), *agent)
    });
    (able, queue.agent_order == AgentOrder::WeightedRandom && !named)
}

/// By what the queue chooses: the least goes first.
fn rank(
    state: &State,
    now: Timestamp,
    (request, queue): (&Request, &Queue),
    agent: AgentId,
) -> i128 {
    let key = state.config.numbers.key(Kind::Agent, agent.0);
    let Some((key, plan)) = key.and_then(|key| Some((key, state.config.center.agents.get(key)?)))
    else {
        return 0;
    };
    let Some(row) = state.agent(agent) else { return 0 };
    let tally = state.tallies.get(&agent).copied().unwrap_or_default();
    let levels = |asked: Option<Vec<&Atom>>| {
        let counts = |skill| match &asked {
            None => true,
            Some(atoms) => atoms
                .iter()
                .any(|atom| matches!(atom, Atom::Level { skill: asked, .. } if asked == skill)),
        };
        let levels = plan.skills.iter().filter(|(skill, _)| counts(*skill));
        levels.map(|(_, level)| i128::from(*level)).sum::<i128>()
    };
    match &queue.agent_order {
        AgentOrder::LongestIdle | AgentOrder::WeightedRandom => 0,
        AgentOrder::LongestWeightedIdle => {
            let idle = i128::from(now.since(row.idle_since.at).as_micros());
            -i128::from(plan.weight.unwrap_or(1)) * idle
        }
        AgentOrder::LeastOccupied => {
            let budget = plan.budget.unwrap_or(state.config.center.capacity.budget);
            let used =
                row.work.iter().filter(|item| !item.parked).map(|item| i128::from(item.cost));
            (used.sum::<i128>() << 16) / i128::from(budget.max(1))
        }
        AgentOrder::FewestHandled => tally.handled.into(),
        AgentOrder::RoundRobin => tally.offered.into(),
        AgentOrder::MostSkilled => {
            let atoms = queue.requirement.atoms();
            let any = atoms.iter().any(|atom| matches!(atom, Atom::Level { .. }));
            -levels(any.then_some(atoms))
        }
        AgentOrder::LeastSkilled => levels(None),
        AgentOrder::Fixed(list) => {
            let place = list.iter().position(|other| other == key);
            place.map_or(i128::MAX, |place| place as i128)
        }
        AgentOrder::HostScored(_) => match state.scores.of(request.queue, agent) {
            Some(score) => -i128::from(score),
            None => i128::MAX,
        },
    }
}

/// In which turn the agent's group is asked: agents who come in from other queues are asked last.
fn turn(state: &State, request: &Request, queue: &Queue, agent: AgentId) -> usize {
    let Some((by, groups)) = queue.groups.parts() else {
        return usize::from(group(state, request, agent) != Some(0));
    };
    let Some(own) = group(state, request, agent).filter(|own| *own < groups.len()) else {
        return groups.len();
    };
    let of = |agent: AgentId| {
        let plan =
            state.config.center.agents.get(state.config.numbers.key(Kind::Agent, agent.0)?)?;
        let key = match by {
            GroupBy::Team => plan.team.as_ref(),
            GroupBy::Site => plan.site_in(&state.config.center),
        };
        groups.iter().position(|(group, _)| key == Some(*group))
    };
    let owed: Vec<i64> = match &queue.groups {
        AgentGroups::Together | AgentGroups::Teams(_) => return own,
        AgentGroups::Allocation(_) => match state.allocated(request.queue) {
            Some(allocated) => allocated.next().collect(),
            None => return own,
        },
        AgentGroups::IdlenessRatio(_) => {
            let mut idle = vec![0_i64; groups.len()];
            for row in state.agents.iter().filter(|row| is_free(state, row, request.channel)) {
                let serves = group(state, request, row.id).is_some_and(|own| own < groups.len());
                if let Some(place) = of(row.id).filter(|_| serves)
                    && let Some(count) = idle.get_mut(place)
                {
                    *count += 1;
                }
            }
            let (all, shares): (i64, i64) =
                (idle.iter().sum(), groups.iter().map(|(_, share)| i64::from(*share)).sum());
            idle.iter().zip(&groups).map(|(n, (_, v))| n * shares - i64::from(*v) * all).collect()
        }
    };
    let key = |place: usize| (Reverse(owed.get(place).copied().unwrap_or_default()), place);
    (0..groups.len()).filter(|other| key(*other) < key(own)).count()
}

fn group(state: &State, request: &Request, agent: AgentId) -> Option<usize> {
    state.config.tier_of((request.queue, state.in_force(request)), agent)
}
