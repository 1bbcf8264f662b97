//! Commands of agents who call somebody by hand, a customer or a colleague, or promise a call.

use super::Judged;
use super::named::{ahead, in_phase, known, own, queue_id, signed_in};
use crate::agent::{self, phone};
use crate::id::{AgentId, ConversationId, HostId, Key, QueueId, RequestId};
use crate::interaction::{callback, dial, internal};
use crate::message::{
    Authority, CommandBody, Outcome, PendingPresence, Personal, Phase, Rejection, RejectionReason,
    RequestCause,
};
use crate::model::Channel;
use crate::queue;
use crate::queue::{call_back, outbound};
use crate::state::{Promise, State, Step};

/// Judges and decides.
pub(super) fn decide(step: &mut Step<'_>, authority: &Authority, body: CommandBody) -> Judged {
    let state = step.state();
    match body {
        CommandBody::Dial { agent, queue, to, preview, location, host, conversation } => {
            let agent = signed_in(state, authority, &agent)?;
            let queue = queue_id(state, &queue)?;
            let emergency = is_emergency(state, &to)?;
            let host = calling_host(state, agent, host.as_ref())?;
            let conversation = conversation.map(|id| follows_up(state, queue, id)).transpose()?;
            // Nothing stands in the way of a call for help.
            if !emergency {
                has_room(state, agent, "agent")?;
            }
            let preview = preview && !emergency;
            let wanted =
                dial::Wanted { agent, queue, host, to, location, preview, emergency, conversation };
            dial::begin(step, wanted);
        }
        CommandBody::DialAgent { agent, to } => {
            let agent = signed_in(state, authority, &agent)?;
            let (colleague, phone) = colleague(state, agent, &to)?;
            if phone::of(state, agent).is_some_and(|(host, _)| host != phone.0) {
                let is = "at another host than the caller's phone";
                return Err(Rejection::wrong_state("to", is));
            }
            is_reachable(state, agent, "agent")?;
            has_room(state, agent, "agent")?;
            internal::begin(step, agent, colleague, phone);
        }
        CommandBody::PlaceCall { engagement } => {
            let row = own(state, authority, engagement)?;
            in_phase(row, &[Phase::Previewing])?;
            let host = row.interaction.and_then(|id| state.interaction(id)).map(|row| row.host);
            host.map_or(Ok(()), |host| is_there(state, host, "engagement"))?;
            dial::place(step, engagement);
        }
        CommandBody::ScheduleCallback { conversation, queue, to, not_before, not_after, host } => {
            known(state, state.conversation(conversation), conversation.origin(), "conversation")?;
            agent::may_work_on(state, authority, conversation)?;
            let queue = queue_id(state, &queue)?;
            let conversation = follows_up(state, queue, conversation)?;
            if !call_back::is_callable(state, &to) {
                return Err(Rejection::invalid("to", "is no number to call back"));
            }
            let host = promised_host(state, host.as_ref())?;
            let not_before = not_before - state.wall_offset;
            let not_after = ahead(step, not_after, "not_after")?;
            if not_after.is_some_and(|until| until <= not_before) {
                return Err(Rejection::invalid("not_after", "is not after `not_before`"));
            }
            has_room_for_call(state)?;
            let (place, attempts) = (None, 0);
            let promise =
                Promise { conversation, queue, host, to, not_before, not_after, place, attempts };
            callback::schedule(step, promise);
        }
        CommandBody::CallBack { request, to, not_after } => {
            let to = callable(state, authority, request, to)?;
            let not_after = ahead(step, not_after, "not_after")?;
            let not_before = step.at;
            call_back::instead(step, request, call_back::Wanted { to, not_before, not_after });
        }
        CommandBody::CancelCallback { request } => cancel(step, authority, request)?,
        _ => return Err(Rejection::not_yet("command")),
    }
    Ok(())
}

/// Where to call somebody who waits on a line and may let it go.
fn callable(
    state: &State,
    authority: &Authority,
    request: RequestId,
    to: Option<Personal<String>>,
) -> Result<Personal<String>, Rejection> {
    let row = known(state, state.request(request), request.origin(), "request")?;
    if let Some(interaction) = state.interaction(row.interaction) {
        agent::may_work_on(state, authority, interaction.conversation)?;
    }
    if !call_back::may_let_go(state, row) {
        return Err(Rejection::wrong_state("request", "nobody who waits on a line for a queue"));
    }
    let unknown = || Rejection::invalid("to", "is to be given where no number is known");
    let to = to.or_else(|| call_back::number(state, row)).ok_or_else(unknown)?;
    if call_back::is_callable(state, &to) {
        Ok(to)
    } else {
        Err(Rejection::invalid("to", "is no number to call back"))
    }
}

fn has_room_for_call(state: &State) -> Judged {
    if state.is_full() { Err(Rejection::limit("interactions")) } else { Ok(()) }
}

