//! What people and applications ask of the engine.

use serde::{Deserialize, Serialize};

use super::{
    Authority, ContextEntry, CustomerRef, CustomerToken, Direction, FactBatch, Identity, Language,
    Origin, Personal,
};
use crate::id::{
    CommandId, ConversationId, EngagementId, ExternalRef, InteractionId, Key, MessageId, OfferId,
    ParticipantId, RecordingId, RequestId,
};
#[cfg(feature = "schema")]
use crate::model::Said;
use crate::model::{Change, Channel, Station, said};
use crate::time::{Duration, Timestamp};

/// A request to change something, under somebody's authority.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Command {
    /// Made by the client before it sends and kept for its retries: the same id is the same command.
    pub id: CommandId,
    /// Who asks.
    pub authority: Authority,
    /// What is asked.
    pub body: CommandBody,
}

impl Command {
    /// A command given by `authority`.
    pub fn new(id: CommandId, authority: impl Into<Authority>, body: CommandBody) -> Self {
        Self { id, authority: authority.into(), body }
    }
}

/// Everything that can be asked. Objects of the configuration are named by key.
///
/// Each has a behavior. Refused as `NotYet` are `SignIn` at a station that is nailed up, flows as
/// destinations, and `SetIncident` that deflects to an agent.
///
/// In JSON, a field of another name is refused, and where nothing means something (without end,
/// cleared, taken back) the field has to be there, as `null`.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
#[non_exhaustive]
pub enum CommandBody {
    // -- agents ---------------------------------------------------------------------------------
    /// An agent comes to work, not ready at first unless `ready`.
    SignIn {
        /// The agent.
        agent: Key,
        /// The desktop in use, for display.
        device: Option<Key>,
        /// How the agent hears and speaks; as configured when absent.
        station: Option<Station>,
        /// Be ready at once.
        ready: bool,
    },
    /// An agent leaves: at once when `force`, else after finishing work.
    SignOut {
        /// The agent.
        agent: Key,
        /// Work in progress is cut: offers and what is written return to their queue, talks end.
        force: bool,
    },
    /// An agent takes work or not. While work is in progress `NotReady` is pending until it ends;
    /// no new offer is made from the record that states it.
    SetPresence {
        /// The agent.
        agent: Key,
        /// Ready, or not.
        ready: bool,
        /// Why not, as a reason of the configuration.
        reason: Option<Key>,
    },
    /// An agent takes work of one channel or of one queue or none of it, whatever the presence says of
    /// the rest.
    SetRoutability {
        /// The agent.
        agent: Key,
        /// Of what.
        on: RoutabilityScope,
        /// Whether the agent takes it.
        routable: bool,
        /// Why not, as a reason of the configuration.
        reason: Option<Key>,
    },
    /// When the agent's shift ends. Before that, channel by channel, nothing new is offered any more
    /// (`policies.shift_cutoffs`); then the agent leaves as soon as the work is done.
    SetShiftEnd {
        /// The agent.
        agent: Key,
        /// When, in wall time; absent: it is not known any more.
        #[serde(deserialize_with = "said")]
        #[cfg_attr(feature = "schema", schemars(with = "Said<Timestamp>"))]
        at: Option<Timestamp>,
    },
    /// The agent's phone or softphone was lost or is back, apart from the desktop. Lost: no offers that
    /// need it; live work goes on for a grace.
    SetMedia {
        /// The agent.
        agent: Key,
        /// Whether it is there.
        connected: bool,
    },
    /// The agent's desktop was lost or is back. Lost: no offers; live work goes on for a grace.
    SetDesktop {
        /// The agent.
        agent: Key,
        /// Whether it is there.
        connected: bool,
    },
    /// The agent begins work that comes from no queue, in the same account of capacity.
    BeginOtherWork {
        /// The agent.
        agent: Key,
        /// The channel whose cost it takes.
        channel: Channel,
        /// What it is, as a reason of the configuration.
        reason: Option<Key>,
    },
    /// That work is done.
    EndOtherWork {
        /// The engagement that `BeginOtherWork` made.
        engagement: EngagementId,
    },

