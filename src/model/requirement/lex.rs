//! The text of a requirement as names, numbers, texts and signs.

use std::fmt;

use super::Comparison;
use super::error::Wrong;
use crate::id::Key;

#[derive(Clone, PartialEq)]
pub(super) enum Token<'a> {
    Name(&'a str),
    /// A name that stood in backquotes.
    Quoted(Key),
    Number(u32),
    Text(String),
    Is(Comparison),
    Open,
    Close,
    Comma,
    End,
}

impl fmt::Display for Token<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            // A name may be as long as the text.
            Self::Name(name) => write!(f, "`{name:.64}`"),
            Self::Quoted(key) => write!(f, "the name `{key}`"),
            Self::Number(number) => write!(f, "{number}"),
            Self::Text(_) => f.write_str("a text"),
            Self::Is(comparison) => write!(f, "`{}`", comparison.as_str()),
            Self::Open => f.write_str("`(`"),
            Self::Close => f.write_str("`)`"),
            Self::Comma => f.write_str("`,`"),
            Self::End => f.write_str("the end"),
        }
    }
}

/// Whether the text is a name as it stands.
pub(super) fn is_name(text: &str) -> bool {
    text.starts_with(begins_name) && text.chars().all(is_of_name)
}

fn begins_name(c: char) -> bool {
    c.is_alphabetic() || c == '_'
}

fn is_of_name(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '-')
}

/// The token that the text goes on with from the byte `from`, where it begins and where it ends.
pub(super) fn next(text: &str, from: usize) -> Result<(Token<'_>, usize, usize), Wrong> {
    let rest = text.get(from..).unwrap_or_default();
    let trimmed = rest.trim_start();
    let at = from + (rest.len() - trimmed.len());
    match token(trimmed) {
        Ok((token, length)) => Ok((token, at, at + length)),
        Err(message) => Err(Wrong { at, message }),
    }
}

/// The token that the rest begins with, and its length; or what is wrong there.
fn token(rest: &str) -> Result<(Token<'_>, usize), String> {
    let Some(first) = rest.chars().next() else { return Ok((Token::End, 0)) };
    let signs = [
        ("==", Token::Is(Comparison::Equal)),
        ("!=", Token::Is(Comparison::NotEqual)),
        ("<=", Token::Is(Comparison::AtMost)),
        (">=", Token::Is(Comparison::AtLeast)),
        ("<", Token::Is(Comparison::Below)),
        (">", Token::Is(Comparison::Above)),
        ("(", Token::Open),
        (")", Token::Close),
        (",", Token::Comma),
    ];
    if let Some((sign, token)) = signs.into_iter().find(|(sign, _)| rest.starts_with(sign)) {
        return Ok((token, sign.len()));
    }
    let length_of = |is: fn(char) -> bool| rest.find(|c| !is(c)).unwrap_or(rest.len());
    match first {
        '"' => {
            let (text, length) = delimited(rest, '"').ok_or_else(|| open_ended('"'))?;
            Ok((Token::Text(text), length))
        }
        '`' => {
            let (name, length) = delimited(rest, '`').ok_or_else(|| open_ended('`'))?;
            Ok((Token::Quoted(key(&name)?), length))
        }
        '0'..='9' => {
            let length = length_of(|c| c.is_ascii_digit());
            let number = rest.get(..length).and_then(|digits| digits.parse().ok());
            let number = number.ok_or_else(|| format!("a number is at most {}", u32::MAX))?;
            Ok((Token::Number(number), length))
        }
        _ if begins_name(first) => {
            let length = length_of(is_of_name);
            Ok((Token::Name(rest.get(..length).unwrap_or_default()), length))
        }
        '=' => Err("equality is written `==`".to_owned()),
        '&' => Err("that both hold is written `and`".to_owned()),
        '|' => Err("that one of both holds is written `or`".to_owned()),
        '!' => Err("negation is written `not`".to_owned()),
        '\'' => Err("a text stands in double quotes".to_owned()),
        other => Err(format!("unexpected {other:?}")),
    }
}

fn open_ended(mark: char) -> String {
    format!("expected another {mark} somewhere behind this one")
}

/// The name as the key of a skill or an attribute.
pub(super) fn key(name: &str) -> Result<Key, String> {
    let bounds = "a name has 1 to 64 bytes and no control characters";
    Key::new(name).map_err(|_| bounds.to_owned())
}

/// What stands between the mark that the text begins with and the next one, and the length of it all. In
/// backquotes a mark is doubled; in quotes a backslash stands before it, and before itself.
fn delimited(text: &str, mark: char) -> Option<(String, usize)> {
    let mut inner = String::new();
    let mut chars = text.char_indices().skip(1).peekable();
    while let Some((at, c)) = chars.next() {
        if c == mark {
            let doubled = mark == '`' && chars.peek().is_some_and(|(_, next)| *next == mark);
            if !doubled {
                return Some((inner, at + mark.len_utf8()));
            }
            chars.next();
        } else if c == '\\' && mark == '"' {
            let escaped = |(_, next): &(usize, char)| matches!(next, '"' | '\\');
            if let Some((_, next)) = chars.next_if(escaped) {
                inner.push(next);
                continue;
            }
        }
        inner.push(c);
    }
    None
}
