//! The timelines of agents: what each does now, and what was counted in the present interval.

use super::by_id::ById;
use super::intervals::Intervals;
use super::{AgentCell, AgentCounts, Cube, Handling};
use crate::id::AgentId;
use crate::message::Activity;
use crate::time::Timestamp;

/// All agents that the log has told of.
#[derive(Clone, Default, Debug)]
pub(super) struct Timelines {
    places: ById<AgentId, usize>,
    lines: Vec<Timeline>,
}

/// An agent's.
#[derive(Clone, Copy, Debug)]
struct Timeline {
    agent: AgentId,
    /// What the agent does now, also being away.
    activity: Activity,
    /// Instant at which it began, in ms.
    since: i64,
    /// What was counted in `interval` and is not in the cube yet: most changes fall into the interval
    /// of the one before, and need not look for their cell.
    counts: AgentCounts,
    interval: Timestamp,
}

impl Timelines {
    /// An agent does something else from an instant on.
    pub(super) fn change(
        &mut self,
        cube: &mut Cube,
        intervals: &Intervals,
        (at, agent, to): (i64, AgentId, Activity),
    ) {
        let Some(line) = self.line(agent, at) else { return };
        let since = line.since.max(at);
        line.credit(cube, intervals, since);
        if at < line.since {
            line.counts_in(cube, intervals.start_of(since)).clamped += 1;
        }
        line.since = since;
        line.activity = to;
    }

    /// An agent has finished work.
    pub(super) fn finish(
        &mut self,
        cube: &mut Cube,
        intervals: &Intervals,
        (at, agent, work): (i64, AgentId, &Handling),
    ) {
        let Some(line) = self.line(agent, at) else { return };
        line.counts_in(cube, intervals.start_of(at)).handling += work;
    }

    /// Counts all time up to an instant, because the intervals change.
    pub(super) fn cut(&mut self, cube: &mut Cube, intervals: &Intervals, at: i64) {
        for line in &mut self.lines {
            let until = at.max(line.since);
            line.credit(cube, intervals, until);
            line.since = until;
        }
    }

    /// Puts into the cube what has been counted so far.
    pub(super) fn settle(&mut self, cube: &mut Cube) {
        self.lines.iter_mut().for_each(|line| line.settle(cube));
    }

    /// What would be in the cube, and is not yet, at an instant.
    pub(super) fn unsettled(&self, intervals: &Intervals, at: i64) -> Cube {
        let mut cube = Cube::default();
        for line in &self.lines {
            let mut line = *line;
            line.credit(&mut cube, intervals, at.max(line.since));
            line.settle(&mut cube);
        }
        cube
    }

    /// The agent's timeline; a new one begins away.
    fn line(&mut self, agent: AgentId, at: i64) -> Option<&mut Timeline> {
        let next = self.lines.len();
        let place = *self.places.entry(agent).or_insert(next);
        if place == next {
            self.lines.push(Timeline {
                agent,
                activity: Activity::SignedOut,
                since: at,
                counts: AgentCounts::default(),
                interval: Timestamp::EPOCH,
            });
        }
        self.lines.get_mut(place)
    }
}

impl Timeline {
    /// Adds the time of the activity up to an instant, interval by interval.
    fn credit(&mut self, cube: &mut Cube, intervals: &Intervals, until: i64) {
        if self.activity == Activity::SignedOut {
            return;
        }
        let activity = self.activity;
        intervals.split(self.since, until, |interval, millis| {
            self.counts_in(cube, interval).time.add(activity, millis);
        });
    }

    /// The counts of an interval; those of another one go to the cube.
    fn counts_in(&mut self, cube: &mut Cube, interval: Timestamp) -> &mut AgentCounts {
        if self.interval != interval {
            self.settle(cube);
            self.interval = interval;
        }
        &mut self.counts
    }

    fn settle(&mut self, cube: &mut Cube) {
        let counts = std::mem::take(&mut self.counts);
        if counts != AgentCounts::default() {
            let cell = AgentCell { interval: self.interval, agent: self.agent };
            *cube.agents.entry(cell).or_default() += &counts;
        }
    }
}
