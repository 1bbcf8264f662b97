//! A switch that fails: phones ring in vain, are out of reach or decline, operations fail or are never
//! heard of, calls are cut while nobody can reach it.

use std::collections::BTreeMap;

use switchboard::id::{ExternalRef, LegId};
use switchboard::message::{
    AnsweredBy, Effect, EffectKind, EndKind, HostError, HostEvent, LegRef, LiveLeg, LiveState,
};
use switchboard::time::Duration;

use crate::chance::Chance;

/// What a switch does about an effect.
pub(crate) enum Does {
    /// It takes it in, and reports these things later.
    Takes(Vec<(Duration, HostEvent)>),
    Refuses,
    /// It is never heard of.
    Loses,
}

#[derive(Default)]
pub(crate) struct Pbx {
    /// Callers by the switch's name, and our phones.
    callers: BTreeMap<String, ExternalRef>,
    phones: BTreeMap<LegId, bool>,
}

impl Pbx {
    pub(crate) fn arrives(&mut self, name: &ExternalRef) {
        self.callers.insert(name.as_str().to_owned(), name.clone());
    }

    /// A caller hangs up; nothing to say if he is gone.
    pub(crate) fn leaves(&mut self, name: &ExternalRef) -> Option<HostEvent> {
        self.callers.remove(name.as_str())?;
        Some(ended(LegRef::External(name.clone()), EndKind::Normal))
    }

    pub(crate) fn carry_out(&mut self, effect: &Effect, chance: &mut Chance) -> Does {
        if chance.percent(2) {
            return Does::Refuses;
        }
        if chance.percent(2) {
            return Does::Loses;
        }
        let soon = chance.span(20, 300);
        let op = effect.id;
        let done = if chance.percent(4) {
            HostEvent::OpFailed { op, error: HostError::Rejected }
        } else {
            HostEvent::OpDone { op }
        };
        Does::Takes(match &effect.kind {
            EffectKind::Originate { leg, .. } => self.rings(*leg, chance),
            EffectKind::Hangup { leg, .. } | EffectKind::Reject { leg, .. } => {
                if let Some(name) = &leg.external {
                    self.callers.remove(name.as_str());
                }
                self.phones.remove(&leg.leg);
                vec![(soon, ended(LegRef::Ours(leg.leg), EndKind::Normal))]
            }
            EffectKind::Answer { .. }
            | EffectKind::Bridge { .. }
            | EffectKind::Hold { .. }
            | EffectKind::Unhold { .. } => vec![(soon, done)],
            _ => Vec::new(),
        })
    }

    fn rings(&mut self, leg: LegId, chance: &mut Chance) -> Vec<(Duration, HostEvent)> {
        let named = LegRef::Ours(leg);
        let soon = chance.span(100, 2_000);
        match chance.below(20) {
            0 => vec![(soon, ended(named, EndKind::Unreachable))],
            1 => vec![(soon, ended(named, EndKind::Busy))],
            2 => vec![(soon, ended(named, EndKind::Declined))],
            3 => vec![(soon, ended(named, EndKind::NoAnswer))],
            // It rings until the engine gives it up.
            4 => {
                self.phones.insert(leg, false);
                Vec::new()
            }
            fate => {
                self.phones.insert(leg, true);
                let up = chance.span(500, 12_000);
                let mut told = vec![(up, HostEvent::answered(named.clone(), AnsweredBy::Human))];
                if fate == 5 {
                    // The phone dies in the middle of the talk.
                    told.push((up + chance.span(500, 30_000), ended(named, EndKind::Failed)));
                }
                told
            }
        }
    }

    /// While nobody can hear the switch, some legs end.
    pub(crate) fn cut(&mut self, chance: &mut Chance) {
        self.callers.retain(|_, _| !chance.percent(40));
        self.phones.retain(|_, _| !chance.percent(20));
    }

    /// Everything that is alive, for a resync.
    pub(crate) fn live(&self) -> Vec<LiveLeg> {
        let callers = self.callers.values().map(|name| LiveLeg::new(name.clone(), None));
        let phones = self.phones.iter().map(|(leg, answered)| {
            let name = ExternalRef::new(format!("phone-{leg}")).unwrap();
            let state = if *answered { LiveState::Answered } else { LiveState::Ringing };
            LiveLeg { state, ..LiveLeg::new(name, Some(*leg)) }
        });
        callers.chain(phones).collect()
    }

    /// Everybody hangs up.
    pub(crate) fn empty(&mut self) {
        self.callers.clear();
        self.phones.clear();
    }
}

fn ended(leg: LegRef, kind: EndKind) -> HostEvent {
    HostEvent::ended(leg, kind)
}
