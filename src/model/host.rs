//! Hosts: the adapters that hold legs and carry out effects.

use serde::{Deserialize, Serialize};

/// Who controls the media of a host's legs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Media {
    /// The engine: it answers, plays music, rings phones and bridges, by effects.
    #[default]
    Engine,
    /// The host by itself: it says who came and who left, and is asked to hang up at most.
    Host,
}

/// How a host takes effects in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum HandOver {
    /// It says of each effect whether it was accepted; the next of a lane waits for that.
    #[default]
    Acknowledged,
    /// Within the process: an effect that was handed out is accepted.
    Direct,
}

/// An adapter instance. The embedding application itself is the host `app`, which need not be
/// configured: it controls its own media and takes effects in directly.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct Host {
    /// Display name.
    pub name: String,
    /// Who controls the media of its legs.
    pub media: Media,
    /// How it takes effects in.
    pub hand_over: HandOver,
}
