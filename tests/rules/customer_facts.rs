//! What is known of customers: identity, language, conversations that are one, the block list, rank and
//! coming again, and who waits already.

use crate::support::{Bench, START, key, refusal};
use switchboard::id::{ConversationId, ExternalRef, InteractionId, RequestId};
use switchboard::message::{
    Actor, Alert, Arrival, CallbackEvent, Command, CommandBody, ContextEntry, ConversationEvent,
    CustomerRef, CustomerToken, EffectKind, EntryRejection, Event, HostEvent, Identity,
    InteractionEvent, Language, Outcome, Permission, Personal, Receipt, RejectionReason,
    RequestOpened,
};
use switchboard::model::{
    Agent, AlreadyWaiting, Brand, Center, Channel, EntryPoint, Host, Policies, Queue, Role,
};
use switchboard::time::Duration;
use switchboard::{Engine, Question};

fn secs(secs: i64) -> Duration {
    Duration::from_secs(secs)
}

fn bench(policies: impl FnOnce(&mut Policies)) -> Bench {
    let center = Center::builder()
        .brand("acme", Brand::new("Acme"))
        .brand("other", Brand::new("Other"))
        .host("pbx", Host::new("Exchange"))
        .queue("q", Queue::new().brand("acme"))
        .queue("far", Queue::new().brand("other"))
        .entry_point("main", EntryPoint::voice("100").to_queue("q"))
        .entry_point("chat", EntryPoint::on(Channel::Chat, "widget").to_queue("q"))
        .entry_point("far", EntryPoint::voice("200").to_queue("far").language("pt-PT"))
        .agent("ana", Agent::new("Ana").auto_answer())
        .limits(|l| {
            l.blocked_customers = 2;
            l.context_entries = 3;
        })
        .policies(policies)
        .build();
    Bench::new(center.unwrap())
}

fn calls(bench: &mut Bench, name: &str, token: u64, tier: u8) -> InteractionId {
    comes(bench, Channel::Voice, name, "100", token, tier)
}

fn comes(
    bench: &mut Bench,
    channel: Channel,
    name: &str,
    to: &str,
    token: u64,
    tier: u8,
) -> InteractionId {
    let receipt = arrives(bench, channel, name, to, token, tier);
    assert!(matches!(receipt, Receipt::Recorded(_)), "{receipt:?}");
    bench.interaction()
}

fn arrives(
    bench: &mut Bench,
    channel: Channel,
    name: &str,
    to: &str,
    token: u64,
    tier: u8,
) -> Receipt {
    let from = CustomerRef { token: Some(CustomerToken(token)), tier, ..CustomerRef::default() };
    let arrival = Arrival::new(ExternalRef::new(name).unwrap(), channel, to).from(from);
    bench.report("app", arrival.into())
}

fn conversation(bench: &Bench, interaction: InteractionId) -> ConversationId {
    bench.engine.customer(interaction, bench.now).expect("an interaction").conversation
}

fn entry(bench: &Bench, name: &str, value: &str, after: i64) -> ContextEntry {
    let value = Personal::Clear(value.to_owned());
    ContextEntry {
        key: key(name),
        value,
        source: key("test"),
        at: bench.now + secs(after),
        sensitive: false,
    }
}

fn context(bench: &Bench, interaction: InteractionId) -> Vec<(String, String)> {
    let known = bench.engine.customer(interaction, bench.now).unwrap();
    let text = |entry: &ContextEntry| {
        (entry.key.to_string(), entry.value.clear().cloned().unwrap_or_default())
    };
    let mut all: Vec<_> = known.context.iter().map(text).collect();
    all.sort();
    all
}

// -- identity and language ----------------------------------------------------------------------

fn identity(level: u8) -> Identity {
    Identity { level, method: Some(key("pin")), ..Identity::default() }
}

#[test]
fn an_expired_level_of_authentication_reads_as_none() {
    let mut bench = bench(|_| ());
    let call = calls(&mut bench, "call-1", 1, 0);
    let expires_at = Some(bench.now + secs(60));
    let identity = Identity { expires_at, ..identity(2) };
    bench.does(CommandBody::SetIdentity { interaction: call, identity: identity.clone() });
    let level = |bench: &Bench| bench.engine.customer(call, bench.now).unwrap().identity.level;
    bench.seconds(59);
    assert_eq!(level(&bench), 2);
    bench.seconds(1);
    assert_eq!(level(&bench), 0);
    let past = bench.command(CommandBody::SetIdentity { interaction: call, identity });
    assert_eq!(refusal(past).field, "identity.expires_at");
}

