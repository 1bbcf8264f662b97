//! The comparison as a text for people: one table for each figure.

use switchboard::sim::{ComparedFigure, Comparison, Difference};

/// The whole report.
pub(crate) fn of(comparison: &Comparison) -> String {
    let Comparison { model, days, calls, baseline, .. } = comparison;
    let mut text = format!("{model}: {days} days, {calls} calls, the same under every policy\n");
    if !comparison.same_call_by_call {
        text += "the days and their arrivals are the same; ringing, work after calls, balking and calling again are not\n";
    }
    for figure in &comparison.figures {
        text += &table(figure, baseline);
    }
    text += "\n* the interval leaves out 0. Each stands for itself: of twenty differences that are none, one gets a star.\n";
    if let Some(narrower) = comparison.narrower {
        text.extend([format!(
            "narrower: how many times wider the interval would be on independent days; {narrower:.1} in the median\n"
        )]);
    }
    text
}

fn table(figure: &ComparedFigure, baseline: &str) -> String {
    let unit = Unit::of(figure);
    let queue = figure.queue.as_deref().unwrap_or("all");
    let name = figure.name.replace('_', " ");
    let mut text = format!("\n{name}, {queue} ({})\n", unit.name());
    text.extend([format!(
        "  {baseline:<26}{:>9}  {:>9}  {:>20}\n",
        unit.number(figure.baseline, false),
        "",
        unit.interval(figure.interval, false)
    )]);
    for difference in &figure.differences {
        text += &line(difference, unit);
    }
    text
}

fn line(difference: &Difference, unit: Unit) -> String {
    let Difference { policy, value, difference, interval, clear, narrower, .. } = difference;
    if *interval == Some([0.0, 0.0]) {
        return format!("  {policy:<26}{:>9}  the same on every day\n", unit.number(*value, false));
    }
    let narrower = narrower.map_or_else(String::new, |times| format!("narrower {times:.1}"));
    let line = format!(
        "  {policy:<26}{:>9}  {:>9}  {:>20} {} {narrower}",
        unit.number(*value, false),
        unit.number(*difference, true),
        unit.interval(*interval, true),
        if *clear { '*' } else { ' ' },
    );
    line.trim_end().to_owned() + "\n"
}

/// How a figure is printed.
#[derive(Clone, Copy)]
enum Unit {
    Percent,
    Seconds,
    Index,
}

impl Unit {
    fn of(figure: &ComparedFigure) -> Self {
        match (figure.unit.as_str(), figure.name.as_str()) {
            ("seconds", _) => Self::Seconds,
            (_, "idle_fairness") => Self::Index,
            _ => Self::Percent,
        }
    }

    const fn name(self) -> &'static str {
        match self {
            Self::Percent => "%",
            Self::Seconds => "s",
            Self::Index => "index, 1 is even",
        }
    }

    fn number(self, value: Option<f64>, signed: bool) -> String {
        let Some(value) = value else { return "-".to_owned() };
        let (value, decimals) = match self {
            Self::Percent => (value * 100.0, 2),
            Self::Seconds => (value, 1),
            Self::Index => (value, 3),
        };
        if signed { format!("{value:+.decimals$}") } else { format!("{value:.decimals$}") }
    }

    fn interval(self, interval: Option<[f64; 2]>, signed: bool) -> String {
        let Some(ends) = interval else { return String::new() };
        let [low, high] = ends.map(|end| self.number(Some(end), signed));
        format!("({low}, {high})")
    }
}
