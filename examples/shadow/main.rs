//! The engine in the shadow of an Asterisk: its `queue_log` goes in, recorded or as it is written, nothing comes out but
//! what the engine would have done otherwise, and why.
//!
//! ```text
//! cargo run --release --example shadow -- --center examples/shadow/center.toml examples/shadow/queue_log
//! cargo run --release --example shadow -- --follow /var/log/asterisk/queue_log
//! ```

#[path = "../common/cli.rs"]
mod cli;
mod lines;

use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration as Pause;

use cli::{Args, Failure};
use lines::Lines;
use serde_json::json;
use switchboard::model::Center;
use switchboard::shadow::queue_log::{Counts, RESOLUTION, Reader};
use switchboard::shadow::{Fact, Finding, Shadow};
use switchboard::time::Duration;

const USAGE: &str = "\
usage: shadow [--center FILE] [--follow] [--report text|json] [--all] PATH
  PATH           a queue_log of Asterisk
  --center FILE  the center by whose rules the engine decides, TOML, or JSON where the name ends in .json; queues and
                 agents have the keys or names that the log calls them by. When absent a center is made of the log
  --follow       go on as the log is written, also where it is rotated; Ctrl-C ends with the summary
  --report FORM  text (for people) or json (a line each, the summary last); text when absent
  --all          also decisions in which the two agree
Differences and the summary go to standard output; assumptions, progress and lines that cannot be read to standard error.";

/// How long a log that stands still is left alone.
const POLL: Pause = Pause::from_millis(200);
/// So many rows later the progress is told, where no log is followed.
const PROGRESS: u64 = 1_000_000;

const ASSUMED: &str = "\
assumed, since no --center is given:
  the queues are those of the log, each agent serves those that it names with the agent;
  who is never added is a member from the beginning;
  calls go first come, first served, to whoever has been idle for longest;
  no work follows a call, and where it rang in vain it may ring again at once
";

/// What was asked for.
struct Wishes {
    path: String,
    center: Option<String>,
    follow: bool,
    json: bool,
    all: bool,
}

fn main() -> ExitCode {
    let ended = wishes(Args::new(std::env::args().skip(1))).and_then(|wishes| run(&wishes));
    cli::end("shadow", USAGE, ended)
}

fn wishes(mut args: Args) -> Result<Wishes, Failure> {
    let (mut path, mut center) = (None, None);
    let (mut follow, mut json, mut all) = (false, false, false);
    while let Some(flag) = args.next()? {
        match flag.as_str() {
            "--center" => center = Some(args.value()?),
            "--follow" => follow = true,
            "--report" => json = args.json()?,
            "--all" => all = true,
            word if path.is_none() && !word.starts_with('-') => path = Some(word.to_owned()),
            other => return Err(Args::unknown(other)),
        }
    }
    let path = path.ok_or_else(|| Failure::Input("PATH is missing; see --help".to_owned()))?;
    Ok(Wishes { path, center, follow, json, all })
}

fn run(wishes: &Wishes) -> Result<(), Failure> {
    let wrong = |error: std::io::Error| Failure::Input(format!("{}: {error}", wishes.path));
    let mut lines = Lines::open(Path::new(&wishes.path)).map_err(wrong)?;
    let mut watch = Watch::new(wishes)?;
    let stop = Arc::new(AtomicBool::new(false));
    if wishes.follow {
        let on = signal_hook::flag::register(signal_hook::consts::SIGINT, Arc::clone(&stop));
        on.map_err(|error| Failure::Run(format!("Ctrl-C: {error}")))?;
    }
    // What has been written so far is looked through as a whole before it is taken.
    let mut facts = Vec::new();
    while let Some(line) = lines.next().map_err(wrong)? {
        facts.extend(watch.read(&line));
    }
    if !wishes.follow {
        facts.extend(lines.rest().map(|line| watch.read(&line)).unwrap_or_default());
    }
    watch.begin(&facts)?;
    for fact in &facts {
        watch.take(fact)?;
    }
    drop(facts);
    if wishes.follow {
        cli::note(&format!("shadow: {} lines so far, following\n", watch.reader.line()));
    }
    while wishes.follow && !stop.load(Ordering::Relaxed) {
        let Some(line) = lines.next().map_err(wrong)? else {
            match lines.turn().map_err(wrong)? {
                Some(why) => cli::note(&format!("shadow: the log {why}, reading on\n")),
                None => pause(),
            }
            continue;
        };
        let facts = watch.read(&line);
        watch.begin(&facts)?;
        for fact in &facts {
            watch.take(fact)?;
        }
    }
    watch.end()
}

