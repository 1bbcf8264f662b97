//! Coverage: who stands in for agents who alone are wanted, and do not come.
//!
//! | what waits for them | goes on to |
//! |---|---|
//! | advice, help | nobody |
//! | a recall | the fallback queue of the transfer |
//! | work that its owner does not take up again, what a team did not take either | the queue through which it came |
//! | a promised call | the coverage of the first of them, if that is a queue; else the queue through which it came |
//! | what is written | the same, or the team |
//! | a caller | the coverage of the first of them; without any, the queue through which it came |
//!
//! A caller who is sent to a mailbox waits no more: a host takes the message, an operation with its deadline.
//! If it cannot, the caller is back at the same place, in the queue through which the call came.
//!
//! A queue that was removed meanwhile is the matter of its heir, before any coverage.

use super::join::{self, Wish};
use super::{leave, offer};
use crate::id::{AgentId, QueueId, TeamId};
use crate::message::{
    EffectKind, FlowOutReason, Lane, Mailbox, Outcome, RequestCause, Target, TransferEvent,
    VoicemailEvent,
};
use crate::state::{CoveragePlan, LegState, Request, State, Step};

/// Who stands in.
enum StandIn {
    Queue(QueueId),
    /// By name, in the queue through which the customer came.
    Agents(Vec<AgentId>),
    Mailbox(Mailbox),
}

/// Those who alone are wanted do not come: on to whoever stands in.
pub(super) fn goes_on(step: &mut Step<'_>, request: &Request, wanted: &[AgentId]) {
    let reason = FlowOutReason::Coverage;
    let (to, wish) = match stands_in(step.state(), request, wanted) {
        None => return leave::end(step, request.id, Outcome::FlowedOut { reason, to: None }),
        Some(StandIn::Queue(to)) => (to, Wish::new(RequestCause::Overflow)),
        Some(StandIn::Agents(agents)) => {
            let target = Target::Agents(agents);
            (request.queue, Wish { target, ..Wish::new(RequestCause::Coverage) })
        }
        Some(StandIn::Mailbox(mailbox)) => return ask_for_message(step, request, mailbox),
    };
    leave::end(step, request.id, Outcome::FlowedOut { reason, to: Some(to) });
    join::go_on(step, request, to, wish);
}

/// The table above.
fn stands_in(state: &State, request: &Request, wanted: &[AgentId]) -> Option<StandIn> {
    let home = StandIn::Queue(request.queue);
    let promised = request.cause == RequestCause::Callback;
    match request.cause {
        cause if cause.is_of_agent() => return None,
        RequestCause::Recall => {
            let transfer = state.meeting_of(request.interaction)?.transfer?;
            return transfer.fallback.map(StandIn::Queue);
        }
        RequestCause::Resume | RequestCause::Coverage => return Some(home),
        _ => {}
    }
    let first = *wanted.first()?;
    let speaks = !promised && can_leave_message(state, request);
    Some(match state.config.agent(first).and_then(|plan| plan.coverage) {
        Some(CoveragePlan::Queue(queue)) => StandIn::Queue(queue),
        Some(CoveragePlan::Team(team)) if !promised => {
            let members = members(state, request, team, wanted);
            if members.is_empty() { home } else { StandIn::Agents(members) }
        }
        Some(CoveragePlan::QueueMailbox(queue)) if speaks => {
            StandIn::Mailbox(Mailbox::Queue(queue))
        }
        Some(CoveragePlan::OwnMailbox) if speaks => StandIn::Mailbox(Mailbox::Agent(first)),
        _ => home,
    })
}

/// Whether somebody is on the line who can be asked to speak, by a host that does what it is told.
fn can_leave_message(state: &State, request: &Request) -> bool {
    let row = state.interaction(request.interaction);
    row.filter(|row| row.channel.has_media()).is_some_and(|row| {
        let up = state.leg(row.leg).is_some_and(|leg| leg.state == LegState::Up);
        up && state.controls_media(row.host) && state.host_is_up(row.host)
    })
}

/// The caller waits no more, and is asked to leave a message.
fn ask_for_message(step: &mut Step<'_>, request: &Request, mailbox: Mailbox) {
    let (id, interaction) = (request.id, request.interaction);
    let state = step.state();
    let Some(row) = state.interaction(interaction) else { return };
    let (host, leg) = (row.host, state.host_leg(row.leg));
    let max = state.config.center.policies.message_max;
    let transfer = state.meeting_of(interaction).and_then(|meeting| meeting.transfer);
    offer::set_music(step, id, false);
    step.emit(VoicemailEvent::Asked { request: id, interaction, mailbox });
    if let Some(transfer) = transfer.filter(|transfer| !transfer.failed) {
        let engagement = transfer.engagement;
        step.emit(TransferEvent::Completed { interaction, engagement, to: None });
    }
    leave::end(step, id, Outcome::FlowedOut { reason: FlowOutReason::Voicemail, to: None });
    let by = step.op_deadline() + max;
    let kind = EffectKind::TakeMessage { leg, mailbox, max };
    step.effect(host, Lane::Interaction(interaction), by, kind);
}

/// The members of the team who are at work. Those who were waited for have had their time, and whoever
/// hands a customer on is not the one to get the customer.
fn members(state: &State, request: &Request, team: TeamId, wanted: &[AgentId]) -> Vec<AgentId> {
    let transfer = state.meeting_of(request.interaction).and_then(|meeting| meeting.transfer);
    let transferor = transfer.and_then(|transfer| transfer.agent);
    let stands_in = |agent: AgentId| {
        state.config.team_of(agent) == Some(team)
            && !wanted.contains(&agent)
            && transferor != Some(agent)
    };
    let at_work = state.agents.iter().filter(|row| row.session.is_some());
    at_work.map(|row| row.id).filter(|agent| stands_in(*agent)).collect()
}
