//! The way of an input: clock, due timers, decision, record.

use serde::Serialize;

use super::size::Size;
use super::{Engine, command, report, settle, timer};
use crate::id::{EffectId, Epoch, Seq};
use crate::message::{
    Cause, Command, CommandBody, HostEvent, HostReport, Input, Receipt, Record, Rejection,
    RejectionReason, ShardEvent, Source,
};
use crate::state::{State, Step, fingerprint};
use crate::time::{Duration, Timestamp};
use crate::{interaction, queue};

impl Engine {
    /// Takes one input. `now` is the host's clock; it should never decrease, and where it does the
    /// engine's own time stands still or wall time is rebased.
    ///
    /// Timers that are due fire first, in the order of (deadline, timer), one record each; a timer
    /// comes before an input of the same instant. After the call drain [`Engine::poll_output`].
    pub fn handle(&mut self, now: Timestamp, input: Input) -> Receipt {
        match input {
            Input::Resume { epoch } => return self.resume(now, epoch),
            _ if self.awaits_resume => {
                return self.reject(Rejection::new(RejectionReason::NotResumed, ""));
            }
            Input::Persisted(seq) => {
                self.outbox.persisted(seq, &self.state);
                return Receipt::Noted;
            }
            _ => {}
        }
        let at = self.advance(now);
        let fired = self.fire_due(at);
        if self.is_over_bound() && !frees(&input) {
            return Receipt::Busy(Box::new(input));
        }
        match input {
            Input::Command(command) => self.command(at, command),
            Input::Host(report) => self.report(at, report),
            Input::EffectAccepted(id) => {
                self.outbox.move_on(id, &self.state);
                Receipt::Noted
            }
            Input::EffectRefused(id) => self.refused(at, id),
            Input::Tick if fired > 0 => Receipt::Recorded(self.state.seq),
            _ => Receipt::Noted,
        }
    }

    fn reject(&self, rejection: Rejection) -> Receipt {
        Receipt::Rejected { rejection, judged_at: self.state.seq }
    }

    /// Engine time of the host's clock; a step beyond the limits is recorded.
    fn advance(&mut self, now: Timestamp) -> Timestamp {
        let limits = &self.state.config.center.limits;
        let (most_ahead, most_back) = (limits.clock_jump, limits.clock_step_back);
        let last = self.seen;
        let at = now - self.state.wall_offset;
        let step = at.since(last);
        // Whoever slept until the deadline that was asked for has not jumped.
        let awaited = self.state.timers.next_deadline().filter(|next| *next <= at);
        let ahead = at.since(awaited.map_or(last, |next| next.max(last)));
        if step < Duration::ZERO && step >= Duration::ZERO - most_back {
            return last;
        }
        self.seen = at.max(last);
        if step >= Duration::ZERO && ahead <= most_ahead {
            return at;
        }
        let (at, event) = if step < Duration::ZERO {
            (last, ShardEvent::ClockRebased { offset: now.since(last) })
        } else {
            (at, ShardEvent::ClockJumped { by: step })
        };
        let mut pen = Step::new(&mut self.state, at, at);
        pen.emit(event);
        let rebased = step < Duration::ZERO;
        if rebased {
            queue::hours::review_all(&mut pen);
            settle::settle(&mut pen);
        }
        let record = pen.finish(Cause::Clock { step });
        self.outbox.push_all(record, &self.state);
        at
    }

    /// Fires timers that are due, up to the bound of one call.
    fn fire_due(&mut self, at: Timestamp) -> u32 {
        let most = self.state.config.center.limits.timers_per_call;
        let mut fired = 0;
        while fired < most
            && let Some(id) = self.state.pop_due(at)
        {
            let mut step = Step::new(&mut self.state, at, at);
            timer::fire(&mut step, id);
            settle::settle(&mut step);
            let record = step.finish(Cause::Timer(id));
            self.outbox.push_all(record, &self.state);
            fired += 1;
        }
        self.backlog = self.state.timers.next_deadline().is_some_and(|next| next <= at);
        fired
    }

    fn is_over_bound(&self) -> bool {
        let most = self.state.config.center.limits.unpersisted_records;
        self.backlog || self.outbox.unpersisted() >= u64::from(most)
    }

    fn command(&mut self, at: Timestamp, command: Command) -> Receipt {
        let digest = command::digest(&command);
        if let Some((known, seq)) = self.state.dedupe.get(&command.id) {
            return if known == digest {
                Receipt::Duplicate(seq)
            } else {
                self.reject(Rejection::new(RejectionReason::IdReused, "id"))
            };
        }
        if let Err(rejection) = self.is_small(&command) {
            return self.reject(rejection);
        }
        let Command { id, authority, body } = command;
        let mut step = Step::new(&mut self.state, at, at);
        if let Err(rejection) = command::decide(&mut step, &authority, body) {
            debug_assert!(step.is_empty(), "a refused command has decided something");
            return self.reject(rejection);
        }
        settle::settle(&mut step);
        // A command that changes nothing is recorded all the same: a retry must find it.
        let record = step.finish_always(Cause::Command { id, digest, authority });
        self.recorded(Some(record))
    }

