//! What a queue asks of agents: an expression over levels of skills and attributes of agents.
//!
//! | file | subject |
//! |---|---|
//! | `evaluate.rs` | whether an agent meets it |
//! | `contradiction.rs` | whether any agent ever could |
//! | `lex.rs`, `parse.rs`, `error.rs` | the text read, and what is wrong with it |
//! | `text.rs` | the text written |
//! | `forms.rs` | the forms of configurations and journals |

mod contradiction;
mod error;
mod evaluate;
mod forms;
mod lex;
mod parse;
mod text;

use std::collections::BTreeSet;
use std::ops::Not;

use super::Proficiency;
use crate::id::Key;

pub use error::RequirementError;
pub(super) use parse::RESERVED;

/// What agents must have to serve a queue: an expression over levels of skills and attributes of agents.
///
/// The default asks nothing: anybody may. It is read from a text or from a table of least levels, all of which
/// are asked, or made in code from parts.
///
/// # The text form
///
/// ```text
/// spanish >= 3 and (billing >= 2 or tier == "gold-desk") and not site == "trainee"
/// ```
///
/// | written | holds for an agent who |
/// |---|---|
/// | `spanish >= 3`, also `== != < <= >` | has the skill at such a level; the level of a missing skill is 0 |
/// | `spanish` | has the skill, whatever the level: short for `spanish >= 1` |
/// | `tenure >= 6`, `cost < 2500` | has been here that many whole months, costs that many minor units of money an hour |
/// | `site == "madrid"`, `team`, `agent` | works at the site, is of the team, is the one with this key |
/// | `language == "es-ES"` | speaks the language, among others perhaps; case does not matter |
/// | `tier == "gold-desk"` | has this text in an attribute of the center's own |
/// | `site in ("madrid", "lisbon")` | has one of these |
/// | `site != "madrid"`, `site not in (..)` | has not: short for `not site == ..` |
/// | `anybody`, `nobody` | is an agent; cannot be |
///
/// `not` binds before `and`, `and` before `or`; parentheses do the rest. A name that is compared with a number
/// is a skill, unless it is `tenure` or `cost`; a name that is compared with a text is an attribute. A name that
/// is one of the words above, or holds more than letters, digits, `_` and `-`, stands in backquotes:
/// `` `2nd line` >= 2 ``; a backquote in it is doubled. In a text, `\"` and `\\` stand for `"` and `\`.
///
/// What an agent does not have holds nothing: `tenure < 6` is false for an agent without a tenure, and so is
/// `tenure >= 6`. There is no third truth value: `not tenure < 6` is true for that agent.
///
/// # One form
///
/// It is always in its canonical form: parts of the same kind flattened, sorted, none twice, no `not not`. So two that differ in nothing but the order of their parts are equal, and the text of one
/// reads back as the same.
///
///
/// # Examples
/// ```
/// use switchboard::model::Requirement;
///
/// let written = r#"spanish >= 3 and not (site == "trainee") and (tier == "gold-desk" or billing >= 2)"#;
/// let requirement: Requirement = written.parse()?;
/// assert_eq!(
///     requirement.to_string(),
///     r#"spanish >= 3 and site != "trainee" and (billing >= 2 or tier == "gold-desk")"#
/// );
///
/// let error = "spanish >= and billing".parse::<Requirement>().unwrap_err();
/// assert_eq!(
///     error.to_string(),
///     "column 12: expected a number or a text in quotes, found `and`\n  \
///      spanish >= and billing\n             ^"
/// );
///
/// let skilled = Requirement::level("spanish".try_into()?, 3);
/// let senior: Requirement = "tenure >= 12".parse()?;
/// assert_eq!(skilled.or(!senior).to_string(), "spanish >= 3 or not tenure >= 12");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Requirement(Expression);

/// A [`Requirement`] from the inside. Parts are requirements themselves.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Expression {
    /// One statement about an agent.
    Atom(Atom),
    /// The part does not hold.
    Not(Box<Requirement>),
    /// One of the parts holds. Without parts: nobody.
    Any(Vec<Requirement>),
    /// All parts hold. Without parts: anybody.
    All(Vec<Requirement>),
}

/// One statement about an agent, true or false.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Atom {
    /// The agent's level of a skill, 0 where it is missing, compares so with the level.
    Level {
        /// The skill.
        skill: Key,
        /// How the agent's level compares.
        is: Comparison,
        /// With what.
        level: Proficiency,
    },
    /// The agent's number is there and compares so with the number.
    Number {
        /// What of the agent.
        attribute: NumberAttribute,
        /// How it compares.
        is: Comparison,
        /// With what.
        number: u32,
    },
    /// The agent's text is there and one of these.
    Text {
        /// What of the agent.
        attribute: TextAttribute,
        /// The texts.
        among: BTreeSet<String>,
    },
}

/// How two numbers compare.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Comparison {
    /// `==`
    Equal,
    /// `!=`
    NotEqual,
    /// `<`
    Below,
    /// `<=`
    AtMost,
    /// `>`
    Above,
    /// `>=`
    AtLeast,
}

impl Comparison {
    /// Whether `a` compares so with `b`.
    pub const fn holds(self, a: u32, b: u32) -> bool {
        match self {
            Self::Equal => a == b,
            Self::NotEqual => a != b,
            Self::Below => a < b,
            Self::AtMost => a <= b,
            Self::Above => a > b,
            Self::AtLeast => a >= b,
        }
    }

