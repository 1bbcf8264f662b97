//! What is counted of requests, of the work they lead to, and of interactions: integers alone, merged
//! by +.

use std::collections::BTreeMap;
use std::ops::AddAssign;

use serde::{Deserialize, Serialize};

use super::{Ratio, ServiceCounts, ServiceLevelMode};
use crate::message::{EntryRejection, Outcome};

/// Requests of a queue, or of several, and the work they led to. The unit is the request: somebody who
/// overflows or is transferred counts once in each queue.
///
/// At every record `offered = answered + abandoned + flowed_out + withdrawn + lost + waiting`.
/// Durations are sums of whole milliseconds.
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub struct Counts {
    /// Entered the queue (KPI dictionary row 20).
    pub offered: u64,
    /// Were connected with an agent (row 21).
    pub answered: u64,
    /// Of these, within the service target that was in force at entry.
    pub answered_in_target: u64,
    /// Left by themselves (row 22), also while an agent was alerted.
    pub abandoned: u64,
    /// Of these, within the service target.
    pub abandoned_in_target: u64,
    /// Of the abandoned, sooner than the center's bound for short abandons (row 23).
    pub short_abandoned: u64,
    /// Of the short ones, within the service target.
    pub short_in_target: u64,
    /// Were taken out by a rule: overflow, closed, full, no agents (row 24).
    pub flowed_out: u64,
    /// Were taken out by a command.
    pub withdrawn: u64,
    /// Were lost by network, host or system.
    pub lost: u64,
    /// Are in the queue now, also while an agent is alerted or connected (row 26).
    pub waiting: u64,
    /// Waits of the answered, from queue entry to connection, in ms.
    pub wait_answered: u64,
    /// Waits of the abandoned, in ms.
    pub wait_abandoned: u64,
    /// Waits of all who left the queue, in ms.
    pub wait_all: u64,
    /// The work that came of them, by the interval of their queue entry.
    pub handling: Handling,
    /// Ends that were reported before the beginning: their duration counts as zero.
    pub clamped: u64,
    /// Calls that agents made by hand on behalf of the queue, by the interval in which they began. They
    /// are no requests, and their work is not part of `handling`.
    pub outbound: OutboundCounts,
}

impl Counts {
    /// Counts the end of a request that waited `wait` ms with a target of `target` ms; a wait below
    /// zero counts as zero and as clamped.
    pub(super) fn end(&mut self, outcome: &Outcome, wait: i64, target: u64) {
        self.waiting = self.waiting.saturating_sub(1);
        self.clamped += u64::from(wait < 0);
        let wait = u64::try_from(wait).unwrap_or(0);
        let in_target = u64::from(wait <= target);
        self.wait_all = self.wait_all.saturating_add(wait);
        match outcome {
            Outcome::Answered { .. } => {
                self.answered += 1;
                self.answered_in_target += in_target;
                self.wait_answered = self.wait_answered.saturating_add(wait);
            }
            Outcome::Abandoned { short, .. } => {
                let short = u64::from(*short);
                self.abandoned += 1;
                self.abandoned_in_target += in_target;
                self.short_abandoned += short;
                self.short_in_target += short & in_target;
                self.wait_abandoned = self.wait_abandoned.saturating_add(wait);
            }
            Outcome::FlowedOut { .. } => self.flowed_out += 1,
            Outcome::Withdrawn { .. } => self.withdrawn += 1,
            Outcome::Lost(_) => self.lost += 1,
        }
    }

    /// Those who left the queue, in whatever way.
    pub const fn exits(&self) -> u64 {
        self.answered + self.abandoned + self.flowed_out + self.withdrawn + self.lost
    }

    /// Average time in queue: waits of all exits / exits, in ms (KPI dictionary row 1).
    pub const fn avg_queue_time(&self) -> Ratio {
        Ratio::new(self.wait_all, self.exits())
    }

    /// Average speed of answer: waits of the answered / answered, in ms (KPI dictionary row 5). The
    /// wait runs to the connection, so it includes the time that the agent was alerted.
    pub const fn asa(&self) -> Ratio {
        Ratio::new(self.wait_answered, self.answered)
    }

    /// Average time to abandon: waits of the abandoned / abandoned, in ms (KPI dictionary row 30).
    pub const fn avg_abandon_time(&self) -> Ratio {
        Ratio::new(self.wait_abandoned, self.abandoned)
    }

    /// Abandonment rate: abandoned / offered (KPI dictionary row 4).
    pub fn abandon_rate(&self) -> Ratio {
        ServiceCounts::from(self).abandon_rate()
    }

    /// The service level in a mode (KPI dictionary row 3). Of several queues it is weighted: each
    /// request was judged by the target of its own queue.
    pub fn service_level(&self, mode: ServiceLevelMode) -> Ratio {
        ServiceCounts::from(self).level(mode)
    }
}

