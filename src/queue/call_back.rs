//! Callers who need not stay on the line: they keep their place, and are called when its turn comes.
//!
//! ```text
//!   waits on a line ──▶ wanted? ──▶ is this the number? ──▶ the line is let go, the place is kept
//!      ▲                   │             │    ▲
//!      │ no, or nothing    │       no: ──▼────┘
//!      └───────────────────┴──── which number?
//! ```
//!
//! What follows is a promised call like others (`interaction/callback.rs`), due at once, or when its queue is open
//! again: it joins the queue at the place that was kept.

use super::{estimate, leave};
use crate::id::{EffectId, Key, LegId, RequestId};
use crate::message::{
    Barge, CallbackEvent, CallbackQuestion, CollectEnd, EffectKind, FlowOutReason, Grammar,
    HostLeg, KeptPlace, Lane, Outcome, Personal, RequestCause, Segment, Target, TransferEvent,
};
use crate::model::{CallbackOffer, Channel};
use crate::state::{LegState, Promise, Request, State, Step};
use crate::time::{Duration, Timestamp};

/// How long a host may take to ask something.
const LONGEST: Duration = Duration::from_mins(5);
/// How long a caller may think before the first key, and between keys.
const THINKS: (Duration, Duration) = (Duration::from_secs(10), Duration::from_secs(5));
/// So many digits a number has.
const DIGITS: (u8, u8) = (3, 20);
/// So many times a number is asked for.
const ROUNDS: u8 = 3;
const YES: &str = "1";
const ANOTHER: &str = "2";

/// When a caller who waits is called back, and where.
pub(crate) struct Wanted {
    pub(crate) to: Personal<String>,
    pub(crate) not_before: Timestamp,
    pub(crate) not_after: Option<Timestamp>,
}

/// The caller is called back instead: the line is let go, the place is kept.
pub(crate) fn instead(step: &mut Step<'_>, id: RequestId, wanted: Wanted) {
    let state = step.state();
    let Some(row) = state.request(id) else { return };
    let Some(interaction) = state.interaction(row.interaction) else { return };
    let of_queue = state.config.queue(row.queue).map(|plan| plan.boost).unwrap_or_default();
    let place = KeptPlace {
        parent: id,
        attempt: row.attempt + 1,
        customer_wait_since: row.customer_wait_since,
        queue_entered_at: row.queue_entered_at,
        order_at: row.order_at,
        boost: row.boost - of_queue,
        tier: interaction.tier,
    };
    let promise = Promise {
        conversation: interaction.conversation,
        queue: row.queue,
        host: interaction.host,
        to: wanted.to,
        not_before: wanted.not_before,
        not_after: wanted.not_after,
        place: Some(place),
        attempts: 0,
    };
    let interaction = interaction.id;
    let transfer = state.meeting_of(interaction).and_then(|meeting| meeting.transfer);
    let request = step.new_id();
    promised(step, request, promise);
    if let Some(transfer) = transfer.filter(|transfer| !transfer.failed) {
        let engagement = transfer.engagement;
        step.emit(TransferEvent::Completed { interaction, engagement, to: None });
    }
    leave::end(step, id, Outcome::FlowedOut { reason: FlowOutReason::Callback, to: None });
}

/// A call is promised; the request that will stand for it has its id already.
pub(crate) fn promised(step: &mut Step<'_>, request: RequestId, promise: Promise) {
    let Promise { conversation, queue, host, to, not_before, not_after, place, attempts } = promise;
    let keep_for = step.state().config.queue(queue).and_then(|plan| plan.callbacks.keep_for);
    let not_after = not_after.or_else(|| Some(not_before.max(step.at) + keep_for?));
    step.emit(CallbackEvent::Scheduled {
        request,
        conversation,
        queue,
        host,
        to,
        not_before,
        not_after,
        place,
        attempts,
    });
}

