//! People on call: whom a closed queue's calls go to, what they are asked, and what comes to nothing.

use crate::support::{Bench, key, refusal};
use switchboard::id::{ExternalRef, LegId};
use switchboard::kpi::{ContactRecord, ContactRecords, SegmentKind};
use switchboard::message::{
    AnsweredBy, CollectEnd, CommandBody, Destination, EffectKind, EndKind, Event, FlowOutReason,
    Grammar, HostError, HostEvent, IncidentAction, IncidentScope, Input, InteractionEvent, LegRef,
    LiveLeg, LiveState, MediaEnd, OnCallEnd, OnCallEvent, Outcome, ParticipantRole, Party,
    Personal, Receipt, RecordingEvent, RejectionReason, RequestCause, RequestEvent, Segment, Side,
    Switch, TransferEvent,
};
use switchboard::model::{
    Agent, AtClose, Brand, Center, CenterBuilder, Change, Channel, Draft, Duty, EntryPoint, Host,
    Hours, Media, Queue, Recording, RecordingMode, Rota, Station, Weekday,
};
use switchboard::time::Duration;
use switchboard::{Engine, Question, Replica};

const DAYS: [Weekday; 7] = Weekday::ALL;

fn night() -> Draft<Rota> {
    Rota::new()
        .level([Duty::agent("ana"), Duty::external("+49 1")])
        .level([Duty::external("+49 2")])
        .ring_timeout(Duration::from_secs(25))
        .accept_key('1', Duration::from_secs(20))
        .prompt("on_call")
        .rounds(2)
}

/// The queue opens at ten; it is nine.
fn center(rota: Draft<Rota>) -> CenterBuilder {
    Center::builder()
        .host("pbx", Host::new("PBX"))
        .host("own", Host::new("Own").media(Media::Host))
        .brand("north", Brand::new("North").caller_id("+49 30 555"))
        .hours("late", Hours::new().open(&DAYS, "10:00", "18:00"))
        .hours("till_half_past", Hours::new().open(&DAYS, "09:00", "09:30"))
        .hours("since_half_past", Hours::new().open(&DAYS, "09:30", "10:00"))
        .queue(
            "emergencies",
            Queue::new().brand("north").hours("late").music("bells").on_call("night"),
        )
        .queue("first", Queue::new())
        .queue("general", Queue::new().music("strings"))
        .entry_point("main", EntryPoint::voice("100").to_queue("emergencies").brand("north"))
        .entry_point("first", EntryPoint::voice("200").to_queue("first"))
        .entry_point("chat", EntryPoint::on(Channel::Chat, "widget").to_queue("emergencies"))
        .agent("ana", Agent::new("Ana").phone("pbx", "ana"))
        .agent("ben", Agent::new("Ben").phone("pbx", "ben"))
        .agent("cleo", Agent::new("Cleo"))
        .rota("night", rota)
}

/// What became of the latest search that is over.
#[derive(PartialEq, Eq, Debug)]
enum Over {
    GoesOn,
    InVain,
    Accepted(u32),
}

trait Nights {
    fn comes(&mut self);
    fn asked(&self) -> Vec<String>;
    fn ends(&self) -> Vec<OnCallEnd>;
    fn told(&self) -> Vec<OnCallEvent>;
    fn over(&self) -> Over;
    fn answers(&mut self, by: AnsweredBy);
    fn presses(&mut self, input: &str, reason: CollectEnd) -> Receipt;
    fn ends_ringing(&mut self, kind: EndKind);
    fn hung_up(&self, leg: LegId) -> bool;
    fn customer_is_gone(&self) -> Option<Side>;
    fn takes(&mut self);
    fn at_rest(&mut self);
    fn bridge_op(&mut self) -> switchboard::id::EffectId;
}

impl Nights for Bench {
    /// A call comes in and is taken up.
    fn comes(&mut self) {
        let _ = self.call("pbx", "caller", "100");
        self.accept_all();
        self.done("pbx", |kind| matches!(kind, EffectKind::Answer { .. }));
        self.accept_all();
    }

    /// What was called, in order.
    fn asked(&self) -> Vec<String> {
        let called = |effect: &switchboard::message::Effect| match &effect.kind {
            EffectKind::Originate { to: Personal::Clear(to), .. } => Some(to.clone()),
            _ => None,
        };
        self.effects.iter().filter_map(called).collect()
    }

    fn ends(&self) -> Vec<OnCallEnd> {
        let end = |event: &OnCallEvent| match event {
            OnCallEvent::AttemptEnded { end, .. } => Some(*end),
            _ => None,
        };
        self.told().iter().filter_map(end).collect()
    }

    fn told(&self) -> Vec<OnCallEvent> {
        let told = |event: &Event| match event {
            Event::OnCall(event) => Some(event.clone()),
            _ => None,
        };
        self.events().filter_map(told).collect()
    }

    fn over(&self) -> Over {
        let last = self.told().into_iter().rev().find_map(|event| match event {
            OnCallEvent::Ended { attempt, .. } => Some(attempt),
            _ => None,
        });
        match last {
            None => Over::GoesOn,
            Some(None) => Over::InVain,
            Some(Some(attempt)) => Over::Accepted(attempt),
        }
    }

    fn answers(&mut self, by: AnsweredBy) {
        let leg = LegRef::Ours(self.ringing_leg());
        let receipt = self.report("pbx", HostEvent::answered(leg, by));
        assert!(matches!(receipt, Receipt::Recorded(_)), "{receipt:?}");
        self.accept_all();
    }

    fn presses(&mut self, input: &str, reason: CollectEnd) -> Receipt {
        let op = self.op(|kind| matches!(kind, EffectKind::Collect { .. }));
        let input = Personal::Clear(input.to_owned());
        let receipt = self.report("pbx", HostEvent::CollectDone { op, input, reason });
        self.accept_all();
        receipt
    }

    fn ends_ringing(&mut self, kind: EndKind) {
        let leg = LegRef::Ours(self.ringing_leg());
        let _ = self.leg_ends("pbx", leg, kind);
        self.accept_all();
    }

    fn hung_up(&self, leg: LegId) -> bool {
        self.handed_out(|kind| matches!(kind, EffectKind::Hangup { leg: of, .. } if of.leg == leg))
            == 1
    }

    fn customer_is_gone(&self) -> Option<Side> {
        self.events().rev().find_map(|event| match event {
            Event::Interaction(InteractionEvent::Ended { by, .. }) => Some(*by),
            _ => None,
        })
    }

    /// Whoever rings answers, presses the key, and is joined with the customer.
    fn takes(&mut self) {
        self.answers(AnsweredBy::Human);
        let _ = self.presses("1", CollectEnd::Matched);
        self.done("pbx", |kind| matches!(kind, EffectKind::Bridge { .. }));
    }

    /// All hosts say nothing any more, and all that waits for them runs out.
    fn at_rest(&mut self) {
        self.accept_all();
        self.wait(Duration::from_mins(30));
        switchboard::sim::check::all_is_free(&self.engine).unwrap();
    }

    fn bridge_op(&mut self) -> switchboard::id::EffectId {
        self.op(|kind| matches!(kind, EffectKind::Bridge { .. }))
    }
}

