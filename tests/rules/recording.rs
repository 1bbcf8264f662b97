//! Consent and recording: when it begins, who stops it, what a pause keeps from every trace.

use crate::support::{Bench, key, refusal};
use switchboard::id::{EffectId, ExternalRef, ParticipantId, RecordingId};
use switchboard::message::{
    Actor, Command, CommandBody, Destination, EffectEnd, EffectEvent, EffectKind, EngagementEvent,
    Event, HostError, HostEvent, InteractionEvent, MediaTarget, ParticipantRole, Personal, Receipt,
    RecordingEvent, RejectionReason, Side, Sink,
};
use switchboard::model::{
    Agent, Brand, Center, Change, EntryPoint, Host, Queue, Reason, Recording, RecordingMode,
    WrapUpMode, validate,
};
use switchboard::time::Duration;

fn always() -> Recording {
    Recording::new(RecordingMode::Always).without_consent()
}

fn center(rule: Option<Recording>) -> Center {
    let queue = Queue::new().brand("acme").wrap_up(WrapUpMode::Optional, Duration::from_secs(60));
    let queue = match rule {
        Some(rule) => queue.recording(rule),
        None => queue,
    };
    Center::builder()
        .reason("card", Reason::new("Card data"))
        .host("pbx", Host::new("PBX"))
        .brand("acme", Brand::new("Acme").recording(always().retention(Duration::from_hours(48))))
        .queue("q", queue)
        .entry_point("main", EntryPoint::voice("100").to_queue("q"))
        .agent("ana", Agent::new("Ana").phone("pbx", "SIP/ana"))
        .agent("ben", Agent::new("Ben").phone("pbx", "SIP/ben"))
        .build()
        .unwrap()
}

fn bench(rule: Recording) -> Bench {
    let mut bench = Bench::new(center(Some(rule)));
    bench.sign_in("ana");
    let _ = bench.call("pbx", "call-1", "100");
    bench.accept_all();
    bench.done("pbx", |kind| matches!(kind, EffectKind::Answer { .. }));
    bench
}

/// The agent answers, and both hear each other.
fn connect(bench: &mut Bench) {
    bench.picks_up("pbx");
    bench.accept_all();
    bench.done("pbx", |kind| matches!(kind, EffectKind::Bridge { .. }));
    bench.accept_all();
}

fn events(bench: &Bench) -> Vec<&RecordingEvent> {
    bench
        .events()
        .filter_map(|event| match event {
            Event::Recording(event) => Some(event),
            _ => None,
        })
        .collect()
}

/// The recording that began last.
fn recording(bench: &Bench) -> RecordingId {
    let began = |event: &&RecordingEvent| match event {
        RecordingEvent::Started { id, .. } => Some(*id),
        _ => None,
    };
    events(bench).iter().rev().find_map(began).expect("a recording")
}

fn count(bench: &Bench) -> usize {
    bench.handed_out(|kind| matches!(kind, EffectKind::Record { .. }))
}

/// The operation that records.
fn op(bench: &Bench) -> EffectId {
    let records = |e: &&switchboard::message::Effect| matches!(e.kind, EffectKind::Record { .. });
    bench.effects.iter().rev().find(records).expect("a recorder").id
}

fn done(bench: &mut Bench, seconds: i64) {
    let op = op(bench);
    let done = HostEvent::RecordingDone {
        op,
        reference: "store/1".to_owned().into(),
        duration: Duration::from_secs(seconds),
        silence: Duration::ZERO,
    };
    let receipt = bench.report("pbx", done);
    assert!(matches!(receipt, Receipt::Recorded(_)), "{receipt:?}");
}

fn customer(bench: &Bench) -> ParticipantId {
    let opened = |event: &Event| match event {
        Event::Interaction(InteractionEvent::Opened(opened)) => Some(opened.participant),
        _ => None,
    };
    bench.events().find_map(opened).expect("a customer")
}

fn agent(bench: &Bench) -> ParticipantId {
    let opened = |event: &Event| match event {
        Event::Engagement(EngagementEvent::Opened { participant, .. }) => *participant,
        _ => None,
    };
    bench.events().find_map(opened).expect("an agent")
}

