//! Mail through real servers: in, out, set aside, once and only once.

mod support;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use support::{Kind, NOW, Post, US, next, next_aside, next_report, patient};
use switchboard::id::{EffectId, ExternalRef, MessageId, Origin, Seq};
use switchboard::message::{
    DeliveryState, Effect, EffectKind, HostError, HostEvent, HostReport, Lane, Personal, Receipt,
    Rejection, RejectionReason,
};
use switchboard::model::Channel;
use switchboard::port::{
    Fate, Incoming, InputNumber, Messaging as _, Outgoing, PortError, SetAsideReason,
};
use switchboard_mail::{
    Attachment, AttachmentStore, Clock, MailAdapter, MemoryStore, NewAttachment, Thread, read_mail,
    read_own_message_id,
};

fn mail(id: &str, more: &str, text: &str) -> Vec<u8> {
    format!(
        "From: Eva <eva@y.org>\r\nTo: {US}\r\nSubject: My order\r\nMessage-ID: <{id}>\r\n\
         {more}\r\n{text}\r\n"
    )
    .into_bytes()
}

/// What a `MessageReceived` says: its name, thread, text, what it answers, attachments.
type Letter = (ExternalRef, ExternalRef, String, Option<ExternalRef>, Vec<String>);

fn letter(report: &HostReport) -> Letter {
    let HostEvent::MessageReceived { message, thread, text, in_reply_to, attachments, .. } =
        &report.event
    else {
        panic!("not a message: {report:?}")
    };
    let clear = |value: &Personal<String>| value.clear().unwrap().clone();
    let attachments = attachments.iter().map(clear).collect();
    (message.clone(), thread.clone(), clear(text), in_reply_to.clone(), attachments)
}

fn origin(seq: u64) -> Origin {
    Origin { shard: 1, epoch: 1, seq, index: 1 }
}

fn message_id(seq: u64) -> MessageId {
    MessageId::new(origin(seq)).unwrap()
}

/// Message `seq` of a thread to somebody.
fn outgoing(seq: u64, to: &str, thread: &ExternalRef, in_reply_to: Option<&str>) -> Outgoing {
    let kind = EffectKind::SendMessage {
        message: message_id(seq),
        thread: thread.clone(),
        channel: Channel::Email,
        from: US.into(),
        to: Some(Personal::Clear(to.into())),
        subject: Some(Personal::Clear("My örder".into())),
        text: Personal::Clear("Dear Eva,\nit is on its way. Grüße".into()),
        in_reply_to: in_reply_to.map(|id| ExternalRef::new(id).unwrap()),
        attachments: Vec::new(),
    };
    let id = EffectId::new(origin(seq)).unwrap();
    let host = switchboard::id::HostId(1);
    Outgoing::try_from(Effect { id, host, lane: Lane::None, deadline: NOW, kind }).unwrap()
}

fn a_thread() -> ExternalRef {
    ExternalRef::new(Thread::begun_by("first@y.org").as_str()).unwrap()
}

async fn taken(adapter: &MailAdapter, report: &HostReport) {
    adapter.release(&InputNumber::of(report), Fate::Taken).await.unwrap();
}

#[tokio::test]
async fn a_mail_becomes_a_report_and_leaves_the_inbox_when_it_is_safe() {
    let Some(post) = Post::start(Kind::Plain) else { return };
    let adapter = post.adapter();
    post.dovecot.deliver(&mail("one@y.org", "", "Where is it?"));
    let report = next_report(&adapter).await;
    assert_eq!(report.host.as_str(), "mail");
    let HostEvent::MessageReceived { to, from, subject, channel, .. } = &report.event else {
        panic!("not a message")
    };
    assert_eq!((to.as_str(), *channel), (US, Channel::Email));
    assert_eq!(from.address, Some(Personal::Clear("eva@y.org".into())));
    assert_eq!(from.name, Some(Personal::Clear("Eva".into())));
    assert_eq!(subject, &Some(Personal::Clear("My order".into())));
    let (name, thread, text, in_reply_to, _) = letter(&report);
    assert_eq!((name.as_str(), text.as_str()), ("one@y.org", "Where is it?"));
    assert_eq!(thread.as_str(), Thread::begun_by("one@y.org").as_str());
    assert_eq!(in_reply_to, None);

    assert_eq!(post.dovecot.count("INBOX"), 1, "not safe yet");
    taken(&adapter, &report).await;
    assert_eq!(post.dovecot.count("INBOX"), 0);
    assert_eq!(post.dovecot.count("switchboard-done"), 1);
    taken(&adapter, &report).await; // once more changes nothing
    assert_eq!(post.dovecot.count("switchboard-done"), 1);
}