fn bench(rota: Draft<Rota>) -> Bench {
    Bench::new(center(rota).build().unwrap())
}

/// A call comes in at night, and the first one on call is called.
fn called() -> Bench {
    let mut bench = bench(night());
    bench.comes();
    bench
}

/// The first one on call has the customer.
fn talking() -> (Bench, LegId) {
    let mut bench = called();
    let leg = bench.ringing_leg();
    bench.takes();
    (bench, leg)
}

#[test]
fn a_call_to_a_closed_queue_is_handed_to_its_rota() {
    let bench = called();
    let handed = Outcome::FlowedOut { reason: FlowOutReason::OnCall, to: None };
    assert_eq!(bench.outcomes(), [handed]);
    let request = bench.requests()[0];
    let told = bench.told();
    assert_eq!(told[0], OnCallEvent::Started { request, rota: key("night") });
    let leg = bench.ringing_leg();
    let deadline = bench.now + Duration::from_secs(45);
    let to = Party::Agent(switchboard::id::AgentId(0));
    assert_eq!(
        told[1],
        OnCallEvent::Attempted { request, attempt: 1, level: 1, to, leg: Some(leg), deadline }
    );
    assert_eq!(told.len(), 2);
    assert_eq!(bench.asked(), ["ana"]);
    let shows = |kind: &EffectKind| match kind {
        EffectKind::Originate { from, timeout, detect_machine, .. } => {
            // The key tells a person from a machine.
            from.as_deref() == Some("+49 30 555")
                && *timeout == Duration::from_secs(25)
                && !detect_machine
        }
        _ => false,
    };
    assert_eq!(bench.handed_out(shows), 1);
    assert_eq!(bench.customer_is_gone(), None, "the caller stays on the line");
    let music = |kind: &EffectKind| matches!(kind, EffectKind::Music { on: true, class: Some(class), .. } if class == "bells");
    assert_eq!(bench.handed_out(music), 1);
}

#[test]
fn an_open_queue_needs_nobody_on_call() {
    let mut bench = bench(night());
    bench.wait(Duration::from_hours(1));
    let _ = bench.call("pbx", "caller", "100");
    assert_eq!((bench.told(), bench.outcomes()), (vec![], vec![]));
}

#[test]
fn a_queue_that_its_switch_closes_hands_its_calls_to_the_rota_those_that_wait_too() {
    let center =
        center(night()).queue("day", Queue::new().at_close(AtClose::Disconnect).on_call("night"));
    let center = center.entry_point("day", EntryPoint::voice("300").to_queue("day"));
    let mut bench = Bench::new(center.build().unwrap());
    let _ = bench.call("pbx", "caller", "300");
    assert_eq!(bench.told(), []);
    let (queue, until) = (key("day"), None);
    bench.does(CommandBody::SwitchQueue { queue, switch: Switch::Closed, until });
    bench.accept_all();
    assert_eq!(bench.asked(), ["ana"]);
    let _ = bench.call("pbx", "another", "300");
    assert_eq!(bench.told().len(), 4);
}

#[test]
fn a_chat_is_not_handed_to_a_rota() {
    let mut bench = bench(night());
    let leg = ExternalRef::new("chat").unwrap();
    let arrival = switchboard::message::Arrival::new(leg, Channel::Chat, "widget");
    let _ = bench.report("pbx", arrival.into());
    let closed = Outcome::FlowedOut { reason: FlowOutReason::Closed, to: None };
    assert_eq!((bench.told(), bench.outcomes()), (vec![], vec![closed]));
}

#[test]
fn a_host_that_controls_its_own_media_gets_nobody_on_call() {
    let mut bench = bench(night());
    let _ = bench.call("own", "caller", "100");
    let closed = Outcome::FlowedOut { reason: FlowOutReason::Closed, to: None };
    assert_eq!((bench.told(), bench.outcomes()), (vec![], vec![closed]));
}

#[test]
fn an_incident_that_closes_the_queue_closes_it_for_those_on_call_too() {
    let mut bench = bench(night());
    bench.does(CommandBody::SetIncident {
        scope: IncidentScope::Queue(key("emergencies")),
        action: Some(IncidentAction::Close),
        until: None,
    });
    bench.sign_in("ben");
    let _ = bench.call("pbx", "caller", "200");
    bench.joins("pbx");
    let engagement = bench.engagement();
    let to = Destination::Queue(key("emergencies"));
    bench.does(CommandBody::Transfer { engagement, to, boost: None, fallback: None });
    let closed = Outcome::FlowedOut { reason: FlowOutReason::Closed, to: None };
    assert_eq!((bench.told(), bench.outcomes().last()), (vec![], Some(&closed)));
}

#[test]
fn an_agent_who_asks_a_closed_queue_for_advice_gets_nobody_on_call() {
    let mut bench = bench(night());
    bench.sign_in("ben");
    let _ = bench.call("pbx", "caller", "200");
    bench.joins("pbx");
    let engagement = bench.engagement();
    let to = Destination::Queue(key("emergencies"));
    bench.does(CommandBody::Consult { engagement, to });
    let closed = Outcome::FlowedOut { reason: FlowOutReason::Closed, to: None };
    assert_eq!((bench.told(), bench.outcomes().last()), (vec![], Some(&closed)));
}

#[test]
fn whoever_answers_hears_the_prompt_and_is_asked_for_the_key() {
    let mut bench = called();
    bench.answers(AnsweredBy::Human);
    let asks = |kind: &EffectKind| match kind {
        EffectKind::Collect {
            segments, grammar, min: 1, max: 1, first_timeout, sensitive, ..
        } => {
            *segments == [Segment::Audio("on_call".into())]
                && *grammar == Some(Grammar::Patterns(vec!["1".into()]))
                && *first_timeout == Duration::from_secs(20)
                && !sensitive
        }
        _ => false,
    };
    assert_eq!(bench.handed_out(asks), 1);
    assert_eq!(bench.ends(), []);
}

#[test]
fn the_key_joins_whoever_pressed_it_with_the_caller() {
    let mut bench = called();
    let leg = bench.ringing_leg();
    bench.answers(AnsweredBy::Human);
    assert!(matches!(bench.presses("1", CollectEnd::Matched), Receipt::Recorded(_)));
    let joining = bench.told().pop();
    assert!(matches!(joining, Some(OnCallEvent::Joining { .. })), "{joining:?}");
    let bridged = |kind: &EffectKind| match kind {
        EffectKind::Bridge { legs, .. } => legs.last().is_some_and(|last| last.leg == leg),
        _ => false,
    };
    assert_eq!(bench.handed_out(bridged), 1);
    let quiet = |kind: &EffectKind| matches!(kind, EffectKind::Music { on: false, .. });
    assert_eq!(bench.handed_out(quiet), 1);
    assert_eq!(bench.over(), Over::GoesOn);

    bench.done("pbx", |kind| matches!(kind, EffectKind::Bridge { .. }));
    assert_eq!(bench.ends(), [OnCallEnd::Accepted]);
    assert_eq!(bench.over(), Over::Accepted(1));
    let guest = |event: &&Event| match event {
        Event::Interaction(InteractionEvent::ParticipantJoined { role, leg: of, .. }) => {
            *role == ParticipantRole::External && *of == Some(leg)
        }
        _ => false,
    };
    assert_eq!(bench.events().filter(guest).count(), 1);
    // They talk as long as they like.
    bench.wait(Duration::from_hours(5));
    assert_eq!((bench.customer_is_gone(), bench.asked().len()), (None, 1));
}

