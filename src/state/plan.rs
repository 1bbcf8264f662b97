//! What the engine needs of each object of the configuration, its references resolved.

use serde::{Deserialize, Serialize};
use smallvec::SmallVec;

use super::atoms::Condition;
use super::classes::StepPlan;
use super::ranking::Ranking;
use super::signature::Signature;
use crate::id::{BrandId, DispositionId, Key, QueueId, TeamId};
use crate::model::{
    Announcement, AtClose, Calendar, Callbacks, CalledFirst, Channel, HandOver, Media, NoAgents,
    OrderPolicy, OthersRing, Preferred, QueueWeights, Recording, Ringing, VoicemailDelivery,
    WrapUp,
};
use crate::time::Duration;

/// What the engine needs of an agent's configuration.
#[derive(Clone, Debug)]
pub(crate) struct AgentPlan {
    /// Number of what queues can tell of the agent, the same for all who are alike.
    pub(crate) signature: u32,
    pub(crate) budget: u32,
    /// Differing bounds by channel.
    pub(crate) max: SmallVec<[(Channel, u32); 1]>,
    pub(crate) auto_answer: bool,
    /// Stands in where this agent alone is wanted.
    pub(crate) coverage: Option<CoveragePlan>,
    /// One bit per channel that is admitted while the agent holds nothing.
    pub(super) at_rest: u16,
}

/// Who stands in for an agent.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum CoveragePlan {
    Queue(QueueId),
    Team(TeamId),
    QueueMailbox(QueueId),
    OwnMailbox,
}

impl CoveragePlan {
    /// The queue whose people stand in.
    pub(crate) const fn queue(self) -> Option<QueueId> {
        match self {
            Self::Queue(queue) | Self::QueueMailbox(queue) => Some(queue),
            Self::Team(_) | Self::OwnMailbox => None,
        }
    }
}

/// Where an overflow leads.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum OverflowTo {
    Queue(QueueId),
    HangUp,
    CallBack,
}

/// The group mailbox of a queue.
#[derive(Clone, Copy, Debug)]
pub(crate) struct VoicemailPlan {
    pub(crate) delivery: VoicemailDelivery,
    pub(crate) unheard_after: Option<Duration>,
    pub(crate) escalate_to: Option<QueueId>,
}

/// In which turn a queue asks its groups, each with its share.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Turns {
    InOrder,
    Allocation(Vec<u32>),
    IdlenessRatio(Vec<u32>),
}

/// What the engine needs of a queue's configuration.
#[derive(Clone, Debug)]
pub(crate) struct QueuePlan {
    pub(super) requirement: Condition,
    /// Statements of membership in its groups, in their order, where only they serve.
    pub(super) groups: Option<Vec<usize>>,
    pub(crate) turns: Turns,
    pub(crate) ranking: Ranking,
    /// Agents that are kept back for other queues, and how many.
    pub(crate) reserves: Vec<(QueueId, u32)>,
    pub(crate) preferred: Preferred,
    /// How its requests are relaxed.
    pub(crate) steps: Vec<StepPlan>,
    pub(crate) service_target: Duration,
    pub(crate) channel_targets: SmallVec<[(Channel, Duration); 1]>,
    pub(crate) boost: Duration,
    pub(crate) order: Option<OrderPolicy>,
    pub(crate) priority: u8,
    pub(crate) weights: QueueWeights,
    pub(crate) calendar: Option<Calendar>,
    pub(crate) at_close: AtClose,
    pub(crate) depth: Option<u32>,
    pub(crate) wait: Option<Duration>,
    pub(crate) longest_estimate: Option<Duration>,
    pub(crate) longest_left: Option<Duration>,
    pub(crate) estimates: bool,
    pub(crate) overflow: OverflowTo,
    pub(crate) no_agents: Option<NoAgents>,
    pub(crate) no_agents_grace: Duration,
    pub(crate) wrap_up: WrapUp,
    pub(crate) dispositions: Vec<DispositionId>,
    pub(crate) announcements: Vec<Announcement>,
    pub(crate) resume_within: Option<Duration>,
    pub(crate) callbacks: Callbacks,
    /// When customers may be called.
    pub(crate) calls_during: Option<Calendar>,
    pub(crate) music: Option<String>,
    pub(crate) offer_timeout: Option<Duration>,
    pub(crate) ringing: Ringing,
    pub(crate) others_ring: OthersRing,
    pub(crate) consults_count: bool,
    /// On whose behalf it serves.
    pub(crate) brand: Option<BrandId>,
    /// The rule of its own for what is recorded.
    pub(crate) recording: Option<Recording>,
    pub(crate) last_admission: Option<Duration>,
    pub(crate) urgent: bool,
    pub(crate) voicemail: VoicemailPlan,
    /// The rota that takes its calls while it is closed.
    pub(crate) on_call: Option<Key>,
}

impl QueuePlan {
    /// Whether its customers are called before an agent is asked.
    pub(crate) const fn calls_customers_first(&self) -> bool {
        matches!(self.callbacks.first, CalledFirst::Customer(_))
    }

    /// Whether agents of the signature may serve the queue, nothing relaxed.
    pub(super) fn admits(&self, signature: &Signature) -> bool {
        self.requirement.is_met_by(signature) && self.tier_of(signature).is_some()
    }

    /// The turn in which agents of the signature serve, by their group.
    pub(super) fn tier_of(&self, signature: &Signature) -> Option<usize> {
        match &self.groups {
            None => Some(0),
            Some(groups) => groups.iter().position(|group| signature.holds(*group)),
        }
    }

    /// The level of a customer of this rank.
    pub(crate) fn level(&self, tier: u8) -> u16 {
        u16::from(self.priority) + u16::from(tier)
    }

    /// How many turns there are.
    pub(crate) fn tiers(&self) -> usize {
        self.groups.as_ref().map_or(1, Vec::len)
    }

    pub(crate) fn target(&self, channel: Channel) -> Duration {
        self.channel_targets
            .iter()
            .find(|(c, _)| *c == channel)
            .map_or(self.service_target, |(_, target)| *target)
    }
}

/// Where an entry point leads, resolved.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum EntryLeads {
    Queue(QueueId),
    /// Flows have no behavior yet.
    Flow,
}

/// What the engine needs of an entry point's configuration.
#[derive(Clone, Debug)]
pub(crate) struct EntryPlan {
    pub(crate) brand: Option<BrandId>,
    pub(crate) leads_to: EntryLeads,
    pub(crate) language: Option<String>,
    pub(crate) max_concurrent: Option<u32>,
    pub(crate) boost: Duration,
}

/// What the engine needs of a host's configuration.
#[derive(Clone, Copy, PartialEq, Debug, Serialize, Deserialize)]
pub(crate) struct HostPlan {
    pub(crate) media: Media,
    pub(crate) hand_over: HandOver,
}

/// What one item of a channel costs.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ChannelPlan {
    pub(crate) cost: u32,
    pub(crate) max: u32,
    pub(crate) wrap_up_cost: u32,
    /// One bit per channel whose items it suspends.
    pub(crate) interrupts: u16,
}