    // -- offers and engagements -----------------------------------------------------------------
    /// The agent takes an offer.
    AcceptOffer {
        /// The offer; an id of an earlier lease is refused as stale.
        offer: OfferId,
    },
    /// The agent declines an offer: the request keeps its place.
    RejectOffer {
        /// The offer.
        offer: OfferId,
        /// Why, as a reason of the configuration.
        reason: Option<Key>,
    },
    /// An agent takes a chosen request out of a queue.
    PullRequest {
        /// The agent.
        agent: Key,
        /// The request.
        request: RequestId,
    },
    /// The agent puts the customer on hold.
    Hold {
        /// The agent's part.
        engagement: EngagementId,
    },
    /// The agent takes the customer off hold.
    Unhold {
        /// The agent's part.
        engagement: EngagementId,
    },
    /// The agent hangs up: the engagement ends, and with its last handler the interaction.
    HangUp {
        /// The agent's part.
        engagement: EngagementId,
    },
    /// The agent finishes wrap-up.
    FinishWrapUp {
        /// The agent's part.
        engagement: EngagementId,
        /// The result.
        disposition: Option<Key>,
    },
    /// The agent asks for more time to wrap up.
    ExtendWrapUp {
        /// The agent's part.
        engagement: EngagementId,
        /// How much more, at most the queue's limit.
        by: Duration,
    },
    /// The agent states the result, during work or wrap-up; a later one supersedes.
    SetDisposition {
        /// The agent's part.
        engagement: EngagementId,
        /// The result.
        disposition: Key,
    },
    /// The agent parks written work until a time or until the customer writes.
    Park {
        /// The agent's part.
        engagement: EngagementId,
        /// Until when, at most.
        #[serde(deserialize_with = "said")]
        #[cfg_attr(feature = "schema", schemars(with = "Said<Timestamp>"))]
        until: Option<Timestamp>,
    },
    /// The agent takes parked work up again.
    Unpark {
        /// The agent's part.
        engagement: EngagementId,
    },

    // -- transfers and more people --------------------------------------------------------------
    /// Hands the customer on without asking. When it fails, the customer returns to the transferor, else
    /// goes to the fallback.
    Transfer {
        /// The transferor's part.
        engagement: EngagementId,
        /// Where to.
        to: Destination,
        /// Waiting credit that the customer gets in addition; none when absent.
        boost: Option<Duration>,
        /// The queue that takes the customer when it fails and the transferor cannot.
        fallback: Option<Key>,
    },
    /// Asks somebody while the customer waits.
    Consult {
        /// The asking agent's part.
        engagement: EngagementId,
        /// Whom.
        to: Destination,
    },
    /// Hands the customer on to the consulted party.
    CompleteConsult {
        /// The asking agent's part.
        engagement: EngagementId,
    },
    /// Lets the consulted party go and returns to the customer.
    CancelConsult {
        /// The asking agent's part.
        engagement: EngagementId,
    },
    /// Joins customer, agent and consulted party.
    Conference {
        /// The asking agent's part.
        engagement: EngagementId,
    },
    /// Adds somebody to a conference.
    AddParticipant {
        /// The interaction.
        interaction: InteractionId,
        /// Whom.
        to: Destination,
    },
    /// Takes somebody out of a conference.
    RemoveParticipant {
        /// The participant.
        participant: ParticipantId,
    },
    /// Mutes or unmutes a participant.
    SetMuted {
        /// The participant.
        participant: ParticipantId,
        /// Whether muted.
        muted: bool,
    },

