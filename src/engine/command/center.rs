//! Commands about the center as a whole: switches, configuration, facts from outside.

use super::Judged;
use super::named::queue_id;
use crate::agent;
use crate::engine::configure;
use crate::message::{Authority, CommandBody, Event, Permission, Rejection};
use crate::queue;
use crate::state::Step;

/// Judges and decides.
pub(super) fn decide(step: &mut Step<'_>, authority: &Authority, body: CommandBody) -> Judged {
    match body {
        CommandBody::SwitchQueue { queue, switch, until } => {
            agent::may_manage(authority, Permission::ManageQueues)?;
            let id = queue_id(step.state(), &queue)?;
            // Said by somebody's watch, kept in engine time.
            let until = until.map(|until| until - step.state().wall_offset);
            if until.is_some_and(|until| until <= step.at) {
                return Err(Rejection::invalid("until", "is not in the future"));
            }
            queue::hours::switch(step, id, switch, until);
            Ok(())
        }
        CommandBody::Configure { base_version, changes } => {
            agent::may_manage(authority, Permission::Configure)?;
            configure::decide(step, base_version, changes)
        }
        CommandBody::ReportFacts(batch) => {
            agent::may_manage(authority, Permission::ReportFacts)?;
            let config = &step.state().config;
            if batch.facts.len() > config.center.limits.facts_per_command as usize {
                return Err(Rejection::limit("facts_per_command"));
            }
            // A key that is configured no more keeps its number: facts come late.
            let facts = batch.numbered(&|kind, key| config.numbers.get(kind, key.as_str()))?;
            step.emit(Event::Facts(facts));
            Ok(())
        }
        _ => Err(Rejection::not_yet("command")),
    }
}
