//! A customer who waits and comes in once more: the place in time that is kept, and who is told.

use crate::agent::also_waiting;
use crate::id::{AgentId, ConversationId, EngagementId, InteractionId, RequestId};
use crate::model::AlreadyWaiting;
use crate::state::{Request, State, Step};
use crate::time::Timestamp;

/// A place in time.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Place {
    pub(crate) customer_wait_since: Timestamp,
    pub(crate) order_at: Timestamp,
}

impl Place {
    pub(super) fn of(request: &Request) -> Self {
        let Request { customer_wait_since, order_at, .. } = *request;
        Self { customer_wait_since, order_at }
    }

    /// The earliest of the requests' places.
    pub(crate) fn first_of<'r>(requests: impl IntoIterator<Item = &'r Request>) -> Option<Self> {
        requests.into_iter().map(Self::of).reduce(|a, b| Self {
            customer_wait_since: a.customer_wait_since.min(b.customer_wait_since),
            order_at: a.order_at.min(b.order_at),
        })
    }
}

/// The open requests of a customer, in the order of their ids.
///
/// Looks through all that wait: it is asked where a customer who has an interaction already comes
/// again, or is answered, under a policy that is not the default.
pub(crate) fn waiting_of(state: &State, conversation: ConversationId) -> Vec<RequestId> {
    let members = state.links.members(conversation);
    let in_use = |id: &ConversationId| state.conversation(*id).is_some_and(|row| row.open > 0);
    if !members.iter().any(in_use) {
        return Vec::new();
    }
    let of_customer = |request: &&Request| {
        let interaction = state.interaction(request.interaction);
        interaction.is_some_and(|row| members.contains(&row.conversation))
    };
    let mut found: Vec<RequestId> =
        state.requests.iter().filter(of_customer).map(|request| request.id).collect();
    found.sort_unstable();
    found
}

/// An agent has answered the customer: is told of where the same customer waits besides, to close it.
pub(super) fn answered(step: &mut Step<'_>, engagement: EngagementId, agent: AgentId) {
    let state = step.state();
    if state.config.center.policies.already_waiting != AlreadyWaiting::Join {
        return;
    }
    let interaction = state.engagement(engagement).and_then(|row| row.interaction);
    let Some(row) = interaction.and_then(|id| state.interaction(id)) else { return };
    let others: Vec<InteractionId> = waiting_of(state, row.conversation)
        .into_iter()
        .filter_map(|id| state.request(id))
        .map(|request| request.interaction)
        .filter(|other| *other != row.id)
        .collect();
    for other in others {
        also_waiting(step, agent, other);
    }
}
