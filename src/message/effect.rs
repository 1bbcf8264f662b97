//! What the engine asks hosts to do: data in the record that decided it, carried out after that
//! record is safe.

use serde::{Deserialize, Serialize};

use super::{ContextEntry, CustomerRef, EndKind, Mailbox, MonitorMode, Personal, Sink};
use crate::id::{
    AgentId, BrandId, BridgeId, EffectId, ExternalRef, HostId, InteractionId, Key, LegId,
    MessageId, OfferId, QueueId, RecordingId, RequestId,
};
use crate::model::Channel;
use crate::time::{Duration, Timestamp};

/// Something for a host to do.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Effect {
    /// Its id; for an operation also the operation's.
    pub id: EffectId,
    /// The host that does it.
    pub host: HostId,
    /// The line it stands in: first in, first out; the next goes when this one is accepted.
    pub lane: Lane,
    /// An operation that has not ended by then has failed.
    pub deadline: Timestamp,
    /// What to do.
    pub kind: EffectKind,
}

impl Effect {
    /// The class of the effect.
    pub const fn class(&self) -> EffectClass {
        self.kind.class()
    }
}

/// Lines in which effects keep their order; none is promised across lines.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Lane {
    /// No order.
    None,
    /// All that concerns one interaction.
    Interaction(InteractionId),
    /// All that concerns one agent.
    Agent(AgentId),
}

/// How an effect ends.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum EffectClass {
    /// Ends in exactly one terminal event, which is its acknowledgement.
    Operation,
    /// A state to bring about; issued again after a resync, never acknowledged.
    Level,
    /// Told once.
    Notice,
}

