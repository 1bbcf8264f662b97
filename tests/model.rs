//! Centers read, written, checked and compared.
#![cfg(all(feature = "json", feature = "toml"))]

mod model_support;

use std::fmt::Debug;

use model_support::center;
use proptest::prelude::*;
use proptest::test_runner::TestCaseResult;
use serde::Serialize;
use serde::de::DeserializeOwned;
use switchboard::model::{Center, Change, Queue, apply_change, diff, validate};
use switchboard::time::Duration;

fn postcard_round_trip<T: Serialize + DeserializeOwned + PartialEq + Debug>(
    value: &T,
) -> TestCaseResult {
    let bytes = postcard::to_stdvec(value).unwrap();
    let (read, rest) = postcard::take_from_bytes::<T>(&bytes).unwrap();
    prop_assert_eq!(&read, value);
    prop_assert!(rest.is_empty());
    Ok(())
}

proptest! {
    #[test]
    fn every_form_gives_the_same_center_back(center in center()) {
        prop_assert_eq!(Center::from_json(&center.to_json().unwrap()).unwrap(), center.clone());
        prop_assert_eq!(Center::from_toml(&center.to_toml().unwrap()).unwrap(), center.clone());
        postcard_round_trip(&center)?;
    }

    #[test]
    fn changes_lead_from_the_old_center_to_the_new(old in center(), new in center()) {
        let mut now = old.clone();
        for change in diff(&old, &new) {
            apply_change(&mut now, &change);
            prop_assert!(validate(&now).is_ok(), "{change:?} breaks {:?}", validate(&now));
            let json = serde_json::to_string(&change).unwrap();
            prop_assert_eq!(&serde_json::from_str::<Change>(&json).unwrap(), &change);
            postcard_round_trip(&change)?;
        }
        prop_assert_eq!(&now, &new);
        prop_assert_eq!(diff(&new, &now), vec![]);
    }

    /// Removal is where requests move to the heir, so the heir must still be there, and named.
    #[test]
    fn a_removed_queue_goes_before_its_heir(old in center(), new in center()) {
        let mut now = old.clone();
        for change in diff(&old, &new) {
            if let Change::Queue { key, to: None, .. } = &change {
                prop_assert_eq!(&now.queues[key].heir, &old.queues[key].heir);
                prop_assert!(now.queues[key].heir.iter().all(|heir| now.queues.contains_key(heir)));
            }
            apply_change(&mut now, &change);
        }
    }
}

#[test]
fn toml_leaves_out_what_stands_at_its_default() {
    let queue = Queue::new().service_target(Duration::from_secs(30)).max_depth(5);
    let center = Center::builder().queue("billing", queue).queue("plain", Queue::new()).build();
    let expected = "\
[queues.billing]
service_target = \"30s\"

[queues.billing.limits]
depth = 5

[queues.plain]
";
    assert_eq!(center.unwrap().to_toml().unwrap(), expected);
}
