//! The adapter: the mailbox and the relay as one port.

use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use switchboard::message::{DeliveryState, HostError, HostEvent, Personal};
use switchboard::port::{Fate, Incoming, InputNumber, Messaging, Numbered, Outgoing, PortError};
use switchboard::time::Timestamp;
use tokio::sync::{Notify, mpsc, oneshot};
use tokio::task::JoinHandle;

use crate::compose::{compose, name};
use crate::config::MailConfig;
use crate::error::MailError;
use crate::inbox::{Item, Keeper, Progress, Release};
use crate::smtp::{Handed, Relay};
use crate::store::AttachmentStore;
use crate::tls;

/// Tells the time: for the `Date` of what is sent and the reports on it. What comes in bears the
/// server's time.
pub type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// The clock of the machine.
#[allow(clippy::disallowed_methods)] // an adapter is the edge: the core gets the time from here
pub fn system_clock() -> Clock {
    use std::time::SystemTime;
    Arc::new(|| {
        let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        Timestamp::from_micros(i64::try_from(since.as_micros()).unwrap_or(i64::MAX))
    })
}

/// Email as a port of the engine. Dropping it closes the connections; what it has not released lies in
/// the mailbox and comes again.
pub struct MailAdapter {
    config: Arc<MailConfig>,
    store: Arc<dyn AttachmentStore>,
    clock: Clock,
    relay: Relay,
    items: tokio::sync::Mutex<mpsc::Receiver<Item>>,
    releases: mpsc::Sender<Release>,
    /// Reports on sending, which live as long as the adapter.
    sent: Mutex<Numbered>,
    news: Notify,
    keeper: JoinHandle<()>,
}

impl MailAdapter {
    /// Starts the adapter, within a tokio runtime. It connects in the background; trouble comes out of
    /// [`receive`](Messaging::receive).
    ///
    /// `run` numbers the starts, rising: the engine's epoch is a good one.
    ///
    /// # Errors
    /// [`MailError::Config`] with all faults, [`MailError::Tls`] if nobody can be trusted.
    pub fn start(
        config: MailConfig,
        run: u64,
        store: Arc<dyn AttachmentStore>,
        clock: Clock,
    ) -> Result<Self, MailError> {
        config.validate()?;
        let config = Arc::new(config);
        let (items_in, items) = mpsc::channel(1);
        let (releases, releases_out) = mpsc::channel(1);
        let relay = Relay::new(&config)?;
        let keeper = Keeper {
            tls: tls::connector(config.roots.as_deref(), config.imap.security)?,
            config: Arc::clone(&config),
            store: Arc::clone(&store),
            items: items_in,
            releases: releases_out,
            progress: Progress::default(),
        };
        Ok(Self {
            sent: Mutex::new(Numbered::new(config.outbox.clone(), run)),
            relay,
            items: tokio::sync::Mutex::new(items),
            releases,
            news: Notify::new(),
            keeper: tokio::spawn(keeper.run()),
            config,
            store,
            clock,
        })
    }

    fn with_sent<T>(&self, call: impl FnOnce(&mut Numbered) -> T) -> T {
        // A panic elsewhere leaves the list whole: each change is one call.
        call(&mut self.sent.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn report(&self, events: impl IntoIterator<Item = HostEvent>) {
        let at = (self.clock)();
        self.with_sent(|sent| events.into_iter().for_each(|event| sent.push(at, event)));
        self.news.notify_one();
    }
}

impl Drop for MailAdapter {
    fn drop(&mut self) {
        self.keeper.abort();
    }
}

#[async_trait]
impl Messaging for MailAdapter {
    async fn send(&self, outgoing: Outgoing) -> Result<(), PortError> {
        let mut attachments = Vec::new();
        for reference in outgoing.readable_attachments()? {
            attachments.push(self.store.get(reference).await?);
        }
        let mail = compose(&outgoing, attachments, (self.clock)(), &self.config)?;
        let (op, message) = (outgoing.op, outgoing.message);
        match self.relay.hand_over(mail).await? {
            Handed::Taken => {
                let external = Some(name(&outgoing, &self.config)?);
                let state = DeliveryState::Sent;
                let sent = HostEvent::MessageUpdated { message, external, state };
                self.report([sent, HostEvent::OpDone { op }]);
            }
            Handed::Refused(reason) => {
                let error = HostError::Other(Personal::Clear(reason));
                self.report([HostEvent::OpFailed { op, error }]);
            }
        }
        Ok(())
    }

    async fn receive(&self) -> Result<Incoming, PortError> {
        loop {
            if let Some(report) = self.with_sent(Numbered::next_report) {
                return Ok(Incoming::Report(report));
            }
            tokio::select! {
                () = self.news.notified() => {}
                item = async { self.items.lock().await.recv().await } => {
                    return item.unwrap_or_else(|| Err(PortError::unavailable("mailbox", "closed")));
                }
            }
        }
    }

    async fn release(&self, number: &InputNumber, fate: Fate) -> Result<(), PortError> {
        if number.source == self.config.outbox {
            self.with_sent(|sent| sent.release(number));
            return Ok(());
        }
        let (done, is_done) = oneshot::channel();
        let release = Release { number: number.clone(), fate, done };
        let closed = || PortError::unavailable("mailbox", "closed");
        self.releases.send(release).await.map_err(|_| closed())?;
        is_done.await.unwrap_or_else(|_| Err(closed()))
    }
}
