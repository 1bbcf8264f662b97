//! Calls that agents make by hand: preview, the agent's phone, the customer, and what comes to nothing.

use crate::support::{Bench, key};
use switchboard::id::{ConversationId, EngagementId, LegId};
use switchboard::kpi::{ContactRecords, Kpis, SegmentKind};
use switchboard::message::{
    Activity, AgentEvent, CommandBody, DialEnd, DialEvent, Direction, EffectKind, EndKind,
    EngagementEnd, Event, HostError, HostEvent, Identity, LegRef, Origin, Outcome, Personal, Phase,
    Receipt, RejectionReason,
};
use switchboard::model::{
    Agent, Brand, Center, Channel, ChannelCapacity, EntryPoint, Host, Queue, WrapUpMode,
};
use switchboard::time::Duration;

fn center() -> Center {
    let wraps = || Queue::new().wrap_up(WrapUpMode::Optional, Duration::from_mins(5));
    Center::builder()
        .host("pbx", Host::new("PBX"))
        .brand("north", Brand::new("North").caller_id("+49 30 555"))
        .brand("south", Brand::new("South"))
        .channel(Channel::Voice, ChannelCapacity::new(100, 1).interrupts(Channel::Email))
        .queue("sales", wraps().brand("north"))
        .queue("other", wraps().brand("south"))
        .entry_point("main", EntryPoint::voice("100").to_queue("sales").brand("north"))
        .agent("ana", Agent::new("Ana").phone("pbx", "1"))
        .agent("ben", Agent::new("Ben"))
        .emergency_number("112")
        .build()
        .unwrap()
}

/// What a host is asked to call, and as whom.
type Called = (String, Option<String>);

trait Outbound {
    fn dials(&mut self, agent: &str, to: &str, preview: bool) -> Receipt;
    fn calls(&self) -> Vec<Called>;
    fn ends(&self) -> Vec<DialEnd>;
}

impl Outbound for Bench {
    fn dials(&mut self, agent: &str, to: &str, preview: bool) -> Receipt {
        let receipt = self.command(dial(agent, to, preview));
        self.accept_all();
        receipt
    }

    fn calls(&self) -> Vec<Called> {
        self.effects
            .iter()
            .filter_map(|effect| match &effect.kind {
                EffectKind::Originate { to: Personal::Clear(to), from, .. } => {
                    Some((to.clone(), from.clone()))
                }
                _ => None,
            })
            .collect()
    }

    fn ends(&self) -> Vec<DialEnd> {
        self.events()
            .filter_map(|event| match event {
                Event::Dial(DialEvent::Ended { end, .. }) => Some(*end),
                _ => None,
            })
            .collect()
    }
}

fn dial(agent: &str, to: &str, preview: bool) -> CommandBody {
    CommandBody::Dial {
        agent: key(agent),
        queue: key("sales"),
        to: Personal::Clear(to.to_owned()),
        preview,
        location: None,
        host: Some(key("pbx")),
        conversation: None,
    }
}

fn bench() -> Bench {
    let mut bench = Bench::new(center());
    bench.sign_in("ana");
    bench.sign_in("ben");
    bench
}

/// Ana's phone has been answered, and the customer's rings.
fn ringing() -> (Bench, EngagementId, LegId) {
    let mut bench = bench();
    let receipt = bench.dials("ana", "+49 40 1", false);
    assert!(matches!(receipt, Receipt::Recorded(_)), "{receipt:?}");
    let (part, phone) = (bench.engagement(), bench.ringing_leg());
    bench.leg_answers("pbx", phone);
    let customer = bench.interaction_opened().leg;
    (bench, part, customer)
}

fn talking() -> (Bench, EngagementId, LegId) {
    let (mut bench, part, customer) = ringing();
    bench.leg_answers("pbx", customer);
    bench.done("pbx", |kind| matches!(kind, EffectKind::Bridge { .. }));
    bench.accept_all();
    (bench, part, customer)
}

fn refused(receipt: &Receipt) -> Option<&RejectionReason> {
    match receipt {
        Receipt::Rejected { rejection, .. } => Some(&rejection.reason),
        _ => None,
    }
}

#[test]
fn the_agents_phone_rings_first_then_the_customers() {
    let mut bench = bench();
    let _ = bench.dials("ana", "+49 40 1", false);
    assert_eq!(bench.calls(), [("1".into(), None)]);
    assert_eq!(bench.activity(), Activity::ManualOutbound);
    let (part, phone) = (bench.engagement(), bench.ringing_leg());
    assert_eq!(bench.phase(part), Some(Phase::Connecting));
    bench.leg_answers("pbx", phone);
    let shown = Some("+49 30 555".to_owned());
    assert_eq!(bench.calls().last(), Some(&("+49 40 1".into(), shown)), "as the queue's brand");
    assert_eq!(bench.phase(part), Some(Phase::Dialing));
    assert_eq!(bench.activity(), Activity::ManualOutbound);
}