#[test]
fn authentication_never_crosses_over_to_another_interaction() {
    let mut bench = bench(|_| ());
    let call = calls(&mut bench, "call-1", 1, 0);
    bench.does(CommandBody::SetIdentity { interaction: call, identity: identity(3) });
    let chat = comes(&mut bench, Channel::Chat, "chat-1", "widget", 1, 0);
    assert_eq!(conversation(&bench, chat), conversation(&bench, call));
    assert_eq!(bench.engine.customer(chat, bench.now).unwrap().identity.level, 0);
    assert_eq!(bench.engine.customer(call, bench.now).unwrap().identity.level, 3);
}

#[test]
fn a_language_is_a_tag() {
    let mut bench = bench(|_| ());
    let interaction = calls(&mut bench, "call-1", 1, 0);
    let language = |value: &str| Language { value: value.to_owned(), source: key("agent") };
    bench.does(CommandBody::SetLanguage { interaction, language: language("ca-ES") });
    let known = bench.engine.customer(interaction, bench.now).unwrap();
    assert_eq!(known.language, Some(language("ca-ES")));
    let strange = CommandBody::SetLanguage { interaction, language: language("in Catalan") };
    assert_eq!(refusal(bench.command(strange)).field, "language.value");
}

#[test]
fn an_entry_point_has_a_language_until_somebody_knows_better() {
    let mut bench = bench(|_| ());
    let interaction = comes(&mut bench, Channel::Voice, "call-1", "200", 1, 0);
    let language =
        |value: &str, source: &str| Some(Language { value: value.to_owned(), source: key(source) });
    let known = |bench: &Bench| bench.engine.customer(interaction, bench.now).unwrap().language;
    assert_eq!(known(&bench), language("pt-PT", "entry_point"));
    let said = language("en-GB", "customer").unwrap();
    bench.does(CommandBody::SetLanguage { interaction, language: said });
    assert_eq!(known(&bench), language("en-GB", "customer"));
}

// -- context ------------------------------------------------------------------------------------

#[test]
fn context_is_bounded_in_number_and_what_is_there_may_be_replaced() {
    let mut bench = bench(|_| ());
    let call = calls(&mut bench, "call-1", 1, 0);
    let conversation = conversation(&bench, call);
    let all = ["case", "invoice", "order"].map(|name| entry(&bench, name, "1", 0));
    bench.does(CommandBody::SetContext { conversation, entries: all.to_vec() });
    let more = vec![entry(&bench, "reason", "1", 0)];
    let refused = refusal(bench.command(CommandBody::SetContext { conversation, entries: more }));
    assert_eq!(refused.reason, RejectionReason::LimitReached("context_entries".into()));
    let other = vec![entry(&bench, "invoice", "2", 0)];
    bench.does(CommandBody::SetContext { conversation, entries: other });
    let values: Vec<_> = context(&bench, call).into_iter().map(|(_, value)| value).collect();
    assert_eq!(values, ["1", "2", "1"]);
}

// -- conversations that are one -----------------------------------------------------------------

