//! The agents' day: shifts and lunch, as a pure function of their place in the roster.

use switchboard::id::Key;
use switchboard::model::Center;
use switchboard::time::Duration;

/// What an agent does by the clock.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Turn {
    SignIn,
    Lunch,
    Back,
    SignOut,
}

/// All turns of all agents, by time after the start of the day at 07:30: three shifts, 07:55 to 16:00,
/// 09:00 to 18:00 and 11:00 to 20:10; half an hour of lunch in the middle, a few at a time.
pub(crate) fn turns(center: &Center) -> Vec<(Duration, Key, Turn)> {
    let mut turns = Vec::new();
    for (place, agent) in (0_i64..).zip(center.agents.keys()) {
        let (from, to) = match place % 5 {
            0 | 1 => (25, 510),
            2 | 3 => (90, 630),
            _ => (210, 760),
        };
        let lunch = i64::midpoint(from, to) - 60 + place % 6 * 20;
        let scatter = Duration::from_secs(place * 7 % 60);
        for (minute, turn) in [
            (from, Turn::SignIn),
            (lunch, Turn::Lunch),
            (lunch + 30, Turn::Back),
            (to, Turn::SignOut),
        ] {
            turns.push((Duration::from_mins(minute) + scatter, agent.clone(), turn));
        }
    }
    turns
}
