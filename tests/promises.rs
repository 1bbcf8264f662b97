//! The promises of the design, under hostile input: any command in any order, stale and foreign ids,
//! duplicates, hosts that go away, clocks that step.

mod promises_support;
mod support;

use proptest::prelude::*;
use switchboard::id::{CommandId, ExternalRef, InteractionId, Key};
use switchboard::message::{
    Actor, AnsweredBy, Arrival, Authority, CallbackEvent, CollectEnd, Command, CommandBody,
    CustomerRef, CustomerToken, DeliveryState, Destination, Direction, EffectClass, EffectKind,
    EndCause, EndKind, EngagementEvent, Event, HeldBy, HostError, HostEvent, HostReport, Identity,
    IncidentAction, IncidentScope, Input, InteractionEvent, LeftIn, LeftMessage, LegRef, LiveLeg,
    MessageEvent, MonitorMode, MonitorTarget, OfferEvent, Origin, Output, Personal, Receipt,
    RecordingEvent, RequestEvent, RoutabilityScope, Switch, TransferResult, VoicemailEvent,
};
use switchboard::model::{
    AcrossQueues, Agent, AgentGroups, AgentOrder, AlreadyWaiting, Announcement, AtClose, BackOff,
    CallbackOffer, Callbacks, CalledFirst, Center, CenterBuilder, Change, Channel, ChannelCapacity,
    CostGrowth, Draft, Duty, EntryPoint, Flowout, GroupBy, Guard, Host, Hours, Misses, NoAgents,
    OrderPolicy, OthersRing, Overflow, Policies, Preferred, PreferredWhile, Queue, Reason,
    Recording, RecordingMode, RelaxationStep, Requirement, Reserve, Ringing, Rota, Shares, Silence,
    Skill, Team, Told, Voicemail, Weekday, WrapUpMode,
};
use switchboard::sim::check::{Checker, Depth, all_is_free};
use switchboard::time::{Duration, Timestamp};
use switchboard::{Engine, Opening};

use promises_support::{agents_do_one_thing_at_a_time, they_add_up};
use support::{START, key};

const AGENTS: [&str; 4] = ["ana", "ben", "cleo", "dan"];
const ENTRIES: [&str; 8] = ["100", "200", "300", "999", "widget", "400", "500", "600"];
const QUEUES: [&str; 4] = ["billing", "sales", "spill", "relaxed"];
const POLICIES: [AlreadyWaiting; 3] =
    [AlreadyWaiting::KeepBoth, AlreadyWaiting::Join, AlreadyWaiting::Replace];

fn center(already_waiting: AlreadyWaiting) -> Center {
    let mut center = by_night(mailboxes(relaxed(staff(Center::builder().emergency_number("112")))))
        .skill("billing", Skill::new("Billing"))
        .skill("sales", Skill::new("Sales"))
        .reason("lunch", Reason::new("Lunch"))
        .reason("no_answer", Reason::new("No answer"))
        .reason("device_failure", Reason::new("Device failure"))
        .disposition("done", switchboard::model::Disposition::new("Done"))
        .host("pbx", Host::new("PBX"))
        .team("blue", Team::new("Blue"))
        .team("red", Team::new("Red"))
        .channel(
            Channel::Voice,
            ChannelCapacity::new(60, 1).interrupts(Channel::Task).interrupts(Channel::Chat),
        )
        .channel(Channel::Chat, ChannelCapacity::new(40, 2).wrap_up_cost(20))
        .channel(Channel::Task, ChannelCapacity::new(40, 2))
        .queue(
            "billing",
            Queue::new()
                .requires("billing", 2)
                .wrap_up(WrapUpMode::Optional, Duration::from_secs(20))
                .max_depth(3)
                .overflow_to("spill")
                .recording(Recording::new(RecordingMode::Always).without_consent()),
        )
        .queue(
            "sales",
            Queue::new()
                .requires("sales", 1)
                .team("red")
                .team("blue")
                .wrap_up(WrapUpMode::Forced, Duration::from_secs(15))
                .max_wait(Duration::from_secs(40))
                .urgent()
                .voicemail(
                    Voicemail::claimed()
                        .unheard_after(Duration::from_secs(15))
                        .escalate_to(key("spill")),
                )
                .on_call("rota")
                .at_close(AtClose::Disconnect),
        )
        .queue("spill", spill())
        .entry_point("a", EntryPoint::voice("100").to_queue("billing"))
        .entry_point("b", EntryPoint::voice("200").to_queue("sales").max_concurrent(2))
        .entry_point("c", EntryPoint::voice("300").to_queue("spill"))
        .entry_point("d", EntryPoint::on(Channel::Chat, "widget").to_queue("billing"))
        .channel(Channel::Email, ChannelCapacity::new(30, 3))
        .entry_point("mail", EntryPoint::on(Channel::Email, "mailbox").to_queue("spill"))
        .entry_point("sms", EntryPoint::on(Channel::Sms, "mailbox").to_queue("sales"))
        .entry_point("tasks", EntryPoint::on(Channel::Task, "tasks").to_queue("billing"))
        .policies(|p| rules(p, already_waiting))
        .limits(|l| l.clock_jump = Duration::from_secs(120))
        .build()
        .unwrap();
    ring(&mut center, already_waiting);
    center
}

/// In some lives queues ring several agents at once.
fn ring(center: &mut Center, already_waiting: AlreadyWaiting) {
    let until = match already_waiting {
        AlreadyWaiting::KeepBoth => return,
        AlreadyWaiting::Join => OthersRing::UntilAccepted,
        _ => OthersRing::UntilConnected,
    };
    let progressive = Ringing::Progressive { first: 1, add: 1, every: Duration::from_secs(4) };
    let rules = [
        ("billing", Ringing::AtOnce(2)),
        ("sales", progressive),
        ("spill", Ringing::All),
        ("relaxed", progressive),
        ("named", Ringing::All),
    ];
    for (name, rule) in rules {
        let queue = center.queues.get_mut(&key(name)).unwrap();
        (queue.ringing, queue.others_ring) = (rule, until);
    }
}

fn rules(p: &mut Policies, already_waiting: AlreadyWaiting) {
    p.closed_retention = Duration::from_secs(20);
    p.conversation_retention = Duration::from_secs(60);
    p.silence.insert(Channel::Email, silence());
    p.owner_hold = Duration::from_secs(20);
    p.already_waiting = already_waiting;
    spare(p, already_waiting);
    p.repeat_boost = Duration::from_secs(10);
    p.repeat_window = Duration::from_secs(30);
}

/// In some lives whoever misses an offer is spared for a while, and signed out at last.
fn spare(policies: &mut Policies, already_waiting: AlreadyWaiting) {
    let secs = Duration::from_secs;
    let back_off = BackOff { base: secs(7), factor: 2, cap: secs(20) };
    let misses = Misses::new().back_off(back_off).forget_after(secs(45));
    match already_waiting {
        AlreadyWaiting::KeepBoth => {}
        AlreadyWaiting::Join => policies.no_answer = misses.sign_out_after(2),
        _ => {
            policies.device_failure = misses.clone().not_ready_after(2);
            policies.no_answer = misses;
        }
    }
}

