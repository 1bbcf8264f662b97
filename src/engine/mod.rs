//! The engine: one routing domain, decided by one writer, without clock, thread or socket.
//!
//! | file | subject |
//! |---|---|
//! | `handle.rs` | the way of an input: clock, due timers, decision, record |
//! | `size.rs` | how large an input is |
//! | `command/` | commands: who may, what is meant, which decision |
//! | `report.rs` | host reports: which leg, which decision |
//! | `settle.rs` | the last act of every decision: serve, tidy up, write timelines |
//! | `timer.rs` | what each timer decides |
//! | `outbox.rs` | records first; effects and replies once they are safe; lanes |
//! | `upkeep.rs` | eviction of what is closed |
//! | `configure.rs` | changes of the configuration |
//! | `explain.rs` | why, why not, what next |
//! | `customer.rs` | what is known of a customer |
//! | `preview.rs` | who would get whom |
//! | `estimate.rs` | how long somebody waits, and how well that was known |
//! | `wish.rs` | what would be offered, where another system says who gets what |
//! | `replica.rs` | a follower that applies records and takes snapshots |

mod command;
mod configure;
mod customer;
mod estimate;
mod explain;
mod handle;
mod outbox;
mod preview;
mod replica;
mod report;
mod settle;
mod size;
mod timer;
mod upkeep;
mod wish;

pub use customer::KnownCustomer;
pub use explain::{
    AgentVerdict, Candidate, Explanation, OfferExplanation, Question, RotaAtWork, StepState,
    StepVerdict, Unmeetable, Verdict, explain_at,
};
pub use replica::{Replica, RestoreError, Snapshot};
pub use wish::Wish;

use std::sync::Arc;

use outbox::Outbox;

use crate::id::{Epoch, InteractionId, Origin, Seq, ShardId};
use crate::message::{Cause, Output, Record, ShardEvent};
use crate::model::{Center, Faults};
use crate::queue;
use crate::state::{State, Step};
use crate::time::Timestamp;

/// What a shard is opened with.
#[derive(Clone, Debug)]
pub struct Opening {
    /// The shard's number, below 2^28.
    pub shard: ShardId,
    /// The first term, below 2^24.
    pub epoch: Epoch,
    /// Seed of every random choice the engine will make.
    pub seed: u64,
    /// The configuration.
    pub center: Center,
}

impl Opening {
    /// Shard 1, term 1, seed 0.
    pub fn new(center: Center) -> Self {
        Self { shard: ShardId(1), epoch: Epoch(1), seed: 0, center }
    }
}

/// The writer of a shard.
///
/// Give it inputs with [`Engine::handle`], and drain [`Engine::poll_output`] after each. Call it with
/// [`Input::Tick`](crate::message::Input::Tick) when [`Engine::next_deadline`] has come.
pub struct Engine {
    state: State,
    outbox: Outbox,
    /// The latest engine time that an input came at, recorded or not.
    seen: Timestamp,
    /// A restored engine waits for `Resume`.
    awaits_resume: bool,
    /// More timers are due than one call may fire.
    backlog: bool,
}

impl Engine {
    /// Opens a new shard: the first output is record 1, which holds the configuration.
    ///
    /// # Errors
    /// All faults of the configuration, or of the shard's number and term.
    pub fn open(at: Timestamp, opening: Opening) -> Result<Self, Faults> {
        crate::model::validate(&opening.center)?;
        let Opening { shard, epoch, seed, center } = opening;
        let opened = ShardEvent::Opened { shard, epoch, seed, center: Arc::new(center) };
        let parts = Origin { shard: shard.0, epoch: epoch.0, seq: 1, index: 0 };
        let state = State::opened(&opened, at).filter(|_| parts.is_valid());
        let mut state = state.ok_or_else(|| Faults::one("shard", "shard or epoch out of range"))?;
        let mut step = Step::new(&mut state, at, at);
        step.emit(opened);
        queue::hours::review_all(&mut step);
        let record = step.finish(Cause::Open);
        let mut outbox = Outbox::default();
        if let Some(record) = record {
            outbox.push(record, &state);
        }
        Ok(Self { state, outbox, seen: at, awaits_resume: false, backlog: false })
    }

    /// An engine that goes on from a snapshot and the records after it. It changes nothing and
    /// decides nothing until it is given `Resume` with a new term.
    ///
    /// # Errors
    /// [`RestoreError`] if snapshot and records do not fit together.
    pub fn restore<'a>(
        snapshot: Option<&Snapshot>,
        tail: impl IntoIterator<Item = &'a Record>,
    ) -> Result<Self, RestoreError> {
        let mut replica = snapshot.map(Replica::restore).transpose()?;
        for record in tail {
            match &mut replica {
                Some(replica) => replica.apply(record)?,
                None => replica = Some(Replica::open(record)?),
            }
        }
        let state = replica.ok_or(RestoreError::Empty)?.into_state();
        let (outbox, seen) = (Outbox::after(state.seq), state.at);
        Ok(Self { state, outbox, seen, awaits_resume: true, backlog: false })
    }

    /// The next record to persist, or the next effect or reply whose record is safe.
    pub fn poll_output(&mut self) -> Option<Output> {
        self.outbox.poll(&self.state)
    }

    /// When the engine wants to be called again, by the host's clock, if nothing happens before; the
    /// last handled time if it has more to do at once, `None` if nothing is due ever.
    pub fn next_deadline(&self) -> Option<Timestamp> {
        if self.awaits_resume {
            return None;
        }
        let next = if self.backlog { Some(self.seen) } else { self.state.timers.next_deadline() };
        // Deadlines are engine time; the host asks by its own clock.
        next.map(|next| next + self.state.wall_offset)
    }

    /// The last record decided.
    pub fn seq(&self) -> Seq {
        self.state.seq
    }

    /// Version of the configuration in force, for the compare-and-set of `Configure`.
    pub fn config_version(&self) -> u64 {
        self.state.config.version
    }

    /// The configuration in force.
    pub fn center(&self) -> &Center {
        &self.state.config.center
    }

    /// Hash of the whole state; equal for equal states of this version on every machine.
    pub fn state_hash(&mut self) -> u64 {
        self.state.hash()
    }

    /// Answers a question about what is going on now.
    pub fn explain(&self, question: Question) -> Option<Explanation> {
        explain::explain(&self.state, question)
    }

    /// What is known of the customer of an interaction at the host's time `now`; none once it has left
    /// the state.
    pub fn customer(&self, interaction: InteractionId, now: Timestamp) -> Option<KnownCustomer> {
        customer::known(&self.state, interaction, self.at(now))
    }

    /// Engine time of a question that the host asks at its time `now`.
    fn at(&self, now: Timestamp) -> Timestamp {
        (now - self.state.wall_offset).max(self.seen)
    }

    /// The state, for checkers inside this crate.
    pub(crate) fn state(&self) -> &State {
        &self.state
    }
}
