//! Constructors and setters of rotas.

use super::Draft;
use crate::id::Key;
use crate::model::{Duty, LastResort, OnDuty, Rota, RotaLevel};
use crate::time::Duration;

impl Rota {
    /// A rota without levels yet: three rounds, no key to press, and then the caller is disconnected.
    pub fn new() -> Draft<Self> {
        Draft::from(Self::default())
    }
}

impl Draft<Rota> {
    /// Display name.
    pub fn name(self, name: &str) -> Self {
        self.with(|rota| name.clone_into(&mut rota.name))
    }

    /// IANA time zone for hours of duty that name none.
    pub fn time_zone(self, zone: &str) -> Self {
        self.with(|rota| zone.clone_into(&mut rota.time_zone))
    }

    /// Adds a level: those on duty are called in the order given.
    pub fn level(mut self, duties: impl IntoIterator<Item = Draft<Duty>>) -> Self {
        let mut level = 0;
        self = self.with(|rota| {
            level = rota.levels.len();
            rota.levels.push(RotaLevel::default());
        });
        for (place, duty) in duties.into_iter().enumerate() {
            self = self.with_part(&format!("levels.{level}.duties.{place}"), duty, |rota, duty| {
                if let Some(level) = rota.levels.last_mut() {
                    level.duties.push(duty);
                }
            });
        }
        self
    }

    /// How long a phone may ring.
    pub fn ring_timeout(self, span: Duration) -> Self {
        self.with(|rota| rota.ring_timeout = span)
    }

    /// The key that whoever answers must press, and how long that may take.
    pub fn accept_key(self, key: char, within: Duration) -> Self {
        self.with(|rota| {
            rota.accept_key = Some(key);
            rota.accept_timeout = within;
        })
    }

    /// What whoever answers hears first, by the host's name for it.
    pub fn prompt(self, name: &str) -> Self {
        self.with(|rota| rota.prompt = Some(name.to_owned()))
    }

    /// How often the levels are gone through.
    pub fn rounds(self, rounds: u32) -> Self {
        self.with(|rota| rota.rounds = rounds)
    }

    /// Whom nobody has accepted goes on to a queue.
    pub fn last_resort_queue(self, queue: &str) -> Self {
        self.with_parsed("last_resort", queue, |rota, key| {
            rota.last_resort = LastResort::Queue(key);
        })
    }

    /// For whom nobody has accepted, a number outside is called.
    pub fn last_resort_external(self, number: &str) -> Self {
        self.with(|rota| rota.last_resort = LastResort::External(number.to_owned()))
    }
}

impl Duty {
    /// An agent, always on duty.
    pub fn agent(agent: &str) -> Draft<Self> {
        Draft::parsed("who", agent, |key: Key| Self { who: OnDuty::Agent(key), hours: None })
    }

    /// Whoever answers a number outside, always on duty.
    pub fn external(number: &str) -> Draft<Self> {
        Draft::from(Self { who: OnDuty::External(number.to_owned()), hours: None })
    }
}

impl Draft<Duty> {
    /// On duty while these hours are open.
    pub fn during(self, hours: &str) -> Self {
        self.with_parsed("hours", hours, |duty, key| duty.hours = Some(key))
    }
}
