//! A follower: it applies persisted records, takes snapshots and tells hashes. The writer never stops
//! for it.

use crate::id::Seq;
use crate::message::{Event, FORMAT_VERSION, Record, ShardEvent, codec};
use crate::state::{State, fingerprint};

/// Bytes that hold a shard's state after a record.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Snapshot {
    bytes: Vec<u8>,
}

/// Why an engine or a replica cannot be made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RestoreError {
    /// Neither a snapshot nor a record was given.
    #[error("there is neither a snapshot nor a record")]
    Empty,
    /// The first record does not open a shard.
    #[error("record {} does not open a shard", .0.0)]
    NotOpened(Seq),
    /// A record is missing, or doubled.
    #[error("record {} follows {}", found.0, after.0)]
    Gap {
        /// The last record applied.
        after: Seq,
        /// The one that came.
        found: Seq,
    },
    /// A record belongs to another shard.
    #[error("record {} belongs to shard {found}, not to {expected}", at.0)]
    OtherShard {
        /// The record.
        at: Seq,
        /// The shard it names.
        found: u32,
        /// The shard of the state.
        expected: u32,
    },
    /// A record was written by another version.
    #[error("format {0} is not supported, this build reads format {FORMAT_VERSION}")]
    UnsupportedVersion(u8),
    /// The snapshot is damaged.
    #[error("the snapshot is corrupt: {0}")]
    Corrupt(String),
}

impl RestoreError {
    /// A number that stays the same over versions, for bindings.
    pub const fn code(&self) -> u16 {
        match self {
            Self::Empty => 301,
            Self::NotOpened(_) => 302,
            Self::Gap { .. } => 303,
            Self::OtherShard { .. } => 304,
            Self::UnsupportedVersion(_) => 305,
            Self::Corrupt(_) => 306,
        }
    }
}

impl Snapshot {
    /// The bytes, to be stored.
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// From bytes that were stored; they are judged when they are used.
    pub fn from_bytes(bytes: Vec<u8>) -> Self {
        Self { bytes }
    }
}

/// A state that follows the journal.
pub struct Replica {
    state: State,
}

impl Replica {
    /// Follows a journal from its first record.
    ///
    /// # Errors
    /// [`RestoreError::NotOpened`] if it is not the first record of a shard.
    pub fn open(record: &Record) -> Result<Self, RestoreError> {
        let opened = match record.events.first() {
            Some(Event::Shard(event @ ShardEvent::Opened { .. })) if record.seq == Seq(1) => {
                State::opened(event, record.at)
            }
            _ => None,
        };
        let mut state = opened.ok_or(RestoreError::NotOpened(record.seq))?;
        check(&state, record)?;
        state.apply(record);
        Ok(Self { state })
    }

    /// Goes on from a snapshot.
    ///
    /// # Errors
    /// [`RestoreError::UnsupportedVersion`] or [`RestoreError::Corrupt`].
    pub fn restore(snapshot: &Snapshot) -> Result<Self, RestoreError> {
        let corrupt = |what: &str| RestoreError::Corrupt(what.to_owned());
        let (version, rest) = snapshot.bytes.split_first().ok_or_else(|| corrupt("no bytes"))?;
        if *version != FORMAT_VERSION {
            return Err(RestoreError::UnsupportedVersion(*version));
        }
        let (sum, body) = rest.split_first_chunk::<8>().ok_or_else(|| corrupt("cut off"))?;
        if u64::from_le_bytes(*sum) != fingerprint(body) {
            return Err(corrupt("the checksum does not fit"));
        }
        match postcard::take_from_bytes(body) {
            Ok((image, [])) => Ok(Self { state: State::from_image(image) }),
            Ok(_) => Err(corrupt("bytes too many")),
            Err(error) => Err(RestoreError::Corrupt(error.to_string())),
        }
    }

    /// Applies the next record.
    ///
    /// # Errors
    /// If it is not the next one of this shard; nothing is applied then.
    pub fn apply(&mut self, record: &Record) -> Result<(), RestoreError> {
        self.apply_watching(record, &mut |_, _| ())
    }

    /// Applies the next record, and shows the state as it was before each event.
    pub(crate) fn apply_watching(
        &mut self,
        record: &Record,
        look: &mut dyn FnMut(&State, &Event),
    ) -> Result<(), RestoreError> {
        check(&self.state, record)?;
        self.state.apply_watching(record, look);
        Ok(())
    }

    /// The state after the last record applied.
    ///
    /// # Errors
    /// [`RestoreError::Corrupt`] if it cannot be encoded; it does not occur.
    pub fn snapshot(&self) -> Result<Snapshot, RestoreError> {
        let head = [[FORMAT_VERSION].as_slice(), &[0; 8]].concat();
        let mut bytes = codec::write(&self.state.image(), head)
            .map_err(|error| RestoreError::Corrupt(error.to_string()))?;
        if let Some((_, rest)) = bytes.split_first_mut()
            && let Some((sum, body)) = rest.split_first_chunk_mut::<8>()
        {
            *sum = fingerprint(&*body).to_le_bytes();
        }
        Ok(Snapshot { bytes })
    }

    /// Hash of the state, to be compared with that of the writer or of another follower.
    pub fn state_hash(&mut self) -> u64 {
        self.state.hash()
    }

    /// The last record applied.
    pub fn seq(&self) -> Seq {
        self.state.seq
    }

    pub(crate) fn state(&self) -> &State {
        &self.state
    }

    pub(super) fn into_state(self) -> State {
        self.state
    }
}

fn check(state: &State, record: &Record) -> Result<(), RestoreError> {
    if record.v != FORMAT_VERSION {
        return Err(RestoreError::UnsupportedVersion(record.v));
    }
    if record.shard != state.shard {
        let (found, expected) = (record.shard.0, state.shard.0);
        return Err(RestoreError::OtherShard { at: record.seq, found, expected });
    }
    if record.seq != state.seq.next() {
        return Err(RestoreError::Gap { after: state.seq, found: record.seq });
    }
    Ok(())
}
