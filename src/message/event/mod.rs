//! What has been decided: the facts that records hold and from which everything is rebuilt.
//!
//! Events are grouped by noun, one file each. They name objects of the configuration by number and
//! entities by id; arena slots and other internals never appear. Variants are append-only.

mod agent;
mod callback;
mod estimate;
mod interaction;
mod message;
mod offer;
mod oncall;
mod outbound;
mod request;
mod shard;
mod supervision;
mod transfer;
mod voicemail;

use serde::{Deserialize, Serialize};

pub use agent::{Activity, AgentEvent, PendingPresence, RoutableOn, SignOutCause, StrikeKind};
pub use callback::{CallbackEvent, CallbackQuestion, KeptPlace};
pub use estimate::{Accuracy, Estimate, EstimateMethod};
pub use interaction::{
    ConversationEvent, InteractionEvent, InteractionOpened, LegEvent, LegPurpose, ParticipantRole,
};
pub use message::{MessageEvent, RecordingEvent};
pub use offer::{
    Choice, ChosenBy, EngagementEnd, EngagementEvent, EngagementRole, OfferEnd, OfferEvent,
    OfferMade, Phase,
};
pub use oncall::{OnCallEnd, OnCallEvent};
pub use outbound::{DialEnd, DialEvent};
pub use request::{
    AbandonPhase, FlowOutReason, IncidentArea, LostCause, Outcome, QueueEvent, RequestCause,
    RequestEvent, RequestOpened, Target,
};
pub use shard::{EffectEnd, EffectEvent, HostStateEvent, NumberedChange, Replan, ShardEvent};
pub use supervision::{Heard, MonitorEnd, MonitorEvent, Watched};
pub use transfer::{
    ConferenceEvent, ConsultEnd, ConsultEvent, Party, TransferEvent, TransferFailure, TransferKind,
};
pub use voicemail::{Mailbox, VoicemailEvent};

use super::NumberedFacts;

/// One decided fact.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Event {
    /// The shard, its clock and its configuration.
    Shard(ShardEvent),
    /// A host's connection.
    Host(HostStateEvent),
    /// An effect's end.
    Effect(EffectEvent),
    /// A conversation.
    Conversation(ConversationEvent),
    /// An interaction and its participants.
    Interaction(InteractionEvent),
    /// A leg.
    Leg(LegEvent),
    /// A wait for an agent.
    Request(RequestEvent),
    /// A queue as a whole.
    Queue(QueueEvent),
    /// A lease on an agent.
    Offer(OfferEvent),
    /// An agent's part in an interaction.
    Engagement(EngagementEvent),
    /// An agent.
    Agent(AgentEvent),
    /// A message of a written interaction.
    Message(MessageEvent),
    /// A recording.
    Recording(RecordingEvent),
    /// A promised call.
    Callback(CallbackEvent),
    /// Facts from outside.
    Facts(NumberedFacts),
    /// A customer is handed on.
    Transfer(TransferEvent),
    /// An agent asks somebody.
    Consult(ConsultEvent),
    /// More than two speak with each other.
    Conference(ConferenceEvent),
    /// A supervisor follows.
    Monitor(MonitorEvent),
    /// Somebody on call is sought.
    OnCall(OnCallEvent),
    /// A voice message.
    Voicemail(VoicemailEvent),
    /// An agent calls a customer by hand.
    Dial(DialEvent),
}

macro_rules! from_group {
    ($($variant:ident($group:ty)),* $(,)?) => {$(
        impl From<$group> for Event {
            fn from(event: $group) -> Self {
                Self::$variant(event)
            }
        }
    )*};
}

from_group!(
    Shard(ShardEvent),
    Host(HostStateEvent),
    Effect(EffectEvent),
    Conversation(ConversationEvent),
    Interaction(InteractionEvent),
    Leg(LegEvent),
    Request(RequestEvent),
    Queue(QueueEvent),
    Offer(OfferEvent),
    Engagement(EngagementEvent),
    Agent(AgentEvent),
    Message(MessageEvent),
    Recording(RecordingEvent),
    Callback(CallbackEvent),
    Facts(NumberedFacts),
    Transfer(TransferEvent),
    Consult(ConsultEvent),
    Conference(ConferenceEvent),
    Monitor(MonitorEvent),
    OnCall(OnCallEvent),
    Voicemail(VoicemailEvent),
    Dial(DialEvent),
);
