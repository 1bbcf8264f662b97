//! How long agents are not there for the next call after a service, as far as a log can tell.
//!
//! Work after the call, a walk to the printer, a gap in the dispatching: a log does not say which. But
//! it bounds the time. An agent who takes a call is back by then; and as long as somebody waits whom
//! the agent serves, and is not taken, the agent is not back. So the time after each service lies
//! between two bounds: the last instant before the agent's next call at which such a caller waited,
//! and that next call. Where a caller waits all along, both are the same.
//!
//! The distribution is the maximum-likelihood estimate from such interval-censored times (Turnbull,
//! JRSS B 1976), found by self-consistency in whole seconds, per agent, or over all where an agent has
//! fewer than a hundred. Draws do not exceed the bound that makes a gap a break: longer gaps are in the
//! roster. Waits of up to five seconds are no sign of absence where the log does not tell of rings:
//! they may be the ring.

use std::collections::{BTreeMap, BTreeSet};

use switchboard::time::{Duration, Timestamp};

use super::log::{CallLog, Outcome};
use super::roster::{Roster, Span, Stay, runs};

/// Times that an estimate of its own takes.
const ENOUGH: usize = 100;
/// Steps of the self-consistency.
const STEPS: usize = 200;
/// Waits up to here are rings, where the log does not tell of rings.
const RING: Duration = Duration::from_secs(5);
const SECOND: i64 = 1_000_000;

/// Estimates over one log.
#[derive(Debug)]
pub(crate) struct AfterCall {
    of_agent: Vec<Option<Turnbull>>,
    of_all: Turnbull,
    /// Times bounded, and those of them known to the second.
    counts: (usize, usize),
}

impl AfterCall {
    /// Estimates from the services of a log; no time exceeds `most`.
    pub(crate) fn of(log: &CallLog, roster: &Roster, rings: bool, most: Duration) -> Self {
        let most = usize::try_from(most.as_micros() / SECOND).unwrap_or_default();
        let mut waits = Waits::of(log, if rings { Duration::ZERO } else { RING });
        let (mut all, mut of_agent) = (Vec::new(), Vec::new());
        for agent in 0..log.agents.all().len() {
            let bounds = bounds(log, roster, agent, &mut waits);
            let bounds: Vec<Bounds> =
                bounds.into_iter().map(|(low, high)| (low.min(most), high.min(most))).collect();
            of_agent.push((bounds.len() >= ENOUGH).then(|| Turnbull::new(&bounds, most)));
            all.extend(bounds);
        }
        let exact = all.iter().filter(|(low, high)| low == high).count();
        Self { of_agent, counts: (all.len(), exact), of_all: Turnbull::new(&all, most) }
    }

    /// The estimate in a line, for the report.
    pub(crate) fn told(&self) -> String {
        let (times, exact) = self.counts;
        format!(
            "after a service an agent is gone: Turnbull's estimate by agent from {times} times, {exact} \
             of them exact; mean over all {:.1} s",
            self.of_all.mean()
        )
    }

    /// How long an agent is gone after a service, by a number in (0, 1).
    pub(crate) fn draw(&self, agent: usize, uniform: f64) -> Duration {
        let own = self.of_agent.get(agent).and_then(Option::as_ref);
        Duration::from_secs(own.unwrap_or(&self.of_all).draw(uniform))
    }
}

/// Least and greatest time in whole seconds, both possible.
type Bounds = (usize, usize);

/// The distribution of a time that is known between bounds.
#[derive(Debug)]
pub(crate) struct Turnbull {
    /// P(time ≤ s) by whole second; empty where nothing is known.
    up_to: Vec<f64>,
}

impl Turnbull {
    /// From bounds not above `most`.
    #[allow(clippy::cast_precision_loss)] // counts
    pub(crate) fn new(bounds: &[Bounds], most: usize) -> Self {
        if bounds.is_empty() {
            return Self { up_to: Vec::new() };
        }
        // Equal bounds count together.
        let mut counts: BTreeMap<Bounds, f64> = BTreeMap::new();
        for bounds in bounds {
            *counts.entry(*bounds).or_default() += 1.0;
        }
        let mut mass = vec![1.0 / (most + 1) as f64; most + 1];
        for _ in 0..STEPS {
            let up_to = sums(&mass);
            // Each time spreads over what lies between its bounds, as the estimate so far says.
            let mut slopes = vec![0.0; most + 2];
            for ((low, high), count) in &counts {
                let within = up_to[high + 1] - up_to[*low];
                if within > 0.0 {
                    slopes[*low] += count / within;
                    slopes[high + 1] -= count / within;
                }
            }
            let mut weight = 0.0;
            for (mass, slope) in mass.iter_mut().zip(&slopes) {
                weight += slope;
                *mass *= (weight / bounds.len() as f64).max(0.0);
            }
        }
        Self { up_to: sums(&mass).split_off(1) }
    }

    /// A time in whole seconds, by a number in (0, 1).
    pub(crate) fn draw(&self, uniform: f64) -> i64 {
        let Some(all) = self.up_to.last() else { return 0 };
        let place = self.up_to.partition_point(|sum| *sum < uniform * all);
        i64::try_from(place).unwrap_or_default()
    }

    /// The mean in seconds.
    pub(crate) fn mean(&self) -> f64 {
        let all = self.up_to.last().copied().unwrap_or(1.0);
        self.up_to.iter().map(|sum| 1.0 - sum / all).sum()
    }
}

