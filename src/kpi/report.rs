//! The figures for people and programs.
//!
//! Here division happens, and nothing after it: sums over queues, agents and intervals are taken
//! before. A figure without a denominator is `None`, in JSON `null`, on a screen a dash.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{
    AgentCounts, AgentTime, Alerting, Counts, Cube, Handling, InteractionCounts, Names, Ratio,
    ServiceLevelMode, group,
};
use crate::message::EntryRejection;
use crate::model::Kind;
use crate::time::Timestamp;

/// Figures of a center: the totals, and the same by queue, channel, brand, agent and interval.
///
/// As JSON the totals stand at the top. Rates are fractions from 0 to 1, times are seconds.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Report {
    /// Until when, in wall time.
    pub as_of: Timestamp,
    /// All queues together.
    #[serde(flatten)]
    pub total: Figures,
    /// Agents' busy time / (busy + idle), over all agents (KPI dictionary row 10). There is none by
    /// queue: agents serve several.
    pub occupancy: Option<f64>,
    /// By queue. Numbers of agents are never added up over queues.
    pub queues: BTreeMap<String, Figures>,
    /// By channel, as configurations name it. Calls that agents made by hand are `voice`.
    pub channels: BTreeMap<String, Figures>,
    /// By brand; work without a brand is in the totals alone.
    pub brands: BTreeMap<String, Figures>,
    /// By agent.
    pub agents: BTreeMap<String, AgentFigures>,
    /// By interval of queue entry (agents: in which the time passed).
    pub intervals: Vec<IntervalFigures>,
    /// Interactions, counted beside the requests.
    pub interactions: InteractionFigures,
    /// Durations that were reported to be below zero and count as zero.
    pub clamped: u64,
    /// Times reported by hosts that the engine bounded: they lay before an earlier fact, or after now.
    pub time_bounded: u64,
}

/// Figures of requests: of all, of a queue, a channel, a brand or an interval.
#[derive(Clone, Copy, PartialEq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Figures {
    /// Entered; the sum of the six below.
    pub offered: u64,
    /// Were connected with an agent.
    pub answered: u64,
    /// Left by themselves.
    pub abandoned: u64,
    /// Were taken out by a rule.
    pub flowed_out: u64,
    /// Were taken out by a command.
    pub withdrawn: u64,
    /// Were lost by network, host or system.
    pub lost: u64,
    /// Are waiting now.
    pub waiting: u64,
    /// Average time in queue of all who left it, in seconds (KPI dictionary row 1).
    pub avg_queue_time_s: Option<f64>,
    /// Average speed of answer, in seconds (KPI dictionary row 5).
    pub asa_s: Option<f64>,
    /// Average handle time: talk, hold and wrap-up, in seconds (KPI dictionary row 6).
    pub aht_s: Option<f64>,
    /// Abandoned / offered (KPI dictionary row 4).
    pub abandon_rate: Option<f64>,
    /// Service level in its named modes (KPI dictionary row 3).
    pub service_level: ServiceLevels,
    /// Work of agents that is over, wrap-up included.
    pub handled: u64,
    /// Average talk per handled, in seconds (KPI dictionary row 31).
    pub talk_s: Option<f64>,
    /// Average hold per handled, in seconds (KPI dictionary row 32).
    pub hold_s: Option<f64>,
    /// Average wrap-up per handled, in seconds (KPI dictionary row 34).
    pub wrap_up_s: Option<f64>,
    /// Calls that agents made by hand (KPI dictionary row 14).
    pub calls_made: u64,
    /// Of these, the customer was reached.
    pub calls_connected: u64,
    /// Average handle time of the calls that reached somebody, dialing included, in seconds.
    pub outbound_aht_s: Option<f64>,
}

/// The service level in each of its modes; see [`ServiceLevelMode`].
#[derive(Clone, Copy, PartialEq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
#[allow(missing_docs)] // the modes are described at the enum
pub struct ServiceLevels {
    pub answered_only: Option<f64>,
    pub abandon_negative: Option<f64>,
    pub abandon_ignored: Option<f64>,
    pub abandon_positive: Option<f64>,
    pub genesys: Option<f64>,
    pub short_excluded: Option<f64>,
}

/// Figures of an interval over all queues and agents.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct IntervalFigures {
    /// Its beginning, in wall time (UTC).
    pub start: Timestamp,
    /// Requests that entered a queue in it.
    #[serde(flatten)]
    pub figures: Figures,
    /// Agents' busy time in it / (busy + idle).
    pub occupancy: Option<f64>,
}

