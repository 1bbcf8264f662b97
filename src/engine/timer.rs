//! What each timer decides.

use super::upkeep;
use crate::message::{EngagementEnd, OfferEnd, RequestEvent, SignOutCause, Switch, TimerId};
use crate::state::Step;
use crate::{agent, interaction, queue};

/// The timer's deadline has come.
pub(super) fn fire(step: &mut Step<'_>, timer: TimerId) {
    match timer {
        TimerId::Effect(op) => interaction::legs::op_timed_out(step, op),
        TimerId::Offer(offer) => queue::offer::end(step, offer, OfferEnd::Timeout),
        TimerId::Connect(offer) => queue::offer::end(step, offer, OfferEnd::SetupFailed),
        TimerId::WrapUp(engagement) => agent::wrap_up_over(step, engagement),
        TimerId::QueueWait(request) => {
            queue::preferred::waited(step, request);
        }
        TimerId::Exclusion(id, agent) => step.emit(RequestEvent::ExclusionEnded { id, agent }),
        TimerId::Desktop(agent) => {
            let (end, cause) = (EngagementEnd::DesktopLost, SignOutCause::DesktopLost);
            interaction::leaving::leave(step, agent, end, cause);
        }
        TimerId::Media(agent) => interaction::leaving::lose_phone(step, agent),
        TimerId::Drain(agent) => interaction::leaving::drain_overdue(step, agent),
        TimerId::Host(host) => interaction::hosts::abandoned(step, host),
        TimerId::QueueHours(queue) => queue::hours::review(step, queue),
        TimerId::QueueSwitch(queue) => {
            queue::hours::switch(step, queue, Switch::Scheduled, None);
        }
        TimerId::QueueUnstaffed(queue) => queue::staffing::grace_over(step, queue),
        TimerId::Transfer(interaction) => interaction::transfer::timed_out(step, interaction),
        TimerId::Consult(engagement) => interaction::consult::timed_out(step, engagement),
        TimerId::Parked(interaction) => interaction::parking::resume(step, interaction),
        TimerId::Idle(interaction) => interaction::thread::silent(step, interaction),
        TimerId::Incident(area) => interaction::incident::over(step, area),
        TimerId::Recording(id) => interaction::recording::never_confirmed(step, id),
        TimerId::Preview(engagement) => interaction::dial::preview_over(step, engagement),
        TimerId::Shift(agent) => agent::shift_goes_on(step, agent),
        TimerId::Callback(request) => interaction::callback::due(step, request),
        TimerId::Unheard(interaction) => interaction::voicemail::unheard(step, interaction),
        TimerId::Replan => queue::replan::next_chunk(step),
        TimerId::Evict => upkeep::evict(step),
        TimerId::Relaxation(request) => {
            let _ = queue::relax::review(step, request);
        }
        TimerId::Tallies => upkeep::halve_tallies(step),
        TimerId::Late(request) => queue::order::late(step, request),
        TimerId::BackOff(agent) => agent::back_off_over(step, agent),
        TimerId::Announcement(request) => queue::announce::due(step, request),
        TimerId::Ringing(request) => queue::ringing::grow(step, request),
        TimerId::OnCall(request) => interaction::on_call::timed_out(step, request),
    }
}

/// For a new owner: offers that rang while nobody was there to hear the answer end without blame; what
/// else is overdue fires in its turn.
pub(super) fn rebase_overdue(step: &mut Step<'_>) {
    let at = step.at;
    let mut overdue: Vec<_> = step
        .state()
        .offers
        .iter()
        .filter(|offer| offer.accepted.map_or(offer.deadline, |a| a.deadline) <= at)
        .map(|offer| offer.id)
        .collect();
    overdue.sort_unstable();
    for offer in overdue {
        queue::offer::end(step, offer, OfferEnd::Stale);
    }
}
