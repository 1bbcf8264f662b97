//! Anything that can happen to a small center, in any order; after every step the engine's own
//! checkers and a model that knows nothing but the records must agree with the engine.
#![no_main]

mod act;
mod center;
mod model;
mod world;

use act::Act;
use libfuzzer_sys::fuzz_target;
use world::World;

/// Longer streams cost more than they find.
const MOST: usize = 160;

fuzz_target!(|acts: Vec<Act>| {
    let mut world = World::new();
    for act in acts.into_iter().take(MOST) {
        world.act(act);
        world.check();
    }
    world.come_to_rest();
});
