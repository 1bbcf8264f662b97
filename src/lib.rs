#![doc = include_str!("../README.md")]
// The core cannot fail by accident: what cannot happen is written as a value, not as a panic.
// Tests may unwrap; an exception in the code stands at its place, with its reason.
#![cfg_attr(
    not(test),
    deny(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic,
        clippy::todo,
        clippy::unimplemented,
        clippy::unreachable,
        clippy::indexing_slicing,
        clippy::string_slice,
        clippy::iter_over_hash_type,
        clippy::dbg_macro,
        clippy::print_stdout,
        clippy::print_stderr
    )
)]

mod agent;
mod engine;
pub mod id;
mod interaction;
pub mod kpi;
pub mod memory;
pub mod message;
pub mod model;
pub mod port;
mod queue;
mod routing;
pub mod shadow;
pub mod sim;
mod state;
pub mod time;

pub use engine::{
    AgentVerdict, Candidate, Engine, Explanation, KnownCustomer, OfferExplanation, Opening,
    Question, Replica, RestoreError, RotaAtWork, Snapshot, StepState, StepVerdict, Unmeetable,
    Verdict, Wish, explain_at,
};
