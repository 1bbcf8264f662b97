//! What hosts report: telephony and messaging events, numbered by the adapter at hand-over.

use serde::{Deserialize, Serialize};

use super::{CustomerRef, EndCause, LegRef, Personal};
use crate::id::{BridgeId, EffectId, ExternalRef, Key, LegId, MessageId};
use crate::model::Channel;
use crate::time::{Duration, Timestamp};

/// One report of a host.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct HostReport {
    /// The host, by its key in the configuration.
    pub host: Key,
    /// The adapter's run: rises each time it starts.
    pub incarnation: u64,
    /// Number of the report, rising within the run; what is not above the last is a duplicate.
    pub seq: u64,
    /// When it happened, in wall time as the adapter saw it.
    pub occurred_at: Timestamp,
    /// What happened.
    pub event: HostEvent,
}

impl HostReport {
    /// Report number `seq` of an adapter's first run.
    pub const fn new(host: Key, seq: u64, occurred_at: Timestamp, event: HostEvent) -> Self {
        Self { host, incarnation: 1, seq, occurred_at, event }
    }
}

/// Things that happen at a host.
///
/// Events that [`HostEvent::not_yet`] names are refused as `NotYet` in this version.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
#[non_exhaustive]
pub enum HostEvent {
    // -- legs -----------------------------------------------------------------------------------
    /// A customer comes in on a new leg.
    Offered(Box<Arrival>),
    /// An outbound leg makes progress.
    Progress {
        /// The leg.
        leg: LegRef,
        /// Sound before answer.
        early_media: bool,
        /// SIP code, 0 if unknown.
        sip: u16,
    },
    /// An outbound leg was answered.
    Answered {
        /// The leg.
        leg: LegRef,
        /// By whom.
        by: AnsweredBy,
        /// How long it took from the answer to tell by whom; absent where nothing was detected.
        verdict_after: Option<Duration>,
        /// The host's name of the leg, where it gave one of its own: from here on it may be named so.
        external: Option<ExternalRef>,
    },
    /// A leg ended. Exactly once per leg.
    Ended {
        /// The leg.
        leg: LegRef,
        /// Why.
        cause: EndCause,
        /// By whom; the engine guesses only where the host cannot tell.
        by: EndedBy,
    },
    /// A leg went on hold. What we asked for ourselves ends with its operation and changes nothing here.
    Held {
        /// The leg.
        leg: LegRef,
        /// By whom.
        by: HeldBy,
    },
    /// A leg is back from hold.
    Resumed {
        /// The leg.
        leg: LegRef,
        /// By whom.
        by: HeldBy,
    },
    /// The far end asks to be transferred; we decide.
    ReferRequested {
        /// The leg.
        leg: LegRef,
        /// Where to.
        to: Personal<String>,
        /// The leg to replace, in an attended transfer.
        replaces: Option<LegRef>,
    },

    // -- digits, media, speech ------------------------------------------------------------------
    /// A key was pressed.
    Dtmf {
        /// The leg.
        leg: LegRef,
        /// `0` to `9`, `*`, `#`, `A` to `D`.
        digit: Personal<char>,
        /// How long it was pressed.
        duration: Duration,
    },
    /// A prompt began.
    MediaStarted {
        /// The operation.
        op: EffectId,
    },
    /// A prompt ended.
    MediaDone {
        /// The operation.
        op: EffectId,
        /// How.
        reason: MediaEnd,
    },
    /// A native collection ended.
    CollectDone {
        /// The operation.
        op: EffectId,
        /// What was entered or said.
        input: Personal<String>,
        /// How it ended.
        reason: CollectEnd,
    },
    /// The customer began to speak.
    SpeechStarted {
        /// The operation.
        op: EffectId,
    },
    /// Something was recognized.
    Speech {
        /// The operation.
        op: EffectId,
        /// What, best first, with confidence in percent.
        alternatives: Vec<(Personal<String>, u8)>,
        /// Whether more of the same utterance follows.
        partial: bool,
    },

    // -- bridges, transfers, recording, streams -------------------------------------------------
    /// A leg joined a bridge.
    Bridged {
        /// The bridge.
        bridge: BridgeId,
        /// The leg.
        leg: LegRef,
    },
    /// A leg left a bridge.
    Unbridged {
        /// The bridge.
        bridge: BridgeId,
        /// The leg.
        leg: LegRef,
    },
    /// A transfer makes progress.
    TransferProgress {
        /// The operation.
        op: EffectId,
        /// SIP code.
        sip: u16,
    },
    /// A transfer ended.
    TransferDone {
        /// The operation.
        op: EffectId,
        /// How.
        result: TransferResult,
        /// SIP code, 0 if unknown.
        sip: u16,
    },
    /// A recording is complete.
    RecordingDone {
        /// The operation.
        op: EffectId,
        /// Where it lies.
        reference: Personal<String>,
        /// How long it is.
        duration: Duration,
        /// Silence cut from its end.
        silence: Duration,
    },
    /// A recording failed.
    RecordingFailed {
        /// The operation.
        op: EffectId,
        /// Why.
        error: HostError,
    },
    /// Something happened on a media stream.
    StreamEvent {
        /// The operation.
        op: EffectId,
        /// What.
        kind: StreamEventKind,
    },

