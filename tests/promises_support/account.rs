//! What each party of an interaction did, from instant to instant.
//!
//! Every party has a line: at such an instant it began to do such a thing. A fact that is reported to
//! have happened before the one it follows on, happened at the same instant as that one (model: durations
//! are bounded by the previous fact).

use std::collections::{BTreeMap, BTreeSet};

use switchboard::id::{AgentId, EngagementId, InteractionId, OfferId, RequestId};
use switchboard::message::{
    EngagementEvent, EngagementRole, Event, InteractionEvent, Mailbox, MessageEvent, MonitorEvent,
    OfferEvent, OnCallEnd, OnCallEvent, Outcome, Phase, Record, RequestEvent, TransferEvent,
    VoicemailEvent,
};
use switchboard::time::{Duration, Timestamp};

/// Who does something.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) enum Who {
    Customer,
    Request(RequestId),
    Offer(OfferId, AgentId),
    Part(EngagementId),
    /// Those on call, for a request.
    OnCall(RequestId),
}

/// What is done.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) enum Doing {
    Nothing,
    /// The customer is there.
    Present,
    /// A host hands the customer on.
    HandOn,
    /// The customer waits for an agent.
    Wait,
    /// An agent waits for another one.
    Ask,
    Alert,
    Connect,
    Talk,
    Advise,
    Observe,
    Hold,
    Aside,
    WrapUp,
    /// Somebody on call is sought for the customer.
    Seek,
    /// Somebody on call is with the customer.
    OnCall,
}

impl Doing {
    /// Whether the customer is served by it, or waits to be.
    const fn is_of_customer(self) -> bool {
        matches!(
            self,
            Self::Wait | Self::Talk | Self::Hold | Self::Aside | Self::Seek | Self::OnCall
        )
    }
}

/// How a customer's time was spent.
#[derive(Clone, Copy, Default, Debug)]
pub(crate) struct CustomerTime {
    /// All of it, from coming to leaving, for each time the customer came.
    pub(crate) there: Duration,
    /// Waiting, with agents or people on call, on hold, put aside.
    pub(crate) served: Duration,
    /// What more than one did with the customer at once, for each beyond the first.
    pub(crate) beside: Duration,
    /// An agent who calls by hand was calling the customer.
    pub(crate) called: Duration,
    /// A host was handing the customer on, and whoever had asked for it had left already.
    pub(crate) handed_on: Duration,
    /// Nothing of that.
    pub(crate) alone: Duration,
}

/// One interaction, from where it was opened, or opened again, to where it was closed.
#[derive(Clone, Debug)]
pub(crate) struct Account {
    pub(crate) interaction: InteractionId,
    pub(crate) opened_at: Timestamp,
    pub(crate) ended_at: Timestamp,
    pub(crate) closed_at: Option<Timestamp>,
    /// Facts that were reported to have happened before the one they follow on.
    pub(crate) clamped: u32,
    /// Who did what from when on, in the order of the journal.
    lines: BTreeMap<Who, Line>,
    /// When a host was handing the customer on.
    host: Line,
    /// When a caller left a message; while a message was kept for an agent.
    message: Line,
}

/// From when on what is done.
type Line = Vec<(Timestamp, Doing)>;

impl Account {
    /// All interactions of a journal in the order of closing.
    pub(crate) fn of(records: &[Record]) -> Vec<Self> {
        let mut reader = Reader::default();
        for record in records {
            for (at, event) in record.timed_events() {
                reader.read(at, event);
            }
            reader.close();
        }
        assert!(reader.open.is_empty(), "every interaction is closed in the end");
        reader.closed
    }

    /// How long each party did each thing: time is cut at every instant at which anything happened, and
    /// each piece is given to whoever did something in it.
    pub(crate) fn lengths(&self) -> BTreeMap<(Who, Doing), Duration> {
        let mut lengths: BTreeMap<(Who, Doing), Duration> = BTreeMap::new();
        for (from, to) in self.pieces() {
            for who in self.lines.keys() {
                *lengths.entry((*who, self.doing(*who, from))).or_default() += to.since(from);
            }
        }
        lengths.retain(|(_, doing), length| *doing != Doing::Nothing && *length > Duration::ZERO);
        lengths
    }

