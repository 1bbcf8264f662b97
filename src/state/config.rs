//! The configuration in force: keys numbered once, references resolved.

use std::collections::BTreeMap;
use std::sync::Arc;

use smallvec::SmallVec;

use super::capacity::admitted;
use super::hash::Map;
use super::numbers::Numbers;
use super::plan::{
    AgentPlan, ChannelPlan, CoveragePlan, EntryLeads, EntryPlan, HostPlan, OverflowTo, QueuePlan,
    VoicemailPlan,
};
use super::rota::RotaPlan;
use super::signature::{Signature, Signatures};
use crate::id::{
    AgentId, BrandId, DispositionId, EntryPointId, HostId, Key, QueueId, ReasonId, SkillId, TeamId,
};
use crate::message::NumberedChange;
use crate::model::{
    APP, AgentOrder, Brand, Calendar, Center, Change, Channel, Coverage, EntryTarget, Flowout,
    HandOver, Kind, Media, OrderPolicy, Station, apply_change,
};
use crate::time::{Duration, Timestamp};

/// The configuration in force.
#[derive(Clone, Debug)]
pub(crate) struct Config {
    pub(crate) version: u64,
    /// Shared with the record that it came with.
    pub(crate) center: Arc<Center>,
    pub(crate) numbers: Numbers,
    agents: Vec<Option<AgentPlan>>,
    queues: Vec<Option<QueuePlan>>,
    entry_points: Vec<Option<EntryPlan>>,
    hosts: Vec<Option<HostPlan>>,
    rotas: BTreeMap<Key, RotaPlan>,
    pub(crate) signatures: Signatures,
    channels: [ChannelPlan; Channel::ALL.len()],
    by_address: Map<(Channel, String), EntryPointId>,
}

impl Config {
    pub(crate) fn new(center: Arc<Center>) -> Self {
        let numbers = Numbers::of(&center);
        Self::with_numbers(center, numbers, 1)
    }

    pub(crate) fn with_numbers(center: Arc<Center>, numbers: Numbers, version: u64) -> Self {
        let channels = Channel::ALL.map(|channel| channel_plan(&center, channel));
        let mut config = Self {
            version,
            center,
            numbers,
            agents: Vec::new(),
            queues: Vec::new(),
            entry_points: Vec::new(),
            hosts: Vec::new(),
            rotas: BTreeMap::new(),
            signatures: Signatures::default(),
            channels,
            by_address: Map::default(),
        };
        config.compile();
        config
    }

    /// Applies changes that were validated; objects are numbered as the event says. Whether all was
    /// resolved anew, signatures numbered anew included.
    pub(super) fn change(&mut self, version: u64, changes: &[NumberedChange]) -> bool {
        self.version = version;
        for NumberedChange { change, .. } in changes {
            if let Some((kind, key)) = change.object() {
                self.numbers.add(kind, key);
            }
            match change {
                Change::Queue { key, to } => self.note_heir(key, to.is_none()),
                Change::Host { key, to } => self.note_retired(key, to.is_none()),
                _ => {}
            }
            apply_change(Arc::make_mut(&mut self.center), change);
        }
        // The one change that comes often and by the thousand need not resolve the rest anew.
        let alone = match changes {
            [NumberedChange { change: Change::Agent { key, .. }, .. }] => Some(key),
            _ => None,
        };
        if let Some(agent) = alone {
            self.compile_agent(agent);
        } else {
            self.compile();
        }
        alone.is_none()
    }

    /// Remembers who inherits from a queue that is about to be removed; one that is set inherits
    /// nothing to anybody.
    fn note_heir(&mut self, queue: &Key, removed: bool) {
        let Some(number) = self.number(Kind::Queue, Some(queue)).map(QueueId) else { return };
        self.numbers.heirs.remove(&number);
        let heir = self.center.queues.get(queue).and_then(|queue| queue.heir.as_ref());
        if let Some(heir) = self.number(Kind::Queue, heir).filter(|_| removed) {
            self.numbers.heirs.insert(number, QueueId(heir));
        }
    }

    /// Remembers how to speak to a host that is about to be removed.
    fn note_retired(&mut self, host: &Key, removed: bool) {
        let Some(number) = self.number(Kind::Host, Some(host)).map(HostId) else { return };
        self.numbers.retired.remove(&number);
        if let Some(plan) = self.host_plan(host).filter(|_| removed) {
            self.numbers.retired.insert(number, plan);
        }
    }

