//! Events of conversations and of what is known of customers.

use super::Place;
use crate::id::ConversationId;
use crate::message::ConversationEvent;
use crate::state::{Conversation, Rare, State};
use crate::time::Timestamp;

impl State {
    pub(super) fn apply_conversation(&mut self, place: Place, event: &ConversationEvent) {
        match event {
            ConversationEvent::Opened { id, brand, customer } => {
                let conversation = Conversation {
                    id: *id,
                    brand: *brand,
                    customer: customer.clone(),
                    context: Rare::default(),
                    open: 0,
                    idle_since: None,
                    learned: None,
                };
                self.by_token.add(&conversation);
                self.conversations.insert(conversation);
            }
            ConversationEvent::Identified { id, customer } => {
                let Some(conversation) = self.conversations.get_mut(id.bits()) else { return };
                self.by_token.remove(conversation);
                conversation.customer = customer.clone();
                conversation.learned().identified_at = Some(place.at);
                self.by_token.add(conversation);
            }
            ConversationEvent::ContextSet { id, entries } => {
                let Some(conversation) = self.conversations.get_mut(id.bits()) else { return };
                for entry in entries {
                    match conversation.context.iter_mut().find(|old| old.key == entry.key) {
                        Some(old) => *old = entry.clone(),
                        None => conversation.context.push(entry.clone()),
                    }
                }
                // A long-idle conversation that is written to is no longer idle since then.
                if conversation.idle_since.is_some() {
                    self.idle_from(place.at, *id);
                }
                self.drop_stale_idle();
                self.arm_eviction();
            }
            ConversationEvent::Linked { keep, join } => {
                self.links.add(*keep, *join);
                // It is remembered as long as the one that stands for it.
                if let Some(joined) = self.conversations.get_mut(join.bits())
                    && let Some(over) = joined.idle_since.take()
                {
                    joined.learned().contact_over_at.get_or_insert(over);
                }
                self.drop_stale_idle();
                self.arm_eviction();
            }
            ConversationEvent::Unlinked { id } => {
                self.links.remove(*id);
                self.stands_alone(place.at, *id);
                self.drop_stale_idle();
                self.arm_eviction();
            }
            ConversationEvent::Blocked { customer, blocked: true, until } => {
                self.blocked.add(*customer, *until, place.at);
            }
            ConversationEvent::Blocked { customer, .. } => {
                self.blocked.remove(*customer, place.at);
            }
        }
    }

    /// The conversation is in use: one more interaction is open, or one more call promised.
    pub(super) fn take_up(&mut self, id: ConversationId) {
        if let Some(conversation) = self.conversations.get_mut(id.bits()) {
            conversation.open += 1;
            if conversation.idle_since.take().is_some() {
                self.drop_stale_idle();
                self.arm_eviction();
            }
        }
    }

    /// One less.
    pub(super) fn let_go(&mut self, at: Timestamp, id: ConversationId) {
        if let Some(row) = self.conversations.get_mut(id.bits()) {
            row.open = row.open.saturating_sub(1);
            if row.open == 0 {
                self.contact_over(at, id);
            }
        }
        self.drop_stale_idle();
        self.arm_eviction();
    }

    /// The last interaction of the conversation was closed.
    fn contact_over(&mut self, at: Timestamp, id: ConversationId) {
        let joined = self.links.is_joined(id);
        let Some(row) = self.conversations.get_mut(id.bits()) else { return };
        if let Some(learned) = &mut row.learned {
            learned.contact_over_at = None;
        }
        if joined {
            row.learned().contact_over_at = Some(at);
        } else {
            row.idle_since = Some(at);
            self.idle_conversations.push_back((at, id));
        }
    }

    /// A conversation that had joined another one, and is not in use, is idle from now on.
    fn stands_alone(&mut self, at: Timestamp, id: ConversationId) {
        if self.conversations.get(id.bits()).is_some_and(|row| row.open == 0) {
            self.idle_from(at, id);
        }
    }

    /// Counts the time of being idle anew; when the last contact was over stays known.
    fn idle_from(&mut self, at: Timestamp, id: ConversationId) {
        let Some(row) = self.conversations.get_mut(id.bits()) else { return };
        if let Some(over) = row.idle_since.replace(at) {
            row.learned().contact_over_at.get_or_insert(over);
        }
        self.idle_conversations.push_back((at, id));
    }

    /// The conversation leaves the state.
    pub(super) fn forget_conversation(&mut self, at: Timestamp, id: ConversationId) {
        for orphan in self.links.forget(id) {
            self.stands_alone(at, orphan);
        }
        if let Some(gone) = self.conversations.remove(id.bits()) {
            self.by_token.remove(&gone);
        }
    }
}
