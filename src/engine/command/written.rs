//! Commands about written channels: messages, work that is put away, interactions that the application
//! opens.

use super::Judged;
use super::named::{ahead, in_phase, known, own, serves};
use crate::agent::{self, Reach};
use crate::id::{EngagementId, EntryPointId, ExternalRef, Key};
use crate::interaction::thread::{self, Draft};
use crate::interaction::{entry, parking};
use crate::message::{
    Arrival, Authority, CommandBody, EntryRejection, Permission, Phase, Rejection, RejectionReason,
};
use crate::state::{Engagement, Stage, State, Step};

/// Judges and decides.
pub(super) fn decide(step: &mut Step<'_>, authority: &Authority, body: CommandBody) -> Judged {
    let state = step.state();
    match body {
        CommandBody::SendMessage { engagement, text, in_reply_to, attachments } => {
            let row = writes(state, authority, engagement)?;
            in_phase(row, &[Phase::Active, Phase::Held])?;
            let interaction = row.interaction;
            let thread = interaction.and_then(|id| state.leg(state.interaction(id)?.leg));
            if thread.is_none_or(|leg| leg.external.is_none()) {
                return Err(Rejection::wrong_state("engagement", "without a thread"));
            }
            let of_thread = |message| state.thread_of(message) == interaction;
            if in_reply_to.is_some_and(|message| !of_thread(message)) {
                return Err(Rejection::unknown("in_reply_to"));
            }
            thread::send(step, engagement, Draft { text, in_reply_to, attachments });
        }
        CommandBody::Park { engagement, until } => {
            let row = writes(state, authority, engagement)?;
            in_phase(row, &[Phase::Active])?;
            if row.channel.is_live() {
                return Err(Rejection::wrong_state("engagement", "on a live channel"));
            }
            if row.queue.is_none() {
                return Err(Rejection::wrong_state("engagement", "not of a queue"));
            }
            let until = ahead(step, until, "until")?;
            parking::park(step, engagement, until);
        }
        CommandBody::Unpark { engagement } => {
            let row = writes(state, authority, engagement)?;
            in_phase(row, &[Phase::Parked])?;
            has_room(state, row)?;
            parking::unpark(step, engagement);
        }
        CommandBody::Reopen { interaction } => {
            let what = Reach::interaction(state, interaction);
            agent::may_manage(state, authority, Permission::ManageInteractions, what)?;
            let row =
                known(state, state.interaction(interaction), interaction.origin(), "interaction")?;
            if row.stage == Stage::Open {
                return Err(Rejection::wrong_state("interaction", "open"));
            }
            if row.channel.is_live() {
                return Err(Rejection::wrong_state("interaction", "of a live channel"));
            }
            thread::reopen(step, interaction);
        }
        CommandBody::OpenInteraction {
            entry_point,
            customer,
            direction,
            origin,
            references,
            test,
        } => {
            let (id, arrival) = arrival(state, &entry_point)?;
            let brand = state.config.entry_point(id).and_then(|plan| plan.brand);
            let what = Reach::Brand(brand);
            agent::may_manage(state, authority, Permission::ManageInteractions, what)?;
            let arrival = Arrival { references, test, ..arrival }.from(customer);
            entry::opened_by_command(step, id, (direction, origin), arrival)
                .map_err(turned_away)?;
        }
        _ => return Err(Rejection::not_yet("command")),
    }
    Ok(())
}

/// Work without a host, at an entry point for work that nobody waits for on a line.
fn arrival(state: &State, key: &Key) -> Result<(EntryPointId, Arrival), Rejection> {
    let config = &state.config;
    let unknown = || Rejection::unknown("entry_point");
    let id = config.entry_point_id(key).ok_or_else(unknown)?;
    let channel = config.center.entry_points.get(key).ok_or_else(unknown)?.channel;
    if channel.is_live() {
        return Err(Rejection::wrong_state("entry_point", "on a live channel"));
    }
    // It has no host, and so no name there.
    let leg = ExternalRef::new(key.as_str());
    let leg = leg.map_err(|_| Rejection::invalid("entry_point", "is too long"))?;
    Ok((id, Arrival::new(leg, channel, "")))
}

fn turned_away(reason: EntryRejection) -> Rejection {
    match reason {
        EntryRejection::Busy => Rejection::limit("max_concurrent"),
        EntryRejection::Full => Rejection::limit("interactions"),
        EntryRejection::NotYet => Rejection::not_yet("flow as a destination"),
        _ => Rejection::new(RejectionReason::Unknown, "entry_point"),
    }
}

/// The agent's own part in what is written.
fn writes<'s>(
    state: &'s State,
    authority: &Authority,
    id: EngagementId,
) -> Result<&'s Engagement, Rejection> {
    let row = own(state, authority, id)?;
    serves(row)?;
    if row.channel.has_media() {
        return Err(Rejection::wrong_state("engagement", "not of a written channel"));
    }
    Ok(row)
}

fn has_room(state: &State, row: &Engagement) -> Judged {
    if state.has_room(row.agent, row.channel) {
        return Ok(());
    }
    Err(Rejection::new(RejectionReason::NoCapacity, "engagement"))
}
