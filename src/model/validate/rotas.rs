//! Rotas: whom they name, and their bounds.

use super::report::{Place, Report};
use crate::model::{Center, Duty, LastResort, OnDuty, Rota, Station};

/// Most levels of a rota, and most duties of a level.
const MOST: usize = 20;
/// Most rounds: a caller is not kept for ever.
const MOST_ROUNDS: u32 = 100;
/// The keys of a phone.
const KEYS: &str = "0123456789*#ABCD";

pub(super) fn check(center: &Center, report: &mut Report) {
    for (key, rota) in &center.rotas {
        let place = Place::of("rotas", key);
        report.zone(place, &rota.time_zone);
        check_levels(center, place, rota, report);
        report.positive(place, "ring_timeout", rota.ring_timeout);
        report.positive(place, "accept_timeout", rota.accept_timeout);
        if let Some(key) = rota.accept_key.filter(|key| !KEYS.contains(*key)) {
            report.fault(place, "accept_key", format!("{key:?} is no key of a phone"));
        }
        if !(1..=MOST_ROUNDS).contains(&rota.rounds) {
            let message = format!("{} is not from 1 to {MOST_ROUNDS}", rota.rounds);
            report.fault(place, "rounds", message);
        }
        match &rota.last_resort {
            LastResort::Queue(queue) => {
                report.known(place, "last_resort", ("queue", &center.queues), queue);
            }
            LastResort::External(number) if number.is_empty() => {
                report.fault(place, "last_resort", "the number is empty");
            }
            LastResort::HangUp | LastResort::External(_) => {}
        }
    }
}

fn check_levels(center: &Center, place: Place<'_>, rota: &Rota, report: &mut Report) {
    if rota.levels.is_empty() {
        report.fault(place, "levels", "names no level, so nobody would be called");
    }
    if rota.levels.len() > MOST {
        report.fault(place, "levels", format!("are more than {MOST}"));
    }
    for (number, level) in rota.levels.iter().enumerate() {
        let field = format!("levels.{number}.duties");
        if level.duties.is_empty() {
            report.fault(place, &field, "names nobody");
        }
        if level.duties.len() > MOST {
            report.fault(place, &field, format!("are more than {MOST}"));
        }
        for (number, duty) in level.duties.iter().enumerate() {
            check_duty(center, place, &format!("{field}.{number}"), duty, report);
        }
    }
}

fn check_duty(center: &Center, place: Place<'_>, field: &str, duty: &Duty, report: &mut Report) {
    let who = format!("{field}.who");
    match &duty.who {
        OnDuty::Agent(agent) => {
            report.known(place, &who, ("agent", &center.agents), agent);
            let station = center.agents.get(agent).map(|agent| &agent.station);
            if station == Some(&Station::Direct) {
                let message = format!("{agent:?} has no phone that can be called");
                report.warn(place, &who, message);
            }
        }
        OnDuty::External(number) if number.is_empty() => {
            report.fault(place, &who, "the number is empty");
        }
        OnDuty::External(_) => {}
    }
    if let Some(hours) = &duty.hours {
        report.known(place, &format!("{field}.hours"), ("hours", &center.hours), hours);
    }
}
