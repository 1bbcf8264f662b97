//! Incident switches: what those meet who come in while one is set.

use crate::id::{BrandId, EntryPointId, HostId, InteractionId, Key, QueueId};
use crate::message::{
    Destination, EffectKind, HostLeg, IncidentAction, IncidentArea, Lane, MediaTarget, Personal,
    QueueEvent, Segment,
};
use crate::state::{State, Step};
use crate::time::{Duration, Timestamp};

/// How long an announcement may take.
const ANNOUNCEMENT: Duration = Duration::from_mins(5);

/// What an incident does to somebody who comes in.
pub(super) enum Incident {
    /// Goes on after this announcement.
    Announce(Key),
    /// Goes to another queue.
    Queue(QueueId),
    /// Goes to an address outside.
    External(Personal<String>),
    /// Is not taken in.
    Close,
}

/// The switch that concerns somebody who comes in there: of those that are set the most specific, of
/// the entry point before that of the queue, that of the queue before that of the brand.
pub(super) fn met(
    state: &State,
    entry: EntryPointId,
    queue: Option<QueueId>,
    brand: Option<BrandId>,
) -> Option<Incident> {
    let areas = [
        Some(IncidentArea::EntryPoint(entry)),
        queue.map(IncidentArea::Queue),
        brand.map(IncidentArea::Brand),
    ];
    let set = areas.iter().flatten().find_map(|area| state.incidents.get(area));
    Some(match &set?.0 {
        IncidentAction::Announce(announcement) => Incident::Announce(announcement.clone()),
        IncidentAction::Close => Incident::Close,
        IncidentAction::Deflect(Destination::Queue(key)) => {
            // A queue that was removed meanwhile deflects nobody.
            Incident::Queue(state.config.queue_id(key)?)
        }
        IncidentAction::Deflect(Destination::External(to)) => Incident::External(to.clone()),
        // Refused when the switch is set.
        IncidentAction::Deflect(_) => return None,
    })
}

/// Sets the switch of an area, or clears it.
pub(crate) fn set(
    step: &mut Step<'_>,
    scope: IncidentArea,
    action: Option<IncidentAction>,
    until: Option<Timestamp>,
) {
    step.emit(QueueEvent::IncidentSet { scope, action, until });
}

/// The time of the switch is over.
pub(crate) fn over(step: &mut Step<'_>, scope: IncidentArea) {
    set(step, scope, None, None);
}

/// Lets the customer hear the announcement, where the engine controls the media.
pub(super) fn play(
    step: &mut Step<'_>,
    interaction: InteractionId,
    host: HostId,
    leg: HostLeg,
    announcement: &Key,
) {
    let by = step.at + ANNOUNCEMENT;
    let segments = vec![Segment::Audio(announcement.to_string())];
    let play = EffectKind::Play { target: MediaTarget::Leg(leg), segments, repeat: 1 };
    step.effect(host, Lane::Interaction(interaction), by, play);
}

/// Notes that somebody who waits was told.
pub(super) fn note_announced(step: &mut Step<'_>, interaction: InteractionId, announcement: Key) {
    let waits = step.state().interaction(interaction).and_then(|row| row.request);
    if let Some(request) = waits {
        step.emit(QueueEvent::Announced {
            request,
            announcement,
            position: None,
            estimate: None,
            method: None,
            sample: 0,
        });
    }
}
