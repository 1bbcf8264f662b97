//! What goes on in the center, as its records say: who is who, who waits, who talks. Any program
//! beside the engine could keep this; what is over stays, so that late records can be told by name.

use std::collections::BTreeMap;

use switchboard::id::{
    AgentId, ConversationId, EffectId, EngagementId, InteractionId, LegId, MessageId, OfferId,
    QueueId, RequestId,
};
use switchboard::kpi::Names;
use switchboard::message::{
    Activity, AgentEvent, ConsultEvent, ConversationEvent, Direction, Effect, EffectKind,
    EngagementEvent, EngagementRole, Event, InteractionEvent, InteractionOpened, LegEvent,
    LegPurpose, MessageEvent, MonitorEvent, OfferEvent, Personal, Phase, Presence, Record,
    RequestCause, RequestEvent, Watched,
};
use switchboard::model::{Channel, Kind};

/// An interaction.
pub(crate) struct Contact {
    pub(crate) name: String,
    pub(crate) channel: Channel,
    pub(crate) conversation: ConversationId,
    /// Where the customer can be called.
    pub(crate) address: Option<String>,
    /// We went to the customer.
    pub(crate) outbound: bool,
    /// The customer has gone.
    pub(crate) over: bool,
}

/// A request.
pub(crate) struct Wait {
    pub(crate) interaction: InteractionId,
    pub(crate) queue: QueueId,
    pub(crate) cause: RequestCause,
    pub(crate) over: bool,
}

/// An offer.
pub(crate) struct Lease {
    pub(crate) agent: AgentId,
    pub(crate) request: RequestId,
    pub(crate) leg: Option<LegId>,
    /// Neither accepted nor over.
    pub(crate) open: bool,
}

/// An agent's part in an interaction.
pub(crate) struct Part {
    pub(crate) id: EngagementId,
    pub(crate) agent: AgentId,
    pub(crate) interaction: Option<InteractionId>,
    pub(crate) role: EngagementRole,
    pub(crate) channel: Channel,
    pub(crate) phase: Phase,
    pub(crate) over: bool,
}

/// Whose end of the line a leg is.
#[derive(Clone, PartialEq, Eq)]
pub(crate) enum End {
    Customer(InteractionId),
    Agent(AgentId),
    Outside(String),
}

/// What an agent at work does, and whether work is taken.
#[derive(Clone, Copy)]
pub(crate) struct Worker {
    pub(crate) activity: Activity,
    pub(crate) ready: bool,
}

/// Everything that is known by name.
#[derive(Default)]
pub(crate) struct View {
    pub(crate) names: Names,
    pub(crate) contacts: BTreeMap<InteractionId, Contact>,
    pub(crate) waits: BTreeMap<RequestId, Wait>,
    pub(crate) leases: BTreeMap<OfferId, Lease>,
    pub(crate) parts: BTreeMap<EngagementId, Part>,
    pub(crate) legs: BTreeMap<LegId, End>,
    pub(crate) messages: BTreeMap<MessageId, InteractionId>,
    /// Agents at work.
    pub(crate) workers: BTreeMap<AgentId, Worker>,
    /// Who asks somebody, and whether that one is on the line.
    pub(crate) consults: BTreeMap<EngagementId, bool>,
    /// Who follows what.
    pub(crate) monitors: BTreeMap<EngagementId, (AgentId, Watched)>,
    /// What hosts were asked, in words.
    pub(crate) asked: BTreeMap<EffectId, String>,
    /// Of customers, by conversation.
    addresses: BTreeMap<ConversationId, String>,
    outbound: u32,
    /// Calls among colleagues so far.
    internal: u32,
}

impl View {
    pub(crate) fn apply(&mut self, record: &Record) {
        for event in &record.events {
            self.event(event);
        }
        for effect in &record.effects {
            self.effect(effect);
        }
    }

    pub(crate) fn agent(&self, id: AgentId) -> String {
        self.names.text(Kind::Agent, id.0)
    }

    pub(crate) fn queue(&self, id: QueueId) -> String {
        self.names.text(Kind::Queue, id.0)
    }

    pub(crate) fn contact(&self, id: InteractionId) -> String {
        self.contacts.get(&id).map_or_else(|| format!("{id:?}"), |contact| contact.name.clone())
    }

    /// What waits: the customer, or the question of an agent about the customer.
    pub(crate) fn wait(&self, id: RequestId) -> String {
        let Some(wait) = self.waits.get(&id) else { return format!("{id:?}") };
        let name = self.contact(wait.interaction);
        match wait.cause {
            RequestCause::Consult => format!("the question about {name}"),
            RequestCause::Assist => format!("the call for help with {name}"),
            _ => name,
        }
    }

