//! The figures that `replay_calls` takes from real logs, against figures that share no code with it:
//! SQL over the raw lines, cut up by the database itself.
//!
//! The logs are not part of the repository (their licence does not allow it). Where they are absent
//! the tests say so and pass, except in continuous integration.

use std::collections::BTreeMap;
use std::path::PathBuf;

use rusqlite::{Connection, Row};
use serde_json::Value;
use switchboard::time::{Duration, Timestamp};

#[path = "../examples/replay_calls/figures.rs"]
#[allow(dead_code)] // what only the report needs
mod figures;
#[path = "../examples/replay_calls/impute.rs"]
#[allow(dead_code)] // likewise
mod impute;
#[path = "../examples/replay_calls/interval.rs"]
mod interval;
#[path = "../examples/replay_calls/log.rs"]
#[allow(dead_code)] // likewise
mod log;
#[path = "../examples/replay_calls/queue_log.rs"]
mod queue_log;
#[path = "../examples/replay_calls/roster.rs"]
#[allow(dead_code)] // likewise
mod roster;
#[path = "../examples/replay_calls/technion.rs"]
mod technion;

use figures::{Goals, Occupancy, Report};
use impute::Imputer;
use log::{CallLog, Outcome};
use roster::Roster;

/// Figures of one queue by key.
type BySql = BTreeMap<String, BTreeMap<String, Option<f64>>>;

/// A log of the shared data; `None` where it is absent.
fn data(name: &str) -> Option<Vec<u8>> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/data").join(name);
    match std::fs::read(&path) {
        Ok(bytes) => Some(bytes),
        Err(error) if std::env::var("CI").as_deref() == Ok("true") => {
            panic!("{}: {error}", path.display());
        }
        Err(error) => {
            eprintln!("skipped: {}: {error}", path.display());
            None
        }
    }
}

/// The raw lines in a table `raw(n, line)`, and the columns of each as a JSON array in `cut(n, f)`.
fn database(bytes: &[u8], separator: char) -> Connection {
    let db = Connection::open_in_memory().unwrap();
    let text = std::str::from_utf8(bytes).unwrap();
    db.execute_batch("BEGIN; CREATE TABLE raw (n INTEGER PRIMARY KEY, line TEXT)").unwrap();
    let mut insert = db.prepare("INSERT INTO raw (line) VALUES (?)").unwrap();
    for line in text.lines() {
        insert.execute([line]).unwrap();
    }
    drop(insert);
    let cut = format!(
        "CREATE TABLE cut AS SELECT n, \
         json('[\"' || replace(replace(line, '\"', '\\\"'), char({}), '\",\"') || '\"]') AS f FROM raw; \
         COMMIT",
        u32::from(separator)
    );
    db.execute_batch(&cut).unwrap();
    db
}

fn number(db: &Connection, sql: &str) -> i64 {
    db.query_row(sql, [], |row| row.get(0)).unwrap_or_else(|error| panic!("{sql}: {error}"))
}

