//! A telephone switch on virtual time: it takes effects in, and some time later reports what came of
//! them. It knows which of its legs are alive.

use std::collections::BTreeMap;

use switchboard::id::{ExternalRef, LegId};
use switchboard::message::{
    AnsweredBy, Effect, EffectKind, EndCause, EndKind, HostEvent, LegRef, LiveLeg,
};
use switchboard::time::Duration;

use crate::workload::uniform;

/// Legs that are alive: callers by the number of their call, phones by our id.
#[derive(Default)]
pub(crate) struct Pbx {
    seed: u64,
    callers: BTreeMap<u64, ExternalRef>,
    phones: BTreeMap<LegId, ExternalRef>,
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
            EffectKind::Originate { leg, .. } => Some(self.ring(*leg)),
            EffectKind::Hangup { leg, .. } => {
                if let Some(call) = leg.external.as_ref().and_then(call_number) {
                    self.callers.remove(&call);
                }
                self.phones.remove(&leg.leg);
                let leg = LegRef::Ours(leg.leg);
                Some((after(30), HostEvent::ended(leg, EndCause::default())))
            }
            EffectKind::Reject { leg, .. } => {
                if let Some(call) = leg.external.as_ref().and_then(call_number) {
                    self.callers.remove(&call);
                }
                Some((after(30), done))
            }
            EffectKind::Bridge { .. } => Some((after(120), done)),
            EffectKind::Answer { .. } | EffectKind::Hold { .. } | EffectKind::Unhold { .. } => {
                Some((after(40), done))
            }
            _ => None,
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
        let ended = |kind: EndKind| HostEvent::ended(named.clone(), kind);
        if fate < 0.004 {
            return (Duration::from_millis(300), ended(EndKind::Unreachable));
        }
        if fate < 0.012 {
            // Nobody there: the offer's own time runs out first.
            return (Duration::from_secs(60), ended(EndKind::NoAnswer));
        }
        self.phones.insert(leg, ExternalRef::new(format!("phone-{leg}")).expect("a short name"));
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
        let live = |external: &ExternalRef, leg| LiveLeg::new(external.clone(), leg);
        let callers = self.callers.values().map(|name| live(name, None));
        callers.chain(self.phones.iter().map(|(leg, name)| live(name, Some(*leg)))).collect()
    }
}