#[tokio::test]
async fn news_are_told_while_the_adapter_waits() {
    let Some(post) = Post::start(Kind::Plain) else { return };
    let adapter = post.adapter();
    let mut last = 0;
    for number in 0..5 {
        // Nothing lies in the mailbox when the next one arrives.
        post.dovecot.deliver(&mail(&format!("{number}@y.org"), "", "Hello"));
        let report = next_report(&adapter).await;
        assert_eq!(letter(&report).0.as_str(), format!("{number}@y.org"));
        assert!(report.seq > last, "numbers rise");
        last = report.seq;
        taken(&adapter, &report).await;
    }
}

#[tokio::test]
async fn a_server_that_tells_nothing_is_asked() {
    let Some(post) = Post::start(Kind::Poor) else { return };
    let adapter = post.adapter();
    for name in ["one@y.org", "two@y.org"] {
        post.dovecot.deliver(&mail(name, "", "Hello"));
        let report = next_report(&adapter).await;
        assert_eq!(letter(&report).0.as_str(), name);
        taken(&adapter, &report).await;
    }
    assert_eq!(post.dovecot.count("INBOX"), 0);
    assert_eq!(post.dovecot.count("switchboard-done"), 2, "copied and removed");
}

#[tokio::test]
async fn after_a_crash_a_mail_comes_again_with_its_number_until_it_is_safe() {
    let Some(post) = Post::start(Kind::Plain) else { return };
    post.dovecot.deliver(&mail("one@y.org", "", "First"));
    post.dovecot.deliver(&mail("two@y.org", "", "Second"));

    let crashed = post.adapter();
    let (first, second) = (next_report(&crashed).await, next_report(&crashed).await);
    taken(&crashed, &first).await;
    drop(crashed);

    let again = post.adapter();
    let repeated = next_report(&again).await;
    assert_eq!(repeated, second, "the same report under the same number");
    taken(&again, &repeated).await;
    drop(again);

    // Nothing is left to come but what is new.
    let third = post.adapter();
    post.dovecot.deliver(&mail("three@y.org", "", "Third"));
    let report = next_report(&third).await;
    assert_eq!(letter(&report).0.as_str(), "three@y.org");
    assert!(InputNumber::of(&report) > InputNumber::of(&second));
}

#[tokio::test]
async fn a_broken_connection_doubles_nothing() {
    let Some(post) = Post::start(Kind::Plain) else { return };
    let adapter = post.adapter();
    post.dovecot.deliver(&mail("one@y.org", "", "First"));
    let first = next_report(&adapter).await;
    post.dovecot.kick();
    // It may be told that the mailbox is away; then the mail is moved once it is back.
    match adapter.release(&InputNumber::of(&first), Fate::Taken).await {
        Ok(()) | Err(PortError::Unavailable { .. }) => {}
        Err(other) => panic!("{other}"),
    }
    post.dovecot.deliver(&mail("two@y.org", "", "Second"));
    let second = next_report(&adapter).await;
    assert_eq!(letter(&second).0.as_str(), "two@y.org", "the first does not come again");
    taken(&adapter, &second).await;
    assert_eq!(post.dovecot.count("INBOX"), 0);
    assert_eq!(post.dovecot.count("switchboard-done"), 2);
}

#[tokio::test]
async fn a_mailbox_that_lost_its_numbers_gives_its_mail_anew() {
    let Some(post) = Post::start(Kind::Plain) else { return };
    let adapter = post.adapter();
    post.dovecot.deliver(&mail("one@y.org", "", "First"));
    let first = next_report(&adapter).await;
    post.dovecot.loses_numbers();
    let again = next_report(&adapter).await;
    assert_eq!(letter(&again).0.as_str(), "one@y.org");
    assert!(again.incarnation > first.incarnation, "{} {}", again.incarnation, first.incarnation);
    // The old number means nothing any more.
    taken(&adapter, &first).await;
    assert_eq!(post.dovecot.count("INBOX"), 1);
    taken(&adapter, &again).await;
    assert_eq!(post.dovecot.count("INBOX"), 0);
}

