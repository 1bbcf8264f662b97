//! Written channels on virtual time: customers who write, wait, write again or fall silent; agents who
//! take such work at their desktops, answer, put it away and close it; and the host between them.
//!
//! Like the switch it only says what happens and when; it never touches the engine.

use std::collections::{BTreeMap, BTreeSet};

use switchboard::id::{EngagementId, InteractionId, OfferId};
use switchboard::message::{
    AcceptMode, CommandBody, CustomerRef, DeliveryState, Effect, EffectKind, EndCause,
    EngagementEvent, EngagementRole, Event, HostEvent, InteractionEvent, LegRef, Personal, Phase,
};
use switchboard::model::Channel;
use switchboard::time::{Duration, Timestamp};

use crate::threads::{Plan, Thread, WRITTEN};
use crate::workload::uniform;

/// Something that somebody is going to do.
#[derive(Clone, Debug)]
pub(crate) enum Act {
    /// A customer writes for the first time.
    Begins(Thread),
    /// A customer writes again.
    Writes(Thread),
    /// A customer has had enough of the empty chat window.
    Impatient(Thread),
    /// A customer closes the chat window.
    Leaves(Thread),
    /// An agent takes what the desktop shows.
    Takes(OfferId),
    /// An agent has the answer ready.
    Answers(EngagementId),
    /// An agent closes the chat.
    Closes(EngagementId),
    /// The host tells what came of something.
    Reports(Box<HostEvent>),
}

/// What comes of it for the engine.
pub(crate) enum Move {
    Report(HostEvent),
    Command(CommandBody),
}

/// A thread as its customer sees it.
#[derive(Default)]
struct Talk {
    /// Messages that the customer has written.
    written: u32,
    /// Of these, answered.
    answered: u32,
    /// The customer is going to write once more.
    writes_on: bool,
    /// The chat window is open.
    window: bool,
    /// Who works on it now.
    part: Option<EngagementId>,
}

/// A thread as its agent sees it.
struct Work {
    thread: Thread,
    /// When the answer is ready, if nothing comes between.
    due: Option<Timestamp>,
    /// What is left to do of it, while a call comes between.
    left: Option<Duration>,
}

/// Everybody who writes.
pub(crate) struct Desk {
    seed: u64,
    start: Timestamp,
    talks: BTreeMap<Thread, Talk>,
    threads: BTreeMap<InteractionId, Thread>,
    works: BTreeMap<EngagementId, Work>,
    /// What agents' desktops show.
    shown: BTreeSet<OfferId>,
    /// What was made of the events and effects so far: when who is going to do what.
    plans: Vec<(Timestamp, Act)>,
    messages: u64,
    /// Threads that began, by channel.
    pub(crate) begun: BTreeMap<Channel, u64>,
    /// How often something else came between an agent and an answer.
    pub(crate) interrupted: u64,
    /// How often an agent put a thread away, and what is put away now.
    pub(crate) put_away: u64,
    pub(crate) parked: BTreeSet<EngagementId>,
}

impl Desk {
    pub(crate) fn new(seed: u64, start: Timestamp) -> Self {
        let mut desk = Self {
            seed,
            start,
            talks: BTreeMap::new(),
            threads: BTreeMap::new(),
            works: BTreeMap::new(),
            shown: BTreeSet::new(),
            plans: Vec::new(),
            messages: 0,
            begun: BTreeMap::new(),
            interrupted: 0,
            put_away: 0,
            parked: BTreeSet::new(),
        };
        for (channel, _) in WRITTEN {
            desk.expect(Thread::new(channel, 0));
        }
        desk
    }

    /// What people are going to do, as far as that became clear since the last time.
    pub(crate) fn take_plans(&mut self) -> Vec<(Timestamp, Act)> {
        std::mem::take(&mut self.plans)
    }

    fn expect(&mut self, thread: Thread) {
        if let Some(plan) = thread.plan(self.seed) {
            self.plans.push((self.start + plan.arrival, Act::Begins(thread)));
        }
    }

    fn plan(&self, thread: Thread) -> Plan {
        thread.plan(self.seed).expect("it has begun")
    }

