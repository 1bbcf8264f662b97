//! What the engine reaches on this machine, as a table or as JSON: every figure beside its goal, and as
//! a ratio to a baseline of the same run wherever one exists.
//!
//! `scale [--only ID,ID] [--report text|json]`. The workload of each figure stands in `figures.rs`.
//! A figure that is not there yet is absent, never invented.

mod baseline;
mod figures;
mod world;

use std::process::ExitCode;

use figures::{Figure, MEASURES};

const USAGE: &str = "usage: scale [--only ID,ID] [--report text|json]";

struct Options {
    only: Option<Vec<String>>,
    json: bool,
}

fn options(mut args: impl Iterator<Item = String>) -> Result<Options, String> {
    let mut options = Options { only: None, json: false };
    while let Some(flag) = args.next() {
        let mut value = || args.next().ok_or(format!("{flag} needs a value; {USAGE}"));
        match flag.as_str() {
            "--only" => options.only = Some(value()?.split(',').map(str::to_owned).collect()),
            "--report" => match value()?.as_str() {
                "text" => options.json = false,
                "json" => options.json = true,
                other => return Err(format!("--report is text or json, not `{other}`")),
            },
            "--help" => return Err(USAGE.to_owned()),
            other => return Err(format!("unknown flag `{other}`; {USAGE}")),
        }
    }
    for id in options.only.iter().flatten() {
        if !MEASURES.iter().any(|measure| measure.ids.contains(&id.as_str())) {
            let known: Vec<&str> = MEASURES.iter().flat_map(|m| m.ids).copied().collect();
            return Err(format!("no figure `{id}`; there are {}", known.join(", ")));
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
    let wanted = |id: &str| options.only.as_ref().is_none_or(|only| only.iter().any(|o| o == id));
    let mut figures = Vec::new();
    for measure in MEASURES {
        if measure.ids.iter().any(|id| wanted(id)) {
            eprintln!("measuring {} ...", measure.ids.join(", "));
            figures.extend((measure.run)().into_iter().filter(|figure| wanted(figure.id)));
        }
    }
    if options.json {
        println!(
            "{}",
            serde_json::json!({ "figures": figures.iter().map(Figure::to_json).collect::<Vec<_>>() })
        );
    } else {
        table(&figures);
    }
    ExitCode::SUCCESS
}

fn table(figures: &[Figure]) {
    println!(
        "{:<26}{:>12}{:>12}{:>12}{:>14}{:>10}{:>12}  {:<8}",
        "figure", "median", "p99", "goal", "baseline", "ratio", "goal ratio", "unit"
    );
    let shown = |value: Option<f64>| value.map_or_else(|| "-".to_owned(), number);
    for figure in figures {
        println!(
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
}

fn number(value: f64) -> String {
    match value.abs() {
        v if v >= 10_000.0 => format!("{value:.0}"),
        v if v >= 100.0 => format!("{value:.1}"),
        _ => format!("{value:.2}"),
    }
}
