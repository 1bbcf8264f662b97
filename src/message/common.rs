//! Vocabulary shared by commands, events and effects.

use serde::{Deserialize, Serialize};

use crate::id::{ExternalRef, HostId, Key, LegId, ReasonId};
use crate::time::Timestamp;

use super::Personal;

/// Which way an interaction goes.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Direction {
    /// The customer came to us.
    Inbound,
    /// We went to the customer.
    Outbound,
    /// Between our own people.
    Internal,
}

/// How an interaction came about.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Origin {
    /// The customer began it.
    Customer,
    /// An agent dialed by hand, on behalf of a queue.
    Manual,
    /// A campaign.
    Campaign,
    /// A callback that was promised.
    Callback,
    /// A transfer that became an interaction of its own.
    Transfer,
    /// A follow-up of earlier work.
    FollowUp,
    /// The application made it.
    Api,
}

/// A leg as the sender of a message can name it.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum LegRef {
    /// By the engine's id.
    Ours(LegId),
    /// By the reporting host's own name.
    External(ExternalRef),
}

impl From<ExternalRef> for LegRef {
    fn from(external: ExternalRef) -> Self {
        Self::External(external)
    }
}

impl From<LegId> for LegRef {
    fn from(leg: LegId) -> Self {
        Self::Ours(leg)
    }
}

/// Who ended something.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Side {
    /// The customer.
    Customer,
    /// The agent.
    Agent,
    /// The engine, by a rule.
    Engine,
    /// The network or the host.
    Network,
    /// Somebody with a command: supervisor, administrator, application.
    Command,
}

/// Why a leg ended, in the host's terms.
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct EndCause {
    /// Cause in a few words of our own.
    pub kind: EndKind,
    /// ITU-T Q.850 cause, 0 if unknown.
    pub q850: u8,
    /// SIP response code, 0 if unknown.
    pub sip: u16,
}

impl From<EndKind> for EndCause {
    fn from(kind: EndKind) -> Self {
        Self { kind, q850: 0, sip: 0 }
    }
}

/// Causes of a leg's end.
#[derive(
    Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize,
)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum EndKind {
    /// Hung up in the ordinary way.
    #[default]
    Normal,
    /// The line was busy.
    Busy,
    /// It rang and nobody answered.
    NoAnswer,
    /// The called party refused.
    Declined,
    /// The address cannot be reached.
    Unreachable,
    /// The network or the host failed.
    Failed,
    /// The host no longer knows the leg.
    Lost,
}

impl Sink {
    /// All of them, in order.
    pub const ALL: [Self; 5] =
        [Self::Audio, Self::Screen, Self::Transcript, Self::Digits, Self::Logs];
}

impl EndKind {
    /// The SIP code by which a call is refused for this cause (RFC 3261 §21), 0 where it is none.
    pub const fn sip(self) -> u16 {
        match self {
            Self::Busy => 486,
            Self::NoAnswer => 480,
            Self::Declined => 603,
            Self::Unreachable => 404,
            Self::Failed => 500,
            Self::Normal | Self::Lost => 0,
        }
    }
}

/// Why an interaction was not taken in.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum EntryRejection {
    /// No entry point has the dialed address.
    UnknownAddress,
    /// The entry point is at its bound of concurrent interactions.
    Busy,
    /// The engine is at its bound of interactions.
    Full,
    /// The customer is on a block list.
    Blocked,
    /// An incident switch turns those away who come in there, or sends them elsewhere.
    Incident,
    /// What the entry point leads to has no behavior yet.
    NotYet,
    /// The call is to an emergency number: the host was told to put it through.
    Emergency,
}

/// How somebody waits or works: presence as an agent states it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Presence {
    /// Takes work.
    Ready,
    /// Takes none, for a reason of the configuration.
    NotReady(Option<ReasonId>),
}

/// What a context entry holds, who set it and when.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ContextEntry {
    /// Name of the entry.
    pub key: Key,
    /// Its value.
    pub value: Personal<String>,
    /// Who set it: host, flow, agent.
    pub source: Key,
    /// When.
    pub at: Timestamp,
    /// Never shown or logged.
    pub sensitive: bool,
}

/// A language and how it became known.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Language {
    /// BCP 47 tag.
    pub value: String,
    /// Who said so: entry point, customer, flow, agent.
    pub source: Key,
}

/// How sure we are of who the customer is. Never crosses a leg or channel change by itself.
#[derive(Clone, Default, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Identity {
    /// What the network attests of the caller's number (STIR/SHAKEN level or similar).
    pub attestation: Option<Key>,
    /// Authentication level reached, 0 for none.
    pub level: u8,
    /// How it was reached.
    pub method: Option<Key>,
    /// Until when it holds.
    pub expires_at: Option<Timestamp>,
}

/// What keeps a trace of a conversation, and has to stop while something secret is said or entered.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Sink {
    /// The sound.
    Audio,
    /// The agent's screen.
    Screen,
    /// What is written down of the sound.
    Transcript,
    /// Keys that are pressed.
    Digits,
    /// Log lines.
    Logs,
}

/// Where something came from, in a report from outside.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Source {
    /// The host that reports.
    pub host: HostId,
    /// Its run: rises each time the adapter starts.
    pub incarnation: u64,
    /// Number of the report, rising within the run, given at hand-over; gaps are legal.
    pub seq: u64,
}
