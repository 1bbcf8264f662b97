//! Chains: objects that name the next one of their kind must not come back to themselves.

use std::collections::BTreeMap;

use crate::id::Key;

/// Every loop once, beginning with its smallest key. Each object names at most one next.
pub(super) fn loops<'a>(next: &BTreeMap<&'a Key, &'a Key>) -> Vec<Vec<&'a Key>> {
    let mut walk_of: BTreeMap<&Key, &Key> = BTreeMap::new();
    let mut found = Vec::new();
    for start in next.keys().copied() {
        let mut at = start;
        while !walk_of.contains_key(at) {
            let Some(following) = next.get(at) else { break };
            walk_of.insert(at, start);
            at = following;
        }
        // Back on this very walk: `at` is on a loop nobody has walked before.
        if walk_of.get(at) == Some(&start) {
            found.push(turn(next, at));
        }
    }
    found
}

fn turn<'a>(next: &BTreeMap<&'a Key, &'a Key>, on_loop: &'a Key) -> Vec<&'a Key> {
    let mut keys = vec![on_loop];
    let mut at = on_loop;
    while let Some(following) = next.get(at).copied().filter(|key| *key != on_loop) {
        keys.push(following);
        at = following;
    }
    let smallest = keys.iter().enumerate().min_by_key(|(_, key)| **key).map_or(0, |(i, _)| i);
    keys.rotate_left(smallest);
    keys
}

/// A loop as text: `a -> b -> a`.
pub(super) fn describe(keys: &[&Key]) -> String {
    let names: Vec<&str> = keys.iter().chain(keys.first()).map(|key| key.as_str()).collect();
    names.join(" -> ")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// Against the definition: a key is on a loop when walking from it comes back to it.
        #[test]
        fn loops_are_exactly_the_keys_that_come_back(to in prop::collection::vec(0..12_usize, 1..10)) {
            let keys: Vec<Key> = (0..12).map(|i| Key::new(format!("k{i:02}")).unwrap()).collect();
            let next: BTreeMap<&Key, &Key> =
                to.iter().enumerate().map(|(from, to)| (&keys[from], &keys[*to])).collect();
            let mut expected: Vec<&Key> = keys.iter().filter(|key| {
                let mut at = *key;
                (0..12).any(|_| { at = next.get(at).copied().unwrap_or(at); next.contains_key(*key) && at == *key })
            }).collect();
            let found = loops(&next);
            for turn in &found {
                prop_assert_eq!(turn.first(), turn.iter().min());
            }
            let mut on_loops: Vec<&Key> = found.into_iter().flatten().collect();
            on_loops.sort();
            expected.sort();
            prop_assert_eq!(on_loops, expected);
        }
    }
}