/// A store that fails the first time.
#[derive(Default)]
struct Shaky {
    store: MemoryStore,
    failed: AtomicBool,
}

#[async_trait::async_trait]
impl AttachmentStore for Shaky {
    async fn put(&self, new: NewAttachment) -> Result<String, PortError> {
        if self.failed.swap(true, Ordering::SeqCst) {
            return self.store.put(new).await;
        }
        Err(PortError::unavailable("bucket", "full"))
    }

    async fn get(&self, reference: &str) -> Result<Attachment, PortError> {
        self.store.get(reference).await
    }
}

#[tokio::test]
async fn a_store_that_fails_delays_the_mail() {
    let Some(post) = Post::start(Kind::Plain) else { return };
    let clock: Clock = Arc::new(|| NOW);
    let adapter =
        MailAdapter::start(post.config.clone(), 1, Arc::new(Shaky::default()), clock).unwrap();
    let more = "Content-Type: application/pdf\r\nContent-Disposition: attachment\r\n";
    post.dovecot.deliver(&mail("one@y.org", more, "PDF"));
    let error = patient(adapter.receive()).await.unwrap_err();
    assert_eq!(error, PortError::unavailable("bucket", "full"));
    let report = next_report(&adapter).await;
    assert_eq!(letter(&report).4.len(), 1);
}

#[tokio::test]
async fn what_is_not_released_keeps_more_from_coming() {
    let Some(mut post) = Post::start(Kind::Plain) else { return };
    post.config.limits.unreleased = 2;
    let adapter = post.adapter();
    for number in 0..4 {
        post.dovecot.deliver(&mail(&format!("{number}@y.org"), "", "Hello"));
    }
    let (first, second) = (next_report(&adapter).await, next_report(&adapter).await);
    taken(&adapter, &first).await;
    let third = next_report(&adapter).await;
    taken(&adapter, &second).await;
    let fourth = next_report(&adapter).await;
    let names = [&first, &second, &third, &fourth].map(|report| letter(report).0.to_string());
    assert_eq!(names, ["0@y.org", "1@y.org", "2@y.org", "3@y.org"]);
}

#[tokio::test]
async fn what_the_engine_refuses_is_kept_for_people() {
    let Some(post) = Post::start(Kind::Plain) else { return };
    let adapter = post.adapter();
    post.dovecot.deliver(&mail("one@y.org", "", "Hello"));
    let report = next_report(&adapter).await;
    let rejection = Rejection::new(RejectionReason::Unknown, "event.to");
    let receipt = Receipt::Rejected { rejection: rejection.clone(), judged_at: Seq(1) };
    let fate = Fate::of(&receipt).unwrap();
    adapter.release(&InputNumber::of(&report), fate).await.unwrap();
    let aside = next_aside(&adapter).await;
    assert_eq!(aside.message.unwrap().as_str(), "one@y.org");
    assert_eq!(aside.reason, SetAsideReason::Refused(rejection));
    assert_eq!(post.dovecot.count(&aside.place), 1);
}

#[tokio::test]
async fn over_the_limit_is_set_aside_by_name_and_place() {
    let Some(mut post) = Post::start(Kind::Plain) else { return };
    post.config.limits.message_bytes = 2_000;
    post.config.limits.text_bytes = 500;
    let adapter = post.adapter();
    post.dovecot.deliver(&mail("large@y.org", "", &"x".repeat(3_000)));
    let aside = next_aside(&adapter).await;
    assert_eq!(aside.message.unwrap().as_str(), "large@y.org");
    assert_eq!(aside.place, "switchboard-too-large");
    assert!(
        matches!(
            aside.reason,
            SetAsideReason::TooLarge { what: "bytes of mail", size: 3_000.., limit: 2_000 }
        ),
        "{:?}",
        aside.reason
    );
    post.dovecot.deliver(&mail("long@y.org", "", &"x".repeat(600)));
    let aside = next_aside(&adapter).await;
    assert_eq!(aside.message.unwrap().as_str(), "long@y.org");
    let reason = SetAsideReason::TooLarge { what: "bytes of text", size: 600, limit: 500 };
    assert_eq!(aside.reason, reason);
    assert_eq!(reason.to_string(), "bytes of text has 600, more than the limit of 500");
    assert_eq!(post.dovecot.count("switchboard-too-large"), 2);
    assert_eq!(post.dovecot.count("INBOX"), 0);
}

