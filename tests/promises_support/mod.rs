//! What a life took, counted from its journal in the plainest way, to hold against the readings of the
//! crate. Nothing here knows how those are made.
//!
//! | file | subject |
//! |---|---|
//! | `account.rs` | what each party of an interaction did, from instant to instant |
//! | `contacts.rs` | the contact records say the same |
//! | `timelines.rs` | the timelines of agents have no gap and no overlap |

mod account;
mod contacts;
mod timelines;

pub(crate) use contacts::they_add_up;
pub(crate) use timelines::agents_do_one_thing_at_a_time;
