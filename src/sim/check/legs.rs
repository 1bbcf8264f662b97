//! Nobody is left on the line: a leg leaves the state when its host has said that it is gone, or does
//! not list it any more, or after a hang-up was sent for it.

use std::collections::{BTreeMap, BTreeSet};

use super::{Broken, broken};
use crate::id::{EffectId, LegId};
use crate::message::{
    Cause, EffectEnd, EffectEvent, EffectKind, Event, HostStateEvent, LegEvent, Record,
};

/// What was asked of hosts about legs that are there.
#[derive(Default)]
pub(super) struct Legs {
    hung_up: BTreeSet<LegId>,
    /// The operation that makes a leg.
    calls: BTreeMap<EffectId, LegId>,
}

impl Legs {
    pub(super) fn follow(&mut self, record: &Record) -> Result<(), Broken> {
        for effect in &record.effects {
            match &effect.kind {
                EffectKind::Hangup { leg, .. } | EffectKind::Reject { leg, .. } => {
                    self.hung_up.insert(leg.leg);
                }
                EffectKind::Originate { leg, .. } => {
                    self.calls.insert(effect.id, *leg);
                }
                _ => {}
            }
        }
        // A list of what is alive, or the end of waiting for one, accounts for any leg.
        let listed = record.events.iter().any(|event| {
            matches!(
                event,
                Event::Host(HostStateEvent::Resynced { .. } | HostStateEvent::Abandoned { .. })
            )
        });
        // A report names one leg.
        let mut reported = matches!(record.cause, Cause::Host { reported, .. } if reported > 0);
        let mut refused = BTreeSet::new();
        for event in &record.events {
            match event {
                Event::Effect(EffectEvent::Ended { id, end }) => {
                    let leg = self.calls.remove(id);
                    refused.extend(leg.filter(|_| matches!(end, EffectEnd::Failed(_))));
                }
                Event::Leg(LegEvent::Ended { id, .. }) => {
                    let accounted = self.hung_up.remove(id) || listed || refused.contains(id);
                    if !accounted && !std::mem::take(&mut reported) {
                        return broken(format!(
                            "{id:?} was dropped at {:?} and nobody hung it up",
                            record.seq
                        ));
                    }
                }
                _ => {}
            }
        }
        Ok(())
    }
}
