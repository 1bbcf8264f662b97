//! Events of transfers, consults and conferences.
//!
//! A transfer or consult is named by the engagement of the agent who began it, who has one at a time.

use serde::{Deserialize, Serialize};

use crate::id::{
    AgentId, BridgeId, EffectId, EngagementId, FlowId, InteractionId, LegId, QueueId, RequestId,
};
use crate::message::Personal;
use crate::time::{Duration, Timestamp};

/// Where somebody is sent or asked: a [`Destination`](crate::message::Destination) with its number.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Party {
    /// A queue.
    Queue(QueueId),
    /// A named agent.
    Agent(AgentId),
    /// A flow.
    Flow(FlowId),
    /// An address outside.
    External(Personal<String>),
}

/// An agent hands the customer on.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum TransferEvent {
    /// It began. The customer keeps the place in time; the transferor is not offered the request.
    Started {
        /// The transferor's part.
        engagement: EngagementId,
        /// The interaction.
        interaction: InteractionId,
        /// How.
        kind: TransferKind,
        /// Where to.
        to: Party,
        /// The request that waits for it, where somebody in the center is to take over.
        request: Option<RequestId>,
        /// The operation that carries it out, where it goes outside.
        op: Option<EffectId>,
        /// Waiting credit that the customer gets in addition.
        boost: Duration,
        /// The queue that takes the customer if it fails and the transferor cannot.
        fallback: Option<QueueId>,
        /// By when it must have succeeded.
        deadline: Timestamp,
    },
    /// The host told how far it is.
    Progressed {
        /// The transferor's part.
        engagement: EngagementId,
        /// SIP code.
        sip: u16,
    },
    /// Somebody else has the customer.
    Completed {
        /// The interaction.
        interaction: InteractionId,
        /// The transferor's part.
        engagement: EngagementId,
        /// The part of the agent who took over; none outside.
        to: Option<EngagementId>,
    },
    /// It failed; the customer is still there unless the reason says otherwise.
    Failed {
        /// The interaction.
        interaction: InteractionId,
        /// The transferor's part.
        engagement: EngagementId,
        /// Why.
        reason: TransferFailure,
        /// SIP code, 0 if unknown.
        sip: u16,
    },
    /// After a failure the customer is back with the transferor.
    Recalled {
        /// The interaction.
        interaction: InteractionId,
        /// The transferor's part in the transfer.
        engagement: EngagementId,
        /// The transferor's part from here on.
        part: EngagementId,
    },
    /// After a failure the transferor could not take the customer back: a queue does.
    FellBack {
        /// The interaction.
        interaction: InteractionId,
        /// The transferor's part.
        engagement: EngagementId,
        /// The queue.
        queue: QueueId,
        /// The request that waits there.
        request: RequestId,
    },
    /// The far end of a leg asked to be transferred, and this was decided.
    Asked {
        /// The leg.
        leg: LegId,
        /// Where to.
        to: Personal<String>,
        /// The leg to replace, in an attended transfer.
        replaces: Option<LegId>,
        /// Whether it is done.
        accepted: bool,
    },
}

/// How a customer is handed on.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum TransferKind {
    /// Without asking.
    Blind,
    /// After a consult.
    Attended,
}

/// Why a transfer failed.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum TransferFailure {
    /// The other end refused.
    Refused,
    /// It was busy.
    Busy,
    /// Nobody answered there.
    NoAnswer,
    /// The deadline came first.
    TimedOut,
    /// Network or host failed.
    Failed,
    /// The customer left meanwhile.
    CustomerGone,
}

/// An agent asks somebody while the customer waits.
///
/// The consult clock of the agent runs from `Started` to `Ended`. It is another than the customer's
/// hold clock, which the phases of the engagement tell: either may run without the other.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ConsultEvent {
    /// It began.
    Started {
        /// The asking agent's part.
        engagement: EngagementId,
        /// Whom.
        to: Party,
        /// The request that waits for somebody to ask, where one does.
        request: Option<RequestId>,
        /// The leg of the one who is called, where it is known already.
        leg: Option<LegId>,
        /// By when somebody must have answered.
        deadline: Timestamp,
    },
    /// The consulted party is there.
    Answered {
        /// The asking agent's part.
        engagement: EngagementId,
        /// The consulted agent's part; none outside.
        with: Option<EngagementId>,
        /// Where the two meet, apart from the customer.
        bridge: Option<BridgeId>,
    },
    /// The agent turned to the customer meanwhile, or back to the consulted party.
    Alternated {
        /// The asking agent's part.
        engagement: EngagementId,
        /// Whether the agent speaks with the customer now.
        with_customer: bool,
    },
    /// It is over.
    Ended {
        /// The interaction.
        interaction: InteractionId,
        /// The asking agent's part.
        engagement: EngagementId,
        /// How.
        end: ConsultEnd,
    },
}

/// How a consult ended.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ConsultEnd {
    /// The customer was handed on to the consulted party.
    Completed,
    /// All were joined.
    Conference,
    /// The agent let the consulted party go.
    Canceled,
    /// Nobody answered in time.
    NoAnswer,
    /// The consulted party refused or was busy.
    Refused,
    /// The consulted party left.
    ConsultedGone,
    /// The customer left.
    CustomerGone,
    /// The asking agent left.
    AgentGone,
    /// Network or host failed.
    Failed,
}

impl ConsultEnd {
    /// Whether the asking agent is back with the customer alone.
    pub const fn returns_to_customer(self) -> bool {
        matches!(
            self,
            Self::Canceled | Self::NoAnswer | Self::Refused | Self::ConsultedGone | Self::Failed
        )
    }
}

/// More than two speak with each other. Who takes part is told by the participants of the interaction.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ConferenceEvent {
    /// It began.
    Started {
        /// The interaction.
        interaction: InteractionId,
        /// The part of the agent who began it.
        engagement: EngagementId,
        /// Where the legs meet.
        bridge: BridgeId,
    },
    /// Two are left, or none.
    Ended {
        /// The interaction.
        interaction: InteractionId,
    },
}
