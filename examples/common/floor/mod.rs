//! A small center to play with: the engine on virtual time with its journal, a phone system that does
//! what it is asked, and the records told in words.
//!
//! | file | subject |
//! |---|---|
//! | `house.rs` | engine, journal and clock: hand an input in, take everything that comes out |
//! | `phones.rs` | the phone system: what it reports of what it is asked to do |
//! | `view.rs` | what goes on, as the records say |
//! | `tell.rs`, `effects.rs`, `people.rs` | records in words |

#![allow(dead_code, unused_imports)] // each example uses its part

mod effects;
mod house;
mod people;
mod phones;
mod tell;
mod view;

pub(crate) use house::{House, Told, key};
pub(crate) use people::activity;
pub(crate) use phones::Line;
pub(crate) use tell::{clock, event_line, record_lines, runners_up, told_lines};
pub(crate) use view::{End, Part, View};
