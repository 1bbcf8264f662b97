//! Who may serve what, by brute force over the configuration: what was worked out beforehand must say the same. The
//! other checkers, and the index, build on it.

use std::collections::BTreeSet;

use super::{Broken, broken};
use crate::id::{AgentId, Key};
use crate::model::{Agent, Center, Queue, RelaxationStep, StepMode};
use crate::state::{State, Steps};

/// What was worked out beforehand of who may serve which queue is what the configuration says, agent by agent.
pub(super) fn is_the_configuration(state: &State) -> Result<(), Broken> {
    let config = &state.config;
    for (key, agent) in &config.center.agents {
        let Some(id) = config.agent_id(key) else {
            return broken(format!("{key} has no number"));
        };
        let plan = config.agent(id);
        let filed = state.index.free(id).map(|free| free.signature);
        if filed.is_some_and(|filed| plan.is_none_or(|plan| plan.signature != filed)) {
            return broken(format!("{key} is filed under {filed:?}: {plan:?}"));
        }
        for queue in config.center.queues.keys() {
            worked_out(state, (id, key, agent), queue, Steps::default())?;
        }
    }
    Ok(())
}

/// Both what a requirement says of the agent's signature, and what is filed of it.
pub(super) fn worked_out(
    state: &State,
    (id, key, agent): (AgentId, &Key, &Agent),
    name: &Key,
    steps: Steps,
) -> Result<(), Broken> {
    let config = &state.config;
    let both = config.queue_id(name).zip(config.center.queues.get(name));
    let Some((number, queue)) = both else { return Ok(()) };
    let may = may_serve(&config.center, (name, queue), steps, (key, agent));
    let signature = config.agent(id).map(|plan| plan.signature as usize);
    let said = config.admits(number, steps, id);
    let filed = config.classes.tiers(number, steps).map(|tiers| {
        signature.is_some_and(|signature| tiers.iter().any(|tier| tier.contains(signature)))
    });
    if said == may && filed.is_none_or(|filed| filed == may) {
        return Ok(());
    }
    let asked = &queue.requirement;
    broken(format!(
        "{key} may serve {name} under {steps:?}: {said}, filed {filed:?}; it asks for {asked}"
    ))
}

/// Whether the agent may serve a queue's requests under these steps.
pub(super) fn may_serve(
    center: &Center,
    (name, queue): (&Key, &Queue),
    steps: Steps,
    (key, agent): (&Key, &Agent),
) -> bool {
    let taken = |(place, _): &(usize, &RelaxationStep)| steps.contains(*place);
    let taken: Vec<_> = queue.relaxation.iter().enumerate().filter(taken).map(|(_, s)| s).collect();
    let mut asked = vec![&queue.requirement];
    let mut visible = BTreeSet::from([name]);
    for step in taken {
        if let Some(requirement) = &step.requirement {
            if step.mode == StepMode::Replace {
                asked.clear();
            }
            asked.push(requirement);
        }
        for queue in &step.remove_queues {
            visible.remove(queue);
        }
        visible.extend(&step.add_queues);
    }
    visible.into_iter().any(|visible| {
        if visible == name {
            queue.has_in_group(center, agent)
                && asked.iter().any(|r| r.is_met_by(center, key, agent))
        } else {
            center.queues.get(visible).is_some_and(|other| other.admits(center, key, agent))
        }
    })
}