    /// How the customer's time was spent. Nobody serves a customer who is not there.
    pub(crate) fn of_customer(&self) -> CustomerTime {
        let mut time = CustomerTime::default();
        for (from, to) in self.pieces() {
            let doing = self.lines.keys().map(|who| self.doing(*who, from));
            let served = doing.clone().filter(|doing| doing.is_of_customer()).count();
            let called = doing.clone().any(|doing| doing == Doing::Connect);
            let handed_on = [&self.host, &self.message]
                .into_iter()
                .any(|line| at_instant(line, from) == Doing::HandOn);
            let there = self.doing(Who::Customer, from) == Doing::Present;
            assert!(there || served == 0, "served and not there at {from:?}: {self:#?}");
            let length = to.since(from);
            match served {
                _ if !there => {}
                0 if called => time.called += length,
                0 if handed_on => time.handed_on += length,
                0 => time.alone += length,
                _ => time.served += length,
            }
            for _ in 1..served {
                time.beside += length;
            }
            if there {
                time.there += length;
            }
        }
        time
    }

    /// How long a party had a part in the interaction, from its opening to its closing. A supervisor who
    /// follows an agent may come more than once.
    pub(crate) fn span(&self, who: Who) -> Duration {
        let (mut span, mut since) = (Duration::ZERO, None);
        for (at, doing) in self.lines.get(&who).into_iter().flatten() {
            if *doing == Doing::Nothing {
                span += at.since(since.take().unwrap());
            } else {
                since.get_or_insert(*at);
            }
        }
        assert_eq!(since, None, "{who:?} is over in the end: {self:#?}");
        span
    }

    pub(crate) fn parties(&self) -> impl Iterator<Item = Who> {
        self.lines.keys().copied()
    }

    fn pieces(&self) -> Vec<(Timestamp, Timestamp)> {
        let instants: BTreeSet<Timestamp> = self
            .lines
            .values()
            .chain([&self.host, &self.message])
            .flatten()
            .map(|(at, _)| *at)
            .collect();
        let instants: Vec<Timestamp> = instants.into_iter().collect();
        instants.windows(2).map(|pair| (pair[0], pair[1])).collect()
    }

    fn doing(&self, who: Who, at: Timestamp) -> Doing {
        self.lines.get(&who).map_or(Doing::Nothing, |line| at_instant(line, at))
    }

    fn line(&mut self, who: Who) -> &mut Line {
        self.lines.entry(who).or_default()
    }
}

/// What was done at an instant: what was begun last by then.
fn at_instant(line: &Line, at: Timestamp) -> Doing {
    line.iter().rev().find(|(from, _)| *from <= at).map_or(Doing::Nothing, |(_, doing)| *doing)
}

/// An agent's part, as the last events left it.
#[derive(Clone, Copy, Debug)]
struct Part {
    interaction: Option<InteractionId>,
    role: EngagementRole,
    phase: Phase,
}

impl Part {
    fn doing(&self) -> Doing {
        match self.phase {
            Phase::Previewing | Phase::Dialing | Phase::Connecting => Doing::Connect,
            Phase::WrapUp => Doing::WrapUp,
            _ if self.role.observes() => Doing::Observe,
            Phase::Active if self.role == EngagementRole::Consulted => Doing::Advise,
            Phase::Active => Doing::Talk,
            Phase::Held => Doing::Hold,
            Phase::Suspended | Phase::Parked => Doing::Aside,
            other => panic!("a phase that nobody has accounted for: {other:?}"),
        }
    }
}

#[derive(Default)]
struct Reader {
    open: BTreeMap<InteractionId, Account>,
    closing: Vec<(InteractionId, Timestamp)>,
    closed: Vec<Account>,
    requests: BTreeMap<RequestId, InteractionId>,
    offers: BTreeMap<OfferId, (InteractionId, AgentId)>,
    parts: BTreeMap<EngagementId, Part>,
    /// What somebody on call has accepted, by the customer whom that one has.
    on_call: BTreeMap<InteractionId, RequestId>,
    /// The latest fact of each party.
    latest: BTreeMap<Who, Timestamp>,
}

impl Reader {
    fn read(&mut self, at: Timestamp, event: &Event) {
        match event {
            Event::Interaction(InteractionEvent::Opened(opened)) => self.opens(opened.id, at),
            Event::Message(MessageEvent::Reopened { interaction }) => {
                if let Some(account) = self.open.get_mut(interaction) {
                    account.line(Who::Customer).push((at, Doing::Present));
                } else {
                    self.opens(*interaction, at);
                }
            }
            Event::Interaction(InteractionEvent::Ended { id, .. }) => self.customer_ends(*id, at),
            Event::Interaction(InteractionEvent::Closed { id }) => self.closing.push((*id, at)),
            Event::Request(event) => self.request(at, event),
            Event::Offer(event) => self.offer(at, event),
            Event::Engagement(event) => self.engagement(at, event),
            Event::Transfer(event) => self.transfer(at, event),
            Event::OnCall(event) => self.on_call(at, event),
            Event::Interaction(InteractionEvent::ParticipantLeft { id, .. }) => {
                // Whoever is on call has the customer alone.
                if let Some(request) = self.on_call.remove(id) {
                    self.mark(Some(*id), Who::OnCall(request), at, Doing::Nothing);
                }
            }
            Event::Voicemail(event) => self.voicemail(at, event),
            Event::Monitor(MonitorEvent::Followed { engagement, interaction, .. }) => {
                let mut part = self.parts[engagement];
                self.mark(part.interaction, Who::Part(*engagement), at, Doing::Nothing);
                part.interaction = *interaction;
                self.goes_on(at, *engagement, part);
            }
            _ => {}
        }
    }

