//! The fold that makes contact records.

mod on_call;

use self::on_call::Duty;
use super::by_id::ById;
use super::contact::{AlertResult, ContactRecord, ContactTotals, Correction, Segment, SegmentKind};
use crate::id::{
    AgentId, DispositionId, EngagementId, InteractionId, OfferId, QueueId, RequestId, Seq,
};
use crate::message::{
    EndCause, EngagementEnd, EngagementEvent, EngagementRole, Event, InteractionEvent,
    InteractionOpened, MessageEvent, MonitorEvent, NumberedFactBody, NumberedFacts, OfferEnd,
    OfferEvent, Outcome, Phase, Record, RequestCause, RequestEvent, RequestOpened, ShardEvent,
    Side,
};
use crate::time::Timestamp;

/// Contact records as a fold over records: one per interaction, handed out once it is closed.
///
/// Give it every record once, in order, and take the closed ones and the corrections from time to time;
/// a record seen before changes nothing.
///
/// A segment begins and ends when its facts happened. What is reported to have ended before it began
/// has no length, and is counted as clamped.
#[derive(Clone, Default, Debug)]
pub struct ContactRecords {
    seq: Seq,
    open: ById<InteractionId, Contact>,
    /// Those that are closed and may open again.
    heads: ById<InteractionId, Contact>,
    waits: ById<RequestId, Wait>,
    alerts: ById<OfferId, Alert>,
    parts: ById<EngagementId, Part>,
    /// Rotas at work, each for whom.
    rotas: ById<RequestId, InteractionId>,
    /// Customers of those on call.
    duties: ById<InteractionId, Duty>,
    /// Closed by the record that is being read.
    closing: Vec<(Timestamp, InteractionId)>,
    closed: Vec<ContactRecord>,
    corrections: Vec<Correction>,
}

/// A contact in the making.
#[derive(Clone, Debug)]
struct Contact {
    record: ContactRecord,
    /// Order in which the segments began, in the order of `record.segments`.
    order: Vec<u32>,
    begun: u32,
    /// The customer's latest fact.
    latest: Timestamp,
}

/// Where and when a segment began.
#[derive(Clone, Copy, Debug)]
struct Begin {
    interaction: InteractionId,
    at: Timestamp,
    order: u32,
}

#[derive(Clone, Copy, Debug)]
struct Wait {
    begin: Begin,
    queue: QueueId,
    cause: RequestCause,
    attempt: u32,
    parent: Option<RequestId>,
}

#[derive(Clone, Copy, Debug)]
struct Alert {
    begin: Begin,
    agent: AgentId,
}

/// An agent's part, in its present phase.
#[derive(Clone, Copy, Debug)]
struct Part {
    begin: Begin,
    agent: AgentId,
    phase: Phase,
    role: EngagementRole,
    together: bool,
    disposition: Option<DispositionId>,
}

impl ContactRecords {
    /// A fold that has seen nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// The last record that was read.
    pub const fn seq(&self) -> Seq {
        self.seq
    }

    /// Interactions that are not closed.
    pub fn open(&self) -> usize {
        self.open.len()
    }

    /// Hands out the interactions that were closed since the last time, in the order of closing.
    #[must_use = "what is taken is not handed out again"]
    pub fn take_closed(&mut self) -> Vec<ContactRecord> {
        std::mem::take(&mut self.closed)
    }

    /// Hands out what was stated late about contacts since the last time, in the order of the log.
    #[must_use = "what is taken is not handed out again"]
    pub fn take_corrections(&mut self) -> Vec<Correction> {
        std::mem::take(&mut self.corrections)
    }

    /// Reads a record.
    pub fn apply(&mut self, record: &Record) {
        if record.seq <= self.seq {
            return;
        }
        self.seq = record.seq;
        for (at, event) in record.timed_events() {
            match event {
                Event::Interaction(InteractionEvent::Closed { id }) => self.closing.push((at, *id)),
                Event::Interaction(event) => self.interaction(at, event),
                Event::Request(event) => self.request(at, event),
                Event::Offer(event) => self.offer(at, event),
                Event::Engagement(event) => self.engagement(at, event),
                Event::Monitor(event) => self.monitor(at, event),
                Event::OnCall(event) => self.on_call(at, event),
                Event::Message(MessageEvent::Reopened { interaction }) => {
                    self.reopened(at, *interaction);
                }
                Event::Shard(ShardEvent::Evicted { interactions, .. }) => {
                    for id in interactions {
                        self.heads.remove(id);
                    }
                }
                Event::Facts(batch) => self.facts(batch),
                _ => {}
            }
        }
        self.close();
    }

