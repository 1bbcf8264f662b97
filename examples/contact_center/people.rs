//! The agents' day: shifts and lunch, as a pure function of their place in the roster.

use switchboard::id::Key;
use switchboard::model::Center;
use switchboard::time::Duration;

use crate::leads::Leads;

/// What an agent does by the clock.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Turn {
    SignIn,
    Lunch,
    Back,
    /// A team lead listens to somebody.
    Listen,
    Heard,
    SignOut,
}

/// From when to when somebody is at work, in minutes after the start of the day: three shifts.
pub(crate) const fn shift(place: i64) -> (i64, i64) {
    match place % 5 {
        0 | 1 => (25, 510),
        2 | 3 => (90, 630),
        _ => (210, 760),
    }
}

/// All turns of all agents, by time after the start of the day at 07:30: three shifts, 07:55 to 16:00,
/// 09:00 to 18:00 and 11:00 to 20:10; half an hour of lunch in the middle, a few at a time. Leads listen
/// an hour after they came, and again an hour and a half before they go.
pub(crate) fn turns(center: &Center, leads: &Leads) -> Vec<(Duration, Key, Turn)> {
    let mut turns = Vec::new();
    for (place, agent) in (0_i64..).zip(center.agents.keys()) {
        let (from, to) = shift(place);
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
        if leads.all().any(|lead| lead == agent) {
            for minute in [from + 60, to - 90] {
                let at = |minute| Duration::from_mins(minute) + scatter;
                turns.push((at(minute), agent.clone(), Turn::Listen));
                turns.push((at(minute + 15), agent.clone(), Turn::Heard));
            }
        }
    }
    turns
}
