//! What each event changes. Total: no error, no clock, no choice, no evaluation.
//!
//! An event that names something that is not there changes nothing; it cannot come from a journal that
//! this engine wrote.

mod agent;
mod callback;
mod conversation;
mod dial;
mod interaction;
mod meeting;
mod message;
mod monitor;
mod offer;
mod on_call;
mod pace;
mod recording;
mod request;
mod routability;
mod shard;
mod voicemail;

pub(crate) use meeting::PartyOf;

use super::dedupe::Seen;
use super::{OrderKey, State};
use crate::id::{InteractionId, RequestId, Seq};
use crate::message::{
    Cause, EffectClass, EffectKind, Event, HostLeg, MediaTarget, Record, TimerId,
};
use crate::time::Timestamp;

/// Where in the journal an event stands.
#[derive(Clone, Copy)]
pub(super) struct Place {
    /// Time of the record.
    pub(super) at: Timestamp,
    /// When it happened.
    pub(super) happened: Timestamp,
    /// A place in every complete order.
    pub(super) key: OrderKey,
}

impl State {
    /// Applies a record of the journal.
    pub(crate) fn apply(&mut self, record: &Record) {
        self.apply_watching(record, &mut |_, _| ());
    }

    /// The same, and shows the state as it was before each event.
    pub(crate) fn apply_watching(&mut self, record: &Record, look: &mut dyn FnMut(&Self, &Event)) {
        for (ordinal, (happened, event)) in (0u32..).zip(record.timed_events()) {
            look(self, event);
            self.apply_event(record.at, happened, record.seq, ordinal, event);
        }
        self.close_record(record);
        self.forget_step();
    }

    /// Forgets what a step notes to be followed up.
    pub(super) fn forget_step(&mut self) {
        self.index.forget_woken();
        self.touched.clear();
        self.came_or_went.clear();
        self.left.clear();
        self.heard.clear();
        self.mailboxes.clear();
        self.guards.clear();
        self.staff_guards = false;
    }

    pub(super) fn apply_event(
        &mut self,
        at: Timestamp,
        happened: Timestamp,
        seq: Seq,
        index: u32,
        event: &Event,
    ) {
        let key = OrderKey { at, epoch: self.epoch.0, seq: seq.0, index };
        let place = Place { at, happened, key };
        match event {
            Event::Shard(event) => self.apply_shard(place, event),
            Event::Host(event) => self.apply_host(event),
            Event::Effect(event) => self.apply_effect(event),
            Event::Conversation(event) => self.apply_conversation(place, event),
            Event::Interaction(event) => self.apply_interaction(place, event),
            Event::Leg(event) => self.apply_leg(place, event),
            Event::Request(event) => self.apply_request(place, event),
            Event::Queue(event) => self.apply_queue(event),
            Event::Offer(event) => self.apply_offer(place, event),
            Event::Engagement(event) => self.apply_engagement(place, event),
            Event::Agent(event) => self.apply_agent(place, event),
            Event::Message(event) => self.apply_message(place, event),
            Event::Recording(event) => self.apply_recording(event),
            Event::Transfer(event) => self.apply_transfer(event),
            Event::Consult(event) => self.apply_consult(event),
            Event::Conference(event) => self.apply_conference(event),
            Event::Monitor(event) => self.apply_monitor(event),
            Event::Dial(event) => self.apply_dial(event),
            Event::Callback(event) => self.apply_callback(place, event),
            Event::OnCall(event) => self.apply_on_call(event),
            Event::Voicemail(event) => self.apply_voicemail(event),
            // Passes through to the log.
            Event::Facts(_) => {}
        }
    }

    /// Files the effects of a record and moves the head of the journal on.
    pub(super) fn close_record(&mut self, record: &Record) {
        for effect in &record.effects {
            if effect.class() != EffectClass::Operation {
                continue;
            }
            if let Some(leg) = leg_of(&effect.kind)
                && let Some(leg) = self.legs.get_mut(leg.bits())
            {
                leg.ops.push(effect.id);
            }
            self.note_recorder(effect);
            self.timers.set(TimerId::Effect(effect.id), effect.deadline);
            self.effects.insert(effect.id, Box::new(effect.clone()));
        }
        match &record.cause {
            Cause::Command { id, digest, .. } => {
                let limits = &self.config.center.limits;
                let seen = Seen { id: id.clone(), digest: *digest, seq: record.seq, at: record.at };
                self.dedupe.add(seen, limits.dedupe_window, limits.dedupe_commands);
            }
            Cause::Host { source, .. } => {
                if let Some(host) = self.hosts.get_mut(u128::from(source.host.0)) {
                    host.last = Some((source.incarnation, source.seq, record.seq.0));
                }
            }
            _ => {}
        }
        self.seq = record.seq;
        self.at = record.at;
    }

    /// Notes that something of the interaction has happened: no later fact may lie before it.
    pub(super) fn note_fact(&mut self, place: Place, id: InteractionId) {
        if let Some(row) = self.interactions.get_mut(id.bits()) {
            row.last_fact_at = row.last_fact_at.max(place.happened);
        }
    }

    pub(super) fn note_fact_of_request(&mut self, place: Place, id: RequestId) {
        if let Some(interaction) = self.requests.get(id.bits()).map(|row| row.interaction) {
            self.note_fact(place, interaction);
        }
    }

    /// Arms the timer, or clears it where there is no deadline.
    pub(super) fn set_timer(&mut self, timer: TimerId, deadline: Option<Timestamp>) {
        match deadline {
            Some(deadline) => self.timers.set(timer, deadline),
            None => {
                self.timers.clear(&timer);
            }
        }
    }
}

/// The leg whose end also ends the operation; a recording outlives what it is of, until its host has
/// said where it lies.
pub(crate) fn leg_of(kind: &EffectKind) -> Option<crate::id::LegId> {
    let ours = |leg: &HostLeg| Some(leg.leg);
    match kind {
        EffectKind::Originate { leg, .. } => Some(*leg),
        EffectKind::Answer { leg }
        | EffectKind::Reject { leg, .. }
        | EffectKind::Hangup { leg, .. }
        | EffectKind::Redirect { leg, .. }
        | EffectKind::Play { target: MediaTarget::Leg(leg), .. }
        | EffectKind::Collect { leg, .. }
        | EffectKind::Listen { leg, .. }
        | EffectKind::SendDtmf { leg, .. }
        | EffectKind::Hold { leg }
        | EffectKind::Unhold { leg }
        | EffectKind::Unbridge { leg, .. }
        | EffectKind::Move { leg, .. }
        | EffectKind::Monitor { leg, .. }
        | EffectKind::BlindTransfer { leg, .. }
        | EffectKind::AttendedTransfer { a: leg, .. }
        | EffectKind::CompleteConsult { leg, .. }
        | EffectKind::StartStream { leg, .. } => ours(leg),
        // A bridge fails with either leg; it is filed under the agent's, the last.
        EffectKind::Bridge { legs, .. } => legs.last().and_then(ours),
        _ => None,
    }
}
