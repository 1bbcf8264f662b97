//! A deserializer that makes its values up.

use std::collections::BTreeMap;

use serde::de::value::{Error, U32Deserializer};
use serde::de::{
    DeserializeOwned, DeserializeSeed, Deserializer, EnumAccess, IntoDeserializer, MapAccess,
    SeqAccess, VariantAccess, Visitor,
};

/// Stands in every text about a person; a `Debug` that shows it has leaked.
pub(crate) const SECRET: &str = "secret";
/// The same for single characters about a person.
pub(crate) const SECRET_CHAR: char = '☎';

const REQUIREMENTS: [&str; 7] = [
    "x",
    "x >= 2 and y",
    "anybody",
    "nobody",
    "not (x or `Müller & Söhne` < 3)",
    "site in (\"客服\", \"quote \\\" and \\\\\") and tenure >= 6",
    "x < 2 or (tier != \"😀\" and language == \"es\")",
];

/// Where a value stands: the type and the field that hold it.
#[derive(Clone, Copy, Default)]
pub(crate) struct Place {
    owner: &'static str,
    field: &'static str,
    /// Inside of `Personal`.
    personal: bool,
}

impl Place {
    /// The bound of an integer that its type alone does not tell.
    fn bound(self) -> Option<u64> {
        match (self.owner, self.field) {
            ("Origin", "shard") => Some(1 << 28),
            ("Origin", "epoch") => Some(1 << 24),
            ("Origin", "seq") => Some(1 << 50),
            ("Origin", "index") => Some(1 << 20),
            // Of the 16-bit integers, all but SIP codes are minutes of a day.
            _ => None,
        }
    }

    fn is_time(self) -> bool {
        let ends = ["at", "until", "since", "deadline", "from", "to", "change", "before", "after"];
        let named = ["reported", "taken", "requests"];
        ends.iter().any(|end| self.field.ends_with(end)) || named.contains(&self.field)
    }
}

