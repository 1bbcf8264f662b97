//! The host's side of the boundary: small async traits that adapters implement, each with its contract.
//!
//! A driver joins an engine to its ports: it carries out effects through them and hands in what they
//! report. An adapter knows its medium and these traits; it decides nothing and keeps no state of the
//! engine.

mod directory;
mod error;
mod messaging;
mod number;

pub use directory::{Candidate, Directory, Known, Lookup, recognize};
pub use error::PortError;
pub use messaging::{Incoming, Messaging, Outgoing, SetAside, SetAsideReason, handed_over};
pub use number::{Fate, InputNumber, Numbered};
