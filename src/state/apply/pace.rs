//! What queues learn of their waits from events: sums, and nothing else.

use super::Place;
use crate::id::{EngagementId, RequestId};
use crate::message::{EngagementEvent, Outcome, Phase};
use crate::state::{State, at_hand};
use crate::time::Duration;

impl State {
    /// An agent gives no more time to a piece of work, for good or until it comes back. Whoever had several at hand
    /// gave each an equal part of the time, as it is at the end.
    pub(super) fn learn_work(&mut self, place: Place, id: EngagementId, done: bool) {
        let Some(engagement) = self.engagements.get(id.bits()) else { return };
        let Some(queue) = engagement.queue.filter(|_| !engagement.role.observes()) else { return };
        // An attempt that came to nothing is no work of the queue; what is put away takes no time.
        if matches!(engagement.phase, Phase::Connecting | Phase::Previewing | Phase::Dialing) {
            return;
        }
        let put_away = done && engagement.phase == Phase::Parked;
        let work = self.agents.get(u128::from(engagement.agent.0)).map(|agent| &agent.work);
        let together = work.map_or(0, |work| at_hand(work).iter().filter(|w| !w.parked).count());
        let span = if put_away { Duration::ZERO } else { place.happened.since(engagement.since) };
        let part = span.as_micros() / i64::try_from(together.max(1)).unwrap_or(i64::MAX);
        let deferrable = !engagement.channel.is_live();
        if let Some(row) = self.queues.get_mut(u128::from(queue.0)) {
            row.learn_work(deferrable, Duration::from_micros(part), done);
        }
    }

    /// A piece of work is put away, or comes back: it takes no time in between. Looked at before that is so.
    pub(super) fn learn_rest(&mut self, place: Place, event: &EngagementEvent) {
        let (id, to) = match event {
            EngagementEvent::PhaseChanged { id, phase } => (*id, *phase),
            EngagementEvent::WrapUpStarted { id, .. } => (*id, Phase::WrapUp),
            _ => return,
        };
        let from = self.engagements.get(id.bits()).map(|row| row.phase);
        if from == Some(Phase::Parked) {
            if let Some(engagement) = self.engagements.get_mut(id.bits()) {
                engagement.since = place.happened;
            }
        } else if to == Phase::Parked {
            self.learn_work(place, id, false);
        }
    }

    /// A wait is over.
    pub(super) fn learn_wait(&mut self, place: Place, id: RequestId, outcome: &Outcome) {
        let Some(request) = self.requests.get(id.bits()) else { return };
        let waited = place.happened.since(request.queue_entered_at);
        if let Some(row) = self.queues.get_mut(u128::from(request.queue.0)) {
            row.learn_wait(request, (place.at, waited), outcome);
        }
    }
}
