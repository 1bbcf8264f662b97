//! The domain's "no": a reason and the field that gave it. Not an error, and never journaled.

use std::borrow::Cow;
use std::fmt;

use serde::{Deserialize, Serialize};

use super::Permission;
use crate::id::Seq;
use crate::model::Fault;

/// Why an input was refused, and which of its fields is to blame.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Rejection {
    /// The reason.
    pub reason: RejectionReason,
    /// The field, as a path within the input; empty if it is the input as a whole.
    pub field: Cow<'static, str>,
}

/// Reasons of a refusal.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum RejectionReason {
    /// The named object does not exist and never did.
    Unknown,
    /// The named object existed; it has ended and has left the state.
    Gone,
    /// The message speaks of a lease, version or term that is over.
    Stale,
    /// The named object is not in a state that allows this; the text says what it is in.
    WrongState(Cow<'static, str>),
    /// The actor may not do this.
    NotPermitted(Permission),
    /// A bound of the configuration is reached; the text names it.
    LimitReached(Cow<'static, str>),
    /// The agent's capacity does not admit it.
    NoCapacity,
    /// The value is out of its range or malformed; the text says how.
    Invalid(Cow<'static, str>),
    /// The command's id was used for another command.
    IdReused,
    /// The configuration has moved on; the current version is given.
    VersionConflict(u64),
    /// The named capability is modelled but has no behavior in this version.
    NotYet(Cow<'static, str>),
    /// The engine awaits `Resume` first.
    NotResumed,
    /// The engine has been resumed already, or the term does not rise.
    AlreadyResumed(Seq),
    /// The configuration would be unusable: all that is wrong with it, each with its path.
    Faulty(Vec<Fault>),
}

impl Rejection {
    /// A refusal because of `field`.
    pub fn new(reason: RejectionReason, field: impl Into<Cow<'static, str>>) -> Self {
        Self { reason, field: field.into() }
    }

    pub(crate) fn unknown(field: &'static str) -> Self {
        Self::new(RejectionReason::Unknown, field)
    }

    /// Gone, if there was such a thing once.
    pub(crate) fn gone_or_unknown(was_made: bool, field: &'static str) -> Self {
        let reason = if was_made { RejectionReason::Gone } else { RejectionReason::Unknown };
        Self::new(reason, field)
    }

    pub(crate) fn stale(field: &'static str) -> Self {
        Self::new(RejectionReason::Stale, field)
    }

    pub(crate) fn wrong_state(field: &'static str, state: &'static str) -> Self {
        Self::new(RejectionReason::WrongState(state.into()), field)
    }

    pub(crate) fn invalid(field: &'static str, how: &'static str) -> Self {
        Self::new(RejectionReason::Invalid(how.into()), field)
    }

    pub(crate) fn limit(name: &'static str) -> Self {
        Self::new(RejectionReason::LimitReached(name.into()), "")
    }

    pub(crate) fn not_yet(name: &'static str) -> Self {
        Self::new(RejectionReason::NotYet(name.into()), "")
    }
}

impl fmt::Display for Rejection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.field.is_empty() {
            write!(f, "{}: ", self.field)?;
        }
        match &self.reason {
            RejectionReason::Unknown => f.write_str("does not exist"),
            RejectionReason::Gone => f.write_str("has ended and is gone"),
            RejectionReason::Stale => f.write_str("is over"),
            RejectionReason::WrongState(state) => write!(f, "is {state}"),
            RejectionReason::NotPermitted(permission) => {
                write!(f, "not permitted, {permission:?} is missing")
            }
            RejectionReason::LimitReached(name) => write!(f, "the limit {name} is reached"),
            RejectionReason::NoCapacity => f.write_str("the agent's capacity does not admit it"),
            RejectionReason::Invalid(how) => f.write_str(how),
            RejectionReason::IdReused => f.write_str("the id belongs to another command"),
            RejectionReason::VersionConflict(current) => {
                write!(f, "the configuration is at version {current}")
            }
            RejectionReason::NotYet(name) => write!(f, "{name} has no behavior in this version"),
            RejectionReason::NotResumed => f.write_str("the engine awaits Resume"),
            RejectionReason::AlreadyResumed(seq) => write!(f, "resumed already at {}", seq.0),
            RejectionReason::Faulty(faults) => {
                f.write_str("the configuration would be unusable")?;
                faults.iter().try_for_each(|fault| write!(f, "\n{fault}"))
            }
        }
    }
}