#[test]
fn late_identification_links_the_conversations_of_a_customer() {
    let mut bench = bench(|_| ());
    let first = calls(&mut bench, "call-1", 1, 0);
    let early = conversation(&bench, first);
    let entries = vec![entry(&bench, "case", "c-1", 0), entry(&bench, "mood", "calm", 0)];
    bench.does(CommandBody::SetContext { conversation: early, entries });
    bench.seconds(1);
    let second = calls(&mut bench, "call-2", 2, 0);
    let late = conversation(&bench, second);
    assert_ne!(early, late);
    let entries = vec![entry(&bench, "mood", "angry", 0)];
    bench.does(CommandBody::SetContext { conversation: late, entries });
    let customer = CustomerRef { token: Some(CustomerToken(1)), tier: 2, ..CustomerRef::default() };
    bench.does(CommandBody::IdentifyCustomer { conversation: late, customer });
    let linked = Event::from(ConversationEvent::Linked { keep: early, join: late });
    assert!(bench.last_events().contains(&linked));
    // Both read the same; of one key what was said last.
    let all = [("case".to_owned(), "c-1".to_owned()), ("mood".to_owned(), "angry".to_owned())];
    assert_eq!(context(&bench, first), all);
    assert_eq!(context(&bench, second), all);
    let known = bench.engine.customer(second, bench.now).unwrap();
    assert_eq!((known.linked, known.customer.tier), (vec![early, late], 2));
    // A later contact goes on with the one that stays; the token that was wrong finds nobody.
    let next = calls(&mut bench, "call-3", 1, 0);
    assert_eq!(conversation(&bench, next), early);
    let stranger = calls(&mut bench, "call-4", 2, 0);
    assert!(![early, late].contains(&conversation(&bench, stranger)));
    // Taken back, each is its own again, and nothing was lost or mixed.
    bench.does(CommandBody::UnlinkConversations { conversation: late });
    assert_eq!(context(&bench, second), [("mood".to_owned(), "angry".to_owned())]);
    assert_eq!(context(&bench, first)[1].1, "calm");
    let again = CommandBody::UnlinkConversations { conversation: late };
    assert!(matches!(refusal(bench.command(again)).reason, RejectionReason::WrongState(_)));
}

#[test]
fn a_customer_of_one_brand_is_a_stranger_to_another() {
    let mut bench = bench(|_| ());
    let here = calls(&mut bench, "call-1", 1, 0);
    let there = comes(&mut bench, Channel::Voice, "call-2", "200", 1, 0);
    let (keep, join) = (conversation(&bench, here), conversation(&bench, there));
    assert_ne!(keep, join);
    let refused = refusal(bench.command(CommandBody::LinkConversations { keep, join }));
    assert_eq!(refused.field, "join");
    let customer = CustomerRef { token: Some(CustomerToken(1)), ..CustomerRef::default() };
    bench.does(CommandBody::IdentifyCustomer { conversation: join, customer });
    assert!(
        !bench
            .events()
            .any(|event| matches!(event, Event::Conversation(ConversationEvent::Linked { .. })))
    );
}

#[test]
fn conversations_are_linked_once_and_over_several() {
    let mut bench = bench(|_| ());
    let all: Vec<_> = (1..=3)
        .map(|n| {
            let interaction = calls(&mut bench, &format!("call-{n}"), n, 0);
            (interaction, conversation(&bench, interaction))
        })
        .collect();
    let (a, b, c) = (all[0].1, all[1].1, all[2].1);
    bench.does(CommandBody::LinkConversations { keep: b, join: c });
    bench.does(CommandBody::LinkConversations { keep: a, join: c });
    let known = bench.engine.customer(all[2].0, bench.now).unwrap();
    assert_eq!(known.linked, [a, b, c], "what stands for c has joined a");
    for (keep, join) in [(b, a), (c, a), (a, a)] {
        let refused = refusal(bench.command(CommandBody::LinkConversations { keep, join }));
        assert_eq!(refused.field, "join");
    }
}

#[test]
fn a_linked_conversation_is_remembered_as_long_as_the_one_that_stands_for_it() {
    let mut bench = bench(|p| p.conversation_retention = secs(1000));
    let first = calls(&mut bench, "call-1", 1, 0);
    let second = calls(&mut bench, "call-2", 2, 0);
    let (keep, join) = (conversation(&bench, first), conversation(&bench, second));
    bench.does(CommandBody::LinkConversations { keep, join });
    let _ = bench.hangs_up("app", "call-2");
    bench.seconds(2000);
    let _ = bench.hangs_up("app", "call-1");
    let third = calls(&mut bench, "call-3", 2, 0);
    assert_eq!(conversation(&bench, third), keep);
    let _ = bench.hangs_up("app", "call-3");
    // Nothing is kept for ever: with the one goes the other, in its time.
    bench.seconds(4000);
    for conversation in [keep, join] {
        let late = CommandBody::SetContext { conversation, entries: Vec::new() };
        assert_eq!(refusal(bench.command(late)).reason, RejectionReason::Gone);
    }
    assert_eq!(bench.engine.next_deadline(), None);
}