#[test]
fn customer_and_agent_are_joined_when_the_customer_answers() {
    let (mut bench, part, customer) = ringing();
    bench.leg_answers("pbx", customer);
    assert_eq!(bench.phase(part), Some(Phase::Dialing), "not before they are joined");
    bench.done("pbx", |kind| matches!(kind, EffectKind::Bridge { .. }));
    assert_eq!(bench.phase(part), Some(Phase::Active));
    assert_eq!(bench.ends(), [DialEnd::Connected]);
    assert_eq!(bench.activity(), Activity::Talking);
}

#[test]
fn it_is_an_outbound_interaction_of_the_queues_brand_and_no_request() {
    let (bench, part, _) = talking();
    let opened = bench.interaction_opened();
    assert_eq!((opened.direction, opened.origin), (Direction::Outbound, Origin::Manual));
    assert_eq!(opened.brand, Some(switchboard::id::BrandId(0)), "the first one");
    assert!(bench.requests().is_empty() && bench.outcomes().is_empty());
    assert!(bench.phase(part).is_some());
}

#[test]
fn after_the_call_the_agent_wraps_up() {
    let (mut bench, part, customer) = talking();
    let _ = bench.leg_ends("pbx", LegRef::Ours(customer), EndKind::Normal);
    assert_eq!(bench.phase(part), Some(Phase::WrapUp));
    bench.accept_all();
    bench.does(CommandBody::FinishWrapUp { engagement: part, disposition: None });
    let mut contacts = ContactRecords::new();
    bench.records.iter().for_each(|record| contacts.apply(record));
    let closed = contacts.take_closed();
    assert_eq!(closed[0].direction, Direction::Outbound);
    let kinds: Vec<_> = closed[0].segments.iter().map(|segment| &segment.kind).collect();
    assert!(
        matches!(
            kinds[..],
            [
                SegmentKind::Connect { connected: false, .. },
                SegmentKind::Connect { connected: true, .. },
                SegmentKind::Talk { .. },
                SegmentKind::WrapUp { .. }
            ]
        ),
        "{kinds:?}"
    );
}

#[test]
fn a_customer_who_is_not_reached_leaves_the_agent_with_the_wrap_up() {
    for (kind, cause) in [(EndKind::Busy, EndKind::Busy), (EndKind::NoAnswer, EndKind::NoAnswer)] {
        let (mut bench, part, customer) = ringing();
        let _ = bench.leg_ends("pbx", LegRef::Ours(customer), kind);
        assert_eq!(bench.ends(), [DialEnd::NotReached(cause.into())]);
        assert_eq!(bench.phase(part), Some(Phase::WrapUp), "which says how it went");
    }
}

#[test]
fn an_agent_who_does_not_pick_up_calls_nobody() {
    let mut bench = bench();
    let _ = bench.dials("ana", "+49 40 1", false);
    let (part, phone) = (bench.engagement(), bench.ringing_leg());
    let _ = bench.leg_ends("pbx", LegRef::Ours(phone), EndKind::NoAnswer);
    assert_eq!(bench.part_end(part), Some(EngagementEnd::NotConnected), "nothing to wrap up");
    assert_eq!(bench.calls().len(), 1);
    assert_eq!(bench.ends(), [DialEnd::GivenUp]);
    assert_eq!(bench.activity(), Activity::Idle, "no strike for it");
}

#[test]
fn a_call_that_is_never_heard_of_ends() {
    let mut bench = bench();
    let _ = bench.dials("ana", "+49 40 1", false);
    let part = bench.engagement();
    bench.wait(Duration::from_mins(2));
    assert_eq!(bench.part_end(part), Some(EngagementEnd::NotConnected), "the agent's phone");
    let (mut bench, part, _) = ringing();
    bench.wait(Duration::from_mins(2));
    assert_eq!(bench.phase(part), Some(Phase::WrapUp), "the customer's");
    assert_eq!(bench.ends(), [DialEnd::NotReached(EndKind::Failed.into())]);
}

