//! The pen of a decision.

use smallvec::SmallVec;

use super::{Leg, LegState, State, Woken};
use crate::id::{
    AgentId, EffectId, HostId, InteractionId, LegId, MAX_INDEX, Origin, QueueId, RequestId, Seq,
};
use crate::message::{
    Cause, Effect, EffectKind, EndKind, Event, FORMAT_VERSION, HostLeg, Lane, LegEvent, LegPurpose,
    Mailbox, Record, ReferAnswer, Side,
};
use crate::time::Timestamp;

/// One record in the making: decisions read the state through it, and what they emit takes effect
/// at once.
pub(crate) struct Step<'a> {
    state: &'a mut State,
    /// Time of the record.
    pub(crate) at: Timestamp,
    /// When what is being recorded happened: the reported time for a host's fact, else `at`.
    pub(crate) happened: Timestamp,
    /// How many events were what a host reported.
    reported: u32,
    seq: Seq,
    next_index: u32,
    events: Vec<Event>,
    effects: Vec<Effect>,
    /// Urgent requests that have come in it.
    urgent: SmallVec<[RequestId; 1]>,
}

impl<'a> Step<'a> {
    pub(crate) fn new(state: &'a mut State, at: Timestamp, happened: Timestamp) -> Self {
        let seq = state.seq.next();
        state.forget_step();
        // Most steps decide a handful of events.
        let events = Vec::with_capacity(5);
        let (effects, urgent) = (Vec::new(), SmallVec::new());
        Self { state, at, happened, reported: 0, seq, next_index: 0, events, effects, urgent }
    }

    pub(crate) fn state(&self) -> &State {
        self.state
    }

    /// A new id of any kind; entities and effects of a record share one row of numbers.
    pub(crate) fn new_id<I: From<Origin>>(&mut self) -> I {
        let index = self.next_index.min(MAX_INDEX);
        self.next_index += 1;
        I::from(Origin {
            shard: self.state.shard.0,
            epoch: self.state.epoch.0,
            seq: self.seq.0,
            index,
        })
    }

    /// Decides an event: it is in the record and in the state from here on.
    pub(crate) fn emit(&mut self, event: impl Into<Event>) {
        let event = event.into();
        let ordinal = u32::try_from(self.events.len()).unwrap_or(u32::MAX);
        self.state.apply_event(self.at, self.happened, self.seq, ordinal, &event);
        self.events.push(event);
    }

    /// Decides an effect. It is filed when the step is over.
    pub(crate) fn effect(
        &mut self,
        host: HostId,
        lane: Lane,
        deadline: Timestamp,
        kind: EffectKind,
    ) -> EffectId {
        let id = self.new_id();
        self.effects.push(Effect { id, host, lane, deadline, kind });
        id
    }

    /// By when an operation that names no deadline of its own must have ended.
    pub(crate) fn op_deadline(&self) -> Timestamp {
        self.at + self.state.config.center.policies.effect_timeout
    }

    /// Decides to hang up a leg, if it is there and nobody has yet.
    pub(crate) fn hang_up(&mut self, id: LegId) {
        if self.state.leg(id).is_some_and(|leg| leg.state != LegState::Ending) {
            if self.state.leg(id).is_some_and(|leg| leg.refers) {
                self.emit(LegEvent::ReferEnded { id });
                self.answer_refer(id, ReferAnswer::Completed);
            }
            self.emit(LegEvent::Ending { id, by: Side::Engine });
            self.make_sure_it_ends(id);
        }
    }

    /// Asks for the end of a leg, unless that has been asked. The leg stays known until its host has
    /// said that it is gone, or has not been heard of by the deadline.
    pub(crate) fn make_sure_it_ends(&mut self, id: LegId) {
        let Some(leg) = self.state.leg(id) else { return };
        let pending = || leg.ops.iter().filter_map(|op| self.state.effects.get(op));
        if pending().any(|effect| matches!(effect.kind, EffectKind::Hangup { .. })) {
            return;
        }
        let named = HostLeg { leg: id, external: leg.external.clone() };
        let lane = lane_of(leg);
        // It stands in line behind what was asked of the leg before: its time begins when theirs ends.
        let last = pending().map(|effect| effect.deadline).fold(self.at, Timestamp::max);
        let by = last + self.state.config.center.policies.effect_timeout;
        let host = leg.host;
        let kind = EffectKind::Hangup { leg: named, cause: EndKind::Normal, after: None };
        self.effect(host, lane, by, kind);
    }

