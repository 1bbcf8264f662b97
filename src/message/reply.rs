//! What a client is told of its command.

use serde::{Deserialize, Serialize};

use super::{
    AgentEvent, CallbackEvent, ConversationEvent, EngagementEvent, Event, InteractionEvent,
    LegEvent, MessageEvent, OfferEvent, RecordingEvent, RequestEvent,
};
use crate::id::{
    AgentSessionId, CommandId, ConversationId, EngagementId, InteractionId, LegId, MessageId,
    OfferId, ParticipantId, RecordingId, RequestId, Seq,
};

/// What happened to a command, as its sender is told.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Reply {
    /// The command.
    pub command: CommandId,
    /// The record that holds its effect.
    pub seq: Seq,
    /// What began in that record, in its order: an agent's session, work, an offer that became possible.
    pub made: Vec<Made>,
}

/// Something that began, by kind and id.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Made {
    /// A conversation.
    Conversation(ConversationId),
    /// An interaction.
    Interaction(InteractionId),
    /// A participant.
    Participant(ParticipantId),
    /// A leg.
    Leg(LegId),
    /// A message.
    Message(MessageId),
    /// A request.
    Request(RequestId),
    /// An offer.
    Offer(OfferId),
    /// An engagement.
    Engagement(EngagementId),
    /// An agent's session.
    Session(AgentSessionId),
    /// A recording.
    Recording(RecordingId),
}

impl Event {
    /// What begins with the event, if something does.
    pub const fn made(&self) -> Option<Made> {
        Some(match self {
            Self::Conversation(ConversationEvent::Opened { id, .. }) => Made::Conversation(*id),
            Self::Interaction(InteractionEvent::Opened(opened)) => Made::Interaction(opened.id),
            Self::Interaction(InteractionEvent::ParticipantJoined { participant, .. }) => {
                Made::Participant(*participant)
            }
            Self::Leg(LegEvent::Originated { id, .. }) => Made::Leg(*id),
            Self::Message(MessageEvent::Added { id, .. }) => Made::Message(*id),
            Self::Request(RequestEvent::Opened(opened)) => Made::Request(opened.id),
            Self::Offer(OfferEvent::Made(made)) => Made::Offer(made.id),
            Self::Engagement(EngagementEvent::Opened { id, .. }) => Made::Engagement(*id),
            Self::Agent(AgentEvent::SignedIn { session, .. }) => Made::Session(*session),
            Self::Recording(RecordingEvent::Started { id, .. }) => Made::Recording(*id),
            Self::Callback(CallbackEvent::Scheduled { request, .. }) => Made::Request(*request),
            _ => return None,
        })
    }
}
