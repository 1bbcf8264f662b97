//! What the engine needs of each object of the configuration, its references resolved.

use serde::{Deserialize, Serialize};
use smallvec::SmallVec;

use super::atoms::Condition;
use super::bits::Bits;
use super::signature::Signature;
use crate::id::{BrandId, DispositionId, Key, QueueId};
use crate::model::{
    AtClose, Calendar, Channel, HandOver, Media, NoAgents, Recording, VoicemailDelivery, WrapUp,
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
    pub(crate) coverage: Option<QueueId>,
    /// One bit per channel that is admitted while the agent holds nothing.
    pub(super) at_rest: u16,
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
    pub(super) requirement: Condition,
    /// Statements of membership in its teams, in their order, where only they serve.
    pub(super) teams: Option<Vec<usize>>,
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
        self.tiers.iter().any(|tier| tier.contains(agent.signature as usize))
    }

    /// The turn in which agents of the signature serve the queue, if they may.
    fn tier(&self, signature: &Signature) -> Option<usize> {
        match &self.teams {
            _ if !self.requirement.is_met_by(signature) => None,
            None => Some(0),
            Some(teams) => teams.iter().position(|team| signature.holds(*team)),
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