/// Whoever decides which value it shall be.
pub(crate) trait Source {
    /// A struct begins.
    fn structure(&mut self, _: &'static str) {}
    /// The variant of an enum.
    fn variant(&mut self, name: &'static str, variants: &'static [&'static str]) -> u32;
    /// Items of a list.
    fn items(&mut self) -> usize;
    /// Whether an optional value is there.
    fn is_there(&mut self) -> bool;
    /// A flag.
    fn flag(&mut self) -> bool;
    /// An integer of so many bits, not yet cut to its bound.
    fn integer(&mut self, place: Place, bits: u32) -> i64;
    /// A text that can be a key.
    fn text(&mut self, place: Place) -> String;
}

/// One value of every variant of an enum, or one value of a struct, each with the name of the
/// variant; the name of the type comes first.
pub(crate) fn examples<T: DeserializeOwned>() -> (&'static str, Vec<(&'static str, T)>) {
    let mut first = Example::default();
    let _: T = sample(&mut first);
    match first.top {
        Some((name, variants)) => {
            let example = |number: usize| {
                let mut source = Example { choice: number, ..Example::default() };
                (variants[number], sample(&mut source))
            };
            (name, (0..variants.len()).map(example).collect())
        }
        None => (first.name, vec![(first.name, sample(&mut Example::default()))]),
    }
}

/// Adds every enum that can be reached from the type, with its variants.
pub(crate) fn explore<T: DeserializeOwned>(
    found: &mut BTreeMap<&'static str, &'static [&'static str]>,
) {
    let mut explorer = Explorer { known: found.clone(), visits: BTreeMap::new() };
    // Each visit of an enum takes its next variant, so every variant that can be reached comes up.
    for _ in 0..100_000 {
        let _: T = sample(&mut explorer);
        if explorer.visits.values().all(|(variants, visits)| visits >= &variants.len()) {
            found.extend(explorer.visits.iter().map(|(name, (variants, _))| (*name, *variants)));
            return;
        }
    }
    panic!("{} has no end", std::any::type_name::<T>());
}

/// A value made of random choices, and how much of it is about people.
#[derive(Debug)]
pub(crate) struct Drawn<T> {
    pub(crate) value: T,
    /// Texts with [`SECRET`] and characters [`SECRET_CHAR`].
    pub(crate) secrets: usize,
}

/// A value that follows the choices; the simplest one when they are used up.
pub(crate) fn draw<T: DeserializeOwned>(choices: &[u64]) -> Drawn<T> {
    let mut source = Choices { left: choices.iter(), secrets: 0, few_ids: false };
    let value = sample(&mut source);
    Drawn { value, secrets: source.secrets }
}

/// The same with so few different ids that values speak of the same things.
pub(crate) fn draw_related<T: DeserializeOwned>(choices: &[u64]) -> T {
    sample(&mut Choices { left: choices.iter(), secrets: 0, few_ids: true })
}

fn sample<T: DeserializeOwned>(source: &mut impl Source) -> T {
    T::deserialize(Sampler { source, place: Place::default() })
        .unwrap_or_else(|error| panic!("{}: {error}", std::any::type_name::<T>()))
}

/// Values that a person can read: numbers count up, texts are named after their field.
#[derive(Default)]
struct Example {
    /// Variant of the outermost enum; the others take their first.
    choice: usize,
    top: Option<(&'static str, &'static [&'static str])>,
    /// Name of the outermost struct.
    name: &'static str,
    inside: bool,
    flag: bool,
    count: i64,
}

impl Source for Example {
    fn structure(&mut self, name: &'static str) {
        if !std::mem::replace(&mut self.inside, true) {
            self.name = name;
        }
    }

    fn variant(&mut self, name: &'static str, variants: &'static [&'static str]) -> u32 {
        if std::mem::replace(&mut self.inside, true) {
            return 0;
        }
        self.top = Some((name, variants));
        u32::try_from(self.choice).unwrap()
    }

    fn items(&mut self) -> usize {
        1
    }

    fn is_there(&mut self) -> bool {
        true
    }

    fn flag(&mut self) -> bool {
        self.flag = !self.flag;
        self.flag
    }

    fn integer(&mut self, place: Place, bits: u32) -> i64 {
        self.count += 1;
        match (place.owner, place.field) {
            ("Origin", "shard") => 1,
            ("Origin", "epoch") => 2,
            (_, "v") => 0,
            (_, "q850") => 16,
            (_, "sip") => 486,
            // 2026-03-01T09:00:00Z
            _ if bits == 64 && place.is_time() => 1_772_355_600_000_000 + self.count * 1_000_000,
            (_, "seq" | "incarnation" | "token" | "minor" | "value" | "generation") => self.count,
            _ if bits == 64 => self.count * 1_000_000,
            _ => self.count,
        }
    }

    fn text(&mut self, place: Place) -> String {
        if place.personal { format!("{SECRET} {}", place.field) } else { place.field.to_owned() }
    }
}

/// Walks through the variants of every enum in turn.
struct Explorer {
    /// What is behind these is known already.
    known: BTreeMap<&'static str, &'static [&'static str]>,
    visits: BTreeMap<&'static str, (&'static [&'static str], usize)>,
}

impl Source for Explorer {
    fn variant(&mut self, name: &'static str, variants: &'static [&'static str]) -> u32 {
        if let Some(known) = self.known.get(name) {
            assert_eq!(known, &variants, "two enums are called {name}");
            return 0;
        }
        let (known, visits) = self.visits.entry(name).or_insert((variants, 0));
        assert_eq!(known, &variants, "two enums are called {name}");
        *visits += 1;
        u32::try_from((*visits - 1) % variants.len()).unwrap()
    }

    fn items(&mut self) -> usize {
        1
    }

    fn is_there(&mut self) -> bool {
        true
    }

    fn flag(&mut self) -> bool {
        true
    }

    fn integer(&mut self, _: Place, _: u32) -> i64 {
        0
    }

    fn text(&mut self, _: Place) -> String {
        "x".to_owned()
    }
}

/// Follows a list of numbers.
struct Choices<'a> {
    left: std::slice::Iter<'a, u64>,
    secrets: usize,
    few_ids: bool,
}

impl Choices<'_> {
    fn next(&mut self) -> u64 {
        self.left.next().copied().unwrap_or(0)
    }
}

impl Source for Choices<'_> {
    fn variant(&mut self, _: &'static str, variants: &'static [&'static str]) -> u32 {
        u32::try_from(self.next() % variants.len() as u64).unwrap()
    }

    fn items(&mut self) -> usize {
        usize::try_from(self.next() % 4).unwrap()
    }

    fn is_there(&mut self) -> bool {
        self.flag()
    }

    fn flag(&mut self) -> bool {
        self.next() % 2 == 1
    }

    fn integer(&mut self, place: Place, bits: u32) -> i64 {
        let choice = self.next();
        if self.few_ids && (bits == 32 || place.owner == "Origin") {
            return i64::from(place.owner != "Origin" || place.field != "index")
                * i64::try_from(choice % 3).unwrap();
        }
        // Small ones, round ones, all of them.
        match choice % 4 {
            0 => i64::try_from(choice / 4 % 300).unwrap(),
            1 => -i64::try_from(choice / 4 % 300).unwrap(),
            2 => [i64::MAX, i64::MIN, i64::from(u32::MAX), 1 << 28]
                [usize::try_from(choice / 4 % 4).unwrap()],
            _ => self.next().cast_signed(),
        }
    }

    fn text(&mut self, place: Place) -> String {
        let texts = match (place.owner, place.field) {
            // The one text that has a grammar.
            ("Queue" | "RelaxationStep", "requirement") => REQUIREMENTS,
            _ => ["x", "Müller & Söhne", "客服", "quote \" and \\", "😀", " ", "<&>"],
        };
        let choice = usize::try_from(self.next() % texts.len() as u64).unwrap();
        if place.personal {
            self.secrets += 1;
            // Free text may hold anything.
            return format!("{SECRET}\n\0\u{7f}{}", texts[choice]);
        }
        texts[choice].to_owned()
    }
}

struct Sampler<'s, S> {
    source: &'s mut S,
    place: Place,
}

impl<S: Source> Sampler<'_, S> {
    fn again(&mut self) -> Sampler<'_, S> {
        Sampler { source: self.source, place: self.place }
    }

    fn at(&mut self, owner: &'static str, field: &'static str) -> Sampler<'_, S> {
        let place = Place { owner, field, ..self.place };
        Sampler { source: self.source, place }
    }

    #[allow(clippy::cast_sign_loss, clippy::cast_possible_wrap)] // bits are what is wanted
    fn unsigned(&mut self, bits: u32) -> u64 {
        let value = self.source.integer(self.place, bits) as u64;
        let bound = match (bits, self.place.field) {
            (16, field) if field != "sip" => Some(1441),
            _ => self.place.bound(),
        };
        bound.map_or(value, |bound| value % bound)
    }
}

macro_rules! integers {
    ($($method:ident $visit:ident $type:ty),* $(,)?) => {$(
        #[allow(clippy::cast_possible_truncation, clippy::cast_possible_wrap)] // as above
        fn $method<V: Visitor<'de>>(mut self, visitor: V) -> Result<V::Value, Error> {
            let bits = <$type>::BITS;
            visitor.$visit(self.unsigned(bits) as $type)
        }
    )*};
}

impl<'de, S: Source> Deserializer<'de> for Sampler<'_, S> {
    type Error = Error;

    fn is_human_readable(&self) -> bool {
        false
    }

    fn deserialize_any<V: Visitor<'de>>(self, _: V) -> Result<V::Value, Error> {
        panic!("a type that does not say what it is: the binary form could not read it")
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_bool(self.source.flag())
    }

