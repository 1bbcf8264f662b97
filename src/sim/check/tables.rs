//! What must hold of one state, seen in its tables alone.

use std::collections::BTreeMap;

use super::{Broken, broken, mailboxes};
use crate::id::{AgentId, ConversationId, EngagementId};
use crate::message::{
    EffectKind, LegPurpose, PendingPresence, Phase, RequestCause, Target, TimerId,
};
use crate::model::Kind;
use crate::routing::refusal;
use crate::state::{
    Hold, Interaction, Leg, LegState, OnDuty, Request, RequestState, Stage, State, WorkItem,
};

pub(super) fn name(state: &State, agent: AgentId) -> String {
    let key = state.config.numbers.key(Kind::Agent, agent.0);
    key.map_or_else(|| format!("{agent:?}"), ToString::to_string)
}

/// Counters equal what they count.
pub(super) fn sizes(state: &State) -> Result<(), Broken> {
    let depth: usize = state.queues.iter().map(|queue| queue.depth as usize).sum();
    for queue in state.queues.iter() {
        let of_queue = |r: &&Request| r.queue == queue.id && r.cause == RequestCause::Callback;
        let promises = state.requests.iter().filter(of_queue).count();
        if queue.promises as usize != promises {
            return broken(format!("{queue:?} counts promises that are {promises}"));
        }
    }
    if depth != state.requests.len() {
        return broken(format!("queues count {depth} requests of {}", state.requests.len()));
    }
    let alive: usize = state.entry_points.values().map(|alive| *alive as usize).sum();
    let came_in = |i: &&Interaction| i.stage == Stage::Open && i.entry_point.is_some();
    let open = state.interactions.iter().filter(came_in).count();
    if alive != open {
        return broken(format!("entry points count {alive} interactions of {open}"));
    }
    let closed = state.interactions.iter().filter(|i| i.stage == Stage::Closed).count();
    if closed != state.closed.len() {
        return broken(format!("{} closed interactions in line of {closed}", state.closed.len()));
    }
    Ok(())
}

/// Conversations count what they are in use for.
pub(super) fn conversations(state: &State) -> Result<(), Broken> {
    let mut used: BTreeMap<ConversationId, u32> = BTreeMap::new();
    let open = state.interactions.iter().filter(|row| row.stage != Stage::Closed);
    let promised = state.callbacks.values().map(|promise| promise.conversation);
    for id in open.map(|row| row.conversation).chain(promised) {
        *used.entry(id).or_default() += 1;
    }
    for row in state.conversations.iter() {
        let uses = used.remove(&row.id).unwrap_or(0);
        if row.open != uses {
            return broken(format!("{:?} counts {} uses of {uses}", row.id, row.open));
        }
    }
    match used.keys().next() {
        Some(gone) => broken(format!("{gone:?} is in use and not there")),
        None => Ok(()),
    }
}

/// What the index counts in its lines is what waits in them.
pub(super) fn lines_are_counted(state: &State) -> Result<(), Broken> {
    let stands = |row: &&Request| {
        let host = state.interaction(row.interaction).map(|interaction| interaction.host);
        state.wants_agents(row)
            && !state.awaits_customer(row)
            && matches!(row.target, Target::Queue | Target::Requirement(_))
            && !state.is_stale(row.id)
            && host.is_some_and(|host| state.host_is_up(host))
    };
    for deferrable in [false, true] {
        let alike = |row: &&Request| row.channel.is_live() != deferrable;
        let all: Vec<&Request> = state.requests.iter().filter(stands).filter(alike).collect();
        for queue in state.queues.iter() {
            let here = all.iter().filter(|row| row.queue == queue.id).count() as u64;
            let counted = state.waiting(queue.id, deferrable);
            if counted != (here, all.len() as u64) {
                return broken(format!("lines of {:?} count {counted:?} of {here}", queue.id));
            }
        }
    }
    Ok(())
}

