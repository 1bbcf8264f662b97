//! The changes between two centers.
//!
//! The changes come in an order in which a valid center stays valid after each of them, where that
//! is possible at all: what is referred to comes before what refers to it and goes after it.
//! References that could point both ways for a while (chains of queues, parents of dispositions,
//! leads of teams, coverage of agents, addresses of entry points, rotas of agents who go) are let go
//! first and set anew later, so such an object is changed twice. Not covered: a center so full that old and new objects together break a limit.

use std::collections::{BTreeMap, BTreeSet};

use super::validate::overflow_queue;
use super::{
    Agent, Brand, Center, Change, Disposition, EntryPoint, Flow, Host, Hours, Limits, OnDuty,
    Queue, Reason, Rota, Site, Skill, Team, User, apply_change,
};
use crate::id::Key;

/// The changes that make `new` of `old`, in the order to apply them; none if the two are equal.
pub fn diff(old: &Center, new: &Center) -> Vec<Change> {
    let mut plan = Plan { now: old.clone(), new, changes: Vec::new() };
    plan.singular_parts();
    plan.fewer_emergency_numbers();
    plan.set(&BRANDS);
    plan.set(&SITES);
    plan.set(&REASONS);
    plan.set(&HOSTS);
    plan.set(&HOURS);
    plan.set(&FLOWS);
    plan.raise_skills();
    plan.dispositions();
    plan.let_go_of_rotas();
    plan.let_go_of_agents();
    plan.teams_and_agents();
    plan.remove(&USERS);
    plan.set(&USERS);
    plan.queues();
    plan.set(&AGENTS);
    plan.entry_points();
    plan.emergency_numbers(new.emergency_numbers.clone());
    plan.remove_queues();
    plan.set(&SKILLS);
    plan.remove(&DISPOSITIONS);
    plan.remove(&TEAMS);
    plan.remove(&SKILLS);
    plan.remove(&FLOWS);
    plan.remove(&HOURS);
    plan.remove(&REASONS);
    plan.remove(&HOSTS);
    plan.remove(&SITES);
    plan.remove(&BRANDS);
    plan.limits(&new.limits);
    plan.changes
}

/// How to get at the objects of a kind, and how to change one.
struct Kind<T> {
    table: fn(&Center) -> &BTreeMap<Key, T>,
    change: fn(Key, Option<T>) -> Change,
}

const BRANDS: Kind<Brand> =
    Kind { table: |center| &center.brands, change: |key, to| Change::Brand { key, to } };
const SITES: Kind<Site> =
    Kind { table: |center| &center.sites, change: |key, to| Change::Site { key, to } };
const TEAMS: Kind<Team> =
    Kind { table: |center| &center.teams, change: |key, to| Change::Team { key, to } };
const SKILLS: Kind<Skill> =
    Kind { table: |center| &center.skills, change: |key, to| Change::Skill { key, to } };
const REASONS: Kind<Reason> =
    Kind { table: |center| &center.reasons, change: |key, to| Change::Reason { key, to } };
const DISPOSITIONS: Kind<Disposition> = Kind {
    table: |center| &center.dispositions,
    change: |key, to| Change::Disposition { key, to },
};
const HOURS: Kind<Hours> =
    Kind { table: |center| &center.hours, change: |key, to| Change::Hours { key, to } };
const FLOWS: Kind<Flow> =
    Kind { table: |center| &center.flows, change: |key, to| Change::Flow { key, to } };
const HOSTS: Kind<Host> =
    Kind { table: |center| &center.hosts, change: |key, to| Change::Host { key, to } };
const QUEUES: Kind<Queue> = Kind {
    table: |center| &center.queues,
    change: |key, to| Change::Queue { key, to: to.map(Box::new) },
};
const ENTRY_POINTS: Kind<EntryPoint> =
    Kind { table: |center| &center.entry_points, change: |key, to| Change::EntryPoint { key, to } };
const ROTAS: Kind<Rota> =
    Kind { table: |center| &center.rotas, change: |key, to| Change::Rota { key, to } };
const USERS: Kind<User> =
    Kind { table: |center| &center.users, change: |key, to| Change::User { key, to } };
const AGENTS: Kind<Agent> =
    Kind { table: |center| &center.agents, change: |key, to| Change::Agent { key, to } };

/// The changes so far and the center they lead to, so that every step looks at what is there.
struct Plan<'a> {
    now: Center,
    new: &'a Center,
    changes: Vec<Change>,
}

