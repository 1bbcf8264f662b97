//! Models beyond the published ones: engine and bare switch must agree on every rule of the format,
//! and both with theory where there is one.
#![cfg(feature = "toml")]

use switchboard::sim::check::Depth;
use switchboard::sim::{BareSwitch, EngineSwitch, Report, SimulationModel, replicate};

/// A model with one type and one group; `top`, `kind` and `group` are further fields.
fn single(top: &str, kind: &str, group: &str) -> SimulationModel {
    let text = format!(
        r#"
name = "single"
{top}
[[types]]
name = "call"
arrival_stream = 1
service_stream = 2
patience_stream = 3
groups = ["agents"]
{kind}
[[groups]]
name = "agents"
types = ["call"]
{group}
[quantities]
arrived = {{ arrivals = [] }}
served = {{ calls = [{{ outcomes = ["served"] }}] }}
abandoned = {{ calls = [{{ outcomes = ["abandoned"] }}] }}
blocked = {{ calls = [{{ outcomes = ["blocked"] }}] }}
messages = {{ calls = [{{ outcomes = ["message"] }}] }}
disconnected = {{ calls = [{{ outcomes = ["disconnected"] }}] }}
gone = {{ sum = ["served", "abandoned", "blocked", "messages", "disconnected"] }}
busy = {{ busy = {{ until = "horizon" }} }}
waiting = {{ waiting = {{ until = "horizon" }} }}
staffed = {{ staffed = {{}} }}
scheduled = {{ scheduled = {{ until = "horizon" }} }}
[[figures]]
name = "blocked"
measure = {{ ratio = ["blocked", "arrived"] }}
[[figures]]
name = "wait"
measure = {{ wait_of_each = [{{ outcomes = ["served"] }}] }}
[[figures]]
name = "each"
measure = {{ mean = "arrived" }}
for_each = "type"
"#
    );
    SimulationModel::from_toml(&text).unwrap()
}

/// Both switches, which must agree to the last bit.
fn both(model: &SimulationModel, days: u32) -> Report {
    let bare = replicate(model, &mut BareSwitch::new(model), days).unwrap();
    // Every pair of request and agent, after every step, in the first days; what is cheap in the rest.
    let mut engine = EngineSwitch::new(model).unwrap().checked(Depth::Cheap);
    let engine = replicate(model, &mut engine, days).unwrap();
    brute_force(model);
    assert_eq!(bare.first_days, engine.first_days);
    assert_eq!(bare.figures, engine.figures);
    if model.quantities.contains_key("gone") {
        assert_eq!(
            bare.first_days["gone"], bare.first_days["arrived"],
            "every call has one outcome"
        );
    }
    bare
}

/// The beginning of the first day under all checkers.
fn brute_force(model: &SimulationModel) {
    let mut short = model.clone();
    let horizon = short.periods.last().copied().unwrap();
    let part = (120.0 / horizon).min(1.0);
    short.periods.iter_mut().for_each(|end| *end *= part);
    let mut engine = EngineSwitch::new(&short).unwrap().checked(Depth::BruteForce);
    replicate(&short, &mut engine, 1).unwrap();
}

fn sum(report: &Report, quantity: &str) -> f64 {
    report.first_days[quantity].iter().sum()
}

fn figure(report: &Report, name: &str) -> f64 {
    report.figures.iter().find(|figure| figure.name == name).unwrap().value.unwrap()
}

#[test]
fn a_loss_system_blocks_as_erlang_says() {
    // Erlang B with 5 erlangs on 7 servers: 0.12052.
    for bound in ["lines = 7", "queue_capacity = 0"] {
        let model = single(
            &format!("periods = [20000.0]\n{bound}"),
            "arrivals = { poisson = 1.0 }\nservice = { exponential = { mean = 5.0 } }",
            "staff = 7",
        );
        let report = both(&model, 2);
        assert!((figure(&report, "blocked") - 0.12052).abs() < 0.004, "{bound}: {report:?}");
    }
}

#[test]
fn deterministic_service_waits_as_pollaczek_and_khinchine_say() {
    // M/D/1 at load 0.8: mean wait 0.8 / (2 * 0.2) = 2 service times.
    let model = single(
        "periods = [100000.0]",
        "arrivals = { poisson = 0.8 }\nservice = { constant = 1.0 }",
        "staff = 1",
    );
    assert!((figure(&both(&model, 1), "wait") - 2.0).abs() < 0.15);
}

