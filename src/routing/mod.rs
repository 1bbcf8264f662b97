//! Who serves whom.
//!
//! Both triggers, a request that begins to wait and an agent who becomes free, end in the same place:
//! the index says who was woken, [`best_agent`] or [`best_request`] finds the partner, and an offer
//! is made, all in the step that made it possible (`engine/settle.rs`).

mod matching;

pub(crate) use matching::{
    Refusal, best_agent, best_request, capable, refusal, refusals, sole_choice,
};
