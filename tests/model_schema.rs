//! The published JSON Schema is the one of the code.
#![cfg(feature = "schema")]

/// `UPDATE_SCHEMA=1 cargo test --features schema --test model_schema` writes it anew.
#[test]
fn the_published_schema_is_the_one_of_the_code() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/schema/center.json");
    let schema = switchboard::model::schema();
    if std::env::var_os("UPDATE_SCHEMA").is_some() {
        std::fs::write(path, &schema).unwrap();
    }
    let published = std::fs::read_to_string(path).unwrap_or_default();
    assert!(published == schema, "schema/center.json is out of date; see UPDATE_SCHEMA above");
}
