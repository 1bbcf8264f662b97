//! The account of an agent's work: what may be added to what is held.

use super::State;
use super::config::Config;
use super::entity::{WorkItem, at_hand};
use super::plan::AgentPlan;
use crate::id::AgentId;
use crate::model::Channel;

/// Whether one more item of the channel fits beside what the agent holds.
///
/// `n[c] + 1 <= max[c]` and `cost(c) + sum of the costs of all items that c may not interrupt`
/// within the budget (the rule of the reference on routing, section 1.6). An item that rings, connects
/// or is wrapped up cannot be pushed aside and counts against every channel.
pub(crate) fn admits(
    config: &Config,
    agent: &AgentPlan,
    work: &[WorkItem],
    channel: Channel,
) -> bool {
    let work = at_hand(work).iter().filter(|item| !item.parked);
    let plan = config.channel(channel);
    let max = agent.max.iter().find(|(c, _)| *c == channel).map_or(plan.max, |(_, max)| *max);
    let held = work.clone().filter(|item| item.channel == channel).count();
    if held >= max as usize {
        return false;
    }
    let load: u64 = work
        .filter(|item| !(item.yields && plan.interrupts & (1 << item.channel.index()) != 0))
        .map(|item| u64::from(item.cost))
        .sum();
    load + u64::from(plan.cost) <= u64::from(agent.budget)
}

/// One bit per channel of which one more item fits.
pub(crate) fn admitted(config: &Config, agent: &AgentPlan, work: &[WorkItem]) -> u16 {
    let work = at_hand(work);
    Channel::ALL
        .into_iter()
        .filter(|channel| admits(config, agent, work, *channel))
        .fold(0, |mask, channel| mask | 1 << channel.index())
}

impl State {
    /// Whether one more item of the channel fits beside what the agent holds.
    pub(crate) fn has_room(&self, agent: AgentId, channel: Channel) -> bool {
        let known = self.config.agent(agent).zip(self.agent(agent));
        known.is_some_and(|(plan, row)| admits(&self.config, plan, &row.work, channel))
    }
}
