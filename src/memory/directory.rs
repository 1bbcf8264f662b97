//! A register of customers in memory.

use std::collections::BTreeMap;
use std::fmt;

use async_trait::async_trait;

use crate::message::CustomerToken;
use crate::port::{Candidate, Directory, Known, Lookup, PortError};

/// Customers by address. Addresses are compared without regard to case and surrounding blanks, and
/// the same for all channels and brands.
#[derive(Clone, Default)]
pub struct MemoryDirectory {
    known: BTreeMap<String, Known>,
}

impl MemoryDirectory {
    /// A register without customers.
    pub fn new() -> Self {
        Self::default()
    }

    /// The same, with one more candidate for an address.
    #[must_use]
    pub fn with(mut self, address: &str, candidate: Candidate) -> Self {
        self.known.entry(normal(address)).or_default().candidates.push(candidate);
        self
    }

    /// The same, with the token by which whoever uses an address is recognized.
    #[must_use]
    pub fn token(mut self, address: &str, token: CustomerToken) -> Self {
        self.known.entry(normal(address)).or_default().token = Some(token);
        self
    }
}

/// Addresses are personal: only their number is shown.
impl fmt::Debug for MemoryDirectory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MemoryDirectory").field("addresses", &self.known.len()).finish()
    }
}

fn normal(address: &str) -> String {
    address.trim().to_lowercase()
}

#[async_trait]
impl Directory for MemoryDirectory {
    async fn look_up(&self, query: &Lookup) -> Result<Known, PortError> {
        let address = query.address.clear();
        let address = address.ok_or_else(|| PortError::invalid("address", "sealed or erased"))?;
        Ok(self.known.get(&normal(address)).cloned().unwrap_or_default())
    }
}
