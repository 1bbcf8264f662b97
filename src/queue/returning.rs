//! A customer who waits, or is owed a call, and comes in once more: the place in time that is kept, and who is told.

use super::outbound;
use crate::agent::{also_promised, also_waiting};
use crate::id::{AgentId, ConversationId, EngagementId, InteractionId, QueueId, RequestId};
use crate::model::{AlreadyWaiting, Channel};
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
/// again under a policy that is not the default, or is answered under it while there is another one.
pub(crate) fn waiting_of(state: &State, conversation: ConversationId) -> Vec<RequestId> {
    let members = state.links.members(conversation);
    if in_use(state, &members) == 0 {
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

/// How many interactions, and calls that are promised, the conversations have.
fn in_use(state: &State, members: &[ConversationId]) -> u32 {
    members.iter().filter_map(|id| state.conversation(*id)).map(|row| row.open).sum()
}

/// An agent has answered the customer. Is told of where the same customer waits besides, and of calls that
/// are promised, to close them; or the call takes the place of those that are promised.
pub(super) fn answered(step: &mut Step<'_>, engagement: EngagementId, agent: AgentId) {
    let state = step.state();
    let policy = state.config.center.policies.already_waiting;
    let interaction = state.engagement(engagement).and_then(|row| row.interaction);
    let Some(row) = interaction.and_then(|id| state.interaction(id)) else { return };
    if policy == AlreadyWaiting::KeepBoth
        || in_use(state, &state.links.members(row.conversation)) < 2
    {
        return;
    }
    let promised = promised_to(state, row.conversation);
    match policy {
        AlreadyWaiting::Join => {
            tell_of_others(step, row.conversation, row.id, agent);
            for promise in promised {
                also_promised(step, agent, promise);
            }
        }
        // What is promised is a call: a chat does not keep it.
        AlreadyWaiting::Replace if row.channel == Channel::Voice => {
            for promise in promised {
                outbound::take_back(step, promise);
            }
        }
        AlreadyWaiting::KeepBoth | AlreadyWaiting::Replace => {}
    }
}

/// Calls that the customer was promised and that are not due yet.
fn promised_to(state: &State, conversation: ConversationId) -> Vec<RequestId> {
    let members = state.links.members(conversation);
    let of_customer = state.callbacks.iter().filter(|(_, it)| members.contains(&it.conversation));
    of_customer.map(|(id, _)| *id).collect()
}

fn tell_of_others(
    step: &mut Step<'_>,
    conversation: ConversationId,
    answered: InteractionId,
    agent: AgentId,
) {
    let state = step.state();
    let others: Vec<InteractionId> = waiting_of(state, conversation)
        .into_iter()
        .filter_map(|id| state.request(id))
        .map(|request| request.interaction)
        .filter(|other| *other != answered)
        .collect();
    for other in others {
        also_waiting(step, agent, other);
    }
}

/// The place in time that the customer had when hanging up in this queue a moment ago; the wait itself begins anew.
pub(super) fn place_left(
    step: &Step<'_>,
    interaction: InteractionId,
    queue: QueueId,
) -> Option<Place> {
    let state = step.state();
    let queue = state.config.standing(queue)?;
    let within = state.config.queue(queue)?.resume_within?;
    let conversation = state.interaction(interaction)?.conversation;
    let left = state.left_by(conversation, queue)?;
    let now = step.happened;
    let place = Place { customer_wait_since: now, order_at: left.order_at };
    (left.at + within >= now).then_some(place)
}
