//! Rules about the shape of this repository that no compiler checks: how long files and functions are,
//! which module may use which, which calls are banned, which words must not appear.
//!
//! Every check collects all its findings and fails once. The tables that people edit come first.

#[path = "tidy/source.rs"]
mod source;

use std::collections::BTreeSet;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use source::Source;

/// A source file warns above the first and fails above the second number of lines, tests aside.
const FILE_LINES: (usize, usize) = (400, 800);
/// Lines with code in one function.
const FUNCTION_LINES: usize = 70;

/// The modules of `src/` in layers, lowest first. A module may use every module of the layers below
/// its own; within its layer only what `SIDEWAYS` grants. A new module needs a place here.
const LAYERS: &[&[&str]] = &[
    &["time", "id"],
    &["model"],
    &["message"],
    &["state"],
    &["interaction", "agent", "queue", "routing", "flow"],
    &["engine", "kpi"],
    &["port", "driver", "memory", "sim", "shadow", "testkit"],
];

/// Who may use whom within one layer: `(module, what it may use)`. Must stay free of cycles.
const SIDEWAYS: &[(&str, &[&str])] = &[
    ("id", &["time"]),
    ("flow", &["interaction", "queue"]),
    ("interaction", &["agent", "queue"]),
    ("queue", &["agent", "routing"]),
    ("routing", &["agent"]),
    ("driver", &["port"]),
    ("memory", &["port"]),
    ("sim", &["port", "memory"]),
    ("testkit", &["port", "driver", "memory", "sim"]),
];

/// Modules that may use these and nothing else of the layers below.
const CONFINED: &[(&str, &[&str])] = &[("kpi", &["time", "id", "model", "message"])];

/// The only modules where `async` and its types may stand.
const ASYNC: &[&str] = &["port", "driver", "memory", "testkit"];

/// Modules whose types are journaled or hashed: no floating point.
const NO_FLOATS: &[&str] = &["message", "state"];

/// Code that must not stand in `src/`: `(text, modules where it may, reason)`.
const BANNED: &[(&str, &[&str], &str)] = &[
    ("SystemTime::now", &["driver"], "the core has no clock"),
    ("Instant::now", &["driver"], "the core has no clock"),
    ("Utc::now", &["driver"], "the core has no clock"),
    ("Local::now", &[], "the core has no clock and no local time zone"),
    ("Uuid::new_v4", &[], "ids derive from (shard, epoch, seq, index)"),
    ("Uuid::now_v7", &[], "ids derive from (shard, epoch, seq, index)"),
    ("thread::spawn", &[], "the host owns the threads"),
    ("thread::sleep", &[], "the engine states its next deadline, it never waits"),
    ("RandomState", &[], "hashes are the same on every run"),
    ("thread_rng", &[], "random streams are seeded by the caller"),
    ("std::fs", &["testkit"], "input and output belong to adapters"),
    ("std::net", &["testkit"], "input and output belong to adapters"),
    ("std::process", &["testkit"], "input and output belong to adapters"),
    ("std::env", &["testkit"], "configuration comes in as a `Center`"),
    ("static mut", &[], "no global state"),
    ("thread_local!", &[], "no global state"),
    ("println!", &[], "a library does not print"),
    ("print!", &[], "a library does not print"),
    ("eprintln!", &[], "a library does not print"),
    ("eprint!", &[], "a library does not print"),
    ("dbg!", &[], "left over from debugging"),
    ("todo!", &[], "unfinished code"),
    ("unimplemented!", &[], "unfinished code"),
];

/// Text that no tracked file may hold: `(text, reason)`. Spelled in two halves, so that this file passes.
const WORDS: &[(&str, &str)] = &[
    (concat!("/wo", "rk/"), "a path of one machine"),
    (concat!("/ro", "ot/"), "a path of one machine"),
    (concat!("/ho", "me/"), "a path of one machine"),
    (concat!("/Us", "ers/"), "a path of one machine"),
    (concat!("crates", ".io"), "a registry host"),
    (concat!("//docs", ".rs"), "a registry host"),
    (concat!("npmjs", ".org"), "a registry host"),
    (concat!("pypi", ".org"), "a registry host"),
    (concat!("files.python", "hosted"), "a registry host"),
    (concat!("proxy.go", "lang"), "a registry host"),
    (concat!("maven", ".org"), "a registry host"),
];

