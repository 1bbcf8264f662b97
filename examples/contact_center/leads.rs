//! Team leads who listen in: twice a shift each takes a quarter of an hour, and follows somebody of the
//! own team and shift from one conversation to the next.

use std::collections::{BTreeMap, BTreeSet};

use switchboard::id::{AgentId, EngagementId, Key};
use switchboard::message::{Actor, CommandBody, Event, MonitorEvent, MonitorMode, MonitorTarget};
use switchboard::model::{Center, Role};

use crate::people::shift;

/// Who leads whom, and who listens to whom now.
#[derive(Default)]
pub(crate) struct Leads {
    colleagues: BTreeMap<Key, Key>,
    /// Leads who have asked to be left alone, and still have something to finish.
    about_to: BTreeSet<Key>,
    following: BTreeMap<EngagementId, Key>,
    /// How often somebody began to follow, and was let in by the switch.
    pub(crate) followed: u64,
    pub(crate) heard: u64,
}

impl Leads {
    pub(crate) fn new(center: &Center) -> Self {
        let colleague = |lead: &Key| {
            let shifts = (0_i64..).map(shift).zip(&center.agents);
            let (hours, team) = shifts.clone().find_map(|(hours, (key, agent))| {
                (key == lead).then_some((hours, agent.team.clone()))
            })?;
            let mut others = shifts
                .filter(|(of, (key, agent))| *of == hours && agent.team == team && *key != lead);
            others.next().map(|(_, (key, _))| (lead.clone(), key.clone()))
        };
        let leads = center.teams.values().filter_map(|team| team.lead.as_ref());
        Self { colleagues: leads.filter_map(colleague).collect(), ..Self::default() }
    }

    /// Whoever has a colleague to listen to.
    pub(crate) fn all(&self) -> impl Iterator<Item = &Key> {
        self.colleagues.keys()
    }

    /// The lead takes no more calls from now on.
    pub(crate) fn prepares(&mut self, lead: &Key) {
        self.about_to.insert(lead.clone());
    }

    /// Somebody is not ready any more and has nothing left to do: whether it is a lead who was to listen.
    pub(crate) fn is_free(&mut self, lead: &Key) -> bool {
        self.about_to.remove(lead)
    }

    /// The lead begins to listen.
    pub(crate) fn listen(&self, lead: Key) -> Option<(Actor, CommandBody)> {
        let target = MonitorTarget::Agent(self.colleagues.get(&lead)?.clone());
        let mode = MonitorMode::Listen;
        Some((Actor::user(lead, Role::TeamLead), CommandBody::Monitor { target, mode }))
    }

    /// The lead has heard enough, if anything.
    pub(crate) fn stop(&mut self, lead: &Key) -> Option<(Actor, CommandBody)> {
        self.about_to.remove(lead);
        self.following.values().find(|follows| *follows == lead)?;
        let target = MonitorTarget::Agent(self.colleagues.get(lead)?.clone());
        Some((Actor::user(lead.clone(), Role::TeamLead), CommandBody::EndMonitor { target }))
    }

    pub(crate) fn follow(&mut self, event: &Event, name: impl Fn(AgentId) -> Option<Key>) {
        match event {
            Event::Monitor(MonitorEvent::Started { engagement, supervisor, .. }) => {
                self.following.extend(name(*supervisor).map(|lead| (*engagement, lead)));
                self.followed += 1;
            }
            Event::Monitor(MonitorEvent::Attached { .. }) => self.heard += 1,
            Event::Monitor(MonitorEvent::Ended { engagement, .. }) => {
                self.following.remove(engagement);
            }
            _ => {}
        }
    }
}