/// Promise 4: no request waits, or rings fewer than it may, that a free, eligible, capable agent could take.
pub(super) fn nobody_waits_needlessly(state: &State) -> Result<(), Broken> {
    for request in state.requests.iter().filter(|r| state.wants_agents(r)) {
        for agent in state.agents.iter() {
            if refusal(state, request, agent.id).is_none() {
                let agent = name(state, agent.id);
                return broken(format!("{:?} waits though {agent} is free", request.id));
            }
        }
    }
    Ok(())
}

/// Promise 3: request, offer, engagement and the agent's account say the same of each other.
pub(super) fn leases_agree(state: &State) -> Result<(), Broken> {
    for request in state.requests.iter() {
        let owner = state.interaction(request.interaction);
        let known = |i: &Interaction| match i.meeting() {
            Some(meeting) if request.cause.is_of_agent() => meeting.asked.contains(&request.id),
            _ => i.request == Some(request.id),
        };
        if owner.is_none_or(|i| !known(i) || i.stage != Stage::Open) {
            return broken(format!("{:?} belongs to no open interaction", request.id));
        }
    }
    for offer in state.offers.iter() {
        let hold = offer.accepted.map_or(Hold::Offer(offer.id), |a| Hold::Engagement(a.engagement));
        if held_once(state, offer.agent, hold) != Some(true) {
            return broken(format!("{:?} holds no capacity, or holds it twice", offer.id));
        }
    }
    for engagement in state.engagements.iter() {
        if held_once(state, engagement.agent, Hold::Engagement(engagement.id)) != Some(true) {
            return broken(format!("{:?} holds no capacity, or holds it twice", engagement.id));
        }
        let of = engagement.interaction.map(|i| state.interaction(i));
        let observes = engagement.role.observes();
        if observes != state.watches.get(engagement.id).is_some() {
            return broken(format!("{:?} follows nothing, or by another role", engagement.id));
        }
        let known = |i: &Interaction| observes != i.engagements.contains(&engagement.id);
        if of.is_some_and(|i| i.is_none_or(|i| !known(i))) {
            return broken(format!("{:?} is unknown to its interaction", engagement.id));
        }
    }
    for agent in state.agents.iter() {
        for item in &agent.work {
            let there = match item.hold {
                Hold::Offer(id) => state.offer(id).is_some(),
                Hold::Engagement(id) => state.engagement(id).is_some(),
            };
            if !there {
                return broken(format!("{} holds {item:?}, which is gone", name(state, agent.id)));
            }
        }
        let at_hand = agent.work.iter().skip_while(|item| item.is_put_away());
        if at_hand.clone().any(WorkItem::is_put_away) {
            let (agent, work) = (name(state, agent.id), &agent.work);
            return broken(format!("{agent} has put work away behind what is at hand: {work:?}"));
        }
    }
    Ok(())
}

fn held_once(state: &State, agent: AgentId, hold: Hold) -> Option<bool> {
    let work = &state.agent(agent)?.work;
    Some(work.iter().filter(|item| item.hold == hold).count() == 1)
}

/// The costs of all that is not suspended stay within the agent's budget, and the items of each channel
/// within the most the agent may have.
pub(super) fn capacity_is_kept(state: &State) -> Result<(), Broken> {
    for agent in state.agents.iter() {
        let Some(plan) = state.config.agent(agent.id) else { continue };
        let suspended = |hold| match hold {
            Hold::Engagement(id) => {
                let aside = |phase| matches!(phase, Phase::Suspended | Phase::Parked);
                state.engagement(id).is_some_and(|e| aside(e.phase))
            }
            Hold::Offer(_) => false,
        };
        let held: u64 = agent
            .work
            .iter()
            .filter(|item| !suspended(item.hold))
            .map(|item| u64::from(item.cost))
            .sum();
        if held > u64::from(plan.budget) {
            return broken(format!("{} holds {held} of {}", name(state, agent.id), plan.budget));
        }
        for item in &agent.work {
            let like = |other: &&WorkItem| other.channel == item.channel && !other.parked;
            let count = agent.work.iter().filter(like).count();
            let own = plan.max.iter().find(|(channel, _)| *channel == item.channel);
            let most = own.map_or(state.config.channel(item.channel).max, |(_, most)| *most);
            if count > most as usize {
                let (agent, channel) = (name(state, agent.id), item.channel);
                return broken(format!("{agent} holds {count} of {channel:?}, at most {most} fit"));
            }
        }
    }
    Ok(())
}

