//! Requirements: the text, the canonical form, and what the engine makes of them, against the plain meaning.
#![cfg(all(feature = "json", feature = "toml"))]

mod model_support;
mod support;

use std::collections::BTreeSet;

use model_support::center;
use model_support::requirement::{Tree, tree};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use proptest::test_runner::TestCaseResult;
use support::{Bench, key};
use switchboard::Question;
use switchboard::model::*;

fn read(text: &str) -> Requirement {
    text.parse().unwrap_or_else(|error| panic!("{text}: {error}"))
}

/// The line and column of the fault, and what is said of it.
fn fault(text: &str) -> (usize, usize, String) {
    let error = text.parse::<Requirement>().expect_err(text);
    (error.line, error.column, error.message)
}

#[test]
fn the_text_of_a_requirement_is_canonical() {
    for (written, canonical) in [
        ("anybody", "anybody"),
        ("not anybody", "nobody"),
        ("anybody and spanish", "spanish"),
        ("spanish or anybody", "anybody"),
        ("nobody and spanish", "nobody"),
        ("spanish >= 1", "spanish"),
        ("not not spanish", "spanish"),
        ("b and a and (b and c)", "a and b and c"),
        ("a or b and c", "a or (b and c)"),
        ("not a and b", "b and not a"),
        ("not (a and b)", "not (a and b)"),
        ("not site == \"x\"", "site != \"x\""),
        ("site in (\"b\", \"a\", \"b\")", "site in (\"a\", \"b\")"),
        ("site in (\"a\")", "site == \"a\""),
        ("not team in (\"a\",\"b\")", "team not in (\"a\", \"b\")"),
        ("tier not in (\"a\")", "tier != \"a\""),
        ("`site` > 2", "`site` > 2"),
        ("`a b``c` and `plain` <= 3", "`a b``c` and plain <= 3"),
        ("español", "`español`"),
        ("x == \"a\\\"b\\\\c\\d\"", "x == \"a\\\"b\\\\c\\\\d\""),
        ("cost<100\n  and tenure>=6", "tenure >= 6 and cost < 100"),
        (
            "spanish >= 3 and (billing >= 2 or tier == \"gold-desk\") and not site == \"trainee\"",
            "spanish >= 3 and site != \"trainee\" and (billing >= 2 or tier == \"gold-desk\")",
        ),
    ] {
        // Statements sort by what they are: levels, numbers, texts, and what is denied behind them.
        let requirement = read(written);
        let shown = requirement.to_string();
        assert_eq!(shown, canonical, "{written}");
        assert_eq!(read(&shown), requirement);
    }
}

