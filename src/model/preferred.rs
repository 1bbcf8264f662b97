//! Preferred agents: whom a customer gets first, if they can take the request.

use serde::{Deserialize, Serialize};

use crate::time::Duration;

/// What a preferred agent must be for a request to wait for the agent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum PreferredWhile {
    /// At work, whatever the presence.
    SignedIn,
    /// Ready, and not about to leave; with other work or without.
    #[default]
    Ready,
}

/// The step before all others: a request waits for the agents who are preferred, those whom the host names when the
/// customer comes in and the last who answered the customer. Everybody else may serve it when the time is over, or at
/// once where none of them is there, or all of them have declined or missed it. Its place stays.
///
/// Preferred agents need not meet what the queue asks for. Their capacity counts like everybody's.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct Preferred {
    /// How long a request waits for them, from its entry into the queue; nobody is preferred when zero.
    pub hold_for: Duration,
    /// Whoever answered the customer last is preferred, if that was no longer ago; nobody for that reason when absent.
    /// A conversation is not remembered beyond its retention.
    pub last_agent_within: Option<Duration>,
    /// Whom it waits for.
    pub only: PreferredWhile,
}

impl Preferred {
    /// Whom the host names is preferred for so long.
    pub fn new(hold_for: Duration) -> Self {
        Self { hold_for, ..Self::default() }
    }

    /// So is whoever answered the customer last, if that was no longer ago.
    #[must_use]
    pub const fn last_agent(mut self, within: Duration) -> Self {
        self.last_agent_within = Some(within);
        self
    }

    /// Whom it waits for.
    #[must_use]
    pub const fn only(mut self, only: PreferredWhile) -> Self {
        self.only = only;
        self
    }
}
