//! Each kind of difference, and each kind of contradiction, from a log written by hand.

use std::collections::BTreeMap;

use switchboard::Verdict;
use switchboard::model::{Agent, Center, OrderPolicy, Queue, Skill, WrapUpMode};
use switchboard::shadow::queue_log::Reader;
use switchboard::shadow::{Call, Finding, Judged, Misfit, Shadow, What};
use switchboard::time::{Duration, Timestamp};

const START: i64 = 1_772_442_000;

const fn secs(secs: i64) -> Duration {
    Duration::from_secs(secs)
}

/// Ana and Ben speak Spanish, Cara does not; gold calls go first.
fn center() -> Center {
    Center::builder()
        .order(OrderPolicy::StrictPriority)
        .skill("es", Skill::new(""))
        .queue("gold", Queue::new().priority(9))
        .queue("spanish", Queue::new().requires("es", 1).wrap_up(WrapUpMode::TimeBoxed, secs(20)))
        .queue("short", Queue::new().max_wait(secs(10)))
        .queue("kept", Queue::new().reserve("gold", 1))
        .agent("ana", Agent::new("Ana").skill("es", 1))
        .agent("ben", Agent::new("Ben").skill("es", 1))
        .agent("cara", Agent::new("Cara"))
        .build()
        .unwrap()
}

/// Rows of a log, each with its second: what was found.
fn follow(rows: &[(i64, &str)]) -> (Vec<Finding>, Shadow) {
    let start = Timestamp::from_secs(START);
    let mut shadow = Shadow::new(start, center()).unwrap();
    let mut reader = Reader::new();
    let mut found = Vec::new();
    for (second, rest) in rows {
        let line = format!("{}|{rest}", START + second);
        for fact in reader.read(line.as_bytes()).unwrap() {
            found.extend(shadow.take(&fact));
        }
    }
    (found, shadow)
}

/// All that was found is one difference: what it is, and its text.
fn difference(rows: &[(i64, &str)]) -> (Judged, String) {
    let (found, _) = follow(rows);
    let differs = |finding: &&Finding| match finding {
        Finding::Decision(decision) => !decision.judged.is_same(),
        _ => true,
    };
    let found: Vec<_> = found.iter().filter(differs).collect();
    let [Finding::Decision(decision)] = found.as_slice() else { panic!("{found:#?}") };
    (decision.judged.clone(), decision.to_string())
}

/// Names of the contradictions among what was found.
fn misfits(rows: &[(i64, &str)]) -> Vec<Misfit> {
    let (found, _) = follow(rows);
    let misfits = found.into_iter().filter_map(|finding| match finding {
        Finding::Contradiction(contradiction) => Some(contradiction.what),
        _ => None,
    });
    misfits.collect()
}

const ANA: (i64, &str) = (0, "NONE|NONE|ana|AGENTLOGIN|");
const BEN: (i64, &str) = (5, "NONE|NONE|ben|AGENTLOGIN|");
const CARA: (i64, &str) = (5, "NONE|NONE|cara|AGENTLOGIN|");

#[test]
fn the_same_decision_is_no_difference_and_says_how_much_sooner() {
    let (found, shadow) = follow(&[
        ANA,
        BEN,
        (10, "c1|gold|NONE|ENTERQUEUE||555|1"),
        (14, "c1|gold|ana|CONNECT|4|x|3"),
        (20, "c1|gold|ana|COMPLETECALLER|4|6|1"),
        (30, "c2|gold|NONE|ENTERQUEUE||556|1"),
        (31, "c2|gold|ben|CONNECT|1|x|1"),
    ]);
    let sooner: Vec<_> = found
        .iter()
        .map(|finding| match finding {
            Finding::Decision(decision) => match decision.judged {
                Judged::Same { sooner } => sooner,
                _ => panic!("{decision}"),
            },
            _ => panic!("{finding}"),
        })
        .collect();
    // Three of the four seconds it rang.
    assert_eq!(sooner, [secs(1), Duration::ZERO]);
    let summary = shadow.summary();
    assert_eq!((summary.compared(), summary.same()), (2, 2));
    assert_eq!(summary.median_sooner(), Some(Duration::ZERO));
    assert_eq!(summary.mean_sooner(), Some(Duration::from_millis(500)));
}

