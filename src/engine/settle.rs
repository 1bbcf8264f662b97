//! The last act of every decision: whoever can be served now is served, what nobody serves any more is
//! ended, and the agents' timelines are brought up to date.

use smallvec::SmallVec;

use crate::id::AgentId;
use crate::routing::{best_agent, best_request};
use crate::state::{Step, Woken};
use crate::{agent, interaction, queue};

/// Follows up on all that the step has touched, until nothing is left to do.
pub(super) fn settle(step: &mut Step<'_>) {
    let mut seen: SmallVec<[AgentId; 4]> = SmallVec::new();
    loop {
        while let Some((interaction, by)) = step.take_left() {
            interaction::tidy_up(step, interaction, by);
        }
        let touched = step.take_touched();
        for agent in &touched {
            agent::follow_up(step, *agent);
        }
        seen.extend_from_slice(&touched);
        if touched.is_empty() {
            let Some(woken) = step.take_woken() else { break };
            serve(step, woken);
        }
    }
    seen.sort_unstable();
    seen.dedup();
    for agent in &seen {
        agent::record_activity(step, *agent);
    }
    queue::staffing::check(step, &seen);
}

/// Makes the offer that has become possible, if one has.
fn serve(step: &mut Step<'_>, woken: Woken) {
    match woken {
        Woken::Request(request) => {
            if let Some((agent, choice)) = best_agent(step.state(), request) {
                queue::offer::make(step, request, agent, choice);
            }
        }
        Woken::Agent(agent) => {
            if let Some((request, choice)) = best_request(step.state(), agent) {
                queue::offer::make(step, request, agent, choice);
                // There may be capacity for more.
                step.wake_agent(agent);
            }
        }
    }
}
