//! Commands about agents: coming, going, presence, routability, work from outside the queues.

use super::Judged;
use super::named::{agent_id, ahead, present, queue_id, reason_id, signed_in};
use crate::agent;
use crate::id::{AgentId, ReasonId};
use crate::interaction::{internal, leaving};
use crate::message::{
    AgentEvent, Authority, CommandBody, EngagementEnd, Presence, Rejection, RejectionReason,
    RoutabilityScope, RoutableOn, SignOutCause,
};
use crate::model::{Channel, Station};
use crate::queue;
use crate::state::{State, Step};

/// Judges and decides.
pub(super) fn decide(step: &mut Step<'_>, authority: &Authority, body: CommandBody) -> Judged {
    let state = step.state();
    match body {
        CommandBody::SignIn { agent, device, station, ready } => {
            let id = agent_id(state, authority, &agent)?;
            let station = station.or_else(|| state.config.station(id).cloned()).unwrap_or_default();
            station_is_usable(state, &station)?;
            let present = state.agent(id).is_some_and(|row| row.session.is_some());
            if present && !state.config.center.policies.sign_in_takes_over {
                return Err(Rejection::wrong_state("agent", "signed in already"));
            }
            if present {
                // What rings at the old station would not be heard; live work stays where it is.
                queue::cut::offers(step, id);
                internal::unheard(step, id);
                agent::take_over(step, id);
            }
            agent::sign_in(step, id, device, station, ready);
        }
        CommandBody::SignOut { agent, force } => {
            let id = present(state, authority, &agent)?;
            if force {
                leaving::leave(step, id, EngagementEnd::Forced, SignOutCause::Forced);
            } else {
                queue::cut::offers(step, id);
                agent::sign_out(step, id);
            }
        }
        CommandBody::SetPresence { agent, ready, reason } => {
            let id = signed_in(state, authority, &agent)?;
            let reason = reason_id(state, reason.as_ref(), "reason")?;
            if !ready {
                queue::cut::offers(step, id);
            }
            let presence = if ready { Presence::Ready } else { Presence::NotReady(reason) };
            agent::set_presence(step, id, presence);
        }
        CommandBody::SetDesktop { agent, connected } => {
            let id = present(state, authority, &agent)?;
            agent::set_desktop(step, id, connected);
            if !connected {
                queue::cut::offers(step, id);
            }
        }
        CommandBody::SetMedia { agent, connected } => {
            let id = present(state, authority, &agent)?;
            agent::set_media(step, id, connected);
            if !connected {
                queue::cut::offers_of(step, id, |request| request.channel.has_media());
            }
        }
        CommandBody::SetRoutability { agent, on, routable, reason } => {
            let id = signed_in(state, authority, &agent)?;
            let reason = reason_id(state, reason.as_ref(), "reason")?;
            set_routability(step, id, &on, routable, reason)?;
        }
        CommandBody::SetShiftEnd { agent, at } => {
            let id = signed_in(state, authority, &agent)?;
            let at = ahead(step, at, "at")?;
            agent::set_shift_end(step, id, at);
        }
        CommandBody::BeginOtherWork { agent, channel, reason } => {
            let id = signed_in(state, authority, &agent)?;
            let reason = reason_id(state, reason.as_ref(), "reason")?;
            has_room(state, id, channel)?;
            agent::begin_other_work(step, id, channel, reason);
        }
        _ => {}
    }
    Ok(())
}

/// The agent's account admits one more item of the channel.
fn has_room(state: &State, id: AgentId, channel: Channel) -> Judged {
    let most = state.config.center.limits.engagements_per_agent as usize;
    if state.agent(id).is_some_and(|row| row.work.len() >= most) {
        return Err(Rejection::limit("engagements_per_agent"));
    }
    if !state.has_room(id, channel) {
        return Err(Rejection::new(RejectionReason::NoCapacity, "channel"));
    }
    Ok(())
}

fn set_routability(
    step: &mut Step<'_>,
    agent: AgentId,
    on: &RoutabilityScope,
    routable: bool,
    reason: Option<ReasonId>,
) -> Judged {
    let on = match on {
        RoutabilityScope::Channel(channel) => RoutableOn::Channel(*channel),
        RoutabilityScope::Queue(key) => RoutableOn::Queue(queue_id(step.state(), key)?),
    };
    step.emit(AgentEvent::RoutabilitySet { agent, on, routable, reason });
    if !routable {
        queue::cut::offers_of(step, agent, |request| match on {
            RoutableOn::Channel(channel) => request.channel == channel,
            RoutableOn::Queue(queue) => request.queue == queue,
        });
    }
    Ok(())
}

fn station_is_usable(state: &State, station: &Station) -> Judged {
    match station {
        Station::Direct => Ok(()),
        Station::Phone { host, .. } => match state.config.host_id(host) {
            Some(_) => Ok(()),
            None => Err(Rejection::unknown("station.host")),
        },
        _ => Err(Rejection::not_yet("nailed-up stations")),
    }
}