#[test]
fn whoever_is_on_call_takes_no_capacity_and_needs_not_be_signed_in() {
    let mut bench = bench(night());
    bench.sign_in("ana");
    bench.comes();
    bench.takes();
    assert_eq!(bench.over(), Over::Accepted(1));
    // Ana has room for a customer of an open queue.
    let _ = bench.call("pbx", "second", "200");
    assert!(bench.try_offer().is_some());
}

#[test]
fn a_caller_who_hangs_up_leaves_nobody_on_the_line() {
    let (mut bench, leg) = talking();
    let _ = bench.hangs_up("pbx", "caller");
    assert_eq!(bench.customer_is_gone(), Some(Side::Customer));
    assert!(bench.hung_up(leg));
    bench.at_rest();
}

#[test]
fn when_whoever_is_on_call_hangs_up_the_caller_is_let_go() {
    let (mut bench, leg) = talking();
    let _ = bench.leg_ends("pbx", LegRef::Ours(leg), EndKind::Normal);
    assert_eq!(bench.customer_is_gone(), Some(Side::Agent));
    assert_eq!((bench.asked().len(), bench.over()), (1, Over::Accepted(1)));
    bench.at_rest();
}

#[test]
fn a_wrong_key_none_or_a_hang_up_is_no_acceptance() {
    for (input, reason) in [
        ("2", CollectEnd::Matched),
        ("", CollectEnd::Timeout),
        ("1", CollectEnd::Timeout),
        ("1", CollectEnd::HangUp),
        ("11", CollectEnd::Terminator),
    ] {
        let mut bench = called();
        let leg = bench.ringing_leg();
        bench.answers(AnsweredBy::Human);
        let _ = bench.presses(input, reason);
        assert_eq!(bench.ends(), [OnCallEnd::NotConfirmed], "{input} {reason:?}");
        assert!(bench.hung_up(leg), "{input} {reason:?}");
        assert_eq!(bench.asked(), ["ana", "+49 1"]);
    }
}

#[test]
fn a_host_that_says_nothing_of_the_key_is_not_waited_for() {
    let mut bench = called();
    bench.seconds(10);
    bench.answers(AnsweredBy::Human);
    bench.seconds(34);
    assert_eq!(bench.ends(), []);
    bench.seconds(1);
    assert_eq!(bench.ends(), [OnCallEnd::NotConfirmed]);
    // What comes later concerns nobody.
    let op = bench.op(|kind| matches!(kind, EffectKind::Collect { .. }));
    let (input, reason) = (Personal::Clear("1".to_owned()), CollectEnd::Matched);
    let _ = bench.report("pbx", HostEvent::CollectDone { op, input, reason });
    assert_eq!((bench.ends().len(), bench.over()), (1, Over::GoesOn));
}

#[test]
fn a_host_that_cannot_ask_for_the_key_confirms_nobody() {
    let mut bench = called();
    bench.answers(AnsweredBy::Human);
    let op = bench.op(|kind| matches!(kind, EffectKind::Collect { .. }));
    let _ = bench.report("pbx", HostEvent::OpDone { op });
    assert_eq!(bench.ends(), [], "that it is done says nothing of what was pressed");
    let _ = bench.report("pbx", HostEvent::OpFailed { op, error: HostError::Unsupported });
    assert_eq!(bench.ends(), [OnCallEnd::NotConfirmed]);
}

#[test]
fn what_another_host_collects_is_refused() {
    let mut bench = called();
    bench.answers(AnsweredBy::Human);
    let op = bench.op(|kind| matches!(kind, EffectKind::Collect { .. }));
    let (input, reason) = (Personal::Clear("1".to_owned()), CollectEnd::Matched);
    let told = HostEvent::CollectDone { op, input: input.clone(), reason };
    let receipt = bench.report("own", told);
    let Receipt::Rejected { rejection, .. } = receipt else { panic!("{receipt:?}") };
    assert_eq!(rejection.field, "event.op");
    let op = bench.op(|kind| matches!(kind, EffectKind::Originate { .. }));
    let receipt = bench.report("pbx", HostEvent::CollectDone { op, input, reason });
    let Receipt::Rejected { rejection, .. } = receipt else { panic!("{receipt:?}") };
    assert!(matches!(rejection.reason, RejectionReason::Gone), "{rejection:?}");
    assert_eq!(bench.ends(), []);
}

#[test]
fn a_machine_is_not_let_near_the_caller() {
    let mut bench = called();
    let leg = bench.ringing_leg();
    bench.answers(AnsweredBy::Machine);
    assert_eq!(bench.ends(), [OnCallEnd::Machine]);
    assert!(bench.hung_up(leg));
    assert_eq!(bench.asked(), ["ana", "+49 1"]);
}

#[test]
fn how_a_phone_was_not_answered_is_told() {
    for (kind, end) in [
        (EndKind::Busy, OnCallEnd::Busy),
        (EndKind::NoAnswer, OnCallEnd::NoAnswer),
        (EndKind::Normal, OnCallEnd::NoAnswer),
        (EndKind::Declined, OnCallEnd::Declined),
        (EndKind::Unreachable, OnCallEnd::Unreachable),
        (EndKind::Failed, OnCallEnd::Unreachable),
    ] {
        let mut bench = called();
        bench.ends_ringing(kind);
        assert_eq!(bench.ends(), [end], "{kind:?}");
        assert_eq!(bench.asked(), ["ana", "+49 1"]);
    }
}

#[test]
fn whoever_hangs_up_before_the_key_has_not_confirmed() {
    let mut bench = called();
    bench.answers(AnsweredBy::Human);
    bench.ends_ringing(EndKind::Normal);
    assert_eq!(bench.ends(), [OnCallEnd::NotConfirmed]);
}

#[test]
fn a_call_that_its_host_refuses_is_not_waited_for() {
    let mut bench = bench(night());
    let _ = bench.call("pbx", "caller", "100");
    let op = bench.op(|kind| matches!(kind, EffectKind::Answer { .. }));
    let _ = bench.input(Input::EffectAccepted(op));
    bench.accept_all();
    let op = bench.op(|kind| matches!(kind, EffectKind::Originate { .. }));
    let _ = bench.report("pbx", HostEvent::OpFailed { op, error: HostError::Rejected });
    assert_eq!(bench.ends(), [OnCallEnd::Unreachable]);
    bench.accept_all();
    assert_eq!(bench.asked(), ["ana", "+49 1"]);
}

#[test]
fn a_host_that_takes_no_notice_holds_nobody_up() {
    let mut bench = bench(night());
    let _ = bench.call("pbx", "caller", "100");
    let op = bench.op(|kind| matches!(kind, EffectKind::Answer { .. }));
    let _ = bench.report("pbx", HostEvent::OpDone { op });
    // Nothing more is accepted or told: six attempts, each to its own deadline.
    bench.seconds(6 * 45);
    assert_eq!(bench.ends(), [OnCallEnd::NoAnswer; 6]);
    assert_eq!(bench.over(), Over::InVain);
    bench.at_rest();
}

