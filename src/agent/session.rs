//! Sessions: coming to work, leaving, losing desktop or phone.

use super::{presence, work};
use crate::id::{AgentId, EngagementId, Key};
use crate::message::{AgentEvent, EngagementEnd, PendingPresence, Presence, SignOutCause};
use crate::model::Station;
use crate::state::{Hold, State, Step};

/// Ends a session that another one takes over: presence and work go on in that one.
pub(crate) fn take_over(step: &mut Step<'_>, agent: AgentId) {
    let pending = step.state().agent(agent).and_then(|row| row.pending);
    if pending == Some(PendingPresence::SignOut) {
        step.emit(AgentEvent::PresencePending { agent, pending: None, until: None });
    }
    leave(step, agent, SignOutCause::TakenOver);
}

/// The agent, who is not at work, comes to work; ready, where asked for or taken over so.
pub(crate) fn sign_in(
    step: &mut Step<'_>,
    agent: AgentId,
    device: Option<Key>,
    station: Station,
    ready: bool,
) {
    let session = step.new_id();
    step.emit(AgentEvent::SignedIn { agent, session, device, station });
    let presence = step.state().agent(agent).map(|row| row.presence);
    if ready && presence != Some(Presence::Ready) {
        step.emit(AgentEvent::PresenceSet { agent, presence: Presence::Ready });
    }
}

/// An agent whom the configuration does not know any more leaves when work is done.
pub(crate) fn retire(step: &mut Step<'_>, agent: AgentId) {
    let Some(row) = step.state().agent(agent).filter(|row| row.session.is_some()) else { return };
    if row.work.is_empty() {
        leave(step, agent, SignOutCause::Removed);
    } else if row.pending != Some(PendingPresence::SignOut) {
        presence::pend(step, agent, Some(PendingPresence::SignOut));
    }
}

/// The agent leaves: at once if there is nothing to finish, else when work is done.
pub(crate) fn sign_out(step: &mut Step<'_>, agent: AgentId) {
    if step.state().agent(agent).is_some_and(|row| row.work.is_empty()) {
        leave(step, agent, SignOutCause::Asked);
    } else {
        presence::pend(step, agent, Some(PendingPresence::SignOut));
    }
}

/// Ends the agent's session. Who leaves follows nothing any more.
pub(crate) fn leave(step: &mut Step<'_>, agent: AgentId, cause: SignOutCause) {
    if cause != SignOutCause::TakenOver {
        for part in followed(step.state(), agent) {
            work::end(step, part, EngagementEnd::Finished);
        }
    }
    let session = step.state().agent(agent).and_then(|row| row.session.as_ref()).map(|s| s.id);
    if let Some(session) = session {
        step.emit(AgentEvent::SignedOut { agent, session, cause });
    }
}

fn followed(state: &State, agent: AgentId) -> Vec<EngagementId> {
    let work = state.agent(agent).map(|row| row.work.as_slice()).unwrap_or_default();
    work.iter()
        .filter_map(|item| match item.hold {
            Hold::Engagement(id) => state.watches.get(id).map(|_| id),
            Hold::Offer(_) => None,
        })
        .collect()
}

/// The desktop went away or came back.
pub(crate) fn set_desktop(step: &mut Step<'_>, agent: AgentId, connected: bool) {
    let grace = step.state().config.center.policies.desktop_grace;
    let session = step.state().agent(agent).and_then(|row| row.session.as_ref());
    let lost = session.is_some_and(|session| session.desktop_lost_until.is_some());
    if connected && lost {
        step.emit(AgentEvent::DesktopRestored { agent });
    } else if !connected && !lost {
        step.emit(AgentEvent::DesktopLost { agent, until: step.at + grace });
    }
}

/// Phone or softphone went away or came back.
pub(crate) fn set_media(step: &mut Step<'_>, agent: AgentId, connected: bool) {
    let grace = step.state().config.center.policies.media_grace;
    let session = step.state().agent(agent).and_then(|row| row.session.as_ref());
    let lost = session.is_some_and(|session| !session.has_media());
    if connected && lost {
        step.emit(AgentEvent::MediaRestored { agent });
    } else if !connected && !lost {
        step.emit(AgentEvent::MediaLost { agent, until: step.at + grace });
    }
}
