//! A day of a center on all channels: 60 agents with five skills at two sites serve two brands by
//! telephone, chat, text message and e-mail. A rush at 10:00, lunch breaks, a carrier outage at 14:00, and
//! callers still waiting when the lines close at 20:00; chats beside calls, letters that calls interrupt,
//! questions put away until the answer comes, customers who fall silent or write again.
//!
//! The engine is the real one, on virtual time; the switch, the message gateway, the customers and the
//! agents are played.

#[path = "../common/cli.rs"]
mod cli;
mod day;
mod desk;
#[path = "../common/floor/mod.rs"]
mod floor;
mod leads;
mod pbx;
mod people;
mod threads;
mod trace;
mod workload;

use std::fmt::Write as _;
use std::io::IsTerminal as _;
use std::process::ExitCode;
use std::time::Instant;

use cli::{Args, Failure};
use day::Day;
use switchboard::model::Center;
use switchboard::time::{Duration, Timestamp};
use threads::WRITTEN;

const USAGE: &str = "\
usage: contact_center [--seed N] [--hours H] [--speed 1|60|...|max] [--report text|json]
                      [--headless] [--timing] [--trace CALL]
  --seed N        another day; 1 when absent
  --hours H       how much of it, from 07:30 on; 13.25 when absent
  --speed S       seconds of the day in one second, or max; 1200 when absent
  --report FORM   text (for people) or json; text when absent
  --headless      no live line
  --timing        also how many interactions a second it took
  --trace CALL    one call, told: its timeline, why this agent, its contact record";

/// Monday, 2 March 2026, 07:30 in Madrid.
const START: Timestamp = Timestamp::from_secs(1_772_433_000);

struct Options {
    seed: u64,
    hours: Duration,
    /// Virtual seconds per second; as fast as it goes when none.
    speed: Option<f64>,
    json: bool,
    headless: bool,
    timing: bool,
    trace: Option<u64>,
}

fn options(mut args: Args) -> Result<Options, Failure> {
    let mut options = Options {
        seed: 1,
        hours: Duration::from_mins(13 * 60 + 15),
        speed: Some(1_200.0),
        json: false,
        headless: false,
        timing: false,
        trace: None,
    };
    while let Some(flag) = args.next()? {
        match flag.as_str() {
            "--seed" => options.seed = args.number()?,
            "--hours" => options.hours = hours(args.number()?)?,
            "--speed" => options.speed = speed(&args.value()?)?,
            "--report" => options.json = args.json()?,
            "--headless" => options.headless = true,
            "--timing" => options.timing = true,
            "--trace" => options.trace = Some(call(&args.value()?)?),
            other => return Err(Args::unknown(other)),
        }
    }
    Ok(options)
}

fn hours(hours: f64) -> Result<Duration, Failure> {
    if !(hours > 0.0 && hours <= 24.0) {
        return Err(Failure::Input(format!("--hours is above 0 and at most 24, not {hours}")));
    }
    #[allow(clippy::cast_possible_truncation)] // at most a day in milliseconds
    let millis = (hours * 3_600_000.0) as i64;
    Ok(Duration::from_millis(millis))
}

fn speed(text: &str) -> Result<Option<f64>, Failure> {
    if text == "max" {
        return Ok(None);
    }
    let speed = text.parse().ok().filter(|speed: &f64| *speed > 0.0 && speed.is_finite());
    let wrong = || Failure::Input(format!("--speed is above 0, or max, not `{text}`"));
    speed.map(Some).ok_or_else(wrong)
}

fn call(text: &str) -> Result<u64, Failure> {
    let number = text.trim_start_matches("call-").parse();
    number.map_err(|_| Failure::Input(format!("--trace takes the number of a call, not `{text}`")))
}

fn main() -> ExitCode {
    let ended = options(Args::new(std::env::args().skip(1))).and_then(|options| run(&options));
    cli::end("contact_center", USAGE, ended)
}

/// The clock on the wall, for pacing and for `--timing`; nothing that is decided depends on it.
#[allow(clippy::disallowed_methods)]
fn clock() -> Instant {
    Instant::now()
}

