//! The wheel against an ordered set.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use super::*;

/// The obvious way to keep deadlines.
#[derive(Default)]
struct Model {
    by_time: BTreeSet<(Timestamp, u32)>,
    by_key: BTreeMap<u32, Timestamp>,
}

impl Model {
    fn clear(&mut self, key: u32) -> Option<Timestamp> {
        let deadline = self.by_key.remove(&key)?;
        self.by_time.remove(&(deadline, key));
        Some(deadline)
    }

    fn set(&mut self, key: u32, deadline: Timestamp) {
        self.clear(key);
        if deadline != Timestamp::MAX {
            self.by_key.insert(key, deadline);
            self.by_time.insert((deadline, key));
        }
    }

    fn pop_due(&mut self, now: Timestamp) -> Option<(Timestamp, u32)> {
        let (deadline, key) = self.by_time.first().copied().filter(|(at, _)| *at <= now)?;
        self.clear(key);
        Some((deadline, key))
    }
}

#[derive(Clone, Debug)]
enum Step {
    /// Arm a key this far from now, in microseconds.
    Set(u32, i64),
    SetAt(u32, i64),
    /// Arm many keys around one instant.
    Crowd {
        first: u32,
        count: u32,
        ahead: i64,
        apart: i64,
    },
    Clear(u32),
    ClearFirst,
    /// Let time pass and pop everything due.
    Pass(i64),
    /// Let time pass and pop one.
    PassAndPopOne(i64),
    /// Jump to exactly the next deadline, or just before it.
    ToNext {
        before: bool,
    },
}

const DAY: i64 = 86_400_000_000;
const YEAR: i64 = 365 * DAY;

/// Spans at every scale that a level, or the border between two, could get wrong.
fn ahead() -> impl Strategy<Value = i64> {
    prop_oneof![
        3 => -3..3_i64,
        3 => 0..1_100_i64,
        3 => 0..70_000_i64,
        3 => 0..300_000_000_i64,
        3 => (0..30_i64).prop_map(|i| i * 1_000_000),
        2 => 0..40 * DAY,
        2 => 0..4 * YEAR,
        1 => -YEAR..0,
        1 => (0..12_u32, -2..2_i64).prop_map(|(bits, off)| (1_000 << (bits * 4)) + off),
    ]
}

fn step() -> impl Strategy<Value = Step> {
    let key = || 0..60_u32;
    let instant = prop_oneof![
        Just(0),
        Just(i64::MIN),
        Just(i64::MAX),
        Just(i64::MAX - 1),
        -2_000..2_000_i64,
        any::<i64>()
    ];
    prop_oneof![
        12 => (key(), ahead()).prop_map(|(key, ahead)| Step::Set(key, ahead)),
        2 => (key(), instant).prop_map(|(key, at)| Step::SetAt(key, at)),
        1 => (0..1_000_u32, 0..200_u32, ahead(), prop_oneof![Just(0), 0..5_i64, 0..9_000_i64])
            .prop_map(|(first, count, ahead, apart)| Step::Crowd { first, count, ahead, apart }),
        4 => key().prop_map(Step::Clear),
        4 => Just(Step::ClearFirst),
        3 => ahead().prop_map(|span| Step::Pass(span.max(0))),
        2 => ahead().prop_map(|span| Step::PassAndPopOne(span.max(0))),
        4 => any::<bool>().prop_map(|before| Step::ToNext { before }),
    ]
}

fn rebuilt(model: &Model, start: Timestamp) -> Wheel<u32> {
    let mut wheel = Wheel::new(start);
    for (key, deadline) in &model.by_key {
        wheel.set(*key, *deadline);
    }
    wheel
}

