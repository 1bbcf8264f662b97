//! Written channels: messages out, and reports of what came in and how far ours got.

use async_trait::async_trait;

use super::{Fate, InputNumber, PortError};
use crate::id::{EffectId, ExternalRef, MessageId};
use crate::message::{Effect, EffectKind, HostReport, Input, Personal, Rejection};
use crate::model::Channel;
use crate::time::Timestamp;

/// An adapter of a written medium: email, SMS, a messaging app.
///
/// The way of a message out: the engine decides a `SendMessage` effect; once its record is safe a driver
/// makes an [`Outgoing`] of it and calls [`send`](Self::send). `Ok` means that the adapter has it: the lane
/// moves on ([`handed_over`]). How it ends comes as a report: `OpDone` or `OpFailed` exactly once, and
/// `MessageUpdated` with each state the message reaches (sent, delivered, read, failed), each of which may
/// come late, in any order, or never. The report of `Sent` should name the message as the medium does, so
/// that what answers it can be told.
///
/// The way of a message in: [`receive`](Self::receive) gives a report, numbered as
/// [`InputNumber`] explains; a driver hands it to the engine, makes the record safe, and
/// [`release`](Self::release)s it. Only then may the adapter forget it.
#[async_trait]
pub trait Messaging: Send + Sync {
    /// Sends one message. The same message may come again after a crash: an adapter gives it the same
    /// name then, so that whoever gets it twice can tell.
    ///
    /// # Errors
    /// [`PortError::Invalid`] or [`PortError::Refused`] if it cannot be sent; [`PortError::Unavailable`] or
    /// [`PortError::TimedOut`] if it may have been, or can be later: ask again until the effect's deadline.
    async fn send(&self, outgoing: Outgoing) -> Result<(), PortError>;

    /// Waits for what comes in next. Dropping the future loses nothing.
    ///
    /// # Errors
    /// [`PortError::Unavailable`] while the medium is away; the adapter goes on trying, ask again.
    async fn receive(&self) -> Result<Incoming, PortError>;

    /// The engine's receipt for a report is safe. What is not known (any more) is left alone.
    ///
    /// # Errors
    /// [`PortError::Unavailable`] if the medium is away: the adapter remembers and does it later; until then
    /// a new owner may get the report again, with the same number.
    async fn release(&self, number: &InputNumber, fate: Fate) -> Result<(), PortError>;
}

/// What an adapter gives to its driver.
#[derive(Clone, PartialEq, Debug)]
#[non_exhaustive]
pub enum Incoming {
    /// To be handed to the engine and released.
    Report(HostReport),
    /// Something came in that is nothing for the engine; people should know. Needs no release.
    SetAside(SetAside),
}

/// A message that was put where people find it, instead of being handed to the engine.
#[derive(Clone, PartialEq, Debug)]
#[non_exhaustive]
pub struct SetAside {
    /// The message, as the medium names it, if it has a name.
    pub message: Option<ExternalRef>,
    /// Where it lies: a folder, a queue.
    pub place: String,
    /// Why.
    pub reason: SetAsideReason,
}

impl SetAside {
    /// A message that lies at a place, for a reason.
    pub fn new(
        message: Option<ExternalRef>,
        place: impl Into<String>,
        reason: SetAsideReason,
    ) -> Self {
        Self { message, place: place.into(), reason }
    }
}

/// Why a message was set aside.
#[derive(Clone, PartialEq, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SetAsideReason {
    /// It, or a part of it, is larger than the adapter takes.
    #[error("{what} has {size}, more than the limit of {limit}")]
    TooLarge {
        /// What is too large, with its unit.
        what: &'static str,
        /// How large it is.
        size: u64,
        /// The limit.
        limit: u64,
    },
    /// It cannot be read as a message.
    #[error("unreadable: {0}")]
    Unreadable(String),
    /// A machine answered or wrote to many: an answer could start a loop.
    #[error("written by a machine: {0}")]
    Automatic(String),
    /// It is our own.
    #[error("our own message came back")]
    Loop,
    /// A report on delivery that tells nothing of a message of ours.
    #[error("a report without news: {0}")]
    NoNews(String),
    /// The engine refused it.
    #[error("the engine refused it: {0:?}")]
    Refused(Rejection),
}

/// One message to send: the content of a `SendMessage` effect.
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub struct Outgoing {
    /// The operation, which ends in `OpDone` or `OpFailed`.
    pub op: EffectId,
    /// After that nobody waits for the end any more.
    pub deadline: Timestamp,
    /// The message.
    pub message: MessageId,
    /// The adapter's own name of the thread.
    pub thread: ExternalRef,
    /// The medium.
    pub channel: Channel,
    /// The address of ours that the customer wrote to; empty where nobody wrote to one.
    pub from: String,
    /// The customer's address.
    pub to: Option<Personal<String>>,
    /// What the thread is about.
    pub subject: Option<Personal<String>>,
    /// The text.
    pub text: Personal<String>,
    /// The message that it answers, as the adapter named it.
    pub in_reply_to: Option<ExternalRef>,
    /// References to attachments.
    pub attachments: Vec<Personal<String>>,
}

impl Outgoing {
    /// The customer's address.
    ///
    /// # Errors
    /// [`PortError::Invalid`] if there is none, or if it cannot be read any more.
    pub fn address(&self) -> Result<&str, PortError> {
        let to = self.to.as_ref().ok_or_else(|| PortError::invalid("to", "no address is known"))?;
        readable("to", to)
    }

    /// The text.
    ///
    /// # Errors
    /// [`PortError::Invalid`] if it cannot be read any more.
    pub fn readable_text(&self) -> Result<&str, PortError> {
        readable("text", &self.text)
    }

    /// The subject, where there is one.
    ///
    /// # Errors
    /// [`PortError::Invalid`] if it cannot be read any more.
    pub fn readable_subject(&self) -> Result<Option<&str>, PortError> {
        self.subject.as_ref().map(|subject| readable("subject", subject)).transpose()
    }

    /// The references to attachments.
    ///
    /// # Errors
    /// [`PortError::Invalid`] if one cannot be read any more.
    pub fn readable_attachments(&self) -> Result<Vec<&str>, PortError> {
        self.attachments.iter().map(|reference| readable("attachments", reference)).collect()
    }
}

fn readable<'a>(what: &str, value: &'a Personal<String>) -> Result<&'a str, PortError> {
    let clear = value.clear().map(String::as_str);
    clear.ok_or_else(|| PortError::invalid(what, "sealed or erased"))
}

impl TryFrom<Effect> for Outgoing {
    type Error = PortError;

    fn try_from(effect: Effect) -> Result<Self, PortError> {
        let Effect { id: op, deadline, kind, .. } = effect;
        match kind {
            EffectKind::SendMessage {
                message,
                thread,
                channel,
                from,
                to,
                subject,
                text,
                in_reply_to,
                attachments,
            } => Ok(Self {
                op,
                deadline,
                message,
                thread,
                channel,
                from,
                to,
                subject,
                text,
                in_reply_to,
                attachments,
            }),
            _ => Err(PortError::invalid("effect", "sends no message")),
        }
    }
}

/// What the engine is told of an effect that was handed to an adapter.
pub const fn handed_over(op: EffectId, result: &Result<(), PortError>) -> Input {
    match result {
        Ok(()) => Input::EffectAccepted(op),
        Err(error) if error.is_transient() => Input::EffectUnknown(op),
        Err(_) => Input::EffectRefused(op),
    }
}
