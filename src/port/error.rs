//! What goes wrong between the engine and the world.

/// Why a port could not do something. Every kind names the thing that it is about.
///
/// The texts are for people who run the system: they name servers, folders and limits, never a
/// customer or what was written.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PortError {
    /// It is not there now and may come back: a connection broke, a server is down.
    #[error("{what} is unavailable: {reason}")]
    Unavailable {
        /// The thing.
        what: String,
        /// Why.
        reason: String,
    },
    /// It is there and says no; asking again does not help.
    #[error("{what} refused: {reason}")]
    Refused {
        /// The thing.
        what: String,
        /// Why.
        reason: String,
    },
    /// What was asked cannot be done as it stands.
    #[error("{what} is invalid: {reason}")]
    Invalid {
        /// The field or thing.
        what: String,
        /// Why.
        reason: String,
    },
    /// No answer came in time: whether it was done is not known.
    #[error("{what} did not answer in time")]
    TimedOut {
        /// The thing.
        what: String,
    },
}

#[allow(clippy::needless_pass_by_value)] // literals and errors alike are given away here
impl PortError {
    /// The thing is away for now.
    pub fn unavailable(what: impl Into<String>, reason: impl ToString) -> Self {
        Self::Unavailable { what: what.into(), reason: reason.to_string() }
    }

    /// The thing says no.
    pub fn refused(what: impl Into<String>, reason: impl ToString) -> Self {
        Self::Refused { what: what.into(), reason: reason.to_string() }
    }

    /// The thing cannot be used as it is.
    pub fn invalid(what: impl Into<String>, reason: impl ToString) -> Self {
        Self::Invalid { what: what.into(), reason: reason.to_string() }
    }

    /// The thing did not answer.
    pub fn timed_out(what: impl Into<String>) -> Self {
        Self::TimedOut { what: what.into() }
    }

    /// Whether the same may succeed later.
    pub const fn is_transient(&self) -> bool {
        matches!(self, Self::Unavailable { .. } | Self::TimedOut { .. })
    }
}
