//! Commands of supervisors: following, taking over; and of agents who ask for help.

use super::Judged;
use super::named::{in_phase, known, own, serves, somebody};
use crate::agent::{self, Reach};
use crate::id::{AgentId, EngagementId, HostId};
use crate::interaction::monitor;
use crate::message::{
    Alert, Authority, CommandBody, EffectKind, EngagementEvent, Lane, MonitorEnd, MonitorMode,
    MonitorTarget, Phase, Rejection, RejectionReason, Watched,
};
use crate::state::{Hold, Stage, State, Step};

/// Judges and decides.
pub(super) fn decide(step: &mut Step<'_>, authority: &Authority, body: CommandBody) -> Judged {
    match body {
        CommandBody::Monitor { target, mode } => follow(step, authority, &target, mode),
        CommandBody::EndMonitor { target } => {
            let state = step.state();
            let supervisor = supervisor(state, authority)?;
            let watched = watched(state, authority, &target, supervisor)?;
            let part = following(state, supervisor).filter(|(_, target)| *target == watched);
            let (part, _) = part.ok_or_else(|| Rejection::wrong_state("target", "not followed"))?;
            monitor::end(step, part, MonitorEnd::Stopped);
            Ok(())
        }
        CommandBody::TakeOver { engagement } => take_over(step, authority, engagement),
        CommandBody::RequestAssistance { engagement } => {
            let row = own(step.state(), authority, engagement)?;
            serves(row)?;
            in_phase(row, &[Phase::Active, Phase::Held])?;
            if row.wants_help {
                return Err(Rejection::wrong_state("engagement", "waiting for help already"));
            }
            let about = Alert::Assistance(row.agent);
            step.emit(EngagementEvent::AssistanceRequested { id: engagement, request: None });
            step.effect(HostId(0), Lane::None, step.at, EffectKind::Alert { about });
            Ok(())
        }
        _ => Err(Rejection::not_yet("command")),
    }
}

fn follow(
    step: &mut Step<'_>,
    authority: &Authority,
    target: &MonitorTarget,
    mode: MonitorMode,
) -> Judged {
    let state = step.state();
    let supervisor = supervisor(state, authority)?;
    let watched = watched(state, authority, target, supervisor)?;
    if let Watched::Interaction(id) = watched {
        let open = state.interaction(id).is_some_and(|row| row.stage == Stage::Open);
        if !open {
            return Err(Rejection::wrong_state("target.interaction", "over"));
        }
    }
    if let Watched::Agent(agent) = watched
        && state.agent(agent).is_none_or(|row| row.session.is_none())
    {
        return Err(Rejection::wrong_state("target.agent", "signed out"));
    }
    match following(state, supervisor) {
        Some((part, now)) if now == watched => {
            let watch = state.watches.get(part);
            if watch.is_some_and(|watch| watch.from.is_some()) {
                return Err(Rejection::wrong_state("target", "being taken over"));
            }
            if watch.is_some_and(|watch| watch.mode == mode) {
                return Err(Rejection::wrong_state("mode", "in force already"));
            }
            monitor::change_mode(step, part, mode);
        }
        Some(_) => {
            return Err(Rejection::wrong_state("authority.actor", "following something else"));
        }
        None => {
            has_place(state, supervisor)?;
            monitor::begin(step, supervisor, watched, mode);
        }
    }
    Ok(())
}

