//! Voice messages: each an interaction of its own, in the mailbox of the group that serves its queue, or in
//! an agent's own.
//!
//! ```text
//!           left ──▶ waits in the queue ──▶ claimed: a member takes care of it ──▶ done
//!                     ▲    │ unheard for too long   │
//!                     │    └──▶ mailbox of another  │ released
//!                     └──────── queue, if there is ─┘
//!
//!           left ──▶ kept for one agent ──▶ claimed by that agent ──▶ done
//!                     ▲    │ moved, or the agent     │
//!                     │    └──▶ was removed: waits   │ released
//!                     └──────── in a queue           ┘
//! ```
//!
//! A caller whom the coverage of an agent sends to a mailbox is asked by the host to speak. The operation
//! outlives the call: whoever has spoken hangs up, and the message comes after that.

use super::entry::{self, Way};
use crate::agent;
use crate::id::{AgentId, EffectId, EngagementId, HostId, InteractionId, QueueId};
use crate::message::{
    Alert, Arrival, CustomerRef, EffectEnd, EffectEvent, EffectKind, EngagementEnd,
    EngagementEvent, EngagementRole, FlowOutReason, Lane, LeftIn, LeftMessage, Mailbox, Phase,
    RequestCause, Side, VoicemailEvent,
};
use crate::model::Channel;
use crate::queue::{self, join};
use crate::state::{Request, Stage, State, Step};
use crate::time::Timestamp;

/// Where a message was left.
#[derive(Clone, Copy)]
pub(crate) enum Place {
    /// At an entry point, by its address.
    Entry,
    Mailbox(Mailbox),
    /// By a caller whom an operation in such a lane has asked for it.
    Caller(EffectId, Lane, Mailbox),
}

/// A customer has left a message.
pub(crate) fn left(step: &mut Step<'_>, host: HostId, message: LeftMessage, place: Place) {
    match place {
        Place::Entry => at_entry(step, host, message),
        Place::Mailbox(mailbox) => {
            let way =
                Way { entry: None, brand: brand_of(step.state(), mailbox), conversation: None };
            let _ = into(step, host, message, (mailbox, &way, None));
        }
        Place::Caller(op, lane, mailbox) => {
            let caller = interaction_of(&lane);
            let (way, from, via) = of_caller(step.state(), caller, mailbox);
            step.emit(EffectEvent::Ended { id: op, end: EffectEnd::Done });
            let nameless = message.from == CustomerRef::default();
            let from = if nameless { from.unwrap_or_default() } else { message.from };
            let message = LeftMessage { from, ..message };
            let mailbox = standing(step.state(), mailbox, via);
            let left = into(step, host, message, (mailbox, &way, via));
            ask_ended(step, caller, left);
        }
    }
}

fn at_entry(step: &mut Step<'_>, host: HostId, message: LeftMessage) {
    let LeftIn::Address(to) = &message.to else { return };
    let arrival = Arrival::new(message.message.clone(), Channel::Voicemail, to);
    let arrival = arrival.from(message.from.clone());
    entry::written(step, host, arrival, |step, interaction, queue| {
        note_left(step, interaction, message, (Mailbox::Queue(queue), None));
    });
}

/// The message goes into a mailbox without an entry point. Whether it was taken in.
fn into(
    step: &mut Step<'_>,
    host: HostId,
    message: LeftMessage,
    (mailbox, way, via): (Mailbox, &Way, Option<QueueId>),
) -> bool {
    let arrival = Arrival::new(message.message.clone(), Channel::Voicemail, "");
    let arrival = arrival.from(message.from.clone());
    let Some((interaction, place)) = entry::left(step, host, arrival, way) else { return false };
    note_left(step, interaction, message, (mailbox, via));
    match mailbox {
        Mailbox::Queue(queue) => queue::join(step, interaction, queue, place, Vec::new()),
        Mailbox::Agent(agent) if step.state().config.agent(agent).is_none() => {
            tell(step, interaction);
        }
        Mailbox::Agent(_) => {}
    }
    true
}

fn note_left(
    step: &mut Step<'_>,
    interaction: InteractionId,
    message: LeftMessage,
    (mailbox, via): (Mailbox, Option<QueueId>),
) {
    let LeftMessage { message: external, reference, duration, transcript, .. } = message;
    let unheard_until = match mailbox {
        Mailbox::Queue(queue) => unheard_until(step, queue),
        Mailbox::Agent(_) => None,
    };
    step.emit(VoicemailEvent::Left {
        interaction,
        mailbox,
        reference,
        transcript,
        external: Some(external),
        duration,
        via,
        unheard_until,
    });
}

fn brand_of(state: &State, mailbox: Mailbox) -> Option<crate::id::BrandId> {
    match mailbox {
        Mailbox::Queue(queue) => state.config.queue(queue)?.brand,
        Mailbox::Agent(_) => None,
    }
}

const fn interaction_of(lane: &Lane) -> Option<InteractionId> {
    match lane {
        Lane::Interaction(id) => Some(*id),
        Lane::None | Lane::Agent(_) => None,
    }
}

