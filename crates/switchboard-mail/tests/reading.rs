//! What mails say: charsets, HTML, machines, reports on delivery, threads. No server, no network.

use lettre::message::header::ContentType;
use lettre::message::{Attachment as Part, Mailbox, MultiPart, SinglePart};
use proptest::collection::vec;
use proptest::prelude::*;
use switchboard::id::{Key, MessageId, Origin};
use switchboard::message::{DeliveryState, HostError, HostEvent, Personal};
use switchboard::port::SetAsideReason;
use switchboard_mail::{
    Attachment, Mail, MailConfig, Meaning, OwnId, Progress, Security, Server, Thread, Unreadable,
    classify, message_name, own_message_id, read_mail, read_own_message_id, thread_of,
};

fn config() -> MailConfig {
    let sources = (Key::new("mail").unwrap(), Key::new("mail-out").unwrap());
    let server = || Server::new("localhost", 1, Security::Plain);
    let mut config = MailConfig::new(sources, "help@x.org", server(), server());
    config.aliases = vec!["Sales@x.org".into()];
    config
}

fn read(raw: &str) -> Mail {
    read_mail(raw.replace('\n', "\r\n").as_bytes()).unwrap()
}

fn meaning(raw: &str) -> Meaning {
    classify(raw.replace('\n', "\r\n").as_bytes(), &config()).1
}

fn aside(raw: &str) -> SetAsideReason {
    match meaning(raw) {
        Meaning::Aside(reason) => reason,
        other => panic!("not set aside: {other:?}"),
    }
}

/// A customer's message: the address it went to, the customer's address and name.
fn customer(raw: &str) -> (String, String, Option<String>) {
    let Meaning::Event(event, _) = meaning(raw) else { panic!("set aside") };
    let HostEvent::MessageReceived { to, from, .. } = *event else { panic!("not a message") };
    let clear = |value: Personal<String>| value.clear().unwrap().clone();
    (to, clear(from.address.unwrap()), from.name.map(clear))
}

#[test]
fn words_in_other_charsets_are_read() {
    let mail = read(
        "From: =?iso-8859-1?Q?J=FCrgen?= <j@y.org>\nSubject: =?utf-8?B?R3LDvMOfZQ==?=\n\
         Content-Type: text/plain; charset=windows-1252\n\
         Content-Transfer-Encoding: quoted-printable\n\nPreis: 5 =80, f=FCr Sie=\n heute",
    );
    assert_eq!(mail.headers.from.unwrap().name.as_deref(), Some("Jürgen"));
    assert_eq!(mail.headers.subject.as_deref(), Some("Grüße"));
    assert_eq!(mail.text, "Preis: 5 €, für Sie heute");
}

#[test]
fn html_is_text_where_there_is_no_other() {
    let html = "Content-Type: text/html; charset=utf-8\n\n\
                <html><style>p {color: red}</style><p>Where is <b>my</b> order?</p><p>Eva &amp; Tom</p>";
    let only = read(&format!("From: a@y.org\n{html}"));
    assert!(only.text.contains("Where is my order?"), "{}", only.text);
    assert!(only.text.contains("Eva & Tom"), "{}", only.text);
    assert!(!only.text.contains("color"), "{}", only.text);
    assert_eq!(only.attachments, []);

    let both = read(&format!(
        "From: a@y.org\nContent-Type: multipart/alternative; boundary=b\n\n\
         --b\nContent-Type: text/plain\n\nPlain words\n--b\n{html}\n--b--\n"
    ));
    assert_eq!((both.text.as_str(), both.attachments.len()), ("Plain words", 0));
}

#[test]
fn names_of_files_lead_nowhere() {
    for (declared, name) in [
        ("../../etc/passwd", "passwd"),
        ("C:\\\\secret\\\\plan.doc", "plan.doc"),
        ("..", "attachment-1"),
        ("", "attachment-1"),
    ] {
        let mail = read(&format!(
            "From: a@y.org\nContent-Type: multipart/mixed; boundary=b\n\n\
             --b\nContent-Type: application/pdf\n\
             Content-Disposition: attachment; filename=\"{declared}\"\n\nx\n--b--\n"
        ));
        let names: Vec<&str> = mail.attachments.iter().map(|file| file.name.as_str()).collect();
        assert_eq!(names, [name]);
    }
}

