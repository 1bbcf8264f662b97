//! Who may do what: roles are data, and a user's permissions reach as far as the configuration says.

use crate::support::{Bench, key};
use switchboard::id::CommandId;
use switchboard::message::{
    Actor, ActorKind, Authority, Cause, Command, CommandBody, CustomerToken, IncidentAction,
    IncidentScope, Permission, Receipt, RejectionReason, Switch,
};
use switchboard::model::{
    Agent, Brand, Center, Change, Draft, EntryPoint, Queue, Reason, Role, Site, Team, User, diff,
    validate,
};

fn center(zoe: impl Into<Draft<User>>) -> Center {
    Center::builder()
        .brand("acme", Brand::new("Acme"))
        .brand("other", Brand::new("Other"))
        .reason("coaching", Reason::new("Coaching"))
        .site("here", Site::new("Here"))
        .site("there", Site::new("There"))
        .team("blue", Team::new("Blue").site("here"))
        .team("red", Team::new("Red").site("there"))
        .queue("a", Queue::new().brand("acme"))
        .queue("b", Queue::new().brand("other"))
        .queue("plain", Queue::new())
        .entry_point("a", EntryPoint::voice("100").to_queue("a"))
        .entry_point("b", EntryPoint::voice("200").to_queue("b"))
        .agent("ana", Agent::new("Ana").team("blue"))
        .agent("ben", Agent::new("Ben").team("red"))
        .agent("cleo", Agent::new("Cleo").team("red").site("here"))
        .user("zoe", zoe)
        .build()
        .unwrap()
}

fn zoe(role: Role) -> Actor {
    Actor::user(key("zoe"), role)
}

fn gives(bench: &mut Bench, actor: Actor, body: CommandBody) -> Receipt {
    let id = CommandId::new(format!("x{}", bench.records.len())).unwrap();
    bench.input(Command::new(id, actor, body))
}

/// What is missing, if the command is refused for that.
fn missing(bench: &mut Bench, actor: Actor, body: CommandBody) -> Option<Permission> {
    match gives(bench, actor, body) {
        Receipt::Recorded(_) => None,
        Receipt::Rejected { rejection, .. } => match rejection.reason {
            RejectionReason::NotPermitted(permission) => Some(permission),
            other => panic!("{other:?}"),
        },
        other => panic!("{other:?}"),
    }
}

fn sign_in(agent: &str) -> CommandBody {
    CommandBody::sign_in(key(agent))
}

fn switch(queue: &str) -> CommandBody {
    CommandBody::SwitchQueue { queue: key(queue), switch: Switch::Open, until: None }
}

fn close(scope: IncidentScope) -> CommandBody {
    CommandBody::SetIncident { scope, action: Some(IncidentAction::Close), until: None }
}

#[test]
fn a_supervisor_limited_to_a_team_reaches_its_agents_alone() {
    let mut bench = Bench::new(center(User::new("Zoe", Role::Supervisor).team("blue")));
    let supervisor = || zoe(Role::Supervisor);
    assert_eq!(missing(&mut bench, supervisor(), sign_in("ana")), None);
    let refused = missing(&mut bench, supervisor(), sign_in("ben"));
    assert_eq!(refused, Some(Permission::ManageAgents));
    assert_eq!(missing(&mut bench, supervisor(), switch("b")), None, "no limit of brands");
}

#[test]
fn a_site_is_the_agents_own_before_that_of_the_team() {
    let mut bench = Bench::new(center(User::new("Zoe", Role::Supervisor).site("here")));
    for (agent, expected) in
        [("ana", None), ("ben", Some(Permission::ManageAgents)), ("cleo", None)]
    {
        assert_eq!(missing(&mut bench, zoe(Role::Supervisor), sign_in(agent)), expected, "{agent}");
    }
}

#[test]
fn a_supervisor_limited_to_a_brand_reaches_its_queues_and_customers_alone() {
    let mut bench = Bench::new(center(User::new("Zoe", Role::Supervisor).brand("acme")));
    let supervisor = || zoe(Role::Supervisor);
    let queues = Some(Permission::ManageQueues);
    assert_eq!(missing(&mut bench, supervisor(), switch("a")), None);
    assert_eq!(missing(&mut bench, supervisor(), switch("b")), queues);
    assert_eq!(missing(&mut bench, supervisor(), switch("plain")), queues);
    for (scope, expected) in [
        (IncidentScope::Brand(key("acme")), None),
        (IncidentScope::Brand(key("other")), queues),
        (IncidentScope::EntryPoint(key("b")), queues),
        (IncidentScope::Queue(key("b")), queues),
    ] {
        assert_eq!(missing(&mut bench, supervisor(), close(scope.clone())), expected, "{scope:?}");
    }
    let scope = IncidentScope::Brand(key("acme"));
    bench.does(CommandBody::SetIncident { scope, action: None, until: None });
    let interactions = Some(Permission::ManageInteractions);
    for (to, expected) in [("100", None), ("200", interactions)] {
        let _ = bench.call("app", to, to);
        let request = *bench.requests().last().unwrap();
        let withdraw = CommandBody::WithdrawRequest { request };
        assert_eq!(missing(&mut bench, supervisor(), withdraw), expected);
    }
    let interaction = bench.interaction();
    let refused = missing(&mut bench, supervisor(), CommandBody::CloseInteraction { interaction });
    assert_eq!(refused, interactions);
}