    // -- operations in general ------------------------------------------------------------------
    /// An operation without a terminal event of its own is done.
    OpDone {
        /// The operation.
        op: EffectId,
    },
    /// An operation failed.
    OpFailed {
        /// The operation.
        op: EffectId,
        /// Why.
        error: HostError,
    },
    /// A look-up or another data operation brought a result.
    DipDone {
        /// The operation.
        op: EffectId,
        /// Its fields.
        fields: Vec<(Key, Personal<String>)>,
    },

    // -- the host itself ------------------------------------------------------------------------
    /// The connection to the host broke.
    HostLost {
        /// Why, for people, in the host's words.
        reason: Personal<String>,
    },
    /// The connection is back: all legs that are alive.
    HostResync {
        /// Rises with each resync of the host.
        generation: u64,
        /// The legs.
        legs: Vec<LiveLeg>,
    },

    // -- written channels -----------------------------------------------------------------------
    /// A customer wrote.
    MessageReceived {
        /// The host's name of the thread.
        thread: ExternalRef,
        /// The host's name of the message.
        message: ExternalRef,
        /// The medium.
        channel: Channel,
        /// The address that was written to.
        to: String,
        /// Who wrote.
        from: Box<CustomerRef>,
        /// What it is about, where the medium has a line for that.
        subject: Option<Personal<String>>,
        /// What.
        text: Personal<String>,
        /// The message it answers, as the host names it.
        in_reply_to: Option<ExternalRef>,
        /// References to attachments.
        attachments: Vec<Personal<String>>,
    },
    /// A customer left a voice message.
    VoicemailLeft(Box<LeftMessage>),
    /// A message of ours changed its state. It may come several times, and after the operation that
    /// sent the message has ended.
    MessageUpdated {
        /// The message.
        message: MessageId,
        /// The host's name of it: answers of the customer refer to it so.
        external: Option<ExternalRef>,
        /// The state it is in.
        state: DeliveryState,
    },
}

/// Somebody who comes in on a new leg.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Arrival {
    /// The host's name of the leg.
    pub leg: ExternalRef,
    /// The medium.
    pub channel: Channel,
    /// The number or address that was reached; leads to the entry point.
    pub to: String,
    /// The number that the customer dialed, where a diversion or translation made `to` of it.
    pub did: Option<String>,
    /// Who comes.
    pub from: CustomerRef,
    /// The caller's number or name as the network has verified it; it may differ from what is shown.
    pub verified: Option<Personal<String>>,
    /// What the network attests of the caller's number.
    pub attestation: Option<Key>,
    /// References to the matter in other systems (a case, an order), each with the system's name.
    pub references: Vec<(Key, ExternalRef)>,
    /// Headers that the application asked for.
    pub headers: Vec<(Key, Personal<String>)>,
    /// A test call: served like any other and kept out of every figure.
    pub test: bool,
    /// Where the caller is, as a reference that the host resolves. A call to an emergency number takes it
    /// along; otherwise it is not kept.
    #[serde(default)]
    pub location: Option<Personal<String>>,
    /// Agents whom this customer is to get first, as far as the queue waits for them. One whom nobody has configured
    /// is one who is not there.
    #[serde(default)]
    pub preferred: Vec<Key>,
}

impl Arrival {
    /// Somebody of whom nothing is known but the address that was reached.
    pub fn new(leg: ExternalRef, channel: Channel, to: impl Into<String>) -> Self {
        Self {
            leg,
            channel,
            to: to.into(),
            did: None,
            from: CustomerRef::default(),
            verified: None,
            attestation: None,
            references: Vec::new(),
            headers: Vec::new(),
            test: false,
            location: None,
            preferred: Vec::new(),
        }
    }

    /// The same, of a customer.
    #[must_use]
    pub fn from(self, from: CustomerRef) -> Self {
        Self { from, ..self }
    }
}

/// A voice message that a customer left.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct LeftMessage {
    /// The host's name of it.
    pub message: ExternalRef,
    /// Where it was left.
    pub to: LeftIn,
    /// Who left it; a caller whom the engine sent there is known, and need not be named.
    pub from: CustomerRef,
    /// Where it lies.
    pub reference: Personal<String>,
    /// How long it is.
    pub duration: Duration,
    /// What was said, where somebody wrote it down.
    pub transcript: Option<Personal<String>>,
}

/// The mailbox in which a voice message was left.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum LeftIn {
    /// That of the queue to which the entry point for voice messages with this address leads.
    Address(String),
    /// That of the group that serves a queue.
    Queue(Key),
    /// That of an agent.
    Agent(Key),
    /// Where the engine has sent a caller: the operation `TakeMessage`, which ends with this report.
    Op(EffectId),
}

impl From<&str> for LeftIn {
    fn from(address: &str) -> Self {
        Self::Address(address.to_owned())
    }
}

