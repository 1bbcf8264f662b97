//! Checkers of the engine's promises, after every step.
//!
//! By brute force each looks at the tables alone and knows nothing of the indexes: what they say must
//! follow from what is there. That costs time in proportion to the state, for every step; long runs
//! use [`Depth::Cheap`].
//!
//! | file | subject |
//! |---|---|
//! | `tables.rs` | what must hold of one state |
//! | `groups.rs` | requests that ring several agents |
//! | `ledger.rs` | what was opened and has not ended, counted from records alone |
//! | `legs.rs` | nobody is left on the line: who went without a word was hung up |
//! | `plan.rs` | who may serve which queue is what the configuration says |
//! | `choices.rs` | each choice is the one that looking at everybody finds |
//! | `readings.rs` | explanations and key figures say what the state says |

mod choices;
mod groups;
mod ledger;
mod legs;
mod mailboxes;
mod plan;
mod readings;
mod relaxation;
mod tables;

use crate::engine::{Engine, Replica};
use crate::message::Record;
use ledger::Ledger;
use legs::Legs;
use readings::Readings;
pub(super) use readings::identity;
use tables::name;

/// How much is checked.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum Depth {
    /// Identities that cost little in any state: what came in is there or has ended.
    Cheap,
    /// Every pair of request and agent, every lease, every timer, every explanation, the replay.
    BruteForce,
}

/// A promise that does not hold, in words.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{0}")]
pub struct Broken(String);

fn broken<T>(what: String) -> Result<T, Broken> {
    Err(Broken(what))
}

/// Follows an engine and checks it after every step.
#[derive(Default)]
pub struct Checker {
    ledger: Ledger,
    /// What brute force needs besides.
    rest: Option<Box<Rest>>,
}

#[derive(Default)]
struct Rest {
    replica: Option<Replica>,
    legs: Legs,
    readings: Readings,
    /// The version of the configuration that was compared with its plan.
    planned: u64,
}

impl Checker {
    /// A checker for an engine from its first record on, for every depth.
    pub fn new() -> Self {
        Self { ledger: Ledger::default(), rest: Some(Box::default()) }
    }

    /// A checker for [`Depth::Cheap`] alone, which keeps no copy of the state.
    pub fn cheap() -> Self {
        Self::default()
    }

    /// Takes note of a record that the engine handed out.
    ///
    /// # Errors
    /// If it does not follow on the one before, or a leg is gone that nobody ended.
    pub fn follow(&mut self, record: &Record) -> Result<(), Broken> {
        self.ledger.follow(record);
        let Some(rest) = &mut self.rest else { return Ok(()) };
        let followed = match &mut rest.replica {
            Some(replica) => {
                let mut wrong = Ok(());
                let followed = replica.apply_watching(record, &mut |state, event| {
                    if wrong.is_ok() {
                        wrong = choices::is_right(state, record.at, event);
                    }
                });
                wrong?;
                followed
            }
            None => Replica::open(record).map(|replica| rest.replica = Some(replica)),
        };
        followed.map_err(|error| Broken(error.to_string()))?;
        rest.readings.follow(record);
        rest.legs.follow(record)
    }

    /// Checks all promises; all records so far must have been followed.
    ///
    /// # Errors
    /// The first promise that does not hold.
    pub fn check(&mut self, engine: &mut Engine, depth: Depth) -> Result<(), Broken> {
        self.ledger.check(engine)?;
        if depth == Depth::Cheap {
            return Ok(());
        }
        let Some(rest) = &mut self.rest else {
            return broken("this checker has followed too little for brute force".to_owned());
        };
        let version = engine.state().config.version;
        if rest.planned != version {
            plan::is_the_configuration(engine.state())?;
            rest.planned = version;
        }
        relaxation::is_up_to_date(engine.state())?;
        tables::sizes(engine.state())?;
        tables::lines_are_counted(engine.state())?;
        mailboxes::hold(engine.state())?;
        tables::conversations(engine.state())?;
        tables::nobody_waits_needlessly(engine.state())?;
        tables::leases_agree(engine.state())?;
        groups::hold(engine.state())?;
        tables::capacity_is_kept(engine.state())?;
        tables::transitions_have_deadlines(engine.state())?;
        tables::timelines_are_current(engine.state())?;
        rest.readings.check(engine)?;
        rest.replay_is_equal(engine)
    }
}

impl Rest {
    /// Replay gives the same state, and so does a state made anew from a snapshot, indexes included.
    fn replay_is_equal(&mut self, engine: &mut Engine) -> Result<(), Broken> {
        let Some(replica) = &mut self.replica else {
            return broken("no record was followed".to_owned());
        };
        if replica.seq() != engine.seq() || replica.state_hash() != engine.state_hash() {
            return broken(format!("replay differs at {:?}", engine.seq()));
        }
        let snapshot = replica.snapshot().map_err(|error| Broken(error.to_string()))?;
        let mut restored =
            Replica::restore(&snapshot).map_err(|error| Broken(error.to_string()))?;
        if restored.state_hash() != replica.state_hash() {
            return broken(format!("the snapshot at {:?} restores to another hash", engine.seq()));
        }
        let (live, again) = (engine.state().derived(), restored.state().derived());
        if live != again || replica.state().derived() != live {
            return broken(format!("indexes differ: {live:?} live, {again:?} restored"));
        }
        Ok(())
    }
}

/// Promise 2, at rest: no agent holds anything.
///
/// # Errors
/// The agent and what is still held.
pub fn all_is_free(engine: &Engine) -> Result<(), Broken> {
    let state = engine.state();
    for agent in state.agents.iter() {
        if !agent.work.is_empty() {
            return broken(format!("{} still holds {:?}", name(state, agent.id), agent.work));
        }
    }
    let left = (state.offers.len(), state.requests.len(), state.engagements.len());
    if left != (0, 0, 0) {
        return broken(format!("offers, requests, engagements left: {left:?}"));
    }
    if !state.groups.is_empty() {
        return broken(format!("groups of offers left: {:?}", state.groups));
    }
    if !state.callbacks.is_empty() {
        return broken(format!("promises left: {:?}", state.callbacks));
    }
    if !state.on_calls.is_empty() {
        return broken(format!("rotas are at work for {:?}", state.on_calls.keys()));
    }
    Ok(())
}