fn run(options: &Options) -> Result<(), Failure> {
    let center = Center::from_toml(include_str!("../centers/day.toml"))
        .map_err(|error| Failure::Run(error.to_string()))?;
    let mut day = Day::new(center, START, options.hours, options.seed, options.trace)
        .map_err(Failure::Run)?;
    let live = !options.headless && std::io::stderr().is_terminal();
    let began = clock();
    let mut shown = 0;
    if live {
        cli::note("by channel: waiting/answered\n");
    }
    while let Some(next) = day.next() {
        if let Some(speed) = options.speed {
            pace(began, next.since(START).as_secs_f64() / speed);
        }
        day.step(next).map_err(Failure::Run)?;
        let minute = day.now.since(START).as_micros() / 60_000_000;
        if live && minute != shown {
            shown = minute;
            progress(&day);
        }
    }
    let empty = day.close();
    if live {
        progress(&day);
        cli::note("\n");
    }
    report(options, &day, empty, began.elapsed().as_secs_f64())
}

#[allow(clippy::disallowed_methods)] // the day is shown at a human pace
fn pace(began: Instant, due: f64) {
    let ahead = due - began.elapsed().as_secs_f64();
    if ahead > 0.002 {
        std::thread::sleep(std::time::Duration::from_secs_f64(ahead));
    }
}

/// The channels of the day, in the order of the live line.
const CHANNELS: [&str; 4] = ["voice", "chat", "sms", "email"];

/// One line, drawn over the one before: by channel who waits and who was answered.
fn progress(day: &Day) {
    const WIDTH: usize = 12;
    let report = day.kpis.report(day.now);
    let done = day.progress();
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // 0 to 12
    let filled = (done * 12.0) as usize;
    let minutes = 7 * 60 + 30 + day.now.since(START).as_micros() / 60_000_000;
    let mut channels = String::new();
    for (name, figures) in CHANNELS.map(|name| (name, report.channels.get(name))) {
        let (waiting, answered) = figures.map_or((0, 0), |f| (f.waiting, f.answered));
        let _ = write!(channels, "  {name} {waiting:>2}/{answered:<4}");
    }
    cli::note(&format!(
        "\r{:02}:{:02} [{}{}] {:>3.0}%{channels}  abandoned {:>3}  lost {:>2} ",
        minutes / 60,
        minutes % 60,
        "#".repeat(filled),
        ".".repeat(WIDTH - filled),
        done * 100.0,
        report.total.abandoned,
        report.total.lost,
    ));
}

fn report(options: &Options, day: &Day, empty: bool, seconds: f64) -> Result<(), Failure> {
    let report = day.kpis.report(day.now);
    for (reason, count) in &day.refused {
        cli::note(&format!("refused {count} times: {reason}\n"));
    }
    let desk = &day.desk;
    let begun = |channel| desk.begun.get(&channel).copied().unwrap_or(0);
    let written = WRITTEN.map(|(channel, _)| begun(channel));
    #[allow(clippy::cast_precision_loss)] // some thousand interactions
    let rate = (day.arrived + written.iter().sum::<u64>()) as f64 / seconds.max(1e-9);
    let trace = day.trace.as_ref().map(trace::Trace::text).unwrap_or_default();
    if options.json {
        let mut json = serde_json::to_value(&report).unwrap_or_default();
        if options.timing {
            json["interactions_per_s"] = serde_json::json!(rate);
        }
        cli::print(&format!("{json}\n"))?;
        // With JSON on standard output the story goes to standard error.
        cli::note(&trace);
        return Ok(());
    }
    let [chats, texts, letters] = written;
    let mut text = format!(
        "{report}\n{} calls came in, {} were cut off by the carrier; {chats} chats, {} of them closed \
         in silence; {texts} threads of texts and {letters} of e-mails, {} answers interrupted by calls \
         and chats, {} put away, {} threads opened again\n{} times a team lead listened in, to {} \
         conversations\n{} steps; at the end {}\n",
        day.arrived,
        day.cut_off,
        day.fell_silent,
        desk.interrupted,
        desk.put_away,
        day.reopened,
        day.leads.followed,
        day.leads.heard,
        day.steps,
        if empty { "the house was empty" } else { "somebody was still in the house" },
    );
    if options.timing {
        let _ = writeln!(text, "interactions per second: {rate:.0}");
    }
    if !trace.is_empty() {
        let _ = write!(text, "\n{trace}");
    }
    cli::print(&text)
}
