//! One change of a center, and its application.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

#[cfg(feature = "schema")]
use super::said::Said;
use super::said::said;
use super::validate::segment;
use super::{
    AcrossQueues, Agent, Brand, Capacity, Center, Disposition, EntryPoint, Flow, Host, Hours,
    Limits, OrderPolicy, Policies, Queue, Reason, Rota, Site, Skill, Team, User,
};
use crate::id::Key;

/// One change of a center: an object set or removed, or a singular part replaced.
///
/// `to` is what the object becomes; none removes it, and has to be said: a change without `to` is
/// unreadable. Changes are journaled, so variants are only ever appended.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
#[non_exhaustive]
#[allow(missing_docs)] // each field is described above
pub enum Change {
    /// What people call the center.
    Name(String),
    /// The center's IANA time zone.
    TimeZone(String),
    /// A brand is set or removed.
    Brand {
        key: Key,
        #[serde(deserialize_with = "said")]
        #[cfg_attr(feature = "schema", schemars(with = "Said<Brand>"))]
        to: Option<Brand>,
    },
    /// A site is set or removed.
    Site {
        key: Key,
        #[serde(deserialize_with = "said")]
        #[cfg_attr(feature = "schema", schemars(with = "Said<Site>"))]
        to: Option<Site>,
    },
    /// A team is set or removed.
    Team {
        key: Key,
        #[serde(deserialize_with = "said")]
        #[cfg_attr(feature = "schema", schemars(with = "Said<Team>"))]
        to: Option<Team>,
    },
    /// A skill is set or removed.
    Skill {
        key: Key,
        #[serde(deserialize_with = "said")]
        #[cfg_attr(feature = "schema", schemars(with = "Said<Skill>"))]
        to: Option<Skill>,
    },
    /// A reason is set or removed.
    Reason {
        key: Key,
        #[serde(deserialize_with = "said")]
        #[cfg_attr(feature = "schema", schemars(with = "Said<Reason>"))]
        to: Option<Reason>,
    },
    /// A disposition is set or removed.
    Disposition {
        key: Key,
        #[serde(deserialize_with = "said")]
        #[cfg_attr(feature = "schema", schemars(with = "Said<Disposition>"))]
        to: Option<Disposition>,
    },
    /// Opening hours are set or removed.
    Hours {
        key: Key,
        #[serde(deserialize_with = "said")]
        #[cfg_attr(feature = "schema", schemars(with = "Said<Hours>"))]
        to: Option<Hours>,
    },
    /// A flow is set or removed.
    Flow {
        key: Key,
        #[serde(deserialize_with = "said")]
        #[cfg_attr(feature = "schema", schemars(with = "Said<Flow>"))]
        to: Option<Flow>,
    },
    /// A queue is set or removed; its heir inherits what waits in a removed one.
    Queue {
        key: Key,
        #[serde(deserialize_with = "said")]
        #[cfg_attr(feature = "schema", schemars(with = "Said<Queue>"))]
        to: Option<Box<Queue>>,
    },
    /// An entry point is set or removed.
    EntryPoint {
        key: Key,
        #[serde(deserialize_with = "said")]
        #[cfg_attr(feature = "schema", schemars(with = "Said<EntryPoint>"))]
        to: Option<EntryPoint>,
    },
    /// An agent is set or removed; a removed one finishes its work.
    Agent {
        key: Key,
        #[serde(deserialize_with = "said")]
        #[cfg_attr(feature = "schema", schemars(with = "Said<Agent>"))]
        to: Option<Agent>,
    },
    /// A host is set or removed.
    Host {
        key: Key,
        #[serde(deserialize_with = "said")]
        #[cfg_attr(feature = "schema", schemars(with = "Said<Host>"))]
        to: Option<Host>,
    },
    /// What work costs.
    Capacity(Capacity),
    /// Which waiting request goes first.
    Order(OrderPolicy),
    /// Rules of the whole center.
    Policies(Policies),
    /// Bounds of the whole center.
    Limits(Limits),
    /// A user is set or removed.
    User {
        key: Key,
        #[serde(deserialize_with = "said")]
        #[cfg_attr(feature = "schema", schemars(with = "Said<User>"))]
        to: Option<User>,
    },
    /// Numbers of emergency services, all of them.
    EmergencyNumbers(Vec<String>),
    /// A rota is set or removed.
    Rota {
        key: Key,
        #[serde(deserialize_with = "said")]
        #[cfg_attr(feature = "schema", schemars(with = "Said<Rota>"))]
        to: Option<Rota>,
    },
    /// Which queue an agent serves who may serve several.
    Across(AcrossQueues),
}

