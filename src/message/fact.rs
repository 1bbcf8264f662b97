//! Facts that do not come from routing. They pass through to the log, change no routing state, and
//! folds upsert them by id and revision.

use serde::{Deserialize, Serialize};

use crate::id::{AgentId, BrandId, DispositionId, EngagementId, ExternalRef, InteractionId, Key};
use crate::time::Timestamp;

use super::Personal;

/// A bounded batch of facts.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct FactBatch {
    /// The system they come from.
    pub source: Key,
    /// The facts.
    pub facts: Vec<Fact>,
}

/// One fact: the latest revision of an id counts.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Fact {
    /// The source's own id of it.
    pub id: ExternalRef,
    /// Rises with each correction.
    pub revision: u32,
    /// When it was so, in wall time.
    pub occurred_at: Timestamp,
    /// What it says; nothing takes the fact back.
    pub body: Option<FactBody>,
}

/// Kinds of facts. Money is in minor units of a currency (ISO 4217).
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
#[allow(missing_docs)] // each field says its name
pub enum FactBody {
    /// An agent is scheduled for an activity.
    Scheduled { agent: AgentId, activity: Key, from: Timestamp, to: Timestamp },
    /// An agent is absent, planned or not.
    Absent { agent: AgentId, planned: bool, from: Timestamp, to: Timestamp },
    /// An agent is hired.
    Hired { agent: AgentId },
    /// An agent has left.
    Left { agent: AgentId, voluntary: bool },
    /// Something cost money.
    Cost { brand: Option<BrandId>, interaction: Option<InteractionId>, minor: i64, currency: Key },
    /// An interaction earned money; a refund is negative.
    Revenue { interaction: InteractionId, minor: i64, currency: Key },
    /// A customer was asked for an opinion.
    SurveyInvited { interaction: InteractionId, survey: Key },
    /// A customer gave one.
    SurveyAnswered { interaction: InteractionId, survey: Key, question: Key, score: i32 },
    /// What the customer said.
    SurveyComment { interaction: InteractionId, survey: Key, text: Personal<String> },
    /// Somebody judged a contact.
    Evaluated { engagement: EngagementId, form: Key, points: u32, of: u32, fatal: bool },
    /// A result stated after the engagement left the state.
    LateDisposition { engagement: EngagementId, disposition: DispositionId },
    /// Where a recording lies.
    RecordingStored { interaction: InteractionId, reference: ExternalRef },
    /// The first contact resolved the matter, or not.
    Resolved { interaction: InteractionId, resolved: bool },
    /// Something else a report needs.
    Other { kind: Key, value: i64 },
}