/// Callers need not stay on the line; in some lives they are called before an agent is asked.
fn calls_back(center: &mut Center, how: u8) {
    let secs = Duration::from_secs;
    let offer = CallbackOffer::once(secs(4), "ask", "confirm").every(secs(9)).or_enter("enter");
    for (place, queue) in (0..).zip(center.queues.values_mut()) {
        let mut callbacks = Callbacks::default();
        callbacks.offer = Some(offer.clone()).filter(|_| (how ^ place).is_multiple_of(2));
        (callbacks.attempts, callbacks.retry_after) = (2, secs(11));
        callbacks.keep_for = Some(secs(120));
        callbacks.count_as_waiting = how.is_multiple_of(2);
        if how.is_multiple_of(3) {
            callbacks.first = CalledFirst::Customer(secs(i64::from(how % 50)));
        }
        queue.callbacks = callbacks;
        if how.is_multiple_of(5) && queue.at_close == AtClose::Disconnect {
            queue.at_close = AtClose::CallBack;
        }
        if how.is_multiple_of(7) && queue.overflow.is_none() {
            queue.overflow = Some(Overflow::new(Flowout::CallBack));
        }
    }
}

/// The queue that takes what others do not.
fn spill() -> Draft<Queue> {
    Queue::new()
        .resume_within(Duration::from_secs(30))
        .announcement(
            Announcement::once("patience", Duration::from_secs(3))
                .every(Duration::from_secs(5))
                .telling(Told::Position)
                .telling(Told::Estimate),
        )
        .max_wait(Duration::from_secs(90))
        .voicemail(Voicemail::queued().unheard_after(Duration::from_secs(25)))
        .recording(Recording::new(RecordingMode::OnRequest))
        .no_agents(NoAgents::NoneSignedIn, Duration::from_secs(10))
}

/// The center with other rules for who goes first and who gets what; as it was in two lives of five.
fn routed(mut center: Center, [order, across, agents, shares]: [u8; 4]) -> Center {
    let secs = Duration::from_secs;
    center.order = match order % 6 {
        0 => OrderPolicy::StrictPriority,
        1 => OrderPolicy::Triage,
        2 => OrderPolicy::Priority { worth: secs(10) },
        _ => OrderPolicy::ServiceTarget,
    };
    center.across = match across % 8 {
        0 => AcrossQueues::Urgency,
        1 => AcrossQueues::CostOfWaiting(CostGrowth::Quadratic),
        2 => AcrossQueues::QueueRatio,
        _ => AcrossQueues::Order,
    };
    let orders = [
        AgentOrder::LeastOccupied,
        AgentOrder::FewestHandled,
        AgentOrder::RoundRobin,
        AgentOrder::WeightedRandom,
        AgentOrder::MostSkilled,
        AgentOrder::Fixed(vec![key("dan"), key("ana")]),
    ];
    for (place, queue) in center.queues.values_mut().enumerate() {
        let order = orders.get((usize::from(agents) + place) % 10);
        queue.agent_order = order.cloned().unwrap_or_default();
        queue.priority = u8::try_from(place % 3).unwrap();
    }
    let spill = center.queues.get_mut(&key("spill")).unwrap();
    if shares % 4 == 0 {
        let of = Shares::new(GroupBy::Team).with(key("red"), 2).with(key("blue"), 1);
        spill.groups = AgentGroups::Allocation(of);
    }
    if shares % 4 == 1 {
        spill.reserves = vec![Reserve::new(key("sales"), 1)];
    }
    center.policies.handled_half_life = secs(40);
    calls_back(&mut center, shares);
    switchboard::model::validate(&center).unwrap();
    center
}

/// A queue that asks for more than anybody has at first.
fn relaxed(center: CenterBuilder) -> CenterBuilder {
    let secs = Duration::from_secs;
    let mut queue = Queue::new()
        .requirement("billing >= 3 and sales >= 1")
        .preferred(Preferred::new(secs(4)).last_agent(secs(50)))
        .estimates();
    for step in steps() {
        queue = queue.relax(step.into());
    }
    let entry = EntryPoint::voice("500").to_queue("relaxed");
    center.queue("relaxed", queue).entry_point("relaxed", entry)
}

fn steps() -> Vec<RelaxationStep> {
    let secs = Duration::from_secs;
    let steps = [
        RelaxationStep::once(Guard::PositionOver(1)).or("billing >= 3"),
        RelaxationStep::after(secs(5)).when(Guard::DepthOver(1)).boost(secs(30)),
        RelaxationStep::after(secs(10)).add_queue("sales"),
        RelaxationStep::once(Guard::ExpectedWaitOver(secs(3))).boost(secs(5)),
        RelaxationStep::once(Guard::Nobody(NoAgents::NoneRoutable)).add_queue("spill"),
        RelaxationStep::after(secs(25)).instead("team == \"blue\"").boost(secs(-10)),
    ];
    steps.into_iter().map(|step| step.build().unwrap()).collect()
}

fn mailboxes(center: CenterBuilder) -> CenterBuilder {
    center
        .channel(Channel::Voicemail, ChannelCapacity::new(30, 2))
        .entry_point("claimed", EntryPoint::on(Channel::Voicemail, "8001").to_queue("sales"))
        .queue(
            "named",
            Queue::new()
                .preferred(Preferred::new(Duration::from_secs(8)).only(PreferredWhile::SignedIn))
                .max_estimate(Duration::from_secs(25))
                .max_estimate_left(Duration::from_secs(20))
                .estimates(),
        )
        .entry_point("named", EntryPoint::voice("600").to_queue("named"))
        .entry_point("queued", EntryPoint::on(Channel::Voicemail, "8002").to_queue("spill"))
}

fn staff(center: CenterBuilder) -> CenterBuilder {
    center
        .agent(
            "ana",
            Agent::new("Ana")
                .skill("billing", 3)
                .team("blue")
                .coverage_own_mailbox()
                .phone("pbx", "1"),
        )
        .agent(
            "ben",
            Agent::new("Ben")
                .skill("billing", 2)
                .skill("sales", 1)
                .team("red")
                .coverage_team("blue")
                .phone("pbx", "2"),
        )
        .agent("cleo", Agent::new("Cleo").skill("sales", 5).team("blue").coverage_queue("spill"))
        .agent(
            "dan",
            Agent::new("Dan")
                .skill("billing", 1)
                .team("red")
                .auto_answer()
                .coverage_queue_mailbox("sales"),
        )
}

fn by_night(center: CenterBuilder) -> CenterBuilder {
    center
        .hours("never", Hours::new())
        .hours("first_minute", Hours::new().open(&[Weekday::Monday], "09:00", "09:01"))
        .queue("night", night())
        .rota("rota", rota())
        .entry_point("e", EntryPoint::voice("400").to_queue("night"))
}

fn night() -> Draft<Queue> {
    Queue::new().hours("never").on_call("rota").overflow_to("spill")
}

fn rota() -> Draft<Rota> {
    Rota::new()
        .level([Duty::agent("ana").during("first_minute"), Duty::external("outside")])
        .level([Duty::agent("cleo"), Duty::agent("ben")])
        .ring_timeout(Duration::from_secs(10))
        .accept_key('1', Duration::from_secs(8))
        .rounds(2)
        .last_resort_queue("spill")
}

fn silence() -> Silence {
    let mut silence = Silence::default();
    silence.customer = Some(Duration::from_secs(15));
    silence.ask = "?".into();
    silence.close = Some(Duration::from_secs(10));
    silence.agent = Some(Duration::from_secs(12));
    silence
}

