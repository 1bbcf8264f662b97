//! A call log as both readers give it: what happened to each call, and how good the record is.
//!
//! Times are taken as the log prints them. A log in local time without a zone (technion) is read as if
//! it were UTC: differences, days and hours of the day are right as long as no clock change lies within.

use std::collections::BTreeMap;

use switchboard::time::{Duration, Timestamp};

/// Reasons kept of lines that were skipped; their numbers go on beyond.
const REASONS_KEPT: usize = 1_000;

/// A whole log.
#[derive(Debug, Default)]
pub(crate) struct CallLog {
    /// Name of the format.
    pub format: &'static str,
    /// Names of the queues; calls name them by place.
    pub queues: Names,
    /// Names of the agents; calls name them by place.
    pub agents: Names,
    /// Every call of the log, offered to agents or not, by arrival and line.
    pub calls: Vec<LoggedCall>,
    /// What the log says about agents apart from their calls.
    pub presence: Vec<Presence>,
    /// Rings that nobody answered.
    pub unanswered: Vec<Unanswered>,
    /// First and last instant that a line speaks of.
    pub span: Option<(Timestamp, Timestamp)>,
    /// What was wrong or odd.
    pub quality: DataQuality,
    /// How the reader took what the log leaves open.
    pub assumptions: Vec<&'static str>,
}

impl CallLog {
    /// Widens the span of the log.
    pub(crate) fn saw(&mut self, at: Timestamp) {
        let (first, last) = self.span.unwrap_or((at, at));
        self.span = Some((first.min(at), last.max(at)));
    }

    /// Orders everything for good, whatever order it was read in.
    pub(crate) fn finish(&mut self) {
        self.quality.faults.sort_by_key(|fault| fault.line);
        for oddities in self.quality.oddities.values_mut() {
            oddities.lines.sort_unstable();
        }
        self.calls.sort_by_key(|call| (call.arrival, call.line));
        self.presence.sort_by_key(|event| event.at);
    }

    /// How many calls came to each end.
    #[allow(dead_code)] // the tests' view
    pub(crate) fn count(&self, is: impl Fn(&Outcome) -> bool) -> usize {
        self.calls.iter().filter(|call| is(&call.outcome)).count()
    }
}

/// One call.
#[derive(Debug, Clone)]
pub(crate) struct LoggedCall {
    /// The line that it (first) stands in.
    pub line: u64,
    /// Its queue, also when it never entered it: the type of the call.
    pub queue: usize,
    /// Whom the log takes the caller for, if anybody.
    pub customer: Option<String>,
    /// The log's own priority number.
    #[allow(dead_code)] // told, not used
    pub priority: i64,
    /// Waiting that the log's own rules credit the call with from the start.
    pub credit: Duration,
    /// When it reached the center, by the clock of whatever took it first.
    pub arrival: Timestamp,
    /// When it entered the queue; meaningless for a call that never did.
    pub entered: Timestamp,
    /// Time in the queue; for a call still waiting, until the log ends.
    pub wait: Duration,
    /// How long the phone of the agent who took it had rung; the wait holds it.
    pub ring: Duration,
    /// It flowed out because it had waited long enough, and for no other reason.
    pub timed_out: bool,
    /// What became of it.
    pub outcome: Outcome,
}

/// A ring that an agent did not answer.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Unanswered {
    /// Whose phone rang.
    pub agent: usize,
    /// When it began to ring.
    pub start: Timestamp,
    /// For how long.
    pub length: Duration,
}

/// How a call ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// An agent took it.
    Answered {
        /// The agent's place in [`CallLog::agents`].
        agent: usize,
        /// Begin of the service.
        start: Timestamp,
        /// End of the service; `None` where the log ends or breaks off before.
        end: Option<Timestamp>,
    },
    /// The caller hung up in the queue.
    Abandoned,
    /// It left the queue for another place: timeout, key, queue without agents.
    FlowedOut,
    /// The center took it out of the queue.
    Withdrawn,
    /// It was in the queue when the switch stopped.
    Lost,
    /// It was in the queue when the log ended.
    Waiting,
    /// It ended before any queue.
    NeverOffered,
    /// The record is not of a call that happened so: reported, not counted.
    Excluded,
}

impl Outcome {
    /// Whether the call was offered to agents: entered a queue, by a record that holds.
    pub(crate) const fn is_offered(self) -> bool {
        !matches!(self, Self::NeverOffered | Self::Excluded)
    }
}

/// A change of an agent's presence.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Presence {
    /// When.
    pub at: Timestamp,
    /// Whose.
    pub agent: usize,
    /// In which queue; in all of the agent's where none is named.
    pub queue: Option<usize>,
    /// What.
    pub change: Change,
}

/// What changes in an agent's presence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Change {
    /// Comes to work.
    Joined,
    /// Goes.
    Left,
    /// Begins a break.
    Paused,
    /// Ends it.
    Resumed,
}

/// Texts by number, in the order of their first appearance.
#[derive(Debug, Default)]
pub(crate) struct Names {
    texts: Vec<String>,
    places: BTreeMap<String, usize>,
}