#[test]
fn what_is_wrong_with_a_text_is_told_with_its_place() {
    for (text, line, column, message) in [
        ("", 1, 1, "expected a skill, an attribute, `not` or `(`, found the end"),
        ("and", 1, 1, "expected a skill, an attribute, `not` or `(`, found `and`"),
        ("spanish 3", 1, 9, "expected `and`, `or` or the end, found 3"),
        ("spanish = 3", 1, 9, "equality is written `==`"),
        ("spanish && billing", 1, 9, "that both hold is written `and`"),
        ("a || b", 1, 3, "that one of both holds is written `or`"),
        ("!a", 1, 1, "negation is written `not`"),
        ("spanish >=", 1, 11, "expected a number or a text in quotes, found the end"),
        ("spanish >= 256", 1, 12, "a level is at most 255"),
        ("cost > 4294967296", 1, 8, "a number is at most 4294967295"),
        ("(a and b", 1, 9, "expected `and`, `or` or `)`, found the end"),
        ("a)", 1, 2, "expected `and`, `or` or the end, found `)`"),
        ("site", 1, 5, "expected `==`, `!=`, `in` or `not in` after `site`, found the end"),
        ("tenure", 1, 7, "expected a comparison of `tenure` with a number, found the end"),
        ("tenure == \"a\"", 1, 11, "expected a number, found a text"),
        ("site == 3", 1, 9, "expected a text in quotes, found 3"),
        ("site >= \"a\"", 1, 6, "expected `==`, `!=`, `in` or `not in`: it is a text, found `>=`"),
        (
            "x >= \"a\"",
            1,
            6,
            "expected a number: texts are compared by `==` and `!=`, found a text",
        ),
        ("x in \"a\"", 1, 6, "expected `(` and texts in quotes, found a text"),
        ("x in ()", 1, 7, "expected a text in quotes, found `)`"),
        ("x in (\"a\" \"b\")", 1, 11, "expected `,` or `)`, found a text"),
        ("x not 3", 1, 7, "expected `in`, found 3"),
        ("x == 'a'", 1, 6, "a text stands in double quotes"),
        ("x == \"a", 1, 6, "expected another \" somewhere behind this one"),
        ("é and `", 1, 7, "expected another ` somewhere behind this one"),
        ("a and\n b ?", 2, 4, "unexpected '?'"),
        ("``", 1, 1, "a name has 1 to 64 bytes and no control characters"),
    ] {
        assert_eq!(fault(text), (line, column, message.to_owned()), "{text}");
    }
    let error = "a and\n  b ? c".parse::<Requirement>().unwrap_err();
    assert_eq!(error.to_string(), "line 2, column 5: unexpected '?'\n    b ? c\n      ^");
    // Of a long line the surroundings are shown.
    let long = format!("{} ?", vec!["skill"; 100].join(" and "));
    let shown = long.parse::<Requirement>().unwrap_err().to_string();
    let lines: Vec<&str> = shown.lines().collect();
    let [_, text, mark] = lines.as_slice() else { panic!("{shown}") };
    assert_eq!(text.chars().nth(mark.chars().count() - 1), Some('?'), "{shown}");
    assert!(text.len() < 80, "{shown}");
}

#[test]
fn the_size_of_a_requirement_has_bounds() {
    let nested = |deep: usize| format!("{}a{}", "(".repeat(deep), ")".repeat(deep));
    assert_eq!(read(&nested(Requirement::MAX_DEPTH)), read("a"));
    let (.., message) = fault(&nested(Requirement::MAX_DEPTH + 1));
    assert_eq!(message, "nested deeper than 32");
    for deep in [1_000_000, 33] {
        for text in ["(".repeat(deep), "not ".repeat(deep), "not(".repeat(deep)] {
            let (_, column, message) = fault(&text);
            assert_eq!(message, "nested deeper than 32");
            assert!(column <= 33 * 4, "{column}");
        }
    }
    let many = |n: usize| (0..n).map(|n| format!("s{n}")).collect::<Vec<_>>().join(" or ");
    let most = Requirement::MAX_ITEMS;
    assert_eq!(read(&many(most - 1)).atoms().len(), most - 1);
    assert_eq!(fault(&many(most)).2, "the requirement has 1001 parts, more than 1000");
    assert_eq!(fault(&many(most + 1)).2, "more than 1000 statements and texts");
    // What is made in code is judged when the center is, and cannot be written.
    let deep = (0..40).fold(read("a"), |inner, n| match n % 2 {
        0 => inner.or(read("b")),
        _ => inner.and(read("c")),
    });
    let mut queue = Queue::default();
    queue.requirement = deep.clone();
    let skill = |name: &str| (name.to_owned(), Skill::default());
    let center = ["a", "b", "c"].map(skill).into_iter();
    let center =
        center.fold(Center::builder(), |builder, (name, skill)| builder.skill(&name, skill));
    let faults = center.queue("q", queue).build().unwrap_err();
    assert_eq!(faults.to_string(), "queues.q.requirement: is nested deeper than 32");
    assert!(serde_json::to_string(&deep).is_err() && postcard::to_stdvec(&deep).is_err());
}

