//! Real servers on loopback: Dovecot holds the mailbox, aiosmtpd is the relay. Each test starts its own and
//! ends them, also when it fails. Everything waits for what a server says; nothing sleeps.

#![allow(dead_code)] // each test uses its part

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use switchboard::id::Key;
use switchboard::message::HostReport;
use switchboard::port::{Incoming, Messaging as _, SetAside};
use switchboard::time::Timestamp;
use switchboard_mail::{Clock, MailAdapter, MailConfig, MemoryStore, Security, Server};
use tokio::sync::mpsc;

pub(crate) const NOW: Timestamp = Timestamp::from_secs(1_772_442_000);
pub(crate) const US: &str = "help@x.org";
/// Only a test that would fail anyway waits so long.
const PATIENCE: Duration = Duration::from_secs(60);

/// The programs to test with: a mail server, and a Python that has the relay.
#[derive(Clone, Copy)]
struct Programs {
    dovecot: &'static str,
    python: &'static str,
}

impl Programs {
    /// What is there; without it a test says so and ends, and on CI it fails.
    fn find() -> Option<Self> {
        let runs = |program: &str, arguments: &[&str]| {
            let output = Command::new(program).args(arguments).output();
            output.is_ok_and(|output| output.status.success())
        };
        let dovecot = ["dovecot", "/usr/sbin/dovecot"];
        let dovecot = dovecot.into_iter().find(|program| runs(program, &["--version"]));
        let python = ["python3", "/usr/bin/python3"];
        let python = python.into_iter().find(|program| runs(program, &["-c", "import aiosmtpd"]));
        if let (Some(dovecot), Some(python)) = (dovecot, python) {
            return Some(Self { dovecot, python });
        }
        assert!(std::env::var_os("CI").is_none(), "dovecot or aiosmtpd is missing");
        let line = "skipped: needs dovecot (dovecot-imapd) and aiosmtpd (python3-aiosmtpd)\n";
        let _ = std::io::stderr().write_all(line.as_bytes());
        None
    }
}

/// A folder that goes away with its owner.
pub(crate) struct Folder(PathBuf);

impl Folder {
    fn new() -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let name = format!("switchboard-mail-{}-{number}", std::process::id());
        let path = std::env::temp_dir().join(name);
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    fn path(&self, name: &str) -> String {
        self.0.join(name).to_str().unwrap().to_owned()
    }

    fn write(&self, name: &str, text: &str) -> String {
        let path = self.path(name);
        std::fs::write(&path, text).unwrap();
        path
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// A certificate for the loopback address, with whom it was signed by.
pub(crate) struct Trust {
    pub(crate) root: String,
    certificate: String,
    key: String,
}

impl Trust {
    fn new() -> Self {
        let names = ["localhost".to_owned(), "127.0.0.1".to_owned()];
        let made = rcgen::generate_simple_self_signed(names).unwrap();
        let certificate = made.cert.pem();
        Self { root: certificate.clone(), certificate, key: made.signing_key.serialize_pem() }
    }
}

/// What the servers can and how they are reached.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Plain,
    /// A mail server that neither tells of news nor moves mail.
    Poor,
    Tls,
    /// TLS from the start for IMAP, `STARTTLS` for SMTP.
    StartTls,
}

impl Kind {
    fn is_protected(self) -> bool {
        matches!(self, Self::Tls | Self::StartTls)
    }
}

/// Both servers, and an adapter's view of them.
pub(crate) struct Post {
    pub(crate) dovecot: Dovecot,
    pub(crate) relay: Relay,
    pub(crate) config: MailConfig,
    pub(crate) store: Arc<MemoryStore>,
}

impl Post {
    /// `None` where a server is not installed.
    pub(crate) fn start(kind: Kind) -> Option<Self> {
        let programs = Programs::find()?;
        let trust = Trust::new();
        let dovecot = Dovecot::start(programs.dovecot, kind, &trust);
        let relay = Relay::start(programs.python, kind, &trust);
        let security = |protected| match kind {
            Kind::Tls => Security::Tls,
            Kind::StartTls => protected,
            _ => Security::Plain,
        };
        let imap = Server::new("127.0.0.1", dovecot.port, security(Security::Tls));
        let smtp = Server::new("127.0.0.1", relay.port, security(Security::StartTls));
        let sources = (key("mail"), key("mail-out"));
        let mut config = MailConfig::new(sources, US, imap.login("help", "secret"), smtp);
        config.name = Some("Help desk".into());
        config.roots = kind.is_protected().then(|| trust.root.clone());
        config.times.poll = 1;
        config.times.retry = 1;
        Some(Self { dovecot, relay, config, store: Arc::new(MemoryStore::new()) })
    }

