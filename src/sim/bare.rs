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
    Served(usize),
}

/// Queues and counters.
#[derive(Clone, Debug)]
pub struct BareSwitch {
    plan: Plan,
    open: bool,
    /// Agents scheduled and busy, by group.
    scheduled: Vec<u32>,
    busy: Vec<u32>,
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
            queues: vec![BTreeMap::new(); plan.groups_of.len()],
            waiting: 0,
            in_system: 0,
            places: Vec::new(),
            inputs: 0,
            plan,
        }
    }

    fn is_free(&self, group: usize) -> bool {
        self.busy.get(group).zip(self.scheduled.get(group)).is_some_and(|(busy, all)| busy < all)
    }

    fn is_full(&self, kind: usize) -> bool {
        let queue = self.queues.get(kind).map_or(0, BTreeMap::len);
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

    fn serve(&mut self, call: CallId, group: usize, news: &mut Vec<News>) {
        if let Some(busy) = self.busy.get_mut(group) {
            *busy += 1;
        }
        self.put(call.slot, Place::Served(group));
        news.push(News::Served { call, group });
    }

    /// A free agent of the group takes the next call, if one waits.
    fn take_next(&mut self, group: usize, news: &mut Vec<News>) -> bool {
        if !self.is_free(group) {
            return false;
        }
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
        self.serve(CallId { slot, serial }, group, news);
        true
    }

    fn unqueue(&mut self, kind: usize, serial: u64) {
        if self.queues.get_mut(kind).and_then(|queue| queue.remove(&serial)).is_some() {
            self.waiting -= 1;
        }
    }

    fn leave(&mut self, call: CallId, outcome: Outcome, news: &mut Vec<News>) -> Switched {
        let Place::Waiting(kind) = self.place(call.slot) else {
            return Err(SwitchError(format!("call {} does not wait", call.serial)));
        };
        self.unqueue(kind, call.serial);
        self.in_system -= 1;
        self.put(call.slot, Place::Nowhere);
        news.push(News::Left { call, outcome });
        Ok(())
    }
}

impl Switch for BareSwitch {
    fn begin(&mut self) -> Switched {
        self.open = true;
        self.scheduled.fill(0);
        self.busy.fill(0);
        self.queues.iter_mut().for_each(BTreeMap::clear);
        (self.waiting, self.in_system) = (0, 0);
        self.places.fill(Place::Nowhere);
        Ok(())
    }

    fn arrive(&mut self, _: f64, call: CallId, kind: usize, news: &mut Vec<News>) -> Switched {
        self.inputs += 1;
        let free = self.plan.groups_of.get(kind).into_iter().flatten().copied();
        let free = free.into_iter().find(|group| self.is_free(*group));
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
        if let Some(group) = free {
            self.serve(call, group, news);
        } else if let Some(queue) = self.queues.get_mut(kind) {
            queue.insert(call.serial, call.slot);
            self.waiting += 1;
            self.put(call.slot, Place::Waiting(kind));
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
        if let Some(busy) = self.busy.get_mut(group) {
            *busy -= 1;
        }
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
