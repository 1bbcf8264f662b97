//! Customers: which conversation a token finds, which conversations are one, who is on the block list.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use smallvec::SmallVec;

use super::hash::Map;
use super::{Conversation, Interaction, State};
use crate::id::{AgentId, BrandId, ConversationId, QueueId};
use crate::message::{ContextEntry, CustomerRef, CustomerToken, Identity};
use crate::time::{Duration, Timestamp};

/// Conversations by the customer's token, each brand for itself. Derived.
#[derive(Clone, Default)]
pub(crate) struct Tokens {
    /// Holders of a token in the order of their ids: late identification may make them several.
    holders: Map<(Option<BrandId>, CustomerToken), SmallVec<[ConversationId; 1]>>,
}

impl Tokens {
    /// The earliest conversation of the customer with the brand.
    pub(crate) fn find(
        &self,
        brand: Option<BrandId>,
        token: CustomerToken,
    ) -> Option<ConversationId> {
        self.holders.get(&(brand, token))?.first().copied()
    }

    pub(super) fn add(&mut self, conversation: &Conversation) {
        let Some(token) = conversation.customer.token else { return };
        let holders = self.holders.entry((conversation.brand, token)).or_default();
        if let Err(place) = holders.binary_search(&conversation.id) {
            holders.insert(place, conversation.id);
        }
    }

    pub(super) fn remove(&mut self, conversation: &Conversation) {
        let Some(token) = conversation.customer.token else { return };
        let key = (conversation.brand, token);
        if let Some(holders) = self.holders.get_mut(&key) {
            holders.retain(|id| *id != conversation.id);
            if holders.is_empty() {
                self.holders.remove(&key);
            }
        }
    }
}

/// Conversations that joined another one.
#[derive(Clone, Default)]
pub(crate) struct Links {
    keep_of: BTreeMap<ConversationId, ConversationId>,
    /// The same the other way round.
    joined: BTreeMap<ConversationId, BTreeSet<ConversationId>>,
}

impl Links {
    pub(super) fn from_pairs(keep_of: BTreeMap<ConversationId, ConversationId>) -> Self {
        let mut links = Self::default();
        for (join, keep) in keep_of {
            links.add(keep, join);
        }
        links
    }

    pub(super) fn pairs(&self) -> &BTreeMap<ConversationId, ConversationId> {
        &self.keep_of
    }

    pub(crate) fn is_joined(&self, id: ConversationId) -> bool {
        self.keep_of.contains_key(&id)
    }

    /// The conversation that stands for this one and all that are linked with it.
    pub(crate) fn root(&self, id: ConversationId) -> ConversationId {
        let line = std::iter::successors(Some(id), |id| self.keep_of.get(id).copied());
        // No conversation joins one of its own; the bound keeps a strange journal from a ring.
        line.take(self.keep_of.len() + 1).last().unwrap_or(id)
    }

    /// All conversations that are one with it, the one that stands for them first.
    pub(crate) fn members(&self, id: ConversationId) -> Vec<ConversationId> {
        let mut all = vec![self.root(id)];
        let mut next = 0;
        while let Some(keep) = all.get(next).copied().filter(|_| next <= self.keep_of.len()) {
            all.extend(self.joined_to(keep));
            next += 1;
        }
        all
    }

    fn joined_to(&self, keep: ConversationId) -> impl Iterator<Item = ConversationId> + '_ {
        self.joined.get(&keep).into_iter().flatten().copied()
    }

    pub(super) fn add(&mut self, keep: ConversationId, join: ConversationId) {
        self.remove(join);
        self.keep_of.insert(join, keep);
        self.joined.entry(keep).or_default().insert(join);
    }

    /// Takes the link of a joined conversation back.
    pub(super) fn remove(&mut self, join: ConversationId) {
        let Some(keep) = self.keep_of.remove(&join) else { return };
        if let Some(joined) = self.joined.get_mut(&keep) {
            joined.remove(&join);
            if joined.is_empty() {
                self.joined.remove(&keep);
            }
        }
    }

    /// The conversation is gone, and with it all its links: those that had joined it, which stand for
    /// themselves from here on.
    pub(super) fn forget(&mut self, id: ConversationId) -> Vec<ConversationId> {
        self.remove(id);
        let orphans: Vec<ConversationId> = self.joined_to(id).collect();
        for orphan in &orphans {
            self.remove(*orphan);
        }
        orphans
    }
}

/// Customers who are not taken in.
#[derive(Clone, Default)]
pub(crate) struct BlockList {
    entries: BTreeMap<CustomerToken, Option<Timestamp>>,
    /// Those that expire, by when.
    expiring: BTreeSet<(Timestamp, CustomerToken)>,
}

impl BlockList {
    pub(super) fn from_entries(entries: BTreeMap<CustomerToken, Option<Timestamp>>) -> Self {
        let expires =
            |(token, until): (&CustomerToken, &Option<Timestamp>)| Some(((*until)?, *token));
        let expiring = entries.iter().filter_map(expires).collect();
        Self { entries, expiring }
    }

    pub(super) fn entries(&self) -> &BTreeMap<CustomerToken, Option<Timestamp>> {
        &self.entries
    }

