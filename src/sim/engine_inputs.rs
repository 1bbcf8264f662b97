//! What callers, agents and the staffing plan do, as inputs of the engine.

use std::collections::{BTreeMap, VecDeque};

use super::engine_news::Call;
use super::engine_switch::{Act, EngineSwitch, broken, wrong};
use super::model::Outcome;
use super::switch::{CallId, News, Switch, Switched};
use crate::engine::{Engine, Opening};
use crate::id::{ExternalRef, Seq};
use crate::message::{self, CommandBody, HostEvent, Input};
use crate::time::Timestamp;

impl Switch for EngineSwitch {
    fn begin(&mut self) -> Switched {
        let engine = Engine::open(Timestamp::EPOCH, Opening::new(self.center.clone()))
            .map_err(|faults| wrong(faults.to_string()))?;
        self.engine = Some(engine);
        if let Some(watch) = &mut self.watch {
            watch.begin();
        }
        for agent in self.agents.iter_mut().flatten() {
            agent.begin();
        }
        self.staff.fill(0);
        self.there.fill(0);
        self.known.clear();
        self.requests.clear();
        self.calls.clear();
        self.offers.clear();
        self.away.clear();
        self.wrap_ups.clear();
        self.waiting_of.fill(0);
        self.heads.iter_mut().for_each(BTreeMap::clear);
        self.asked.clear();
        (self.in_system, self.waiting) = (0, 0);
        (self.decided, self.persisted) = (Seq(0), Seq(0));
        self.give(Timestamp::EPOCH, Input::Tick, &mut Vec::new())?;
        Ok(())
    }

    fn arrive(&mut self, at: f64, call: CallId, kind: usize, news: &mut Vec<News>) -> Switched {
        let time = self.time(at)?;
        let over = self.plan.lines.is_some_and(|lines| self.in_system >= lines);
        if over && !self.bounds.lines_by_engine {
            news.push(News::Left { call, outcome: Outcome::Blocked });
            return Ok(());
        }
        let leg = ExternalRef::new(call.serial.to_string()).map_err(|e| wrong(e.to_string()))?;
        let slot = call.slot as usize;
        if slot >= self.calls.len() {
            self.calls.resize(slot + 1, None);
        }
        let row = Call::new(call.serial, leg.clone(), time, kind);
        if let Some(cell) = self.calls.get_mut(slot) {
            *cell = Some(row);
        }
        self.in_system += 1;
        let event = HostEvent::call(leg, self.addresses.get(kind).cloned().unwrap_or_default());
        self.arriving = Some(call);
        self.report(time, event, news)?;
        self.arriving = None;
        let waits = self.call(call).is_ok_and(|call| call.agent.is_none() && call.rings.is_none());
        if waits && self.is_over(kind) {
            self.turned_away = Some(call);
            self.end_leg(at, call, news)?;
            self.turned_away = None;
        }
        Ok(())
    }

    fn abandon(&mut self, at: f64, call: CallId, news: &mut Vec<News>) -> Switched {
        let Some((_, (group, place), _)) = self.call(call)?.rings else {
            return self.end_leg(at, call, news);
        };
        self.raise(at, group, news)?;
        self.end_leg(at, call, news)?;
        let (there, target) = self.strength(group);
        let busy = self.agents.get(group).and_then(|row| row.get(place)).is_none_or(|row| row.busy);
        if there > target && !busy {
            let at = self.time(at)?;
            self.act(at, (group, place), Act::SignOut, news)?;
        }
        Ok(())
    }

    fn expire(&mut self, at: f64, call: CallId, news: &mut Vec<News>) -> Switched {
        let Call { arrived, kind, .. } = *self.call(call)?;
        let wait = self.plan.max_wait_of.get(kind).copied().flatten();
        let wait = wait.and_then(|wait| self.clock.span(wait)).unwrap_or_default();
        // Two roundings may differ by a tick from one.
        let due = self.time(at)?.max(arrived + wait);
        self.give(due, Input::Tick, news)?;
        if self.call(call).is_ok() {
            return Err(wrong(format!("call {} waits beyond its bound", call.serial)));
        }
        Ok(())
    }