#[test]
fn a_mail_within_a_mail_is_an_attachment() {
    let mail = read(
        "From: a@y.org\nContent-Type: multipart/mixed; boundary=b\n\n\
         --b\nContent-Type: text/plain\n\nSee below\n\
         --b\nContent-Type: message/rfc822\n\nFrom: c@z.org\nSubject: Old\n\nOld words\n--b--\n",
    );
    assert_eq!(mail.text, "See below");
    let [inner] = mail.attachments.as_slice() else { panic!("{:?}", mail.attachments) };
    assert_eq!(inner.media_type, "message/rfc822");
    assert_eq!(read_mail(&inner.bytes).unwrap().text, "Old words");
}

#[test]
fn the_writer_is_whom_answers_go_to() {
    let (to, address, name) = customer("From: Eva <eva@y.org>\nTo: help@x.org\n\nHi");
    assert_eq!(
        (to.as_str(), address.as_str(), name.as_deref()),
        ("help@x.org", "eva@y.org", Some("Eva"))
    );
    // A form on a website.
    let form = "From: web@site.org\nReply-To: Tom <tom@y.org>\nTo: SALES@X.org\n\nHi";
    let (to, address, name) = customer(form);
    assert_eq!(
        (to.as_str(), address.as_str(), name.as_deref()),
        ("Sales@x.org", "tom@y.org", Some("Tom"))
    );
    // The server knows better than the writer where it went; a blind copy went to the mailbox.
    let copy = "From: eva@y.org\nTo: help@x.org\nDelivered-To: sales@x.org\n\nHi";
    assert_eq!(customer(copy).0, "Sales@x.org");
    assert_eq!(customer("From: eva@y.org\nTo: others@y.org\n\nHi").0, "help@x.org");
    assert_eq!(aside("Subject: nobody\n\nHi"), SetAsideReason::Unreadable("no sender".into()));
}

#[test]
fn machines_are_known_by_their_fields() {
    let of = |field: &str| meaning(&format!("From: a@y.org\nTo: help@x.org\n{field}\n\nHi"));
    for (field, sign) in [
        ("Auto-Submitted: auto-replied", "Auto-Submitted"),
        ("auto-submitted: auto-generated; owner-email=\"x@y.org\"", "Auto-Submitted"),
        ("Precedence: Bulk", "Precedence: bulk"),
        ("Precedence: junk", "Precedence: junk"),
        ("Precedence: auto_reply", "Precedence: auto_reply"),
        ("Precedence: list", "Precedence: list"),
        ("X-Autoreply: yes", "X-Autoreply"),
        ("X-Autorespond: gone", "X-Autorespond"),
        ("Return-Path: <>", "Return-Path: <>"),
    ] {
        assert_eq!(of(field), Meaning::Aside(SetAsideReason::Automatic(sign.into())), "{field}");
    }
    for field in ["Auto-Submitted: no", "Precedence: first-class", "Return-Path: <a@y.org>"] {
        assert!(matches!(of(field), Meaning::Event(..)), "{field}");
    }
    let mut config = config();
    config.list_mail = true;
    let list = b"From: a@y.org\r\nPrecedence: list\r\n\r\nHi";
    assert!(matches!(classify(list, &config).1, Meaning::Event(..)));
}

#[test]
fn our_own_mail_is_a_loop() {
    let own = own_message_id(&own_id(5, "a@y.org"), "x.org");
    for head in [
        "From: HELP@x.org".to_owned(),
        "From: sales@x.org".to_owned(),
        "From: a@y.org\nReply-To: help@x.org".to_owned(),
        format!("From: a@y.org\nMessage-ID: <{own}>"),
    ] {
        assert_eq!(aside(&format!("{head}\n\nHi")), SetAsideReason::Loop, "{head}");
    }
}

