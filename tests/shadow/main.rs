//! The engine in the shadow of another system.

#[path = "../support/floor.rs"]
mod floor;
mod mirror;
#[path = "../support/mod.rs"]
mod support;

mod itself;
mod kinds;
mod recorded;
