//! Attachments by reference: their bytes lie with the host, events name them.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Mutex, PoisonError};

use async_trait::async_trait;
use switchboard::port::PortError;

/// A file that came with a mail or goes along with one. Its size is the length of `bytes`.
#[derive(Clone, PartialEq, Eq)]
pub struct Attachment {
    /// The file's name, without folders.
    pub name: String,
    /// The media type, such as `image/png`.
    pub media_type: String,
    /// The content, decoded.
    pub bytes: Vec<u8>,
}

/// Names and contents are personal: only type and size are shown.
impl fmt::Debug for Attachment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Attachment({}, {} bytes)", self.media_type, self.bytes.len())
    }
}

/// An attachment to keep, with the place it came from.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NewAttachment {
    /// The mail: source, mailbox generation and number in the mailbox.
    pub mail: String,
    /// Its place among the mail's attachments, from 0.
    pub index: u32,
    /// The content.
    pub attachment: Attachment,
}

/// Where attachments lie. The host's own: a bucket, a database, a folder.
#[async_trait]
pub trait AttachmentStore: Send + Sync {
    /// Keeps an attachment and tells the reference under which events name it. After a crash the same
    /// (`mail`, `index`) comes again: the same reference is to come out, and one copy to be kept.
    ///
    /// # Errors
    /// [`PortError`]; the mail then stays in the mailbox and is tried again.
    async fn put(&self, new: NewAttachment) -> Result<String, PortError>;

    /// The attachment behind a reference, to send it.
    ///
    /// # Errors
    /// [`PortError::Invalid`] if there is none; others if the store cannot be asked.
    async fn get(&self, reference: &str) -> Result<Attachment, PortError>;
}

/// Attachments in memory, for tests and examples.
#[derive(Default, Debug)]
pub struct MemoryStore {
    kept: Mutex<BTreeMap<String, Attachment>>,
}

impl MemoryStore {
    /// A store without attachments.
    pub fn new() -> Self {
        Self::default()
    }

    /// How many attachments are kept.
    pub fn count(&self) -> usize {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner).len()
    }
}

#[async_trait]
impl AttachmentStore for MemoryStore {
    async fn put(&self, new: NewAttachment) -> Result<String, PortError> {
        let reference = format!("{}/{}", new.mail, new.index);
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.insert(reference.clone(), new.attachment);
        Ok(reference)
    }

    async fn get(&self, reference: &str) -> Result<Attachment, PortError> {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let found = kept.get(reference).cloned();
        found.ok_or_else(|| PortError::invalid("attachment", format!("`{reference}` is unknown")))
    }
}