    pub(crate) fn adapter(&self) -> MailAdapter {
        let clock: Clock = Arc::new(|| NOW);
        MailAdapter::start(self.config.clone(), 1, self.store.clone(), clock).unwrap()
    }
}

pub(crate) fn key(text: &str) -> Key {
    Key::new(text).unwrap()
}

/// What comes in next.
pub(crate) async fn next(adapter: &MailAdapter) -> Incoming {
    let next = async {
        loop {
            match adapter.receive().await {
                Ok(incoming) => return incoming,
                Err(error) => assert!(!error.to_string().is_empty(), "trouble has a reason"),
            }
        }
    };
    patient(next).await
}

pub(crate) async fn next_report(adapter: &MailAdapter) -> HostReport {
    match next(adapter).await {
        Incoming::Report(report) => report,
        other => panic!("not a report: {other:?}"),
    }
}

pub(crate) async fn next_aside(adapter: &MailAdapter) -> SetAside {
    match next(adapter).await {
        Incoming::SetAside(aside) => aside,
        other => panic!("not set aside: {other:?}"),
    }
}

pub(crate) async fn patient<T>(future: impl Future<Output = T>) -> T {
    tokio::time::timeout(PATIENCE, future).await.expect("it happens")
}

/// A mail server with one account, `help`.
pub(crate) struct Dovecot {
    child: Child,
    folder: Folder,
    port: u16,
    delivered: AtomicU32,
}

impl Dovecot {
    fn start(program: &str, kind: Kind, trust: &Trust) -> Self {
        let folder = Folder::new();
        for name in ["mail", "run", "state"] {
            std::fs::create_dir(folder.path(name)).unwrap();
        }
        let _ = Command::new("chmod").arg("777").arg(folder.path("mail")).status();
        // Nobody else asks for a port on loopback in between.
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let config = folder.write("dovecot.conf", &Self::config(kind, trust, &folder, port));
        let mut child = Command::new(program)
            .args(["-F", "-c", &config])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut log = BufReader::new(child.stderr.take().unwrap());
        let mut said = String::new();
        while !said.contains("starting up") {
            let before = said.len();
            log.read_line(&mut said).unwrap();
            assert_ne!(said.len(), before, "dovecot does not start: {said}");
        }
        // Whoever writes a log that nobody reads stops at some point.
        #[allow(clippy::disallowed_methods)]
        std::thread::spawn(move || {
            let mut log = log;
            let _ = log.read_to_end(&mut Vec::new());
        });
        Self { child, folder, port, delivered: AtomicU32::new(0) }
    }

    fn config(kind: Kind, trust: &Trust, folder: &Folder, port: u16) -> String {
        let root = folder.0.display();
        let (plain, tls) = if kind.is_protected() { (0, port) } else { (port, 0) };
        let ssl = if kind.is_protected() {
            let certificate = folder.write("certificate.pem", &trust.certificate);
            let key = folder.write("key.pem", &trust.key);
            format!("ssl = required\nssl_cert = <{certificate}\nssl_key = <{key}")
        } else {
            "ssl = no".to_owned()
        };
        let capability =
            if kind == Kind::Poor { "imap_capability = IMAP4rev1 UIDPLUS" } else { "" };
        format!(
            "protocols = imap
            listen = 127.0.0.1
            base_dir = {root}/run
            state_dir = {root}/state
            log_path = /dev/stderr
            {ssl}
            {capability}
            disable_plaintext_auth = no
            first_valid_uid = 1
            {rights}
            mail_location = maildir:{root}/mail
            mail_fsync = never
            passdb {{
              driver = static
              args = password=secret
            }}
            userdb {{
              driver = static
              args = {owner} home={root}/mail
            }}
            service imap-login {{
              inet_listener imap {{
                port = {plain}
              }}
              inet_listener imaps {{
                port = {tls}
                ssl = yes
              }}
            }}
            ",
            rights = Self::rights(),
            owner = Self::owner(),
        )
    }

    fn is_root() -> bool {
        Self::id("-u") == "0"
    }

    fn id(flag: &str) -> String {
        let output = Command::new("id").arg(flag).output().unwrap();
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    }

    /// Started by root it runs under accounts of its own, which the package made; else under ours.
    fn rights() -> String {
        if Self::is_root() {
            return String::new();
        }
        let user = Self::id("-un");
        format!(
            "default_internal_user = {user}\n default_login_user = {user}\n \
             default_internal_group = {}\n service anvil {{\n chroot =\n }}\n \
             service imap-login {{\n chroot =\n }}\n service stats {{\n chroot =\n }}",
            Self::id("-gn")
        )
    }

    fn owner() -> String {
        if Self::is_root() {
            "uid=65534 gid=65534".to_owned()
        } else {
            format!("uid={} gid={}", Self::id("-u"), Self::id("-g"))
        }
    }

