//! At each instant an agent does one thing: the timelines have no gap and no overlap. What a host
//! reports to have happened before the change that it follows on, happened together with that one.

use std::collections::BTreeMap;

use switchboard::id::AgentId;
use switchboard::kpi::{AgentTime, Kpis, Options, group};
use switchboard::message::{Activity, AgentEvent, Event, Record, ShardEvent};
use switchboard::time::{Duration, Timestamp};

/// An agent's day as the events tell it.
#[derive(Default)]
struct Day {
    /// What began when, in order.
    line: Vec<(i64, Activity)>,
    /// From when to when the agent was signed in; the last one may go on.
    at_work: Vec<(i64, Option<i64>)>,
    /// Changes that were reported to have happened before the one before.
    clamped: u64,
    /// When the wall clock was set last: what lies before has been counted by the old one.
    settled: i64,
}

/// Each change goes on from the one before; what is counted of each activity is what lies between the
/// changes; and all of it together is the time from sign-in to sign-out.
pub(crate) fn agents_do_one_thing_at_a_time(records: &[Record]) {
    let mut kpis = Kpis::new(Options::default().interval(Duration::ZERO));
    let mut days: BTreeMap<AgentId, Day> = BTreeMap::new();
    let (mut end, mut offset) = (Timestamp::EPOCH, Duration::ZERO);
    for record in records {
        kpis.apply(record);
        end = record.at;
        for (at, event) in record.timed_events() {
            match event {
                Event::Shard(ShardEvent::ClockRebased { offset: to }) => {
                    offset = *to;
                    for day in days.values_mut() {
                        day.settled = millis(record.at);
                    }
                }
                Event::Agent(event) => follow(&mut days, millis(at), event),
                _ => {}
            }
        }
    }
    let counted = group(kpis.cube(end + offset).agents(), |cell| cell.agent);
    for (agent, day) in days {
        let counts = counted.get(&agent).copied().unwrap_or_default();
        assert_eq!(counts.clamped, day.clamped, "{agent:?}: {:?}", day.line);
        let spent = day.spent(millis(end));
        assert_eq!(by_activity(&counts.time), spent, "{agent:?}: {:?}", day.line);
        let at_work = day.at_work.iter().map(|(from, to)| length(*from, to.unwrap_or(millis(end))));
        let at_work: u64 = at_work.sum();
        assert_eq!(spent.iter().sum::<u64>(), at_work, "{agent:?}: {:?}", day.line);
        assert_eq!(counts.time.signed_in(), at_work, "{agent:?}");
    }
}

fn follow(days: &mut BTreeMap<AgentId, Day>, at: i64, event: &AgentEvent) {
    match event {
        AgentEvent::SignedIn { agent, .. } => {
            let day = days.entry(*agent).or_default();
            let from = at.max(day.since(at));
            match day.at_work.last_mut() {
                // A second sign-in took over: the agent goes on.
                Some((_, until)) if *until == Some(from) => *until = None,
                _ => day.at_work.push((from, None)),
            }
        }
        AgentEvent::SignedOut { agent, .. } => {
            let day = days.entry(*agent).or_default();
            let until = at.max(day.since(at));
            let last = day.at_work.last_mut().unwrap();
            assert_eq!(last.1.replace(until), None, "{agent:?} signed out twice");
        }
        AgentEvent::StateChanged { agent, from, to } => {
            let day = days.entry(*agent).or_default();
            let before = day.line.last().map_or(Activity::SignedOut, |(_, doing)| *doing);
            assert_eq!(before, *from, "{agent:?} goes on from what ended: {:?}", day.line);
            let since = day.since(at);
            day.clamped += u64::from(at < since);
            day.line.push((at.max(since), *to));
        }
        _ => {}
    }
}

impl Day {
    /// No change is before this: when the present activity began, or was settled.
    fn since(&self, at: i64) -> i64 {
        self.line.last().map_or(at, |(since, _)| *since).max(self.settled)
    }

    /// How long each activity took, in the order of [`by_activity`].
    fn spent(&self, end: i64) -> [u64; 11] {
        let mut spent = [0; 11];
        let ends = self.line.iter().skip(1).map(|(at, _)| *at).chain([end]);
        for ((from, activity), to) in self.line.iter().zip(ends) {
            let place = match activity {
                Activity::SignedOut => continue,
                Activity::NotReady(_) => 0,
                Activity::Idle => 1,
                Activity::Unreachable => 2,
                Activity::Alerting => 3,
                Activity::Connecting => 4,
                Activity::Talking => 5,
                Activity::Holding => 6,
                Activity::WrapUp => 7,
                Activity::OtherWork(_) => 8,
                Activity::ManualOutbound => 9,
                Activity::Monitoring => 10,
                other => panic!("an activity that nobody has accounted for: {other:?}"),
            };
            spent[place] += length(*from, to);
        }
        spent
    }
}

fn length(from: i64, to: i64) -> u64 {
    u64::try_from(to - from).unwrap()
}

/// The figures count in whole milliseconds.
fn millis(at: Timestamp) -> i64 {
    at.as_micros().div_euclid(1_000)
}

fn by_activity(time: &AgentTime) -> [u64; 11] {
    [
        time.not_ready,
        time.idle,
        time.unreachable,
        time.alerting,
        time.connecting,
        time.talking,
        time.holding,
        time.wrap_up,
        time.other_work,
        time.manual_outbound,
        time.monitoring,
    ]
}
