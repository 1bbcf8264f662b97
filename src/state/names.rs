//! Legs by what their hosts call them. Where a leg is in its table is all that is kept; what it is
//! called, the leg says.

use hashbrown::HashTable;

use super::hash::fingerprint;
use super::table::Table;
use super::{Leg, State};
use crate::id::{ExternalRef, HostId, LegId};

/// Places of the legs that have a name.
#[derive(Clone, Default)]
pub(super) struct Names {
    places: HashTable<u32>,
}

impl Names {
    /// Makes room for all legs, so that it does not grow by and by.
    pub(super) fn reserve(&mut self, legs: &Table<Leg>) {
        self.places.reserve(legs.len(), |place| hash_at(legs, *place));
    }

    /// Adds a leg under the name that it has, in place of another of that name.
    pub(super) fn add(&mut self, legs: &Table<Leg>, id: LegId) {
        let Some((place, leg)) = legs.find(id.bits()) else { return };
        let Some(name) = &leg.external else { return };
        let hash = fingerprint(&(leg.host, name));
        if let Some(other) = self.places.find_mut(hash, called(legs, leg.host, name)) {
            *other = place;
            return;
        }
        self.places.insert_unique(hash, place, |place| hash_at(legs, *place));
    }

    /// Forgets the name of a leg that is still in its table under it.
    pub(super) fn remove(&mut self, legs: &Table<Leg>, id: LegId) {
        let Some((place, leg)) = legs.find(id.bits()) else { return };
        let Some(name) = &leg.external else { return };
        let is_it = |other: &u32| *other == place;
        if let Ok(entry) = self.places.find_entry(fingerprint(&(leg.host, name)), is_it) {
            entry.remove();
        }
    }
}

/// The hash of the name of the leg at a place.
fn hash_at(legs: &Table<Leg>, place: u32) -> u64 {
    let leg = legs.at(place);
    let name = leg.and_then(|leg| Some((leg.host, leg.external.as_ref()?)));
    name.map_or(0, |name| fingerprint(&name))
}

/// Tells a leg of the host that has the name.
fn called(legs: &Table<Leg>, host: HostId, name: &ExternalRef) -> impl Fn(&u32) -> bool {
    move |place| {
        legs.at(*place).is_some_and(|leg| leg.host == host && leg.external.as_ref() == Some(name))
    }
}

impl State {
    /// The leg that its host calls so.
    pub(crate) fn leg_named(&self, host: HostId, name: &ExternalRef) -> Option<LegId> {
        let hash = fingerprint(&(host, name));
        let place = self.names.places.find(hash, called(&self.legs, host, name))?;
        self.legs.at(*place).map(|leg| leg.id)
    }
}
