//! Names of messages and threads, without a memory: all that is needed stands in the mails themselves.
//!
//! A thread is named by a digest of the Message-Id of its first mail. Our own Message-Ids carry the
//! engine's id of the message and the name of the thread: `sb.MESSAGE.THREAD@DOMAIN`. So an answer to a mail
//! of ours finds its thread by In-Reply-To or References alone, and a report on its delivery its message.

use std::fmt::Write as _;

use sha2::{Digest as _, Sha256};
use switchboard::id::{ExternalRef, MessageId};

/// What begins the local part of our Message-Ids.
const PREFIX: &str = "sb";
/// Digits of a thread's name: 128 bits of SHA-256, so that nobody finds two mails with one name.
const DIGITS: usize = 32;

/// The name of a thread of mails.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Thread(String);

impl Thread {
    /// The thread that a mail begins, by its Message-Id without brackets.
    pub fn begun_by(message_id: &str) -> Self {
        Self(digest(message_id.as_bytes()))
    }

    /// The thread of a name that this adapter made.
    pub fn named(name: &str) -> Option<Self> {
        let hex = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
        (name.len() == DIGITS && name.bytes().all(hex)).then(|| Self(name.to_owned()))
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What a Message-Id of ours says.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct OwnId {
    /// The engine's id of the message.
    pub message: MessageId,
    /// The thread it belongs to.
    pub thread: Thread,
}

/// Our Message-Id of a message, without brackets.
pub fn own_message_id(own: &OwnId, domain: &str) -> String {
    format!("{PREFIX}.{}.{}@{domain}", own.message, own.thread.as_str())
}

/// Reads a Message-Id, without brackets, as one of ours, made in one of these domains; `None` if it is
/// somebody else's.
pub fn read_own_message_id(id: &str, domains: &[&str]) -> Option<OwnId> {
    let (local, of) = id.rsplit_once('@')?;
    let mut parts = local.split('.');
    let (prefix, message, thread) = (parts.next()?, parts.next()?, parts.next()?);
    let known = domains.iter().any(|domain| of.eq_ignore_ascii_case(domain));
    let ours = known && prefix == PREFIX && parts.next().is_none();
    let own = OwnId { message: message.parse().ok()?, thread: Thread::named(thread)? };
    ours.then_some(own)
}

/// The thread of a mail: that of the latest mail of ours that it answers or refers to; else the one begun
/// by the first mail it refers to; else by the mail it answers; else its own.
pub fn thread_of(
    references: &[String],
    in_reply_to: &[String],
    own_id: &str,
    domains: &[&str],
) -> Thread {
    let ours = |id: &String| read_own_message_id(id, domains).map(|own| own.thread);
    in_reply_to.iter().chain(references.iter().rev()).find_map(ours).unwrap_or_else(|| {
        let first = references.first().or(in_reply_to.first());
        Thread::begun_by(first.map_or(own_id, String::as_str))
    })
}

/// What the engine calls a mail: its Message-Id without brackets, or a digest where that is over-long or
/// holds what must not stand in a name; for a mail that has none a digest of the whole mail.
pub fn message_name(id: Option<&str>, raw: &[u8]) -> Option<ExternalRef> {
    let digested = |bytes: &[u8]| ExternalRef::new(format!("sha256:{}", digest(bytes))).ok();
    match id {
        Some(id) => ExternalRef::new(id).ok().or_else(|| digested(id.as_bytes())),
        None => digested(raw),
    }
}

/// Whether a name is a Message-Id that can be answered, as opposed to a digest.
pub(crate) fn is_message_id(name: &str) -> bool {
    let plain = |c: char| c.is_ascii_graphic() && c != '<' && c != '>';
    name.contains('@') && name.chars().all(plain)
}

fn digest(bytes: &[u8]) -> String {
    let hash = Sha256::digest(bytes);
    hash.iter().take(DIGITS / 2).fold(String::with_capacity(DIGITS), |mut text, byte| {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}
