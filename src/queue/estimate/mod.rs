//! How long somebody still waits, from what the queues have learned.
//!
//! ```text
//! Q   who goes before, in all lines that the staff of this one serves
//! s   agents of the moment who may serve it, busy or not
//! mu  work finished per second of an agent's time
//! ```
//!
//! `predictor.rs` makes a wait of it. Where the staff serves one line alone, that is all there is to it. Where it
//! serves several, each other line counts with the part of its staff that is of this one's: with all of it where the
//! same agents serve both, and the order of service says who of the other line goes before. So somebody who waits
//! for half of our staff and as many others counts one half. That is exact for lines with the same staff, and an even
//! split, no more, for those that share a part. The pace is then the mean over these lines, each by how many of it are
//! answered; those who come to another line later and go first, by a target or a credit, are the ones who overtake.
//! How many come is known by how many are answered: only they take the staff.
//!
//! What it does not see: requests for named agents, agents who take nothing of a queue, offers that nobody answers,
//! credit that relaxation will give to others, agents who come or go later.

mod predictor;

use std::cmp::Ordering;

use smallvec::SmallVec;

use predictor::{Line, Moments, Overtaking};

use super::order::Wait;
use crate::id::{MAX_INDEX, Origin, QueueId, RequestId};
use crate::message::{Estimate, EstimateMethod, RequestCause, RequestEvent, Target};
use crate::model::Channel;
use crate::state::{
    Band, ENOUGH, Faded, Flow, ONE, Pool, Request, RequestState, ServiceKey, Sharing, State, Step,
    Steps,
};
use crate::time::{Duration, Timestamp};

/// How long a request still waits, under steps of relaxation; none where it is not in a line, nobody is there to serve
/// it, or nothing is known.
pub(crate) fn of(
    state: &State,
    at: Timestamp,
    request: &Request,
    steps: Steps,
) -> Option<Estimate> {
    if !stands_in_line(request) {
        return None;
    }
    let key = request.service_key();
    let waited = at.since(request.queue_entered_at);
    estimate((state, at), (request.queue, steps), request.channel, (&key, waited))
}

/// The place of a request in its line; none where it is in none.
pub(crate) fn place(state: &State, request: &Request) -> Option<u32> {
    stands_in_line(request).then(|| state.place_in_queue(request))
}

/// How long somebody would wait who joined the queue now; none where nobody is there, or nothing is known.
pub(crate) fn joining(
    state: &State,
    at: Timestamp,
    queue: QueueId,
    channel: Channel,
) -> Option<Estimate> {
    let class = (queue, Steps::default());
    let (rank, due_at) = comes_now(state, at, queue, channel)?;
    // Whoever is there already goes first.
    let origin = Origin {
        shard: state.shard.0,
        epoch: state.epoch.0,
        seq: state.seq.next().0,
        index: MAX_INDEX,
    };
    let key = ServiceKey::new(Band { channel, rank }, (due_at, RequestId::new(origin)?));
    if state.has_somebody_free(class, channel) {
        let done = state.queue(queue).and_then(|row| row.pace.as_ref());
        let done = done.map_or(0, |pace| pace.flow(!channel.is_live()).done.whole());
        return Some(Estimate::new([Duration::ZERO; 3], EstimateMethod::QueueLength, count(done)));
    }
    estimate((state, at), class, channel, (&key, Duration::ZERO))
}

/// The request has come: where its queue keeps what it expects, that is decided now, if it has to wait.
pub(super) fn keep(step: &mut Step<'_>, id: RequestId) {
    let state = step.state();
    let Some(request) = state.request(id) else { return };
    let kept = state.config.queue(request.queue).is_some_and(|plan| plan.estimates);
    let steps = state.in_force(request);
    if !kept || state.has_somebody_free((request.queue, steps), request.channel) {
        return;
    }
    if let Some(estimate) = of(state, step.at, request, steps) {
        step.emit(RequestEvent::Estimated { id, estimate });
    }
}

