//! Commands: who may give them, what they name, which decision they lead to. Everything is judged
//! before anything is decided.

use super::configure;
use crate::agent;
use crate::id::{
    AgentId, EngagementId, InteractionId, Key, OfferId, Origin, QueueId, ReasonId, RequestId,
};
use crate::interaction;
use crate::message::{
    Authority, Command, CommandBody, ContextEntry, EndCause, EngagementEnd, EngagementRole, Event,
    OfferEnd, Outcome, Permission, Personal, Phase, Presence, Rejection, RejectionReason,
    RequestEvent, Side, SignOutCause,
};
use crate::model::{Station, WrapUpMode};
use crate::queue;
use crate::state::{Engagement, Stage, State, Step, capacity};
use crate::time::Duration;

/// Digest of a command's authority and body, without personal payload.
pub(super) fn digest(command: &Command) -> u64 {
    State::digest_of(&(&command.authority, &command.body))
}

type Judged = Result<(), Rejection>;

/// Judges the command and decides what it leads to.
pub(super) fn decide(step: &mut Step<'_>, authority: &Authority, body: CommandBody) -> Judged {
    if let Some(name) = body.not_yet() {
        return Err(Rejection::not_yet(name));
    }
    match body {
        CommandBody::SignIn { .. }
        | CommandBody::SignOut { .. }
        | CommandBody::SetPresence { .. }
        | CommandBody::SetDesktop { .. }
        | CommandBody::BeginOtherWork { .. } => agent_command(step, authority, body),
        CommandBody::AcceptOffer { offer } => {
            own_offer(step.state(), authority, offer)?;
            accept(step, offer)
        }
        CommandBody::RejectOffer { offer, reason } => {
            own_offer(step.state(), authority, offer)?;
            let reason = reason_id(step.state(), reason.as_ref(), "reason")?;
            queue::offer::end(step, offer, OfferEnd::Rejected(reason));
            Ok(())
        }
        CommandBody::PrioritizeRequest { request, boost } => {
            agent::may_manage(authority, Permission::ManageInteractions)?;
            prioritize(step, request, boost)
        }
        CommandBody::WithdrawRequest { request } => {
            agent::may_manage(authority, Permission::ManageInteractions)?;
            known(step.state(), step.state().request(request), request.origin(), "request")?;
            let actor = authority.actor.clone();
            queue::leave::end(step, request, Outcome::Withdrawn { actor });
            Ok(())
        }
        CommandBody::CloseInteraction { interaction } => {
            agent::may_manage(authority, Permission::ManageInteractions)?;
            close(step, authority, interaction)
        }
        CommandBody::SetContext { conversation, entries } => {
            let state = step.state();
            known(state, state.conversation(conversation), conversation.origin(), "conversation")?;
            context_fits(state, conversation, &entries)?;
            interaction::set_context(step, conversation, entries);
            Ok(())
        }
        CommandBody::SwitchQueue { queue, switch, until } => {
            agent::may_manage(authority, Permission::ManageQueues)?;
            let id = queue_id(step.state(), &queue)?;
            if until.is_some_and(|until| until <= step.at) {
                return Err(Rejection::invalid("until", "is not in the future"));
            }
            queue::hours::switch(step, id, switch, until);
            Ok(())
        }
        CommandBody::Configure { base_version, changes } => {
            agent::may_manage(authority, Permission::Configure)?;
            configure::decide(step, base_version, changes)
        }
        CommandBody::ReportFacts(batch) => {
            agent::may_manage(authority, Permission::ReportFacts)?;
            let config = &step.state().config;
            if batch.facts.len() > config.center.limits.facts_per_command as usize {
                return Err(Rejection::limit("facts_per_command"));
            }
            // A key that is configured no more keeps its number: facts come late.
            let facts = batch.numbered(&|kind, key| config.numbers.get(kind, key.as_str()))?;
            step.emit(Event::Facts(facts));
            Ok(())
        }
        body => engagement_command(step, authority, body),
    }
}

