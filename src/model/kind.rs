//! Kinds of numbered objects.

use serde::{Deserialize, Serialize};

use super::{Center, Change};
use crate::id::Key;

/// A kind of object that the engine numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Kind {
    /// A brand.
    Brand,
    /// A site.
    Site,
    /// A team.
    Team,
    /// A skill.
    Skill,
    /// A reason.
    Reason,
    /// A disposition.
    Disposition,
    /// Opening hours.
    Hours,
    /// A flow.
    Flow,
    /// A queue.
    Queue,
    /// An entry point.
    EntryPoint,
    /// A host.
    Host,
    /// An agent.
    Agent,
}

/// Key of the embedding application among the hosts.
pub(crate) const APP: &str = "app";
/// Key of the reason for which the engine sets an agent not ready after an offer without an answer.
pub(crate) const NO_ANSWER: &str = "no_answer";
/// Key of the reason for which the engine sets an agent not ready after failures of the device.
pub(crate) const DEVICE_FAILURE: &str = "device_failure";

/// Objects that the engine speaks of by itself: they are numbered first, configured or not.
pub(crate) const BUILT_IN: [(Kind, &str); 3] =
    [(Kind::Host, APP), (Kind::Reason, NO_ANSWER), (Kind::Reason, DEVICE_FAILURE)];

impl Center {
    /// All numbered objects, kind by kind, in the order of their keys: the order in which the engine
    /// numbers them, from 0 for each kind. Those that it speaks of by itself come before: the host
    /// `app`, the reasons `no_answer` and `device_failure`.
    pub fn objects(&self) -> impl Iterator<Item = (Kind, &Key)> {
        fn all<'a>(
            kind: Kind,
            keys: impl Iterator<Item = &'a Key>,
        ) -> impl Iterator<Item = (Kind, &'a Key)> {
            keys.map(move |key| (kind, key))
        }
        all(Kind::Brand, self.brands.keys())
            .chain(all(Kind::Site, self.sites.keys()))
            .chain(all(Kind::Team, self.teams.keys()))
            .chain(all(Kind::Skill, self.skills.keys()))
            .chain(all(Kind::Reason, self.reasons.keys()))
            .chain(all(Kind::Disposition, self.dispositions.keys()))
            .chain(all(Kind::Hours, self.hours.keys()))
            .chain(all(Kind::Flow, self.flows.keys()))
            .chain(all(Kind::Queue, self.queues.keys()))
            .chain(all(Kind::EntryPoint, self.entry_points.keys()))
            .chain(all(Kind::Host, self.hosts.keys()))
            .chain(all(Kind::Agent, self.agents.keys()))
    }
}

impl Change {
    /// The numbered object that the change is of, if it is of one.
    pub const fn object(&self) -> Option<(Kind, &Key)> {
        Some(match self {
            Self::Brand { key, .. } => (Kind::Brand, key),
            Self::Site { key, .. } => (Kind::Site, key),
            Self::Team { key, .. } => (Kind::Team, key),
            Self::Skill { key, .. } => (Kind::Skill, key),
            Self::Reason { key, .. } => (Kind::Reason, key),
            Self::Disposition { key, .. } => (Kind::Disposition, key),
            Self::Hours { key, .. } => (Kind::Hours, key),
            Self::Flow { key, .. } => (Kind::Flow, key),
            Self::Queue { key, .. } => (Kind::Queue, key),
            Self::EntryPoint { key, .. } => (Kind::EntryPoint, key),
            Self::Host { key, .. } => (Kind::Host, key),
            Self::Agent { key, .. } => (Kind::Agent, key),
            _ => return None,
        })
    }
}
