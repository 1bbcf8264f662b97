//! Bytes as a center with any order of service, of agents and across queues, and as its day: after every step each
//! choice must be what looking at everybody finds, as in `tests/routing.rs`.
#![no_main]

#[path = "../../tests/support/floor.rs"]
mod floor;
#[path = "../../tests/support/mod.rs"]
mod support;

use arbitrary::{Result, Unstructured};
use floor::{AGENTS, Act, Floor, QUEUES, QueueNumbers, center};
use libfuzzer_sys::fuzz_target;

/// Longer days cost more than they find.
const MOST: usize = 120;

fuzz_target!(|bytes: &[u8]| {
    // Bytes that end early are a short day.
    let _ = live(&mut Unstructured::new(bytes));
});

fn live(u: &mut Unstructured<'_>) -> Result<()> {
    let mut numbers = Vec::new();
    for _ in 0..QUEUES {
        numbers.push(queue_numbers(u)?);
    }
    let rules = [below(u, 5)?, below(u, 5)?];
    let there = u.int_in_range(0..=(1 << AGENTS) - 1_u16)?;
    let mut floor = Floor::new(center(&numbers, rules));
    for agent in (0..AGENTS).filter(|agent| there & 1 << agent != 0) {
        floor.act(Act::SignIn(agent));
    }
    for _ in 0..MOST {
        if u.is_empty() {
            break;
        }
        floor.act(act(u)?);
        floor.check();
    }
    Ok(())
}

/// A number below a bound.
fn below(u: &mut Unstructured<'_>, bound: u8) -> Result<u8> {
    u.int_in_range(0..=bound - 1)
}

fn queue_numbers(u: &mut Unstructured<'_>) -> Result<QueueNumbers> {
    Ok(QueueNumbers {
        asks: below(u, 6)?,
        order: below(u, 4)?,
        agents: below(u, 11)?,
        groups: below(u, 5)?,
        weights: [below(u, 5)?, below(u, 5)?, below(u, 5)?],
        reserve: below(u, 12)?,
        relaxes: below(u, 6)?,
        rings: below(u, 8)?,
    })
}

fn act(u: &mut Unstructured<'_>) -> Result<Act> {
    let (agent, queue) = (below(u, AGENTS)?, below(u, QUEUES)?);
    // Which of the latest ones.
    let nth = usize::from(below(u, 9)?);
    Ok(match below(u, 26)? {
        0..6 => Act::Arrive {
            queue,
            tier: below(u, 4)?,
            channel: below(u, 3)?,
            preferred: below(u, 40)?,
        },
        6..9 => Act::HangUp(nth),
        9..11 => Act::SignIn(agent),
        11 => Act::SignOut(agent),
        12 => Act::Ready(agent, u.arbitrary()?),
        13..16 => Act::Accept(nth),
        16 => Act::Reject(nth),
        17 => Act::Pull(agent, nth),
        18 => Act::Score(queue, agent, u.int_in_range(-3..=3)?),
        19 => Act::Prioritize(nth, u.int_in_range(-20..=59)?),
        20 => Act::Configure(queue, queue_numbers(u)?),
        21 => match below(u, 2)? {
            0 => Act::Order(below(u, 5)?),
            _ => Act::Across(below(u, 5)?),
        },
        22 => Act::Reskill(agent, u.arbitrary()?),
        23 => Act::Offer(agent, nth),
        24 => Act::Elsewhere(u.arbitrary()?),
        _ => Act::Wait(below(u, 40)?.into()),
    })
}
