//! An agent asks somebody while the customer waits.
//!
//! ```text
//!  started ──▶ answered ◀──▶ with the customer meanwhile
//!     │            ├──▶ completed: the consulted party has the customer
//!     │            ├──▶ conference: all three together
//!     └────────────┴──▶ canceled, refused, no answer, gone: the agent is back with the customer
//! ```

use crate::id::{BridgeId, EffectId, EngagementId, HostId, InteractionId, LegId};
use crate::message::{
    ConsultEnd, ConsultEvent, EffectKind, EndCause, EngagementEnd, EngagementEvent, EngagementRole,
    Lane, LegEvent, LegPurpose, Outcome, Party, Personal, Phase, RequestCause, Side, TransferEvent,
    TransferFailure, TransferKind,
};
use crate::queue::join::{self, Wish};
use crate::state::{Consult, State, Step};
use crate::time::{Duration, Timestamp};
use crate::{agent, queue};

/// Begins to ask somebody; the customer is put on hold.
pub(crate) fn begin(step: &mut Step<'_>, engagement: EngagementId, to: Party) {
    let state = step.state();
    let Some(row) = state.engagement(engagement) else { return };
    let (Some(interaction), home, phase) = (row.interaction, row.queue, row.phase) else { return };
    let deadline = step.at + state.config.center.policies.transfer_timeout;
    if phase == Phase::Active {
        agent::hold(step, engagement);
    }
    let wish = match &to {
        Party::External(address) => {
            let address = address.clone();
            let leg = call(step, interaction, address, deadline);
            let leg = Some(leg);
            step.emit(ConsultEvent::Started { engagement, to, request: None, leg, deadline });
            return;
        }
        Party::Queue(queue) => Some((*queue, Wish::new(RequestCause::Consult))),
        Party::Agent(agent) => home.map(|home| (home, Wish::direct(RequestCause::Consult, *agent))),
        Party::Flow(_) => None,
    };
    if let Some((queue, wish)) = wish {
        let id = step.new_id();
        let request = Some(id);
        step.emit(ConsultEvent::Started { engagement, to, request, leg: None, deadline });
        join::enter(step, id, interaction, queue, wish);
    }
}

/// Calls somebody outside.
pub(super) fn call(
    step: &mut Step<'_>,
    interaction: InteractionId,
    to: Personal<String>,
    deadline: Timestamp,
) -> LegId {
    let id = step.new_id();
    let state = step.state();
    let host = state.interaction(interaction).map_or(HostId(0), |row| row.host);
    let from =
        state.interaction(interaction).and_then(|row| queue::offer::shown_number(state, row));
    let timeout = deadline.since(step.at);
    // Who waits for the answer gives up at the deadline; the call as an operation only after that.
    let by = deadline + state.config.center.policies.effect_timeout;
    step.emit(LegEvent::Originated { id, interaction, host, purpose: LegPurpose::External });
    step.effect(
        host,
        Lane::Interaction(interaction),
        by,
        EffectKind::Originate {
            leg: id,
            to,
            from,
            timeout,
            early_media: false,
            detect_machine: false,
            headers: Vec::new(),
            location: None,
        },
    );
    id
}

/// Nobody has answered in time.
pub(crate) fn timed_out(step: &mut Step<'_>, asker: EngagementId) {
    cancel(step, asker, ConsultEnd::NoAnswer);
}

/// The agent lets the consulted party go.
pub(crate) fn cancel(step: &mut Step<'_>, asker: EngagementId, end: ConsultEnd) {
    let state = step.state();
    let interaction = state.engagement(asker).and_then(|row| row.interaction);
    if let (Some(consult), Some(interaction)) = (state.consult_of(asker), interaction) {
        over(step, interaction, &consult, end);
    }
}

/// The consult is over without a hand-over: the consulted party is released, and the agent, if still
/// there, is back with the customer.
pub(super) fn over(
    step: &mut Step<'_>,
    interaction: InteractionId,
    consult: &Consult,
    end: ConsultEnd,
) {
    let engagement = consult.engagement;
    step.emit(ConsultEvent::Ended { interaction, engagement, end });
    if let Some(request) = consult.request.filter(|id| step.state().request(*id).is_some()) {
        let actor = super::actor_of(Side::Agent);
        queue::leave::end(step, request, Outcome::Withdrawn { actor });
    }
    if let Some(with) = consult.with.filter(|id| step.state().engagement(*id).is_some()) {
        agent::end_engagement(step, with, EngagementEnd::Finished);
    }
    if let Some(leg) = consult.leg {
        super::conference::guest_left(step, interaction, leg);
        step.hang_up(leg);
    }
    if phase_of(step.state(), engagement) == Some(Phase::Held) && end.returns_to_customer() {
        if consult.answered {
            move_asker(step, interaction, consult, false);
        }
        agent::unhold(step, engagement);
    }
}