fn says(bench: &mut Bench, participant: ParticipantId, granted: bool) {
    let purpose = key("recording");
    bench.does(CommandBody::SetConsent { participant, purpose, granted, basis: None });
}

fn state_of(receipt: Receipt) -> String {
    match refusal(receipt).reason {
        RejectionReason::WrongState(state) => state.into_owned(),
        other => panic!("{other:?}"),
    }
}

// -- when it begins and ends --------------------------------------------------------------------

#[test]
fn a_recording_begins_when_customer_and_agent_are_connected_and_ends_with_the_talk() {
    let rule = always().retention(Duration::from_hours(24)).legal_hold().beep();
    let mut bench = bench(rule);
    assert_eq!(count(&bench), 0, "nobody hears a customer who waits");
    connect(&mut bench);
    let EffectKind::Record { target, beep, .. } = &bench.effects.last().unwrap().kind else {
        panic!("{:?}", bench.effects.last());
    };
    assert!(*beep);
    let customer_leg = match target {
        MediaTarget::Leg(leg) => leg.leg,
        MediaTarget::Bridge(_) => panic!("it would end with the bridge"),
    };
    let voices = [customer_leg, bench.ringing_leg()];
    assert!(matches!(
        events(&bench)[..],
        [RecordingEvent::Started { legs, legal_hold: true, .. }] if legs[..] == voices
    ));
    bench.seconds(60);
    let _ = bench.hangs_up("pbx", "call-1");
    bench.accept_all();
    assert!(matches!(events(&bench)[..], [_, RecordingEvent::Stopping { by: Side::Engine, .. }]));
    // The agent has long wrapped up, and the interaction is gone, when the host has stored it.
    bench.does(CommandBody::FinishWrapUp { engagement: bench.engagement(), disposition: None });
    bench.seconds(3);
    done(&mut bench, 60);
    let RecordingEvent::Ended { reference, legs, duration, retention, legal_hold, .. } =
        events(&bench)[2]
    else {
        panic!("{:?}", events(&bench));
    };
    assert_eq!(reference.as_ref().unwrap().clear().unwrap(), "store/1");
    assert_eq!((legs[..] == voices, *duration), (true, Duration::from_secs(60)));
    assert_eq!((*retention, *legal_hold), (Some(Duration::from_hours(24)), true));
}

#[test]
fn a_queue_has_the_rule_of_its_brand_unless_it_has_its_own() {
    for (rule, expected) in [(None, 1), (Some(Recording::default()), 0)] {
        let mut bench = Bench::new(center(rule));
        bench.sign_in("ana");
        let _ = bench.call("pbx", "call-1", "100");
        connect(&mut bench);
        assert_eq!(count(&bench), expected);
    }
}

#[test]
fn a_recording_on_request_begins_when_somebody_asks() {
    let mut bench = bench(Recording::new(RecordingMode::OnRequest).without_consent());
    let interaction = bench.interaction();
    let start = || CommandBody::StartRecording { interaction };
    assert_eq!(state_of(bench.command(start())), "not connected");
    connect(&mut bench);
    assert_eq!(count(&bench), 0);
    // The agent who serves the customer may ask.
    let id = switchboard::id::CommandId::new("x1").unwrap();
    let asked = bench.input(Command::new(id, Actor::agent(key("ana")), start()));
    assert!(matches!(asked, Receipt::Recorded(_)), "{asked:?}");
    assert_eq!(count(&bench), 1);
    assert_eq!(state_of(bench.command(start())), "recorded already");
    let recording = recording(&bench);
    bench.does(CommandBody::StopRecording { recording });
    bench.accept_all();
    assert_eq!(bench.handed_out(|kind| matches!(kind, EffectKind::StopRecord { .. })), 1);
    done(&mut bench, 5);
    assert_eq!(
        refusal(bench.command(CommandBody::StopRecording { recording })).reason,
        RejectionReason::Gone
    );
}

#[test]
fn a_queue_that_records_nothing_says_so() {
    let mut bench = bench(Recording::default());
    connect(&mut bench);
    let start = CommandBody::StartRecording { interaction: bench.interaction() };
    assert_eq!(state_of(bench.command(start)), "of a queue that records nothing");
}