fn own_id(seq: u64, root: &str) -> OwnId {
    let origin = Origin { shard: 3, epoch: 2, seq, index: 1 };
    OwnId { message: MessageId::new(origin).unwrap(), thread: Thread::begun_by(root) }
}

fn delivery(kind: &str, fields: &str, rest: &str) -> String {
    format!(
        "From: daemon@y.org\nTo: help@x.org\n\
         Content-Type: multipart/report; report-type={kind}; boundary=b\n\n\
         --b\nContent-Type: text/plain\n\nWords for people\n\
         --b\nContent-Type: message/{kind}\n\n{fields}\n{rest}--b--\n"
    )
}

#[test]
fn reports_on_delivery_are_read() {
    let of = |kind: &str, fields: &str| {
        read(&delivery(kind, fields, "")).delivery.expect("a report").progress
    };
    let status =
        |fields: &str| of("delivery-status", &format!("Reporting-MTA: dns; m\n\n{fields}"));
    let failed = "Action: FAILED\nStatus: 5.1.1\nDiagnostic-Code: smtp; 550 no\n  such user\n";
    assert_eq!(status(failed), Progress::Failed("5.1.1 550 no such user".into()));
    assert_eq!(status("Action: failed\n"), Progress::Failed("5.0.0".into()));
    assert_eq!(status("Action: delivered\n"), Progress::Delivered);
    assert_eq!(status("Action: delayed\n"), Progress::Nothing("delayed".into()));
    assert_eq!(
        status("Action: relayed\n\nAction: failed\nStatus: 4.4.7\n"),
        Progress::Failed("4.4.7".into())
    );
    assert_eq!(status("Action: eva@y.org\n"), Progress::Nothing("other".into()));
    assert_eq!(status(""), Progress::Nothing("no action".into()));

    let receipt = |value: &str| of("disposition-notification", &format!("Disposition: {value}\n"));
    assert_eq!(receipt("manual-action/MDN-sent-manually; displayed"), Progress::Read);
    assert_eq!(receipt("automatic-action/MDN-sent-automatically; Displayed/x"), Progress::Read);
    assert_eq!(
        receipt("manual-action/MDN-sent-manually; deleted"),
        Progress::Nothing("deleted".into())
    );
    assert_eq!(receipt("nonsense"), Progress::Nothing("other".into()));
}

#[test]
fn a_report_finds_its_message_by_what_came_back() {
    let own = own_id(9, "one@y.org");
    let id = own_message_id(&own, "x.org");
    let returned =
        |part: &str| format!("--b\nContent-Type: {part}\n\nMessage-ID: <{id}>\nFrom: h@x.org\n\n");
    let failed = "Action: failed\n";
    for report in [
        delivery("delivery-status", failed, &returned("message/rfc822")),
        delivery("delivery-status", failed, &returned("text/rfc822-headers")),
        delivery("delivery-status", failed, "")
            .replace("To: help", &format!("In-Reply-To: <{id}>\nTo: help")),
        delivery("delivery-status", failed, "")
            .replace("To: help", &format!("References: <a@b> <{id}>\nTo: help")),
    ] {
        let Meaning::Event(event, _) = meaning(&report) else { panic!("set aside: {report}") };
        let HostEvent::MessageUpdated { message, external, state } = *event else {
            panic!("not of a message")
        };
        assert_eq!((message, external.unwrap().as_str()), (own.message, id.as_str()));
        let error = HostError::Other(Personal::Clear("5.0.0".into()));
        assert_eq!(state, DeliveryState::Failed(error));
    }
    // A message of another system of the same make is not ours.
    let other = delivery("delivery-status", failed, &returned("message/rfc822"))
        .replace("@x.org>", "@z.org>");
    assert_eq!(aside(&other), SetAsideReason::NoNews("of no message of ours".into()));
}