    /// Hands out what the record has closed. Whoever followed it stops in the same record, after that.
    fn close(&mut self) {
        for (at, id) in std::mem::take(&mut self.closing) {
            if let Some(contact) = self.open.remove(&id) {
                self.heads.insert(id, contact.again(at));
                self.closed.push(contact.close(at));
            }
        }
    }

    fn interaction(&mut self, at: Timestamp, event: &InteractionEvent) {
        match event {
            InteractionEvent::Opened(opened) => {
                self.open.insert(opened.id, Contact::new(at, opened));
            }
            InteractionEvent::ParticipantLeft { id, .. } => self.duty_over(*id, at),
            InteractionEvent::Ended { id, by, cause } => {
                self.duty_over(*id, at);
                if let Some(contact) = self.open.get_mut(id) {
                    contact.record.clamped += u32::from(at < contact.latest);
                    contact.record.ended_at = at.max(contact.latest);
                    contact.record.ended_by = *by;
                    contact.record.end_cause = *cause;
                }
            }
            _ => {}
        }
    }

    /// What follows goes into another record of the same interaction, unless it was not closed yet.
    fn reopened(&mut self, at: Timestamp, id: InteractionId) {
        if let Some(contact) = self.heads.remove(&id) {
            self.open.insert(id, contact.again(at));
        }
    }

    fn request(&mut self, at: Timestamp, event: &RequestEvent) {
        match event {
            RequestEvent::Opened(opened) => {
                // Whoever is called back has waited for longer than the call that it becomes.
                let since = opened.queue_entered_at.max(at);
                if !opened.cause.is_of_agent() {
                    self.duty_over(opened.interaction, since);
                }
                if let Some(begin) = self.begin(opened.interaction, since) {
                    let &RequestOpened { id, home_queue: queue, cause, attempt, parent, .. } =
                        &**opened;
                    self.waits.insert(id, Wait { begin, queue, cause, attempt, parent });
                }
            }
            RequestEvent::Ended { id, outcome } => {
                if let Some(wait) = self.waits.remove(id) {
                    let Wait { begin, queue, cause, attempt, parent } = wait;
                    // Answered means: from the instant at which they are together.
                    let together = match outcome {
                        Outcome::Answered { engagement, .. } => self.parts.get(engagement),
                        _ => None,
                    };
                    let at = together.map_or(at, |part| at.max(part.begin.at));
                    let (request, outcome) = (*id, outcome.clone());
                    let kind =
                        SegmentKind::Wait { request, queue, cause, attempt, parent, outcome };
                    self.end(begin, at, kind);
                }
            }
            _ => {}
        }
    }

    /// Keeps late dispositions, and whatever may take one back.
    fn facts(&mut self, batch: &NumberedFacts) {
        for fact in &batch.facts {
            let disposition = match &fact.body {
                Some(NumberedFactBody::LateDisposition { engagement, disposition }) => {
                    Some((*engagement, *disposition))
                }
                Some(_) => continue,
                None => None,
            };
            self.corrections.push(Correction {
                source: batch.source.clone(),
                id: fact.id.clone(),
                revision: fact.revision,
                disposition,
            });
        }
    }