    fn finish(&mut self, at: f64, call: CallId, news: &mut Vec<News>) -> Switched {
        let row = self.call(call)?;
        let (agent, engagement) = (row.agent, row.engagement);
        let Some((place, engagement)) = agent.zip(engagement) else {
            return Err(wrong(format!("call {} is not served", call.serial)));
        };
        if self.plan.wraps_up(place.0) {
            self.wrap_ups.insert(call.serial, (engagement, place));
            self.end_leg(at, call, news)?;
            self.forget(call);
            return Ok(());
        }
        self.leaves_if_too_many(at, place, news)?;
        self.end_leg(at, call, news)?;
        self.forget(call);
        if self.plan.any_wraps_up() {
            self.finish_wrap_up(at, engagement, news)?;
        }
        Ok(())
    }

    fn wrapped_up(&mut self, at: f64, call: CallId, _: usize, news: &mut Vec<News>) -> Switched {
        let Some((engagement, place)) = self.wrap_ups.remove(&call.serial) else {
            return Err(wrong(format!("nobody has work after call {}", call.serial)));
        };
        self.leaves_if_too_many(at, place, news)?;
        self.finish_wrap_up(at, engagement, news)
    }

    fn answer(&mut self, at: f64, call: CallId, news: &mut Vec<News>) -> Switched {
        let (offer, ..) = self.ring(call)?;
        let at = self.time(at)?;
        self.offers.remove(&offer);
        self.command(at, CommandBody::AcceptOffer { offer }, news)
    }

    fn no_answer(&mut self, at: f64, call: CallId, news: &mut Vec<News>) -> Switched {
        let (offer, _, since) = self.ring(call)?;
        let limit = self.plan.ring_limit.and_then(|limit| self.clock.span(limit));
        // Two roundings may differ by a tick from one.
        let due = self.time(at)?.max(since + limit.unwrap_or_default());
        self.give(due, Input::Tick, news)?;
        if self.offers.contains_key(&offer) {
            return Err(wrong(format!("the phone rings on for call {}", call.serial)));
        }
        Ok(())
    }

    fn back(&mut self, at: f64, group: usize, news: &mut Vec<News>) -> Switched {
        let Some(place) = self.away.get_mut(&group).and_then(VecDeque::pop_front) else {
            return Err(wrong(format!("nobody of group {group} is away")));
        };
        let (there, target) = self.strength(group);
        let act = if there > target { Act::SignOut } else { Act::Ready };
        if act == Act::Ready {
            self.raise(at, group, news)?;
        }
        let at = self.time(at)?;
        self.act(at, (group, place), act, news)
    }

    fn staff(&mut self, at: f64, group: usize, agents: u32, news: &mut Vec<News>) -> Switched {
        if let Some(staff) = self.staff.get_mut(group) {
            *staff = agents as usize;
        }
        while let Some((place, act)) = self.next_act(group) {
            if act == Act::SignIn {
                self.raise(at, group, news)?;
            }
            let at = self.time(at)?;
            self.act(at, (group, place), act, news)?;
        }
        Ok(())
    }

    fn set_open(&mut self, at: f64, open: bool, news: &mut Vec<News>) -> Switched {
        let at = self.time(at)?;
        let switch = if open { message::Switch::Open } else { message::Switch::Closed };
        for queue in self.queues.clone() {
            self.command(at, CommandBody::SwitchQueue { queue, switch, until: None }, news)?;
        }
        Ok(())
    }

    fn end(&mut self) -> Switched {
        match (&self.watch, &self.engine) {
            (Some(watch), Some(engine)) => {
                watch.end(engine).map_err(|promise| broken(engine.state().at, &promise))
            }
            _ => Ok(()),
        }
    }

    fn name(&self) -> &'static str {
        "engine"
    }

    fn inputs(&self) -> u64 {
        self.inputs
    }
}