fn run(start: i64, steps: &[Step]) {
    let mut now = Timestamp::from_micros(start);
    let mut wheel = Wheel::new(now);
    let mut model = Model::default();
    let at = |now: Timestamp, ahead: i64| Timestamp::from_micros(now.as_micros() + ahead);
    for step in steps {
        let (mut pops, mut span) = (0, 0);
        match *step {
            Step::Set(key, ahead) => {
                wheel.set(key, at(now, ahead));
                model.set(key, at(now, ahead));
            }
            Step::SetAt(key, micros) => {
                wheel.set(key, Timestamp::from_micros(micros));
                model.set(key, Timestamp::from_micros(micros));
            }
            Step::Crowd { first, count, ahead, apart } => {
                for place in 0..count {
                    let deadline = at(now, ahead + i64::from(place * 7 % 13) * apart);
                    wheel.set(first + place, deadline);
                    model.set(first + place, deadline);
                }
            }
            Step::Clear(key) => assert_eq!(wheel.clear(&key), model.clear(key)),
            Step::ClearFirst => {
                if let Some((deadline, key)) = model.by_time.first().copied() {
                    assert_eq!(wheel.clear(&key), Some(deadline));
                    model.clear(key);
                }
            }
            Step::Pass(by) => (pops, span) = (usize::MAX, by),
            Step::PassAndPopOne(by) => (pops, span) = (1, by),
            Step::ToNext { before } => {
                if let Some(next) = wheel.next_deadline().filter(|at| *at > now && *at < FAR) {
                    span = next.since(now).as_micros() - i64::from(before);
                }
                pops = usize::MAX;
            }
        }
        now = at(now, span);
        for _ in 0..pops {
            let due = wheel.pop_due(now);
            assert_eq!(due, model.pop_due(now), "at {now}");
            if due.is_none() {
                break;
            }
        }
        assert_eq!(wheel.next_deadline(), model.by_time.first().map(|(at, _)| *at));
        assert_eq!((wheel.len(), wheel.is_empty()), (model.by_key.len(), model.by_key.is_empty()));
    }
    for key in 0..1_200 {
        assert_eq!(wheel.deadline(&key), model.by_key.get(&key).copied());
    }
    wheel.rings.check();
    let mut again = rebuilt(&model, now);
    for time in [now, Timestamp::from_micros(now.as_micros() + DAY), FAR, Timestamp::MAX] {
        while let Some(due) = wheel.pop_due(time) {
            assert_eq!(again.pop_due(time), Some(due));
            assert_eq!(model.pop_due(time), Some(due));
            assert_eq!(again.next_deadline(), wheel.next_deadline());
        }
        assert_eq!((again.pop_due(time), model.pop_due(time)), (None, None));
    }
    assert!(wheel.is_empty() && again.is_empty());
}

/// Time does not jump beyond here, so that a test can go on after it.
const FAR: Timestamp = Timestamp::from_micros(400 * YEAR);

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_500))]

    #[test]
    fn equals_the_ordered_set_and_its_own_rebuilding(
        start in prop_oneof![Just(0), 0..60 * YEAR, -10 * YEAR..0],
        steps in prop::collection::vec(step(), 0..120),
    ) {
        run(start, &steps);
    }
}

#[test]
fn never_is_not_armed() {
    let mut wheel = Wheel::default();
    wheel.set(1_u32, Timestamp::MAX);
    assert!(wheel.is_empty());
    wheel.set(1, Timestamp::from_secs(1));
    wheel.set(1, Timestamp::MAX);
    assert_eq!((wheel.len(), wheel.next_deadline()), (0, None));
    assert_eq!(wheel.pop_due(Timestamp::MAX), None);
}

#[test]
fn equal_deadlines_leave_by_key_and_crowds_within_a_tick_by_microsecond() {
    let mut wheel = Wheel::new(Timestamp::from_secs(1_000));
    for key in (0..500_u32).rev() {
        wheel.set(key, Timestamp::from_micros(1_000_500_000 + i64::from(key % 3)));
    }
    let mut expected: Vec<_> = (0..500_u32).map(|key| (key % 3, key)).collect();
    expected.sort_unstable();
    for (micros, key) in expected {
        let deadline = Timestamp::from_micros(1_000_500_000 + i64::from(micros));
        assert_eq!(wheel.pop_due(Timestamp::from_secs(1_001)), Some((deadline, key)));
    }
}

#[test]
fn emptied_rings_are_used_again() {
    let mut wheel = Wheel::default();
    for round in 0..2_000 {
        let now = Timestamp::from_secs(round * 600);
        for key in 0..100_u32 {
            wheel.set(key, Timestamp::from_micros(now.as_micros() + i64::from(key) * 7_000_000));
        }
        while wheel.pop_due(Timestamp::from_secs(round * 600 + 700)).is_some() {}
    }
    let (entries, rings) = wheel.rings.room();
    assert!(entries <= 100 && rings <= 101, "{entries} entries, {rings} rings");
}