/// Figures of an agent.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct AgentFigures {
    /// Work that is over, wrap-up included.
    pub handled: u64,
    /// Average handle time, in seconds.
    pub aht_s: Option<f64>,
    /// Average talk per handled, in seconds.
    pub talk_s: Option<f64>,
    /// Average hold per handled, in seconds.
    pub hold_s: Option<f64>,
    /// Average wrap-up per handled, in seconds.
    pub wrap_up_s: Option<f64>,
    /// Busy time / (busy + idle).
    pub occupancy: Option<f64>,
    /// What the agent did with the time at work.
    pub time: AgentSeconds,
}

/// An agent's time at work by activity, in seconds; see [`AgentTime`].
#[derive(Clone, Copy, PartialEq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
#[allow(missing_docs)] // the activities are described at the time in integers
pub struct AgentSeconds {
    pub signed_in_s: f64,
    pub not_ready_s: f64,
    pub idle_s: f64,
    pub unreachable_s: f64,
    pub alerting_s: f64,
    pub connecting_s: f64,
    pub talking_s: f64,
    pub holding_s: f64,
    pub wrap_up_s: f64,
    pub other_work_s: f64,
    pub manual_outbound_s: f64,
    pub monitoring_s: f64,
}

/// Figures of interactions.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct InteractionFigures {
    /// Began.
    pub opened: u64,
    /// Of these, the customer's part is over.
    pub ended: u64,
    /// Of these, nothing is left to do either.
    pub closed: u64,
    /// Calls among colleagues, none of the above.
    pub internal: u64,
    /// Were not taken in, by reason.
    pub blocked: BTreeMap<EntryRejection, u64>,
    /// Not taken in / (not taken in + offered to a queue) (KPI dictionary row 2).
    pub blocked_rate: Option<f64>,
}

impl Report {
    /// The figures of what several cubes have counted together: parts of a log, or shards whose
    /// configurations number alike.
    pub fn new(as_of: Timestamp, cubes: &[&Cube], names: &Names, alerting: Alerting) -> Self {
        let requests = || cubes.iter().flat_map(|cube| cube.requests());
        let agents = || cubes.iter().flat_map(|cube| cube.agents());
        let counts = one(group(requests(), |_| ()));
        let work = one(group(agents(), |_| ()));
        let contacts: InteractionCounts =
            one(group(cubes.iter().flat_map(|cube| cube.interactions()), |_| ()));
        let named = |kind, number| names.text(kind, number);
        let queues = group(requests(), |cell| named(Kind::Queue, cell.queue.0));
        let channels = group(requests(), |cell| cell.channel.as_str().to_owned());
        let brands = group(requests().filter(|(cell, _)| cell.brand.is_some()), |cell| {
            cell.brand.map(|brand| named(Kind::Brand, brand.0)).unwrap_or_default()
        });
        let people = group(agents(), |cell| named(Kind::Agent, cell.agent.0));
        let figures = |by: BTreeMap<String, Counts>| {
            by.iter().map(|(name, counts)| (name.clone(), counts.into())).collect()
        };
        Self {
            as_of,
            total: (&counts).into(),
            occupancy: work.time.occupancy(alerting).value(),
            queues: figures(queues),
            channels: figures(channels),
            brands: figures(brands),
            agents: people
                .into_iter()
                .map(|(name, work)| (name, AgentFigures::new(&work, alerting)))
                .collect(),
            intervals: intervals(
                &group(requests(), |cell| cell.interval),
                &group(agents(), |cell| cell.interval),
                alerting,
            ),
            clamped: counts.clamped + work.clamped,
            time_bounded: cubes.iter().map(|cube| cube.bounded).sum(),
            interactions: InteractionFigures::new(contacts, counts.offered),
        }
    }
}

/// The only group, where all cells were put into one.
fn one<V: Default>(groups: BTreeMap<(), V>) -> V {
    groups.into_values().next().unwrap_or_default()
}

