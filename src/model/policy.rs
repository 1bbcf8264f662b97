//! Rules and bounds that hold for the whole center.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::keyed::keyed;
use super::{Channel, Misses};
use crate::time::Duration;

/// Rules for agents and calls that hold for the whole center.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct Policies {
    /// How long an offer may ring.
    pub offer_timeout: Duration,
    /// How long an accepted offer may take to connect.
    pub connect_timeout: Duration,
    /// How long an (agent, request) pair is excluded after a reject, no answer or device failure.
    pub exclusion: Duration,
    /// What follows when an agent does not answer: by default not ready at once.
    pub no_answer: Misses,
    /// What follows when an agent's device cannot be reached: by default not ready after three failures in a row.
    pub device_failure: Misses,
    /// How long live work of an agent goes on after the desktop is lost.
    pub desktop_grace: Duration,
    /// How long an agent may finish work after asking to leave or for a break. Then what nobody waits for
    /// right now returns to its queue, and supervisors are told of what goes on.
    pub drain_timeout: Duration,
    /// How long a host may stay away before the calls it held count as lost.
    pub host_lost_grace: Duration,
    /// A second sign-in takes over the session of the first; otherwise it is rejected.
    pub sign_in_takes_over: bool,
    /// A customer gone sooner than this is a short abandon.
    pub short_abandon: Duration,
    /// How long a closed interaction stays in memory for late commands.
    pub closed_retention: Duration,
    /// How long an idle conversation stays open for another contact of the same customer.
    pub conversation_retention: Duration,
    /// How long an operation of a host may take when it names no deadline of its own.
    pub effect_timeout: Duration,
    /// How long a transfer or a consult may take until an agent or somebody outside has answered.
    pub transfer_timeout: Duration,
    /// How long a customer who was handed on to a queue may wait there before the transfer has failed.
    pub queue_transfer_timeout: Duration,
    /// How long a request waits at a named agent before it goes on to the agent's coverage.
    pub direct_wait: Duration,
    /// How long a voice message may be that a caller leaves whom the coverage of an agent sends to a mailbox.
    pub message_max: Duration,
    /// How long a customer who writes again waits for the agent who put the work away, before others
    /// may take it.
    pub owner_hold: Duration,
    /// What happens when somebody does not write, by channel; nothing where a channel is absent.
    #[serde(deserialize_with = "keyed")]
    pub silence: BTreeMap<Channel, Silence>,
    /// How long calls of an agent go on after phone or softphone is lost. Then they end; the agent stays at
    /// work for the rest.
    pub media_grace: Duration,
    /// What happens when a customer who waits comes in once more.
    pub already_waiting: AlreadyWaiting,
    /// Waiting credit by rank of the customer: the first one is for tier 1. Higher tiers have the last
    /// one, tier 0 has none.
    pub tier_boosts: Vec<Duration>,
    /// Waiting credit of a customer who comes again.
    pub repeat_boost: Duration,
    /// How long after a contact was over the next one counts as coming again. A conversation is not
    /// remembered beyond its retention.
    pub repeat_window: Duration,
    /// How long an agent may look at a case before calling.
    pub preview_timeout: Duration,
    /// How long the phone of somebody whom an agent calls may ring.
    pub dial_timeout: Duration,
    /// How long before the end of a shift nothing new of a channel is offered any more; of a channel that is
    /// absent, up to the end.
    #[serde(deserialize_with = "keyed")]
    pub shift_cutoffs: BTreeMap<Channel, Duration>,
    /// In what time what an agent has answered counts half, where queues choose whoever has answered fewest.
    pub handled_half_life: Duration,
    /// Another system says who takes what: the engine makes no offers of its own. Requests wait until they are offered
    /// or given to somebody by hand (`OfferRequest`, `PullRequest`, `AssignRequest`); who is wanted by name is offered
    /// them all the same.
    pub matched_elsewhere: bool,
}

/// What happens when a customer who waits, or was promised a call, comes in once more, recognized by the
/// token. A promise whose time has come waits like any other.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum AlreadyWaiting {
    /// Both wait, each at its own place; what is promised stays.
    #[default]
    KeepBoth,
    /// Both wait at the older one's place in time; whoever answers one of them is told of the others,
    /// and of what is promised.
    Join,
    /// On the same channel the new one takes the place in time of the older one, which ends; on another
    /// channel both wait. What is promised ends when an agent has answered the call that came in.
    Replace,
}

