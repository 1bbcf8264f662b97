//! The agent's phone, where the engine calls it.

use crate::id::{AgentId, EngagementId, HostId, InteractionId};
use crate::message::{EffectKind, Lane, LegEvent, LegPurpose, Personal};
use crate::model::Station;
use crate::state::{State, Step};

/// The host that calls the agent's phone, and what it calls.
pub(crate) fn of(state: &State, agent: AgentId) -> Option<(HostId, String)> {
    let session = state.agent(agent)?.session.as_ref()?;
    match (&session.station, session.host) {
        (Station::Phone { address, .. }, Some(host)) => Some((host, address.clone())),
        _ => None,
    }
}

/// Rings for a part of the agent that no offer preceded.
pub(crate) fn ring(
    step: &mut Step<'_>,
    part: EngagementId,
    agent: AgentId,
    interaction: InteractionId,
    (host, to): (HostId, String),
) {
    let id = step.new_id();
    let policies = &step.state().config.center.policies;
    let (timeout, margin) = (policies.offer_timeout, policies.effect_timeout);
    let by = step.at + timeout + margin;
    let purpose = LegPurpose::Part(part, agent);
    step.emit(LegEvent::Originated { id, interaction, host, purpose });
    step.effect(
        host,
        Lane::Agent(agent),
        by,
        EffectKind::Originate {
            leg: id,
            to: Personal::Clear(to),
            from: None,
            timeout,
            early_media: false,
            detect_machine: false,
            headers: Vec::new(),
            location: None,
        },
    );
}
