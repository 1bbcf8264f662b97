//! What the command lines of the examples share: `--flag value` and `--flag=value` are the same,
//! `--help` is an answer (standard output, exit 0), a wrong flag is one line on standard error (exit 2),
//! and a reader that has gone away is no fault.

#![allow(dead_code)] // each example uses its part

use std::io::{ErrorKind, Write as _};
use std::process::ExitCode;

/// Why a program ends early.
pub(crate) enum Failure {
    /// The caller wants to know how to call it.
    Help,
    /// The caller's: bad flags, no such file.
    Input(String),
    /// The program's own.
    Run(String),
}

/// Flags and their values, in order.
pub(crate) struct Args {
    rest: std::vec::IntoIter<String>,
    flag: String,
    inline: Option<String>,
}

impl Args {
    pub(crate) fn new(args: impl Iterator<Item = String>) -> Self {
        let rest = args.collect::<Vec<_>>().into_iter();
        Self { rest, flag: String::new(), inline: None }
    }

    /// The next flag, or word that is none; `--help` ends the program.
    pub(crate) fn next(&mut self) -> Result<Option<String>, Failure> {
        if self.inline.take().is_some() {
            return Err(Failure::Input(format!("{} takes no value", self.flag)));
        }
        let Some(word) = self.rest.next() else { return Ok(None) };
        match word.split_once('=') {
            Some((flag, value)) if flag.starts_with("--") => {
                self.flag = flag.to_owned();
                self.inline = Some(value.to_owned());
            }
            _ => self.flag = word,
        }
        match self.flag.as_str() {
            "--help" | "-h" => Err(Failure::Help),
            _ => Ok(Some(self.flag.clone())),
        }
    }

    /// The value of the flag that came last.
    pub(crate) fn value(&mut self) -> Result<String, Failure> {
        let value = self.inline.take().or_else(|| self.rest.next());
        value.ok_or_else(|| Failure::Input(format!("{} needs a value", self.flag)))
    }

    /// Its value as a number.
    pub(crate) fn number<T: std::str::FromStr>(&mut self) -> Result<T, Failure> {
        let text = self.value()?;
        let wrong = || Failure::Input(format!("{} takes a number, not `{text}`", self.flag));
        text.parse().map_err(|_| wrong())
    }

    /// Its value as a form of report: true for JSON.
    pub(crate) fn json(&mut self) -> Result<bool, Failure> {
        match self.value()?.as_str() {
            "text" => Ok(false),
            "json" => Ok(true),
            other => Err(Failure::Input(format!("--report is text or json, not `{other}`"))),
        }
    }

    /// What to say of a flag that the program does not have.
    pub(crate) fn unknown(flag: &str) -> Failure {
        let kind = if flag.starts_with('-') { "flag" } else { "argument" };
        Failure::Input(format!("unknown {kind} `{flag}`; see --help"))
    }
}

/// The exit code of a program, its last words said.
pub(crate) fn end(program: &str, usage: &str, ended: Result<(), Failure>) -> ExitCode {
    let ended = match ended {
        Err(Failure::Help) => print(&format!("{usage}\n")),
        other => other,
    };
    let (reason, code) = match ended {
        Ok(()) | Err(Failure::Help) => return ExitCode::SUCCESS,
        Err(Failure::Input(reason)) => (reason, 2),
        Err(Failure::Run(reason)) => (reason, 1),
    };
    let line = reason.split_whitespace().collect::<Vec<_>>().join(" ");
    note(&format!("{program}: {line}\n"));
    ExitCode::from(code)
}

/// Writes to standard output.
pub(crate) fn print(text: &str) -> Result<(), Failure> {
    let mut out = std::io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            Err(Failure::Run(format!("standard output: {error}")))
        }
        _ => Ok(()),
    }
}

/// Writes to standard error, where nothing may be read.
pub(crate) fn note(text: &str) {
    let mut err = std::io::stderr().lock();
    let _ = err.write_all(text.as_bytes()).and_then(|()| err.flush());
}
