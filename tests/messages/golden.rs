//! The shapes of all messages, byte by byte and as JSON, in `tests/golden/v0`.
//!
//! `UPDATE_GOLDEN=1 cargo test --test messages` writes the files anew. Version 0 is the time
//! before the freeze: a file may change, with a line in the changelog. Numbers of variants and the
//! order of fields are part of the shape, so variants are only ever appended.
//!
//! The examples are made from the types (`message_support/sample.rs`), one of every variant: a new
//! variant has one without anybody's doing, a new enum that is not listed in
//! `message_support/shapes.rs` fails [`every_enum_is_listed`].

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::PathBuf;

use crate::message_support::sample::{SECRET, SECRET_CHAR};
use crate::message_support::shapes::{Message, Visit, reachable, visit_all};
use switchboard::message::{Record, codec};

/// Texts of the golden files by name.
#[derive(Default)]
struct Golden {
    binary: BTreeMap<&'static str, String>,
    json: BTreeMap<&'static str, Vec<String>>,
}

impl Visit for Golden {
    fn visit<T: Message>(
        &mut self,
        file: &'static str,
        name: &'static str,
        examples: &[(&'static str, T)],
    ) {
        let binary = self.binary.entry(file).or_default();
        let json = examples.iter().map(|(_, value)| serde_json::to_string_pretty(value).unwrap());
        let json = json.collect::<Vec<_>>().join(",\n").replace('\n', "\n    ");
        self.json.entry(file).or_default().push(format!("  \"{name}\": [\n    {json}\n  ]"));
        for (variant, value) in examples {
            let bytes = postcard::to_stdvec(value).unwrap();
            let hex = bytes.iter().fold(String::new(), |hex, byte| hex + &format!("{byte:02x}"));
            writeln!(binary, "{name}.{variant} {hex}").unwrap();
        }
    }
}

#[test]
fn encodings_are_as_they_were() {
    let mut golden = Golden::default();
    visit_all(&mut golden);
    let json = golden
        .json
        .into_iter()
        .map(|(file, types)| (format!("{file}.json"), format!("{{\n{}\n}}\n", types.join(",\n"))));
    let binary = golden.binary.into_iter().map(|(file, text)| (format!("{file}.hex"), text));
    let files: BTreeMap<String, String> = json.chain(binary).collect();

    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/golden/v0");
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::create_dir_all(&folder).unwrap();
        for (name, text) in &files {
            std::fs::write(folder.join(name), text).unwrap();
        }
    }
    let found: BTreeSet<String> = std::fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    assert_eq!(found, files.keys().cloned().collect(), "files in {}", folder.display());
    for (name, text) in &files {
        let golden = std::fs::read_to_string(folder.join(name)).unwrap();
        let differing = golden.lines().zip(text.lines()).find(|(was, is)| was != is);
        assert!(
            golden == *text,
            "{name} has changed, first in the line\n  {differing:?}\nIf that is meant, run \
             `UPDATE_GOLDEN=1 cargo test --test messages` and say so in the changelog."
        );
    }
}

/// A record goes through the codec of the journal: the same bytes, the version first.
#[test]
fn the_codec_writes_the_same_bytes() {
    for (_, record) in crate::message_support::examples::<Record>().1 {
        let bytes = codec::encode(&record).unwrap();
        assert_eq!(bytes, postcard::to_stdvec(&record).unwrap());
        assert_eq!(bytes[0], switchboard::message::FORMAT_VERSION);
        assert_eq!(codec::decode(&bytes).unwrap(), record);
    }
}

/// Names of the enums that have golden encodings, with their number of variants.
struct Listed(BTreeMap<&'static str, usize>);

impl Visit for Listed {
    fn visit<T: Message>(&mut self, _: &str, name: &'static str, examples: &[(&'static str, T)]) {
        assert_eq!(self.0.insert(name, examples.len()), None, "{name} is listed twice");
    }
}

#[test]
fn every_enum_is_listed() {
    let mut listed = Listed(BTreeMap::new());
    visit_all(&mut listed);
    for (name, variants) in reachable() {
        assert_eq!(listed.0.get(name), Some(&variants.len()), "{name} in shapes.rs");
    }
}

/// What each example says in both forms comes back, and its `Debug` shows nothing personal.
struct Checked {
    personal: usize,
}

impl Visit for Checked {
    fn visit<T: Message>(&mut self, _: &str, name: &'static str, examples: &[(&'static str, T)]) {
        for (variant, value) in examples {
            let bytes = postcard::to_stdvec(value).unwrap();
            assert_eq!(&postcard::from_bytes::<T>(&bytes).unwrap(), value, "{name}.{variant}");
            let json = serde_json::to_string(value).unwrap();
            assert_eq!(&serde_json::from_str::<T>(&json).unwrap(), value, "{name}.{variant}");
            let debug = format!("{value:?}");
            for secret in [SECRET, &SECRET_CHAR.to_string()] {
                assert!(!debug.contains(secret), "{name}.{variant} shows personal data: {debug}");
                self.personal += usize::from(json.contains(secret));
            }
        }
    }
}

#[test]
fn examples_come_back_and_hide_what_is_personal() {
    let mut checked = Checked { personal: 0 };
    visit_all(&mut checked);
    assert!(checked.personal > 40, "only {} examples hold personal data", checked.personal);
}
