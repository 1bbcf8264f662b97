//! The state as data: what a snapshot holds, and how a state is made from it.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::hash::Map;
use super::names::Names;
use super::numbers::Numbers;
use super::relaxing::LongWaits;
use super::staff::Staff;
use super::table::{Rows, Table};
use super::{
    AgentState, Allocated, Announcing, Awaited, BlockList, Config, Conversation, Dedupe, Dial,
    Engagement, Group, HostState, Index, Interaction, Leg, Links, Offer, OnCall, Promise,
    QueueState, Ranked, Recording, Relaxing, Request, Scores, State, Tally, Tokens, Watch, Watches,
    Wheel,
};
use crate::id::{
    AgentId, ConversationId, EffectId, EngagementId, EntryPointId, Epoch, InteractionId, QueueId,
    RequestId, Seq, ShardId,
};
use crate::message::{
    CallbackQuestion, CustomerToken, Effect, IncidentAction, IncidentArea, ShardEvent, TimerId,
};
use crate::model::{Center, Kind};
use crate::time::{Duration, Timestamp};

/// Everything of a [`State`] that is not derived. Entities stand in the order of their ids, so that
/// equal states have equal images. Nothing is copied to be written.
#[derive(Serialize, Deserialize)]
pub(crate) struct Image<'a> {
    shard: ShardId,
    epoch: Epoch,
    seq: Seq,
    at: Timestamp,
    seed: u64,
    wall_offset: Duration,
    version: u64,
    center: Cow<'a, Center>,
    numbers: Cow<'a, Numbers>,
    conversations: Cow<'a, Table<Conversation>>,
    interactions: Cow<'a, Table<Interaction>>,
    legs: Cow<'a, Table<Leg>>,
    requests: Cow<'a, Table<Request>>,
    offers: Cow<'a, Table<Offer>>,
    engagements: Cow<'a, Table<Engagement>>,
    agents: Cow<'a, Rows<AgentState>>,
    queues: Cow<'a, Rows<QueueState>>,
    hosts: Cow<'a, Rows<HostState>>,
    entry_points: Cow<'a, BTreeMap<EntryPointId, u32>>,
    effects: Cow<'a, BTreeMap<EffectId, Box<Effect>>>,
    dedupe: Cow<'a, Dedupe>,
    closed: Cow<'a, VecDeque<(Timestamp, InteractionId)>>,
    idle_conversations: Cow<'a, VecDeque<(Timestamp, ConversationId)>>,
    replan: Option<(Timestamp, Option<RequestId>)>,
    recordings: Cow<'a, Table<Recording>>,
    relaxing: Cow<'a, Table<Relaxing>>,
    late_at: Cow<'a, BTreeMap<RequestId, Timestamp>>,
    announcing: Cow<'a, BTreeMap<RequestId, Announcing>>,
    asked_back: Cow<'a, BTreeMap<RequestId, (CallbackQuestion, EffectId)>>,
    tallies: Cow<'a, BTreeMap<AgentId, Tally>>,
    tallies_until: Option<Timestamp>,
    allocated: Cow<'a, BTreeMap<QueueId, Allocated>>,
    scores: Cow<'a, BTreeMap<(AgentId, QueueId), i32>>,
    links: BTreeMap<ConversationId, ConversationId>,
    blocked: BTreeMap<CustomerToken, Option<Timestamp>>,
    incidents: BTreeMap<IncidentArea, (IncidentAction, Option<Timestamp>)>,
    watches: BTreeMap<EngagementId, Watch>,
    dials: BTreeMap<EngagementId, Dial>,
    callbacks: Cow<'a, BTreeMap<RequestId, Promise>>,
    on_calls: Cow<'a, BTreeMap<RequestId, OnCall>>,
    groups: Cow<'a, BTreeMap<RequestId, Group>>,
}

impl State {
    /// The state after record 1.
    pub(crate) fn opened(event: &ShardEvent, at: Timestamp) -> Option<Self> {
        let ShardEvent::Opened { shard, epoch, seed, center } = event else { return None };
        let mut state = Self::empty(*shard, *epoch, *seed, Config::new(Arc::clone(center)), at);
        state.add_numbered();
        Some(state)
    }