/// What is done; numbers pick among what there is, or was.
#[derive(Clone, Copy, Debug)]
enum Act {
    SignIn(usize, bool),
    SignOut(usize, bool),
    Presence(usize, bool),
    Desktop(usize, bool),
    OtherWork(usize),
    EndOtherWork(usize),
    Call { entry: usize, by_app: bool, token: Option<u64> },
    CallerLeaves(usize, EndKind),
    AgentLegAnswers(usize),
    AgentLegEnds(usize, EndKind),
    Accept(usize),
    Reject(usize),
    OpDone(usize),
    OpFails(usize),
    Refuse(usize),
    Hold(usize),
    Unhold(usize),
    HangUp(usize),
    Finish(usize, bool),
    Disposition(usize),
    Extend(usize),
    Prioritize(usize, i64),
    Withdraw(usize),
    Close(usize),
    Switch(usize, u8, bool),
    HostLost,
    Resync(u64, u32),
    AgentPhoneHold(usize, bool),
    People(People, usize, usize),
    Letters(Letters, usize),
    Media(usize, bool),
    Routable(usize, u8, bool),
    Fact(u8, usize, usize),
    Recording(u8, usize),
    Supervise(u8, usize, usize),
    Dial(u8, usize, usize),
    Recorded(usize, bool),
    Machine(usize),
    Presses(usize, u8),
    OnCall(u8),
    Covered(usize),
    Own(u8, usize),
    Repeat(usize),
    Configure(u8),
    Wait(i64),
    StepBack(i64),
    Restart,
}

/// What is done about more people than one customer and one agent.
#[derive(Clone, Copy, Debug)]
enum People {
    Transfer,
    Consult,
    Complete,
    Cancel,
    Conference,
    Invite,
    Remove,
    Mute(bool),
    Pull,
    Move,
    Assign,
    Exclude(i64),
    Admit,
    GiveBack,
    Sent(TransferResult),
    Refer(bool),
}

fn people() -> impl Strategy<Value = People> {
    let result = prop_oneof![
        2 => Just(TransferResult::Completed), 1 => Just(TransferResult::Busy),
        1 => Just(TransferResult::Failed),
    ];
    prop_oneof![
        4 => Just(People::Transfer), 6 => Just(People::Consult), 3 => Just(People::Complete),
        1 => Just(People::Cancel), 3 => Just(People::Conference), 2 => Just(People::Invite),
        1 => Just(People::Remove), 1 => any::<bool>().prop_map(People::Mute),
        1 => Just(People::Pull), 1 => Just(People::Move), 1 => Just(People::Assign),
        3 => (1..40i64).prop_map(People::Exclude), 2 => Just(People::Admit), 2 => Just(People::GiveBack),
        2 => result.prop_map(People::Sent), 3 => any::<bool>().prop_map(People::Refer),
    ]
}

/// What is done about what is written.
#[derive(Clone, Copy, Debug)]
enum Letters {
    Write,
    Send,
    Park(bool),
    Unpark,
    Reopen,
    Task,
    Delivered,
    Leave,
    Spoken,
    Voicemail(u8, usize),
}

fn letters() -> impl Strategy<Value = Letters> {
    prop_oneof![
        5 => Just(Letters::Write), 2 => Just(Letters::Send), 3 => any::<bool>().prop_map(Letters::Park),
        1 => Just(Letters::Unpark), 1 => Just(Letters::Reopen), 1 => Just(Letters::Task),
        1 => Just(Letters::Delivered), 4 => Just(Letters::Leave),
        2 => Just(Letters::Spoken),
        6 => (0..4u8, 0..4usize).prop_map(|(what, agent)| Letters::Voicemail(what, agent)),
    ]
}

fn about_voicemail(what: u8, agent: Key, interaction: InteractionId) -> CommandBody {
    match what {
        0 => CommandBody::ClaimVoicemail { agent, interaction },
        1 => CommandBody::ReleaseVoicemail { agent, interaction },
        2 => CommandBody::MoveVoicemail { interaction, queue: key("spill") },
        _ => CommandBody::MarkVoicemailHeard { agent, interaction },
    }
}

/// Queues, agents, somebody outside.
fn destination(n: usize) -> Destination {
    match n {
        0..3 => Destination::Queue(key(QUEUES[n])),
        3..7 => Destination::Agent(key(AGENTS[n - 3])),
        7 => Destination::External(Personal::Clear("outside".into())),
        _ => Destination::Queue(key("night")),
    }
}

fn act() -> impl Strategy<Value = Act> {
    let end = prop_oneof![
        4 => Just(EndKind::Normal), 1 => Just(EndKind::Busy), 1 => Just(EndKind::NoAnswer),
        1 => Just(EndKind::Declined), 1 => Just(EndKind::Unreachable), 1 => Just(EndKind::Failed),
    ];
    let n = 0usize..6;
    prop_oneof![
        6 => (0..4usize, any::<bool>()).prop_map(|(a, r)| Act::SignIn(a, r)),
        2 => (0..4usize, any::<bool>()).prop_map(|(a, f)| Act::SignOut(a, f)),
        4 => (0..4usize, any::<bool>()).prop_map(|(a, r)| Act::Presence(a, r)),
        2 => (0..4usize, any::<bool>()).prop_map(|(a, c)| Act::Desktop(a, c)),
        1 => (0..4usize).prop_map(Act::OtherWork),
        1 => n.clone().prop_map(Act::EndOtherWork),
        16 => (0..8usize, any::<bool>(), proptest::option::of(0..3u64))
            .prop_map(|(entry, by_app, token)| Act::Call { entry, by_app, token }),
        5 => (n.clone(), end.clone()).prop_map(|(c, e)| Act::CallerLeaves(c, e)),
        8 => n.clone().prop_map(Act::AgentLegAnswers),
        3 => (n.clone(), end).prop_map(|(c, e)| Act::AgentLegEnds(c, e)),
        6 => n.clone().prop_map(Act::Accept),
        2 => n.clone().prop_map(Act::Reject),
        12 => n.clone().prop_map(Act::OpDone),
        2 => n.clone().prop_map(Act::OpFails),
        1 => n.clone().prop_map(Act::Refuse),
        2 => n.clone().prop_map(Act::Hold),
        2 => n.clone().prop_map(Act::Unhold),
        4 => n.clone().prop_map(Act::HangUp),
        4 => (n.clone(), any::<bool>()).prop_map(|(e, d)| Act::Finish(e, d)),
        1 => n.clone().prop_map(Act::Disposition),
        1 => n.clone().prop_map(Act::Extend),
        1 => (n.clone(), -50..50i64).prop_map(|(r, b)| Act::Prioritize(r, b)),
        1 => n.clone().prop_map(Act::Withdraw),
        1 => n.clone().prop_map(Act::Close),
        2 => (0..4usize, 0..3u8, any::<bool>()).prop_map(|(q, s, u)| Act::Switch(q, s, u)),
        1 => Just(Act::HostLost),
        2 => (0..4u64, any::<u32>()).prop_map(|(g, mask)| Act::Resync(g, mask)),
        1 => (n.clone(), any::<bool>()).prop_map(|(l, h)| Act::AgentPhoneHold(l, h)),
        12 => (people(), 0..4usize, 0..9usize).prop_map(|(p, n, to)| Act::People(p, n, to)),
        8 => (letters(), 0..4usize).prop_map(|(l, n)| Act::Letters(l, n)),
        2 => (0..4usize, any::<bool>()).prop_map(|(a, c)| Act::Media(a, c)),
        2 => (0..4usize, 0..5u8, any::<bool>()).prop_map(|(a, on, r)| Act::Routable(a, on, r)),
        4 => (0..8u8, n.clone(), n.clone()).prop_map(|(f, a, b)| Act::Fact(f, a, b)),
        3 => (0..5u8, n.clone()).prop_map(|(what, r)| Act::Recording(what, r)),
        2 => (n.clone(), any::<bool>()).prop_map(|(o, d)| Act::Recorded(o, d)),
        8 => (0..10u8, 0..4usize, 0..4usize).prop_map(|(what, s, n)| Act::Supervise(what, s, n)),
        12 => (0..21u8, 0..4usize, n.clone()).prop_map(|(what, a, n)| Act::Dial(what, a, n)),
        1 => n.clone().prop_map(Act::Machine),
        5 => (0..2usize, 0..6u8).prop_map(|(o, how)| Act::Presses(o, how)),
        6 => (0..10u8).prop_map(Act::OnCall),
        5 => (0..4usize).prop_map(Act::Covered),
        4 => (0..5u8, 0..2usize).prop_map(|(what, n)| Act::Own(what, n)),
        1 => n.prop_map(Act::Repeat),
        3 => (0..15u8).prop_map(Act::Configure),
        10 => (0..30_000i64).prop_map(Act::Wait),
        1 => (0..5_000i64).prop_map(Act::StepBack),
        1 => Just(Act::Restart),
    ]
}

