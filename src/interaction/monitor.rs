//! Supervisors who follow an interaction, or an agent from one interaction to the next, and who take over.
//!
//! ```text
//!  started ──▶ the phone rings ──▶ attached: listens · whispers · barges ──▶ ended
//!     ▲         (where the engine     │   ▲         (another mode in place)
//!     │          bridges the call)    │   └── not taken over ◀──┐
//!     └── the agent's next call ◀─────┤                         │
//!                                     └──▶ taking over ─────────┴──▶ took over: the handler, like any other
//! ```
//!
//! Whoever follows is no party of the interaction: the table of [`survivors`](super::survivors) does not
//! know them. After every step [`settle`] compares what each supervisor should hear with what the host was
//! asked last; whoever changes an interaction has nothing to do for it.

use crate::agent::{self, phone};
use crate::id::{AgentId, EngagementId, InteractionId, LegId};
use crate::message::{
    EffectKind, EngagementEnd, EngagementEvent, EngagementRole, Heard, Lane, LegPurpose,
    MediaTarget, MonitorEnd, MonitorEvent, MonitorMode, Phase, Watched,
};
use crate::model::Channel;
use crate::queue::offer;
use crate::state::{Engagement, LegState, Stage, State, Step, Watch};

/// What of a target there is now.
enum Now {
    /// It is over.
    Gone,
    /// The agent is between two interactions.
    Between,
    At(InteractionId),
}

/// Begins to follow; the part in which the supervisor does.
pub(crate) fn begin(
    step: &mut Step<'_>,
    supervisor: AgentId,
    target: Watched,
    mode: MonitorMode,
) -> EngagementId {
    // These two follow on each other; see `State::party`.
    let (id, participant) = (step.new_id(), step.new_id());
    let state = step.state();
    let interaction = match now(state, target) {
        Now::At(interaction) => Some(interaction),
        Now::Gone | Now::Between => None,
    };
    let channel = interaction.and_then(|id| state.interaction(id)).map(|row| row.channel);
    step.emit(EngagementEvent::Opened {
        id,
        agent: supervisor,
        role: mode.into(),
        interaction,
        participant: Some(participant),
        offer: None,
        queue: None,
        request: None,
        leg: None,
        channel: channel.unwrap_or(Channel::Voice),
        cost: 0,
        phase: Phase::Active,
        reason: None,
    });
    step.emit(MonitorEvent::Started { engagement: id, supervisor, target, mode });
    review(step, id);
    help_came(step, id);
    id
}

/// Another mode, in place.
pub(crate) fn change_mode(step: &mut Step<'_>, engagement: EngagementId, mode: MonitorMode) {
    step.emit(MonitorEvent::ModeChanged { engagement, mode });
    review(step, engagement);
}

/// The supervisor follows no more.
pub(crate) fn end(step: &mut Step<'_>, engagement: EngagementId, end: MonitorEnd) {
    step.emit(MonitorEvent::Ended { engagement, end });
    agent::end_engagement(step, engagement, EngagementEnd::Finished);
}

/// The supervisor is to serve in place of the agent: at once where nobody has to be bridged, else when
/// the host has joined supervisor and customer.
pub(crate) fn take_over(step: &mut Step<'_>, engagement: EngagementId, from: EngagementId) {
    let state = step.state();
    let (Some(row), Some(part)) = (state.engagement(engagement), state.engagement(from)) else {
        return;
    };
    let (supervisor, channel) = (row.agent, part.channel);
    let cost = state.config.channel(channel).cost;
    agent::suspend_for(step, supervisor, channel);
    step.emit(MonitorEvent::TakingOver { engagement, from, cost });
    review(step, engagement);
}

/// Whether the agent can be relieved: with the customer, and in the middle of nothing else.
pub(crate) fn can_be_relieved(state: &State, from: EngagementId) -> Result<(), &'static str> {
    let Some(row) = state.engagement(from) else { return Err("over") };
    if !agent::serves(row.role) || !matches!(row.phase, Phase::Active | Phase::Held) {
        return Err("not with the customer");
    }
    if state.consult_of(from).is_some() {
        return Err("in a consult");
    }
    let meeting = row.interaction.and_then(|id| state.meeting_of(id));
    match meeting.and_then(|meeting| meeting.transfer) {
        Some(_) => Err("in a transfer"),
        None => Ok(()),
    }
}

