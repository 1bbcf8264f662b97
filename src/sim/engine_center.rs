//! The engine's configuration for a model: its center, and the clock that model time is scaled to.

use super::load::ModelError;
use super::model::{AgentsPick, AtClosing, SimulationModel};
use super::plan::Plan;
use super::routing::Routing;
use crate::id::Key;
use crate::model::{
    Agent, AtClose, Center, CenterBuilder, Draft, EntryPoint, OrderPolicy, Queue, Skill, Team,
    WrapUpMode,
};
use crate::time::{Duration, Timestamp};

/// Days may last so many times their horizon before the engine's clock ends.
const LONGEST_DAY: f64 = 1000.0;
/// The finest clock: ticks of the engine in one unit of model time.
const FINEST: f64 = 1e12;
/// Ticks of the engine in a second.
const TICKS_PER_SECOND: f64 = 1e6;
/// The last tick that a day may reach.
const LAST_TICK: f64 = 2e18;
/// Closed interactions are kept for this part of the horizon.
const KEPT: i64 = 1000;

/// Model time as the engine sees it: microseconds that stand for a far smaller part of the model's
/// unit, so that no two times of a model become the same by rounding that were told apart before.
#[derive(Clone, Copy, Debug)]
pub(super) struct Clock {
    ticks_per_unit: f64,
    last: f64,
}

impl Clock {
    fn of(model: &SimulationModel, levels: u32) -> Self {
        let last = LAST_TICK / f64::from(levels.max(1));
        let mut ticks_per_unit = FINEST;
        while ticks_per_unit > 1.0 && model.horizon() * LONGEST_DAY * ticks_per_unit > last {
            ticks_per_unit /= 10.0;
        }
        Self { ticks_per_unit, last }
    }

    /// Real time, in which the rules of a center are written.
    fn real(seconds_per_unit: f64) -> Self {
        Self { ticks_per_unit: seconds_per_unit * TICKS_PER_SECOND, last: LAST_TICK }
    }

    /// A span of engine time in units of the model.
    #[allow(clippy::cast_precision_loss)] // below the last tick, to a part in 2^53
    pub(super) fn units(&self, span: Duration) -> f64 {
        span.as_micros() as f64 / self.ticks_per_unit
    }

    /// The engine's time at a model time; `None` past the end of the clock.
    pub(super) fn at(&self, time: f64) -> Option<Timestamp> {
        self.span(time).map(|span| Timestamp::EPOCH + span)
    }

    /// A span of model time in ticks.
    #[allow(clippy::cast_possible_truncation)] // within the bound that is checked
    pub(super) fn span(&self, time: f64) -> Option<Duration> {
        let ticks = (time * self.ticks_per_unit).round();
        (ticks >= 0.0 && ticks <= self.last).then(|| Duration::from_micros(ticks as i64))
    }

    /// Longer than any day.
    #[allow(clippy::cast_possible_truncation)]
    pub(super) fn beyond(&self) -> Duration {
        Duration::from_micros(self.last as i64 + 1)
    }
}

/// What of a model's bounds the engine keeps; the others are kept at the seam, because the engine has
/// no such bound: one over several types, or one of zero.
#[derive(Clone, Debug)]
pub(super) struct Bounds {
    pub(super) lines_by_engine: bool,
    /// By type.
    pub(super) queue_by_engine: Vec<bool>,
    /// The groups' lists contradict each other: the seam raises whom an agent is to take next.
    pub(super) raises: bool,
}

/// Names of the configuration.
pub(super) fn agent_key(group: usize, place: u32) -> String {
    format!("agent-{group}-{place}")
}

pub(super) fn queue_key(kind: usize) -> String {
    format!("queue-{kind}")
}

/// The number that callers of a type dial.
pub(super) fn address(kind: usize) -> String {
    kind.to_string()
}

fn team_key(group: usize) -> String {
    format!("team-{group}")
}

