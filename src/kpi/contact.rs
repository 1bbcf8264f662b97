//! The contact record: what an interaction went through, from beginning to end.

use serde::{Deserialize, Serialize};

use crate::id::{
    AgentId, BrandId, ConversationId, DispositionId, EngagementId, EntryPointId, ExternalRef,
    InteractionId, Key, QueueId, ReasonId, RequestId,
};
use crate::message::{
    Direction, EndCause, EngagementEnd, Origin, Outcome, Party, RequestCause, Side,
};
use crate::model::Channel;
use crate::time::{Duration, Timestamp};

/// One interaction that is closed. All instants are engine time, as the facts happened.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct ContactRecord {
    /// The interaction.
    pub interaction: InteractionId,
    /// The customer's thread it belongs to.
    pub conversation: ConversationId,
    /// On whose behalf.
    pub brand: Option<BrandId>,
    /// Where the customer came in.
    pub entry_point: Option<EntryPointId>,
    /// The medium.
    pub channel: Channel,
    /// Which way.
    pub direction: Direction,
    /// How it came about.
    pub origin: Origin,
    /// Kept out of every figure.
    pub test: bool,
    /// When it began.
    pub opened_at: Timestamp,
    /// When the customer's part was over.
    pub ended_at: Timestamp,
    /// Who ended that.
    pub ended_by: Side,
    /// Why.
    pub end_cause: EndCause,
    /// When nothing was left to do.
    pub closed_at: Timestamp,
    /// What it went through, in the order in which it began.
    pub segments: Vec<Segment>,
    /// The lengths of the segments added up, kind by kind.
    pub totals: ContactTotals,
    /// Facts that were reported to have happened before what they ended had begun: the segment has no
    /// length.
    pub clamped: u32,
}

/// What was stated about a contact after its record was handed out.
///
/// Keep the latest revision of each fact: by `source` and `id`, the greatest `revision`. It supersedes
/// what the wrap-up segment of the engagement says.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Correction {
    /// The system it comes from.
    pub source: Key,
    /// That system's own id of the fact.
    pub id: ExternalRef,
    /// Rises with each correction of the fact.
    pub revision: u32,
    /// The result of an agent's part. `None` takes the fact back; it may have been one of another kind.
    pub disposition: Option<(EngagementId, DispositionId)>,
}

/// A stretch of an interaction: `start` belongs to it, `end` does not.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Segment {
    /// When it began.
    pub start: Timestamp,
    /// When it was over.
    pub end: Timestamp,
    /// What it was.
    pub kind: SegmentKind,
}

impl Segment {
    /// How long it was.
    #[must_use]
    pub const fn length(&self) -> Duration {
        self.end.since(self.start)
    }
}

/// Kinds of segments.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum SegmentKind {
    /// The customer waited in a queue, or by its `cause` an agent did for another one, from entry to the
    /// request's one outcome. Alerting and connecting lie within.
    Wait {
        /// The request.
        request: RequestId,
        /// The queue.
        queue: QueueId,
        /// Why it was opened.
        cause: RequestCause,
        /// How many times this wait was tried before.
        attempt: u32,
        /// The request before it, in an overflow or transfer.
        parent: Option<RequestId>,
        /// How the wait ended.
        outcome: Outcome,
    },
    /// An agent was offered the request.
    Alert {
        /// The agent.
        agent: AgentId,
        /// What came of it.
        result: AlertResult,
    },
    /// An agent had accepted and was being connected.
    Connect {
        /// The agent's part.
        engagement: EngagementId,
        /// The agent.
        agent: AgentId,
        /// Whether customer and agent came together.
        connected: bool,
    },
    /// Customer and agent were together.
    Talk {
        /// The agent's part.
        engagement: EngagementId,
        /// The agent.
        agent: AgentId,
    },
    /// The agent was asked by another one, and spoke with that agent.
    Advise {
        /// The agent's part.
        engagement: EngagementId,
        /// The agent.
        agent: AgentId,
    },
    /// A supervisor listened, whispered or barged.
    Observe {
        /// The supervisor's part.
        engagement: EngagementId,
        /// The supervisor.
        agent: AgentId,
    },
    /// The agent had the customer on hold.
    Hold {
        /// The agent's part.
        engagement: EngagementId,
        /// The agent.
        agent: AgentId,
    },
    /// The agent's part was put aside: interrupted by a live channel, or parked.
    Aside {
        /// The agent's part.
        engagement: EngagementId,
        /// The agent.
        agent: AgentId,
    },
    /// The agent finished. Every part in which customer and agent were together ends with one of these,
    /// of no length where there was nothing to finish; so does a call by hand that was not answered, if
    /// the agent wrapped it up.
    WrapUp {
        /// The agent's part.
        engagement: EngagementId,
        /// The agent.
        agent: AgentId,
        /// The result that the agent gave last.
        disposition: Option<DispositionId>,
        /// How the part ended.
        end: EngagementEnd,
    },
    /// The queue was closed, and somebody on call was sought for the customer.
    Seek {
        /// The request that was handed to the rota.
        request: RequestId,
        /// How many times somebody was called.
        attempts: u32,
        /// Whether one of them came together with the customer.
        accepted: bool,
    },
    /// Customer and somebody on call were together.
    OnCall {
        /// The request that was handed to the rota.
        request: RequestId,
        /// Which attempt it was.
        attempt: u32,
        /// Who: an agent, or a number outside.
        with: Party,
    },
}