#[test]
fn all_are_asked_level_by_level_and_round_by_round() {
    let mut bench = called();
    let request = bench.requests()[0];
    for _ in 0..6 {
        bench.ends_ringing(EndKind::Busy);
    }
    assert_eq!(bench.asked(), ["ana", "+49 1", "+49 2", "ana", "+49 1", "+49 2"]);
    let steps: Vec<_> = bench
        .told()
        .into_iter()
        .filter_map(|event| match event {
            OnCallEvent::Escalated { level, round, .. } => Some((level, round)),
            _ => None,
        })
        .collect();
    assert_eq!(steps, [(2, 1), (1, 2), (2, 2)]);
    let attempts: Vec<_> = bench
        .told()
        .into_iter()
        .filter_map(|event| match event {
            OnCallEvent::Attempted { attempt, level, .. } => Some((attempt, level)),
            _ => None,
        })
        .collect();
    assert_eq!(attempts, [(1, 1), (2, 1), (3, 2), (4, 1), (5, 1), (6, 2)]);
    // The last resort of this rota is to hang up.
    let told = bench.told();
    assert_eq!(told[told.len() - 2], OnCallEvent::LastResort { request, to: None });
    assert_eq!(bench.over(), Over::InVain);
    assert_eq!(bench.customer_is_gone(), Some(Side::Engine));
    bench.at_rest();
}

#[test]
fn the_second_one_may_take_the_call_too() {
    let mut bench = called();
    bench.ends_ringing(EndKind::Busy);
    bench.takes();
    assert_eq!(bench.ends(), [OnCallEnd::Busy, OnCallEnd::Accepted]);
    assert_eq!(bench.over(), Over::Accepted(2));
}

#[test]
fn where_there_is_no_key_answering_is_enough() {
    let rota = Rota::new().level([Duty::external("+49 1")]);
    let mut bench = bench(rota);
    bench.comes();
    let detects =
        |kind: &EffectKind| matches!(kind, EffectKind::Originate { detect_machine: true, .. });
    assert_eq!(bench.handed_out(detects), 1);
    bench.answers(AnsweredBy::Unknown);
    bench.done("pbx", |kind| matches!(kind, EffectKind::Bridge { .. }));
    assert_eq!(bench.ends(), [OnCallEnd::Accepted]);
}

#[test]
fn a_prompt_without_a_key_is_heard_before_the_caller_is() {
    for end in [MediaEnd::Complete, MediaEnd::Failed(HostError::Unsupported)] {
        let mut bench = bench(Rota::new().level([Duty::external("+49 1")]).prompt("on_call"));
        let _ = bench.call("pbx", "caller", "100");
        bench.accept_all();
        bench.answers(AnsweredBy::Human);
        let joins = |kind: &EffectKind| matches!(kind, EffectKind::Bridge { .. });
        assert_eq!(bench.handed_out(joins), 0);
        let op = bench.op(|kind| matches!(kind, EffectKind::Play { .. }));
        let _ = bench.report("pbx", HostEvent::MediaDone { op, reason: end });
        bench.accept_all();
        assert_eq!(bench.handed_out(joins), 1);
    }
}

#[test]
fn the_calendar_says_who_is_on_duty() {
    let rota = || night_by_calendar(|rota| rota);
    let mut early = bench(rota());
    let _ = early.call("pbx", "caller", "100");
    early.accept_all();
    assert_eq!(early.asked(), ["ana"]);
    let mut late = bench(rota());
    late.wait(Duration::from_mins(30));
    let _ = late.call("pbx", "caller", "100");
    late.accept_all();
    assert_eq!(late.asked(), ["ben"]);
}

fn night_by_calendar(more: impl FnOnce(Draft<Rota>) -> Draft<Rota>) -> Draft<Rota> {
    more(Rota::new().level([
        Duty::agent("ana").during("till_half_past"),
        Duty::agent("ben").during("since_half_past"),
    ]))
}

#[test]
fn hours_of_duty_without_a_zone_are_in_that_of_the_rota() {
    // Nine o'clock here is half past nine there.
    let mut bench = bench(night_by_calendar(|rota| rota.time_zone("Asia/Kathmandu")));
    // Kathmandu is 5:45 ahead: at 3:50 here it is 9:35 there.
    bench.wait(Duration::from_mins(18 * 60 + 50));
    bench.comes();
    assert_eq!(bench.asked(), ["ben"]);
}

#[test]
fn duty_may_change_while_somebody_is_called() {
    let rota = night_by_calendar(|rota| rota.rounds(3));
    let mut bench = bench(rota);
    bench.wait(Duration::from_secs(29 * 60 + 50));
    bench.comes();
    bench.seconds(20);
    bench.ends_ringing(EndKind::NoAnswer);
    assert_eq!(bench.asked(), ["ana", "ben"]);
}

#[test]
fn a_round_in_which_nobody_can_be_called_is_the_last() {
    let rota = Rota::new()
        .level([Duty::agent("cleo"), Duty::agent("ben").during("since_half_past")])
        .level([Duty::agent("ana").during("since_half_past")])
        .rounds(50);
    let mut bench = bench(rota);
    let _ = bench.call("pbx", "caller", "100");
    // Cleo has no phone that can be called.
    assert_eq!(bench.ends(), [OnCallEnd::Unreachable]);
    let legless = |event: &OnCallEvent| matches!(event, OnCallEvent::Attempted { leg: None, .. });
    assert!(bench.told().iter().any(legless));
    assert_eq!((bench.over(), bench.customer_is_gone()), (Over::InVain, Some(Side::Engine)));
    bench.at_rest();
}

/// Everybody of a rota of one is busy.
fn in_vain(rota: Draft<Rota>) -> Bench {
    let mut bench = bench(rota);
    bench.comes();
    bench.ends_ringing(EndKind::Busy);
    bench
}

fn rota_of_one() -> Draft<Rota> {
    Rota::new().level([Duty::agent("ana")]).rounds(1).accept_key('1', Duration::from_secs(20))
}

#[test]
fn the_last_resort_may_be_a_queue_where_the_caller_keeps_the_place() {
    let mut bench = bench(rota_of_one().last_resort_queue("general"));
    let since = bench.now;
    bench.comes();
    bench.seconds(12);
    bench.ends_ringing(EndKind::Busy);
    let request = bench.requests()[0];
    let opened = bench.events().rev().find_map(|event| match event {
        Event::Request(RequestEvent::Opened(opened)) => Some((**opened).clone()),
        _ => None,
    });
    let opened = opened.unwrap();
    assert_eq!((opened.cause, opened.parent), (RequestCause::Overflow, Some(request)));
    assert_eq!((opened.customer_wait_since, opened.order_at, opened.attempt), (since, since, 1));
    assert_eq!(bench.over(), Over::InVain);
    let music = |kind: &EffectKind| matches!(kind, EffectKind::Music { on: true, class: Some(class), .. } if class == "strings");
    bench.accept_all();
    assert_eq!(bench.handed_out(music), 1);
    bench.sign_in("ben");
    bench.joins("pbx");
    assert!(matches!(bench.outcomes().last(), Some(Outcome::Answered { .. })));
}