impl Names {
    /// The place of `text`, made if it is new.
    pub(crate) fn place(&mut self, text: &str) -> usize {
        if let Some(place) = self.places.get(text) {
            return *place;
        }
        let place = self.texts.len();
        self.texts.push(text.to_owned());
        self.places.insert(text.to_owned(), place);
        place
    }

    /// All texts by place.
    pub(crate) fn all(&self) -> &[String] {
        &self.texts
    }
}

/// What was wrong or odd in a log.
#[derive(Debug, Default)]
pub(crate) struct DataQuality {
    /// Lines that are neither blank nor a header.
    pub rows: u64,
    /// Lines of white space.
    pub blank: u64,
    /// Lines that could not be read and were skipped.
    pub malformed: u64,
    /// All of them; the first with the reason.
    pub faults: Vec<Fault>,
    /// Rows by the kind they give themselves: outcome or event.
    pub kinds: BTreeMap<String, u64>,
    /// Rows that could be read but say something odd, by kind of oddity.
    pub oddities: BTreeMap<&'static str, Oddities>,
}

/// A line that was skipped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fault {
    /// Its number, from 1.
    pub line: u64,
    /// Why; not kept for all where there are very many.
    pub reason: Option<String>,
}

/// Rows with the same oddity.
#[derive(Debug, Default)]
pub(crate) struct Oddities {
    /// What it is and how it was taken.
    pub meaning: &'static str,
    /// The rows.
    pub lines: Vec<u64>,
}

impl DataQuality {
    /// Notes a line that is skipped.
    pub(crate) fn skip(&mut self, line: u64, reason: String) {
        self.malformed += 1;
        let reason = (self.faults.len() < REASONS_KEPT).then_some(reason);
        self.faults.push(Fault { line, reason });
    }

    /// Notes an odd row.
    pub(crate) fn odd(&mut self, line: u64, (kind, meaning): (&'static str, &'static str)) {
        let oddities = self.oddities.entry(kind).or_default();
        oddities.meaning = meaning;
        oddities.lines.push(line);
    }

    /// Counts a row under its kind.
    pub(crate) fn kind(&mut self, kind: &str) {
        match self.kinds.get_mut(kind) {
            Some(count) => *count += 1,
            None => {
                self.kinds.insert(kind.to_owned(), 1);
            }
        }
    }
}

/// The lines of a file with their numbers; they end in LF, CR LF, or CR where the file has no LF: else a
/// CR within a line, which editors do not count, would shift all numbers after it.
pub(crate) fn lines(bytes: &[u8]) -> impl Iterator<Item = (u64, &[u8])> {
    let end = if bytes.contains(&b'\n') { b'\n' } else { b'\r' };
    let lines = bytes.strip_suffix(&[end]).unwrap_or(bytes).split(move |byte| *byte == end);
    let lines = lines.map(|line| line.strip_suffix(b"\r").unwrap_or(line));
    (1..).zip(lines.skip(usize::from(bytes.is_empty())))
}

/// The rows of a file: lines that hold text. The others are counted.
pub(crate) fn rows<'a>(bytes: &'a [u8], log: &mut CallLog) -> Vec<(u64, &'a str)> {
    let mut rows = Vec::new();
    // Editors of some systems mark UTF-8 so.
    for (number, line) in lines(bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes)) {
        if line.trim_ascii().is_empty() {
            log.quality.blank += 1;
            continue;
        }
        log.quality.rows += 1;
        match std::str::from_utf8(line) {
            Ok(line) => rows.push((number, line)),
            Err(_) => log.quality.skip(number, "not UTF-8".to_owned()),
        }
    }
    rows
}

/// A whole number in a named column.
pub(crate) fn number(text: &str, column: &str) -> Result<i64, String> {
    text.trim().parse().map_err(|_| format!("{column} `{}` is not a whole number", shown(text)))
}

/// A text from the log, short enough for a message.
pub(crate) fn shown(text: &str) -> String {
    text.chars().take(40).flat_map(char::escape_debug).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbered(text: &str) -> Vec<(u64, &str)> {
        lines(text.as_bytes()).map(|(n, line)| (n, std::str::from_utf8(line).unwrap())).collect()
    }

    #[test]
    fn lines_count_as_editors_count_them() {
        for text in ["a\nb\n\nc", "a\r\nb\r\n\r\nc\r\n", "a\rb\r\rc\r"] {
            assert_eq!(numbered(text), [(1, "a"), (2, "b"), (3, ""), (4, "c")], "{text:?}");
        }
        // A CR within a line of a file that has LF is a character like others.
        assert_eq!(numbered("a\rb\nc\n"), [(1, "a\rb"), (2, "c")]);
        assert_eq!(numbered(""), []);
        assert_eq!(numbered("\n"), [(1, "")]);
    }

    #[test]
    fn every_line_keeps_its_number() {
        let mut quality = DataQuality::default();
        for line in 1..=3_000 {
            quality.skip(line, "bad".to_owned());
            quality.odd(line, ("odd", "strange"));
        }
        assert!(quality.faults.iter().map(|fault| fault.line).eq(1..=3_000));
        assert_eq!(quality.faults.iter().filter(|fault| fault.reason.is_some()).count(), 1_000);
        assert!(quality.oddities["odd"].lines.iter().copied().eq(1..=3_000));
    }
}
