//! Requests that ring several agents at once.

use serde::{Deserialize, Serialize};

use super::{Hold, Request, RequestState, State};
use crate::id::{AgentId, OfferId, RequestId};
use crate::time::Timestamp;

/// The offers of a request that rings several agents. Kept apart, so that only such requests pay for it.
#[derive(Clone, Default, Hash, Debug, Serialize, Deserialize)]
pub(crate) struct Group {
    /// In the order in which they were made.
    pub(crate) members: Vec<OfferId>,
    /// How many there may be by now.
    pub(crate) most: u32,
    /// When there may be more.
    pub(crate) grows_at: Option<Timestamp>,
}

impl Group {
    fn has_room(&self) -> bool {
        self.members.len() < self.most as usize
    }
}

impl State {
    /// Whether one more agent may be offered the request: it waits, or rings fewer than it may and nobody has taken it.
    pub(crate) fn wants_agents(&self, request: &Request) -> bool {
        match request.state {
            RequestState::Waiting => true,
            RequestState::Offered(lead) => {
                self.groups.get(&request.id).is_some_and(Group::has_room)
                    && self.offer(lead).is_some_and(|offer| offer.accepted.is_none())
            }
        }
    }

    /// Whether the request rings at the agent now.
    pub(crate) fn rings_at(&self, request: &Request, agent: AgentId) -> bool {
        let of_request = |id| self.offer(id).is_some_and(|offer| offer.request == request.id);
        request.state != RequestState::Waiting
            && self.agent(agent).is_some_and(|row| {
                row.work.iter().any(|item| matches!(item.hold, Hold::Offer(id) if of_request(id)))
            })
    }

    /// All offers of the request, in the order in which they were made.
    pub(crate) fn offers_of(&self, id: RequestId) -> &[OfferId] {
        match (self.groups.get(&id), self.request(id).map(|request| &request.state)) {
            (Some(group), _) => &group.members,
            (None, Some(RequestState::Offered(offer))) => std::slice::from_ref(offer),
            (None, _) => &[],
        }
    }

    /// The offer of the request that somebody has taken and that is being connected.
    pub(crate) fn taken_offer(&self, id: RequestId) -> Option<OfferId> {
        let RequestState::Offered(lead) = self.request(id)?.state else { return None };
        self.offer(lead)?.accepted.map(|_| lead)
    }

    /// The request rings so many from now on.
    pub(super) fn set_group(&mut self, id: RequestId, most: u32, grows_at: Option<Timestamp>) {
        if self.request(id).is_none() {
            return;
        }
        self.unfile_request(id);
        let group = self.groups.entry(id).or_default();
        group.most = most;
        group.grows_at = grows_at;
        self.set_timer(crate::message::TimerId::Ringing(id), grows_at);
        self.file_request(id);
    }

    /// One more rings. The first, or whoever has taken it, stands for all.
    pub(super) fn add_to_group(&mut self, id: RequestId, offer: OfferId) {
        let Some(group) = self.groups.get_mut(&id) else {
            self.set_offered(id, RequestState::Offered(offer));
            return;
        };
        group.members.push(offer);
        if let Some(first) = group.members.first().filter(|_| group.members.len() == 1) {
            let first = RequestState::Offered(*first);
            self.set_offered(id, first);
        }
        self.file_request(id);
    }

    /// One rings no more; whether others still do, one of whom stands for all then.
    pub(super) fn take_from_group(&mut self, id: RequestId, offer: OfferId) -> bool {
        if !self.groups.contains_key(&id) {
            return false;
        }
        self.unfile_request(id);
        let Some(group) = self.groups.get_mut(&id) else { return false };
        group.members.retain(|member| *member != offer);
        let Some(first) = group.members.first().copied() else {
            self.drop_group(id);
            return false;
        };
        if self.request(id).is_some_and(|row| row.state == RequestState::Offered(offer)) {
            self.set_offered(id, RequestState::Offered(first));
        }
        self.file_request(id);
        true
    }

    pub(super) fn drop_group(&mut self, id: RequestId) {
        if self.groups.remove(&id).is_some() {
            self.timers.clear(&crate::message::TimerId::Ringing(id));
        }
    }

    pub(super) fn set_offered(&mut self, id: RequestId, state: RequestState) {
        if let Some(request) = self.requests.get_mut(id.bits()) {
            request.state = state;
        }
    }
}
