//! What may stand in a configuration, and what is said of the rest.

use std::sync::Arc;

use switchboard::id::Key;
use switchboard_mail::{
    MailAdapter, MailConfig, MailError, MemoryStore, Security, Server, system_clock,
};

const WHOLE: &str = r#"{
    "inbox": "mail",
    "outbox": "mail-out",
    "address": "help@x.org",
    "aliases": ["sales@x.org"],
    "imap": {"host": "imap.x.org", "port": 993, "security": "tls", "user": "help", "password": "secret"},
    "smtp": {"host": "localhost", "port": 25, "security": "plain"},
    "limits": {"message_bytes": 1000000},
    "folders": {"done": "Archive"}
}"#;

fn read(text: &str) -> Result<MailConfig, serde_json::Error> {
    serde_json::from_str(text)
}

fn paths(config: &MailConfig) -> Vec<&'static str> {
    let faults = config.validate().map_or_else(|error| error.faults, |()| Vec::new());
    faults.iter().map(|fault| fault.path).collect()
}

#[test]
fn a_configuration_is_data() {
    let config = read(WHOLE).unwrap();
    assert_eq!(config.validate(), Ok(()));
    assert_eq!(config.limits.message_bytes, 1_000_000);
    assert_eq!(config.folders.done, "Archive");
    assert_eq!(config.folders.refused, "switchboard-refused", "what is not said has its default");
    assert!(!format!("{config:?}").contains("secret"));
}

#[test]
fn unknown_fields_are_refused() {
    let error = read(&WHOLE.replace("message_bytes", "mesage_bytes")).unwrap_err();
    assert!(error.to_string().contains("mesage_bytes"), "{error}");
}

#[test]
fn every_fault_is_named_by_its_path() {
    let one = |old: &str, new: &str| {
        assert!(WHOLE.contains(old), "{old}");
        paths(&read(&WHOLE.replace(old, new)).unwrap())
    };
    assert_eq!(one("mail-out", "mail"), ["outbox"]);
    assert_eq!(one("\"help@x.org\"", "\"help\""), ["address"]);
    assert_eq!(one("sales@x.org", "sales"), ["aliases"]);
    assert_eq!(one("imap.x.org", ""), ["imap.host"]);
    assert_eq!(one("993", "0"), ["imap.port"]);
    assert_eq!(one("\"tls\"", "\"starttls\""), ["imap.security"]);
    assert_eq!(one("\"tls\"", "\"plain\""), ["imap.security"], "not across the network");
    assert_eq!(one("localhost", "relay.x.org"), ["smtp.security"]);
    assert_eq!(one("\"localhost\"", "\"127.0.0.5\""), [""; 0]);
    assert_eq!(one(", \"password\": \"secret\"", ""), ["imap.password"]);
    assert_eq!(one("\"user\": \"help\", ", ""), ["imap.user", "imap.password"]);
    assert_eq!(one("1000000", "0"), ["limits.message_bytes"]);
    assert_eq!(one("Archive", "inbox"), ["folders.done"]);
    assert_eq!(one("Archive", "Erledigt & weg"), ["folders.done"]);
    let idle = r#""times": {"idle": 1800}, "limits""#;
    assert_eq!(one("\"limits\"", idle), ["times.idle"]);
}

#[test]
fn faults_are_told_all_at_once() {
    let config = read(&WHOLE.replace("993", "0").replace("mail-out", "mail")).unwrap();
    let error = config.validate().unwrap_err();
    let said = "outbox: must not be the inbox: the two number their reports apart; \
                imap.port: must be above 0";
    assert_eq!(error.to_string(), said);
}

#[tokio::test]
async fn nothing_starts_from_a_faulty_configuration() {
    let sources = (Key::new("mail").unwrap(), Key::new("mail-out").unwrap());
    let server = |security| Server::new("127.0.0.1", 1, security);
    let start =
        |config| MailAdapter::start(config, 1, Arc::new(MemoryStore::new()), system_clock()).err();
    let imap = server(Security::Plain).login("help", "secret");
    let config = MailConfig::new(sources, "help@x.org", imap, server(Security::Plain));
    assert!(start(config.clone()).is_none());

    let mut faulty = config.clone();
    faulty.imap.user = None;
    assert!(matches!(start(faulty), Some(MailError::Config(_))));

    let mut trusting = config;
    trusting.imap.security = Security::Tls;
    trusting.roots = Some("no certificate".into());
    assert!(matches!(start(trusting), Some(MailError::Tls(_))));
}
