//! Personal data: sealed at rest, left out of every digest, never printed.

use std::fmt;
use std::hash::{Hash, Hasher};

use serde::{Deserialize, Serialize, Serializer};

/// A value about a person. The engine handles [`Personal::Clear`]; a driver seals it before the
/// record is stored, and erasing the key makes it unreadable for good.
///
/// Its hash is empty and its `Debug` shows nothing: state hashes, digests and logs never depend on
/// or reveal the payload. Decisions use derived facts instead (a customer token, a tier).
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Personal<T> {
    /// Readable.
    Clear(T),
    /// Encrypted under a key that the driver holds.
    Sealed(Box<Sealed>),
    /// Gone.
    Erased,
}

/// An encrypted value; it stands apart, so that the many that are readable or absent stay small.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Sealed {
    /// Which key.
    pub key: u64,
    /// The nonce of the encryption.
    #[serde(serialize_with = "as_bytes")]
    pub nonce: Vec<u8>,
    /// The encrypted bytes.
    #[serde(serialize_with = "as_bytes")]
    pub bytes: Vec<u8>,
}

/// In one go, where serde would write a list byte by byte; both forms are the same.
#[allow(clippy::ptr_arg)] // serde hands the field itself
fn as_bytes<S: Serializer>(bytes: &Vec<u8>, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_bytes(bytes)
}

impl<T> Personal<T> {
    /// The value, if it can be read.
    pub const fn clear(&self) -> Option<&T> {
        match self {
            Self::Clear(value) => Some(value),
            _ => None,
        }
    }
}

impl<T> Hash for Personal<T> {
    fn hash<H: Hasher>(&self, _: &mut H) {}
}

impl<T> fmt::Debug for Personal<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Clear(_) => "Personal(hidden)",
            Self::Sealed(_) => "Personal(sealed)",
            Self::Erased => "Personal(erased)",
        })
    }
}

impl<T> From<T> for Personal<T> {
    fn from(value: T) -> Self {
        Self::Clear(value)
    }
}

/// A customer, recognized by a keyed hash of an address or number that the host makes; the key of
/// the hash is never in the engine.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(transparent)]
pub struct CustomerToken(pub u64);

/// What is known of a customer who comes in.
#[derive(Clone, Default, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct CustomerRef {
    /// Recognizes the same customer again without naming them.
    pub token: Option<CustomerToken>,
    /// Number or address.
    pub address: Option<Personal<String>>,
    /// Name.
    pub name: Option<Personal<String>>,
    /// References into the host's directory: none, one or several candidates.
    pub candidates: Vec<Personal<String>>,
    /// Rank of the customer, 0 for everybody.
    pub tier: u8,
}
