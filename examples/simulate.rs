//! Simulates a model from a file and prints its figures.
//!
//! ```text
//! cargo run --release --example simulate -- examples/models/mmc.toml --report json
//! ```

use std::io::Write as _;
use std::process::ExitCode;

use switchboard::sim::statistics::format_figure;
use switchboard::sim::switch::Switch;
use switchboard::sim::{
    BareSwitch, EngineSwitch, FigureKind, FigureReport, Report, SimulationModel, replicate,
};

const USAGE: &str = "\
usage: simulate MODEL [--replications N] [--bare] [--report text|json] [--check]
  MODEL             a model in TOML, or in JSON where the name ends in .json
  --replications N  days to simulate; as the model says when absent
  --bare            queues and counters decide, not the engine
  --report FORM     text (for people) or json; text when absent
  --check           simulate both ways and compare; exit 1 if they differ";

/// What was asked for.
struct Wishes {
    path: String,
    replications: Option<u32>,
    bare: bool,
    json: bool,
    check: bool,
}

/// Why the program ends early.
enum Failure {
    /// The caller's: bad flags, no such file, no model.
    Input(String),
    /// The simulation's.
    Run(String),
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if arguments.iter().any(|argument| argument == "--help" || argument == "-h") {
        return print(&format!("{USAGE}\n"));
    }
    match wishes(&arguments).and_then(|wishes| simulate(&wishes)) {
        Ok(text) => print(&text),
        Err(Failure::Input(reason)) => {
            eprintln!("simulate: {}", one_line(&reason));
            ExitCode::from(2)
        }
        Err(Failure::Run(reason)) => {
            eprintln!("simulate: {}", one_line(&reason));
            ExitCode::from(1)
        }
    }
}

/// Writes to standard output; a reader that has gone is no fault.
fn print(text: &str) -> ExitCode {
    let mut out = std::io::stdout().lock();
    let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
    ExitCode::SUCCESS
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn wishes(arguments: &[String]) -> Result<Wishes, Failure> {
    let wrong = |reason: String| Failure::Input(reason);
    let mut path = None;
    let mut wishes =
        Wishes { path: String::new(), replications: None, bare: false, json: false, check: false };
    let mut rest = arguments.iter();
    while let Some(argument) = rest.next() {
        let (flag, inline) = match argument.split_once('=') {
            Some((flag, value)) if flag.starts_with("--") => (flag, Some(value.to_owned())),
            _ => (argument.as_str(), None),
        };
        let takes_value = matches!(flag, "--replications" | "--report");
        if inline.is_some() && !takes_value {
            return Err(wrong(format!("{flag} takes no value")));
        }
        let mut value = || {
            let value = inline.clone().or_else(|| rest.next().cloned());
            value.ok_or_else(|| wrong(format!("{flag} needs a value")))
        };
        match flag {
            "--replications" => {
                let text = value()?;
                let number = text.parse().ok().filter(|number| *number > 0);
                let reason = || wrong(format!("--replications: `{text}` is no number above 0"));
                wishes.replications = Some(number.ok_or_else(reason)?);
            }
            "--report" => match value()?.as_str() {
                "json" => wishes.json = true,
                "text" => wishes.json = false,
                other => return Err(wrong(format!("--report: `{other}` is not text or json"))),
            },
            "--bare" => wishes.bare = true,
            "--check" => wishes.check = true,
            _ if flag.starts_with('-') => return Err(wrong(format!("there is no flag {flag}"))),
            _ if path.is_none() => path = Some(argument.clone()),
            _ => return Err(wrong(format!("`{argument}` is one argument too many"))),
        }
    }
    wishes.path = path.ok_or_else(|| wrong("a model must be named; see --help".to_owned()))?;
    Ok(wishes)
}

fn simulate(wishes: &Wishes) -> Result<String, Failure> {
    let input = |reason: String| Failure::Input(format!("{}: {reason}", wishes.path));
    let text = std::fs::read_to_string(&wishes.path).map_err(|error| input(error.to_string()))?;
    let is_json = std::path::Path::new(&wishes.path)
        .extension()
        .is_some_and(|extension| extension.eq_ignore_ascii_case("json"));
    let model =
        if is_json { SimulationModel::from_json(&text) } else { SimulationModel::from_toml(&text) };
    let model = model.map_err(|error| input(error.to_string()))?;
    let days = wishes.replications.unwrap_or(model.replications);
    let engine = || EngineSwitch::new(&model).map_err(|error| input(error.to_string()));
    let report = if wishes.bare {
        timed(&model, &mut BareSwitch::new(&model), days)?
    } else {
        timed(&model, &mut engine()?, days)?
    };
    if wishes.check {
        let other = if wishes.bare {
            timed(&model, &mut engine()?, days)?
        } else {
            timed(&model, &mut BareSwitch::new(&model), days)?
        };
        if other.figures != report.figures || other.first_days != report.first_days {
            return Err(Failure::Run("engine and bare switch differ".to_owned()));
        }
    }
    if wishes.json {
        let json = serde_json::to_string_pretty(&report);
        return json.map(|json| json + "\n").map_err(|error| Failure::Run(error.to_string()));
    }
    Ok(text_of(&report))
}

/// Runs the model and tells on standard error how fast it went.
fn timed(model: &SimulationModel, switch: &mut impl Switch, days: u32) -> Result<Report, Failure> {
    #[allow(clippy::disallowed_methods)] // the speed of the program, not of anything simulated
    let started = std::time::Instant::now();
    let report = replicate(model, switch, days).map_err(|error| Failure::Run(error.to_string()))?;
    let seconds = started.elapsed().as_secs_f64();
    #[allow(clippy::cast_precision_loss)]
    let speed = report.calls as f64 / seconds;
    eprintln!(
        "{}: {} calls, {} inputs, {seconds:.3} s, {speed:.0} calls/s",
        report.switch, report.calls, report.inputs
    );
    Ok(report)
}

fn text_of(report: &Report) -> String {
    let mut text =
        format!("{}, {} replications, {}\n", report.model, report.replications, report.switch);
    for figure in &report.figures {
        if figure.kind == FigureKind::Parts {
            text.extend(["\n", &figure.name, "\n"]);
            for part in &figure.parts {
                text += &line(part, 2);
            }
        } else {
            text += &line(figure, 0);
        }
    }
    text
}

fn line(figure: &FigureReport, indent: usize) -> String {
    let name = format!("{:indent$}{}", "", figure.name);
    let mut text = format!("{name:<40}");
    let mut add = |label: &str, value: Option<f64>| {
        if let Some(value) = value {
            let value = format_figure(value);
            text.extend(["  ", label, &format!(" {value:>9}")]);
        }
    };
    add("min", figure.min);
    add("max", figure.max);
    add(if figure.kind == FigureKind::RatioOfMeans { "ratio" } else { "mean" }, figure.value);
    add("sd", figure.sd);
    if let (Some([low, high]), Some(level)) = (figure.ci, figure.ci_level) {
        let [low, high, percent] = [low, high, level * 100.0].map(format_figure);
        text.extend(["  ", &percent, " % (", &low, ", ", &high, ")"]);
    }
    text + "\n"
}
