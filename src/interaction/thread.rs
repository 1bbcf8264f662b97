//! Written channels: messages in both directions, and what happens when somebody does not write.

use super::{entry, parking, voicemail};
use crate::agent;
use crate::id::{EngagementId, ExternalRef, HostId, InteractionId, MessageId};
use crate::message::{
    Alert, Arrival, CustomerRef, DeliveryState, Direction, EffectEnd, EffectKind, EndCause,
    EndKind, HostError, Lane, LegEvent, MessageEvent, Personal, Phase, RequestCause, Side,
};
use crate::model::{Channel, Silence};
use crate::queue::join::{self, Wish};
use crate::state::{Engagement, Stage, State, Step};
use crate::time::Timestamp;

/// What a customer wrote.
pub(crate) struct Written {
    pub(crate) thread: ExternalRef,
    pub(crate) message: ExternalRef,
    pub(crate) channel: Channel,
    pub(crate) to: String,
    pub(crate) from: Box<CustomerRef>,
    pub(crate) subject: Option<Personal<String>>,
    pub(crate) text: Personal<String>,
    pub(crate) in_reply_to: Option<ExternalRef>,
    pub(crate) attachments: Vec<Personal<String>>,
}

/// A customer wrote: in an interaction that is open, in one that is over and opens again, or anew.
pub(crate) fn received(step: &mut Step<'_>, host: HostId, written: Written) {
    let state = step.state();
    let known = state
        .leg_named(host, &written.thread)
        .and_then(|leg| state.leg(leg))
        .and_then(|leg| state.interaction(leg.interaction))
        .map(|row| (row.id, row.stage));
    match known {
        Some((id, Stage::Open)) => {
            add_inbound(step, id, written);
            parking::resume(step, id);
        }
        Some((id, _)) => {
            step.emit(MessageEvent::Reopened { interaction: id });
            add_inbound(step, id, written);
            ask_owner(step, id);
        }
        None => {
            let arrival = Arrival::new(written.thread.clone(), written.channel, written.to.clone())
                .from((*written.from).clone());
            entry::written(step, host, arrival, |step, id, _| add_inbound(step, id, written));
        }
    }
}

/// Opens an interaction again that was over.
pub(crate) fn reopen(step: &mut Step<'_>, id: InteractionId) {
    step.emit(MessageEvent::Reopened { interaction: id });
    if !voicemail::kept_again(step, id) {
        ask_owner(step, id);
    }
}

/// Whoever wrote last is asked first; after that the queue through which the customer came.
fn ask_owner(step: &mut Step<'_>, id: InteractionId) {
    let state = step.state();
    let Some(row) = state.interaction(id) else { return };
    let owner = row.thread.as_ref().and_then(|thread| thread.owner);
    let of_entry = row.entry_point.and_then(|entry| state.config.queue_of_entry(entry));
    let queue = of_entry.or_else(|| voicemail::group_of(state, id));
    let wish = match owner {
        Some(owner) => Wish::direct(RequestCause::Resume, owner),
        None => Wish::new(RequestCause::Resume),
    };
    let request = step.new_id();
    match queue {
        Some(queue) => join::enter(step, request, id, queue, wish),
        None => super::end(step, id, Side::Engine, EndCause::default()),
    }
}

fn add_inbound(step: &mut Step<'_>, interaction: InteractionId, written: Written) {
    let id = step.new_id();
    let state = step.state();
    let thread = state.interaction(interaction).and_then(|row| row.thread.as_ref());
    let answered = written.in_reply_to.and_then(|name| {
        let named = |(_, known): &&(MessageId, Option<ExternalRef>)| known.as_ref() == Some(&name);
        thread?.messages.iter().find(named).map(|(message, _)| *message)
    });
    // Only an agent who is there can be silent.
    let silence = writer(state, interaction).and(rule(state, interaction));
    let idle_until = silence.and_then(|rule| rule.agent).map(|span| step.at + span);
    step.emit(MessageEvent::Added {
        id,
        interaction,
        direction: Direction::Inbound,
        author: None,
        in_reply_to: answered,
        external: Some(written.message),
        subject: written.subject,
        text: written.text,
        attachments: written.attachments,
        idle_until,
    });
}

/// The agent who works on the thread now.
fn writer(state: &State, id: InteractionId) -> Option<&Engagement> {
    let parts = &state.interaction(id)?.engagements;
    parts
        .iter()
        .filter_map(|id| state.engagement(*id))
        .find(|row| agent::serves(row.role) && row.phase == Phase::Active)
}

/// The center's rule for those who do not write.
fn rule(state: &State, id: InteractionId) -> Option<&Silence> {
    state.config.center.policies.silence.get(&state.interaction(id)?.channel)
}

