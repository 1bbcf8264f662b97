//! The binary form of records: a version byte and postcard; JSON is for people and bindings.

use postcard::ser_flavors::Flavor;
use serde::Serialize;

use super::{FORMAT_VERSION, Record};

/// Bytes that are not a record.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CodecError {
    /// Written by a version that this build does not read: in another format, or with variants or
    /// values that this build does not know.
    #[error("a record of format {0} says what this build, of format {FORMAT_VERSION}, cannot read")]
    UnsupportedVersion(u8),
    /// Cut off or damaged.
    #[error("the record is corrupt: {0}")]
    Corrupt(String),
    /// The record could not be written.
    #[error("the record cannot be encoded: {0}")]
    Unencodable(String),
}

impl CodecError {
    /// A number that stays the same over versions, for bindings.
    pub const fn code(&self) -> u16 {
        match self {
            Self::UnsupportedVersion(_) => 201,
            Self::Corrupt(_) => 202,
            Self::Unencodable(_) => 203,
        }
    }
}

/// Takes what postcard writes. Most of it comes byte by byte: numbers are short.
struct Bytes(Vec<u8>);

impl Flavor for Bytes {
    type Output = Vec<u8>;

    #[inline]
    fn try_push(&mut self, byte: u8) -> postcard::Result<()> {
        self.0.push(byte);
        Ok(())
    }

    #[inline]
    fn try_extend(&mut self, bytes: &[u8]) -> postcard::Result<()> {
        match bytes {
            [byte] => self.0.push(*byte),
            bytes => self.0.extend_from_slice(bytes),
        }
        Ok(())
    }

    fn finalize(self) -> postcard::Result<Vec<u8>> {
        Ok(self.0)
    }
}

/// Appends the value to `bytes`.
pub(crate) fn write(value: &impl Serialize, bytes: Vec<u8>) -> postcard::Result<Vec<u8>> {
    postcard::serialize_with_flavor(value, Bytes(bytes))
}

/// Appends the record to `bytes`.
///
/// # Errors
/// [`CodecError::Unencodable`]; it does not occur for records that the engine made.
pub fn encode_into(record: &Record, bytes: Vec<u8>) -> Result<Vec<u8>, CodecError> {
    write(record, bytes).map_err(|e| CodecError::Unencodable(e.to_string()))
}

/// The record as bytes.
///
/// # Errors
/// As [`encode_into`].
pub fn encode(record: &Record) -> Result<Vec<u8>, CodecError> {
    encode_into(record, Vec::with_capacity(256))
}

/// Reads one record that takes up all of `bytes`.
///
/// A later version appends variants without a new format. What can be parsed as bytes and has no
/// meaning here is therefore taken for one of those; whether bytes are as they were written is for
/// the checksums of whoever stored them to say.
///
/// # Errors
/// [`CodecError::UnsupportedVersion`] for another format and for unknown variants,
/// [`CodecError::Corrupt`] for anything else that is not exactly one record.
pub fn decode(bytes: &[u8]) -> Result<Record, CodecError> {
    match bytes.first() {
        Some(&FORMAT_VERSION) => {}
        Some(&other) => return Err(CodecError::UnsupportedVersion(other)),
        None => return Err(CodecError::Corrupt("no bytes".to_owned())),
    }
    match postcard::take_from_bytes(bytes) {
        Ok((record, [])) => Ok(record),
        Ok((_, rest)) => Err(CodecError::Corrupt(format!("{} bytes too many", rest.len()))),
        // What the types refuse, as against the bytes.
        Err(postcard::Error::SerdeDeCustom) => Err(CodecError::UnsupportedVersion(FORMAT_VERSION)),
        Err(error) => Err(CodecError::Corrupt(error.to_string())),
    }
}