impl SegmentKind {
    /// Whether the customer's time goes with it. Alerting, asking, advice and wrap-up are the agents' alone.
    pub(super) const fn is_of_customer(&self) -> bool {
        match self {
            Self::Wait { cause, .. } => !cause.is_of_agent(),
            Self::Talk { .. }
            | Self::Hold { .. }
            | Self::Aside { .. }
            | Self::Seek { .. }
            | Self::OnCall { .. } => true,
            _ => false,
        }
    }
}

/// What came of alerting an agent.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum AlertResult {
    /// The agent took it.
    Accepted,
    /// The agent did not answer.
    NoAnswer,
    /// The agent declined, for a reason of the configuration.
    Rejected(Option<ReasonId>),
    /// It was taken back: no fault of the agent.
    Canceled,
    /// The device could not be reached.
    DeviceFailed,
    /// Somebody else who was alerted at the same time took it.
    TakenByAnother,
}

/// Lengths of a contact's segments, added up kind by kind.
///
/// With one agent at a time `wait + talk + hold + aside + seek + on_call` is the time from `opened_at` to `ended_at`;
/// what agents do in parallel counts for each of them. Left out is the time in which the customer was
/// not there, or nobody was with the customer: while an agent calls by hand, between the end of what is
/// written and its being opened again, while a caller leaves a message, while a message is kept for one
/// agent, and where a host still hands the customer on when the agent who asked for it has left.
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct ContactTotals {
    /// The customer in queues, alerting and connecting included.
    pub wait: Duration,
    /// Agents in queues for somebody to ask or to help, while they have the customer.
    pub ask: Duration,
    /// Of these two, with agents alerted.
    pub alert: Duration,
    /// Of these two, with agents being connected; and agents calling the customer by hand.
    pub connect: Duration,
    /// Together with agents.
    pub talk: Duration,
    /// Agents who were asked, with the agents who asked.
    pub advise: Duration,
    /// Followed by supervisors.
    pub observe: Duration,
    /// On hold.
    pub hold: Duration,
    /// Put aside.
    pub aside: Duration,
    /// Being finished by agents.
    pub wrap_up: Duration,
    /// The customer while somebody on call was sought.
    pub seek: Duration,
    /// Together with somebody on call.
    pub on_call: Duration,
}

impl ContactTotals {
    pub(super) fn add(&mut self, segment: &Segment) {
        *match segment.kind {
            SegmentKind::Wait { cause, .. } if cause.is_of_agent() => &mut self.ask,
            SegmentKind::Wait { .. } => &mut self.wait,
            SegmentKind::Alert { .. } => &mut self.alert,
            SegmentKind::Connect { .. } => &mut self.connect,
            SegmentKind::Talk { .. } => &mut self.talk,
            SegmentKind::Advise { .. } => &mut self.advise,
            SegmentKind::Observe { .. } => &mut self.observe,
            SegmentKind::Hold { .. } => &mut self.hold,
            SegmentKind::Aside { .. } => &mut self.aside,
            SegmentKind::WrapUp { .. } => &mut self.wrap_up,
            SegmentKind::Seek { .. } => &mut self.seek,
            SegmentKind::OnCall { .. } => &mut self.on_call,
        } += segment.length();
    }
}
