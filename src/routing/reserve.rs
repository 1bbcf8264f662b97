//! Agents who are kept back: a queue takes somebody who serves another one too only while more than so many are free.

use smallvec::SmallVec;

use crate::model::Channel;
use crate::state::{Bits, QueuePlan, State, Steps};

/// Signatures of agents, tier by tier of the queues that they are kept for.
pub(super) type Pools<'s> = SmallVec<[&'s [Bits]; 1]>;

/// Those whom the queue may not take now.
pub(super) fn reserved<'s>(state: &'s State, plan: &QueuePlan, channel: Channel) -> Pools<'s> {
    let pool = |(queue, keep): &(_, u32)| {
        let tiers = state.config.classes.tiers(*queue, Steps::default())?;
        (free(state, tiers, channel) <= *keep as usize).then_some(tiers)
    };
    plan.reserves.iter().filter_map(pool).collect()
}

pub(super) fn is_of(pools: &Pools<'_>, signature: usize) -> bool {
    pools.iter().any(|tiers| tiers.iter().any(|tier| tier.contains(signature)))
}

/// How many are free on the channel.
fn free(state: &State, tiers: &[Bits], channel: Channel) -> usize {
    let mut free = 0;
    for tier in tiers {
        state.index.idle.each(tier, |_, line| {
            if line.admits(channel) {
                free += line.len();
            }
        });
    }
    free
}
