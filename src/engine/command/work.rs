//! Commands about an agent's part in an interaction: hold, hang-up, wrap-up.

use super::Judged;
use super::named::{disposition_id, handler, in_phase, own, serves, wrap_up};
use crate::agent;
use crate::id::EngagementId;
use crate::interaction::consult;
use crate::message::{Authority, CommandBody, EngagementRole, Phase, Rejection};
use crate::model::WrapUpMode;
use crate::state::Step;
use crate::time::Duration;

/// Judges and decides.
pub(super) fn decide(step: &mut Step<'_>, authority: &Authority, body: CommandBody) -> Judged {
    let state = step.state();
    match body {
        CommandBody::Hold { engagement } => {
            let row = own(state, authority, engagement)?;
            serves(row)?;
            in_phase(row, &[Phase::Active])?;
            consult::hold(step, engagement);
        }
        CommandBody::Unhold { engagement } => {
            in_phase(own(state, authority, engagement)?, &[Phase::Held])?;
            consult::unhold(step, engagement);
        }
        CommandBody::HangUp { engagement } => {
            let row = own(state, authority, engagement)?;
            handler(row)?;
            // Whoever makes a call may give it up at any point, and whoever is called by a colleague.
            let calls = state.dials.contains_key(&engagement);
            if !calls && row.role != EngagementRole::Internal {
                in_phase(row, &[Phase::Active, Phase::Held, Phase::Suspended])?;
            }
            if state.consult_of(engagement).is_some() {
                return Err(Rejection::wrong_state("engagement", "in a consult"));
            }
            agent::finish(step, engagement);
        }
        CommandBody::EndOtherWork { engagement } => {
            let row = own(state, authority, engagement)?;
            if row.role != EngagementRole::OtherWork {
                return Err(Rejection::wrong_state("engagement", "work of a queue"));
            }
            agent::end_other_work(step, engagement);
        }
        CommandBody::FinishWrapUp { engagement, disposition } => {
            let row = own(state, authority, engagement)?;
            in_phase(row, &[Phase::WrapUp])?;
            let disposition =
                disposition.map(|key| disposition_id(state, row, &key)).transpose()?;
            let mode = wrap_up(state, row).map(|w| w.mode);
            let has = disposition.is_some() || row.disposition.is_some();
            match mode {
                Some(WrapUpMode::Forced) if !has => {
                    return Err(Rejection::invalid("disposition", "is required by the queue"));
                }
                Some(WrapUpMode::TimeBoxedFixed) => {
                    return Err(Rejection::wrong_state("engagement", "in a fixed wrap-up"));
                }
                _ => agent::finish_wrap_up(step, engagement, disposition),
            }
        }
        CommandBody::ExtendWrapUp { engagement, by } => extend(step, authority, engagement, by)?,
        CommandBody::SetDisposition { engagement, disposition } => {
            let row = own(state, authority, engagement)?;
            let disposition = disposition_id(state, row, &disposition)?;
            agent::set_disposition(step, engagement, disposition);
        }
        _ => return Err(Rejection::not_yet("command")),
    }
    Ok(())
}

fn extend(
    step: &mut Step<'_>,
    authority: &Authority,
    engagement: EngagementId,
    by: Duration,
) -> Judged {
    let state = step.state();
    let row = own(state, authority, engagement)?;
    in_phase(row, &[Phase::WrapUp])?;
    let policy = wrap_up(state, row).filter(|w| w.mode == WrapUpMode::Extendable);
    let Some(policy) = policy else {
        return Err(Rejection::wrong_state("engagement", "not extendable"));
    };
    if row.extensions >= policy.extensions {
        return Err(Rejection::limit("wrap_up.extensions"));
    }
    if by <= Duration::ZERO || by > policy.limit {
        return Err(Rejection::invalid("by", "is not within the queue's limit"));
    }
    agent::extend_wrap_up(step, engagement, by);
    Ok(())
}
