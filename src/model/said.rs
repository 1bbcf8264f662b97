//! Fields that must be there, also where they say nothing.

use serde::{Deserialize, Deserializer};

/// For a field whose absence would act: unlike serde's default for options, it must be there. A
/// forgotten or mistyped field removes nothing, and closes nothing for good.
pub(crate) fn said<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    from: D,
) -> Result<Option<T>, D::Error> {
    Option::deserialize(from)
}

/// What the schema says of such a field: the value or null, and required. It is never made.
#[cfg(feature = "schema")]
pub(crate) struct Said<T>(std::marker::PhantomData<T>);

#[cfg(feature = "schema")]
impl<T: schemars::JsonSchema> schemars::JsonSchema for Said<T> {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> std::borrow::Cow<'static, str> {
        Option::<T>::schema_name()
    }
    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        generator.subschema_for::<Option<T>>()
    }
}