#[test]
fn a_mail_always_has_a_name() {
    let named = |id: Option<&str>, raw: &[u8]| message_name(id, raw).unwrap();
    assert_eq!(named(Some("a@y.org"), b"").as_str(), "a@y.org");
    let long = format!("{}@y.org", "x".repeat(300));
    assert!(named(Some(&long), b"").as_str().starts_with("sha256:"));
    assert_eq!(named(Some(&long), b"1"), named(Some(&long), b"2"));
    assert_ne!(named(None, b"1"), named(None, b"2"));
    assert_eq!(read_mail(b""), Err(Unreadable::NoHeaders));
}

#[test]
fn nothing_personal_is_shown() {
    let mail = read("From: Eva <eva@y.org>\nSubject: My order\nMessage-ID: <m@y.org>\n\nMy words");
    let shown = format!("{mail:?} {:?}", mail.headers.from);
    assert!(
        shown.contains("m@y.org") && !shown.contains("eva") && !shown.contains("words"),
        "{shown}"
    );
}

/// Found by fuzzing: an assertion of the parser, which debug builds have.
#[test]
fn a_mail_that_the_parser_gives_up_on_stops_nothing() {
    let raw = "From: eva@y.org\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n\
               --b\nContent-Type\n\nSee this\n--b\nContent-Type: image/png; name=\"a.png\"\n\
               Content-Transfer-cnoEding: base64\n\
               Contenent-Disposition: attachment; filename=\"../a.status\nAAECAw==\n\
               --b\nContent-Type: message/rfc822\n\rment; filename=\"../a.png\"\n\nAAECAw\u{8}=\n\
               --b\nContent-Type: message/rfc822\n\nFrom: c@z.org\n\nOld\n--b--\n";
    let raw = raw.replace('\n', "\r\n");
    match read_mail(raw.as_bytes()) {
        Ok(mail) => assert_eq!(mail.headers.from.unwrap().address, "eva@y.org"),
        Err(error) => assert_eq!(error, Unreadable::Broken),
    }
    assert!(classify(raw.as_bytes(), &config()).0.is_some());
}

/// What a customer's mail program puts into an answer.
#[derive(Clone, Copy, Debug)]
enum Program {
    Both,
    InReplyTo,
    References,
    /// The first and the last reference, as over-long lists are cut.
    Cut,
}

fn program() -> impl Strategy<Value = Program> {
    prop_oneof![
        Just(Program::Both),
        Just(Program::InReplyTo),
        Just(Program::References),
        Just(Program::Cut)
    ]
}

fn text() -> impl Strategy<Value = String> {
    "[ -~äöüßéñ€你好🙂]{0,120}(\n[ -~äöüß€你好]{0,120}){0,4}"
}

fn word() -> impl Strategy<Value = String> {
    "[a-zA-Z0-9äöü你]{1,20}"
}

