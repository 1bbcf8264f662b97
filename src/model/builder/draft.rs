//! An object being made.

use std::fmt::Display;
use std::str::FromStr;

use crate::id::Key;
use crate::model::{Channel, EntryPoint, EntryTarget, Fault, Faults};
use crate::time::Duration;

/// An object being made: its setters take plain text for keys and keep what is none as a fault.
#[derive(Clone, Debug)]
#[must_use]
pub struct Draft<T> {
    /// Absent when a key that the object cannot exist without is none; then there is a fault.
    object: Option<T>,
    faults: Vec<Fault>,
}

impl<T> From<T> for Draft<T> {
    fn from(object: T) -> Self {
        Self { object: Some(object), faults: Vec::new() }
    }
}

impl<T> Draft<T> {
    /// The object. References are not followed; that needs the center it goes into.
    ///
    /// # Errors
    /// What was given as a key or a time and is none, with paths relative to the object.
    pub fn build(self) -> Result<T, Faults> {
        match self.object {
            Some(object) => Faults::none_of(self.faults).map(|()| object),
            None => Err(Faults(self.faults)),
        }
    }

    pub(super) fn into_parts(self) -> (Option<T>, Vec<Fault>) {
        (self.object, self.faults)
    }

    /// An object that cannot exist without what `text` says.
    pub(super) fn parsed<V: FromStr<Err: Display>>(
        field: &str,
        text: &str,
        make: impl FnOnce(V) -> T,
    ) -> Self {
        match text.parse() {
            Ok(value) => Self::from(make(value)),
            Err(error) => {
                let fault = Fault { path: field.to_owned(), message: V::Err::to_string(&error) };
                Self { object: None, faults: vec![fault] }
            }
        }
    }

    pub(super) fn with(mut self, set: impl FnOnce(&mut T)) -> Self {
        if let Some(object) = &mut self.object {
            set(object);
        }
        self
    }

    /// Sets a part that is a draft itself; its faults are kept under `field`.
    pub(super) fn with_part<V>(
        mut self,
        field: &str,
        part: Draft<V>,
        set: impl FnOnce(&mut T, V),
    ) -> Self {
        for fault in part.faults {
            self.faults.push(Fault { path: format!("{field}.{}", fault.path), ..fault });
        }
        match part.object {
            Some(value) => self.with(|object| set(object, value)),
            None => self,
        }
    }

    /// Sets what `text` says, if it is a `V`; else keeps the fault under `field`.
    pub(super) fn with_parsed<V: FromStr<Err: Display>>(
        mut self,
        field: &str,
        text: &str,
        set: impl FnOnce(&mut T, V),
    ) -> Self {
        match text.parse() {
            Ok(value) => self.with(|object| set(object, value)),
            Err(error) => {
                self.faults
                    .push(Fault { path: field.to_owned(), message: V::Err::to_string(&error) });
                self
            }
        }
    }
}

/// An entry point that does not lead anywhere yet.
#[derive(Clone, Debug)]
#[must_use]
pub struct Entrance {
    channel: Channel,
    address: String,
}

impl Entrance {
    pub(super) fn new(channel: Channel, address: &str) -> Self {
        Self { channel, address: address.to_owned() }
    }

    /// Leads straight into a queue.
    pub fn to_queue(self, queue: &str) -> Draft<EntryPoint> {
        self.lead(queue, EntryTarget::Queue)
    }

    /// Leads into a flow.
    pub fn to_flow(self, flow: &str) -> Draft<EntryPoint> {
        self.lead(flow, EntryTarget::Flow)
    }

    fn lead(self, key: &str, target: fn(Key) -> EntryTarget) -> Draft<EntryPoint> {
        match Key::new(key) {
            Ok(key) => Draft::from(EntryPoint {
                name: String::new(),
                channel: self.channel,
                addresses: vec![self.address],
                brand: None,
                leads_to: target(key),
                language: None,
                max_concurrent: None,
                boost: Duration::ZERO,
            }),
            Err(error) => {
                let fault = Fault { path: "leads_to".to_owned(), message: error.to_string() };
                Draft { object: None, faults: vec![fault] }
            }
        }
    }
}