#[test]
fn every_bound_and_limit_is_kept_by_the_engine() {
    let model = single(
        "periods = [50.0, 100.0, 150.0]\nlines = 9\nqueue_capacity = 4\nopen = [true, true, true, false]\nat_closing = \"disconnect\"",
        "arrivals = { poisson = [2.0, 0.0, 3.0] }\nservice = { gamma = { shape = 2.0, scale = 2.0 } }\n\
         patience = { lognormal = { mu = 0.5, sigma = 1.0 } }\nmax_wait = 3.0",
        "staff = [5, 2, 7]",
    );
    let report = both(&model, 5);
    for quantity in ["served", "abandoned", "blocked", "messages"] {
        assert!(sum(&report, quantity) > 0.0, "{quantity}: {report:?}");
    }
}

#[test]
fn closing_disconnects_or_serves() {
    for (rule, expected) in [("disconnect", true), ("serve", false)] {
        let model = single(
            &format!("periods = [60.0]\nopen = [true, false]\nat_closing = \"{rule}\""),
            "arrivals = { poisson = 3.0 }\nservice = { exponential = { rate = 0.5 } }",
            "staff = 4",
        );
        let report = both(&model, 3);
        assert_eq!(sum(&report, "disconnected") > 0.0, expected, "{rule}");
    }
}

#[test]
fn arrivals_at_a_closed_center_are_disconnected() {
    let model = single(
        "periods = [1.0, 2.0, 3.0]\nopen = [false, true, false]",
        "arrivals = { times = [0.5, 1.5, 2.5] }\nservice = { constant = 0.1 }",
        "staff = 1",
    );
    let report = both(&model, 1);
    assert_eq!(report.first_days["served"], [1.0]);
    assert_eq!(report.first_days["disconnected"], [2.0]);
}

#[test]
fn draws_may_come_late_and_patience_only_to_those_who_wait() {
    let model = single(
        "periods = [500.0]\nat_horizon = \"drain\"\n\
         draws = [\"next_arrival\", \"routing\", \"patience\", \"service\"]\n\
         busyness = { distribution = { uniform = { min = 0.5, max = 1.5 } }, stream = 4 }",
        "arrivals = { poisson = 1.0 }\nservice = { erlang = { stages = 3, rate = 1.0 } }\n\
         patience = { atom = { value = 0.0, probability = 0.1, \
         otherwise = { exponential = { mean = 2.0 } }, reversed = true } }",
        "staff = 3",
    );
    let report = both(&model, 5);
    assert!(sum(&report, "abandoned") > 0.0);
}

#[test]
fn renewal_arrivals_and_a_stop_at_the_horizon() {
    let model = single(
        "periods = [1000.0]\nat_horizon = \"stop\"\nreplications = 3",
        "arrivals = { renewal = { weibull = { shape = 2.0, scale = 1.0 } } }\n\
         service = { triangular = { min = 0.1, mode = 0.5, max = 2.0 } }",
        "staff = 1",
    );
    let mut model = model;
    model.quantities.remove("gone"); // whoever waits at the end is not observed
    let report = both(&model, 3);
    assert!((sum(&report, "arrived") / 3.0 - 1000.0 / 0.886_227).abs() < 60.0);
}

/// Three types on two groups, with priorities, shared bounds and slow agents.
fn shared(pick: &str, order: [&str; 2]) -> String {
    let kinds: String = [("a", 0.9, "\"x\""), ("b", 0.7, "\"x\", \"y\""), ("c", 0.8, "\"y\"")]
        .into_iter()
        .zip(1..)
        .fold(String::new(), |text, ((name, rate, groups), stream)| {
            text + &format!(
                "[[types]]\nname = \"{name}\"\narrivals = {{ poisson = [{rate}, {rate}, 1.2] }}\n\
                 arrival_stream = {stream}\nservice = {{ exponential = {{ mean = 3.0 }} }}\n\
                 service_stream = 4\npatience = {{ exponential = {{ mean = 6.0 }} }}\n\
                 patience_stream = 5\ngroups = [{groups}]\nqueue_capacity = 6\n"
            )
        });
    let [x, y] = order;
    format!(
        "name = \"shared\"\nperiods = [40.0, 80.0, 120.0]\nlines = 14\nqueue_capacity = 8\n\
         agents_pick = \"{pick}\"\n{kinds}\
         [[groups]]\nname = \"x\"\nstaff = [3, 5, 2]\ntypes = [{x}]\n\
         [[groups]]\nname = \"y\"\nstaff = [4, 1, 3]\ntypes = [{y}]\nservice_factor = 1.25\n\
         [quantities]\nserved = {{ calls = [{{ outcomes = [\"served\"] }}] }}\n\
         by_y = {{ calls = [{{ groups = [\"y\"] }}] }}\n\
         blocked = {{ calls = [{{ outcomes = [\"blocked\"] }}] }}\n\
         arrived = {{ calls = [{{}}] }}\n\
         waits = {{ waits = [{{ outcomes = [\"served\"] }}] }}\n\
         [[figures]]\nname = \"wait\"\nmeasure = {{ ratio = [\"waits\", \"served\"] }}\nfor_each = \"type\"\n\
         [[figures]]\nname = \"all\"\nmeasure = {{ mean = \"arrived\" }}\nfor_each = \"type_and_period\"\n\
         [[figures]]\nname = \"queue\"\nmeasure = {{ queue_size = [\"a\", \"b\"] }}\n"
    )
}

