//! What a mail is to the engine: a customer's message, news of one of ours, or nothing.

use switchboard::id::ExternalRef;
use switchboard::message::{CustomerRef, DeliveryState, HostError, HostEvent, Personal};
use switchboard::model::Channel;
use switchboard::port::SetAsideReason;

use crate::config::MailConfig;
use crate::names::{message_name, read_own_message_id, thread_of};
use crate::read::{Delivery, Mail, Party, Progress, read_mail};
use crate::store::Attachment;

/// What a mail is to the engine.
#[derive(Clone, PartialEq, Debug)]
#[non_exhaustive]
pub enum Meaning {
    /// Something to report. Attachments are still to be stored; their references complete the event.
    Event(Box<HostEvent>, Vec<Attachment>),
    /// Nothing to report: it belongs in a folder of its own.
    Aside(SetAsideReason),
}

/// What a mail means, and its name.
///
/// In this order: what cannot be read is set aside; a report on delivery is news of a message of ours, or
/// set aside; our own mail, what a machine wrote and what is over a limit is set aside; all else is a
/// customer's.
pub fn classify(raw: &[u8], config: &MailConfig) -> (Option<ExternalRef>, Meaning) {
    match read_mail(raw) {
        Ok(mail) => {
            let name = message_name(mail.headers.message_id.as_deref(), raw);
            let meaning = meaning(mail, name.as_ref(), config);
            (name, meaning.unwrap_or_else(Meaning::Aside))
        }
        Err(error) => {
            let reason = SetAsideReason::Unreadable(error.to_string());
            (message_name(None, raw), Meaning::Aside(reason))
        }
    }
}

fn meaning(
    mail: Mail,
    name: Option<&ExternalRef>,
    config: &MailConfig,
) -> Result<Meaning, SetAsideReason> {
    if let Some(delivery) = &mail.delivery {
        let event = news(delivery, config)?;
        return Ok(Meaning::Event(Box::new(event), Vec::new()));
    }
    if is_own(&mail, config) {
        return Err(SetAsideReason::Loop);
    }
    if let Some(sign) = mail.automatic {
        return Err(SetAsideReason::Automatic(sign));
    }
    if mail.list && !config.list_mail {
        return Err(SetAsideReason::Automatic("Precedence: list".into()));
    }
    let unreadable = |what: &str| SetAsideReason::Unreadable(what.into());
    let name = name.ok_or_else(|| unreadable("no name can be given"))?;
    // Forms on websites write from an address of their own, and name the customer in Reply-To.
    let headers = &mail.headers;
    let writer = headers.reply_to.as_ref().or(headers.from.as_ref());
    let writer = writer.ok_or_else(|| unreadable("no sender"))?.clone();
    within("bytes of text", mail.text.len(), config.limits.text_bytes)?;
    within("attachments", mail.attachments.len(), config.limits.attachments)?;
    let (event, attachments) = written(mail, name, writer, config)?;
    Ok(Meaning::Event(Box::new(event), attachments))
}

fn within(what: &'static str, size: usize, limit: u32) -> Result<(), SetAsideReason> {
    let (size, limit) = (size as u64, u64::from(limit));
    if size > limit { Err(SetAsideReason::TooLarge { what, size, limit }) } else { Ok(()) }
}

/// Whether an answer would come back to us.
fn is_own(mail: &Mail, config: &MailConfig) -> bool {
    let headers = &mail.headers;
    let named = headers.message_id.as_deref();
    let named = named.is_some_and(|id| read_own_message_id(id, &config.domains()).is_some());
    let writers = headers.from.iter().chain(&headers.reply_to);
    named || writers.into_iter().any(|party| config.own_address(&party.address).is_some())
}

fn written(
    mail: Mail,
    name: &ExternalRef,
    writer: Party,
    config: &MailConfig,
) -> Result<(HostEvent, Vec<Attachment>), SetAsideReason> {
    let headers = mail.headers;
    let own_id = headers.message_id.as_deref().unwrap_or(name.as_str());
    let domains = config.domains();
    let thread = thread_of(&headers.references, &headers.in_reply_to, own_id, &domains);
    let thread = ExternalRef::new(thread.as_str())
        .map_err(|error| SetAsideReason::Unreadable(error.to_string()))?;
    let in_reply_to = headers.in_reply_to.last().or(headers.references.last());
    let in_reply_to = in_reply_to.and_then(|id| message_name(Some(id), b""));
    let reached = headers.reached.iter().find_map(|address| config.own_address(address));
    let from = CustomerRef {
        address: Some(Personal::Clear(writer.address)),
        name: writer.name.map(Personal::Clear),
        ..CustomerRef::default()
    };
    let event = HostEvent::MessageReceived {
        thread,
        message: name.clone(),
        channel: Channel::Email,
        to: reached.unwrap_or(&config.address).to_owned(),
        from: Box::new(from),
        subject: headers.subject.map(Personal::Clear),
        text: Personal::Clear(mail.text),
        in_reply_to,
        attachments: Vec::new(),
    };
    Ok((event, mail.attachments))
}

/// News of a mail of ours.
fn news(delivery: &Delivery, config: &MailConfig) -> Result<HostEvent, SetAsideReason> {
    let domains = config.domains();
    let ours = |id: &String| {
        let own = read_own_message_id(id, &domains)?;
        Some((own.message, ExternalRef::new(id).ok()))
    };
    let found = delivery.originals.iter().find_map(ours);
    let (message, external) =
        found.ok_or_else(|| SetAsideReason::NoNews("of no message of ours".into()))?;
    let state = match &delivery.progress {
        Progress::Failed(reason) => {
            DeliveryState::Failed(HostError::Other(Personal::Clear(reason.clone())))
        }
        Progress::Delivered => DeliveryState::Delivered,
        Progress::Read => DeliveryState::Read,
        Progress::Nothing(why) => return Err(SetAsideReason::NoNews(why.clone())),
    };
    Ok(HostEvent::MessageUpdated { message, external, state })
}
