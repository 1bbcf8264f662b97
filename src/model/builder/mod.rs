//! A center made in code.
//!
//! Objects and the builder take plain text where a key is meant and never panic: what is no key is
//! kept as a fault, with its path, and comes out of [`CenterBuilder::build`] with all the others.

mod agent;
mod center;
mod draft;
mod objects;
mod queue;
mod relaxation;
mod rota;

pub use center::CenterBuilder;
pub use draft::{Draft, Entrance};
