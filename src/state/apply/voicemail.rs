//! Events of voice messages, and what waits in the mailboxes.

use crate::id::{InteractionId, QueueId};
use crate::message::{Mailbox, TimerId, VoicemailEvent};
use crate::state::{Stage, State, Voicemail};
use crate::time::Timestamp;

impl State {
    pub(super) fn apply_voicemail(&mut self, event: &VoicemailEvent) {
        match event {
            VoicemailEvent::Left {
                interaction,
                mailbox: Mailbox::Queue(queue),
                unheard_until,
                ..
            } => {
                let left = Voicemail { queue: *queue, heard: false, unheard_until: None };
                if let Some(row) = self.interactions.get_mut(interaction.bits()) {
                    row.thread.get_or_insert_default().voicemail = Some(left);
                }
                self.count_voicemail(*interaction, true);
                self.set_unheard(*interaction, *unheard_until);
            }
            VoicemailEvent::Heard { interaction, .. } => {
                self.change_voicemail(*interaction, |message| message.heard = true);
                self.set_unheard(*interaction, None);
            }
            VoicemailEvent::Released { request, agent, excluded_until, .. } => {
                self.exclude(*request, *agent, *excluded_until);
            }
            VoicemailEvent::Escalated { interaction, unheard_until, .. } => {
                self.set_unheard(*interaction, *unheard_until);
            }
            VoicemailEvent::Left { .. }
            | VoicemailEvent::Claimed { .. }
            | VoicemailEvent::WaitingChanged { .. } => {}
        }
    }

    /// The wait goes on in a queue: the message, if it is one, is in the mailbox of that queue.
    pub(super) fn note_mailbox(&mut self, id: InteractionId, queue: QueueId) {
        if self.voicemail(id).is_some_and(|message| message.queue != queue) {
            self.change_voicemail(id, |message| message.queue = queue);
        }
    }

    /// The interaction is over: the message waits no more.
    pub(super) fn end_voicemail(&mut self, id: InteractionId) {
        if self.voicemail(id).is_some() {
            self.count_voicemail(id, false);
            self.set_unheard(id, None);
        }
    }

    fn change_voicemail(&mut self, id: InteractionId, change: impl FnOnce(&mut Voicemail)) {
        let open = self.interaction(id).is_some_and(|row| row.stage == Stage::Open);
        if open {
            self.count_voicemail(id, false);
        }
        if let Some(message) = self.voicemail_mut(id) {
            change(message);
        }
        if open {
            self.count_voicemail(id, true);
        }
    }

    /// Counts the message among those of its mailbox, or no more.
    pub(super) fn count_voicemail(&mut self, id: InteractionId, more: bool) {
        let Some(message) = self.voicemail(id).copied() else { return };
        let Some(row) = self.queues.get_mut(u128::from(message.queue.0)) else { return };
        let count = if message.heard { &mut row.mailbox.heard } else { &mut row.mailbox.unheard };
        *count = if more { count.saturating_add(1) } else { count.saturating_sub(1) };
        self.mailboxes.push(message.queue);
    }

    fn set_unheard(&mut self, id: InteractionId, until: Option<Timestamp>) {
        if let Some(message) = self.voicemail_mut(id) {
            message.unheard_until = until;
            self.set_timer(TimerId::Unheard(id), until);
        }
    }

    fn voicemail_mut(&mut self, id: InteractionId) -> Option<&mut Voicemail> {
        self.interactions.get_mut(id.bits())?.thread.as_mut()?.voicemail.as_mut()
    }

    /// The voice message that the interaction is about.
    pub(crate) fn voicemail(&self, id: InteractionId) -> Option<&Voicemail> {
        self.interaction(id)?.thread.as_ref()?.voicemail.as_ref()
    }
}