/// Promise 2: every state that must not last has a timer behind it.
pub(super) fn transitions_have_deadlines(state: &State) -> Result<(), Broken> {
    offers_and_engagements_have_deadlines(state)?;
    agents_have_deadlines(state)?;
    queues_have_deadlines(state)?;
    legs_have_deadlines(state)?;
    on_calls_go_on(state)?;
    for (area, (_, until)) in &state.incidents {
        if until.is_some() && !armed(state, TimerId::Incident(*area)) {
            return broken(format!("nothing stands behind the incident of {area:?}"));
        }
    }
    for recording in state.recordings.iter() {
        let stopping = recording.stopping_until.map(|_| TimerId::Recording(recording.id));
        let timer = stopping.or(recording.op.map(TimerId::Effect));
        if !timer.is_some_and(|timer| armed(state, timer)) {
            return broken(format!("nothing stands behind {:?}", recording.id));
        }
    }
    for host in state.hosts.iter() {
        if host.lost_until.is_some() && !armed(state, TimerId::Host(host.id)) {
            return broken(format!("nothing stands behind the loss of {:?}", host.id));
        }
    }
    for interaction in state.interactions.iter().filter(|i| i.stage != Stage::Closed) {
        let sent = |op| armed(state, TimerId::Effect(op));
        let transfer = interaction.meeting().and_then(|meeting| meeting.transfer);
        let sent = transfer.and_then(|transfer| transfer.op).is_some_and(sent);
        let left = interaction.request.is_none() && interaction.engagements.is_empty();
        let rests = mailboxes::rests(state, interaction);
        if left && !sent && !rests && !is_on_call_matter(state, interaction) {
            return broken(format!("{:?} is left alone", interaction.id));
        }
        meetings_have_deadlines(state, interaction)?;
    }
    Ok(())
}

/// Whether somebody on call is sought for the customer, or has the customer.
fn is_on_call_matter(state: &State, interaction: &Interaction) -> bool {
    match interaction.meeting().map(|meeting| meeting.on_duty) {
        Some(OnDuty::Sought(request)) => state.on_calls.contains_key(&request),
        Some(OnDuty::Has(leg, _)) => state.leg(leg).is_some_and(|leg| leg.state == LegState::Up),
        _ => false,
    }
}

/// A rota at work has a customer who waits for nobody else, and an attempt with a timer behind it.
fn on_calls_go_on(state: &State) -> Result<(), Broken> {
    for (id, row) in &state.on_calls {
        let customer = state.interaction(row.request.interaction);
        let sought = |i: &Interaction| {
            let sought = i.meeting().map(|meeting| meeting.on_duty);
            i.stage == Stage::Open
                && i.request.is_none()
                && sought == Some(OnDuty::Sought(*id))
                && state.request(*id).is_none()
        };
        if !customer.is_some_and(sought) {
            return broken(format!("those on call are called for {id:?}, and nobody waits"));
        }
        let under_way = row.call.and_then(|call| state.leg(call.leg)).is_some_and(|leg| {
            let state = leg.state != LegState::Ending;
            state
                && leg.purpose == LegPurpose::External
                && leg.interaction == row.request.interaction
        });
        if !under_way || !armed(state, TimerId::OnCall(*id)) {
            return broken(format!("nothing stands behind the rota for {id:?}"));
        }
    }
    let sought = |i: &&Interaction| matches!(i.meeting().map(|m| m.on_duty), Some(OnDuty::Sought(id)) if !state.on_calls.contains_key(&id));
    match state.interactions.iter().find(sought) {
        Some(lost) => broken(format!("{:?} waits for a rota that is not at work", lost.id)),
        None => Ok(()),
    }
}

