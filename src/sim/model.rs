//! Simulation models as data, read from TOML or JSON.
//!
//! All times are in the model's own unit, counted from the start of a replication (a "day"); all rates
//! are per that unit. Nothing here depends on what decides who serves whom.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::distribution::Distribution;
use super::per_period::PerPeriod;
use super::random::DEFAULT_SEED;

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
    /// Types of calls. At the same instant the first goes first.
    pub types: Vec<CallType>,
    /// Groups of agents. Staffing changes in this order.
    pub groups: Vec<AgentGroup>,
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
    /// Groups that serve the type: an arriving call takes a free agent of the first that has one.
    pub groups: Vec<String>,
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
    /// Agents at work. Where they become fewer nobody is interrupted: agents who are too many leave as
    /// they finish. Where they become more, they take waiting calls at once.
    pub staff: PerPeriod<u32>,
    /// Types the group serves, most wanted first.
    pub types: Vec<String>,
    /// Service times are multiplied by this; 1 when absent.
    #[serde(default = "factor_one")]
    pub service_factor: f64,
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
    /// The integral over time of busy agents.
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
    /// Until when.
    pub until: Until,
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
