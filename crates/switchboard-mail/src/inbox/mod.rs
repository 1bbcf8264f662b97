//! The mailbox as a source of reports.
//!
//! What lies in the inbox has not been dealt with: a mail leaves it when the engine's receipt is safe
//! (`done`), or when it is set aside. The number of a report is the mail's own (UIDVALIDITY, UID), which
//! rises, lasts, and is the same after a crash: the engine then knows it as a duplicate.

mod mailbox;

use std::collections::{BTreeMap, VecDeque};
use std::convert::Infallible;
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

/// Where a mail is to go, and what is to be told when it is there.
struct Way {
    folder: String,
    aside: Option<SetAside>,
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
    /// The last mail that was looked at.
    last: u32,
    /// Handed over and not released, with their names.
    open: BTreeMap<u32, Option<ExternalRef>>,
    /// To be moved. A connection that breaks meanwhile leaves open whether they were.
    leaving: BTreeMap<u32, Way>,
    /// To be taken by the driver.
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

    /// The receipt of a report is safe: its mail may leave. `None` if it has left, or is none of this
    /// generation.
    fn released(&mut self, number: &InputNumber, fate: Fate, folders: &Folders) -> Option<u32> {
        let uid = u32::try_from(number.seq).ok()?;
        if self.validity.map(u64::from) != Some(number.incarnation) {
            return None;
        }
        let name = self.open.remove(&uid)?;
        let way = match fate {
            Fate::Refused(rejection) => aside(name, SetAsideReason::Refused(rejection), folders),
            _ => Way { folder: folders.done.clone(), aside: None },
        };
        self.leaving.insert(uid, way);
        Some(uid)
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

    /// Waits before the next try. False when nobody is there any more.
    async fn pause(&mut self, pause: Duration) -> bool {
        let end = tokio::time::sleep(pause);
        tokio::pin!(end);
        loop {
            tokio::select! {
                () = &mut end => return true,
                release = self.releases.recv() => {
                    let Some(release) = release else { return false };
                    self.postpone(release);
                }
            }
        }
    }

    /// Remembers a receipt until there is a connection.
    fn postpone(&mut self, release: Release) {
        let Release { number, fate, done } = release;
        let answer = match self.progress.released(&number, fate, &self.config.folders) {
            Some(_) => Err(PortError::unavailable("mailbox", "not connected")),
            None => Ok(()),
        };
        let _ = done.send(answer);
    }

    async fn connected(&mut self) -> Result<Infallible, End> {
        let mut mailbox = Mailbox::open(&self.config, self.tls.as_ref()).await?;
        self.progress.enter(mailbox.validity);
        loop {
            self.move_all(&mut mailbox).await?;
            if self.progress.has_room(&self.config) {
                self.look(&mut mailbox).await?;
            }
            let (back, release) = self.wait(mailbox).await?;
            mailbox = back;
            if let Some(release) = release {
                self.release(&mut mailbox, release).await?;
            }
        }
    }

    /// Until there is something to do: a receipt, room after an item was taken, news.
    async fn wait(&mut self, mailbox: Mailbox) -> Result<(Mailbox, Option<Release>), End> {
        if !self.progress.ready.is_empty() {
            return tokio::select! {
                release = self.releases.recv() => Ok((mailbox, Some(release.ok_or(End::Closed)?))),
                permit = self.items.reserve() => {
                    let permit = permit.map_err(|_| End::Closed)?;
                    if let Some(item) = self.progress.ready.pop_front() {
                        permit.send(Ok(item));
                    }
                    Ok((mailbox, None))
                }
            };
        }
        if !self.progress.has_room(&self.config) {
            let release = self.releases.recv().await;
            return Ok((mailbox, Some(release.ok_or(End::Closed)?)));
        }
        match mailbox.wait(&self.config, self.releases.recv()).await {
            (Some(None), _) => Err(End::Closed),
            (release, Ok(mailbox)) => Ok((mailbox, release.flatten())),
            (release, Err(error)) => {
                release.flatten().into_iter().for_each(|release| self.postpone(release));
                Err(error.into())
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
            self.move_all(mailbox).await?;
        }
        Ok(())
    }

    /// Finds out what a mail is: a report that is ready, or a mail that leaves.
    async fn take(&mut self, mailbox: &mut Mailbox, listed: Listed) -> Result<(), MailError> {
        let Listed { uid, bytes, received_at } = listed;
        let limit = self.config.limits.message_bytes;
        let (name, meaning) = if bytes > limit {
            let head = mailbox.head(uid).await?;
            let id = read_mail(&head).ok().and_then(|mail| mail.headers.message_id);
            let (what, size) = ("bytes of mail", u64::from(bytes));
            let reason = SetAsideReason::TooLarge { what, size, limit: u64::from(limit) };
            (message_name(id.as_deref(), &head), Meaning::Aside(reason))
        } else {
            classify(&mailbox.mail(uid).await?, &self.config)
        };
        match meaning {
            Meaning::Event(event, attachments) => {
                let report = HostReport {
                    host: self.config.inbox.clone(),
                    incarnation: u64::from(mailbox.validity),
                    seq: u64::from(uid),
                    occurred_at: received_at,
                    event: self.stored(*event, attachments, (mailbox.validity, uid)).await?,
                };
                self.progress.open.insert(uid, name);
                self.progress.ready.push_back(Incoming::Report(report));
            }
            Meaning::Aside(reason) => {
                let way = aside(name, reason, &self.config.folders);
                self.progress.leaving.insert(uid, way);
            }
        }
        self.progress.last = uid;
        Ok(())
    }

    /// The event with references to its attachments, which are stored first.
    async fn stored(
        &self,
        mut event: HostEvent,
        files: Vec<Attachment>,
        (validity, uid): (u32, u32),
    ) -> Result<HostEvent, MailError> {
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

    async fn release(&mut self, mailbox: &mut Mailbox, release: Release) -> Result<(), MailError> {
        let Release { number, fate, done } = release;
        if self.progress.released(&number, fate, &self.config.folders).is_none() {
            let _ = done.send(Ok(()));
            return Ok(());
        }
        let moved = self.move_all(mailbox).await;
        let answer = match &moved {
            Ok(()) => Ok(()),
            Err(error) => Err(PortError::unavailable("mailbox", error)),
        };
        let _ = done.send(answer);
        moved
    }

    /// Moves what leaves. What is told of it is told when it is there, also where the connection broke in
    /// between: moving what is gone changes nothing.
    async fn move_all(&mut self, mailbox: &mut Mailbox) -> Result<(), MailError> {
        while let Some(entry) = self.progress.leaving.first_entry() {
            mailbox.move_to(*entry.key(), &entry.get().folder).await?;
            let aside = entry.remove().aside;
            self.progress.ready.extend(aside.map(Incoming::SetAside));
        }
        Ok(())
    }
}

/// A mail goes where people find it.
fn aside(name: Option<ExternalRef>, reason: SetAsideReason, folders: &Folders) -> Way {
    let folder = folder_of(folders, &reason).to_owned();
    let aside = SetAside::new(name, folder.clone(), reason);
    Way { folder, aside: Some(aside) }
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
