//! The published results of five simulation models, to every printed digit: by the engine, and by the
//! bare switch that is its oracle. The file of results is not part of the repository; without it the
//! tests have nothing to compare with.
#![cfg(feature = "toml")]

use std::fmt::Write as _;
use std::path::Path;

use serde_json::Value;
use switchboard::sim::check::Depth;
use switchboard::sim::statistics::format_figure;
use switchboard::sim::switch::Switch;
use switchboard::sim::{
    BareSwitch, EngineSwitch, FigureReport, Report, SimulationModel, replicate,
};

const RESULTS: &str = "../shared/data/published/simulation.json";

/// Name of the model and of its file.
const MODELS: [(&str, &str); 5] = [
    ("QueueEv", "queue_ev"),
    ("MMC", "mmc"),
    ("MMCAb", "mmc_ab"),
    ("SimpleMSK", "simple_msk"),
    ("Telethon", "telethon"),
];

/// The published results; `None` where the file is absent, which only continuous integration minds.
fn published() -> Option<Value> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(RESULTS);
    match std::fs::read_to_string(&path) {
        Ok(text) => Some(serde_json::from_str(&text).unwrap()),
        Err(error) if std::env::var("CI").is_ok_and(|ci| ci == "true") => {
            panic!("{}: {error}", path.display())
        }
        Err(_) => {
            println!("skipped: the published results are not there");
            None
        }
    }
}

fn model(name: &str) -> SimulationModel {
    let (_, file) = MODELS.iter().find(|(model, _)| *model == name).unwrap();
    let path = format!("{}/examples/models/{file}.toml", env!("CARGO_MANIFEST_DIR"));
    SimulationModel::from_toml(&std::fs::read_to_string(path).unwrap()).unwrap()
}

fn run(model: &SimulationModel, switch: &mut impl Switch) -> Report {
    replicate(model, switch, model.replications).unwrap()
}

/// Compares one figure after printing both numbers the same way.
fn compare(figure: &FigureReport, published: &Value, faults: &mut String) {
    let mut check = |field: &str, found: Option<f64>, expected: &Value| {
        let Some(expected) = expected.as_f64() else { return };
        let (expected, found) = (format_figure(expected), found.map(format_figure));
        if found.as_ref() != Some(&expected) {
            writeln!(faults, "{}, {field}: {found:?} is not {expected}", figure.name).unwrap();
        }
    };
    #[allow(clippy::cast_precision_loss)]
    let observations = figure.observations.map(|n| n as f64);
    check("observations", observations, &published["observations"]);
    check("replications", observations, &published["replications"]);
    check("min", figure.min, &published["min"]);
    check("max", figure.max, &published["max"]);
    check("mean", figure.value, &published["mean"]);
    check("value", figure.value, &published["value"]);
    check("variance", figure.variance, &published["variance"]);
    check("sd", figure.sd, &published["sd"]);
    check("ci_level", figure.ci_level, &published["ci_level"]);
    check("from_time", figure.from_time, &published["from_time"]);
    check("to_time", figure.to_time, &published["to_time"]);
    check("ci, low", figure.ci.map(|ci| ci[0]), &published["ci"][0]);
    check("ci, high", figure.ci.map(|ci| ci[1]), &published["ci"][1]);
}

/// Every published figure of a model, also those in parts.
fn compare_all(report: &Report, published: &Value) -> String {
    let mut faults = String::new();
    for (name, expected) in published.as_object().unwrap() {
        let Some(figure) = report.figures.iter().find(|figure| figure.name == *name) else {
            writeln!(faults, "{name} is missing").unwrap();
            continue;
        };
        if expected.get("kind").is_some() {
            compare(figure, expected, &mut faults);
            continue;
        }
        for (name, expected) in expected.as_object().unwrap() {
            match figure.parts.iter().find(|part| part.name == *name) {
                Some(part) => compare(part, expected, &mut faults),
                None => writeln!(faults, "{name} is missing").unwrap(),
            }
        }
    }
    faults
}

