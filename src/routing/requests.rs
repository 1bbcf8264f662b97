//! The request for an agent.

use super::across::Turn;
use super::refusal::{is_matched_elsewhere, may_take};
use super::reserve::{self, reserved};
use crate::id::{AgentId, RequestId};
use crate::model::Channel;
use crate::state::{Free, ServiceKey, State};
use crate::time::Timestamp;

/// The turn of the request that the free agent should get, if one waits.
pub(crate) fn best_request(state: &State, now: Timestamp, agent: AgentId) -> Option<Turn> {
    request_for((state, now), agent, state.index.free(agent)?)
}

/// The turn of the request that the agent should get with an entry among the free; it need not stand there yet.
pub(crate) fn request_for(
    (state, now): (&State, Timestamp),
    agent: AgentId,
    free: Free,
) -> Option<Turn> {
    let direct = state.index.direct(agent).filter(|key| {
        state.request(key.request).is_some_and(|request| {
            free.admits(request.channel)
                && may_take(state, request, agent)
                && !is_matched_elsewhere(state, request)
        })
    });
    let classes = state.config.signatures.classes(free.signature)?;
    let mut best = direct.map(|key| Turn::of(state, now, key)).min();
    if state.config.matched_elsewhere {
        return best;
    }
    // Who waits is somewhere in a large table: most often only the first of all has to be looked up there.
    let mut head: Option<(Turn, usize)> = None;
    state.index.waiting.each(classes, |class, line| {
        let turn = free
            .admits(line.band.channel)
            .then(|| Turn::of(state, now, ServiceKey::new(line.band, line.head)));
        if let Some(turn) = turn.filter(|turn| head.is_none_or(|(head, _)| *turn < head)) {
            head = Some((turn, class));
        }
    });
    let Some((first, class)) = head.filter(|(head, _)| best.is_none_or(|best| *head < best)) else {
        return best;
    };
    if state.request(first.request).is_some_and(|request| {
        may_take(state, request, agent) && !is_kept(state, class, agent, request.channel)
    }) {
        return Some(first);
    }
    state.index.waiting.each(classes, |class, line| {
        let at = |key| Turn::of(state, now, ServiceKey::new(line.band, key));
        let later = |turn: Turn| best.is_some_and(|best| best <= turn);
        if !free.admits(line.band.channel) || later(at(line.head)) {
            return;
        }
        let fits = |(_, id): &(_, RequestId)| {
            state.request(*id).is_some_and(|request| may_take(state, request, agent))
        };
        let Some(first) = line.keys().find(fits).map(at).filter(|turn| !later(*turn)) else {
            return;
        };
        if !is_kept(state, class, agent, line.band.channel) {
            best = Some(first);
        }
    });
    best
}

/// Whether the agent is kept for others than the class of requests.
fn is_kept(state: &State, class: usize, agent: AgentId, channel: Channel) -> bool {
    let queue = state.config.classes.of(class).and_then(|(queue, _)| state.config.queue(queue));
    let plan = queue.filter(|plan| !plan.reserves.is_empty());
    plan.is_some_and(|plan| reserve::is_kept(state, &reserved(state, plan, channel), agent))
}
