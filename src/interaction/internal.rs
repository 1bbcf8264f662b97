//! Calls among colleagues.
//!
//! ```text
//!  the caller's phone rings ──▶ the colleague's phone rings ──▶ joined: both talk
//!             │                            │                           │
//!             └── given up                 └── busy, no answer         └── either leaves
//! ```
//!
//! No customer is there: nobody waits, nothing is wrapped up, and no queue counts it. The colleague's
//! phone is the leg that is the customer's elsewhere. It takes the room of a call with both from the
//! beginning, and is over for both when either leaves, or when nobody answers.

use super::dial::{self, Outgoing, Part};
use crate::agent;
use crate::id::{AgentId, EngagementId, HostId, InteractionId};
use crate::message::{
    DialEvent, Direction, EngagementEvent, EngagementRole, Origin, Personal, Phase,
};
use crate::model::Channel;
use crate::state::{Engagement, State, Step};
use crate::time::Duration;

/// Calls the colleague's phone at its host, the caller's first.
pub(crate) fn begin(
    step: &mut Step<'_>,
    caller: AgentId,
    colleague: AgentId,
    (host, address): (HostId, String),
) {
    let interaction = dial::open(
        step,
        &Outgoing {
            direction: Direction::Internal,
            queue: None,
            host,
            to: None,
            conversation: None,
            origin: Origin::Manual,
            tier: 0,
            boost: Duration::ZERO,
        },
    );
    let cost = step.state().config.channel(Channel::Voice).cost;
    let part = |agent| Part {
        agent,
        role: EngagementRole::Internal,
        queue: None,
        cost,
        phase: Phase::Connecting,
    };
    let engagement = dial::take_part(step, interaction, part(caller));
    dial::take_part(step, interaction, part(colleague));
    let to = Personal::Clear(address);
    step.emit(DialEvent::Begun { engagement, to, location: None, preview_until: None });
    dial::connect_agent(step, engagement);
}

/// The caller is together with whoever was called: the colleague, if it is one.
pub(super) fn connected(step: &mut Step<'_>, caller: EngagementId) {
    let state = step.state();
    let interaction = state.engagement(caller).and_then(|row| row.interaction);
    let colleague = interaction.and_then(|id| colleague(state, id));
    if let Some(id) = colleague {
        step.emit(EngagementEvent::PhaseChanged { id, phase: Phase::Active });
    }
}

/// The agent's phone is another one now: a colleague's call that rings would not be heard.
pub(crate) fn unheard(step: &mut Step<'_>, agent: AgentId) {
    let rings = step.state().parts_of(agent).find(|part| is_called(part)).map(|part| part.id);
    if let Some(id) = rings {
        agent::finish(step, id);
    }
}

fn is_called(part: &Engagement) -> bool {
    part.role == EngagementRole::Internal && part.phase == Phase::Connecting
}

/// The colleague who is being called.
fn colleague(state: &State, interaction: InteractionId) -> Option<EngagementId> {
    let row = state.interaction(interaction).filter(|row| row.internal)?;
    row.engagements.iter().copied().find(|id| state.engagement(*id).is_some_and(is_called))
}
