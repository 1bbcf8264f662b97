//! Who comes in: somebody known, somebody of rank, somebody who waits already.

use crate::id::{BrandId, ConversationId};
use crate::message::{CustomerRef, EndCause, Side};
use crate::model::{AlreadyWaiting, Channel, Policies};
use crate::queue::returning::{Place, waiting_of};
use crate::state::{Request, State, Step};
use crate::time::{Duration, Timestamp};

/// The conversation that somebody with this token goes on with.
pub(super) fn conversation_of(
    state: &State,
    brand: Option<BrandId>,
    customer: &CustomerRef,
) -> Option<ConversationId> {
    let found = state.by_token.find(brand, customer.token?)?;
    Some(state.links.root(found))
}

/// Waiting credit for the customer's rank, and for coming again.
pub(super) fn boost(
    state: &State,
    tier: u8,
    conversation: Option<ConversationId>,
    at: Timestamp,
) -> Duration {
    let policies = &state.config.center.policies;
    let mut boost = of_tier(policies, tier);
    if policies.repeat_boost > Duration::ZERO
        && conversation.is_some_and(|id| is_repeat(state, id, at))
    {
        boost += policies.repeat_boost;
    }
    boost
}

fn of_tier(policies: &Policies, tier: u8) -> Duration {
    let boosts = &policies.tier_boosts;
    let at_most = usize::from(tier).min(boosts.len());
    let boost = at_most.checked_sub(1).and_then(|place| boosts.get(place));
    boost.copied().unwrap_or_default()
}

fn is_repeat(state: &State, conversation: ConversationId, at: Timestamp) -> bool {
    let window = state.config.center.policies.repeat_window;
    let members = state.links.members(conversation);
    members.iter().filter_map(|id| state.conversation(*id)).any(|row| row.is_recent(at, window))
}

/// The place in time that a customer who waits already gives to the new interaction; what it replaces
/// ends.
pub(super) fn take_place(
    step: &mut Step<'_>,
    conversation: ConversationId,
    channel: Channel,
) -> Option<Place> {
    let state = step.state();
    let policy = state.config.center.policies.already_waiting;
    if policy == AlreadyWaiting::KeepBoth {
        return None;
    }
    let waiting = waiting_of(state, conversation);
    // Whoever is on the phone and opens a chat has not hung up.
    let replaces = policy == AlreadyWaiting::Replace;
    if replaces && channel == Channel::Voicemail {
        // Each message says something of its own.
        return None;
    }
    let counts = |request: &&Request| !replaces || request.channel == channel;
    let older: Vec<&Request> =
        waiting.iter().filter_map(|id| state.request(*id)).filter(counts).collect();
    let place = Place::first_of(older.iter().copied());
    if replaces {
        let ended: Vec<_> = older.iter().map(|request| request.interaction).collect();
        for interaction in ended {
            super::end(step, interaction, Side::Engine, EndCause::default());
        }
    }
    place
}