/// What is known of a caller who was asked to leave a message; nothing any more of one who left long ago.
fn of_caller(
    state: &State,
    caller: Option<InteractionId>,
    mailbox: Mailbox,
) -> (Way, Option<CustomerRef>, Option<QueueId>) {
    let row = caller.and_then(|id| state.interaction(id));
    let way = Way {
        entry: None,
        brand: row.map_or_else(|| brand_of(state, mailbox), |row| row.brand),
        // It may not have been remembered for as long as the caller spoke.
        conversation: row
            .map(|row| state.links.root(row.conversation))
            .filter(|id| state.conversation(*id).is_some()),
    };
    let from = row.and_then(|row| state.customer_of(row).cloned());
    let via = caller.and_then(|id| asked(state, id)).map(|request| request.queue);
    (way, from, via)
}

/// The mailbox, or that of whoever has inherited it: of a removed agent the group through whose queue the
/// caller came.
fn standing(state: &State, mailbox: Mailbox, via: Option<QueueId>) -> Mailbox {
    let heir = match mailbox {
        Mailbox::Queue(queue) => state.config.standing(queue),
        Mailbox::Agent(agent) if state.config.agent(agent).is_some() => None,
        Mailbox::Agent(_) => via.and_then(|via| state.config.standing(via)),
    };
    heir.map_or(mailbox, Mailbox::Queue)
}

/// The wait of a caller who is asked to leave a message.
fn asked(state: &State, id: InteractionId) -> Option<&Request> {
    state.meeting_of(id)?.asked_for_message.as_deref()
}

/// The operation that asks a caller for a message has ended without one. If the host could not do it, the
/// caller waits on.
pub(super) fn not_left(step: &mut Step<'_>, lane: &Lane, done: bool) {
    let caller = interaction_of(lane);
    let waited = caller.and_then(|id| asked(step.state(), id)).filter(|_| !done).cloned();
    let open = |id| step.state().interaction(id).is_some_and(|row| row.stage == Stage::Open);
    match waited.filter(|request| open(request.interaction)) {
        Some(request) => {
            let (id, interaction) = (request.id, request.interaction);
            step.emit(VoicemailEvent::AskEnded { request: id, interaction, left: false });
            join::goes_back(step, &request, request.queue);
            super::tidy_up(step, interaction, Side::Engine);
        }
        None => ask_ended(step, caller, false),
    }
}

/// Nothing more is asked of the caller, who is disconnected.
fn ask_ended(step: &mut Step<'_>, caller: Option<InteractionId>, left: bool) {
    let request = caller.and_then(|id| asked(step.state(), id));
    let Some((request, interaction)) = request.map(|row| (row.id, row.interaction)) else { return };
    step.emit(VoicemailEvent::AskEnded { request, interaction, left });
    super::tidy_up(step, interaction, Side::Engine);
}

/// Whether nobody has to serve the interaction: a message that is kept for its agent, a caller who leaves
/// one.
pub(super) fn rests(state: &State, id: InteractionId) -> bool {
    state.voicemail(id).is_some_and(|message| message.kept) || asked(state, id).is_some()
}

/// When the group that serves the queue has had its time to hear a message.
fn unheard_until(step: &Step<'_>, queue: QueueId) -> Option<Timestamp> {
    let span = step.state().config.queue(queue)?.voicemail.unheard_after?;
    Some(step.at + span)
}

/// The agent takes care of a message of the own mailbox.
pub(crate) fn open_own(step: &mut Step<'_>, interaction: InteractionId, agent: AgentId) {
    let channel = Channel::Voicemail;
    let cost = step.state().config.channel(channel).cost;
    // These two follow on each other; see `State::party`.
    let (id, participant) = (step.new_id(), step.new_id());
    agent::suspend_for(step, agent, channel);
    step.emit(VoicemailEvent::Claimed { interaction, agent });
    step.emit(EngagementEvent::Opened {
        id,
        agent,
        role: EngagementRole::Handler,
        interaction: Some(interaction),
        participant: Some(participant),
        offer: None,
        queue: None,
        request: None,
        leg: None,
        channel,
        cost,
        phase: Phase::Active,
        reason: None,
    });
}

/// The agent gives the message back: to the group, where it is at its place again and another member's
/// turn; or to the own mailbox.
pub(crate) fn release(step: &mut Step<'_>, id: EngagementId, end: EngagementEnd) {
    let state = step.state();
    let Some(row) = state.engagement(id) else { return };
    let (agent, Some(interaction)) = (row.agent, row.interaction) else { return };
    let queue = match state.voicemail(interaction).map(|message| message.mailbox) {
        Some(Mailbox::Queue(queue)) => queue,
        Some(Mailbox::Agent(_)) => {
            kept_again(step, interaction);
            agent::end_engagement(step, id, end);
            return;
        }
        None => return,
    };
    let excluded_until = step.at + state.config.center.policies.exclusion;
    let waited = state.meeting_of(interaction).is_some_and(|meeting| meeting.served.is_some());
    let again = if waited { join::again } else { join::by_age };
    if let Some(request) = again(step, interaction, queue) {
        step.emit(VoicemailEvent::Released { interaction, agent, request, excluded_until });
        agent::end_engagement(step, id, end);
    }
}

