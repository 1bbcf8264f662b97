//! Resolving the configuration: a plan of each object, and who may serve what.

use std::collections::BTreeMap;

use super::Config;
use crate::id::{BrandId, DispositionId, EntryPointId, HostId, Key, QueueId, TeamId};
use crate::model::{
    APP, AgentGroups, AgentOrder, Calendar, Center, Channel, Coverage, EntryTarget, Flowout,
    GroupBy, Guard, HandOver, Kind, Media, Queue, RelaxationStep, Shares,
};
use crate::state::atoms::Atoms;
use crate::state::capacity::admitted;
use crate::state::classes::{GuardPlan, StepPlan};
use crate::state::hash::Map;
use crate::state::plan::{
    AgentPlan, ChannelPlan, CoveragePlan, EntryLeads, EntryPlan, HostPlan, OverflowTo, QueuePlan,
    Turns, VoicemailPlan,
};
use crate::state::ranking::{Grade, Kept, Ranking, asked_skills, kept};
use crate::state::signature::Signatures;

impl Config {
    pub(super) fn compile_agent(&mut self, key: &Key) {
        let Some(number) = self.numbers.get(Kind::Agent, key.as_str()) else { return };
        let plan = self.agent_plan(key);
        if let Some((plan, true)) = &plan {
            let Self { classes, signatures, queues, .. } = self;
            classes.match_all((0, plan.signature), signatures, queues);
        }
        if self.agents.len() <= number as usize {
            self.agents.resize(number as usize + 1, None);
        }
        if let Some(place) = self.agents.get_mut(number as usize) {
            *place = plan.map(|(plan, _)| plan);
        }
    }

    pub(super) fn compile(&mut self) {
        self.channels = Channel::ALL.map(|channel| channel_plan(&self.center, channel));
        self.matched_elsewhere = self.center.policies.matched_elsewhere;
        let mut atoms = Atoms::default();
        self.queues = self.by_number(Kind::Queue, |key| self.queue_plan(key, &mut atoms));
        self.atoms = atoms;
        let remembers = |plan: &QueuePlan| plan.preferred.last_agent_within.is_some();
        self.remembers_agents = self.queues.iter().flatten().any(remembers);
        let shares = self.queues.iter().flatten().map(|plan| u64::from(plan.weights.share));
        self.shares = shares.sum();
        self.note_selection();
        self.signatures = Signatures::default();
        self.agents = (0..self.numbers.next(Kind::Agent))
            .map(|number| {
                let key = self.numbers.key(Kind::Agent, number)?.clone();
                self.agent_plan(&key).map(|(plan, _)| plan)
            })
            .collect();
        self.match_classes();
        self.entry_points = self.by_number(Kind::EntryPoint, |key| self.entry_plan(key));
        self.hosts = self.by_number(Kind::Host, |key| self.host_plan(key));
        self.rotas = crate::state::rota::plans(&self.center, &self.numbers);
        self.by_address = Map::default();
        for (key, entry) in &self.center.entry_points {
            let Some(number) = self.numbers.get(Kind::EntryPoint, key.as_str()) else { continue };
            for address in &entry.addresses {
                self.by_address.insert((entry.channel, address.clone()), EntryPointId(number));
            }
        }
    }

    fn by_number<T>(&self, kind: Kind, mut plan: impl FnMut(&Key) -> Option<T>) -> Vec<Option<T>> {
        (0..self.numbers.next(kind))
            .map(|number| self.numbers.key(kind, number).and_then(&mut plan))
            .collect()
    }

