//! Agents who are kept back: a queue takes somebody who serves another one too only while more than so many are free.

use smallvec::SmallVec;

use crate::id::{AgentId, QueueId};
use crate::model::Channel;
use crate::state::{Bits, QueuePlan, State, Steps};

/// The queues that agents are kept for, with their signatures tier by tier.
pub(super) type Pools<'s> = SmallVec<[(QueueId, &'s [Bits]); 1]>;

/// Those whom the queue may not take now.
pub(super) fn reserved<'s>(state: &'s State, plan: &QueuePlan, channel: Channel) -> Pools<'s> {
    let pool = |(queue, keep): &(QueueId, u32)| {
        let tiers = state.config.classes.tiers(*queue, Steps::default())?;
        let few = free(state, (*queue, tiers), channel) <= *keep as usize;
        few.then_some((*queue, tiers))
    };
    plan.reserves.iter().filter_map(pool).collect()
}

/// Whether agents of the signature are kept for another queue, all that take its work.
pub(super) fn is_of(pools: &Pools<'_>, signature: usize) -> bool {
    pools.iter().any(|(_, tiers)| tiers.iter().any(|tier| tier.contains(signature)))
}

/// Whether the agent is: one who declines the work of that queue is not kept for it.
pub(super) fn is_kept(state: &State, pools: &Pools<'_>, agent: AgentId) -> bool {
    // Who the agent is costs a look at cold memory.
    if pools.is_empty() {
        return false;
    }
    let Some(plan) = state.config.agent(agent) else { return false };
    pools.iter().any(|(queue, tiers)| {
        tiers.iter().any(|tier| tier.contains(plan.signature as usize))
            && state.takes_from(agent, *queue)
    })
}

/// How many are free on the channel who take work of the queue.
fn free(state: &State, (queue, tiers): (QueueId, &[Bits]), channel: Channel) -> usize {
    let mut free = 0;
    for tier in tiers {
        state.index.idle.each(tier, |_, line| {
            if line.admits(channel) {
                free += line.len();
            }
        });
    }
    let in_lines = |agent: &AgentId| {
        state.index.free(*agent).is_some_and(|free| {
            free.admits(channel) && tiers.iter().any(|tier| tier.contains(free.signature as usize))
        })
    };
    free.saturating_sub(state.who_declines(queue).filter(in_lines).count())
}
