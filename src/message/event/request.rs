//! Events of requests and queues.

use serde::{Deserialize, Serialize};

use crate::id::{
    AgentId, BrandId, EngagementId, EntryPointId, InteractionId, Key, QueueId, RequestId, SkillId,
};
use crate::message::{Actor, Estimate, IncidentAction, Switch};
use crate::model::Channel;
use crate::time::{Duration, Timestamp};

/// A wait for an agent.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum RequestEvent {
    /// It began: somebody joined a queue.
    Opened(Box<RequestOpened>),
    /// Its order of service changed.
    Reordered {
        /// The request.
        id: RequestId,
        /// The waiting credit from now on.
        boost: Duration,
        /// The due time from now on.
        due_at: Timestamp,
    },
    /// It ended, with its one outcome.
    Ended {
        /// The request.
        id: RequestId,
        /// How.
        outcome: Outcome,
    },
    /// An agent it was kept from may be offered it again.
    ExclusionEnded {
        /// The request.
        id: RequestId,
        /// The agent.
        agent: AgentId,
    },
    /// Others may serve it from now on; its place stays.
    Retargeted {
        /// The request.
        id: RequestId,
        /// Who.
        target: Target,
        /// When it goes on to somebody else if they do not.
        wait_until: Option<Timestamp>,
    },
    /// Its queue relaxes what it asks for: how far that is from now on.
    Relaxed {
        /// The request.
        id: RequestId,
        /// Numbers of the steps that are in force, the first is 1.
        steps: Vec<u8>,
        /// So many have been decided: taken or passed over.
        decided: u8,
        /// When the next one falls due by its time.
        at: Option<Timestamp>,
        /// The next one waits for its guard alone.
        guarded: bool,
        /// The waiting credit that steps give from now on, beside that of the request.
        credit: Duration,
        /// The due time from now on.
        due_at: Timestamp,
    },
    /// It has missed its target, and goes behind those who have not.
    Late {
        /// The request.
        id: RequestId,
        /// The band of the order of service from now on.
        rank: u16,
    },
    /// It rings several agents at once: so many from now on, those counted that ring already. Said before the first
    /// of their offers, and whenever there may be more.
    Rings {
        /// The request.
        id: RequestId,
        /// How many it may ring.
        most: u32,
        /// When it may ring more.
        grows_at: Option<Timestamp>,
    },
    /// Somebody keeps it from an agent for a while.
    Excluded {
        /// The request.
        id: RequestId,
        /// The agent.
        agent: AgentId,
        /// Until when.
        until: Timestamp,
    },
    /// How long it is expected to wait, from its entry into the queue: kept, to be compared with how long it does.
    Estimated {
        /// The request.
        id: RequestId,
        /// How long.
        estimate: Estimate,
    },
    /// What is announced to whoever waits, and when it is next.
    Announcing {
        /// The request.
        id: RequestId,
        /// When; nothing more where absent.
        next: Option<Timestamp>,
        /// The place that has been told by now.
        told: Option<u32>,
    },
}

/// How a wait began.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct RequestOpened {
    /// The request.
    pub id: RequestId,
    /// Whose wait it is.
    pub interaction: InteractionId,
    /// The request before it, in an overflow or transfer.
    pub parent: Option<RequestId>,
    /// How many times this wait was tried before.
    pub attempt: u32,
    /// Why it was opened.
    pub cause: RequestCause,
    /// Who may serve it.
    pub target: Target,
    /// The queue it counts for.
    pub home_queue: QueueId,
    /// Queues whose agents see it.
    pub visible_queues: Vec<QueueId>,
    /// The medium.
    pub channel: Channel,
    /// Since when the customer waits, over all queues.
    pub customer_wait_since: Timestamp,
    /// Since when in this queue.
    pub queue_entered_at: Timestamp,
    /// Its place in time; kept through everything.
    pub order_at: Timestamp,
    /// Waiting credit.
    pub boost: Duration,
    /// The wait to stay within.
    pub service_target: Duration,
    /// The band of the order of service: the least goes first.
    pub rank: u16,
    /// The order of service within the band: the least goes first.
    pub due_at: Timestamp,
    /// When it counts as late, and goes into the next band.
    pub late_at: Option<Timestamp>,
    /// When it leaves the queue unserved, by the queue's bound.
    pub wait_until: Option<Timestamp>,
    /// Whether it counts as offered to the queue.
    pub counts_as_offered: bool,
}

/// Why a request was opened.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum RequestCause {
    /// The customer came in.
    Initial,
    /// Another queue let it go.
    Overflow,
    /// An agent handed it on.
    Transfer,
    /// An agent asks somebody.
    Consult,
    /// A promised call is due.
    Callback,
    /// The customer wrote again, or came back after hanging up; or the work goes on without the agent
    /// who had it.
    Resume,
    /// A named agent is wanted.
    Direct,
    /// An agent asks for help.
    Assist,
    /// Somebody moved it from another queue by a command.
    Moved,
    /// A transfer failed: the one who handed on is wanted back.
    Recall,
    /// A named agent could not: the members of a team stand in, by name.
    Coverage,
}

