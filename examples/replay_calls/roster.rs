//! Who was at work when, and who serves what, as far as a call log can tell.
//!
//! Two named ways:
//!
//! - **services**: an agent is at work from the first service on; a gap of more than the given break
//!   between one service and the next is time away. Time before the first and after the last service
//!   of a stay is invisible: the roster is a little short, occupancy a little high.
//! - **membership**: the log tells who joined, left, paused and resumed. An agent that never joins in
//!   the log is a fixed member and there from its begin to its end.
//!
//! Skills are the queues an agent served a call of on that day, or on any day where a stay falls on a
//! day without services. That an agent could have served others is nothing a log can show.

use std::collections::{BTreeMap, BTreeSet};

use switchboard::time::{Duration, Timestamp};

use super::figures::{Occupancy, day_of};
use super::log::{CallLog, Change, Outcome};

/// A stay at work without a break.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Stay {
    /// Place of the agent.
    pub agent: usize,
    /// From here,
    pub start: Timestamp,
    /// to here.
    pub end: Timestamp,
}

/// The agents of a log.
#[derive(Debug, Clone)]
pub(crate) struct Roster {
    /// How it was found.
    pub method: String,
    /// All stays by start and agent.
    pub stays: Vec<Stay>,
    /// The queues that each agent serves.
    pub skills: Vec<BTreeSet<usize>>,
    /// The same by agent and day.
    pub skills_of_day: BTreeMap<(usize, i64), BTreeSet<usize>>,
    /// Services that begin while another of the same agent runs.
    pub overlaps: u64,
    /// Busy time, per agent a union, and time at work.
    pub occupancy: Occupancy,
}

impl Roster {
    /// By membership where the log tells of it, else by services.
    pub(crate) fn of(log: &CallLog, away: Duration) -> Self {
        if log.presence.is_empty() {
            Self::by_services(log, away)
        } else {
            Self::by_membership(log)
        }
    }

    /// Stays are runs of services with no gap over `away`.
    pub(crate) fn by_services(log: &CallLog, away: Duration) -> Self {
        let services = services(log);
        let mut stays = Vec::new();
        for (agent, services) in services.iter().enumerate() {
            let runs = runs(services, away);
            stays.extend(runs.into_iter().map(|(start, end)| Stay { agent, start, end }));
        }
        let method = format!("services: away when more than {away} lie between two services");
        Self::new(log, method, stays, &services)
    }

    /// Stays are what the log says of joining, leaving and pausing.
    pub(crate) fn by_membership(log: &CallLog) -> Self {
        let mut stays = Vec::new();
        let (first, last) = log.span.unwrap_or_default();
        for agent in 0..log.agents.all().len() {
            let changes = || log.presence.iter().filter(|change| change.agent == agent);
            let joins = changes().find_map(|change| match change.change {
                Change::Joined => Some(true),
                Change::Left => Some(false),
                Change::Paused | Change::Resumed => None,
            });
            let (mut member, mut paused, mut since) = (joins != Some(true), false, first);
            let mut stay = |member: bool, paused: bool, start: Timestamp, end: Timestamp| {
                if member && !paused && start < end {
                    stays.push(Stay { agent, start, end });
                }
            };
            for change in changes() {
                stay(member, paused, since, change.at);
                match change.change {
                    Change::Joined => member = true,
                    Change::Left => (member, paused) = (false, false),
                    Change::Paused => paused = true,
                    Change::Resumed => paused = false,
                }
                since = change.at;
            }
            stay(member, paused, since, last);
        }
        let method = "membership: as the log tells, fixed members throughout".to_owned();
        Self::new(log, method, stays, &services(log))
    }

