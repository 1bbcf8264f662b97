//! The forms of configurations and journals: a text, or a table of least levels.
//!
//! Either is flat, so nothing that comes in nests readers within each other; the text's own parser bounds how
//! deep it goes. People write either and get the table back where it says all; journals hold the text.

use std::fmt;

use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserialize, Deserializer, Error as _, MapAccess, Visitor};
use serde::ser::{Error as _, Serialize, SerializeMap as _, Serializer};

use super::Requirement;
use crate::id::Key;
use crate::model::Proficiency;
use crate::model::keyed::keyed;

impl Serialize for Requirement {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        // What is written must be readable again.
        self.check_size().map_err(S::Error::custom)?;
        match self.least_levels().filter(|_| serializer.is_human_readable()) {
            Some(levels) => {
                let mut table = serializer.serialize_map(Some(levels.len()))?;
                for (skill, level) in levels {
                    table.serialize_entry(skill, &level)?;
                }
                table.end()
            }
            None => serializer.serialize_str(&self.to_string()),
        }
    }
}

impl<'de> Deserialize<'de> for Requirement {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        if deserializer.is_human_readable() {
            deserializer.deserialize_any(Form)
        } else {
            deserializer.deserialize_str(Form)
        }
    }
}

struct Form;

impl<'de> Visitor<'de> for Form {
    type Value = Requirement;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a requirement as a text, or a table of least levels by skill")
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Requirement, E> {
        text.parse().map_err(|error| E::custom(format_args!("in the requirement, {error}")))
    }

    fn visit_map<A: MapAccess<'de>>(self, entries: A) -> Result<Requirement, A::Error> {
        let levels = keyed::<_, Key, Proficiency>(MapAccessDeserializer::new(entries))?;
        let requirement = Requirement::all(
            levels.into_iter().map(|(skill, level)| Requirement::level(skill, level)),
        );
        requirement.check_size().map_err(A::Error::custom)?;
        Ok(requirement)
    }
}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for Requirement {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Requirement".into()
    }

    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        let levels = generator.subschema_for::<std::collections::BTreeMap<Key, Proficiency>>();
        schemars::json_schema!({
            "description": "What agents must have: an expression such as \
                `spanish >= 3 and (billing >= 2 or site == \"madrid\")`, or a table of least levels by skill, \
                all of which are asked.",
            "anyOf": [{ "type": "string" }, levels],
        })
    }
}
