//! The state of a shard and the only code that changes it.
//!
//! Decisions read a [`State`] and write events with a [`Step`]; the step applies each event at once,
//! so that deciding can go on from the outcome. Recovery applies the same events from the journal.
//!
//! | file | subject |
//! |---|---|
//! | `entity.rs` | the entities, plain data |
//! | `customers.rs` | which conversation a token finds, linked conversations, the block list |
//! | `outbound.rs`, `watches.rs`, `on_call.rs` | calls by hand and promised ones, supervisors who follow, rotas at work |
//! | `groups.rs` | requests that ring several agents |
//! | `recordings.rs` | recordings, and who agreed to what |
//! | `rare.rs` | lists that are empty nearly always |
//! | `table.rs` | entities by id or number, with a hash of all |
//! | `config.rs` | the configuration with its keys numbered and resolved |
//! | `numbers.rs`, `plan.rs`, `rota.rs` | numbers of keys; what is needed of each object |
//! | `capacity.rs` | the account of an agent's work |
//! | `ranking.rs`, `allocation.rs` | what agents are chosen by beside idle time; what groups of agents are owed |
//! | `pace.rs`, `pool.rs` | what queues have learned of their waits; whom a line shares its staff with |
//! | `apply/` | what each event changes: total, no choice, no clock |
//! | `step.rs` | the pen of a decision: emits events and effects of one record |
//! | `atoms.rs`, `signature.rs` | what queues ask, in statements; which agents are alike in them, and which queues they may serve |
//! | `index.rs` | who waits and who is free, derived |
//! | `shelf.rs`, `sorted.rs`, `bits.rs` | what the index is made of |
//! | `lines.rs` | what the lines of a queue say |
//! | `names.rs` | legs by what hosts call them, derived |
//! | `wheel.rs` | timers, derived from the deadlines of entities |
//! | `dedupe.rs` | commands and reports that must not count twice |
//! | `image.rs` | the state as it is stored in a snapshot |
//! | `hash.rs` | the one hasher, the same on every machine |

mod allocation;
mod apply;
mod atoms;
mod bits;
pub(crate) mod capacity;
mod classes;
mod config;
mod customers;
mod dedupe;
mod entity;
mod groups;
mod hash;
mod image;
mod index;
mod lines;
mod names;
mod numbers;
mod on_call;
mod outbound;
mod pace;
mod plan;
mod pool;
mod ranking;
mod rare;
mod recordings;
mod relaxing;
mod rota;
mod shelf;
mod signature;
mod sorted;
mod staff;
mod step;
mod table;
mod watches;
mod wheel;

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use smallvec::SmallVec;

pub(crate) use allocation::Allocated;
pub(crate) use apply::{PartyOf, leg_of};
pub(crate) use bits::Bits;
pub(crate) use classes::{GuardPlan, StepPlan};
pub(crate) use config::Config;
pub(crate) use customers::{BlockList, Left, Links, Tokens};
pub(crate) use dedupe::Dedupe;
pub(crate) use entity::{
    AgentState, Announcing, Consult, Conversation, Engagement, Guest, Hold, HostState, Interaction,
    Leg, LegState, MediaLease, Meeting, Offer, OrderKey, QueueState, Request, RequestState, Served,
    Session, Shift, Stage, Strikes, Thread, Transfer, Voicemail, Waiting, WorkItem, at_hand,
};
pub(crate) use groups::Group;
pub(crate) use hash::{Map, fingerprint};
pub(crate) use index::{Band, Free, IdleKey, Index, ServiceKey, WaitingKey, Woken};
pub(crate) use on_call::{OnCall, OnCallAttempt, OnDuty};
pub(crate) use outbound::{Awaited, Callback, CallsOpen, CustomerIs, Dial, Promise};
pub(crate) use pace::{ENOUGH, Faded, Flow, ONE};
pub(crate) use plan::{CoveragePlan, EntryLeads, EntryPlan, OverflowTo, QueuePlan, Turns};
pub(crate) use pool::{Pool, Sharing};
pub(crate) use ranking::{Kept, Ranked, RankedKey, Ranking, Scores, Tally};
pub(crate) use rare::Rare;
pub(crate) use recordings::{Consent, Recording};
pub(crate) use relaxing::{Relaxing, Steps};
pub(crate) use rota::{DutyPlan, LastResortPlan, RotaPlan};
pub(crate) use shelf::{Line, Shelf};
pub(crate) use step::Step;
pub(crate) use table::{Rows, Table};
pub(crate) use watches::{Watch, Watches};
pub(crate) use wheel::Wheel;

use names::Names;
use relaxing::LongWaits;
use staff::Staff;

use crate::id::{
    AgentId, ConversationId, EffectId, EngagementId, EntryPointId, Epoch, HostId, InteractionId,
    LegId, MessageId, OfferId, ParticipantId, QueueId, RecordingId, RequestId, Seq, ShardId,
};
use crate::message::{
    CallbackQuestion, Effect, HostLeg, IncidentAction, IncidentArea, Mailbox, Side, TimerId,
};
use crate::time::{Duration, Timestamp};