const fn stands_in_line(request: &Request) -> bool {
    matches!(request.state, RequestState::Waiting)
        && matches!(request.target, Target::Queue | Target::Requirement(_))
}

/// The band and the time in the order of service of somebody of no rank who joins now.
fn comes_now(
    state: &State,
    at: Timestamp,
    queue: QueueId,
    channel: Channel,
) -> Option<(u16, Timestamp)> {
    let plan = state.config.queue(queue)?;
    let wait = Wait {
        queue,
        channel,
        tier: 0,
        order_at: at,
        service_target: plan.target(channel),
        credit: plan.boost,
    };
    Some((wait.standing(state, at).rank, wait.due_at(state)))
}

fn estimate(
    (state, at): (&State, Timestamp),
    class: (QueueId, Steps),
    channel: Channel,
    (key, waited): (&ServiceKey, Duration),
) -> Option<Estimate> {
    let pool = state.pool(class, channel, key);
    if pool.staff == 0 {
        return None;
    }
    let flows = flows(state, at, &pool);
    let ahead: f64 = flows.iter().map(|part| part.ahead).sum();
    let done = flows.iter().fold(0, |sum: u64, part| sum.saturating_add(part.done));
    let known = pace(&flows).filter(|_| done >= ENOUGH);
    let (wait, method) = if let Some(pace) = known {
        let rate = f64::from(pool.staff) * pace;
        let line = Line { ahead, rate, leaving: leaving(&flows) };
        let overtaking = overtaking((state, at), &flows, channel, key);
        (predictor::overtaken(&line, &overtaking), EstimateMethod::QueueLength)
    } else {
        let wait = head_of_line((state, at), class, channel, (key.request, waited))?;
        (predictor::head_of_line(wait, ahead), EstimateMethod::HeadOfLine)
    };
    Some(Estimate::new(spans(wait), method, count(done)))
}

/// What one line, or a part of it, brings to the staff: that of calls, or that of written work.
struct Part {
    queue: QueueId,
    deferrable: bool,
    /// Who of it goes before.
    ahead: f64,
    /// Work of it that was finished.
    done: u64,
    /// The time of an agent that one takes.
    takes: Option<f64>,
    /// How many the staff answers a second.
    answers: f64,
    /// How many of those who wait leave, per second of the wait of each.
    leaving: f64,
}

/// What all lines bring that the pool serves, each by the part of its staff that is of the pool.
fn flows(state: &State, at: Timestamp, pool: &Pool) -> SmallVec<[Part; 2]> {
    let mut parts = SmallVec::new();
    let nothing = Flow::default();
    for sharing in &pool.sharing {
        let share = f64::from(sharing.common) / f64::from(sharing.all.max(1));
        let row = state.queue(sharing.queue).and_then(|row| row.pace.as_ref());
        for (deferrable, ahead) in [false, true].into_iter().zip(sharing.ahead) {
            let flow = row.map_or(&nothing, |pace| pace.flow(deferrable));
            if ahead > 0 || sharing.is_entry() && *flow != nothing {
                parts.push(part(at, sharing, (deferrable, f64::from(ahead) * share, share), flow));
            }
        }
    }
    parts
}

fn part(
    at: Timestamp,
    sharing: &Sharing,
    (deferrable, ahead, share): (bool, f64, f64),
    flow: &Flow,
) -> Part {
    let entry = sharing.is_entry();
    // No answer for a while tells as much as one.
    let silent = flow.last_answer.map_or(Duration::ZERO, |last| at.since(last));
    let between = seconds(flow.answers.over) + silent.max(Duration::ZERO).as_secs_f64();
    let answered = if entry { events(flow.answers) } else { 0.0 };
    Part {
        queue: sharing.queue,
        deferrable,
        ahead,
        done: if entry { flow.done.whole() } else { 0 },
        takes: (flow.done.count > 0 && flow.done.over > 0)
            .then(|| seconds(flow.done.over) / events(flow.done)),
        answers: if between > 0.0 { answered / between * share } else { 0.0 },
        leaving: if flow.left.over > 0 { events(flow.left) / seconds(flow.left.over) } else { 0.0 },
    }
}