/// The world around the engine.
struct World {
    engine: Engine,
    checker: Checker,
    records: Vec<switchboard::message::Record>,
    /// The host's clock.
    now: Timestamp,
    calls: Vec<(&'static str, ExternalRef)>,
    offers: Vec<switchboard::id::OfferId>,
    engagements: Vec<switchboard::id::EngagementId>,
    interactions: Vec<switchboard::id::InteractionId>,
    threads: Vec<switchboard::id::InteractionId>,
    requests: Vec<switchboard::id::RequestId>,
    /// Requests of promised calls.
    promised: Vec<switchboard::id::RequestId>,
    participants: Vec<switchboard::id::ParticipantId>,
    messages: Vec<switchboard::id::MessageId>,
    conversations: Vec<switchboard::id::ConversationId>,
    recordings: Vec<switchboard::id::RecordingId>,
    agent_legs: Vec<switchboard::id::LegId>,
    ops: Vec<switchboard::id::EffectId>,
    collections: Vec<switchboard::id::EffectId>,
    /// Operations that take a message, and the messages.
    takings: Vec<switchboard::id::EffectId>,
    spoken: Vec<switchboard::id::InteractionId>,
    sent: Vec<Command>,
    commands: u64,
    reports: u64,
    generation: u64,
    persisted: switchboard::id::Seq,
    /// Whether the promises are checked after every step; that takes most of the time.
    checked: bool,
}

fn pick<T: Clone>(from: &[T], n: usize) -> Option<T> {
    // The latest are the likeliest to be alive.
    from.len().checked_sub(1 + n).and_then(|i| from.get(i)).cloned()
}

impl World {
    fn new(already_waiting: AlreadyWaiting, routing: [u8; 4]) -> Self {
        let center = routed(center(already_waiting), routing);
        let mut world = Self {
            engine: Engine::open(START, Opening::new(center)).unwrap(),
            checker: Checker::new(),
            records: Vec::new(),
            now: START,
            calls: Vec::new(),
            offers: Vec::new(),
            engagements: Vec::new(),
            interactions: Vec::new(),
            threads: Vec::new(),
            requests: Vec::new(),
            promised: Vec::new(),
            participants: Vec::new(),
            messages: Vec::new(),
            conversations: Vec::new(),
            recordings: Vec::new(),
            agent_legs: Vec::new(),
            ops: Vec::new(),
            collections: Vec::new(),
            takings: Vec::new(),
            spoken: Vec::new(),
            sent: Vec::new(),
            commands: 0,
            reports: 0,
            generation: 0,
            persisted: switchboard::id::Seq(0),
            checked: true,
        };
        world.drain();
        world
    }

    fn drain(&mut self) {
        while let Some(output) = self.engine.poll_output() {
            match output {
                Output::Record(record) => {
                    if let Err(broken) = self.checker.follow(&record) {
                        panic!("{broken}\nin {record:#?}");
                    }
                    self.note(&record);
                    let seq = record.seq;
                    let bytes = switchboard::message::codec::encode(&record).unwrap();
                    assert_eq!(switchboard::message::codec::decode(&bytes).unwrap(), record);
                    self.records.push(record);
                    assert_eq!(self.engine.handle(self.now, Input::Persisted(seq)), Receipt::Noted);
                    self.persisted = seq;
                }
                Output::Effect(effect) => {
                    assert!(
                        effect.id.origin().seq <= self.persisted.0,
                        "an effect before its record was safe"
                    );
                    if effect.class() == EffectClass::Operation {
                        self.ops.push(effect.id);
                    }
                    if let EffectKind::Originate { leg, .. } = effect.kind {
                        self.agent_legs.push(leg);
                    }
                    if let EffectKind::Collect { .. } = effect.kind {
                        self.collections.push(effect.id);
                    }
                    if let EffectKind::TakeMessage { .. } = effect.kind {
                        self.takings.push(effect.id);
                    }
                    let _ = self.engine.handle(self.now, Input::EffectAccepted(effect.id));
                }
                Output::Reply(reply) => assert!(reply.seq <= self.persisted),
            }
        }
    }

    fn note(&mut self, record: &switchboard::message::Record) {
        for event in &record.events {
            match event {
                Event::Offer(OfferEvent::Made(made)) => self.offers.push(made.id),
                Event::Message(MessageEvent::Added { id, .. }) => self.messages.push(*id),
                Event::Engagement(EngagementEvent::Opened { id, participant, .. }) => {
                    self.engagements.push(*id);
                    self.participants.extend(*participant);
                }
                Event::Request(RequestEvent::Opened(opened)) => self.requests.push(opened.id),
                Event::Callback(CallbackEvent::Scheduled { request, .. }) => {
                    self.promised.push(*request);
                }
                Event::Interaction(InteractionEvent::Opened(opened)) => {
                    self.interactions.push(opened.id);
                    self.conversations.push(opened.conversation);
                    self.participants.push(opened.participant);
                    if !opened.channel.is_live() {
                        self.threads.push(opened.id);
                    }
                }
                Event::Interaction(InteractionEvent::ParticipantJoined { participant, .. }) => {
                    self.participants.push(*participant);
                }
                Event::Voicemail(VoicemailEvent::Left { interaction, .. }) => {
                    self.spoken.push(*interaction);
                }
                Event::Recording(RecordingEvent::Started { id, .. }) => self.recordings.push(*id),
                _ => {}
            }
        }
    }

    fn input(&mut self, input: impl Into<Input>) -> Receipt {
        let before = self.engine.state_hash();
        let receipt = self.engine.handle(self.now, input.into());
        if let Receipt::Rejected { .. } | Receipt::Duplicate(_) = receipt {
            // Due timers may have fired before it was judged; nothing else may have changed.
            let fired = self.engine.poll_output();
            if let Some(Output::Record(record)) = fired {
                self.checker.follow(&record).unwrap();
                self.note(&record);
                self.records.push(record);
            } else {
                assert!(fired.is_none());
                assert_eq!(before, self.engine.state_hash(), "a refused input changed the state");
            }
            let seq = self.engine.seq();
            self.drain();
            let _ = self.engine.handle(self.now, Input::Persisted(seq));
            self.persisted = seq;
        }
        self.drain();
        receipt
    }

    fn command(&mut self, body: CommandBody) {
        self.command_for(None, body);
    }

