//! What those who wait are told, and when.

use serde::{Deserialize, Serialize};

use crate::time::Duration;

/// Something that callers hear while they wait, where the engine controls the media. None begins while an
/// agent is alerted, or the host is away.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Announcement {
    /// The sound, by the host's name for it.
    pub sound: String,
    /// When it is heard first, from the entry into the queue.
    pub after: Duration,
    /// How often after that; once when absent.
    #[serde(default)]
    pub every: Option<Duration>,
    /// What is said after the sound.
    #[serde(default)]
    pub tells: Vec<Told>,
}

/// What is said to somebody who waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Told {
    /// The place in the line; never a higher one than was told before in the same queue. Hosts are asked to say it as `number`.
    Position,
    /// The wait that eight of ten do not exceed, if it is known. Hosts are asked to say it, in seconds, as `duration`.
    Estimate,
}

impl Announcement {
    /// A sound that is heard once, so long after the entry.
    pub fn once(sound: &str, after: Duration) -> Self {
        Self { sound: sound.to_owned(), after, every: None, tells: Vec::new() }
    }

    /// And again and again.
    #[must_use]
    pub const fn every(mut self, span: Duration) -> Self {
        self.every = Some(span);
        self
    }

    /// And this is said after it.
    #[must_use]
    pub fn telling(mut self, what: Told) -> Self {
        self.tells.push(what);
        self
    }

    /// When it is heard next, later than a time, both from the entry.
    pub(crate) fn next(&self, later_than: Duration) -> Option<Duration> {
        next((self.after, self.every), later_than)
    }
}

/// When it is time next for what begins after a while and may come again and again, later than a time.
pub(super) fn next(
    (after, every): (Duration, Option<Duration>),
    later_than: Duration,
) -> Option<Duration> {
    if later_than < after {
        return Some(after);
    }
    let every = every.filter(|every| *every > Duration::ZERO)?.as_micros();
    let rounds = (later_than - after).as_micros() / every + 1;
    Some(after + Duration::from_micros(every.saturating_mul(rounds)))
}
