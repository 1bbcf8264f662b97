//! A switch without the engine: queues first come, first served, and counters of agents. The oracle of
//! the engine's runs, and the measure of what the engine costs.

use std::collections::BTreeMap;

use super::model::{AgentsPick, AtClosing, Outcome, SimulationModel};
use super::plan::Plan;
use super::switch::{CallId, News, Switch, SwitchError, Switched};

/// Where a call is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    Nowhere,
    Waiting(usize),
    /// A phone of the group rings for a call of the type.
    Ringing {
        group: usize,
        kind: usize,
    },
    Served(usize),
}

/// Queues and counters.
#[derive(Clone, Debug)]
pub struct BareSwitch {
    plan: Plan,
    open: bool,
    /// Agents scheduled, by group; agents who ring, talk or wrap up; agents who did not answer and have
    /// not come back.
    scheduled: Vec<u32>,
    busy: Vec<u32>,
    away: Vec<u32>,
    /// Calls by type that a phone rings for. They wait, and take a place in the queue.
    ringing: Vec<u32>,
    /// Waiting calls by type, in the order of arrival.
    queues: Vec<BTreeMap<u64, u32>>,
    waiting: u32,
    in_system: u32,
    /// By slot.
    places: Vec<Place>,
    inputs: u64,
}

impl BareSwitch {
    /// A switch for the model.
    pub fn new(model: &SimulationModel) -> Self {
        let plan = Plan::of(model);
        Self {
            open: true,
            scheduled: vec![0; plan.types_of.len()],
            busy: vec![0; plan.types_of.len()],
            away: vec![0; plan.types_of.len()],
            ringing: vec![0; plan.groups_of.len()],
            queues: vec![BTreeMap::new(); plan.groups_of.len()],
            waiting: 0,
            in_system: 0,
            places: Vec::new(),
            inputs: 0,
            plan,
        }
    }

    fn is_free(&self, group: usize) -> bool {
        let of = |counts: &[u32]| counts.get(group).copied().unwrap_or(0);
        of(&self.busy) + of(&self.away) < of(&self.scheduled)
    }

    /// The first group of the type that has a free agent.
    fn free_group(&self, kind: usize) -> Option<usize> {
        let groups = self.plan.groups_of.get(kind).into_iter().flatten().copied();
        groups.into_iter().find(|group| self.is_free(*group))
    }

    fn is_full(&self, kind: usize) -> bool {
        let ringing = self.ringing.get(kind).copied().unwrap_or(0);
        let queue = self.queues.get(kind).map_or(0, BTreeMap::len) + ringing as usize;
        let own = self.plan.capacity_of.get(kind).copied().flatten();
        own.is_some_and(|most| queue >= most as usize)
            || self.plan.queue_capacity.is_some_and(|most| self.waiting >= most)
    }

    fn place(&self, slot: u32) -> Place {
        self.places.get(slot as usize).copied().unwrap_or(Place::Nowhere)
    }

    fn put(&mut self, slot: u32, place: Place) {
        let index = slot as usize;
        if index >= self.places.len() {
            self.places.resize(index + 1, Place::Nowhere);
        }
        if let Some(cell) = self.places.get_mut(index) {
            *cell = place;
        }
    }

    /// A free agent of the group takes the call, or its phone rings for it.
    fn serve(&mut self, call: CallId, kind: usize, group: usize, news: &mut Vec<News>) {
        add(&mut self.busy, group, 1);
        if self.plan.rings(group) {
            add(&mut self.ringing, kind, 1);
            self.waiting += 1;
            self.put(call.slot, Place::Ringing { group, kind });
            news.push(News::Offered { call, group });
        } else {
            self.put(call.slot, Place::Served(group));
            news.push(News::Served { call, group });
        }
    }

    /// The phone stops ringing for the call; the agent's group and the type of the call.
    fn stop_ringing(&mut self, call: CallId) -> Result<(usize, usize), SwitchError> {
        let Place::Ringing { group, kind } = self.place(call.slot) else {
            return Err(SwitchError(format!("no phone rings for call {}", call.serial)));
        };
        add(&mut self.ringing, kind, -1);
        self.waiting -= 1;
        Ok((group, kind))
    }

    fn enqueue(&mut self, call: CallId, kind: usize) {
        if let Some(queue) = self.queues.get_mut(kind) {
            queue.insert(call.serial, call.slot);
            self.waiting += 1;
            self.put(call.slot, Place::Waiting(kind));
        }
    }

    /// A free agent of the group takes the next call, if one waits.
    fn take_next(&mut self, group: usize, news: &mut Vec<News>) -> bool {
        if !self.is_free(group) {
            return false;
        }
        self.take_first(group, news)
    }

    /// An agent of the group takes the next call, if one waits, free by the schedule or not.
    fn take_first(&mut self, group: usize, news: &mut Vec<News>) -> bool {
        let heads = self.plan.types_of.get(group).into_iter().flatten().filter_map(|kind| {
            let (serial, slot) = self.queues.get(*kind)?.first_key_value()?;
            Some((*serial, *slot, *kind))
        });
        let next = match self.plan.agents_pick {
            AgentsPick::LongestWait => heads.min(),
            AgentsPick::ListOrder => heads.take(1).next(),
        };
        let Some((serial, slot, kind)) = next else { return false };
        self.unqueue(kind, serial);
        self.serve(CallId { slot, serial }, kind, group, news);
        true
    }

    fn unqueue(&mut self, kind: usize, serial: u64) {
        if self.queues.get_mut(kind).and_then(|queue| queue.remove(&serial)).is_some() {
            self.waiting -= 1;
        }
    }