/// Everything a host can be asked.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum EffectKind {
    // -- legs -----------------------------------------------------------------------------------
    /// Call somebody. Ends in `Answered` or `Ended` of the leg.
    Originate {
        /// The new leg.
        leg: LegId,
        /// Whom to call.
        to: Personal<String>,
        /// The caller id to show.
        from: Option<String>,
        /// How long to let it ring.
        timeout: Duration,
        /// Let both sides hear each other before the answer, as far as the host can.
        early_media: bool,
        /// Detect answering machines.
        detect_machine: bool,
        /// Headers to send along.
        headers: Vec<(Key, Personal<String>)>,
        /// Where the caller is, for a call to an emergency number: a reference that the host resolves.
        location: Option<Personal<String>>,
    },
    /// Let the caller hear that it rings.
    Ring {
        /// The leg.
        leg: HostLeg,
    },
    /// Take the call. Ends in `OpDone` or `OpFailed`.
    Answer {
        /// The leg.
        leg: HostLeg,
    },
    /// Refuse the call before answer. Ends in `Ended` of the leg.
    Reject {
        /// The leg.
        leg: HostLeg,
        /// Why.
        cause: EndKind,
        /// SIP code to refuse with, 0 for the host's own choice.
        sip: u16,
    },
    /// End the leg, after an operation where one is named. Ends in `Ended` of the leg.
    Hangup {
        /// The leg.
        leg: HostLeg,
        /// Why.
        cause: EndKind,
        /// Wait for this operation's end first.
        after: Option<EffectId>,
    },
    /// Send the leg to another address, before or after its answer. Ends in `OpDone` when the leg has
    /// been sent on, which then ends by an event of its own, or in `OpFailed`.
    Redirect {
        /// The leg.
        leg: HostLeg,
        /// Where to.
        to: Personal<String>,
        /// Where the caller is, for a call to an emergency number: a reference that the host resolves.
        location: Option<Personal<String>>,
    },

    // -- media ----------------------------------------------------------------------------------
    /// Play a prompt. Ends in `MediaDone`.
    Play {
        /// Who hears it.
        target: MediaTarget,
        /// What, in order.
        segments: Vec<Segment>,
        /// How often.
        repeat: u8,
    },
    /// Play and collect digits natively. Ends in `CollectDone` or `OpFailed`.
    Collect {
        /// The leg.
        leg: HostLeg,
        /// The prompt.
        segments: Vec<Segment>,
        /// What may be entered, beyond the number of digits: by the host's name for it, or as a
        /// pattern. What comes back is checked again.
        grammar: Option<Grammar>,
        /// Fewest digits.
        min: u8,
        /// Most digits.
        max: u8,
        /// Key that ends the entry.
        terminator: Option<char>,
        /// Time to the first digit.
        first_timeout: Duration,
        /// Time between digits.
        next_timeout: Duration,
        /// What interrupts the prompt.
        barge: Barge,
        /// What is entered is secret: the host keeps it out of its logs, traces and recordings, and the
        /// engine out of the journal.
        sensitive: bool,
    },
    /// Recognize speech. Ends in `Speech` that is not partial, or `OpFailed`.
    Listen {
        /// The leg.
        leg: HostLeg,
        /// Language.
        language: String,
        /// Which recognizer, by the host's name for it; the host's own choice when absent.
        recognizer: Option<Key>,
        /// Words that are likely to come up.
        hints: Vec<Personal<String>>,
        /// Most alternatives to report.
        alternatives: u8,
        /// Options of the recognizer, by its own names.
        options: Vec<(Key, String)>,
        /// Report partial results.
        partials: bool,
        /// Time to speak.
        timeout: Duration,
    },
    /// Stop a running prompt, collection or recognition. Ends in `OpDone`, also where nothing ran any
    /// more; the stopped operation still ends once, by its own event.
    StopMedia {
        /// The operation to stop.
        op: EffectId,
    },
    /// Send digits. Ends in `OpDone`.
    SendDtmf {
        /// The leg.
        leg: HostLeg,
        /// The digits: `0` to `9`, `*`, `#`, `A` to `D`, and `,` for a pause.
        digits: Personal<String>,
        /// How long each digit sounds.
        tone: Duration,
        /// The silence between two digits.
        gap: Duration,
        /// The silence of each `,`.
        pause: Duration,
    },
    /// Music for those who wait, on or off.
    Music {
        /// The leg.
        leg: HostLeg,
        /// On or off.
        on: bool,
        /// Which music, by the host's name for it.
        class: Option<String>,
    },
    /// Silence a leg in one direction or both.
    Mute {
        /// The leg.
        leg: HostLeg,
        /// Whether it is heard.
        speak: bool,
        /// Whether it hears.
        hear: bool,
    },
    /// Put the far end on hold by signaling. Ends in `OpDone`.
    Hold {
        /// The leg.
        leg: HostLeg,
    },
    /// Take it off hold. Ends in `OpDone`.
    Unhold {
        /// The leg.
        leg: HostLeg,
    },

    // -- bridges and transfers ------------------------------------------------------------------
    /// Let legs hear each other. Ends in `OpDone` when they do.
    Bridge {
        /// The bridge.
        bridge: BridgeId,
        /// The legs.
        legs: Vec<HostLeg>,
        /// In what way.
        mode: BridgeMode,
    },
    /// Take a leg out of a bridge. Ends in `OpDone`.
    Unbridge {
        /// The bridge.
        bridge: BridgeId,
        /// The leg.
        leg: HostLeg,
    },
    /// Move a leg to another bridge without a gap. Ends in `OpDone`.
    Move {
        /// The leg.
        leg: HostLeg,
        /// The bridge to go to.
        bridge: BridgeId,
    },
    /// Let a supervisor take part; a change of mode in place. Ends in `OpDone`.
    Monitor {
        /// The supervisor's leg.
        leg: HostLeg,
        /// What is followed: all legs of a bridge, or an agent's leg wherever it is bridged.
        target: MediaTarget,
        /// How.
        mode: MonitorMode,
    },
    /// Send the far end elsewhere. Ends in `TransferDone`.
    BlindTransfer {
        /// The leg.
        leg: HostLeg,
        /// Where to.
        to: Personal<String>,
        /// Headers to send along.
        headers: Vec<(Key, Personal<String>)>,
        /// The bridge to which the leg returns if the transfer fails.
        fallback: Option<BridgeId>,
    },
    /// Join the far ends of two legs. Ends in `TransferDone`.
    AttendedTransfer {
        /// One leg.
        a: HostLeg,
        /// The other.
        b: HostLeg,
    },
    /// Join customer and consulted party, and let the asking agent go. Ends in `OpDone`.
    CompleteConsult {
        /// The customer's bridge.
        bridge: BridgeId,
        /// The consulted party.
        leg: HostLeg,
    },
    /// Let the consulted party go. Ends in `OpDone`.
    CancelConsult {
        /// The consulted party.
        leg: HostLeg,
    },
    /// Tell the far end what becomes of the transfer that it asked for; several in turn, each of which
    /// ends in `OpDone`.
    AnswerRefer {
        /// The leg.
        leg: HostLeg,
        /// What.
        answer: ReferAnswer,
    },

    // -- recording, streams, data ---------------------------------------------------------------
    /// Record. Ends in `RecordingDone` or `RecordingFailed`.
    Record {
        /// The recording.
        recording: RecordingId,
        /// Whom.
        target: MediaTarget,
        /// In which format, by the host's name for it; the host's own choice when absent.
        format: Option<Key>,
        /// Longest duration.
        max: Duration,
        /// Silence that ends it.
        silence: Option<Duration>,
        /// A tone at the start.
        beep: bool,
        /// Keys that end it.
        terminators: Vec<char>,
    },
    /// Pause a recording, leaving a marker. Ends in `OpDone`.
    PauseRecord {
        /// The operation that records.
        op: EffectId,
        /// What else must not keep what is said or entered meanwhile.
        sinks: Vec<Sink>,
    },
    /// Go on recording. Ends in `OpDone`.
    ResumeRecord {
        /// The operation that records.
        op: EffectId,
    },
    /// Stop a recording. Ends in `OpDone`, also where nothing was recorded any more; the operation that
    /// records still ends once, by its own event.
    StopRecord {
        /// The operation that records.
        op: EffectId,
    },
    /// Stream the sound elsewhere. Ends in `StreamEvent` stopped or failed.
    StartStream {
        /// The leg.
        leg: HostLeg,
        /// Where to, by the host's name for it.
        to: Key,
        /// Whose voice.
        tracks: Tracks,
        /// What the far side is told at the start.
        metadata: Vec<(Key, Personal<String>)>,
    },
    /// Stop a stream. Ends in `OpDone`, also where nothing was streamed any more; the operation that
    /// streams still ends once, by its own event.
    StopStream {
        /// The operation that streams.
        op: EffectId,
    },
    /// Set variables or headers of a leg.
    SetVars {
        /// The leg.
        leg: HostLeg,
        /// The variables.
        vars: Vec<(Key, Personal<String>)>,
    },
    /// Look something up. Ends in `DipDone` or `OpFailed`.
    Dip {
        /// What.
        name: Key,
        /// With which arguments.
        args: Vec<(Key, Personal<String>)>,
    },

    // -- written channels -----------------------------------------------------------------------
    /// Send a message. Ends in `OpDone` when the host has taken it, or in `OpFailed`; how far it gets is
    /// told by `MessageUpdated`.
    SendMessage {
        /// The message.
        message: MessageId,
        /// The host's name of the thread.
        thread: ExternalRef,
        /// The medium.
        channel: Channel,
        /// The address of ours that the customer wrote to; empty where nobody wrote to one.
        from: String,
        /// The customer's address, where it is known.
        to: Option<Personal<String>>,
        /// What the thread is about, as its first message said.
        subject: Option<Personal<String>>,
        /// The text.
        text: Personal<String>,
        /// The message that it answers, else the latest of the thread, as the host names it.
        in_reply_to: Option<ExternalRef>,
        /// References to attachments.
        attachments: Vec<Personal<String>>,
    },

    // -- the agent's desktop --------------------------------------------------------------------
    /// Show an offer to an agent.
    PresentOffer {
        /// The offer.
        offer: OfferId,
        /// To whom.
        agent: AgentId,
        /// For which request.
        request: RequestId,
        /// Of which interaction.
        interaction: InteractionId,
        /// On whose behalf.
        brand: Option<BrandId>,
        /// What the agent says when answering; empty where the brand has none.
        answer_phrase: String,
        /// In which queue.
        queue: QueueId,
        /// How long the customer has waited.
        waited: Duration,
        /// Who waits.
        customer: Box<CustomerRef>,
        /// What is known of the matter, without entries that are never shown.
        context: Vec<ContextEntry>,
        /// How it is taken.
        accept: AcceptMode,
        /// Until when it stands.
        deadline: Timestamp,
    },
    /// Take it off the screen again.
    WithdrawOffer {
        /// The offer.
        offer: OfferId,
        /// From whom.
        agent: AgentId,
    },
    /// Show how many voice messages wait in a mailbox, on the phones and desktops of those who watch it.
    MessagesWaiting {
        /// The mailbox.
        mailbox: Mailbox,
        /// Messages that nobody has heard.
        unheard: u32,
        /// Messages that were heard and are kept.
        heard: u32,
    },
    /// Tell a supervisor that somebody should look.
    Alert {
        /// What about.
        about: Alert,
    },

    // -- voice messages -------------------------------------------------------------------------
    /// Let a caller leave a voice message. Ends in the `VoicemailLeft` that names it, in `OpDone` where
    /// nothing was left, or in `OpFailed`: the caller then waits in a queue. The caller may hang up before
    /// the message is told, and is hung up after it.
    TakeMessage {
        /// The caller's leg.
        leg: HostLeg,
        /// For whom.
        mailbox: Mailbox,
        /// Longest duration.
        max: Duration,
    },
}