/// The report's object of each queue, and of all under "", as SQL sees it: over a table
/// `calls(queue, ending, wait, service, target)` with one row per offered call.
fn by_sql(db: &Connection, short: i64) -> BySql {
    let figures = format!(
        "count(*) AS offered,
         count(*) FILTER (WHERE ending = 'answered') AS answered,
         count(*) FILTER (WHERE ending = 'abandoned') AS abandoned,
         count(*) FILTER (WHERE ending = 'flowed_out') AS flowed_out,
         0 AS withdrawn, 0 AS lost, 0 AS waiting,
         avg(wait) AS avg_queue_time_s,
         avg(wait) FILTER (WHERE ending = 'answered') AS asa_s,
         avg(service) FILTER (WHERE ending = 'answered') AS aht_s,
         1.0 * count(*) FILTER (WHERE ending = 'abandoned') / count(*) AS abandon_rate,
         1.0 * sum(ending = 'answered' AND wait <= target)
             / nullif(sum(ending = 'answered'), 0) AS answered_only,
         1.0 * sum(ending = 'answered' AND wait <= target) / count(*) AS abandon_negative,
         1.0 * sum(ending = 'answered' AND wait <= target)
             / nullif(sum(NOT (ending = 'abandoned' AND wait <= target)), 0) AS abandon_ignored,
         1.0 * sum(ending IN ('answered', 'abandoned') AND wait <= target) / count(*)
             AS abandon_positive,
         1.0 * sum(ending = 'answered' AND wait <= target)
             / nullif(sum(ending IN ('answered', 'abandoned')), 0) AS genesys,
         1.0 * sum(ending = 'answered' AND wait <= target)
             / nullif(sum(ending = 'answered' OR (ending = 'abandoned' AND wait >= {short})), 0)
             AS short_excluded"
    );
    let sql = format!(
        "SELECT '' AS queue, {figures} FROM calls UNION ALL \
         SELECT queue, {figures} FROM calls GROUP BY queue"
    );
    let mut query = db.prepare(&sql).unwrap();
    let names: Vec<String> = query.column_names().map(str::to_owned).collect();
    let object = |row: &Row<'_>| {
        let figures = names.iter().enumerate().skip(1);
        let figures = figures.map(|(place, name)| (name.clone(), row.get(place).unwrap()));
        Ok((row.get::<_, String>(0).unwrap(), figures.collect()))
    };
    query.query_map([], object).unwrap().map(Result::unwrap).collect()
}

fn goals(within: i64, of_queue: &[(&str, i64)]) -> Goals {
    let of_queue = of_queue.iter().map(|(queue, t)| ((*queue).to_owned(), Duration::from_secs(*t)));
    Goals {
        within: Duration::from_secs(within),
        of_queue: of_queue.collect(),
        short: Duration::from_secs(5),
    }
}

fn report(log: &CallLog, goals: &Goals) -> Value {
    let calls = figures::recorded(log);
    Report::new(&calls, log.queues.all(), goals, Occupancy::default()).to_json()
}

/// Every figure of the report equals that of the database.
fn agree(report: &Value, by_sql: &BySql) {
    let queues = report["queues"].as_object().unwrap();
    for (queue, expected) in by_sql {
        let object = if queue.is_empty() { report } else { &queues[queue] };
        for (key, expected) in expected {
            let told = object.get(key).or_else(|| object["service_level"].get(key)).unwrap();
            let close = match (told.as_f64(), expected) {
                (Some(told), Some(expected)) => (told - expected).abs() < 1e-9,
                _ => told.is_null() && expected.is_none(),
            };
            assert!(close, "queue `{queue}`, {key}: {told} in place of {expected:?}");
        }
    }
    // A queue without an offered call has no group in the database.
    for (queue, object) in queues.iter().filter(|(queue, _)| !by_sql.contains_key(*queue)) {
        assert_eq!(object["offered"], 0, "{queue}");
    }
}

/// The bank's rows as a table `bank` of the log's own columns.
fn bank(bytes: &[u8]) -> Connection {
    let db = database(bytes, '\t');
    let header: String =
        db.query_row("SELECT f FROM cut WHERE n = 1", [], |row| row.get(0)).unwrap();
    let names: Vec<String> = serde_json::from_str(&header).unwrap();
    let columns = names.iter().enumerate().map(|(place, name)| {
        // Spans become numbers, the rest stays text.
        let as_is = format!("f ->> {place}");
        let value =
            if name.ends_with("_time") { format!("CAST({as_is} AS INTEGER)") } else { as_is };
        format!("{value} AS \"{name}\"")
    });
    let columns = columns.collect::<Vec<_>>().join(", ");
    db.execute_batch(&format!("CREATE TABLE bank AS SELECT n, {columns} FROM cut WHERE n > 1"))
        .unwrap();
    db
}

