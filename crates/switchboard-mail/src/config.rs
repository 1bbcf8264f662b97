//! How the adapter is set up: data, checked as a whole before anything starts.

use std::fmt;
use std::net::IpAddr;

use serde::Deserialize;
use switchboard::id::Key;

/// A mailbox and the relay that sends for it.
///
/// It can be read from a configuration file by serde and is never written: it holds passwords. Times are
/// whole seconds, sizes bytes.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct MailConfig {
    /// The host, by its key in the center, that written mail and delivery reports come from. The mailbox
    /// numbers its reports, also across restarts.
    pub inbox: Key,
    /// The host, by its key in the center, that tells what became of sending. It is a source of its own,
    /// since its numbers live as long as the process.
    pub outbox: Key,
    /// The address of the mailbox, spelled as in the center's entry point. What is sent comes from it
    /// where the engine names no other.
    pub address: String,
    /// Further addresses whose mail arrives in the mailbox, spelled as in their entry points.
    #[serde(default)]
    pub aliases: Vec<String>,
    /// The name shown beside the address.
    #[serde(default)]
    pub name: Option<String>,
    /// Where mail comes in.
    pub imap: Server,
    /// Where mail goes out.
    pub smtp: Server,
    /// Certificates to trust instead of the system's, as PEM.
    #[serde(default)]
    pub roots: Option<String>,
    /// Take mail that came through a mailing list or group address (`Precedence: list`).
    #[serde(default)]
    pub list_mail: bool,
    /// Ask for read receipts.
    #[serde(default)]
    pub read_receipts: bool,
    /// Folders of the mailbox.
    #[serde(default)]
    pub folders: Folders,
    /// Sizes.
    #[serde(default)]
    pub limits: Limits,
    /// Times.
    #[serde(default)]
    pub times: Times,
}

/// A server and how to get in.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Server {
    /// Name or address.
    pub host: String,
    /// Port.
    pub port: u16,
    /// How the connection is protected.
    pub security: Security,
    /// The account; a relay may need none.
    #[serde(default)]
    pub user: Option<String>,
    /// Its password.
    #[serde(default)]
    pub password: Option<Password>,
}

/// How a connection is protected.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Security {
    /// TLS from the first byte.
    Tls,
    /// TLS after `STARTTLS`, required; SMTP alone.
    StartTls,
    /// None; on the loopback interface alone.
    Plain,
}

/// A password. It is not shown.
#[derive(Clone, Deserialize)]
#[serde(transparent)]
pub struct Password(String);

impl Password {
    /// The text, for the server alone.
    pub(crate) fn reveal(&self) -> &str {
        &self.0
    }
}

impl<T: Into<String>> From<T> for Password {
    fn from(text: T) -> Self {
        Self(text.into())
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(hidden)")
    }
}

/// Folders of the mailbox. All but the first are made where they are missing.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[non_exhaustive]
pub struct Folders {
    /// Where mail comes in; what lies here has not been dealt with.
    pub inbox: String,
    /// What the engine has.
    pub done: String,
    /// What is over a limit.
    pub too_large: String,
    /// What machines wrote: answers of absentees, mass mail, our own mail.
    pub automatic: String,
    /// Delivery reports that tell nothing of a message of ours.
    pub reports: String,
    /// What cannot be read, or was refused by the engine.
    pub refused: String,
}

impl Default for Folders {
    fn default() -> Self {
        Self {
            inbox: "INBOX".into(),
            done: "switchboard-done".into(),
            too_large: "switchboard-too-large".into(),
            automatic: "switchboard-automatic".into(),
            reports: "switchboard-reports".into(),
            refused: "switchboard-refused".into(),
        }
    }
}

impl Folders {
    /// All but the inbox, with their names in the configuration.
    pub(crate) fn targets(&self) -> [(&'static str, &str); 5] {
        [
            ("folders.done", &self.done),
            ("folders.too_large", &self.too_large),
            ("folders.automatic", &self.automatic),
            ("folders.reports", &self.reports),
            ("folders.refused", &self.refused),
        ]
    }
}

/// How much the adapter takes. What is over a limit is set aside and reported, never cut.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[non_exhaustive]
pub struct Limits {
    /// Bytes of a whole mail, as the server stores it.
    pub message_bytes: u32,
    /// Bytes of its text; below the engine's own limit (`text_bytes`), which counts all texts of a report.
    pub text_bytes: u32,
    /// Attachments of one mail.
    pub attachments: u32,
    /// Reports that are handed over and not released; more mail waits in the mailbox.
    pub unreleased: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self { message_bytes: 26_214_400, text_bytes: 60_000, attachments: 100, unreleased: 64 }
    }
}

/// How long things take, in seconds.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[non_exhaustive]
pub struct Times {
    /// Between two looks into a mailbox whose server does not tell of news by itself.
    pub poll: u32,
    /// How long the server may be silent while it is asked to tell of news, before it is asked anew: then a
    /// connection that died unnoticed shows. Below 30 minutes (RFC 2177).
    pub idle: u32,
    /// Before a lost connection is tried again.
    pub retry: u32,
    /// For a server to answer.
    pub answer: u32,
}

impl Default for Times {
    fn default() -> Self {
        Self { poll: 60, idle: 300, retry: 10, answer: 60 }
    }
}

/// One thing that is wrong with a configuration.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Fault {
    /// Where: the path of the field.
    pub path: &'static str,
    /// What is wrong.
    pub problem: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.path, self.problem)
    }
}

