//! Changes of the configuration: judged as a whole, numbered, recorded.

use crate::agent;
use crate::id::AgentId;
use crate::interaction::voicemail;
use crate::message::{NumberedChange, Rejection, RejectionReason, ShardEvent};
use crate::model::{Center, Change, apply_change, validate};
use crate::queue;
use crate::state::Step;

/// Judges the changes against the version they were made for and the rules of a valid center.
pub(super) fn decide(
    step: &mut Step<'_>,
    base_version: u64,
    changes: Vec<Change>,
) -> Result<(), Rejection> {
    let config = &step.state().config;
    if base_version != config.version {
        let current = RejectionReason::VersionConflict(config.version);
        return Err(Rejection::new(current, "base_version"));
    }
    if changes.len() > config.center.limits.changes_per_command as usize {
        return Err(Rejection::limit("changes_per_command"));
    }
    let mut center = Center::clone(&config.center);
    for change in &changes {
        apply_change(&mut center, change);
    }
    if let Err(faults) = validate(&center) {
        return Err(Rejection::new(RejectionReason::Faulty(faults.into_vec()), "changes"));
    }
    let version = config.version + 1;
    let changes = number(step, changes);
    let removed: Vec<AgentId> = changes.iter().filter_map(removed_agent).collect();
    // Once they are gone nobody knows any more who stands in for them.
    let coverage = |agent: &AgentId| step.state().config.agent(*agent)?.coverage?.queue();
    let coverage: Vec<_> = removed.iter().map(coverage).collect();
    step.emit(ShardEvent::Configured { version, changes });
    for (agent, coverage) in removed.into_iter().zip(coverage) {
        queue::cut::offers(step, agent);
        agent::retire(step, agent);
        voicemail::agent_removed(step, agent, coverage);
    }
    queue::hours::review_all(step);
    queue::staffing::review_all(step);
    Ok(())
}

fn removed_agent(numbered: &NumberedChange) -> Option<AgentId> {
    match numbered.change {
        Change::Agent { to: None, .. } => numbered.number.map(AgentId),
        _ => None,
    }
}

/// Gives each change the number of its object: the known one, or the next of its kind.
fn number(step: &Step<'_>, changes: Vec<Change>) -> Vec<NumberedChange> {
    let mut numbers = step.state().config.numbers.clone();
    changes
        .into_iter()
        .map(|change| {
            let number = change.object().map(|(kind, key)| numbers.number(kind, key));
            NumberedChange { change, number }
        })
        .collect()
}
