//! A day of a voice center: 60 agents with four skills at two sites serve two brands; a rush at 10:00,
//! lunch breaks, a carrier outage at 14:00, and callers still waiting when the lines close at 20:00.
//!
//! The engine is the real one, on virtual time; the switch, the callers and the agents are played.

mod day;
mod pbx;
mod people;
mod trace;
mod workload;

use std::io::{IsTerminal as _, Write as _};
use std::process::ExitCode;
use std::time::Instant;

use day::Day;
use switchboard::model::Center;
use switchboard::time::{Duration, Timestamp};

const USAGE: &str = "usage: contact_center [--seed N] [--hours H] [--speed 1|60|...|max] \
[--report text|json] [--headless] [--timing] [--trace CALL]";

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

fn number<T: std::str::FromStr>(flag: &str, text: &str) -> Result<T, String> {
    text.parse().map_err(|_| format!("{flag} takes a number, not `{text}`"))
}

fn options(mut args: impl Iterator<Item = String>) -> Result<Options, String> {
    let mut options = Options {
        seed: 1,
        hours: Duration::from_mins(13 * 60 + 15),
        speed: Some(1_200.0),
        json: false,
        headless: false,
        timing: false,
        trace: None,
    };
    while let Some(flag) = args.next() {
        let mut value = || args.next().ok_or(format!("{flag} needs a value; {USAGE}"));
        match flag.as_str() {
            "--seed" => options.seed = number(&flag, &value()?)?,
            "--hours" => {
                let hours: f64 = number(&flag, &value()?)?;
                if !(hours > 0.0 && hours <= 24.0) {
                    return Err(format!("--hours is above 0 and at most 24, not {hours}"));
                }
                #[allow(clippy::cast_possible_truncation)] // at most a day in milliseconds
                let millis = (hours * 3_600_000.0) as i64;
                options.hours = Duration::from_millis(millis);
            }
            "--speed" => {
                let text = value()?;
                options.speed = if text == "max" { None } else { Some(number(&flag, &text)?) };
                if options.speed.is_some_and(|speed| !(speed > 0.0 && speed.is_finite())) {
                    return Err(format!("--speed is above 0, or max, not `{text}`"));
                }
            }
            "--report" => match value()?.as_str() {
                "text" => options.json = false,
                "json" => options.json = true,
                other => return Err(format!("--report is text or json, not `{other}`")),
            },
            "--headless" => options.headless = true,
            "--timing" => options.timing = true,
            "--trace" => {
                let text = value()?;
                options.trace = Some(number(&flag, text.trim_start_matches("call-"))?);
            }
            "--help" => return Err(USAGE.to_owned()),
            other => return Err(format!("unknown flag `{other}`; {USAGE}")),
        }
    }
    Ok(options)
}

fn main() -> ExitCode {
    let options = match options(std::env::args().skip(1)) {
        Ok(options) => options,
        Err(reason) => {
            eprintln!("{reason}");
            return ExitCode::from(2);
        }
    };
    match run(&options) {
        Ok(()) => ExitCode::SUCCESS,
        Err(reason) => {
            eprintln!("{reason}");
            ExitCode::FAILURE
        }
    }
}

/// The clock on the wall, for pacing and for `--timing`; nothing that is decided depends on it.
#[allow(clippy::disallowed_methods)]
fn clock() -> Instant {
    Instant::now()
}

fn run(options: &Options) -> Result<(), String> {
    let center =
        Center::from_toml(include_str!("../centers/day.toml")).map_err(|e| e.to_string())?;
    let mut day = Day::new(center, START, options.hours, options.seed, options.trace)?;
    let live = !options.headless && std::io::stderr().is_terminal();
    let began = clock();
    let mut shown = 0;
    while let Some(next) = day.next() {
        if let Some(speed) = options.speed {
            pace(began, next.since(START).as_secs_f64() / speed);
        }
        day.step(next)?;
        let minute = day.now.since(START).as_micros() / 60_000_000;
        if live && minute != shown {
            shown = minute;
            progress(&day);
        }
    }
    let empty = day.close();
    if live {
        progress(&day);
        eprintln!();
    }
    report(options, &day, empty, began.elapsed().as_secs_f64());
    Ok(())
}

#[allow(clippy::disallowed_methods)] // the day is shown at a human pace
fn pace(began: Instant, due: f64) {
    let ahead = due - began.elapsed().as_secs_f64();
    if ahead > 0.002 {
        std::thread::sleep(std::time::Duration::from_secs_f64(ahead));
    }
}

/// One line, drawn over the one before.
fn progress(day: &Day) {
    const WIDTH: usize = 24;
    let report = day.kpis.report(day.now);
    let done = day.progress();
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // 0 to 24
    let filled = (done * 24.0) as usize;
    let minutes = 7 * 60 + 30 + day.now.since(START).as_micros() / 60_000_000;
    eprint!(
        "\r{:02}:{:02} [{}{}] {:>3.0}%  waiting {:>3}  answered {:>5}  abandoned {:>4}  lost {:>3} ",
        minutes / 60,
        minutes % 60,
        "#".repeat(filled),
        ".".repeat(WIDTH - filled),
        done * 100.0,
        report.total.waiting,
        report.total.answered,
        report.total.abandoned,
        report.total.lost,
    );
    let _ = std::io::stderr().flush();
}

fn report(options: &Options, day: &Day, empty: bool, seconds: f64) {
    let report = day.kpis.report(day.now);
    for (reason, count) in &day.refused {
        eprintln!("refused {count} times: {reason}");
    }
    #[allow(clippy::cast_precision_loss)] // some thousand calls
    let rate = day.arrived as f64 / seconds.max(1e-9);
    if options.json {
        let mut json = serde_json::to_value(&report).unwrap_or_default();
        if options.timing {
            json["interactions_per_s"] = serde_json::json!(rate);
        }
        println!("{json}");
    } else {
        println!("{report}");
        println!(
            "{} calls came in, {} were cut off by the carrier, {} steps; at the end {}",
            day.arrived,
            day.cut_off,
            day.steps,
            if empty { "the house was empty" } else { "calls were still in the house" },
        );
        if options.timing {
            println!("interactions per second: {rate:.0}");
        }
    }
    if let Some(trace) = &day.trace {
        // With JSON on standard output the story goes to standard error.
        if options.json { eprint!("{}", trace.text()) } else { print!("\n{}", trace.text()) }
    }
}