fn agent_command(step: &mut Step<'_>, authority: &Authority, body: CommandBody) -> Judged {
    let state = step.state();
    match body {
        CommandBody::SignIn { agent, device, station, ready } => {
            let id = agent_id(state, authority, &agent)?;
            let station = station
                .or_else(|| state.config.agent(id).map(|plan| plan.station.clone()))
                .unwrap_or_default();
            station_is_usable(state, &station)?;
            let row = state.agent(id).and_then(|row| row.session.as_ref());
            if row.is_some() && !state.config.center.policies.sign_in_takes_over {
                return Err(Rejection::wrong_state("agent", "signed in already"));
            }
            if row.is_some() {
                queue::cut::all(step, id, EngagementEnd::Forced);
                agent::leave(step, id, SignOutCause::TakenOver);
            }
            agent::sign_in(step, id, device, station, ready);
        }
        CommandBody::SignOut { agent, force } => {
            let id = signed_in(state, authority, &agent)?;
            if force {
                queue::cut::all(step, id, EngagementEnd::Forced);
                agent::leave(step, id, SignOutCause::Forced);
            } else {
                agent::sign_out(step, id);
            }
        }
        CommandBody::SetPresence { agent, ready, reason } => {
            let id = signed_in(state, authority, &agent)?;
            let reason = reason_id(state, reason.as_ref(), "reason")?;
            let presence = if ready { Presence::Ready } else { Presence::NotReady(reason) };
            agent::set_presence(step, id, presence);
        }
        CommandBody::SetDesktop { agent, connected } => {
            let id = signed_in(state, authority, &agent)?;
            agent::set_desktop(step, id, connected);
            if !connected {
                queue::cut::offers(step, id);
            }
        }
        CommandBody::BeginOtherWork { agent, channel, reason } => {
            let id = signed_in(state, authority, &agent)?;
            let reason = reason_id(state, reason.as_ref(), "reason")?;
            let most = state.config.center.limits.engagements_per_agent as usize;
            let Some((plan, row)) = state.config.agent(id).zip(state.agent(id)) else {
                return Err(Rejection::unknown("agent"));
            };
            if row.work.len() >= most {
                return Err(Rejection::limit("engagements_per_agent"));
            }
            if !capacity::admits(&state.config, plan, &row.work, channel) {
                return Err(Rejection::new(RejectionReason::NoCapacity, "channel"));
            }
            agent::begin_other_work(step, id, channel, reason);
        }
        _ => {}
    }
    Ok(())
}

