//! TOML and JSON in and out.
//!
//! Reading a center parses it and then validates it. Where agents are fed apart from policy, the
//! parts are parsed first and validated together: [`Center::parse_toml`], [`Center::with_agents`].

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

#[cfg(any(feature = "toml", feature = "json"))]
use serde::Deserialize;

use super::validate::segment;
use super::{Agent, Center, Fault, Faults, validate};
use crate::id::Key;

/// A configuration that cannot be read, used or written.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ConfigError {
    /// The text is not well-formed, or holds what the configuration has no place for.
    #[error("line {line}, column {column}: {message}")]
    Syntax {
        /// Line of the offending text, from 1.
        line: usize,
        /// Column of the offending text in characters (JSON: in bytes), from 1.
        column: usize,
        /// What is wrong.
        message: String,
    },
    /// The text is well-formed, and the center it describes has faults.
    #[error(transparent)]
    Invalid(#[from] Faults),
    /// The center holds what the text form cannot express.
    #[error("cannot be written: {0}")]
    Unwritable(String),
}

impl ConfigError {
    /// A stable number for bindings and logs: 101 syntax, 102 invalid, 103 unwritable.
    pub const fn code(&self) -> u16 {
        match self {
            Self::Syntax { .. } => 101,
            Self::Invalid(_) => 102,
            Self::Unwritable(_) => 103,
        }
    }
}

/// The part of a center that a directory of people feeds.
#[cfg(any(feature = "toml", feature = "json"))]
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Agents {
    #[serde(deserialize_with = "super::keyed::keyed")]
    agents: BTreeMap<Key, Agent>,
}

impl Center {
    /// Adds agents that were fed apart, and validates the whole.
    ///
    /// # Errors
    /// [`ConfigError::Invalid`] with all faults of the whole; an agent given on both sides is one.
    pub fn with_agents(mut self, agents: BTreeMap<Key, Agent>) -> Result<Self, ConfigError> {
        let mut faults = Vec::new();
        for (key, agent) in agents {
            match self.agents.entry(key) {
                Entry::Vacant(place) => {
                    place.insert(agent);
                }
                Entry::Occupied(there) => {
                    let path = format!("agents.{}", segment(there.key().as_str()));
                    faults.push(Fault { path, message: "is given on both sides".to_owned() });
                }
            }
        }
        faults.extend(validate(&self).err().into_iter().flatten());
        Faults::none_of(faults)?;
        Ok(self)
    }

    #[cfg(any(feature = "toml", feature = "json"))]
    fn validated(self) -> Result<Self, ConfigError> {
        validate(&self)?;
        Ok(self)
    }
}

#[cfg(feature = "toml")]
impl Center {
    /// Reads and validates a center.
    ///
    /// # Errors
    /// [`ConfigError::Syntax`] at the first text that cannot be read, [`ConfigError::Invalid`] with
    /// all faults of what was read.
    ///
    /// # Examples
    /// ```
    /// use switchboard::model::Center;
    ///
    /// let text = r#"
    ///     [queues.billing]
    ///     service_target = "20s"
    ///     overflow = { to = { queue = "general" } }
    /// "#;
    /// let error = Center::from_toml(text).unwrap_err();
    /// assert_eq!(error.to_string(), "queues.billing.overflow: unknown queue \"general\"");
    /// ```
    pub fn from_toml(text: &str) -> Result<Self, ConfigError> {
        Self::parse_toml(text)?.validated()
    }

    /// Reads a center without validating it, for one that [`Center::with_agents`] completes.
    ///
    /// # Errors
    /// [`ConfigError::Syntax`].
    pub fn parse_toml(text: &str) -> Result<Self, ConfigError> {
        toml::from_str(text).map_err(|error| toml_syntax(text, &error))
    }

    /// Writes a center, leaving out what stands at its default.
    ///
    /// # Errors
    /// [`ConfigError::Unwritable`].
    pub fn to_toml(&self) -> Result<String, ConfigError> {
        let text = super::terse::terse(self).and_then(|table| toml::to_string(&table));
        text.map_err(|error| ConfigError::Unwritable(error.to_string()))
    }
}

/// Reads agents that are fed apart: a text of `[agents.<key>]` tables, as in a whole center.
///
/// # Errors
/// [`ConfigError::Syntax`].
#[cfg(feature = "toml")]
pub fn agents_from_toml(text: &str) -> Result<BTreeMap<Key, Agent>, ConfigError> {
    let read = toml::from_str(text).map(|Agents { agents }| agents);
    read.map_err(|error| toml_syntax(text, &error))
}

#[cfg(feature = "toml")]
fn toml_syntax(text: &str, error: &toml::de::Error) -> ConfigError {
    let offset = error.span().map_or(0, |span| span.start);
    let before = text.get(..offset).unwrap_or(text);
    let last_line = before.rsplit('\n').next().unwrap_or(before);
    ConfigError::Syntax {
        line: before.matches('\n').count() + 1,
        column: last_line.chars().count() + 1,
        message: error.message().to_owned(),
    }
}

#[cfg(feature = "json")]
impl Center {
    /// Reads and validates a center.
    ///
    /// # Errors
    /// [`ConfigError::Syntax`] at the first text that cannot be read, [`ConfigError::Invalid`] with
    /// all faults of what was read.
    pub fn from_json(text: &str) -> Result<Self, ConfigError> {
        Self::parse_json(text)?.validated()
    }

    /// Reads a center without validating it, for one that [`Center::with_agents`] completes.
    ///
    /// # Errors
    /// [`ConfigError::Syntax`].
    pub fn parse_json(text: &str) -> Result<Self, ConfigError> {
        serde_json::from_str(text).map_err(|error| json_syntax(&error))
    }

    /// Writes a center, every field of it, in readable lines.
    ///
    /// # Errors
    /// [`ConfigError::Unwritable`].
    pub fn to_json(&self) -> Result<String, ConfigError> {
        let text = serde_json::to_string_pretty(self);
        text.map_err(|error| ConfigError::Unwritable(error.to_string()))
    }
}

/// Reads agents that are fed apart: `{"agents": {"<key>": {..}}}`, as in a whole center.
///
/// # Errors
/// [`ConfigError::Syntax`].
#[cfg(feature = "json")]
pub fn agents_from_json(text: &str) -> Result<BTreeMap<Key, Agent>, ConfigError> {
    let read = serde_json::from_str(text).map(|Agents { agents }| agents);
    read.map_err(|error| json_syntax(&error))
}

#[cfg(feature = "json")]
fn json_syntax(error: &serde_json::Error) -> ConfigError {
    let text = error.to_string();
    // serde_json ends its message with the place, which stands in fields of its own here.
    let message = text.rsplit_once(" at line ").map_or(text.as_str(), |(message, _)| message);
    ConfigError::Syntax { line: error.line(), column: error.column(), message: message.to_owned() }
}
