//! Rotas at work: callers for whom somebody on call is sought.

use serde::{Deserialize, Serialize};

use super::{Request, State};
use crate::id::{BridgeId, InteractionId, Key, LegId, QueueId, RequestId};
use crate::message::Party;
use crate::time::Timestamp;

/// A rota at work for a customer.
#[derive(Clone, Hash, Debug, Serialize, Deserialize)]
pub(crate) struct OnCall {
    /// The wait that was handed to the rota: its place is kept for the last resort.
    pub(crate) request: Request,
    pub(crate) rota: Key,
    /// Number of the latest attempt, 0 before the first.
    pub(crate) attempt: u32,
    /// The level whose turn it is, from 1.
    pub(crate) level: u8,
    /// The round, from 1.
    pub(crate) round: u32,
    /// Who has had a turn: on this level in this round, or as the last resort.
    pub(crate) asked: Vec<Party>,
    /// Somebody's phone was called in this round.
    pub(crate) rang: bool,
    /// The number outside that is the last resort, once it has come to that.
    pub(crate) last_resort: Option<Party>,
    /// The attempt that goes on; there is one whenever a step has ended.
    pub(crate) call: Option<OnCallAttempt>,
}

/// An attempt to reach somebody on call.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub(crate) struct OnCallAttempt {
    pub(crate) leg: LegId,
    /// Where customer and whoever accepted are to meet, while they are being joined.
    pub(crate) joining: Option<BridgeId>,
    /// By when it must have been accepted, or joined.
    pub(crate) deadline: Timestamp,
}

/// What those on call are to a customer.
#[derive(Clone, Copy, PartialEq, Eq, Default, Hash, Debug, Serialize, Deserialize)]
pub(crate) enum OnDuty {
    /// They were not asked since somebody served the customer.
    #[default]
    Unasked,
    /// They are being asked, for this request.
    Sought(RequestId),
    /// One of them has the customer, by this leg, and stands in for the agents of this queue.
    Has(LegId, QueueId),
    /// None of them took the customer, and none is asked again.
    InVain,
}

impl State {
    /// The rota at work for the customer of an interaction.
    pub(crate) fn on_call_for(&self, id: InteractionId) -> Option<&OnCall> {
        match self.meeting_of(id)?.on_duty {
            OnDuty::Sought(request) => self.on_calls.get(&request),
            _ => None,
        }
    }

    /// Whether somebody on call has the customer by this leg.
    pub(crate) fn is_on_duty(&self, leg: LegId) -> bool {
        let meeting = self.leg(leg).and_then(|row| self.meeting_of(row.interaction));
        meeting.is_some_and(|meeting| matches!(meeting.on_duty, OnDuty::Has(has, _) if has == leg))
    }
}
