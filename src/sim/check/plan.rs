//! Who may serve which queue, by brute force over the configuration: what was worked out beforehand must say the
//! same. The other checkers, and the index, build on it.

use super::{Broken, broken};
use crate::state::State;

/// What was worked out beforehand of who may serve which queue is what the configuration says, agent by agent and
/// queue by queue.
pub(super) fn is_the_configuration(state: &State) -> Result<(), Broken> {
    let config = &state.config;
    for (key, agent) in &config.center.agents {
        let id = config.agent_id(key);
        let plan = id.and_then(|id| config.agent(id));
        let filed = id.and_then(|id| state.index.free(id)).map(|free| free.signature);
        if filed.is_some_and(|filed| plan.is_none_or(|plan| plan.signature != filed)) {
            return broken(format!("{key} is filed under {filed:?}: {plan:?}"));
        }
        for (name, queue) in &config.center.queues {
            let of_queue = config.queue_id(name).and_then(|id| config.queue(id));
            let admits = plan.zip(of_queue).map(|(agent, queue)| queue.admits(agent));
            if admits != Some(queue.admits(&config.center, key, agent)) {
                let asked = &queue.requirement;
                return broken(format!("{key} may serve {name}: {admits:?}; it asks for {asked}"));
            }
        }
    }
    Ok(())
}
