//! The stories, one a file: what happens, in the words of the domain and in calls of the library.

pub(crate) mod call_back;
pub(crate) mod consult;
pub(crate) mod no_answer;
pub(crate) mod outage;
pub(crate) mod two_at_once;

use switchboard::id::EngagementId;
use switchboard::message::CommandBody;

use crate::floor::key;
use crate::story::Tale;

/// The agent's part in the interaction of that name.
fn part(tale: &Tale, agent: &str, contact: &str) -> Result<EngagementId, String> {
    let view = &tale.house.view;
    let mut parts = view.open_parts().map(|part| part.id);
    let names = (agent.to_owned(), contact.to_owned());
    parts.find(|id| view.part(*id) == names).ok_or_else(|| format!("{agent} has no {contact}"))
}

/// The agent wraps up with a result.
fn finishes(tale: &mut Tale, agent: &str, contact: &str, result: &str) -> Result<(), String> {
    let engagement = part(tale, agent, contact)?;
    let disposition = Some(key(result)?);
    let body = CommandBody::FinishWrapUp { engagement, disposition };
    tale.input(&format!("{agent} wraps up {contact}: {result}"), |house| house.command(agent, body))
}
