//! What the engine reaches on this machine, as a table or as JSON: every figure beside its goal, and as
//! a ratio to a baseline of the same run wherever one exists.
//!
//! `scale [--only ID,ID] [--report text|json]`. The workload of each figure stands in `figures.rs`,
//! `shapes.rs` and `written.rs`.
//! A figure that is not there yet is absent, never invented.

mod baseline;
#[path = "../common/cli.rs"]
mod cli;
mod crowd;
mod figures;
mod shapes;
mod world;
mod written;

use std::fmt::Write as _;
use std::process::ExitCode;

use cli::{Args, Failure};
use figures::{Figure, MEASURES};

const USAGE: &str = "\
usage: scale [--only ID,ID] [--report text|json]
  --only ID,ID    these figures alone; all of them take about four minutes
  --report FORM   text (for people) or json; text when absent";

struct Options {
    only: Option<Vec<String>>,
    json: bool,
}

fn options(mut args: Args) -> Result<Options, Failure> {
    let mut options = Options { only: None, json: false };
    while let Some(flag) = args.next()? {
        match flag.as_str() {
            "--only" => options.only = Some(args.value()?.split(',').map(str::to_owned).collect()),
            "--report" => options.json = args.json()?,
            other => return Err(Args::unknown(other)),
        }
    }
    for id in options.only.iter().flatten() {
        if !MEASURES.iter().any(|measure| measure.ids.contains(&id.as_str())) {
            let known: Vec<&str> = MEASURES.iter().flat_map(|m| m.ids).copied().collect();
            let reason = format!("no figure `{id}`; there are {}", known.join(", "));
            return Err(Failure::Input(reason));
        }
    }
    Ok(options)
}

fn main() -> ExitCode {
    let ended = options(Args::new(std::env::args().skip(1))).and_then(|options| run(&options));
    cli::end("scale", USAGE, ended)
}

fn run(options: &Options) -> Result<(), Failure> {
    let wanted = |id: &str| options.only.as_ref().is_none_or(|only| only.iter().any(|o| o == id));
    let mut figures = Vec::new();
    for measure in MEASURES {
        if measure.ids.iter().any(|id| wanted(id)) {
            cli::note(&format!("measuring {} ...\n", measure.ids.join(", ")));
            figures.extend((measure.run)().into_iter().filter(|figure| wanted(figure.id)));
        }
    }
    if options.json {
        let figures: Vec<_> = figures.iter().map(Figure::to_json).collect();
        return cli::print(&format!("{}\n", serde_json::json!({ "figures": figures })));
    }
    cli::print(&table(&figures))
}

fn table(figures: &[Figure]) -> String {
    let mut text = format!(
        "{:<26}{:>12}{:>12}{:>12}{:>14}{:>10}{:>12}  {:<8}\n",
        "figure", "median", "p99", "goal", "baseline", "ratio", "goal ratio", "unit"
    );
    let shown = |value: Option<f64>| value.map_or_else(|| "-".to_owned(), number);
    for figure in figures {
        let _ = writeln!(
            text,
            "{:<26}{:>12}{:>12}{:>12}{:>14}{:>10}{:>12}  {:<8}{}",
            figure.id,
            number(figure.median),
            shown(figure.p99),
            shown(figure.goal),
            shown(figure.baseline),
            shown(figure.ratio()),
            shown(figure.goal_ratio),
            figure.unit,
            if figure.is_reached() { "" } else { "  not reached" },
        );
    }
    text
}

fn number(value: f64) -> String {
    match value.abs() {
        v if v >= 10_000.0 => format!("{value:.0}"),
        v if v >= 100.0 => format!("{value:.1}"),
        _ => format!("{value:.2}"),
    }
}