#[test]
fn a_wait_begins_no_earlier_than_what_is_known_of_the_call() {
    let mut bench = bench(rota_of_one().last_resort_queue("general"));
    bench.comes();
    bench.seconds(5);
    bench.answers(AnsweredBy::Human);
    let answered = bench.now;
    bench.seconds(5);
    // The phone that answered is gone, by a report that was made before it answered.
    let legs = vec![LiveLeg::new(ExternalRef::new("caller").unwrap(), None)];
    let resync = HostEvent::HostResync { generation: 1, legs };
    let _ = bench.report_at(answered - Duration::from_secs(3), "pbx", resync);
    let entered = bench.events().rev().find_map(|event| match event {
        Event::Request(RequestEvent::Opened(opened)) => Some(opened.queue_entered_at),
        _ => None,
    });
    assert_eq!(bench.requests().len(), 2);
    assert_eq!(entered, Some(answered));
}

#[test]
fn the_last_resort_is_the_last() {
    // The queue that it leads to is closed and has the same rota.
    let mut bench = in_vain(rota_of_one().last_resort_queue("emergencies"));
    assert_eq!(bench.requests().len(), 2);
    let closed = Outcome::FlowedOut { reason: FlowOutReason::Closed, to: None };
    assert_eq!(bench.outcomes().last(), Some(&closed));
    assert_eq!((bench.asked(), bench.customer_is_gone()), (vec!["ana".into()], Some(Side::Engine)));
    bench.at_rest();
}

#[test]
fn the_last_resort_may_be_a_number_outside_where_answering_is_enough() {
    let mut bench = in_vain(rota_of_one().last_resort_external("+49 9"));
    assert_eq!(bench.asked(), ["ana", "+49 9"]);
    let last = bench.told().into_iter().rev().nth(1);
    assert!(matches!(last, Some(OnCallEvent::LastResort { to: Some(Party::External(_)), .. })));
    // It may well be a machine that takes messages.
    bench.answers(AnsweredBy::Machine);
    bench.done("pbx", |kind| matches!(kind, EffectKind::Bridge { .. }));
    assert_eq!(bench.ends(), [OnCallEnd::Busy, OnCallEnd::Accepted]);
    assert_eq!((bench.over(), bench.customer_is_gone()), (Over::InVain, None));
    bench.wait(Duration::from_hours(1));
    let leg = LegRef::Ours(bench.ringing_leg());
    let _ = bench.leg_ends("pbx", leg, EndKind::Normal);
    assert_eq!(bench.customer_is_gone(), Some(Side::Agent));
}

#[test]
fn the_last_resort_may_be_a_number_that_was_called_before() {
    let rota = Rota::new().level([Duty::external("+49 9")]).rounds(1);
    let bench = in_vain(rota.last_resort_external("+49 9"));
    assert_eq!(bench.asked(), ["+49 9", "+49 9"]);
}

#[test]
fn the_number_outside_is_called_once() {
    let mut bench = in_vain(rota_of_one().last_resort_external("+49 9"));
    bench.ends_ringing(EndKind::NoAnswer);
    assert_eq!(bench.asked(), ["ana", "+49 9"]);
    assert_eq!((bench.over(), bench.customer_is_gone()), (Over::InVain, Some(Side::Engine)));
    bench.at_rest();
}

#[test]
fn a_caller_may_leave_at_any_stage() {
    let stages: [fn(&mut Bench); 5] = [
        |_| {},
        |bench| bench.answers(AnsweredBy::Human),
        |bench| {
            bench.answers(AnsweredBy::Human);
            let _ = bench.presses("1", CollectEnd::Matched);
        },
        |bench| bench.ends_ringing(EndKind::Busy),
        |bench| {
            for _ in 0..5 {
                bench.ends_ringing(EndKind::Busy);
            }
        },
    ];
    for (number, stage) in stages.into_iter().enumerate() {
        let mut bench = called();
        stage(&mut bench);
        let leg = bench.ringing_leg();
        let asked = bench.asked().len();
        let _ = bench.hangs_up("pbx", "caller");
        bench.accept_all();
        assert_eq!(bench.ends().last(), Some(&OnCallEnd::CustomerGone), "stage {number}");
        assert_eq!(bench.over(), Over::InVain, "stage {number}");
        assert!(bench.hung_up(leg), "stage {number}");
        assert_eq!(bench.asked().len(), asked, "stage {number}");
        // What the phone says later concerns nobody.
        let _ = bench.leg_ends("pbx", LegRef::Ours(leg), EndKind::Normal);
        bench.at_rest();
    }
}

#[test]
fn who_closes_the_interaction_ends_the_search() {
    let mut bench = called();
    let interaction = bench.interaction();
    bench.does(CommandBody::CloseInteraction { interaction });
    assert_eq!(bench.ends(), [OnCallEnd::CustomerGone]);
    assert!(bench.hung_up(bench.ringing_leg()));
    bench.at_rest();
}

#[test]
fn who_accepted_and_cannot_be_joined_makes_room_for_the_next() {
    for how in 0..3 {
        let mut bench = called();
        let leg = bench.ringing_leg();
        bench.answers(AnsweredBy::Human);
        let _ = bench.presses("1", CollectEnd::Matched);
        match how {
            0 => {
                let op = bench.bridge_op();
                let _ = bench.report("pbx", HostEvent::OpFailed { op, error: HostError::Rejected });
            }
            1 => bench.seconds(10),
            _ => {
                let _ = bench.leg_ends("pbx", LegRef::Ours(leg), EndKind::Normal);
            }
        }
        bench.accept_all();
        assert_eq!(bench.ends(), [OnCallEnd::NotJoined], "{how}");
        assert_eq!(bench.hung_up(leg), how != 2);
        assert_eq!(bench.asked(), ["ana", "+49 1"]);
        let music = |kind: &EffectKind| matches!(kind, EffectKind::Music { on: true, .. });
        assert_eq!(bench.handed_out(music), 2, "the caller hears music again");
        bench.takes();
        assert_eq!(bench.over(), Over::Accepted(2));
    }
}

#[test]
fn a_bridge_whose_leg_is_gone_is_waited_for_no_longer_than_a_connection_takes() {
    let mut bench = called();
    bench.answers(AnsweredBy::Human);
    let _ = bench.presses("1", CollectEnd::Matched);
    let op = bench.bridge_op();
    let _ = bench.report("pbx", HostEvent::OpFailed { op, error: HostError::LegGone });
    assert_eq!(bench.ends(), [], "its host is about to say who has left");
    bench.seconds(10);
    assert_eq!(bench.ends(), [OnCallEnd::NotJoined]);
}

fn lost(bench: &mut Bench) {
    let reason = Personal::Clear("cable".to_owned());
    let _ = bench.report("pbx", HostEvent::HostLost { reason });
}

