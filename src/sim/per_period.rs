//! Values that may change from period to period.

use std::fmt;
use std::marker::PhantomData;

use serde::de::value::{MapAccessDeserializer, SeqAccessDeserializer};
use serde::de::{DeserializeOwned, IntoDeserializer, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// One value for all time, or a list: one value for each period, and one more, if wanted, for the time
/// after the last period. Where the list is shorter, its last value goes on.
#[derive(Clone, Debug, PartialEq)]
pub struct PerPeriod<T> {
    values: Vec<T>,
    constant: bool,
}

impl<T> PerPeriod<T> {
    /// One value for all time.
    pub fn always(value: T) -> Self {
        Self { values: vec![value], constant: true }
    }

    /// A value for each period.
    pub const fn each(values: Vec<T>) -> Self {
        Self { values, constant: false }
    }

    /// The value in a period, counted from 0; the number of periods stands for the time after them.
    /// `None` if the list is empty.
    pub fn get(&self, period: usize) -> Option<&T> {
        self.values.get(period).or_else(|| self.values.last())
    }

    /// All values that were given.
    pub fn values(&self) -> &[T] {
        &self.values
    }
}

impl<T: Serialize> Serialize for PerPeriod<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.values.first() {
            Some(value) if self.constant => value.serialize(serializer),
            _ => self.values.serialize(serializer),
        }
    }
}

impl<'de, T: DeserializeOwned> Deserialize<'de> for PerPeriod<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(OneOrMany(PhantomData))
    }
}

struct OneOrMany<T>(PhantomData<T>);

/// Hands a single value on to the type that is wanted, so that faults are told in its words.
macro_rules! single {
    ($($visit:ident($type:ty)),*) => {$(
        fn $visit<E: serde::de::Error>(self, value: $type) -> Result<Self::Value, E> {
            T::deserialize(value.into_deserializer()).map(PerPeriod::always)
        }
    )*};
}

impl<'de, T: DeserializeOwned> Visitor<'de> for OneOrMany<T> {
    type Value = PerPeriod<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value, or a list with one value for each period")
    }

    single!(visit_bool(bool), visit_i64(i64), visit_u64(u64), visit_f64(f64), visit_str(&str));

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
        T::deserialize(MapAccessDeserializer::new(map)).map(PerPeriod::always)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<Self::Value, A::Error> {
        Vec::deserialize(SeqAccessDeserializer::new(list)).map(PerPeriod::each)
    }
}
