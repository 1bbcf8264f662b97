//! The engine in the shadow of another system: that system's facts go in, no effect comes out, and each decision in which
//! the two differ is reported with its reasons.
//!
//! Whoever thinks of changing over can see beforehand, on a day that has been or on the one that is, what the engine
//! would do otherwise: with the center that is to be, no caller and no agent notices anything.
//!
//! ```
//! use switchboard::model::{Agent, Center, Queue};
//! use switchboard::shadow::{Call, Fact, Finding, Judged, Membership, Shadow, What};
//! use switchboard::time::{Duration, Timestamp};
//!
//! let center = Center::builder()
//!     .queue("sales", Queue::new())
//!     .agent("ana", Agent::new("Ana"))
//!     .agent("ben", Agent::new("Ben"))
//!     .build()?;
//! let nine = Timestamp::from_secs(1_772_442_000);
//! let mut shadow = Shadow::new(nine, center)?;
//! let comes = |agent: &str| What::Member { agent: agent.into(), queue: None, now: Membership::Joined };
//! let call = Call::new("call-1", "sales");
//! let facts = [
//!     (0, comes("ana")),
//!     (60, comes("ben")),
//!     (90, What::Entered { call: call.clone(), customer: None, credit: Duration::ZERO }),
//!     (93, What::Connected { call, agent: "ben".into(), rang: Duration::ZERO }),
//! ];
//! let mut found = Vec::new();
//! for (second, what) in facts {
//!     found.extend(shadow.take(&Fact::new(nine + Duration::from_secs(second), what)));
//! }
//! let [Finding::Decision(decision)] = found.as_slice() else { panic!("{found:?}") };
//! // Ana had been idle for longer.
//! assert_eq!(decision.judged, Judged::OtherAgent);
//! println!("{decision}");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! | file | subject |
//! |---|---|
//! | `fact.rs` | what another system says has happened |
//! | `follow.rs` | facts as inputs of the engine |
//! | `member.rs` | who is at work, paused, in which queues |
//! | `apart.rs` | calls that the engine would not let the agent have |
//! | `judge.rs` | what the engine would have done, beside what was done |
//! | `drive.rs` | a host that does at once whatever it is asked, and tells nobody |
//! | `learn.rs` | a center that is made of what comes in |
//! | `finding.rs`, `text.rs`, `summary.rs` | what is found, as data, as text, and counted |
//! | `queue_log.rs` | the log of Asterisk's queues as facts |

mod apart;
mod drive;
mod fact;
mod finding;
mod follow;
mod judge;
mod learn;
mod member;
pub mod queue_log;
mod summary;
mod text;

pub use fact::{Call, Fact, Membership, What};
pub use finding::{Contradiction, Decision, Finding, Judged, Misfit};
pub use summary::{QueueCounts, Summary};

use std::collections::{BTreeMap, BTreeSet};

use crate::engine::{Engine, OfferExplanation, Opening, Wish};
use crate::id::{EngagementId, ExternalRef, InteractionId, Key, LegId, RequestId, Seq};
use crate::message::Outcome;
use crate::model::{Center, EntryPoint, Faults, Station};
use crate::time::{Duration, Timestamp};
use member::Standing;

/// An engine that follows another system.
///
/// Its own rules are those of the center, but for what another system tells: who is offered what, who is ready, how long
/// it rings. What the engine decides by itself it still does: calls that have waited for too long leave, steps of
/// relaxation are taken, work after calls ends.
///
/// Calls and what else it keeps are bounded by what goes on at a time.
pub struct Shadow {
    engine: Engine,
    /// The time of the latest fact or timer.
    now: Timestamp,
    app: Key,
    /// Inputs so far.
    numbers: u64,
    resolution: Duration,
    learns: bool,
    calls: BTreeMap<Call, Course>,
    by_request: BTreeMap<RequestId, Call>,
    by_interaction: BTreeMap<InteractionId, Call>,
    /// The call whose entry is being handed in.
    entering: Option<Call>,
    /// The work that was begun last.
    begun: Option<EngagementId>,
    /// Legs that are to be hung up.
    asked: Vec<LegId>,
    members: BTreeMap<Key, Standing>,
    /// Calls that agents have without the engine, by agent.
    apart: BTreeMap<Key, Vec<Call>>,
    /// What the engine would offer, those first that it would have offered first.
    wanted: Vec<Wanted>,
    /// The record as of which that is.
    looked: Option<Seq>,
    summary: Summary,
    found: Vec<Finding>,
}

/// A call of the other system.
struct Course {
    leg: ExternalRef,
    interaction: Option<InteractionId>,
    /// The wait, as long as the engine lets it wait.
    request: Option<RequestId>,
    entered: Timestamp,
    stage: Stage,
    /// Agents at whom it rings, or did when that was judged.
    judged: BTreeSet<Key>,
    /// What the engine would have offered when it let the call wait no longer: by then that would have rung, and while
    /// it rings no wait is over.
    wished: Vec<Wanted>,
}

/// How far a call is.
#[derive(Clone)]
enum Stage {
    Waiting,
    /// The engine has ended the wait, the other system has not.
    Gone(Timestamp, Option<Outcome>),
    With(Key),
    /// With an agent, and not in the engine but as other work, once there was room for it.
    Apart(Key, Option<EngagementId>),
}