/// Takes back what was promised: also while it waits, as long as no agent has taken it up.
fn cancel(step: &mut Step<'_>, authority: &Authority, request: RequestId) -> Judged {
    let state = step.state();
    if let Some(promise) = state.callbacks.get(&request) {
        agent::may_work_on(state, authority, promise.conversation)?;
        outbound::take_back(step, request);
        return Ok(());
    }
    let row = known(state, state.request(request), request.origin(), "request")?;
    if row.cause != RequestCause::Callback {
        return Err(Rejection::wrong_state("request", "no promised call"));
    }
    if let Some(interaction) = state.interaction(row.interaction) {
        agent::may_work_on(state, authority, interaction.conversation)?;
    }
    let actor = authority.actor.clone();
    queue::leave::end(step, request, Outcome::Withdrawn { actor });
    Ok(())
}

/// The host that will make the call.
fn promised_host(state: &State, key: Option<&Key>) -> Result<HostId, Rejection> {
    let hosts = &state.config.center.hosts;
    let only = || hosts.keys().next().filter(|_| hosts.len() == 1);
    let several = || Rejection::invalid("host", "is to be named where there is not one alone");
    let key = key.or_else(only).ok_or_else(several)?;
    state.config.host_id(key).ok_or_else(|| Rejection::unknown("host"))
}

fn is_emergency(state: &State, to: &Personal<String>) -> Result<bool, Rejection> {
    match to {
        Personal::Clear(to) if to.trim().is_empty() => Err(Rejection::invalid("to", "is empty")),
        Personal::Clear(to) => Ok(state.config.is_emergency(Channel::Voice, to)),
        _ => Ok(false),
    }
}

/// The host that makes the call.
fn calling_host(state: &State, agent: AgentId, key: Option<&Key>) -> Result<HostId, Rejection> {
    let session = state.agent(agent).and_then(|row| row.session.as_ref());
    let host = match key {
        Some(key) => state.config.host_id(key).ok_or_else(|| Rejection::unknown("host"))?,
        None => session.and_then(|session| session.host).ok_or_else(|| {
            Rejection::invalid("host", "is to be named where the agent has no phone")
        })?,
    };
    is_there(state, host, "host")?;
    is_reachable(state, agent, "agent")?;
    Ok(host)
}

/// The agent who is to be called, and the phone that is called.
fn colleague(
    state: &State,
    caller: AgentId,
    key: &Key,
) -> Result<(AgentId, (HostId, String)), Rejection> {
    let id = state.config.agent_id(key).ok_or_else(|| Rejection::unknown("to"))?;
    if id == caller {
        return Err(Rejection::invalid("to", "is the caller"));
    }
    let row = state.agent(id).filter(|row| row.session.is_some());
    let row = row.ok_or_else(|| Rejection::wrong_state("to", "signed out"))?;
    if row.pending == Some(PendingPresence::SignOut) {
        return Err(Rejection::wrong_state("to", "about to leave"));
    }
    // Also with a call for help, which takes no room.
    if is_on_the_phone(state, id) {
        return Err(Rejection::new(RejectionReason::NoCapacity, "to"));
    }
    is_reachable(state, id, "to")?;
    let phone = phone::of(state, id);
    let phone =
        phone.ok_or_else(|| Rejection::wrong_state("to", "without a phone to be called"))?;
    has_room(state, id, "to")?;
    Ok((id, phone))
}

fn is_on_the_phone(state: &State, agent: AgentId) -> bool {
    state.parts_of(agent).any(|part| {
        let aside = matches!(part.phase, Phase::Suspended | Phase::WrapUp);
        part.channel.has_media() && !part.role.observes() && !aside
    })
}

fn is_reachable(state: &State, agent: AgentId, field: &'static str) -> Judged {
    let session = state.agent(agent).and_then(|row| row.session.as_ref());
    if session.is_some_and(|session| state.is_reachable(session) && session.has_media()) {
        return Ok(());
    }
    Err(Rejection::wrong_state(field, "not to be reached"))
}

fn is_there(state: &State, host: HostId, field: &'static str) -> Judged {
    if state.host_is_up(host) {
        return Ok(());
    }
    Err(Rejection::wrong_state(field, "at a host that is away"))
}

/// An earlier conversation, which is gone on with on behalf of the same brand.
fn follows_up(
    state: &State,
    queue: QueueId,
    id: ConversationId,
) -> Result<ConversationId, Rejection> {
    let row = known(state, state.conversation(id), id.origin(), "conversation")?;
    let brand = state.config.queue(queue).and_then(|plan| plan.brand);
    if brand.is_some() && row.brand != brand {
        return Err(Rejection::invalid("conversation", "is of another brand than the queue"));
    }
    Ok(id)
}

/// One more call may begin, and the agent has room for it.
fn has_room(state: &State, agent: AgentId, field: &'static str) -> Judged {
    has_room_for_call(state)?;
    let most = state.config.center.limits.engagements_per_agent as usize;
    if state.agent(agent).is_some_and(|row| row.work.len() >= most) {
        return Err(Rejection::limit("engagements_per_agent"));
    }
    if !state.has_room(agent, Channel::Voice) {
        return Err(Rejection::new(RejectionReason::NoCapacity, field));
    }
    Ok(())
}