    /// What is closed has no more to come once the record that closes it is over.
    fn close(&mut self) {
        for (id, at) in std::mem::take(&mut self.closing) {
            let mut account = self.open.remove(&id).unwrap();
            let latest = account.lines.values().flatten().map(|(at, _)| *at).max();
            account.closed_at = latest.max(Some(at));
            self.closed.push(account);
        }
    }

    fn opens(&mut self, interaction: InteractionId, at: Timestamp) {
        let lines = BTreeMap::from([(Who::Customer, vec![(at, Doing::Present)])]);
        let account = Account {
            interaction,
            opened_at: at,
            ended_at: at,
            closed_at: None,
            clamped: 0,
            lines,
            host: Line::new(),
            message: Line::new(),
        };
        self.open.insert(interaction, account);
    }

    /// The customer goes, after everything that was done with the customer.
    fn customer_ends(&mut self, id: InteractionId, at: Timestamp) {
        let account = self.open.get_mut(&id).unwrap();
        let lines = account.lines.values();
        let done = lines.flat_map(|line| line.windows(2)).filter(|pair| pair[0].1.is_of_customer());
        let latest = done.map(|pair| pair[1].0).max().unwrap_or(at);
        let latest = latest.max(account.line(Who::Customer).last().unwrap().0);
        account.clamped += u32::from(at < latest);
        account.ended_at = at.max(latest);
        let ended_at = account.ended_at;
        account.line(Who::Customer).push((ended_at, Doing::Nothing));
    }

    fn request(&mut self, at: Timestamp, event: &RequestEvent) {
        match event {
            RequestEvent::Opened(opened) => {
                self.requests.insert(opened.id, opened.interaction);
                let doing = if opened.cause.is_of_agent() { Doing::Ask } else { Doing::Wait };
                let since = opened.queue_entered_at.max(at);
                // What a host reports of itself may be older than what is known of the call. What such
                // a report ends goes on until the wait that it begins.
                for line in self.open.get_mut(&opened.interaction).into_iter().flat_map(|account| {
                    let sought = |(who, _): &(&Who, &mut Line)| matches!(who, Who::OnCall(_));
                    let sought = account.lines.iter_mut().filter(sought).map(|(_, line)| line);
                    sought.chain([&mut account.message])
                }) {
                    if let Some((ended, Doing::Nothing)) = line.last_mut()
                        && *ended == at
                    {
                        *ended = since.max(at);
                    }
                }
                self.mark(Some(opened.interaction), Who::Request(opened.id), since, doing);
            }
            RequestEvent::Ended { id, outcome } => {
                // Answered means: from the instant at which they are together.
                let together = match outcome {
                    Outcome::Answered { engagement, .. } => {
                        self.latest.get(&Who::Part(*engagement)).copied().unwrap_or(at)
                    }
                    _ => at,
                };
                let interaction = self.requests.get(id).copied();
                self.mark(interaction, Who::Request(*id), at.max(together), Doing::Nothing);
            }
            _ => {}
        }
    }

    fn offer(&mut self, at: Timestamp, event: &OfferEvent) {
        match event {
            OfferEvent::Made(made) => {
                let interaction = self.requests[&made.request];
                self.offers.insert(made.id, (interaction, made.agent));
                self.mark(Some(interaction), Who::Offer(made.id, made.agent), at, Doing::Alert);
            }
            // What is accepted first and over later, alerts until it is accepted.
            OfferEvent::Accepted { id, .. } | OfferEvent::Ended { id, .. } => {
                if let Some((interaction, agent)) = self.offers.remove(id) {
                    self.mark(Some(interaction), Who::Offer(*id, agent), at, Doing::Nothing);
                }
            }
            _ => {}
        }
    }

