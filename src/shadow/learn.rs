//! A center that is made of what comes in: names, and who serves what.

use std::collections::BTreeMap;

use super::{Fact, Membership, Misfit, Shadow, What, address};
use crate::id::Key;
use crate::message::CommandBody;
use crate::model::{Agent, Change, EntryPoint, Queue, Skill};

impl Shadow {
    /// Looks through facts before they are taken, as of a log that has been written: queues and agents that are not
    /// known are added where the shadow learns; and whoever takes calls of a queue without having come into it before is
    /// there from the beginning, for it was before the first fact. Contradictions are found when the facts are taken.
    pub fn introduce<'f>(&mut self, facts: impl IntoIterator<Item = &'f Fact>) {
        let mut first: BTreeMap<(Key, Option<Key>), bool> = BTreeMap::new();
        for fact in facts {
            let (agent, queue, joins) = match &fact.what {
                What::Entered { call, .. } => {
                    let _ = self.queue_of(&call.queue);
                    continue;
                }
                What::Rings { call, agent }
                | What::RangInVain { call, agent, .. }
                | What::Connected { call, agent, .. } => (agent, Some(&call.queue), false),
                What::Member { agent, queue, now } => {
                    (agent, queue.as_ref(), *now == Membership::Joined)
                }
                _ => continue,
            };
            let queue = match queue.map(|name| self.queue_of(name)) {
                Some(None) => continue,
                queue => queue.flatten(),
            };
            let Some(agent) = self.agent_of(agent, queue.as_ref()) else { continue };
            // Of all queues at once is none in particular, but for who names none ever.
            first.entry((agent, queue)).or_insert(joins);
        }
        for ((agent, queue), joins) in &first {
            let in_one = first.keys().any(|(other, queue)| other == agent && queue.is_some());
            if !joins && (queue.is_some() || !in_one) {
                self.change_member(agent, queue.as_ref(), Membership::Joined);
            }
        }
        self.found.clear();
        self.summary = super::Summary::default();
        self.look();
    }

    /// The queue of that name: its key, or what it alone is called.
    pub(super) fn queue_of(&mut self, name: &str) -> Option<Key> {
        let Ok(key) = Key::new(name) else {
            self.contradicts(Misfit::BadName(name.to_owned()));
            return None;
        };
        let queues = &self.engine.center().queues;
        if queues.contains_key(&key) {
            return Some(key);
        }
        if let Some(only) = only(queues.iter().filter(|(_, queue)| queue.name == name)) {
            return Some(only);
        }
        if !self.learns {
            self.contradicts(Misfit::UnknownQueue(name.to_owned()));
            return None;
        }
        let added = self.add_queue(&key);
        if added.is_none() {
            self.contradicts(Misfit::BadName(name.to_owned()));
        }
        added.filter(|added| *added).map(|_| key)
    }

    /// The agent of that name, who serves the queue where the shadow learns.
    pub(super) fn agent_of(&mut self, name: &str, queue: Option<&Key>) -> Option<Key> {
        let Ok(key) = Key::new(name) else {
            self.contradicts(Misfit::BadName(name.to_owned()));
            return None;
        };
        let agents = &self.engine.center().agents;
        let known = agents.contains_key(&key).then(|| key.clone());
        let known = known.or_else(|| only(agents.iter().filter(|(_, agent)| agent.name == name)));
        match (known, self.learns) {
            (Some(known), false) => Some(known),
            (None, false) => {
                self.contradicts(Misfit::UnknownAgent(name.to_owned()));
                None
            }
            (known, true) => {
                let key = known.unwrap_or(key);
                self.add_agent(&key, queue).then_some(key)
            }
        }
    }

    /// Adds the queue; none where its name leaves no room for what is made of it.
    fn add_queue(&mut self, queue: &Key) -> Option<bool> {
        let skill = serves(queue);
        let address = address(queue);
        let made = Queue::new().requires(&skill, 1).build().ok()?;
        let entry = EntryPoint::voice(&address).to_queue(queue.as_str()).build().ok()?;
        let (skill, point) = (Key::new(&skill).ok()?, Key::new(&address).ok()?);
        Some(self.configure(vec![
            Change::Skill { key: skill, to: Some(Skill { levels: 1, ..Skill::default() }) },
            Change::Queue { key: queue.clone(), to: Some(Box::new(made)) },
            Change::EntryPoint { key: point, to: Some(entry) },
        ]))
    }

    /// Adds the agent, or the queue to what the agent serves, if that was learned too.
    fn add_agent(&mut self, agent: &Key, queue: Option<&Key>) -> bool {
        let center = self.engine.center();
        let skill = queue.and_then(|queue| Key::new(serves(queue)).ok());
        let skill = skill.filter(|skill| center.skills.contains_key(skill));
        let before = center.agents.get(agent);
        let mut to = before.cloned().unwrap_or_else(Agent::default);
        if let Some(skill) = skill {
            to.skills.insert(skill, 1);
        }
        if before == Some(&to) {
            return true;
        }
        self.configure(vec![Change::Agent { key: agent.clone(), to: Some(to) }])
    }

    fn configure(&mut self, changes: Vec<Change>) -> bool {
        let base_version = self.engine.config_version();
        let before = self.found.len();
        self.expect(CommandBody::Configure { base_version, changes });
        self.found.len() == before
    }
}

/// The skill that a learned queue asks for.
fn serves(queue: &Key) -> String {
    format!("serves {queue}")
}

fn only<'c, T>(mut found: impl Iterator<Item = (&'c Key, T)>) -> Option<Key> {
    let (key, _) = found.next()?;
    found.next().is_none().then(|| key.clone())
}