fn phase_of(state: &State, id: EngagementId) -> Option<Phase> {
    state.engagement(id).map(|row| row.phase)
}

/// The agent puts the customer on hold: in a consult, to turn back to the consulted party.
pub(crate) fn hold(step: &mut Step<'_>, id: EngagementId) {
    agent::hold(step, id);
    turned(step, id, false);
}

/// The agent takes the customer off hold: in a consult, to turn to the customer meanwhile.
pub(crate) fn unhold(step: &mut Step<'_>, id: EngagementId) {
    turned(step, id, true);
    agent::unhold(step, id);
}

fn turned(step: &mut Step<'_>, asker: EngagementId, with_customer: bool) {
    let state = step.state();
    let interaction = state.engagement(asker).and_then(|row| row.interaction);
    let consult = state.consult_of(asker).filter(|consult| consult.answered);
    if let (Some(consult), Some(interaction)) = (consult, interaction) {
        step.emit(ConsultEvent::Alternated { engagement: asker, with_customer });
        move_asker(step, interaction, &consult, !with_customer);
    }
}

/// Moves the asking agent's leg between the two places, where the engine controls the media.
pub(super) fn move_asker(
    step: &mut Step<'_>,
    interaction: InteractionId,
    consult: &Consult,
    to_consulted: bool,
) {
    let state = step.state();
    let leg = state.engagement(consult.engagement).and_then(|row| row.leg);
    let meeting = state.meeting_of(interaction).and_then(|meeting| meeting.bridge);
    let bridge = if to_consulted { consult.bridge } else { meeting };
    if let (Some(leg), Some(bridge)) = (leg, bridge) {
        move_leg(step, interaction, leg, bridge);
    }
}

/// Moves a leg of the interaction to another bridge.
pub(super) fn move_leg(
    step: &mut Step<'_>,
    interaction: InteractionId,
    leg: LegId,
    bridge: BridgeId,
) {
    let state = step.state();
    let Some(host) = state.interaction(interaction).map(|row| row.host) else { return };
    let (leg, by) = (state.host_leg(leg), step.op_deadline());
    step.effect(host, Lane::Interaction(interaction), by, EffectKind::Move { leg, bridge });
}

/// The leg by which the consulted party takes part.
pub(super) fn party_leg(state: &State, consult: &Consult) -> Option<LegId> {
    consult.leg.or_else(|| state.engagement(consult.with?)?.leg)
}

/// Hands the customer on to the consulted party, also where the asking agent has just left.
pub(crate) fn complete(step: &mut Step<'_>, interaction: InteractionId, consult: &Consult) {
    let state = step.state();
    let Some(row) = state.interaction(interaction) else { return };
    let (host, customer) = (row.host, state.host_leg(row.leg));
    let controlled = state.controls_media(host);
    let bridge = row.meeting().and_then(|meeting| meeting.bridge).filter(|_| controlled);
    let party = party_leg(state, consult).map(|leg| state.host_leg(leg));
    let to = match consult.with.and_then(|with| state.engagement(with)) {
        Some(with) => Party::Agent(with.agent),
        // Whom, the beginning of the consult says.
        None => Party::External(Personal::Erased),
    };
    let deadline = step.op_deadline();
    if !consult.with_customer {
        agent::release(step, interaction);
    }
    let kind = match (consult.leg, party, bridge) {
        (Some(_), Some(b), _) => Some(EffectKind::AttendedTransfer { a: customer, b }),
        (None, Some(leg), Some(bridge)) => Some(EffectKind::CompleteConsult { bridge, leg }),
        _ => None,
    };
    let op = kind.map(|kind| step.effect(host, Lane::Interaction(interaction), deadline, kind));
    step.emit(TransferEvent::Started {
        engagement: consult.engagement,
        interaction,
        kind: TransferKind::Attended,
        to,
        request: None,
        op,
        boost: Duration::ZERO,
        fallback: None,
        deadline,
    });
    if op.is_none() {
        completed(step, interaction, consult.engagement);
    }
}

