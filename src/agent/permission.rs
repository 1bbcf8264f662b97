//! Who may do what, and how far it reaches. Roles are data; this table says what follows from them.

use crate::id::{AgentId, BrandId, ConversationId, InteractionId, Key};
use crate::message::{Actor, ActorKind, Authority, Permission, Rejection, RejectionReason};
use crate::model::{Kind, Role, User};
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

/// What a command reaches.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Reach {
    /// The center as a whole.
    Center,
    /// Something of a brand, or of none.
    Brand(Option<BrandId>),
    /// Whatever brand it may be of.
    AllBrands,
}

impl Reach {
    /// An interaction, of which the brand is known.
    pub(crate) fn interaction(state: &State, id: InteractionId) -> Self {
        Self::Brand(state.interaction(id).and_then(|row| row.brand))
    }

    fn conversation(state: &State, id: ConversationId) -> Self {
        Self::Brand(state.conversation(id).and_then(|row| row.brand))
    }
}

/// Somebody who acts, with the limits of the configuration.
struct Who<'s> {
    role: Role,
    limits: Option<&'s User>,
}

impl<'s> Who<'s> {
    fn is(state: &'s State, actor: &Actor) -> Self {
        let person = matches!(actor.kind, ActorKind::User | ActorKind::Agent);
        let id = actor.id.as_ref().filter(|_| person);
        let limits = id.and_then(|id| state.config.center.users.get(id));
        Self { role: limits.map_or(actor.role, |user| user.role), limits }
    }

    fn has(&self, permission: Permission) -> bool {
        has(self.role, permission)
    }

    fn reaches(&self, state: &State, what: Reach) -> bool {
        let Some(user) = self.limits else { return true };
        match what {
            Reach::Center => {
                user.teams.is_empty() && user.sites.is_empty() && user.brands.is_empty()
            }
            Reach::Brand(_) | Reach::AllBrands if user.brands.is_empty() => true,
            Reach::AllBrands => false,
            Reach::Brand(brand) => brand
                .and_then(|brand| state.config.numbers.key(Kind::Brand, brand.0))
                .is_some_and(|brand| user.brands.contains(brand)),
        }
    }

    fn reaches_agent(&self, state: &State, agent: AgentId) -> bool {
        let limits = self.limits.filter(|user| !(user.teams.is_empty() && user.sites.is_empty()));
        let Some(user) = limits else { return true };
        let center = &state.config.center;
        let agent =
            state.config.numbers.key(Kind::Agent, agent.0).and_then(|k| center.agents.get(k));
        let Some(agent) = agent else { return false };
        let team = agent.team.as_ref();
        let site = agent.site_in(center);
        let within = |key: Option<&Key>, keys: &[Key]| key.is_some_and(|key| keys.contains(key));
        within(team, &user.teams) || within(site, &user.sites)
    }
}

/// The actor may act for the agent: as that agent, as the lead of the agent's team, or by role.
pub(crate) fn may_act_for(
    state: &State,
    authority: &Authority,
    agent: AgentId,
) -> Result<(), Rejection> {
    let actor = &authority.actor;
    let who = Who::is(state, actor);
    let allowed = is_agent(state, actor, agent)
        || leads(state, actor, agent)
        || (who.has(Permission::ManageAgents) && who.reaches_agent(state, agent));
    let missing = match actor.kind {
        ActorKind::Agent if !who.has(Permission::ManageAgents) => Permission::ActAsSelf,
        _ => Permission::ManageAgents,
    };
    allowed.then_some(()).ok_or_else(|| refused(missing))
}

/// The actor has the permission by role, and it reaches that far.
pub(crate) fn may_manage(
    state: &State,
    authority: &Authority,
    permission: Permission,
    what: Reach,
) -> Result<(), Rejection> {
    let who = Who::is(state, &authority.actor);
    let allowed = who.has(permission) && who.reaches(state, what);
    allowed.then_some(()).ok_or_else(|| refused(permission))
}

/// The actor may follow what the agent does, or one without an agent, and take over: by role, or as the
/// lead of the agent's team.
pub(crate) fn may_supervise(
    state: &State,
    authority: &Authority,
    agent: Option<AgentId>,
    what: Reach,
) -> Result<(), Rejection> {
    let actor = &authority.actor;
    let who = Who::is(state, actor);
    let leads = agent.is_some_and(|agent| leads(state, actor, agent));
    let reached = || agent.is_none_or(|agent| who.reaches_agent(state, agent));
    let may = who.has(Permission::Supervise) && reached();
    let allowed = (leads || may) && who.reaches(state, what);
    allowed.then_some(()).ok_or_else(not_permitted)
}

/// What is said to those who may not supervise.
pub(crate) fn not_permitted() -> Rejection {
    refused(Permission::Supervise)
}

/// The actor may change what is known of a conversation: by role, or as an agent who serves in it or in
/// one that is linked with it.
pub(crate) fn may_work_on(
    state: &State,
    authority: &Authority,
    conversation: ConversationId,
) -> Result<(), Rejection> {
    let actor = &authority.actor;
    let root = state.links.root(conversation);
    let is_in = |item: &WorkItem| match item.hold {
        Hold::Engagement(id) => state
            .engagement(id)
            .and_then(|engagement| state.interaction(engagement.interaction?))
            .is_some_and(|interaction| state.links.root(interaction.conversation) == root),
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
    let what = Reach::conversation(state, conversation);
    may_manage(state, authority, Permission::ManageInteractions, what)
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
    let center = &state.config.center;
    let row = state.config.numbers.key(Kind::Agent, agent.0).and_then(|key| center.agents.get(key));
    let team = row.and_then(|row| center.teams.get(row.team.as_ref()?));
    actor.role == Role::TeamLead
        && actor.id.is_some()
        && team.is_some_and(|team| team.lead == actor.id)
}
