//! What if: other rules for the engine's column, in the words of a center.
//!
//! ```toml
//! name = "triage"
//! order = "triage"                          # as a center says it; so are `across` and `policies`
//! every_queue = { agent_order = "least_occupied" }
//! queues.support = { priority = 2, service_target = "10s" }
//! ```
//!
//! A table of a queue may hold whatever a queue of a center may; what it does not say stays as in the default run. Queues
//! go by their names in the log, also where another queue is named; each asks for a skill of its own, `queue-0` for
//! the first queue of the log.

use std::path::Path;

use serde_json::{Map, Value, json};
use switchboard::model::{Center, validate};

use super::rules::queue_key;

/// Fields of a queue that name other ones.
const NAMES: [&str; 5] = ["queue", "add_queues", "remove_queues", "heir", "escalate_to"];
/// What a policy says of the whole center.
const OF_CENTER: [&str; 3] = ["order", "across", "policies"];

/// Changes to the center of the default run.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Policy {
    /// What people call it.
    pub(crate) name: String,
    center: Map<String, Value>,
    every_queue: Option<Value>,
    queues: Map<String, Value>,
}

impl Policy {
    /// Reads a file: TOML, or JSON where its name ends in `.json`.
    pub(crate) fn read(path: &Path) -> Result<Self, String> {
        let told = |error: &dyn std::fmt::Display| format!("{}: {error}", path.display());
        let text = std::fs::read_to_string(path).map_err(|error| told(&error))?;
        let json = path.extension().is_some_and(|ending| ending == "json");
        let value = if json {
            serde_json::from_str(&text).map_err(|error| told(&error))
        } else {
            toml::from_str(&text).map_err(|error| told(&error))
        };
        Self::new(value?).map_err(|error| told(&error))
    }

    fn new(value: Value) -> Result<Self, String> {
        let Value::Object(mut all) = value else { return Err("is no table".to_owned()) };
        let Some(Value::String(name)) = all.remove("name") else {
            return Err("`name` is missing, or no text".to_owned());
        };
        let every_queue = all.remove("every_queue");
        let queues = match all.remove("queues") {
            Some(Value::Object(queues)) => queues,
            None => Map::new(),
            Some(_) => return Err("`queues` is no table".to_owned()),
        };
        match all.keys().find(|key| !OF_CENTER.contains(&key.as_str())) {
            Some(key) => Err(format!(
                "`{key}` is none of name, every_queue, queues, {}",
                OF_CENTER.join(", ")
            )),
            None => Ok(Self { name, center: all, every_queue, queues }),
        }
    }

    /// The center with the changes; `names` are those of the log's queues in their order.
    pub(crate) fn applied(&self, center: &Center, names: &[String]) -> Result<Center, String> {
        let told = |what: &str| format!("policy `{}`: {what}", self.name);
        let place = |name: &str| names.iter().position(|known| known == name);
        if let Some(name) = self.queues.keys().find(|name| place(name).is_none()) {
            return Err(told(&format!("queue `{name}` is none of the log")));
        }
        let mut whole = serde_json::to_value(center).map_err(|error| error.to_string())?;
        for (key, value) in &self.center {
            lay_over(&mut whole[key.as_str()], value);
        }
        for (place, name) in names.iter().enumerate() {
            let queue = &mut whole["queues"][queue_key(place)];
            for table in self.every_queue.iter().chain(self.queues.get(name)) {
                lay_over(queue, &with_keys(table, names, false));
            }
        }
        let center: Center =
            serde_json::from_value(whole).map_err(|error| told(&error.to_string()))?;
        validate(&center).map_err(|faults| told(&faults.to_string()))?;
        Ok(center)
    }
}

/// What the second one says holds; tables are gone into.
fn lay_over(below: &mut Value, above: &Value) {
    match (below, above) {
        (Value::Object(below), Value::Object(above)) => {
            for (key, value) in above {
                lay_over(below.entry(key.clone()).or_insert(Value::Null), value);
            }
        }
        (below, above) => below.clone_from(above),
    }
}

/// Names of queues in the log become keys, where other queues are named.
fn with_keys(value: &Value, names: &[String], named: bool) -> Value {
    match value {
        Value::String(text) if named => {
            let place = names.iter().position(|name| name == text);
            place.map_or_else(|| value.clone(), |place| json!(queue_key(place)))
        }
        Value::Array(all) => all.iter().map(|one| with_keys(one, names, named)).collect(),
        Value::Object(all) => all
            .iter()
            .map(|(key, one)| (key.clone(), with_keys(one, names, NAMES.contains(&key.as_str()))))
            .collect(),
        _ => value.clone(),
    }
}