    fn command_for(&mut self, on_behalf_of: Option<&str>, body: CommandBody) {
        self.commands += 1;
        let id = CommandId::new(format!("c{}", self.commands)).unwrap();
        let actor = Actor::application();
        let authority = Authority { actor, on_behalf_of: on_behalf_of.map(key), reason: None };
        let command = Command::new(id, authority, body);
        let receipt = self.input(command.clone());
        if let Receipt::Recorded(_) = receipt {
            self.sent.push(command);
        }
    }

    fn report(&mut self, host: &str, event: HostEvent) {
        self.reports += 1;
        let report = HostReport {
            host: key(host),
            incarnation: 1,
            seq: self.reports,
            occurred_at: self.now - Duration::from_millis((self.reports % 700).cast_signed()),
            event,
        };
        let receipt = self.input(report.clone());
        if let Receipt::Recorded(seq) = receipt {
            assert_eq!(self.input(report), Receipt::Duplicate(seq), "told twice, counted once");
        }
    }

    fn act(&mut self, act: Act) {
        match act {
            Act::SignIn(a, ready) => {
                let agent = key(AGENTS[a]);
                self.command(CommandBody::SignIn { agent, device: None, station: None, ready });
            }
            Act::SignOut(a, force) => {
                self.command(CommandBody::SignOut { agent: key(AGENTS[a]), force });
            }
            Act::Presence(a, ready) => {
                let reason = (!ready).then(|| key("lunch"));
                self.command(CommandBody::SetPresence { agent: key(AGENTS[a]), ready, reason });
            }
            Act::Desktop(a, connected) => {
                self.command(CommandBody::SetDesktop { agent: key(AGENTS[a]), connected });
            }
            Act::Media(a, connected) => {
                self.command(CommandBody::SetMedia { agent: key(AGENTS[a]), connected });
            }
            Act::Routable(a, on, routable) => {
                let on = match on {
                    0 => RoutabilityScope::Channel(Channel::Voice),
                    1 => RoutabilityScope::Channel(Channel::Chat),
                    queue => RoutabilityScope::Queue(key(QUEUES[usize::from(queue) - 2])),
                };
                let agent = key(AGENTS[a]);
                self.command(CommandBody::SetRoutability { agent, on, routable, reason: None });
            }
            Act::OtherWork(a) => {
                let agent = key(AGENTS[a]);
                self.command(CommandBody::BeginOtherWork {
                    agent,
                    channel: Channel::Task,
                    reason: None,
                });
            }
            Act::Call { entry, by_app, token } => {
                let host = if by_app { "app" } else { "pbx" };
                let leg = ExternalRef::new(format!("call-{}", self.calls.len())).unwrap();
                self.calls.push((host, leg.clone()));
                let channel = if entry == 4 { Channel::Chat } else { Channel::Voice };
                let token = token.map(CustomerToken);
                let address = (entry % 2 == 0).then(|| Personal::Clear("+49 30 3".into()));
                let from = CustomerRef { token, address, ..CustomerRef::default() };
                let mut arrival = Arrival::new(leg, channel, ENTRIES[entry]).from(from);
                if by_app {
                    arrival.preferred = vec![key(AGENTS[entry % 4])];
                }
                self.report(host, arrival.into());
            }
            Act::Wait(millis) => self.wait(Duration::from_millis(millis)),
            Act::StepBack(millis) => self.now = self.now - Duration::from_millis(millis),
            Act::Repeat(n) => {
                if let Some(command) = pick(&self.sent, n) {
                    let receipt = self.input(command);
                    assert!(matches!(receipt, Receipt::Duplicate(_)), "{receipt:?}");
                }
            }
            Act::Configure(n) => self.configure(n),
            Act::Restart => self.restart(),
            Act::HostLost => {
                self.report("pbx", HostEvent::HostLost { reason: Personal::Clear(String::new()) });
            }
            Act::Resync(by, mask) => self.resync(by, mask),
            Act::OnCall(_) | Act::Machine(_) | Act::Presses(..) => self.act_on_call(act),
            Act::Covered(a) => self.cover(a),
            Act::Own(what, n) => self.act_on_own(what, n),
            Act::People(people, n, to) => self.act_on_people(people, n, to),
            Act::Letters(letters, n) => self.act_on_letters(letters, n),
            other => self.act_on_something(other),
        }
    }

    fn act_on_people(&mut self, people: People, n: usize, m: usize) {
        let to = destination(m);
        let engagement = pick(&self.engagements, n);
        let request = pick(&self.requests, n);
        let participant = pick(&self.participants, n);
        let body = match people {
            People::Transfer => engagement.map(|engagement| CommandBody::Transfer {
                engagement,
                to,
                boost: None,
                fallback: (n == 0).then(|| key("spill")),
            }),
            People::Consult => engagement.map(|engagement| CommandBody::Consult { engagement, to }),
            People::Complete => {
                engagement.map(|engagement| CommandBody::CompleteConsult { engagement })
            }
            People::Cancel => {
                engagement.map(|engagement| CommandBody::CancelConsult { engagement })
            }
            People::Conference => {
                engagement.map(|engagement| CommandBody::Conference { engagement })
            }
            People::Invite => pick(&self.interactions, n)
                .map(|interaction| CommandBody::AddParticipant { interaction, to }),
            People::Remove => {
                participant.map(|participant| CommandBody::RemoveParticipant { participant })
            }
            People::Mute(muted) => {
                participant.map(|participant| CommandBody::SetMuted { participant, muted })
            }
            People::Pull => request
                .map(|request| CommandBody::PullRequest { agent: key(AGENTS[m % 4]), request }),
            People::Move => request
                .map(|request| CommandBody::MoveRequest { request, queue: key(QUEUES[m % 4]) }),
            People::Assign => request
                .map(|request| CommandBody::AssignRequest { request, agent: key(AGENTS[m % 4]) }),
            People::Exclude(secs) => request.map(|request| CommandBody::ExcludeAgent {
                request,
                agent: key(AGENTS[m % 4]),
                until: self.now + Duration::from_secs(secs),
            }),
            People::Admit => request
                .map(|request| CommandBody::LiftExclusion { request, agent: key(AGENTS[m % 4]) }),
            People::GiveBack => engagement.map(|engagement| CommandBody::GiveBack { engagement }),
            People::Refer(attended) => {
                let address = ["outside", "1", "2", "100", "300"][m % 5];
                let replaces = pick(&self.agent_legs, m).filter(|_| attended).map(LegRef::Ours);
                if let Some(leg) = pick(&self.agent_legs, n).map(LegRef::Ours) {
                    let to = Personal::Clear(address.into());
                    self.report("pbx", HostEvent::ReferRequested { leg, to, replaces });
                }
                None
            }
            People::Sent(result) => {
                if let Some(op) = pick(&self.ops, n) {
                    self.report("pbx", HostEvent::TransferDone { op, result, sip: 0 });
                }
                None
            }
        };
        if let Some(body) = body {
            self.command(body);
        }
    }