/// The one line of a `Cargo.lock` that names the standard registry.
const LOCK_LINE: &str = concat!("registry+https://github.com/rust-lang/crates", ".io-index");

// ---------------------------------------------------------------------------------------------
// The checks of the repository
// ---------------------------------------------------------------------------------------------

#[test]
fn files_are_short() {
    let mut faults = Vec::new();
    for source in sources() {
        match long_file(&source) {
            Some((fault, true)) => faults.push(fault),
            // Straight to the stream: the test runner would swallow a print of a passing test.
            Some((warning, false)) => {
                let line = format!("\nwarning: {warning}\n");
                let _ = std::io::stderr().write_all(line.as_bytes());
            }
            None => {}
        }
    }
    report("files too long", &faults);
}

#[test]
fn functions_are_short() {
    report("functions too long", &sources().iter().flat_map(long_functions).collect::<Vec<_>>());
}

#[test]
fn modules_use_only_what_is_below() {
    let faults: Vec<String> = root_sources().iter().flat_map(direction_faults).collect();
    report("dependencies against the direction (tables LAYERS, SIDEWAYS, CONFINED)", &faults);
}

#[test]
fn the_tables_agree_with_each_other() {
    report("tables of tests/tidy.rs", &table_faults(LAYERS, SIDEWAYS, CONFINED));
}

#[test]
fn async_stays_at_the_edge() {
    report("async in the core", &root_sources().iter().flat_map(async_faults).collect::<Vec<_>>());
}

#[test]
fn banned_code_is_absent() {
    report("banned code", &root_sources().iter().flat_map(banned_faults).collect::<Vec<_>>());
}

#[test]
fn every_module_explains_itself() {
    report("modules without `//!`", &sources().iter().filter_map(undocumented).collect::<Vec<_>>());
}

#[test]
fn words_that_belong_to_no_repository() {
    let mut faults = Vec::new();
    for path in tracked_files() {
        if let Ok(bytes) = std::fs::read(root().join(&path)) {
            faults.extend(word_faults(&path, &String::from_utf8_lossy(&bytes)));
        }
    }
    report("words that must not be published", &faults);
}

// ---------------------------------------------------------------------------------------------
// The rules, each a function of one file
// ---------------------------------------------------------------------------------------------

/// The finding, and whether it is fatal.
fn long_file(source: &Source) -> Option<(String, bool)> {
    let lines = source.text.lines().count() - source.test_lines;
    let (warn, fail) = FILE_LINES;
    let limit = if lines > fail { fail } else { warn };
    let text = format!("{}: {lines} lines, more than {limit} (tests aside)", source.path);
    (lines > warn && !source.is_test_file()).then_some((text, lines > fail))
}

fn long_functions(source: &Source) -> Vec<String> {
    let long = source.functions().into_iter().filter(|found| found.length > FUNCTION_LINES);
    let tell = |found: source::Function| {
        let source::Function { name, line, length } = found;
        format!("{}:{line}: `{name}` has {length} lines, more than {FUNCTION_LINES}", source.path)
    };
    if source.is_test_file() { Vec::new() } else { long.map(tell).collect() }
}

fn undocumented(source: &Source) -> Option<String> {
    // The crate's own documentation is the README.
    let text = source.text.trim_start();
    let documented = text.starts_with("//!") || text.starts_with("#![doc = include_str!");
    (!documented && !source.is_test_file()).then(|| format!("{}:1: no `//!`", source.path))
}

/// The top module of a file; `None` for the facade and for tests, which may use everything.
fn top_module(source: &Source) -> Option<String> {
    if source.is_test_file() { None } else { source.module().into_iter().next() }
}