/// Everything a shard knows. Fields are read everywhere and changed in `apply` alone; what becomes of a copy is seen by
/// nobody else.
#[derive(Clone)]
pub(crate) struct State {
    pub(crate) shard: ShardId,
    pub(crate) epoch: Epoch,
    /// The last record applied.
    pub(crate) seq: Seq,
    /// Its time.
    pub(crate) at: Timestamp,
    pub(crate) seed: u64,
    /// Wall time minus engine time.
    pub(crate) wall_offset: Duration,
    pub(crate) config: Config,

    pub(crate) conversations: Table<Conversation>,
    pub(crate) interactions: Table<Interaction>,
    pub(crate) legs: Table<Leg>,
    pub(crate) requests: Table<Request>,
    pub(crate) offers: Table<Offer>,
    pub(crate) engagements: Table<Engagement>,
    pub(crate) agents: Rows<AgentState>,
    pub(crate) queues: Rows<QueueState>,
    pub(crate) hosts: Rows<HostState>,
    pub(crate) recordings: Table<Recording>,
    pub(crate) relaxing: Table<Relaxing>,
    /// What agents have been given, where queues choose by it.
    pub(crate) tallies: BTreeMap<AgentId, Tally>,
    /// When what they have answered is halved.
    pub(crate) tallies_until: Option<Timestamp>,
    /// What was offered to the groups of queues that share it out.
    pub(crate) allocated: BTreeMap<QueueId, Allocated>,
    pub(crate) scores: Scores,
    /// Who is told something while waiting.
    pub(crate) announcing: BTreeMap<RequestId, Announcing>,
    /// Callers who are being asked whether they want to be called back, by their requests.
    pub(crate) asked_back: BTreeMap<RequestId, (CallbackQuestion, EffectId)>,
    /// When requests count as late, where that moves them back.
    pub(crate) late_at: BTreeMap<RequestId, Timestamp>,
    /// Supervisors who follow something.
    pub(crate) watches: Watches,
    /// Calls that agents make by hand, by the agent's part.
    pub(crate) dials: BTreeMap<EngagementId, Dial>,
    /// Promised calls that are not due yet.
    pub(crate) callbacks: BTreeMap<RequestId, Promise>,
    /// Rotas at work, by the request that was handed to each.
    pub(crate) on_calls: BTreeMap<RequestId, OnCall>,
    /// Requests that ring several agents at once.
    pub(crate) groups: BTreeMap<RequestId, Group>,
    /// Conversations that joined another one.
    pub(crate) links: Links,
    pub(crate) blocked: BlockList,
    /// Incident switches that are set, each with when it falls back.
    pub(crate) incidents: BTreeMap<IncidentArea, (IncidentAction, Option<Timestamp>)>,
    /// Interactions at each entry point whose customer is still there.
    pub(crate) entry_points: BTreeMap<EntryPointId, u32>,
    /// Operations that have not ended.
    pub(crate) effects: BTreeMap<EffectId, Box<Effect>>,
    pub(crate) dedupe: Dedupe,
    /// Closed interactions, the earliest first.
    pub(crate) closed: VecDeque<(Timestamp, InteractionId)>,
    /// Conversations that became idle, the earliest first; stale where one was taken up again.
    pub(crate) idle_conversations: VecDeque<(Timestamp, ConversationId)>,
    /// Waiting requests are to be planned anew: since when, and the last one done.
    pub(crate) replan: Option<(Timestamp, Option<RequestId>)>,

    // Derived.
    pub(crate) index: Index,
    pub(crate) ranked: Ranked,
    pub(crate) timers: Wheel<TimerId>,
    names: Names,
    pub(crate) by_token: Tokens,
    /// Parties from outside.
    by_guest: Map<ParticipantId, LegId>,
    /// The latest messages of every thread.
    by_message: Map<MessageId, InteractionId>,
    /// Requests whose next step of relaxation waits for its guard alone: whether for agents to be away, and in which
    /// queue.
    guarded: BTreeMap<(bool, QueueId), BTreeSet<RequestId>>,
    long_waits: LongWaits,
    awaited: Awaited,
    /// Queues of which agents take no work.
    declined: BTreeSet<(AgentId, QueueId)>,
    staff: Staff,
    /// Agents that the current step has touched, for their timeline.
    touched: SmallVec<[AgentId; 4]>,
    /// Agents who came or went in the current step.
    came_or_went: SmallVec<[AgentId; 2]>,
    /// Interactions that something of has ended in the current step, and by whom.
    left: SmallVec<[(InteractionId, Side); 2]>,
    /// Interactions in which somebody has come, gone or changed their mind in the current step, where
    /// that may concern a recording.
    heard: SmallVec<[InteractionId; 2]>,
    /// Queues in which the current step may have made a guard hold that a request waits for: by who waits there.
    guards: SmallVec<[QueueId; 1]>,
    /// The same of all queues: by who serves.
    staff_guards: bool,
    /// Mailboxes in which the current step has changed something.
    mailboxes: SmallVec<[Mailbox; 1]>,
}

