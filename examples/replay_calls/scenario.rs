//! What happens to a center whatever its rules: who calls when, with how much patience and work, who
//! is at work when, and how agents behave. Every run that is compared meets the same.
//!
//! The chances of a call depend on the seed and its line alone (common random numbers): patience and
//! service where the log cannot know them, how soon the agent is back afterwards, whether and after
//! how long an offered phone is picked up.

use std::collections::{BTreeMap, BTreeSet};

use switchboard::time::{Duration, Timestamp};

use super::after_call::AfterCall;
use super::impute::{Imputer, SplitMix};
use super::log::{CallLog, LoggedCall, Outcome};
use super::roster::Roster;

/// Keeps the chances of behavior apart from those of the imputations.
const BEHAVIOR: u64 = 0x05ee_d0fb_e4a0_0110;

/// All of it.
#[derive(Debug)]
pub(crate) struct Scenario<'a> {
    /// The log it is taken from.
    pub log: &'a CallLog,
    /// The offered calls, in the order in which the figures count them.
    pub cases: Vec<Case>,
    /// Who is at work when.
    pub roster: &'a Roster,
    /// The agents as the engine knows them.
    pub seats: Vec<Seat>,
    /// The seat of each stay of the roster.
    pub seat_of_stay: Vec<usize>,
    /// How soon agents are back after a service.
    pub after_call: AfterCall,
    /// How phones ring.
    pub rings: Rings,
    /// Gaps beyond this are breaks.
    pub away: Duration,
    /// Calls whose credit was drawn.
    nameless: usize,
    seed: u64,
}

/// An agent with the skills of some stays: one for each set of skills that the agent has worked with.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Seat {
    /// Place of the agent.
    pub agent: usize,
    /// The queues served.
    pub skills: BTreeSet<usize>,
}

/// One offered call.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Case {
    /// Place of its queue.
    pub queue: usize,
    /// When it enters.
    pub entered: Timestamp,
    /// Waiting credit by the log's own rules.
    pub credit: Duration,
    /// How long it takes to be served.
    pub service: Duration,
    /// When it leaves if it is not answered before; `None` where nothing on record makes it leave.
    pub leaves: Option<(Timestamp, Leaving)>,
    /// How long the phone rang in the log, if it was answered there.
    ring: Option<Duration>,
    line: u64,
}

/// How a call leaves by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Leaving {
    /// The caller hangs up.
    HangUp,
    /// The log took it out for a reason other than time: so does the run.
    TakenOut,
}

/// Rings of agents' phones on record.
#[derive(Debug, Default)]
pub(crate) struct Rings {
    /// How long those rang that were answered.
    pub answered: Vec<Duration>,
    /// How many were not.
    pub unanswered: usize,
    /// The longest ring of those: the ring time that the switch allows.
    pub most: Duration,
}

impl Rings {
    fn of(log: &CallLog) -> Self {
        let rings =
            log.calls.iter().filter(|call| matches!(call.outcome, Outcome::Answered { .. }));
        let mut answered: Vec<Duration> = rings.map(|call| call.ring).collect();
        answered.sort_unstable();
        let longest = answered.last().copied().unwrap_or_default();
        let most = log.unanswered.iter().map(|ring| ring.length).max().unwrap_or(longest);
        if longest == Duration::ZERO && log.unanswered.is_empty() {
            return Self::default();
        }
        Self { answered, unanswered: log.unanswered.len(), most }
    }

    /// Whether the log tells of rings at all; else agents are connected at once.
    pub(crate) const fn are_told(&self) -> bool {
        self.most.as_micros() > 0
    }
}

impl<'a> Scenario<'a> {
    /// The scenario of a log.
    pub(crate) fn new(log: &'a CallLog, roster: &'a Roster, away: Duration, seed: u64) -> Self {
        let imputer = Imputer::new(log, seed);
        let offered = log.calls.iter().filter(|call| call.outcome.is_offered());
        let mut credits: BTreeMap<usize, Vec<Duration>> = BTreeMap::new();
        for call in offered.clone().filter(|call| call.wait > Duration::ZERO) {
            credits.entry(call.queue).or_default().push(call.credit);
        }
        let mut nameless = 0;
        let cases = offered.map(|call| {
            let mut case = Case::new(call, &imputer);
            let pool = credits.get(&call.queue).filter(|_| is_nameless(call));
            if let Some(pool) = pool {
                let mut random = SplitMix::new((seed ^ BEHAVIOR).rotate_left(29), call.line);
                case.credit =
                    pool.get(pick(random.uniform(), pool.len())).copied().unwrap_or_default();
                nameless += 1;
            }
            case
        });
        let cases: Vec<Case> = cases.collect();
        let rings = Rings::of(log);
        let after_call = AfterCall::of(log, roster, rings.are_told(), away);
        let mut places: BTreeMap<Seat, usize> = BTreeMap::new();
        let (mut seats, mut seat_of_stay) = (Vec::new(), Vec::new());
        for stay in &roster.stays {
            let seat = Seat { agent: stay.agent, skills: stay.skills.clone() };
            let place = *places.entry(seat.clone()).or_insert_with(|| {
                seats.push(seat);
                seats.len() - 1
            });
            seat_of_stay.push(place);
        }
        Self { log, cases, roster, seats, seat_of_stay, after_call, rings, away, nameless, seed }
    }