#[test]
fn several_types_share_lines_places_and_agents() {
    for pick in ["longest_wait", "list_order"] {
        let text = shared(pick, ["\"b\", \"a\"", "\"b\", \"c\""]);
        let model = SimulationModel::from_toml(&text).unwrap();
        let report = both(&model, 20);
        assert!(sum(&report, "blocked") > 0.0 && sum(&report, "by_y") > 0.0, "{report:?}");
        let parts = &report.figures[0].parts;
        if pick == "list_order" {
            assert!(parts[1].value < parts[0].value && parts[1].value < parts[2].value);
        }
        let [low, high] = report.figures[1].parts[0].ci.unwrap();
        assert!(low < 36.5 && 35.5 < high, "0.9 a minute for 40 minutes");
    }
}

#[test]
fn groups_may_prefer_types_in_contradicting_orders() {
    // x prefers b to a, y prefers a to b: no one order of all calls says both.
    let text = shared("list_order", ["\"b\", \"a\"", "\"a\", \"b\", \"c\""])
        .replace("groups = [\"x\"]", "groups = [\"x\", \"y\"]");
    let model = SimulationModel::from_toml(&text).unwrap();
    assert!(sum(&both(&model, 20), "by_y") > 0.0);
}

/// One type, one group with phones that ring, some in vain, and work after calls.
const RINGING: &str = "staff = [4, 2, 5]\n\
    ring = { time = { uniform = { min = 0.05, max = 0.6 } }, stream = 7, no_answer = 0.1 }\n\
    wrap_up = { time = { exponential = { mean = 0.8 } }, stream = 8 }";

#[test]
fn phones_ring_in_vain_or_not_and_agents_work_on_after_calls() {
    let model = single(
        "periods = [100.0, 200.0, 300.0]\nring_limit = 0.5\nno_answer_pause = 2.0\n\
         open = [true, true, true, false]\nat_closing = \"disconnect\"",
        "arrivals = { poisson = [1.2, 1.0, 1.4] }\nservice = { exponential = { mean = 2.0 } }\n\
         patience = { exponential = { mean = 3.0 } }\nmax_wait = 4.0\nqueue_capacity = 3",
        RINGING,
    );
    let report = both(&model, 8);
    for quantity in ["served", "abandoned", "blocked", "messages"] {
        assert!(sum(&report, quantity) > 0.0, "{quantity}: {report:?}");
    }
    let wait = report.figures.iter().find(|figure| figure.name == "wait").unwrap();
    assert!(wait.min.unwrap() >= 0.05, "nobody is answered before the phone has rung");
}

#[test]
fn ringing_and_wrapping_up_take_the_time_that_they_take() {
    // Nobody waits for long: a call takes 0.25 of ringing, 2 of service and 1 of wrap-up.
    let model = single(
        "periods = [5000.0]\nring_limit = 1.0",
        "arrivals = { poisson = 1.0 }\nservice = { constant = 2.0 }",
        "staff = 20\nring = { time = { constant = 0.25 }, stream = 7 }\n\
         wrap_up = { time = { constant = 1.0 }, stream = 8 }",
    );
    let report = both(&model, 1);
    assert!((figure(&report, "wait") - 0.25).abs() < 1e-9);
    let per_call = sum(&report, "busy") / sum(&report, "arrived");
    assert!((per_call - 3.0).abs() < 0.02, "{per_call}");
}

