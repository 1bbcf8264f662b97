//! What goes in and out: its shapes, its encodings, and what is refused.
//!
//! One binary, since all of them decode every message type there is, which takes long to build.

#[path = "../message_support/mod.rs"]
mod message_support;
#[path = "../support/mod.rs"]
mod support;

mod codec;
mod golden;
mod not_yet;
mod strict_input;