    fn empty(shard: ShardId, epoch: Epoch, seed: u64, config: Config, at: Timestamp) -> Self {
        Self {
            shard,
            epoch,
            seq: Seq(0),
            at,
            seed,
            wall_offset: Duration::ZERO,
            ranked: Ranked::of(&config),
            config,
            conversations: Table::default(),
            interactions: Table::default(),
            legs: Table::default(),
            requests: Table::default(),
            offers: Table::default(),
            engagements: Table::default(),
            agents: Rows::default(),
            queues: Rows::default(),
            hosts: Rows::default(),
            recordings: Table::default(),
            relaxing: Table::default(),
            late_at: BTreeMap::new(),
            announcing: BTreeMap::new(),
            asked_back: BTreeMap::new(),
            tallies: BTreeMap::new(),
            tallies_until: None,
            allocated: BTreeMap::new(),
            scores: Scores::default(),
            guarded: BTreeMap::new(),
            long_waits: LongWaits::default(),
            awaited: Awaited::default(),
            watches: Watches::default(),
            dials: BTreeMap::new(),
            callbacks: BTreeMap::new(),
            on_calls: BTreeMap::new(),
            groups: BTreeMap::new(),
            links: Links::default(),
            blocked: BlockList::default(),
            incidents: BTreeMap::new(),
            entry_points: BTreeMap::new(),
            effects: BTreeMap::new(),
            dedupe: Dedupe::default(),
            closed: VecDeque::new(),
            idle_conversations: VecDeque::new(),
            replan: None,
            index: Index::default(),
            timers: Wheel::new(at),
            names: Names::default(),
            by_guest: Map::default(),
            by_message: Map::default(),
            by_token: Tokens::default(),
            declined: BTreeSet::new(),
            staff: Staff::default(),
            touched: smallvec::SmallVec::new(),
            came_or_went: smallvec::SmallVec::new(),
            mailboxes: smallvec::SmallVec::new(),
            guards: smallvec::SmallVec::new(),
            staff_guards: false,
            left: smallvec::SmallVec::new(),
            heard: smallvec::SmallVec::new(),
        }
    }

