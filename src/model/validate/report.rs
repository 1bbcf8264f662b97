//! The collector of findings, and the checks that every kind of object needs.

use std::collections::BTreeMap;

use super::suggest::suggest;
use crate::id::Key;
use crate::model::{Fault, Warning, calendar};
use crate::time::Duration;

/// Suggestions compare with every key of a kind; a center full of faults gets them for the first.
const SUGGESTIONS: usize = 100;

/// The object being checked. Its path is only spelled out for a finding.
#[derive(Clone, Copy)]
pub(super) struct Place<'a> {
    part: &'static str,
    key: Option<&'a Key>,
}

impl<'a> Place<'a> {
    /// The object `key` of the part, such as `queues`.
    pub(super) const fn of(part: &'static str, key: &'a Key) -> Self {
        Self { part, key: Some(key) }
    }

    /// A part of which there is one, such as `limits`.
    pub(super) const fn single(part: &'static str) -> Self {
        Self { part, key: None }
    }

    fn path(self, field: &str) -> String {
        let mut path = self.part.to_owned();
        if let Some(key) = self.key {
            path.push('.');
            path.push_str(&segment(key.as_str()));
        }
        if !field.is_empty() {
            path.push('.');
            path.push_str(field);
        }
        path
    }
}

/// A key as a part of a path.
pub(in crate::model) fn segment(key: &str) -> String {
    let bare = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    if !key.is_empty() && key.chars().all(bare) { key.to_owned() } else { format!("{key:?}") }
}

/// What validation has found so far.
#[derive(Default)]
pub(super) struct Report {
    pub(super) faults: Vec<Fault>,
    pub(super) warnings: Vec<Warning>,
}

impl Report {
    pub(super) fn fault(&mut self, place: Place<'_>, field: &str, message: impl Into<String>) {
        self.faults.push(Fault { path: place.path(field), message: message.into() });
    }

    pub(super) fn warn(&mut self, place: Place<'_>, field: &str, message: impl Into<String>) {
        self.warnings.push(Warning { path: place.path(field), message: message.into() });
    }

    /// `key` must be in `table`, whose objects are called `noun`.
    pub(super) fn known<T>(
        &mut self,
        place: Place<'_>,
        field: &str,
        (noun, table): (&str, &BTreeMap<Key, T>),
        key: impl AsRef<str>,
    ) {
        let key = key.as_ref();
        if table.contains_key(key) {
            return;
        }
        let close = (self.faults.len() < SUGGESTIONS)
            .then(|| suggest(key, table.keys().map(Key::as_str)))
            .flatten();
        let hint = close.map(|key| format!(", did you mean {key:?}?")).unwrap_or_default();
        self.fault(place, field, format!("unknown {noun} {key:?}{hint}"));
    }

    /// No key may stand in the list twice.
    pub(super) fn distinct<K: Ord + std::fmt::Debug>(
        &mut self,
        place: Place<'_>,
        field: &str,
        keys: &[K],
    ) {
        let mut seen = std::collections::BTreeSet::new();
        for key in keys {
            if !seen.insert(key) {
                self.fault(place, field, format!("{key:?} is given twice"));
            }
        }
    }

    pub(super) fn not_negative(&mut self, place: Place<'_>, field: &str, span: Duration) {
        if span.is_negative() {
            self.fault(place, field, format!("{span} is negative"));
        }
    }

    pub(super) fn positive(&mut self, place: Place<'_>, field: &str, span: Duration) {
        if span <= Duration::ZERO {
            self.fault(place, field, format!("{span} must be longer than 0s"));
        }
    }

    pub(super) fn at_least_one(&mut self, place: Place<'_>, field: &str, count: u32) {
        if count == 0 {
            self.fault(place, field, "must be at least 1");
        }
    }

    /// An IANA time zone, or empty for the one above it.
    pub(super) fn zone(&mut self, place: Place<'_>, name: &str) {
        if let Err(message) = calendar::zone(name) {
            self.fault(place, "time_zone", message);
        }
    }
}
