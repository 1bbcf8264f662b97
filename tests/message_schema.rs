//! The published JSON Schema of the messages is the one of the code, and says what serde does.
#![cfg(feature = "schema")]

mod message_support;

use message_support::shapes::{Message, Visit, visit_all};
use message_support::{draw, examples};
use proptest::prelude::*;
use serde_json::Value;
use switchboard::message::{Input, Record};
use switchboard::model::TimeOfDay;

/// `UPDATE_SCHEMA=1 cargo test --features schema --test message_schema` writes it anew.
#[test]
fn the_published_schema_is_the_one_of_the_code() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/schema/messages.json");
    let schema = switchboard::message::schema();
    if std::env::var_os("UPDATE_SCHEMA").is_some() {
        std::fs::write(path, &schema).unwrap();
    }
    let published = std::fs::read_to_string(path).unwrap_or_default();
    assert!(published == schema, "schema/messages.json is out of date; see UPDATE_SCHEMA above");
}

/// As much of JSON Schema as the published one uses; a word it does not know is a failure.
struct Schema {
    root: Value,
}

impl Schema {
    fn new() -> Self {
        Self { root: serde_json::from_str(&switchboard::message::schema()).unwrap() }
    }

    fn definition(&self, name: &str) -> Option<&Value> {
        self.root.get("$defs")?.get(name)
    }

    /// Why the value is not as the schema says.
    fn fault(&self, schema: &Value, value: &Value) -> Option<String> {
        let Some(words) = schema.as_object() else {
            return (schema != &Value::Bool(true)).then(|| format!("nothing may be: {value}"));
        };
        words.iter().find_map(|(word, says)| self.fault_of_word(words, word, says, value))
    }

    fn fault_of_word(
        &self,
        words: &serde_json::Map<String, Value>,
        word: &str,
        says: &Value,
        value: &Value,
    ) -> Option<String> {
        let fault = |holds: bool| (!holds).then(|| format!("not `{word}` {says}: {value}"));
        let each = |list: &Value, value: &Value| {
            list.as_array().unwrap().iter().filter(|part| self.fault(part, value).is_none()).count()
        };
        match word {
            "$schema" | "title" | "description" | "$defs" | "format" | "examples" | "default" => {
                None
            }
            "$ref" => {
                let name = says.as_str().unwrap().strip_prefix("#/$defs/").unwrap();
                self.fault(self.definition(name).expect(name), value)
            }
            "anyOf" => fault(each(says, value) > 0),
            "oneOf" => fault(each(says, value) == 1),
            "const" => fault(says == value),
            "enum" => fault(says.as_array().unwrap().contains(value)),
            "type" => {
                let one = |name: &Value| match name.as_str().unwrap() {
                    "object" => value.is_object(),
                    "array" => value.is_array(),
                    "string" => value.is_string(),
                    "boolean" => value.is_boolean(),
                    "integer" => value.is_i64() || value.is_u64(),
                    "null" => value.is_null(),
                    other => panic!("unknown type {other}"),
                };
                fault(says.as_array().map_or_else(|| one(says), |names| names.iter().any(one)))
            }
            "required" => {
                let has = |name: &Value| value.get(name.as_str().unwrap()).is_some();
                fault(says.as_array().unwrap().iter().all(has))
            }
            "properties" => {
                let mut entries = value.as_object().into_iter().flatten();
                let open = words.contains_key("additionalProperties");
                entries.find_map(|(name, value)| match says.get(name) {
                    Some(says) => self.fault(says, value),
                    None => (!open).then(|| format!("{name} is not described")),
                })
            }
            "additionalProperties" => {
                let known = words.get("properties");
                let patterns = words.get("patternProperties").and_then(Value::as_object);
                let fits =
                    |name: &str| patterns.into_iter().flatten().any(|(p, _)| matches(p, name));
                let entries = value.as_object().into_iter().flatten();
                entries
                    .filter(|(name, _)| known.and_then(|known| known.get(name)).is_none())
                    .filter(|(name, _)| !fits(name))
                    .find_map(|(name, value)| Some(format!("{name}: {}", self.fault(says, value)?)))
            }
            "patternProperties" => {
                let entries = value.as_object().into_iter().flatten();
                let patterns = says.as_object().unwrap();
                let of = |name: &str| patterns.iter().find(|(p, _)| matches(p, name));
                entries
                    .filter_map(|(name, value)| Some((of(name)?.1, value)))
                    .find_map(|(says, value)| self.fault(says, value))
            }
            "items" => {
                let prefix = words.get("prefixItems").and_then(Value::as_array).map_or(0, Vec::len);
                let items = value.as_array().into_iter().flatten();
                items.skip(prefix).find_map(|item| self.fault(says, item))
            }
            "prefixItems" => {
                let items = value.as_array().into_iter().flatten();
                items.zip(says.as_array().unwrap()).find_map(|(item, says)| self.fault(says, item))
            }
            _ => fault(within(word, says, value)),
        }
    }
}

