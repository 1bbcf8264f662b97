//! Calls that agents make by hand.

use serde::{Deserialize, Serialize};

use crate::message::Personal;
use crate::time::Timestamp;

/// A call that an agent makes by hand, until it is an engagement like any other.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub(crate) struct Dial {
    pub(crate) to: Personal<String>,
    /// Where the agent is, for an emergency number.
    pub(crate) location: Option<Personal<String>>,
    /// Until when the agent may look, while looking.
    pub(crate) preview_until: Option<Timestamp>,
}
