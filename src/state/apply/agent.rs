//! Events of agents, and the agents' side of the index.

use super::Place;
use crate::id::{AgentId, EngagementId, HostId};
use crate::message::{Activity, AgentEvent, Presence, SignOutCause, StrikeKind, TimerId};
use crate::model::{Kind, Station};
use crate::state::{
    AgentState, Free, MediaLease, Ranked, Session, Shift, State, Strikes, Woken, at_hand, capacity,
};
use crate::time::Timestamp;

impl State {
    pub(super) fn apply_agent(&mut self, place: Place, event: &AgentEvent) {
        match event {
            AgentEvent::SignedIn { agent, session, station, .. } => {
                let session = Session {
                    id: *session,
                    station: station.clone(),
                    host: self.station_host(station),
                    desktop_lost_until: None,
                    media: MediaLease::There,
                };
                self.sign_in(*agent, session);
            }
            // Whoever takes over goes on as the one before: ready or not, with the work at hand.
            AgentEvent::SignedOut { agent, cause: SignOutCause::TakenOver, .. } => {
                self.timers.clear(&TimerId::Desktop(*agent));
                self.timers.clear(&TimerId::Media(*agent));
                self.change_agent(*agent, |row| row.session = None);
            }
            AgentEvent::SignedOut { agent, .. } => self.sign_out(*agent),
            AgentEvent::PresenceSet { agent, presence } => {
                self.change_agent(*agent, |row| {
                    if *presence == Presence::Ready && row.presence != Presence::Ready {
                        row.idle_since = place.key;
                    }
                    row.presence = *presence;
                });
            }
            AgentEvent::PresencePending { agent, pending, until } => {
                self.set_timer(TimerId::Drain(*agent), *until);
                self.change_agent(*agent, |row| {
                    row.pending = *pending;
                    row.drain_until = *until;
                });
            }
            AgentEvent::DrainOverdue { agent } => {
                self.set_timer(TimerId::Drain(*agent), None);
                self.change_agent(*agent, |row| row.drain_until = None);
            }
            AgentEvent::DesktopLost { agent, until } => self.set_desktop(*agent, Some(*until)),
            AgentEvent::DesktopRestored { agent } => self.set_desktop(*agent, None),
            AgentEvent::MediaLost { agent, until } => {
                self.set_media(*agent, MediaLease::Lost { until: *until });
            }
            AgentEvent::MediaRestored { agent } => self.set_media(*agent, MediaLease::There),
            AgentEvent::MediaGone { agent } => self.set_media(*agent, MediaLease::Gone),
            AgentEvent::Struck { agent, kind, count } => self.change_agent(*agent, |row| {
                let [human, device] = &mut row.strikes;
                let strikes = Strikes { count: *count, last: place.key.at };
                match kind {
                    StrikeKind::NoAnswer => *human = strikes,
                    StrikeKind::Device => *device = strikes,
                }
            }),
            AgentEvent::BackedOff { agent, until } => self.set_back_off(*agent, Some(*until)),
            AgentEvent::BackOffEnded { agent } => self.set_back_off(*agent, None),
            AgentEvent::StateChanged { agent, to, .. } => {
                if let Some(row) = self.agents.get_mut(u128::from(agent.0)) {
                    row.activity = *to;
                }
            }
            AgentEvent::ShiftSet { agent, ends, next, closed } => {
                let closed = closed.iter().fold(0, |mask, channel| mask | 1 << channel.index());
                self.set_shift(*agent, Shift { ends: *ends, next: *next, closed });
            }
            AgentEvent::RoutabilitySet { agent, on, routable, reason } => {
                self.set_routability(*agent, *on, *routable, *reason);
            }
        }
    }

    fn sign_in(&mut self, agent: AgentId, session: Session) {
        self.change_agent(agent, |row| row.session = Some(session));
    }

    fn sign_out(&mut self, agent: AgentId) {
        self.timers.clear(&TimerId::Desktop(agent));
        self.timers.clear(&TimerId::Media(agent));
        self.timers.clear(&TimerId::Drain(agent));
        self.timers.clear(&TimerId::BackOff(agent));
        self.set_shift(agent, Shift::default());
        self.takes_all_again(agent);
        self.change_agent(agent, |row| {
            row.session = None;
            row.presence = Presence::NotReady(None);
            row.pending = None;
            row.drain_until = None;
            row.strikes = [Strikes::default(); 2];
            row.back_off = None;
        });
    }

    fn set_back_off(&mut self, agent: AgentId, until: Option<Timestamp>) {
        // A number that nobody has arms nothing.
        if self.agent(agent).is_some() {
            self.set_timer(TimerId::BackOff(agent), until);
            self.change_agent(agent, |row| row.back_off = until);
        }
    }

    fn station_host(&self, station: &Station) -> Option<HostId> {
        match station {
            Station::Phone { host, .. } | Station::NailedUp { host, .. } => {
                self.config.numbers.get(Kind::Host, host.as_str()).map(HostId)
            }
            Station::Direct => None,
        }
    }

    pub(super) fn change_agent(&mut self, agent: AgentId, change: impl FnOnce(&mut AgentState)) {
        if let Some(row) = self.agents.get_mut(u128::from(agent.0)) {
            change(row);
        }
        self.refresh_agent(agent);
    }

    /// Brings the index in line with what the agent may be offered now; a number that nobody has
    /// leaves no trace.
    pub(in crate::state) fn refresh_agent(&mut self, agent: AgentId) {
        if self.agent(agent).is_none() {
            return;
        }
        self.touched.push(agent);
        let free = self.free_entry(agent);
        self.file_agent(agent, free);
        self.note_staff(agent);
    }

