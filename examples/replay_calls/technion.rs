//! Reads the "Anonymous Bank" call log of the Technion (Guedj and Mandelbaum, 1999): one row per call.
//!
//! What its rows leave open, and how each was decided:
//!
//! - **Offered** is a call that entered the agents' queue by a record that holds: outcome AGENT with a
//!   server's name, or HANG with `q_time` > 0. The queue is the call's type, the wait its `q_time`,
//!   the service its `ser_time`.
//! - AGENT with `q_time` 0 was answered at once: it enters and leaves the queue at `vru_exit`.
//! - HANG with `q_time` 0 ended in the voice unit and was never offered. Some of these show a
//!   `q_start`: they left within the second they came; they too are not counted, but reported.
//! - PHANTOM rows are to be ignored by the word of the source. AGENT rows with NO_SERVER name nobody
//!   who could have served. Both are data errors: reported, counted nowhere.
//! - HANG in the queue with a service time and NO_SERVER: the outcome decides, it is an abandoned call.
//! - AGENT with a server and no service time (begin 0:00:00): answered, with the 0 seconds the log
//!   says; the begin is taken to be the end of the wait. Kept out of the pool that services are
//!   imputed from.
//! - A negative `vru_time` comes from two clocks. The queue's clock is believed from `q_start` on;
//!   voice time enters no figure.
//! - Begin and end lie on the day that is nearest to what came before: `date` is the day of
//!   `vru_entry`, and calls run over midnight. So 0:00:00 with a positive time is midnight, and
//!   0:00:00 with none is "did not happen".
//! - Services can begin some seconds before the wait ends (other clocks again): both are kept as they
//!   are recorded; only a gap of over five seconds is reported.
//! - Services under ten seconds, agents hanging up by the account of the source, are services.
//! - `customer_id` 0 is nobody in particular, also where the source lost the number.
//! - TT, calls returned by the bank whose customer had to wait again, are a queue like the others.

use switchboard::time::{Duration, Timestamp};

use super::log::{CallLog, LoggedCall, Outcome, number, rows, shown};

/// The header row.
const COLUMNS: [&str; 17] = [
    "vru+line",
    "call_id",
    "customer_id",
    "priority",
    "type",
    "date",
    "vru_entry",
    "vru_exit",
    "vru_time",
    "q_start",
    "q_exit",
    "q_time",
    "outcome",
    "ser_start",
    "ser_exit",
    "ser_time",
    "server",
];

/// The name that stands for no agent.
const NO_SERVER: &str = "NO_SERVER";
const DAY: i64 = 86_400;
/// Priority customers start with a minute and a half of waiting.
const CREDIT: Duration = Duration::from_secs(90);
/// Clocks of the log differ by this much without a word.
const SKEW: i64 = 5;

type Kind = (&'static str, &'static str);
const PHANTOM: Kind =
    ("phantom", "outcome PHANTOM: to be ignored by the source's word, not counted");
const AGENT_NO_SERVER: Kind =
    ("agent_no_server", "answered, but by NO_SERVER: a data error, not counted");
const NEGATIVE_VRU: Kind = (
    "negative_vru_time",
    "negative time in the voice unit (two clocks): the queue's clock is believed",
);
const NEGATIVE_WAIT: Kind =
    ("negative_q_time", "negative time in the queue: adds nothing to the sums");
const NEGATIVE_SERVICE: Kind =
    ("negative_ser_time", "negative service time: adds nothing to the sums");
const INSTANT_HANG: Kind =
    ("left_queue_at_once", "hung up within the second of entering the queue: not offered");
const HANG_SERVED: Kind =
    ("abandoned_with_service", "hung up in the queue, yet a service without server: abandoned");
const HANG_NAMED: Kind = ("abandoned_with_server", "hung up, yet names a server: abandoned");
const NO_SERVICE: Kind = (
    "answered_without_service",
    "answered by a named agent with no service recorded: answered, 0 seconds of service",
);
const EARLY_SERVICE: Kind =
    ("service_before_wait_ends", "service begins over 5 s before the wait ends: kept as recorded");
const LATE_SERVICE: Kind =
    ("service_after_wait_ends", "service begins over 5 s after the wait ends: kept as recorded");