#[test]
fn a_host_that_controls_its_own_media_is_not_asked() {
    let mut bench = Bench::new(center(None));
    bench.sign_in("ana");
    let _ = bench.call("app", "call-1", "100");
    bench.does(CommandBody::AcceptOffer { offer: bench.offer() });
    assert_eq!(count(&bench), 0);
    let start = CommandBody::StartRecording { interaction: bench.interaction() };
    assert_eq!(state_of(bench.command(start)), "on a host that controls its own media");
}

#[test]
fn a_recording_that_somebody_stopped_is_let_be() {
    let mut bench = bench(always());
    connect(&mut bench);
    bench.does(CommandBody::StopRecording { recording: recording(&bench) });
    done(&mut bench, 5);
    let engagement = bench.engagement();
    bench.does(CommandBody::Hold { engagement });
    bench.does(CommandBody::Unhold { engagement });
    assert_eq!(count(&bench), 1);
    bench.does(CommandBody::StartRecording { interaction: bench.interaction() });
    bench.accept_all();
    assert_eq!(count(&bench), 2, "unless somebody asks for it again");
}

#[test]
fn who_comes_and_goes_has_the_recording_looked_at_again() {
    let mut bench = bench(always());
    connect(&mut bench);
    let first = recording(&bench);
    // The rule is taken away, and comes back.
    let mut queue = bench.engine.center().queues[&key("q")].clone();
    let rule = queue.recording.replace(Recording::default());
    bench.configures(vec![Change::Queue { key: key("q"), to: Some(Box::new(queue.clone())) }]);
    assert!(matches!(events(&bench)[..], [_, RecordingEvent::Stopping { id, .. }] if *id == first));
    queue.recording = rule;
    bench.configures(vec![Change::Queue { key: key("q"), to: Some(Box::new(queue)) }]);
    let engagement = bench.engagement();
    bench.does(CommandBody::Hold { engagement });
    assert_ne!(recording(&bench), first);
}

// -- consent ------------------------------------------------------------------------------------

#[test]
fn no_consent_no_recording() {
    let mut bench = bench(Recording::new(RecordingMode::Always));
    connect(&mut bench);
    assert_eq!(count(&bench), 0);
    let interaction = bench.interaction();
    let start = || CommandBody::StartRecording { interaction };
    assert_eq!(state_of(bench.command(start())), "without the customer's consent");
    let customer = customer(&bench);
    let purpose = key("analysis");
    bench.does(CommandBody::SetConsent {
        participant: customer,
        purpose,
        granted: true,
        basis: None,
    });
    assert_eq!(count(&bench), 0, "to another purpose");
    says(&mut bench, customer, true);
    assert_eq!(count(&bench), 1, "in the step in which it is given");
    says(&mut bench, customer, false);
    assert!(matches!(events(&bench)[..], [_, RecordingEvent::Stopping { .. }]));
    assert_eq!(state_of(bench.command(start())), "refused by a participant");
}

#[test]
fn consent_given_before_the_agent_answers_counts() {
    let mut bench = bench(Recording::new(RecordingMode::Always));
    let customer = customer(&bench);
    says(&mut bench, customer, true);
    assert_eq!(count(&bench), 0);
    connect(&mut bench);
    assert_eq!(count(&bench), 1);
}

#[test]
fn whoever_takes_part_may_refuse_where_no_consent_is_asked_for() {
    let mut bench = bench(always());
    connect(&mut bench);
    let agent = agent(&bench);
    says(&mut bench, agent, false);
    assert!(matches!(events(&bench)[..], [_, RecordingEvent::Stopping { .. }]));
}

#[test]
fn consent_is_of_somebody_who_takes_part() {
    let mut bench = bench(always());
    let interaction = bench.interaction();
    let origin = interaction.origin();
    let nobody = |seq| ParticipantId::new(switchboard::id::Origin { seq, ..origin }).unwrap();
    for (seq, reason) in [(origin.seq, RejectionReason::Gone), (9999, RejectionReason::Unknown)] {
        let participant = nobody(seq);
        let purpose = key("recording");
        let said = CommandBody::SetConsent { participant, purpose, granted: true, basis: None };
        assert_eq!(refusal(bench.command(said)).reason, reason);
    }
}

// -- pauses -------------------------------------------------------------------------------------