    /// A mail arrives, as a delivery agent puts it there.
    pub(crate) fn deliver(&self, mail: &[u8]) {
        let number = self.delivered.fetch_add(1, Ordering::Relaxed);
        let inbox = self.folder.0.join("mail");
        for name in ["tmp", "new", "cur"] {
            std::fs::create_dir_all(inbox.join(name)).unwrap();
            let _ = Command::new("chmod").arg("777").arg(inbox.join(name)).status();
        }
        let name = format!("{}.{number:04}.test", 1_772_442_000 + number);
        let path = inbox.join("tmp").join(&name);
        std::fs::write(&path, mail).unwrap();
        let _ = Command::new("chmod").arg("666").arg(&path).status();
        std::fs::rename(path, inbox.join("new").join(name)).unwrap();
    }

    /// The mails in a folder.
    pub(crate) fn mails(&self, folder: &str) -> Vec<Vec<u8>> {
        let inbox = self.folder.0.join("mail");
        let folder = if folder == "INBOX" { inbox } else { inbox.join(format!(".{folder}")) };
        let mut paths: Vec<PathBuf> = ["new", "cur"]
            .into_iter()
            .filter_map(|name| std::fs::read_dir(folder.join(name)).ok())
            .flatten()
            .map(|entry| entry.unwrap().path())
            .collect();
        paths.sort();
        paths.iter().map(|path| std::fs::read(path).unwrap()).collect()
    }

    pub(crate) fn count(&self, folder: &str) -> usize {
        self.mails(folder).len()
    }

    /// The mailbox is made anew from its mails, as after a disaster.
    pub(crate) fn loses_numbers(&self) {
        self.kick();
        let inbox = self.folder.0.join("mail");
        for entry in std::fs::read_dir(inbox).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            if name.starts_with("dovecot") && name != "dovecot-uidvalidity" {
                let _ = std::fs::remove_file(path);
            }
        }
    }

    /// All connections break, as when the server is restarted.
    pub(crate) fn kick(&self) {
        let config = self.folder.path("dovecot.conf");
        let kicked = Command::new("doveadm").args(["-c", &config, "kick", "help"]).output();
        assert!(kicked.unwrap().status.success());
    }
}

impl Drop for Dovecot {
    fn drop(&mut self) {
        // In peace, so that it ends its own processes.
        let _ = Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status();
        let _ = self.child.wait();
    }
}

/// A mail that the relay took.
pub(crate) struct Taken {
    /// How the adapter introduced itself.
    pub(crate) hello: String,
    pub(crate) sender: String,
    pub(crate) to: Vec<String>,
    pub(crate) raw: Vec<u8>,
    pub(crate) tls: bool,
}

/// A relay that tells of every mail it takes.
pub(crate) struct Relay {
    child: Child,
    _alive: ChildStdin,
    pub(crate) port: u16,
    mails: mpsc::UnboundedReceiver<Taken>,
    _folder: Folder,
}

impl Relay {
    fn start(python: &str, kind: Kind, trust: &Trust) -> Self {
        let folder = Folder::new();
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/support/relay.py");
        let mut command = Command::new(python);
        command.arg(script);
        if kind.is_protected() {
            command.arg(folder.write("certificate.pem", &trust.certificate));
            command.arg(folder.write("key.pem", &trust.key));
        }
        if kind == Kind::StartTls {
            command.arg("starttls");
        }
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let alive = child.stdin.take().unwrap();
        let mut said = BufReader::new(child.stdout.take().unwrap()).lines();
        let first: serde_json::Value =
            serde_json::from_str(&said.next().unwrap().unwrap()).unwrap();
        let port = u16::try_from(first["port"].as_u64().unwrap()).unwrap();
        let (into, mails) = mpsc::unbounded_channel();
        #[allow(clippy::disallowed_methods)] // reading a pipe blocks
        std::thread::spawn(move || {
            for line in said.map_while(Result::ok) {
                let line: serde_json::Value = serde_json::from_str(&line).unwrap();
                let _ = into.send(taken(&line));
            }
        });
        Self { child, _alive: alive, port, mails, _folder: folder }
    }

    /// The next mail that it takes.
    pub(crate) async fn next(&mut self) -> Taken {
        patient(self.mails.recv()).await.expect("the relay runs")
    }

    /// Whether it has taken no further mail.
    pub(crate) fn is_quiet(&mut self) -> bool {
        self.mails.try_recv().is_err()
    }
}

fn taken(line: &serde_json::Value) -> Taken {
    let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
    Taken {
        hello: text(&line["hello"]),
        sender: text(&line["sender"]),
        to: line["to"].as_array().unwrap().iter().map(text).collect(),
        raw: base64(&text(&line["content"])),
        tls: line["tls"].as_bool().unwrap(),
    }
}

/// Decodes by the mail reader itself, as a body in this encoding.
fn base64(text: &str) -> Vec<u8> {
    let head = "Content-Type: application/x\r\nContent-Transfer-Encoding: base64\r\n\
                Content-Disposition: attachment\r\n\r\n";
    let mail = switchboard_mail::read_mail(format!("{head}{text}\r\n").as_bytes()).unwrap();
    mail.attachments.first().map(|file| file.bytes.clone()).unwrap_or_default()
}

impl Drop for Relay {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
