//! The JSON Schema of a center, published as `schema/center.json`.

use super::Center;

/// The JSON Schema (2020-12) of [`Center`], as pretty JSON with a final line break.
pub fn schema() -> String {
    let schema = schemars::schema_for!(Center);
    // Alternate form: pretty-printed.
    format!("{:#}\n", schema.as_value())
}