fn engagement_command(step: &mut Step<'_>, authority: &Authority, body: CommandBody) -> Judged {
    let state = step.state();
    match body {
        CommandBody::Hold { engagement } => {
            in_phase(own(state, authority, engagement)?, &[Phase::Active])?;
            handler(own(state, authority, engagement)?)?;
            agent::hold(step, engagement);
        }
        CommandBody::Unhold { engagement } => {
            in_phase(own(state, authority, engagement)?, &[Phase::Held])?;
            agent::unhold(step, engagement);
        }
        CommandBody::HangUp { engagement } => {
            let row = own(state, authority, engagement)?;
            handler(row)?;
            in_phase(row, &[Phase::Active, Phase::Held, Phase::Suspended])?;
            agent::finish(step, engagement);
        }
        CommandBody::EndOtherWork { engagement } => {
            let row = own(state, authority, engagement)?;
            if row.role != EngagementRole::OtherWork {
                return Err(Rejection::wrong_state("engagement", "work of a queue"));
            }
            agent::end_other_work(step, engagement);
        }
        CommandBody::FinishWrapUp { engagement, disposition } => {
            let row = own(state, authority, engagement)?;
            in_phase(row, &[Phase::WrapUp])?;
            let disposition =
                disposition.map(|key| disposition_id(state, row, &key)).transpose()?;
            let mode = wrap_up(state, row).map(|w| w.mode);
            let has = disposition.is_some() || row.disposition.is_some();
            match mode {
                Some(WrapUpMode::Forced) if !has => {
                    return Err(Rejection::invalid("disposition", "is required by the queue"));
                }
                Some(WrapUpMode::TimeBoxedFixed) => {
                    return Err(Rejection::wrong_state("engagement", "in a fixed wrap-up"));
                }
                _ => agent::finish_wrap_up(step, engagement, disposition),
            }
        }
        CommandBody::ExtendWrapUp { engagement, by } => {
            let row = own(state, authority, engagement)?;
            in_phase(row, &[Phase::WrapUp])?;
            let policy = wrap_up(state, row).filter(|w| w.mode == WrapUpMode::Extendable);
            let Some(policy) = policy else {
                return Err(Rejection::wrong_state("engagement", "not extendable"));
            };
            if row.extensions >= policy.extensions {
                return Err(Rejection::limit("wrap_up.extensions"));
            }
            if by <= Duration::ZERO || by > policy.limit {
                return Err(Rejection::invalid("by", "is not within the queue's limit"));
            }
            agent::extend_wrap_up(step, engagement, by);
        }
        CommandBody::SetDisposition { engagement, disposition } => {
            let row = own(state, authority, engagement)?;
            let disposition = disposition_id(state, row, &disposition)?;
            agent::set_disposition(step, engagement, disposition);
        }
        _ => return Err(Rejection::not_yet("command")),
    }
    Ok(())
}

fn accept(step: &mut Step<'_>, id: OfferId) -> Judged {
    let state = step.state();
    let offer = state.offer(id).ok_or_else(|| Rejection::stale("offer"))?;
    if offer.accepted.is_some() {
        return Err(Rejection::wrong_state("offer", "accepted already"));
    }
    if offer.leg.is_some() {
        return Err(Rejection::wrong_state("offer", "answered by the phone that rings"));
    }
    queue::offer::accept(step, id);
    Ok(())
}

fn close(step: &mut Step<'_>, authority: &Authority, id: InteractionId) -> Judged {
    let state = step.state();
    let row = known(state, state.interaction(id), id.origin(), "interaction")?;
    if row.stage != Stage::Open {
        return Err(Rejection::wrong_state("interaction", "over"));
    }
    if let Some(request) = row.request {
        let actor = authority.actor.clone();
        queue::leave::end(step, request, Outcome::Withdrawn { actor });
    }
    interaction::end(step, id, Side::Command, EndCause::default());
    Ok(())
}

fn prioritize(step: &mut Step<'_>, id: RequestId, boost: Duration) -> Judged {
    let state = step.state();
    let request = known(state, state.request(id), id.origin(), "request")?;
    let due_at = state.config.due_at(request.order_at, request.service_target, boost);
    step.emit(RequestEvent::Reordered { id, boost, due_at });
    Ok(())
}

fn context_fits(state: &State, id: crate::id::ConversationId, entries: &[ContextEntry]) -> Judged {
    let limits = &state.config.center.limits;
    let held = state.conversation(id).map(|c| c.context.as_slice()).unwrap_or_default();
    let new = entries.iter().filter(|e| !held.iter().any(|old| old.key == e.key)).count();
    if held.len() + new > limits.context_entries as usize {
        return Err(Rejection::limit("context_entries"));
    }
    let long = |entry: &ContextEntry| {
        let bytes = match &entry.value {
            Personal::Clear(value) => value.len(),
            Personal::Sealed { bytes, .. } => bytes.len(),
            Personal::Erased => 0,
        };
        bytes > limits.context_bytes as usize
    };
    if entries.iter().any(long) {
        return Err(Rejection::limit("context_bytes"));
    }
    Ok(())
}

/// What the id names; gone if it was there once.
fn known<'s, T>(
    state: &State,
    found: Option<&'s T>,
    origin: Origin,
    field: &'static str,
) -> Result<&'s T, Rejection> {
    found.ok_or_else(|| {
        let made = state.was_made(origin);
        let reason = if made { RejectionReason::Gone } else { RejectionReason::Unknown };
        Rejection::new(reason, field)
    })
}

