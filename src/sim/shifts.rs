//! Who is at work when: shifts and their breaks as changes of numbers.

use super::model::{AgentGroup, SimulationModel};

/// So many agents of a group more, or fewer, from then on.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct ShiftChange {
    pub(super) at: f64,
    pub(super) group: usize,
    pub(super) by: i64,
}

/// All changes of a day, in the order of time.
pub(super) fn changes(model: &SimulationModel) -> Vec<ShiftChange> {
    let mut all: Vec<ShiftChange> = model
        .groups
        .iter()
        .enumerate()
        .flat_map(|(group, row)| {
            of_group(row).into_iter().map(move |(at, by)| ShiftChange { at, group, by })
        })
        .collect();
    all.sort_by(|a, b| a.at.total_cmp(&b.at).then(a.group.cmp(&b.group)));
    all
}

/// Changes of one group: at one time those who come go first, so that the sum never falls below 0.
fn of_group(group: &AgentGroup) -> Vec<(f64, i64)> {
    let mut all = Vec::new();
    for shift in &group.shifts {
        let agents = i64::from(shift.agents);
        all.extend([(shift.from, agents), (shift.to, -agents)]);
        for [from, to] in &shift.breaks {
            all.extend([(*from, -agents), (*to, agents)]);
        }
    }
    all.sort_by(|(a, by), (b, other)| a.total_cmp(b).then(other.cmp(by)));
    all
}

/// The most agents of the group that are on shift at once, breaks taken or not.
pub(super) fn most(group: &AgentGroup) -> u32 {
    let mut now = 0;
    let most = of_group(group).into_iter().map(|(_, by)| {
        now += by;
        now
    });
    u32::try_from(most.max().unwrap_or(0)).unwrap_or(u32::MAX)
}
