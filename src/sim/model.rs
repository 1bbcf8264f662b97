//! Simulation models as data, read from TOML or JSON.
//!
//! All times are in the model's own unit, counted from the start of a replication (a "day"); all rates
//! are per that unit. Nothing here depends on what decides who serves whom.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::distribution::Distribution;
use super::per_period::PerPeriod;
use super::random::DEFAULT_SEED;
use super::routing::Routing;

/// A model: what happens by chance, who works, and what is measured.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct SimulationModel {
    /// Its name.
    pub name: String,
    /// What it is about, for people.
    #[serde(default)]
    pub about: String,
    /// What one unit of model time is, for people; "minute" when absent.
    #[serde(default = "minute")]
    pub time_unit: String,
    /// Days to simulate when the caller names no number. Streams are never reset: every day goes on
    /// where the day before stopped.
    #[serde(default = "one")]
    pub replications: u32,
    /// The start of stream 1; six times 12345 when absent. Stream k + 1 starts 2^127 steps after k.
    #[serde(default = "default_seed")]
    pub seed: [u32; 6],
    /// The end of each period, ascending; the first period begins at 0, the last end is the horizon.
    pub periods: Vec<f64>,
    /// What happens at the horizon. In either case pending arrivals are cancelled.
    #[serde(default)]
    pub at_horizon: AtHorizon,
    /// A factor drawn at the start of each day, before anything else, that multiplies every Poisson
    /// rate of that day.
    #[serde(default)]
    pub busyness: Option<Busyness>,
    /// The order of draws at an arrival; see [`Draw`].
    #[serde(default = "default_draws")]
    pub draws: Vec<Draw>,
    /// Calls in the system at once, waiting or in service, over all types; one more is blocked. No
    /// bound when absent.
    #[serde(default)]
    pub lines: Option<u32>,
    /// Calls waiting at once, over all types; a call that would have to wait beyond that is blocked. No
    /// bound when absent.
    #[serde(default)]
    pub queue_capacity: Option<u32>,
    /// Whether the center is open; always when absent. A call that arrives when it is closed is
    /// disconnected.
    #[serde(default = "always_open")]
    pub open: PerPeriod<bool>,
    /// What happens to waiting calls when it closes.
    #[serde(default)]
    pub at_closing: AtClosing,
    /// How an agent who becomes free picks among the queues of the group.
    #[serde(default)]
    pub agents_pick: AgentsPick,
    /// How long an agent's phone rings at most, in groups whose phones ring.
    #[serde(default)]
    pub ring_limit: Option<f64>,
    /// How long an agent who did not answer takes no calls; 1 when absent.
    #[serde(default = "factor_one")]
    pub no_answer_pause: f64,
    /// Types of calls. At the same instant the first goes first.
    pub types: Vec<CallType>,
    /// Groups of agents. Staffing changes in this order.
    pub groups: Vec<AgentGroup>,
    /// Who goes first and who serves, by rules of the engine that queues and counters do not know; the
    /// longest wait, and the groups' order, when absent. With it, the engine's clock is real time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub routing: Option<Routing>,
    /// What is counted in each replication, by name.
    #[serde(default)]
    pub quantities: BTreeMap<String, Quantity>,
    /// What is reported, in this order.
    #[serde(default)]
    pub figures: Vec<Figure>,
}

/// What happens at the horizon.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AtHorizon {
    /// The day goes on without arrivals until nobody waits or is served any more.
    #[default]
    Drain,
    /// The day stops at once: whoever waits is not observed; waits are observed when service begins.
    Stop,
}

/// A factor of a whole day.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Busyness {
    /// Its distribution.
    pub distribution: Distribution,
    /// The stream it is drawn from, counted from 1.
    pub stream: u32,
}

