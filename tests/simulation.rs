//! Small worlds with faults, seed after seed, under all checkers: the switch is lost and comes back,
//! phones fail, effects are refused or never heard of, people leave at any moment.
//!
//! `SIM_SEEDS` says how many seeds (20 when absent), `SIM_FIRST` where to begin: a failure names its
//! seed, and `SIM_FIRST=seed SIM_SEEDS=1` is that world again.

#[path = "simulation/chance.rs"]
mod chance;
#[path = "simulation/pbx.rs"]
mod pbx;
#[path = "simulation/world.rs"]
mod world;

use std::collections::BTreeMap;

use world::World;

fn setting(name: &str, otherwise: u64) -> u64 {
    std::env::var(name).map_or(otherwise, |text| text.parse().unwrap())
}

/// What every few worlds together must have gone through, or the faults are not what they say.
const SEEN: [&str; 13] = [
    "answered",
    "abandoned",
    "flowed out",
    "lost",
    "timeout",
    "rejected",
    "setup failed",
    "canceled",
    "wrap-up over",
    "host lost",
    "resynced",
    "effect refused",
    "signed out",
];

#[test]
fn promises_hold_in_small_worlds_with_faults() {
    let (first, seeds) = (setting("SIM_FIRST", 1), setting("SIM_SEEDS", 20));
    let mut seen: BTreeMap<&str, u64> = BTreeMap::new();
    for seed in first..first + seeds {
        let mut world = World::new(seed);
        if let Err(broken) = world.live() {
            panic!(
                "seed {seed}: {broken}\nagain: SIM_FIRST={seed} SIM_SEEDS=1 cargo test --test simulation"
            );
        }
        for (what, count) in &world.seen {
            *seen.entry(what).or_default() += count;
        }
    }
    println!("{seeds} worlds: {seen:?}");
    if seeds >= 10 {
        let missing: Vec<_> = SEEN.iter().filter(|what| !seen.contains_key(*what)).collect();
        assert!(missing.is_empty(), "never happened: {missing:?}");
    }
}

#[test]
fn a_seed_is_the_same_world_twice() {
    let hash = |seed| {
        let mut world = World::new(seed);
        world.live().unwrap();
        (world.engine.state_hash(), world.engine.seq())
    };
    assert_eq!(hash(1), hash(1));
    assert_ne!(hash(1), hash(2));
}