    // -- supervision ----------------------------------------------------------------------------
    /// A supervisor listens to an interaction, or to an agent across interactions: the one on whose
    /// behalf the command is given, else the actor; an agent of the center who is at work, who follows
    /// one thing at a time.
    Monitor {
        /// What is followed.
        target: MonitorTarget,
        /// Listen, whisper or barge; a repeated command changes the mode in place.
        mode: MonitorMode,
    },
    /// The supervisor stops listening.
    EndMonitor {
        /// What was followed.
        target: MonitorTarget,
    },
    /// The supervisor takes the interaction over from the agent, with the capacity that it costs.
    TakeOver {
        /// The agent's part.
        engagement: EngagementId,
    },
    /// The agent asks for help.
    RequestAssistance {
        /// The agent's part.
        engagement: EngagementId,
    },
    /// Moves a waiting request to another queue, keeping its place in time.
    MoveRequest {
        /// The request.
        request: RequestId,
        /// The queue.
        queue: Key,
    },
    /// Gives a waiting request more or less waiting credit.
    PrioritizeRequest {
        /// The request.
        request: RequestId,
        /// The new credit, in place of the old.
        boost: Duration,
    },
    /// Gives a waiting request to a named agent.
    AssignRequest {
        /// The request.
        request: RequestId,
        /// The agent.
        agent: Key,
    },
    /// Takes a waiting request out of its queue: the interaction ends unless it has other work.
    WithdrawRequest {
        /// The request.
        request: RequestId,
    },
    /// Ends an interaction, whatever state it is in.
    CloseInteraction {
        /// The interaction.
        interaction: InteractionId,
    },

    // -- interactions ---------------------------------------------------------------------------
    /// Opens an interaction on behalf of the application: a task, a form, a message thread.
    OpenInteraction {
        /// The entry point it comes in at.
        entry_point: Key,
        /// The customer.
        customer: CustomerRef,
        /// Which way it goes.
        direction: Direction,
        /// How it came about.
        origin: Origin,
        /// References to the matter in other systems, each with the system's name.
        references: Vec<(Key, ExternalRef)>,
        /// Kept out of every figure.
        test: bool,
    },
    /// Begins an outbound call by hand, on behalf of a queue. It takes the agent's capacity like any other
    /// call, but for one to an emergency number, which is made at once and whatever else goes on.
    Dial {
        /// Who dials.
        agent: Key,
        /// On whose behalf.
        queue: Key,
        /// Whom.
        to: Personal<String>,
        /// Look before dialing.
        preview: bool,
        /// Where the agent is, as a reference that the host resolves: it goes along with a call to an
        /// emergency number, which is never queued, blocked or interrupted.
        location: Option<Personal<String>>,
        /// Which host calls; absent: that of the agent's phone.
        host: Option<Key>,
        /// The earlier conversation that it follows up; absent: it begins a new one.
        conversation: Option<ConversationId>,
    },
    /// The agent has looked, and calls.
    PlaceCall {
        /// The agent's part.
        engagement: EngagementId,
    },
    /// Promises the customer a call.
    ScheduleCallback {
        /// The conversation.
        conversation: ConversationId,
        /// The queue that will serve it.
        queue: Key,
        /// Where to call.
        to: Personal<String>,
        /// Not before.
        not_before: Timestamp,
        /// Not after.
        #[serde(deserialize_with = "said")]
        #[cfg_attr(feature = "schema", schemars(with = "Said<Timestamp>"))]
        not_after: Option<Timestamp>,
        /// Which host calls; may be absent where there is one alone.
        host: Option<Key>,
    },
    /// Takes the promise back, as long as nobody has taken it up.
    CancelCallback {
        /// The request that stands for it.
        request: RequestId,
    },
    /// Sets context entries of a conversation; an entry of the same key is replaced.
    SetContext {
        /// The conversation.
        conversation: ConversationId,
        /// The entries.
        entries: Vec<ContextEntry>,
    },
    /// States who the customer is, also late; may join the conversation with an earlier one.
    IdentifyCustomer {
        /// The conversation.
        conversation: ConversationId,
        /// The customer.
        customer: CustomerRef,
    },
    /// States how sure we are of it.
    SetIdentity {
        /// The interaction: authentication never crosses over to another by itself.
        interaction: InteractionId,
        /// The identity.
        identity: Identity,
    },
    /// States the language of the interaction.
    SetLanguage {
        /// The interaction.
        interaction: InteractionId,
        /// The language.
        language: Language,
    },
    /// Says that two conversations are one.
    LinkConversations {
        /// The one that stays.
        keep: ConversationId,
        /// The one that joins it.
        join: ConversationId,
    },
    /// Takes that back.
    UnlinkConversations {
        /// The one that was joined.
        conversation: ConversationId,
    },
    /// Puts a customer on the block list of the center, or takes it off.
    BlockCustomer {
        /// The customer: also one who has no conversation any more.
        customer: CustomerToken,
        /// Whether blocked.
        blocked: bool,
        /// Until when.
        #[serde(deserialize_with = "said")]
        #[cfg_attr(feature = "schema", schemars(with = "Said<Timestamp>"))]
        until: Option<Timestamp>,
    },