/// Whether somebody waits on a line, for whoever the queue has, and may let it go.
pub(crate) fn may_let_go(state: &State, request: &Request) -> bool {
    let waits = request.channel == Channel::Voice
        && request.cause != RequestCause::Callback
        && !request.cause.is_of_agent()
        && state.taken_offer(request.id).is_none()
        && matches!(request.target, Target::Queue | Target::Requirement(_) | Target::Preferred(_));
    let leg = state.interaction(request.interaction).and_then(|row| state.leg(row.leg));
    waits && leg.is_some_and(|leg| leg.state != LegState::Ending)
}

/// The number that the call came from.
pub(crate) fn number(state: &State, request: &Request) -> Option<Personal<String>> {
    let customer = state.customer_of(state.interaction(request.interaction)?)?;
    customer.address.clone().filter(|address| is_callable(state, address))
}

/// Whether a promise may be made to call there: not where help is called for.
pub(crate) fn is_callable(state: &State, address: &Personal<String>) -> bool {
    match address {
        Personal::Clear(to) => {
            !to.trim().is_empty() && !state.config.is_emergency(Channel::Voice, to)
        }
        Personal::Sealed { .. } => true,
        Personal::Erased => false,
    }
}

/// The caller is called back by a rule of the queue, at the number of the call. Whether that can be.
pub(super) fn by_rule(step: &mut Step<'_>, id: RequestId, not_before: Timestamp) -> bool {
    let state = step.state();
    let Some(request) = state.request(id).filter(|request| may_let_go(state, request)) else {
        return false;
    };
    let Some(to) = number(state, request) else { return false };
    instead(step, id, Wanted { to, not_before, not_after: None });
    true
}

/// The time has come to ask somebody who waits.
pub(super) fn offer(step: &mut Step<'_>, id: RequestId) {
    let state = step.state();
    let Some((request, offer)) = asked(state, id) else { return };
    let waits = || estimate::of(state, step.at, request, state.in_force(request));
    let long =
        offer.if_longer_than.is_none_or(|span| waits().is_some_and(|estimate| estimate.p50 > span));
    let somewhere = offer.enter.is_some() || number(state, request).is_some();
    if long && somewhere && may_let_go(state, request) {
        ask(step, id, CallbackQuestion::Wanted);
    }
}

/// The request, and what its queue has callers asked.
fn asked(state: &State, id: RequestId) -> Option<(&Request, &CallbackOffer)> {
    let request = state.request(id)?;
    Some((request, state.config.queue(request.queue)?.callbacks.offer.as_ref()?))
}

/// Asks something of somebody who waits.
fn ask(step: &mut Step<'_>, id: RequestId, question: CallbackQuestion) {
    let state = step.state();
    let Some((request, offer)) = asked(state, id) else { return };
    let Some(interaction) = state.interaction(request.interaction) else { return };
    let (host, lane) = (interaction.host, Lane::Interaction(interaction.id));
    let leg = state.host_leg(interaction.leg);
    let kind = collect(leg, offer, &question);
    let op = Some(step.effect(host, lane, step.at + LONGEST, kind));
    step.emit(CallbackEvent::Asked { request: id, what: Some(question), op });
}

fn collect(leg: HostLeg, offer: &CallbackOffer, question: &CallbackQuestion) -> EffectKind {
    let audio = |sound: &str| Segment::Audio(sound.to_owned());
    let keys =
        |keys: &[&str]| Some(Grammar::Patterns(keys.iter().map(ToString::to_string).collect()));
    let (segments, grammar, (min, max), terminator) = match question {
        CallbackQuestion::Wanted => (vec![audio(&offer.ask)], keys(&[YES]), (1, 1), None),
        CallbackQuestion::Right(number) => {
            let way = Key::new("telephone").ok();
            let number = way.map(|way| Segment::SayAs(way, number.clone()));
            let segments = [audio(&offer.confirm)].into_iter().chain(number).collect();
            let other = offer.enter.is_some();
            (segments, keys(if other { &[YES, ANOTHER] } else { &[YES] }), (1, 1), None)
        }
        CallbackQuestion::Number(_) => {
            let segments = offer.enter.iter().map(|sound| audio(sound)).collect();
            (segments, None, DIGITS, Some('#'))
        }
    };
    EffectKind::Collect {
        leg,
        segments,
        grammar,
        min,
        max,
        terminator,
        first_timeout: THINKS.0,
        next_timeout: THINKS.1,
        barge: Barge::Keys,
        sensitive: false,
    }
}

