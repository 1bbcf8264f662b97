//! Replays a real call log: `replay_calls --format F --report (text|json) PATH`.
//!
//! Formats: `technion` (the Anonymous Bank) and `queue_log` (Asterisk). The report has three columns: the
//! figures as recorded; of a control run by the log's own rules, which has to come near the record
//! before any difference is claimed, queue by queue and figure by figure; and of the engine by its own
//! rules, or by those of `--policy FILE`: what if. Both runs meet the same callers and agents. It also tells the quality of the data and every
//! assumption. JSON goes to stdout alone, progress to stderr; the exit status is 2, with one line of
//! reason, for bad flags and for a file that cannot be read or has not one row of the format.

mod after_call;
mod cli;
mod differences;
mod figures;
mod impute;
mod interval;
mod log;
mod policy;
mod queue_log;
mod report;
mod roster;
mod rules;
mod run;
mod scenario;
mod technion;

use std::io::{ErrorKind, Write as _};
use std::process::ExitCode;

fn main() -> ExitCode {
    let text = match cli::answer(std::env::args_os().skip(1)) {
        Ok(text) => text,
        Err(reason) => return refuse(&reason),
    };
    match std::io::stdout().write_all(text.as_bytes()) {
        // A reader that has seen enough closes the pipe: no failure of ours.
        Err(error) if error.kind() != ErrorKind::BrokenPipe => refuse(&format!("stdout: {error}")),
        _ => ExitCode::SUCCESS,
    }
}

fn refuse(reason: &str) -> ExitCode {
    eprintln!("replay_calls: {}", reason.replace('\n', "; "));
    ExitCode::from(2)
}