    /// Somebody does what was planned.
    pub(crate) fn happens(&mut self, act: Act, now: Timestamp) -> Vec<Move> {
        match act {
            Act::Begins(thread) => {
                self.expect(Thread::new(thread.channel, thread.number + 1));
                *self.begun.entry(thread.channel).or_default() += 1;
                let is_chat = thread.channel == Channel::Chat;
                self.talks.insert(thread, Talk { window: is_chat, ..Talk::default() });
                if is_chat {
                    self.plans.push((now + self.plan(thread).patience, Act::Impatient(thread)));
                }
                vec![self.write(thread, now)]
            }
            Act::Writes(thread) if self.can_write(thread) => vec![self.write(thread, now)],
            // Whoever has an agent by then stays.
            Act::Impatient(thread) => match self.talks.get(&thread) {
                Some(talk) if talk.part.is_none() && talk.answered == 0 => self.leave(thread),
                _ => Vec::new(),
            },
            Act::Leaves(thread) => self.leave(thread),
            Act::Takes(offer) if self.shown.remove(&offer) => {
                vec![Move::Command(CommandBody::AcceptOffer { offer })]
            }
            Act::Answers(part) => self.answer(part, now),
            Act::Closes(part) if self.works.contains_key(&part) => {
                vec![Move::Command(CommandBody::HangUp { engagement: part })]
            }
            // The window is closed, the offer gone, the work over.
            Act::Writes(_) | Act::Takes(_) | Act::Closes(_) => Vec::new(),
            Act::Reports(event) => vec![Move::Report(*event)],
        }
    }

    fn can_write(&self, thread: Thread) -> bool {
        let talk = self.talks.get(&thread);
        talk.is_some_and(|talk| talk.window || thread.channel != Channel::Chat)
    }

    fn write(&mut self, thread: Thread, now: Timestamp) -> Move {
        self.messages += 1;
        let mut part = None;
        if let Some(talk) = self.talks.get_mut(&thread) {
            talk.written += 1;
            talk.writes_on = false;
            part = talk.part;
        }
        if let Some(part) = part {
            self.begin(part, now);
        }
        let name = format!("message-{}", self.messages);
        Move::Report(HostEvent::MessageReceived {
            thread: thread.name(),
            message: name.parse().expect("a name"),
            channel: thread.channel,
            to: self.plan(thread).address.to_owned(),
            from: Box::<CustomerRef>::default(),
            subject: None,
            text: Personal::Clear("Buenos días, tengo una pregunta".to_owned()),
            in_reply_to: None,
            attachments: Vec::new(),
        })
    }

    /// The customer closes the chat window, unless it was closed by us.
    fn leave(&mut self, thread: Thread) -> Vec<Move> {
        let window = self.talks.get_mut(&thread).map(|talk| &mut talk.window);
        if !window.is_some_and(std::mem::take) {
            return Vec::new();
        }
        let leg = LegRef::External(thread.name());
        vec![Move::Report(HostEvent::ended(leg, EndCause::default()))]
    }

    /// The agent begins to work on what is not answered, unless at it already.
    fn begin(&mut self, part: EngagementId, now: Timestamp) {
        let Some(work) = self.works.get_mut(&part) else { return };
        if work.due.is_some() || work.left.is_some() || self.parked.contains(&part) {
            return;
        }
        let written = self.talks.get(&work.thread).map_or(0, |talk| talk.written);
        let due = now + work.thread.work(self.seed, written);
        work.due = Some(due);
        self.plans.push((due, Act::Answers(part)));
    }

    /// The answer goes out, and what follows from it.
    fn answer(&mut self, engagement: EngagementId, now: Timestamp) -> Vec<Move> {
        let Some(work) = self.works.get_mut(&engagement).filter(|work| work.due == Some(now))
        else {
            return Vec::new();
        };
        work.due = None;
        let thread = work.thread;
        let plan = self.plan(thread);
        let Some(talk) = self.talks.get_mut(&thread) else { return Vec::new() };
        let first = talk.answered == 0;
        let mut moves = Vec::new();
        // Nothing to say if nobody has answered the question and its time has come.
        if talk.answered < talk.written {
            let text = Personal::Clear("Gracias por escribirnos".to_owned());
            let (in_reply_to, attachments) = (None, Vec::new());
            moves.push(CommandBody::SendMessage { engagement, text, in_reply_to, attachments });
        }
        talk.answered = talk.written;
        let goes_on = talk.written < plan.messages;
        if goes_on && !std::mem::replace(&mut talk.writes_on, true) {
            let pause = thread.pause(self.seed, talk.written);
            self.plans.push((now + pause, Act::Writes(thread)));
        }
        let soon = now + Duration::from_secs(8);
        match thread.channel {
            Channel::Chat if goes_on || plan.falls_silent => {}
            Channel::Chat if plan.leaves => self.plans.push((soon, Act::Leaves(thread))),
            Channel::Chat => self.plans.push((soon, Act::Closes(engagement))),
            Channel::Email if plan.asks && first => {
                let until = Some(now + Duration::from_mins(90));
                moves.push(CommandBody::Park { engagement, until });
            }
            _ => moves.push(CommandBody::HangUp { engagement }),
        }
        moves.into_iter().map(Move::Command).collect()
    }