#[test]
fn whoever_is_limited_changes_nothing_that_concerns_the_whole_center() {
    let mut bench = Bench::new(center(User::new("Zoe", Role::Administrator).team("blue")));
    let base_version = bench.engine.config_version();
    let changes = vec![Change::Name("mine".to_owned())];
    let configure = CommandBody::Configure { base_version, changes };
    let refused = missing(&mut bench, zoe(Role::Administrator), configure);
    assert_eq!(refused, Some(Permission::Configure));
    let customer = CustomerToken(1);
    let block = CommandBody::BlockCustomer { customer, blocked: true, until: None };
    let refused = missing(&mut bench, zoe(Role::Administrator), block);
    assert_eq!(refused, Some(Permission::ManageInteractions));
}

#[test]
fn the_role_of_the_configuration_holds_whatever_a_command_claims() {
    let mut bench = Bench::new(center(User::new("Zoe", Role::Quality)));
    let claimed = zoe(Role::Administrator);
    let refused = missing(&mut bench, claimed, switch("a"));
    assert_eq!(refused, Some(Permission::ManageQueues));
    // Also for agents with more to say: listed as users, they are limited as such.
    let ana = User::new("Ana", Role::Supervisor).team("red").build().unwrap();
    bench.configures(vec![Change::User { key: key("ana"), to: Some(ana) }]);
    let agent = || Actor { kind: ActorKind::Agent, id: Some(key("ana")), role: Role::Agent };
    assert_eq!(missing(&mut bench, agent(), sign_in("ben")), None);
    assert_eq!(missing(&mut bench, agent(), sign_in("ana")), None, "acting as oneself");
    let center = bench.engine.center().clone();
    let green = Team::new("Green").build().unwrap();
    let green = Change::Team { key: key("green"), to: Some(green) };
    let dan = Agent::new("Dan").team("green").build().unwrap();
    bench.configures(vec![green, Change::Agent { key: key("dan"), to: Some(dan) }]);
    assert_eq!(missing(&mut bench, agent(), sign_in("dan")), Some(Permission::ManageAgents));
    assert_ne!(bench.engine.center(), &center);
}

#[test]
fn who_is_not_listed_is_not_limited() {
    let mut bench = Bench::new(center(User::new("Zoe", Role::Supervisor).team("blue")));
    let other = Actor::user(key("yan"), Role::Supervisor);
    assert_eq!(missing(&mut bench, other, sign_in("ben")), None);
}

#[test]
fn a_record_says_who_gave_the_command_for_whom_and_why() {
    let mut bench = Bench::new(center(User::new("Zoe", Role::Supervisor)));
    bench.sign_in("ana");
    let authority = Authority {
        actor: zoe(Role::Supervisor),
        on_behalf_of: Some(key("ana")),
        reason: Some(key("coaching")),
    };
    let id = CommandId::new("x1").unwrap();
    let body = CommandBody::SetPresence { agent: key("ana"), ready: false, reason: None };
    let receipt = bench.input(Command::new(id.clone(), authority.clone(), body));
    assert!(matches!(receipt, Receipt::Recorded(_)), "{receipt:?}");
    let Cause::Command { id: recorded, authority: by, .. } = &bench.records.last().unwrap().cause
    else {
        panic!("{:?}", bench.records.last())
    };
    assert_eq!((recorded, by), (&id, &authority));
}

#[test]
fn users_are_checked_and_compared() {
    let old = center(User::new("Zoe", Role::Supervisor).team("blue"));
    let mut new = old.clone();
    let user = new.users.get_mut(&key("zoe")).unwrap();
    user.brands.push(key("nobody"));
    user.teams.push(key("blue"));
    user.role = Role::System;
    let faults = validate(&new).unwrap_err();
    let paths: Vec<&str> = faults.iter().map(|fault| fault.path.as_str()).collect();
    assert_eq!(paths, ["users.zoe.role", "users.zoe.brands", "users.zoe.teams"]);
    // A team and who is limited to it go together.
    let mut new = old.clone();
    new.users.clear();
    new.teams.remove(&key("blue"));
    new.agents.get_mut(&key("ana")).unwrap().team = None;
    let mut now = old.clone();
    for change in diff(&old, &new) {
        switchboard::model::apply_change(&mut now, &change);
        assert!(validate(&now).is_ok(), "{change:?}");
    }
    assert_eq!(now, new);
}
