//! Facts that do not come from routing. They pass through to the log, change no routing state, and
//! folds upsert them by id and revision.
//!
//! Whoever reports them knows the keys of the configuration; the log names their numbers.

use serde::{Deserialize, Serialize};

use super::{Personal, Rejection};
use crate::id::{AgentId, BrandId, DispositionId, EngagementId, ExternalRef, InteractionId, Key};
#[cfg(feature = "schema")]
use crate::model::Said;
use crate::model::{Kind, said};
use crate::time::Timestamp;

/// A bounded batch of facts, as its source reports it.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct FactBatch {
    /// The system they come from.
    pub source: Key,
    /// Number of the batch, rising within the source, given when it is handed over; gaps are legal.
    pub source_seq: u64,
    /// The facts.
    pub facts: Vec<Fact>,
}

/// One fact: the latest revision of an id counts.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Fact {
    /// The source's own id of it.
    pub id: ExternalRef,
    /// Rises with each correction.
    pub revision: u32,
    /// When it was so, in wall time.
    pub occurred_at: Timestamp,
    /// What it says; nothing takes the fact back.
    #[serde(deserialize_with = "said")]
    #[cfg_attr(feature = "schema", schemars(with = "Said<FactBody>"))]
    pub body: Option<FactBody>,
}

/// A batch of facts, as it was recorded.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct NumberedFacts {
    /// The system they come from.
    pub source: Key,
    /// Number of the batch there.
    pub source_seq: u64,
    /// The facts.
    pub facts: Vec<NumberedFact>,
}

/// A fact with numbers for the keys that it was reported with.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct NumberedFact {
    /// The source's own id of it.
    pub id: ExternalRef,
    /// Rises with each correction.
    pub revision: u32,
    /// When it was so, in wall time.
    pub occurred_at: Timestamp,
    /// What it says; nothing takes the fact back.
    pub body: Option<NumberedFactBody>,
}

macro_rules! bodies {
    ($agent:ty, $brand:ty, $disposition:ty; $(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
        #[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
        #[serde(rename_all = "snake_case", deny_unknown_fields)]
        #[non_exhaustive]
        #[allow(missing_docs)] // each field says its name
        pub enum $name {
            /// An agent is scheduled for an activity.
            Scheduled { agent: $agent, activity: Key, from: Timestamp, to: Timestamp },
            /// An agent is absent, planned or not.
            Absent { agent: $agent, planned: bool, from: Timestamp, to: Timestamp },
            /// An agent is hired.
            Hired { agent: $agent },
            /// An agent has left.
            Left { agent: $agent, voluntary: bool },
            /// Something cost money.
            Cost {
                brand: Option<$brand>,
                interaction: Option<InteractionId>,
                minor: i64,
                currency: Key,
            },
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
            LateDisposition { engagement: EngagementId, disposition: $disposition },
            /// Where a recording lies.
            RecordingStored { interaction: InteractionId, reference: Personal<String> },
            /// The first contact resolved the matter, or not.
            Resolved { interaction: InteractionId, resolved: bool },
            /// Something else a report needs.
            Other { kind: Key, value: i64 },
        }
    };
}

bodies! {
    Key, Key, Key;
    /// Kinds of facts, with the keys of the configuration. Money is in minor units of a currency
    /// (ISO 4217).
    FactBody
}

bodies! {
    AgentId, BrandId, DispositionId;
    /// Kinds of facts, with the numbers of the configuration.
    NumberedFactBody
}

impl FactBatch {
    /// The batch with the numbers of its keys, by `number`.
    ///
    /// # Errors
    /// If a key has none.
    pub(crate) fn numbered(
        self,
        number: &impl Fn(Kind, &Key) -> Option<u32>,
    ) -> Result<NumberedFacts, Rejection> {
        let Self { source, source_seq, facts } = self;
        let facts = facts.into_iter().map(|fact| {
            let Fact { id, revision, occurred_at, body } = fact;
            let body = body.map(|body| body.numbered(number)).transpose()?;
            Ok(NumberedFact { id, revision, occurred_at, body })
        });
        Ok(NumberedFacts { source, source_seq, facts: facts.collect::<Result<_, Rejection>>()? })
    }
}

impl FactBody {
    fn numbered(
        self,
        number: &impl Fn(Kind, &Key) -> Option<u32>,
    ) -> Result<NumberedFactBody, Rejection> {
        use NumberedFactBody as To;
        let agent = |key: &Key| {
            number(Kind::Agent, key)
                .map(AgentId)
                .ok_or_else(|| Rejection::unknown("facts.body.agent"))
        };
        Ok(match self {
            Self::Scheduled { agent: of, activity, from, to } => {
                To::Scheduled { agent: agent(&of)?, activity, from, to }
            }
            Self::Absent { agent: of, planned, from, to } => {
                To::Absent { agent: agent(&of)?, planned, from, to }
            }
            Self::Hired { agent: of } => To::Hired { agent: agent(&of)? },
            Self::Left { agent: of, voluntary } => To::Left { agent: agent(&of)?, voluntary },
            Self::Cost { brand, interaction, minor, currency } => {
                let brand = brand.map(|key| {
                    number(Kind::Brand, &key)
                        .map(BrandId)
                        .ok_or_else(|| Rejection::unknown("facts.body.brand"))
                });
                To::Cost { brand: brand.transpose()?, interaction, minor, currency }
            }
            Self::Revenue { interaction, minor, currency } => {
                To::Revenue { interaction, minor, currency }
            }
            Self::SurveyInvited { interaction, survey } => {
                To::SurveyInvited { interaction, survey }
            }
            Self::SurveyAnswered { interaction, survey, question, score } => {
                To::SurveyAnswered { interaction, survey, question, score }
            }
            Self::SurveyComment { interaction, survey, text } => {
                To::SurveyComment { interaction, survey, text }
            }
            Self::Evaluated { engagement, form, points, of, fatal } => {
                To::Evaluated { engagement, form, points, of, fatal }
            }
            Self::LateDisposition { engagement, disposition } => {
                let disposition = number(Kind::Disposition, &disposition)
                    .map(DispositionId)
                    .ok_or_else(|| Rejection::unknown("facts.body.disposition"))?;
                To::LateDisposition { engagement, disposition }
            }
            Self::RecordingStored { interaction, reference } => {
                To::RecordingStored { interaction, reference }
            }
            Self::Resolved { interaction, resolved } => To::Resolved { interaction, resolved },
            Self::Other { kind, value } => To::Other { kind, value },
        })
    }
}
