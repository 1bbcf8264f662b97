//! Commands about offers and waiting requests.

use super::Judged;
use super::named::{ahead, known, own, own_offer, queue_id, reason_id, signed_in, somebody};
use crate::agent::{self, Reach};
use crate::id::{AgentId, Key, OfferId, RequestId};
use crate::interaction::leaving;
use crate::message::{
    Authority, CommandBody, FlowOutReason, OfferEnd, Outcome, Permission, Rejection,
    RejectionReason, RequestCause, RequestEvent,
};
use crate::model::Kind;
use crate::queue;
use crate::queue::order::Wait;
use crate::routing::{Refusal, refusals};
use crate::state::{Request, RequestState, State, Step};
use crate::time::{Duration, Timestamp};

/// Judges and decides.
pub(super) fn decide(step: &mut Step<'_>, authority: &Authority, body: CommandBody) -> Judged {
    match body {
        CommandBody::AcceptOffer { offer } => {
            own_offer(step.state(), authority, offer)?;
            accept(step, offer)
        }
        CommandBody::RejectOffer { offer, reason } => {
            own_offer(step.state(), authority, offer)?;
            let reason = reason_id(step.state(), reason.as_ref(), "reason")?;
            queue::offer::end(step, offer, OfferEnd::Rejected(reason));
            Ok(())
        }
        CommandBody::GiveBack { engagement } => {
            let row = own(step.state(), authority, engagement)?;
            let lease = row.offer.and_then(|offer| step.state().offer(offer)).map(|row| row.id);
            if let Some(offer) = lease {
                queue::offer::end(step, offer, OfferEnd::Rejected(None));
            } else if !leaving::give_back(step, engagement) {
                return Err(Rejection::wrong_state("engagement", "not one that can be given back"));
            }
            Ok(())
        }
        CommandBody::PrioritizeRequest { request, boost } => {
            may_manage(step.state(), authority, request)?;
            prioritize(step, request, boost)
        }
        CommandBody::PullRequest { agent, request } => {
            let agent = signed_in(step.state(), authority, &agent)?;
            pull(step, agent, request)
        }
        CommandBody::OfferRequest { request, agent } => {
            may_manage(step.state(), authority, request)?;
            let agent = somebody(step.state(), &agent, "agent")?;
            offer(step, agent, request)
        }
        CommandBody::MoveRequest { request, queue } => {
            may_manage(step.state(), authority, request)?;
            send_to(step, request, &queue)
        }
        CommandBody::AssignRequest { request, agent } => {
            may_manage(step.state(), authority, request)?;
            let to = somebody(step.state(), &agent, "agent")?;
            of_customer(step.state(), request)?;
            if step.state().agent(to).is_none_or(|row| row.session.is_none()) {
                return Err(Rejection::wrong_state("agent", "signed out"));
            }
            queue::assign(step, request, to);
            Ok(())
        }
        CommandBody::ExcludeAgent { request, agent, until } => {
            may_manage(step.state(), authority, request)?;
            exclude(step, request, &agent, until)
        }
        CommandBody::LiftExclusion { request, agent } => {
            may_manage(step.state(), authority, request)?;
            admit(step, request, &agent)
        }
        CommandBody::WithdrawRequest { request } => {
            may_manage(step.state(), authority, request)?;
            known(step.state(), step.state().request(request), request.origin(), "request")?;
            let actor = authority.actor.clone();
            queue::leave::end(step, request, Outcome::Withdrawn { actor });
            Ok(())
        }
        _ => Err(Rejection::not_yet("command")),
    }
}

fn may_manage(state: &State, authority: &Authority, request: RequestId) -> Judged {
    let of = state.request(request).map(|request| request.interaction);
    let what = of.map_or(Reach::Brand(None), |id| Reach::interaction(state, id));
    agent::may_manage(state, authority, Permission::ManageInteractions, what)
}

fn accept(step: &mut Step<'_>, id: OfferId) -> Judged {
    let state = step.state();
    let offer = state.offer(id).ok_or_else(|| Rejection::stale("offer"))?;
    if offer.accepted.is_some() {
        return Err(Rejection::wrong_state("offer", "accepted already"));
    }
    if offer.leg.is_some() {
        return Err(Rejection::wrong_state("offer", "answered by the phone that rings"));
    }
    if state.taken_offer(offer.request).is_some() {
        return Err(Rejection::wrong_state("offer", "taken by somebody else"));
    }
    queue::offer::accept(step, id);
    Ok(())
}

fn prioritize(step: &mut Step<'_>, id: RequestId, boost: Duration) -> Judged {
    let state = step.state();
    let request = known(state, state.request(id), id.origin(), "request")?;
    // What relaxation gives comes beside it.
    let credit = boost + state.credit(request) - request.boost;
    let due_at = Wait { credit, ..Wait::of(state, request) }.due_at(state);
    step.emit(RequestEvent::Reordered { id, boost, due_at });
    Ok(())
}