/// A step at the arrival of a call.
///
/// What stands before `routing` is drawn for every call. What stands after it is drawn only when it is
/// needed: the service time when service begins, the patience when the call has to wait. Absent
/// `service` and `patience` count as standing before `routing`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Draw {
    /// The service time.
    Service,
    /// The patience, for types that have one.
    Patience,
    /// The call is blocked, takes an agent, or joins its queue.
    Routing,
    /// The time to the next arrival of the type.
    NextArrival,
}

/// What happens to waiting calls when the center closes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AtClosing {
    /// They are served.
    #[default]
    Serve,
    /// They are disconnected at once.
    Disconnect,
}

/// How a free agent picks among the queues of the group.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AgentsPick {
    /// The call that has waited longest.
    #[default]
    LongestWait,
    /// The first type of the group's list that has a call waiting, its longest waiting call.
    ListOrder,
}

/// A type of calls.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct CallType {
    /// Its name.
    pub name: String,
    /// When calls arrive.
    pub arrivals: Arrivals,
    /// The stream of arrivals, counted from 1; 1 when absent.
    #[serde(default = "one")]
    pub arrival_stream: u32,
    /// Service times, by the period in which the call arrives.
    pub service: PerPeriod<Distribution>,
    /// The stream of service times, counted from 1. Types may share a stream.
    pub service_stream: u32,
    /// How long a call waits before it is given up, by the period in which it arrives; without end when
    /// absent.
    #[serde(default)]
    pub patience: Option<PerPeriod<Distribution>>,
    /// The stream of patience times, counted from 1; needed where there is patience.
    #[serde(default)]
    pub patience_stream: Option<u32>,
    /// A call that has waited so long, and whose patience is longer, leaves as a message.
    #[serde(default)]
    pub max_wait: Option<f64>,
    /// Calls of the type waiting at once; one that would have to wait beyond that is blocked.
    #[serde(default)]
    pub queue_capacity: Option<u32>,
    /// A factor of the day for this type alone, beside that of the model.
    #[serde(default)]
    pub busyness: Option<Busyness>,
    /// Callers who would have to wait and give up at once instead.
    #[serde(default)]
    pub balking: Option<Balking>,
    /// Callers who were blocked or gave up, and call again.
    #[serde(default)]
    pub retrial: Option<Retrial>,
    /// Groups that serve the type: an arriving call takes a free agent of the first that has one.
    pub groups: Vec<String>,
}

/// Callers who give up at once when they would have to wait. They count as abandoned with a wait of 0.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Balking {
    /// The probability, by the number of calls of the type that wait already; the last one goes on.
    pub probability: Vec<f64>,
    /// The stream that decides, counted from 1: one uniform for each call that would have to wait.
    pub stream: u32,
}

/// Callers who call again. A call counts as one of its own; none comes after the horizon.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Retrial {
    /// The probability, each time anew.
    pub probability: f64,
    /// How much later.
    pub after: Distribution,
    /// The stream that decides, counted from 1: one uniform for whether, and then one for when.
    pub stream: u32,
}

/// When calls arrive.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Arrivals {
    /// A Poisson process, by its rate in each period. When the rate rises from 0 one exponential time is
    /// drawn; when it changes, the time left to the pending arrival is multiplied by old over new rate;
    /// when it falls to 0 the pending arrival is cancelled.
    Poisson(PerPeriod<f64>),
    /// Independent times between arrivals, the first from the start of the day.
    Renewal(Distribution),
    /// At these times of every day, ascending.
    Times(Vec<f64>),
}