    fn compile_agent(&mut self, key: &Key) {
        let Some(number) = self.numbers.get(Kind::Agent, key.as_str()) else { return };
        let plan = self.agent_plan(key);
        if let Some((plan, true)) = &plan {
            self.signatures.match_queues(plan.signature.1, &mut self.queues);
        }
        if self.agents.len() <= number as usize {
            self.agents.resize(number as usize + 1, None);
        }
        if let Some(place) = self.agents.get_mut(number as usize) {
            *place = plan.map(|(plan, _)| plan);
        }
    }

    fn compile(&mut self) {
        self.channels = Channel::ALL.map(|channel| channel_plan(&self.center, channel));
        self.signatures = Signatures::default();
        self.agents = (0..self.numbers.next(Kind::Agent))
            .map(|number| {
                let key = self.numbers.key(Kind::Agent, number)?.clone();
                self.agent_plan(&key).map(|(plan, _)| plan)
            })
            .collect();
        self.queues = self.by_number(Kind::Queue, |key| self.queue_plan(key));
        self.signatures.match_queues(0, &mut self.queues);
        self.entry_points = self.by_number(Kind::EntryPoint, |key| self.entry_plan(key));
        self.hosts = self.by_number(Kind::Host, |key| self.host_plan(key));
        self.rotas = super::rota::plans(&self.center, &self.numbers);
        self.by_address = Map::default();
        for (key, entry) in &self.center.entry_points {
            let Some(number) = self.numbers.get(Kind::EntryPoint, key.as_str()) else { continue };
            for address in &entry.addresses {
                self.by_address.insert((entry.channel, address.clone()), EntryPointId(number));
            }
        }
    }

    fn by_number<T>(&self, kind: Kind, plan: impl Fn(&Key) -> Option<T>) -> Vec<Option<T>> {
        (0..self.numbers.next(kind))
            .map(|number| self.numbers.key(kind, number).and_then(&plan))
            .collect()
    }

    fn number(&self, kind: Kind, key: Option<&Key>) -> Option<u32> {
        self.numbers.get(kind, key?.as_str())
    }

    /// The plan of an agent, and whether its signature is the first of its kind.
    fn agent_plan(&mut self, key: &Key) -> Option<(AgentPlan, bool)> {
        let agent = self.center.agents.get(key)?;
        let level = |(skill, level): (&Key, &u8)| {
            Some((SkillId(self.number(Kind::Skill, Some(skill))?), *level))
        };
        let skills = agent.skills.iter().filter_map(level).collect();
        let team = self.number(Kind::Team, agent.team.as_ref()).map(TeamId);
        let (signature, number, new) = self.signatures.intern(Signature { skills, team });
        let mut plan = AgentPlan {
            signature: (signature, number),
            budget: agent.budget.unwrap_or(self.center.capacity.budget),
            max: agent.max.iter().map(|(channel, max)| (*channel, *max)).collect(),
            auto_answer: agent.auto_answer,
            coverage: agent.coverage.as_ref().and_then(|coverage| self.coverage_plan(coverage)),
            at_rest: 0,
        };
        plan.at_rest = admitted(self, &plan, &[]);
        Some((plan, new))
    }

    fn coverage_plan(&self, coverage: &Coverage) -> Option<CoveragePlan> {
        let queue = |key| self.number(Kind::Queue, Some(key)).map(QueueId);
        match coverage {
            Coverage::Queue(key) => queue(key).map(CoveragePlan::Queue),
            Coverage::QueueMailbox(key) => queue(key).map(CoveragePlan::QueueMailbox),
            Coverage::Team(key) => {
                self.number(Kind::Team, Some(key)).map(|id| CoveragePlan::Team(TeamId(id)))
            }
            Coverage::OwnMailbox => Some(CoveragePlan::OwnMailbox),
        }
    }

