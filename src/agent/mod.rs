//! Agents: sessions, presence, capacity across channels, wrap-up.
//!
//! The timeline of an agent has no gap: at the end of every step [`record_activity`] writes down what
//! each touched agent is doing now, if it is something else than before.
//!
//! ```text
//!                    ┌────────────── sign-out, forced or after the drain ──────────────┐
//!                    ▼                                                                 │
//!  signed out ──▶ not ready ◀──▶ idle ──▶ alerting ──▶ connecting ──▶ talking ◀──▶ holding
//!                    ▲             ▲  ▲        │ no answer  │             │
//!                    │             │  └─reject─┘            │             ▼
//!                    │             └────────────────────────┴───────── wrap-up
//!                    └── pending presence, as soon as nothing is left to do
//! ```

mod permission;
pub(crate) mod phone;
mod presence;
mod session;
mod shift;
mod work;

use crate::id::AgentId;
use crate::message::AgentEvent;
use crate::model::Channel;
use crate::state::{Hold, Step, WorkItem, at_hand};

pub(crate) use permission::{
    Reach, may_act_for, may_manage, may_supervise, may_work_on, not_permitted,
};
pub(crate) use presence::{
    also_promised, also_waiting, back_off, back_off_over, drain_overdue, forgive, is_at_work,
    not_ready_for, rule, set_presence, strike,
};
pub(crate) use session::{leave, retire, set_desktop, set_media, sign_in, sign_out, take_over};
pub(crate) use shift::{set_shift_end, shift_goes_on};
pub(crate) use work::{
    begin_other_work, end as end_engagement, end_other_work, extend_wrap_up, finish,
    finish_wrap_up, hold, keep_waiting, release, serves, set_disposition, unhold, wrap_up_over,
};

use crate::message::{EngagementEvent, Phase};

/// Lets come into force what waited for the agent's work to change.
pub(crate) fn follow_up(step: &mut Step<'_>, agent: AgentId) {
    resume_suspended(step, agent);
    presence::settle_pending(step, agent);
}

/// Adds to the agent's timeline if the agent is doing something else now.
pub(crate) fn record_activity(step: &mut Step<'_>, agent: AgentId) {
    let state = step.state();
    let Some(row) = state.agent(agent) else { return };
    let (from, to) = (row.activity, state.activity_of(row));
    if from != to {
        step.emit(AgentEvent::StateChanged { agent, from, to });
    }
}

/// Pushes aside the agent's work that the channel may interrupt.
pub(crate) fn suspend_for(step: &mut Step<'_>, agent: AgentId, channel: Channel) {
    let state = step.state();
    let interrupts = state.config.channel(channel).interrupts;
    if interrupts == 0 {
        return;
    }
    let suspended: Vec<_> = state
        .parts_of(agent)
        .filter(|engagement| interrupts & (1 << engagement.channel.index()) != 0)
        .filter(|engagement| !engagement.role.observes())
        .filter(|engagement| matches!(engagement.phase, Phase::Active | Phase::Held))
        .map(|engagement| engagement.id)
        .collect();
    for id in suspended {
        step.emit(EngagementEvent::PhaseChanged { id, phase: Phase::Suspended });
    }
}

/// Returns to work whose interruption is over.
fn resume_suspended(step: &mut Step<'_>, agent: AgentId) {
    let state = step.state();
    let Some(row) = state.agent(agent) else { return };
    let mut resumed = None;
    let work = at_hand(&row.work);
    for (place, item) in work.iter().enumerate() {
        let Hold::Engagement(id) = item.hold else { continue };
        let Some(from) = state.engagement(id).and_then(|e| e.suspended_from) else { continue };
        let bit = 1 << item.channel.index();
        // Work stands in the order in which it was taken on; only what came later interrupts.
        let interrupts =
            |other: &WorkItem| state.config.channel(other.channel).interrupts & bit != 0;
        let interrupted =
            work.iter().skip(place + 1).any(|other| !other.parked && interrupts(other));
        if !interrupted {
            resumed = Some((id, from));
            break;
        }
    }
    // One is enough: the change touches the agent again.
    if let Some((id, phase)) = resumed {
        step.emit(EngagementEvent::PhaseChanged { id, phase });
    }
}
