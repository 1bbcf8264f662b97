//! What follows when an agent misses an offer, by the rule for its cause.

use super::cut;
use crate::agent;
use crate::id::AgentId;
use crate::message::{SignOutCause, StrikeKind};
use crate::state::Step;

/// The agent has missed an offer.
pub(super) fn missed(step: &mut Step<'_>, agent: AgentId, kind: StrikeKind) {
    let count = agent::strike(step, agent, kind);
    let rule = agent::rule(step.state(), kind).clone();
    let reached = |most: Option<u8>| most.is_some_and(|most| count >= most);
    if reached(rule.sign_out_after) {
        // What rings is taken back in the same step: nobody would answer it.
        cut::offers(step, agent);
        if agent::is_at_work(step.state(), agent) {
            agent::sign_out(step, agent);
        } else {
            agent::leave(step, agent, SignOutCause::Missed);
        }
    } else if reached(rule.not_ready_after) {
        cut::offers(step, agent);
        agent::not_ready_for(step, agent, kind);
    } else if let Some(back_off) = rule.back_off {
        agent::back_off(step, agent, back_off.span(count));
    }
}
