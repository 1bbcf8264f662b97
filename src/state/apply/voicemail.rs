//! Events of voice messages, and what waits in the mailboxes.

use crate::id::{InteractionId, QueueId, RequestId};
use crate::message::{Mailbox, TimerId, VoicemailEvent};
use crate::state::{Stage, State, Voicemail, Waiting};
use crate::time::Timestamp;

impl State {
    pub(super) fn apply_voicemail(&mut self, event: &VoicemailEvent) {
        match event {
            VoicemailEvent::Left { interaction, mailbox, via, unheard_until, .. } => {
                let left = Voicemail {
                    mailbox: *mailbox,
                    kept: matches!(mailbox, Mailbox::Agent(_)),
                    via: *via,
                    heard: false,
                    unheard_until: None,
                };
                if let Some(row) = self.interactions.get_mut(interaction.bits()) {
                    row.thread.get_or_insert_default().voicemail = Some(left);
                }
                self.count_voicemail(*interaction, true);
                self.set_unheard(*interaction, *unheard_until);
            }
            VoicemailEvent::Claimed { interaction, .. } => self.set_kept(*interaction, false),
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
            VoicemailEvent::Asked { request, interaction, .. } => {
                self.ask_for_message(*interaction, *request);
            }
            VoicemailEvent::AskEnded { interaction, .. } => {
                self.change_meeting(*interaction, |meeting| meeting.asked_for_message = None);
            }
            VoicemailEvent::Kept { interaction, .. } => self.set_kept(*interaction, true),
            VoicemailEvent::Moved { interaction, to, unheard_until, .. } => {
                self.set_kept(*interaction, false);
                self.note_mailbox(*interaction, *to);
                self.set_unheard(*interaction, *unheard_until);
            }
            VoicemailEvent::WaitingChanged { .. } => {}
        }
    }

    /// The wait is over, and its place is kept.
    fn ask_for_message(&mut self, id: InteractionId, request: RequestId) {
        let row = self.requests.get(request.bits()).cloned().map(Box::new);
        self.change_meeting(id, |meeting| meeting.asked_for_message = row);
    }

    /// The wait goes on in a queue: the message, if it is one, is in the mailbox of that queue.
    pub(super) fn note_mailbox(&mut self, id: InteractionId, queue: QueueId) {
        let mailbox = Mailbox::Queue(queue);
        if self.voicemail(id).is_some_and(|message| message.mailbox != mailbox) {
            self.change_voicemail(id, |message| message.mailbox = mailbox);
        }
    }

    /// The interaction is over: the message waits no more.
    pub(super) fn end_voicemail(&mut self, id: InteractionId) {
        if self.voicemail(id).is_some() {
            self.count_voicemail(id, false);
            self.set_unheard(id, None);
            self.set_kept(id, false);
        }
    }

    fn set_kept(&mut self, id: InteractionId, kept: bool) {
        if let Some(message) = self.voicemail_mut(id) {
            message.kept = kept;
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
        let Some(Voicemail { mailbox, heard, .. }) = self.voicemail(id).copied() else { return };
        let Some(waiting) = self.waiting_in_mut(mailbox) else { return };
        let count = if heard { &mut waiting.heard } else { &mut waiting.unheard };
        *count = if more { count.saturating_add(1) } else { count.saturating_sub(1) };
        self.mailboxes.push(mailbox);
    }

    fn waiting_in_mut(&mut self, mailbox: Mailbox) -> Option<&mut Waiting> {
        match mailbox {
            Mailbox::Queue(id) => self.queues.get_mut(u128::from(id.0)).map(|row| &mut row.mailbox),
            Mailbox::Agent(id) => self.agents.get_mut(u128::from(id.0)).map(|row| &mut row.mailbox),
        }
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

    /// What is in a mailbox.
    pub(crate) fn waiting_in(&self, mailbox: Mailbox) -> Option<Waiting> {
        match mailbox {
            Mailbox::Queue(id) => self.queue(id).map(|row| row.mailbox),
            Mailbox::Agent(id) => self.agent(id).map(|row| row.mailbox),
        }
    }
}