impl State {
    pub(crate) fn conversation(&self, id: ConversationId) -> Option<&Conversation> {
        self.conversations.get(id.bits())
    }

    pub(crate) fn interaction(&self, id: InteractionId) -> Option<&Interaction> {
        self.interactions.get(id.bits())
    }

    pub(crate) fn leg(&self, id: LegId) -> Option<&Leg> {
        self.legs.get(id.bits())
    }

    pub(crate) fn request(&self, id: RequestId) -> Option<&Request> {
        self.requests.get(id.bits())
    }

    pub(crate) fn offer(&self, id: OfferId) -> Option<&Offer> {
        self.offers.get(id.bits())
    }

    pub(crate) fn engagement(&self, id: EngagementId) -> Option<&Engagement> {
        self.engagements.get(id.bits())
    }

    /// The agent's parts in whatever goes on, in the order in which they were taken on; offers are none yet.
    pub(crate) fn parts_of(&self, agent: AgentId) -> impl Iterator<Item = &Engagement> {
        self.agent(agent).into_iter().flat_map(|row| &row.work).filter_map(|item| match item.hold {
            Hold::Engagement(id) => self.engagement(id),
            Hold::Offer(_) => None,
        })
    }

    pub(crate) fn recording(&self, id: RecordingId) -> Option<&Recording> {
        self.recordings.get(id.bits())
    }

    pub(crate) fn agent(&self, id: AgentId) -> Option<&AgentState> {
        self.agents.get(u128::from(id.0))
    }

    pub(crate) fn queue(&self, id: QueueId) -> Option<&QueueState> {
        self.queues.get(u128::from(id.0))
    }

    pub(crate) fn host(&self, id: HostId) -> Option<&HostState> {
        self.hosts.get(u128::from(id.0))
    }

    /// Whether the engine tells the host what to do with the media.
    pub(crate) fn controls_media(&self, id: HostId) -> bool {
        self.config.host(id).is_some_and(|host| host.media == crate::model::Media::Engine)
    }

    /// Whether no more interactions may be open, those counted that are promised.
    pub(crate) fn is_full(&self) -> bool {
        let open = self.interactions.len().saturating_sub(self.closed.len());
        open + self.callbacks.len() >= self.config.center.limits.interactions as usize
    }

    pub(crate) fn host_is_up(&self, id: HostId) -> bool {
        self.host(id).is_some_and(HostState::is_up)
    }

    /// A leg as its host knows it.
    pub(crate) fn host_leg(&self, leg: LegId) -> HostLeg {
        HostLeg { leg, external: self.leg(leg).and_then(|row| row.external.clone()) }
    }

    /// Whether an id of this shape was ever handed out: what is named by it and is not here is gone.
    pub(crate) fn was_made(&self, origin: crate::id::Origin) -> bool {
        origin.shard == self.shard.0
            && origin.seq <= self.seq.0
            && origin.seq > 0
            && origin.epoch <= self.epoch.0
    }

    /// Lets the engine match by itself what another system says elsewhere, on a copy that nobody else sees.
    pub(crate) fn match_here(&mut self) {
        self.config.matched_elsewhere = false;
    }

    /// Takes the earliest timer that is due. What it stands for still has to be decided.
    pub(crate) fn pop_due(&mut self, at: Timestamp) -> Option<TimerId> {
        self.timers.pop_due(at).map(|(_, timer)| timer)
    }

    /// Sum of the hashes of all entities and of what is not an entity; equal states of the same
    /// version of the code have equal hashes, on every machine.
    pub(crate) fn hash(&mut self) -> u64 {
        let tables = [
            self.conversations.settle_hash(),
            self.interactions.settle_hash(),
            self.legs.settle_hash(),
            self.requests.settle_hash(),
            self.offers.settle_hash(),
            self.engagements.settle_hash(),
            self.agents.settle_hash(),
            self.queues.settle_hash(),
            self.hosts.settle_hash(),
            self.recordings.settle_hash(),
            self.relaxing.settle_hash(),
        ];
        fingerprint(&(
            tables,
            (self.shard, self.epoch, self.seq, self.at, self.seed, self.wall_offset),
            (&self.entry_points, &self.effects, &self.closed, &self.idle_conversations),
            (
                self.replan,
                self.config.version,
                self.dedupe.digest(),
                (&self.late_at, &self.announcing, &self.asked_back),
            ),
            (&self.tallies, self.tallies_until, &self.allocated, self.scores.given()),
            (
                self.links.pairs(),
                self.blocked.entries(),
                &self.incidents,
                (self.watches.all(), &self.dials, &self.callbacks, &self.on_calls),
                &self.groups,
            ),
        ))
    }

    /// What the derived indexes hold; two states with equal hashes must agree on it.
    pub(crate) fn derived(&self) -> impl PartialEq + std::fmt::Debug + use<> {
        (
            (self.index.contents(&self.config.classes), self.ranked.contents()),
            self.scores.contents(),
            self.guarded.clone(),
            (self.long_waits.clone(), self.awaited.clone()),
            self.timers.next_deadline(),
            self.timers.len(),
        )
    }
}
