//! In the shadow of itself the engine decides the same: a live engine of the same center makes its own offers on random
//! days, and what it does comes to the shadow as the facts of another system.

use proptest::prelude::*;
use switchboard::message::{Cause, CommandBody, Record, TimerId};
use switchboard::model::{Center, Misses, WrapUp, WrapUpMode};
use switchboard::shadow::{Finding, Judged, Shadow};
use switchboard::time::Duration;

use crate::floor::{AGENTS, Act, Floor, QUEUES, QueueNumbers, center};
use crate::mirror::Mirror;
use crate::random;
use crate::support::{START, key};

/// By every order but those of chance, of scores, which the other system would have to tell, and of turns: who was offered
/// something in one record had the same turn, and here it is a record each.
fn queue_numbers() -> impl Strategy<Value = QueueNumbers> {
    let order = |order: u8| if matches!(order, 4 | 7) { 8 } else { order };
    random::queue_numbers((0..8_u8).prop_map(order))
}

fn act() -> impl Strategy<Value = Act> {
    let agent = || 0..AGENTS;
    prop_oneof![
        8 => (0..QUEUES).prop_map(|queue| {
            Act::Arrive { queue, tier: 0, channel: 0, preferred: AGENTS }
        }),
        5 => (0..9_usize).prop_map(Act::HangUp),
        2 => agent().prop_map(Act::SignIn),
        1 => agent().prop_map(Act::SignOut),
        2 => (agent(), any::<bool>()).prop_map(|(agent, ready)| Act::Ready(agent, ready)),
        6 => (0..5_usize).prop_map(Act::Accept),
        2 => (0..3_usize).prop_map(Act::Reject),
        6 => (0..25_i64).prop_map(Act::Wait),
    ]
}

fn rules(numbers: &[QueueNumbers], orders: [u8; 2]) -> Center {
    let mut center = center(numbers, orders);
    // Back-offs are nothing that another system tells of.
    center.policies.no_answer = Misses::default().not_ready_after(2);
    center.policies.offer_timeout = Duration::from_micros(15_000_007);
    center.policies.exclusion = Duration::from_micros(12_000_011);
    for (place, queue) in center.queues.values_mut().enumerate() {
        if place % 2 == 0 {
            let mut wrap_up = WrapUp::default();
            wrap_up.mode = WrapUpMode::Optional;
            wrap_up.limit = Duration::from_micros(9_000_013);
            queue.wrap_up = wrap_up;
        }
    }
    center
}

/// The two side by side.
struct Pair {
    live: Floor,
    shadow: Shadow,
    mirror: Mirror,
    followed: usize,
    compared: usize,
    /// Timers of both engines were due at one instant as a ring ended: which came first is nothing that facts tell.
    undecided: bool,
}

impl Pair {
    fn new(center: Center) -> Self {
        let shadow = Shadow::new(START, center.clone()).unwrap();
        let live = Floor::new(center);
        Self { live, shadow, mirror: Mirror::default(), followed: 0, compared: 0, undecided: false }
    }

    fn act(&mut self, place: usize, act: Act) {
        let odd = Duration::from_micros(1_009 * i64::try_from(place).unwrap() + 1);
        self.live.bench.wait(odd);
        match act {
            Act::SignIn(agent) if self.is_there(agent) => {}
            Act::SignOut(agent) => {
                let agent = key(&format!("agent{agent}"));
                let _ = self.live.bench.command(CommandBody::SignOut { agent, force: false });
            }
            act => self.live.act(act),
        }
        self.follow();
    }

    fn is_there(&self, agent: u8) -> bool {
        self.mirror.there.iter().any(|id| id.0 == u32::from(agent))
    }

    fn follow(&mut self) {
        let records = self.live.bench.records[self.followed..].to_vec();
        self.followed += records.len();
        let missed = |record: &Record| matches!(record.cause, Cause::Timer(TimerId::Offer(_)));
        for (place, record) in records.iter().enumerate() {
            let at_once = records.iter().filter(|other| other.at == record.at);
            self.undecided |= at_once.clone().any(missed) && !at_once.clone().all(missed);
            if self.undecided {
                return;
            }
            let facts = self.mirror.facts(record);
            for finding in self.shadow.take_together(record.at, &facts) {
                let same = match &finding {
                    Finding::Decision(decision) => {
                        decision.judged == Judged::Same { sooner: Duration::ZERO }
                    }
                    _ => false,
                };
                assert!(same, "{finding}by {facts:?}");
                self.compared += 1;
            }
            // Of several timers of one instant each has a record of its own.
            if records.get(place + 1).is_some_and(|next| next.at == record.at) {
                continue;
            }
            let left: Vec<_> = self.shadow.wishes().collect();
            assert!(left.is_empty(), "{left:?}\nafter {facts:?}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, max_shrink_iters: 20_000, ..ProptestConfig::default() })]

    #[test]
    fn in_the_shadow_of_itself_the_engine_decides_the_same(
        numbers in prop::collection::vec(queue_numbers(), usize::from(QUEUES)),
        orders in [0..5_u8, 0..5_u8],
        there in 1..512_u16,
        acts in prop::collection::vec(act(), 1..120),
    ) {
        let mut pair = Pair::new(rules(&numbers, orders));
        let coming = (0..AGENTS).filter(|agent| there & 1 << agent != 0).map(Act::SignIn);
        for (place, act) in coming.chain(acts).enumerate() {
            pair.act(place, act);
            if pair.undecided {
                return Ok(());
            }
        }
        assert_eq!(pair.compared, pair.mirror.offered);
    }
}