    fn offer(&mut self, at: Timestamp, event: &OfferEvent) {
        match event {
            OfferEvent::Made(made) => {
                let interaction = self.waits.get(&made.request).map(|wait| wait.begin.interaction);
                if let Some(begin) = interaction.and_then(|id| self.begin(id, at)) {
                    self.alerts.insert(made.id, Alert { begin, agent: made.agent });
                }
            }
            OfferEvent::Delivered { .. } => {}
            // What follows is the connecting phase of the engagement.
            OfferEvent::Accepted { id, .. } => self.alert_ended(at, *id, AlertResult::Accepted),
            OfferEvent::Ended { id, end, .. } => {
                let result = match end {
                    OfferEnd::Connected => AlertResult::Accepted,
                    OfferEnd::Timeout => AlertResult::NoAnswer,
                    OfferEnd::Rejected(reason) => AlertResult::Rejected(*reason),
                    OfferEnd::Canceled | OfferEnd::Stale | OfferEnd::Outranked => {
                        AlertResult::Canceled
                    }
                    OfferEnd::TakenByAnother => AlertResult::TakenByAnother,
                    OfferEnd::SetupFailed => AlertResult::DeviceFailed,
                };
                self.alert_ended(at, *id, result);
            }
        }
    }

    fn alert_ended(&mut self, at: Timestamp, offer: OfferId, result: AlertResult) {
        if let Some(Alert { begin, agent }) = self.alerts.remove(&offer) {
            self.end(begin, at, SegmentKind::Alert { agent, result });
        }
    }

    fn engagement(&mut self, at: Timestamp, event: &EngagementEvent) {
        match event {
            EngagementEvent::Opened {
                id,
                agent,
                role,
                interaction: Some(interaction),
                request,
                phase,
                ..
            } => {
                let wait = request.and_then(|request| self.waits.get(&request));
                let from = wait.map_or(at, |wait| at.max(wait.begin.at));
                if let Some(begin) = self.begin(*interaction, from) {
                    let (agent, phase, role, disposition) = (*agent, *phase, *role, None);
                    let together = phase == Phase::Active;
                    let part = Part { begin, agent, phase, role, together, disposition };
                    self.parts.insert(*id, part);
                }
            }
            EngagementEvent::PhaseChanged { id, phase } => self.phase(at, *id, *phase),
            EngagementEvent::WrapUpStarted { id, .. } => self.phase(at, *id, Phase::WrapUp),
            EngagementEvent::DispositionSet { id, disposition } => {
                if let Some(part) = self.parts.get_mut(id) {
                    part.disposition = Some(*disposition);
                }
            }
            EngagementEvent::Ended { id, end } => self.part_ended(at, *id, *end),
            EngagementEvent::RoleChanged { id, role } => {
                // What was done so far, was done in the old role.
                if let Some(phase) = self.parts.get(id).map(|part| part.phase) {
                    self.phase(at, *id, phase);
                }
                if let Some(part) = self.parts.get_mut(id) {
                    part.role = *role;
                }
            }
            EngagementEvent::Opened { .. }
            | EngagementEvent::WrapUpExtended { .. }
            | EngagementEvent::AssistanceRequested { .. }
            | EngagementEvent::AssistanceEnded { .. } => {}
        }
    }

    /// A supervisor follows an agent from one interaction to the next.
    fn monitor(&mut self, at: Timestamp, event: &MonitorEvent) {
        let (id, agent, interaction) = match event {
            MonitorEvent::Followed { engagement, supervisor, interaction } => {
                (*engagement, *supervisor, *interaction)
            }
            _ => return,
        };
        self.phase(at, id, Phase::Active);
        self.parts.remove(&id);
        if let Some(begin) = interaction.and_then(|interaction| self.begin(interaction, at)) {
            let (phase, role, together) = (Phase::Active, EngagementRole::Monitor, true);
            let part = Part { begin, agent, phase, role, together, disposition: None };
            self.parts.insert(id, part);
        }
    }

    /// The part goes on to another phase.
    fn phase(&mut self, at: Timestamp, id: EngagementId, next: Phase) {
        let Some(mut part) = self.parts.get(&id).copied() else { return };
        let (agent, together) = (part.agent, next == Phase::Active);
        let kind = match part.phase {
            Phase::Previewing | Phase::Dialing | Phase::Connecting => {
                SegmentKind::Connect { engagement: id, agent, connected: together }
            }
            _ if part.role.observes() => SegmentKind::Observe { engagement: id, agent },
            Phase::Active if part.role == EngagementRole::Consulted => {
                SegmentKind::Advise { engagement: id, agent }
            }
            Phase::Active => SegmentKind::Talk { engagement: id, agent },
            Phase::Held => SegmentKind::Hold { engagement: id, agent },
            Phase::Suspended | Phase::Parked => SegmentKind::Aside { engagement: id, agent },
            // Only its end leads out of wrap-up.
            Phase::WrapUp => return,
        };
        let end = self.end(part.begin, at, kind);
        if let Some(begin) = self.begin(part.begin.interaction, end) {
            part.begin = begin;
        }
        part.phase = next;
        part.together |= together;
        self.parts.insert(id, part);
    }

