//! Who may do what. Roles are data; this table says what follows from them.

use crate::id::AgentId;
use crate::message::{Actor, ActorKind, Authority, Permission, Rejection, RejectionReason};
use crate::model::{Kind, Role};
use crate::state::State;

/// Whether the role has the permission everywhere.
const fn has(role: Role, permission: Permission) -> bool {
    match role {
        Role::Host | Role::System | Role::Administrator => true,
        Role::Supervisor => !matches!(permission, Permission::Configure | Permission::ReportFacts),
        Role::Quality => matches!(permission, Permission::Supervise | Permission::ReportFacts),
        _ => false,
    }
}

/// The actor may act for the agent: as that agent, as the lead of the agent's team, or by role.
pub(crate) fn may_act_for(
    state: &State,
    authority: &Authority,
    agent: AgentId,
) -> Result<(), Rejection> {
    let actor = &authority.actor;
    let allowed = is_agent(state, actor, agent)
        || leads(state, actor, agent)
        || has(actor.role, Permission::ManageAgents);
    let missing = match actor.kind {
        ActorKind::Agent => Permission::ActAsSelf,
        _ => Permission::ManageAgents,
    };
    allowed.then_some(()).ok_or_else(|| refused(missing))
}

/// The actor has the permission by role.
pub(crate) fn may_manage(authority: &Authority, permission: Permission) -> Result<(), Rejection> {
    has(authority.actor.role, permission).then_some(()).ok_or_else(|| refused(permission))
}

fn refused(permission: Permission) -> Rejection {
    Rejection::new(RejectionReason::NotPermitted(permission), "authority.actor")
}

fn is_agent(state: &State, actor: &Actor, agent: AgentId) -> bool {
    actor.kind == ActorKind::Agent
        && actor.id.is_some()
        && actor.id.as_ref() == state.config.numbers.key(Kind::Agent, agent.0)
}

fn leads(state: &State, actor: &Actor, agent: AgentId) -> bool {
    let team = state
        .config
        .agent(agent)
        .and_then(|plan| plan.team)
        .and_then(|team| state.config.numbers.key(Kind::Team, team.0))
        .and_then(|team| state.config.center.teams.get(team));
    actor.role == Role::TeamLead
        && actor.id.is_some()
        && team.is_some_and(|team| team.lead == actor.id)
}
