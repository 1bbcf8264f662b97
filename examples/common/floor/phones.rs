//! A phone system on virtual time, and the chat beside it. It does at once what it is asked; a phone
//! rings until somebody picks it up.

use std::collections::{BTreeMap, BTreeSet};

use switchboard::id::{BridgeId, ExternalRef, LegId};
use switchboard::message::{
    AnsweredBy, DeliveryState, Effect, EffectKind, EndKind, EndedBy, HostEvent, HostLeg, LegRef,
    LiveLeg, LiveState, MediaEnd, TransferResult,
};

/// A phone that the engine had called.
#[derive(Clone)]
pub(crate) struct Line {
    pub(crate) leg: LegId,
    /// The number that was called.
    pub(crate) number: String,
    pub(crate) answered: bool,
}

/// The legs that are alive.
#[derive(Default)]
pub(crate) struct Phones {
    callers: BTreeSet<ExternalRef>,
    /// Chats that are open.
    threads: BTreeSet<ExternalRef>,
    lines: BTreeMap<LegId, Line>,
    bridges: BTreeMap<LegId, BridgeId>,
    /// The leg of a caller, once the engine has named it.
    named: BTreeMap<ExternalRef, LegId>,
}

impl Phones {
    pub(crate) fn comes_in(&mut self, name: &ExternalRef) {
        self.callers.insert(name.clone());
    }

    pub(crate) fn writes(&mut self, thread: &ExternalRef) {
        self.threads.insert(thread.clone());
    }

    pub(crate) fn holds(&self, name: &ExternalRef) -> bool {
        self.callers.contains(name)
    }

    /// Phones that ring.
    pub(crate) fn ringing(&self) -> impl Iterator<Item = &Line> {
        self.lines.values().filter(|line| !line.answered)
    }

    /// All phones that the engine had called.
    pub(crate) fn lines(&self) -> impl Iterator<Item = &Line> {
        self.lines.values()
    }

    /// Somebody picks the phone up.
    pub(crate) fn picks_up(&mut self, leg: LegId) -> Option<HostEvent> {
        let line = self.lines.get_mut(&leg).filter(|line| !line.answered)?;
        line.answered = true;
        Some(HostEvent::answered(leg, AnsweredBy::Human))
    }

    /// Whoever has that phone puts it down, or declines.
    pub(crate) fn puts_down(&mut self, leg: LegId) -> Option<HostEvent> {
        let line = self.lines.remove(&leg)?;
        let cause = if line.answered { EndKind::Normal } else { EndKind::Declined };
        Some(HostEvent::ended(leg, cause))
    }

    /// The caller of that name hangs up.
    pub(crate) fn leaves(&mut self, name: &ExternalRef) -> Option<HostEvent> {
        let (leg, cause) = (LegRef::External(name.clone()), EndKind::Normal.into());
        self.callers.remove(name).then_some(HostEvent::Ended { leg, cause, by: EndedBy::Caller })
    }

    /// What is reported of an effect.
    pub(crate) fn carry_out(&mut self, effect: &Effect) -> Vec<HostEvent> {
        let op = effect.id;
        let done = HostEvent::OpDone { op };
        match &effect.kind {
            EffectKind::Originate { leg, to, .. } => {
                let number = to.clear().cloned().unwrap_or_default();
                let line = Line { leg: *leg, number, answered: false };
                // Asked again after an outage it rings already.
                self.lines.entry(*leg).or_insert(line);
                Vec::new()
            }
            EffectKind::Hangup { leg, .. } | EffectKind::Reject { leg, .. } => self.gone(leg),
            EffectKind::Redirect { leg, .. } | EffectKind::CancelConsult { leg } => {
                [vec![done], self.gone(leg)].concat()
            }
            EffectKind::BlindTransfer { leg, .. } => {
                let result = TransferResult::Completed;
                let over = HostEvent::TransferDone { op, result, sip: 200 };
                [vec![over], self.gone(leg)].concat()
            }
            EffectKind::AttendedTransfer { .. } => {
                vec![HostEvent::TransferDone { op, result: TransferResult::Completed, sip: 200 }]
            }
            EffectKind::Play { .. } => {
                vec![HostEvent::MediaDone { op, reason: MediaEnd::Complete }]
            }
            EffectKind::Bridge { bridge, legs, .. } => {
                for leg in legs {
                    self.joins(leg, *bridge);
                }
                vec![done]
            }
            EffectKind::Move { leg, bridge } => {
                self.joins(leg, *bridge);
                vec![done]
            }
            EffectKind::Answer { leg } => {
                self.names(leg);
                vec![done]
            }
            EffectKind::SendMessage { message, .. } => {
                let state = DeliveryState::Delivered;
                vec![done, HostEvent::MessageUpdated { message: *message, external: None, state }]
            }
            EffectKind::Hold { .. }
            | EffectKind::Unhold { .. }
            | EffectKind::Unbridge { .. }
            | EffectKind::Monitor { .. }
            | EffectKind::CompleteConsult { .. } => vec![done],
            _ => Vec::new(),
        }
    }

    fn joins(&mut self, leg: &HostLeg, bridge: BridgeId) {
        self.names(leg);
        self.bridges.insert(leg.leg, bridge);
    }

    fn names(&mut self, leg: &HostLeg) {
        if let Some(name) = &leg.external {
            self.named.insert(name.clone(), leg.leg);
        }
    }

    /// A leg ends at our wish.
    fn gone(&mut self, leg: &HostLeg) -> Vec<HostEvent> {
        let caller = leg
            .external
            .as_ref()
            .is_some_and(|name| self.callers.remove(name) | self.threads.remove(name));
        let line = self.lines.remove(&leg.leg).is_some();
        self.bridges.remove(&leg.leg);
        let (cause, by) = (EndKind::Normal.into(), EndedBy::Us);
        let ended = HostEvent::Ended { leg: LegRef::Ours(leg.leg), cause, by };
        if caller || line { vec![ended] } else { Vec::new() }
    }

    /// All legs that are alive, for a host that is back.
    pub(crate) fn live(&self) -> Vec<LiveLeg> {
        let live = |external: ExternalRef, leg: Option<LegId>, state| LiveLeg {
            bridge: leg.and_then(|leg| self.bridges.get(&leg).copied()),
            state,
            ..LiveLeg::new(external, leg)
        };
        let callers = self
            .callers
            .iter()
            .map(|name| live(name.clone(), self.named.get(name).copied(), LiveState::Answered));
        let lines = self.lines.values().filter_map(|line| {
            let state = if line.answered { LiveState::Answered } else { LiveState::Ringing };
            let name = ExternalRef::new(format!("line {}", line.leg)).ok()?;
            Some(live(name, Some(line.leg), state))
        });
        callers.chain(lines).collect()
    }
}
