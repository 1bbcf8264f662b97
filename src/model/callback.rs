//! Customers who are called back: in the place in the line that they had, or at a time that was promised.

use serde::{Deserialize, Serialize};

use crate::id::Key;
use crate::time::Duration;

/// How a queue calls customers back who need not stay on the line.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct Callbacks {
    /// How those who wait on a line are asked whether they want to be called back, where the engine controls the
    /// media. Nobody is asked when absent; what a host asks comes in as a command.
    pub offer: Option<CallbackOffer>,
    /// Whether the agent or the customer is called first.
    pub first: CalledFirst,
    /// So many times a customer is called who is not reached, 1 to 20.
    pub attempts: u8,
    /// How long after a call in vain the next one is due. The place is kept meanwhile.
    pub retry_after: Duration,
    /// A promise without an end of its own is over so long after it was due first; never when absent.
    pub keep_for: Option<Duration>,
    /// When customers may be called; at any time when absent. What falls due outside waits until they may.
    pub hours: Option<Key>,
    /// Whether those who are to be called back count as waiting where the depth of the queue is bounded.
    pub count_as_waiting: bool,
}

impl Default for Callbacks {
    fn default() -> Self {
        Self {
            offer: None,
            first: CalledFirst::default(),
            attempts: 1,
            retry_after: Duration::from_mins(10),
            keep_for: None,
            hours: None,
            count_as_waiting: true,
        }
    }
}

/// Who is called first when it is a promise's turn.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum CalledFirst {
    /// The agent: the customer is called once somebody has taken it.
    #[default]
    Agent,
    /// The customer, as soon as the wait that is left is expected to be no longer than this, or the promise is the first
    /// in its line; then the customer waits at that place like anybody on a line.
    Customer(Duration),
}

/// How somebody on a line is asked. Sounds are named as the host knows them.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct CallbackOffer {
    /// When first, from the entry into the queue.
    pub after: Duration,
    /// How often after that; once when absent.
    #[serde(default)]
    pub every: Option<Duration>,
    /// Nobody is asked who is expected to wait no longer than this, or whose wait is not known; all are asked when absent.
    #[serde(default)]
    pub if_longer_than: Option<Duration>,
    /// What is heard: press 1 to be called back.
    pub ask: String,
    /// Heard before the number, which hosts are asked to say as `telephone`: press 1 if it is right, 2 for another one.
    pub confirm: String,
    /// Heard to have another number entered, ended with `#`; there is no other one when absent.
    #[serde(default)]
    pub enter: Option<String>,
}

impl CallbackOffer {
    /// Asked once, so long after the entry; with the number of the caller alone.
    pub fn once(after: Duration, ask: &str, confirm: &str) -> Self {
        Self {
            after,
            every: None,
            if_longer_than: None,
            ask: ask.to_owned(),
            confirm: confirm.to_owned(),
            enter: None,
        }
    }

    /// And again and again.
    #[must_use]
    pub const fn every(mut self, span: Duration) -> Self {
        self.every = Some(span);
        self
    }

    /// Only those who are expected to wait longer than this.
    #[must_use]
    pub const fn if_longer_than(mut self, span: Duration) -> Self {
        self.if_longer_than = Some(span);
        self
    }

    /// Another number may be entered.
    #[must_use]
    pub fn or_enter(mut self, sound: &str) -> Self {
        self.enter = Some(sound.to_owned());
        self
    }

    /// When somebody is asked next, later than a time, both from the entry.
    pub(crate) fn next(&self, later_than: Duration) -> Option<Duration> {
        super::announcement::next((self.after, self.every), later_than)
    }
}