    // -- written channels -----------------------------------------------------------------------
    /// Sends a message to the customer.
    SendMessage {
        /// The author's part.
        engagement: EngagementId,
        /// The text.
        text: Personal<String>,
        /// The message it answers.
        in_reply_to: Option<MessageId>,
        /// References to attachments that the host holds.
        attachments: Vec<Personal<String>>,
    },
    /// A member of the group takes care of a voice message, or the agent whose own mailbox it is in; nobody
    /// else is offered it.
    ClaimVoicemail {
        /// The agent.
        agent: Key,
        /// The message.
        interaction: InteractionId,
    },
    /// That member gives it back to the group, where it keeps its place; that agent to the own mailbox.
    ReleaseVoicemail {
        /// The agent.
        agent: Key,
        /// The message.
        interaction: InteractionId,
    },
    /// An agent has heard a voice message.
    MarkVoicemailHeard {
        /// The agent.
        agent: Key,
        /// The message.
        interaction: InteractionId,
    },
    /// Opens a closed written interaction again.
    Reopen {
        /// The interaction.
        interaction: InteractionId,
    },

    // -- consent and recording ------------------------------------------------------------------
    /// A participant agrees to something or takes that back.
    SetConsent {
        /// The participant.
        participant: ParticipantId,
        /// To what: recording, analysis, marketing.
        purpose: Key,
        /// Agreed or not.
        granted: bool,
        /// On what legal basis.
        basis: Option<Key>,
    },
    /// Begins to record.
    StartRecording {
        /// The interaction.
        interaction: InteractionId,
    },
    /// Pauses every sink: audio, screen, transcript, digits, logs.
    PauseRecording {
        /// The recording.
        recording: RecordingId,
        /// Why, as a reason of the configuration.
        reason: Option<Key>,
    },
    /// Goes on recording.
    ResumeRecording {
        /// The recording.
        recording: RecordingId,
    },
    /// Ends the recording.
    StopRecording {
        /// The recording.
        recording: RecordingId,
    },

