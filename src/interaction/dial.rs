//! Calls that agents make by hand.
//!
//! ```text
//!  previewing ──▶ the agent's phone rings ──▶ the customer is called ──▶ joined: talks, like any other
//!      │                     │                          │
//!      └── given up          └── given up               └── busy, no answer ──▶ wrap-up
//! ```
//!
//! Who has no phone that the engine calls is with the customer as soon as the customer answers.

use super::internal;
use crate::agent::{self, phone};
use crate::id::{AgentId, ConversationId, EngagementId, HostId, InteractionId, QueueId};
use crate::message::{
    ConversationEvent, CustomerRef, DialEnd, DialEvent, Direction, EndCause, EndKind,
    EngagementEvent, EngagementRole, InteractionEvent, InteractionOpened, Origin, Personal, Phase,
    Presence, Side,
};
use crate::model::Channel;
use crate::queue::{offer, outbound};
use crate::state::{Leg, State, Step};
use crate::time::Duration;

/// A call that is to be made.
pub(crate) struct Wanted {
    pub(crate) agent: AgentId,
    pub(crate) queue: QueueId,
    pub(crate) host: HostId,
    pub(crate) to: Personal<String>,
    pub(crate) location: Option<Personal<String>>,
    /// The agent looks first.
    pub(crate) preview: bool,
    /// It is a call for help: it takes room only where there is some.
    pub(crate) emergency: bool,
    /// The conversation that it follows up.
    pub(crate) conversation: Option<ConversationId>,
}

/// Opens the interaction and the agent's part in it, and calls unless the agent is to look first.
pub(crate) fn begin(step: &mut Step<'_>, wanted: Wanted) {
    let Wanted { agent, queue, host, to, location, preview, emergency, conversation } = wanted;
    let origin = if conversation.is_some() { Origin::FollowUp } else { Origin::Manual };
    let interaction = open(
        step,
        &Outgoing {
            direction: Direction::Outbound,
            queue: Some(queue),
            host,
            to: Some(to.clone()),
            conversation,
            origin,
            tier: 0,
            boost: Duration::ZERO,
        },
    );
    let state = step.state();
    let config = &state.config;
    let cost = config.channel(Channel::Voice).cost;
    let cost = if emergency && !state.has_room(agent, Channel::Voice) { 0 } else { cost };
    let preview_until = preview.then(|| step.at + config.center.policies.preview_timeout);
    let id = take_part(
        step,
        interaction,
        Part {
            agent,
            role: EngagementRole::Handler,
            queue: Some(queue),
            cost,
            phase: if preview { Phase::Previewing } else { Phase::Connecting },
        },
    );
    step.emit(DialEvent::Begun { engagement: id, to, location, preview_until });
    if emergency {
        // Nobody interrupts it.
        agent::set_presence(step, agent, Presence::NotReady(None));
    }
    if !preview {
        connect_agent(step, id);
    }
}

/// Somebody who takes part in a call that begins with us.
#[derive(Clone, Copy)]
pub(super) struct Part {
    pub(super) agent: AgentId,
    pub(super) role: EngagementRole,
    pub(super) queue: Option<QueueId>,
    pub(super) cost: u32,
    pub(super) phase: Phase,
}

/// Gives an agent a part in it; what the call may interrupt steps aside.
pub(super) fn take_part(
    step: &mut Step<'_>,
    interaction: InteractionId,
    part: Part,
) -> EngagementId {
    let Part { agent, role, queue, cost, phase } = part;
    // These two follow on each other; see `State::party`.
    let (id, participant) = (step.new_id(), step.new_id());
    agent::suspend_for(step, agent, Channel::Voice);
    step.emit(EngagementEvent::Opened {
        id,
        agent,
        role,
        interaction: Some(interaction),
        participant: Some(participant),
        offer: None,
        queue,
        request: None,
        leg: None,
        channel: Channel::Voice,
        cost,
        phase,
        reason: None,
    });
    id
}

/// An interaction that begins with us.
pub(super) struct Outgoing {
    pub(super) direction: Direction,
    /// On whose behalf.
    pub(super) queue: Option<QueueId>,
    pub(super) host: HostId,
    /// The customer's address, where there is a customer.
    pub(super) to: Option<Personal<String>>,
    /// The conversation that it goes on with.
    pub(super) conversation: Option<ConversationId>,
    pub(super) origin: Origin,
    /// Rank of the customer.
    pub(super) tier: u8,
    /// Waiting credit of the customer.
    pub(super) boost: Duration,
}

