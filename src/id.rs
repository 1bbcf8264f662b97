//! Typed identifiers.
//!
//! Three kinds, never mixed up:
//! - *entities* (interaction, leg, request, offer, effect, ...) are made by the engine from
//!   (shard, epoch, sequence number, index) and are never reused; as text they are UUIDs (version 8);
//! - *configuration numbers* (queue, agent, skill, ...) are assigned once by the engine to the keys
//!   of the configuration and never reused;
//! - *keys and external references* are texts made by the host or by whoever writes the configuration.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::num::NonZeroU64;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use smol_str::SmolStr;
use uuid::Uuid;

/// Bits of an entity id: shard, epoch, sequence number, index.
const SHARD_BITS: u32 = 28;
const EPOCH_BITS: u32 = 24;
const SEQ_BITS: u32 = 50;
pub(crate) const INDEX_BITS: u32 = 20;

/// The largest index within one record: a step makes at most this many entities and effects.
pub(crate) const MAX_INDEX: u32 = (1 << INDEX_BITS) - 1;

/// What an id was made from: the record that introduced the entity and its place in it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
pub struct Origin {
    /// The routing domain, below 2^28.
    pub shard: u32,
    /// The owner's term, below 2^24.
    pub epoch: u32,
    /// The sequence number of the record, below 2^50.
    pub seq: u64,
    /// The place within the record, below 2^20.
    pub index: u32,
}

impl Origin {
    const fn pack(self) -> u128 {
        let mut bits = self.shard as u128;
        bits = (bits << EPOCH_BITS) | self.epoch as u128;
        bits = (bits << SEQ_BITS) | self.seq as u128;
        (bits << INDEX_BITS) | self.index as u128
    }

    #[allow(clippy::cast_possible_truncation)] // each part is masked to its width
    const fn unpack(bits: u128) -> Self {
        const fn low(bits: u128, width: u32) -> u64 {
            (bits & ((1 << width) - 1)) as u64
        }
        Self {
            index: low(bits, INDEX_BITS) as u32,
            seq: low(bits >> INDEX_BITS, SEQ_BITS),
            epoch: low(bits >> (INDEX_BITS + SEQ_BITS), EPOCH_BITS) as u32,
            shard: low(bits >> (INDEX_BITS + SEQ_BITS + EPOCH_BITS), SHARD_BITS) as u32,
        }
    }

    /// Whether every part fits its width.
    pub(crate) const fn is_valid(self) -> bool {
        self.shard >> SHARD_BITS == 0
            && self.epoch >> EPOCH_BITS == 0
            && self.seq >> SEQ_BITS == 0
            && self.index >> INDEX_BITS == 0
    }
}

/// The bits of an origin in two words: `Option` of an id takes no more room than the id.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Bits {
    /// The upper bits, and one that is always set.
    high: NonZeroU64,
    low: u64,
}

impl Bits {
    const SET: u64 = 1 << 63;

    #[allow(clippy::cast_possible_truncation)] // the two halves
    const fn new(bits: u128) -> Self {
        let high = match NonZeroU64::new((bits >> 64) as u64 | Self::SET) {
            Some(high) => high,
            None => NonZeroU64::MAX,
        };
        Self { high, low: bits as u64 }
    }

    const fn get(self) -> u128 {
        ((self.high.get() & !Self::SET) as u128) << 64 | self.low as u128
    }
}

impl Hash for Bits {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.get().hash(state);
    }
}

/// Spreads 122 bits over a UUID, leaving out the version and variant bits.
fn to_uuid(bits: u128) -> Uuid {
    let high = (bits >> 74) << 80;
    let middle = ((bits >> 62) & 0xfff) << 64;
    let low = bits & ((1 << 62) - 1);
    Uuid::from_u128(high | (0x8 << 76) | middle | (0b10 << 62) | low)
}

fn from_uuid(uuid: Uuid) -> Option<u128> {
    let bits = uuid.as_u128();
    let well_formed = (bits >> 76) & 0xf == 0x8 && (bits >> 62) & 0b11 == 0b10;
    well_formed
        .then_some(((bits >> 80) << 74) | (((bits >> 64) & 0xfff) << 62) | (bits & ((1 << 62) - 1)))
}

/// A text that is not an id of the expected kind.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not {expected}")]
pub struct IdError {
    text: String,
    expected: &'static str,
}