#[test]
fn the_agent_who_serves_may_say_who_the_customer_is_and_others_may_not() {
    let mut bench = bench(|_| ());
    bench.sign_in("ana");
    let served = calls(&mut bench, "call-1", 1, 0);
    let waits = calls(&mut bench, "call-2", 2, 0);
    let say = |bench: &mut Bench, id: &str, interaction| {
        let body = CommandBody::SetIdentity { interaction, identity: identity(1) };
        let id = switchboard::id::CommandId::new(id).unwrap();
        bench.input(Command::new(id, Actor::agent(key("ana")), body))
    };
    assert!(matches!(say(&mut bench, "x1", served), Receipt::Recorded(_)));
    let refused = refusal(say(&mut bench, "x2", waits));
    let missing = Permission::ManageInteractions;
    assert_eq!(refused.reason, RejectionReason::NotPermitted(missing));
}

// -- the block list -----------------------------------------------------------------------------

fn block(token: u64, blocked: bool, until: Option<switchboard::time::Timestamp>) -> CommandBody {
    CommandBody::BlockCustomer { customer: CustomerToken(token), blocked, until }
}

fn entry_rejections(bench: &Bench) -> Vec<EntryRejection> {
    bench
        .events()
        .filter_map(|event| match event {
            Event::Interaction(InteractionEvent::EntryRejected { reason, .. }) => Some(*reason),
            _ => None,
        })
        .collect()
}

#[test]
fn a_blocked_customer_is_not_taken_in_until_the_entry_expires() {
    let mut bench = bench(|_| ());
    let until = Some(bench.now + secs(600));
    bench.does(block(7, true, until));
    let _ = arrives(&mut bench, Channel::Voice, "call-1", "100", 7, 0);
    let _ = arrives(&mut bench, Channel::Voice, "call-2", "100", 8, 0);
    assert_eq!(entry_rejections(&bench), [EntryRejection::Blocked]);
    assert_eq!(bench.requests_opened().len(), 1);
    bench.seconds(600);
    let _ = arrives(&mut bench, Channel::Voice, "call-3", "100", 7, 0);
    assert_eq!(bench.requests_opened().len(), 2);
    bench.does(block(7, true, None));
    bench.does(block(7, false, None));
    let _ = arrives(&mut bench, Channel::Voice, "call-4", "100", 7, 0);
    assert_eq!(bench.requests_opened().len(), 3);
    let past = bench.command(block(7, true, Some(START)));
    assert_eq!(refusal(past).field, "until");
}

#[test]
fn the_block_list_is_bounded_and_expired_entries_count_no_more() {
    let mut bench = bench(|_| ());
    let until = Some(bench.now + secs(60));
    bench.does(block(1, true, until));
    bench.does(block(2, true, None));
    let full = refusal(bench.command(block(3, true, None)));
    assert_eq!(full.reason, RejectionReason::LimitReached("blocked_customers".into()));
    bench.does(block(2, true, until));
    bench.seconds(60);
    bench.does(block(3, true, None));
    bench.does(block(4, true, None));
}

// -- rank and coming again ----------------------------------------------------------------------

