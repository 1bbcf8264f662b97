//! The text of a requirement, read. Never deeper than its bound, whatever the text.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use super::{Atom, Comparison, NumberAttribute, Requirement, TextAttribute};
use crate::id::Key;
use crate::model::Proficiency;

/// Names that mean something of their own; a skill or attribute of such a name stands in backquotes.
pub(in crate::model) const RESERVED: [&str; 12] = [
    "and", "or", "not", "in", "anybody", "nobody", "tenure", "cost", "site", "team", "language",
    "agent",
];

/// Those of them that connect.
const WORDS: [&str; 4] = ["and", "or", "not", "in"];

/// Characters shown of the line where something is wrong, so that the place is in sight.
const SHOWN: usize = 72;

/// What is wrong with the text of a requirement, and where. Displays with the place marked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub struct RequirementError {
    /// Line of the offending text, from 1.
    pub line: usize,
    /// Column of the offending text in characters, from 1; one past the line where something is missing at
    /// its end.
    pub column: usize,
    /// What is wrong, and what was expected.
    pub message: String,
    /// What surrounds the place, and where the place is in it, in characters.
    shown: (String, usize),
}

impl fmt::Display for RequirementError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.line > 1 {
            write!(f, "line {}, ", self.line)?;
        }
        let (text, place) = &self.shown;
        write!(f, "column {}: {}\n  {text}\n  {:place$}^", self.column, self.message, "")
    }
}

impl RequirementError {
    fn new(text: &str, Wrong { at, message }: Wrong) -> Self {
        let (before, after) = text.split_at_checked(at).unwrap_or((text, ""));
        let line_start = before.rsplit('\n').next().unwrap_or(before);
        let column = line_start.chars().count();
        let cut = column.saturating_sub(SHOWN / 2);
        let rest = after.lines().next().unwrap_or_default();
        let shown = line_start.chars().skip(cut).chain(rest.chars()).take(SHOWN);
        // One character, one place: what breaks or moves a line would move the mark.
        let shown = shown.map(|c| if c.is_control() { ' ' } else { c }).collect();
        let line = before.matches('\n').count() + 1;
        Self { line, column: column + 1, message, shown: (shown, column - cut) }
    }
}

impl FromStr for Requirement {
    type Err = RequirementError;

    fn from_str(text: &str) -> Result<Self, RequirementError> {
        read(text).map_err(|wrong| RequirementError::new(text, wrong))
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

fn read(text: &str) -> Result<Requirement, Wrong> {
    let mut parser = Parser { text, end: 0, at: 0, token: Token::End, depth: 0, items: 0 };
    parser.advance()?;
    let requirement = parser.alternatives()?;
    if parser.token != Token::End {
        return Err(parser.expected("`and`, `or` or the end"));
    }
    let too_large = |what| Wrong { at: 0, message: format!("the requirement {what}") };
    requirement.check_size().map_err(too_large)?;
    Ok(requirement)
}

/// Something is wrong at this byte.
struct Wrong {
    at: usize,
    message: String,
}

#[derive(Clone, PartialEq)]
enum Token<'a> {
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
            Self::Name(name) => write!(f, "`{name}`"),
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

/// What a comparison is about.
enum Subject {
    Number(NumberAttribute),
    Text(TextAttribute),
    /// A skill, or an attribute of the center's own: what it is compared with tells.
    Named(Key),
}

struct Parser<'a> {
    text: &'a str,
    /// Where the current token begins, and where what follows it does.
    at: usize,
    end: usize,
    token: Token<'a>,
    depth: usize,
    items: usize,
}

impl<'a> Parser<'a> {
    fn wrong(&self, message: impl Into<String>) -> Wrong {
        Wrong { at: self.at, message: message.into() }
    }

    fn key(&self, name: &str) -> Result<Key, Wrong> {
        let bounds = "a name has 1 to 64 bytes and no control characters";
        Key::new(name).map_err(|_| self.wrong(bounds))
    }

    fn expected(&self, what: &str) -> Wrong {
        self.wrong(format!("expected {what}, found {}", self.token))
    }

    fn is_at(&self, word: &str) -> bool {
        self.token == Token::Name(word)
    }

    /// Takes the token if it is this one.
    fn takes(&mut self, token: &Token<'_>) -> Result<bool, Wrong> {
        let there = self.token == *token;
        if there {
            self.advance()?;
        }
        Ok(there)
    }