/// Calls of the first days, exactly.
fn first_days(report: &Report, check: &Value) {
    let days = ["first_5_days", "first_5_weeks"].iter().find_map(|name| check.get(*name));
    for (name, expected) in days.and_then(Value::as_object).into_iter().flatten() {
        if name == "busyness" {
            one_by_one(report, "busyness", &report.busyness, expected);
            continue;
        }
        let found: Vec<Value> =
            report.first_days[name].iter().map(|value| serde_json::json!(value)).collect();
        let expected: Vec<Value> = expected
            .as_array()
            .unwrap()
            .iter()
            .map(|value| serde_json::json!(value.as_f64()))
            .collect();
        assert_eq!(found, expected, "{} {name}", report.model);
    }
}

/// Unrounded numbers, to the precision of the arithmetic.
fn one_by_one(report: &Report, name: &str, found: &[f64], expected: &Value) {
    let expected = expected.as_array().unwrap();
    assert_eq!(found.len(), expected.len(), "{} {name}", report.model);
    for (found, expected) in found.iter().zip(expected) {
        let expected: f64 = expected.as_str().unwrap().parse().unwrap();
        let difference = (found - expected).abs();
        assert!(
            difference <= 1e-11 * expected.abs(),
            "{} {name}: {found} {expected}",
            report.model
        );
    }
}

/// The waits of the first calls.
fn first_waits(report: &Report, check: &Value) {
    let Some(expected) = check.get("first_12_waits") else { return };
    let figure = report.figures.iter().find(|figure| figure.name == "Waiting times").unwrap();
    one_by_one(report, "first waits", &figure.first, expected);
}

/// Unrounded figures of the results: name there, name of ours, whether the deviation is meant.
const UNROUNDED: [(&str, &str, bool); 10] = [
    ("mean_wait", "Waiting times", false),
    ("mean_queue", "Size of queue", false),
    ("in_target_sd", "Number of contacts in target", true),
    ("abandoned_sd", "Number of contacts having abandoned", true),
    ("served_sd", "Number of served contacts", true),
    ("service_level", "Service level", false),
    ("service_level_with_abandonment", "Service level with abandonment", false),
    ("speed_of_answer", "Speed of answer", false),
    ("occupancy", "Occupancy ratio", false),
    ("occupancy", "Agents' occupancy ratio", false),
];

fn unrounded(report: &Report, check: &Value) {
    for (theirs, ours, deviation) in UNROUNDED {
        let Some(expected) = check.get(theirs).and_then(Value::as_str) else { continue };
        let expected: f64 = expected.parse().unwrap();
        let Some(figure) = report.figures.iter().find(|figure| figure.name == ours) else {
            continue;
        };
        let found = if deviation { figure.sd } else { figure.value }.unwrap();
        let difference = (found / expected - 1.0).abs();
        assert!(difference < 1e-11, "{} {theirs}: {found} is not {expected}", report.model);
    }
}

fn reproduces(name: &str) {
    let Some(published) = published() else { return };
    let published = &published["models"][name];
    let model = model(name);
    let bare = run(&model, &mut BareSwitch::new(&model));
    let engine = run(&model, &mut EngineSwitch::new(&model).unwrap().checked(Depth::Cheap));
    for report in [&bare, &engine] {
        let faults = compare_all(report, &published["published"]);
        assert!(faults.is_empty(), "{name}:\n{faults}");
        first_days(report, &published["check"]);
        first_waits(report, &published["check"]);
        unrounded(report, &published["check"]);
    }
    assert_eq!(bare.figures, engine.figures, "engine and oracle agree to the last bit");
}

#[test]
fn queue_ev_comes_out_as_published() {
    reproduces("QueueEv");
}

#[test]
fn mmc_comes_out_as_published() {
    reproduces("MMC");
}

#[test]
fn mmc_ab_comes_out_as_published() {
    reproduces("MMCAb");
}

#[test]
fn simple_msk_comes_out_as_published() {
    reproduces("SimpleMSK");
}

#[test]
fn telethon_comes_out_as_published() {
    reproduces("Telethon");
}

#[test]
fn each_published_model_has_its_figures() {
    let Some(published) = published() else { return };
    for (name, found) in published["models"].as_object().unwrap() {
        let model = model(name);
        for figure in found["published"].as_object().unwrap().keys() {
            assert!(model.figures.iter().any(|ours| ours.name == *figure), "{name}: {figure}");
        }
    }
}