fn agent_id(state: &State, authority: &Authority, key: &Key) -> Result<AgentId, Rejection> {
    let id = state.config.agent_id(key).ok_or_else(|| Rejection::unknown("agent"))?;
    agent::may_act_for(state, authority, id)?;
    Ok(id)
}

fn signed_in(state: &State, authority: &Authority, key: &Key) -> Result<AgentId, Rejection> {
    let id = agent_id(state, authority, key)?;
    let present = state.agent(id).is_some_and(|row| row.session.is_some());
    present.then_some(id).ok_or_else(|| Rejection::wrong_state("agent", "signed out"))
}

fn station_is_usable(state: &State, station: &Station) -> Judged {
    match station {
        Station::Direct => Ok(()),
        Station::Phone { host, .. } => match state.config.host_id(host) {
            Some(_) => Ok(()),
            None => Err(Rejection::unknown("station.host")),
        },
        _ => Err(Rejection::not_yet("nailed-up stations")),
    }
}

fn queue_id(state: &State, key: &Key) -> Result<QueueId, Rejection> {
    state.config.queue_id(key).ok_or_else(|| Rejection::unknown("queue"))
}

fn reason_id(
    state: &State,
    key: Option<&Key>,
    field: &'static str,
) -> Result<Option<ReasonId>, Rejection> {
    key.map(|key| state.config.reason_id(key).ok_or_else(|| Rejection::unknown(field))).transpose()
}

/// The offer is the actor's own, or the actor may act for its agent. A late answer to an old lease is
/// refused as stale.
fn own_offer(state: &State, authority: &Authority, id: OfferId) -> Judged {
    let Some(offer) = state.offer(id) else {
        return Err(if state.was_made(id.origin()) {
            Rejection::stale("offer")
        } else {
            Rejection::unknown("offer")
        });
    };
    agent::may_act_for(state, authority, offer.agent)
}

fn own<'s>(
    state: &'s State,
    authority: &Authority,
    id: EngagementId,
) -> Result<&'s Engagement, Rejection> {
    let engagement = known(state, state.engagement(id), id.origin(), "engagement")?;
    agent::may_act_for(state, authority, engagement.agent)?;
    Ok(engagement)
}

fn handler(engagement: &Engagement) -> Judged {
    if engagement.role == EngagementRole::OtherWork {
        return Err(Rejection::wrong_state("engagement", "work without a customer"));
    }
    Ok(())
}

fn in_phase(engagement: &Engagement, phases: &[Phase]) -> Judged {
    if phases.contains(&engagement.phase) {
        return Ok(());
    }
    let phase = match engagement.phase {
        Phase::Previewing => "in preview",
        Phase::Dialing => "dialing",
        Phase::Connecting => "connecting",
        Phase::Active => "active",
        Phase::Held => "on hold",
        Phase::Suspended => "suspended",
        Phase::Parked => "parked",
        Phase::WrapUp => "in wrap-up",
    };
    Err(Rejection::wrong_state("engagement", phase))
}

fn wrap_up<'s>(state: &'s State, engagement: &Engagement) -> Option<&'s crate::model::WrapUp> {
    Some(&state.config.queue(engagement.queue?)?.wrap_up)
}

fn disposition_id(
    state: &State,
    engagement: &Engagement,
    key: &Key,
) -> Result<crate::id::DispositionId, Rejection> {
    let id = state.config.disposition_id(key).ok_or_else(|| Rejection::unknown("disposition"))?;
    let allowed = engagement
        .queue
        .and_then(|queue| state.config.queue(queue))
        .is_none_or(|plan| plan.dispositions.is_empty() || plan.dispositions.contains(&id));
    allowed
        .then_some(id)
        .ok_or_else(|| Rejection::invalid("disposition", "is not one of the queue's"))
}
