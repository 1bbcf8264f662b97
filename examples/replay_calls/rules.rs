//! The rules of a run, as the configuration of a center.

use std::collections::BTreeSet;

use switchboard::id::Key;
use switchboard::model::{
    Agent, Center, EntryPoint, Faults, Misses, OrderPolicy, Queue, Skill, WrapUpMode,
};
use switchboard::time::Duration;

use super::figures::Goals;
use super::policy::Policy;
use super::scenario::Scenario;

/// How soon the switch of the log offers a call again whose ring was not answered.
const RETRY: Duration = Duration::from_secs(1);

/// By whose rules calls meet agents.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Rules<'p> {
    /// The log's own, as far as they are known.
    Log,
    /// What switchboard does unless told otherwise.
    Default,
    /// The same with some changes.
    Policy(&'p Policy),
}

impl Rules<'_> {
    /// The column of the report.
    pub(crate) const fn column(self) -> &'static str {
        match self {
            Self::Log => "control",
            Self::Default | Self::Policy(_) => "engine",
        }
    }

    /// What they are, for the report.
    pub(crate) fn told(self, scenario: &Scenario<'_>) -> String {
        let credit = scenario.cases.iter().any(|case| case.credit > Duration::ZERO);
        let rings = scenario.rings.are_told();
        match self {
            Self::Log => format!(
                "control: first come first served over all queues{}, longest idle agent{}",
                if credit { " with the log's waiting credit" } else { "" },
                if rings {
                    " (near to rrmemory), an unanswered call is offered again after 1s"
                } else {
                    ""
                },
            ),
            Self::Policy(policy) => format!(
                "engine: by the policy {}; what it does not say is as by default: {}",
                policy.name,
                Self::Default.told(scenario)
            ),
            Self::Default => format!(
                "engine: switchboard's defaults: order by service target (the goal of each queue), \
                 no waiting credit, longest idle agent{}",
                if rings {
                    ", an agent who did not answer a call is not offered it again for 30s"
                } else {
                    ""
                },
            ),
        }
    }
}

/// The key of a queue and of the skill that it asks for.
pub(crate) fn queue_key(queue: usize) -> String {
    format!("queue-{queue}")
}

/// The key of a seat: an agent in the engine.
pub(crate) fn seat_key(seat: usize) -> Result<Key, String> {
    Key::new(format!("seat-{seat}")).map_err(|error| error.to_string())
}

/// The address that calls of a queue with so much credit are made to.
pub(crate) fn address(queue: usize, credit: Duration) -> String {
    format!("{}+{credit}", queue_key(queue))
}

/// The center that a run takes place in.
pub(crate) fn center(
    scenario: &Scenario<'_>,
    rules: Rules<'_>,
    goals: &Goals,
) -> Result<Center, String> {
    let center = built(scenario, rules, goals).map_err(|faults| faults.to_string())?;
    match rules {
        Rules::Policy(policy) => policy.applied(&center, scenario.log.queues.all()),
        Rules::Log | Rules::Default => Ok(center),
    }
}

fn built(scenario: &Scenario<'_>, rules: Rules<'_>, goals: &Goals) -> Result<Center, Faults> {
    let log = scenario.log;
    let mut center = Center::builder().name(log.format);
    for (place, name) in log.queues.all().iter().enumerate() {
        let key = queue_key(place);
        let mut queue = Queue::new()
            .requires(&key, 1)
            .service_target(goals.of_queue.get(name).copied().unwrap_or(goals.within))
            .wrap_up(WrapUpMode::Optional, scenario.away + Duration::from_secs(1));
        if let Some(most) = max_wait(scenario, place) {
            queue = queue.max_wait(most);
        }
        if scenario.rings.are_told() {
            queue = queue.offer_timeout(scenario.rings.most + Duration::from_micros(1));
        }
        center = center.skill(&key, Skill::new("")).queue(&key, queue);
    }
    let entries: BTreeSet<_> =
        scenario.cases.iter().map(|case| (case.queue, case.credit)).collect();
    for (queue, credit) in entries {
        let address = address(queue, credit);
        let boost = if rules == Rules::Log { credit } else { Duration::ZERO };
        let entry = EntryPoint::voice(&address).to_queue(&queue_key(queue)).boost(boost);
        center = center.entry_point(&address, entry);
    }
    for (place, seat) in scenario.seats.iter().enumerate() {
        let mut agent = Agent::new("");
        for queue in &seat.skills {
            agent = agent.skill(&queue_key(*queue), 1);
        }
        if !scenario.rings.are_told() {
            agent = agent.auto_answer();
        }
        center = center.agent(&format!("seat-{place}"), agent);
    }
    center
        .order(match rules {
            Rules::Log => OrderPolicy::FirstComeFirstServed,
            Rules::Default | Rules::Policy(_) => OrderPolicy::default(),
        })
        .policies(|policies| {
            // Stays may end during any service, and whoever did not answer stays at work: both are
            // facts of the log's agents, not rules.
            policies.drain_timeout = Duration::from_hours(24);
            policies.no_answer = Misses::new();
            if rules == Rules::Log {
                policies.exclusion = RETRY;
            }
        })
        .limits(|limits| limits.clock_jump = Duration::MAX)
        .build()
}

/// The longest wait of a queue at whose end the log sent calls away.
pub(crate) fn max_wait(scenario: &Scenario<'_>, queue: usize) -> Option<Duration> {
    let calls = scenario.log.calls.iter().filter(|call| call.timed_out && call.queue == queue);
    calls.map(|call| call.wait).max()
}