/// Opens it, and the conversation where it goes on with none.
pub(super) fn open(step: &mut Step<'_>, wanted: &Outgoing) -> InteractionId {
    let known = wanted.conversation;
    let state = step.state();
    let of_queue = wanted.queue.and_then(|queue| state.config.queue(queue)?.brand);
    let of_conversation = known.and_then(|id| state.conversation(id)).and_then(|row| row.brand);
    let brand = of_queue.or(of_conversation);
    let address = wanted.to.clone();
    let (conversation, customer) = if let Some(id) = known {
        let customer = state.conversation(id).map(|row| row.customer.clone()).unwrap_or_default();
        (id, Some(Box::new(CustomerRef { address, ..customer })))
    } else {
        let customer = CustomerRef { address, ..CustomerRef::default() };
        let id = step.new_id();
        step.emit(ConversationEvent::Opened { id, brand, customer });
        (id, None)
    };
    // These three follow on each other; see `State::party`.
    let (id, participant, leg) = (step.new_id(), step.new_id(), step.new_id());
    step.emit(InteractionEvent::Opened(Box::new(InteractionOpened {
        id,
        conversation,
        channel: Channel::Voice,
        direction: wanted.direction,
        origin: wanted.origin,
        entry_point: None,
        dialed: None,
        did: None,
        brand,
        participant,
        leg,
        host: wanted.host,
        external: None,
        customer,
        references: Vec::new(),
        language: None,
        verified: None,
        attestation: None,
        headers: Vec::new(),
        tier: wanted.tier,
        boost: wanted.boost,
        test: false,
    })));
    id
}

/// The agent has looked, and calls.
pub(crate) fn place(step: &mut Step<'_>, id: EngagementId) {
    step.emit(DialEvent::Placed { engagement: id });
    step.emit(EngagementEvent::PhaseChanged { id, phase: Phase::Connecting });
    connect_agent(step, id);
}

/// The agent has looked for too long.
pub(crate) fn preview_over(step: &mut Step<'_>, id: EngagementId) {
    agent::finish(step, id);
}

/// Calls the agent first, where there is a phone that the engine calls.
pub(super) fn connect_agent(step: &mut Step<'_>, id: EngagementId) {
    let state = step.state();
    let Some((row, interaction)) =
        state.engagement(id).and_then(|row| Some((row, state.interaction(row.interaction?)?)))
    else {
        return;
    };
    let (agent, interaction, host) = (row.agent, interaction.id, interaction.host);
    let bridges = state.controls_media(host);
    match phone::of(state, agent).filter(|_| bridges) {
        Some(phone) => phone::ring(step, id, agent, interaction, phone),
        None => outbound::call(step, id),
    }
}

/// The agent has answered the phone.
pub(super) fn agent_answered(step: &mut Step<'_>, id: EngagementId) {
    let row = step.state().engagement(id);
    if row.is_some_and(|row| row.phase == Phase::Connecting) {
        outbound::call(step, id);
    }
}

/// The agent who calls the customer of the interaction.
fn caller(state: &State, interaction: InteractionId) -> Option<EngagementId> {
    let row = state.interaction(interaction)?;
    row.engagements.iter().copied().find(|id| state.dials.contains_key(id))
}

/// The agent who makes a call and has this leg.
pub(super) fn caller_on(state: &State, leg: &Leg) -> Option<EngagementId> {
    let with_leg = |id: &EngagementId| state.engagement(*id).is_some_and(|e| e.leg == Some(leg.id));
    caller(state, leg.interaction).filter(with_leg)
}

/// The customer has answered.
pub(super) fn customer_answered(step: &mut Step<'_>, interaction: InteractionId) {
    let state = step.state();
    let Some(id) = caller(state, interaction) else { return };
    let agents = state.engagement(id).and_then(|row| row.leg);
    let customers = state.interaction(interaction).map(|row| row.leg);
    let (Some(agents), Some(customers)) = (agents, customers) else {
        return connected(step, id);
    };
    let bridge = step.new_id();
    step.emit(DialEvent::Joining { engagement: id, bridge });
    let by = step.at + step.state().config.center.policies.connect_timeout;
    offer::join_legs(step, interaction, bridge, [customers, agents], by);
}

/// Customer and agent hear each other, or could not be joined.
pub(super) fn joined(step: &mut Step<'_>, id: EngagementId, done: bool) {
    if done {
        return connected(step, id);
    }
    step.emit(DialEvent::Ended { engagement: id, end: DialEnd::NotJoined });
    if let Some(interaction) = step.state().engagement(id).and_then(|row| row.interaction) {
        super::end(step, interaction, Side::Network, EndKind::Failed.into());
    }
}

fn connected(step: &mut Step<'_>, id: EngagementId) {
    step.emit(DialEvent::Ended { engagement: id, end: DialEnd::Connected });
    step.emit(EngagementEvent::PhaseChanged { id, phase: Phase::Active });
    internal::connected(step, id);
}

/// The customer's leg is gone. While it was being called, the customer was not reached.
pub(super) fn customer_gone(step: &mut Step<'_>, interaction: InteractionId, cause: EndCause) {
    if let Some(engagement) = caller(step.state(), interaction) {
        step.emit(DialEvent::Ended { engagement, end: DialEnd::NotReached(cause) });
    }
}

/// Nothing was heard of the call to the customer.
pub(super) fn customer_not_called(step: &mut Step<'_>, interaction: InteractionId) {
    let cause = EndCause::from(EndKind::Failed);
    customer_gone(step, interaction, cause);
    super::end(step, interaction, Side::Network, cause);
}
