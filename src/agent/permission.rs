//! Who may do what. Roles are data; this table says what follows from them.

use crate::id::{AgentId, ConversationId};
use crate::message::{Actor, ActorKind, Authority, Permission, Rejection, RejectionReason};
use crate::model::{Kind, Role};
use crate::state::{Hold, State, WorkItem};

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

/// The actor may change what is known of a conversation: by role, or as an agent who serves in it.
pub(crate) fn may_work_on(
    state: &State,
    authority: &Authority,
    conversation: ConversationId,
) -> Result<(), Rejection> {
    let actor = &authority.actor;
    let is_in = |item: &WorkItem| match item.hold {
        Hold::Engagement(id) => state
            .engagement(id)
            .and_then(|engagement| state.interaction(engagement.interaction?))
            .is_some_and(|interaction| interaction.conversation == conversation),
        Hold::Offer(_) => false,
    };
    let serves = || {
        let key = actor.id.as_ref().filter(|_| actor.kind == ActorKind::Agent)?;
        let id = AgentId(state.config.numbers.get(Kind::Agent, key.as_str())?);
        Some(state.agent(id)?.work.iter().any(is_in))
    };
    if serves() == Some(true) {
        return Ok(());
    }
    may_manage(authority, Permission::ManageInteractions)
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
        .and_then(|plan| plan.signature.0.team)
        .and_then(|team| state.config.numbers.key(Kind::Team, team.0))
        .and_then(|team| state.config.center.teams.get(team));
    actor.role == Role::TeamLead
        && actor.id.is_some()
        && team.is_some_and(|team| team.lead == actor.id)
}
