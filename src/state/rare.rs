//! Lists that are empty nearly always, so small that the many rows that have nothing in them hardly notice.

use std::ops::{Deref, DerefMut};

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A list of which an empty one takes a word and no memory of its own.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
#[allow(clippy::box_collection)] // a word in place of three
pub(crate) struct Rare<T>(Option<Box<Vec<T>>>);

impl<T> Default for Rare<T> {
    fn default() -> Self {
        Self(None)
    }
}

impl<T> Rare<T> {
    pub(super) fn push(&mut self, item: T) {
        self.0.get_or_insert_default().push(item);
    }

    /// Keeps those that pass; an empty list is none, so that equal ones are alike.
    pub(super) fn retain(&mut self, keep: impl FnMut(&T) -> bool) {
        if let Some(list) = &mut self.0 {
            list.retain(keep);
            if list.is_empty() {
                self.0 = None;
            }
        }
    }

    pub(super) fn clear(&mut self) {
        self.0 = None;
    }
}

impl<T> Deref for Rare<T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        self.0.as_ref().map(|list| list.as_slice()).unwrap_or_default()
    }
}

impl<T> DerefMut for Rare<T> {
    fn deref_mut(&mut self) -> &mut [T] {
        self.0.as_mut().map(|list| list.as_mut_slice()).unwrap_or_default()
    }
}

/// As any list.
impl<T: Serialize> Serialize for Rare<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.iter())
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Rare<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let list = Vec::deserialize(deserializer)?;
        Ok(Self((!list.is_empty()).then(|| Box::new(list))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::fingerprint;

    /// A list that has become empty and one that never held anything are one, also in a state hash.
    #[test]
    fn an_empty_list_is_always_the_same() {
        let mut list = Rare::default();
        assert_eq!(size_of::<Rare<u64>>(), size_of::<usize>());
        list.push(7_u8);
        list.push(8);
        let bytes = postcard::to_allocvec(&list).unwrap();
        assert_eq!(bytes, postcard::to_allocvec(&vec![7_u8, 8]).unwrap());
        assert_eq!(postcard::from_bytes::<Rare<u8>>(&bytes).unwrap(), list);
        list.retain(|item| *item == 8);
        assert_eq!(*list, [8]);
        list.retain(|item| *item != 8);
        let none = Rare::default();
        assert_eq!((&list, fingerprint(&list)), (&none, fingerprint(&none)));
        let bytes = postcard::to_allocvec(&none).unwrap();
        assert_eq!(postcard::from_bytes::<Rare<u8>>(&bytes).unwrap(), none);
    }
}