/// Whoever is handed on, and whoever asks somebody, does not wait for ever.
fn meetings_have_deadlines(state: &State, interaction: &Interaction) -> Result<(), Broken> {
    let Some(meeting) = interaction.meeting() else { return Ok(()) };
    if let Some(transfer) = meeting.transfer.filter(|_| interaction.stage == Stage::Open) {
        let timer = match transfer.op {
            Some(op) => TimerId::Effect(op),
            None => TimerId::Transfer(interaction.id),
        };
        let recalled = transfer.failed && interaction.request.is_some();
        if !recalled && !armed(state, timer) {
            return broken(format!("nothing stands behind {transfer:?}"));
        }
    }
    for consult in &meeting.consults {
        if !consult.answered && !armed(state, TimerId::Consult(consult.engagement)) {
            return broken(format!("nothing stands behind {consult:?}"));
        }
    }
    let over = interaction.stage != Stage::Open;
    let left = !meeting.consults.is_empty() || !meeting.asked.is_empty() || meeting.conference;
    if over && left {
        return broken(format!("{:?} is over and {meeting:?} goes on", interaction.id));
    }
    Ok(())
}

pub(super) fn armed(state: &State, timer: TimerId) -> bool {
    state.timers.deadline(&timer).is_some()
}

fn offers_and_engagements_have_deadlines(state: &State) -> Result<(), Broken> {
    for offer in state.offers.iter() {
        let timer = match offer.accepted {
            Some(_) => TimerId::Connect(offer.id),
            None => TimerId::Offer(offer.id),
        };
        if !armed(state, timer) {
            return broken(format!("nothing stands behind {:?}", offer.id));
        }
    }
    for engagement in state.engagements.iter() {
        let wraps_up = engagement.phase == Phase::WrapUp;
        if wraps_up && !armed(state, TimerId::WrapUp(engagement.id)) {
            return broken(format!("nothing stands behind the wrap-up of {:?}", engagement.id));
        }
        let looks = engagement.phase == Phase::Previewing;
        if looks && !armed(state, TimerId::Preview(engagement.id)) {
            return broken(format!("nothing stands behind the preview of {:?}", engagement.id));
        }
    }
    for id in state.dials.keys() {
        dial_goes_on(state, *id)?;
    }
    Ok(())
}

/// Whoever calls somebody by hand looks, or an operation of a host is under way for it.
fn dial_goes_on(state: &State, id: EngagementId) -> Result<(), Broken> {
    let Some(row) = state.engagement(id) else {
        return broken(format!("{id:?} calls somebody and is gone"));
    };
    let legs = [row.leg, row.interaction.and_then(|id| state.interaction(id)).map(|row| row.leg)];
    let legs = legs.into_iter().flatten().filter_map(|leg| state.leg(leg));
    let under_way = legs.flat_map(|leg| &leg.ops).any(|op| armed(state, TimerId::Effect(*op)));
    if row.phase != Phase::Previewing && !under_way {
        return broken(format!("nothing stands behind the call of {id:?}"));
    }
    Ok(())
}

/// Who drains, or whose desktop or phone is away, is let go at last. An agent who is to leave and holds work
/// drains.
fn agents_have_deadlines(state: &State) -> Result<(), Broken> {
    for agent in state.agents.iter() {
        let session = agent.session.as_ref();
        let away = session.and_then(|session| session.desktop_lost_until);
        let mute = session.and_then(|session| session.media.deadline());
        let graces = [
            ("drain", agent.drain_until, TimerId::Drain(agent.id)),
            ("absence from the desktop", away, TimerId::Desktop(agent.id)),
            ("loss of the phone", mute, TimerId::Media(agent.id)),
            ("shift", agent.shift.next, TimerId::Shift(agent.id)),
            ("back-off", agent.back_off, TimerId::BackOff(agent.id)),
        ];
        for (what, until, timer) in graces {
            if until.is_some() && !armed(state, timer) {
                let agent = name(state, agent.id);
                return broken(format!("nothing stands behind the {what} of {agent}"));
            }
        }
        if agent.pending == Some(PendingPresence::SignOut) && agent.drain_until.is_none() {
            return broken(format!("{} leaves without an end", name(state, agent.id)));
        }
    }
    Ok(())
}