impl Default for Policies {
    fn default() -> Self {
        Self {
            offer_timeout: Duration::from_secs(20),
            connect_timeout: Duration::from_secs(10),
            exclusion: Duration::from_secs(30),
            no_answer: Misses::new().not_ready_after(1),
            device_failure: Misses::new().not_ready_after(3),
            desktop_grace: Duration::from_secs(30),
            drain_timeout: Duration::from_mins(60),
            host_lost_grace: Duration::from_secs(30),
            sign_in_takes_over: true,
            short_abandon: Duration::from_secs(5),
            closed_retention: Duration::from_secs(60),
            conversation_retention: Duration::from_hours(24),
            effect_timeout: Duration::from_secs(30),
            transfer_timeout: Duration::from_secs(60),
            queue_transfer_timeout: Duration::from_mins(30),
            direct_wait: Duration::from_secs(60),
            message_max: Duration::from_mins(3),
            owner_hold: Duration::from_mins(5),
            silence: BTreeMap::new(),
            media_grace: Duration::from_secs(30),
            already_waiting: AlreadyWaiting::KeepBoth,
            tier_boosts: Vec::new(),
            repeat_boost: Duration::ZERO,
            repeat_window: Duration::ZERO,
            preview_timeout: Duration::from_mins(5),
            dial_timeout: Duration::from_secs(45),
            shift_cutoffs: BTreeMap::new(),
            handled_half_life: Duration::from_hours(1),
            matched_elsewhere: false,
        }
    }
}

/// What happens when somebody on a written channel does not write.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct Silence {
    /// How long the customer may be silent before being asked.
    pub customer: Option<Duration>,
    /// What the customer is asked; nothing when empty.
    pub ask: String,
    /// How long after that the interaction is closed; never when absent.
    pub close: Option<Duration>,
    /// How long the agent may be silent before a supervisor is told.
    pub agent: Option<Duration>,
}

/// Bounds on everything that can grow. Reaching one is a rejection or a stated rule, never a surprise.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct Limits {
    /// Interactions alive at once.
    pub interactions: u32,
    /// Closed interactions kept for late commands.
    pub closed_interactions: u32,
    /// Conversations kept.
    pub conversations: u32,
    /// Agents that may be configured.
    pub agents: u32,
    /// Queues that may be configured.
    pub queues: u32,
    /// Work items one agent may hold at once.
    pub engagements_per_agent: u32,
    /// Participants of one interaction.
    pub participants: u32,
    /// Context entries of one conversation, and as many answers about consent in one interaction.
    pub context_entries: u32,
    /// Bytes of one context value.
    pub context_bytes: u32,
    /// Effects waiting to be carried out, in all lanes.
    pub pending_effects: u32,
    /// Commands remembered against doubling.
    pub dedupe_commands: u32,
    /// How long they are remembered.
    pub dedupe_window: Duration,
    /// Sources of facts whose last number is remembered.
    pub sources: u32,
    /// Changes in one configuration command.
    pub changes_per_command: u32,
    /// Facts in one command that reports them.
    pub facts_per_command: u32,
    /// Bytes of the longest text in one input.
    pub text_bytes: u32,
    /// Items of all lists in one input; a host that comes back lists all its legs in one.
    pub items_per_message: u32,
    /// Waiting requests re-planned in one step after a configuration change.
    pub replan_chunk: u32,
    /// Timers fired in one call of the engine.
    pub timers_per_call: u32,
    /// Records made and not yet persisted.
    pub unpersisted_records: u32,
    /// A step of the clock forward beyond this is reported.
    pub clock_jump: Duration,
    /// A step of the clock backward beyond this rebases wall time.
    pub clock_step_back: Duration,
    /// Customers on the block list; an entry that has expired counts no more.
    pub blocked_customers: u32,
    /// Rotas that may be configured.
    pub rotas: u32,
    /// Scores of agents that the host may set, for all queues together.
    pub scores: u32,
    /// Agents whom one request may ring at once.
    pub offers_at_once: u32,
    /// Agents from whom one request may be kept by hand; those who declined or missed it count, and are kept from it
    /// all the same.
    pub exclusions_per_request: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            interactions: 2_000_000,
            closed_interactions: 100_000,
            conversations: 4_000_000,
            agents: 200_000,
            queues: 20_000,
            engagements_per_agent: 100,
            participants: 32,
            context_entries: 200,
            context_bytes: 4_096,
            pending_effects: 4_000_000,
            dedupe_commands: 1_000_000,
            dedupe_window: Duration::from_mins(10),
            sources: 10_000,
            changes_per_command: 10_000,
            facts_per_command: 10_000,
            text_bytes: 65_536,
            items_per_message: 2_000_000,
            replan_chunk: 1_000,
            timers_per_call: 1_000,
            unpersisted_records: 100_000,
            clock_jump: Duration::from_mins(5),
            clock_step_back: Duration::from_secs(1),
            blocked_customers: 100_000,
            rotas: 1_000,
            scores: 1_000_000,
            offers_at_once: 1_000,
            exclusions_per_request: 1_000,
        }
    }
}
