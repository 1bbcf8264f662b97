//! What agents did with their time.

use std::ops::AddAssign;

use serde::{Deserialize, Serialize};

use super::{Handling, Ratio};
use crate::message::Activity;

/// How the time in which an agent is alerted or connected counts for occupancy. Both vendors' habits
/// exist; neither calls it idle.
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Alerting {
    /// Neither busy nor idle: it stands on neither side of the fraction.
    #[default]
    Apart,
    /// Busy, like talking.
    Busy,
}

/// An agent's time at work by activity, in whole milliseconds.
///
/// At each instant an agent does one thing, the weightiest of all that goes on: three chats at once
/// are one time of talking, so busy time is a union and occupancy never exceeds 100 %.
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub struct AgentTime {
    /// At work, not taking work (KPI dictionary row 45).
    pub not_ready: u64,
    /// Ready, with nothing to do (row 44).
    pub idle: u64,
    /// Desktop or phone away.
    pub unreachable: u64,
    /// An offer rings.
    pub alerting: u64,
    /// An accepted offer is being connected.
    pub connecting: u64,
    /// With a customer.
    pub talking: u64,
    /// A customer is on hold.
    pub holding: u64,
    /// Finishing after a customer.
    pub wrap_up: u64,
    /// Work from outside the queues, calls with colleagues among it.
    pub other_work: u64,
    /// Calling customers by hand, on behalf of a queue.
    pub manual_outbound: u64,
    /// Following others as a supervisor.
    pub monitoring: u64,
}

impl AgentTime {
    /// Adds time to an activity; there is none for agents who are not at work.
    pub(super) const fn add(&mut self, activity: Activity, millis: u64) {
        let time = match activity {
            Activity::SignedOut => return,
            Activity::NotReady(_) => &mut self.not_ready,
            Activity::Idle => &mut self.idle,
            Activity::Unreachable => &mut self.unreachable,
            Activity::Alerting => &mut self.alerting,
            Activity::Connecting => &mut self.connecting,
            Activity::Talking => &mut self.talking,
            Activity::Holding => &mut self.holding,
            Activity::WrapUp => &mut self.wrap_up,
            Activity::OtherWork(_) => &mut self.other_work,
            Activity::ManualOutbound => &mut self.manual_outbound,
            Activity::Monitoring => &mut self.monitoring,
        };
        *time = time.saturating_add(millis);
    }

    /// All time at work (KPI dictionary row 46, staffed time): the timeline has no gap.
    pub const fn signed_in(&self) -> u64 {
        self.not_ready
            .saturating_add(self.idle)
            .saturating_add(self.unreachable)
            .saturating_add(self.alerting)
            .saturating_add(self.connecting)
            .saturating_add(self.talking)
            .saturating_add(self.holding)
            .saturating_add(self.wrap_up)
            .saturating_add(self.other_work)
            .saturating_add(self.manual_outbound)
            .saturating_add(self.monitoring)
    }

    /// Occupancy: (talking + holding + wrap-up + calling by hand \[+ alerting + connecting\]) /
    /// (that + idle), in ms (KPI dictionary row 10; handling of outbound work adds dialing, row 6). Not
    /// ready, unreachable, other work and monitoring stand on neither side.
    pub const fn occupancy(&self, alerting: Alerting) -> Ratio {
        let handling = self
            .talking
            .saturating_add(self.holding)
            .saturating_add(self.wrap_up)
            .saturating_add(self.manual_outbound);
        let busy = match alerting {
            Alerting::Apart => handling,
            Alerting::Busy => {
                handling.saturating_add(self.alerting).saturating_add(self.connecting)
            }
        };
        Ratio::new(busy, busy.saturating_add(self.idle))
    }
}

impl AddAssign<&Self> for AgentTime {
    fn add_assign(&mut self, other: &Self) {
        let Self {
            not_ready,
            idle,
            unreachable,
            alerting,
            connecting,
            talking,
            holding,
            wrap_up,
            other_work,
            manual_outbound,
            monitoring,
        } = other;
        self.not_ready = self.not_ready.saturating_add(*not_ready);
        self.idle = self.idle.saturating_add(*idle);
        self.unreachable = self.unreachable.saturating_add(*unreachable);
        self.alerting = self.alerting.saturating_add(*alerting);
        self.connecting = self.connecting.saturating_add(*connecting);
        self.talking = self.talking.saturating_add(*talking);
        self.holding = self.holding.saturating_add(*holding);
        self.wrap_up = self.wrap_up.saturating_add(*wrap_up);
        self.other_work = self.other_work.saturating_add(*other_work);
        self.manual_outbound = self.manual_outbound.saturating_add(*manual_outbound);
        self.monitoring = self.monitoring.saturating_add(*monitoring);
    }
}

/// What an agent did in an interval.
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub struct AgentCounts {
    /// The agent's time, split at the borders of intervals.
    pub time: AgentTime,
    /// Work finished in the interval, with all of its time, also that of earlier intervals.
    pub handling: Handling,
    /// Changes that were reported before the one before: their duration counts as zero.
    pub clamped: u64,
}

impl AddAssign<&Self> for AgentCounts {
    fn add_assign(&mut self, other: &Self) {
        let Self { time, handling, clamped } = other;
        self.time += time;
        self.handling += handling;
        self.clamped += clamped;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn alerting_is_apart_or_busy_and_never_idle() {
        let mut time = AgentTime::default();
        for (activity, millis) in [
            (Activity::Talking, 40),
            (Activity::Holding, 5),
            (Activity::WrapUp, 5),
            (Activity::Alerting, 15),
            (Activity::Connecting, 5),
            (Activity::Idle, 20),
            (Activity::NotReady(None), 100),
            (Activity::OtherWork(None), 100),
            (Activity::ManualOutbound, 10),
            (Activity::Unreachable, 100),
            (Activity::SignedOut, 1_000),
        ] {
            time.add(activity, millis);
        }
        assert_eq!(time.occupancy(Alerting::Apart), Ratio::new(60, 80));
        assert_eq!(time.occupancy(Alerting::Busy), Ratio::new(80, 100));
        assert_eq!(time.signed_in(), 400);
        assert_eq!(AgentTime::default().occupancy(Alerting::Busy).value(), None);
    }
}
