//! One hash function for every table and every fingerprint of the state.
//!
//! The hasher of the standard library is seeded at random and promises nothing between versions; one
//! that reads memory gives other values on other machines. Ours is a plain function of the values:
//! every integer enters as a `u64`, whatever its width on this machine, and bytes are read as
//! little-endian words. So a table behaves alike everywhere, and `state_hash`, which is compared
//! between machines, may be made of it.
//!
//! It is no defence against chosen keys: what hosts choose freely is bounded by configured limits.
//!
//! One trap remains outside our reach: the standard library hands a slice of integers wider than a
//! byte (`[u32]`, `Vec<i64>`, ...) over as raw memory. What goes into a fingerprint hashes the items
//! of such a list one by one.

use std::collections::HashMap;
use std::hash::{BuildHasher, Hash, Hasher};

/// Odd constants without pattern: digits of pi, as in other multiplicative hashes.
const START: u64 = 0x243f_6a88_85a3_08d3;
const STEP: u64 = 0x1319_8a2e_0370_7345;
const END: u64 = 0xa409_3822_299f_31d1;

/// A hash map that behaves alike everywhere. Looked up, never iterated.
pub(crate) type Map<K, V> = HashMap<K, V, FixedState>;

/// The 64-bit hash of a value, the same on every machine.
pub(crate) fn fingerprint(value: &(impl Hash + ?Sized)) -> u64 {
    FixedState.hash_one(value)
}

/// Makes [`FixedHasher`]s; carries no seed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct FixedState;

impl BuildHasher for FixedState {
    type Hasher = FixedHasher;
    fn build_hasher(&self) -> FixedHasher {
        FixedHasher { state: START }
    }
}

/// Folds one word after the other into 64 bits.
#[derive(Clone, Debug)]
pub(crate) struct FixedHasher {
    state: u64,
}

/// Both halves of the 128-bit product: every bit of the result depends on every bit of `word`.
#[allow(clippy::cast_possible_truncation)] // the halves are what is wanted
const fn fold(word: u64, by: u64) -> u64 {
    let product = word as u128 * by as u128;
    product as u64 ^ (product >> 64) as u64
}

impl FixedHasher {
    #[inline]
    const fn word(&mut self, word: u64) {
        self.state = fold(self.state ^ word, STEP);
    }
}

/// Signed values enter by their bits after widening, so that -1 is -1 at every width.
#[allow(clippy::cast_sign_loss)]
impl Hasher for FixedHasher {
    #[inline]
    fn finish(&self) -> u64 {
        fold(self.state ^ START, END)
    }

    fn write(&mut self, bytes: &[u8]) {
        let (words, rest) = bytes.as_chunks::<8>();
        for word in words {
            self.word(u64::from_le_bytes(*word));
        }
        let tail = rest.iter().rev().fold(0, |word, byte| word << 8 | u64::from(*byte));
        self.word(tail);
        // The length tells a zero byte from none.
        self.word(bytes.len() as u64);
    }

    #[inline]
    fn write_u8(&mut self, value: u8) {
        self.word(u64::from(value));
    }

    #[inline]
    fn write_u16(&mut self, value: u16) {
        self.word(u64::from(value));
    }

    #[inline]
    fn write_u32(&mut self, value: u32) {
        self.word(u64::from(value));
    }

    #[inline]
    fn write_u64(&mut self, value: u64) {
        self.word(value);
    }

    #[inline]
    #[allow(clippy::cast_possible_truncation)] // two halves
    fn write_u128(&mut self, value: u128) {
        self.word(value as u64);
        self.word((value >> 64) as u64);
    }

    #[inline]
    fn write_usize(&mut self, value: usize) {
        self.word(value as u64);
    }

    #[inline]
    fn write_i8(&mut self, value: i8) {
        self.word(i64::from(value) as u64);
    }

    #[inline]
    fn write_i16(&mut self, value: i16) {
        self.word(i64::from(value) as u64);
    }

    #[inline]
    fn write_i32(&mut self, value: i32) {
        self.word(i64::from(value) as u64);
    }

    #[inline]
    fn write_i64(&mut self, value: i64) {
        self.word(value as u64);
    }

    #[inline]
    fn write_i128(&mut self, value: i128) {
        self.write_u128(value as u128);
    }

    #[inline]
    fn write_isize(&mut self, value: isize) {
        self.word(value as i64 as u64);
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn values_are_frozen() {
        // State hashes of two machines, and of two releases, are compared: these never change.
        assert_eq!(fingerprint(&0_u64), 0xc9f2_7a9f_1501_6fc6);
        assert_eq!(fingerprint(&(1_u32, -1_i8, "billing")), 0x41e9_1410_762a_e08c);
        assert_eq!(fingerprint(&Some(u128::MAX)), 0xa84c_fc78_1725_2cc2);
    }

    #[test]
    fn width_does_not_matter() {
        assert_eq!(fingerprint(&7_u8), fingerprint(&7_u64));
        assert_eq!(fingerprint(&7_usize), fingerprint(&7_u32));
        assert_eq!(fingerprint(&-7_i8), fingerprint(&-7_isize));
        assert_eq!(fingerprint(&-7_i16), fingerprint(&-7_i64));
    }

    #[test]
    fn lengths_and_borders_matter() {
        assert_ne!(fingerprint(&"a"), fingerprint(&"a\0"));
        assert_ne!(fingerprint(&("ab", "c")), fingerprint(&("a", "bc")));
        assert_ne!(fingerprint(&(1_u32, 2_u32)), fingerprint(&(2_u32, 1_u32)));
        assert_ne!(fingerprint(&"1234567\u{7}"), fingerprint(&"1234567"));
    }

    #[test]
    fn near_values_spread_over_all_bits() {
        let mut seen = BTreeSet::new();
        let mut flips = [0_u32; 64];
        let count = 1 << 15;
        for at in 0..count {
            for shift in [0, 20, 40] {
                seen.insert(fingerprint(&(u64::from(at) << shift, 1_u32)));
            }
            let change = fingerprint(&(at, 5_u8)) ^ fingerprint(&(at ^ 1, 5_u8));
            for (bit, flips) in flips.iter_mut().enumerate() {
                *flips += u32::from(change >> bit & 1 == 1);
            }
        }
        assert_eq!(seen.len(), 3 * (count as usize - 1) + 1); // zero comes thrice
        for flips in flips {
            assert!((count * 45 / 100..count * 55 / 100).contains(&flips), "{flips}");
        }
    }
}