    fn queue_plan(&self, key: &Key) -> Option<QueuePlan> {
        let queue = self.center.queues.get(key)?;
        let hours = queue.hours.as_ref().and_then(|hours| self.center.hours.get(hours));
        Some(QueuePlan {
            requirement: queue
                .requirement
                .levels
                .iter()
                .filter_map(|(skill, level)| {
                    Some((SkillId(self.number(Kind::Skill, Some(skill))?), *level))
                })
                .collect(),
            teams: match &queue.agent_order {
                AgentOrder::Teams(teams) => Some(
                    teams
                        .iter()
                        .filter_map(|team| self.number(Kind::Team, Some(team)).map(TeamId))
                        .collect(),
                ),
                AgentOrder::LongestIdle => None,
            },
            tiers: SmallVec::new(),
            service_target: queue.service_target,
            channel_targets: queue.channel_targets.iter().map(|(c, t)| (*c, *t)).collect(),
            boost: queue.boost,
            calendar: hours.and_then(|hours| Calendar::new(hours, &self.center.time_zone).ok()),
            at_close: queue.at_close,
            depth: queue.limits.depth,
            wait: queue.limits.wait,
            overflow: match queue.overflow.as_ref().map(|overflow| &overflow.to) {
                Some(Flowout::Queue(to)) => self
                    .number(Kind::Queue, Some(to))
                    .map_or(OverflowTo::HangUp, |number| OverflowTo::Queue(QueueId(number))),
                Some(Flowout::HangUp) | None => OverflowTo::HangUp,
            },
            no_agents: queue.no_agents,
            no_agents_grace: queue.no_agents_grace,
            wrap_up: queue.wrap_up.clone(),
            dispositions: queue
                .dispositions
                .iter()
                .filter_map(|d| self.number(Kind::Disposition, Some(d)).map(DispositionId))
                .collect(),
            music: queue.music.clone(),
            offer_timeout: queue.offer_timeout,
            last_admission: queue.last_admission,
            urgent: queue.urgent,
            voicemail: VoicemailPlan {
                delivery: queue.voicemail.delivery,
                unheard_after: queue.voicemail.unheard_after,
                escalate_to: self
                    .number(Kind::Queue, queue.voicemail.escalate_to.as_ref())
                    .map(QueueId),
            },
            on_call: queue.on_call.clone(),
            consults_count: queue.consults_count,
            brand: self.number(Kind::Brand, queue.brand.as_ref()).map(BrandId),
            recording: queue.recording.clone(),
        })
    }

    fn entry_plan(&self, key: &Key) -> Option<EntryPlan> {
        let entry = self.center.entry_points.get(key)?;
        let (leads_to, queue_brand) = match &entry.leads_to {
            EntryTarget::Queue(queue) => (
                EntryLeads::Queue(QueueId(self.number(Kind::Queue, Some(queue))?)),
                self.center.queues.get(queue).and_then(|queue| queue.brand.as_ref()),
            ),
            EntryTarget::Flow(_) => (EntryLeads::Flow, None),
        };
        Some(EntryPlan {
            brand: self.number(Kind::Brand, entry.brand.as_ref().or(queue_brand)).map(BrandId),
            leads_to,
            language: entry.language.clone(),
            max_concurrent: entry.max_concurrent,
            boost: entry.boost,
        })
    }

    fn host_plan(&self, key: &Key) -> Option<HostPlan> {
        match self.center.hosts.get(key) {
            Some(host) => Some(HostPlan { media: host.media, hand_over: host.hand_over }),
            None if key.as_str() == APP => {
                Some(HostPlan { media: Media::Host, hand_over: HandOver::Direct })
            }
            None => {
                let number = self.number(Kind::Host, Some(key))?;
                self.numbers.retired.get(&HostId(number)).copied()
            }
        }
    }

    /// Where the agent hears and speaks, unless the sign-in says otherwise.
    pub(crate) fn station(&self, id: AgentId) -> Option<&Station> {
        let key = self.numbers.key(Kind::Agent, id.0)?;
        self.center.agents.get(key).map(|agent| &agent.station)
    }

    pub(crate) fn agent(&self, id: AgentId) -> Option<&AgentPlan> {
        self.agents.get(id.index())?.as_ref()
    }

    pub(crate) fn queue(&self, id: QueueId) -> Option<&QueuePlan> {
        self.queues.get(id.index())?.as_ref()
    }

    pub(crate) fn entry_point(&self, id: EntryPointId) -> Option<&EntryPlan> {
        self.entry_points.get(id.index())?.as_ref()
    }

    pub(crate) fn rota(&self, key: &Key) -> Option<&RotaPlan> {
        self.rotas.get(key)
    }

    pub(crate) fn brand(&self, id: BrandId) -> Option<&Brand> {
        self.center.brands.get(self.numbers.key(Kind::Brand, id.0)?)
    }

    /// Whether a call to the address is one to an emergency service.
    pub(crate) fn is_emergency(&self, channel: Channel, address: &str) -> bool {
        channel == Channel::Voice && self.center.emergency_numbers.iter().any(|n| n == address)
    }

    pub(crate) fn host(&self, id: HostId) -> Option<&HostPlan> {
        self.hosts.get(id.index())?.as_ref()
    }