const TIMES_DIFFER: Kind =
    ("times_differ", "a span is not the difference of its ends: the span is believed");

/// The fields of one row.
struct Row<'a> {
    customer: &'a str,
    priority: i64,
    queue: &'a str,
    outcome: &'a str,
    server: &'a str,
    day: i64,
    vru: Span,
    wait: Span,
    service: Span,
}

/// Begin and end as seconds of the day, and the length the log gives.
#[derive(Clone, Copy)]
struct Span {
    start: i64,
    end: i64,
    length: i64,
}

impl Span {
    fn read(fields: [&str; 3], columns: [&str; 3]) -> Result<Self, String> {
        let ([start, end, length], [start_column, end_column, length_column]) = (fields, columns);
        Ok(Self {
            start: time_of_day(start, start_column)?,
            end: time_of_day(end, end_column)?,
            length: number(length, length_column)?,
        })
    }

    /// 0:00:00 to 0:00:00 in no time: it did not happen.
    const fn is_blank(self) -> bool {
        self.start == 0 && self.end == 0 && self.length == 0
    }

    /// Whether the length is what the ends say, over midnight as well.
    const fn is_sound(self) -> bool {
        (self.end - self.start - self.length).rem_euclid(DAY) == 0
    }
}

/// Reads the whole file.
pub(crate) fn read(bytes: &[u8]) -> CallLog {
    let mut log = CallLog {
        format: "technion",
        assumptions: vec![
            "offered = AGENT rows with a server + HANG rows with time in the queue",
            "HANG rows without time in the queue ended in the voice unit: not offered",
            "PHANTOM rows and AGENT rows with NO_SERVER are data errors: reported, not counted",
            "times are local and read as they stand; wait = q_time, service = ser_time",
            "priority 2 starts with 90 s of waiting credit, as the source says",
        ],
        ..CallLog::default()
    };
    for (line, text) in rows(bytes, &mut log) {
        let fields: Vec<&str> = text.split('\t').map(str::trim).collect();
        match <[&str; 17]>::try_from(fields) {
            Ok(fields) if fields == COLUMNS => log.quality.rows -= 1,
            Ok(fields) => match read_row(&fields) {
                Ok(row) => take(line, &row, &mut log),
                Err(reason) => log.quality.skip(line, reason),
            },
            Err(fields) => {
                log.quality.skip(line, format!("{} columns in place of 17", fields.len()));
            }
        }
    }
    log.finish();
    log
}

fn read_row<'a>(fields: &[&'a str; 17]) -> Result<Row<'a>, String> {
    let &[
        _,
        _,
        customer,
        priority,
        queue,
        date,
        vru_entry,
        vru_exit,
        vru_time,
        q_start,
        q_exit,
        q_time,
        outcome,
        ser_start,
        ser_exit,
        ser_time,
        server,
    ] = fields;
    if queue.is_empty() {
        return Err("type is empty".to_owned());
    }
    if server.is_empty() {
        return Err("server is empty".to_owned());
    }
    if !matches!(outcome, "AGENT" | "HANG" | "PHANTOM") {
        return Err(format!("outcome `{}` is none of AGENT, HANG, PHANTOM", shown(outcome)));
    }
    Ok(Row {
        customer,
        priority: number(priority, "priority")?,
        queue,
        outcome,
        server,
        day: day(date)?,
        vru: Span::read([vru_entry, vru_exit, vru_time], ["vru_entry", "vru_exit", "vru_time"])?,
        wait: Span::read([q_start, q_exit, q_time], ["q_start", "q_exit", "q_time"])?,
        service: Span::read(
            [ser_start, ser_exit, ser_time],
            ["ser_start", "ser_exit", "ser_time"],
        )?,
    })
}