#[test]
fn a_pause_names_every_sink() {
    let mut bench = bench(always());
    connect(&mut bench);
    let recording = recording(&bench);
    let pause = || CommandBody::PauseRecording { recording, reason: Some(key("card")) };
    bench.does(pause());
    bench.accept_all();
    let sinks = bench.effects.iter().find_map(|effect| match &effect.kind {
        EffectKind::PauseRecord { sinks, .. } => Some(sinks.clone()),
        _ => None,
    });
    let all = [Sink::Audio, Sink::Screen, Sink::Transcript, Sink::Digits, Sink::Logs];
    assert_eq!(sinks.as_deref(), Some(&all[..]));
    assert!(matches!(
        events(&bench)[..],
        [_, RecordingEvent::Paused { sinks, reason: Some(_), .. }] if sinks[..] == all
    ));
    assert_eq!(state_of(bench.command(pause())), "paused already");
    bench.does(CommandBody::ResumeRecording { recording });
    assert_eq!(state_of(bench.command(CommandBody::ResumeRecording { recording })), "not paused");
    assert_eq!(bench.handed_out(|kind| matches!(kind, EffectKind::ResumeRecord { .. })), 1);
}

#[test]
fn what_cannot_be_paused_is_ended() {
    let mut bench = bench(always());
    connect(&mut bench);
    let recording = recording(&bench);
    bench.does(CommandBody::PauseRecording { recording, reason: None });
    bench.accept_all();
    let pause = bench.effects.last().unwrap();
    assert!(matches!(pause.kind, EffectKind::PauseRecord { .. }));
    let failed = HostEvent::OpFailed { op: pause.id, error: HostError::Unsupported };
    let _ = bench.report("pbx", failed);
    assert!(matches!(events(&bench)[..], [_, _, RecordingEvent::Stopping { .. }]));
}

// -- hosts that fail, or say nothing ------------------------------------------------------------

#[test]
fn a_recording_that_failed_is_not_tried_again_and_again() {
    let mut bench = bench(always());
    connect(&mut bench);
    let op = op(&bench);
    let failed = HostEvent::RecordingFailed { op, error: HostError::Unsupported };
    assert!(matches!(bench.report("pbx", failed), Receipt::Recorded(_)));
    assert!(matches!(events(&bench)[..], [_, RecordingEvent::Ended { reference: None, .. }]));
    assert_eq!(count(&bench), 1);
    assert!(bench.last_events().contains(&Event::Effect(EffectEvent::Ended {
        id: op,
        end: EffectEnd::Failed(HostError::Unsupported)
    })));
}

#[test]
fn a_talk_longer_than_the_longest_recording_goes_on_in_another_one() {
    let mut bench = bench(always().max(Duration::from_secs(100)));
    connect(&mut bench);
    let first = recording(&bench);
    bench.seconds(100);
    done(&mut bench, 100);
    bench.accept_all();
    assert_ne!(recording(&bench), first);
    assert_eq!(count(&bench), 2);
    done(&mut bench, 1);
    assert_eq!(count(&bench), 2, "ended by the host, for reasons of its own");
}

#[test]
fn a_host_that_never_says_that_a_recording_ended_is_waited_for_a_while() {
    let mut bench = bench(always());
    connect(&mut bench);
    let _ = bench.hangs_up("pbx", "call-1");
    bench.does(CommandBody::FinishWrapUp { engagement: bench.engagement(), disposition: None });
    bench.seconds(61);
    assert!(matches!(events(&bench)[..], [_, _, RecordingEvent::Ended { reference: None, .. }]));
    let op = op(&bench);
    let late = HostEvent::RecordingDone {
        op,
        reference: "store/1".to_owned().into(),
        duration: Duration::ZERO,
        silence: Duration::ZERO,
    };
    assert_eq!(refusal(bench.report("pbx", late)).reason, RejectionReason::Gone);
}