/// The stages of an attempt, as far as a host may be lost in them.
fn stages() -> [fn(&mut Bench); 4] {
    [
        |_| {},
        |bench| bench.answers(AnsweredBy::Human),
        |bench| {
            bench.answers(AnsweredBy::Human);
            let _ = bench.presses("1", CollectEnd::Matched);
        },
        Bench::takes,
    ]
}

#[test]
fn a_host_that_is_lost_for_good_takes_the_search_with_it() {
    for (number, stage) in stages().into_iter().enumerate() {
        let mut bench = called();
        stage(&mut bench);
        lost(&mut bench);
        bench.seconds(31);
        assert_eq!(bench.customer_is_gone(), Some(Side::Network), "stage {number}");
        assert_ne!(bench.over(), Over::GoesOn, "stage {number}");
        bench.at_rest();
    }
}

#[test]
fn a_host_that_comes_back_goes_on_where_it_was() {
    for (number, stage) in stages().into_iter().enumerate() {
        let mut bench = called();
        stage(&mut bench);
        let leg = bench.ringing_leg();
        lost(&mut bench);
        bench.seconds(3);
        let state = if number == 0 { LiveState::Ringing } else { LiveState::Answered };
        let caller = LiveLeg::new(ExternalRef::new("caller").unwrap(), None);
        let mut phone = LiveLeg::new(ExternalRef::new("ana").unwrap(), Some(leg));
        phone.state = state;
        let legs = vec![caller, phone];
        let _ = bench.report("pbx", HostEvent::HostResync { generation: 1, legs });
        bench.accept_all();
        match number {
            0 => bench.takes(),
            1 => {
                let _ = bench.presses("1", CollectEnd::Matched);
                bench.done("pbx", |kind| matches!(kind, EffectKind::Bridge { .. }));
            }
            2 => bench.done("pbx", |kind| matches!(kind, EffectKind::Bridge { .. })),
            _ => {}
        }
        assert_eq!(bench.over(), Over::Accepted(1), "stage {number}");
        assert_eq!((bench.customer_is_gone(), bench.ends().len()), (None, 1));
    }
}

#[test]
fn a_host_that_comes_back_without_the_phone_calls_the_next_one() {
    let mut bench = called();
    bench.answers(AnsweredBy::Human);
    lost(&mut bench);
    let legs = vec![LiveLeg::new(ExternalRef::new("caller").unwrap(), None)];
    let _ = bench.report("pbx", HostEvent::HostResync { generation: 1, legs });
    bench.accept_all();
    assert_eq!(bench.ends(), [OnCallEnd::NotConfirmed]);
    assert_eq!(bench.asked(), ["ana", "+49 1"]);
    // The caller hears music again.
    let music = |kind: &EffectKind| matches!(kind, EffectKind::Music { on: true, class: Some(class), .. } if class == "bells");
    assert_eq!(bench.handed_out(music), 2);
}

#[test]
fn a_rota_that_is_changed_goes_on_as_it_is_then() {
    let mut bench = called();
    let rota = Rota::new()
        .level([Duty::agent("ana"), Duty::agent("ben")])
        .accept_key('5', Duration::from_secs(9));
    bench.configures(vec![Change::Rota { key: key("night"), to: Some(rota.build().unwrap()) }]);
    bench.answers(AnsweredBy::Human);
    let _ = bench.presses("1", CollectEnd::Matched);
    assert_eq!(bench.ends(), [OnCallEnd::NotConfirmed]);
    assert_eq!(bench.asked(), ["ana", "ben"]);
    bench.answers(AnsweredBy::Human);
    let _ = bench.presses("5", CollectEnd::Matched);
    bench.done("pbx", |kind| matches!(kind, EffectKind::Bridge { .. }));
    assert_eq!(bench.over(), Over::Accepted(2));
}

#[test]
fn the_key_that_was_asked_for_counts_also_where_the_rota_asks_for_another_one_by_then() {
    let mut bench = called();
    bench.answers(AnsweredBy::Human);
    let rota = night().accept_key('5', Duration::from_secs(9)).build().unwrap();
    bench.configures(vec![Change::Rota { key: key("night"), to: Some(rota) }]);
    let _ = bench.presses("1", CollectEnd::Matched);
    bench.done("pbx", |kind| matches!(kind, EffectKind::Bridge { .. }));
    assert_eq!(bench.over(), Over::Accepted(1));
}

/// The rota is removed while somebody is called.
fn without_rota(bench: &mut Bench, overflow: Option<&str>) {
    let queue = Queue::new().hours("late");
    let queue = match overflow {
        Some(to) => queue.overflow_to(to),
        None => queue,
    };
    bench.configures(vec![
        Change::Queue { key: key("emergencies"), to: Some(Box::new(queue.build().unwrap())) },
        Change::Rota { key: key("night"), to: None },
    ]);
}

#[test]
fn of_a_rota_that_was_removed_nobody_is_called_any_more() {
    for answers in [false, true] {
        let mut bench = called();
        without_rota(&mut bench, None);
        assert_eq!(bench.over(), Over::GoesOn);
        if answers {
            bench.answers(AnsweredBy::Human);
        } else {
            bench.ends_ringing(EndKind::NoAnswer);
        }
        assert_eq!((bench.over(), bench.customer_is_gone()), (Over::InVain, Some(Side::Engine)));
        assert_eq!(bench.asked(), ["ana"]);
        bench.at_rest();
    }
}

#[test]
fn who_was_asked_for_the_key_may_press_it_after_the_rota_was_removed() {
    let mut bench = called();
    bench.answers(AnsweredBy::Human);
    without_rota(&mut bench, None);
    let _ = bench.presses("1", CollectEnd::Matched);
    bench.done("pbx", |kind| matches!(kind, EffectKind::Bridge { .. }));
    assert_eq!(bench.over(), Over::Accepted(1));
}

#[test]
fn without_its_rota_a_caller_takes_the_overflow_of_the_queue() {
    let mut bench = called();
    without_rota(&mut bench, Some("general"));
    bench.ends_ringing(EndKind::NoAnswer);
    assert_eq!((bench.over(), bench.requests().len()), (Over::InVain, 2));
    bench.sign_in("ben");
    assert!(bench.try_offer().is_some());
}

#[test]
fn a_queue_that_is_removed_meanwhile_changes_nothing_for_the_one_who_is_called() {
    let mut bench = called();
    bench.configures(vec![
        Change::EntryPoint { key: key("main"), to: None },
        Change::EntryPoint { key: key("chat"), to: None },
        Change::Queue { key: key("emergencies"), to: None },
    ]);
    bench.takes();
    assert_eq!((bench.over(), bench.customer_is_gone()), (Over::Accepted(1), None));
}

/// Ben has a customer of the first level and hands over to the closed queue.
fn handed_on() -> Bench {
    handed_on_by(rota_of_one())
}

fn handed_on_by(rota: Draft<Rota>) -> Bench {
    let mut bench = bench(rota);
    bench.sign_in("ben");
    let _ = bench.call("pbx", "caller", "200");
    bench.joins("pbx");
    bench.done("pbx", |kind| matches!(kind, EffectKind::Answer { .. }));
    let engagement = bench.engagement();
    let to = Destination::Queue(key("emergencies"));
    bench.does(CommandBody::Transfer { engagement, to, boost: None, fallback: None });
    bench.accept_all();
    bench
}

