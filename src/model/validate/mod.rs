//! Everything that is wrong with a center, each fault with its path.
//!
//! Validation never stops at the first fault: whoever writes a configuration sees the whole list.
//! The order of the findings is the order of the center's parts, then of their keys.

mod chain;
mod objects;
mod order;
mod people;
mod queues;
mod relaxation;
mod report;
mod requirement;
mod rotas;
mod rules;
mod selection;
mod staffing;
mod suggest;

pub(crate) use objects::is_language_tag;
pub(super) use queues::overflow_queue;
pub(super) use report::segment;

use super::{Center, Faults, Warning};
use report::Report;

/// Checks a whole center: every reference, range, time zone, date, chain and limit.
///
/// Warnings tell what is allowed but hardly meant, such as a requirement that nobody meets.
///
/// # Errors
/// All faults at once; a center with faults must not be given to an engine.
pub fn validate(center: &Center) -> Result<Vec<Warning>, Faults> {
    let mut report = Report::default();
    objects::check(center, &mut report);
    queues::check(center, &mut report);
    objects::check_entry_points(center, &mut report);
    people::check(center, &mut report);
    rotas::check(center, &mut report);
    rules::check(center, &mut report);
    order::check(center, &mut report);
    Faults::none_of(std::mem::take(&mut report.faults))?;
    staffing::check(center, &mut report);
    Ok(report.warnings)
}