/// The patterns that are in use.
const TIME_OF_DAY: &str = "^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$";
const NO_CONTROL: &str = r"^[^\u0000-\u001f\u007f-\u009f]+$";

/// Whether the text is as the pattern says.
fn matches(pattern: &str, text: &str) -> bool {
    match pattern {
        TIME_OF_DAY => text.parse::<TimeOfDay>().is_ok(),
        NO_CONTROL => !text.is_empty() && !text.chars().any(char::is_control),
        other => panic!("the schema uses the pattern `{other}`, which this test does not know"),
    }
}

/// Whether the value keeps a bound.
fn within(word: &str, says: &Value, value: &Value) -> bool {
    let least = says.as_i64().unwrap_or(i64::MIN);
    let size = says.as_u64().unwrap_or(0);
    let length = value.as_str().map(|text| text.chars().count() as u64);
    let items = value.as_array().map(|items| items.len() as u64);
    match word {
        "minimum" => value.as_i64().is_none_or(|v| v >= least),
        "maximum" => value.as_u64().is_none_or(|v| v <= size),
        "minLength" => length.is_none_or(|length| length >= size),
        "maxLength" => length.is_none_or(|length| length <= size),
        "minItems" => items.is_none_or(|items| items >= size),
        "maxItems" => items.is_none_or(|items| items <= size),
        "pattern" => value.as_str().is_none_or(|text| matches(says.as_str().unwrap(), text)),
        other => panic!("the schema uses `{other}`, which this test does not know"),
    }
}

/// Every example is as its definition says, and has no field that the definition does not name.
struct Described {
    schema: Schema,
    seen: usize,
}

impl Visit for Described {
    fn visit<T: Message>(&mut self, _: &str, name: &'static str, examples: &[(&'static str, T)]) {
        let Some(definition) = self.schema.definition(name) else { return };
        self.seen += 1;
        for (variant, value) in examples {
            let json = serde_json::to_value(value).unwrap();
            assert_eq!(self.schema.fault(definition, &json), None, "{name}.{variant}: {json}");
        }
    }
}

#[test]
fn the_schema_describes_every_variant() {
    let mut described = Described { schema: Schema::new(), seen: 0 };
    visit_all(&mut described);
    // All types but `Personal`, which is described once per type that it holds.
    assert!(described.seen > 100, "{} types are described", described.seen);
}

#[test]
fn the_schema_refuses_what_is_no_message() {
    let schema = Schema::new();
    let [(_, record)] = &examples::<Record>().1[..] else { panic!("records are one struct") };
    let good = serde_json::to_value(record).unwrap();
    assert_eq!(schema.fault(&schema.root, &good), None);
    let mut bad = good.clone();
    bad["seq"] = Value::from("one");
    assert!(schema.fault(&schema.root, &bad).is_some());
    let mut bad = good;
    bad.as_object_mut().unwrap().remove("at");
    assert!(schema.fault(&schema.root, &bad).is_some());
}

#[test]
fn the_schema_refuses_what_serde_refuses() {
    let schema = Schema::new();
    let fault = |json: &str| schema.fault(&schema.root, &serde_json::from_str(json).unwrap());
    let command = |body: &str| {
        fault(&format!(
            r#"{{"command": {{"id": "c", "body": {body}, "authority": {{"on_behalf_of": null,
                "reason": null, "actor": {{"kind": "user", "id": null, "role": "host"}}}}}}}}"#
        ))
    };
    let switch = |rest: &str| {
        command(&format!(r#"{{"switch_queue": {{"queue": "q", "switch": "closed"{rest}}}}}"#))
    };
    assert_eq!(switch(r#", "until": null"#), None);
    assert!(switch("").is_some(), "closed for good by a field that is not there");
    assert!(switch(r#", "until": null, "untill": null"#).is_some());
    let sign_out =
        |key: &str| command(&format!(r#"{{"sign_out": {{"agent": {key:?}, "force": true}}}}"#));
    assert_eq!(sign_out("ana"), None);
    assert!(sign_out("a\nb").is_some(), "a control character");
    let hours = |time: &str| {
        command(&format!(
            r#"{{"configure": {{"base_version": 1, "changes": [{{"hours": {{"key": "h", "to": {{
                "name": "", "time_zone": "", "special": [],
                "weekly": [{{"days": ["monday"], "from": "08:00", "to": {time:?}}}]}}}}}}]}}}}"#
        ))
    };
    assert_eq!(hours("24:00"), None);
    assert!(hours("29:59").is_some() && hours("24:01").is_some());
}

proptest! {
    #[test]
    fn any_message_is_as_the_schema_says(choices in prop::collection::vec(any::<u64>(), 0..300)) {
        let schema = Schema::new();
        let record = serde_json::to_value(draw::<Record>(&choices).value).unwrap();
        prop_assert_eq!(schema.fault(schema.definition("Record").unwrap(), &record), None);
        let input = serde_json::to_value(draw::<Input>(&choices).value).unwrap();
        prop_assert_eq!(schema.fault(schema.definition("Input").unwrap(), &input), None);
    }
}
