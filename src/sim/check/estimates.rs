//! What estimates of waits are made from: who serves a line and who goes before in it, by looking at everybody.

use super::{Broken, broken};
use crate::message::Target;
use crate::state::{AgentState, Request, ServiceKey, Session, State};

/// For everybody who waits in a line: the staff, and all who go first in lines that somebody of it serves.
pub(super) fn lines_are_counted(state: &State) -> Result<(), Broken> {
    let in_line: Vec<&Request> =
        state.requests.iter().filter(|other| waits(state, other)).collect();
    for request in &in_line {
        let serves = |agent: &AgentState, other: &Request| {
            let phone = agent.session.as_ref().is_some_and(Session::has_media);
            state.is_routable(agent)
                && (phone || !request.channel.has_media())
                && state.config.admits(other.queue, state.in_force(other), agent.id)
        };
        let staff: Vec<&AgentState> =
            state.agents.iter().filter(|agent| serves(agent, request)).collect();
        let shared = |other: &Request| staff.iter().any(|agent| serves(agent, other));
        let before = |other: &&&Request| key(other) < key(request) && shared(other);
        let ahead = in_line.iter().filter(before).count();
        let class = (request.queue, state.in_force(request));
        let pool = state.pool(class, request.channel, &key(request));
        let counted: u32 = pool.sharing.iter().flat_map(|line| line.ahead).sum();
        if (pool.staff as usize, counted as usize) != (staff.len(), ahead) {
            let id = request.id;
            return broken(format!(
                "{id:?} waits for {} agents behind {ahead}, not for {} behind {counted}",
                staff.len(),
                pool.staff
            ));
        }
    }
    Ok(())
}

fn key(request: &Request) -> ServiceKey {
    request.service_key()
}

fn waits(state: &State, request: &Request) -> bool {
    let host = state.interaction(request.interaction).map(|row| row.host);
    state.wants_agents(request)
        && !state.awaits_customer(request)
        && matches!(request.target, Target::Queue | Target::Requirement(_))
        && !state.is_stale(request.id)
        && host.is_some_and(|host| state.host_is_up(host))
}
