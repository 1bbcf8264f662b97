//! Relaxation: which steps of its queue hold for a request that waits on.
//!
//! Steps are decided in their order. A step with a time falls due at that time, and is passed over if its guard
//! does not hold then; a step without one waits for its guard, until a later step falls due.

use super::order::Wait;
use super::{join, outbound};
use crate::id::{QueueId, RequestId};
use crate::message::{FlowOutReason, RequestEvent};
use crate::routing::best_agent;
use crate::state::{GuardPlan, QueuePlan, Request, State, Step, StepPlan, Steps};
use crate::time::{Duration, Timestamp};

/// How far the relaxation of a request is.
#[derive(Clone, Copy, PartialEq, Eq, Default)]
struct Progress {
    in_force: Steps,
    /// So many steps have been decided.
    decided: usize,
}

/// The request has come: what of its relaxation holds from the beginning.
pub(super) fn begin(step: &mut Step<'_>, id: RequestId) {
    let state = step.state();
    let Some((request, plan)) = with_plan(state, id) else { return };
    if plan.steps.is_empty() {
        return;
    }
    let progress = decide((state, step.at), request, plan, Progress::default());
    note(step, id, progress);
}

/// Takes the steps whose guards hold since something has changed in this step, and lets those go who would have to wait
/// too long. Whether any was taken, passed over or let go.
pub(crate) fn settle(step: &mut Step<'_>) -> bool {
    let mut decided = false;
    if step.take_staff_guards() {
        for id in step.state().guarded_by_staff() {
            decided |= review(step, id);
        }
        decided |= review_long_waits(step, None);
        for queue in step.state().queues_to_call() {
            decided |= outbound::call_near(step, queue);
        }
    }
    for queue in step.take_guards() {
        for id in step.state().guarded_in(queue) {
            decided |= review(step, id);
        }
        decided |= review_long_waits(step, Some(queue));
        decided |= outbound::call_near(step, queue);
    }
    decided
}

/// Most requests that leave in one step because their waits are long; more do when the line moves next.
const BATCH: usize = 10_000;

/// Looks at the last of each line of waits that are alike, in a queue or in all.
fn review_long_waits(step: &mut Step<'_>, queue: Option<QueueId>) -> bool {
    let mut decided = false;
    for (id, leaves) in step.state().last_long_waits(queue) {
        if !leaves {
            decided |= review(step, id);
        }
    }
    for _ in 0..BATCH {
        let last = step.state().last_long_waits(queue).into_iter().filter(|(_, leaves)| *leaves);
        // Where one has left, whoever was before is the last one.
        let gone = last.fold(false, |gone, (id, _)| let_go(step, id) || gone);
        decided |= gone;
        if !gone {
            break;
        }
    }
    decided
}

/// Lets somebody go who would have to wait too long still. Whether it did.
fn let_go(step: &mut Step<'_>, id: RequestId) -> bool {
    let state = step.state();
    let Some((request, plan)) = with_plan(state, id) else { return false };
    let Some(most) = plan.longest_left else { return false };
    // Whoever can be served now waits for nobody.
    if best_agent(state, step.at, id).is_some() {
        return false;
    }
    let estimate = super::estimate::of(state, step.at, request, state.in_force(request));
    let long = estimate.is_some_and(|estimate| estimate.p50 > most);
    if long {
        join::overflow(step, id, FlowOutReason::LongWait);
    }
    // Where it is called back instead, it has left as well; where it waits on, it is the last one still.
    long && step.state().request(id).is_none()
}

/// Decides what can be decided now: a step has fallen due, or a guard may hold. Whether anything was.
pub(crate) fn review(step: &mut Step<'_>, id: RequestId) -> bool {
    let state = step.state();
    let (Some((request, plan)), Some(row)) = (with_plan(state, id), state.relaxing(id)) else {
        return false;
    };
    if row.stale {
        return false;
    }
    let before = Progress { in_force: row.in_force, decided: row.decided.into() };
    let progress = decide((state, step.at), request, plan, before);
    // A timer that has fired leaves nothing behind that it would fire for again.
    let decided = progress != before || row.at.is_some_and(|at| at <= step.at);
    if decided {
        note(step, id, progress);
    }
    decided
}