/// Looks after all supervisors who follow what this step has changed. Whether anything came of it.
pub(crate) fn settle(step: &mut Step<'_>, heard: &[InteractionId], seen: &[AgentId]) -> bool {
    let state = step.state();
    if state.watches.is_empty() {
        return false;
    }
    let interactions = heard.iter().map(|id| Watched::Interaction(*id));
    let targets = interactions.chain(seen.iter().map(|agent| Watched::Agent(*agent)));
    let mut parts: Vec<EngagementId> =
        targets.flat_map(|target| state.watches.of_target(target)).copied().collect();
    parts.sort_unstable();
    parts.dedup();
    let before = step.written();
    for part in parts {
        review(step, part);
    }
    step.written() != before
}

/// Brings what the supervisor follows and hears in line with what there is.
fn review(step: &mut Step<'_>, id: EngagementId) {
    let state = step.state();
    let Some((watch, row)) = state.watches.get(id).copied().zip(state.engagement(id)) else {
        return;
    };
    let (supervisor, at) = (row.agent, row.interaction);
    let interaction = match now(state, watch.target) {
        Now::Gone => return end(step, id, MonitorEnd::TargetGone),
        Now::Between => None,
        Now::At(interaction) => Some(interaction),
    };
    if at != interaction {
        step.emit(MonitorEvent::Followed { engagement: id, supervisor, interaction });
    }
    if watch.from.is_some_and(|from| can_be_relieved(step.state(), from).is_err()) {
        step.emit(MonitorEvent::NotTakenOver { engagement: id });
    }
    if let Some(interaction) = interaction {
        attach(step, id, supervisor, interaction);
    }
}

/// What there is of a target.
fn now(state: &State, target: Watched) -> Now {
    match target {
        Watched::Interaction(id) => match state.interaction(id) {
            Some(row) if row.stage == Stage::Open => Now::At(id),
            _ => Now::Gone,
        },
        Watched::Agent(agent) if state.agent(agent).is_none_or(|row| row.session.is_none()) => {
            Now::Gone
        }
        Watched::Agent(agent) => {
            let with_customer = state.parts_of(agent).filter(|part| is_with_customer(part));
            // Somebody who speaks first, then what was taken on last.
            let followed = with_customer
                .enumerate()
                .max_by_key(|(place, part)| (part.channel.has_media(), *place));
            followed.and_then(|(_, part)| part.interaction).map_or(Now::Between, Now::At)
        }
    }
}

fn is_with_customer(part: &Engagement) -> bool {
    let takes_part = agent::serves(part.role) || part.role == EngagementRole::Consulted;
    takes_part && matches!(part.phase, Phase::Active | Phase::Held)
}

/// Lets the supervisor hear what is to be heard: calls the supervisor, or asks the host.
fn attach(step: &mut Step<'_>, id: EngagementId, supervisor: AgentId, interaction: InteractionId) {
    let state = step.state();
    let Some((watch, row)) = state.watches.get(id).copied().zip(state.engagement(id)) else {
        return;
    };
    let leg = row.leg.and_then(|leg| state.leg(leg)).map(|leg| (leg.id, leg.state));
    let heard = heard(state, &watch, interaction);
    let phone = phone::of(state, supervisor);
    match (heard, leg, phone) {
        (Some(heard), Some((leg, LegState::Up)), _) => {
            ask_host(step, id, interaction, (leg, heard), &watch);
        }
        (Some(_), None, Some(phone)) => phone::ring(step, id, supervisor, interaction, phone),
        (Some(_), Some(_), _) => {}
        // What the engine does not bridge, the application does.
        _ => {
            if let Some(from) = watch.from {
                relieve(step, id, from);
            }
        }
    }
}

/// Whom the supervisor is to hear, where the engine has joined people.
fn heard(state: &State, watch: &Watch, interaction: InteractionId) -> Option<Heard> {
    let row = state
        .interaction(interaction)
        .filter(|row| row.channel.has_media() && state.controls_media(row.host))?;
    let bridge = row.meeting()?.bridge?;
    let mut parts = row.engagements.iter().filter_map(|id| state.engagement(*id));
    let agents_leg = match watch.target {
        Watched::Agent(agent) => parts.find(|part| part.agent == agent)?.leg,
        Watched::Interaction(_) => parts.find(|part| is_with_customer(part))?.leg,
    };
    match (watch.target, watch.mode) {
        _ if watch.from.is_some() => Some(Heard::Bridge(bridge)),
        (Watched::Interaction(_), MonitorMode::Listen | MonitorMode::Barge) => {
            Some(Heard::Bridge(bridge))
        }
        _ => Some(agents_leg.map_or(Heard::Bridge(bridge), Heard::Leg)),
    }
}