#[test]
fn rank_and_coming_again_give_a_waiting_credit_that_can_be_seen() {
    let mut bench = bench(|p| {
        p.tier_boosts = vec![secs(30), secs(90)];
        p.repeat_boost = secs(20);
        p.repeat_window = Duration::from_hours(2);
        p.conversation_retention = Duration::from_hours(24);
    });
    let boost = |bench: &Bench| bench.requests_opened().last().unwrap().boost;
    for (n, (tier, credit)) in [(0, 0), (1, 30), (2, 90), (9, 90)].into_iter().enumerate() {
        let interaction = calls(&mut bench, &format!("call-{n}"), 100 + n as u64, tier);
        assert_eq!(boost(&bench), secs(credit), "tier {tier}");
        let known = bench.engine.customer(interaction, bench.now).unwrap();
        assert_eq!((known.tier, known.boost), (tier, secs(credit)));
    }
    let _ = bench.hangs_up("app", "call-1");
    bench.wait(Duration::from_hours(2) - secs(1));
    // What an application notes meanwhile is no contact.
    let conversation = bench.events().find_map(|event| match event {
        Event::Conversation(ConversationEvent::Opened { id, customer, .. }) => {
            (customer.token == Some(CustomerToken(101))).then_some(*id)
        }
        _ => None,
    });
    let entries = vec![entry(&bench, "case", "c-1", 0)];
    let conversation = conversation.unwrap();
    bench.does(CommandBody::SetContext { conversation, entries });
    calls(&mut bench, "again", 101, 1);
    assert_eq!(boost(&bench), secs(50));
    let why = bench.engine.explain(Question::Request(*bench.requests().last().unwrap())).unwrap();
    assert_eq!(why.boost, secs(50));
    assert!(why.to_string().contains("with a waiting credit of 50s"), "{why}");
    let _ = bench.hangs_up("app", "again");
    let entries = vec![entry(&bench, "case", "c-2", 0)];
    bench.does(CommandBody::SetContext { conversation, entries });
    bench.wait(Duration::from_hours(1));
    let entries = vec![entry(&bench, "case", "c-3", 0)];
    bench.does(CommandBody::SetContext { conversation, entries });
    bench.wait(Duration::from_hours(1));
    calls(&mut bench, "much-later", 101, 1);
    assert_eq!(boost(&bench), secs(30), "two hours are over");
}

#[test]
fn coming_again_under_another_token_is_coming_again() {
    let mut bench = bench(|p| {
        p.repeat_boost = secs(20);
        p.repeat_window = Duration::from_hours(2);
        p.conversation_retention = Duration::from_hours(24);
    });
    let first = calls(&mut bench, "call-1", 1, 0);
    let _ = bench.hangs_up("app", "call-1");
    let keep = conversation(&bench, first);
    bench.wait(Duration::from_hours(3));
    let second = calls(&mut bench, "call-2", 2, 0);
    let join = conversation(&bench, second);
    let _ = bench.hangs_up("app", "call-2");
    bench.does(CommandBody::LinkConversations { keep, join });
    bench.seconds(60);
    calls(&mut bench, "call-3", 1, 0);
    assert_eq!(bench.requests_opened().last().unwrap().boost, secs(20));
}

#[test]
fn a_priority_customer_goes_before_who_came_a_minute_earlier() {
    let mut bench = bench(|p| p.tier_boosts = vec![secs(90)]);
    calls(&mut bench, "call-1", 1, 0);
    bench.seconds(60);
    calls(&mut bench, "call-2", 2, 1);
    bench.sign_in("ana");
    assert_eq!(bench.offered(), bench.requests()[1..]);
}

// -- who waits already --------------------------------------------------------------------------

fn withdrawn(bench: &Bench) -> usize {
    bench.outcomes().iter().filter(|o| matches!(o, Outcome::Withdrawn { .. })).count()
}

#[test]
fn by_default_a_customer_who_waits_twice_waits_at_two_places() {
    let mut bench = bench(|_| ());
    calls(&mut bench, "call-1", 1, 0);
    bench.seconds(30);
    calls(&mut bench, "call-2", 1, 0);
    let requests = bench.requests_opened();
    assert_eq!(requests[1].order_at, requests[0].order_at + secs(30));
    assert_eq!(withdrawn(&bench), 0);
}

#[test]
fn a_call_replaces_the_one_that_waits_and_keeps_its_place() {
    let mut bench = bench(|p| p.already_waiting = AlreadyWaiting::Replace);
    calls(&mut bench, "call-1", 1, 0);
    comes(&mut bench, Channel::Chat, "chat-1", "widget", 1, 0);
    bench.seconds(10);
    calls(&mut bench, "stranger", 2, 0);
    bench.seconds(20);
    calls(&mut bench, "call-2", 1, 0);
    let requests = bench.requests_opened();
    let (first, last) = (&requests[0], &requests[3]);
    let place = |request: &RequestOpened| (request.order_at, request.customer_wait_since);
    assert_eq!(place(last), place(first));
    assert_eq!((last.parent, last.attempt), (None, 0));
    assert_eq!(withdrawn(&bench), 1, "the call, not the chat");
    let hung_up = bench.effects.iter().any(|effect| match &effect.kind {
        EffectKind::Hangup { leg, .. } => {
            leg.external.as_ref().is_some_and(|x| x.as_str() == "call-1")
        }
        _ => false,
    });
    assert!(hung_up);
    let _ = bench.hangs_up("app", "chat-1");
    bench.sign_in("ana");
    assert_eq!(bench.offered(), [last.id]);
}