    fn report(&mut self, at: Timestamp, report: HostReport) -> Receipt {
        let Some(host) = self.state.config.host_id(&report.host) else {
            return self.reject(Rejection::new(RejectionReason::Unknown, "host"));
        };
        let (incarnation, seq) = (report.incarnation, report.seq);
        let last = self.state.host(host).and_then(|row| row.last);
        if let Some((run, number, record)) = last
            && (incarnation, seq) <= (run, number)
        {
            return Receipt::Duplicate(Seq(record));
        }
        let offered = matches!(report.event, HostEvent::Offered(..));
        if offered && self.state.config.is_retired(host) {
            return self.reject(Rejection::new(RejectionReason::Unknown, "host"));
        }
        if let Err(rejection) = self.is_small(&report) {
            return self.reject(rejection);
        }
        let HostReport { occurred_at, event, .. } = report;
        let reported = occurred_at - self.state.wall_offset;
        let happened = report::bounded(&self.state, host, &event, reported, at);
        let mut step = Step::new(&mut self.state, at, happened);
        if let Err(rejection) = report::decide(&mut step, host, event) {
            debug_assert!(step.is_empty(), "a refused report has decided something");
            return self.reject(rejection);
        }
        if step.is_empty() {
            return Receipt::Noted;
        }
        if happened != reported {
            step.emit(ShardEvent::TimeBounded { reported, taken: happened });
        }
        settle::settle(&mut step);
        let source = Source { host, incarnation, seq };
        let reported = step.reported();
        let record = step.finish(Cause::Host { source, occurred_at: happened, reported });
        self.recorded(record)
    }

    /// Whether texts and lists of an input that has not been recorded yet stay within the limits.
    fn is_small(&self, input: &impl Serialize) -> Result<(), Rejection> {
        let limits = &self.state.config.center.limits;
        let size = Size::of(input);
        if size.text_bytes > limits.text_bytes as usize {
            return Err(Rejection::limit("text_bytes"));
        }
        if size.items > limits.items_per_message as usize {
            return Err(Rejection::limit("items_per_message"));
        }
        Ok(())
    }

    fn refused(&mut self, at: Timestamp, id: EffectId) -> Receipt {
        self.outbox.move_on(id, &self.state);
        let mut step = Step::new(&mut self.state, at, at);
        interaction::legs::op_refused(&mut step, id);
        if step.is_empty() {
            return Receipt::Noted;
        }
        settle::settle(&mut step);
        let record = step.finish(Cause::Refused(id));
        self.recorded(record)
    }

    fn recorded(&mut self, record: Option<Record>) -> Receipt {
        self.outbox.push_all(record, &self.state);
        Receipt::Recorded(self.state.seq)
    }

    /// A new owner begins its term: what rang too long at the old one is taken back without blame, and
    /// what is pending goes out once more, with time of its own.
    fn resume(&mut self, now: Timestamp, epoch: Epoch) -> Receipt {
        if !self.awaits_resume || epoch <= self.state.epoch || epoch.0 >> 24 != 0 {
            let seq = self.state.seq;
            return self.reject(Rejection::new(RejectionReason::AlreadyResumed(seq), "epoch"));
        }
        self.awaits_resume = false;
        let at = (now - self.state.wall_offset).max(self.state.at);
        self.seen = at;
        let mut step = Step::new(&mut self.state, at, at);
        step.emit(ShardEvent::Resumed { epoch });
        timer::rebase_overdue(&mut step);
        interaction::hosts::rearm(&mut step, |_| true);
        queue::hours::review_all(&mut step);
        settle::settle(&mut step);
        let record = step.finish(Cause::Resume);
        self.recorded(record)
    }
}

/// Whether the input may free something: such inputs go ahead when there is more to do than one call
/// may do.
fn frees(input: &Input) -> bool {
    match input {
        Input::Host(report) => matches!(
            report.event,
            HostEvent::Ended { .. }
                | HostEvent::HostResync { .. }
                | HostEvent::OpDone { .. }
                | HostEvent::OpFailed { .. }
                | HostEvent::RecordingDone { .. }
                | HostEvent::RecordingFailed { .. }
                | HostEvent::MediaDone { .. }
        ),
        Input::Command(command) => matches!(
            command.body,
            CommandBody::SignOut { .. }
                | CommandBody::RejectOffer { .. }
                | CommandBody::GiveBack { .. }
                | CommandBody::HangUp { .. }
                | CommandBody::EndOtherWork { .. }
                | CommandBody::FinishWrapUp { .. }
                | CommandBody::WithdrawRequest { .. }
                | CommandBody::CloseInteraction { .. }
        ),
        _ => true,
    }
}

impl State {
    /// The digest by which a repeated command is known, without personal payload.
    pub(super) fn digest_of(value: &impl std::hash::Hash) -> u64 {
        fingerprint(value)
    }
}
