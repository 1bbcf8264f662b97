//! Sites, teams, agents and users.

use super::report::{Place, Report};
use crate::model::{Agent, Center, Coverage, Role, Station, User};

pub(super) fn check(center: &Center, report: &mut Report) {
    for (key, site) in &center.sites {
        report.zone(Place::of("sites", key), &site.time_zone);
    }
    for (key, team) in &center.teams {
        let place = Place::of("teams", key);
        if let Some(lead) = &team.lead {
            report.known(place, "lead", ("agent", &center.agents), lead);
        }
        if let Some(site) = &team.site {
            report.known(place, "site", ("site", &center.sites), site);
        }
    }
    for (key, agent) in &center.agents {
        check_agent(center, Place::of("agents", key), agent, report);
    }
    for (key, user) in &center.users {
        check_user(center, Place::of("users", key), user, report);
    }
}

fn check_agent(center: &Center, place: Place<'_>, agent: &Agent, report: &mut Report) {
    if let Some(team) = &agent.team {
        report.known(place, "team", ("team", &center.teams), team);
    }
    if let Some(site) = &agent.site {
        report.known(place, "site", ("site", &center.sites), site);
    }
    check_role(place, agent.role, report);
    super::queues::check_levels(center, place, "skills", &agent.skills, report);
    if let Station::Phone { address, .. } | Station::NailedUp { address, .. } = &agent.station
        && address.is_empty()
    {
        report.fault(place, "station", "the address is empty");
    }
    if let Station::Phone { host, .. } | Station::NailedUp { host, .. } = &agent.station {
        report.known(place, "station.host", ("host", &center.hosts), host);
    }
    match &agent.coverage {
        Some(Coverage::Queue(queue)) => {
            report.known(place, "coverage.queue", ("queue", &center.queues), queue);
        }
        Some(Coverage::Team(team)) => {
            report.known(place, "coverage.team", ("team", &center.teams), team);
        }
        Some(Coverage::QueueMailbox(queue)) => {
            report.known(place, "coverage.queue_mailbox", ("queue", &center.queues), queue);
        }
        Some(Coverage::OwnMailbox) | None => {}
    }
    if let Some(budget) = agent.budget {
        report.at_least_one(place, "budget", budget);
    }
    super::requirement::check_attributes(place, agent, report);
}

fn check_role(place: Place<'_>, role: Role, report: &mut Report) {
    if let Role::System | Role::Host = role {
        report.fault(place, "role", "is no role of a person");
    }
}

fn check_user(center: &Center, place: Place<'_>, user: &User, report: &mut Report) {
    check_role(place, user.role, report);
    for team in &user.teams {
        report.known(place, "teams", ("team", &center.teams), team);
    }
    for site in &user.sites {
        report.known(place, "sites", ("site", &center.sites), site);
    }
    for brand in &user.brands {
        report.known(place, "brands", ("brand", &center.brands), brand);
    }
    report.distinct(place, "teams", &user.teams);
    report.distinct(place, "sites", &user.sites);
    report.distinct(place, "brands", &user.brands);
}
