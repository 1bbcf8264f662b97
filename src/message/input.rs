//! What goes into the engine and what comes out.

use serde::{Deserialize, Serialize};

use super::{Command, Effect, HostReport, Record, Rejection, Reply};
use crate::id::{EffectId, Epoch, Seq};

/// Everything the engine can be told.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
#[non_exhaustive]
pub enum Input {
    /// Somebody asks for something.
    Command(Command),
    /// A host reports something.
    Host(HostReport),
    /// A host took an effect in: its lane moves on.
    EffectAccepted(EffectId),
    /// A host refused an effect: it has failed.
    EffectRefused(EffectId),
    /// It is not known whether the host took it in; its deadline decides.
    EffectUnknown(EffectId),
    /// All records up to this one are safe: what they caused may go out.
    Persisted(Seq),
    /// Nothing but the time.
    Tick,
    /// The first input of a new owner.
    Resume {
        /// Its term, above the last one.
        epoch: Epoch,
    },
}

impl From<Command> for Input {
    fn from(command: Command) -> Self {
        Self::Command(command)
    }
}

impl From<HostReport> for Input {
    fn from(report: HostReport) -> Self {
        Self::Host(report)
    }
}

/// What became of an input. It speaks to the driver alone: it may reach a client when
/// `Persisted(>= seq)` has been said.
#[derive(Clone, PartialEq, Debug)]
#[must_use = "a rejected or busy input has had no effect"]
pub enum Receipt {
    /// It was decided, in this record.
    Recorded(Seq),
    /// There was nothing to record.
    Noted,
    /// It was refused, in view of the records up to `judged_at`.
    Rejected {
        /// Why.
        rejection: Rejection,
        /// The last record it was judged by.
        judged_at: Seq,
    },
    /// It had been recorded before, in this record (the last one of its source for a report).
    Duplicate(Seq),
    /// Due timers or unpersisted records leave no room; hand it in again.
    Busy(Box<Input>),
}

impl Receipt {
    /// The record, if the input was recorded now or before.
    pub const fn seq(&self) -> Option<Seq> {
        match self {
            Self::Recorded(seq) | Self::Duplicate(seq) => Some(*seq),
            _ => None,
        }
    }
}

/// What the engine hands out.
#[derive(Clone, PartialEq, Debug)]
#[must_use = "an output that is dropped is not handed out again"]
pub enum Output {
    /// Make it safe, then say `Persisted`.
    Record(Record),
    /// Carry it out, and say whether it was accepted.
    Effect(Effect),
    /// Tell the client.
    Reply(Reply),
}
