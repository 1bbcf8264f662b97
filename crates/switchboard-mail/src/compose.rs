//! Makes a mail of a message to send.

use std::time::{Duration, SystemTime};

use lettre::message::header::{ContentType, HeaderName, HeaderValue};
use lettre::message::{Attachment as Part, Mailbox, MultiPart, SinglePart};
use lettre::{Address, Message};
use switchboard::id::ExternalRef;
use switchboard::port::{Outgoing, PortError};
use switchboard::time::Timestamp;

use crate::config::MailConfig;
use crate::names::{OwnId, Thread, is_message_id, own_message_id};
use crate::store::Attachment;

/// The name that a message has as a mail: always the same for the same message.
pub(crate) fn name(outgoing: &Outgoing, config: &MailConfig) -> Result<ExternalRef, PortError> {
    let thread = Thread::named(outgoing.thread.as_str());
    let thread =
        thread.ok_or_else(|| PortError::invalid("thread", "was not named by this adapter"))?;
    let id = own_message_id(&OwnId { message: outgoing.message, thread }, config.domain());
    ExternalRef::new(id).map_err(|error| PortError::invalid("address", error))
}

/// The mail.
///
/// References name the mail that is answered and nothing else: what that one refers to, whoever reads
/// the answer has.
pub(crate) fn compose(
    outgoing: &Outgoing,
    attachments: Vec<Attachment>,
    now: Timestamp,
    config: &MailConfig,
) -> Result<Message, PortError> {
    let from = if outgoing.from.is_empty() { &config.address } else { &outgoing.from };
    let from = config
        .own_address(from)
        .ok_or_else(|| PortError::invalid("from", "is no address of this mailbox"))?;
    let from = Mailbox::new(config.name.clone(), address("from", from)?);
    let to = Mailbox::new(None, address("to", outgoing.address()?)?);
    let name = name(outgoing, config)?;
    let mut mail = Message::builder()
        .from(from.clone())
        .to(to)
        .date(SystemTime::UNIX_EPOCH + since_1970(now))
        .message_id(Some(format!("<{name}>")))
        .subject(subject(outgoing.readable_subject()?));
    let answered = outgoing.in_reply_to.as_ref().map(ExternalRef::as_str);
    if let Some(id) = answered.filter(|id| is_message_id(id)) {
        mail = mail.in_reply_to(format!("<{id}>")).references(format!("<{id}>"));
    }
    if config.read_receipts {
        let header = HeaderName::new_from_ascii_str("Disposition-Notification-To");
        mail = mail.raw_header(HeaderValue::new(header, from.email.to_string()));
    }
    let text = outgoing.readable_text()?.to_owned();
    let built = if attachments.is_empty() {
        mail.singlepart(SinglePart::plain(text))
    } else {
        let mut parts = MultiPart::mixed().singlepart(SinglePart::plain(text));
        for Attachment { name, media_type, bytes } in attachments {
            let kind = ContentType::parse(&media_type)
                .map_err(|_| PortError::invalid("attachments", "no media type"))?;
            parts = parts.singlepart(Part::new(name).body(bytes, kind));
        }
        mail.multipart(parts)
    };
    built.map_err(|error| PortError::invalid("message", error))
}

fn address(what: &str, text: &str) -> Result<Address, PortError> {
    text.parse().map_err(|error| PortError::invalid(what, error))
}

/// `Re:` before what the thread is about, once (RFC 5322, 3.6.5).
fn subject(thread: Option<&str>) -> String {
    let thread = thread.unwrap_or_default().trim();
    let answered = thread.get(..3).is_some_and(|start| start.eq_ignore_ascii_case("re:"));
    if answered || thread.is_empty() { thread.to_owned() } else { format!("Re: {thread}") }
}

fn since_1970(at: Timestamp) -> Duration {
    Duration::from_micros(u64::try_from(at.as_micros()).unwrap_or_default())
}