fn queues_have_deadlines(state: &State) -> Result<(), Broken> {
    for request in state.requests.iter().filter(|r| r.state == RequestState::Waiting) {
        if request.wait_until.is_some() && !armed(state, TimerId::QueueWait(request.id)) {
            return broken(format!("nothing stands behind the longest wait of {:?}", request.id));
        }
    }
    for request in state.requests.iter() {
        for (agent, _) in request.exclusions.iter() {
            if !armed(state, TimerId::Exclusion(request.id, *agent)) {
                let agent = name(state, *agent);
                return broken(format!("{agent} is kept from {:?} without an end", request.id));
            }
        }
    }
    for queue in state.queues.iter() {
        let spans = [
            (queue.next_change, TimerId::QueueHours(queue.id)),
            (queue.switch_until, TimerId::QueueSwitch(queue.id)),
            (queue.unstaffed_until, TimerId::QueueUnstaffed(queue.id)),
        ];
        for (_, timer) in spans.into_iter().filter(|(until, _)| until.is_some()) {
            if !armed(state, timer) {
                return broken(format!("nothing stands behind {timer:?}"));
            }
        }
    }
    Ok(())
}

/// Whether somebody from outside takes part, is asked, or is about to be joined.
fn is_wanted(state: &State, leg: &Leg) -> bool {
    let Some(meeting) = state.meeting_of(leg.interaction) else { return false };
    let takes_part = meeting.guests.iter().any(|guest| guest.leg == leg.id);
    let consulted = meeting.consults.iter().any(|consult| consult.leg == Some(leg.id));
    let called = state.on_call_for(leg.interaction).and_then(|row| row.call);
    let on_call = called.is_some_and(|call| call.leg == leg.id);
    let joining = leg.ops.iter().any(|op| {
        let op = state.effects.get(op);
        op.is_some_and(|effect| matches!(effect.kind, EffectKind::Bridge { .. }))
    });
    takes_part || consulted || on_call || joining
}

fn legs_have_deadlines(state: &State) -> Result<(), Broken> {
    for leg in state.legs.iter() {
        let passing = leg.state != LegState::Up;
        if passing && !leg.ops.iter().any(|op| armed(state, TimerId::Effect(*op))) {
            return broken(format!("nothing stands behind {leg:?}"));
        }
        if leg.purpose == LegPurpose::External && !passing && !is_wanted(state, leg) {
            return broken(format!("{leg:?} is on the line, and nobody wants it"));
        }
        // A leg being hung up may outlive its interaction, until the host says that it is done.
        // So may a supervisor's, who waits for the agent's next call.
        let follows = matches!(leg.purpose, LegPurpose::Part(part, _)
            if state.engagement(part).is_some_and(|row| row.leg == Some(leg.id)));
        let owned = leg.state == LegState::Ending || follows;
        let owned = owned || state.interaction(leg.interaction).is_some();
        if !owned {
            return broken(format!("{leg:?} belongs to nobody"));
        }
    }
    Ok(())
}

/// The last piece of each agent's timeline is what the agent is doing.
pub(super) fn timelines_are_current(state: &State) -> Result<(), Broken> {
    for agent in state.agents.iter() {
        let doing = state.activity_of(agent);
        if agent.activity != doing {
            return broken(format!(
                "{} is {doing:?}, the timeline says {:?}",
                name(state, agent.id),
                agent.activity
            ));
        }
    }
    Ok(())
}