/// A group of agents who are alike.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct AgentGroup {
    /// Its name.
    pub name: String,
    /// Agents at work, by period, beside those of the shifts. Where they become fewer nobody is
    /// interrupted: agents who are too many leave as they finish. Where they become more, they take
    /// waiting calls at once. None when absent; then there are shifts.
    #[serde(default)]
    pub staff: Option<PerPeriod<u32>>,
    /// Agents at work by the clock.
    #[serde(default)]
    pub shifts: Vec<Shift>,
    /// Types the group serves, most wanted first.
    pub types: Vec<String>,
    /// Service times are multiplied by this: one factor, or one for each type named; 1 when absent.
    #[serde(default)]
    pub service_factor: Factor,
    /// How long a phone rings until it is answered. Calls are answered at once when absent.
    #[serde(default)]
    pub ring: Option<Ring>,
    /// Work after each call, in which the agent takes no other; none when absent.
    #[serde(default)]
    pub wrap_up: Option<Drawn>,
}

/// Agents who come and go together.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Shift {
    /// How many.
    pub agents: u32,
    /// When they come.
    pub from: f64,
    /// When they go, after the call they have.
    pub to: f64,
    /// Breaks, from and to, within the shift; also begun after the call they have.
    #[serde(default)]
    pub breaks: Vec<[f64; 2]>,
}

/// A time and the stream it is drawn from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Drawn {
    /// Its distribution.
    pub time: Distribution,
    /// The stream, counted from 1.
    pub stream: u32,
}

/// How phones ring. While they do the caller waits on, and may give up. An offer that is not answered
/// within the model's `ring_limit` ends: the call goes back to its place, and the agent takes no calls
/// for the model's `no_answer_pause`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ring {
    /// The time until the agent answers.
    pub time: Distribution,
    /// The stream, counted from 1: one uniform for the time, and before it one for whether the agent
    /// is there, where `no_answer` is above 0.
    pub stream: u32,
    /// The probability that nobody answers.
    #[serde(default)]
    pub no_answer: f64,
}

/// One factor, or one for each type.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Factor {
    /// For all types.
    Same(f64),
    /// By type; 1 for those not named.
    ByType(BTreeMap<String, f64>),
}

impl Default for Factor {
    fn default() -> Self {
        Self::Same(1.0)
    }
}

impl Factor {
    /// The factor of a type.
    pub fn of(&self, kind: &str) -> f64 {
        match self {
            Self::Same(factor) => *factor,
            Self::ByType(factors) => factors.get(kind).copied().unwrap_or(1.0),
        }
    }

    /// All factors named.
    pub fn values(&self) -> Vec<f64> {
        match self {
            Self::Same(factor) => vec![*factor],
            Self::ByType(factors) => factors.values().copied().collect(),
        }
    }
}

/// How a call fared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// It was served; observed when service begins.
    Served,
    /// The caller gave up.
    Abandoned,
    /// It left after the longest wait allowed.
    Message,
    /// The center was closed, or closed while it waited.
    Disconnected,
    /// There was no line, or no place in the queue.
    Blocked,
}

/// Calls that a quantity is about: all conditions hold. An empty list is no condition.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Filter {
    /// How they fared.
    pub outcomes: Vec<Outcome>,
    /// They waited strictly less than this.
    pub wait_below: Option<f64>,
    /// They waited this long or longer.
    pub wait_from: Option<f64>,
    /// They are of one of these types.
    pub types: Vec<String>,
    /// They arrived in one of these periods, counted from 0.
    pub periods: Vec<usize>,
    /// They were served by one of these groups.
    pub groups: Vec<String>,
}

/// Something that is counted or integrated in each replication.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Quantity {
    /// The same number in each replication.
    Constant(f64),
    /// The number of calls that meet one of these filters, counted as they leave the queue.
    Calls(Vec<Filter>),
    /// The sum of waits of calls that meet one of these filters.
    Waits(Vec<Filter>),
    /// The number of calls that came in, of these types; of all when empty.
    Arrivals(Vec<String>),
    /// The integral over time of agents who have a call, or its wrap-up.
    Busy(Span),
    /// The integral over time of agents at work: per group those scheduled, or those busy where they
    /// are more.
    Staffed(Span),
    /// The integral over time of agents scheduled.
    Scheduled(Span),
    /// The integral over time of calls waiting.
    Waiting(Span),
    /// The sum of other quantities.
    Sum(Vec<String>),
}