    /// The plan of an agent, and whether its signature is the first of its kind.
    fn agent_plan(&mut self, key: &Key) -> Option<(AgentPlan, bool)> {
        let agent = self.center.agents.get(key)?;
        let signature = self.atoms.signature(&self.center, key, agent);
        let (signature, new) = self.signatures.intern(signature);
        let mut plan = AgentPlan {
            signature,
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

    fn queue_plan(&self, key: &Key, atoms: &mut Atoms) -> Option<QueuePlan> {
        let queue = self.center.queues.get(key)?;
        Some(QueuePlan {
            requirement: atoms.condition(&queue.requirement),
            groups: groups(queue, atoms),
            turns: turns(&queue.groups),
            ranking: ranking(queue, atoms),
            reserves: queue
                .reserves
                .iter()
                .filter_map(|reserve| {
                    let number = self.number(Kind::Queue, Some(&reserve.queue));
                    Some((QueueId(number?), reserve.keep))
                })
                .collect(),
            preferred: queue.preferred.clone(),
            steps: queue.relaxation.iter().map(|step| self.step_plan(step, atoms)).collect(),
            service_target: queue.service_target,
            channel_targets: queue.channel_targets.iter().map(|(c, t)| (*c, *t)).collect(),
            boost: queue.boost,
            order: queue.order,
            priority: queue.priority,
            weights: queue.weights.clone(),
            calendar: self.calendar(queue.hours.as_ref()),
            at_close: queue.at_close,
            depth: queue.limits.depth,
            wait: queue.limits.wait,
            longest_estimate: queue.limits.estimate,
            longest_left: queue.limits.estimate_left,
            estimates: queue.estimates,
            overflow: match queue.overflow.as_ref().map(|overflow| &overflow.to) {
                Some(Flowout::Queue(to)) => self
                    .number(Kind::Queue, Some(to))
                    .map_or(OverflowTo::HangUp, |number| OverflowTo::Queue(QueueId(number))),
                Some(Flowout::CallBack) => OverflowTo::CallBack,
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
            announcements: queue.announcements.clone(),
            resume_within: queue.resume_within,
            callbacks: queue.callbacks.clone(),
            calls_during: self.calendar(queue.callbacks.hours.as_ref()),
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
            ringing: queue.ringing,
            others_ring: queue.others_ring,
            consults_count: queue.consults_count,
            brand: self.number(Kind::Brand, queue.brand.as_ref()).map(BrandId),
            recording: queue.recording.clone(),
        })
    }

    fn calendar(&self, hours: Option<&Key>) -> Option<Calendar> {
        let hours = self.center.hours.get(hours?)?;
        Calendar::new(hours, &self.center.time_zone).ok()
    }

    fn step_plan(&self, step: &RelaxationStep, atoms: &mut Atoms) -> StepPlan {
        let queues = |keys: &[Key]| {
            let number = |key| self.number(Kind::Queue, Some(key)).map(QueueId);
            keys.iter().filter_map(number).collect()
        };
        StepPlan {
            after: step.after,
            when: step.when.as_ref().and_then(|guard| match guard {
                Guard::Nobody(rule) => Some(GuardPlan::Nobody(*rule)),
                Guard::DepthOver(most) => Some(GuardPlan::DepthOver(*most)),
                Guard::PositionOver(most) => Some(GuardPlan::PositionOver(*most)),
                Guard::During(hours) => self.calendar(Some(hours)).map(GuardPlan::During),
                Guard::ExpectedWaitOver(most) => Some(GuardPlan::ExpectedWaitOver(*most)),
            }),
            requirement: step.requirement.as_ref().map(|r| (atoms.condition(r), step.mode)),
            boost: step.boost,
            add: queues(&step.add_queues),
            remove: queues(&step.remove_queues),
        }
    }

    /// Notes what the queues choose by, and which keep agents back for which.
    fn note_selection(&mut self) {
        let rankings: Vec<Ranking> =
            self.queues.iter().flatten().map(|plan| plan.ranking).collect();
        self.kept = kept(&rankings);
        let mut reserving: BTreeMap<QueueId, Vec<QueueId>> = BTreeMap::new();
        for (number, plan) in (0..).zip(&self.queues) {
            for (kept_for, _) in plan.iter().flat_map(|plan| &plan.reserves) {
                reserving.entry(*kept_for).or_default().push(QueueId(number));
            }
        }
        self.reserving = reserving;
    }

    /// Works out who may serve which class of requests, for all agents and all classes.
    fn match_classes(&mut self) {
        self.classes.renew(&self.queues);
        self.classes.match_all((0, 0), &mut self.signatures, &self.queues);
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

    pub(super) fn host_plan(&self, key: &Key) -> Option<HostPlan> {
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
}

/// Statements of membership in the queue's groups, where only they serve.
fn groups(queue: &Queue, atoms: &mut Atoms) -> Option<Vec<usize>> {
    let (by, groups) = queue.groups.parts()?;
    let number = |group: &Key| match by {
        GroupBy::Team => atoms.team(group),
        GroupBy::Site => atoms.site(group),
    };
    Some(groups.into_iter().map(|(group, _)| group).map(number).collect())
}

fn turns(groups: &AgentGroups) -> Turns {
    let shares = |shares: &Shares| shares.of.values().copied().collect();
    match groups {
        AgentGroups::Together | AgentGroups::Teams(_) => Turns::InOrder,
        AgentGroups::Allocation(of) => Turns::Allocation(shares(of)),
        AgentGroups::IdlenessRatio(of) => Turns::IdlenessRatio(shares(of)),
    }
}

/// How the queue chooses among its agents.
fn ranking(queue: &Queue, atoms: &mut Atoms) -> Ranking {
    match &queue.agent_order {
        AgentOrder::LongestIdle => Ranking::Idle,
        AgentOrder::LongestWeightedIdle => Ranking::WeightedIdle(atoms.grade(Grade::Weight)),
        AgentOrder::LeastOccupied => Ranking::Kept(Kept::Occupied),
        AgentOrder::FewestHandled => Ranking::Kept(Kept::Handled),
        AgentOrder::RoundRobin => Ranking::Kept(Kept::Offered),
        AgentOrder::MostSkilled => {
            Ranking::MostSkilled(atoms.grade(Grade::Levels(asked_skills(&queue.requirement))))
        }
        AgentOrder::LeastSkilled => Ranking::LeastSkilled(atoms.grade(Grade::Levels(None))),
        AgentOrder::WeightedRandom => Ranking::Random(atoms.grade(Grade::Weight)),
        AgentOrder::Fixed(agents) => Ranking::Fixed(atoms.grade(Grade::Place(agents.clone()))),
        AgentOrder::HostScored(hold_out) => Ranking::Scored(*hold_out),
    }
}

pub(super) fn channel_plan(center: &Center, channel: Channel) -> ChannelPlan {
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
