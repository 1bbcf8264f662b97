//! Events of offers and engagements: they hold and free the agent's capacity.

use super::Place;
use crate::id::{AgentId, EngagementId, OfferId, RequestId};
use crate::message::{
    EngagementEnd, EngagementEvent, OfferEnd, OfferEvent, OfferMade, Phase, Side, TimerId,
};
use crate::state::entity::Acceptance;
use crate::state::{Engagement, Hold, Offer, RequestState, State, WorkItem};
use crate::time::Timestamp;

impl State {
    pub(super) fn apply_offer(&mut self, place: Place, event: &OfferEvent) {
        match event {
            OfferEvent::Made(made) => self.make_offer(place, made),
            OfferEvent::Delivered { .. } => {}
            OfferEvent::Accepted { id, engagement, bridge, deadline } => {
                self.timers.clear(&TimerId::Offer(*id));
                self.timers.set(TimerId::Connect(*id), *deadline);
                let Some(offer) = self.offers.get_mut(id.bits()) else { return };
                let request = offer.request;
                offer.accepted = Some(Acceptance {
                    engagement: *engagement,
                    bridge: *bridge,
                    deadline: *deadline,
                });
                self.touched.push(offer.agent);
                // Whoever has taken it stands for all who ring; nobody joins them.
                self.unfile_request(request);
                self.set_offered(request, RequestState::Offered(*id));
                self.note_fact_of_request(place, request);
            }
            OfferEvent::Ended { id, end, excluded_until } => {
                self.end_offer(place, *id, *end, *excluded_until);
            }
        }
    }

    fn make_offer(&mut self, place: Place, made: &OfferMade) {
        self.note_fact_of_request(place, made.request);
        self.unfile_request(made.request);
        self.timers.set(TimerId::Offer(made.id), made.deadline);
        self.timers.clear(&TimerId::QueueWait(made.request));
        self.offers.insert(Offer {
            id: made.id,
            request: made.request,
            agent: made.agent,
            leg: made.leg,
            deadline: made.deadline,
            accepted: None,
        });
        self.note_tally(made.agent, |tally| tally.offered = place.key.seq);
        self.note_allocation(made);
        self.add_to_group(made.request, made.id);
        let hold = Hold::Offer(made.id);
        self.take_capacity(
            made.agent,
            WorkItem { hold, channel: made.channel, cost: made.cost, yields: false, parked: false },
        );
    }

    fn end_offer(
        &mut self,
        place: Place,
        id: OfferId,
        end: OfferEnd,
        excluded_until: Option<Timestamp>,
    ) {
        let Some(offer) = self.offers.remove(id.bits()) else { return };
        self.note_fact_of_request(place, offer.request);
        self.timers.clear(&TimerId::Offer(id));
        self.timers.clear(&TimerId::Connect(id));
        if let Some(until) = excluded_until {
            self.exclude(offer.request, offer.agent, until);
        }
        let others = self.take_from_group(offer.request, id);
        if end == OfferEnd::Connected {
            self.note_bridge(offer.request, offer.accepted);
            self.note_handled(offer.agent, place.at);
        } else if !others && let Some(request) = self.requests.get_mut(offer.request.bits()) {
            request.state = RequestState::Waiting;
            let wait_until = request.wait_until;
            self.set_timer(TimerId::QueueWait(offer.request), wait_until);
            self.file_request(offer.request);
        }
        if matches!(end, OfferEnd::Timeout | OfferEnd::Rejected(_))
            && let Some(agent) = self.agents.get_mut(u128::from(offer.agent.0))
        {
            agent.idle_since = place.key;
        }
        self.free_capacity(offer.agent, Hold::Offer(id));
    }

    /// The agent's group has got its offer.
    fn note_allocation(&mut self, made: &OfferMade) {
        let queue = self.requests.get(made.request.bits()).map(|request| request.queue);
        if let (Some(queue), Some(group)) = (queue, made.choice.group) {
            self.allocate(queue, group.into());
        }
    }

