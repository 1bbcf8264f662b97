//! Reads a mail: bytes in, its meaning for people and threads out. Pure, and total over all bytes.

mod automatic;
mod delivery;

use std::fmt;
use std::panic::catch_unwind;

use mail_parser::{
    Address, HeaderName, HeaderValue, Message, MessageParser, MessagePart, MimeHeaders,
};

pub use delivery::{Delivery, Progress};

use crate::store::Attachment;

/// What a mail says.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Mail {
    /// Who, to whom, what about, and how it belongs to other mails.
    pub headers: Headers,
    /// The text: all plain parts that are meant to be shown, one after the other; where there is none,
    /// the text of the HTML.
    pub text: String,
    /// All other parts.
    pub attachments: Vec<Attachment>,
    /// Why a machine is thought to have written it, if one is.
    pub automatic: Option<String>,
    /// It came through a mailing list or group address.
    pub list: bool,
    /// It is a report on the delivery of another mail.
    pub delivery: Option<Delivery>,
}

/// Texts and names are personal: only sizes are shown.
impl fmt::Debug for Mail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Mail")
            .field("headers", &self.headers)
            .field("text_bytes", &self.text.len())
            .field("attachments", &self.attachments)
            .field("automatic", &self.automatic)
            .finish_non_exhaustive()
    }
}

/// The header fields that matter.
#[derive(Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Headers {
    /// Message-Id, without brackets.
    pub message_id: Option<String>,
    /// In-Reply-To: names of mails, without brackets.
    pub in_reply_to: Vec<String>,
    /// References: names of mails, without brackets, the first of the thread first.
    pub references: Vec<String>,
    /// Who wrote.
    pub from: Option<Party>,
    /// To whom answers shall go, if it says so.
    pub reply_to: Option<Party>,
    /// The addresses it went to: those the server delivered it to first, then To and Cc.
    pub reached: Vec<String>,
    /// Subject, decoded.
    pub subject: Option<String>,
}

impl fmt::Debug for Headers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Headers")
            .field("message_id", &self.message_id)
            .field("in_reply_to", &self.in_reply_to)
            .field("references", &self.references)
            .finish_non_exhaustive()
    }
}

/// Somebody with an address.
#[derive(Clone, PartialEq, Eq)]
pub struct Party {
    /// Address.
    pub address: String,
    /// Name, if it was given.
    pub name: Option<String>,
}

impl fmt::Debug for Party {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Party(hidden)")
    }
}

/// Bytes that are no mail.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Unreadable {
    /// There is not one header field.
    #[error("no header fields")]
    NoHeaders,
    /// The parser gave up on it.
    #[error("the parser gave up")]
    Broken,
}

/// Reads a mail.
///
/// Charsets and transfer encodings are decoded, by the best guess where they are declared wrongly.
///
/// # Errors
/// [`Unreadable`] if the bytes are no mail.
pub fn read_mail(raw: &[u8]) -> Result<Mail, Unreadable> {
    // The parser asserts, in debug builds, what crafted mail can break. One mail is not to stop the others.
    catch_unwind(|| parse(raw)).unwrap_or(Err(Unreadable::Broken))
}

fn parse(raw: &[u8]) -> Result<Mail, Unreadable> {
    let message = MessageParser::default().parse(raw).ok_or(Unreadable::NoHeaders)?;
    if message.parts.first().is_none_or(|root| root.headers.is_empty()) {
        return Err(Unreadable::NoHeaders);
    }
    Ok(Mail {
        headers: headers(&message),
        text: text(&message),
        attachments: attachments(&message),
        automatic: automatic::sign(&message),
        list: automatic::is_list(&message),
        delivery: delivery::read(&message),
    })
}

fn headers(message: &Message<'_>) -> Headers {
    Headers {
        message_id: ids(message, HeaderName::MessageId).into_iter().next(),
        in_reply_to: ids(message, HeaderName::InReplyTo),
        references: ids(message, HeaderName::References),
        from: parties(message.from()).into_iter().next(),
        reply_to: parties(message.reply_to()).into_iter().next(),
        reached: reached(message),
        subject: message
            .subject()
            .map(str::trim)
            .filter(|text| !text.is_empty())
            .map(str::to_owned),
    }
}

/// Names of mails in a header field, without brackets and blanks.
fn ids(message: &Message<'_>, name: HeaderName<'static>) -> Vec<String> {
    let clean = |id: &str| {
        let id: String = id.chars().filter(|c| !c.is_whitespace()).collect();
        let id = id.trim_matches(['<', '>']).to_owned();
        (!id.is_empty()).then_some(id)
    };
    match message.header(name) {
        Some(HeaderValue::Text(id)) => clean(id).into_iter().collect(),
        Some(HeaderValue::TextList(ids)) => ids.iter().filter_map(|id| clean(id)).collect(),
        _ => Vec::new(),
    }
}

fn parties(addresses: Option<&Address<'_>>) -> Vec<Party> {
    let party = |found: &mail_parser::Addr<'_>| {
        let address = found.address.as_deref()?.trim().to_owned();
        let name = found.name.as_deref().map(str::trim).filter(|name| !name.is_empty());
        (!address.is_empty()).then(|| Party { address, name: name.map(str::to_owned) })
    };
    addresses.into_iter().flat_map(Address::iter).filter_map(party).collect()
}

fn reached(message: &Message<'_>) -> Vec<String> {
    let delivered = ["Delivered-To", "X-Original-To"]
        .into_iter()
        .flat_map(|name| automatic::raw(message, name))
        .map(|value| value.trim_matches(['<', '>']).to_owned());
    let listed = [message.to(), message.cc()].into_iter().flat_map(parties);
    delivered.chain(listed.map(|party| party.address)).collect()
}

fn text(message: &Message<'_>) -> String {
    let parts = 0..message.text_body_count();
    let texts = parts.filter_map(|part| message.body_text(part));
    let texts: Vec<String> =
        texts.map(|text| text.trim_end().to_owned()).filter(|text| !text.is_empty()).collect();
    texts.join("\n\n")
}

fn attachments(message: &Message<'_>) -> Vec<Attachment> {
    message.attachments().enumerate().map(|(index, part)| attachment(index, part)).collect()
}

fn attachment(index: usize, part: &MessagePart<'_>) -> Attachment {
    let declared = part.content_type().map(|kind| {
        let subtype =
            kind.subtype().unwrap_or(if part.is_text() { "plain" } else { "octet-stream" });
        format!("{}/{subtype}", kind.ctype()).to_ascii_lowercase()
    });
    let media_type = declared.unwrap_or_else(|| match part.message() {
        Some(_) => "message/rfc822".into(),
        None => "application/octet-stream".into(),
    });
    let name = part.attachment_name().and_then(file_name);
    let name = name.unwrap_or_else(|| format!("attachment-{}", index + 1));
    Attachment { name, media_type, bytes: part.contents().to_vec() }
}

/// A file's name without folders: what a mail calls its files leads nowhere.
fn file_name(declared: &str) -> Option<String> {
    let last = declared.rsplit(['/', '\\']).next().unwrap_or_default();
    let name: String = last.chars().filter(|c| !c.is_control()).collect();
    let name = name.trim();
    (!name.is_empty() && name != "." && name != "..").then(|| name.to_owned())
}
