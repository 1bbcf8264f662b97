//! One connection to the mailbox: what the adapter asks of an IMAP server, and nothing else.

use std::collections::BTreeSet;
use std::fmt;
use std::future::Future;
use std::time::Duration;

use async_imap::types::{Fetch, UnsolicitedResponse};
use async_imap::{Client, Session};
use futures::TryStreamExt as _;
use switchboard::time::Timestamp;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::pki_types::ServerName;

use crate::config::{MailConfig, Password};
use crate::error::MailError;

/// A connection, with TLS or without.
trait Wire: AsyncRead + AsyncWrite + Unpin + Send + fmt::Debug {}
impl<T: AsyncRead + AsyncWrite + Unpin + Send + fmt::Debug> Wire for T {}

/// A mail as the server lists it.
pub(super) struct Listed {
    pub(super) uid: u32,
    pub(super) bytes: u32,
    /// When the server got it.
    pub(super) received_at: Timestamp,
}

/// A mailbox that is logged in to and selected.
pub(super) struct Mailbox {
    session: Session<Box<dyn Wire>>,
    server: String,
    /// The generation of its numbers: UIDVALIDITY.
    pub(super) validity: u32,
    can_idle: bool,
    can_move: bool,
    can_expunge: bool,
    answer: Duration,
}

fn seconds(number: u32) -> Duration {
    Duration::from_secs(u64::from(number))
}

impl Mailbox {
    /// Connects, logs in, makes folders that are missing and selects the inbox.
    pub(super) async fn open(
        config: &MailConfig,
        tls: Option<&TlsConnector>,
    ) -> Result<Self, MailError> {
        let server = format!("mail server {}:{}", config.imap.host, config.imap.port);
        let opened = timeout(seconds(config.times.answer), Self::enter(config, tls, &server)).await;
        opened.map_err(|_| MailError::TimedOut { server, action: "connect".into() })?
    }

    async fn enter(
        config: &MailConfig,
        tls: Option<&TlsConnector>,
        server: &str,
    ) -> Result<Self, MailError> {
        let failed = |action: &'static str| {
            move |error: async_imap::error::Error| refused(server, action, &error)
        };
        let mut client = Client::new(connect(config, tls, server).await?);
        let greeting = client.read_response().await;
        if greeting.map_err(|source| broken(server, source))?.is_none() {
            return Err(broken(server, std::io::ErrorKind::UnexpectedEof.into()));
        }
        let user = config.imap.user.as_deref().unwrap_or_default();
        let password = config.imap.password.as_ref().map_or("", Password::reveal);
        let login = client.login(user, password).await;
        let mut session = login.map_err(|(error, _)| refused(server, "login", &error))?;
        let can = session.capabilities().await.map_err(failed("capabilities"))?;
        for (_, folder) in config.folders.targets() {
            let pattern = format!("\"{folder}\"");
            let found = session.list(None, Some(&pattern)).await.map_err(failed("list"))?;
            let found: Vec<_> = found.try_collect().await.map_err(failed("list"))?;
            if found.is_empty() {
                session.create(folder).await.map_err(failed("create a folder"))?;
            }
        }
        let selected = session.select(&config.folders.inbox).await.map_err(failed("select"))?;
        let validity = selected.uid_validity.ok_or_else(|| MailError::Imap {
            server: server.to_owned(),
            action: "select".into(),
            reason: "the folder has no UIDVALIDITY, so its mails have no lasting numbers".into(),
        })?;
        Ok(Self {
            session,
            server: server.to_owned(),
            validity,
            can_idle: can.has_str("IDLE"),
            can_move: can.has_str("MOVE"),
            can_expunge: can.has_str("UIDPLUS"),
            answer: seconds(config.times.answer),
        })
    }

    /// Numbers of the mails above `last`, rising.
    pub(super) async fn above(&mut self, last: u32) -> Result<BTreeSet<u32>, MailError> {
        // What told of news so far is answered by the search.
        while self.session.unsolicited_responses.try_recv().is_ok() {}
        let query = format!("UID {}:* UNDELETED", last.saturating_add(1));
        let found =
            asked((self.answer, &self.server, "search"), self.session.uid_search(&query)).await?;
        // `n:*` names the last mail also where that is below n (RFC 3501, 6.4.8).
        Ok(found.into_iter().filter(|uid| *uid > last).collect())
    }

    /// What the server knows of a mail.
    pub(super) async fn describe(&mut self, uid: u32) -> Result<Listed, MailError> {
        let fetched = self.fetch(uid, "(UID RFC822.SIZE INTERNALDATE)").await?;
        let received_at = fetched.internal_date().map(|date| date.timestamp_micros());
        match (fetched.size, received_at) {
            (Some(bytes), Some(at)) => {
                Ok(Listed { uid, bytes, received_at: Timestamp::from_micros(at) })
            }
            _ => Err(self.missing(uid)),
        }
    }

    /// A whole mail. It stays unseen.
    pub(super) async fn mail(&mut self, uid: u32) -> Result<Vec<u8>, MailError> {
        let fetched = self.fetch(uid, "(UID BODY.PEEK[])").await?;
        let body = fetched.body().map(<[u8]>::to_vec);
        body.ok_or_else(|| self.missing(uid))
    }

    /// The head of a mail.
    pub(super) async fn head(&mut self, uid: u32) -> Result<Vec<u8>, MailError> {
        let fetched = self.fetch(uid, "(UID BODY.PEEK[HEADER])").await?;
        let head = fetched.header().map(<[u8]>::to_vec);
        head.ok_or_else(|| self.missing(uid))
    }

    async fn fetch(&mut self, uid: u32, what: &str) -> Result<Fetch, MailError> {
        let set = uid.to_string();
        let call =
            async { self.session.uid_fetch(&set, what).await?.try_collect::<Vec<_>>().await };
        let fetched = asked((self.answer, &self.server, "fetch"), call).await?;
        let found = fetched.into_iter().find(|fetch| fetch.uid == Some(uid));
        found.ok_or_else(|| self.missing(uid))
    }

    /// A mail that was listed is not given: it is gone, or the server is in trouble. The next look tells.
    fn missing(&self, uid: u32) -> MailError {
        MailError::Imap {
            server: self.server.clone(),
            action: format!("fetch mail {uid}"),
            reason: "it was not given".into(),
        }
    }

    /// Moves a mail; one that is gone already is left alone.
    pub(super) async fn move_to(&mut self, uid: u32, folder: &str) -> Result<(), MailError> {
        let set = uid.to_string();
        let Self { session, server, answer, .. } = self;
        let of = |action| (*answer, server.as_str(), action);
        if self.can_move {
            return asked(of("move"), session.uid_mv(&set, folder)).await;
        }
        asked(of("copy"), session.uid_copy(&set, folder)).await?;
        let flag = async {
            let flagged = session.uid_store(&set, "+FLAGS.SILENT (\\Deleted)").await?;
            flagged.try_collect::<Vec<_>>().await
        };
        asked(of("store"), flag).await?;
        // Without UIDPLUS others' deleted mail would go too: ours stays, flagged, and is not listed again.
        if self.can_expunge {
            let expunge = async { session.uid_expunge(&set).await?.try_collect::<Vec<_>>().await };
            asked(of("expunge"), expunge).await?;
        }
        Ok(())
    }

    /// Waits until there may be news in the mailbox, or until `wake` is ready. What `wake` said comes back
    /// also where the connection does not.
    pub(super) async fn wait<W>(
        mut self,
        config: &MailConfig,
        wake: impl Future<Output = W>,
    ) -> (Option<W>, Result<Self, MailError>) {
        if !self.can_idle {
            let woken = timeout(seconds(config.times.poll), wake).await.ok();
            return (woken, Ok(self));
        }
        let mut woken = None;
        let Self { session, server, validity, can_idle, can_move, can_expunge, answer } = self;
        match idle(session, (answer, &server), config, async { woken = Some(wake.await) }).await {
            Ok(session) => {
                self = Self { session, server, validity, can_idle, can_move, can_expunge, answer };
                (woken, Ok(self))
            }
            Err(error) => (woken, Err(error)),
        }
    }
}