/// The groups as teams, and their agents.
fn with_agents(mut builder: CenterBuilder, model: &SimulationModel, plan: &Plan) -> CenterBuilder {
    for (group, agents) in plan.most_agents.iter().enumerate() {
        let team = team_key(group);
        builder = builder.team(&team, Team::new(&team));
        for place in 0..*agents {
            let key = agent_key(group, place);
            let agent = routed_agent(Agent::new(&key).team(&team), model, plan, group);
            let agent = if plan.rings(group) { agent } else { agent.auto_answer() };
            builder = builder.agent(&key, agent);
        }
    }
    builder
}

/// The center of a model, its clock, and what is left to the seam.
pub(super) fn center(
    model: &SimulationModel,
    plan: &Plan,
) -> Result<(Center, Clock, Bounds), ModelError> {
    let kinds = plan.groups_of.len();
    let ranks = ranks(plan);
    let raises = ranks.is_none();
    let ranks = ranks.unwrap_or_default();
    // One level more than there are ranks, for who is raised.
    let levels = ranks.iter().copied().max().unwrap_or(0) + 1 + u32::from(raises);
    let clock = match (&model.routing, model.seconds_per_unit()) {
        (Some(_), Some(seconds)) => Clock::real(seconds),
        _ => Clock::of(model, levels),
    };
    let single = kinds == 1;
    let lines = plan.lines.filter(|lines| single && *lines > 0);
    let mut bounds = Bounds {
        lines_by_engine: plan.lines.is_none() || lines.is_some(),
        queue_by_engine: Vec::new(),
        raises,
    };
    let too_long = || ModelError("a wait is longer than the engine's clock".to_owned());
    let mut builder = match &model.routing {
        Some(routing) => routed_center(model, routing),
        None => Center::builder().order(OrderPolicy::FirstComeFirstServed),
    };
    for (kind, groups) in plan.groups_of.iter().enumerate() {
        let shared = plan.queue_capacity;
        let own = plan.capacity_of.get(kind).copied().flatten();
        let depth = if single { own.into_iter().chain(shared).min() } else { own };
        let depth = depth.filter(|depth| *depth > 0);
        // The engine's depth counts those whom a phone rings for, though somebody else is free.
        let kept = !groups.iter().any(|group| plan.rings(*group))
            && own.is_none_or(|own| own > 0)
            && (shared.is_none() || (single && depth.is_some()));
        let depth = depth.filter(|_| kept);
        bounds.queue_by_engine.push(kept);
        let at_close = match plan.at_closing {
            AtClosing::Serve => AtClose::Serve,
            AtClosing::Disconnect => AtClose::Disconnect,
        };
        let rank = i64::from(ranks.get(kind).copied().unwrap_or(0));
        let credit = Duration::from_micros(clock.beyond().as_micros().saturating_mul(rank));
        let mut queue = Queue::new().at_close(at_close).boost(credit);
        if plan.any_wraps_up() {
            queue = queue.wrap_up(WrapUpMode::Optional, clock.beyond());
        }
        queue = routed_queue(queue, model, kind, groups);
        if let Some(depth) = depth {
            queue = queue.max_depth(depth);
        }
        if let Some(wait) = plan.max_wait_of.get(kind).copied().flatten() {
            queue = queue.max_wait(clock.span(wait).ok_or_else(too_long)?);
        }
        let key = queue_key(kind);
        let mut entry = EntryPoint::voice(&address(kind)).to_queue(&key);
        if let Some(lines) = lines {
            entry = entry.max_concurrent(lines);
        }
        builder = builder.queue(&key, queue).entry_point(&format!("entry-{kind}"), entry);
    }
    builder = with_agents(builder, model, plan);
    let center = scaled(builder, &clock, model)
        .build()
        .map_err(|faults| ModelError(format!("the model makes no center: {faults}")))?;
    Ok((center, clock, bounds))
}

fn skill_key(kind: usize) -> String {
    format!("skill-{kind}")
}

/// What the rules of a model say of the whole center.
fn routed_center(model: &SimulationModel, routing: &Routing) -> CenterBuilder {
    let mut builder = Center::builder()
        .order(routing.order.unwrap_or_default())
        .across(routing.across.unwrap_or_default());
    for (kind, row) in model.types.iter().enumerate() {
        builder = builder.skill(&skill_key(kind), Skill::new(&row.name));
    }
    builder
}

