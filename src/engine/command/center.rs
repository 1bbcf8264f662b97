//! Commands about the center as a whole: switches, configuration, facts from outside.

use std::collections::BTreeSet;

use super::Judged;
use super::named::{ahead, queue_id};
use crate::agent::{self, Reach};
use crate::engine::configure;
use crate::id::{AgentId, BrandId, EntryPointId, Key, QueueId};
use crate::message::{
    Authority, CommandBody, Destination, Event, IncidentAction, IncidentArea, IncidentScope,
    Permission, Personal, QueueEvent, Rejection,
};
use crate::model::Kind;
use crate::state::{State, Step};
use crate::{interaction, queue};

/// Judges and decides.
pub(super) fn decide(step: &mut Step<'_>, authority: &Authority, body: CommandBody) -> Judged {
    match body {
        CommandBody::SwitchQueue { queue, switch, until } => {
            let id = managed_queue(step.state(), authority, &queue)?;
            let until = ahead(step, until, "until")?;
            queue::hours::switch(step, id, switch, until);
            Ok(())
        }
        CommandBody::ScoreAgents { queue, scores } => {
            let id = managed_queue(step.state(), authority, &queue)?;
            score_agents(step, id, &scores)
        }
        CommandBody::SetIncident { scope, action, until } => {
            let area = area(step.state(), &scope);
            may_manage(step.state(), authority, area)?;
            let area = area.ok_or_else(|| Rejection::unknown("scope"))?;
            if let Some(action) = &action {
                is_possible(step.state(), area, action)?;
            }
            let until = ahead(step, until, "until")?.filter(|_| action.is_some());
            interaction::incident::set(step, area, action, until);
            Ok(())
        }
        CommandBody::Configure { base_version, changes } => {
            agent::may_manage(step.state(), authority, Permission::Configure, Reach::Center)?;
            configure::decide(step, base_version, changes)
        }
        CommandBody::ReportFacts(batch) => {
            agent::may_manage(step.state(), authority, Permission::ReportFacts, Reach::Center)?;
            let config = &step.state().config;
            if batch.facts.len() > config.center.limits.facts_per_command as usize {
                return Err(Rejection::limit("facts_per_command"));
            }
            // A key that is configured no more keeps its number: facts come late.
            let facts = batch.numbered(&|kind, key| config.numbers.get(kind, key.as_str()))?;
            step.emit(Event::Facts(facts));
            Ok(())
        }
        _ => Err(Rejection::not_yet("command")),
    }
}

/// The queue, if the actor may manage it; who may not does not learn whether there is one.
fn managed_queue(state: &State, authority: &Authority, queue: &Key) -> Result<QueueId, Rejection> {
    let id = queue_id(state, queue);
    may_manage(state, authority, id.as_ref().ok().copied().map(IncidentArea::Queue))?;
    id
}

fn score_agents(step: &mut Step<'_>, queue: QueueId, scores: &[(Key, Option<i32>)]) -> Judged {
    let state = step.state();
    let numbered = scores.iter().map(|(agent, score)| {
        let agent = state.config.agent_id(agent).ok_or_else(|| Rejection::unknown("scores"))?;
        Ok((agent, *score))
    });
    let numbered = numbered.collect::<Result<Vec<_>, Rejection>>()?;
    let new = |(agent, score): &&(AgentId, Option<i32>)| {
        score.is_some() && state.scores.of(queue, *agent).is_none()
    };
    // Whoever is named twice has one score.
    let more: BTreeSet<AgentId> = numbered.iter().filter(new).map(|(agent, _)| *agent).collect();
    let more = more.len();
    if state.scores.given().len() + more > state.config.center.limits.scores as usize {
        return Err(Rejection::limit("scores"));
    }
    step.emit(QueueEvent::Scored { queue, scores: numbered });
    Ok(())
}

/// What a switch covers. An object that was removed has its number still: its switch can be cleared.
fn area(state: &State, scope: &IncidentScope) -> Option<IncidentArea> {
    let number = |kind, key: &crate::id::Key| state.config.numbers.get(kind, key.as_str());
    Some(match scope {
        IncidentScope::Brand(key) => IncidentArea::Brand(BrandId(number(Kind::Brand, key)?)),
        IncidentScope::EntryPoint(key) => {
            IncidentArea::EntryPoint(EntryPointId(number(Kind::EntryPoint, key)?))
        }
        IncidentScope::Queue(key) => IncidentArea::Queue(QueueId(number(Kind::Queue, key)?)),
    })
}

/// The actor may open, close and switch what there is.
fn may_manage(state: &State, authority: &Authority, area: Option<IncidentArea>) -> Judged {
    let brand = area.and_then(|area| match area {
        IncidentArea::Brand(brand) => Some(brand),
        IncidentArea::EntryPoint(entry) => state.config.entry_point(entry)?.brand,
        IncidentArea::Queue(queue) => state.config.queue(queue)?.brand,
    });
    agent::may_manage(state, authority, Permission::ManageQueues, Reach::Brand(brand))
}

fn is_possible(state: &State, area: IncidentArea, action: &IncidentAction) -> Judged {
    match action {
        IncidentAction::Announce(_) | IncidentAction::Close => Ok(()),
        IncidentAction::Deflect(Destination::Queue(key)) => match state.config.queue_id(key) {
            None => Err(Rejection::unknown("action.deflect")),
            Some(queue) if area == IncidentArea::Queue(queue) => {
                Err(Rejection::invalid("action.deflect", "leads back to the queue itself"))
            }
            Some(_) => Ok(()),
        },
        IncidentAction::Deflect(Destination::External(to)) => match to {
            Personal::Clear(to) if to.is_empty() => {
                Err(Rejection::invalid("action.deflect", "is empty"))
            }
            _ => Ok(()),
        },
        IncidentAction::Deflect(Destination::Agent(_)) => {
            Err(Rejection::not_yet("deflect to an agent"))
        }
        IncidentAction::Deflect(Destination::Flow(_)) => {
            Err(Rejection::not_yet("deflect to a flow"))
        }
    }
}