    /// Where the customer meets the agent who answered.
    fn note_bridge(&mut self, request: RequestId, accepted: Option<Acceptance>) {
        let Some(bridge) = accepted.and_then(|accepted| accepted.bridge) else { return };
        if let Some(request) = self.requests.get(request.bits())
            && !request.cause.is_of_agent()
            && let Some(row) = self.interactions.get_mut(request.interaction.bits())
        {
            row.meeting.get_or_insert_default().bridge = Some(bridge);
        }
    }

    pub(super) fn apply_engagement(&mut self, place: Place, event: &EngagementEvent) {
        match event {
            EngagementEvent::Opened { .. } => self.open_engagement(event),
            EngagementEvent::PhaseChanged { id, phase } => {
                let Some(engagement) = self.engagements.get_mut(id.bits()) else { return };
                // A hold that the phone did not report was asked for at the desktop.
                let by_phone = engagement
                    .leg
                    .and_then(|leg| self.legs.get(leg.bits()))
                    .is_some_and(|leg| leg.held);
                engagement.desktop_hold = match phase {
                    Phase::Held => engagement.desktop_hold || !by_phone,
                    Phase::Suspended => engagement.desktop_hold,
                    _ => false,
                };
                let before = std::mem::replace(&mut engagement.phase, *phase);
                engagement.suspended_from = (*phase == Phase::Suspended).then_some(before);
                let (agent, interaction) = (engagement.agent, engagement.interaction);
                self.heard.extend(interaction);
                self.change_item(agent, *id, |item| {
                    item.yields = yields(*phase) && item.cost > 0;
                    item.parked = *phase == Phase::Parked || item.cost == 0;
                });
                if let Some(interaction) = interaction {
                    self.note_fact(place, interaction);
                }
                self.refresh_agent(agent);
            }
            EngagementEvent::WrapUpStarted { id, cost, until } => {
                let Some(engagement) = self.engagements.get_mut(id.bits()) else { return };
                engagement.phase = Phase::WrapUp;
                engagement.suspended_from = None;
                engagement.leg = None;
                engagement.wrap_up_until = Some(*until);
                let agent = engagement.agent;
                self.left.extend(engagement.interaction.map(|id| (id, Side::Agent)));
                self.heard.extend(engagement.interaction);
                self.timers.set(TimerId::WrapUp(*id), *until);
                self.change_item(agent, *id, |item| {
                    item.cost = *cost;
                    item.yields = false;
                    item.parked = false;
                });
                self.refresh_agent(agent);
            }
            EngagementEvent::WrapUpExtended { id, until } => {
                let Some(engagement) = self.engagements.get_mut(id.bits()) else { return };
                engagement.wrap_up_until = Some(*until);
                engagement.extensions = engagement.extensions.saturating_add(1);
                self.timers.set(TimerId::WrapUp(*id), *until);
            }
            EngagementEvent::DispositionSet { id, disposition } => {
                if let Some(engagement) = self.engagements.get_mut(id.bits()) {
                    engagement.disposition = Some(*disposition);
                }
            }
            EngagementEvent::Ended { id, end } => self.end_engagement(place, *id, *end),
            EngagementEvent::RoleChanged { id, role } => {
                if let Some(engagement) = self.engagements.get_mut(id.bits()) {
                    engagement.role = *role;
                }
            }
            EngagementEvent::AssistanceRequested { id, .. } => self.set_wants_help(*id, true),
            EngagementEvent::AssistanceEnded { id, .. } => self.set_wants_help(*id, false),
        }
    }