/// A leg as a host knows it: our id, and the host's own name where the host made the leg.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct HostLeg {
    /// Our id.
    pub leg: LegId,
    /// The host's name.
    pub external: Option<ExternalRef>,
}

/// Who hears a prompt or is recorded.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum MediaTarget {
    /// One leg.
    Leg(HostLeg),
    /// All legs of a bridge.
    Bridge(BridgeId),
}

/// How legs hear each other.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum BridgeMode {
    /// Mixed by the host: any number of legs, and monitoring and recording of all.
    Mix,
    /// One hears music, the other waits aside; nobody hears anybody.
    Hold,
    /// Two legs joined directly, by the shortest way the host has.
    Native,
}

/// What may be entered in a collection.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Grammar {
    /// One that the host knows by name: phone, date, amount.
    BuiltIn(Key),
    /// Any of these texts, where `?` stands for one digit and `*` for a star.
    Patterns(Vec<String>),
}

/// What interrupts a prompt.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Barge {
    /// Nothing: it is played to its end.
    None,
    /// A key.
    Keys,
    /// The voice.
    Speech,
    /// Either.
    Both,
}

/// What the far end is told of a transfer that it asked for.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
#[non_exhaustive]
pub enum ReferAnswer {
    /// It is taken on; how it goes follows.
    Accepted,
    /// It makes progress.
    Progress {
        /// SIP code.
        sip: u16,
    },
    /// The other end took over.
    Completed,
    /// It is refused, at once or after it was tried.
    Refused {
        /// SIP code.
        sip: u16,
    },
}

