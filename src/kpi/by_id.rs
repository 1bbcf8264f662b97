//! Tables of what is still open, by id.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

/// A table by id: looked up, never iterated, and the same on every run and machine.
pub(super) type ById<K, V> = HashMap<K, V, BuildHasherDefault<IdHasher>>;

/// An odd constant without pattern: digits of pi.
const STEP: u64 = 0x1319_8a2e_0370_7345;

/// Hashes ids, which are integers. The engine makes them, so nobody can choose them to collide.
#[derive(Clone, Copy, Default, Debug)]
pub(super) struct IdHasher(u64);

impl Hasher for IdHasher {
    #[inline]
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.write_u64(u64::from(*byte));
        }
    }

    #[inline]
    fn write_u32(&mut self, value: u32) {
        self.write_u64(u64::from(value));
    }

    /// Both halves of the product: every bit of the result depends on every bit of the value.
    #[inline]
    #[allow(clippy::cast_possible_truncation)] // the halves are what is wanted
    fn write_u64(&mut self, value: u64) {
        let product = u128::from(self.0 ^ value ^ STEP) * u128::from(STEP);
        self.0 = product as u64 ^ (product >> 64) as u64;
    }

    #[inline]
    #[allow(clippy::cast_possible_truncation)] // two halves
    fn write_u128(&mut self, value: u128) {
        self.write_u64(value as u64);
        self.write_u64((value >> 64) as u64);
    }
}
