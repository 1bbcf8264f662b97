//! A log that a real switch wrote, read through to the end.
//!
//! It is not part of the repository; where it is absent the test says so and passes, except in continuous integration.

use std::collections::BTreeMap;
use std::path::PathBuf;

use switchboard::model::Center;
use switchboard::shadow::queue_log::{RESOLUTION, Reader};
use switchboard::shadow::{Fact, Finding, Shadow};
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
    // Every call that was answered, every ring in vain, and the one that the switch sent away.
    assert_eq!(summary.compared(), 87 + 4 + 1);
    let decisions = [("other_agent", 7), ("same", 84), ("sent_away", 1)];
    assert_eq!(summary.decisions, decisions.map(|(name, n)| (name.to_owned(), n)).into());
    assert_eq!(u64::try_from(found.len()).unwrap(), summary.compared());
    // Once a second the switch looks who is free.
    assert_eq!(summary.median_sooner(), Some(Duration::from_secs(1)));
    for finding in &found {
        let Finding::Decision(decision) = finding else { panic!("{finding}") };
        let differs = !decision.judged.is_same();
        assert_eq!(decision.wish.is_none() && differs, decision.agent.is_none(), "{finding}");
    }
}

/// The sample of the example, by its center.
#[cfg(feature = "toml")]
#[test]
fn the_sample_is_followed_by_its_center() {
    let log = include_str!("../../examples/shadow/queue_log");
    let center = Center::from_toml(include_str!("../../examples/shadow/center.toml")).unwrap();
    let mut reader = Reader::new();
    let facts: Vec<Fact> =
        log.lines().flat_map(|line| reader.read(line.as_bytes()).unwrap()).collect();
    let mut shadow = Shadow::new(facts[0].at, center).unwrap();
    shadow.introduce(&facts);
    for fact in &facts {
        shadow.take(fact);
    }
    let text = shadow.summary().to_string();
    assert_eq!(
        text,
        "11 decisions in 43 facts, 7 as the engine's
       2 may_not
       1 other_call_first
       1 sent_away
the engine would have made those that agree 1s sooner (median), 571ms428us (mean)
french: 3 entered, 3 answered, 0 abandoned, 0 left otherwise, 0 lost
support: 8 entered, 6 answered, 1 abandoned, 1 left otherwise, 0 lost
"
    );
}
