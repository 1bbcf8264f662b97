//! Who serves whom.
//!
//! Both triggers, a request that begins to wait and an agent who becomes free, end in the same place:
//! the index says who was woken, [`best_agent`] or [`best_request`] finds the partner, and an offer
//! is made, all in the step that made it possible (`engine/settle.rs`).
//!
//! | file | subject |
//! |---|---|
//! | `agents.rs` | the agent for a request: groups, orders, chance, scores |
//! | `requests.rs`, `across.rs` | the request for an agent, and which queue goes first |
//! | `reserve.rs` | agents who are kept back for other queues |
//! | `refusal.rs` | why an agent does not get a request: the proof beside the index |
//! | `choice.rs` | why an agent was chosen, for the record |
//! | `oracle.rs` | the same by looking at everybody |

mod across;
mod agents;
mod choice;
pub(crate) mod oracle;
mod refusal;
mod requests;
mod reserve;

pub(crate) use across::Turn;
pub(crate) use agents::{agent_for, anybody, best_agent};
pub(crate) use choice::{measure, sole_choice};
pub(crate) use refusal::{Refusal, capable, refusal, refusals};
pub(crate) use requests::{best_request, request_for};