    // -- queues, incidents, configuration -------------------------------------------------------
    /// Opens or closes a queue whatever its hours say, until a time or until switched back.
    SwitchQueue {
        /// The queue.
        queue: Key,
        /// The switch.
        switch: Switch,
        /// Back to its hours at this time.
        #[serde(deserialize_with = "said")]
        #[cfg_attr(feature = "schema", schemars(with = "Said<Timestamp>"))]
        until: Option<Timestamp>,
    },
    /// Sets or clears an incident switch.
    SetIncident {
        /// What it covers.
        scope: IncidentScope,
        /// What it does; none clears it.
        #[serde(deserialize_with = "said")]
        #[cfg_attr(feature = "schema", schemars(with = "Said<IncidentAction>"))]
        action: Option<IncidentAction>,
        /// Until when.
        #[serde(deserialize_with = "said")]
        #[cfg_attr(feature = "schema", schemars(with = "Said<Timestamp>"))]
        until: Option<Timestamp>,
    },
    /// Changes the configuration: a compare-and-set in bounded batches.
    Configure {
        /// The version the changes were made for.
        base_version: u64,
        /// The changes, applied in order; all or none.
        changes: Vec<Change>,
    },
    /// Facts that do not come from routing: schedules, costs, surveys, evaluations.
    ReportFacts(FactBatch),
    /// Calls a colleague who is at work. It takes the room of a call with both, like any other work, and
    /// no queue counts it.
    DialAgent {
        /// Who dials.
        agent: Key,
        /// Whom: an agent whose phone is at the same host.
        to: Key,
    },
    /// Moves a voice message out of an agent's own mailbox into that of a queue's group: for the agent, and
    /// for whoever may move what waits.
    MoveVoicemail {
        /// The message.
        interaction: InteractionId,
        /// The queue.
        queue: Key,
    },
    /// Sets or takes back what the host thinks of agents for a queue whose agent order is `host_scored`. What was said
    /// of others stays.
    ScoreAgents {
        /// The queue.
        queue: Key,
        /// Scores, the highest first to be offered something; none takes back.
        scores: Vec<(Key, Option<i32>)>,
    },
    /// Keeps a request from an agent for a while, on top of those who have declined or missed it; what rings for it
    /// there is taken back.
    ExcludeAgent {
        /// The request.
        request: RequestId,
        /// The agent.
        agent: Key,
        /// Until when, in wall time.
        until: Timestamp,
    },
    /// The agent may be offered the request again, whatever kept it away.
    LiftExclusion {
        /// The request.
        request: RequestId,
        /// The agent.
        agent: Key,
    },
    /// The agent gives work back to its queue, where it keeps its place: a call that is accepted and not connected yet,
    /// and what is written, as long as nobody else is at work on it. The agent is not offered it again for a while.
    GiveBack {
        /// The agent's part.
        engagement: EngagementId,
    },
    /// A caller who waits need not stay on the line: the line is let go, and the caller is called when it is the turn of
    /// the place, which is kept. It is a promise like others from then on.
    CallBack {
        /// The request, for whoever its queue has.
        request: RequestId,
        /// Where to call; absent: the number that the call came from.
        to: Option<Personal<String>>,
        /// Not after.
        #[serde(deserialize_with = "said")]
        #[cfg_attr(feature = "schema", schemars(with = "Said<Timestamp>"))]
        not_after: Option<Timestamp>,
    },
    /// Offers a waiting request to an agent, who may still decline: somebody else than the engine has decided, as where
    /// another system says who takes what (`policies.matched_elsewhere`).
    OfferRequest {
        /// The request.
        request: RequestId,
        /// The agent.
        agent: Key,
    },
}

/// What an agent may be routable on, each by itself.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum RoutabilityScope {
    /// A medium.
    Channel(Channel),
    /// A queue.
    Queue(Key),
}

/// Where somebody is sent or asked.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Destination {
    /// A queue.
    Queue(Key),
    /// A named agent, with coverage when that agent cannot.
    Agent(Key),
    /// A flow.
    Flow(Key),
    /// An address outside.
    External(Personal<String>),
}

/// What a supervisor follows.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum MonitorTarget {
    /// One interaction.
    Interaction(InteractionId),
    /// An agent, across interactions.
    Agent(Key),
}

/// How a supervisor takes part.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum MonitorMode {
    /// Hears all, is heard by nobody.
    Listen,
    /// Is heard by the agent alone.
    Whisper,
    /// Is heard by all.
    Barge,
}

/// A queue's switch.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Switch {
    /// As its hours say.
    Scheduled,
    /// Open whatever they say.
    Open,
    /// Closed whatever they say.
    Closed,
}

/// What an incident covers.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum IncidentScope {
    /// A brand.
    Brand(Key),
    /// An entry point.
    EntryPoint(Key),
    /// A queue.
    Queue(Key),
}

/// What an incident switch does to those who come in.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum IncidentAction {
    /// Tells them, then goes on.
    Announce(Key),
    /// Tells them and sends them elsewhere.
    Deflect(Destination),
    /// Takes nobody in.
    Close,
}

impl CommandBody {
    /// An agent comes to work, ready, at the station that is configured.
    pub const fn sign_in(agent: Key) -> Self {
        Self::SignIn { agent, device: None, station: None, ready: true }
    }
}