/// Keeps the request from the agent, unless that one is being connected.
fn exclude(step: &mut Step<'_>, id: RequestId, agent: &Key, until: Timestamp) -> Judged {
    let agent = somebody(step.state(), agent, "agent")?;
    let Some(until) = ahead(step, Some(until), "until")? else { return Ok(()) };
    let state = step.state();
    let request = known(state, state.request(id), id.origin(), "request")?;
    let taken = state.taken_offer(id).and_then(|offer| state.offer(offer));
    if taken.is_some_and(|offer| offer.agent == agent) {
        return Err(Rejection::wrong_state("request", "being connected with the agent"));
    }
    let most = state.config.center.limits.exclusions_per_request as usize;
    if !request.excludes(agent) && request.exclusions.len() >= most {
        return Err(Rejection::limit("exclusions_per_request"));
    }
    queue::exclusion::begin(step, id, agent, until);
    Ok(())
}

/// The agent, also one who was removed, may be offered the request again.
fn admit(step: &mut Step<'_>, id: RequestId, agent: &Key) -> Judged {
    let state = step.state();
    let request = known(state, state.request(id), id.origin(), "request")?;
    let agent = state.config.numbers.get(Kind::Agent, agent.as_str()).map(AgentId);
    let agent = agent.ok_or_else(|| Rejection::unknown("agent"))?;
    if !request.excludes(agent) {
        return Err(Rejection::wrong_state("agent", "not kept from it"));
    }
    step.emit(RequestEvent::ExclusionEnded { id, agent });
    Ok(())
}

/// The request goes to another queue, at the place that it has.
fn send_to(step: &mut Step<'_>, request: RequestId, queue: &Key) -> Judged {
    let to = queue_id(step.state(), queue)?;
    let row = of_customer(step.state(), request)?;
    if row.queue == to {
        return Err(Rejection::wrong_state("queue", "where it waits"));
    }
    queue::join::sent(step, request, to, (FlowOutReason::Moved, RequestCause::Moved));
    Ok(())
}

/// A request of a customer: what an agent waits for is the agent's own matter.
fn of_customer(state: &State, id: RequestId) -> Result<&Request, Rejection> {
    let request = known(state, state.request(id), id.origin(), "request")?;
    if request.cause.is_of_agent() {
        return Err(Rejection::wrong_state("request", "of an agent who asks somebody"));
    }
    Ok(request)
}

/// The agent takes the request, if nothing but readiness stands against it.
pub(super) fn pull(step: &mut Step<'_>, agent: AgentId, id: RequestId) -> Judged {
    let state = step.state();
    let request = known(state, state.request(id), id.origin(), "request")?;
    if request.state != RequestState::Waiting {
        return Err(Rejection::wrong_state("request", "with an agent"));
    }
    may_get(state, request, agent, |_| false)?;
    queue::offer::pull(step, id, agent);
    Ok(())
}

/// Somebody has said that the agent is to be offered the request: one more, where it may ring several. For whom the agent
/// is kept free is a rule for choices of the engine.
fn offer(step: &mut Step<'_>, agent: AgentId, id: RequestId) -> Judged {
    let state = step.state();
    let request = known(state, state.request(id), id.origin(), "request")?;
    if !state.wants_agents(request) {
        return Err(Rejection::wrong_state("request", "with an agent"));
    }
    may_get(state, request, agent, |rule| *rule == Refusal::Reserved)?;
    queue::offer::told(step, id, agent);
    Ok(())
}

/// Whether nothing but readiness stands against it, and what does not matter besides.
fn may_get(
    state: &State,
    request: &Request,
    agent: AgentId,
    besides: impl Fn(&Refusal) -> bool,
) -> Judged {
    // Choosing by hand is also for those who are not sent anything, and for what is sent to nobody.
    let unsent = |rule: &Refusal| {
        matches!(
            rule,
            Refusal::NotReady
                | Refusal::NotRoutable
                | Refusal::ByHand
                | Refusal::BackedOff(_)
                | Refusal::Elsewhere
        )
    };
    let rule = refusals(state, request, agent).find(|rule| !unsent(rule) && !besides(rule));
    let (field, what) = match rule {
        None
        | Some(
            Refusal::NotReady
            | Refusal::NotRoutable
            | Refusal::ByHand
            | Refusal::BackedOff(_)
            | Refusal::Elsewhere,
        ) => return Ok(()),
        Some(Refusal::NoCapacity) => {
            return Err(Rejection::new(RejectionReason::NoCapacity, "agent"));
        }
        Some(Refusal::NotCapable | Refusal::NotNamed | Refusal::NotConfigured) => {
            ("agent", "not one who may serve it")
        }
        Some(Refusal::Excluded) => ("agent", "kept from it for a while"),
        Some(Refusal::SignedOut | Refusal::Leaving | Refusal::Unreachable) => {
            ("agent", "leaving or away")
        }
        Some(Refusal::Reserved) => ("agent", "kept free for another queue"),
        Some(Refusal::Replanning) => ("request", "planned anew in a moment"),
        Some(Refusal::Ringing) => ("request", "with the agent"),
        Some(Refusal::CustomerAway) => ("request", "one whose customer is called first"),
        Some(Refusal::HostAway) => ("request", "held by a host that is away"),
    };
    Err(Rejection::wrong_state(field, what))
}
