//! Bytes as a record of the journal: decoded or refused, and what is decoded can be applied.
#![no_main]

use libfuzzer_sys::fuzz_target;
use switchboard::id::{Seq, ShardId};
use switchboard::message::{FORMAT_VERSION, Output, Record, codec};
use switchboard::model::{Agent, Center, EntryPoint, Queue};
use switchboard::time::Timestamp;
use switchboard::{Engine, Opening, Replica};

fuzz_target!(|bytes: &[u8]| {
    judge(bytes);
    // Most bytes are no version; behind the right one they get further.
    judge(&[&[FORMAT_VERSION], bytes].concat());
});

fn judge(bytes: &[u8]) {
    let Ok(record) = codec::decode(bytes) else { return };
    let again = codec::encode(&record).expect("what was read can be written");
    assert_eq!(codec::decode(&again).as_ref(), Ok(&record));
    let _ = Replica::open(&record);
    apply(record);
}

/// Applying is total: whatever the record says of things that are not there changes nothing.
fn apply(record: Record) {
    let first = first_record();
    let mut replica = Replica::open(&first).expect("the first record of an engine");
    let record = Record { seq: Seq(2), shard: ShardId(1), ..record };
    replica.apply(&record).expect("it comes next");
    let hash = replica.state_hash();
    let snapshot = replica.snapshot().expect("a state can be written");
    let mut restored = Replica::restore(&snapshot).expect("and read");
    assert_eq!(restored.state_hash(), hash);
}

fn first_record() -> Record {
    let center = Center::builder()
        .queue("support", Queue::new())
        .agent("ana", Agent::new("Ana"))
        .entry_point("main", EntryPoint::voice("100").to_queue("support"))
        .build()
        .expect("a valid center");
    let at = Timestamp::from_secs(1_772_442_000);
    let mut engine = Engine::open(at, Opening::new(center)).expect("a valid opening");
    match engine.poll_output() {
        Some(Output::Record(record)) => record,
        other => panic!("not a record: {other:?}"),
    }
}