    /// What was assumed, for the report.
    pub(crate) fn told(&self) -> Vec<String> {
        let mut all = vec![self.after_call.told()];
        if self.rings.are_told() {
            let (answered, unanswered) = (self.rings.answered.len(), self.rings.unanswered);
            all.push(format!(
                "phones: {unanswered} of {} rings unanswered, each for {}; a call that was answered \
                 rings as it did, others like one of those",
                answered + unanswered,
                self.rings.most
            ));
        }
        let timed_out = self.log.calls.iter().filter(|call| call.timed_out).count();
        if timed_out > 0 {
            all.push(format!(
                "calls sent away after a time: {timed_out}; the longest such wait of a queue is its bound"
            ));
        }
        if self.cases.iter().any(|case| case.credit > Duration::ZERO) {
            all.push(format!(
                "{} calls did not wait and name no customer, so the log cannot know their credit: it is \
                 that of one of the calls of the queue that waited",
                self.nameless
            ));
        }
        if self.seats.iter().all(|seat| seat.skills.len() < 2) {
            all.push(
                "no agent serves two queues: their order among each other cannot matter".to_owned(),
            );
        }
        let taken = |case: &&Case| matches!(case.leaves, Some((_, Leaving::TakenOut)));
        let taken = self.cases.iter().filter(taken).count();
        if taken > 0 {
            all.push(format!(
                "{taken} calls left the queue otherwise: in the runs they do so after the same wait, \
                 as withdrawn, unless answered before"
            ));
        }
        all
    }

    /// How long the agent of a seat is gone after the service of a call.
    pub(crate) fn gone(&self, case: usize, seat: usize) -> Duration {
        let Some((case, seat)) = self.cases.get(case).zip(self.seats.get(seat)) else {
            return Duration::ZERO;
        };
        let mut random = SplitMix::new(self.seed ^ BEHAVIOR, case.line);
        self.after_call.draw(seat.agent, random.uniform())
    }

    /// After how long the `attempt`th phone that rings for a call is picked up, if it is.
    pub(crate) fn picked_up(&self, case: &Case, attempt: u64) -> Option<Duration> {
        let seed = (self.seed ^ BEHAVIOR).rotate_left(17).wrapping_add(attempt);
        let mut random = SplitMix::new(seed, case.line);
        let (answers, which) = (random.uniform(), random.uniform());
        let rings = &self.rings;
        let place = pick(answers, rings.answered.len() + rings.unanswered);
        if place >= rings.answered.len() {
            return None;
        }
        case.ring.or_else(|| rings.answered.get(pick(which, rings.answered.len())).copied())
    }
}

/// Whether the log cannot know the credit of a call: a customer who does not wait stays unnamed.
fn is_nameless(call: &LoggedCall) -> bool {
    call.customer.is_none() && call.wait == Duration::ZERO
}

impl Case {
    fn new(call: &LoggedCall, imputer: &Imputer) -> Self {
        let drawn = imputer.impute(call);
        let taken_out = match call.outcome {
            Outcome::FlowedOut => !call.timed_out,
            Outcome::Withdrawn => true,
            _ => false,
        };
        let leaves = if taken_out {
            Some((call.entered + call.wait, Leaving::TakenOut))
        } else {
            let at = call.entered + drawn.patience;
            (at != Timestamp::MAX).then_some((at, Leaving::HangUp))
        };
        let answered = matches!(call.outcome, Outcome::Answered { .. });
        Self {
            queue: call.queue,
            entered: call.entered,
            credit: call.credit,
            service: drawn.service,
            leaves,
            ring: answered.then_some(call.ring),
            line: call.line,
        }
    }
}

/// One of `count` places, by a number in (0, 1).
#[allow(clippy::cast_precision_loss, clippy::cast_possible_truncation, clippy::cast_sign_loss)] // counts of a log are far below 2^52, and the product is not negative
fn pick(uniform: f64, count: usize) -> usize {
    ((uniform * count as f64) as usize).min(count.saturating_sub(1))
}
