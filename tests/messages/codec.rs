//! Any message comes back from either form, and bytes that are no message are refused politely.

use std::fmt::Debug;

use crate::message_support::sample::{SECRET, SECRET_CHAR};
use crate::message_support::shapes::{Message, Visit, visit_all};
use crate::message_support::{Drawn, draw, draw_related, examples};
use proptest::prelude::*;
use proptest::test_runner::TestCaseResult;
use switchboard::id::ShardId;
use switchboard::message::codec::{self, CodecError};
use switchboard::message::*;
use switchboard::model::{Agent, Center, Queue};
use switchboard::time::Timestamp;
use switchboard::{Engine, Opening, Replica};

/// Numbers from which a value is made; shorter lists make simpler values.
fn choices() -> impl Strategy<Value = Vec<u64>> {
    prop::collection::vec(any::<u64>(), 0..400)
}

/// A value made of the choices survives both forms, and only JSON shows what is personal.
fn comes_back<T: Message>(choices: &[u64]) -> TestCaseResult {
    let Drawn { value, secrets } = draw::<T>(choices);
    let bytes = postcard::to_stdvec(&value).unwrap();
    let (read, rest) = postcard::take_from_bytes::<T>(&bytes).unwrap();
    prop_assert_eq!(&read, &value);
    prop_assert!(rest.is_empty());
    let json = serde_json::to_string(&value).unwrap();
    prop_assert_eq!(&serde_json::from_str::<T>(&json).unwrap(), &value);
    prop_assert_eq!(shown(&json), secrets);
    prop_assert_eq!(shown(&format!("{value:?}{value:#?}")), 0);
    Ok(())
}

/// How often something personal shows.
fn shown(text: &str) -> usize {
    text.matches(SECRET).count() + text.matches(SECRET_CHAR).count()
}

fn encoded(choices: &[u64]) -> (Record, Vec<u8>) {
    let record = Record { v: FORMAT_VERSION, ..draw::<Record>(choices).value };
    let bytes = codec::encode(&record).unwrap();
    (record, bytes)
}

proptest! {
    #[test]
    fn records_come_back(choices in choices()) {
        comes_back::<Record>(&choices)?;
        let (record, bytes) = encoded(&choices);
        prop_assert_eq!(codec::decode(&bytes).unwrap(), record);
    }

    #[test]
    fn other_messages_come_back(choices in choices()) {
        comes_back::<Command>(&choices)?;
        comes_back::<HostReport>(&choices)?;
        comes_back::<Input>(&choices)?;
        comes_back::<Effect>(&choices)?;
        comes_back::<Event>(&choices)?;
        comes_back::<Rejection>(&choices)?;
        comes_back::<Reply>(&choices)?;
    }

    #[test]
    fn a_record_cut_off_anywhere_is_corrupt(choices in choices(), cut in any::<prop::sample::Index>()) {
        let (_, bytes) = encoded(&choices);
        let cut = cut.index(bytes.len());
        prop_assert!(matches!(codec::decode(&bytes[..cut]), Err(CodecError::Corrupt(_))));
    }

    #[test]
    fn a_flipped_bit_is_an_error_or_another_record(
        choices in choices(), place in any::<prop::sample::Index>(), bit in 0..8_u32,
    ) {
        let (record, mut bytes) = encoded(&choices);
        let place = place.index(bytes.len());
        bytes[place] ^= 1 << bit;
        match codec::decode(&bytes) {
            Err(CodecError::UnsupportedVersion(v)) if place == 0 => prop_assert_eq!(v, bytes[0]),
            Err(_) => prop_assert!(place > 0),
            Ok(other) => {
                prop_assert_ne!(&other, &record);
                prop_assert_eq!(codec::decode(&codec::encode(&other).unwrap()).unwrap(), other);
            }
        }
    }

    #[test]
    fn bytes_too_many_are_corrupt(choices in choices(), more in prop::collection::vec(any::<u8>(), 1..9)) {
        let (_, mut bytes) = encoded(&choices);
        bytes.extend(more);
        prop_assert!(matches!(codec::decode(&bytes), Err(CodecError::Corrupt(_))));
    }

    #[test]
    fn another_version_is_named(choices in choices(), version in 1..=u8::MAX) {
        let (_, mut bytes) = encoded(&choices);
        bytes[0] = version;
        prop_assert_eq!(codec::decode(&bytes), Err(CodecError::UnsupportedVersion(version)));
    }

    /// Whatever a journal says, applying it neither fails nor depends on where a snapshot was taken.
    #[test]
    fn any_record_can_be_applied(records in prop::collection::vec(choices(), 1..12)) {
        let mut replica = replica();
        for choices in &records {
            let (v, shard, seq) = (FORMAT_VERSION, ShardId(1), replica.seq().next());
            let record = Record { v, shard, seq, ..draw_related::<Record>(choices) };
            replica.apply(&record).unwrap();
            let snapshot = replica.snapshot().unwrap();
            let mut restored = Replica::restore(&snapshot).unwrap();
            prop_assert_eq!(restored.state_hash(), replica.state_hash());
            prop_assert_eq!(restored.snapshot().unwrap(), snapshot);
        }
    }

    #[test]
    fn any_bytes_are_judged(mut bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = codec::decode(&bytes);
        if let Some(first) = bytes.first_mut() {
            *first = FORMAT_VERSION;
            let _ = codec::decode(&bytes);
        }
    }
}