/// The lines of the bank's log that a condition holds for.
fn lines(db: &Connection, condition: &str) -> Vec<u64> {
    let sql = format!("SELECT n FROM bank WHERE {condition} ORDER BY n");
    let mut query = db.prepare(&sql).unwrap();
    let lines = query.query_map([], |row| row.get::<_, u32>(0)).unwrap();
    lines.map(|line| u64::from(line.unwrap())).collect()
}

/// The bank's counting rule in SQL.
const BANK_CALLS: &str = "CREATE TABLE calls AS SELECT type AS queue, date, \
     CASE outcome WHEN 'AGENT' THEN 'answered' ELSE 'abandoned' END AS ending, \
     q_time AS wait, ser_time AS service, 20 AS target FROM bank \
     WHERE outcome = 'AGENT' AND server <> 'NO_SERVER' OR outcome = 'HANG' AND q_time > 0";

#[test]
fn the_bank_equals_an_sql_database() {
    let Some(bytes) = data("bank/technion_feb1999.txt") else { return };
    let log = technion::read(&bytes);
    let db = bank(&bytes);
    db.execute_batch(BANK_CALLS).unwrap();
    assert_eq!((log.quality.rows, log.quality.malformed, log.quality.blank), (33_344, 0, 0));
    assert_eq!(log.calls.len(), 33_344);
    let kinds = ["AGENT", "HANG", "PHANTOM"].map(|kind| log.quality.kinds[kind]);
    assert_eq!(kinds, [27_162, 5_904, 278]);

    let told = report(&log, &goals(20, &[]));
    let expected = by_sql(&db, 5);
    assert_eq!(expected.len(), 7); // all, and six types
    agree(&told, &expected);
    assert_eq!((&told["offered"], &told["answered"]), (&30_603.into(), &26_671.into()));

    // Another threshold moves the levels.
    db.execute_batch("UPDATE calls SET target = CASE queue WHEN 'NE' THEN 7 ELSE 60 END").unwrap();
    agree(&report(&log, &goals(60, &[("NE", 7)])), &by_sql(&db, 5));
}

