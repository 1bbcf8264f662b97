//! Bytes as a mail: it has a name and a meaning, always the same, and an answer to it finds its thread.
#![no_main]

use libfuzzer_sys::fuzz_target;
use switchboard::id::{Key, MessageId, Origin};
use switchboard::message::HostEvent;
use switchboard_mail::{
    MailConfig, Meaning, OwnId, Security, Server, Thread, classify, own_message_id, read_mail,
};

fuzz_target!(
    // The parser has assertions of its own, which the reader bears; what else panics is a finding.
    init: {
        let hook = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            let of_parser = |at: &std::panic::Location<'_>| at.file().contains("mail-parser");
            if !panic.location().is_some_and(of_parser) {
                hook(panic);
            }
        }));
    },
    |raw: &[u8]| judge(raw)
);

fn judge(raw: &[u8]) {
    let config = config();
    let (name, meaning) = classify(raw, &config);
    assert!(name.is_some(), "every mail has a name");
    assert_eq!((name, meaning.clone()), classify(raw, &config));
    if let Ok(mail) = read_mail(raw) {
        let mut files = mail.attachments.iter().map(|file| file.name.as_str());
        let leads = |name: &str| name.is_empty() || name.contains(['/', '\\']);
        assert!(!files.any(leads), "a file's name leads nowhere");
    }
    if let Meaning::Event(event, _) = meaning
        && let HostEvent::MessageReceived { thread, to, .. } = *event
    {
        assert_eq!(to, config.address);
        answer(thread.as_str(), &config);
    }
}

/// An answer to what we answer belongs to the same thread.
fn answer(thread: &str, config: &MailConfig) {
    let origin = Origin { shard: 1, epoch: 1, seq: 1, index: 1 };
    let own = OwnId {
        message: MessageId::new(origin).expect("in range"),
        thread: Thread::named(thread).expect("of our own making"),
    };
    let id = own_message_id(&own, "x.org");
    let raw = format!("From: <a@y.org>\r\nIn-Reply-To: <{id}>\r\n\r\n");
    let (_, meaning) = classify(raw.as_bytes(), config);
    let Meaning::Event(event, _) = meaning else { panic!("set aside: {meaning:?}") };
    let HostEvent::MessageReceived { thread: again, .. } = *event else { panic!("no message") };
    assert_eq!(again.as_str(), thread);
}

fn config() -> MailConfig {
    let key = |text: &str| Key::new(text).expect("a key");
    let server = || Server::new("localhost", 1, Security::Plain);
    MailConfig::new((key("mail"), key("mail-out")), "help@x.org", server(), server())
}