    /// A call comes at night, or who is on call answers and presses the key, so far, or is busy.
    fn act_on_call(&mut self, act: Act) {
        match act {
            Act::OnCall(0..3) => self.act(Act::Call { entry: 5, by_app: false, token: None }),
            Act::OnCall(how @ 3..7) => {
                let steps = [Act::AgentLegAnswers(0), Act::Presses(0, 3), Act::OpDone(0)];
                steps.into_iter().take(usize::from(how) - 3).for_each(|step| self.act(step));
            }
            Act::OnCall(how) => {
                (7..=how).for_each(|_| self.act(Act::AgentLegEnds(0, EndKind::Busy)));
            }
            Act::Machine(n) => {
                if let Some(leg) = pick(&self.agent_legs, n) {
                    self.report("pbx", HostEvent::answered(leg, AnsweredBy::Machine));
                }
            }
            Act::Presses(n, how) => {
                if let Some(op) = pick(&self.collections, n) {
                    let (key, reason) = match how {
                        0 => ("2", CollectEnd::Matched),
                        1 => ("", CollectEnd::Timeout),
                        2 => ("0301234", CollectEnd::Terminator),
                        _ => ("1", CollectEnd::Matched),
                    };
                    let input = Personal::Clear(key.into());
                    self.report("pbx", HostEvent::CollectDone { op, input, reason });
                }
            }
            _ => unreachable!(),
        }
    }

    /// A caller waits for an agent alone, who leaves.
    fn cover(&mut self, a: usize) {
        self.act(Act::SignIn(a, false));
        self.act(Act::Presence(a, false));
        self.act(Act::Call { entry: 2, by_app: false, token: None });
        if let Some(request) = self.requests.last().copied() {
            self.command(CommandBody::AssignRequest { request, agent: key(AGENTS[a]) });
        }
        self.act(Act::SignOut(a, true));
    }

    /// Ana has a message, gets one from a caller, opens it, or gives it back.
    fn act_on_own(&mut self, what: u8, n: usize) {
        self.act(Act::SignIn(0, false));
        match what {
            0 => self.leave_in(LeftIn::Agent(key("ana"))),
            1 => self.act(Act::Letters(Letters::Spoken, n)),
            _ => {
                if let Some(id) = pick(&self.spoken, n) {
                    self.command(about_voicemail([0, 0, 1][usize::from(what) - 2], key("ana"), id));
                }
            }
        }
    }

    fn supervise(&mut self, what: u8, supervisor: &str, n: usize) {
        let engagement = pick(&self.engagements, n);
        let target = match n {
            0..2 => pick(&self.interactions, n).map(MonitorTarget::Interaction),
            _ => Some(MonitorTarget::Agent(key(AGENTS[n]))),
        };
        let mode = [MonitorMode::Listen, MonitorMode::Whisper, MonitorMode::Barge];
        let mode = mode[usize::from(what) % 3];
        let body = match what {
            0..5 => target.map(|target| CommandBody::Monitor { target, mode }),
            5 => target.map(|target| CommandBody::EndMonitor { target }),
            6..9 => engagement.map(|engagement| CommandBody::TakeOver { engagement }),
            _ => engagement.map(|engagement| CommandBody::RequestAssistance { engagement }),
        };
        if let Some(body) = body {
            self.command_for(Some(supervisor), body);
        }
    }

    fn dial(&self, what: u8, agent: &str, n: usize) -> Option<CommandBody> {
        if what < 7 {
            Some(CommandBody::Dial {
                agent: key(agent),
                queue: key(QUEUES[n % 4]),
                to: Personal::Clear(if what == 5 { "112" } else { "+49 30 1" }.into()),
                preview: what.is_multiple_of(3),
                location: None,
                host: (what < 6).then(|| key("pbx")),
                conversation: None,
            })
        } else if what < 10 {
            pick(&self.engagements, n).map(|engagement| CommandBody::PlaceCall { engagement })
        } else if what < 13 {
            pick(&self.conversations, n).map(|conversation| CommandBody::ScheduleCallback {
                conversation,
                queue: key(QUEUES[n % 4]),
                to: Personal::Clear("+49 30 2".into()),
                not_before: self.now + Duration::from_secs(4 * i64::from(what - 10)),
                not_after: Some(self.now + Duration::from_secs(30)),
                host: None,
            })
        } else if what >= 18 {
            let to = (what == 18).then(|| Personal::Clear("+49 30 4".into()));
            let not_after = (what == 20).then(|| self.now + Duration::from_secs(25));
            pick(&self.requests, n).map(|request| CommandBody::CallBack { request, to, not_after })
        } else if what < 17 {
            let to = key(AGENTS[n % AGENTS.len()]);
            Some(CommandBody::DialAgent { agent: key(agent), to })
        } else {
            let promised = if agent == AGENTS[0] { &self.promised } else { &self.requests };
            pick(promised, n).map(|request| CommandBody::CancelCallback { request })
        }
    }

    fn act_on_letters(&mut self, letters: Letters, n: usize) {
        let engagement = pick(&self.engagements, n);
        let body = match letters {
            Letters::Write => {
                let event = HostEvent::MessageReceived {
                    thread: ExternalRef::new(format!("thread-{n}")).unwrap(),
                    message: ExternalRef::new(format!("m{}", self.reports)).unwrap(),
                    channel: if n == 3 { Channel::Sms } else { Channel::Email },
                    to: "mailbox".into(),
                    from: Box::new(CustomerRef::default()),
                    subject: None,
                    text: Personal::Clear("Hello".into()),
                    in_reply_to: None,
                    attachments: Vec::new(),
                };
                self.report("pbx", event);
                None
            }
            Letters::Delivered => {
                if let Some(message) = pick(&self.messages, n) {
                    let (external, state) = (None, DeliveryState::Delivered);
                    self.report("pbx", HostEvent::MessageUpdated { message, external, state });
                }
                None
            }
            Letters::Leave => {
                self.leave_a_message(n);
                None
            }
            Letters::Spoken => {
                if let Some(op) = pick(&self.takings, n) {
                    self.leave_in(LeftIn::Op(op));
                }
                None
            }
            Letters::Voicemail(what, agent) => {
                let spoken = if n < 2 { &self.spoken } else { &self.interactions };
                pick(spoken, n).map(|id| about_voicemail(what, key(AGENTS[agent]), id))
            }
            Letters::Send => engagement.map(|engagement| CommandBody::SendMessage {
                engagement,
                text: Personal::Clear("Dear customer".into()),
                in_reply_to: pick(&self.messages, n),
                attachments: Vec::new(),
            }),
            Letters::Park(bounded) => engagement.map(|engagement| CommandBody::Park {
                engagement,
                until: bounded.then(|| self.now + Duration::from_secs(20)),
            }),
            Letters::Unpark => engagement.map(|engagement| CommandBody::Unpark { engagement }),
            Letters::Reopen => {
                pick(&self.interactions, n).map(|interaction| CommandBody::Reopen { interaction })
            }
            Letters::Task => Some(CommandBody::OpenInteraction {
                entry_point: key("tasks"),
                customer: CustomerRef::default(),
                direction: Direction::Inbound,
                origin: Origin::Api,
                references: Vec::new(),
                test: false,
            }),
        };
        if let Some(body) = body {
            self.command(body);
        }
    }

    fn leave_a_message(&mut self, n: usize) {
        let to = match n {
            0 => "8001".into(),
            1 => LeftIn::Agent(key(if self.reports.is_multiple_of(2) { "ana" } else { "dan" })),
            2 => LeftIn::Queue(key("sales")),
            _ => "8002".into(),
        };
        self.leave_in(to);
    }

    fn leave_in(&mut self, to: LeftIn) {
        let left = LeftMessage {
            message: ExternalRef::new(format!("voice-{}", self.reports)).unwrap(),
            to,
            from: CustomerRef::default(),
            reference: Personal::Clear("file".into()),
            duration: Duration::from_secs(5),
            transcript: None,
        };
        self.report("pbx", HostEvent::VoicemailLeft(Box::new(left)));
    }