    /// Whether the customer is on the list at that time.
    pub(crate) fn contains(&self, token: CustomerToken, at: Timestamp) -> bool {
        self.entries.get(&token).is_some_and(|until| until.is_none_or(|until| until > at))
    }

    /// Entries that hold at that time.
    pub(crate) fn len(&self, at: Timestamp) -> usize {
        let last = (at, CustomerToken(u64::MAX));
        self.entries.len() - self.expiring.range(..=last).count()
    }

    /// Takes an entry back, and those that have expired.
    pub(super) fn remove(&mut self, token: CustomerToken, at: Timestamp) {
        if let Some(Some(until)) = self.entries.remove(&token) {
            self.expiring.remove(&(until, token));
        }
        while let Some((until, token)) = self.expiring.first().copied().filter(|(u, _)| *u <= at) {
            self.expiring.remove(&(until, token));
            self.entries.remove(&token);
        }
    }

    pub(super) fn add(&mut self, token: CustomerToken, until: Option<Timestamp>, at: Timestamp) {
        self.remove(token, at);
        self.entries.insert(token, until);
        self.expiring.extend(until.map(|until| (until, token)));
    }
}

/// What became known of a conversation after it had opened; few have any of it.
#[derive(Clone, Default, Hash, Debug, Serialize, Deserialize)]
pub(crate) struct Learned {
    /// When somebody said who the customer is.
    pub(crate) identified_at: Option<Timestamp>,
    /// When its last contact was over, where it is kept from another time on.
    pub(crate) contact_over_at: Option<Timestamp>,
    /// Who answered the customer last, and when; where some queue prefers that agent.
    pub(crate) answered: Option<(AgentId, Timestamp)>,
    /// Where the customer hung up while waiting, where a queue gives the place back.
    pub(crate) left: Option<Left>,
}

/// A wait that the customer has left.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub(crate) struct Left {
    pub(crate) queue: QueueId,
    pub(crate) order_at: Timestamp,
    pub(crate) at: Timestamp,
}

impl State {
    /// The latest wait in the queue that the customer has left, in whichever conversation.
    pub(crate) fn left_by(&self, id: ConversationId, queue: QueueId) -> Option<Left> {
        let members = self.links.members(id);
        let rows = members.iter().filter_map(|id| self.conversation(*id));
        let left = rows.filter_map(|row| row.learned.as_ref()?.left);
        left.filter(|left| left.queue == queue).max_by_key(|left| left.at)
    }

    /// Who answered the customer last, in whichever conversation, and when.
    pub(crate) fn last_agent(&self, id: ConversationId) -> Option<(AgentId, Timestamp)> {
        let members = self.links.members(id);
        let rows = members.iter().filter_map(|id| self.conversation(*id));
        rows.filter_map(|row| row.learned.as_ref()?.answered)
            .max_by_key(|(agent, at)| (*at, *agent))
    }
}

impl Conversation {
    pub(super) fn learned(&mut self) -> &mut Learned {
        self.learned.get_or_insert_default()
    }

    /// When the last contact was over; `None` during one.
    fn contact_over_at(&self) -> Option<Timestamp> {
        self.learned.as_ref().and_then(|learned| learned.contact_over_at).or(self.idle_since)
    }

    /// Whether the customer was in contact within the time before `at`.
    pub(crate) fn is_recent(&self, at: Timestamp, window: Duration) -> bool {
        self.open > 0 || self.contact_over_at().is_some_and(|over| over + window > at)
    }
}

impl Interaction {
    /// The level of authentication at that time: none once it has expired.
    pub(crate) fn level(&self, at: Timestamp) -> u8 {
        let holds = |identity: &&Identity| identity.expires_at.is_none_or(|until| until > at);
        self.identity.as_deref().filter(holds).map_or(0, |identity| identity.level)
    }
}

impl State {
    /// Who the customer of the interaction is: as reported when it came in, unless somebody has said it
    /// better since.
    pub(crate) fn customer_of<'s>(&'s self, row: &'s Interaction) -> Option<&'s CustomerRef> {
        let conversation = self.conversation(row.conversation);
        let learned = conversation.and_then(|known| known.learned.as_ref());
        let identified_at = learned.and_then(|learned| learned.identified_at);
        let reported = row.customer.as_deref();
        reported
            .filter(|_| identified_at.is_none_or(|at| at < row.opened_at))
            .or_else(|| conversation.map(|known| &known.customer))
    }

    /// What is known of the matter: the entries of the conversation and of those linked with it. Of
    /// several of one key the latest counts; of equally late ones the conversation's own.
    pub(crate) fn context_of(&self, id: ConversationId) -> Vec<&ContextEntry> {
        let own = self.conversation(id).map(|row| &*row.context).unwrap_or_default();
        let mut all: Vec<&ContextEntry> = own.iter().collect();
        let others = self.links.members(id).into_iter().filter(|member| *member != id);
        for other in others.filter_map(|other| self.conversation(other)) {
            for entry in other.context.iter() {
                match all.iter_mut().find(|known| known.key == entry.key) {
                    Some(known) if known.at >= entry.at => {}
                    Some(known) => *known = entry,
                    None => all.push(entry),
                }
            }
        }
        all
    }
}
