//! Signs of a machine at the other end. An answer to it could be answered again, for ever.
//!
//! | header field | says |
//! |---|---|
//! | `Auto-Submitted`, other than `no` | RFC 3834: an automatic answer or notice |
//! | `Precedence`: `bulk`, `junk`, `auto_reply` | mass mail, or an absentee's answer of older programs |
//! | `X-Autoreply`, `X-Autorespond`, `X-Auto-Response` | the same |
//! | `Return-Path: <>` | RFC 5321: not to be answered |
//!
//! `Precedence: list` is told apart: group addresses set it on what customers write.

use mail_parser::Message;

/// Why a machine is thought to have written the mail.
pub(super) fn sign(message: &Message<'_>) -> Option<String> {
    let submitted = raw(message, "Auto-Submitted").find_map(|value| {
        let kind = value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        (kind != "no" && !kind.is_empty()).then(|| "Auto-Submitted".to_owned())
    });
    let precedence = || {
        let machine = ["bulk", "junk", "auto_reply"];
        let found = raw(message, "Precedence")
            .find(|value| machine.iter().any(|word| value.eq_ignore_ascii_case(word)));
        found.map(|value| format!("Precedence: {}", value.to_ascii_lowercase()))
    };
    let answered = || {
        let names = ["X-Autoreply", "X-Autorespond", "X-Auto-Response"];
        let found = names.into_iter().find(|name| raw(message, name).next().is_some());
        found.map(str::to_owned)
    };
    let unanswerable = || {
        let null = raw(message, "Return-Path").any(|value| value == "<>");
        null.then(|| "Return-Path: <>".to_owned())
    };
    submitted.or_else(precedence).or_else(answered).or_else(unanswerable)
}

pub(super) fn is_list(message: &Message<'_>) -> bool {
    raw(message, "Precedence").any(|value| value.eq_ignore_ascii_case("list"))
}

/// The values of a header field as they stand, without surrounding blanks.
pub(super) fn raw<'a>(
    message: &'a Message<'_>,
    name: &'a str,
) -> impl Iterator<Item = &'a str> + 'a {
    let named = move |(found, _): &(&str, &str)| found.eq_ignore_ascii_case(name);
    message.headers_raw().filter(named).map(|(_, value)| value.trim())
}
