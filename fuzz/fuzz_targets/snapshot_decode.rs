//! Bytes as a snapshot: restored or refused, and what is restored snapshots to the same state.
#![no_main]

use libfuzzer_sys::fuzz_target;
use switchboard::message::FORMAT_VERSION;
use switchboard::{Engine, Replica, Snapshot};

fuzz_target!(|bytes: &[u8]| {
    judge(bytes.to_vec());
    // No random bytes have a good checksum.
    let sum = checksum(bytes).to_le_bytes();
    judge([&[FORMAT_VERSION], &sum[..], bytes].concat());
});

fn judge(bytes: Vec<u8>) {
    let snapshot = Snapshot::from_bytes(bytes);
    let Ok(mut replica) = Replica::restore(&snapshot) else { return };
    let again = replica.snapshot().expect("what was read can be written");
    let mut restored = Replica::restore(&again).expect("and read");
    assert_eq!(restored.state_hash(), replica.state_hash());
    let engine = Engine::restore(Some(&snapshot), []).expect("as the replica");
    assert_eq!(engine.seq(), replica.seq());
}

/// The engine's hash of a slice of bytes: its length, its words, its tail, its length.
fn checksum(bytes: &[u8]) -> u64 {
    const START: u64 = 0x243f_6a88_85a3_08d3;
    const STEP: u64 = 0x1319_8a2e_0370_7345;
    const END: u64 = 0xa409_3822_299f_31d1;
    fn fold(word: u64, by: u64) -> u64 {
        let product = u128::from(word) * u128::from(by);
        product as u64 ^ (product >> 64) as u64
    }
    let (words, rest) = bytes.as_chunks::<8>();
    let tail = rest.iter().rev().fold(0, |word, byte| word << 8 | u64::from(*byte));
    let length = bytes.len() as u64;
    let words = words.iter().map(|word| u64::from_le_bytes(*word));
    let all = std::iter::once(length).chain(words).chain([tail, length]);
    fold(all.fold(START, |state, word| fold(state ^ word, STEP)) ^ START, END)
}