    fn alternatives(&mut self) -> Result<Requirement, Wrong> {
        let mut parts = vec![self.conjunction()?];
        while self.takes(&Token::Name("or"))? {
            parts.push(self.conjunction()?);
        }
        Ok(Requirement::any(parts))
    }

    fn conjunction(&mut self) -> Result<Requirement, Wrong> {
        let mut parts = vec![self.part()?];
        while self.takes(&Token::Name("and"))? {
            parts.push(self.part()?);
        }
        Ok(Requirement::all(parts))
    }

    fn part(&mut self) -> Result<Requirement, Wrong> {
        if self.is_at("not") {
            return self.nested(|parser| Ok(!parser.part()?));
        }
        if self.token == Token::Open {
            return self.nested(|parser| {
                let inner = parser.alternatives()?;
                match parser.takes(&Token::Close)? {
                    true => Ok(inner),
                    false => Err(parser.expected("`and`, `or` or `)`")),
                }
            });
        }
        self.statement()
    }

    /// What follows the token, one deeper.
    fn nested(
        &mut self,
        inner: impl FnOnce(&mut Self) -> Result<Requirement, Wrong>,
    ) -> Result<Requirement, Wrong> {
        self.depth += 1;
        if self.depth > Requirement::MAX_DEPTH {
            let most = Requirement::MAX_DEPTH;
            return Err(self.wrong(format!("nested deeper than {most}")));
        }
        self.advance()?;
        let inner = inner(self)?;
        self.depth -= 1;
        Ok(inner)
    }

    fn count(&mut self) -> Result<(), Wrong> {
        self.items += 1;
        if self.items > Requirement::MAX_ITEMS {
            let most = Requirement::MAX_ITEMS;
            return Err(self.wrong(format!("more than {most} statements and texts")));
        }
        Ok(())
    }

    fn statement(&mut self) -> Result<Requirement, Wrong> {
        self.count()?;
        let subject = match &self.token {
            Token::Name(word) if WORDS.contains(word) => None,
            Token::Name(word @ ("anybody" | "nobody")) => {
                let all = *word == "anybody";
                self.advance()?;
                let nobody = Requirement::nobody;
                return Ok(if all { Requirement::anybody() } else { nobody() });
            }
            Token::Name("tenure") => Some(Subject::Number(NumberAttribute::Tenure)),
            Token::Name("cost") => Some(Subject::Number(NumberAttribute::Cost)),
            Token::Name("agent") => Some(Subject::Text(TextAttribute::Agent)),
            Token::Name("language") => Some(Subject::Text(TextAttribute::Language)),
            Token::Name("site") => Some(Subject::Text(TextAttribute::Site)),
            Token::Name("team") => Some(Subject::Text(TextAttribute::Team)),
            Token::Name(name) => {
                Some(Subject::Named(self.key(name)?))
            }
            Token::Quoted(key) => Some(Subject::Named(key.clone())),
            _ => None,
        };
        let Some(subject) = subject else {
            return Err(self.expected("a skill, an attribute, `not` or `(`"));
        };
        let name = self.token.to_string();
        self.advance()?;
        let negated = self.takes(&Token::Name("not"))?;
        if negated && !self.is_at("in") {
            return Err(self.expected("`in`"));
        }
        let among = self.is_at("in");
        match (subject, &self.token) {
            (Subject::Text(attribute), _) if among => self.set(attribute, negated),
            (Subject::Named(key), _) if among => self.set(TextAttribute::Custom(key), negated),
            (subject, Token::Is(is)) => {
                let is = *is;
                self.compared(subject, is)
            }
            (Subject::Named(skill), _) => Ok(Requirement::level(skill, 1)),
            (Subject::Number(_), _) => {
                Err(self.expected(&format!("a comparison of {name} with a number")))
            }
            (Subject::Text(_), _) => {
                Err(self.expected(&format!("`==`, `!=`, `in` or `not in` after {name}")))
            }
        }
    }

