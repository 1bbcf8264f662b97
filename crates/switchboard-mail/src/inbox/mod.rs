//! The mailbox as a source of reports.
//!
//! What lies in the inbox has not been dealt with: a mail leaves it when the engine's receipt is safe
//! (`done`), or when it is set aside. The number of a report is the mail's own (UIDVALIDITY, UID), which
//! rises, lasts, and is the same after a crash: the engine then knows it as a duplicate.

mod mailbox;

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use switchboard::id::ExternalRef;
use switchboard::message::{HostEvent, HostReport, Personal};
use switchboard::port::{Fate, Incoming, InputNumber, PortError, SetAside, SetAsideReason};
use tokio::sync::{mpsc, oneshot};
use tokio_rustls::TlsConnector;

use crate::classify::{Meaning, classify};
use crate::config::{Folders, MailConfig};
use crate::error::MailError;
use crate::names::message_name;
use crate::read::read_mail;
use crate::store::{Attachment, AttachmentStore, NewAttachment};
use mailbox::{Listed, Mailbox};

/// A receipt that is safe.
pub(crate) struct Release {
    pub(crate) number: InputNumber,
    pub(crate) fate: Fate,
    /// Told when the mail has left the inbox.
    pub(crate) done: oneshot::Sender<Result<(), PortError>>,
}

/// What the adapter's other half gets.
pub(crate) type Item = Result<Incoming, PortError>;

/// A mail that was handed over and still lies in the inbox.
struct Open {
    name: Option<ExternalRef>,
    /// Its fate, where the mail could not be moved yet.
    fate: Option<Fate>,
}

/// Looks after the mailbox, for as long as somebody may ask.
pub(crate) struct Keeper {
    pub(crate) config: Arc<MailConfig>,
    /// How to protect the connection; `None` for one that is not.
    pub(crate) tls: Option<TlsConnector>,
    pub(crate) store: Arc<dyn AttachmentStore>,
    pub(crate) items: mpsc::Sender<Item>,
    pub(crate) releases: mpsc::Receiver<Release>,
    pub(crate) progress: Progress,
}

/// What is known of the mailbox beyond one connection.
#[derive(Default)]
pub(crate) struct Progress {
    /// UIDVALIDITY: with another one, all numbers are void.
    validity: Option<u32>,
    /// The last mail that was dealt with or handed over.
    last: u32,
    open: BTreeMap<u32, Open>,
    /// Read and not taken by the driver yet.
    ready: VecDeque<Incoming>,
}

impl Progress {
    /// A connection was made: mails of another generation have other numbers now, and come again.
    fn enter(&mut self, validity: u32) {
        if self.validity.is_some_and(|known| known != validity) {
            *self = Self::default();
        }
        self.validity = Some(validity);
    }

    fn has_room(&self, config: &MailConfig) -> bool {
        self.open.len() + self.ready.len() < config.limits.unreleased as usize
    }

    /// The mail that a report came from, while it is open.
    fn open_mail(&self, number: &InputNumber) -> Option<u32> {
        let of_now = self.validity.map(u64::from) == Some(number.incarnation);
        let uid = u32::try_from(number.seq).ok()?;
        (of_now && self.open.contains_key(&uid)).then_some(uid)
    }
}

/// Why a connection is given up.
enum End {
    /// Nobody is there to give mail to.
    Closed,
    Failed(MailError),
}

impl From<MailError> for End {
    fn from(error: MailError) -> Self {
        Self::Failed(error)
    }
}

impl Keeper {
    /// Connects, and again whenever the connection is lost, until the adapter is dropped.
    pub(crate) async fn run(mut self) {
        loop {
            let error = match self.connected().await {
                Err(End::Closed) => return,
                Err(End::Failed(error)) => error,
                Ok(never) => match never {},
            };
            // Where nobody has taken the last item, they have yet to see an earlier trouble.
            let _ = self.items.try_send(Err(PortError::from(error)));
            let pause = Duration::from_secs(u64::from(self.config.times.retry));
            if !self.pause(pause).await {
                return;
            }
        }
    }

    /// Waits before the next try; receipts are remembered meanwhile. False when nobody is there any more.
    async fn pause(&mut self, pause: Duration) -> bool {
        let end = tokio::time::sleep(pause);
        tokio::pin!(end);
        loop {
            tokio::select! {
                () = &mut end => return true,
                release = self.releases.recv() => {
                    let Some(Release { number, fate, done }) = release else { return false };
                    let answer = match self.progress.open_mail(&number) {
                        Some(uid) => {
                            self.progress.open.entry(uid).and_modify(|open| open.fate = Some(fate));
                            Err(PortError::unavailable("mailbox", "not connected"))
                        }
                        None => Ok(()),
                    };
                    let _ = done.send(answer);
                }
            }
        }
    }

    async fn connected(&mut self) -> Result<std::convert::Infallible, End> {
        let mut mailbox = Mailbox::open(&self.config, self.tls.as_ref()).await?;
        self.progress.enter(mailbox.validity);
        self.settle_all(&mut mailbox).await?;
        loop {
            if self.progress.has_room(&self.config) {
                self.look(&mut mailbox).await?;
            }
            let release = if !self.progress.ready.is_empty() {
                tokio::select! {
                    release = self.releases.recv() => Some(release),
                    permit = self.items.reserve() => {
                        let permit = permit.map_err(|_| End::Closed)?;
                        if let Some(item) = self.progress.ready.pop_front() {
                            permit.send(Ok(item));
                        }
                        None
                    }
                }
            } else if self.progress.has_room(&self.config) {
                let waited = mailbox.wait(&self.config, self.releases.recv()).await?;
                mailbox = waited.0;
                waited.1
            } else {
                Some(self.releases.recv().await)
            };
            match release {
                Some(Some(release)) => self.release(&mut mailbox, release).await?,
                Some(None) => return Err(End::Closed),
                None => {}
            }
        }
    }