#[test]
fn a_call_that_rings_at_an_agent_is_replaced_without_blame() {
    let mut bench = bench(|p| p.already_waiting = AlreadyWaiting::Replace);
    let body = CommandBody::Configure {
        base_version: bench.engine.config_version(),
        changes: vec![switchboard::model::Change::Agent {
            key: key("ana"),
            to: Some(Agent::new("Ana").build().unwrap()),
        }],
    };
    bench.does(body);
    bench.sign_in("ana");
    calls(&mut bench, "call-1", 1, 0);
    let offer = bench.offer();
    calls(&mut bench, "call-2", 1, 0);
    assert_ne!(bench.offer(), offer, "the new call rings in the same step");
    assert_eq!(bench.offered().last(), bench.requests().last());
    assert_eq!(bench.offer_ends(), [switchboard::message::OfferEnd::Canceled]);
}

#[test]
fn joined_calls_wait_at_one_place_and_who_answers_is_told_of_the_other() {
    let mut bench = bench(|p| p.already_waiting = AlreadyWaiting::Join);
    calls(&mut bench, "call-1", 1, 0);
    bench.seconds(30);
    let chat = comes(&mut bench, Channel::Chat, "chat-1", "widget", 1, 0);
    let requests = bench.requests_opened();
    assert_eq!(requests[0].order_at, requests[1].order_at);
    assert_eq!(withdrawn(&bench), 0, "both stay");
    bench.sign_in("ana");
    let told = bench.effects.iter().filter_map(|effect| match &effect.kind {
        EffectKind::Alert { about: Alert::AlsoWaiting(_, other) } => Some(*other),
        _ => None,
    });
    assert_eq!(told.collect::<Vec<_>>(), [chat]);
    // The agent who serves the customer may close it, and no other agent may.
    let close = |bench: &mut Bench, id: &str, actor: Actor| {
        let body = CommandBody::CloseInteraction { interaction: chat };
        bench.input(Command::new(switchboard::id::CommandId::new(id).unwrap(), actor, body))
    };
    let stranger = Actor::user(key("zoe"), Role::Agent);
    assert!(matches!(close(&mut bench, "x1", stranger), Receipt::Rejected { .. }));
    assert!(matches!(close(&mut bench, "x2", Actor::agent(key("ana"))), Receipt::Recorded(_)));
    assert_eq!(withdrawn(&bench), 1);
}

/// A customer who wrote is promised a call in ten minutes; the chat is over.
fn promised(bench: &mut Bench) -> RequestId {
    let chat = comes(bench, Channel::Chat, "chat-1", "widget", 1, 0);
    let conversation = conversation(bench, chat);
    bench.does(CommandBody::ScheduleCallback {
        conversation,
        queue: key("q"),
        to: Personal::Clear("+34 600".to_owned()),
        host: None,
        not_before: bench.now + secs(600),
        not_after: None,
    });
    let _ = bench.hangs_up("app", "chat-1");
    let scheduled = |event: &Event| match event {
        Event::Callback(CallbackEvent::Scheduled { request, .. }) => Some(*request),
        _ => None,
    };
    bench.events().find_map(scheduled).unwrap()
}

fn is_over(bench: &Bench, promise: RequestId) -> bool {
    let over = |event: &Event| match event {
        Event::Callback(CallbackEvent::Ended { request, reached, .. }) => {
            *request == promise && !reached
        }
        _ => false,
    };
    bench.events().any(over)
}

