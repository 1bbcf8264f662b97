//! The arguments, and the way from them to a report.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

use switchboard::time::Duration;

use super::differences::TOLERANCES;
use super::figures::{Goals, Offered, Report, of, recorded};
use super::impute::Imputer;
use super::log::{CallLog, Fault};
use super::policy::Policy;
use super::report::Findings;
use super::roster::Roster;
use super::rules::Rules;
use super::run::run;
use super::scenario::Scenario;

const USAGE: &str = "usage: replay_calls --format (technion|queue_log) [--report (text|json)] [--timing] \
                     [--target [QUEUE=]SECONDS]... [--short SECONDS] [--away MINUTES] [--seed N] [--policy FILE] PATH";

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
    timing: bool,
    goals: Goals,
    away: Duration,
    seed: u64,
    /// Other rules for the engine.
    policy: Option<Policy>,
    path: PathBuf,
}

impl Options {
    fn rules(&self) -> Rules<'_> {
        self.policy.as_ref().map_or(Rules::Default, Rules::Policy)
    }
}

/// The report that the arguments ask for, or why there is none.
pub(crate) fn answer(args: impl Iterator<Item = OsString>) -> Result<String, String> {
    let options = options(args)?;
    let log = read(&options)?;
    let roster = Roster::of(&log, options.away);
    let scenario = Scenario::new(&log, &roster, options.away, options.seed);
    let report = |calls: &[Offered], occupancy| {
        Report::new(calls, log.queues.all(), &options.goals, occupancy)
    };
    let replay = |rules: Rules<'_>| -> Result<Report, String> {
        let began = options.timing.then(now);
        let run = run(&scenario, rules, &options.goals)?;
        eprintln!("{}: {} records", rules.column(), run.records);
        let speed = began.map(|began| of(run.calls.len() as u64) / began.elapsed().as_secs_f64());
        Ok(Report { speed, ..report(&run.calls, run.occupancy) })
    };
    let recorded = report(&recorded(&log), roster.occupancy.clone());
    let findings = Findings {
        format: log.format,
        path: options.path.display().to_string(),
        assumptions: assumptions(&scenario, &recorded, &options),
        quality: &log.quality,
        recorded,
        control: replay(Rules::Log)?,
        engine: replay(options.rules())?,
    };
    Ok(if options.json { format!("{:#}\n", findings.to_json()) } else { findings.to_text() })
}

#[allow(clippy::disallowed_methods)] // the speed of the program, not of anything replayed
fn now() -> std::time::Instant {
    std::time::Instant::now()
}

/// Reads the log. A file of another format is refused: its report would be one of no calls.
fn read(options: &Options) -> Result<CallLog, String> {
    let path = options.path.display();
    let bytes = std::fs::read(&options.path).map_err(|error| format!("{path}: {error}"))?;
    let log = (options.format)(&bytes);
    let quality = &log.quality;
    if let Some(Fault { line, reason }) = quality.faults.first()
        && quality.malformed == quality.rows
    {
        let reason = reason.as_deref().unwrap_or("malformed");
        return Err(format!(
            "{path}: none of its {} rows is one of {}; line {line}: {reason}",
            quality.rows, log.format
        ));
    }
    if let Some(queue) =
        options.goals.of_queue.keys().find(|queue| !log.queues.all().contains(queue))
    {
        return Err(format!("--target names the queue `{queue}`, which the log does not know"));
    }
    eprintln!(
        "{path}: {} rows, {} skipped, {} offered",
        quality.rows,
        quality.malformed,
        log.calls.iter().filter(|call| call.outcome.is_offered()).count()
    );
    Ok(log)
}

fn options(mut args: impl Iterator<Item = OsString>) -> Result<Options, String> {
    let mut format = None;
    let mut path = None;
    let (mut json, mut timing) = (false, false);
    let (within, short) = (Duration::from_secs(20), Duration::from_secs(5));
    let mut goals = Goals { within, short, of_queue: BTreeMap::new() };
    let (mut away, mut seed, mut policy) = (AWAY, 1, None);
    while let Some(arg) = args.next() {
        // A path need not be UTF-8; flags and their values are.
        if !arg.as_encoded_bytes().starts_with(b"-") {
            if path.replace(PathBuf::from(arg)).is_some() {
                return Err(format!("more than one path; {USAGE}"));
            }
            continue;
        }
        let flag = arg.to_string_lossy();
        let mut value = || {
            let value = args.next().ok_or_else(|| format!("{flag} needs a value; {USAGE}"))?;
            value.into_string().map_err(|value| format!("{flag} {}: not UTF-8", value.display()))
        };
        match &*flag {
            "--format" => format = Some(reader(&value()?)?),
            "--report" => {
                json = match value()?.as_str() {
                    "json" => true,
                    "text" => false,
                    other => return Err(format!("report `{other}` is neither text nor json")),
                };
            }
            "--timing" => timing = true,
            "--target" => set_target(&mut goals, &value()?)?,
            "--short" => goals.short = Duration::from_secs(up_to(&value()?, YEAR)?),
            "--away" => away = Duration::from_mins(up_to(&value()?, DAY)?),
            "--seed" => seed = up_to(&value()?, i64::MAX)?.unsigned_abs(),
            "--policy" => policy = Some(Policy::read(Path::new(&value()?))?),
            _ => return Err(format!("unknown flag {flag}; {USAGE}")),
        }
    }
    let format = format.ok_or_else(|| format!("--format is missing; {USAGE}"))?;
    let path = path.ok_or_else(|| format!("the path is missing; {USAGE}"))?;
    Ok(Options { format, json, timing, goals, away, seed, policy, path })
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
    all.push(TOLERANCES.to_owned());
    if report.all.total.lost > 0 {
        all.push(format!(
            "{} calls were lost after a wait that is not on record: they are left out of the recorded \
             avg_queue_time_s",
            report.all.total.lost
        ));
    }
    all.push(format!("roster by {}; {} services overlap", roster.method, roster.overlaps));
    if options.away == AWAY && log.presence.is_empty() {
        all.push(format!(
            "that bound of {AWAY} was chosen by its result: of those from 3m to 20m it brought the \
             control of the Anonymous Bank nearest to the recorded mean wait"
        ));
    }
    all.push(
        "occupancy, in all columns: union of an agent's services / union of its stays and services, \
         day by day; after-call work and rings are no service"
            .to_owned(),
    );
    all.extend(Imputer::METHODS.iter().map(|&method| method.to_owned()));
    all.extend(scenario.told());
    all.extend([Rules::Log, options.rules()].map(|rules| rules.told(scenario)));
    all.push(format!("seed {}", options.seed));
    all
}