/// Adds the call of a row that could be read.
fn take(line: u64, row: &Row<'_>, log: &mut CallLog) {
    log.quality.kind(row.outcome);
    report(line, row, log);
    let arrival = row.day + row.vru.start;
    let vru_exit = nearest(row.day + row.vru.end, arrival);
    let queued = row.wait.length != 0;
    let entered = if queued { nearest(row.day + row.wait.start, vru_exit) } else { vru_exit };
    let wait = row.wait.length.max(0);
    let start = if row.service.is_blank() {
        entered + wait
    } else {
        nearest(row.day + row.service.start, entered + wait)
    };
    let end = start + row.service.length.max(0);
    let outcome = match row.outcome {
        "AGENT" if row.server != NO_SERVER => {
            let off = start - entered - wait;
            if off.abs() > SKEW {
                log.quality.odd(line, if off < 0 { EARLY_SERVICE } else { LATE_SERVICE });
            }
            let agent = log.agents.place(row.server);
            let (start, end) = (Timestamp::from_secs(start), Timestamp::from_secs(end));
            log.saw(end);
            Outcome::Answered { agent, start, end: Some(end) }
        }
        "HANG" if row.wait.length > 0 => Outcome::Abandoned,
        "HANG" => Outcome::NeverOffered,
        _ => Outcome::Excluded,
    };
    log.saw(Timestamp::from_secs(arrival));
    let call = LoggedCall {
        line,
        queue: log.queues.place(row.queue),
        customer: (row.customer != "0").then(|| row.customer.to_owned()),
        priority: row.priority,
        credit: if row.priority == 2 { CREDIT } else { Duration::ZERO },
        arrival: Timestamp::from_secs(arrival),
        entered: Timestamp::from_secs(entered),
        wait: Duration::from_secs(wait),
        ring: Duration::ZERO,
        timed_out: false,
        outcome,
    };
    log.calls.push(call);
}

/// Reports whatever is odd about a row.
fn report(line: u64, row: &Row<'_>, log: &mut CallLog) {
    let (agent, hang) = (row.outcome == "AGENT", row.outcome == "HANG");
    let named = row.server != NO_SERVER;
    let sound = row.vru.is_sound() && row.wait.is_sound() && row.service.is_sound();
    let checks = [
        (row.outcome == "PHANTOM", PHANTOM),
        (agent && !named, AGENT_NO_SERVER),
        (row.vru.length < 0, NEGATIVE_VRU),
        (row.wait.length < 0, NEGATIVE_WAIT),
        (row.service.length < 0, NEGATIVE_SERVICE),
        (hang && row.wait.length == 0 && !row.wait.is_blank(), INSTANT_HANG),
        (hang && row.service.length != 0, HANG_SERVED),
        (hang && named, HANG_NAMED),
        (agent && named && row.service.length == 0, NO_SERVICE),
        (!sound, TIMES_DIFFER),
    ];
    for (_, kind) in checks.into_iter().filter(|(odd, _)| *odd) {
        log.quality.odd(line, kind);
    }
}

/// Of the instants one day apart, the one closest to `anchor`.
fn nearest(instant: i64, anchor: i64) -> i64 {
    let days = (anchor - instant + DAY / 2).div_euclid(DAY);
    instant + days * DAY
}

/// Seconds since the epoch at the begin of a day `yymmdd`; two-digit years from 70 on are of the 1900s.
fn day(text: &str) -> Result<i64, String> {
    let bad = || format!("date `{}` is not yymmdd", shown(text));
    if text.len() != 6 || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(bad());
    }
    let digits: i32 = text.parse().map_err(|_| bad())?;
    let (year, rest) = (digits / 10_000, digits % 10_000);
    let year = if year >= 70 { 1900 + year } else { 2000 + year };
    let (month, day) = (rest / 100, rest % 100);
    let date = format!("{year:04}-{month:02}-{day:02}T00:00:00Z");
    let start: Timestamp = date.parse().map_err(|_| bad())?;
    Ok(start.as_micros() / 1_000_000)
}

