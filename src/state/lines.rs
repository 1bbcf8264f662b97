//! What the lines of a queue say: who is first, who stands where, how many there are, and whether anybody is free.

use super::relaxing::Steps;
use super::{Band, Request, State};
use crate::id::{QueueId, RequestId};
use crate::model::Channel;

impl State {
    /// The channels on which somebody waits in the queue's lines.
    pub(crate) fn channels_waiting(&self, queue: QueueId) -> impl Iterator<Item = Channel> + '_ {
        let classes = self.config.classes.of_queue(queue);
        classes
            .flat_map(|class| self.index.waiting.at(class as usize))
            .map(|line| line.band.channel)
    }

    /// How many wait in the queue, and in all queues: those on the line, or those that can be deferred.
    pub(crate) fn waiting(&self, queue: QueueId, deferrable: bool) -> (u64, u64) {
        let alike = |band: &Band| band.channel.is_live() != deferrable;
        let classes = self.config.classes.of_queue(queue);
        let lines = classes.flat_map(|class| self.index.waiting.at(class as usize));
        let here = lines.filter(|line| alike(&line.band)).map(|line| line.len() as u64).sum();
        (here, self.index.all_waiting(deferrable))
    }

    /// The place of a request among those that wait in its queue on its channel, in the order of service.
    pub(crate) fn place_in_queue(&self, request: &Request) -> u32 {
        let (band, key) = (request.band(), (request.due_at, request.id));
        let classes = self.config.classes.of_queue(request.queue);
        let before: usize = classes.map(|class| self.index.before(class, band, key)).sum();
        u32::try_from(before + 1).unwrap_or(u32::MAX)
    }

    /// Whether an agent is free who may serve requests of the class on that channel.
    pub(crate) fn has_somebody_free(
        &self,
        (queue, steps): (QueueId, Steps),
        channel: Channel,
    ) -> bool {
        let mut found = false;
        for tier in self.config.classes.tiers(queue, steps).into_iter().flatten() {
            self.index.idle.each(tier, |_, line| found |= line.admits(channel));
        }
        found
    }

    /// Who is first in the line of the class on that channel.
    pub(crate) fn head_of_line(
        &self,
        (queue, steps): (QueueId, Steps),
        channel: Channel,
    ) -> Option<RequestId> {
        let number = self.config.classes.number(queue, steps)?;
        let lines = self.index.waiting.at(number as usize);
        let of_channel = lines.filter(|line| line.band.channel == channel);
        Some(of_channel.min_by_key(|line| (line.band.rank, line.head))?.head.1)
    }
}
