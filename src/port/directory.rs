//! Who is it: customers by their address.

use async_trait::async_trait;

use super::PortError;
use crate::id::Key;
use crate::message::{CustomerRef, CustomerToken, HostEvent, Personal};
use crate::model::Channel;

/// The host's register of customers.
///
/// A driver asks it when somebody comes in, before the report goes to the engine, and completes the
/// report with the answer ([`recognize`]). The engine never asks: what it decides by comes in with
/// the input.
#[async_trait]
pub trait Directory: Send + Sync {
    /// Everybody who may be behind an address: nobody, one, or several.
    ///
    /// # Errors
    /// [`PortError`] if the register cannot be asked: the customer then comes in unknown, not turned away.
    async fn look_up(&self, query: &Lookup) -> Result<Known, PortError>;
}

/// What is asked.
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub struct Lookup {
    /// The medium, which says what kind of address it is.
    pub channel: Channel,
    /// The customer's address or number.
    pub address: Personal<String>,
    /// The address of ours that was reached: registers may differ by brand.
    pub reached: String,
}

impl Lookup {
    /// Who writes or calls from `address` to `reached`?
    pub fn new(channel: Channel, address: Personal<String>, reached: impl Into<String>) -> Self {
        Self { channel, address, reached: reached.into() }
    }
}

/// What the register knows of an address.
#[derive(Clone, Default, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub struct Known {
    /// Recognizes whoever uses the address again, by a keyed hash whose key stays with the host.
    pub token: Option<CustomerToken>,
    /// Who it may be.
    pub candidates: Vec<Candidate>,
}

/// Somebody who may be behind an address.
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub struct Candidate {
    /// The register's name of the customer.
    pub reference: Personal<String>,
    /// Name.
    pub name: Option<Personal<String>>,
    /// Rank, 0 for everybody.
    pub tier: u8,
    /// Language.
    pub language: Option<String>,
    /// What else is known, for the context of the conversation.
    pub attributes: Vec<(Key, Personal<String>)>,
}

impl Candidate {
    /// A customer of whom nothing is known but the reference.
    pub fn new(reference: impl Into<String>) -> Self {
        let reference = Personal::Clear(reference.into());
        Self { reference, name: None, tier: 0, language: None, attributes: Vec::new() }
    }

    /// The same, with a name.
    #[must_use]
    pub fn named(self, name: impl Into<String>) -> Self {
        Self { name: Some(Personal::Clear(name.into())), ..self }
    }

    /// The same, of a rank.
    #[must_use]
    pub fn tier(self, tier: u8) -> Self {
        Self { tier, ..self }
    }

    /// The same, with a language.
    #[must_use]
    pub fn language(self, language: impl Into<String>) -> Self {
        Self { language: Some(language.into()), ..self }
    }

    /// The same, with one more attribute.
    #[must_use]
    pub fn attribute(mut self, key: Key, value: impl Into<String>) -> Self {
        self.attributes.push((key, Personal::Clear(value.into())));
        self
    }
}

impl Known {
    /// One customer, or nobody, or several.
    pub const fn new(token: Option<CustomerToken>, candidates: Vec<Candidate>) -> Self {
        Self { token, candidates }
    }

    /// The only one who it can be.
    pub fn only(&self) -> Option<&Candidate> {
        match self.candidates.as_slice() {
            [only] => Some(only),
            _ => None,
        }
    }

    /// Completes what a report says of a customer: the token and all candidates; rank and name where it
    /// can be only one. A name that the medium brought along stays.
    pub fn complete(&self, customer: &mut CustomerRef) {
        customer.token = customer.token.or(self.token);
        let references = self.candidates.iter().map(|candidate| candidate.reference.clone());
        customer.candidates = references.collect();
        if let Some(only) = self.only() {
            customer.tier = only.tier;
            customer.name = customer.name.take().or_else(|| only.name.clone());
        }
    }
}

/// Completes what an event says of a customer who comes in or writes. What tells of nobody, or of nobody
/// with an address that can be read, is left as it is.
///
/// # Errors
/// [`PortError`] if the register cannot be asked; the event is as it was.
pub async fn recognize(directory: &dyn Directory, event: &mut HostEvent) -> Result<(), PortError> {
    let (channel, reached, customer) = match event {
        HostEvent::Offered(arrival) => (arrival.channel, &arrival.to, &mut arrival.from),
        HostEvent::MessageReceived { channel, to, from, .. } => (*channel, &*to, &mut **from),
        _ => return Ok(()),
    };
    let Some(address) = customer.address.as_ref().filter(|address| address.clear().is_some())
    else {
        return Ok(());
    };
    let lookup = Lookup::new(channel, address.clone(), reached.clone());
    directory.look_up(&lookup).await?.complete(customer);
    Ok(())
}
