//! What goes wrong in the adapter.

use switchboard::port::PortError;

use crate::config::ConfigError;

/// Why the adapter cannot start or go on.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum MailError {
    /// The configuration is wrong.
    #[error("configuration: {0}")]
    Config(#[from] ConfigError),
    /// Certificates or names for TLS cannot be used.
    #[error("TLS: {0}")]
    Tls(String),
    /// The connection to a server broke or could not be made.
    #[error("{server}: {source}")]
    Io {
        /// The server.
        server: String,
        /// Why.
        source: std::io::Error,
    },
    /// The mail server said no, or something that is not understood.
    #[error("{server}, {action}: {reason}")]
    Imap {
        /// The server.
        server: String,
        /// What was asked.
        action: String,
        /// What it said.
        reason: String,
    },
    /// A server did not answer in time.
    #[error("{server}, {action}: no answer in time")]
    TimedOut {
        /// The server.
        server: String,
        /// What was asked.
        action: String,
    },
    /// The attachment store failed.
    #[error("attachment store: {0}")]
    Store(PortError),
}

impl From<MailError> for PortError {
    fn from(error: MailError) -> Self {
        match error {
            MailError::Config(_) | MailError::Tls(_) => Self::invalid("mail", error),
            MailError::TimedOut { server, .. } => Self::timed_out(server),
            MailError::Store(error) => error,
            MailError::Io { .. } | MailError::Imap { .. } => Self::unavailable("mail", error),
        }
    }
}
