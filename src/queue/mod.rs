//! Queues: requests that wait, offers, limits, hours.
//!
//! A request is opened by [`join`], waits in the index, and ends once, in [`leave`]. In between it may
//! be offered any number of times; each offer is a lease on an agent (`offer.rs`):
//!
//! ```text
//!              made                 accept                  bridged
//!   waiting ─────────▶ alerting ─────────────▶ connecting ──────────▶ answered
//!      ▲                  │ timeout, reject,        │ deadline, leg lost
//!      └──────────────────┴──── device failure ─────┘
//!   waiting, alerting, connecting ──▶ abandoned | flowed out | withdrawn | lost
//! ```

pub(crate) mod cut;
pub(crate) mod hours;
pub(crate) mod join;
pub(crate) mod leave;
pub(crate) mod offer;
pub(crate) mod replan;
pub(crate) mod returning;
pub(crate) mod staffing;

pub(crate) use join::join;
