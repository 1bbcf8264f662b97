//! What the engine needs of each object of the configuration, its references resolved.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use smallvec::SmallVec;

use super::bits::Bits;
use super::signature::Signature;
use crate::id::{BrandId, DispositionId, Key, QueueId, SkillId, TeamId};
use crate::model::{
    AtClose, Calendar, Channel, HandOver, Media, NoAgents, Recording, VoicemailDelivery, WrapUp,
};
use crate::time::Duration;

/// What the engine needs of an agent's configuration.
#[derive(Clone, Debug)]
pub(crate) struct AgentPlan {
    /// What queues ask of the agent, shared by all who are alike, and its number.
    pub(crate) signature: (Arc<Signature>, u32),
    pub(crate) budget: u32,
    /// Differing bounds by channel.
    pub(crate) max: SmallVec<[(Channel, u32); 1]>,
    pub(crate) auto_answer: bool,
    /// Stands in where this agent alone is wanted.
    pub(crate) coverage: Option<CoveragePlan>,
    /// One bit per channel that is admitted while the agent holds nothing.
    pub(super) at_rest: u16,
}

impl AgentPlan {
    pub(crate) fn level(&self, skill: SkillId) -> u8 {
        self.signature.0.level(skill)
    }
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
}

/// The group mailbox of a queue.
#[derive(Clone, Copy, Debug)]
pub(crate) struct VoicemailPlan {
    pub(crate) delivery: VoicemailDelivery,
    pub(crate) unheard_after: Option<Duration>,
    pub(crate) escalate_to: Option<QueueId>,
}

/// What the engine needs of a queue's configuration.
#[derive(Clone, Debug)]
pub(crate) struct QueuePlan {
    pub(crate) requirement: SmallVec<[(SkillId, u8); 4]>,
    /// Teams in their order, where only they serve.
    pub(crate) teams: Option<Vec<TeamId>>,
    /// Numbers of the signatures that may serve: of all teams together, or of each in its turn.
    pub(crate) tiers: SmallVec<[Bits; 1]>,
    pub(crate) service_target: Duration,
    pub(crate) channel_targets: SmallVec<[(Channel, Duration); 1]>,
    pub(crate) boost: Duration,
    pub(crate) calendar: Option<Calendar>,
    pub(crate) at_close: AtClose,
    pub(crate) depth: Option<u32>,
    pub(crate) wait: Option<Duration>,
    pub(crate) overflow: OverflowTo,
    pub(crate) no_agents: Option<NoAgents>,
    pub(crate) no_agents_grace: Duration,
    pub(crate) wrap_up: WrapUp,
    pub(crate) dispositions: Vec<DispositionId>,
    pub(crate) music: Option<String>,
    pub(crate) offer_timeout: Option<Duration>,
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
    /// Whether an agent of this plan may serve the queue.
    pub(crate) fn admits(&self, agent: &AgentPlan) -> bool {
        self.tier(&agent.signature.0).is_some()
    }

    /// The turn in which agents of the signature serve the queue, if they may.
    fn tier(&self, signature: &Signature) -> Option<usize> {
        let able = self.requirement.iter().all(|(skill, least)| signature.level(*skill) >= *least);
        match &self.teams {
            _ if !able => None,
            None => Some(0),
            Some(teams) => teams.iter().position(|team| Some(*team) == signature.team),
        }
    }

    /// Notes the signature in its turn; whether it may serve.
    pub(super) fn note(&mut self, number: usize, signature: &Signature) -> bool {
        let Some(tier) = self.tier(signature) else { return false };
        if self.tiers.len() <= tier {
            self.tiers.resize(tier + 1, Bits::default());
        }
        if let Some(tier) = self.tiers.get_mut(tier) {
            tier.insert(number);
        }
        true
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