    /// The state as data.
    pub(crate) fn image(&self) -> Image<'_> {
        Image {
            shard: self.shard,
            epoch: self.epoch,
            seq: self.seq,
            at: self.at,
            seed: self.seed,
            wall_offset: self.wall_offset,
            version: self.config.version,
            center: Cow::Borrowed(&self.config.center),
            numbers: Cow::Borrowed(&self.config.numbers),
            conversations: Cow::Borrowed(&self.conversations),
            interactions: Cow::Borrowed(&self.interactions),
            legs: Cow::Borrowed(&self.legs),
            requests: Cow::Borrowed(&self.requests),
            offers: Cow::Borrowed(&self.offers),
            engagements: Cow::Borrowed(&self.engagements),
            agents: Cow::Borrowed(&self.agents),
            queues: Cow::Borrowed(&self.queues),
            hosts: Cow::Borrowed(&self.hosts),
            entry_points: Cow::Borrowed(&self.entry_points),
            effects: Cow::Borrowed(&self.effects),
            dedupe: Cow::Borrowed(&self.dedupe),
            closed: Cow::Borrowed(&self.closed),
            idle_conversations: Cow::Borrowed(&self.idle_conversations),
            replan: self.replan,
            recordings: Cow::Borrowed(&self.recordings),
            relaxing: Cow::Borrowed(&self.relaxing),
            late_at: Cow::Borrowed(&self.late_at),
            announcing: Cow::Borrowed(&self.announcing),
            asked_back: Cow::Borrowed(&self.asked_back),
            tallies: Cow::Borrowed(&self.tallies),
            tallies_until: self.tallies_until,
            allocated: Cow::Borrowed(&self.allocated),
            scores: Cow::Borrowed(self.scores.given()),
            links: self.links.pairs().clone(),
            blocked: self.blocked.entries().clone(),
            incidents: self.incidents.clone(),
            watches: self.watches.all().clone(),
            dials: self.dials.clone(),
            callbacks: Cow::Borrowed(&self.callbacks),
            on_calls: Cow::Borrowed(&self.on_calls),
            groups: Cow::Borrowed(&self.groups),
        }
    }

    /// The state that the image is of, with everything derived made anew.
    pub(crate) fn from_image(image: Image<'_>) -> Self {
        let (center, numbers) = (Arc::new(image.center.into_owned()), image.numbers.into_owned());
        let config = Config::with_numbers(center, numbers, image.version);
        let mut state = Self::empty(image.shard, image.epoch, image.seed, config, image.at);
        state.seq = image.seq;
        state.wall_offset = image.wall_offset;
        state.conversations = image.conversations.into_owned();
        state.interactions = image.interactions.into_owned();
        state.legs = image.legs.into_owned();
        state.requests = image.requests.into_owned();
        state.offers = image.offers.into_owned();
        state.engagements = image.engagements.into_owned();
        state.agents = image.agents.into_owned();
        state.queues = image.queues.into_owned();
        state.hosts = image.hosts.into_owned();
        state.entry_points = image.entry_points.into_owned();
        state.effects = image.effects.into_owned();
        state.dedupe = image.dedupe.into_owned();
        state.closed = image.closed.into_owned();
        state.idle_conversations = image.idle_conversations.into_owned();
        state.replan = image.replan;
        state.recordings = image.recordings.into_owned();
        state.relaxing = image.relaxing.into_owned();
        state.late_at = image.late_at.into_owned();
        state.announcing = image.announcing.into_owned();
        state.asked_back = image.asked_back.into_owned();
        state.tallies = image.tallies.into_owned();
        state.tallies_until = image.tallies_until;
        state.allocated = image.allocated.into_owned();
        state.scores = Scores::new(image.scores.into_owned());
        state.links = Links::from_pairs(image.links);
        state.blocked = BlockList::from_entries(image.blocked);
        state.incidents = image.incidents;
        state.watches = Watches::of(image.watches);
        state.dials = image.dials;
        state.callbacks = image.callbacks.into_owned();
        state.on_calls = image.on_calls.into_owned();
        state.groups = image.groups.into_owned();
        state.derive();
        state
    }

    /// Makes the indexes anew from the tables.
    fn derive(&mut self) {
        for conversation in self.conversations.iter() {
            self.by_token.add(conversation);
        }
        self.declined = self.agents.iter().flat_map(AgentState::declined_queues).collect();
        self.names.reserve(&self.legs);
        for leg in self.legs.iter() {
            self.names.add(&self.legs, leg.id);
        }
        for interaction in self.interactions.iter() {
            let guests = interaction.meeting().into_iter().flat_map(|meeting| &meeting.guests);
            self.by_guest.extend(guests.map(|guest| (guest.participant, guest.leg)));
            let messages = interaction.thread.iter().flat_map(|thread| &thread.messages);
            self.by_message.extend(messages.map(|(message, _)| (*message, interaction.id)));
        }
        let rows: Vec<Relaxing> = self.relaxing.iter().cloned().collect();
        for row in rows {
            if let Some(queue) = self.request(row.id).map(|request| request.queue) {
                self.note_guarded(queue, &row);
            }
        }
        for (timer, deadline) in self.deadlines() {
            self.timers.set(timer, deadline);
        }
        let requests: Vec<RequestId> = self.requests.sorted().iter().map(|r| r.id).collect();
        for id in requests {
            self.file_request(id);
        }
        for n in 0..self.config.numbers.next(Kind::Agent) {
            self.refresh_agent(AgentId(n));
        }
        self.drop_stale_idle();
        self.arm_eviction();
        self.forget_step();
    }

    /// Every timer that the entities' deadlines ask for, but for eviction.
    fn deadlines(&self) -> Vec<(TimerId, Timestamp)> {
        let mut all = Vec::new();
        let mut add = |timer, deadline: Option<Timestamp>| {
            all.extend(deadline.map(|deadline| (timer, deadline)));
        };
        for effect in self.effects.values() {
            add(TimerId::Effect(effect.id), Some(effect.deadline));
        }
        for offer in self.offers.iter() {
            match offer.accepted {
                Some(accepted) => add(TimerId::Connect(offer.id), Some(accepted.deadline)),
                None => add(TimerId::Offer(offer.id), Some(offer.deadline)),
            }
        }
        for (id, meeting) in self.interactions.iter().filter_map(|i| Some((i.id, i.meeting()?))) {
            let running = meeting.transfer.filter(|t| t.op.is_none() && !t.failed);
            add(TimerId::Transfer(id), running.map(|transfer| transfer.deadline));
            for consult in meeting.consults.iter().filter(|consult| !consult.answered) {
                add(TimerId::Consult(consult.engagement), Some(consult.deadline));
            }
        }
        for (id, thread) in
            self.interactions.iter().filter_map(|i| Some((i.id, i.thread.as_ref()?)))
        {
            add(TimerId::Parked(id), thread.parked_until);
            add(TimerId::Idle(id), thread.idle_until);
            add(TimerId::Unheard(id), thread.voicemail.and_then(|message| message.unheard_until));
        }
        for engagement in self.engagements.iter() {
            add(TimerId::WrapUp(engagement.id), engagement.wrap_up_until);
        }
        for (id, promise) in &self.callbacks {
            add(TimerId::Callback(*id), Some(promise.not_before));
        }
        for (id, dial) in &self.dials {
            add(TimerId::Preview(*id), dial.preview_until);
        }
        for (id, row) in &self.on_calls {
            add(TimerId::OnCall(*id), row.call.map(|call| call.deadline));
        }
        for (id, group) in &self.groups {
            add(TimerId::Ringing(*id), group.grows_at);
        }
        self.deadlines_of_requests(&mut add);
        self.deadlines_of_resources(&mut add);
        for (area, (_, until)) in &self.incidents {
            add(TimerId::Incident(*area), *until);
        }
        add(TimerId::Tallies, self.tallies_until);
        for row in self.relaxing.iter() {
            add(TimerId::Relaxation(row.id), row.at);
        }
        for recording in self.recordings.iter() {
            add(TimerId::Recording(recording.id), recording.stopping_until);
        }
        add(TimerId::Replan, self.replan.map(|(since, _)| since));
        all
    }

    /// Those of requests that wait.
    fn deadlines_of_requests(&self, add: &mut impl FnMut(TimerId, Option<Timestamp>)) {
        for request in self.requests.iter() {
            if request.state == super::RequestState::Waiting {
                add(TimerId::QueueWait(request.id), request.wait_until);
            }
            for (agent, until) in request.exclusions.iter() {
                add(TimerId::Exclusion(request.id, *agent), Some(*until));
            }
        }
        for (request, row) in &self.announcing {
            add(TimerId::Announcement(*request), Some(row.next));
        }
        for (request, at) in &self.late_at {
            add(TimerId::Late(*request), Some(*at));
        }
    }

    /// Those of agents, queues and hosts.
    fn deadlines_of_resources(&self, add: &mut impl FnMut(TimerId, Option<Timestamp>)) {
        for agent in self.agents.iter() {
            let session = agent.session.as_ref();
            add(TimerId::Desktop(agent.id), session.and_then(|s| s.desktop_lost_until));
            add(TimerId::Drain(agent.id), agent.drain_until);
            add(TimerId::Shift(agent.id), agent.shift.next);
            add(TimerId::BackOff(agent.id), agent.back_off);
            add(TimerId::Media(agent.id), session.and_then(|s| s.media.deadline()));
        }
        for queue in self.queues.iter() {
            add(TimerId::QueueHours(queue.id), queue.next_change);
            add(TimerId::QueueSwitch(queue.id), queue.switch_until);
            add(TimerId::QueueUnstaffed(queue.id), queue.unstaffed_until);
        }
        for host in self.hosts.iter() {
            add(TimerId::Host(host.id), host.lost_until);
        }
    }
}
