//! Who is at work, paused, in which queues: what the engine knows as session, presence and routability.

use std::collections::BTreeMap;

use super::{Membership, Shadow};
use crate::id::{AgentId, Key};
use crate::message::{CommandBody, Presence, RoutabilityScope};

/// What an agent is in each queue; in all that are not named under none.
#[derive(Default)]
pub(super) struct Standing {
    in_queues: BTreeMap<Option<Key>, Member>,
}

#[derive(Clone, Copy, Default)]
struct Member {
    there: bool,
    paused: bool,
}

impl Member {
    const fn take(&mut self, now: Membership) {
        match now {
            Membership::Joined => *self = Self { there: true, paused: false },
            Membership::Left => *self = Self { there: false, paused: false },
            Membership::Paused => self.paused = true,
            Membership::Resumed => self.paused = false,
        }
    }

    const fn serves(self) -> bool {
        self.there && !self.paused
    }
}

impl Standing {
    fn take(&mut self, queue: Option<&Key>, now: Membership) {
        if queue.is_none() {
            for member in self.in_queues.values_mut() {
                member.take(now);
            }
            if !self.in_queues.is_empty() && !self.in_queues.contains_key(&None) {
                return;
            }
        }
        let member = self.in_queues.entry(queue.cloned()).or_default();
        // Who pauses without having come was there before anybody told.
        if matches!(now, Membership::Paused | Membership::Resumed) {
            member.there = true;
        }
        member.take(now);
    }

    fn is_there(&self) -> bool {
        self.in_queues.values().any(|member| member.there)
    }

    fn is_ready(&self) -> bool {
        self.in_queues.values().any(|member| member.serves())
    }

    fn takes_from(&self, queue: &Key) -> bool {
        let own = self.in_queues.get(&Some(queue.clone()));
        own.or_else(|| self.in_queues.get(&None)).is_some_and(|member| member.serves())
    }
}

impl Shadow {
    /// What the agent is in the queue changes.
    pub(super) fn change_member(&mut self, agent: &Key, queue: Option<&Key>, now: Membership) {
        self.members.entry(agent.clone()).or_default().take(queue, now);
        self.show_member(agent);
    }

    /// Brings what the engine knows of the agent in line with what was told.
    fn show_member(&mut self, agent: &Key) {
        let Some(standing) = self.members.get(agent) else { return };
        let Some(id) = self.engine.state().config.agent_id(agent) else { return };
        let (there, ready) = (standing.is_there(), standing.is_ready());
        let agent = agent.clone();
        if !there {
            if self.has_session(id) {
                self.expect(CommandBody::SignOut { agent, force: false });
            }
            return;
        }
        let queues: Vec<_> = self.engine.center().queues.keys().cloned().collect();
        let takes = queues.into_iter().map(|queue| (standing.takes_from(&queue), queue));
        let takes: Vec<_> = takes.collect();
        if !self.has_session(id) {
            let (device, station, ready) = (None, None, false);
            self.expect(CommandBody::SignIn { agent: agent.clone(), device, station, ready });
        }
        for (routable, queue) in takes {
            let state = self.engine.state();
            let number = state.config.queue_id(&queue);
            if number.is_some_and(|number| state.takes_from(id, number) != routable) {
                let on = RoutabilityScope::Queue(queue);
                let (agent, reason) = (agent.clone(), None);
                self.expect(CommandBody::SetRoutability { agent, on, routable, reason });
            }
        }
        let row = self.engine.state().agent(id);
        let is = row.map(|row| (row.presence == Presence::Ready, row.pending.is_some()));
        if is.is_some_and(|(is, pending)| if ready { !is || pending } else { is && !pending }) {
            self.expect(CommandBody::SetPresence { agent, ready, reason: None });
        }
    }

    pub(super) fn has_session(&self, agent: AgentId) -> bool {
        self.engine.state().agent(agent).is_some_and(|row| row.session.is_some())
    }
}
