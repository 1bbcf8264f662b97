//! The contact records of a journal say what the plain account of it says.

use std::collections::BTreeMap;

use switchboard::id::{AgentId, EngagementId, RequestId};
use switchboard::kpi::{ContactRecord, ContactRecords, SegmentKind};
use switchboard::message::Record;
use switchboard::time::Duration;

use super::account::{Account, Doing, Who};

/// Whose segment it is. Segments of alerting name the agent, not the offer.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Whose {
    Request(RequestId),
    Alerted(AgentId),
    Part(EngagementId),
    OnCall(RequestId),
}

type Lengths = BTreeMap<(Whose, Doing), Duration>;

/// The contact records of a journal in the order of closing.
pub(crate) fn contact_records(records: &[Record]) -> Vec<ContactRecord> {
    let mut fold = ContactRecords::new();
    for record in records {
        fold.apply(record);
    }
    assert_eq!(fold.open(), 0);
    fold.take_closed()
}

/// Every number of every contact record is that of the account, and no party's time has a gap.
pub(crate) fn they_add_up(records: &[Record]) {
    let (contacts, accounts) = (contact_records(records), Account::of(records));
    assert_eq!(contacts.len(), accounts.len());
    for (contact, account) in contacts.iter().zip(&accounts) {
        let both = format!("{contact:#?}\n{account:#?}");
        assert_eq!(contact.interaction, account.interaction);
        assert_eq!(contact.opened_at, account.opened_at, "opened: {both}");
        assert_eq!(contact.ended_at, account.ended_at, "ended: {both}");
        assert_eq!(Some(contact.closed_at), account.closed_at, "closed: {both}");
        assert_eq!(contact.clamped, account.clamped, "clamped: {both}");
        assert_eq!(told(contact), counted(account), "{both}");
        totals(contact, account);
        parties(contact, account);
    }
}

/// What the segments say.
fn told(contact: &ContactRecord) -> Lengths {
    let mut lengths = Lengths::new();
    for segment in &contact.segments {
        let (whose, doing) = match segment.kind {
            SegmentKind::Wait { request, cause, .. } => {
                let doing = if cause.is_of_agent() { Doing::Ask } else { Doing::Wait };
                (Whose::Request(request), doing)
            }
            SegmentKind::Alert { agent, .. } => (Whose::Alerted(agent), Doing::Alert),
            SegmentKind::Connect { engagement, .. } => (Whose::Part(engagement), Doing::Connect),
            SegmentKind::Talk { engagement, .. } => (Whose::Part(engagement), Doing::Talk),
            SegmentKind::Advise { engagement, .. } => (Whose::Part(engagement), Doing::Advise),
            SegmentKind::Observe { engagement, .. } => (Whose::Part(engagement), Doing::Observe),
            SegmentKind::Hold { engagement, .. } => (Whose::Part(engagement), Doing::Hold),
            SegmentKind::Aside { engagement, .. } => (Whose::Part(engagement), Doing::Aside),
            SegmentKind::WrapUp { engagement, .. } => (Whose::Part(engagement), Doing::WrapUp),
            SegmentKind::Seek { request, .. } => (Whose::OnCall(request), Doing::Seek),
            SegmentKind::OnCall { request, .. } => (Whose::OnCall(request), Doing::OnCall),
            _ => panic!("a kind that nobody has accounted for: {segment:?}"),
        };
        *lengths.entry((whose, doing)).or_default() += segment.length();
    }
    lengths.retain(|_, length| *length != Duration::ZERO);
    lengths
}

/// What the account says of everybody but the customer.
fn counted(account: &Account) -> Lengths {
    let mut lengths = Lengths::new();
    for ((who, doing), length) in account.lengths() {
        let whose = match who {
            Who::Customer => continue,
            Who::Request(id) => Whose::Request(id),
            Who::Offer(_, agent) => Whose::Alerted(agent),
            Who::Part(id) => Whose::Part(id),
            Who::OnCall(id) => Whose::OnCall(id),
        };
        *lengths.entry((whose, doing)).or_default() += length;
    }
    lengths
}

/// The totals are those of the account, and what was done with the customer took as long as the customer
/// was there.
fn totals(contact: &ContactRecord, account: &Account) {
    let mut sums: BTreeMap<Doing, Duration> = BTreeMap::new();
    for ((_, doing), length) in account.lengths() {
        *sums.entry(doing).or_default() += length;
    }
    let sum = |doing| sums.get(&doing).copied().unwrap_or_default();
    let totals = &contact.totals;
    let told = [
        (Doing::Wait, totals.wait),
        (Doing::Ask, totals.ask),
        (Doing::Alert, totals.alert),
        (Doing::Connect, totals.connect),
        (Doing::Talk, totals.talk),
        (Doing::Advise, totals.advise),
        (Doing::Observe, totals.observe),
        (Doing::Hold, totals.hold),
        (Doing::Aside, totals.aside),
        (Doing::WrapUp, totals.wrap_up),
        (Doing::Seek, totals.seek),
        (Doing::OnCall, totals.on_call),
    ];
    for (doing, told) in told {
        assert_eq!(told, sum(doing), "{doing:?} in total: {contact:#?}\n{account:#?}");
    }
    let customer = account.of_customer();
    assert_eq!(customer.alone, Duration::ZERO, "nobody cares for the customer: {account:#?}");
    let sum = customer.served + customer.called + customer.handed_on;
    assert_eq!(customer.there, sum, "{customer:?}");
    let with_us = totals.wait + totals.talk + totals.hold + totals.aside;
    let with_us = with_us + totals.seek + totals.on_call;
    assert_eq!(with_us, customer.served + customer.beside, "{contact:#?}\n{account:#?}");
}

/// From opening to closing of each party's part there is no gap and no overlap: its lengths add up to
/// the time that passed.
fn parties(contact: &ContactRecord, account: &Account) {
    let told = told(contact);
    for who in account.parties() {
        let sum = match who {
            Who::Customer => continue,
            Who::Request(id) => sum_of(&told, Whose::Request(id)),
            Who::Offer(_, agent) => {
                let of_agent = |other: &Who| matches!(other, Who::Offer(_, a) if *a == agent);
                let spans = account.parties().filter(of_agent).map(|who| account.span(who));
                let span = spans.fold(Duration::ZERO, |sum, span| sum + span);
                assert_eq!(sum_of(&told, Whose::Alerted(agent)), span, "{who:?}: {contact:#?}");
                continue;
            }
            Who::Part(id) => sum_of(&told, Whose::Part(id)),
            Who::OnCall(id) => sum_of(&told, Whose::OnCall(id)),
        };
        assert_eq!(sum, account.span(who), "{who:?}: {contact:#?}\n{account:#?}");
    }
}

fn sum_of(lengths: &Lengths, of: Whose) -> Duration {
    let of_it = lengths.iter().filter(|((whose, _), _)| *whose == of);
    of_it.fold(Duration::ZERO, |sum, (_, length)| sum + *length)
}