    /// `in ("a", "b")`, from its first word on.
    fn set(&mut self, attribute: TextAttribute, negated: bool) -> Result<Requirement, Wrong> {
        self.advance()?;
        if !self.takes(&Token::Open)? {
            return Err(self.expected("`(` and texts in quotes"));
        }
        let mut among = BTreeSet::new();
        loop {
            let Token::Text(text) = &self.token else {
                return Err(self.expected("a text in quotes"));
            };
            among.insert(text.clone());
            self.count()?;
            self.advance()?;
            if self.takes(&Token::Close)? {
                break;
            }
            if !self.takes(&Token::Comma)? {
                return Err(self.expected("`,` or `)`"));
            }
        }
        let statement = Requirement::from(Atom::Text { attribute, among });
        Ok(if negated { !statement } else { statement })
    }

    /// `>= 3` or `== "text"`.
    fn compared(&mut self, subject: Subject, is: Comparison) -> Result<Requirement, Wrong> {
        let of_texts = matches!(is, Comparison::Equal | Comparison::NotEqual);
        if matches!(subject, Subject::Text(_)) && !of_texts {
            return Err(self.expected("`==`, `!=`, `in` or `not in`: it is a text"));
        }
        self.advance()?;
        let statement = match (subject, &self.token) {
            (Subject::Number(attribute), Token::Number(number)) => {
                Requirement::from(Atom::Number { attribute, is, number: *number })
            }
            (Subject::Named(skill), Token::Number(number)) => {
                let most = Proficiency::MAX;
                let level = Proficiency::try_from(*number)
                    .map_err(|_| self.wrong(format!("a level is at most {most}")))?;
                Requirement::from(Atom::Level { skill, is, level })
            }
            (Subject::Text(attribute), Token::Text(text)) => one(attribute, text, is),
            (Subject::Named(name), Token::Text(text)) if of_texts => {
                one(TextAttribute::Custom(name), text, is)
            }
            (Subject::Named(_), Token::Text(_)) => {
                return Err(self.expected("a number: texts are compared by `==` and `!=`"));
            }
            (Subject::Number(_), _) => return Err(self.expected("a number")),
            (Subject::Text(_), _) => return Err(self.expected("a text in quotes")),
            (Subject::Named(_), _) => {
                return Err(self.expected("a number or a text in quotes"));
            }
        };
        self.advance()?;
        Ok(statement)
    }

    /// Reads the next token.
    fn advance(&mut self) -> Result<(), Wrong> {
        let rest = self.text.get(self.end..).unwrap_or_default();
        let trimmed = rest.trim_start();
        self.at = self.end + (rest.len() - trimmed.len());
        let (token, length) = self.token_at(trimmed)?;
        (self.token, self.end) = (token, self.at + length);
        Ok(())
    }

    /// The token that the rest begins with, and its length.
    fn token_at(&self, rest: &'a str) -> Result<(Token<'a>, usize), Wrong> {
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
                let (text, length) = delimited(rest, '"').ok_or_else(|| self.open_ended('"'))?;
                Ok((Token::Text(text), length))
            }
            '`' => {
                let (name, length) = delimited(rest, '`').ok_or_else(|| self.open_ended('`'))?;
                Ok((Token::Quoted(self.key(&name)?), length))
            }
            '0'..='9' => {
                let length = length_of(|c| c.is_ascii_digit());
                let number = rest.get(..length).and_then(|digits| digits.parse().ok());
                let number = number
                    .ok_or_else(|| self.wrong(format!("a number is at most {}", u32::MAX)))?;
                Ok((Token::Number(number), length))
            }
            _ if begins_name(first) => {
                let length = length_of(is_of_name);
                Ok((Token::Name(rest.get(..length).unwrap_or_default()), length))
            }
            '=' => Err(self.wrong("equality is written `==`")),
            '&' => Err(self.wrong("that both hold is written `and`")),
            '|' => Err(self.wrong("that one of both holds is written `or`")),
            '!' => Err(self.wrong("negation is written `not`")),
            '\'' => Err(self.wrong("a text stands in double quotes")),
            other => Err(self.wrong(format!("unexpected {other:?}"))),
        }
    }

    fn open_ended(&self, mark: char) -> Wrong {
        self.wrong(format!("expected another {mark} somewhere behind this one"))
    }
}

/// One text: equal, or not.
fn one(attribute: TextAttribute, text: &str, is: Comparison) -> Requirement {
    let statement =
        Requirement::from(Atom::Text { attribute, among: BTreeSet::from([text.to_owned()]) });
    if is == Comparison::NotEqual { !statement } else { statement }
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