#[test]
fn the_table_of_least_levels_stays_the_form_where_it_says_all() {
    let json = |text: &str| serde_json::to_string(&read(text)).unwrap();
    assert_eq!(json("anybody"), "{}");
    assert_eq!(json("spanish >= 3 and billing"), r#"{"billing":1,"spanish":3}"#);
    assert_eq!(json("billing"), r#"{"billing":1}"#);
    assert_eq!(json("a >= 2 and a >= 3"), r#""a >= 2 and a >= 3""#);
    assert_eq!(json("a > 2"), r#""a > 2""#);
    assert_eq!(json("a or b"), r#""a or b""#);
    assert_eq!(json("nobody"), r#""nobody""#);
    let of = |json: &str| serde_json::from_str::<Requirement>(json).map_err(|e| e.to_string());
    assert_eq!(of(r#"{"spanish": 3, "billing": 2}"#), Ok(read("billing >= 2 and spanish >= 3")));
    assert_eq!(of("{}"), Ok(Requirement::anybody()));
    assert!(of(r#"{"a": 1, "a": 2}"#).unwrap_err().starts_with("\"a\" is given twice"));
    assert!(of("[1]").unwrap_err().contains("a requirement as a text, or a table of least levels"));
    assert!(of(r#"{"a": 256}"#).is_err());
    // The binary form is a text, always.
    assert_eq!(postcard::to_stdvec(&read("a >= 2 and b")).unwrap(), b"\x0ca >= 2 and b");
}

#[test]
fn a_text_that_cannot_be_read_is_told_with_its_place_in_the_file_too() {
    let error = Center::from_toml("[queues.q]\nrequirement = \"spanish >= and\"").unwrap_err();
    let expected = "line 2, column 15: in the requirement, column 12: \
                    expected a number or a text in quotes, found `and`\n  \
                    spanish >= and\n             ^";
    assert_eq!(error.to_string(), expected);
    let error = Center::from_json(r#"{"queues": {"q": {"requirement": "a &&"}}}"#).unwrap_err();
    assert!(error.to_string().contains("in the requirement, column 3: that both"), "{error}");
    let faults =
        Center::builder().queue("q", Queue::new().requirement("a &&")).build().unwrap_err();
    assert!(
        faults.to_string().starts_with("queues.q.requirement: column 3: that both"),
        "{faults}"
    );
}

/// Everybody who may serve the queue, by the engine's own explanation of a request that waits there.
fn explained(bench: &Bench, queue: usize) -> BTreeSet<String> {
    let explanation = bench.engine.explain(Question::Request(bench.requests()[queue])).unwrap();
    assert_eq!(explanation.unmeetable.is_some(), explanation.agents.is_empty());
    explanation.agents.iter().map(|verdict| verdict.agent.to_string()).collect()
}

/// The engine says of each queue what the center does.
fn agrees(bench: &Bench, center: &Center) -> TestCaseResult {
    for (place, (name, queue)) in center.queues.iter().enumerate() {
        let may = center.agents.iter().filter(|(key, agent)| queue.admits(center, key, agent));
        let may: BTreeSet<String> = may.map(|(key, _)| key.to_string()).collect();
        prop_assert_eq!(explained(bench, place), may, "{}: {}", name, &queue.requirement);
    }
    Ok(())
}

/// The people of a center, and queues that ask for these.
fn with_queues(center: &Center, trees: &[Tree]) -> Center {
    let mut own = Center::default();
    (own.sites, own.skills) = (center.sites.clone(), center.skills.clone());
    (own.teams, own.agents) = (center.teams.clone(), center.agents.clone());
    // The queues and hosts that they name are not among them.
    for agent in own.agents.values_mut() {
        (agent.station, agent.coverage) = (Station::default(), None);
    }
    for (number, tree) in trees.iter().enumerate() {
        let mut queue = Queue::default();
        queue.requirement = tree.requirement(center);
        if let (true, Some(team)) = (number % 3 == 2, center.teams.keys().next()) {
            queue.groups = AgentGroups::Teams(vec![team.clone()]);
        }
        let name = format!("q{number}");
        let entry = EntryPoint::voice(&format!("10{number}")).to_queue(&name).build().unwrap();
        own.entry_points.insert(key(&name), entry);
        own.queues.insert(key(&name), queue);
    }
    own
}

/// Words of the language in any order.
fn soup() -> impl Strategy<Value = String> {
    let words = select(vec![
        "and",
        "or",
        "not",
        "in",
        "(",
        ")",
        ",",
        "==",
        "!=",
        ">=",
        "<",
        "site",
        "tenure",
        "x",
        "3",
        "\"a\"",
        "`b`",
        "\"",
        "`",
        "anybody",
        "\n",
        "é",
        "=",
        "\\",
        "999999999999",
    ]);
    (vec(words, 0..12), select(vec!["", " "])).prop_map(|(words, gap)| words.join(gap))
}

fn is_told_within(text: &str) -> TestCaseResult {
    match text.parse::<Requirement>() {
        Ok(requirement) => {
            let shown = requirement.to_string();
            prop_assert_eq!(shown.parse::<Requirement>(), Ok(requirement), "{}", shown);
        }
        Err(error) => {
            let line = text.split('\n').nth(error.line - 1);
            let columns = line.map(|line| line.chars().count());
            prop_assert!((1..=columns.unwrap_or(0) + 1).contains(&error.column), "{error:?}");
            prop_assert_eq!(error.to_string().lines().count(), 3);
        }
    }
    Ok(())
}

proptest! {
    #[test]
    fn every_text_is_read_or_refused_at_a_place_in_it(text in any::<String>(), soup in soup()) {
        is_told_within(&text)?;
        is_told_within(&soup)?;
    }

    #[test]
    fn the_text_gives_the_same_requirement_back(center in center(), tree in tree()) {
        let requirement = tree.requirement(&center);
        prop_assert_eq!(read(&requirement.to_string()), requirement.clone());
        prop_assert_eq!(read(&tree.text(&center)), requirement.clone());
        let json = serde_json::to_string(&requirement).unwrap();
        prop_assert_eq!(&serde_json::from_str::<Requirement>(&json).unwrap(), &requirement);
        let bytes = postcard::to_stdvec(&requirement).unwrap();
        prop_assert_eq!(&postcard::from_bytes::<Requirement>(&bytes).unwrap(), &requirement);
        prop_assert_eq!(Requirement::from(requirement.expression().clone()), requirement);
    }

    #[test]
    fn the_canonical_form_means_the_same(center in center(), trees in vec(tree(), 1..8)) {
        for tree in &trees {
            let requirement = tree.requirement(&center);
            for (key, agent) in &center.agents {
                prop_assert_eq!(
                    requirement.is_met_by(&center, key, agent),
                    tree.is_met_by(&center, key, agent),
                    "{}", requirement
                );
            }
        }
    }

    /// Somebody who meets it proves that it can be met: then nothing may be said to contradict itself.
    #[test]
    fn what_somebody_meets_contradicts_nothing(center in center(), trees in vec(tree(), 1..8)) {
        let center = with_queues(&center, &trees);
        let warnings = validate(&center).unwrap();
        for warning in warnings.iter().filter(|w| w.message.starts_with("contradicts itself")) {
            let queue = &center.queues[warning.path.split('.').nth(1).unwrap()];
            let asked = &queue.requirement;
            let met = center.agents.iter().find(|(key, agent)| asked.is_met_by(&center, key, agent));
            prop_assert!(met.is_none(), "{}: {:?}", asked, met);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// What was worked out beforehand is what the configuration says, and stays so when agents change one by
    /// one or all at once.
    #[test]
    fn the_engine_takes_for_able_who_is(center in center(), trees in vec(tree(), 1..8), swap: u8) {
        let mut center = with_queues(&center, &trees);
        let mut bench = Bench::new(center.clone());
        for number in 0..trees.len() {
            let _ = bench.call("app", &format!("call-{number}"), &format!("10{number}"));
        }
        agrees(&bench, &center)?;
        let mut keys: Vec<_> = center.agents.keys().cloned().collect();
        if keys.len() < 2 {
            return Ok(());
        }
        let places = usize::from(swap) % (keys.len() - 1) + 1;
        keys.rotate_left(places);
        let changes: Vec<Change> = keys
            .iter()
            .zip(center.agents.values())
            .map(|(key, agent)| Change::Agent { key: key.clone(), to: Some(agent.clone()) })
            .collect();
        for change in changes {
            apply_change(&mut center, &change);
            bench.configures(vec![change]);
            agrees(&bench, &center)?;
        }
        let mut first = center.queues.values().next().unwrap().clone();
        first.requirement = !first.requirement;
        let name = center.queues.keys().next().unwrap().clone();
        let change = Change::Queue { key: name, to: Some(Box::new(first)) };
        apply_change(&mut center, &change);
        bench.configures(vec![change]);
        agrees(&bench, &center)?;
    }
}