#[test]
fn a_customer_who_is_handed_on_to_a_closed_queue_gets_somebody_on_call() {
    let mut bench = handed_on();
    assert_eq!(bench.asked().last().map(String::as_str), Some("ana"));
    bench.takes();
    let to = bench.events().rev().find_map(|event| match event {
        Event::Transfer(TransferEvent::Completed { to, .. }) => Some(*to),
        _ => None,
    });
    assert_eq!((to, bench.over()), (Some(None), Over::Accepted(1)));
    bench.wait(Duration::from_hours(2));
    assert_eq!(bench.customer_is_gone(), None);
}

#[test]
fn an_agent_on_call_who_hands_a_customer_on_is_not_the_one_who_is_called() {
    let rota = Rota::new().level([Duty::agent("ben"), Duty::external("+49 1")]).rounds(1);
    let bench = handed_on_by(rota);
    assert_eq!(bench.asked().last().map(String::as_str), Some("+49 1"));
    assert_eq!(bench.told().len(), 2);
}

fn recalled(bench: &Bench) -> bool {
    let recall = |event: &Event| matches!(event, Event::Request(RequestEvent::Opened(o)) if o.cause == RequestCause::Recall);
    bench.events().any(recall)
}

#[test]
fn a_transferor_is_wanted_back_when_nobody_on_call_takes_the_customer() {
    let mut bench = handed_on();
    bench.ends_ringing(EndKind::Busy);
    assert_eq!((bench.over(), recalled(&bench)), (Over::InVain, true));
    bench.joins("pbx");
    assert_eq!(bench.customer_is_gone(), None);
    // Whom an agent has served again may be handed to those on call again.
    let engagement = bench.engagement();
    let to = Destination::Queue(key("emergencies"));
    bench.does(CommandBody::Transfer { engagement, to, boost: None, fallback: None });
    bench.accept_all();
    bench.takes();
    assert_eq!(bench.over(), Over::Accepted(1));
}

#[test]
fn a_transfer_that_takes_too_long_ends_the_search() {
    let center = center(rota_of_one().rounds(99));
    let center = center.policies(|p| p.queue_transfer_timeout = Duration::from_secs(50));
    let mut bench = Bench::new(center.build().unwrap());
    bench.sign_in("ben");
    let _ = bench.call("pbx", "caller", "200");
    bench.joins("pbx");
    bench.done("pbx", |kind| matches!(kind, EffectKind::Answer { .. }));
    let engagement = bench.engagement();
    let to = Destination::Queue(key("emergencies"));
    bench.does(CommandBody::Transfer { engagement, to, boost: None, fallback: None });
    bench.accept_all();
    let leg = bench.ringing_leg();
    bench.seconds(50);
    bench.accept_all();
    assert_eq!((bench.over(), recalled(&bench)), (Over::InVain, true));
    assert_eq!(bench.ends(), [OnCallEnd::NoAnswer; 2]);
    assert!(bench.hung_up(leg));
}

#[test]
fn a_search_goes_on_after_a_crash() {
    for stage in stages() {
        let mut bench = called();
        stage(&mut bench);
        for cut in 1..bench.records.len() {
            let mut replica = Replica::open(&bench.records[0]).unwrap();
            for record in &bench.records[1..cut] {
                replica.apply(record).unwrap();
            }
            let snapshot = replica.snapshot().unwrap();
            let mut again = Engine::restore(Some(&snapshot), &bench.records[cut..]).unwrap();
            assert_eq!(again.state_hash(), bench.engine.state_hash(), "cut at {cut}");
            let resume = Input::Resume { epoch: switchboard::id::Epoch(2) };
            assert!(matches!(again.handle(bench.now, resume), Receipt::Recorded(_)));
            assert_eq!(again.next_deadline(), bench.engine.next_deadline(), "cut at {cut}");
        }
    }
}

#[test]
fn a_caller_who_leaves_while_being_joined_is_not_joined_any_more() {
    let mut bench = called();
    bench.answers(AnsweredBy::Human);
    let _ = bench.presses("1", CollectEnd::Matched);
    let op = bench.bridge_op();
    let _ = bench.hangs_up("pbx", "caller");
    let _ = bench.report("pbx", HostEvent::OpDone { op });
    let joins = |event: &Event| {
        matches!(event, Event::Interaction(InteractionEvent::ParticipantJoined { .. }))
    };
    assert!(!bench.events().any(joins));
    assert_eq!(bench.ends(), [OnCallEnd::CustomerGone]);
    bench.at_rest();
}

#[test]
fn an_agent_on_call_is_called_where_the_session_is_else_at_the_phone_that_is_configured() {
    let station = |address: &str| Station::Phone { host: key("pbx"), address: address.to_owned() };
    for (at, called) in [(station("home"), "home"), (Station::Direct, "ana")] {
        let mut bench = bench(night());
        let (agent, device, station) = (key("ana"), None, Some(at));
        bench.does(CommandBody::SignIn { agent, device, station, ready: false });
        bench.comes();
        assert_eq!(bench.asked(), [called]);
    }
}

#[test]
fn a_phone_of_a_host_that_was_given_up_is_not_called() {
    let center = center(night()).host("branch", Host::new("Branch"));
    let mut bench = Bench::new(center.build().unwrap());
    let station = Some(Station::Phone { host: key("branch"), address: "far".to_owned() });
    let (agent, device) = (key("ana"), None);
    bench.does(CommandBody::SignIn { agent, device, station, ready: false });
    let reason = Personal::Clear(String::new());
    let _ = bench.report("branch", HostEvent::HostLost { reason });
    bench.seconds(31);
    bench.comes();
    // The one that is configured is there.
    assert_eq!(bench.asked(), ["ana"]);
}

#[test]
fn who_answers_late_has_less_time_for_the_key() {
    let mut bench = called();
    bench.seconds(30);
    bench.answers(AnsweredBy::Human);
    let asks = |kind: &EffectKind| {
        matches!(kind, EffectKind::Collect { first_timeout, .. }
            if *first_timeout == Duration::from_secs(15))
    };
    assert_eq!(bench.handed_out(asks), 1);
}

#[test]
fn a_later_round_in_which_nobody_can_be_called_is_the_last_too() {
    let rota = Rota::new()
        .level([Duty::agent("cleo"), Duty::agent("ana").during("till_half_past")])
        .rounds(50);
    let mut bench = bench(rota);
    bench.wait(Duration::from_secs(29 * 60 + 50));
    bench.comes();
    bench.seconds(20);
    bench.ends_ringing(EndKind::Busy);
    let (unreachable, busy) = (OnCallEnd::Unreachable, OnCallEnd::Busy);
    assert_eq!(bench.ends(), [unreachable, busy, unreachable]);
    assert_eq!(bench.over(), Over::InVain);
}

#[test]
fn a_customer_whom_those_on_call_have_was_taken_up() {
    let mut bench = bench(night());
    let _ = bench.call("pbx", "caller", "100");
    bench.accept_all();
    bench.takes();
    // Nothing was ever heard of the answer to the caller.
    bench.wait(Duration::from_hours(1));
    assert_eq!(bench.customer_is_gone(), None);
}

