//! Constructors and setters of queues.

use super::Draft;
use crate::id::Key;
use crate::model::{
    AgentGroups, AgentOrder, Announcement, AtClose, Callbacks, Channel, Flowout, NoAgents,
    OrderPolicy, OthersRing, Overflow, Preferred, Queue, QueueWeights, Recording, Requirement,
    Reserve, Ringing, Voicemail, WrapUp, WrapUpMode,
};
use crate::time::Duration;

impl Queue {
    /// A queue that anybody may serve, always open, with a service target of 20 s.
    pub fn new() -> Draft<Self> {
        Draft::from(Self::default())
    }
}

/// Asks for this too.
fn ask(queue: &mut Queue, more: Requirement) {
    queue.requirement = std::mem::take(&mut queue.requirement).and(more);
}

impl Overflow {
    /// Overflow to there.
    pub fn new(to: Flowout) -> Self {
        Self { to }
    }
}

impl Draft<Queue> {
    /// Display name.
    pub fn name(self, name: &str) -> Self {
        self.with(|queue| name.clone_into(&mut queue.name))
    }

    /// On whose behalf it serves.
    pub fn brand(self, brand: &str) -> Self {
        self.with_parsed("brand", brand, |queue, key| queue.brand = Some(key))
    }

    /// Its agents must have a skill at this level or above.
    pub fn requires(self, skill: &str, level: u8) -> Self {
        self.with_parsed("requirement", skill, |queue, key: Key| {
            ask(queue, Requirement::level(key, level));
        })
    }

    /// Its agents must meet this, as text: `spanish >= 3 or site == "madrid"`. What was asked before stands.
    pub fn requirement(self, text: &str) -> Self {
        self.with_parsed("requirement", text, ask)
    }

    /// Whom its customers get first.
    pub fn preferred(self, rule: Preferred) -> Self {
        self.with(|queue| queue.preferred = rule)
    }

    /// Its agents must be of a team; the teams are asked in the order in which they are given.
    pub fn team(self, team: &str) -> Self {
        self.with_parsed("groups", team, |queue, key| match &mut queue.groups {
            AgentGroups::Teams(teams) => teams.push(key),
            other => *other = AgentGroups::Teams(vec![key]),
        })
    }

    /// Which group of its agents is asked first.
    pub fn groups(self, groups: AgentGroups) -> Self {
        self.with(|queue| queue.groups = groups)
    }

    /// Which of its agents gets a request.
    pub fn agent_order(self, order: AgentOrder) -> Self {
        self.with(|queue| queue.agent_order = order)
    }

    /// Of those who may serve the other queue, it takes one only while more than so many are free.
    pub fn reserve(self, for_queue: &str, keep: u32) -> Self {
        self.with_parsed("reserves", for_queue, |queue, key| {
            queue.reserves.push(Reserve::new(key, keep));
        })
    }

    /// The wait within which requests should be answered.
    pub fn service_target(self, target: Duration) -> Self {
        self.with(|queue| queue.service_target = target)
    }

    /// A target that differs for a channel.
    pub fn channel_target(self, channel: Channel, target: Duration) -> Self {
        self.with(|queue| {
            queue.channel_targets.insert(channel, target);
        })
    }

    /// Which of its requests goes first, where it has an order of its own.
    pub fn order(self, order: OrderPolicy) -> Self {
        self.with(|queue| queue.order = Some(order))
    }

    /// The level of its requests.
    pub fn priority(self, level: u8) -> Self {
        self.with(|queue| queue.priority = level)
    }

    /// What it weighs against other queues: `.weights(|w| w.share = 3)`.
    pub fn weights(self, change: impl FnOnce(&mut QueueWeights)) -> Self {
        self.with(|queue| change(&mut queue.weights))
    }

    /// Waiting credit against other queues.
    pub fn boost(self, credit: Duration) -> Self {
        self.with(|queue| queue.boost = credit)
    }

    /// When it is open.
    pub fn hours(self, hours: &str) -> Self {
        self.with_parsed("hours", hours, |queue, key| queue.hours = Some(key))
    }

    /// What happens to those who wait when it closes.
    pub fn at_close(self, rule: AtClose) -> Self {
        self.with(|queue| queue.at_close = rule)
    }

    /// How many requests may wait at once.
    pub fn max_depth(self, requests: u32) -> Self {
        self.with(|queue| queue.limits.depth = Some(requests))
    }