impl AddAssign<&Self> for Counts {
    fn add_assign(&mut self, other: &Self) {
        let Self {
            offered,
            answered,
            answered_in_target,
            abandoned,
            abandoned_in_target,
            short_abandoned,
            short_in_target,
            flowed_out,
            withdrawn,
            lost,
            waiting,
            wait_answered,
            wait_abandoned,
            wait_all,
            handling,
            clamped,
            outbound,
        } = other;
        self.offered += offered;
        self.answered += answered;
        self.answered_in_target += answered_in_target;
        self.abandoned += abandoned;
        self.abandoned_in_target += abandoned_in_target;
        self.short_abandoned += short_abandoned;
        self.short_in_target += short_in_target;
        self.flowed_out += flowed_out;
        self.withdrawn += withdrawn;
        self.lost += lost;
        self.waiting += waiting;
        self.wait_answered = self.wait_answered.saturating_add(*wait_answered);
        self.wait_abandoned = self.wait_abandoned.saturating_add(*wait_abandoned);
        self.wait_all = self.wait_all.saturating_add(*wait_all);
        self.handling += handling;
        self.clamped += clamped;
        self.outbound += outbound;
    }
}

/// Calls that agents made by hand.
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub struct OutboundCounts {
    /// The customer was called (KPI dictionary row 14, attempts).
    pub made: u64,
    /// The calling took that long, of those who were reached, in ms.
    pub dialing: u64,
    /// Customer and agent were joined (row 14, connects).
    pub connected: u64,
    /// The work with those who were reached, when it is over.
    pub handling: Handling,
}

impl OutboundCounts {
    /// Customers reached / calls made (KPI dictionary row 68; whether a machine answered is not known of
    /// calls by hand).
    pub const fn connect_rate(&self) -> Ratio {
        Ratio::new(self.connected, self.made)
    }

    /// Average handle time of those who were reached, the calling included, in ms (KPI dictionary row 6).
    pub const fn aht(&self) -> Ratio {
        let Handling { handled, talk, hold, wrap_up } = self.handling;
        let time = self.dialing.saturating_add(talk).saturating_add(hold);
        Ratio::new(time.saturating_add(wrap_up), handled)
    }
}

impl AddAssign<&Self> for OutboundCounts {
    fn add_assign(&mut self, other: &Self) {
        let Self { made, dialing, connected, handling } = other;
        self.made += made;
        self.connected += connected;
        self.dialing = self.dialing.saturating_add(*dialing);
        self.handling += handling;
    }
}

/// Finished work of agents for customers; sums of whole milliseconds.
///
/// The unit is an agent's part in an interaction (an engagement as handler that was connected). It
/// counts when it is over, wrap-up included, so that talk, hold and wrap-up are complete.
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub struct Handling {
    /// Parts that are over (KPI dictionary row 21, handled).
    pub handled: u64,
    /// Together with the customer, in ms.
    pub talk: u64,
    /// The customer on hold, in ms.
    pub hold: u64,
    /// Finishing after the customer, in ms.
    pub wrap_up: u64,
}

impl Handling {
    /// Average handle time: (talk + hold + wrap-up) / handled, in ms (KPI dictionary row 6).
    pub const fn aht(&self) -> Ratio {
        let time = self.talk.saturating_add(self.hold).saturating_add(self.wrap_up);
        Ratio::new(time, self.handled)
    }

    /// Average talk time without hold, per handled, in ms (KPI dictionary row 31).
    pub const fn avg_talk(&self) -> Ratio {
        Ratio::new(self.talk, self.handled)
    }

    /// Average hold time per handled, held or not, in ms (KPI dictionary row 32).
    pub const fn avg_hold(&self) -> Ratio {
        Ratio::new(self.hold, self.handled)
    }

    /// Average wrap-up time per handled, wrapped up or not, in ms (KPI dictionary row 34).
    pub const fn avg_wrap_up(&self) -> Ratio {
        Ratio::new(self.wrap_up, self.handled)
    }
}

impl AddAssign<&Self> for Handling {
    fn add_assign(&mut self, other: &Self) {
        let Self { handled, talk, hold, wrap_up } = other;
        self.handled += handled;
        self.talk = self.talk.saturating_add(*talk);
        self.hold = self.hold.saturating_add(*hold);
        self.wrap_up = self.wrap_up.saturating_add(*wrap_up);
    }
}

/// Interactions, counted beside the requests: somebody who waits in three queues is one of these.
#[derive(Clone, Default, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub struct InteractionCounts {
    /// Began.
    pub opened: u64,
    /// Of these, the customer's part is over.
    pub ended: u64,
    /// Of these, nothing is left to do either.
    pub closed: u64,
    /// Were not taken in at all, by reason. They belong to no brand.
    pub blocked: BTreeMap<EntryRejection, u64>,
    /// Calls among colleagues, which are none of the above: no customer is there.
    pub internal: u64,
}

impl InteractionCounts {
    /// How many were not taken in, for whatever reason.
    pub fn all_blocked(&self) -> u64 {
        self.blocked.values().sum()
    }
}

impl AddAssign<&Self> for InteractionCounts {
    fn add_assign(&mut self, other: &Self) {
        let Self { opened, ended, closed, blocked, internal } = other;
        self.opened += opened;
        self.internal += internal;
        self.ended += ended;
        self.closed += closed;
        for (reason, count) in blocked {
            *self.blocked.entry(*reason).or_default() += count;
        }
    }
}
