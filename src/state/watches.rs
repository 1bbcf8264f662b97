//! Supervisors who follow an interaction, or an agent across interactions.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::id::EngagementId;
use crate::message::{Heard, MonitorMode, Watched};

/// What a supervisor follows, and how.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub(crate) struct Watch {
    pub(crate) target: Watched,
    pub(crate) mode: MonitorMode,
    /// What the host was asked last.
    pub(crate) attached: Option<(Heard, MonitorMode)>,
    /// The part of the agent from whom the supervisor is about to take over.
    pub(crate) from: Option<EngagementId>,
}

/// All who follow something, by their own part.
#[derive(Clone, Default, Debug)]
pub(crate) struct Watches {
    all: BTreeMap<EngagementId, Watch>,
    /// Who follows what. Derived.
    by_target: BTreeMap<Watched, Vec<EngagementId>>,
}

impl Watches {
    pub(crate) fn of(all: BTreeMap<EngagementId, Watch>) -> Self {
        let mut watches = Self::default();
        for (id, watch) in all {
            watches.insert(id, watch);
        }
        watches
    }

    pub(crate) const fn all(&self) -> &BTreeMap<EngagementId, Watch> {
        &self.all
    }

    pub(crate) fn get(&self, id: EngagementId) -> Option<&Watch> {
        self.all.get(&id)
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    /// Who follows it, in the order in which they began.
    pub(crate) fn of_target(&self, target: Watched) -> &[EngagementId] {
        self.by_target.get(&target).map(Vec::as_slice).unwrap_or_default()
    }

    pub(super) fn insert(&mut self, id: EngagementId, watch: Watch) {
        let followers = self.by_target.entry(watch.target).or_default();
        if self.all.insert(id, watch).is_none() {
            followers.push(id);
        }
    }

    pub(super) fn remove(&mut self, id: EngagementId) {
        let Some(watch) = self.all.remove(&id) else { return };
        if let Some(followers) = self.by_target.get_mut(&watch.target) {
            followers.retain(|other| *other != id);
            if followers.is_empty() {
                self.by_target.remove(&watch.target);
            }
        }
    }

    pub(super) fn change(&mut self, id: EngagementId, change: impl FnOnce(&mut Watch)) {
        if let Some(watch) = self.all.get_mut(&id) {
            change(watch);
        }
    }
}
