//! What another system says has happened, as plain data.

use serde::{Deserialize, Serialize};

use crate::message::CustomerToken;
use crate::time::{Duration, Timestamp};

/// Something that has happened in another system.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Fact {
    /// When, by that system's clock.
    pub at: Timestamp,
    /// What.
    pub what: What,
}

impl Fact {
    /// What happened then.
    pub const fn new(at: Timestamp, what: What) -> Self {
        Self { at, what }
    }
}

/// A call in a queue: a call that goes from one queue to another is another one there.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
pub struct Call {
    /// What the other system calls the queue.
    pub queue: String,
    /// What it calls the call.
    pub id: String,
}

impl Call {
    /// A call of a queue.
    pub fn new(id: impl Into<String>, queue: impl Into<String>) -> Self {
        Self { queue: queue.into(), id: id.into() }
    }
}

/// What happened. Queues and agents are named as the other system names them.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum What {
    /// A call began to wait.
    Entered {
        /// The call.
        call: Call,
        /// Recognizes the same customer again.
        customer: Option<CustomerToken>,
        /// Waiting credit that the other system gives it: what a priority is worth.
        credit: Duration,
    },
    /// A call began to ring at an agent. A system that does not tell says so later, with `Connected` or `RangInVain`.
    Rings {
        /// The call.
        call: Call,
        /// The agent.
        agent: String,
    },
    /// It rang at an agent who did not take it: the call waits on.
    RangInVain {
        /// The call.
        call: Call,
        /// The agent.
        agent: String,
        /// For how long.
        rang: Duration,
    },
    /// An agent took the call.
    Connected {
        /// The call.
        call: Call,
        /// The agent.
        agent: String,
        /// For how long it had rung there.
        rang: Duration,
    },
    /// The talk is over.
    Ended {
        /// The call.
        call: Call,
        /// The agent handed the caller on.
        transferred: bool,
    },
    /// The caller hung up while waiting.
    Abandoned {
        /// The call.
        call: Call,
    },
    /// The other system, or the caller by a key, took the call out of the queue.
    Left {
        /// The call.
        call: Call,
        /// Why, in the other system's word.
        why: String,
    },
    /// What an agent is in a queue, or in all, has changed.
    Member {
        /// The agent.
        agent: String,
        /// The queue; all of the agent's where none is named.
        queue: Option<String>,
        /// How.
        now: Membership,
    },
    /// An agent has finished the work after a call, before its time was over.
    Freed {
        /// The agent.
        agent: String,
    },
    /// The other system began anew: all its calls are gone.
    Restarted,
}

/// How an agent's part in a queue changes.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Membership {
    /// Comes.
    Joined,
    /// Goes.
    Left,
    /// Begins a break.
    Paused,
    /// Ends it.
    Resumed,
}