/// The relaxation of a request whose queue has changed: as if the steps had been there all the time, with guards as
/// they stand now.
pub(super) fn anew(step: &mut Step<'_>, id: RequestId) {
    let state = step.state();
    let Some((request, plan)) = with_plan(state, id) else { return };
    let progress = decide((state, step.at), request, plan, Progress::default());
    note(step, id, progress);
}

fn with_plan(state: &State, id: RequestId) -> Option<(&Request, &QueuePlan)> {
    let request = state.request(id)?;
    Some((request, state.config.queue(request.queue)?))
}

/// Decides all steps that can be decided now.
fn decide(
    now: (&State, Timestamp),
    request: &Request,
    plan: &QueuePlan,
    mut progress: Progress,
) -> Progress {
    let due =
        |step: &StepPlan| step.after.is_some_and(|after| request.queue_entered_at + after <= now.1);
    while let Some(next) = plan.steps.get(progress.decided) {
        let holds =
            || next.when.as_ref().is_none_or(|guard| holds(now, request, progress.in_force, guard));
        let taken = match next.after {
            Some(_) if !due(next) => break,
            Some(_) => holds(),
            None if holds() => true,
            // A later one overtakes it.
            None if plan.steps.iter().skip(progress.decided).any(due) => false,
            None => break,
        };
        if taken {
            progress.in_force = progress.in_force.with(progress.decided);
        }
        progress.decided += 1;
    }
    progress
}

fn holds(
    (state, now): (&State, Timestamp),
    request: &Request,
    in_force: Steps,
    guard: &GuardPlan,
) -> bool {
    match guard {
        GuardPlan::Nobody(rule) => {
            !state.is_served((request.queue, in_force), *rule, request.channel.has_media())
        }
        GuardPlan::DepthOver(most) => {
            state.queue(request.queue).is_some_and(|row| row.depth > *most)
        }
        GuardPlan::PositionOver(most) => state.place_in_queue(request) > *most,
        GuardPlan::During(calendar) => calendar.is_open(now + state.wall_offset),
        GuardPlan::ExpectedWaitOver(most) => {
            let free = state.has_somebody_free((request.queue, in_force), request.channel);
            let estimate = super::estimate::of(state, now, request, in_force);
            estimate.filter(|_| !free).is_some_and(|estimate| estimate.p50 > *most)
        }
    }
}

/// Writes down how far it is: what holds from now on, and what is decided when.
fn note(step: &mut Step<'_>, id: RequestId, progress: Progress) {
    let state = step.state();
    let Some((request, plan)) = with_plan(state, id) else { return };
    let credit = credit(plan, progress.in_force);
    let due_at = Wait { credit: request.boost + credit, ..Wait::of(state, request) }.due_at(state);
    let left = plan.steps.iter().skip(progress.decided);
    let at = left.clone().find_map(|step| step.after).map(|after| request.queue_entered_at + after);
    let guarded = left.clone().next().is_some_and(|step| step.after.is_none());
    // What it may be served by now may be alerted for other work.
    let urgent = plan.urgent && state.in_force(request) != progress.in_force;
    step.emit(RequestEvent::Relaxed {
        id,
        steps: progress.in_force.numbers().collect(),
        decided: u8::try_from(progress.decided).unwrap_or(u8::MAX),
        at,
        guarded,
        credit,
        due_at,
    });
    if urgent {
        step.note_urgent(id);
    }
}

/// Waiting credit that steps give.
fn credit(plan: &QueuePlan, steps: Steps) -> Duration {
    let given = plan.steps.iter().enumerate().filter(|(place, _)| steps.contains(*place));
    given.fold(Duration::ZERO, |sum, (_, step)| sum + step.boost)
}
