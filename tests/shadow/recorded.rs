//! A log that a real switch wrote, read through to the end.
//!
//! It is not part of the repository; where it is absent the test says so and passes, except in continuous integration.

use std::collections::BTreeMap;
use std::path::PathBuf;

use switchboard::model::Center;
use switchboard::shadow::queue_log::{RESOLUTION, Reader};
use switchboard::shadow::{Fact, Finding, Judged, Shadow};
use switchboard::time::Duration;

fn data(name: &str) -> Option<String> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/data/asterisk").join(name);
    match std::fs::read_to_string(&path) {
        Ok(text) => Some(text),
        Err(error) if std::env::var("CI").as_deref() == Ok("true") => {
            panic!("{}: {error}", path.display());
        }
        Err(error) => {
            eprintln!("skipped: {}: {error}", path.display());
            None
        }
    }
}

/// What the switch itself counted: completed and abandoned calls of each queue.
fn counted(show: &str) -> BTreeMap<&str, (u64, u64)> {
    let number = |line: &str, name: &str| -> u64 {
        let (_, rest) = line.split_once(name).unwrap();
        rest.split(',').next().unwrap().trim().parse().unwrap()
    };
    let queues = show.lines().filter(|line| line.contains(" strategy "));
    queues
        .map(|line| {
            let name = line.split_whitespace().next().unwrap();
            (name, (number(line, "C:"), number(line, "A:")))
        })
        .collect()
}

#[test]
fn a_log_of_asterisk_is_followed_to_its_end() {
    let (Some(log), Some(show)) = (data("asterisk22_queue_log"), data("asterisk22_queue_show.txt"))
    else {
        return;
    };
    let mut reader = Reader::new();
    let facts: Vec<Fact> =
        log.lines().flat_map(|line| reader.read(line.as_bytes()).unwrap()).collect();
    let mut center = Center::default();
    center.policies.exclusion = Duration::ZERO;
    let shadow = Shadow::new(facts[0].at, center).unwrap();
    let mut shadow = shadow.learning().resolution(RESOLUTION);
    shadow.introduce(&facts);
    let mut found = Vec::new();
    for fact in &facts {
        found.extend(shadow.take(fact));
    }
    let lines = u64::try_from(log.lines().count()).unwrap();
    let counts = reader.counts();
    assert_eq!((counts.rows, counts.blank, counts.malformed), (lines, 0, 0));
    assert_eq!(counts.events.values().sum::<u64>(), lines);
    // All but the rings that were canceled tell something.
    let summary = shadow.summary();
    assert_eq!(summary.facts, lines - counts.events["RINGCANCELED"]);
    assert!(summary.contradictions.is_empty(), "{summary}");
    for (name, (completed, abandoned)) in counted(&show) {
        let queue = &summary.queues[name];
        // Who left by the timeout is one of those who abandoned, to the switch.
        assert_eq!(
            (queue.answered, queue.abandoned + queue.left),
            (completed, abandoned),
            "{name}"
        );
        assert_eq!(queue.entered, queue.answered + queue.abandoned + queue.left);
    }
    assert_eq!(shadow.calls().count(), 0);
    for finding in &found {
        eprint!("{finding}");
    }
    eprint!("{summary}");
    let judged = |name: &str| summary.decisions.get(name).copied().unwrap_or_default();
    // Every call that was answered and every ring in vain was decided by somebody.
    assert_eq!(summary.compared(), 87 + 4 + judged("sent_away"));
    let sent: Vec<_> = found
        .iter()
        .filter(|finding| match finding {
            Finding::Decision(decision) => matches!(decision.judged, Judged::SentAway { .. }),
            _ => false,
        })
        .collect();
    assert_eq!(sent.len(), 1);
}
