//! What a customer's session goes through, and who takes part in it.
//!
//! ```text
//!   offered by a host ──▶ open ──────────────────────────▶ ended ─────────▶ closed ──▶ evicted
//!          │              waiting · alerting · connecting   wrap-up          late       gone
//!          ▼              talking · held                    of agents        commands
//!       rejected
//! ```
//!
//! | file | subject |
//! |---|---|
//! | `entry.rs`, `returning.rs` | who comes in, and who is known already |
//! | `legs.rs`, `hosts.rs` | what hosts report of legs, and hosts that go away and come back |
//! | `transfer.rs`, `consult.rs`, `conference.rs` | handing on, asking somebody, speaking together |
//! | `refer.rs` | the same, asked for with the buttons of a phone |
//! | `on_call.rs` | people on call for a closed queue |
//! | `survivors.rs` | what becomes of those who stay when somebody leaves |
//! | `dial.rs`, `callback.rs` | calls that agents make by hand, calls that were promised |
//! | `internal.rs` | calls among colleagues |
//! | `leaving.rs` | the work of an agent who leaves before it is done |
//! | `monitor.rs` | supervisors who listen, whisper, barge and take over |
//! | `thread.rs`, `parking.rs` | what is written, and work that is put away |
//! | `voicemail.rs` | voice messages: how they are left, the mailboxes of groups and of agents |
//! | `identity.rs`, `recording.rs`, `incident.rs` | who the customer is, consent and recording, incident switches |

pub(crate) mod callback;
pub(crate) mod conference;
pub(crate) mod consult;
pub(crate) mod dial;
pub(crate) mod entry;
pub(crate) mod hosts;
pub(crate) mod identity;
pub(crate) mod incident;
pub(crate) mod internal;
pub(crate) mod leaving;
pub(crate) mod legs;
pub(crate) mod monitor;
pub(crate) mod on_call;
pub(crate) mod parking;
pub(crate) mod recording;
pub(crate) mod refer;
mod returning;
pub(crate) mod survivors;
pub(crate) mod thread;
pub(crate) mod transfer;
pub(crate) mod voicemail;

use crate::id::{ConversationId, EngagementId, InteractionId};
use crate::message::{
    Actor, ActorKind, ContextEntry, ConversationEvent, EndCause, FlowOutReason, InteractionEvent,
    Outcome, Phase, Side,
};
use crate::model::Role;
use crate::state::{Engagement, Stage, Step};
use crate::{agent, queue};

/// Ends the customer's part of an interaction, whatever state it is in: the open request ends, agents
/// go on to wrap-up, the customer's leg is hung up unless it is gone.
pub(crate) fn end(step: &mut Step<'_>, id: InteractionId, by: Side, cause: EndCause) {
    let state = step.state();
    let Some(row) = state.interaction(id).filter(|row| row.stage == Stage::Open) else { return };
    let (leg, request, live) = (row.leg, row.request, row.channel.is_live());
    if let Some(request) = request {
        match by {
            // Nobody has hung up who was called and did not come.
            Side::Customer | Side::Network | Side::Engine
                if queue::outbound::is_called_first(state, id) =>
            {
                let reason = FlowOutReason::Callback;
                queue::leave::end(step, request, Outcome::FlowedOut { reason, to: None });
            }
            Side::Customer | Side::Network => queue::leave::customer_gone(step, request, by, cause),
            _ => queue::leave::end(step, request, Outcome::Withdrawn { actor: actor_of(by) }),
        }
    }
    survivors::all_go(step, id);
    // Those who write may write again.
    if live {
        step.hang_up(leg);
    }
    step.emit(InteractionEvent::Ended { id, by, cause });
    callback::over(step, id, by);
    let engagements: Vec<EngagementId> =
        step.state().interaction(id).map(|row| row.engagements.to_vec()).unwrap_or_default();
    for engagement in engagements {
        agent::finish(step, engagement);
    }
}

/// Who took a request out by ending its interaction, where no command says it.
const fn actor_of(by: Side) -> Actor {
    match by {
        Side::Agent => Actor { kind: ActorKind::Agent, id: None, role: Role::Agent },
        _ => Actor::engine(),
    }
}

/// After something of the interaction has ended: those who stay go on as the table of [`survivors`]
/// says; a customer whom nobody serves and who waits for nobody is disconnected; one who is gone and
/// whom no agent wraps up any more is closed.
pub(crate) fn tidy_up(step: &mut Step<'_>, id: InteractionId, by: Side) {
    if step.state().interaction(id).is_some_and(|row| row.stage == Stage::Open) {
        survivors::settle(step, id);
    }
    let state = step.state();
    let Some(row) = state.interaction(id) else { return };
    let serves = |engagement: &EngagementId| {
        let served = |e: &Engagement| e.phase != Phase::WrapUp && agent::serves(e.role);
        state.engagement(*engagement).is_some_and(served)
    };
    match row.stage {
        Stage::Open if row.request.is_none() && !row.engagements.iter().any(serves) => {
            if on_call::goes_on(step, id) || voicemail::rests(step.state(), id) {
                return;
            }
            // Whoever takes a request out by a command wants no transfer to go on.
            let goes_on = by != Side::Command && survivors::transfer_goes_on(step, id);
            if !goes_on {
                end(step, id, by, EndCause::default());
            }
        }
        Stage::Ended if row.engagements.is_empty() => {
            step.emit(InteractionEvent::Closed { id });
        }
        _ => {}
    }
}

/// Sets entries of a conversation's context.
pub(crate) fn set_context(step: &mut Step<'_>, id: ConversationId, entries: Vec<ContextEntry>) {
    step.emit(ConversationEvent::ContextSet { id, entries });
}
