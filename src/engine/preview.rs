//! Who would get whom, by the same functions that decide it; nothing is decided here.

use super::Engine;
use crate::id::{Key, RequestId};
use crate::model::Channel;
use crate::queue::newcomer;
use crate::routing::{agent_for, request_for};
use crate::time::Timestamp;

impl Engine {
    /// The agent to whom a customer without rank or wishes would be offered first who joined the queue on that channel
    /// at the host's time `now`; none where nobody is free for it, another system says who takes what, or there is no such
    /// queue.
    ///
    /// Whether the queue takes anybody (hours, limits), and what its relaxation does at once, is not asked. Where the
    /// queue draws its agents by lot ([`AgentOrder::WeightedRandom`](crate::model::AgentOrder)), the customer who comes
    /// may draw another one.
    pub fn agent_for(&self, queue: &Key, channel: Channel, now: Timestamp) -> Option<&Key> {
        let config = &self.state.config;
        if config.matched_elsewhere {
            return None;
        }
        let at = self.at(now);
        let request = newcomer::request(&self.state, at, config.queue_id(queue)?, channel)?;
        config.agent_key(agent_for(&self.state, at, &request)?)
    }

    /// The waiting request that the agent would be offered first with nothing left to do and ready at the host's time
    /// `now`, whatever the agent does until then; none where nobody waits whom the agent may serve, or there is no such
    /// agent.
    ///
    /// Queues that leave agents to others count those who are free now. Who is free has been offered already what may be
    /// offered: what then is still named here waits for another reason, as [`Engine::explain`] says.
    pub fn request_for(&self, agent: &Key, now: Timestamp) -> Option<RequestId> {
        let agent = self.state.config.agent_id(agent)?;
        let free = self.state.entry_at_rest(agent)?;
        request_for((&self.state, self.at(now)), agent, free).map(|turn| turn.request)
    }
}
