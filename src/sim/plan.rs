//! What a switch has to know of a model, with names replaced by places.

use super::model::{AgentsPick, AtClosing, SimulationModel};

/// Routing rules of a model.
#[derive(Clone, Debug)]
pub(super) struct Plan {
    /// By type: groups in the order in which an arriving call asks them.
    pub(super) groups_of: Vec<Vec<usize>>,
    /// By group: types, most wanted first.
    pub(super) types_of: Vec<Vec<usize>>,
    /// By type: calls that may wait.
    pub(super) capacity_of: Vec<Option<u32>>,
    /// By type: the longest wait.
    pub(super) max_wait_of: Vec<Option<f64>>,
    /// By group: the most agents that are ever at work.
    pub(super) most_agents: Vec<u32>,
    pub(super) lines: Option<u32>,
    pub(super) queue_capacity: Option<u32>,
    pub(super) agents_pick: AgentsPick,
    pub(super) at_closing: AtClosing,
}

impl Plan {
    pub(super) fn of(model: &SimulationModel) -> Self {
        let group_at = |name: &String| model.groups.iter().position(|group| group.name == *name);
        let type_at = |name: &String| model.types.iter().position(|kind| kind.name == *name);
        Self {
            groups_of: model
                .types
                .iter()
                .map(|kind| kind.groups.iter().filter_map(group_at).collect())
                .collect(),
            types_of: model
                .groups
                .iter()
                .map(|group| group.types.iter().filter_map(type_at).collect())
                .collect(),
            capacity_of: model.types.iter().map(|kind| kind.queue_capacity).collect(),
            max_wait_of: model.types.iter().map(|kind| kind.max_wait).collect(),
            most_agents: model
                .groups
                .iter()
                .map(|group| group.staff.values().iter().copied().max().unwrap_or(0))
                .collect(),
            lines: model.lines,
            queue_capacity: model.queue_capacity,
            agents_pick: model.agents_pick,
            at_closing: model.at_closing,
        }
    }
}