#[test]
fn a_call_that_is_answered_takes_the_place_of_one_that_was_promised() {
    let mut bench = bench(|p| p.already_waiting = AlreadyWaiting::Replace);
    let promise = promised(&mut bench);
    // Somebody else, who waits twice.
    calls(&mut bench, "call-2", 2, 0);
    comes(&mut bench, Channel::Chat, "chat-3", "widget", 2, 0);
    bench.sign_in("ana");
    let _ = bench.hangs_up("app", "call-2");
    let _ = bench.hangs_up("app", "chat-3");
    assert!(!is_over(&bench, promise));
    // A chat does not keep it, nor a call that nobody answered.
    comes(&mut bench, Channel::Chat, "chat-2", "widget", 1, 0);
    let _ = bench.hangs_up("app", "chat-2");
    bench.does(CommandBody::SignOut { agent: key("ana"), force: true });
    calls(&mut bench, "call-3", 1, 0);
    let _ = bench.hangs_up("app", "call-3");
    assert!(!is_over(&bench, promise));
    bench.sign_in("ana");
    calls(&mut bench, "call-4", 1, 0);
    assert!(is_over(&bench, promise));
    bench.seconds(700);
    assert_eq!(bench.requests().len(), 6, "not called");
}

#[test]
fn who_answers_is_told_of_a_call_that_was_promised() {
    let mut bench = bench(|p| p.already_waiting = AlreadyWaiting::Join);
    let promise = promised(&mut bench);
    bench.sign_in("ana");
    comes(&mut bench, Channel::Chat, "chat-2", "widget", 1, 0);
    let told = bench.effects.iter().filter_map(|effect| match &effect.kind {
        EffectKind::Alert { about: Alert::AlsoPromised(_, promise) } => Some(*promise),
        _ => None,
    });
    assert_eq!(told.collect::<Vec<_>>(), [promise]);
    bench.does(CommandBody::CancelCallback { request: promise });
    assert!(is_over(&bench, promise));
}

#[test]
fn by_default_a_promise_stays_when_its_customer_calls() {
    let mut bench = bench(|_| ());
    let promise = promised(&mut bench);
    bench.sign_in("ana");
    calls(&mut bench, "call-1", 1, 0);
    assert!(!is_over(&bench, promise));
}

#[test]
fn linked_conversations_wait_as_one_customer() {
    let mut bench = bench(|p| p.already_waiting = AlreadyWaiting::Join);
    let first = calls(&mut bench, "call-1", 1, 0);
    let second = calls(&mut bench, "call-2", 2, 0);
    let (keep, join) = (conversation(&bench, first), conversation(&bench, second));
    bench.does(CommandBody::LinkConversations { keep, join });
    bench.seconds(30);
    let third = calls(&mut bench, "call-3", 2, 0);
    assert_eq!(conversation(&bench, third), keep, "either token finds the one that stays");
    let requests = bench.requests_opened();
    assert_eq!(requests[2].order_at, requests[0].order_at);
}

// -- the same after a restart -------------------------------------------------------------------

#[test]
fn what_is_known_of_customers_survives_a_restart() {
    let mut bench = bench(|_| ());
    let first = calls(&mut bench, "call-1", 1, 0);
    let second = calls(&mut bench, "call-2", 2, 0);
    let (keep, join) = (conversation(&bench, first), conversation(&bench, second));
    bench.does(CommandBody::LinkConversations { keep, join });
    bench.does(block(7, true, Some(bench.now + secs(60))));
    let mut replica = switchboard::Replica::open(&bench.records[0]).unwrap();
    for record in &bench.records[1..] {
        replica.apply(record).unwrap();
    }
    let snapshot = replica.snapshot().unwrap();
    let mut engine = Engine::restore(Some(&snapshot), []).unwrap();
    assert_eq!(engine.state_hash(), bench.engine.state_hash());
    assert_eq!(engine.customer(second, bench.now), bench.engine.customer(second, bench.now));
    let resume = switchboard::message::Input::Resume { epoch: switchboard::id::Epoch(2) };
    let _ = engine.handle(bench.now, resume);
    let from = CustomerRef { token: Some(CustomerToken(7)), ..CustomerRef::default() };
    let arrival =
        Arrival::new(ExternalRef::new("call-9").unwrap(), Channel::Voice, "100").from(from);
    let report =
        switchboard::message::HostReport::new(key("app"), 99, bench.now, HostEvent::from(arrival));
    let _ = engine.handle(bench.now, report.into());
    let mut rejected = false;
    while let Some(output) = engine.poll_output() {
        if let switchboard::message::Output::Record(record) = output {
            rejected |= record.events.iter().any(|event| {
                matches!(event, Event::Interaction(InteractionEvent::EntryRejected { .. }))
            });
        }
    }
    assert!(rejected);
}
