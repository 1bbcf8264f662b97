//! Queues: requests that wait, offers, limits, hours.
//!
//! A request is opened by [`join`], waits in the index, and ends once, in [`leave`]. In between it may
//! be offered any number of times; each offer is a lease on an agent (`offer.rs`):
//!
//! ```text
//!              made                 accept                  bridged
//!   waiting ─────────▶ alerting ─────────────▶ connecting ──────────▶ answered
//!      ▲                  │ timeout, reject,        │ deadline, leg lost
//!      └──────────────────┴──── device failure ─────┘
//!   waiting, alerting, connecting ──▶ abandoned | flowed out | withdrawn | lost
//! ```

pub(crate) mod announce;
pub(crate) mod call_back;
mod coverage;
pub(crate) mod cut;
pub(crate) mod estimate;
pub(crate) mod exclusion;
pub(crate) mod handover;
pub(crate) mod hours;
pub(crate) mod join;
pub(crate) mod leave;
mod misses;
pub(crate) mod newcomer;
pub(crate) mod offer;
mod on_call;
pub(crate) mod order;
pub(crate) mod outbound;
pub(crate) mod preferred;
pub(crate) mod relax;
pub(crate) mod replan;
pub(crate) mod returning;
pub(crate) mod ringing;
pub(crate) mod staffing;
pub(crate) mod urgent;

pub(crate) use join::join;

use crate::id::{AgentId, RequestId};
use crate::message::{RequestEvent, Target};
use crate::state::Step;

/// Gives a request to an agent alone; it keeps its place, and goes on to the agent's coverage if the
/// agent cannot. An offer to somebody else is taken back.
pub(crate) fn assign(step: &mut Step<'_>, id: RequestId, agent: AgentId) {
    ringing::take_back(step, id);
    let wait_until = Some(step.at + step.state().config.center.policies.direct_wait);
    let target = Target::Agents(vec![agent]);
    step.emit(RequestEvent::Retargeted { id, target, wait_until });
}
