//! Who was at work when, and who serves what, as far as a call log can tell.
//!
//! Two named ways:
//!
//! - **services**: an agent is at work from the first service on; a gap of more than the given break
//!   between one service and the next is time away. Time before the first and after the last service
//!   of a stay is invisible: the roster is a little short, occupancy a little high. Skills are the
//!   queues that the agent served a call of on the day on which the stay begins, or later in it.
//! - **membership**: the log tells who joined, left, paused and resumed, queue by queue. Skills are the
//!   queues that the agent is a member of and not paused in; who has one is at work. In a queue that an
//!   agent served but never joins in the log, it is a fixed member from its begin to its end.
//!
//! That an agent could have served other queues is nothing a log can show.

use std::collections::{BTreeMap, BTreeSet};

use switchboard::time::{Duration, Timestamp};

use super::figures::{DAY, Occupancy, day_of};
use super::log::{CallLog, Change, Outcome, Presence};

/// A stay at work without a break, with the same skills all along.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Stay {
    /// Place of the agent.
    pub agent: usize,
    /// From here,
    pub start: Timestamp,
    /// to here.
    pub end: Timestamp,
    /// The queues that the agent serves.
    pub skills: BTreeSet<usize>,
}

/// The agents of a log.
#[derive(Debug, Clone)]
pub(crate) struct Roster {
    /// How it was found.
    pub method: String,
    /// All stays by start and agent. Those of an agent are apart, or differ in skills.
    pub stays: Vec<Stay>,
    /// Services that begin while another of the same agent runs.
    pub overlaps: u64,
    /// Busy time and time at work.
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
        let (services, served) = (services(log), served(log));
        let mut stays = Vec::new();
        for (agent, (services, served)) in services.iter().zip(&served).enumerate() {
            for (start, end) in runs(services, away) {
                stays.push(Stay {
                    agent,
                    start,
                    end,
                    skills: skills_of_stay(served, (start, end)),
                });
            }
        }
        let method = format!("services: away when more than {away} lie between two services");
        Self::new(method, stays, &services)
    }

    /// Stays are what the log says of joining, leaving and pausing.
    pub(crate) fn by_membership(log: &CallLog) -> Self {
        let (first, last) = log.span.unwrap_or_default();
        let served = served(log);
        let mut changes = vec![Vec::new(); served.len()];
        for change in &log.presence {
            if let Some(changes) = changes.get_mut(change.agent) {
                changes.push(*change);
            }
        }
        let mut stays = Vec::new();
        for (agent, (changes, served)) in changes.iter().zip(&served).enumerate() {
            let steps = serving(first, changes, served);
            let ends = steps.iter().skip(1).map(|(at, _)| *at).chain([last]);
            for ((start, skills), end) in steps.iter().zip(ends) {
                if let (Some(skills), true) = (skills, *start < end) {
                    stays.push(Stay { agent, start: *start, end, skills: skills.clone() });
                }
            }
        }
        let method = "membership: as the log tells queue by queue, fixed members throughout";
        Self::new(method.to_owned(), stays, &services(log))
    }

    fn new(method: String, mut stays: Vec<Stay>, services: &[Vec<Span>]) -> Self {
        stays.sort_by_key(|stay| (stay.start, stay.agent));
        let overlaps = services.iter().map(|services| overlaps(services)).sum();
        let occupancy = occupancy(&stays, services);
        Self { method, stays, overlaps, occupancy }
    }
}

/// From here to there.
pub(crate) type Span = (Timestamp, Timestamp);

/// Work and time at work by day, from stays and, by agent, services. Both are unions: who serves two
/// calls at once, or serves on after leaving, is never busier than at work.
pub(crate) fn occupancy(stays: &[Stay], services: &[Vec<Span>]) -> Occupancy {
    let mut at_work = services.to_vec();
    for stay in stays {
        if let Some(spans) = at_work.get_mut(stay.agent) {
            spans.push((stay.start, stay.end));
        }
    }
    let mut occupancy = Occupancy::default();
    for (busy, at_work) in services.iter().zip(at_work) {
        for (day, length) in days(busy.clone()) {
            occupancy.days.entry(day).or_default().0 += length;
        }
        for (day, length) in days(at_work) {
            occupancy.days.entry(day).or_default().1 += length;
        }
    }
    occupancy
}