    fn open_engagement(&mut self, event: &EngagementEvent) {
        let EngagementEvent::Opened {
            id,
            agent,
            role,
            interaction,
            participant,
            offer,
            queue,
            leg,
            channel,
            cost,
            phase,
            reason,
            ..
        } = event
        else {
            return;
        };
        self.engagements.insert(Engagement {
            id: *id,
            agent: *agent,
            role: *role,
            interaction: *interaction,
            participant: *participant,
            queue: *queue,
            leg: *leg,
            offer: *offer,
            channel: *channel,
            phase: *phase,
            desktop_hold: false,
            suspended_from: None,
            wrap_up_until: None,
            extensions: 0,
            disposition: None,
            reason: *reason,
            wants_help: false,
        });
        // Whoever only follows is no part of what goes on.
        let takes_part = interaction.filter(|_| !role.observes());
        if let Some(row) = takes_part.and_then(|i| self.interactions.get_mut(i.bits())) {
            row.engagements.push(*id);
        }
        self.note_voice(*interaction, *leg);
        // What was held for the offer is held for the engagement from here on.
        let hold = Hold::Engagement(*id);
        let parked = *cost == 0;
        let yields = yields(*phase) && !parked;
        let item = WorkItem { hold, channel: *channel, cost: *cost, yields, parked };
        self.take_over_capacity(*agent, *offer, item);
    }

    fn end_engagement(&mut self, place: Place, id: EngagementId, end: EngagementEnd) {
        let Some(engagement) = self.engagements.remove(id.bits()) else { return };
        self.timers.clear(&TimerId::WrapUp(id));
        self.watches.remove(id);
        if let Some(interaction) = engagement.interaction
            && let Some(row) = self.interactions.get_mut(interaction.bits())
        {
            row.engagements.retain(|other| *other != id);
            let by = match end {
                EngagementEnd::Forced => Side::Command,
                EngagementEnd::DesktopLost | EngagementEnd::MediaLost => Side::Engine,
                _ => Side::Agent,
            };
            self.left.push((interaction, by));
            self.heard.push(interaction);
        }
        // An attempt that never connected leaves the agent's place among the idle as it was.
        if !matches!(engagement.phase, Phase::Connecting | Phase::Previewing)
            && engagement.role.is_with_customer()
            && let Some(agent) = self.agents.get_mut(u128::from(engagement.agent.0))
        {
            agent.idle_since = place.key;
        }
        self.free_capacity(engagement.agent, Hold::Engagement(id));
    }

    fn set_wants_help(&mut self, id: EngagementId, wants: bool) {
        if let Some(engagement) = self.engagements.get_mut(id.bits()) {
            engagement.wants_help = wants;
        }
    }

    pub(super) fn change_item(
        &mut self,
        agent: AgentId,
        id: EngagementId,
        change: impl Fn(&mut WorkItem),
    ) {
        let Some(row) = self.agents.get_mut(u128::from(agent.0)) else { return };
        let place = row.work.iter().rposition(|item| item.hold == Hold::Engagement(id));
        let Some((place, item)) = place.and_then(|at| Some((at, row.work.get_mut(at)?))) else {
            return;
        };
        let before = item.is_put_away();
        change(item);
        let item = *item;
        if item.is_put_away() != before {
            // What is put away stands first, what is at hand in the order in which it was taken on.
            row.work.remove(place);
            let to = if before { row.work.len() } else { 0 };
            row.work.insert(to, item);
        }
    }

    fn take_capacity(&mut self, agent: AgentId, item: WorkItem) {
        if let Some(row) = self.agents.get_mut(u128::from(agent.0)) {
            row.work.push(item);
        }
        self.refresh_agent(agent);
    }

    /// The engagement holds what its offer held; work that no offer preceded takes anew.
    fn take_over_capacity(&mut self, agent: AgentId, offer: Option<OfferId>, item: WorkItem) {
        let Some(row) = self.agents.get_mut(u128::from(agent.0)) else { return };
        let held = offer.and_then(|offer| {
            row.work.iter_mut().rev().find(|held| held.hold == Hold::Offer(offer))
        });
        match held {
            Some(held) => *held = item,
            None => row.work.push(item),
        }
        self.refresh_agent(agent);
    }

    fn free_capacity(&mut self, agent: AgentId, hold: Hold) {
        if let Some(row) = self.agents.get_mut(u128::from(agent.0))
            && let Some(place) = row.work.iter().rposition(|item| item.hold == hold)
        {
            row.work.remove(place);
        }
        self.refresh_agent(agent);
    }
}

/// Phases in which an engagement can be pushed aside.
const fn yields(phase: Phase) -> bool {
    matches!(phase, Phase::Active | Phase::Held | Phase::Suspended)
}
