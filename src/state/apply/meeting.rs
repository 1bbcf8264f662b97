//! Events of transfers, consults and conferences: who meets in an interaction, and who is asked to.

use crate::id::{AgentId, EngagementId, InteractionId, LegId, Origin, ParticipantId, RequestId};
use crate::message::{
    ConferenceEvent, ConsultEvent, Outcome, ParticipantRole, RequestOpened, TimerId, TransferEvent,
    TransferFailure,
};
use crate::state::{
    Consult, Guest, Interaction, Meeting, OnDuty, Request, Served, State, Transfer,
};
use crate::time::{Duration, Timestamp};

impl State {
    /// Changes who meets in the interaction.
    pub(super) fn change_meeting(&mut self, id: InteractionId, change: impl FnOnce(&mut Meeting)) {
        if let Some(row) = self.interactions.get_mut(id.bits()) {
            change(row.meeting.get_or_insert_default());
        }
    }

    /// The same, of the interaction that an agent takes part in.
    fn change_meeting_of(&mut self, id: EngagementId, change: impl FnOnce(&mut Meeting)) {
        if let Some(interaction) = self.engagements.get(id.bits()).and_then(|e| e.interaction) {
            self.change_meeting(interaction, change);
        }
    }

    pub(super) fn apply_transfer(&mut self, event: &TransferEvent) {
        match event {
            TransferEvent::Started { engagement, interaction, op, fallback, deadline, .. } => {
                let agent = self.engagements.get(engagement.bits()).map(|e| e.agent);
                let transfer = Transfer {
                    engagement: *engagement,
                    agent,
                    op: *op,
                    fallback: *fallback,
                    failed: false,
                    deadline: *deadline,
                };
                self.change_meeting(*interaction, |meeting| meeting.transfer = Some(transfer));
                // What a host does has a deadline of its own.
                if op.is_none() {
                    self.timers.set(TimerId::Transfer(*interaction), *deadline);
                }
            }
            TransferEvent::Failed { interaction, reason, .. } => {
                self.timers.clear(&TimerId::Transfer(*interaction));
                let gone = *reason == TransferFailure::CustomerGone;
                self.change_meeting(*interaction, |meeting| match &mut meeting.transfer {
                    // The transferor is still there.
                    Some(transfer) if transfer.op.is_some() => meeting.transfer = None,
                    Some(transfer) if !gone => transfer.failed = true,
                    _ => meeting.transfer = None,
                });
            }
            TransferEvent::Completed { interaction, .. }
            | TransferEvent::Recalled { interaction, .. }
            | TransferEvent::FellBack { interaction, .. } => {
                self.timers.clear(&TimerId::Transfer(*interaction));
                self.change_meeting(*interaction, |meeting| meeting.transfer = None);
            }
            TransferEvent::Progressed { .. } | TransferEvent::Asked { .. } => {}
        }
    }

    pub(super) fn apply_consult(&mut self, event: &ConsultEvent) {
        match event {
            ConsultEvent::Started { engagement, request, leg, deadline, .. } => {
                let consult = Consult {
                    engagement: *engagement,
                    request: *request,
                    leg: *leg,
                    with: None,
                    bridge: None,
                    answered: false,
                    with_customer: false,
                    deadline: *deadline,
                };
                self.change_meeting_of(*engagement, |meeting| meeting.consults.push(consult));
                self.timers.set(TimerId::Consult(*engagement), *deadline);
            }
            ConsultEvent::Answered { engagement, with, bridge } => {
                self.timers.clear(&TimerId::Consult(*engagement));
                self.change_consult(*engagement, |consult| {
                    consult.answered = true;
                    consult.request = None;
                    consult.with = *with;
                    consult.bridge = *bridge;
                });
            }
            ConsultEvent::Alternated { engagement, with_customer } => {
                self.change_consult(*engagement, |consult| consult.with_customer = *with_customer);
            }
            ConsultEvent::Ended { interaction, engagement, .. } => {
                self.timers.clear(&TimerId::Consult(*engagement));
                self.change_meeting(*interaction, |meeting| {
                    meeting.consults.retain(|consult| consult.engagement != *engagement);
                });
            }
        }
    }

    fn change_consult(&mut self, id: EngagementId, change: impl FnOnce(&mut Consult)) {
        self.change_meeting_of(id, |meeting| {
            if let Some(consult) = meeting.consults.iter_mut().find(|c| c.engagement == id) {
                change(consult);
            }
        });
    }

    pub(super) fn apply_conference(&mut self, event: &ConferenceEvent) {
        let (ConferenceEvent::Started { interaction, .. } | ConferenceEvent::Ended { interaction }) =
            event;
        let began = matches!(event, ConferenceEvent::Started { .. });
        self.change_meeting(*interaction, |meeting| meeting.conference = began);
    }

    pub(super) fn guest_joined(
        &mut self,
        id: InteractionId,
        participant: ParticipantId,
        role: ParticipantRole,
        leg: Option<LegId>,
    ) {
        if let (ParticipantRole::External, Some(leg)) = (role, leg) {
            self.by_guest.insert(participant, leg);
            self.heard.push(id);
            self.change_meeting(id, |meeting| meeting.guests.push(Guest { participant, leg }));
        }
    }

