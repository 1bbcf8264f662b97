//! Nobody is left on the line: a leg leaves the state when its host has said that it is gone, or does
//! not list it any more, or after a hang-up was sent for it. Nobody is on a thread of messages.

use std::collections::{BTreeMap, BTreeSet};

use super::{Broken, broken};
use crate::id::{EffectId, LegId};
use crate::message::{
    Cause, EffectEnd, EffectEvent, EffectKind, Event, HostStateEvent, InteractionEvent, LegEvent,
    Record,
};

/// What was asked of hosts about legs that are there.
#[derive(Default)]
pub(super) struct Legs {
    hung_up: BTreeSet<LegId>,
    /// The operation that makes a leg.
    calls: BTreeMap<EffectId, LegId>,
    /// What stands for a thread of messages: nobody is on it.
    threads: BTreeSet<LegId>,
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
                Event::Interaction(InteractionEvent::Opened(opened))
                    if !opened.channel.is_live() =>
                {
                    self.threads.insert(opened.leg);
                }
                Event::Leg(LegEvent::Ended { id, .. }) if self.threads.remove(id) => {}
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::{Epoch, HostId, Origin, Seq, ShardId};
    use crate::message::{Effect, EndCause, EndKind, FORMAT_VERSION, HostLeg, Lane, Side, TimerId};
    use crate::time::Timestamp;

    fn leg() -> LegId {
        LegId::new(Origin { shard: 1, epoch: 1, seq: 2, index: 0 }).unwrap()
    }

    fn record(cause: Cause, events: Vec<Event>, effects: Vec<EffectKind>) -> Record {
        let id = EffectId::new(Origin { shard: 1, epoch: 1, seq: 3, index: 0 }).unwrap();
        let (host, lane, deadline) = (HostId(1), Lane::None, Timestamp::EPOCH);
        let effects =
            effects.into_iter().map(|kind| Effect { id, host, lane, deadline, kind }).collect();
        Record {
            v: FORMAT_VERSION,
            shard: ShardId(1),
            epoch: Epoch(1),
            seq: Seq(3),
            at: Timestamp::EPOCH,
            cause,
            events,
            effects,
        }
    }

    fn gone() -> Event {
        let cause = EndCause::from(EndKind::Normal);
        LegEvent::Ended { id: leg(), by: Side::Engine, cause }.into()
    }

    #[test]
    fn a_leg_that_is_dropped_without_a_word_is_found() {
        let mut legs = Legs::default();
        assert!(legs.follow(&record(Cause::Timer(TimerId::Replan), vec![gone()], vec![])).is_err());
    }

    #[test]
    fn a_leg_may_go_after_a_hang_up_or_when_its_host_does_not_list_it() {
        let mut legs = Legs::default();
        let leg = HostLeg { leg: leg(), external: None };
        let hang_up = EffectKind::Hangup { leg, cause: EndKind::Normal, after: None };
        let timer = || Cause::Timer(TimerId::Replan);
        legs.follow(&record(timer(), vec![], vec![hang_up])).unwrap();
        legs.follow(&record(timer(), vec![gone()], vec![])).unwrap();
        let resync = HostStateEvent::Resynced { host: HostId(1), generation: 1 };
        legs.follow(&record(timer(), vec![resync.into(), gone()], vec![])).unwrap();
    }
}
