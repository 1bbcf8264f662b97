//! Calls that agents make by hand, and calls that were promised.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::id::{ConversationId, HostId, QueueId, RequestId};
use crate::message::{KeptPlace, Personal, RequestCause};
use crate::time::Timestamp;

use super::{QueuePlan, Request, ServiceKey, State, Steps};

/// A call that an agent makes by hand, until it is an engagement like any other.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub(crate) struct Dial {
    pub(crate) to: Personal<String>,
    /// Where the agent is, for an emergency number.
    pub(crate) location: Option<Personal<String>>,
    /// Until when the agent may look, while looking.
    pub(crate) preview_until: Option<Timestamp>,
}

/// A promised call that is not due yet.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub(crate) struct Promise {
    pub(crate) conversation: ConversationId,
    pub(crate) queue: QueueId,
    pub(crate) host: HostId,
    pub(crate) to: Personal<String>,
    pub(crate) not_before: Timestamp,
    pub(crate) not_after: Option<Timestamp>,
    /// The place in the line that the customer keeps.
    pub(crate) place: Option<KeptPlace>,
    /// How many times the customer was called for it.
    pub(crate) attempts: u32,
}

/// A promised call that is due: what an interaction is to keep.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub(crate) struct Callback {
    /// The request by which it is known.
    pub(crate) request: RequestId,
    pub(crate) promise: Promise,
    pub(crate) customer: CustomerIs,
    /// The customer was called in this interaction.
    pub(crate) tried: bool,
    /// Agent and customer were together.
    pub(crate) reached: bool,
}

/// Where the customer is while a promise waits for its turn.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub(crate) enum CustomerIs {
    /// Called by whoever takes the promise.
    CalledByAgent,
    /// Called before an agent is asked, when the turn comes near.
    ToBeCalled,
    BeingCalled,
    /// Called, and on the line.
    There,
}

impl CustomerIs {
    /// Whether the promise is offered to nobody, for the customer has to come first.
    pub(crate) const fn is_awaited(self) -> bool {
        matches!(self, Self::ToBeCalled | Self::BeingCalled)
    }
}

/// Promises that are due and wait for their customers to come, line by line, each in the order of service.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub(crate) struct Awaited {
    to_call: BTreeMap<LineToCall, BTreeSet<ServiceKey>>,
    being_called: BTreeMap<LineToCall, BTreeSet<ServiceKey>>,
}

/// Promises that are alike: of a queue, under steps of relaxation, and whether for agents by name.
pub(crate) type LineToCall = (QueueId, Steps, bool);

impl Awaited {
    fn of(
        &mut self,
        customer: CustomerIs,
    ) -> Option<&mut BTreeMap<LineToCall, BTreeSet<ServiceKey>>> {
        match customer {
            CustomerIs::ToBeCalled => Some(&mut self.to_call),
            CustomerIs::BeingCalled => Some(&mut self.being_called),
            CustomerIs::CalledByAgent | CustomerIs::There => None,
        }
    }
}

/// Those of a queue.
fn lines_of(
    all: &BTreeMap<LineToCall, BTreeSet<ServiceKey>>,
    queue: QueueId,
) -> impl Iterator<Item = (&LineToCall, &BTreeSet<ServiceKey>)> {
    let from_here = all.range((queue, Steps::default(), false)..);
    from_here.take_while(move |((of, ..), _)| *of == queue)
}

/// Whether customers may be called.
pub(crate) enum CallsOpen {
    /// Until then, if they may not be at any time.
    Now { until: Option<Timestamp> },
    /// Not before then.
    From(Timestamp),
    /// At no time that is known.
    Never,
}

impl State {
    /// Whether customers of the queue may be called.
    pub(crate) fn calls_open(&self, plan: &QueuePlan, at: Timestamp) -> CallsOpen {
        let Some(calendar) = &plan.calls_during else { return CallsOpen::Now { until: None } };
        let wall = at + self.wall_offset;
        let next = calendar.next_change(wall).map(|next| next - self.wall_offset);
        match (calendar.is_open(wall), next) {
            (true, until) => CallsOpen::Now { until },
            (false, Some(next)) => CallsOpen::From(next),
            (false, None) => CallsOpen::Never,
        }
    }

    /// Whether the request is offered to nobody because its customer is to come first.
    pub(crate) fn awaits_customer(&self, request: &Request) -> bool {
        self.customer_of_promise(request).is_some_and(CustomerIs::is_awaited)
    }

    fn customer_of_promise(&self, request: &Request) -> Option<CustomerIs> {
        let due = request.cause == RequestCause::Callback;
        let meeting = self.meeting_of(request.interaction).filter(|_| due)?;
        Some(meeting.callback.as_ref()?.customer)
    }

    /// Notes a request that is in no line, for its customer is to come first.
    pub(in crate::state) fn note_awaited(&mut self, id: RequestId) {
        let Some(request) = self.request(id) else { return };
        let (queue, line, key) = (request.queue, self.line_to_call(request), request.service_key());
        let customer = self.customer_of_promise(request);
        if let Some(waiting) = customer.and_then(|customer| self.awaited.of(customer)) {
            waiting.entry(line).or_default().insert(key);
        }
        self.look_at_calls(queue);
    }

    pub(in crate::state) fn awaited_no_more(&mut self, id: RequestId) {
        let Some(request) = self.request(id) else { return };
        let (queue, line, key) = (request.queue, self.line_to_call(request), request.service_key());
        let customer = self.customer_of_promise(request);
        let Some(waiting) = customer.and_then(|customer| self.awaited.of(customer)) else { return };
        if let Some(alike) = waiting.get_mut(&line) {
            alike.remove(&key);
            if alike.is_empty() {
                waiting.remove(&line);
            }
        }
        self.look_at_calls(queue);
    }

    fn line_to_call(&self, request: &Request) -> LineToCall {
        (request.queue, self.in_force(request), request.target.named().is_some())
    }

    /// The line of a queue has moved: customers may be near whom it calls first.
    pub(in crate::state) fn look_at_calls(&mut self, queue: QueueId) {
        if lines_of(&self.awaited.to_call, queue).next().is_some() {
            self.guards.push(queue);
        }
    }

    /// Lines of customers of the queue who are to be called first.
    pub(crate) fn lines_to_call(&self, queue: QueueId) -> Vec<LineToCall> {
        lines_of(&self.awaited.to_call, queue).map(|(line, _)| *line).collect()
    }

    /// Whose turn comes first in such a line.
    pub(crate) fn next_to_call(&self, line: &LineToCall) -> Option<RequestId> {
        self.awaited.to_call.get(line)?.first().map(|key| key.request)
    }

    /// How many customers of the queue are being called first.
    pub(crate) fn customers_coming(&self, queue: QueueId) -> u32 {
        let coming: usize =
            lines_of(&self.awaited.being_called, queue).map(|(_, alike)| alike.len()).sum();
        u32::try_from(coming).unwrap_or(u32::MAX)
    }

    /// Queues with customers who are to be called first.
    pub(crate) fn queues_to_call(&self) -> Vec<QueueId> {
        let mut queues: Vec<QueueId> =
            self.awaited.to_call.keys().map(|(queue, ..)| *queue).collect();
        queues.dedup();
        queues
    }
}
