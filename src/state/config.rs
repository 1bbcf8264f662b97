//! The configuration as the engine works with it: keys numbered once, references resolved.

use std::collections::BTreeMap;

use smallvec::SmallVec;

use super::hash::Map;
use crate::id::{
    AgentId, BrandId, DispositionId, EntryPointId, HostId, Key, QueueId, ReasonId, SkillId, TeamId,
};
use crate::message::NumberedChange;
use crate::model::{
    APP, AgentOrder, AtClose, BUILT_IN, Brand, Calendar, Center, Change, Channel, EntryTarget,
    Flowout, HandOver, Kind, Media, NoAgents, OrderPolicy, Recording, Station, WrapUp,
    apply_change,
};
use crate::time::{Duration, Timestamp};

/// Numbers of the keys of one kind. A number is never used for another key, also after removal.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
pub(crate) struct Numbering {
    keys: Vec<Key>,
    by_key: BTreeMap<Key, u32>,
}

impl Numbering {
    pub(crate) fn get(&self, key: &str) -> Option<u32> {
        self.by_key.get(key).copied()
    }

    pub(crate) fn key(&self, number: u32) -> Option<&Key> {
        self.keys.get(number as usize)
    }

    /// The number that the next new key will get.
    pub(crate) fn next(&self) -> u32 {
        u32::try_from(self.keys.len()).unwrap_or(u32::MAX)
    }

    fn add(&mut self, key: &Key) {
        if !self.by_key.contains_key(key) {
            self.by_key.insert(key.clone(), self.next());
            self.keys.push(key.clone());
        }
    }
}

/// Numbers by kind of object.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
pub(crate) struct Numbers {
    kinds: BTreeMap<Kind, Numbering>,
    /// Who inherits the waiting requests of each queue that was removed.
    heirs: BTreeMap<QueueId, QueueId>,
    /// Hosts that were removed: what they still hold has to end.
    retired: BTreeMap<HostId, HostPlan>,
}

impl Numbers {
    fn of(center: &Center) -> Self {
        let mut numbers = Self::default();
        for (kind, key) in BUILT_IN {
            if let Ok(key) = Key::new(key) {
                numbers.add(kind, &key);
            }
        }
        for (kind, key) in center.objects() {
            numbers.add(kind, key);
        }
        numbers
    }

    fn add(&mut self, kind: Kind, key: &Key) {
        self.kinds.entry(kind).or_default().add(key);
    }

    pub(crate) fn get(&self, kind: Kind, key: &str) -> Option<u32> {
        self.kinds.get(&kind)?.get(key)
    }

    pub(crate) fn key(&self, kind: Kind, number: u32) -> Option<&Key> {
        self.kinds.get(&kind)?.key(number)
    }

    /// The number of the key, the next one of its kind if it has none yet.
    pub(crate) fn number(&mut self, kind: Kind, key: &Key) -> u32 {
        self.add(kind, key);
        self.get(kind, key.as_str()).unwrap_or(u32::MAX)
    }

    pub(crate) fn next(&self, kind: Kind) -> u32 {
        self.kinds.get(&kind).map_or(0, Numbering::next)
    }
}

/// What the engine needs of an agent's configuration.
#[derive(Clone, Debug)]
pub(crate) struct AgentPlan {
    pub(crate) skills: SmallVec<[(SkillId, u8); 6]>,
    pub(crate) team: Option<TeamId>,
    pub(crate) budget: u32,
    /// Differing bounds by channel.
    pub(crate) max: SmallVec<[(Channel, u32); 1]>,
    pub(crate) auto_answer: bool,
    /// Stands in where this agent alone is wanted.
    pub(crate) coverage: Option<QueueId>,
    pub(crate) station: Station,
}

impl AgentPlan {
    pub(crate) fn level(&self, skill: SkillId) -> u8 {
        self.skills.iter().find(|(s, _)| *s == skill).map_or(0, |(_, level)| *level)
    }
}

/// Where an overflow leads.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum OverflowTo {
    Queue(QueueId),
    HangUp,
}

/// What the engine needs of a queue's configuration.
#[derive(Clone, Debug)]
pub(crate) struct QueuePlan {
    pub(crate) requirement: SmallVec<[(SkillId, u8); 4]>,
    /// Teams in their order, where only they serve.
    pub(crate) teams: Option<Vec<TeamId>>,
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
}

