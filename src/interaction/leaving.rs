//! What becomes of work whose agent leaves before it is done: by force, because the desktop did not come
//! back in time, or because a drain took longer than allowed. A phone that does not come back ends its calls
//! alone.
//!
//! | work | leaves by force, does not come back | drain overdue |
//! |---|---|---|
//! | an offer that rings, or is being connected | to its queue, at its place | goes on |
//! | a talk with a leg | ends | goes on; supervisors are told |
//! | a chat | to its queue, at its place | goes on; supervisors are told |
//! | other written work, a voice message | to its queue, at its place; to the mailbox of the agent whose own it is | the same |
//! | what was put away | stays the agent's until its time comes | the same |
//! | what a colleague goes on with, or was asked and has answered | the agent's part ends | goes on; supervisors are told |
//! | wrap-up, other work | ends | goes on; supervisors are told |

use super::{survivors, voicemail};
use crate::agent;
use crate::id::{AgentId, EngagementId, InteractionId, QueueId, RequestId};
use crate::message::{AgentEvent, ConsultEnd, EngagementEnd, Mailbox, Phase, SignOutCause};
use crate::model::Channel;
use crate::queue::{cut, exclusion, join};
use crate::state::{Engagement, Stage, State, Step};

/// The agent leaves now, whatever goes on.
pub(crate) fn leave(step: &mut Step<'_>, agent: AgentId, end: EngagementEnd, cause: SignOutCause) {
    hand_back(step, agent, end, |channel| !channel.has_media());
    cut::all(step, agent, end);
    agent::leave(step, agent, cause);
}

/// The agent's phone did not come back in time.
pub(crate) fn lose_phone(step: &mut Step<'_>, agent: AgentId) {
    cut::calls(step, agent, EngagementEnd::MediaLost);
    step.emit(AgentEvent::MediaGone { agent });
}

/// The agent was to take nothing new and finish what there is, and that took too long: what no customer
/// waits for at this moment goes back.
pub(crate) fn drain_overdue(step: &mut Step<'_>, agent: AgentId) {
    hand_back(step, agent, EngagementEnd::Released, |channel| !channel.is_live());
    if agent::is_at_work(step.state(), agent) {
        agent::drain_overdue(step, agent);
    }
}

/// The agent gives back what is written and nobody else is at work on; others are asked first. Whether it could be.
pub(crate) fn give_back(step: &mut Step<'_>, id: EngagementId) -> bool {
    let state = step.state();
    let part = state.engagement(id).filter(|part| !part.channel.has_media());
    let Some((agent, back)) = part.and_then(|part| Some((part.agent, goes_back(state, part)?)))
    else {
        return false;
    };
    let to = match state.voicemail(back.1).map(|message| message.mailbox) {
        Some(Mailbox::Agent(_)) => None,
        Some(Mailbox::Queue(queue)) => Some(queue),
        None => back.2,
    };
    // A queue that was removed without an heir takes nothing back.
    if to.is_some_and(|queue| state.config.standing(queue).is_none()) {
        return false;
    }
    let until = step.at + state.config.center.policies.exclusion;
    let request = return_work(step, back, EngagementEnd::Released);
    if let Some(request) = request {
        exclusion::begin(step, request, agent, until);
    }
    true
}

/// Work on such channels returns to its queue.
fn hand_back(
    step: &mut Step<'_>,
    agent: AgentId,
    end: EngagementEnd,
    which: impl Fn(Channel) -> bool,
) {
    let state = step.state();
    let parts = state.parts_of(agent).filter(|part| which(part.channel));
    let goes_back: Vec<_> = parts.filter_map(|part| goes_back(state, part)).collect();
    for back in goes_back {
        let _ = return_work(step, back, end);
    }
}

/// The work of a part returns to its queue; the request that stands for it there, but for a voice message.
fn return_work(
    step: &mut Step<'_>,
    (engagement, interaction, queue): (EngagementId, InteractionId, Option<QueueId>),
    end: EngagementEnd,
) -> Option<RequestId> {
    survivors::nobody_is_asked(step, interaction, ConsultEnd::AgentGone);
    if step.state().voicemail(interaction).is_some() {
        voicemail::release(step, engagement, end);
        return None;
    }
    let request = queue.and_then(|queue| join::again(step, interaction, queue))?;
    agent::end_engagement(step, engagement, end);
    Some(request)
}

/// The interaction of a part that another agent can go on with, and the queue that finds one; a voice
/// message of an agent's own mailbox has none.
fn goes_back(
    state: &State,
    part: &Engagement,
) -> Option<(EngagementId, InteractionId, Option<QueueId>)> {
    let row = state.interaction(part.interaction?).filter(|row| row.stage == Stage::Open)?;
    let at_hand = matches!(part.phase, Phase::Active | Phase::Held | Phase::Suspended);
    // A colleague has the customer, or was asked and has answered.
    let others = row.engagements.iter().filter(|id| **id != part.id);
    let works = |id| state.engagement(id).is_some_and(|other| other.phase != Phase::WrapUp);
    let alone = !others.copied().any(works);
    // Whoever only follows has nothing to give back.
    let message = agent::serves(part.role) && state.voicemail(row.id).is_some();
    let has_place = part.queue.is_some() || message;
    (at_hand && alone && has_place).then_some((part.id, row.id, part.queue))
}
