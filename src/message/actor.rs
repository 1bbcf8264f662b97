//! Who does something, and for whom.

use serde::{Deserialize, Serialize};

use crate::id::Key;
use crate::model::Role;

/// Somebody or something that acts.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Actor {
    /// What kind of actor.
    pub kind: ActorKind,
    /// Its name: the agent's key for an agent, a user name otherwise.
    pub id: Option<Key>,
    /// What it may do.
    pub role: Role,
}

/// Kinds of actors.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ActorKind {
    /// An agent of the configuration.
    Agent,
    /// Another user of the application: supervisor, administrator.
    User,
    /// The customer.
    Customer,
    /// The application that embeds the engine.
    Application,
    /// The engine itself.
    Engine,
}

impl Actor {
    /// The embedding application, which may do everything.
    pub const fn application() -> Self {
        Self { kind: ActorKind::Application, id: None, role: Role::Host }
    }

    /// An agent acting for themselves.
    pub const fn agent(key: Key) -> Self {
        Self { kind: ActorKind::Agent, id: Some(key), role: Role::Agent }
    }

    /// The engine itself, by a rule.
    pub const fn engine() -> Self {
        Self { kind: ActorKind::Engine, id: None, role: Role::System }
    }

    /// A user of the application with a role.
    pub const fn user(id: Key, role: Role) -> Self {
        Self { kind: ActorKind::User, id: Some(id), role }
    }
}

/// Under whose authority a command is given.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Authority {
    /// Who gives it.
    pub actor: Actor,
    /// For whom, where that is somebody else.
    pub on_behalf_of: Option<Key>,
    /// Why, as a reason of the configuration.
    pub reason: Option<Key>,
}

impl From<Actor> for Authority {
    fn from(actor: Actor) -> Self {
        Self { actor, on_behalf_of: None, reason: None }
    }
}

/// What a role may do. A command beyond it is rejected with the permission that is missing.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Permission {
    /// Act as oneself.
    ActAsSelf,
    /// Act on other agents: presence, sign-out, their work.
    ManageAgents,
    /// Act on requests and interactions of others.
    ManageInteractions,
    /// Open, close and switch queues.
    ManageQueues,
    /// Listen in, whisper, barge.
    Supervise,
    /// Change the configuration.
    Configure,
    /// Report facts from outside.
    ReportFacts,
}