#[test]
fn phones_of_several_groups_ring_under_every_rule_of_picking() {
    let rings = "\nring = { time = { exponential = { mean = 0.2 } }, stream = 7, no_answer = 0.05 }\n\
                 [[groups]]";
    for (pick, order) in [
        ("longest_wait", ["\"b\", \"a\"", "\"b\", \"c\""]),
        ("list_order", ["\"b\", \"a\"", "\"b\", \"c\""]),
        ("list_order", ["\"a\", \"b\"", "\"b\", \"c\""]),
    ] {
        let text = shared(pick, order)
            .replacen("periods", "ring_limit = 0.4\nno_answer_pause = 0.7\nperiods", 1)
            .replacen("\n[[groups]]\nname = \"y\"", &format!("{rings}\nname = \"y\""), 1);
        assert!(text.contains("stream = 7"));
        let model = SimulationModel::from_toml(&text).unwrap();
        assert!(sum(&both(&model, 10), "by_y") > 0.0);
    }
}

#[test]
fn shifts_add_up_to_the_staff_and_breaks_are_taken() {
    let calls = "arrivals = { poisson = 2.0 }\nservice = { exponential = { mean = 2.0 } }";
    let by_shift = single(
        "periods = [60.0, 120.0]",
        calls,
        "shifts = [{ agents = 4, from = 0.0, to = 200.0, breaks = [[30.0, 45.0]] },\n\
         { agents = 3, from = 60.0, to = 200.0 }]",
    );
    let report = both(&by_shift, 3);
    // 4 agents for 105 minutes and 3 for 60, whoever is late for the break or stays longer aside.
    let scheduled = report.first_days["scheduled"][0];
    assert!((scheduled - (4.0 * 105.0 + 3.0 * 60.0)).abs() < 1e-9, "{scheduled}");
    let by_period = single("periods = [30.0, 45.0, 60.0, 120.0]", calls, "staff = [4, 0, 4, 7]");
    let same = both(&by_period, 3);
    assert_eq!(report.first_days["served"], same.first_days["served"]);
    assert_eq!(report.first_days["busy"], same.first_days["busy"]);
}

#[test]
fn whoever_is_left_waiting_is_told() {
    let model = single(
        "periods = [10.0, 20.0]",
        "arrivals = { poisson = 5.0 }\nservice = { constant = 1.0 }",
        "staff = [1, 0]",
    );
    let report = replicate(&model, &mut EngineSwitch::new(&model).unwrap(), 3).unwrap();
    assert!(report.left_waiting > 0);
    let left = f64::from(u32::try_from(report.left_waiting).unwrap());
    let missing = sum(&report, "arrived") - sum(&report, "gone") - left;
    assert!(missing.abs() < 0.5, "every call is somewhere");
    assert_eq!(
        replicate(&model, &mut BareSwitch::new(&model), 3).unwrap().left_waiting,
        report.left_waiting
    );
}

#[test]
fn callers_balk_and_call_again() {
    let model = single(
        "periods = [400.0]\nlines = 6",
        "arrivals = { poisson = 1.5 }\nservice = { mixture = { weights = [3.0, 1.0], \
         of = [{ exponential = { mean = 1.0 } }, { exponential = { mean = 6.0 } }] } }\n\
         balking = { probability = [0.0, 0.2, 0.5], stream = 7 }\n\
         retrial = { probability = 0.5, after = { exponential = { mean = 5.0 } }, stream = 8 }\n\
         busyness = { distribution = { gamma = { shape = 20.0, mean = 1.0 } }, stream = 9 }",
        "staff = 3",
    );
    let report = both(&model, 5);
    assert!(sum(&report, "abandoned") > 0.0 && sum(&report, "blocked") > 0.0);
    let mut without = model.clone();
    without.types[0].retrial = None;
    assert!(sum(&report, "arrived") > sum(&both(&without, 5), "arrived"));
}

#[test]
fn service_differs_by_type_and_group_and_integrals_by_period() {
    let text = shared("longest_wait", ["\"b\", \"a\"", "\"b\", \"c\""])
        .replace("service_factor = 1.25", "service_factor = { b = 2.0 }")
        .replace("[quantities]\n", "[quantities]\nfirst = { busy = { periods = [0] } }\n\
                  rest = { busy = { periods = [1, 2] } }\nall = { busy = { until = \"horizon\" } }\n\
                  staffed = { scheduled = { of = [\"x\"], periods = [1] } }\n");
    let model = SimulationModel::from_toml(&text).unwrap();
    let report = both(&model, 5);
    for day in 0..5 {
        let of = |name: &str| report.first_days[name][day];
        assert!((of("first") + of("rest") - of("all")).abs() < 1e-6);
        assert!(of("first") > 0.0);
        assert!((of("staffed") - 5.0 * 40.0).abs() < 1e-9);
    }
}

