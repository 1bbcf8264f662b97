//! The configuration in force: keys numbered once, references resolved.

mod compile;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::atoms::Atoms;
use super::classes::{Classes, serves, tier};
use super::hash::Map;
use super::numbers::Numbers;
use super::plan::{AgentPlan, ChannelPlan, EntryLeads, EntryPlan, HostPlan, QueuePlan};
use super::relaxing::Steps;
use super::rota::RotaPlan;
use super::signature::Signatures;
use crate::id::{
    AgentId, BrandId, DispositionId, EntryPointId, HostId, Key, QueueId, ReasonId, SkillId, TeamId,
};
use crate::message::NumberedChange;
use crate::model::{
    Brand, Center, Change, Channel, Kind, OrderPolicy, Proficiency, Queue, Station, apply_change,
};
use compile::channel_plan;

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
    /// What its queues ask of agents.
    atoms: Atoms,
    pub(crate) signatures: Signatures,
    pub(crate) classes: Classes,
    /// Some queue prefers whoever answered the customer last.
    pub(super) remembers_agents: bool,
    /// The shares of all queues, added up.
    pub(crate) shares: u64,
    /// What agents are ranked by, beside idle time (`state/ranking.rs`).
    pub(super) kept: [bool; 3],
    /// For which queues others keep agents back, and which do.
    pub(crate) reserving: BTreeMap<QueueId, Vec<QueueId>>,
    /// Another system says who takes what.
    pub(crate) matched_elsewhere: bool,
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
            atoms: Atoms::default(),
            signatures: Signatures::default(),
            classes: Classes::default(),
            remembers_agents: false,
            shares: 0,
            kept: [false; 3],
            reserving: BTreeMap::new(),
            matched_elsewhere: false,
            channels,
            by_address: Map::default(),
        };
        config.compile();
        config
    }

    /// Applies changes that were validated; objects are numbered as the event says. Whether all was
    /// resolved anew, signatures numbered anew included, and the queues whose steps are other ones now, or none.
    pub(super) fn change(
        &mut self,
        version: u64,
        changes: &[NumberedChange],
    ) -> (bool, BTreeSet<QueueId>) {
        let mut stepped = BTreeSet::new();
        self.version = version;
        for NumberedChange { change, .. } in changes {
            if let Some((kind, key)) = change.object() {
                self.numbers.add(kind, key);
            }
            match change {
                Change::Queue { key, to } => {
                    self.note_heir(key, to.is_none());
                    // What derived indexes go by.
                    let steps = |queue: &Queue| queue.relaxation.clone();
                    let before = self.center.queues.get(key).map(steps);
                    let changed = before != to.as_deref().map(steps);
                    let number = self.number(Kind::Queue, Some(key)).map(QueueId);
                    stepped.extend(number.filter(|_| changed));
                }
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
        (alone.is_none(), stepped)
    }

    /// Queues that are about to have another bound for those who wait long.
    pub(super) fn rebounded(&self, changes: &[NumberedChange]) -> Vec<QueueId> {
        let rebounded = |change: &NumberedChange| {
            let Change::Queue { key, to: Some(to) } = &change.change else { return None };
            let before = self.center.queues.get(key)?;
            let other = before.limits.estimate_left != to.limits.estimate_left;
            self.number(Kind::Queue, Some(key)).filter(|_| other).map(QueueId)
        };
        changes.iter().filter_map(rebounded).collect()
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

    fn number(&self, kind: Kind, key: Option<&Key>) -> Option<u32> {
        self.numbers.get(kind, key?.as_str())
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

    /// The order of service of a queue.
    pub(crate) fn order(&self, queue: QueueId) -> OrderPolicy {
        self.queue(queue).and_then(|plan| plan.order).unwrap_or(self.center.order)
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

    /// The number of the class of a queue's requests under these steps.
    pub(super) fn class(&mut self, queue: QueueId, steps: Steps) -> u32 {
        let (number, new) = self.classes.intern(queue, steps);
        if new {
            self.classes.match_all((number, 0), &mut self.signatures, &self.queues);
        }
        number
    }

    /// Whether the agent may serve the queue's requests under these steps.
    pub(crate) fn admits(&self, queue: QueueId, steps: Steps, agent: AgentId) -> bool {
        self.agent(agent).is_some_and(|plan| self.admits_signature(queue, steps, plan.signature))
    }

    /// The turn in which the agent serves the queue's requests under these steps.
    pub(crate) fn tier_of(&self, class: (QueueId, Steps), agent: AgentId) -> Option<usize> {
        let signature = self.signatures.get(self.agent(agent)?.signature)?;
        tier(&self.queues, class, signature)
    }

    /// The queue through which the agent serves the queue's requests under these steps, where a step has added that.
    pub(crate) fn via(&self, class: (QueueId, Steps), agent: AgentId) -> Option<QueueId> {
        let signature = self.signatures.get(self.agent(agent)?.signature)?;
        serves(&self.queues, class, signature)?.1
    }

    /// The same of agents of a signature.
    pub(super) fn admits_signature(&self, queue: QueueId, steps: Steps, signature: u32) -> bool {
        let signature = self.signatures.get(signature);
        signature.is_some_and(|signature| tier(&self.queues, (queue, steps), signature).is_some())
    }

    /// The agent's team.
    pub(crate) fn team_of(&self, agent: AgentId) -> Option<TeamId> {
        let agent = self.center.agents.get(self.numbers.key(Kind::Agent, agent.0)?)?;
        self.number(Kind::Team, agent.team.as_ref()).map(TeamId)
    }

    /// The agent's level of a skill, 0 where it is missing.
    pub(crate) fn level(&self, agent: AgentId, skill: SkillId) -> Proficiency {
        let row =
            self.numbers.key(Kind::Agent, agent.0).and_then(|key| self.center.agents.get(key));
        let skill = self.numbers.key(Kind::Skill, skill.0);
        row.zip(skill).and_then(|(row, skill)| row.skills.get(skill)).copied().unwrap_or(0)
    }

    pub(crate) fn agent_id(&self, key: &Key) -> Option<AgentId> {
        let id = AgentId(self.numbers.get(Kind::Agent, key.as_str())?);
        self.agent(id).is_some().then_some(id)
    }

    pub(crate) fn agent_key(&self, id: AgentId) -> Option<&Key> {
        self.numbers.key(Kind::Agent, id.0)
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
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Agent, Skill};

    /// What tells agents apart is what queues ask, not who they are.
    #[test]
    fn agents_are_alike_unless_a_queue_tells_them_apart() {
        let mut builder = Center::builder()
            .skill("spanish", Skill::new(""))
            .skill("unasked", Skill::new(""))
            .queue("a", Queue::new().requirement("tenure >= 6 and cost < 5000"))
            .queue("b", Queue::new().requirement("agent == \"agent7\" or spanish >= 3"));
        for n in 0..10_000_u32 {
            let level = u8::try_from(n % 7 + 1).unwrap_or(1);
            let agent = Agent::new("")
                .tenure(n % 500)
                .cost(n)
                .skill("spanish", level)
                .skill("unasked", level)
                .attribute("desk", &n.to_string());
            builder = builder.agent(&format!("agent{n}"), agent);
        }
        let center = builder.limits(|l| l.agents = 10_000).build().expect("a valid center");
        let mut config = Config::new(Arc::new(center));
        // Three statements that vary freely, and one agent whom the fourth tells from all others.
        assert_eq!(config.signatures.len(), 2 * 2 * 2 + 1);
        // One agent changes: known statements, and nothing is compiled anew.
        let key = Key::new("agent9").expect("a key");
        let mut agent = config.center.agents.get(&key).expect("is there").clone();
        (agent.tenure, agent.cost) = (None, Some(9_999));
        let number = config.numbers.get(Kind::Agent, "agent9");
        let change = Change::Agent { key, to: Some(agent) };
        assert!(!config.change(2, &[NumberedChange { change, number }]).0);
        assert_eq!(config.signatures.len(), 9);
    }

    /// A configuration without requirements knows one kind of agent.
    #[test]
    fn where_nothing_is_asked_all_are_alike() {
        let center = Center::builder()
            .queue("q", Queue::new())
            .agent("ana", Agent::new("").tenure(1).language("es"))
            .agent("ben", Agent::new("").cost(2))
            .build()
            .expect("a valid center");
        let config = Config::new(Arc::new(center));
        assert_eq!(config.signatures.len(), 1);
        let admits = |agent| config.admits(QueueId(0), Steps::default(), AgentId(agent));
        assert!((0..2).all(admits));
    }
}
