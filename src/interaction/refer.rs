//! Transfers that an agent asks for with the buttons of the phone (SIP REFER).
//!
//! The far end asks, the engine decides: what a command may do the phone may do too. A customer's phone may
//! not, since anybody could be sent anywhere so.

use super::{consult, transfer};
use crate::id::{EngagementId, InteractionId, LegId};
use crate::message::{LegEvent, Party, Personal, Phase, ReferAnswer};
use crate::model::{Channel, Station};
use crate::state::{AgentState, Consult, EntryLeads, State, Step};
use crate::{agent, time::Duration};

/// Declined: the answer to what is not done for whoever asks.
const DECLINED: u16 = 603;

/// A leg's far end asks to be relieved: by somebody at an address, or by the leg that it names. That it was
/// done the phone is told when the agent leaves; see [`Step::hang_up`].
pub(crate) fn requested(
    step: &mut Step<'_>,
    leg: LegId,
    to: Personal<String>,
    replaces: Option<LegId>,
) {
    let Some((engagement, wanted)) = wanted(step.state(), leg, &to, replaces) else {
        return step.answer_refer(leg, ReferAnswer::Refused { sip: DECLINED });
    };
    step.emit(LegEvent::Referred { id: leg, to });
    step.answer_refer(leg, ReferAnswer::Accepted);
    match wanted {
        Wanted::Transfer(to) => {
            let order = transfer::Order { to, boost: Duration::ZERO, fallback: None };
            transfer::begin(step, engagement, order);
        }
        Wanted::Complete(interaction, consult) => consult::complete(step, interaction, &consult),
    }
}

/// What the agent's phone asked for has failed: the agent is with the customer as before.
pub(super) fn failed(step: &mut Step<'_>, engagement: EngagementId, sip: u16) {
    let state = step.state();
    let leg = state.engagement(engagement).and_then(|row| state.leg(row.leg?));
    if let Some(leg) = leg.filter(|leg| leg.refers).map(|leg| leg.id) {
        let sip = if sip == 0 { DECLINED } else { sip };
        step.emit(LegEvent::ReferEnded { id: leg });
        step.answer_refer(leg, ReferAnswer::Refused { sip });
    }
}

/// What the phone of an agent wants.
enum Wanted {
    Transfer(Party),
    /// The consult is completed.
    Complete(InteractionId, Consult),
}

fn wanted(
    state: &State,
    leg: LegId,
    to: &Personal<String>,
    replaces: Option<LegId>,
) -> Option<(EngagementId, Wanted)> {
    let row = state.leg(leg)?;
    let interaction = state.interaction(row.interaction)?;
    let part = interaction
        .engagements
        .iter()
        .filter_map(|id| state.engagement(*id))
        .find(|part| part.leg == Some(leg))?;
    let talks = agent::serves(part.role) && matches!(part.phase, Phase::Active | Phase::Held);
    let transferred = interaction.meeting().is_some_and(|meeting| meeting.transfer.is_some());
    if !talks || transferred {
        return None;
    }
    match (replaces, state.consult_of(part.id)) {
        (Some(replaced), Some(consult)) => {
            let with = consult.with.and_then(|id| state.engagement(id)).and_then(|row| row.leg);
            let theirs = with == Some(replaced) || consult.leg == Some(replaced);
            let complete = Wanted::Complete(interaction.id, consult);
            (consult.answered && theirs).then_some((part.id, complete))
        }
        (None, None) if !transfer::others_meet(state, part) => {
            let party = party(state, to).filter(|party| *party != Party::Agent(part.agent))?;
            let direct = matches!(party, Party::Agent(_));
            (!direct || part.queue.is_some()).then_some((part.id, Wanted::Transfer(party)))
        }
        _ => None,
    }
}

/// Who is at the address: a queue of ours, an agent of ours, or somebody outside.
fn party(state: &State, to: &Personal<String>) -> Option<Party> {
    let Personal::Clear(address) = to else { return Some(Party::External(to.clone())) };
    if address.is_empty() {
        return None;
    }
    let entry = state.config.entry_at(Channel::Voice, address);
    if let Some(plan) = entry.and_then(|entry| state.config.entry_point(entry)) {
        return match plan.leads_to {
            EntryLeads::Queue(queue) => Some(Party::Queue(queue)),
            EntryLeads::Flow => None,
        };
    }
    let at_phone = |row: &&AgentState| {
        row.session.as_ref().is_some_and(|session| {
            matches!(&session.station, Station::Phone { address: own, .. } if own == address)
        })
    };
    let agent = state.agents.iter().find(at_phone).map(|row| Party::Agent(row.id));
    Some(agent.unwrap_or_else(|| Party::External(to.clone())))
}