#[tokio::test]
async fn machines_and_our_own_mail_get_no_answer() {
    let Some(post) = Post::start(Kind::Plain) else { return };
    let adapter = post.adapter();
    post.dovecot.deliver(&mail("away@y.org", "Auto-Submitted: auto-replied\r\n", "I am away"));
    let aside = next_aside(&adapter).await;
    assert_eq!(aside.reason, SetAsideReason::Automatic("Auto-Submitted".into()));
    post.dovecot.deliver(format!("From: {US}\r\nMessage-ID: <us@x.org>\r\n\r\nHi").as_bytes());
    assert_eq!(next_aside(&adapter).await.reason, SetAsideReason::Loop);
    assert_eq!(post.dovecot.count("switchboard-automatic"), 2);
}

#[tokio::test]
async fn a_message_goes_out_under_a_name_that_carries_its_id() {
    let Some(mut post) = Post::start(Kind::Plain) else { return };
    let adapter = post.adapter();
    let thread = a_thread();
    let message = outgoing(7, "eva@y.org", &thread, Some("one@y.org"));
    let op = message.op;
    adapter.send(message).await.unwrap();

    let taken = post.relay.next().await;
    assert_eq!((taken.sender.as_str(), taken.to.as_slice()), (US, &["eva@y.org".to_owned()][..]));
    assert_eq!(taken.hello, "x.org");
    let sent = read_mail(&taken.raw).unwrap();
    let id = sent.headers.message_id.unwrap();
    let own = read_own_message_id(&id, &["x.org"]).unwrap();
    assert_eq!(own.message, message_id(7));
    assert_eq!(own.thread.as_str(), thread.as_str());
    assert_eq!(sent.headers.in_reply_to, ["one@y.org"]);
    assert_eq!(sent.headers.references, ["one@y.org"]);
    assert_eq!(sent.headers.subject.unwrap(), "Re: My örder");
    let from = sent.headers.from.unwrap();
    assert_eq!((from.address.as_str(), from.name.as_deref()), (US, Some("Help desk")));
    assert_eq!(sent.text.replace('\r', ""), "Dear Eva,\nit is on its way. Grüße");

    let reports = [next_report(&adapter).await, next_report(&adapter).await];
    let external = Some(ExternalRef::new(&id).unwrap());
    let state = DeliveryState::Sent;
    let updated = HostEvent::MessageUpdated { message: message_id(7), external, state };
    assert_eq!(reports.clone().map(|report| report.event), [updated, HostEvent::OpDone { op }]);
    assert_eq!(reports.each_ref().map(|report| report.seq), [1, 2]);
    assert!(reports.iter().all(|report| report.host.as_str() == "mail-out"));
    for report in &reports {
        assert_eq!(report.occurred_at, NOW);
        self::taken(&adapter, report).await;
    }

    // The same message again, as after a crash, has the same name.
    adapter.send(outgoing(7, "eva@y.org", &thread, Some("one@y.org"))).await.unwrap();
    let again = read_mail(&post.relay.next().await.raw).unwrap();
    assert_eq!(again.headers.message_id, Some(id));
    assert!(post.relay.is_quiet());
}

#[tokio::test]
async fn what_the_relay_refuses_fails_with_its_words() {
    let Some(post) = Post::start(Kind::Plain) else { return };
    let adapter = post.adapter();
    let message = outgoing(7, "nobody@y.org", &a_thread(), None);
    let failed = message.op;
    adapter.send(message).await.unwrap();
    let HostEvent::OpFailed { op, error: HostError::Other(reason) } =
        next_report(&adapter).await.event
    else {
        panic!("not failed")
    };
    assert_eq!(op, failed);
    assert!(reason.clear().unwrap().contains("no such user"), "{:?}", reason.clear());

    let mut message = outgoing(6, "eva@y.org", &a_thread(), None);
    message.from = "someone@else.org".into();
    let stranger = adapter.send(message).await;
    assert!(
        matches!(&stranger, Err(PortError::Invalid { what, .. }) if what == "from"),
        "{stranger:?}"
    );

    let later = adapter.send(outgoing(8, "later@y.org", &a_thread(), None)).await;
    assert!(later.as_ref().is_err_and(PortError::is_transient), "{later:?}");
    let nowhere = adapter.send(outgoing(9, "no address", &a_thread(), None)).await;
    assert!(
        matches!(&nowhere, Err(PortError::Invalid { what, .. }) if what == "to"),
        "{nowhere:?}"
    );
}

