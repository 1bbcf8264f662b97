//! A day call by call and agent by agent, for figures that sums do not give.

use super::model::Outcome;
use super::switch::{CallId, News, Switch, Switched};

/// A call of a day.
#[derive(Clone, Debug, PartialEq)]
pub struct CallRow {
    /// Its type, by its place in the model.
    pub kind: usize,
    /// When it came in.
    pub arrived: f64,
    /// How long it waited; `None` while it waits.
    pub wait: Option<f64>,
    /// How it fared; `None` while it waits.
    pub outcome: Option<Outcome>,
    /// The group that served it.
    pub group: Option<usize>,
    /// How long it was served, work after the call aside.
    pub service: Option<f64>,
}

/// An agent's day, up to the horizon.
#[derive(Clone, Debug, PartialEq)]
pub struct AgentDay {
    /// The group, by its place in the model.
    pub group: usize,
    /// Time at work.
    pub present: f64,
    /// Time of it with nothing to do.
    pub idle: f64,
}

/// A switch, and a ledger of the calls of the current day.
pub struct Followed<S> {
    switch: S,
    calls: Vec<CallRow>,
}

impl<S: Switch> Followed<S> {
    /// Follows a switch.
    pub const fn new(switch: S) -> Self {
        Self { switch, calls: Vec::new() }
    }

    /// The calls of the current day, in the order in which they came.
    pub fn calls(&self) -> &[CallRow] {
        &self.calls
    }

    /// The switch.
    pub const fn switch(&self) -> &S {
        &self.switch
    }

    fn row(&mut self, call: CallId) -> Option<&mut CallRow> {
        self.calls.get_mut(usize::try_from(call.serial).ok()?)
    }

    /// Lets the switch act and notes what came of it.
    fn note(
        &mut self,
        at: f64,
        news: &mut Vec<News>,
        act: impl FnOnce(&mut S, &mut Vec<News>) -> Switched,
    ) -> Switched {
        let before = news.len();
        act(&mut self.switch, news)?;
        for item in news.iter().skip(before) {
            let (call, outcome, group) = match *item {
                News::Served { call, group } => (call, Outcome::Served, Some(group)),
                News::Left { call, outcome } => (call, outcome, None),
                News::Offered { .. } | News::Unanswered { .. } => continue,
            };
            if let Some(row) = self.row(call) {
                row.wait = Some(at - row.arrived);
                row.outcome = Some(outcome);
                row.group = group;
            }
        }
        Ok(())
    }
}

impl<S: Switch> Switch for Followed<S> {
    fn begin(&mut self) -> Switched {
        self.calls.clear();
        self.switch.begin()
    }

    fn arrive(&mut self, at: f64, call: CallId, kind: usize, news: &mut Vec<News>) -> Switched {
        self.calls.push(CallRow {
            kind,
            arrived: at,
            wait: None,
            outcome: None,
            group: None,
            service: None,
        });
        self.note(at, news, |switch, news| switch.arrive(at, call, kind, news))
    }

    fn abandon(&mut self, at: f64, call: CallId, news: &mut Vec<News>) -> Switched {
        self.note(at, news, |switch, news| switch.abandon(at, call, news))
    }

    fn expire(&mut self, at: f64, call: CallId, news: &mut Vec<News>) -> Switched {
        self.note(at, news, |switch, news| switch.expire(at, call, news))
    }

    fn finish(&mut self, at: f64, call: CallId, news: &mut Vec<News>) -> Switched {
        if let Some(row) = self.row(call) {
            row.service = row.wait.map(|wait| at - row.arrived - wait);
        }
        self.note(at, news, |switch, news| switch.finish(at, call, news))
    }

    fn answer(&mut self, at: f64, call: CallId, news: &mut Vec<News>) -> Switched {
        self.note(at, news, |switch, news| switch.answer(at, call, news))
    }

    fn no_answer(&mut self, at: f64, call: CallId, news: &mut Vec<News>) -> Switched {
        self.note(at, news, |switch, news| switch.no_answer(at, call, news))
    }

    fn back(&mut self, at: f64, group: usize, news: &mut Vec<News>) -> Switched {
        self.note(at, news, |switch, news| switch.back(at, group, news))
    }

    fn wrapped_up(
        &mut self,
        at: f64,
        call: CallId,
        group: usize,
        news: &mut Vec<News>,
    ) -> Switched {
        self.note(at, news, |switch, news| switch.wrapped_up(at, call, group, news))
    }

    fn staff(&mut self, at: f64, group: usize, agents: u32, news: &mut Vec<News>) -> Switched {
        self.note(at, news, |switch, news| switch.staff(at, group, agents, news))
    }

    fn set_open(&mut self, at: f64, open: bool, news: &mut Vec<News>) -> Switched {
        self.note(at, news, |switch, news| switch.set_open(at, open, news))
    }

    fn end(&mut self) -> Switched {
        self.switch.end()
    }

    fn name(&self) -> &'static str {
        self.switch.name()
    }

    fn inputs(&self) -> u64 {
        self.switch.inputs()
    }
}