/// Here the log is asked, again and again, at the edge: nobody tells when it goes on.
#[allow(clippy::disallowed_methods)]
fn pause() {
    std::thread::sleep(POLL);
}

/// The shadow, and what is told of it.
struct Watch {
    center: Option<Center>,
    learns: bool,
    json: bool,
    all: bool,
    reader: Reader,
    /// From the first fact on.
    shadow: Option<Shadow>,
}

impl Watch {
    fn new(wishes: &Wishes) -> Result<Self, Failure> {
        let center = if let Some(path) = &wishes.center {
            center(path)?
        } else {
            cli::note(ASSUMED);
            let mut center = Center::default();
            center.policies.exclusion = Duration::ZERO;
            center
        };
        let (json, all) = (wishes.json, wishes.all);
        let learns = wishes.center.is_none();
        Ok(Self { center: Some(center), learns, json, all, reader: Reader::new(), shadow: None })
    }

    /// Reads a line; one that cannot be read is told and skipped.
    fn read(&mut self, line: &[u8]) -> Vec<Fact> {
        let facts = self.reader.read(line).unwrap_or_else(|error| {
            cli::note(&format!("shadow: {error}; skipped\n"));
            Vec::new()
        });
        if self.reader.line().is_multiple_of(PROGRESS) {
            cli::note(&format!("shadow: {} lines\n", self.reader.line()));
        }
        facts
    }

    /// Begins with the first facts there are.
    fn begin(&mut self, facts: &[Fact]) -> Result<(), Failure> {
        // Stamps may be slightly out of order.
        let Some(first) = facts.iter().map(|fact| fact.at).min() else { return Ok(()) };
        let Some(center) = self.center.take() else { return Ok(()) };
        let wrong = |error: switchboard::model::Faults| Failure::Input(error.to_string());
        let shadow = Shadow::new(first, center).map_err(wrong)?.resolution(RESOLUTION);
        let mut shadow = if self.learns { shadow.learning() } else { shadow };
        shadow.introduce(facts);
        self.shadow = Some(shadow);
        Ok(())
    }

    fn take(&mut self, fact: &Fact) -> Result<(), Failure> {
        let Some(shadow) = &mut self.shadow else { return Ok(()) };
        for finding in shadow.take(fact) {
            let same = match &finding {
                Finding::Decision(decision) => decision.judged.is_same(),
                _ => false,
            };
            if same && !self.all {
                continue;
            }
            if self.json {
                let line = serde_json::to_string(&finding);
                let line = line.map_err(|error| Failure::Run(error.to_string()))?;
                cli::print(&format!("{line}\n"))?;
            } else {
                cli::print(&format!("{finding}\n"))?;
            }
        }
        Ok(())
    }

    fn end(&self) -> Result<(), Failure> {
        let Counts { rows, blank, malformed, events, .. } = self.reader.counts();
        let summary = self.shadow.as_ref().map(|shadow| shadow.summary().clone());
        let summary = summary.unwrap_or_default();
        if self.json {
            let log =
                json!({ "rows": rows, "blank": blank, "malformed": malformed, "events": events });
            let same = (summary.median_sooner(), summary.mean_sooner());
            let sooner = json!({ "median": same.0, "mean": same.1 });
            let whole = json!({ "summary": summary, "sooner": sooner, "log": log });
            return cli::print(&format!("{whole}\n"));
        }
        cli::print(&format!("{summary}the log: {rows} rows, {malformed} of them not to be read\n"))
    }
}

/// Reads a center.
fn center(path: &str) -> Result<Center, Failure> {
    let wrong = |reason: String| Failure::Input(format!("{path}: {reason}"));
    let text = std::fs::read_to_string(path).map_err(|error| wrong(error.to_string()))?;
    let is_json =
        Path::new(path).extension().is_some_and(|extension| extension.eq_ignore_ascii_case("json"));
    let center = if is_json { Center::from_json(&text) } else { Center::from_toml(&text) };
    center.map_err(|error| wrong(error.to_string()))
}