#[test]
fn a_report_about_a_recording_names_one() {
    let mut bench = bench(always());
    connect(&mut bench);
    let stop = bench.effects.iter().find(|e| matches!(e.kind, EffectKind::Record { .. }));
    let op = stop.unwrap().id;
    let failed = |op| HostEvent::RecordingFailed { op, error: HostError::Timeout };
    // Another host's recording is none of its business.
    assert_eq!(refusal(bench.report("app", failed(op))).field, "event.op");
    let _ = bench.call("pbx", "call-2", "100");
    let answer = bench.effects.iter().rev().find(|e| matches!(e.kind, EffectKind::Answer { .. }));
    let op = answer.unwrap().id;
    assert!(matches!(refusal(bench.report("pbx", failed(op))).reason, RejectionReason::Invalid(_)));
}

#[test]
fn a_recording_goes_on_after_a_restart() {
    let mut bench = bench(always());
    connect(&mut bench);
    bench.seconds(5);
    let mut replica = switchboard::Replica::open(&bench.records[0]).unwrap();
    for record in &bench.records[1..] {
        replica.apply(record).unwrap();
    }
    let snapshot = replica.snapshot().unwrap();
    let mut engine = switchboard::Engine::restore(Some(&snapshot), []).unwrap();
    assert_eq!(engine.state_hash(), bench.engine.state_hash());
    let resume = switchboard::message::Input::Resume { epoch: switchboard::id::Epoch(2) };
    let _ = engine.handle(bench.now, resume);
    let leg = switchboard::message::LegRef::External(ExternalRef::new("call-1").unwrap());
    let ended = HostEvent::ended(leg, switchboard::message::EndCause::default());
    let report = switchboard::message::HostReport::new(key("pbx"), 99, bench.now, ended);
    let _ = engine.handle(bench.now, report.into());
    let mut stopped = false;
    while let Some(output) = engine.poll_output() {
        if let switchboard::message::Output::Record(record) = output {
            stopped |= record
                .events
                .iter()
                .any(|event| matches!(event, Event::Recording(RecordingEvent::Stopping { .. })));
        }
    }
    assert!(stopped);
}

#[test]
fn a_rule_that_makes_no_sense_is_a_fault() {
    let mut center = center(None);
    center.queues.get_mut(&key("q")).unwrap().recording = Some(always().max(Duration::ZERO));
    center.brands.get_mut(&key("acme")).unwrap().recording =
        Some(always().retention(Duration::ZERO));
    let faults = validate(&center).unwrap_err();
    let paths: Vec<&str> = faults.iter().map(|fault| fault.path.as_str()).collect();
    assert_eq!(paths, ["brands.acme.recording.retention", "queues.q.recording.max"]);
}

#[test]
fn somebody_who_is_only_asked_has_no_say() {
    let mut bench = bench(always());
    connect(&mut bench);
    let engagement = bench.engagement();
    let guest = comes_in(&mut bench, CommandBody::Consult { engagement, to: outside() });
    says(&mut bench, guest, false);
    assert!(matches!(events(&bench).last(), Some(RecordingEvent::Started { .. })));
    bench.does(CommandBody::Conference { engagement });
    assert!(matches!(events(&bench).last(), Some(RecordingEvent::Stopping { .. })));
}

fn outside() -> Destination {
    Destination::External(Personal::Clear("+49 30 1".into()))
}

/// Somebody from outside is asked to, and answers.
fn comes_in(bench: &mut Bench, asked: CommandBody) -> ParticipantId {
    bench.does(asked);
    bench.accept_all();
    bench.joins("pbx");
    let joined = |event: &Event| match event {
        Event::Interaction(InteractionEvent::ParticipantJoined { participant, role, .. }) => {
            (*role == ParticipantRole::External).then_some(*participant)
        }
        _ => None,
    };
    bench.events().find_map(joined).expect("somebody from outside")
}

#[test]
fn somebody_from_outside_may_refuse_too() {
    let mut bench = bench(always());
    connect(&mut bench);
    let interaction = bench.interaction();
    let guest = comes_in(&mut bench, CommandBody::AddParticipant { interaction, to: outside() });
    says(&mut bench, guest, false);
    assert!(matches!(events(&bench).last(), Some(RecordingEvent::Stopping { .. })));
    let start = CommandBody::StartRecording { interaction };
    assert_eq!(refusal(bench.command(start)).field, "interaction");
    bench.does(CommandBody::RemoveParticipant { participant: guest });
    bench.accept_all();
    done(&mut bench, 5);
    assert_eq!(count(&bench), 2, "who has left has no say in what follows");
}
