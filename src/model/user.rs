//! Users: people who are no agents, and how far their permissions reach.

use serde::{Deserialize, Serialize};

use super::Role;
use crate::id::Key;

/// Somebody who gives commands and serves no customers: a supervisor, somebody of quality. The role
/// given here holds, whatever a command claims.
///
/// Each list that is not empty is a limit: of the agents to those of the teams or sites, of queues,
/// entry points and interactions to those of the brands. Whoever is limited changes nothing that
/// concerns the whole center. A user who is not listed is not limited.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct User {
    /// Display name.
    pub name: String,
    /// What the user may do.
    pub role: Role,
    /// Teams within reach; all when teams and sites are empty.
    pub teams: Vec<Key>,
    /// Sites within reach; all when teams and sites are empty.
    pub sites: Vec<Key>,
    /// Brands within reach; all when empty.
    pub brands: Vec<Key>,
}
