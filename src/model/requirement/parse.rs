//! The text of a requirement, read. Never deeper than its bound, whatever the text.

use std::collections::BTreeSet;
use std::str::FromStr;

use super::error::{RequirementError, Wrong};
use super::lex::{Token, key, next};
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

impl FromStr for Requirement {
    type Err = RequirementError;

    fn from_str(text: &str) -> Result<Self, RequirementError> {
        read(text).map_err(|wrong| RequirementError::new(text, wrong))
    }
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

impl Parser<'_> {
    fn wrong(&self, message: impl Into<String>) -> Wrong {
        Wrong { at: self.at, message: message.into() }
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
                if parser.takes(&Token::Close)? {
                    return Ok(inner);
                }
                Err(parser.expected("`and`, `or` or `)`"))
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
                Some(Subject::Named(key(name).map_err(|message| self.wrong(message))?))
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
        (self.token, self.at, self.end) = next(self.text, self.end)?;
        Ok(())
    }
}

/// One text: equal, or not.
fn one(attribute: TextAttribute, text: &str, is: Comparison) -> Requirement {
    let statement =
        Requirement::from(Atom::Text { attribute, among: BTreeSet::from([text.to_owned()]) });
    if is == Comparison::NotEqual { !statement } else { statement }
}
