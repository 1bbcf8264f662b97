//! Relaxation: nobody waits under fewer steps than there should be by now, by brute force over the configuration.

use super::plan::{may_serve, worked_out};
use super::{Broken, broken};
use crate::id::Key;
use crate::message::{Target, TimerId};
use crate::model::{Guard, Kind, NoAgents, Queue};
use crate::state::{Relaxing, Request, Session, State};
use crate::time::Duration;

/// Every request of a queue with steps is as far as its time and the guards say; until a changed queue's turn to be
/// planned anew has come, the old steps stand.
pub(super) fn is_up_to_date(state: &State) -> Result<(), Broken> {
    for row in state.relaxing.iter() {
        let Some(request) = state.request(row.id) else {
            return broken(format!("a relaxation is left of {:?}", row.id));
        };
        if row.at.is_some_and(|_| state.timers.deadline(&TimerId::Relaxation(row.id)) != row.at) {
            return broken(format!("no timer stands behind the next step of {:?}", row.id));
        }
        let key = state.config.numbers.key(Kind::Queue, request.queue.0);
        let queue = key.and_then(|key| Some((key, state.config.center.queues.get(key)?)));
        if row.stale && state.replan.is_none() {
            return broken(format!("{row:?} was forgotten when its queue changed"));
        }
        if let Some((key, queue)) = queue.filter(|_| !row.stale) {
            check(state, row, request, (key, queue))?;
        }
    }
    let settled = state.replan.is_none();
    let missing = state.requests.iter().find(|request| {
        let key = state.config.numbers.key(Kind::Queue, request.queue.0);
        let queue = key.and_then(|key| state.config.center.queues.get(key));
        let steps = queue.is_some_and(|queue| !queue.relaxation.is_empty());
        steps && settled && state.relaxing(request.id).is_none()
    });
    match missing {
        Some(request) => broken(format!("{:?} has no relaxation", request.id)),
        None => Ok(()),
    }
}

fn check(
    state: &State,
    row: &Relaxing,
    request: &Request,
    (key, queue): (&Key, &Queue),
) -> Result<(), Broken> {
    for (name, agent) in &state.config.center.agents {
        if let Some(id) = state.config.agent_id(name) {
            worked_out(state, (id, name, agent), key, row.in_force)?;
        }
    }
    let taken = queue.relaxation.iter().enumerate().filter(|(n, _)| row.in_force.contains(*n));
    let credit = taken.fold(Duration::ZERO, |sum, (_, step)| sum + step.boost);
    if credit != row.credit {
        return broken(format!("{row:?} has {} of credit and not {credit}", row.credit));
    }
    let mut left = queue.relaxation.iter().skip(row.decided.into());
    let next = left.clone().next();
    let times = left.find_map(|step| step.after).map(|after| request.queue_entered_at + after);
    if row.at != times || row.guarded != next.is_some_and(|step| step.after.is_none()) {
        return broken(format!("{row:?} waits for another step: {next:?}"));
    }
    let guard = next.filter(|step| step.after.is_none()).and_then(|step| step.when.as_ref());
    match guard.filter(|guard| holds(state, row, request, (key, queue), guard)) {
        Some(guard) => broken(format!("{row:?} waits for what holds: {guard:?}")),
        None => Ok(()),
    }
}

/// Whether a guard that is not bound to a time holds.
fn holds(
    state: &State,
    row: &Relaxing,
    request: &Request,
    (key, queue): (&Key, &Queue),
    guard: &Guard,
) -> bool {
    match guard {
        Guard::Nobody(rule) => !state.config.center.agents.iter().any(|(name, agent)| {
            let serves = may_serve(&state.config.center, (key, queue), row.in_force, (name, agent));
            let there = state.config.agent_id(name).and_then(|id| state.agent(id));
            serves
                && there.is_some_and(|row| match rule {
                    NoAgents::NoneSignedIn => row.session.is_some(),
                    NoAgents::NoneRoutable => {
                        let phone = row.session.as_ref().is_some_and(Session::has_media);
                        state.is_routable(row)
                            && (phone || !request.channel.has_media())
                            && state.takes_from(row.id, request.queue)
                    }
                })
        }),
        Guard::DepthOver(most) => {
            let inside = state.requests.iter().filter(|other| other.queue == request.queue);
            inside.count() > *most as usize
        }
        Guard::PositionOver(place) => {
            let before = |other: &&Request| {
                let waits = state.wants_agents(other)
                    && matches!(other.target, Target::Queue | Target::Requirement(_));
                let host = state.interaction(other.interaction).map(|row| row.host);
                waits
                    && !state.is_stale(other.id)
                    && !state.awaits_customer(other)
                    && host.is_some_and(|host| state.host_is_up(host))
                    && (other.queue, other.channel) == (request.queue, request.channel)
                    && other.service_key() < request.service_key()
            };
            state.requests.iter().filter(before).count() >= *place as usize
        }
        // What queues have learned meanwhile is looked at when something else changes.
        Guard::During(_) | Guard::ExpectedWaitOver(_) => false,
    }
}
