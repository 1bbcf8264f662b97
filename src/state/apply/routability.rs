//! What an agent takes no work of, and devices that were lost.

use crate::id::{AgentId, QueueId, ReasonId};
use crate::message::{RoutableOn, TimerId};
use crate::model::Channel;
use crate::state::{AgentState, MediaLease, Session, Shift, State, Woken};
use crate::time::Timestamp;

impl Session {
    /// Whether phone or softphone is there.
    pub(crate) fn has_media(&self) -> bool {
        self.media == MediaLease::There
    }
}

impl AgentState {
    /// Whether the agent takes work of the channel, as far as the agent's own word and shift go.
    pub(crate) fn takes_channel(&self, channel: Channel) -> bool {
        self.shift.closed & (1 << channel.index()) == 0
            && !self.declines.iter().any(|(on, _)| *on == RoutableOn::Channel(channel))
    }

    /// One bit per channel of which the agent can be offered nothing now.
    pub(super) fn closed_channels(&self) -> u16 {
        let mute = self.session.as_ref().is_some_and(|session| !session.has_media());
        if !mute && self.declines.is_empty() && self.shift.closed == 0 {
            return 0;
        }
        Channel::ALL
            .into_iter()
            .filter(|channel| mute && channel.has_media() || !self.takes_channel(*channel))
            .fold(0, |mask, channel| mask | 1 << channel.index())
    }

    /// The queues of which the agent takes no work.
    pub(in crate::state) fn declined_queues(
        &self,
    ) -> impl Iterator<Item = (AgentId, QueueId)> + '_ {
        self.declines.iter().filter_map(|(on, _)| match on {
            RoutableOn::Queue(queue) => Some((self.id, *queue)),
            RoutableOn::Channel(_) => None,
        })
    }
}

impl State {
    /// Whether the agent takes work of the queue, as far as the agent's own word goes.
    pub(crate) fn takes_from(&self, agent: AgentId, queue: QueueId) -> bool {
        self.declined.is_empty() || !self.declined.contains(&(agent, queue))
    }

    /// Agents who take no work of the queue, whatever their presence says.
    pub(crate) fn who_declines(&self, queue: QueueId) -> impl Iterator<Item = AgentId> + '_ {
        self.declined.iter().filter(move |(_, of)| *of == queue).map(|(agent, _)| *agent)
    }

    /// Whether no agent declines any queue.
    pub(crate) fn nobody_declines(&self) -> bool {
        self.declined.is_empty()
    }

    pub(super) fn set_routability(
        &mut self,
        agent: AgentId,
        on: RoutableOn,
        routable: bool,
        reason: Option<ReasonId>,
    ) {
        self.change_agent(agent, |row| {
            row.declines.retain(|(known, _)| *known != on);
            if !routable {
                row.declines.push((on, reason));
            }
        });
        if let RoutableOn::Queue(queue) = on {
            if routable {
                self.declined.remove(&(agent, queue));
                self.index.wake(Woken::Agent(agent));
            } else {
                self.declined.insert((agent, queue));
                // Whoever was kept for that queue is there for others.
                self.index.wake(Woken::Agent(agent));
            }
            self.came_or_went.push(agent);
            self.look_at_all_guards();
        }
    }

    /// Forgets what the agent took no work of.
    pub(super) fn takes_all_again(&mut self, agent: AgentId) {
        let Some(row) = self.agents.get_mut(u128::from(agent.0)) else { return };
        for declined in row.declined_queues() {
            self.declined.remove(&declined);
        }
        row.declines.clear();
    }

    pub(super) fn set_shift(&mut self, agent: AgentId, shift: Shift) {
        self.set_timer(TimerId::Shift(agent), shift.next);
        self.change_agent(agent, |row| row.shift = shift);
    }

    pub(super) fn set_desktop(&mut self, agent: AgentId, lost_until: Option<Timestamp>) {
        self.set_timer(TimerId::Desktop(agent), lost_until);
        self.change_session(agent, |session| session.desktop_lost_until = lost_until);
    }

    pub(super) fn set_media(&mut self, agent: AgentId, media: MediaLease) {
        self.set_timer(TimerId::Media(agent), media.deadline());
        self.change_session(agent, |session| session.media = media);
    }

    fn change_session(&mut self, agent: AgentId, change: impl FnOnce(&mut Session)) {
        self.change_agent(agent, |row| {
            if let Some(session) = &mut row.session {
                change(session);
            }
        });
    }
}