    /// Tells the far end of a leg what becomes of the transfer that it asked for.
    pub(crate) fn answer_refer(&mut self, id: LegId, answer: ReferAnswer) {
        let Some(leg) = self.state.leg(id) else { return };
        let (host, lane) = (leg.host, lane_of(leg));
        let kind = EffectKind::AnswerRefer { leg: self.state.host_leg(id), answer };
        let by = self.op_deadline();
        self.effect(host, lane, by, kind);
    }

    /// All that was reported has been decided: what follows happens now.
    pub(crate) fn end_of_report(&mut self) {
        self.reported = u32::try_from(self.events.len()).unwrap_or(u32::MAX);
        self.happened = self.at;
    }

    /// How many events have been decided.
    pub(crate) fn written(&self) -> usize {
        self.events.len()
    }

    /// How many of the events were what a host reported.
    pub(crate) fn reported(&self) -> u32 {
        self.reported
    }

    /// An interaction that something of has ended in this step, and by whom.
    pub(crate) fn take_left(&mut self) -> Option<(InteractionId, Side)> {
        self.state.left.pop()
    }

    /// Urgent work has come.
    pub(crate) fn note_urgent(&mut self, request: RequestId) {
        self.urgent.push(request);
    }

    /// The urgent requests of this step, since the last call.
    pub(crate) fn take_urgent(&mut self) -> SmallVec<[RequestId; 1]> {
        std::mem::take(&mut self.urgent)
    }

    /// Interactions in which somebody came, went or changed their mind in this step, each once.
    pub(crate) fn take_heard(&mut self) -> SmallVec<[InteractionId; 2]> {
        let mut heard = std::mem::take(&mut self.state.heard);
        heard.sort_unstable();
        heard.dedup();
        heard
    }

    /// Whether nothing has been decided so far.
    pub(crate) fn is_empty(&self) -> bool {
        self.events.is_empty() && self.effects.is_empty()
    }

    /// Somebody for whom a match may have become possible in this step.
    pub(crate) fn take_woken(&mut self) -> Option<Woken> {
        self.state.index.take_woken()
    }

    /// Everybody who is free chooses in this step.
    pub(crate) fn wake_free_agents(&mut self) {
        self.state.wake_free_agents();
    }

    /// Agents that this step has touched since the last call.
    pub(crate) fn take_touched(&mut self) -> SmallVec<[AgentId; 4]> {
        let mut touched = std::mem::take(&mut self.state.touched);
        touched.sort_unstable();
        touched.dedup();
        touched
    }

    /// Agents who came or went in this step, since the last call.
    pub(crate) fn take_came_or_went(&mut self) -> SmallVec<[AgentId; 2]> {
        std::mem::take(&mut self.state.came_or_went)
    }

    /// Whether who serves has changed in this step, since the last call.
    pub(crate) const fn take_staff_guards(&mut self) -> bool {
        std::mem::replace(&mut self.state.staff_guards, false)
    }

    /// Queues in which this step may have made a guard hold by who waits there, each once, since the last call.
    pub(crate) fn take_guards(&mut self) -> SmallVec<[QueueId; 1]> {
        let mut queues = std::mem::take(&mut self.state.guards);
        queues.sort_unstable();
        queues.dedup();
        queues
    }

    /// Mailboxes in which this step has changed something, each once.
    pub(crate) fn take_mailboxes(&mut self) -> SmallVec<[Mailbox; 1]> {
        let mut mailboxes = std::mem::take(&mut self.state.mailboxes);
        mailboxes.sort_unstable();
        mailboxes.dedup();
        mailboxes
    }

    /// Ends the step: files its effects and hands out the record, if there is anything to record.
    pub(crate) fn finish(self, cause: Cause) -> Option<Record> {
        (!self.is_empty()).then(|| self.finish_always(cause))
    }

    /// Ends the step with a record even if nothing was decided.
    pub(crate) fn finish_always(self, cause: Cause) -> Record {
        let record = Record {
            v: FORMAT_VERSION,
            shard: self.state.shard,
            epoch: self.state.epoch,
            seq: self.seq,
            at: self.at,
            cause,
            events: self.events,
            effects: self.effects,
        };
        self.state.close_record(&record);
        record
    }
}

/// The line in which what is asked of the leg keeps its order.
const fn lane_of(leg: &Leg) -> Lane {
    match leg.purpose {
        LegPurpose::Offer(_, agent) | LegPurpose::Line(agent) | LegPurpose::Part(_, agent) => {
            Lane::Agent(agent)
        }
        LegPurpose::Customer | LegPurpose::External => Lane::Interaction(leg.interaction),
    }
}
