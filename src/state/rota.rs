//! What the engine needs of each rota, its references resolved.

use std::collections::BTreeMap;

use super::numbers::Numbers;
use crate::id::{AgentId, Key, QueueId};
use crate::message::{Party, Personal};
use crate::model::{Calendar, Center, Duty, Kind, LastResort, OnDuty, Rota};
use crate::time::{Duration, Timestamp};

/// What the engine needs of a rota.
#[derive(Clone, Debug)]
pub(crate) struct RotaPlan {
    pub(crate) levels: Vec<Vec<DutyPlan>>,
    pub(crate) ring_timeout: Duration,
    pub(crate) accept_key: Option<char>,
    pub(crate) accept_timeout: Duration,
    pub(crate) prompt: Option<String>,
    pub(crate) rounds: u32,
    pub(crate) last_resort: LastResortPlan,
}

/// Somebody's duty.
#[derive(Clone, Debug)]
pub(crate) struct DutyPlan {
    pub(crate) who: Party,
    /// When; always where there is none.
    calendar: Option<Calendar>,
}

impl DutyPlan {
    /// Whether it is this one's duty at `wall` (wall time).
    pub(crate) fn is_on(&self, wall: Timestamp) -> bool {
        self.calendar.as_ref().is_none_or(|calendar| calendar.is_open(wall))
    }
}

/// What becomes of a caller whom nobody has accepted.
#[derive(Clone, Debug)]
pub(crate) enum LastResortPlan {
    HangUp,
    Queue(QueueId),
    External(Personal<String>),
}

/// All rotas of a center.
pub(super) fn plans(center: &Center, numbers: &Numbers) -> BTreeMap<Key, RotaPlan> {
    center.rotas.iter().map(|(key, rota)| (key.clone(), plan(center, numbers, rota))).collect()
}

fn plan(center: &Center, numbers: &Numbers, rota: &Rota) -> RotaPlan {
    // Hours of duty that name no zone are in the rota's, else in the center's.
    let zone = if rota.time_zone.is_empty() { &center.time_zone } else { &rota.time_zone };
    let calendar = |hours: &Key| Calendar::new(center.hours.get(hours)?, zone).ok();
    let duty = |duty: &Duty| {
        let who = match &duty.who {
            OnDuty::Agent(key) => Party::Agent(AgentId(numbers.get(Kind::Agent, key.as_str())?)),
            OnDuty::External(number) => Party::External(Personal::Clear(number.clone())),
        };
        Some(DutyPlan { who, calendar: duty.hours.as_ref().and_then(calendar) })
    };
    let levels = rota.levels.iter();
    RotaPlan {
        levels: levels.map(|level| level.duties.iter().filter_map(duty).collect()).collect(),
        ring_timeout: rota.ring_timeout,
        accept_key: rota.accept_key,
        accept_timeout: rota.accept_timeout,
        prompt: rota.prompt.clone(),
        rounds: rota.rounds,
        last_resort: match &rota.last_resort {
            LastResort::HangUp => LastResortPlan::HangUp,
            LastResort::Queue(key) => match numbers.get(Kind::Queue, key.as_str()) {
                Some(queue) => LastResortPlan::Queue(QueueId(queue)),
                None => LastResortPlan::HangUp,
            },
            LastResort::External(number) => {
                LastResortPlan::External(Personal::Clear(number.clone()))
            }
        },
    }
}