fn direction_faults(source: &Source) -> Vec<String> {
    let Some(user) = top_module(source) else { return Vec::new() };
    let Some(layer) = layer_of(&user) else {
        return vec![format!("{}: module `{user}` stands in no layer", source.path)];
    };
    let mut faults = BTreeSet::new();
    for path in source.crate_paths() {
        let Some(used) = path.segments.first() else { continue };
        let tell = |what: &str| format!("{}:{}: {what}", source.path, path.line);
        if *used == user || (path.is_macro && path.segments.len() == 1) {
            continue;
        }
        let Some(other) = layer_of(used) else {
            faults.insert(tell(&format!("`crate::{used}`: name the module that it lives in")));
            continue;
        };
        let sideways = row(SIDEWAYS, &user).is_some_and(|may| may.contains(&used.as_str()));
        let confined = row(CONFINED, &user).is_some_and(|may| !may.contains(&used.as_str()));
        if confined || other > layer || (other == layer && !sideways) {
            faults.insert(tell(&format!("`{user}` must not use `{used}`")));
        }
    }
    faults.into_iter().collect()
}

fn async_faults(source: &Source) -> Vec<String> {
    let Some(module) = top_module(source) else { return Vec::new() };
    if ASYNC.contains(&module.as_str()) {
        return Vec::new();
    }
    let words = ["async", "await", "async_trait", "futures", "Future"];
    let lines = |word: &&str| {
        source.find(word).into_iter().map({
            let word = (*word).to_owned();
            move |line| (line, word.clone())
        })
    };
    let tell = |(line, word)| format!("{}:{line}: `{word}`", source.path);
    words.iter().flat_map(lines).map(tell).collect()
}

fn banned_faults(source: &Source) -> Vec<String> {
    if source.is_test_file() {
        return Vec::new();
    }
    let module = source.module().into_iter().next().unwrap_or_default();
    let mut faults = Vec::new();
    for (text, modules, reason) in BANNED {
        if !modules.contains(&module.as_str()) {
            let tell = |line| format!("{}:{line}: `{text}`: {reason}", source.path);
            faults.extend(source.find(text).into_iter().map(tell));
        }
    }
    for (line, name) in source.default_hashers() {
        faults.push(format!("{}:{line}: `{name}` without a named hasher", source.path));
    }
    if NO_FLOATS.contains(&module.as_str()) {
        for float in ["f32", "f64"] {
            let tell = |line| format!("{}:{line}: `{float}`: never stored", source.path);
            faults.extend(source.find(float).into_iter().map(tell));
        }
    }
    faults
}

fn word_faults(path: &str, text: &str) -> Vec<String> {
    let mut faults = Vec::new();
    let is_lock = Path::new(path).file_name().is_some_and(|name| name == "Cargo.lock");
    for (index, line) in text.lines().enumerate() {
        let line = if is_lock { line.replace(LOCK_LINE, "") } else { line.to_owned() };
        for (word, reason) in WORDS {
            let begins = |(at, _): (usize, &str)| {
                !word.starts_with('/') || !line[..at].ends_with(|c: char| c.is_alphanumeric())
            };
            if line.match_indices(word).any(begins) {
                faults.push(format!("{path}:{}: `{word}`: {reason}", index + 1));
            }
        }
    }
    faults
}

/// Modules named twice or unknown, and cycles within a layer.
fn table_faults(
    layers: &[&[&str]],
    sideways: &[(&str, &[&str])],
    confined: &[(&str, &[&str])],
) -> Vec<String> {
    let mut faults = Vec::new();
    let mut known = BTreeSet::new();
    for module in layers.iter().copied().flatten() {
        if !known.insert(*module) {
            faults.push(format!("`{module}` stands in two layers"));
        }
    }
    for (user, may) in sideways.iter().chain(confined) {
        for name in may.iter().chain([user]) {
            if !known.contains(name) {
                faults.push(format!("`{name}` is granted, but stands in no layer"));
            }
        }
    }
    // Whoever can be reached from itself is part of a cycle.
    for (start, _) in sideways {
        let mut reached: BTreeSet<&str> = BTreeSet::new();
        let mut open = vec![*start];
        while let Some(module) = open.pop() {
            let next = row(sideways, module).unwrap_or_default();
            open.extend(next.iter().filter(|name| reached.insert(name)));
        }
        if reached.contains(start) {
            faults.push(format!("`{start}` reaches itself through SIDEWAYS"));
        }
    }
    faults
}