/// Asks the server to tell of news (RFC 2177) until it does, is silent for too long, or `wake` is ready.
async fn idle(
    session: Session<Box<dyn Wire>>,
    (answer, server): (Duration, &str),
    config: &MailConfig,
    wake: impl Future<Output = ()>,
) -> Result<Session<Box<dyn Wire>>, MailError> {
    let of = (answer, server, "idle");
    // News may have come with the answer to an earlier command, or before the server agreed to tell.
    let early = session.unsolicited_responses.clone();
    let mut handle = session.idle();
    asked(of, handle.init()).await?;
    let mut is_news = false;
    while let Ok(response) = early.try_recv() {
        is_news |= matches!(response, UnsolicitedResponse::Exists(_));
    }
    if !is_news {
        // The source must live: dropping it ends the wait.
        let (news, _source) = handle.wait_with_timeout(seconds(config.times.idle));
        tokio::select! {
            () = wake => {}
            news = news => drop(news.map_err(|error| refused(server, "idle", &error))?),
        }
    }
    asked(of, handle.done()).await
}

/// Within the time that a server has to answer.
async fn asked<T>(
    (answer, server, action): (Duration, &str, &str),
    call: impl Future<Output = async_imap::error::Result<T>>,
) -> Result<T, MailError> {
    match timeout(answer, call).await {
        Ok(given) => given.map_err(|error| refused(server, action, &error)),
        Err(_) => Err(MailError::TimedOut { server: server.to_owned(), action: action.to_owned() }),
    }
}

async fn connect(
    config: &MailConfig,
    tls: Option<&TlsConnector>,
    server: &str,
) -> Result<Box<dyn Wire>, MailError> {
    let failed = |source| broken(server, source);
    let address = (config.imap.host.as_str(), config.imap.port);
    let stream = TcpStream::connect(address).await.map_err(failed)?;
    stream.set_nodelay(true).map_err(failed)?;
    let Some(tls) = tls else { return Ok(Box::new(stream)) };
    let name = ServerName::try_from(config.imap.host.clone())
        .map_err(|error| MailError::Tls(error.to_string()))?;
    Ok(Box::new(tls.connect(name, stream).await.map_err(failed)?))
}

fn broken(server: &str, source: std::io::Error) -> MailError {
    MailError::Io { server: server.to_owned(), source }
}

fn refused(server: &str, action: &str, error: &async_imap::error::Error) -> MailError {
    MailError::Imap {
        server: server.to_owned(),
        action: action.to_owned(),
        reason: error.to_string(),
    }
}
