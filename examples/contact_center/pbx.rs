//! A telephone switch on virtual time: it takes effects in, and some time later reports what came of
//! them. It knows which of its legs are alive, and says nothing of what is gone.

use std::collections::{BTreeMap, BTreeSet};

use switchboard::id::{EffectId, ExternalRef, LegId};
use switchboard::message::{
    AnsweredBy, Effect, EffectKind, EndCause, EndKind, HostEvent, HostLeg, LegRef, LiveLeg,
    LiveState,
};
use switchboard::time::Duration;

use crate::workload::uniform;

/// Legs that are alive: callers by the number of their call, phones by our id with whether they were
/// picked up.
#[derive(Default)]
pub(crate) struct Pbx {
    seed: u64,
    callers: BTreeMap<u64, ExternalRef>,
    phones: BTreeMap<LegId, bool>,
    /// Legs that it was told to hang up, and has not said so yet.
    hung_up: BTreeSet<LegId>,
    /// The legs that an operation is about.
    ops: BTreeMap<EffectId, Vec<HostLeg>>,
}

/// The switch's name of a caller's leg.
pub(crate) fn caller_name(call: u64) -> ExternalRef {
    ExternalRef::new(format!("call-{call}")).expect("a short name")
}

/// The number of the call that a leg's name belongs to.
pub(crate) fn call_number(name: &ExternalRef) -> Option<u64> {
    name.as_str().strip_prefix("call-")?.parse().ok()
}

impl Pbx {
    pub(crate) fn new(seed: u64) -> Self {
        Self { seed, ..Self::default() }
    }

    pub(crate) fn arrives(&mut self, call: u64) {
        self.callers.insert(call, caller_name(call));
    }

    /// Whether the caller is still on the line.
    pub(crate) fn holds(&self, call: u64) -> bool {
        self.callers.contains_key(&call)
    }

    /// The caller hangs up; nothing to report if the leg was gone.
    pub(crate) fn caller_leaves(&mut self, call: u64) -> Option<HostEvent> {
        let name = self.callers.remove(&call)?;
        Some(HostEvent::ended(LegRef::External(name), EndCause::default()))
    }

    /// What will be reported of the effect, and how much later.
    pub(crate) fn carry_out(&mut self, effect: &Effect) -> Option<(Duration, HostEvent)> {
        let after = Duration::from_millis;
        let done = HostEvent::OpDone { op: effect.id };
        match &effect.kind {
            // Asked again after a resync: it is ringing already.
            EffectKind::Originate { leg, .. } if self.phones.contains_key(leg) => None,
            EffectKind::Originate { leg, .. } => Some(self.ring(*leg)),
            EffectKind::Hangup { leg, .. } => {
                self.forget(leg);
                self.hung_up.insert(leg.leg);
                let leg = LegRef::Ours(leg.leg);
                Some((after(30), HostEvent::ended(leg, EndCause::default())))
            }
            EffectKind::Reject { leg, .. } => {
                self.forget(leg);
                Some((after(30), done))
            }
            EffectKind::Bridge { legs, .. } => {
                self.ops.insert(effect.id, legs.clone());
                Some((after(120), done))
            }
            EffectKind::Answer { leg }
            | EffectKind::Monitor { leg, .. }
            | EffectKind::Hold { leg, .. }
            | EffectKind::Unhold { leg, .. } => {
                self.ops.insert(effect.id, vec![leg.clone()]);
                Some((after(40), done))
            }
            _ => None,
        }
    }

    fn forget(&mut self, leg: &HostLeg) {
        if let Some(call) = leg.external.as_ref().and_then(call_number) {
            self.callers.remove(&call);
        }
        self.phones.remove(&leg.leg);
    }

    fn is_alive(&self, leg: &HostLeg) -> bool {
        let caller = leg.external.as_ref().and_then(call_number);
        caller.map_or_else(|| self.phones.contains_key(&leg.leg), |call| self.holds(call))
    }

    /// What happens at the switch now; whether there is something to tell of it.
    pub(crate) fn comes_about(&mut self, event: &HostEvent) -> bool {
        match event {
            HostEvent::Answered { leg: LegRef::Ours(leg), .. } => {
                self.phones.get_mut(leg).is_some_and(|answered| !std::mem::replace(answered, true))
            }
            HostEvent::Ended { leg: LegRef::Ours(leg), .. } => {
                self.phones.remove(leg).is_some() | self.hung_up.remove(leg)
            }
            HostEvent::OpDone { op } => {
                let legs = self.ops.remove(op).unwrap_or_default();
                legs.iter().all(|leg| self.is_alive(leg))
            }
            _ => true,
        }
    }

    /// A phone rings: most are picked up, some ring in vain, a few cannot be reached.
    fn ring(&mut self, leg: LegId) -> (Duration, HostEvent) {
        let origin = leg.origin();
        let u = |purpose| {
            uniform(self.seed ^ 0xa6e7, origin.seq * 64 + u64::from(origin.index), purpose)
        };
        let (fate, delay) = (u(1), u(2));
        let named = LegRef::Ours(leg);
        self.phones.insert(leg, false);
        let ended = |kind: EndKind| HostEvent::ended(named.clone(), kind);
        if fate < 0.004 {
            return (Duration::from_millis(300), ended(EndKind::Unreachable));
        }
        if fate < 0.012 {
            // Nobody there: the offer's own time runs out first.
            return (Duration::from_secs(60), ended(EndKind::NoAnswer));
        }
        #[allow(clippy::cast_possible_truncation)] // a few thousand milliseconds
        let rings = Duration::from_millis(1_200 + (delay * 5_000.0) as i64);
        (rings, HostEvent::answered(named, AnsweredBy::Human))
    }

    /// The carrier fails: callers whom it cuts off are gone.
    pub(crate) fn cut(&mut self, is_cut: impl Fn(u64) -> bool) -> usize {
        let before = self.callers.len();
        self.callers.retain(|call, _| !is_cut(*call));
        before - self.callers.len()
    }

    /// All legs that are alive, for a resync.
    pub(crate) fn live(&self) -> Vec<LiveLeg> {
        let live = |external: ExternalRef, leg, answered| {
            let state = if answered { LiveState::Answered } else { LiveState::Ringing };
            LiveLeg { state, ..LiveLeg::new(external, leg) }
        };
        let callers = self.callers.values().map(|name| live(name.clone(), None, true));
        let name = |leg: &LegId| ExternalRef::new(format!("phone-{leg}")).expect("a short name");
        let phones = self.phones.iter().map(|(leg, up)| live(name(leg), Some(*leg), *up));
        callers.chain(phones).collect()
    }
}
