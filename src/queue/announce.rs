//! What those who wait are told while they wait, on the schedule of their queue.

use super::{call_back, estimate};
use crate::id::{Key, RequestId};
use crate::message::{EffectKind, Lane, MediaTarget, Personal, QueueEvent, RequestEvent, Segment};
use crate::model::{Announcement, Told};
use crate::state::{LegState, QueuePlan, Request, RequestState, State, Step};
use crate::time::{Duration, Timestamp};

/// How long a host may take to play one.
const LONGEST: Duration = Duration::from_mins(5);

/// The request has begun to wait.
pub(super) fn begin(step: &mut Step<'_>, id: RequestId) {
    let Some((request, plan)) = who_hears(step.state(), id) else { return };
    let entered = request.queue_entered_at;
    // Somebody who was called back has waited for long already.
    let from = entered.max(step.at);
    if let Some(next) = next(plan, entered, from - Duration::from_micros(1)) {
        step.emit(RequestEvent::Announcing { id, next: Some(next), told: None });
    }
}

/// The time of one or more has come: they are played, unless an agent is alerted.
pub(crate) fn due(step: &mut Step<'_>, id: RequestId) {
    let state = step.state();
    let Some(row) = state.announcing.get(&id).copied() else { return };
    let Some((request, plan)) = who_hears(state, id) else {
        return step.emit(RequestEvent::Announcing { id, next: None, told: row.told });
    };
    let host = state.interaction(request.interaction).map(|interaction| interaction.host);
    // What a host would play late is not played at all.
    let up = host.is_some_and(|host| state.host_is_up(host));
    let asked = state.asked_back.contains_key(&id);
    let waits = request.state == RequestState::Waiting && up && !asked;
    let (entered, at) = (request.queue_entered_at, row.next);
    let offered = plan.callbacks.offer.as_ref().filter(|_| waits);
    let offered = offered.is_some_and(|offer| is_due(offer.next(before(at, entered)), at, entered));
    let now_due = |one: &&Announcement| is_due(one.next(before(at, entered)), at, entered);
    let now: Vec<Announcement> =
        plan.announcements.iter().filter(now_due).filter(|_| waits).cloned().collect();
    let next = next(plan, entered, step.at.max(at));
    let mut told = row.told;
    for announcement in now {
        told = tell(step, id, &announcement, told);
    }
    step.emit(RequestEvent::Announcing { id, next, told });
    if offered {
        call_back::offer(step, id);
    }
}

/// A moment before the time, counted from the entry: what comes next after that may come then.
fn before(at: Timestamp, entered: Timestamp) -> Duration {
    at.since(entered) - Duration::from_micros(1)
}

fn is_due(next: Option<Duration>, at: Timestamp, entered: Timestamp) -> bool {
    next == Some(at.since(entered))
}

/// Plays one; the place that has been told by now.
fn tell(
    step: &mut Step<'_>,
    id: RequestId,
    announcement: &Announcement,
    told: Option<u32>,
) -> Option<u32> {
    let state = step.state();
    let Some(request) = state.request(id) else { return told };
    let Some(interaction) = state.interaction(request.interaction) else { return told };
    let (host, lane) = (interaction.host, Lane::Interaction(interaction.id));
    let leg = state.host_leg(interaction.leg);
    let tells = |what| announcement.tells.contains(&what);
    let place = tells(Told::Position).then(|| estimate::place(state, request)).flatten();
    let position = place.map(|place| told.map_or(place, |told| place.min(told)));
    let wait = || estimate::of(state, step.at, request, state.in_force(request));
    let estimate = tells(Told::Estimate).then(wait).flatten();
    let mut segments = vec![Segment::Audio(announcement.sound.clone())];
    for what in &announcement.tells {
        let value = match what {
            Told::Position => position.map(|place| ("number", place.to_string())),
            Told::Estimate => estimate
                .as_ref()
                .map(|wait| ("duration", (wait.p80.as_millis() / 1_000).to_string())),
        };
        let said = value.and_then(|(way, text)| {
            Some(Segment::SayAs(Key::new(way).ok()?, Personal::Clear(text)))
        });
        segments.extend(said);
    }
    let play = EffectKind::Play { target: MediaTarget::Leg(leg), segments, repeat: 1 };
    step.effect(host, lane, step.at + LONGEST, play);
    if let Ok(announcement) = Key::new(&announcement.sound) {
        step.emit(QueueEvent::Announced {
            request: id,
            announcement,
            position,
            estimate: estimate.as_ref().map(|wait| wait.p80),
            method: estimate.as_ref().and_then(|wait| Key::new(wait.method.as_str()).ok()),
            sample: estimate.as_ref().map_or(0, |wait| wait.n),
        });
    }
    position.or(told)
}

/// The request and its queue, where somebody listens.
fn who_hears(state: &State, id: RequestId) -> Option<(&Request, &QueuePlan)> {
    let request = state.request(id).filter(|request| !request.cause.is_of_agent())?;
    let plan = state.config.queue(request.queue)?;
    let interaction = state.interaction(request.interaction)?;
    // A promised call has no leg before an agent takes it.
    let there = state.leg(interaction.leg).is_some_and(|leg| leg.state != LegState::Ending);
    let hears = there && interaction.channel.has_media() && state.controls_media(interaction.host);
    let some = !plan.announcements.is_empty() || plan.callbacks.offer.is_some();
    (hears && some).then_some((request, plan))
}

/// When something is heard next.
fn next(plan: &QueuePlan, entered: Timestamp, later_than: Timestamp) -> Option<Timestamp> {
    let later_than = later_than.since(entered);
    let spans = plan.announcements.iter().filter_map(|one| one.next(later_than));
    let offer = plan.callbacks.offer.as_ref().and_then(|offer| offer.next(later_than));
    spans.chain(offer).min().map(|span| entered + span)
}