    fn leave(&mut self, call: CallId, outcome: Outcome, news: &mut Vec<News>) -> Switched {
        let freed = match self.place(call.slot) {
            Place::Waiting(kind) => {
                self.unqueue(kind, call.serial);
                None
            }
            Place::Ringing { .. } => Some(self.stop_ringing(call)?.0),
            _ => return Err(SwitchError(format!("call {} does not wait", call.serial))),
        };
        self.in_system -= 1;
        self.put(call.slot, Place::Nowhere);
        news.push(News::Left { call, outcome });
        if let Some(group) = freed {
            // Whoever is one too many leaves after a call, and has had none.
            add(&mut self.busy, group, -1);
            self.take_first(group, news);
        }
        Ok(())
    }

    /// An agent of the group is free again.
    fn release(&mut self, group: usize, news: &mut Vec<News>) {
        add(&mut self.busy, group, -1);
        self.take_next(group, news);
    }
}

fn add(counts: &mut [u32], place: usize, change: i32) {
    if let Some(count) = counts.get_mut(place) {
        *count = count.saturating_add_signed(change);
    }
}

impl Switch for BareSwitch {
    fn begin(&mut self) -> Switched {
        self.open = true;
        self.scheduled.fill(0);
        self.busy.fill(0);
        self.away.fill(0);
        self.ringing.fill(0);
        self.queues.iter_mut().for_each(BTreeMap::clear);
        (self.waiting, self.in_system) = (0, 0);
        self.places.fill(Place::Nowhere);
        Ok(())
    }

    fn arrive(&mut self, _: f64, call: CallId, kind: usize, news: &mut Vec<News>) -> Switched {
        self.inputs += 1;
        let free = self.free_group(kind);
        let refused = if self.plan.lines.is_some_and(|lines| self.in_system >= lines) {
            Some(Outcome::Blocked)
        } else if !self.open {
            Some(Outcome::Disconnected)
        } else if free.is_none() && self.is_full(kind) {
            Some(Outcome::Blocked)
        } else {
            None
        };
        if let Some(outcome) = refused {
            news.push(News::Left { call, outcome });
            return Ok(());
        }
        self.in_system += 1;
        match free {
            Some(group) => self.serve(call, kind, group, news),
            None => self.enqueue(call, kind),
        }
        Ok(())
    }

    fn abandon(&mut self, _: f64, call: CallId, news: &mut Vec<News>) -> Switched {
        self.inputs += 1;
        self.leave(call, Outcome::Abandoned, news)
    }

    fn expire(&mut self, _: f64, call: CallId, news: &mut Vec<News>) -> Switched {
        self.inputs += 1;
        self.leave(call, Outcome::Message, news)
    }

    fn finish(&mut self, _: f64, call: CallId, news: &mut Vec<News>) -> Switched {
        self.inputs += 1;
        let Place::Served(group) = self.place(call.slot) else {
            return Err(SwitchError(format!("call {} is not served", call.serial)));
        };
        self.put(call.slot, Place::Nowhere);
        self.in_system -= 1;
        if !self.plan.wraps_up(group) {
            self.release(group, news);
        }
        Ok(())
    }

    fn wrapped_up(&mut self, _: f64, _: CallId, group: usize, news: &mut Vec<News>) -> Switched {
        self.inputs += 1;
        self.release(group, news);
        Ok(())
    }

    fn answer(&mut self, _: f64, call: CallId, news: &mut Vec<News>) -> Switched {
        self.inputs += 1;
        let (group, _) = self.stop_ringing(call)?;
        self.put(call.slot, Place::Served(group));
        news.push(News::Served { call, group });
        Ok(())
    }

    fn no_answer(&mut self, _: f64, call: CallId, news: &mut Vec<News>) -> Switched {
        self.inputs += 1;
        let (group, kind) = self.stop_ringing(call)?;
        add(&mut self.busy, group, -1);
        add(&mut self.away, group, 1);
        self.enqueue(call, kind);
        news.push(News::Unanswered { call, group });
        if !self.open && self.plan.at_closing == AtClosing::Disconnect {
            return self.leave(call, Outcome::Disconnected, news);
        }
        // All others wait because nobody is free for them.
        if let Some(group) = self.free_group(kind) {
            self.unqueue(kind, call.serial);
            self.serve(call, kind, group, news);
        }
        Ok(())
    }

    fn back(&mut self, _: f64, group: usize, news: &mut Vec<News>) -> Switched {
        self.inputs += 1;
        add(&mut self.away, group, -1);
        self.take_next(group, news);
        Ok(())
    }

    fn staff(&mut self, _: f64, group: usize, agents: u32, news: &mut Vec<News>) -> Switched {
        self.inputs += 1;
        if let Some(scheduled) = self.scheduled.get_mut(group) {
            *scheduled = agents;
        }
        while self.take_next(group, news) {}
        Ok(())
    }

    fn set_open(&mut self, _: f64, open: bool, news: &mut Vec<News>) -> Switched {
        self.inputs += 1;
        self.open = open;
        if open || self.plan.at_closing == AtClosing::Serve {
            return Ok(());
        }
        let waiting: Vec<CallId> = self
            .queues
            .iter()
            .flatten()
            .map(|(serial, slot)| CallId { slot: *slot, serial: *serial })
            .collect();
        waiting.into_iter().try_for_each(|call| self.leave(call, Outcome::Disconnected, news))
    }

    fn name(&self) -> &'static str {
        "bare"
    }

    fn inputs(&self) -> u64 {
        self.inputs
    }
}