    /// What customers and agents make of what was decided.
    pub(crate) fn follow(&mut self, event: &Event, now: Timestamp) {
        match event {
            Event::Interaction(InteractionEvent::Opened(opened)) => {
                if let Some(thread) = opened.external.as_ref().and_then(Thread::named) {
                    self.threads.insert(opened.id, thread);
                }
            }
            Event::Engagement(EngagementEvent::Opened {
                id,
                role: EngagementRole::Handler,
                interaction: Some(interaction),
                ..
            }) => {
                if let Some(thread) = self.threads.get(interaction).copied() {
                    self.works.insert(*id, Work { thread, due: None, left: None });
                    if let Some(talk) = self.talks.get_mut(&thread) {
                        talk.part = Some(*id);
                    }
                    self.begin(*id, now);
                }
            }
            Event::Engagement(EngagementEvent::PhaseChanged { id, phase }) => {
                self.phase(*id, *phase, now);
            }
            Event::Engagement(
                EngagementEvent::WrapUpStarted { id, .. } | EngagementEvent::Ended { id, .. },
            ) => {
                self.parked.remove(id);
                let Some(work) = self.works.remove(id) else { return };
                if let Some(talk) = self.talks.get_mut(&work.thread) {
                    talk.part = talk.part.filter(|part| part != id);
                }
            }
            _ => {}
        }
    }

    /// A call comes between, or is over; work is put away.
    fn phase(&mut self, id: EngagementId, phase: Phase, now: Timestamp) {
        let Some(work) = self.works.get_mut(&id) else { return };
        match phase {
            Phase::Suspended => {
                work.left = work.due.take().map(|due| due.since(now));
                self.interrupted += 1;
            }
            Phase::Active => {
                if let Some(left) = work.left.take() {
                    work.due = Some(now + left);
                    self.plans.push((now + left, Act::Answers(id)));
                }
            }
            Phase::Parked => {
                self.parked.insert(id);
                self.put_away += 1;
            }
            _ => {}
        }
    }

    /// What the host and the desktops make of an effect.
    pub(crate) fn carry_out(&mut self, effect: &Effect, now: Timestamp) {
        let after = |millis| now + Duration::from_millis(millis);
        let told = |event| Act::Reports(Box::new(event));
        match &effect.kind {
            EffectKind::SendMessage { message, .. } => {
                self.plans.push((after(300), told(HostEvent::OpDone { op: effect.id })));
                let (message, state) = (*message, DeliveryState::Delivered);
                let arrived = HostEvent::MessageUpdated { message, external: None, state };
                self.plans.push((after(1_200), told(arrived)));
            }
            EffectKind::Hangup { leg, .. } => {
                let thread = leg.external.as_ref().and_then(Thread::named);
                if let Some(talk) = thread.and_then(|thread| self.talks.get_mut(&thread)) {
                    talk.window = false;
                }
                let ended = HostEvent::ended(LegRef::Ours(leg.leg), EndCause::default());
                self.plans.push((after(50), told(ended)));
            }
            EffectKind::PresentOffer { offer, accept: AcceptMode::Manual, .. } => {
                self.shown.insert(*offer);
                let origin = offer.origin();
                let number = origin.seq * 64 + u64::from(origin.index);
                let u = |purpose| uniform(self.seed ^ 0xde5c, number, purpose);
                // Somebody who is not at the desk takes nothing.
                if u(1) < 0.004 {
                    return;
                }
                #[allow(clippy::cast_possible_truncation)] // a few thousand milliseconds
                let looks = 1_500 + (u(2) * 5_000.0) as i64;
                self.plans.push((after(looks), Act::Takes(*offer)));
            }
            EffectKind::WithdrawOffer { offer, .. } => {
                self.shown.remove(offer);
            }
            _ => {}
        }
    }
}
