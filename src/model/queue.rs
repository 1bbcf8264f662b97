//! Queues: who may serve, in which order, within which limits, and what happens otherwise.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::keyed::keyed;
use super::{
    AgentGroups, AgentOrder, Announcement, Callbacks, Channel, OrderPolicy, OthersRing, Preferred,
    QueueWeights, Recording, RelaxationStep, Requirement, Reserve, Ringing, Voicemail,
};
use crate::id::Key;
use crate::time::Duration;

/// Where a request goes that leaves the queue without an agent.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Flowout {
    /// On to another queue, keeping its place in time.
    Queue(Key),
    /// The customer is disconnected.
    HangUp,
    /// A caller is called back when it is the turn of the place in this queue, at the number that the call came from;
    /// one who has none that is known, and whoever does not call, is disconnected. Promised calls wait on.
    CallBack,
}

/// What happens to those who wait when the queue closes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum AtClose {
    /// They are served; nobody new comes in.
    #[default]
    Serve,
    /// They leave at once: along the queue's overflow, or out of the center where it has none.
    Disconnect,
    /// Callers are called back when the queue is open again, in the places that they had, at the numbers that their
    /// calls came from; all others leave as with `disconnect`.
    CallBack,
}

/// What counts as nobody being there to serve a queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum NoAgents {
    /// No agent who can serve the queue is signed in.
    NoneSignedIn,
    /// No agent who can serve the queue is in a routable presence.
    NoneRoutable,
}

/// Overflow: when, and where to.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Overflow {
    /// Where the request goes.
    pub to: Flowout,
}

/// Bounds on waiting. What exceeds one takes the queue's overflow, or is disconnected without one.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct QueueLimits {
    /// Requests that may wait at once, those being offered or connected included.
    pub depth: Option<u32>,
    /// How long a request may wait in this queue, from its entry, while no agent has been offered.
    pub wait: Option<Duration>,
    /// Nobody joins who would be expected to wait longer than this, as the middle of the estimate says. It keeps
    /// nobody out while nothing is known.
    pub estimate: Option<Duration>,
    /// Whoever waits on a line, and by the middle of the estimate would have to wait longer than this still, leaves. It
    /// is looked at when the line, or the staff, changes.
    pub estimate_left: Option<Duration>,
}

/// Whether and how agents wrap up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum WrapUpMode {
    /// No wrap-up: the agent is free at once.
    #[default]
    None,
    /// Until the agent says done, at most `limit`.
    Optional,
    /// Until a disposition is given; at `limit` it ends as `disposition_missing`.
    Forced,
    /// Exactly `limit`, unless the agent says done before.
    TimeBoxed,
    /// Exactly `limit`, without an early end.
    TimeBoxedFixed,
    /// As optional, and the agent may ask for more time, each extension at most `limit` again.
    Extendable,
}

/// Wrap-up of a queue: mode and cap.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct WrapUp {
    /// The mode.
    pub mode: WrapUpMode,
    /// The cap; every wrap-up ends here at the latest.
    pub limit: Duration,
    /// How many extensions are allowed (mode `extendable`).
    pub extensions: u8,
}

impl Default for WrapUp {
    fn default() -> Self {
        Self { mode: WrapUpMode::None, limit: Duration::from_mins(2), extensions: 3 }
    }
}