    /// As it is written.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Equal => "==",
            Self::NotEqual => "!=",
            Self::Below => "<",
            Self::AtMost => "<=",
            Self::Above => ">",
            Self::AtLeast => ">=",
        }
    }
}

/// A number that an agent may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum NumberAttribute {
    /// How long the agent has been here, in whole months.
    Tenure,
    /// What the agent costs, in minor units of money an hour.
    Cost,
}

/// A text that an agent may have.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum TextAttribute {
    /// The agent's key.
    Agent,
    /// A language that the agent speaks.
    Language,
    /// The agent's site; the team's where the agent has none of its own.
    Site,
    /// The agent's team.
    Team,
    /// One of the center's own.
    Custom(Key),
}

impl Requirement {
    /// The most statements, operators and texts of sets in one requirement.
    pub const MAX_ITEMS: usize = 1_000;
    /// How deep operators may stand within each other.
    pub const MAX_DEPTH: usize = 32;

    /// Nothing is asked.
    pub const fn anybody() -> Self {
        Self(Expression::All(Vec::new()))
    }

    /// What no agent meets.
    pub const fn nobody() -> Self {
        Self(Expression::Any(Vec::new()))
    }

    /// The skill at this level or above.
    pub const fn level(skill: Key, least: Proficiency) -> Self {
        Self(Expression::Atom(Atom::Level { skill, is: Comparison::AtLeast, level: least }))
    }

    /// All of these hold.
    pub fn all(parts: impl IntoIterator<Item = Self>) -> Self {
        let mut kept = BTreeSet::new();
        for part in parts {
            match part.0 {
                Expression::All(parts) => kept.extend(parts),
                Expression::Any(parts) if parts.is_empty() => return Self::nobody(),
                _ => drop(kept.insert(part)),
            }
        }
        Self::sole(&mut kept).unwrap_or_else(|| Self(Expression::All(kept.into_iter().collect())))
    }

    /// One of these holds.
    pub fn any(parts: impl IntoIterator<Item = Self>) -> Self {
        let mut kept = BTreeSet::new();
        for part in parts {
            match part.0 {
                Expression::Any(parts) => kept.extend(parts),
                Expression::All(parts) if parts.is_empty() => return Self::anybody(),
                _ => drop(kept.insert(part)),
            }
        }
        Self::sole(&mut kept).unwrap_or_else(|| Self(Expression::Any(kept.into_iter().collect())))
    }

    fn sole(parts: &mut BTreeSet<Self>) -> Option<Self> {
        if parts.len() == 1 { parts.pop_first() } else { None }
    }

    /// Both hold.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self::all([self, other])
    }

    /// One of the two holds.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        Self::any([self, other])
    }

    /// It from the inside.
    pub const fn expression(&self) -> &Expression {
        &self.0
    }

    /// What it asks as least levels of skills, if it asks nothing else.
    fn least_levels(&self) -> Option<Vec<(&Key, Proficiency)>> {
        let parts = match &self.0 {
            Expression::All(parts) => parts.as_slice(),
            _ => std::slice::from_ref(self),
        };
        let mut levels = Vec::with_capacity(parts.len());
        for part in parts {
            let Expression::Atom(Atom::Level { skill, is: Comparison::AtLeast, level }) = &part.0
            else {
                return None;
            };
            levels.push((skill, *level));
        }
        // Sorted by skill: whoever stands twice stands side by side.
        let distinct = levels.iter().zip(levels.iter().skip(1)).all(|((a, _), (b, _))| a != b);
        distinct.then_some(levels)
    }

    /// Whether it stays within the bounds of its size.
    pub(super) fn check_size(&self) -> Result<(), String> {
        let mut items = 0;
        if !self.is_within(0, &mut items) {
            return Err(format!("is nested deeper than {}", Self::MAX_DEPTH));
        }
        if items > Self::MAX_ITEMS {
            return Err(format!("has {items} parts, more than {}", Self::MAX_ITEMS));
        }
        Ok(())
    }

    /// Counts the items; false where it is deeper than the bound, which bounds the recursion too.
    fn is_within(&self, depth: usize, items: &mut usize) -> bool {
        *items += 1;
        match &self.0 {
            _ if depth > Self::MAX_DEPTH => false,
            Expression::Atom(Atom::Text { among, .. }) => {
                *items += among.len();
                true
            }
            Expression::Atom(_) => true,
            Expression::Not(part) => part.is_within(depth + 1, items),
            Expression::Any(parts) | Expression::All(parts) => {
                parts.iter().all(|part| part.is_within(depth + 1, items))
            }
        }
    }
}

impl Default for Requirement {
    fn default() -> Self {
        Self::anybody()
    }
}

impl Not for Requirement {
    type Output = Self;
    fn not(self) -> Self {
        match self.0 {
            Expression::Not(part) => *part,
            Expression::All(parts) if parts.is_empty() => Self::nobody(),
            Expression::Any(parts) if parts.is_empty() => Self::anybody(),
            _ => Self(Expression::Not(Box::new(self))),
        }
    }
}

/// Canonical, as everything made of parts that are.
impl From<Expression> for Requirement {
    fn from(expression: Expression) -> Self {
        match expression {
            Expression::Atom(atom) => Self::from(atom),
            Expression::Not(part) => !*part,
            Expression::Any(parts) => Self::any(parts),
            Expression::All(parts) => Self::all(parts),
        }
    }
}

impl From<Atom> for Requirement {
    fn from(atom: Atom) -> Self {
        match &atom {
            Atom::Text { among, .. } if among.is_empty() => Self::nobody(),
            _ => Self(Expression::Atom(atom)),
        }
    }
}
