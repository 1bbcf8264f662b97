//! What comes of a fact: a decision that is compared, or something that does not fit what is known.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::fact::Call;
use crate::engine::{Explanation, OfferExplanation, Verdict};
use crate::id::Key;
use crate::message::{Outcome, Rejection};
use crate::time::{Duration, Timestamp};

/// What came of a fact.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Finding {
    /// The other system decided something that the engine decides too.
    Decision(Box<Decision>),
    /// The fact does not fit what is known; what can be followed of it was.
    Contradiction(Contradiction),
}

/// A decision of the other system beside that of the engine.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Decision {
    /// When the other system decided, as far as it says: when it began to ring.
    pub at: Timestamp,
    /// About which call.
    pub call: Call,
    /// Whom it gave the call to; none where it sent the call away.
    pub agent: Option<String>,
    /// How long the call had waited by then.
    pub waited: Duration,
    /// How that compares.
    pub judged: Judged,
    /// What the engine would have done with the call, and why; none where it had nobody for it.
    pub wish: Option<OfferExplanation>,
    /// What stood between the call and each agent, where the two differ and it still waited.
    pub held: Option<Explanation>,
    /// Times of the other system are no finer than this.
    pub resolution: Duration,
}

/// How a decision of the other system compares with that of the engine.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Judged {
    /// The same agent for the same call.
    Same {
        /// How much sooner the engine would have offered it.
        sooner: Duration,
    },
    /// The engine would have offered the call to another agent.
    OtherAgent,
    /// The engine would have offered the agent another call first.
    OtherCallFirst {
        /// That call.
        call: Call,
        /// Why.
        wish: Box<OfferExplanation>,
    },
    /// By the engine's rules the agent may not be offered the call.
    MayNot {
        /// Which rule keeps the agent from it; none where the agent does not meet what the queue asks for.
        verdict: Option<Verdict>,
    },
    /// The agent might have, and the engine would still have offered the call to nobody.
    NoWish,
    /// By the engine's rules the call did not wait any more.
    Gone {
        /// Since when.
        since: Timestamp,
        /// What had become of it; none where it was not let in.
        outcome: Option<Outcome>,
    },
    /// The engine would have let the call wait on, and the other system did not.
    SentAway {
        /// Why, in the other system's word.
        why: String,
    },
}

impl Judged {
    /// Whether the engine would have done the same.
    pub const fn is_same(&self) -> bool {
        matches!(self, Self::Same { .. })
    }

    /// Its name, as in summaries.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Same { .. } => "same",
            Self::OtherAgent => "other_agent",
            Self::OtherCallFirst { .. } => "other_call_first",
            Self::MayNot { .. } => "may_not",
            Self::NoWish => "no_wish",
            Self::Gone { .. } => "gone",
            Self::SentAway { .. } => "sent_away",
        }
    }
}

/// A fact that does not fit what is known.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Contradiction {
    /// When.
    pub at: Timestamp,
    /// What does not fit.
    pub what: Misfit,
}

/// What does not fit.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Misfit {
    /// Nobody configured such a queue.
    UnknownQueue(String),
    /// Nobody configured such an agent.
    UnknownAgent(String),
    /// No call of that name is in the queue.
    UnknownCall(Call),
    /// The call is there already.
    CallTwice(Call),
    /// Somebody talks to it already.
    Answered(Call),
    /// Nobody does.
    NotAnswered(Call),
    /// The name is no key: it is empty, too long, or holds control characters.
    BadName(String),
    /// It is stamped before what came before it, and was taken as of then.
    Late(Timestamp),
    /// The engine cannot have the agent take the call, as the agent does: it is followed apart from it.
    Apart {
        /// The call.
        call: Call,
        /// The agent.
        agent: Key,
        /// Why not.
        rejection: Rejection,
    },
    /// The engine refused something else that was to follow the fact.
    Refused {
        /// What.
        input: String,
        /// Why.
        rejection: Rejection,
    },
}

impl Misfit {
    /// Its name, as in summaries.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::UnknownQueue(_) => "unknown_queue",
            Self::UnknownAgent(_) => "unknown_agent",
            Self::UnknownCall(_) => "unknown_call",
            Self::CallTwice(_) => "call_twice",
            Self::Answered(_) => "answered",
            Self::NotAnswered(_) => "not_answered",
            Self::BadName(_) => "bad_name",
            Self::Late(_) => "late",
            Self::Apart { .. } => "apart",
            Self::Refused { .. } => "refused",
        }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Decision(decision) => decision.fmt(f),
            Self::Contradiction(contradiction) => contradiction.fmt(f),
        }
    }
}