macro_rules! entity_id {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Bits);

        impl $name {
            /// The id of the entity introduced at `origin`; `None` if a part is out of its range.
            pub const fn new(origin: Origin) -> Option<Self> {
                if origin.is_valid() { Some(Self(Bits::new(origin.pack()))) } else { None }
            }

            /// Where and when the entity was introduced.
            pub const fn origin(self) -> Origin {
                Origin::unpack(self.0.get())
            }

            /// The id as a UUID of version 8.
            pub fn to_uuid(self) -> Uuid {
                to_uuid(self.0.get())
            }

            #[allow(dead_code)]
            pub(crate) const fn bits(self) -> u128 {
                self.0.get()
            }
        }

        impl From<Origin> for $name {
            /// For origins that the engine made itself and knows to be in range.
            fn from(origin: Origin) -> Self {
                debug_assert!(origin.is_valid());
                Self(Bits::new(origin.pack()))
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(&self.to_uuid(), f)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                let Origin { shard, epoch, seq, index } = self.origin();
                write!(f, "{}({shard}.{epoch}.{seq}.{index})", stringify!($name))
            }
        }

        impl FromStr for $name {
            type Err = IdError;
            fn from_str(text: &str) -> Result<Self, IdError> {
                let bits = Uuid::parse_str(text).ok().and_then(from_uuid);
                bits.map(|bits| Self(Bits::new(bits))).ok_or_else(|| IdError {
                    text: text.to_owned(),
                    expected: concat!("a ", stringify!($name), " (a UUID of version 8)"),
                })
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                if serializer.is_human_readable() {
                    serializer.collect_str(self)
                } else {
                    self.origin().serialize(serializer)
                }
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                if deserializer.is_human_readable() {
                    deserializer.deserialize_str(Text(Self::from_str))
                } else {
                    let origin = Origin::deserialize(deserializer)?;
                    Self::new(origin).ok_or_else(|| de::Error::custom("id part out of range"))
                }
            }
        }

        #[cfg(feature = "schema")]
        impl schemars::JsonSchema for $name {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }
            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                schemars::json_schema!({ "type": "string", "format": "uuid" })
            }
        }
    )*};
}

entity_id! {
    /// A customer's thread across channels and time.
    ConversationId;
    /// One session on one channel.
    InteractionId;
    /// Somebody who takes part in an interaction.
    ParticipantId;
    /// A media connection of a participant, held by a host.
    LegId;
    /// Two or more legs that hear each other.
    BridgeId;
    /// One item of a written interaction.
    MessageId;
    /// A wait for an agent.
    RequestId;
    /// A lease on an agent's capacity for one request.
    OfferId;
    /// An agent's part in an interaction.
    EngagementId;
    /// An agent's stay at work, from sign-in to sign-out.
    AgentSessionId;
    /// A recording of one or more legs.
    RecordingId;
    /// An effect; for an operation also the id of the operation.
    EffectId;
}

macro_rules! config_id {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(
            Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default, Serialize, Deserialize,
        )]
        #[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
        #[serde(transparent)]
        pub struct $name(pub u32);

        impl $name {
            /// The place of the object in tables of its kind.
            pub const fn index(self) -> usize {
                self.0 as usize
            }
        }
    )*};
}

config_id! {
    /// A brand of the configuration.
    BrandId;
    /// An entry point of the configuration.
    EntryPointId;
    /// A skill of the configuration.
    SkillId;
    /// A reason (not ready, disposition, ...) of the configuration.
    ReasonId;
    /// A team of the configuration.
    TeamId;
    /// A site of the configuration.
    SiteId;
    /// An agent of the configuration.
    AgentId;
    /// A queue of the configuration.
    QueueId;
    /// An opening-hours calendar of the configuration.
    HoursId;
    /// A flow of the configuration.
    FlowId;
    /// A disposition of the configuration.
    DispositionId;
    /// A host of the configuration; number 0 is the embedding application itself.
    HostId;
}

fn has_control(text: &str) -> bool {
    if text.is_ascii() {
        text.bytes().any(|byte| byte.is_ascii_control())
    } else {
        text.chars().any(char::is_control)
    }
}

/// Reads a text where it lies and makes something of it.
struct Text<F>(F);

