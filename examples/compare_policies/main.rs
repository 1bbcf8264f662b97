//! What if: the same days under several routing policies, and how the figures differ.
//!
//! ```text
//! cargo run --release --example compare_policies -- --only strict_priority,triage
//! ```

#[path = "../common/cli.rs"]
mod cli;
mod text;

use std::path::Path;
use std::process::ExitCode;

use cli::{Args, Failure};
use switchboard::sim::{ModelError, Policy, SimulationModel, compare};

const USAGE: &str = "\
usage: compare_policies [MODEL] [--policies FILE] [--no-defaults] [--only NAMES] [--baseline NAME]
                        [--seeds N] [--hours H] [--report text|json] [--show]
  MODEL            a model, as `simulate` takes it; three queues with shared agents when absent
  --policies FILE  policies, each a change of the model's routing or staff; may be given several times
  --no-defaults    without the policies of the program
  --only NAMES     these policies and the baseline alone, as in --only triage,queue_ratio
  --baseline NAME  the policy that the others are compared with; the first when absent
  --seeds N        days, each with random numbers of its own, the same for every policy (30)
  --hours H        how long calls come in on a day; as the model says when absent
  --report FORM    text (for people) or json; text when absent
  --show           print the model and the policies of the program, to start from, and end
Files are TOML, or JSON where the name ends in .json.";

const MODEL: &str = include_str!("center.toml");
const POLICIES: &str = include_str!("policies.toml");

/// What was asked for.
struct Wishes {
    model: Option<String>,
    policies: Vec<String>,
    defaults: bool,
    only: Option<Vec<String>>,
    baseline: Option<String>,
    seeds: u32,
    hours: Option<f64>,
    json: bool,
    show: bool,
}

fn main() -> ExitCode {
    let ended = wishes(Args::new(std::env::args().skip(1)))
        .and_then(|wishes| told(&wishes))
        .and_then(|text| cli::print(&text));
    cli::end("compare_policies", USAGE, ended)
}

fn wishes(mut args: Args) -> Result<Wishes, Failure> {
    let mut wishes = Wishes {
        model: None,
        policies: Vec::new(),
        defaults: true,
        only: None,
        baseline: None,
        seeds: 30,
        hours: None,
        json: false,
        show: false,
    };
    while let Some(flag) = args.next()? {
        match flag.as_str() {
            "--policies" => wishes.policies.push(args.value()?),
            "--no-defaults" => wishes.defaults = false,
            "--only" => {
                let names = args.value()?;
                wishes.only = Some(names.split(',').map(|name| name.trim().to_owned()).collect());
            }
            "--baseline" => wishes.baseline = Some(args.value()?),
            "--seeds" => wishes.seeds = args.number()?,
            "--hours" => wishes.hours = Some(args.number()?),
            "--report" => wishes.json = args.json()?,
            "--show" => wishes.show = true,
            word if wishes.model.is_none() && !word.starts_with('-') => {
                wishes.model = Some(word.to_owned());
            }
            other => return Err(Args::unknown(other)),
        }
    }
    if wishes.seeds < 2 {
        return Err(Failure::Input("--seeds is 2 or more: an interval needs two days".to_owned()));
    }
    if wishes.hours.is_some_and(|hours| !(hours > 0.0 && hours.is_finite())) {
        return Err(Failure::Input("--hours is above 0".to_owned()));
    }
    Ok(wishes)
}

/// Reads a file as TOML or JSON.
fn read<T>(
    path: &str,
    toml: fn(&str) -> Result<T, ModelError>,
    json: fn(&str) -> Result<T, ModelError>,
) -> Result<T, Failure> {
    let wrong = |reason: String| Failure::Input(format!("{path}: {reason}"));
    let text = std::fs::read_to_string(path).map_err(|error| wrong(error.to_string()))?;
    let is_json =
        Path::new(path).extension().is_some_and(|extension| extension.eq_ignore_ascii_case("json"));
    let read = if is_json { json(&text) } else { toml(&text) };
    read.map_err(|error| wrong(error.to_string()))
}

/// The model, its days as long as wanted.
fn model(wishes: &Wishes) -> Result<SimulationModel, Failure> {
    let wrong = |error: ModelError| Failure::Input(error.to_string());
    let mut model = match &wishes.model {
        Some(path) => read(path, SimulationModel::from_toml, SimulationModel::from_json)?,
        None => SimulationModel::from_toml(MODEL).map_err(wrong)?,
    };
    let Some(hours) = wishes.hours else { return Ok(model) };
    let Some(seconds) = model.seconds_per_unit() else {
        let reason = "--hours needs a model whose time_unit is second, minute or hour";
        return Err(Failure::Input(reason.to_owned()));
    };
    let horizon = hours * 3600.0 / seconds;
    model.periods.retain(|end| *end < horizon);
    model.periods.push(horizon);
    model.validate().map_err(|error| Failure::Input(format!("--hours {hours}: {error}")))?;
    Ok(model)
}

/// The policies, and the name of the baseline.
fn policies(wishes: &Wishes) -> Result<(Vec<Policy>, String), Failure> {
    let mut policies = Vec::new();
    if wishes.defaults {
        let defaults = Policy::all_from_toml(POLICIES);
        policies.extend(defaults.map_err(|error| Failure::Run(error.to_string()))?);
    }
    for path in &wishes.policies {
        policies.extend(read(path, Policy::all_from_toml, Policy::all_from_json)?);
    }
    let first = policies.first().map(|policy| policy.name.clone());
    let Some(baseline) = wishes.baseline.clone().or(first) else {
        return Err(Failure::Input("there is no policy; see --policies".to_owned()));
    };
    let names: Vec<&str> = policies.iter().map(|policy| policy.name.as_str()).collect();
    let named = wishes.only.iter().flatten().chain([&baseline]);
    if let Some(name) = named.into_iter().find(|name| !names.contains(&name.as_str())) {
        let there = names.join(", ");
        return Err(Failure::Input(format!("there is no policy `{name}`; there are {there}")));
    }
    if let Some(only) = &wishes.only {
        policies.retain(|policy| policy.name == baseline || only.contains(&policy.name));
    }
    Ok((policies, baseline))
}

fn told(wishes: &Wishes) -> Result<String, Failure> {
    if wishes.show {
        return Ok(format!("{MODEL}\n# ---- policies, a file of their own\n\n{POLICIES}"));
    }
    let model = model(wishes)?;
    let (policies, baseline) = policies(wishes)?;
    for policy in &policies {
        policy.applied(&model).map_err(|error| Failure::Input(error.to_string()))?;
    }
    #[allow(clippy::disallowed_methods)] // the speed of the program, not of anything simulated
    let started = std::time::Instant::now();
    let comparison = compare(&model, &policies, &baseline, wishes.seeds)
        .map_err(|error| Failure::Run(error.to_string()))?;
    let seconds = started.elapsed().as_secs_f64();
    let runs = policies.len() + 1;
    cli::note(&format!("{runs} times {} days in {seconds:.1} s\n", wishes.seeds));
    if wishes.json {
        let json = serde_json::to_string_pretty(&comparison);
        return json.map(|json| json + "\n").map_err(|error| Failure::Run(error.to_string()));
    }
    Ok(text::of(&comparison))
}
