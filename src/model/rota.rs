//! Rotas: who is on call when a queue is closed, and how they are reached.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::id::Key;
use crate::time::Duration;

/// Who is on call for a queue outside its hours. The levels are asked one after the other, over and
/// over for a number of rounds, until somebody has accepted; else comes the last resort.
///
/// # Examples
/// ```
/// use switchboard::model::{Agent, Center, Duty, Host, Hours, Queue, Rota, Weekday};
/// use switchboard::time::Duration;
///
/// let rota = Rota::new()
///     .level([Duty::agent("ana").during("week_a"), Duty::external("+34910000001")])
///     .level([Duty::external("+34910000002")])
///     .accept_key('1', Duration::from_secs(20))
///     .prompt("you_are_on_call")
///     .last_resort_queue("general");
/// let center = Center::builder()
///     .hours("office", Hours::new().open(&Weekday::WORKDAYS, "08:00", "18:00"))
///     .hours("week_a", Hours::new().special("2026-11-28", "", "00:00", "24:00"))
///     .queue("lifts", Queue::new().hours("office").on_call("night"))
///     .queue("general", Queue::new())
///     .host("pbx", Host::new("PBX"))
///     .agent("ana", Agent::new("Ana").phone("pbx", "+34910000003"))
///     .rota("night", rota)
///     .build()?;
/// # Ok::<(), switchboard::model::Faults>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct Rota {
    /// Display name.
    pub name: String,
    /// IANA time zone for hours of duty that name none; the center's when empty.
    pub time_zone: String,
    /// Whom to call, the first level first.
    pub levels: Vec<RotaLevel>,
    /// How long a phone may ring.
    pub ring_timeout: Duration,
    /// The key that whoever answers must press to take the call: `0` to `9`, `*`, `#`, `A` to `D`. When
    /// absent, answering is enough, and the host is asked to tell machines from people.
    pub accept_key: Option<char>,
    /// How long whoever answers has to hear the prompt and to press the key.
    pub accept_timeout: Duration,
    /// What whoever answers hears first, by the host's name for it; nothing when absent.
    pub prompt: Option<String>,
    /// How often the levels are gone through.
    pub rounds: u32,
    /// What becomes of a caller whom nobody has accepted.
    pub last_resort: LastResort,
}

impl Default for Rota {
    fn default() -> Self {
        Self {
            name: String::new(),
            time_zone: String::new(),
            levels: Vec::new(),
            ring_timeout: Duration::from_secs(25),
            accept_key: None,
            accept_timeout: Duration::from_secs(20),
            prompt: None,
            rounds: 3,
            last_resort: LastResort::HangUp,
        }
    }
}

/// A level of a rota: those on duty are called one after the other, in the order given.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct RotaLevel {
    /// Who is on duty when.
    pub duties: Vec<Duty>,
}

/// Somebody's duty.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Duty {
    /// Who.
    pub who: OnDuty,
    /// While these hours are open; always when absent.
    #[serde(default)]
    pub hours: Option<Key>,
}

/// Somebody on call.
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum OnDuty {
    /// An agent, called at the phone of the station, signed in or not. It takes no capacity.
    Agent(Key),
    /// A number outside.
    External(String),
}

impl fmt::Debug for OnDuty {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Agent(key) => f.debug_tuple("Agent").field(key).finish(),
            // A person's number.
            Self::External(_) => f.write_str("External(..)"),
        }
    }
}

/// What becomes of a caller whom nobody on call has accepted.
#[derive(Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum LastResort {
    /// The caller is disconnected.
    #[default]
    HangUp,
    /// On to a queue, at the place that the caller had. Nobody on call is asked again from there.
    Queue(Key),
    /// A number outside is called, once; answering is enough.
    External(String),
}

impl fmt::Debug for LastResort {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::HangUp => f.write_str("HangUp"),
            Self::Queue(key) => f.debug_tuple("Queue").field(key).finish(),
            Self::External(_) => f.write_str("External(..)"),
        }
    }
}