fn take_over(step: &mut Step<'_>, authority: &Authority, engagement: EngagementId) -> Judged {
    let state = step.state();
    let supervisor = supervisor(state, authority)?;
    let row = known(state, state.engagement(engagement), engagement.origin(), "engagement")?;
    let (from, channel) = (row.agent, row.channel);
    let Some(interaction) = row.interaction else {
        return Err(Rejection::wrong_state("engagement", "without a customer"));
    };
    let what = Reach::interaction(state, interaction);
    agent::may_supervise(state, authority, Some(from), what)?;
    if from == supervisor {
        return Err(Rejection::invalid("engagement", "is the supervisor's own"));
    }
    monitor::can_be_relieved(state, engagement)
        .map_err(|why| Rejection::wrong_state("engagement", why))?;
    let follows = following(state, supervisor);
    let there = follows.filter(|(part, _)| {
        state.engagement(*part).is_some_and(|row| row.interaction == Some(interaction))
    });
    if follows.is_some() && there.is_none() {
        return Err(Rejection::wrong_state("authority.actor", "following something else"));
    }
    let taking = |(part, _): (EngagementId, Watched)| {
        state.watches.get(part).is_some_and(|watch| watch.from.is_some())
    };
    if there.is_some_and(taking) {
        return Err(Rejection::wrong_state("engagement", "being taken over"));
    }
    if !state.has_room(supervisor, channel) {
        return Err(Rejection::new(RejectionReason::NoCapacity, "authority.actor"));
    }
    let part = if let Some((part, _)) = there {
        part
    } else {
        has_place(state, supervisor)?;
        monitor::begin(step, supervisor, Watched::Interaction(interaction), MonitorMode::Listen)
    };
    monitor::take_over(step, part, engagement);
    Ok(())
}

/// The one who supervises: an agent of the center who is at work and can be reached.
fn supervisor(state: &State, authority: &Authority) -> Result<AgentId, Rejection> {
    let named = authority.on_behalf_of.as_ref().or(authority.actor.id.as_ref());
    let agent = named
        .and_then(|key| state.config.agent_id(key))
        .ok_or_else(|| Rejection::invalid("authority.actor", "is no agent of the center"))?;
    if authority.on_behalf_of.is_some() {
        agent::may_act_for(state, authority, agent)?;
    }
    let session = state.agent(agent).and_then(|row| row.session.as_ref());
    if !session.is_some_and(|session| state.is_reachable(session)) {
        return Err(Rejection::wrong_state("authority.actor", "signed out or away"));
    }
    Ok(agent)
}

/// What is to be followed, if the actor's permission reaches it.
fn watched(
    state: &State,
    authority: &Authority,
    target: &MonitorTarget,
    supervisor: AgentId,
) -> Result<Watched, Rejection> {
    match target {
        MonitorTarget::Interaction(id) => {
            let row = known(state, state.interaction(*id), id.origin(), "target.interaction")?;
            let what = Reach::interaction(state, *id);
            let reached = |agent| agent::may_supervise(state, authority, agent, what).is_ok();
            let mut agents = row
                .engagements
                .iter()
                .filter_map(|id| state.engagement(*id))
                .map(|part| part.agent);
            // Whoever may listen to one of them hears all.
            let nobody_there = row.engagements.is_empty();
            if !(agents.any(|agent| reached(Some(agent))) || nobody_there && reached(None)) {
                return Err(agent::not_permitted());
            }
            if row.internal {
                let is = "a call among colleagues";
                return Err(Rejection::wrong_state("target.interaction", is));
            }
            Ok(Watched::Interaction(*id))
        }
        MonitorTarget::Agent(key) => {
            let agent = somebody(state, key, "target.agent")?;
            if agent == supervisor {
                return Err(Rejection::invalid("target.agent", "is the one who supervises"));
            }
            agent::may_supervise(state, authority, Some(agent), Reach::AllBrands)?;
            Ok(Watched::Agent(agent))
        }
    }
}

/// What the supervisor follows: one thing at a time, since there is one pair of ears.
fn following(state: &State, supervisor: AgentId) -> Option<(EngagementId, Watched)> {
    state.agent(supervisor)?.work.iter().find_map(|item| match item.hold {
        Hold::Engagement(id) => state.watches.get(id).map(|watch| (id, watch.target)),
        Hold::Offer(_) => None,
    })
}

/// The supervisor's account takes one more item.
fn has_place(state: &State, supervisor: AgentId) -> Judged {
    let most = state.config.center.limits.engagements_per_agent as usize;
    if state.agent(supervisor).is_some_and(|row| row.work.len() >= most) {
        return Err(Rejection::limit("engagements_per_agent"));
    }
    Ok(())
}