    integers!(
        deserialize_u8 visit_u8 u8,
        deserialize_u16 visit_u16 u16,
        deserialize_u32 visit_u32 u32,
        deserialize_u64 visit_u64 u64,
        deserialize_i8 visit_i8 i8,
        deserialize_i16 visit_i16 i16,
        deserialize_i32 visit_i32 i32,
        deserialize_i64 visit_i64 i64,
    );

    fn deserialize_char<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        if self.place.personal {
            // A text of one character: it counts as a secret of its own.
            self.source.text(self.place);
            return visitor.visit_char(SECRET_CHAR);
        }
        visitor.visit_char('#')
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_string(self.source.text(self.place))
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_string(self.source.text(self.place))
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        if self.source.is_there() { visitor.visit_some(self) } else { visitor.visit_none() }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Error> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        let left = self.source.items();
        visitor.visit_seq(Items { sampler: self, fields: None, left })
    }

    fn deserialize_tuple<V: Visitor<'de>>(
        self,
        left: usize,
        visitor: V,
    ) -> Result<V::Value, Error> {
        visitor.visit_seq(Items { sampler: self, fields: None, left })
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        left: usize,
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.deserialize_tuple(left, visitor)
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        // One at most: a second of the same key would be a fault.
        let left = self.source.items().min(1);
        visitor.visit_map(Items { sampler: self, fields: None, left })
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.source.structure(name);
        visitor.visit_seq(Items { sampler: self, fields: Some((name, fields)), left: fields.len() })
    }

    fn deserialize_enum<V: Visitor<'de>>(
        mut self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        let number = self.source.variant(name, variants);
        self.place.owner = name;
        self.place.personal |= name == "Personal";
        // A value that is the whole variant is named after it.
        if self.place.field.is_empty() {
            self.place.field = variants[number as usize];
        }
        visitor.visit_enum(Variant { sampler: self, number })
    }

    serde::forward_to_deserialize_any! {
        i128 u128 f32 f64 bytes byte_buf unit unit_struct identifier ignored_any
    }
}