#[test]
fn what_would_have_rung_by_then_is_the_same_whoever_comes_in_between() {
    let (found, _) = follow(&[
        ANA,
        (10, "c1|kept|NONE|ENTERQUEUE||555|1"),
        (11, "c2|short|NONE|ENTERQUEUE||555|1"),
        (13, "c3|gold|NONE|ENTERQUEUE||556|1"),
        (14, "c2|short|ana|CONNECT|3|x|0"),
    ]);
    // Gold goes first, and came too late.
    assert!(found[0].to_string().contains("the same, 3s sooner"), "{found:?}");
}

#[test]
fn another_agent_than_the_engine_would_have_chosen() {
    let (judged, text) = difference(&[
        ANA,
        BEN,
        (10, "c1|gold|NONE|ENTERQUEUE||555|1"),
        (14, "c1|gold|ben|CONNECT|4|x|1"),
    ]);
    assert_eq!(judged, Judged::OtherAgent);
    assert_eq!(
        text,
        "2026-03-02T09:00:13.000000Z c1 of gold: given to ben after 3s
  the engine would have offered it to ana at 2026-03-02T09:00:10.000000Z
  idle for 10s, by version 1 of the configuration
  who could have taken it, in order:
    ana: idle for 10s
    ben: idle for 5s
  cara is signed out
  0 agents could not serve it
  nothing else waited that ana could have taken
"
    );
}

#[test]
fn another_call_than_the_engine_would_have_served_first() {
    let (judged, text) = difference(&[
        ANA,
        (1, "c0|gold|NONE|ENTERQUEUE||555|1"),
        (1, "c0|gold|ana|CONNECT|0|x|0"),
        (10, "c1|kept|NONE|ENTERQUEUE||555|1"),
        (11, "c2|spanish|NONE|ENTERQUEUE||555|1"),
        (12, "c3|gold|NONE|ENTERQUEUE||555|1"),
        (14, "c0|gold|ana|COMPLETEAGENT|0|13|1"),
        (14, "c2|spanish|ana|CONNECT|3|x|0"),
    ]);
    let Judged::OtherCallFirst { call, .. } = judged else { panic!("{judged:?}") };
    assert_eq!(call, Call::new("c3", "gold"));
    assert_eq!(
        text,
        "2026-03-02T09:00:14.000000Z c2 of spanish: given to ana after 3s
  the engine would have offered ana c3 of gold before it, at 2026-03-02T09:00:14.000000Z
  idle for 0s, by version 1 of the configuration
  who could have taken it, in order:
    ana: idle for 0s
  ben is signed out
  cara is signed out
  0 agents could not serve it
  1 more waited that ana could have taken, and came after it
"
    );
}

#[test]
fn an_agent_who_may_not_by_the_rules_of_the_center() {
    let (judged, text) = difference(&[
        ANA,
        CARA,
        (6, "NONE|NONE|ana|PAUSE|lunch"),
        (10, "c1|gold|NONE|ENTERQUEUE||555|1"),
        (14, "c1|gold|ana|CONNECT|4|x|1"),
    ]);
    assert_eq!(judged, Judged::MayNot { verdict: Some(Verdict::NotReady) });
    assert_eq!(
        text,
        "2026-03-02T09:00:13.000000Z c1 of gold: given to ana after 3s
  the engine would not have offered it to ana, who is not ready
  the engine would have offered it to cara at 2026-03-02T09:00:10.000000Z
  idle for 5s, by version 1 of the configuration
  who could have taken it, in order:
    cara: idle for 5s
  ana is not ready
  ben is signed out
  0 agents could not serve it
  nothing else waited that cara could have taken
"
    );
    let (judged, text) = difference(&[
        ANA,
        (10, "c1|kept|NONE|ENTERQUEUE||555|1"),
        (14, "c1|kept|ana|CONNECT|4|x|1"),
    ]);
    assert_eq!(judged, Judged::MayNot { verdict: Some(Verdict::Reserved) });
    assert_eq!(
        text,
        "2026-03-02T09:00:13.000000Z c1 of kept: given to ana after 3s
  the engine would not have offered it to ana, who is kept free for another queue
  by the engine's rules 00000010-0000-8100-8000-000000400004 waits in kept for 4s now, place 1, \
         due at 2026-03-02T09:00:10.000000Z
  nobody is free who may serve it:
  ana is kept free for another queue
  ben is signed out
  cara is signed out
  0 agents do not meet what it asks for or are of other teams
"
    );
}