    /// How long a request may wait.
    pub fn max_wait(self, wait: Duration) -> Self {
        self.with(|queue| queue.limits.wait = Some(wait))
    }

    /// How long somebody who joins may be expected to wait.
    pub fn max_estimate(self, wait: Duration) -> Self {
        self.with(|queue| queue.limits.estimate = Some(wait))
    }

    /// Whoever waits on a line, and would have to wait longer than this still, overflows.
    pub fn max_estimate_left(self, wait: Duration) -> Self {
        self.with(|queue| queue.limits.estimate_left = Some(wait))
    }

    /// What it expects of each wait is kept, and compared with what comes of it.
    pub fn estimates(self) -> Self {
        self.with(|queue| queue.estimates = true)
    }

    /// What exceeds a bound goes on to another queue.
    pub fn overflow_to(self, queue: &str) -> Self {
        self.with_parsed("overflow", queue, |queue, key| {
            queue.overflow = Some(Overflow::new(Flowout::Queue(key)));
        })
    }

    /// Callers whose wait exceeds a bound are called back.
    pub fn overflow_to_callback(self) -> Self {
        self.with(|queue| queue.overflow = Some(Overflow::new(Flowout::CallBack)))
    }

    /// What counts as nobody there, and how long that may last before those who wait overflow.
    pub fn no_agents(self, rule: NoAgents, grace: Duration) -> Self {
        self.with(|queue| {
            queue.no_agents = Some(rule);
            queue.no_agents_grace = grace;
        })
    }

    /// Whether and how agents wrap up, and the cap of it.
    pub fn wrap_up(self, mode: WrapUpMode, limit: Duration) -> Self {
        self.with(|queue| queue.wrap_up = WrapUp { mode, limit, ..WrapUp::default() })
    }

    /// A disposition that its agents may give; any when none is set.
    pub fn disposition(self, disposition: &str) -> Self {
        self.with_parsed("dispositions", disposition, |queue, key| queue.dispositions.push(key))
    }

    /// Something that those who wait are told.
    pub fn announcement(self, announcement: Announcement) -> Self {
        self.with(|queue| queue.announcements.push(announcement))
    }

    /// Whoever hung up while waiting and comes again within this time has the place again.
    pub fn resume_within(self, span: Duration) -> Self {
        self.with(|queue| queue.resume_within = Some(span))
    }

    /// How its customers are called back who need not stay on the line.
    pub fn callbacks(self, callbacks: Callbacks) -> Self {
        self.with(|queue| queue.callbacks = callbacks)
    }

    /// Music for those who wait, by the host's name for it.
    pub fn music(self, name: &str) -> Self {
        self.with(|queue| queue.music = Some(name.to_owned()))
    }

    /// Ring time of its offers.
    pub fn offer_timeout(self, span: Duration) -> Self {
        self.with(|queue| queue.offer_timeout = Some(span))
    }

    /// How many agents its requests ring at once.
    pub fn ringing(self, ringing: Ringing) -> Self {
        self.with(|queue| queue.ringing = ringing)
    }

    /// Until when the others are rung, once somebody takes a request.
    pub fn others_ring(self, until: OthersRing) -> Self {
        self.with(|queue| queue.others_ring = until)
    }

    /// Near its close it takes in whom its staff can still serve, counting `handling` for one customer.
    pub fn last_admission(self, handling: Duration) -> Self {
        self.with(|queue| queue.last_admission = Some(handling))
    }

    /// Its work is urgent: for it an offer of other work that an agent has not accepted is withdrawn.
    pub fn urgent(self) -> Self {
        self.with(|queue| queue.urgent = true)
    }

    /// What becomes of voice messages that are left for its group.
    pub fn voicemail(self, mailbox: Voicemail) -> Self {
        self.with(|queue| queue.voicemail = mailbox)
    }

    /// What is recorded of its calls.
    pub fn recording(self, rule: Recording) -> Self {
        self.with(|queue| queue.recording = Some(rule))
    }

    /// The rota that takes its calls while it is closed.
    pub fn on_call(self, rota: &str) -> Self {
        self.with_parsed("on_call", rota, |queue, key| queue.on_call = Some(key))
    }

    /// The queue that inherits its waiting requests when it is removed.
    pub fn heir(self, queue: &str) -> Self {
        self.with_parsed("heir", queue, |queue, key| queue.heir = Some(key))
    }
}