/// The items of a list, of a map, or of a struct with named fields.
struct Items<'s, S> {
    sampler: Sampler<'s, S>,
    fields: Option<(&'static str, &'static [&'static str])>,
    left: usize,
}

impl<S: Source> Items<'_, S> {
    fn next(&mut self) -> Option<Sampler<'_, S>> {
        self.left = self.left.checked_sub(1)?;
        Some(match self.fields {
            Some((owner, fields)) => self.sampler.at(owner, fields[fields.len() - 1 - self.left]),
            None => self.sampler.again(),
        })
    }
}

impl<'de, S: Source> SeqAccess<'de> for Items<'_, S> {
    type Error = Error;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, Error> {
        self.next().map(|sampler| seed.deserialize(sampler)).transpose()
    }
}

impl<'de, S: Source> MapAccess<'de> for Items<'_, S> {
    type Error = Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, Error> {
        self.next().map(|sampler| seed.deserialize(sampler)).transpose()
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Error> {
        seed.deserialize(self.sampler.again())
    }
}

struct Variant<'s, S> {
    sampler: Sampler<'s, S>,
    number: u32,
}

impl<'de, S: Source> EnumAccess<'de> for Variant<'_, S> {
    type Error = Error;
    type Variant = Self;

    fn variant_seed<V: DeserializeSeed<'de>>(self, seed: V) -> Result<(V::Value, Self), Error> {
        let number: U32Deserializer<Error> = self.number.into_deserializer();
        Ok((seed.deserialize(number)?, self))
    }
}

impl<'de, S: Source> VariantAccess<'de> for Variant<'_, S> {
    type Error = Error;

    fn unit_variant(self) -> Result<(), Error> {
        Ok(())
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value, Error> {
        seed.deserialize(self.sampler)
    }

    fn tuple_variant<V: Visitor<'de>>(self, left: usize, visitor: V) -> Result<V::Value, Error> {
        self.sampler.deserialize_tuple(left, visitor)
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        let name = self.sampler.place.owner;
        self.sampler.deserialize_struct(name, fields, visitor)
    }
}
