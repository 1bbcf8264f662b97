//! Events of interactions and legs.

use super::Place;
use crate::id::{ExternalRef, InteractionId, LegId};
use crate::message::{InteractionEvent, InteractionOpened, LegEvent, LegPurpose, Side};
use crate::state::{Interaction, Leg, LegState, Stage, State, Thread};

impl State {
    pub(super) fn apply_interaction(&mut self, place: Place, event: &InteractionEvent) {
        match event {
            InteractionEvent::Opened(opened) => self.open_interaction(place, opened),
            InteractionEvent::Ended { id, .. } => {
                let Some(interaction) = self.interactions.get_mut(id.bits()) else { return };
                interaction.stage = Stage::Ended;
                interaction.last_fact_at = interaction.last_fact_at.max(place.happened);
                self.left.push((*id, Side::Engine));
                self.heard.push(*id);
                if let Some(entry) = interaction.entry_point
                    && let Some(alive) = self.entry_points.get_mut(&entry)
                {
                    *alive = alive.saturating_sub(1);
                }
                self.end_thread(*id);
                self.end_voicemail(*id);
            }
            InteractionEvent::Closed { id } => self.close_interaction(place, *id),
            InteractionEvent::IdentitySet { id, identity } => {
                if let Some(interaction) = self.interactions.get_mut(id.bits()) {
                    interaction.identity = Some(Box::new(identity.clone()));
                }
            }
            InteractionEvent::LanguageSet { id, language } => {
                if let Some(interaction) = self.interactions.get_mut(id.bits()) {
                    interaction.language = Some(Box::new(language.clone()));
                }
            }
            InteractionEvent::ParticipantJoined { id, participant, role, leg, .. } => {
                self.guest_joined(*id, *participant, *role, *leg);
            }
            InteractionEvent::ParticipantLeft { id, participant } => {
                self.participant_left(*id, *participant);
            }
            InteractionEvent::Muted { participant, muted, .. } => {
                let leg = self.party(*participant).and_then(|party| self.leg_of_party(party));
                if let Some(leg) = leg.and_then(|leg| self.legs.get_mut(leg.bits())) {
                    leg.muted = *muted;
                }
            }
            InteractionEvent::ConsentChanged { id, participant, purpose, granted, .. } => {
                self.change_consent(*id, *participant, purpose, *granted);
            }
            InteractionEvent::EntryRejected { .. } => {}
        }
    }

    fn open_interaction(&mut self, place: Place, opened: &InteractionOpened) {
        if let Some(entry) = opened.entry_point {
            *self.entry_points.entry(entry).or_default() += 1;
        }
        self.take_up(opened.conversation);
        if opened.came_by_leg() {
            self.come_by_leg(opened);
        }
        self.interactions.insert(Interaction {
            id: opened.id,
            conversation: opened.conversation,
            channel: opened.channel,
            entry_point: opened.entry_point,
            brand: opened.brand,
            participant: opened.participant,
            leg: opened.leg,
            host: opened.host,
            stage: Stage::Open,
            opened_at: place.happened,
            last_fact_at: place.happened,
            tier: opened.tier,
            boost: opened.boost,
            test: opened.test,
            internal: opened.is_internal_call(),
            customer: opened.customer.clone(),
            language: opened.language.clone().map(Box::new),
            identity: None,
            request: None,
            engagements: smallvec::SmallVec::new(),
            meeting: None,
            thread: (!opened.channel.has_media()).then(|| {
                let address = opened.dialed.clone().unwrap_or_default();
                Box::new(Thread { address, ..Thread::default() })
            }),
            privacy: None,
        });
    }

    /// The leg by which the customer has come in.
    fn come_by_leg(&mut self, opened: &InteractionOpened) {
        self.legs.insert(Leg {
            id: opened.leg,
            interaction: opened.id,
            host: opened.host,
            external: opened.external.clone(),
            purpose: LegPurpose::Customer,
            state: LegState::Up,
            held: false,
            muted: false,
            refers: false,
            ops: smallvec::SmallVec::new(),
        });
        self.names.add(&self.legs, opened.leg);
    }

    fn close_interaction(&mut self, place: Place, id: InteractionId) {
        let Some(interaction) = self.interactions.get_mut(id.bits()) else { return };
        interaction.stage = Stage::Closed;
        let conversation = interaction.conversation;
        self.closed.push_back((place.at, id));
        self.let_go(place.at, conversation);
    }

    pub(super) fn apply_leg(&mut self, place: Place, event: &LegEvent) {
        match event {
            LegEvent::Originated { id, interaction, host, purpose } => {
                self.legs.insert(Leg {
                    id: *id,
                    interaction: *interaction,
                    host: *host,
                    external: None,
                    purpose: *purpose,
                    state: LegState::Ringing,
                    held: false,
                    muted: false,
                    refers: false,
                    ops: smallvec::SmallVec::new(),
                });
                match *purpose {
                    LegPurpose::External => self.note_outside(*interaction, *id, true),
                    LegPurpose::Part(part, _) => self.note_leg_of_part(part, *id),
                    _ => {}
                }
            }
            LegEvent::Answered { id, external, .. } => {
                if let Some(external) = external {
                    self.name_leg(*id, external);
                }
                let Some(leg) = self.legs.get_mut(id.bits()) else { return };
                leg.state = LegState::Up;
                let interaction = leg.interaction;
                self.note_fact(place, interaction);
            }
            LegEvent::Referred { id, .. } => self.set_refers(*id, true),
            LegEvent::ReferEnded { id } => self.set_refers(*id, false),
            LegEvent::Held { id } => self.set_held(*id, true),
            LegEvent::Resumed { id } => self.set_held(*id, false),
            LegEvent::Ending { id, .. } => {
                if let Some(leg) = self.legs.get_mut(id.bits()) {
                    leg.state = LegState::Ending;
                }
            }
            LegEvent::Ended { id, .. } => {
                self.names.remove(&self.legs, *id);
                let Some(leg) = self.legs.remove(id.bits()) else { return };
                if leg.purpose == LegPurpose::External {
                    self.note_outside(leg.interaction, *id, false);
                }
            }
        }
    }

    /// The host has a name of its own for the leg.
    fn name_leg(&mut self, id: LegId, external: &ExternalRef) {
        self.names.remove(&self.legs, id);
        if let Some(leg) = self.legs.get_mut(id.bits()) {
            leg.external = Some(external.clone());
        }
        self.names.add(&self.legs, id);
    }

    fn set_refers(&mut self, id: LegId, refers: bool) {
        if let Some(leg) = self.legs.get_mut(id.bits()) {
            leg.refers = refers;
        }
    }

    fn set_held(&mut self, id: LegId, held: bool) {
        if let Some(leg) = self.legs.get_mut(id.bits()) {
            leg.held = held;
        }
    }
}