#[test]
fn whom_the_host_cannot_join_is_let_go() {
    let (mut bench, part, customer) = ringing();
    bench.leg_answers("pbx", customer);
    let bridge = |kind: &EffectKind| matches!(kind, EffectKind::Bridge { .. });
    let op = bench.op(bridge);
    let _ = bench.report("pbx", HostEvent::OpFailed { op, error: HostError::Rejected });
    assert_eq!(bench.ends(), [DialEnd::NotJoined]);
    assert_eq!(bench.phase(part), Some(Phase::WrapUp));
    let hung_up =
        |kind: &EffectKind| matches!(kind, EffectKind::Hangup { leg, .. } if leg.leg == customer);
    assert_eq!(bench.handed_out(hung_up), 1);
}

#[test]
fn the_agent_may_give_it_up_at_any_point() {
    let mut bench = bench();
    let _ = bench.dials("ana", "+49 40 1", true);
    let engagement = bench.engagement();
    bench.does(CommandBody::HangUp { engagement });
    assert_eq!(bench.part_end(engagement), Some(EngagementEnd::NotConnected), "in preview");
    let (mut bench, engagement, customer) = ringing();
    bench.does(CommandBody::HangUp { engagement });
    assert_eq!(bench.phase(engagement), Some(Phase::WrapUp), "while it rings");
    let hung_up =
        |kind: &EffectKind| matches!(kind, EffectKind::Hangup { leg, .. } if leg.leg == customer);
    assert_eq!(bench.handed_out(hung_up), 1);
    assert_eq!(bench.ends(), [DialEnd::GivenUp]);
}

#[test]
fn in_preview_nobody_is_called_until_the_agent_says_so() {
    let mut bench = bench();
    let _ = bench.dials("ana", "+49 40 1", true);
    let engagement = bench.engagement();
    assert_eq!(bench.phase(engagement), Some(Phase::Previewing));
    assert!(bench.calls().is_empty());
    assert_eq!(bench.activity(), Activity::ManualOutbound);
    bench.does(CommandBody::PlaceCall { engagement });
    assert_eq!(bench.calls().len(), 1);
    let again = bench.command(CommandBody::PlaceCall { engagement });
    assert_eq!(refused(&again), Some(&RejectionReason::WrongState("connecting".into())));
    bench.wait(Duration::from_secs(10));
    assert_eq!(bench.part_end(engagement), None);
}

#[test]
fn a_preview_has_an_end() {
    let mut bench = bench();
    let _ = bench.dials("ana", "+49 40 1", true);
    let engagement = bench.engagement();
    bench.wait(Duration::from_mins(5));
    assert_eq!(bench.part_end(engagement), Some(EngagementEnd::NotConnected));
    assert_eq!(bench.activity(), Activity::Idle);
}

#[test]
fn whoever_has_no_phone_is_with_the_customer_when_the_customer_answers() {
    let mut bench = bench();
    let _ = bench.dials("ben", "+49 40 1", false);
    let part = bench.engagement();
    assert_eq!(bench.calls().len(), 1);
    let customer = bench.interaction_opened().leg;
    bench.leg_answers("pbx", customer);
    assert_eq!(bench.phase(part), Some(Phase::Active));
    assert_eq!(bench.ends(), [DialEnd::Connected]);
}

#[test]
fn a_call_by_hand_takes_capacity_and_interrupts_like_any_other() {
    let (mut bench, ..) = talking();
    let _ = bench.call("pbx", "call-1", "100");
    let offered = bench.offered().len();
    let again = bench.dials("ana", "+49 40 2", false);
    assert_eq!(refused(&again), Some(&RejectionReason::NoCapacity));
    assert_eq!(offered, 1, "to Ben");
    let mut bench = self::bench();
    let (agent, channel) = (key("ana"), Channel::Email);
    bench.does(CommandBody::BeginOtherWork { agent, channel, reason: None });
    let work = bench.engagement();
    let _ = bench.dials("ana", "+49 40 1", false);
    assert_eq!(bench.phase(work), Some(Phase::Suspended));
}

#[test]
fn nothing_stands_in_the_way_of_a_call_for_help() {
    let (mut bench, ..) = talking();
    let mut call = dial("ana", "112", true);
    if let CommandBody::Dial { location, .. } = &mut call {
        *location = Some(Personal::Clear("desk 7".into()));
    }
    let receipt = bench.command(call);
    assert!(matches!(receipt, Receipt::Recorded(_)), "{receipt:?}");
    let (part, phone) = (bench.engagement(), bench.ringing_leg());
    assert_eq!(bench.phase(part), Some(Phase::Connecting), "no time is lost with a preview");
    bench.accept_all();
    bench.leg_answers("pbx", phone);
    let told = |kind: &EffectKind| {
        matches!(kind, EffectKind::Originate { to: Personal::Clear(to), location: Some(_), .. }
            if to == "112")
    };
    assert_eq!(bench.handed_out(told), 1);
    let customer = bench.interaction_opened().leg;
    bench.leg_answers("pbx", customer);
    bench.done("pbx", |kind| matches!(kind, EffectKind::Bridge { .. }));
    assert_eq!(bench.phase(part), Some(Phase::Active));
    let _ = bench.leg_ends("pbx", LegRef::Ours(customer), EndKind::Normal);
    assert_eq!(bench.part_end(part), Some(EngagementEnd::NoWrapUp), "beside the other call");
}