fn layer_of(module: &str) -> Option<usize> {
    LAYERS.iter().position(|layer| layer.contains(&module))
}

fn row<'a>(table: &[(&str, &'a [&'a str])], module: &str) -> Option<&'a [&'a str]> {
    table.iter().find(|(name, _)| *name == module).map(|(_, list)| *list)
}

// ---------------------------------------------------------------------------------------------
// Files
// ---------------------------------------------------------------------------------------------

fn root() -> PathBuf {
    // As cargo says at run time: two checkouts may share a target directory and thus this binary.
    std::env::var_os("CARGO_MANIFEST_DIR")
        .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from)
}

/// The sources of the root crate.
fn root_sources() -> Vec<Source> {
    read_sources(Path::new("src"))
}

/// The sources of all crates of the workspace.
fn sources() -> Vec<Source> {
    let mut all = root_sources();
    for name in entries(Path::new("crates")) {
        all.extend(read_sources(&name.join("src")));
    }
    all
}

fn read_sources(folder: &Path) -> Vec<Source> {
    let mut found = Vec::new();
    for path in entries(folder) {
        if root().join(&path).is_dir() {
            found.extend(read_sources(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = std::fs::read_to_string(root().join(&path)).unwrap_or_default();
            found.push(Source::new(&slashes(&path), &text));
        }
    }
    found
}

/// What stands in a folder of the repository, sorted; nothing if there is no such folder.
fn entries(folder: &Path) -> BTreeSet<PathBuf> {
    let listing = std::fs::read_dir(root().join(folder)).into_iter().flatten().flatten();
    listing.map(|entry| folder.join(entry.file_name())).collect()
}

fn slashes(path: &Path) -> String {
    path.to_string_lossy().replace('\\', "/")
}

/// The files under version control; without git (an unpacked archive) all that a build does not make.
fn tracked_files() -> Vec<String> {
    let listing = Command::new("git").args(["ls-files", "-z"]).current_dir(root()).output();
    match listing {
        Ok(output) if output.status.success() && !output.stdout.is_empty() => {
            let names = String::from_utf8_lossy(&output.stdout).into_owned();
            names.split('\0').filter(|name| !name.is_empty()).map(str::to_owned).collect()
        }
        _ => walk(Path::new("")),
    }
}

fn walk(folder: &Path) -> Vec<String> {
    let mut found = Vec::new();
    for path in entries(folder) {
        let skipped = path.ends_with("target") || path.ends_with(".git");
        if root().join(&path).is_dir() && !skipped {
            found.extend(walk(&path));
        } else if !skipped {
            found.push(slashes(&path));
        }
    }
    found
}

#[track_caller]
fn report(what: &str, faults: &[String]) {
    assert!(faults.is_empty(), "{what}: {}\n  {}\n", faults.len(), faults.join("\n  "));
}

// ---------------------------------------------------------------------------------------------
// Planted violations: a check that cannot fail checks nothing
// ---------------------------------------------------------------------------------------------

#[test]
fn planted_comments_and_literals_are_no_code() {
    let text = r##"
        // Instant::now() in a comment
        /* dbg!(1) /* nested */ todo!() */
        const A: &str = "println!(\"Instant::now()\")";
        const B: &str = r#"dbg!("x")"#;
        const C: [char; 3] = ['"', '\'', 'x'];
        fn keep<'a>(x: &'a str) -> &'a str { x }
        fn last() { dbg!(keep("")); }
    "##;
    let found = banned_faults(&Source::new("src/queue/mod.rs", text));
    assert_eq!(found, ["src/queue/mod.rs:8: `dbg!`: left over from debugging"]);
}

#[test]
fn planted_banned_calls_are_found() {
    let faults = |path: &str, text: &str| banned_faults(&Source::new(path, text)).len();
    for (text, _, _) in BANNED {
        assert_eq!(faults("src/engine/mod.rs", &format!("fn f() {{ {text}(); }}")), 1, "{text}");
    }
    assert_eq!(faults("src/driver/mod.rs", "fn f() { Instant::now(); }"), 0, "allowed there");
    assert_eq!(faults("src/queue/tests.rs", "fn f() { dbg!(1); }"), 0, "a test file");
    assert_eq!(faults("src/queue.rs", "#[cfg(test)]\nmod tests { fn f() { dbg!(1); } }"), 0);
    assert_eq!(faults("src/queue.rs", "#[cfg(test)]\nuse a::b;\nfn f() { dbg!(1); }"), 1);
    assert_eq!(faults("src/message/event.rs", "struct Share(f64);"), 1, "stored");
    assert_eq!(faults("src/queue/mod.rs", "fn share() -> f64 { 0.5 }"), 0, "not stored");
}

#[test]
fn planted_default_hashers_are_found() {
    let faults = |text: &str| Source::new("src/state/mod.rs", text).default_hashers().len();
    assert_eq!(faults("type A = HashMap<u32, Vec<(u8, u8)>>;"), 1);
    assert_eq!(faults("type A = HashSet<[u8; 4]>;"), 1);
    assert_eq!(faults("fn f() { let a = HashMap::new(); HashMap::<u8, u8>::new() }"), 2);
    assert_eq!(faults("use std::collections::HashMap; type A = HashMap<u32, (u8, u8), Fixed>;"), 0);
    assert_eq!(faults("type A<K, V> = HashMap<K, fn(K) -> V, BuildHasherDefault<Fixed>,>;"), 0);
    assert_eq!(faults("fn f() { HashSet::with_capacity_and_hasher(8, Fixed) }"), 0);
}

#[test]
fn planted_directions_are_found() {
    let faults = |path: &str, text: &str| direction_faults(&Source::new(path, text));
    assert_eq!(
        faults("src/message/event.rs", "use crate::id::AgentId;\nuse crate::engine::Engine;"),
        ["src/message/event.rs:2: `message` must not use `engine`"]
    );
    // Downwards, own module, macro, documentation.
    let fine = "//! [`crate::engine`]\nuse crate::{id::AgentId, model::{self, Center}};\n\
                use super::apply; fn f() { crate::define_id!(A); crate::state::touch(); self::g() }";
    assert_eq!(faults("src/agent/decide.rs", fine), [""; 0]);
    // Groups, nested groups and renames.
    assert_eq!(faults("src/id.rs", "use crate::{time::{A, B}, model as m, engine};").len(), 2);
    // `super` chains, also from within an inline module and from a group.
    assert_eq!(faults("src/state/hash.rs", "use super::super::engine::Engine;").len(), 1);
    assert_eq!(faults("src/state/mod.rs", "use super::engine::Engine;").len(), 1);
    assert_eq!(faults("src/state/mod.rs", "mod a { use super::engine; }").len(), 0);
    assert_eq!(faults("src/state/mod.rs", "mod a { use super::super::engine; }").len(), 1);
    assert_eq!(faults("src/state/hash.rs", "use super::{x, super::{kpi, id}};").len(), 1);
    assert_eq!(faults("src/state/mod.rs", "mod a { fn f() {} } use super::engine;").len(), 1);
    // Visibility and expression paths.
    assert_eq!(faults("src/model/mod.rs", "pub(in crate::model) fn f() {}").len(), 0);
    assert_eq!(faults("src/model/mod.rs", "fn f() -> crate::queue::Q { todo() }").len(), 1);
    // Sideways only where granted; the confined module; the facade; an unknown module.
    assert_eq!(faults("src/queue/mod.rs", "use crate::routing::find;").len(), 0);
    assert_eq!(faults("src/routing/mod.rs", "use crate::queue::Waiting;").len(), 1);
    assert_eq!(faults("src/kpi/mod.rs", "use crate::message::Event;").len(), 0);
    assert_eq!(faults("src/kpi/mod.rs", "use crate::state::State;").len(), 1);
    assert_eq!(faults("src/engine/mod.rs", "use crate::kpi::Cube;").len(), 1);
    assert_eq!(faults("src/queue/mod.rs", "use crate::QueueId;").len(), 1);
    assert_eq!(faults("src/shelf.rs", "").len(), 1);
    // The facade and tests use what they like.
    assert_eq!(faults("src/lib.rs", "pub use crate::engine::Engine;").len(), 0);
    assert_eq!(faults("src/id.rs", "#[cfg(test)]\nmod tests { use crate::engine::E; }").len(), 0);
}

#[test]
fn planted_table_mistakes_are_found() {
    let layers: &[&[&str]] = &[&["a"], &["b", "c", "a"]];
    assert_eq!(table_faults(layers, &[], &[]).len(), 1, "twice");
    let layers: &[&[&str]] = &[&["a"], &["b", "c"]];
    assert_eq!(table_faults(layers, &[("b", &["x"])], &[]).len(), 1, "unknown");
    assert_eq!(table_faults(layers, &[("b", &["c"]), ("c", &["b"])], &[]).len(), 2, "cycle");
    assert_eq!(table_faults(layers, &[("b", &["c"])], &[("c", &["a"])]).len(), 0);
}

#[test]
fn planted_async_is_found() {
    let faults = |path: &str, text: &str| async_faults(&Source::new(path, text)).len();
    assert_eq!(faults("src/engine/mod.rs", "async fn f() { g().await }"), 2);
    assert_eq!(faults("src/sim/mod.rs", "use futures::executor::block_on;"), 1);
    assert_eq!(faults("src/driver/mod.rs", "async fn f() { g().await }"), 0);
    assert_eq!(faults("src/engine/mod.rs", "/// async\nfn asynchronous() {}"), 0);
}

#[test]
fn planted_long_functions_are_found() {
    let body = "    work();\n".repeat(FUNCTION_LINES - 2);
    let faults = |text: &str| long_functions(&Source::new("src/queue/mod.rs", text));
    assert_eq!(faults(&format!("fn fits() {{\n{body}}}")), [""; 0]);
    assert_eq!(faults(&format!("fn fits() {{\n    // why\n\n{body}}}")), [""; 0]);
    assert_eq!(
        faults(&format!("\nfn long(\n) -> [u8; 4] {{\n{body}}}")),
        ["src/queue/mod.rs:2: `long` has 71 lines, more than 70"]
    );
    assert_eq!(
        faults(&format!("trait T {{ fn f(); }}\nfn g() {{\nlet a = \"\n{body}\"; }}")).len(),
        1
    );
    assert_eq!(faults(&format!("#[test]\nfn long() {{\n\n1;\n{body}}}")), [""; 0]);
}

#[test]
fn planted_long_files_are_found() {
    let (warn, fail) = FILE_LINES;
    let fatal = |text: &str| long_file(&Source::new("src/a.rs", text)).map(|(_, fatal)| fatal);
    assert_eq!(fatal(&"// line\n".repeat(warn)), None);
    assert_eq!(fatal(&"// line\n".repeat(warn + 1)), Some(false));
    assert_eq!(fatal(&"// line\n".repeat(fail + 1)), Some(true));
    let tests = format!("#[cfg(test)]\nmod tests {{\n{}}}\n", "    f();\n".repeat(fail));
    assert_eq!(fatal(&format!("fn f() {{}}\n{tests}")), None);
}

#[test]
fn planted_words_are_found() {
    let path = concat!("see /wo", "rk/notes");
    let host = concat!("https://static.crates", ".io/x");
    assert_eq!(word_faults("a.md", path).len(), 1);
    assert_eq!(word_faults("a.md", concat!("paid/wo", "rk/rest")).len(), 0);
    assert_eq!(word_faults("a.md", host).len(), 1);
    assert_eq!(word_faults("fuzz/Cargo.lock", LOCK_LINE).len(), 0);
    assert_eq!(word_faults("Cargo.lock", host).len(), 1);
    assert_eq!(word_faults("Cargo.toml", LOCK_LINE).len(), 1);
}

#[test]
fn planted_missing_docs_are_found() {
    let fault = |path: &str, text: &str| undocumented(&Source::new(path, text)).is_some();
    assert!(fault("src/a.rs", "// not a doc\nuse std::fmt;"));
    assert!(!fault("src/a.rs", "\n//! A.\n"));
    assert!(!fault("src/a/tests.rs", "use super::*;"));
}