    fn new(log: &CallLog, method: String, mut stays: Vec<Stay>, services: &[Vec<Span>]) -> Self {
        let mut skills = vec![BTreeSet::new(); log.agents.all().len()];
        let mut skills_of_day: BTreeMap<(usize, i64), BTreeSet<usize>> = BTreeMap::new();
        for call in &log.calls {
            if let Outcome::Answered { agent, start, .. } = call.outcome
                && let Some(skills) = skills.get_mut(agent)
            {
                skills.insert(call.queue);
                skills_of_day.entry((agent, day_of(start))).or_default().insert(call.queue);
            }
        }
        stays.sort_by_key(|stay| (stay.start, stay.agent));
        let mut occupancy = Occupancy::default();
        let mut overlaps = 0;
        for services in services {
            overlaps += services
                .windows(2)
                .filter(|pair| matches!(pair, [one, next] if next.0 < one.1))
                .count() as u64;
            for (start, end) in runs(services, Duration::ZERO) {
                occupancy.days.entry(day_of(start)).or_default().0 += end.since(start);
            }
        }
        for stay in &stays {
            let of_day = occupancy.days.entry(day_of(stay.start)).or_default();
            of_day.1 += stay.end.since(stay.start);
        }
        Self { method, stays, skills, skills_of_day, overlaps, occupancy }
    }

    /// What an agent serves on the day of an instant.
    pub(crate) fn skills_at(&self, agent: usize, at: Timestamp) -> Option<&BTreeSet<usize>> {
        self.skills_of_day.get(&(agent, day_of(at))).or_else(|| self.skills.get(agent))
    }
}

/// From here to there.
pub(crate) type Span = (Timestamp, Timestamp);

/// The services of each agent that took some time, by begin.
fn services(log: &CallLog) -> Vec<Vec<Span>> {
    let mut services = vec![Vec::new(); log.agents.all().len()];
    for call in &log.calls {
        if let Outcome::Answered { agent, start, end: Some(end) } = call.outcome
            && start < end
            && let Some(services) = services.get_mut(agent)
        {
            services.push((start, end));
        }
    }
    for services in &mut services {
        services.sort_unstable();
    }
    services
}

/// Joins spans, in order of begin, that lie no more than `gap` apart.
pub(crate) fn runs(spans: &[Span], gap: Duration) -> Vec<Span> {
    let mut runs: Vec<Span> = Vec::new();
    for &(start, end) in spans {
        match runs.last_mut() {
            Some(run) if start <= run.1 + gap => run.1 = run.1.max(end),
            _ => runs.push((start, end)),
        }
    }
    runs
}

#[cfg(test)]
mod tests {
    use super::super::queue_log;
    use super::*;

    const fn at(secs: i64) -> Timestamp {
        Timestamp::from_secs(secs)
    }

    #[test]
    fn gaps_are_breaks_and_overlaps_count_once() {
        // Services 100-110, 105-120, 150-160 in q; 1000-1010 in r.
        let mut text = String::new();
        for (call, queue, start, talk) in
            [("a", "q", 100, 10), ("b", "q", 105, 15), ("c", "q", 150, 10), ("d", "r", 1000, 10)]
        {
            use std::fmt::Write;
            let end = start + talk;
            write!(
                text,
                "{start}|{call}|{queue}|NONE|ENTERQUEUE||1|1\n{start}|{call}|{queue}|A|CONNECT|0|x|0\n\
                 {end}|{call}|{queue}|A|COMPLETEAGENT|0|{talk}|1\n"
            )
            .unwrap();
        }
        let roster = Roster::of(&queue_log::read(text.as_bytes()), Duration::from_secs(60));
        let stay = |start, end| Stay { agent: 0, start: at(start), end: at(end) };
        assert_eq!(roster.stays, [stay(100, 160), stay(1000, 1010)]);
        assert_eq!(roster.skills, [BTreeSet::from([0, 1])]);
        assert_eq!(roster.overlaps, 1);
        assert_eq!(roster.occupancy.ratio().value(), Some(40.0 / 70.0));
    }

    #[test]
    fn membership_is_believed_where_it_is_told() {
        let text = "0|NONE|NONE|NONE|QUEUESTART|\n10|CLI|q|B|ADDMEMBER|\n20|NONE|q|A|PAUSE|lunch\n\
                    30|NONE|q|A|UNPAUSE|\n50|CLI|q|B|REMOVEMEMBER|\n60|NONE|NONE|NONE|QUEUESTART|\n";
        let roster = Roster::of(&queue_log::read(text.as_bytes()), Duration::ZERO);
        // Agents stand in the order of their first line: B, A.
        let stay = |agent, start, end| Stay { agent, start: at(start), end: at(end) };
        assert_eq!(roster.stays, [stay(1, 0, 20), stay(0, 10, 50), stay(1, 30, 60)]);
        assert_eq!(roster.occupancy.ratio().value(), Some(0.0));
    }
}