/// Over which groups (or types, for calls waiting) and until when a level is integrated.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Span {
    /// Names; all when empty.
    pub of: Vec<String>,
    /// Until when, where no periods are named.
    pub until: Until,
    /// In these periods alone, counted from 0.
    pub periods: Vec<usize>,
}

/// The end of an integral.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Until {
    /// The last event of the day.
    #[default]
    End,
    /// The horizon.
    Horizon,
}

/// A figure of the report.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Figure {
    /// Its name.
    pub name: String,
    /// What it is.
    pub measure: Measure,
    /// The figure is multiplied by this; 1 when absent.
    #[serde(default = "factor_one")]
    pub times: f64,
    /// The confidence level of its interval; 0.95 when absent.
    #[serde(default = "usual_level")]
    pub level: f64,
    /// One figure for each part, named after type and period, in place of one for all.
    #[serde(default)]
    pub for_each: Option<ForEach>,
}

/// What a figure is made of. Quantities are given by name.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Measure {
    /// The mean of a quantity over replications, with bounds and deviation.
    Mean(String),
    /// The mean of one quantity over the mean of another.
    Ratio([String; 2]),
    /// The mean over replications of one quantity over another; replications in which the other is 0
    /// are left out.
    MeanOfRatio([String; 2]),
    /// The waits of all calls that meet one of these filters, each an observation, over all
    /// replications.
    WaitOfEach(Vec<Filter>),
    /// A level over time in the first replication, up to its end: calls waiting of these types, of all
    /// when empty.
    QueueSize(Vec<String>),
}

/// How a figure is divided.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ForEach {
    /// By type of call.
    Type,
    /// By period of arrival.
    Period,
    /// By both, the periods of the first type first.
    TypeAndPeriod,
}

impl SimulationModel {
    /// The end of the last period; 0 in a model without any.
    pub fn horizon(&self) -> f64 {
        self.periods.last().copied().unwrap_or(0.0)
    }

    /// Every stream that the model names, with the place where it does.
    pub(super) fn streams(&self) -> Vec<(String, u32)> {
        let mut streams: Vec<(String, u32)> = Vec::new();
        streams.extend(self.busyness.iter().map(|b| ("busyness".to_owned(), b.stream)));
        for kind in &self.types {
            let named = [
                ("arrival_stream", Some(kind.arrival_stream)),
                ("service_stream", Some(kind.service_stream)),
                ("patience_stream", kind.patience_stream),
                ("busyness", kind.busyness.as_ref().map(|b| b.stream)),
                ("balking", kind.balking.as_ref().map(|b| b.stream)),
                ("retrial", kind.retrial.as_ref().map(|r| r.stream)),
            ];
            let path = |field| format!("type \"{}\", {field}", kind.name);
            streams.extend(named.iter().filter_map(|(field, n)| Some((path(*field), (*n)?))));
        }
        for group in &self.groups {
            let named = [
                ("ring", group.ring.as_ref().map(|ring| ring.stream)),
                ("wrap_up", group.wrap_up.as_ref().map(|wrap_up| wrap_up.stream)),
            ];
            let path = |field| format!("group \"{}\", {field}", group.name);
            streams.extend(named.iter().filter_map(|(field, n)| Some((path(*field), (*n)?))));
        }
        streams
    }
}

fn minute() -> String {
    "minute".to_owned()
}

const fn one() -> u32 {
    1
}

const fn factor_one() -> f64 {
    1.0
}

const fn usual_level() -> f64 {
    0.95
}

const fn default_seed() -> [u32; 6] {
    DEFAULT_SEED
}

fn always_open() -> PerPeriod<bool> {
    PerPeriod::always(true)
}

fn default_draws() -> Vec<Draw> {
    vec![Draw::Service, Draw::Patience, Draw::Routing, Draw::NextArrival]
}
