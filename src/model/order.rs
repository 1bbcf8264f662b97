//! The order of service: which waiting request goes first, within a queue and across queues.

use serde::{Deserialize, Serialize};

use crate::time::Duration;

/// Which waiting request goes first; least key first, ties by the order of entry.
///
/// All but `strict_priority` and `triage` give times, so queues whose policies differ compare, and none comes before
/// another for the sake of its policy. Those two put requests in bands that time does not bridge. They hold for the
/// whole center or not at all.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum OrderPolicy {
    /// Least `order_at + service target - boost`: earliest due first.
    #[default]
    ServiceTarget,
    /// Least `order_at - boost`.
    FirstComeFirstServed,
    /// Least `order_at - boost - level * worth`: priority with linear aging. Whoever has waited that much longer
    /// than somebody of the next level goes first. The level is the queue's `priority` and the customer's tier, added
    /// up.
    Priority {
        /// How long a wait one level is worth.
        worth: Duration,
    },
    /// The highest level first, within a level least `order_at - boost`. Low levels can starve.
    StrictPriority,
    /// As `service_target`, but whoever has missed the target goes behind all who have not, so that one miss does not
    /// cause the next. Waiting credit does not make anybody late.
    Triage,
}

impl OrderPolicy {
    /// Whether it puts requests in bands that time does not bridge.
    pub(crate) const fn has_bands(self) -> bool {
        matches!(self, Self::StrictPriority | Self::Triage)
    }
}

/// Which queue an agent serves who may serve several. Requests that nobody waits for on the line come after the
/// others, and bands of the order go before all this. A wait counts with its credit (in an order by priority, with what
/// levels are worth), so that the first request of a queue is always the one that speaks for it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum AcrossQueues {
    /// The one whose first request goes first by the order of service.
    #[default]
    Order,
    /// The one with the greatest `priority`, a level gained for each time of `aging` that its first request has waited:
    /// aging with a slope of each queue's own.
    Urgency,
    /// The one whose waiting costs most, by the generalized c-mu rule: cost times what a second of an agent's work
    /// serves (van Mieghem 1995).
    CostOfWaiting(CostGrowth),
    /// The one that is most above its share of all who wait (queue-and-idleness-ratio, Gurvich and Whitt 2009).
    /// Shares in proportion to arrivals times target keep the waits in proportion to the targets.
    QueueRatio,
}

/// How the cost of a wait grows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum CostGrowth {
    /// With its length: the rule is `cost / handling`, whatever the waits. Cheap queues can starve.
    Linear,
    /// With its square: the rule is `cost * wait / handling`.
    #[default]
    Quadratic,
}

/// What a queue brings along where queues are weighed against each other.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct QueueWeights {
    /// The wait in which a request gains a level (`urgency`).
    pub aging: Duration,
    /// What a second of waiting costs, against other queues (`cost_of_waiting`).
    pub cost: u32,
    /// How long an agent is busy with one customer (`cost_of_waiting`). When absent it is learned from what the queue's
    /// agents have done lately; five minutes until enough is known.
    pub handling: Option<Duration>,
    /// Its part of all who wait, against other queues (`queue_ratio`).
    pub share: u32,
}

impl Default for QueueWeights {
    fn default() -> Self {
        Self { aging: Duration::from_secs(60), cost: 1, handling: None, share: 1 }
    }
}