    fn act_on_something(&mut self, act: Act) {
        let reason = None;
        let body = match act {
            Act::EndOtherWork(n) => pick(&self.engagements, n)
                .map(|engagement| CommandBody::EndOtherWork { engagement }),
            Act::Accept(n) => pick(&self.offers, n).map(|offer| CommandBody::AcceptOffer { offer }),
            Act::Reject(n) => {
                pick(&self.offers, n).map(|offer| CommandBody::RejectOffer { offer, reason })
            }
            Act::Hold(n) => {
                pick(&self.engagements, n).map(|engagement| CommandBody::Hold { engagement })
            }
            Act::Unhold(n) => {
                pick(&self.engagements, n).map(|engagement| CommandBody::Unhold { engagement })
            }
            Act::HangUp(n) => {
                pick(&self.engagements, n).map(|engagement| CommandBody::HangUp { engagement })
            }
            Act::Finish(n, with) => pick(&self.engagements, n).map(|engagement| {
                CommandBody::FinishWrapUp { engagement, disposition: with.then(|| key("done")) }
            }),
            Act::Disposition(n) => pick(&self.engagements, n).map(|engagement| {
                CommandBody::SetDisposition { engagement, disposition: key("done") }
            }),
            Act::Extend(n) => pick(&self.engagements, n).map(|engagement| {
                CommandBody::ExtendWrapUp { engagement, by: Duration::from_secs(5) }
            }),
            Act::Prioritize(n, secs) => pick(&self.requests, n).map(|request| {
                CommandBody::PrioritizeRequest { request, boost: Duration::from_secs(secs) }
            }),
            Act::Withdraw(n) => {
                pick(&self.requests, n).map(|request| CommandBody::WithdrawRequest { request })
            }
            Act::Close(n) => pick(&self.interactions, n)
                .map(|interaction| CommandBody::CloseInteraction { interaction }),
            Act::Fact(what, a, b) => self.fact(what, a, b),
            Act::Recording(what, n) => self.about_recording(what, n),
            Act::Dial(what, a, n) => self.dial(what, AGENTS[a], n),
            Act::Supervise(what, s, n) => {
                self.supervise(what, AGENTS[s], n);
                None
            }
            Act::Switch(q, s, bounded) => {
                let switch = [Switch::Scheduled, Switch::Open, Switch::Closed][usize::from(s)];
                let until = bounded.then(|| self.now + Duration::from_secs(25));
                Some(CommandBody::SwitchQueue { queue: key(QUEUES[q]), switch, until })
            }
            other => {
                self.act_of_host(other);
                None
            }
        };
        if let Some(body) = body {
            self.command(body);
        }
    }

    /// Something about customers or incidents.
    fn fact(&self, what: u8, a: usize, b: usize) -> Option<CommandBody> {
        let until = b.is_multiple_of(2).then(|| self.now + Duration::from_secs(20));
        let conversation = pick(&self.conversations, a);
        let customer =
            CustomerRef { token: Some(CustomerToken(b as u64 % 3)), ..CustomerRef::default() };
        Some(match what {
            0 => CommandBody::IdentifyCustomer { conversation: conversation?, customer },
            1 => CommandBody::LinkConversations {
                keep: conversation?,
                join: pick(&self.conversations, b)?,
            },
            2 => CommandBody::UnlinkConversations { conversation: conversation? },
            3 | 4 => {
                let customer = CustomerToken(a as u64 % 3);
                CommandBody::BlockCustomer { customer, blocked: what == 3 && a > 3, until }
            }
            5 => {
                let scope = IncidentScope::Queue(key(QUEUES[a % 3]));
                let action = match b {
                    0 => Some(IncidentAction::Close),
                    1 => Some(IncidentAction::Announce(key("sorry"))),
                    2 => Some(IncidentAction::Deflect(Destination::Queue(key(QUEUES[2])))),
                    3 => Some(IncidentAction::Deflect(Destination::External(
                        "555".to_owned().into(),
                    ))),
                    _ => None,
                };
                CommandBody::SetIncident { scope, action, until }
            }
            6 => CommandBody::SetIdentity {
                interaction: pick(&self.interactions, a)?,
                identity: Identity { level: 2, expires_at: until, ..Identity::default() },
            },
            _ => CommandBody::SetContext { conversation: conversation?, entries: Vec::new() },
        })
    }

    fn about_recording(&self, what: u8, n: usize) -> Option<CommandBody> {
        let (recording, reason) = (pick(&self.recordings, n), None);
        Some(match what {
            0 => CommandBody::StartRecording { interaction: pick(&self.interactions, n)? },
            1 => CommandBody::PauseRecording { recording: recording?, reason },
            2 => CommandBody::ResumeRecording { recording: recording? },
            3 => CommandBody::StopRecording { recording: recording? },
            _ => CommandBody::SetConsent {
                participant: pick(&self.participants, n)?,
                purpose: key("recording"),
                granted: n > 2,
                basis: None,
            },
        })
    }

    fn act_of_host(&mut self, act: Act) {
        match act {
            Act::CallerLeaves(n, kind) => {
                if let Some((host, leg)) = pick(&self.calls, n) {
                    let leg = LegRef::External(leg);
                    self.report(host, HostEvent::ended(leg, kind));
                }
            }
            Act::AgentLegAnswers(n) => {
                if let Some(leg) = pick(&self.agent_legs, n) {
                    self.report("pbx", HostEvent::answered(leg, AnsweredBy::Human));
                }
            }
            Act::AgentLegEnds(n, kind) => {
                if let Some(leg) = pick(&self.agent_legs, n) {
                    self.report("pbx", HostEvent::ended(leg, kind));
                }
            }
            Act::AgentPhoneHold(n, held) => {
                if let Some(leg) = pick(&self.agent_legs, n).map(LegRef::from) {
                    let event = if held {
                        HostEvent::Held { leg, by: HeldBy::FarEnd }
                    } else {
                        HostEvent::Resumed { leg, by: HeldBy::FarEnd }
                    };
                    self.report("pbx", event);
                }
            }
            Act::OpDone(n) => {
                if let Some(op) = pick(&self.ops, n) {
                    self.report("pbx", HostEvent::OpDone { op });
                }
            }
            Act::OpFails(n) => {
                if let Some(op) = pick(&self.ops, n) {
                    self.report("pbx", HostEvent::OpFailed { op, error: HostError::Rejected });
                }
            }
            Act::Refuse(n) => {
                if let Some(op) = pick(&self.ops, n) {
                    let _ = self.input(Input::EffectRefused(op));
                }
            }
            Act::Recorded(n, well) => {
                if let Some(op) = pick(&self.ops, n) {
                    let event = if well {
                        let reference = String::new().into();
                        let (duration, silence) = (Duration::from_secs(9), Duration::ZERO);
                        HostEvent::RecordingDone { op, reference, duration, silence }
                    } else {
                        HostEvent::RecordingFailed { op, error: HostError::Rejected }
                    };
                    self.report("pbx", event);
                }
            }
            _ => unreachable!(),
        }
    }

    fn resync(&mut self, by: u64, mask: u32) {
        self.generation += by;
        let live = LiveLeg::new;
        let callers = self
            .calls
            .iter()
            .filter(|(host, _)| *host == "pbx")
            .map(|(_, leg)| live(leg.clone(), None));
        let phones = self
            .agent_legs
            .iter()
            .map(|leg| live(ExternalRef::new(leg.to_string()).unwrap(), Some(*leg)));
        let legs = callers.chain(phones).rev_by_mask(mask);
        self.report("pbx", HostEvent::HostResync { generation: self.generation, legs });
    }