    /// Notes whether the agent has come or gone.
    fn note_staff(&mut self, agent: AgentId) {
        let now = self.agent(agent).map(|row| self.there(row)).unwrap_or_default();
        let signature = self.config.agent(agent).map(|plan| plan.signature);
        if self.staff.set(agent, now, signature) {
            self.came_or_went.push(agent);
            self.look_at_all_guards();
        }
    }

    fn free_entry(&self, agent: AgentId) -> Option<Free> {
        let row = self.agent(agent)?;
        let plan = self.config.agent(agent)?;
        if !self.is_routable(row) || row.back_off.is_some() {
            return None;
        }
        let channels = match row.work.as_slice() {
            [] => plan.at_rest,
            work => capacity::admitted(&self.config, plan, work),
        } & !row.closed_channels();
        let signature = plan.signature;
        (channels != 0).then_some(Free { idle_since: row.idle_since, channels, signature })
    }

    /// The entry of the agent as it would be with nothing to do, if ready.
    pub(crate) fn entry_at_rest(&self, agent: AgentId) -> Option<Free> {
        let (row, plan) = self.agent(agent).zip(self.config.agent(agent))?;
        let channels = plan.at_rest & !row.closed_channels();
        Some(Free { idle_since: row.idle_since, channels, signature: plan.signature })
    }

    /// Whether the agent may be offered work as far as session, presence and devices go.
    pub(crate) fn is_routable(&self, agent: &AgentState) -> bool {
        agent.presence == Presence::Ready
            && agent.pending.is_none()
            && agent.session.as_ref().is_some_and(|session| self.is_reachable(session))
    }

    /// Whether desktop and phone of a session are there.
    pub(crate) fn is_reachable(&self, session: &Session) -> bool {
        session.desktop_lost_until.is_none()
            && session.host.is_none_or(|host| self.host_is_up(host))
    }

    /// Files every agent under the signature that a configuration compiled anew gives it. Whoever is free may
    /// now be able to serve those who wait.
    pub(super) fn refile_agents(&mut self) {
        let wakes = self.requests.len() > 0;
        self.ranked = Ranked::of(&self.config);
        for agent in (0..self.config.numbers.next(Kind::Agent)).map(AgentId) {
            let free = self.free_entry(agent);
            self.file_agent(agent, free);
            self.note_staff(agent);
            if wakes && free.is_some() {
                self.index.wake(Woken::Agent(agent));
            }
        }
    }

    pub(in crate::state) fn refresh_agents(&mut self) {
        for n in 0..self.config.numbers.next(Kind::Agent) {
            self.refresh_agent(AgentId(n));
        }
    }

    pub(super) fn refresh_agents_of_host(&mut self, host: HostId) {
        for n in 0..self.config.numbers.next(Kind::Agent) {
            let uses = |session: &Session| session.host == Some(host);
            if self.agent(AgentId(n)).is_some_and(|row| row.session.as_ref().is_some_and(uses)) {
                self.refresh_agent(AgentId(n));
            }
        }
    }

    /// What an agent does is another thing from now on, though the parts are the same.
    pub(super) fn refresh_agent_of(&mut self, part: EngagementId) {
        if let Some(agent) = self.engagement(part).map(|row| row.agent) {
            self.refresh_agent(agent);
        }
    }

    /// What the agent is doing: the weightiest of all that goes on.
    pub(crate) fn activity_of(&self, agent: &AgentState) -> Activity {
        let Some(session) = &agent.session else { return Activity::SignedOut };
        let at_hand = at_hand(&agent.work).iter();
        let busiest = at_hand.filter_map(|item| self.activity_of_item(item)).max_by_key(weight);
        if let Some(activity) = busiest {
            return activity;
        }
        match agent.presence {
            Presence::NotReady(reason) => Activity::NotReady(reason),
            Presence::Ready if self.is_reachable(session) && session.has_media() => Activity::Idle,
            Presence::Ready => Activity::Unreachable,
        }
    }

    fn activity_of_item(&self, item: &crate::state::WorkItem) -> Option<Activity> {
        use crate::message::{EngagementRole, Phase};
        use crate::state::Hold;
        match item.hold {
            Hold::Offer(_) => Some(Activity::Alerting),
            Hold::Engagement(id) => {
                let engagement = self.engagement(id)?;
                Some(match (engagement.role, engagement.phase) {
                    (_, Phase::Suspended | Phase::Parked) => return None,
                    (EngagementRole::OtherWork | EngagementRole::Internal, _) => {
                        Activity::OtherWork(engagement.reason)
                    }
                    _ if self.dials.contains_key(&id) => Activity::ManualOutbound,
                    (role, _) if role.observes() => Activity::Monitoring,
                    (_, Phase::Connecting | Phase::Dialing) => Activity::Connecting,
                    (_, Phase::Held) => Activity::Holding,
                    (_, Phase::WrapUp) => Activity::WrapUp,
                    (_, Phase::Active | Phase::Previewing) => Activity::Talking,
                })
            }
        }
    }
}

/// Which of several activities the timeline shows.
fn weight(activity: &Activity) -> u8 {
    match activity {
        Activity::Talking => 6,
        Activity::Holding => 5,
        Activity::Connecting | Activity::ManualOutbound => 4,
        Activity::Alerting => 3,
        Activity::WrapUp => 2,
        Activity::OtherWork(_) | Activity::Monitoring => 1,
        _ => 0,
    }
}
