//! Bytes as the text of a requirement: read, or refused at a place in it; what is read is written and read as the
//! same, and judged of somebody without end or panic.
#![no_main]

use libfuzzer_sys::fuzz_target;
use switchboard::id::Key;
use switchboard::model::{Agent, Center, Queue, Requirement, validate};

fuzz_target!(|text: &str| match text.parse::<Requirement>() {
    Ok(requirement) => is_the_same_in_every_form(requirement),
    Err(error) => {
        let line = text.split('\n').nth(error.line - 1).expect("a line of the text");
        assert!((1..=line.chars().count() + 1).contains(&error.column), "{error:?}");
        assert_eq!(error.to_string().lines().count(), 3, "{error}");
    }
});

fn is_the_same_in_every_form(requirement: Requirement) {
    let written = requirement.to_string();
    assert_eq!(written.parse().as_ref(), Ok(&requirement), "{written}");
    let bytes = postcard::to_stdvec(&requirement).expect("what was read can be written");
    assert_eq!(postcard::from_bytes(&bytes).as_ref(), Ok(&requirement));
    let mut queue = Queue::default();
    queue.requirement = requirement;
    let mut center = Center::default();
    center.queues.insert(Key::new("q").expect("a key"), queue);
    let json = center.to_json().expect("what was read can be written");
    assert_eq!(Center::parse_json(&json).as_ref(), Ok(&center), "{json}");
    let agent = Agent::default();
    let key = Key::new("ana").expect("a key");
    let asked = &center.queues["q"].requirement;
    // Whoever does not meet it meets what is denied.
    assert_ne!(
        asked.is_met_by(&center, &key, &agent),
        (!asked.clone()).is_met_by(&center, &key, &agent)
    );
    let _ = validate(&center);
}
