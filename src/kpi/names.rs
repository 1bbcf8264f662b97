//! Names of the numbers that events carry.

use std::collections::BTreeMap;

use crate::id::Key;
use crate::message::ShardEvent;
use crate::model::{BUILT_IN, Center, Kind};

/// Keys of the objects of a configuration by their numbers, learned from the log.
///
/// A number is never used for another key, so names of removed objects stay.
#[derive(Clone, Default, PartialEq, Eq, Debug)]
pub struct Names {
    keys: BTreeMap<(Kind, u32), Key>,
}

impl Names {
    /// Names of a center as the engine numbers it when the shard is opened: what the engine speaks of
    /// by itself, then the objects from the next number on in the order of the keys, kind by kind.
    pub fn of(center: &Center) -> Self {
        let mut names = Self::default();
        let built_in: Vec<(Kind, Key)> = BUILT_IN
            .into_iter()
            .filter_map(|(kind, key)| Some((kind, Key::new(key).ok()?)))
            .collect();
        let mut next: BTreeMap<Kind, u32> = BTreeMap::new();
        let is_built_in =
            |kind, key: &Key| built_in.iter().any(|own| (own.0, &own.1) == (kind, key));
        let others = center.objects().filter(|(kind, key)| !is_built_in(*kind, key));
        for (kind, key) in built_in.iter().map(|(kind, key)| (*kind, key)).chain(others) {
            let number = next.entry(kind).or_default();
            names.add(kind, *number, key);
            *number += 1;
        }
        names
    }

    /// Learns from an event: the opening of the shard or a change of its configuration.
    pub fn apply(&mut self, event: &ShardEvent) {
        match event {
            ShardEvent::Opened { center, .. } => *self = Self::of(center),
            ShardEvent::Configured { changes, .. } => {
                for change in changes {
                    if let (Some((kind, key)), Some(number)) =
                        (change.change.object(), change.number)
                    {
                        self.add(kind, number, key);
                    }
                }
            }
            _ => {}
        }
    }

    /// The key of an object.
    pub fn key(&self, kind: Kind, number: u32) -> Option<&Key> {
        self.keys.get(&(kind, number))
    }

    /// The key of an object as text; its number (`#7`) where the log did not tell.
    pub fn text(&self, kind: Kind, number: u32) -> String {
        self.key(kind, number).map_or_else(|| format!("#{number}"), ToString::to_string)
    }

    fn add(&mut self, kind: Kind, number: u32, key: &Key) {
        self.keys.insert((kind, number), key.clone());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::message::NumberedChange;
    use crate::model::{Change, Host, Queue};

    #[test]
    fn names_follow_the_numbering_of_the_engine() {
        let center = Center::builder()
            .queue("sales", Queue::new())
            .queue("billing", Queue::new())
            .host("zeta", Host::new("Z"))
            .host("alpha", Host::new("A"))
            .build()
            .unwrap();
        let mut names = Names::of(&center);
        let hosts = [0, 1, 2].map(|number| names.text(Kind::Host, number));
        assert_eq!(hosts, ["app", "alpha", "zeta"]);
        assert_eq!(names.text(Kind::Queue, 0), "billing");
        assert_eq!(names.text(Kind::Queue, 2), "#2");
        let change = |key: &str, to| Change::Queue { key: Key::new(key).unwrap(), to };
        names.apply(&ShardEvent::Configured {
            version: 2,
            changes: vec![
                NumberedChange { change: change("billing", None), number: Some(0) },
                NumberedChange { change: change("claims", Some(Box::default())), number: Some(2) },
            ],
        });
        assert_eq!(names.text(Kind::Queue, 0), "billing", "kept after its removal");
        assert_eq!(names.text(Kind::Queue, 2), "claims");
    }
}