proptest! {
    #[test]
    fn no_bytes_break_the_reader(raw in vec(any::<u8>(), 0..2_000)) {
        let (name, meaning) = classify(&raw, &config());
        prop_assert!(name.is_some());
        prop_assert_eq!(read_mail(&raw).is_err(), raw_is_unreadable(&meaning));
    }

    /// Pieces of mails in any order get deeper than bytes by chance.
    #[test]
    fn no_pieces_break_the_reader(pieces in vec(piece(), 0..40), cut in any::<prop::sample::Index>()) {
        let mut raw = pieces.concat().into_bytes();
        let _ = classify(&raw, &config());
        raw.truncate(cut.index(raw.len() + 1));
        let _ = classify(&raw, &config());
    }

    #[test]
    fn what_was_written_is_read(
        subject in word(),
        name in word(),
        body in text(),
        files in vec((word(), vec(any::<u8>(), 0..200)), 0..3),
    ) {
        let from = Mailbox::new(Some(name.clone()), "eva@y.org".parse().unwrap());
        let mut parts = MultiPart::mixed().singlepart(SinglePart::plain(body.clone()));
        for (name, bytes) in &files {
            let kind = ContentType::parse("application/zip").unwrap();
            parts = parts.singlepart(Part::new(name.clone()).body(bytes.clone(), kind));
        }
        let built = lettre::Message::builder()
            .from(from)
            .to("help@x.org".parse().unwrap())
            .message_id(Some("<m@y.org>".into()))
            .subject(subject.clone())
            .multipart(parts)
            .unwrap();
        let mail = read_mail(&built.formatted()).unwrap();
        prop_assert_eq!(mail.headers.subject, Some(subject));
        prop_assert_eq!(mail.headers.message_id, Some("m@y.org".to_owned()));
        prop_assert_eq!(mail.headers.from.and_then(|party| party.name), Some(name));
        prop_assert_eq!(mail.text.replace('\r', ""), body.trim_end());
        let kept = files.into_iter().map(|(name, bytes)| {
            Attachment { name, media_type: "application/zip".into(), bytes }
        });
        prop_assert_eq!(mail.attachments, kept.collect::<Vec<_>>());
    }

    #[test]
    fn our_names_tell_what_they_name(seq in 0_u64..1 << 50, root in "[a-z.]{1,40}@y\\.org") {
        let own = own_id(seq, &root);
        let id = own_message_id(&own, "x.org");
        prop_assert!(id.len() <= 255);
        prop_assert_eq!(read_own_message_id(&id, &["y.org", "X.org"]), Some(own.clone()));
        prop_assert_eq!(read_own_message_id(&id, &["z.org"]), None);
        prop_assert_eq!(read_own_message_id(&format!("{id}x"), &["x.org"]), None);
        prop_assert_eq!(Thread::named(own.thread.as_str()), Some(own.thread));
    }

    /// Customer and agent answer each other; whatever the program keeps, the thread stays.
    #[test]
    fn a_thread_stays_one(programs in vec(program(), 1..8)) {
        let first = "one@y.org".to_owned();
        let thread = thread_of(&[], &[], &first, &["x.org"]);
        prop_assert_eq!(&thread, &Thread::begun_by(&first));
        let mut references = vec![first];
        for (seq, program) in (1..).zip(programs) {
            let own = OwnId { thread: thread.clone(), ..own_id(seq, "") };
            let ours = own_message_id(&own, "x.org");
            references.push(ours.clone());
            let cut = vec![references[0].clone(), ours.clone()];
            let (kept, answered) = match program {
                Program::Both => (references.clone(), vec![ours]),
                Program::InReplyTo => (Vec::new(), vec![ours]),
                Program::References => (references.clone(), Vec::new()),
                Program::Cut => (cut, Vec::new()),
            };
            let theirs = format!("{seq}@y.org");
            prop_assert_eq!(&thread_of(&kept, &answered, &theirs, &["x.org"]), &thread);
            references.push(theirs);
        }
    }
}

fn raw_is_unreadable(meaning: &Meaning) -> bool {
    let whole = ["no sender", "no name can be given"];
    matches!(meaning, Meaning::Aside(SetAsideReason::Unreadable(why)) if !whole.contains(&why.as_str()))
}

fn piece() -> impl Strategy<Value = String> {
    let fixed = [
        "\r\n",
        "\r\n\r\n",
        "--b\r\n",
        "--b--\r\n",
        "From: Eva <eva@y.org>\r\n",
        "Message-ID: <a@y.org>\r\n",
        "References: <a@y.org>\r\n <b@y.org>\r\n",
        "Subject: =?utf-8?B?R3LDvA",
        "Content-Type: multipart/mixed; boundary=b\r\n",
        "Content-Type: multipart/report; boundary=\"b\"\r\n",
        "Content-Type: message/delivery-status\r\n",
        "Content-Type: message/disposition-notification\r\n",
        "Content-Type: message/rfc822\r\n",
        "Content-Type: text/html; charset=utf-16\r\n",
        "Content-Transfer-Encoding: base64\r\n",
        "Content-Transfer-Encoding: quoted-printable\r\n",
        "Content-Disposition: attachment; filename*=utf-8''%e4\r\n",
        "Action: failed\r\n",
        "Disposition: a; displayed\r\n",
        "<html><p>&#x1F642;&nbsp",
        "=3D=\r\n",
        "AAECAw==",
    ];
    prop_oneof![
        4 => prop::sample::select(fixed.to_vec()).prop_map(str::to_owned),
        1 => "\\PC{0,20}",
    ]
}
