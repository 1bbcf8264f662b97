//! Whoever gets what is who should: random centers with every order of service and every order of agents, random
//! days, and after every step each offer is compared with what looking at everybody finds.

#[path = "support/floor.rs"]
mod floor;
#[path = "support/random.rs"]
mod random;
#[path = "support/mod.rs"]
mod support;

use floor::{AGENTS, Act, Floor, QUEUES, QueueNumbers, center};
use proptest::prelude::*;
use support::START;

/// By every order.
fn queue_numbers() -> impl Strategy<Value = QueueNumbers> {
    random::queue_numbers(0..11_u8)
}

fn act() -> impl Strategy<Value = Act> {
    let agent = || 0..AGENTS;
    prop_oneof![
        8 => (0..QUEUES, 0..4_u8, 0..3_u8, 0..40_u8).prop_map(|(queue, tier, channel, preferred)| {
            Act::Arrive { queue, tier, channel, preferred }
        }),
        4 => (0..9_usize).prop_map(Act::HangUp),
        3 => agent().prop_map(Act::SignIn),
        1 => agent().prop_map(Act::SignOut),
        2 => (agent(), any::<bool>()).prop_map(|(agent, ready)| Act::Ready(agent, ready)),
        5 => (0..5_usize).prop_map(Act::Accept),
        2 => (0..3_usize).prop_map(Act::Reject),
        1 => (agent(), 0..5_usize).prop_map(|(agent, n)| Act::Pull(agent, n)),
        2 => (0..QUEUES, agent(), -3..4_i32).prop_map(|(q, agent, n)| Act::Score(q, agent, n)),
        1 => (0..5_usize, -20..60_i64).prop_map(|(n, boost)| Act::Prioritize(n, boost)),
        1 => (0..QUEUES, queue_numbers()).prop_map(|(queue, to)| Act::Configure(queue, to)),
        1 => (0..5_u8).prop_map(Act::Order),
        1 => (0..5_u8).prop_map(Act::Across),
        1 => (agent(), any::<u8>()).prop_map(|(agent, n)| Act::Reskill(agent, n)),
        1 => (agent(), 0..5_usize).prop_map(|(agent, n)| Act::Offer(agent, n)),
        1 => prop::bool::weighted(0.2).prop_map(Act::Elsewhere),
        4 => (0..40_i64).prop_map(Act::Wait),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, max_shrink_iters: 20_000, ..ProptestConfig::default() })]

    #[test]
    fn each_choice_is_what_looking_at_everybody_finds(
        numbers in prop::collection::vec(queue_numbers(), usize::from(QUEUES)),
        rules in [0..5_u8, 0..5_u8],
        there in 0..512_u16,
        acts in prop::collection::vec(act(), 1..90),
    ) {
        let mut floor = Floor::new(center(&numbers, rules));
        for agent in (0..AGENTS).filter(|agent| there & 1 << agent != 0) {
            floor.act(Act::SignIn(agent));
        }
        for act in acts {
            floor.act(act);
            floor.check();
        }
        assert!(floor.bench.now >= START);
    }
}
