//! The JSON Schema of the boundary, published as `schema/messages.json`.

use schemars::generate::SchemaSettings;

use super::{Effect, Input, Record, Rejection, Reply};

/// The JSON Schema (2020-12) of everything that crosses the boundary, as pretty JSON with a final
/// line break: an [`Input`] goes in; a [`Record`], an [`Effect`], a [`Reply`] or a [`Rejection`]
/// comes out. Each type is described once, under `$defs`.
pub fn schema() -> String {
    let mut generator = SchemaSettings::draft2020_12().into_generator();
    let any_of = [
        generator.subschema_for::<Input>(),
        generator.subschema_for::<Record>(),
        generator.subschema_for::<Effect>(),
        generator.subschema_for::<Reply>(),
        generator.subschema_for::<Rejection>(),
    ];
    let schema = schemars::json_schema!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Messages",
        "description": "What goes into an engine and what comes out of it.",
        "anyOf": any_of,
        "$defs": generator.take_definitions(true),
    });
    // Alternate form: pretty-printed.
    format!("{:#}\n", schema.as_value())
}
