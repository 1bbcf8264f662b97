//! Figures of written channels: what a message costs, a day of e-mails, and what is put away.

use switchboard::id::{EngagementId, ExternalRef, OfferId};
use switchboard::message::{
    CommandBody, CustomerRef, EffectKind, EngagementEvent, Event, HostEvent, Personal,
};
use switchboard::model::Channel;
use switchboard::time::Duration;

use crate::figures::{Figure, clock, nanos, one_call, plain, spread};
use crate::world::{Journal, Plan, World};

/// Agents at phones of a switch who also write, one queue for everything.
fn writing_world(agents: usize) -> World {
    let plan = Plan { queues: vec![Vec::new()], written: true, ..Plan::new(agents, 10, 1) };
    let mut world = World::new(plan.center(true), "pbx", Journal::Kept);
    for agent in 0..agents {
        world.sign_in(agent);
        world.pass(Duration::from_micros(10));
    }
    world.records.clear();
    world
}

/// A customer writes.
fn write(world: &mut World, channel: Channel, thread: u64, message: u64) {
    let name = |kind: &str, number| ExternalRef::new(format!("{kind}-{number}")).expect("a name");
    let input = world.report(HostEvent::MessageReceived {
        thread: name(channel.as_str(), thread),
        message: name("message", message),
        channel,
        to: channel.as_str().to_owned(),
        from: Box::<CustomerRef>::default(),
        subject: None,
        text: Personal::Clear("Where is my order? It should have been here on Monday.".to_owned()),
        in_reply_to: None,
        attachments: Vec::new(),
    });
    world.does(input);
}

/// An agent takes what was offered last.
fn take(world: &mut World) -> EngagementId {
    let shown = |kind: &EffectKind| match kind {
        EffectKind::PresentOffer { offer, .. } => Some(*offer),
        _ => None,
    };
    let offer: Option<OfferId> = world.effects.iter().rev().find_map(|effect| shown(&effect.kind));
    let offer = offer.expect("an offer on the desktop");
    world.command(CommandBody::AcceptOffer { offer });
    let opened =
        world.records.iter().rev().flat_map(|record| &record.events).find_map(
            |event| match event {
                Event::Engagement(EngagementEvent::Opened { id, .. }) => Some(*id),
                _ => None,
            },
        );
    opened.expect("the agent's part")
}

/// The agent answers, and the host has sent it.
fn answer(world: &mut World, engagement: EngagementId) {
    world.command(CommandBody::SendMessage {
        engagement,
        text: Personal::Clear("It left our house this morning and arrives tomorrow.".to_owned()),
        in_reply_to: None,
        attachments: Vec::new(),
    });
    let op = world.last_op(|kind| matches!(kind, EffectKind::SendMessage { .. }));
    let input = world.report(HostEvent::OpDone { op });
    world.does(input);
}

/// 300 chats of 100 agents go on at once; in turns a customer writes and the agent answers. One sample
/// is both messages with all that belongs to them: both inputs, the host's word that the answer is sent,
/// records and effects taken out.
pub(crate) fn chat() -> Vec<Figure> {
    let mut world = writing_world(100);
    let parts: Vec<EngagementId> = (0..300)
        .map(|thread| {
            write(&mut world, Channel::Chat, thread, thread);
            take(&mut world)
        })
        .collect();
    let mut samples = Vec::new();
    for message in 300..200_300_u64 {
        world.records.clear();
        world.effects.clear();
        let thread = message % 300;
        let part = parts[usize::try_from(thread).unwrap_or(0)];
        let began = clock();
        write(&mut world, Channel::Chat, thread, message);
        answer(&mut world, part);
        if message >= 20_000 {
            samples.push(nanos(began) / 2.0);
        }
        world.pass(Duration::from_millis(1));
    }
    let (median, p99) = spread(samples);
    // Half of the two messages' three inputs, at the goal of `commands_per_s`.
    vec![Figure { p99: Some(p99), ..plain("chat_message", "ns", median, 3_000.0) }]
}

/// 1,000 agents on a day with 100,000 e-mails: each comes, is taken and answered; nine of ten are put
/// away until the customer writes again, the tenth is closed. `email_day_100k` is the time for all of it.
///
/// `call_beside_parked` is a voice call from arrival to the end of the agent's part, with the 90,000
/// e-mails put away; baseline: the same call in the same center without any, a hundred calls in turns.
/// It should cost the same; the goal leaves room for caches and for noise.
pub(crate) fn email_day() -> Vec<Figure> {
    let (mut parked, mut empty) = (writing_world(1_000), writing_world(1_000));
    let began = clock();
    for email in 0..100_000 {
        parked.records.clear();
        parked.effects.clear();
        write(&mut parked, Channel::Email, email, email);
        let engagement = take(&mut parked);
        answer(&mut parked, engagement);
        parked.command(match email % 10 {
            0 => CommandBody::HangUp { engagement },
            _ => CommandBody::Park { engagement, until: None },
        });
        // A day of eight hours.
        parked.pass(Duration::from_millis(288));
    }
    let day = nanos(began) / 1e9;
    let mut spent: [Vec<f64>; 2] = [Vec::new(), Vec::new()];
    for round in 0..300 {
        for (world, spent) in [&mut parked, &mut empty].into_iter().zip(&mut spent) {
            let began = clock();
            for call in 0..100 {
                one_call(world, round * 100 + call);
                world.records.clear();
                world.pass(Duration::from_millis(1));
            }
            if round >= 50 {
                spent.push(nanos(began) / 100.0);
            }
        }
    }
    let [(median, p99), (baseline, _)] = spent.map(spread);
    vec![
        plain("email_day_100k", "s", day, 4.0),
        Figure {
            id: "call_beside_parked",
            unit: "ns",
            median,
            p99: Some(p99),
            goal: None,
            baseline: Some(baseline),
            goal_ratio: Some(0.8),
        },
    ]
}
