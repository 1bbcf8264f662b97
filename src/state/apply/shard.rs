//! Events of the shard itself.

use super::Place;
use crate::id::{AgentId, HostId, QueueId};
use crate::message::{EffectEvent, HostStateEvent, NumberedChange, ShardEvent, TimerId};
use crate::model::{Change, Kind};
use crate::state::apply::leg_of;
use crate::state::{AgentState, HostState, QueueState, State, Woken};
use crate::time::Duration;

impl State {
    pub(super) fn apply_shard(&mut self, place: Place, event: &ShardEvent) {
        match event {
            // Record 1 makes the state; see `State::opened`.
            ShardEvent::Opened { .. }
            | ShardEvent::ClockJumped { .. }
            | ShardEvent::TimeBounded { .. } => {}
            ShardEvent::Resumed { epoch } => self.epoch = *epoch,
            ShardEvent::ClockRebased { offset } => self.wall_offset = *offset,
            ShardEvent::Configured { version, changes } => {
                self.forget_selection(changes);
                let rebounded = self.config.rebounded(changes);
                let elsewhere = self.config.matched_elsewhere;
                let (anew, stepped) = self.config.change(*version, changes);
                for queue in stepped {
                    self.forget_steps_of(queue);
                }
                for queue in rebounded {
                    self.refile_requests(|_, request| request.queue == queue);
                }
                self.add_numbered();
                if anew {
                    self.refile_agents();
                }
                if changes.iter().any(|numbered| replans(&numbered.change)) {
                    self.replan = Some((place.at, None));
                    self.set_timer(TimerId::Replan, Some(place.at));
                }
                self.refresh_changed_agents(changes);
                if elsewhere && !self.config.matched_elsewhere {
                    self.wake_free_agents();
                }
                self.look_at_all_guards();
                self.heard.extend(self.recordings.sorted().iter().map(|row| row.interaction));
                self.arm_eviction();
            }
            ShardEvent::Replanned { requests, cursor } => {
                for plan in requests {
                    self.replan_request(plan);
                }
                // The next chunk is another call's: the least step of time later.
                let next = cursor.map(|last| (place.at + Duration::from_micros(1), Some(last)));
                self.replan = next;
                self.set_timer(TimerId::Replan, next.map(|(at, _)| at));
            }
            ShardEvent::TalliesHalved { next } => {
                self.halve_tallies();
                self.set_tallies_until(*next);
            }
            ShardEvent::Evicted { interactions, conversations } => {
                // They stand in the record in the order in which they were closed.
                for id in interactions {
                    let gone = self.interactions.remove(id.bits());
                    if let Some(thread) = gone.and_then(|gone| gone.thread) {
                        self.forget_messages(&thread);
                    }
                    if self.closed.front().is_some_and(|(_, first)| first == id) {
                        self.closed.pop_front();
                    }
                }
                for id in conversations {
                    self.forget_conversation(place.at, *id);
                }
                self.drop_stale_idle();
                self.arm_eviction();
            }
        }
    }

    /// Agents whose own configuration changed may now be able to do more; a change of anything else
    /// may concern all.
    fn refresh_changed_agents(&mut self, changes: &[NumberedChange]) {
        let mut others = false;
        for NumberedChange { change, number } in changes {
            match (change, number) {
                (Change::Agent { .. }, Some(number)) => {
                    self.refresh_agent(AgentId(*number));
                    self.index.wake(Woken::Agent(AgentId(*number)));
                }
                _ => others = true,
            }
        }
        if others {
            self.refresh_agents();
        }
    }

    /// Whoever is free may be offered whatever waits.
    pub(in crate::state) fn wake_free_agents(&mut self) {
        let free: Vec<AgentId> = self.index.everybody().map(|(agent, _)| agent).collect();
        for agent in free {
            self.index.wake(Woken::Agent(agent));
        }
    }

    /// Gives every configured agent, queue and host a row.
    pub(in crate::state) fn add_numbered(&mut self) {
        for n in 0..self.config.numbers.next(Kind::Agent) {
            if self.agents.get(u128::from(n)).is_none() {
                self.agents.insert(AgentState::new(AgentId(n)));
            }
        }
        for n in 0..self.config.numbers.next(Kind::Queue) {
            if self.queues.get(u128::from(n)).is_none() {
                self.queues.insert(QueueState::new(QueueId(n)));
            }
        }
        for n in 0..self.config.numbers.next(Kind::Host) {
            if self.hosts.get(u128::from(n)).is_none() {
                self.hosts.insert(HostState::new(HostId(n)));
            }
        }
    }