#[test]
fn an_agent_who_does_not_meet_what_the_queue_asks_for_is_followed_apart() {
    let rows = [
        ANA,
        CARA,
        (10, "c1|spanish|NONE|ENTERQUEUE||555|1"),
        (14, "c1|spanish|cara|CONNECT|4|x|1"),
        (16, "c2|gold|NONE|ENTERQUEUE||555|1"),
        (16, "c2|gold|ana|CONNECT|0|x|0"),
        (17, "c3|gold|NONE|ENTERQUEUE||555|1"),
        (20, "c1|spanish|cara|COMPLETEAGENT|4|6|1"),
        (21, "c3|gold|cara|CONNECT|4|x|1"),
    ];
    let (found, shadow) = follow(&rows);
    let [first, apart, second, third] = found.as_slice() else { panic!("{found:#?}") };
    assert!(
        first.to_string().starts_with(
            "2026-03-02T09:00:13.000000Z c1 of spanish: given to cara after 3s
  the engine would not have offered it to cara, who does not meet what spanish asks for
  the engine would have offered it to ana at 2026-03-02T09:00:10.000000Z\n"
        ),
        "{first}"
    );
    let told = "2026-03-02T09:00:14.000000Z c1 of spanish is with cara, which the engine does not allow: \
                agent: is not one who may serve it\n";
    assert_eq!(apart.to_string(), told);
    // As long as Cara had that call nobody was free, and then Cara was.
    for (decision, sooner) in [(second, 0), (third, 0)] {
        let Finding::Decision(decision) = decision else { panic!("{decision}") };
        assert_eq!(decision.judged, Judged::Same { sooner: secs(sooner) }, "{decision}");
    }
    assert_eq!(
        shadow.summary().decisions,
        BTreeMap::from([("may_not".into(), 1), ("same".into(), 2)])
    );
}

#[test]
fn a_second_call_at_once_is_followed_until_both_are_over() {
    let (found, shadow) = follow(&[
        ANA,
        (10, "c1|gold|NONE|ENTERQUEUE||555|1"),
        (10, "c1|gold|ana|CONNECT|0|x|0"),
        (12, "c2|gold|NONE|ENTERQUEUE||555|1"),
        (13, "c2|gold|ana|CONNECT|1|x|0"),
        (20, "c1|gold|ana|COMPLETEAGENT|0|10|1"),
        (21, "c3|gold|NONE|ENTERQUEUE||555|1"),
        (25, "c2|gold|ana|COMPLETEAGENT|1|12|1"),
        (27, "c3|gold|ana|CONNECT|6|x|0"),
    ]);
    let texts: Vec<String> = found.iter().map(ToString::to_string).collect();
    let [_, busy, apart, last] = texts.as_slice() else { panic!("{texts:#?}") };
    assert!(busy.contains("the engine would not have offered it to ana, who is busy"), "{busy}");
    assert!(apart.contains("which the engine does not allow"), "{apart}");
    // Not before the second call was over too.
    assert!(last.contains("the engine would have done the same, 2s sooner"), "{last}");
    assert_eq!(shadow.calls().count(), 1);
}

