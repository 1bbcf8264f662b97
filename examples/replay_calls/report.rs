//! The report: the three columns side by side, what their differences are worth, what the data is worth,
//! and what was assumed.

use std::fmt::{Result, Write};

use serde_json::{Map, Value, json};

use super::differences::{self, Comparison, Difference, comparisons};
use super::figures::{COUNTS, Figures, RATIOS, Report, SERVICE_LEVELS};
use super::log::{DataQuality, Fault};

/// Bad rows that the text report shows with their reasons.
const SHOWN: usize = 20;
/// Odd rows of a kind that it shows; JSON has them all.
const SHOWN_ODD: usize = 5;

/// Everything a report tells.
#[derive(Debug)]
pub(crate) struct Findings<'a> {
    /// Name of the log's format.
    pub format: &'static str,
    /// The file.
    pub path: String,
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
        let columns = self.columns().map(|(_, report)| report);
        object.insert("differences".to_owned(), differences::to_json(&comparisons(columns)));
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
        let columns = self.columns().map(|(_, report)| report);
        let comparisons = comparisons(columns);
        writeln!(out, "\nqueues that the modelled rule does not describe:")?;
        let off: Vec<_> = comparisons.iter().filter_map(off_the_rule).collect();
        let off = if off.is_empty() { vec!["none".to_owned()] } else { off };
        for queue in off {
            writeln!(out, "  - {queue}")?;
        }
        for comparison in &comparisons {
            self.write_part(out, comparison)?;
        }
        Ok(())
    }

    /// The columns of a queue, or of all, and their differences.
    fn write_part(&self, out: &mut String, comparison: &Comparison) -> Result {
        let columns = self.columns().map(|(_, report)| report);
        match &comparison.queue {
            None => {
                write_head(out, "all queues")?;
                write_figures(out, columns.map(|report| &report.all))?;
                let occupancy = columns.map(|report| &report.occupancy);
                let cells = occupancy.map(|of| cell(of.ratio().value(), of.interval()));
                write_row(out, "occupancy", &cells)?;
                if columns.iter().any(|report| report.speed.is_some()) {
                    let cells = columns.map(|report| {
                        report.speed.map_or_else(|| "-".to_owned(), |speed| format!("{speed:.0}"))
                    });
                    write_row(out, "interactions/s", &cells)?;
                }
            }
            Some(queue) => {
                let figures = columns.map(|report| report.queues.get(queue));
                let [Some(recorded), Some(control), Some(engine)] = figures else { return Ok(()) };
                write_head(out, &format!("queue {queue}"))?;
                write_figures(out, [recorded, control, engine])?;
            }
        }
        let heads = ["control - recorded", "engine - control", "claimed"].map(str::to_owned);
        write_row(out, "differences", &heads)?;
        for figure in comparison.figures() {
            let told = |found: Option<Difference>| {
                cell(found.map(|found| found.gain), found.and_then(|found| found.about))
            };
            let claimed =
                figure.verdict.why().map_or_else(|| "yes".to_owned(), |why| format!("no: {why}"));
            let cells = [told(figure.control), told(figure.engine), claimed];
            write_row(out, figure.key, &cells)?;
        }
        Ok(())
    }
}

/// A queue that was not served by the modelled rule, and the figures that tell.
fn off_the_rule(comparison: &Comparison) -> Option<String> {
    let keys = comparison.off_the_rule();
    let queue = comparison.queue.as_ref().filter(|_| !keys.is_empty())?;
    Some(format!("{queue}: the control is not near the record in {}", keys.join(" and ")))
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
            let told =
                json!({ "count": rows.lines.len(), "meaning": rows.meaning, "lines": rows.lines });
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
    let (shown, more) = quality.faults.split_at(SHOWN.min(quality.faults.len()));
    for Fault { line, reason } in shown {
        writeln!(out, "           line {line}: {}", reason.as_deref().unwrap_or("not kept"))?;
    }
    if !more.is_empty() {
        let lines: Vec<u64> = more.iter().map(|fault| fault.line).collect();
        writeln!(out, "           and {} more: lines {}", more.len(), ranges(&lines))?;
    }
    for (kind, rows) in &quality.oddities {
        let (shown, more) = rows.lines.split_at(SHOWN_ODD.min(rows.lines.len()));
        let more =
            if more.is_empty() { String::new() } else { format!(" and {} more", more.len()) };
        writeln!(out, "  {:>8} {kind}: {}", rows.lines.len(), rows.meaning)?;
        writeln!(out, "           lines {}{more}", ranges(shown))?;
    }
    Ok(())
}

/// Rising numbers, those that follow on each other as a range.
fn ranges(lines: &[u64]) -> String {
    let runs = lines.chunk_by(|one, next| one + 1 == *next).filter_map(|run| match run {
        [] => None,
        [line] => Some(line.to_string()),
        [first, .., last] => Some(format!("{first}-{last}")),
    });
    runs.collect::<Vec<_>>().join(", ")
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