/// Sums of all before each place, and of all.
fn sums(mass: &[f64]) -> Vec<f64> {
    let mut sum = 0.0;
    let before = mass.iter().map(|mass| {
        sum += mass;
        sum
    });
    std::iter::once(0.0).chain(before).collect()
}

/// When somebody waits.
struct Waits {
    of_queue: Vec<Vec<Span>>,
    /// Joined over the queues of a set of skills.
    joined: BTreeMap<BTreeSet<usize>, Vec<Span>>,
}

impl Waits {
    /// Waits from `ring` after their begin on.
    fn of(log: &CallLog, ring: Duration) -> Self {
        let mut of_queue = vec![Vec::new(); log.queues.all().len()];
        for call in log.calls.iter().filter(|call| call.outcome.is_offered()) {
            if let Some(spans) = of_queue.get_mut(call.queue)
                && call.wait > ring
            {
                spans.push((call.entered + ring, call.entered + call.wait));
            }
        }
        Self { of_queue, joined: BTreeMap::new() }
    }

    /// When somebody waits for one of these skills, in order and apart.
    fn for_skills(&mut self, skills: &BTreeSet<usize>) -> &[Span] {
        if !self.joined.contains_key(skills) {
            let spans = skills.iter().filter_map(|queue| self.of_queue.get(*queue)).flatten();
            let mut spans: Vec<Span> = spans.copied().collect();
            spans.sort_unstable();
            self.joined.insert(skills.clone(), runs(&spans, Duration::ZERO));
        }
        self.joined.get(skills).map_or(&[], Vec::as_slice)
    }
}

/// The bounds of the times after the services of one agent.
fn bounds(log: &CallLog, roster: &Roster, agent: usize, waits: &mut Waits) -> Vec<Bounds> {
    let mut work: Vec<Span> = Vec::new();
    for call in &log.calls {
        if let Outcome::Answered { agent: by, start, end: Some(end) } = call.outcome
            && by == agent
        {
            work.push((start - call.ring, end));
        }
    }
    work.sort_unstable();
    let rings = log.unanswered.iter().filter(|ring| ring.agent == agent).map(|ring| ring.start);
    let mut starts: Vec<Timestamp> = work.iter().map(|(start, _)| *start).chain(rings).collect();
    starts.sort_unstable();
    let stays: Vec<&Stay> = roster.stays.iter().filter(|stay| stay.agent == agent).collect();
    let mut bounds = Vec::new();
    for (begun, end) in &work {
        let place = stays.partition_point(|stay| stay.start <= *end);
        let stay = place.checked_sub(1).and_then(|place| stays.get(place));
        let next = starts.get(starts.partition_point(|start| start <= begun));
        let (Some(stay), Some(next)) = (stay, next) else { continue };
        if *next > stay.end {
            continue;
        }
        let spans = waits.for_skills(&stay.skills);
        let last = spans.partition_point(|(start, _)| start < next).checked_sub(1);
        let last = last.and_then(|place| spans.get(place)).map_or(*end, |span| span.1.min(*next));
        bounds.push((seconds(last.since(*end)), seconds(next.since(*end))));
    }
    bounds
}

/// Whole seconds, none below zero.
fn seconds(span: Duration) -> usize {
    usize::try_from(span.as_micros() / SECOND).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::super::queue_log;
    use super::*;

    #[test]
    fn the_estimate_of_a_small_sample_by_hand() {
        // Two of 2 s, one of 5 s, one anywhere up to 10 s: it spreads as the others lie.
        let estimate = Turnbull::new(&[(2, 2), (2, 2), (5, 5), (0, 10)], 10);
        let at = |second: usize| estimate.up_to[second];
        let close = |a: f64, b: f64| (a - b).abs() < 1e-6;
        assert!(close(at(1), 0.0) && close(at(2), 2.0 / 3.0) && close(at(4), 2.0 / 3.0));
        assert!(close(at(5), 1.0) && close(estimate.mean(), 3.0), "{estimate:?}");
        assert_eq!([0.01, 0.66, 0.67, 0.99].map(|u| estimate.draw(u)), [2, 2, 5, 5]);
        // Where nothing is known there is no time at all.
        assert_eq!(Turnbull::new(&[], 10).draw(0.5), 0);
    }

    #[test]
    fn waiting_callers_bound_the_time() {
        // Service 0-10, a caller waits 5-30: gone for 20 s. Service 30-40, nobody waits: up to 20 s.
        // Service 60-70, a caller gives up at 75, the next is taken at 80: 5 to 10 s.
        let served = |(name, enter, connect, end): (&str, i64, i64, i64)| {
            let (hold, talk) = (connect - enter, end - connect);
            format!(
                "{enter}|{name}|q|NONE|ENTERQUEUE||1|1\n{connect}|{name}|q|A|CONNECT|{hold}|x|0\n\
                 {end}|{name}|q|A|COMPLETEAGENT|{hold}|{talk}|1\n"
            )
        };
        let calls = [("a", 0, 0, 10), ("b", 5, 30, 40), ("c", 60, 60, 70), ("d", 80, 80, 90)];
        let mut text = "0|NONE|NONE|A|ADDMEMBER|\n".to_owned();
        text.extend(calls.map(served));
        text += "65|e|q|NONE|ENTERQUEUE||1|1\n75|e|q|NONE|ABANDON|1|1|10\n";
        let log = queue_log::read(text.as_bytes());
        let roster = Roster::of(&log, Duration::ZERO);
        let mut waits = Waits::of(&log, RING);
        assert_eq!(bounds(&log, &roster, 0, &mut waits), [(20, 20), (0, 20), (5, 10)]);
    }
}