    pub(crate) fn leg(&self, id: LegId) -> String {
        match self.legs.get(&id) {
            Some(End::Customer(interaction)) => {
                let outbound = self.contacts.get(interaction).is_some_and(|it| it.outbound);
                let name = self.contact(*interaction);
                if outbound { format!("the customer of {name}") } else { name }
            }
            Some(End::Agent(agent)) => format!("{}'s phone", self.agent(*agent)),
            Some(End::Outside(number)) => number.clone(),
            None => format!("{id:?}"),
        }
    }

    /// The agent of a part, and what it is a part of.
    pub(crate) fn part(&self, id: EngagementId) -> (String, String) {
        let Some(part) = self.parts.get(&id) else { return (format!("{id:?}"), "work".to_owned()) };
        let of = part.interaction.map_or_else(|| "other work".to_owned(), |id| self.contact(id));
        (self.agent(part.agent), of)
    }

    /// The parts that are not over.
    pub(crate) fn open_parts(&self) -> impl Iterator<Item = &Part> {
        self.parts.values().filter(|part| !part.over)
    }

    /// The interaction of that name.
    pub(crate) fn contact_named(&self, name: &str) -> Option<(InteractionId, &Contact)> {
        let mut found = self.contacts.iter().filter(|(_, contact)| contact.name == name);
        found.next_back().map(|(id, contact)| (*id, contact))
    }

    fn event(&mut self, event: &Event) {
        match event {
            Event::Shard(event) => self.names.apply(event),
            Event::Conversation(ConversationEvent::Opened { id, customer, .. }) => {
                let address = customer.address.as_ref().and_then(Personal::clear).cloned();
                self.addresses.extend(address.map(|address| (*id, address)));
            }
            Event::Interaction(event) => self.interaction(event),
            Event::Request(event) => self.request(event),
            Event::Offer(event) => self.offer(event),
            Event::Engagement(event) => self.engagement(event),
            Event::Agent(event) => self.worker(event),
            Event::Leg(LegEvent::Originated { id, interaction, purpose, .. }) => {
                let end = match purpose {
                    LegPurpose::Offer(_, agent)
                    | LegPurpose::Line(agent)
                    | LegPurpose::Part(_, agent) => End::Agent(*agent),
                    LegPurpose::Customer => match self.colleague(*interaction) {
                        Some(agent) => End::Agent(agent),
                        None => End::Customer(*interaction),
                    },
                    _ => End::Outside("somebody outside".to_owned()),
                };
                self.legs.insert(*id, end);
            }
            Event::Message(MessageEvent::Added { id, interaction, .. }) => {
                self.messages.insert(*id, *interaction);
            }
            Event::Consult(event) => self.consult(event),
            Event::Monitor(MonitorEvent::Started { engagement, supervisor, target, .. }) => {
                self.monitors.insert(*engagement, (*supervisor, *target));
            }
            Event::Monitor(
                MonitorEvent::Ended { engagement, .. } | MonitorEvent::TookOver { engagement, .. },
            ) => {
                self.monitors.remove(engagement);
            }
            _ => {}
        }
    }

    fn interaction(&mut self, event: &InteractionEvent) {
        match event {
            InteractionEvent::Opened(opened) => {
                let contact = Contact {
                    name: self.name_of(opened),
                    channel: opened.channel,
                    conversation: opened.conversation,
                    address: self.address_of(opened),
                    outbound: opened.direction == Direction::Outbound,
                    over: false,
                };
                self.contacts.insert(opened.id, contact);
                self.legs.insert(opened.leg, End::Customer(opened.id));
            }
            InteractionEvent::Ended { id, .. } => {
                if let Some(contact) = self.contacts.get_mut(id) {
                    contact.over = true;
                }
            }
            _ => {}
        }
    }

    /// Said by the conversation where that opened in the same record.
    fn address_of(&self, opened: &InteractionOpened) -> Option<String> {
        let known = self.addresses.get(&opened.conversation).cloned();
        let told = opened.customer.as_ref().and_then(|customer| customer.address.as_ref());
        told.and_then(|address| address.clear().cloned()).or(known)
    }

