//! A host that does at once whatever it is asked, and tells nobody.

use super::{Call, Course, Misfit, Shadow, Stage, Wanted};
use crate::id::CommandId;
use crate::message::{
    Actor, Command, CommandBody, EffectKind, EngagementEvent, Event, HostEvent, HostReport, Input,
    InteractionEvent, LegRef, Output, Receipt, Record, Rejection, RejectionReason, RequestEvent,
};
use crate::time::Timestamp;

impl Shadow {
    /// Lets the engine's timers fire at their times, up to and at `at`; what it would offer is looked at after each.
    pub(super) fn advance(&mut self, at: Timestamp) {
        while let Some(next) = self.engine.next_deadline().filter(|next| *next <= at) {
            self.now = self.now.max(next);
            let _ = self.give_in(Input::Tick);
            self.look();
        }
        self.now = self.now.max(at);
    }

    /// Gives a command in the application's name.
    pub(super) fn command(&mut self, body: CommandBody) -> Result<(), Rejection> {
        self.numbers += 1;
        let id = CommandId::new(self.numbers.to_string());
        let id = id.map_err(|_| Rejection::new(RejectionReason::IdReused, "id"))?;
        self.give_in(Command::new(id, Actor::application(), body).into())
    }

    /// One that nothing speaks against; else that is found.
    pub(super) fn expect(&mut self, body: CommandBody) {
        let told = body.clone();
        if let Err(rejection) = self.command(body) {
            let input = format!("{told:?}");
            self.contradicts(Misfit::Refused { input, rejection });
        }
    }

    /// Reports something of the callers' side.
    pub(super) fn report(&mut self, event: HostEvent) -> Result<(), Rejection> {
        self.numbers += 1;
        let report = HostReport::new(self.app.clone(), self.numbers, self.now, event);
        self.give_in(report.into())
    }

    fn give_in(&mut self, input: Input) -> Result<(), Rejection> {
        let mut next = Some(input);
        let mut refused = Ok(());
        while let Some(input) = next {
            match self.engine.handle(self.now, input) {
                Receipt::Rejected { rejection, .. } if refused.is_ok() => refused = Err(rejection),
                // More is due than one call may do: that goes first.
                Receipt::Busy(again) => {
                    self.drain();
                    next = Some(*again);
                    continue;
                }
                _ => {}
            }
            self.drain();
            next = self.asked.pop().map(|leg| {
                self.numbers += 1;
                let event = HostEvent::ended(LegRef::Ours(leg), crate::message::EndKind::Normal);
                HostReport::new(self.app.clone(), self.numbers, self.now, event).into()
            });
        }
        refused
    }

    /// Takes all outputs. Records are safe at once; of the effects only hang-ups have to be answered, all else ends by
    /// itself.
    pub(super) fn drain(&mut self) {
        while let Some(output) = self.engine.poll_output() {
            match output {
                Output::Record(record) => {
                    let _ = self.engine.handle(self.now, Input::Persisted(record.seq));
                    self.read(&record);
                }
                Output::Effect(effect) => {
                    if let EffectKind::Hangup { leg, .. } = effect.kind {
                        self.asked.push(leg.leg);
                    }
                }
                Output::Reply(_) => {}
            }
        }
    }

    /// What became of the calls in the engine.
    fn read(&mut self, record: &Record) {
        for event in &record.events {
            match event {
                Event::Interaction(InteractionEvent::Opened(opened)) => {
                    let Some(call) = self.entering.clone() else { continue };
                    if let Some(course) = self.calls.get_mut(&call) {
                        course.interaction = Some(opened.id);
                        self.by_interaction.insert(opened.id, call);
                    }
                }
                Event::Request(RequestEvent::Opened(opened)) => {
                    let Some(call) = self.by_interaction.get(&opened.interaction).cloned() else {
                        continue;
                    };
                    if let Some(course) = self.calls.get_mut(&call) {
                        course.request = Some(opened.id);
                        course.stage = Stage::Waiting;
                        self.by_request.insert(opened.id, call);
                    }
                }
                Event::Request(RequestEvent::Ended { id, outcome }) => {
                    let Some(call) = self.by_request.remove(id) else { continue };
                    if let Some(course) = self.calls.get_mut(&call)
                        && course.request == Some(*id)
                    {
                        course.request = None;
                        let of_request = |wanted: &&Wanted| wanted.wish.request == *id;
                        course.wished = self.wanted.iter().filter(of_request).cloned().collect();
                        course.stage = Stage::Gone(record.at, Some(outcome.clone()));
                    }
                }
                Event::Engagement(EngagementEvent::Opened { id, .. }) => self.begun = Some(*id),
                _ => {}
            }
        }
    }

    /// Forgets a call.
    pub(super) fn forget(&mut self, call: &Call) -> Option<Course> {
        let course = self.calls.remove(call)?;
        if let Some(request) = course.request {
            self.by_request.remove(&request);
        }
        if let Some(interaction) = course.interaction {
            self.by_interaction.remove(&interaction);
        }
        Some(course)
    }
}