impl QueuePlan {
    /// Whether an agent of this plan may serve the queue.
    pub(crate) fn admits(&self, agent: &AgentPlan) -> bool {
        self.requirement.iter().all(|(skill, least)| agent.level(*skill) >= *least)
            && self
                .teams
                .as_ref()
                .is_none_or(|teams| agent.team.is_some_and(|team| teams.contains(&team)))
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
#[derive(Clone, Copy, PartialEq, Debug, serde::Serialize, serde::Deserialize)]
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

/// The configuration in force.
#[derive(Clone, Debug)]
pub(crate) struct Config {
    pub(crate) version: u64,
    pub(crate) center: Center,
    pub(crate) numbers: Numbers,
    agents: Vec<Option<AgentPlan>>,
    queues: Vec<Option<QueuePlan>>,
    entry_points: Vec<Option<EntryPlan>>,
    hosts: Vec<Option<HostPlan>>,
    channels: [ChannelPlan; Channel::ALL.len()],
    by_address: Map<(Channel, String), EntryPointId>,
}

impl Config {
    pub(crate) fn new(center: Center) -> Self {
        let numbers = Numbers::of(&center);
        Self::with_numbers(center, numbers, 1)
    }

    pub(crate) fn with_numbers(center: Center, numbers: Numbers, version: u64) -> Self {
        let channels = Channel::ALL.map(|channel| channel_plan(&center, channel));
        let mut config = Self {
            version,
            center,
            numbers,
            agents: Vec::new(),
            queues: Vec::new(),
            entry_points: Vec::new(),
            hosts: Vec::new(),
            channels,
            by_address: Map::default(),
        };
        config.compile();
        config
    }

    /// Applies changes that were validated; objects are numbered as the event says.
    pub(super) fn change(&mut self, version: u64, changes: &[NumberedChange]) {
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
            apply_change(&mut self.center, change);
        }
        match changes {
            // The one change that comes often and by the thousand need not resolve the rest anew.
            [NumberedChange { change: Change::Agent { key, .. }, .. }] => self.compile_agent(key),
            _ => self.compile(),
        }
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
        let plan = self.center.agents.get(key).map(|_| self.agent_plan(key));
        if self.agents.len() <= number as usize {
            self.agents.resize(number as usize + 1, None);
        }
        if let Some(place) = self.agents.get_mut(number as usize) {
            *place = plan.flatten();
        }
    }

    fn compile(&mut self) {
        self.channels = Channel::ALL.map(|channel| channel_plan(&self.center, channel));
        self.agents = self.by_number(Kind::Agent, |key| self.agent_plan(key));
        self.queues = self.by_number(Kind::Queue, |key| self.queue_plan(key));
        self.entry_points = self.by_number(Kind::EntryPoint, |key| self.entry_plan(key));
        self.hosts = self.by_number(Kind::Host, |key| self.host_plan(key));
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

    fn agent_plan(&self, key: &Key) -> Option<AgentPlan> {
        let agent = self.center.agents.get(key)?;
        let team = agent.team.as_ref();
        Some(AgentPlan {
            skills: agent
                .skills
                .iter()
                .filter_map(|(skill, level)| {
                    Some((SkillId(self.number(Kind::Skill, Some(skill))?), *level))
                })
                .collect(),
            team: self.number(Kind::Team, team).map(TeamId),
            budget: agent.budget.unwrap_or(self.center.capacity.budget),
            max: agent.max.iter().map(|(channel, max)| (*channel, *max)).collect(),
            auto_answer: agent.auto_answer,
            coverage: self.number(Kind::Queue, agent.coverage.as_ref()).map(QueueId),
            station: agent.station.clone(),
        })
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

    pub(crate) fn agent(&self, id: AgentId) -> Option<&AgentPlan> {
        self.agents.get(id.index())?.as_ref()
    }

    pub(crate) fn queue(&self, id: QueueId) -> Option<&QueuePlan> {
        self.queues.get(id.index())?.as_ref()
    }

    pub(crate) fn entry_point(&self, id: EntryPointId) -> Option<&EntryPlan> {
        self.entry_points.get(id.index())?.as_ref()
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
