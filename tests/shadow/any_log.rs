//! Whatever a log says, it is read or refused, followed, and told of; never is there a panic or a line that is lost.

use proptest::prelude::*;
use switchboard::model::Center;
use switchboard::shadow::queue_log::Reader;
use switchboard::shadow::{Fact, Shadow};

const EVENTS: [&str; 26] = [
    "ENTERQUEUE",
    "ENTERQUEUE",
    "ENTERQUEUE",
    "CONNECT",
    "CONNECT",
    "CONNECT",
    "COMPLETEAGENT",
    "COMPLETECALLER",
    "ABANDON",
    "EXITWITHTIMEOUT",
    "EXITWITHKEY",
    "WITHDRAW",
    "RINGNOANSWER",
    "RINGCANCELED",
    "ATTENDEDTRANSFER",
    "BLINDTRANSFER",
    "ADDMEMBER",
    "REMOVEMEMBER",
    "PAUSE",
    "UNPAUSE",
    "PAUSEALL",
    "UNPAUSEALL",
    "LEAVEEMPTY",
    "QUEUESTART",
    "AGENTLOGOFF",
    "DANCE",
];

/// Mostly a row; its stamp is that many seconds after the one before.
fn row() -> impl Strategy<Value = (i64, String)> {
    let number = || prop_oneof![20 => 0..40_i64, 1 => any::<i64>()];
    let call = 0..5_u8;
    let queue = prop::sample::select(vec!["q", "r", "NONE", ""]);
    let agent = prop::sample::select(vec!["A", "B", "C", "NONE", ""]);
    let event = prop::sample::select(EVENTS.to_vec());
    let later = prop_oneof![30 => 0..20_i64, 1 => -9..0_i64, 1 => 0..4_000_000_000_i64];
    (later, call, queue, agent, event, [number(), number(), number(), number()]).prop_map(
        |(later, call, queue, agent, event, [a, b, c, d])| {
            (later, format!("c{call}|{queue}|{agent}|{event}|{a}|{b}|{c}|{d}"))
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn any_log_is_followed(
        rows in prop::collection::vec(row(), 1..60),
        learns: bool,
        other in prop::collection::vec(any::<u8>(), 0..40),
    ) {
        let mut at = 1_000_i64;
        let stamped = rows.iter().map(|(later, rest)| {
            at = at.saturating_add(*later);
            format!("{at}|{rest}").into_bytes()
        });
        let lines: Vec<Vec<u8>> = stamped.chain([other]).collect();
        let mut reader = Reader::new();
        let mut refused = 0;
        let mut facts: Vec<Fact> = Vec::new();
        for line in &lines {
            match reader.read(line) {
                Ok(told) => facts.extend(told),
                Err(error) => {
                    refused += 1;
                    assert_eq!(error.line, reader.line());
                }
            }
        }
        let counts = reader.counts();
        assert_eq!((counts.rows + counts.blank, counts.malformed), (lines.len() as u64, refused));
        let Some(first) = facts.first() else { return Ok(()) };
        let shadow = Shadow::new(first.at, Center::default()).unwrap();
        let mut shadow = if learns { shadow.learning() } else { shadow };
        if learns {
            shadow.introduce(&facts);
        }
        let mut found = 0;
        for fact in &facts {
            for finding in shadow.take(fact) {
                assert!(!finding.to_string().is_empty());
                found += 1;
            }
        }
        let summary = shadow.summary();
        assert_eq!(summary.facts, facts.len() as u64);
        assert_eq!(summary.compared() + summary.contradictions.values().sum::<u64>(), found);
        if learns {
            assert!(!summary.contradictions.contains_key("refused"), "{summary}\n{lines:?}");
        }
    }
}
