//! Events of supervisors who follow what others do.

use crate::id::{EngagementId, LegId};
use crate::message::MonitorEvent;
use crate::state::{State, Watch, WorkItem};

impl State {
    pub(super) fn apply_monitor(&mut self, event: &MonitorEvent) {
        match event {
            MonitorEvent::Started { engagement, target, mode, .. } => {
                let (target, mode) = (*target, *mode);
                self.watches
                    .insert(*engagement, Watch { target, mode, attached: None, from: None });
            }
            MonitorEvent::ModeChanged { engagement, mode } => {
                self.watches.change(*engagement, |watch| watch.mode = *mode);
                if let Some(row) = self.engagements.get_mut(engagement.bits()) {
                    row.role = (*mode).into();
                }
            }
            MonitorEvent::Followed { engagement, interaction, .. } => {
                let Some(row) = self.engagements.get_mut(engagement.bits()) else { return };
                row.interaction = *interaction;
                let leg = row.leg;
                if let Some((leg, to)) = leg.zip(*interaction)
                    && let Some(leg) = self.legs.get_mut(leg.bits())
                {
                    leg.interaction = to;
                }
            }
            MonitorEvent::Attached { engagement, heard, mode } => {
                let attached = Some((*heard, *mode));
                self.watches.change(*engagement, |watch| watch.attached = attached);
            }
            MonitorEvent::TakingOver { engagement, from, cost } => {
                self.set_taking_over(*engagement, Some(*from), |item| {
                    item.cost = *cost;
                    item.parked = false;
                });
            }
            MonitorEvent::NotTakenOver { engagement } => {
                self.set_taking_over(*engagement, None, |item| {
                    item.cost = 0;
                    item.parked = true;
                });
            }
            MonitorEvent::TookOver { engagement, from, queue, .. } => {
                self.take_over_part(*engagement, *from);
                if let Some(row) = self.engagements.get_mut(engagement.bits()) {
                    row.queue = *queue;
                }
            }
            MonitorEvent::Ended { engagement, .. } => self.watches.remove(*engagement),
        }
    }

    fn set_taking_over(
        &mut self,
        id: EngagementId,
        from: Option<EngagementId>,
        change: impl Fn(&mut WorkItem),
    ) {
        self.watches.change(id, |watch| {
            watch.from = from;
            watch.attached = None;
        });
        self.change_work(id, change);
    }

    /// The supervisor serves in the interaction from now on.
    fn take_over_part(&mut self, id: EngagementId, from: EngagementId) {
        self.watches.remove(id);
        let interaction = self.engagements.get(from.bits()).and_then(|row| row.interaction);
        let Some(row) = self.engagements.get_mut(id.bits()) else { return };
        row.interaction = interaction;
        if let Some(row) = interaction.and_then(|id| self.interactions.get_mut(id.bits())) {
            row.engagements.push(id);
            self.heard.push(row.id);
        }
        self.change_work(id, |item| item.yields = true);
    }

    fn change_work(&mut self, id: EngagementId, change: impl Fn(&mut WorkItem)) {
        if let Some(agent) = self.engagements.get(id.bits()).map(|row| row.agent) {
            self.change_item(agent, id, change);
            self.refresh_agent(agent);
        }
    }

    /// The leg by which the agent takes part is being called.
    pub(super) fn note_leg_of_part(&mut self, id: EngagementId, leg: LegId) {
        if let Some(row) = self.engagements.get_mut(id.bits()) {
            row.leg = Some(leg);
        }
    }
}
