//! How long somebody waits, and how well that was known before.

use super::Engine;
use crate::id::{Key, RequestId};
use crate::message::{Accuracy, Estimate};
use crate::model::Channel;
use crate::queue;
use crate::time::Duration;

impl Engine {
    /// How long a request still waits, as of the last record; none where it is not in a line, none of its
    /// agents is there, or nothing is known of their pace.
    pub fn estimate(&self, request: RequestId) -> Option<Estimate> {
        let request = self.state.request(request)?;
        queue::estimate::of(&self.state, self.state.at, request, self.state.in_force(request))
    }

    /// How long somebody would wait who joined the queue on that channel after the last record; none where none of
    /// its agents is there, nothing is known of their pace, or there is no such queue.
    pub fn estimate_for(&self, queue: &Key, channel: Channel) -> Option<Estimate> {
        let queue = self.state.config.queue_id(queue)?;
        queue::estimate::joining(&self.state, self.state.at, queue, channel)
    }

    /// The place of a request among those that wait in its queue on its channel, from 1; none where it is not in a line.
    ///
    /// Places go up where somebody comes who goes first. Who has told the customer one gives it as `told`, and gets
    /// no higher one: nobody is told to have fallen back.
    pub fn position(&self, request: RequestId, told: Option<u32>) -> Option<u32> {
        let request = self.state.request(request)?;
        let place = queue::estimate::place(&self.state, request)?;
        Some(told.map_or(place, |told| place.min(told)))
    }

    /// How well the estimates of a queue have held that were kept ([`Queue::estimates`](crate::model::Queue)).
    pub fn accuracy(&self, queue: &Key) -> Option<Accuracy> {
        let queue = self.state.config.queue_id(queue)?;
        let row = self.state.queue(queue)?;
        Some(row.pace.as_ref().map(|pace| pace.accuracy).unwrap_or_default())
    }
}

impl Accuracy {
    /// The root of the mean squared error.
    #[allow(clippy::cast_precision_loss, clippy::cast_possible_truncation)] // a figure for people
    pub fn rmse(&self) -> Option<Duration> {
        let mean = self.squared_ms as f64 / self.answered as f64;
        (self.answered > 0).then(|| Duration::from_micros((mean.sqrt() * 1_000.0) as i64))
    }

    /// The mean error; above zero where people wait longer than they are told.
    pub fn bias(&self) -> Option<Duration> {
        let answered = i64::try_from(self.answered).ok().filter(|answered| *answered > 0)?;
        Some(Duration::from_millis(self.error_ms / answered))
    }

    /// Which parts of those answered waited no longer than `p50`, `p80` and `p90`: 0.5, 0.8 and 0.9, where the
    /// estimates are right.
    #[allow(clippy::cast_precision_loss)]
    pub fn shares_within(&self) -> Option<[f64; 3]> {
        let of = |within: u64| within as f64 / self.answered as f64;
        (self.answered > 0).then(|| [self.within_p50, self.within_p80, self.within_p90].map(of))
    }
}
