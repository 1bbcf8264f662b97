//! Events of written interactions.

use super::Place;
use crate::id::{ExternalRef, InteractionId, MessageId};
use crate::message::{Direction, MessageEvent, RequestOpened, TimerId};
use crate::state::{Stage, State, Thread};
use crate::time::Timestamp;

/// So many of the latest messages are known by their hosts' names.
const REMEMBERED: usize = 32;

impl State {
    fn change_thread(&mut self, id: InteractionId, change: impl FnOnce(&mut Thread)) {
        if let Some(row) = self.interactions.get_mut(id.bits()) {
            change(row.thread.get_or_insert_default());
        }
    }

    pub(super) fn apply_message(&mut self, place: Place, event: &MessageEvent) {
        match event {
            MessageEvent::Added {
                id,
                interaction,
                direction,
                author,
                external,
                subject,
                idle_until,
                ..
            } => {
                self.note_fact(place, *interaction);
                self.remember(*interaction, *id, external.clone());
                self.change_thread(*interaction, |thread| {
                    thread.awaits_agent = *direction == Direction::Inbound;
                    thread.owner = author.or(thread.owner);
                    thread.asked = false;
                    if thread.subject.is_none() {
                        thread.subject.clone_from(subject);
                    }
                });
                self.set_idle(*interaction, *idle_until);
            }
            MessageEvent::Updated { interaction, id, external: Some(external), .. } => {
                self.change_thread(*interaction, |thread| {
                    let known = thread.messages.iter_mut().find(|(message, _)| message == id);
                    if let Some((_, name)) = known {
                        *name = Some(external.clone());
                    }
                });
            }
            MessageEvent::Updated { .. } => {}
            MessageEvent::Parked { interaction, until, owner } => {
                self.set_timer(TimerId::Parked(*interaction), *until);
                self.change_thread(*interaction, |thread| {
                    thread.parked = true;
                    thread.parked_until = *until;
                    thread.owner = owner.or(thread.owner);
                });
                self.set_idle(*interaction, None);
            }
            MessageEvent::Resumed { interaction } => self.unpark(*interaction),
            MessageEvent::CustomerIdle { interaction, until } => {
                self.change_thread(*interaction, |thread| thread.asked = true);
                self.set_idle(*interaction, *until);
            }
            MessageEvent::AgentIdle { interaction, .. } => self.set_idle(*interaction, None),
            MessageEvent::Reopened { interaction } => self.reopen(*interaction),
        }
    }

    fn remember(&mut self, id: InteractionId, message: MessageId, name: Option<ExternalRef>) {
        let mut forgotten = None;
        self.change_thread(id, |thread| {
            thread.messages.push_back((message, name));
            if thread.messages.len() > REMEMBERED {
                forgotten = thread.messages.pop_front();
            }
        });
        self.by_message.insert(message, id);
        if let Some((message, _)) = forgotten {
            self.by_message.remove(&message);
        }
    }

    /// Forgets the messages of an interaction that leaves the state.
    pub(super) fn forget_messages(&mut self, thread: &Thread) {
        for (message, _) in &thread.messages {
            self.by_message.remove(message);
        }
    }

    fn set_idle(&mut self, id: InteractionId, until: Option<Timestamp>) {
        self.change_thread(id, |thread| thread.idle_until = until);
        self.set_timer(TimerId::Idle(id), until);
    }

    /// While a customer waits for an agent there is nobody whose turn it is to write.
    pub(super) fn nobody_is_silent(&mut self, opened: &RequestOpened) {
        if !opened.channel.has_media() && !opened.cause.is_of_agent() {
            self.set_idle(opened.interaction, None);
        }
    }

    fn unpark(&mut self, id: InteractionId) {
        self.set_timer(TimerId::Parked(id), None);
        self.change_thread(id, |thread| {
            thread.parked = false;
            thread.parked_until = None;
        });
    }

    /// The interaction is over: nobody is silent any more, and nothing is put away.
    pub(super) fn end_thread(&mut self, id: InteractionId) {
        if self.interactions.get(id.bits()).is_some_and(|row| row.thread.is_some()) {
            self.unpark(id);
            self.set_idle(id, None);
        }
    }

    fn reopen(&mut self, id: InteractionId) {
        let Some(row) = self.interactions.get_mut(id.bits()) else { return };
        let was = std::mem::replace(&mut row.stage, Stage::Open);
        let (conversation, entry) = (row.conversation, row.entry_point);
        if let Some(entry) = entry {
            *self.entry_points.entry(entry).or_default() += 1;
        }
        self.count_voicemail(id, true);
        if was != Stage::Closed {
            return;
        }
        self.closed.retain(|(_, closed)| *closed != id);
        self.take_up(conversation);
        self.arm_eviction();
    }

    /// The interaction that a message belongs to, as long as either is remembered.
    pub(crate) fn thread_of(&self, message: MessageId) -> Option<InteractionId> {
        self.by_message.get(&message).copied()
    }
}

impl Thread {
    /// The host's name of a message, else of the latest that has one.
    pub(crate) fn name_of(&self, message: Option<MessageId>) -> Option<ExternalRef> {
        let mut latest_first = self.messages.iter().rev();
        let found = match message {
            Some(id) => latest_first.find(|(known, _)| *known == id),
            None => latest_first.find(|(_, name)| name.is_some()),
        };
        found.and_then(|(_, name)| name.clone())
    }
}