#[test]
fn nobody_interrupts_a_call_for_help() {
    let mut bench = bench();
    let _ = bench.dials("ana", "112", false);
    let part = bench.engagement();
    let waits = |event: &Event| {
        matches!(event, Event::Agent(AgentEvent::PresencePending { pending: Some(_), .. }))
    };
    assert!(bench.events().any(waits), "not ready as soon as it is over");
    bench.does(CommandBody::HangUp { engagement: part });
    assert_eq!(bench.activity(), Activity::NotReady(None));
}

#[test]
fn a_follow_up_goes_on_with_the_conversation() {
    let (mut bench, part, customer) = talking();
    let first: ConversationId = bench.interaction_opened().conversation;
    let _ = bench.leg_ends("pbx", LegRef::Ours(customer), EndKind::Normal);
    bench.accept_all();
    bench.does(CommandBody::FinishWrapUp { engagement: part, disposition: None });
    let follow_up = |queue: &str| CommandBody::Dial {
        agent: key("ana"),
        queue: key(queue),
        to: Personal::Clear("+49 40 1".into()),
        preview: false,
        location: None,
        host: None,
        conversation: Some(first),
    };
    let other = bench.command(follow_up("other"));
    assert!(matches!(refused(&other), Some(RejectionReason::Invalid(_))), "{other:?}");
    bench.does(follow_up("sales"));
    let opened = bench.interaction_opened();
    assert_eq!((opened.conversation, opened.origin), (first, Origin::FollowUp));
}

#[test]
fn whoever_is_called_again_has_to_say_again_who_it_is() {
    let (mut bench, part, customer) = talking();
    let first = bench.interaction_opened();
    let identity = Identity { level: 2, method: Some(key("pin")), ..Identity::default() };
    bench.does(CommandBody::SetIdentity { interaction: first.id, identity });
    let _ = bench.leg_ends("pbx", LegRef::Ours(customer), EndKind::Normal);
    bench.accept_all();
    bench.does(CommandBody::FinishWrapUp { engagement: part, disposition: None });
    let CommandBody::Dial { agent, queue, to, preview, location, host, .. } =
        dial("ana", "+49 40 1", false)
    else {
        unreachable!()
    };
    let conversation = Some(first.conversation);
    bench.does(CommandBody::Dial { agent, queue, to, preview, location, host, conversation });
    let second = bench.interaction_opened();
    assert_eq!(second.conversation, first.conversation);
    let level = |id| bench.engine.customer(id, bench.now).unwrap().identity.level;
    assert_eq!((level(first.id), level(second.id)), (2, 0));
}

#[test]
fn a_call_that_cannot_be_made_is_refused_by_name() {
    let mut bench = bench();
    let empty = bench.dials("ana", " ", false);
    assert!(matches!(refused(&empty), Some(RejectionReason::Invalid(_))), "{empty:?}");
    let nowhere = bench.command(CommandBody::Dial {
        agent: key("ben"),
        queue: key("sales"),
        to: Personal::Clear("1".into()),
        preview: false,
        location: None,
        host: None,
        conversation: None,
    });
    assert!(matches!(&nowhere, Receipt::Rejected { rejection, .. } if rejection.field == "host"));
    bench.does(CommandBody::SignOut { agent: key("ana"), force: false });
    let gone = bench.dials("ana", "+49 40 1", false);
    assert_eq!(refused(&gone), Some(&RejectionReason::WrongState("signed out".into())));
}

#[test]
fn a_host_that_is_away_calls_nobody() {
    let mut bench = bench();
    let _ = bench.dials("ben", "+49 40 1", true);
    let engagement = bench.engagement();
    let _ = bench.report("pbx", HostEvent::HostLost { reason: Personal::Clear("away".into()) });
    let away = Some(RejectionReason::WrongState("at a host that is away".into()));
    let placed = bench.command(CommandBody::PlaceCall { engagement });
    assert_eq!(refused(&placed), away.as_ref());
    bench.does(CommandBody::HangUp { engagement });
    let dialed = bench.dials("ben", "+49 40 1", false);
    assert_eq!(refused(&dialed), away.as_ref());
}