    fn configure(&mut self, n: u8) {
        let center = self.engine.center();
        if (8..13).contains(&n) {
            return self.change_rota(n);
        }
        let change = match n {
            0 => Change::Agent { key: key("eve"), to: Some(Agent::new("Eve").build().unwrap()) },
            1 => Change::Agent { key: key("dan"), to: None },
            2 => Change::Agent {
                key: key("dan"),
                to: Some(Agent::new("Dan").auto_answer().coverage_own_mailbox().build().unwrap()),
            },
            3 => {
                let mut queue = center.queues[&key("spill")].clone();
                queue.service_target = Duration::from_secs(90);
                // Fewer may serve it from now on, or all may again.
                let all = queue.requirement == Requirement::default();
                let fewer = "not sales >= 5 and (team == \"red\" or billing)";
                queue.requirement = if all { fewer } else { "anybody" }.parse().unwrap();
                queue.limits.estimate_left = all.then_some(Duration::from_secs(15));
                queue.callbacks.first = match queue.callbacks.first {
                    CalledFirst::Agent => CalledFirst::Customer(Duration::from_secs(20)),
                    _ => CalledFirst::Agent,
                };
                Change::Queue { key: key("spill"), to: Some(Box::new(queue)) }
            }
            4 => Change::Queue { key: key("nowhere"), to: None },
            5 => Change::Order(OrderPolicy::FirstComeFirstServed),
            6 => Change::Queue { key: key("spill"), to: None },
            // Other steps: each that follows comes one earlier, or all are as they were.
            13 | 14 => {
                let mut queue = center.queues[&key("relaxed")].clone();
                if n == 13 && !queue.relaxation.is_empty() {
                    queue.relaxation.remove(0);
                } else {
                    queue.relaxation = steps();
                }
                Change::Queue { key: key("relaxed"), to: Some(Box::new(queue)) }
            }
            _ => Change::Name(String::from("renamed")),
        };
        let base_version = self.engine.config_version();
        self.command(CommandBody::Configure { base_version, changes: vec![change] });
    }

    /// The rota becomes another one, goes, or comes back.
    fn change_rota(&mut self, n: u8) {
        let rota = match n {
            8 => Some(rota().last_resort_external("outside")),
            9 => Some(Rota::new().level([Duty::agent("ben")]).rounds(1)),
            10 => Some(Rota::new().level([Duty::agent("ana")]).prompt("on_call").rounds(1)),
            11 => None,
            _ => Some(rota()),
        };
        let rota = rota.map(|rota| rota.build().unwrap());
        let queue = |key: &str| self.engine.center().queues.get(&support::key(key)).cloned();
        let queues = ["night", "sales"].into_iter().filter_map(|of| Some((key(of), queue(of)?)));
        let on_call = rota.as_ref().map(|_| key("rota"));
        let queues = queues.map(|(key, mut queue)| {
            queue.on_call.clone_from(&on_call);
            Change::Queue { key, to: Some(Box::new(queue)) }
        });
        let rota = Change::Rota { key: key("rota"), to: rota };
        let changes = queues.chain([rota]).collect();
        let base_version = self.engine.config_version();
        self.command(CommandBody::Configure { base_version, changes });
    }

    /// The process dies and another one goes on from the journal.
    fn restart(&mut self) {
        let before = self.engine.state_hash();
        let cut = self.records.len() / 2;
        let mut replica = switchboard::Replica::open(&self.records[0]).unwrap();
        for record in &self.records[1..cut.max(1)] {
            replica.apply(record).unwrap();
        }
        let snapshot = replica.snapshot().unwrap();
        self.engine = Engine::restore(Some(&snapshot), &self.records[cut.max(1)..]).unwrap();
        assert_eq!(self.engine.state_hash(), before, "the restored engine is the one that died");
        assert!(self.engine.poll_output().is_none());
        let tick = self.engine.handle(self.now, Input::Tick);
        assert!(matches!(tick, Receipt::Rejected { .. }));
        let epoch = self.records.last().unwrap().epoch;
        let resume = Input::Resume { epoch: switchboard::id::Epoch(epoch.0 + 1) };
        assert!(matches!(self.engine.handle(self.now, resume), Receipt::Recorded(_)));
        self.drain();
    }

    fn wait(&mut self, span: Duration) {
        let until = self.now + span;
        // The engine's time may be ahead of a host's clock that stepped back; it says when.
        for _ in 0..10_000 {
            match self.engine.next_deadline() {
                Some(next) if next <= until => {
                    self.now = self.now.max(next);
                    let _ = self.input(Input::Tick);
                    self.check();
                }
                _ => {
                    self.now = until;
                    let _ = self.input(Input::Tick);
                    return;
                }
            }
        }
        panic!("time does not pass: {:?}", self.engine.next_deadline());
    }

    fn check(&mut self) {
        if !self.checked {
            return;
        }
        if let Err(broken) = self.checker.check(&mut self.engine, Depth::BruteForce) {
            let tail: Vec<_> = self.records.iter().rev().take(3).collect();
            panic!("{broken}\nafter {tail:#?}");
        }
    }

    /// Everybody hangs up, all timers fire: nothing may be held.
    fn come_to_rest(&mut self) {
        self.generation += 10;
        self.report("pbx", HostEvent::HostResync { generation: self.generation, legs: Vec::new() });
        for (host, leg) in self.calls.clone() {
            if host == "app" {
                let leg = LegRef::External(leg);
                self.report(host, HostEvent::ended(leg, EndCause::default()));
            }
        }
        for engagement in self.engagements.clone() {
            self.command(CommandBody::EndOtherWork { engagement });
        }
        // So does following an agent, who may have no customer for long.
        for (supervisor, agent) in AGENTS.iter().flat_map(|s| AGENTS.map(|agent| (*s, agent))) {
            let target = MonitorTarget::Agent(key(agent));
            self.command_for(Some(supervisor), CommandBody::EndMonitor { target });
        }
        // What is written ends when somebody says so.
        for interaction in self.threads.clone() {
            self.command(CommandBody::CloseInteraction { interaction });
        }
        self.wait(Duration::from_hours(3));
        self.check();
        all_is_free(&self.engine).unwrap();
    }
}

trait RevByMask: Iterator + Sized {
    /// Keeps the items whose bit is set.
    fn rev_by_mask(self, mask: u32) -> Vec<Self::Item> {
        self.enumerate().filter(|(i, _)| mask >> (i % 32) & 1 == 1).map(|(_, item)| item).collect()
    }
}

impl<I: Iterator> RevByMask for I {}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, max_shrink_iters: 20_000, ..ProptestConfig::default() })]

    #[test]
    fn promises_hold_under_any_input(
        acts in prop::collection::vec(act(), 1..120),
        policy in 0..3usize,
        routing in any::<[u8; 4]>(),
    ) {
        let mut world = World::new(POLICIES[policy], routing);
        for act in acts {
            world.act(act);
            world.check();
        }
        world.come_to_rest();
    }

    /// One log, many readings: every number of a contact record is that of a plain account of the same
    /// events, and nobody's time has a gap or is counted twice.
    #[test]
    fn contact_records_add_up(
        acts in prop::collection::vec(act(), 1..160),
        policy in 0..3usize,
        routing in any::<[u8; 4]>(),
    ) {
        let mut world = World::new(POLICIES[policy], routing);
        world.checked = false;
        for act in acts {
            world.act(act);
        }
        world.come_to_rest();
        they_add_up(&world.records);
        agents_do_one_thing_at_a_time(&world.records);
    }
}