/// How much of each day some spans cover together.
fn days(mut spans: Vec<Span>) -> BTreeMap<i64, Duration> {
    spans.sort_unstable();
    let mut days: BTreeMap<i64, Duration> = BTreeMap::new();
    for (mut start, end) in runs(&spans, Duration::ZERO) {
        while start < end {
            let day = day_of(start);
            let until = end.min(Timestamp::from_micros((day + 1).saturating_mul(DAY)));
            *days.entry(day).or_default() += until.since(start);
            start = until;
        }
    }
    days
}

/// Services in order of begin that begin while the one before runs.
fn overlaps(services: &[Span]) -> u64 {
    let overlap = |pair: &&[Span]| matches!(pair, [one, next] if next.0 < one.1);
    services.windows(2).filter(overlap).count() as u64
}

/// Begins and queues of the services of each agent, by begin.
fn served(log: &CallLog) -> Vec<Vec<(Timestamp, usize)>> {
    let mut served = vec![Vec::new(); log.agents.all().len()];
    for call in &log.calls {
        if let Outcome::Answered { agent, start, .. } = call.outcome
            && let Some(served) = served.get_mut(agent)
        {
            served.push((start, call.queue));
        }
    }
    for served in &mut served {
        served.sort_unstable();
    }
    served
}

/// The queues served on the day on which a stay begins, or later in it.
fn skills_of_stay(served: &[(Timestamp, usize)], (start, end): Span) -> BTreeSet<usize> {
    let day = day_of(start);
    let from = served.partition_point(|(at, _)| day_of(*at) < day);
    let within = |at: Timestamp| day_of(at) == day || at <= end;
    served.iter().skip(from).take_while(|(at, _)| within(*at)).map(|(_, queue)| *queue).collect()
}

/// An agent's standing in a queue.
#[derive(Clone, Copy)]
struct Membership {
    member: bool,
    paused: bool,
}

/// What an agent serves from which instant on, `None` while not at work. Neighbors differ: rows that
/// change nothing, or undo each other within their second, end no stay.
fn serving(
    first: Timestamp,
    changes: &[Presence],
    served: &[(Timestamp, usize)],
) -> Vec<(Timestamp, Option<BTreeSet<usize>>)> {
    let named = changes.iter().filter_map(|change| change.queue);
    let queues: BTreeSet<usize> = named.chain(served.iter().map(|(_, queue)| *queue)).collect();
    let mut queues: BTreeSet<Option<usize>> = queues.into_iter().map(Some).collect();
    if queues.is_empty() {
        // At work for queues that the log does not name.
        queues.insert(None);
    }
    let mut standing: BTreeMap<Option<usize>, Membership> =
        queues.iter().map(|queue| (*queue, Membership::at_first(changes, *queue))).collect();
    let mut steps = vec![(first, active(&standing))];
    for at_once in changes.chunk_by(|one, next| one.at == next.at) {
        for change in at_once {
            for (queue, membership) in &mut standing {
                if concerns(change, *queue) {
                    membership.take(change.change);
                }
            }
        }
        let (Some(change), now) = (at_once.first(), active(&standing)) else { continue };
        if steps.last().is_none_or(|(_, before)| *before != now) {
            steps.push((change.at, now));
        }
    }
    steps
}

fn concerns(change: &Presence, queue: Option<usize>) -> bool {
    change.queue.is_none() || change.queue == queue
}

/// The queues served now; `None` where there is not one to be at work for.
fn active(standing: &BTreeMap<Option<usize>, Membership>) -> Option<BTreeSet<usize>> {
    let mut active = standing.iter().filter(|(_, is)| is.member && !is.paused).peekable();
    active.peek().is_some().then(|| active.filter_map(|(queue, _)| *queue).collect())
}