/// The message lies in an agent's own mailbox again, if it is one of those.
pub(super) fn kept_again(step: &mut Step<'_>, interaction: InteractionId) -> bool {
    match step.state().voicemail(interaction).map(|message| message.mailbox) {
        Some(Mailbox::Agent(agent)) => {
            step.emit(VoicemailEvent::Kept { interaction, agent });
            if step.state().config.agent(agent).is_none() {
                left_behind(step, interaction);
            }
            true
        }
        _ => false,
    }
}

/// A message is in the mailbox of an agent who was removed: on to the group through whose queue the caller came, or
/// supervisors are told.
fn left_behind(step: &mut Step<'_>, interaction: InteractionId) {
    let state = step.state();
    let via = state.voicemail(interaction).and_then(|message| message.via);
    match via.and_then(|via| state.config.standing(via)) {
        Some(queue) => on_to_group(step, interaction, queue),
        None => tell(step, interaction),
    }
}

/// The queue whose group has the message.
pub(super) fn group_of(state: &State, id: InteractionId) -> Option<QueueId> {
    match state.voicemail(id)?.mailbox {
        Mailbox::Queue(queue) => state.config.standing(queue),
        Mailbox::Agent(_) => None,
    }
}

/// An agent has heard the message.
pub(crate) fn heard(step: &mut Step<'_>, interaction: InteractionId, agent: AgentId) {
    step.emit(VoicemailEvent::Heard { interaction, agent });
}

/// A message of an agent's own mailbox becomes one of a queue's group.
pub(crate) fn on_to_group(step: &mut Step<'_>, interaction: InteractionId, queue: QueueId) {
    let state = step.state();
    let Some(message) = state.voicemail(interaction).copied() else { return };
    let (Mailbox::Agent(agent), Some(to)) = (message.mailbox, state.config.standing(queue)) else {
        return;
    };
    let unheard_until = unheard_until(step, to).filter(|_| !message.heard);
    step.emit(VoicemailEvent::Moved { interaction, agent, to, unheard_until });
    // Whoever takes care of it goes on with it.
    if message.kept {
        join::by_age(step, interaction, to);
    }
}

/// The agent is in the center no more. What is in the own mailbox goes to the queue of the coverage, else to
/// that through which its caller came; without either it stays, and supervisors are told, who may move it.
pub(crate) fn agent_removed(step: &mut Step<'_>, agent: AgentId, coverage: Option<QueueId>) {
    let state = step.state();
    let waiting = state.waiting_in(Mailbox::Agent(agent)).unwrap_or_default();
    if waiting.unheard == 0 && waiting.heard == 0 {
        return;
    }
    let mut messages: Vec<InteractionId> = state
        .interactions
        .iter()
        .filter(|row| row.stage == Stage::Open)
        .filter_map(|row| Some((row.id, state.voicemail(row.id)?)))
        .filter(|(_, message)| message.mailbox == Mailbox::Agent(agent))
        .map(|(id, _)| id)
        .collect();
    messages.sort_unstable();
    let stands = coverage.and_then(|queue| state.config.standing(queue));
    for interaction in messages {
        match stands {
            Some(queue) => on_to_group(step, interaction, queue),
            None => left_behind(step, interaction),
        }
    }
}

/// Supervisors are told of a message that nobody hears.
fn tell(step: &mut Step<'_>, interaction: InteractionId) {
    let alert = EffectKind::Alert { about: Alert::VoicemailUnheard(interaction) };
    step.effect(HostId(0), Lane::None, step.at, alert);
}

/// Nobody has heard the message in time. Supervisors are told, and if nobody takes care of it, it goes
/// on to the group that stands in.
pub(crate) fn unheard(step: &mut Step<'_>, interaction: InteractionId) {
    let state = step.state();
    let Some(Mailbox::Queue(queue)) = state.voicemail(interaction).map(|message| message.mailbox)
    else {
        return;
    };
    let waiting = state.interaction(interaction).and_then(|row| row.request);
    let plan = state.config.queue(queue);
    let on = waiting.zip(plan.and_then(|plan| plan.voicemail.escalate_to));
    let to = on.map(|(_, to)| to);
    let unheard_until = to.and_then(|to| unheard_until(step, to));
    step.emit(VoicemailEvent::Escalated { interaction, to, unheard_until });
    tell(step, interaction);
    if let Some((request, to)) = on {
        let why = (FlowOutReason::Unheard, RequestCause::Overflow);
        join::sent(step, request, to, why);
    }
}

/// Tells of the mailboxes in which something has changed in this step.
pub(crate) fn settle(step: &mut Step<'_>) {
    for mailbox in step.take_mailboxes() {
        let Some(waiting) = step.state().waiting_in(mailbox) else { continue };
        let (unheard, heard) = (waiting.unheard, waiting.heard);
        step.emit(VoicemailEvent::WaitingChanged { mailbox, unheard, heard });
        let show = EffectKind::MessagesWaiting { mailbox, unheard, heard };
        step.effect(HostId(0), Lane::None, step.at, show);
    }
}