/// What the engine would offer, and why.
#[derive(Clone)]
struct Wanted {
    wish: Wish,
    why: OfferExplanation,
}

/// No offer of the shadow rings longer: it ends when the other system says so.
const FOR_EVER: Duration = Duration::from_hours(24 * 365);

impl Shadow {
    /// Follows from a time on, by the rules of a center.
    ///
    /// # Errors
    /// All faults of the center.
    pub fn new(at: Timestamp, center: Center) -> Result<Self, Faults> {
        let app = Key::new("app").map_err(|error| Faults::one("hosts", &error.to_string()))?;
        let engine = Engine::open(at, Opening::new(followed(center)?))?;
        let mut shadow = Self {
            engine,
            now: at,
            app,
            numbers: 0,
            resolution: Duration::ZERO,
            learns: false,
            calls: BTreeMap::new(),
            by_request: BTreeMap::new(),
            by_interaction: BTreeMap::new(),
            entering: None,
            begun: None,
            asked: Vec::new(),
            members: BTreeMap::new(),
            apart: BTreeMap::new(),
            wanted: Vec::new(),
            looked: None,
            summary: Summary::default(),
            found: Vec::new(),
        };
        shadow.drain();
        Ok(shadow)
    }

    /// Times of the other system are no finer than this: it is said beside every span that comes of them.
    #[must_use]
    pub const fn resolution(mut self, resolution: Duration) -> Self {
        self.resolution = resolution;
        self
    }

    /// Queues and agents that nobody configured are added as they come, each agent to the queues that facts name with
    /// it. Otherwise they are contradictions.
    #[must_use]
    pub const fn learning(mut self) -> Self {
        self.learns = true;
        self
    }

    /// Takes a fact, and says what came of it. Facts must come in the order of their times; one that does not is taken
    /// as of the latest time, and that is said.
    pub fn take(&mut self, fact: &Fact) -> Vec<Finding> {
        self.take_together(fact.at, std::slice::from_ref(&fact.what))
    }

    /// Takes what happened at one stroke: a decision among it was made when all before it had come to pass.
    pub fn take_together(&mut self, at: Timestamp, facts: &[What]) -> Vec<Finding> {
        if at < self.now {
            let before = self.now;
            self.contradicts(Misfit::Late(before));
        }
        self.advance(at);
        for what in facts {
            self.summary.facts += 1;
            self.follow(what);
        }
        self.look();
        std::mem::take(&mut self.found)
    }

    /// Lets time go by without a fact, as where a log that is being written stands still. Timers of the engine fire at
    /// their own times in any case.
    pub fn tick(&mut self, now: Timestamp) -> Vec<Finding> {
        self.advance(now);
        self.look();
        std::mem::take(&mut self.found)
    }

    /// What has been found so far, counted.
    pub const fn summary(&self) -> &Summary {
        &self.summary
    }

    /// The engine, for questions.
    pub const fn engine(&self) -> &Engine {
        &self.engine
    }

    /// What the engine would have offered by now, those first that it would have offered first.
    pub fn wishes(&self) -> impl Iterator<Item = &Wish> {
        self.wanted.iter().map(|wanted| &wanted.wish)
    }

    /// Calls that the other system has, waiting or with an agent.
    pub fn calls(&self) -> impl Iterator<Item = &Call> {
        self.calls.keys()
    }

    fn contradicts(&mut self, what: Misfit) {
        self.find(Finding::Contradiction(Contradiction { at: self.now, what }));
    }

    fn find(&mut self, finding: Finding) {
        self.summary.count(&finding);
        self.found.push(finding);
    }
}

/// The center as the shadow follows by it: it makes no offers, every queue can be entered, nothing is called, and what
/// rings does so until it is told otherwise.
fn followed(mut center: Center) -> Result<Center, Faults> {
    center.policies.matched_elsewhere = true;
    center.policies.offer_timeout = FOR_EVER;
    center.limits.clock_jump = Duration::MAX;
    // What would be offered is looked at after each.
    center.limits.timers_per_call = 1;
    // The state is copied whenever something may be offered: what nothing is decided by is not kept for long.
    center.limits.dedupe_window = Duration::from_secs(1);
    let by_last = center.queues.values().any(|queue| queue.preferred.last_agent_within.is_some());
    if !by_last && center.policies.repeat_boost == Duration::ZERO {
        center.policies.conversation_retention = Duration::ZERO;
    }
    for agent in center.agents.values_mut() {
        agent.auto_answer = false;
        agent.station = Station::Direct;
    }
    for queue in center.queues.values_mut() {
        queue.offer_timeout = None;
    }
    let queues: Vec<Key> = center.queues.keys().cloned().collect();
    for queue in queues {
        let address = address(&queue);
        let key = Key::new(&address).map_err(|e| Faults::one("queues", &e.to_string()))?;
        let entry = EntryPoint::voice(&address).to_queue(queue.as_str()).build()?;
        center.entry_points.insert(key, entry);
    }
    Ok(center)
}

/// Where calls enter a queue.
fn address(queue: &Key) -> String {
    format!("shadow of {queue}")
}