/// The follower of a small center.
fn replica() -> Replica {
    let mut center = Center::builder();
    for name in ["a", "b", "c"] {
        center = center.queue(name, Queue::new()).agent(name, Agent::new(name));
    }
    let opening = Opening::new(center.build().unwrap());
    let mut engine = Engine::open(Timestamp::from_secs(1_772_442_000), opening).unwrap();
    let Some(Output::Record(first)) = engine.poll_output() else { panic!("no first record") };
    Replica::open(&first).unwrap()
}

#[test]
fn no_bytes_are_corrupt() {
    assert!(matches!(codec::decode(&[]), Err(CodecError::Corrupt(_))));
}

/// What a later version has appended is not damage: this build is too old for it.
#[test]
fn an_unknown_variant_is_an_unsupported_version() {
    let [(_, record)] = &examples::<Record>().1[..] else { panic!("records are one struct") };
    let empty =
        Record { cause: Cause::Open, events: Vec::new(), effects: Vec::new(), ..record.clone() };
    // It ends with the cause, the number of events and the number of effects.
    let mut bytes = codec::encode(&empty).unwrap();
    assert_eq!(bytes.split_off(bytes.len() - 3), [0, 0, 0]);
    let causes = u8::try_from(examples::<Cause>().1.len()).unwrap();
    bytes.extend([causes, 0, 0]);
    assert_eq!(codec::decode(&bytes), Err(CodecError::UnsupportedVersion(FORMAT_VERSION)));
}

/// A count of items that the bytes cannot hold is refused before room is made for them.
#[test]
fn a_huge_count_takes_no_memory() {
    let [(_, record)] = &examples::<Record>().1[..] else { panic!("records are one struct") };
    let empty =
        Record { cause: Cause::Open, events: Vec::new(), effects: Vec::new(), ..record.clone() };
    let mut bytes = codec::encode(&empty).unwrap();
    bytes.truncate(bytes.len() - 2);
    bytes.extend([0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01]);
    assert!(matches!(codec::decode(&bytes), Err(CodecError::Corrupt(_))));
}

/// No example can be read when bytes are missing, or when its variant is none.
struct Truncated;

impl Visit for Truncated {
    fn visit<T: Message>(&mut self, _: &str, name: &'static str, examples: &[(&'static str, T)]) {
        for (variant, value) in examples {
            let bytes = postcard::to_stdvec(value).unwrap();
            for cut in 0..bytes.len() {
                assert_fails::<T>(&bytes[..cut], name, variant);
            }
            // The first byte of an enum is its variant; 250 is none of any.
            if examples.len() > 1 {
                let unknown = [&[250, 1], &bytes[1..]].concat();
                assert_fails::<T>(&unknown, name, variant);
            }
        }
    }
}

fn assert_fails<T: Message + Debug>(bytes: &[u8], name: &str, variant: &str) {
    let read = postcard::from_bytes::<T>(bytes);
    assert!(read.is_err(), "{name}.{variant} is read from {bytes:02x?}: {read:?}");
}

#[test]
fn every_variant_cut_off_anywhere_is_refused() {
    visit_all(&mut Truncated);
}