#[test]
fn who_was_called_can_be_handed_on() {
    let (mut bench, engagement, _) = talking();
    let to = switchboard::message::Destination::Queue(key("sales"));
    bench.does(CommandBody::Transfer { engagement, to, boost: None, fallback: None });
    assert_eq!(bench.offered().len(), 1, "to Ben");
    bench.does(CommandBody::AcceptOffer { offer: bench.offer() });
    assert!(matches!(bench.outcomes()[..], [Outcome::Answered { .. }]));
}

#[test]
fn the_limits_hold_for_calls_by_hand() {
    let mut limited = center();
    limited.limits.engagements_per_agent = 1;
    let mut bench = Bench::new(limited);
    bench.sign_in("ana");
    let (agent, channel) = (key("ana"), Channel::Email);
    bench.does(CommandBody::BeginOtherWork { agent, channel, reason: None });
    let full = bench.dials("ana", "+49 40 1", false);
    assert_eq!(
        refused(&full),
        Some(&RejectionReason::LimitReached("engagements_per_agent".into()))
    );
    let mut limited = center();
    limited.limits.interactions = 1;
    let mut bench = Bench::new(limited);
    bench.sign_in("ana");
    let _ = bench.call("pbx", "call-1", "100");
    let full = bench.dials("ana", "+49 40 1", false);
    assert_eq!(refused(&full), Some(&RejectionReason::LimitReached("interactions".into())));
}

#[test]
fn an_agent_who_cannot_be_reached_calls_nobody() {
    let mut bench = bench();
    bench.does(CommandBody::SetMedia { agent: key("ana"), connected: false });
    let mute = bench.dials("ana", "+49 40 1", false);
    assert_eq!(refused(&mute), Some(&RejectionReason::WrongState("not to be reached".into())));
}

#[test]
fn more_people_come_in_where_the_two_meet() {
    let (mut bench, ..) = talking();
    let interaction = bench.interaction();
    let met = bench.events().find_map(|event| match event {
        Event::Dial(DialEvent::Joining { bridge, .. }) => Some(*bridge),
        _ => None,
    });
    let to = switchboard::message::Destination::External(Personal::Clear("+49 1".into()));
    bench.does(CommandBody::AddParticipant { interaction, to });
    let guest = bench.ringing_leg();
    bench.accept_all();
    bench.leg_answers("pbx", guest);
    let bridges = bench.effects.iter().rev().find_map(|effect| match &effect.kind {
        EffectKind::Bridge { bridge, .. } => Some(*bridge),
        _ => None,
    });
    assert!(met.is_some() && bridges == met, "{bridges:?} {met:?}");
}

#[test]
fn calls_by_hand_are_counted_beside_the_requests() {
    let (mut bench, part, customer) = ringing();
    bench.seconds(6);
    bench.leg_answers("pbx", customer);
    bench.done("pbx", |kind| matches!(kind, EffectKind::Bridge { .. }));
    bench.seconds(60);
    let _ = bench.leg_ends("pbx", LegRef::Ours(customer), EndKind::Normal);
    bench.accept_all();
    bench.seconds(14);
    bench.does(CommandBody::FinishWrapUp { engagement: part, disposition: None });
    let _ = bench.dials("ana", "+49 40 2", false);
    let (part, phone) = (bench.engagement(), bench.ringing_leg());
    bench.leg_answers("pbx", phone);
    let customer = bench.interaction_opened().leg;
    let _ = bench.leg_ends("pbx", LegRef::Ours(customer), EndKind::Busy);
    bench.does(CommandBody::FinishWrapUp { engagement: part, disposition: None });
    let mut kpis = Kpis::default();
    bench.records.iter().for_each(|record| kpis.apply(record));
    let report = kpis.report(bench.now);
    let sales = report.queues["sales"];
    assert_eq!((sales.calls_made, sales.calls_connected), (2, 1));
    assert_eq!(report.channels["voice"], sales, "they are calls, so their channel is voice");
    assert_eq!(sales.outbound_aht_s, Some(80.0), "6 s of ringing, 60 of talk, 14 of wrap-up");
    assert_eq!((sales.offered, sales.handled, sales.aht_s), (0, 0, None));
    let cube = kpis.cube(bench.now);
    let rate = cube.requests().next().unwrap().1.outbound.connect_rate();
    assert_eq!(rate.value(), Some(0.5));
}