/// A leg that a host lists as alive.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct LiveLeg {
    /// The host's name of it.
    pub external: ExternalRef,
    /// Our id, where the host knows it.
    pub leg: Option<LegId>,
    /// The bridge it is in.
    pub bridge: Option<BridgeId>,
    /// How far it is.
    pub state: LiveState,
    /// Operations that still run on it (prompts, collections, recordings, streams); absent where the
    /// host cannot tell.
    pub media: Option<Vec<EffectId>>,
}

impl LiveLeg {
    /// An answered leg of which nothing else is known.
    pub const fn new(external: ExternalRef, leg: Option<LegId>) -> Self {
        Self { external, leg, bridge: None, state: LiveState::Answered, media: None }
    }
}

/// How far a leg is that a host lists as alive.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum LiveState {
    /// It rings, at us or at the far end.
    Ringing,
    /// It was answered.
    Answered,
    /// It was answered and is on hold.
    Held,
}

/// Who ended a leg, as far as its host can tell.
#[derive(
    Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize,
)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum EndedBy {
    /// The host cannot tell.
    #[default]
    Unknown,
    /// The customer.
    Caller,
    /// The agent.
    Agent,
    /// The engine, or the host on our behalf.
    Us,
    /// The network, or a failure of the host.
    Network,
}

/// Who put a leg on hold, or took it off.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum HeldBy {
    /// The far end of the leg.
    FarEnd,
    /// We: the echo of our own `Hold` or `Unhold`.
    Us,
}

/// Who answered an outbound leg.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum AnsweredBy {
    /// A person.
    Human,
    /// A machine.
    Machine,
    /// The host cannot tell.
    Unknown,
}

/// How a prompt ended.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum MediaEnd {
    /// Played to its end.
    Complete,
    /// Interrupted by the customer.
    Barged(BargedBy),
    /// Stopped by us.
    Stopped,
    /// It could not be played.
    Failed(HostError),
}

/// By what a customer interrupted a prompt.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum BargedBy {
    /// A key.
    Key,
    /// The voice.
    Speech,
}

/// How a collection ended.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum CollectEnd {
    /// The grammar matched.
    Matched,
    /// Time ran out.
    Timeout,
    /// The end key was pressed.
    Terminator,
    /// The customer hung up.
    HangUp,
}

/// How a transfer ended.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum TransferResult {
    /// The other end took over.
    Completed,
    /// It refused.
    Refused,
    /// It was busy.
    Busy,
    /// Nobody answered.
    NoAnswer,
    /// Something failed.
    Failed,
}

/// What happened on a media stream.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum StreamEventKind {
    /// It flows.
    Started,
    /// It ended.
    Stopped,
    /// It broke.
    Failed(HostError),
    /// The far side said something.
    Message(Personal<String>),
}

/// The state of a message on its way.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum DeliveryState {
    /// Handed to the network.
    Sent,
    /// Arrived.
    Delivered,
    /// Read.
    Read,
    /// It could not be delivered.
    Failed(HostError),
}

/// Why a host could not do something.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum HostError {
    /// The host has no such ability.
    Unsupported,
    /// The leg is gone.
    LegGone,
    /// The far side refused.
    Rejected,
    /// It took too long.
    Timeout,
    /// Something else, in the host's words.
    Other(Personal<String>),
}

impl From<Arrival> for HostEvent {
    fn from(arrival: Arrival) -> Self {
        Self::Offered(Box::new(arrival))
    }
}

impl HostEvent {
    /// A call comes in on a new leg; `to` is the number that was dialed.
    pub fn call(leg: ExternalRef, to: impl Into<String>) -> Self {
        Arrival::new(leg, Channel::Voice, to).into()
    }

    /// An outbound leg was answered.
    pub fn answered(leg: impl Into<LegRef>, by: AnsweredBy) -> Self {
        Self::Answered { leg: leg.into(), by, verdict_after: None, external: None }
    }

    /// A leg ended, by whom the host cannot tell.
    pub fn ended(leg: impl Into<LegRef>, cause: impl Into<EndCause>) -> Self {
        Self::Ended { leg: leg.into(), cause: cause.into(), by: EndedBy::Unknown }
    }

    /// The name of the event, if it is modelled but has no behavior in this version.
    ///
    /// | subject | not yet |
    /// |---|---|
    /// | single keys, speech | `dtmf`, `speech_started`, `speech` |
    /// | streams | `stream_event` |
    /// | look-ups | `dip_done` |
    ///
    /// Of the events that have a behavior, `Offered` is refused on channels that are not live; at an
    /// entry point that leads to a flow the caller is turned away, with
    /// [`EntryRejection::NotYet`](super::EntryRejection::NotYet) in the record.
    pub const fn not_yet(&self) -> Option<&'static str> {
        Some(match self {
            Self::Dtmf { .. } => "dtmf",
            Self::SpeechStarted { .. } => "speech_started",
            Self::Speech { .. } => "speech",
            Self::StreamEvent { .. } => "stream_event",
            Self::DipDone { .. } => "dip_done",
            _ => return None,
        })
    }
}