#[test]
fn a_call_that_the_engine_let_wait_no_longer() {
    let (judged, text) = difference(&[
        (10, "c1|short|NONE|ENTERQUEUE||555|1"),
        (21, "NONE|NONE|ana|AGENTLOGIN|"),
        (22, "c1|short|ana|CONNECT|12|x|1"),
    ]);
    assert!(matches!(judged, Judged::Gone { .. }), "{judged:?}");
    assert_eq!(
        text,
        "2026-03-02T09:00:21.000000Z c1 of short: given to ana after 11s
  the engine would have sent it on at 2026-03-02T09:00:20.000000Z
"
    );
    // What would have rung by then would not have left.
    let (found, _) = follow(&[
        ANA,
        (10, "c1|short|NONE|ENTERQUEUE||555|1"),
        (22, "c1|short|ana|CONNECT|12|x|1"),
    ]);
    assert!(found[0].to_string().contains("the same, 11s sooner"), "{found:?}");
    // Where both send it away there is no difference.
    let (found, _) = follow(&[
        (10, "c1|short|NONE|ENTERQUEUE||555|1"),
        (20, "c1|short|NONE|EXITWITHTIMEOUT|1|1|10"),
    ]);
    assert_eq!(found, []);
}

#[test]
fn a_call_that_the_engine_would_have_let_wait_on() {
    let (judged, text) = difference(&[
        (10, "c1|gold|NONE|ENTERQUEUE||555|1"),
        (28, "c1|gold|NONE|EXITWITHTIMEOUT|1|1|18"),
    ]);
    assert_eq!(judged, Judged::SentAway { why: "EXITWITHTIMEOUT".into() });
    assert_eq!(
        text,
        "2026-03-02T09:00:28.000000Z c1 of gold: sent away after 18s
  the engine would have let it wait on; the other system says EXITWITHTIMEOUT
  by the engine's rules 00000010-0000-8100-8000-000000200004 waits in gold for 18s now, place 1, \
         due at 2026-03-02T09:00:10.000000Z
  nobody is free who may serve it:
  ana is signed out
  ben is signed out
  cara is signed out
  0 agents do not meet what it asks for or are of other teams
"
    );
}

#[test]
fn a_call_that_rings_at_one_and_is_taken_by_another() {
    let start = Timestamp::from_secs(START);
    let mut shadow = Shadow::new(start, center()).unwrap();
    let call = Call::new("c1", "gold");
    let comes = |agent: &str| What::Member {
        agent: agent.into(),
        queue: None,
        now: switchboard::shadow::Membership::Joined,
    };
    let entered = What::Entered { call: call.clone(), customer: None, credit: Duration::ZERO };
    let rings = What::Rings { call: call.clone(), agent: "Ana".into() };
    let taken = What::Connected { call, agent: "ben".into(), rang: Duration::ZERO };
    assert_eq!(shadow.take_together(start, &[comes("ana"), comes("ben"), entered]), []);
    let rang = shadow.take_together(start + secs(2), &[rings]);
    assert!(rang[0].to_string().contains("the same, 2s sooner"), "{rang:?}");
    let found = shadow.take_together(start + secs(4), &[taken]);
    let text = found[0].to_string();
    let begins = "2026-03-02T09:00:04.000000Z c1 of gold: given to ben after 4s
  the engine would have offered it to nobody yet
  by the engine's rules 00000010-0000-8100-8000-000000600004 waits in gold for 4s now, place 1, due at ";
    assert!(text.starts_with(begins) && text.contains("  it is with ana\n"), "{text}");
    assert_eq!(found.len(), 1);
    assert_eq!(shadow.summary().queues["gold"].answered, 1);
}