#[tokio::test]
async fn what_customers_write_gets_into_no_header() {
    let Some(mut post) = Post::start(Kind::Plain) else { return };
    post.config.read_receipts = true;
    let adapter = post.adapter();
    let mut message = outgoing(7, "eva@y.org", &a_thread(), Some("<x> y@z"));
    message.subject = Some(Personal::Clear("Hi\r\nBcc: spy@z.org\r\n\r\nWords".into()));
    adapter.send(message).await.unwrap();
    let taken = post.relay.next().await;
    assert_eq!(taken.to, ["eva@y.org"]);
    let text = String::from_utf8(taken.raw.clone()).unwrap();
    assert!(!text.contains("\r\nBcc:"), "{text}");
    assert!(text.contains("Disposition-Notification-To: help@x.org\r\n"), "{text}");
    let sent = read_mail(&taken.raw).unwrap();
    assert!(sent.headers.in_reply_to.is_empty(), "a name that is no Message-Id");
    assert!(sent.text.starts_with("Dear Eva"), "{text}");
}

#[tokio::test]
async fn a_bounce_fails_the_message_and_a_receipt_reads_it() {
    let Some(mut post) = Post::start(Kind::Plain) else { return };
    let adapter = post.adapter();
    adapter.send(outgoing(7, "eva@y.org", &a_thread(), None)).await.unwrap();
    let sent = post.relay.next().await.raw;
    let id = read_mail(&sent).unwrap().headers.message_id.unwrap();
    for _ in 0..2 {
        let report = next_report(&adapter).await;
        taken(&adapter, &report).await;
    }
    let report = |kind: &str, fields: &str, returned: &str| {
        format!(
            "From: MAILER-DAEMON@y.org\r\nTo: {US}\r\nReturn-Path: <>\r\n\
             Auto-Submitted: auto-replied\r\nMIME-Version: 1.0\r\n\
             Content-Type: multipart/report; report-type={kind}; boundary=b\r\n\r\n\
             --b\r\nContent-Type: text/plain\r\n\r\nSorry\r\n\
             --b\r\nContent-Type: message/{kind}\r\n\r\n{fields}\r\n{returned}--b--\r\n"
        )
    };
    let original = String::from_utf8(sent).unwrap();
    let returned = format!("--b\r\nContent-Type: message/rfc822\r\n\r\n{original}\r\n");
    let status = "Reporting-MTA: dns; y.org\r\n\r\nFinal-Recipient: rfc822; eva@y.org\r\n\
                  Action: failed\r\nStatus: 5.2.2\r\nDiagnostic-Code: smtp; 552 mailbox\r\n  full\r\n";
    post.dovecot.deliver(report("delivery-status", status, &returned).as_bytes());
    let bounce = next_report(&adapter).await;
    let HostEvent::MessageUpdated { message, external, state: DeliveryState::Failed(error) } =
        &bounce.event
    else {
        panic!("not failed: {bounce:?}")
    };
    assert_eq!((*message, external.as_ref().unwrap().as_str()), (message_id(7), id.as_str()));
    assert_eq!(error, &HostError::Other(Personal::Clear("5.2.2 552 mailbox full".into())));
    taken(&adapter, &bounce).await;

    let read = format!(
        "Final-Recipient: rfc822; eva@y.org\r\nOriginal-Message-ID: <{id}>\r\n\
         Disposition: manual-action/MDN-sent-manually; displayed\r\n"
    );
    post.dovecot.deliver(report("disposition-notification", &read, "").as_bytes());
    let receipt = next_report(&adapter).await;
    let state = DeliveryState::Read;
    assert!(
        matches!(&receipt.event, HostEvent::MessageUpdated { state: read, .. } if *read == state)
    );

    post.dovecot.deliver(report("delivery-status", "Action: failed\r\n", "").as_bytes());
    let aside = next_aside(&adapter).await;
    assert_eq!(aside.reason, SetAsideReason::NoNews("of no message of ours".into()));
    assert_eq!(aside.place, "switchboard-reports");
}