/// A place where requests wait for an agent.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct Queue {
    /// Display name.
    pub name: String,
    /// On whose behalf it serves.
    pub brand: Option<Key>,
    /// What agents must have: skills, attributes.
    pub requirement: Requirement,
    /// Whom its customers get first.
    pub preferred: Preferred,
    /// What changes for a request that waits on, step by step.
    pub relaxation: Vec<RelaxationStep>,
    /// Which group of those agents is asked first.
    pub groups: AgentGroups,
    /// Which of those agents gets the request.
    pub agent_order: AgentOrder,
    /// Agents that are kept back for other queues.
    pub reserves: Vec<Reserve>,
    /// The wait within which requests should be answered.
    pub service_target: Duration,
    /// Targets that differ by channel.
    #[serde(deserialize_with = "keyed")]
    pub channel_targets: BTreeMap<Channel, Duration>,
    /// Waiting credit of the queue, moving its requests forward against other queues.
    pub boost: Duration,
    /// Which of its requests goes first; as in the whole center when absent.
    pub order: Option<OrderPolicy>,
    /// The level of its requests, where levels count.
    pub priority: u8,
    /// What it weighs against other queues, where the center weighs them.
    pub weights: QueueWeights,
    /// When it is open; always when absent.
    pub hours: Option<Key>,
    /// What happens to those who wait when it closes.
    pub at_close: AtClose,
    /// Bounds on waiting.
    pub limits: QueueLimits,
    /// Where requests go that exceed a bound; disconnected when absent.
    pub overflow: Option<Overflow>,
    /// What counts as nobody there, checked when a request joins and when an agent leaves.
    pub no_agents: Option<NoAgents>,
    /// How long nobody may be there before those who wait overflow.
    pub no_agents_grace: Duration,
    /// Wrap-up of its work.
    pub wrap_up: WrapUp,
    /// Dispositions its agents may give, with all below them in the tree; any when empty.
    pub dispositions: Vec<Key>,
    /// What those who wait are told, and when.
    pub announcements: Vec<Announcement>,
    /// Whoever hung up while waiting here and comes again within this time has the place again, recognized by the token;
    /// nobody has when absent. A conversation is not remembered beyond its retention.
    pub resume_within: Option<Duration>,
    /// How its customers are called back who need not stay on the line.
    pub callbacks: Callbacks,
    /// Music for those who wait, by the host's name for it.
    pub music: Option<String>,
    /// Ring time of its offers; the center's when absent.
    pub offer_timeout: Option<Duration>,
    /// How many agents its requests ring at once.
    pub ringing: Ringing,
    /// Until when the others are rung, once somebody takes a request.
    pub others_ring: OthersRing,
    /// Whether agents who ask this queue for advice count as offered to it.
    pub consults_count: bool,
    /// The queue that inherits its waiting requests when it is removed.
    pub heir: Option<Key>,
    /// What is recorded of its calls; as its brand says when absent.
    pub recording: Option<Recording>,
    /// Near its close it takes in whom its staff can still serve, counting that long for one customer;
    /// all until it closes when absent.
    pub last_admission: Option<Duration>,
    /// Its work is urgent: for it an offer of other work that an agent has not accepted is withdrawn.
    pub urgent: bool,
    /// Its group mailbox: what becomes of voice messages.
    pub voicemail: Voicemail,
    /// Whether what it expects of each wait is decided when that begins, stands in the journal, and is compared with
    /// what came of it.
    pub estimates: bool,
    /// The rota that takes its calls while its hours or its switch keep it closed, on hosts whose media the
    /// engine controls. Calls go along the queue's overflow, or are disconnected, when absent. A call that an
    /// incident switch turns away stays turned away.
    pub on_call: Option<Key>,
}

impl Default for Queue {
    fn default() -> Self {
        Self {
            name: String::new(),
            brand: None,
            requirement: Requirement::default(),
            preferred: Preferred::default(),
            relaxation: Vec::new(),
            groups: AgentGroups::default(),
            agent_order: AgentOrder::default(),
            reserves: Vec::new(),
            service_target: Duration::from_secs(20),
            channel_targets: BTreeMap::new(),
            boost: Duration::ZERO,
            order: None,
            priority: 0,
            weights: QueueWeights::default(),
            hours: None,
            at_close: AtClose::default(),
            limits: QueueLimits::default(),
            overflow: None,
            no_agents: None,
            no_agents_grace: Duration::ZERO,
            wrap_up: WrapUp::default(),
            dispositions: Vec::new(),
            announcements: Vec::new(),
            resume_within: None,
            callbacks: Callbacks::default(),
            music: None,
            offer_timeout: None,
            ringing: Ringing::default(),
            others_ring: OthersRing::default(),
            consults_count: false,
            heir: None,
            recording: None,
            last_admission: None,
            urgent: false,
            voicemail: Voicemail::queued(),
            estimates: false,
            on_call: None,
        }
    }
}