/// All that is wrong with a configuration.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{}", self.faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))]
pub struct ConfigError {
    /// Each fault, in the order of the fields; at least one.
    pub faults: Vec<Fault>,
}

impl Server {
    /// A server that asks for no account.
    pub fn new(host: impl Into<String>, port: u16, security: Security) -> Self {
        Self { host: host.into(), port, security, user: None, password: None }
    }

    /// The same, with an account.
    #[must_use]
    pub fn login(self, user: impl Into<String>, password: impl Into<Password>) -> Self {
        Self { user: Some(user.into()), password: Some(password.into()), ..self }
    }

    fn is_loopback(&self) -> bool {
        let address = self.host.parse::<IpAddr>();
        self.host == "localhost" || address.is_ok_and(|address| address.is_loopback())
    }
}

impl MailConfig {
    /// A mailbox with default folders, limits and times.
    pub fn new(
        (inbox, outbox): (Key, Key),
        address: impl Into<String>,
        imap: Server,
        smtp: Server,
    ) -> Self {
        Self {
            inbox,
            outbox,
            address: address.into(),
            aliases: Vec::new(),
            name: None,
            imap,
            smtp,
            roots: None,
            list_mail: false,
            read_receipts: false,
            folders: Folders::default(),
            limits: Limits::default(),
            times: Times::default(),
        }
    }

    /// All addresses of ours.
    pub(crate) fn addresses(&self) -> impl Iterator<Item = &str> {
        std::iter::once(&self.address).chain(&self.aliases).map(String::as_str)
    }

    /// The address of ours that is meant, however it is spelled.
    pub(crate) fn own_address(&self, address: &str) -> Option<&str> {
        self.addresses().find(|own| own.eq_ignore_ascii_case(address.trim()))
    }

    /// The domain in which our messages have their names.
    pub(crate) fn domain(&self) -> &str {
        domain_of(&self.address)
    }

    /// All domains of ours: a mailbox that changed its address and keeps the old one as an alias still
    /// knows its messages.
    pub(crate) fn domains(&self) -> Vec<&str> {
        self.addresses().map(domain_of).collect()
    }

    /// Checks everything.
    ///
    /// # Errors
    /// [`ConfigError`] with all faults.
    pub fn validate(&self) -> Result<(), ConfigError> {
        let mut faults = Vec::new();
        let mut say = |path, problem: String| faults.push(Fault { path, problem });
        if self.inbox == self.outbox {
            say("outbox", "must not be the inbox: the two number their reports apart".into());
        }
        for (path, address) in std::iter::once(("address", &self.address))
            .chain(self.aliases.iter().map(|alias| ("aliases", alias)))
        {
            if address.parse::<lettre::Address>().is_err() {
                say(path, format!("`{address}` is no address"));
            }
        }
        if self.imap.security == Security::StartTls {
            say("imap.security", "STARTTLS is for SMTP alone: use `tls`".into());
        }
        if self.imap.user.is_none() {
            say("imap.user", "is missing".into());
        }
        for (paths, server) in [(IMAP, &self.imap), (SMTP, &self.smtp)] {
            check_server(paths, server, &mut say);
        }
        check_folders(&self.folders, &mut say);
        let Limits { message_bytes, text_bytes, attachments: _, unreleased } = self.limits;
        let Times { poll, idle, retry, answer } = self.times;
        for (path, number) in [
            ("limits.message_bytes", message_bytes),
            ("limits.text_bytes", text_bytes),
            ("limits.unreleased", unreleased),
            ("times.poll", poll),
            ("times.idle", idle),
            ("times.retry", retry),
            ("times.answer", answer),
        ] {
            if number == 0 {
                say(path, "must be above 0".into());
            }
        }
        if idle >= 1_800 {
            say("times.idle", "must be below 1800 seconds (RFC 2177)".into());
        }
        if faults.is_empty() { Ok(()) } else { Err(ConfigError { faults }) }
    }
}

fn domain_of(address: &str) -> &str {
    address.rsplit_once('@').map_or("", |(_, domain)| domain)
}

/// Paths of a server's fields: host, port, security, password.
type Paths = [&'static str; 4];
const IMAP: Paths = ["imap.host", "imap.port", "imap.security", "imap.password"];
const SMTP: Paths = ["smtp.host", "smtp.port", "smtp.security", "smtp.password"];

fn check_server(
    [host, port, security, password]: Paths,
    server: &Server,
    say: &mut impl FnMut(&'static str, String),
) {
    if server.host.is_empty() {
        say(host, "is empty".into());
    }
    if server.port == 0 {
        say(port, "must be above 0".into());
    }
    if server.security == Security::Plain && !server.is_loopback() {
        say(
            security,
            format!("`plain` is for the loopback interface alone, not `{}`", server.host),
        );
    }
    if server.user.is_some() != server.password.is_some() {
        say(password, "user and password come together".into());
    }
}

fn check_folders(folders: &Folders, say: &mut impl FnMut(&'static str, String)) {
    for (path, folder) in
        std::iter::once(("folders.inbox", folders.inbox.as_str())).chain(folders.targets())
    {
        // Beyond ASCII, servers disagree on the encoding of names (RFC 3501, 5.1.3).
        let plain = |c: char| c.is_ascii_graphic() && !"\"\\%*&".contains(c);
        if folder.is_empty() || !folder.chars().all(plain) {
            say(path, format!("`{folder}` is no plain folder name"));
        }
    }
    for (path, folder) in folders.targets() {
        if folder.eq_ignore_ascii_case(&folders.inbox) {
            say(path, "must not be the inbox".into());
        }
    }
}
