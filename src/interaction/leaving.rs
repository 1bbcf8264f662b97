//! What becomes of work whose agent leaves before it is done: by force, because desktop or phone did not
//! come back in time, or because a drain took longer than allowed.
//!
//! | work | leaves by force, does not come back | drain overdue |
//! |---|---|---|
//! | an offer that rings, or is being connected | to its queue, at its place | goes on |
//! | a talk with a leg | ends | goes on; supervisors are told |
//! | a chat | to its queue, at its place | goes on; supervisors are told |
//! | other written work, a voice message | to its queue, at its place | the same |
//! | what was put away | stays the agent's until its time comes | the same |
//! | what a colleague goes on with, or was asked and has answered | the agent's part ends | the same as above |
//! | wrap-up, other work | ends | goes on; supervisors are told |

use super::{survivors, voicemail};
use crate::agent;
use crate::id::{AgentId, EngagementId, InteractionId, QueueId};
use crate::message::{ConsultEnd, EngagementEnd, Phase, SignOutCause};
use crate::model::Channel;
use crate::queue::{cut, join};
use crate::state::{Hold, Interaction, Stage, State, Step};

/// The agent leaves now, whatever goes on.
pub(crate) fn leave(step: &mut Step<'_>, agent: AgentId, end: EngagementEnd, cause: SignOutCause) {
    hand_back(step, agent, end, |channel| !channel.has_media());
    cut::all(step, agent, end);
    agent::leave(step, agent, cause);
}

/// The agent was to take nothing new and finish what there is, and that took too long: what no customer
/// waits for at this moment goes back.
pub(crate) fn drain_overdue(step: &mut Step<'_>, agent: AgentId) {
    hand_back(step, agent, EngagementEnd::Released, |channel| !channel.is_live());
    if agent::is_at_work(step.state(), agent) {
        agent::drain_overdue(step, agent);
    }
}

/// Work on such channels returns to its queue.
fn hand_back(
    step: &mut Step<'_>,
    agent: AgentId,
    end: EngagementEnd,
    which: impl Fn(Channel) -> bool,
) {
    let state = step.state();
    let work = state.agent(agent).map(|row| row.work.as_slice()).unwrap_or_default();
    let goes_back: Vec<_> = work
        .iter()
        .filter(|item| which(item.channel))
        .filter_map(|item| match item.hold {
            Hold::Engagement(id) => goes_back(state, id),
            Hold::Offer(_) => None,
        })
        .collect();
    for (engagement, interaction, queue) in goes_back {
        survivors::nobody_is_asked(step, interaction, ConsultEnd::AgentGone);
        if step.state().voicemail(interaction).is_some() {
            voicemail::release(step, engagement, end);
        } else if join::again(step, interaction, queue).is_some() {
            agent::end_engagement(step, engagement, end);
        }
    }
}

/// The interaction of a part that another agent can go on with, and the queue that finds one.
fn goes_back(state: &State, id: EngagementId) -> Option<(EngagementId, InteractionId, QueueId)> {
    let part = state.engagement(id)?;
    let row = state.interaction(part.interaction?).filter(|row| row.stage == Stage::Open)?;
    let at_hand = matches!(part.phase, Phase::Active | Phase::Held | Phase::Suspended);
    let alone = row.request.is_none() && !others_are_there(state, row, id);
    (at_hand && alone && agent::serves(part.role)).then_some((id, row.id, part.queue?))
}

/// Somebody else has the customer, or was asked and has answered.
fn others_are_there(state: &State, row: &Interaction, id: EngagementId) -> bool {
    let works = |other: &EngagementId| {
        *other != id && state.engagement(*other).is_some_and(|part| part.phase != Phase::WrapUp)
    };
    let guests = row.meeting().is_some_and(|meeting| !meeting.guests.is_empty());
    guests || row.engagements.iter().any(works)
}