#[test]
fn a_longer_path_keeps_the_engine_small_and_exact() {
    let model = single(
        "periods = [30000.0]\nat_horizon = \"stop\"",
        "arrivals = { poisson = 1.0 }\nservice = { exponential = { rate = 2.0 } }",
        "staff = 1",
    );
    let mut model = model;
    model.quantities.remove("gone");
    assert!((figure(&both(&model, 1), "wait") - 0.5).abs() < 0.06);
}

/// Blocks of TOML in a text.
fn toml_blocks(text: &str) -> impl Iterator<Item = &str> {
    text.split("```toml\n").skip(1).filter_map(|rest| rest.split("```").next())
}

#[test]
fn the_models_that_are_shown_run_the_same_on_both_switches() {
    let shown = include_str!("../examples/models/small_center.toml");
    let model = SimulationModel::from_toml(shown).unwrap();
    let report = both(&model, 3);
    assert!(report.figures.iter().all(|figure| figure.value.is_some() || !figure.parts.is_empty()));
    let described = toml_blocks(include_str!("../examples/models/README.md"));
    let models: Vec<_> = described.map(|text| SimulationModel::from_toml(text).unwrap()).collect();
    assert_eq!(models.len(), 1);
    for model in &models {
        let _ = both(model, 2);
    }
}

#[test]
fn a_model_is_the_same_in_json() {
    let model = single(
        "periods = [10.0]",
        "arrivals = { poisson = [1.0, 2.0] }\nservice = { constant = 1.0 }",
        "staff = [1]",
    );
    let json = serde_json::to_string(&model).unwrap();
    assert_eq!(SimulationModel::from_json(&json).unwrap(), model);
}

#[test]
fn faults_are_told_in_one_line() {
    let sound = shared("longest_wait", ["\"b\", \"a\"", "\"b\", \"c\""]);
    for (from, to, told) in [
        ("periods = [40.0, 80.0, 120.0]", "periods = [40.0, 30.0]", "ascend"),
        ("periods = [40.0, 80.0, 120.0]", "periods = []", "at least one"),
        ("service_stream = 4", "service_stream = 0", "counted from 1"),
        ("mean = 6.0", "mean = -6.0", "above 0"),
        ("mean = 6.0", "maen = 6.0", "maen"),
        ("groups = [\"x\"]", "groups = [\"z\"]", "no group"),
        ("groups = [\"x\"]", "groups = [\"y\"]", "agree"),
        ("queue_size = [\"a\", \"b\"]", "queue_size = [\"d\"]", "no type"),
        ("mean = \"arrived\"", "mean = \"arived\"", "arived"),
        ("[0.9, 0.9, 1.2]", "[0.9, 0.9, 1.2, 0.0, 1.0]", "more values than periods"),
        ("[0.9, 0.9, 1.2]", "-1", "not below 0"),
        ("staff = [3, 5, 2]", "staff = \"many\"", "invalid type"),
        ("staff = [3, 5, 2]", "", "staff or shifts"),
        ("staff = [3, 5, 2]", "shifts = [{ agents = 1, from = 2.0, to = 1.0 }]", "before its end"),
        ("{ poisson = [0.9, 0.9, 1.2] }", "{ times = [1.0, 120.0] }", "before the horizon"),
        ("{ poisson = [0.9, 0.9, 1.2] }", "{ renewal = { constant = 0.0 } }", "at once"),
        (
            "{ poisson = [0.9, 0.9, 1.2] }",
            "{ renewal = { empirical = { values = [0.0] } } }",
            "at once",
        ),
        (
            "{ poisson = [0.9, 0.9, 1.2] }",
            "{ renewal = { exponential = { mean = 1e-12 } } }",
            "million",
        ),
        (
            "staff = [3, 5, 2]",
            "staff = 3\nring = { time = { constant = 1.0 }, stream = 1 }",
            "ring_limit",
        ),
    ] {
        assert!(sound.contains(from), "{from}");
        let error = SimulationModel::from_toml(&sound.replacen(from, to, 1)).unwrap_err();
        let error = error.to_string();
        assert!(error.contains(told) && !error.contains('\n'), "{to}: {error}");
    }
}