    pub(crate) fn channel(&self, channel: Channel) -> ChannelPlan {
        self.channels.get(channel.index()).copied().unwrap_or(ChannelPlan {
            cost: self.center.capacity.budget,
            max: 1,
            wrap_up_cost: self.center.capacity.budget,
            interrupts: 0,
        })
    }

    pub(crate) fn entry_at(&self, channel: Channel, address: &str) -> Option<EntryPointId> {
        self.by_address.get(&(channel, address.to_owned())).copied()
    }

    pub(crate) fn agent_id(&self, key: &Key) -> Option<AgentId> {
        let id = AgentId(self.numbers.get(Kind::Agent, key.as_str())?);
        self.agent(id).is_some().then_some(id)
    }

    pub(crate) fn queue_id(&self, key: &Key) -> Option<QueueId> {
        let id = QueueId(self.numbers.get(Kind::Queue, key.as_str())?);
        self.queue(id).is_some().then_some(id)
    }

    /// A host that is configured, or was and is retiring.
    pub(crate) fn host_id(&self, key: &Key) -> Option<HostId> {
        let id = HostId(self.numbers.get(Kind::Host, key.as_str())?);
        self.host(id).is_some().then_some(id)
    }

    /// Whether the host was removed: it ends what it holds and gets nothing new.
    pub(crate) fn is_retired(&self, host: HostId) -> bool {
        self.numbers.retired.contains_key(&host)
    }

    pub(crate) fn reason_id(&self, key: &Key) -> Option<ReasonId> {
        let number = self.numbers.get(Kind::Reason, key.as_str())?;
        self.center.reasons.contains_key(key).then_some(ReasonId(number))
    }

    pub(crate) fn disposition_id(&self, key: &Key) -> Option<DispositionId> {
        let number = self.numbers.get(Kind::Disposition, key.as_str())?;
        self.center.dispositions.contains_key(key).then_some(DispositionId(number))
    }

    /// The queue, or who has inherited it where it was removed.
    pub(crate) fn standing(&self, queue: QueueId) -> Option<QueueId> {
        let lives = self.queue(queue).is_some();
        if lives { Some(queue) } else { self.heir(queue) }
    }

    /// Who inherits the waiting requests of a queue that was removed, over heirs that were removed
    /// too.
    pub(crate) fn heir(&self, removed: QueueId) -> Option<QueueId> {
        let heirs = &self.numbers.heirs;
        let line = std::iter::successors(heirs.get(&removed), |heir| heirs.get(heir));
        // Queues that name each other as heirs are a ring without end.
        line.take(heirs.len()).copied().find(|heir| self.queue(*heir).is_some())
    }

    pub(crate) fn entry_point_id(&self, key: &Key) -> Option<EntryPointId> {
        self.number(Kind::EntryPoint, Some(key)).map(EntryPointId)
    }

    /// The queue that an entry point leads to.
    pub(crate) fn queue_of_entry(&self, entry: EntryPointId) -> Option<QueueId> {
        match self.entry_point(entry)?.leads_to {
            EntryLeads::Queue(queue) => Some(queue),
            EntryLeads::Flow => None,
        }
    }

    /// Numbers of all queues that are or were configured.
    pub(crate) fn all_queue_ids(&self) -> impl Iterator<Item = QueueId> + use<> {
        (0..self.numbers.next(Kind::Queue)).map(QueueId)
    }

    /// The key of the order of service. Where nobody waits on the line, the target runs in business time.
    pub(crate) fn due_at(
        &self,
        (queue, channel, wall_offset): (QueueId, Channel, Duration),
        order_at: Timestamp,
        target: Duration,
        boost: Duration,
    ) -> Timestamp {
        if self.center.order == OrderPolicy::FirstComeFirstServed {
            return order_at - boost;
        }
        let calendar = self.queue(queue).and_then(|plan| plan.calendar.as_ref());
        match calendar.filter(|_| !channel.is_live()) {
            // Calendars read wall time.
            Some(calendar) => {
                calendar.after_open(order_at + wall_offset, target) - wall_offset - boost
            }
            None => order_at + target - boost,
        }
    }
}

fn channel_plan(center: &Center, channel: Channel) -> ChannelPlan {
    let budget = center.capacity.budget;
    center.capacity.channels.get(&channel).map_or(
        ChannelPlan { cost: budget, max: 1, wrap_up_cost: budget, interrupts: 0 },
        |c| ChannelPlan {
            cost: c.cost,
            max: c.max,
            wrap_up_cost: c.wrap_up_cost.unwrap_or(c.cost),
            interrupts: c.interrupts.iter().fold(0, |mask, other| mask | 1 << other.index()),
        },
    )
}
