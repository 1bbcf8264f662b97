//! What becomes of work whose agent leaves before it is done: by force, because desktop or phone did not
//! come back in time, or because a drain took longer than allowed.
//!
//! | work | leaves by force, does not come back | drain overdue |
//! |---|---|---|
//! | an offer that rings, or is being connected | to its queue, at its place | cannot be |
//! | a talk with a leg | ends | goes on; supervisors are told |
//! | a chat | to its queue, at its place | goes on; supervisors are told |
//! | other written work, a voice message | to its queue, at its place | the same |
//! | what was put away | stays the agent's until its time comes | the same |
//! | wrap-up, other work | ends | goes on; supervisors are told |

use super::{transfer, voicemail};
use crate::agent;
use crate::id::{AgentId, EngagementId, InteractionId, QueueId};
use crate::message::{EngagementEnd, Phase, RequestCause, SignOutCause};
use crate::model::Channel;
use crate::queue::cut;
use crate::queue::join::{self, Past, Wish};
use crate::state::{Hold, Stage, State, Step};

/// The agent leaves now, whatever goes on.
pub(crate) fn leave(step: &mut Step<'_>, agent: AgentId, end: EngagementEnd, cause: SignOutCause) {
    hand_back(step, agent, end, |channel| !channel.has_media());
    cut::all(step, agent, end);
    agent::leave(step, agent, cause);
}

/// The agent was to take nothing new and finish what there is, and that took too long: nobody waits for
/// the agent who does not wait right now anyway.
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
        if step.state().voicemail(interaction).is_some() {
            voicemail::release(step, engagement);
            continue;
        }
        let served = step.state().meeting_of(interaction).and_then(|meeting| meeting.served);
        let id = step.new_id();
        let wish = Wish::new(RequestCause::Resume).after(served.map(Past::from));
        join::enter(step, id, interaction, queue, wish);
        agent::end_engagement(step, engagement, end);
    }
}

/// The interaction of a part that another agent can go on with, and the queue that finds one.
fn goes_back(state: &State, id: EngagementId) -> Option<(EngagementId, InteractionId, QueueId)> {
    let part = state.engagement(id)?;
    let row = state.interaction(part.interaction?).filter(|row| row.stage == Stage::Open)?;
    let at_hand = matches!(part.phase, Phase::Active | Phase::Held | Phase::Suspended);
    // With somebody else there, or asked, the customer is not alone.
    let busy = row.request.is_some() || state.consult_of(id).is_some();
    if !at_hand || busy || !agent::serves(part.role) || transfer::others_meet(state, part) {
        return None;
    }
    let lives = |queue: &QueueId| state.config.queue(*queue).is_some();
    let queue = part.queue?;
    let queue = Some(queue).filter(lives).or_else(|| state.config.heir(queue))?;
    Some((id, row.id, queue))
}
