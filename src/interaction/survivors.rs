//! What becomes of those who stay when somebody leaves. Anybody may leave at any point.
//!
//! | who leaves | while | what becomes of the others |
//! |---|---|---|
//! | customer | anything | all are released: agents who serve wrap up, whoever was asked is free, a request ends, a transfer has failed |
//! | asking agent | the consulted party is sought | it is sought no more; the customer is left alone |
//! | asking agent | the consulted party has answered | the customer is handed on to the consulted party |
//! | consulted party | sought, or has answered | the asking agent is back with the customer |
//! | one of several agents | in conference | the others go on; with two left it is a conference no more; one of the agents is the handler |
//! | somebody from outside | in conference | the same |
//! | last agent who serves | nobody else serves | the customer is left alone; whoever is there from outside is hung up |
//! | somebody on call | being called, or asked for the key | the next one is called; after the last one comes the last resort |
//! | somebody on call | with the customer | the customer is left alone |
//! | customer | asked to leave a message | nothing: the message is still told |
//! | transferor, after the transfer | the customer waits | nothing: the customer keeps the place |
//! | nobody takes the customer | a transfer goes on | the transferor is wanted back, then the fallback queue |
//!
//! A customer who is left alone is disconnected.

use super::{conference, consult, on_call, transfer};
use crate::id::InteractionId;
use crate::message::{
    ConferenceEvent, ConsultEnd, Outcome, Phase, Side, TransferEvent, TransferFailure,
};
use crate::queue::leave;
use crate::state::{Consult, LegState, State, Step};

/// Who of a consult is still there.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct There {
    pub(crate) asker: bool,
    pub(crate) party: bool,
    pub(crate) answered: bool,
}

/// What becomes of a consult.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Fate {
    GoesOn,
    Ends(ConsultEnd),
    /// The customer is handed on to the consulted party.
    Completes,
}

/// The rows of the table that speak of a consult.
pub(crate) const fn fate(there: There) -> Fate {
    match there {
        There { asker: true, party: true, .. } => Fate::GoesOn,
        There { asker: true, party: false, answered: false } => Fate::Ends(ConsultEnd::Refused),
        There { asker: true, party: false, answered: true } => {
            Fate::Ends(ConsultEnd::ConsultedGone)
        }
        There { asker: false, party: true, answered: true } => Fate::Completes,
        There { asker: false, .. } => Fate::Ends(ConsultEnd::AgentGone),
    }
}

fn there(state: &State, consult: &Consult) -> There {
    let works = |id| state.engagement(id).is_some_and(|row| row.phase != Phase::WrapUp);
    let waits = consult.request.is_some_and(|id| state.request(id).is_some());
    let speaks = consult.with.is_some_and(works);
    let on_line = |id| state.leg(id).is_some_and(|leg| leg.state != LegState::Ending);
    There {
        asker: works(consult.engagement),
        party: waits || speaks || consult.leg.is_some_and(on_line),
        answered: consult.answered,
    }
}

/// After something of an open interaction has ended: decides what becomes of those who stay. Each turn
/// ends a consult, begins the one transfer there can be, or has the conference reviewed.
pub(super) fn settle(step: &mut Step<'_>, id: InteractionId) {
    while settle_one(step, id) {}
}

fn settle_one(step: &mut Step<'_>, id: InteractionId) -> bool {
    let state = step.state();
    let Some(meeting) = state.meeting_of(id) else { return false };
    let mut fates = meeting.consults.iter().map(|consult| (*consult, fate(there(state, consult))));
    let next = fates.find(|(_, fate)| match fate {
        Fate::GoesOn => false,
        Fate::Ends(_) => true,
        // One customer is handed on to one after another.
        Fate::Completes => meeting.transfer.is_none(),
    });
    match next {
        Some((consult, Fate::Ends(end))) => consult::over(step, id, &consult, end),
        Some((consult, _)) => consult::complete(step, id, &consult),
        None => return conference::review(step, id),
    }
    true
}

/// The customer has gone, or is let go: nobody is asked any more, and whoever came from outside is hung
/// up.
pub(super) fn all_go(step: &mut Step<'_>, id: InteractionId) {
    let Some(meeting) = step.state().meeting_of(id).cloned() else { return };
    if let Some(transfer) = meeting.transfer.filter(|transfer| !transfer.failed) {
        let (interaction, engagement) = (id, transfer.engagement);
        let reason = TransferFailure::CustomerGone;
        step.emit(TransferEvent::Failed { interaction, engagement, reason, sip: 0 });
    }
    on_call::customer_gone(step, id);
    nobody_is_asked(step, id, ConsultEnd::CustomerGone);
    if meeting.conference {
        step.emit(ConferenceEvent::Ended { interaction: id });
    }
}

/// Whoever is asked, or wanted in a conference, is so no more; those from outside are hung up.
pub(super) fn nobody_is_asked(step: &mut Step<'_>, id: InteractionId, end: ConsultEnd) {
    let Some(meeting) = step.state().meeting_of(id).cloned() else { return };
    for consult in &meeting.consults {
        consult::over(step, id, consult, end);
    }
    for request in &meeting.asked {
        if step.state().request(*request).is_some() {
            let actor = super::actor_of(Side::Engine);
            leave::end(step, *request, Outcome::Withdrawn { actor });
        }
    }
    for leg in &meeting.outside {
        conference::guest_left(step, id, *leg);
        step.hang_up(*leg);
    }
}

/// Nobody serves the customer and no request waits: whether a transfer goes on, by its host or because
/// it found nobody and somebody else is wanted now.
pub(super) fn transfer_goes_on(step: &mut Step<'_>, id: InteractionId) -> bool {
    let transfer = step.state().meeting_of(id).and_then(|meeting| meeting.transfer);
    match transfer {
        Some(transfer) if transfer.op.is_some() => true,
        Some(transfer) if !transfer.failed => {
            transfer::failed(step, id, TransferFailure::Refused);
            step.state().interaction(id).is_some_and(|row| row.request.is_some())
        }
        _ => false,
    }
}
