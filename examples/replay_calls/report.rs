//! The report: the three columns side by side, what the data is worth, and what was assumed.

use std::fmt::{Result, Write};

use serde_json::{Map, Value, json};

use super::figures::{COUNTS, Figures, Formula, RATIOS, Report, SERVICE_LEVELS};
use super::interval;
use super::log::DataQuality;

/// Bad rows that the text report shows; JSON has them all.
const SHOWN: usize = 20;

/// Everything a report tells.
#[derive(Debug)]
pub(crate) struct Findings<'a> {
    /// Name of the log's format.
    pub format: &'static str,
    /// The file.
    pub path: &'a str,
    /// What the figures rest on beyond the log.
    pub assumptions: Vec<String>,
    /// What was wrong or odd in the log.
    pub quality: &'a DataQuality,
    /// As the log tells it.
    pub recorded: Report,
    /// By the log's own rules.
    pub control: Report,
    /// By switchboard's rules.
    pub engine: Report,
}

impl Findings<'_> {
    fn columns(&self) -> [(&'static str, &Report); 3] {
        [("recorded", &self.recorded), ("control", &self.control), ("engine", &self.engine)]
    }

    /// Which columns are compared: how near the control is, and what the rules change.
    fn comparisons(&self) -> [(&'static str, &Report, &Report); 2] {
        [
            ("control - recorded", &self.recorded, &self.control),
            ("engine - control", &self.control, &self.engine),
        ]
    }

    /// As one object.
    pub(crate) fn to_json(&self) -> Value {
        let mut object = Map::new();
        object.insert("format".to_owned(), json!(self.format));
        object.insert("path".to_owned(), json!(self.path));
        object.insert("assumptions".to_owned(), json!(self.assumptions));
        object.insert("quality".to_owned(), quality_json(self.quality));
        for (name, report) in self.columns() {
            object.insert(name.to_owned(), report.to_json());
        }
        let mut differences = Map::new();
        for (name, before, after) in self.comparisons() {
            let mut of_all = differences_json(&before.all, &after.all);
            let queues: Map<String, Value> = before
                .queues
                .iter()
                .zip(after.queues.values())
                .map(|((queue, before), after)| {
                    (queue.clone(), Value::Object(differences_json(before, after)))
                })
                .collect();
            of_all.insert("queues".to_owned(), Value::Object(queues));
            differences.insert(name.replace(" - ", "_minus_"), Value::Object(of_all));
        }
        object.insert("differences".to_owned(), Value::Object(differences));
        Value::Object(object)
    }

    /// As text for a terminal.
    pub(crate) fn to_text(&self) -> String {
        let mut out = String::new();
        // Writing to a string cannot fail.
        let _ = self.write(&mut out);
        out
    }

    fn write(&self, out: &mut String) -> Result {
        write_quality(out, self.quality)?;
        writeln!(out, "\nassumptions:")?;
        for assumption in &self.assumptions {
            writeln!(out, "  - {assumption}")?;
        }
        let columns = self.columns();
        write_head(out, "all queues")?;
        write_figures(out, columns.map(|(_, report)| &report.all))?;
        let occupancy = columns
            .map(|(_, report)| cell(report.occupancy.ratio().value(), report.occupancy.interval()));
        write_row(out, "occupancy", &occupancy)?;
        for queue in self.recorded.queues.keys() {
            let figures = columns.map(|(_, report)| report.queues.get(queue));
            if let [Some(recorded), Some(control), Some(engine)] = figures {
                write_head(out, &format!("queue {queue}"))?;
                write_figures(out, [recorded, control, engine])?;
            }
        }
        writeln!(out, "\ndifferences (paired by batch), all queues")?;
        let names = self.comparisons().map(|(name, _, _)| name.to_owned());
        write_row(out, "", &names)?;
        for (key, formula) in RATIOS.into_iter().chain(SERVICE_LEVELS) {
            let cells = self.comparisons().map(|(_, before, after)| {
                let found = difference(&before.all, &after.all, formula);
                found.map_or_else(|| cell(None, None), |(gain, about)| cell(Some(gain), about))
            });
            write_row(out, key, &cells)?;
        }
        for (name, before, after) in self.comparisons() {
            let keys = without_zero(&before.all, &after.all);
            let keys = if keys.is_empty() { "none".to_owned() } else { keys.join(", ") };
            writeln!(out, "  interval of {name} without zero: {keys}")?;
        }
        Ok(())
    }
}

/// The figures whose difference has an interval without zero.
fn without_zero(before: &Figures, after: &Figures) -> Vec<&'static str> {
    let all = RATIOS.into_iter().chain(SERVICE_LEVELS);
    let beyond = all.filter(|(_, formula)| {
        let about = difference(before, after, *formula).and_then(|(_, about)| about);
        about.is_some_and(|(low, high)| low > 0.0 || high < 0.0)
    });
    beyond.map(|(key, _)| key).collect()
}