#[test]
fn what_does_not_fit_is_told_and_the_rest_goes_on() {
    let enter = (10, "c1|gold|NONE|ENTERQUEUE||555|1");
    let call = || Call::new("c1", "gold");
    let all: [(&[(i64, &str)], Misfit); 10] = [
        (&[(1, "c1|golf|NONE|ENTERQUEUE||555|1")], Misfit::UnknownQueue("golf".into())),
        (&[(1, "NONE|NONE|dan|AGENTLOGIN|")], Misfit::UnknownAgent("dan".into())),
        (&[enter, (12, "c1|gold|dan|CONNECT|2|x|1")], Misfit::UnknownAgent("dan".into())),
        (&[ANA, (12, "c1|gold|ana|CONNECT|2|x|1")], Misfit::UnknownCall(call())),
        (&[(12, "c1|gold|NONE|ABANDON|1|1|2")], Misfit::UnknownCall(call())),
        (&[(12, "c1|gold|ana|COMPLETEAGENT|1|1|2")], Misfit::UnknownCall(call())),
        (&[enter, (11, enter.1)], Misfit::CallTwice(call())),
        (&[enter, (12, "c1|gold|ana|COMPLETEAGENT|1|1|2")], Misfit::NotAnswered(call())),
        (
            &[ANA, enter, (10, "c1|gold|ana|CONNECT|0|x|0"), (12, "c1|gold|NONE|ABANDON|1|1|2")],
            Misfit::Answered(call()),
        ),
        (
            &[enter, (9, "NONE|NONE|ana|AGENTLOGIN|")],
            Misfit::Late(Timestamp::from_secs(START + 10)),
        ),
    ];
    for (rows, misfit) in all {
        assert_eq!(misfits(rows), [misfit], "{rows:?}");
        // Whatever it was, the next call is served as ever.
        let next = [
            (40, "NONE|NONE|ben|AGENTLOGIN|"),
            (50, "c9|gold|NONE|ENTERQUEUE||555|1"),
            (50, "c9|gold|ben|CONNECT|0|x|0"),
            (60, "c9|gold|ben|COMPLETEAGENT|0|10|1"),
        ];
        let (_, shadow) = follow(&[rows, next.as_slice()].concat());
        assert_eq!(shadow.summary().queues["gold"].answered, shadow.summary().compared().max(1));
    }
}

#[test]
fn a_restart_loses_who_waits_and_frees_who_talks() {
    let (found, shadow) = follow(&[
        ANA,
        (10, "c1|gold|NONE|ENTERQUEUE||555|1"),
        (10, "c1|gold|ana|CONNECT|0|x|0"),
        (12, "c2|gold|NONE|ENTERQUEUE||555|1"),
        (20, "NONE|NONE|NONE|QUEUESTART|"),
        (30, "c3|gold|NONE|ENTERQUEUE||555|1"),
        (30, "c3|gold|ana|CONNECT|0|x|0"),
    ]);
    assert_eq!(found.len(), 2);
    assert_eq!(shadow.summary().same(), 2);
    let gold = shadow.summary().queues["gold"];
    assert_eq!((gold.entered, gold.answered, gold.lost), (3, 2, 1));
}

#[test]
fn members_are_told_queue_by_queue() {
    let (found, shadow) = follow(&[
        (0, "CLI|gold|ana|ADDMEMBER|"),
        (0, "CLI|short|ben|ADDMEMBER|PAUSED"),
        (10, "c1|short|NONE|ENTERQUEUE||555|1"),
    ]);
    // Ana is no member there, and Ben is paused.
    assert_eq!((found.len(), shadow.wishes().count()), (0, 0));
    let (_, shadow) = follow(&[
        (0, "CLI|gold|ana|ADDMEMBER|"),
        (10, "c1|short|NONE|ENTERQUEUE||555|1"),
        (11, "CLI|short|ana|ADDMEMBER|"),
        (12, "NONE|gold|ana|PAUSE|"),
        (13, "c2|gold|NONE|ENTERQUEUE||555|1"),
    ]);
    let wished: Vec<_> = shadow.wishes().map(|wish| wish.queue.as_str()).collect();
    assert_eq!(wished, ["short"]);
}