/// How an agent takes an offer.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum AcceptMode {
    /// By a command.
    Manual,
    /// By answering the phone that rings.
    Phone,
    /// Not at all: the phone that rings is to answer by itself, or there is nothing to answer.
    Auto,
    /// By a command, after a look at the case; the customer is called then.
    Preview,
}

/// Which direction of a leg's sound is streamed.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Tracks {
    /// What the far end says.
    Inbound,
    /// What the far end hears.
    Outbound,
    /// Both, apart.
    Both,
}

/// A piece of a prompt.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Segment {
    /// Text to speak.
    Text(Personal<String>),
    /// Marked-up text to speak.
    Ssml(Personal<String>),
    /// A sound by the host's name for it.
    Audio(String),
    /// A value to say in a given way: digits, date, money.
    SayAs(Key, Personal<String>),
    /// Nothing for a while.
    Silence(Duration),
    /// A tone by name.
    Tone(Key),
}

/// Matters that a supervisor should know.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Alert {
    /// An agent's work goes on past the end of the drain.
    DrainOverdue(AgentId),
    /// A host is away.
    HostLost(HostId),
    /// An agent asks for help.
    Assistance(AgentId),
    /// Nobody has heard a voice message in time.
    VoicemailUnheard(InteractionId),
    /// A customer who wrote waits for an agent's answer too long.
    AgentIdle(AgentId),
    /// An agent has answered a customer who waits in another interaction too, which may be closed.
    AlsoWaiting(AgentId, InteractionId),
    /// An agent has answered a customer who was promised a call, which may be taken back.
    AlsoPromised(AgentId, RequestId),
}

impl EffectKind {
    /// How an effect of this kind ends.
    pub const fn class(&self) -> EffectClass {
        match self {
            Self::Music { .. }
            | Self::Mute { .. }
            | Self::SetVars { .. }
            | Self::Ring { .. }
            | Self::MessagesWaiting { .. } => EffectClass::Level,
            Self::PresentOffer { .. } | Self::WithdrawOffer { .. } | Self::Alert { .. } => {
                EffectClass::Notice
            }
            _ => EffectClass::Operation,
        }
    }
}
