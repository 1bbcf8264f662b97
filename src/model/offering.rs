//! Offers: how many agents are rung at once, and what follows when an offer is missed.

use serde::{Deserialize, Serialize};

use crate::time::Duration;

/// What follows when offers to an agent fail one after the other, of one cause: the agent did not answer, or the
/// device could not be reached. The two are counted apart. An answered offer forgives, and so does a new sign-in.
///
/// A rule that is given says all that follows: what it leaves out does not happen.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct Misses {
    /// From so many in a row on, the agent is not ready, with the reason `no_answer` or `device_failure`.
    pub not_ready_after: Option<u8>,
    /// So many in a row sign the agent out, once the work at hand is done.
    pub sign_out_after: Option<u8>,
    /// An agent who stays ready is offered nothing for a while.
    pub back_off: Option<BackOff>,
    /// How long after the last of them they are forgotten; never, but for a success, when absent.
    pub forget_after: Option<Duration>,
}

impl Misses {
    /// Nothing follows.
    pub fn new() -> Self {
        Self::default()
    }

    /// From so many in a row on, the agent is not ready.
    #[must_use]
    pub const fn not_ready_after(mut self, misses: u8) -> Self {
        self.not_ready_after = Some(misses);
        self
    }

    /// So many in a row sign the agent out.
    #[must_use]
    pub const fn sign_out_after(mut self, misses: u8) -> Self {
        self.sign_out_after = Some(misses);
        self
    }

    /// An agent who stays ready is offered nothing for a while.
    #[must_use]
    pub const fn back_off(mut self, back_off: BackOff) -> Self {
        self.back_off = Some(back_off);
        self
    }

    /// How long after the last of them they are forgotten.
    #[must_use]
    pub const fn forget_after(mut self, span: Duration) -> Self {
        self.forget_after = Some(span);
        self
    }
}

/// For how long an agent is offered nothing after a miss: `base`, times `factor` for each miss in a row after the
/// first, at most `cap`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct BackOff {
    /// After the first.
    pub base: Duration,
    /// By what it grows.
    pub factor: u8,
    /// The longest.
    pub cap: Duration,
}

impl BackOff {
    /// For how long, after so many misses in a row.
    pub fn span(self, misses: u8) -> Duration {
        let (base, cap) = (self.base.as_micros(), self.cap.as_micros());
        let factor = i64::from(self.factor).saturating_pow(u32::from(misses.saturating_sub(1)));
        Duration::from_micros(base.saturating_mul(factor).min(cap))
    }
}

/// How many agents a request rings at once. The first to take it has it; each offer holds the capacity of its agent
/// until then. Whoever becomes free while there is room joins in. Who is wanted by name is rung one at a time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
#[non_exhaustive]
pub enum Ringing {
    /// One after the other.
    #[default]
    One,
    /// So many.
    AtOnce(u32),
    /// All who are free, up to the limit of the center.
    All,
    /// Some at first, and more as long as nobody takes it.
    Progressive {
        /// So many at first.
        first: u32,
        /// So many more each time.
        add: u32,
        /// How long until then.
        every: Duration,
    },
}

/// Until when the others are rung whom a request rings, once somebody takes it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum OthersRing {
    /// They stop at once.
    #[default]
    UntilAccepted,
    /// They stand by until customer and agent are connected, and ring on if that fails.
    UntilConnected,
}