/// The customer is with the consulted party.
pub(super) fn completed(step: &mut Step<'_>, interaction: InteractionId, asker: EngagementId) {
    let Some(consult) = of(step.state(), interaction, asker) else { return };
    let (engagement, to) = (asker, consult.with);
    step.emit(ConsultEvent::Ended { interaction, engagement, end: ConsultEnd::Completed });
    step.emit(TransferEvent::Completed { interaction, engagement, to });
    match to {
        Some(id) => {
            step.emit(EngagementEvent::RoleChanged { id, role: EngagementRole::Handler });
            agent::finish(step, asker);
        }
        // Both far ends have been handed away.
        None => super::end(step, interaction, Side::Agent, EndCause::default()),
    }
}

/// The interaction and the asking agent's part, where the operation joins the customer with an agent who
/// was asked: it is one of that agent's leg.
pub(super) fn joining(
    state: &State,
    leg: LegId,
    op: EffectId,
) -> Option<(InteractionId, EngagementId)> {
    let is_agents = !matches!(state.leg(leg)?.purpose, LegPurpose::Customer);
    let (interaction, transfer) = super::transfer::of_op(state, leg, op)?;
    is_agents.then_some((interaction, transfer.engagement))
}

/// The host has not joined them.
pub(super) fn not_joined(
    step: &mut Step<'_>,
    interaction: InteractionId,
    asker: EngagementId,
    (reason, sip): (TransferFailure, u16),
) {
    step.emit(TransferEvent::Failed { interaction, engagement: asker, reason, sip });
    super::refer::failed(step, asker, sip);
}

/// The consulted party could not be joined with the customer: all is as before, if the asking agent is
/// still there to go on.
pub(super) fn not_completed(
    step: &mut Step<'_>,
    interaction: InteractionId,
    asker: EngagementId,
    how: (TransferFailure, u16),
) {
    not_joined(step, interaction, asker, how);
    let Some(consult) = of(step.state(), interaction, asker) else { return };
    match phase_of(step.state(), asker) {
        None | Some(Phase::WrapUp) => over(step, interaction, &consult, ConsultEnd::AgentGone),
        _ if consult.with_customer => {}
        _ => agent::keep_waiting(step, interaction),
    }
}

/// The consult of an agent whose part may be over.
fn of(state: &State, interaction: InteractionId, asker: EngagementId) -> Option<Consult> {
    let consults = &state.meeting_of(interaction)?.consults;
    consults.iter().find(|consult| consult.engagement == asker).copied()
}

/// Somebody outside has answered: joined with the asking agent, or with customer and agent.
pub(super) fn outsider_answered(step: &mut Step<'_>, interaction: InteractionId, leg: LegId) {
    let state = step.state();
    let Some(row) = state.interaction(interaction) else { return };
    let meeting = row.meeting();
    let consult = meeting.and_then(|m| m.consults.iter().find(|c| c.leg == Some(leg)));
    let (with, place) = match consult {
        Some(consult) => (state.engagement(consult.engagement).and_then(|row| row.leg), None),
        None => (Some(row.leg), meeting.and_then(|meeting| meeting.bridge)),
    };
    match with {
        Some(with) => {
            let by = step.at + state.config.center.policies.connect_timeout;
            let bridge = place.unwrap_or_else(|| step.new_id());
            queue::offer::join_legs(step, interaction, bridge, [with, leg], by);
        }
        None => outsider_joined(step, interaction, leg, None),
    }
}

/// Somebody outside hears the asking agent, or customer and agent.
pub(super) fn outsider_joined(
    step: &mut Step<'_>,
    interaction: InteractionId,
    leg: LegId,
    bridge: Option<BridgeId>,
) {
    let meeting = step.state().meeting_of(interaction);
    let consult = meeting.and_then(|m| m.consults.iter().find(|c| c.leg == Some(leg)).copied());
    super::conference::guest_joins(step, interaction, leg);
    match consult {
        Some(consult) => queue::handover::consult_answered(step, &consult, None, bridge),
        None => super::conference::began(step, interaction),
    }
}
