//! Eviction: closed interactions and idle conversations leave the state in batches.

use crate::id::{ConversationId, InteractionId};
use crate::interaction;
use crate::message::ShardEvent;
use crate::state::Step;

/// Most entities that leave in one record.
const BATCH: usize = 10_000;

/// Evicts what has been kept long enough, or is too much.
pub(super) fn evict(step: &mut Step<'_>) {
    let state = step.state();
    let policies = &state.config.center.policies;
    let limits = &state.config.center.limits;
    let at = step.at;
    let excess = state.closed.len().saturating_sub(limits.closed_interactions as usize);
    let interactions: Vec<InteractionId> = state
        .closed
        .iter()
        .enumerate()
        .take_while(|(place, (since, _))| {
            *place < excess || *since + policies.closed_retention <= at
        })
        .take(BATCH)
        .map(|(_, (_, id))| *id)
        .collect();
    let excess = state.conversations.len().saturating_sub(limits.conversations as usize);
    let conversations: Vec<ConversationId> = state
        .idle_conversations
        .iter()
        .enumerate()
        .take_while(|(place, (since, _))| {
            *place < excess || *since + policies.conversation_retention <= at
        })
        .filter(|(_, (since, id))| {
            state.conversation(*id).is_some_and(|row| row.idle_since == Some(*since))
        })
        .take(BATCH)
        .map(|(_, (_, id))| *id)
        .collect();
    for id in &interactions {
        interaction::thread::forget(step, *id);
    }
    step.emit(ShardEvent::Evicted { interactions, conversations });
}

/// What agents have answered counts half from now on; again after the same time, while it is anything.
pub(super) fn halve_tallies(step: &mut Step<'_>) {
    let state = step.state();
    let half_life = state.config.center.policies.handled_half_life;
    let more = state.config.counts_work() && state.tallies.values().any(|tally| tally.handled > 1);
    step.emit(ShardEvent::TalliesHalved { next: more.then(|| step.at + half_life) });
}