    /// Forgets what agents were chosen by, where they or their queue go, and what groups are owed, where they change.
    fn forget_selection(&mut self, changes: &[NumberedChange]) {
        for NumberedChange { change, .. } in changes {
            match change {
                Change::Agent { key, to: None } => {
                    let number = self.config.numbers.get(Kind::Agent, key.as_str());
                    if let Some(agent) = number.map(AgentId) {
                        self.tallies.remove(&agent);
                        self.forget_scores(|(of, _)| of == agent);
                    }
                }
                Change::Queue { key, to } => {
                    let before = self.config.center.queues.get(key).map(|queue| &queue.groups);
                    let same = before == to.as_ref().map(|queue| &queue.groups);
                    let number = self.config.numbers.get(Kind::Queue, key.as_str());
                    if let Some(queue) = number.map(QueueId).filter(|_| !same || to.is_none()) {
                        self.allocated.remove(&queue);
                        if to.is_none() {
                            self.forget_scores(|(_, of)| of == queue);
                        }
                    }
                }
                _ => {}
            }
        }
    }

    /// Forgets conversations at the head of the idle line that are gone or were taken up again.
    pub(in crate::state) fn drop_stale_idle(&mut self) {
        while let Some((since, id)) = self.idle_conversations.front() {
            let idle =
                self.conversations.get(id.bits()).is_some_and(|c| c.idle_since == Some(*since));
            if idle {
                break;
            }
            self.idle_conversations.pop_front();
        }
    }

    /// Sets the time of the next eviction: of the batch that the earliest due ones begin.
    pub(in crate::state) fn arm_eviction(&mut self) {
        let policies = &self.config.center.policies;
        let limits = &self.config.center.limits;
        // Waiting half a retention more lets a record evict many at once.
        let due = |since, retention: Duration| {
            since + retention + Duration::from_micros(retention.as_micros() / 2)
        };
        let closed = self.closed.front().map(|(at, _)| {
            let full = self.closed.len() > limits.closed_interactions as usize;
            if full { *at } else { due(*at, policies.closed_retention) }
        });
        let idle = self.idle_conversations.front().map(|(since, _)| {
            let full = self.conversations.len() > limits.conversations as usize;
            if full { *since } else { due(*since, policies.conversation_retention) }
        });
        self.set_timer(TimerId::Evict, closed.into_iter().chain(idle).min());
    }

    pub(super) fn apply_host(&mut self, event: &HostStateEvent) {
        let (host, lost_until, down, generation) = match event {
            HostStateEvent::Lost { host, until, .. } => (*host, Some(*until), false, None),
            HostStateEvent::Resynced { host, generation } => {
                (*host, None, false, Some(*generation))
            }
            HostStateEvent::Abandoned { host } => (*host, None, true, None),
        };
        if let Some(row) = self.hosts.get_mut(u128::from(host.0)) {
            row.lost_until = lost_until;
            row.down = down;
            row.generation = generation.unwrap_or(row.generation);
        }
        self.set_timer(TimerId::Host(host), lost_until);
        self.refresh_agents_of_host(host);
        self.refresh_requests_of_host(host);
    }

    pub(super) fn apply_effect(&mut self, event: &EffectEvent) {
        match event {
            EffectEvent::Ended { id, .. } => {
                self.timers.clear(&TimerId::Effect(*id));
                if let Some(effect) = self.effects.remove(id)
                    && let Some(leg) = leg_of(&effect.kind)
                    && let Some(leg) = self.legs.get_mut(leg.bits())
                {
                    leg.ops.retain(|op| op != id);
                }
            }
            EffectEvent::Rearmed { effects } => {
                for (id, deadline) in effects {
                    if let Some(effect) = self.effects.get_mut(id) {
                        effect.deadline = *deadline;
                        self.timers.set(TimerId::Effect(*id), *deadline);
                    }
                }
            }
        }
    }
}

/// Whether the change may concern the order or the bounds of those who wait.
fn replans(change: &Change) -> bool {
    matches!(change, Change::Queue { .. } | Change::Order(_))
}
