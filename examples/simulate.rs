//! Simulates a model from a file and prints its figures.
//!
//! ```text
//! cargo run --release --example simulate -- examples/models/mmc.toml --report json
//! ```

#[path = "common/cli.rs"]
mod cli;

use std::process::ExitCode;

use cli::{Args, Failure};
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
  --check           simulate both ways and compare; exit 1 if they differ
The form of a model is described in examples/models/README.md, beside models to start from.";

/// What was asked for.
struct Wishes {
    path: String,
    replications: Option<u32>,
    bare: bool,
    json: bool,
    check: bool,
}

fn main() -> ExitCode {
    let ended = wishes(Args::new(std::env::args().skip(1)))
        .and_then(|wishes| simulate(&wishes))
        .and_then(|text| cli::print(&text));
    cli::end("simulate", USAGE, ended)
}

fn wishes(mut args: Args) -> Result<Wishes, Failure> {
    let mut path = None;
    let mut wishes =
        Wishes { path: String::new(), replications: None, bare: false, json: false, check: false };
    while let Some(flag) = args.next()? {
        match flag.as_str() {
            "--replications" => {
                let number = args.number()?;
                if number == 0 {
                    return Err(Failure::Input("--replications is above 0".to_owned()));
                }
                wishes.replications = Some(number);
            }
            "--report" => wishes.json = args.json()?,
            "--bare" => wishes.bare = true,
            "--check" => wishes.check = true,
            word if path.is_none() && !word.starts_with('-') => path = Some(word.to_owned()),
            other => return Err(Args::unknown(other)),
        }
    }
    let missing = || Failure::Input("a model must be named; see --help".to_owned());
    wishes.path = path.ok_or_else(missing)?;
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
    if model.routing.is_some() && (wishes.bare || wishes.check) {
        return Err(input("queues and counters do not know the model's routing".to_owned()));
    }
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
    cli::note(&format!(
        "{}: {} calls, {} inputs, {seconds:.3} s, {speed:.0} calls/s\n",
        report.switch, report.calls, report.inputs
    ));
    Ok(report)
}

fn text_of(report: &Report) -> String {
    let mut text =
        format!("{}, {} replications, {}\n", report.model, report.replications, report.switch);
    if report.left_waiting > 0 {
        let waiting = report.left_waiting;
        text = format!(
            "{text}{waiting} calls still waited when their day ended; no outcome counts them\n"
        );
    }
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