    /// By the host's name; what we began has none.
    fn name_of(&mut self, opened: &InteractionOpened) -> String {
        match &opened.external {
            Some(name) if opened.direction == Direction::Inbound => name.to_string(),
            _ if opened.direction == Direction::Internal => {
                self.internal += 1;
                format!("int-{}", self.internal)
            }
            _ => {
                self.outbound += 1;
                format!("out-{}", self.outbound)
            }
        }
    }

    /// Who is called by a colleague, and so stands where else the customer is: the second of the two.
    fn colleague(&self, interaction: InteractionId) -> Option<AgentId> {
        let is_internal = |part: &&Part| {
            part.interaction == Some(interaction) && part.role == EngagementRole::Internal
        };
        self.parts.values().filter(is_internal).max_by_key(|part| part.id).map(|part| part.agent)
    }

    fn request(&mut self, event: &RequestEvent) {
        match event {
            RequestEvent::Opened(opened) => {
                let wait = Wait {
                    interaction: opened.interaction,
                    queue: opened.home_queue,
                    cause: opened.cause,
                    over: false,
                };
                self.waits.insert(opened.id, wait);
            }
            RequestEvent::Ended { id, .. } => {
                if let Some(wait) = self.waits.get_mut(id) {
                    wait.over = true;
                }
            }
            _ => {}
        }
    }

    fn offer(&mut self, event: &OfferEvent) {
        match event {
            OfferEvent::Made(made) => {
                let (agent, request, leg) = (made.agent, made.request, made.leg);
                self.leases.insert(made.id, Lease { agent, request, leg, open: true });
                if let Some(leg) = leg {
                    self.legs.insert(leg, End::Agent(agent));
                }
            }
            OfferEvent::Accepted { id, .. } | OfferEvent::Ended { id, .. } => {
                if let Some(lease) = self.leases.get_mut(id) {
                    lease.open = false;
                }
            }
            _ => {}
        }
    }

    fn engagement(&mut self, event: &EngagementEvent) {
        if let EngagementEvent::Opened {
            id, agent, role, interaction, channel, phase, leg, ..
        } = event
        {
            let part = Part {
                id: *id,
                agent: *agent,
                interaction: *interaction,
                role: *role,
                channel: *channel,
                phase: *phase,
                over: false,
            };
            self.parts.insert(*id, part);
            if let Some(leg) = leg {
                self.legs.insert(*leg, End::Agent(*agent));
            }
            return;
        }
        let mut change = |id, change: &dyn Fn(&mut Part)| {
            if let Some(part) = self.parts.get_mut(id) {
                change(part);
            }
        };
        match event {
            EngagementEvent::PhaseChanged { id, phase } => change(id, &|part| part.phase = *phase),
            EngagementEvent::WrapUpStarted { id, .. } => {
                change(id, &|part| part.phase = Phase::WrapUp);
            }
            EngagementEvent::RoleChanged { id, role } => change(id, &|part| part.role = *role),
            EngagementEvent::Ended { id, .. } => change(id, &|part| part.over = true),
            _ => {}
        }
    }

    fn worker(&mut self, event: &AgentEvent) {
        match event {
            AgentEvent::SignedIn { agent, .. } => {
                let begins = Worker { activity: Activity::NotReady(None), ready: false };
                self.workers.insert(*agent, begins);
            }
            AgentEvent::SignedOut { agent, .. } => {
                self.workers.remove(agent);
            }
            AgentEvent::PresenceSet { agent, presence } => {
                if let Some(worker) = self.workers.get_mut(agent) {
                    worker.ready = *presence == Presence::Ready;
                }
            }
            AgentEvent::StateChanged { agent, to, .. } => {
                if let Some(worker) = self.workers.get_mut(agent) {
                    worker.activity = *to;
                }
            }
            _ => {}
        }
    }

    fn consult(&mut self, event: &ConsultEvent) {
        match event {
            ConsultEvent::Started { engagement, .. } => {
                self.consults.insert(*engagement, false);
            }
            ConsultEvent::Answered { engagement, .. } => {
                self.consults.insert(*engagement, true);
            }
            ConsultEvent::Ended { engagement, .. } => {
                self.consults.remove(engagement);
            }
            _ => {}
        }
    }

    fn effect(&mut self, effect: &Effect) {
        if let EffectKind::Originate { leg, to, .. } = &effect.kind
            && matches!(self.legs.get(leg), Some(End::Outside(_)))
            && let Some(number) = to.clear()
        {
            self.legs.insert(*leg, End::Outside(number.clone()));
        }
        let text = super::effects::asked(self, &effect.kind);
        self.asked.insert(effect.id, text);
    }
}
