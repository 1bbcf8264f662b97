//! The engine in the shadow of another system.

#[path = "../support/floor.rs"]
mod floor;
#[path = "../../examples/shadow/lines.rs"]
#[allow(dead_code)] // what only the example needs
mod lines;
mod mirror;
#[path = "../support/random.rs"]
mod random;
#[path = "../support/mod.rs"]
mod support;

mod any_log;
mod itself;
mod kinds;
mod recorded;
