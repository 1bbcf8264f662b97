//! Events of written messages and recordings.

use serde::{Deserialize, Serialize};

use crate::id::{
    AgentId, EngagementId, ExternalRef, InteractionId, LegId, MessageId, ReasonId, RecordingId,
};
use crate::message::{DeliveryState, Direction, Personal, Side, Sink};
use crate::time::{Duration, Timestamp};

/// A written interaction.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum MessageEvent {
    /// A message came or went.
    Added {
        /// The message.
        id: MessageId,
        /// The interaction.
        interaction: InteractionId,
        /// Which way.
        direction: Direction,
        /// The agent who wrote it; none for customers and bots.
        author: Option<AgentId>,
        /// The message it answers.
        in_reply_to: Option<MessageId>,
        /// The host's name of it.
        external: Option<ExternalRef>,
        /// What it is about, where the medium has a line for that.
        subject: Option<Personal<String>>,
        /// What it says.
        text: Personal<String>,
        /// References to attachments.
        attachments: Vec<Personal<String>>,
        /// When the other side counts as silent, where the center has a rule for it.
        idle_until: Option<Timestamp>,
    },
    /// Its delivery went on.
    Updated {
        /// The interaction.
        interaction: InteractionId,
        /// The message.
        id: MessageId,
        /// The host's name of it, once it told one.
        external: Option<ExternalRef>,
        /// How far.
        state: DeliveryState,
    },
    /// The work was put away until later.
    Parked {
        /// The interaction.
        interaction: InteractionId,
        /// Until when.
        until: Option<Timestamp>,
        /// The agent who keeps it.
        owner: Option<AgentId>,
    },
    /// It was taken up again.
    Resumed {
        /// The interaction.
        interaction: InteractionId,
    },
    /// The customer has been silent for the time allowed.
    CustomerIdle {
        /// The interaction.
        interaction: InteractionId,
        /// When the interaction is closed if the silence goes on.
        until: Option<Timestamp>,
    },
    /// The agent has been silent for the time allowed.
    AgentIdle {
        /// The interaction.
        interaction: InteractionId,
        /// The part of the agent who works on it, if somebody does.
        engagement: Option<EngagementId>,
    },
    /// It was opened again after closing.
    Reopened {
        /// The interaction.
        interaction: InteractionId,
    },
}

/// A recording.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum RecordingEvent {
    /// It runs.
    Started {
        /// The recording.
        id: RecordingId,
        /// Of which interaction.
        interaction: InteractionId,
        /// Whose voices.
        legs: Vec<LegId>,
        /// How long it is to be kept.
        retention: Option<Duration>,
        /// Kept whatever the retention says.
        legal_hold: bool,
    },
    /// It is paused, and with it all that keeps a trace.
    Paused {
        /// The recording.
        id: RecordingId,
        /// What is paused.
        sinks: Vec<Sink>,
        /// Why.
        reason: Option<ReasonId>,
    },
    /// It goes on.
    Resumed {
        /// The recording.
        id: RecordingId,
    },
    /// It is complete.
    Ended {
        /// The recording.
        id: RecordingId,
        /// Where it lies.
        reference: Option<Personal<String>>,
        /// Whose voices it holds.
        legs: Vec<LegId>,
        /// How long it is.
        duration: Duration,
        /// How long it is kept.
        retention: Option<Duration>,
        /// Kept whatever the retention says.
        legal_hold: bool,
    },
    /// It was asked to end; the host has still to say that it has, and where it lies.
    Stopping {
        /// The recording.
        id: RecordingId,
        /// Who wanted it.
        by: Side,
        /// When nothing more is expected of the host.
        until: Timestamp,
    },
}
