//! The end of a shift: channel by channel nothing new is offered any more, then the agent leaves.

use super::session;
use crate::id::AgentId;
use crate::message::AgentEvent;
use crate::model::Channel;
use crate::state::Step;
use crate::time::Timestamp;

/// The shift ends then, or when is not known any more.
pub(crate) fn set_shift_end(step: &mut Step<'_>, agent: AgentId, ends: Option<Timestamp>) {
    let cutoffs = &step.state().config.center.policies.shift_cutoffs;
    let closes = |channel: &Channel| Some(ends? - cutoffs.get(channel).copied()?);
    let due = |channel: &Channel| closes(channel).is_some_and(|at| at <= step.at);
    let closed: Vec<Channel> = Channel::ALL.into_iter().filter(due).collect();
    let later = Channel::ALL.iter().filter_map(closes).filter(|at| *at > step.at);
    let next = later.chain(ends).min();
    step.emit(AgentEvent::ShiftSet { agent, ends, next, closed });
}

/// One of the times has come: a channel closes, or the shift is over.
pub(crate) fn shift_goes_on(step: &mut Step<'_>, agent: AgentId) {
    let ends = step.state().agent(agent).and_then(|row| row.shift.ends);
    if ends.is_some_and(|ends| ends <= step.at) {
        set_shift_end(step, agent, None);
        session::sign_out(step, agent);
    } else {
        set_shift_end(step, agent, ends);
    }
}
