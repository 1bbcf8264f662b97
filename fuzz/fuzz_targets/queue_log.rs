//! Bytes as the log of Asterisk's queues, line by line: each is read or refused by its number, and whatever it tells can
//! be followed by a shadow that learns, and by one that knows nobody.
#![no_main]

use libfuzzer_sys::fuzz_target;
use switchboard::model::Center;
use switchboard::shadow::queue_log::Reader;
use switchboard::shadow::{Fact, Shadow};

/// More lines find nothing new.
const LINES: usize = 200;

fuzz_target!(|bytes: &[u8]| {
    let mut reader = Reader::new();
    let mut facts: Vec<Fact> = Vec::new();
    let (mut lines, mut refused) = (0, 0);
    for line in bytes.split(|byte| *byte == b'\n').take(LINES) {
        lines += 1;
        match reader.read(line) {
            Ok(told) => facts.extend(told),
            Err(error) => {
                refused += 1;
                assert_eq!(error.line, lines, "{error}");
            }
        }
    }
    let counts = reader.counts();
    assert_eq!((counts.rows + counts.blank, counts.malformed), (lines, refused));
    let Some(first) = facts.first() else { return };
    for learns in [true, false] {
        let shadow = Shadow::new(first.at, Center::default()).expect("an empty center");
        let mut shadow = if learns { shadow.learning() } else { shadow };
        if learns {
            shadow.introduce(&facts);
        }
        let mut found = 0;
        for fact in &facts {
            for finding in shadow.take(fact) {
                found += 1;
                assert!(!finding.to_string().is_empty());
            }
        }
        let summary = shadow.summary();
        assert_eq!(summary.facts, facts.len() as u64);
        assert_eq!(summary.compared() + summary.contradictions.values().sum::<u64>(), found);
    }
});