    pub(super) fn participant_left(&mut self, id: InteractionId, participant: ParticipantId) {
        self.by_guest.remove(&participant);
        self.heard.push(id);
        self.change_meeting(id, |meeting| {
            meeting.guests.retain(|guest| guest.participant != participant);
        });
    }

    /// The customer's place is kept for when the agent hands the customer on.
    pub(super) fn note_served(&mut self, request: &Request, outcome: &Outcome) {
        if let Outcome::Answered { .. } = outcome
            && !request.cause.is_of_agent()
        {
            let served = Served {
                request: request.id,
                attempt: request.attempt,
                customer_wait_since: request.customer_wait_since,
                order_at: request.order_at,
            };
            self.change_meeting(request.interaction, |meeting| {
                meeting.served = Some(served);
                meeting.on_duty = OnDuty::Unasked;
            });
        }
    }

    /// An agent asks somebody. A request that follows on another one takes its place.
    pub(super) fn note_asked(&mut self, opened: &RequestOpened) {
        if !opened.cause.is_of_agent() {
            return;
        }
        self.change_meeting(opened.interaction, |meeting| {
            meeting.asked.push(opened.id);
            let Some(parent) = opened.parent else { return };
            let asks = |consult: &&mut Consult| consult.request == Some(parent);
            if let Some(consult) = meeting.consults.iter_mut().find(asks) {
                consult.request = Some(opened.id);
            }
        });
    }

    pub(super) fn note_asked_no_more(&mut self, request: &Request) {
        if request.cause.is_of_agent() {
            self.change_meeting(request.interaction, |meeting| {
                meeting.asked.retain(|asked| *asked != request.id);
            });
        }
    }

    /// Somebody outside is called, or is on the line no more.
    pub(super) fn note_outside(&mut self, id: InteractionId, leg: LegId, called: bool) {
        self.change_meeting(id, |meeting| {
            meeting.outside.retain(|other| *other != leg);
            if called {
                meeting.outside.push(leg);
            }
        });
    }

    /// Whoever hands a customer on is not offered the customer while the transfer goes on.
    pub(super) fn keep_from_transferor(&mut self, opened: &RequestOpened) {
        let transfer = self.meeting_of(opened.interaction).and_then(|meeting| meeting.transfer);
        let Some(transfer) = transfer.filter(|transfer| !transfer.failed) else { return };
        if opened.cause.is_of_agent() {
            return;
        }
        // The transfer's own deadline comes first.
        let until = transfer.deadline + Duration::from_secs(1);
        if let Some(agent) = transfer.agent {
            self.exclude(opened.id, agent, until);
        }
    }

    pub(super) fn exclude(&mut self, id: RequestId, agent: AgentId, until: Timestamp) {
        if let Some(request) = self.requests.get_mut(id.bits()) {
            request.exclusions.retain(|(excluded, _)| *excluded != agent);
            request.exclusions.push((agent, until));
            self.timers.set(TimerId::Exclusion(id, agent), until);
        }
    }

    /// Who takes part under this id.
    pub(crate) fn party(&self, id: ParticipantId) -> Option<PartyOf> {
        if let Some(leg) = self.by_guest.get(&id) {
            return Some(PartyOf::Guest(*leg));
        }
        let origin = id.origin();
        // Ids of one act follow on each other: a customer's on the interaction's, an agent's on the
        // engagement's.
        let before = Origin { index: origin.index.checked_sub(1)?, ..origin };
        let customer = self.interaction(before.into()).filter(|row| row.participant == id);
        if let Some(row) = customer {
            return Some(PartyOf::Customer(row.id));
        }
        let agent = self.engagement(before.into()).filter(|row| row.participant == Some(id));
        agent.map(|row| PartyOf::Agent(row.id))
    }

    /// The interaction that somebody takes part in.
    pub(crate) fn interaction_of(&self, id: ParticipantId) -> Option<InteractionId> {
        match self.party(id)? {
            PartyOf::Customer(id) => Some(id),
            PartyOf::Agent(id) => self.engagement(id)?.interaction,
            PartyOf::Guest(leg) => self.leg(leg).map(|row| row.interaction),
        }
    }

    /// The leg by which somebody takes part.
    pub(crate) fn leg_of_party(&self, party: PartyOf) -> Option<LegId> {
        match party {
            PartyOf::Customer(id) => self.interaction(id).map(|row| row.leg),
            PartyOf::Agent(id) => self.engagement(id)?.leg,
            PartyOf::Guest(leg) => Some(leg),
        }
    }

    /// Who meets in the interaction.
    pub(crate) fn meeting_of(&self, id: InteractionId) -> Option<&Meeting> {
        self.interaction(id).and_then(Interaction::meeting)
    }

    /// The consult that the agent of the engagement has begun.
    pub(crate) fn consult_of(&self, id: EngagementId) -> Option<Consult> {
        let meeting = self.meeting_of(self.engagement(id)?.interaction?)?;
        meeting.consults.iter().find(|consult| consult.engagement == id).copied()
    }
}

/// Somebody who takes part in an interaction.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum PartyOf {
    Customer(InteractionId),
    Agent(EngagementId),
    /// Somebody from outside, by their leg.
    Guest(LegId),
}

impl Interaction {
    pub(crate) fn meeting(&self) -> Option<&Meeting> {
        self.meeting.as_deref()
    }
}