impl Membership {
    /// Who does not come in the log was there before it.
    fn at_first(changes: &[Presence], queue: Option<usize>) -> Self {
        let mut changes = changes.iter().filter(|change| concerns(change, queue));
        let joins = changes.find_map(|change| match change.change {
            Change::Joined => Some(true),
            Change::Left => Some(false),
            Change::Paused | Change::Resumed => None,
        });
        Self { member: joins != Some(true), paused: false }
    }

    const fn take(&mut self, change: Change) {
        match change {
            Change::Joined => (self.member, self.paused) = (true, false),
            Change::Left => (self.member, self.paused) = (false, false),
            Change::Paused => self.paused = true,
            Change::Resumed => self.paused = false,
        }
    }
}

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

    fn stay<const N: usize>(agent: usize, (start, end): (i64, i64), skills: [usize; N]) -> Stay {
        Stay { agent, start: at(start), end: at(end), skills: skills.into() }
    }

    /// Rows of a call that is taken at once.
    fn served(call: &str, queue: &str, agent: &str, start: i64, talk: i64) -> String {
        let end = start + talk;
        format!(
            "{start}|{call}|{queue}|NONE|ENTERQUEUE||1|1\n{start}|{call}|{queue}|{agent}|CONNECT|0|x|0\n\
             {end}|{call}|{queue}|{agent}|COMPLETEAGENT|0|{talk}|1\n"
        )
    }

    fn roster(text: &str) -> Roster {
        let log = queue_log::read(text.as_bytes());
        assert!(log.quality.faults.is_empty(), "{:?}", log.quality.faults);
        Roster::of(&log, Duration::from_secs(60))
    }

    #[test]
    fn gaps_are_breaks_and_overlaps_count_once() {
        let calls =
            [("a", "q", 100, 10), ("b", "q", 105, 15), ("c", "q", 150, 10), ("d", "r", 1000, 10)];
        let calls = calls.map(|(call, queue, start, talk)| served(call, queue, "A", start, talk));
        let roster = roster(&calls.concat());
        assert_eq!(roster.stays, [stay(0, (100, 160), [0, 1]), stay(0, (1000, 1010), [0, 1])]);
        assert_eq!(roster.overlaps, 1);
        assert_eq!(roster.occupancy.ratio().value(), Some(40.0 / 70.0));
    }

    #[test]
    fn membership_is_believed_where_it_is_told() {
        let roster = roster(
            "0|NONE|NONE|NONE|QUEUESTART|\n10|CLI|q|B|ADDMEMBER|\n20|NONE|q|A|PAUSE|lunch\n\
             30|NONE|q|A|UNPAUSE|\n50|CLI|q|B|REMOVEMEMBER|\n60|NONE|NONE|NONE|QUEUESTART|\n",
        );
        // Agents stand in the order of their first line: B, A.
        let stays = [stay(1, (0, 20), [0]), stay(0, (10, 50), [0]), stay(1, (30, 60), [0])];
        assert_eq!(roster.stays, stays);
        assert_eq!(roster.occupancy.ratio().value(), Some(0.0));
    }

    #[test]
    fn rows_that_change_nothing_end_no_stay() {
        let ends = "0|NONE|NONE|NONE|QUEUESTART|\n90|NONE|NONE|NONE|QUEUESTART|\n";
        let rows = [
            "10|NONE|q|A|UNPAUSE|\n",
            "10|NONE|q|A|PAUSE|\n10|NONE|q|A|UNPAUSE|\n",
            "10|CLI|q|A|REMOVEMEMBER|\n10|CLI|q|A|ADDMEMBER|\n",
        ];
        for rows in rows {
            assert_eq!(roster(&format!("{ends}{rows}")).stays, [stay(0, (0, 90), [0])], "{rows}");
        }
        let twice = "10|CLI|q|A|ADDMEMBER|\n20|CLI|q|A|ADDMEMBER|\n";
        assert_eq!(roster(&format!("{ends}{twice}")).stays, [stay(0, (10, 90), [0])]);
    }

    #[test]
    fn who_leaves_one_queue_stays_in_the_others() {
        let start =
            "0|CLI|q|A|ADDMEMBER|\n0|CLI|r|A|ADDMEMBER|PAUSED\n99|NONE|NONE|NONE|QUEUESTART|\n";
        let stays = |rows: &str| roster(&format!("{start}{rows}")).stays;
        let both = "10|NONE|r|A|UNPAUSE|\n";
        assert_eq!(
            stays(&format!("{both}20|NONE|q|A|PAUSE|\n30|CLI|q|A|REMOVEMEMBER|\n")),
            [stay(0, (0, 10), [0]), stay(0, (10, 20), [0, 1]), stay(0, (20, 99), [1])]
        );
        for (out, back) in [("PAUSEALL", "UNPAUSEALL"), ("AGENTLOGOFF", "AGENTLOGIN")] {
            assert_eq!(
                stays(&format!("{both}20|NONE|NONE|A|{out}|\n30|NONE|NONE|A|{back}|\n")),
                [stay(0, (0, 10), [0]), stay(0, (10, 20), [0, 1]), stay(0, (30, 99), [0, 1])]
            );
        }
        // One who served a queue without ever joining it is a fixed member there.
        let fixed = served("a", "s", "A", 40, 5);
        assert_eq!(
            stays(&format!("{both}20|NONE|q|A|PAUSE|\n30|CLI|r|A|REMOVEMEMBER|\n{fixed}")),
            [
                stay(0, (0, 10), [0, 2]),
                stay(0, (10, 20), [0, 1, 2]),
                stay(0, (20, 30), [1, 2]),
                stay(0, (30, 99), [2])
            ]
        );
        // Who logs in for no queue in particular, and serves none, is at work all the same.
        let stays = roster("5|NONE|NONE|A|AGENTLOGIN|\n9|NONE|NONE|NONE|QUEUESTART|\n").stays;
        assert_eq!(stays, [stay(0, (5, 9), [])]);
    }

    #[test]
    fn nobody_is_busier_than_at_work() {
        // Pauses during a call of 60 s and is away when it ends.
        let roster = roster(&format!(
            "0|CLI|q|A|ADDMEMBER|\n20|NONE|q|A|PAUSE|\n90|NONE|q|A|UNPAUSE|\n{}\
             100|CLI|q|A|REMOVEMEMBER|\n",
            served("a", "q", "A", 10, 60)
        ));
        assert_eq!(roster.stays, [stay(0, (0, 20), [0]), stay(0, (90, 100), [0])]);
        assert_eq!(roster.occupancy.ratio().value(), Some(60.0 / 80.0));
    }

    #[test]
    fn days_have_their_own_share_and_long_stays_all_skills() {
        const DAY: i64 = 86_400;
        let text = served("a", "q", "A", DAY - 30, 60) + &served("b", "r", "A", DAY + 60, 10);
        // s, served after the first stay, is no skill of it; q, served on the day before, none of the next.
        let roster = roster(&(text + &served("c", "s", "A", DAY + 200, 10)));
        assert_eq!(roster.stays[0], stay(0, (DAY - 30, DAY + 70), [0, 1]));
        assert_eq!(roster.stays[1], stay(0, (DAY + 200, DAY + 210), [1, 2]));
        let secs = Duration::from_secs;
        let days = [(secs(30), secs(30)), (secs(50), secs(80))];
        assert_eq!(roster.occupancy.days.into_values().collect::<Vec<_>>(), days);
        // A member for two days serves on both what it served on either.
        let fixed = format!(
            "0|NONE|x|B|PAUSE|\n{}{}",
            served("a", "q", "A", 10, 5),
            served("b", "r", "A", DAY + 10, 5)
        );
        let log = queue_log::read(fixed.as_bytes());
        let roster = Roster::of(&log, Duration::ZERO);
        assert_eq!(roster.stays[0], stay(1, (0, DAY + 15), [1, 2]));
    }
}
