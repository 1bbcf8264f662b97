//! The text of a requirement, written.

use std::fmt::{self, Write as _};

use super::lex::is_name;
use super::parse::RESERVED;
use super::{Atom, Comparison, Expression, NumberAttribute, Requirement, TextAttribute};
use crate::id::Key;

impl NumberAttribute {
    /// As it is written.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Tenure => "tenure",
            Self::Cost => "cost",
        }
    }
}

impl fmt::Display for Requirement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Expression::All(parts) if parts.is_empty() => f.write_str("anybody"),
            Expression::Any(parts) if parts.is_empty() => f.write_str("nobody"),
            Expression::Atom(atom) => write_atom(f, atom, false),
            Expression::Not(part) => {
                if let Expression::Atom(atom @ Atom::Text { .. }) = &part.0 {
                    return write_atom(f, atom, true);
                }
                f.write_str("not ")?;
                write_part(f, part)
            }
            Expression::All(parts) => write_joined(f, parts, " and "),
            Expression::Any(parts) => write_joined(f, parts, " or "),
        }
    }
}

fn write_joined(f: &mut fmt::Formatter<'_>, parts: &[Requirement], word: &str) -> fmt::Result {
    for (place, part) in parts.iter().enumerate() {
        if place > 0 {
            f.write_str(word)?;
        }
        write_part(f, part)?;
    }
    Ok(())
}

/// In parentheses where the reader would have to know what binds first.
fn write_part(f: &mut fmt::Formatter<'_>, part: &Requirement) -> fmt::Result {
    match &part.0 {
        Expression::Any(_) | Expression::All(_) => write!(f, "({part})"),
        _ => write!(f, "{part}"),
    }
}

fn write_atom(f: &mut fmt::Formatter<'_>, atom: &Atom, negated: bool) -> fmt::Result {
    match atom {
        Atom::Level { skill, is: Comparison::AtLeast, level: 1 } => write_name(f, skill),
        Atom::Level { skill, is, level } => {
            write_name(f, skill)?;
            write!(f, " {} {level}", is.as_str())
        }
        Atom::Number { attribute, is, number } => {
            write!(f, "{} {} {number}", attribute.as_str(), is.as_str())
        }
        Atom::Text { attribute, among } => {
            match attribute {
                TextAttribute::Agent => f.write_str("agent")?,
                TextAttribute::Language => f.write_str("language")?,
                TextAttribute::Site => f.write_str("site")?,
                TextAttribute::Team => f.write_str("team")?,
                TextAttribute::Custom(name) => write_name(f, name)?,
            }
            if let Some(text) = among.first().filter(|_| among.len() == 1) {
                f.write_str(if negated { " != " } else { " == " })?;
                return write_text(f, text);
            }
            f.write_str(if negated { " not in (" } else { " in (" })?;
            for (place, text) in among.iter().enumerate() {
                if place > 0 {
                    f.write_str(", ")?;
                }
                write_text(f, text)?;
            }
            f.write_str(")")
        }
    }
}

fn write_name(f: &mut fmt::Formatter<'_>, name: &Key) -> fmt::Result {
    let name = name.as_str();
    // Which characters are letters changes over the years; journals are read by older readers too.
    if name.is_ascii() && is_name(name) && !RESERVED.contains(&name) {
        return f.write_str(name);
    }
    write!(f, "`{}`", name.replace('`', "``"))
}

fn write_text(f: &mut fmt::Formatter<'_>, text: &str) -> fmt::Result {
    f.write_char('"')?;
    for c in text.chars() {
        if matches!(c, '"' | '\\') {
            f.write_char('\\')?;
        }
        f.write_char(c)?;
    }
    f.write_char('"')
}