    /// Takes in what is new, as far as there is room.
    async fn look(&mut self, mailbox: &mut Mailbox) -> Result<(), MailError> {
        for uid in mailbox.above(self.progress.last).await? {
            if !self.progress.has_room(&self.config) {
                break;
            }
            let listed = mailbox.describe(uid).await?;
            self.take(mailbox, listed).await?;
            self.progress.last = uid;
        }
        Ok(())
    }

    async fn take(&mut self, mailbox: &mut Mailbox, listed: Listed) -> Result<(), MailError> {
        let limit = self.config.limits.message_bytes;
        if listed.bytes > limit {
            let head = mailbox.head(listed.uid).await?;
            let id = read_mail(&head).ok().and_then(|mail| mail.headers.message_id);
            let name = message_name(id.as_deref(), &head);
            let (what, size) = ("bytes of mail", u64::from(listed.bytes));
            let reason = SetAsideReason::TooLarge { what, size, limit: u64::from(limit) };
            return self.set_aside(mailbox, listed.uid, name, reason).await;
        }
        let raw = mailbox.mail(listed.uid).await?;
        let (name, meaning) = classify(&raw, &self.config);
        match meaning {
            Meaning::Event(event, attachments) => {
                let event = self.stored(*event, attachments, listed.uid).await?;
                let report = HostReport {
                    host: self.config.inbox.clone(),
                    incarnation: u64::from(mailbox.validity),
                    seq: u64::from(listed.uid),
                    occurred_at: listed.received_at,
                    event,
                };
                self.progress.open.insert(listed.uid, Open { name, fate: None });
                self.progress.ready.push_back(Incoming::Report(report));
                Ok(())
            }
            Meaning::Aside(reason) => self.set_aside(mailbox, listed.uid, name, reason).await,
        }
    }

    /// The event with references to its attachments, which are stored first.
    async fn stored(
        &self,
        mut event: HostEvent,
        files: Vec<Attachment>,
        uid: u32,
    ) -> Result<HostEvent, MailError> {
        let validity = self.progress.validity.unwrap_or_default();
        let mail = format!("{}/{validity}/{uid}", self.config.inbox);
        for (index, attachment) in (0..).zip(files) {
            let new = NewAttachment { mail: mail.clone(), index, attachment };
            let reference = self.store.put(new).await.map_err(MailError::Store)?;
            if let HostEvent::MessageReceived { attachments, .. } = &mut event {
                attachments.push(Personal::Clear(reference));
            }
        }
        Ok(event)
    }

    async fn set_aside(
        &mut self,
        mailbox: &mut Mailbox,
        uid: u32,
        name: Option<ExternalRef>,
        reason: SetAsideReason,
    ) -> Result<(), MailError> {
        let folder = folder_of(&self.config.folders, &reason).to_owned();
        mailbox.move_to(uid, &folder).await?;
        self.progress.ready.push_back(Incoming::SetAside(SetAside::new(name, folder, reason)));
        Ok(())
    }

    async fn release(&mut self, mailbox: &mut Mailbox, release: Release) -> Result<(), MailError> {
        let Release { number, fate, done } = release;
        let Some(uid) = self.progress.open_mail(&number) else {
            let _ = done.send(Ok(()));
            return Ok(());
        };
        self.progress.open.entry(uid).and_modify(|open| open.fate = Some(fate));
        let settled = self.settle(mailbox, uid).await;
        let answer = match &settled {
            Ok(()) => Ok(()),
            Err(error) => Err(PortError::unavailable("mailbox", error)),
        };
        let _ = done.send(answer);
        settled
    }

    /// Moves what got its fate while the connection was away.
    async fn settle_all(&mut self, mailbox: &mut Mailbox) -> Result<(), MailError> {
        let decided = |(uid, open): (&u32, &Open)| open.fate.is_some().then_some(*uid);
        let uids: Vec<u32> = self.progress.open.iter().filter_map(decided).collect();
        for uid in uids {
            self.settle(mailbox, uid).await?;
        }
        Ok(())
    }

    async fn settle(&mut self, mailbox: &mut Mailbox, uid: u32) -> Result<(), MailError> {
        let Some(open) = self.progress.open.get(&uid) else { return Ok(()) };
        let name = open.name.clone();
        match open.fate.clone() {
            None => return Ok(()),
            Some(Fate::Refused(rejection)) => {
                let reason = SetAsideReason::Refused(rejection);
                self.set_aside(mailbox, uid, name, reason).await?;
            }
            Some(_) => mailbox.move_to(uid, &self.config.folders.done).await?,
        }
        self.progress.open.remove(&uid);
        Ok(())
    }
}

/// Where what is set aside goes.
fn folder_of<'a>(folders: &'a Folders, reason: &SetAsideReason) -> &'a str {
    match reason {
        SetAsideReason::TooLarge { .. } => &folders.too_large,
        SetAsideReason::Automatic(_) | SetAsideReason::Loop => &folders.automatic,
        SetAsideReason::NoNews(_) => &folders.reports,
        _ => &folders.refused,
    }
}