/// A difference and its interval.
type Difference = (f64, Option<(f64, f64)>);

fn difference(before: &Figures, after: &Figures, formula: Formula) -> Option<Difference> {
    let (was, is) = (formula(&before.total).value()?, formula(&after.total).value()?);
    let (before, after) = (before.ratios(formula), after.ratios(formula));
    // Too few calls for batches: a difference without an interval.
    interval::difference(&before, &after).or(Some((is - was, None)))
}

fn differences_json(before: &Figures, after: &Figures) -> Map<String, Value> {
    let one = |formula| {
        let found = difference(before, after, formula);
        json!(found.map(|(gain, about)| json!({ "difference": gain, "interval": about })))
    };
    let mut object: Map<String, Value> =
        RATIOS.into_iter().map(|(key, formula)| (key.to_owned(), one(formula))).collect();
    let levels: Map<String, Value> =
        SERVICE_LEVELS.into_iter().map(|(key, formula)| (key.to_owned(), one(formula))).collect();
    object.insert("service_level".to_owned(), Value::Object(levels));
    object
}

fn quality_json(quality: &DataQuality) -> Value {
    let faults: Vec<Value> = quality
        .faults
        .iter()
        .map(|fault| json!({ "line": fault.line, "reason": fault.reason }))
        .collect();
    let oddities: Map<String, Value> = quality
        .oddities
        .iter()
        .map(|(kind, rows)| {
            let told = json!({ "count": rows.count, "meaning": rows.meaning, "lines": rows.lines });
            ((*kind).to_owned(), told)
        })
        .collect();
    json!({
        "rows": quality.rows,
        "blank_lines": quality.blank,
        "malformed": quality.malformed,
        "malformed_lines": faults,
        "kinds": quality.kinds,
        "oddities": oddities,
    })
}

fn write_quality(out: &mut String, quality: &DataQuality) -> Result {
    writeln!(out, "data: {} rows, {} blank lines", quality.rows, quality.blank)?;
    for (kind, count) in &quality.kinds {
        writeln!(out, "  {count:>8} {kind}")?;
    }
    writeln!(out, "  {:>8} malformed and skipped", quality.malformed)?;
    for fault in quality.faults.iter().take(SHOWN) {
        writeln!(out, "           line {}: {}", fault.line, fault.reason)?;
    }
    for (kind, rows) in &quality.oddities {
        let lines: Vec<String> = rows.lines.iter().take(5).map(u64::to_string).collect();
        let more = if rows.count > 5 { ", ..." } else { "" };
        writeln!(out, "  {:>8} {kind}: {}", rows.count, rows.meaning)?;
        writeln!(out, "           lines {}{more}", lines.join(", "))?;
    }
    Ok(())
}

fn write_head(out: &mut String, what: &str) -> Result {
    writeln!(out, "\n{what}")?;
    write_row(out, "", &["recorded", "control", "engine"].map(str::to_owned))
}

fn write_figures(out: &mut String, columns: [&Figures; 3]) -> Result {
    for (key, count) in COUNTS {
        write_row(out, key, &columns.map(|figures| count(&figures.total).to_string()))?;
    }
    for (key, formula) in RATIOS.into_iter().chain(SERVICE_LEVELS) {
        let cells =
            columns.map(|figures| cell(formula(&figures.total).value(), figures.interval(formula)));
        write_row(out, key, &cells)?;
    }
    Ok(())
}

/// A value and its interval, the value under those above and below.
fn cell(value: Option<f64>, interval: Option<(f64, f64)>) -> String {
    let value = value.map_or_else(|| "-".to_owned(), |value| format!("{value:.4}"));
    interval.map_or_else(|| value.clone(), |(low, high)| format!("{value} [{low:.4}, {high:.4}]"))
}

fn write_row(out: &mut String, key: &str, cells: &[String]) -> Result {
    let mut line = format!("  {key:<16}");
    for text in cells {
        let (value, rest) = text.split_once(" [").unwrap_or((text, ""));
        let rest = if rest.is_empty() { String::new() } else { format!("[{rest}") };
        write!(line, "  {value:>8} {rest:<20}")?;
    }
    writeln!(out, "{}", line.trim_end())
}