/// What an agent writes.
pub(crate) struct Draft {
    pub(crate) text: Personal<String>,
    pub(crate) in_reply_to: Option<MessageId>,
    pub(crate) attachments: Vec<Personal<String>>,
}

/// An agent writes to the customer.
pub(crate) fn send(step: &mut Step<'_>, engagement: EngagementId, draft: Draft) {
    let state = step.state();
    let Some(row) = state.engagement(engagement) else { return };
    let (Some(interaction), author) = (row.interaction, row.agent) else { return };
    let idle_until =
        rule(state, interaction).and_then(|rule| rule.customer).map(|span| step.at + span);
    add_outbound(step, interaction, Some(author), draft, idle_until);
}

fn add_outbound(
    step: &mut Step<'_>,
    interaction: InteractionId,
    author: Option<crate::id::AgentId>,
    draft: Draft,
    idle_until: Option<Timestamp>,
) {
    let message: MessageId = step.new_id();
    let state = step.state();
    let Some(row) = state.interaction(interaction) else { return };
    let Some(thread) = state.leg(row.leg).and_then(|leg| leg.external.clone()) else { return };
    let (host, channel) = (row.host, row.channel);
    let to = state.customer_of(row).and_then(|customer| customer.address.clone());
    let written = row.thread.as_deref();
    let from = written.map(|thread| thread.address.clone()).unwrap_or_default();
    let subject = written.and_then(|thread| thread.subject.clone());
    let Draft { text, in_reply_to, attachments } = draft;
    let answered = written.and_then(|thread| thread.name_of(in_reply_to));
    step.emit(MessageEvent::Added {
        id: message,
        interaction,
        direction: Direction::Outbound,
        author,
        in_reply_to,
        external: None,
        subject: subject.clone(),
        text: text.clone(),
        attachments: attachments.clone(),
        idle_until,
    });
    let (lane, by) = (Lane::Interaction(interaction), step.op_deadline());
    step.effect(
        host,
        lane,
        by,
        EffectKind::SendMessage {
            message,
            thread,
            channel,
            from,
            to,
            subject,
            text,
            in_reply_to: answered,
            attachments,
        },
    );
}

/// A message of ours went further on its way.
pub(crate) fn updated(
    step: &mut Step<'_>,
    interaction: InteractionId,
    id: MessageId,
    (external, state): (Option<ExternalRef>, DeliveryState),
) {
    step.emit(MessageEvent::Updated { interaction, id, external, state });
}

/// The host could not take a message of ours, or was not heard of.
pub(super) fn not_sent(step: &mut Step<'_>, id: MessageId, end: EffectEnd) {
    let error = match end {
        EffectEnd::Failed(error) => error,
        EffectEnd::TimedOut => HostError::Timeout,
        EffectEnd::Done | EffectEnd::Moot => return,
    };
    if let Some(interaction) = step.state().thread_of(id) {
        updated(step, interaction, id, (None, DeliveryState::Failed(error)));
    }
}

/// Whoever is to write has been silent for the time allowed: a customer is asked, then let go; of an
/// agent a supervisor is told.
pub(crate) fn silent(step: &mut Step<'_>, id: InteractionId) {
    let state = step.state();
    let Some(thread) = state.interaction(id).and_then(|row| row.thread.as_ref()) else { return };
    let rule = rule(state, id).cloned().unwrap_or_default();
    if thread.awaits_agent {
        let part = writer(state, id).map(|row| (row.id, row.agent));
        let engagement = part.map(|(engagement, _)| engagement);
        step.emit(MessageEvent::AgentIdle { interaction: id, engagement });
        if let Some((_, agent)) = part {
            let alert = EffectKind::Alert { about: Alert::AgentIdle(agent) };
            step.effect(HostId(0), Lane::None, step.at, alert);
        }
        return;
    }
    if thread.asked {
        super::end(step, id, Side::Engine, EndKind::NoAnswer.into());
        return;
    }
    if !rule.ask.is_empty() {
        let text = Personal::Clear(rule.ask);
        let draft = Draft { text, in_reply_to: None, attachments: Vec::new() };
        add_outbound(step, id, None, draft, None);
    }
    let until = rule.close.map(|span| step.at + span);
    step.emit(MessageEvent::CustomerIdle { interaction: id, until });
}

/// The interaction leaves the state, and with it what its host calls the thread.
pub(crate) fn forget(step: &mut Step<'_>, id: InteractionId) {
    let state = step.state();
    let leg = state.interaction(id).filter(|row| !row.channel.is_live()).map(|row| row.leg);
    if let Some(id) = leg.filter(|leg| state.leg(*leg).is_some()) {
        step.emit(LegEvent::Ended { id, by: Side::Engine, cause: EndCause::default() });
    }
}