/// Every interval in which there was anything at all.
fn intervals(
    requests: &BTreeMap<Timestamp, Counts>,
    agents: &BTreeMap<Timestamp, AgentCounts>,
    alerting: Alerting,
) -> Vec<IntervalFigures> {
    let mut starts: Vec<Timestamp> = requests.keys().chain(agents.keys()).copied().collect();
    starts.sort_unstable();
    starts.dedup();
    let figures = |start: &Timestamp| IntervalFigures {
        start: *start,
        figures: (&requests.get(start).copied().unwrap_or_default()).into(),
        occupancy: agents.get(start).and_then(|work| work.time.occupancy(alerting).value()),
    };
    starts.iter().map(figures).collect()
}

impl From<&Counts> for Figures {
    fn from(counts: &Counts) -> Self {
        let Handling { handled, .. } = counts.handling;
        Self {
            offered: counts.offered,
            answered: counts.answered,
            abandoned: counts.abandoned,
            flowed_out: counts.flowed_out,
            withdrawn: counts.withdrawn,
            lost: counts.lost,
            waiting: counts.waiting,
            avg_queue_time_s: counts.avg_queue_time().seconds(),
            asa_s: counts.asa().seconds(),
            aht_s: counts.handling.aht().seconds(),
            abandon_rate: counts.abandon_rate().value(),
            service_level: counts.into(),
            handled,
            talk_s: counts.handling.avg_talk().seconds(),
            hold_s: counts.handling.avg_hold().seconds(),
            wrap_up_s: counts.handling.avg_wrap_up().seconds(),
            calls_made: counts.outbound.made,
            calls_connected: counts.outbound.connected,
            outbound_aht_s: counts.outbound.aht().seconds(),
        }
    }
}

impl From<&Counts> for ServiceLevels {
    fn from(counts: &Counts) -> Self {
        let level = |mode| counts.service_level(mode).value();
        Self {
            answered_only: level(ServiceLevelMode::AnsweredOnly),
            abandon_negative: level(ServiceLevelMode::AbandonNegative),
            abandon_ignored: level(ServiceLevelMode::AbandonIgnored),
            abandon_positive: level(ServiceLevelMode::AbandonPositive),
            genesys: level(ServiceLevelMode::Genesys),
            short_excluded: level(ServiceLevelMode::ShortExcluded),
        }
    }
}

impl ServiceLevels {
    /// The level in a mode.
    pub const fn get(&self, mode: ServiceLevelMode) -> Option<f64> {
        match mode {
            ServiceLevelMode::AnsweredOnly => self.answered_only,
            ServiceLevelMode::AbandonNegative => self.abandon_negative,
            ServiceLevelMode::AbandonIgnored => self.abandon_ignored,
            ServiceLevelMode::AbandonPositive => self.abandon_positive,
            ServiceLevelMode::Genesys => self.genesys,
            ServiceLevelMode::ShortExcluded => self.short_excluded,
        }
    }
}

impl AgentFigures {
    fn new(work: &AgentCounts, alerting: Alerting) -> Self {
        let handling = work.handling;
        Self {
            handled: handling.handled,
            aht_s: handling.aht().seconds(),
            talk_s: handling.avg_talk().seconds(),
            hold_s: handling.avg_hold().seconds(),
            wrap_up_s: handling.avg_wrap_up().seconds(),
            occupancy: work.time.occupancy(alerting).value(),
            time: (&work.time).into(),
        }
    }
}

impl From<&AgentTime> for AgentSeconds {
    fn from(time: &AgentTime) -> Self {
        let seconds = |millis| Ratio::new(millis, 1).seconds().unwrap_or(0.0);
        Self {
            signed_in_s: seconds(time.signed_in()),
            not_ready_s: seconds(time.not_ready),
            idle_s: seconds(time.idle),
            unreachable_s: seconds(time.unreachable),
            alerting_s: seconds(time.alerting),
            connecting_s: seconds(time.connecting),
            talking_s: seconds(time.talking),
            holding_s: seconds(time.holding),
            wrap_up_s: seconds(time.wrap_up),
            other_work_s: seconds(time.other_work),
            manual_outbound_s: seconds(time.manual_outbound),
            monitoring_s: seconds(time.monitoring),
        }
    }
}

impl InteractionFigures {
    fn new(counts: InteractionCounts, offered: u64) -> Self {
        let blocked = counts.all_blocked();
        Self {
            opened: counts.opened,
            ended: counts.ended,
            closed: counts.closed,
            internal: counts.internal,
            blocked: counts.blocked,
            blocked_rate: Ratio::new(blocked, blocked + offered).value(),
        }
    }
}
