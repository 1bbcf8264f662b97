//! The report as tables for a terminal.

use std::fmt;

use super::{AgentFigures, Figures, IntervalFigures, Report, ServiceLevelMode};

/// A table whose first column is text and whose others are numbers.
struct Table {
    rows: Vec<Vec<String>>,
}

impl Table {
    fn new(heads: &[&str]) -> Self {
        Self { rows: vec![heads.iter().map(|head| (*head).to_owned()).collect()] }
    }

    fn row(&mut self, cells: Vec<String>) {
        self.rows.push(cells);
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let columns = self.rows.iter().map(Vec::len).max().unwrap_or(0);
        let width = |column: usize| {
            let cells = self.rows.iter().filter_map(|row: &Vec<String>| row.get(column));
            cells.map(|cell| cell.chars().count()).max().unwrap_or(0)
        };
        let widths: Vec<usize> = (0..columns).map(width).collect();
        for row in &self.rows {
            for (column, (cell, width)) in row.iter().zip(&widths).enumerate() {
                match column {
                    0 => write!(f, "{cell:<width$}")?,
                    _ => write!(f, "  {cell:>width$}")?,
                }
            }
            writeln!(f)?;
        }
        Ok(())
    }
}

fn percent(value: Option<f64>) -> String {
    value.map_or_else(|| "–".to_owned(), |value| format!("{:.1} %", value * 100.0))
}

fn seconds(value: Option<f64>) -> String {
    value.map_or_else(|| "–".to_owned(), |value| format!("{value:.1} s"))
}

/// Hours, minutes and seconds of what is too long for seconds.
fn long(seconds: f64) -> String {
    let minutes = (seconds / 60.0).floor();
    let hours = (minutes / 60.0).floor();
    format!(
        "{hours:.0}:{:02.0}:{:02.0}",
        minutes - hours * 60.0,
        (seconds - minutes * 60.0).floor()
    )
}

const REQUESTS: [&str; 15] = [
    "",
    "offered",
    "answered",
    "abandoned",
    "flowed out",
    "withdrawn",
    "lost",
    "waiting",
    "in queue",
    "ASA",
    "abandon rate",
    "AHT",
    "talk",
    "hold",
    "wrap-up",
];

fn requests(name: &str, figures: &Figures) -> Vec<String> {
    let counts = [
        figures.offered,
        figures.answered,
        figures.abandoned,
        figures.flowed_out,
        figures.withdrawn,
        figures.lost,
        figures.waiting,
    ];
    let rates = [
        seconds(figures.avg_queue_time_s),
        seconds(figures.asa_s),
        percent(figures.abandon_rate),
        seconds(figures.aht_s),
        seconds(figures.talk_s),
        seconds(figures.hold_s),
        seconds(figures.wrap_up_s),
    ];
    let counts = counts.iter().map(ToString::to_string);
    std::iter::once(name.to_owned()).chain(counts).chain(rates).collect()
}

fn levels(name: &str, figures: &Figures) -> Vec<String> {
    let levels = ServiceLevelMode::ALL.map(|mode| percent(figures.service_level.get(mode)));
    std::iter::once(name.to_owned()).chain(levels).collect()
}

const AGENTS: [&str; 12] = [
    "agent",
    "handled",
    "AHT",
    "talk",
    "hold",
    "wrap-up",
    "occupancy",
    "signed in",
    "busy",
    "alerting",
    "idle",
    "not ready",
];

fn agent(name: &str, agent: &AgentFigures) -> Vec<String> {
    let time = agent.time;
    vec![
        name.to_owned(),
        agent.handled.to_string(),
        seconds(agent.aht_s),
        seconds(agent.talk_s),
        seconds(agent.hold_s),
        seconds(agent.wrap_up_s),
        percent(agent.occupancy),
        long(time.signed_in_s),
        long(time.talking_s + time.holding_s + time.wrap_up_s + time.manual_outbound_s),
        long(time.alerting_s + time.connecting_s),
        long(time.idle_s),
        long(time.not_ready_s),
    ]
}

const INTERVALS: [&str; 8] = [
    "interval",
    "offered",
    "answered",
    "abandoned",
    "waiting",
    "ASA",
    "abandon_negative",
    "occupancy",
];

fn interval(interval: &IntervalFigures) -> Vec<String> {
    let figures = interval.figures;
    vec![
        interval.start.to_string(),
        figures.offered.to_string(),
        figures.answered.to_string(),
        figures.abandoned.to_string(),
        figures.waiting.to_string(),
        seconds(figures.asa_s),
        percent(figures.service_level.abandon_negative),
        percent(interval.occupancy),
    ]
}

impl fmt::Display for Report {
    /// Tables for a terminal of about 150 columns.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let contacts = &self.interactions;
        let blocked: u64 = contacts.blocked.values().sum();
        writeln!(
            f,
            "{}: {} interactions, {} ended, {} closed; {blocked} blocked ({}); occupancy {}",
            self.as_of,
            contacts.opened,
            contacts.ended,
            contacts.closed,
            percent(contacts.blocked_rate),
            percent(self.occupancy),
        )?;
        let modes = ServiceLevelMode::ALL.map(ServiceLevelMode::as_str);
        let mut table = Table::new(&REQUESTS);
        let mut service = Table::new(&[&["service level"], &modes[..]].concat());
        let queues = self.queues.iter().map(|(name, figures)| (format!("queue {name}"), figures));
        let several = self.channels.len() > 1;
        let channels = self.channels.iter().filter(|_| several);
        let channels = channels.map(|(name, figures)| (format!("channel {name}"), figures));
        let brands = self.brands.iter().map(|(name, figures)| (format!("brand {name}"), figures));
        let all = std::iter::once(("all".to_owned(), &self.total));
        for (name, figures) in all.chain(queues).chain(channels).chain(brands) {
            table.row(requests(&name, figures));
            service.row(levels(&name, figures));
        }
        write!(f, "\n{table}\n{service}")?;
        if !self.agents.is_empty() {
            let mut table = Table::new(&AGENTS);
            for (name, figures) in &self.agents {
                table.row(agent(name, figures));
            }
            write!(f, "\n{table}")?;
        }
        if self.intervals.len() > 1 {
            let mut table = Table::new(&INTERVALS);
            for figures in &self.intervals {
                table.row(interval(figures));
            }
            write!(f, "\n{table}")?;
        }
        if self.clamped > 0 {
            writeln!(f, "\n{} durations were reported below zero and count as zero", self.clamped)?;
        }
        if self.time_bounded > 0 {
            let bounded = self.time_bounded;
            writeln!(f, "\n{bounded} reported times were out of order or ahead, and were bounded")?;
        }
        Ok(())
    }
}