impl RequestCause {
    /// Whether an agent waits for somebody, and not the customer.
    pub const fn is_of_agent(self) -> bool {
        matches!(self, Self::Consult | Self::Assist)
    }
}

/// Who may serve a request.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Target {
    /// Whoever meets the requirement of the home queue.
    Queue,
    /// These agents alone.
    Agents(Vec<AgentId>),
    /// Whoever of those has all of these skills as well, each at this level or above.
    Requirement(Vec<(SkillId, u8)>),
    /// Whoever of those takes it: it is offered to nobody.
    Claim,
    /// These agents first; whoever the home queue has when their time is over, or none of them can come.
    Preferred(Vec<AgentId>),
}

impl Target {
    /// The agents who are meant by name, alone or first.
    pub fn named(&self) -> Option<&[AgentId]> {
        match self {
            Self::Agents(agents) | Self::Preferred(agents) => Some(agents),
            Self::Queue | Self::Requirement(_) | Self::Claim => None,
        }
    }
}

/// The one outcome of a request.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Outcome {
    /// Bridged or opened, not merely accepted.
    Answered {
        /// The agent's part.
        engagement: EngagementId,
        /// The agent.
        agent: AgentId,
    },
    /// The customer left.
    Abandoned {
        /// How far things were.
        phase: AbandonPhase,
        /// Sooner than the center's bound for short abandons.
        short: bool,
    },
    /// A rule took it out of the queue.
    FlowedOut {
        /// Which rule.
        reason: FlowOutReason,
        /// The queue it went to, where it did.
        to: Option<QueueId>,
    },
    /// Somebody took it out, by a command or at the host.
    Withdrawn {
        /// Who.
        actor: Actor,
    },
    /// It was lost, by no will of the customer.
    Lost(LostCause),
}

/// How far an abandoned request was.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum AbandonPhase {
    /// Waiting.
    Waiting,
    /// An agent was being alerted.
    Alerting,
    /// An agent had accepted and was being connected.
    Connecting,
}

/// Rules that take a request out of a queue.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum FlowOutReason {
    /// The queue was full.
    Full,
    /// It had waited to the bound.
    MaxWait,
    /// The queue was or became closed.
    Closed,
    /// Nobody was there to serve it.
    NoAgents,
    /// The queue was removed.
    Removed,
    /// It became a callback.
    Callback,
    /// It became a voice message.
    Voicemail,
    /// A flow took it.
    Flow,
    /// It went outside.
    External,
    /// The customer pressed a key.
    Key,
    /// Somebody moved it to another queue by a command.
    Moved,
    /// It was handed to those on call.
    OnCall,
    /// The named agent could not: on to who stands in for them.
    Coverage,
    /// The queue closes before its staff could serve it.
    LastAdmission,
    /// Nobody has heard the voice message in time.
    Unheard,
    /// It would have had to wait longer than the queue's bound for that.
    LongWait,
}

/// How a request was lost.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum LostCause {
    /// The network dropped it.
    Network,
    /// The host no longer knows it.
    Host,
    /// The engine could not go on.
    System,
}

/// What an incident switch covers.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum IncidentArea {
    /// A brand.
    Brand(BrandId),
    /// An entry point.
    EntryPoint(EntryPointId),
    /// A queue.
    Queue(QueueId),
}

/// A queue as a whole.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum QueueEvent {
    /// It opened or closed, by its hours or by a switch.
    OpenChanged {
        /// The queue.
        queue: QueueId,
        /// Open from now on.
        open: bool,
        /// When its hours change next.
        next_change: Option<Timestamp>,
    },
    /// Its switch was set.
    Switched {
        /// The queue.
        queue: QueueId,
        /// How.
        switch: Switch,
        /// Until when.
        until: Option<Timestamp>,
    },
    /// Nobody is there to serve it; those who wait flow out at the end of the grace.
    Unstaffed {
        /// The queue.
        queue: QueueId,
        /// The end of the grace.
        until: Timestamp,
    },
    /// Somebody is there again, or the grace is over.
    UnstaffedEnded {
        /// The queue.
        queue: QueueId,
    },
    /// An incident switch was set or cleared.
    IncidentSet {
        /// What it covers.
        scope: IncidentArea,
        /// What it does; cleared when absent.
        action: Option<IncidentAction>,
        /// Until when.
        until: Option<Timestamp>,
    },
    /// An announcement was made to somebody who waits.
    Announced {
        /// To whom.
        request: RequestId,
        /// What.
        announcement: Key,
        /// The place that was told, from 1.
        position: Option<u32>,
        /// The wait that was told.
        estimate: Option<Duration>,
        /// By which method.
        method: Option<Key>,
        /// From how many observations.
        sample: u32,
    },
    /// The host has scored agents.
    Scored {
        /// The queue.
        queue: QueueId,
        /// Scores; none was taken back.
        scores: Vec<(AgentId, Option<i32>)>,
    },
}
