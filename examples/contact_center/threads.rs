//! The customers who write: chats, text messages and e-mails as pure functions of (seed, thread), like
//! the calls, and on the same profile of the day. Eighty e-mails have come in overnight.

use switchboard::id::ExternalRef;
use switchboard::model::Channel;
use switchboard::time::Duration;

use crate::workload::{arrival, exponential, seconds, uniform};

/// The channels on which customers write, with their share of the profile of calls.
pub(crate) const WRITTEN: [(Channel, f64); 3] =
    [(Channel::Chat, 0.14), (Channel::Sms, 0.08), (Channel::Email, 0.10)];

/// E-mails of the night.
const NIGHT: u32 = 80;

/// A customer's thread on a channel; the host's name of it says which.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) struct Thread {
    pub(crate) channel: Channel,
    pub(crate) number: u32,
}

/// How a thread will go, as far as that lies with the customer and the matter.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Plan {
    /// After the start of the day.
    pub(crate) arrival: Duration,
    pub(crate) address: &'static str,
    /// How many messages the customer writes in all.
    pub(crate) messages: u32,
    /// How long the customer watches an empty chat window.
    pub(crate) patience: Duration,
    /// The customer stops answering where the agent still expects one.
    pub(crate) falls_silent: bool,
    /// The customer closes the chat window; the agent does otherwise.
    pub(crate) leaves: bool,
    /// The first answer to an e-mail is a question.
    pub(crate) asks: bool,
}

impl Thread {
    pub(crate) const fn new(channel: Channel, number: u32) -> Self {
        Self { channel, number }
    }

    /// The host's name of it.
    pub(crate) fn name(self) -> ExternalRef {
        ExternalRef::new(format!("{}-{}", self.channel.as_str(), self.number)).expect("a name")
    }

    /// The thread of that name.
    pub(crate) fn named(name: &ExternalRef) -> Option<Self> {
        let (channel, number) = name.as_str().rsplit_once('-')?;
        let (channel, _) = WRITTEN.into_iter().find(|(known, _)| known.as_str() == channel)?;
        Some(Self::new(channel, number.parse().ok()?))
    }

    fn u(self, seed: u64, purpose: u64) -> f64 {
        let of_channel = self.channel.index() as u64 + 1;
        uniform(seed.rotate_left(17) ^ of_channel, self.number.into(), purpose)
    }

    /// How it will go; none after the end of the day.
    pub(crate) fn plan(self, seed: u64) -> Option<Plan> {
        let u = |purpose| self.u(seed, purpose);
        let (falls_silent, asks) = (u(3) < 0.12, self.channel == Channel::Email && u(5) < 0.4);
        let again = u(4) < 0.10;
        let messages = match self.channel {
            Channel::Chat => 2 + whole(u(2) * 5.0),
            Channel::Sms => 1 + whole(u(2) * 1.9),
            _ => 1 + u32::from(asks && !falls_silent) + u32::from(again && !falls_silent),
        };
        Some(Plan {
            arrival: self.arrival(seed)?,
            address: address(self.channel, u(1)),
            messages,
            patience: seconds(8.0 + exponential(60.0, u(6))),
            falls_silent,
            leaves: u(7) < 0.3,
            asks,
        })
    }

    fn arrival(self, seed: u64) -> Option<Duration> {
        let (_, share) = WRITTEN.into_iter().find(|(channel, _)| *channel == self.channel)?;
        let of_channel = seed.rotate_left(29) ^ (self.channel.index() as u64 + 1);
        match (self.channel, self.number.checked_sub(NIGHT)) {
            (Channel::Email, None) => {
                let place = f64::from(self.number) + self.u(seed, 0);
                Some(seconds(place / f64::from(NIGHT) * 1_200.0))
            }
            (Channel::Email, Some(number)) => arrival(of_channel, number.into(), share),
            _ => arrival(of_channel, self.number.into(), share),
        }
    }

    /// How long an agent works on the answer to the customer's message of that number.
    pub(crate) fn work(self, seed: u64, message: u32) -> Duration {
        let u = self.u(seed, 16 + u64::from(message));
        let (least, mean) = match self.channel {
            Channel::Chat => (6.0, 20.0),
            Channel::Sms => (20.0, 40.0),
            _ => (45.0, 75.0),
        };
        seconds(least + exponential(mean, u))
    }

    /// How long the customer takes for the message after that.
    pub(crate) fn pause(self, seed: u64, message: u32) -> Duration {
        let u = self.u(seed, 1_016 + u64::from(message));
        let (least, mean) = match self.channel {
            Channel::Chat => (5.0, 30.0),
            Channel::Sms => (60.0, 480.0),
            _ => (300.0, 1_800.0),
        };
        seconds(least + exponential(mean, u))
    }
}

/// The whole part of a small number.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // up to five
fn whole(value: f64) -> u32 {
    value as u32
}

/// Where the customer writes to: one of the two brands.
fn address(channel: Channel, u: f64) -> &'static str {
    let of_brands = match channel {
        Channel::Chat => ["luz.example/chat", "movil.example/chat"],
        Channel::Sms => ["24100", "24200"],
        _ => ["hola@luz.example", "hola@movil.example"],
    };
    if u < 0.45 { of_brands[0] } else { of_brands[1] }
}