#[test]
fn the_banks_intervals_equal_sql_over_days() {
    let Some(bytes) = data("bank/technion_feb1999.txt") else { return };
    let db = bank(&bytes);
    db.execute_batch(BANK_CALLS).unwrap();
    let told = report(&technion::read(&bytes), &goals(20, &[]));
    let answered = "ending = 'answered'";
    for (key, over, under) in [
        ("abandon_rate", "ending = 'abandoned'", "1"),
        ("asa_s", "wait * (ending = 'answered')", answered),
    ] {
        let sql = format!(
            "WITH days AS (SELECT 1.0 * sum({over}) AS a, sum({under}) AS b FROM calls GROUP BY date),
             total AS (SELECT sum(a) / sum(b) AS r, sum(b) AS b FROM days)
             SELECT r, (SELECT 28.0 / 27 * sum((a - r * days.b) * (a - r * days.b)) FROM days)
                 / (total.b * total.b) FROM total"
        );
        let (r, variance): (f64, f64) =
            db.query_row(&sql, [], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
        let half = 2.051_830_516 * variance.sqrt();
        let interval = told["intervals"][key].as_array().unwrap();
        for (end, expected) in interval.iter().zip([r - half, r + half]) {
            // `date` is the day of arrival: a few calls enter the queue on the next.
            assert!(
                (end.as_f64().unwrap() / expected - 1.0).abs() < 1e-3,
                "{key}: {end} {expected}"
            );
        }
    }
}

#[test]
fn the_banks_oddities_are_all_told() {
    let Some(bytes) = data("bank/technion_feb1999.txt") else { return };
    let log = technion::read(&bytes);
    let db = bank(&bytes);
    let conditions = [
        ("phantom", "outcome = 'PHANTOM'"),
        ("agent_no_server", "outcome = 'AGENT' AND server = 'NO_SERVER'"),
        ("negative_vru_time", "vru_time < 0"),
        ("left_queue_at_once", "outcome = 'HANG' AND q_time = 0 AND q_start <> '0:00:00'"),
        ("abandoned_with_service", "outcome = 'HANG' AND ser_time > 0"),
        (
            "answered_without_service",
            "outcome = 'AGENT' AND server <> 'NO_SERVER' AND ser_time = 0",
        ),
    ];
    for (kind, condition) in conditions {
        let expected = lines(&db, condition);
        assert!(!expected.is_empty(), "{kind}");
        assert_eq!(log.quality.oddities[kind].lines, expected, "{kind}");
    }
    let counts = ["phantom", "agent_no_server", "negative_vru_time"]
        .map(|kind| log.quality.oddities[kind].lines.len());
    assert_eq!(counts, [278, 491, 25]);
    for never in ["negative_q_time", "negative_ser_time", "times_differ", "abandoned_with_server"] {
        assert!(!log.quality.oddities.contains_key(never), "{never}");
    }
    let unoffered = number(&db, "SELECT count(*) FROM bank WHERE outcome = 'HANG' AND q_time = 0");
    let counted = log.count(|outcome| matches!(outcome, Outcome::NeverOffered));
    assert_eq!(i64::try_from(counted).unwrap(), unoffered);
}

#[test]
fn the_banks_roster_holds_every_service() {
    let Some(bytes) = data("bank/technion_feb1999.txt") else { return };
    let log = technion::read(&bytes);
    let roster = Roster::of(&log, Duration::from_mins(20));
    assert_eq!(log.agents.all().len(), 24);
    let occupancy = roster.occupancy.ratio().value().unwrap();
    assert!((0.3..1.0).contains(&occupancy), "{occupancy}");
    let mut past: BTreeMap<usize, Timestamp> = BTreeMap::new();
    for stay in &roster.stays {
        assert!(stay.start < stay.end);
        if let Some(past) = past.insert(stay.agent, stay.end) {
            assert!(past < stay.start);
        }
    }
    for call in &log.calls {
        let Outcome::Answered { agent, start, end: Some(end) } = call.outcome else { continue };
        let holds = |stay: &roster::Stay| {
            let within = stay.agent == agent && stay.start <= start && end <= stay.end;
            within && stay.skills.contains(&call.queue)
        };
        assert!(start == end || roster.stays.iter().any(holds), "line {}", call.line);
    }
}

#[test]
fn the_banks_imputations_complete_the_record_and_do_not_bend_it() {
    let Some(bytes) = data("bank/technion_feb1999.txt") else { return };
    let log = technion::read(&bytes);
    let (imputer, again) = (Imputer::new(&log, 1), Imputer::new(&log, 1));
    for call in log.calls.iter().filter(|call| call.outcome.is_offered()) {
        let drawn = imputer.impute(call);
        assert_eq!(drawn, again.impute(call));
        assert!(drawn.service > Duration::ZERO, "line {}", call.line);
        match call.outcome {
            Outcome::Abandoned => assert_eq!(drawn.patience, call.wait),
            _ => assert!(drawn.patience > call.wait, "line {}", call.line),
        }
        if let Outcome::Answered { start, end: Some(end), .. } = call.outcome {
            assert!(start == end || drawn.service == end.since(start));
        }
    }
}

#[test]
fn asterisk_equals_an_sql_database() {
    let Some(bytes) = data("asterisk/asterisk22_queue_log") else { return };
    let log = queue_log::read(&bytes);
    assert_eq!((log.quality.rows, log.quality.malformed), (367, 0), "{:?}", log.quality.faults);
    assert!(log.quality.oddities.is_empty(), "{:?}", log.quality.oddities);
    let db = database(&bytes, '|');
    db.execute_batch(
        "CREATE TABLE rows AS SELECT f ->> 1 AS call, f ->> 2 AS queue, f ->> 4 AS event,
             CAST(f ->> 5 AS INTEGER) AS d1, CAST(f ->> 6 AS INTEGER) AS d2,
             CAST(f ->> 7 AS INTEGER) AS d3 FROM cut;
         CREATE TABLE calls AS
             SELECT e.queue, CASE o.event WHEN 'CONNECT' THEN 'answered'
                 WHEN 'ABANDON' THEN 'abandoned' ELSE 'flowed_out' END AS ending,
                 CASE o.event WHEN 'CONNECT' THEN o.d1 ELSE o.d3 END AS wait, c.d2 AS service,
                 CASE e.queue WHEN 'support' THEN 5 ELSE 3 END AS target
             FROM rows e
             JOIN rows o ON o.call = e.call AND o.event IN ('CONNECT', 'ABANDON', 'EXITWITHTIMEOUT')
             LEFT JOIN rows c ON c.call = e.call AND c.event LIKE 'COMPLETE%'
             WHERE e.event = 'ENTERQUEUE'",
    )
    .unwrap();
    let told = report(&log, &goals(20, &[("support", 5), ("sales", 3)]));
    agree(&told, &by_sql(&db, 5));

    // What the switch and the log say of themselves.
    let of = |queue: &str, key: &str| told["queues"][queue][key].clone();
    for (queue, counts) in [("support", [97, 58, 38, 1]), ("sales", [34, 29, 5, 0])] {
        let keys = ["offered", "answered", "abandoned", "flowed_out"];
        assert_eq!(keys.map(|key| of(queue, key)), counts.map(Value::from), "{queue}");
    }
    let printed =
        [("support", [29.3, 17.5, 24.3, 45.4, 17.7]), ("sales", [48.3, 41.2, 42.4, 44.1, 41.2])];
    for (queue, levels) in printed {
        let modes =
            ["answered_only", "abandon_negative", "abandon_ignored", "abandon_positive", "genesys"];
        for (mode, expected) in modes.into_iter().zip(levels) {
            let level = of(queue, "service_level")[mode].as_f64().unwrap() * 100.0;
            assert!((level - expected).abs() <= 0.05, "{queue} {mode}: {level}");
        }
    }
}

#[test]
fn asterisks_log_delivered_twice_says_the_same() {
    let Some(bytes) = data("asterisk/asterisk22_queue_log") else { return };
    let goals = goals(5, &[]);
    let twice = queue_log::read(&[bytes.as_slice(), &bytes].concat());
    assert_eq!(report(&twice, &goals), report(&queue_log::read(&bytes), &goals));
    assert_eq!(twice.quality.oddities["duplicate"].lines.len(), 131 + 87 + 43 + 1 + 87);
}

#[test]
fn asterisks_roster_is_what_its_members_did() {
    let Some(bytes) = data("asterisk/asterisk22_queue_log") else { return };
    let log = queue_log::read(&bytes);
    let roster = Roster::of(&log, Duration::from_mins(20));
    let stays = |name: &str| {
        let agent = log.agents.all().iter().position(|agent| agent == name).unwrap();
        let mine = roster.stays.iter().filter(move |stay| stay.agent == agent);
        mine.map(|stay| (stay.start, stay.end)).collect::<Vec<_>>()
    };
    let at = |last: i64| Timestamp::from_secs(1_795_359_000 + last);
    assert_eq!(stays("Local/2@agents/n"), [(at(254), at(469)), (at(506), at(633))]);
    assert_eq!(stays("Local/3@agents/n"), [(at(254), at(633))]);
    assert_eq!(stays("Local/4@agents/n"), [(at(540), at(594))]);
    let busy: i64 = roster.occupancy.days.values().map(|(busy, _)| busy.as_micros()).sum();
    assert_eq!(busy, (122 + 105 + 132 + 24) * 1_000_000);
}