/// Completions per second of an agent's time: the mean over all that the staff does.
fn pace(flows: &[Part]) -> Option<f64> {
    let known = || flows.iter().filter_map(|part| Some((part.answers, part.takes?)));
    if let [(_, takes)] = known().collect::<SmallVec<[_; 2]>>().as_slice() {
        return Some(1.0 / takes);
    }
    let (many, time) =
        known().fold((0.0, 0.0), |(n, time), (rate, takes)| (n + rate, time + rate * takes));
    (many > 0.0 && time > 0.0).then(|| many / time)
}

/// How many of those before leave, per second of the wait of each.
fn leaving(flows: &[Part]) -> f64 {
    let ahead: f64 = flows.iter().map(|part| part.ahead).sum();
    let sum: f64 = flows.iter().map(|part| part.ahead * part.leaving).sum();
    if ahead > 0.0 { sum / ahead } else { 0.0 }
}

/// Those who come to other lines later and go first, the first to lose that first.
fn overtaking(
    (state, at): (&State, Timestamp),
    flows: &[Part],
    channel: Channel,
    key: &ServiceKey,
) -> SmallVec<[Overtaking; 2]> {
    let window = |part: &Part| {
        let (rank, due_at) = comes_now(state, at, part.queue, channel)?;
        match (part.deferrable, rank).cmp(&(key.deferrable, key.rank)) {
            Ordering::Less => Some(f64::INFINITY),
            Ordering::Greater => None,
            Ordering::Equal => {
                let span = key.due_at.since(due_at);
                (span > Duration::ZERO).then(|| span.as_secs_f64())
            }
        }
    };
    let other = |part: &Part| Some(Overtaking { rate: part.answers, window: window(part)? });
    let mut overtaking: SmallVec<[Overtaking; 2]> = flows.iter().filter_map(other).collect();
    overtaking.sort_by(|a, b| a.window.total_cmp(&b.window));
    overtaking
}

/// How long the one who is first in the line has waited, or the last one who was answered after a wait had; what
/// somebody has waited already is past.
fn head_of_line(
    (state, at): (&State, Timestamp),
    (queue, steps): (QueueId, Steps),
    channel: Channel,
    (request, waited): (RequestId, Duration),
) -> Option<f64> {
    let head = state.head_of_line((queue, steps), channel).filter(|head| *head != request);
    let of_head = head.and_then(|head| state.request(head));
    // A promise may have waited overnight.
    let of_head = of_head.filter(|head| head.cause != RequestCause::Callback);
    let of_head = of_head.map(|head| at.since(head.queue_entered_at));
    let of_last = || state.queue(queue)?.pace.as_ref()?.flow(!channel.is_live()).last_wait;
    let whole = of_head.filter(|waited| *waited > Duration::ZERO).or_else(of_last)?;
    Some((whole - waited).max(Duration::ZERO).as_secs_f64())
}

#[allow(clippy::cast_precision_loss)] // counts and spans far below 2^53
fn events(faded: Faded) -> f64 {
    faded.count as f64 / ONE as f64
}

#[allow(clippy::cast_precision_loss)]
fn seconds(micros: u64) -> f64 {
    micros as f64 / 1e6
}

/// Quantiles as spans; what is beyond the clock is its end.
#[allow(clippy::cast_possible_truncation)]
fn spans(wait: Moments) -> [Duration; 3] {
    predictor::quantiles(wait).map(|seconds| Duration::from_micros((seconds * 1e6) as i64))
}

fn count(done: u64) -> u32 {
    u32::try_from(done).unwrap_or(u32::MAX)
}
