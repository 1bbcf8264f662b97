//! Events of calls that agents make by hand.

use crate::message::{DialEnd, DialEvent, TimerId};
use crate::state::{Dial, State};

impl State {
    pub(super) fn apply_dial(&mut self, event: &DialEvent) {
        match event {
            DialEvent::Begun { engagement, to, location, preview_until } => {
                let (to, location) = (to.clone(), location.clone());
                let preview_until = *preview_until;
                self.dials.insert(*engagement, Dial { to, location, preview_until });
                self.set_timer(TimerId::Preview(*engagement), preview_until);
                self.refresh_agent_of(*engagement);
            }
            DialEvent::Placed { engagement } => {
                self.timers.clear(&TimerId::Preview(*engagement));
                if let Some(dial) = self.dials.get_mut(engagement) {
                    dial.preview_until = None;
                }
            }
            DialEvent::Joining { engagement, bridge } => {
                let row = self.engagements.get(engagement.bits());
                let interaction = row.and_then(|row| row.interaction);
                if let Some(row) = interaction.and_then(|id| self.interactions.get_mut(id.bits())) {
                    row.meeting.get_or_insert_default().bridge = Some(*bridge);
                }
            }
            DialEvent::Ended { engagement, end } => {
                if *end == DialEnd::Connected {
                    self.note_reached(*engagement);
                }
                self.timers.clear(&TimerId::Preview(*engagement));
                self.dials.remove(engagement);
                self.refresh_agent_of(*engagement);
            }
        }
    }
}