/// What somebody who waits has pressed, if anything.
pub(crate) fn answered(
    step: &mut Step<'_>,
    leg: (LegId, EffectId),
    (input, reason): (&Personal<String>, CollectEnd),
) {
    let state = step.state();
    let Some((id, question)) = question_on(state, leg) else { return };
    let Some((request, offer)) = asked(state, id) else { return put_aside(step, id) };
    let entered = matches!(reason, CollectEnd::Matched | CollectEnd::Terminator);
    let pressed = match input {
        Personal::Clear(keys) if entered => keys.as_str(),
        _ => "",
    };
    let other = offer.enter.is_some();
    let next = match question {
        CallbackQuestion::Wanted if pressed == YES => number(state, request)
            .map(CallbackQuestion::Right)
            .or_else(|| other.then_some(CallbackQuestion::Number(1))),
        CallbackQuestion::Right(to) if pressed == YES => {
            let to = to.clone();
            put_aside(step, id);
            return agreed(step, id, to);
        }
        CallbackQuestion::Right(_) if pressed == ANOTHER && other => {
            Some(CallbackQuestion::Number(1))
        }
        CallbackQuestion::Number(_) if is_number(state, pressed) => {
            Some(CallbackQuestion::Right(Personal::Clear(pressed.to_owned())))
        }
        CallbackQuestion::Number(round) if *round < ROUNDS => {
            Some(CallbackQuestion::Number(*round + 1))
        }
        _ => None,
    };
    // Somebody who is being alerted for the caller may decline.
    let goes_on = may_let_go(state, request);
    match next.filter(|_| goes_on) {
        Some(question) => ask(step, id, question),
        None => put_aside(step, id),
    }
}

fn agreed(step: &mut Step<'_>, id: RequestId, to: Personal<String>) {
    let state = step.state();
    let may = state.request(id).is_some_and(|request| may_let_go(state, request));
    if may {
        let not_before = step.at;
        instead(step, id, Wanted { to, not_before, not_after: None });
    }
}

/// Whether what was entered can be called.
fn is_number(state: &State, entered: &str) -> bool {
    let digits = entered.bytes().filter(u8::is_ascii_digit).count();
    let rest = entered.strip_prefix('+').unwrap_or(entered);
    (DIGITS.0.into()..=DIGITS.1.into()).contains(&digits)
        && rest.bytes().all(|byte| byte.is_ascii_digit())
        && is_callable(state, &Personal::Clear(entered.to_owned()))
}

/// The host could not ask.
pub(crate) fn not_asked(step: &mut Step<'_>, leg: (LegId, EffectId)) {
    if let Some((id, _)) = question_on(step.state(), leg) {
        put_aside(step, id);
    }
}

/// Somebody has taken the call: nothing more is asked.
pub(super) fn taken(step: &mut Step<'_>, id: RequestId) {
    let state = step.state();
    let Some((_, op)) = state.asked_back.get(&id) else { return };
    let Some(effect) = state.effects.get(op) else { return put_aside(step, id) };
    let (op, host, lane) = (*op, effect.host, effect.lane);
    put_aside(step, id);
    let by = step.op_deadline();
    step.effect(host, lane, by, EffectKind::StopMedia { op });
}

fn put_aside(step: &mut Step<'_>, request: RequestId) {
    step.emit(CallbackEvent::Asked { request, what: None, op: None });
}

/// What the caller on the leg is being asked by the operation, and for which wait.
fn question_on(
    state: &State,
    (leg, op): (LegId, EffectId),
) -> Option<(RequestId, &CallbackQuestion)> {
    let interaction = state.interaction(state.leg(leg)?.interaction)?;
    let request = interaction.request.filter(|_| interaction.leg == leg)?;
    let (question, by) = state.asked_back.get(&request)?;
    (*by == op).then_some((request, question))
}