/// Asks the host for what it was not asked yet: to join supervisor and customer, or to let the supervisor
/// take part aside.
fn ask_host(
    step: &mut Step<'_>,
    engagement: EngagementId,
    interaction: InteractionId,
    (leg, heard): (LegId, Heard),
    watch: &Watch,
) {
    let mode = if watch.from.is_some() { MonitorMode::Barge } else { watch.mode };
    if watch.attached == Some((heard, mode)) {
        return;
    }
    let state = step.state();
    let Some(row) = state.interaction(interaction) else { return };
    let (host, customer) = (row.host, row.leg);
    step.emit(MonitorEvent::Attached { engagement, heard, mode });
    let by = step.op_deadline();
    match (watch.from, heard) {
        (Some(_), Heard::Bridge(bridge)) => {
            offer::join_legs(step, interaction, bridge, [customer, leg], by);
        }
        (_, heard) => {
            let target = match heard {
                Heard::Bridge(bridge) => MediaTarget::Bridge(bridge),
                Heard::Leg(leg) => MediaTarget::Leg(step.state().host_leg(leg)),
            };
            let leg = step.state().host_leg(leg);
            let kind = EffectKind::Monitor { leg, target, mode };
            step.effect(host, Lane::Interaction(interaction), by, kind);
        }
    }
}

/// The supervisor has answered the phone.
pub(super) fn answered(step: &mut Step<'_>, id: EngagementId) {
    review(step, id);
}

/// Customer and supervisor hear each other, or could not be joined.
pub(super) fn joined(step: &mut Step<'_>, id: EngagementId, done: bool) {
    let Some(from) = step.state().watches.get(id).and_then(|watch| watch.from) else { return };
    if done {
        relieve(step, id, from);
    } else {
        step.emit(MonitorEvent::NotTakenOver { engagement: id });
        review(step, id);
    }
}

/// The host cannot let the supervisor take part.
pub(super) fn not_attached(step: &mut Step<'_>, leg: LegId) {
    if let Some(id) = part_of(step.state(), leg) {
        end(step, id, MonitorEnd::Failed);
    }
}

/// The supervisor's leg is gone. Whether the supervisor only followed.
pub(super) fn leg_gone(step: &mut Step<'_>, id: EngagementId) -> bool {
    let follows = step.state().watches.get(id).is_some();
    if follows {
        end(step, id, MonitorEnd::LegGone);
    }
    follows
}

/// The part in which somebody follows by the leg.
fn part_of(state: &State, leg: LegId) -> Option<EngagementId> {
    let LegPurpose::Part(id, _) = state.leg(leg)?.purpose else { return None };
    state.watches.get(id).map(|_| id)
}

/// The supervisor serves from now on; the agent wraps up.
fn relieve(step: &mut Step<'_>, engagement: EngagementId, from: EngagementId) {
    let state = step.state();
    let (Some(row), Some(part)) = (state.engagement(engagement), state.engagement(from)) else {
        return;
    };
    let (supervisor, queue, held) = (row.agent, part.queue, part.phase == Phase::Held);
    let (interaction, role) = (part.interaction, part.role);
    step.emit(MonitorEvent::TookOver { engagement, supervisor, from, queue });
    step.emit(EngagementEvent::RoleChanged { id: engagement, role });
    if let Some(interaction) = interaction.filter(|_| held) {
        agent::release(step, interaction);
    }
    agent::finish(step, from);
}

/// The agents of what is followed need not wait for help any longer.
fn help_came(step: &mut Step<'_>, by: EngagementId) {
    let state = step.state();
    let Some(row) = state.engagement(by).and_then(|row| state.interaction(row.interaction?)) else {
        return;
    };
    let followed = state.watches.get(by).map(|watch| watch.target);
    let waits = |part: &&Engagement| {
        part.wants_help && !matches!(followed, Some(Watched::Agent(agent)) if agent != part.agent)
    };
    let helped: Vec<EngagementId> = row
        .engagements
        .iter()
        .filter_map(|id| state.engagement(*id))
        .filter(waits)
        .map(|part| part.id)
        .collect();
    for id in helped {
        step.emit(EngagementEvent::AssistanceEnded { id, by: Some(by) });
    }
}