    fn transfer(&mut self, at: Timestamp, event: &TransferEvent) {
        let (interaction, doing) = match event {
            TransferEvent::Started { interaction, op: Some(_), .. } => (interaction, Doing::HandOn),
            TransferEvent::Completed { interaction, .. }
            | TransferEvent::Failed { interaction, .. } => (interaction, Doing::Nothing),
            _ => return,
        };
        let host = &mut self.open.get_mut(interaction).unwrap().host;
        let latest = host.last().map_or(at, |(at, _)| *at);
        host.push((at.max(latest), doing));
    }

    fn on_call(&mut self, at: Timestamp, event: &OnCallEvent) {
        match event {
            OnCallEvent::Started { request, .. } => {
                let asked = self.latest.get(&Who::Request(*request)).copied();
                let since = asked.map_or(at, |asked| at.max(asked));
                self.seeks(since, *request, Doing::Seek);
            }
            // Whoever accepts has the customer from then on, the last resort too.
            OnCallEvent::AttemptEnded { request, end: OnCallEnd::Accepted, .. } => {
                self.on_call.insert(self.requests[request], *request);
                self.seeks(at, *request, Doing::OnCall);
            }
            OnCallEvent::Ended { request, .. }
                if !self.on_call.values().any(|accepted| accepted == request) =>
            {
                self.seeks(at, *request, Doing::Nothing);
            }
            _ => {}
        }
    }

    fn seeks(&mut self, at: Timestamp, request: RequestId, doing: Doing) {
        let interaction = self.requests.get(&request).copied();
        self.mark(interaction, Who::OnCall(request), at, doing);
    }

    fn message(&mut self, at: Timestamp, request: RequestId, doing: Doing) {
        let interaction = self.requests.get(&request);
        if let Some(account) = interaction.and_then(|id| self.open.get_mut(id)) {
            let latest = account.message.last().map_or(at, |(at, _)| *at);
            account.message.push((at.max(latest), doing));
        }
    }

    /// A caller who leaves a message is with the host, and what is kept for one agent waits for nobody.
    fn voicemail(&mut self, at: Timestamp, event: &VoicemailEvent) {
        let (interaction, doing) = match event {
            VoicemailEvent::Asked { request, .. } => {
                return self.message(at, *request, Doing::HandOn);
            }
            VoicemailEvent::AskEnded { request, .. } => {
                return self.message(at, *request, Doing::Nothing);
            }
            VoicemailEvent::Left { interaction, mailbox: Mailbox::Agent(_), .. }
            | VoicemailEvent::Kept { interaction, .. } => (*interaction, Doing::HandOn),
            VoicemailEvent::Claimed { interaction, .. }
            | VoicemailEvent::Moved { interaction, .. } => (*interaction, Doing::Nothing),
            _ => return,
        };
        if let Some(account) = self.open.get_mut(&interaction) {
            let latest = account.message.last().map_or(at, |(at, _)| *at);
            account.message.push((at.max(latest), doing));
        }
    }

    fn engagement(&mut self, at: Timestamp, event: &EngagementEvent) {
        match event {
            EngagementEvent::Opened { id, role, interaction, request, phase, .. } => {
                // Nobody answers before there is something to answer.
                let asked = request.and_then(|request| self.latest.get(&Who::Request(request)));
                let at = asked.map_or(at, |asked| at.max(*asked));
                let part = Part { interaction: *interaction, role: *role, phase: *phase };
                self.goes_on(at, *id, part);
            }
            EngagementEvent::PhaseChanged { id, phase } => {
                let part = self.parts[id];
                self.goes_on(at, *id, Part { phase: *phase, ..part });
            }
            EngagementEvent::WrapUpStarted { id, .. } => {
                let part = self.parts[id];
                self.goes_on(at, *id, Part { phase: Phase::WrapUp, ..part });
            }
            EngagementEvent::RoleChanged { id, role } => {
                let part = self.parts[id];
                self.goes_on(at, *id, Part { role: *role, ..part });
            }
            EngagementEvent::Ended { id, .. } => {
                let part = self.parts.remove(id).unwrap();
                self.mark(part.interaction, Who::Part(*id), at, Doing::Nothing);
            }
            _ => {}
        }
    }

    fn goes_on(&mut self, at: Timestamp, id: EngagementId, part: Part) {
        self.parts.insert(id, part);
        self.mark(part.interaction, Who::Part(id), at, part.doing());
    }

    /// Somebody does something from an instant on, and not before the last thing.
    fn mark(&mut self, to: Option<InteractionId>, who: Who, at: Timestamp, doing: Doing) {
        let latest = self.latest.get(&who).copied().unwrap_or(at);
        self.latest.insert(who, at.max(latest));
        if let Some(account) = to.and_then(|id| self.open.get_mut(&id)) {
            account.clamped += u32::from(at < latest);
            account.line(who).push((at.max(latest), doing));
        }
    }
}
