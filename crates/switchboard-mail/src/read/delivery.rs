//! Reports on mails of ours: delivery status notifications (RFC 3464) and read receipts (RFC 8098).

use mail_parser::{HeaderName, Message, MessageParser, MessagePart, MimeHeaders};

use super::ids;

/// A report on the delivery of a mail.
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub struct Delivery {
    /// Names that the mail reported on may have, the surest first, without brackets.
    pub originals: Vec<String>,
    /// How far it got.
    pub progress: Progress,
}

/// How far a mail got.
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum Progress {
    /// It will not arrive: status code and the words of the server that gave up.
    Failed(String),
    /// It has arrived.
    Delivered,
    /// It was shown to the recipient.
    Read,
    /// Nothing is decided: it is late, or was passed on to where no reports come from.
    Nothing(String),
}

/// The report in a mail, if it is one.
pub(super) fn read(message: &Message<'_>) -> Option<Delivery> {
    let (part, progress) = message.parts.iter().find_map(|part| {
        let read = if part.is_content_type("message", "delivery-status") {
            status
        } else if part.is_content_type("message", "disposition-notification") {
            disposition
        } else {
            return None;
        };
        Some((part, read(&groups(&text(part)))))
    })?;
    let named = groups(&text(part));
    let named = field(&named, "original-message-id").map(bare).into_iter();
    let originals = named.chain(returned(message)).chain(ids(message, HeaderName::InReplyTo));
    let originals = originals.chain(ids(message, HeaderName::References)).collect();
    Some(Delivery { originals, progress })
}

fn text(part: &MessagePart<'_>) -> String {
    String::from_utf8_lossy(part.contents()).into_owned()
}

fn bare(id: &str) -> String {
    id.trim().trim_matches(['<', '>']).to_owned()
}

/// Names in the mail, or the head of a mail, that came back with the report.
fn returned(message: &Message<'_>) -> Vec<String> {
    let of_part = |part: &MessagePart<'_>| {
        if let Some(mail) = part.message() {
            return ids(mail, HeaderName::MessageId);
        }
        let head = part.is_content_type("text", "rfc822-headers")
            || part.is_content_type("message", "rfc822-headers")
            || part.is_content_type("message", "rfc822");
        if !head {
            return Vec::new();
        }
        let mail = MessageParser::default().parse(part.contents());
        mail.map(|mail| ids(&mail, HeaderName::MessageId)).unwrap_or_default()
    };
    message.parts.iter().flat_map(of_part).collect()
}

/// A group of fields, each with its name in lower case.
type Group = Vec<(String, String)>;

/// Reads groups of fields that are parted by empty lines; a line that begins blank goes on with the one
/// before.
fn groups(text: &str) -> Vec<Group> {
    let mut groups: Vec<Group> = vec![Vec::new()];
    for line in text.lines() {
        let Some(group) = groups.last_mut() else { break };
        if line.trim().is_empty() {
            groups.push(Vec::new());
        } else if line.starts_with([' ', '\t'])
            && let Some((_, value)) = group.last_mut()
        {
            value.push(' ');
            value.push_str(line.trim());
        } else if let Some((name, value)) = line.split_once(':') {
            group.push((name.trim().to_ascii_lowercase(), value.trim().to_owned()));
        }
    }
    groups
}

fn field<'a>(groups: &'a [Group], name: &str) -> Option<&'a str> {
    groups.iter().find_map(|group| of(group, name))
}

fn of<'a>(group: &'a Group, name: &str) -> Option<&'a str> {
    group.iter().find(|(found, _)| found == name).map(|(_, value)| value.as_str())
}

/// A mail of ours goes to one customer: a failure for any recipient is a failure, an arrival at any an
/// arrival.
fn status(groups: &[Group]) -> Progress {
    let action = |group: &Group| of(group, "action").map(str::to_ascii_lowercase);
    let with = |wanted: &str| {
        groups.iter().find(|group| action(group).is_some_and(|action| action == wanted))
    };
    if let Some(group) = with("failed") {
        // "smtp; 550 5.1.1 no such user": the type before the words says nothing to people.
        let words = of(group, "diagnostic-code").map(|code| match code.split_once(';') {
            Some((_, words)) => words.trim(),
            None => code,
        });
        let status = of(group, "status").unwrap_or("5.0.0");
        return Progress::Failed(
            format!("{status} {}", words.unwrap_or_default()).trim().to_owned(),
        );
    }
    if with("delivered").is_some() {
        return Progress::Delivered;
    }
    let action = groups.iter().find_map(action);
    Progress::Nothing(action.map_or("no action".into(), |action| known(&action, &ACTIONS)))
}

const ACTIONS: [&str; 3] = ["delayed", "relayed", "expanded"];
const DISPOSITIONS: [&str; 4] = ["deleted", "dispatched", "processed", "denied"];

/// A word of the standard, so that nothing else of the mail gets into a log.
fn known(word: &str, words: &[&str]) -> String {
    words.iter().find(|known| **known == word).map_or("other", |known| known).to_owned()
}

fn disposition(groups: &[Group]) -> Progress {
    // "manual-action/MDN-sent-manually; displayed"
    let kind = field(groups, "disposition").and_then(|value| value.split_once(';'));
    let kind = kind.map(|(_, kind)| kind.split('/').next().unwrap_or_default());
    let kind = kind.unwrap_or_default().trim().to_ascii_lowercase();
    if kind == "displayed" {
        Progress::Read
    } else {
        Progress::Nothing(known(&kind, &DISPOSITIONS))
    }
}