/// What they say of the queue of a type. An order of agents makes one group of all who serve it.
fn routed_queue(
    mut queue: Draft<Queue>,
    model: &SimulationModel,
    kind: usize,
    groups: &[usize],
) -> Draft<Queue> {
    let row = model.types.get(kind).zip(model.routing.as_ref());
    match row.and_then(|(row, routing)| routing.agents_of(&row.name)) {
        Some(order) => queue = queue.requires(&skill_key(kind), 1).agent_order(order.clone()),
        None => {
            for group in groups {
                queue = queue.team(&team_key(*group));
            }
        }
    }
    let Some((row, routing)) = row else { return queue };
    queue = queue.service_target(routing.target(&row.name));
    let Some(rules) = routing.queues.get(&row.name) else { return queue };
    if let Some(order) = rules.order {
        queue = queue.order(order);
    }
    if let Some(level) = rules.priority {
        queue = queue.priority(level);
    }
    if let Some(boost) = rules.boost {
        queue = queue.boost(boost);
    }
    match &rules.weights {
        Some(weights) => queue.weights(|all| all.clone_from(weights)),
        None => queue,
    }
}

/// What they say of an agent of a group.
fn routed_agent(
    mut agent: Draft<Agent>,
    model: &SimulationModel,
    plan: &Plan,
    group: usize,
) -> Draft<Agent> {
    let row = model.groups.get(group).zip(model.routing.as_ref());
    let Some((row, routing)) = row else { return agent };
    for kind in plan.types_of.get(group).into_iter().flatten() {
        let name = model.types.get(*kind).map_or("", |kind| kind.name.as_str());
        agent = agent.skill(&skill_key(*kind), routing.level(&row.name, name));
    }
    match routing.groups.get(&row.name).and_then(|rules| rules.weight) {
        Some(weight) => agent.weight(weight),
        None => agent,
    }
}

/// Spans that the engine measures in real time must not end within a day of scaled time.
fn scaled(builder: CenterBuilder, clock: &Clock, model: &SimulationModel) -> CenterBuilder {
    let beyond = clock.beyond();
    let horizon = clock.span(model.horizon()).unwrap_or(beyond);
    let ring = model.ring_limit.and_then(|limit| clock.span(limit)).unwrap_or(beyond);
    let kept = Duration::from_micros((horizon.as_micros() / KEPT).max(1));
    builder
        .policies(|policies| {
            policies.offer_timeout = ring;
            // The agent who did not answer is away for longer; this must be over by then.
            policies.exclusion = Duration::from_micros(1);
            policies.connect_timeout = beyond;
            policies.effect_timeout = beyond;
            policies.drain_timeout = beyond;
            policies.desktop_grace = beyond;
            policies.host_lost_grace = beyond;
            policies.short_abandon = Duration::ZERO;
            policies.closed_retention = kept;
            policies.conversation_retention = kept;
        })
        .limits(|limits| {
            limits.timers_per_call = u32::MAX;
            limits.dedupe_window = kept;
            limits.clock_jump = beyond;
        })
}

/// A rank for each type, such that every group's list descends; all 0 where the longest wait decides,
/// `None` where the lists contradict each other.
fn ranks(plan: &Plan) -> Option<Vec<u32>> {
    let kinds = plan.groups_of.len();
    let mut ranks = vec![0_u32; kinds];
    if plan.agents_pick == AgentsPick::LongestWait {
        return Some(ranks);
    }
    let pairs: Vec<(usize, usize)> = plan
        .types_of
        .iter()
        .flat_map(|list| list.iter().copied().zip(list.iter().copied().skip(1)))
        .collect();
    // A longest path has fewer steps than there are types; what still rises then goes in a circle.
    for _ in 0..=kinds {
        let mut settled = true;
        for (wanted, less) in &pairs {
            let least = ranks.get(*less).copied().unwrap_or(0) + 1;
            if let Some(rank) = ranks.get_mut(*wanted).filter(|rank| **rank < least) {
                *rank = least;
                settled = false;
            }
        }
        if settled {
            return Some(ranks);
        }
    }
    None
}

/// The key of the embedding application as a host.
pub(super) fn app() -> Result<Key, ModelError> {
    Key::new("app").map_err(|error| ModelError(error.to_string()))
}