    fn part_ended(&mut self, at: Timestamp, id: EngagementId, end: EngagementEnd) {
        let finishing = self.parts.get(&id).is_some_and(|part| part.phase == Phase::WrapUp);
        self.phase(at, id, Phase::WrapUp);
        let Some(part) = self.parts.remove(&id) else { return };
        if !(part.together || finishing) || part.role.observes() {
            return;
        }
        let Part { begin, agent, disposition, .. } = part;
        let kind = SegmentKind::WrapUp { engagement: id, agent, disposition, end };
        // A fact that came too early counts once, though it ends what was done and its wrap-up.
        let at = if finishing { at } else { begin.at };
        self.end(begin, at, kind);
    }

    fn begin(&mut self, interaction: InteractionId, at: Timestamp) -> Option<Begin> {
        let contact = self.open.get_mut(&interaction)?;
        let order = contact.begun;
        contact.begun += 1;
        Some(Begin { interaction, at, order })
    }

    /// Adds a segment; says when it ended.
    fn end(&mut self, begin: Begin, at: Timestamp, kind: SegmentKind) -> Timestamp {
        self.end_at(begin, at.max(begin.at), at < begin.at, kind)
    }

    /// The same, with what is known of the end.
    fn end_at(
        &mut self,
        begin: Begin,
        end: Timestamp,
        clamped: bool,
        kind: SegmentKind,
    ) -> Timestamp {
        if let Some(contact) = self.open.get_mut(&begin.interaction) {
            contact.add(begin, end, clamped, kind);
        }
        end
    }
}

impl Contact {
    fn new(at: Timestamp, opened: &InteractionOpened) -> Self {
        let record = ContactRecord {
            interaction: opened.id,
            conversation: opened.conversation,
            brand: opened.brand,
            entry_point: opened.entry_point,
            channel: opened.channel,
            direction: opened.direction,
            origin: opened.origin,
            test: opened.test,
            opened_at: at,
            // Until it ends; an interaction closes after that.
            ended_at: at,
            ended_by: Side::Engine,
            end_cause: EndCause::default(),
            closed_at: at,
            segments: Vec::new(),
            totals: ContactTotals::default(),
            clamped: 0,
        };
        Self { record, order: Vec::new(), begun: 0, latest: at }
    }

    /// The same interaction with nothing in it, from `at` on.
    fn again(&self, at: Timestamp) -> Self {
        let record = ContactRecord {
            opened_at: at,
            ended_at: at,
            closed_at: at,
            segments: Vec::new(),
            totals: ContactTotals::default(),
            clamped: 0,
            ..self.record.clone()
        };
        Self { record, order: Vec::new(), begun: 0, latest: at }
    }

    fn add(&mut self, begin: Begin, end: Timestamp, clamped: bool, kind: SegmentKind) {
        if kind.is_of_customer() {
            self.latest = self.latest.max(end);
        }
        let segment = Segment { start: begin.at, end, kind };
        self.record.clamped += u32::from(clamped);
        self.record.totals.add(&segment);
        self.record.segments.push(segment);
        self.order.push(begin.order);
    }

    fn close(mut self, at: Timestamp) -> ContactRecord {
        let mut segments: Vec<(u32, Segment)> =
            self.order.into_iter().zip(self.record.segments).collect();
        segments.sort_by_key(|(order, _)| *order);
        self.record.segments = segments.into_iter().map(|(_, segment)| segment).collect();
        let ends = self.record.segments.iter().map(|segment| segment.end);
        self.record.closed_at = ends.max().unwrap_or(at).max(self.record.ended_at).max(at);
        self.record
    }
}
