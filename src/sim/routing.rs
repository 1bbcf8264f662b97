//! Rules of the engine that a model may choose, in the words of a center.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::load::ModelError;
use super::model::{AgentsPick, SimulationModel};
use crate::model::{AcrossQueues, AgentOrder, OrderPolicy, QueueWeights};
use crate::time::Duration;

/// Who goes first and who serves. What is absent is as in a center that says nothing; spans are real time.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct Routing {
    /// The order of service.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub order: Option<OrderPolicy>,
    /// Which queue an agent serves who may serve several.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub across: Option<AcrossQueues>,
    /// Which agent gets a call, among all groups that serve its type. When absent the groups are asked in
    /// the order of the type's list, within a group whoever has been idle longest.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub agent_order: Option<AgentOrder>,
    /// Queues, by the names of types of calls.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub queues: BTreeMap<String, QueueRouting>,
    /// Agents, by the names of groups.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub groups: BTreeMap<String, GroupRouting>,
}

/// What differs in the queue of a type.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct QueueRouting {
    /// The wait within which calls should be answered; 20 s when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub service_target: Option<Duration>,
    /// Its own order of service.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub order: Option<OrderPolicy>,
    /// Its level, where levels count.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub priority: Option<u8>,
    /// Its waiting credit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub boost: Option<Duration>,
    /// What it weighs against other queues.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub weights: Option<QueueWeights>,
    /// Its own order of agents.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub agent_order: Option<AgentOrder>,
}

/// What the agents of a group are.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct GroupRouting {
    /// Their part where calls are shared out by weight.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub weight: Option<u32>,
    /// How well they serve the types they serve, 1 to 10; 1 for those not named.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub levels: BTreeMap<String, u8>,
}

/// The target of a queue that names none.
const USUAL_TARGET: Duration = Duration::from_secs(20);

fn over<T: Clone>(new: Option<&T>, old: Option<&T>) -> Option<T> {
    new.or(old).cloned()
}

impl Routing {
    /// These rules with some of them changed: what `by` says holds, field by field; levels are replaced
    /// as a whole.
    #[must_use]
    pub fn changed(&self, by: &Self) -> Self {
        let mut queues = self.queues.clone();
        for (name, new) in &by.queues {
            let old = queues.entry(name.clone()).or_default();
            *old = QueueRouting {
                service_target: over(new.service_target.as_ref(), old.service_target.as_ref()),
                order: over(new.order.as_ref(), old.order.as_ref()),
                priority: over(new.priority.as_ref(), old.priority.as_ref()),
                boost: over(new.boost.as_ref(), old.boost.as_ref()),
                weights: over(new.weights.as_ref(), old.weights.as_ref()),
                agent_order: over(new.agent_order.as_ref(), old.agent_order.as_ref()),
            };
        }
        let mut groups = self.groups.clone();
        for (name, new) in &by.groups {
            let old = groups.entry(name.clone()).or_default();
            old.weight = new.weight.or(old.weight);
            if !new.levels.is_empty() {
                old.levels.clone_from(&new.levels);
            }
        }
        Self {
            order: over(by.order.as_ref(), self.order.as_ref()),
            across: over(by.across.as_ref(), self.across.as_ref()),
            agent_order: over(by.agent_order.as_ref(), self.agent_order.as_ref()),
            queues,
            groups,
        }
    }

    /// The wait within which calls of a type should be answered.
    pub fn target(&self, kind: &str) -> Duration {
        let own = self.queues.get(kind).and_then(|queue| queue.service_target);
        own.unwrap_or(USUAL_TARGET)
    }

    /// The order of agents for a type, where one is named.
    pub(super) fn agents_of(&self, kind: &str) -> Option<&AgentOrder> {
        let own = self.queues.get(kind).and_then(|queue| queue.agent_order.as_ref());
        own.or(self.agent_order.as_ref())
    }

    /// How well a group serves a type.
    pub(super) fn level(&self, group: &str, kind: &str) -> u8 {
        let levels = self.groups.get(group).map(|group| &group.levels);
        levels.and_then(|levels| levels.get(kind)).copied().unwrap_or(1)
    }
}

impl SimulationModel {
    /// Real seconds in one unit of model time; `None` for a unit that is not of real time.
    pub fn seconds_per_unit(&self) -> Option<f64> {
        match self.time_unit.trim_end_matches('s') {
            "second" => Some(1.0),
            "minute" => Some(60.0),
            "hour" => Some(3600.0),
            _ => None,
        }
    }

    /// What must hold of the routing.
    pub(super) fn check_routing(&self) -> Result<(), ModelError> {
        let Some(routing) = &self.routing else { return Ok(()) };
        let demand = |holds: bool, message: String| {
            if holds { Ok(()) } else { Err(ModelError(format!("routing: {message}"))) }
        };
        let unit = "the time_unit must be second, minute or hour".to_owned();
        demand(self.seconds_per_unit().is_some(), unit)?;
        let both =
            "agents_pick says already which queue goes first; leave out one of them".to_owned();
        demand(self.agents_pick == AgentsPick::LongestWait, both)?;
        for (name, queue) in &routing.queues {
            let known = self.types.iter().any(|kind| kind.name == *name);
            demand(known, format!("there is no type \"{name}\""))?;
            check_order(queue.agent_order.as_ref()).map_err(ModelError)?;
        }
        check_order(routing.agent_order.as_ref()).map_err(ModelError)?;
        for (name, rules) in &routing.groups {
            let group = self.groups.iter().find(|group| group.name == *name);
            let Some(group) = group else {
                return demand(false, format!("there is no group \"{name}\""));
            };
            for kind in rules.levels.keys() {
                let serves = group.types.contains(kind);
                demand(serves, format!("group \"{name}\" does not serve \"{kind}\""))?;
            }
        }
        Ok(())
    }
}

/// Agents have no keys here, and no host scores them.
fn check_order(order: Option<&AgentOrder>) -> Result<(), String> {
    match order {
        Some(AgentOrder::Fixed(_) | AgentOrder::HostScored(_)) => {
            Err("routing: agents of a model have neither keys nor scores".to_owned())
        }
        _ => Ok(()),
    }
}