/// Seconds since midnight of a time `h:mm:ss`.
fn time_of_day(text: &str, column: &str) -> Result<i64, String> {
    let bad = || format!("{column} `{}` is not h:mm:ss", shown(text));
    let mut seconds = 0;
    let mut parts = text.split(':');
    for (digits, limit) in [(1..=2, 24), (2..=2, 60), (2..=2, 60)] {
        let part = parts.next().ok_or_else(bad)?;
        if !digits.contains(&part.len()) || !part.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(bad());
        }
        let value: i64 = part.parse().map_err(|_| bad())?;
        if value >= limit {
            return Err(bad());
        }
        seconds = seconds * 60 + value;
    }
    if parts.next().is_some() { Err(bad()) } else { Ok(seconds) }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A made-up row: outcome, wait, service, server; the voice unit lets go at 9:00:10.
    fn row(wait: &str, outcome: &str, service: &str, server: &str) -> String {
        format!(
            "A1\t7\t0\t2\tPS\t990203\t9:00:00\t9:00:10\t10\t{wait}\t{outcome}\t{service}\t{server}"
        )
    }

    const NONE: &str = "0:00:00\t0:00:00\t0";

    #[test]
    fn outcomes_follow_the_counting_rule() {
        let wait = "9:00:10\t9:00:40\t30";
        let served = "9:00:39\t9:02:39\t120";
        let text = [
            COLUMNS.join("\t"),
            row(wait, "AGENT", served, "ANN"),
            row(wait, "HANG", NONE, NO_SERVER),
            row(NONE, "HANG", NONE, NO_SERVER),
            row(wait, "PHANTOM", served, NO_SERVER),
            row(NONE, "AGENT", served, NO_SERVER),
        ]
        .join("\r\n");
        let log = read(text.as_bytes());
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let outcomes: Vec<Outcome> = log.calls.iter().map(|call| call.outcome).collect();
        let (start, end) = (at("1999-02-03T09:00:39Z"), Some(at("1999-02-03T09:02:39Z")));
        assert_eq!(
            outcomes,
            [
                Outcome::Answered { agent: 0, start, end },
                Outcome::Abandoned,
                Outcome::NeverOffered,
                Outcome::Excluded,
                Outcome::Excluded
            ]
        );
        assert_eq!(log.quality.rows, 5);
        assert_eq!(log.quality.oddities["phantom"].lines, [5]);
        assert_eq!(log.quality.oddities["agent_no_server"].lines, [6]);
        assert_eq!(log.calls[0].wait, Duration::from_secs(30));
        assert_eq!(log.calls[0].credit, Duration::from_secs(90));
    }

    #[test]
    fn calls_run_over_midnight() {
        let text = "A1\t7\t5\t0\tNW\t990203\t23:59:19\t23:59:19\t0\t23:59:29\t0:00:26\t57\tAGENT\t0:00:25\t\
                    0:01:25\t60\tANN\nA1\t8\t5\t0\tNW\t990203\t23:59:50\t23:59:56\t6\t0:00:00\t0:00:27\t27\t\
                    AGENT\t0:00:27\t0:00:28\t1\tANN";
        let log = read(text.as_bytes());
        let entered: Vec<String> = log.calls.iter().map(|call| call.entered.to_string()).collect();
        assert_eq!(entered, ["1999-02-03T23:59:29.000000Z", "1999-02-04T00:00:00.000000Z"]);
        let Outcome::Answered { end: Some(end), .. } = log.calls[0].outcome else { panic!() };
        assert_eq!(end.to_string(), "1999-02-04T00:01:25.000000Z");
        assert!(log.quality.oddities.is_empty(), "{:?}", log.quality.oddities);
    }

    #[test]
    fn bad_lines_are_told_and_skipped() {
        let good = row(NONE, "HANG", NONE, NO_SERVER);
        let bad = [
            good.replace("990203", "990230"),
            good.replace("990203", "99023"),
            good.replace("9:00:10", "9:60:10"),
            good.replace("9:00:10", "24:00:10"),
            good.replace("\t10\t", "\tten\t"),
            good.replace("HANG", "GONE"),
            good.replace("\tPS", ""),
            format!("{good}\tmore"),
        ];
        for ending in ["\n", "\r\n", "\r"] {
            let text = format!("{good}{ending}{ending}{}{ending}{good}", bad.join(ending));
            let log = read(text.as_bytes());
            assert_eq!((log.quality.rows, log.quality.blank), (10, 1));
            assert_eq!(log.quality.malformed, 8);
            let lines: Vec<u64> = log.quality.faults.iter().map(|fault| fault.line).collect();
            assert_eq!(lines, [3, 4, 5, 6, 7, 8, 9, 10]);
            assert_eq!(log.calls.len(), 2);
            let reason = log.quality.faults[4].reason.as_deref();
            assert_eq!(reason, Some("vru_time `ten` is not a whole number"));
        }
        let log = read(b"\xff\xfe\n");
        assert_eq!(log.quality.faults[0].reason.as_deref(), Some("not UTF-8"));
    }
}