impl Plan<'_> {
    fn push(&mut self, change: Change) {
        apply_change(&mut self.now, &change);
        self.changes.push(change);
    }

    fn push_all(&mut self, changes: Vec<Change>) {
        for change in changes {
            self.push(change);
        }
    }

    /// Makes every object that is there what `wanted` makes of it for the time being.
    fn adjust<T: Clone + PartialEq>(
        &mut self,
        kind: &Kind<T>,
        wanted: impl Fn(&Center, &Key, &mut T),
    ) {
        let mut changed = Vec::new();
        for (key, is) in (kind.table)(&self.now) {
            let mut object = is.clone();
            wanted(self.new, key, &mut object);
            if object != *is {
                changed.push((kind.change)(key.clone(), Some(object)));
            }
        }
        self.push_all(changed);
    }

    /// Adds the objects that are not there yet, bare of what they cannot have yet.
    fn add<T: Clone>(&mut self, kind: &Kind<T>, bare: impl Fn(&mut T)) {
        let now = (kind.table)(&self.now);
        let mut changed = Vec::new();
        for (key, object) in (kind.table)(self.new) {
            if !now.contains_key(key) {
                let mut object = object.clone();
                bare(&mut object);
                changed.push((kind.change)(key.clone(), Some(object)));
            }
        }
        self.push_all(changed);
    }

    /// Makes every object what it is in the new center; removes none.
    fn set<T: Clone + PartialEq>(&mut self, kind: &Kind<T>) {
        let now = (kind.table)(&self.now);
        let differing =
            (kind.table)(self.new).iter().filter(|(key, to)| now.get(*key) != Some(*to));
        let changed: Vec<Change> =
            differing.map(|(key, to)| (kind.change)(key.clone(), Some(to.clone()))).collect();
        self.push_all(changed);
    }

    /// Removes what is not in the new center.
    fn remove<T>(&mut self, kind: &Kind<T>) {
        let new = (kind.table)(self.new);
        let gone = (kind.table)(&self.now).keys().filter(|key| !new.contains_key(*key));
        let changed: Vec<Change> = gone.map(|key| (kind.change)(key.clone(), None)).collect();
        self.push_all(changed);
    }

    fn singular_parts(&mut self) {
        let new = self.new;
        if self.now.name != new.name {
            self.push(Change::Name(new.name.clone()));
        }
        if self.now.time_zone != new.time_zone {
            self.push(Change::TimeZone(new.time_zone.clone()));
        }
        if self.now.capacity != new.capacity {
            self.push(Change::Capacity(new.capacity.clone()));
        }
        if self.now.order != new.order {
            self.push(Change::Order(new.order));
        }
        if self.now.across != new.across {
            self.push(Change::Across(new.across));
        }
        if self.now.policies != new.policies {
            self.push(Change::Policies(new.policies.clone()));
        }
        // Room is made before it is filled, and taken back after it is empty.
        let (now, to) = (&self.now.limits, &new.limits);
        let (agents, queues) = (now.agents.max(to.agents), now.queues.max(to.queues));
        let rotas = now.rotas.max(to.rotas);
        self.limits(&Limits { agents, queues, rotas, ..to.clone() });
    }

    fn limits(&mut self, to: &Limits) {
        if self.now.limits != *to {
            self.push(Change::Limits(to.clone()));
        }
    }

    /// A number is one of an emergency service or of an entry point: it is let go first and taken later.
    fn fewer_emergency_numbers(&mut self) {
        let mut numbers = self.now.emergency_numbers.clone();
        numbers.retain(|number| self.new.emergency_numbers.contains(number));
        self.emergency_numbers(numbers);
    }

    fn emergency_numbers(&mut self, to: Vec<String>) {
        if self.now.emergency_numbers != to {
            self.push(Change::EmergencyNumbers(to));
        }
    }

    /// Skills, but none lowered yet: agents and queues still have the old levels.
    fn raise_skills(&mut self) {
        self.adjust(&SKILLS, |new, key, skill| {
            if let Some(to) = new.skills.get(key) {
                *skill = Skill { levels: skill.levels.max(to.levels), ..to.clone() };
            }
        });
        self.add(&SKILLS, |_| ());
    }

    fn dispositions(&mut self) {
        self.adjust(&DISPOSITIONS, |new, key, disposition| {
            let to = new.dispositions.get(key).and_then(|to| to.parent.as_ref());
            disposition.parent.take_if(|parent| Some(&*parent) != to);
        });
        self.add(&DISPOSITIONS, |disposition| disposition.parent = None);
        self.set(&DISPOSITIONS);
    }

    fn teams_and_agents(&mut self) {
        self.adjust(&TEAMS, |new, key, team| {
            team.lead.take_if(|lead| match new.teams.get(key) {
                Some(to) => to.lead.as_ref() != Some(lead),
                None => !new.agents.contains_key(lead),
            });
        });
        self.add(&TEAMS, |team| team.lead = None);
        self.remove(&AGENTS);
        self.agents();
        self.set(&TEAMS);
    }

    /// Agents, but without coverage by queues that are not there yet.
    fn agents(&mut self) {
        let mut changed = Vec::new();
        for (key, to) in &self.new.agents {
            let mut to = to.clone();
            let missing = |queue: &Key| !self.now.queues.contains_key(queue);
            to.coverage.take_if(|coverage| coverage.queue().is_some_and(missing));
            if self.now.agents.get(key) != Some(&to) {
                changed.push((AGENTS.change)(key.clone(), Some(to)));
            }
        }
        self.push_all(changed);
    }

    /// Rotas that name agents who go: whatever they become, they come again after the agents.
    fn let_go_of_rotas(&mut self) {
        let gone = |rota: &Rota| {
            rota.levels.iter().flat_map(|level| &level.duties).any(|duty| match &duty.who {
                OnDuty::Agent(agent) => !self.new.agents.contains_key(agent),
                OnDuty::External(_) => false,
            })
        };
        let gone: BTreeSet<Key> =
            self.now.rotas.iter().filter(|(_, rota)| gone(rota)).map(|(k, _)| k.clone()).collect();
        self.adjust(&QUEUES, |_, _, queue| {
            queue.on_call.take_if(|rota| gone.contains(rota));
        });
        self.push_all(gone.into_iter().map(|key| (ROTAS.change)(key, None)).collect());
    }

    /// Queues that ask for agents who go: they would not be met anyway.
    fn let_go_of_agents(&mut self) {
        self.adjust(&QUEUES, |new, _, queue| {
            let gone = |key: &str| !new.agents.contains_key(key);
            if queue.requirement.names_agent(&gone) {
                queue.requirement = queue.requirement.without_agents(&gone);
            }
            let mut relaxed = queue.relaxation.iter().filter_map(|step| step.requirement.as_ref());
            if relaxed.any(|requirement| requirement.names_agent(&gone)) {
                queue.relaxation.clear();
            }
        });
    }

    /// A removed queue keeps its heir to the end: that is where its waiting requests go. Rotas come
    /// between queues that they lead to and queues that lead to them.
    fn queues(&mut self) {
        self.adjust(&QUEUES, |new, key, queue| {
            let Some(to) = new.queues.get(key) else {
                if overflow_queue(queue).is_some_and(|to| !new.queues.contains_key(to)) {
                    queue.overflow = None;
                }
                queue.voicemail.escalate_to = None;
                queue.relaxation.clear();
                queue.on_call.take_if(|rota| !new.rotas.contains_key(rota));
                return;
            };
            if to.overflow != queue.overflow {
                queue.overflow = None;
            }
            if to.heir != queue.heir {
                queue.heir = None;
            }
            if to.relaxation != queue.relaxation {
                queue.relaxation.clear();
            }
            if to.voicemail.escalate_to != queue.voicemail.escalate_to {
                queue.voicemail.escalate_to = None;
            }
        });
        self.add(&QUEUES, |queue| {
            queue.overflow = None;
            queue.heir = None;
            queue.relaxation.clear();
            queue.voicemail.escalate_to = None;
            queue.on_call = None;
        });
        self.set(&ROTAS);
        self.set(&QUEUES);
        self.remove(&ROTAS);
    }

    fn entry_points(&mut self) {
        self.remove(&ENTRY_POINTS);
        self.adjust(&ENTRY_POINTS, |new, key, entry| {
            if let Some(to) = new.entry_points.get(key) {
                let stays = |address: &String| {
                    to.channel == entry.channel && to.addresses.contains(address)
                };
                entry.addresses.retain(stays);
            }
        });
        self.set(&ENTRY_POINTS);
    }

    /// Removes each queue before its heir.
    fn remove_queues(&mut self) {
        let gone = |key: &&Key| !self.new.queues.contains_key(*key);
        let heir = |key: &Key| self.now.queues.get(key).and_then(|queue| queue.heir.as_ref());
        let mut left: BTreeSet<&Key> = self.now.queues.keys().filter(gone).collect();
        let mut changed = Vec::new();
        for first in left.clone() {
            // A walk down the heirs, emitted backward at the end: heirs first, then reversed.
            let mut walk = Vec::new();
            let mut at = Some(first);
            while let Some(key) = at.filter(|key| left.remove(*key)) {
                walk.push(key.clone());
                at = heir(key);
            }
            changed.extend(walk.into_iter().rev());
        }
        let changed: Vec<Change> =
            changed.into_iter().rev().map(|key| (QUEUES.change)(key, None)).collect();
        self.push_all(changed);
    }
}