#[test]
fn explain_says_whom_the_rota_calls() {
    let mut bench = called();
    let request = bench.requests()[0];
    let until = bench.now + Duration::from_secs(45);
    let explained = bench.engine.explain(Question::Request(request)).unwrap();
    assert_eq!((explained.queue.as_str(), explained.agents.len()), ("emergencies", 0));
    let text = explained.to_string();
    let told = format!("night calls ana until {until}: attempt 1, level 1, round 1");
    assert!(text.contains(&told), "{text}");
    bench.ends_ringing(EndKind::Busy);
    bench.ends_ringing(EndKind::Busy);
    let explained = bench.engine.explain(Question::Request(request)).unwrap();
    let at_work = explained.on_call.unwrap();
    assert_eq!((at_work.level, at_work.round, at_work.attempt, at_work.agent), (2, 1, 3, None));
    bench.takes();
    assert!(bench.engine.explain(Question::Request(request)).is_none());
}

#[test]
fn two_callers_are_sought_for_apart() {
    let mut bench = called();
    let first = bench.ringing_leg();
    let _ = bench.call("pbx", "second", "100");
    bench.accept_all();
    bench.takes();
    let _ = bench.leg_ends("pbx", LegRef::Ours(first), EndKind::Busy);
    bench.accept_all();
    assert_eq!(bench.ends(), [OnCallEnd::Accepted, OnCallEnd::Busy]);
    assert_eq!(bench.asked(), ["ana", "ana", "+49 1"]);
}

/// The rule by which the calls of the queue are recorded.
fn records(mode: RecordingMode) -> Center {
    let mut center = center(night()).build().unwrap();
    let queue = center.queues.get_mut(&key("emergencies")).unwrap();
    queue.recording = Some(Recording::new(mode));
    center
}

/// The customer's words on being recorded, and the recordings that began.
fn recorded_after(bench: &mut Bench, granted: bool) -> usize {
    let participant = bench.interaction_opened().participant;
    let purpose = key("recording");
    bench.does(CommandBody::SetConsent { participant, purpose, granted, basis: None });
    begun(bench)
}

fn begun(bench: &Bench) -> usize {
    bench.handed_out(|kind| matches!(kind, EffectKind::Record { .. }))
}

fn stopped(bench: &mut Bench) -> usize {
    bench.accept_all();
    bench.handed_out(|kind| matches!(kind, EffectKind::StopRecord { .. }))
}

#[test]
fn a_talk_with_somebody_on_call_is_recorded_as_the_rule_of_the_queue_says() {
    let mut bench = Bench::new(records(RecordingMode::Always));
    bench.comes();
    assert_eq!(recorded_after(&mut bench, true), 0, "nobody is with the customer yet");
    let ana = bench.ringing_leg();
    bench.takes();
    assert_eq!(begun(&bench), 1);
    let started = bench.events().find_map(|event| match event {
        Event::Recording(RecordingEvent::Started { legs, .. }) => Some(legs.clone()),
        _ => None,
    });
    assert_eq!(started, Some(vec![bench.interaction_opened().leg, ana]));
    let _ = bench.leg_ends("pbx", LegRef::Ours(ana), EndKind::Normal);
    assert_eq!(stopped(&mut bench), 1, "over with the talk");
}

#[test]
fn without_consent_a_talk_with_somebody_on_call_is_not_recorded() {
    let mut bench = Bench::new(records(RecordingMode::Always));
    bench.comes();
    bench.takes();
    assert_eq!(begun(&bench), 0);
    assert_eq!(recorded_after(&mut bench, true), 1, "also when it is given later");
    assert_eq!(recorded_after(&mut bench, false), 1);
    assert_eq!(stopped(&mut bench), 1, "and taken back");
}

#[test]
fn a_talk_with_somebody_on_call_is_recorded_on_request() {
    let mut bench = Bench::new(records(RecordingMode::OnRequest));
    bench.comes();
    assert_eq!(recorded_after(&mut bench, true), 0);
    let interaction = bench.interaction();
    let asked = bench.command(CommandBody::StartRecording { interaction });
    assert_eq!(refusal(asked).field, "interaction", "nobody is connected");
    bench.takes();
    bench.does(CommandBody::StartRecording { interaction });
    assert_eq!(begun(&bench), 1);
}

#[test]
fn a_brand_has_talks_with_people_on_call_recorded_too() {
    let mut center = records(RecordingMode::Never);
    center.queues.get_mut(&key("emergencies")).unwrap().recording = None;
    let rule = Recording::new(RecordingMode::Always).without_consent();
    center.brands.get_mut(&key("north")).unwrap().recording = Some(rule);
    let mut bench = Bench::new(center);
    bench.comes();
    bench.takes();
    assert_eq!(begun(&bench), 1);
}

fn the_record(bench: &Bench) -> ContactRecord {
    let mut fold = ContactRecords::new();
    bench.records.iter().for_each(|record| fold.apply(record));
    fold.take_closed().pop().expect("a contact that is over")
}

#[test]
fn the_contact_record_says_who_on_call_had_the_customer_and_when() {
    let mut bench = Bench::new(records(RecordingMode::Never));
    bench.comes();
    bench.seconds(10);
    bench.ends_ringing(EndKind::Busy);
    bench.seconds(15);
    bench.takes();
    bench.seconds(60);
    let _ = bench.hangs_up("pbx", "caller");
    bench.at_rest();
    let contact = the_record(&bench);
    let [wait, seek, talk] = &contact.segments[..] else { panic!("{contact:#?}") };
    let request = bench.requests()[0];
    assert!(matches!(wait.kind, SegmentKind::Wait { .. }));
    assert_eq!(seek.kind, SegmentKind::Seek { request, attempts: 2, accepted: true });
    let with = Party::External(Personal::Clear("+49 1".into()));
    assert_eq!(talk.kind, SegmentKind::OnCall { request, attempt: 2, with });
    assert_eq!((seek.length(), talk.length()), (Duration::from_secs(25), Duration::from_secs(60)));
    assert_eq!((wait.end, seek.end), (seek.start, talk.start));
    let totals = contact.totals;
    assert_eq!((totals.seek, totals.on_call), (seek.length(), talk.length()));
    assert_eq!(
        totals.wait + totals.seek + totals.on_call,
        contact.ended_at.since(contact.opened_at)
    );
}

#[test]
fn a_search_in_vain_is_in_the_contact_record_too() {
    let rota = Rota::new().level([Duty::agent("ana")]).rounds(1).last_resort_queue("general");
    let mut bench = Bench::new(center(rota).build().unwrap());
    bench.comes();
    bench.seconds(25);
    bench.seconds(40);
    let _ = bench.hangs_up("pbx", "caller");
    bench.at_rest();
    let contact = the_record(&bench);
    let [_, seek, wait] = &contact.segments[..] else { panic!("{contact:#?}") };
    let request = bench.requests()[0];
    assert_eq!(seek.kind, SegmentKind::Seek { request, attempts: 1, accepted: false });
    assert_eq!(seek.length(), Duration::from_secs(25));
    assert_eq!((wait.start, wait.length()), (seek.end, Duration::from_secs(40)));
}
