//! A prompt in which one person is caller, agent and supervisor in turn: each line is followed by the
//! records that the engine made of it. Time is virtual and passes only by `wait`.
//!
//! Lines come from the terminal, from a pipe or from a file. Ctrl-C ends it at once: nothing is kept.

#[path = "../common/cli.rs"]
mod cli;
mod close;
#[path = "../common/floor/mod.rs"]
mod floor;
mod now;
mod order;
mod pick;
mod play;

use std::fmt::Write as _;
use std::io::{BufRead, ErrorKind, IsTerminal as _, Write as _};
use std::process::ExitCode;

use cli::{Args, Failure};
use floor::{House, clock, told_lines};
use play::Done;

const USAGE: &str = "\
usage: drive [--script FILE]
  --script FILE   runs the lines of a file instead of what is typed, and stops at the first that is
                  not understood or refused; `#` begins a remark
  Lines are `[AGENT] PHRASE`: `call 100`, `sign in ana`, `ana answer`, `wait 30s`. `help` says what
  can be done at any moment. Lines may also come through a pipe.";

const WELCOME: &str = "\
A shop with two queues (sales, support), four people (ana, ben, cem; sue supervises), and you are all
of them, and the customers. Time stands still until you say `wait`. Try: sign in ana, call 100,
answer, wait 30s, hang up, wrap up done. `help` says what can be done now; `quit` ends it.
";

fn main() -> ExitCode {
    let ended =
        script(Args::new(std::env::args().skip(1))).and_then(|script| run(script.as_deref()));
    cli::end("drive", USAGE, ended)
}

fn script(mut args: Args) -> Result<Option<String>, Failure> {
    let mut script = None;
    while let Some(flag) = args.next()? {
        match flag.as_str() {
            "--script" => script = Some(args.value()?),
            other => return Err(Args::unknown(other)),
        }
    }
    Ok(script)
}

fn run(script: Option<&str>) -> Result<(), Failure> {
    let mut house = House::small().map_err(Failure::Run)?;
    house.take_told();
    match script {
        Some(path) => follow(&mut house, path),
        None => listen(&mut house),
    }
}

/// The lines of a file; what goes wrong ends it.
fn follow(house: &mut House, path: &str) -> Result<(), Failure> {
    let unreadable = |error| Failure::Input(format!("{path}: {error}"));
    let text = std::fs::read_to_string(path).map_err(unreadable)?;
    for (number, line) in (1..).zip(text.lines()) {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            cli::print(&format!("{line}\n"))?;
            continue;
        }
        let wrong = |why: String| Failure::Input(format!("{path}:{number}: `{line}`: {why}"));
        let (text, goes_on) = said(house, line).map_err(wrong)?;
        cli::print(&format!("> {line}\n{text}"))?;
        if !goes_on {
            break;
        }
    }
    Ok(())
}

/// The lines of a terminal or a pipe; what goes wrong is said, and the next line is read.
fn listen(house: &mut House) -> Result<(), Failure> {
    let asks = std::io::stdin().is_terminal();
    if asks && !show(WELCOME)? {
        return Ok(());
    }
    let mut input = std::io::stdin().lock();
    loop {
        if asks && !show(&format!("{}> ", clock(house.now)))? {
            return Ok(());
        }
        let mut bytes = Vec::new();
        let read = input.read_until(b'\n', &mut bytes);
        if read.map_err(|error| Failure::Run(format!("standard input: {error}")))? == 0 {
            // The end of the input, by Ctrl-D: the prompt is still on the line.
            return if asks { cli::print("\n") } else { Ok(()) };
        }
        let line = String::from_utf8_lossy(&bytes);
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let mut text = if asks { String::new() } else { format!("> {line}\n") };
        let goes_on = match said(house, line) {
            Ok((told, goes_on)) => {
                text.push_str(&told);
                goes_on
            }
            Err(why) => {
                let _ = writeln!(text, "  ! {why}");
                true
            }
        };
        if !show(&text)? || !goes_on {
            return Ok(());
        }
    }
}

/// What comes of a line, and whether it goes on after it.
fn said(house: &mut House, line: &str) -> Result<(String, bool), String> {
    let names = pick::agents(house);
    let order = order::parse(line, |word| names.iter().any(|name| name == word))?;
    let done = play::play(house, &order);
    let mut text: String = house.take_told().iter().map(told_lines).collect();
    match done? {
        Done::Did if text.is_empty() => {
            text = format!("  (no record; it is {})\n", clock(house.now));
        }
        Done::Did => {}
        Done::Says(more) => {
            for line in more.lines() {
                let _ = writeln!(text, "  {line}");
            }
        }
        Done::Quit => return Ok((text, false)),
    }
    Ok((text, true))
}

/// Writes to standard output; whether somebody reads it still.
fn show(text: &str) -> Result<bool, Failure> {
    let mut out = std::io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(false),
        Err(error) => Err(Failure::Run(format!("standard output: {error}"))),
        Ok(()) => Ok(true),
    }
}