#[tokio::test]
async fn attachments_go_by_reference_both_ways() {
    let Some(mut post) = Post::start(Kind::Plain) else { return };
    let adapter = post.adapter();
    let more = "MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n";
    let text = "--b\r\nContent-Type: text/plain\r\n\r\nSee this\r\n\
                --b\r\nContent-Type: image/png\r\nContent-Transfer-Encoding: base64\r\n\
                Content-Disposition: attachment; filename=\"../photo.png\"\r\n\r\nAAECAw==\r\n--b--";
    post.dovecot.deliver(&mail("one@y.org", more, text));
    let report = next_report(&adapter).await;
    let (_, _, text, _, references) = letter(&report);
    assert_eq!(text, "See this");
    let [reference] = references.as_slice() else { panic!("one reference: {references:?}") };
    let file = post.store.get(reference).await.unwrap();
    let (name, media_type) = ("photo.png".to_owned(), "image/png".to_owned());
    assert_eq!(file, Attachment { name, media_type, bytes: vec![0, 1, 2, 3] });

    // Again after a crash: the same reference, and no second copy.
    drop(adapter);
    let adapter = post.adapter();
    assert_eq!(letter(&next_report(&adapter).await).4, references);
    assert_eq!(post.store.count(), 1);

    let pdf = Attachment {
        name: "bill für Eva.pdf".into(),
        media_type: "application/pdf".into(),
        bytes: (0..=255).collect(),
    };
    let new = NewAttachment { mail: "desk".into(), index: 0, attachment: pdf.clone() };
    let bill = post.store.put(new).await.unwrap();
    let mut message = outgoing(7, "eva@y.org", &a_thread(), None);
    message.attachments = vec![Personal::Clear(bill)];
    adapter.send(message).await.unwrap();
    let sent = read_mail(&post.relay.next().await.raw).unwrap();
    assert_eq!(sent.attachments, [pdf]);

    let mut message = outgoing(8, "eva@y.org", &a_thread(), None);
    message.attachments = vec![Personal::Clear("elsewhere".into())];
    let unknown = adapter.send(message).await;
    assert!(matches!(unknown, Err(PortError::Invalid { .. })), "{unknown:?}");
    assert!(post.relay.is_quiet());
}

#[tokio::test]
async fn both_connections_are_protected() {
    for kind in [Kind::Tls, Kind::StartTls] {
        let Some(mut post) = Post::start(kind) else { return };
        let adapter = post.adapter();
        post.dovecot.deliver(&mail("one@y.org", "", "Hello"));
        assert_eq!(letter(&next_report(&adapter).await).0.as_str(), "one@y.org");
        adapter.send(outgoing(7, "eva@y.org", &a_thread(), None)).await.unwrap();
        assert!(post.relay.next().await.tls);
    }
}

#[tokio::test]
async fn who_is_not_trusted_gets_nothing() {
    let Some(mut post) = Post::start(Kind::Tls) else { return };
    // A certificate of somebody else.
    let other = rcgen::generate_simple_self_signed(["127.0.0.1".to_owned()]).unwrap();
    post.config.roots = Some(other.cert.pem());
    let adapter = post.adapter();
    let error = patient(adapter.receive()).await.unwrap_err();
    assert!(error.to_string().contains("certificate"), "{error}");
    let sent = adapter.send(outgoing(7, "eva@y.org", &a_thread(), None)).await;
    assert!(sent.is_err_and(|error| error.to_string().contains("certificate")));
    assert!(post.relay.is_quiet());
}

#[tokio::test]
async fn whoever_stops_waiting_loses_nothing() {
    let Some(post) = Post::start(Kind::Plain) else { return };
    let adapter = Arc::new(post.adapter());
    // Begun and given up many times, before and while mail arrives.
    for number in 0..50 {
        if number == 20 {
            post.dovecot.deliver(&mail("one@y.org", "", "Hello"));
        }
        tokio::select! {
            biased;
            () = tokio::task::yield_now() => {}
            incoming = next(&adapter) => {
                assert!(matches!(incoming, Incoming::Report(_)));
                return;
            }
        }
    }
    assert_eq!(letter(&next_report(&adapter).await).0.as_str(), "one@y.org");
}
