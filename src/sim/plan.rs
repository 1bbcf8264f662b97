//! What a switch has to know of a model, with names replaced by places.

use super::model::{AgentsPick, AtClosing, SimulationModel};
use super::shifts;

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
    /// By group: whether phones ring, and whether agents work on after a call.
    pub(super) rings: Vec<bool>,
    pub(super) wraps_up: Vec<bool>,
    pub(super) ring_limit: Option<f64>,
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
                .map(|group| {
                    let staff = group.staff.iter().flat_map(|staff| staff.values().iter().copied());
                    staff.max().unwrap_or(0).saturating_add(shifts::most(group))
                })
                .collect(),
            rings: model.groups.iter().map(|group| group.ring.is_some()).collect(),
            wraps_up: model.groups.iter().map(|group| group.wrap_up.is_some()).collect(),
            ring_limit: model.ring_limit,
            lines: model.lines,
            queue_capacity: model.queue_capacity,
            agents_pick: model.agents_pick,
            at_closing: model.at_closing,
        }
    }

    pub(super) fn rings(&self, group: usize) -> bool {
        self.rings.get(group).copied().unwrap_or(false)
    }

    pub(super) fn wraps_up(&self, group: usize) -> bool {
        self.wraps_up.get(group).copied().unwrap_or(false)
    }

    pub(super) fn any_wraps_up(&self) -> bool {
        self.wraps_up.contains(&true)
    }
}
