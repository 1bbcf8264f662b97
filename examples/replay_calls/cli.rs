//! The arguments, and the way from them to a report.

use std::collections::BTreeMap;

use switchboard::time::Duration;

use super::figures::{Goals, Offered, Report, recorded};
use super::impute::Imputer;
use super::log::CallLog;
use super::report::Findings;
use super::roster::Roster;
use super::rules::Rules;
use super::run::run;
use super::scenario::Scenario;

const USAGE: &str = "usage: replay_calls --format (technion|queue_log) [--report (text|json)] \
                     [--target [QUEUE=]SECONDS]... [--short SECONDS] [--away MINUTES] [--seed N] PATH";

/// Gaps that are breaks, unless told otherwise. Of the bounds from 3 to 20 minutes that were tried on
/// the Anonymous Bank, this one brought the control nearest to the recorded mean wait.
const AWAY: Duration = Duration::from_mins(5);
/// Minutes of a day, the most that `--away` may say.
const DAY: i64 = 1_440;
/// Seconds of a year, the most that a goal may say.
const YEAR: i64 = 31_536_000;

struct Options {
    format: fn(&[u8]) -> CallLog,
    json: bool,
    goals: Goals,
    away: Duration,
    seed: u64,
    path: String,
}

/// The report that the arguments ask for, or why there is none.
pub(crate) fn answer(args: impl Iterator<Item = String>) -> Result<String, String> {
    let options = options(args)?;
    let bytes =
        std::fs::read(&options.path).map_err(|error| format!("{}: {error}", options.path))?;
    let log = (options.format)(&bytes);
    if let Some(queue) =
        options.goals.of_queue.keys().find(|queue| !log.queues.all().contains(queue))
    {
        return Err(format!("--target names the queue `{queue}`, which the log does not know"));
    }
    eprintln!(
        "{}: {} rows, {} skipped, {} offered",
        options.path,
        log.quality.rows,
        log.quality.malformed,
        log.calls.iter().filter(|call| call.outcome.is_offered()).count()
    );
    let roster = Roster::of(&log, options.away);
    let scenario = Scenario::new(&log, &roster, options.away, options.seed);
    let report = |calls: &[Offered], occupancy| {
        Report::new(calls, log.queues.all(), &options.goals, occupancy)
    };
    let replay = |rules: Rules| -> Result<Report, String> {
        let run = run(&scenario, rules, &options.goals)?;
        eprintln!("{}: {} records", rules.column(), run.records);
        Ok(report(&run.calls, run.occupancy))
    };
    let recorded = report(&recorded(&log), roster.occupancy.clone());
    let findings = Findings {
        format: log.format,
        path: &options.path,
        assumptions: assumptions(&scenario, &recorded, &options),
        quality: &log.quality,
        recorded,
        control: replay(Rules::Log)?,
        engine: replay(Rules::Default)?,
    };
    Ok(if options.json { format!("{:#}\n", findings.to_json()) } else { findings.to_text() })
}

fn options(mut args: impl Iterator<Item = String>) -> Result<Options, String> {
    let mut format = None;
    let mut path = None;
    let mut json = false;
    let (within, short) = (Duration::from_secs(20), Duration::from_secs(5));
    let mut goals = Goals { within, short, of_queue: BTreeMap::new() };
    let (mut away, mut seed) = (AWAY, 1);
    while let Some(arg) = args.next() {
        let mut value = || args.next().ok_or_else(|| format!("{arg} needs a value; {USAGE}"));
        match arg.as_str() {
            "--format" => format = Some(reader(&value()?)?),
            "--report" => {
                json = match value()?.as_str() {
                    "json" => true,
                    "text" => false,
                    other => return Err(format!("report `{other}` is neither text nor json")),
                };
            }
            "--target" => set_target(&mut goals, &value()?)?,
            "--short" => goals.short = Duration::from_secs(up_to(&value()?, YEAR)?),
            "--away" => away = Duration::from_mins(up_to(&value()?, DAY)?),
            "--seed" => seed = up_to(&value()?, i64::MAX)?.unsigned_abs(),
            flag if flag.starts_with('-') => return Err(format!("unknown flag {flag}; {USAGE}")),
            _ if path.is_some() => return Err(format!("more than one path; {USAGE}")),
            _ => path = Some(arg),
        }
    }
    let format = format.ok_or_else(|| format!("--format is missing; {USAGE}"))?;
    let path = path.ok_or_else(|| format!("the path is missing; {USAGE}"))?;
    Ok(Options { format, json, goals, away, seed, path })
}

/// `SECONDS` for all queues, or `QUEUE=SECONDS` for one.
fn set_target(goals: &mut Goals, target: &str) -> Result<(), String> {
    if let Some((queue, seconds)) = target.rsplit_once('=') {
        goals.of_queue.insert(queue.to_owned(), Duration::from_secs(up_to(seconds, YEAR)?));
    } else {
        goals.within = Duration::from_secs(up_to(target, YEAR)?);
    }
    Ok(())
}

fn reader(name: &str) -> Result<fn(&[u8]) -> CallLog, String> {
    match name {
        "technion" => Ok(super::technion::read),
        "queue_log" => Ok(super::queue_log::read),
        _ => Err(format!("format `{name}` is neither technion nor queue_log")),
    }
}

fn up_to(text: &str, most: i64) -> Result<i64, String> {
    let number = text.parse().ok().filter(|number| (0..=most).contains(number));
    number.ok_or_else(|| format!("`{text}` is not a whole number from 0 to {most}"))
}

/// Everything the figures rest on beyond the log itself.
fn assumptions(scenario: &Scenario<'_>, report: &Report, options: &Options) -> Vec<String> {
    let (log, roster) = (scenario.log, scenario.roster);
    let mut all: Vec<String> = log.assumptions.iter().map(|&line| line.to_owned()).collect();
    let goals = &options.goals;
    all.push(format!("in time = within {} (inclusive)", goals.within));
    all.extend(goals.of_queue.iter().map(|(queue, t)| format!("in time for {queue} = within {t}")));
    all.push(format!("short abandon = under {}", goals.short));
    all.push(format!("95 % intervals of ratios of sums; batches: {}", report.batch));
    all.push(
        "the intervals do not hold the chance of what is drawn: other seeds show it".to_owned(),
    );
    all.push(format!("roster by {}; {} services overlap", roster.method, roster.overlaps));
    if options.away == AWAY && log.presence.is_empty() {
        all.push(format!(
            "that bound of {AWAY} was chosen by its result: of those from 3m to 20m it brought the \
             control of the Anonymous Bank nearest to the recorded mean wait"
        ));
    }
    all.push(
        "occupancy = services / time at work, by day of begin; recorded: union of an agent's services \
         / rostered time; in the runs a stay lasts until the service at its end is over"
            .to_owned(),
    );
    all.extend(Imputer::METHODS.iter().map(|&method| method.to_owned()));
    all.extend(scenario.told());
    all.extend([Rules::Log, Rules::Default].map(|rules| rules.told(scenario)));
    all.push(format!("seed {}", options.seed));
    all
}
