//! Voice messages: each an interaction of its own, in the mailbox of the group that serves its queue.
//!
//! ```text
//!           left ──▶ waits in the queue ──▶ claimed: a member takes care of it ──▶ done
//!                     ▲    │ unheard for too long   │
//!                     │    └──▶ mailbox of another  │ released
//!                     └──────── queue, if there is ─┘
//! ```

use super::entry;
use crate::agent;
use crate::id::{AgentId, EngagementId, HostId, InteractionId, QueueId};
use crate::message::{
    Alert, Arrival, EffectKind, EngagementEnd, FlowOutReason, Lane, LeftMessage, Mailbox,
    RequestCause, VoicemailEvent,
};
use crate::model::Channel;
use crate::queue::join;
use crate::state::Step;
use crate::time::Timestamp;

/// A customer has left a message.
pub(crate) fn left(step: &mut Step<'_>, host: HostId, message: LeftMessage) {
    let LeftMessage { message: external, to, from, reference, duration, transcript } = message;
    let arrival = Arrival::new(external.clone(), Channel::Voicemail, to).from(from);
    entry::written(step, host, arrival, |step, interaction, queue| {
        let unheard_until = unheard_until(step, queue);
        step.emit(VoicemailEvent::Left {
            interaction,
            mailbox: Mailbox::Queue(queue),
            reference,
            transcript,
            external: Some(external),
            duration,
            unheard_until,
        });
    });
}

/// When the group that serves the queue has had its time to hear a message.
fn unheard_until(step: &Step<'_>, queue: QueueId) -> Option<Timestamp> {
    let span = step.state().config.queue(queue)?.voicemail.unheard_after?;
    Some(step.at + span)
}

/// The agent gives the message back to the group: it is at its place again, and another member's turn.
pub(crate) fn release(step: &mut Step<'_>, id: EngagementId, end: EngagementEnd) {
    let state = step.state();
    let Some(row) = state.engagement(id) else { return };
    let (agent, Some(interaction)) = (row.agent, row.interaction) else { return };
    let Some(queue) = state.voicemail(interaction).map(|message| message.queue) else { return };
    let excluded_until = step.at + state.config.center.policies.exclusion;
    if let Some(request) = join::again(step, interaction, queue) {
        step.emit(VoicemailEvent::Released { interaction, agent, request, excluded_until });
        agent::end_engagement(step, id, end);
    }
}

/// An agent has heard the message.
pub(crate) fn heard(step: &mut Step<'_>, interaction: InteractionId, agent: AgentId) {
    step.emit(VoicemailEvent::Heard { interaction, agent });
}

/// Nobody has heard the message in time. Supervisors are told, and if nobody takes care of it, it goes
/// on to the group that stands in.
pub(crate) fn unheard(step: &mut Step<'_>, interaction: InteractionId) {
    let state = step.state();
    let Some(message) = state.voicemail(interaction) else { return };
    let waiting = state.interaction(interaction).and_then(|row| row.request);
    let plan = state.config.queue(message.queue);
    let on = waiting.zip(plan.and_then(|plan| plan.voicemail.escalate_to));
    let to = on.map(|(_, to)| to);
    let unheard_until = to.and_then(|to| unheard_until(step, to));
    step.emit(VoicemailEvent::Escalated { interaction, to, unheard_until });
    let alert = EffectKind::Alert { about: Alert::VoicemailUnheard(interaction) };
    step.effect(HostId(0), Lane::None, step.at, alert);
    if let Some((request, to)) = on {
        let why = (FlowOutReason::Unheard, RequestCause::Overflow);
        join::sent(step, request, to, why);
    }
}

/// Tells of the mailboxes in which something has changed in this step.
pub(crate) fn settle(step: &mut Step<'_>) {
    for queue in step.take_mailboxes() {
        let Some(row) = step.state().queue(queue) else { continue };
        let (mailbox, waiting) = (Mailbox::Queue(queue), row.mailbox);
        let (unheard, heard) = (waiting.unheard, waiting.heard);
        step.emit(VoicemailEvent::WaitingChanged { mailbox, unheard, heard });
        let show = EffectKind::MessagesWaiting { mailbox, unheard, heard };
        step.effect(HostId(0), Lane::None, step.at, show);
    }
}