impl Change {
    /// The dotted path of what is changed, such as `queues.billing`, as in a fault.
    pub fn path(&self) -> String {
        let (part, key) = match self {
            Self::Name(_) => ("name", None),
            Self::TimeZone(_) => ("time_zone", None),
            Self::Brand { key, .. } => ("brands", Some(key)),
            Self::Site { key, .. } => ("sites", Some(key)),
            Self::Team { key, .. } => ("teams", Some(key)),
            Self::Skill { key, .. } => ("skills", Some(key)),
            Self::Reason { key, .. } => ("reasons", Some(key)),
            Self::Disposition { key, .. } => ("dispositions", Some(key)),
            Self::Hours { key, .. } => ("hours", Some(key)),
            Self::Flow { key, .. } => ("flows", Some(key)),
            Self::Queue { key, .. } => ("queues", Some(key)),
            Self::EntryPoint { key, .. } => ("entry_points", Some(key)),
            Self::Agent { key, .. } => ("agents", Some(key)),
            Self::Host { key, .. } => ("hosts", Some(key)),
            Self::Capacity(_) => ("capacity", None),
            Self::Order(_) => ("order", None),
            Self::Policies(_) => ("policies", None),
            Self::Limits(_) => ("limits", None),
            Self::User { key, .. } => ("users", Some(key)),
            Self::EmergencyNumbers(_) => ("emergency_numbers", None),
            Self::Rota { key, .. } => ("rotas", Some(key)),
            Self::Across(_) => ("across", None),
        };
        key.map_or_else(|| part.to_owned(), |key| format!("{part}.{}", segment(key.as_str())))
    }
}

/// Carries out a change. Total: what is not there cannot be removed, and nothing is validated.
pub fn apply_change(center: &mut Center, change: &Change) {
    match change {
        Change::Name(name) => center.name.clone_from(name),
        Change::TimeZone(zone) => center.time_zone.clone_from(zone),
        Change::Brand { key, to } => put(&mut center.brands, key, to.as_ref()),
        Change::Site { key, to } => put(&mut center.sites, key, to.as_ref()),
        Change::Team { key, to } => put(&mut center.teams, key, to.as_ref()),
        Change::Skill { key, to } => put(&mut center.skills, key, to.as_ref()),
        Change::Reason { key, to } => put(&mut center.reasons, key, to.as_ref()),
        Change::Disposition { key, to } => put(&mut center.dispositions, key, to.as_ref()),
        Change::Hours { key, to } => put(&mut center.hours, key, to.as_ref()),
        Change::Flow { key, to } => put(&mut center.flows, key, to.as_ref()),
        Change::Queue { key, to } => put(&mut center.queues, key, to.as_deref()),
        Change::EntryPoint { key, to } => put(&mut center.entry_points, key, to.as_ref()),
        Change::Agent { key, to } => put(&mut center.agents, key, to.as_ref()),
        Change::Host { key, to } => put(&mut center.hosts, key, to.as_ref()),
        Change::Capacity(capacity) => center.capacity.clone_from(capacity),
        Change::Order(order) => center.order = *order,
        Change::Policies(policies) => center.policies.clone_from(policies),
        Change::Limits(limits) => center.limits.clone_from(limits),
        Change::User { key, to } => put(&mut center.users, key, to.as_ref()),
        Change::EmergencyNumbers(numbers) => center.emergency_numbers.clone_from(numbers),
        Change::Rota { key, to } => put(&mut center.rotas, key, to.as_ref()),
        Change::Across(across) => center.across = *across,
    }
}

fn put<T: Clone>(table: &mut BTreeMap<Key, T>, key: &Key, to: Option<&T>) {
    match to {
        Some(object) => table.insert(key.clone(), object.clone()),
        None => table.remove(key),
    };
}
