//! What waits to be handed out. Records go at once; what they caused goes when they are safe.
//!
//! Effects stand in lanes. An operation holds its lane until it was accepted or has ended; levels go
//! out in their turn and hold nothing, since nobody acknowledges them. An operation that has ended
//! while it stood in line is not handed out any more, but for a hang-up: nobody is left on a line
//! because something before it was never heard of.
//!
//! All of this is volatile; a new owner makes it anew from the pending effects of the state.

use std::collections::{BTreeMap, VecDeque};

use crate::id::{EffectId, HostId, Seq};
use crate::message::{
    Cause, Effect, EffectClass, EffectEvent, EffectKind, Event, Lane, Output, Record, Reply,
};
use crate::model::HandOver;
use crate::state::{Config, Map, State};

/// Operations that have not ended.
type Pending = BTreeMap<EffectId, Box<Effect>>;

/// Effects and reply of a record that is not safe yet.
struct Gated {
    seq: Seq,
    /// Effects of earlier records that go out once more.
    again: Vec<EffectId>,
    effects: Vec<Effect>,
    reply: Option<Reply>,
}

/// The outbox of a shard.
#[derive(Default)]
pub(super) struct Outbox {
    records: VecDeque<Record>,
    gated: VecDeque<Gated>,
    released: VecDeque<Output>,
    persisted: Seq,
    decided: Seq,
    /// What stands behind the operation that holds each lane.
    lanes: Map<(HostId, Lane), VecDeque<Effect>>,
    /// The lane that each operation holds.
    holds: Map<EffectId, (HostId, Lane)>,
}

impl Outbox {
    /// For an owner that takes over after `seq`.
    pub(super) fn after(seq: Seq) -> Self {
        Self { persisted: seq, decided: seq, ..Self::default() }
    }

    pub(super) fn poll(&mut self, state: &State) -> Option<Output> {
        if let Some(record) = self.records.pop_front() {
            return Some(Output::Record(record));
        }
        loop {
            match self.released.pop_front()? {
                Output::Effect(effect) if is_over(&effect, &state.effects) => {}
                output => return Some(output),
            }
        }
    }

    /// Records decided and not known to be safe.
    pub(super) fn unpersisted(&self) -> u64 {
        self.decided.0.saturating_sub(self.persisted.0)
    }

    /// Takes a record of the state, which has applied it.
    pub(super) fn push(&mut self, record: Record, state: &State) {
        let reply = match &record.cause {
            Cause::Command { id, .. } => {
                let made = record.events.iter().filter_map(Event::made).collect();
                Some(Reply { command: id.clone(), seq: record.seq, made })
            }
            _ => None,
        };
        let mut again = Vec::new();
        for event in &record.events {
            match event {
                Event::Effect(EffectEvent::Ended { id, .. }) => self.move_on(*id, state),
                Event::Effect(EffectEvent::Rearmed { effects }) => {
                    again.extend(effects.iter().map(|(id, _)| *id));
                }
                _ => {}
            }
        }
        self.decided = record.seq;
        if reply.is_some() || !record.effects.is_empty() || !again.is_empty() {
            let effects = record.effects.clone();
            self.gated.push_back(Gated { seq: record.seq, again, effects, reply });
        }
        self.records.push_back(record);
    }

    pub(super) fn push_all(&mut self, record: Option<Record>, state: &State) {
        if let Some(record) = record {
            self.push(record, state);
        }
    }

    /// Releases what the records up to `seq` caused.
    pub(super) fn persisted(&mut self, seq: Seq, state: &State) {
        self.persisted = self.persisted.max(seq.min(self.decided));
        while self.gated.front().is_some_and(|gated| gated.seq <= self.persisted) {
            let Some(Gated { again, effects, reply, .. }) = self.gated.pop_front() else { break };
            for id in again {
                self.release_again(id, state);
            }
            for effect in effects {
                self.release(effect, state);
            }
            self.released.extend(reply.map(Output::Reply));
        }
    }

    /// Hands a pending effect out once more: at once if it holds its lane, in its turn if it still
    /// stands in line.
    fn release_again(&mut self, id: EffectId, state: &State) {
        let Some(effect) = state.effects.get(&id) else { return };
        let place = (effect.host, effect.lane);
        if self.holds.contains_key(&id) {
            self.released.push_back(Output::Effect((**effect).clone()));
        } else if !self.lanes.get(&place).is_some_and(|line| line.iter().any(|e| e.id == id)) {
            self.release((**effect).clone(), state);
        }
    }

    /// Hands the effect out, or lets it stand in its lane.
    fn release(&mut self, effect: Effect, state: &State) {
        if effect.lane == Lane::None || is_direct(effect.host, &state.config) {
            self.released.push_back(Output::Effect(effect));
            return;
        }
        let place = (effect.host, effect.lane);
        if let Some(line) = self.lanes.get_mut(&place) {
            line.push_back(effect);
        } else {
            self.hand_out(effect, place, &state.effects);
        }
    }

    /// Hands out an effect whose turn has come; an operation holds the lane from here on.
    fn hand_out(&mut self, mut effect: Effect, place: (HostId, Lane), pending: &Pending) {
        if is_over(&effect, pending) {
            return;
        }
        if let Some(operation) = pending.get(&effect.id) {
            // It may have been given more time while it stood in line.
            effect.deadline = operation.deadline;
            self.holds.insert(effect.id, place);
            self.lanes.entry(place).or_default();
        }
        self.released.push_back(Output::Effect(effect));
    }

    /// The operation was accepted or has ended: the lane that it held goes on.
    pub(super) fn move_on(&mut self, id: EffectId, state: &State) {
        let Some(place) = self.holds.remove(&id) else { return };
        let mut line = self.lanes.remove(&place).unwrap_or_default();
        while let Some(next) = line.pop_front() {
            self.hand_out(next, place, &state.effects);
            if let Some(held) = self.lanes.get_mut(&place) {
                *held = line;
                return;
            }
        }
    }
}

/// Whether the effect was an operation that has ended, and need not be carried out.
fn is_over(effect: &Effect, pending: &Pending) -> bool {
    effect.class() == EffectClass::Operation
        && !matches!(effect.kind, EffectKind::Hangup { .. })
        && !pending.contains_key(&effect.id)
}

fn is_direct(host: HostId, config: &Config) -> bool {
    config.host(host).is_none_or(|host| host.hand_over == HandOver::Direct)
}