impl<T, F: Fn(&str) -> Result<T, IdError>> de::Visitor<'_> for Text<F> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<T, E> {
        (self.0)(text).map_err(E::custom)
    }
}

macro_rules! text_id {
    ($($(#[$doc:meta])* $name:ident, $max:literal;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(SmolStr);

        impl $name {
            /// The longest text allowed, in bytes.
            pub const MAX_BYTES: usize = $max;

            /// Takes a text that is not empty, not over-long and free of control characters.
            ///
            /// # Errors
            /// [`IdError`] naming the text.
            pub fn new(text: impl AsRef<str>) -> Result<Self, IdError> {
                let text = text.as_ref();
                if text.is_empty() || text.len() > Self::MAX_BYTES || has_control(text) {
                    return Err(IdError {
                        text: text.chars().take(80).collect(),
                        expected: concat!(
                            "a ", stringify!($name), " (1 to ", $max, " bytes, no control characters)"
                        ),
                    });
                }
                Ok(Self(SmolStr::new(text)))
            }

            /// The text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }

        impl std::borrow::Borrow<str> for $name {
            fn borrow(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Debug::fmt(&self.0, f)
            }
        }

        impl FromStr for $name {
            type Err = IdError;
            fn from_str(text: &str) -> Result<Self, IdError> {
                Self::new(text)
            }
        }

        impl TryFrom<&str> for $name {
            type Error = IdError;
            fn try_from(text: &str) -> Result<Self, IdError> {
                Self::new(text)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(&self.0)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                deserializer.deserialize_str(Text(|text: &str| Self::new(text)))
            }
        }

        #[cfg(feature = "schema")]
        impl schemars::JsonSchema for $name {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }
            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                // The bound is one of bytes, which a schema cannot count.
                schemars::json_schema!({
                    "type": "string",
                    "description": concat!("At most ", $max, " bytes of UTF-8, no control characters."),
                    "minLength": 1,
                    "maxLength": $max,
                    "pattern": "^[^\\u0000-\\u001f\\u007f-\\u009f]+$",
                })
            }
        }
    )*};
}

text_id! {
    /// The name of an object within the configuration, such as `billing` or `ana`.
    Key, 64;
    /// A host's own name for a thing: call-id, message id, channel name.
    ExternalRef, 255;
    /// A command's id, made by the client before it sends, and kept for its retries.
    CommandId, 64;
}

/// Shard number of a routing domain, below 2^28.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(transparent)]
pub struct ShardId(pub u32);

/// The term of an owner of a shard, below 2^24; rises with every change of owner.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(transparent)]
pub struct Epoch(pub u32);

/// Place of a record in the journal of its shard, from 1, without gaps.
#[derive(
    Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default, Serialize, Deserialize,
)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(transparent)]
pub struct Seq(pub u64);

impl Seq {
    /// The next place.
    #[must_use]
    pub const fn next(self) -> Self {
        Self(self.0 + 1)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn entity_ids_keep_their_parts_their_order_and_their_text(
            shard in 0..1_u32 << SHARD_BITS, epoch in 0..1_u32 << EPOCH_BITS,
            seq in 0..1_u64 << SEQ_BITS, index in 0..1_u32 << INDEX_BITS,
        ) {
            let origin = Origin { shard, epoch, seq, index };
            let id = LegId::new(origin).unwrap();
            prop_assert_eq!(id.origin(), origin);
            prop_assert_eq!(id.to_string().parse::<LegId>().unwrap(), id);
            prop_assert_eq!(id.to_uuid().get_version_num(), 8);
            if let Some(next) = LegId::new(Origin { seq: seq + 1, index: 0, ..origin }) {
                prop_assert!(id < next);
            }
        }
    }

    #[test]
    fn parts_out_of_range_make_no_id() {
        let origin = Origin { shard: 1 << SHARD_BITS, epoch: 0, seq: 0, index: 0 };
        assert_eq!(LegId::new(origin), None);
        assert!("6ba7b810-9dad-11d1-80b4-00c04fd430c8".parse::<LegId>().is_err());
    }

    #[test]
    fn keys_are_short_and_printable() {
        assert!(Key::new("billing").is_ok());
        assert!(Key::new("").is_err());
        assert!(Key::new("a\nb").is_err());
        assert!(Key::new("x".repeat(65)).is_err());
    }
}
